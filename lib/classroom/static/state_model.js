// The numbers of the state viewer: quantities, correlation with a pattern, the order of the units, averages.
import { clamp, decode16 } from './common.js';
import { scaleOf } from './heat.js';

export const SORTS = ['as they are', 'pattern', 'peak', 'likeness'];
const MOST_COMPARED = 250; // steps that decide which units are alike

/** The quantities of one string of 16-bit codes, each decoded when it is first looked at:
 *  [{ name, units, values (Float32Array, T x units), scale }]. */
export function quantitiesOf(described, codes, steps) {
  const bytes =
    typeof codes === 'string'
      ? Uint8Array.from(atob(codes), (c) => c.charCodeAt(0))
      : new Uint8Array(codes.buffer ?? codes, codes.byteOffset ?? 0, codes.byteLength);
  let end = 0;
  return described.map(({ name, units, low, high }) => {
    const [from, to] = [end, (end += 2 * units * steps)];
    let [values, scale] = [null, null];
    return {
      ...{ name, units, steps },
      get values() {
        return (values ??= decode16(bytes.subarray(from, to), low, high));
      },
      get scale() {
        return (scale ??= scaleOf(this.values));
      },
    };
  });
}

/** One unit over time. */
export function lineOf({ values, units, steps }, unit) {
  const line = new Float32Array(steps);
  for (let t = 0; t < steps; t++) line[t] = values[t * units + unit];
  return line;
}

/** Each number minus the mean, and the length of that: { centred, size }; size 0 where nothing moves. */
function centredOn(numbers) {
  let sum = 0;
  for (const x of numbers) sum += x;
  const mean = sum / numbers.length;
  const centred = Float64Array.from(numbers, (x) => x - mean);
  if (numbers.every((x) => x === numbers[0])) return { centred, size: 0 };
  let squares = 0;
  for (const x of centred) squares += x * x;
  return { centred, size: Math.sqrt(squares) };
}

/** Pearson's r of each unit with a pattern of T numbers; 0 where either stands still. */
export function correlationsOf(quantity, pattern) {
  const p = centredOn(pattern);
  return Float64Array.from({ length: quantity.units }, (_, unit) => {
    const v = centredOn(lineOf(quantity, unit));
    let product = 0;
    for (let t = 0; t < pattern.length; t++) product += v.centred[t] * p.centred[t];
    return v.size && p.size ? product / (v.size * p.size) : 0;
  });
}

const numbersTo = (count) => Array.from({ length: count }, (_, k) => k);

/** Unit numbers, the largest |r| first. */
export const rankedBy = (r) => numbersTo(r.length).sort((a, b) => Math.abs(r[b]) - Math.abs(r[a]) || a - b);

/** Unit numbers from top to bottom, for one of SORTS; r: the correlations, for 'pattern'. */
export function orderOf(quantity, sort, r) {
  if (sort === 'pattern' && r) return rankedBy(r);
  if (sort === 'likeness') return alikeOrder(quantity);
  const units = numbersTo(quantity.units);
  if (sort !== 'peak') return units;
  const peaks = units.map((unit) => peakOf(lineOf(quantity, unit)));
  return units.sort((a, b) => peaks[a] - peaks[b] || a - b);
}

/** The first step with the largest value. */
export function peakOf(line) {
  let best = 0;
  for (let t = 1; t < line.length; t++) if (line[t] > line[best]) best = t;
  return best;
}

/** From the unit that moves most, always on to the one among the rest that moves most like it. */
function alikeOrder({ values, units, steps }) {
  const stride = Math.ceil(steps / MOST_COMPARED);
  const rows = numbersTo(units).map((unit) => {
    const line = [];
    for (let t = 0; t < steps; t += stride) line.push(values[t * units + unit]);
    const { centred, size } = centredOn(line);
    return { size, unit: centred.map((x) => (size ? x / size : 0)) };
  });
  let here = 0;
  for (let unit = 1; unit < units; unit++) if (rows[unit].size > rows[here].size) here = unit;
  const chain = [here];
  const left = new Set(numbersTo(units));
  left.delete(here);
  while (left.size) {
    let [next, most] = [-1, -Infinity];
    for (const unit of left) {
      let alike = 0;
      for (let k = 0; k < rows[unit].unit.length; k++) alike += rows[here].unit[k] * rows[unit].unit[k];
      if (alike > most) [next, most] = [unit, alike];
    }
    chain.push((here = next));
    left.delete(here);
  }
  return chain;
}

