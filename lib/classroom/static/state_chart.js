// The followed unit over time with the pattern below it, and the overview of a long text.
import { h, set, textWidth } from './common.js';
import { mix } from './palette.js';
import { heatNumber, onScale, paintCells, colourTable, pressAndDrag, stopsFor, timePlace } from './heat.js';
import { spansOf } from './state_model.js';

const TALL = 74; // of the line
const BAND = 12; // of a pattern that holds or not
const WAVE = 30; // of a pattern of numbers
const GAP = [15, 9]; // above a line of numbers, above a band

/** Spans of a pattern inside a window, in pixels: [[x, width]]. */
function boxesIn(spans, place) {
  const end = place.first + place.columns;
  return spans
    .filter((span) => span.end >= place.first && span.begin < end)
    .map(({ begin, end: last }) => {
      const [from, to] = [place.x(Math.max(begin, place.first)), place.x(Math.min(last + 1, end))];
      return [from, to - from];
    });
}

/** A line through the middles of the columns; y(t): its height at a step. */
function pathOf(place, y) {
  let d = '';
  for (let k = 0; k < place.columns; k++) {
    const t = place.first + k;
    d += `${k ? 'L' : 'M'}${place.middle(t).toFixed(1)} ${y(t).toFixed(1)}`;
  }
  return d;
}

/** The chart: { node, draw(view, palette, place) }; pick(t) is called where it is pressed. */
export function stateChart(pick) {
  const node = h('svg:svg', { class: 'chart', role: 'img', 'data-role': 'chart' });
  let now = null;
  pressAndDrag(node, (x) => pick(now.at(x)));
  const text = (x, y, said, more = {}) =>
    h('svg:text', { x, y, 'font-size': 10.5, class: 'dim', 'text-anchor': 'end', text: said, ...more });

  /** The unit's line between its own ends; what lies from 0 to 1, between those. */
  function unitLine({ line, quantity, at }, palette, place) {
    const [least, most] = [Math.min(...line), Math.max(...line)];
    const gate = !quantity.scale.signed && quantity.scale.high === 1;
    const [low, high] = gate ? [0, 1] : most > least ? [least, most] : [least - 1, least + 1];
    const y = (value) => 4 + TALL * (1 - (value - low) / (high - low));
    const x = place.left - 7;
    const zero = low <= 0 && high >= 0 ? [0] : [];
    const ends = [high, low].filter((end) => zero.length === 0 || Math.abs(y(end) - y(0)) > 11);
    const rule = (value) => ({ x1: place.left, x2: place.width, y1: y(value), y2: y(value), stroke: palette.line });
    const parts = [
      ...zero.map((value) => h('svg:line', rule(value))),
      ...[...zero, ...ends].map((value) => text(x, y(value) + 4, heatNumber(value))),
      h('svg:path', {
        ...{ d: pathOf(place, (t) => y(line[t])), fill: 'none', stroke: palette.ink, 'stroke-width': 1.6 },
        ...{ 'stroke-linejoin': 'round', 'data-role': 'line' },
      }),
    ];
    return { parts, level: y(line[at]) };
  }

  /** The pattern: bands where it holds, or a line of its numbers. */
  function patternBelow(view, palette, place) {
    const { pattern, spans } = view;
    const top = TALL + 4 + GAP[+pattern.binary];
    if (pattern.binary) {
      const frame = { x: place.left, y: top, width: place.width - place.left, height: BAND };
      const veil = mix(palette.bg, palette.ink, 0.08);
      return {
        under: boxesIn(spans, place).map(([x, width]) => h('svg:rect', { x, y: 4, width, height: TALL, fill: veil })),
        parts: [
          h('svg:rect', { ...frame, fill: 'none', stroke: palette.line }),
          ...boxesIn(spans, place).map(([x, width]) =>
            h('svg:rect', { ...frame, x, width, fill: palette.ink, 'data-role': 'holds' }),
          ),
        ],
        foot: top + BAND,
      };
    }
    const [low, high] = [Math.min(...pattern.values), Math.max(...pattern.values)];
    const y = (value) => top + WAVE * (1 - (value - low) / (high - low || 1));
    const wave = { d: pathOf(place, (t) => y(pattern.values[t])), fill: 'none', stroke: palette.dim };
    const short = (value) => (Math.abs(value) >= 100 ? Math.round(value) : +value.toFixed(1));
    return {
      under: [],
      parts: [
        h('svg:path', { ...wave, 'stroke-width': 1.6, 'data-role': 'wave' }),
        text(place.left - 7, top + 7, short(high)),
        text(place.left - 7, top + WAVE + 2, short(low)),
      ],
      foot: top + WAVE,
    };
  }

  function draw(view, palette, place) {
    now = place;
    const below = view.pattern ? patternBelow(view, palette, place) : { under: [], parts: [], foot: TALL + 4 };
    const line = unitLine(view, palette, place);
    const x = place.middle(view.at);
    const cursor = { x1: x, x2: x, y1: 0, y2: below.foot + 4, stroke: palette.accent, 'stroke-width': 1.6 };
    node.replaceChildren(
      ...below.under,
      ...line.parts,
      ...below.parts,
      h('svg:line', { ...cursor, 'data-role': 'now' }),
      ...chartValue(view, palette, place, line.level),
    );
    const label =
      `Unit ${view.unit} of ${view.quantity.name} over time, at step ${view.at + 1} it is ${heatNumber(view.value)}` +
      (view.pattern ? `; below it ${view.pattern.name}` : '');
    set(node, { width: place.width, height: below.foot + 6, 'aria-label': label });
  }
  return { node, draw };
}

