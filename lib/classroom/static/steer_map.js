// The map that is steered: a row for each German word, a glass for each English one, filled by its share of the row.
import { clamp, h, set, textWidth } from './common.js';
import { mix, readable } from './palette.js';
import { isSteered } from './steer_game.js';
import { percentOf } from './steer_words.js';

/** Where things lie: { left, column, row(y), word(x), … } for a width, the English words, and the room for the names
 *  of the rows. Nothing here depends on what is written: the map must not move under the hand. */
export function steerPlan(width, english, names) {
  const words = english.length,
    narrow = width < 620,
    left = Math.round(Math.min(names, width * 0.3)),
    right = narrow ? 50 : 68,
    column = Math.min(132, (width - left - right) / words),
    widest = Math.max(...english.map((word) => textWidth(word, 13))),
    small = Math.min(14, (13 * (column - 4)) / widest);
  // where the words are wider than their columns every second one stands a line higher
  const stairs = small < 11,
    head = stairs ? 46 : 34,
    tall = narrow ? 38 : 44;
  return {
    ...{ left, column, right, head, tall, stairs, glass: tall - (narrow ? 8 : 10) },
    ...{ wordSize: stairs ? Math.min(13, (13 * 2 * (column - 4)) / widest) : small },
    width: left + column * words + right,
    middle: (word) => left + column * (word + 0.5),
    top: (row) => head + row * tall,
    row: (y) => Math.floor((y - head) / tall),
    word: (x) => clamp(Math.floor((x - left) / column), 0, words - 1),
    inside: (x) => x >= left && x < left + column * words,
  };
}

/** What a hand that went dy pixels down leaves of a share; the first few do nothing, so that a hand may tremble. */
export function draggedShare(share, dy) {
  const far = Math.sign(dy) * Math.max(0, Math.abs(dy) - 14);
  return clamp(Math.round(100 * share - far * 1.1) / 100, 0.01, 1);
}

/** The colours: the model's own weight, and the reader's. */
export function steerColours(palette) {
  const own = palette.states[0],
    yours = palette.accent;
  const tint = (colour) => mix(palette.bg, colour, palette.bg === '#ffffff' ? 0.3 : 0.38);
  return { own, yours, ownTint: tint(own), yoursTint: tint(yours), said: readable(yours, palette) };
}

/** The room for the names of the rows: the widest German word, and the widest that is said to be left out. */
const namesRoom = (german) =>
  Math.max(...german.flatMap((word) => [textWidth(word, 15) + 26, textWidth(`not ${word}`, 11.5) + 22]));

/** { node, plan(), draw(view, palette, width, hand) }; hand: { row, x } while a row is dragged; german: all words. */
export function steerMap(german) {
  const svg = h('svg:svg', { 'aria-hidden': 'true' }),
    node = h('div', { class: 'map', tabindex: 0, role: 'application', 'data-role': 'map' }, svg);
  let plan = null,
    names = null;

  function draw(view, palette, width, { hand, focused, tall }) {
    names ??= namesRoom(['end', ...german.filter((word) => !word.startsWith('<'))]);
    plan = steerPlan(width, view.english, names);
    const colours = steerColours(palette),
      parts = [...headParts(view, plan, palette)];
    view.rows.forEach((row, t) => {
      const mine = t === view.row;
      if (mine)
        parts.push(
          h('svg:rect', {
            ...{ x: 0, y: plan.top(t), width: plan.width, height: plan.tall, rx: 9, fill: palette.panel },
            ...{ stroke: focused ? palette.accent : palette.line, 'data-role': 'band' },
          }),
        );
      parts.push(...rowParts(row, t, { view, plan, palette, colours, mine, hand }));
    });
    svg.replaceChildren(...parts);
    set(svg, { width: plan.width, height: plan.head + Math.max(view.rows.length, tall) * plan.tall + 4 });
  }
  return { node, plan: () => plan, draw };
}

