// Three shares for every state of a chain, side by side: visits, after n steps, in the long run.
import { h, set, textWidth } from './common.js';
import { readable } from './palette.js';
import { FEW } from './graph.js';
import { decimal, shown } from './chain_words.js';

const nice = (x) => [0.05, 0.1, 0.2, 0.25, 0.5, 0.75, 1].find((top) => x <= top + 1e-9) ?? 1;

const COLUMNS = ['visits', 'exact', 'longrun'];

/** Where everything of the bars stands: rows, columns, sizes. */
function barsLayout(labels, width) {
  const few = labels.length <= FEW,
    row = few ? 26 : 12.5,
    top = 42;
  const widest = Math.max(...labels.map((label) => textWidth(shown(label, 12), 12.5)));
  const names = few ? Math.min(120, 30 + widest) : Math.min(70, 18 + 0.85 * widest),
    edge = names - 10;
  const gap = 14,
    wide = (width - names) / 3 - gap;
  return {
    few,
    row,
    top,
    edge,
    height: top + row * labels.length + 4,
    left: [0, 1, 2].map((c) => names + c * (wide + gap)),
    full: wide - 32,
  };
}

/** Three columns of bars, a row for each state; the long run stands as a tick in the other two. */
export function barsPanel() {
  const svg = h('svg:svg', { role: 'img' });
  let place = null,
    built = '',
    heads = [],
    rows = [];

  /** What moves only with the labels, the width and the colours. */
  function build(view, palette, width) {
    place = barsLayout(view.labels, width);
    const { few, row, top, edge, height, left } = place,
      y = (i) => top + row * (i + 0.5);
    heads = COLUMNS.map((_, c) => {
      const shift = c === 2 ? 8 : 0; // room for the key of the ticks
      return [
        h('svg:text', { x: left[c] + shift, y: 13, 'font-size': 12.5, 'font-weight': 600 }),
        h('svg:text', { x: left[c], y: 29, 'font-size': 11.5, class: 'dim' }),
      ];
    });
    rows = view.labels.map((label, i) => {
      const colour = few ? palette.states[i] : readable(palette.sequential[3], palette),
        tall = row * (few ? 0.56 : 0.66);
      const name = h('svg:text', {
        x: few ? 17 : edge,
        y: y(i),
        dy: '.35em',
        'font-size': few ? 12.5 : 10.5,
        'text-anchor': few ? null : 'end',
        text: shown(label, 12),
      });
      const bars = COLUMNS.map((column, c) =>
        h('svg:rect', {
          x: left[c],
          y: y(i) - tall / 2,
          height: tall,
          rx: 1.5,
          fill: colour,
          'data-bar': column,
          'data-state': i,
        }),
      );
      const ticks = [0, 1].map(() =>
        h('svg:rect', { y: y(i) - row * 0.42, width: 2, height: row * 0.84, fill: palette.ink }),
      );
      const values = COLUMNS.map(() =>
        h('svg:text', { y: y(i), dy: '.35em', 'font-size': few ? 11.5 : 10, class: 'dim' }),
      );
      const dot = few ? h('svg:circle', { cx: 5, cy: y(i), r: 4.5, fill: colour }) : null;
      return { node: h('svg:g', {}, dot, name, ...bars, ...ticks, ...values), name, bars, ticks, values };
    });
    const axes = left.map((x) =>
      h('svg:line', { x1: x, x2: x, y1: top, y2: height - 4, stroke: palette.line }),
    );
    svg.replaceChildren(
      ...heads.flat(),
      h('svg:rect', { x: left[2], y: 3, width: 2, height: 11, fill: palette.ink }),
      ...axes,
      ...rows.map((r) => r.node),
    );
    set(svg, { width, height, viewBox: `0 0 ${width} ${height}` });
  }

  function draw(view, palette, width) {
    const key = [width, palette.bg, ...view.labels].join('\n');
    if (key !== built) {
      build(view, palette, width);
      built = key;
    }
    const { few, left, full } = place,
      shares = [view.visits, view.exact, view.longRun];
    const counted = few ? shares.flat() : [...(view.n > 0 ? view.exact : []), ...view.longRun],
      most = nice(Math.max(...counted));
    const x = (p) => Math.min(1.04, p / most) * full; // many states: one long bar may be cut
    const texts = [
      ['visits', `${view.path.length.toLocaleString('en')} so far`],
      [`after n = ${view.n}`, 'exact'],
      ['long run', view.several ? 'from this start' : 'stationary'],
    ];
    heads.forEach((pair, c) => pair.forEach((node, k) => set(node, { text: texts[c][k] })));
    rows.forEach(({ name, bars, ticks, values }, i) => {
      set(name, { 'font-weight': i === view.start ? 700 : 400 });
      bars.forEach((bar, c) =>
        set(bar, {
          width: x(shares[c][i]).toFixed(2),
          opacity: shares[c][i] > most + 1e-9 ? 0.55 : null,
          'data-share': shares[c][i].toFixed(6),
        }),
      );
      ticks.forEach((tick, c) => set(tick, { x: (left[c] + x(view.longRun[i]) - 1).toFixed(2) }));
      values.forEach((value, c) => {
        const p = shares[c][i],
          end = x(p),
          tick = x(view.longRun[i]);
        const clear = c < 2 && tick > end && tick < end + 34 ? tick + 1 : end; // the number steps behind a tick that is in its way
        set(value, { x: (left[c] + clear + 5).toFixed(2), text: few || p >= 0.005 ? decimal(p) : '' });
      });
    });
    set(svg, {
      'aria-label': view.labels
        .map(
          (l, i) =>
            `${shown(l)}: visits ${decimal(view.visits[i])}, after ${view.n} steps ${decimal(view.exact[i])}, long run ${decimal(view.longRun[i])}`,
        )
        .join('. '),
    });
    return place.height;
  }
  return { node: svg, draw };
}
