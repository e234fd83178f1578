// CacheViewer: what does a word cost, with and without the cache, and who pays the memory?
import { calm, frame, h, icon, scoped, set } from './common.js';
import { CACHE_BATCHES, CACHE_BYTES, CACHE_LENGTHS, cacheCosts, divisorsOf } from './cache_model.js';
import { cachePlots } from './cache_plots.js';
import { CACHE_STYLE } from './cache_style.js';
import { cacheTriangles } from './cache_triangles.js';
import { CACHE_KEYS, cacheAnswer, cacheKey, cacheStatus, cacheSums, windowChoices } from './cache_words.js';

const CACHE_ASKED = 'What does a word cost, with and without the cache, and who pays the memory?';
const CACHE_PACE = 350; // milliseconds for a step of the length
const CACHE_TOLD = 1500; // milliseconds, at least, between two sentences of the status while it plays

/** What is shown, from the state: every panel draws from this and from nothing else. */
function cacheLook(model, ui) {
  const [name, length, batch, bytes] = ['model', 'length', 'batch', 'bytes_per_number'].map((trait) =>
    model.get(trait),
  );
  const own = model.get('models')[name];
  const now = { ...own, kv_heads: model.get('kv_heads'), window: model.get('window') };
  const whole = { ...own, kv_heads: own.heads, window: null };
  const costs = cacheCosts(now, length, batch, bytes);
  const rivals = Object.entries(model.get('rivals')).map(([rival, sizes]) => ({ name: rival, ...sizes }));
  const names = Object.keys(model.get('models'));
  return { name, names, own, model: now, whole, length, batch, bytes, costs, rivals, playing: ui.timer !== null };
}

/** Model, heads, window, bits, length, texts, play: { parts, draw(view) }. */
function cacheControls(act, names) {
  const chooser = (role, label, onchange) => {
    const select = h('select', { 'data-role': role, 'aria-label': label });
    select.addEventListener('change', () => onchange(select.selectedIndex));
    let shown = '';
    const fill = (options, at) => {
      if (shown !== options.join()) select.replaceChildren(...options.map((text) => h('option', { text })));
      shown = options.join();
      select.selectedIndex = at;
    };
    return { node: h('label', {}, label, select), fill };
  };
  let seen = null;
  const model = chooser('model', 'Model', (i) => act.put({ model: names[i] }));
  const heads = chooser('kv-heads', 'Heads that answer', (i) => act.put({ kv_heads: divisorsOf(seen.model.heads)[i] }));
  const windows = chooser('window', 'Window', (i) => act.put({ window: windowChoices(seen.own.window)[i] }));
  const bits = chooser('bits', 'A number', (i) => act.put({ bytes_per_number: [4, 2, 1][i] }));
  const [sign, word] = [h('span', { style: 'display:inline-flex' }), h('span')];
  const play = h('button', { class: 'main', 'data-role': 'play', onclick: act.play }, sign, word);
  const dial = (role, label, steps, name) => {
    const input = h('input', {
      type: 'range',
      min: 0,
      max: steps.length - 1,
      step: 1,
      'data-role': role,
      'aria-label': label,
    });
    input.addEventListener('input', () => act.put({ [name]: steps[+input.value] }));
    const shown = h('b');
    return { input, shown, steps, node: h('label', {}, label, shown, input) };
  };
  const length = dial('length', 'Words so far', CACHE_LENGTHS, 'length');
  const batch = dial('batch', 'Texts at a time', CACHE_BATCHES, 'batch');
  const choices = [model, heads, windows, bits].map((one) => one.node);
  if (names.length < 2) choices[0].hidden = true;
  const parts = [
    h('div', { class: 'row choices' }, play, ...choices.slice(0, 2), h('span', { class: 'both' }, ...choices.slice(2))),
    h('div', { class: 'dials' }, length.node, batch.node),
  ];

  function draw(view) {
    seen = view;
    model.fill(names, names.indexOf(view.name));
    const divisors = divisorsOf(view.model.heads);
    const kinds = { [view.model.heads]: `all ${view.model.heads}`, 1: view.model.heads === 1 ? 'all 1' : 'one' };
    heads.fill(
      divisors.map((k) => kinds[k] ?? `${k} groups`),
      divisors.indexOf(view.model.kv_heads),
    );
    const choices_ = windowChoices(view.own.window);
    windows.fill(
      choices_.map((w) => (w === null ? 'none' : w.toLocaleString('en'))),
      choices_.indexOf(view.model.window),
    );
    bits.fill(
      [4, 2, 1].map((k) => CACHE_BYTES[k]),
      [4, 2, 1].indexOf(view.bytes),
    );
    for (const [{ input, shown, steps }, value] of [
      [length, view.length],
      [batch, view.batch],
    ]) {
      input.value = steps.findIndex((step) => step >= value);
      set(input, { 'aria-valuetext': String(value) });
      set(shown, { text: value.toLocaleString('en') });
    }
    const wanted = view.playing ? 'Pause' : 'Write';
    if (word.textContent !== wanted) sign.replaceChildren(icon(view.playing ? 'pause' : 'play'));
    set(word, { text: wanted });
  }
  return { parts, draw };
}

