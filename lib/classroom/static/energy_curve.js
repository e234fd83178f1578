// The energy while units are asked, one after the other: it can only fall. Drag along it to go back.
import { clamp, h, set } from './common.js';
import { signed } from './energy_words.js';

const LEFT = 46,
  TOP = 10,
  TALL = 132;

/** Round energies between low and high, two to five of them. */
export function energyTicks(low, high) {
  const by = [0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500].find((step) => (high - low) / step <= 4.5) ?? 1000;
  const first = Math.ceil(low / by - 1e-9);
  return Array.from({ length: Math.floor(high / by + 1e-9) - first + 1 }, (_, k) => (first + k) * by);
}

/** The plot: { node, draw(view, palette, width) }. */
export function curvePanel(act) {
  const svg = h('svg:svg', { class: 'energy-curve', role: 'img', 'data-role': 'curve' });
  const node = h('div', {}, h('h4', { text: 'Energy, unit by unit' }), svg);
  let grid = { wide: 1, last: 1 };
  const at = (event) => {
    const x = event.clientX - svg.getBoundingClientRect().left - LEFT;
    act.go(clamp(Math.round((x / grid.wide) * grid.last), 0, grid.last));
  };
  svg.addEventListener('pointerdown', (event) => {
    svg.setPointerCapture(event.pointerId);
    at(event);
  });
  svg.addEventListener('pointermove', (event) => {
    if (event.buttons & 1) at(event);
  });
  const text = (x, y, said, more) =>
    h('svg:text', { x, y, 'font-size': 11, class: 'dim', text: said, ...more });

  function draw({ run, steps, energy, count }, palette, width) {
    const wide = width - LEFT - 12;
    const last = Math.max(count, run.length);
    grid = { wide, last: run.length || 1 };
    const lowest = run.flips.at(-1)?.energy ?? run.first;
    const [low, high] = [lowest - 0.08 * (run.first - lowest) - 0.5, run.first + 0.5];
    const x = (t) => LEFT + (t / last) * wide;
    const y = (e) => TOP + TALL * ((high - e) / (high - low));
    grid.last = last;
    const lines = energyTicks(low, high).map((e) =>
      h(
        'svg:g',
        {},
        h('svg:line', { x1: LEFT, x2: LEFT + wide, y1: y(e), y2: y(e), stroke: palette.line, 'stroke-width': 0.7 }),
        text(LEFT - 7, y(e), String(e).replace('-', '−'), { dy: '.35em', 'text-anchor': 'end' }),
      ),
    );
    const sweeps = Math.round(last / count);
    const every = Math.ceil(Math.max(1, last / count) / 5);
    const marks = Array.from({ length: Math.floor(last / count / every) + 1 }, (_, k) =>
      text(x(k * every * count), TOP + TALL + 16, String(k * every * count), { 'text-anchor': 'middle' }),
    );
    let path = `M${x(0)} ${y(run.first).toFixed(2)}`;
    for (const flip of run.flips) {
      if (flip.at > steps) break;
      path += `H${x(flip.at).toFixed(2)}V${y(flip.energy).toFixed(2)}`;
    }
    path += `H${x(steps).toFixed(2)}`;
    const line = h('svg:path', { d: path, fill: 'none', stroke: palette.states[0], 'stroke-width': 2 });
    const ball = h('svg:circle', { cx: x(steps), cy: y(energy), r: 5, fill: palette.accent });
    const axis = text(LEFT + wide / 2, TOP + TALL + 33, 'units asked', { 'text-anchor': 'middle' });
    set(svg, { width, height: TOP + TALL + 40 });
    const said = `Energy after ${steps} units asked: ${signed(energy)}; at the start ${signed(run.first)}; ${sweeps} sweeps`;
    set(svg, { 'aria-label': said });
    svg.replaceChildren(...lines, ...marks, axis, line, ball);
  }
  return { node, draw };
}
