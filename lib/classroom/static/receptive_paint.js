// What the receptive field viewer paints: places of units, edges, discs, inputs. All from the view, on a canvas.
import { mix } from './palette.js';
import { paintChain, receptiveDiscs } from './receptive_chain.js';

const SHADES = 6; // of edges by importance, so that each is one stroke

/** Where everything is: places of time and levels, in pixels. */
export function receptivePlaces({ length, levels, tokens, room, width }) {
  const left = width < 620 ? 104 : 132;
  const column = (width - left - 10) / length;
  const pitch = levels === 3 ? 74 : Math.max(27, Math.min(58, 330 / (levels - 1)));
  const top = 46;
  const floor = top + (levels - 1) * pitch;
  const named = floor + (tokens ? 36 : 16);
  const bars = room ? { top: named + 6, base: named + 54 } : null;
  const end = (bars ? bars.base : named) + 4;
  return {
    ...{ left, column, pitch, top, floor, named, bars, end, length, levels, height: end + 20 },
    r: Math.max(0.7, Math.min(5, 0.3 * column)),
    x: (t) => left + (t + 0.5) * column,
    y: (level) => floor - level * pitch,
  };
}

/** A canvas as fine as the screen: start(width, height) clears it and gives its pen, in CSS pixels. */
export function receptiveCanvas(node) {
  function start(width, height) {
    const fine = window.devicePixelRatio || 1;
    [node.width, node.height] = [Math.round(width * fine), Math.round(height * fine)];
    Object.assign(node.style, { width: `${width}px`, height: `${height}px` });
    const pen = node.getContext('2d');
    pen.setTransform(fine, 0, 0, fine, 0, 0);
    pen.clearRect(0, 0, width, height);
    return pen;
  }
  return { node, start };
}

/** How far the cone has grown below a level, 0 to 1: it starts at the output. */
const grownBelow = (grown, levels, level) => Math.max(0, Math.min(1, grown - (levels - 1 - level)));

/** All units and, where there is room, all edges: pale. */
function paintEverything(pen, { now, layers }, palette, p) {
  const pale = mix(palette.bg, palette.dim, 0.45);
  if (p.column >= 14) {
    pen.beginPath();
    layers.forEach(([k, d], l) => {
      for (let t = 0; t < p.length; t++)
        for (let j = 0; j < k && t - j * d >= 0; j++) {
          pen.moveTo(p.x(t), p.y(l + 1));
          pen.lineTo(p.x(t - j * d), p.y(l));
        }
    });
    [pen.strokeStyle, pen.lineWidth] = [mix(palette.bg, palette.line, 0.5), 0.7];
    pen.stroke();
  }
  const units = now.roads.flatMap((_, level) =>
    Array.from({ length: p.length }, (__, t) => [p.x(t), p.y(level), Math.max(0.6, 0.5 * p.r)]),
  );
  receptiveDiscs(pen, units, pale);
}

/** Is importance known between the inputs and the output? */
const knownInside = ({ importance }) => (importance?.length ?? 0) > 1;

/** Relative importance of a unit, 0 to 1; 1 where none was measured. */
const weightOf = (view, level, t) => (knownInside(view) ? (view.importance[level]?.[t] ?? 1) : 1);

/** One stroke for each shade of importance: { add(weight, from, to), draw(strength) }. */
function shadedStrokes(pen, ground, colour) {
  const strokes = Array.from({ length: SHADES + 1 }, () => new Path2D());
  return {
    add(weight, from, to) {
      const stroke = strokes[Math.round(SHADES * Math.sqrt(weight))];
      stroke.moveTo(...from);
      stroke.lineTo(...to);
    },
    draw: (look) =>
      strokes.forEach((stroke, i) => {
        const [strong, wide] = look(i / SHADES);
        [pen.strokeStyle, pen.lineWidth] = [mix(ground, colour, strong), wide];
        pen.stroke(stroke);
      }),
  };
}

/** The wedge of the cone, from the output to its oldest input. */
function paintWedge(pen, { now, step, grown }, palette, p) {
  pen.save();
  pen.beginPath();
  pen.rect(p.left, 0, p.column * p.length, p.height);
  pen.clip();
  pen.beginPath();
  pen.moveTo(p.x(step), p.y(p.levels - 1));
  for (let level = p.levels - 2; level >= 0; level--) {
    const share = grownBelow(grown, p.levels, level + 1);
    if (!share) break;
    const [from, to] = [now.roads[level + 1].length - 1, now.roads[level].length - 1];
    pen.lineTo(p.x(step - from - (to - from) * share), p.y(level + 1) + p.pitch * share);
  }
  const deep = Math.min(p.levels - 1, grown) * p.pitch;
  pen.lineTo(p.x(step), p.y(p.levels - 1) + deep);
  pen.closePath();
  pen.fillStyle = palette.states[0] + '14';
  pen.fill();
  pen.restore();
}

