// HeadsViewer: bytes of all kinds, small maps, moves, cuts, what is said and what is lost.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { heaviest } from '../../lib/classroom/static/heads_bars.js';
import { linesByWeight } from '../../lib/classroom/static/heads_lines.js';
import { thinned } from '../../lib/classroom/static/heads_map.js';
import {
  headsKinds,
  headsMove,
  headsRow,
  headsRowMove,
  headsStretches,
  headsView,
  isCut,
  paintSmall,
  sameCuts,
  saidChanges,
  toggledCut,
} from '../../lib/classroom/static/heads_model.js';
import {
  headsLost,
  headsMarked,
  headsRowWords,
  headsSaidWords,
  seenWord,
  shareMark,
  shareText,
} from '../../lib/classroom/static/heads_words.js';

const WORDS = ['the', 'cat', 'the'];
const RULE = { name: 'before', text: 'the one before', long: 'the one before', chance: 0.4, share: [[0.9, 0.1], [0.85, 0]] }; // prettier-ignore
const SELF = { name: 'self', shape: [2, 2, 3, 3], at: 0, rows: WORDS, columns: WORDS, whose: 'source', causal: true, square: true, noun: 'word', rules: [RULE], labels: [['a', 'b'], ['c', 'd']] }; // prettier-ignore
const CROSS = { name: 'cross', shape: [1, 1, 2, 3], at: 36, rows: ['<begin>', 'le'], columns: WORDS, whose: 'target', causal: false, square: false, noun: 'word', rules: [], labels: [['e']] }; // prettier-ignore
const ONE = [1, 0, 0, 0.75, 0.25, 0, 0.5, 0.3, 0.2];
const WEIGHTS = [...ONE, ...ONE, ...ONE, ...ONE, 0.2, 0.3, 0.5, 0, 0, 0];
const STATE = { kind: 'self', layer: 0, head: 1, pinned: null, cut: [], mark: null, view: 'map' };
const ANSWER = { cut: [], whose: 'source', wanted: ['cat', 'the', null], first: null, said: null };
const SAID = [[['cat', 0.7], ['a', 0.2]], [['the', 0.9]], [['dog', 0.6]]]; // prettier-ignore
const close = (a, b, within) => assert.ok(Math.abs(a - b) <= within, `${a} is not ${b}`);

function codes16(values) {
  const bytes = new DataView(new ArrayBuffer(2 * values.length));
  values.forEach((x, k) => bytes.setUint16(2 * k, Math.round(x * 65535), true));
  return bytes;
}
const codes8 = (values) => new DataView(Uint8Array.from(values, (x) => Math.round(255 * Math.sqrt(x))).buffer);
const KINDS = headsKinds([SELF, CROSS], codes16(WEIGHTS), 16);
const view = (state = {}, answer = {}, ui = {}) =>
  headsView({ ...STATE, ...state }, KINDS, { ...ANSWER, ...answer }, ui);

test('the bytes of all kinds, in 16 bits and in 8', () => {
  for (const [kinds, within] of [
    [KINDS, 1e-5],
    [headsKinds([SELF, CROSS], codes8(WEIGHTS), 8), 0.004],
    [headsKinds([SELF, CROSS], Buffer.from(codes8(WEIGHTS).buffer).toString('base64'), 8), 0.004],
  ]) {
    headsRow(kinds[0], 1, 1, 2).forEach((x, k) => close(x, [0.5, 0.3, 0.2][k], within));
    headsRow(kinds[1], 0, 0, 0).forEach((x, k) => close(x, [0.2, 0.3, 0.5][k], within));
    assert.equal(kinds[0].codes[0], 255);
    assert.equal(kinds[1].codes.length, 6);
  }
});

