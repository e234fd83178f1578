// Find the two heads, from its traits: what is to be seen, and what each press leaves behind. Pure: no drawing.
import { clamp } from './common.js';
import { TWO_LAYERS } from './two_heads_model.js';

export const SILENCE = 1;
export const KEEP = 2;
export const TWO_HINTS = 3; // in each round

const ones = (mask) => mask.toString(2).replaceAll('0', '').length;
export const twoBit = ([layer, head], heads) => heads * (layer - 1) + head - 1;
export const twoPair = (bit, heads) => [1 + Math.floor(bit / heads), 1 + (bit % heads)];
export const twoMask = (cut, heads) => cut.reduce((mask, pair) => mask | (1 << twoBit(pair, heads)), 0);
export const twoPairs = (mask, heads) =>
  Array.from({ length: TWO_LAYERS * heads }, (_, bit) => bit)
    .filter((bit) => (mask >> bit) & 1)
    .map((bit) => twoPair(bit, heads));

/** What a round asks of a mask of cuts: { reached, used }, used: heads that are cut (round 1) or left (round 2). */
export function twoJudged(mask, round, { right, goals, heads }) {
  const cut = ones(mask);
  return round === SILENCE
    ? { reached: right[mask] < goals.silent, used: cut }
    : { reached: right[mask] > goals.copying, used: TWO_LAYERS * heads - cut };
}

/** The fewest heads with which a round can be done. */
export function twoFewest(round, state) {
  let least = Infinity;
  for (let mask = 0; mask < state.right.length; mask++) {
    const { reached, used } = twoJudged(mask, round, state);
    if (reached) least = Math.min(least, used);
  }
  return least;
}

/** The text that is read: a string over and over, one letter more than is read, as numbers of letters. */
export const twoTokens = (text, letters, length) =>
  Array.from({ length: length + 1 }, (_, t) => letters.indexOf(text[t % text.length]));

/** What a reader types, as a string that can be read, or why not: { text, error }. */
export function typedString(typed, letters, longest) {
  const text = typed.toUpperCase().replace(/\s/g, ''),
    odd = [...text].find((letter) => !letters.includes(letter));
  if (odd) return { text: null, error: `It knows A to Z and 2 to 7, not ${odd}` };
  if (!text.length) return { text: null, error: 'Type some letters' };
  if (text.length > longest) return { text: null, error: `At most ${longest} letters` };
  return { text, error: null };
}

/** At which distance a head looks most, over all places of a map (T, T): { distance, weight }, the mean weight there. */
export function twoDistance(map, T) {
  let found = { distance: 0, weight: 0 };
  for (let distance = 0; distance < T / 2; distance++) {
    const weight = twoWeightBack(map, T, distance);
    if (weight > found.weight) found = { distance, weight };
  }
  return found;
}

/** The mean weight that a head puts so many places back, over the second half of a map (T, T). */
export function twoWeightBack(map, T, distance) {
  let sum = 0;
  for (let t = T / 2; t < T; t++) sum += map[t * T + t - distance];
  return sum / (T / 2);
}

/** The mean weight that a head puts behind earlier places of the last letter, where there are some. */
export function twoBehind(map, tokens, T) {
  let sum = 0,
    count = 0;
  for (let t = 0; t < T; t++) {
    let here = 0,
      stood = false;
    for (let s = 0; s < t; s++)
      if (tokens[s] === tokens[t]) {
        stood = true;
        here += map[t * T + s + 1];
      }
    if (stood) [sum, count] = [sum + here, count + 1];
  }
  return count ? sum / count : 0;
}

/** All that is drawn and said. state: the traits but weights and layout; memory: of twoHeadsMemory. */
export function twoHeadsView(state, memory) {
  const { letters, length, heads, right, goals, round, text, head, path, hints, results } = state,
    mask = twoMask(state.cut, heads),
    tokens = twoTokens(text, letters, length),
    reading = tokens.slice(0, length),
    now = memory(reading, mask),
    whole = memory(reading, 0),
    judged = twoJudged(mask, round, state),
    fewest = twoFewest(round, state),
    place = clamp(state.place, 0, length - 1),
    hit = ({ says }) => says.map((letter, t) => letter === tokens[t + 1]),
    period = text.length;
  const heard = Array.from({ length }, (_, t) => t >= period),
    share = (hits) => hits.filter((good, t) => good && heard[t]).length / Math.max(1, heard.filter(Boolean).length);
  const rights = { now: hit(now), whole: hit(whole) };
  return {
    ...{ letters, length, heads, goals, round, text, tokens, period, head, place, mask, hints, results },
    ...{ bit: twoBit(head, heads), cutHere: Boolean((mask >> twoBit(head, heads)) & 1) },
    ...{ maps: now.attention, says: now.says, saidWhole: whole.says, rights, heard, share: share(rights.now) },
    ...{ accuracy: right[mask], whole: right[0], cuts: ones(mask), left: TWO_LAYERS * heads - ones(mask) },
    ...{ right, ...judged, fewest, solved: judged.reached && judged.used === fewest, tries: path.length, path },
    letter: (t) => letters[tokens[t]],
    best: results.find((one) => one.round === round) ?? null,
    presets: state.strings,
    bet: state.bet ?? null,
    betting: round === SILENCE && !path.length && !state.earlier?.attempts && !results.length,
  };
}

