// What a selective state space keeps, writes and still remembers. Pure: no drawing. The same numbers as Python's.
import { decode16 } from './common.js';

/** A part of the codes as numbers. */
function partOf(codes, parts, name, count) {
  if (!parts[name]) return null;
  const [low, high, first] = parts[name];
  const bytes = typeof codes === 'string' ? Uint8Array.from(atob(codes), (c) => c.charCodeAt(0)) : codes;
  const start = (bytes.byteOffset ?? 0) + 2 * first;
  return decode16(new DataView(bytes.buffer ?? bytes, start, 2 * count), low, high);
}

/** All that was recorded: { steps, channels, states, form, A, delta, B, x, C, state }, arrays in rows of a step. */
export function selectionData(codes, layout, steps) {
  const { parts, channels, states, form } = layout;
  const part = (name, width) => partOf(codes, parts, name, steps * width);
  return {
    ...{ steps, channels, states, form, A: Float64Array.from(layout.A) },
    delta: Float64Array.from(part('delta', channels), Math.exp),
    ...{ B: part('B', states), C: part('C', states), x: part('x', channels), state: part('state', channels * states) },
  };
}

/** Δ with the one that is set by hand; the recorded array itself where none is. */
export function heldDelta({ delta, channels }, hold) {
  if (!hold) return delta;
  const held = Float64Array.from(delta);
  const [from, to] = hold.channel === null ? [0, channels] : [hold.channel, hold.channel + 1];
  held.fill(hold.delta, hold.position * channels + from, hold.position * channels + to);
  return held;
}

/** The slowest rate of every channel, min |A|. */
export const slowestRates = ({ A, channels, states }) =>
  Float64Array.from({ length: channels }, (_, d) =>
    A.subarray(d * states, (d + 1) * states).reduce((least, a) => Math.min(least, -a), Infinity),
  );

/** The share of the slowest state that each step replaces, 1 - exp(-Δ min|A|), T x D. */
export function doorShares(delta, rates) {
  const shares = new Float32Array(delta.length);
  for (let k = 0, d = 0; k < delta.length; k++, d = d + 1 < rates.length ? d + 1 : 0)
    shares[k] = -Math.expm1(-delta[k] * rates[d]);
  return shares;
}

/** The logarithm of every Δ, base 10. */
export function logDeltas(delta) {
  const logs = new Float32Array(delta.length);
  for (let k = 0; k < delta.length; k++) logs[k] = Math.log10(delta[k]);
  return logs;
}

/** An array T x D with one step replaced. */
export function withStep(values, channels, t, row) {
  const copy = values.slice();
  copy.set(row, t * channels);
  return copy;
}

/** How much a Δ writes, before B x: Δ, or (exp(ΔA) - 1) / A. */
const writes = (form, delta, a) => (form === 'exact' ? Math.expm1(delta * a) / a : delta);

/** One channel: { written, states, keep }, each T x N; with a Δ set by hand, what it then writes and leaves. */
export function channelStory(data, delta, d) {
  const { steps, channels, states: N, A, B, x, state, form } = data;
  const [written, path, keep] = [0, 0, 0].map(() => new Float64Array(steps * N));
  for (let n = 0; n < N; n++) {
    const a = A[d * N + n];
    let now = 0;
    for (let t = 0; t < steps; t++) {
      const [k, at, full] = [t * N + n, t * channels + d, (t * channels + d) * N + n];
      const [old, set] = [data.delta[at], delta[at]];
      keep[k] = Math.exp(set * a);
      if (form) written[k] = writes(form, set, a) * B[k] * x[at];
      else {
        const before = t ? state[full - channels * N] : 0;
        written[k] = state[full] - Math.exp(old * a) * before;
        if (set !== old) written[k] *= set / old;
      }
      now = keep[k] * now + written[k];
      path[k] = now;
    }
  }
  return { written, states: path, keep };
}

/** What of every token up to t is still in the states of a channel, (t + 1) x N: what it wrote times all decays since. */
export function stillThere({ written, keep }, states, t) {
  const parts = new Float64Array((t + 1) * states);
  for (let n = 0; n < states; n++) {
    let left = 1;
    for (let s = t; s >= 0; s--) {
      parts[s * states + n] = left * written[s * states + n];
      left *= keep[s * states + n];
    }
  }
  return parts;
}

