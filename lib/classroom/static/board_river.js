// The cell's path: what was kept, what was written, what was lost on the way, and how far the end is from the goal.
import { h } from './common.js';
import { apart, axisLow, axisTop } from './board_plan.js';
import { isExact } from './board_rules.js';
import { mix, readable } from './palette.js';

export const two = (x) => {
  const text = x.toFixed(2);
  return text === '-0.00' ? '0.00' : text.replace('-', '−');
};

const quad = (points, more) =>
  h('svg:path', { d: 'M' + points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join('L') + 'Z', ...more });
const rect = (x, y, width, height, more) => h('svg:rect', { x, y, width, height: Math.max(0, height), ...more });
/** A word on the board. */
export const wordAt = (x, y, words, more) => h('svg:text', { x, y, text: words, 'font-size': 12, ...more });

/** The colours of the board: what is written, what is kept, the trained cell. */
export const boardColours = (palette) => ({
  write: palette.states[1],
  keep: palette.states[0],
  trained: palette.states[3],
});

/** All that the trained cell would answer, from before the first number on. */
const trainedEnds = (trained) => (trained ? [trained.start, ...trained.answer] : []);

/** The nodes of the path. view: as `boardView` gives it, and hatch, the name of the pattern of what was lost. */
export function riverNodes(view, palette, plan) {
  const { top, bottom } = plan.river;
  const frame = [
    rect(plan.gutter, top, plan.end - plan.gutter, bottom - top, { fill: palette.panel, rx: 6, 'data-role': 'river' }),
  ];
  const name = [
    wordAt(plan.gutter - 36, (top + bottom) / 2, view.called?.[plan.roomy ? 0 : 1] ?? 'cell c', {
      ...{ 'text-anchor': 'end', 'font-weight': 650, 'font-size': 13 },
    }),
  ];
  if (view.blind) return [...frame, ...name, ...hiddenWords(view.rule, palette, plan)];
  const shown = [...view.steps.map((s) => s.memory), view.goal, ...trainedEnds(view.trained)];
  const most = axisTop(shown, view.small),
    low = axisLow(shown),
    y = (value) => bottom - ((bottom - top) * (value - low)) / (most - low);
  return [
    ...frame,
    ...name,
    ...ticks(low, most, y, plan, palette),
    ...flow(view, y, plan, palette),
    ...goalNodes(view, y, plan, palette),
    ...(view.trained ? trainedPath(view.trained, y, plan, palette) : []),
  ];
}

const HIDDEN = ['Numbers and cell are hidden until you run it.', 'Dials of one kind move together.'];

/** In the blind round the rule stands where the cell would be. */
function hiddenWords({ input, forget }, palette, plan) {
  const middle = (plan.gutter + plan.end) / 2,
    y = (plan.river.top + plan.river.bottom) / 2,
    { write, keep } = boardColours(palette);
  const line = (kind, words, at) => [
    wordAt(middle - 58, at, words, { 'text-anchor': 'end', 'font-size': 16, 'font-weight': 600 }),
    wordAt(middle - 38, at, `input ${two(input[kind])}`, {
      ...{ 'font-size': 16, 'font-weight': 650, style: `fill:${readable(write, palette)}` },
    }),
    wordAt(middle + 78, at, `forget ${two(forget[kind])}`, {
      ...{ 'font-size': 16, 'font-weight': 650, style: `fill:${readable(keep, palette)}` },
    }),
  ];
  return [
    ...line('marked', 'at a mark', y - 28),
    ...line('other', 'elsewhere', y),
    ...(plan.tight ? HIDDEN : [HIDDEN.join(' ')]).map((words, k) =>
      wordAt(middle, y + 38 + 16 * k, words, {
        ...{ 'text-anchor': 'middle', 'font-size': plan.roomy ? 12.5 : 11.5, class: 'dim' },
      }),
    ),
  ];
}

function ticks(low, most, y, plan, palette) {
  const step = most > 5 ? 2 : most > 2.5 ? 1 : 0.5;
  const count = Math.floor(most / step) - Math.ceil(low / step) + 1,
    values = Array.from({ length: count }, (_, k) => (Math.ceil(low / step) + k) * step);
  return values.flatMap((value) => [
    h('svg:line', {
      ...{ x1: plan.gutter, x2: plan.end, y1: y(value), y2: y(value), stroke: value ? palette.line : palette.dim },
    }),
    wordAt(plan.gutter - 6, y(value) + 4, `${value}`.replace('-', '−'), {
      'text-anchor': 'end',
      class: 'dim',
      'font-size': 10.5,
    }),
  ]);
}

