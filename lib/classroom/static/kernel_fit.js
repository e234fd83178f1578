// The weights that make the best delay of the given modes: least squares by Householder reflections.
import { KERNEL_DELAY, KERNEL_HORIZON, KERNEL_RIDGE, kernelMode, kernelTwice } from './kernel_model.js';

/** x that makes Σ (columns · x − wanted)² least. columns: arrays of one length, independent. They are overwritten. */
export function leastSquares(columns, wanted) {
  const [count, rows] = [columns.length, wanted.length];
  const diagonal = new Float64Array(count);
  const reflect = (mirror, from, row, square) => {
    let dot = 0;
    for (let i = from; i < rows; i++) dot += mirror[i] * row[i];
    const factor = (2 * dot) / square;
    for (let i = from; i < rows; i++) row[i] -= factor * mirror[i];
  };
  for (let k = 0; k < count; k++) {
    const mirror = columns[k];
    let size = 0;
    for (let i = k; i < rows; i++) size += mirror[i] ** 2;
    diagonal[k] = (mirror[k] > 0 ? -1 : 1) * Math.sqrt(size);
    mirror[k] -= diagonal[k];
    let square = 0;
    for (let i = k; i < rows; i++) square += mirror[i] ** 2;
    if (!square) continue;
    for (let other = k + 1; other < count; other++) reflect(mirror, k, columns[other], square);
    reflect(mirror, k, wanted, square);
  }
  const found = new Float64Array(count);
  for (let k = count - 1; k >= 0; k--) {
    let rest = wanted[k];
    for (let other = k + 1; other < count; other++) rest -= columns[other][k] * found[other];
    found[k] = diagonal[k] ? rest / diagonal[k] : 0;
  }
  return found;
}

/** C of the best delay of twenty steps, each [real, imaginary]: least squares over 64 steps, on columns of length 1,
 *  with a little of the weights' own squares added, so that modes that are alike do not drive them out of bounds. */
export function delayWeights(eigenvalues, step) {
  const parts = eigenvalues.flatMap((each, m) => {
    const { real, imaginary } = kernelMode(each, step, KERNEL_HORIZON);
    const twice = kernelTwice(each);
    const own = { m, part: 0, values: real.map((x) => twice * x) };
    return twice === 1 ? [own] : [own, { m, part: 1, values: imaginary.map((x) => -twice * x) }];
  });
  const count = parts.length;
  const sizes = parts.map(({ values }) => Math.hypot(...values) || 1);
  const columns = parts.map(({ values }, k) => {
    const column = new Float64Array(KERNEL_HORIZON + count);
    values.forEach((x, l) => (column[l] = x / sizes[k]));
    column[KERNEL_HORIZON + k] = Math.sqrt(KERNEL_RIDGE);
    return column;
  });
  const wanted = new Float64Array(KERNEL_HORIZON + count);
  wanted[KERNEL_DELAY] = 1;
  const found = leastSquares(columns, wanted);
  const weights = eigenvalues.map(() => [0, 0]);
  parts.forEach(({ m, part }, k) => (weights[m][part] = found[k] / sizes[k]));
  return weights;
}
