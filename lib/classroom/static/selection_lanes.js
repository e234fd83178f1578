// The lanes of the selection viewer that are bars: the door (with a knob to set Δ by hand), and what is still there.
import { clamp, h, set } from './common.js';
import { pressAndDrag } from './heat.js';
import { mix, readable } from './palette.js';
import { numberWord } from './selection_words.js';

export const SELECTION_LEFT = 122;
const [DOOR_TOP, DOOR_TALL, ROOM_TOP, ROOM_TALL, KNOB] = [10, 92, 8, 84, 7];

/** Colours of the lanes: tokens that are marked, the others. */
export const selectionColours = (palette) => ({ marked: palette.states[3], other: palette.states[2] });

/** One path of bars from `base` to each value of the steps that are wanted. */
export function barsPath(place, values, y, wanted, last = Infinity) {
  const wide = place.cell - (place.cell >= 5 ? 1.2 : place.cell >= 3 ? 0.5 : 0);
  const base = y(0);
  let d = '';
  for (let t = place.first; t < Math.min(place.first + place.columns, last + 1); t++) {
    if (!wanted(t)) continue;
    const to = y(values[t]);
    if (Math.abs(to - base) < 0.25) continue;
    d += `M${(place.x(t) + (place.cell - wide) / 2).toFixed(2)} ${base.toFixed(2)}h${wide.toFixed(2)}V${to.toFixed(2)}h${(-wide).toFixed(2)}z`;
  }
  return d;
}

/** A line of steps through a row. */
export function stepsPath(place, row, y) {
  let d = '';
  for (let t = place.first; t < place.first + place.columns; t++)
    d += `${d ? 'L' : 'M'}${place.x(t).toFixed(2)} ${y(row[t]).toFixed(2)}H${place.x(t + 1).toFixed(2)}`;
  return d;
}

/** The area between two rows. */
export function bandPath(place, low, high, y) {
  let back = '';
  for (let t = place.first + place.columns - 1; t >= place.first; t--)
    back += `L${place.x(t + 1).toFixed(2)} ${y(low[t]).toFixed(2)}H${place.x(t).toFixed(2)}`;
  return `${stepsPath(place, high, y)}${back}z`;
}

const laneTitle = (lines, y) =>
  lines.map((text, k) =>
    h('svg:text', {
      ...{ x: 0, y: y + 15 * k, text, 'font-size': k ? 11 : 13, 'font-weight': k ? 400 : 650, class: k ? 'dim' : null },
    }),
  );

const endWord = (place, y, text) =>
  h('svg:text', { x: place.left - 8, y, text, 'text-anchor': 'end', 'font-size': 10.5, class: 'dim' });

function cursorBox(place, t, tall, { accent, bg }) {
  if (t < place.first || t >= place.first + place.columns) return [];
  const box = { x: place.x(t) - 1, y: 0.5, width: place.cell + 2, height: tall - 1, fill: 'none', rx: 1.5 };
  return [
    h('svg:rect', { ...box, stroke: bg, 'stroke-width': 3.5, opacity: 0.7 }),
    h('svg:rect', { ...box, stroke: accent, 'stroke-width': 1.4, 'data-role': 'at', 'data-t': t }),
  ];
}

