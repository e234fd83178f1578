// What the state viewer computes and says, and the heat map that it draws with.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  colourTable,
  heatNumber,
  keepInside,
  onScale,
  paintCells,
  scaleOf,
  seenToken,
  timePlace,
} from '../../lib/classroom/static/heat.js';
import { wholeLines } from '../../lib/classroom/static/state_text.js';
import { PALETTES, rgb } from '../../lib/classroom/static/palette.js';
import {
  correlationsOf,
  deviationsOf,
  lineOf,
  meanScale,
  meansOf,
  orderOf,
  quantitiesOf,
  rankedBy,
  remembering,
  spansOf,
  stateLook,
  unitScale,
} from '../../lib/classroom/static/state_model.js';
import {
  nth,
  orderWords,
  signedR,
  sortsFor,
  stateAnswer,
  stateKey,
  stateStatus,
  stepNoun,
} from '../../lib/classroom/static/state_words.js';

const close = (a, b, by = 1e-12) => assert.ok(Math.abs(a - b) <= by, `${a} is not ${b}`);

// --- heat map -------------------------------------------------------------------------------------

test('a scale is 0 to 1 where that holds all, else from 0 or the same on both sides, without a few far values', () => {
  assert.deepEqual(scaleOf([0.2, 0.9]), { low: 0, high: 1, signed: false, cut: false });
  assert.deepEqual(scaleOf([0, 1.0000001]), { low: 0, high: 1, signed: false, cut: false });
  assert.deepEqual(scaleOf([-0.5, 0.25]), { low: -0.5, high: 0.5, signed: true, cut: false });
  assert.deepEqual(scaleOf([0, 3]), { low: 0, high: 3, signed: false, cut: false });
  assert.deepEqual(scaleOf([-2, 3]), { low: -3, high: 3, signed: true, cut: false });
  assert.deepEqual(scaleOf([0, 0]), { low: 0, high: 1, signed: false, cut: false });
  const far = scaleOf([...Array(999).fill(2), -50]);
  assert.deepEqual(far, { low: -2, high: 2, signed: true, cut: true });
  assert.deepEqual(
    [-9, -2, 0, 1, 9].map((x) => onScale(x, far)),
    [0, 0, 0.5, 0.75, 1],
  );
});

test('cells are painted row after row in the order of the units, from the first column on', () => {
  const stops = PALETTES.light.diverging;
  const table = colourTable(stops);
  assert.equal(colourTable(stops), table, 'made once');
  const colour = (word) => [word & 255, (word >> 8) & 255, (word >> 16) & 255, word >>> 24];
  assert.deepEqual(colour(table[0]), [...rgb(stops[0]), 255]);
  assert.deepEqual(colour(table[255]), [...rgb(stops.at(-1)), 255]);
  const values = Float32Array.of(0, 9, -1, 9, 1, 9, -7, 9); // 4 steps, 2 units
  const spec = { values, units: 2, order: [1, 0], first: 1, columns: 2, scale: { low: -1, high: 1 } };
  const words = paintCells(new Uint32Array(4), spec, table);
  assert.deepEqual([...words], [table[255], table[255], table[0], table[255]]);
});

test('columns are equally wide, and a pixel finds its step', () => {
  const place = timePlace({ left: 40, width: 140, first: 10, columns: 5 });
  assert.equal(place.cell, 20);
  assert.deepEqual([place.x(10), place.middle(12), place.x(15)], [40, 90, 140]);
  assert.deepEqual([39, 41, 79, 81, 999].map(place.at), [10, 10, 11, 12, 14]);
});

test('the window moves no more than it must', () => {
  assert.equal(keepInside(0, 40, 12, 200), 0);
  assert.equal(keepInside(0, 40, 32, 200), 1);
  assert.equal(keepInside(50, 40, 52, 200), 44);
  assert.equal(keepInside(50, 40, 199, 200), 160);
  assert.equal(keepInside(50, 40, 0, 200), 0);
  assert.equal(keepInside(3, 20, 5, 20), 0, 'everything fits');
  for (let at = 0; at < 200; at++) {
    const first = keepInside(77, 40, at, 200);
    assert.ok(first <= at && at < first + 40 && first >= 0 && first <= 160);
  }
});

test('tokens and numbers as they are shown', () => {
  assert.deepEqual([' ', '\n', 'a', 'word'].map(seenToken), ['␣', '⏎', 'a', 'word']);
  assert.deepEqual([0.004, -0.5, 1].map(heatNumber), ['0', '−0.50', '1.00']);
  assert.deepEqual([0.004, -0.5, 0.866].map(signedR), ['0.00', '−0.50', '+0.87']);
  assert.deepEqual([1, 2, 3, 4, 11, 12, 13, 21, 112].map(nth).join(), '1st,2nd,3rd,4th,11th,12th,13th,21st,112th');
});

// --- numbers --------------------------------------------------------------------------------------

