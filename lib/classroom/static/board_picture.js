// The board: twelve numbers, their dials, the cell's path, and what of each number reaches the end.
import { h, set } from './common.js';
import { boardPlan, LEAST_WIDTH } from './board_plan.js';
import { boardColours, diamond, riverNodes, two, wordAt } from './board_river.js';
import { isExact } from './board_rules.js';
import { inkOn, mix, readable } from './palette.js';

let boards = 0; // on this page: each has a pattern of its own

/** { node, rows, plan(), draw(view, palette, width) }. rows: for each dial the element that takes hand and keys.
 *  labels: for each dial { long, short (for narrow pages), does, scale, and under(value), words below its number }.
 *  sizes: as `boardPlan` takes them. A dial that the view does not have is hidden. */
export function boardPicture(names, labels, sizes = () => ({})) {
  const hatch = `board-lost-${boards++}`;
  const svg = h('svg:svg', { 'aria-hidden': 'true' });
  const rows = Object.fromEntries(
    names.map((name) => [
      name,
      h('div', { class: 'dials', tabindex: 0, role: 'slider', 'data-dials': name, 'aria-valuemin': 0 }),
    ]),
  );
  const node = h('div', { class: 'board', 'data-role': 'board' }, svg, ...Object.values(rows));
  let plan = null;

  function draw(view, palette, width) {
    const seen = names.filter((name) => view.dials[name]);
    plan = boardPlan(Math.max(width, LEAST_WIDTH), view.numbers.length, seen, sizes(seen.length));
    node.classList.toggle('scrolls', width < LEAST_WIDTH);
    set(svg, { width: plan.width, height: plan.height });
    for (const name of names) rows[name].hidden = !seen.includes(name);
    for (const name of seen) {
      const { top, track } = plan.rows[name];
      rows[name].style.cssText =
        `left:${plan.gutter}px;width:${plan.end - plan.gutter}px;top:${top - plan.room}px;height:${track + plan.room + plan.under - 8}px`;
    }
    svg.replaceChildren(
      hatching(hatch, palette),
      ...cursorColumn(view, palette, plan),
      ...numberNodes(view, palette, plan),
      ...riverNodes({ ...view, hatch }, palette, plan),
      ...seen.flatMap((name) => dialNodes(name, labels[name], view, palette, plan)),
      ...footNodes(view, palette, plan),
    );
  }
  return { node, rows, plan: () => plan, draw };
}

const hatching = (id, palette) =>
  h(
    'svg:defs',
    {},
    h(
      'svg:pattern',
      {
        ...{ id, width: 5, height: 5, patternUnits: 'userSpaceOnUse' },
        patternTransform: 'rotate(45)',
      },
      h('svg:line', { x1: 0, x2: 0, y1: 0, y2: 5, stroke: palette.dim, 'stroke-width': 1.4 }),
    ),
  );

function cursorColumn({ at }, palette, plan) {
  const x = plan.gutter + plan.column * at + 1;
  return [
    h('svg:rect', {
      ...{ x, y: 0, width: plan.column - 2, height: plan.height, rx: 7, 'data-role': 'cursor' },
      fill: mix(palette.bg, palette.dim, 0.11),
    }),
  ];
}

/** The numbers; those that are marked stand on a filled flag that says so. */
function numberNodes({ numbers, marks, blind, flag = ['marked', 'mark'] }, palette, plan) {
  const head = wordAt(plan.gutter - 14, 37, plan.roomy ? 'number x' : 'x', {
    ...{ 'text-anchor': 'end', 'font-weight': 650, 'font-size': 13 },
  });
  return [
    head,
    ...numbers.flatMap((x, t) => {
      const at = plan.at(t),
        words = blind ? '?' : two(x).replace(/^0/, x < 1 ? '' : '0'),
        wide = Math.min(plan.column - 4, 54);
      const shape = h('svg:path', {
        ...{ d: `M${at - wide / 2} 4h${wide}v40h${-wide / 2 + 6}l-6 7l-6 -7h${-wide / 2 + 6}z`, fill: palette.accent },
        ...{ 'stroke-linejoin': 'round', stroke: palette.accent, 'stroke-width': 3, 'data-mark': t },
      });
      const on = inkOn(palette.accent);
      return [
        ...(marks[t]
          ? [
              shape,
              wordAt(at, 17, flag[plan.column > 50 ? 0 : 1], {
                ...{ 'text-anchor': 'middle', 'font-size': 10.5, style: `fill:${on}` },
              }),
            ]
          : []),
        wordAt(at, 37, words, {
          ...{ 'text-anchor': 'middle', 'font-size': marks[t] ? 17 : 14.5, 'font-weight': marks[t] ? 700 : 500 },
          ...{ 'data-number': t, style: marks[t] ? `fill:${on}` : `fill:${palette.dim}` },
        }),
      ];
    }),
  ];
}

