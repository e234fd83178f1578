// The mathematics of a finite Markov chain, without any drawing. P[i][j] is the probability of going from i to j.
// tests/viewers/test_python.py holds every function here equal to NumPy.
import { uniform } from './common.js';

/** One step of a distribution: (d P)_j = sum_i d_i P_ij. */
export function advance(d, P) {
  const next = new Array(d.length).fill(0);
  for (let i = 0; i < d.length; i++) {
    if (d[i] > 0) for (let j = 0; j < d.length; j++) next[j] += d[i] * P[i][j];
  }
  return next;
}

/** Exact distribution after n steps from a start state. */
export function distributionAfter(P, start, n) {
  let d = P.map((_, i) => (i === start ? 1 : 0));
  for (let t = 0; t < n; t++) d = advance(d, P);
  return d;
}

/** Total variation distance: the largest difference in the probability of any event. */
export const totalVariation = (a, b) => a.reduce((sum, x, i) => sum + Math.abs(x - b[i]), 0) / 2;

/** The next state for a uniform number u in [0, 1). */
export function sampleStep(row, u) {
  let sum = 0;
  for (let j = 0; j < row.length; j++) {
    sum += row[j];
    if (u < sum) return j;
  }
  return row.findLastIndex((p) => p > 0); // rounding: u lies above a sum of 0.999...
}

/** The row with entry j set to p; the others keep their proportions and the sum stays one.
 *  Where the others were all zero they take the proportions of `given`, or equal shares. */
export function setProbability(row, j, p, given = row) {
  if (row.length === 1) return [1];
  const rest = (weights) => weights.reduce((sum, w, k) => (k === j ? sum : sum + w), 0);
  const weights = [row, given, row.map(() => 1)].find((candidate) => rest(candidate) > 1e-12);
  const total = rest(weights),
    value = Math.max(0, Math.min(1, p));
  return weights.map((w, k) => (k === j ? value : (w / total) * (1 - value)));
}

const gcd = (a, b) => (b ? gcd(b, a % b) : a);

/** Which states can be reached from i, as a boolean list (i itself included). */
function reachable(P, i) {
  const seen = P.map(() => false),
    todo = [i];
  seen[i] = true;
  while (todo.length) {
    const a = todo.pop();
    P[a].forEach((p, b) => {
      if (p > 0 && !seen[b]) {
        seen[b] = true;
        todo.push(b);
      }
    });
  }
  return seen;
}

/** The period of a class: the greatest common divisor of the lengths of all its round trips (0: no round trip). */
function periodOf(P, members) {
  const depth = new Map([[members[0], 0]]),
    todo = [members[0]];
  let period = 0;
  for (const a of todo) {
    for (const b of members) {
      if (!(P[a][b] > 0)) continue;
      if (!depth.has(b)) {
        depth.set(b, depth.get(a) + 1);
        todo.push(b);
      } else period = gcd(period, Math.abs(depth.get(a) + 1 - depth.get(b)));
    }
  }
  return period;
}

/** Classes of states that reach one another: [{ members, closed, period }]. Closed: no way out. */
export function classes(P) {
  const from = P.map((_, i) => reachable(P, i)),
    done = new Set(),
    found = [];
  for (let i = 0; i < P.length; i++) {
    if (done.has(i)) continue;
    const members = P.map((_, j) => j).filter((j) => from[i][j] && from[j][i]);
    members.forEach((j) => done.add(j));
    const closed = members.length === from[i].filter(Boolean).length;
    found.push({ members, closed, period: periodOf(P, members) });
  }
  return found;
}

/** Stationary distribution of a chain in which every state reaches every other.
 *  Grassmann, Taksar and Heyman (1985): censor the last state again and again; no subtraction, so no cancellation. */
export function stationary(P) {
  const A = P.map((row) => row.slice()),
    n = P.length;
  for (let k = n - 1; k > 0; k--) {
    const out = A[k].slice(0, k).reduce((sum, p) => sum + p, 0);
    for (let i = 0; i < k; i++) {
      A[i][k] /= out;
      for (let j = 0; j < k; j++) A[i][j] += A[i][k] * A[k][j];
    }
  }
  const pi = [1];
  for (let k = 1; k < n; k++) pi.push(pi.reduce((sum, p, i) => sum + p * A[i][k], 0));
  const total = pi.reduce((sum, p) => sum + p, 0);
  return pi.map((p) => p / total);
}

/** X with A X = B by elimination with row exchanges (A: n x n, B: n x m). */
function solve(A, B) {
  const M = A.map((row, i) => [...row, ...B[i]]),
    n = A.length;
  for (let c = 0; c < n; c++) {
    let best = c;
    for (let r = c + 1; r < n; r++) if (Math.abs(M[r][c]) > Math.abs(M[best][c])) best = r;
    [M[c], M[best]] = [M[best], M[c]];
    for (let r = 0; r < n; r++) {
      const f = r === c ? 0 : M[r][c] / M[c][c];
      if (f) for (let k = c; k < M[r].length; k++) M[r][k] -= f * M[c][k];
    }
  }
  return M.map((row, i) => row.slice(n).map((x) => x / row[i]));
}

