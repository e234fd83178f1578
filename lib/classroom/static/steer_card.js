// Beside the map: the chosen row, what it would write, how it stands, the rounds, the text to copy.
import { h, set } from './common.js';
import { isResult } from './steer_game.js';
import {
  rowChances,
  rowSentence,
  steerBound,
  steerShare,
  steerStatus,
  steerTotal,
  steerVerdict,
} from './steer_words.js';

/** { node, card, draw(view) }: what stands beside the map, and below it the result.
 *  act: share(value, last), release(), reset(), gold(), words(), show(), next(), another(). */
export function steerCard(act) {
  const sentence = h('p', { 'data-role': 'row' }),
    own = h('p', { class: 'small dim', 'data-role': 'own' }),
    now = h('p', { class: 'small', 'data-role': 'now' }),
    status = h('p', { class: 'status', role: 'status', 'aria-live': 'polite', 'data-role': 'status' });
  const range = h('input', {
      ...{ type: 'range', min: 0, max: 100, step: 1, 'data-role': 'share' },
      oninput: () => act.share(range.value / 100, false),
      onchange: () => act.share(range.value / 100, true),
    }),
    towards = h('span'),
    shown = h('b'),
    pull = h('label', { class: 'pull' }, towards, range, shown);
  const button = (role, text, onclick, kind = null) => h('button', { 'data-role': role, class: kind, text, onclick });
  const release = button('release', 'Let this row go', act.release),
    reset = button('reset', 'As the model wants', act.reset),
    gold = button('gold', 'Gold', act.gold),
    words = button('words', 'What each word would do', act.words),
    show = button('show', 'Show a way', act.show),
    next = button('next', 'Next round', act.next, 'main'),
    another = button('another', 'Another game', act.another, 'main');
  const verdict = h('p', { class: 'verdict', 'data-role': 'verdict' }),
    best = h('p', { class: 'small', 'data-role': 'bound' }),
    bound = h('details', {}, h('summary', { class: 'small', text: 'How light can it be?' }), best),
    done = h('div', { class: 'done' }, verdict, bound, next),
    card = shareCard(another);
  // what grows and shrinks with the text stands below what is pressed and drawn along
  const node = h(
    'div',
    { class: 'panel' },
    ...[done, pull, h('div', { class: 'row' }, release, reset, gold, words, show), status],
    h('div', { class: 'about' }, sentence, own, now),
  );
  let of = null;

  function draw(view) {
    const { rows, row, english, best: result, round, seed, count } = view,
      at = rows[row],
      said = rowChances(view);
    set(sentence, { text: rowSentence(view) });
    set(own, { text: said.now ? `Left alone: ${said.own}` : `It would write: ${said.own}` });
    set(now, { text: said.now ? `With ${said.pulled}: ${said.now}` : '' });
    set(status, { text: steerStatus(view) });
    const looks = at.own.reduce((most, a, s) => (a > at.own[most] ? s : most), 0),
      word = english[at.pull ? at.pull[1] : looks],
      share = at.pull ? Math.round(100 * at.pull[2]) : 0;
    set(towards, { text: at.pull ? `to ${word}` : 'not steered' });
    range.disabled = !at.pull;
    if (Number(range.value) !== share) range.value = share;
    set(range, { 'aria-label': `Share of the weight of row ${row + 1} that is moved to ${word}, in percent` });
    set(shown, { text: at.pull ? `${share} %` : '' });
    release.disabled = !at.pull;
    reset.disabled = !rows.some((one) => one.pull);
    set(gold, { 'aria-pressed': `${view.showGold}`, text: view.showGold ? 'Hide gold' : 'Show gold' });
    words.hidden = round !== 0;
    set(words, {
      'aria-pressed': `${Boolean(view.would)}`,
      text: view.would ? 'Hide what each would do' : 'What each word would do',
    });
    show.hidden = view.target === null || view.solved || !view.way;
    done.hidden = !result;
    const reached = result !== null && isResult(view, result);
    set(verdict, { text: result ? steerVerdict(result, reached) : '', 'data-now': `${reached}` });
    if (of !== `${seed}-${round}`) bound.open = false;
    of = `${seed}-${round}`;
    bound.hidden = !result || result.shown === true;
    set(best, { text: result ? steerBound(result) : '' });
    next.hidden = !result || round === 0 || round === count;
    card.draw(view);
  }
  return { node, card: card.node, draw };
}

function shareCard(another) {
  const total = h('p', { 'data-role': 'total' }),
    text = h('textarea', {
      readonly: '',
      'aria-label': 'Your result, to copy',
      'data-role': 'text',
      spellcheck: 'false',
    }),
    copy = h('button', { text: 'Copy', 'data-role': 'copy' });
  copy.addEventListener('click', () => {
    text.select();
    const done = () => set(copy, { text: 'Copied' });
    if (navigator.clipboard) navigator.clipboard.writeText(text.value).then(done, () => text.focus());
    else text.focus();
  });
  const heading = h('h4'),
    node = h(
      'div',
      { class: 'card', 'data-role': 'card' },
      heading,
      total,
      text,
      h('div', { class: 'row' }, copy, another),
    );
  function draw({ done, seed, count, round, met }) {
    node.hidden = !done.length || round === 0;
    if (node.hidden) return;
    set(heading, { text: `Game ${seed}: ${done.length} of ${count} rounds` });
    set(total, { text: steerTotal(done) });
    another.hidden = done.length < count;
    const said = steerShare(done, seed, count, met);
    set(text, { rows: said.split('\n').length });
    if (text.value !== said) {
      text.value = said;
      set(copy, { text: 'Copy' });
    }
  }
  return { node, draw };
}
