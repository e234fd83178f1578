// What the recurrence viewer computes: vectors of words, one step of a memory, what it answers, what it can hold.
import { clamp, uniform } from './common.js';

export const VALUES = 8; // dimensions of a value; the memory has one column more, for a value that is always 1
export const MOST_PAIRS = 24;
const DRAWS = 10;
const COLUMNS = VALUES + 1;
const TIE = 1e-9;
const PAIR = /^([^\s=|]{1,8})=([^\s=|]{1,8})$/u;

/** "cat=red | dog=blue" -> { pairs: [{ key, value, marked }], wrong: null, or what does not fit }. */
export function parsedPairs(text) {
  const pairs = [];
  let marked = false;
  for (const token of text.split(/\s+/).filter(Boolean)) {
    if (token === '|') {
      marked = true;
      continue;
    }
    const found = PAIR.exec(token);
    if (!found) return { pairs, wrong: `“${token}” is not key=value with words of at most 8 letters` };
    pairs.push({ key: found[1], value: found[2], marked });
    marked = false;
  }
  if (!pairs.length) return { pairs, wrong: 'write at least one pair, such as cat=red' };
  const wrong = pairs.length > MOST_PAIRS ? `at most ${MOST_PAIRS} pairs, not ${pairs.length}` : null;
  return { pairs, wrong };
}

/** A unit vector that belongs to a name, the same for ever: normal numbers, made from its letters. */
export function wordDirection(name, size, draw) {
  let seed = 2166136261 ^ draw;
  for (const letter of name) seed = Math.imul(seed ^ letter.codePointAt(0), 16777619);
  const normal = Float64Array.from({ length: size }, (_, i) => {
    const [u, w] = [uniform(seed, 2 * i), uniform(seed, 2 * i + 1)];
    return Math.sqrt(-2 * Math.log(1 - u)) * Math.cos(2 * Math.PI * w);
  });
  return toLengthOne(normal);
}

