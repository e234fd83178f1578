// What is shown of a kernel, from the state: every panel draws from this and from nothing else.
import { delayWeights } from './kernel_fit.js';
import {
  KERNEL_DELAY,
  KERNEL_FIRST_STEP,
  KERNEL_HORIZON,
  kernelConvolution,
  kernelHeard,
  kernelInput,
  kernelLoop,
} from './kernel_model.js';
import { kernelNumbers, kernelOf, kernelScore } from './kernel_model.js';

export const KERNEL_TRAITS = [
  ...['eigenvalues', 'step', 'task', 'real', 'chosen', 'input', 'word', 'length', 'muted', 'best'],
];
export const KERNEL_LEVELS = [1, 2, 4, 8];

/** "1 pair", "4 pairs", "8 real". */
export const kernelLevel = (count, real) => (real ? `${count} real` : `${count} pair${count > 1 ? 's' : ''}`);

/** Points of the line in a step: many where the steps are far apart. */
const finePoints = (length) => ({ 64: 10, 256: 4 })[length] ?? 1;

/** What a delay says when it is told a word. */
function wordSaid(eigenvalues, step, weights, word, length, through) {
  return kernelHeard(kernelLoop(eigenvalues, step, weights, kernelInput('word', word, length)), word, through);
}

/** How much comes through with the reader's best, where there is one, and what that says of the word. */
function bestOwn(best, word) {
  if (!best?.[1]?.length) return { mine: best?.[0] ? best[0] / 100 : null, bestHeard: null };
  const [, eigenvalues, step] = best;
  const weights = delayWeights(eigenvalues, step);
  const mine = kernelOf(eigenvalues, step, weights, KERNEL_HORIZON)[KERNEL_DELAY];
  return { mine, bestHeard: wordSaid(eigenvalues, step, weights, word, KERNEL_HORIZON, mine) };
}

/** What the best found says of the word. */
const foundSays = (found, word) =>
  found?.at
    ? wordSaid(
        found.at,
        KERNEL_FIRST_STEP,
        delayWeights(found.at, KERNEL_FIRST_STEP),
        word,
        KERNEL_HORIZON,
        found.through,
      )
    : null;

export function kernelLook(state, extra = {}) {
  const { eigenvalues, step, task, real, input, word } = state;
  const delay = task === 'delay';
  const length = delay ? KERNEL_HORIZON : state.length;
  const fitted = delayWeights(eigenvalues, step);
  const weights = delay ? fitted : eigenvalues.map(() => [1, 0]);
  const kernel = kernelOf(eigenvalues, step, weights, length);
  const given = kernelInput(input, word, length);
  const fine = finePoints(length);
  const output = kernelLoop(eigenvalues, step, weights, given);
  const convolved = kernelConvolution(kernel, given);
  const motion = fine > 1 ? kernelLoop(eigenvalues, step, weights, given, fine) : output;
  const scored = delay ? kernelScore(kernel) : { score: null, through: null, smear: null, peak: null };
  const level = kernelLevel(eigenvalues.length, real);
  const lone = eigenvalues.length > 1 && !delay ? [state.chosen] : [];
  return {
    ...{ ...state, ...extra, ...scored, length, delay, weights, kernel, given, fine, output, convolved, motion },
    apart: output.reduce((most, y, t) => Math.max(most, Math.abs(y - convolved[t])), 0),
    own: lone.map((m) => kernelLoop([eigenvalues[m]], step, [weights[m]], given, fine))[0] ?? null,
    kept: kernelNumbers(eigenvalues),
    level,
    foundHeard: delay ? foundSays(extra.found?.[level], word) : null,
    heard: delay ? wordSaid(eigenvalues, step, weights, word, length, scored.through) : null,
    ...(delay ? bestOwn(state.best[level], word) : { mine: null, bestHeard: null }),
  };
}
