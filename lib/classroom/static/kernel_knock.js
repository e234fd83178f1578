// A rhythm: knocked by hand, and heard step by step, twenty steps a second. Wood goes in, a drum comes out.
import { KERNEL_HORIZON } from './kernel_model.js';

export const [KNOCK_STEPS, KNOCK_RATE] = [20, 8000]; // steps a second; samples a second
const [KNOCK_LETTERS, KNOCK_NEAR] = ['ratatatat', 0.2]; // as many as there are beats; of a beat
const KNOCK_STEP = KNOCK_RATE / KNOCK_STEPS; // samples
const [KNOCK_WOOD, KNOCK_DRUM] = [
  { pitch: 1150, dies: 110, loud: 0.45 },
  { pitch: 185, dies: 26, loud: 1 },
];

/** Knocks at these times -> the word: a letter for each, a space for a beat without one.
 *  The tempo is free: of all with at most nine beats the slowest that fits, or else the one that fits best. */
export function knockedWord(times) {
  const knocks = times.slice(0, KNOCK_LETTERS.length);
  const [first, span] = [knocks[0], knocks.at(-1) - knocks[0]];
  let best = { places: knocks.map((_, k) => k), off: Infinity };
  for (let beats = knocks.length - 1; span > 0 && beats < KNOCK_LETTERS.length; beats++) {
    const exact = knocks.map((t) => ((t - first) / span) * beats);
    const places = exact.map(Math.round);
    const off = Math.max(...exact.map((at, k) => Math.abs(at - places[k])));
    if (new Set(places).size === knocks.length && off < best.off) best = { places, off };
    if (best.off < KNOCK_NEAR) break;
  }
  const word = Array(best.places.at(-1) + 1).fill(' ');
  best.places.forEach((place, k) => (word[place] = KNOCK_LETTERS[k]));
  return word.join('');
}

function strikeOnce(samples, at, { pitch, dies, loud }, size) {
  const end = Math.min(samples.length, at + Math.ceil((7 / dies) * KNOCK_RATE));
  for (let i = at; i < end; i++) {
    const t = (i - at) / KNOCK_RATE;
    samples[i] += loud * size * Math.min(1, t * 800) * Math.exp(-dies * t) * Math.sin(2 * Math.PI * pitch * t);
  }
}

const largest = (row) => row.reduce((most, x) => Math.max(most, Math.abs(x)), 0);

/** What 64 steps sound like, the loudest sample 1: at each step wood, as loud as what goes in there, and a drum, as loud
 *  as what comes out. With `given` null the drum alone. */
export function knockSamples({ output, given }) {
  const samples = new Float32Array((KERNEL_HORIZON + 4) * KNOCK_STEP);
  for (const [row, what] of [
    [given, KNOCK_WOOD],
    [output, KNOCK_DRUM],
  ]) {
    const most = row ? largest(row) : 0;
    for (let t = 0; most > 1e-9 && t < KERNEL_HORIZON; t++)
      if (row[t]) strikeOnce(samples, t * KNOCK_STEP, what, Math.abs(row[t]) / most);
  }
  const loudest = largest(samples) || 1;
  return samples.map((x) => x / loudest);
}

/** One knock on wood. */
export function knockOnce() {
  const samples = new Float32Array(KNOCK_RATE / 10);
  strikeOnce(samples, 0, KNOCK_WOOD, 1);
  return samples;
}

/** A file of these samples: RIFF, one channel, 16 bits. */
export function knockFile(samples) {
  const view = new DataView(new ArrayBuffer(44 + 2 * samples.length));
  const text = (at, word) => [...word].forEach((letter, k) => view.setUint8(at + k, letter.charCodeAt(0)));
  text(0, 'RIFF');
  view.setUint32(4, 36 + 2 * samples.length, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true); // numbers as they are
  view.setUint16(22, 1, true); // one channel
  view.setUint32(24, KNOCK_RATE, true);
  view.setUint32(28, 2 * KNOCK_RATE, true); // bytes a second
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, 'data');
  view.setUint32(40, 2 * samples.length, true);
  samples.forEach((x, i) => view.setInt16(44 + 2 * i, Math.round(32767 * x), true));
  return view.buffer;
}
