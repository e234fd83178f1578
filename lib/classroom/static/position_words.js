// What the position viewer says, and which key does what. Pure: no drawing.
import { clamp } from './common.js';
import { POSITION_CODES, curveSpread, handCounts, movedBoth } from './position_model.js';

/** Can the score be seen through the matrices of a layer? */
const hasLayer = (code) => code !== 'alibi' && code !== 'none';

/** Which keys do something here, and what. */
export function positionKeys({ code, codes }) {
  const inSteps = { rotary: 'base', alibi: 'head' }[code];
  return [
    ['← →', 'move both'],
    ['PageUp PageDown', 'move both by 16'],
    ['↑ ↓', 'farther apart, nearer'],
    ['Home End', 'side by side, as far as it goes'],
    ...(codes.length > 1 ? [['c', 'next code']] : []),
    ...(hasLayer(code) ? [['l', 'through a layer']] : []),
    ...(inSteps ? [['[ ]', inSteps]] : []),
    ['Space', 'walk'],
  ];
}
const BASE_STEPS = 20; // of the slider, for a factor of ten

const placesWord = (n) => (n === 1 ? '1 place' : `${n} places`);

/** A score in three digits or so, with a true minus; a tiny one is not −0.000. */
export function scoreWords(value) {
  if (Number.isNaN(value)) return 'none';
  const text = Math.abs(value) >= 10 ? value.toFixed(1) : Math.abs(value) >= 1 ? value.toFixed(2) : value.toFixed(3);
  return (/^-0\.0*$/.test(text) ? text.slice(1) : text).replace('-', '−');
}

/** A number of places or turns, short. */
export const shortNumber = (x) =>
  x >= 9950
    ? `${Math.round(x / 1000).toLocaleString('en')}k`
    : x >= 99.5
      ? Math.round(x).toLocaleString('en')
      : x.toFixed(1);

/** The base at a place of the slider, and back; a round number at each full step. */
export const baseAt = (step) => Math.round(10 ** (step / BASE_STEPS));
export const baseStep = (base) => Math.round(BASE_STEPS * Math.log10(base));

const without = ({ code, key, table }) => code === 'learned' && key >= table.count;

/** The answer at the top: { short, long }. */
export function positionAnswer(view) {
  const { code, query, key, trained, slopes, table, pair } = view;
  const apart = query - key;
  const { all, slow, fresh } = handCounts(view);
  const never = `${slow} of the ${all} hands never go once round within the ${trained} places of training`;
  if (code === 'rotary') {
    const here = fresh
      ? `at this distance ${fresh === 1 ? 'one of them stands where it' : `${fresh} of them stand where they`} never stood before`
      : 'here every hand stands where it has stood before';
    return {
      short: `The distance and nothing else: ${placesWord(apart)}.`,
      long: `Query and key are turned by t and by s, and a score sees the angles between. ${slow ? never : 'Every hand goes round in training'}; ${here}.`,
    };
  }
  if (code === 'sinusoidal') {
    const new1 = fresh ? `; ${fresh === 1 ? 'one shows' : `${fresh} show`} an angle never seen in training` : '';
    return {
      short: 'Where each of them stands: two hands on every clock.',
      long: `${never}${new1}. The product P(t) · P(s) knows the distance alone, as a sum of cosines of the angles between; through the matrices of a layer the place counts too.`,
    };
  }
  if (code === 'alibi') {
    const keeps = (slope) => `${scoreWords(-slope * apart)}`;
    return {
      short: `The distance, as a penalty: ${placesWord(apart)}.`,
      long: `The steepest of ${slopes.length} heads adds ${keeps(Math.max(...slopes))} to the score, the flattest ${keeps(Math.min(...slopes))}. Farther out than in training there is nothing of a new kind, only more of the same line.`,
    };
  }
  if (code === 'learned') {
    if (query >= table.count)
      return {
        short: `Nothing: there is no row for place ${without(view) ? key : query}.`,
        long: `The table ends at row ${table.count - 1}, and the network stops there with an error.`,
      };
    return {
      short: 'Two rows of a table, each learned by itself.',
      long: `Their product is ${scoreWords(pair)} here. What all pairs ${placesWord(apart)} apart have in common had to be learned row by row; after row ${table.count - 1} there is nothing.`,
    };
  }
  return {
    short: 'Nothing at all.',
    long: 'The same two words give the same score wherever they stand. Some order still comes in through the causal mask: who may look at more words stands later.',
  };
}

