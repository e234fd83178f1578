// The signal, the past as the memory has it, the time and the bump.
import { clamp, h, set, textWidth } from './common.js';
import { MEMORY_LEFT, memoryNumber, memoryPath, memoryPlace, memoryTicks } from './memory_axis.js';

const [PLOT_TOP, PLOT_HIGH, PLOT_LOW] = [30, 236, 30];

/** The lowest and the highest value that is drawn, with some room: of the signal, and of what the memory makes of it as
 *  far as that rings beyond the signal, up to 0.3 of its height, in steps, so that the scale is calm. */
export function memoryRange(heard, clean, past = []) {
  let [low, high] = [0, 0];
  for (const row of [heard, clean])
    for (const value of row) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  const size = high - low || 2;
  let [under, over] = [0, 0];
  for (const value of past) {
    under = Math.max(under, low - value);
    over = Math.max(over, value - high);
  }
  const beyond = (far) => Math.max(0.1, Math.min(0.3, 0.1 * Math.ceil((10 * far) / size)) + 0.04) * size;
  return [low - beyond(under), high + beyond(over)];
}

/** The big picture: { node, draw(view, palette, width) }. act: time(t), bump(place, height). */
export function memoryStage(act) {
  const node = h('svg:svg', { class: 'signal', 'aria-hidden': 'true', 'data-role': 'signal' });
  let last = null;
  let held = null;
  const clip = `memory-clip-${(memoryStage.made = (memoryStage.made ?? 0) + 1)}`;
  const bottom = PLOT_TOP + PLOT_HIGH;

  function follow(event) {
    const box = node.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const { view, place, range } = last;
    held ??= y < PLOT_TOP || y > bottom || (Math.abs(x - place.x(view.at)) < 9 && y < PLOT_TOP + 26) ? 'time' : 'bump';
    if (held === 'time') return act.time(place.at(x));
    const [at, low, high] = [place.at(x), ...range];
    const value = low + ((bottom - clamp(y, PLOT_TOP, bottom)) / PLOT_HIGH) * (high - low);
    return act.bump(at, value - view.clean[at]);
  }
  node.addEventListener('pointerdown', (event) => {
    if (event.button > 0 || !last) return;
    held = null;
    last.range = [last.low, last.high]; // the scale stands still while the hand moves
    node.setPointerCapture(event.pointerId);
    follow(event);
  });
  node.addEventListener('pointermove', (event) => {
    if (held && event.buttons & 1) follow(event);
  });
  for (const end of ['pointerup', 'pointercancel'])
    node.addEventListener(end, () => {
      held = null;
      if (last) last.range = null;
      act.settle();
    });

  /** The axes, and what is not known: before the memory begins, and after now. */
  function ground({ at, begin, length }, { low, high, place, y }, palette) {
    const made = [];
    const zone = (from, to, fill, text) => {
      if (to <= from) return;
      made.push(
        h('svg:rect', { x: from, width: to - from, y: PLOT_TOP, height: PLOT_HIGH, fill, 'data-role': 'zone' }),
      );
      if (to - from > textWidth(text, 12) + 14)
        made.push(
          h('svg:text', {
            x: (from + to) / 2,
            y: bottom - 9,
            'text-anchor': 'middle',
            class: 'dim halo',
            'font-size': 12,
            text,
          }),
        );
    };
    if (begin > 0) zone(place.x(0), place.x(begin - 0.5), palette.panel, 'not known any more');
    if (at < length - 1) zone(place.x(at), place.right, 'none', 'not heard yet');
    for (const tick of memoryTicks(low, high, 4)) {
      const line = { x1: MEMORY_LEFT, x2: place.right, y1: y(tick), y2: y(tick), stroke: palette.line };
      made.push(h('svg:line', { ...line, 'stroke-width': tick ? 0.6 : 1.3 }));
      made.push(
        h('svg:text', {
          x: MEMORY_LEFT - 7,
          y: y(tick) + 4,
          'text-anchor': 'end',
          class: 'dim',
          'font-size': 11.5,
          text: memoryNumber(tick),
        }),
      );
    }
    for (const tick of memoryTicks(0, length - 1, 8))
      if (tick === Math.round(tick))
        made.push(
          h('svg:text', {
            x: place.x(tick),
            y: bottom + 17,
            'text-anchor': 'middle',
            class: 'dim',
            'font-size': 11.5,
            text: tick.toLocaleString('en'),
          }),
        );
    return made;
  }

  function curves({ heard, clean, past, without, part, at, begin, bump, width }, { place, y, far }, palette) {
    const points = (row, from, to) =>
      Array.from({ length: Math.max(0, to - from + 1) }, (_, k) => [place.x(from + k), y(row[from + k])]);
    const line = (list, more) =>
      h('svg:path', { d: memoryPath(list), fill: 'none', 'stroke-linejoin': 'round', ...more });
    const made = [];
    const known = past.subarray(begin).some((value) => !Number.isFinite(value)) ? [] : points(past, begin, at).map(far);
    if (known.length) {
      const area = [...points(heard, begin, at), ...known.slice().reverse()];
      made.push(
        h('svg:path', {
          d: `${memoryPath(area)}Z`,
          fill: palette.bad,
          'fill-opacity': 0.2,
          'clip-path': `url(#${clip})`,
          'data-role': 'missing',
        }),
      );
    }
    if (bump) {
      const [from, to] = [
        Math.max(0, Math.floor(bump[0] - 4 * width)),
        Math.min(heard.length - 1, Math.ceil(bump[0] + 4 * width)),
      ];
      made.push(line(points(clean, from, to), { stroke: palette.dim, 'stroke-dasharray': '2 3' }));
    }
    made.push(
      line(points(heard, at, heard.length - 1), {
        stroke: palette.dim,
        'stroke-opacity': 0.6,
        'stroke-dasharray': '4 3',
      }),
    );
    made.push(line(points(heard, 0, at), { stroke: palette.dim, 'stroke-width': 1.4, 'data-role': 'came' }));
    if (without && known.length)
      made.push(
        line(points(without, begin, at).map(far), {
          stroke: palette.states[0],
          'stroke-width': 1.1,
          'clip-path': `url(#${clip})`,
          'data-role': 'without',
        }),
      );
    made.push(
      line(known, {
        stroke: palette.states[0],
        'stroke-width': 2.8,
        'clip-path': `url(#${clip})`,
        'data-role': 'past',
      }),
    );
    if (part && known.length)
      made.push(
        line(points(part, begin, at).map(far), {
          stroke: palette.accent,
          'stroke-width': 1.6,
          'stroke-dasharray': '6 3',
          'clip-path': `url(#${clip})`,
          'data-role': 'part',
        }),
      );
    return made;
  }

  function cursor({ at }, { place }, palette, width) {
    const [x, text] = [place.x(at), `t = ${at.toLocaleString('en')}`];
    const wide = textWidth(text, 12) + 18;
    const left = clamp(x - wide / 2, 2, width - wide - 2);
    return h(
      'svg:g',
      { class: 'grip', 'data-role': 'time' },
      h('svg:line', { x1: x, x2: x, y1: 22, y2: bottom + 4, stroke: palette.accent, 'stroke-width': 2 }),
      h('svg:rect', { x: left, y: 1, width: wide, height: 22, rx: 11, fill: palette.accent }),
      h('svg:text', {
        x: left + wide / 2,
        y: 16,
        'text-anchor': 'middle',
        'font-size': 12,
        'font-weight': 650,
        style: `fill:${palette.bg}`,
        text,
      }),
    );
  }

  function draw(view, palette, width) {
    const range = last?.range ?? null;
    const [low, high] = range ?? memoryRange(view.heard, view.clean, view.past);
    const place = memoryPlace(view.length, width);
    const y = (value) => PLOT_TOP + ((high - value) / (high - low)) * PLOT_HIGH;
    const far = ([x, level]) => [x, clamp(level, -PLOT_HIGH, 2 * bottom)]; // beyond the edge it is cut off
    last = { view, place, low, high, range };
    const box = {
      x: MEMORY_LEFT,
      y: PLOT_TOP - 3,
      width: Math.max(0, place.right - MEMORY_LEFT + 2),
      height: PLOT_HIGH + 6,
    };
    const made = [h('svg:clipPath', { id: clip }, h('svg:rect', box))];
    made.push(...ground(view, { low, high, place, y }, palette), ...curves(view, { place, y, far }, palette));
    made.push(cursor(view, { place }, palette, width));
    if (view.bump) {
      const [x, top] = [place.x(view.bump[0]), y(view.heard[view.bump[0]])];
      made.push(
        h('svg:circle', {
          cx: x,
          cy: top,
          r: 7,
          fill: palette.states[1],
          stroke: palette.bg,
          'stroke-width': 2,
          class: 'bump',
          'data-role': 'bump',
        }),
      );
    }
    node.replaceChildren(...made);
    const tall = bottom + PLOT_LOW;
    set(node, { width, height: tall, viewBox: `0 0 ${width} ${tall}` });
  }
  return { node, draw };
}
