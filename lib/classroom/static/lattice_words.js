// What the lattice viewer says, and which key does what. Pure: no drawing.
import { clamp } from './common.js';
import { decimal, percent, shown } from './chain_words.js';
import { pushScale } from './lattice_model.js';
import { runsOf } from './lattice_paths.js';

export const LATTICE_LAYERS = ['alpha', 'beta', 'posterior', 'gradient'];
export const LAYER_NAMES = { alpha: 'Forward α', beta: 'Backward β', posterior: 'Posterior', gradient: 'Gradient' };
const DASH = '–';
const RAISED = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** A probability given by its logarithm: 0.034, or 3.4×10⁻⁵ where it is small. */
export function fromLog(log, digits = 3) {
  if (log === -Infinity) return '0';
  if (log > Math.log(0.00995)) return Math.exp(log).toPrecision(Math.exp(log) > 0.9995 ? digits + 1 : digits);
  let power = Math.floor(log / Math.LN10);
  let head = Math.exp(log - power * Math.LN10).toPrecision(digits);
  if (+head >= 10) [power, head] = [power + 1, (1).toPrecision(digits)];
  return `${head}×10⁻${[...String(-power)].map((d) => RAISED[d]).join('')}`;
}

/** A loss in nats. */
export const nats = (loss) => (loss === Infinity ? '∞' : Math.max(0, loss).toFixed(loss < 0.1 ? 3 : 2));

/** A number of paths. */
export function manyPaths(count) {
  if (count === 1) return 'one path spells it';
  if (count < 1e6) return `${count.toLocaleString('en')} paths spell it`;
  const names = ['million', 'billion', 'trillion'];
  const group = Math.floor(Math.log10(count) / 3 + 1e-12);
  const head = count / 1000 ** group;
  const number = head < 10 ? head.toFixed(1) : Math.round(head);
  if (group - 2 < names.length) return `${number} ${names[group - 2]} paths spell it`;
  const raised = [...String(Math.floor(Math.log10(count)))].map((d) => RAISED[d]).join('');
  return `some 10${raised} paths spell it`;
}

export const ordinal = (n) => `${n}${['th', 'st', 'nd', 'rd'][n % 100 > 10 && n % 100 < 14 ? 0 : n % 10] ?? 'th'}`;

/** Symbols side by side, with spaces where one of them is long. */
export const spelled = (names) => names.join(names.some((name) => [...name].length > 1) ? ' ' : '');

/** The sign of the blank: its name where that is one character and no symbol, or else a dash. */
export function blankSign({ symbols, now }) {
  const name = symbols[now.blank].trim();
  return [...name].length === 1 && symbols.filter((other) => other === name).length === 1 ? name : DASH;
}

/** The symbol of a class, the blank by its sign. */
export const symbolOf = (view, k) => (k === view.now.blank ? blankSign(view) : shown(view.symbols[k], 6));

/** The word with spaces, or words for no word. */
export const wordOf = (view) => view.now.target.map((k) => symbolOf(view, k)).join(' ') || 'no symbol at all';

/** A place of the lattice in words: “3” (2nd of 3), or the blank after it. */
export function placeWords(view, s) {
  const { now } = view;
  const most = now.target.length;
  const name = (i) => `“${symbolOf(view, now.target[i])}”`;
  if (s % 2) return `${name((s - 1) / 2)} (${ordinal((s + 1) / 2)} of ${most})`;
  if (most === 0) return 'the blank';
  if (s === 0) return `the blank before ${name(0)}`;
  if (s === 2 * most) return `the blank after ${name(most - 1)}`;
  return `the blank between ${name(s / 2 - 1)} and ${name(s / 2)}`;
}

/** Reads what was typed as labels: { target } or { wrong } with words. The longest symbol that fits comes first. */
export function readWord(text, symbols, blank, most) {
  const known = symbols.map((name, k) => ({ name, k })).filter(({ k }) => k !== blank);
  known.sort((a, b) => b.name.length - a.name.length);
  const target = [];
  for (let rest = text; rest.length;) {
    const found = known.find(({ name }) => rest.startsWith(name));
    if (!found && rest[0].trim()) return { wrong: `“${[...rest][0]}” is none of the symbols.` };
    if (found) target.push(found.k);
    rest = rest.slice(found ? found.name.length : 1);
  }
  return target.length > most ? { wrong: `At most ${most} symbols can be drawn.` } : { target };
}

