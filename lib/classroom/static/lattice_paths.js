// Single paths of the lattice: bent, drawn at random, checked, weighed. Where the tables are from: lattice_model.js.
import { bestWay, logAdd } from './lattice_model.js';

/** The fewest steps from place a to place b; Infinity for going back. */
export function fewestSteps(jump, a, b) {
  let steps = 0;
  for (; b > a; steps++) b -= jump[b] && b - 2 >= a ? 2 : 1;
  return b < a ? Infinity : steps;
}

/** Can a path from the first frame to the last pass through place s at frame t? */
export const passable = ({ alpha, beta, places }, t, s) =>
  alpha[t * places + s] > -Infinity && beta[t * places + s] > -Infinity;

/** The path, bent so that it passes through place s at frame t; the rest stays as far as it can. null: no path can.
 *  Without a path: the most probable one that passes there. */
export function bentPath(now, path, t, s) {
  if (!passable(now, t, s)) return null;
  const fixed = new Array(now.frames).fill(-1);
  fixed[t] = s;
  if (path.length) {
    let [before, after] = [t - 1, t + 1];
    while (before >= 0 && fewestSteps(now.jump, path[before], s) > t - before) before--;
    while (after < now.frames && fewestSteps(now.jump, s, path[after]) > after - t) after++;
    path.forEach((place, k) => (fixed[k] = k <= before || k >= after ? place : fixed[k]));
  }
  return bestWay(now, fixed).path;
}

/** A path drawn at random, as often as it weighs among all that spell the word. uniform(k): numbers in [0, 1). */
export function sampledPath({ alpha, jump, frames, places }, uniform) {
  const draw = (options, at, t) => {
    const logs = options.map((s) => alpha[t * places + s]);
    const all = logs.reduce(logAdd, -Infinity);
    let left = uniform(at);
    for (let i = 0; i < options.length; i++) {
      left -= Math.exp(logs[i] - all);
      if (left < 0) return options[i];
    }
    return options[logs.indexOf(Math.max(...logs))];
  };
  const path = new Array(frames);
  path[frames - 1] = draw(places > 1 ? [places - 1, places - 2] : [0], 0, frames - 1);
  for (let t = frames - 1; t > 0; t--) {
    const s = path[t];
    const options = [s, ...(s > 0 ? [s - 1] : []), ...(jump[s] ? [s - 2] : [])];
    path[t - 1] = draw(options, frames - t, t - 1);
  }
  return path;
}

/** Is this a whole path of the lattice: a place for each frame, allowed steps, allowed ends? */
export function isPath({ jump, frames, places }, path) {
  if (path.length !== frames || path[0] > 1 || path.at(-1) < places - 2) return false;
  return path.every((s, t) => {
    if (!(s >= 0 && s < places)) return false;
    const by = t === 0 ? 0 : s - path[t - 1];
    return by === 0 || by === 1 || (by === 2 && jump[s]);
  });
}

/** log P of one path: its outputs multiplied. */
export const pathLogProb = ({ emit, places }, path) => path.reduce((sum, s, t) => sum + emit[t * places + s], 0);

/** Stretches of equal classes: [{ k, begin, end }]. A new stretch also where a symbol is said again past no blank. */
export function runsOf(classes) {
  const runs = [];
  classes.forEach((k, t) => {
    if (runs.length && runs.at(-1).k === k) runs.at(-1).end = t;
    else runs.push({ k, begin: t, end: t });
  });
  return runs;
}
