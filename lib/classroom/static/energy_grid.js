// Grids of units on canvas: the state to paint on, small pictures, and what one unit hears.
import { h } from './common.js';
import { inkOn, shade } from './palette.js';

/** A canvas of this many CSS pixels, sharp on fine screens; returns its pen, cleared. */
export function penOf(canvas, wide, tall) {
  const fine = window.devicePixelRatio || 1;
  if (canvas.width !== Math.round(wide * fine) || canvas.height !== Math.round(tall * fine)) {
    canvas.width = Math.round(wide * fine);
    canvas.height = Math.round(tall * fine);
    canvas.style.width = `${wide}px`;
    canvas.style.height = `${tall}px`;
  }
  const pen = canvas.getContext('2d');
  pen.setTransform(fine, 0, 0, fine, 0, 0);
  pen.clearRect(0, 0, wide, tall);
  return pen;
}

/** A picture in miniature: filled cells in ink. */
export function drawSmall(canvas, pattern, columns, size, palette) {
  const rows = pattern.length / columns;
  const pen = penOf(canvas, columns * size, rows * size);
  pen.fillStyle = palette.panel;
  pen.fillRect(0, 0, columns * size, rows * size);
  pen.fillStyle = palette.ink;
  pattern.forEach((s, i) => {
    if (s > 0) pen.fillRect((i % columns) * size, Math.floor(i / columns) * size, size, size);
  });
}

/** What each unit says to the chosen one, on the diverging scale; most: the largest weight that there can be. */
export function drawHeard(canvas, heard, unit, columns, size, most, palette) {
  const rows = heard.length / columns;
  const pen = penOf(canvas, columns * size, rows * size);
  heard.forEach((x, i) => {
    pen.fillStyle = shade(palette.diverging, 0.5 + x / (2 * (most || 1)));
    pen.fillRect((i % columns) * size, Math.floor(i / columns) * size, size - 1, size - 1);
  });
  pen.strokeStyle = palette.accent;
  pen.lineWidth = 2;
  pen.strokeRect((unit % columns) * size, Math.floor(unit / columns) * size, size - 1, size - 1);
}

/** The state: press a unit to flip it, go on dragging to paint the same. { node, draw(view, palette, width) }. */
export function gridPanel(act) {
  const canvas = h('canvas', { 'data-role': 'grid' });
  const node = h('div', { class: 'stage', tabindex: 0, role: 'application' }, canvas);
  let now = { columns: 1, rows: 1, size: 1 },
    brush = null;

  function unitAt(event) {
    const box = canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top].map((d) => Math.floor(d / now.size));
    return x >= 0 && y >= 0 && x < now.columns && y < now.rows ? y * now.columns + x : null;
  }
  canvas.addEventListener('pointerdown', (event) => {
    const unit = unitAt(event);
    if (unit === null || event.button > 0) return;
    canvas.setPointerCapture(event.pointerId);
    brush = -now.state()[unit];
    act.paint(unit, brush);
  });
  canvas.addEventListener('pointermove', (event) => {
    const unit = unitAt(event);
    if (brush !== null && unit !== null) act.paint(unit, brush);
  });
  for (const end of ['pointerup', 'pointercancel']) canvas.addEventListener(end, () => (brush = null));

  function draw(view, palette, width) {
    const { columns, rows, state, unhappy, unit, last } = view;
    const size = Math.max(8, Math.min(34, Math.floor(Math.min(width / columns, 372 / rows))));
    now = { columns, rows, size, state: act.state };
    const pen = penOf(canvas, columns * size, rows * size);
    const gap = size > 14 ? 2 : 1;
    state.forEach((s, i) => {
      const [x, y] = [(i % columns) * size, Math.floor(i / columns) * size];
      pen.fillStyle = s > 0 ? palette.ink : palette.panel;
      pen.fillRect(x, y, size - gap, size - gap);
      if (!unhappy[i]) return;
      pen.beginPath();
      pen.arc(x + (size - gap) / 2, y + (size - gap) / 2, Math.max(2, size / 6), 0, 7);
      pen.fillStyle = palette.states[1];
      pen.fill();
      pen.strokeStyle = inkOn(s > 0 ? palette.ink : palette.panel) === '#ffffff' ? '#ffffff' : '#11161b';
      pen.lineWidth = 1;
      pen.stroke();
    });
    const mark = (i, colour, dash) => {
      pen.strokeStyle = colour;
      pen.lineWidth = 2.5;
      pen.setLineDash(dash);
      pen.strokeRect((i % columns) * size, Math.floor(i / columns) * size, size - gap, size - gap);
    };
    if (last) mark(last.unit, palette.states[0], []);
    mark(unit, palette.accent, last?.unit === unit ? [4, 3] : []);
    pen.setLineDash([]);
    return rows * size;
  }
  return { node, draw };
}
