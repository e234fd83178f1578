// The score as a function of the distance: from the chosen place, and from others.
import { clamp, h, set } from './common.js';
import { pressAndDrag } from './heat.js';
import { placeTicks } from './position_line.js';
import { curveWords, scoreWords } from './position_words.js';

const COURSE_HIGH = 214;
const [COURSE_LEFT, COURSE_TOP, COURSE_LOW] = [52, 12, 40];
const ALIBI_LEAST = -8; // a weight is below e^-8 of its own there

/** Ticks between two numbers, three to six of them, on round numbers. */
export function roundTicks(low, high) {
  const rough = (high - low) / 4;
  const ten = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * ten).find((s) => s >= rough);
  const count = Math.floor(high / step) - Math.ceil(low / step) + 1;
  return Array.from({ length: count }, (_, k) => (Math.ceil(low / step) + k) * step);
}

/** The lowest and the highest score of the lines, 0 among them, with some room. */
export function courseRange(code, lines) {
  if (code === 'alibi') return [ALIBI_LEAST, 0];
  let [low, high] = [0, 0.05];
  for (const line of lines)
    for (const value of line) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  const room = 0.06 * (high - low);
  return [low < 0 ? low - room : -room, high + room];
}

/** A heading and the curves below: { parts, draw(view, palette, width) }. */
export function positionCourse(act) {
  const heading = h('h4');
  const node = h('svg:svg', { class: 'course', 'aria-hidden': 'true', 'data-role': 'course' });
  let last = null;
  pressAndDrag(node, (x) => last && act.apart(clamp(Math.round((x - COURSE_LEFT) / last.step), 0, last.query)));

  function draw(view, palette, width) {
    const { code, length, trained, query, key, scores, others, heads, pair } = view;
    const step = Math.max(60, width - COURSE_LEFT - 14) / Math.max(1, length - 1);
    const own = scores.curve(query);
    const rest = code === 'alibi' ? heads : others.filter((t) => t !== query).map(scores.curve);
    const [low, high] = courseRange(code, [own, ...rest]);
    const bottom = COURSE_HIGH - COURSE_LOW;
    const x = (d) => COURSE_LEFT + d * step;
    const y = (value) => COURSE_TOP + ((high - value) / (high - low)) * (bottom - COURSE_TOP);
    last = { step, query };
    set(heading, { text: curveWords(view) });
    const made = [];
    const border = x(Math.min(trained, length) - 0.5);
    if (trained < length) {
      const ground = {
        x: border,
        y: COURSE_TOP,
        width: Math.max(0, width - 14 - border + 8),
        height: bottom - COURSE_TOP,
      };
      made.push(h('svg:rect', { ...ground, fill: palette.panel, stroke: palette.line, 'stroke-dasharray': '3 3' }));
      if (width - border > 190)
        made.push(
          h('svg:text', {
            x: width - 14,
            y: COURSE_TOP + 16,
            'text-anchor': 'end',
            class: 'dim',
            'font-size': 12,
            style: `paint-order:stroke;stroke:${palette.panel};stroke-width:4px;stroke-linejoin:round`,
            text: 'distances never met',
          }),
        );
    }
    for (const tick of roundTicks(low, high)) {
      const line = { x1: COURSE_LEFT - 4, x2: width - 14, y1: y(tick), y2: y(tick), stroke: palette.line };
      made.push(h('svg:line', { ...line, 'stroke-width': Math.abs(tick) < 1e-12 ? 1.5 : 0.7 }));
      const word = { x: COURSE_LEFT - 8, y: y(tick) + 4, 'text-anchor': 'end', class: 'dim', 'font-size': 11.5 };
      made.push(h('svg:text', { ...word, text: Number(tick.toPrecision(6)).toString().replace('-', '−') }));
    }
    for (const d of placeTicks(length, width / 60, 34 / step))
      made.push(
        h('svg:text', { x: x(d), y: bottom + 17, 'text-anchor': 'middle', class: 'dim', 'font-size': 11.5, text: d }),
      );
    made.push(
      h('svg:text', {
        x: (COURSE_LEFT + width) / 2,
        y: COURSE_HIGH - 4,
        'text-anchor': 'middle',
        class: 'dim',
        'font-size': 12,
        text: 'distance t − s',
      }),
    );
    const path = (line) => {
      let [text, pen] = ['', 'M'];
      line.forEach((value, d) => {
        if (Number.isNaN(value)) pen = 'M';
        else if (d && line[d - 1] < low) return;
        else {
          const share = value < low ? (line[d - 1] - low) / (line[d - 1] - value) : 1; // cut where it leaves the picture
          text += `${pen}${x(d - 1 + share).toFixed(1)} ${y(Math.max(low, value)).toFixed(1)}`;
          pen = 'L';
        }
      });
      return text;
    };
    const thin = {
      fill: 'none',
      stroke: palette.dim,
      'stroke-width': 1,
      'stroke-opacity': 0.75,
      'stroke-linejoin': 'round',
    };
    rest.forEach((line) => made.push(h('svg:path', { d: path(line), 'data-role': 'other', ...thin })));
    made.push(
      h('svg:path', {
        d: path(own),
        fill: 'none',
        stroke: palette.states[0],
        'stroke-width': 2.5,
        'stroke-linejoin': 'round',
        'data-role': 'own',
      }),
    );
    const apart = query - key;
    if (!Number.isNaN(pair)) {
      const at = clamp(pair, low, high);
      made.push(
        h('svg:line', {
          x1: x(apart),
          x2: x(apart),
          y1: COURSE_TOP,
          y2: bottom,
          stroke: palette.accent,
          'stroke-dasharray': '4 3',
        }),
      );
      const below = pair < low; // a mark that points to where it would stand
      const look = { fill: palette.accent, stroke: palette.bg, 'stroke-width': 2, 'data-role': 'pair' };
      made.push(
        below
          ? h('svg:path', { ...look, d: `M${x(apart) - 8} ${bottom - 11}h16l-8 12z`, 'data-below': 'true' })
          : h('svg:circle', { ...look, cx: x(apart), cy: y(at), r: 6 }),
      );
      const right = x(apart) < width - (below ? 200 : 130);
      const word = {
        x: x(apart) + (right ? 11 : -11),
        y: clamp(y(at) - 9, COURSE_TOP + 12, bottom - 6),
        'text-anchor': right ? 'start' : 'end',
      };
      const halo = `paint-order:stroke;stroke:${palette.bg};stroke-width:4px;stroke-linejoin:round`;
      made.push(
        h('svg:text', {
          ...word,
          'font-size': 13,
          'font-weight': 650,
          style: halo,
          text: below ? `${scoreWords(pair)}, below the picture` : scoreWords(pair),
          'data-role': 'score',
        }),
      );
    }
    node.replaceChildren(...made);
    set(node, { width, height: COURSE_HIGH, viewBox: `0 0 ${width} ${COURSE_HIGH}` });
  }
  return { parts: [heading, node], draw };
}
