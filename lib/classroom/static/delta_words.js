// What Be Δ says: the task, the step under the hand, what costs most, the verdict, the line to share. Pure: no drawing.
import { isExact } from './board_rules.js';
import { isBest } from './delta_game.js';

const fixed = (x) => x.toFixed(2).replace('-0.00', '0.00').replace('-', '−');
const per = (share) => `${Math.round(100 * share)}\u00a0%`;
const error = (x) => (x < 0.1 ? x.toFixed(3) : x.toFixed(2));

/** The levels by number. */
export const DELTA_LEVELS = { 1: 'Keep', 2: 'Last', 3: 'Mean', 4: 'Reset', 5: 'Sum' };

/** The task of a level. */
export function deltaLead({ level, numbers, wanted, goal, locked, memories }) {
  const at = wanted.map((share, t) => (share ? fixed(numbers[t]) : null)).filter((word) => word !== null);
  if (level === 1)
    return (
      `One number is marked. Turn the knobs so that the memory ends as this number, ${fixed(goal)}. There is one knob ` +
      'a step: what it writes it takes away from what was there.'
    );
  if (level === 2)
    return (
      `A rule now: one Δ for marked numbers, one for all others, the same in twenty sequences. The memory shall end as ` +
      `the last marked number, here ${fixed(goal)}.`
    );
  if (level === 3)
    return `The memory shall end as the mean of all twelve, ${fixed(goal)}: of each number ${per(1 / 12)} shall reach the end.`;
  if (level === 4)
    return (
      `At step ${locked + 1} a new count begins: the memory shall end as the mean of the ${at.length} numbers from there ` +
      `on, ${fixed(goal)}. The knobs before it are stuck, so something is in the memory already.`
    );
  const sum = `${at.join(' + ')} = ${fixed(goal)}`;
  return memories === 2
    ? `Two memories now, each with a Δ of its own. What is read out is their sum, and it shall be ${sum}.`
    : `Two numbers are marked. The memory shall end as their sum, ${sum}: with two gates it was possible.`;
}

const DELTA_FACTORS = (delta, simplified) => ({
  keep: Math.exp(-delta),
  write: simplified ? delta : -Math.expm1(-delta),
});

/** What a Δ does, in words. */
export function deltaDoes(delta, simplified) {
  const { keep, write } = DELTA_FACTORS(delta, simplified);
  if (delta === 0) return 'all is kept, nothing written';
  const more = write > 1.0001 ? ', more than there is' : '';
  return `${per(keep)} of the memory is kept, ${per(write)} of the number is written${more}`;
}

/** The words below a knob: what is written. */
export const deltaUnder = (delta, simplified) => `${Math.round(100 * DELTA_FACTORS(delta, simplified).write)}%`;

const markWord = ({ marks, flag }, t) => (!marks.includes(1) ? '' : marks[t] ? `, ${flag[0]}` : ', not marked');

const nameOfDial = { delta: 'Δ', second: 'second Δ' };

/** The step under the hand. */
export function deltaStep({ at, numbers, marks, dials, simplified, flag, locked }) {
  const kind = markWord({ marks, flag }, at),
    each = Object.entries(dials).map(
      ([name, all]) => `${nameOfDial[name]} ${fixed(all[at])}: ${deltaDoes(all[at], simplified)}`,
    );
  return `Step ${at + 1}, ${fixed(numbers[at])}${kind}${at < locked ? ', stuck' : ''}. ${each.join('; ')}.`;
}

/** What the reader hears of one dial. */
export const deltaText = (name, { at, numbers, marks, dials, simplified, flag }) =>
  `Step ${at + 1}, number ${fixed(numbers[at])}${markWord({ marks, flag }, at)}: ${nameOfDial[name]} ` +
  `${fixed(dials[name][at])}, ${deltaDoes(dials[name][at], simplified)}`;

