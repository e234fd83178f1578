// What the generation viewer computes and says, and which key does what. Pure: no drawing.
import { clamp } from './common.js';

export const MOST_BITS = 8; // the darkest tint
const CHOICE = ['prompt', 'temperature', 'seed'];

/** A character as the reader can see it. */
export const seen = (character) => ({ ' ': '␣', '\n': '⏎', '\t': '⇥' })[character] ?? character;

/** A prompt in one line, its end cut where it is long. */
export function oneLine(text, most = 60) {
  const line = text.replaceAll('\n', '⏎');
  return line.length > most ? line.slice(0, most - 1) + '…' : line;
}

/** A probability in two decimals; a tiny one is not called zero, nor a nearly sure one sure. */
export function share2(p) {
  if (p > 0 && p < 0.005) return '<.01';
  if (p < 1 && p > 0.995) return '>.99';
  return p.toFixed(2).replace(/^0/, '');
}

/** Surprise in bits: −log₂ p. */
export const bitsOf = (p) => Math.max(0, -Math.log2(p));

/** The mean surprise of the first n written characters, or null before the first. */
export function meanBits(probabilities, n) {
  const written = probabilities.slice(0, n);
  return written.length ? written.reduce((sum, p) => sum + bitsOf(p), 0) / written.length : null;
}

/** The distinct values of a choice, in the order of the runs. */
export const offered = (runs, name) => [...new Set(runs.map((run) => run[name]))];

/** The runs of this prompt, temperature and seed. */
export const lanesOf = (runs, choice) =>
  runs.filter((run) => CHOICE.every((name) => run[name] === choice[name]));

/** The choice among the runs nearest to the wish; `first` is kept first, what does not fit gives way. */
export function settle(runs, wish, first) {
  let left = runs;
  for (const name of [first, ...CHOICE.filter((other) => other !== first)]) {
    const fitting = left.filter((run) => run[name] === wish[name]);
    if (fitting.length) left = fitting;
  }
  return Object.fromEntries(CHOICE.map((name) => [name, left[0][name]]));
}

/** The rows of bars at one place: the most probable characters, what was drawn if it is none of them, and the others
 *  together: [{ character, share, drawn, rest }]. */
export function barRows(lane, letters, place, count = 5) {
  const [characters, shares] = lane.top[place];
  const drawn = letters[place];
  const rows = [...characters]
    .slice(0, count)
    .map((character, k) => ({ character, share: shares[k], drawn: character === drawn }));
  if (!rows.some((row) => row.drawn))
    rows.push({ character: drawn, share: lane.probabilities[place], drawn: true, below: true });
  const rest = Math.max(0, 1 - rows.reduce((sum, row) => sum + row.share, 0));
  return [...rows, { character: 'others', share: rest, rest: true }];
}

/** Which character of a lane is looked at: { place, why }. Previewed, pinned, or the next one; at the end the last. */
export function lookedAt(length, n, hover, pin) {
  if (hover != null && hover < Math.min(n, length)) return { place: hover, why: 'hover' };
  if (pin != null && pin < Math.min(n, length)) return { place: pin, why: 'pin' };
  return n < length ? { place: n, why: 'next' } : { place: length - 1, why: 'last' };
}

/** What a lane is asked at a place, in words. */
export function placeTitle({ place, why }) {
  if (why === 'next') return place === 0 ? 'first character' : 'next character';
  if (why === 'last') return 'last character';
  return `character ${place + 1}${why === 'pin' ? ', pinned' : ''}`;
}

/** The sentence for screen readers and for the line below the lanes. */
export function moment(lane, letters, look) {
  const p = lane.probabilities[look.place];
  const [characters, shares] = lane.top[look.place];
  const guess = `its best guess was ${seen(characters[0])} (${share2(shares[0])})`;
  const drawn = `${seen(letters[look.place])} (p = ${share2(p)}, ${bitsOf(p).toFixed(1)} bits)`;
  const verb = look.why === 'next' ? 'comes' : 'came';
  const same = characters[0] === letters[look.place];
  return `${lane.model}, ${placeTitle(look)}: ${drawn} ${verb}; ${same ? 'that was its best guess' : guess}.`;
}

/** What a key does: a patch of { position, lane, pinned } or { act }; null for a key that is not ours. */
export function keyDown({ position, lane, pinned, length, lanes }, key, shift) {
  if (key === ' ') return { act: 'play' };
  if (key === 'Escape') return pinned == null ? { act: 'stop' } : { pinned: null };
  if (key === 'ArrowUp' || key === 'ArrowDown')
    return { lane: (lane + (key === 'ArrowDown' ? 1 : -1) + lanes) % lanes };
  const by = { ArrowLeft: -1, ArrowRight: 1, ',': -1, '.': 1 }[key];
  if (by && (shift || key === ',' || key === '.')) {
    if (position === 0) return null;
    return { pinned: clamp(pinned == null ? position - 1 : pinned + by, 0, position - 1) };
  }
  if (by) return { position: clamp(position + by, 0, length) };
  if (key === 'Home') return { position: 0 };
  if (key === 'End') return { position: length };
  if (key === 'PageUp' || key === 'PageDown')
    return { position: clamp(position + (key === 'PageDown' ? 10 : -10), 0, length) };
  return null;
}

/** Keys and what they do, for the help line. */
export const GENERATION_KEYS = [
  ['Space', 'play, pause'],
  ['← →', 'one character'],
  ['Home End', 'begin, all'],
  ['↑ ↓', 'model'],
  [', .', 'look back, forth'],
  ['Esc', 'let go'],
];
