// Below the board: the score, the twenty tests, the line to share, the trained cell in words and numbers.
import { h, set } from './common.js';
import { boardFigure, sharePart, trialsPart } from './board_parts.js';
import { two } from './board_river.js';
import { isExact, meanOf } from './board_rules.js';
import { boardLesson, boardStatus, boardVerdict, shareLine, stepWords, trainedWords } from './board_words.js';

/** Left the figures, the sentence and the buttons, right the result: { node, draw(view, palette, width) }. */
export function boardCard(act) {
  const error = boardFigure('error', 'error'),
    moves = boardFigure('moves', 'moves'),
    best = boardFigure('best so far', 'best', 'least'),
    status = h('p', { class: 'status', role: 'status', 'aria-live': 'polite', 'data-role': 'status' }),
    here = h('p', { class: 'here dim small', 'data-role': 'here' });
  const test = h('button', { class: 'main', 'data-role': 'test', onclick: act.test }),
    onward = h('button', { class: 'main', 'data-role': 'onward', onclick: act.onward }),
    overlay = h('button', { 'data-role': 'overlay', onclick: act.overlay }),
    possible = h('span', { 'data-role': 'possible' });
  const result = resultPart(act),
    network = networkPart(act);
  const right = h('div', { 'aria-live': 'polite' }, result.node, network.table);
  const left = h(
    'div',
    {},
    h('div', { class: 'score' }, error.node, moves.node, possible, best.node),
    ...[status, here, h('div', { class: 'row buttons' }, test, onward, overlay), network.words],
  );
  const node = h('div', { class: 'below' }, left, right);

  function draw(view, palette, width) {
    const { round, tested, blind, score } = view;
    node.classList.toggle('wide', width >= 820);
    set(error.value, {
      text: blind ? '?' : round === 3 ? score.others.toFixed(3) : two(view.error),
      'data-right': blind ? null : `${isExact(round === 3 ? score.others : view.error)}`,
    });
    error.node.firstChild.data = round === 3 ? 'mean error ' : 'error ';
    best.node.firstChild.data = round === 3 ? 'first run ' : 'best so far ';
    moves.node.hidden = possible.hidden = round === 3;
    set(possible, { text: `possible in ${view.fewest}` });
    set(moves.value, { text: view.moves });
    best.node.hidden = !view.best;
    if (view.best) set(best.value, { text: bestWords(view.best) });
    set(status, { text: boardStatus(view) });
    set(here, { text: stepWords(view) });
    const won = tested && isExact(score.others);
    set(test, { text: round === 3 ? 'Run it on 20 new sequences' : 'Try it on other numbers' });
    test.hidden = tested;
    onward.hidden = !won || view.lastRound === round;
    set(onward, { text: round === 1 ? 'Round 2: few moves' : 'Round 3: blind' });
    overlay.hidden = !view.networks;
    overlay.disabled = !view.mayLook;
    set(overlay, {
      text: view.trained ? 'Hide the trained cell' : 'Show a trained cell',
      title: view.mayLook ? null : 'First press “Try it on other numbers”; after it you may look',
      'aria-pressed': `${Boolean(view.trained)}`,
    });
    result.draw(view, palette, width >= 820 ? (width - 34) / 2 : width);
    network.draw(view, palette);
  }
  return { node, draw };
}

const bestWords = ({ round, others, moves }) =>
  round === 3 ? others.toFixed(3) : isExact(others) ? `${moves} moves` : `${two(others)} off`;

function resultPart(act) {
  const verdict = h('p', { class: 'verdict', 'data-role': 'verdict' }),
    lesson = h('p', { class: 'lesson', 'data-role': 'lesson' }),
    chart = trialsPart(act.pick),
    share = sharePart();
  const waiting = h('p', { class: 'dim small', 'data-role': 'waiting' });
  const found = h('div', {}, verdict, lesson, chart.node, share.node);
  const node = h('div', {}, waiting, found);

  function draw(view, palette, width) {
    const { tested, round, score } = view;
    found.hidden = !tested;
    waiting.hidden = tested;
    set(waiting, {
      text:
        round === 3
          ? 'The first run counts. Nothing is shown before it.'
          : 'A dial can be tuned until one sum comes out. A gate has to be right for other numbers too: ' +
            'the test puts twenty other sets of numbers in the same places. ' +
            (view.networks ? 'After it you may look at a trained cell.' : ''),
    });
    if (!tested) return chart.clear();
    const right = isExact(score.others);
    set(verdict, { text: boardVerdict(score, score.trained), 'data-right': `${right}` });
    set(lesson, { text: right ? boardLesson(round) : '' });
    const called = { goal: 'the sum wanted', cell: 'your cell', answer: 'the trained cell' };
    chart.draw({ ...view, picks: round === 3, called }, palette, width);
    share.draw(shareLine(round === 3 && view.best ? view.best : score)); // of the blind round the first run counts
  }
  return { node, draw };
}

/** The trained cell: { words: which one and what it does, table: its mean gates beside the reader's, draw(view) }. */
function networkPart(act) {
  const pick = h('select', { 'data-role': 'network', onchange: (event) => act.network(+event.target.value) }),
    told = h('div', { class: 'told', 'data-role': 'network-words' }),
    table = h('table', { class: 'gates', 'data-role': 'gates' });
  const hint = h('span', { class: 'dim small', text: 'Does another do the same?' }),
    label = h('label', {}, 'A trained LSTM of one cell, 18 numbers:', pick),
    words = h('div', { class: 'network' }, h('div', { class: 'row' }, label, hint), told);
  let named = null;

  function draw(view) {
    words.hidden = table.hidden = !view.trained;
    if (!view.trained) return;
    if (named !== view.networks.join()) {
      named = view.networks.join();
      pick.replaceChildren(...view.networks.map((name, k) => h('option', { value: k, text: name })));
      hint.hidden = view.networks.length === 1;
    }
    pick.value = view.network;
    const said = trainedWords(view.trained, view.habit, view.numbers.length);
    told.replaceChildren(...said.map((text) => h('p', { text })));
    const heads = ['mean', 'you', 'trained'].map((text) => h('th', { scope: 'col', text }));
    table.replaceChildren(h('thead', {}, h('tr', {}, ...heads)), h('tbody', {}, ...gateRows(view), errorRow(view)));
  }
  return { words, table, draw };
}

const tableRow = (title, you, trained, more = {}) =>
  h('tr', more, h('th', { scope: 'row', text: title }), h('td', { text: you }), h('td', { text: trained }));

const gateRows = (view) =>
  ['input', 'forget'].flatMap((name) =>
    ['marked', 'other'].map((kind) => {
      const mine = view.dials[name].filter((_, t) => Boolean(view.marks[t]) === (kind === 'marked'));
      const title = `${name} gate, ${kind === 'marked' ? 'at a mark' : 'elsewhere'}`;
      return tableRow(title, two(meanOf(mine)), two(view.habit[name][kind]), { 'data-row': `${name}-${kind}` });
    }),
  );

const errorRow = ({ round, score, error, trainedError }) =>
  tableRow(
    round === 3 ? 'mean error of 20' : 'error here',
    (round === 3 ? score.others : error).toFixed(3),
    trainedError.toFixed(3),
    { 'data-row': 'error' },
  );
