// A memory of N numbers: HiPPO's recurrence, what it has of the past, how much of a bump comes through.
// The numbers of seqmodels.hippo: sample k, from 1 on, fills the time from k − 1 to k.
import { LEGENDRE_DOWN, LEGENDRE_UP } from './memory_exact.js';
import { memoryExactStep, memoryIntegrals, memoryInverse, memoryProduct, memoryRoots } from './memory_exact.js';

export const MEMORY_REACH = 8; // widths, beyond which a bump is nothing
export const MEMORY_EXPLODED = 100; // coefficients so many times larger than the signal is anywhere

/** A bump of height 1 at a place, `width` samples wide (its standard deviation): (T,). */
export const memoryBump = (length, place, width) =>
  Float64Array.from({ length }, (_, j) => {
    const far = (j - place) / width;
    return Math.abs(far) > MEMORY_REACH ? 0 : Math.exp(-0.5 * far ** 2);
  });

/** One step of LegS, in place, in N operations: A is lower triangular, and below its diagonal an outer product.
 *  k: how many samples there are with this one. */
export function legsStep(c, value, k, roots, euler) {
  const [order, half] = [c.length, 0.5 / k];
  let before = 0; // Σ √(2j+1) c_j over j < n, of the old numbers
  let solved = 0; // and of the new ones
  for (let n = 0; n < order; n++) {
    const own = -roots[n] * before - (n + 1) * c[n]; // (A c)_n
    before += roots[n] * c[n];
    if (euler) c[n] += 2 * half * (own + roots[n] * value);
    else {
      // (I − A/2k) x = (I + A/2k) c + B f/k, from the first row down
      c[n] = (c[n] + half * (own + roots[n] * (2 * value - solved))) / (1 + half * (n + 1));
      solved += roots[n] * c[n];
    }
  }
}

/** A (N × N, row after row) and B of LegT with a window in samples. */
export function legtMatrix(order, window) {
  const roots = memoryRoots(order);
  const A = new Float64Array(order * order);
  for (let n = 0; n < order; n++)
    for (let k = 0; k < order; k++)
      A[n * order + k] = (-roots[n] * roots[k] * (k > n && (n - k) % 2 ? -1 : 1)) / window;
  return { A, B: roots.map((root) => root / window) };
}

/** Ā and B̄ of LegT for a step of one sample. */
export function legtDiscrete(order, window, method) {
  const { A, B } = legtMatrix(order, window);
  if (method === 'zoh') return memoryExactStep(A, B);
  const mixed = (factor) => A.map((a, at) => factor * a + (at % (order + 1) ? 0 : 1));
  if (method === 'euler') return { matrix: mixed(1), input: B };
  const half = memoryInverse(mixed(-0.5), order);
  const input = B.map((_, n) => B.reduce((sum, value, j) => sum + half[n * order + j] * value, 0));
  return { matrix: memoryProduct(half, mixed(0.5), order), input };
}

function legtStep(c, value, { matrix, input }, old) {
  const order = c.length;
  old.set(c);
  for (let n = 0, at = 0; n < order; n++) {
    let sum = input[n] * value;
    for (let k = 0; k < order; k++) sum += matrix[at++] * old[k];
    c[n] = sum;
  }
}

/** The memory after every sample: (T × N). spec: order, measure, method, window. LegS by the exact method is asked for
 *  one time alone: memoryReader. */
export function memoryRun(signal, spec) {
  const { order, measure, method, window } = spec;
  const length = signal.length;
  const kept = new Float64Array(length * order);
  if (measure === 'last') {
    for (let t = 0; t < length; t++) for (let n = 0; n < order && n <= t; n++) kept[t * order + n] = signal[t - n];
    return kept;
  }
  const c = new Float64Array(order);
  const roots = memoryRoots(order);
  const step = measure === 'legt' ? legtDiscrete(order, window, method) : null;
  const old = new Float64Array(order);
  const first = Math.max(
    0,
    signal.findIndex((value) => value !== 0),
  ); // silence leaves the memory empty
  for (let t = first; t < length; t++) {
    if (step) legtStep(c, signal[t], step, old);
    else legsStep(c, signal[t], t + 1, roots, method === 'euler');
    kept.set(c, t * order);
  }
  return kept;
}

