// What the kernel viewer says, and which key does what. Pure: no drawing.
import { clamp } from './common.js';
import { memoryTen } from './memory_axis.js';
import { KERNEL_RATE } from './kernel_sound.js';

export const KERNEL_TASKS = { listen: 'Listen', delay: 'Build a twenty-step delay' };
export const KERNEL_INPUTS = { impulse: 'Impulse', step: 'Constant', pluck: 'Pluck', word: 'Rhythm' };
export const [KERNEL_DECAY, KERNEL_TURN] = [16, 26]; // the largest −Re and Im of an eigenvalue

export const KERNEL_HEARD =
  'As a sound: the numbers K₀, K₁, … themselves, 4,000 of them a second, two seconds at most, all equally loud at their loudest.';
export const KERNEL_STEPS_HEARD =
  'As a sound: twenty steps a second, so that the answer comes a second later. Wood is what goes in, a drum what comes out: whatever comes out.';

/** Three digits or so, with a true minus. */
export const kernelDigits = (x, digits = 3) =>
  Number(x.toPrecision(digits)).toLocaleString('en', { maximumFractionDigits: 4 }).replace('-', '−');

/** −0.50 + 6.28i */
export function kernelNumber([real, imaginary]) {
  const a = real ? `−${Math.abs(real).toFixed(2)}` : '0';
  return imaginary ? `${a} + ${imaginary.toFixed(2)}i` : a;
}

/** The half-life in steps, in words. */
export const kernelLife = ([real], step) => {
  if (!real) return 'it never dies';
  const steps = Math.LN2 / (-real * step);
  return `half-life ${steps < 10 ? steps.toFixed(1) : Math.round(steps).toLocaleString('en')} steps`;
};

/** How fast it turns, in words. */
export function kernelTurns([real, imaginary], step) {
  const cycles = (imaginary * step) / (2 * Math.PI);
  if (!imaginary && !real) return 'it does not turn: it keeps what came for ever';
  if (!imaginary) return 'it does not turn: it can fade, and cannot ring';
  const heard = Math.abs(cycles - Math.round(cycles));
  const folded = cycles > 0.5 ? ', which the steps cannot follow: they show ' + kernelDigits(heard) : '';
  const once = cycles < 0.5 ? `, once round in ${kernelDigits(1 / cycles)} steps` : '';
  return `${kernelDigits(cycles)} cycles a step${folded}${once}; ${Math.round(heard * KERNEL_RATE).toLocaleString('en')} Hz as a sound`;
}

/** The chosen one in a sentence. */
export function kernelChosen({ eigenvalues, chosen, step, delay }) {
  const one = eigenvalues[chosen];
  const which = eigenvalues.length > 1 ? `Number ${chosen + 1} of ${eigenvalues.length}` : 'The only one';
  const pair = one[1] ? ', with its mirror image' : ', on the real axis';
  return {
    name: `λ = ${kernelNumber(one)}`,
    which: `${which}${pair}`,
    life: kernelLife(one, step),
    turns: kernelTurns(one, step).replace(delay ? /; [^;]* Hz as a sound$/ : '', ''), // there the steps are heard
  };
}

const springsWord = ({ eigenvalues, real }) =>
  real ? `${eigenvalues.length} real eigenvalues` : `${eigenvalues.length} pair${eigenvalues.length > 1 ? 's' : ''}`;

export const kernelPercent = (share) => `${(100 * Math.max(0, share)).toFixed(1)}%`;

/** The answer at the top: { short, long }. */
export function kernelAnswer(view) {
  const { delay, eigenvalues, step, kept, through, peak, found, level, lin, real } = view;
  if (!delay) {
    const longest = eigenvalues.reduce((best, each) => (each[0] > best[0] ? each : best));
    const turning = eigenvalues.filter(([, imaginary]) => imaginary).length;
    const rings = turning
      ? `${turning === eigenvalues.length ? 'All' : `${turning} of`} ${eigenvalues.length} ring`
      : 'None of them rings: real ones only fade';
    return {
      short: `${kept} number${kept > 1 ? 's' : ''}, and the past for as long as ${kept > 1 ? 'they' : 'it'} ${turning ? 'swing' : 'fade'}${kept > 1 ? '' : 's'}.`,
      long: `${eigenvalues.length === 1 ? (turning ? 'It rings' : 'It only fades') : rings}; the longest-lived has a ${kernelLife(longest, step).replace('half-life', 'half-life of')}.`.replace(
        'a it never dies',
        'no end',
      ),
    };
  }
  const late = peak === 20 ? '' : ` (most of it comes out at step ${peak})`;
  const others = [
    real ? '' : `S4D-Lin: ${kernelPercent(lin / 100)}`,
    found[level] ? `best found: ${kernelPercent(found[level].through)}` : '',
  ];
  return {
    short: kernelPercent(through),
    long: `of the impulse comes through at step 20${late}. ${others.filter(Boolean).join(', ').replace(/^b/, 'B')}.`,
  };
}

