// All heads at a glance: a small map for each, layers down, heads across; marks and crosses above them as SVG.
import { h, set, textWidth } from './common.js';
import { headsStart, headsStretches, isCut, paintSmall } from './heads_model.js';
import { headsLabel, headName, shareMark } from './heads_words.js';
import { rgb, shade } from './palette.js';

const HEADS_TABLES = new WeakMap();

/** The colour of each code as a word of 32 bits. A code is a square root: light weights are seen. */
export function headsTable(stops) {
  if (!HEADS_TABLES.has(stops)) {
    const bytes = new Uint8ClampedArray(4 * 256);
    for (let code = 0; code < 256; code++) bytes.set([...rgb(shade(stops, code / 255)), 255], 4 * code);
    HEADS_TABLES.set(stops, new Uint32Array(bytes.buffer));
  }
  return HEADS_TABLES.get(stops);
}

/** Where the small maps lie. */
export function headsGridPlan({ shape }, width) {
  const [layers, heads, rows, columns] = shape,
    left = Math.ceil(textWidth(`layer ${layers}`, 12)) + 10,
    pitch = Math.min(112, (width - left) / heads),
    gap = pitch > 60 ? 9 : pitch > 30 ? 5 : 3,
    wide = Math.max(4, Math.floor(pitch - gap)),
    high = Math.max(4, Math.round(wide * Math.min(1.4, Math.max(0.5, rows / columns)))),
    top = 22;
  return {
    ...{ left, top, pitch, gap, wide, high, layers, heads, width: left + pitch * heads },
    ...{ step: high + gap, height: top + (high + gap) * layers },
    x: (head) => Math.round(left + pitch * head),
    y: (layer) => top + (high + gap) * layer,
    at(x, y) {
      const [head, layer] = [Math.floor((x - left) / pitch), Math.floor((y - top) / (high + gap))];
      return head >= 0 && head < heads && layer >= 0 && layer < layers ? { layer, head } : null;
    },
  };
}

/** { node, plan(), draw(view, palette, width, focused) } */
export function headsGrid() {
  const canvas = h('canvas', { 'aria-hidden': 'true' }),
    pen = canvas.getContext('2d'),
    still = h('svg:g'),
    moving = h('svg:g'),
    svg = h('svg:svg', { 'aria-hidden': 'true' }, still, moving),
    node = h('div', { class: 'grid', tabindex: 0, role: 'application', 'data-role': 'grid' }, canvas, svg);
  let plan = null,
    painted = [],
    marked = [];

  function paint({ codes, shape }, palette, scale) {
    const now = [codes, palette.bg, plan.width, plan.height, scale];
    if (now.every((part, k) => part === painted[k])) return;
    painted = now;
    const size = [plan.width, plan.height].map((x) => Math.ceil(x * scale)),
      image = pen.createImageData(...size),
      words = new Uint32Array(image.data.buffer),
      [layers, heads, rows, columns] = shape,
      across = headsStretches(columns, Math.round(plan.wide * scale)),
      down = headsStretches(rows, Math.round(plan.high * scale)),
      table = headsTable(palette.sequential);
    for (let layer = 0; layer < layers; layer++)
      for (let head = 0; head < heads; head++) {
        const at = Math.round(plan.y(layer) * scale) * size[0] + Math.round(plan.x(head) * scale);
        paintSmall(words, size[0], at, codes, headsStart({ shape }, layer, head), columns, down, across, table);
      }
    Object.assign(canvas, { width: size[0], height: size[1] });
    canvas.style.cssText = `width:${size[0] / scale}px; height:${size[1] / scale}px`;
    pen.putImageData(image, 0, 0);
  }

  function mark({ kind, cut, rule }, palette) {
    const now = [kind, cut, rule, palette.bg, plan.width, plan.height];
    if (now.every((part, k) => part === marked[k])) return;
    marked = now;
    still.replaceChildren(...gridNames(plan), ...gridMarks(kind, rule, cut, plan, palette));
  }

  function draw(view, palette, width, focused) {
    plan = headsGridPlan(view.kind, width);
    paint(view.kind, palette, Math.min(2, Math.max(1, window.devicePixelRatio || 1)));
    mark(view, palette);
    moving.replaceChildren(...gridFrames(view, plan, palette, focused));
    set(svg, { width: plan.width, height: plan.height });
    const [layers, heads] = view.kind.shape;
    set(node, {
      'aria-label': `${layers} layers of ${heads} heads. ${headName(view.shown)}: ${headsLabel(view.kind, view.shown)}`,
    });
  }
  return { node, plan: () => plan, draw };
}

