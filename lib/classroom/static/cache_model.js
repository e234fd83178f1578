// What a word costs with a cache and without, and what the cache weighs: counted exactly. Pure.

export const CACHE_LENGTHS = lengthLadder(131072);
export const CACHE_BATCHES = [1, 2, 4, 8, 16, 32, 64, 128, 256];
export const CACHE_BYTES = { 4: '32 bits', 2: '16 bits', 1: '8 bits' };
export const CACHE_CELLS = 40; // a side of the triangle

/** 1, 2, 3, 4, 6, 8, 12, 16 … up to `most`. */
function lengthLadder(most) {
  const steps = [1, 2, 3];
  for (let n = 4; n <= most; n *= 2) steps.push(n, ...(n * 1.5 <= most ? [n * 1.5] : []));
  return steps;
}

/** How many keys the words 1 to n look at in all: each at itself and what stands before, at most `window`. */
export function pairsUpTo(n, window) {
  const w = window === null ? n : Math.min(window, n);
  return (w * (w + 1)) / 2 + (n - w) * w;
}

/** The same, summed over the texts of 1, 2, … n words: what is looked at where every step begins anew. */
export function pairsAnew(n, window) {
  const w = window === null ? n : Math.min(window, n);
  const [full, more] = [(w * (w + 1) * (w + 2)) / 6, n - w];
  return full + more * pairsUpTo(w, w) + (w * more * (more + 1)) / 2;
}

/** How many words, the one that is written included, can reach the next; null without a window. A layer looks
 *  window - 1 words back, and what it finds there has looked as far back in the layer below. */
export const reachOf = ({ layers, window }) => (window === null ? null : layers * (window - 1) + 1);

/** Multiplications of one word that do not depend on the text: { own: projections and feed-forward network in all
 *  layers, pair: for each key that is looked at, head: of the vocabulary }. */
export function unitCosts({ layers, heads, kv_heads: kv, head_size: size, d_model: wide, d_ff: inner, vocabulary }) {
  return {
    own: layers * (wide * size * (2 * heads + 2 * kv) + 2 * wide * inner),
    pair: layers * 2 * heads * size,
    head: wide * vocabulary,
  };
}

/** Everything for a text of n words, the last of which is being written, b texts at a time:
 *  { step, anew: multiplications of this word with and without; again: words that are read again without, those that
 *  can reach the next; all, allAnew: of the text so far; perToken: numbers that a word leaves in the cache; kept: words
 *  whose keys are kept; numbers, bytes: of the cache; weights: bytes }. */
export function cacheCosts(model, n, b, bytes) {
  const { own, pair, head } = unitCosts(model);
  const w = model.window;
  const kept = w === null ? n : Math.min(w, n);
  const again = w === null ? n : Math.min(n, reachOf(model));
  const anew = again * own + head + pair * pairsUpTo(again, w);
  const until = ((again * (again + 1)) / 2) * own + again * head + pair * pairsAnew(again, w);
  const perToken = 2 * model.layers * model.kv_heads * model.head_size;
  return {
    step: b * (own + head + pair * kept),
    anew: b * anew,
    again,
    all: b * (n * (own + head) + pair * pairsUpTo(n, w)),
    allAnew: b * (until + (n - again) * anew),
    ...{ kept, perToken, numbers: b * kept * perToken, bytes: b * kept * perToken * bytes },
    weights: model.parameters * bytes,
  };
}

/** From which length on the cache of b texts is larger than the weights; null if it never is. */
export function outgrown(model, b) {
  const { perToken } = cacheCosts(model, 1, b, 1);
  const first = Math.floor(model.parameters / (b * perToken)) + 1;
  return model.window !== null && first > model.window ? null : first;
}

/** How many heads may answer: the divisors of those that ask. */
export const divisorsOf = (heads) => Array.from({ length: heads }, (_, i) => heads - i).filter((k) => heads % k === 0);

/** A cell of the triangle: step t, word s, from 0. "none": later, "gone": too far back, "read", "made".
 *  back: how many words are looked at with a cache, read again without; null for all. */
export function cacheCell(t, s, back, cached) {
  if (s > t) return 'none';
  if (back !== null && t - s >= back) return 'gone';
  return cached && s < t ? 'read' : 'made';
}
