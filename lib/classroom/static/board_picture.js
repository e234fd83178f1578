// The board: twelve numbers, their dials, the cell's path, and what of each number reaches the end.
import { h, set } from './common.js';
import { boardPlan, LEAST_WIDTH } from './board_plan.js';
import { boardColours, diamond, riverNodes, two, wordAt } from './board_river.js';
import { isExact } from './board_rules.js';
import { inkOn, mix, readable } from './palette.js';

let boards = 0; // on this page: each has a pattern of its own

/** { node, rows, plan(), draw(view, palette, width) }. rows: for each dial the element that takes hand and keys.
 *  labels: for each dial [its name, a short name for narrow pages, what it does]. */
export function boardPicture(names, labels) {
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
    plan = boardPlan(Math.max(width, LEAST_WIDTH), view.numbers.length, names);
    node.classList.toggle('scrolls', width < LEAST_WIDTH);
    set(svg, { width: plan.width, height: plan.height });
    for (const name of names) {
      const { top, track } = plan.rows[name];
      rows[name].style.cssText =
        `left:${plan.gutter}px;width:${plan.end - plan.gutter}px;top:${top - plan.room}px;height:${track + plan.room + 24}px`;
    }
    svg.replaceChildren(
      hatching(hatch, palette),
      ...cursorColumn(view, palette, plan),
      ...numberNodes(view, palette, plan),
      ...riverNodes({ ...view, hatch }, palette, plan),
      ...names.flatMap((name) => dialNodes(name, labels[name], view, palette, plan)),
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
function numberNodes({ numbers, marks, blind }, palette, plan) {
  const head = wordAt(plan.gutter - 14, 37, plan.roomy ? 'number x' : 'x', {
    ...{ 'text-anchor': 'end', 'font-weight': 650, 'font-size': 13 },
  });
  return [
    head,
    ...numbers.flatMap((x, t) => {
      const at = plan.at(t),
        words = blind ? '?' : two(x).replace(/^0/, x < 1 ? '' : '0'),
        wide = Math.min(plan.column - 4, 54);
      const flag = h('svg:path', {
        ...{ d: `M${at - wide / 2} 4h${wide}v40h${-wide / 2 + 6}l-6 7l-6 -7h${-wide / 2 + 6}z`, fill: palette.accent },
        ...{ 'stroke-linejoin': 'round', stroke: palette.accent, 'stroke-width': 3, 'data-mark': t },
      });
      const on = inkOn(palette.accent);
      return [
        ...(marks[t]
          ? [
              flag,
              wordAt(at, 17, plan.column > 50 ? 'marked' : 'mark', {
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

function dialNodes(name, [label, short, does], view, palette, plan) {
  const { top, track } = plan.rows[name],
    colour = boardColours(palette)[name === 'forget' ? 'keep' : 'write'];
  const heads = [
    wordAt(plan.gutter - 14, top + 22, plan.roomy ? label : short, {
      'text-anchor': 'end',
      'font-weight': 650,
      'font-size': 13,
    }),
    wordAt(plan.gutter - 14, top + 38, does, { 'text-anchor': 'end', 'font-size': 11, class: 'dim' }),
    ...[1, 0].map((end) =>
      wordAt(plan.gutter - 2, plan.knob(name, end) + 4, `${end}`, {
        ...{ 'text-anchor': 'end', 'font-size': 10, class: 'dim' },
      }),
    ),
  ];
  return [
    ...heads,
    ...view.dials[name].flatMap((value, t) => dial(name, t, value, view, palette, plan, colour, track)),
  ];
}

function dial(name, t, value, view, palette, plan, colour, track) {
  const x = plan.at(t),
    share = value / view.most[name],
    y = plan.knob(name, share),
    { top } = plan.rows[name],
    moved = value !== view.start[name],
    chosen = view.at === t && view.focus === name,
    trained = view.trained?.[name];
  return [
    h('svg:rect', { x: x - 3, y: top, width: 6, height: track, rx: 3, fill: palette.line }),
    h('svg:rect', { x: x - 3, y, width: 6, height: top + track - y, rx: 3, fill: colour }),
    h('svg:circle', {
      ...{ cx: x, cy: y, r: chosen ? 10 : 8, fill: moved ? colour : palette.bg, stroke: colour, 'stroke-width': 2.5 },
      ...{ 'data-knob': `${name}-${t}`, 'data-value': value },
    }),
    chosen
      ? h('svg:circle', { cx: x, cy: y, r: 14, fill: 'none', stroke: palette.accent, 'stroke-width': 2 })
      : h('svg:g'),
    wordAt(x, top + track + 21, two(value), {
      ...{ 'text-anchor': 'middle', 'font-size': 11, 'font-weight': moved ? 650 : 400, class: moved ? null : 'dim' },
    }),
    trained
      ? diamond(x + (plan.column > 50 ? 15 : 12), plan.knob(name, trained[t]), 5, {
          ...{ fill: palette.bg, stroke: boardColours(palette).trained, 'stroke-width': 2 },
          'data-gate': `${name}-${t}`,
        })
      : h('svg:g'),
  ];
}

/** The last row: the share of each number that is in the cell at the end, and whether that is what is wanted. */
function footNodes({ shares, marks, costs, blind }, palette, plan) {
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
    const right = isExact(costs[t]) && Math.abs(share - marks[t]) < 0.05,
      sign = right ? '' : share > marks[t] ? '▲' : '▼';
    return words(t, `${sign}${Math.round(100 * share)}${close ? '' : '%'}`, {
      ...{ 'font-size': plan.tight ? 9.5 : close ? 10.5 : 12.5, 'font-weight': right && !marks[t] ? 400 : 650, 'data-share': t },
      style: `fill:${readable(right ? palette.good : palette.bad, palette)}`,
    });
  });
  return [...heads, ...shown];
}
