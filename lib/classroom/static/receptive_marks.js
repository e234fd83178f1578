// Words and marks of the receptive field picture: levels, output, legend, tokens, importance, steps back.
import { clamp, h, textWidth } from './common.js';
import { RECEPTIVE_GOALS } from './receptive_model.js';

const RECEPTIVE_APART = [1, 2, 5, 10, 20, 25, 50, 100];
const RECEPTIVE_DOUBLED = [1, 2, 4, 8, 16, 32, 64, 128, 256];

/** Names of the levels, the output, steps back. */
export function receptiveWords(view, palette, p) {
  const { step, compare, layers } = view;
  const side = (y, text) =>
    h('svg:text', { x: p.left - 16, y, 'text-anchor': 'end', 'font-size': 12, class: 'dim', text });
  const chain = compare === 'recurrent';
  const top = p.y(p.levels - 1);
  const parts = [side(p.y(p.levels - 1) - 3, 'outputs'), side(p.y(0) + 13, 'inputs')];
  if (chain) parts.push(side(p.y(1) + 4, 'states'));
  else parts.unshift(h('svg:text', { x: 6, y: 11, 'font-size': 12, 'font-weight': 600, text: 'dilation' }));
  const x = p.x(step);
  const r = Math.max(5, Math.min(8, p.r * 1.5));
  const look = { fill: palette.accent, stroke: palette.bg, 'stroke-width': 1.5 };
  parts.push(
    h('svg:path', {
      d: `M${x} ${top - r - 2}l${r + 2} ${r + 2}l${-r - 2} ${r + 2}l${-r - 2} ${-r - 2}z`,
      ...look,
      'data-role': 'output',
      'data-t': step,
    }),
  );
  const name = `output ${step + 1}`;
  const wide = textWidth(name, 12);
  const at = clamp(x, p.left + wide / 2, p.left + p.column * p.length - wide / 2 + 8);
  const bold = { 'font-size': 12, 'font-weight': 700, style: `fill:${palette.accent}` };
  parts.push(h('svg:text', { x: at, y: top - 15, 'text-anchor': 'middle', ...bold, text: name }));
  if (!chain && layers.some(([, d]) => d > 1) && view.grown >= p.levels - 1) {
    const reach = layers.reduce((sum, [k]) => sum + k - 1, 0);
    const far = Math.max(p.left, p.x(step - reach));
    const low = p.x(step - reach) >= p.left ? p.y(0) : top + (p.floor - top) * ((x - p.left) / (x - p.x(step - reach)));
    const dash = { stroke: palette.ink, 'stroke-width': 1.3, 'stroke-dasharray': '5 4', fill: 'none', opacity: 0.75 };
    parts.push(h('svg:path', { d: `M${x} ${top + r}L${far} ${low}`, ...dash, 'data-role': 'flat' }));
  }
  return [
    ...parts,
    ...receptiveTarget(view, palette, p),
    ...receptiveLegend(view, palette, p),
    ...receptiveTicks(view, palette, p),
  ];
}

/** Where a goal wants to get. */
function receptiveTarget({ goal, step }, palette, p) {
  if (!goal) return [];
  const { back, mark } = RECEPTIVE_GOALS[goal];
  const [x, top] = [p.x(step - back), p.y(p.levels - 1)];
  const line = { d: `M${x} ${top - 6}V${p.y(0) + 12}`, stroke: palette.accent, 'stroke-width': 1.3, fill: 'none' };
  const text = { x: x - 2, y: top - 15, 'font-size': 12, 'font-weight': 700, style: `fill:${palette.accent}` };
  return [
    h('svg:path', { ...line, 'stroke-dasharray': '2 3' }),
    h('svg:text', { ...text, text: mark, 'data-role': 'target' }),
  ];
}

/** What the marks mean: above everything. */
function receptiveLegend({ compare, layers, importance, now }, palette, p) {
  const arrives = { width: 9, height: 9, fill: palette.states[0] };
  const hole = { r: 4.5, fill: palette.bg, stroke: palette.bad, 'stroke-width': 1.8 };
  const thin = (x) => h('svg:rect', { x, y: 5, width: 9, height: 3, fill: palette.bad });
  const dash = { stroke: palette.ink, 'stroke-width': 1.3, 'stroke-dasharray': '5 4' };
  const entries = [['input that arrives', 9, (x) => h('svg:rect', { x, y: 2, ...arrives })]];
  if (now.holes.length && compare !== 'recurrent')
    entries.push([
      'hole: never arrives',
      9,
      (x) => (p.column < 7 ? thin(x) : h('svg:circle', { cx: x + 4.5, cy: 6.5, ...hole })),
    ]);
  if (compare === 'dilated' && layers.some(([, d]) => d > 1))
    entries.push(['as far without dilation', 24, (x) => h('svg:path', { d: `M${x} 7h24`, ...dash })]);
  const used = (x) => h('svg:circle', { cx: x + 5, cy: 6.5, r: 5.5, fill: palette.states[0] });
  if (importance) entries.push([importance.length > 1 ? 'large: important' : '', 10, used]);
  let x = p.left;
  const parts = [];
  for (const [text, wide, sign] of entries) {
    const next = x + wide + 6 + textWidth(text, 11.5) + 14;
    if (!text || next > p.left + p.column * p.length + 24) continue;
    parts.push(sign(x), h('svg:text', { x: x + wide + 6, y: 11, 'font-size': 11.5, class: 'dim', text }));
    x = next;
  }
  return parts;
}

