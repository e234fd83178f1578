// The picture of the beam tree viewer: words in their places, lines from word to word, the cut.
import { h, set, textWidth } from './common.js';
import { mix, readable } from './palette.js';
import { beamForm, beamPlaces } from './beam_tree_place.js';
import { beamProbability } from './beam_tree_words.js';

const PILL = 5; // room left and right of a word

/** The three marked sentences: colour, dashes and how far their line lies beside the middle. */
export function beamLines(palette) {
  const [best, greedy, right] = palette.states;
  return {
    best: { colour: best, dash: null, shift: 0, name: 'best found' },
    greedy: { colour: greedy, dash: '7 4', shift: 4, name: 'greedy' },
    right: { colour: right, dash: '2 3', shift: -4, name: 'right' },
  };
}

/** A word that fits into so many pixels. */
function fitting(word, size, room) {
  if (textWidth(word, size) <= room) return word;
  const letters = [...word];
  while (letters.length > 1 && textWidth(letters.join('') + '…', size) > room) letters.pop();
  return letters.join('') + '…';
}

const curve = (x0, y0, x1, y1) => {
  const bend = Math.max(8, (x1 - x0) * 0.5);
  const [a, b, c, d, e, f] = [x0, y0, x0 + bend, x1 - bend, y1, x1].map((each) => each.toFixed(1));
  return `M${a} ${b}C${c} ${b} ${d} ${e} ${f} ${e}`;
};

/** Every drawn thing with its place and size; found by depth and row. */
function beamThings(view, p) {
  const { tree, words } = view;
  const things = new Map();
  const size = 12.5;
  for (const { entries } of p.columns)
    for (const entry of entries) {
      const form = beamForm(view, p, entry);
      const word = words[entry.node === null ? entry.token : tree.token[entry.node]];
      const text = form === 'word' ? fitting(word, size, p.column - 14) : '';
      const half = form === 'word' ? textWidth(text, size) / 2 + PILL : form === 'dot' ? 3.5 : 5;
      const thing = { ...entry, form, text, half, size, x: p.x(entry.d), y: p.y(entry.row) };
      things.set(`${entry.d}:${entry.node ?? 'phantom'}`, thing);
    }
  return things;
}

/** Where the line to a thing begins. */
function beamOrigin(view, p, things, thing) {
  const { tree } = view;
  if (thing.d === 1) return { x: p.left - 12, y: p.y(0) };
  const rows = view.rightRows;
  const before = thing.node === null ? rows[thing.d - 2] : thing.carried ? thing.node : tree.parent[thing.node];
  if (thing.d === p.first) {
    const rank = tree.ranks[thing.d - 1].get(before);
    return rank < p.rows.kept ? { x: p.left - 12, y: p.y(rank) } : null;
  }
  const origin = things.get(`${thing.d - 1}:${before}`);
  return origin ? { x: origin.x + origin.half, y: origin.y } : null;
}

function beamEdges(view, palette, p, things) {
  const { tree, bestRows, greedyRows, rightRows, chosenRows } = view;
  const lines = beamLines(palette);
  const [plain, fine] = [[], []];
  const pale = mix(palette.line, palette.dim, 0.35);
  for (const thing of things.values()) {
    const { node, kind, carried } = thing;
    const from = beamOrigin(view, p, things, thing);
    if (!from) continue;
    const path = (shift) => curve(from.x, from.y + shift, thing.x - thing.half, thing.y + shift);
    const chance = node === null || carried ? 0 : Math.exp(tree.logProb[node] - tree.logProb[tree.parent[node]]);
    const on = chosenRows.includes(node) && !carried;
    const alive = view.alive.has(node) && kind === 'kept';
    const wide = carried ? 1.2 : 1 + (alive || on ? 4.5 : 2.2) * chance;
    const stroke = on ? palette.ink : alive ? palette.dim : pale;
    const dash = kind !== 'kept' ? '3 3' : carried ? '1 4' : null;
    const look = { fill: 'none', 'stroke-linecap': dash ? 'butt' : 'round' };
    const under = { stroke, 'stroke-width': wide.toFixed(2), 'stroke-dasharray': dash };
    plain.push(h('svg:path', { d: path(0), ...under, ...look }));
    for (const [name, rows] of [['best', bestRows], ['greedy', greedyRows], ['right', rightRows]]) {
      const mine = rows.includes(node) || (name === 'right' && node === null);
      if (!mine || (carried && name !== 'best')) continue;
      const { colour, dash: dots, shift } = lines[name];
      const heavy = name === 'best' ? Math.max(2, wide) : 2.2;
      const more = { 'stroke-dasharray': carried ? '1 4' : dots, 'data-line': name, ...look };
      const thick = (carried ? 2 : heavy).toFixed(2);
      fine.push(h('svg:path', { d: path(shift), stroke: colour, 'stroke-width': thick, ...more }));
    }
  }
  return [...plain, ...fine];
}

