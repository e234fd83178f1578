// The translator in JavaScript: general attention, an encoder that reads from both sides, a GRU that writes.
// Equal to seqmodels' Seq2Seq, see tests/viewers/test_steer.py. Vectors are Float64Array, matrices Float32Array by rows.

export const STEER_MOST = 14; // words that are written, the end among them
export const STEER_BEGIN = 1;
export const STEER_END = 2;

/** The weights by name: layout is [[name, shape], ...], bytes all of them, float32, one after the other. */
export function steerWeights(layout, bytes) {
  if (typeof bytes === 'string') bytes = Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0));
  const start = bytes.byteOffset ?? 0,
    all = new Float32Array((bytes.buffer ?? bytes).slice(start, start + bytes.byteLength)),
    weights = {};
  let at = 0;
  for (const [name, shape] of layout) {
    const size = shape.reduce((a, b) => a * b);
    weights[name] = all.subarray(at, (at += size));
  }
  return weights;
}

/** M x + b, of as many rows as M has; columns from `from` on of a wider matrix with `across` columns. */
function times(matrix, x, bias = null, across = x.length, from = 0) {
  const rows = matrix.length / across,
    out = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    let sum = bias ? bias[i] : 0;
    const begin = i * across + from;
    for (let j = 0; j < x.length; j++) sum += matrix[begin + j] * x[j];
    out[i] = sum;
  }
  return out;
}

const sigmoid = (x) => 1 / (1 + Math.exp(-x));

/** h_t = n + z (h - n), with the gates r and z and the candidate n. */
function gruStep(x, h, weights, name) {
  const H = h.length,
    input = times(weights[`${name}.weight_input`], x, weights[`${name}.bias`]),
    hidden = times(weights[`${name}.weight_hidden`], h),
    own = weights[`${name}.bias_hidden`];
  return h.map((old, k) => {
    const r = sigmoid(input[k] + hidden[k]),
      z = sigmoid(input[H + k] + hidden[H + k]),
      n = Math.tanh(input[2 * H + k] + r * (hidden[2 * H + k] + own[k]));
    return n + z * (old - n);
  });
}

function softmax(scores) {
  const top = Math.max(...scores),
    e = scores.map((score) => Math.exp(score - top)),
    sum = e.reduce((a, b) => a + b);
  return e.map((x) => x / sum);
}

const largest = (values) => values.reduce((best, x, k) => (x > values[best] ? k : best), 0);

/** A row with a share of its weight moved to one word. */
export const pulledRow = (own, word, share) => own.map((a, s) => (1 - share) * a + (s === word ? share : 0));

/** Half of the absolute differences: how much weight was moved. */
export const movedWeight = (own, weights) => own.reduce((sum, a, s) => sum + Math.abs(weights[s] - a), 0) / 2;

/** { encode, look, chances, translate, way, wholly } for the weights by name. */
export function steerTranslator(weights) {
  const H = weights['decoder.readout.weight'].length / weights['decoder.readout.bias'].length,
    E = weights['decoder.cell.weight_input'].length / (3 * H);
  const embedding = (name, id) => Float64Array.from(weights[name].subarray(id * E, (id + 1) * E));

  /** Ids of S words -> { memory, keys, state }: S vectors each, and where the decoder begins. */
  function encode(source) {
    const x = source.map((id) => embedding('encoder.embedding.weight', id));
    const [left, right] = ['forward', 'backward'].map((side) => {
      const places = source.map((_, s) => (side === 'forward' ? s : source.length - 1 - s)),
        states = [];
      let h = new Float64Array(H / 2);
      for (const s of places) states[s] = h = gruStep(x[s], h, weights, `encoder.layer.${side}_layer`);
      return { states, end: h };
    });
    const memory = source.map((_, s) => Float64Array.of(...left.states[s], ...right.states[s]));
    const keys = memory.map((m) => times(weights['decoder.attention.score.between.weight'], m));
    return { memory, keys, state: Float64Array.of(...left.end, ...right.end) };
  }

  /** After a token: the new state h, and the row of attention that is the model's own. */
  function look(token, state, { keys }) {
    const h = gruStep(embedding('decoder.embedding.weight', token), state, weights, 'decoder.cell');
    return { h, own: softmax(keys.map((key) => key.reduce((sum, k, i) => sum + k * h[i], 0))) };
  }

  /** P(next word) with these weights: o = tanh(W [c; h]). `fromState`: W's share of h, where it is known. */
  const shareOfState = (h) => times(weights['decoder.attention.combine.weight'], h, null, 2 * H, H);
  function chances(row, memory, fromState) {
    const c = new Float64Array(H);
    row.forEach((a, s) => a && memory[s].forEach((m, k) => (c[k] += a * m)));
    const o = times(weights['decoder.attention.combine.weight'], c, fromState, 2 * H).map(Math.tanh);
    const logits = times(weights['decoder.readout.weight'], o, weights['decoder.readout.bias']);
    logits.fill(-Infinity, 0, STEER_END); // padding and begin are never written
    return softmax(logits);
  }

  /** One row for each word written, the end last: { word, ownWord, own, weights, ownChances, chances, moved }.
   *  pulls: [[row, source word, share], ...]. `read`: what encode gave, if it is known. */
  function translate(source, pulls = [], read = encode(source)) {
    const rows = [];
    let token = STEER_BEGIN,
      state = read.state;
    while (rows.length < STEER_MOST && (!rows.length || token !== STEER_END)) {
      const { h, own } = look(token, state, read),
        pull = pulls.find(([row]) => row === rows.length),
        fromState = shareOfState(h),
        ownChances = chances(own, read.memory, fromState),
        row = pull ? pulledRow(own, pull[1], pull[2]) : own,
        now = pull ? chances(row, read.memory, fromState) : ownChances;
      [state, token] = [h, largest(now)];
      rows.push({
        ...{ word: token, ownWord: largest(ownChances), own, weights: row, ownChances, chances: now },
        moved: movedWeight(own, row),
      });
    }
    return rows;
  }

  /** The lightest pulls that make it write `target`, or null where none do. What it writes next depends on the words
   *  written and on this row alone, so every row is a question of its own: no way pulls fewer rows. */
  function way(source, target, read = encode(source)) {
    const pulls = [];
    let token = STEER_BEGIN,
      state = read.state;
    for (const [t, word] of [...target, STEER_END].entries()) {
      const { h, own } = look(token, state, read),
        fromState = shareOfState(h),
        writes = (row) => largest(chances(row, read.memory, fromState)) === word;
      if (!writes(own)) {
        let best = null;
        for (let s = 0; s < own.length; s++)
          for (let hundredth = 1; hundredth <= 100; hundredth++) {
            const share = hundredth / 100,
              weight = share * (1 - own[s]);
            if (best && weight >= best.weight) break;
            if (writes(pulledRow(own, s, share))) best = { pull: [t, s, share], weight };
          }
        if (!best) return null;
        pulls.push(best.pull);
      }
      [state, token] = [h, word];
    }
    return pulls;
  }
  /** Can it be made to write `target` by rows that are pulled with all their weight, to whichever words? */
  function wholly(source, target, read = encode(source)) {
    let token = STEER_BEGIN,
      state = read.state;
    for (const word of [...target, STEER_END]) {
      const { h, own } = look(token, state, read),
        fromState = shareOfState(h),
        writes = (row) => largest(chances(row, read.memory, fromState)) === word;
      if (!writes(own) && !own.some((_, s) => writes(pulledRow(own, s, 1)))) return false;
      [state, token] = [h, word];
    }
    return true;
  }
  return { encode, look, chances, translate, way, wholly };
}
