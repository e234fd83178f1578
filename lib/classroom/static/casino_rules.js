// The casino game: the night's rolls, the judges, the score, the brush, the words. Pure: no drawing.
import { clamp, uniform } from './common.js';
import { posterior, sample, viterbi } from './hmm.js';

/** A night as the seed gives it: { truth, rolls, likely, paths: { viterbi, posterior, always } };
 *  likely[t] = P(loaded at t | all rolls). */
export function casinoNight({ initial, transition, emission, length, seed }) {
  const { states: truth, observations: rolls } = sample(initial, transition, emission, length, (k) =>
    uniform(seed, k),
  );
  const likely = posterior(initial, transition, emission, rolls).map(([, loaded]) => loaded);
  const paths = {
    viterbi: viterbi(initial, transition, emission, rolls).path,
    posterior: likely.map((p) => (p > 0.5 ? 1 : 0)),
    always: rolls.map(() => 0),
  };
  return { seed, truth, rolls, likely, paths };
}

/** How often neighbours differ. */
export const swapsOf = (path) =>
  path.reduce((sum, state, t) => sum + (t > 0 && state !== path[t - 1] ? 1 : 0), 0);

/** The score of a night, as `CasinoGame.score()` in Python: shares of rolls judged rightly, swaps seen. */
export function nightScore({ seed, truth, paths }, marks) {
  const judges = { you: marks, ...paths };
  const share = (path) => path.filter((state, t) => state === truth[t]).length / truth.length;
  const each = (judge, of) =>
    Object.fromEntries(Object.entries(of).map(([name, path]) => [name, judge(path)]));
  return { seed, ...each(share, judges), swaps: each(swapsOf, { truth, ...judges }) };
}

/** The scores with this one, unless the night is known already: the first judgement counts. */
export const withNight = (nights, score) =>
  nights.some(({ seed }) => seed === score.seed) ? nights : [...nights, score];

/** The mean over nights of one judge's share. */
export const meanShare = (nights, judge) =>
  nights.reduce((sum, night) => sum + night[judge], 0) / nights.length;

/** The marks after a stroke: every roll from the anchor to here becomes what the anchor was not. */
export function brushed(before, anchor, here) {
  const [low, high] = [Math.min(anchor, here), Math.max(anchor, here)];
  return before.map((mark, t) => (t >= low && t <= high ? 1 - before[anchor] : mark));
}

/** Where a key moves the cursor; null for another key. */
export function cursorAfter(cursor, key, columns, length) {
  const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns };
  const row = cursor - (cursor % columns);
  if (key === 'Home') return row;
  if (key === 'End') return Math.min(row + columns, length) - 1;
  if (!(key in steps)) return null;
  const next = cursor + steps[key];
  return Math.abs(steps[key]) === 1 ? clamp(next, 0, length - 1) : next >= 0 && next < length ? next : cursor;
}

/** How many spells of the loaded die are marked. */
export const spellsOf = (marks) => marks.filter((mark, t) => mark && !marks[t - 1]).length;

const percent = (share) => `${Math.round(100 * share)} %`;

/** What a player may know of this casino, in two sentences. */
export function houseRules({ transition, emission, states }) {
  const face = emission[1].indexOf(Math.max(...emission[1]));
  const spell = (state) => Math.round(1 / transition[state][1 - state]);
  return (
    `The ${states[1]} die shows ${['one', 'two', 'three', 'four', 'five', 'six'][face]} with probability ` +
    `${emission[1][face].toFixed(2)}, the ${states[0]} die with ${emission[0][face].toFixed(2)}. ` +
    `On average the ${states[0]} die stays for ${spell(0)} rolls and the ${states[1]} one for ${spell(1)}.`
  );
}

/** The sentence after the confession. */
export function casinoVerdict(score, states) {
  const { you, viterbi: path, posterior: single, always, swaps } = score;
  const said = `You judged ${percent(you)} of the rolls rightly.`;
  if (swaps.you === 0 && you === always) return `You trusted every roll. ${said}`;
  if (you > path && you > single) return `${said} You beat both decoders tonight.`;
  if (you > path) return `${said} You beat the most probable path tonight.`;
  if (you > single) return `${said} You beat the posterior tonight.`;
  if (you > always) return `${said} Better than trusting everybody; the decoders did better still.`;
  return `${said} To call every roll ${states[0]} was no worse tonight: ${percent(always)}.`;
}

/** What a screen reader hears at a roll. */
export function rollWords(t, { rolls, truth }, marks, states, revealed) {
  const mark = marks[t] ? `marked ${states[1]}` : 'not marked';
  return `Roll ${t + 1}: ${rolls[t] + 1}, ${mark}${revealed ? `; it was ${states[truth[t]]}` : ''}.`;
}