/** Why real eigenvalues cannot do it; nothing where there are others. */
export function kernelWhy({ eigenvalues, delay, found }) {
  if (eigenvalues.some(([, imaginary]) => imaginary)) return '';
  const count = eigenvalues.length;
  const same = found[`${count / 2} pair${count > 2 ? 's' : ''}`];
  const rival =
    delay && same
      ? ` As many numbers in ${count / 2 === 1 ? 'a pair' : `${count / 2} pairs`} bring ${kernelPercent(same.through)} through.`
      : '';
  const times = count === 1 ? 'never crosses zero' : `crosses zero at most ${count - 1} time${count > 2 ? 's' : ''}`;
  return `Why real ones cannot ring: a sum of ${count === 1 ? 'one decaying exponential' : `${count} decaying exponentials`} ${times}. It can fade in and out, but not be silent, strike, and be silent again.${rival}`;
}

/** What to do, and how it is counted. */
export const KERNEL_GOAL =
  'A knock goes in at step 0. Drag the springs until it comes out at step 20, and nowhere else.';
export const KERNEL_RULE =
  'The page finds the weights C by least squares over 64 steps. S4D-Lin is how networks of this kind begin: −½ + πni, pitches at equal distances.';

/** Where to go, as long as S4D-Lin is better; nothing where there is nothing to say. */
export function kernelHint({ real, eigenvalues, score, lin }) {
  if (real || eigenvalues.length < 2 || score > lin) return '';
  return 'Which pitches are missing? Spread them evenly, from near the axis up.';
}

/** The sentence for the live region. */
export function kernelStatus(view) {
  const { output, apart, input, delay, heard, word, playing, muted, mine, through } = view;
  const said = [];
  if (!delay) {
    const size = output.reduce((most, y) => Math.max(most, Math.abs(y)), 0) || 1;
    const same = apart <= 1e-9 * size ? 'Loop and convolution agree' : 'Loop and convolution differ';
    const off = apart ? ` (the largest difference is about ${memoryTen(Math.round(Math.log10(apart)))})` : '';
    said.push(`${same} at all ${output.length} steps${off}.`);
  } else said.push(`${kernelPercent(through)} comes through.`);
  if (heard && input === 'word') said.push(kernelEcho(view));
  else if (input !== 'impulse') said.push(`Input: ${KERNEL_INPUTS[input].toLowerCase()}.`);
  if (delay && mine !== null) said.push(`Your best with ${springsWord(view)}: ${kernelPercent(mine)}.`);
  if (playing)
    said.push(
      muted
        ? 'It plays, but the sound is off.'
        : delay
          ? 'It plays, twenty steps a second.'
          : 'It plays, struck again and again.',
    );
  return said.join(' ');
}

export function kernelVerdict({ score, found, level, lin, real, best, shown, moved }) {
  const top = found[level]?.score;
  if (!top) return '';
  if (shown === 'found' && moved) return 'From the best found: it does not count as yours. Start over.';
  if (shown === 'found') return 'The best that a search found. Start over, and come near it.';
  if (shown) return `${real ? 'S4D-Real' : 'S4D-Lin'}’s. It counts as yours once half of the points stand elsewhere.`;
  if (!best[level]) return 'How near can you come?';
  const own = best[level][0];
  if (own > top - 0.05) return 'As good as any that a search found.';
  const share = score / top;
  if (share > 0.97) return 'Nearly the best that a search found.';
  if (!real && score > lin + 0.05) return 'Better than S4D-Lin.';
  return share > 0.7 ? 'Close.' : share > 0.35 ? 'Something comes through.' : 'Little comes through yet.';
}

/** What becomes of a rhythm: spaces are seen as underscores. */
export const kernelBeats = (word) => word.replaceAll(' ', '_');
export const kernelEcho = ({ heard, word }) =>
  heard === word
    ? `Knock “${kernelBeats(word)}” on it: 20 steps later it knocks “${kernelBeats(heard)}”, to the letter.`
    : `Knock “${kernelBeats(word)}” on it: 20 steps later it knocks “${kernelBeats(heard)}” (· is missing, x too much).`;

