// FindTheTwoHeads: which of eight heads make a network copy? Cut them one by one, and see what it says then.
import { calm, frame, h, scoped, set } from './common.js';
import { twoHeadsCard, twoHeadsGauge, twoHeadsHelp } from './two_heads_card.js';
import { KEEP, SILENCE, toTwoRound, twoExample, twoHeadsView, typedString, withPress } from './two_heads_game.js';
import { twoHeadsMemory, twoTallies } from './two_heads_memory.js';
import { twoHeadsGrid } from './two_heads_grid.js';
import { twoHeadsLine } from './two_heads_line.js';
import { twoHeadsMap } from './two_heads_map.js';
import { twoHeadsNetwork, twoHeadsWeights } from './two_heads_model.js';
import { TWO_HEADS_STYLE } from './two_heads_style.js';
import { TWO_ROUNDS, twoGoalReason, twoLead, twoPercent } from './two_heads_words.js';

const TWO_TRAITS = [
  ...['letters', 'length', 'heads', 'right', 'goals', 'strings', 'longest'],
  ...['cut', 'round', 'text', 'head', 'place', 'path', 'hints', 'results'],
];

/** Columns of the upper part: what is asked beside the gauge, or the heads beside it, or all below each other. */
function twoColumns(shape, width) {
  if (shape === 'small') return [width];
  const left = shape === 'wide' ? Math.round(0.53 * width) : Math.min(424, Math.round(0.62 * width));
  return [left, width - left - 24];
}

