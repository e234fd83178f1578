// What the gradient viewer says, and which key does what. Pure: no drawing.
import { clamp } from './common.js';
import { BELOW_HALF, FUNCTIONS, MOST_PINS } from './gradient_model.js';

export const NAMES = { tanh: 'tanh', relu: 'ReLU', linear: 'linear' };
export const LETTERS = 'ABCD';

const RAISED = { '-': '⁻', ...Object.fromEntries([...'⁰¹²³⁴⁵⁶⁷⁸⁹'].map((sign, i) => [i, sign])) };
/** 10 to a whole power, as it is printed. */
export const tenTo = (power) => (power === 0 ? '1' : '10' + [...String(power)].map((sign) => RAISED[sign]).join(''));

/** A norm, from its log10: a decimal number, or digits and a power of ten. */
export function amount(log) {
  if (log === -Infinity) return '0';
  if (log >= -2 && log < 3) return String(+(10 ** log).toPrecision(log > -1 ? 3 : 2));
  const power = Math.floor(log);
  const digits = (10 ** (log - power)).toFixed(1);
  return digits === '10.0' ? `1.0 · ${tenTo(power + 1)}` : `${digits} · ${tenTo(power)}`;
}

/** A part of the error, from its log10. */
const part = (log) => (Math.abs(log) < 0.002 ? 'all' : amount(log));
const several = (count, word = 'step') => `${count} ${word}${count === 1 ? '' : 's'}`;
const steps = (x) => (x < 9.95 ? x.toFixed(1) : Math.round(x).toLocaleString('en'));

/** How the norm changes from step to step over the later half of the lags. */
export function pace({ rate }) {
  if (rate === null) return '';
  const each = 1 / Math.abs(rate);
  if (each > 1000) return 'later it keeps its size';
  if (each < 1.05) return `later every step multiplies it by ${amount(rate * Math.log10(2))}`;
  return rate < 0 ? `later it halves every ${steps(each)} steps` : `later it doubles every ${steps(each)} steps`;
}

/** The answer at the top: { short, long }. */
export function answer(now) {
  return { short: reach(now), long: why(now) };
}

function reach({ told, logs, errorStep }) {
  const last = logs.length - 1;
  const closed = errorStep - (told.dead ?? 0) + 1;
  if (told.dead !== null)
    return `From step ${closed - 1} back the error is exactly zero: at step ${closed} no open unit passes it on.`;
  const speed = pace(told);
  const tail = speed ? `; ${speed}.` : '.';
  const range = `between ${amount(told.low)} and ${amount(told.peak)} times its size`;
  const swings = `Now smaller, now larger: over ${several(last)} ${range}.`;
  if (told.double !== null && told.half !== null && told.half < told.double) return swings;
  const turns = told.peak > -BELOW_HALF && told.peakAt < 0.9 * last;
  const grows = `It first grows to ${amount(told.peak)} times its size (${several(told.peakAt)} back)`;
  if (told.end < BELOW_HALF && turns)
    return told.half > told.peakAt ? `${grows}; half is gone after ${several(told.half)}${tail}` : `${grows}${tail}`;
  if (told.end < BELOW_HALF) {
    const rest = told.thousandth === null ? '' : `, 99.9 % after ${told.thousandth}`;
    return `Half of the error is gone after ${several(told.half)}${rest}${tail}`;
  }
  if (told.end > -BELOW_HALF)
    return turns && told.rate < 0
      ? `${grows}${tail}`
      : `The error grows: it is doubled after ${several(told.double)}${tail}`;
  if (told.low < BELOW_HALF || told.peak > -BELOW_HALF) return swings;
  return `The error keeps its size: ${several(last)} back ${part(told.end)} of it is left.`;
}

const SURELY = 1 - 1e-9; // what is nearer to 1 is 1 but for rounding

/** A number in two decimals; in as many as it needs to be told from 1. */
export function besideOne(x) {
  let digits = 2;
  while (digits < 6 && Math.abs(x - 1) > 1e-9 && +x.toFixed(digits) === 1) digits++;
  return x.toFixed(digits);
}

/** What the matrix alone would do: `free` is the last norm with every slope at 1. */
const alone = (free) =>
  free > -BELOW_HALF ? `it would be ${amount(free)} times as large` : `${part(free)} of it would be left`;

