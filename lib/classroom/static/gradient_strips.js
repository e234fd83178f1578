// Three strips over time: how much of the error arrives, how open each unit's slope is, what the units do.
import { clamp, h, set } from './common.js';
import { mix, rgb, shade } from './palette.js';
import { ticksFor } from './gradient_plot.js';
import { amount } from './gradient_words.js';

const NAMES_WIDE = 106;
const EDGE = 12;
const ERROR = 46; // pixels of the bars
const GAP = 12;

/** 256 colours of a scale, as the bytes of a canvas. */
function tableOf(stops) {
  const table = new Uint8ClampedArray(256 * 4);
  for (let i = 0; i < 256; i++) table.set([...rgb(shade(stops, i / 255)), 255], 4 * i);
  return table;
}

/** Paints steps x units values, time to the right, unit 0 at the top; `share` gives 0 … 1. */
function cells(canvas, values, units, steps, table, share) {
  if (canvas.width !== steps || canvas.height !== units) Object.assign(canvas, { width: steps, height: units });
  const pen = canvas.getContext('2d');
  const image = pen.createImageData(steps, units);
  for (let t = 0; t < steps; t++)
    for (let i = 0; i < units; i++) {
      const code = clamp(Math.round(255 * share(values[t * units + i])), 0, 255);
      for (let c = 0; c < 4; c++) image.data[4 * (i * steps + t) + c] = table[4 * code + c];
    }
  pen.putImageData(image, 0, 0);
}

/** The largest size of these states, which the darkest colour stands for: 1 for tanh. */
export function stateRange(states, nonlinearity) {
  if (nonlinearity === 'tanh') return 1;
  let most = 0;
  for (const x of states) most = Math.max(most, Math.abs(x));
  return most || 1;
}

