// What is read beside what was written, and how like each value it is.
import { clamp, h, set, textWidth } from './common.js';
import { VALUES } from './recurrence_model.js';
import { figureOf } from './recurrence_words.js';

const BARS_TALL = 76;
const VALUES_SHOWN = 5;
const VALUE_ROW = 21;

/** `draw(view, palette, width)`. */
export function askPanel() {
  const head = h('h4');
  const [filled, outline] = [h('i'), h('i')];
  const legend = h('p', { class: 'small dim' }, filled, 'read', h('span', { text: ' ' }), outline, 'written last');
  const bars = h('svg:svg', { role: 'img', 'data-role': 'read' });
  const list = h('svg:svg', { role: 'img', 'data-role': 'alike' });
  const second = h('div', {}, h('h4', { text: 'Answer · value (1 = as written)' }), list);
  const node = h('div', { class: 'ask' }, h('div', {}, head, bars, legend), second);

  const told = (vector) => Array.from(vector, (x) => figureOf(x)).join(', ');

  function drawBars({ recall, value }, palette, width) {
    const [mid, step] = [BARS_TALL / 2, Math.min(width, 300) / VALUES];
    const high = Math.max(0.6, ...value.map(Math.abs), ...recall.read.map(Math.abs));
    const parts = [h('svg:line', { x1: 0, x2: step * VALUES, y1: mid, y2: mid, stroke: palette.line })];
    for (let i = 0; i < VALUES; i++) {
      const bar = (v, left, wide, more) => {
        const tall = (Math.abs(v) / high) * (mid - 3);
        return h('svg:rect', {
          x: i * step + left,
          width: wide,
          y: v < 0 ? mid : mid - tall,
          height: tall,
          ...more,
        });
      };
      const box = { fill: 'none', stroke: palette.ink, 'stroke-width': 1.3 };
      parts.push(bar(recall.read[i], 0.26 * step, 0.4 * step, { fill: palette.states[0] }));
      parts.push(bar(value[i], 0.14 * step, 0.64 * step, box));
    }
    set(bars, { width: step * VALUES, height: BARS_TALL });
    set(bars, {
      'aria-label': `Read: ${told(recall.read)}. Written: ${told(value)}.`,
    });
    bars.replaceChildren(...parts);
  }

  function drawList({ recall, story }, palette, width) {
    const ranked = story.valueWords.map((word, i) => ({ word, x: recall.alike[i] })).sort((a, b) => b.x - a.x);
    const shown = ranked.slice(0, VALUES_SHOWN);
    if (!shown.some((one) => one.word === recall.value))
      shown[VALUES_SHOWN - 1] = ranked.find((one) => one.word === recall.value);
    const name = Math.max(...shown.map((one) => textWidth(one.word, 12.5))) + 10;
    const mark = 76;
    const room = Math.max(40, Math.min(width, 380) - name - mark - 44);
    const high = Math.max(1e-9, ...shown.map((one) => Math.abs(one.x)));
    const parts = shown.flatMap(({ word, x }, i) => {
      const y = i * VALUE_ROW;
      const asked = word === recall.value;
      const colour = word === recall.said ? palette.states[0] : palette.line;
      const wide = clamp((Math.max(0, x) / high) * room, 1, room);
      const note = asked ? 'was written' : '';
      return [
        h('svg:text', { x: 0, y: y + 14, 'font-size': 12.5, text: word, 'font-weight': asked ? 700 : 400 }),
        h('svg:rect', {
          x: name,
          y: y + 5,
          width: wide,
          height: 10,
          rx: 2,
          fill: colour,
          stroke: palette.dim,
          'stroke-width': 0.6,
        }),
        h('svg:text', {
          x: name + wide + 6,
          y: y + 14,
          'font-size': 12,
          class: 'dim',
          text: `${figureOf(x)}  ${note}`,
        }),
      ];
    });
    set(list, { width: name + room + mark + 44, height: shown.length * VALUE_ROW + 2 });
    set(list, { 'aria-label': shown.map((one) => `${one.word} ${figureOf(one.x)}`).join(', ') });
    list.replaceChildren(...parts);
  }

  function draw(view, palette, width, narrow) {
    const { recall, asked } = view;
    set(head, { text: recall ? `What ${asked} answers` : `${asked} is not written yet` });
    for (const part of [bars, legend, second]) part.style.display = recall ? '' : 'none';
    if (!recall) return;
    filled.style.background = palette.states[0];
    outline.style.border = `1.5px solid ${palette.ink}`;
    drawBars(view, palette, narrow ? width : width / 2 - 34);
    drawList(view, palette, narrow ? width : width / 2);
  }
  return { node, draw };
}
