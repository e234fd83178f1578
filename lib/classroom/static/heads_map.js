// One head large: cells on a canvas; the words of its rows and columns and the chosen row above it as SVG.
import { cutWord, WORD_SIZE } from './attention_text.js';
import { clamp, h, set, textWidth } from './common.js';
import { headsLinesPlan, linesParts } from './heads_lines.js';
import { headsTable } from './heads_grid.js';
import { headsMost, headsStart } from './heads_model.js';
import { headName, headsRowWords, seenWord, shareText } from './heads_words.js';
import { inkOn, shade } from './palette.js';

const HEADS_TALL = 580; // pixels that all rows share
const widestOf = (words, size) => Math.max(...words.map((word) => textWidth(seenWord(word), size)));

/** Where things lie. Words of columns stand level if they fit, else slanted; where cells are small words are thinned. */
export function headsMapPlan({ rows, columns }, width) {
  const left = Math.ceil(Math.min(widestOf(rows, WORD_SIZE), width * 0.26)) + 26,
    slant = widestOf(columns, WORD_SIZE),
    free = Math.min(64, (width - left - 8) / columns.length),
    level = slant < free - 4 || columns.every((word) => word.length === 1),
    cell = level ? free : Math.min(64, (width - left - 8 - Math.min(80, slant * 0.7)) / columns.length),
    tall = clamp(cell, Math.min(9, HEADS_TALL / rows.length), Math.min(34, Math.max(9, HEADS_TALL / rows.length))),
    top = level ? 24 : Math.min(100, slant * 0.72) + 16;
  return {
    ...{ left, cell, tall, level, top, rows: rows.length, columns: columns.length },
    ...{ width: left + cell * columns.length + (level ? 8 : Math.min(80, slant * 0.7) + 8) },
    height: top + tall * rows.length + 4,
    row: (y) => Math.floor((y - top) / tall),
    column: (x) => Math.floor((x - left) / cell),
    x: (s) => left + cell * s,
    y: (t) => top + tall * t,
  };
}

/** Which of `count` words at `pitch` pixels have room of `need`; those in `always` first. */
export function thinned(count, pitch, need, always) {
  const apart = Math.ceil(need / pitch);
  return Array.from({ length: count }, (_, k) => k).filter(
    (k) => always.includes(k) || (k % apart === 0 && always.every((own) => Math.abs(own - k) * pitch >= need)),
  );
}

/** { node, plan(), draw(view, palette, width, focused) } */
export function headsMap() {
  const canvas = h('canvas', { 'aria-hidden': 'true' }),
    pen = canvas.getContext('2d'),
    svg = h('svg:svg', { 'aria-hidden': 'true' }),
    node = h('div', { class: 'map', tabindex: 0, role: 'application', 'data-role': 'map' }, canvas, svg);
  let plan = null,
    painted = [];

  function paint({ kind, shown }, palette) {
    const start = headsStart(kind, shown.layer, shown.head),
      now = [kind.codes, start, palette.bg];
    if (now.every((part, k) => part === painted[k])) return;
    painted = now;
    const [, , rows, columns] = kind.shape,
      image = pen.createImageData(columns, rows),
      words = new Uint32Array(image.data.buffer),
      table = headsTable(palette.sequential);
    Object.assign(canvas, { width: columns, height: rows });
    for (let k = 0; k < words.length; k++) words[k] = table[kind.codes[start + k]];
    pen.putImageData(image, 0, 0);
  }

  function draw(view, palette, width, focused) {
    canvas.hidden = view.view === 'lines';
    if (canvas.hidden) drawLines(view, palette, width, focused);
    else drawMap(view, palette, width, focused);
    set(svg, { width: plan.width, height: plan.height });
    set(node, { 'aria-label': `${headName(view.shown)}, a row for each that looks. ${headsRowWords(view)}` });
  }
  function drawLines(view, palette, width, focused) {
    plan = headsLinesPlan(view.kind, Math.min(width, 560), HEADS_TALL);
    svg.replaceChildren(...linesParts(view, plan, palette, focused));
  }
  function drawMap(view, palette, width, focused) {
    plan = headsMapPlan(view.kind, width);
    paint(view, palette);
    const size = `width:${plan.cell * plan.columns}px; height:${plan.tall * plan.rows}px`;
    canvas.style.cssText = `left:${plan.left}px; top:${plan.top}px; ${size}; image-rendering:pixelated`;
    svg.replaceChildren(
      ...mapFrame(plan, palette),
      ...rowNumbers(view, plan, palette),
      ...mapNames(view, plan, palette, focused),
    );
  }
  return { node, plan: () => plan, draw };
}

