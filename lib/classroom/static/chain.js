// ChainViewer: where does a Markov chain spend its time, and does it matter where it begins?
import { calm, clamp, frame, h, icon, set, uniform } from './common.js';
import { inkOn, readable } from './palette.js';
import { analyse, distances, distributionAfter, sampleStep, setProbability } from './markov.js';
import { graphPanel } from './chain_graph.js';
import { FEW } from './graph.js';
import { barsPanel, distancePanel } from './chain_plots.js';
import { decimal, horizonFor, KEYS, moment, press, shown, verdict } from './chain_words.js';

const LONGEST = 20000;                                    // visits kept
const CSS = `
.mtm .answer { margin: 4px 0 12px; font-size: 14px; max-width: 105ch; min-height: 3em }
.mtm .answer b { font-weight: 650 }
.mtm .panels { display: grid; grid-template-columns: minmax(0, 1fr); gap: 14px 34px; margin-top: 12px }
.mtm .panels.wide { grid-template-columns: minmax(0, 47fr) minmax(0, 53fr) }
.mtm .stage { position: relative; user-select: none; -webkit-user-select: none }
.mtm .stage:focus-visible { outline: 1.5px dashed var(--accent); outline-offset: 4px }
.mtm .disc { cursor: pointer } .mtm .arrow, .mtm .tag { cursor: ns-resize }
.mtm .tag:hover rect { stroke: var(--dim) } .mtm .disc text, .mtm .tag text { pointer-events: none }
.mtm .distance { cursor: ew-resize; touch-action: pan-y; margin-top: 4px }
.mtm .halo { paint-order: stroke; stroke: var(--bg); stroke-width: 4px; stroke-linejoin: round }
.mtm .ribbon { display: flex; height: 26px; margin-top: 6px; border-radius: 6px; overflow: hidden; border: 1px solid var(--line); touch-action: pan-y; cursor: ew-resize }
.mtm .ribbon span { flex: 0 0 auto; overflow: hidden; white-space: nowrap; text-align: center; font-size: 11.5px; line-height: 24px; font-weight: 600; user-select: none }
.mtm .ribbon span + span { border-left: 1.5px solid var(--bg) }
.mtm .ribbon .picked { box-shadow: inset 0 0 0 2.5px var(--ink) }
.mtm .words { height: 3.2em; overflow: hidden; line-height: 1.6em; margin-top: 2px; word-spacing: .2em; overflow-wrap: anywhere }
.mtm .words.tight { letter-spacing: .12em } .mtm .words b { text-decoration: underline; text-decoration-thickness: 2px; text-underline-offset: 3px }`;

/** A walk of `length` visits that uses the same random numbers whatever the matrix and the start. */
export function walkOf(P, start, seed, length) {
  const path = [start];
  while (path.length < length) path.push(sampleStep(P[path.at(-1)], uniform(seed, path.length)));
  return path;
}

/** The likeliest way out of a state: the arrow that is chosen first. */
function favourite(P, from) {
  const out = P[from].map((p, j) => (j === from ? -1 : p));
  return { from, to: out.indexOf(Math.max(...out)) };
}

/** What is shown, computed from the state: every panel draws from this and from nothing else. */
function look(model, ui) {
  const P = model.get('transition'), labels = model.get('labels'), start = model.get('start'), { path } = ui;
  if (ui.known?.P !== P) {
    const analysis = analyse(P), far = distances(P, analysis.longRun), given = model.get('_given');
    ui.known = { P, analysis, far, changed: P.some((row, i) => row.some((p, j) => p !== given[i][j])), horizon: horizonFor(far) };
  }
  const { analysis, far, horizon } = ui.known, n = clamp(model.get('n'), 0, horizon);
  const visits = labels.map(() => 0);
  path.forEach((s) => { visits[s] += 1 / path.length; });
  const exact = distributionAfter(P, start, n);
  return { P, labels, count: labels.length, start, path, n, horizon, visits, exact, longRun: analysis.longRun[start], distances: far,
    several: analysis.closed.length > 1, changed: ui.known.changed, verdict: verdict(analysis, far, labels, start), log: model.get('log'), chosen: ui.chosen, hover: ui.hover, at: path.at(-1),
    top: Math.max(...exact), moving: Boolean(ui.glide), distance: far[start][n] };
}

