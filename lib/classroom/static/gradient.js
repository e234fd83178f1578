// GradientViewer: how far back does the error reach, and what decides it?
import { calm, clamp, frame, h, scoped, set } from './common.js';
import { network, solveGradient } from './gradient_model.js';
import { ASKED, keysLine, legendRow, pinsRow, settingsRow, walkRow } from './gradient_page.js';
import { planePanel } from './gradient_plane.js';
import { plotPanel } from './gradient_plot.js';
import { stripsPanel } from './gradient_strips.js';
import { GRADIENT_STYLE } from './gradient_style.js';
import { answer, certainty, gradientKey, roundRadius, statusLine, withPin } from './gradient_words.js';

const WALK = 4000; // milliseconds for the whole way back
const SETTINGS = ['radius', 'nonlinearity', 'drive_scale', 'error_step'];
const KEPT = 8; // solutions that are remembered: the pinned ones and the last few

/** Solves once for each network and settings. */
function solver(model) {
  let [net, made, known] = [null, [], new Map()];
  return (settings) => {
    const parts = ['weight', 'drive', '_spectrum'].map((name) => model.get(name));
    if (parts.some((part, i) => part !== made[i])) {
      [net, made, known] = [network(parts[0], parts[1]), parts, new Map()];
    }
    const { length } = net.weight;
    if (length !== net.units ** 2 || net.drive.length !== net.units * net.steps) throw new RangeError('half a change');
    const key = JSON.stringify(SETTINGS.map((name) => settings[name]));
    const found = known.get(key) ?? solveGradient(net, parts[2], settings);
    known.delete(key);
    known.set(key, found);
    if (known.size > KEPT) known.delete(known.keys().next().value);
    return { found, net };
  };
}

/** What is shown, computed from the state: every panel draws from this and from nothing else. */
function look(model, ui) {
  const steps = model.get('drive').shape[0];
  const fit = (given) => ({ ...given, error_step: clamp(given.error_step, 2, steps) });
  const settings = fit(Object.fromEntries(SETTINGS.map((name) => [name, model.get(name)])));
  const { found: now, net } = ui.solved(settings);
  const pinned = model.get('pinned').map(fit);
  const view = {
    ...{ now, settings: pinned, units: net.units, steps, spectrum: model.get('_spectrum') },
    ...{ pins: pinned.map((pin) => ui.solved(pin).found), playing: ui.timer !== null },
    position: clamp(model.get('position'), 0, now.errorStep - 1),
    pinnedNow: withPin(pinned, settings) === pinned,
    chosen: settings,
  };
  view.words = answer(now);
  view.said = statusLine(view);
  view.heard = `${view.words.short} ${view.words.long} ${view.said}`;
  return view;
}

/** What the reader can do; every control and every key ends here. */
function actions(model, ui, put, redraw) {
  const errorStep = () => model.get('error_step');
  const act = {
    put,
    radius: (radius) => put({ radius: roundRadius(radius) }),
    look(lag) {
      act.stop();
      put({ position: clamp(lag, 0, errorStep() - 1) });
    },
    lookAt: (step) => act.look(errorStep() - step),
    arise(step) {
      const error_step = clamp(step, 2, model.get('drive').shape[0]);
      const whole = model.get('position') >= errorStep() - 1; // it stays at the far end
      put({ error_step, position: whole ? error_step - 1 : Math.min(model.get('position'), error_step - 1) });
    },
    pin: () => put({ pinned: withPin(model.get('pinned'), look(model, ui).chosen) }),
    unpin(k) {
      const pins = model.get('pinned');
      const gone = typeof k === 'number' ? k : pins.length - 1;
      put({ pinned: pins.filter((_, i) => i !== gone) });
    },
    play() {
      if (ui.timer !== null) return act.stop();
      if (model.get('position') >= errorStep() - 1) put({ position: 0 });
      const pause = clamp(WALK / errorStep(), 25, 250) * (calm() ? 2 : 1);
      ui.timer = setInterval(() => {
        const next = model.get('position') + 1;
        if (next >= errorStep() || !ui.alive()) return act.stop();
        put({ position: next });
      }, pause);
      redraw();
    },
    stop() {
      if (ui.timer === null) return;
      clearInterval(ui.timer);
      ui.timer = null;
      redraw();
    },
    press(patch) {
      if (patch.act) return act[patch.act]();
      if ('position' in patch) return act.look(patch.position);
      if ('error_step' in patch) return act.arise(patch.error_step);
      put(patch);
    },
  };
  return act;
}

