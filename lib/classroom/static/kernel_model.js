// The kernel of a few springs under zero-order hold, the recurrence, the convolution, the motion between the steps.
// An eigenvalue [real, imaginary] above the real axis stands for itself and its mirror image: it counts twice.
import { uniform } from './common.js';

export const [KERNEL_DELAY, KERNEL_HORIZON] = [20, 64]; // where the impulse shall come out, and how many steps count
export const KERNEL_FIRST_STEP = 0.1; // Δ at first, and that of the best found
export const KERNEL_RIDGE = 1e-8; // of the weights of columns of length 1
export const KERNEL_APART = 3; // steps from one letter to the next
const PLUCK_LENGTH = 12;

/** e^(Δλ) and (e^(Δλ) − 1) / λ, each [real, imaginary]: what a step of Δ leaves, and what a held input of 1 adds. */
export function kernelStep([real, imaginary], step) {
  const [a, b] = [real * step, imaginary * step];
  const size = Math.exp(a);
  const turned = [size * Math.cos(b), size * Math.sin(b)];
  if (a === 0 && b === 0) return { turned, gain: [step, 0] };
  const less = [Math.expm1(a) * Math.cos(b) - 2 * Math.sin(b / 2) ** 2, turned[1]]; // e^z − 1, also for a small z
  const square = a * a + b * b;
  return {
    turned,
    gain: [(step * (less[0] * a + less[1] * b)) / square, (step * (less[1] * a - less[0] * b)) / square],
  };
}

export const kernelTwice = ([, imaginary]) => (imaginary > 0 ? 2 : 1);
export const kernelNumbers = (eigenvalues) => eigenvalues.reduce((sum, each) => sum + kernelTwice(each), 0);

/** What one mode does after a held impulse, C = 1: { real, imaginary }, each (length,). */
export function kernelMode(eigenvalue, step, length) {
  const { gain } = kernelStep(eigenvalue, step);
  const [a, b] = [eigenvalue[0] * step, eigenvalue[1] * step];
  const made = { real: new Float64Array(length), imaginary: new Float64Array(length) };
  for (let l = 0; l < length; l++) {
    const [size, angle] = [Math.exp(l * a), l * b];
    const [x, y] = [size * Math.cos(angle), size * Math.sin(angle)];
    made.real[l] = gain[0] * x - gain[1] * y;
    made.imaginary[l] = gain[0] * y + gain[1] * x;
  }
  return made;
}

/** K_l = Σ_m w_m Re(C_m (e^(Δλ_m) − 1) / λ_m · e^(lΔλ_m)): (length,). weights: C, each [real, imaginary]. */
export function kernelOf(eigenvalues, step, weights, length) {
  const kernel = new Float64Array(length);
  eigenvalues.forEach((each, m) => {
    const { real, imaginary } = kernelMode(each, step, length);
    const [c, d] = weights[m];
    for (let l = 0; l < length; l++) kernel[l] += kernelTwice(each) * (c * real[l] - d * imaginary[l]);
  });
  return kernel;
}

/** The loop: x ← e^(Δλ) x + (e^(Δλ) − 1) / λ · u, y = Σ w Re(C x): (T,). With `fine` points in a step, the motion
 *  between the steps too, exact for a held input: point k · fine − 1 + fine is step k. */
export function kernelLoop(eigenvalues, step, weights, input, fine = 1) {
  const output = new Float64Array(input.length * fine);
  eigenvalues.forEach((each, m) => {
    const parts = Array.from({ length: fine }, (_, k) => kernelStep(each, (step * (k + 1)) / fine));
    const [twice, [c, d]] = [kernelTwice(each), weights[m]];
    let [x, y] = [0, 0];
    for (let t = 0; t < input.length; t++) {
      let now = [x, y];
      for (let k = 0; k < fine; k++) {
        const { turned, gain } = parts[k];
        now = [turned[0] * x - turned[1] * y + gain[0] * input[t], turned[0] * y + turned[1] * x + gain[1] * input[t]];
        output[t * fine + k] += twice * (c * now[0] - d * now[1]);
      }
      [x, y] = now;
    }
  });
  return output;
}

/** y_t = Σ_l K_l u_(t−l): (T,). */
export function kernelConvolution(kernel, input) {
  const output = new Float64Array(input.length);
  for (let s = 0; s < input.length; s++) {
    if (input[s] === 0) continue;
    for (let l = 0; s + l < input.length && l < kernel.length; l++) output[s + l] += kernel[l] * input[s];
  }
  return output;
}

/** What is put in: (length,). */
export function kernelInput(kind, word, length) {
  const input = new Float64Array(length);
  if (kind === 'impulse') input[0] = 1;
  else if (kind === 'step') input.fill(1);
  else if (kind === 'pluck') for (let t = 0; t < Math.min(PLUCK_LENGTH, length); t++) input[t] = 2 * uniform(7, t) - 1;
  else
    [...word].forEach((letter, k) => {
      if (KERNEL_APART * k < length && letter !== ' ') input[KERNEL_APART * k] = 1;
    });
  return input;
}

/** The score of a delay: { score (0 to 100), through (K_20), smear (the energy at all other steps), peak: the step at
 *  which most comes out }. Score: 100 · (1 − Σ_l (K_l − δ_l)²). */
export function kernelScore(kernel) {
  const through = kernel[KERNEL_DELAY];
  let [smear, peak] = [0, 0];
  for (let l = 0; l < KERNEL_HORIZON; l++) {
    if (l !== KERNEL_DELAY) smear += kernel[l] ** 2;
    if (kernel[l] > kernel[peak]) peak = l;
  }
  return { through, smear, peak, score: 100 * (1 - (1 - through) ** 2 - smear) };
}

/** The rhythm that comes out twenty steps later, with the volume turned so that `through` counts as 1. More than a half
 *  is a knock: the letter, or x in a silence; · is a letter that is missing. */
export const kernelHeard = (output, word, through) =>
  [...word]
    .map((letter, k) => {
      const at = KERNEL_DELAY + KERNEL_APART * k;
      const knock = at < output.length && through > 0.02 && output[at] / through > 0.5;
      if (letter === ' ') return knock ? 'x' : ' ';
      return knock ? letter : '·';
    })
    .join('');

/** S4D-Lin: −1/2 + iπn, n = 0, 1, …; S4D-Real: −1, −2, … */
export const kernelLin = (count) => Array.from({ length: count }, (_, n) => [-0.5, Math.PI * n]);
export const kernelReal = (count) => Array.from({ length: count }, (_, n) => [-1 - n, 0]);

/** Where the eigenvalues stand at first, as HearTheKernel.springs. */
export const kernelSprings = (count) =>
  Array.from({ length: count }, (_, k) => [-0.15 - 0.03 * k, (5 + 2.9 * k) * (count < 7 ? 1 : 0.8)]);
