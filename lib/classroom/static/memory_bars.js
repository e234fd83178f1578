// The N numbers: filled as they are, hollow as they would be without the bump, and between the two what it moved.
import { clamp, h, set } from './common.js';
import { MEMORY_LEFT, MEMORY_RIGHT, memoryNumber, memoryTicks } from './memory_axis.js';
import { memoryPower } from './memory_words.js';

const [BARS_TOP, BARS_HIGH, BARS_LOW] = [6, 96, 20];

export function memoryBars(act) {
  const node = h('svg:svg', { class: 'numbers', 'aria-hidden': 'true', 'data-role': 'numbers' });
  let last = null;
  node.addEventListener('click', (event) => {
    if (!last) return;
    const x = event.clientX - node.getBoundingClientRect().left - MEMORY_LEFT;
    const n = Math.floor(x / last.cell);
    if (n >= 0 && n < last.order) act.number(n);
  });
  function draw({ memory, before, moved, order, unit, measure, number }, palette, width) {
    const [wide, top, high] = [width - MEMORY_LEFT - MEMORY_RIGHT, BARS_TOP, BARS_HIGH];
    const size = memory.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const made = [];
    const whole = Number.isFinite(size) && size < 1e4 * unit;
    const both = moved ? Math.max(size, ...before.map(Math.abs)) : size;
    const scale = whole ? Math.max(0.3 * unit, both) * 1.08 : 1;
    const y = (value) => top + (0.5 - clamp(value / scale, -1, 1) / 2) * high;
    const cell = wide / order;
    last = { cell, order };
    const gap = cell > 8 ? 3 : cell > 4 ? 1.5 : 0.8;
    for (const tick of whole ? memoryTicks(-scale, scale, 4) : [0]) {
      made.push(
        h('svg:line', {
          x1: MEMORY_LEFT,
          x2: width - MEMORY_RIGHT,
          y1: y(tick),
          y2: y(tick),
          stroke: palette.line,
          'stroke-width': tick ? 0.6 : 1.3,
        }),
      );
      made.push(
        h('svg:text', {
          x: MEMORY_LEFT - 7,
          y: y(tick) + 4,
          'text-anchor': 'end',
          class: 'dim',
          'font-size': 11,
          text: memoryNumber(tick),
        }),
      );
    }
    if (number !== null && number < order)
      made.push(
        h('svg:rect', {
          x: MEMORY_LEFT + number * cell,
          width: cell,
          y: top - 4,
          height: high + 8,
          rx: 3,
          fill: palette.accent,
          'fill-opacity': 0.13,
          stroke: palette.accent,
          'stroke-dasharray': '6 3',
          'data-role': 'number',
        }),
      );
    const bar = (n, from, to, more) => {
      const [a, b] = [y(from), y(to)];
      return h('svg:rect', {
        x: MEMORY_LEFT + n * cell + gap / 2,
        width: Math.max(0.8, cell - gap),
        y: Math.min(a, b),
        height: Math.abs(a - b),
        ...more,
      });
    };
    if (whole) {
      memory.forEach((value, n) => {
        made.push(bar(n, 0, value, { fill: palette.states[0], 'data-number': n }));
        if (!moved || Math.abs(moved[n]) < 0.004 * scale) return;
        const shrunk = Math.sign(before[n]) === Math.sign(value) && Math.abs(value) < Math.abs(before[n]);
        made.push(
          bar(n, before[n], value, { fill: palette.states[1], 'fill-opacity': shrunk ? 0.35 : 1, 'data-moved': n }),
        );
        made.push(bar(n, 0, before[n], { fill: 'none', stroke: palette.ink, 'stroke-width': 1 }));
      });
    } else {
      const text = `numbers of ${memoryPower(size)}: off every scale`;
      made.push(
        h('svg:text', {
          x: MEMORY_LEFT + wide / 2,
          y: top + high / 2 - 8,
          'text-anchor': 'middle',
          'font-size': 14,
          'font-weight': 650,
          style: `fill:${palette.bad}`,
          text,
        }),
      );
    }
    const every = [1, 2, 4, 8, 16].find((step) => step * cell > (measure === 'last' ? 36 : 26)) ?? 32;
    for (let n = 0; n < order; n += every)
      made.push(
        h('svg:text', {
          x: MEMORY_LEFT + (n + 0.5) * cell,
          y: top + high + 15,
          'text-anchor': 'middle',
          class: 'dim',
          'font-size': 11,
          text: measure === 'last' && n ? `−${n}` : n,
        }),
      );
    node.replaceChildren(...made);
    const tall = top + high + BARS_LOW;
    set(node, { width, height: tall, viewBox: `0 0 ${width} ${tall}` });
  }
  return { node, draw };
}
