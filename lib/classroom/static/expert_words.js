// What the expert viewer says, and which key does what. Pure: no drawing.
import { clamp } from './common.js';
import { seenToken } from './heat.js';
import { expertBalance, rowOf } from './expert_model.js';

export const expertPercent = (share) => `${Math.round(100 * share)}\u00a0%`;
const largest = (values) => values.reduce((best, value, k) => (value > values[best] ? k : best), 0);

/** Who answers for which class, and how evenly the work is spread: { short, long }. */
export function expertAnswer({ table, load, experts, expert, topK }) {
  const some = table.filter(({ count }) => count >= 5); // what two tokens do is no habit
  const clear = (some.length ? some : table).reduce((best, row) =>
    Math.max(...row.shares) > Math.max(...best.shares) ? row : best,
  );
  const who = largest(clear.shares);
  const busy = largest(load);
  const spread = `The work is spread as evenly as over ${expertBalance(load).toFixed(1)} of ${experts} experts; expert ${busy} does ${expertPercent(load[busy])} of it.`;
  if (expert === null)
    return {
      short: `Expert ${who} fills ${expertPercent(clear.shares[who])} of the places for ${plural(clear)}${topK > 1 ? ` (at most ${expertPercent(1 / topK)})` : ''}.`,
      long: spread,
    };
  const mine = table.map((row) => ({ name: plural(row), share: row.shares[expert] })).sort((a, b) => b.share - a.share);
  const said = mine.filter(({ share }) => share > 0).slice(0, 3).map(({ name, share }) => `${expertPercent(share)} of the places for ${name}`); // prettier-ignore
  return {
    short: `Expert ${expert} does ${expertPercent(load[expert])} of the work: ${said.join(', ') || 'nobody asks it'}.`,
    long: spread,
  };
}

const plural = ({ name }) => `“${name}”`;

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
export function expertKey({ position, expert, length, experts }, key) {
  const last = length - 1;
  const moves = { ArrowLeft: position - 1, ArrowRight: position + 1, Home: 0, End: last, PageUp: position - 10, PageDown: position + 10 }; // prettier-ignore
  if (key in moves) return { position: clamp(moves[key], 0, last) };
  if (key === 'ArrowDown') return { expert: expert === null ? 0 : Math.min(expert + 1, experts - 1) };
  if (key === 'ArrowUp') return { expert: expert === null ? experts - 1 : Math.max(expert - 1, 0) };
  if (key === 'Escape' && expert !== null) return { expert: null };
  return null;
}

export const EXPERT_KEYS = [
  ['← →', 'token'],
  ['PgUp PgDn', 'ten tokens'],
  ['Home End', 'first, last'],
  ['↑ ↓', 'follow an expert'],
  ['Esc', 'all experts'],
];
