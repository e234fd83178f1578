// The two plots beside a chain: three shares per state, and the distance from the long run.
import { h, set, clamp, textWidth } from './common.js';
import { readable } from './palette.js';
import { FEW } from './graph.js';
import { decimal, shown } from './chain_words.js';

const nice = (x) => [0.05, 0.1, 0.2, 0.25, 0.5, 0.75, 1].find((top) => x <= top + 1e-9) ?? 1;

const COLUMNS = ['visits', 'exact', 'longrun'];

/** Where everything of the bars stands: rows, columns, sizes. */
function barsLayout(labels, width) {
  const few = labels.length <= FEW, row = few ? 26 : 12.5, top = 42;
  const widest = Math.max(...labels.map((label) => textWidth(shown(label, 12), 12.5)));
  const names = few ? Math.min(120, 30 + widest) : Math.min(70, 18 + 0.85 * widest), edge = names - 10;
  const gap = 14, wide = (width - names) / 3 - gap;
  return { few, row, top, edge, height: top + row * labels.length + 4, left: [0, 1, 2].map((c) => names + c * (wide + gap)), full: wide - 32 };
}

/** Three columns of bars, a row for each state; the long run stands as a tick in the other two. */
export function barsPanel() {
  const svg = h('svg:svg', { role: 'img' });
  let place = null, built = '', heads = [], rows = [];

  /** What moves only with the labels, the width and the colours. */
  function build(view, palette, width) {
    place = barsLayout(view.labels, width);
    const { few, row, top, edge, height, left } = place, y = (i) => top + row * (i + 0.5);
    heads = COLUMNS.map((_, c) => {
      const shift = c === 2 ? 8 : 0;                                                           // room for the key of the ticks
      return [h('svg:text', { x: left[c] + shift, y: 13, 'font-size': 12.5, 'font-weight': 600 }),
        h('svg:text', { x: left[c], y: 29, 'font-size': 11.5, class: 'dim' })];
    });
    rows = view.labels.map((label, i) => {
      const colour = few ? palette.states[i] : readable(palette.sequential[3], palette), tall = row * (few ? 0.56 : 0.66);
      const name = h('svg:text', { x: few ? 17 : edge, y: y(i), dy: '.35em', 'font-size': few ? 12.5 : 10.5, 'text-anchor': few ? null : 'end', text: shown(label, 12) });
      const bars = COLUMNS.map((column, c) => h('svg:rect', { x: left[c], y: y(i) - tall / 2, height: tall, rx: 1.5, fill: colour, 'data-bar': column, 'data-state': i }));
      const ticks = [0, 1].map(() => h('svg:rect', { y: y(i) - row * 0.42, width: 2, height: row * 0.84, fill: palette.ink }));
      const values = COLUMNS.map(() => h('svg:text', { y: y(i), dy: '.35em', 'font-size': few ? 11.5 : 10, class: 'dim' }));
      const dot = few ? h('svg:circle', { cx: 5, cy: y(i), r: 4.5, fill: colour }) : null;
      return { node: h('svg:g', {}, dot, name, ...bars, ...ticks, ...values), name, bars, ticks, values };
    });
    const axes = left.map((x) => h('svg:line', { x1: x, x2: x, y1: top, y2: height - 4, stroke: palette.line }));
    svg.replaceChildren(...heads.flat(), h('svg:rect', { x: left[2], y: 3, width: 2, height: 11, fill: palette.ink }), ...axes, ...rows.map((r) => r.node));
    set(svg, { width, height, viewBox: `0 0 ${width} ${height}` });
  }

  function draw(view, palette, width) {
    const key = [width, palette.bg, ...view.labels].join('\n');
    if (key !== built) { build(view, palette, width); built = key; }
    const { few, left, full } = place, shares = [view.visits, view.exact, view.longRun];
    const counted = few ? shares.flat() : [...(view.n > 0 ? view.exact : []), ...view.longRun], most = nice(Math.max(...counted));
    const x = (p) => Math.min(1.04, p / most) * full;                                          // many states: one long bar may be cut
    const texts = [['visits', `${view.path.length.toLocaleString('en')} so far`], [`after n = ${view.n}`, 'exact'], ['long run', view.several ? 'from this start' : 'stationary']];
    heads.forEach((pair, c) => pair.forEach((node, k) => set(node, { text: texts[c][k] })));
    rows.forEach(({ name, bars, ticks, values }, i) => {
      set(name, { 'font-weight': i === view.start ? 700 : 400 });
      bars.forEach((bar, c) => set(bar, { width: x(shares[c][i]).toFixed(2), opacity: shares[c][i] > most + 1e-9 ? 0.55 : null, 'data-share': shares[c][i].toFixed(6) }));
      ticks.forEach((tick, c) => set(tick, { x: (left[c] + x(view.longRun[i]) - 1).toFixed(2) }));
      values.forEach((value, c) => {
        const p = shares[c][i], end = x(p), tick = x(view.longRun[i]);
        const clear = c < 2 && tick > end && tick < end + 34 ? tick + 1 : end;                 // the number steps behind a tick that is in its way
        set(value, { x: (left[c] + clear + 5).toFixed(2), text: few || p >= 0.005 ? decimal(p) : '' });
      });
    });
    set(svg, { 'aria-label': view.labels.map((l, i) =>
      `${shown(l)}: visits ${decimal(view.visits[i])}, after ${view.n} steps ${decimal(view.exact[i])}, long run ${decimal(view.longRun[i])}`).join('. ') });
    return place.height;
  }
  return { node: svg, draw };
}

