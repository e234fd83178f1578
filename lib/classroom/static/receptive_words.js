// What the receptive field viewer says, and which key does what. Pure: no drawing.
import { clamp } from './common.js';
import { MOST_RECEPTIVE_LAYERS, RECEPTIVE_GOALS, RECEPTIVE_KERNELS } from './receptive_model.js';
import { enoughFor, sharesOf, sidewaysTo } from './receptive_model.js';

export const RECEPTIVE_COMPARED = {
  dilated: 'The stack',
  plain: 'The same without dilation',
  recurrent: 'A recurrent layer',
};
const RAISED_DIGITS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

export const counted = (n, one, many = `${one}s`) => `${n.toLocaleString('en')} ${n === 1 ? one : many}`;

/** A number that may be huge: 1,234, or some 10¹². */
export function manyRoads(n) {
  if (n < 1e6) return counted(n, 'road');
  return `some 10${[...String(Math.floor(Math.log10(n)))].map((d) => RAISED_DIGITS[d]).join('')} roads`;
}

export const shareWords = (share) => (share < 0.005 ? 'under 1\u00a0%' : `${Math.round(100 * share)}\u00a0%`);

/** Numbers in words, those in a row as a range: 2 to 3, 6 to 7 and 12 more. */
export function rangesIn(numbers, most = 3) {
  const ranges = [];
  for (const n of numbers) {
    if (ranges.length && n === ranges.at(-1)[1] + 1) ranges.at(-1)[1] = n;
    else ranges.push([n, n]);
  }
  const kept = ranges.slice(0, most).map(([a, b]) => (a === b ? `${a}` : `${a} to ${b}`));
  const left = ranges.slice(most).reduce((sum, [a, b]) => sum + b - a + 1, 0);
  return kept.join(', ') + (left ? ` and ${left.toLocaleString('en')} more` : '');
}

/** An input by its token and how far away it lies: “c”, 20 steps back. */
export function inputWords({ tokens, step }, t) {
  const away = `${counted(Math.abs(step - t), 'step')} ${t > step ? 'later' : 'back'}`;
  const back = step === t ? 'the newest' : away;
  const token = tokens?.[t];
  return token === undefined ? back : `“${token === ' ' ? '␣' : token}”, ${back}`;
}

/** What this output uses of what it sees. */
export function usedWords(view) {
  const shares = sharesOf(view.importance[0]);
  if (!shares.length) return 'It uses none of them: every gradient is zero.';
  const [half, most] = [enoughFor(shares, 0.5), enoughFor(shares, 0.9)];
  const top = `${inputWords(view, shares[0].t)}, has ${shareWords(shares[0].share)}`;
  const told =
    half === 1 ? `One of them, ${top} of all importance` : `Half of all importance lies in ${half}; the first, ${top}`;
  const stray = shares.filter(({ t }) => t > view.step || !(view.now.roads[0][view.step - t] > 0)).length;
  const wrong = `But ${counted(stray, 'input')} it cannot see ${stray === 1 ? 'has' : 'have'} importance: these numbers are of another network. `;
  return `${stray ? wrong : ''}${told}. Nine tenths: ${counted(most, 'input')}.`;
}

