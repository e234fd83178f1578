// Be the gate: can you run a memory cell by hand, and would you open the gates where the trained network opens them?
import { frame, h, scoped, set } from './common.js';
import { boardCard } from './board_card.js';
import { boardView, freshBoard, nextSequence, toRound, withDial, withTest } from './board_game.js';
import { boardHand } from './board_hand.js';
import { boardPicture } from './board_picture.js';
import { boardColours } from './board_river.js';
import { boardLegend } from './board_parts.js';
import { BOARD_RULES, linearScale } from './board_rules.js';
import { BOARD_STYLE } from './board_style.js';
import { boardLead, dialText, ROUND_NAMES } from './board_words.js';
import { readable } from './palette.js';

const BOARD_TRAITS = [
  ...['sequences', 'marks', 'unseen', 'trained', '_starts', 'round', 'sequence', 'input', 'forget', 'rule'],
  ...['tested', 'overlay', 'network', 'scores'],
];
const GATE_SCALE = linearScale(1);
const LABELS = {
  input: { long: 'input gate i', short: 'input i', does: '× number', scale: GATE_SCALE },
  forget: { long: 'forget gate f', short: 'forget f', does: '× old cell', scale: GATE_SCALE },
};
const { dials: DIALS, most: MOST } = BOARD_RULES.gates;

function render({ model, el }) {
  const ui = { at: 0, focus: null, seen: null };
  const F = frame({ model, el, label: model.get('title'), draw });
  F.root.classList.add('board-viewer');
  const state = () => Object.fromEntries(BOARD_TRAITS.map((name) => [name, model.get(name)]));
  const put = (values, save = true) => {
    Object.entries(values).forEach(([name, value]) => model.set(name, value));
    if (save) model.save_changes();
    F.redraw();
  };
  const act = {
    test: () => put(withTest(state())),
    onward: () => go(model.get('round') + 1),
    again: () => put(freshBoard(state())),
    pick: (sequence) => put({ sequence }),
    network: (network) => put({ network }),
    overlay() {
      if (boardView(state()).mayLook && model.get('trained').length) put({ overlay: !model.get('overlay') });
    },
    next() {
      if (!boardView(state()).blind) put(nextSequence(state()));
    },
  };
  function go(round) {
    ui.at = 0;
    put(toRound(state(), round));
    focusOn(DIALS[0]);
  }
  const board = boardPicture(DIALS, LABELS),
    card = boardCard(act);
  const title = h('h3'),
    ask = h('span', { class: 'ask', text: 'Can you run a memory cell by hand?' }),
    lead = h('p', { class: 'lead', 'data-role': 'lead' });
  const next = h('button', { 'data-role': 'next', text: 'Next sequence', onclick: act.next }),
    again = h('button', { 'data-role': 'again', text: 'Start again', onclick: act.again }),
    bar = h('div', { class: 'bar' }, equation(), boardLegend(), h('div', { class: 'row' }, again, next));
  const rounds = [1, 2, 3].map((k) =>
    h('button', { 'data-round': k, onclick: () => go(k) }, h('b', { text: k }), ROUND_NAMES[k]),
  );
  const focusOn = boardHand(board, {
    ...{ ui, scale: GATE_SCALE, put, redraw: F.redraw },
    view: () => boardView(state()),
    turned: (...turn) => withDial(state(), ...turn),
  });
  const hints = [
    ['drag', 'turn dials, across to set several'],
    ['← →', 'step'],
    ['↑ ↓', 'turn'],
    ['0 1', 'shut, open'],
    ['i f', 'which gate'],
    ['t', 'test'],
    ['o', 'trained cell'],
    ['n', 'next sequence'],
  ];
  const help = hints.map(([key, what]) => h('span', {}, h('kbd', { text: key }), ' ' + what));
  F.root.append(
    scoped(BOARD_STYLE, 'board-viewer'),
    h(
      'div',
      { class: 'head' },
      title,
      ask,
      h('div', { class: 'rounds', role: 'group', 'aria-label': 'Round' }, ...rounds),
    ),
    ...[lead, bar, board.node, card.node, h('div', { class: 'keys' }, ...help)],
  );
  F.root.addEventListener('keydown', onKey);
  F.listen([...BOARD_TRAITS, 'title'], F.redraw);

  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || /TEXTAREA|SELECT/.test(event.target.tagName)) return;
    const dial = DIALS.find((name) => name[0] === event.key),
      command = { t: act.test, o: act.overlay, n: act.next }[event.key];
    if (!dial && !command) return;
    event.preventDefault();
    if (dial) focusOn(dial);
    else command();
  }

  function draw(palette, width) {
    const now = state(),
      view = { ...boardView(now), ...{ at: Math.min(ui.at, now.sequences[0].length - 1), focus: ui.focus } },
      { write, keep } = boardColours(palette);
    for (const [name, colour] of Object.entries({ write, keep })) {
      F.root.style.setProperty(`--${name}`, readable(colour, palette));
      F.root.style.setProperty(`--${name}-fill`, colour);
    }
    set(title, { text: model.get('title') });
    ask.hidden = width < 780;
    set(lead, { text: boardLead(view) });
    next.hidden = view.blind || view.count < 2;
    again.disabled = view.moves === 0 && !view.tested;
    rounds.forEach((button, k) => {
      button.hidden = k + 1 > view.lastRound;
      set(button, { 'aria-pressed': `${k + 1 === now.round}` });
    });
    board.draw(view, palette, width);
    for (const [name, row] of Object.entries(board.rows))
      set(row, {
        ...{ 'aria-label': `${name} gate`, 'aria-valuemax': MOST[name], 'aria-valuenow': view.dials[name][view.at] },
        'aria-valuetext': dialText(name, view),
      });
    card.draw(view, palette, width);
  }
  F.redraw();
  return F.dispose;
}

/** The equation that the board computes, its two products in the colours of the picture. */
function equation() {
  const italic = (text, sub) => h('i', {}, text, h('sub', { text: sub }));
  return h(
    'p',
    { class: 'equation' },
    ...[italic('c', 't'), ' = ', h('span', { class: 'keep' }, italic('f', 't'), '\u202f·\u202f', italic('c', 't−1'))],
    ...[' + ', h('span', { class: 'write' }, italic('i', 't'), '\u202f·\u202f', italic('x', 't'))],
  );
}

export default { render };
