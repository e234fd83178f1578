// Steer the translator: numbers in words, the moves and what they leave behind, keys, the hand, the words, the text to
// copy. The translator here is a stub that copies what it looks at; the true one is compared with Python.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  isLightest,
  isResult,
  oddest,
  onHundredths,
  settledPulls,
  steerMemory,
  steerRound,
  steerStars,
  steerView,
  toSteerRound,
  typedNumber,
  withNumber,
  withPull,
  withResult,
  wordEdits,
} from '../../lib/classroom/static/steer_game.js';
import { moveOfKey } from '../../lib/classroom/static/steer_hand.js';
import { draggedShare } from '../../lib/classroom/static/steer_map.js';
import { movedWeight, pulledRow, steerTranslator, steerWeights } from '../../lib/classroom/static/steer_model.js';
import {
  compoundPieces,
  englishWords,
  germanValue,
  germanWords,
  goldLinks,
  grouped,
} from '../../lib/classroom/static/steer_numbers.js';
import {
  compoundText,
  rowSentence,
  saysWords,
  steerBound,
  steerLead,
  steerShare,
  steerStatus,
  steerTotal,
  steerVerdict,
} from '../../lib/classroom/static/steer_words.js';

const close = (a, b, within = 1e-12) => assert.ok(Math.abs(a - b) <= within, `${a} is not ${b}`);
const GERMAN = ['<padding>', '<begin>', '<end>', 'zwei', 'vier', 'hundert'];
const ENGLISH = ['<padding>', '<begin>', '<end>', 'two', 'four', 'hundred', 'and'];

/** Writes for each word of "four hundred and two" what it looks at: vier hundert zwei, then the end. */
const LOOKS = [0, 1, 3, 2],
  SAYS = [4, 5, 2, 3];
const stub = {
  encode: (source) => source,
  translate(source, pulls) {
    const rows = [];
    do {
      const own = SAYS.map((_, s) => (s === LOOKS[rows.length] ? 1 : 0)),
        pull = pulls.find(([t]) => t === rows.length),
        weights = pull ? pulledRow(own, pull[1], pull[2]) : own,
        most = (a) => a.indexOf(Math.max(...a)),
        chances = (a) => GERMAN.map((_, k) => SAYS.reduce((sum, word, s) => sum + (word === k ? a[s] : 0), 0));
      rows.push({
        ...{ own, weights, ownWord: SAYS[most(own)], word: SAYS[most(weights)], moved: movedWeight(own, weights) },
        ...{ ownChances: chances(own), chances: chances(weights) },
      });
    } while (rows.at(-1).word !== 2 && rows.length < 4);
    return rows;
  },
  way: (_, target) => (target[0] === 3 ? [[0, 3, 0.51]] : null),
  wholly: (_, target) => target.at(-1) === 3,
};
const STATE = {
  ...{
    number: 402,
    target: null,
    round: 0,
    seed: 1,
    pulls: [],
    row: 0,
    show_gold: false,
    show_words: false,
    results: [],
    met: [],
  },
  ...{ rounds: [[[402, 202]], [[402, 204]]], english: ENGLISH, german: GERMAN },
};
const view = (more = {}) => steerView({ ...STATE, ...more }, steerMemory(stub, ENGLISH, GERMAN));

test('numbers in words and back, as one word, with gold links', () => {
  assert.equal(englishWords(4372).join(' '), 'four thousand three hundred and seventy two');
  assert.equal(germanWords(1021).join(' '), 'ein tausend ein und zwanzig');
  assert.equal(germanWords(101).at(-1), 'eins');
  assert.equal(germanValue('siebzig tausend drei'.split(' ')), 70003);
  assert.equal(germanValue('tausend drei'.split(' ')), null);
  assert.deepEqual(goldLinks(21), [[1], [0, 1], [0]]);
  assert.equal(grouped(1234567), '1,234,567');
  assert.equal(grouped(372), '372');
  assert.deepEqual(compoundPieces(['zwei', 'Millionen', 'elf']), [
    ['zwei', 0],
    [' Millionen ', 1],
    ['elf', 2],
  ]);
  assert.equal(compoundText(['zwei', 'Millionen']), 'zwei Millionen');
});

