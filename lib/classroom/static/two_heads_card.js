// How it stands, hints that ask back, and, once a round is done, why these two and a text to send.
import { h, set } from './common.js';
import { KEEP, TWO_HINTS } from './two_heads_game.js';
import { twoGoalReason, twoHints, twoPercent, twoShare, twoStatus, twoVerdict, twoWhy } from './two_heads_words.js';

/** The gauge: how often the network is right, and where the goal lies. { node, draw(view, palette, width) } */
export function twoHeadsGauge() {
  const number = h('b', { 'data-role': 'accuracy' }),
    counts = h('span', { class: 'dim', 'data-role': 'counts' }),
    svg = h('svg:svg', { 'aria-hidden': 'true' }),
    reason = h('p', { class: 'small dim' }),
    node = h(
      'div',
      { class: 'gauge' },
      h('div', { class: 'figures' }, h('span', {}, number, ' right'), counts),
      svg,
      reason,
    );
  function draw(view, palette, width) {
    const { accuracy, goals, round, reached, solved, cuts, left, tries } = view,
      keep = round === KEEP,
      goal = keep ? goals.copying : goals.silent,
      zone = keep ? [goal, 1] : [0, goal],
      x = (share) => 1 + (width - 2) * share;
    set(number, { text: twoPercent(accuracy), 'data-reached': `${reached}` });
    set(counts, { text: `${keep ? `${left} on` : `${cuts} cut`} · ${tries} ${tries === 1 ? 'try' : 'tries'}` });
    set(reason, { text: `Goal ${keep ? 'above' : 'below'} ${twoPercent(goal)}. ${twoGoalReason(view)}` });
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

/** { node, draw(view) }: status and hints. act: hint(), again(). */
export function twoHeadsHelp(act) {
  const status = h('p', { class: 'status', role: 'status', 'aria-live': 'polite', 'data-role': 'status' }),
    hint = h('button', { 'data-role': 'hint', onclick: act.hint }),
    again = h('button', { text: 'Begin again', 'data-role': 'again', onclick: act.again }),
    list = h('ol', { class: 'hints', 'data-role': 'hints' }),
    node = h('div', { class: 'help' }, status, h('div', { class: 'row' }, hint, again), list);
  function draw(view) {
    const { hints, tries } = view;
    set(status, { text: twoStatus(view) });
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

/** What is told once a round is done. { node, draw(view) }; act: next(). */
export function twoHeadsCard(act) {
  const verdict = h('p', { class: 'verdict', 'data-role': 'verdict' }),
    why = h('div', { class: 'why', 'data-role': 'why' }),
    text = h('textarea', {
      ...{ readonly: '', 'aria-label': 'Your result, to copy', 'data-role': 'text', spellcheck: 'false' },
    }),
    copy = h('button', { text: 'Copy', 'data-role': 'copy' }),
    next = h('button', { class: 'main', 'data-role': 'next', onclick: act.next }),
    node = h('div', { class: 'card', 'data-role': 'card' }, verdict, why, text, h('div', { class: 'row' }, copy, next));
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
    const { best, solved, round, results } = view;
    node.hidden = !results.length;
    if (node.hidden) return;
    set(verdict, { text: twoVerdict(view), 'data-now': `${solved}` });
    verdict.hidden = !best;
    const told = solved ? twoWhy(view) : [];
    if (why.dataset.told !== told.join()) {
      why.dataset.told = told.join();
      why.replaceChildren(...told.map((sentence) => h('p', { text: sentence })));
    }
    next.hidden = !(solved && round !== KEEP);
    set(next, { text: 'Now bring it back' });
    const share = twoShare(view);
    if (text.value !== share) {
      text.value = share;
      set(text, { rows: share.split('\n').length });
      set(copy, { text: 'Copy' });
    }
  }
  return { node, draw };
}
