// HeadsViewer: which of all these heads looks where, and what is lost without it?
import { frame, h, scoped, set } from './common.js';
import { headsBars } from './heads_bars.js';
import { headsGrid } from './heads_grid.js';
import { headsMap } from './heads_map.js';
import { headsKinds, headsMove, headsRowMove, headsView, toggledCut } from './heads_model.js';
import { headsPage } from './heads_page.js';
import { headsSaid } from './heads_said.js';
import { HEADS_STYLE } from './heads_style.js';

const HEADS_TRAITS = ['kind', 'layer', 'head', 'pinned', 'cut', 'mark', 'view'];

/** Python's part: is it there, has it failed: { state: "away" | "here" | "failed", text, hello, dispose }. */
function headsPython(model, redraw) {
  const self = { state: 'away', text: '' };
  const heard = ({ kind, text = '' }) => {
    if (kind !== 'here' && kind !== 'failed') return;
    Object.assign(self, { state: kind, text });
    redraw();
  };
  self.hello = () => model.send({ kind: 'hello' });
  self.answered = () => self.state === 'failed' && Object.assign(self, { state: 'here', text: '' });
  model.on('msg:custom', heard);
  self.dispose = () => model.off('msg:custom', heard);
  return self;
}

function render({ model, el }) {
  // hover, cursor: heads that are only looked at; row: under the hand; rowCursor: where the keys are
  const ui = { hover: null, cursor: null, row: null, column: null, rowCursor: null, gridFocus: false, mapFocus: false };
  const F = frame({ model, el, label: model.get('title') || 'Attention of all heads', draw });
  F.root.classList.add('heads-viewer');
  const python = headsPython(model, F.redraw);
  let kinds = [],
    read = [];
  const state = () => Object.fromEntries(HEADS_TRAITS.map((name) => [name, model.get(name)]));
  const look = () => headsView(state(), load(), model.get('_answer'), ui);
  const put = (values) => {
    Object.entries(values).forEach(([name, value]) => model.set(name, value));
    model.save_changes();
    F.redraw();
  };

  /** The kinds, read anew where other weights have come. */
  function load() {
    const now = [model.get('_kinds'), model.get('_weights'), model.get('_bits')];
    if (now.every((part, k) => part === read[k])) return kinds;
    read = now;
    kinds = headsKinds(...now);
    return kinds;
  }

  const act = {
    kind(name) {
      Object.assign(ui, { hover: null, cursor: null, row: null, rowCursor: null });
      const { shape, rules } = load().find((each) => each.name === name),
        keep = rules.some((rule) => rule.name === model.get('mark'));
      put({
        ...{ kind: name, pinned: null, mark: keep ? model.get('mark') : null },
        ...{ layer: Math.min(model.get('layer'), shape[0] - 1), head: Math.min(model.get('head'), shape[1] - 1) },
      });
    },
    head(place) {
      Object.assign(ui, { cursor: null });
      put(place);
    },
    cut(event) {
      if (!model.get('can_compute')) return;
      if (event?.detail) grid.node.focus({ preventScroll: true }); // by mouse: the arrows go on among the heads
      const { kind, shown } = look();
      python.answered();
      put({ cut: toggledCut(model.get('cut'), [kind.name, shown.layer, shown.head]) });
    },
    whole(event) {
      if (event) grid.node.focus({ preventScroll: true }); // its button goes away
      python.answered();
      put({ cut: [] });
    },
    mark: (name) => put({ mark: model.get('mark') === name ? null : name }),
    nextMark() {
      const names = [null, ...look().kind.rules.map((rule) => rule.name)];
      put({ mark: names[(names.indexOf(model.get('mark')) + 1) % names.length] });
    },
    pin(row) {
      ui.rowCursor = row;
      put({ pinned: model.get('pinned') === row ? null : row });
    },
    view: () => put({ view: model.get('view') === 'lines' ? 'map' : 'lines' }),
    turn(by) {
      const names = load().map(({ name }) => name),
        to = names.indexOf(look().kind.name) + by;
      if (to >= 0 && to < names.length) act.kind(names[to]);
    },
  };
  const grid = headsGrid(),
    map = headsMap(),
    bars = headsBars(),
    said = headsSaid({ pick: (t) => look().kind.whose === model.get('_answer').whose && act.pin(t) }),
    page = headsPage({ grid, map, bars, said, act, kinds: load(), able: () => model.get('can_compute') });
  F.root.append(scoped(HEADS_STYLE, 'heads-viewer'), ...page.parts);
  handOnGrid();
  handOnMap();
  F.root.addEventListener('keydown', onKey);
  F.listen([...HEADS_TRAITS, '_kinds', '_weights', '_answer', 'title', 'can_compute'], F.redraw);

  const change = (values) => {
    if (Object.entries(values).every(([name, value]) => JSON.stringify(ui[name]) === JSON.stringify(value))) return;
    Object.assign(ui, values);
    F.redraw();
  };
  function place(node, event) {
    const box = node.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }
  function handOnGrid() {
    const under = (event) => grid.plan().at(...place(grid.node, event));
    grid.node.addEventListener(
      'pointermove',
      (event) => event.pointerType === 'mouse' && change({ hover: under(event) }),
    );
    grid.node.addEventListener('pointerleave', () => change({ hover: null }));
    grid.node.addEventListener('click', (event) => under(event) && act.head(under(event)));
    focus(grid.node, 'gridFocus', { cursor: null });
  }
  function handOnMap() {
    const under = (event) => {
      const [x, y] = place(map.node, event),
        { rows, columns, row, column } = map.plan(),
        [t, s] = [row(y), column(x)];
      return t >= 0 && t < rows ? { row: t, column: s >= 0 && s < columns ? s : null } : { row: null, column: null };
    };
    map.node.addEventListener('pointermove', (event) => event.pointerType === 'mouse' && change(under(event)));
    map.node.addEventListener('pointerleave', () => change({ row: null, column: null }));
    map.node.addEventListener('click', (event) => {
      const { row } = under(event);
      if (row !== null) act.pin(row);
    });
    focus(map.node, 'mapFocus', {});
  }
  function focus(node, name, left) {
    node.addEventListener('focus', () => change({ [name]: node.matches(':focus-visible') }));
    node.addEventListener('blur', () => change({ [name]: false, ...left }));
  }

  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { key, target } = event,
      view = look(),
      turn = { PageUp: -1, PageDown: 1 }[key],
      plain = { x: act.cut, r: act.whole, m: act.nextMark, v: act.view }[key];
    if (plain) plain(null);
    else if (turn && view.kinds.length > 1) act.turn(turn);
    else if (key === 'Escape') {
      if (ui.cursor) change({ cursor: null });
      else if (view.pinned !== null) put({ pinned: null });
      else return;
    } else if (target.tagName === 'BUTTON') return;
    else if (target === map.node) {
      if (!onMap(key, view)) return;
    } else if (!onGrid(key, view)) return;
    event.preventDefault();
  }
  function onGrid(key, { kind, shown }) {
    if (key === 'Enter' || key === ' ') return (act.head(shown), true);
    const to = headsMove(key, shown, kind.shape);
    if (to) change({ cursor: to, hover: null });
    return Boolean(to);
  }
  function onMap(key, { kind, row, chosen, pinned }) {
    if (key === 'Enter' || key === ' ') return (act.pin(row), true);
    const side = /^Arrow(Left|Right)$/.test(key) && headsMove(key, chosen, kind.shape);
    if (side) return (act.head(side), true);
    const to = headsRowMove(key, row, kind.shape[2]);
    if (to === null) return false;
    Object.assign(ui, { row: null, column: null, rowCursor: to });
    if (pinned !== null) put({ pinned: to });
    F.redraw();
    return true;
  }

  function draw(palette, width) {
    const view = { ...look(), column: ui.column };
    if (!view.stale) python.answered();
    page.draw(view, palette, width, ui, { ...python, able: model.get('can_compute'), title: model.get('title') });
  }
  python.hello();
  F.redraw();
  return () => {
    python.dispose();
    F.dispose();
  };
}

export default { render };
