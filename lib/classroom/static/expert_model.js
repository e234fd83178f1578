// Who answers for which token: choices, load, classes. Pure: no drawing. The same numbers as Python's.

/** The experts that answer for each token, the most probable first: T lists of top_k. */
export function chosenExperts(probabilities, experts, topK) {
  return Array.from({ length: probabilities.length / experts }, (_, t) => {
    const row = probabilities.subarray(t * experts, (t + 1) * experts);
    return [...row.keys()].sort((a, b) => row[b] - row[a] || a - b).slice(0, topK);
  });
}

/** The share of all places that each expert fills. */
export function expertLoad(picks, experts) {
  const counts = new Array(experts).fill(0);
  picks.flat().forEach((expert) => counts[expert]++);
  const all = Math.max(1, picks.flat().length);
  return counts.map((count) => count / all);
}

/** How many experts would do if all had as much to do: exp of the entropy of the load. */
export const expertBalance = (load) =>
  Math.exp(-load.reduce((sum, share) => sum + (share > 0 ? share * Math.log(share) : 0), 0));

/** For each class of tokens, as they appear first: { name, count, shares }. */
export const classTable = (classes, picks, experts) =>
  [...new Set(classes)].map((name) => {
    const mine = picks.filter((_, t) => classes[t] === name);
    return { name, count: mine.length, shares: expertLoad(mine, experts) };
  });

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
