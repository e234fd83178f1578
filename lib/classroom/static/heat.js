// A heat map, time across and units down: cells on a canvas, the cursor and the followed row above it in SVG.
import { clamp, h, set, textWidth } from './common.js';
import { rgb, shade } from './palette.js';

export const HEAT_STYLE = `
.mtm .heat { position: relative; cursor: crosshair; touch-action: pan-y; user-select: none;
  -webkit-user-select: none }
.mtm .heat canvas { position: absolute; image-rendering: pixelated }
.mtm .heat svg { position: relative; pointer-events: none }
.mtm .heat-axis { cursor: crosshair; user-select: none; -webkit-user-select: none }
.mtm .heat-axis text { font-family: ui-monospace, "SF Mono", "DejaVu Sans Mono", monospace }
.mtm .heat-key { display: inline-flex; gap: 7px; align-items: center; font-size: 12px; color: var(--dim) }
.mtm .heat-key i { width: 110px; height: 11px; border: 1px solid var(--line); border-radius: 3px }
`;

const HEAT_TABLES = new WeakMap();
const NAME_SIZE = 11; // of a row's name, in pixels

/** The colours of a scale as 256 words of 32 bits for ImageData, made once for each list of stops. */
export function colourTable(stops) {
  if (!HEAT_TABLES.has(stops)) {
    const bytes = new Uint8ClampedArray(4 * 256);
    for (let code = 0; code < 256; code++) bytes.set([...rgb(shade(stops, code / 255)), 255], 4 * code);
    HEAT_TABLES.set(stops, new Uint32Array(bytes.buffer));
  }
  return HEAT_TABLES.get(stops);
}

/** Which colours fit the values: { low, high, signed, cut }.
 *  From 0 to 1 where all lie there; from 0 up where none is negative; otherwise the same on both sides of zero.
 *  cut: a few values, at most one in two hundred, lie beyond and get the last colour. */
export function scaleOf(values) {
  let [least, most] = [0, 0];
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  const signed = least < -1e-6;
  const far = Math.max(-least, most);
  const unit = Math.min(1, far);
  if (far <= 1.000001) return { low: signed ? -unit : 0, high: signed ? unit : 1, signed, cut: false };
  const sizes = Float32Array.from(values, Math.abs).sort();
  const high = sizes[Math.ceil(0.995 * (sizes.length - 1))] || far;
  return { low: signed ? -high : 0, high, signed, cut: high < far };
}

/** Where a value lies on its scale, 0 to 1. */
export const onScale = (value, { low, high }) => clamp((value - low) / (high - low), 0, 1);

/** The stops of the palette that fit a scale. */
export const stopsFor = (scale, palette) => (scale.signed ? palette.diverging : palette.sequential);

/** Colours of the cells into `words`, row after row. values: T x units, step after step; order: the units to show. */
export function paintCells(words, { values, units, order, first, columns, scale }, table) {
  const factor = 255 / (scale.high - scale.low);
  let k = 0;
  for (const unit of order) {
    for (let t = first; t < first + columns; t++) {
      const code = (values[t * units + unit] - scale.low) * factor + 0.5;
      words[k++] = table[code < 0 ? 0 : code > 255 ? 255 : code | 0];
    }
  }
  return words;
}

/** Where the steps lie: columns from pixel `left` to `width`. x(t): left edge; at(x): the step under a pixel. */
export function timePlace({ left, width, first, columns }) {
  const cell = (width - left) / columns;
  return {
    ...{ left, width, first, columns, cell, x: (t) => left + (t - first) * cell },
    middle: (t) => left + (t - first + 0.5) * cell,
    at: (x) => clamp(first + Math.floor((x - left) / cell), first, first + columns - 1),
  };
}

/** The window of `columns` steps that keeps the cursor `at` inside, moved from `first` as little as possible. */
export function keepInside(first, columns, at, length) {
  const margin = Math.min(8, Math.floor(columns / 4));
  const moved = clamp(first, at + margin + 1 - columns, at - margin);
  return clamp(moved, 0, Math.max(0, length - columns));
}

/** Calls `at(x, y)` for a press and while the pointer is dragged, in pixels of the node. */
export function pressAndDrag(node, at) {
  const tell = (event) => {
    const box = node.getBoundingClientRect();
    at(event.clientX - box.left, event.clientY - box.top);
  };
  node.addEventListener('pointerdown', (event) => {
    if (event.button > 0) return;
    node.setPointerCapture(event.pointerId);
    tell(event);
  });
  node.addEventListener('click', () => {}); // so that browsers do not lend a finger's tap to a button nearby
  node.addEventListener('pointermove', (event) => {
    if (event.buttons & 1 && node.hasPointerCapture(event.pointerId)) tell(event);
  });
}

