// What the sampling viewer says, and which key does what. Pure: no drawing.
import { clamp } from './common.js';
import { seen, share2 } from './generation_words.js';
import { kLadder } from './sampling_model.js';

export const SAMPLING_KEYS = [
  ['← →', 'place, or back and write'],
  ['t', 'throw again'],
  [', .', 'move the die'],
  ['[ ]', 'temperature'],
  ['k j', 'top-k'],
  ['p o', 'top-p'],
  ['r e', 'penalty'],
  ['0', 'as the model says'],
  ['Space', 'play'],
];
export const PLAIN_SAMPLING = { temperature: 1, top_k: null, top_p: 1, repetition_penalty: 1 };

/** A token as the reader can see it. */
export const tokenWords = (text) => [...text].map(seen).join('') || '∅';
export const quoted = (text) => `“${tokenWords(text)}”`;

/** Numbers of bits and choices. */
export const bitsWords = (bits) => (Number.isFinite(bits) ? Math.abs(bits).toFixed(2) : 'without end');
export const choicesWords = (bits) => {
  const choices = 2 ** bits;
  return choices >= 99.5 ? Math.round(choices).toLocaleString('en') : choices.toFixed(1);
};
export const dieWords = (die) => die.toFixed(4).replace(/^0/, '');

/** What the settings are, in words: temperature .7, top-k 5 … or nothing. */
export function settingsWords({ temperature, topK, topP, penalty }) {
  const parts = [];
  if (penalty !== 1) parts.push(`penalty ${penalty.toFixed(2)}`);
  if (temperature === 0) parts.push('temperature 0: always the first');
  else {
    if (topK !== null) parts.push(`top-k ${topK}`);
    if (temperature !== 1) parts.push(`temperature ${temperature.toFixed(2)}`);
  }
  if (topP < 1) parts.push(`top-p ${topP.toFixed(2)}`);
  return parts.join(', ') || 'as the model says';
}

/** The answer at the top: { short, long }. */
export function samplingAnswer({ cut, drawn, die, names, came, token }) {
  const { order, share, kept, cutMass } = cut;
  const size = order.length;
  const short = `The die shows ${dieWords(die)} and draws ${quoted(names(order[drawn]))}, probability ${share2(share[drawn])}.`;
  const left =
    kept === size
      ? `All ${size.toLocaleString('en')} tokens can be drawn.`
      : `${kept === 1 ? 'One token' : `${kept.toLocaleString('en')} of ${size.toLocaleString('en')} tokens`} can be drawn; ${share2(cutMass)} of the mass is cut away, the rest divided by ${share2(1 - cutMass)}.`;
  if (came === null) return { short, long: left };
  const rank = came.rank + 1;
  const real = `${quoted(names(token))} really came: rank ${rank}, probability ${share2(came.plain)}${came.cut ? ', now forbidden' : Math.abs(came.share - came.plain) < 5e-4 ? '' : `, now ${share2(came.share)}`}.`;
  return { short, long: `${left} ${real}` };
}

/** The whole recorded text in a sentence. */
export function textWords({ forbidden, same, plainBits, bits, places }, settings) {
  const all = places.length;
  const cut = forbidden
    ? `The cut forbids what really came at ${forbidden} of ${all} places, so the text as a whole is impossible.`
    : `Nothing that really came is forbidden at any of the ${all} places.`;
  const surprise = forbidden
    ? `Surprise without cuts: ${bitsWords(plainBits)} bits a token.`
    : `Surprise ${bitsWords(bits)} bits a token${settings === 'as the model says' ? '' : `, ${bitsWords(plainBits)} as the model says`}.`;
  return `${cut} ${surprise} The dice draw the same as what came at ${same} of them.`;
}

/** The sentence of the status: where, with what, what is drawn. */
export function samplingStatus(view) {
  const { live, place, length, settings, cut, drawn, names, python } = view;
  const where = live ? `${place} token${place === 1 ? '' : 's'} written` : `Place ${place + 1} of ${length}`;
  const said = `${where}, ${settingsWords(settings)}: ${quoted(names(cut.order[drawn]))} is drawn.`;
  if (!live || python.state === 'here') return said;
  if (python.state === 'asked') return `${said} Asking the model …`;
  if (python.state === 'failed') return `The model could not go on: ${python.text}`;
  return `${said} To write on, the model is needed: open the notebook and run its cells.`;
}

/** What a key does: traits to set, { act }, or null. */
export function samplingKey({ live, place, length, size, die, settings }, key) {
  const { temperature, topK, topP, penalty } = settings;
  const ladder = kLadder(size);
  const at = ladder.findIndex((k) => k === null || (topK !== null && k >= topK));
  const warmer = (by) => ({ temperature: clamp(Math.round((temperature + by) * 100) / 100, 0, 2) });
  const nucleus = (by) => ({ top_p: clamp(Math.round((topP + by) * 100) / 100, 0.05, 1) });
  const harder = (by) => ({ repetition_penalty: clamp(Math.round((penalty + by) * 100) / 100, 1, 2) });
  const roll = (by) => ({ die: clamp(die + by, 0, 0.9999) });
  const go = (to) => ({ place: clamp(to, 0, length - 1), die: null });
  const moves = {
    ArrowLeft: () => (live ? { act: 'back' } : go(place - 1)),
    ArrowRight: () => (live ? { act: 'write' } : go(place + 1)),
    Home: () => (live ? { act: 'restart' } : go(0)),
    End: () => (live ? null : go(length - 1)),
    PageUp: () => (live ? null : go(place - 10)),
    PageDown: () => (live ? null : go(place + 10)),
    t: () => ({ act: 'toss' }),
    ',': () => roll(-0.01),
    '.': () => roll(0.01),
    '[': () => warmer(-0.1),
    ']': () => warmer(0.1),
    k: () => ({ top_k: ladder[Math.max(0, at - 1)] }),
    j: () => ({ top_k: ladder[Math.min(ladder.length - 1, at + 1)] }),
    p: () => nucleus(-0.05),
    o: () => nucleus(0.05),
    r: () => harder(0.1),
    e: () => harder(-0.1),
    0: () => PLAIN_SAMPLING,
    ' ': () => ({ act: 'play' }),
  };
  return moves[key]?.() ?? null;
}
