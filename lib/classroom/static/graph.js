// Where the nodes, arrows and labels of a small directed graph lie. Pure geometry, no drawing.

export const FEW = 8; // up to here every state has its colour and all arrows are drawn

/** The plan of a graph in a given width; `widest` is the width of the widest label in pixels.
 *  { width, height, radius, outside, nodes, shapes }; outside: the labels stand beside their nodes;
 *  shapes[i][j](head) is the arrow from i to j with a head of that length. */
export function plan(count, width, widest) {
  let height =
    count === 2
      ? 230
      : count < 5
        ? Math.min(340, width)
        : count <= FEW
          ? Math.min(390, width)
          : Math.min(430, width);
  const [least, most] = count <= 5 ? [24, 40] : [19, 25];
  const tight = Math.min(15, (0.3 * width) / count + 6),
    outside = count > FEW && widest > 1.7 * tight;
  const radius = count <= FEW ? Math.min(most, Math.max(least, widest / 2 + 9)) : outside ? 8 : tight;
  const nodes = circle(count, width, height, radius, outside ? Math.max(0, widest - 22) : 0),
    bend = count === 2 ? 96 : count <= 6 ? 30 : count <= FEW ? 10 : 36;
  if (count > FEW) {
    // no empty rows above and below the ring
    const ys = nodes.map((node) => node.y),
      edge = radius + (outside ? 34 : 2.2 * loopSize(radius) + 12);
    const up = Math.min(...ys) - edge;
    nodes.forEach((node) => (node.y -= up));
    height = Math.max(...ys) - up + edge;
  }
  const turned = (node) =>
    count === 2 ? (node === nodes[0] ? -0.66 : -0.34) * Math.PI : node.angle + (outside ? Math.PI : 0);
  const shape = (i, j) => (head) =>
    i === j ? loop(nodes[i], head, turned(nodes[i])) : arrow(nodes[i], nodes[j], bend, head);
  return {
    width,
    height,
    radius,
    outside,
    nodes,
    shapes: nodes.map((_, i) => nodes.map((_, j) => shape(i, j))),
  };
}