/** Do the curves from other places lie on this one? */
export function curveWords(view) {
  const { code, scores, query, others, length } = view;
  if (code === 'alibi') return 'Added to the score at each distance, in each head';
  const asked = 'Score at each distance, asked from here (thick) and from elsewhere (thin)';
  if (code === 'none') return 'Score at each distance: the code adds nothing';
  const spread = curveSpread(scores.curve, [query, ...others]);
  if (spread < 1e-6 && length > 1) return `${asked}: one line`;
  return `${asked}: a line for each place`;
}

/** What changed since the two stood elsewhere at the same distance. `anchor`: { query, key, pair }, or null. */
export function positionStatus(view, anchor) {
  const { code, query, key, pair, trained, projected, length } = view;
  const here = `${POSITION_CODES[code]}. t = ${query}, s = ${key}: ${placesWord(query - key)} apart${query - key >= trained ? ', farther than ever in training' : query >= trained ? ', t beyond the trained length' : ''}.`;
  const score = Number.isNaN(pair) ? 'There is no score.' : `Score ${scoreWords(pair)}.`;
  const ask =
    key > 0 || query < length - 1
      ? 'Move both by the same amount: what changes?'
      : 'They stand as far apart as the line is long. Bring them nearer, and both can move.';
  if (!anchor || anchor.query === query) return `${here} ${score} ${ask}`;
  const by = `Both moved by ${scoreWords(query - anchor.query).replace(/\.0+$/, '')}`;
  if (code === 'none') return `${here} ${by}: there is nothing that could change.`;
  if (code === 'learned')
    return `${here} ${by}: two other rows. Score ${scoreWords(anchor.pair)} before, ${scoreWords(pair)} now.`;
  if (code !== 'sinusoidal') return `${here} ${by}: nothing has changed, the score is still ${scoreWords(pair)}.`;
  if (!projected)
    return `${here} ${by}: every hand has turned, but the product is still ${scoreWords(pair)}. Now look through a layer.`;
  return `${here} ${by}: every hand has turned, and the score went from ${scoreWords(anchor.pair)} to ${scoreWords(pair)}.`;
}

/** What a key does: traits to set, { act }, or null. */
export function positionKey(view, key) {
  const { query, key: asked, length, codes, code, projected, base, head, slopes } = view;
  const both = (by) => movedBoth(view, by);
  const apart = (by) => ({ key: clamp(asked - by, 0, query) });
  const inSteps = (by) => {
    if (code === 'rotary') return { base: clamp(baseAt(baseStep(base) + 5 * by), 10, 1e6) };
    return code === 'alibi' ? { head: clamp(head + by, 0, slopes.length - 1) } : null;
  };
  const moves = {
    ArrowLeft: () => both(-1),
    ArrowRight: () => both(1),
    PageUp: () => both(16),
    PageDown: () => both(-16),
    ArrowUp: () => (asked > 0 ? apart(1) : { query: Math.min(length - 1, query + 1) }),
    ArrowDown: () => apart(-1),
    Home: () => ({ key: query }),
    End: () => ({ key: 0, query: length - 1 }),
    c: () => ({ code: codes[(codes.indexOf(code) + 1) % codes.length] }),
    l: () => (hasLayer(code) ? { projected: !projected } : null),
    '[': () => inSteps(-1),
    ']': () => inSteps(1),
    ' ': () => ({ act: 'play' }),
  };
  return moves[key]?.() ?? null;
}

/** The pair after one of the two went to a place: the other is pushed along where it stands in the way. */
export function pushed({ query, key }, which, to) {
  if (which === 'query') return { query: to, key: Math.min(key, to) };
  return { query: Math.max(query, to), key: to };
}
