// What stands beside the rolls: the rules of the house before, the score after the confession.
import { h, set } from './common.js';
import { judgeColours } from './casino_rows.js';
import { casinoVerdict, houseRules, meanShare, spellsOf } from './casino_rules.js';

const JUDGES = ['you', 'viterbi', 'posterior', 'always'];
const share = (x) => `${(100 * x).toFixed(0)} %`;

/** The panel: `draw(view, palette)`; view also holds states, nights, score (null before the confession). */
export function casinoCard(act) {
  const rules = h('p', { class: 'dim' }),
    marked = h('p', { class: 'figures', 'data-role': 'marked' }),
    verdict = h('p', { class: 'verdict', role: 'status', 'aria-live': 'polite', 'data-role': 'verdict' }),
    table = h('div', { 'data-role': 'scores' }),
    note = h('p', { class: 'dim small' });
  const confess = h('button', {
      class: 'main',
      'data-role': 'confess',
      text: 'Confess!',
      onclick: act.confess,
    }),
    clear = h('button', { 'data-role': 'clear', text: 'Clear my marks', onclick: act.clear }),
    next = h('button', { class: 'main', 'data-role': 'next', text: 'Another night', onclick: act.next });
  const node = h(
    'div',
    { class: 'panel' },
    ...[verdict, table, note, rules, marked],
    h('div', { class: 'row' }, confess, clear, next),
  );
  function draw(view, palette) {
    const { score, nights, states, marks } = view,
      over = Boolean(score);
    for (const part of [rules, marked, confess, clear]) part.hidden = over;
    for (const part of [table, note, next]) part.hidden = !over;
    set(rules, { text: houseRules(view) });
    const count = marks.filter(Boolean).length,
      spells = spellsOf(marks);
    set(marked, {
      text: count
        ? `${count} roll${count > 1 ? 's' : ''} marked in ${spells} spell${spells > 1 ? 's' : ''}`
        : 'No roll marked yet',
    });
    clear.disabled = count === 0;
    set(verdict, { text: over ? casinoVerdict(score, states) : '' });
    if (!over) return;
    table.replaceChildren(scoreTable(score, nights, states, judgeColours(palette)));
    set(note, {
      text:
        'Both decoders know what you know: the probabilities of this casino. Viterbi finds the one most ' +
        'probable path of dice. The posterior judges every roll by itself, from all rolls before and after it.',
    });
  }
  return { node, draw };
}

function scoreTable(score, nights, states, colours) {
  const names = { you: 'you', viterbi: 'Viterbi', posterior: 'posterior', always: `always ${states[0]}` },
    several = nights.length > 1;
  const heads = [
    '',
    'rolls judged rightly',
    'swaps seen',
    ...(several ? [`mean of ${nights.length} nights`] : []),
  ];
  const row = (judge) =>
    h(
      'tr',
      { 'data-row': judge },
      h('th', { scope: 'row', text: names[judge] }),
      h(
        'td',
        { class: 'share' },
        h('i', { style: `width:${60 * score[judge]}%;background:${colours[judge]}` }),
        h('b', { text: share(score[judge]) }),
      ),
      h('td', { text: score.swaps[judge] }),
      several ? h('td', { text: share(meanShare(nights, judge)), 'data-mean': judge }) : null,
    );
  const truth = h(
    'tr',
    { class: 'dim' },
    h('th', { scope: 'row', text: 'truth' }),
    h('td'),
    h('td', { text: score.swaps.truth, 'data-role': 'swaps' }),
    several ? h('td') : null,
  );
  return h(
    'table',
    { class: 'scores' },
    h('thead', {}, h('tr', {}, ...heads.map((text) => h('th', { scope: 'col', text })))),
    h('tbody', {}, ...JUDGES.map(row), truth),
  );
}
