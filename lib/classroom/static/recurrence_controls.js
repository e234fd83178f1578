// Rules, their numbers, the pairs, and time.
import { h, icon, set } from './common.js';
import { parsedPairs } from './recurrence_model.js';
import { figureOf, pairVerdict, ruleFormula, ruleMeans } from './recurrence_words.js';

const CHOICES = {
  decay: ['Decay', { none: 'none', fixed: 'fixed', step: 'per step', channel: 'per row' }],
  write: ['Write', { add: 'add', delta: 'delta: overwrite', exponential: 'exponential gate' }],
  normaliser: ['Normaliser', { none: 'none', sum: 'z·φ(q)', max: 'max(|n·q|, 1)' }],
};
const SLIDERS = [
  ['keep', 'keeps', 0, 1, 0.01, 2, (rule) => rule.decay !== 'none'],
  ['strength', 'β', 0, 2, 0.1, 1, (rule) => rule.write === 'delta'],
  ['gain', 'log i', -4, 12, 0.5, 1, (rule) => rule.write === 'exponential'],
];
export const EXAMPLES = {
  'one key twice': 'cat=red dog=blue owl=gold fox=grey cat=green',
  'as many keys as rows': 'cat=red dog=blue owl=gold fox=grey hen=pink bee=teal ant=lime cow=navy',
  'more keys than rows':
    'cat=red dog=blue owl=gold fox=grey hen=pink bee=teal ant=lime cow=navy elk=plum rat=rose yak=sand emu=jade',
  'all keys twice': 'cat=red dog=blue owl=gold fox=grey cat=pink dog=teal owl=lime fox=navy',
  'a new topic': 'ann=tea ben=milk eve=soup | dan=rice ben=fish',
};

/** Presets, decay, write, normaliser, and the numbers that the rule uses. */
export function rulePanel(act, presets) {
  const tabs = presets.map((name, i) =>
    h('button', { 'data-preset': name, title: `key ${i + 1}`, onclick: () => act.preset(name), text: name }),
  );
  const selects = Object.entries(CHOICES).map(([name, [label, options]]) => {
    const select = h(
      'select',
      { 'data-role': name },
      ...Object.entries(options).map(([value, text]) => h('option', { value, text })),
    );
    select.addEventListener('change', () => act.put({ [name]: select.value }));
    return { name, select, label: h('label', {}, label, select) };
  });
  const sliders = SLIDERS.map(([name, said, min, max, step, digits, shown]) => {
    const range = h('input', { type: 'range', min, max, step, 'data-role': name, 'aria-label': said });
    range.addEventListener('input', () => act.put({ [name]: +range.value }));
    const told = h('b');
    return { name, range, told, digits, shown, label: h('label', {}, said, range, told) };
  });
  const [write, read, means] = [h('code', { 'data-role': 'formula' }), h('code'), h('span', { class: 'dim' })];
  const node = h(
    'div',
    { class: 'rule' },
    h('div', { class: 'row tabs', role: 'group', 'aria-label': 'Rules' }, ...tabs),
    h('div', { class: 'row settings' }, ...selects.map((one) => one.label), ...sliders.map((one) => one.label)),
    h('p', { class: 'formula' }, write, ' read ', read, ' ', means),
  );
  function draw({ rule, name, story }) {
    for (const tab of tabs) set(tab, { 'aria-pressed': String(tab.dataset.preset === name) });
    for (const one of selects) one.select.value = rule[one.name];
    for (const one of sliders) {
      one.label.style.display = one.shown(rule) ? '' : 'none';
      one.range.value = rule[one.name];
      set(one.told, { text: figureOf(rule[one.name], one.digits) });
    }
    const [becomes, answers] = ruleFormula(rule);
    set(write, { text: becomes });
    set(read, { text: answers });
    const barred = story.pairs.some((pair) => pair.marked);
    set(means, { text: ruleMeans(rule, barred) });
  }
  return { node, draw };
}