function render({ model, el }) {
  const ui = { path: model.get('path').slice(), chosen: favourite(model.get('transition'), model.get('start')), hover: null, glide: null, playing: false, run: 0, sent: 0 };
  const F = frame({ model, el, label: model.get('title') || 'Markov chain', draw });
  const put = (values) => { Object.entries(values).forEach(([k, v]) => model.set(k, v)); model.save_changes(); F.redraw(); };
  const send = () => { ui.sent = performance.now(); ui.mine = ui.path.slice(); put({ path: ui.mine }); };
  const seed = () => model.get('seed') + 7919 * ui.run;
  const next = () => sampleStep(model.get('transition')[ui.path.at(-1)], uniform(seed(), ui.path.length));
  /** A change of the matrix or the start: the walk so far is walked again, with the same random numbers. */
  function rewalk({ transition = model.get('transition'), start = model.get('start') }, length = ui.path.length) {
    ui.glide = null;
    ui.path = walkOf(transition, start, seed(), length);
    ui.mine = ui.path.slice();
    put({ transition, start, path: ui.mine });
    if (ui.playing) leave();
  }

  function arrive() {
    ui.path.push(ui.glide.to);
    ui.glide = null;
    if (!ui.playing || performance.now() - ui.sent > 700) send(); else F.redraw();
    if (ui.path.length >= LONGEST) act.stop();
  }
  function leave() {
    if (ui.glide) arrive();
    if (ui.path.length >= LONGEST) return;
    ui.glide = { from: ui.path.at(-1), to: next(), began: performance.now(), lasts: Math.min(700, 900 / model.get('speed')) };
    if (calm() && !ui.playing) arrive(); else tick();
  }
  function tick() {
    if (!ui.glide || ui.ticking) return;
    ui.ticking = true;
    requestAnimationFrame(() => {
      ui.ticking = false;
      if (!ui.glide || !F.root.isConnected) return;
      const { from, to, began, lasts } = ui.glide, share = (performance.now() - began) / lasts;
      if (share < 1) { graph.walk(from, to, share); return tick(); }
      arrive();
      if (ui.playing) leave(); else F.redraw();
    });
  }
  const act = {
    choose(from, to = from) { ui.chosen = { from, to }; F.redraw(); },
    hover(i) { if (ui.hover !== i) { ui.hover = i; F.redraw(); } },
    start(i) { if (ui.chosen.from !== i) ui.chosen = favourite(model.get('transition'), i); if (model.get('start') !== i) rewalk({ start: i }); else F.redraw(); },
    change(i, j, p, row = model.get('transition')[i]) {
      const rounded = clamp(Math.round(p * 100) / 100, 0, 1), P = model.get('transition');
      rewalk({ transition: P.map((old, k) => (k === i ? setProbability(row, j, rounded, model.get('_given')[i]) : old)) });
    },
    steps: (n) => put({ n }),
    log: (log) => put({ log }),
    step() { ui.playing = false; leave(); },
    play() { ui.playing = !ui.playing; if (ui.playing) leave(); else send(); },
    stop() { if (ui.playing) { ui.playing = false; send(); } },
    more() { if (ui.glide) arrive(); const length = Math.min(LONGEST, ui.path.length + 100); while (ui.path.length < length) ui.path.push(next()); send(); },
    restart() { ui.playing = false; ui.run += 1; rewalk({}, 1); },
    undo: () => rewalk({ transition: model.get('_given') }),
    describe: (view) => `${view.labels.length} states. ${view.verdict.short} ${view.verdict.long}`,
  };
  const graph = graphPanel(act), bars = barsPanel(), far = distancePanel(act), page = furniture(model, act, graph, bars, far);
  F.root.append(h('style', { text: CSS }), ...page.parts);
  F.root.addEventListener('keydown', (event) => onKey(event, model, ui, act));
  F.listen(['path'], () => { const path = model.get('path'); if (path !== ui.mine) { ui.glide = null; ui.path = path.slice(); F.redraw(); } });
  F.listen(['transition', 'start', 'labels', 'n', 'log', 'title', 'speed'], F.redraw);

  function draw(palette, width) {
    const view = look(model, ui), wide = width >= 690, left = wide ? Math.floor((width - 34) * 0.47) : width, right = wide ? Math.floor((width - 34) * 0.53) : width;
    page.panels.classList.toggle('wide', wide);
    const tall = graph.draw(view, palette, left), used = bars.draw(view, palette, right);
    far.draw(view, palette, right, wide ? clamp(tall - used + 30, 118, 210) : 118);
    page.draw(view, palette, ui);
    if (ui.glide) tick();
  }
  F.redraw();
  return () => { ui.playing = false; ui.glide = null; F.dispose(); };
}