/** The value at the cursor, beside it, on a ground of its own. */
function chartValue({ value, at }, palette, place, level) {
  const text = heatNumber(value);
  const wide = textWidth(text, 12) + 8;
  const top = level < TALL / 2 ? TALL - 13 : 0; // away from the line
  const x = place.middle(at) + (place.middle(at) > place.width - wide - 4 ? -wide - 2 : 2);
  const ground = { x, y: top, width: wide, height: 17, rx: 3, fill: palette.bg, 'fill-opacity': 0.88 };
  const look = { 'font-size': 12, 'font-weight': 700, 'text-anchor': 'middle', style: `fill:${palette.accent}` };
  return [h('svg:rect', ground), h('svg:text', { ...look, x: x + wide / 2, y: top + 13, text, 'data-role': 'value' })];
}

/** The overview of a long text: the unit's colours over all steps, the pattern, the window.
 *  { node, draw(view, palette, place) }. */
export function stateOverview(pick) {
  const canvas = h('canvas', { 'aria-hidden': 'true' });
  const svg = h('svg:svg', { 'aria-hidden': 'true' });
  const node = h('div', { class: 'heat overview', role: 'img', 'data-role': 'overview' }, canvas, svg);
  let whole = null;
  let painted = [];
  pressAndDrag(node, (x) => pick(whole.at(x)));

  function draw(view, palette, place) {
    node.hidden = place.columns >= view.length;
    if (node.hidden) return;
    whole = timePlace({ left: place.left, width: place.width, first: 0, columns: view.length });
    const stops = stopsFor(view.own, palette);
    if (painted[0] !== view.line || painted[1] !== stops) {
      Object.assign(canvas, { width: view.length, height: 1 });
      const pen = canvas.getContext('2d');
      const image = pen.createImageData(view.length, 1);
      const cells = { values: view.line, units: 1, order: [0], first: 0, columns: view.length, scale: view.own };
      paintCells(new Uint32Array(image.data.buffer), cells, colourTable(stops));
      pen.putImageData(image, 0, 0);
    }
    painted = [view.line, stops];
    canvas.style.cssText = `left:${place.left}px; top:4px; width:${place.width - place.left}px; height:14px`;
    const bands = view.pattern?.binary ? boxesIn(view.spans, whole) : [];
    const frame = { x: place.left, y: 4, width: place.width - place.left, height: 14, fill: 'none' };
    const [from, to] = [whole.x(place.first), whole.x(place.first + place.columns)];
    const lens = { x: from, y: 1, width: to - from, height: 25, rx: 4, fill: palette.ink, 'fill-opacity': 0.06 };
    const x = whole.middle(view.at);
    const line = { x1: x, x2: x, y1: 1, y2: 26, stroke: palette.accent, 'stroke-width': 2 };
    svg.replaceChildren(
      h('svg:rect', { ...frame, stroke: palette.line }),
      ...bands.map(([left, width]) => h('svg:rect', { x: left, y: 20, width, height: 4, fill: palette.ink })),
      h('svg:rect', { ...lens, stroke: palette.ink, 'stroke-width': 1.5, 'data-role': 'window' }),
      h('svg:line', line),
      h('svg:text', { x: place.left - 7, y: 15, 'font-size': 11, class: 'dim', 'text-anchor': 'end', text: 'all' }),
    );
    set(svg, { width: place.width, height: 28 });
    const seen = `steps ${place.first + 1} to ${place.first + place.columns} of ${view.length}`;
    set(node, { 'aria-label': `Overview of the whole text; the window shows ${seen}` });
  }
  return { node, draw };
}

/** Stretches of the chosen pattern, made once for each pattern. */
export const patternSpans = (pattern) => (pattern?.binary ? spansOf(pattern.values) : []);