/** Bars joined by a stream that narrows where the cell forgets. */
function flow({ steps, hatch }, y, plan, palette) {
  const { write, keep } = boardColours(palette),
    half = Math.min(15, plan.column * 0.27),
    pale = mix(palette.panel, keep, 0.3);
  const streams = steps.slice(1).flatMap(({ kept, lost }, k) => {
    const [from, to] = [plan.at(k) + half, plan.at(k + 1) - half],
      before = steps[k].memory,
      base = y(0);
    const stream = [
      [from, base],
      [from, y(before)],
      [to, y(kept)],
      [to, base],
    ];
    const wedge = [
      [from, y(before)],
      [to, y(before)],
      [to, y(kept)],
    ];
    return [
      quad(stream, { fill: pale }),
      lost > 0.004
        ? quad(wedge, { fill: `url(#${hatch})`, stroke: palette.dim, 'stroke-width': 0.7, 'data-lost': k + 1 })
        : h('svg:g'),
    ];
  });
  const bars = steps.flatMap(({ kept, written, memory }, t) => {
    const x = plan.at(t) - half;
    return [
      rect(x, y(kept), 2 * half, y(0) - y(kept), { fill: keep, 'data-kept': t }),
      rect(x, y(memory), 2 * half, y(kept) - y(memory), { fill: write, 'data-written': t }),
      written > 0.004
        ? h('svg:line', {
            ...{ x1: plan.at(t), x2: plan.at(t), y1: plan.river.top - 8, y2: y(memory) },
            ...{ stroke: write, 'stroke-width': 1 + 5 * Math.min(1, written), opacity: 0.55 },
          })
        : h('svg:g'),
    ];
  });
  const parts = steps.flatMap(({ each }, t) => {
    if (!each || each.length < 2 || each[0] < 0.004) return []; // where the first of two memories ends
    const [x, at] = [plan.at(t) - half, y(each[0])];
    return [
      h('svg:line', {
        ...{ x1: x, x2: x + 2 * half, y1: at, y2: at, stroke: palette.panel, 'stroke-width': 2, 'data-first': t },
      }),
    ];
  });
  return [...streams, ...bars, ...parts];
}

/** A tick, drawn: fonts without the glyph would show a box. */
const tick = (x, y, stroke) =>
  h('svg:path', { d: `M${x} ${y}l5 6l10 -13`, stroke, 'stroke-width': 3, fill: 'none', 'data-role': 'tick' });

/** The goal across the board; at its right end the cell, the goal and the gap between them. */
function goalNodes({ goal, cell, error, costs, called }, y, plan, palette) {
  const x = plan.end + 13,
    right = isExact(error) ? palette.good : palette.bad,
    [goalAt, cellAt] = apart(y(goal), y(cell), 34);
  const line = h('svg:line', {
    ...{ x1: plan.gutter, x2: x + 6, y1: y(goal), y2: y(goal) },
    ...{ stroke: palette.ink, 'stroke-width': 1.6, 'stroke-dasharray': '6 4', 'data-role': 'goal' },
  });
  const gap = h('svg:path', {
    ...{ d: `M${x - 4} ${y(goal)}h8M${x} ${y(goal)}V${y(cell)}M${x - 4} ${y(cell)}h8` },
    ...{ stroke: right, 'stroke-width': 2.4, fill: 'none' },
  });
  const label = (at, head, value, fill) => [
    wordAt(x + 12, at - 3, head, { class: 'dim', 'font-size': 11 }),
    wordAt(x + 12, at + 13, two(value), { 'font-size': 16, 'font-weight': 650, style: `fill:${fill}` }),
  ];
  return [
    line,
    gap,
    ...label(goalAt, 'wanted', goal, palette.ink),
    ...label(cellAt, called?.[2] ?? 'cell', cell, readable(right, palette)),
    ...(costs.every(isExact) ? [tick(x + (plan.tight ? 54 : 58), cellAt + 6, palette.good)] : []),
  ];
}
/** A small diamond around a point. */
export const diamond = (x, y, r, more) =>
  h('svg:path', { d: `M${x} ${y - r}l${r} ${r}l${-r} ${r}l${-r} ${-r}z`, ...more });

function trainedPath({ start, answer }, y, plan, palette) {
  const { trained } = boardColours(palette),
    points = [[plan.gutter + 2, y(start)], ...answer.map((value, t) => [plan.at(t), y(value)])];
  return [
    h('svg:path', {
      ...{ d: 'M' + points.map(([a, b]) => `${a.toFixed(1)} ${b.toFixed(1)}`).join('L'), fill: 'none' },
      ...{ stroke: trained, 'stroke-width': 2, 'stroke-dasharray': '2 3', 'data-role': 'trained-path' },
    }),
    ...points.map(([a, b]) =>
      diamond(a, b, 5, { fill: palette.bg, stroke: trained, 'stroke-width': 2, 'data-trained': '' }),
    ),
  ];
}
