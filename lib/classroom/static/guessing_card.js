// How the guesser stands, during the game and at its end.
import { h, set } from './common.js';
import { rankColours } from './guessing_board.js';
import { ladder, rankClass, rankGroups, scoreOf, standings, yardstick } from './guessing_rules.js';

const two = (x) => x.toFixed(2);
const colourOf = (palette, i) => (i === 0 ? palette.accent : palette.states[(i - 1) % palette.states.length]);

/** Beside the keyboard: who was right at once how often, and the bits so far. */
export function sidePanel() {
  const race = h('div', { class: 'race', 'data-role': 'race' }),
    bits = h('p', { class: 'figures', 'data-role': 'bits' }),
    note = h('p', { class: 'dim small' });
  const node = h(
    'div',
    { class: 'side' },
    h('div', {}, h('h4', { text: 'Right at the first guess' }), race),
    h('div', {}, h('h4', { text: 'Bits per character so far' }), bits, note),
  );
  function draw({ ranks, rivals }, palette) {
    const rows = [
      ['you', ranks],
      ...Object.entries(rivals).map(([name, r]) => [name, r.ranks.slice(0, ranks.length)]),
    ];
    race.replaceChildren(
      ...rows.flatMap(([name, own], i) => {
        const first = own.filter((rank) => rank === 1).length;
        const wide = ranks.length ? (100 * first) / ranks.length : 0;
        return [
          h('span', { text: name }),
          h('i', { style: `width:${wide}%;background:${colourOf(palette, i)}` }),
          h('b', { text: first, 'data-first': name }),
        ];
      }),
    );
    const { lower, upper } = ranks.length ? scoreOf(ranks, 2) : {};
    set(bits, { text: ranks.length ? `${two(lower)} to ${two(upper)}` : '–' });
    set(note, {
      text:
        ranks.length < 20
          ? "Shannon's bounds. They begin far too low: a few characters show few ranks."
          : "Shannon's bounds, from how often each number of guesses occurred.",
    });
  }
  return { node, draw };
}

/** The card at the end: a sentence, the guesses, the bounds of everyone on the same characters. */
export function resultCard(clear) {
  const verdict = h('p', { class: 'verdict', 'data-role': 'verdict' }),
    detail = h('p', { class: 'dim' }),
    race = h('p', { 'data-role': 'ladder' }),
    plot = h('div', {}),
    bounds = h('div', { 'data-role': 'bounds' }),
    words = h('div', { class: 'small dim', 'data-role': 'yardstick' });
  const again = h('button', { text: 'Clear for the next reader', 'data-role': 'clear', onclick: clear });
  const top = h('div', { class: 'top' }, h('div', {}, verdict, race, detail), plot);
  const note = h('span', {
    class: 'dim small',
    text: 'You know these characters now: a second game on them would not count.',
  });
  const node = h(
    'div',
    { class: 'card', 'data-role': 'card' },
    top,
    bounds,
    words,
    h('div', { class: 'row' }, again, note),
  );
  let known = { key: null };
  function draw(state, palette, width) {
    const key = state.ranks.join();
    if (known.key !== key) known = { key, all: standings(state) };
    const [you] = known.all;
    top.classList.toggle('wide', width >= 760);
    set(verdict, { text: headline(you) });
    set(detail, { text: partial(you, state.answer.length) });
    set(race, { text: `By the same yardstick, at most: ${ladder(known.all)} bits.` });
    race.hidden = known.all.length === 1;
    plot.replaceChildren(histogram(state, palette, width >= 760 ? (width - 34) / 2 : width));
    bounds.replaceChildren(boundsTable(known.all, palette, width));
    words.replaceChildren(...explain(known.all).map((text) => h('p', { text })));
  }
  return { node, draw };
}

/** A few characters show few of the rare, late guesses: both bounds come out too low. */
const headline = ({ characters, lower, upper }) =>
  `A character of this tale is worth between ${two(lower)} and ${two(upper)} bits to you ` +
  `(by ${characters === 1 ? '1 character' : `${characters} characters`}: probably more).`;

function partial({ characters, first, intervals }, total) {
  const share = `You were right at the first guess ${first} times out of ${characters}.`;
  const early =
    characters < total ? ` You stopped early: the fewer characters, the wider the intervals.` : '';
  if (intervals) return share + early;
  return `${share}${early} No interval: it takes ten characters, and more than one number of guesses.`;
}

function explain(all) {
  const says =
    "A guesser gives ranks and no probabilities, so Shannon's two bounds are all that can be said. " +
    'They are taken from the shares of the ranks, the largest first. In grey: 90\u00a0% bootstrap intervals, ' +
    'a rough guide with few characters.';
  const [, ...rivals] = all;
  if (!rivals.length) return [says];
  const check =
    'A model gives probabilities too, so its true bits (diamond: the mean of -log2 p on the same characters) ' +
    'test the yardstick.';
  const why =
    'Few characters make the upper bound too small; probabilities that are off make the true bits too large.';
  return [says, [check, ...rivals.map(yardstick), why].join(' ')];
}

