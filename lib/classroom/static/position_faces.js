// What the codes of the two places show: clock faces, or gauges of the heads, or rows of a table.
import { h, set } from './common.js';
import { shade } from './palette.js';
import { handAt, shownHands } from './position_model.js';
import { positionColours } from './position_line.js';
import { scoreWords, shortNumber } from './position_words.js';

const FACES_LOW = 40; // below the faces, for words
const GAUGE_HIGH = 74;

const polar = (x, y, r, angle) => [x + r * Math.sin(angle), y - r * Math.cos(angle)];

/** The sector from 12 o'clock to an angle, as a path. */
function sector(x, y, r, angle) {
  const [a, b] = polar(x, y, r, angle);
  return `M${x} ${y}V${y - r}A${r} ${r} 0 ${angle > Math.PI ? 1 : 0} 1 ${a} ${b}Z`;
}

/** One clock: what was shown in training in grey, and a hand for each place. */
function clockFace(x, y, r, rate, hands, { trained }, palette, index, tight) {
  const { whole, covered, turns } = handAt(rate, 0, trained);
  const common = { cx: x, cy: y, r };
  const parts = [
    h('svg:circle', { ...common, fill: whole ? palette.line : palette.bg, stroke: palette.dim, 'stroke-width': 1 }),
  ];
  if (!whole) parts.push(h('svg:path', { d: sector(x, y, r, covered), fill: palette.line }));
  parts.push(h('svg:circle', { ...common, fill: 'none', stroke: palette.dim }));
  let fresh = false;
  for (const { place, colour, name, dash } of hands) {
    const hand = handAt(rate, place, trained);
    fresh ||= hand.fresh;
    const [a, b] = polar(x, y, r - 3, hand.angle);
    const line = {
      x1: x,
      y1: y,
      x2: a,
      y2: b,
      stroke: colour,
      'stroke-width': 3,
      'stroke-linecap': 'round',
      'stroke-dasharray': dash,
    };
    parts.push(h('svg:line', { ...line, 'data-hand': index, 'data-of': name, 'data-angle': hand.angle.toFixed(6) }));
  }
  parts.push(h('svg:circle', { cx: x, cy: y, r: 3, fill: palette.ink }));
  if (fresh)
    parts.push(
      h('svg:circle', {
        cx: x,
        cy: y,
        r: r + 4,
        fill: 'none',
        stroke: palette.bad,
        'stroke-width': 2,
        'stroke-dasharray': '5 3',
        'data-fresh': index,
      }),
    );
  const note = (dy, text, more = {}) =>
    h('svg:text', { x, y: y + r + dy, 'text-anchor': 'middle', 'font-size': 11.5, text, ...more });
  const period = (2 * Math.PI) / rate;
  parts.push(note(20, `${tight ? 'in' : 'round in'} ${shortNumber(period)}`, { class: 'dim' }));
  const said = fresh ? (tight ? 'new angle' : 'a new angle') : whole ? `${shortNumber(turns)} turns` : 'never round';
  parts.push(note(35, said, fresh ? { 'font-weight': 650, style: `fill:${palette.bad}` } : { class: 'dim' }));
  return parts;
}

/** What is left of a weight in one head: a column, and its slope below. */
function headGauge(x, wide, slope, apart, on, palette, head, act) {
  const left = Math.exp(-slope * apart);
  const box = { x: x - wide / 2, width: wide, rx: 3 };
  const parts = [
    h('svg:rect', {
      ...box,
      y: 6,
      height: GAUGE_HIGH,
      fill: palette.panel,
      stroke: on ? palette.accent : palette.line,
      'stroke-width': on ? 2 : 1,
    }),
    h('svg:rect', {
      ...box,
      y: 6 + GAUGE_HIGH * (1 - left),
      height: GAUGE_HIGH * left,
      fill: palette.states[0],
      'data-left': left.toFixed(6),
    }),
    h('svg:text', {
      x,
      y: GAUGE_HIGH + 24,
      'text-anchor': 'middle',
      'font-size': 11.5,
      class: 'dim',
      text: `slope ${slopeWords(slope)}`,
    }),
    h('svg:text', {
      x,
      y: GAUGE_HIGH + 39,
      'text-anchor': 'middle',
      'font-size': 11.5,
      'font-weight': on ? 650 : 400,
      text: scoreWords(-slope * apart),
    }),
  ];
  return [h('svg:g', { 'data-head': head, onclick: () => act.head(head) }, ...parts)];
}

const slopeWords = (slope) => (Number.isInteger(1 / slope) ? `1/${1 / slope}` : slope.toFixed(3));

