// Who answers for which token: choices, load, classes. Pure: no drawing. The same numbers as Python's.

/** The experts that answer for each token, the most probable first: T lists of top_k. */
export function chosenExperts(probabilities, experts, topK) {
  return Array.from({ length: probabilities.length / experts }, (_, t) => {
    const row = probabilities.subarray(t * experts, (t + 1) * experts);
    return [...row.keys()].sort((a, b) => row[b] - row[a] || a - b).slice(0, topK);
  });
}

/** The share of the tokens for which each expert answers; all shares sum to top_k. */
export function expertLoad(picks, experts) {
  const counts = new Array(experts).fill(0);
  picks.flat().forEach((expert) => counts[expert]++);
  return counts.map((count) => count / Math.max(1, picks.length));
}

/** How many experts would do if all had as much to do: exp of the entropy of the load. */
export function expertBalance(load) {
  const all = load.reduce((sum, share) => sum + share, 0);
  return Math.exp(-load.reduce((sum, share) => sum + (share > 0 ? (share / all) * Math.log(share / all) : 0), 0));
}

/** For each class of tokens, as they appear first: { name, count, shares }. */
export const classTable = (classes, picks, experts) =>
  [...new Set(classes)].map((name) => {
    const mine = picks.filter((_, t) => classes[t] === name);
    return { name, count: mine.length, shares: expertLoad(mine, experts) };
  });

/** A class has a habit from so many tokens on, and so far above the share of all tokens. */
export const [MANY_TOKENS, CLEARLY_ABOVE] = [30, 0.25];

/** Where an expert is furthest above its share of all tokens: { row, who }; null if no class is large or clear. */
export function clearestClass(table, load) {
  let [best, above] = [null, -Infinity];
  for (const row of table.filter(({ count }) => count >= MANY_TOKENS))
    row.shares.forEach((share, who) => {
      if (share - load[who] > above) [best, above] = [{ row, who }, share - load[who]];
    });
  return above >= CLEARLY_ABOVE ? best : null;
}

/** The next token of this class after t, round the end; step -1: the one before. */
export function nextOfClass(classes, t, name, step = 1) {
  const all = classes.length;
  for (let k = 1; k <= all; k++) {
    const at = (t + step * k + all * k) % all;
    if (classes[at] === name) return at;
  }
  return t;
}

/** All that is drawn and said. probabilities: Float32Array (T x E); state: the traits. */
export function expertView(probabilities, { tokens, classes, top_k, position, expert, experts }) {
  const picks = chosenExperts(probabilities, experts, top_k);
  return {
    ...{
      tokens,
      classes,
      experts,
      expert,
      picks,
      topK: top_k,
      t: Math.min(position, tokens.length - 1),
      probabilities,
    },
    load: expertLoad(picks, experts),
    table: classTable(classes, picks, experts),
  };
}

/** The router's probabilities at the token of a view. */
export const rowOf = ({ probabilities, experts, t }) => probabilities.subarray(t * experts, (t + 1) * experts);