/** How many characters took 1, 2, 3, ... guesses. */
function histogram({ ranks, alphabet }, palette, width) {
  const groups = rankGroups(ranks, alphabet.length),
    most = Math.max(...groups.map((g) => g.count)),
    wide = width / groups.length;
  const bars = groups.flatMap(({ label, count }, i) => {
    const tall = (66 * count) / most,
      x = i * wide + wide / 2,
      colour = rankColours(palette)[rankClass(parseInt(label, 10))];
    return [
      h('svg:rect', {
        x: x - wide * 0.36,
        y: 84 - tall,
        width: wide * 0.72,
        height: tall,
        fill: colour,
        rx: 2,
      }),
      count
        ? h('svg:text', { x, y: 79 - tall, 'text-anchor': 'middle', 'font-size': 12, text: count })
        : null,
      h('svg:text', { x, y: 99, 'text-anchor': 'middle', 'font-size': 11.5, class: 'dim', text: label }),
    ];
  });
  const said = groups.filter((g) => g.count).map((g) => `${g.label}: ${g.count}`);
  return h(
    'div',
    {},
    h('h4', { text: 'Guesses needed, and for how many characters' }),
    h(
      'svg:svg',
      { width, height: 104, role: 'img', 'aria-label': `Guesses needed: characters. ${said.join(', ')}` },
      h('svg:line', { x1: 0, x2: width, y1: 84.5, y2: 84.5, stroke: palette.line }),
      ...bars,
    ),
  );
}

/** Everyone's bounds on one axis, with the numbers beside it. */
function boundsTable(all, palette, width) {
  const columns = [Math.min(120, width * 0.16), null, 92, 92, ...(all.length > 1 ? [84] : [])];
  const room = width - columns.reduce((sum, w) => sum + (w ?? 0), 0) - 24;
  const most = Math.ceil(
    Math.max(...all.flatMap((s) => [s.upper, s.intervals?.upper[1] ?? 0, s.bits ?? 0, 1])),
  );
  const x = (bits) => 6 + ((room - 12) * bits) / most;
  const number = (value, interval) =>
    h('td', {}, two(value), interval ? h('small', { text: interval.map(two).join(' to ') }) : null);
  const row = (s, i) =>
    h(
      'tr',
      { 'data-row': s.name },
      h('th', { scope: 'row', text: s.name }),
      h('td', {}, band(s, x, room, palette, colourOf(palette, i))),
      number(s.lower, s.intervals?.lower),
      number(s.upper, s.intervals?.upper),
      all.length > 1 ? h('td', { text: s.bits === undefined ? 'not known' : two(s.bits) }) : null,
    );
  const heads = ['', 'bits per character', 'at least', 'at most', ...(all.length > 1 ? ['true bits'] : [])];
  const ticks = Array.from({ length: most + 1 }, (_, bits) =>
    h('svg:text', { x: x(bits), y: 11, 'text-anchor': 'middle', 'font-size': 11, class: 'dim', text: bits }),
  );
  return h(
    'table',
    { class: 'bounds' },
    h('colgroup', {}, ...columns.map((w) => h('col', { style: w ? `width:${w}px` : '' }))),
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        ...heads.map((text, i) => h('th', { scope: 'col', text, style: i === 1 ? 'text-align:left' : '' })),
      ),
    ),
    h('tbody', {}, ...all.map(row)),
    h(
      'tfoot',
      {},
      h(
        'tr',
        {},
        h('td'),
        h('td', {}, h('svg:svg', { width: room, height: 14, 'aria-hidden': 'true' }, ...ticks)),
      ),
    ),
  );
}

/** From the lower to the upper bound a bar, their intervals as thin lines above and below, the truth as a diamond. */
function band({ lower, upper, intervals, bits }, x, width, palette, colour) {
  const whisker = ([low, high], y) =>
    h('svg:path', {
      d: `M${x(low)} ${y - 3}v6M${x(low)} ${y}H${x(high)}M${x(high)} ${y - 3}v6`,
      ...{ stroke: palette.dim, 'stroke-width': 1.2, fill: 'none' },
    });
  const diamond = (at) =>
    h('svg:path', {
      d: `M${at} 7l7 8l-7 8l-7 -8z`,
      ...{ fill: palette.bg, stroke: palette.ink, 'stroke-width': 2, 'data-role': 'truth' },
    });
  return h(
    'svg:svg',
    { width, height: 30, 'aria-hidden': 'true' },
    h('svg:rect', {
      x: x(lower),
      y: 9,
      width: Math.max(2, x(upper) - x(lower)),
      height: 12,
      fill: colour,
      rx: 2,
    }),
    intervals ? whisker(intervals.lower, 4) : null,
    intervals ? whisker(intervals.upper, 26) : null,
    bits === undefined ? null : diamond(x(bits)),
  );
}
