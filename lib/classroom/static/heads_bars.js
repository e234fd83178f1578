// The chosen row as bars: where its weight goes, word by word.
import { cutWord, WORD_SIZE } from './attention_text.js';
import { h, set, textWidth } from './common.js';
import { headsRowWords, seenWord, shareText } from './heads_words.js';

/** The places of the words that are shown, in their order: all, or up to `most` with most weight. */
export function heaviest(values, most) {
  const all = Array.from(values, (_, s) => s);
  if (all.length <= most) return all;
  return all
    .filter((s) => values[s] >= 0.005)
    .sort((a, b) => values[b] - values[a] || a - b)
    .slice(0, most)
    .sort((a, b) => a - b);
}

/** { node, draw(view, palette, width, most, roomy) }; roomy: as high as it may become */
export function headsBars() {
  const title = h('h4'),
    svg = h('svg:svg', { role: 'img' }),
    node = h('div', { class: 'bars', 'data-role': 'bars' }, title, svg);

  function draw({ kind, row, values, ...view }, palette, width, most, roomy) {
    const shown = heaviest(values, most),
      many = kind.columns.length > most,
      name = (s) => seenWord(kind.columns[s]),
      number = many ? textWidth(`${kind.columns.length}`, 11) + 8 : 0,
      left = Math.min(120, Math.max(8, ...shown.map((s) => textWidth(name(s), WORD_SIZE))) + 12) + number,
      room = width - left - 46,
      parts = shown.flatMap((s, k) => {
        const y = k * 21,
          long = room * Math.min(1, values[s]);
        return [
          many
            ? h('svg:text', {
                x: number - 8,
                y: y + 14,
                'text-anchor': 'end',
                'font-size': 11,
                class: 'dim',
                text: s + 1,
              })
            : h('svg:g'),
          h('svg:text', {
            x: left - 8,
            y: y + 14,
            'text-anchor': 'end',
            'font-size': WORD_SIZE,
            text: cutWord(name(s), left - number - 8),
          }),
          h('svg:rect', { x: left, y: y + 3, width: long, height: 13, rx: 2, fill: palette.states[0], 'data-bar': s }),
          h('svg:text', {
            x: left + long + 6,
            y: y + 14,
            'font-size': 11.5,
            class: 'dim',
            text: shareText(values[s]),
            'data-value': s,
          }),
        ];
      });
    set(title, { text: `Where “${seenWord(kind.rows[row])}” looks${many ? `, the ${most} largest` : ''}` });
    svg.replaceChildren(...parts);
    set(svg, {
      width,
      height: (roomy ? Math.min(most, kind.columns.length) : shown.length) * 21 + 2,
      'aria-label': headsRowWords({ kind, row, values, ...view }),
    });
  }
  return { node, draw };
}
