// GateViewer: what does this cell write, keep and show, and what breaks if I hold a gate?
import { frame, h, icon, scoped, set } from './common.js';
import { HEAT_STYLE, keepInside, timeAxis, timePlace } from './heat.js';
import { gateActions, onGateKey } from './gate_actions.js';
import { gateLanes } from './gate_lanes.js';
import { LANES_LEFT, LANES_RIGHT, gateColours } from './gate_shapes.js';
import { gatePython, holdPanel } from './gate_hold.js';
import { overviewPanel } from './gate_overview.js';
import { gateSeen } from './gate_seen.js';
import { GATE_STYLE } from './gate_style.js';
import { GATE_KEYS, HOLD_KEYS, arithmetic, gateAnswer, gateMoment, stepWord } from './gate_words.js';
import { mix, readable } from './palette.js';

const GATE_QUESTION = 'What does this cell write, keep and show, and what breaks if I hold a gate?';

/** Unit, pattern, play: { node, draw }. */
function gateBar(act) {
  const sign = h('span', { style: 'display:inline-flex' });
  const word = h('span');
  const play = h('button', { class: 'main', 'data-role': 'play', onclick: act.play }, sign, word);
  const name = h('b', { 'data-role': 'unit-name' });
  const turn = (by, text, label) => h('button', { text, 'aria-label': label, onclick: () => act.turn(by) });
  const pick = h(
    'span',
    { class: 'pick' },
    turn(-1, '‹', 'The unit above in the overview'),
    name,
    turn(1, '›', 'The unit below in the overview'),
  );
  const mark = h('select', { 'data-role': 'pattern', onchange: () => act.mark(mark.selectedIndex) });
  const label = h('label', {}, 'mark where it is', mark);
  const node = h('div', { class: 'row bar' }, h('span', { class: 'row' }, pick, label), play);
  let known = null;

  function draw({ unit, units, pattern }, patterns, playing) {
    set(name, { text: `Unit ${unit}` });
    pick.querySelectorAll('button').forEach((button) => (button.disabled = units === 1));
    label.hidden = Object.keys(patterns).length === 0;
    if (known !== patterns)
      mark.replaceChildren(...['nothing', ...Object.keys(patterns)].map((text) => h('option', { text })));
    known = patterns;
    mark.selectedIndex = pattern === null ? 0 : 1 + Object.keys(patterns).indexOf(pattern);
    const said = playing ? 'Pause' : 'Play';
    if (word.textContent !== said) sign.replaceChildren(icon(said.toLowerCase()));
    set(word, { text: said });
  }
  return { node, draw };
}

/** Which steps are seen, where not all are, and a way to the others: { node, draw }. */
function windowPart(act) {
  const steps = h('span', { 'data-role': 'window' });
  const to = (by, text) => h('button', { text, 'data-role': by < 0 ? 'earlier' : 'later', onclick: () => act.page(by) });
  const buttons = [to(-1, '‹ earlier'), to(1, 'later ›')];
  const node = h('div', { class: 'part small dim' }, buttons[0], steps, buttons[1]);

  function draw(first, { columns, length }) {
    node.hidden = columns >= length;
    set(steps, { text: `steps ${first + 1} to ${first + columns} of ${length}` });
    [first === 0, first + columns >= length].forEach((end, k) => (buttons[k].disabled = end));
  }
  return { node, draw };
}

