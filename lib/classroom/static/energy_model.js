// A Hopfield network: fields, energies and recalls. Whole numbers throughout, divided by N at the end.
import { uniform } from './common.js';

/** In which order the units are asked in a sweep (0, 1, ...): a shuffle of 0..count-1, the same for the same seed. */
export function sweepOrder(seed, count, sweep) {
  const units = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(uniform(seed, sweep * count + i) * (i + 1));
    [units[i], units[j]] = [units[j], units[i]];
  }
  return units;
}

/** The sum over the units of pattern times state, for each pattern: N times its overlap. */
export const products = (patterns, state) =>
  patterns.map((pattern) => pattern.reduce((sum, x, i) => sum + x * state[i], 0));

/** N times the sum of its inputs for one unit: what the patterns vote, less the unit's own part in it. */
export function inputSum(patterns, dots, state, unit) {
  let sum = -patterns.length * state[unit];
  for (let m = 0; m < patterns.length; m++) sum += patterns[m][unit] * dots[m];
  return sum;
}

/** E = -1/2 sum_ij W_ij s_i s_j. */
export const energyOf = (patterns, dots, count) =>
  -(dots.reduce((sum, dot) => sum + dot * dot, 0) - patterns.length * count) / (2 * count);

/** What one unit hears from each other: W_ij s_j for every j; 0 from itself. */
export function heardBy(patterns, state, unit) {
  const count = state.length;
  return state.map((s, j) =>
    j === unit ? 0 : (s * patterns.reduce((sum, pattern) => sum + pattern[unit] * pattern[j], 0)) / count,
  );
}

/** A whole recall: one unit after the other, sweep after sweep, until every unit agrees with its inputs.
 *  flips: [{ at: which update, from 1; unit; field: its sum of inputs; energy: after it }]. */
export function recallRun(patterns, start, seed) {
  const count = start.length,
    state = start.slice(),
    dots = products(patterns, state),
    first = energyOf(patterns, dots, count),
    flips = [];
  let energy = first;
  for (let sweep = 0; ; sweep++) {
    const before = flips.length;
    sweepOrder(seed, count, sweep).forEach((unit, k) => {
      const sum = inputSum(patterns, dots, state, unit);
      if (sum * state[unit] >= 0) return; // a tie keeps the old value
      state[unit] *= -1;
      patterns.forEach((pattern, m) => (dots[m] += 2 * pattern[unit] * state[unit]));
      energy -= (2 * Math.abs(sum)) / count;
      flips.push({ at: sweep * count + k + 1, unit, field: sum / count, energy });
    });
    if (flips.length === before) break;
  }
  return { start, first, flips, end: state, length: flips.length ? flips.at(-1).at : 0 };
}

/** How many flips there have been after so many updates. */
export const flipsUpTo = ({ flips }, steps) => flips.filter((flip) => flip.at <= steps).length;

/** The state after so many updates. */
export function stateAt(run, steps) {
  const state = run.start.slice();
  for (const flip of run.flips) {
    if (flip.at > steps) break;
    state[flip.unit] *= -1;
  }
  return state;
}

const signsOf = (rows) => rows[0].map((_, i) => Math.sign(rows.reduce((sum, row) => sum + row[i], 0)));

/** The three patterns, each as it is or reversed, whose majority is this state (all but a few units), or null. */
export function mixtureOf(patterns, state) {
  const dots = products(patterns, state),
    count = state.length;
  const toward = patterns.map((pattern, m) => (dots[m] < 0 ? pattern.map((x) => -x) : pattern));
  let best = null;
  for (let a = 0; a < patterns.length; a++)
    for (let b = a + 1; b < patterns.length; b++)
      for (let c = b + 1; c < patterns.length; c++) {
        const [match] = products([signsOf([toward[a], toward[b], toward[c]])], state);
        if (match >= 0.95 * count && (!best || match > best.match)) best = { match, parts: [a, b, c] };
      }
  return best && best.parts.map((m) => ({ pattern: m, reversed: dots[m] < 0 }));
}

/** So many units turned round, chosen by the seed. */
export function withNoise(state, share, seed) {
  const chosen = new Set(sweepOrder(seed, state.length, 0).slice(0, Math.round(share * state.length)));
  return state.map((s, i) => (chosen.has(i) ? -s : s));
}

/** The lower half set to empty. */
export const withoutLowerHalf = (state, rows, columns) =>
  state.map((s, i) => (i >= Math.ceil(rows / 2) * columns ? -1 : s));

/** Everything that the picture shows at one moment; `kept` holds the patterns that are stored. */
export function moment(patterns, stored, run, steps) {
  const kept = patterns.filter((_, m) => stored[m]),
    state = stateAt(run, steps),
    count = state.length,
    dots = products(kept, state);
  const fields = state.map((_, i) => inputSum(kept, dots, state, i) / count);
  return {
    ...{ state, fields, count, kept, done: flipsUpTo(run, steps), energy: energyOf(kept, dots, count) },
    overlaps: products(patterns, state).map((dot) => dot / count),
    unhappy: state.map((s, i) => fields[i] * s < 0),
  };
}

/** Where each stored pattern ends if it is shown as it is: its own overlap at rest; null for what is not stored. */
export function whatStays(patterns, stored, seed) {
  const kept = patterns.filter((_, m) => stored[m]);
  return patterns.map((pattern, m) => {
    if (!stored[m]) return null;
    const [dot] = products([pattern], recallRun(kept, pattern, seed).end);
    return dot / pattern.length;
  });
}
