// CasinoGame: when was the loaded die on the table? The inspector against two decoders.
import { frame, h, scoped, set } from './common.js';
import { casinoCard } from './casino_card.js';
import { casinoRows } from './casino_rows.js';
import { brushed, casinoNight, cursorAfter, nightScore, rollWords, withNight } from './casino_rules.js';
import { CASINO_STYLE } from './casino_style.js';

const CASINO_TRAITS = [
  'initial',
  'transition',
  'emission',
  'length',
  'seed',
  'states',
  'marks',
  'revealed',
  'nights',
];

function render({ model, el }) {
  const ui = { cursor: 0, focused: false, stroke: null, plan: null, key: null, night: null };
  const F = frame({ model, el, label: model.get('title'), draw });
  F.root.classList.add('casino-game');
  const state = () => Object.fromEntries(CASINO_TRAITS.map((name) => [name, model.get(name)]));
  const put = (values, save = true) => {
    Object.entries(values).forEach(([name, value]) => model.set(name, value));
    if (save) model.save_changes();
    F.redraw();
  };
  function tonight(now) {
    const key = JSON.stringify([now.initial, now.transition, now.emission, now.length, now.seed]);
    if (ui.key !== key) Object.assign(ui, { key, night: casinoNight(now), cursor: 0, stroke: null });
    return ui.night;
  }
  const act = {
    confess() {
      const now = state();
      if (now.revealed) return;
      put({ revealed: true, nights: withNight(now.nights, nightScore(tonight(now), now.marks)) });
    },
    next() {
      const now = state();
      if (now.revealed) put({ seed: now.seed + 1, marks: now.marks.map(() => 0), revealed: false });
      table.focus({ preventScroll: true });
    },
    clear: () => put({ marks: model.get('marks').map(() => 0) }),
  };
  const rows = casinoRows(),
    card = casinoCard(act);
  const title = h('h3'),
    night = h('span', { class: 'dim small', 'data-role': 'night' }),
    lead = h('p', { class: 'lead dim' }),
    spoken = h('div', { class: 'spoken', role: 'status', 'aria-live': 'polite', 'data-role': 'spoken' });
  const table = h(
    'div',
    { class: 'table', tabindex: 0, role: 'application', 'data-role': 'table' },
    rows.svg,
  );
  const floor = h('div', { class: 'floor' }, card.node, table);
  const hints = [
    ['drag', 'mark or erase'],
    ['arrows', 'move'],
    ['Space', 'mark one'],
    ['Shift + arrows', 'brush'],
    ['c', 'confess'],
    ['n', 'another night'],
  ];
  const help = hints.map(([key, what]) => h('span', {}, h('kbd', { text: key }), ' ' + what));
  F.root.append(
    scoped(CASINO_STYLE, 'casino-game'),
    h('div', { class: 'head' }, title, night),
    ...[lead, floor, spoken, h('div', { class: 'keys' }, ...help)],
  );
  brushByHand(table, ui, { state, put });
  F.root.addEventListener('keydown', (event) =>
    casinoKey(event, ui, { state, put, act, redraw: F.redraw, table }),
  );
  for (const [name, on] of [
    ['focus', true],
    ['blur', false],
  ])
    table.addEventListener(name, () => {
      Object.assign(ui, { focused: on && table.matches(':focus-visible'), stroke: null });
      F.redraw();
    });
  F.listen([...CASINO_TRAITS, 'title'], F.redraw);

  function draw(palette, width) {
    const now = state(),
      wide = width >= 1080,
      view = { ...now, ...{ night: tonight(now), key: ui.key, cursor: ui.cursor, focused: ui.focused } };
    view.score = now.revealed ? nightScore(view.night, now.marks) : null;
    set(title, { text: model.get('title') });
    set(night, { text: `night ${now.seed}, ${now.length} rolls` });
    set(lead, {
      text: now.revealed
        ? `Below each row: what you marked, when the ${now.states[1]} die was on the table, what the decoders say.`
        : `Now and then the croupier swaps the ${now.states[0]} die for a ${now.states[1]} one, and later back. ` +
          `Drag over the rolls where you believe that the ${now.states[1]} die was in use.`,
    });
    floor.classList.toggle('wide', wide);
    table.classList.toggle('over', now.revealed);
    card.draw(view, palette);
    ui.plan = rows.draw(view, palette, wide ? width - 316 : width);
    const here = rollWords(ui.cursor, view.night, now.marks, now.states, now.revealed);
    set(table, {
      'aria-label': `${now.length} rolls of dice. Arrows move, space marks, Shift and arrows brush. ${here}`,
    });
    set(spoken, { text: ui.focused ? here : '' });
  }
  F.redraw();
  return F.dispose;
}

/** Mouse, pen, finger: from the first roll touched to where the pointer is. A finger that scrolls undoes its stroke. */
function brushByHand(table, ui, { state, put }) {
  const rollAt = (event) => {
    const box = table.getBoundingClientRect();
    return ui.plan.hit(event.clientX - box.left, event.clientY - box.top);
  };
  let stroke = null;
  table.addEventListener('pointerdown', (event) => {
    if (event.button > 0 || state().revealed) return;
    if (!ui.plan.inside(event.clientX - table.getBoundingClientRect().left)) return;
    table.setPointerCapture(event.pointerId);
    stroke = { before: state().marks, anchor: rollAt(event), here: -1 };
    move(event);
  });
  function move(event) {
    if (!stroke || stroke.here === rollAt(event)) return;
    stroke.here = rollAt(event);
    ui.cursor = stroke.here;
    put({ marks: brushed(stroke.before, stroke.anchor, stroke.here) }, false);
  }
  table.addEventListener('pointermove', move);
  table.addEventListener('pointerup', () => {
    if (stroke) put({});
    stroke = null;
  });
  table.addEventListener('pointercancel', () => {
    if (stroke) put({ marks: stroke.before });
    stroke = null;
  });
}

function casinoKey(event, ui, { state, put, act, redraw, table }) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const now = state();
  if (event.key === 'c' || event.key === 'n') return void (event.key === 'c' ? act.confess() : act.next());
  if (event.target !== table) return;
  const next = cursorAfter(ui.cursor, event.key, ui.plan.columns, now.length);
  if (next === null && event.key !== ' ') {
    if (event.key !== 'Shift') ui.stroke = null;
    return;
  }
  event.preventDefault();
  ui.focused = true;
  if (event.key === ' ') {
    ui.stroke = null;
    if (!now.revealed) put({ marks: brushed(now.marks, ui.cursor, ui.cursor) });
    return;
  }
  if (!event.shiftKey) ui.stroke = null;
  else if (!now.revealed) {
    ui.stroke ??= { before: now.marks, anchor: ui.cursor };
    put({ marks: brushed(ui.stroke.before, ui.stroke.anchor, next) });
  }
  ui.cursor = next;
  redraw();
}

export default { render };
