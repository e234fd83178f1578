// How far a chain is from its long run after n steps, for every start; here n is chosen.
import { clamp, h, set } from './common.js';
import { FEW } from './graph.js';
import { pace, shown } from './chain_words.js';

const FLOOR = 1e-5;

/** A point of the curve: share of the height from the top, 0 (far) to 1 (settled). */
function drop(distance, log) {
  return log ? clamp(Math.log10(Math.max(distance, FLOOR)) / Math.log10(FLOOR), 0, 1) : 1 - distance;
}

/** Distance from the long run against n, a line for each start; drag in the plot or the slider to choose n. */
export function distancePanel(act) {
  const svg = h('svg:svg', {
    class: 'distance',
    role: 'img',
    'aria-label': 'Distance from the long run against the number of steps',
  });
  const slider = h('input', {
    type: 'range',
    min: 0,
    step: 1,
    'aria-label': 'Number of steps n',
    oninput: (e) => act.steps(+e.target.value),
  });
  const box = h('input', { type: 'checkbox', onchange: (e) => act.log(e.target.checked) });
  const words = h('p', { class: 'small', 'data-role': 'pace' });
  const scale = h('label', {}, box, 'log scale');
  const node = h('div', {}, svg, slider, h('div', { class: 'row apart nowrap' }, words, scale));
  let grid = { left: 34, wide: 1, horizon: 1 };
  const at = (event) =>
    act.steps(
      clamp(
        Math.round(((event.clientX - svg.getBoundingClientRect().left - grid.left) / grid.wide) * grid.horizon),
        0,
        grid.horizon,
      ),
    );
  svg.addEventListener('pointerdown', (event) => {
    svg.setPointerCapture(event.pointerId);
    at(event);
  });
  svg.addEventListener('pointermove', (event) => {
    if (event.buttons & 1) at(event);
  });

  let lines = null,
    known = {};
  /** One line for each start, kept as long as nothing in it changes. */
  function curves(view, palette, x, y, size) {
    const key = [size, view.start, view.log, view.horizon, palette.bg].join();
    if (known.distances === view.distances && known.key === key) return lines;
    known = { distances: view.distances, key };
    const order = view.distances.map((_, s) => s).sort((a, b) => (a === view.start) - (b === view.start));
    lines = h(
      'svg:g',
      {},
      ...order.map((s) => {
        const mine = s === view.start,
          points = view.distances[s]
            .slice(0, view.horizon + 1)
            .map((d, n) => `${x(n).toFixed(1)},${y(d).toFixed(1)}`)
            .join(' ');
        const colour = view.count <= FEW ? palette.states[s] : mine ? palette.accent : palette.dim;
        return h('svg:polyline', {
          points,
          fill: 'none',
          stroke: colour,
          'stroke-width': mine ? 2.6 : 1.3,
          'stroke-linejoin': 'round',
          opacity: mine ? 1 : view.count <= FEW ? 0.75 : 0.25,
          'data-line': s,
        });
      }),
    );
    return lines;
  }

  function draw(view, palette, width, tall) {
    const left = 34,
      right = 14,
      top = 8,
      height = tall + top + 22,
      wide = width - left - right,
      { horizon } = view;
    grid = { left, wide, horizon };
    const x = (n) => left + (n / horizon) * wide,
      y = (d) => top + tall * drop(d, view.log);
    const parts = (view.log ? [1, 0.1, 0.01, 1e-3, 1e-4, 1e-5] : [1, 0.5, 0]).map((d) =>
      h(
        'svg:g',
        {},
        h('svg:line', {
          x1: left,
          x2: left + wide,
          y1: y(d),
          y2: y(d),
          stroke: palette.line,
          'stroke-width': d === (view.log ? FLOOR : 0) ? 1.2 : 0.7,
        }),
        h('svg:text', {
          x: left - 7,
          y: y(d),
          dy: '.35em',
          'font-size': 11,
          class: 'dim',
          'text-anchor': 'end',
          text: view.log && d < 0.01 ? `1e${Math.round(Math.log10(d))}` : d,
        }),
      ),
    );
    for (const n of [0, 0.25, 0.5, 0.75, 1].map((s) => s * horizon).filter(Number.isInteger)) {
      parts.push(
        h('svg:text', {
          x: x(n),
          y: top + tall + 16,
          'font-size': 11,
          class: 'dim',
          'text-anchor': 'middle',
          text: n === 0 ? 'n = 0' : n,
        }),
      );
    }
    parts.push(curves(view, palette, x, y, [width, tall].join()));
    const d = view.distances[view.start][view.n],
      end = x(view.n) > left + wide - 160;
    parts.push(
      h('svg:line', {
        x1: x(view.n),
        x2: x(view.n),
        y1: top,
        y2: top + tall,
        stroke: palette.ink,
        'stroke-width': 1,
        'stroke-dasharray': '3 3',
      }),
      h('svg:circle', {
        cx: x(view.n),
        cy: y(d),
        r: 4.5,
        fill: palette.accent,
        stroke: palette.bg,
        'stroke-width': 1.5,
      }),
      h('svg:text', {
        x: x(view.n) + (end ? -9 : 9),
        y: Math.max(top + 11, Math.min(y(d), top + tall - 4) - 9),
        'font-size': 11.5,
        'font-weight': 600,
        'text-anchor': end ? 'end' : 'start',
        class: 'halo',
        text: `${d > 0 && d < 0.005 ? d.toExponential(0) : d.toFixed(2)}, started in ${shown(view.labels[view.start])}`,
      }),
    );
    set(svg, { width, height, viewBox: `0 0 ${width} ${height}` });
    svg.replaceChildren(...parts);
    set(slider, {
      max: horizon,
      style: `width:${wide + 16}px;margin:6px 0 0 ${left - 8}px`,
      'aria-valuetext': `${view.n} steps`,
    });
    slider.value = view.n;
    box.checked = view.log;
    set(words, { text: pace(view) });
  }
  return { node, draw };
}
