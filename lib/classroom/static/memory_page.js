// The controls of the memory viewer: which signal, which memory, how many numbers.
import { h, icon, set } from './common.js';
import { MEMORY_MEASURES, MEMORY_METHODS, MEMORY_WIDTHS, memoryWidthAt, memoryWidthStep } from './memory_words.js';

/** Radios that look like tabs or like a switch: { node, draw(chosen) }. */
function memoryChoice(entries, label, pick, look) {
  const group = `memory-${(memoryChoice.made = (memoryChoice.made ?? 0) + 1)}`; // radios of two viewers stay apart
  const tabs = entries.map(([value, text]) => {
    const radio = h('input', { type: 'radio', name: group, value, onchange: () => pick(value) });
    return { value, radio, label: h('label', { class: 'tab' }, radio, text) };
  });
  const node = h('div', { class: look, role: 'radiogroup', 'aria-label': label }, ...tabs.map((tab) => tab.label));
  const draw = (chosen) =>
    tabs.forEach(({ value, radio, label: tab }) => {
      radio.checked = value === chosen;
      tab.classList.toggle('on', value === chosen);
    });
  return { node, draw };
}

function memoryDial(name, label, attributes, put) {
  const input = h('input', { type: 'range', 'data-role': name, 'aria-label': label, ...attributes });
  const value = h('b', { 'data-role': `${name}-value` });
  input.addEventListener('input', () => put(Number(input.value)));
  return { input, value, node: h('label', { class: 'dial' }, label, input, value) };
}

/** Everything above the picture: { node, draw(view) }. */
export function memoryBar(act, names, length) {
  const measures = memoryChoice(
    Object.entries(MEMORY_MEASURES),
    'What is kept',
    (measure) => act.put({ measure }),
    'tabs',
  );
  const methods = memoryChoice(
    Object.entries(MEMORY_METHODS),
    'How it is stepped',
    (method) => act.put({ method }),
    'tabs small',
  );
  const signals = memoryChoice(
    names.map((name) => [name, name]),
    'The signal',
    (signal) => act.put({ signal }),
    'pills',
  );
  const order = memoryDial('order', 'Numbers', { min: 1, max: 64, step: 1 }, (value) => act.put({ order: value }));
  const window = memoryDial('window', 'Window', { min: 2, max: length, step: 1 }, (value) =>
    act.put({ window: value }),
  );
  const width = memoryDial('width', 'Bump', { min: 0, max: MEMORY_WIDTHS, step: 1 }, (step) =>
    act.put({ width: memoryWidthAt(step, length) }),
  );
  const [sign, word] = [h('span', { style: 'display:inline-flex' }), h('span')];
  const play = h('button', { class: 'main', 'data-role': 'play', onclick: act.play }, sign, word);
  const away = h('button', { text: 'Bump away', 'data-role': 'away', onclick: () => act.put({ bump: null }) });
  const signalRow = h('div', { class: 'row signals' }, h('span', { class: 'dim small', text: 'Signal' }), signals.node);
  const node = h(
    'div',
    {},
    h('div', { class: 'row bar' }, measures.node, methods.node),
    h('div', { class: 'row controls' }, play, order.node, window.node, width.node, away),
    signalRow,
  );

  function draw(view) {
    const { measure, method, signal, playing, bump } = view;
    measures.draw(measure);
    methods.draw(method);
    signals.draw(signal);
    signalRow.hidden = names.length < 2;
    methods.node.hidden = measure === 'last';
    window.node.hidden = measure !== 'legt';
    away.disabled = !bump;
    order.input.value = view.order;
    set(order.value, { text: view.order });
    window.input.value = view.window;
    set(window.value, { text: view.window.toLocaleString('en') });
    width.input.value = memoryWidthStep(view.width, length);
    const samples = Number(view.width.toPrecision(3));
    set(width.value, { text: `${samples} wide` });
    set(width.input, { 'aria-valuetext': `${samples} samples wide` });
    const wanted = playing ? 'Pause' : 'Play';
    if (word.textContent !== wanted) sign.replaceChildren(icon(playing ? 'pause' : 'play'));
    set(word, { text: wanted });
  }
  return { node, draw };
}
