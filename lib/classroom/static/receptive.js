// ReceptiveFieldViewer: which inputs can this output have seen, through which hidden units, and which does it use?
import { calm, clamp, decode16, frame, h, scoped, set } from './common.js';
import { CHAIN_STYLE } from './chain_style.js';
import { GOAL_STEPS, MOST_DOUBLED, MOST_RECEPTIVE_LAYERS, RECEPTIVE_GOALS } from './receptive_model.js';
import { roadsFromInput, sharesOf, solveReceptive } from './receptive_model.js';
import { receptiveBar, receptiveCard, receptiveCosts } from './receptive_page.js';
import { receptiveStage } from './receptive_stage.js';
import { RECEPTIVE_STYLE } from './receptive_style.js';
import { RECEPTIVE_KEYS, rangesIn, receptiveAnswer, receptiveKey, receptiveStatus } from './receptive_words.js';
import { TRELLIS_STYLE } from './trellis_style.js';

const RECEPTIVE_ASKED =
  'Which inputs can this output have seen, through which hidden units, and which of them does it use?';
const RECEPTIVE_PACE = 520; // milliseconds for a layer while the cone grows

/** What was measured: step -> [(T,) for each level], the largest of each level 1. */
function receptiveMeasured(model) {
  const [steps, levels, length] = model.get('_importance_shape');
  if (!steps) return new Map();
  const values = decode16(model.get('_importance'), 0, 1);
  const row = (s, l) => values.subarray((s * levels + l) * length, (s * levels + l + 1) * length);
  const all = (s) => Array.from({ length: levels }, (_, l) => row(s, l));
  return new Map(model.get('_importance_steps').map((step, s) => [step, all(s)]));
}

/** Solves a stack once. */
function receptiveSolver() {
  const known = new Map();
  return (layers) => {
    const key = String(layers);
    if (known.size > 50) known.clear();
    if (!known.has(key)) known.set(key, solveReceptive(layers));
    return known.get(key);
  };
}

/** What is shown, from the state: every panel draws from this and from nothing else. */
function receptiveLook(model, ui) {
  const read = (name) => model.get(name);
  const [kernel, dilations, compare, goal] = ['kernel_size', 'dilations', 'compare', 'goal'].map(read);
  const own = ui.solved(dilations.map((d) => [kernel, d]));
  const flat = ui.solved(dilations.map(() => [kernel, 1]));
  const now = compare === 'plain' ? flat : own;
  const length = goal ? GOAL_STEPS : read('length');
  const hover = ui.hover;
  const pinned = goal ? length - 1 : clamp(read('step'), 0, length - 1);
  const step = hover && !hover.input && !goal ? hover.t : pinned;
  const followed = hover?.input ? hover.t : read('traced');
  const traced = followed === null || followed >= length ? null : followed;
  const asGiven = String([kernel, dilations]) === String(read('_given'));
  const shown = asGiven && compare === 'dilated' && !goal;
  const importance = (shown && ui.measured.get(step)) || null;
  const within = traced !== null && traced <= step && step - traced < now.field;
  const only = rangesIn([...ui.measured.keys()].sort((a, b) => a - b).map((t) => t + 1));
  const elsewhere =
    shown && ui.measured.size
      ? `Importance was measured for output${ui.measured.size > 1 ? 's' : ''} ${only} only.`
      : '';
  const gone = 'Importance was measured for the stack as given.';
  return {
    ...{ own, flat, now, layers: now.layers, kernel, dilations, compare, goal, length, step, pinned, traced },
    ...{
      importance,
      room: ui.measured.size > 0 && !goal,
      measured: elsewhere || gone,
      shares: importance ? sharesOf(importance[0]) : [],
    },
    ...{ tokens: goal ? null : read('tokens'), best: read('best'), goals: read('goals') },
    chosen: Math.min(ui.chosen, dilations.length - 1),
    ...{ changed: goal ? String(dilations) !== '1' || kernel !== 2 : !asGiven, playing: ui.timer !== null },
    ...{ up: within ? roadsFromInput(now.layers, step - traced) : null },
    grown: ui.grown ?? Infinity,
  };
}

/** Changes the stack. */
function stackActions(model, ui, put) {
  const dilations = () => model.get('dilations');
  const change = (l, to) => {
    ui.chosen = l;
    if (model.get('compare') === 'dilated' && to <= MOST_DOUBLED && to !== dilations()[l])
      put({ dilations: dilations().map((d, i) => (i === l ? to : d)) });
    else put({});
  };
  return {
    double: (l) => change(l, dilations()[l] * 2),
    flatten: (l) => change(l, 1),
    kernel: (k) => put({ kernel_size: k }),
    add() {
      if (dilations().length >= MOST_RECEPTIVE_LAYERS) return;
      ui.chosen = dilations().length;
      put({ dilations: [...dilations(), 1] });
    },
    remove: () => dilations().length > 1 && put({ dilations: dilations().slice(0, -1) }),
    doubling: () => put({ dilations: dilations().map((_, l) => Math.min(MOST_DOUBLED, 2 ** l)), compare: 'dilated' }),
    given() {
      const [kernel_size, given] = model.get('goal') ? [2, [1]] : model.get('_given');
      put({ kernel_size, dilations: given });
    },
    aim(goal) {
      const was = model.get('goal');
      if (goal === was) return;
      if (!was) ui.kept = { kernel_size: model.get('kernel_size'), dilations: dilations() };
      const [kernel_size, given] = model.get('_given');
      const stack = goal ? { kernel_size: 2, dilations: [1] } : (ui.kept ?? { kernel_size, dilations: given });
      ui.chosen = 0;
      put({ goal, traced: null, compare: 'dilated', ...stack });
    },
  };
}