function render({ model, el }) {
  const look = gateSeen(model);
  const begun = look();
  const ui = { hover: null, timer: null, first: model.get('position') - 4, alive: () => F.root.isConnected };
  ui.draft = {
    gate: begun.gates[0] ?? null,
    all: false,
    unit: null,
    begin: 0,
    end: begun.length,
    from: null,
  };
  const F = frame({ model, el, label: model.get('title') || 'A cell with gates', draw });
  F.root.classList.add('gate-viewer');
  const put = (values) => {
    Object.entries(values).forEach(([name, value]) => model.set(name, value));
    model.save_changes();
    F.redraw();
  };
  const python = gatePython(model, F.redraw);
  const act = gateActions(model, ui, look, { put, redraw: F.redraw, python });
  const [bar, lanes, hold, overview] = [gateBar(act), gateLanes(act), holdPanel(act), overviewPanel(act)];
  const axis = timeAxis({ pick: act.go });
  const title = h('h3');
  const [short, long] = [h('b'), h('span')];
  const answer = h('p', { class: 'answer', 'data-role': 'answer' }, short, ' ', long);
  const legend = h('div', { class: 'legend small dim' });
  const part = windowPart(act);
  const story = h(
    'div',
    { class: 'story', tabindex: 0, role: 'group', 'aria-label': 'The story of the unit' },
    lanes.node,
    axis.node,
  );
  const where = h('h4');
  const sums = [h('p'), h('p')];
  const sum = h('div', { class: 'sum', 'data-role': 'sum' }, where, ...sums);
  const status = h('p', {
    class: 'dim small status',
    role: 'status',
    'aria-live': 'polite',
    'data-role': 'moment',
  });
  const help = h('div', { class: 'keys' });
  const question = h('p', { class: 'dim question', text: GATE_QUESTION });
  F.root.append(
    scoped(HEAT_STYLE + GATE_STYLE, 'gate-viewer'),
    title,
    question,
    bar.node,
    answer,
    h('div', { class: 'over' }, legend, part.node),
    story,
  );
  F.root.append(sum, hold.node, overview.node, status, help);
  F.root.addEventListener('keydown', (event) => onGateKey(event, ui, look, act));

  /** A hold that came from elsewhere is what the controls show. */
  function heard() {
    const now = model.get('hold');
    if (now) Object.assign(ui.draft, { ...now, all: now.unit === null, from: null });
    else ui.draft.unit = null;
    F.redraw();
  }

  function words(view, palette) {
    const said = gateAnswer(view);
    set(title, { text: model.get('title') || GATE_QUESTION });
    question.hidden = !model.get('title');
    set(short, { text: said.short });
    set(long, { text: said.long });
    const colours = gateColours(palette);
    const entries = view.story.memory
      ? [
          ['keep', 'kept'],
          ['write', 'written'],
          ['lost', 'forgotten'],
        ]
      : [];
    const key = entries.map(([role, text]) =>
      h('span', {}, h('i', { style: `background:${colours[role]}` }), text),
    );
    if (view.ghost) key.push(h('span', {}, h('i', { class: 'was' }), 'as it was'));
    if (view.marks)
      key.push(h('span', {}, h('i', { style: 'background:var(--dim);height:6px' }), view.pattern));
    legend.replaceChildren(...key);
    part.draw(ui.first, view);
    const lines = arithmetic(view.story, view.t);
    const colour = (role) =>
      role === null ? 'color:var(--dim)' : `color:${readable(colours[role], palette)};font-weight:650`;
    sums.forEach((line, k) => {
      line.hidden = !lines[k];
      line.replaceChildren(
        ...(lines[k] ?? []).map(([text, role]) => h('span', { text, style: colour(role) })),
      );
    });
    set(where, { text: stepWord(view.tokens, view.t) });
    const keys = [...GATE_KEYS, ...(model.get('can_compute') ? HOLD_KEYS : [])];
    if (help.childElementCount !== keys.length)
      help.replaceChildren(
        ...keys.map(([k, what]) =>
          h('span', {}, ...k.split(' ').map((text) => h('kbd', { text })), ` ${what}`),
        ),
      );
    if (ui.timer === null) set(status, { text: gateMoment(view, view.t) });
  }

  function draw(palette, width) {
    F.root.classList.toggle('narrow', width < 800);
    const view = look();
    view.t = ui.hover ?? view.at;
    const room = width - LANES_LEFT - LANES_RIGHT;
    const letters = Math.min(8, Math.max(...view.tokens.map((token) => [...token].length)));
    const columns = Math.max(
      1,
      Math.min(view.length, Math.floor(room / (letters <= 1 ? 7.3 : 8 * letters + 4))),
    );
    view.columns = ui.columns = columns;
    ui.first = keepInside(ui.first, columns, view.at, view.length);
    const right = LANES_LEFT + Math.min(room, columns * 64);
    const place = timePlace({ left: LANES_LEFT, width: right, first: ui.first, columns });
    const { gate, begin, end } = view.hold ?? ui.draft;
    const mine = view.hold && (view.hold.unit === null || view.hold.unit === view.unit);
    Object.assign(view, {
      gate: mine ? gate : null,
      held: Boolean(view.hold),
      python,
      draft: ui.draft,
      wished: act.wished,
    });
    const chosen = begin > 0 || end < view.length;
    view.span = view.hold || (act.canHold() && chosen) ? { begin, end } : null;
    view.canCompute = model.get('can_compute');
    view.label = `${gateAnswer(view).short} ${gateMoment(view, view.t)}`;
    words(view, palette);
    bar.draw(view, model.get('patterns'), ui.timer !== null);
    lanes.draw(view, palette, place);
    const strip = view.marks?.map((mark) => (mark ? palette.dim : mix(palette.line, palette.bg, 0.5)));
    axis.draw(
      { place, tokens: view.tokens, at: view.t, colours: strip, said: (t) => stepWord(view.tokens, t) },
      palette,
    );
    hold.draw(view);
    overview.draw(view, palette, place);
  }

  F.listen(['hold'], heard);
  F.listen(
    ['_runs', '_codes', 'unit', 'position', 'quantity', 'sort', 'pattern', 'title', 'tokens', 'patterns'],
    F.redraw,
  );
  if (model.get('hold')) heard();
  python.hello();
  F.redraw();
  return () => {
    act.stop();
    python.dispose();
    F.dispose();
  };
}

export default { render };
