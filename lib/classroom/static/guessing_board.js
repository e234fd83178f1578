// What the guesser sees and touches: the tale with its empty place, the wrong guesses, the keyboard.
import { h, set } from './common.js';
import { keyRows, named, rankClass } from './guessing_rules.js';
import { mix } from './palette.js';

/** A colour for each of the three classes of ranks. */
export const rankColours = (palette) => [palette.good, palette.states[0], palette.bad];

/** The tale so far; a line's end is drawn, so that it can be guessed. */
export function talePanel() {
  const before = document.createTextNode(''),
    found = h('span', { 'data-role': 'found' }),
    slot = h('span', { class: 'slot', text: '?', 'data-role': 'slot' });
  const node = h('div', { class: 'tale', 'data-role': 'tale' }, before, found, slot);
  let shown = null;

  function draw(state, palette, over) {
    const key = [state.ranks.join(), palette.bg, over].join('|');
    slot.hidden = over;
    node.classList.toggle('short', over);
    if (before.data !== state.before) before.data = state.before;
    if (key === shown) return;
    shown = key;
    const colours = rankColours(palette);
    found.replaceChildren(
      ...state.ranks.flatMap((rank, i) => {
        const colour = colours[rankClass(rank)],
          character = state.answer[i],
          style = `--rank:${colour};--tint:${mix(palette.panel, colour, 0.13)}`;
        const sign = h('span', {
          ...{ class: rank > 9 ? 'got far' : 'got', 'data-rank': rank, style },
          text: character === '\n' ? '↵' : character,
        });
        return character === '\n' ? [sign, '\n'] : [sign];
      }),
    );
    node.scrollTop = node.scrollHeight;
  }
  return { node, draw };
}

/** Wrong guesses at this character, crossed out. */
export function triesLine() {
  const node = h('div', { class: 'tries', 'data-role': 'tries' });
  function draw({ tried }) {
    node.replaceChildren(
      h('span', {
        class: 'dim small',
        text: tried ? 'Not this time:' : 'No wrong guess at this character yet.',
      }),
      ...[...tried].map((c) => h('s', { text: named(c) })),
    );
  }
  return { node, draw };
}

/** The alphabet as a keyboard. The keys are no stops of Tab: who has a keyboard types. */
export function keyboard(press) {
  const node = h('div', { class: 'board', 'data-role': 'keyboard' });
  let capitals = false,
    shown = null,
    last = null;
  node.addEventListener('pointerdown', (event) => {
    if (!event.target.closest('.case')) event.preventDefault(); // the focus stays on the desk
  });
  function key(character, tried, wide = false) {
    const done = tried.includes(character);
    return h('button', {
      class: wide ? 'wide' : null,
      'data-key': character,
      tabindex: -1,
      'aria-label': named(character) + (done ? ', tried' : ''),
      'aria-disabled': done ? 'true' : null,
      text: named(character),
      onclick() {
        press(character);
        if (capitals) turn(false);
      },
    });
  }
  const flip = h('button', { class: 'case', 'data-role': 'case', onclick: () => turn(!capitals) });
  function turn(to) {
    capitals = to;
    draw(last);
  }
  function draw(state) {
    last = state;
    const { alphabet, tried } = state;
    const now = [alphabet, tried, capitals].join('|');
    if (now === shown) return;
    shown = now;
    const held = document.activeElement === flip;
    set(flip, {
      'aria-pressed': `${capitals}`,
      'aria-label': 'Capital letters',
      text: capitals ? 'abc' : 'ABC',
    });
    const rows = keyRows(alphabet, capitals).map((row) => row.map((c) => key(c, tried)));
    if (/[a-z]/.test(alphabet) && /[A-Z]/.test(alphabet)) rows[2].unshift(flip);
    const gaps = [...' \n'].filter((c) => alphabet.includes(c)).map((c) => key(c, tried, true));
    node.replaceChildren(...[...rows, gaps].map((row) => h('div', { class: 'keyline' }, ...row)));
    if (held) flip.focus();
  }
  return { node, draw };
}