/** The mean of a line where a pattern of zeros and ones holds, and elsewhere: [there, elsewhere], or null. */
export function meansOf(line, { values, binary }) {
  if (!binary) return null;
  const [sums, counts] = [
    [0, 0],
    [0, 0],
  ];
  line.forEach((x, t) => {
    sums[values[t]] += x;
    counts[values[t]] += 1;
  });
  return counts[0] && counts[1] ? [sums[1] / counts[1], sums[0] / counts[0]] : null;
}

/** The stretches of steps where a pattern holds: [{ begin, end }], end included. */
export function spansOf(values) {
  const spans = [];
  values.forEach((x, t) => {
    if (!x) return;
    if (t && values[t - 1]) spans.at(-1).end = t;
    else spans.push({ begin: t, end: t });
  });
  return spans;
}

/** The colours that show one unit alone. Where it takes both signs: as far as it goes on either side of zero.
 *  Otherwise from its least to its largest value. Where it hardly moves: the quantity's own colours. */
export function unitScale(line, scale) {
  let [least, most] = [Infinity, -Infinity];
  for (const x of line) [least, most] = [Math.min(least, x), Math.max(most, x)];
  if (most - least < (scale.high - scale.low) / 20) return scale;
  if (least >= 0 || most <= 0) return { low: least, high: most, signed: false, cut: false };
  const far = Math.max(-least, most);
  return { low: -far, high: far, signed: true, cut: false };
}

/** The colours that show how far one unit is from its mean. */
export function meanScale(line) {
  let [sum, most] = [0, 0];
  for (const x of line) sum += x;
  const mean = sum / line.length;
  for (const x of line) most = Math.max(most, Math.abs(x - mean));
  const far = most || 1;
  return { low: mean - far, high: mean + far, signed: true, cut: false };
}

/** Every unit's distance from its own mean, as a share of its largest distance: { values, scale }. */
export function deviationsOf(quantity) {
  const { values, units } = quantity;
  const shares = new Float32Array(values.length);
  for (let unit = 0; unit < units; unit++) {
    const { low, high } = meanScale(lineOf(quantity, unit));
    for (let k = unit; k < values.length; k += units) shares[k] = (2 * (values[k] - low)) / (high - low) - 1;
  }
  return { values: shares, scale: { low: -1, high: 1, signed: true, cut: false } };
}

/** Remembers the last few answers of a function of objects and numbers. */
export function remembering(compute) {
  let known = [];
  return (...given) => {
    let it = known.find((old) => old.given.every((x, k) => x === given[k]));
    if (!it) known = [(it = { given, answer: compute(...given) }), ...known].slice(0, 12);
    return it.answer;
  };
}

/** What is shown, computed from the state. `ask` holds the remembering functions, data what never changes. */
export function stateLook(data, ask, state) {
  const quantity = data.quantities.find(({ name }) => name === state.quantity) ?? data.quantities[0];
  const pattern = data.patterns.find(({ name }) => name === state.pattern) ?? null;
  const unit = clamp(state.unit, 0, quantity.units - 1);
  const at = clamp(state.at, 0, data.tokens.length - 1);
  const r = pattern && ask.correlations(quantity, pattern.values);
  const ranks = r && ask.ranks(r);
  const order = ask.order(quantity, state.sort, state.sort === 'pattern' ? r : null);
  const line = ask.line(quantity, unit);
  return {
    ...{ ...data, ...state, quantity, pattern, unit, at, r, ranks, order, line },
    ...{ value: line[at], length: data.tokens.length, means: pattern && meansOf(line, pattern) },
    ...{ own: state.fromMean ? ask.meanScale(line) : ask.scale(line, quantity.scale) },
    ...{ cells: state.fromMean ? ask.deviations(quantity) : quantity, place: ranks && ranks.indexOf(unit) },
  };
}
