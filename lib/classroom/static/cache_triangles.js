// Two triangles: what is made and what is read at each word, without a cache and with one.
import { h, set } from './common.js';
import { CACHE_CELLS, cacheCell, reachOf } from './cache_model.js';
import { againWords, cellWords, countWords } from './cache_words.js';

const TRIANGLE_LEFT = 44;

export const cacheColours = (palette) => ({
  anew: palette.states[1],
  cached: palette.states[0],
  rival: palette.states[3],
});

/** One triangle: { node, draw(view, palette, width) }. A row for each word written, a column for each word looked at. */
function cacheTriangle(cached) {
  const [title, more] = [h('span'), h('span')];
  const canvas = h('canvas', { 'aria-hidden': 'true', style: 'display:block' });
  const foot = h('p', { class: 'small' });
  const node = h('div', { class: 'triangle' }, h('h4', {}, title), h('p', { class: 'small dim' }, more), canvas, foot);

  function draw({ length, model, costs }, palette, width, dots = window.devicePixelRatio || 1) {
    const cells = Math.min(length, CACHE_CELLS);
    const each = length / cells; // words in a cell
    const high = Math.min(210, width * 0.5);
    const [step, tall] = [(width - TRIANGLE_LEFT - 4) / cells, (high - 18) / cells];
    canvas.width = width * dots;
    canvas.height = high * dots;
    Object.assign(canvas.style, { width: `${width}px`, height: `${high}px` });
    const pen = canvas.getContext('2d');
    pen.scale(dots, dots);
    const { anew, cached: blue } = cacheColours(palette);
    const words = cached ? model.window : reachOf(model);
    const back = words === null ? null : Math.max(1, Math.round(words / each));
    const gap = cells > 24 ? 0.5 : 1.5;
    for (let t = 0; t < cells; t++) {
      for (let s = 0; s <= t; s++) {
        const kind = cacheCell(t, s, back, cached);
        pen.globalAlpha = kind === 'read' ? 0.28 : kind === 'gone' ? 0.5 : t === cells - 1 ? 1 : 0.8;
        pen.fillStyle = kind === 'gone' ? palette.line : cached ? blue : anew;
        pen.fillRect(TRIANGLE_LEFT + s * step, t * tall, Math.max(0.6, step - gap), Math.max(0.6, tall - gap));
      }
    }
    pen.globalAlpha = 1;
    pen.strokeStyle = palette.accent;
    pen.lineWidth = 2;
    pen.strokeRect(TRIANGLE_LEFT - 1, (cells - 1) * tall - 1, cells * step + 1, tall + 1);
    pen.fillStyle = palette.dim;
    pen.font = '11.5px system-ui, "Noto Sans", "DejaVu Sans", sans-serif';
    pen.textAlign = 'right';
    pen.fillText('1', TRIANGLE_LEFT - 8, 10);
    if (cells > 1)
      pen.fillText(
        length > 9999 ? `${Math.round(length / 1024)}k` : length.toLocaleString('en'),
        TRIANGLE_LEFT - 6,
        high - 16 - tall / 2 + 4,
      );
    pen.textAlign = 'left';
    pen.fillText(
      `words looked at; a cell: ${cellWords(each)}`,
      TRIANGLE_LEFT,
      high - 3,
    );
    set(title, { text: cached ? 'With a cache' : 'Without a cache' });
    set(more, {
      text: cached
        ? 'one key and one value are made, the others read'
        : againWords(costs.again, length),
    });
    set(foot, {
      text: `this word: ${countWords(cached ? costs.step : costs.anew)} multiplications`,
      'data-role': cached ? 'step' : 'anew',
    });
  }
  return { node, draw };
}

/** Both: { node, draw(view, palette, width) }. */
export function cacheTriangles() {
  const both = [cacheTriangle(false), cacheTriangle(true)];
  const node = h('div', { class: 'pair' }, ...both.map((one) => one.node));
  const draw = (view, palette, width) =>
    both.forEach((one) => one.draw(view, palette, Math.max(80, Math.floor((width - 30) / 2))));
  return { node, draw };
}
