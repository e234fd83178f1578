// The memory cell that is run by hand: its two rules, what reaches the end, moves, tests, scores, words, geometry.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uniform } from '../../lib/classroom/static/common.js';
import {
  boardSequence,
  boardView,
  freshBoard,
  nextSequence,
  toRound,
  withDial,
  withTest,
} from '../../lib/classroom/static/board_game.js';
import { dialKey } from '../../lib/classroom/static/board_hand.js';
import { apart, axisLow, axisTop, boardPlan } from '../../lib/classroom/static/board_plan.js';
import {
  arrivals,
  bestScore,
  BOARD_RULES,
  boardStep,
  costs,
  dialsOfRule,
  fewestMoves,
  isExact,
  judged,
  linearScale,
  movesOf,
  onGrid,
  otherNumbers,
  painted,
  runBoard,
} from '../../lib/classroom/static/board_rules.js';
import { trainedCell, trainedHabit } from '../../lib/classroom/static/board_trained.js';
import {
  boardLead,
  boardStatus,
  boardVerdict,
  dialText,
  shareLine,
  stepWords,
  trainedWords,
  worstWords,
} from '../../lib/classroom/static/board_words.js';

const close = (a, b, within = 1e-12) => assert.ok(Math.abs(a - b) <= within, `${a} is not ${b}`);
const NUMBERS = [0.5, 0.25, 1, 0.75];
const MARKS = [0, 1, 0, 1];
const RIGHT = { input: [0, 1, 0, 1], forget: [1, 1, 1, 1] };

test('gates: kept is f c, written is i x, lost is what was not kept', () => {
  const step = boardStep('gates', { input: 0.5, forget: 0.25 }, 0.8, 2);
  assert.deepEqual(step, { kept: 0.5, written: 0.4, lost: 1.5, memory: 0.9 });
  const steps = runBoard('gates', { input: [1, 0.5, 0, 1], forget: [0, 0.5, 1, 0.2] }, NUMBERS);
  assert.deepEqual(
    steps.map((s) => s.memory),
    [0.5, 0.375, 0.375, 0.825],
  );
  steps.slice(1).forEach((s, k) => close(s.kept + s.lost, steps[k].memory));
});

test('delta: one dial keeps exp(-Δ) and writes the rest; at 0 nothing happens, far up the number replaces the memory', () => {
  for (const delta of [0, 0.1, 1, 3]) {
    const { kept, written, memory } = boardStep('delta', { delta }, 0.3, 2);
    close(kept, 2 * Math.exp(-delta));
    close(written, 0.3 * (1 - Math.exp(-delta)));
    close(memory, kept + written);
    assert.ok(memory <= 2 && memory >= 0.3, 'a mean of memory and number');
  }
  assert.equal(boardStep('delta', { delta: 0 }, 0.3, 2).memory, 2);
  close(boardStep('delta', { delta: 40 }, 0.3, 2).memory, 0.3);
  const small = BOARD_RULES.delta.factors({ delta: 1e-12 });
  close(small.write / 1e-12, 1, 1e-9);
  const { goal, error } = judged('delta', { delta: [0, 50, 0, 50] }, { numbers: NUMBERS, marks: MARKS });
  assert.equal(goal, 0.75, 'the last marked number');
  close(error, 0);
});

test('the shares that reach the end add up to the cell, under both rules', () => {
  for (const [rule, dials] of [
    ['gates', { input: [0.3, 0.9, 0.1, 0.6], forget: [0.2, 0.7, 0.5, 0.9] }],
    ['delta', { delta: [0.3, 2, 0.1, 0.6] }],
  ]) {
    const shares = arrivals(rule, dials, 4),
      { cell } = judged(rule, dials, { numbers: NUMBERS, marks: MARKS });
    close(
      shares.reduce((sum, share, t) => sum + share * NUMBERS[t], 0),
      cell,
    );
  }
  const dials = { input: [1, 1, 1, 0.5], forget: [1, 0.5, 0.5, 0.5] };
  assert.deepEqual(arrivals('gates', dials, 4), [0.125, 0.25, 0.5, 0.5]);
});

test('the costs add up to the error, with its sign', () => {
  const dials = { input: [0.3, 0.9, 0.1, 0.6], forget: [0.2, 0.7, 0.5, 0.9] },
    { cell, goal } = judged('gates', dials, { numbers: NUMBERS, marks: MARKS });
  const each = costs(arrivals('gates', dials, 4), NUMBERS, MARKS);
  close(
    each.reduce((a, b) => a + b),
    cell - goal,
  );
  assert.ok(each[0] > 0 && each[1] < 0);
  assert.deepEqual(costs(arrivals('gates', RIGHT, 4), NUMBERS, MARKS), [0, 0, 0, 0]);
});

