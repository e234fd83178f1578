// One head as lines: those that look on the left, those that are looked at on the right.
import { cutWord, WORD_SIZE } from './attention_text.js';
import { clamp, h, textWidth } from './common.js';
import { headsStart } from './heads_model.js';
import { seenWord, shareText } from './heads_words.js';

const LEAST = 0.05; // weight of a line that is drawn
const STEPS = [0.05, 0.1, 0.2, 0.35, 0.55, 0.8]; // lines of one step of weight are one path
const longest = (words) => Math.max(...words.map((word) => textWidth(seenWord(word), WORD_SIZE)));

export function headsLinesPlan({ rows, columns }, width, height) {
  const most = Math.max(rows.length, columns.length),
    tall = clamp(height / most, 8, 30),
    left = Math.ceil(Math.min(longest(rows), width * 0.26)) + 30,
    right = Math.ceil(Math.min(longest(columns), width * 0.26)) + 56,
    top = 6;
  return {
    ...{
      left,
      tall,
      top,
      rows: rows.length,
      columns: columns.length,
      width,
      end: width - right,
      height: top + tall * most + 6,
    },
    row: (y) => Math.floor((y - top) / tall),
    column: () => -1,
    middle: (k) => top + tall * (k + 0.5),
  };
}

/** For each step of weight the lines, as one path: { own: [d, ...] of the chosen row, others: [d, ...] }. */
export function linesByWeight({ codes, shape }, { layer, head }, row, { left, end, middle }) {
  const [, , rows, columns] = shape,
    start = headsStart({ shape }, layer, head),
    least = Math.sqrt(LEAST) * 255,
    found = { own: STEPS.map(() => ''), others: STEPS.map(() => '') },
    [near, far] = [left + (end - left) * 0.4, left + (end - left) * 0.6];
  for (let t = 0; t < rows; t++)
    for (let s = 0; s < columns; s++) {
      const code = codes[start + t * columns + s];
      if (code < least) continue;
      const step = STEPS.findLastIndex((x) => code >= Math.sqrt(x) * 255 - 0.5),
        [a, b] = [middle(t).toFixed(1), middle(s).toFixed(1)];
      found[t === row ? 'own' : 'others'][step] += `M${left} ${a}C${near} ${a} ${far} ${b} ${end} ${b}`;
    }
  return found;
}

export function linesParts(view, plan, palette, focused) {
  const { kind, shown, row, pinned, values } = view,
    { left, end, tall, middle } = plan,
    found = linesByWeight(kind, shown, row, plan),
    parts = [];
  for (const [which, colour, strength] of [
    ['others', palette.states[0], 0.4],
    ['own', palette.accent, 1],
  ])
    found[which].forEach((d, k) => {
      const look = {
        stroke: colour,
        'stroke-width': 0.7 + 3.6 * STEPS[k],
        opacity: (strength * (0.25 + 0.75 * Math.sqrt(STEPS[k]))).toFixed(2),
      };
      if (d) parts.push(h('svg:path', { d, fill: 'none', 'stroke-linecap': 'round', ...look, [`data-${which}`]: k }));
    });
  const size = clamp(tall * 1.05, 9, WORD_SIZE),
    apart = Math.ceil((kind.noun === 'letter' ? 7.5 : 10) / tall);
  kind.rows.forEach((word, t) => {
    if (t % apart && t !== row) return;
    const look = t === row ? { 'font-weight': 700, style: `fill:${palette.accent}` } : { class: 'dim' };
    parts.push(
      h('svg:text', {
        ...look,
        x: left - 8,
        y: middle(t) + 4,
        'text-anchor': 'end',
        'font-size': t === row ? WORD_SIZE : size,
        text: cutWord(seenWord(word), left - 28),
        'data-row': t,
      }),
    );
  });
  kind.columns.forEach((word, s) => {
    const strong = values[s] >= LEAST;
    if (s % apart && !strong) return;
    const look = strong ? { 'font-weight': 700 } : { class: 'dim' },
      text = cutWord(seenWord(word), plan.width - end - 54);
    parts.push(h('svg:text', { ...look, x: end + 8, y: middle(s) + 4, 'font-size': size, text, 'data-column': s }));
    if (strong)
      parts.push(
        h('svg:text', {
          x: end + 16 + textWidth(text, size),
          y: middle(s) + 4,
          'font-size': Math.min(11.5, size),
          class: 'dim',
          text: shareText(values[s]),
          'data-number': s,
        }),
      );
  });
  const wide = textWidth(cutWord(seenWord(kind.rows[row]), left - 28), WORD_SIZE) + 8; // of the name in the frame
  const box = {
    x: left - 4 - wide,
    y: middle(row) - Math.max(tall, 14) / 2,
    width: wide,
    height: Math.max(tall, 14),
    rx: 3,
    fill: 'none',
  };
  if (focused) parts.push(h('svg:rect', { ...box, stroke: palette.accent, 'stroke-width': 2, 'data-role': 'band' }));
  if (pinned !== null)
    parts.push(h('svg:path', { d: `M2 ${middle(pinned) - 6}l10 6l-10 6z`, fill: palette.accent, 'data-pin': pinned }));
  return parts;
}
