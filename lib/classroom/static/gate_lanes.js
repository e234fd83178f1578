// The story of one unit: a lane for each gate, the cell as kept, written and forgotten, what is shown, the surprise.
import { clamp, h, set } from './common.js';
import { mix, readable } from './palette.js';
import {
  LANES_RIGHT,
  LANE_SIGN,
  boxPath,
  gateColours,
  laneColour,
  laneRows,
  markedSpans,
  rowEnds,
  stepPath,
} from './gate_shapes.js';
import { gateWord, twoDigits } from './gate_words.js';

/** The end of a scale in few digits. */
function shortEnd(x) {
  const digits = Math.abs(x) >= 9.95 ? 0 : Math.abs(x) >= 0.095 ? 1 : 2;
  return x.toFixed(digits).replace(/\.0+$/, '').replace('-', '−');
}

/** The picture: { node, draw(view, palette, place) }. act: go, hover, span, canHold. */
export function gateLanes(act) {
  const node = h('svg:svg', { class: 'lanes', role: 'img', 'data-role': 'lanes' });
  let seen = null;
  listenToLanes(node, () => seen, act);
  const zero = (row) => row.map(() => 0);
  const path = (d, more) => h('svg:path', { d, ...more });

  /** Of a lane: the pixel of a number, and the ends of its scale. */
  function scale({ name, kind, top, tall }, { story, ghost: was, bits, ghostBits }) {
    let [low, high] = [0, 1];
    if (kind === 'memory') [low, high] = rowEnds(story.after, story.before, story.kept, was?.after);
    else if (kind === 'signed')
      [low, high] = rowEnds(story.rows[name], was?.rows[name], hideable(name, story));
    else if (kind === 'bits') [low, high] = rowEnds(bits, ghostBits);
    return { low, high, y: (x) => top + (tall * (high - x)) / (high - low) };
  }

  /** What an LSTM could show if its output gate were open. */
  const hideable = (name, { memory: kept, rows, after }) =>
    name === 'hidden' && kept === 'cell_state' && rows.output_gate ? after.map(Math.tanh) : null;

  function memory(view, colours, place, y) {
    const { before, kept, after } = view.story;
    return [
      path(boxPath(place, kept, before, y), { fill: colours.lost, 'data-part': 'forgotten' }),
      path(boxPath(place, zero(kept), kept, y), { fill: colours.keep, 'data-part': 'kept' }),
      path(boxPath(place, kept, after, y, 0.5), { fill: colours.write, 'data-part': 'written' }),
      path(stepPath(place, after, y), {
        fill: 'none',
        stroke: colours.ink,
        'stroke-width': 1.6,
        'data-part': 'after',
      }),
    ];
  }

  function bars(lane, view, colours, place, y) {
    const row = lane.kind === 'bits' ? view.bits.map((x) => x ?? 0) : view.story.rows[lane.name];
    const fill = laneColour(lane.name) === 'ink' ? view.palette.dim : colours[laneColour(lane.name)];
    const made = [];
    const all = hideable(lane.name, view.story);
    if (all)
      made.push(
        path(boxPath(place, zero(row), all, y), {
          fill: mix(fill, view.palette.bg, 0.78),
          'data-part': 'hideable',
        }),
      );
    const paler = lane.name === 'candidate' ? mix(fill, view.palette.bg, 0.45) : fill;
    return [...made, path(boxPath(place, zero(row), row, y), { fill: paler, 'data-bars': lane.name })];
  }

  function ghost(lane, view, place, y) {
    if (!view.ghost) return [];
    const row = lane.kind === 'bits' ? view.ghostBits : view.ghost.rows[lane.name];
    if (!row) return [];
    const d = stepPath(place, row, y);
    const look = { fill: 'none', 'stroke-linejoin': 'round' };
    return [
      path(d, { ...look, stroke: view.palette.bg, 'stroke-width': 3.2, opacity: 0.75 }),
      path(d, {
        ...look,
        stroke: view.palette.ink,
        'stroke-width': 1.3,
        'stroke-dasharray': '3.5 1.8',
        'data-ghost': lane.name,
      }),
    ];
  }

  /** Names on the left, ends of the scale, the numbers at the cursor on the right. */
  function words(lane, view, colours, place, { low, high, y }) {
    const { palette, t } = view;
    const role = lane.kind === 'memory' ? 'ink' : laneColour(lane.name);
    const style = role === 'ink' ? null : `fill:${readable(colours[role], palette)}`;
    const text = (x, y, said, more = {}) => h('svg:text', { x, y, 'font-size': 12.5, text: said, ...more });
    const middle = lane.top + lane.tall / 2;
    const name = lane.name === 'bits' ? 'surprise' : gateWord(lane.name);
    const end = { 'text-anchor': 'end', 'font-size': 10, class: 'dim' };
    const edge = place.left - 5;
    const made = [
      text(0, middle - 1, name, { 'font-weight': 650, style }),
      text(0, middle + 13, lane.says, { 'font-size': 11, class: 'dim' }),
      ...[low, high, 0]
        .filter((x, k) => x !== 0 || (k === 2 && y(0) - y(high) > -1))
        .filter((x) => x === 0 || Math.abs(y(x) - y(0)) > 10)
        .map((x) => text(edge, clamp(y(x) + 3.5, lane.top + 8, lane.top + lane.tall), shortEnd(x), end)),
    ];
    const value = lane.kind === 'bits' ? view.bits[t] : view.story.rows[lane.name][t];
    if (value == null) return made;
    const right = place.width + 9;
    const was = view.ghost && (lane.kind === 'bits' ? view.ghostBits?.[t] : view.ghost.rows[lane.name]?.[t]);
    const moved = was != null && Math.abs(was - value) >= 0.005;
    const number = { 'font-weight': 650, style, 'data-value': lane.name };
    made.push(text(right, middle + (moved ? -2 : 4.5), twoDigits(value), number));
    if (moved)
      made.push(text(right, middle + 12, `was ${twoDigits(was)}`, { 'font-size': 11, class: 'dim' }));
    return made;
  }

  /** The span that would be held, or is. */
  function spanMark(view, place, height) {
    const { span, held, palette } = view;
    if (!span) return [];
    const [from, to] = [Math.max(span.begin, place.first), Math.min(span.end, place.first + place.columns)];
    if (from >= to) return [];
    const [a, b] = [place.x(from), place.x(to)];
    const line = {
      d: `M${a} ${LANE_SIGN + 4}V${LANE_SIGN - 3}H${b}V${LANE_SIGN + 4}`,
      fill: 'none',
      stroke: palette.accent,
    };
    const made = [
      path(line.d, {
        ...line,
        'stroke-width': held ? 2.4 : 1.4,
        'data-role': 'span',
        'data-begin': span.begin,
        'data-end': span.end,
      }),
    ];
    const lane = view.lanes.find(({ name }) => name === view.gate);
    if (held && lane) {
      const box = { x: a, y: lane.top - 3, width: b - a, height: lane.tall + 5, rx: 3, fill: 'none' };
      made.push(h('svg:rect', { ...box, stroke: palette.accent, 'stroke-width': 1.6, 'data-role': 'held' }));
    }
    return made;
  }

  function draw(view, palette, place) {
    const { rows, height } = laneRows(view.story, view.bits);
    const colours = gateColours(palette);
    seen = { place };
    view = { ...view, palette, lanes: rows };
    const foot = height - 4;
    const parts = (view.marks ? markedSpans(view.marks, place) : []).map(([a, b]) =>
      h('svg:rect', {
        ...{ x: place.x(a), y: LANE_SIGN + 4, width: place.x(b) - place.x(a), height: foot - LANE_SIGN },
        fill: mix(palette.line, palette.bg, 0.55),
        'data-role': 'marked',
      }),
    );
    for (const lane of rows) {
      const size = scale(lane, view);
      const [a, b] = [place.left, place.width];
      const level = (y, more) => path(`M${a} ${y}H${b}`, { stroke: palette.line, ...more });
      if (lane.kind === 'gate') parts.push(level(lane.top, { 'stroke-dasharray': '2 3' }));
      parts.push(
        ...(lane.kind === 'memory'
          ? memory(view, colours, place, size.y)
          : bars(lane, view, colours, place, size.y)),
      );
      parts.push(
        level(size.y(0), { stroke: palette.dim, 'stroke-width': 0.8 }),
        ...ghost(lane, view, place, size.y),
      );
      parts.push(...words(lane, view, colours, place, size));
    }
    const cursor = { x: place.x(view.t), y: LANE_SIGN, width: place.cell, height: foot + 2, fill: 'none' };
    parts.push(
      ...spanMark(view, place, height),
      h('svg:rect', {
        ...cursor,
        rx: 2,
        stroke: palette.accent,
        'stroke-width': 1.4,
        'data-role': 'at',
        'data-t': view.t,
      }),
    );
    node.replaceChildren(...parts);
    set(node, { width: place.width + LANES_RIGHT, height, 'aria-label': view.label });
  }
  return { node, draw };
}

/** Hover looks, a click goes there, a drag chooses a span where a gate can be held, and moves the cursor elsewhere. */
function listenToLanes(node, seen, act) {
  let from = null;
  let dragged = false;
  const at = (event) => seen().place.at(event.clientX - node.getBoundingClientRect().left);
  node.addEventListener('pointerdown', (event) => {
    if (event.button > 0) return;
    node.setPointerCapture(event.pointerId);
    [from, dragged] = [at(event), false];
    if (!act.canHold()) act.go(from);
  });
  node.addEventListener('pointermove', (event) => {
    const t = at(event);
    if (from === null) return event.pointerType !== 'touch' && act.hover(t);
    if (!act.canHold()) return act.go(t);
    dragged ||= t !== from;
    if (dragged) act.span(Math.min(from, t), Math.max(from, t) + 1, false);
  });
  node.addEventListener('pointerup', (event) => {
    if (from === null) return;
    const t = at(event);
    if (dragged) act.span(Math.min(from, t), Math.max(from, t) + 1, true);
    else act.go(t);
    from = null;
  });
  node.addEventListener('pointercancel', () => (from = null));
  node.addEventListener('pointerleave', () => from === null && act.hover(null));
}
