// What the lattice viewer paints on its canvases: the strip, the lattice with what flows in it, the outputs.
import { mix, rgb } from './palette.js';
import { flowShare, pushScale } from './lattice_model.js';
import { passable } from './lattice_paths.js';

/** The colour of a class: a symbol of the word by its place among them, the blank and all others grey. */
export function classColour({ now }, palette, k) {
  const place = k === now.blank ? -1 : [...new Set(now.target)].indexOf(k);
  return place < 0 ? mix(palette.dim, palette.bg, 0.35) : palette.states[place % palette.states.length];
}

/** A canvas as fine as the screen: { node, start(width, height) } gives a pen that measures in CSS pixels. */
export function fineCanvas(node) {
  const pen = node.getContext('2d');
  return {
    node,
    start(width, height) {
      const fine = window.devicePixelRatio || 1;
      const [w, h] = [Math.round(width * fine), Math.round(height * fine)];
      if (node.width !== w || node.height !== h) Object.assign(node, { width: w, height: h });
      node.style.cssText = `width:${width}px; height:${height}px`;
      pen.setTransform(fine, 0, 0, fine, 0, 0);
      pen.clearRect(0, 0, width, height);
      return pen;
    },
  };
}

/** The picture of the input above the columns. */
function paintStrip(pen, { strip }, palette, p) {
  const [rows, columns] = strip.shape;
  const image = document.createElement('canvas');
  Object.assign(image, { width: columns, height: rows });
  const cells = new ImageData(columns, rows);
  const [paper, ink] = [rgb(mix(palette.bg, palette.panel, 1)), rgb(palette.ink)];
  strip.values.forEach((value, i) => {
    const share = (value - strip.low) / (strip.high - strip.low);
    cells.data.set([...paper.map((c, j) => Math.round(c + (ink[j] - c) * share)), 255], 4 * i);
  });
  image.getContext('2d').putImageData(cells, 0, 0);
  pen.imageSmoothingEnabled = false;
  pen.drawImage(image, p.left, 0, p.column * p.frames, p.stripTall);
}

/** Into place s: from which places may a path come? */
const origins = ({ jump }, s) => [s, s - 1, s - 2].filter((a) => a >= 0 && (a > s - 2 || jump[s]));

/** What does not move: the strip, bands behind the symbols' rows, every allowed step and every place a path can use. */
export function paintGround(pen, view, palette, p) {
  const { now, strip } = view;
  if (strip) paintStrip(pen, view, palette, p);
  const wide = p.column * p.frames;
  pen.fillStyle = palette.panel;
  for (let s = 1; s < p.places; s += 2) pen.fillRect(p.left, p.top + s * p.pitch, wide, p.pitch);
  p.rows.forEach((_, i) => {
    if (i % 2 === 0) pen.fillRect(p.left, p.outputs + i * p.tall, wide, p.tall);
  });
  // where no path comes to an end: how far those get that begin
  const open = (t, s) => (now.possible ? passable(now, t, s) : now.alpha[t * p.places + s] > -Infinity);
  pen.strokeStyle = pen.fillStyle = mix(palette.line, palette.bg, p.column < 12 ? 0.35 : 0);
  pen.lineWidth = 0.7;
  pen.beginPath();
  for (let t = 1; t < p.frames; t++)
    for (let s = 0; s < p.places; s++) {
      if (!open(t, s)) continue;
      for (const a of origins(now, s)) {
        if (!open(t - 1, a)) continue;
        pen.moveTo(p.x(t - 1), p.y(a));
        pen.lineTo(p.x(t), p.y(s));
      }
    }
  pen.stroke();
  pen.beginPath();
  const dot = Math.max(1.1, Math.min(2.4, p.radius * 0.3));
  for (let t = 0; t < p.frames; t++)
    for (let s = 0; s < p.places; s++) {
      if (!open(t, s)) continue;
      pen.moveTo(p.x(t) + dot, p.y(s));
      pen.arc(p.x(t), p.y(s), dot, 0, 2 * Math.PI);
    }
  pen.fill();
}

/** Is this frame read already, in the forward layer from the left, in the backward layer from the right? */
const isRead = ({ layer, at }, t) => (layer === 'alpha' ? t <= at : layer === 'beta' ? t >= at : true);

function paintFlows(pen, view, p, colours) {
  const { now, layer, norms } = view;
  pen.lineCap = 'butt';
  const faint = new Map();
  for (let t = 1; t < p.frames; t++) {
    if (!isRead(view, t) || !isRead(view, t - 1)) continue;
    for (let s = 0; s < p.places; s++)
      for (const a of origins(now, s)) {
        const flow = flowShare(now, layer, norms, t, a, s);
        if (!(flow > 0.01)) continue;
        if (flow < 0.04) {
          if (!faint.has(colours[a])) faint.set(colours[a], []);
          faint.get(colours[a]).push([t, a, s]);
          continue;
        }
        pen.strokeStyle = colours[a];
        pen.lineWidth = 0.7 + flow * p.radius * 1.1;
        pen.beginPath();
        pen.moveTo(p.x(t - 1), p.y(a));
        pen.lineTo(p.x(t), p.y(s));
        pen.stroke();
      }
  }
  pen.lineWidth = 0.9;
  for (const [colour, lines] of faint) {
    pen.strokeStyle = colour;
    pen.beginPath();
    for (const [t, a, s] of lines) {
      pen.moveTo(p.x(t - 1), p.y(a));
      pen.lineTo(p.x(t), p.y(s));
    }
    pen.stroke();
  }
}