/** The edges of the cone; those of much importance strong. */
function paintCone(pen, view, palette, p) {
  const { now, step, grown, layers } = view;
  const many = p.column < 6 ? 0.35 : 0.6;
  for (let level = p.levels - 1; level > 0; level--) {
    const share = grownBelow(grown, p.levels, level);
    if (!share) continue;
    const [k, d] = layers[level - 1];
    const strokes = shadedStrokes(pen, palette.bg, palette.states[0]);
    now.roads[level].forEach((roads, b) => {
      if (!roads || b > step) return;
      for (let j = 0; j < k && b + j * d <= step; j++) {
        const below = step - b - j * d;
        const weight = weightOf(view, level, step - b) * weightOf(view, level - 1, below);
        const [x, y] = [p.x(step - b), p.y(level)];
        strokes.add(weight, [x, y], [x + (p.x(below) - x) * share, y + p.pitch * share]);
      }
    });
    strokes.draw((weight) => (knownInside(view) ? [0.12 + 0.88 * weight, 0.7 + 1.6 * weight] : [many, 1]));
  }
  for (let level = p.levels - 1; level > 0; level--) {
    if (level < p.levels - 1 && grownBelow(grown, p.levels, level + 1) < 1) continue;
    const units = [];
    now.roads[level].forEach((roads, b) => {
      if (!roads || b > step) return;
      const size = knownInside(view) ? 0.5 + 0.9 * Math.sqrt(weightOf(view, level, step - b)) : 0.85;
      units.push([p.x(step - b), p.y(level), size * p.r]);
    });
    receptiveDiscs(pen, units, palette.states[0]);
  }
}

/** The inputs: filled where they arrive, hollow where they never do. */
function paintInputs(pen, { now, step, grown }, palette, p) {
  if (grownBelow(grown, p.levels, 1) < 1) return;
  const seen = [];
  const holes = [];
  now.roads[0].forEach((roads, b) => b <= step && (roads ? seen : holes).push(p.x(step - b)));
  const y = p.y(0);
  if (p.column < 7) {
    const wide = Math.max(0.8, p.column * 0.72);
    pen.fillStyle = palette.states[0];
    seen.forEach((x) => pen.fillRect(x - wide / 2, y - 7, wide, 14));
    pen.fillStyle = palette.bad;
    holes.forEach((x) => pen.fillRect(x - wide / 2, y - 1.5, wide, 3));
    return;
  }
  const r = Math.min(7, p.r * 1.35);
  pen.fillStyle = palette.states[0];
  seen.forEach((x) => pen.fillRect(x - r, y - r, 2 * r, 2 * r));
  pen.beginPath();
  holes.forEach((x) => {
    pen.moveTo(x + r, y);
    pen.arc(x, y, r, 0, 2 * Math.PI);
  });
  [pen.fillStyle, pen.strokeStyle, pen.lineWidth] = [palette.bg, palette.bad, 1.8];
  pen.fill();
  pen.stroke();
}

/** The roads of the chosen input; the much used ones strong. */
function paintTraced(pen, view, palette, p) {
  const { now, step, layers, traced, up, grown } = view;
  if (traced === null || grown < p.levels - 1) return;
  const box = Math.max(3, p.r * 1.35);
  if (!up || !now.roads[0][step - traced]) {
    pen.beginPath();
    pen.arc(p.x(traced), p.y(0), box + 1, 0, 2 * Math.PI);
    [pen.fillStyle, pen.strokeStyle, pen.lineWidth] = [palette.bg, palette.accent, 2.4];
    pen.fill();
    pen.stroke();
    return;
  }
  const on = (level, b) => b >= 0 && up[level][b] > 0 && now.roads[level][b] > 0;
  const weight = (level, b) => weightOf(view, level, step - b);
  const units = [];
  const strokes = shadedStrokes(pen, palette.bg, palette.accent);
  layers.forEach(([k, d], l) => {
    up[l].forEach((_, b) => {
      if (!on(l, b)) return;
      if (l) units.push([p.x(step - b), p.y(l), Math.max(2, p.r * (0.5 + 0.8 * Math.sqrt(weight(l, b))))]);
      for (let j = 0; j < k; j++) {
        if (!on(l + 1, b - j * d)) continue;
        const both = weight(l, b) * weight(l + 1, b - j * d);
        strokes.add(both, [p.x(step - b), p.y(l)], [p.x(step - b + j * d), p.y(l + 1)]);
      }
    });
  });
  strokes.draw((strong) => [0.45 + 0.55 * strong, 1 + 2 * strong * strong]);
  receptiveDiscs(pen, units, palette.accent);
  pen.fillRect(p.x(traced) - box, p.y(0) - box, 2 * box, 2 * box);
}

/** Everything on one canvas, from the back to the front. */
export function paintReceptive(pen, view, palette, p) {
  if (view.compare === 'recurrent') return paintChain(pen, view, palette, p);
  paintEverything(pen, view, palette, p);
  paintWedge(pen, view, palette, p);
  paintCone(pen, view, palette, p);
  paintInputs(pen, view, palette, p);
  return paintTraced(pen, view, palette, p);
}
