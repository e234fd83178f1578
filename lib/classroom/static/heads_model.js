// HeadsViewer: the weights of all heads, which head and row are looked at, what is cut and what it changes. Pure.
import { clamp } from './common.js';

/** The bytes of all kinds -> the kinds, each with codes (Uint8Array, 255 √w, L x H x T x S) and weight(place). */
export function headsKinds(kinds, bytes, bits) {
  if (typeof bytes === 'string') bytes = Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0));
  const view = new DataView(bytes.buffer ?? bytes, bytes.byteOffset ?? 0, bytes.byteLength),
    count = (8 * view.byteLength) / bits,
    codes = new Uint8Array(count),
    fine = bits === 16 ? new Float32Array(count) : null;
  for (let k = 0; k < count; k++) {
    if (fine) fine[k] = view.getUint16(2 * k, true) / 65535;
    codes[k] = fine ? Math.round(255 * Math.sqrt(fine[k])) : view.getUint8(k);
  }
  return kinds.map((kind) => {
    const size = kind.shape.reduce((a, b) => a * b, 1);
    return {
      ...kind,
      codes: codes.subarray(kind.at, kind.at + size),
      weight: (k) => (fine ? fine[kind.at + k] : (codes[kind.at + k] / 255) ** 2),
    };
  });
}

/** The weights of one row of one head, and where in the codes its head begins. */
export function headsRow({ shape, weight }, layer, head, row) {
  const [, heads, rows, columns] = shape,
    at = ((layer * heads + head) * rows + row) * columns;
  return Float32Array.from({ length: columns }, (_, s) => weight(at + s));
}
export const headsStart = ({ shape }, layer, head) => (layer * shape[1] + head) * shape[2] * shape[3];

/** The place of the largest; the first of equals. */
export const headsMost = (values) => values.reduce((best, x, k) => (x > values[best] ? k : best), 0);

const sameHead = (a, b) => a[0] === b[0] && a[1] === b[1] && a[2] === b[2];
export const isCut = (cut, head) => cut.some((each) => sameHead(each, head));

/** The cuts with this head cut, or whole again. */
export const toggledCut = (cut, head) =>
  isCut(cut, head) ? cut.filter((each) => !sameHead(each, head)) : [...cut, head];

export const sameCuts = (a, b) => a.length === b.length && a.every((head) => isCut(b, head));

/** What cutting has changed in what the model says: { changed: [t, ...], right: [before, now], counted }. */
export function saidChanges({ first, said, wanted }) {
  if (!said) return null;
  const counted = wanted.flatMap((word, t) => (word === null ? [] : [t])),
    right = (list) => counted.filter((t) => list[t][0][0] === wanted[t]).length;
  return {
    changed: said.flatMap((row, t) => (first && row[0][0] !== first[t][0][0] ? [t] : [])),
    right: first ? [right(first), right(said)] : [right(said), right(said)],
    counted: counted.length,
  };
}

/** Where an arrow moves the head; null for another key. */
export function headsMove(key, { layer, head }, [layers, heads]) {
  const by = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[key];
  if (by) return { layer: clamp(layer + by[0], 0, layers - 1), head: clamp(head + by[1], 0, heads - 1) };
  if (key === 'Home') return { layer, head: 0 };
  return key === 'End' ? { layer, head: heads - 1 } : null;
}

/** Where a key moves the row; null for another key. */
export function headsRowMove(key, row, rows) {
  const to = { ArrowUp: row - 1, ArrowDown: row + 1, Home: 0, End: rows - 1 }[key];
  return to === undefined ? null : clamp(to, 0, rows - 1);
}

/** `pixels` stretches [from, to) of `cells`, none empty: which cells a pixel shows. */
export function headsStretches(cells, pixels) {
  return Array.from({ length: pixels }, (_, k) => {
    const from = Math.floor((k * cells) / pixels);
    return [from, Math.max(from + 1, Math.floor(((k + 1) * cells) / pixels))];
  });
}

/** One small map: for each pixel the largest code that it covers, into words[], whose rows are `stride` long. */
export function paintSmall(words, stride, at, codes, start, columns, down, across, table) {
  down.forEach(([top, foot], y) => {
    across.forEach(([left, right], x) => {
      let most = 0;
      for (let t = top; t < foot; t++)
        for (let k = start + t * columns + left, end = start + t * columns + right; k < end; k++)
          if (codes[k] > most) most = codes[k];
      words[at + y * stride + x] = table[most];
    });
  });
}

/** All that is drawn and said. state: the traits; ui: hover {layer, head}, cursor {layer, head}, row. */
export function headsView(state, kinds, answer, ui) {
  const kind = kinds.find(({ name }) => name === state.kind) ?? kinds[0],
    [layers, heads, rows] = kind.shape,
    chosen = { layer: clamp(state.layer, 0, layers - 1), head: clamp(state.head, 0, heads - 1) },
    seen = ui.hover ?? ui.cursor ?? chosen,
    shown = { layer: clamp(seen.layer, 0, layers - 1), head: clamp(seen.head, 0, heads - 1) },
    pinned = state.pinned !== null && state.pinned < rows ? state.pinned : null,
    row = clamp(ui.row ?? pinned ?? ui.rowCursor ?? headsBegin(kind), 0, rows - 1);
  return {
    ...{ kind, kinds, chosen, shown, pinned, row, cut: state.cut, view: state.view },
    preview: shown.layer !== chosen.layer || shown.head !== chosen.head,
    values: headsRow(kind, shown.layer, shown.head, row),
    rule: kind.rules.find(({ name }) => name === state.mark) ?? null,
    isCut: isCut(state.cut, [kind.name, shown.layer, shown.head]),
    ...{ answer, changes: saidChanges(answer), stale: !sameCuts(state.cut, answer.cut) },
  };
}

/** The row looked at first: the last one, which has the most to choose from. */
const headsBegin = ({ shape }) => shape[2] - 1;