/** The answer at the top: { short, long }. */
export function latticeAnswer(view) {
  const { now, given, changed } = view;
  const word = wordOf(view);
  const frames = `${now.frames} column${now.frames === 1 ? '' : 's'}`;
  if (!now.possible) {
    const twins = now.needed - now.target.length;
    const why = twins
      ? `${now.target.length} symbols, and a blank between each two that are the same (${twins} here)`
      : `${now.target.length} symbols, a column each`;
    return { short: `Impossible: ${word} needs ${now.needed} columns; there are ${now.frames}.`, long: `${why}.` };
  }
  const share = Math.exp(now.bestLogProb - now.logLikelihood);
  const steps = view.steps ? ` after ${view.steps} step${view.steps === 1 ? '' : 's'}` : '';
  const was = changed ? `${steps} (${nats(-given.logLikelihood)} as given)` : '';
  return {
    short: `P(${word}) = ${fromLog(now.logLikelihood)}: a loss of ${nats(-now.logLikelihood)} nats${was}.`,
    long:
      now.alike > 1 && now.alike === now.ways
        ? `In ${frames} ${manyPaths(now.ways)}, all equally probable; the loss counts them all.`
        : `In ${frames} ${manyPaths(now.ways)}. The most probable of them has ${percent(share)} ` +
          'of the probability; the loss counts them all.',
  };
}

/** What the outputs say by themselves: { text, same }. same: is it the word? */
export function latticeAlone(view) {
  const { greedy, blank, target } = view.now;
  const said = runsOf(greedy).flatMap(({ k }) => (k === blank ? [] : [k]));
  const text = spelled(said.map((k) => symbolOf(view, k))) || 'nothing';
  return { text, same: String(said) === String(target) };
}

/** The name of the path that is drawn as stretches. */
export function pathName(view) {
  const word = spelled(view.now.target.map((k) => symbolOf(view, k))) || 'no symbol';
  if (view.path.length) return `Your path, which says ${word}`;
  const { alike } = view.now;
  if (alike < 2) return `Best path of ${word}`;
  return `One of ${alike < 100 ? alike : 'many'} equally probable paths of ${word}`;
}

/** What the picture shows, in this layer. */
export const layerReading = (view) =>
  ({
    alpha: 'Discs: α, all beginnings that come to a place, as shares of their column. Lines: where they come from.',
    beta: 'Discs: β, all endings that go on from a place, as shares of their column. Lines: where they go.',
    posterior:
      'Discs: α × β divided by P(word): is the path there, knowing every column? ' +
      `“${blankSign(view)}” is the blank.`,
    gradient: 'Discs: the posterior. Below: ▲ pushed up, the word wants more than the network says; ▼ pushed down.',
  })[view.layer];

/** What the outputs show. */
export function outputsReading({ layer, now }) {
  if (layer === 'gradient')
    return `Push on each output (posterior − output); the largest is ${pushScale(now).toFixed(2)}`;
  if (layer === 'posterior') return 'Outputs. Bar: what the network says. Line: what the word wants';
  return 'Outputs: what the network says in each column';
}

/** The place where most of the layer is at this column. */
export function topPlace({ now, at, shares }) {
  let top = 0;
  for (let s = 1; s < now.places; s++) if (shares(at, s) > shares(at, top)) top = s;
  return top;
}