test('a pull keeps the sum, and moves what it says', () => {
  const own = [0.1, 0.7, 0.2],
    row = pulledRow(own, 2, 0.5);
  [0.05, 0.35, 0.6].forEach((x, s) => close(row[s], x));
  close(movedWeight(own, row), 0.4);
  close(movedWeight(own, pulledRow(own, 1, 1)), 0.3);
  assert.equal(onHundredths(0.4351), 0.44);
  assert.equal(onHundredths(1.2), 1);
});

test('weights come by name, from base64 or from a view into a larger buffer', () => {
  const numbers = Float32Array.of(9, 1, 2, 3, 4, 5),
    bytes = new DataView(numbers.buffer, 4, 20),
    layout = [['a', [2, 2]], ['b', [1]]]; // prettier-ignore
  const text = btoa(String.fromCharCode(...new Uint8Array(numbers.buffer, 4, 20)));
  for (const given of [bytes, text]) {
    const { a, b } = steerWeights(layout, given);
    assert.deepEqual([[...a], [...b]], [[1, 2, 3, 4], [5]]);
  }
});

test('a translator of zeros looks everywhere alike, and never writes padding or begin', () => {
  const [E, H, V, W] = [2, 4, 6, 5],
    sizes = {
      'encoder.embedding.weight': V * E,
      'decoder.embedding.weight': W * E,
      'decoder.cell.weight_input': 3 * H * E,
    };
  Object.assign(sizes, {
    'decoder.cell.weight_hidden': 3 * H * H,
    'decoder.cell.bias': 3 * H,
    'decoder.cell.bias_hidden': H,
  });
  for (const side of ['forward', 'backward'])
    for (const [part, size] of [
      ['weight_input', 6 * E],
      ['weight_hidden', 12],
      ['bias', 6],
      ['bias_hidden', 2],
    ])
      // prettier-ignore
      sizes[`encoder.layer.${side}_layer.${part}`] = size;
  Object.assign(sizes, {
    'decoder.attention.score.between.weight': H * H,
    'decoder.attention.combine.weight': 2 * H * H,
  });
  Object.assign(sizes, { 'decoder.readout.weight': W * H, 'decoder.readout.bias': W });
  const weights = Object.fromEntries(Object.entries(sizes).map(([name, size]) => [name, new Float32Array(size)]));
  weights['decoder.readout.bias'].set([9, 9, 0, 0, 1]);
  const rows = steerTranslator(weights).translate([3, 4, 5]);
  assert.equal(rows.length, 14, 'it never ends by itself');
  rows[0].own.forEach((a) => close(a, 1 / 3));
  assert.deepEqual([...rows[0].chances].slice(0, 2), [0, 0]);
  assert.equal(rows[0].word, 4);
});

test('what is seen: words, number, rows steered, weight, words changed', () => {
  const still = view();
  assert.deepEqual([still.words, still.value, still.steered, still.edits], [['vier', 'hundert', 'zwei'], 402, 0, 0]);
  const some = view({ pulls: [[0, 3, 0.4]] });
  assert.deepEqual([some.value, some.steered, some.rows[0].changed], [402, 1, false]);
  const more = view({ pulls: [[0, 3, 0.6]] });
  assert.deepEqual([more.value, more.edits, more.rows[0].changed, more.rows[0].ownGerman], [202, 1, true, 'vier']);
  close(more.weight, 0.6);
  assert.deepEqual(more.rows[0].best[0][0], 'zwei');
  assert.deepEqual(
    more.rows.map(({ gold }) => gold),
    [null, [1], [3], null],
    'gold only where the right word stands',
  );
  const cut = view({ pulls: [[2, 2, 1]] });
  assert.deepEqual([cut.words, cut.value, cut.rows.length], [['vier', 'hundert'], 400, 3]);
  assert.deepEqual(view({ row: 9 }).row, 3);
  const steered = view({ pulls: [[0, 0, 1]] });
  assert.equal(steered.steered, 0, 'a pull to where it looks already');
});

