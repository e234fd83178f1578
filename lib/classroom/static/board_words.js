// What the board says: the task, the step under the hand, what costs most, the verdict, the line to share.
import { isExact } from './board_rules.js';

const fixed = (x) => x.toFixed(2).replace('-', '−');
const per = (share) => `${Math.round(100 * share)}\u00a0%`;

/** The rounds by number. */
export const ROUND_NAMES = { 1: 'Warm-up', 2: 'Few moves', 3: 'Blind' };

/** The task of a round. */
export function boardLead({ round, numbers, marks, goal }) {
  const sum = `${numbers
    .filter((_, t) => marks[t])
    .map(fixed)
    .join(' + ')} = ${fixed(goal)}`;
  if (round === 1)
    return `Two of the twelve numbers are marked. Open and shut the gates so that the cell ends as their sum, ${sum}.`;
  if (round === 2)
    return (
      `All gates are at 0. Forget gate 0: so it forgets nothing? Find out: reach ${sum} and move as few dials as ` +
      'you can.'
    );
  return (
    'A gate is not told which step it is: it sees what arrives. Set both gates for a marked number and both for any ' +
    'other, then run that one rule on twenty sequences you have not seen.'
  );
}

const dialWords = {
  input: (v) =>
    v === 1 ? 'the whole number is written' : v === 0 ? 'nothing is written' : `${per(v)} of the number is written`,
  forget: (v) =>
    v === 1
      ? 'the whole cell is kept'
      : v === 0
        ? 'the whole cell is forgotten'
        : `${per(v)} of the cell is kept, ${per(1 - v)} forgotten`,
};

/** The step under the hand: what arrives and what its dials do. */
export function stepWords({ at, numbers, marks, dials, blind }) {
  const kind = marks[at] ? 'marked' : 'not marked',
    what = blind ? `a number ${kind}` : `${fixed(numbers[at])}, ${kind}`;
  const each = Object.entries(dials).map(
    ([name, all]) => `${name} gate ${fixed(all[at])}: ${dialWords[name](all[at])}`,
  );
  return `Step ${at + 1}, ${what}; ${each.join('; ')}.`;
}

/** What the reader hears of one dial. */
export const dialText = (name, { at, numbers, marks, dials, blind }) =>
  `Step ${at + 1}, ${blind ? '' : `number ${fixed(numbers[at])}, `}${marks[at] ? 'marked' : 'not marked'}: ` +
  `${name} gate ${fixed(dials[name][at])}, ${dialWords[name](dials[name][at])}`;

/** The step that costs most, in a sentence, or '' where nothing costs anything. */
export function worstWords({ costs, shares, numbers, marks, dials }) {
  const worst = costs.reduce((best, cost, t) => (Math.abs(cost) > Math.abs(costs[best]) ? t : best), 0),
    cost = costs[worst],
    place = `step ${worst + 1}`;
  if (Math.abs(cost) < 0.005) return '';
  if (!marks[worst])
    return (
      `Costliest: ${place} is not marked, and ${per(shares[worst])} of its ${fixed(numbers[worst])} ` +
      'is in the cell at the end.'
    );
  const why =
    shares[worst] < dials.input[worst] * 0.995
      ? 'forget gates below 1 after it wear it away'
      : `its input gate stands at ${fixed(dials.input[worst])}`;
  return `Costliest: of the marked ${fixed(numbers[worst])} at ${place}, ${per(shares[worst])} reaches the end; ${why}.`;
}

/** Where the cell stands now. */
export function boardStatus(view) {
  if (view.blind) {
    const { input, forget } = view.rule;
    const of = (kind) => `input gate ${fixed(input[kind])}, forget gate ${fixed(forget[kind])}`;
    return `Your rule. At a mark: ${of('marked')}. At any other number: ${of('other')}.`;
  }
  const { cell, goal, error } = view;
  if (isExact(error)) {
    const leak = worstWords(view);
    if (leak) return `The cell ends at ${fixed(cell)}, as wanted, but with the wrong things in it. ${leak}`;
    return `The cell ends at ${fixed(cell)}: exactly the sum of the marked numbers.`;
  }
  return `The cell ends at ${fixed(cell)}, wanted is ${fixed(goal)}. ${worstWords(view)}`;
}

