// BeamTreeViewer: what did the search throw away, and would it have won?
import { calm, clamp, frame, h, scoped, set } from './common.js';
import { CHAIN_STYLE } from './chain_style.js';
import { TRELLIS_STYLE } from './trellis_style.js';
import { decode64 } from './lattice_model.js';
import { beamRows, beamScore, beamTree, followed, greedyRows, knownSentences } from './beam_tree_model.js';
import { lostAt, ranking, sentenceOf, survivors } from './beam_tree_model.js';
import { beamBar, beamCard, beamLegend, beamRankingTable, beamTable } from './beam_tree_page.js';
import { beamStops, beamWalk } from './beam_tree_place.js';
import { beamStage } from './beam_tree_stage.js';
import { BEAM_STYLE } from './beam_tree_style.js';
import { BEAM_ASKED, BEAM_KEYS, beamAnswer, beamKeyAct, beamStatus } from './beam_tree_words.js';

const BEAM_PACE = 800; // milliseconds for a word while playing
const BEAM_TRAITS = ['sentence', 'width', 'depth', 'node', 'alpha', 'seen'];

/** Sentences by name: { trees: by width, widths, reference, known(widths), logs }. */
export function beamSentences(codes, shapes, references, end) {
  const numbers = decode64(codes);
  const sentences = new Map();
  let from = 0;
  shapes.forEach(([name, widths], i) => {
    const trees = new Map();
    for (const [width, count] of widths) {
      const row = (k) => Array.from(numbers.subarray(from + k * count, from + (k + 1) * count));
      const [parent, token, logProb, kept] = [0, 1, 2, 3].map(row);
      trees.set(width, beamTree({ parent, token, logProb, kept, width, end }));
      from += 4 * count;
    }
    const reference = references[i];
    const known = (seen) => {
      const some = widths.map(([width]) => width).filter((width) => seen.includes(width));
      return knownSentences(
        some.map((width) => trees.get(width)),
        reference,
      );
    };
    sentences.set(name, { trees, widths: [...trees.keys()], reference, known, logs: beamLogs(trees, reference) });
  });
  return sentences;
}

/** (tokens) -> their log-probabilities word by word, from whichever tree knows most of them. */
function beamLogs(trees, reference) {
  return (tokens) => {
    const found = [...trees.values()].map((tree) => followed(tree, tokens).map((node) => tree.logProb[node]));
    if (reference?.[1] && reference[0].join() === tokens.join()) found.push(reference[1]);
    return found.reduce((a, b) => (b.length > a.length ? b : a));
  };
}

/** What is shown, from the state: every panel draws from this and from nothing else. */
export function beamLook(state, sentences) {
  const name = sentences.has(state.sentence) ? state.sentence : sentences.keys().next().value;
  const given = sentences.get(name);
  const tree = given.trees.get(state.width) ?? given.trees.get(given.widths.at(-1));
  const at = clamp(state.depth, 1, tree.last);
  const stands = state.node !== null && tree.ranks[at].has(state.node);
  const node = stands ? state.node : null;
  const seen = [...new Set([...(state.seen ?? given.widths), tree.width])];
  const all = ranking(tree, given.known(seen), state.alpha);
  const best = all.find(({ found }) => found);
  const narrow = given.trees.get(1) ?? tree;
  const path = greedyRows(narrow);
  const greedy = path.map((row) => narrow.token[row]);
  const { reference } = given;
  const score = (one) => beamScore(one, state.alpha);
  return {
    ...{ sentence: name, words: state.words, tree, at, node, alpha: state.alpha, all, best, greedy, reference },
    ...{ greedyWhole: greedy.at(-1) === tree.end || narrow.width === 1, logs: given.logs, alive: survivors(tree) },
    seen,
    bestRows: beamRows(tree, best.node),
    greedyRows: followed(tree, greedy),
    rightRows: reference ? followed(tree, reference[0]) : [],
    chosenRows: node === null ? [] : beamRows(tree, node),
    right: { lost: reference ? lostAt(tree, reference[0]) : null },
    better: all.filter((one) => !one.found && one.finished && score(one) > score(best)),
  };
}

