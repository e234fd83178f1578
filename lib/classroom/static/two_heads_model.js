// The network of Find the two heads: two layers of attention, rotary positions, nothing between them; heads can be cut.
// Equal to seqmodels' GPT, see tests/viewers/test_two_heads.py.

export const TWO_LAYERS = 2;

/** A number of 16 bits (sign, 5 of exponent, 10 of fraction). */
export function halfNumber(bits) {
  const exponent = (bits >> 10) & 31,
    fraction = (bits & 1023) / 1024,
    size = exponent ? 2 ** (exponent - 15) * (1 + fraction) : 2 ** -14 * fraction;
  return bits & 0x8000 ? -size : size;
}

/** The weights by name: layout is [[name, shape], ...], bytes all of them, 16 bits each, one after the other. */
export function twoHeadsWeights(layout, bytes) {
  if (typeof bytes === 'string') bytes = Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0));
  const view = new DataView(bytes.buffer ?? bytes, bytes.byteOffset ?? 0, bytes.byteLength),
    weights = {};
  let at = 0;
  for (const [name, shape] of layout) {
    const size = shape.reduce((a, b) => a * b);
    weights[name] = Float64Array.from({ length: size }, () => halfNumber(view.getUint16(2 * at++, true)));
  }
  return weights;
}

/** x (T, D) -> x M' + b (T, rows of M), all as flat rows. */
function mapped(x, matrix, bias, D) {
  const T = x.length / D,
    wide = matrix.length / D,
    out = new Float64Array(T * wide);
  for (let t = 0; t < T; t++)
    for (let i = 0; i < wide; i++) {
      let sum = bias ? bias[i] : 0;
      for (let j = 0; j < D; j++) sum += matrix[i * D + j] * x[t * D + j];
      out[t * wide + i] = sum;
    }
  return out;
}

function normed(x, weights, name, D) {
  const scale = weights[`${name}.weight`],
    shift = weights[`${name}.bias`],
    out = new Float64Array(x.length);
  for (let at = 0; at < x.length; at += D) {
    let mean = 0,
      spread = 0;
    for (let j = 0; j < D; j++) mean += x[at + j] / D;
    for (let j = 0; j < D; j++) spread += (x[at + j] - mean) ** 2 / D;
    const by = 1 / Math.sqrt(spread + 1e-5);
    for (let j = 0; j < D; j++) out[at + j] = (x[at + j] - mean) * by * scale[j] + shift[j];
  }
  return out;
}

/** Rotary positions, in place: features i and i + E/2 of each head are turned by t · 10000^(-2i/E). */
function turn(x, D, E) {
  for (let t = 0; t < x.length / D; t++)
    for (let from = t * D; from < (t + 1) * D; from += E)
      for (let i = 0; i < E / 2; i++) {
        const angle = t * 10000 ** ((-2 * i) / E),
          [a, b] = [x[from + i], x[from + i + E / 2]];
        x[from + i] = a * Math.cos(angle) - b * Math.sin(angle);
        x[from + i + E / 2] = a * Math.sin(angle) + b * Math.cos(angle);
      }
  return x;
}

/** One head's weights (T, T), causal. */
function looks(query, key, T, D, E, from) {
  const out = new Float64Array(T * T);
  for (let t = 0; t < T; t++) {
    let most = -Infinity,
      sum = 0;
    for (let s = 0; s <= t; s++) {
      let score = 0;
      for (let e = from; e < from + E; e++) score += query[t * D + e] * key[s * D + e];
      out[t * T + s] = score / Math.sqrt(E);
      most = Math.max(most, out[t * T + s]);
    }
    for (let s = 0; s <= t; s++) sum += out[t * T + s] = Math.exp(out[t * T + s] - most);
    for (let s = 0; s <= t; s++) out[t * T + s] /= sum;
  }
  return out;
}

/** (tokens, mask) -> { attention: 2 · heads maps (T, T), says: (T,) }; bit heads · layer + head of the mask is set where
 *  a head is cut: it brings nothing. */
export function twoHeadsNetwork(weights, heads) {
  const D = weights['norm.weight'].length,
    E = D / heads,
    letters = weights['head.weight'].length / D;
  return (tokens, mask) => {
    const T = tokens.length,
      attention = [];
    let x = Float64Array.from(
      { length: T * D },
      (_, k) => weights['embedding.weight'][tokens[Math.floor(k / D)] * D + (k % D)],
    );
    for (let layer = 0; layer < TWO_LAYERS; layer++) {
      const at = `backbone.blocks.${layer}`,
        before = normed(x, weights, `${at}.attention_norm`, D),
        part = (name, input) =>
          mapped(input, weights[`${at}.attention.${name}.weight`], weights[`${at}.attention.${name}.bias`], D),
        query = turn(part('to_query', before), D, E),
        key = turn(part('to_key', before), D, E),
        value = part('to_value', before),
        brought = new Float64Array(T * D);
      for (let head = 0; head < heads; head++) {
        const map = looks(query, key, T, D, E, head * E);
        attention.push(map);
        if ((mask >> (heads * layer + head)) & 1) continue;
        for (let t = 0; t < T; t++)
          for (let s = 0; s <= t; s++)
            for (let e = head * E; e < (head + 1) * E; e++) brought[t * D + e] += map[t * T + s] * value[s * D + e];
      }
      x = part('to_output', brought).map((written, k) => x[k] + written);
    }
    const logits = mapped(normed(x, weights, 'norm', D), weights['head.weight'], null, D),
      says = Array.from({ length: T }, (_, t) => {
        const row = logits.subarray(t * letters, (t + 1) * letters);
        return row.reduce((best, value, v) => (value > row[best] ? v : best), 0);
      });
    return { attention, says };
  };
}
