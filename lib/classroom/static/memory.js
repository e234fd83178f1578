// MemoryViewer: what do N numbers still know of the past?
import { calm, clamp, decode16, frame, h, scoped, set } from './common.js';
import { CHAIN_STYLE } from './chain_style.js';
import { memoryBars } from './memory_bars.js';
import { memoryLook } from './memory_look.js';
import { memoryBar } from './memory_page.js';
import { memoryShares } from './memory_shares.js';
import { memoryStage } from './memory_stage.js';
import { MEMORY_STYLE } from './memory_style.js';
import { memoryAnswer, memoryBarWords, memoryCurveWords, memoryKey, memoryKeys, memoryStatus } from './memory_words.js';

const MEMORY_ASKED = 'What do N numbers still know of the past?';
const MEMORY_SECONDS = 12; // to play the whole signal

function memorySignals(model) {
  const [codes, length] = [model.get('_codes'), model.get('_length')];
  const bytes =
    typeof codes === 'string'
      ? Uint8Array.from(atob(codes), (c) => c.charCodeAt(0))
      : new Uint8Array(codes.buffer ?? codes, codes.byteOffset ?? 0, codes.byteLength);
  return Object.fromEntries(
    model.get('names').map((name, k) => {
      const part = bytes.subarray(2 * length * k, 2 * length * (k + 1));
      return [name, Float64Array.from(decode16(part, ...model.get('_spans')[k]))];
    }),
  );
}

function onMemoryKey(event, see, act) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { target, key } = event;
  if (target.tagName === 'BUTTON' && (key === ' ' || key === 'Enter')) return;
  if (target.type === 'range' && /^(Arrow|Home|End|Page)/.test(key)) return;
  if (target.type === 'radio' && /^( |Arrow.*)$/.test(key)) return;
  const patch = memoryKey(see(), key);
  if (!patch) return;
  event.preventDefault();
  if (patch.act) act[patch.act]();
  else act.put(patch);
}

/** What the reader can do; every control and every key ends here. */
function memoryActions(model, ui, redraw) {
  const send = (values, save = true) => {
    Object.entries(values).forEach(([name, value]) => model.set(name, value));
    if (save) model.save_changes();
    redraw();
  };
  const length = model.get('_length');
  const act = {
    put(values) {
      act.stop();
      send(values);
    },
    time(at) {
      act.stop();
      send({ at }, false);
    },
    bump: (place, height) => send({ bump: [place, Number(height.toPrecision(4))] }, false),
    number: (number) => send({ number: model.get('number') === number ? null : number }),
    settle: () => model.save_changes(),
    play() {
      if (ui.timer !== null) return act.stop();
      if (model.get('at') === length - 1) send({ at: 0 });
      const [every, parts] = calm() ? [1000, 12] : [40, MEMORY_SECONDS * 25];
      const by = Math.max(1, Math.round(length / parts));
      ui.timer = setInterval(() => {
        if (!ui.alive() || model.get('at') === length - 1) return act.stop();
        return send({ at: clamp(model.get('at') + by, 0, length - 1) }, false);
      }, every);
      return redraw();
    },
    stop() {
      if (ui.timer === null) return;
      clearInterval(ui.timer);
      ui.timer = null;
      model.save_changes();
      redraw();
    },
  };
  return act;
}

const memoryLegend = () =>
  h(
    'div',
    { class: 'legend' },
    h('span', {}, h('i'), 'what came in'),
    h('span', {}, h('i', { style: 'border-top:3px solid var(--memory-past)' }), 'what the numbers say'),
    h(
      'span',
      { 'data-role': 'legend-without' },
      h('i', { style: 'border-top:1.2px solid var(--memory-past)' }),
      'without the bump',
    ),
    h('span', {}, h('i', { style: 'height:11px;border:0;background:var(--bad);opacity:.25' }), 'what is missing'),
    h('span', { class: 'dim', text: 'Press into the picture: a bump. Drag the time above or below it.' }),
  );

function render({ model, el }) {
  const ui = { timer: null };
  const look = memoryLook(memorySignals(model));
  const F = frame({ model, el, label: model.get('title') || MEMORY_ASKED, draw });
  F.root.classList.add('memory-viewer');
  ui.alive = () => F.root.isConnected;
  const see = () => look(model, ui.timer !== null);
  const act = memoryActions(model, ui, F.redraw);
  const bar = memoryBar(act, model.get('names'), model.get('_length'));
  const [signal, shares, bars] = [memoryStage(act), memoryShares(), memoryBars(act)];
  const [title, short, long] = [h('h3'), h('b'), h('span')];
  const asked = h('p', { class: 'dim asked', text: MEMORY_ASKED });
  const said = h('p', { class: 'answer', 'data-role': 'answer' }, short, ' ', long);
  const [sharesName, barsName] = [h('h4'), h('h4')];
  const status = h('p', { class: 'status', role: 'status', 'aria-live': 'polite' });
  const role = { role: 'application', 'aria-roledescription': 'a signal and a memory of it' };
  const stage = h('div', { class: 'stage', tabindex: 0, ...role });
  stage.append(signal.node, sharesName, shares.node, barsName, bars.node);
  const help = h('div', { class: 'keys' });
  const caps = ([keys, what]) => h('span', {}, ...keys.split(' ').map((key) => h('kbd', { text: key })), ` ${what}`);
  const style = scoped(CHAIN_STYLE + MEMORY_STYLE, 'memory-viewer');
  const legend = memoryLegend();
  const thin = legend.querySelector('[data-role=legend-without]');
  F.root.append(style, title, asked, said, bar.node, legend, stage, status, help);
  F.root.addEventListener('keydown', (event) => onMemoryKey(event, see, act));
  F.listen(['signal', 'order', 'measure', 'method', 'window', 'at', 'bump', 'width', 'number', 'title'], () =>
    F.redraw(),
  );

  function draw(palette, width) {
    const view = see();
    const words = memoryAnswer(view);
    F.root.style.setProperty('--memory-past', palette.states[0]);
    F.root.classList.toggle('narrow', width < 760);
    set(title, { text: model.get('title') || 'A memory of N numbers' });
    set(short, { text: words.short });
    set(long, { text: words.long });
    bar.draw(view);
    thin.hidden = !view.without;
    set(sharesName, { text: memoryCurveWords(view) });
    set(barsName, { text: memoryBarWords(view) });
    for (const panel of [signal, shares, bars]) panel.draw(view, palette, width);
    const told = memoryStatus(view);
    set(status, { text: told, 'aria-live': view.playing ? 'off' : 'polite' });
    set(stage, { 'aria-label': `${words.short} ${told}` });
    const listed = memoryKeys(view);
    if (help.dataset.listed !== listed.join()) {
      help.dataset.listed = listed.join();
      help.replaceChildren(...listed.map(caps));
    }
  }

  F.redraw();
  return () => {
    clearInterval(ui.timer);
    F.dispose();
  };
}

export default { render };
