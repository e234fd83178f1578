// CTC on plain arrays, in natural logarithms. T frames, C classes, S = 2U + 1 places: a blank around every symbol.
// Tables are flat and in float64: the number of frame t and place s stands at t * S + s.

export const LATTICE_RATE = 1; // of a step along the gradient

/** log(e^a + e^b) */
export function logAdd(a, b) {
  const high = Math.max(a, b);
  return high === -Infinity ? high : high + Math.log1p(Math.exp(-Math.abs(a - b)));
}

/** Outputs after what the reader did, one thing after the other: [frame, class, probability], or 'step' for one step
 *  along the gradient. Each is computed once: of a longer list only what is new. solve(logProbs, target) -> lattice. */
export function outputsAfter(given, solve) {
  let known = { word: '', edits: [], outputs: [given.logProbs] };
  return (target, edits) => {
    const word = String(target);
    const alike = (edit, i) => word === known.word && String(edit) === String(known.edits[i]);
    const fresh = edits.findIndex((edit, i) => !alike(edit, i));
    const outputs = known.outputs.slice(0, (fresh < 0 ? edits.length : fresh) + 1);
    for (const edit of edits.slice(outputs.length - 1)) {
      const logProbs = outputs.at(-1);
      const next = edit === 'step' ? steppedOutputs(solve(logProbs, target)) : null;
      outputs.push(next ?? editedOutputs(logProbs, given.classes, edit));
    }
    known = { word, edits, outputs };
    return outputs.at(-1);
  };
}

/** Little-endian float64 from a DataView, a buffer or base64 text. */
export function decode64(codes) {
  if (typeof codes === 'string') codes = Uint8Array.from(atob(codes), (c) => c.charCodeAt(0));
  const view = new DataView(codes.buffer ?? codes, codes.byteOffset ?? 0, codes.byteLength);
  return Float64Array.from({ length: view.byteLength >> 3 }, (_, i) => view.getFloat64(8 * i, true));
}

/** A blank before, between and after the symbols. */
export const extendLabels = (target, blank) => [blank, ...target.flatMap((k) => [k, blank])];

/** May a path come to place s past the blank before it? Only to a symbol, and not to the same one again. */
export const jumpsOf = (extended, blank) => extended.map((k, s) => s > 1 && k !== blank && k !== extended[s - 2]);

/** The fewest frames that can say the symbols: one each, and a blank between two that are the same. */
export const framesNeeded = (target) => target.length + target.filter((k, i) => i > 0 && k === target[i - 1]).length;

/** Outputs where class k has probability p at frame t; the others of the frame keep their proportions. */
export function editedOutputs(logProbs, classes, [t, k, p]) {
  const out = logProbs.slice();
  let rest = -Infinity;
  for (let j = 0; j < classes; j++) if (j !== k) rest = logAdd(rest, out[t * classes + j]);
  for (let j = 0; j < classes; j++)
    out[t * classes + j] = j === k ? Math.log(p) : out[t * classes + j] + Math.log1p(-p) - rest;
  return out;
}

/** One step along the gradient: every frame's outputs before the softmax move by -rate * gradient. */
export function steppedOutputs({ logProbs, gradient, frames, classes }, rate = LATTICE_RATE) {
  const out = logProbs.map((log, i) => log - rate * gradient[i]);
  for (let t = 0; t < frames; t++) {
    let sum = -Infinity;
    for (let k = 0; k < classes; k++) sum = logAdd(sum, out[t * classes + k]);
    for (let k = 0; k < classes; k++) out[t * classes + k] -= sum;
  }
  return out;
}

/** How a path got to each place, its frame seen (alpha); how many paths did (ways). */
function latticeForward(emit, jump, frames, places) {
  const alpha = new Float64Array(frames * places).fill(-Infinity);
  let ways = new Float64Array(places);
  for (let s = 0; s < Math.min(2, places); s++) [alpha[s], ways[s]] = [emit[s], 1];
  for (let t = 1; t < frames; t++) {
    const [row, old, before] = [t * places, (t - 1) * places, ways];
    ways = before.slice();
    for (let s = 0; s < places; s++) {
      let sum = alpha[old + s];
      if (s > 0) [sum, ways[s]] = [logAdd(sum, alpha[old + s - 1]), ways[s] + before[s - 1]];
      if (jump[s]) [sum, ways[s]] = [logAdd(sum, alpha[old + s - 2]), ways[s] + before[s - 2]];
      alpha[row + s] = sum + emit[row + s];
    }
  }
  return { alpha, ways: ways.slice(-2).reduce((a, b) => a + b) };
}

/** How a path goes on from each place, its frame not counted again. */
function latticeBackward(emit, jump, frames, places) {
  const beta = new Float64Array(frames * places).fill(-Infinity);
  beta.fill(0, Math.max(frames * places - 2, (frames - 1) * places));
  for (let t = frames - 2; t >= 0; t--) {
    const next = (t + 1) * places;
    for (let s = 0; s < places; s++) {
      let sum = beta[next + s] + emit[next + s];
      if (s + 1 < places) sum = logAdd(sum, beta[next + s + 1] + emit[next + s + 1]);
      if (s + 2 < places && jump[s + 2]) sum = logAdd(sum, beta[next + s + 2] + emit[next + s + 2]);
      beta[t * places + s] = sum;
    }
  }
  return beta;
}

/** The most probable path { path, logProb, alike }, through the places that `fixed` names: fixed[t] = s, or -1 for any.
 *  alike: how many paths are as probable as this one. */
