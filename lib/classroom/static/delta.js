// Be Δ: what does one knob per step let a memory do, and what does it give up?
import { frame, h, scoped, set } from './common.js';
import { boardHand } from './board_hand.js';
import { boardLegend } from './board_parts.js';
import { boardPicture } from './board_picture.js';
import { boardColours } from './board_river.js';
import { BOARD_STYLE } from './board_style.js';
import { deltaCard } from './delta_card.js';
import { deltaScale, deltaView, freshDelta, toLevel, toSequence, withDelta, withDeltaTest } from './delta_game.js';
import { DELTA_LEVELS, deltaLead, deltaText, deltaUnder } from './delta_words.js';
import { readable } from './palette.js';

const DELTA_TRAITS = [
  ...['_levels', 'level', 'sequence', 'delta', 'second', 'rule', 'memories', 'simplified', 'tested', 'overlay'],
  'scores',
];
const DELTA_STYLE = `
.mtm .forms { display: inline-flex } .mtm .forms button { border-radius: 0; margin-left: -1px }
.mtm .forms button:first-child { border-radius: 7px 0 0 7px; margin-left: 0 }
.mtm .forms button:last-child { border-radius: 0 7px 7px 0 }
.mtm .forms [aria-pressed=true] { background: var(--ink); border-color: var(--ink); color: var(--bg) }
.mtm .equation sup { font-size: .78em; line-height: 0 }`;
const DELTA_HINTS = [
  ['drag', 'turn knobs, across to set several'],
  ['← →', 'step'],
  ['↑ ↓', 'turn'],
  ['0 1', 'keep all, overwrite'],
  ['m', 'which memory'],
  ['b', 'how it writes'],
  ['t', 'test'],
  ['o', 'best Δ'],
  ['n', 'next sequence'],
];

