// What the state viewer says, and what its keys do.
import { clamp } from './common.js';
import { heatNumber, seenToken } from './heat.js';
import { SORTS, peakOf } from './state_model.js';

const QUIET_PATTERN = 'never changes in this text, so there is nothing to compare with.';

/** r with its sign. */
export const signedR = (r) => (r < -0.005 ? '−' : r > 0.005 ? '+' : '') + Math.abs(r).toFixed(2);

/** "1st", "2nd", "11th". */
export function nth(k) {
  const last = k % 100 > 10 && k % 100 < 14 ? 0 : k % 10;
  return k + (['th', 'st', 'nd', 'rd'][last] ?? 'th');
}

/** What a step is called: a character or a word. */
export const stepNoun = (tokens) => (tokens.every((token) => [...token].length === 1) ? 'character' : 'word');

/** The answer above the picture: { short, long }. */
export function stateAnswer({ quantity, pattern, unit, r, ranks, place, means, line, tokens }) {
  const who = `Unit ${unit} of ${quantity.name}`;
  if (!pattern) {
    const [least, most] = [Math.min(...line), Math.max(...line)];
    const top = peakOf(line);
    const word = stepNoun(tokens);
    return {
      short: `${who} moves between ${heatNumber(least)} and ${heatNumber(most)}.`,
      long: `It is highest at ${word} ${top + 1}, “${seenToken(tokens[top])}”.`,
    };
  }
  if (pattern.values.every((x) => x === pattern.values[0]))
    return { short: `“${pattern.name}” ${QUIET_PATTERN}`, long: '' };
  const best = ranks[0];
  const first = `${who} follows “${pattern.name}” most closely: r = ${signedR(r[unit])}.`;
  const short =
    place === 0
      ? first
      : `${who} is ${nth(place + 1)} of ${quantity.units} in following “${pattern.name}”: r = ${signedR(r[unit])}.`;
  const averages = means && `Its mean is ${heatNumber(means[0])} there and ${heatNumber(means[1])} elsewhere.`;
  const other = place > 0 && `First is unit ${best} with ${signedR(r[best])}.`;
  return { short, long: [averages, other].filter(Boolean).join(' ') };
}

const holds = ({ values, binary }, t) =>
  binary ? (values[t] ? 'yes' : 'no') : Number.isInteger(values[t]) ? values[t] : heatNumber(values[t]);

/** The status line: the token at the cursor, the unit's value, pattern and group there. */
export function stateStatus({ tokens, at, unit, quantity, value, pattern, groups }) {
  const parts = [`unit ${unit} of ${quantity.name} is ${heatNumber(value)}`];
  if (pattern) parts.push(`${pattern.name}: ${holds(pattern, at)}`);
  if (groups.length) parts.push(groups[at]);
  const word = stepNoun(tokens);
  const name = word[0].toUpperCase() + word.slice(1);
  return `${name} ${at + 1} of ${tokens.length}, “${seenToken(tokens[at])}”: ${parts.join('; ')}.`;
}

/** How the rows of the heat map are sorted, in words. */
export const orderWords = ({ sort, pattern }) =>
  ({
    pattern: `closest to “${pattern?.name}” on top`,
    peak: 'earliest peak on top',
    likeness: 'neighbours move alike',
  })[sort] ?? 'in their own order';

/** The sorts that can be chosen. */
export const sortsFor = (patterns, pattern) =>
  SORTS.filter((sort) => sort !== 'pattern' || (patterns.length > 0 && pattern !== null));

const turn = (list, now, by) => list[(list.indexOf(now) + by + list.length) % list.length];

/** What a key does: a patch of { at, unit, quantity, pattern, sort, from_mean } or { act }; null for a key that is not ours. */
export function stateKey(view, key) {
  const { at, length, unit, order, quantities, quantity, patterns, pattern, sort } = view;
  const by = { ArrowLeft: -1, ArrowRight: 1, PageUp: -20, PageDown: 20 }[key];
  if (by) return { at: clamp(at + by, 0, length - 1) };
  const rows = { ArrowUp: -1, ArrowDown: 1 }[key];
  if (rows) return { unit: order[clamp(order.indexOf(unit) + rows, 0, order.length - 1)] };
  const name = pattern?.name ?? null;
  switch (key) {
    case 'Home':
      return { at: 0 };
    case 'End':
      return { at: length - 1 };
    case '[':
    case ']': {
      const names = quantities.map((each) => each.name);
      return { quantity: turn(names, quantity.name, key === ']' ? 1 : -1) };
    }
    case 'p': {
      const names = patterns.map((each) => each.name);
      return names.length ? { pattern: turn(names, name, 1) } : null;
    }
    case 's':
      return { sort: turn(sortsFor(patterns, name), sort, 1) };
    case 'm':
      return { from_mean: !view.fromMean };
    case 'b':
      return view.ranks ? { unit: view.ranks[0] } : null;
    case ' ':
      return { act: 'play' };
    case 'Escape':
      return { act: 'stop' };
    default:
      return null;
  }
}

/** Keys and what they do, for the help line. */
export const stateKeys = (tokens, patterns, quantities) => [
  ['Space', 'play, pause'],
  ['← →', `one ${stepNoun(tokens)}`],
  ['PgUp PgDn', 'twenty'],
  ['Home End', 'begin, end'],
  ['↑ ↓', 'unit above, below'],
  ...(patterns.length ? [['b', 'the unit that follows best']] : []),
  ...(quantities.length > 1 ? [['[ ]', 'quantity']] : []),
  ...(patterns.length > 1 ? [['p', 'pattern']] : []),
  ['s', 'sort'],
  ['m', 'colours from each mean'],
];
