// Where everything on the board lies: numbers, one row of dials above the cell's path and, if there is one, one below.
import { clamp } from './common.js';

const ROOM = 14; // above a track, for the hand

/** On a narrower page the board scrolls sideways. */
export const LEAST_WIDTH = 500;

/** The geometry at this width: { gutter, column, at(t), step(x), rows, river, foot, height, value(name, y), end }.
 *  track: the way of a knob; under: the room below it for words. rows[name]: { top, track };
 *  the hand's room begins `room` above. */
export function boardPlan(width, length, names, { track = 62, under = 32 } = {}) {
  const roomy = width >= 860,
    tight = width < 600,
    gutter = roomy ? 122 : tight ? 75 : 84,
    side = roomy ? 118 : tight ? 86 : 92,
    column = (width - gutter - side) / length;
  const rows = {};
  let y = 66;
  const row = (name) => {
    rows[name] = { top: y, track };
    y += track + under;
  };
  row(names[0]);
  const river = { top: y + 4, bottom: y + 4 + 178 };
  y = river.bottom + 26;
  names.slice(1).forEach(row);
  const foot = y;
  return {
    ...{
      width,
      roomy,
      tight,
      room: ROOM,
      under,
      gutter,
      column,
      rows,
      river,
      foot,
      height: foot + 34,
      end: gutter + column * length,
    },
    at: (t) => gutter + column * (t + 0.5),
    step: (x) => clamp(Math.floor((x - gutter) / column), 0, length - 1),
    value: (name, y) => clamp(1 - (y - rows[name].top) / track, 0, 1),
    knob: (name, share) => rows[name].top + track * (1 - share),
  };
}

const TOPS = [1.6, 2.2, 3.3, 4.6, 6.6, 9.2, 12.5];

/** The upper end of the cell's axis: the first that leaves room over all that is drawn; small: below 1 too. */
export const axisTop = (values, small = false) => {
  const most = Math.max(...values);
  return [...(small ? [1.1] : []), ...TOPS].find((top) => top >= most * 1.06) ?? most * 1.1;
};

/** The lower end: 0, or the half below what is negative. */
export const axisLow = (values) => {
  const least = Math.min(...values);
  return least < -0.02 ? -Math.ceil(-2 * least) / 2 : 0;
};

/** Two labels at heights a and b, moved apart to at least `gap`, the order kept. */
export function apart(a, b, gap) {
  const missing = gap - Math.abs(a - b);
  if (missing <= 0) return [a, b];
  const push = a <= b ? missing / 2 : -missing / 2;
  return [a - push, b + push];
}