/** The answer at the top: { short, long }. */
export function receptiveAnswer(view) {
  const { now, step, compare } = view;
  const before = step + 1;
  const sofar = before === 1 ? 'It sees the only input so far.' : `It sees all ${before} inputs so far.`;
  if (compare === 'recurrent') {
    const steps = before === 1 ? 'one step' : `${before} steps in a row, each waiting for the one before`;
    return {
      short: `${sofar} Its reach has no end.`,
      long: `But the oldest comes through ${steps}. In the stack every input comes through ${counted(view.own.layers.length, 'layer')}.`,
    };
  }
  const inside = now.holes.filter((b) => b < before);
  const [reach, seen] = [Math.min(now.field, before), Math.min(now.field, before) - inside.length];
  const back = inside.length === 1 && inside[0] === 1 ? 'step' : 'steps';
  const short = inside.length
    ? `It sees ${seen} of the last ${reach} inputs. It is blind ${rangesIn(inside)} ${back} back.`
    : now.field >= before
      ? sofar
      : `It sees the last ${counted(now.field, 'input')}, and nothing before.`;
  if (view.importance) return { short, long: usedWords(view) };
  const most = now.roads[0].slice(0, reach).reduce((a, b) => Math.max(a, b));
  const oldest = now.roads[0][reach - 1] ? ` The oldest has ${manyRoads(now.roads[0][reach - 1])}` : '';
  const roads = most === 1 ? ', on one road.' : oldest ? `.${oldest}, the one with most ${manyRoads(most)}.` : '.';
  const none = now.field - before;
  const zeros =
    none > 0
      ? ` Its field is ${now.field.toLocaleString('en')} steps; ${none.toLocaleString('en')} of them lie before the beginning, where zeros stand.`
      : '';
  return { short, long: `Each comes through ${counted(now.layers.length, 'layer')}${roads}${zeros}` };
}

/** The stack in one line. */
export function stackLine({ layers, kernel, field, seen, holes, stored, weights, plain }) {
  const spread = layers.map(([, d]) => d).join(' ');
  const sees = holes.length ? `sees ${seen} of ${field} steps` : `sees ${counted(field, 'step')}`;
  const head = `${counted(layers.length, 'layer')}, kernel ${kernel}, dilation${layers.length === 1 ? '' : 's'} ${spread}`;
  const dilated = layers.some(([, d]) => d > 1) && plain !== null;
  const rest = dilated ? `; the same reach without dilation needs ${counted(plain, 'layer')}` : '';
  return (
    `${head}: ${sees}, stores ${stored.toLocaleString('en')} × channels numbers while stepping, ` +
    `${counted(weights, 'multiplication')} per channel pair${rest}.`
  );
}

/** The chosen input: how it reaches the output. */
export function tracedWords(view) {
  const { traced, now, step, compare } = view;
  if (traced === null) {
    const some = view.shares.slice(0, 3).map(({ t, share }) => `${inputWords(view, t)}: ${shareWords(share)}`);
    const most = some.length ? `Most important: ${some.join('; ')}. ` : '';
    return `${most}Point at an input, or press [ and ], to see the roads it takes.`;
  }
  const name = inputWords(view, traced);
  if (traced > step) return `${name} than the output: nothing looks ahead.`;
  const back = step - traced;
  if (compare === 'recurrent') return `${name}: one road, through ${counted(back + 1, 'state')}, one after the other.`;
  const roads = now.roads[0][back] ?? 0;
  const share = view.importance && sharesOf(view.importance[0]).find(({ t }) => t === traced)?.share;
  const used = view.importance ? ` It has ${share ? shareWords(share) : 'none'} of the importance.` : '';
  if (roads) return `${name}: ${manyRoads(roads)} to the output.${used}`;
  const hole = back < now.field;
  return `${name}: ${hole ? 'a hole. Older inputs arrive, this one never.' : 'out of reach, however long one trains.'}${used}`;
}

/** The hidden units through which an input comes; where it has one road, how far each layer hands it on sideways. */
export function wayWords({ traced, step, compare, up, now, layers }) {
  const back = step - traced;
  if (compare === 'recurrent' || traced === null || !up || !now.roads[0][back]) return '';
  if (now.roads[0][back] === 1) {
    const sideways = sidewaysTo(now, back);
    if (!sideways.length) return ' Every layer hands it straight up.';
    const hand = `${counted(sideways.length, 'layer')} ${sideways.length === 1 ? 'hands' : 'hand'} it on sideways`;
    return ` ${hand}: ${sideways.sort((a, b) => b - a).join(' + ')}.`;
  }
  const units = up.slice(1, -1).map((level, l) => level.filter((n, b) => n && now.roads[l + 1][b]).length);
  const between = counted(layers.length - 1, 'layer');
  return units.length ? ` Hidden units on the way, from below: ${units.join(', ')} (${between}).` : '';
}

