// HearTheKernel: what can a spring remember, and what does it sound like?
import { frame, h, scoped, set } from './common.js';
import { CHAIN_STYLE } from './chain_style.js';
import { delayWeights } from './kernel_fit.js';
import { kernelGame } from './kernel_game.js';
import { knockFile, knockSamples, knockedWord } from './kernel_knock.js';
import { KERNEL_TRAITS, kernelLevel, kernelLook } from './kernel_look.js';
import { KERNEL_FIRST_STEP, KERNEL_HORIZON, kernelLin, kernelOf } from './kernel_model.js';
import { kernelReal, kernelScore, kernelSprings } from './kernel_model.js';
import { kernelBar, kernelCard, kernelInputs } from './kernel_page.js';
import { kernelPlane } from './kernel_plane.js';
import { kernelPlayer } from './kernel_sound.js';
import { KERNEL_STYLE } from './kernel_style.js';
import { kernelWave } from './kernel_wave.js';
import { KERNEL_GOAL, KERNEL_RULE, kernelAnswer, kernelKey, kernelKeys, kernelStatus } from './kernel_words.js';

const KERNEL_ASKED = 'What can a spring remember, and what does it sound like?';

const KERNEL_AWAY = 0.3;
const [KNOCKS_MOST, KNOCKS_END] = [9, 850]; // of a rhythm; milliseconds of silence end it

const scored = (eigenvalues, step) =>
  kernelScore(kernelOf(eigenvalues, step, delayWeights(eigenvalues, step), KERNEL_HORIZON));
const scoreOf = (eigenvalues, step) => scored(eigenvalues, step).score;

/** The best found, and how much comes through with each. */
const kernelFound = (found) =>
  Object.fromEntries(
    Object.entries(found).map(([level, best]) => [
      level,
      { ...best, through: scored(best.at, KERNEL_FIRST_STEP).through },
    ]),
  );

/** Whether at least half of the eigenvalues stand elsewhere than where they were shown. */
export const kernelElsewhere = (shown, now) =>
  2 * now.filter(([a, b], m) => Math.hypot(a - shown[m]?.[0], b - shown[m]?.[1]) > KERNEL_AWAY).length >= now.length;

function onKernelKey(event, see, act) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { target, key } = event;
  if (/TEXTAREA/.test(target.tagName) || target.classList.contains('word')) return;
  if (target.tagName === 'BUTTON' && (key === ' ' || key === 'Enter')) return;
  if (target.type === 'range' && /^(Arrow|Home|End|Page)/.test(key)) return;
  if (/radio|checkbox/.test(target.type) && /^( |Arrow.*)$/.test(key)) return;
  const patch = kernelKey(see(), key, event.shiftKey);
  if (!patch || (event.repeat && patch.act)) return;
  event.preventDefault();
  if (patch.act) act[patch.act]();
  else act.put(patch);
}