/** For each start, the probability of ending in each closed class. */
function absorption(P, groups) {
  const closed = groups.filter((g) => g.closed),
    inside = groups.filter((g) => !g.closed).flatMap((g) => g.members);
  const hit = P.map((_, i) => closed.map((g) => (g.members.includes(i) ? 1 : 0)));
  if (inside.length === 0) return hit;
  const left = inside.map((i) => inside.map((j) => (i === j ? 1 : 0) - P[i][j]));
  const right = inside.map((i) => closed.map((g) => g.members.reduce((sum, j) => sum + P[i][j], 0)));
  solve(left, right).forEach((row, k) => {
    hit[inside[k]] = row;
  });
  return hit;
}

/** Everything the viewer says about a chain: { groups, closed, period, longRun, hit }.
 *  longRun[s][j]: the share of time in j, in the long run, of a chain that starts in s. */
export function analyse(P) {
  const groups = classes(P),
    closed = groups.filter((g) => g.closed),
    hit = absorption(P, groups);
  const inClass = closed.map(({ members }) => {
    const pi = stationary(members.map((i) => members.map((j) => P[i][j])));
    return P.map((_, j) => (members.includes(j) ? pi[members.indexOf(j)] : 0));
  });
  const longRun = hit.map((shares) =>
    P.map((_, j) => shares.reduce((sum, s, c) => sum + s * inClass[c][j], 0)),
  );
  return { groups, closed, inClass, period: closed.reduce((p, g) => Math.max(p, g.period), 1), longRun, hit };
}

/** Variance of the share of visits to a state over a long walk, against an urn with the same shares (its D is 1).
 *  With g = 1[state] - pi[state] and (I - P + 1 pi) h = g:  D = sum_i pi_i g_i (2 h_i - g_i) / (p (1 - p)).
 *  For a chain with one closed class; null where the share p is 0 or 1 and nothing can vary. */
export function dispersion(P, pi, state) {
  const p = pi[state];
  if (p < 1e-12 || p > 1 - 1e-12) return null;
  const g = pi.map((_, i) => (i === state ? 1 - p : -p));
  const A = P.map((row, i) => row.map((x, j) => (i === j ? 1 : 0) - x + pi[j]));
  const h = solve(
    A,
    g.map((x) => [x]),
  );
  const D = pi.reduce((sum, w, i) => sum + w * g[i] * (2 * h[i][0] - g[i]), 0) / (p * (1 - p));
  return D < 1e-10 ? 0 : D;
}

/** What each step leaves of the distance in the long run: |lambda_2|, the largest modulus among the eigenvalues of
 *  P - 1 pi (one closed class). By squaring it k times: |lambda_2| = lim || (P - 1 pi)^m ||^(1/m), here m = 2^20.
 *  The length is kept as a logarithm, so nothing vanishes; a power that is zero but for rounding gives 0. */
export function rate(P, pi) {
  let A = P.map((row) => row.map((x, j) => x - pi[j])),
    log = 0;
  for (let k = 0; k <= 20; k++) {
    const size = Math.max(...A.map((row) => row.reduce((sum, x) => sum + Math.abs(x), 0)));
    if (size < 1e-12) return 0;
    log += Math.log(size) / 2 ** k;
    A = squared(A.map((row) => row.map((x) => x / size)));
  }
  return Math.exp(log);
}

function squared(A) {
  return A.map((row) => {
    const sum = new Array(A.length).fill(0);
    row.forEach((x, k) => {
      if (x !== 0) for (let j = 0; j < sum.length; j++) sum[j] += x * A[k][j];
    });
    return sum;
  });
}

/** The running share of visits to a state: [n, share] after n visits, every n at first, then about `most` evenly on
 *  the logarithmic scale, and always the last. */
export function runningShare(path, state, most = 300) {
  const points = [];
  let seen = 0,
    due = 1;
  path.forEach((at, t) => {
    if (at === state) seen += 1;
    if (t + 1 < due && t + 1 < path.length) return;
    points.push([t + 1, seen / (t + 1)]);
    due = Math.max(t + 2, Math.ceil((t + 1) * 10 ** (4 / most)));
  });
  return points;
}

/** distances[s][n]: total variation between the distribution after n steps from s and the long run from s.
 *  For n up to the first of 10, 20, 50, 100, 200 by which every start has come closer than `near`, or to 200. */
export function distances(P, longRun, near = 0.002) {
  let now = P.map((_, s) => distributionAfter(P, s, 0));
  const lines = now.map((d, s) => [totalVariation(d, longRun[s])]);
  for (const horizon of [10, 20, 50, 100, 200]) {
    while (lines[0].length <= horizon) {
      now = now.map((d) => advance(d, P));
      now.forEach((d, s) => {
        const far = totalVariation(d, longRun[s]);
        lines[s].push(far < 1e-14 * P.length ? 0 : far);
      }); // rounding is no distance
    }
    if (lines.every((line) => line[horizon] < near)) break;
  }
  return lines;
}

/** A walk of `length` visits that uses the same random numbers whatever the matrix and the start. */
export function walkOf(P, start, seed, length) {
  const path = [start];
  while (path.length < length) path.push(sampleStep(P[path.at(-1)], uniform(seed, path.length)));
  return path;
}

/** The likeliest way out of a state: the arrow that is chosen first. */
export function likeliestArrow(P, from) {
  const out = P[from].map((p, j) => (j === from ? -1 : p));
  return { from, to: out.indexOf(Math.max(...out)) };
}