test('a small map shows in each pixel the largest weight that it covers', () => {
  assert.deepEqual(headsStretches(4, 2), [[0, 2], [2, 4]]); // prettier-ignore
  assert.deepEqual(headsStretches(2, 4), [[0, 1], [0, 1], [1, 2], [1, 2]]); // prettier-ignore
  for (const [cells, pixels] of [
    [64, 29],
    [5, 29],
    [1, 3],
    [7, 7],
  ])
    // prettier-ignore
    headsStretches(cells, pixels).forEach(([from, to]) => assert.ok(0 <= from && from < to && to <= cells));
  const table = Uint32Array.from({ length: 256 }, (_, k) => k),
    words = new Uint32Array(3 * 5),
    codes = Uint8Array.from([9, 9, 1, 2, 3, 4, 5, 6, 7, 8]); // two that are another head's
  paintSmall(words, 5, 6, codes, 2, 4, headsStretches(2, 2), headsStretches(4, 2), table);
  assert.deepEqual([...words.subarray(5, 10)], [0, 2, 4, 0, 0]);
  assert.deepEqual([...words.subarray(10, 15)], [0, 6, 8, 0, 0]);
});

test('keys move heads and rows and stop at the edge', () => {
  const at = { layer: 0, head: 1 };
  assert.deepEqual(headsMove('ArrowDown', at, [2, 2]), { layer: 1, head: 1 });
  assert.deepEqual(headsMove('ArrowUp', at, [2, 2]), at);
  assert.deepEqual(headsMove('ArrowRight', at, [2, 2]), at);
  assert.deepEqual(headsMove('Home', at, [2, 2]), { layer: 0, head: 0 });
  assert.equal(headsMove('a', at, [2, 2]), null);
  assert.deepEqual(
    [headsRowMove('ArrowDown', 2, 3), headsRowMove('Home', 2, 3), headsRowMove('x', 2, 3)],
    [2, 0, null],
  );
});

test('a head is cut and put back', () => {
  const cut = toggledCut([['self', 0, 1]], ['self', 1, 1]);
  assert.ok(isCut(cut, ['self', 1, 1]) && !isCut(cut, ['cross', 1, 1]));
  assert.deepEqual(toggledCut(cut, ['self', 0, 1]), [['self', 1, 1]]);
  assert.ok(sameCuts(cut, [...cut].reverse()) && !sameCuts(cut, []));
});

test('hover goes before the keys, the keys before the choice, the hand on a row before the pin', () => {
  assert.deepEqual(view().shown, { layer: 0, head: 1 });
  assert.deepEqual(view({}, {}, { cursor: { layer: 1, head: 0 } }).shown, { layer: 1, head: 0 });
  const both = view({}, {}, { cursor: { layer: 1, head: 0 }, hover: { layer: 1, head: 1 } });
  assert.deepEqual([both.shown, both.preview, view().preview], [{ layer: 1, head: 1 }, true, false]);
  assert.equal(view().row, 2, 'the last row has the most to choose from');
  assert.equal(view({ pinned: 1 }, {}, { row: 0 }).row, 0);
  assert.equal(view({ pinned: 1 }).row, 1);
  assert.deepEqual([view({ pinned: 7 }).pinned, view({ kind: 'none' }).kind.name], [null, 'self']);
  assert.deepEqual(view({ kind: 'cross', layer: 1, head: 1 }).shown, { layer: 0, head: 0 });
});

test('what has changed in what is said, and what of it is right', () => {
  const now = [SAID[0], [['a', 0.4]], [['cat', 0.6]]];
  assert.deepEqual(saidChanges({ ...ANSWER, first: SAID, said: now }), { changed: [1, 2], right: [2, 1], counted: 2 });
  assert.equal(saidChanges(ANSWER), null);
  assert.deepEqual(saidChanges({ ...ANSWER, said: now }).changed, []);
});

test('rows in words that fit their kind', () => {
  assert.equal(headsRowWords(view()), 'At “the” (3) it looks back at “the” (1) most: 0.50.');
  assert.equal(headsRowWords(view({ pinned: 0 })), '“the” (1) looks at itself most: 1.00.');
  assert.equal(headsRowWords(view({ kind: 'cross', pinned: 0 })), 'After “<begin>” the decoder looks at “the” (3) most: 0.50, in the source.'); // prettier-ignore
  assert.equal(headsRowWords(view({ kind: 'cross' })), '“le” looks nowhere.');
  const aside = view();
  assert.match(headsRowWords({ ...aside, kind: { ...aside.kind, causal: false } }), /^“the” \(3\) looks at “the”/);
});

