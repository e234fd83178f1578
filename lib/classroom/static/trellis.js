// TrellisViewer: which state was it in, and how can a later observation change what we believe about an earlier one?
import { calm, clamp, frame, h, icon, scoped, set } from './common.js';
import { CHAIN_STYLE } from './chain_style.js';
import { controlsPanel } from './trellis_controls.js';
import { columnsIn, latticePanel, nameRoom } from './trellis_lattice.js';
import { VIEWS, leaving, nextStop, solveTrellis, telling } from './trellis_model.js';
import { stripPanel } from './trellis_strip.js';
import { TRELLIS_STYLE } from './trellis_style.js';
import { sumPanel } from './trellis_sum.js';
import { answer, helpFor, isDice, keyPress, nodeSentence, reading, statusLine } from './trellis_words.js';

const ASKED = 'Which state was it in, and how can a later observation change what we believe about an earlier one?';
const PACE = 380; // milliseconds for a column while playing
const PARTS = ['initial', 'transition', 'emission', 'observations'];
const partsOf = (model) => Object.fromEntries(PARTS.map((name) => [name, model.get(name)]));
const same = (a, b) => PARTS.every((name) => a?.[name] === b?.[name]);

/** Solves a model once for each set of its arrays. */
function solver() {
  let known = [];
  return (parts) => {
    let it = known.find((old) => same(old, parts));
    if (!it) known = [(it = solveTrellis(parts)), ...known].slice(0, 3);
    return it;
  };
}

/** What is shown, computed from the state: every panel draws from this and from nothing else. */
function look(model, ui, columns) {
  const now = ui.solved(partsOf(model));
  const [states, symbols] = [model.get('states'), model.get('symbols')];
  const length = now.observations.length;
  const at = clamp(model.get('at'), 0, length - 1);
  const count = states.length;
  const before = ui.history.length ? ui.solved(ui.history.at(-1).was) : null;
  ui.first = clamp(ui.first, Math.min(at + 3, length) - columns, Math.max(at - 2, 0));
  ui.first = clamp(ui.first, 0, length - columns);
  return {
    ...{ now, before, states, symbols, length, at, count, columns, first: ui.first, show: model.get('view') },
    ...{ initial: now.initial, transition: now.transition, emission: now.emission, observations: now.observations },
    ...{ state: Math.min(ui.state ?? now.path[at], count - 1), truth: model.get('truth'), dice: isDice(symbols) },
    ...{ marked: telling(now.emission), changed: ui.history.length > 0, playing: ui.timer !== null },
    ...{ given: ui.given.observations, kept: ui.given.transition },
  };
}

/** Keeps what was before a change; changes of the same thing in a row count as one. */
function remember(ui, was, what) {
  if (ui.history.at(-1)?.what === what) return;
  ui.history = [...ui.history, { was, what }].slice(-100);
}

/** What the reader can do; every control and every key ends here. */
function actions(model, ui, put, redraw) {
  const now = () => ui.solved(partsOf(model));
  const last = () => model.get('observations').length - 1;
  const here = () => Math.min(model.get('at'), last());
  const chosen = () => ui.state ?? now().path[here()];
  const act = {
    describe: (view) => `${view.count} states, ${view.length} steps. ${answer(view).short} ${nodeSentence(view)}`,
    show: (view) => put({ view }),
    go: (at) => put({ at }),
    choose(state) {
      ui.state = state;
      redraw();
    },
    pick(at, state) {
      ui.state = state;
      put({ at });
    },
    look(at) {
      ui.first = at - Math.floor(ui.columns / 2);
      put({ at });
    },
    observe(m, at = here()) {
      const was = model.get('observations');
      if (was[at] === m) return;
      remember(ui, partsOf(model), `seen ${at}`);
      put({ at, observations: was.map((x, t) => (t === at ? m : x)) });
    },
    turnAt(at, by) {
      const count = model.get('symbols').length;
      act.observe((model.get('observations')[at] + by + count) % count, at);
    },
    turn: (by) => act.turnAt(here(), by),
    leave(i, p) {
      const was = model.get('transition');
      if (was.length === 1 || ui.given.transition[i][i] === 1) return;
      remember(ui, partsOf(model), `leave ${i}`);
      put({ transition: was.map((row, k) => (k === i ? leaving(row, i, p, ui.given.transition[i]) : row)) });
    },
    nudge(by) {
      const i = chosen();
      act.leave(i, nextStop(1 - model.get('transition')[i][i], by));
    },
    undo() {
      const entry = ui.history.at(-1);
      if (!entry) return;
      ui.history = ui.history.slice(0, -1);
      put(entry.was);
    },
    reset() {
      if (!ui.history.length) return;
      ui.history = [];
      put(ui.given);
    },
    step() {
      act.stop();
      put({ at: Math.min(last(), here() + 1) });
    },
    restart() {
      act.stop();
      put({ at: 0 });
    },
    play() {
      if (ui.timer !== null) return act.stop();
      if (here() === last()) put({ at: 0 });
      ui.timer = setInterval(() => {
        if (here() === last() || !ui.alive()) return act.stop();
        put({ at: here() + 1 });
      }, calm() ? 2 * PACE : PACE);
      redraw();
    },
    stop() {
      clearInterval(ui.timer);
      ui.timer = null;
      redraw();
    },
  };
  return act;
}

