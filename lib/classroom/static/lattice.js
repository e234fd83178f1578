// LatticeViewer: how can a short word be trained on a long strip when nobody says which column belongs to which symbol?
import { calm, clamp, decode16, frame, h, scoped, set, uniform } from './common.js';
import { CHAIN_STYLE } from './chain_style.js';
import { columnNorms, decode64, outputsAfter, placeShare, solveLattice } from './lattice_model.js';
import { latticeBar, latticeColumn, latticePathCard } from './lattice_page.js';
import { bentPath, isPath, pathLogProb, sampledPath } from './lattice_paths.js';
import { outputRows } from './lattice_place.js';
import { latticeStage } from './lattice_stage.js';
import { LATTICE_STYLE } from './lattice_style.js';
import { LATTICE_KEYS, latticeAnswer, latticeKey, latticeStatus, layerReading } from './lattice_words.js';
import { columnSentence, nudged, readWord, spelled } from './lattice_words.js';
import { TRELLIS_STYLE } from './trellis_style.js';

const LATTICE_ASKED =
  'How can a short word be trained on a long strip when nobody says which column belongs to which symbol?';
const LATTICE_PACE = 110; // milliseconds for a column while playing
const MOST_LABELS = 12;
const MOST_EDITS = 300; // and steps along the gradient

/** What never changes while the viewer is shown. */
function latticeGiven(model) {
  const [frames, classes] = model.get('_shape');
  const logProbs = decode64(model.get('_log_probs'));
  const [blank, shape] = [model.get('blank'), model.get('_strip_shape')];
  const strip = shape.length ? { shape, values: decode16(model.get('_strip'), 0, 1), low: 0, high: 1 } : null;
  return { frames, classes, logProbs, blank, strip };
}

/** Solves the lattice of a word after the reader's edits, once. */
function latticeSolver(given) {
  const { frames, classes, blank } = given;
  let latest = [];
  function solve(logProbs, target) {
    const same = (now) => now.logProbs === logProbs && String(now.target) === String(target);
    let now = latest.find(same);
    if (!now) latest = [(now = solveLattice({ logProbs, frames, classes, target, blank })), ...latest].slice(0, 3);
    return now;
  }
  const outputs = outputsAfter(given, solve);
  let [key, known] = ['', null];
  return ({ target, edits }) => {
    const asked = JSON.stringify([target, edits]);
    if (asked === key) return known;
    const before = solve(given.logProbs, target);
    const now = solve(outputs(target, edits), target);
    [key, known] = [asked, { now, given: before, norms: columnNorms(now) }];
    return known;
  };
}

/** What is shown, from the state: every panel draws from this and from nothing else. */
function latticeLook(model, ui) {
  const state = Object.fromEntries(['target', 'edits', 'layer'].map((name) => [name, model.get(name)]));
  const { now, given, norms } = ui.solved(state);
  if (ui.rowsOf !== given) [ui.rowsOf, ui.shownRows] = [given, outputRows(given)];
  const { rows, hidden } = ui.shownRows;
  const wished = model.get('path');
  const path = isPath(now, wished) ? wished : ui.noPath;
  const likely = (k) => now.logProbs[model.get('position') * now.classes + k];
  const row = rows.includes(ui.row) ? ui.row : rows.reduce((a, b) => (likely(b) > likely(a) ? b : a));
  return {
    ...{ now, given, norms, rows, hidden, row, path, strip: ui.given.strip, symbols: model.get('symbols') },
    ...{ at: clamp(model.get('position'), 0, now.frames - 1), layer: state.layer, frames: now.frames },
    ...{ changed: state.edits.length > 0, full: state.edits.length >= MOST_EDITS },
    steps: state.edits.filter((edit) => edit === 'step').length,
    ...{ playing: ui.timer !== null, wrong: ui.wrong, refused: ui.refused },
    ...{ pathLog: path.length ? pathLogProb(now, path) : -Infinity },
    shares: (t, s) => placeShare(now, state.layer, norms, t, s),
  };
}

/** Leads the path, and walks it from the keyboard. */
function pathActions(see, ui, put) {
  const refuse = (words) => put({}, words);
  return {
    best: () => see().now.possible && put({ path: see().now.best }),
    random() {
      ui.seed += 1;
      if (see().now.possible) put({ path: sampledPath(see().now, (k) => uniform(ui.seed, k)) });
    },
    clear: () => put({ path: [] }),
    bend(t, s) {
      const { now, path, at } = see();
      if (path[t] === s && at === t) return;
      const bent = bentPath(now, path, t, s);
      const few = 'No path of this word can be there: too few columns before it or after it.';
      if (!bent) return put({ position: t }, few);
      put({ path: bent, position: t });
    },
    walk(by) {
      const { now, path, at } = see();
      if (!now.possible) return;
      if (!path.length) return put({ path: now.best });
      if (at === now.frames - 1) return refuse('The path ends in this column.');
      const s = path[at] + by;
      if (s >= now.places) return refuse('There is no place after this one.');
      if (by === 2 && !now.jump[s])
        return refuse(s % 2 ? 'No jump between equal symbols: a blank must stand there.' : 'No jump from a blank.');
      const bent = bentPath(now, path, at + 1, s);
      if (!bent) return refuse('From there the columns that are left are too few.');
      put({ path: bent, position: at + 1 });
    },
  };
}