/** The colour of a thing's word and frame. */
function beamInk(view, palette, thing) {
  const lines = beamLines(palette);
  const { node, kind } = thing;
  const own = kind === 'phantom' || view.rightRows.includes(node) ? 'right' : null;
  const name = view.bestRows.includes(node) ? 'best' : view.greedyRows.includes(node) ? 'greedy' : own;
  if (name) return { ink: readable(lines[name].colour, palette), frame: lines[name].colour, weight: 700 };
  if (node !== null && view.better[0]?.lost.node === node && kind !== 'kept')
    return { ink: palette.bad, frame: palette.bad, weight: 700 };
  if (kind !== 'kept') return { ink: palette.dim, frame: null, weight: 400 };
  return view.alive.has(node)
    ? { ink: palette.ink, frame: palette.line, weight: 650 }
    : { ink: palette.dim, frame: null, weight: 450 };
}

function beamThing(view, palette, p, thing) {
  const { tree, at, node: chosen } = view;
  const { node, d, form, text, half, size, x, y, kind } = thing;
  const look = beamInk(view, palette, thing);
  const marked = node !== null && node === chosen && d === at;
  const g = h('svg:g', { class: 'node', 'data-node': node ?? 'phantom', 'data-depth': d, 'data-kind': kind });
  const rim = marked ? palette.accent : (look.frame ?? 'none');
  const tall = p.numbers && form === 'word' ? 31 : 20;
  const hit = { x: p.edge(d), y: y - p.pitch / 2, width: p.column, height: p.pitch, fill: 'transparent' };
  g.append(h('svg:rect', hit));
  if (form === 'dot')
    g.append(h('svg:circle', { cx: x, cy: y, r: marked ? 5 : 3.5, fill: palette.dim, stroke: rim, 'stroke-width': 2 }));
  else if (form === 'end') {
    const square = { x: x - 4, y: y - 4, width: 8, height: 8, rx: 1.5, fill: look.frame ?? palette.dim };
    g.append(h('svg:rect', { ...square, stroke: rim, 'stroke-width': marked ? 2.5 : 1 }));
  } else {
    const ground = d === at ? palette.panel : palette.bg;
    const box = { x: x - half, y: y - tall / 2, width: 2 * half, height: tall, rx: 6, fill: ground };
    g.append(h('svg:rect', { ...box, stroke: rim, 'stroke-width': marked ? 2.5 : 1 }));
    const font = { 'font-size': size, 'font-weight': look.weight, 'text-anchor': 'middle', style: `fill:${look.ink}` };
    g.append(h('svg:text', { x, y: y + (p.numbers ? -1.5 : 4.3), ...font, text }));
    if (p.numbers) {
      const number = node === null ? 'not tried' : beamProbability(tree.logProb[node]);
      g.append(h('svg:text', { x, y: y + 11, class: 'dim', 'font-size': 10, 'text-anchor': 'middle', text: number }));
    }
  }
  return g;
}