/** Nodes on a circle (two: side by side), as large as the box allows, room kept for self loops and labels. */
function circle(count, width, height, radius, labels) {
  const angles = Array.from({ length: count }, (_, i) =>
    count === 2 ? Math.PI * (1 - i) : (2 * Math.PI * i) / count - (count === 4 ? 0.75 : 0.5) * Math.PI,
  );
  const xs = angles.map(Math.cos),
    ys = angles.map(Math.sin),
    [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [top, bottom] = [Math.min(...ys), Math.max(...ys)],
    room = radius + 1.9 * loopSize(radius) + 12;
  const fits = (size, span, edge) => (span > 0.01 ? (size - 2 * (room + edge)) / span : Infinity);
  const ring =
    count === 1
      ? 0
      : Math.min(
          fits(width, right - left, count === 2 ? -10 : 18 + labels),
          fits(height, bottom - top, 8),
          150 + 12 * count,
        );
  return angles.map((angle, i) => ({
    x: width / 2 + ring * (xs[i] - (left + right) / 2),
    y: height / 2 + (count === 2 ? 22 : 0) + ring * (ys[i] - (top + bottom) / 2),
    angle,
    r: radius,
  }));
}

/** Radius of a self loop at a node. */
export const loopSize = (radius) => Math.min(21, 0.6 * radius + 3);

const mid = (a, b, t) => ({ x: a.x + (b.x - a.x) * t, y: a.y + (b.y - a.y) * t });
const apart = (a, b) => Math.hypot(a.x - b.x, a.y - b.y);

/** A point of the curve with control points a, c, b. */
export const bezier = (a, c, b, t) => mid(mid(a, c, t), mid(c, b, t), t);

/** The piece of a curve between two parameters (de Casteljau). */
function piece(a, c, b, from, to) {
  const start = bezier(a, c, b, from),
    end = bezier(a, c, b, to);
  return { a: start, c: mid(mid(a, c, from), mid(c, b, from), to), b: end };
}

/** The parameter at which the curve is `gap` away from one of its ends, by bisection. */
function leaving(a, c, b, centre, gap) {
  let [near, far] = centre === a ? [0, 0.5] : [1, 0.5];
  for (let i = 0; i < 24; i++) {
    const t = (near + far) / 2;
    if (apart(bezier(a, c, b, t), centre) < gap) near = t;
    else far = t;
  }
  return near;
}

/** An arrow from node a to node b: bent to its left, so that there and back do not cover each other.
 *  Gives the shaft { a, c, b }, the tip with its direction, and `at(t)` for labels and walkers. */
function arrow(a, b, bend, head) {
  const long = apart(a, b),
    nx = (b.y - a.y) / long,
    ny = -(b.x - a.x) / long;
  const side = Math.min(bend, 0.4 * long),
    c = { x: (a.x + b.x) / 2 + nx * side, y: (a.y + b.y) / 2 + ny * side };
  const full = piece(a, c, b, leaving(a, c, b, a, a.r + 3), leaving(a, c, b, b, b.r + 3));
  const shaft = piece(full.a, full.c, full.b, 0, 1 - Math.min(0.5, head / apart(full.a, full.b)));
  const tip = { ...full.b, angle: Math.atan2(full.b.y - shaft.b.y, full.b.x - shaft.b.x) };
  const d = (q) => `M${f(q.a.x)} ${f(q.a.y)}Q${f(q.c.x)} ${f(q.c.y)} ${f(q.b.x)} ${f(q.b.y)}`;
  const at = (t) => bezier(full.a, full.c, full.b, t),
    short = apart(full.a, full.b) < 90;
  return {
    d: d(shaft),
    track: d(full),
    tip,
    at,
    label: short ? { x: at(0.45).x + nx * 17, y: at(0.45).y + ny * 13 } : null,
  };
}

/** A self loop on the outer side of a node. */
function loop(node, head, outward) {
  const size = loopSize(node.r),
    far = node.r + size * 0.72;
  const centre = { x: node.x + far * Math.cos(outward), y: node.y + far * Math.sin(outward) };
  const half = Math.acos(
    Math.max(-1, Math.min(1, (far * far + size * size - (node.r + 3) ** 2) / (2 * far * size))),
  );
  const from = outward + Math.PI + half,
    sweep = 2 * Math.PI - 2 * half;
  const at = (t) => ({
    x: centre.x + size * Math.cos(from + sweep * t),
    y: centre.y + size * Math.sin(from + sweep * t),
  });
  const arc = (t) => {
    const s = at(0),
      e = at(t);
    return `M${f(s.x)} ${f(s.y)}A${f(size)} ${f(size)} 0 ${sweep * t > Math.PI ? 1 : 0} 1 ${f(e.x)} ${f(e.y)}`;
  };
  const cut = 1 - Math.min(0.4, head / (size * sweep)),
    end = at(1),
    back = at(cut);
  const tip = { ...end, angle: Math.atan2(end.y - back.y, end.x - back.x) };
  const reach = size + 11,
    label = { x: centre.x + reach * Math.cos(outward) * 1.25, y: centre.y + reach * Math.sin(outward) };
  return { d: arc(cut), track: arc(1), tip, at, label };
}

const f = (x) => x.toFixed(1);

/** The head of an arrow as polygon points. */
export function headPoints(tip, length, width) {
  const [cos, sin] = [Math.cos(tip.angle), Math.sin(tip.angle)];
  return [
    [0, 0],
    [-length, width / 2],
    [-length, -width / 2],
  ]
    .map(([x, y]) => `${f(tip.x + x * cos - y * sin)},${f(tip.y + x * sin + y * cos)}`)
    .join(' ');
}

/** How much two boxes { x, y, w, h } (centre and size) overlap, as an area. */
export function overlap(p, q) {
  const x = (p.w + q.w) / 2 - Math.abs(p.x - q.x),
    y = (p.h + q.h) / 2 - Math.abs(p.y - q.y);
  return x > 0 && y > 0 ? x * y : 0;
}

/** Does a box come closer to a node than `gap`? */
export function touches(box, node, gap = 2) {
  const dx = Math.max(0, Math.abs(box.x - node.x) - box.w / 2),
    dy = Math.max(0, Math.abs(box.y - node.y) - box.h / 2);
  return Math.hypot(dx, dy) < node.r + gap;
}

const PLACES = [0.46, 0.4, 0.52, 0.34, 0.58, 0.28, 0.64, 0.7, 0.22, 0.76];

/** One place for the label of each arrow: on the arrow near its middle if that is free, else along it, else beside it.
 *  Never on a node, on another label or on a box already `taken`: where nothing is free the place is null (`must` insists). */
export function placeLabels(arrows, nodes, size, must = () => false, taken = []) {
  const placed = [];
  const free = (box) =>
    !nodes.some((node) => touches(box, node)) &&
    ![...placed, ...taken].some((other) => other && overlap(box, other) > 0);
  arrows.forEach((it, k) => {
    const along = [...(it.label ? [it.label] : []), ...PLACES.map(it.at)];
    const beside = [16, -16, 22, -22, 28, -28, 36, -36, 44, -44, 60, -60].flatMap((by) =>
      along.flatMap((p) => [
        { x: p.x, y: p.y + by },
        { x: p.x + by, y: p.y },
      ]),
    );
    const boxes = [...along, ...beside].map((spot) => ({ ...spot, ...size }));
    placed.push(boxes.find(free) ?? (must(k) ? boxes[0] : null));
  });
  return placed;
}