function render({ model, el }) {
  const heads = model.get('heads'),
    memory = twoHeadsMemory(twoHeadsNetwork(twoHeadsWeights(model.get('_layout'), model.get('_weights')), heads)),
    tallies = twoTallies(),
    ui = { focused: false, bet: null },
    F = frame({ model, el, label: model.get('title'), draw });
  F.root.classList.add('two-heads-game');
  const state = () => {
    const now = Object.fromEntries(TWO_TRAITS.map((name) => [name, model.get(name)]));
    return { ...now, earlier: tallies.earlier(now.round), bet: ui.bet };
  };
  const put = (values, save = true) => {
    Object.entries(values).forEach(([name, value]) => model.set(name, value));
    if (save) model.save_changes();
    F.redraw();
  };
  const act = {
    press(bit) {
      const next = withPress(state(), bit);
      if (ui.bet) ui.bet.came ??= model.get('right')[next.path[0]];
      put(next, false);
      act.settle();
    },
    text(text) {
      put({ text }, false);
      act.settle();
    },
    bet(choice) {
      ui.bet = { choice };
      F.redraw();
    },
    /** What explains a round that is done is a place that comes out right. */
    settle() {
      const view = twoHeadsView(state(), memory);
      put(view.solved && view.round === KEEP ? { place: twoExample(view, true) ?? view.place } : {});
    },
    show: (head, keep = false) => put({ head }, keep),
    move(place, keep = false) {
      if (keep || place !== model.get('place')) put({ place }, keep);
    },
    hint: () => put({ hints: model.get('hints') + 1 }),
    again: () => act.round(model.get('round')),
    round(round) {
      tallies.end(state());
      put(toTwoRound(state(), round));
      if (help.node.contains(active())) grid.focus(0); // a button that ends its own use keeps the keys in the game
    },
    next() {
      act.round(KEEP);
      put({ head: [1, 1] });
      grid.focus(0); // not every browser gives a button that is clicked the focus
      top.scrollIntoView({ block: 'nearest', behavior: calm() ? 'auto' : 'smooth' }); // only where it is out of view
    },
  };
  const active = () => F.root.getRootNode().activeElement;
  const grid = twoHeadsGrid(heads, act),
    large = twoHeadsMap(act),
    gauge = twoHeadsGauge(),
    help = twoHeadsHelp(act),
    line = twoHeadsLine(act),
    card = twoHeadsCard(act);
  const title = h('h3'),
    lead = h('p', { class: 'lead', 'data-role': 'lead' }),
    reason = h('p', { class: 'small dim' }),
    rounds = [SILENCE, KEEP].map((round) => h('button', { 'data-round': round, onclick: () => act.round(round) })),
    choice = h('div', { class: 'rounds', role: 'group', 'aria-label': 'Rounds' }, ...rounds);
  const presets = model
      .get('strings')
      .map((text) => h('button', { text, 'data-string': text, onclick: () => act.text(text) })),
    own = h('input', {
      ...{ autocomplete: 'off', spellcheck: 'false', maxlength: 40, placeholder: 'or your name', 'data-role': 'own' },
      ...{ 'aria-label': 'A string of your own', oninput: typed },
    }),
    wrong = h('span', { class: 'wrong', role: 'alert' }),
    heard = h('span', { class: 'dim small', 'data-role': 'heard' });
  const top = h('div', { class: 'head' }, title, choice),
    brief = h('div', { class: 'brief' }, lead, reason),
    desk = h('div', { class: 'desk' }, brief, gauge.node, grid.node, help.node),
    floor = h('div', { class: 'floor' }, card.node, large.node);
  const strings = h('div', { class: 'strings', role: 'group', 'aria-label': 'The string' }, ...presets, own, wrong),
    below = h('div', { class: 'below' }, h('div', { class: 'row' }, strings, heard), line.node);
  const hints = [
    ['← → ↑ ↓', 'another head, or a place of the string'],
    ['Space', 'cut it, or put it back'],
    ['h', 'hint'],
    ['r', 'begin again'],
    ['n', 'other round'],
  ];
  F.root.append(
    scoped(TWO_HEADS_STYLE, 'two-heads-game'),
    ...[top, desk, below, floor],
    h('div', { class: 'keys' }, ...hints.map(([key, what]) => h('span', {}, h('kbd', { text: key }), ' ' + what))),
  );
  F.root.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || /TEXTAREA|INPUT/.test(event.target.tagName)) return;
    const command = {
      h: () => model.get('hints') < 3 && act.hint(),
      r: act.again,
      n: () => act.round(model.get('round') === KEEP ? SILENCE : KEEP),
    }[event.key];
    if (!command) return;
    event.preventDefault();
    command();
  });
  for (const [name, on] of [
    ['focus', true],
    ['blur', false],
  ])
    line.node.addEventListener(name, () => {
      ui.focused = on && line.node.matches(':focus-visible');
      F.redraw();
    });
  F.listen([...TWO_TRAITS, 'title'], F.redraw);

  function typed() {
    const { text, error } = typedString(own.value, model.get('letters'), model.get('longest'));
    set(wrong, { text: own.value ? (error ?? '') : '' });
    set(own, { 'aria-invalid': own.value && error ? 'true' : null });
    if (text) act.text(text);
  }

  function draw(palette, given) {
    const width = Math.max(given, 300), // a page that is still being laid out may have no room at all
      now = state(),
      view = twoHeadsView(now, memory),
      shape = width >= 820 ? 'wide' : width >= 520 ? 'middle' : 'small',
      columns = twoColumns(shape, width),
      room = Math.min(520, shape === 'wide' ? Math.round(width * 0.52) : width);
    set(title, { text: model.get('title') });
    rounds.forEach((button, k) => {
      const done = now.results.some((one) => one.round === k + 1);
      set(button, {
        'aria-pressed': `${k + 1 === now.round}`,
        text: `${k + 1}  ${TWO_ROUNDS[k + 1]}${done ? ' ✓' : ''}`,
      });
    });
    const said = twoLead(view);
    if (lead.dataset.said !== said) {
      lead.dataset.said = said;
      lead.replaceChildren(...said.split('*').map((part, k) => (k % 2 ? h('b', { text: part }) : part)));
    }
    set(reason, { text: twoGoalReason(view) });
    presets.forEach((button) => set(button, { 'aria-pressed': `${button.dataset.string === now.text}` }));
    if (document.activeElement !== own && active() !== own)
      own.value = now.strings.includes(now.text) ? '' : now.text;
    set(heard, { text: `this string: ${twoPercent(view.share)} right once it repeats` });
    set(desk, { 'data-shape': shape, style: `grid-template-columns: ${columns.map((one) => `${one}px`).join(' ')}` });
    floor.classList.toggle('wide', shape === 'wide' && now.results.length > 0);
    grid.draw(view, palette);
    gauge.draw(view, palette, columns.at(-1));
    help.draw(view);
    large.draw(view, palette, room);
    line.draw(view, palette, width, ui.focused);
    card.draw(view);
  }
  F.redraw();
  return F.dispose;
}

export default { render };
