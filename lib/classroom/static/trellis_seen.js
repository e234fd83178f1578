// What is seen at a step of the trellis: a die with pips, or a symbol in a box.
import { h, textWidth } from './common.js';
import { shown } from './chain_words.js';
import { noun } from './trellis_words.js';

/** Where the pips of a face lie, in shares of its side. */
function pips(m) {
  const [a, b, c] = [0.25, 0.5, 0.75];
  const corners = [
    [a, a],
    [c, c],
    [a, c],
    [c, a],
  ];
  const count = m + 1;
  const outer = count < 2 ? [] : count < 4 ? corners.slice(2) : corners;
  const sides = [
    [a, b],
    [c, b],
  ];
  return [...outer, ...(count === 6 ? sides : []), ...(count % 2 ? [[b, b]] : [])];
}

const dotIn = (x, y, s, fill) => ([a, b]) =>
  h('svg:circle', { cx: (x + a * s).toFixed(1), cy: (y + b * s).toFixed(1), r: (s * 0.095).toFixed(1), fill });

/** A symbol in its box, as large as fits. */
function symbolIn(x, y, side, ink, symbol) {
  const text = shown(symbol, 4);
  const size = Math.min(13, side / Math.max(1, textWidth(text, 10) / 10 + 0.5));
  const place = { x: x.toFixed(1), y: y + side / 2, dy: '.35em', 'text-anchor': 'middle', 'font-size': size };
  return h('svg:text', { ...place, 'font-weight': 600, style: `fill:${ink}`, text });
}

/** What is seen at a step: a die with pips, or the symbol. */
export function seenAt(view, palette, p, t) {
  const m = view.observations[t];
  const [x, y, s] = [p.x(t) - p.side / 2, p.seen, p.side];
  const changed = m !== view.given[t];
  const fill = m === view.marked ? palette.ink : palette.bg;
  const ink = m === view.marked ? palette.bg : palette.ink;
  const unread = view.show === 'forward' && t > view.at;
  const face = h('svg:rect', {
    ...{ class: 'face', x: x.toFixed(1), y, width: s.toFixed(1), height: s.toFixed(1), rx: s * 0.2, fill },
    ...{ stroke: changed ? palette.accent : palette.dim, 'stroke-width': changed ? 3 : 1.2 },
  });
  const inside = view.dice ? pips(m).map(dotIn(x, y, s, ink)) : [symbolIn(p.x(t), y, s, ink, view.symbols[m])];
  const here = t === view.at;
  const number = h('svg:text', {
    ...{ x: p.x(t).toFixed(1), y: y + s + 13, 'font-size': 10, 'text-anchor': 'middle', class: here ? null : 'dim' },
    ...{ 'font-weight': here ? 700 : 400, text: t + 1 },
  });
  const title = h('svg:title', { text: `${noun(view.symbols)} ${t + 1}: ${view.symbols[m]}. Click for the next` });
  const die = h('svg:g', { opacity: unread ? 0.45 : 1 }, face, ...inside);
  return h('svg:g', { class: 'seen', 'data-seen': t, 'data-symbol': m }, die, number, title);
}
