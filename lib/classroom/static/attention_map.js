// The map: cells on a canvas; words, gold, links and the chosen row above it as SVG.
import { cutWord, WORD_SIZE } from './attention_text.js';
import { attentionRowWords, weightText } from './attention_words.js';
import { h, set, textWidth } from './common.js';
import { linkVerdict } from './attention_model.js';
import { inkOn, rgb, shade } from './palette.js';

const stopsOf = ({ signed }, palette) => (signed ? palette.diverging : palette.sequential);
const placed = (x, { low, high }) => (x - low) / (high - low);

/** Where things lie. Source words stand level if they fit, else slanted; rows are 17 to 32 pixels high. */
export function attentionPlan({ source, target }, width) {
  const names = Math.max(...target.map((word) => textWidth(word, WORD_SIZE))),
    left = Math.min(Math.ceil(names) + 40, width * 0.3),
    cell = Math.min(84, (width - left - 26) / source.length),
    widest = Math.max(...source.map((word) => textWidth(word, WORD_SIZE))),
    level = widest < cell - 6,
    top = level ? 28 : Math.min(110, widest * 0.72) + 18,
    tall = target.length > 34 ? 17 : target.length > 20 ? 22 : 30;
  return {
    ...{ left, cell, level, top, tall, columns: source.length, rows: target.length },
    ...{ width: left + cell * source.length + (level ? 4 : 26), height: top + tall * target.length + 4 },
    row: (y) => Math.floor((y - top) / tall),
    x: (s) => left + cell * s,
    y: (t) => top + tall * t,
  };
}

/** { node, plan(), draw(view, palette, width, focused) } */
export function attentionMap() {
  const canvas = h('canvas', { 'aria-hidden': 'true' }),
    pen = canvas.getContext('2d'),
    svg = h('svg:svg', { 'aria-hidden': 'true' }),
    node = h('div', { class: 'map', tabindex: 0, role: 'application', 'data-role': 'map' }, canvas, svg);
  let plan = null,
    painted = [];

  function paint({ values, scale, source, target }, palette) {
    const now = [values, scale.signed, scale.high, palette.bg];
    if (now.every((part, k) => part === painted[k])) return;
    painted = now;
    Object.assign(canvas, { width: source.length, height: target.length });
    const image = pen.createImageData(source.length, target.length),
      stops = stopsOf(scale, palette);
    values.forEach((x, k) => image.data.set([...rgb(shade(stops, placed(x, scale))), 255], 4 * k));
    pen.putImageData(image, 0, 0);
  }

  function draw(view, palette, width, focused) {
    plan = attentionPlan(view, width);
    paint(view, palette);
    const [wide, tall] = [plan.cell * plan.columns, plan.tall * plan.rows];
    canvas.style.cssText = `left:${plan.left}px; top:${plan.top}px; width:${wide}px; height:${tall}px; image-rendering:pixelated`;
    svg.replaceChildren(
      ...mapGrid(plan, palette),
      ...mapNumbers(view, plan, palette),
      ...(view.showGold ? mapGold(view, plan, palette) : []),
      ...mapLinks(view, plan, palette),
      ...mapWords(view, plan, palette, focused),
    );
    set(svg, { width: plan.width, height: plan.height });
    set(node, { 'aria-label': `${view.name ?? view.layer}, a row for each target word. ${attentionRowWords(view)}` });
  }
  return { node, plan: () => plan, draw };
}

function mapGrid({ left, top, cell, tall, rows, columns }, { line, bg }) {
  const box = { x: left, y: top, width: cell * columns, height: tall * rows, fill: 'none', stroke: line };
  let d = '';
  for (let t = 1; t < rows; t++) d += `M${left} ${top + tall * t}h${cell * columns}`;
  for (let s = 1; s < columns; s++) d += `M${left + cell * s} ${top}v${tall * rows}`;
  return [h('svg:path', { d, stroke: bg, 'stroke-width': 1, opacity: 0.55 }), h('svg:rect', box)];
}

/** Numbers in the cells of the chosen row, where there is room beside the mark of a link. */
function mapNumbers({ values, scale, row, links }, { cell, tall, x, y, columns }, palette) {
  const linked = new Set(links.filter(([, j]) => j === row).map(([i]) => i));
  return Array.from({ length: columns }, (_, s) => {
    const value = values[row * columns + s],
      text = weightText(value),
      taken = linked.has(s) && cell < 62 ? 15 : 0;
    if (Math.abs(value) < 0.005 || textWidth(text, 11.5) > cell - taken - 4) return h('svg:g');
    return h('svg:text', {
      ...{ x: x(s) + (cell - taken) / 2, y: y(row) + tall / 2 + 4, 'text-anchor': 'middle' },
      ...{ 'font-size': 11.5, 'font-weight': 600, text, 'data-number': s },
      style: `fill:${inkOn(shade(stopsOf(scale, palette), placed(value, scale)))}`,
    });
  });
}