function why({ bound, radius, nonlinearity, open, free, logs }) {
  const [size, most] = [besideOne(radius), besideOne(bound)];
  if (bound < SURELY)
    return `It must vanish, whatever comes in: largest singular value ${most}, below 1, and no slope above 1.`;
  if (nonlinearity === 'linear') {
    if (radius >= SURELY) return `Every slope is 1, so the matrix alone decides: its spectral radius is ${size}.`;
    return (
      `Every slope is 1: the largest singular value, ${most}, allows growth; ` +
      `the spectral radius, ${size}, wins in the end.`
    );
  }
  const would = `${alone(free)} after ${several(logs.length - 1)}`;
  if (nonlinearity === 'relu')
    return `With every unit open, ${would}; on average ${Math.round(100 * open)} % of the units are open.`;
  const are = open < 0.7 ? 'saturated units bring the slopes to' : 'the slopes are';
  return `With every slope at 1, ${would}; ${are} ${open.toFixed(2)} on average.`;
}

/** What the largest singular value says for certain. */
export function certainty({ bound, radius }) {
  const says =
    bound < SURELY
      ? 'below 1: the error must vanish'
      : bound < 2 - SURELY
        ? 'exactly 1: it cannot grow'
        : 'above 1: it may grow, but need not';
  return `Dashed: spectral radius ${besideOne(radius)}. Dotted: largest singular value ${besideOne(bound)}, ${says}.`;
}

/** One line with the four settings. */
export const settingsLine = ({ radius, nonlinearity, drive_scale: scale, error_step: step }) =>
  `radius ${radius.toFixed(2)}, ${NAMES[nonlinearity]}, input × ${scale.toFixed(2)}, step ${step}`;

/** The status line: what is left at the lag that is looked at. */
export function statusLine({ now, position, units }) {
  const step = now.errorStep - position;
  const here = now.logs[position];
  const left =
    here > 0.005
      ? `the error is ${amount(here)} times its size`
      : `${here === -Infinity ? 'nothing' : amount(here)} of the error is left`;
  let open = 0;
  for (let i = 0; i < units; i++) open += now.slopes[(step - 1) * units + i];
  const way = now.nonlinearity === 'linear' ? '' : ` Slopes there: ${(open / units).toFixed(2)} on average.`;
  const back = position === 0 ? `At step ${step}, where the error arises` : `${several(position)} back, step ${step}`;
  return `${back}: ${left}.${way}`;
}

/** The next stop of the radius: thirty-two to an octave. */
export const nextRadius = (radius, by) => {
  const stop = Math.log2(radius) * 32;
  const next = by > 0 ? Math.floor(stop + 1.05) : Math.ceil(stop - 1.05);
  return roundRadius(2 ** (next / 32));
};
export const roundRadius = (radius) => Math.round(1000 * clamp(radius, 0.5, 2)) / 1000;

/** The pins with one more; the oldest gives way. */
export function withPin(pins, settings) {
  const same = (pin) => Object.keys(settings).every((name) => pin[name] === settings[name]);
  return pins.some(same) ? pins : [...pins, settings].slice(-MOST_PINS);
}

/** What a key does: a patch of traits, or { act }; null for a key that is not ours. */
export function gradientKey({ radius, nonlinearity, driveScale, errorStep, position, length }, key, shift) {
  const to = (lag) => ({ position: clamp(lag, 0, errorStep - 1) });
  const arise = (step) => ({ error_step: clamp(step, 2, length) });
  const input = (by) => ({ drive_scale: clamp(Math.round(20 * driveScale + 2 * by) / 20, 0, 3) });
  switch (key) {
    case 'ArrowLeft':
      return to(position - 1);
    case 'ArrowRight':
      return to(position + 1);
    case 'PageUp':
      return to(position - 10);
    case 'PageDown':
      return to(position + 10);
    case 'Home':
      return to(0);
    case 'End':
      return to(errorStep - 1);
    case 'ArrowUp':
      return { radius: nextRadius(radius, 1) };
    case 'ArrowDown':
      return { radius: nextRadius(radius, -1) };
    case '+':
    case '=':
      return input(1);
    case '-':
    case '_':
      return input(-1);
    case '[':
      return arise(errorStep - 1);
    case ']':
      return arise(errorStep + 1);
    case 'f':
    case 'F':
      return { nonlinearity: FUNCTIONS[(FUNCTIONS.indexOf(nonlinearity) + (shift ? 2 : 1)) % 3] };
    case '1':
      return { radius: 1 };
    default: {
      const act = { ' ': 'play', p: 'pin', u: 'unpin', Escape: 'stop' }[key];
      return act ? { act } : null;
    }
  }
}

/** Keys and what they do, for the help line. */
export const GRADIENT_KEYS = [
  ['↑ ↓', 'spectral radius'],
  ['1', 'radius 1'],
  ['+ −', 'input'],
  ['f', 'tanh, ReLU, linear'],
  ['← →', 'steps back'],
  ['[ ]', 'where the error arises'],
  ['Space', 'walk back'],
  ['p', 'pin the curve'],
  ['u', 'unpin'],
];
