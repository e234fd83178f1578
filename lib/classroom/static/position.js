// PositionViewer: two words, so many places apart: what does the network see of that, and does it hold further out?
import { calm, clamp, decode16, frame, h, scoped, set } from './common.js';
import { CHAIN_STYLE } from './chain_style.js';
import { positionCourse } from './position_course.js';
import { positionFaces } from './position_faces.js';
import { positionLine } from './position_line.js';
import { alibiSlopes, askingPlaces, handRates, movedBoth, positionScores, positionTable } from './position_model.js';
import { positionBar } from './position_page.js';
import { POSITION_STYLE } from './position_style.js';
import { positionAnswer, positionKey, positionKeys, positionStatus } from './position_words.js';

const POSITION_ASKED =
  'Two words, so many places apart: what does the network see of that, and does it still hold further out than it ever read?';
const WALK = 70; // milliseconds for a place

function tableFrom(model) {
  const [count, size] = model.get('_table_shape');
  if (!count) return null;
  const values = Float64Array.from(decode16(model.get('_table'), ...model.get('_table_range')));
  const table = positionTable(values, count, size);
  return { ...table, most: values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) };
}

/** What is shown, from the state: every panel draws from this and from nothing else. */
function positionLook(model, ui) {
  const names = ['code', 'query', 'key', 'base', 'projected', 'head', 'length', 'trained', 'size', 'heads'];
  const [code, query, key, base, projected, head, length, trained, size, heads] = names.map((name) => model.get(name));
  const wish = [code, base, projected, head].join();
  if (ui.wish !== wish) {
    const rates = handRates(size, code === 'rotary' ? base : 10000);
    const slopes = alibiSlopes(heads);
    const spec = { code, size, rates, slopes, head, table: ui.table, projected };
    const line = (one) => positionScores({ ...spec, head: one }).curve(length - 1);
    const lines = code === 'alibi' ? slopes.map((_, one) => line(one)) : [];
    Object.assign(ui, {
      wish,
      solved: { rates, slopes, scores: positionScores(spec), heads: lines },
    });
  }
  const { scores } = ui.solved;
  return {
    ...ui.solved,
    ...{ code, query, key, base, projected, head, length, trained, size, table: ui.table, codes: model.get('_codes') },
    ...{ pair: scores.score(query, key), others: ui.others, playing: ui.timer !== null },
  };
}

function onPositionKey(event, see, act) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { target, key } = event;
  if (target.tagName === 'BUTTON' && (key === ' ' || key === 'Enter')) return;
  if (target.type === 'range' && /^(Arrow|Home|End|Page)/.test(key)) return;
  if (/radio|checkbox/.test(target.type) && /^( |Arrow.*)$/.test(key)) return;
  const patch = positionKey(see(), key);
  if (!patch) return;
  event.preventDefault();
  if (patch.act) act[patch.act]();
  else act.put(patch);
}

/** What the reader can do; every control and every key ends here. */
function positionActions(model, see, ui, redraw) {
  const send = (values) => {
    Object.entries(values).forEach(([name, value]) => model.set(name, value));
    model.save_changes();
    redraw();
  };
  const act = {
    put(values) {
      act.stop();
      send(values);
    },
    move: (pair) => act.put(pair),
    both: (by) => act.put(movedBoth(see(), by)),
    apart: (d) => act.put({ key: clamp(model.get('query') - d, 0, model.get('length') - 1) }),
    head: (head) => act.put({ head }),
    play() {
      if (ui.timer !== null) return act.stop();
      if (see().query === see().length - 1) send(movedBoth(see(), -see().length));
      const [every, by] = calm() ? [1000, 16] : [WALK, 1];
      ui.timer = setInterval(() => {
        if (!ui.alive() || see().query === see().length - 1) return act.stop();
        return send(movedBoth(see(), by));
      }, every);
      return redraw();
    },
    stop() {
      clearInterval(ui.timer);
      ui.timer = null;
      redraw();
    },
  };
  return act;
}

function render({ model, el }) {
  const ui = { timer: null, wish: null, solved: null, anchor: null };
  ui.table = tableFrom(model);
  ui.others = askingPlaces(model.get('length'));
  const F = frame({ model, el, label: model.get('title') || POSITION_ASKED, draw });
  F.root.classList.add('position-viewer');
  ui.alive = () => F.root.isConnected;
  const see = () => positionLook(model, ui);
  const act = positionActions(model, see, ui, F.redraw);
  const bar = positionBar(act, model.get('_codes'));
  const [line, faces, course] = [positionLine(act), positionFaces(act), positionCourse(act)];
  const title = h('h3');
  const asked = h('p', { class: 'dim asked', text: POSITION_ASKED });
  const [short, long] = [h('b'), h('span')];
  const said = h('p', { class: 'answer', 'data-role': 'answer' }, short, ' ', long);
  const status = h('p', { class: 'status', role: 'status', 'aria-live': 'polite' });
  const role = { role: 'application', 'aria-roledescription': 'two places on a line' };
  const stage = h('div', { class: 'stage', tabindex: 0, ...role }, line.node, ...faces.parts, ...course.parts);
  const caps = ([keys, what]) => h('span', {}, ...keys.split(' ').map((key) => h('kbd', { text: key })), ` ${what}`);
  const help = h('div', { class: 'keys' });
  F.root.append(
    scoped(CHAIN_STYLE + POSITION_STYLE, 'position-viewer'),
    title,
    asked,
    said,
    bar.node,
    stage,
    status,
    help,
  );
  F.root.addEventListener('keydown', (event) => onPositionKey(event, see, act));
  F.listen(['code', 'query', 'key', 'base', 'projected', 'head', 'title'], () => F.redraw());

  /** Where the pair stood first at this distance, with this code. */
  function anchored(view) {
    const same = [ui.wish, view.query - view.key].join();
    if (ui.anchor?.same !== same) ui.anchor = { same, query: view.query, key: view.key, pair: view.pair };
    return ui.anchor;
  }
  function draw(palette, width) {
    const view = see();
    const words = positionAnswer(view);
    F.root.classList.toggle('narrow', width < 760);
    set(title, { text: model.get('title') || 'Where am I?' });
    set(short, { text: words.short });
    set(long, { text: words.long });
    bar.draw(view);
    for (const panel of [line, faces, course]) panel.draw(view, palette, width);
    const told = positionStatus(view, anchored(view));
    set(status, { text: told, 'aria-live': view.playing ? 'off' : 'polite' });
    if (ui.walked && !view.playing) status.replaceChildren(told); // said aloud once, where the walk ends
    ui.walked = view.playing;
    const listed = positionKeys(view);
    if (help.dataset.listed !== listed.join()) {
      help.dataset.listed = listed.join();
      help.replaceChildren(...listed.map(caps));
    }
    set(stage, { 'aria-label': told });
  }

  F.redraw();
  return () => {
    clearInterval(ui.timer);
    F.dispose();
  };
}

export default { render };
