// What the codes of two positions show, and the score that comes of it: the numbers of seqmodels.positions.
import { uniform } from './common.js';

export const POSITION_CODES = {
  rotary: 'Rotary',
  sinusoidal: 'Sinusoidal',
  alibi: 'ALiBi',
  learned: 'Learned',
  none: 'None',
};
export const POSITION_LINES = 8; // further places from which the curve is drawn
export const POSITION_FACES = 8;
const POSITION_SEED = 6; // of the random matrices
const FULL_TURN = 2 * Math.PI;

/** How far hand i turns from one place to the next, in radians: base^(−2i / size). */
export const handRates = (size, base) => Float64Array.from({ length: size / 2 }, (_, i) => base ** ((-2 * i) / size));

/** P_t: the sine and the cosine of t · rate, in turn. */
export function sinusoidalRow(t, rates) {
  const row = new Float64Array(2 * rates.length);
  rates.forEach((rate, i) => {
    row[2 * i] = Math.sin(t * rate);
    row[2 * i + 1] = Math.cos(t * rate);
  });
  return row;
}

/** x turned as at position t; features i and i + size / 2 make a pair. */
export function rotaryRow(x, t, rates) {
  const [half, turned] = [rates.length, new Float64Array(x.length)];
  rates.forEach((rate, i) => {
    const [cos, sin] = [Math.cos(t * rate), Math.sin(t * rate)];
    turned[i] = x[i] * cos - x[half + i] * sin;
    turned[half + i] = x[i] * sin + x[half + i] * cos;
  });
  return turned;
}

/** How fast each head forgets: 2^(−8/H), 2^(−16/H), …; for other numbers than powers of two as the authors do. */
export function alibiSlopes(heads) {
  const below = 2 ** Math.floor(Math.log2(heads));
  const first = Array.from({ length: below }, (_, h) => (8 * (h + 1)) / below);
  const rest = Array.from({ length: heads - below }, (_, h) => (4 * (2 * h + 1)) / below);
  return [...first, ...rest].map((step) => 2 ** -step);
}

/** Standard normal numbers of a seed, two from two uniform ones. */
export function normalNumbers(seed, count) {
  return Float64Array.from({ length: count }, (_, n) => {
    const [u, v] = [uniform(seed, n - (n % 2)), uniform(seed, n - (n % 2) + 1)];
    const far = Math.sqrt(-2 * Math.log(1 - u));
    return far * (n % 2 ? Math.sin(FULL_TURN * v) : Math.cos(FULL_TURN * v));
  });
}

const dotOf = (a, b) => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
};

/** x M for a row x and a square M, row after row. */
function timesMatrix(x, matrix) {
  const out = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) {
    for (let j = 0; j < x.length; j++) out[j] += x[i] * matrix[i * x.length + j];
  }
  return out;
}

/** Keeps what a function of a whole number gave. */
function kept(make) {
  const known = new Map();
  return (t) => {
    if (!known.has(t)) known.set(t, make(t));
    return known.get(t);
  };
}

/** What asks at t and what is asked at s, as two vectors whose dot product is the score: { asks, asked, unit }. */
function vectorsOf({ code, size, rates, table, projected }) {
  if (code === 'rotary') {
    const drawn = normalNumbers(POSITION_SEED, 2 * size);
    const [q, k] = [drawn.subarray(0, size), drawn.subarray(size)];
    const asks = (t) => rotaryRow(q, t, rates);
    return { asks, asked: (s) => rotaryRow(k, s, rates), unit: Math.sqrt(dotOf(q, q) * dotOf(k, k)) };
  }
  const row = code === 'learned' ? table.row : (t) => sinusoidalRow(t, rates);
  const unit = code === 'learned' ? table.unit : size / 2;
  if (!projected) return { asks: row, asked: row, unit };
  const wide = code === 'learned' ? table.size : size;
  const matrix = normalNumbers(POSITION_SEED, wide * wide).map((value) => value / Math.sqrt(wide));
  return { asks: (t) => timesMatrix(row(t), matrix), asked: row, unit };
}