function headParts({ english }, plan, palette) {
  const foot = plan.head - 15,
    up = (s) => (plan.stairs && s % 2 ? 15 : 0);
  const words = english.map((word, s) =>
    h('svg:text', {
      ...{ x: plan.middle(s), y: foot - up(s), 'text-anchor': 'middle', 'font-size': plan.wordSize },
      ...{ 'font-weight': 650, text: word, 'data-source': s },
    }),
  );
  const edge = plan.head - 5.5,
    line = { x1: 0, x2: plan.width, y1: edge, y2: edge, stroke: palette.line };
  return [
    h('svg:text', { x: 12, y: foot, class: 'dim', 'font-size': 12, text: 'writes' }),
    ...words,
    h('svg:line', line),
  ];
}

function rowParts(row, t, { view, plan, palette, colours, mine, hand }) {
  const top = plan.top(t),
    steered = isSteered(row),
    base = top + (plan.tall - plan.glass) / 2,
    wide = plan.column - (plan.column < 70 ? 5 : 10);
  const label = {
    ...{ x: 12, y: top + plan.tall / 2 + (row.pull && row.german !== row.ownGerman ? -2 : 5), 'font-size': 15 },
    ...{ 'font-weight': row.german === 'end' ? 400 : 650, 'data-word': t, text: row.german },
    style: `fill:${row.changed ? colours.said : row.german === 'end' ? palette.dim : palette.ink}`,
    'text-decoration': row.changed ? 'underline' : null,
  };
  const parts = [h('svg:text', label)];
  if (row.pull && row.german !== row.ownGerman)
    parts.push(
      h('svg:text', {
        ...{ x: 12, y: top + plan.tall / 2 + 13, 'font-size': 11.5, class: 'dim', 'data-instead': t },
        text: fitted(`not ${row.ownGerman}`, plan.left - 14),
      }),
    );
  view.english.forEach((_, s) => {
    const box = { x: plan.middle(s) - wide / 2, y: base, width: wide, height: plan.glass, rx: 7 };
    parts.push(
      ...glass(box, row, s, { steered, palette, colours, tag: `${t}-${s}`, would: mine ? view.would?.[s] : null }),
    );
    if (view.showGold && row.gold?.includes(s)) parts.push(...goldMark(box, palette, `${t}-${s}`));
  });
  if (mine || row.pull) parts.push(...handle(row, t, { plan, base, wide, palette, colours, mine, hand }));
  const p = row.chances[row.word],
    room = plan.right - 24,
    x = plan.width - room - 4,
    low = top + plan.tall / 2 + 6;
  parts.push(
    h('svg:rect', { x, y: low, width: room, height: 4, rx: 2, fill: palette.line }),
    h('svg:rect', { x, y: low, width: room * p, height: 4, rx: 2, fill: palette.dim, 'data-chance': t }),
    h('svg:text', {
      x: x + room,
      y: low - 6,
      'text-anchor': 'end',
      'font-size': 12,
      class: 'dim',
      text: `${percentOf(p)} %`,
    }),
  );
  return parts;
}

