// The trellis of a window: states as rows, steps as columns, what is seen below.
import { clamp, h, set, textWidth } from './common.js';
import { mix, readable } from './palette.js';
import { decimal, shown } from './chain_words.js';
import { rivals, share, stretches, weight } from './trellis_model.js';
import { seenAt } from './trellis_seen.js';

const TOP = 26; // room for the lines from the overview
const PITCH = [0, 64, 92, 76, 64, 58, 52, 50, 48];

/** Room for the names of the rows. */
export function nameRoom(states) {
  return Math.ceil(Math.max(72, ...states.map((name) => textWidth(shown(name, 12), 12.5) + 18)));
}

/** How many columns a width holds. */
export const columnsIn = (wide, length) => Math.min(length, clamp(Math.floor(wide / 38), 6, 24));

function places(view, width, left) {
  const column = (width - left - 8) / view.columns;
  const pitch = PITCH[view.count];
  const radius = Math.min(column * 0.42, pitch * 0.31, 18);
  const x = (t) => left + (t - view.first + 0.5) * column;
  const y = (j) => TOP + radius + 8 + j * pitch;
  const side = Math.min(25, column * 0.66);
  const seen = y(view.count - 1) + radius + 22;
  const truth = seen + side + 19;
  return { column, radius, x, y, side, seen, truth, height: truth + (view.truth ? 12 : 0), left };
}

/** What lies under a point: { t, state } of a node, { t, seen } of an observation, or null. */
function thingAt(view, p, x, y) {
  const t = view.first + Math.floor((x - p.left) / p.column);
  if (t < view.first || t >= view.first + view.columns) return null;
  if (y > p.seen - 4 && y < p.seen + p.side + 16) return { t, seen: true };
  const state = view.states.findIndex((_, k) => Math.abs(y - p.y(k)) < p.radius + 6);
  return state < 0 ? null : { t, state };
}

