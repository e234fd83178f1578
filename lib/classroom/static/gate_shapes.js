// Where the lanes of the gate viewer lie, their colours, and boxes, lines and spans as paths. Pure: no drawing.
import { mix } from './palette.js';
import { GATE_NAMES } from './gate_model.js';

const LANE_ORDER = [
  ['forget_gate', '1 keeps'],
  ['update_gate', '1 keeps'],
  ['input_gate', '1 writes'],
  ['reset_gate', '1 uses the past'],
  ['candidate', 'what to write'],
  ['cell_state', 'what is kept'],
  ['output_gate', '1 shows'],
  ['hidden', 'what is shown'],
];
const LANE_TALL = { gate: 38, signed: 36, memory: 112, bits: 36 };
const LANE_GAP = 11;
export const LANES_LEFT = 118; // room for names
export const LANES_RIGHT = 70; // room for the numbers at the cursor
export const LANE_SIGN = 6; // above the first lane, for the span

/** The colours of the story. */
export const gateColours = ({ states, bg, ink }) => ({
  keep: states[0],
  write: states[1],
  reset: states[2],
  show: states[3],
  lost: mix(states[0], bg, 0.72),
  ink,
});

const LANE_COLOUR = { forget_gate: 'keep', update_gate: 'keep', input_gate: 'write', candidate: 'write' };
export const laneColour = (name) =>
  LANE_COLOUR[name] ?? { reset_gate: 'reset', cell_state: 'ink', bits: 'ink' }[name] ?? 'show';

/** The lanes from top to bottom, with their places: [{ name, says, kind, top, tall }], and the height of all. */
export function laneRows(story, bits) {
  let top = LANE_SIGN + 8;
  const rows = [];
  const add = (name, says, kind) => {
    rows.push({ name, says, kind, top, tall: LANE_TALL[kind] });
    top += LANE_TALL[kind] + LANE_GAP;
  };
  for (const [name, says] of LANE_ORDER) {
    if (!story.rows[name]) continue;
    const kind = name === story.memory ? 'memory' : GATE_NAMES.includes(name) ? 'gate' : 'signed';
    add(name, kind === 'memory' && name === 'hidden' ? 'kept and shown' : says, kind);
  }
  if (bits) add('bits', 'in bits', 'bits');
  return { rows, height: top - 4 };
}

/** One path for boxes from `low` to `high` (numbers of the lane) at the steps of the window. */
export function boxPath(place, low, high, y, share = 1) {
  const gap = place.cell >= 4 ? 1 : 0;
  const wide = (place.cell - gap) * share;
  let d = '';
  for (let t = place.first; t < place.first + place.columns; t++) {
    const [from, to] = [y(low[t]), y(high[t])];
    if (!(Math.abs(to - from) > 0.15)) continue;
    const x = place.x(t) + (place.cell - wide) / 2;
    d += `M${x.toFixed(2)} ${from.toFixed(2)}h${wide.toFixed(2)}V${to.toFixed(2)}h${(-wide).toFixed(2)}z`;
  }
  return d;
}

/** A step line through the values of the window; what is not known is left out. */
export function stepPath(place, row, y) {
  let [d, open] = ['', false];
  for (let t = place.first; t < place.first + place.columns; t++) {
    if (row[t] == null) {
      open = false;
      continue;
    }
    d += `${open ? 'L' : 'M'}${place.x(t).toFixed(2)} ${y(row[t]).toFixed(2)}H${place.x(t + 1).toFixed(2)}`;
    open = true;
  }
  return d;
}

/** Where the true stretches of a pattern lie in the window: [[begin, end], …]. */
export function markedSpans(marks, { first, columns }) {
  const spans = [];
  for (let t = first; t < first + columns; t++) {
    if (!marks[t]) continue;
    if (spans.at(-1)?.[1] === t) spans.at(-1)[1] = t + 1;
    else spans.push([t, t + 1]);
  }
  return spans;
}

/** The least and the most of some rows, 0 among them; rows may hold null or be missing. */
export function rowEnds(...rows) {
  let [low, high] = [0, 0];
  for (const row of rows)
    for (const x of row ?? []) {
      if (x < low) low = x;
      if (x > high) high = x;
    }
  return high - low < 1e-6 ? [0, 1] : [low, high];
}
