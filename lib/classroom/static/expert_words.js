// What the expert viewer says, and which key does what. Pure: no drawing.
import { clamp } from './common.js';
import { seenToken } from './heat.js';
import { MANY_TOKENS, clearestClass, expertBalance, nextOfClass, rowOf } from './expert_model.js';

export const expertPercent = (share) => `${Math.round(100 * share)}\u00a0%`;
const largest = (values) => values.reduce((best, value, k) => (value > values[best] ? k : best), 0);

/** Who answers for which class, and how evenly the work is spread: { short, long }. */
export function expertAnswer({ table, load, experts, expert }) {
  const clear = clearestClass(table, load);
  const busy = largest(load);
  const long = `The work is spread as evenly as over ${expertBalance(load).toFixed(1)} of ${experts} experts; the busiest, expert ${busy}, answers for ${expertPercent(load[busy])} of the tokens.`;
  if (expert !== null) {
    const mine = table.filter(({ shares }) => shares[expert] > 0).sort((a, b) => b.shares[expert] - a.shares[expert]);
    const said = mine.slice(0, 3).map((row) => counted(row, expert));
    return { short: `Expert ${expert} answers for ${expertPercent(load[expert])} of the tokens: ${said.join(', ') || 'nobody asks it'}.`, long }; // prettier-ignore
  }
  if (clear) {
    const { row, who } = clear;
    return { short: `Expert ${who} answers for ${counted(row, who)}, and for ${expertPercent(load[who])} of all tokens.`, long }; // prettier-ignore
  }
  return { short: `No expert stands out for a class of ${MANY_TOKENS} tokens or more.`, long };
}

const counted = ({ name, count, shares }, expert) => `${Math.round(count * shares[expert])} of ${count} “${name}”`;

/** The token at the cursor: who answers for it, with which probabilities. */
export function expertMoment(view) {
  const { tokens, t, picks, classes } = view;
  const row = rowOf(view);
  const said = picks[t].map((e) => `expert ${e} with ${expertPercent(row[e])}`);
  const sum = picks[t].reduce((all, e) => all + row[e], 0);
  const rest = picks[t].length > 1 ? `, ${expertPercent(sum)} together` : '';
  return `Step ${t + 1} “${seenToken(tokens[t])}”, ${classes[t]}: ${said.join(' and ')}${rest}.`;
}

/** What a key does: a patch of { position } or { expert }; null for a key that is not ours. */
export function expertKey({ position, expert, classes, experts }, key) {
  const last = classes.length - 1;
  const moves = { ArrowLeft: position - 1, ArrowRight: position + 1, Home: 0, End: last, PageUp: position - 10, PageDown: position + 10 }; // prettier-ignore
  if (key in moves) return { position: clamp(moves[key], 0, last) };
  if (key === 'ArrowDown') return { expert: expert === null ? 0 : Math.min(expert + 1, experts - 1) };
  if (key === 'ArrowUp') return { expert: expert === null ? experts - 1 : Math.max(expert - 1, 0) };
  if (key === 'n' || key === 'N') return { position: nextOfClass(classes, position, classes[position], key === 'n' ? 1 : -1) }; // prettier-ignore
  if (key === 'Escape' && expert !== null) return { expert: null };
  return null;
}

export const EXPERT_KEYS = [
  ['← →', 'token'],
  ['PgUp PgDn', 'ten tokens'],
  ['Home End', 'first, last'],
  ['n N', 'next, previous of this class'],
  ['↑ ↓', 'follow an expert'],
  ['Esc', 'all experts'],
];
