// Two plots over the length of the text, both axes in powers of ten: multiplications of the next word, and memory.
import { h, set, textWidth } from './common.js';
import { pressAndDrag } from './heat.js';
import { alongLine, LABEL_SIZE, placedLabels } from './cache_labels.js';
import { CACHE_LENGTHS, cacheCosts } from './cache_model.js';
import { cacheColours } from './cache_triangles.js';
import { bytesWords, countWords } from './cache_words.js';

const [PLOT_HIGH, PLOT_LEFT, PLOT_RIGHT, PLOT_TOP, PLOT_LOW] = [206, 62, 10, 10, 40];
const RAISED = '⁰¹²³⁴⁵⁶⁷⁸⁹';
const LONGEST = CACHE_LENGTHS.at(-1);

const power = (k) => `10${[...String(k)].map((digit) => RAISED[digit]).join('')}`;
/** Ticks in bytes: 1 kB, 1 MB … */
const byteTick = (k) => bytesWords(10 ** k).replace(/\.0+(?= )/, '');

/** Words in a box with the colour of their mark. */
const labelOf = ({ left, top, wide, high }, words, colour, palette) => [
  h('svg:rect', { x: left, y: top, width: wide, height: high, rx: 4, fill: palette.panel, stroke: colour }),
  h('svg:text', {
    x: left + wide / 2,
    y: top + high / 2 + 4.5,
    'text-anchor': 'middle',
    'font-size': LABEL_SIZE,
    'font-weight': 600,
    'data-label': '',
    text: words,
  }),
];

/** The lines of both plots: { work: [{ name, colour, dash, values }], memory: [...] }, a value for each length. */
export function cacheLines({ model, whole, batch, bytes, rivals, costs }, palette) {
  const { anew, cached, rival } = cacheColours(palette);
  const at = (one) => CACHE_LENGTHS.map((n) => cacheCosts(one, n, batch, bytes));
  const [now, full] = [at(model), at(whole)];
  const flat = (value) => CACHE_LENGTHS.map(() => value);
  const work = [
    { name: 'without a cache', colour: anew, values: now.map((cost) => cost.anew), wide: 2.5 },
    { name: 'with', colour: cached, values: now.map((cost) => cost.step), wide: 2.5 },
  ];
  const memory = [{ name: 'cache', colour: cached, values: now.map((cost) => cost.bytes), wide: 2.5 }];
  if (full.at(-1).bytes !== now.at(-1).bytes)
    memory.push({
      name: 'all heads answer, no window',
      colour: palette.dim,
      values: full.map((cost) => cost.bytes),
      dash: '2 3',
    });
  memory.push({ name: 'the model itself', colour: palette.ink, values: flat(costs.weights), dash: '7 4' });
  rivals.forEach(({ name, numbers, multiplications }, k) => {
    const dash = ['', '9 3 2 3', '3 3'][k % 3] || null;
    memory.push({ name, colour: rival, values: flat(numbers * batch * bytes), dash, wide: 2 });
    if (multiplications) work.push({ name, colour: rival, values: flat(multiplications * batch), dash, wide: 2 });
  });
  return { work, memory };
}

