// What the energy viewer says in words, and what its keys do.
import { clamp } from './common.js';
import { mixtureOf } from './energy_model.js';

/** A signed number with a true minus: +0.42. */
export const signed = (x, digits = 2) => (x < 0 ? '−' : '+') + Math.abs(x).toFixed(digits);

const many = (n, one, more = one + 's') => `${n} ${n === 1 ? one : more}`;
const listed = (words) =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;

/** The stored picture that is nearest, up to a reversal: its index, or -1. */
export function nearest({ stored, overlaps }) {
  return overlaps.reduce(
    (best, m, i) => (stored[i] && (best < 0 || Math.abs(m) > Math.abs(overlaps[best])) ? i : best),
    -1,
  );
}

function whereItRests(view) {
  const { patterns, stored, labels, overlaps, count } = view;
  const near = nearest(view),
    m = overlaps[near],
    name = labels[near],
    wrong = Math.round(((1 - Math.abs(m)) / 2) * count);
  if (wrong === 0 && m > 0) return `At rest: this is the ${name}, to the last unit.`;
  if (wrong === 0) return `At rest in the negative of the ${name}: every unit reversed.`;
  if (Math.abs(m) >= 0.9)
    return `At rest near the ${m < 0 ? 'negative of the ' : ''}${name}: ${many(wrong, 'unit')} of ${count} wrong.`;
  const kept = patterns.map((_, i) => i).filter((i) => stored[i]);
  const parts = mixtureOf(
    kept.map((i) => patterns[i]),
    view.state,
  );
  const named = parts?.map((part) => (part.reversed ? 'reversed ' : '') + labels[kept[part.pattern]]);
  const what = named ? `the majority of ${listed(named)}` : `nearest to the ${name}, overlap ${signed(m)}`;
  return `At rest in a place that nobody stored: ${what}.`;
}

/** The answer to the viewer's question at this moment: { short, long }. */
export function verdict(view) {
  const { stored, labels, overlaps, unhappy, stays, count } = view;
  const number = stored.filter(Boolean).length;
  if (!number) return { short: 'Nothing is stored.', long: 'Tick a picture: it is written into the weights.' };
  const good = stays.filter((m) => m === 1).length;
  const memory =
    good === number
      ? `Shown as they are, all ${number} stored pictures stay.`
      : `Shown as they are, ${good} of ${many(number, 'stored picture')} ${good === 1 ? 'stays' : 'stay'}.`;
  const wants = unhappy.filter(Boolean).length;
  if (!wants) return { short: whereItRests(view), long: number === 1 ? '' : memory };
  const near = nearest(view);
  const short = `Not at rest: ${wants} of ${many(count, 'unit')} ${wants === 1 ? 'wants' : 'want'} to flip.`;
  return { short, long: `Nearest is the ${labels[near]}, overlap ${signed(overlaps[near])}. ${memory}` };
}

const fill = (s) => (s > 0 ? 'filled' : 'empty');

/** Row and column of a unit, counted from one. */
export const place = ({ columns }, unit) => `row ${Math.floor(unit / columns) + 1}, column ${(unit % columns) + 1}`;

/** Why the chosen unit is as it is. */
export function because(view) {
  const { unit, state, fields, kept, last } = view,
    field = fields[unit];
  if (!kept.length) return 'It hears nothing: all weights are zero.';
  const sum = `Its inputs sum to ${signed(field, 3)}`;
  if (field === 0) return `${sum}: a tie. It keeps its value, ${fill(state[unit])}.`;
  const wanted = `${sum}: they want it ${fill(field)}.`;
  if (field * state[unit] < 0) return `${wanted} It is ${fill(state[unit])}, and flips as soon as it is asked.`;
  if (last?.unit === unit) return `${wanted} It has just flipped; the energy fell by ${(2 * Math.abs(last.field)).toFixed(3)}.`;
  return `${wanted} It is, and stays.`;
}

/** The line under the picture. */
export function statusSaid(view) {
  const { steps, done, energy, run } = view;
  const asked = steps ? `${many(steps, 'unit')} asked, ${many(done, 'flip')}.` : 'Not let go yet.';
  const fell = steps ? ` It was ${signed(run.first)} at the start.` : '';
  return `${asked} Energy ${signed(energy)}.${fell}`;
}

/** The help line: [keys, what they do]. */
export const ENERGY_KEYS = [
  ['Space', 'let go, pause'],
  ['n', 'next flip'],
  ['End', 'to rest'],
  ['Home', 'back'],
  ['← ↑ ↓ →', 'choose a unit'],
  ['Enter', 'flip it'],
  ['1 … 9', 'show a picture'],
  ['+ −', 'store more, fewer'],
  ['d', 'damage'],
  ['e', 'erase half'],
  ['r', 'random'],
  ['o', 'another order'],
];

/** What a key does: { act, with } or null. */
export function energyKey({ unit, rows, columns, count, pictures }, key) {
  const [row, column] = [Math.floor(unit / columns), unit % columns];
  const go = (r, c) => ({ act: 'choose', with: clamp(r, 0, rows - 1) * columns + clamp(c, 0, columns - 1) });
  if (/^[1-9]$/.test(key)) return +key <= pictures ? { act: 'show', with: +key - 1 } : null;
  switch (key) {
    case 'ArrowLeft':
      return go(row, column - 1);
    case 'ArrowRight':
      return go(row, column + 1);
    case 'ArrowUp':
      return go(row - 1, column);
    case 'ArrowDown':
      return go(row + 1, column);
    case 'PageUp':
      return go(0, column);
    case 'PageDown':
      return go(rows - 1, column);
    case 'Enter':
      return { act: 'flip', with: Math.min(unit, count - 1) };
    case '+':
    case '=':
      return { act: 'storeMore', with: 1 };
    case '-':
    case '−':
      return { act: 'storeMore', with: -1 };
    default: {
      const act = {
        ...{ ' ': 'play', n: 'next', End: 'rest', Home: 'back', d: 'damage', e: 'erase' },
        ...{ r: 'random', o: 'reorder', Escape: 'stop' },
      }[key];
      return act ? { act } : null;
    }
  }
}
