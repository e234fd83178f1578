// Where things lie in the picture: a column for each word, a row for each place in the beam, the dropped below the cut.
import { clamp } from './common.js';
import { inBeam } from './beam_tree_model.js';

const MOST_KEPT_ROWS = 8;
const DEEPER_ROWS = 2; // of a wider beam, for what is marked
const MOST_DROPPED_ROWS = 3;
const LEAST_COLUMN = 68;
const MOST_COLUMN = 190;

/** Rows that a line of its own goes through: they are drawn wherever they stand. */
function beamMarks(view) {
  const marks = new Set([...view.bestRows, ...view.greedyRows, ...view.rightRows, ...view.chosenRows]);
  for (const { lost } of view.better.slice(0, 1)) if (lost.node !== null) marks.add(lost.node);
  return marks;
}

/** The things of one depth: { entries, more, deeper }: what is drawn, how many dropped and kept ones are not. */
function beamColumn(view, rows, marks, d) {
  const { tree, at } = view;
  const step = tree.steps[d];
  const entry = (node, row) => ({ node, d, row, rank: tree.ranks[d].get(node), carried: tree.depth[node] < d });
  const kept = step.slice(0, tree.width);
  const entries = kept.slice(0, rows.kept).map((node, rank) => ({ ...entry(node, rank), kind: 'kept' }));
  const deep = kept.slice(rows.kept).filter((node) => marks.has(node)).slice(0, rows.deeper);
  entries.push(...deep.map((node, i) => ({ ...entry(node, rows.kept + i), kind: 'kept' })));
  const gone = step.slice(tree.width);
  const wanted = d === at ? [...gone].sort((a, b) => marks.has(b) - marks.has(a)) : gone.filter((n) => marks.has(n));
  const some = wanted.slice(0, rows.dropped).sort((a, b) => tree.ranks[d].get(a) - tree.ranks[d].get(b));
  entries.push(...some.map((node, i) => ({ ...entry(node, rows.cut + i), kind: 'dropped' })));
  const { lost } = view.right;
  if (lost?.node === null && lost.depth === d) {
    // the right word was not even among the runners-up
    const row = rows.cut + Math.min(some.length, rows.dropped - 1);
    if (some.length === rows.dropped) entries.pop();
    entries.push({ node: null, token: view.reference[0][d - 1], d, row, rank: null, carried: false, kind: 'phantom' });
  }
  const shownGone = entries.filter(({ kind, node }) => kind === 'dropped' && node !== null).length;
  return { d, entries, more: gone.length - shownGone, deeper: Math.max(0, kept.length - rows.kept - deep.length) };
}

/** The picture's measures and what is in it. */
export function beamPlaces(view, width) {
  const { tree, at } = view;
  const kept = Math.min(tree.width, MOST_KEPT_ROWS);
  const deeper = tree.width > MOST_KEPT_ROWS ? DEEPER_ROWS : 0;
  const gone = Math.max(1, ...tree.steps.map((step) => step.length - tree.width));
  const rows = { kept, deeper, cut: kept + deeper, dropped: Math.min(gone, MOST_DROPPED_ROWS) };
  const left = 34;
  const room = Math.max(LEAST_COLUMN, width - left);
  const count = clamp(Math.floor(room / LEAST_COLUMN), 1, tree.last);
  const column = Math.min(MOST_COLUMN, room / count);
  const first = clamp(at - Math.ceil(count * 0.6), 1, tree.last - count + 1);
  const numbers = tree.width <= 4;
  const pitch = numbers ? 38 : 27;
  const [top, cutGap] = [26, 24];
  const marks = beamMarks(view);
  const depths = Array.from({ length: count }, (_, i) => first + i);
  const columns = depths.map((d) => beamColumn(view, rows, marks, d));
  const y = (row) => top + (row + 0.5) * pitch + (row >= rows.cut ? cutGap : 0);
  return {
    ...{ rows, left, column, count, first, pitch, numbers, top, columns, marks, y },
    x: (d) => (d < first ? left - 6 : left + (d - first + 0.5) * column),
    edge: (d) => left + (d - first) * column,
    cutY: top + rows.cut * pitch + cutGap - 6,
    right: left + count * column,
    height: top + (rows.cut + rows.dropped) * pitch + cutGap + (count < tree.last ? 36 : 20),
  };
}

/** How a thing is drawn: 'end' (a finished one holds its place), 'dot' (kept, and nothing came of it) or 'word'. */
export function beamForm(view, p, { node, d, carried, kind }) {
  if (carried && kind === 'kept') return 'end';
  if (kind !== 'kept' || p.numbers || d === view.at || p.marks.has(node) || view.alive.has(node)) return 'word';
  return 'dot';
}

/** The rows that ↑ and ↓ go through at a depth: all that stood for choice, best first; the chosen one is drawn. */
export const beamStops = ({ tree, at }) => tree.steps[at];

/** Where a chosen row goes with the words: to its parent, to its best kept continuation, or nowhere. */
export function beamWalk({ tree, node, at }, by) {
  const d = clamp(at + by, 1, tree.last);
  if (node === null || d === at) return { depth: d, node: d === at ? node : null };
  if (by < 0) return { depth: d, node: tree.depth[node] < at ? node : tree.parent[node] || null };
  if (inBeam(tree, node, d)) return { depth: d, node }; // finished, it holds its place
  const next = tree.children[node].filter((child) => inBeam(tree, child, d));
  return { depth: d, node: next.length ? next.reduce((a, b) => (tree.logProb[b] > tree.logProb[a] ? b : a)) : null };
}
