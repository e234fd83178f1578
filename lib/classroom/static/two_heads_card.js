// How it stands, hints that ask back, and, once a round is done, why these two and a text to send.
import { h, set } from './common.js';
import { KEEP, TWO_HINTS } from './two_heads_game.js';
import { TWO_BETS, twoBet, twoHints, twoOther, twoPercent, twoShare } from './two_heads_words.js';
import { twoStatus, twoVerdict, twoWhy } from './two_heads_words.js';

/** How often the network is right, where the goal lies, and how it stands. { node, draw(view, palette, width) } */
export function twoHeadsGauge() {
  const number = h('b', { 'data-role': 'accuracy' }),
    counts = h('span', { class: 'dim', 'data-role': 'counts' }),
    svg = h('svg:svg', { 'aria-hidden': 'true' }),
    status = h('p', { class: 'status', role: 'status', 'aria-live': 'polite', 'data-role': 'status' }),
    node = h(
      'div',
      { class: 'gauge' },
      h('div', { class: 'figures' }, h('span', {}, number, ' right'), counts),
      svg,
      status,
    );
  function draw(view, palette, width) {
    const { accuracy, goals, round, reached, solved, cuts, left, tries } = view,
      keep = round === KEEP,
      goal = keep ? goals.copying : goals.silent,
      zone = keep ? [goal, 1] : [0, goal],
      x = (share) => 1 + (width - 2) * share;
    set(number, { text: twoPercent(accuracy), 'data-reached': `${reached}` });
    set(counts, { text: `${keep ? `${left} on` : `${cuts} cut`} · ${tries} ${tries === 1 ? 'try' : 'tries'}` });
    set(status, { text: twoStatus(view) });
    svg.replaceChildren(
      h('svg:rect', {
        x: x(0),
        y: 4,
        width: x(1) - x(0),
        height: 16,
        rx: 8,
        fill: palette.panel,
        stroke: palette.line,
      }),
      h('svg:rect', {
        ...{
          x: x(zone[0]),
          y: 4,
          width: x(zone[1]) - x(zone[0]),
          height: 16,
          rx: 8,
          fill: palette.good,
          'fill-opacity': 0.16,
        },
        ...{ stroke: palette.good, 'stroke-dasharray': '4 3', 'data-role': 'zone' },
      }),
      h('svg:rect', {
        ...{ x: x(0), y: 7, width: Math.max(6, x(accuracy) - x(0)), height: 10, rx: 5, 'data-role': 'level' },
        fill: solved ? palette.good : palette.states[0],
      }),
      h('svg:path', { d: `M${x(goal)} 0v24`, stroke: palette.good, 'stroke-width': 2 }),
    );
    set(svg, { width, height: 24 });
  }
  return { node, draw };
}

/** A bet before the first cut, who likes to; then what came of it. { node, draw(view) }; act: bet(choice). */
function twoHeadsBet(act) {
  const buttons = TWO_BETS.map(({ name }, choice) =>
      h('button', { text: name, 'data-bet': choice, onclick: () => act.bet(choice) }),
    ),
    ask = h('span', { class: 'dim', text: 'A bet? After the first cut it is right in' }),
    offer = h('span', { class: 'row', role: 'group', 'aria-label': 'A bet' }, ask, ...buttons),
    came = h('span', { class: 'dim', 'data-role': 'came' }),
    node = h('div', { class: 'bet', 'data-role': 'bet' }, offer, came);
  function draw({ bet, betting, solved, best }) {
    offer.hidden = !betting;
    buttons.forEach((button, choice) => set(button, { 'aria-pressed': `${bet?.choice === choice}` }));
    set(came, { text: twoBet(bet) });
    node.hidden = solved || Boolean(best) || !(betting || came.textContent);
  }
  return { node, draw };
}

/** What was reached, the next round, and hints. { node, draw(view) }; act: hint(), again(), next(), bet(choice). */
export function twoHeadsHelp(act) {
  const verdict = h('p', { class: 'verdict', 'data-role': 'verdict' }),
    next = h('button', { class: 'main', text: 'Now bring it back', 'data-role': 'next', onclick: act.next }),
    hint = h('button', { 'data-role': 'hint', onclick: act.hint }),
    again = h('button', { text: 'Begin again', 'data-role': 'again', onclick: act.again }),
    bet = twoHeadsBet(act),
    list = h('ol', { class: 'hints', 'data-role': 'hints' }),
    node = h('div', { class: 'help' }, h('div', { class: 'row' }, verdict, next, hint, again, bet.node), list);
  function draw(view) {
    const { hints, tries, best, solved, round } = view;
    set(verdict, { text: twoVerdict(view), 'data-now': `${solved}` });
    verdict.hidden = !best;
    next.hidden = !(solved && round !== KEEP);
    bet.draw(view);
    set(hint, { text: hints ? 'Another hint' : 'Give me a hint' });
    hint.disabled = hints >= TWO_HINTS;
    again.disabled = !tries && !hints;
    const asked = twoHints(view).slice(0, hints);
    if (list.children.length !== asked.length || list.dataset.round !== `${view.round}`)
      list.replaceChildren(...asked.map((text) => h('li', { text })));
    set(list, { 'data-round': view.round });
    list.hidden = !hints;
  }
  return { node, draw };
}

/** What is told once a round is done. { node, draw(view) }; act: move(place, keep). */
export function twoHeadsCard(act) {
  const why = h('div', { class: 'why', 'data-role': 'why' }),
    text = h('textarea', {
      ...{ readonly: '', 'aria-label': 'Your result, to copy', 'data-role': 'text', spellcheck: 'false' },
    }),
    copy = h('button', { text: 'Copy', 'data-role': 'copy' }),
    other = h('button', { 'data-role': 'other', onclick: () => act.move(Number(other.dataset.place), true) }),
    node = h('div', { class: 'card', 'data-role': 'card' }, why, other, text, h('div', { class: 'row' }, copy));
  copy.addEventListener('click', () => {
    text.select();
    if (navigator.clipboard)
      navigator.clipboard.writeText(text.value).then(
        () => set(copy, { text: 'Copied' }),
        () => text.focus(),
      );
    else text.focus();
  });
  function draw(view) {
    const { solved, results } = view;
    node.hidden = !results.length;
    if (node.hidden) return;
    const told = solved ? twoWhy(view) : [];
    if (why.dataset.told !== told.join()) {
      why.dataset.told = told.join();
      why.replaceChildren(...told.map((sentence) => h('p', { text: sentence })));
    }
    const elsewhere = twoOther(view);
    other.hidden = !elsewhere;
    if (elsewhere) set(other, { text: elsewhere.text, 'data-place': elsewhere.place });
    const share = twoShare(view);
    if (text.value !== share) {
      text.value = share;
      set(copy, { text: 'Copy' });
    }
    text.style.height = 'auto'; // as tall as its lines, some of which are broken
    text.style.height = `${text.scrollHeight + 2}px`;
  }
  return { node, draw };
}