test('the fewest moves are those of a search through all dials', () => {
  const row = { marks: [], numbers: [] };
  for (const start of [0, 0.5, 1].flatMap((input) => [0, 0.5, 1].map((forget) => ({ input, forget }))))
    for (const [p, q] of [
      [0, 1],
      [0, 3],
      [1, 2],
      [1, 3],
      [2, 3],
    ]) {
      // prettier-ignore
      row.marks = [0, 1, 2, 3].map((t) => Number(t === p || t === q));
      let fewest = Infinity;
      for (let code = 0; code < 3 ** 8; code++) {
        const at = (k) => [null, 0, 1][Math.floor(code / 3 ** k) % 3];
        const dials = {
          input: [0, 1, 2, 3].map((t) => at(t) ?? start.input),
          forget: [4, 5, 6, 7].map((t) => at(t) ?? start.forget),
        };
        const shares = arrivals('gates', dials, 4);
        if (shares.every((share, t) => share === row.marks[t])) fewest = Math.min(fewest, movesOf(dials, start));
      }
      assert.equal(fewestMoves(row.marks, start), fewest, JSON.stringify([start, row.marks]));
    }
});

test('a dial counts as moved while it stands elsewhere', () => {
  const start = { input: 0.5, forget: 0 };
  assert.equal(movesOf({ input: [0.5, 1, 0.5], forget: [0, 0, 0.05] }, start), 2);
});

test('other numbers: the same marks, twenty times, the same for everybody', () => {
  const others = otherNumbers({ numbers: NUMBERS, marks: MARKS }, 3);
  assert.equal(others.length, 20);
  assert.ok(others.every(({ marks }) => marks === MARKS));
  assert.equal(others[2].numbers[1], uniform(3, 9));
  assert.ok(others.every((row) => isExact(judged('gates', RIGHT, row).error)));
  const lucky = { input: [0, 0, 0, 1], forget: [1, 1, 1, 1] };
  assert.ok(others.some((row) => judged('gates', lucky, row).error > 0.3));
});

test('strokes, keys and the grid of a dial', () => {
  assert.deepEqual(painted([0, 0, 0, 0], 3, 1, 0.5), [0, 0.5, 0.5, 0.5]);
  assert.deepEqual(
    [0.349, -1, 7, 0.024, 0.026].map((v) => onGrid(v, 1)),
    [0.35, 0, 1, 0, 0.05],
  );
  assert.equal(onGrid(2.6, 5), 2.5);
  assert.deepEqual(dialKey('ArrowRight', 11, 0.5, 12, linearScale(1)), { at: 11 });
  assert.deepEqual(dialKey('Home', 5, 0.5, 12, linearScale(1)), { at: 0 });
  assert.deepEqual(dialKey('ArrowUp', 0, 0.5, 12, linearScale(1)), { value: 0.55 });
  assert.deepEqual(dialKey('ArrowDown', 0, 0, 12, linearScale(1)), { value: 0 });
  assert.deepEqual(
    ['0', '1', 'PageUp'].map((k) => dialKey(k, 0, 0.5, 12, linearScale(1)).value),
    [0, 1, 1],
  );
  assert.equal(dialKey('x', 0, 0.5, 12, linearScale(1)), null);
});

test('the best score: exact first, then moves, then error; in the blind round the first run', () => {
  const score = (round, others, moves) => ({ round, others, moves });
  const scores = [
    score(1, 0.3, 2),
    score(1, 0, 9),
    score(1, 0.001, 7),
    score(1, 0.1, 1),
    score(3, 0.2, 4),
    score(3, 0, 4),
  ];
  assert.equal(bestScore(scores, 1), scores[2]);
  assert.equal(bestScore(scores.slice(0, 1), 1), scores[0]);
  assert.equal(bestScore(scores, 3), scores[4]);
  assert.equal(bestScore(scores, 2), null);
});

const NETWORK = {
  name: 'by hand',
  weight_input: [[0, 40], [0, 0], [1, 0], [0, 0]], // prettier-ignore
  weight_hidden: [[0], [0], [0], [0]],
  bias: [-20, 20, 0, 0],
  readout: [2, 1],
};

test('a trained cell of one unit, worked out by hand', () => {
  const seen = trainedCell(NETWORK, { numbers: NUMBERS, marks: MARKS });
  assert.equal(seen.start, 1);
  [0, 1, 0, 1].forEach((gate, t) => close(seen.input[t], gate, 1e-8));
  seen.forget.forEach((gate) => close(gate, 1, 1e-8));
  close(seen.answer[0], 1, 1e-8);
  close(seen.answer[3], 1 + 2 * (Math.tanh(0.25) + Math.tanh(0.75)), 1e-7);
  const habit = trainedHabit(NETWORK, [{ numbers: NUMBERS, marks: MARKS }]);
  close(habit.input.marked, 1, 1e-8);
  close(habit.input.other, 0, 1e-8);
  close(habit.drift, 0, 1e-8);
  const slope = (2 * (Math.tanh(0.75) - Math.tanh(0.25))) / 0.5;
  close(habit.slope, slope, 1e-6);
  close(habit.level, 2 * Math.tanh(0.25) - 0.25 * slope, 1e-6);
});

