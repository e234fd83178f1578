// How much of a bump would come through, by when it came in.
import { clamp, h, set } from './common.js';
import { MEMORY_LEFT, memoryPath, memoryPlace } from './memory_axis.js';
import { memoryPercent } from './memory_words.js';

const [SHARE_TOP, SHARE_HIGH] = [6, 62];

/** The strip: { node, draw(view, palette, width) }. */
export function memoryShares() {
  const node = h('svg:svg', { class: 'shares', 'aria-hidden': 'true', 'data-role': 'shares' });
  function draw({ curve, bump, through, length, at, error }, palette, width) {
    const place = memoryPlace(length, width);
    const y = (share) => SHARE_TOP + (1 - clamp(share, -0.12, 1.12)) * (SHARE_HIGH - SHARE_TOP - 8) + 2;
    const made = [];
    for (const [share, text] of [
      [0, '0'],
      [0.5, ''],
      [1, '100%'],
    ]) {
      made.push(
        h('svg:line', {
          x1: MEMORY_LEFT,
          x2: place.right,
          y1: y(share),
          y2: y(share),
          stroke: palette.line,
          'stroke-width': share === 0.5 ? 0.6 : 1,
        }),
      );
      if (text)
        made.push(
          h('svg:text', {
            x: MEMORY_LEFT - 7,
            y: y(share) + 4,
            'text-anchor': 'end',
            class: 'dim',
            'font-size': 11.5,
            text,
          }),
        );
    }
    const known = curve.filter(([, share]) => Number.isFinite(share));
    if (known.length && error < 9.995) {
      const points = known.map(([t, share]) => [place.x(t), y(share)]);
      const area = `${memoryPath(points)}L${points.at(-1)[0].toFixed(1)} ${y(0)}L${points[0][0].toFixed(1)} ${y(0)}Z`;
      made.push(h('svg:path', { d: area, fill: palette.states[2], 'fill-opacity': 0.22 }));
      made.push(
        h('svg:path', {
          d: memoryPath(points),
          fill: 'none',
          stroke: palette.states[2],
          'stroke-width': 2,
          'data-role': 'curve',
        }),
      );
    } else
      made.push(
        h('svg:text', {
          x: (MEMORY_LEFT + place.right) / 2,
          y: y(0.4),
          'text-anchor': 'middle',
          class: 'dim halo',
          'font-size': 12,
          text: 'nothing can be seen in these numbers',
        }),
      );
    made.push(
      h('svg:line', {
        x1: place.x(at),
        x2: place.x(at),
        y1: SHARE_TOP - 4,
        y2: SHARE_HIGH,
        stroke: palette.accent,
        'stroke-width': 1,
        'stroke-dasharray': '3 3',
      }),
    );
    if (bump && Number.isFinite(through) && error < 9.995) {
      const x = place.x(bump[0]);
      const right = x < width - 90;
      made.push(
        h('svg:circle', {
          cx: x,
          cy: y(through),
          r: 5.5,
          fill: palette.states[1],
          stroke: palette.bg,
          'stroke-width': 2,
        }),
      );
      made.push(
        h('svg:text', {
          x: x + (right ? 10 : -10),
          y: clamp(y(through) + 4, 14, SHARE_HIGH - 4),
          'text-anchor': right ? 'start' : 'end',
          'font-size': 12.5,
          'font-weight': 650,
          class: 'halo',
          'data-role': 'through',
          text: through < 0.005 ? '0%' : memoryPercent(through),
        }),
      );
    }
    node.replaceChildren(...made);
    set(node, { width, height: SHARE_HIGH + 2, viewBox: `0 0 ${width} ${SHARE_HIGH + 2}` });
  }
  return { node, draw };
}