export const memoryExact = ({ measure, method }) => measure === 'legs' && method === 'zoh';

/** A signal (T,), from and to: where it is not 0. Gives { at(t): the memory c (N,), kept: all of them, or null }. */
export function memoryReader(signal, spec, [from, to] = [0, signal.length - 1]) {
  const { order } = spec;
  if (memoryExact(spec)) return { kept: null, at: (t) => memoryIntegrals(signal, order, t, from, Math.min(t, to)) };
  const kept = memoryRun(signal, spec);
  return { kept, at: (t) => kept.subarray(t * order, (t + 1) * order) };
}

/** How long what is remembered is at time t, in samples. */
export const memorySpan = ({ measure, window, order }, t) => ({ legs: t + 1, legt: window, last: order })[measure];

/** The first past sample of which the memory has something at time t. */
export const memoryBegin = (spec, t) => Math.max(0, Math.ceil(t + 0.5 - memorySpan(spec, t) + 1e-9));

/** The values at sample j of the functions that the numbers count, into `row`: √(2n+1) P_n(2x − 1). */
export function memoryBasis(row, roots, x) {
  const u = 2 * x - 1;
  let before = 0;
  let now = 1;
  for (let n = 0; n < row.length; n++) {
    row[n] = roots[n] * now;
    const next = LEGENDRE_UP[n] * u * now - LEGENDRE_DOWN[n] * before;
    before = now;
    now = next;
  }
  return row;
}

/** The past as the memory c (N,) at time t has it: (t + 1,), 0 where it has nothing.
 *  from, to, by: only these samples, the others stay 0. */
export function memoryPast(c, spec, t, from = 0, to = t, by = 1) {
  const past = new Float64Array(Math.max(0, to - from + 1));
  const [span, begin] = [memorySpan(spec, t), memoryBegin(spec, t)];
  const [row, roots] = [new Float64Array(spec.order), memoryRoots(spec.order)];
  for (let j = from; j <= to; j += by) {
    if (j < begin) continue;
    if (spec.measure === 'last') past[j - from] = c[t - j];
    else {
      memoryBasis(row, roots, 1 - (t - j + 0.5) / span);
      let sum = 0;
      for (let n = 0; n < row.length; n++) sum += row[n] * c[n];
      past[j - from] = sum;
    }
  }
  return past;
}

/** What one number alone says of the past: (t + 1,); 0 before what is remembered. */
export function memoryPart(c, n, spec, t) {
  const alone = new Float64Array(c.length);
  alone[n] = c[n];
  return memoryPast(alone, spec, t);
}

/** What is missing of the past from `from` on, as a share of its size; infinite where the memory exploded. */
export function memoryError(signal, past, from = 0, to = past.length - 1) {
  let [size, missing] = [0, 0];
  for (let j = from; j <= to; j++) {
    size += signal[j] ** 2;
    missing += (signal[j] - past[j]) ** 2;
  }
  if (!Number.isFinite(missing)) return Infinity;
  return size ? Math.sqrt(missing / size) : missing ? Infinity : 0;
}

/** Where the memory exploded up to time t: { step, size } (its largest), or null. */
export function memoryExplosion(kept, order, t, unit) {
  let [step, size] = [null, 0];
  for (let k = 0; k <= t; k++)
    for (let n = 0; n < order; n++) {
      const value = Math.abs(kept[k * order + n]);
      const large = Number.isNaN(value) ? Infinity : value;
      if (large > size) size = large;
      if (step === null && large > MEMORY_EXPLODED * unit) step = k + 1;
    }
  return step === null ? null : { step, size };
}

/** How much of a bump (T,) comes through at time t: its picture in the memory c, measured by the bump itself.
 *  by: only every so many samples are asked, which is enough for a wide bump. */
export function memoryShare(c, lone, spec, t, reach, by = 1) {
  const [from, to] = [Math.max(0, reach[0]), Math.min(t, reach[1])];
  const past = memoryPast(c, spec, t, from, to, by);
  let [same, energy] = [0, 0];
  for (let j = from; j <= to; j += by) {
    same += past[j - from] * lone[j];
    energy += lone[j] ** 2;
  }
  return energy * by < 1e-6 ? NaN : same / energy;
}