function gridNames({ left, top, pitch, wide, high, layers, heads, x, y }) {
  const long = pitch > 50,
    apart = Math.ceil(16 / pitch),
    above = (head) => (long ? `head ${head + 1}` : head % apart ? '' : head + 1);
  const names = Array.from({ length: heads }, (_, head) =>
    h('svg:text', {
      x: x(head) + wide / 2,
      y: top - 7,
      'text-anchor': 'middle',
      'font-size': 11.5,
      class: 'dim',
      text: above(head),
    }),
  );
  if (!long)
    names.push(
      h('svg:text', { x: left - 8, y: top - 7, 'text-anchor': 'end', 'font-size': 11.5, class: 'dim', text: 'head' }),
    );
  for (let layer = 0; layer < layers; layer++)
    names.push(
      h('svg:text', {
        ...{ x: left - 8, y: y(layer) + high / 2 + 4, 'text-anchor': 'end', 'font-size': 11.5, class: 'dim' },
        text: `layer ${layer + 1}`,
      }),
    );
  return names;
}

/** Borders; with a rule the heads that do not follow it fade and the share stands in the corner; a cut head is crossed. */
function gridMarks({ shape, name }, rule, cut, { wide, high, x, y }, palette) {
  const [layers, heads] = shape,
    parts = [];
  for (let layer = 0; layer < layers; layer++)
    for (let head = 0; head < heads; head++) {
      const box = { x: x(head), y: y(layer), width: wide, height: high },
        share = rule ? rule.share[layer][head] : 1,
        gone = isCut(cut, [name, layer, head]);
      const fade = gone ? 0.6 : 0.8 * (1 - Math.min(1, share / 0.5));
      if (fade > 0.02) parts.push(h('svg:rect', { ...box, fill: palette.bg, opacity: fade.toFixed(2) }));
      parts.push(h('svg:rect', { ...box, fill: 'none', stroke: palette.line, 'data-small': `${layer}-${head}` }));
      if (gone) parts.push(...gridCross(box, palette, `${layer}-${head}`));
      else if (rule && wide >= 26 && share >= 0.1) parts.push(...gridShare(box, share, palette, `${layer}-${head}`));
    }
  return parts;
}

function gridCross({ x, y, width, height }, { bad, bg }, tag) {
  const d = `M${x + 3} ${y + 3}L${x + width - 3} ${y + height - 3}M${x + width - 3} ${y + 3}L${x + 3} ${y + height - 3}`,
    look = { d, 'stroke-linecap': 'round' };
  return [
    h('svg:path', { ...look, stroke: bg, 'stroke-width': 5 }),
    h('svg:path', { ...look, stroke: bad, 'stroke-width': 2.4, 'data-cut': tag }),
  ];
}

function gridShare({ x, y, width }, share, { bg, ink, line }, tag) {
  const text = shareMark(share),
    size = width < 40 ? 10 : 12,
    wide = textWidth(text, size) + 6;
  return [
    h('svg:rect', {
      x: x + width - wide - 1,
      y: y + 1,
      width: wide,
      height: size + 4,
      rx: 3,
      fill: bg,
      stroke: line,
      opacity: 0.94,
    }),
    h('svg:text', {
      ...{ x: x + width - wide / 2 - 1, y: y + size + 1, 'text-anchor': 'middle', 'font-size': size },
      ...{ 'font-weight': 650, style: `fill:${ink}`, text, 'data-share': tag },
    }),
  ];
}

/** The chosen head in a thick frame, one that is only looked at in a dashed one. */
function gridFrames({ chosen, shown, preview }, { wide, high, x, y }, { accent, bg }, focused) {
  const frame = ({ layer, head }, grow, look) =>
    h('svg:rect', {
      ...{
        x: x(head) - grow,
        y: y(layer) - grow,
        width: wide + 2 * grow,
        height: high + 2 * grow,
        rx: 3,
        fill: 'none',
      },
      ...look,
    });
  const own = {
      stroke: accent,
      'stroke-width': focused && !preview ? 3.4 : 2.4,
      'data-chosen': `${chosen.layer}-${chosen.head}`,
    },
    seen = {
      stroke: accent,
      'stroke-width': focused ? 2.6 : 1.8,
      'stroke-dasharray': '4 3',
      'data-preview': `${shown.layer}-${shown.head}`,
    };
  return [
    frame(chosen, 1.5, { stroke: bg, 'stroke-width': 4.5, opacity: 0.7 }),
    frame(chosen, 1.5, own),
    ...(preview ? [frame(shown, 1.5, { stroke: bg, 'stroke-width': 4.5, opacity: 0.7 }), frame(shown, 1.5, seen)] : []),
  ];
}
