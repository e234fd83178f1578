// What the cache viewer says, and which key does what. Pure: no drawing.
import { clamp } from './common.js';
import { CACHE_BATCHES, CACHE_BYTES, CACHE_LENGTHS, divisorsOf, outgrown, reachOf } from './cache_model.js';

export const CACHE_KEYS = [
  ['← →', 'shorter, longer'],
  ['Home End', 'one word, as long as it goes'],
  ['↑ ↓', 'more texts, fewer'],
  ['g', 'heads that answer'],
  ['w', 'window'],
  ['b', 'bits'],
  ['m', 'model'],
  ['Space', 'write'],
];
const SCALES = [
  [1e18, 'quintillion'],
  [1e15, 'quadrillion'],
  [1e12, 'trillion'],
  [1e9, 'billion'],
  [1e6, 'million'],
];

const three = (x) => (x >= 99.95 ? Math.round(x).toLocaleString('en') : x >= 9.995 ? x.toFixed(1) : x.toFixed(2));

/** A count in words: 123,456 or 1.24 billion. */
export function countWords(x) {
  const scale = SCALES.find(([size]) => x >= 0.9995 * size);
  return scale ? `${three(x / scale[0])} ${scale[1]}` : Math.round(x).toLocaleString('en');
}

/** Bytes in words, thousands at a time: 73.7 kB. */
export function bytesWords(x) {
  const [size, unit] = [
    [1e15, 'PB'],
    [1e12, 'TB'],
    [1e9, 'GB'],
    [1e6, 'MB'],
    [1e3, 'kB'],
  ].find(([least]) => x >= least) ?? [1, 'bytes'];
  return size === 1 ? `${x.toLocaleString('en')} ${x === 1 ? 'byte' : unit}` : `${three(x / size)} ${unit}`;
}

/** How many times as much: 703 times, 1.2 times. */
export const timesWords = (x) => `${x >= 9.95 ? Math.round(x).toLocaleString('en') : x.toFixed(1)} times`;

/** A number with what it counts: 1 head, 12 heads. */
const counted = (n, thing) => `${n.toLocaleString('en')} ${thing}${n === 1 ? '' : 's'}`;

/** How many words a cell of a triangle stands for. */
export const cellWords = (each) =>
  each < 10 && each % 1 ? `${each.toFixed(1)} words` : counted(Math.round(each), 'word');

/** What is made again at a word of the text without a cache. */
export const againWords = (again, length) =>
  again < length
    ? `at every word those of the last ${again.toLocaleString('en')} are made again`
    : 'at every word all keys and values are made again';

const headsWords = ({ kv_heads: kv, heads }) => `${kv} of ${counted(heads, 'head')} ${kv === 1 ? 'answers' : 'answer'}`;
const textsWords = (b) => (b === 1 ? 'one text' : `${b} texts`);

/** The windows to choose from: none, and powers of four below the longest text; with the model's own. */
export const windowChoices = (own) => [
  null,
  ...[...new Set([64, 256, 1024, 4096, ...(own ? [own] : [])])].sort((a, b) => a - b),
];

/** The answer at the top: { short, long }. */
export function cacheAnswer(view) {
  const { costs, model, length, batch, bytes, rivals } = view;
  const each = costs.anew / costs.step;
  const short =
    length === 1
      ? `The first word costs ${countWords(costs.step)} multiplications either way.`
      : `With the cache this word costs ${countWords(costs.step)} multiplications, without ${countWords(costs.anew)}: ${timesWords(each)} as much.`;
  const from = outgrown(model, batch);
  const grows =
    from === null
      ? 'and beyond the window it grows no more'
      : length >= from
        ? `more than the ${bytesWords(costs.weights)} of the model itself since word ${from.toLocaleString('en')}`
        : `the model itself has ${bytesWords(costs.weights)}, and from word ${from.toLocaleString('en')} on the cache is larger`;
  const rival = rivals.length
    ? ` ${rivals[0].name} would keep ${bytesWords(rivals[0].numbers * batch * bytes)}, however long the text.`
    : '';
  return {
    short,
    long: `Memory pays: ${bytesWords(costs.bytes)} for ${textsWords(batch)} of ${counted(length, 'word')}; ${grows}.${rival}`,
  };
}

/** The sums, with their numbers. */
export function cacheSums({ model, costs, batch, bytes, length }) {
  const n = (x) => x.toLocaleString('en');
  const within = model.window !== null && model.window < length ? ' in the window' : '';
  const reach = `${counted(model.layers, 'layer')} × (${n(model.window ?? 1)} − 1) + 1 = ${counted(reachOf(model) ?? 1, 'word')}`;
  const answer = `${counted(model.kv_heads, 'head')} that ${model.kv_heads === 1 ? 'answers' : 'answer'}`;
  return [
    `2 (key, value) × ${counted(model.layers, 'layer')} × ${answer} × ${counted(model.head_size, 'number')} × ${counted(costs.kept, 'word')}${within} × ${textsWords(batch)} × ${counted(bytes, 'byte')} = ${counted(costs.bytes, 'byte')}`,
    `${counted(costs.perToken, 'number')} a word; the whole text of ${n(length)} so far: ${countWords(costs.all)} multiplications with, ${countWords(costs.allAnew)} without`,
    model.window === null
      ? 'without a cache the next word asks all words before it again'
      : `without a cache the next word asks at most ${reach} again: what lies further back cannot reach it`,
  ];
}

/** The sentence of the status. */
export function cacheStatus({ name, model, length, batch, bytes, costs }) {
  const window = model.window === null ? 'no window' : `window ${model.window}`;
  return `${name}, ${headsWords(model)}, ${window}, ${CACHE_BYTES[bytes]}: word ${length.toLocaleString('en')} of ${textsWords(batch)}; cache ${bytesWords(costs.bytes)}.`;
}

const next = (list, value) => list[(list.indexOf(value) + 1) % list.length];
const along = (list, value, by) => {
  const at = list.findIndex((step) => step >= value);
  const exact = list[at] === value;
  return list[clamp(at + by - (by > 0 && !exact ? 1 : 0), 0, list.length - 1)];
};

/** What a key does: traits to set, { act }, or null. */
export function cacheKey({ length, batch, bytes, model, own, names, name }, key) {
  const moves = {
    ArrowLeft: () => ({ length: along(CACHE_LENGTHS, length, -1) }),
    ArrowRight: () => ({ length: along(CACHE_LENGTHS, length, 1) }),
    Home: () => ({ length: 1 }),
    End: () => ({ length: CACHE_LENGTHS.at(-1) }),
    ArrowUp: () => ({ batch: along(CACHE_BATCHES, batch, 1) }),
    ArrowDown: () => ({ batch: along(CACHE_BATCHES, batch, -1) }),
    g: () => ({ kv_heads: next(divisorsOf(model.heads), model.kv_heads) }),
    w: () => ({ window: next(windowChoices(own.window), model.window) }),
    b: () => ({ bytes_per_number: next([4, 2, 1], bytes) }),
    m: () => ({ model: next(names, name) }),
    ' ': () => ({ act: 'play' }),
  };
  return moves[key]?.() ?? null;
}
