// The text: recorded, with what the dice would have drawn below each token; or written by the reader's dice.
import { h, set } from './common.js';
import { quoted, tokenWords } from './sampling_words.js';

/** A recorded text: { node, draw(view) }. A press on a token goes there. */
export function recordedText(act, { prompt, tokens, names }) {
  const given = h('span', { class: 'given', text: prompt.map(names).join('') });
  const spans = tokens.map((token, i) => {
    const [real, draws] = [h('b', { text: tokenWords(names(token)) }), h('i')];
    const node = h('span', { class: 'token', 'data-place': i, onclick: () => act.go(i) }, real, draws);
    return { node, draws };
  });
  const long = tokens.some((token) => [...names(token)].length > 1);
  const look = { class: `texts${long ? ' long' : ''}`, 'data-role': 'text' };
  const node = h('div', look, given, ...spans.map((span) => span.node));
  let seen = null;

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
    const here = spans[place].node;
    if (seen !== place && node.scrollHeight > node.clientHeight)
      node.scrollTop = here.offsetTop - node.offsetTop - node.clientHeight / 2;
    seen = place;
  }
  return { node, draw };
}

/** A text that grows: { node, draw(view) }. */
export function writtenText({ prompt, names }) {
  const given = h('span', { class: 'given', text: prompt.map(names).join('') });
  const grown = h('span', { class: 'new', 'data-role': 'written' });
  const node = h('div', { class: 'texts live', 'data-role': 'text' }, given, grown, h('span', { class: 'caret' }));
  function draw({ written, cut, drawn }) {
    set(grown, { text: written.map(names).join('') });
    set(node, { title: `next: ${quoted(names(cut.order[drawn]))}` });
    node.scrollTop = node.scrollHeight;
  }
  return { node, draw };
}
