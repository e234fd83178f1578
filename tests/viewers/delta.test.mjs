// Be Δ: the dial's notches, what each move leaves behind, what is said.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as game from '../../lib/classroom/static/delta_game.js';
import * as words from '../../lib/classroom/static/delta_words.js';
import { BOARD_RULES } from '../../lib/classroom/static/board_rules.js';

const close = (a, b, within = 1e-12) => assert.ok(Math.abs(a - b) <= within, `${a} is not ${b}`);
const NUMBERS = [0.5, 0.25, 1, 0.75];
const row = (more) => ({
  numbers: NUMBERS,
  marks: [0, 1, 0, 0],
  wanted: [0, 1, 0, 0],
  locked: 0,
  trained: null,
  ...more,
});
const BEST = { exact: [[[0, 6, 0, 0]]], code: [[[0, 1, 0, 0]]] };
const LEVELS = [
  { name: 'keep', start: 0.7, rule: false, sequences: [row({ best: BEST }), row({ best: BEST, locked: 2 })] },
  {
    ...{
      name: 'last',
      start: 0.7,
      rule: true,
      even: { exact: { delta: 0.7, error: 0.19 }, code: { delta: 0.45, error: 0.2 } },
    },
    best: { exact: { marked: 6, other: 0 }, code: { marked: 0.75, other: 0 } },
    sequences: [row({ best: {} }), row({ marks: [1, 0, 0, 1], wanted: [0, 0, 0, 1], best: {} })],
  },
];
const state = (more) => ({
  ...{ _levels: LEVELS, level: 1, sequence: 0, delta: [0.7, 0.7, 0.7, 0.7], second: [0, 0, 0, 0], memories: 1 },
  ...{ rule: { marked: 0.7, other: 0.7 }, simplified: false, tested: false, overlay: false, scores: [], ...more },
});

test('both rules keep exp(-Δ); the simple one writes Δ', () => {
  for (const delta of [0, 0.3, 2.13]) {
    const [exact, simple] = ['delta', 'simple'].map((name) => BOARD_RULES[name].factors({ delta }));
    assert.equal(exact.keep, simple.keep);
    close(exact.keep + exact.write, 1);
    assert.equal(simple.write, delta);
  }
});

test('the dial: its track and its notches fit each other', () => {
  const { share, value, turn, most } = game.deltaScale;
  assert.deepEqual([value(0), value(1), value(1.2), value(-1)], [0, most, most, 0]);
  for (const delta of [0, 0.01, 0.25, 0.3, 0.65, 1, 3.25, 6]) close(value(share(delta)), delta);
  assert.deepEqual([turn(0.29, 1), turn(0.3, 1), turn(0.3, -1), turn(0.95, 1), turn(1, 1), turn(1, -1)], [0.3, 0.35, 0.29, 1, 1.25, 0.95]); // prettier-ignore
  assert.deepEqual([turn(0, -1), turn(6, 1)], [0, 6]);
  let [delta, steps] = [0, 0];
  for (; delta < 6 && steps < 200; steps++) delta = turn(delta, 1);
  assert.ok(steps < 80, 'from one end to the other by the arrow');
});

test('several memories are added, step by step and share by share', () => {
  const dials = [[1, 0, 0.5, 0], [0, 2, 0, 0.1]]; // prettier-ignore
  const steps = game.runDeltas(state(), dials, NUMBERS);
  const shares = game.deltaShares(state(), dials);
  close(steps.at(-1).memory, shares.reduce((sum, share, t) => sum + share * NUMBERS[t], 0)); // prettier-ignore
  close(steps[2].memory, steps[2].each[0] + steps[2].each[1]);
  close(steps[2].kept + steps[2].lost, steps[1].memory);
});

test('a stroke paints knobs, but not those that are stuck', () => {
  assert.deepEqual(game.withDelta(state(), 'delta', 3, 1, 2), { delta: [0.7, 2, 2, 2], tested: false });
  assert.deepEqual(game.withDelta(state({ sequence: 1 }), 'delta', 0, 3, 2).delta, [0.7, 0.7, 2, 2]);
  const ruled = state({ level: 2 });
  assert.deepEqual(game.withDelta(ruled, 'delta', 0, 1, 3), { rule: { marked: 3, other: 0.7 } });
  assert.deepEqual(game.withDelta(ruled, 'delta', 1, 0, 0), { rule: { marked: 0.7, other: 0 } });
});

