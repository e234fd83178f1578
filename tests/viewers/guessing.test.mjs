// The rules, the score and the words of the guessing game.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  boundsIntervals,
  giveUp,
  guess,
  guessingOver,
  guessWords,
  keyRows,
  ladder,
  rankClass,
  rankGroups,
  scoreOf,
  shannonBounds,
  standings,
  yardstick,
} from '../../lib/classroom/static/guessing_rules.js';

const GAME = { answer: 'a b\n', alphabet: '\n abc', ranks: [], tried: '', stopped: false, rivals: {} };
const after = (state, character) => {
  const { heard, ...changes } = guess(state, character);
  return [heard, { ...state, ...changes }];
};

test('wrong guesses are kept and cannot be made twice; the right one takes as many as were made', () => {
  let state = GAME,
    heard;
  [heard, state] = after(state, 'b');
  assert.equal(heard, 'wrong');
  [heard, state] = after(state, 'b');
  assert.deepEqual([heard, state.tried], ['again', 'b']);
  [heard, state] = after(state, 'Z');
  assert.deepEqual([heard, state.tried], ['unknown', 'b']);
  [heard, state] = after(state, 'a');
  assert.deepEqual([heard, state.ranks, state.tried], ['right', [2], '']);
  for (const character of [' ', 'b', '\n']) [heard, state] = after(state, character);
  assert.deepEqual([heard, state.ranks], ['right', [2, 1, 1, 1]]);
  assert.ok(guessingOver(state));
  assert.equal(guess(state, 'a').heard, 'over');
});

test('giving up costs the worst rank, whatever was tried', () => {
  const state = { ...GAME, tried: 'bc' };
  assert.deepEqual(giveUp(state), { heard: 'given', ranks: [5], tried: '' });
  assert.equal(guess({ ...GAME, stopped: true }, 'a').heard, 'over');
});

test("Shannon's bounds by hand", () => {
  assert.deepEqual(shannonBounds([1, 1, 1]), { lower: 0, upper: 0 });
  assert.deepEqual(shannonBounds([1, 2]), { lower: 1, upper: 1 });
  assert.deepEqual(shannonBounds([7, 7, 3, 1]), shannonBounds([1, 1, 2, 3]), 'the shares are sorted');
  const { lower, upper } = shannonBounds([1, 1, 2, 3]); // q = 1/2, 1/4, 1/4
  assert.ok(Math.abs(upper - 1.5) < 1e-15);
  assert.ok(Math.abs(lower - 0.75 * Math.log2(3)) < 1e-15, '1 (1/4) log 1 + 2 (0) log 2 + 3 (1/4) log 3');
});

test('intervals hold the estimates, and are not given where they would say nothing', () => {
  assert.equal(boundsIntervals([1, 2, 3, 1, 2, 3, 1, 2, 3], 64), null, 'nine characters');
  assert.equal(boundsIntervals(new Array(30).fill(1), 64), null, 'one rank');
  const ranks = Array.from({ length: 50 }, (_, i) => (i % 2 ? 1 : 1 + (i % 7)));
  const { lower, upper, intervals } = scoreOf(ranks, 64);
  assert.ok(intervals.lower[0] <= lower && lower <= intervals.lower[1]);
  assert.ok(intervals.upper[0] <= upper && upper <= intervals.upper[1]);
  assert.ok(intervals.upper[1] - upper > upper - intervals.upper[0], 'reflected: more room above than below');
  const few = boundsIntervals(ranks.slice(0, 12), 64);
  assert.ok(few.upper[1] - few.upper[0] > intervals.upper[1] - intervals.upper[0], 'fewer characters, wider');
});

test('everyone is judged on the same characters', () => {
  const rivals = { trigram: { ranks: [1, 4, 9], bits: [0.5, 2.5, 9] } };
  const [you, trigram] = standings({ ...GAME, ranks: [1, 1], rivals });
  assert.deepEqual([you.first, you.upper, you.bits], [2, 0, undefined]);
  assert.deepEqual([trigram.characters, trigram.first, trigram.upper, trigram.bits], [2, 1, 1, 1.5]);
  assert.equal(ladder([trigram, you]), 'you 0.00, trigram 1.00');
  assert.equal(yardstick(trigram), 'For trigram the true bits lie 0.50 above its upper bound.');
  assert.match(yardstick({ ...trigram, bits: 0.9 }), /0\.10 below/);
  assert.match(yardstick({ ...trigram, bits: 1.001 }), /agree/);
});

test('the histogram holds every rank once, for every alphabet', () => {
  for (const most of [2, 5, 7, 20, 64]) {
    const ranks = Array.from({ length: most }, (_, i) => i + 1);
    const groups = rankGroups(ranks, most);
    assert.equal(
      groups.reduce((sum, g) => sum + g.count, 0),
      most,
    );
    assert.ok(
      groups.every((g) => g.count > 0),
      JSON.stringify(groups),
    );
  }
  assert.deepEqual(
    rankGroups([1], 64)
      .map((g) => g.label)
      .slice(-3),
    ['6–10', '11–20', '21–64'],
  );
  assert.deepEqual([1, 2, 5, 6].map(rankClass), [0, 1, 1, 2]);
});

test('what is said after a key', () => {
  const rivals = { trigram: { ranks: [4, 1], bits: [2, 1] } };
  const words = (heard, character, more) => guessWords({ heard, character }, { ...GAME, rivals, ...more });
  assert.equal(words('wrong', ' ', { tried: ' ' }), 'Not space. 1 wrong guess so far.');
  assert.equal(words('wrong', 'b', { tried: ' b' }), 'Not b. 2 wrong guesses so far.');
  assert.equal(words('right', 'a', { ranks: [1] }), 'Right: a, at once. Guesses needed: you 1, trigram 4.');
  assert.match(words('right', ' ', { ranks: [1, 3] }), /^Right: space, at guess 3\. .* trigram 1\.$/);
  assert.match(
    words('given', null, { ranks: [5] }),
    /^It was a\. It counts as guess 5, the worst that was left\./,
  );
  assert.match(words('unknown', 'é'), /not among the 5 characters/);
  assert.equal(words(null), '');
});

test('every character of an alphabet has its key', () => {
  const alphabet = '\n !"\'(),-.:=?ABCDEFGHIJKLMNOPQRSTUVWYZabcdefghijklmnopqrstuvwxyz0123456789éü';
  const keys = new Set([...keyRows(alphabet, false).flat(), ...keyRows(alphabet, true).flat(), ' ', '\n']);
  assert.deepEqual(
    [...alphabet].filter((c) => !keys.has(c)),
    [],
  );
  assert.ok(!keys.has('X'), 'and none more');
});
