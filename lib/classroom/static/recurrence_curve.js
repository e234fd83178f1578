// How many keys each rule answers rightly, over how many were written.
import { h, set } from './common.js';
import { readable } from './palette.js';

const [CURVE_LEFT, CURVE_TOP, CURVE_TALL, CURVE_UNDER] = [34, 24, 170, 38];
const CURVE_RIGHT = 124; // for the names
const LABEL_LINE = 15;

/** Names at the right end, moved apart where lines end close together. */
export function spreadLabels(heights, least, most) {
  const order = heights.map((y, i) => [y, i]).sort((a, b) => a[0] - b[0]);
  const placed = order.map(([y]) => y);
  for (let i = 1; i < placed.length; i++) placed[i] = Math.max(placed[i], placed[i - 1] + LABEL_LINE);
  const over = Math.max(0, (placed.at(-1) ?? 0) - most);
  for (let i = placed.length - 1, limit = most; i >= 0 && over; i--) {
    placed[i] = Math.min(placed[i], limit);
    limit = placed[i] - LABEL_LINE;
  }
  const at = [];
  order.forEach(([, i], k) => (at[i] = Math.max(least, placed[k])));
  return at;
}

/** Lines that lie on each other, DeltaNet's with and without its gate, get one label: [{ …line, said: names }]. */
function gatedOrNot(known) {
  const [plain, gated] = ['DeltaNet', 'Gated DeltaNet'].map((own) => known.find((one) => one.name === own));
  const one = plain && gated && plain.values.every((count, n) => count === gated.values[n]);
  const upper = known.indexOf(plain) > known.indexOf(gated) ? plain : gated; // drawn later
  const shown = one ? known.filter((line) => line === upper || (line !== plain && line !== gated)) : known;
  return shown.map((line) => ({ ...line, said: one && line === upper ? [plain.name, gated.name] : [line.name] }));
}

/** `draw(view, palette, width)`. */
export function curvesPanel(act) {
  const head = h('h4', { text: 'Keys answered rightly, over how many were written' });
  const twice = h('input', { type: 'checkbox', 'data-role': 'twice' });
  twice.addEventListener('change', () => act.put({ again: twice.checked }));
  const label = h('label', {}, twice, 'each key twice, the second time with a new value');
  const svg = h('svg:svg', { role: 'img', 'data-role': 'curves' });
  const node = h('div', { class: 'curves' }, head, label, svg);

  function draw(view, palette, width) {
    const { curves, curve, rows, name } = view;
    const most = curve.length - 1;
    const wide = Math.max(140, Math.min(width, 620) - CURVE_LEFT - CURVE_RIGHT);
    const top = Math.max(rows + 2, 1.25 * rows, ...curve, ...curves.flatMap((one) => (one.values ? [...one.values] : [])));
    const x = (n) => CURVE_LEFT + (n / most) * wide;
    const y = (count) => CURVE_TOP + CURVE_TALL - (count / top) * CURVE_TALL;
    const parts = [];
    const text = (at, up, words, more) =>
      parts.push(h('svg:text', { x: at, y: up, 'font-size': 12, class: 'dim', text: words, ...more }));
    const line = (a, b, c, d, more) =>
      parts.push(h('svg:line', { x1: a, y1: b, x2: c, y2: d, stroke: palette.line, ...more }));
    line(CURVE_LEFT, y(0), CURVE_LEFT + wide, y(0));
    const every = top > 12 ? 4 : 2;
    for (let count = 0; count <= top; count += every) {
      line(CURVE_LEFT, y(count), CURVE_LEFT + wide, y(count), { 'stroke-width': 0.6 });
      text(CURVE_LEFT - 6, y(count) + 4, count, { 'text-anchor': 'end' });
    }
    for (let n = 0; n <= most; n += rows / 2) text(x(n), y(0) + 16, n, { 'text-anchor': 'middle' });
    text(CURVE_LEFT + wide / 2, y(0) + 32, 'different keys written', { 'text-anchor': 'middle' });
    line(x(0), y(0), x(Math.min(top, most)), y(Math.min(top, most)), {
      'stroke-dasharray': '2 4',
      stroke: palette.dim,
    });
    line(x(rows), CURVE_TOP - 4, x(rows), y(0), { 'stroke-dasharray': '5 4', stroke: palette.accent });
    text(x(rows), CURVE_TOP - 8, 'as many as rows', {
      style: `fill:${palette.accent}`,
      class: null,
      'text-anchor': 'middle',
    });
    text(x(Math.min(top, most)) + 4, y(Math.min(top, most)) + 4, 'all');
    const path = (values) =>
      [...values].map((count, n) => `${n ? 'L' : 'M'}${x(n).toFixed(1)},${y(count).toFixed(1)}`).join('');
    const known = curves.map((one, i) => ({ ...one, colour: palette.states[i] })).filter((one) => one.values);
    if (!name) known.push({ name: 'your rule', values: curve, colour: palette.ink });
    known.sort((a, b) => (a.name === name) - (b.name === name)); // the chosen one on top
    const named = gatedOrNot(known);
    const labels = spreadLabels(
      named.map((one) => y(one.values[most])),
      CURVE_TOP,
      y(0),
    );
    known.forEach(({ name: own, values, colour }) => {
      const chosen = own === name || own === 'your rule';
      const [strong, thin] = [{ 'stroke-width': 3.2 }, { 'stroke-width': 1.4 }];
      parts.push(
        h('svg:path', {
          d: path(values),
          fill: 'none',
          stroke: colour,
          'stroke-linejoin': 'round',
          'data-curve': own,
          ...(chosen ? strong : thin),
        }),
      );
    });
    named.forEach(({ name: own, said, values, colour }, i) => {
      const chosen = said.includes(name) || own === 'your rule';
      const end = { stroke: colour, 'stroke-width': 0.8 };
      line(x(most) + 1, y(values[most]), x(most) + 12, labels[i] - 4, end);
      const look = {
        style: `fill:${readable(colour, palette)}`,
        'font-weight': chosen ? 700 : 400,
        class: null,
      };
      text(x(most) + 15, labels[i], said.length > 1 ? '(Gated) DeltaNet' : own, look);
    });
    twice.checked = view.twice;
    set(svg, { width: CURVE_LEFT + wide + CURVE_RIGHT, height: CURVE_TOP + CURVE_TALL + CURVE_UNDER });
    const said = known.map(
      (one) => `${one.name} ${one.values[rows].toFixed(1)} of ${rows}, ${one.values[most].toFixed(1)} of ${most}`,
    );
    set(svg, { 'aria-label': `Keys answered rightly: ${said.join('; ')}` });
    svg.replaceChildren(...parts);
  }
  return { node, draw };
}
