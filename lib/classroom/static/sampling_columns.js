// The distribution as columns, the most probable token first: as the model gives it, and as it is drawn from.
import { clamp, h, set, textWidth } from './common.js';
import { share2 } from './generation_words.js';
import { shownRanks } from './sampling_model.js';
import { tokenWords } from './sampling_words.js';

const COLUMNS_HIGH = 206;
const [COLUMNS_LEFT, COLUMNS_TOP, COLUMNS_LOW] = [40, 26, 42];
const COLUMN_WIDE = [40, 76]; // pixels for a column with its name, least and most

/** A pattern of thin slanted lines: what is cut away. */
export function hatching(id, palette) {
  const line = h('svg:path', { d: 'M-1 7L7 -1M-1 1L1 -1M5 7L7 5', stroke: palette.dim, 'stroke-width': 1 });
  return h('svg:defs', {}, h('svg:pattern', { id, width: 6, height: 6, patternUnits: 'userSpaceOnUse' }, line));
}

/** The highest tick: a round number that holds every column. */
export const columnTop = (most) =>
  [0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1].find((top) => most <= top + 1e-9) ?? 1;

/** A name that fits: cut at the end. */
export function fitted(text, room, size) {
  if (textWidth(text, size) <= room) return text;
  let kept = [...text];
  while (kept.length > 1 && textWidth(`${kept.join('')}…`, size) > room) kept = kept.slice(0, -1);
  return `${kept.join('')}…`;
}

/** The columns: { node, draw(view, palette, width) }. A press on a column lays the die on its token. */
export function samplingColumns(act, group) {
  const node = h('svg:svg', { class: 'columns', 'aria-hidden': 'true', 'data-role': 'columns' });
  const id = `${group}-cut`;

  function draw(view, palette, width) {
    const { cut, drawn, came, names } = view;
    const { order, plain, shaped, share, kept } = cut;
    const longest = Math.max(...Array.from(order.slice(0, 12), (token) => textWidth(tokenWords(names(token)), 13)));
    const fit = Math.max(2, Math.floor((width - COLUMNS_LEFT) / clamp(longest + 10, ...COLUMN_WIDE)));
    const rest = order.length > fit;
    const room = Math.max(2, fit - (rest ? 1 : 0));
    const ranks = shownRanks(order.length, room, came ? [drawn, came.rank] : [drawn]);
    const each = (width - COLUMNS_LEFT - 4) / (ranks.length + (rest ? 1 : 0));
    const others = { plain: 1, share: 1 };
    let most = 0;
    for (const rank of ranks) {
      most = Math.max(most, plain[rank], share[rank], rank >= kept ? shaped[rank] : 0);
      others.plain -= plain[rank];
      others.share -= share[rank];
    }
    const top = columnTop(most);
    const bottom = COLUMNS_HIGH - COLUMNS_LOW;
    const y = (value) => COLUMNS_TOP + (1 - clamp(value, 0, top) / top) * (bottom - COLUMNS_TOP);
    const wide = Math.max(2, Math.min(30, each - 8));
    const made = [hatching(id, palette)];
    for (const part of [0, 0.5, 1]) {
      const at = { x1: COLUMNS_LEFT, x2: width, y1: y(part * top), y2: y(part * top), stroke: palette.line };
      made.push(h('svg:line', { ...at, 'stroke-width': part ? 0.7 : 1.5 }));
      const word = { x: COLUMNS_LEFT - 6, y: y(part * top) + 4, 'text-anchor': 'end', class: 'dim', 'font-size': 11.5 };
      made.push(h('svg:text', { ...word, text: `${Math.round(1000 * part * top) / 10} %`.replace(' ', '\u2009') }));
    }
    const column = (k, heights, { fill, name, under, marks = [], rank }) => {
      const x = COLUMNS_LEFT + (k + 0.5) * each;
      const box = { x: x - wide / 2, width: wide };
      const bar = (value, look) =>
        h('svg:rect', { ...box, y: y(value), height: Math.max(0, bottom - y(value)), ...look });
      const parts = [bar(top, { fill: 'transparent' })];
      if (heights.cut) parts.push(bar(heights.cut, { fill: `url(#${id})`, stroke: palette.line }));
      else parts.push(bar(heights.share, { fill, 'data-share': heights.share.toFixed(6) }));
      if (heights.plain > top / 140)
        parts.push(
          bar(heights.plain, { fill: 'none', stroke: palette.ink, 'stroke-width': 1, 'stroke-dasharray': '3 2' }),
        );
      const word = { x, 'text-anchor': 'middle' };
      const strong = marks.length ? 700 : 500;
      parts.push(h('svg:text', { ...word, y: bottom + 16, 'font-size': 13, 'font-weight': strong, text: name }));
      parts.push(h('svg:text', { ...word, y: bottom + 32, 'font-size': 11, class: 'dim', text: under }));
      const peak = y(Math.max(heights.plain, heights.share, heights.cut ?? 0)) - 5;
      marks.forEach(([text, colour], m) => {
        const look = { 'font-size': 11, 'font-weight': 650, style: `fill:${colour}` };
        parts.push(h('svg:text', { ...word, y: peak - 12 * m, ...look, text }));
      });
      const hand = rank === undefined ? {} : { 'data-rank': rank, onclick: () => act.lay(rank) };
      return h('svg:g', { 'data-token': name, ...hand }, ...parts);
    };
    ranks.forEach((rank, k) => {
      const gone = rank >= kept;
      const marks = [];
      if (rank === drawn) marks.push(['drawn', palette.accent]);
      if (came?.rank === rank) marks.push(['came', palette.ink]);
      made.push(
        column(
          k,
          { plain: plain[rank], share: share[rank], cut: gone ? Math.max(shaped[rank], 1e-9) : null },
          {
            ...{ rank, marks, fill: rank === drawn ? palette.accent : palette.states[0] },
            name: fitted(tokenWords(names(order[rank])), each - 4, 13),
            under: gone ? 'cut' : share2(share[rank]),
          },
        ),
      );
    });
    if (rest) {
      const heights = { plain: Math.max(0, others.plain), share: Math.max(0, others.share) };
      const under = heights.share > 1e-9 ? share2(heights.share) : 'cut';
      const marks = heights.share > top ? [['↑', palette.dim]] : []; // it reaches out of the picture
      made.push(column(ranks.length, heights, { fill: palette.line, name: 'others', under, marks }));
    }
    node.replaceChildren(...made);
    set(node, { width, height: COLUMNS_HIGH, viewBox: `0 0 ${width} ${COLUMNS_HIGH}` });
  }
  return { node, draw };
}