/** The heat map: { node, draw(spec, palette) }. pick(t, unit) is called where a cell is pressed.
 *
 *  spec: place (of timePlace), values (Float32Array, T x units), units, order (the units from top to bottom),
 *  scale (of scaleOf), height (of all rows, pixels), at (the step of the cursor), unit (the followed one, or null),
 *  name(unit) (of a row), label (one sentence for screen readers). */
export function heatPanel({ role = 'heat', pick }) {
  const canvas = h('canvas', { 'aria-hidden': 'true' });
  const pen = canvas.getContext('2d');
  const svg = h('svg:svg', { 'aria-hidden': 'true' });
  const node = h('div', { class: 'heat', role: 'img', 'data-role': role }, canvas, svg);
  let shown = null;
  let painted = [];
  pressAndDrag(node, (x, y) => {
    const row = clamp(Math.floor((y / shown.height) * shown.order.length), 0, shown.order.length - 1);
    pick(shown.place.at(x), shown.order[row]);
  });

  /** The cells, again only where something has changed. */
  function paint(spec, stops) {
    const { place, values, order, scale } = spec;
    const now = [values, order, scale, stops, place.first, place.columns];
    if (now.every((part, k) => part === painted[k])) return;
    painted = now;
    if (canvas.width !== place.columns || canvas.height !== order.length)
      Object.assign(canvas, { width: place.columns, height: order.length });
    const image = pen.createImageData(place.columns, order.length);
    paintCells(new Uint32Array(image.data.buffer), { ...spec, ...place }, colourTable(stops));
    pen.putImageData(image, 0, 0);
  }

  function draw(spec, palette) {
    shown = spec;
    const { place, order, height, at, unit } = spec;
    paint(spec, stopsFor(spec.scale, palette));
    const wide = place.width - place.left;
    canvas.style.cssText = `left:${place.left}px; top:0; width:${wide}px; height:${height}px`;
    const box = { x: place.left, y: 0, width: wide, height, fill: 'none', stroke: palette.line };
    const parts = [h('svg:rect', box), ...heatNames(spec, palette)];
    const row = order.indexOf(unit);
    if (row >= 0) parts.push(...heatMark(spec, row, palette));
    if (at >= place.first && at < place.first + place.columns) {
      const column = { x: place.x(at), y: 0, width: place.cell, height, 'data-role': 'cursor', 'data-t': at };
      parts.push(...heatOutline(column, palette));
    }
    svg.replaceChildren(...parts);
    set(svg, { width: place.width, height });
    set(node, { 'aria-label': spec.label, style: `height:${height}px` });
  }
  return { node, draw };
}

/** A frame that is seen on every colour: the accent between two lines of the background. */
function heatOutline(box, { accent, bg }) {
  const grown = { x: box.x - 1, y: box.y - 1, width: box.width + 2, height: box.height + 2, fill: 'none', rx: 1.5 };
  return [
    h('svg:rect', { ...grown, stroke: bg, 'stroke-width': 4, opacity: 0.75 }),
    h('svg:rect', { ...box, ...grown, stroke: accent, 'stroke-width': 1.6 }),
  ];
}

/** The followed row: a frame around it, thin where rows are thin, and a pointer beside it. */
function heatMark({ place, order, height, unit }, row, palette) {
  const tall = height / order.length;
  const box = { x: place.left, y: row * tall, width: place.width - place.left, height: tall };
  const tag = { 'data-role': 'unit', 'data-unit': unit };
  if (tall >= 8) return heatOutline({ ...box, ...tag }, palette);
  const grown = { x: box.x - 1, y: box.y - 1.2, width: box.width + 2, height: tall + 2.4, fill: 'none', rx: 1 };
  const pointer = { d: `M${place.left - 1} ${box.y + tall / 2}l-5 -3.5v7z`, fill: palette.accent };
  const frame = { ...grown, ...tag, stroke: palette.accent, 'stroke-width': 1.2 };
  return [h('svg:rect', frame), h('svg:path', pointer)];
}