/** One cell: as full as its weight. Where the row is steered, a dashed line says how full the model had it. */
function glass(box, row, s, { steered, palette, colours, tag, would }) {
  const weight = row.weights[s],
    tall = box.height * weight,
    [edge, tint] = steered ? [colours.yours, colours.yoursTint] : [colours.own, colours.ownTint];
  const parts = [h('svg:rect', { ...box, fill: palette.bg, stroke: palette.line, 'data-cell': tag })];
  const inner = { x: box.x + 1, width: box.width - 2 };
  if (weight >= 0.005) {
    const y = box.y + box.height - tall;
    parts.push(
      h('svg:rect', { ...inner, y, height: tall, rx: Math.min(6, tall / 2), fill: tint, 'data-weight': tag }),
      h('svg:line', {
        x1: inner.x + 4,
        x2: inner.x + inner.width - 4,
        y1: y + 1,
        y2: y + 1,
        stroke: edge,
        'stroke-width': 2,
      }),
    );
  }
  if (steered && row.own[s] >= 0.05) {
    const y = box.y + box.height * (1 - row.own[s]) + 1;
    parts.push(
      h('svg:rect', {
        ...{ ...inner, y, height: box.height * row.own[s] - 2, rx: 6, fill: 'none', stroke: colours.own },
        ...{ 'stroke-dasharray': '3 3', 'stroke-width': 1.4, 'data-own': tag },
      }),
    );
  }
  const middle = { x: box.x + box.width / 2, 'text-anchor': 'middle' },
    halo = { 'paint-order': 'stroke', stroke: weight > 0.7 ? tint : palette.bg, 'stroke-width': would ? 3 : 0 };
  if (weight >= 0.005) {
    const y = box.y + (would ? 14 : numberPlace(weight, box.height)),
      number = { y, 'font-size': 12.5, 'font-weight': 600 };
    parts.push(h('svg:text', { ...middle, ...number, ...halo, text: percentOf(weight) }));
  }
  if (would) {
    const y = box.y + (weight >= 0.005 ? 26.5 : box.height / 2 + 4),
      // light and slanted letters are narrower than the bold ones that are measured
      size = clamp((11 * (box.width - 2)) / (0.9 * textWidth(would, 11)), 9, 11),
      word = { y, 'font-size': size, 'font-style': 'italic', 'data-would': s };
    parts.push(h('svg:text', { ...middle, ...word, ...halo, text: fitted(would, (box.width - 2) / 0.9, size) }));
  }
  return parts;
}

/** The foot of a number in a glass: in the middle, or beside the edge of the fill where that would run through it. */
function numberPlace(weight, tall) {
  const edge = tall * (1 - weight);
  if (Math.abs(edge - tall / 2) > 8) return tall / 2 + 4.5;
  return (edge > tall / 2 ? edge : edge + tall) / 2 + 4.5;
}

/** Gold: a frame and a corner, so that it is seen without colour. */
function goldMark({ x, y, width, height }, palette, tag) {
  const grown = { x: x - 2, y: y - 2, width: width + 4, height: height + 4, rx: 9, fill: 'none', stroke: palette.good };
  return [
    h('svg:rect', { ...grown, 'stroke-width': 2, 'data-gold': tag }),
    h('svg:path', { d: `M${x + width - 12} ${y - 2}h14v14z`, fill: palette.good }),
  ];
}

/** What the hand takes hold of: a frame around the word that is pulled to, or looked at most, with arrows beside it. */
function handle(row, t, { plan, base, wide, palette, colours, mine, hand }) {
  const word = row.pull ? row.pull[1] : row.own.reduce((best, a, s) => (a > row.own[best] ? s : best), 0),
    held = hand?.row === t,
    x = held ? clamp(hand.x, plan.middle(0), plan.middle(row.own.length - 1)) : plan.middle(word),
    colour = row.pull ? colours.yours : colours.own,
    half = wide / 2 + 3;
  const parts = [
    h('svg:rect', {
      ...{ x: x - half, y: base - 3, width: 2 * half, height: plan.glass + 6, rx: 10, 'data-handle': t },
      ...{ fill: held ? colour : 'none', 'fill-opacity': 0.12, stroke: colour, 'stroke-width': held ? 3 : 2 },
    }),
  ];
  if (mine)
    for (const side of [-1, 1])
      parts.push(
        h('svg:path', {
          d: `M${x + side * (half + 1)} ${base + plan.glass / 2 - 6}l${side * 7} 6l${-side * 7} 6z`,
          fill: colour,
          stroke: palette.panel,
        }),
      );
  return parts;
}

function fitted(text, wide, size = 11.5) {
  let shown = text;
  while (shown.length > 2 && textWidth(shown, size) > wide + 0.01) shown = shown.slice(0, -2) + '…';
  return shown;
}