const made = (name, rows) => ({
  ...{ name, units: rows.length, steps: rows[0].length },
  values: Float32Array.from(rows[0].flatMap((_, t) => rows.map((row) => row[t]))),
  scale: { low: -1, high: 1, signed: true, cut: false },
});
const ROWS = [
  [0, 0, 1, 1],
  [3, 3, 3, 3],
  [1, 0, 0, -1],
  [0.5, 0.5, 0, 0],
];
const QUANTITY = made('hidden', ROWS);
const HOLDS = { name: 'quotes', values: [0, 0, 1, 1], binary: true };

test('codes become quantities of different sizes, from bytes, a view or base64', () => {
  const codes = Uint16Array.of(0, 65535, 0, 65535, 0, 65535);
  const described = [
    { name: 'gate', units: 1, low: 0, high: 1 },
    { name: 'cell', units: 2, low: -2, high: 2 },
  ];
  const bytes = new Uint8Array(codes.buffer);
  for (const given of [bytes, new DataView(codes.buffer), Buffer.from(bytes).toString('base64')]) {
    const [gate, cell] = quantitiesOf(described, given, 2);
    assert.deepEqual([...gate.values], [0, 1]);
    assert.deepEqual([...cell.values], [-2, 2, -2, 2]);
    assert.equal(gate.values, gate.values, 'decoded once');
    assert.deepEqual([gate.scale.signed, cell.scale.signed], [false, true]);
    assert.deepEqual([...lineOf(cell, 1)], [2, 2]);
  }
});

test('correlation: one, minus one, and zero where either stands still', () => {
  const r = correlationsOf(QUANTITY, HOLDS.values);
  close(r[0], 1);
  assert.equal(r[1], 0);
  close(r[2], -1 / Math.SQRT2);
  close(r[3], -1);
  assert.deepEqual(rankedBy(r), [0, 3, 2, 1]);
  assert.deepEqual([...correlationsOf(QUANTITY, [2, 2, 2, 2])], [0, 0, 0, 0]);
});

test('four orders of the units', () => {
  const r = correlationsOf(QUANTITY, HOLDS.values);
  assert.deepEqual(orderOf(QUANTITY, 'as they are', null), [0, 1, 2, 3]);
  assert.deepEqual(orderOf(QUANTITY, 'pattern', r), [0, 3, 2, 1]);
  assert.deepEqual(orderOf(QUANTITY, 'peak', null), [1, 2, 3, 0]);
  // from unit 2, which moves most, to 3 (r = 0.71), then 1 (0), then 0
  assert.deepEqual(orderOf(QUANTITY, 'likeness', null), [2, 3, 1, 0]);
});

test('alike is the same direction: an opposite unit comes last', () => {
  const rows = [
    [0, 0, 4, 4],
    [0, 1, 1, 1],
    [3, 3, 0, 0],
  ];
  assert.deepEqual(orderOf(made('q', rows), 'likeness', null), [0, 1, 2]);
});

test('means and stretches of a pattern', () => {
  assert.deepEqual(meansOf(Float32Array.of(1, 3, 5, 9), { values: [1, 0, 0, 1], binary: true }), [5, 4]);
  assert.equal(meansOf([1, 2], { values: [0, 0], binary: true }), null);
  assert.equal(meansOf([1, 2], { values: [0, 5], binary: false }), null);
  assert.deepEqual(spansOf([1, 1, 0, 1, 0]), [
    { begin: 0, end: 1 },
    { begin: 3, end: 3 },
  ]);
});

test('one unit alone: both sides of zero, or from least to largest, or the colours of all where it hardly moves', () => {
  const scale = { low: -2, high: 2, signed: true, cut: false };
  assert.deepEqual(unitScale([-0.5, 1], scale), { low: -1, high: 1, signed: true, cut: false });
  assert.deepEqual(unitScale([0.5, 1], scale), { low: 0.5, high: 1, signed: false, cut: false });
  assert.deepEqual(unitScale([-1, -0.5], scale), { low: -1, high: -0.5, signed: false, cut: false });
  assert.equal(unitScale([0.5, 0.6], scale), scale);
});

test('distances from the mean: in units of one unit’s largest', () => {
  assert.deepEqual(meanScale([1, 1, 4]), { low: 0, high: 4, signed: true, cut: false });
  assert.deepEqual(meanScale([3, 3]), { low: 2, high: 4, signed: true, cut: false });
  const { values } = deviationsOf(made('q', [
    [1, 1, 4],
    [3, 3, 3],
    [-8, 8, 0],
  ])); // prettier-ignore
  assert.deepEqual([...values], [-0.5, 0, -1, -0.5, 0, 1, 1, 0, 0]);
  const [plain, far] = [look(), look({ fromMean: true })];
  assert.deepEqual([plain.cells, plain.own.signed, far.own.low, far.own.high], [QUANTITY, false, 0, 1]);
});

test('answers are remembered as long as nothing changes', () => {
  let count = 0;
  const add = remembering((a, b) => ((count += 1), a + b));
  assert.deepEqual([add(1, 2), add(1, 2), add(2, 2), add(1, 2), count], [3, 3, 4, 3, 2]);
});