function render({ model, el }) {
  const ui = { at: 0, focus: null };
  const F = frame({ model, el, label: model.get('title'), draw });
  F.root.classList.add('delta-viewer');
  const state = () => Object.fromEntries(DELTA_TRAITS.map((name) => [name, model.get(name)]));
  const put = (values, save = true) => {
    Object.entries(values).forEach(([name, value]) => model.set(name, value));
    if (save) model.save_changes();
    F.redraw();
  };
  const act = {
    test: () => put(withDeltaTest(state())),
    onward: () => go(model.get('level') + 1),
    again: () => put(freshDelta(state())),
    pick: (sequence) => put(toSequence(state(), sequence)),
    next: () => put(toSequence(state(), model.get('sequence') + 1)),
    form: (simplified) => put({ simplified, tested: false, overlay: false }),
    memories() {
      if (model.get('level') === 5) put({ memories: 3 - model.get('memories'), tested: false, overlay: false });
    },
    overlay() {
      const shown = model.get('overlay');
      if (shown || deltaView(state()).mayLook) put({ overlay: !shown });
    },
    row() {
      const names = Object.keys(deltaView(state()).dials);
      focusOn(names[(names.indexOf(ui.focus) + 1) % names.length]);
    },
  };
  function go(level) {
    ui.at = 0;
    put(toLevel(state(), level));
    focusOn('delta');
  }
  const under = (value) => deltaUnder(value, model.get('simplified')),
    warns = (value) => model.get('simplified') && value > 1,
    label = (long, short) => ({ long, short, does: 'written', scale: deltaScale, under, warns }),
    labels = { delta: label('Δ of each step', 'Δ'), second: label('second Δ', '2nd Δ') };
  const board = boardPicture(['delta', 'second'], labels, (rows) => ({ track: rows === 1 ? 104 : 78, under: 48 })),
    card = deltaCard(act);
  const title = h('h3'),
    ask = h('span', { class: 'ask', text: 'What does one knob per step give up?' }),
    lead = h('p', { class: 'lead', 'data-role': 'lead' });
  const next = h('button', { 'data-role': 'next', text: 'Next sequence', onclick: act.next }),
    again = h('button', { 'data-role': 'again', text: 'Start again', onclick: act.again });
  const forms = [
    ['exact', 'Exact', 'Writes 1 − exp(−Δ): zero-order hold'],
    ['code', 'As the code: B̄ = ΔB', 'Writes Δ, which is more than there is where Δ is above 1'],
  ].map(([role, text, title]) =>
    h('button', { 'data-role': role, text, title, onclick: () => act.form(role === 'code') }),
  );
  const equation = h('p', { class: 'equation' }),
    choice = h('span', { class: 'forms', role: 'group', 'aria-label': 'How Δ writes' }, ...forms),
    bar = h('div', { class: 'bar' }, equation, boardLegend(), h('div', { class: 'row' }, choice, again, next));
  const levels = Object.entries(DELTA_LEVELS).map(([k, name]) =>
    h('button', { 'data-level': k, onclick: () => go(+k) }, h('b', { text: k }), name),
  );
  const focusOn = boardHand(board, {
    ...{ ui, scale: deltaScale, put, redraw: F.redraw },
    view: () => deltaView(state()),
    turned: (...turn) => withDelta(state(), ...turn),
  });
  const help = DELTA_HINTS.map(([key, what]) => h('span', {}, h('kbd', { text: key }), ' ' + what));
  F.root.append(
    scoped(BOARD_STYLE + DELTA_STYLE, 'delta-viewer'),
    h(
      'div',
      { class: 'head' },
      title,
      ask,
      h('div', { class: 'rounds', role: 'group', 'aria-label': 'Level' }, ...levels),
    ),
    ...[lead, bar, board.node, card.node, h('div', { class: 'keys' }, ...help)],
  );
  F.root.addEventListener('keydown', onKey);
  F.listen([...DELTA_TRAITS, 'title'], F.redraw);

  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || /TEXTAREA|SELECT/.test(event.target.tagName)) return;
    const { test: t, overlay: o, next: n, row: m } = act,
      command = { t, o, n, m, b: () => act.form(!model.get('simplified')) }[event.key];
    if (!command) return;
    event.preventDefault();
    command();
  }

  function draw(palette, width) {
    const now = state(),
      view = { ...deltaView(now), at: ui.at, focus: ui.focus },
      { write, keep } = boardColours(palette);
    for (const [name, colour] of Object.entries({ write, keep })) {
      F.root.style.setProperty(`--${name}`, readable(colour, palette));
      F.root.style.setProperty(`--${name}-fill`, colour);
    }
    set(title, { text: model.get('title') });
    ask.hidden = width < 900;
    set(lead, { text: deltaLead(view) });
    equation.replaceChildren(...deltaEquation(now.simplified));
    forms.forEach((button, k) => set(button, { 'aria-pressed': `${Boolean(now.simplified) === (k === 1)}` }));
    next.hidden = view.count < 2;
    again.disabled = view.moves === 0 && !view.tested;
    levels.forEach((button, k) => set(button, { 'aria-pressed': `${k + 1 === now.level}` }));
    board.draw(view, palette, width);
    for (const [name, row] of Object.entries(board.rows))
      if (view.dials[name])
        set(row, {
          ...{
            'aria-label': labels[name].long,
            'aria-valuemax': deltaScale.most,
            'aria-valuenow': view.dials[name][view.at],
          },
          'aria-valuetext': deltaText(name, view),
        });
    card.draw(view, palette, width);
  }
  F.redraw();
  return F.dispose;
}

/** The equation that the board computes, its two products in the colours of the picture. */
function deltaEquation(simplified) {
  const italic = (text, sub) => h('i', {}, text, h('sub', { text: sub })),
    power = () => h('span', {}, 'e', h('sup', { text: '−Δ' }));
  const writes = simplified ? [italic('Δ', 't')] : ['(1 − ', power(), ')'];
  return [
    ...[italic('h', 't'), ' = ', h('span', { class: 'keep' }, power(), '\u202f·\u202f', italic('h', 't−1'))],
    ...[' + ', h('span', { class: 'write' }, ...writes, '\u202f·\u202f', italic('x', 't'))],
  ];
}

export default { render };