/** What the reader can do; every control and every key ends here. */
function beamActions(see, ui, put, sentences) {
  const act = {
    describe: ({ tree, at }) => `A beam of ${tree.width}, word ${at} of ${tree.last}. ${beamStatus(see())}`,
    go: (depth) => put({ depth, node: null }),
    choose(node, depth) {
      const same = see().node === node && see().at === depth;
      put({ node: same ? null : node, depth });
    },
    walk: (by) => put(beamWalk(see(), by)),
    pick(by) {
      const stops = beamStops(see());
      const at = stops.indexOf(see().node);
      const to = at < 0 ? (by > 0 ? 0 : stops.length - 1) : clamp(at + by, 0, stops.length - 1);
      put({ node: stops[to] ?? null });
    },
    width(index) {
      const { sentence, tree, at, node } = see();
      const { widths, trees } = sentences.get(sentence);
      const next = trees.get(widths[clamp(index, 0, widths.length - 1)]);
      if (next === tree) return put({});
      const rows = node === null ? [] : followed(next, sentenceOf(tree, node).tokens); // the same words, if it has them
      const there = node !== null && rows.length === tree.depth[node] ? rows.at(-1) : null;
      const seen = [...new Set([...see().seen, next.width])];
      put({ width: next.width, depth: Math.min(at, next.last), node: there, seen });
    },
    widen(by) {
      const { sentence, tree } = see();
      act.width(sentences.get(sentence).widths.indexOf(tree.width) + by);
    },
    penalise: (alpha) => put({ alpha: +clamp(alpha, 0, 2).toFixed(2) }),
    sentence(name) {
      const { trees, widths } = sentences.get(name);
      const width = trees.has(see().tree.width) ? see().tree.width : widths.at(-1);
      put({ sentence: name, width, depth: Math.min(see().at, trees.get(width).last), node: null });
    },
    turn(by) {
      const names = [...sentences.keys()];
      act.sentence(names[clamp(names.indexOf(see().sentence) + by, 0, names.length - 1)]);
    },
    leave: () => put({ node: null }),
    play() {
      if (ui.timer !== null) return act.stop();
      if (see().at === see().tree.last) put({ depth: 1, node: null });
      ui.timer = setInterval(
        () => {
          if (!ui.alive() || see().at >= see().tree.last) return act.stop();
          put({ depth: see().at + 1, node: null });
        },
        calm() ? 2 * BEAM_PACE : BEAM_PACE,
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

function onBeamKey(event, see, act) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { target, key } = event;
  if (target.tagName === 'SELECT') return;
  if (target.tagName === 'BUTTON' && (key === ' ' || key === 'Enter')) return;
  if (target.type === 'range' && /^(Arrow.*|Home|End|Page.*)$/.test(key)) return;
  const patch = beamKeyAct(see(), key);
  if (!patch) return;
  if (key !== 'Escape') event.preventDefault();
  act[patch.act](patch.with);
}

function render({ model, el }) {
  const parts = ['_trees', '_shapes', '_references', 'end'].map((name) => model.get(name));
  const sentences = beamSentences(...parts);
  const ui = { timer: null, tall: 0, wide: 0 };
  const F = frame({ model, el, label: model.get('title') || BEAM_ASKED, draw });
  F.root.classList.add('beam-tree-viewer');
  ui.alive = () => F.root.isConnected;
  const state = () => Object.fromEntries([...BEAM_TRAITS, 'words'].map((name) => [name, model.get(name)]));
  const see = () => ({ ...beamLook(state(), sentences), playing: ui.timer !== null });
  function put(values) {
    Object.entries(values).forEach(([name, value]) => model.set(name, value));
    if (Object.keys(values).length) model.save_changes();
    F.redraw();
  }
  const act = beamActions(see, ui, put, sentences);
  const [bar, legend, stage] = [beamBar(act, [...sentences.keys()], sentences), beamLegend(), beamStage(act)];
  const [card, table, ranks] = [beamCard(), beamTable(act), beamRankingTable(act)];
  const title = h('h3');
  const asked = h('p', { class: 'dim asked', text: BEAM_ASKED });
  const [short, long] = [h('b'), h('span')];
  const said = h('p', { class: 'answer', 'data-role': 'answer' }, short, ' ', long);
  const panels = h('div', { class: 'panels' }, ranks.node, h('div', {}, card.node, table.node));
  const caps = ([keys, what]) => h('span', {}, ...keys.split(' ').map((key) => h('kbd', { text: key })), ` ${what}`);
  const keys = BEAM_KEYS.filter(([key]) => key !== 'n p' || sentences.size > 1);
  const help = h('div', { class: 'keys' }, ...keys.map(caps));
  F.root.append(scoped(CHAIN_STYLE + TRELLIS_STYLE + BEAM_STYLE, 'beam-tree-viewer'), title, asked);
  F.root.append(bar.node, said, stage.node, panels, legend.node, help);
  F.root.addEventListener('keydown', (event) => onBeamKey(event, see, act));
  F.listen([...BEAM_TRAITS, 'title'], () => F.redraw());

  function draw(palette, width) {
    const view = see();
    const words = beamAnswer(view);
    F.root.classList.toggle('narrow', width < 760);
    panels.classList.toggle('wide', width >= 860);
    set(title, { text: model.get('title') || 'A beam search' });
    set(short, { text: words.short });
    set(long, { text: words.long });
    if (width !== ui.wide) Object.assign(ui, { wide: width, tall: 0 });
    said.style.minHeight = '';
    ui.tall = Math.max(ui.tall, said.offsetHeight); // it grows and never shrinks, so that nothing below it jumps
    said.style.minHeight = `${ui.tall}px`;
    bar.draw(view);
    stage.draw(view, palette, width);
    legend.draw(view, palette);
    card.draw(view);
    table.draw(view, palette);
    ranks.draw(view, palette);
  }

  F.redraw();
  return () => {
    clearInterval(ui.timer);
    F.dispose();
  };
}

export default { render };