test('what each word would do: in free play, for the row that is chosen, after the pulls above it', () => {
  assert.equal(view().would, null);
  assert.deepEqual(view({ show_words: true }).would, ['vier', 'hundert', 'end', 'zwei']);
  assert.deepEqual(view({ show_words: true, row: 1, pulls: [[0, 3, 1], [1, 0, 0.2]] }).would, ['vier', 'hundert', 'end', 'zwei']); // prettier-ignore
  assert.equal(view({ show_words: true, round: 1, target: 202 }).would, null);
});

test('edits between words', () => {
  assert.equal(wordEdits(['a', 'b', 'c'], ['a', 'c']), 1);
  assert.equal(wordEdits(['a', 'b'], ['b', 'a', 'c']), 2);
  assert.equal(wordEdits([], ['x']), 1);
  assert.equal(wordEdits(['x', 'y'], []), 2);
});

test('the best way is told with the target, and impossible targets too', () => {
  const goal = view({ target: 202, round: 1 });
  assert.deepEqual([goal.fewest, goal.solved, goal.goal], [1, false, ['zwei', 'hundert', 'zwei']]);
  close(goal.lightest, 0.51);
  const none = view({ target: 404 });
  assert.deepEqual([none.fewest, none.lightest], [null, null]);
  assert.match(steerStatus(none), /cannot be made to write 404/);
});

test('a part is asked for only where no row with all its weight will do', () => {
  assert.equal(view({ target: 202, round: 1 }).needsPart, false);
  assert.equal(view({ target: 204, round: 2 }).needsPart, true);
  assert.equal(view({ target: 404 }).needsPart, false, 'where nothing will do, a part will not either');
});

test('the oddest that was met lies furthest from what was read; what was asked for is not met', () => {
  const seen = { number: 402, value: 4000, target: 202, steered: 1 };
  assert.deepEqual(oddest([], seen), [402, 4000]);
  assert.deepEqual(oddest([402, 80000], seen), [402, 80000]);
  assert.deepEqual(oddest([402, 403], seen), [402, 4000]);
  assert.deepEqual(oddest([402, 403], { ...seen, value: 4 }), [402, 4], 'smaller is odd as well');
  for (const none of [{ value: null }, { value: 402 }, { value: 202 }, { steered: 0 }])
    assert.deepEqual(oddest([7, 8], { ...seen, ...none }), [7, 8]);
});

test('moves: pulls stay in order, a share of 0 lets go, pulls of rows that are gone end', () => {
  const one = withPull(STATE, 2, 1, 0.333);
  assert.deepEqual(one, { pulls: [[2, 1, 0.33]], row: 2 });
  const two = withPull({ ...STATE, ...one }, 0, 3, 1);
  assert.deepEqual(two.pulls, [[0, 3, 1], [2, 1, 0.33]]); // prettier-ignore
  assert.deepEqual(withPull({ ...STATE, ...two }, 2, 1, 0).pulls, [[0, 3, 1]]);
  assert.deepEqual(settledPulls(view({ pulls: [[2, 2, 1], [3, 0, 1]] })), [[2, 2, 1]]); // prettier-ignore
  assert.deepEqual(withNumber(7), { number: 7, target: null, round: 0, pulls: [], row: 0 });
  assert.deepEqual(toSteerRound(STATE, 2), { round: 2, number: 402, target: 204, pulls: [], row: 0 });
  assert.deepEqual(toSteerRound({ ...STATE, round: 2, target: 204 }, 0), { round: 0, target: null, pulls: [], row: 0 });
  const pool = [Array.from({ length: 9 }, (_, k) => [k, k + 1])];
  const drawn = new Set(Array.from({ length: 60 }, (_, seed) => steerRound(pool, seed, 1).number));
  assert.equal(drawn.size, 9, 'every pair is drawn');
});

