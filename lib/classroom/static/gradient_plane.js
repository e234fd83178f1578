// The eigenvalues in the complex plane: drag one, or the circle, and all are scaled.
import { h, set } from './common.js';
import { mix } from './palette.js';

const REACH = 2.25; // of the axes
const NEAR = 0.12; // a drag that begins nearer to the middle sets the radius itself

/** The radius after a drag from distance `begun` to distance `now`: what is under the pointer stays under it. */
export const draggedRadius = (radius, begun, now) => (begun < NEAR ? now : (radius * now) / begun);

/** The panel: { node, draw(view, palette, size) }. */
export function planePanel(act) {
  const svg = h('svg:svg', { class: 'plane', role: 'img', 'data-role': 'plane' });
  let [size, drag, shown] = [1, null, null];
  const away = (event) => {
    const box = svg.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left - size / 2, event.clientY - box.top - size / 2];
    return (Math.hypot(x, y) / (size / 2)) * REACH;
  };
  svg.addEventListener('pointerdown', (event) => {
    if (event.button > 0) return;
    svg.setPointerCapture(event.pointerId);
    drag = { begun: away(event), radius: shown.now.radius };
    event.preventDefault();
  });
  svg.addEventListener('pointermove', (event) => {
    if (drag) act.radius(draggedRadius(drag.radius, drag.begun, away(event)));
  });
  for (const name of ['pointerup', 'pointercancel', 'lostpointercapture'])
    svg.addEventListener(name, () => {
      drag = null;
    });

  function draw(view, palette, side) {
    const { now, spectrum } = view;
    [size, shown] = [side, view];
    const middle = side / 2;
    const unit = middle / REACH;
    const circle = (radius, more) =>
      h('svg:circle', { cx: middle, cy: middle, r: radius * unit, fill: 'none', ...more });
    const axis = (more) => h('svg:line', { x1: 0, x2: side, y1: middle, y2: middle, stroke: palette.line, ...more });
    const sizes = spectrum.eigenvalues.map(([re, im]) => Math.hypot(re, im));
    const most = Math.max(...sizes);
    const dots = spectrum.eigenvalues.map(([re, im], i) => {
      const outer = sizes[i] > most * (1 - 1e-9);
      const [cx, cy] = [middle + now.scale * re * unit, middle - now.scale * im * unit];
      const look = outer
        ? { r: 6, fill: palette.accent, stroke: palette.bg, 'stroke-width': 2, 'data-role': 'outermost' }
        : { r: 3.6, fill: mix(palette.ink, palette.bg, 0.25), stroke: palette.bg, 'stroke-width': 1 };
      return { outer, node: h('svg:circle', { cx, cy, ...look, 'data-eigenvalue': i }) };
    });
    const word = (x, y, text, more) => h('svg:text', { x, y, 'font-size': 11, class: 'dim on-panel', text, ...more });
    const dotted = { stroke: palette.dim, 'stroke-width': 1.6, 'stroke-dasharray': '1.5 3.5' };
    const low = Math.SQRT1_2 * unit;
    svg.replaceChildren(
      h('svg:rect', { width: side, height: side, rx: 8, fill: palette.panel }),
      axis(),
      axis({ x1: middle, x2: middle, y1: 0, y2: side }),
      circle(1, { stroke: palette.ink, 'stroke-width': 1.4, fill: palette.bg }),
      axis({ x1: middle - unit, x2: middle + unit }),
      axis({ x1: middle, x2: middle, y1: middle - unit, y2: middle + unit }),
      circle(now.bound, { ...dotted, visibility: now.bound < REACH ? null : 'hidden' }),
      circle(now.radius, { stroke: palette.accent, 'stroke-width': 1.6, 'stroke-dasharray': '6 4' }),
      circle(now.radius, { stroke: 'transparent', 'stroke-width': 16, class: 'grip', 'data-role': 'circle' }),
      ...dots.filter((dot) => !dot.outer).map((dot) => dot.node),
      ...dots.filter((dot) => dot.outer).map((dot) => dot.node),
      word(middle + low + 7, middle + low + 13, '1'),
    );
    const told =
      `${spectrum.eigenvalues.length} eigenvalues; the outermost at distance ${now.radius.toFixed(2)}, ` +
      `the largest singular value is ${now.bound.toFixed(2)}`;
    set(svg, { width: side, height: side, viewBox: `0 0 ${side} ${side}`, 'aria-label': told });
  }
  return { node: svg, draw };
}