test('what is said at the row', () => {
  const at = (row, answer) => headsSaidWords(view({ pinned: row }, { first: SAID, said: SAID, ...answer }));
  assert.equal(at(0), ' It says next: “cat” 0.70, “a” 0.20. That is right.');
  assert.equal(at(2), ' It says next: “dog” 0.60.');
  const now = [[['a', 0.5], ['b', 0.001]], SAID[1], SAID[2]]; // prettier-ignore
  assert.equal(at(0, { said: now }), ' It says next: “a” 0.50; the whole model: “cat”. Wanted is “cat”.');
  assert.equal(at(0, { said: null }), '');
  assert.equal(headsSaidWords(view({ kind: 'cross' }, { said: SAID, first: SAID })), '', 'said of other words');
});

test('what is lost', () => {
  const here = { state: 'here', text: '', able: true },
    both = { first: SAID, said: SAID },
    cut = [['self', 0, 1], ['self', 1, 0]]; // prettier-ignore
  assert.equal(headsLost(view({}, both), here), 'The whole model is right at 2 of 2 places.');
  assert.equal(headsLost(view({}, {}), here), '');
  const now = { first: SAID, said: [SAID[0], [['a', 0.4]], SAID[2]], cut };
  assert.equal(
    headsLost(view({ cut }, now), here),
    'Without layer 1, head 2 (self) and layer 2, head 1 (self) the model says something else at 1 of 3 places. ' +
      'It is right at 1 of 2 places, the whole model at 2.',
  );
  assert.match(headsLost(view({ cut }, { ...both, cut }), here), /says the same at all 3 places\.$/);
  assert.match(headsLost(view({ cut }, both), { ...here, state: 'away' }), /Python is away/);
  assert.match(headsLost(view({ cut }, both), here), /asking the model/);
  assert.match(headsLost(view({ cut }, both), { ...here, state: 'failed', text: 'no' }), /: no$/);
  assert.match(headsLost(view({ cut }, both), { ...here, able: false }), /^Layer 1, head 2 \(self\).*without compute/);
});

test('which heads follow a rule', () => {
  assert.match(headsMarked(view()), /^Choose one/);
  assert.equal(
    headsMarked(view({ mark: 'before' })),
    'Most weight on the one before: layer 1, head 1 (0.90), layer 2, head 1 (0.85). ' +
      'A head that looks at all words alike has 0.40.',
  );
});

test('where no head has half of its weight there, no head is named', () => {
  const marked = (share, chance) => {
    const { kind } = view();
    return headsMarked({ kind, rule: { ...RULE, chance, share } });
  };
  const none =
    "No head does this: at most 0.10 of a head's weight is on the one before. A head that looks at all words alike has 0.10.";
  assert.equal(marked([[0.1, 0.1]], 0.1), none);
  assert.match(marked([[0.49, 0.1]], 0.1), /^No head does this/);
  assert.match(marked([[0.5, 0.1]], 0.1), /^Most weight on the one before: layer 1, head 1 \(0.50\)\./);
  assert.match(marked([[0.6, 0.1]], 0.4), /^No head does this/, 'less than twice of what looking at all gives');
});

test('small things', () => {
  assert.deepEqual(['a b', ' ', '\n', ' the'].map(seenWord), ['a b', '␣', '⏎', ' the']);
  assert.deepEqual([shareText(0.004), shareText(1), shareMark(0.974), shareMark(0.999)], ['0', '1.00', '.97', '1']);
  assert.deepEqual(heaviest([0.1, 0.5, 0, 0.4], 2), [1, 3]);
  assert.deepEqual(heaviest([0.1, 0.9, 0], 3), [0, 1, 2]);
  assert.deepEqual(heaviest([0.001, 0.998, 0.001], 2), [1]);
  assert.deepEqual(thinned(6, 5, 10, [3]), [0, 3]);
  assert.deepEqual(thinned(3, 20, 10, [1]), [0, 1, 2]);
  const plan = { left: 0, end: 100, middle: (k) => 10 * k },
    { own, others } = linesByWeight(KINDS[0], { layer: 0, head: 0 }, 1, plan);
  assert.deepEqual([own[4].match(/M/g).length, own[2].match(/M/g).length], [1, 1], '0.75 and 0.25');
  assert.equal(others.join('').match(/M/g).length, 4);
});
