// The overview of all steps: belief, best path and truth as strips; here the window is moved.
import { clamp, h, set } from './common.js';
import { mix, readable } from './palette.js';
import { decimal, shown } from './chain_words.js';
import { stretches } from './trellis_model.js';
import { noun } from './trellis_words.js';

const TALL = 66; // of the belief
const BAND = 11;
const APART = [1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000]; // between two numbers of the axis
const FACES = ['ones', 'twos', 'threes', 'fours', 'fives', 'sixes'];

/** Where the rows of the overview lie; `left` is the room for their names. */
function rowsOf(view, left, width) {
  const wide = Math.max(1, width - left - 8); // a page that is still being laid out may be narrower
  const x = (t) => left + (wide * t) / view.length;
  const belief = 14;
  const best = belief + TALL + 8;
  const ghost = best + BAND + 1;
  const truth = ghost + 6;
  const foot = (view.truth ? truth + BAND : ghost + 3) + 2;
  return { left, wide, x, belief, best, ghost, truth, foot, height: foot + 16 };
}

/** One path for the rectangles of a state's stretches. */
function boxes(runs, state, r, y, tall) {
  return runs
    .filter((run) => run.state === state)
    .map((run) => [r.x(run.begin), r.x(run.end + 1)].map((x) => x.toFixed(1)))
    .map(([from, to]) => `M${from} ${y}H${to}v${tall}H${from}z`)
    .join('');
}

