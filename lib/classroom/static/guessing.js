// GuessingGame: how well do you know what comes next? Shannon's experiment of 1951.
import { frame, h, scoped, set } from './common.js';
import { keyboard, talePanel, triesLine } from './guessing_board.js';
import { resultCard, sidePanel } from './guessing_card.js';
import { giveUp, guess, guessingOver, guessWords } from './guessing_rules.js';
import { GUESSING_STYLE } from './guessing_style.js';

const TRAITS = ['before', 'answer', 'alphabet', 'rivals', 'ranks', 'tried', 'stopped'];

/** The character of a key, null for a key that writes nothing. AltGr counts as writing. */
function characterOf(event) {
  const writes = event.getModifierState?.('AltGraph');
  if ((event.ctrlKey || event.metaKey || event.altKey) && !writes) return null;
  if (event.key === 'Enter') return '\n';
  return event.key.length === 1 ? event.key : null;
}

function render({ model, el }) {
  let heard = { heard: null },
    own = false; // is the change at hand the reader's?
  const F = frame({ model, el, label: model.get('title'), draw });
  F.root.classList.add('guessing-game');
  const state = () => Object.fromEntries(TRAITS.map((name) => [name, model.get(name)]));
  const put = ({ heard: what, ...values }, character = null) => {
    heard = { heard: what, character };
    own = true;
    Object.entries(values).forEach(([name, value]) => model.set(name, value));
    own = false;
    model.save_changes();
    F.redraw();
  };
  const press = (character) => put(guess(state(), character), character);
  const tale = talePanel(),
    tries = triesLine(),
    keys = keyboard((character) => {
      press(character);
      desk.focus({ preventScroll: true });
    }),
    side = sidePanel(),
    card = resultCard(() => put({ heard: null, ranks: [], tried: '', stopped: false }));
  const title = h('h3'),
    progress = h('span', { class: 'dim small', 'data-role': 'progress' }),
    filled = h('i'),
    says = h('p', { class: 'heard', role: 'status', 'aria-live': 'polite', 'data-role': 'heard' });
  const give = h('button', {
    'data-role': 'give',
    onclick: () => {
      put(giveUp(state()));
      desk.focus({ preventScroll: true });
    },
  });
  const stop = h('button', {
    ...{ 'data-role': 'stop', text: 'Stop here and show my score' },
    onclick: () => put({ heard: null, stopped: true, tried: '' }),
  });
  const desk = h(
    'div',
    { class: 'desk', tabindex: 0, role: 'application', 'data-role': 'desk' },
    tale.node,
    says,
  );
  const play = h(
    'div',
    { class: 'play' },
    h('div', {}, tries.node, keys.node, h('div', { class: 'row foot' }, give, stop)),
    side.node,
  );
  const hints = [
    ['any character', 'guess it'],
    ['Space', 'guess a space'],
    ['Enter', 'guess a new line'],
    ['↑ ↓', 'read back'],
  ];
  const help = h(
    'div',
    { class: 'keys' },
    ...hints.map(([key, what]) => h('span', {}, h('kbd', { text: key }), ' ' + what)),
  );
  F.root.classList.add('guessing');
  F.root.append(
    scoped(GUESSING_STYLE, 'guessing-game'),
    h('div', { class: 'head' }, title, progress),
    h('p', {
      class: 'lead dim',
      text: 'The tale goes on, hidden. Type the character you think comes next; guess until it is right.',
    }),
    h('div', { class: 'track' }, filled),
    ...[desk, play, card.node, help],
  );
  F.root.addEventListener('keydown', onKey);
  F.listen(['ranks'], () => {
    if (!own) heard = { heard: null };
  });
  F.listen([...TRAITS, 'title'], F.redraw);

  function onKey(event) {
    const now = state();
    if (guessingOver(now)) return;
    if (event.target.tagName === 'BUTTON' && (event.key === ' ' || event.key === 'Enter')) return;
    const moves = { ArrowUp: -54, ArrowDown: 54, PageUp: -180, PageDown: 180 }[event.key];
    const character = characterOf(event);
    if (!moves && character === null && event.key !== 'Dead') return;
    event.preventDefault();
    if (moves) tale.node.scrollTop += moves;
    else if (event.key === 'Dead') put({ heard: 'dead' });
    else press(character);
  }

  function draw(palette, width) {
    const now = state(),
      total = now.answer.length,
      count = now.ranks.length,
      over = guessingOver(now);
    set(title, { text: model.get('title') });
    set(progress, { text: `${count} of ${total}` });
    filled.style.width = `${(100 * count) / total}%`;
    tale.draw(now, palette, over);
    for (const part of [play, help]) part.hidden = over;
    card.node.hidden = !over || !count;
    set(desk, {
      tabindex: over ? null : 0,
      'aria-label': `Guess character ${Math.min(count + 1, total)} of ${total}. The tale so far ends: ${(
        now.before + now.answer.slice(0, count)
      ).slice(-80)}`,
    });
    const said = guessWords(heard, now);
    set(says, {
      text: over ? said && `${said} That was the last one.` : said || waiting(count),
      'data-heard': heard.heard,
    });
    says.hidden = over && !said;
    if (over) return count ? card.draw(now, palette, width) : undefined;
    set(give, { text: `Give this one up (counts as guess ${now.alphabet.length})` });
    stop.disabled = count === 0;
    play.classList.toggle('wide', width >= 800);
    tries.draw(now);
    keys.draw(now);
    side.draw(now, palette);
  }
  const waiting = (count) => (count ? 'What comes next?' : 'Click here, or on a key below, and begin.');
  F.redraw();
  return F.dispose;
}

export default { render };
