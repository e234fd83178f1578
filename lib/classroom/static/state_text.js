// The text, coloured by the followed unit's value at each token; a click moves the cursor there.
import { h, set } from './common.js';
import { inkOn, shade } from './palette.js';
import { heatNumber, onScale, seenToken, stopsFor } from './heat.js';
import { stepNoun } from './state_words.js';

const TINTS = new WeakMap();

/** 256 colours of a scale with the ink that reads on each. */
function tintsOf(stops) {
  if (!TINTS.has(stops)) {
    const fills = Array.from({ length: 256 }, (_, code) => shade(stops, code / 255));
    TINTS.set(
      stops,
      fills.map((fill) => ({ fill, ink: inkOn(fill) })),
    );
  }
  return TINTS.get(stops);
}

/** The text panel: { node, draw(view, palette) }; pick(t) is called where a token is pressed. */
export function stateText(tokens, pick) {
  const words = stepNoun(tokens) === 'word';
  const shown = (token) => (token === '\n' ? '⏎\n' : token);
  const spans = tokens.map((token, t) => h('span', { 'data-t': t, text: shown(token) }));
  const node = h('div', { class: `told ${words ? 'chips' : 'letters'}`, role: 'img', 'data-role': 'text' }, ...spans);
  node.addEventListener('click', (event) => {
    const span = event.target.closest('[data-t]');
    if (span) pick(+span.dataset.t);
  });
  let drawn = {};

  function colour({ line, own }, palette) {
    const tints = tintsOf(stopsFor(own, palette));
    spans.forEach((span, t) => {
      const { fill, ink } = tints[Math.round(255 * onScale(line[t], own))];
      span.style.backgroundColor = fill;
      span.style.color = ink;
    });
  }

  function draw(view, palette) {
    const { line, own, pattern, at } = view;
    if (drawn.line !== line || drawn.palette !== palette) colour(view, palette);
    if (drawn.pattern !== pattern)
      spans.forEach((span, t) => span.classList.toggle('holds', Boolean(pattern?.binary && pattern.values[t])));
    if (drawn.at !== at) {
      for (const [t, on] of [
        [drawn.at, false],
        [at, true],
      ]) {
        if (t === undefined) continue;
        spans[t].classList.toggle('here', on);
        set(spans[t], { text: on && tokens[t] === ' ' ? '␣' : shown(tokens[t]) });
      }
      keepInView(node, spans[at]);
    }
    drawn = { line, palette, pattern, at };
    set(node, {
      'aria-label':
        `${tokens.length} ${stepNoun(tokens)}s, coloured by unit ${view.unit} of ${view.quantity.name}; ` +
        `at “${seenToken(tokens[at])}” it is ${heatNumber(view.value)}`,
    });
  }
  return { node, draw };
}

/** Scrolls the box, not the page, until the token is seen. */
function keepInView(box, span) {
  if (box.scrollHeight <= box.clientHeight) return;
  const [outer, inner] = [box.getBoundingClientRect(), span.getBoundingClientRect()];
  const line = inner.height + 4;
  const by =
    inner.top < outer.top + line ? inner.top - outer.top - line : Math.max(0, inner.bottom - outer.bottom + line);
  const whole = parseFloat(getComputedStyle(box).lineHeight) || 1; // letters stand in lines, and none is cut
  if (by) box.scrollTop = wholeLines(box.scrollTop + by, by, whole);
}

/** Scrolled to a whole number of lines, no less far than asked. */
export const wholeLines = (top, by, line) => (by < 0 ? Math.floor(top / line) : Math.ceil(top / line)) * line;
