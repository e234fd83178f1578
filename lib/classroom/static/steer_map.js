// The map that is steered: a row for each German word, a glass for each English one, filled by its share of the row.
import { clamp, h, set, textWidth } from './common.js';
import { mix, readable } from './palette.js';
import { isSteered } from './steer_game.js';
import { percentOf } from './steer_words.js';

const ROW = 48,
  HEAD = 34,
  GLASS = 34;

/** Where things lie: { left, column, row(y), word(x), share(dy) } for a width and the longest German word. */
export function steerPlan(width, words, german) {
  const names = Math.max(...german.map((word) => textWidth(word, 15)), 40),
    left = Math.round(Math.min(names + 26, width * 0.3)),
    right = width < 620 ? 54 : 68,
    column = Math.min(132, (width - left - right) / words);
  return {
    ...{ left, column, right, width: left + column * words + right },
    middle: (word) => left + column * (word + 0.5),
    top: (row) => HEAD + row * ROW,
    row: (y) => Math.floor((y - HEAD) / ROW),
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

/** { node, plan(), draw(view, palette, width, hand) }; hand: { row, x } while a row is dragged. */
export function steerMap() {
  const svg = h('svg:svg', { 'aria-hidden': 'true' }),
    node = h('div', { class: 'map', tabindex: 0, role: 'application', 'data-role': 'map' }, svg);
  let plan = null;

  function draw(view, palette, width, { hand, focused, tall }) {
    plan = steerPlan(
      width,
      view.english.length,
      view.rows.map(({ german }) => german),
    );
    const colours = steerColours(palette),
      parts = [...headParts(view, plan, palette)];
    view.rows.forEach((row, t) => {
      const mine = t === view.row;
      if (mine)
        parts.push(
          h('svg:rect', {
            ...{ x: 0, y: plan.top(t), width: plan.width, height: ROW, rx: 9, fill: palette.panel },
            ...{ stroke: focused ? palette.accent : palette.line, 'data-role': 'band' },
          }),
        );
      parts.push(...rowParts(row, t, { view, plan, palette, colours, mine, hand }));
    });
    svg.replaceChildren(...parts);
    set(svg, { width: plan.width, height: HEAD + Math.max(view.rows.length, tall) * ROW + 4 });
  }
  return { node, plan: () => plan, draw };
}

function headParts({ english }, plan, palette) {
  const small = Math.min(14, (13 * (plan.column - 4)) / Math.max(...english.map((word) => textWidth(word, 13))));
  const words = english.map((word, s) =>
    h('svg:text', {
      ...{ x: plan.middle(s), y: 19, 'text-anchor': 'middle', 'font-size': small, 'font-weight': 650, text: word },
      'data-source': s,
    }),
  );
  const line = { x1: 0, x2: plan.width, y1: HEAD - 5.5, y2: HEAD - 5.5, stroke: palette.line };
  return [
    h('svg:text', { x: 12, y: 19, class: 'dim', 'font-size': 12, text: 'writes' }),
    ...words,
    h('svg:line', line),
  ];
}

function rowParts(row, t, { view, plan, palette, colours, mine, hand }) {
  const top = plan.top(t),
    steered = isSteered(row),
    base = top + (ROW - GLASS) / 2,
    wide = plan.column - (plan.column < 70 ? 5 : 10);
  const label = {
    ...{ x: 12, y: top + (row.pull && row.german !== row.ownGerman ? 21 : 29), 'font-size': 15 },
    ...{ 'font-weight': row.german === 'end' ? 400 : 650, 'data-word': t, text: row.german },
    style: `fill:${row.changed ? colours.said : row.german === 'end' ? palette.dim : palette.ink}`,
    'text-decoration': row.changed ? 'underline' : null,
  };
  const parts = [h('svg:text', label)];
  if (row.pull && row.german !== row.ownGerman)
    parts.push(
      h('svg:text', {
        ...{ x: 12, y: top + 38, 'font-size': 11.5, class: 'dim', 'data-instead': t },
        text: fitted(`not ${row.ownGerman}`, plan.left - 16),
      }),
    );
  view.english.forEach((_, s) => {
    const box = { x: plan.middle(s) - wide / 2, y: base, width: wide, height: GLASS, rx: 7 };
    parts.push(
      ...glass(box, row, s, { steered, palette, colours, tag: `${t}-${s}`, would: mine ? view.would?.[s] : null }),
    );
    if (view.showGold && row.gold?.includes(s)) parts.push(...goldMark(box, palette, `${t}-${s}`));
  });
  if (mine || row.pull) parts.push(...handle(row, t, { plan, base, wide, palette, colours, mine, hand }));
  const p = row.chances[row.word],
    room = plan.right - 24,
    x = plan.width - room - 4;
  parts.push(
    h('svg:rect', { x, y: top + 31, width: room, height: 4, rx: 2, fill: palette.line }),
    h('svg:rect', { x, y: top + 31, width: room * p, height: 4, rx: 2, fill: palette.dim, 'data-chance': t }),
    h('svg:text', {
      x: x + room,
      y: top + 25,
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
  const middle = { x: box.x + box.width / 2, 'text-anchor': 'middle' };
  if (weight >= 0.005) {
    const number = { y: box.y + (would ? 15 : box.height / 2 + 4.5), 'font-size': 12.5, 'font-weight': 600 };
    parts.push(h('svg:text', { ...middle, ...number, text: percentOf(weight) }));
  }
  if (would) {
    const word = { y: box.y + (weight >= 0.005 ? 28.5 : box.height / 2 + 4), 'font-size': 11, 'data-would': s };
    parts.push(h('svg:text', { ...middle, ...word, 'font-style': 'italic', text: fitted(would, box.width - 2) }));
  }
  return parts;
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
      ...{ x: x - half, y: base - 3, width: 2 * half, height: GLASS + 6, rx: 10, 'data-handle': t },
      ...{ fill: held ? colour : 'none', 'fill-opacity': 0.12, stroke: colour, 'stroke-width': held ? 3 : 2 },
    }),
  ];
  if (mine)
    for (const side of [-1, 1])
      parts.push(
        h('svg:path', {
          d: `M${x + side * (half + 1)} ${base + GLASS / 2 - 6}l${side * 7} 6l${-side * 7} 6z`,
          fill: colour,
          stroke: palette.panel,
        }),
      );
  return parts;
}

function fitted(text, wide) {
  let shown = text;
  while (shown.length > 2 && textWidth(shown, 11.5) > wide) shown = shown.slice(0, -2) + '…';
  return shown;
}
