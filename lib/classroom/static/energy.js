// EnergyViewer: where does this memory roll to, and when does it stop being a memory?
import { calm, clamp, frame, h, icon, scoped, set } from './common.js';
import { curvePanel } from './energy_curve.js';
import { gridPanel } from './energy_grid.js';
import { moment, recallRun, stateAt, whatStays, withNoise, withoutLowerHalf } from './energy_model.js';
import { ENERGY_STYLE } from './energy_style.js';
import { tablePanel } from './energy_table.js';
import { whyPanel } from './energy_why.js';
import { ENERGY_KEYS, energyKey, statusSaid, verdict } from './energy_words.js';

const ASKED = 'Where does this memory roll to, and when does it stop being a memory?';
const PACE = 90; // milliseconds for a flip while playing
const NARROW = 640; // below: board and table stand side by side, with less said
const PARTS = ['patterns', 'stored', 'start', 'seed'];

/** The whole recall from the present start and what stays of the pictures, computed once for each. */
function reckoner(model) {
  let [known, study, run] = [[], null, null];
  return () => {
    const [patterns, stored, start, seed] = PARTS.map((name) => model.get(name));
    const memory = [patterns, stored, seed];
    if (!study || memory.some((part, i) => part !== known[i])) {
      study = { stays: whatStays(patterns, stored, seed), kept: patterns.filter((_, m) => stored[m]) };
      run = null;
      known = memory;
    }
    if (run?.start !== start) run = recallRun(study.kept, start, seed);
    return { patterns, stored, run, stays: study.stays, steps: clamp(model.get('steps'), 0, run.length) };
  };
}

/** What is shown, computed from the state: every panel draws from this and from nothing else. */
function look(model, ui) {
  const { patterns, stored, run, stays, steps } = ui.reckon();
  const now = moment(patterns, stored, run, steps);
  const [rows, columns] = model.get('shape');
  return {
    ...{ patterns, stored, run, stays, steps, rows, columns, labels: model.get('labels'), ...now },
    ...{ last: run.flips[now.done - 1] ?? null, unit: clamp(model.get('unit'), 0, now.count - 1) },
    ...{ noise: model.get('noise'), playing: ui.timer !== null, pictures: patterns.length },
  };
}

