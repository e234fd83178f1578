// The chosen row as bars: the weight of each source word, and below it the damage if there is one.
import { cutWord, WORD_SIZE } from './attention_text.js';
import { attentionRowWords, weightText } from './attention_words.js';
import { h, set, textWidth } from './common.js';

const MOST_BARS = 20;

/** The places of the words that are shown, in their order: all, or those with most weight. */
function shownWords(own) {
  const all = Array.from(own, (_, s) => s);
  if (all.length <= MOST_BARS) return all;
  return all
    .sort((a, b) => own[b] - own[a])
    .slice(0, MOST_BARS)
    .sort((a, b) => a - b);
}

/** { node, draw(view, palette, width) } */
export function attentionBars() {
  const name = h('b'),
    title = h('h4', {}, name),
    svg = h('svg:svg', { role: 'img' }),
    node = h('div', { class: 'bars', 'data-role': 'bars' }, title, svg);

  function draw(view, palette, width) {
    const { source, target, row, weights, damage, harmScale } = view,
      columns = source.length,
      part = (values) => values.subarray(row * columns, (row + 1) * columns),
      left = Math.min(110, Math.max(...source.map((word) => textWidth(word, WORD_SIZE))) + 12),
      kinds = [{ kind: 'weight', values: part(weights), fill: palette.states[0], low: 0, high: 1 }];
    if (damage) kinds.push({ kind: 'damage', values: part(damage), fill: palette.states[1], ...harmScale });
    const step = damage ? 34 : 24,
      place = { left, room: width - left - 46, tall: damage ? 10 : 14 },
      shown = shownWords(kinds[0].values);
    const parts = shown.flatMap((s, k) => [
      h('svg:text', {
        ...{ x: left - 8, y: k * step + (damage ? 17 : 15), 'text-anchor': 'end', 'font-size': WORD_SIZE },
        text: cutWord(source[s], left - 8),
      }),
      ...kinds.flatMap((kind, b) => bar(kind, s, k * step + 3 + b * 13, place)),
    ]);
    set(name, { text: `“${target[row]}”${shown.length < columns ? `, the ${MOST_BARS} largest` : ''}` });
    title.replaceChildren(name, ...kinds.map(({ kind, fill }) => barKey(kind, fill)));
    svg.replaceChildren(...parts);
    set(svg, { width, height: shown.length * step + 4, 'aria-label': attentionRowWords(view) });
  }
  return { node, draw };
}

const barKey = (kind, fill) => h('span', {}, h('i', { style: `--swatch:${fill}` }), kind);

/** One bar with its number; where the scale has a sign, it grows from a quarter of the room to either side. */
function bar({ kind, values, fill, low, high }, s, y, { left, room, tall }) {
  const value = values[s],
    zero = left + (low < 0 ? room / 4 : 0),
    long = Math.min(room, ((low < 0 ? 0.75 * room : room) * Math.abs(value)) / high),
    x = value < 0 ? Math.max(left, zero - long) : zero,
    end = value < 0 ? zero : zero + long;
  const box = { x, y, width: Math.max(1, end - x), height: tall, rx: 2, fill, 'data-bar': `${kind}-${s}` };
  const number = { x: end + 6, y: y + tall - 1.5, 'font-size': 11.5, class: 'dim', 'data-value': `${kind}-${s}` };
  return [h('svg:rect', box), h('svg:text', { ...number, text: weightText(value) })];
}