/** Gold links: a frame, whole where the link must be there, dashed where it may. */
function mapGold({ gold, possible }, { cell, tall, x, y }, palette) {
  const sure = new Set(gold.map(String)),
    frames = [...gold, ...(possible ?? []).filter((link) => !sure.has(String(link)))];
  return frames.flatMap(([i, j]) => {
    const dash = sure.has(`${i},${j}`) ? null : '4 3',
      box = { x: x(i) + 2, y: y(j) + 2, width: cell - 4, height: tall - 4, rx: 4, fill: 'none' };
    return [
      h('svg:rect', { ...box, stroke: palette.bg, 'stroke-width': 4.5, opacity: 0.8 }),
      h('svg:rect', {
        ...box,
        stroke: palette.good,
        'stroke-width': 2.2,
        'stroke-dasharray': dash,
        'data-gold': `${i}-${j}`,
      }),
    ];
  });
}

/** The links that the weights make: a disc; a cross where gold says otherwise. */
function mapLinks(view, { cell, tall, x, y }, palette) {
  return view.links.map((link) => {
    const [i, j] = link,
      [cx, cy] = [x(i) + cell - 9, y(j) + 9],
      wrong = view.showGold && linkVerdict(link, view) === 'wrong',
      tag = { 'data-link': `${i}-${j}`, 'data-wrong': `${wrong}` };
    if (cell < 20 || tall < 20)
      return h('svg:circle', {
        cx: x(i) + cell / 2,
        cy: y(j) + tall / 2,
        r: 2.4,
        fill: wrong ? palette.bad : palette.bg,
        stroke: palette.ink,
        ...tag,
      });
    if (!wrong) return h('svg:circle', { cx, cy, r: 3.4, fill: palette.bg, stroke: palette.ink, ...tag });
    return h(
      'svg:g',
      tag,
      h('svg:circle', { cx, cy, r: 6.5, fill: palette.bg, stroke: palette.bad }),
      h('svg:path', { d: `M${cx - 3} ${cy - 3}l6 6m0 -6l-6 6`, stroke: palette.bad, 'stroke-width': 2 }),
    );
  });
}

function mapWords(view, plan, palette, focused) {
  const { source, target, row, pinned, values, links } = view,
    { cell, tall, x, y, top, left, level, columns, rows } = plan,
    own = values.subarray(row * columns, (row + 1) * columns),
    most = own.reduce((best, v, s) => (v > own[best] ? s : best), 0);
  const heads = source.map((word, s) => {
    const [at, foot] = [x(s) + cell / 2, top - 9],
      look = s === most ? { 'font-weight': 700 } : { class: 'dim' };
    const where = level
      ? { x: at, y: foot, 'text-anchor': 'middle' }
      : { transform: `translate(${at} ${foot}) rotate(-42)` };
    return h('svg:text', {
      ...where,
      ...look,
      'font-size': WORD_SIZE,
      text: cutWord(word, level ? cell : 126),
      'data-source': s,
    });
  });
  const wrong = new Set(links.filter((link) => linkVerdict(link, view) === 'wrong').map(([, j]) => j));
  const names = target.map((word, t) => {
    const style = t === row ? `fill:${palette.accent}` : null,
      told = view.showGold && wrong.has(t) ? `${cutWord(word, left - 40)} ✗` : cutWord(word, left - 24);
    return h('svg:text', {
      ...{
        x: left - 10,
        y: y(t) + tall / 2 + 4.5,
        'text-anchor': 'end',
        'font-size': tall < 20 ? 11.5 : WORD_SIZE,
        style,
      },
      ...{ 'font-weight': t === row ? 700 : 400, text: told, 'data-target': t },
    });
  });
  const box = { x: left - 1, y: y(row) - 1, width: cell * columns + 2, height: tall + 2, rx: 3, fill: 'none' };
  const band = [
    h('svg:rect', { ...box, stroke: palette.bg, 'stroke-width': 5, opacity: 0.7 }),
    h('svg:rect', { ...box, stroke: palette.accent, 'stroke-width': focused ? 3 : 2, 'data-role': 'band' }),
  ];
  if (pinned !== null && pinned < rows)
    band.push(
      h('svg:path', { d: `M3 ${y(pinned) + tall / 2 - 6}l10 6l-10 6z`, fill: palette.accent, 'data-pin': pinned }),
    );
  return [...heads, ...names, ...band];
}