/** One number a token: its part of C_t h_t where C is known, else the size of its parts. */
export function perToken(parts, states, C, t) {
  return Float64Array.from({ length: parts.length / states }, (_, s) => {
    let sum = 0;
    for (let n = 0; n < states; n++) {
      const part = parts[s * states + n];
      sum += C ? part * C[t * states + n] : part * part;
    }
    return C ? sum : Math.sqrt(sum);
  });
}

/** The shares of what is in the room, in sizes: { marked, other, most (the step of the largest), share (its) }. */
export function roomShares(values, marks) {
  let [marked, all, most] = [0, 0, 0];
  values.forEach((value, s) => {
    all += Math.abs(value);
    if (marks[s]) marked += Math.abs(value);
    if (Math.abs(value) > Math.abs(values[most])) most = s;
  });
  if (all === 0) return { marked: 0, other: 0, most, share: 0 };
  return { marked: marked / all, other: 1 - marked / all, most, share: Math.abs(values[most]) / all };
}

const meanOver = (values, wanted) => {
  let [sum, count] = [0, 0];
  values.forEach((value, t) => {
    if (!wanted(t)) return;
    sum += value;
    count++;
  });
  return count ? sum / count : 0;
};

/** One channel of an array T x D. */
export const channelOf = (values, channels, d) =>
  Float64Array.from({ length: values.length / channels }, (_, t) => values[t * channels + d]);

/** The mean of a row at marked steps and elsewhere: [marked, other]. */
export const marksApart = (row, marks) => [meanOver(row, (t) => marks[t]), meanOver(row, (t) => !marks[t])];

/** The median of a list. */
export function medianOf(values) {
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** Steps after which half of the slowest state is gone at the median Δ: ln 2 / (Δ min|A|). */
export const halfLife = (row, rate) => Math.LN2 / Math.max(medianOf(row) * rate, 1e-12);

/** The channels from top to bottom: as they open at marked tokens, as long as they keep, or as they are. */
export function channelOrder(data, rates, sort, marks) {
  const { delta, channels } = data;
  const places = Array.from({ length: channels }, (_, d) => d);
  if (sort === 'number') return places;
  const doors = doorShares(delta, rates);
  const scores = places.map((d) => {
    if (sort === 'half-life') return halfLife(channelOf(delta, channels, d), rates[d]);
    const [marked, other] = marksApart(channelOf(doors, channels, d), marks);
    return marked - other;
  });
  return places.sort((a, b) => scores[b] - scores[a] || a - b);
}

/** Over the channels at each step: { mean, low, high }, the last two the tenth and the ninetieth part. */
export function stepQuantiles(values, channels) {
  const steps = values.length / channels;
  const [mean, low, high] = [0, 0, 0].map(() => new Float64Array(steps));
  for (let t = 0; t < steps; t++) {
    const row = values.slice(t * channels, (t + 1) * channels).sort();
    const at = (share) => {
      const place = share * (channels - 1);
      const k = Math.floor(place);
      return row[k] + (place - k) * ((row[k + 1] ?? row[k]) - row[k]);
    };
    mean[t] = row.reduce((sum, value) => sum + value, 0) / channels;
    [low[t], high[t]] = [at(0.1), at(0.9)];
  }
  return { mean, low, high };
}

/** Both ends of a logarithmic axis: whole powers of ten around the values. */
export function logEnds(values) {
  let [least, most] = [Infinity, 0];
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  const [low, high] = [Math.floor(Math.log10(least) + 1e-9), Math.ceil(Math.log10(most) - 1e-9) + 0];
  return [Math.max(low, high - 5), Math.max(high, low + 1)];
}

/** The upper end of the door's axis: 1, or a round number above all doors where they open but a little. */
export function doorTop(shares) {
  let most = 0;
  for (const share of shares) if (share > most) most = share;
  return [0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75].find((top) => most <= top) ?? 1;
}

/** Where a Δ lies on the axis of the door lane, 0 to 1, and back. quantity "door": its share, up to `top`; "delta":
 *  its logarithm. */
export const doorAxis = (quantity, rate, [low, high], top = 1) =>
  quantity === 'door'
    ? {
        at: (delta) => -Math.expm1(-delta * rate) / top,
        back: (share) => -Math.log1p(-Math.min(share * top, 0.999)) / rate,
      }
    : {
        at: (delta) => Math.max(0, Math.min(1, (Math.log10(delta) - low) / (high - low))),
        back: (share) => 10 ** (low + share * (high - low)),
      };
