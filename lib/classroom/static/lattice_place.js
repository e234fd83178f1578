// Where things lie in the picture: strip, lattice, path, outputs and axis, one below the other; what is under a point.
import { clamp } from './common.js';

const [STRIP_GAP, STRETCH, SIGNS] = [8, 17, 17]; // SIGNS: below stretches that are too narrow for their symbol

/** How tall a row of the lattice and a row of the outputs are. */
const pitchOf = (places) => (places <= 9 ? 22 : places <= 15 ? 18 : 16);
const outputOf = (rows) => (rows <= 5 ? 30 : rows <= 8 ? 25 : 21);

/** The picture's measures. names: room for the rows' names; signs: for a symbol of the word. */
export function latticePlaces({ now, rows, strip, width, names, signs = 9 }) {
  const { frames, places } = now;
  const left = names;
  const column = Math.max(1, (width - left - 6) / frames);
  const stripTall = strip ? clamp((column * frames * strip.shape[0]) / strip.shape[1], 30, 80) : 0;
  const top = strip ? stripTall + STRIP_GAP : 4;
  const pitch = pitchOf(places);
  const radius = Math.min(column * 0.44, pitch * 0.4);
  const foot = top + places * pitch;
  const beneath = column < signs + 2 ? SIGNS : 0;
  const path = foot + 21;
  const alone = path + STRETCH + beneath + 21;
  const heading = alone + STRETCH + beneath + 18;
  const outputs = heading + 6;
  const tall = outputOf(rows.length);
  const end = outputs + rows.length * tall;
  return {
    ...{ left, column, stripTall, top, pitch, radius, foot, path, alone, heading, outputs, tall, end, width },
    ...{ frames, places, rows, beneath, stretch: STRETCH, height: end + 22 },
    x: (t) => left + (t + 0.5) * column,
    y: (s) => top + (s + 0.5) * pitch,
    base: (i) => outputs + (i + 1) * tall - 2, // of a bar
    reach: tall - 6, // of a bar with probability one
  };
}

/** What lies under a point: { t, s } in the lattice, { t, row } in the outputs, or { t }. */
export function latticeUnder(p, x, y) {
  const t = clamp(Math.floor((x - p.left) / p.column), 0, p.frames - 1);
  if (y >= p.top && y < p.foot) return { t, s: clamp(Math.floor((y - p.top) / p.pitch), 0, p.places - 1) };
  if (y >= p.outputs && y < p.end) return { t, row: p.rows[Math.floor((y - p.outputs) / p.tall)] };
  return { t };
}

/** The probability at a height of a row of the outputs. */
export const probabilityAt = (p, i, y) => clamp((p.base(i) - y) / p.reach, 0.001, 0.999);

/** Which classes get a row: the blank, the word's symbols in their order, and up to `more` others that are ever
 *  likely. Also how many have none: { rows, hidden }. */
export function outputRows({ blank, target, logProbs, frames, classes }, more = 3) {
  const rows = [blank, ...new Set(target)];
  const most = Array.from({ length: classes }, () => -Infinity);
  for (let i = 0; i < frames * classes; i++) most[i % classes] = Math.max(most[i % classes], logProbs[i]);
  const others = most.map((log, k) => ({ log, k })).filter(({ log, k }) => !rows.includes(k) && log > Math.log(0.1));
  others.sort((a, b) => b.log - a.log);
  rows.push(...others.slice(0, more).map(({ k }) => k));
  return { rows, hidden: classes - rows.length };
}