/** Tabs for the views, and the buttons that go through the columns. */
function topBar(act) {
  const group = `trellis-${(topBar.made = (topBar.made ?? 0) + 1)}`; // radios of two viewers stay apart
  const tabs = VIEWS.map((name) => {
    const radio = h('input', { type: 'radio', name: group, value: name, onchange: () => act.show(name) });
    return { name, radio, label: h('label', { class: 'tab' }, radio, name[0].toUpperCase() + name.slice(1)) };
  });
  const sign = h('span', { style: 'display:inline-flex' });
  const word = h('span');
  const button = (role, name, text) => h('button', { 'data-role': role, onclick: act[role] }, icon(name), text);
  const play = h('button', { class: 'main', 'data-role': 'play', onclick: act.play }, sign, word);
  const role = { role: 'radiogroup', 'aria-label': 'Which view' };
  const choice = h('div', { class: 'tabs', ...role }, ...tabs.map((tab) => tab.label));
  const buttons = [play, button('step', 'step', 'Step'), button('restart', 'restart', 'From the start')];
  const node = h('div', { class: 'row bar' }, choice, h('div', { class: 'row' }, ...buttons));

  function draw({ show, playing }) {
    for (const { name, radio, label } of tabs) {
      radio.checked = name === show;
      label.classList.toggle('on', name === show);
    }
    const said = playing ? 'Pause' : 'Play';
    if (word.textContent !== said) sign.replaceChildren(icon(playing ? 'pause' : 'play'));
    set(word, { text: said });
  }
  return { node, draw };
}

function onKey(event, model, ui, act) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { target, key } = event;
  if (target.tagName === 'BUTTON' && (key === ' ' || key === 'Enter')) return;
  if (target.type === 'radio' && /^( |Arrow.*)$/.test(key)) return;
  if (target.type === 'range' && /^(Arrow|Home|End|Page)/.test(key)) return;
  const view = look(model, ui, ui.columns); // not what was drawn last: keys may come faster than frames
  const patch = keyPress({ ...view, page: ui.columns }, key, event.shiftKey);
  if (!patch) return;
  event.preventDefault();
  act[patch.act](patch.with);
}

function render({ model, el }) {
  const ui = { state: null, first: model.get('at') - 4, columns: 12, history: [], timer: null, solved: solver() };
  ui.given = { observations: model.get('_given_observations'), transition: model.get('_given_transition') };
  const F = frame({ model, el, label: model.get('title') || 'Hidden Markov model', draw });
  F.root.classList.add('trellis-viewer');
  ui.alive = () => F.root.isConnected;
  let [mine, latest] = [false, partsOf(model)];
  function put(values) {
    mine = true;
    Object.entries(values).forEach(([name, value]) => model.set(name, value));
    mine = false;
    latest = partsOf(model);
    model.save_changes();
    F.redraw();
  }
  /** A cell has set the model or the observations. */
  function heard() {
    if (mine) return;
    const was = latest;
    latest = partsOf(model);
    const flat = ({ observations, transition }) =>
      JSON.stringify([observations, transition.map((row) => row.map((p) => p.toFixed(9)))]);
    const another = was.emission !== latest.emission || was.initial !== latest.initial;
    const longer = was.observations.length !== latest.observations.length;
    if (longer) ui.given = { ...ui.given, observations: latest.observations };
    if (another || longer) ui.history = [];
    else if (flat(was) !== flat(latest)) remember(ui, was, `cell ${ui.history.length}`);
    F.redraw();
  }
  const act = actions(model, ui, put, F.redraw);
  const [bar, strip, lattice] = [topBar(act), stripPanel(act), latticePanel(act)];
  const [sum, controls] = [sumPanel(), controlsPanel(act)];
  const title = h('h3');
  const short = h('b');
  const long = h('span');
  const asked = h('p', { class: 'dim asked', text: ASKED });
  const said = h('p', { class: 'answer', 'data-role': 'answer' }, short, ' ', long);
  const how = h('p', { class: 'dim small reading' });
  const panels = h('div', { class: 'panels' }, sum.node, controls.node);
  const status = h('p', { class: 'dim small status', role: 'status', 'aria-live': 'polite' });
  const cap = (key) => (key === '…' ? ' … ' : h('kbd', { text: key }));
  const entry = ([keys, what]) => h('span', {}, ...keys.split(' ').map(cap), ` ${what}`);
  const help = h('div', { class: 'keys' }, ...helpFor(model.get('symbols')).map(entry));
  F.root.append(scoped(CHAIN_STYLE + TRELLIS_STYLE, 'trellis-viewer'), title, asked, said, bar.node, how);
  F.root.append(strip.node, lattice.node, panels, status, help);
  F.root.addEventListener('keydown', (event) => onKey(event, model, ui, act));
  F.listen(PARTS, heard);
  F.listen(['at', 'view', 'truth', 'title', 'states', 'symbols'], F.redraw);

  function draw(palette, width) {
    const left = nameRoom(model.get('states'));
    ui.columns = columnsIn(width - left - 8, model.get('observations').length);
    const view = look(model, ui, ui.columns);
    const words = answer(view);
    set(title, { text: model.get('title') || `A hidden Markov model with ${view.count} states` });
    set(short, { text: words.short });
    set(long, { text: words.long });
    set(how, { text: reading(view) });
    bar.draw(view);
    lattice.draw(view, palette, width, left, strip.draw(view, palette, width, left));
    panels.classList.toggle('wide', width >= 690);
    for (const part of [said, how]) part.classList.toggle('narrow', width < 800);
    sum.draw(view, palette);
    controls.draw(view, palette);
    if (!view.playing) set(status, { text: statusLine(view) });
  }

  F.redraw();
  return () => {
    act.stop();
    F.dispose();
  };
}

export default { render };
