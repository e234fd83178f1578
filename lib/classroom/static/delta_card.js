// Below the board of Be Δ: the score, the sentence, the buttons, the twenty tests, the line to share.
import { h, set } from './common.js';
import { boardFigure, sharePart, trialsPart } from './board_parts.js';
import { two } from './board_river.js';
import { isExact } from './board_rules.js';
import { isBest } from './delta_game.js';
import { DELTA_LEVELS, deltaLesson, deltaShare, deltaStatus, deltaStep, deltaVerdict } from './delta_words.js';

const WAITING =
  'A knob can be tuned until one number comes out. The test puts twenty other sets of numbers in the same places; ' +
  'after it you see what is possible at best.';
const WAITING_RULE = 'The test runs your rule on all twenty sequences; after it you see what is possible at best.';

/** Left the figures, the sentence and the buttons, right the result: { node, draw(view, palette, width) }. */
export function deltaCard(act) {
  const error = boardFigure('error', 'error'),
    others = boardFigure('mean of twenty', 'others'),
    possible = boardFigure('possible', 'at-best', 'least'),
    best = boardFigure('your best', 'best', 'least'),
    status = h('p', { class: 'status', role: 'status', 'aria-live': 'polite', 'data-role': 'status' }),
    here = h('p', { class: 'here dim small', 'data-role': 'here' });
  const test = h('button', { class: 'main', 'data-role': 'test', onclick: act.test }),
    onward = h('button', { class: 'main', 'data-role': 'onward', onclick: act.onward }),
    more = h('button', { 'data-role': 'memories', onclick: act.memories }),
    overlay = h('button', { 'data-role': 'overlay', onclick: act.overlay });
  const verdict = h('p', { class: 'verdict', 'data-role': 'verdict' }),
    lesson = h('p', { class: 'lesson', 'data-role': 'lesson' }),
    chart = trialsPart(act.pick),
    share = sharePart(),
    waiting = h('p', { class: 'dim small', 'data-role': 'waiting' }),
    found = h('div', {}, verdict, lesson, chart.node, share.node);
  const left = h(
    'div',
    {},
    h('div', { class: 'score' }, error.node, others.node, possible.node, best.node),
    ...[status, here, h('div', { class: 'row buttons' }, test, onward, more, overlay)],
  );
  const node = h('div', { class: 'below' }, left, h('div', { 'aria-live': 'polite' }, waiting, found));

  function draw(view, palette, width) {
    const { tested, score, level } = view;
    node.classList.toggle('wide', width >= 820);
    set(error.value, { text: two(view.error), 'data-right': `${isExact(view.error)}` });
    others.node.hidden = possible.node.hidden = !tested;
    if (tested) {
      set(others.value, { text: score.others.toFixed(3), 'data-right': `${isBest(score)}` });
      set(possible.value, { text: score.best.toFixed(3) });
    }
    best.node.hidden = view.rule || view.bestSoFar === null; // under a rule the run follows the knobs
    if (!best.node.hidden) set(best.value, { text: view.bestSoFar.toFixed(3) });
    set(status, { text: deltaStatus(view) });
    set(here, { text: deltaStep(view) });
    const won = tested && isBest(score);
    set(test, { text: view.rule ? 'Run it on 20 sequences' : 'Try it on other numbers' });
    test.hidden = tested;
    onward.hidden = !won || level === 5;
    if (level < 5) set(onward, { text: `Level ${level + 1}: ${DELTA_LEVELS[level + 1]}` });
    more.hidden = level !== 5 || !(view.mayLook || view.memories === 2);
    set(more, { text: view.memories === 2 ? 'Back to one memory' : 'Give it a second memory' });
    overlay.disabled = !view.mayLook && !view.trained;
    const which = view.fromModel ? 'the trained Δ' : 'the best Δ';
    set(overlay, {
      text: `${view.trained ? 'Hide' : 'Show'} ${which}`,
      title: view.mayLook
        ? view.fromModel
          ? null
          : 'Computed, not trained'
        : 'First try your own; after it you may look',
      'aria-pressed': `${Boolean(view.trained)}`,
    });
    waiting.hidden = tested;
    found.hidden = !tested;
    set(waiting, { text: view.rule ? WAITING_RULE : WAITING });
    if (!tested) return chart.clear();
    set(verdict, { text: deltaVerdict(score), 'data-right': `${won}` });
    set(lesson, { text: won ? deltaLesson(view) : '' });
    const called = { goal: 'what is wanted', cell: 'your memory', answer: 'the best possible' };
    chart.draw({ ...view, picks: view.rule, called }, palette, width >= 820 ? (width - 34) / 2 : width);
    share.draw(deltaShare(score));
  }
  return { node, draw };
}
