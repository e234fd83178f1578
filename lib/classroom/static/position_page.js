// Around the picture of the position viewer: which code, the walk, the base, the layer.
import { h, icon, set } from './common.js';
import { POSITION_CODES, handCounts } from './position_model.js';
import { baseAt, baseStep } from './position_words.js';

/** Tabs and play, and below them what a code has to choose: { node, draw(view) }. */
export function positionBar(act, codes) {
  const group = `position-${(positionBar.made = (positionBar.made ?? 0) + 1)}`; // radios of two viewers stay apart
  const tabs = codes.map((name) => {
    const radio = h('input', { type: 'radio', name: group, value: name, onchange: () => act.put({ code: name }) });
    return { name, radio, label: h('label', { class: 'tab' }, radio, POSITION_CODES[name]) };
  });
  const role = { role: 'radiogroup', 'aria-label': 'The code of positions' };
  const choice = h('div', { class: 'tabs', ...role }, ...tabs.map((tab) => tab.label));
  const [sign, word] = [h('span', { style: 'display:inline-flex' }), h('span')];
  const play = h('button', { class: 'main', 'data-role': 'play', onclick: act.play }, sign, word);
  const both = (by, text, say) =>
    h('button', { 'data-role': by < 0 ? 'back' : 'on', text, 'aria-label': say, onclick: () => act.both(by) });
  const moves = [both(-16, '← 16', 'Move both back by 16'), both(16, '16 →', 'Move both on by 16')];
  const layer = h('input', { type: 'checkbox', 'data-role': 'projected' });
  layer.addEventListener('change', () => act.put({ projected: layer.checked }));
  const layerWord = h('span');
  const through = h('label', {}, layer, layerWord);
  const dial = h('input', { type: 'range', min: 20, max: 120, step: 1, 'data-role': 'base', 'aria-label': 'Base' });
  dial.addEventListener('input', () => act.put({ base: baseAt(+dial.value) }));
  const [value, slow] = [h('b', { 'data-role': 'base-value' }), h('span', { class: 'dim small', 'data-role': 'slow' })];
  const base = h('label', { class: 'dial' }, 'Base', dial, value);
  const node = h(
    'div',
    {},
    h('div', { class: 'row bar' }, choice, h('div', { class: 'row' }, ...moves, play)),
    h('div', { class: 'row controls' }, through, base, slow),
  );

  function draw(view) {
    const { code, base: now, playing, projected, query, key, length } = view;
    for (const { name, radio, label } of tabs) {
      radio.checked = name === code;
      label.classList.toggle('on', name === code);
    }
    const wanted = playing ? 'Pause' : 'Walk';
    if (word.textContent !== wanted) sign.replaceChildren(icon(playing ? 'pause' : 'play'));
    set(word, { text: wanted });
    moves[0].disabled = key === 0;
    moves[1].disabled = query === length - 1;
    layer.checked = projected;
    const random = code === 'rotary' ? 'of a random query and key' : 'through random matrices, as in a layer';
    set(layerWord, { text: `score ${random}` });
    through.hidden = code === 'alibi' || code === 'none';
    base.hidden = code !== 'rotary';
    dial.value = baseStep(now);
    set(dial, { 'aria-valuetext': String(now) });
    set(value, { text: now.toLocaleString('en') });
    slow.hidden = code !== 'rotary';
    const { slow: count, all } = handCounts(view);
    set(slow, { text: `${count} of ${all} hands never go round in training` });
  }
  return { node, draw };
}
