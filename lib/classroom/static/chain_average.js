// Does the average settle? The running share of visits to one state against n, between the bands of urn and chain.
import { clamp, h, set } from './common.js';
import { readable } from './palette.js';
import { FEW } from './graph.js';
import { runningShare } from './markov.js';
import { decimal, shown, steadiness } from './chain_words.js';

const DENSE = Array.from({ length: 61 }, (_, k) => k / 60); // places along the logarithmic axis

/** The axes: n from 1 to the length of the walk (100 at least), shares around the long run, as far as ten draws stray. */
function axes({ path, longRun, averaged, several, spread }, width, tall) {
  const left = 40,
    top = 8,
    wide = width - left - 14,
    last = Math.max(100, path.length),
    p = longRun[averaged];
  const reach = several || spread === null ? 1 : 2 * Math.sqrt((Math.max(1, spread) * p * (1 - p)) / 10);
  const [low, high] = [Math.max(0, p - reach), Math.min(1, p + reach)];
  const x = (n) => left + (Math.log(n) / Math.log(last)) * wide;
  const y = (share) => top + tall * (1 - (share - low) / (high - low));
  return { left, top, wide, tall, last, low, high, x, y };
}

/** Round shares between low and high, three to six of them. */
function ticks(low, high) {
  const step = [0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5].find((by) => (high - low) / by <= 4.5) ?? 0.5;
  const first = Math.ceil(low / step - 1e-9);
  return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, k) => (first + k) * step);
}

/** The plot of the average: { node, draw(view, palette, width, tall) }. */
export function averagePanel() {
  const svg = h('svg:svg', { class: 'average', role: 'img' });
  const key = h('div', { class: 'row small dim keyrow' });
  const words = h('p', { class: 'small', 'data-role': 'steadiness' });
  const node = h('div', {}, svg, key, words);
  const line = (x1, y1, x2, y2, more) => h('svg:line', { x1, y1, x2, y2, ...more });
  const text = (x, y, said, more) =>
    h('svg:text', { x, y, 'font-size': 11, class: 'dim', text: said, ...more });

  /** Both bands are p +- 2 sqrt(D p (1 - p) / n): D is 1 for an urn. */
  function band(a, p, D) {
    const at = (sign) =>
      DENSE.map((s) => {
        const n = a.last ** s,
          share = p + 2 * sign * Math.sqrt((D * p * (1 - p)) / n);
        return `${a.x(n).toFixed(1)},${a.y(clamp(share, a.low, a.high)).toFixed(1)}`;
      });
    return [at(1), at(-1)];
  }

  function grid(a, palette) {
    const shares = ticks(a.low, a.high).map((share) =>
      h(
        'svg:g',
        {},
        line(a.left, a.y(share), a.left + a.wide, a.y(share), { stroke: palette.line, 'stroke-width': 0.7 }),
        text(a.left - 7, a.y(share), share.toFixed(2), { dy: '.35em', 'text-anchor': 'end' }),
      ),
    );
    const powers = [1, 10, 100, 1000, 10000].filter((n) => n <= a.last);
    return [
      ...shares,
      ...powers.map((n) =>
        text(a.x(n), a.top + a.tall + 16, n === 1 ? 'n = 1' : n.toLocaleString('en'), {
          'text-anchor': 'middle',
        }),
      ),
    ];
  }

  function bands(a, view, palette, colour) {
    const p = view.longRun[view.averaged];
    if (view.several || view.spread === null) return [];
    const edge = { fill: 'none', stroke: palette.dim, 'stroke-width': 1.3, 'stroke-dasharray': '5 4' };
    const [up, down] = band(a, p, view.spread);
    return [
      h('svg:polygon', {
        points: [...up, ...down.reverse()].join(' '),
        fill: colour,
        opacity: 0.22,
        'data-band': 'chain',
      }),
      ...band(a, p, 1).map((points) =>
        h('svg:polyline', { points: points.join(' '), ...edge, 'data-band': 'urn' }),
      ),
    ];
  }

  function walked(a, view, palette, colour) {
    const points = runningShare(view.path, view.averaged),
      inside = (share) => a.y(clamp(share, a.low, a.high));
    const [n, share] = points.at(-1);
    const clip = { x: a.left, y: a.top - 2, width: a.wide, height: a.tall + 4, style: 'overflow:hidden' };
    const line = h('svg:polyline', {
        points: points.map(([m, s]) => `${(a.x(m) - a.left).toFixed(1)},${(a.y(s) - a.top + 2).toFixed(1)}`).join(' '),
        fill: 'none',
        stroke: colour,
        'stroke-width': 2.2,
        'stroke-linejoin': 'round',
        'data-role': 'share',
    });
    return [
      h('svg:svg', clip, line),
      h('svg:circle', {
        ...{ cx: a.x(n), cy: inside(share), r: 4.5 },
        ...{ fill: palette.accent, stroke: palette.bg, 'stroke-width': 1.5 },
      }),
      text(a.left + a.wide, a.top + 12, '', {
        ...{ 'font-size': 11.5, 'font-weight': 600, class: 'halo', 'text-anchor': 'end' },
        text: `${shown(view.labels[view.averaged])} ${share.toFixed(3)} of ${n.toLocaleString('en')}`,
      }),
    ];
  }

  /** What is drawn how: the share, the long run, the bands. */
  function legend(view, palette, colour) {
    const entry = (drawing, said) =>
      h('span', {}, h('svg:svg', { width: 22, height: 10, 'aria-hidden': 'true' }, ...drawing), said);
    const dashes = { stroke: palette.dim, 'stroke-width': 1.3, 'stroke-dasharray': '5 4' };
    const parts = [entry([line(0, 5, 22, 5, { stroke: palette.ink, 'stroke-width': 1.4 })], 'long run')];
    if (!view.several && view.spread !== null)
      parts.push(
        entry(
          [h('svg:rect', { width: 22, height: 10, fill: colour, opacity: 0.3 })],
          '19 in 20 walks of this chain',
        ),
        entry([line(0, 1, 22, 1, dashes), line(0, 9, 22, 9, dashes)], 'of an urn'),
      );
    return [entry([line(0, 5, 22, 5, { stroke: colour, 'stroke-width': 2.2 })], 'this walk'), ...parts];
  }

  function draw(view, palette, width, tall) {
    const a = axes(view, width, tall),
      colour = view.count <= FEW ? palette.states[view.averaged] : readable(palette.sequential[3], palette);
    const levels = view.several ? view.ends.map((end) => end.share) : [view.longRun[view.averaged]];
    const long = levels.map((p) =>
      line(a.left, a.y(p), a.left + a.wide, a.y(p), {
        ...{ stroke: palette.ink, 'stroke-width': 1.4, 'data-role': 'level' },
      }),
    );
    svg.replaceChildren(
      ...grid(a, palette),
      ...bands(a, view, palette, colour),
      ...long,
      ...walked(a, view, palette, colour),
    );
    const height = a.top + tall + 22;
    set(svg, { width, height, viewBox: `0 0 ${width} ${height}`, 'aria-label': described(view) });
    key.replaceChildren(...legend(view, palette, colour));
    set(words, { text: steadiness(view) });
  }

  const described = (view) => {
    const [n, share] = runningShare(view.path, view.averaged).at(-1);
    return (
      `Share of visits to ${shown(view.labels[view.averaged])} against the number of visits: ` +
      `${share.toFixed(3)} after ${n}, long run ${decimal(view.longRun[view.averaged])}`
    );
  };
  return { node, draw };
}
