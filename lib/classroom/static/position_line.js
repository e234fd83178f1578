// The line of positions with its two pins, and what a hand does there.
import { clamp, h, set, textWidth } from './common.js';
import { movedBoth } from './position_model.js';
import { pushed } from './position_words.js';

const LINE_LEFT = 18;
const LINE_HIGH = 122;
const [TRACK_TOP, TRACK_HIGH] = [58, 14];
const NEAR = 26; // pixels: so near a pin is meant

export const positionColours = (palette) => ({ query: palette.states[0], key: palette.states[3] });

const linePlace = (length, width) => {
  const step = (width - 2 * LINE_LEFT) / Math.max(1, length - 1);
  return { x: (t) => LINE_LEFT + t * step, at: (x) => clamp(Math.round((x - LINE_LEFT) / step), 0, length - 1), step };
};

/** Round numbers for ticks: at most `most` of them from 0 on, powers of two apart. */
export function tickStep(length, most) {
  let step = 1;
  while (length / step > most) step *= 2;
  return step;
}

/** Where ticks stand: round numbers from 0 on, and the last place; a round number too near to that gives way. */
export function placeTicks(length, most, apart) {
  const step = tickStep(length, most);
  const round = Array.from({ length: Math.ceil(length / step) }, (_, k) => k * step);
  return [...round.filter((t) => length - 1 - t >= apart), length - 1];
}

/** A text kept inside the picture: its x. */
const inside = (text, x, width, size = 12.5) => {
  const half = textWidth(text, size) / 2 + 2;
  return clamp(x, half, Math.max(half, width - half));
};

