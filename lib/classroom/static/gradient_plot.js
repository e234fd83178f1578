// The main picture: the size of the error against the lag, between the line of the radius and the bound.
import { clamp, h, set, textWidth } from './common.js';
import { LETTERS, amount, tenTo } from './gradient_words.js';

export const LOWEST = -12;
export const HIGHEST = 6;
export const PIN_COLOURS = [1, 2, 3, 4];
const APART = [1, 2, 5, 10, 20, 25, 50];
const [LEFT, RIGHT, TOP, BOTTOM] = [42, 12, 8, 36];
const LINE = 15; // the height of a word

/** The lags of the axis's numbers, at most about eight. */
export function ticksFor(longest) {
  const apart = APART.find((step) => longest / step <= 8) ?? 50;
  return Array.from({ length: Math.floor(longest / apart) + 1 }, (_, i) => i * apart);
}

/** A curve from its logs: its path in the frame, and where it ends. */
function traced(logs, x, y) {
  const dead = logs.findIndex((log) => log === -Infinity);
  const alive = dead < 0 ? logs : logs.subarray(0, dead);
  const points = [...alive].map((log, k) => `${x(k).toFixed(1)},${y(clamp(log, LOWEST - 9, HIGHEST + 9)).toFixed(1)}`);
  if (dead >= 0) points.push(`${x(dead).toFixed(1)},${y(LOWEST).toFixed(1)}`);
  const outside = alive.findIndex((log) => log < LOWEST + 0.6 || log > HIGHEST - 0.6);
  const end = Math.max(0, (outside < 0 ? alive.length : outside) - 1);
  return { path: `M${points.join('L')}`, dead, end };
}

/** Points of a curve, close enough that none slips through a word: [[x, y]]. */
export function along(logs, x, y) {
  const at = (lag, log) => [x(lag), y(clamp(log, LOWEST - 9, HIGHEST + 9))];
  const [points, parts] = [[], 6];
  for (let k = 0; k + 1 < logs.length && logs[k + 1] > -Infinity; k++)
    for (let i = 0; i < parts; i++) points.push(at(k + i / parts, logs[k] + ((logs[k + 1] - logs[k]) * i) / parts));
  return points;
}

/** Boxes for a word around a point and inside the frame, the nearest first: [{ left, top, wide, high }]. */
export function placesBeside(cx, cy, wide, box) {
  const lefts = [cx + 10, cx - 10 - wide].filter((left) => left > box.left && left + wide < box.left + box.wide);
  const tops = [8, -8 - LINE, 26, -26 - LINE, 46, -46 - LINE].map((by) => cy + by);
  const fit = (top) => clamp(top, box.top + 2, box.top + box.high - LINE - 2);
  return tops.flatMap((top) => lefts.map((left) => ({ left, top: fit(top), wide, high: LINE })));
}

/** The box in which the fewest points lie; of equals the first. */
export function clearest(boxes, points) {
  const near = 3;
  const held = ({ left, top, wide, high }) =>
    points.filter(([x, y]) => x > left - near && x < left + wide + near && y > top - near && y < top + high + near);
  const counts = boxes.map((each) => held(each).length);
  return boxes[counts.indexOf(Math.min(...counts))];
}

