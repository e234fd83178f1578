// What the memory viewer says, and which key does what. Pure: no drawing.
import { clamp } from './common.js';
import { memoryTen } from './memory_axis.js';
import { memorySpan } from './memory_model.js';

export const MEMORY_MEASURES = { legs: 'All of the past (LegS)', legt: 'A window (LegT)', last: 'The last N samples' };
export const MEMORY_METHODS = { zoh: 'Exact', bilinear: 'Bilinear', euler: 'Euler' };

export const memoryPercent = (share) =>
  !Number.isFinite(share) || share > 9.995 ? 'beyond all measure' : `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)}%`;

const counted = (n, one, many = `${one}s`) => `${n.toLocaleString('en')} ${n === 1 ? one : many}`;

/** 1.2e9 as "10⁹", infinity as words. */
export const memoryPower = (size) =>
  Number.isFinite(size) ? memoryTen(Math.round(Math.log10(size))) : 'more than a computer can write';

/** Waves shorter than this are lost: N polynomials follow about N / π swings. */
export const memoryFinest = ({ order, ...spec }, t) => (Math.PI * memorySpan({ order, ...spec }, t)) / order;

const lengthWords = (samples) => (samples < 10 ? samples.toFixed(1) : String(Math.round(samples)));

/** LegS: 2√(x(1 − x)) of that at a place x between 0 and 1; a tenth of the way from an end it is 0.6. */
function lostWords(view, middle, ends = '') {
  const finest = memoryFinest(view, view.at);
  if (finest < 2) return 'no wave is too short for it';
  const lost = `waves shorter than about ${lengthWords(finest)} samples are lost ${middle}`;
  return ends ? `${lost}, than about ${lengthWords(0.6 * finest)} ${ends}` : lost;
}

/** What is to blame where it is not coarseness: fewer samples than numbers, or a step that is too long. */
function memoryBlame({ order, at, error, measure, method }) {
  const few = measure === 'legs' && at + 1 <= order ? 'Fewer samples than numbers: ' : '';
  if (method === 'zoh') return few ? `${few}what is missing is the jumps from sample to sample.` : '';
  if (!few && error < 1) return '';
  const rule = method === 'euler' ? 'Euler’s error' : 'the bilinear rule’s error';
  return `${few}${few ? 'what' : 'What'} is missing is ${rule}, not coarseness.`;
}

/** The answer at the top: { short, long }. */
export function memoryAnswer(view) {
  const { order, measure, window, at, begin, error, inside, explosion } = view;
  const numbers = counted(order, 'number');
  if (explosion && (explosion.size > 1e6 || error > 1)) {
    const after =
      error < 9.995
        ? `It came down again: at step ${at + 1} the error is ${memoryPercent(error)} of the past.`
        : 'Of the past there is nothing left.';
    return {
      short: `The memory exploded at step ${explosion.step}: ${memoryPower(explosion.size)}.`,
      long: `Euler’s steps are too long for the fast ones among the ${numbers}. ${after} The bilinear rule takes the same steps and stays calm, and so does the exact one.`,
    };
  }
  const missing = `error ${memoryPercent(error)} of the past`;
  const blame = error < 0.05 || measure === 'last' ? '' : memoryBlame(view);
  if (measure === 'legs') {
    const short = error < 0.05 ? 'Nearly everything.' : blame ? 'Not quite what came in.' : 'All of it, but coarsely.';
    const stand = `${order === 1 ? '1 number, the mean, stands' : `${numbers} stand`} for ${counted(at + 1, 'sample')}`;
    if (blame || order === 1 || at < order) return { short, long: `${stand}: ${missing}.${blame ? ` ${blame}` : ''}` };
    return {
      short,
      long: `${stand}; ${lostWords(view, 'in the middle', 'a tenth of the way from either end')}: ${missing}.`,
    };
  }
  if (measure === 'legt') {
    const before = begin ? `; of the ${counted(begin, 'sample')} before it, nothing` : '';
    return {
      short: `The last ${counted(window, 'sample')}${begin ? ', and nothing before' : ''}.`,
      long: `In the window ${lostWords(view, 'in its middle')}, and the error is ${memoryPercent(inside ?? error)}${before}. All in all: ${missing}.${blame ? ` ${blame}` : ''}`,
    };
  }
  const before = begin ? `; of the ${counted(begin, 'sample')} before them, nothing` : '';
  return {
    short: `The last ${counted(Math.min(order, at + 1), 'sample')}, to the letter.`,
    long: `Each number is a sample as it came in${before}: ${missing}.`,
  };
}

/** What the chosen number is, in a sentence. */
function memoryAlone({ number, order, measure, memory, window }) {
  if (number === null || number >= order) return '';
  const value =
    Math.abs(memory[number]) < 1e6 ? Number(memory[number].toPrecision(2)) : memoryPower(Math.abs(memory[number]));
  const text = String(value).replace('-', '−');
  if (measure === 'last') return `Number ${number} is the sample ${counted(number, 'step')} back: ${text}.`;
  const over = measure === 'legs' ? 'the whole past' : `the last ${window} samples`;
  const shape = ['the mean', 'a slope', 'a bend'][number] ?? `a wave that crosses zero ${number} times`;
  return `Number ${number} is ${text}: how much of ${shape} there is in ${over} (dashed).`;
}

