// What comes out: the motion (a line), the recurrence (dots) and the convolution (rings), over what went in (bars).
import { clamp, h, set } from './common.js';
import { KNOCK_STEPS } from './kernel_knock.js';
import { KERNEL_APART, KERNEL_DELAY, KERNEL_HORIZON } from './kernel_model.js';
import { memoryNumber, memoryTicks } from './memory_axis.js';

const [WAVE_LEFT, WAVE_RIGHT, WAVE_LOW] = [46, 12, 42];
const [ROW_IN, ROW_OUT] = [16, 35]; // of the letters

/** What should come out in the task, twenty steps after it went in: [[step, value]]. */
export function kernelWanted({ delay, given, length }) {
  if (!delay) return [];
  return Array.from(given, (value, t) => [t + KERNEL_DELAY, value]).filter(([t, value]) => value && t < length);
}

/** The lowest and the highest value that is drawn. */
export function kernelRange({ output, motion, delay, input, given, own }) {
  let [low, high] = delay && input === 'impulse' ? [-0.25, 1.05] : [0, 0];
  const rows = delay ? [output, motion, given] : [output, motion, own ?? []];
  for (const row of rows)
    for (const value of row) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  const room = 0.07 * (high - low || 1);
  return [low - room, high + room];
}

export function kernelWave() {
  const picture = h('svg:svg', { class: 'wave', 'aria-hidden': 'true', 'data-role': 'wave' });
  const head = h('i', { class: 'head', 'data-role': 'head' }); // where one listens
  const node = h('div', { class: 'waves' }, picture, head);
  let ends = [0, 0];

  function draw(view, palette, width, tall) {
    const { output, convolved, motion, fine, given, length, delay, own, heard, word, input } = view;
    const [low, high] = kernelRange(view);
    const bottom = tall - WAVE_LOW;
    const top = input === 'word' ? 46 : 14;
    const gap = (width - WAVE_LEFT - WAVE_RIGHT) / length;
    const x = (t) => WAVE_LEFT + (t + 1) * gap; // the motion of step t ends at t
    const y = (value) => top + ((high - clamp(value, low, high)) / (high - low)) * (bottom - top);
    const made = [];
    const right = width - WAVE_RIGHT;
    for (const tick of memoryTicks(low, high, 4)) {
      made.push(
        h('svg:line', {
          x1: WAVE_LEFT,
          x2: right,
          y1: y(tick),
          y2: y(tick),
          stroke: palette.line,
          'stroke-width': Math.abs(tick) < 1e-12 ? 1.4 : 0.6,
        }),
      );
      made.push(
        h('svg:text', {
          x: WAVE_LEFT - 7,
          y: y(tick) + 4,
          'text-anchor': 'end',
          class: 'dim',
          'font-size': 11.5,
          text: memoryNumber(Math.abs(tick) < 1e-12 ? 0 : tick),
        }),
      );
    }
    for (const tick of memoryTicks(0, length - 1, 7))
      if (Number.isInteger(tick))
        made.push(
          h('svg:text', {
            x: x(tick),
            y: bottom + 16,
            'text-anchor': 'middle',
            class: 'dim',
            'font-size': 11.5,
            text: tick,
          }),
        );
    made.push(
      h('svg:text', {
        x: (WAVE_LEFT + right) / 2,
        y: tall - 8,
        'text-anchor': 'middle',
        class: 'dim',
        'font-size': 11.5,
        text: 'step',
      }),
    );
    if (delay && input === 'impulse') {
      made.push(
        h('svg:rect', {
          x: x(KERNEL_DELAY) - gap / 2,
          width: gap,
          y: top,
          height: bottom - top,
          fill: palette.accent,
          'fill-opacity': 0.12,
        }),
      );
    }
    // what went in, small where it would press what comes out out of the picture
    const size = Math.max(...given.map(Math.abs), 1e-12);
    const unit = delay ? 1 : Math.min(1, (0.5 * Math.max(high, -low)) / size);
    const many = given.filter(Boolean).length > 20;
    given.forEach((value, t) => {
      if (!value || (length > 256 && t % 8)) return;
      const [a, b] = [y(0), y(value * unit)];
      made.push(
        h('svg:rect', {
          x: x(t) - Math.max(1, gap * 0.3),
          width: Math.max(1.4, gap * 0.6),
          y: Math.min(a, b),
          height: Math.max(0.5, Math.abs(a - b)),
          fill: palette.dim,
          'fill-opacity': many ? 0.15 : 0.35,
          'data-role': 'given',
        }),
      );
    });
    const line = (row, per, more) => {
      let text = `M${x(-1).toFixed(1)} ${y(0).toFixed(1)}`;
      row.forEach((value, k) => (text += `L${x((k + 1) / per - 1).toFixed(1)} ${y(value).toFixed(1)}`));
      return h('svg:path', { d: text, fill: 'none', 'stroke-linejoin': 'round', ...more });
    };
    if (own)
      made.push(
        line(own, fine, { stroke: palette.accent, 'stroke-width': 1.2, 'stroke-dasharray': '5 3', 'data-role': 'own' }),
      );
    made.push(line(motion, fine, { stroke: palette.states[0], 'stroke-width': 1.7, 'data-role': 'motion' }));
    for (const [t, value] of kernelWanted(view))
      made.push(
        h('svg:path', {
          d: `M${(x(t) - 6).toFixed(1)} ${y(value).toFixed(1)}h12`,
          stroke: palette.accent,
          'stroke-width': 3,
          'stroke-linecap': 'round',
          'data-role': 'wanted',
        }),
      );
    const every = Math.max(1, Math.ceil(4.2 / gap));
    const dot = gap > 7 ? 2.7 : 2;
    for (let t = 0; t < length; t += every) {
      made.push(
        h('svg:circle', {
          cx: x(t),
          cy: y(convolved[t]),
          r: dot + 2.1,
          fill: 'none',
          stroke: palette.states[3],
          'stroke-width': 1.1,
          'data-role': 'ring',
        }),
      );
      made.push(h('svg:circle', { cx: x(t), cy: y(output[t]), r: dot, fill: palette.states[1], 'data-role': 'dot' }));
    }
    const room = KERNEL_APART * gap >= 12; // letters that would lie on one another are left out
    const letter = (t, text, level, more) =>
      h('svg:text', { x: x(t), y: level, 'text-anchor': 'middle', 'font-size': 13, 'font-weight': 700, text, ...more });
    const name = (text, level) =>
      h('svg:text', { x: WAVE_LEFT - 7, y: level, 'text-anchor': 'end', class: 'dim', 'font-size': 11.5, text });
    if (input === 'word' && room) {
      made.push(name('in', ROW_IN), name(heard ? 'out' : '', ROW_OUT));
      [...word].forEach(
        (one, k) => one !== ' ' && made.push(letter(KERNEL_APART * k, one, ROW_IN, { style: `fill:${palette.dim}` })),
      );
      [...(heard ?? '')].forEach((one, k) => {
        const right = one === word[k];
        const look = {
          style: `fill:${right ? palette.good : palette.ink}`,
          'text-decoration': right ? 'underline' : null,
        };
        if (one !== ' ')
          made.push(letter(KERNEL_DELAY + KERNEL_APART * k, one, ROW_OUT, { ...look, 'data-role': 'heard' }));
      });
    }
    picture.replaceChildren(...made);
    set(picture, { width, height: tall, viewBox: `0 0 ${width} ${tall}` });
    set(head, { style: `top: ${top}px; height: ${bottom - top}px` });
    ends = [x(0), x(KERNEL_HORIZON - 1)];
  }
  /** The line goes along the steps as they are heard; false: it goes away. */
  function run(on) {
    head.getAnimations?.().forEach((each) => each.cancel());
    if (!on) return;
    const [from, to] = ends.map((at) => ({ transform: `translateX(${at - 1}px)`, opacity: 0.75 }));
    head.animate?.([from, to], { duration: (1000 * (KERNEL_HORIZON - 1)) / KNOCK_STEPS });
  }
  return { node, draw, run };
}