/** The door: { node, draw(view, palette, place) }. act: go(t), set(value, done) for a Δ by hand. */
export function doorLane(act) {
  const svg = h('svg:svg', { class: 'lane door', 'data-role': 'door', 'aria-hidden': 'true' });
  let shown = null;
  let holding = false;
  const at = (event) => {
    const box = svg.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const valueAt = (y) => shown.axis.back(clamp(1 - (y - DOOR_TOP) / DOOR_TALL, 0, 1));
  svg.addEventListener('pointerdown', (event) => {
    if (event.button > 0) return;
    const [x, y] = at(event);
    const near = Math.max(14, shown.place.cell / 2);
    holding = Math.abs(x - shown.knob[0]) <= near && Math.abs(y - shown.knob[1]) <= 16;
    svg.setPointerCapture(event.pointerId);
    event.preventDefault();
    if (!holding) act.go(shown.place.at(x));
  });
  svg.addEventListener('pointermove', (event) => {
    if (!(event.buttons & 1) || !svg.hasPointerCapture(event.pointerId)) return;
    const [x, y] = at(event);
    if (holding) act.set(valueAt(y), false);
    else act.go(shown.place.at(x));
  });
  for (const end of ['pointerup', 'pointercancel'])
    svg.addEventListener(end, () => {
      if (holding) act.settle();
      holding = false;
    });

  function draw(view, palette, place) {
    const { axis, marks, t, delta, hold, spread, quantity, ends, top } = view;
    const y = (share) => DOOR_TOP + DOOR_TALL * (1 - clamp(share, 0, 1));
    const row = Float64Array.from(view.deltaRow, axis.at);
    const { marked, other } = selectionColours(palette);
    const knob = [place.middle(t), y(axis.at(delta))];
    shown = { place, axis, knob };
    const tall = DOOR_TOP + DOOR_TALL + 8;
    const words =
      quantity === 'door'
        ? [top === 1 ? 'open' : `${top}`, 'shut']
        : [10 ** ends[1], 10 ** ends[0]].map((x) => (x >= 1 ? `${x}` : x.toFixed(Math.round(-Math.log10(x)))));
    const lines = quantity === 'door' ? ['The door', '1 − exp(−Δ |A|)', 'slowest state'] : ['The door', 'Δ, log scale'];
    const parts = [
      h('svg:rect', {
        x: place.left,
        y: DOOR_TOP,
        width: place.width - place.left,
        height: DOOR_TALL,
        fill: palette.panel,
      }),
      ...laneTitle(lines, 32),
      ...words.map((text, k) => endWord(place, k ? y(0) + 1 : y(1) + 8, text)),
      h('svg:path', { d: bandPath(place, spread.low, spread.high, y), fill: mix(palette.panel, palette.dim, 0.32) }),
      h('svg:path', { d: barsPath(place, row, y, (s) => !marks[s]), fill: other, 'data-role': 'others' }),
      h('svg:path', { d: barsPath(place, row, y, (s) => marks[s]), fill: marked, 'data-role': 'marked' }),
      h('svg:path', { d: stepsPath(place, spread.mean, y), fill: 'none', stroke: palette.ink, 'stroke-width': 1.2 }),
      h('svg:line', { x1: place.left, x2: place.width, y1: y(0), y2: y(0), stroke: palette.dim }),
      ...cursorBox(place, t, tall, palette),
    ];
    if (hold && view.was !== null) {
      const old = y(axis.at(view.was));
      const x = place.middle(hold.position);
      parts.push(
        h('svg:line', {
          ...{ x1: x - Math.max(6, place.cell / 2), x2: x + Math.max(6, place.cell / 2), y1: old, y2: old },
          ...{ stroke: palette.ink, 'stroke-width': 2, 'stroke-dasharray': '3 2', 'data-role': 'was' },
        }),
      );
    }
    parts.push(
      h('svg:circle', {
        ...{ cx: knob[0], cy: knob[1], r: KNOB, fill: palette.bg, stroke: palette.accent, 'stroke-width': 2.5 },
        ...{ 'data-role': 'knob', 'data-value': delta },
      }),
      h('svg:circle', { cx: knob[0], cy: knob[1], r: 2.2, fill: palette.accent }),
    );
    svg.replaceChildren(...parts);
    set(svg, { width: place.width, height: tall });
  }
  return { node: svg, draw };
}

/** The ends of the lane: all that is still there, and of what was written as much as leaves that its room. */
export function roomEnds(values, written) {
  const ends = (row) => [row.reduce((a, b) => Math.min(a, b), 0), row.reduce((a, b) => Math.max(a, b), 0)];
  const [[low, high], [least, most]] = [ends(values), ends(written)];
  const room = Math.max(high, -low);
  if (room < 1e-9) return most - least < 1e-9 ? [0, 1] : [least, most];
  return [Math.min(low, Math.max(least, -2 * room)), Math.max(high, Math.min(most, 2 * room))];
}

/** What is still there of every token: { node, draw(view, palette, place) }. act: go(t), hover(t or null). */
export function roomLane(act) {
  const svg = h('svg:svg', { class: 'lane', 'data-role': 'room', 'aria-hidden': 'true' });
  let place = null;
  pressAndDrag(svg, (x) => act.go(place.at(x)));
  svg.addEventListener('pointermove', (event) => {
    if (!event.buttons) act.hover(place.at(event.clientX - svg.getBoundingClientRect().left));
  });
  svg.addEventListener('pointerleave', () => act.hover(null));

  function draw(view, palette, placed) {
    place = placed;
    const { values, written, marks, t, hasC } = view;
    const [low, high] = roomEnds(values, written);
    const y = (value) => ROOM_TOP + (ROOM_TALL * (high - clamp(value, low, high))) / (high - low);
    const { marked, other } = selectionColours(palette);
    const pale = (colour) => ({ fill: mix(palette.panel, colour, 0.28), stroke: readable(colour, palette), 'stroke-width': 0.6, 'stroke-opacity': 0.55 }); // prettier-ignore
    const tall = ROOM_TOP + ROOM_TALL + 6;
    const says = hasC ? ['parts of C h', `after step ${t + 1}`] : ['sizes in h', `after step ${t + 1}`];
    svg.replaceChildren(
      h('svg:rect', {
        x: place.left,
        y: ROOM_TOP,
        width: place.width - place.left,
        height: ROOM_TALL,
        fill: palette.panel,
      }),
      ...laneTitle(['Still there', ...says], 32),
      ...[0, ...(y(0) - ROOM_TOP > 24 ? [high] : []), ...(ROOM_TOP + ROOM_TALL - y(0) > 24 ? [low] : [])].map((value) =>
        endWord(place, clamp(y(value) + 4, ROOM_TOP + 8, tall - 6), numberWord(value)),
      ),
      h('svg:path', { d: barsPath(place, written, y, (s) => !marks[s], t), ...pale(other) }),
      h('svg:path', { d: barsPath(place, written, y, (s) => marks[s], t), ...pale(marked) }),
      h('svg:path', { d: barsPath(place, values, y, (s) => !marks[s], t), fill: other, 'data-role': 'others' }),
      h('svg:path', { d: barsPath(place, values, y, (s) => marks[s], t), fill: marked, 'data-role': 'marked' }),
      h('svg:line', { x1: place.left, x2: place.width, y1: y(0), y2: y(0), stroke: palette.dim }),
      ...cursorBox(place, t, tall, palette),
    );
    set(svg, { width: place.width, height: tall });
  }
  return { node: svg, draw };
}