/** The verdict of a test. */
export function boardVerdict({ round, error, others, moves, fewest }, trained) {
  if (round === 3) {
    if (!isExact(others))
      return (
        `Mean error ${others.toFixed(3)} on twenty sequences. ` +
        'Which kind of number is treated wrongly? Move a dial and watch.'
      );
    const beaten = trained === null ? '' : trained > others + 0.0005 ? ` The trained cell: ${trained.toFixed(3)}.` : '';
    return `Exact, twenty times, with one rule.${beaten} You are a gate: a function of what arrives, not of the step.`;
  }
  if (isExact(others)) {
    if (moves === fewest) return `Exact whatever the numbers, in ${moves} moves. It cannot be done in fewer.`;
    return `Exact whatever the numbers, in ${moves} moves. It can be done in ${fewest}.`;
  }
  if (error < 0.02)
    return (
      `It lands on this sum, and only on this one: with other numbers it misses by ${fixed(others)}. ` +
      'A dial was tuned to the numbers.'
    );
  return (
    `Off by ${fixed(error)} here and by ${fixed(others)} with other numbers. ` +
    'Look at the last row of the board: 100\u00a0% is wanted under a mark, 0\u00a0% elsewhere.'
  );
}

/** What a round teaches once it is won. */
export const boardLesson = (round) =>
  ({
    1: 'A forget gate at 1 keeps, at 0 it clears: one dial at 0 wiped out all that came before.',
    2: 'The first trap of every LSTM: the forget gate says how much is kept. Where the cell is empty it may stay shut.',
    3: "An LSTM's gates are such rules, of what arrives and of its own last output, found by gradient descent.",
  })[round];

/** The line to copy. */
export function shareLine({ round, error, others, moves, fewest, trained }) {
  const network = trained === null ? '' : `; a trained cell: ${trained.toFixed(3)}`;
  if (round === 3)
    return `Be the gate, blind: mean error ${others.toFixed(3)} on 20 new sequences with one rule${network}`;
  return (
    `Be the gate, ${ROUND_NAMES[round].toLowerCase()}: error ${fixed(error)} in ${moves} moves (fewest ${fewest}), ` +
    `${fixed(others)} with other numbers${network}`
  );
}

const signed = (x) => `${x < 0 ? '−' : '+'} ${fixed(Math.abs(x))}`;
const change = (x) => signed(x).replace(' ', '');

/** What the trained cell does, in sentences that come from its numbers. trained: { start, weight }; habit: as
 *  `trainedHabit` gives it; length: steps of a sequence, of which all but two are not marked. */
export function trainedWords({ start, weight }, { input, candidate, slope, level, drift }, length) {
  const tally = drift * (length - 2),
    counts = Math.abs(tally) > 0.3,
    open = input.marked - input.other;
  const habit =
    `Its answer begins at ${fixed(start)}. A marked x changes it by about ${fixed(slope)} x ${signed(level)}, ` +
    `any other number by ${change(drift)}.`;
  const counting =
    `So it counts steps: ${length - 2} unmarked numbers always add up to ${change(tally)}. ` +
    'On sequences of another length it would be wrong.';
  const writes =
    `its candidate is the one that tells them apart, ${fixed(candidate.marked)} in size at marks, ` +
    `${fixed(candidate.other)} elsewhere.`;
  const gates =
    open > 0.25
      ? 'Its input gate opens at marks, as yours should.'
      : open < -0.1
        ? `Its input gate is wider open where nothing is marked; ${writes}`
        : `Its input gate hardly tells marks from other numbers; ${writes}`;
  const drawn =
    `Diamonds: its gates as they are, and its cell c rescaled by its own readout, ${fixed(weight)} c ${signed(start)}. ` +
    'It writes a candidate from −1 to 1, not the number itself.';
  return [[gates, habit, ...(counts ? [counting] : [])].join(' '), drawn];
}
