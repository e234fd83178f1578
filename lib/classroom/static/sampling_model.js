// From logits to the token that is drawn: what seqmodels.decoding does, in its order. Pure.

/** Logits after the penalty r: those of the tokens that stand there already, divided by r or, where negative, times r. */
export function penalised(logits, seen, penalty) {
  if (penalty === 1) return logits;
  const out = Float64Array.from(logits);
  for (const token of seen) out[token] = out[token] > 0 ? out[token] / penalty : out[token] * penalty;
  return out;
}

/** Token ids, the largest logit first; of equal ones the lower id. */
export const bestFirst = (logits) =>
  Uint32Array.from(logits, (_, i) => i).sort((a, b) => logits[b] - logits[a] || a - b);

/** exp of what is below the largest, by its sum. */
function softmaxOf(logits) {
  let most = -Infinity;
  for (const value of logits) if (value > most) most = value;
  const out = Float64Array.from(logits, (value) => Math.exp(value - most));
  let sum = 0;
  for (const value of out) sum += value;
  return out.map((value) => value / sum);
}

const bitsIn = (probabilities) => {
  let bits = 0;
  for (const p of probabilities) if (p > 0) bits -= p * Math.log2(p);
  return bits;
};

/** The distribution that is drawn from. settings: { temperature, topK (null: all), topP, penalty }.
 *
 *  order: tokens, best first; plain: their probabilities as the model gives them, shaped: after penalty and temperature,
 *  before anything is cut, share: after the cuts, 0 for what is cut; all three in that order. kept: how many are left,
 *  cutMass: what share of `shaped` is gone; plainBits, bits: entropy before and after. */
export function cutDistribution(logits, seen, { temperature, topK, topP, penalty }) {
  const after = penalised(logits, seen, penalty);
  const order = bestFirst(after);
  const plainById = softmaxOf(logits);
  const warm = temperature === 0 ? 1 : temperature;
  const most = temperature === 0 ? 1 : (topK ?? order.length);
  const scaled = Float64Array.from(order, (token) => (after[token] - after[order[0]]) / warm);
  const shaped = softmaxOf(scaled);
  const share = new Float64Array(order.length);
  let [total, mass] = [0, 0];
  for (let i = 0; i < most; i++) total += Math.exp(scaled[i]);
  for (let i = 0; i < most; i++) {
    if (topP < 1 && mass >= topP) break; // so much stands before it already
    share[i] = Math.exp(scaled[i]) / total;
    mass += share[i];
  }
  let [kept, left, below] = [0, 0, 0];
  while (kept < most && (share[kept] > 0 || kept === 0)) {
    below += share[kept];
    left += shaped[kept];
    kept += 1;
  }
  for (let i = 0; i < kept; i++) share[i] /= below;
  return {
    ...{ order, plain: Float64Array.from(order, (token) => plainById[token]), shaped, share, kept },
    ...{
      cutMass: kept === order.length ? 0 : Math.max(0, 1 - left),
      plainBits: bitsIn(plainById),
      bits: bitsIn(share),
    },
  };
}

/** Which of the kept tokens the die falls on: its place in the order. die: 0 to 1, 1 not included. */
export function drawnAt({ share, kept }, die) {
  let below = 0;
  for (let i = 0; i < kept; i++) {
    below += share[i];
    if (die < below) return i;
  }
  return kept - 1;
}

/** What really came, under this distribution: { rank (from 0), plain, share, cut }. */
export function cameAs({ order, plain, share, kept }, token) {
  const rank = order.indexOf(token);
  return { rank, plain: plain[rank], share: share[rank], cut: rank >= kept };
}

/** Which columns are drawn of an order: the first ones, and those that must be seen. Ranks, sorted. */
export function shownRanks(count, room, must) {
  const wanted = [...new Set(must)].filter((rank) => rank < count);
  const ranks = new Set(wanted);
  for (let rank = 0; rank < count && ranks.size < Math.min(room, count); rank++) ranks.add(rank);
  return [...ranks].sort((a, b) => a - b);
}

/** The steps of the slider for top-k: dense where it is small, "all" at the end. */
export function kLadder(size) {
  const steps = [1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 75, 100, 150, 200, 300, 500, 1000, 5000, 20000];
  return [...steps.filter((k) => k < size), null];
}

/** Over a recorded text: what would be drawn at each place, where the cut forbids what came, the mean surprise in bits.
 *  at(i): the distribution of place i; dice(i): its die. */
export function wholeText(tokens, at, dice) {
  const places = Array.from(tokens, (token, i) => {
    const cut = at(i);
    const came = cameAs(cut, token);
    return {
      drawn: cut.order[drawnAt(cut, dice(i))],
      cut: came.cut,
      plainBits: -Math.log2(came.plain),
      bits: -Math.log2(came.share),
    };
  });
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    places,
    forbidden: places.filter((place) => place.cut).length,
    same: places.filter(({ drawn }, i) => drawn === tokens[i]).length,
    plainBits: mean(places.map((place) => place.plainBits)),
    bits: mean(places.map((place) => place.bits)),
  };
}