/** What the reader can do; every control and every key ends here. */
function cacheActions(model, see, ui, redraw) {
  const send = (values) => {
    const own = 'model' in values ? model.get('models')[values.model] : null;
    const all = own ? { ...values, kv_heads: own.kv_heads, window: own.window } : values;
    Object.entries(all).forEach(([name, value]) => model.set(name, value));
    model.save_changes();
    redraw();
  };
  const act = {
    put(values) {
      act.stop();
      send(values);
    },
    length: (length) => act.put({ length }),
    play() {
      if (ui.timer !== null) return act.stop();
      if (see().length >= CACHE_LENGTHS.at(-1)) send({ length: 1 });
      ui.timer = setInterval(
        () => {
          if (!ui.alive() || see().length >= CACHE_LENGTHS.at(-1)) return act.stop();
          return send(cacheKey(see(), 'ArrowRight'));
        },
        CACHE_PACE * (calm() ? 3 : 1),
      );
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

function onCacheKey(event, see, act) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { target, key } = event;
  if (target.tagName === 'SELECT') return;
  if (target.tagName === 'BUTTON' && (key === ' ' || key === 'Enter')) return;
  if (target.type === 'range' && /^(Arrow|Home|End|Page)/.test(key)) return;
  const patch = cacheKey(see(), key);
  if (!patch) return;
  event.preventDefault();
  if (patch.act) act[patch.act]();
  else act.put(patch);
}

function render({ model, el }) {
  const ui = { timer: null, told: 0 };
  const F = frame({ model, el, label: model.get('title') || CACHE_ASKED, draw });
  F.root.classList.add('cache-viewer');
  ui.alive = () => F.root.isConnected;
  const see = () => cacheLook(model, ui);
  const act = cacheActions(model, see, ui, F.redraw);
  const controls = cacheControls(act, Object.keys(model.get('models')));
  const [triangles, plots] = [cacheTriangles(), cachePlots(act)];
  const title = h('h3');
  const asked = h('p', { class: 'dim asked', text: CACHE_ASKED });
  const [short, long] = [h('b'), h('span')];
  const said = h('p', { class: 'answer', 'data-role': 'answer' }, short, ' ', long);
  const status = h('p', { class: 'status dim', role: 'status', 'aria-live': 'polite' });
  const sums = ['', '', ''].map(() => h('p'));
  const formulas = h(
    'div',
    { class: 'formulas', 'data-role': 'sums' },
    h('h4', { text: 'The cache, as a product' }),
    ...sums,
  );
  const role = { role: 'application', 'aria-roledescription': 'the cost of the next word' };
  const stage = h('div', { class: 'stage', tabindex: 0, ...role }, triangles.node, plots.node);
  const caps = ([keys, what]) => h('span', {}, ...keys.split(' ').map((key) => h('kbd', { text: key })), ` ${what}`);
  const help = h('div', { class: 'keys' }, ...CACHE_KEYS.map(caps));
  F.root.append(
    scoped(CACHE_STYLE, 'cache-viewer'),
    title,
    asked,
    said,
    ...controls.parts,
    stage,
    formulas,
    status,
    help,
  );
  F.root.addEventListener('keydown', (event) => onCacheKey(event, see, act));
  F.listen(['model', 'kv_heads', 'window', 'length', 'batch', 'bytes_per_number', 'title'], () => F.redraw());

  function draw(palette, width) {
    const view = see();
    const words = cacheAnswer(view);
    F.root.classList.toggle('narrow', width < 760);
    set(title, { text: model.get('title') || 'The cache and its bill' });
    set(short, { text: words.short });
    set(long, { text: words.long });
    controls.draw(view);
    for (const panel of [triangles, plots]) panel.draw(view, palette, width);
    cacheSums(view).forEach((text, i) => set(sums[i], { text }));
    const told = cacheStatus(view);
    if (view.playing && performance.now() - ui.told < CACHE_TOLD) return;
    ui.told = performance.now();
    set(status, { text: told });
    set(stage, { 'aria-label': told });
  }

  F.redraw();
  return () => {
    clearInterval(ui.timer);
    F.dispose();
  };
}

export default { render };