/** The step that costs most, in a sentence, or '' where nothing costs anything. */
export function deltaWorst({ costs, shares, wanted, dials, simplified }) {
  const t = costs.reduce((best, cost, k) => (Math.abs(cost) > Math.abs(costs[best]) ? k : best), 0);
  if (Math.abs(costs[t]) < 0.005) return '';
  const writes = Object.values(dials).reduce((sum, all) => sum + DELTA_FACTORS(all[t], simplified).write, 0),
    faded = shares[t] < 0.98 * writes,
    goal = wanted[t]
      ? `wanted ${wanted[t] === 1 ? 'is all of it' : `are ${per(wanted[t])}`}`
      : 'nothing of it is wanted';
  const why =
    shares[t] > wanted[t]
      ? 'its Δ is too large, or those after it too small'
      : faded
        ? `it was written to ${per(writes)}, but later Δ wear it away`
        : 'its Δ is too small';
  return `Costliest: step ${t + 1}, of which ${per(shares[t])} reaches the end; ${goal}. Here ${why}.`;
}

/** Where the memory stands now. */
export function deltaStatus(view) {
  const { cell, goal, error: gap, memories } = view,
    ends = memories === 2 ? `The read-out is ${fixed(cell)}` : `The memory ends at ${fixed(cell)}`,
    worst = deltaWorst(view);
  if (isExact(gap))
    return worst ? `${ends}, as wanted, but with the wrong things in it. ${worst}` : `${ends}, as wanted.`;
  return `${ends}, wanted is ${fixed(goal)}. ${worst}`;
}

/** The verdict of a test. */
export function deltaVerdict({ level, error: here, others, best, memories, simplified }) {
  const sets = level === 2 ? 'on twenty sequences' : 'with twenty other sets of numbers';
  if (isBest({ others, best })) {
    if (best < 0.02) return `Right whatever the numbers: mean error ${error(others)} ${sets}.`;
    const limit = simplified ? 'A search found nothing better' : 'Over all numbers no Δ does better';
    return `Mean error ${error(others)} ${sets}. ${limit}${memories === 1 && level === 5 ? ' with one memory' : ''}.`;
  }
  if (here < 0.02 && level !== 2)
    return `It lands on this number, and only on this one: it misses by ${error(others)} ${sets}.`;
  return `Mean error ${error(others)} ${sets}. Possible: ${error(best)}.`;
}

/** What a level teaches once its best is reached. */
export function deltaLesson({ level, memories, simplified, even }) {
  if (level === 1)
    return simplified
      ? 'In this form only Δ = 1 writes the number as it is, and 37\u00a0% of the old memory stays.'
      : 'Large Δ overwrites, small Δ keeps: one large Δ at the mark, none after it.';
  if (level === 2)
    return (
      `One Δ for every step, whatever arrives, misses by ${error(even.error)} at best, with Δ = ${fixed(even.delta)}. ` +
      'Choosing Δ by what arrives is selection.'
    );
  if (level === 3)
    return simplified
      ? 'The knobs stand lower the later the number: the more is in the memory, the less one number may change it.'
      : 'Δ = ln(t / (t − 1)) gives number t the weight 1 / t: the more is in the memory, the less one number may change it.';
  if (level === 4)
    return simplified
      ? 'In this form a Δ that forgets also writes too much. There is no clean reset.'
      : 'A large Δ is a reset, but it cannot forget without writing: the past is replaced by the number of that step.';
  if (memories === 2)
    return 'Two channels, each with a Δ of its own, and a read-out that adds: so a layer gets round the tie.';
  return simplified
    ? 'Δ = 2.72 writes 2.72 times the first number; Δ = 1 at the second keeps 37\u00a0% of that, which is the first number again.'
    : 'What one Δ writes it takes from the rest: all shares add up to 100\u00a0% at most, and a sum wants 200\u00a0%.';
}

/** The line to copy. */
export function deltaShare({ level, others, best, memories, simplified }) {
  const how = `${memories === 2 ? ', two memories' : ''}${simplified ? ', as the code writes' : ''}`;
  return `Be Δ, ${DELTA_LEVELS[level].toLowerCase()}${how}: mean error ${error(others)} on twenty tests (possible ${error(best)})`;
}
