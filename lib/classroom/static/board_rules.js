// A memory cell that is run by hand: its rules, what reaches the end, rounds, tests, scores. Pure: no drawing.
import { clamp, uniform } from './common.js';

const sumOfMarked = (numbers, marks) => numbers.reduce((sum, x, t) => sum + (marks[t] ? x : 0), 0);
const lastMarked = (numbers, marks) => numbers[marks.lastIndexOf(1)] ?? 0;

/** How dials set a cell. `factors` gives from the dials of one step { keep, write }: memory = keep c + write x.
 *  most: the upper end of each dial. goal: what the cell should hold after the last step.
 *  gates: two dials a step. delta: one dial, which both keeps exp(-Δ) and writes 1 - exp(-Δ).
 *  simple: the same, but it writes Δ, which is more than there is where Δ > 1. */
export const BOARD_RULES = {
  gates: {
    dials: ['input', 'forget'],
    most: { input: 1, forget: 1 },
    factors: ({ input, forget }) => ({ keep: forget, write: input }),
    goal: sumOfMarked,
  },
  delta: {
    dials: ['delta'],
    most: { delta: 6 },
    factors: ({ delta }) => ({ keep: Math.exp(-delta), write: -Math.expm1(-delta) }),
    goal: lastMarked,
  },
  simple: {
    dials: ['delta'],
    most: { delta: 6 },
    factors: ({ delta }) => ({ keep: Math.exp(-delta), write: delta }),
    goal: lastMarked,
  },
};

const dialsAt = (dials, t) => Object.fromEntries(Object.entries(dials).map(([name, all]) => [name, all[t]]));

/** The new memory: { kept, written, lost, memory } from the dials of one step, the number and the old memory. */
export function boardStep(rule, dials, x, memory) {
  const { keep, write } = BOARD_RULES[rule].factors(dials);
  const kept = keep * memory,
    written = write * x;
  return { kept, written, lost: memory - kept, memory: kept + written };
}

/** Every step of a cell that begins empty: a list of { kept, written, lost, memory }. */
export function runBoard(rule, dials, numbers) {
  let memory = 0;
  return numbers.map((x, t) => {
    const step = boardStep(rule, dialsAt(dials, t), x, memory);
    memory = step.memory;
    return step;
  });
}

/** The share of each number that is in the cell at the end: write_t times every keep after it. */
export function arrivals(rule, dials, length) {
  const shares = new Array(length);
  for (let t = length - 1, kept = 1; t >= 0; t--) {
    const { keep, write } = BOARD_RULES[rule].factors(dialsAt(dials, t));
    shares[t] = write * kept;
    kept *= keep;
  }
  return shares;
}

/** What each step costs: how much of its number is missing at the end (negative) or should not be there. */
export const costs = (shares, numbers, marks) => numbers.map((x, t) => (shares[t] - marks[t]) * x);

/** { cell, goal, error, steps } of dials on one sequence. */
export function judged(rule, dials, { numbers, marks }) {
  const steps = runBoard(rule, dials, numbers),
    cell = steps.at(-1).memory,
    goal = BOARD_RULES[rule].goal(numbers, marks);
  return { steps, cell, goal, error: Math.abs(cell - goal) };
}

/** Twenty sequences with the same marks and other numbers, the same for everybody: seed and place count them. */
export const otherNumbers = ({ numbers, marks }, seed, count = 20) =>
  Array.from({ length: count }, (_, k) => ({
    marks,
    numbers: numbers.map((_, t) => uniform(seed, k * numbers.length + t)),
  }));

/** Dials for a sequence from a rule: for each dial one value at marked steps and one at all others. */
export const dialsOfRule = (rule, marks) =>
  Object.fromEntries(
    Object.entries(rule).map(([name, { marked, other }]) => [name, marks.map((m) => (m ? marked : other))]),
  );

/** How many dials stand where they did not stand at the start. */
export const movesOf = (dials, start) =>
  Object.entries(dials).reduce(
    (sum, [name, values]) => sum + values.filter((value) => value !== start[name]).length,
    0,
  );

/** The fewest dials that make the sum exact whatever the numbers are, when all begin at `start`.
 *  From the first mark on nothing is free: keep everything, write the marked, shut out the rest. Before it, what came
 *  in must go: shut the input at every step since some step s, and forget everything at s (or never, if s = 0). */
export function fewestMoves(marks, start) {
  const first = marks.indexOf(1);
  const [open, shut, empty] = [start.input !== 1, start.input !== 0, start.forget !== 0].map(Number);
  const after = marks.slice(first + 1);
  const fixed = open + after.reduce((sum, m) => sum + (m ? open : shut) + Number(start.forget !== 1), 0);
  const before = Array.from({ length: first + 1 }, (_, s) => (first - s) * shut + (s > 0 ? empty : 0));
  return fixed + Math.min(...before);
}

/** Dials after a stroke: every column between two takes a value. */
export const painted = (values, from, to, value) =>
  values.map((old, t) => (t >= Math.min(from, to) && t <= Math.max(from, to) ? value : old));

/** A value on the grid of a dial, in twentieths of its range. */
export const onGrid = (value, most) => (Math.round(clamp(value / most, 0, 1) * 20) * most) / 20;

/** How a dial's value lies on its track: share(value) from 0 to 1, value(share) on its grid, turn(value, by) one notch
 *  up (1) or down (-1). */
export const linearScale = (most) => ({
  most,
  share: (value) => value / most,
  value: (share) => onGrid(share * most, most),
  turn: (value, by) => onGrid(value + (by * most) / 20, most),
});

/** The mean of a list. */
export const meanOf = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The best score of a round: first exact ones, then fewer moves, then the smaller error; null if there is none.
 *  In round 3 it is the first: after it the twenty sequences are known. */
export function bestScore(scores, round) {
  if (round === 3) return scores.find((score) => score.round === 3) ?? null;
  const key = ({ others, moves }) => [Number(!isExact(others)), isExact(others) ? moves : 0, others];
  const better = (a, b) => {
    const [p, q] = [key(a), key(b)];
    const at = p.findIndex((value, i) => value !== q[i]);
    return at >= 0 && p[at] < q[at];
  };
  return scores
    .filter((score) => score.round === round)
    .reduce((best, score) => (best === null || better(score, best) ? score : best), null);
}

/** Is an error too small to show in two digits? */
export const isExact = (error) => Math.abs(error) < 0.005;
