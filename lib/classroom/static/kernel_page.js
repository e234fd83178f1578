// Around the pictures of the kernel viewer: the task, the step, the sound, the input, the chosen eigenvalue in words.
import { h, icon, set } from './common.js';
import { KERNEL_LEVELS } from './kernel_look.js';
import { KERNEL_HEARD, KERNEL_STEPS_HEARD, KERNEL_INPUTS, KERNEL_STEPS, KERNEL_TASKS } from './kernel_words.js';
import { kernelChosen, kernelStepAt, kernelStepPlace } from './kernel_words.js';

/** Radios that look like tabs or like pills: { node, draw(chosen) }. */
function kernelChoice(entries, label, pick, look) {
  const group = `kernel-${(kernelChoice.made = (kernelChoice.made ?? 0) + 1)}`; // radios of two viewers stay apart
  const tabs = entries.map(([value, text]) => {
    const radio = h('input', { type: 'radio', name: group, value, onchange: () => pick(value) });
    return { value, radio, label: h('label', { class: 'tab' }, radio, text) };
  });
  const node = h('div', { class: look, role: 'radiogroup', 'aria-label': label }, ...tabs.map((tab) => tab.label));
  const draw = (chosen) =>
    tabs.forEach(({ value, radio, label: tab }) => {
      radio.checked = String(value) === String(chosen);
      tab.classList.toggle('on', radio.checked);
    });
  return { node, draw };
}

/** Tabs, sound, step and how many: { node, draw(view) }. */
export function kernelBar(act) {
  const tasks = kernelChoice(Object.entries(KERNEL_TASKS), 'What to do', (task) => act.put({ task }), 'tabs');
  const [sign, word] = [h('span', { style: 'display:inline-flex' }), h('span')];
  const play = h('button', { class: 'main', 'data-role': 'play', onclick: () => act.play() }, sign, word);
  const mute = h('button', { 'data-role': 'mute', onclick: () => act.mute() });
  const step = h('input', {
    type: 'range',
    min: 0,
    max: KERNEL_STEPS,
    step: 1,
    'data-role': 'step',
    'aria-label': 'Step Δ',
  });
  step.addEventListener('input', () => act.put({ step: kernelStepAt(Number(step.value)) }));
  const stepValue = h('b', { 'data-role': 'step-value' });
  const levels = kernelChoice(
    KERNEL_LEVELS.map((n) => [n, String(n)]),
    'How many pairs',
    (n) => act.level(Number(n)),
    'pills',
  );
  const countWord = h('span', { class: 'dim small' });
  const real = h('input', { type: 'checkbox', 'data-role': 'real' });
  real.addEventListener('change', () => act.real());
  const realLabel = h('label', {}, real, 'real ones only');
  const node = h(
    'div',
    {},
    h('div', { class: 'row bar' }, tasks.node),
    h(
      'div',
      { class: 'row controls' },
      h('div', { class: 'row' }, play, mute),
      h('label', { class: 'dial' }, 'Step Δ', step, stepValue),
      realLabel,
      h('div', { class: 'row' }, countWord, levels.node),
    ),
  );
  function draw(view) {
    tasks.draw(view.task);
    const wanted = view.playing ? 'Stop' : 'Play';
    if (word.textContent !== wanted) sign.replaceChildren(icon(view.playing ? 'pause' : 'play'));
    set(word, { text: wanted });
    set(mute, {
      text: view.muted ? 'Sound is off' : 'Sound is on',
      'aria-pressed': `${view.muted}`,
      'aria-label': 'Sound off',
    });
    step.value = kernelStepPlace(view.step);
    set(step, { 'aria-valuetext': String(view.step) });
    set(stepValue, { text: Number(view.step.toPrecision(3)) });
    levels.draw(view.real ? view.eigenvalues.length / 2 : view.eigenvalues.length);
    set(countWord, { text: view.real ? 'As many numbers as pairs:' : 'Pairs' });
    real.checked = view.real;
  }
  return { node, draw };
}

/** Below the answer: which input, and the legend. { node, draw(view) }. */
export function kernelInputs(act) {
  const inputs = kernelChoice(Object.entries(KERNEL_INPUTS), 'What goes in', (input) => act.put({ input }), 'pills');
  const word = h('input', {
    class: 'word',
    maxlength: 9,
    spellcheck: 'false',
    autocomplete: 'off',
    'data-role': 'word',
    'aria-label': 'The rhythm that goes in: a letter is a knock, a space is silence',
    title: 'A letter is a knock, a space is silence.',
  });
  word.addEventListener('input', () => {
    const clean = word.value.toLowerCase().replace(/[^a-z ]/g, '');
    if (word.value !== clean) word.value = clean;
    if (clean) act.put({ word: clean });
  });
  let used = '';
  word.addEventListener('blur', () => (word.value = used)); // an empty field says again what is used
  const lengths = kernelChoice(
    [64, 256, 1024].map((n) => [n, n.toLocaleString('en')]),
    'Steps shown',
    (n) => act.put({ length: Number(n) }),
    'pills',
  );
  const lengthRow = h('span', { class: 'row' }, h('span', { class: 'dim small', text: 'Steps shown' }), lengths.node);
  const node = h(
    'div',
    { class: 'row inputs' },
    h('span', { class: 'dim small', text: 'Input' }),
    inputs.node,
    word,
    lengthRow,
  );
  const entry = (look, text) => h('span', {}, h('i', { class: look }), text);
  const own = entry('own', 'the chosen one alone');
  const wanted = entry('wanted', 'wanted');
  const legend = h(
    'div',
    { class: 'legend' },
    ...[
      entry('given', 'goes in'),
      entry('line', 'the motion'),
      entry('dot', 'the loop'),
      entry('ring', 'the convolution'),
    ],
    own,
    wanted,
  );
  function draw(view) {
    inputs.draw(view.input);
    lengths.draw(view.length);
    lengthRow.hidden = view.delay;
    word.hidden = view.input !== 'word';
    own.hidden = !view.own;
    wanted.hidden = !view.delay;
    used = view.word;
    if (document.activeElement !== word && word.getRootNode().activeElement !== word) word.value = view.word;
  }
  return { node, legend, draw };
}

/** The chosen eigenvalue in words, and what is done to hear it: { node, draw(view) }. */
export function kernelCard() {
  const [name, which, life, turns] = [h('b'), h('span', { class: 'dim' }), h('span'), h('span')];
  const sound = h('p', { class: 'dim small' });
  const node = h(
    'div',
    { class: 'one', 'data-role': 'one' },
    h('p', {}, name, ' ', which),
    h('p', {}, life, '; ', turns, '.'),
    sound,
  );
  function draw(view) {
    const said = kernelChosen(view);
    set(sound, { text: view.delay ? KERNEL_STEPS_HEARD : KERNEL_HEARD });
    for (const [part, text] of [
      [name, said.name],
      [which, said.which],
      [life, said.life],
      [turns, said.turns],
    ])
      set(part, { text });
  }
  return { node, draw };
}
