// The text: recorded, with what the dice would have drawn below each token; or written by the reader's dice.
import { h, set } from './common.js';
import { quoted, tokenWords } from './sampling_words.js';

const [RECORDED_LINE, LIVE_LINE] = [40, 24]; // pixels, as in the style
const [RECORDED_LINES, LIVE_LINES] = [5, 8]; // that are seen at once

/** How far to scroll so that [top, bottom) is seen with as much before as after it, in whole lines; `now` where it is
 *  seen already. */
export function scrolledTo(top, bottom, now, high, line) {
  if (top >= now && bottom <= now + high) return now;
  return Math.max(0, line * Math.round((top + bottom - high) / (2 * line)));
}

/** A pane of whole lines. */
const pane = (lines, line, look, ...parts) =>
  h('div', { ...look, style: `max-height:${lines * line + 8}px`, 'data-role': 'text' }, ...parts);

/** A recorded text: { node, draw(view) }. A press on a token goes there; below the prompt nothing was drawn. */
export function recordedText(act, { prompt, tokens, names }) {
  const cell = (token, look) => {
    const [real, draws] = [h('b', { text: tokenWords(names(token)) }), h('i')];
    return { node: h('span', look, real, draws), draws };
  };
  const given = prompt.map((token) => cell(token, { class: 'token given' }));
  const spans = tokens.map((token, i) => cell(token, { class: 'token', 'data-place': i, onclick: () => act.go(i) }));
  const long = [...prompt, ...tokens].some((token) => [...names(token)].length > 1);
  const look = { class: `texts${long ? ' long' : ''}` };
  const node = pane(RECORDED_LINES, RECORDED_LINE, look, ...[...given, ...spans].map((span) => span.node));
  let [seen, wide] = [null, null];

  function draw({ place, whole }) {
    spans.forEach(({ node: span, draws }, i) => {
      const { drawn, cut } = whole.places[i];
      const same = drawn === tokens[i];
      set(draws, { text: same ? '·' : tokenWords(names(drawn)) });
      draws.classList.toggle('same', same);
      span.classList.toggle('cut', cut);
      span.classList.toggle('here', i === place);
      span.classList.toggle('later', i > place);
    });
    if (seen !== place || wide !== node.clientWidth) follow(spans[place].node);
    [seen, wide] = [place, node.clientWidth];
  }

  /** Where a token is out of sight, scroll to it. */
  function follow(span) {
    const top = span.getBoundingClientRect().top - node.firstElementChild.getBoundingClientRect().top;
    const high = RECORDED_LINES * RECORDED_LINE;
    node.scrollTop = scrolledTo(top, top + RECORDED_LINE, node.scrollTop, high, RECORDED_LINE);
  }
  return { node, draw };
}

/** A text that grows: { node, draw(view) }. */
export function writtenText({ prompt, names }) {
  const given = h('span', { class: 'given', text: prompt.map(names).join('') });
  const grown = h('span', { class: 'new', 'data-role': 'written' });
  const node = pane(LIVE_LINES, LIVE_LINE, { class: 'texts live' }, given, grown, h('span', { class: 'caret' }));
  function draw({ written, cut, drawn }) {
    set(grown, { text: written.map(names).join('') });
    set(node, { title: `next: ${quoted(names(cut.order[drawn]))}` });
    node.scrollTop = node.scrollHeight;
  }
  return { node, draw };
}
