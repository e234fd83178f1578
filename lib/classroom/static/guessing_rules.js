// Shannon's guessing game (1951): its rules, its score, its words. Pure: no drawing.
import { uniform } from './common.js';

const RESAMPLES = 1000,
  SEED = 1951,
  FEWEST = 10; // as in guessing_game.py

/** Is there nothing left to guess? */
export const guessingOver = ({ ranks, answer, stopped }) => stopped || ranks.length >= answer.length;

/** What a guess changes: { ranks?, tried?, heard }, heard being 'right', 'wrong', 'again', 'unknown' or 'over'. */
export function guess({ ranks, tried, answer, alphabet, stopped }, character) {
  if (guessingOver({ ranks, answer, stopped })) return { heard: 'over' };
  if (!alphabet.includes(character)) return { heard: 'unknown' };
  if (tried.includes(character)) return { heard: 'again' };
  if (character !== answer[ranks.length]) return { heard: 'wrong', tried: tried + character };
  return { heard: 'right', ranks: [...ranks, tried.length + 1], tried: '' };
}

/** Giving a character up counts as the worst rank that was left: all others first, the right one last. */
export const giveUp = ({ ranks, alphabet }) => ({
  heard: 'given',
  ranks: [...ranks, alphabet.length],
  tried: '',
});

/** Shannon's bounds in bits per character: { lower, upper }. The shares q of the ranks are sorted,
 *  the largest first. */
export function shannonBounds(ranks) {
  const counts = new Map();
  for (const rank of ranks) counts.set(rank, (counts.get(rank) ?? 0) + 1);
  const q = [...counts.values()].sort((a, b) => b - a).map((count) => count / ranks.length);
  let lower = 0,
    upper = 0;
  q.forEach((share, k) => {
    lower += (k + 1) * (share - (q[k + 1] ?? 0)) * Math.log2(k + 1);
    upper -= share * Math.log2(share);
  });
  return { lower, upper: upper || 0 };
}

function quantile(sorted, p) {
  const at = (sorted.length - 1) * p,
    i = Math.min(sorted.length - 2, Math.floor(at));
  return sorted[i] + (at - i) * (sorted[i + 1] - sorted[i]);
}

/** 90 % intervals { lower: [low, high], upper: [low, high] } or null.
 *  `bounds_intervals` in guessing_game.py says how. */
export function boundsIntervals(ranks, most, seed = SEED) {
  const n = ranks.length;
  if (n < FEWEST || new Set(ranks).size === 1) return null;
  const samples = Array.from({ length: RESAMPLES }, (_, b) =>
    shannonBounds(ranks.map((_, i) => ranks[Math.floor(uniform(seed, b * n + i) * n)])),
  );
  const found = shannonBounds(ranks);
  const around = (name) => {
    const sorted = samples.map((s) => s[name]).sort((a, b) => a - b);
    const low = Math.min(found[name], 2 * found[name] - quantile(sorted, 0.95));
    const high = Math.max(found[name], 2 * found[name] - quantile(sorted, 0.05));
    return [Math.max(0, low), Math.min(Math.log2(most), high)];
  };
  return { lower: around('lower'), upper: around('upper') };
}

/** The score of one guesser: { characters, first, lower, upper, intervals }. */
export const scoreOf = (ranks, most) => ({
  characters: ranks.length,
  first: ranks.filter((rank) => rank === 1).length,
  ...shannonBounds(ranks),
  intervals: boundsIntervals(ranks, most),
});

/** Reader and rivals on the same characters: [{ name, ...score, bits? }], the reader first. */
export function standings({ ranks, rivals, alphabet }) {
  const mean = (xs) => xs.reduce((sum, x) => sum + x, 0) / xs.length;
  const others = Object.entries(rivals).map(([name, rival]) => ({
    name,
    ...scoreOf(rival.ranks.slice(0, ranks.length), alphabet.length),
    bits: mean(rival.bits.slice(0, ranks.length)),
  }));
  return [{ name: 'you', ...scoreOf(ranks, alphabet.length) }, ...others];
}

/** Ranks in groups for a histogram: [{ label, count }], up to the whole alphabet. */
export function rankGroups(ranks, most) {
  const tops = [...[1, 2, 3, 4, 5, 10, 20].filter((top) => top < most), most];
  return tops.map((top, i) => {
    const low = (tops[i - 1] ?? 0) + 1;
    return {
      label: low === top ? `${top}` : `${low}–${top}`,
      count: ranks.filter((r) => r >= low && r <= top).length,
    };
  });
}

/** How a rank feels: 0 at once, 1 soon, 2 late. The number stands beside the colour. */
export const rankClass = (rank) => (rank === 1 ? 0 : rank <= 5 ? 1 : 2);

/** A character as one reads it aloud or sees it on a key. */
export const named = (character) => ({ ' ': 'space', '\n': 'new line' })[character] ?? character;

const many = (n, word) => `${n} ${word}${n === 1 ? '' : word.endsWith('s') ? 'es' : 's'}`;

/** What is said after a key. */
export function guessWords({ heard, character }, { ranks, tried, answer, alphabet, rivals }) {
  if (heard === 'wrong') return `Not ${named(character)}. ${many(tried.length, 'wrong guess')} so far.`;
  if (heard === 'again') return `You have tried ${named(character)}.`;
  if (heard === 'dead') return 'That key waits for a second one. Click the sign below instead.';
  if (heard === 'unknown')
    return `${character} is not among the ${alphabet.length} characters. It does not count.`;
  if (heard !== 'right' && heard !== 'given') return '';
  const at = ranks.length - 1;
  const others = Object.entries(rivals).map(([name, rival]) => `${name} ${rival.ranks[at]}`);
  const race = others.length ? ` Guesses needed: you ${ranks[at]}, ${others.join(', ')}.` : '';
  return heard === 'right'
    ? `Right: ${named(answer[at])}, ${ranks[at] === 1 ? 'at once' : `at guess ${ranks[at]}`}.${race}`
    : `It was ${named(answer[at])}. It counts as guess ${ranks[at]}, the worst that was left.${race}`;
}

/** Everyone by the upper bound, the best first: the same yardstick for all. */
export const ladder = (all) =>
  [...all]
    .sort((a, b) => a.upper - b.upper)
    .map(({ name, upper }) => `${name} ${upper.toFixed(2)}`)
    .join(', ');

/** How far a rival's true bits lie from what its ranks say. */
export function yardstick({ name, upper, bits }) {
  const off = Math.abs(bits - upper).toFixed(2);
  if (off === '0.00') return `For ${name} the true bits and the upper bound agree.`;
  return `For ${name} the true bits lie ${off} ${bits > upper ? 'above' : 'below'} its upper bound.`;
}

/** The keyboard: rows of characters, as on a desk; what an alphabet has beyond it comes in rows of its own. */
export function keyRows(alphabet, capitals) {
  const shape = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm'].map((row) => (capitals ? row.toUpperCase() : row));
  const signs = [...alphabet].filter((c) => !/[a-zA-Z \n]/.test(c));
  const rows = shape.map((row) => [...row].filter((c) => alphabet.includes(c)));
  for (let i = 0; i < signs.length; i += 14) rows.push(signs.slice(i, i + 14));
  return rows.filter((row) => row.length);
}
