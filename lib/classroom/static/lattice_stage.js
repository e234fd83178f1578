// The picture of the lattice viewer: canvases for what is painted, SVG for names, cursor, path and knobs.
import { h, set, textWidth } from './common.js';
import { shown } from './chain_words.js';
import { inkOn, readable } from './palette.js';
import { classColour, fineCanvas, paintGround, paintMass } from './lattice_mass.js';
import { latticePlaces, latticeUnder, probabilityAt } from './lattice_place.js';
import { latticeAlone, outputsReading, pathName, symbolOf } from './lattice_words.js';
import { runsOf } from './lattice_paths.js';

const LATTICE_TICKS = [1, 2, 5, 10, 20, 25, 50];

/** Room on the left for the names of the rows. */
export function latticeNames({ symbols, rows, now }) {
  return Math.ceil(Math.max(52, ...[...rows, ...now.target].map((k) => textWidth(symbols[k].slice(0, 6), 14) + 24)));
}

/** Room for a symbol on a stretch. */
const latticeSigns = ({ symbols, now }) => Math.max(9, ...now.target.map((k) => textWidth(symbols[k].slice(0, 6), 12)));

/** What a hand does in the picture. */
function latticeHand(svg, act, last) {
  let grip = null; // what is held: 'path', 'column', or { row } of a knob
  const spot = (event) => {
    const box = svg.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  function move(event) {
    const { p } = last();
    const [x, y] = spot(event);
    const under = latticeUnder(p, x, y);
    if (grip.row !== undefined) return act.output(grip.t, grip.row, probabilityAt(p, p.rows.indexOf(grip.row), y));
    if (grip.path) return under.s === undefined ? null : act.bend(under.t, under.s);
    return act.go(under.t, under.row);
  }
  svg.addEventListener('pointerdown', (event) => {
    if (event.button > 0 || !last()) return;
    const { knob } = event.target.dataset;
    const under = latticeUnder(last().p, ...spot(event));
    if (knob !== undefined) grip = { row: +knob, t: last().view.at };
    else grip = { path: under.s !== undefined };
    svg.setPointerCapture(event.pointerId);
    if (grip.row !== undefined) act.choose(grip.row);
    else move(event);
  });
  svg.addEventListener('pointermove', (event) => {
    if (grip && event.buttons & 1) move(event);
  });
  for (const end of ['pointerup', 'pointercancel']) svg.addEventListener(end, () => (grip = null));
}

/** The names of the rows, left of them. */
function latticeRows(view, palette, p) {
  const { now, row } = view;
  const name = (y, k, size, more) => {
    const symbol = k !== now.blank && now.target.includes(k);
    const style = symbol ? `fill:${readable(classColour(view, palette, k), palette)}` : null;
    const where = { x: p.left - 12, y: y.toFixed(1), dy: '.35em', 'text-anchor': 'end', 'font-size': size };
    const look = { 'font-weight': symbol || k === now.blank ? 700 : 500, class: symbol ? null : 'dim', style, ...more };
    return h('svg:text', { ...where, ...look, text: symbolOf(view, k) });
  };
  const size = p.pitch >= 21 ? 15 : 13;
  const places = now.extended.map((k, s) => name(p.y(s), k, k === now.blank ? 16 : size, { 'data-place': s }));
  const outputs = p.rows.flatMap((k, i) => {
    const y = p.outputs + (i + 0.5) * p.tall;
    const text = name(y, k, k === now.blank ? 16 : 13, { 'data-row': k });
    if (k !== row) return [text];
    const mark = { d: `M${p.left - 2} ${y}l-6 -4v8z`, fill: palette.accent, 'data-role': 'row', 'data-class': k };
    return [text, h('svg:path', mark)];
  });
  return [...places, ...outputs];
}

/** Words across an empty lattice. */
function latticeNever({ now }, palette, p) {
  const where = { x: p.left + (p.column * p.frames) / 2, y: (p.top + p.foot) / 2 + 5, 'text-anchor': 'middle' };
  const look = { 'font-size': 15, 'font-weight': 700, style: `fill:${palette.bad}`, class: 'halo' };
  const text = `Impossible: needs ${now.needed} columns, there ${p.frames === 1 ? 'is' : 'are'} ${p.frames}`;
  return h('svg:text', { ...where, ...look, 'data-role': 'never', text });
}

/** Classes as stretches, one after the other from y downwards, symbols on them or below. */
function latticeStretches(view, palette, p, classes, y) {
  const { now } = view;
  const parts = [];
  for (const { k, begin, end } of runsOf(classes)) {
    const [x, wide] = [p.left + begin * p.column, (end - begin + 1) * p.column];
    const blank = k === now.blank;
    const fill = blank ? palette.panel : classColour(view, palette, k);
    const middle = { x: (x + wide / 2).toFixed(1), 'text-anchor': 'middle' };
    const box = { x: x + 0.5, y, width: Math.max(0.8, wide - 1), height: p.stretch, rx: 2, fill };
    const line = blank ? { stroke: palette.line } : {};
    parts.push(h('svg:rect', { ...box, ...line, 'data-run': `${begin}-${end}` }));
    const text = symbolOf(view, k);
    const fits = wide >= textWidth(text, 12) + 2;
    if (fits) {
      const ink = blank ? palette.dim : inkOn(fill);
      const look = { 'font-size': 12, 'font-weight': 650, style: `fill:${ink}` };
      parts.push(h('svg:text', { ...middle, y: y + 13, ...look, text }));
    }
    if (blank || fits || !p.beneath) continue;
    parts.push(h('svg:text', { ...middle, y: y + p.stretch + 13, 'font-size': 13, 'font-weight': 700, text }));
  }
  return parts;
}

/** The path of the word as stretches; below it what the outputs say by themselves, and whether that is the word. */
function latticeReads(view, palette, p) {
  const { now, path } = view;
  const small = { x: p.left, 'font-size': 12 };
  const { text, same } = latticeAlone(view);
  const strong = (text, colour) => h('svg:tspan', { 'font-weight': 700, style: `fill:${colour}`, text });
  const most = Math.max(8, Math.floor((p.width - p.left - 300) / 7));
  const alone = h(
    'svg:text',
    { ...small, y: p.alone - 6, class: 'dim', 'data-role': 'alone' },
    'Says alone (the best class of each column): ',
    strong(shown(text, most), palette.ink),
    strong(same ? '  = the word ✓' : '  ≠ the word', same ? palette.good : palette.bad),
  );
  const parts = [alone, ...latticeStretches(view, palette, p, now.greedy, p.alone)];
  if (!now.possible) return [...parts, latticeNever(view, palette, p)];
  const classes = (path.length ? path : now.best).map((s) => now.extended[s]);
  const name = h('svg:text', { ...small, y: p.path - 6, class: 'dim', 'data-role': 'path-name', text: pathName(view) });
  return [...parts, name, ...latticeStretches(view, palette, p, classes, p.path)];
}

/** The chosen column through the whole picture, and the numbers of the columns. */
function latticeColumns({ at }, palette, p) {
  const box = { x: (p.x(at) - p.column / 2).toFixed(1), y: 0, width: p.column.toFixed(1), height: p.end + 2, rx: 2 };
  const look = {
    fill: palette.accent,
    'fill-opacity': p.column > 40 ? 0.06 : 0.12,
    stroke: palette.accent,
    'stroke-width': 1.2,
  };
  const parts = [h('svg:rect', { ...box, ...look, 'data-role': 'cursor', 'data-t': at })];
  const apart = LATTICE_TICKS.find((by) => by * p.column >= 28) ?? 100;
  for (let t = 0; t < p.frames; t++) {
    const mine = t === at;
    if (!mine && ((t + 1) % apart || Math.abs(t - at) * p.column < 24)) continue;
    const where = { x: p.x(t).toFixed(1), y: p.end + 16, 'text-anchor': 'middle', 'font-size': 11 };
    const style = mine ? { 'font-weight': 700, style: `fill:${palette.accent}` } : { class: 'dim' };
    parts.push(h('svg:text', { ...where, ...style, text: t + 1 }));
  }
  return parts;
}

/** At the chosen column, a knob on each output. */
function latticeKnobs(view, palette, p) {
  const { now, at, row, layer } = view;
  if (layer === 'gradient') return [];
  return p.rows.flatMap((k, i) => {
    const share = Math.exp(now.logProbs[at * now.classes + k]);
    const where = { cx: p.x(at).toFixed(1), cy: (p.base(i) - p.reach * share).toFixed(1) };
    const mine = k === row;
    const look = { r: mine ? 5.5 : 4, fill: mine ? palette.accent : palette.bg, stroke: palette.accent };
    return [
      h('svg:circle', { ...where, ...look, 'stroke-width': 1.6 }),
      h('svg:circle', { ...where, r: 11, fill: 'transparent', class: 'knob', 'data-knob': k }),
    ];
  });
}

/** The picture: { node, draw(view, palette, width) }. */
export function latticeStage(act) {
  const [under, over] = [fineCanvas(h('canvas')), fineCanvas(h('canvas'))];
  for (const { node } of [under, over]) set(node, { 'aria-hidden': 'true' });
  const svg = h('svg:svg', { 'aria-hidden': 'true' });
  const box = h('div', { class: 'lattice' }, under.node, over.node, svg);
  const role = { role: 'application', 'aria-roledescription': 'lattice' };
  const node = h('div', { class: 'stage', tabindex: 0, ...role }, box);
  let [last, ground, mass] = [null, [], []];
  latticeHand(svg, act, () => last);
  const changed = (old, fresh) => fresh.some((part, i) => part !== old[i]);

  function draw(view, palette, width) {
    const { now, strip, rows, hidden, layer, at, path } = view;
    const p = latticePlaces({ now, rows, strip, width, names: latticeNames(view), signs: latticeSigns(view) });
    last = { view, p };
    const fresh = [palette, width, String(now.target), String(rows), p.height, window.devicePixelRatio, now.possible];
    if (changed(ground, fresh)) paintGround(under.start(width, p.height), view, palette, p);
    const moving = [...fresh, now, layer, path, layer === 'alpha' || layer === 'beta' ? at : null];
    if (changed(mass, moving)) paintMass(over.start(width, p.height), view, palette, p);
    [ground, mass] = [fresh, moving];
    const [heading, rest] = [outputsReading(view), `; ${hidden} less likely ones not drawn`];
    const all = hidden && textWidth(heading + rest, 12) < width - p.left;
    svg.replaceChildren(
      ...latticeRows(view, palette, p),
      ...latticeReads(view, palette, p),
      h('svg:text', { x: p.left, y: p.heading, 'font-size': 12, class: 'dim', text: heading + (all ? rest : '') }),
      ...latticeColumns(view, palette, p),
      ...latticeKnobs(view, palette, p),
    );
    set(svg, { width, height: p.height, viewBox: `0 0 ${width} ${p.height}` });
    set(node, { 'aria-label': act.describe(view) });
  }
  return { node, draw };
}