/** What the reader can do; every control and every key ends here. */
function kernelActions(model, ui, player, see, redraw) {
  const send = (values, save = true, counts = true) => {
    Object.entries(values).forEach(([name, value]) => model.set(name, value));
    if (counts && ('eigenvalues' in values || 'step' in values)) record();
    if (save) model.save_changes();
    redraw();
  };
  /** The reader's best of each level is kept; what was only shown does not count, nor what is near it. */
  function record() {
    const [eigenvalues, step] = [model.get('eigenvalues'), model.get('step')];
    if (ui.shown?.kind === 'lin' && kernelElsewhere(ui.shown.eigenvalues, eigenvalues)) ui.shown = null;
    if (model.get('task') !== 'delay' || ui.shown) return;
    const level = kernelLevel(eigenvalues.length, model.get('real'));
    const score = Number(scoreOf(eigenvalues, step).toFixed(3));
    const best = model.get('best');
    if (score > (best[level]?.[0] ?? 0)) model.set('best', { ...best, [level]: [score, eigenvalues, step] });
  }
  /** Other eigenvalues in their place, those that were there before if there were some; nothing is counted. */
  function replace(count, real, fresh = false) {
    const here = kernelLevel(model.get('eigenvalues').length, model.get('real'));
    if (!ui.shown) ui.before.set(here, [model.get('eigenvalues'), model.get('step')]);
    const first = real ? kernelReal(count) : kernelSprings(count);
    const step = fresh || ui.shown || model.get('task') === 'delay' ? KERNEL_FIRST_STEP : model.get('step');
    const kept = fresh ? null : ui.before.get(kernelLevel(count, real));
    const [eigenvalues, own] = kept ?? [first, step];
    ui.shown = null;
    send({ eigenvalues, step: own, chosen: 0, real }, true, false);
  }
  const count = () => model.get('eigenvalues').length;
  const show = (kind, values) => {
    ui.shown = { kind, eigenvalues: values.eigenvalues };
    send({ ...values, chosen: Math.min(model.get('chosen'), values.eigenvalues.length - 1) });
  };
  const act = {
    put(values) {
      send(values);
    },
    choose: (m) => send({ chosen: m }, false),
    move(m, to) {
      send({ eigenvalues: model.get('eigenvalues').map((each, k) => (k === m ? to : each)) }, false);
    },
    settle: () => model.save_changes(),
    level: (pairs) => replace(model.get('real') ? 2 * pairs : pairs, model.get('real')),
    real() {
      const real = !model.get('real');
      replace(Math.max(1, real ? 2 * count() : Math.round(count() / 2)), real);
    },
    hint() {
      ui.hinted = true;
      redraw();
    },
    again: () => replace(count(), model.get('real'), true),
    lin() {
      if (model.get('real')) return show('lin', { eigenvalues: kernelReal(count()) });
      const step = model.get('task') === 'delay' ? model.get('_lin_steps')[count()] : null;
      return show('lin', { eigenvalues: kernelLin(count()), ...(step ? { step } : {}) });
    },
    found() {
      show('found', { eigenvalues: see().found[see().level].at, step: KERNEL_FIRST_STEP }); // and what is moved from there
    },
    mine() {
      const [, eigenvalues, step] = see().best[see().level];
      ui.shown = null;
      send({ eigenvalues, step, chosen: 0 });
    },
    /** One knock of a rhythm: heard, counted, and answered once no other follows. */
    knock() {
      if (player.playing) player.stop();
      const now = performance.now();
      if (ui.knocks.length >= KNOCKS_MOST || now - (ui.knocks.at(-1) ?? 0) > KNOCKS_END) ui.knocks = [];
      ui.knocks.push(now);
      send({ input: 'word', word: knockedWord(ui.knocks) });
      player.knock(see());
      clearTimeout(ui.answer);
      ui.answer = setTimeout(() => player.playing || player.answer(see()), KNOCKS_END);
    },
    save() {
      const href = URL.createObjectURL(new Blob([knockFile(knockSamples(see()))], { type: 'audio/wav' }));
      h('a', { href, download: 'delay.wav' }).click();
      setTimeout(() => URL.revokeObjectURL(href), 10_000);
    },
    play() {
      if (player.playing) player.stop();
      else player.start(see());
      redraw();
    },
    mute() {
      player.mute(!model.get('muted'));
      send({ muted: !model.get('muted') });
    },
  };
  return act;
}