/** What is written: the text, examples, how many rows there are and how the keys stand. */
export function pairsPanel(act) {
  const field = h('input', {
    type: 'text',
    spellcheck: 'false',
    autocomplete: 'off',
    'data-role': 'pairs',
    'aria-label': 'Pairs, such as cat=red dog=blue',
  });
  const wrong = h('p', { class: 'wrong small', role: 'alert', 'data-role': 'wrong' });
  field.addEventListener('input', () => {
    const found = parsedPairs(field.value);
    set(wrong, { text: found.wrong ?? '' });
    if (!found.wrong) act.write(field.value);
  });
  field.addEventListener('blur', () => {
    set(wrong, { text: '' });
    act.put({});
  });
  const names = Object.keys(EXAMPLES).map((name) => h('option', { value: name, text: name }));
  const examples = h('select', { 'data-role': 'examples' }, h('option', { value: '', text: 'your own' }), ...names);
  examples.addEventListener('change', () => examples.value && act.write(EXAMPLES[examples.value]));
  const rows = h(
    'select',
    { 'data-role': 'rows' },
    ...[4, 6, 8, 12, 16].map((n) => h('option', { value: n, text: n })),
  );
  rows.addEventListener('change', () => act.put({ rows: +rows.value }));
  const upright = h('input', { type: 'checkbox', 'data-role': 'upright' });
  upright.addEventListener('change', () => act.put({ right_angles: upright.checked }));
  const other = h('button', { 'data-role': 'draw', onclick: act.redraw, text: 'Other vectors' });
  const bar = h('button', { 'data-role': 'bar', title: 'key b', onclick: act.barHere, text: 'Bar before the last written' });
  const node = h(
    'div',
    { class: 'pairs' },
    h('div', { class: 'row' }, h('label', { class: 'wide' }, 'Pairs', field), h('label', {}, 'Example', examples)),
    h(
      'div',
      { class: 'row' },
      h('label', {}, 'Rows', rows),
      h('label', {}, upright, 'keys at right angles while there is room'),
      other,
      bar,
      wrong,
    ),
  );
  function draw({ text, rows: number, upright: on, step, story }) {
    if (field !== document.activeElement) field.value = text;
    examples.value = Object.keys(EXAMPLES).find((name) => EXAMPLES[name] === text) ?? '';
    rows.value = number;
    upright.checked = on;
    bar.disabled = !step;
    const there = step > 0 && story.pairs[step - 1].marked;
    set(bar, { 'aria-pressed': String(there) });
  }
  return { node, draw };
}

/** Time, and the pairs in it: each a button that asks its key. */
export function stripPanel(act) {
  const [sign, word] = [h('span', { style: 'display:inline-flex' }), h('span')];
  const play = h('button', { class: 'main', 'data-role': 'play', onclick: act.play }, sign, word);
  const range = h('input', {
    type: 'range',
    min: 0,
    step: 1,
    'data-role': 'step',
    'aria-label': 'How many pairs are written',
  });
  range.addEventListener('input', () => act.go(+range.value));
  const told = h('b');
  const strip = h('div', { class: 'strip', role: 'group', 'aria-label': 'Pairs: press one to ask its key' });
  const node = h('div', {}, h('div', { class: 'row time' }, play, range, told), strip);
  let drawn = '';
  function draw(view) {
    const { story, step, asked, playing, text } = view;
    const said = playing ? 'Pause' : 'Write';
    if (word.textContent !== said) sign.replaceChildren(icon(playing ? 'pause' : 'play'));
    set(word, { text: said });
    range.max = story.pairs.length;
    range.value = step;
    set(told, { text: `${step} of ${story.pairs.length} written` });
    if (drawn !== text) {
      drawn = text;
      strip.replaceChildren(
        ...story.pairs.map(({ key, value, marked }, i) => {
          const chip = h(
            'button',
            { 'data-pair': i, onclick: () => act.ask(key) },
            h('b', { text: `${key} → ${value}` }),
            h('span'),
          );
          return h('span', { class: marked ? 'barred' : '' }, chip);
        }),
      );
    }
    strip.querySelectorAll('button').forEach((chip, i) => {
      const [kind, words] = pairVerdict(view, i);
      const { key } = story.pairs[i];
      chip.className = `${kind}${i === step - 1 ? ' now' : ''}${key === asked ? ' asked' : ''}`;
      set(chip.lastChild, { text: words || '\u00a0' });
      set(chip, { 'aria-pressed': String(key === asked) });
    });
  }
  return { node, draw };
}