/** What a screen reader hears, and what stands below the picture. */
export function receptiveStatus(view) {
  const where = `Output ${view.step + 1} of ${view.length}.`;
  const chain = 'A recurrent layer sees every step so far and stores one state, 2 multiplications per channel pair.';
  const line = view.compare === 'recurrent' ? chain : stackLine(view.now);
  return `${where} ${line}`;
}

/** A goal and how far it is: { done, text }. */
export function goalWords({ goal, now, best }) {
  const { met, fewest } = RECEPTIVE_GOALS[goal];
  const weights = `${counted(now.weights, 'weight')} per channel pair`;
  if (!met(now)) {
    const holes = now.holes.length ? `, with ${counted(now.holes.length, 'hole')}` : '';
    const even = goal === 'exact' && (100 - 1) % Math.max(1, now.kernel - 1);
    const hint = even
      ? ` With kernel ${now.kernel} a field of 100 is impossible: ${now.kernel - 1} does not divide 99.`
      : '';
    return {
      done: false,
      text: `Not yet: ${weights}, the oldest input is ${counted(now.field - 1, 'step')} back${holes}.${hint}`,
    };
  }
  const least =
    now.weights > fewest
      ? `${fewest} are enough`
      : now.weights === fewest
        ? 'with dilations 1, 2, 4, 8 … nobody needs fewer'
        : `with dilations 1, 2, 4, 8 … nobody needs fewer than ${fewest}; yours are others`;
  const missed = now.holes.filter((b) => b <= 200).length;
  const but =
    goal === 'reach' && missed
      ? ` But of the 201 inputs it sees ${201 - missed}: to reach is not to see. Try “No hole”.`
      : '';
  const record = best[goal] < now.weights ? ` Your best: ${best[goal]}.` : '';
  return { done: true, text: `Done with ${weights}; ${least}.${but}${record}` };
}

export const RECEPTIVE_KEYS = [
  ['← →', 'output'],
  ['Home End', 'first, last'],
  ['[ ]', 'follow an input'],
  ['↑ ↓', 'choose a layer'],
  ['d', 'double its dilation'],
  ['1', 'set it to 1'],
  ['+ −', 'layer'],
  ['2 3 5', 'kernel'],
  ['c', 'compare'],
  ['space', 'grow the cone'],
];

/** What a key does: { act, with }, or null where it is not ours. */
export function receptiveKey({ step, length, traced, chosen, layers, compare }, key) {
  const to = (by) => ({ act: 'go', with: clamp(step + by, 0, length - 1) });
  const next = (by) => ({ act: 'trace', with: clamp((traced ?? step + (by < 0 ? 1 : 0)) + by, 0, length - 1) });
  const names = Object.keys(RECEPTIVE_COMPARED);
  if (RECEPTIVE_KERNELS.includes(+key)) return { act: 'kernel', with: +key };
  const table = {
    ArrowLeft: () => to(-1),
    ArrowRight: () => to(1),
    PageUp: () => to(-10),
    PageDown: () => to(10),
    Home: () => to(-length),
    End: () => to(length),
    '[': () => next(-1),
    ']': () => next(1),
    Escape: () => ({ act: 'trace', with: null }),
    ArrowUp: () => ({ act: 'choose', with: Math.min(chosen + 1, layers.length - 1) }),
    ArrowDown: () => ({ act: 'choose', with: Math.max(chosen - 1, 0) }),
    d: () => ({ act: 'double', with: chosen }),
    1: () => ({ act: 'flatten', with: chosen }),
    '+': () => (layers.length < MOST_RECEPTIVE_LAYERS ? { act: 'add' } : null),
    '-': () => (layers.length > 1 ? { act: 'remove' } : null),
    c: () => ({ act: 'show', with: names[(names.indexOf(compare) + 1) % names.length] }),
    ' ': () => ({ act: 'play' }),
  };
  table['='] = table['+'];
  table['−'] = table['-'];
  return Object.hasOwn(table, key) ? table[key]() : null;
}
