// The picture of a chain: states on a circle, arrows as wide as they are probable, a walker.
import { h, set, calm, textWidth } from './common.js';
import { inkOn, readable, shade } from './palette.js';
import { FEW, headPoints, placeLabels, plan } from './graph.js';
import { listenPointer } from './chain_pointer.js';
import { decimal, shown } from './chain_words.js';

const LABEL = { w: 32, h: 17 };

/** The plan for these labels: everything about the drawing that does not depend on probabilities. */
function layout(labels, width) {
  const few = labels.length <= FEW,
    widest = Math.max(...labels.map((label) => textWidth(shown(label, 11), 12.5)));
  const it = { few, ghosts: new Map(), ...plan(labels.length, width, widest) };
  it.names = it.outside ? it.nodes.map((node, i) => nameBox(node, textWidth(shown(labels[i], 11), 11.5))) : [];
  return it;
}

const stroke = (p) => (p === 0 ? 1.7 : 1.1 + 7 * p);

/** The box of a name beside its node, away from the middle. */
function nameBox({ x, y, r, angle }, wide) {
  const side = Math.abs(Math.cos(angle)) > 0.2 ? Math.sign(Math.cos(angle)) : 0,
    start = x + (r + 8) * Math.cos(angle);
  return {
    x: start + (side * wide) / 2,
    y: y + (r + 9) * Math.sin(angle),
    w: wide,
    h: 16,
    start,
    anchor: ['end', 'middle', 'start'][side + 1],
  };
}

/** Where there are many states, the other arrows in one faint path: it shows who is connected, no more. */
function others(view, { few, ghosts, shapes }) {
  const path = (i, j) => {
    const key = i * view.count + j;
    if (!ghosts.has(key)) ghosts.set(key, shapes[i][j](0.01).track);
    return ghosts.get(key);
  };
  return few
    ? ''
    : view.P.flatMap((row, i) => row.map((p, j) => (p >= 0.1 && i !== j ? path(i, j) : ''))).join('');
}

/** Which arrows are drawn, and how strongly (0..1). */
function visible(view, few) {
  const list = [],
    front = view.hover ?? view.chosen.from;
  for (let i = 0; i < view.count; i++) {
    for (let j = 0; j < view.count; j++) {
      const p = view.P[i][j],
        mine = i === front,
        kept = few && (view.given[i][j] > 0 || view.zeroed.has(`${i},${j}`)); // at 0, but it can be caught again
      const picked = mine && i === view.chosen.from && j === view.chosen.to;
      if (few ? p > 0 || picked || kept : (mine && p > 0) || picked)
        list.push({ i, j, p, picked, strength: mine ? 1 : view.count > 5 ? 0.34 : 0.62 });
    }
  }
  return list;
}