test('a test keeps its score; other levels and sequences begin anew, a rule stays', () => {
  const { tested, scores } = game.withDeltaTest(state());
  assert.ok(tested && scores.length === 1 && scores[0].others > scores[0].best);
  assert.deepEqual(game.withDeltaTest(state({ tested: true })), {});
  assert.deepEqual(game.toLevel(state({ sequence: 1, memories: 1 }), 2).rule, { marked: 0.7, other: 0.7 });
  assert.equal(game.toSequence(state({ tested: true }), 3).tested, false);
  assert.deepEqual(game.toSequence(state({ level: 2, tested: true }), 3), { sequence: 1 });
});

test('the view: best dials laid over, after a try only', () => {
  const view = game.deltaView(state({ overlay: true }));
  assert.deepEqual(view.trained.delta, [0, 6, 0, 0]);
  assert.ok(!view.mayLook && !view.fromModel && view.answers === null);
  const ruled = game.deltaView(state({ level: 2, rule: { marked: 6, other: 0 }, tested: true, sequence: 1, overlay: true })); // prettier-ignore
  assert.equal(ruled.trials.length, 2);
  close(ruled.score.others, ruled.score.best);
  assert.ok(ruled.error < 0.003 && ruled.answers.length === 2);
  const trained = [row({ best: BEST, trained: [[0.1, 0.2, 0.3, 0.4]] })];
  const learned = game.deltaView(state({ _levels: [{ ...LEVELS[0], sequences: trained }], overlay: true }));
  assert.ok(learned.fromModel);
  assert.deepEqual(learned.trained.delta, [0.1, 0.2, 0.3, 0.4]);
  const other = game.deltaView(state({ _levels: [{ ...LEVELS[0], sequences: trained }], overlay: true, simplified: true })); // prettier-ignore
  assert.ok(!other.fromModel && other.trained, 'it learned in the exact form: under the code form the best is shown');
});

test('what is said', () => {
  assert.equal(words.deltaDoes(0, false), 'all is kept, nothing written');
  assert.match(
    words.deltaDoes(Math.LN2, false),
    /^50\u00a0% of the memory is kept, 50\u00a0% of the number is written$/,
  );
  assert.match(
    words.deltaDoes(2.13, true),
    /^12\u00a0% of .*, 213\u00a0% of the number is written, more than there is$/,
  );
  const view = game.deltaView(state({ delta: [0, 6, 0, 1] }));
  const said = words.deltaStatus(view);
  assert.match(said, /^The memory ends at 0\.57, wanted is 0\.25\. Costliest: step 4, of which 63/);
  assert.equal(
    words.deltaStatus(game.deltaView(state({ delta: [0, 6, 0, 0] }))),
    'The memory ends at 0.25, as wanted.',
  );
  const verdict = (more) => words.deltaVerdict({ ...{ level: 1, error: 0, others: 0.001, best: 0.001, memories: 1 }, ...more }); // prettier-ignore
  assert.match(verdict({}), /^Right whatever the numbers: mean error 0\.001/);
  assert.match(verdict({ others: 0.3 }), /only on this one: it misses by 0\.30/);
  assert.match(verdict({ level: 5, others: 0.51, best: 0.51 }), /no Δ does better with one memory\.$/);
  assert.match(verdict({ level: 4, others: 0.05, best: 0.046, simplified: true }), /A search found nothing better\.$/);
  assert.match(
    words.deltaLesson({ level: 2, even: { delta: 0.7, error: 0.19 } }),
    /misses by 0\.19 at best, with Δ = 0\.70\. Choosing Δ by what arrives is selection/,
  );
  const score = { level: 5, others: 0.003, best: 0.003, memories: 2, simplified: true };
  assert.equal(
    words.deltaShare(score),
    'Be Δ, sum, two memories, as the code writes: mean error 0.003 on twenty tests (possible 0.003)',
  );
});
