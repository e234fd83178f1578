// The rolls in rows of dice, and below them, once the croupier has confessed, a band for every judge.
import { clamp, h, set } from './common.js';
import { pipsPath } from './dice.js';
import { mix } from './palette.js';

const GUTTER = 62,
  BAND = 9,
  GAP = 12;

/** How the rolls fall into rows at this width: { columns, cell, pitch, rows, at(t), hit(x, y) }. */
export function casinoLayout(length, width, revealed) {
  const columns = width >= 780 ? 30 : 25,
    cell = Math.min(27, Math.floor((width - GUTTER - 2) / columns)),
    bands = revealed ? 4 : 1,
    pitch = cell + bands * (BAND + 2) + GAP,
    rows = Math.ceil(length / columns);
  return {
    ...{ columns, cell, pitch, rows },
    at: (t) => [GUTTER + (t % columns) * cell, Math.floor(t / columns) * pitch],
    hit(x, y) {
      const row = clamp(Math.floor(y / pitch), 0, rows - 1);
      return clamp(row * columns + clamp(Math.floor((x - GUTTER) / cell), 0, columns - 1), 0, length - 1);
    },
    inside: (x) => x >= GUTTER && x < GUTTER + columns * cell,
  };
}

/** The colour of each judge. */
export const judgeColours = (palette) => ({
  you: palette.accent,
  truth: palette.ink,
  viterbi: palette.states[0],
  posterior: palette.states[2],
  always: palette.dim,
});

/** The picture of the night. `draw(view, palette, width)`; view: { night, marks, revealed, cursor, focused }. */
export function casinoRows() {
  const svg = h('svg:svg', { 'aria-hidden': 'true' }),
    under = h('svg:g'),
    dice = h('svg:g'),
    bands = h('svg:g'),
    ring = h('svg:rect', { fill: 'none', 'stroke-width': 2, rx: 5, 'data-role': 'cursor' });
  svg.append(under, dice, bands, ring);
  let built = null,
    cells = [];

  function build({ night, revealed }, palette, plan) {
    const { cell, columns, at } = plan,
      size = cell - 4;
    cells = night.rolls.map((face, t) => {
      const [x, y] = at(t);
      const tint = h('svg:rect', { x, y, width: cell, height: cell });
      const body = h('svg:rect', {
        ...{ x: x + 2, y: y + 2, width: size, height: size, rx: 4, 'stroke-width': 1 },
        ...{ stroke: mix(palette.line, palette.dim, 0.5), 'data-roll': t, 'data-face': face + 1 },
      });
      const path = h('svg:path', {
        d: pipsPath(face + 1, x + cell / 2, y + cell / 2, size),
        fill: palette.ink,
      });
      const bar = h('svg:rect', { x, y: y + cell + 2, width: cell, height: BAND });
      return { tint, body, path, bar };
    });
    under.replaceChildren(...cells.map((c) => c.tint));
    dice.replaceChildren(...cells.flatMap((c) => [c.body, c.path]));
    const starts = night.rolls.map((_, t) => t).filter((t) => t % columns === 0);
    bands.replaceChildren(
      ...starts.flatMap((t) => rowOf(t, night, revealed, palette, plan)),
      ...cells.map((c) => c.bar),
    );
  }

  function rowOf(t, night, revealed, palette, { at, cell, columns }) {
    const [x, y] = at(t),
      count = Math.min(columns, night.rolls.length - t),
      colours = judgeColours(palette);
    const label = (text, middle, size, name) =>
      h('svg:text', {
        ...{ x: x - 8, y: middle + size * 0.35, 'text-anchor': 'end', 'font-size': size, class: 'dim', text },
        ...{ 'data-label': name ?? null },
      });
    const judges = [
      ['you', 'you', null],
      ['truth', 'truth', night.truth],
      ['viterbi', 'Viterbi', night.paths.viterbi],
      ['posterior', 'posterior', night.likely],
    ].slice(0, revealed ? 4 : 1);
    return [
      label(`${t + 1}`, y + cell / 2, 11),
      ...judges.flatMap(([name, text, values], b) => {
        const top = y + cell + 2 + b * (BAND + 2);
        const track = h('svg:rect', {
          ...{ x, y: top, width: count * cell, height: BAND, fill: palette.panel },
        });
        const bars = (values ?? []).slice(t, t + count).map((p, i) =>
          p < 0.01
            ? null
            : h('svg:rect', {
                ...{ x: x + i * cell, y: top + BAND * (1 - p), width: cell, height: BAND * p },
                ...{
                  fill: p > 0.5 ? colours[name] : mix(palette.panel, colours[name], 0.4),
                  'data-judge': name,
                },
              }),
        );
        return [track, ...bars.filter(Boolean), ...(revealed ? [label(text, top + BAND / 2, 10, name)] : [])];
      }),
    ];
  }

  function draw(view, palette, width) {
    const plan = casinoLayout(view.night.rolls.length, width, view.revealed),
      key = [view.key, view.revealed, palette.bg, plan.columns, plan.cell].join('|');
    if (key !== built) build(view, palette, plan);
    built = key;
    set(svg, { width: GUTTER + plan.columns * plan.cell + 2, height: plan.rows * plan.pitch - GAP + 2 });
    const [tint, body] = [0.22, 0.1].map((share) => mix(palette.bg, palette.accent, share));
    cells.forEach((c, t) => {
      const on = view.marks[t];
      set(c.tint, { fill: on ? tint : 'none' });
      set(c.body, { fill: on ? body : palette.bg });
      set(c.bar, { fill: on ? palette.accent : 'none', 'data-mark': on });
    });
    const [x, y] = plan.at(view.cursor);
    set(ring, {
      x,
      y,
      width: plan.cell,
      height: plan.cell,
      stroke: palette.ink,
      visibility: view.focused ? null : 'hidden',
    });
    return plan;
  }
  return { svg, draw };
}