/** The scores of a code: { score(t, s), curve(t): the scores at distance 0, 1, … t }. NaN where there is no row.
 *  Rotary: the mean over random q = k of their score, as a share of that at distance 0; projected: of a random q and k.
 *  Added codes: P(t) · P(s) by their mean square; projected: through a random matrix. ALiBi: what is added to the score. */
export function positionScores(spec) {
  const { code, rates, slopes, head, projected } = spec;
  let score;
  if (code === 'none') score = () => 0;
  else if (code === 'alibi') score = (t, s) => -slopes[head] * Math.abs(t - s);
  else if (code === 'rotary' && !projected) {
    const mean = kept((d) => rates.reduce((sum, rate) => sum + Math.cos(d * rate), 0) / rates.length);
    score = (t, s) => mean(Math.abs(t - s));
  } else {
    const { asks, asked, unit } = vectorsOf(spec);
    const [queries, keys] = [kept(asks), kept(asked)];
    const known = (t) => code !== 'learned' || t < spec.table.count;
    score = (t, s) => (known(t) && known(s) ? dotOf(queries(t), keys(s)) / unit : NaN);
  }
  return { score, curve: kept((t) => Float64Array.from({ length: t + 1 }, (_, d) => score(t, t - d))) };
}

/** The learned rows: { count, size, unit: their mean square length, row(t) }. */
export function positionTable(values, count, size) {
  return {
    count,
    size,
    unit: dotOf(values, values) / count || 1,
    row: (t) => values.subarray(t * size, (t + 1) * size),
  };
}

/** What a hand did in training, on places (or distances) 0 to trained − 1, and where it stands at x:
 *  { turns, whole: went once round, covered: radians, angle, fresh: an angle that it never showed }. */
export function handAt(rate, x, trained) {
  const covered = (trained - 1) * rate;
  const [whole, angle] = [covered >= FULL_TURN, (x * rate) % FULL_TURN];
  return { turns: covered / FULL_TURN, whole, covered, angle, fresh: !whole && angle > covered + 1e-9 };
}

/** How many of the hands never went round in training, and how many stand now at an angle that they never showed. */
export function handCounts({ code, rates, query, key, trained }) {
  const places = code === 'rotary' ? [query - key] : [query, key];
  const hands = Array.from(rates, (rate) => places.map((x) => handAt(rate, x, trained)));
  return {
    all: rates.length,
    slow: hands.filter(([hand]) => !hand.whole).length,
    fresh: hands.filter((both) => both.some((hand) => hand.fresh)).length,
  };
}

/** Which of the hands are shown: from the fastest to the slowest. */
export function shownHands(count) {
  const most = Math.min(POSITION_FACES, count);
  return [...new Set(Array.from({ length: most }, (_, k) => Math.round((k * (count - 1)) / Math.max(1, most - 1))))];
}

/** Further places from which a curve is drawn, evenly spaced, the last included. */
export const askingPlaces = (length) =>
  [
    ...new Set(Array.from({ length: POSITION_LINES }, (_, k) => Math.round(((k + 1) / POSITION_LINES) * length) - 1)),
  ].filter((t) => t >= 0);

/** How far the curves from these places lie apart where they do most, at one distance; what has no row is left out. */
export function curveSpread(curve, places) {
  const lines = places.map(curve);
  let most = 0;
  for (let d = 0; d <= Math.max(...places); d++) {
    const there = lines.map((line) => line[d]).filter((value) => value !== undefined && !Number.isNaN(value));
    if (there.length) most = Math.max(most, Math.max(...there) - Math.min(...there));
  }
  return most;
}

/** Both moved by a step, as far as the line goes, the distance kept. */
export const movedBoth = ({ query, key, length }, by) => {
  const step = Math.max(-key, Math.min(length - 1 - query, by));
  return { query: query + step, key: key + step };
};
