// The numbers of the gradient viewer: a small recurrent network forwards, its Jacobians backwards. Pure: no drawing.

export const FUNCTIONS = ['tanh', 'relu', 'linear'];
export const MOST_PINS = 4;
const HELD = 1e150; // what grows beyond is held there, so that nothing overflows
const STEEP = 32; // tanh(32) is 1 in float64
const LEVELS = 10; // of the continued fraction
export const BELOW_HALF = Math.log10(0.5);

/** base64 text -> Float64Array (little-endian). */
export function decode64(text) {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  return Float64Array.from({ length: bytes.length >> 3 }, (_, i) => view.getFloat64(8 * i, true));
}

/** What Python sends as { shape, data }: { units, steps, weight, drive }. */
export function network(weight, drive) {
  return {
    units: weight.shape[0],
    steps: drive.shape[0],
    weight: decode64(weight.data),
    drive: decode64(drive.data),
  };
}

const held = (x, most) => Math.max(-most, Math.min(most, x));

/** [tanh(a), its slope], from sums, products and quotients only: the same bits in NumPy and JavaScript.
 *  Lambert's continued fraction at a / 32, then five times tanh(2x) = 2 tanh(x) / (1 + tanh(x)^2). The slope is carried
 *  along, because 1 - tanh(a)^2 loses its digits where the unit is saturated. */
export function tanhAndSlope(a) {
  const x = held(a, STEEP) / STEEP;
  const square = x * x;
  let below = 2 * LEVELS - 1;
  for (let odd = 2 * LEVELS - 3; odd > 0; odd -= 2) below = odd + square / below;
  let value = x / below;
  let slope = 1 - value * value;
  for (let i = 0; i < 5; i++) {
    const over = 1 + value * value;
    value = (2 * value) / over;
    slope = (slope / over) * (slope / over);
  }
  return [value, slope];
}

/** The states and slopes (T x H each) of h_t = f(scale W h_{t-1} + drive_scale drive_t) from h_0 = 0. */
export function walk({ units, steps, drive }, weight, nonlinearity, driveScale) {
  const states = new Float64Array(steps * units);
  const slopes = new Float64Array(steps * units).fill(1);
  for (let t = 0; t < steps; t++) {
    for (let i = 0; i < units; i++) {
      let sum = driveScale * drive[t * units + i];
      if (t > 0) for (let j = 0; j < units; j++) sum += weight[i * units + j] * states[(t - 1) * units + j];
      sum = held(sum, HELD);
      const at = t * units + i;
      if (nonlinearity === 'tanh') [states[at], slopes[at]] = tanhAndSlope(sum);
      else if (nonlinearity === 'relu') {
        states[at] = sum > 0 ? sum : 0;
        slopes[at] = sum > 0 ? 1 : 0;
      } else states[at] = sum;
    }
  }
  return { states, slopes };
}

/** log10 of ‖∂h_E/∂h_{E-k}‖_F / √H for k = 0 … E - 1; ∂h_E/∂h_{E-k} = J_E … J_{E-k+1}, J_t = diag(f'(a_t)) W. */
export function normsByLag(weight, slopes, units, errorStep) {
  let product = new Float64Array(units * units);
  let next = new Float64Array(units * units);
  for (let i = 0; i < units; i++) product[i * units + i] = 1;
  const logs = new Float64Array(errorStep);
  let power = 0;
  for (let lag = 1; lag < errorStep; lag++) {
    const open = (errorStep - lag) * units;
    next.fill(0);
    for (let i = 0; i < units; i++) {
      const row = i * units;
      for (let k = 0; k < units; k++) {
        const share = product[row + k] * slopes[open + k];
        if (share === 0) continue;
        for (let j = 0, from = k * units; j < units; j++) next[row + j] += share * weight[from + j];
      }
    }
    [product, next] = [next, product];
    let squares = 0;
    for (const x of product) squares += x * x;
    const norm = Math.sqrt(squares / units);
    logs[lag] = Math.log10(norm) + power * Math.log10(2);
    if (norm > 0 && (norm < 2 ** -30 || norm > 2 ** 30)) {
      const shift = Math.round(Math.log2(norm));
      for (let i = 0; i < product.length; i++) product[i] *= 2 ** -shift;
      power += shift;
    }
  }
  return logs;
}

/** How far the error reaches, from log10 norms; see `summary` in gradient_numbers.py. */
export function summary(logs) {
  const first = (found) => {
    const at = logs.findIndex(found);
    return at < 0 ? null : at;
  };
  const last = logs.length - 1;
  const middle = logs.length >> 1;
  const dead = first((x) => x === -Infinity);
  const peak = Math.max(...logs);
  const rate =
    dead === null && last - middle >= 2 ? (logs[last] - logs[middle]) / (last - middle) / Math.log10(2) : null;
  return {
    ...{ half: first((x) => x < BELOW_HALF), thousandth: first((x) => x < -3), double: first((x) => x > -BELOW_HALF) },
    ...{ dead, low: Math.min(...logs), peak, peakAt: logs.indexOf(peak), end: logs[last], rate },
  };
}

/** The mean slope over the steps that the error walks through, 0 … 1. */
export function openness(slopes, units, errorStep) {
  const seen = slopes.subarray(units, errorStep * units);
  return seen.reduce((sum, slope) => sum + slope, 0) / seen.length;
}

/** Everything that is drawn, for one choice of settings. spectrum: { radius, singular, eigenvalues } of the weight. */
export function solveGradient(net, spectrum, { radius, nonlinearity, drive_scale: driveScale, error_step: errorStep }) {
  const scale = radius / spectrum.radius;
  const weight = net.weight.map((w) => scale * w);
  const { states, slopes } = walk(net, weight, nonlinearity, driveScale);
  const logs = normsByLag(weight, slopes, net.units, errorStep);
  net.free ??= normsByLag(net.weight, new Float64Array(net.units * net.steps).fill(1), net.units, net.steps);
  const free = net.free[errorStep - 1] + (errorStep - 1) * Math.log10(scale); // with every slope at 1
  return {
    ...{ states, slopes, logs, free, scale, radius, nonlinearity, driveScale, errorStep },
    ...{ bound: scale * spectrum.singular, open: openness(slopes, net.units, errorStep), told: summary(logs) },
  };
}