function paintDiscs(pen, view, p, colours) {
  for (let s = 0; s < p.places; s++) {
    pen.fillStyle = colours[s];
    pen.beginPath();
    for (let t = 0; t < p.frames; t++) {
      if (!isRead(view, t)) continue;
      const r = p.radius * Math.sqrt(Math.min(1, view.shares(t, s)));
      if (r < 0.5) continue;
      pen.moveTo(p.x(t) + r, p.y(s));
      pen.arc(p.x(t), p.y(s), r, 0, 2 * Math.PI);
    }
    pen.fill();
  }
}

/** The chosen path as one line. */
function paintPath(pen, { path }, p, colour, width) {
  Object.assign(pen, { lineJoin: 'round', strokeStyle: colour, lineWidth: width });
  pen.beginPath();
  path.forEach((s, t) => pen[t ? 'lineTo' : 'moveTo'](p.x(t), p.y(s)));
  pen.stroke();
}

/** Flows, the halo of the path, discs, the path with a square at each place. */
function paintLattice(pen, view, palette, p) {
  const colours = view.now.extended.map((k) => classColour(view, palette, k));
  const wide = p.column < 12 ? 1.7 : 2.6;
  paintFlows(pen, view, p, colours);
  if (view.path.length) paintPath(pen, view, p, palette.bg, wide + 3.4);
  paintDiscs(pen, view, p, colours);
  if (!view.path.length) return;
  paintPath(pen, view, p, palette.bg, wide + 1.4);
  paintPath(pen, view, p, palette.accent, wide);
  pen.fillStyle = palette.accent;
  const side = Math.min(6, p.column * 0.4);
  view.path.forEach((s, t) => pen.fillRect(p.x(t) - side / 2, p.y(s) - side / 2, side, side));
}

/** Bars of what the network says; the line of what the word wants. */
function paintOutputs(pen, view, palette, p) {
  const { now, layer } = view;
  const wide = Math.max(1.2, p.column * 0.72);
  p.rows.forEach((k, i) => {
    const value = (table, t) => table[t * now.classes + k];
    const base = p.base(i);
    pen.fillStyle = classColour(view, palette, k);
    for (let t = 0; t < p.frames; t++) {
      const tall = p.reach * Math.exp(value(now.logProbs, t));
      pen.fillRect(p.x(t) - wide / 2, base - tall, wide, tall);
    }
    pen.fillStyle = palette.dim;
    pen.fillRect(p.left, base, p.column * p.frames, 0.8);
    if (layer !== 'posterior' || !now.extended.includes(k) || !now.possible) return;
    pen.beginPath();
    for (let t = 0; t < p.frames; t++) {
      const y = base - p.reach * value(now.wanted, t);
      pen[t ? 'lineTo' : 'moveTo'](p.left + t * p.column, y);
      pen.lineTo(p.left + (t + 1) * p.column, y);
    }
    for (const [colour, width] of [
      [palette.bg, 3.4],
      [palette.ink, 1.5],
    ]) {
      pen.strokeStyle = colour;
      pen.lineWidth = width;
      pen.stroke();
    }
  });
}

/** What the loss does to each output: up from the middle where it is pushed up, with the point of an arrow. */
function paintPushes(pen, view, palette, p) {
  const { now } = view;
  const wide = Math.min(9, Math.max(1.2, p.column * 0.5));
  const [half, most] = [p.tall / 2 - 1.5, Math.max(pushScale(now), 1e-9)];
  p.rows.forEach((k, i) => {
    const middle = p.outputs + (i + 0.5) * p.tall;
    pen.fillStyle = palette.dim;
    pen.fillRect(p.left, middle - 0.4, p.column * p.frames, 0.8);
    for (let t = 0; t < p.frames; t++) {
      const push = -now.gradient[t * now.classes + k] / most;
      if (Math.abs(push) < 0.03) continue;
      const tip = middle - half * push;
      const head = Math.min(Math.abs(tip - middle), 6) * Math.sign(push);
      pen.fillStyle = push > 0 ? palette.diverging[4] : palette.diverging[0];
      pen.fillRect(p.x(t) - wide / 2, middle, wide, tip + head - middle);
      const side = Math.max(wide * 0.9, 2.4);
      pen.beginPath();
      pen.moveTo(p.x(t) - side, tip + head);
      pen.lineTo(p.x(t), tip);
      pen.lineTo(p.x(t) + side, tip + head);
      pen.fill();
    }
  });
}

/** What moves. */
export function paintMass(pen, view, palette, p) {
  if (view.now.possible) paintLattice(pen, view, palette, p);
  if (view.layer === 'gradient') paintPushes(pen, view, palette, p);
  else paintOutputs(pen, view, palette, p);
}
