// SteerTheTranslator: what does it write if it looks elsewhere? Drag a row of attention, and the German changes.
import { frame, h, scoped, set, textWidth } from './common.js';
import { steerBar } from './steer_bar.js';
import { steerCard } from './steer_card.js';
import { oddest, settledPulls, steerMemory, steerView, toSteerRound, withPull, withResult } from './steer_game.js';
import { moveOfKey, steerHand } from './steer_hand.js';
import { steerColours, steerMap } from './steer_map.js';
import { steerTranslator, steerWeights } from './steer_model.js';
import { compoundPieces, grouped } from './steer_numbers.js';
import { STEER_STYLE } from './steer_style.js';
import { compoundText, saysWords, steerLead } from './steer_words.js';

const STEER_TRAITS = [
  ...[
    'number',
    'target',
    'round',
    'seed',
    'pulls',
    'row',
    'show_gold',
    'show_words',
    'results',
    'met',
    'rounds',
    'english',
    'german',
  ],
];

function render({ model, el }) {
  const memory = steerMemory(
    steerTranslator(steerWeights(model.get('_layout'), model.get('_weights'))),
    model.get('english'),
    model.get('german'),
  );
  const ui = { hand: null, tall: 0, focused: false, of: null, met: null };
  const F = frame({ model, el, label: model.get('title'), draw });
  F.root.classList.add('steer-game');
  const state = () => Object.fromEntries(STEER_TRAITS.map((name) => [name, model.get(name)]));
  const look = () => steerView(state(), memory);
  const put = (values, save = true) => {
    Object.entries(values).forEach(([name, value]) => model.set(name, value));
    if (save) model.save_changes();
    F.redraw();
  };
  /** The hand has let go: pulls of rows that are gone end, what is solved counts, the map is as tall as its rows. */
  function settle() {
    const view = look(),
      met = oddest(ui.met ?? model.get('met'), view);
    Object.assign(ui, { hand: null, met: null, tall: 0 });
    put({ pulls: settledPulls(view), results: withResult(model.get('results'), view), met });
  }
  function pull(row, word, share, last) {
    put(withPull(state(), row, word, share), false);
    if (last) settle();
  }
  const go = (round) => {
    put(toSteerRound(state(), round));
    map.node.focus({ preventScroll: true });
  };
  const act = {
    share(share, last) {
      const { rows, row } = look();
      if (rows[row].pull) pull(row, rows[row].pull[1], Math.max(0.01, share), last);
    },
    release() {
      const { row } = look();
      pull(row, 0, 0, true);
      map.node.focus({ preventScroll: true });
    },
    reset: () => put({ pulls: [] }),
    gold: () => put({ show_gold: !model.get('show_gold') }),
    words: () => model.get('round') === 0 && put({ show_words: !model.get('show_words') }),
    show() {
      const { way, best } = look(),
        results = model.get('results');
      put({ pulls: way, row: way.length ? way[0][0] : 0 });
      if (!best)
        put({
          results: withResult(results, look()).map((one) => (results.includes(one) ? one : { ...one, shown: true })),
        });
    },
    next() {
      const { round, count } = look();
      if (round < count) go(round + 1);
    },
    game(seed) {
      put({ seed, met: [] });
      go(1);
    },
    another: () => act.game(model.get('seed') + 1),
  };
  const map = steerMap(model.get('german')),
    card = steerCard(act),
    bar = steerBar({ put, state });
  const title = h('h3'),
    game = h('input', {
      ...{ inputmode: 'numeric', autocomplete: 'off', maxlength: 6, 'data-role': 'game' },
      onchange: () => (/^\d+$/.test(game.value) ? act.game(Number(game.value)) : F.redraw()),
    }),
    lead = h('p', { class: 'lead', 'data-role': 'lead' }),
    reads = h('span', { class: 'reads', 'data-role': 'reads' }),
    german = h('span', { class: 'german', lang: 'de', 'data-role': 'german' }),
    says = h('span', { class: 'says', 'data-role': 'says' }),
    line = h('div', { class: 'line' }, reads, german, says);
  const free = h('button', { 'data-round': 0, text: 'Free play', onclick: () => go(0) }),
    rounds = model
      .get('rounds')
      .map((_, k) => h('button', { 'data-round': k + 1, text: k + 1, onclick: () => go(k + 1) })),
    label = h('label', { class: 'field game' }, 'Game', game),
    choice = h('div', { class: 'rounds', role: 'group', 'aria-label': 'Rounds' }, free, label, ...rounds);
  const floor = h('div', { class: 'floor' }, map.node, card.node);
  const hints = [
    ['drag', 'across: to another word, down: less of it'],
    ['↑ ↓', 'row'],
    ['← →', 'word'],
    ['− +', 'share'],
    ['Shift ↑ ↓', 'one percent of it'],
    ['Del', 'let go'],
    ['r', 'as the model wants'],
    ['g', 'gold'],
    ['w', 'what each word would do'],
    ['n', 'next round'],
  ];
  const help = hints.map(([key, what]) => h('span', {}, h('kbd', { text: key }), ' ' + what));
  F.root.append(
    scoped(STEER_STYLE, 'steer-game'),
    h('div', { class: 'head' }, title, choice),
    ...[lead, bar.node, line, floor, card.card],
    h('div', { class: 'keys' }, ...help),
  );
  steerHand(map, ui, { look, pull, settle, put, undo: (pulls) => put({ pulls }) });
  for (const [name, on] of [
    ['focus', true],
    ['blur', false],
  ])
    map.node.addEventListener(name, () => {
      ui.focused = on && map.node.matches(':focus-visible');
      F.redraw();
    });
  F.root.addEventListener('keydown', onKey);
  F.listen([...STEER_TRAITS, 'title'], F.redraw);

  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || /TEXTAREA|INPUT/.test(event.target.tagName)) return;
    const command = { r: act.reset, g: act.gold, n: act.next, w: act.words }[event.key];
    if (command) {
      event.preventDefault();
      return void command();
    }
    if (event.target !== map.node) return;
    const done = moveOfKey(event, look());
    if (!done) return;
    event.preventDefault();
    if ('row' in done && !('word' in done)) put({ row: done.row });
    else pull(done.row, done.word, done.share, true);
  }

  function draw(palette, width) {
    const now = state(),
      view = steerView(now, memory),
      wide = width >= 820,
      subject = `${now.number}-${now.round}-${now.seed}`;
    if (ui.of !== subject) Object.assign(ui, { of: subject, tall: 0 });
    ui.tall = Math.max(ui.tall, view.rows.length);
    if (ui.hand) ui.met = oddest(ui.met ?? now.met, view);
    F.root.style.setProperty('--said', steerColours(palette).said);
    set(title, { text: model.get('title') });
    if (document.activeElement !== game && game.value !== String(now.seed)) game.value = now.seed;
    choice.hidden = !rounds.length;
    [free, ...rounds].forEach((button, k) => {
      set(button, { 'aria-pressed': `${k === now.round}` });
      if (k) set(button, { 'aria-label': `Round ${k}${view.done.some((one) => one.round === k) ? ', done' : ''}` });
      if (k) set(button, { text: view.done.some((one) => one.round === k) ? `${k} ✓` : `${k}` });
    });
    const said = steerLead(view);
    if (lead.dataset.said !== said) {
      lead.dataset.said = said;
      lead.replaceChildren(...said.split('*').map((part, k) => (k % 2 ? h('b', { text: part }) : part)));
    }
    lead.classList.toggle('goal', view.target !== null);
    bar.node.hidden = now.round > 0;
    bar.draw(now);
    set(reads, { text: `${grouped(view.number)} →` });
    german.replaceChildren(...germanPieces(view, put));
    line.classList.toggle('narrow', width < 620);
    german.style.fontSize = `${germanSize(view.words, width)}px`;
    set(line, { 'data-solved': `${view.solved}` });
    set(says, {
      text: `${view.solved ? '✓ ' : view.value === null ? '' : '= '}${saysWords(view)}`,
      'data-right': `${view.target === null ? view.value !== null && view.value !== view.number : view.solved}`,
      'data-number': `${view.value !== null}`,
    });
    floor.classList.toggle('wide', wide);
    map.node.classList.toggle('held', Boolean(ui.hand));
    map.draw(view, palette, wide ? width - 294 : width, { hand: ui.hand, focused: ui.focused, tall: ui.tall });
    set(map.node, {
      'aria-label':
        `Attention, a row for each German word. It writes ${compoundText(view.words) || 'nothing'}. ` +
        'Up and down choose a row, left and right move its weight.',
    });
    card.draw(view);
  }
  F.redraw();
  return F.dispose;
}

/** The German fits into the two lines that are kept for it: what stands below must not move under the hand. */
function germanSize(words, width) {
  const narrow = width < 620,
    most = narrow ? 21 : 25,
    room = width - (narrow ? 36 : 290),
    longest = Math.max(0, ...words.map((word) => textWidth(word, most)));
  return Math.max(12, Math.min(most, (most * (2 * room - longest)) / (textWidth(compoundText(words), most) + 24)));
}

/** The German as one word, in pieces: what is not as the model wants is underlined; a press chooses the row. */
function germanPieces({ words, rows, row, ended }, put) {
  if (!words.length) return [h('span', { class: 'dim', text: '(nothing)' })];
  const pieces = compoundPieces(words).flatMap(([text, t]) => [
    h('wbr'),
    h(
      'i',
      { class: t === row ? 'here' : null, 'data-piece': t, onclick: () => put({ row: t }) },
      h(rows[t].changed ? 'u' : 'span', { text }),
    ),
  ]);
  return ended ? pieces : [...pieces, ' …'];
}

export default { render };