/** The sentence for the live region: what became of the bump. */
export function memoryStatus(view) {
  const { at, length, bump, width, through, error } = view;
  const here = `After ${counted(at + 1, 'sample')} of ${length.toLocaleString('en')}.`;
  const alone = memoryAlone(view);
  if (!bump && alone) return `${here} ${alone}`;
  if (!bump) return `${here} Press into the signal to put a bump there, and see whether the numbers keep it.`;
  const [place] = bump;
  const what = `A bump ${Number(width.toPrecision(3))} samples wide at ${place.toLocaleString('en')}`;
  if (Number.isNaN(through)) return `${here} ${what} has not come in yet.`;
  if (!Number.isFinite(error) || error > 9.995 || !Number.isFinite(through))
    return `${here} ${what}: nothing can be seen of it.`;
  const ago = at >= place ? `, ${counted(at - place, 'sample')} ago` : '';
  const part =
    through < 0.005
      ? 'nothing of it comes through'
      : through > 1.05
        ? `it comes back ${through.toFixed(1)} times as high`
        : `${memoryPercent(Math.min(1, through))} of it comes through`;
  return `${here} ${what}${ago}: ${part}.${alone ? ` ${alone}` : ''}`;
}

export const memoryCurveWords = ({ width }) =>
  `How much of a bump ${Number(width.toPrecision(3))} samples wide comes through, by when it came in`;

export function memoryBarWords({ measure, order, moved }) {
  if (measure === 'last') return `The ${counted(order, 'number')}: samples, the newest first`;
  return `The ${counted(order, 'number')}, from coarse to fine${moved ? '; orange: what the bump has changed' : ''}`;
}

/** Which keys do something, and what. */
export function memoryKeys({ measure, bump, names }) {
  return [
    ['← →', 'time'],
    ['PageUp PageDown Home End', 'far in time'],
    ['↑ ↓', 'more numbers, fewer'],
    ['m', 'kind of memory'],
    ...(measure === 'last' ? [] : [['e', 'exact, bilinear, Euler']]),
    ['b', bump ? 'bump away' : 'a bump'],
    ...(bump ? [[', .', 'move it']] : []),
    ['[ ]', 'its width'],
    ['n p', 'one number alone'],
    ...(names.length > 1 ? [['s', 'next signal']] : []),
    ['Space', 'play'],
  ];
}

/** The widths that the slider has: from half a sample to a quarter of the signal, evenly in logarithms. */
export const MEMORY_WIDTHS = 40;
export const memoryWidthAt = (step, length) => {
  const width = 0.5 * (length / 2) ** (step / MEMORY_WIDTHS);
  return Math.min(length / 4, width < 10 ? Math.round(2 * width) / 2 : Math.round(width));
};
export const memoryWidthStep = (width, length) =>
  clamp(Math.round((MEMORY_WIDTHS * Math.log(2 * width)) / Math.log(length / 2)), 0, MEMORY_WIDTHS);

/** What a key does: traits to set, { act }, or null. */
export function memoryKey(view, key) {
  const { at, length, order, measure, method, bump, width, signal, names, unit, number } = view;
  const to = (t) => ({ at: clamp(t, 0, length - 1) });
  const far = Math.max(1, Math.round(length / 20));
  const next = (list, now) => list[(list.indexOf(now) + 1) % list.length];
  const shift = (by) =>
    bump && { bump: [clamp(bump[0] + by * Math.max(1, Math.round(width / 2)), 0, length - 1), bump[1]] };
  const wide = (by) => {
    let step = memoryWidthStep(width, length) + by;
    while (step >= 0 && step <= MEMORY_WIDTHS && memoryWidthAt(step, length) === width) step += by;
    return { width: memoryWidthAt(clamp(step, 0, MEMORY_WIDTHS), length) };
  };
  const moves = {
    ArrowLeft: () => to(at - 1),
    ArrowRight: () => to(at + 1),
    PageUp: () => to(at + far),
    PageDown: () => to(at - far),
    Home: () => to(0),
    End: () => to(length - 1),
    ArrowUp: () => ({ order: Math.min(64, order + 1) }),
    ArrowDown: () => ({ order: Math.max(1, order - 1) }),
    m: () => ({ measure: next(Object.keys(MEMORY_MEASURES), measure) }),
    e: () => (measure === 'last' ? null : { method: next(Object.keys(MEMORY_METHODS), method) }),
    b: () => ({ bump: bump ? null : [Math.round(at / 2), unit] }),
    ',': () => shift(-1),
    '.': () => shift(1),
    '[': () => wide(-1),
    ']': () => wide(1),
    s: () => (names.length > 1 ? { signal: next(names, signal) } : null),
    n: () => ({ number: number === null ? 0 : number + 1 < order ? number + 1 : null }),
    p: () => ({ number: number === null ? order - 1 : number > 0 ? Math.min(number, order) - 1 : null }),
    ' ': () => ({ act: 'play' }),
  };
  return moves[key]?.() ?? null;
}