/** The panel: { node, draw(view, palette, width) }. */
export function stripsPanel(act) {
  const canvas = (role) => h('canvas', { class: 'cells', 'data-role': role, 'aria-hidden': 'true' });
  const [slopes, states] = [canvas('slopes'), canvas('states')];
  const svg = h('svg:svg', { class: 'over', role: 'img', 'data-role': 'strips' });
  const node = h('div', { class: 'strips' }, slopes, states, svg);
  let place = { wide: 1, steps: 1, foot: 0 };
  let grabbed = null;
  let [painted, tables, theme] = [null, null, null];
  const stepAt = (event) => {
    const x = event.clientX - svg.getBoundingClientRect().left - NAMES_WIDE;
    return Math.floor((x / place.wide) * place.steps) + 1;
  };
  const move = (event) => (grabbed === 'error' ? act.arise(stepAt(event)) : act.lookAt(stepAt(event)));
  svg.addEventListener('pointerdown', (event) => {
    if (event.button > 0) return;
    svg.setPointerCapture(event.pointerId);
    const low = event.clientY - svg.getBoundingClientRect().top > place.foot;
    grabbed = low || event.target.closest('[data-role=arises]') ? 'error' : 'look';
    move(event);
  });
  svg.addEventListener('pointermove', (event) => {
    if (grabbed && event.buttons & 1) move(event);
  });
  for (const name of ['pointerup', 'pointercancel'])
    svg.addEventListener(name, () => {
      grabbed = null;
    });

  const words = (y, head, under, palette, stops) => {
    const text = (dy, said, more) => h('svg:text', { x: 0, y: y + dy, 'font-size': 11.5, text: said, ...more });
    const scale = stops
      ? Array.from({ length: 12 }, (_, i) =>
          h('svg:rect', { x: 6.5 * i, y: y + 34, width: 7, height: 7, fill: shade(stops, i / 11) }),
        )
      : [];
    const frame =
      stops && h('svg:rect', { x: 0, y: y + 34, width: 78.5, height: 7, fill: 'none', stroke: palette.line });
    return [text(11, head, { 'font-weight': 600 }), text(26, under, { class: 'dim' }), ...scale, frame].filter(Boolean);
  };

  /** Bars of the error at each step, linear; those the error has reached stand out. */
  function bars({ now, position }, palette, x, column) {
    const top = Math.max(0, now.told.peak);
    const reached = [];
    const later = [];
    now.logs.forEach((log, lag) => {
      const high = ERROR * 10 ** (log - top);
      if (high < 0.05) return;
      const [from, up, across] = [x(now.errorStep - lag).toFixed(1), high.toFixed(2), Math.max(1, column - 0.6)];
      const bar = `M${from} ${ERROR}v-${up}h${across.toFixed(1)}v${up}z`;
      (lag <= position ? reached : later).push(bar);
    });
    return [
      h('svg:path', { d: later.join(''), fill: mix(palette.states[0], palette.bg, 0.7), 'data-role': 'later' }),
      h('svg:path', { d: reached.join(''), fill: palette.states[0], 'data-role': 'reached' }),
      h('svg:line', { x1: NAMES_WIDE, x2: x(now.logs.length + 1), y1: ERROR, y2: ERROR, stroke: palette.line }),
    ];
  }

  function draw(view, palette, width) {
    const { now, units, steps, position } = view;
    const row = clamp(Math.round(90 / units), 3, 90);
    const tall = row * units;
    const wide = width - NAMES_WIDE - EDGE;
    const [second, third] = [ERROR + GAP, ERROR + tall + 2 * GAP];
    const foot = third + tall;
    const height = foot + 44;
    place = { wide, steps, foot };
    const x = (t) => NAMES_WIDE + (wide * (t - 1)) / steps; // the left edge of step t
    const column = wide / steps;
    if (theme !== palette) {
      theme = palette;
      painted = null;
      tables = [tableOf(palette.sequential), tableOf(palette.diverging)];
    }
    const range = stateRange(now.states.subarray(0, now.errorStep * units), now.nonlinearity);
    if (painted !== now) {
      painted = now;
      cells(slopes, now.slopes, units, steps, tables[0], (s) => s);
      cells(states, now.states, units, steps, tables[1], (s) => 0.5 + s / range / 2);
    }
    [slopes, states].forEach((each, k) => {
      Object.assign(each.style, {
        left: `${NAMES_WIDE}px`,
        top: `${[second, third][k]}px`,
        width: `${wide}px`,
        height: `${tall}px`,
      });
    });
    const top = Math.max(0, now.told.peak);
    const ends = amount(Math.log10(range));
    const middle = (t) => x(t) + column / 2;
    const cursor = middle(now.errorStep - position);
    const arises = middle(now.errorStep);
    const numbers = ticksFor(steps).map((t) => Math.max(1, t));
    const veil = { x: x(now.errorStep + 1), width: Math.max(0, x(steps + 1) - x(now.errorStep + 1)) };
    set(svg, { width, height, viewBox: `0 0 ${width} ${height}` });
    svg.replaceChildren(
      h('svg:rect', { x: NAMES_WIDE, width: wide, y: 0, height, fill: 'transparent' }),
      ...words(0, 'error left', top > 0 ? `top: ${amount(top)}` : 'top: 1', palette),
      ...words(second, 'slope f′', '0 shut … 1 open', palette, palette.sequential),
      ...words(third, 'activity h', `± ${ends}`, palette, palette.diverging),
      ...bars(view, palette, x, column),
      ...[second, third].map((y) =>
        h('svg:rect', { x: NAMES_WIDE, y, width: wide, height: tall, fill: 'none', stroke: palette.line }),
      ),
      h('svg:rect', { ...veil, y: 0, height: foot, fill: palette.bg, opacity: 0.72, 'data-role': 'after' }),
      h('svg:line', {
        x1: cursor,
        x2: cursor,
        y1: 0,
        y2: foot,
        stroke: palette.bg,
        'stroke-width': 3.4,
        opacity: 0.85,
      }),
      h('svg:line', { x1: cursor, x2: cursor, y1: 0, y2: foot, stroke: palette.ink, 'stroke-width': 1.4 }),
      ...numbers.map((t) =>
        h('svg:text', {
          x: middle(t),
          y: foot + 15,
          'font-size': 11.5,
          class: 'dim',
          'text-anchor': 'middle',
          text: t,
        }),
      ),
      h('svg:text', { x: 0, y: foot + 15, 'font-size': 11.5, class: 'dim', text: 'step' }),
      handle(now.errorStep, arises, foot, palette, width),
    );
    const told = `${units} units over ${steps} steps: slopes, activity, the error that arises at step ${now.errorStep}`;
    set(svg, { 'aria-label': told });
  }

  /** Where the error arises: a handle under the axis. */
  function handle(step, x, foot, palette, width) {
    const said = `error arises at step ${step}`;
    const left = x > width / 2;
    const text = { x: x + (left ? -12 : 12), y: foot + 36, 'text-anchor': left ? 'end' : 'start', 'font-size': 12 };
    return h(
      'svg:g',
      { class: 'handle', 'data-role': 'arises' },
      h('svg:path', { d: `M${x} ${foot + 21}l8 9v8h-16v-8z`, fill: palette.accent, stroke: palette.bg }),
      h('svg:text', { ...text, 'font-weight': 600, text: said }),
    );
  }
  return { node, draw };
}