test('results: the best of a round is kept, rows first, then weight; free play counts nothing', () => {
  const round = { target: 202, round: 1 },
    heavy = view({ ...round, pulls: [[0, 3, 1]] }),
    light = view({ ...round, pulls: [[0, 3, 0.51]] });
  assert.deepEqual(withResult([], view({ target: 202, pulls: [[0, 3, 1]] })), []);
  assert.deepEqual(withResult([], view(round)), []);
  const first = withResult([], heavy);
  assert.deepEqual([first.length, first[0].rows, first[0].strip], [1, 1, [1, 0, 0, 0]]);
  const second = withResult(first, light);
  close(second[0].weight, 0.51);
  assert.equal(withResult(second, heavy), second);
  assert.ok(!isLightest(first[0]) && isLightest(second[0]));
  assert.equal(steerVerdict(first[0]), '★☆☆ Done with 1 row, and no way has fewer. It can be lighter.');
  assert.match(steerVerdict({ ...first[0], weight: 0.75 }), /^★★☆ .*weight 0.75. It can be a little lighter/);
  assert.match(steerVerdict(second[0]), /^★★★ .*weight 0.51. No way is lighter/);
  assert.match(steerVerdict({ ...second[0], rows: 2 }), /^☆☆☆ Done with 2 rows. It can be done with fewer/);
  assert.deepEqual([heavy, light, view(round)].map((now) => isResult(now, second[0])), [false, true, false]);
  assert.equal(steerVerdict(first[0], false), 'Best so far: ★☆☆ 1 row, weight 1.00.');
  assert.match(steerVerdict({ ...first[0], shown: true }, false), /^This was the lightest way/);
  assert.match(steerBound(second[0]), /^1 row, weight 0.51. ★ no way/);
  assert.deepEqual(
    [1, 0.76, 0.75, 0.52, 0.51].map((weight) => steerStars({ ...second[0], weight })),
    [1, 1, 2, 2, 3],
  );
  assert.match(steerVerdict({ ...second[0], shown: true }), /lightest way: 1 row/);
});

test('the text to copy', () => {
  const result = {
    source: 4372,
    target: 4073,
    rows: 1,
    fewest: 1,
    weight: 0.5,
    lightest: 0.44,
    strip: [0, 0, 0, 1, 0],
  };
  const three = { source: 8410, target: 4008, rows: 3, fewest: 3, weight: 1.6, lightest: 1.58, round: 5, strip: [1] },
    shown = { ...three, shown: true };
  const lines = steerShare([result, shown], 7, 5).split('\n');
  assert.equal(lines[0], 'I made a translator read 4,372 and say viertausenddreiundsiebzig with one pull.');
  assert.equal(lines[1], 'Steer the translator, game 7: 2 of 5');
  assert.equal(lines[2], '4,372 → 4,073  □□□■□  ★★☆ 1 row, weight 0.50');
  assert.match(lines[3], /shown to me$/);
  assert.equal(lines[4], '1 row, weight 0.50, 2 of 3 stars');
  const odd = steerShare([result, three], 7, 5, [3830, 330000000]).split('\n');
  assert.equal(odd[0], 'I made a translator read 8,410 and say viertausendacht with 3 pulls.');
  assert.equal(odd[1], 'The oddest on the way: it read 3,830 and said 330,000,000.');
  assert.equal(steerShare([shown], 7, 5).split('\n')[0], 'Steer the translator, game 7: 1 of 5');
  assert.match(steerTotal([{ ...result, shown: true }]), /No round/);
});