function dotOf(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function toLengthOne(vector) {
  const length = Math.sqrt(dotOf(vector, vector));
  return vector.map((x) => x / length);
}

/** Vectors of different names; with `upright` each stands at right angles to those before while there is room. */
export function wordDirections(names, size, draw, upright) {
  const found = [];
  names.forEach((name, n) => {
    let vector = wordDirection(name, size, draw);
    if (upright && n < size) {
      for (const before of found) {
        const share = dotOf(before, vector);
        vector = vector.map((x, i) => x - before[i] * share);
      }
      vector = toLengthOne(vector);
    }
    found.push(vector);
  });
  return found;
}

/** How much of row j is kept at a step. */
export function keptOfRow(rule, j, rows, marked) {
  if (rule.decay === 'channel') return rule.keep + ((1 - rule.keep) * j) / (rows - 1);
  return rule.decay === 'fixed' || (rule.decay === 'step' && marked) ? rule.keep : 1;
}

/** The key as it is used: for the sum as normaliser elu(√rows · k) + 1, otherwise as it is. */
export function featuredKey(rule, key) {
  if (rule.normaliser !== 'sum') return key;
  const root = Math.sqrt(key.length);
  return key.map((x) => (x > 0 ? x * root + 1 : Math.exp(x * root)));
}

/** The memory before anything is written: rows × (VALUES + 1), in units of e^m. */
export const emptyMemory = (rows) => ({ memory: new Float64Array(rows * COLUMNS), m: 0 });

/** Sᵀk, with the last column's share at the end. */
function readOut(memory, key) {
  const read = new Float64Array(COLUMNS);
  for (let j = 0, at = 0; j < key.length; j++) {
    for (let c = 0; c < COLUMNS; c++, at++) read[c] += memory[at] * key[j];
  }
  return read;
}

/** The value with its 1 as it is multiplied with the key: whole, the part that is not known yet, or times e^gain. */
function notedValue(rule, kept, used, value, m) {
  const note = new Float64Array(COLUMNS).fill(1);
  note.set(value);
  const told = rule.write === 'delta' ? readOut(kept, used) : null;
  const factor = rule.write === 'exponential' ? Math.exp(rule.gain - m) : 1;
  for (let c = 0; c < COLUMNS; c++) note[c] = told ? rule.strength * (note[c] - told[c]) : factor * note[c];
  return note;
}

/** One step: { kept, written, memory: their sum, m, note: what the key was multiplied with, used: the key as used }. */
export function advanceMemory(state, rule, key, value, marked) {
  const used = featuredKey(rule, key);
  const rows = used.length;
  const most = Math.max(keptOfRow(rule, 0, rows, marked), keptOfRow(rule, rows - 1, rows, marked));
  const exponential = rule.write === 'exponential';
  const m = exponential ? Math.max(Math.log(most) + state.m, rule.gain) : state.m;
  const share = exponential ? Math.exp(state.m - m) : 1;
  const [kept, written, memory] = [0, 1, 2].map(() => new Float64Array(rows * COLUMNS));
  for (let j = 0, at = 0; j < rows; j++) {
    const left = keptOfRow(rule, j, rows, marked) * share;
    for (let c = 0; c < COLUMNS; c++, at++) kept[at] = left * state.memory[at];
  }
  const note = notedValue(rule, kept, used, value, m);
  for (let j = 0, at = 0; j < rows; j++) {
    for (let c = 0; c < COLUMNS; c++, at++) {
      written[at] = used[j] * note[c];
      memory[at] = kept[at] + written[at];
    }
  }
  return { kept, written, memory, m, note, used };
}

/** What the memory answers to a key: VALUES numbers. */
export function memoryAnswer({ memory, m }, rule, key) {
  const read = readOut(memory, featuredKey(rule, key));
  const normaliser = read[VALUES];
  const mixed = read.slice(0, VALUES);
  if (rule.normaliser === 'none') return mixed.map((x) => x * Math.exp(m));
  if (rule.normaliser === 'sum') return normaliser ? mixed.map((x) => x / normaliser) : mixed;
  const [scale, one] = [Math.exp(Math.min(m, 0)), Math.exp(-Math.max(m, 0))];
  return mixed.map((x) => (x * scale) / Math.max(Math.abs(normaliser) * scale, one));
}

/** Which of the first `count` values is most alike (by product)? -1 where two are equally so. */
export function mostAlike(read, values, count = values.length) {
  let [best, high, next] = [0, -Infinity, -Infinity];
  for (let i = 0; i < count; i++) {
    const product = dotOf(read, values[i]);
    if (product > high) [best, high, next] = [i, product, high];
    else if (product > next) next = product;
  }
  return high - next > TIE ? best : -1;
}

/** The whole story of a text under a rule: the moment after every pair, from 0 (nothing written) on. */
export function memoryStory({ pairs, rows, draw, upright }, rule) {
  const keyWords = [...new Set(pairs.map((pair) => pair.key))];
  const valueWords = [...new Set(pairs.map((pair) => pair.value))];
  const keys = wordDirections(
    keyWords.map((word) => `key ${word}`),
    rows,
    draw,
    upright,
  );
  const values = valueWords.map((word) => wordDirection(`value ${word}`, VALUES, draw));
  const first = emptyMemory(rows);
  const moments = [{ ...first, kept: first.memory, written: first.memory, note: null, used: null }];
  for (const { key, value, marked } of pairs) {
    const [k, v] = [keys[keyWords.indexOf(key)], values[valueWords.indexOf(value)]];
    moments.push(advanceMemory(moments.at(-1), rule, k, v, marked));
  }
  return { pairs, rows, keyWords, valueWords, keys, values, moments };
}

/** After so many pairs: for each key written so far the value it should answer, and what it does answer. */
export function recallNow(story, rule, step) {
  const wanted = new Map(story.pairs.slice(0, step).map((pair) => [pair.key, pair.value]));
  const moment = story.moments[step];
  return [...wanted].map(([key, value]) => {
    const used = story.keys[story.keyWords.indexOf(key)];
    const read = memoryAnswer(moment, rule, used);
    const alike = story.values.map((vector) => dotOf(read, vector));
    const said = story.valueWords[mostAlike(read, story.values)] ?? null; // null: it cannot tell
    return { key, value, read, alike, said, right: said === value };
  });
}

/** How many of n different keys are answered rightly once each is written, on average over draws: n = 0 … most.
 *  With `twice` all are written first with another value, and then with the one that is asked for. */
export function capacityCurve(rule, rows, upright, most, twice) {
  const total = new Float64Array(most + 1);
  const names = (kind) => Array.from({ length: most }, (_, n) => `${kind} ${n}`);
  for (let draw = 1000; draw < 1000 + DRAWS; draw++) {
    const keys = wordDirections(names('key'), rows, draw, upright);
    const [values, old] = ['value', 'old'].map((kind) => names(kind).map((name) => wordDirection(name, VALUES, draw)));
    let [early, state] = [emptyMemory(rows), null];
    for (let n = 1; n <= most; n++) {
      if (twice) {
        early = advanceMemory(early, rule, keys[n - 1], old[n - 1], false);
        state = early;
        for (let i = 0; i < n; i++) state = advanceMemory(state, rule, keys[i], values[i], false);
      } else state = advanceMemory(state ?? early, rule, keys[n - 1], values[n - 1], false);
      const known = twice ? [...values.slice(0, n), ...old.slice(0, n)] : values;
      for (let i = 0; i < n; i++) {
        if (mostAlike(memoryAnswer(state, rule, keys[i]), known, twice ? 2 * n : n) === i) total[n] += 1;
      }
    }
  }
  return total.map((count) => count / DRAWS);
}

/** The largest number of pairs of which a share of 95 % and more is answered rightly, and all before it too. */
export function heldRightly(curve) {
  let n = 0;
  while (n + 1 < curve.length && curve[n + 1] >= 0.95 * (n + 1)) n += 1;
  return n;
}

/** Which preset is this rule, if any? Numbers that the rule does not use do not count. */
export function presetOf(rule, presets) {
  const used = ['decay', 'write', 'normaliser'];
  if (rule.decay !== 'none') used.push('keep');
  if (rule.write === 'delta') used.push('strength');
  if (rule.write === 'exponential') used.push('gain');
  const same = ([, preset]) => used.every((name) => preset[name] === rule[name]);
  return Object.entries(presets).find(same)?.[0] ?? null;
}

/** The text with the bar before a pair put there or taken away. */
export function withBar(pairs, index) {
  const turned = pairs.map((pair, i) => (i === index ? { ...pair, marked: !pair.marked } : pair));
  return turned.map(({ key, value, marked }) => `${marked ? '| ' : ''}${key}=${value}`).join(' ');
}

export const inRange = (step, pairs) => clamp(step, 0, pairs.length);
