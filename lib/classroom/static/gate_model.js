// What a cell with gates keeps and writes, and which of its units to look at. Pure: no drawing.
import { decode16 } from './common.js';

export const GATE_OPEN = 0.9; // from here on a gate is called open
export const KEEPERS = ['forget_gate', 'update_gate'];
export const GATE_SORTS = ['number', 'most open', 'changes most', 'pattern'];
export const GATE_NAMES = ['forget_gate', 'update_gate', 'input_gate', 'reset_gate', 'output_gate'];

/** The runs with their arrays: values[quantity] is a Float32Array, T x units, step after step.
 *  What a held run does before its begin is what the first run did. */
export function gateRuns(codes, layout, steps, units) {
  if (typeof codes === 'string') codes = Uint8Array.from(atob(codes), (c) => c.charCodeAt(0));
  const [buffer, offset] = [codes.buffer ?? codes, codes.byteOffset ?? 0];
  const runs = [];
  for (const { name, hold, text, bits, begin, parts } of layout) {
    const values = {};
    for (const [quantity, [low, high, first]] of Object.entries(parts)) {
      const count = (steps - begin) * units;
      const read = decode16(new DataView(buffer, offset + 2 * first, 2 * count), low, high);
      values[quantity] = begin ? new Float32Array(steps * units) : read;
      if (begin) {
        values[quantity].set(runs[0].values[quantity].subarray(0, begin * units));
        values[quantity].set(read, begin * units);
      }
    }
    runs.push({ name, hold, text, bits, values, steps, units });
  }
  return runs;
}

/** One unit of a quantity over time, or null where it was not recorded. */
export function unitRow({ values, steps, units }, quantity, unit) {
  if (!values[quantity]) return null;
  return Array.from({ length: steps }, (_, t) => values[quantity][t * units + unit]);
}

/** The quantity that is kept: the cell, in a GRU the hidden layer, and null for anything else. */
export const memoryOf = (values) => (values.cell_state ? 'cell_state' : values.update_gate ? 'hidden' : null);
export const keeperOf = (values) => KEEPERS.find((gate) => values[gate]) ?? null;

/** What one unit does: { memory, keeper, rows: quantity -> T numbers, before, kept, written, after }; the last four
 *  are null without a memory. The first `kept` is what input gate and candidate leave unexplained. */
export function gateStory(run, unit) {
  const [memory, keeper] = [memoryOf(run.values), keeperOf(run.values)];
  const rows = {};
  for (const quantity of Object.keys(run.values)) rows[quantity] = unitRow(run, quantity, unit);
  const told = { memory, keeper, rows, before: null, kept: null, written: null, after: null };
  if (!memory) return told;
  const after = rows[memory];
  const keep = keeper ? rows[keeper] : after.map(() => 1);
  const gru = memory === 'hidden';
  let first = 0;
  if (rows.candidate && (gru || rows.input_gate)) {
    const write = gru ? 1 - keep[0] : rows.input_gate[0];
    const left = after[0] - write * rows.candidate[0];
    first = Math.abs(left) > 1e-3 && keep[0] > 1e-3 ? left / keep[0] : 0;
  }
  const before = [first, ...after.slice(0, -1)];
  const kept = before.map((x, t) => keep[t] * x);
  return { ...told, before, kept, written: after.map((x, t) => x - kept[t]), after };
}

/** The correlation of every unit with a pattern (T booleans); 0 where one of both stays the same. */
export function gateCorrelations(values, steps, units, pattern) {
  const mean = pattern.filter(Boolean).length / steps;
  const marks = pattern.map((mark) => Number(mark) - mean);
  const spread = marks.reduce((sum, m) => sum + m * m, 0);
  return Array.from({ length: units }, (_, unit) => {
    let [sum, square, both] = [0, 0, 0];
    for (let t = 0; t < steps; t++) sum += values[t * units + unit];
    for (let t = 0; t < steps; t++) {
      const x = values[t * units + unit] - sum / steps;
      square += x * x;
      both += x * marks[t];
    }
    const size = Math.sqrt(square * spread);
    return size > 1e-9 ? both / size : 0;
  });
}

/** How well each unit answers to a way of sorting: the larger, the higher it stands. */
export function gateScores({ values, steps, units }, sort, quantity, pattern) {
  const of = (call) => Array.from({ length: units }, (_, unit) => call(unit));
  if (sort === 'most open') {
    const gate = values[keeperOf(values)];
    return of((unit) => {
      let sum = 0;
      for (let t = 0; t < steps; t++) sum += gate[t * units + unit];
      return sum / steps;
    });
  }
  const table = values[quantity];
  if (sort === 'changes most')
    return of((unit) => {
      let way = 0;
      for (let t = 1; t < steps; t++)
        way += Math.abs(table[t * units + unit] - table[(t - 1) * units + unit]);
      return way;
    });
  if (sort === 'pattern' && pattern) return gateCorrelations(table, steps, units, pattern).map(Math.abs);
  return of((unit) => -unit);
}

/** Units from the top of the overview to its end. */
export function gateOrder(run, sort, quantity, pattern) {
  const scores = gateScores(run, sort, quantity, pattern);
  return scores.map((_, unit) => unit).sort((a, b) => scores[b] - scores[a] || a - b);
}

/** The longest stretch of steps at which a gate is open: { begin, end }, the first of equals; or null. */
export function longestOpen(gate) {
  let [best, begin] = [null, 0];
  for (let t = 0; t <= gate.length; t++) {
    if (t < gate.length && gate[t] >= GATE_OPEN) continue;
    if (t - begin > (best ? best.end - best.begin : 0)) best = { begin, end: t };
    begin = t + 1;
  }
  return best;
}

/** What holding did to the surprise from `begin` on: { old, now, most: { t, old, now } }, or null without bits. */
export function surpriseChange(old, now, begin) {
  const both = [];
  for (let t = begin; t < (old && now ? old.length : 0); t++)
    if (old[t] != null && now[t] != null) both.push({ t, old: old[t], now: now[t] });
  if (both.length === 0) return null;
  const mean = (side) => both.reduce((sum, each) => sum + each[side], 0) / both.length;
  const by = (each) => Math.abs(each.now - each.old);
  return { old: mean('old'), now: mean('now'), most: both.reduce((a, b) => (by(b) > by(a) ? b : a)) };
}

/** Are two holds the same? */
export const sameHold = (a, b) =>
  a === b || Boolean(a && b && ['gate', 'unit', 'value', 'begin', 'end'].every((key) => a[key] === b[key]));

/** How many characters two texts begin with in common. */
export function commonStart(a, b) {
  let k = 0;
  while (k < a.length && k < b.length && a[k] === b[k]) k++;
  return k;
}