/** Numbers of words on top, places on the left, the cut, and how many are not drawn. */
function beamGround(view, palette, p) {
  const { at, tree } = view;
  const parts = [];
  const band = { x: p.edge(at), y: 0, width: p.column, height: p.height, rx: 8, fill: palette.panel };
  parts.push(h('svg:rect', { ...band, 'data-role': 'band' }));
  for (const { d, more, deeper, entries } of p.columns) {
    const head = h('svg:g', { class: 'head', 'data-go': d });
    head.append(h('svg:rect', { x: p.edge(d), y: 0, width: p.column, height: p.top, fill: 'transparent' }));
    const bold = { 'font-weight': d === at ? 700 : 500, class: d === at ? null : 'dim' };
    head.append(h('svg:text', { x: p.x(d), y: 16, 'font-size': 12, 'text-anchor': 'middle', ...bold, text: d }));
    parts.push(head);
    const count = (row, text, role) => {
      const g = h('svg:g', { class: 'head', 'data-go': d, 'data-role': role });
      g.append(h('svg:rect', { x: p.edge(d), y: p.y(row) - 12, width: p.column, height: 24, fill: 'transparent' }));
      const font = { class: 'dim', 'font-size': 11.5, 'text-anchor': 'middle' };
      g.append(h('svg:text', { x: p.x(d), y: p.y(row) + 4, ...font, text }));
      parts.push(g);
    };
    const below = entries.filter(({ row }) => row >= p.rows.cut).length;
    const foot = below === p.rows.dropped ? below - 0.12 : below;
    if (more > 0) count(p.rows.cut + foot, `+${more}`, 'more');
    const deep = entries.filter(({ row, kind }) => kind === 'kept' && row >= p.rows.kept).length;
    if (deeper > 0 && deep < p.rows.deeper) count(p.rows.kept + deep, `+${deeper} kept`, 'deeper');
  }
  for (let rank = 0; rank < p.rows.kept; rank++) {
    const where = { x: 8, y: p.y(rank) + 4, 'font-size': 11.5, 'text-anchor': 'middle', class: 'dim' };
    parts.push(h('svg:text', { ...where, text: rank + 1 }));
  }
  const cut = { x1: 0, x2: p.right, y1: p.cutY, y2: p.cutY, stroke: palette.bad, 'stroke-width': 1.2 };
  parts.push(h('svg:line', { ...cut, 'stroke-dasharray': '6 4' }));
  const beside = { x: p.right, y: p.cutY - 4, 'font-size': 11, 'text-anchor': 'end', class: 'halo' };
  const kept = `the cut: ${tree.width} ${tree.width === 1 ? 'is' : 'are'} kept`;
  parts.push(h('svg:text', { ...beside, style: `fill:${palette.bad}`, 'data-role': 'cut', text: kept }));
  const say = { x: 0, y: p.height - 3, 'font-size': 11, class: 'dim' };
  const words = tree.last > p.count ? `words ${p.first} to ${p.first + p.count - 1} of ${tree.last}` : '';
  parts.push(h('svg:text', { ...say, text: words }));
  return parts;
}

/** { node, draw(view, palette, width) -> places } */
export function beamStage(act) {
  const svg = h('svg:svg', { 'aria-hidden': 'true' });
  const role = { role: 'application', 'aria-roledescription': 'tree of a beam search' };
  const node = h('div', { class: 'stage tree', tabindex: 0, ...role }, svg);
  svg.addEventListener('click', (event) => {
    const [thing, head] = [event.target.closest('.node'), event.target.closest('[data-go]')];
    if (thing && thing.dataset.node !== 'phantom') act.choose(+thing.dataset.node, +thing.dataset.depth);
    else if (head) act.go(+head.dataset.go);
  });
  function draw(view, palette, width) {
    const p = beamPlaces(view, width);
    const things = beamThings(view, p);
    set(svg, { width: p.right, height: p.height, viewBox: `0 0 ${p.right} ${p.height}` });
    const edges = beamEdges(view, palette, p, things);
    const pills = [...things.values()].map((thing) => beamThing(view, palette, p, thing));
    const start = p.first === 1 ? [h('svg:circle', { cx: p.left - 12, cy: p.y(0), r: 4, fill: palette.dim })] : [];
    svg.replaceChildren(...beamGround(view, palette, p), ...edges, ...start, ...pills);
    set(node, { 'aria-label': act.describe(view) });
    return p;
  }
  return { node, draw };
}