test('keys: rows, words, shares, letting go', () => {
  const still = view({ row: 1 }),
    pulled = view({ row: 0, pulls: [[0, 3, 0.9]] });
  assert.deepEqual(moveOfKey({ key: 'ArrowDown' }, still), { row: 2 });
  assert.deepEqual(moveOfKey({ key: 'PageDown' }, still), { row: 3 });
  assert.deepEqual(moveOfKey({ key: 'ArrowRight' }, still), { row: 1, word: 2, share: 1 });
  assert.deepEqual(moveOfKey({ key: 'End' }, still), { row: 1, word: 3, share: 1 });
  assert.deepEqual(moveOfKey({ key: 'ArrowLeft', shiftKey: true }, still), { row: 1, word: 0, share: 1 });
  assert.deepEqual(moveOfKey({ key: 'ArrowLeft' }, pulled), { row: 0, word: 2, share: 0.9 });
  assert.deepEqual(moveOfKey({ key: 'Home' }, pulled), { row: 0, word: 0, share: 0 }, 'back where it looked: let go');
  close(moveOfKey({ key: '-' }, pulled).share, 0.85);
  close(moveOfKey({ key: 'ArrowUp', shiftKey: true }, pulled).share, 0.91);
  close(moveOfKey({ key: '+' }, pulled).share, 0.95);
  assert.deepEqual(moveOfKey({ key: 'Delete' }, pulled), { row: 0, word: 3, share: 0 });
  assert.equal(moveOfKey({ key: 'Delete' }, still), null);
  assert.equal(moveOfKey({ key: 'x' }, still), null);
});

test('a hand that trembles takes all; further down it takes less', () => {
  assert.equal(draggedShare(1, 13), 1);
  assert.equal(draggedShare(1, -300), 1);
  assert.equal(draggedShare(1, 64), 0.45);
  assert.equal(draggedShare(1, 900), 0.01);
  assert.equal(draggedShare(0.4, -34), 0.62);
});

test('typed numbers', () => {
  assert.deepEqual(typedNumber('4,372'), { number: 4372 });
  assert.deepEqual(typedNumber(' 0 '), { number: 0 });
  assert.match(typedNumber('12345').error, /At most 9,999/);
  assert.match(typedNumber('-3').error, /Digits/);
  assert.match(typedNumber('').error, /Type/);
});

test('sentences', () => {
  assert.match(
    steerLead(view({ round: 1, target: 202 })),
    /^Round 1 of 2. It reads 402. Make it write \*202\*, zweihundertzwei\.$/,
  );
  assert.match(steerLead(view()), /Drag a row/);
  assert.match(steerLead({ ...view({ target: 202 }), needsPart: true }), /^It reads 402.*move a part of it\.$/);
  assert.equal(rowSentence(view({ row: 1 })), 'Row 2 of 4, hundert: it looks at hundred (100\u00a0%), as it should.');
  assert.equal(rowSentence(view({ row: 3 })), 'Row 4 of 4, the end: it looks at and (100\u00a0%).');
  assert.match(
    rowSentence(view({ pulls: [[0, 3, 1]] })),
    /1.00 of its weight moved to two; left alone it would write vier/,
  );
  assert.match(rowSentence(view({ pulls: [[0, 3, 0.3]] })), /writes vier all the same/);
  assert.equal(saysWords(view()), '402');
  assert.equal(saysWords(view({ pulls: [[0, 1, 1]] })), 'no number');
  assert.equal(saysWords(view({ pulls: [[0, 2, 1]] })), 'nothing');
  assert.equal(saysWords(view({ pulls: [[3, 0, 1]] })), 'it does not stop');
  assert.equal(steerStatus(view()), 'Nothing is steered: it writes as it was trained.');
  assert.match(
    steerStatus(view({ pulls: [[0, 3, 1]] })),
    /reads 402 and says 202. 1 row steered, weight 1.00, 1 word changed/,
  );
  assert.match(steerStatus(view({ pulls: [[0, 3, 0.3]] })), /still writes 402/);
  assert.match(steerStatus(view({ pulls: [[0, 1, 1]] })), /“hunderthundertzwei” is no number\. 1 row/);
  assert.match(steerStatus(view({ pulls: [[0, 2, 1]] })), /writes nothing at all/);
  assert.match(steerStatus(view({ pulls: [[3, 0, 1]] })), /goes on and on/);
});
