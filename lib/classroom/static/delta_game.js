// Be Δ, from its traits: what is to be seen, and what each move leaves behind. Pure: no drawing.
import { clamp } from './common.js';
import { arrivals, costs, movesOf, otherNumbers, painted, runBoard } from './board_rules.js';

/** Δ on its track: at the root of its share, so that small ones have room; the notches lie closer there too. */
const DELTA_MOST = 6;
const notchAt = (value) => (value < 0.2995 ? 0.01 : value < 0.995 ? 0.05 : 0.25);
const onNotch = (value) => {
  const by = notchAt(value);
  return clamp(Number((Math.round(value / by) * by).toFixed(2)), 0, DELTA_MOST);
};
export const deltaScale = {
  most: DELTA_MOST,
  share: (value) => Math.sqrt(value / DELTA_MOST),
  value: (share) => onNotch(DELTA_MOST * Math.max(0, share) ** 2),
  turn: (value, by) => onNotch(value + by * (by < 0 ? notchAt(value - 0.011) : notchAt(value))),
};

const DELTA_NAMES = ['delta', 'second'];
const ruleName = ({ simplified }) => (simplified ? 'simple' : 'delta');
const formName = ({ simplified }) => (simplified ? 'code' : 'exact');
const summed = (list, pick) => list.reduce((sum, each) => sum + pick(each), 0);

export const deltaLevel = (state) => state._levels[state.level - 1];

/** The sequence on the board: { numbers, marks, wanted, locked, best, trained }. */
export function deltaRow(state) {
  const { sequences } = deltaLevel(state);
  return sequences[Math.min(state.sequence, sequences.length - 1)]; // while Python sends a new level and then its sequence
}

/** The dials of every memory for a sequence: a list of lists. */
export function deltaDials(state, row) {
  if (deltaLevel(state).rule) return [row.marks.map((mark) => state.rule[mark ? 'marked' : 'other'])];
  return [state.delta, state.second].slice(0, state.memories);
}

/** Every step of all memories together, and of each: { kept, written, lost, memory, each }. */
export function runDeltas(state, dials, numbers) {
  const runs = dials.map((delta) => runBoard(ruleName(state), { delta }, numbers));
  return numbers.map((_, t) => {
    const all = (name) => summed(runs, (run) => run[t][name]);
    return { ...Object.fromEntries(['kept', 'written', 'lost', 'memory'].map((name) => [name, all(name)])), each: runs.map((run) => run[t].memory) }; // prettier-ignore
  });
}

/** The share of each number that is read out at the end. */
export function deltaShares(state, dials) {
  const each = dials.map((delta) => arrivals(ruleName(state), { delta }, delta.length));
  return each[0].map((_, t) => summed(each, (shares) => shares[t]));
}

const goalOf = ({ numbers, wanted }) => numbers.reduce((sum, x, t) => sum + wanted[t] * x, 0);

function judgedDeltas(state, dials, row) {
  const steps = runDeltas(state, dials, row.numbers),
    cell = steps.at(-1).memory,
    goal = goalOf(row);
  return { steps, cell, goal, error: Math.abs(cell - goal) };
}

