// The experts as columns: the router at one token, everybody's load, and who does the work for which class.
import { h, set } from './common.js';
import { inkOn, mix, readable, shade } from './palette.js';
import { rowOf } from './expert_model.js';
import { expertPercent } from './expert_words.js';

const [EXPERT_LEFT, BARS, ROW, EXPERT_HEAD] = [128, 56, 26, 34];

/** The colour of an expert; with more than eight they begin again, and the number tells them apart. */
export const expertColour = (expert, palette) => palette.states[expert % palette.states.length];

/** { node, draw(view, palette, width) }. act: follow(expert), next(class). */
export function expertGrid(act) {
  const svg = h('svg:svg', { 'data-role': 'grid', role: 'img' });

  function draw(view, palette, width) {
    const { experts, load, table, topK, expert } = view;
    const column = Math.min(104, (width - EXPERT_LEFT) / experts);
    const x = (e) => EXPERT_LEFT + column * e;
    const right = x(experts);
    const [routed, worked] = [EXPERT_HEAD + 8, EXPERT_HEAD + 8 + BARS + 30];
    const grid = worked + BARS + 50;
    const tall = grid + ROW * table.length + 4;
    const even = topK / experts;
    const most = Math.max(2 * even, ...load);
    const parts = [];
    if (expert !== null)
      parts.push(h('svg:rect', { x: x(expert) + 1, y: 0, width: column - 2, height: tall, rx: 7, fill: mix(palette.bg, palette.dim, 0.13), 'data-role': 'followed' })); // prettier-ignore
    for (let e = 0; e < experts; e++) parts.push(...head(e, x(e) + column / 2, view, palette));
    const probabilities = [...rowOf(view)];
    const mine = view.picks[view.t];
    parts.push(
      ...bars(probabilities, 1, routed, x, column, palette, (e) => (mine.includes(e) ? 1 : 0.28), 'routed'),
      ...title(['this token', 'router, %'], routed + 22),
      ...bars(load, most, worked, x, column, palette, () => 1, 'load'),
      ...title(['all tokens', 'asking it, %'], worked + 22),
    );
    const dash = worked + BARS * (1 - even / most);
    parts.push(
      h('svg:line', { x1: EXPERT_LEFT, x2: right, y1: dash, y2: dash, stroke: palette.ink, 'stroke-dasharray': '4 3' }),
      h('svg:text', { x: EXPERT_LEFT - 8, y: worked + BARS + 2, text: 'dashed: even', 'font-size': 10.5, 'text-anchor': 'end', class: 'dim' }), // prettier-ignore
      h('svg:text', { x: 0, y: grid - 9, 'font-size': 13, 'font-weight': 650 }, 'each class', h('svg:tspan', { text: '  asking it, %', 'font-size': 11, 'font-weight': 400, style: `fill:${palette.dim}` })), // prettier-ignore
    );
    table.forEach(({ name, count, shares }, k) => {
      const y = grid + ROW * k;
      const now = view.classes[view.t] === name;
      parts.push(
        h('svg:text', { x: EXPERT_LEFT - 10, y: y + 17, 'text-anchor': 'end', 'font-size': 12.5, 'font-weight': now ? 700 : 500 }, name, h('svg:tspan', { text: `  ${count}`, 'font-size': 10.5, style: `fill:${palette.dim}` })), // prettier-ignore
      );
      parts.push(h('svg:rect', { x: 0, y, width: EXPERT_LEFT - 2, height: ROW, fill: 'transparent', style: 'cursor:pointer', 'data-class': name, onclick: () => act.next(name) }, h('svg:title', { text: `Next token of the class ${name}` }))); // prettier-ignore
      shares.forEach((share, e) => {
        const fill = shade(palette.sequential, share);
        parts.push(
          h('svg:rect', { x: x(e) + 1, y: y + 1, width: column - 2, height: ROW - 2, rx: 3, fill, stroke: now ? palette.accent : palette.line, 'stroke-width': now ? 1.2 : 0.6, 'data-cell': `${name}-${e}` }), // prettier-ignore
          column >= 26 ? h('svg:text', { x: x(e) + column / 2, y: y + 17, 'text-anchor': 'middle', 'font-size': 11, text: Math.round(100 * share), style: `fill:${inkOn(fill)}` }) : h('svg:g'), // prettier-ignore
        );
      });
    });
    for (let e = 0; e < experts; e++)
      parts.push(h('svg:rect', { x: x(e), y: 0, width: column, height: tall, fill: 'transparent', style: 'cursor:pointer', 'data-column': e, onclick: () => act.follow(e) })); // prettier-ignore
    svg.replaceChildren(...parts);
    const said = table.map((row) => `${row.name}: ${row.shares.map((s, e) => `${e} ${expertPercent(s)}`).join(', ')}`);
    set(svg, { width: right, height: tall, 'aria-label': `Who answers for which class. ${said.join('. ')}.` });
  }
  return { node: h('div', { class: 'experts' }, svg), draw };
}

function head(e, middle, { picks, t, expert }, palette) {
  const colour = expertColour(e, palette);
  const mine = picks[t].indexOf(e);
  const words = { x: middle, y: 18.5, text: e, 'text-anchor': 'middle', 'font-size': 12.5, 'font-weight': 700 };
  const ring = mine >= 0 ? { stroke: palette.accent, 'stroke-width': mine === 0 ? 3 : 1.5 } : {};
  return [
    h('svg:circle', { cx: middle, cy: 14, r: 11, fill: colour, 'data-expert': e, ...ring }),
    h('svg:text', { ...words, style: `fill:${inkOn(colour)}`, 'text-decoration': expert === e ? 'underline' : null }),
  ];
}

const title = ([name, says], y) => [
  h('svg:text', { x: 0, y, text: name, 'font-size': 13, 'font-weight': 650 }),
  h('svg:text', { x: 0, y: y + 15, text: says, 'font-size': 11, class: 'dim' }),
];

function bars(values, most, top, x, column, palette, strong, role) {
  const wide = Math.min(30, column * 0.6);
  return values.flatMap((value, e) => {
    const tall = (BARS * Math.min(value, most)) / most;
    const middle = x(e) + column / 2;
    const fill = mix(palette.bg, expertColour(e, palette), strong(e));
    const bold = strong(e) === 1;
    return [
      h('svg:rect', { x: middle - wide / 2, y: top + BARS - tall, width: wide, height: tall, fill, rx: 2, 'data-role': role, 'data-of': e }), // prettier-ignore
      h('svg:line', { x1: x(e), x2: x(e) + column, y1: top + BARS, y2: top + BARS, stroke: palette.line }),
      h('svg:text', { x: middle, y: top + BARS + 14, text: Math.round(100 * value), 'text-anchor': 'middle', 'font-size': 11, 'font-weight': bold ? 650 : 400, style: `fill:${bold ? readable(palette.ink, palette) : palette.dim}` }), // prettier-ignore
    ];
  });
}