/** One sentence about the column, for the layer that is shown. */
export function columnSentence(view) {
  const { now, at, layer, row } = view;
  if (!now.possible) return `Column ${at + 1}: no path.`;
  const top = topPlace(view);
  const here = `Column ${at + 1}`;
  if (layer === 'gradient') {
    const i = at * now.classes + row;
    const [says, wants] = [Math.exp(now.logProbs[i]), now.wanted[i]];
    const way = wants > says ? 'pushed up ▲' : 'pushed down ▼';
    const push = Math.abs(wants - says) < 0.005 ? 'hardly a push' : way;
    const name = row === now.blank ? 'the blank' : `“${symbolOf(view, row)}”`;
    return `${here}, ${name}: the network says ${decimal(says)}, the word wants ${decimal(wants)}: ${push}.`;
  }
  const share = decimal(view.shares(at, top));
  if (layer === 'alpha') return `${here}: ${share} of all beginnings stand at ${placeWords(view, top)}.`;
  if (layer === 'beta') return `${here}: ${share} of what is still to come goes on from ${placeWords(view, top)}.`;
  return `${here}: knowing all columns, the path is at ${placeWords(view, top)} with probability ${share}.`;
}

/** The three lines of a path: as it is, repeats once, blanks away. */
export function pathLines(view) {
  const classes = view.path.map((s) => view.now.extended[s]);
  const runs = runsOf(classes).map(({ k }) => k);
  const names = (list) => spelled(list.map((k) => symbolOf(view, k)));
  return [names(classes), names(runs), names(runs.filter((k) => k !== view.now.blank))];
}

/** The status line. */
export function latticeStatus(view) {
  const { now, at } = view;
  if (view.refused) return view.refused;
  const share = percent(Math.exp(view.pathLog - now.logLikelihood));
  const path = view.path.length ? ` The path says ${pathLines(view)[2] || 'nothing'}, ${share} of all.` : '';
  const alone = latticeAlone(view);
  const says = `Alone, the outputs say ${alone.text}, ${alone.same ? 'which is' : 'not'} the word.`;
  if (!now.possible) return `${latticeAnswer(view).short} ${says}`;
  const loss = `Loss ${nats(-now.logLikelihood)} nats.`;
  return `${loss} ${says} ${columnSentence(view)} There α × β adds up to ${fromLog(now.sums[at], 4)}.${path}`;
}

/** The next probability up or down: evenly spaced on the logistic scale. */
export function nudged(p, by) {
  const odds = Math.log(p / (1 - p)) + by * 0.5;
  return clamp(1 / (1 + Math.exp(-odds)), 0.001, 0.999);
}

/** What a key does: { act, with } or null for a key that is not ours. */
export function latticeKey({ at, frames, rows, row }, key) {
  const go = (t) => ({ act: 'go', with: clamp(t, 0, frames - 1) });
  const turn = (by) => ({ act: 'choose', with: rows[clamp(rows.indexOf(row) + by, 0, rows.length - 1)] });
  const table = {
    ...{ ArrowLeft: go(at - 1), ArrowRight: go(at + 1), PageUp: go(at - 10), PageDown: go(at + 10) },
    ...{ Home: go(0), End: go(frames - 1), ArrowUp: turn(-1), ArrowDown: turn(1) },
    ...{ s: { act: 'walk', with: 0 }, n: { act: 'walk', with: 1 }, j: { act: 'walk', with: 2 } },
    ...{ m: { act: 'best' }, r: { act: 'random' }, c: { act: 'clear' }, l: { act: 'learn' } },
    ...{ '+': { act: 'nudge', with: 1 }, '=': { act: 'nudge', with: 1 } },
    ...{ '-': { act: 'nudge', with: -1 }, _: { act: 'nudge', with: -1 } },
    ...{ a: { act: 'show', with: 'alpha' }, b: { act: 'show', with: 'beta' } },
    ...{ p: { act: 'show', with: 'posterior' }, g: { act: 'show', with: 'gradient' } },
    ...{ u: { act: 'undo' }, U: { act: 'reset' }, ' ': { act: 'play' }, Escape: { act: 'stop' } },
  };
  return Object.hasOwn(table, key) ? table[key] : null;
}

export const LATTICE_KEYS = [
  ['← →', 'column'],
  ['Space', 'play'],
  ['a b p g', 'layer'],
  ['s n j', 'path: stay, next, jump'],
  ['m r c', 'path: best, random, none'],
  ['↑ ↓', 'symbol'],
  ['+ −', 'its output'],
  ['l', 'learn'],
  ['u U', 'undo, reset'],
];