/** Something to send to a friend. */
export function kernelShare({ found, kept, lin, real, level, eigenvalues, bestHeard, mine, word, best }) {
  if (mine === null) return '';
  const what = real ? `${eigenvalues.length} real eigenvalues` : `${level} of springs`;
  const beside = real ? '' : `S4D-Lin: ${kernelPercent(lin / 100)}, `;
  const said = bestHeard ? ` I knocked “${kernelBeats(word)}”, it knocked “${kernelBeats(bestHeard)}”.` : '';
  const code = kernelCode({ best: best[level], real });
  return `Hear the kernel: a delay of twenty steps from ${what} (${kept} numbers): ${kernelPercent(mine)} comes through. ${beside}best found: ${kernelPercent(found[level]?.through ?? 0)}.${said}${code && `\n${code}`}`;
}

/** The reader's best as a line of Python, to be kept or played with by others. */
function kernelCode({ best, real }) {
  if (!best?.[1]?.length) return '';
  const [, eigenvalues, step] = best;
  const numbers = eigenvalues.map(([a, b]) => `${a}${b ? `+${b}j` : ''}`).join(', ');
  return `HearTheKernel([${numbers}], step=${step}, task="delay"${real ? ', real=True' : ''})`;
}

export function kernelKeys({ real, delay }) {
  return [
    [real ? '← →' : '← → ↑ ↓', 'move the chosen eigenvalue (with Shift ten times as far)'],
    ['Home End', 'to the edge: never dies, dies fastest'],
    ['PageUp PageDown', 'choose'],
    ['[ ]', 'step Δ'],
    ['Space', 'play, stop'],
    ...(delay ? [['k', 'knock']] : []),
    ['m', 'sound off'],
    ['i', 'next input'],
    ['t', 'other task'],
    ...(delay ? [['r', real ? 'pairs' : 'real only']] : []),
  ];
}

export const KERNEL_STEPS = 120; // of the slider, from 0.001 to 1
export const kernelStepAt = (place) => Number((10 ** (-3 + (3 * place) / KERNEL_STEPS)).toPrecision(3));
export const kernelStepPlace = (step) =>
  clamp(Math.round(((Math.log10(step) + 3) * KERNEL_STEPS) / 3), 0, KERNEL_STEPS);

/** Where a real part stands in the plane: 0 at the right edge, 1 at the left; and back. A squeezed scale: the slow ones,
 *  which remember for long, have most of the room. */
const SQUEEZE = 0.2;
export const decayPlace = (real) => Math.log1p(-real / SQUEEZE) / Math.log1p(KERNEL_DECAY / SQUEEZE);
export const decayAt = (place) => -SQUEEZE * Math.expm1(place * Math.log1p(KERNEL_DECAY / SQUEEZE));

/** An eigenvalue inside its bounds; near the axis it snaps to it. */
export function kernelBounded([a, b], real) {
  const imaginary = real || b < 0.02 ? 0 : Math.min(KERNEL_TURN, b);
  return [-clamp(-a, 0, KERNEL_DECAY), Number(imaginary.toFixed(3))].map((x) => Number(x.toFixed(3)) || 0);
}

/** What a key does: traits to set, { act }, or null. */
export function kernelKey(view, key, shift = false) {
  const { eigenvalues, chosen, step, input, task, real } = view;
  const one = eigenvalues[chosen];
  const far = decayPlace(one[0]);
  const put = (moved) => ({
    eigenvalues: eigenvalues.map((each, m) => (m === chosen ? kernelBounded(moved, real) : each)),
  });
  const across = (by) => put([decayAt(Math.max(0, far + by)), one[1]]);
  const along = (by) => (real ? null : put([one[0], Math.max(0, Math.round((one[1] + by) * 100) / 100)]));
  const choose = (by) => ({ chosen: (chosen + by + eigenvalues.length) % eigenvalues.length });
  const far10 = shift ? 10 : 1;
  const next = (list, now) => list[(list.indexOf(now) + 1) % list.length];
  const moves = {
    ArrowLeft: () => across(0.01 * far10),
    ArrowRight: () => across(-0.01 * far10),
    ArrowUp: () => along(0.1 * far10),
    ArrowDown: () => along(-0.1 * far10),
    Home: () => put([0, one[1]]),
    End: () => put([-KERNEL_DECAY, one[1]]),
    PageDown: () => choose(1),
    PageUp: () => choose(-1),
    '[': () => ({ step: kernelStepAt(kernelStepPlace(step) - 2 < 0 ? 0 : kernelStepPlace(step) - 2) }),
    ']': () => ({ step: kernelStepAt(Math.min(KERNEL_STEPS, kernelStepPlace(step) + 2)) }),
    ' ': () => ({ act: 'play' }),
    m: () => ({ act: 'mute' }),
    k: () => (task === 'delay' ? { act: 'knock' } : null),
    i: () => ({ input: next(Object.keys(KERNEL_INPUTS), input) }),
    t: () => ({ task: next(Object.keys(KERNEL_TASKS), task) }),
    r: () => (task === 'delay' ? { act: 'real' } : null),
  };
  return moves[key]?.() ?? null;
}
