// Hold a gate: which, of whom, at what, over which steps; what Python says; what it did.
import { h, set } from './common.js';
import { commonStart, sameHold } from './gate_model.js';
import { gateWord, spanWord, unitEffect } from './gate_words.js';

const HOLD_AWAY = 'To hold a gate of your own choice, Python must run: open the notebook and run its cells.';
const HOLD_PREPARED = ' The prepared answers in the menu need no Python.';
const HOLD_HERE =
  'Choose a gate and hold it: the model reads the text again. Drag over the picture to choose a span.';

/** The panel: { node, draw }. act: gate, whose, hold, span, prepared. */
export function holdPanel(act) {
  const gate = h('select', {
    'data-role': 'gate',
    'aria-label': 'Which gate',
    onchange: () => act.gate(gate.selectedIndex),
  });
  const whose = h('select', { 'data-role': 'whose', onchange: () => act.whose(whose.selectedIndex === 1) });
  const pressed = (role, text, value) =>
    h('button', { 'data-role': role, text, onclick: () => act.hold(value) });
  const buttons = [
    pressed('shut', '0 shut', 0),
    pressed('free', 'as it is', null),
    pressed('open', '1 open', 1),
  ];
  const values = h('span', { class: 'values', role: 'group', 'aria-label': 'Hold the gate at' }, ...buttons);
  const span = h('select', { 'data-role': 'over', onchange: () => act.over(span.value) });
  const prepared = h('select', {
    'data-role': 'prepared',
    onchange: () => act.prepared(prepared.selectedIndex),
  });
  const choose = h('label', { class: 'from' }, 'Show', prepared);
  const own = h(
    'div',
    { class: 'row' },
    h('h4', { text: 'Hold a gate' }),
    gate,
    h('label', {}, 'of', whose),
    h('label', {}, 'at', values),
    h('label', {}, 'over', span),
  );
  const told = h('p', {
    class: 'small dim told',
    role: 'status',
    'aria-live': 'polite',
    'data-role': 'told',
  });
  const unit = h('p', { 'data-role': 'unit-effect' });
  const texts = [h('pre', { 'data-role': 'was' }), h('pre', { 'data-role': 'now' })];
  const names = ['As it is, it goes on', 'Held, it goes on'].map((text) =>
    h('span', { class: 'small dim', text }),
  );
  const effect = h(
    'div',
    { class: 'effect', 'data-role': 'effect' },
    unit,
    names[0],
    texts[0],
    names[1],
    texts[1],
  );
  const others = h('div', { class: 'row', style: 'margin-top:7px' }, choose);
  const node = h('div', { class: 'hold', 'data-role': 'hold' }, own, others, told, effect);
  let known = {};

  /** The options of a select, again only where they changed. */
  function options(select, list) {
    const key = list.map(([value, text]) => `${value}\u0001${text}`).join('\u0002');
    if (known[select.dataset.role] === key) return;
    known[select.dataset.role] = key;
    select.replaceChildren(...list.map(([value, text]) => h('option', { value, text })));
  }

  function drawOwn(view) {
    const { draft, gates, unit, length, t, hold, python } = view;
    options(
      gate,
      gates.map((name) => [name, gateWord(name)]),
    );
    gate.selectedIndex = gates.indexOf(draft.gate);
    options(whose, [
      ['one', `unit ${draft.unit ?? unit}`],
      ['all', 'all units'],
    ]);
    whose.selectedIndex = draft.all ? 1 : 0;
    const now = draft.begin === 0 && draft.end === length ? 'whole' : `${draft.begin}-${draft.end}`;
    const spans = [
      ['whole', 'the whole text'],
      [`${t}-${t + 1}`, `${spanWord(t, t + 1)} only`],
      [`${t}-${length}`, `step ${t + 1} to the end`],
    ].filter(([value], k, all) => value !== `0-${length}` && all.findIndex(([each]) => each === value) === k);
    if (!spans.some(([value]) => value === now)) spans.push([now, spanWord(draft.begin, draft.end)]);
    options(span, spans);
    span.value = now;
    const wish = (value) => view.wished(value);
    [0, null, 1].forEach((value, k) => {
      const on = value === null ? hold === null : sameHold(hold, wish(value));
      set(buttons[k], { 'aria-pressed': String(on) });
    });
    const off = python.state === 'away' || python.state === 'asked';
    for (const control of [gate, whose, span, buttons[0], buttons[2]]) control.disabled = off;
    buttons[1].disabled = python.state === 'asked' || hold === null;
  }

  const line = (text) => text.replaceAll('\n', '⏎');

  function drawEffect(view) {
    const { run, runs } = view;
    const told = run.hold && run.bits && runs[0].bits; // without bits the answer above says it
    effect.hidden = !told && !(run.hold && run.text && runs[0].text);
    if (effect.hidden) return;
    unit.hidden = !told;
    if (told) set(unit, { text: unitEffect(view) });
    const [was, now] = [runs[0].text, run.text];
    const both = commonStart(was, now);
    [was, now].forEach((text, k) => {
      texts[k].hidden = names[k].hidden = !was || !now;
      texts[k].replaceChildren(
        h('i', { text: line(text.slice(0, both)) }),
        h('b', { text: line(text.slice(both)) }),
      );
    });
    if (was && was === now) texts[1].replaceChildren(h('i', { text: 'the same' }));
  }

  function draw(view) {
    const { runs, hold, canCompute, python } = view;
    node.hidden = !canCompute && runs.length === 1;
    node.classList.toggle('on', hold !== null);
    own.hidden = !canCompute;
    others.hidden = runs.length === 1;
    if (canCompute) drawOwn(view);
    options(prepared, [['', 'as it is'], ...runs.slice(1).map((run, k) => [k + 1, run.name])]);
    prepared.selectedIndex = Math.max(
      0,
      runs.findIndex((run) => run.hold && sameHold(run.hold, hold)),
    );
    prepared.disabled = python.state === 'asked';
    const away = HOLD_AWAY + (runs.length > 1 ? HOLD_PREPARED : '');
    const now = view.run.hold ? `Held now: ${view.run.name}. The dashed lines show how it was.` : HOLD_HERE;
    const words = {
      away: view.run.hold ? `${now} ${away}` : away,
      here: now,
      asked: 'Python runs the model …',
      failed: python.text,
    };
    set(told, {
      text: canCompute
        ? words[python.state]
        : view.run.hold
          ? now
          : 'Choose a gate that is held, to see what breaks.',
      'data-bad': String(python.state === 'failed'),
    });
    drawEffect(view);
  }
  return { node, draw };
}

/** Python's part: is it there, was it asked, what did it answer. { state, text, hello, ask, dispose }. */
export function gatePython(model, redraw) {
  const self = { state: 'away', text: '' };
  self.hello = () => model.send({ kind: 'hello' });
  self.ask = (hold) => {
    Object.assign(self, { state: 'asked', text: '' });
    model.send({ kind: 'ask', hold });
    redraw();
  };
  const heard = (message) => {
    if (message.kind === 'here' && self.state !== 'away') return;
    Object.assign(self, { state: message.kind === 'failed' ? 'failed' : 'here', text: message.text ?? '' });
    redraw();
  };
  model.on('msg:custom', heard);
  self.dispose = () => model.off('msg:custom', heard);
  return self;
}