/** The panel: { node, draw(view, palette, width, tall) }. */
export function plotPanel(act) {
  const svg = h('svg:svg', { class: 'plot', role: 'img', tabindex: 0, 'data-role': 'plot' });
  let grid = { wide: 1, longest: 1 };
  const at = (event) => {
    const x = event.clientX - svg.getBoundingClientRect().left - LEFT;
    act.look(Math.round((x / grid.wide) * grid.longest));
  };
  svg.addEventListener('pointerdown', (event) => {
    if (event.button > 0) return;
    svg.setPointerCapture(event.pointerId);
    at(event);
  });
  svg.addEventListener('pointermove', (event) => {
    if (event.buttons & 1) at(event);
  });

  function axes(palette, x, y, box) {
    const parts = [];
    for (let power = LOWEST; power <= HIGHEST; power += 3) {
      const line = { x1: LEFT, x2: LEFT + box.wide, y1: y(power), y2: y(power) };
      const look =
        power === 0 ? { stroke: palette.ink, 'stroke-width': 1 } : { stroke: palette.line, 'stroke-width': 0.8 };
      parts.push(h('svg:line', { ...line, ...look }));
      const text = { x: LEFT - 8, y: y(power), dy: '.35em', 'font-size': 11.5, class: 'dim', 'text-anchor': 'end' };
      parts.push(h('svg:text', { ...text, text: tenTo(power) }));
    }
    const foot = TOP + box.high;
    for (const lag of ticksFor(box.longest))
      parts.push(
        h('svg:text', { x: x(lag), y: foot + 16, 'font-size': 11.5, class: 'dim', 'text-anchor': 'middle', text: lag }),
      );
    const name = { x: LEFT + box.wide / 2, y: foot + 33, 'font-size': 11.5, class: 'dim', 'text-anchor': 'middle' };
    return [...parts, h('svg:text', { ...name, text: 'lag k: steps back from where the error arises' })];
  }

  /** The straight lines: no curve above the bound; the radius alone. */
  function frameLines({ now }, palette, x, y, longest) {
    const ends = (base) => ({ x1: x(0), y1: y(0), x2: x(longest), y2: y(longest * Math.log10(base)) });
    const { x2, y2 } = ends(now.bound);
    const sky = y(HIGHEST + 400);
    return [
      h('svg:path', { d: `M${x(0)} ${y(0)}L${x2} ${y2}V${sky}H${x(0)}z`, fill: palette.panel, 'data-role': 'above' }),
      h('svg:line', { ...ends(now.bound), stroke: palette.dim, 'stroke-width': 1.6, 'stroke-dasharray': '1.5 3.5' }),
      h('svg:line', { ...ends(now.radius), stroke: palette.accent, 'stroke-width': 1.6, 'stroke-dasharray': '6 4' }),
    ];
  }

  /** The word in the part that no curve can reach, where it has room. */
  function impossible(bound, x, y, longest) {
    const high = HIGHEST - 1.1;
    const rises = Math.log10(bound);
    const end = x(rises > 0 ? Math.min(longest, (high - 1) / rises) : longest);
    const text = { x: LEFT + 10, y: y(high), dy: '.35em', 'font-size': 11.5, class: 'dim on-panel' };
    return h('svg:text', { ...text, text: end - LEFT > 78 ? 'impossible' : '' });
  }

  function curve(logs, colour, wide, x, y, more) {
    const it = traced(logs, x, y);
    const look = { fill: 'none', stroke: colour, 'stroke-width': wide, 'stroke-linejoin': 'round' };
    const parts = [h('svg:path', { d: it.path, ...look, ...more })];
    if (it.dead >= 0) {
      const [cx, cy] = [x(it.dead), y(LOWEST) - 6];
      const cross = `M${cx - 4} ${cy - 4}l8 8m0 -8l-8 8`;
      parts.push(h('svg:path', { d: cross, stroke: colour, 'stroke-width': 2.2, fill: 'none', 'data-role': 'dead' }));
    }
    return { ...it, parts };
  }

  function draw(view, palette, width, tall) {
    const { now, pins, position } = view;
    const longest = Math.max(1, now.logs.length - 1, ...pins.map((pin) => pin.logs.length - 1));
    const [wide, high] = [width - LEFT - RIGHT, tall - TOP - BOTTOM];
    grid = { wide, longest };
    const x = (lag) => LEFT + (lag / longest) * wide;
    const y = (log) => TOP + (high * (HIGHEST - log)) / (HIGHEST - LOWEST);
    const window = { x: LEFT, y: TOP, width: wide + 1, height: high };
    const viewBox = `${LEFT} ${TOP} ${wide + 1} ${high}`;
    const inside = h('svg:svg', { ...window, viewBox, style: 'overflow: hidden' }); // it clips, and needs no id
    const outside = [];
    inside.append(...frameLines(view, palette, x, y, longest));
    const letter = (k, curveEnd, logs) => {
      const place = {
        x: x(curveEnd) - 3,
        y: y(clamp(logs[curveEnd], LOWEST + 0.8, HIGHEST - 1)) - 6,
        'text-anchor': 'end',
      };
      const look = { 'font-size': 12, 'font-weight': 700, class: 'halo', text: LETTERS[k] };
      return h('svg:text', { ...place, ...look });
    };
    pins.forEach(({ logs }, k) => {
      const it = curve(logs, palette.states[PIN_COLOURS[k]], 1.8, x, y, { 'data-pin': k });
      inside.append(...it.parts);
      outside.push(letter(k, it.end, logs));
    });
    const main = curve(now.logs, palette.states[0], 3, x, y, { 'data-role': 'curve', 'stroke-linecap': 'round' });
    if (main.dead >= 0) {
      const right = x(main.dead) + 90 < LEFT + wide;
      const text = { x: x(main.dead) + (right ? 10 : -10), y: y(LOWEST) - 8, 'text-anchor': right ? 'start' : 'end' };
      outside.push(
        h('svg:text', { ...text, 'font-size': 12, 'font-weight': 600, class: 'halo', text: 'exactly zero' }),
      );
    }
    const mark = { x1: x(position), x2: x(position), y1: TOP, y2: TOP + high };
    inside.append(h('svg:line', { ...mark, stroke: palette.ink, 'stroke-width': 1, 'stroke-dasharray': '3 3' }));
    inside.append(impossible(now.bound, x, y, longest), ...main.parts);
    svg.replaceChildren(
      ...axes(palette, x, y, { wide, high, longest }),
      inside,
      ...outside,
      ...here(view, palette, x, y, { left: LEFT, top: TOP, wide, high }),
    );
    set(svg, { width, height: tall, viewBox: `0 0 ${width} ${tall}`, 'aria-label': view.heard });
  }

  /** The lag that is looked at, with its number where the fewest lines run. */
  function here({ now, pins, position }, palette, x, y, box) {
    const log = now.logs[position];
    const [cx, cy] = [x(position), y(clamp(log, LOWEST, HIGHEST))];
    const said = `lag ${position}: ${amount(log)}`;
    const straight = [1, now.radius, now.bound].map((base) => now.logs.map((_, lag) => lag * Math.log10(base)));
    const lines = [now.logs, ...pins.map((pin) => pin.logs), ...straight];
    const at = clearest(placesBeside(cx, cy, textWidth(said, 12), box), lines.flatMap((logs) => along(logs, x, y)));
    const text = { x: at.left, y: at.top + LINE - 3, 'font-size': 12, 'font-weight': 650 };
    const dot = { cx, cy, r: 5, fill: palette.states[0], stroke: palette.bg, 'stroke-width': 2 };
    return [h('svg:circle', dot), h('svg:text', { ...text, class: 'halo', 'data-role': 'here', text: said })];
  }
  return { node: svg, draw };
}