export function bestWay({ emit, jump, frames, places }, fixed = null) {
  const open = (t, s) => !fixed || fixed[t] < 0 || fixed[t] === s;
  const from = new Int16Array(frames * places);
  let best = Array.from({ length: places }, (_, s) => (s < 2 && open(0, s) ? emit[s] : -Infinity));
  const equals = (a, b) => a > -Infinity && Math.abs(a - b) < 1e-9;
  let alike = best.map((log) => (log > -Infinity ? 1 : 0));
  for (let t = 1; t < frames; t++) {
    const [before, counts] = [best, alike];
    best = before.map((stay, s) => {
      let [most, origin] = [stay, s];
      if (s > 0 && before[s - 1] > most) [most, origin] = [before[s - 1], s - 1];
      if (jump[s] && before[s - 2] > most) [most, origin] = [before[s - 2], s - 2];
      from[t * places + s] = origin;
      return open(t, s) ? most + emit[t * places + s] : -Infinity;
    });
    alike = best.map((log, s) => {
      const into = [s, s - 1, ...(jump[s] ? [s - 2] : [])].filter((a) => a >= 0);
      const most = before[from[t * places + s]];
      return log > -Infinity ? into.reduce((sum, a) => sum + (equals(before[a], most) ? counts[a] : 0), 0) : 0;
    });
  }
  const end = places > 1 && best[places - 2] > best[places - 1] ? places - 2 : places - 1;
  const ends = alike.slice(-2).filter((_, i, last) => equals(best.at(i - last.length), best[end]));
  const path = new Array(frames).fill(end);
  for (let t = frames - 1; t > 0; t--) path[t - 1] = from[t * places + path[t]];
  return { path, logProb: best[end], alike: ends.reduce((a, b) => a + b, 0) };
}

/** What the outputs say by themselves, no word given: the best class of each frame; of equal ones the first. */
export function greedyClasses({ logProbs, frames, classes }) {
  return Array.from({ length: frames }, (_, t) => {
    let best = t * classes;
    for (let i = best + 1; i < (t + 1) * classes; i++) if (logProbs[i] > logProbs[best]) best = i;
    return best - t * classes;
  });
}

/** Everything that CTC knows about these outputs and this word. posterior: logarithms; wanted (T x C): the posterior
 *  of each class; gradient (T x C): of the loss with the outputs before the softmax; sums (T): the log
 *  of alpha * beta, added up over the places. */
export function solveLattice({ logProbs, frames, classes, target, blank }) {
  const extended = extendLabels(target, blank);
  const [places, jump] = [extended.length, jumpsOf(extended, blank)];
  const cells = frames * places;
  const emit = Float64Array.from({ length: cells }, (_, i) => {
    return logProbs[Math.floor(i / places) * classes + extended[i % places]];
  });
  const { alpha, ways } = latticeForward(emit, jump, frames, places);
  const beta = latticeBackward(emit, jump, frames, places);
  const last = alpha.slice(-Math.min(2, places));
  const logLikelihood = last.reduce(logAdd, -Infinity);
  const possible = logLikelihood > -Infinity;
  const posterior = alpha.map((a, i) => (possible ? a + beta[i] - logLikelihood : -Infinity));
  const sums = new Float64Array(frames).fill(-Infinity);
  const wanted = new Float64Array(frames * classes);
  for (let i = 0; i < cells; i++) {
    const t = Math.floor(i / places);
    sums[t] = logAdd(sums[t], alpha[i] + beta[i]);
    wanted[t * classes + extended[i % places]] += Math.exp(posterior[i]);
  }
  const gradient = wanted.map((gamma, i) => (possible ? Math.exp(logProbs[i]) - gamma : 0));
  const known = { frames, classes, target, blank, extended, jump, places, logProbs, emit };
  const best = possible ? bestWay(known) : { path: [], logProb: -Infinity, alike: 0 };
  return {
    ...known,
    ...{ alpha, beta, posterior, sums, wanted, gradient, logLikelihood, possible, ways },
    ...{ best: best.path, bestLogProb: best.logProb, alike: best.alike, needed: framesNeeded(target) },
    greedy: greedyClasses(known),
  };
}

/** What flows from (t - 1, a) to (t, b), as a share of all that flows there in this layer. */
export function flowShare(now, layer, norms, t, a, b) {
  const { alpha, beta, emit, places, logLikelihood } = now;
  const [from, to] = [(t - 1) * places + a, t * places + b];
  if (layer === 'alpha') return Math.exp(alpha[from] + emit[to] - norms.alpha[t]);
  if (layer === 'beta') return Math.exp(beta[to] + emit[to] - norms.beta[t - 1]);
  return Math.exp(alpha[from] + emit[to] + beta[to] - logLikelihood);
}

/** For each frame the log of the sum over its places: what alpha and beta are drawn against. */
export function columnNorms({ alpha, beta, frames, places }) {
  const sum = (table, t) => table.subarray(t * places, (t + 1) * places).reduce(logAdd, -Infinity);
  const each = (table) => Float64Array.from({ length: frames }, (_, t) => sum(table, t));
  return { alpha: each(alpha), beta: each(beta) };
}

/** The share of place s in its column, in a layer: what its disc shows. */
export function placeShare(now, layer, norms, t, s) {
  const i = t * now.places + s;
  if (layer === 'alpha') return Math.exp(now.alpha[i] - norms.alpha[t]);
  if (layer === 'beta') return Math.exp(now.beta[i] - norms.beta[t]);
  return Math.exp(now.posterior[i]);
}

/** The largest push on an output: what the arrows are drawn against. */
export const pushScale = ({ gradient }) => gradient.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