/** The best dials for a sequence, computed in Python. */
export function bestDials(state, row) {
  const level = deltaLevel(state);
  if (!level.rule) return row.best[formName(state)][state.memories - 1];
  const best = level.best[formName(state)];
  return [row.marks.map((mark) => best[mark ? 'marked' : 'other'])];
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const sameKind = (a) => (b) =>
  a.level === b.level && a.memories === b.memories && Boolean(a.simplified) === Boolean(b.simplified);

/** Is a mean error as good as it gets? */
export const isBest = ({ others, best }) => others < best + 0.01;

/** The sequences of a test: those of a rule's level, elsewhere twenty others with the same marks. */
function testRows(state) {
  const level = deltaLevel(state),
    row = deltaRow(state);
  if (level.rule) return level.sequences;
  return otherNumbers(row, state.sequence).map(({ numbers }) => ({ ...row, numbers }));
}

/** The score as it stands, as Python's. */
export function deltaScore(state) {
  const rows = testRows(state),
    errors = (dials) => mean(rows.map((row) => judgedDeltas(state, dials(row), row).error)),
    row = deltaRow(state);
  return {
    ...{ level: state.level, sequence: state.sequence, memories: state.memories, simplified: state.simplified },
    error: judgedDeltas(state, deltaDials(state, row), row).error,
    others: errors((each) => deltaDials(state, each)),
    best: errors((each) => bestDials(state, each)),
  };
}

/** All that is drawn and said, from the traits. */
export function deltaView(state) {
  const level = deltaLevel(state),
    row = deltaRow(state),
    lists = deltaDials(state, row),
    named = (values) => Object.fromEntries(values.map((list, k) => [DELTA_NAMES[k], list])),
    shares = deltaShares(state, lists),
    rows = state.tested ? testRows(state) : [];
  const learned = !state.simplified && row.trained?.length === lists.length, // it learned in the exact form
    other = learned ? row.trained : null,
    shown = state.overlay ? (other ?? bestDials(state, row)) : null,
    earlier = state.scores.filter(sameKind(state));
  const view = {
    ...{ ...row, level: state.level, rule: level.rule, even: level.even?.[formName(state)], tested: state.tested },
    ...{ simplified: state.simplified, memories: state.memories, sequence: state.sequence },
    ...{ dials: named(lists), start: named(lists.map(() => level.start)), shares },
    ...judgedDeltas(state, lists, row),
    costs: costs(shares, row.numbers, row.wanted),
    trials: rows.map((each) => judgedDeltas(state, deltaDials(state, each), each)),
    moves: level.rule
      ? ['marked', 'other'].filter((kind) => state.rule[kind] !== level.start).length
      : summed(lists, (list) => movesOf({ list }, { list: level.start })),
    count: level.sequences.length,
    flag: state.level === 4 ? ['reset', 'reset'] : ['marked', 'mark'],
    called: state.memories === 2 ? ['h₁ + h₂', 'Σ h', 'read out'] : ['memory h', 'h', 'memory'],
    bestSoFar: earlier.length ? Math.min(...earlier.map((score) => score.others)) : null,
    fromModel: Boolean(other),
    mayLook: state.tested || earlier.length > 0,
    score: state.tested ? deltaScore(state) : null,
    small: true,
  };
  if (!shown) return { ...view, trained: null, answers: null };
  const path = runDeltas(state, shown, row.numbers).map((step) => step.memory);
  const answers =
    rows.length && !other ? rows.map((each) => judgedDeltas(state, bestDials(state, each), each).cell) : null;
  return { ...view, trained: { ...named(shown), start: 0, answer: path }, answers };
}

/** Every dial where the level begins, and nothing tried yet. */
export function freshDelta(state) {
  const { start, sequences } = deltaLevel(state),
    all = sequences[0].numbers.map(() => start);
  return { delta: all, second: all, rule: { marked: start, other: start }, tested: false, overlay: false };
}

/** What changes when the reader goes to a level. */
export const toLevel = (state, level) => ({ level, sequence: 0, memories: 1, ...freshDelta({ ...state, level }) });

/** What changes at another sequence; under a rule the rule and what was tried stay. */
export function toSequence(state, sequence) {
  const at = sequence % deltaLevel(state).sequences.length;
  return deltaLevel(state).rule ? { sequence: at } : { sequence: at, ...freshDelta(state) };
}

/** What changes when dials from one step to another take a value; under a rule, that of the last one's kind. */
export function withDelta(state, name, from, to, value) {
  const row = deltaRow(state);
  if (deltaLevel(state).rule) {
    const rule = { ...state.rule, [row.marks[to] ? 'marked' : 'other']: value };
    return { rule }; // a run stays shown and follows
  }
  const after = painted(state[name], from, to, value).map((each, t) => (t < row.locked ? state[name][t] : each));
  return { [name]: after, tested: false };
}

/** What changes at a test: it is shown, and its score is kept. */
export function withDeltaTest(state) {
  if (state.tested) return {};
  return { tested: true, scores: [...state.scores, deltaScore(state)] };
}