/** The line: { node, draw(view, palette, width) }. Pins are dragged, the band between them moves both. */
export function positionLine(act) {
  const node = h('svg:svg', { class: 'line', 'aria-hidden': 'true', 'data-role': 'line' });
  let last = null;
  let held = null;

  const spot = (event) => {
    const box = node.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  /** Which of the three is meant by a press. */
  function meant({ x, y }) {
    const { view, p } = last;
    const [far, near] = [p.x(view.query), p.x(view.key)];
    const track = y > TRACK_TOP - 6 && y < TRACK_TOP + TRACK_HIGH + 6;
    if (track && x > near + 6 && x < far - 6) return 'both';
    const [toQuery, toKey] = [Math.abs(x - far), Math.abs(x - near)];
    if (Math.min(toQuery, toKey) < NEAR && Math.abs(toQuery - toKey) < 8) return y < TRACK_TOP + 7 ? 'query' : 'key';
    if (Math.min(toQuery, toKey) > NEAR) return y < TRACK_TOP ? 'query' : 'key';
    return toQuery < toKey ? 'query' : 'key';
  }
  function follow(x) {
    const { view, p } = last;
    if (held.which !== 'both') return act.move(pushed(view, held.which, p.at(x)));
    const wanted = p.at(x) - held.from + held.query;
    return act.move(movedBoth(view, wanted - view.query));
  }
  node.addEventListener('pointerdown', (event) => {
    if (event.button > 0 || !last) return;
    const at = spot(event);
    held = { which: meant(at), from: last.p.at(at.x), query: last.view.query };
    node.setPointerCapture(event.pointerId);
    follow(at.x);
  });
  node.addEventListener('pointermove', (event) => {
    if (held && event.buttons & 1) follow(spot(event).x);
  });
  for (const end of ['pointerup', 'pointercancel']) node.addEventListener(end, () => (held = null));

  /** What the two parts of the line are, between the upper pin and the line. */
  function zoneNames({ length, trained }, palette, p) {
    const border = p.x(Math.min(trained, length) - 0.5);
    const [left, right] = [p.x(0) - 8, p.x(length - 1) + 8];
    const halo = `paint-order:stroke;stroke:${palette.bg};stroke-width:5px;stroke-linejoin:round`;
    const word = (text, from, to) => {
      if (to - from < textWidth(text, 12) + 6) return null;
      const at = { x: (from + to) / 2, y: TRACK_TOP - 8, 'text-anchor': 'middle' };
      return h('svg:text', { ...at, class: 'dim', 'font-size': 12, style: halo, 'data-role': 'zone', text });
    };
    const [long, to] = [`read in training: ${trained} places`, trained < length ? border : right];
    const read = word(long, left, to) ?? word('read', left, to);
    return [read, trained < length ? word('never read', border, right) : null].filter(Boolean);
  }

  function zones({ length, trained }, palette, p, width) {
    const border = p.x(Math.min(trained, length) - 0.5);
    const [left, right] = [p.x(0) - 8, p.x(length - 1) + 8];
    const rect = (x, to, fill, dash) =>
      h('svg:rect', {
        ...{ x, width: Math.max(0, to - x), y: TRACK_TOP, height: TRACK_HIGH, rx: 4, fill },
        ...{ stroke: palette.line, 'stroke-dasharray': dash },
      });
    const made = [rect(left, border, palette.panel)];
    if (trained < length) {
      made.push(rect(border, right, 'none', '3 3'));
      made.push(
        h('svg:line', {
          x1: border,
          x2: border,
          y1: TRACK_TOP - 6,
          y2: TRACK_TOP + TRACK_HIGH + 6,
          stroke: palette.dim,
        }),
      );
    }
    for (const t of placeTicks(length, width / 60, 34 / p.step)) {
      const at = {
        x: p.x(t),
        y: TRACK_TOP + TRACK_HIGH + 44,
        'text-anchor': 'middle',
        class: 'dim',
        'font-size': 11.5,
      };
      made.push(h('svg:text', { ...at, text: t }));
    }
    return made;
  }

  function pins({ query, key }, palette, p, width) {
    const { query: blue, key: red } = positionColours(palette);
    const [far, near, middle] = [p.x(query), p.x(key), TRACK_TOP + TRACK_HIGH / 2];
    const band = h('svg:rect', {
      ...{ x: near, width: Math.max(0, far - near), y: TRACK_TOP + 3, height: TRACK_HIGH - 6, fill: palette.accent },
      ...{ 'data-role': 'band', class: 'grip', 'fill-opacity': 0.85 },
    });
    const stem = (x, y, colour) =>
      h('svg:line', { x1: x, x2: x, y1: y, y2: middle, stroke: colour, 'stroke-width': 2 });
    const label = (text, x, y) =>
      h('svg:text', {
        x: inside(text, x, width),
        y,
        'text-anchor': 'middle',
        'font-size': 12.5,
        'font-weight': 600,
        text,
      });
    const low = `s = ${key} is asked`;
    const ring = { stroke: palette.bg, 'stroke-width': 2, class: 'grip' };
    return [
      band,
      stem(near, TRACK_TOP + 32, red),
      stem(far, 28, blue),
      h('svg:rect', { x: near - 8, y: TRACK_TOP + 22, width: 16, height: 16, rx: 2, fill: red, 'data-role': 'key', ...ring }),
      h('svg:circle', { cx: far, cy: 28, r: 9, fill: blue, 'data-role': 'query', ...ring }),
      label(`t = ${query} asks`, far, 13),
      label(low, sideOf(near, width, low), TRACK_TOP + 35),
    ];
  }
  /** The label of the lower pin stands beside it, on the side with room. */
  function sideOf(x, width, text) {
    const half = textWidth(text, 12.5) / 2 + 14;
    return x + 2 * half < width ? x + half : x - half;
  }

  function draw(view, palette, width) {
    const p = linePlace(view.length, width);
    last = { view, p };
    node.replaceChildren(...zones(view, palette, p, width), ...pins(view, palette, p, width), ...zoneNames(view, palette, p));
    set(node, { width, height: LINE_HIGH, viewBox: `0 0 ${width} ${LINE_HIGH}` });
  }
  return { node, draw };
}
