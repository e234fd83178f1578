// ChainViewer: where does a Markov chain spend its time, and does it matter where it begins?
import { clamp, frame, scoped } from './common.js';
import {
  analyse,
  dispersion,
  distances,
  distributionAfter,
  likeliestArrow,
  rate,
  setProbability,
} from './markov.js';
import { barsPanel } from './chain_bars.js';
import { graphPanel } from './chain_graph.js';
import { furniture } from './chain_page.js';
import { plotsPanel } from './chain_plots.js';
import { CHAIN_STYLE } from './chain_style.js';
import { walker } from './chain_walk.js';
import { horizonFor, press, verdict } from './chain_words.js';

/** What depends on the matrix alone, computed once for each. */
function study(P, given) {
  const analysis = analyse(P);
  const far = distances(P, analysis.longRun);
  const changed = P.some((row, i) => row.some((p, j) => p !== given[i][j]));
  const settles = analysis.closed.length === 1 && analysis.period === 1;
  const steps = settles ? rate(P, analysis.longRun[0]) : null;
  return { P, analysis, far, changed, horizon: horizonFor(far), rate: steps, spreads: new Map() };
}

/** The average of a state: what it settles on, and how widely it strays (D, where there is one closed group). */
function average({ P, analysis, spreads }, start, averaged) {
  const { closed, hit, inClass, longRun } = analysis,
    several = closed.length > 1;
  const ends = inClass
    .map((shares, c) => ({ share: shares[averaged], chance: hit[start][c] }))
    .filter((end) => end.chance > 0);
  if (!several && !spreads.has(averaged)) spreads.set(averaged, dispersion(P, longRun[0], averaged));
  return { averaged, ends, several, spread: several ? null : spreads.get(averaged) };
}

/** What is shown, computed from the state: every panel draws from this and from nothing else. */
function look(model, ui, { path, glide, playing }) {
  const P = model.get('transition');
  if (ui.known?.P !== P) ui.known = study(P, model.get('_given'));
  const { analysis, far, horizon, changed } = ui.known;
  const labels = model.get('labels');
  const start = model.get('start');
  const n = clamp(model.get('n'), 0, horizon);
  const exact = distributionAfter(P, start, n);
  const counts = labels.map(() => 0);
  for (const state of path) counts[state] += 1;
  return {
    ...{ P, labels, count: labels.length, start, n, horizon, changed, path, playing },
    ...{ at: path.at(-1), moving: Boolean(glide), chosen: ui.chosen, hover: ui.hover, log: model.get('log') },
    ...{ exact, top: Math.max(...exact), visits: counts.map((count) => count / path.length) },
    ...{ longRun: analysis.longRun[start], period: analysis.period, rate: ui.known.rate },
    ...{ ...average(ui.known, start, ui.chosen.from), plot: model.get('plot') },
    ...{ given: model.get('_given'), zeroed: ui.zeroed },
    ...{ distances: far, distance: far[start][n], verdict: verdict(analysis, far, labels, start) },
  };
}

/** What the reader can do; every control and every key ends here. */
function actions(model, ui, walk, put, redraw) {
  const { step, play, stop, more, restart } = walk;
  const P = () => model.get('transition');
  return {
    ...{ step, play, stop, restart },
    more: (event) => more(event?.shiftKey ? 1000 : 100),
    showPlot: (plot) => put({ plot }),
    plot: () => put({ plot: model.get('plot') === 'distance' ? 'average' : 'distance' }),
    steps: (n) => put({ n }),
    speed: (speed) => put({ speed }),
    log: (log) => put({ log }),
    undo() {
      ui.zeroed.clear();
      walk.again({ transition: model.get('_given') });
    },
    describe: (view) => `${view.labels.length} states. ${view.verdict.short} ${view.verdict.long}`,
    choose(from, to = from) {
      ui.chosen = { from, to };
      redraw();
    },
    hover(state) {
      if (ui.hover === state) return;
      ui.hover = state;
      redraw();
    },
    start(state) {
      if (ui.chosen.from !== state) ui.chosen = likeliestArrow(P(), state);
      if (model.get('start') !== state) walk.again({ start: state });
      else redraw();
    },
    nudge(by) {
      const { from, to } = ui.chosen;
      this.change(from, to, P()[from][to] + by);
    },
    change(i, j, p, row = P()[i]) {
      const rounded = clamp(Math.round(p * 100) / 100, 0, 1);
      const changed = setProbability(row, j, rounded, model.get('_given')[i]);
      changed.forEach((q, k) => {
        if (q === 0 && (k === j || P()[i][k] > 0)) ui.zeroed.add(`${i},${k}`);
      });
      walk.again({ transition: P().map((old, k) => (k === i ? changed : old)) });
    },
  };
}

function onKey(event, model, ui, act) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { target, key } = event;
  if (target.tagName === 'SELECT') return;
  if (target.tagName === 'BUTTON' && (key === ' ' || key === 'Enter')) return;
  if (target.type === 'checkbox' && key === ' ') return;
  if (target.type === 'radio' && /^( |Arrow.*)$/.test(key)) return;
  if (target.type === 'range' && /^(Arrow|Home|End|Page)/.test(key)) return;
  const { from, to } = ui.chosen;
  const P = model.get('transition'); // not what was drawn last: keys may come faster than frames
  const horizon = ui.known?.horizon ?? 10;
  const patch = press({ from, to, n: Math.min(model.get('n'), horizon), count: P.length, horizon }, key);
  if (!patch) return;
  event.preventDefault();
  if (patch.act === 'start') act.start(from);
  else if (patch.act === 'log') act.log(!model.get('log'));
  else if (patch.act) act[patch.act](event);
  else if (patch.change) act.nudge(patch.change);
  else if ('n' in patch) act.steps(patch.n);
  else act.choose(patch.from ?? from, patch.to ?? to);
}

function render({ model, el }) {
  const ui = { chosen: likeliestArrow(model.get('transition'), model.get('start')), hover: null, known: null };
  ui.zeroed = new Set(); // arrows that the reader brought to 0: they stay to be caught again
  const F = frame({ model, el, label: model.get('title') || 'Markov chain', draw });
  F.root.classList.add('chain-viewer');
  const put = (values) => {
    Object.entries(values).forEach(([name, value]) => model.set(name, value));
    model.save_changes();
    F.redraw();
  };
  const glideTo = (from, to, share) => graph.walk(from, to, share);
  const walk = walker(model, { put, redraw: F.redraw, glideTo, alive: () => F.root.isConnected });
  const act = actions(model, ui, walk, put, F.redraw);
  const graph = graphPanel(act);
  const bars = barsPanel();
  const far = plotsPanel(act);
  const page = furniture(model, act, graph, bars, far);
  F.root.append(scoped(CHAIN_STYLE, 'chain-viewer'), ...page.parts);
  F.root.addEventListener('keydown', (event) => onKey(event, model, ui, act));
  F.listen(['path'], walk.heard);
  F.listen(['transition', 'start', 'labels', 'n', 'log', 'plot', 'title', 'speed'], F.redraw);

  function draw(palette, width) {
    const view = look(model, ui, walk);
    const wide = width >= 690;
    const [left, right] = wide ? [0.47, 0.53].map((share) => Math.floor((width - 34) * share)) : [width, width];
    page.panels.classList.toggle('wide', wide);
    const tall = graph.draw(view, palette, left);
    const used = bars.draw(view, palette, right);
    far.draw(view, palette, right, wide ? clamp(tall - used + 30, 118, 210) : 118);
    page.draw(view, palette);
  }

  F.redraw();
  return () => {
    walk.stop();
    F.dispose();
  };
}

export default { render };