/** How far back an input lies: below everything. */
function receptiveTicks({ step, compare, now }, palette, p) {
  const apart = RECEPTIVE_APART.find((by) => by * p.column >= 34) ?? 100;
  const doubling = compare === 'dilated' && now.field >= 64; // one road of one step sideways each
  const even = Array.from({ length: Math.floor(step / apart) }, (_, i) => (i + 1) * apart);
  const backs = [0, ...(doubling ? RECEPTIVE_DOUBLED : even)];
  const parts = [];
  for (const b of backs) {
    const text = b ? `${b}` : 'newest';
    if (b > step || (b && p.x(step - b) < p.left + 4)) continue;
    const d = `M${p.x(step - b)} ${p.end + 1}v4`;
    if (doubling) parts.push(h('svg:path', { d, stroke: palette.dim, 'stroke-width': 1, 'data-back': b }));
    if (b && b * p.column < 40) continue;
    const where = { x: clamp(p.x(step - b), p.left + 18, p.left + p.column * p.length - 10), y: p.end + 15 };
    parts.push(h('svg:text', { ...where, 'text-anchor': 'middle', 'font-size': 11, class: 'dim', text }));
  }
  parts.push(
    h('svg:text', {
      x: p.left - 16,
      y: p.end + 15,
      'text-anchor': 'end',
      'font-size': 11,
      class: 'dim',
      text: 'steps back',
    }),
  );
  return parts;
}

/** The tokens below the inputs: bold where they arrive. */
export function receptiveTokens({ tokens, now, step, traced, compare }, palette, p) {
  if (!tokens) return [];
  const widest = Math.max(...tokens.map((token) => textWidth([...token].slice(0, 8).join(''), 12)));
  const every = p.column >= widest + 3 ? 1 : p.column >= 9 && widest < 14 ? 1 : Math.ceil((widest + 4) / p.column);
  return tokens.flatMap((token, t) => {
    const mine = t === traced;
    if (!mine && (step - t) % every) return [];
    if (every > 1 && traced !== null && !mine && Math.abs(t - traced) < every) return [];
    const seen = t <= step && (compare === 'recurrent' || now.roads[0][step - t] > 0);
    const style = mine ? `fill:${palette.accent}` : null;
    const look = { 'font-weight': seen || mine ? 700 : 400, class: seen || mine ? null : 'dim', style };
    const text = token === ' ' ? '␣' : [...token].slice(0, 8).join('');
    const where = { x: p.x(t).toFixed(1), y: p.y(0) + 26, 'text-anchor': 'middle', 'font-size': 12.5 };
    return [h('svg:text', { ...where, ...look, 'data-token': t, text })];
  });
}

/** Bars of importance under the inputs. */
export function receptiveBars({ importance, traced, shares, measured }, palette, p) {
  if (!p.bars) return [];
  if (!importance)
    return [h('svg:text', { x: p.left, y: p.bars.base - 8, 'font-size': 12, class: 'dim', text: measured })];
  const tall = p.bars.base - p.bars.top;
  const wide = Math.max(0.8, Math.min(22, p.column * 0.72));
  const bars = Array.from(importance[0], (value, t) => {
    const height = Math.max(value > 0 ? 0.6 : 0, tall * value);
    const fill = t === traced ? palette.accent : palette.states[3];
    const box = { x: (p.x(t) - wide / 2).toFixed(1), y: (p.bars.base - height).toFixed(1), width: wide, height, fill };
    return h('svg:rect', { ...box, 'data-bar': t });
  });
  const side = (y, text, more) =>
    h('svg:text', { x: p.left - 16, y, 'text-anchor': 'end', 'font-size': 11, class: 'dim', text, ...more });
  const line = { x1: p.left, x2: p.left + p.column * p.length, y1: p.bars.base, y2: p.bars.base, stroke: palette.line };
  const most = shares.length ? `up to ${Math.round(100 * shares[0].share)} %` : 'all zero';
  return [
    h('svg:line', line),
    ...bars,
    side(p.bars.base - 20, 'importance', { 'font-size': 12 }),
    side(p.bars.base - 5, most),
  ];
}