// --- words and keys -------------------------------------------------------------------------------

const DATA = {
  ...{ tokens: ['a', ' ', '"', '\n'], groups: [], groupNames: [], quantities: [QUANTITY] },
  patterns: [HOLDS, { name: 'since', values: [0, 1, 2, 3], binary: false }],
};
const ASK = {
  ...{ correlations: correlationsOf, ranks: rankedBy, order: orderOf, line: lineOf, scale: unitScale },
  ...{ meanScale, deviations: deviationsOf },
};
const look = (more = {}, data = DATA) =>
  stateLook(data, ASK, { quantity: 'hidden', pattern: 'quotes', unit: 0, sort: 'pattern', at: 2, ...more });

test('the answer says who follows the pattern and how it differs there', () => {
  assert.deepEqual(stateAnswer(look()), {
    short: 'Unit 0 of hidden follows “quotes” most closely: r = +1.00.',
    long: 'Its mean is 1.00 there and 0 elsewhere.',
  });
  const third = stateAnswer(look({ unit: 2 }));
  assert.equal(third.short, 'Unit 2 of hidden is 3rd of 4 in following “quotes”: r = −0.71.');
  assert.ok(third.long.endsWith('First is unit 0 with +1.00.'));
  assert.equal(stateAnswer(look({ pattern: 'since', unit: 2 })).long, '');
  const alone = stateAnswer(look({ pattern: null, sort: 'as they are' }));
  assert.equal(alone.short, 'Unit 0 of hidden moves between 0 and 1.00.');
  assert.equal(alone.long, 'It is highest at character 3, “"”.');
  const still = { ...DATA, patterns: [{ ...HOLDS, values: [0, 0, 0, 0] }] };
  assert.match(stateAnswer(look({}, still)).short, /“quotes” never changes in this text/);
});

test('the status line names token, value, pattern and group', () => {
  assert.equal(
    stateStatus({ ...look(), groups: ['x', 'x', 'mark', 'x'] }),
    'Character 3 of 4, “"”: unit 0 of hidden is 1.00; quotes: yes; mark.',
  );
  assert.match(stateStatus(look({ pattern: 'since', at: 1 })), /“␣”: unit 0 of hidden is 0; since: 1\.$/);
  assert.equal(stepNoun(['a', 'b']), 'character');
  assert.equal(stepNoun(['a', 'word']), 'word');
  assert.equal(orderWords(look()), 'closest to “quotes” on top');
});

test('keys move the cursor, the unit in the order that is shown, and the choices', () => {
  const view = look();
  assert.deepEqual(stateKey(view, 'ArrowRight'), { at: 3 });
  assert.deepEqual(stateKey(look({ at: 3 }), 'ArrowRight'), { at: 3 });
  assert.deepEqual(stateKey(view, 'PageUp'), { at: 0 });
  assert.deepEqual(stateKey(view, 'End'), { at: 3 });
  assert.deepEqual(stateKey(view, 'ArrowDown'), { unit: 3 }, 'the next row, not the next number');
  assert.deepEqual(stateKey(look({ unit: 3 }), 'ArrowDown'), { unit: 2 });
  assert.deepEqual(stateKey(view, 'ArrowUp'), { unit: 0 });
  assert.deepEqual(stateKey(look({ unit: 2 }), 'b'), { unit: 0 });
  assert.deepEqual(stateKey(view, 'p'), { pattern: 'since' });
  assert.deepEqual(stateKey(look({ pattern: 'since' }), 'p'), { pattern: 'quotes' });
  assert.deepEqual(stateKey(view, 's'), { sort: 'peak' });
  assert.deepEqual(stateKey(look({ sort: 'likeness' }), 's'), { sort: 'as they are' });
  assert.deepEqual(stateKey(view, ']'), { quantity: 'hidden' });
  assert.deepEqual(stateKey(view, 'm'), { from_mean: true });
  assert.deepEqual(stateKey(look({ fromMean: true }), 'm'), { from_mean: false });
  assert.deepEqual(stateKey(view, ' '), { act: 'play' });
  assert.equal(stateKey(view, 'x'), null);
  const bare = look({ pattern: null, sort: 'as they are' });
  assert.deepEqual(sortsFor(DATA.patterns, null), ['as they are', 'peak', 'likeness']);
  assert.deepEqual(stateKey(bare, 's'), { sort: 'peak' });
  assert.equal(stateKey(bare, 'b'), null);
});

test('what no longer fits is brought inside', () => {
  const view = look({ unit: 99, at: 99, quantity: 'gone', pattern: 'gone' });
  assert.deepEqual([view.unit, view.at, view.quantity.name, view.pattern], [3, 3, 'hidden', null]);
});

test('the text is scrolled by whole lines, no less far than asked', () => {
  assert.equal(wholeLines(30, 30, 26), 52);
  assert.equal(wholeLines(30, -40, 26), 26);
  assert.equal(wholeLines(52, 20, 26), 52);
  assert.equal(wholeLines(37, 5, 1), 37);
});
