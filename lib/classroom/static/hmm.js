// A hidden Markov model on plain arrays. initial (K), transition (K x K), emission (K x M); observations are 0..M-1.
import { sampleStep } from './markov.js';

const table = (rows, columns) => Array.from({ length: rows }, () => new Array(columns).fill(0));

/** What was read up to each step: { filtered, scale, logLikelihood }.
 *  filtered[t][j] = P(state_t = j | x_0..x_t), scale[t] = P(x_t | x_0..x_{t-1}); the logs of the scales add up.
 *  From an observation that cannot happen, all is 0 and the log-likelihood is -Infinity. */
export function forward(initial, transition, emission, observations) {
  const count = initial.length;
  const filtered = table(observations.length, count);
  const scale = new Array(observations.length).fill(0);
  let logLikelihood = 0;
  observations.forEach((x, t) => {
    const now = filtered[t];
    for (let j = 0; j < count; j++) {
      let before = t === 0 ? initial[j] : 0;
      if (t > 0) for (let i = 0; i < count; i++) before += filtered[t - 1][i] * transition[i][j];
      now[j] = before * emission[j][x];
      scale[t] += now[j];
    }
    if (scale[t] > 0) for (let j = 0; j < count; j++) now[j] /= scale[t];
    logLikelihood += Math.log(scale[t]);
  });
  return { filtered, scale, logLikelihood };
}

/** log P(observations). */
export const logLikelihood = (...model) => forward(...model).logLikelihood;

/** What follows each step, scaled so that filtered[t][i] * backward[t][i] is the posterior.
 *  `scale` is forward's. */
export function backward(transition, emission, observations, scale) {
  const count = transition.length;
  const length = observations.length;
  const future = table(length, count);
  if (length) future[length - 1].fill(1);
  for (let t = length - 2; t >= 0; t--) {
    const x = observations[t + 1];
    if (!(scale[t + 1] > 0)) continue;
    for (let i = 0; i < count; i++) {
      let sum = 0;
      for (let j = 0; j < count; j++) sum += transition[i][j] * emission[j][x] * future[t + 1][j];
      future[t][i] = sum / scale[t + 1];
    }
  }
  return future;
}

/** P(state_t = j | all observations), T rows of K. `passed` is what forward gave, where it is at hand. */
export function posterior(initial, transition, emission, observations, passed = null) {
  const { filtered, scale } = passed ?? forward(initial, transition, emission, observations);
  const future = backward(transition, emission, observations, scale);
  return filtered.map((row, t) => row.map((p, j) => p * future[t][j]));
}

/** The most probable path: { path, logProb, delta, from }, in logarithms.
 *  delta[t][j]: log-probability of the best path that ends in j at t; from[t][j]: the state it comes from (-1 at t = 0).
 *  A tie goes to the first state. */
export function viterbi(initial, transition, emission, observations) {
  const count = initial.length;
  const logs = (rows) => rows.map((row) => row.map(Math.log));
  const [move, emit] = [logs(transition), logs(emission)];
  const delta = table(observations.length, count);
  const from = table(observations.length, count);
  observations.forEach((x, t) => {
    for (let j = 0; j < count; j++) {
      let [best, arg] = t === 0 ? [Math.log(initial[j]), -1] : [delta[t - 1][0] + move[0][j], 0];
      for (let i = 1; t > 0 && i < count; i++) {
        const score = delta[t - 1][i] + move[i][j];
        if (score > best) [best, arg] = [score, i];
      }
      delta[t][j] = best + emit[j][x];
      from[t][j] = arg;
    }
  });
  if (!observations.length) return { path: [], logProb: 0, delta, from };
  const last = delta.at(-1);
  const path = new Array(observations.length).fill(0);
  path[path.length - 1] = last.indexOf(Math.max(...last));
  for (let t = path.length - 1; t > 0; t--) path[t - 1] = from[t][path[t]];
  return { path, logProb: Math.max(...last), delta, from };
}

/** A walk of the hidden chain and what it shows: { states, observations }.
 *  `uniform(k)` gives the k-th number in [0, 1): two for each step, the state's and the observation's. */
export function sample(initial, transition, emission, length, uniform) {
  const states = [];
  const observations = [];
  for (let t = 0; t < length; t++) {
    states.push(sampleStep(t === 0 ? initial : transition[states[t - 1]], uniform(2 * t)));
    observations.push(sampleStep(emission[states[t]], uniform(2 * t + 1)));
  }
  return { states, observations };
}