/** Changes the outputs and the word. */
function outputActions(model, see, ui, put) {
  const act = {
    output(t, k, p) {
      const edits = model.get('edits');
      const last = edits.at(-1);
      const same = last?.[0] === t && last[1] === k;
      if (!same && edits.length >= MOST_EDITS) return;
      put({ edits: [...(same ? edits.slice(0, -1) : edits), [t, k, +p.toFixed(4)]] });
    },
    nudge(by) {
      const { now, at, row } = see();
      ui.row = row;
      act.output(at, row, nudged(clamp(Math.exp(now.logProbs[at * now.classes + row]), 1e-4, 0.9999), by));
    },
    learn() {
      const { now, full } = see();
      if (now.possible && !full) put({ edits: [...model.get('edits'), 'step'] });
    },
    undo: () => model.get('edits').length && put({ edits: model.get('edits').slice(0, -1) }),
    reset: () => put({ edits: [], path: [] }),
    spell(text) {
      const { target, wrong } = readWord(text, model.get('symbols'), model.get('blank'), MOST_LABELS);
      ui.wrong = wrong ?? null;
      if (wrong || String(target) === String(model.get('target'))) return put({});
      put({ target, path: [] });
    },
  };
  return act;
}

/** What the reader can do; every control and every key ends here. */
function latticeActions(model, see, ui, put) {
  const act = {
    ...pathActions(see, ui, put),
    ...outputActions(model, see, ui, put),
    describe: (view) => `${view.frames} columns, ${view.now.places} places. ${columnSentence(view)}`,
    show: (layer) => put({ layer }),
    choose(row) {
      ui.row = row;
      put({});
    },
    go(position, row) {
      if (row !== undefined) ui.row = row;
      put({ position });
    },
    play() {
      if (ui.timer !== null) return act.stop();
      if (see().at === see().frames - 1) put({ position: 0 });
      ui.timer = setInterval(
        () => {
          if (!ui.alive() || see().at >= see().frames - 1) return act.stop();
          put({ position: see().at + 1 });
        },
        calm() ? 3 * LATTICE_PACE : LATTICE_PACE,
      );
      put({});
    },
    stop() {
      clearInterval(ui.timer);
      ui.timer = null;
      put({});
    },
  };
  return act;
}

function onLatticeKey(event, see, act) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { target, key } = event;
  if (target.type === 'text') return;
  if (target.tagName === 'BUTTON' && (key === ' ' || key === 'Enter')) return;
  if (target.type === 'radio' && /^( |Arrow.*)$/.test(key)) return;
  const patch = latticeKey(see(), key);
  if (!patch) return;
  event.preventDefault();
  act[patch.act](patch.with);
}

function render({ model, el }) {
  const ui = { row: null, timer: null, seed: 0, wrong: null, refused: null, noPath: [], given: latticeGiven(model) };
  ui.solved = latticeSolver(ui.given);
  const F = frame({ model, el, label: model.get('title') || LATTICE_ASKED, draw });
  F.root.classList.add('lattice-viewer');
  ui.alive = () => F.root.isConnected;
  const see = () => latticeLook(model, ui);
  function put(values, refused = null) {
    ui.refused = refused;
    Object.entries(values).forEach(([name, value]) => model.set(name, value));
    if (Object.keys(values).length) model.save_changes();
    F.redraw();
  }
  const act = latticeActions(model, see, ui, put);
  const [bar, stage, column, card] = [latticeBar(act), latticeStage(act), latticeColumn(), latticePathCard()];
  const title = h('h3');
  const asked = h('p', { class: 'dim asked', text: LATTICE_ASKED });
  const [short, long] = [h('b'), h('span')];
  const said = h('p', { class: 'answer', 'data-role': 'answer' }, short, ' ', long);
  const how = h('p', { class: 'dim small reading' });
  const panels = h('div', { class: 'panels' }, column.node, card.node);
  const status = h('p', { class: 'dim small status', role: 'status', 'aria-live': 'polite' });
  const caps = ([keys, what]) => h('span', {}, ...keys.split(' ').map((key) => h('kbd', { text: key })), ` ${what}`);
  const help = h('div', { class: 'keys' }, ...LATTICE_KEYS.map(caps));
  F.root.append(scoped(CHAIN_STYLE + TRELLIS_STYLE + LATTICE_STYLE, 'lattice-viewer'), title, asked, said);
  F.root.append(bar.node, how, stage.node, panels, status, help);
  F.root.addEventListener('keydown', (event) => onLatticeKey(event, see, act));
  F.listen(['target'], () => (ui.wrong = null));
  F.listen(['target', 'path', 'edits', 'position', 'layer', 'title'], () => F.redraw());

  function draw(palette, width) {
    const view = see();
    const words = latticeAnswer(view);
    F.root.classList.toggle('narrow', width < 760);
    set(title, { text: model.get('title') || 'All the ways to spell a word' });
    set(short, { text: words.short });
    set(long, { text: words.long });
    set(how, { text: layerReading(view) });
    bar.draw(view, spelled(view.now.target.map((k) => view.symbols[k])));
    stage.draw(view, palette, width);
    panels.classList.toggle('wide', width >= 760);
    column.draw(view, palette);
    card.draw(view);
    if (!view.playing) set(status, { text: latticeStatus(view) });
  }

  F.redraw();
  return () => {
    clearInterval(ui.timer);
    F.dispose();
  };
}

export default { render };
