// A Δ set by hand: in which channels, as it is again, what the model says then; and Python's part in it.
import { h, set } from './common.js';
import { apart, holdWords, pythonWords } from './selection_words.js';

/** The panel: { node, draw }. act: whose(all), letGo. */
export function handPanel(act) {
  const whose = h('select', { 'data-role': 'whose', onchange: () => act.whose(whose.selectedIndex === 1) });
  const free = h('button', { 'data-role': 'free', text: 'As it is', onclick: () => act.letGo() });
  const now = h('span', { class: 'small', 'data-role': 'now' });
  const told = h('p', { class: 'small dim told', role: 'status', 'aria-live': 'polite', 'data-role': 'told' });
  const texts = [h('pre', { 'data-role': 'as-is' }), h('pre', { 'data-role': 'then' })];
  const names = ['As it is, it says', 'With this Δ'].map((text) => h('span', { class: 'small dim', text }));
  const effect = h('div', { class: 'effect', 'data-role': 'effect' }, names[0], texts[0], names[1], texts[1]);
  const row = h('div', { class: 'row' }, h('h4', { text: 'Δ by hand' }), h('label', {}, 'in', whose), free, now);
  const node = h('div', { class: 'by-hand', 'data-role': 'hand' }, row, told, effect);

  function draw(view) {
    const { hold, all, channel, text, heldText, python, canCompute } = view;
    node.classList.toggle('on', Boolean(hold));
    const names_ = [`channel ${hold && !all ? (hold.channel ?? channel) : channel}`, 'all channels'];
    if (whose.childElementCount !== 2) whose.replaceChildren(...names_.map((each) => h('option', { text: each })));
    names_.forEach((each, k) => set(whose.options[k], { text: each }));
    whose.selectedIndex = all ? 1 : 0;
    free.disabled = !hold;
    set(now, { text: hold ? holdWords(view) : 'Drag the knob in the door lane up or down, or press + and −; 0 stops the clock.' });
    const said = pythonWords(python.state, { hold, canCompute, text: python.text });
    set(told, { text: said, 'data-bad': `${python.state === 'failed'}` });
    told.hidden = !said;
    effect.hidden = !text && !heldText;
    [names[1], texts[1]].forEach((part) => (part.hidden = !hold || !heldText));
    [names[0], texts[0]].forEach((part) => (part.hidden = !text));
    const line = (words) => words.replaceAll('\n', '⏎');
    set(texts[0], { text: line(text) });
    if (text && text === heldText) texts[1].replaceChildren(h('i', { text: 'the same' }));
    else texts[1].replaceChildren(...apart(text, heldText).map((part) => h(part.differs ? 'b' : 'i', { text: line(part.text) }))); // prettier-ignore
  }
  return { node, draw };
}

/** Python's part: is it there, was it asked, what did it answer. { state, text, hello, ask, dispose }. */
export function selectionPython(model, redraw) {
  const self = { state: 'away', text: '' };
  self.hello = () => model.send({ kind: 'hello' });
  self.ask = (hold) => {
    if (!model.get('can_compute') || self.state === 'away') return;
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