// --- the game ---------------------------------------------------------------------------------------

const STATE = {
  sequences: [NUMBERS, [0.1, 0.2, 0.3, 0.4]],
  marks: [MARKS, [1, 0, 1, 0]],
  unseen: [
    [NUMBERS, [0.9, 0.8, 0.7, 0.6]],
    [MARKS, [1, 1, 0, 0]],
  ],
  trained: [NETWORK],
  _starts: [
    { input: 0.5, forget: 0.5 },
    { input: 0, forget: 0 },
    { input: 0.5, forget: 0.5 },
  ],
  ...{ round: 1, sequence: 0, network: 0, scores: [] },
};
const fresh = { ...STATE, ...freshBoard(STATE) };

test('a round from its start to its score', () => {
  assert.deepEqual([fresh.input, fresh.forget], [new Array(4).fill(0.5), new Array(4).fill(0.5)]);
  let state = fresh;
  const move = (name, t, value) => (state = { ...state, ...withDial(state, name, t, t, value) });
  assert.equal(boardView(state).mayLook, false, 'first try your own');
  move('input', 1, 1);
  move('input', 2, 0);
  state = { ...state, ...withDial(state, 'forget', 3, 2, 1) };
  move('input', 3, 1);
  let view = boardView(state);
  assert.deepEqual([view.moves, view.fewest], [5, 6]);
  close(view.error, 0.125);
  move('forget', 1, 0);
  view = boardView(state);
  assert.equal(view.error, 0);
  assert.equal(view.score, null, 'no score before the test');
  state = { ...state, ...withTest(state) };
  assert.deepEqual(withTest(state), {}, 'a test counts once');
  const [score] = state.scores;
  assert.deepEqual([score.moves, score.fewest, score.others, score.error], [6, 6, 0, 0]);
  close(score.trained, Math.abs(boardView({ ...state, overlay: true }).trained.answer[3] - 1));
  assert.match(boardVerdict(score, score.trained), /in 6 moves\. It cannot be done in fewer/);
  assert.equal(boardView(state).trials.length, 20);
  move('input', 0, 1);
  assert.equal(state.tested, false, 'a dial that moves ends the test');
  assert.equal(boardView(state).mayLook, true);
  state = { ...state, ...nextSequence(state) };
  assert.deepEqual([state.sequence, state.tested, state.input[0]], [1, false, 0.5]);
  assert.equal(boardView(state).mayLook, false, 'nor on the next sequence');
});

test('a number that was tuned to one sum is found out', () => {
  const state = { ...fresh, input: [0, 0, 1, 0], forget: [0, 0, 0, 1] };
  const view = boardView({ ...state, tested: true });
  assert.equal(view.error, 0);
  assert.ok(view.score.others > 0.3);
  assert.match(boardStatus(view), /as wanted, but with the wrong things in it\. Costliest: step 3 is not marked/);
  assert.match(boardVerdict(view.score, null), /lands on this sum, and only on this one/);
});

test('the blind round: one rule, moved by kind, shown after the run, scored once', () => {
  let state = { ...fresh, ...toRound(fresh, 3) };
  assert.equal(boardView(state).blind, true);
  state = { ...state, ...withDial(state, 'input', 0, 1, 1) };
  assert.deepEqual(state.rule.input, { marked: 1, other: 0.5 }, 'the kind of the step where the hand is');
  assert.deepEqual(boardView(state).dials.input, [0.5, 1, 0.5, 1]);
  state = { ...state, ...withDial(state, 'input', 0, 0, 0), ...{} };
  for (const t of [0, 1]) state = { ...state, ...withDial(state, 'forget', t, t, 1) };
  state = { ...state, ...withTest(state) };
  const view = boardView(state);
  assert.deepEqual([view.score.others, view.score.error, view.trials.length, view.blind], [0, 0, 2, false]);
  state = { ...state, ...nextSequence(state) };
  assert.deepEqual(boardSequence(state).marks, [1, 1, 0, 0]);
  assert.equal(state.tested, true, 'the rule and the run stay');
  state = { ...state, ...withDial(state, 'forget', 3, 3, 0) };
  assert.equal(state.tested, true);
  assert.ok(boardView(state).score.others > 0.1 && state.scores.length === 1);
  assert.deepEqual(dialsOfRule(state.rule, [1, 0]).forget, [1, 0]);
});

