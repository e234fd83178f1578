// The line from 0 to 1: what is cut away, the rest stretched over the whole, and the die that falls on it.
import { clamp, h, set, textWidth } from './common.js';
import { pressAndDrag } from './heat.js';
import { inkOn, mix } from './palette.js';
import { hatching } from './sampling_columns.js';
import { dieWords, tokenWords } from './sampling_words.js';

const STRIPS_LEFT = 40;
const [BEFORE_TOP, AFTER_TOP, STRIP_HIGH, STRIPS_HIGH] = [18, 74, 26, 150];
const SEGMENTS = 120; // drawn one by one; what is smaller is one piece

/** Segments of a strip: [{ rank, from, to }], the small ones at the end together (rank null). */
export function stripSegments(values, count, left, wide) {
  const segments = [];
  let below = 0;
  for (let rank = 0; rank < count && rank < SEGMENTS; rank++) {
    segments.push({ rank, from: left + below * wide, to: left + (below + values[rank]) * wide });
    below += values[rank];
  }
  let rest = 0;
  for (let rank = SEGMENTS; rank < count; rank++) rest += values[rank];
  if (rest > 0) segments.push({ rank: null, from: left + below * wide, to: left + (below + rest) * wide });
  return segments;
}

/** The two strips and the die: { node, draw(view, palette, width) }. */
export function samplingStrips(act, group) {
  const node = h('svg:svg', { class: 'strips', 'aria-hidden': 'true', 'data-role': 'strips' });
  const id = `${group}-gone`;
  let last = null;
  pressAndDrag(node, (x) => last && act.roll(clamp((x - STRIPS_LEFT) / last, 0, 0.9999)));

  function draw({ cut, drawn, die, names }, palette, width) {
    const wide = Math.max(40, width - STRIPS_LEFT - 6);
    last = wide;
    const { order, shaped, share, kept, cutMass } = cut;
    const tints = [mix(palette.states[0], palette.bg, 0.15), mix(palette.states[0], palette.bg, 0.42)];
    const strip = (segments, top, words) =>
      segments.flatMap(({ rank, from, to }) => {
        const fill = rank === drawn ? palette.accent : rank === null ? palette.dim : tints[rank % 2];
        const box = { x: from, y: top, width: Math.max(0, to - from), height: STRIP_HIGH, fill };
        const name = rank === null ? `${kept - SEGMENTS} more` : tokenWords(names(order[rank]));
        const fits = words && to - from > textWidth(name, 13) + 8;
        const word = { x: (from + to) / 2, y: top + 18, 'text-anchor': 'middle', 'font-size': 13, 'font-weight': 600 };
        return [
          h('svg:rect', {
            ...box,
            stroke: palette.bg,
            'stroke-width': to - from > 3 ? 1 : 0,
            'data-segment': words ? rank : null,
          }),
          fits ? h('svg:text', { ...word, style: `fill:${inkOn(fill)}`, text: name }) : null,
        ];
      });
    const before = stripSegments(shaped, kept, STRIPS_LEFT, wide);
    const after = stripSegments(share, kept, STRIPS_LEFT, wide);
    const end = before.at(-1).to;
    const made = [hatching(id, palette)];
    const text = (x, y, words, anchor, more = {}) =>
      h('svg:text', { x, y, 'text-anchor': anchor, 'font-size': 12, class: 'dim', text: words, ...more });
    made.push(text(STRIPS_LEFT, 12, 'all of it, after penalty and temperature', 'start'));
    if (cutMass > 0) {
      const gone = { x: end, y: BEFORE_TOP, width: STRIPS_LEFT + wide - end, height: STRIP_HIGH };
      made.push(h('svg:rect', { ...gone, fill: `url(#${id})`, stroke: palette.line, 'data-role': 'gone' }));
      made.push(text(STRIPS_LEFT + wide, 12, 'cut away', 'end'));
    }
    const [from, to, right] = [BEFORE_TOP + STRIP_HIGH + 2, AFTER_TOP - 2, STRIPS_LEFT + wide];
    const sheet = `M${STRIPS_LEFT} ${from}H${end}L${right} ${to}H${STRIPS_LEFT}Z`;
    made.push(h('svg:path', { d: sheet, fill: palette.panel, stroke: palette.line }));
    const middle = (STRIPS_LEFT + Math.max(end, STRIPS_LEFT + 0.5 * wide)) / 2;
    const stretched =
      cutMass > 0 ? `divided by ${(1 - cutMass).toFixed(3)}: the sum is 1 again` : 'nothing cut: the sum is 1';
    made.push(text(clamp(middle, STRIPS_LEFT + 120, right - 120), from + 18, stretched, 'middle'));
    made.push(...strip(before, BEFORE_TOP, false), ...strip(after, AFTER_TOP, true));
    const x = STRIPS_LEFT + die * wide;
    const foot = AFTER_TOP + STRIP_HIGH;
    made.push(h('svg:line', { x1: x, x2: x, y1: AFTER_TOP - 5, y2: foot + 6, stroke: palette.bg, 'stroke-width': 5 }));
    made.push(h('svg:line', { x1: x, x2: x, y1: AFTER_TOP - 6, y2: foot + 8, stroke: palette.ink, 'stroke-width': 2 }));
    for (const [tick, name] of [
      [0, '0'],
      [0.25, '.25'],
      [0.5, '.5'],
      [0.75, '.75'],
      [1, '1'],
    ])
      if (Math.abs(STRIPS_LEFT + tick * wide - x) > 46)
        made.push(
          text(STRIPS_LEFT + tick * wide, foot + 26, name, tick === 1 ? 'end' : 'middle', { 'font-size': 11.5 }),
        );
    const label = clamp(x, STRIPS_LEFT + 20, right - 20);
    made.push(
      h('svg:rect', {
        x: label - 31,
        y: foot + 8,
        width: 62,
        height: 26,
        rx: 6,
        fill: palette.ink,
        'data-role': 'die',
      }),
    );
    made.push(
      h('svg:text', {
        x: label,
        y: foot + 26,
        'text-anchor': 'middle',
        'font-size': 13,
        'font-weight': 650,
        style: `fill:${palette.bg}`,
        text: dieWords(die),
      }),
    );
    node.replaceChildren(...made.filter(Boolean));
    set(node, { width, height: STRIPS_HIGH, viewBox: `0 0 ${width} ${STRIPS_HIGH}` });
  }
  return { node, draw };
}