/** The overview: { node, draw(view, palette, width, left) }, which gives the place of the window to the detail. */
export function stripPanel(act) {
  const svg = h('svg:svg', { class: 'strip', role: 'img', 'data-role': 'strip' });
  let place = null;
  let length = 1;
  const at = (event) => {
    const x = event.clientX - svg.getBoundingClientRect().left - place.left;
    act.look(clamp(Math.floor((x / place.wide) * length), 0, length - 1));
  };
  svg.addEventListener('pointerdown', (event) => {
    if (event.button > 0) return;
    svg.setPointerCapture(event.pointerId);
    at(event);
  });
  svg.addEventListener('pointermove', (event) => {
    if (event.buttons & 1) at(event);
  });
  const text = (x, y, said, more = {}) =>
    h('svg:text', { x, y, 'font-size': 11.5, class: 'dim', 'text-anchor': 'end', text: said, ...more });

  /** A step line of one number for each step, as a path. */
  const line = (r, numbers, drawn = () => true) =>
    numbers
      .map((p, t) => {
        if (!drawn(t)) return '';
        const y = (r.belief + TALL * (1 - p)).toFixed(1);
        return `${t && drawn(t - 1) ? 'L' : 'M'}${r.x(t).toFixed(1)} ${y}H${r.x(t + 1).toFixed(1)}`;
      })
      .join('');

  /** The shares of the states piled up, the last state at the bottom; of two states, a line at one half. */
  function belief(view, palette, r) {
    const rows = view.show === 'forward' ? view.now.filtered : view.now.posterior;
    const two = view.count === 2;
    let under = rows.map(() => 0);
    const layers = [];
    for (let j = view.count - 1; j >= 0; j--) {
      const over = under.map((sum, t) => Math.min(1, sum + rows[t][j]));
      const back = under
        .map((p, t) => [p, t])
        .reverse()
        .map(([p, t]) => {
          const y = (r.belief + TALL * (1 - p)).toFixed(1);
          return `L${r.x(t + 1).toFixed(1)} ${y}H${r.x(t).toFixed(1)}`;
        })
        .join('');
      const pale = two && j === 0;
      layers.push(
        h('svg:path', {
          d: `${line(r, over)}${back}z`,
          fill: pale ? mix(palette.states[0], palette.bg, 0.84) : mix(palette.states[j], palette.bg, 0.12),
          'data-belief': j,
        }),
      );
      under = over;
    }
    if (two) {
      const half = { x1: r.left, x2: r.left + r.wide, y1: r.belief + TALL / 2, y2: r.belief + TALL / 2 };
      layers.push(h('svg:line', { ...half, stroke: palette.ink, opacity: 0.4, 'stroke-dasharray': '2 3' }));
    }
    return layers;
  }

  /** The part that the forward pass has not read yet, veiled. */
  function unread(view, palette, r) {
    if (view.show !== 'forward' || view.at === view.length - 1) return null;
    const x = r.x(view.at + 1);
    const box = { x, y: r.belief, width: r.left + r.wide - x, height: TALL };
    return h('svg:rect', { ...box, fill: palette.bg, opacity: 0.72, 'data-role': 'unread' });
  }

  /** What is compared with the belief: the forward pass alone, or the posterior before the change. */
  function dashed(view, palette, r) {
    if (view.count !== 2) return [];
    const stroke = (d, more) => h('svg:path', { d, fill: 'none', 'stroke-linejoin': 'round', ...more });
    const rows = [];
    const halo = { stroke: palette.bg, 'stroke-width': 3, opacity: 0.7 };
    const ink = { stroke: palette.ink, 'stroke-width': 1.3 };
    if (view.before) {
      const name = view.show === 'forward' ? 'filtered' : 'posterior';
      const [old, now] = [view.before, view.now].map((it) => it[name].map((row) => row[1]));
      const d = line(r, old, (t) => Math.abs(old[t] - now[t]) > 0.004); // where it moved
      rows.push(stroke(d, halo), stroke(d, { ...ink, 'stroke-dasharray': '3 2', 'data-role': 'ghost' }));
    } else if (view.show === 'posterior') {
      const d = line(r, view.now.filtered.map((row) => row[1]));
      rows.push(stroke(d, { ...ink, 'stroke-width': 1, opacity: 0.75, 'data-role': 'alone' }));
    }
    return rows;
  }

  function bands(view, palette, r) {
    const band = (path, y, tall, role) => {
      const runs = stretches(path);
      return view.states.map((_, j) =>
        h('svg:path', { d: boxes(runs, j, r, y, tall), fill: palette.states[j], 'data-band': role }),
      );
    };
    const list = band(view.now.path, r.best, BAND, 'best');
    if (view.truth) list.push(...band(view.truth, r.truth, BAND, 'truth'));
    if (view.before) {
      const old = stretches(view.before.path.map((s, t) => (s === view.now.path[t] ? -1 : s)));
      view.states.forEach((_, j) =>
        list.push(
          h('svg:path', { d: boxes(old, j, r, r.ghost, 3.5), fill: palette.states[j], 'data-band': 'before' }),
        ),
      );
    }
    return list;
  }

  /** Names on the left, numbers below, the marked symbol above. */
  function words(view, palette, r) {
    const said = view.show === 'forward' ? 'so far' : 'all known';
    const last = view.states[view.count - 1];
    const name = view.count === 2 ? `P(${shown(last, 8)})` : 'P(state)';
    const colour = view.count === 2 ? readable(palette.states[1], palette) : palette.ink;
    const x = r.left - 10;
    const ticks = view.observations
      .map((m, t) => (m === view.marked ? `M${((r.x(t) + r.x(t + 1)) / 2).toFixed(1)} 3v8` : ''))
      .join('');
    const step = APART.find((by) => view.length / by <= r.wide / 70) ?? 2000;
    const numbers = [1, ...Array.from({ length: Math.floor(view.length / step) }, (_, k) => (k + 1) * step)];
    const middle = (t) => (r.x(t - 1) + r.x(t)) / 2;
    const thick = Math.min(2, r.wide / view.length / 1.6);
    const below = { 'text-anchor': 'middle', 'font-size': 10.5 };
    return [
      text(x, 11, view.dice ? FACES[view.marked] : `“${shown(view.symbols[view.marked], 5)}”`),
      h('svg:path', { d: ticks, stroke: palette.ink, 'stroke-width': thick, 'data-role': 'marks' }),
      text(x, r.belief + TALL / 2 - 1, name, { class: null, 'font-weight': 600, style: `fill:${colour}` }),
      text(x, r.belief + TALL / 2 + 14, said),
      text(x, r.best + BAND - 1.5, 'best path'),
      ...(view.truth ? [text(x, r.truth + BAND - 1.5, 'truth')] : []),
      ...numbers
        .filter((t, k) => k === 0 || r.x(t) - r.x(1) > 34)
        .map((t) => text(middle(t), r.foot + 13, t.toLocaleString('en'), below)),
    ];
  }

  function lens(view, palette, r) {
    const [x, end] = [r.x(view.first), r.x(view.first + view.columns)];
    const box = { x, y: 1, width: end - x, height: r.foot, rx: 4, fill: palette.ink, 'fill-opacity': 0.05 };
    const middle = (r.x(view.at) + r.x(view.at + 1)) / 2;
    const line = { x1: middle, x2: middle, y1: 1, y2: r.foot + 1, stroke: palette.accent, 'stroke-width': 1.6 };
    return [
      h('svg:rect', { ...box, stroke: palette.ink, 'stroke-width': 1.4, 'data-role': 'window' }),
      h('svg:line', { ...line, 'data-role': 'cursor' }),
    ];
  }

  function draw(view, palette, width, left) {
    const r = rowsOf(view, left, width);
    [place, length] = [r, view.length];
    const frame = { x: r.left, y: r.belief, width: r.wide, height: TALL, fill: 'none', stroke: palette.line };
    const parts = [...belief(view, palette, r), unread(view, palette, r), ...dashed(view, palette, r)];
    parts.push(h('svg:rect', frame), ...bands(view, palette, r));
    parts.push(...words(view, palette, r), ...lens(view, palette, r));
    svg.replaceChildren(...parts.filter(Boolean));
    set(svg, { width, height: r.height, viewBox: `0 0 ${width} ${r.height}`, 'aria-label': described(view) });
    return { from: r.x(view.first), to: r.x(view.first + view.columns), foot: r.height };
  }

  const described = (view) => {
    const last = view.count - 1;
    const rows = view.show === 'forward' ? view.now.filtered : view.now.posterior;
    const likely = rows.filter((row) => row[last] > 0.5).length;
    return (
      `Overview of ${view.length} ${noun(view.symbols)}s: ` +
      `${shown(view.states[last])} is more likely than not at ${likely}; ` +
      `at ${noun(view.symbols)} ${view.at + 1} its probability is ${decimal(rows[view.at][last])}`
    );
  };
  return { node: svg, draw };
}