/** Two rows of the table, number for number. */
function tableRows({ table, query, key }, palette, width) {
  const { query: blue, key: red } = positionColours(palette);
  const [left, high] = [96, 26];
  const cell = Math.max(1, width - left - 2) / table.size;
  const most = table.most || 1;
  return [
    [query, 't', blue, 14],
    [key, 's', red, 56],
  ].flatMap(([place, name, colour, y]) => {
    const label = h('svg:text', { x: 16, y: y + 18, 'font-size': 12.5, text: `row ${name} = ${place}` });
    const dot = h('svg:rect', { x: 0, y: y + 8, width: 10, height: 10, rx: name === 't' ? 5 : 2, fill: colour });
    const frame = {
      x: left,
      y,
      width: Math.max(1, width - left - 2),
      height: high,
      fill: 'none',
      stroke: palette.line,
    };
    if (place >= table.count) {
      const none = h('svg:text', {
        x: left + 10,
        y: y + 18,
        'font-size': 12.5,
        style: `fill:${palette.bad}`,
        text: 'there is no such row',
      });
      return [dot, label, h('svg:rect', { ...frame, 'stroke-dasharray': '4 3' }), none];
    }
    const cells = Array.from(table.row(place), (value, i) =>
      h('svg:rect', {
        x: left + i * cell,
        y,
        width: cell + 0.4,
        height: high,
        fill: shade(palette.diverging, 0.5 + value / (2 * most)),
      }),
    );
    return [dot, label, ...cells, h('svg:rect', frame)];
  });
}

/** A heading and the faces below: { parts, draw(view, palette, width) }. */
export function positionFaces(act) {
  const title = h('span');
  const more = h('span', { class: 'dim' });
  const heading = h('h4', {}, title, ' ', more);
  const node = h('svg:svg', { class: 'faces', 'aria-hidden': 'true', 'data-role': 'faces' });

  function clocks(view, palette, width) {
    const { rates, code, query, key } = view;
    const { query: blue, key: red } = positionColours(palette);
    const shown = shownHands(rates.length);
    const room = width / shown.length;
    const r = Math.max(6, Math.min(40, room / 2 - 12));
    const both = [
      { place: query, colour: blue, name: 't' },
      { place: key, colour: red, name: 's', dash: '5 4' },
    ];
    const hands = code === 'rotary' ? [{ place: query - key, colour: palette.accent, name: 'between' }] : both;
    const parts = shown.flatMap((i, k) =>
      clockFace((k + 0.5) * room, r + 6, r, rates[i], hands, view, palette, i, room < 100),
    );
    return { parts, high: 2 * r + 8 + FACES_LOW };
  }
  function gauges({ slopes, head, query, key }, palette, width) {
    const some = shownHands(slopes.length);
    const shown = [...new Set([...some, head])].sort((a, b) => a - b);
    const room = width / shown.length;
    const wide = Math.max(4, Math.min(46, room - 14));
    const parts = shown.flatMap((i, k) =>
      headGauge((k + 0.5) * room, wide, slopes[i], query - key, i === head, palette, i, act),
    );
    return { parts, high: GAUGE_HIGH + 8 + FACES_LOW };
  }
  function nothing(palette, width) {
    const text = 'No hands, no rows: the two places look the same.';
    const said = h('svg:text', { x: width / 2, y: 62, 'text-anchor': 'middle', 'font-size': 13, class: 'dim', text });
    const frame = { x: 1, y: 10, width: Math.max(2, width - 2), height: 90, rx: 6, fill: 'none', stroke: palette.line };
    return { parts: [h('svg:rect', { ...frame, 'stroke-dasharray': '4 4' }), said], high: 108 };
  }

  const headings = {
    rotary: (n, shown) => [
      `${shown} of ${n} hands: the angle between query and key`,
      'grey: where the hand stood in training',
    ],
    sinusoidal: (n, shown) => [
      `${shown} of ${n} clocks: the hand of t (whole) and that of s (dashed)`,
      'grey: where hands stood in training',
    ],
    alibi: () => ['What a weight is multiplied with, head by head', 'full: 1; below: what is added to the score'],
    learned: () => ['The two rows of the table', 'a cell for each number'],
    none: () => ['What tells the two places apart', ''],
  };
  function draw(view, palette, width) {
    const { code, rates } = view;
    const [a, b] = headings[code](rates.length, shownHands(rates.length).length);
    set(title, { text: a });
    set(more, { text: b });
    const drawn =
      code === 'alibi'
        ? gauges(view, palette, width)
        : code === 'learned'
          ? { parts: tableRows(view, palette, width), high: 90 }
          : code === 'none'
            ? nothing(palette, width)
            : clocks(view, palette, width);
    node.replaceChildren(...drawn.parts);
    const high = Math.max(drawn.high, 128);
    set(node, { width, height: high, viewBox: `0 0 ${width} ${high}` });
  }
  return { parts: [heading, node], draw };
}