function onKey(event, model, ui, act) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { tagName, type } = event.target, key = event.key;
  if (tagName === 'BUTTON' && (key === ' ' || key === 'Enter')) return;
  if (tagName === 'INPUT' && (key === ' ' || (type === 'range' && /^(Arrow|Home|End|Page)/.test(key)))) return;
  const { from, to } = ui.chosen, P = model.get('transition');
  const patch = press({ from, to, n: model.get('n'), count: P.length, horizon: ui.known.horizon }, key);
  if (!patch) return;
  event.preventDefault();
  if (patch.act === 'start') act.start(from);
  else if (patch.act === 'log') act.log(!model.get('log'));
  else if (patch.act) act[patch.act]();
  else if (patch.change) act.change(from, to, P[from][to] + patch.change);
  else if ('n' in patch) act.steps(patch.n);
  else act.choose(patch.from ?? from, patch.to ?? to);
}

/** Everything around the panels: title, answer, buttons, the chosen row, the written-out walk, the help line. */
function furniture(model, act, graph, bars, far) {
  const title = h('h3'), short = h('b'), long = h('span'), status = h('p', { class: 'dim small', role: 'status', 'aria-live': 'polite', style: 'margin-top:8px;min-height:1.45em' });
  const playing = h('span'), playIcon = h('span', { style: 'display:inline-flex' });
  const play = h('button', { class: 'main', 'data-role': 'play', onclick: act.play }, playIcon, playing);
  const speed = h('input', { type: 'range', min: -1, max: 5, step: 0.25, style: 'width:90px', 'aria-label': 'Speed',
    oninput: (e) => { model.set('speed', 2 ** +e.target.value); model.save_changes(); } });
  const undo = h('button', { 'data-role': 'undo', onclick: act.undo, text: 'Undo changes' });
  const button = (role, name, text) => h('button', { 'data-role': role, onclick: act[role] }, icon(name), text);
  const controls = h('div', { class: 'row' }, h('label', {}, 'Start in', h('select', { 'data-role': 'start', onchange: (e) => act.start(+e.target.value) })), play, button('step', 'step', 'Step'), button('more', 'more', '100 more'), button('restart', 'restart', 'Restart'),
    h('label', {}, 'slow', speed, 'fast'));
  const row = rowPanel(act), words = h('div', { class: 'words', 'aria-hidden': 'true' });
  const panels = h('div', { class: 'panels' }, h('div', {}, graph.node, h('p', { class: 'dim small', text: 'Click a state to start there. Drag an arrow up or down to change its probability: the other arrows from that state make room.' }),
    h('div', { class: 'row', style: 'justify-content:space-between;margin-top:8px' }, row.head, undo), row.node),
    h('div', { style: 'display:grid;gap:16px;align-content:start' }, bars.node, far.node));
  const help = h('div', { class: 'keys' }, ...KEYS.map(([keys, what]) => h('span', {}, ...keys.split(' ').map((k) => h('kbd', { text: k })), ' ' + what)));
  const parts = [title, h('p', { class: 'answer' }, h('span', { class: 'dim', text: 'Does it matter where it begins? ' }), short, ' ', long), controls, panels,
    h('h4', { text: 'The walk', style: 'margin-top:12px' }), words, status, help];
  const choice = controls.querySelector('select');

  function draw(view, palette, ui) {
    set(title, { text: model.get('title') || 'A Markov chain' });
    set(short, { text: view.verdict.short });
    set(long, { text: view.verdict.long });
    set(playing, { text: ui.playing ? 'Pause' : 'Play' });
    if (playIcon.dataset.shows !== String(ui.playing)) { playIcon.replaceChildren(icon(ui.playing ? 'pause' : 'play')); playIcon.dataset.shows = ui.playing; }
    if (choice.options.length !== view.count) choice.replaceChildren(...view.labels.map((l, i) => h('option', { value: i, text: shown(l) })));
    choice.value = view.start;
    speed.value = Math.log2(model.get('speed'));
    undo.disabled = !view.changed;
    row.draw(view, palette);
    write(words, view, palette);
    if (!ui.playing) set(status, { text: moment(view) });
  }
  return { parts, panels, draw };
}

