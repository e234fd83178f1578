// The trees of a beam search on plain arrays. Row 0 is the beginning; a sentence is its tokens, END included where it
// was written. Ranks count from 0; the first `width` of a step were kept.

const beamKey = (tokens) => tokens.join(' ');

/** One tree with all that is read off it. parent, token, logProb, kept: arrays (N). */
export function beamTree({ parent, token, logProb, kept, width, end }) {
  const count = parent.length;
  const depth = new Array(count).fill(0);
  const children = Array.from({ length: count }, () => []);
  for (let node = 1; node < count; node++) {
    depth[node] = depth[parent[node]] + 1;
    children[parent[node]].push(node);
  }
  const tree = { parent, token, logProb, kept, width, end, depth, children, count };
  tree.last = Math.max(...depth);
  tree.steps = beamSteps(tree);
  tree.ranks = tree.steps.map((step) => new Map(step.map((node, rank) => [node, rank])));
  tree.finals = tree.steps[tree.last].slice(0, width).map((node) => sentenceOf(tree, node));
  return tree;
}

/** For each depth the rows that stood for choice, best first. A finished one stands again at every later step. */
function beamSteps({ token, logProb, kept, width, end, depth, last }) {
  const steps = [[0]];
  for (let d = 1; d <= last; d++) {
    const ended = steps[d - 1].slice(0, width).filter((node) => node && token[node] === end);
    const fresh = [...depth.keys()].filter((node) => depth[node] === d);
    const order = (a, b) => logProb[b] - logProb[a] || kept[b] - kept[a] || a - b;
    steps.push([...ended, ...fresh].sort(order));
  }
  return steps;
}

/** The rows from the first word to this one. */
export function beamRows({ parent }, node) {
  const rows = [];
  for (; node > 0; node = parent[node]) rows.unshift(node);
  return rows;
}

/** A row as a sentence: { tokens, logProb, node, finished }. */
export function sentenceOf(tree, node) {
  const tokens = beamRows(tree, node).map((row) => tree.token[row]);
  return { tokens, logProb: tree.logProb[node], node, finished: tree.token[node] === tree.end };
}

/** log p / length^alpha; the length counts END. */
export const beamScore = ({ tokens, logProb }, alpha) => logProb / tokens.length ** alpha;

/** Sentences, best score first; of equal ones the earlier. */
export const beamRanked = (sentences, alpha) =>
  [...sentences].sort((a, b) => beamScore(b, alpha) - beamScore(a, alpha));

/** The rows of these tokens, as far as the tree has them. */
export function followed(tree, tokens) {
  const rows = [];
  for (const token of tokens) {
    const next = tree.children[rows.at(-1) ?? 0].find((node) => tree.token[node] === token);
    if (next === undefined) break;
    rows.push(next);
  }
  return rows;
}

/** Rows of the likeliest word after the likeliest word. */
export function greedyRows(tree) {
  const rows = [];
  for (let below = tree.children[0]; below.length; below = tree.children[rows.at(-1)])
    rows.push(below.reduce((a, b) => (tree.logProb[b] > tree.logProb[a] ? b : a)));
  return rows;
}

export const inBeam = (tree, node, d) => (tree.ranks[d].get(node) ?? Infinity) < tree.width;

/** Where a sentence was no longer kept: { depth, node, rank } with node null where the tree has no row for it;
 *  null where it was kept to the end. */
export function lostAt(tree, tokens) {
  const rows = followed(tree, tokens);
  for (let d = 1; d <= tree.last; d++) {
    const at = Math.min(d, tokens.length);
    if (at > rows.length) return { depth: d, node: null, rank: null };
    const node = rows[at - 1];
    if (!inBeam(tree, node, d)) return { depth: d, node, rank: tree.ranks[d].get(node) ?? null };
  }
  return tokens.length === rows.length ? null : { depth: tree.last + 1, node: null, rank: null };
}

/** Every finished sentence that any of the trees has seen, and the reference if its log-probabilities are known. */
export function knownSentences(trees, reference) {
  const known = new Map();
  for (const tree of trees)
    for (let node = 1; node < tree.count; node++) {
      if (tree.token[node] !== tree.end) continue;
      const one = sentenceOf(tree, node);
      if (!known.has(beamKey(one.tokens))) known.set(beamKey(one.tokens), one);
    }
  if (reference?.[1]) {
    const [tokens, logs] = reference;
    const right = { tokens, logProb: logs.at(-1), node: null, finished: true };
    if (!known.has(beamKey(tokens))) known.set(beamKey(tokens), right);
  }
  return [...known.values()];
}

export const sameTokens = (a, b) => beamKey(a) === beamKey(b);
const beginsWith = (tokens, head) => head.every((token, i) => tokens[i] === token);

/** All whole sentences, best score first, those that this tree threw away marked by where: { ..., lost, found }. */
export function ranking(tree, known, alpha) {
  const mine = tree.finals.map((one) => ({ ...one, found: true, lost: null }));
  const other = known.filter(({ tokens }) => !mine.some((one) => sameTokens(one.tokens, tokens)));
  const thrown = other.map((one) => ({ ...one, found: false, lost: lostAt(tree, one.tokens) }));
  return beamRanked([...mine, ...thrown], alpha);
}

/** What may have become of a beginning that was dropped: 'won' (a sentence is known that begins so and beats the
 *  best found), 'no' (it was already less probable than the best), 'tried' (the best known sentence that begins so is
 *  worse) or 'open'. best: what was found. Also that sentence: { fate, known }. */
export function fateOf(tree, node, { all, best, alpha }) {
  const head = sentenceOf(tree, node).tokens;
  const next = all.find(({ tokens, finished }) => finished && beginsWith(tokens, head)) ?? null; // all is ranked
  if (next && beamScore(next, alpha) > beamScore(best, alpha)) return { fate: 'won', known: next };
  if (alpha === 0 && tree.logProb[node] <= best.logProb) return { fate: 'no', known: next };
  return { fate: next ? 'tried' : 'open', known: next };
}

/** Every beginning that was dropped, with the depth where: [{ node, depth }]. */
export const droppedOf = (tree) =>
  tree.steps.flatMap((step, d) => step.slice(tree.width).map((node) => ({ node, depth: d })));

/** How two sentences ran against each other, a log-probability for each number of words; a finished one keeps its own:
 *  { parts: index of the first different word, lead: first minus second after it, behind: the number of words from
 *  which the first is behind for good, or null }. logs: (tokens) -> log-probabilities after each word. */
export function race(first, second, logs) {
  const [a, b] = [logs(first), logs(second)];
  const parts = first.findIndex((token, i) => token !== second[i]);
  const at = (list, n) => list[Math.min(n, list.length) - 1];
  let behind = null;
  for (let n = Math.max(a.length, b.length); n > parts && at(a, n) < at(b, n); n--) behind = n;
  return { parts, lead: at(a, parts + 1) - at(b, parts + 1), behind };
}

/** Which rows anything came of: kept ones that a kept sentence of the last step goes through. */
export function survivors(tree) {
  const alive = new Set();
  for (const { node } of tree.finals) beamRows(tree, node).forEach((row) => alive.add(row));
  return alive;
}