/** One plot: { node, draw(lines, length, palette, width) }. */
function cachePlot(act, role, tickWords) {
  const node = h('svg:svg', { class: 'plot', 'aria-hidden': 'true', 'data-role': role });
  let last = null;
  pressAndDrag(node, (x) => {
    if (!last) return;
    const wanted = 10 ** (((x - PLOT_LEFT) / last) * Math.log10(LONGEST));
    act.length(
      CACHE_LENGTHS.reduce((best, n) =>
        Math.abs(Math.log(n / wanted)) < Math.abs(Math.log(best / wanted)) ? n : best,
      ),
    );
  });
  function draw(lines, marks, length, palette, width) {
    const wide = (last = width - PLOT_LEFT - PLOT_RIGHT);
    const bottom = PLOT_HIGH - PLOT_LOW;
    const all = lines.flatMap((line) => line.values).filter((value) => value > 0);
    const spare = marks.length > 1 ? 1.3 : 0; // below the curves, for words
    const low = Math.floor(Math.log10(Math.min(...all)) - spare);
    const high = Math.ceil(Math.log10(Math.max(...all)) + 1e-9);
    const x = (n) => PLOT_LEFT + (Math.log10(n) / Math.log10(LONGEST)) * wide;
    const y = (value) => PLOT_TOP + ((high - Math.log10(value)) / (high - low)) * (bottom - PLOT_TOP);
    const made = [];
    const each = Math.ceil((high - low) / 5);
    for (let k = low; k <= high; k += each) {
      made.push(
        h('svg:line', {
          x1: PLOT_LEFT,
          x2: width - PLOT_RIGHT,
          y1: y(10 ** k),
          y2: y(10 ** k),
          stroke: palette.line,
          'stroke-width': 0.7,
        }),
      );
      made.push(
        h('svg:text', {
          x: PLOT_LEFT - 7,
          y: y(10 ** k) + 4,
          'text-anchor': 'end',
          class: 'dim',
          'font-size': 11.5,
          text: tickWords(k),
        }),
      );
    }
    for (const n of [1, 16, 256, 4096, 65536]) {
      made.push(h('svg:line', { x1: x(n), x2: x(n), y1: bottom, y2: bottom + 4, stroke: palette.dim }));
      made.push(
        h('svg:text', {
          x: x(n),
          y: bottom + 18,
          'text-anchor': 'middle',
          class: 'dim',
          'font-size': 11.5,
          text: n.toLocaleString('en'),
        }),
      );
    }
    made.push(
      h('svg:text', {
        x: PLOT_LEFT + wide / 2,
        y: PLOT_HIGH - 4,
        'text-anchor': 'middle',
        class: 'dim',
        'font-size': 12,
        text: 'words so far',
      }),
    );
    for (const { values, colour, dash, wide: thick } of lines) {
      const points = values.map((value, i) => `${x(CACHE_LENGTHS[i]).toFixed(1)} ${y(value).toFixed(1)}`);
      const look = { fill: 'none', stroke: colour, 'stroke-width': thick ?? 1.5, 'stroke-dasharray': dash };
      made.push(h('svg:path', { d: `M${points.join('L')}`, ...look }));
    }
    made.push(
      h('svg:line', {
        x1: x(length),
        x2: x(length),
        y1: PLOT_TOP,
        y2: bottom,
        stroke: palette.accent,
        'stroke-dasharray': '4 3',
      }),
    );
    const spots = marks.map(({ value, words }) => ({ x: x(length), y: y(value), wide: textWidth(words, LABEL_SIZE) }));
    const curves = lines.map(({ values }) => alongLine(values.map((value, i) => [x(CACHE_LENGTHS[i]), y(value)])));
    const within = { left: PLOT_LEFT + 2, right: width - 1, top: 1, bottom: bottom - 2 };
    const boxes = placedLabels(spots, curves.flat(), within);
    marks.forEach(({ colour }, i) => {
      const { x: cx, y: cy } = spots[i];
      made.push(h('svg:circle', { cx, cy, r: 5.5, fill: colour, stroke: palette.bg, 'stroke-width': 2 }));
    });
    marks.forEach(({ colour, words }, i) => made.push(...labelOf(boxes[i], words, colour, palette)));
    node.replaceChildren(...made);
    set(node, { width, height: PLOT_HIGH, viewBox: `0 0 ${width} ${PLOT_HIGH}` });
  }
  return { node, draw };
}

/** The names of lines with a piece of each. */
function lineLegend() {
  const node = h('p', { class: 'legend small dim' });
  const draw = (lines) =>
    node.replaceChildren(
      ...lines.map(({ name, colour, dash, wide }) => {
        const look = {
          d: 'M1 6H27',
          stroke: colour,
          'stroke-width': wide ?? 1.5,
          'stroke-dasharray': dash,
          fill: 'none',
        };
        return h('span', {}, h('svg:svg', { width: 28, height: 12, 'aria-hidden': 'true' }, h('svg:path', look)), name);
      }),
    );
  return { node, draw };
}

/** Both plots: { node, draw(view, palette, width) }. */
export function cachePlots(act) {
  const parts = [
    ['work', 'Multiplications for the next word', power],
    ['memory', 'Memory that waits for the next word', byteTick],
  ].map(([name, text, ticks]) => ({ name, text, plot: cachePlot(act, name, ticks), legend: lineLegend() }));
  const node = h(
    'div',
    { class: 'pair' },
    ...parts.map(({ text, plot, legend }) => h('div', {}, h('h4', { text }), plot.node, legend.node)),
  );
  function draw(view, palette, width) {
    const lines = cacheLines(view, palette);
    const { anew, cached } = cacheColours(palette);
    const { costs, length } = view;
    const marks = {
      work: [
        { value: costs.step, colour: cached, words: countWords(costs.step) },
        { value: costs.anew, colour: anew, words: countWords(costs.anew) },
      ],
      memory: [{ value: costs.bytes, colour: cached, words: bytesWords(costs.bytes) }],
    };
    for (const { name, plot, legend } of parts) {
      plot.draw(lines[name], marks[name], length, palette, Math.max(120, Math.floor((width - 30) / 2)));
      legend.draw(lines[name]);
    }
  }
  return { node, draw };
}
