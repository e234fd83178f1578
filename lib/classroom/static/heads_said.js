// What the model says at each word, whole and without the heads that are cut.
import { h, set } from './common.js';
import { seenWord, shareText } from './heads_words.js';

/** { node, draw(view, palette) }; pick(t) is called where a place is pressed. */
export function headsSaid({ pick }) {
  const title = h('h4'),
    strip = h('div', { class: 'said', 'data-role': 'said' }),
    node = h('div', { class: 'lost' }, title, strip);
  let built = null,
    cells = [];
  strip.addEventListener('click', (event) => {
    const cell = event.target.closest('[data-said]');
    if (cell) pick(Number(cell.dataset.said));
  });

  function build(words) {
    if (built === words) return;
    built = words;
    cells = words.map((word, t) => {
      const [was, now, bar] = [h('s'), h('b'), h('i')];
      return {
        was,
        now,
        bar,
        node: h('span', { 'data-said': t }, h('span', { class: 'read', text: seenWord(word) }), now, bar, was),
      };
    });
    strip.replaceChildren(...cells.map((cell) => cell.node));
  }

  function draw({ kind, kinds, answer, row }, palette) {
    const { said, first, wanted, whose } = answer;
    node.hidden = !said;
    if (!said) return;
    const here = kinds.find((each) => each.whose === whose) ?? kind;
    build(here.rows);
    const next = here.causal || here.name === 'cross' || here.name === 'decoder',
      counted = wanted.some((word) => word !== null);
    set(title, {
      text: `What the model says ${next ? 'comes next' : `at each ${here.noun}`}${counted ? '; where it is right: bold, green and underlined' : ''}`,
    });
    said.forEach(([[word, p]], t) => {
      const before = first?.[t][0][0] ?? word,
        { was, now, bar, node: cell } = cells[t];
      set(now, { text: seenWord(word) });
      set(was, { text: word === before ? '' : seenWord(before) });
      set(bar, { style: `width:${Math.round(100 * p)}%` });
      cell.className = [
        word === before ? '' : 'changed',
        word === wanted[t] ? 'right' : '',
        t === row && kind.whose === whose ? 'here' : '',
      ].join(' ');
      const told = `at “${seenWord(here.rows[t])}”: “${seenWord(word)}” ${shareText(p)}`;
      set(cell, { title: wanted[t] === null ? told : `${told}; wanted “${seenWord(wanted[t])}”` });
    });
  }
  return { node, draw };
}