/** The graph panel: { node, draw(view, palette, width), walk(from, to, share) }. */
export function graphPanel(act) {
  const arrows = h('svg:g'),
    discs = h('svg:g'),
    tags = h('svg:g');
  const dot = h('svg:circle', { r: 7, 'stroke-width': 2.5, 'data-role': 'walker' });
  const svg = h('svg:svg', { 'aria-hidden': 'true' }, arrows, discs, tags, dot);
  const stage = h(
    'div',
    { class: 'stage', tabindex: 0, role: 'application', 'aria-roledescription': 'chain of states' },
    svg,
  );
  let place = null,
    drawn = '',
    arrowsDrawn = '',
    parts = new Map(),
    last = null;
  const part = (key, make) => {
    if (!parts.has(key)) parts.set(key, make());
    return parts.get(key);
  };

  function shaft(view, palette, { i, j, p, picked, strength }) {
    const wide = stroke(p),
      head = 5.5 + 1.3 * wide,
      it = place.shapes[i][j](head);
    const colour = place.few ? palette.states[i] : picked ? palette.accent : palette.dim;
    const opacity = p === 0 || picked ? 0.95 : strength * (0.5 + 0.5 * Math.sqrt(p));
    const node = h(
      'svg:g',
      { 'data-from': i, 'data-to': j, class: 'arrow' },
      h(
        'svg:g',
        { opacity },
        h('svg:path', {
          d: it.d,
          fill: 'none',
          stroke: colour,
          'stroke-width': wide,
          'stroke-dasharray': p === 0 ? '0.5 4.5' : null,
          'stroke-linecap': p === 0 ? 'round' : null,
        }),
        h('svg:polygon', { points: headPoints(it.tip, head, 3.5 + 1.8 * wide), fill: colour }),
      ),
      h('svg:path', { d: it.track, fill: 'none', stroke: 'transparent', 'stroke-width': Math.max(14, wide) }),
    ); // easy to catch
    return { node, it };
  }

  function tag(view, palette, { i, j, p, picked }, box) {
    const colour = place.few ? readable(palette.states[i], palette) : palette.ink;
    return h(
      'svg:g',
      {
        'data-from': i,
        'data-to': j,
        class: 'tag',
        transform: `translate(${box.x.toFixed(1)} ${box.y.toFixed(1)})`,
      },
      h('svg:rect', {
        x: -LABEL.w / 2,
        y: -LABEL.h / 2,
        width: LABEL.w,
        height: LABEL.h,
        rx: 5,
        fill: palette.bg,
        'fill-opacity': 0.88,
        stroke: picked ? palette.accent : 'transparent',
      }),
      h('svg:text', {
        'text-anchor': 'middle',
        dy: '.35em',
        'font-size': 11.5,
        'font-weight': picked ? 700 : 500,
        style: `fill:${colour}`,
        text: decimal(p),
      }),
    );
  }

  function disc(view, palette, i) {
    const { x, y, r } = place.nodes[i],
      here = i === view.at,
      from = i === view.start;
    const fill = place.few
      ? palette.states[i]
      : shade(palette.sequential, Math.min(1, 0.06 + view.exact[i] / (view.top || 1)));
    const size = place.few ? 12.5 : Math.min(12.5, r);
    const it = part('disc' + i, () =>
      h(
        'svg:g',
        { 'data-node': i, class: 'disc' },
        h('svg:circle', { class: 'ring', fill: 'none' }),
        h('svg:circle', { class: 'body' }),
        h('svg:text', { 'text-anchor': 'middle', dy: '.35em', 'font-weight': 600 }),
      ),
    );
    const [ring, body, text] = it.children;
    set(ring, {
      cx: x,
      cy: y,
      r: r + 4,
      stroke: palette.ink,
      'stroke-width': here ? 2.5 : 1.5,
      'stroke-dasharray': here ? null : '2 4',
      opacity: here || from ? 1 : 0,
    });
    set(body, { cx: x, cy: y, r, fill, stroke: place.few ? palette.bg : palette.line, 'stroke-width': 1.5 });
    const name = place.names[i] ?? { start: x, y, anchor: 'middle' };
    set(text, {
      x: name.start,
      y: name.y,
      'text-anchor': name.anchor,
      'font-size': place.outside ? 11.5 : size,
      style: `fill:${place.outside ? palette.ink : inkOn(fill)}`,
      text: shown(view.labels[i], 11),
    });
    return it;
  }

  function draw(view, palette, width) {
    const key = `${width}|${view.labels.join('\n')}`;
    if (key !== drawn) {
      place = layout(view.labels, width);
      drawn = key;
      parts = new Map();
      set(svg, { width, height: place.height, viewBox: `0 0 ${width} ${place.height}` });
    }
    const arrowsKey = JSON.stringify([key, palette.bg, view.chosen, view.hover]);
    if (arrowsKey !== arrowsDrawn || view.P !== last?.P) drawArrows(view, palette);
    arrowsDrawn = arrowsKey;
    discs.replaceChildren(...view.labels.map((_, i) => disc(view, palette, i)));
    set(dot, { fill: palette.accent, stroke: palette.bg });
    last = view;
    stage.setAttribute('aria-label', act.describe(view));
    if (!view.moving) dot.setAttribute('opacity', 0);
    return place.height;
  }

  function drawArrows(view, palette) {
    const list = visible(view, place.few).sort(
      (a, b) => a.strength - b.strength || (a.picked ? 1 : 0) - (b.picked ? 1 : 0),
    );
    const made = list.map((edge) => ({ edge, ...shaft(view, palette, edge) }));
    const faint = h('svg:path', {
      d: others(view, place),
      fill: 'none',
      stroke: palette.dim,
      'stroke-width': 1.4,
      opacity: 0.14,
    });
    const loops = h('svg:path', {
      d: place.few ? '' : view.P.map((row, i) => (row[i] >= 0.05 ? place.shapes[i][i](0.01).track : '')).join(''),
      ...{ fill: 'none', stroke: palette.dim, 'stroke-width': 1.3, opacity: 0.6, 'data-role': 'loops' },
    });
    arrows.replaceChildren(faint, loops, ...made.map((m) => m.node));
    const all = place.few && view.count <= 5,
      front = view.hover ?? view.chosen.from;
    const named = made.filter(
      ({ edge }) => edge.picked || all || (place.few && edge.p === 0) || (edge.i === front && (place.few || edge.p >= 0.05)),
    );
    named.sort((a, b) => b.edge.picked - a.edge.picked || b.edge.p - a.edge.p);
    const boxes = placeLabels(
      named.map((m) => m.it),
      place.nodes,
      LABEL,
      (k) => named[k].edge.picked,
      place.names,
    );
    tags.replaceChildren(...named.flatMap((m, k) => (boxes[k] ? [tag(view, palette, m.edge, boxes[k])] : [])));
  }

  function walk(from, to, share) {
    const ease = share < 0.5 ? 2 * share * share : 1 - 2 * (1 - share) ** 2;
    const { x, y } = place.shapes[from][to](0.01).at(ease);
    set(dot, { cx: x, cy: y, opacity: calm() ? 0 : 1 });
  }

  listenPointer(stage, act, () => last);
  return { node: stage, draw, walk };
}