function dialNodes(name, label, view, palette, plan) {
  const { top, track } = plan.rows[name],
    colour = boardColours(palette)[name === 'forget' ? 'keep' : 'write'];
  const heads = [
    wordAt(plan.gutter - 14, top + 22, plan.roomy ? label.long : label.short, {
      'text-anchor': 'end',
      'font-weight': 650,
      'font-size': 13,
    }),
    wordAt(plan.gutter - 14, top + (label.under ? track + 36 : 38), label.does, {
      'text-anchor': 'end',
      'font-size': 11,
      class: 'dim',
    }),
    ...[1, 0].map((end) =>
      wordAt(plan.gutter - 2, plan.knob(name, end) + 4, `${end && label.scale.most}`, {
        ...{ 'text-anchor': 'end', 'font-size': 10, class: 'dim' },
      }),
    ),
  ];
  return [
    ...heads,
    ...view.dials[name].flatMap((value, t) => dial(name, t, value, view, palette, plan, colour, label)),
  ];
}

function dial(name, t, value, view, palette, plan, colour, { scale, under, warns }) {
  const x = plan.at(t),
    y = plan.knob(name, scale.share(value)),
    { top, track } = plan.rows[name],
    locked = t < (view.locked ?? 0),
    moved = value !== view.start[name],
    chosen = view.at === t && view.focus === name,
    trained = view.trained?.[name];
  return [
    h('svg:rect', { x: x - 3, y: top, width: 6, height: track, rx: 3, fill: palette.line }),
    h('svg:rect', { x: x - 3, y, width: 6, height: top + track - y, rx: 3, fill: colour }),
    h('svg:circle', {
      ...{
        cx: x,
        cy: y,
        r: chosen ? 10 : 8,
        fill: moved ? colour : palette.bg,
        stroke: colour,
        'stroke-width': locked ? 1 : 2.5,
      },
      ...{ 'data-knob': `${name}-${t}`, 'data-value': value },
    }),
    chosen
      ? h('svg:circle', { cx: x, cy: y, r: 14, fill: 'none', stroke: palette.accent, 'stroke-width': 2 })
      : h('svg:g'),
    wordAt(x, top + track + 21, two(value), {
      ...{ 'text-anchor': 'middle', 'font-size': 11, 'font-weight': moved ? 650 : 400, class: moved ? null : 'dim' },
    }),
    under
      ? wordAt(x, top + track + 36, under(value), {
          ...{ 'text-anchor': 'middle', 'font-size': 10.5, 'data-under': `${name}-${t}` },
          ...(warns(value) ? { 'font-weight': 700, style: `fill:${palette.bad}` } : { class: 'dim' }),
        })
      : h('svg:g'),
    locked ? lock(x, y, palette) : h('svg:g'),
    trained
      ? diamond(x + (plan.column > 50 ? 15 : 12), plan.knob(name, Math.min(1, scale.share(trained[t]))), 5, {
          ...{ fill: palette.bg, stroke: boardColours(palette).trained, 'stroke-width': 2 },
          'data-gate': `${name}-${t}`,
        })
      : h('svg:g'),
  ];
}

/** A small lock on a knob that cannot be turned. */
const lock = (x, y, { dim, bg }) =>
  h(
    'svg:g',
    { 'data-role': 'lock' },
    h('svg:path', { d: `M${x - 2.5} ${y - 1}v-2a2.5 2.5 0 0 1 5 0v2`, fill: 'none', stroke: dim, 'stroke-width': 1.4 }),
    h('svg:rect', { x: x - 4, y: y - 1, width: 8, height: 6, rx: 1, fill: dim, stroke: bg, 'stroke-width': 0.5 }),
  );

/** The last row: the share of each number that is in the cell at the end, and whether that is what is wanted. */
function footNodes({ shares, marks, wanted = marks, costs, blind }, palette, plan) {
  const y = plan.foot + 16,
    close = plan.column <= 50;
  const heads = (close ? ['reaches', 'end, %'] : ['reaches', 'the end']).map((line, k) =>
    wordAt(plan.gutter - 14, y - 4 + 14 * k, line, {
      ...{ 'text-anchor': 'end', 'font-size': 13, 'font-weight': 650 },
    }),
  );
  const words = (t, text, more) => wordAt(plan.at(t), y + 4, text, { 'text-anchor': 'middle', ...more });
  if (blind) return [...heads, ...marks.map((_, t) => words(t, '?', { class: 'dim' }))];
  const shown = shares.map((share, t) => {
    const right = isExact(costs[t]) && Math.abs(share - wanted[t]) < 0.05,
      sign = right ? '' : share > wanted[t] ? '▲' : '▼';
    return words(t, `${sign}${Math.round(100 * share)}${close ? '' : '%'}`, {
      ...{
        'font-size': plan.tight ? 9.5 : close ? 10.5 : 12.5,
        'font-weight': right && !wanted[t] ? 400 : 650,
        'data-share': t,
      },
      style: `fill:${readable(right ? palette.good : palette.bad, palette)}`,
    });
  });
  return [...heads, ...shown];
}