function render({ model, el }) {
  const ui = { shown: null, before: new Map(), knocks: [], reached: null, hinted: false };
  const player = kernelPlayer(
    () => ui.root.isConnected,
    (now, steps) => {
      Object.assign(ui.root.dataset, { strikes: now.strikes, playing: now.playing });
      wave.run(steps);
    },
  );
  const F = frame({ model, el, label: model.get('title') || KERNEL_ASKED, draw });
  F.root.classList.add('kernel-viewer');
  ui.root = F.root;
  let found = null;
  const lins = new Map();
  const linOf = (n) => {
    if (!lins.has(n)) lins.set(n, scoreOf(kernelLin(n), model.get('_lin_steps')[n] ?? 0.1));
    return lins.get(n);
  };
  const see = () => {
    const state = Object.fromEntries(KERNEL_TRAITS.map((name) => [name, model.get(name)]));
    const chosen = Math.min(state.chosen, state.eigenvalues.length - 1);
    found ??= kernelFound(model.get('_found'));
    const lin = linOf(Math.min(8, state.eigenvalues.length));
    const moved = state.eigenvalues.some((each, m) => String(each) !== String(ui.shown?.eigenvalues[m]));
    const extra = { shown: ui.shown?.kind ?? null, moved, hinted: ui.hinted };
    return kernelLook({ ...state, chosen }, { found, lin, playing: player.playing, ...extra });
  };
  const act = kernelActions(model, ui, player, see, F.redraw);
  const [bar, inputs, card, game] = [kernelBar(act), kernelInputs(act), kernelCard(), kernelGame(act)];
  const [plane, wave] = [kernelPlane(act), kernelWave()];
  const [title, short, long] = [h('h3'), h('b'), h('span')];
  const asked = h('p', { class: 'dim asked', text: KERNEL_ASKED });
  const said = h('p', { class: 'answer', 'data-role': 'answer' }, short, ' ', long);
  const goal = h('p', { class: 'goal', 'data-role': 'goal', text: KERNEL_GOAL });
  const rule = h('p', { class: 'rule dim small', text: KERNEL_RULE });
  const status = h('p', { class: 'status', role: 'status', 'aria-live': 'polite' });
  const role = { role: 'application', 'aria-roledescription': 'a plane of eigenvalues' };
  const stage = h('div', { class: 'stage', tabindex: 0, ...role }, plane.node);
  const left = h('div', {}, stage, card.node);
  const right = h('div', {}, inputs.node, wave.node, inputs.legend, game.node);
  const desk = h('div', { class: 'desk' }, left, right);
  const help = h('div', { class: 'keys' });
  const caps = ([keys, what]) => h('span', {}, ...keys.split(' ').map((key) => h('kbd', { text: key })), ` ${what}`);
  const style = scoped(CHAIN_STYLE + KERNEL_STYLE, 'kernel-viewer');
  F.root.append(style, title, asked, bar.node, goal, said, game.top, desk, rule, status, help);
  F.root.addEventListener('keydown', (event) => onKernelKey(event, see, act));
  F.listen([...KERNEL_TRAITS, 'title'], () => F.redraw());
  F.listen(['muted'], () => player.mute(model.get('muted')));

  function draw(palette, width) {
    const view = see();
    player.change(view);
    for (const [name, colour] of [
      ['line', 0],
      ['dot', 1],
      ['ring', 3],
    ])
      F.root.style.setProperty(`--kernel-${name}`, palette.states[colour]);
    const words = kernelAnswer(view);
    const wide = width >= 620;
    const first = wide ? Math.round(Math.min(410, width * 0.42)) : width;
    const second = wide ? width - first - 16 : width;
    F.root.classList.toggle('narrow', width < 760);
    set(desk, { style: `grid-template-columns: ${wide ? `${first}px ${second}px` : `${width}px`}` });
    set(title, { text: model.get('title') || 'Hear the kernel' });
    goal.hidden = rule.hidden = !view.delay;
    said.classList.toggle('scored', view.delay);
    set(short, { text: words.short });
    set(long, { text: words.long });
    bar.draw(view);
    inputs.draw(view);
    card.draw(view);
    plane.draw(view, palette, first, wide ? 390 : 340);
    wave.draw(view, palette, second, 300);
    const fresh = game.draw(view, palette, width);
    if (fresh.length) ui.reached = { level: view.level, names: fresh.join('; ') };
    const reached = view.delay && ui.reached?.level === view.level ? `Reached: ${ui.reached.names}. ` : '';
    set(status, { text: reached + kernelStatus(view) });
    set(stage, { 'aria-label': `${words.short} ${card.node.textContent}` });
    const listed = kernelKeys(view);
    if (help.dataset.listed !== listed.join()) {
      help.dataset.listed = listed.join();
      help.replaceChildren(...listed.map(caps));
    }
  }

  F.redraw();
  return () => {
    clearTimeout(ui.answer);
    player.close();
    F.dispose();
  };
}

export default { render };
