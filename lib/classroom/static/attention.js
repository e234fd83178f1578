// AttentionViewer: where did the model look when it wrote this word, and was it right?
import { attentionBars } from './attention_bars.js';
import { attentionMap } from './attention_map.js';
import { attentionRow, attentionSentences, attentionView } from './attention_model.js';
import { ATTENTION_STYLE } from './attention_style.js';
import { attentionRowWords, attentionWords, weightText } from './attention_words.js';
import { clamp, frame, h, scoped, set } from './common.js';

const ATTENTION_TRAITS = ['sentence', 'pinned', 'layer', 'show_gold', 'threshold'];
const LAYER_NAMES = { attention: 'Attention', damage: 'Damage' };

function render({ model, el }) {
  const sentences = attentionSentences(
    model.get('_sentences'),
    model.get('_weights'),
    model.get('_damage'),
    model.get('_ranges'),
  );
  const hasDamage = sentences[0].damage !== null,
    hasGold = sentences.some(({ gold }) => gold);
  const ui = { hover: null, cursor: 0, focused: false };
  const F = frame({ model, el, label: model.get('title') || 'Attention', draw });
  F.root.classList.add('attention-viewer');
  const state = () => Object.fromEntries(ATTENTION_TRAITS.map((name) => [name, model.get(name)]));
  const look = () => attentionView(state(), sentences, ui.hover, ui.cursor);
  const put = (values) => {
    Object.entries(values).forEach(([name, value]) => model.set(name, value));
    model.save_changes();
    F.redraw();
  };
  const page = (by) => {
    const to = clamp(look().at + by, 0, sentences.length - 1);
    if (to === look().at) return;
    Object.assign(ui, { hover: null, cursor: 0 });
    put({ sentence: to, pinned: null });
  };
  const act = {
    d: () => hasDamage && put({ layer: look().layer === 'damage' ? 'attention' : 'damage' }),
    g: () => hasGold && put({ show_gold: !model.get('show_gold') }),
    t: () => hasGold && put({ threshold: model.get('threshold') === null ? 0.2 : null }),
  };
  const map = attentionMap(),
    bars = attentionBars();
  const one = sentences.some(({ name }) => name) ? 'Map' : 'Sentence';
  const title = h('h3'),
    told = h('p', { class: 'told', role: 'status', 'aria-live': 'polite', 'data-role': 'told' }),
    whole = h('p', { class: 'whole', 'data-role': 'whole' });
  const back = h('button', {
      text: '‹',
      'aria-label': `${one} before`,
      'data-role': 'back',
      onclick: () => page(-1),
    }),
    count = h('span', { class: 'page', 'data-role': 'page' }),
    on = h('button', {
      text: '›',
      'aria-label': `Next ${one.toLowerCase()}`,
      'data-role': 'on',
      onclick: () => page(1),
    }),
    pages = h('div', { class: 'row' }, back, count, on);
  const layers = Object.entries(LAYER_NAMES).map(([layer, text]) =>
    h('button', { 'data-layer': layer, text, onclick: () => put({ layer }) }),
  );
  const gold = h('button', { 'data-role': 'gold', onclick: act.g }),
    rule = h('button', { 'data-role': 'rule', onclick: act.t }),
    least = h('input', {
      ...{
        type: 'range',
        min: 0.01,
        max: 1,
        step: 0.01,
        'data-role': 'threshold',
        'aria-label': 'Least weight of a link',
      },
      oninput: () => put({ threshold: Number(least.value) }),
    }),
    leastText = h('b'),
    by = h('label', { class: 'by' }, 'from', least, leastText);
  const ends = [h('span'), h('i', { 'aria-hidden': 'true' }), h('span')],
    scale = h('span', { class: 'scale small dim row', 'data-role': 'scale' }, ...ends);
  const controls = h(
    'div',
    { class: 'row controls chosen' },
    ...(hasDamage ? layers : []),
    ...(hasGold ? [gold, rule, by] : []),
    scale,
  );
  const floor = h('div', { class: 'floor' }, map.node, bars.node);
  const hints = [
    ['↑ ↓', 'row'],
    ['Enter', 'pin'],
    ...(sentences.length > 1 ? [['← →', one.toLowerCase()]] : []),
    ...(hasDamage ? [['d', 'damage']] : []),
    ...(hasGold
      ? [
          ['g', 'gold'],
          ['t', 'largest or threshold'],
        ]
      : []),
  ];
  const help = hints.map(([key, what]) => h('span', {}, h('kbd', { text: key }), ' ' + what));
  F.root.append(
    scoped(ATTENTION_STYLE, 'attention-viewer'),
    h('div', { class: 'head' }, title, sentences.length > 1 ? pages : null),
    ...[floor, told, whole, controls, h('div', { class: 'keys' }, ...help)].filter(Boolean),
  );
  handOnMap();
  F.root.addEventListener('keydown', onKey);
  F.listen([...ATTENTION_TRAITS, 'title'], F.redraw);

  function handOnMap() {
    const rowAt = (event) => {
      const row = map.plan().row(event.clientY - map.node.getBoundingClientRect().top);
      return row >= 0 && row < look().target.length ? row : null;
    };
    const hover = (row) => {
      if (ui.hover === row) return;
      ui.hover = row;
      F.redraw();
    };
    map.node.addEventListener('pointermove', (event) => event.pointerType === 'mouse' && hover(rowAt(event)));
    map.node.addEventListener('pointerleave', () => hover(null));
    map.node.addEventListener('click', (event) => {
      const row = rowAt(event);
      if (row === null) return;
      ui.cursor = row;
      put({ pinned: model.get('pinned') === row ? null : row });
    });
    for (const [name, focus] of [
      ['focus', true],
      ['blur', false],
    ])
      map.node.addEventListener(name, () => {
        ui.focused = focus && map.node.matches(':focus-visible');
        F.redraw();
      });
  }

  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.tagName === 'INPUT') return;
    const turn = { ArrowLeft: -1, PageUp: -1, ArrowRight: 1, PageDown: 1 }[event.key],
      { row, target, pinned } = look();
    if (event.key in act) act[event.key]();
    else if (turn) page(turn);
    else if (event.key === 'Escape' && pinned !== null) put({ pinned: null });
    else if (event.target.tagName === 'BUTTON') return;
    else if (event.key === 'Enter' || event.key === ' ') put({ pinned: pinned === row ? null : row });
    else {
      const to = attentionRow(event.key, row, target.length);
      if (to === null) return;
      Object.assign(ui, { hover: null, cursor: to });
      if (pinned !== null) put({ pinned: to });
      F.redraw();
    }
    event.preventDefault();
  }

  function draw(palette, width) {
    const view = look(),
      wide = width >= 760;
    set(title, { text: model.get('title') || 'Attention' });
    set(count, { text: view.name ?? `${view.at + 1} of ${view.count}` });
    back.disabled = view.at === 0;
    on.disabled = view.at === view.count - 1;
    floor.classList.toggle('wide', wide);
    map.draw(view, palette, wide ? width - 330 : width, ui.focused);
    bars.draw(view, palette, wide ? 300 : width);
    set(told, { text: attentionRowWords(view) });
    set(whole, { text: attentionWords(view) });
    for (const button of layers) set(button, { 'aria-pressed': `${button.dataset.layer === view.layer}` });
    set(gold, { text: view.showGold ? 'Hide gold' : 'Show gold' });
    set(rule, { text: view.threshold === null ? 'Links: the largest weight' : 'Links: all weights' });
    by.hidden = view.threshold === null;
    if (view.threshold !== null) {
      if (Number(least.value) !== view.threshold) least.value = view.threshold;
      set(leastText, { text: view.threshold.toFixed(2) });
    }
    const stops = view.scale.signed ? palette.diverging : palette.sequential;
    set(ends[0], { text: weightText(view.scale.low) });
    set(ends[1], { style: `background:linear-gradient(to right,${stops})` });
    set(ends[2], { text: weightText(view.scale.high) });
  }
  F.redraw();
  return F.dispose;
}

export default { render };