/** What the reader can do; every control and every key ends here. */
function actions(model, ui, put, redraw) {
  const here = () => {
    const { run, steps } = ui.reckon();
    return stateAt(run, steps);
  };
  const begin = (start, more) => {
    act.stop();
    put({ start, steps: 0, ...more });
  };
  const act = {
    state: here,
    choose: (unit) => put({ unit }),
    paint(unit, value) {
      const state = here();
      if (state[unit] !== value) begin(state.map((s, i) => (i === unit ? value : s)), { unit });
      else if (model.get('unit') !== unit) put({ unit });
    },
    flip: (unit) => act.paint(unit, -here()[unit]),
    show: (m) => begin(model.get('patterns')[m].slice()),
    noise: (noise) => put({ noise }),
    damage: () => begin(withNoise(here(), model.get('noise') / 100, 7000 + 31 * ui.damages++)),
    erase: () => begin(withoutLowerHalf(here(), ...model.get('shape'))),
    random: () => begin(withNoise(here().map(() => -1), 0.5, 9000 + 31 * ui.damages++)),
    reorder: () => begin(model.get('start').slice(), { seed: model.get('seed') + 1 }),
    store(m, on) {
      begin(here(), { stored: model.get('stored').map((was, i) => (i === m ? on : was)) });
    },
    storeFirst: (number) => begin(here(), { stored: model.get('stored').map((_, i) => i < number) }),
    storeMore(by) {
      const stored = model.get('stored');
      const m = by > 0 ? stored.indexOf(false) : stored.lastIndexOf(true);
      if (m >= 0) act.store(m, by > 0);
    },
    go(steps) {
      const { run } = ui.reckon();
      const at = clamp(steps, 0, run.length);
      const flip = run.flips.filter((one) => one.at <= at).at(-1);
      put({ steps: at, ...(flip && { unit: flip.unit }) });
    },
    next() {
      const { run, steps } = ui.reckon();
      const flip = run.flips.find((one) => one.at > steps);
      if (flip) act.go(flip.at);
      else act.stop();
    },
    rest() {
      act.stop();
      act.go(Infinity);
    },
    back() {
      act.stop();
      put({ steps: 0 });
    },
    play() {
      if (ui.timer !== null) return act.stop();
      const { run, steps } = ui.reckon();
      if (steps >= run.length) put({ steps: 0 });
      ui.timer = setInterval(() => {
        const at = ui.reckon();
        if (at.steps >= at.run.length || !ui.alive()) act.stop();
        else act.next();
      }, calm() ? 4 * PACE : PACE);
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

/** Let go, next flip, to rest, back, another order. */
function driveRow(act) {
  const [sign, word] = [h('span', { style: 'display:inline-flex' }), h('span')];
  const button = (role, name, text) => h('button', { 'data-role': role, onclick: act[role] }, icon(name), text);
  const play = h('button', { class: 'main', 'data-role': 'play', onclick: act.play }, sign, word);
  const rest = [button('next', 'step', 'Next flip'), button('rest', 'more', 'To rest'), button('back', 'restart', 'Back')];
  const order = h('button', { 'data-role': 'reorder', onclick: act.reorder, text: 'Another order' });
  const node = h('div', { class: 'row' }, play, ...rest, order);
  function draw({ playing, steps, run }) {
    const said = playing ? 'Pause' : 'Let go';
    if (word.textContent !== said) sign.replaceChildren(icon(playing ? 'pause' : 'play'));
    set(word, { text: said });
    rest[0].disabled = rest[1].disabled = steps >= run.length;
    rest[2].disabled = steps === 0;
  }
  return { node, draw };
}

/** Noise, erasing, randomness. */
function damageRow(act) {
  const slider = h('input', { type: 'range', min: 0, max: 50, step: 1, 'aria-label': 'Share of units to flip' });
  slider.addEventListener('input', () => act.noise(+slider.value));
  const told = h('output');
  const button = (role, text, title) => h('button', { 'data-role': role, onclick: act[role], text, title });
  const buttons = [button('damage', 'Damage'), button('erase', 'Erase half', 'Empty the lower half'), button('random', 'Random')];
  const node = h('div', { class: 'row damage' }, ...buttons, h('label', {}, slider, told));
  function draw({ noise }) {
    slider.value = noise;
    set(told, { text: `damage flips ${noise} %` });
  }
  return { node, draw };
}

/** What the marks in the grid mean. */
function legendLine() {
  const entry = (kind, said) => [h('span', {}, h('i', { class: kind, 'data-mark': kind }), said), ' '];
  const node = h(
    'p',
    { class: 'dim small legend-unit' },
    ...entry('unhappy', 'wants to flip'),
    ...entry('last', 'flipped last'),
    ...entry('chosen', 'chosen'),
  );
  function draw(palette) {
    const colours = { unhappy: palette.states[1], last: palette.states[0], chosen: palette.accent };
    for (const mark of node.querySelectorAll('i')) set(mark, { style: `--unhappy:${colours[mark.dataset.mark]}` });
  }
  return { node, draw };
}

function onKey(event, model, ui, act) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { target, key } = event;
  if (target.tagName === 'BUTTON' && (key === ' ' || key === 'Enter')) return;
  if (target.type === 'checkbox' && key === ' ') return;
  if (target.type === 'range' && /^(Arrow|Home|End|Page)/.test(key)) return;
  const patch = energyKey(look(model, ui), key); // not what was drawn last: keys may come faster than frames
  if (!patch) return;
  event.preventDefault();
  act[patch.act](patch.with);
}

function render({ model, el }) {
  const ui = { timer: null, damages: 0, reckon: reckoner(model) };
  const F = frame({ model, el, label: model.get('title') || 'Hopfield network', draw });
  F.root.classList.add('energy-viewer');
  ui.alive = () => F.root.isConnected;
  const put = (values) => {
    Object.entries(values).forEach(([name, value]) => model.set(name, value));
    model.save_changes();
    F.redraw();
  };
  const act = actions(model, ui, put, F.redraw);
  const [drive, damage, grid, legend] = [driveRow(act), damageRow(act), gridPanel(act), legendLine()];
  const [table, curve, why] = [tablePanel(act), curvePanel(act), whyPanel()];
  const [title, short, long] = [h('h3'), h('b'), h('span')];
  const asked = h('p', { class: 'dim asked', text: ASKED });
  const answer = h('p', { class: 'answer', 'data-role': 'answer' }, short, ' ', long);
  const left = h('div', { class: 'board' }, grid.node, legend.node, damage.node);
  const upper = h('div', { class: 'panels' }, left, table.node);
  const lower = h('div', { class: 'panels lower' }, curve.node, why.node);
  const status = h('p', { class: 'dim small status', role: 'status', 'aria-live': 'polite' });
  const cap = (key) => (key === '…' ? ' … ' : h('kbd', { text: key }));
  const help = h(
    'div',
    { class: 'keys' },
    ...ENERGY_KEYS.map(([keys, what]) => h('span', {}, ...keys.split(' ').map(cap), ` ${what}`)),
  );
  F.root.append(scoped(ENERGY_STYLE, 'energy-viewer'), title, asked, answer, drive.node, upper, lower, status, help);
  F.root.addEventListener('keydown', (event) => onKey(event, model, ui, act));
  F.listen([...PARTS, 'shape', 'labels', 'steps', 'unit', 'noise', 'title'], F.redraw);

  function draw(palette, width) {
    const view = look(model, ui);
    const said = verdict(view);
    const [wide, narrow] = [width >= 500, width < NARROW];
    const beside = Math.floor((width - (narrow ? 20 : 30)) / 2);
    set(title, { text: model.get('title') || `A memory of ${view.count} units` });
    set(short, { text: said.short });
    set(long, { text: said.long });
    drive.draw(view);
    damage.draw(view);
    legend.draw(palette);
    for (const panels of [upper, lower]) panels.classList.toggle('wide', wide);
    for (const panels of [upper, lower]) {
      panels.classList.toggle('tight', width < 800);
      panels.classList.toggle('narrow', wide && narrow);
    }
    grid.draw(view, palette, wide ? Math.floor(width * (width < 800 ? 0.38 : 0.34)) : width);
    set(grid.node, { 'aria-label': `${said.short} ${said.long}` });
    left.style.width = wide ? `${Math.max(grid.node.clientWidth, narrow ? 190 : 236)}px` : 'auto';
    table.draw(view, palette, wide && narrow);
    curve.draw(view, palette, wide ? beside : width);
    why.draw(view, palette);
    if (!view.playing) set(status, { text: statusSaid(view) });
  }

  F.redraw();
  return () => {
    act.stop();
    F.dispose();
  };
}

export default { render };