function onKey(event, model, ui, act) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { target, key } = event;
  if (target.tagName === 'BUTTON' && (key === ' ' || key === 'Enter')) return;
  if (target.type === 'radio' && /^( |Arrow.*)$/.test(key)) return;
  if (target.type === 'range' && /^(Arrow|Home|End|Page)/.test(key)) return;
  const patch = gradientKey(
    {
      ...{ radius: model.get('radius'), nonlinearity: model.get('nonlinearity') },
      ...{ driveScale: model.get('drive_scale'), errorStep: model.get('error_step') },
      ...{ position: model.get('position'), length: model.get('drive').shape[0] },
    },
    key,
    event.shiftKey,
  );
  if (!patch) return;
  event.preventDefault();
  act.press(patch);
}

function render({ model, el }) {
  const ui = { timer: null, solved: solver(model) };
  const F = frame({ model, el, label: model.get('title') || 'The error of a recurrent network', draw });
  F.root.classList.add('gradient-viewer');
  ui.alive = () => F.root.isConnected;
  function put(values) {
    Object.entries(values).forEach(([name, value]) => model.set(name, value));
    model.save_changes();
    F.redraw();
  }
  const act = actions(model, ui, put, F.redraw);
  const [settings, legend, pins, walk] = [settingsRow(act), legendRow(), pinsRow(act), walkRow(act)];
  const [plot, plane, strips] = [plotPanel(act), planePanel(act), stripsPanel(act)];
  const title = h('h3');
  const question = h('p', { class: 'dim question', text: ASKED });
  const [short, long] = [h('b'), h('span')];
  const said = h('p', { class: 'answer', 'data-role': 'answer' }, short, long);
  const drags = h('h4', { text: 'Eigenvalues: drag one, all scale with it' });
  const eigen = h('p', { class: 'small dim', 'data-role': 'eigen' });
  const pictures = h(
    'div',
    { class: 'pictures' },
    h('div', {}, legend.node, plot.node),
    h('div', {}, drags, plane.node, eigen),
  );
  F.root.append(scoped(GRADIENT_STYLE, 'gradient-viewer'), title, question, said, settings.node, pictures);
  F.root.append(pins.node, walk.node, strips.node, keysLine());
  F.root.addEventListener('keydown', (event) => onKey(event, model, ui, act));
  F.listen([...SETTINGS, 'position', 'pinned', 'title', 'weight', 'drive', '_spectrum'], F.redraw);

  function draw(palette, width) {
    if (width < 100) return; // the page has no width yet
    F.root.classList.toggle('wide', width >= 920);
    let view;
    try {
      view = look(model, ui);
    } catch (error) {
      if (error instanceof RangeError) return; // a cell changes the network: the other half is on its way
      throw error;
    }
    const side = Math.round(clamp(0.31 * width, 190, 320));
    set(title, { text: model.get('title') || 'The error of a recurrent network' });
    set(short, { text: view.words.short });
    set(long, { text: view.words.long });
    settings.draw(view);
    legend.draw(view, palette);
    plot.draw(view, palette, width - side - 24, side + 34);
    plane.draw(view, palette, side);
    set(drags, { style: `max-width:${side}px` });
    set(eigen, { style: `max-width:${side}px`, text: certainty(view.now) });
    pins.draw(view, palette);
    walk.draw(view);
    strips.draw(view, palette, width);
  }

  F.redraw();
  return () => {
    act.stop();
    F.dispose();
  };
}

export default { render };