/** What the reader can do; every control and every key ends here. */
function receptiveActions(model, see, ui, put) {
  const act = {
    ...stackActions(model, ui, put),
    describe: (view) => `${view.layers.length} layers over ${view.length} steps. ${receptiveAnswer(view).short}`,
    show: (compare) => put({ compare }),
    go: (step) => put(model.get('goal') ? {} : { step }),
    trace: (traced) => put({ traced }),
    follow: (t) => put({ traced: model.get('traced') === t ? null : t }),
    choose(l) {
      ui.chosen = l;
      put({});
    },
    hover(spot) {
      if (JSON.stringify(spot) === JSON.stringify(ui.hover)) return;
      ui.hover = spot;
      ui.redraw();
    },
    play() {
      if (ui.timer !== null) return act.stop();
      const levels = see().compare === 'recurrent' ? 2 : see().layers.length;
      if (ui.grown === null || ui.grown >= levels) ui.grown = 0;
      const [every, by] = calm() ? [2 * RECEPTIVE_PACE, 1] : [33, 33 / RECEPTIVE_PACE];
      ui.timer = setInterval(() => {
        ui.grown += by;
        if (!ui.alive() || ui.grown >= levels + by) return act.stop(true);
        return ui.redraw();
      }, every);
      return ui.redraw();
    },
    stop(whole = false) {
      clearInterval(ui.timer);
      ui.timer = null;
      if (whole) ui.grown = null;
      ui.redraw();
    },
  };
  return act;
}

function onReceptiveKey(event, see, ui, act) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { target, key } = event;
  if (target.tagName === 'BUTTON' && (key === ' ' || key === 'Enter')) return;
  if (target.type === 'radio' && /^( |Arrow.*)$/.test(key)) return;
  ui.hover = null; // the keys go on from what is pinned
  const patch = receptiveKey(see(), key);
  if (!patch) return;
  event.preventDefault();
  act[patch.act](patch.with);
}

function render({ model, el }) {
  const ui = { hover: null, timer: null, grown: null, chosen: model.get('dilations').length - 1, kept: null };
  ui.measured = receptiveMeasured(model);
  ui.solved = receptiveSolver();
  const F = frame({ model, el, label: model.get('title') || RECEPTIVE_ASKED, draw });
  F.root.classList.add('receptive-viewer');
  ui.alive = () => F.root.isConnected;
  ui.redraw = F.redraw;
  const see = () => receptiveLook(model, ui);
  /** Sets traits; a goal that is met is written down. */
  function put(values) {
    const all = Object.entries(values);
    if (all.length && ui.grown !== null) {
      clearInterval(ui.timer);
      [ui.timer, ui.grown] = [null, null];
    }
    all.forEach(([name, value]) => model.set(name, value));
    const { goal, own, best } = see();
    if (goal && RECEPTIVE_GOALS[goal].met(own) && !(best[goal] <= own.weights))
      model.set('best', { ...best, [goal]: own.weights });
    if (all.length) model.save_changes();
    F.redraw();
  }
  const act = receptiveActions(model, see, ui, put);
  const [bar, stage, costs, card] = [receptiveBar(act), receptiveStage(act), receptiveCosts(), receptiveCard()];
  const title = h('h3');
  const asked = h('p', { class: 'dim asked', text: RECEPTIVE_ASKED });
  const [short, long] = [h('b'), h('span')];
  const said = h('p', { class: 'answer', 'data-role': 'answer' }, short, ' ', long);
  const status = h('p', { class: 'dim status', role: 'status', 'aria-live': 'polite' });
  const panels = h('div', { class: 'panels' }, card.node, costs.node);
  const caps = ([keys, what]) => h('span', {}, ...keys.split(' ').map((key) => h('kbd', { text: key })), ` ${what}`);
  const help = h('div', { class: 'keys' }, ...RECEPTIVE_KEYS.map(caps));
  F.root.append(scoped(CHAIN_STYLE + TRELLIS_STYLE + RECEPTIVE_STYLE, 'receptive-viewer'), title, asked, said);
  F.root.append(bar.node, stage.node, status, panels, help);
  F.root.addEventListener('keydown', (event) => onReceptiveKey(event, see, ui, act));
  const traits = ['step', 'kernel_size', 'dilations', 'compare', 'traced', 'goal', 'goals', 'best', 'title'];
  F.listen(traits, () => F.redraw());

  function draw(palette, width) {
    const view = see();
    const words = receptiveAnswer(view);
    F.root.classList.toggle('narrow', width < 760);
    set(title, { text: model.get('title') || 'What an output can see' });
    set(short, { text: words.short });
    set(long, { text: words.long });
    bar.draw(view);
    stage.draw(view, palette, width);
    if (!view.playing) set(status, { text: receptiveStatus(view) });
    panels.classList.toggle('wide', width >= 760);
    card.draw(view);
    costs.draw(view);
  }

  F.redraw();
  return () => {
    clearInterval(ui.timer);
    F.dispose();
  };
}

export default { render };