function mapFrame({ left, top, cell, tall, rows, columns }, { line, bg }) {
  const box = { x: left, y: top, width: cell * columns, height: tall * rows, fill: 'none', stroke: line };
  let d = '';
  if (Math.min(cell, tall) > 12) {
    for (let t = 1; t < rows; t++) d += `M${left} ${top + tall * t}h${cell * columns}`;
    for (let s = 1; s < columns; s++) d += `M${left + cell * s} ${top}v${tall * rows}`;
  }
  return [h('svg:path', { d, stroke: bg, 'stroke-width': 1, opacity: 0.5 }), h('svg:rect', box)];
}

/** Numbers in the cells of the chosen row, where there is room. */
function rowNumbers({ values, row }, { cell, tall, x, y }, palette) {
  if (cell < 30 || tall < 15) return [];
  return Array.from(values, (value, s) => {
    if (value < 0.005) return null;
    const fill = inkOn(shade(palette.sequential, Math.sqrt(value)));
    return h('svg:text', {
      ...{ x: x(s) + cell / 2, y: y(row) + tall / 2 + 4, 'text-anchor': 'middle', 'font-size': 11.5 },
      ...{ 'font-weight': 600, text: shareText(value), 'data-number': s, style: `fill:${fill}` },
    });
  }).filter(Boolean);
}

function mapNames({ kind, row, pinned, values, column }, plan, palette, focused) {
  const { left, top, cell, tall, x, y, level } = plan,
    most = headsMost(values),
    always = column === null || column === undefined ? [most] : [column],
    small = clamp(cell * 1.2, 9.5, WORD_SIZE),
    size = clamp(tall * 1.05, 9, WORD_SIZE);
  const heads = thinned(kind.columns.length, cell, level ? (kind.noun === 'letter' ? 6 : 1) : 12, always).map((s) => {
    const [at, foot] = [x(s) + cell / 2, top - 8],
      look = always.includes(s) ? { 'font-weight': 700 } : { class: 'dim' },
      where = level
        ? { x: at, y: foot, 'text-anchor': 'middle' }
        : { transform: `translate(${at} ${foot}) rotate(-42)` };
    return h('svg:text', {
      ...{ ...where, ...look, 'font-size': always.includes(s) ? WORD_SIZE : small, 'data-column': s },
      text: cutWord(seenWord(kind.columns[s]), level ? Math.max(cell, 16) : 108),
    });
  });
  const names = thinned(kind.rows.length, tall, kind.noun === 'letter' ? 7.5 : 10, [row]).map((t) =>
    h('svg:text', {
      ...{ x: left - 9, y: y(t) + tall / 2 + 4.5, 'text-anchor': 'end', 'data-row': t },
      ...{ 'font-size': t === row ? WORD_SIZE : size, 'font-weight': t === row ? 700 : 400 },
      ...(t === row ? { style: `fill:${palette.accent}` } : { class: 'dim' }),
      text: cutWord(seenWord(kind.rows[t]), left - 24),
    }),
  );
  const box = {
    x: left - 1,
    y: y(row) - 1,
    width: cell * kind.columns.length + 2,
    height: tall + 2,
    rx: 2,
    fill: 'none',
  };
  const band = [
    h('svg:rect', { ...box, stroke: palette.bg, 'stroke-width': 4, opacity: 0.7 }),
    h('svg:rect', { ...box, stroke: palette.accent, 'stroke-width': focused ? 2.8 : 1.8, 'data-role': 'band' }),
  ];
  if (always[0] === column) {
    const one = { x: x(column) + 0.5, y: y(row) + 0.5, width: cell - 1, height: tall - 1, fill: 'none' };
    band.push(
      h('svg:rect', { ...one, stroke: palette.bg, 'stroke-width': 3 }),
      h('svg:rect', { ...one, stroke: palette.ink, 'stroke-width': 1.4, 'data-cell': column }),
    );
  }
  const foot = { d: `M${x(most) + cell / 2} ${top - 2}l-3.5 -4h7z`, fill: palette.accent };
  if (values[most] > 1e-4) band.push(h('svg:path', foot));
  if (pinned !== null)
    band.push(
      h('svg:path', { d: `M2 ${y(pinned) + tall / 2 - 6}l10 6l-10 6z`, fill: palette.accent, 'data-pin': pinned }),
    );
  return [...heads, ...names, ...band];
}