/** The trellis: { node, draw(view, palette, width, left, lens) }. */
export function latticePanel(act) {
  const svg = h('svg:svg', { class: 'trellis', 'aria-hidden': 'true' });
  const role = { role: 'application', 'aria-roledescription': 'trellis' };
  const stage = h('div', { class: 'stage close', tabindex: 0, ...role }, svg);
  let last = null;
  let down = null;
  // not `click`: what was pressed may be drawn anew before the finger lifts
  svg.addEventListener('pointerdown', (event) => {
    down = event.button > 0 ? null : event;
    svg.setPointerCapture(event.pointerId);
  });
  svg.addEventListener('pointercancel', () => (down = null));
  svg.addEventListener('pointerup', (event) => {
    if (!down || !last || Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) > 10) return;
    const box = svg.getBoundingClientRect();
    const hit = thingAt(last.view, last.p, event.clientX - box.left, event.clientY - box.top);
    down = null;
    if (hit?.seen) act.turnAt(hit.t, event.shiftKey ? -1 : 1);
    else if (hit) act.pick(hit.t, hit.state);
  });
  const straight = (p, a, b, more) =>
    h('svg:line', { x1: p.x(a[0]).toFixed(1), y1: p.y(a[1]), x2: p.x(b[0]).toFixed(1), y2: p.y(b[1]), ...more });

  /** Lines as wide as what flows along them; the thinnest of a state are one path. */
  function flows(view, palette, p) {
    const list = [];
    const faint = view.states.map(() => '');
    for (let t = view.first + 1; t < view.first + view.columns; t++) {
      if (view.show === 'forward' && t > view.at) break;
      for (let i = 0; i < view.count; i++)
        for (let j = 0; j < view.count; j++) {
          const flow = share(view.show, view.now, t, i, j);
          if (flow < 0.004) continue;
          const mine = t === view.at && j === view.state;
          if (flow < 0.025 && !mine) {
            faint[i] += `M${p.x(t - 1).toFixed(1)} ${p.y(i)}L${p.x(t).toFixed(1)} ${p.y(j)}`;
            continue;
          }
          list.push(
            straight(p, [t - 1, i], [t, j], {
              stroke: palette.states[i],
              'stroke-width': (0.6 + flow * p.radius * 0.95).toFixed(2),
              opacity: mine ? 1 : view.show === 'forward' && t === view.at ? 0.3 : 0.6,
              'data-flow': `${t},${i},${j}`,
            }),
          );
        }
    }
    const thin = (d, i) =>
      h('svg:path', { d, stroke: palette.states[i], 'stroke-width': 0.8, opacity: 0.6, fill: 'none' });
    return [...faint.map(thin), ...list];
  }

  /** The rings of all nodes in one path: a disc fills its ring where the probability is one. */
  function rings(view, palette, p) {
    const r = p.radius;
    const half = (dx) => `a${r} ${r} 0 1 0 ${dx} 0`;
    const ring = (t, j) => `M${(p.x(t) - r).toFixed(1)} ${p.y(j)}${half(2 * r)}${half(-2 * r)}z`;
    const steps = Array.from({ length: view.columns }, (_, k) => view.first + k);
    const d = steps.flatMap((t) => view.states.map((_, j) => ring(t, j))).join('');
    return h('svg:path', { d, fill: palette.bg, stroke: palette.line, 'stroke-width': 1.2, class: 'node' });
  }

  /** The best way into every node, what the chosen node's way beat, the best path of all. */
  function ways(view, palette, p) {
    const list = [];
    const bold = [];
    const { now, before } = view;
    for (let t = view.first + 1; t < view.first + view.columns; t++) {
      now.from[t].forEach((i, j) => {
        if (now.delta[t][j] === -Infinity) return;
        const style = { stroke: palette.states[i], 'stroke-width': 1.5, opacity: 0.7 };
        list.push(straight(p, [t - 1, i], [t, j], { ...style, 'data-survivor': `${t},${i},${j}` }));
      });
      const [i, j] = [now.path[t - 1], now.path[t]];
      const thick = { stroke: palette.states[i], 'stroke-width': 6.5, 'stroke-linecap': 'round' };
      bold.push(straight(p, [t - 1, i], [t, j], { ...thick, 'data-best': t }));
      const old = before && [before.path[t - 1], before.path[t]];
      if (old && (old[0] !== i || old[1] !== j))
        bold.push(
          straight(p, [t - 1, old[0]], [t, old[1]], {
            ...{ stroke: palette.ink, 'stroke-width': 2.2, 'stroke-dasharray': '2 4' },
            ...{ 'stroke-linecap': 'round', 'data-role': 'ghost' },
          }),
        );
    }
    return [...list, ...beaten(view, palette, p), ...bold];
  }

  function beaten(view, palette, p) {
    const { at, state, now } = view;
    if (at === 0 || at <= view.first) return [];
    return rivals(now, at, state).flatMap((log, i) => {
      if (log === -Infinity || i === now.from[at][state]) return [];
      const style = { stroke: palette.accent, 'stroke-width': 1.8, 'stroke-dasharray': '6 4' };
      return [straight(p, [at - 1, i], [at, state], { ...style, 'data-beaten': i })];
    });
  }

  /** A disc of that share of the ring's area; with two shares, a half for each. */
  function disc(x, y, p, share, fill, half = 0) {
    const r = (p.radius * Math.sqrt(clamp(share, 0, 1))).toFixed(2);
    if (r < 0.4) return null;
    if (!half) return h('svg:circle', { cx: x, cy: y, r, fill });
    const turn = half > 0 ? 1 : 0;
    const d = `M${x} ${y - r}A${r} ${r} 0 0 ${turn} ${x} ${+y + +r}z`;
    return h('svg:path', { d, fill, opacity: half < 0 ? 0.5 : 1 });
  }

  function nodeAt(view, palette, p, t, j) {
    const [x, y] = [p.x(t).toFixed(1), p.y(j)];
    const unread = view.show === 'forward' && t > view.at;
    const chosen = t === view.at && j === view.state;
    const best = view.show === 'best path' && view.now.path[t] === j;
    const fill = palette.states[j];
    const amount = weight(view.show, view.now, t, j);
    const old = view.before && !unread && view.show !== 'best path' ? weight(view.show, view.before, t, j) : amount;
    const left = view.show === 'best path' && view.before?.path[t] === j && !best; // where the best path was
    const quiet = view.count > 4 && amount < 0.005 && old < 0.005; // many states: the unlikely ones say nothing
    if (quiet && !chosen && !best && !left) return null;
    const edge = { stroke: chosen ? palette.accent : palette.ink, 'stroke-width': chosen ? 3 : 1.8, fill: 'none' };
    const parts = chosen || best ? [h('svg:circle', { cx: x, cy: y, r: p.radius, ...edge })] : [];
    if (view.show === 'posterior')
      parts.push(
        disc(x, y, p, view.now.filtered[t][j], fill, -1),
        disc(x, y, p, amount, fill, 1),
        h('svg:line', { x1: x, x2: x, y1: y - p.radius, y2: y + p.radius, stroke: palette.bg, 'stroke-width': 1.5 }),
      );
    else parts.push(disc(x, y, p, amount, unread ? mix(fill, palette.bg, 0.78) : fill));
    if (left || Math.abs(old - amount) > 0.01) {
      const style = { fill: 'none', stroke: palette.ink, 'stroke-width': 1.5, 'stroke-dasharray': '2.5 2.5' };
      const r = left ? p.radius + 2.5 : (p.radius * Math.sqrt(old)).toFixed(2);
      parts.push(h('svg:circle', { cx: x, cy: y, r, ...style, 'data-role': 'ghost' }));
    }
    const said = view.show === 'best path' ? logIn(view.now.delta[t][j], p.column) : decimal(amount);
    if (!unread && !quiet)
      parts.push(
        h('svg:text', {
          ...{ x, y: y + p.radius + 11, 'font-size': view.count > 4 ? 9.5 : 10.5, 'text-anchor': 'middle' },
          text: said,
          ...{ class: `ground${chosen ? '' : ' dim'}`, 'font-weight': chosen ? 700 : 500 },
        }),
      );
    const name = { class: 'node', 'data-t': t, 'data-state': j, 'data-share': amount.toFixed(6) };
    return h('svg:g', name, ...parts.filter(Boolean));
  }

  /** A logarithm with as many digits as the column holds. */
  const logIn = (log, wide) => {
    if (log === -Infinity) return '−∞';
    return log.toFixed(log > -1000 && wide >= 37 ? 1 : 0).replace('-', '−');
  };

  /** The rows' names, the column of the chosen step, the lines that come down from the overview. */
  function ground(view, palette, p, width, lens) {
    const foot = p.seen + p.side + 18;
    const [from, to] = [p.left, width - 8];
    const wedge = `M${lens.from.toFixed(1)} 0L${from} ${TOP - 6}V${foot}H${to}V${TOP - 6}L${lens.to.toFixed(1)} 0z`;
    const column = { x: p.x(view.at) - p.column / 2, y: TOP - 4, width: p.column, height: foot - TOP + 2, rx: 5 };
    const names = view.states.map((name, j) =>
      h('svg:text', {
        ...{ x: p.left - 12, y: p.y(j), dy: '.35em', 'text-anchor': 'end', 'font-size': 12.5, 'font-weight': 650 },
        ...{ style: `fill:${readable(palette.states[j], palette)}`, text: shown(name, 12) },
      }),
    );
    const small = { x: p.left - 12, 'text-anchor': 'end', 'font-size': 11.5, class: 'dim' };
    const label = (y, text) => h('svg:text', { ...small, y, text });
    const bars = [];
    if (view.truth) {
      bars.push(label(p.truth + 7, 'truth'));
      stretches(view.truth.slice(view.first, view.first + view.columns)).forEach(({ state, begin, end }) => {
        const [x, width] = [p.left + begin * p.column, (end - begin + 1) * p.column];
        bars.push(h('svg:rect', { x, y: p.truth, width, height: 7, fill: palette.states[state], 'data-truth': state }));
      });
    }
    return [
      h('svg:path', { d: wedge, fill: palette.panel }),
      h('svg:rect', { ...column, fill: palette.accent, opacity: 0.1 }),
      ...names,
      label(p.seen + p.side / 2 + 4, view.dice ? 'roll' : 'seen'),
      ...bars,
    ];
  }

  function draw(view, palette, width, left, lens) {
    const p = places(view, width, left);
    const nodes = [];
    const below = [];
    for (let t = view.first; t < view.first + view.columns; t++) {
      for (let j = 0; j < view.count; j++) nodes.push(nodeAt(view, palette, p, t, j) ?? '');
      below.push(seenAt(view, palette, p, t));
    }
    const lines = view.show === 'best path' ? ways(view, palette, p) : flows(view, palette, p);
    last = { view, p };
    const back = ground(view, palette, p, width, lens);
    svg.replaceChildren(...back, ...lines, rings(view, palette, p), ...nodes, ...below);
    set(svg, { width, height: p.height, viewBox: `0 0 ${width} ${p.height}` });
    set(stage, { 'aria-label': act.describe(view) });
  }
  return { node: stage, draw };
}