/** Names of the rows on the left, thinned out until they fit; the followed one always, larger neighbours give way. */
function heatNames({ place, order, height, unit, name }, palette) {
  const tall = height / order.length;
  const apart = Math.ceil((NAME_SIZE + 2) / tall);
  const own = order.indexOf(unit);
  const level = (row) => clamp((row + 0.5) * tall + 4, NAME_SIZE - 2, Math.max(NAME_SIZE - 2, height));
  return order.flatMap((each, row) => {
    const mine = row === own;
    if (!mine && (row % apart > 0 || (own >= 0 && Math.abs(level(row) - level(own)) < NAME_SIZE + 1))) return [];
    const where = { x: place.left - 10, y: level(row), 'text-anchor': 'end', 'font-size': NAME_SIZE, text: name(each) };
    const look = mine ? { 'font-weight': 700, style: `fill:${palette.accent}` } : { class: 'dim' };
    return [h('svg:text', { ...where, ...look, 'data-name': each })];
  });
}

const AXIS_STEPS = [1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000];
const AXIS_SIZE = 12; // of a token, in pixels
/** A token as it is shown: spaces and line ends by a sign. */
export const seenToken = (token) => ({ ' ': '␣', '\n': '⏎', '\t': '⇥' })[token] ?? token;

/** A token cut to a width in pixels. */
export function fittedToken(token, wide) {
  const text = seenToken(token);
  if ([...text].length === 1 || textWidth(text, AXIS_SIZE) <= wide) return text;
  const letters = [...text];
  while (letters.length > 1 && textWidth(`${letters.join('')}…`, AXIS_SIZE) > wide) letters.pop();
  return `${letters.join('')}…`;
}

/** The time axis below a heat map: { node, draw(spec, palette) }; pick(t) is called where it is pressed.
 *  spec: place, tokens (T texts), at, and, if wanted, colours (T colours for a strip above the tokens) and said(t). */
export function timeAxis({ pick }) {
  const node = h('svg:svg', { class: 'heat-axis', 'data-role': 'axis', 'aria-hidden': 'true' });
  let place = null;
  pressAndDrag(node, (x) => pick(place.at(x)));

  function draw({ tokens, at, colours = null, said = null, ...spec }, palette) {
    place = spec.place;
    const [top, parts] = [colours ? 9 : 0, []];
    const steps = Array.from({ length: place.columns }, (_, k) => place.first + k);
    steps.sort((a, b) => (a === at) - (b === at)); // the cursor's token lies on top
    const apart = AXIS_STEPS.find((by) => by * place.cell >= 44) ?? 2000;
    for (const t of steps) {
      if (colours) {
        const title = said && h('svg:title', { text: said(t) });
        const box = { x: place.x(t) + 0.5, y: 3, width: Math.max(1, place.cell - 1), height: 6, fill: colours[t] };
        parts.push(h('svg:rect', { ...box, 'data-group': t }, title));
      }
      const where = { x: place.middle(t).toFixed(1), 'text-anchor': 'middle' };
      const style = `fill:${palette.accent}; paint-order:stroke; stroke:${palette.bg}; stroke-width:5px`;
      const look = t === at ? { 'font-weight': 700, style } : {};
      if (place.cell >= 6.5 || t === at) {
        const text = tokens[t] === ' ' && t !== at ? '' : fittedToken(tokens[t], t === at ? 200 : place.cell - 4);
        parts.push(h('svg:text', { ...where, y: top + 14, 'font-size': AXIS_SIZE, ...look, text }));
      }
      if (t === at || ((t + 1) % apart === 0 && Math.abs(t - at) * place.cell > 24))
        parts.push(h('svg:text', { ...where, y: top + 28, 'font-size': 10, class: 'dim', ...look, text: t + 1 }));
    }
    node.replaceChildren(...parts);
    set(node, { width: place.width, height: top + 32 });
  }
  return { node, draw };
}

/** Words for a number on a scale: 2 digits behind the point, a true minus. */
export const heatNumber = (x) => (Math.abs(x) < 0.005 ? '0' : x.toFixed(2).replace('-', '−'));

/** The colours of a scale with its ends: { node, draw(scale, palette, ends) }; ends: two texts for the numbers. */
export function heatKey() {
  const [low, high, bar] = [h('span'), h('span'), h('i', { 'aria-hidden': 'true' })];
  const node = h('span', { class: 'heat-key', 'data-role': 'key' }, low, bar, high);
  function draw(scale, palette, ends = null) {
    const end = (x, sign) => `${scale.cut ? sign : ''}${heatNumber(x)}`;
    set(low, { text: ends?.[0] ?? end(scale.low, scale.signed ? '≤ ' : '') });
    set(high, { text: ends?.[1] ?? end(scale.high, '≥ ') });
    set(bar, { style: `background:linear-gradient(to right,${stopsFor(scale, palette)})` });
  }
  return { node, draw };
}
