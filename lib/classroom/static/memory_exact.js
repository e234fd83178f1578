// Matrices, and the steps that are exact for a signal that stands still from sample to sample.

// P_(n+1)(u) = up_n · u · P_n(u) − down_n · P_(n−1)(u)
export const LEGENDRE_UP = Float64Array.from({ length: 64 }, (_, n) => (2 * n + 1) / (n + 1));
export const LEGENDRE_DOWN = Float64Array.from({ length: 64 }, (_, n) => n / (n + 1));

/** √(2n+1), n = 0 … N − 1. */
export const memoryRoots = (order) => Float64Array.from({ length: order }, (_, n) => Math.sqrt(2 * n + 1));

/** The inverse of a matrix (N × N), by elimination with the largest pivot of each column. */
export function memoryInverse(matrix, order) {
  const [left, right] = [Float64Array.from(matrix), new Float64Array(order * order)];
  for (let n = 0; n < order; n++) right[n * order + n] = 1;
  const add = (rows, to, from, factor) => {
    for (let k = 0; k < order; k++) rows[to * order + k] += factor * rows[from * order + k];
  };
  for (let n = 0; n < order; n++) {
    let best = n;
    for (let row = n + 1; row < order; row++)
      if (Math.abs(left[row * order + n]) > Math.abs(left[best * order + n])) best = row;
    if (best !== n)
      for (const rows of [left, right])
        for (let k = 0; k < order; k++) {
          const held = rows[n * order + k];
          rows[n * order + k] = rows[best * order + k];
          rows[best * order + k] = held;
        }
    const pivot = left[n * order + n];
    for (const rows of [left, right]) for (let k = 0; k < order; k++) rows[n * order + k] /= pivot;
    for (let row = 0; row < order; row++) {
      const factor = -left[row * order + n];
      if (row !== n && factor) for (const rows of [left, right]) add(rows, row, n, factor);
    }
  }
  return right;
}

export function memoryProduct(left, right, order) {
  const product = new Float64Array(order * order);
  for (let n = 0; n < order; n++)
    for (let j = 0; j < order; j++) {
      const factor = left[n * order + j];
      if (factor) for (let k = 0; k < order; k++) product[n * order + k] += factor * right[j * order + k];
    }
  return product;
}

/** e^M: a series of e^(M / 2^s), squared s times. */
export function memoryExponential(matrix, order) {
  let most = 1e-9;
  for (let n = 0; n < order; n++) {
    let sum = 0;
    for (let k = 0; k < order; k++) sum += Math.abs(matrix[n * order + k]);
    most = Math.max(most, sum);
  }
  const doublings = Math.max(0, Math.ceil(Math.log2(most)) + 1);
  const small = matrix.map((value) => value / 2 ** doublings);
  let total = matrix.map((_, at) => (at % (order + 1) ? 0 : 1));
  let term = total;
  for (let n = 1; n < 16; n++) {
    term = memoryProduct(term, small, order).map((value) => value / n);
    total = total.map((value, at) => value + term[at]);
  }
  for (let k = 0; k < doublings; k++) total = memoryProduct(total, total, order);
  return total;
}

/** Ā and B̄ for a step of 1 in which the input stands still: e^[[A, B], [0, 0]] = [[Ā, B̄], [0, 1]]. */
export function memoryExactStep(A, B) {
  const order = B.length;
  const wide = order + 1;
  const both = new Float64Array(wide * wide);
  for (let n = 0; n < order; n++) {
    both.set(A.subarray(n * order, (n + 1) * order), n * wide);
    both[n * wide + order] = B[n];
  }
  const found = memoryExponential(both, wide);
  const matrix = new Float64Array(order * order);
  for (let n = 0; n < order; n++) matrix.set(found.subarray(n * wide, n * wide + order), n * order);
  return { matrix, input: B.map((_, n) => found[n * wide + order]) };
}

/** What a sample of 1 adds to LegS at time t, exactly: ∫ √(2n+1) P_n(2x − 1) dx over the part of the past that it fills,
 *  (t + 1) × N. Row n of A asks for no number above n, so that N numbers are those of the whole series.
 *  ∫ P_n = (P_(n+1) − P_(n−1)) / (2n + 1). */
function sampleShares(order, t) {
  const table = new Float64Array((t + 1) * order);
  const scale = memoryRoots(order).map((root) => 0.5 / root);
  const last = new Float64Array(order);
  for (let j = 0; j <= t + 1; j++) {
    const u = (2 * j) / (t + 1) - 1;
    let [before, value] = [0, 1]; // P_(n−1), P_n
    for (let n = 0; n < order; n++) {
      const next = LEGENDRE_UP[n] * u * value - LEGENDRE_DOWN[n] * before;
      if (j) table[(j - 1) * order + n] = (next - before - last[n]) * scale[n];
      last[n] = next - before;
      before = value;
      value = next;
    }
  }
  return table;
}

const sharesKept = new Map(); // the last few: everything that is asked at one time asks the same table
function sharesAt(order, t) {
  const key = `${order},${t}`;
  if (!sharesKept.has(key)) {
    if (sharesKept.size > 2) sharesKept.delete(sharesKept.keys().next().value);
    sharesKept.set(key, sampleShares(order, t));
  }
  return sharesKept.get(key);
}

/** LegS at time t, exact: (N,), of a signal that is 0 before `from` and after `to`. */
export function memoryIntegrals(signal, order, t, from, to) {
  const [table, c] = [sharesAt(order, t), new Float64Array(order)];
  for (let j = from; j <= to; j++) {
    const [value, row] = [signal[j], j * order];
    if (value) for (let n = 0; n < order; n++) c[n] += value * table[row + n];
  }
  return c;
}