const known = new WeakMap();

/** The walk in words: the newest stands last, older ones leave at the top. */
function write(words, view, palette) {
  const stands = [view.path.length, view.path.at(-1), view.start, palette.bg, view.labels].join();
  if (words.dataset.stands === stands && known.get(words) === view.P) return;
  words.dataset.stands = stands;
  known.set(words, view.P);
  const tight = view.labels.every((l) => l.length === 1), keep = tight ? 320 : 100, length = view.path.length;
  const recent = view.path.slice(Math.max(0, Math.ceil((length - keep) / 60) * 60));      // in jumps: lines stay where they are
  words.classList.toggle('tight', tight);
  words.replaceChildren(recent.length < length ? '… ' : '', ...recent.flatMap((s, k) => [h(k === recent.length - 1 ? 'b' : 'span', { text: shown(view.labels[s]),
    style: view.count <= FEW ? `color:${readable(palette.states[s], palette)}` : null }), tight ? '' : ' ']));
  words.scrollTop = words.scrollHeight;
}

/** The chosen row as a ribbon that adds up to one; drag a piece sideways, or press its buttons. */
function rowPanel(act) {
  const name = h('span'), value = h('b', { 'data-role': 'value' }), ribbon = h('div', { class: 'ribbon', 'data-role': 'row' });
  let view = null, drag = null, drawn = {};
  const nudge = (by) => { const { from, to } = view.chosen; act.change(from, to, view.P[from][to] + by); };
  const small = (text, by, label) => h('button', { 'aria-label': label, text, style: 'min-height:24px;padding:0 8px', onclick: () => nudge(by) });
  const head = h('div', { class: 'row small', style: 'gap:6px' }, name, small('−', -0.01, 'Less probable'), value, small('+', 0.01, 'More probable'));
  ribbon.addEventListener('pointerdown', (event) => {
    const part = event.target.closest('[data-to]');
    if (!part) return;
    const from = view.chosen.from, to = +part.dataset.to;
    ribbon.setPointerCapture(event.pointerId);
    drag = { from, to, x: event.clientX, row: view.P[from].slice() };
    act.choose(from, to);
  });
  ribbon.addEventListener('pointermove', (event) => {
    if (drag && event.clientX !== drag.x) act.change(drag.from, drag.to, drag.row[drag.to] + (event.clientX - drag.x) / ribbon.clientWidth, drag.row);
  });
  for (const end of ['pointerup', 'pointercancel']) ribbon.addEventListener(end, () => { drag = null; });
  function draw(now, palette) {
    view = now;
    const { from, to } = view.chosen, key = [from, to, palette.bg, ribbon.clientWidth > 0].join();
    if (drawn.P === view.P && drawn.key === key) return;
    drawn = { P: view.P, key };
    set(name, { text: `${shown(view.labels[from])} → ${shown(view.labels[to])}` });
    set(value, { text: decimal(view.P[from][to]) });
    ribbon.replaceChildren(...view.P[from].map((p, j) => {
      if (p === 0) return null;
      const fill = view.count <= FEW ? palette.states[j] : palette.panel;
      return h('span', { 'data-to': j, class: j === to ? 'picked' : null, style: `width:${100 * p}%;background:${fill};color:${inkOn(fill)}`,
        title: `${shown(view.labels[from])} → ${shown(view.labels[j])}: ${decimal(p)}`, text: p > 0.025 * Math.min(8, view.labels[j].length + 1) ? shown(view.labels[j], 12) : '' });
    }).filter(Boolean));
  }
  return { node: ribbon, head, draw };
}

export default { render };