test('rounds begin where they should, and looking is for those who tried', () => {
  const second = { ...fresh, ...toRound(fresh, 2) };
  assert.deepEqual([second.sequence, second.input[0], second.forget[3]], [1, 0, 0]);
  assert.equal(boardView({ ...fresh, ...toRound(fresh, 3), overlay: true }).trained, null, 'blind is blind');
  assert.equal(boardView({ ...fresh, trained: [] }).networks, null);
  assert.equal(boardView({ ...fresh, unseen: null }).lastRound, 2);
});

// --- words and geometry -------------------------------------------------------------------------------

test('what is said has the numbers in it', () => {
  const view = { ...boardView(fresh), at: 1 };
  assert.match(boardLead(view), /0\.25 \+ 0\.75 = 1\.00\.$/);
  assert.equal(
    stepWords(view),
    'Step 2, 0.25, marked; input gate 0.50: 50\u00a0% of the number is written; forget gate 0.50: 50\u00a0% of the cell is kept, ' +
      '50\u00a0% forgotten.',
  );
  const keeps = { ...view, dials: { ...view.dials, forget: [1, 1, 0, 0] } };
  assert.match(dialText('forget', keeps), /forget gate 1\.00, the whole cell is kept$/);
  assert.match(dialText('forget', { ...keeps, at: 2 }), /not marked: forget gate 0\.00, the whole cell is forgotten$/);
  assert.match(
    worstWords(view),
    /of the marked 0\.75 at step 4, 50\u00a0% reaches the end; its input gate stands at 0\.50/,
  );
  const leaky = boardView({ ...fresh, input: [0, 1, 0, 1], forget: [1, 1, 0.1, 1] });
  assert.match(worstWords(leaky), /10\u00a0% reaches the end; forget gates below 1/);
  assert.equal(worstWords(boardView({ ...fresh, ...RIGHT })), '');
  const blind = boardStatus(boardView({ ...fresh, ...toRound(fresh, 3) }));
  assert.match(blind, /At a mark: input gate 0\.50, forget gate 0\.50/);
  assert.ok(!/cell ends/.test(blind));
});

test('what a trained cell does is said from its numbers', () => {
  const habit = {
    input: { marked: 0.98, other: 0.02 },
    candidate: { marked: 0.99, other: 0.03 },
    slope: 1,
    level: -0.54,
    drift: 0.01,
  };
  const [text, drawn] = trainedWords({ start: 0.97, weight: 1.2 }, habit, 12);
  assert.match(
    text,
    /opens at marks.* begins at 0\.97\. A marked x changes it by about 1\.00 x − 0\.54, any other number by \+0\.01\.$/,
  );
  assert.match(drawn, /1\.20 c \+ 0\.97/);
  const counting = trainedWords({ start: -0.29, weight: 1 }, { ...habit, drift: 0.15 }, 12)[0];
  assert.match(counting, /counts steps: 10 unmarked numbers always add up to \+1\.50/);
  const other = (marked) => trainedWords({ start: 0, weight: 1 }, { ...habit, input: { marked, other: 0.8 } }, 12)[0];
  assert.match(
    other(0.5),
    /wider open where nothing is marked; its candidate .* 0\.99 in size at marks, 0\.03 elsewhere/,
  );
  assert.match(other(0.8), /hardly tells marks/);
});

test('the line to share', () => {
  const score = { round: 2, error: 0, others: 0, moves: 10, fewest: 10, trained: 0.0213 };
  assert.equal(
    shareLine(score),
    'Be the gate, few moves: error 0.00 in 10 moves (fewest 10), 0.00 with other numbers; a trained cell: 0.021',
  );
  assert.equal(
    shareLine({ ...score, round: 3, others: 0.0421, trained: null }),
    'Be the gate, blind: mean error 0.042 on 20 new sequences with one rule',
  );
});

test('every column is where the hand finds it, at every width', () => {
  for (const width of [500, 526, 600, 660, 960, 1140]) {
    const plan = boardPlan(width, 12, ['input', 'forget']);
    for (let t = 0; t < 12; t++) assert.equal(plan.step(plan.at(t)), t);
    assert.equal(plan.step(-50), 0);
    assert.equal(plan.step(width + 50), 11);
    for (const name of ['input', 'forget'])
      for (const share of [0, 0.35, 1]) close(plan.value(name, plan.knob(name, share)), share);
    assert.ok(plan.end < width && plan.river.bottom < plan.rows.forget.top && plan.foot < plan.height);
  }
  assert.equal(Object.keys(boardPlan(960, 12, ['delta']).rows).length, 1);
  assert.equal(axisTop([1.07, 0.3]), 1.6);
  assert.ok(axisTop([20]) > 20);
  assert.deepEqual([axisLow([0.3, 1]), axisLow([1, -0.37]), axisLow([-0.6])], [0, -0.5, -1]);
  assert.deepEqual(apart(10, 20, 34), [-2, 32]);
  assert.deepEqual(apart(90, 20, 34), [90, 20]);
});
