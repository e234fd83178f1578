// What the trellis viewer draws and says, computed from the model and the observations. Pure: no drawing.
import { backward, forward, viterbi } from './hmm.js';
import { setProbability } from './markov.js';

export const VIEWS = ['forward', 'best path', 'posterior'];

/** Everything about one model and its observations: both passes, the posterior and the best path. */
export function solveTrellis({ initial, transition, emission, observations }) {
  const passed = forward(initial, transition, emission, observations);
  const future = backward(transition, emission, observations, passed.scale);
  const posterior = passed.filtered.map((row, t) => row.map((p, j) => p * future[t][j]));
  const best = viterbi(initial, transition, emission, observations);
  return { initial, transition, emission, observations, ...passed, future, posterior, ...best };
}

/** The probability that a node is drawn with: forward and posterior as they are; on the best path view the ratio of
 *  the best path that ends here to the best that ends anywhere at this step. */
export function weight(view, it, t, j) {
  if (view === 'forward') return it.filtered[t][j];
  if (view === 'posterior') return it.posterior[t][j];
  const top = Math.max(...it.delta[t]);
  return top === -Infinity ? 0 : Math.exp(it.delta[t][j] - top);
}

/** How much goes from i at t - 1 to j at t: P(both | read up to t), in the posterior view P(both | everything).
 *  The shares that enter a node add up to its probability. */
export function share(view, it, t, i, j) {
  if (!(it.scale[t] > 0)) return 0;
  const joint = it.filtered[t - 1][i] * it.transition[i][j] * it.emission[j][it.observations[t]];
  return (joint / it.scale[t]) * (view === 'posterior' ? it.future[t][j] : 1);
}

/** The log-probabilities of the best ways into j at t, one for each predecessor (without what j shows). */
export const rivals = (it, t, j) => it.delta[t - 1].map((log, i) => log + Math.log(it.transition[i][j]));

/** Neighbouring steps in the same state: [{ state, begin, end }], end included. */
export function stretches(path) {
  const list = [];
  path.forEach((state, t) => {
    if (t && path[t - 1] === state) list.at(-1).end = t;
    else list.push({ state, begin: t, end: t });
  });
  return list;
}

/** The symbol that tells the states apart most: the largest difference of two emission probabilities. */
export function telling(emission) {
  const spread = emission[0].map((_, m) => {
    const column = emission.map((row) => row[m]);
    return Math.max(...column) - Math.min(...column);
  });
  return spread.indexOf(Math.max(...spread));
}

export const mostProbable = (rows) => rows.map((row) => row.indexOf(Math.max(...row)));
export const agreement = (a, b) => a.filter((state, t) => state === b[t]).length;

/** What a change did: changed observations and rows, where the best path and the posterior moved, and where most. */
export function compare(before, now) {
  const different = (a, b) => a.map((x, t) => (x === b[t] ? -1 : t)).filter((t) => t >= 0);
  const rows = now.transition
    .map((row, i) => (row.some((p, j) => Math.abs(p - before.transition[i][j]) > 1e-9) ? i : -1))
    .filter((i) => i >= 0);
  const moves = now.posterior.map((row, t) => {
    const by = row.map((p, j) => Math.abs(p - before.posterior[t][j]));
    return Math.max(...by);
  });
  const most = moves.indexOf(Math.max(...moves));
  const state = now.initial.length - 1;
  const gains = now.posterior[most].map((p, j) => p - before.posterior[most][j]);
  return {
    observations: different(now.observations, before.observations),
    rows,
    path: different(now.path, before.path),
    moved: moves.map((by, t) => (by > 0.05 ? t : -1)).filter((t) => t >= 0),
    most: { t: most, by: moves[most], state: now.initial.length === 2 ? state : gains.indexOf(Math.max(...gains)) },
  };
}

/** The probabilities of leaving a state that its slider stops at: fine where it is small. */
export const STOPS = [
  ...[0, 0.001, 0.002, 0.005],
  ...Array.from({ length: 20 }, (_, k) => (k + 1) / 100),
  ...Array.from({ length: 15 }, (_, k) => (22 + 2 * k) / 100),
  ...Array.from({ length: 10 }, (_, k) => (55 + 5 * k) / 100),
];

/** The stop nearest to a probability, as its number. */
export const stopNear = (p) =>
  STOPS.reduce((best, stop, k) => (Math.abs(stop - p) < Math.abs(STOPS[best] - p) ? k : best), 0);

/** The next stop above (by = 1) or below (by = -1) a probability. */
export function nextStop(p, by) {
  const beyond = STOPS.filter((stop) => (by > 0 ? stop > p + 1e-9 : stop < p - 1e-9));
  return by > 0 ? (beyond[0] ?? 1) : (beyond.at(-1) ?? 0);
}

/** The row with the probability of leaving state i; the ways out keep their proportions. */
export const leaving = (row, i, p, given) => setProbability(row, i, 1 - p, given);