const FLOOR = 1e-5;

/** A point of the curve: share of the height from the top, 0 (far) to 1 (settled). */
function drop(distance, log) {
  return log ? clamp(Math.log10(Math.max(distance, FLOOR)) / Math.log10(FLOOR), 0, 1) : 1 - distance;
}

/** Distance from the long run against n, a line for each start; drag in the plot or the slider to choose n. */
export function distancePanel(act) {
  const svg = h('svg:svg', { class: 'distance', role: 'img', 'aria-label': 'Distance from the long run against the number of steps' });
  const slider = h('input', { type: 'range', min: 0, step: 1, 'aria-label': 'Number of steps n', oninput: (e) => act.steps(+e.target.value) });
  const box = h('input', { type: 'checkbox', onchange: (e) => act.log(e.target.checked) });
  const node = h('div', {}, h('div', { class: 'row', style: 'justify-content:space-between' },
    h('h4', { text: 'How far from the long run, after n steps?' }), h('label', {}, box, 'log scale')), svg, slider);
  let grid = { left: 34, wide: 1, horizon: 1 };
  const at = (event) => act.steps(clamp(Math.round(((event.clientX - svg.getBoundingClientRect().left - grid.left) / grid.wide) * grid.horizon), 0, grid.horizon));
  svg.addEventListener('pointerdown', (event) => { svg.setPointerCapture(event.pointerId); at(event); });
  svg.addEventListener('pointermove', (event) => { if (event.buttons & 1) at(event); });

  let lines = null, known = {};
  /** One line for each start, kept as long as nothing in it changes. */
  function curves(view, palette, x, y, size) {
    const key = [size, view.start, view.log, view.horizon, palette.bg].join();
    if (known.distances === view.distances && known.key === key) return lines;
    known = { distances: view.distances, key };
    const order = view.distances.map((_, s) => s).sort((a, b) => (a === view.start) - (b === view.start));
    lines = h('svg:g', {}, ...order.map((s) => {
      const mine = s === view.start, points = view.distances[s].slice(0, view.horizon + 1).map((d, n) => `${x(n).toFixed(1)},${y(d).toFixed(1)}`).join(' ');
      const colour = view.count <= FEW ? palette.states[s] : mine ? palette.accent : palette.dim;
      return h('svg:polyline', { points, fill: 'none', stroke: colour, 'stroke-width': mine ? 2.6 : 1.3, 'stroke-linejoin': 'round',
        opacity: mine ? 1 : view.count <= FEW ? 0.75 : 0.25, 'data-line': s });
    }));
    return lines;
  }

  function draw(view, palette, width, tall) {
    const left = 34, right = 14, top = 8, height = tall + top + 22, wide = width - left - right, { horizon } = view;
    grid = { left, wide, horizon };
    const x = (n) => left + (n / horizon) * wide, y = (d) => top + tall * drop(d, view.log);
    const parts = (view.log ? [1, 0.1, 0.01, 1e-3, 1e-4, 1e-5] : [1, 0.5, 0]).map((d) => h('svg:g', {},
      h('svg:line', { x1: left, x2: left + wide, y1: y(d), y2: y(d), stroke: palette.line, 'stroke-width': d === (view.log ? FLOOR : 0) ? 1.2 : 0.7 }),
      h('svg:text', { x: left - 7, y: y(d), dy: '.35em', 'font-size': 11, class: 'dim', 'text-anchor': 'end', text: view.log && d < 0.01 ? `1e${Math.round(Math.log10(d))}` : d })));
    for (const n of [0, 0.25, 0.5, 0.75, 1].map((s) => s * horizon).filter(Number.isInteger)) {
      parts.push(h('svg:text', { x: x(n), y: top + tall + 16, 'font-size': 11, class: 'dim', 'text-anchor': 'middle', text: n === 0 ? 'n = 0' : n }));
    }
    parts.push(curves(view, palette, x, y, [width, tall].join()));
    const d = view.distances[view.start][view.n], end = x(view.n) > left + wide - 160;
    parts.push(h('svg:line', { x1: x(view.n), x2: x(view.n), y1: top, y2: top + tall, stroke: palette.ink, 'stroke-width': 1, 'stroke-dasharray': '3 3' }),
      h('svg:circle', { cx: x(view.n), cy: y(d), r: 4.5, fill: palette.accent, stroke: palette.bg, 'stroke-width': 1.5 }),
      h('svg:text', { x: x(view.n) + (end ? -9 : 9), y: Math.max(top + 11, Math.min(y(d), top + tall - 4) - 9), 'font-size': 11.5, 'font-weight': 600,
        'text-anchor': end ? 'end' : 'start', class: 'halo', text: `${d > 0 && d < 0.005 ? d.toExponential(0) : d.toFixed(2)}, started in ${shown(view.labels[view.start])}` }));
    set(svg, { width, height, viewBox: `0 0 ${width} ${height}` });
    svg.replaceChildren(...parts);
    set(slider, { max: horizon, style: `width:${wide + 16}px;margin:6px 0 0 ${left - 8}px`, 'aria-valuetext': `${view.n} steps` });
    slider.value = view.n;
    box.checked = view.log;
  }
  return { node, draw };
}