/** Was this attempt won before? Who plays on after winning does not make it worse. */
const isSameRun = (one, attempt, path) =>
  Boolean(one && (one.attempt ?? 1) === attempt && one.path.every((mask, k) => mask === path[k]));

/** What changes when a head is cut or put back: it is a try. The run that was won last is kept, with the attempts
 *  before it. state.earlier: of twoTallies. */
export function withPress(state, bit) {
  const { heads, round, path, hints, right, earlier = { attempts: 0, tries: 0, hints: 0 } } = state,
    mask = twoMask(state.cut, heads) ^ (1 << bit),
    { reached, used } = twoJudged(mask, round, state),
    next = { cut: twoPairs(mask, heads), head: twoPair(bit, heads), path: [...path, mask] };
  const before = state.results.find((one) => one.round === round);
  if (!reached || used !== twoFewest(round, state) || isSameRun(before, earlier.attempts + 1, path)) return next;
  const one = {
    ...{ round, heads: used, tries: next.path.length, hints, right: right[mask], path: next.path },
    ...{ attempt: earlier.attempts + 1, allTries: earlier.tries + next.path.length, allHints: earlier.hints + hints },
  };
  return { ...next, results: [...state.results.filter((other) => other !== before), one] };
}

/** What changes when a round begins: in the first all heads are on, in the second all are off. */
export const toTwoRound = (state, round) => ({
  round,
  cut: round === SILENCE ? [] : twoPairs(2 ** (TWO_LAYERS * state.heads) - 1, state.heads),
  path: [],
  hints: 0,
});

/** The moves of a place that a key asks for, or null. */
export function placeOfKey(key, { place, length, period }) {
  const to = {
    ...{ ArrowLeft: place - 1, ArrowRight: place + 1, Home: 0, End: length - 1 },
    ...{ PageUp: place - period, PageDown: place + period, ArrowUp: place - period, ArrowDown: place + period },
  }[key];
  return to === undefined ? null : clamp(to, 0, length - 1);
}

/** The head that an arrow leads to, or null; layers lie one below the other. */
export function headOfKey(key, [layer, head], heads) {
  const to = {
    ...{ ArrowLeft: [layer, head - 1], ArrowRight: [layer, head + 1] },
    ...{ ArrowUp: [layer - 1, head], ArrowDown: [layer + 1, head], Home: [layer, 1], End: [layer, heads] },
  }[key];
  return to ? [clamp(to[0], 1, TWO_LAYERS), clamp(to[1], 1, heads)] : null;
}

/** The road of a copy at a place, by a map (T, T): { asks, before, found }, or null where the letter never stood before.
 *  asks: the place of the last letter; before: where it stood; found: the place right behind, of several the one that
 *  the map gives most weight. */
export function twoRoad({ tokens, place, length }, map) {
  let road = null;
  for (let before = place - 1; before >= 0; before--) {
    const weight = map[place * length + before + 1];
    if (tokens[before] === tokens[place] && (!road || weight > road.weight))
      road = { asks: place, before, found: before + 1, weight };
  }
  return road;
}

/** The place nearest to the chosen one where the road leads to the letter that is due, and what comes out is right (or,
 *  good = false, is not); null where there is none. */
export function twoExample(view, good) {
  const { place, length, tokens, heard, rights, maps } = view,
    map = maps[twoCouple(view).reader];
  const fits = (t) => {
    const road = heard[t] && rights.now[t] === good ? twoRoad({ tokens, place: t, length }, map) : null;
    return road && tokens[road.found] === tokens[t + 1];
  };
  const found = Array.from({ length }, (_, t) => t).filter(fits);
  return found.length ? found.reduce((a, b) => (Math.abs(b - place) < Math.abs(a - place) ? b : a)) : null;
}

/** The pair that explains a copy, among the heads that are on (or, all off, among all): in the first layer who looks
 *  one back, in the second who looks behind the earlier letter. */
export function twoCouple(view, mask = view.mask) {
  const { maps, heads, length, tokens } = view,
    bits = Array.from({ length: heads }, (_, head) => head),
    on = (layer) => bits.map((head) => heads * layer + head).filter((bit) => !((mask >> bit) & 1)),
    most = (list, of) => list.reduce((best, bit) => (best === null || of(bit) > of(best) ? bit : best), null);
  const back = (bit) => {
    let sum = 0;
    for (let t = 1; t < length; t++) sum += maps[bit][t * length + t - 1];
    return sum / (length - 1);
  };
  return { writer: most(on(0), back), reader: most(on(1), (bit) => twoBehind(maps[bit], tokens, length)) };
}
