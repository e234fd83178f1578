// Around the picture: what to compare, the stack, the goals, what each costs, the chosen input.
import { h, icon, set } from './common.js';
import { MOST_RECEPTIVE_LAYERS, RECEPTIVE_GOALS, RECEPTIVE_KERNELS } from './receptive_model.js';
import { RECEPTIVE_COMPARED, goalWords, tracedWords, wayWords } from './receptive_words.js';

const receptiveButton = (role, text, act, more = {}) => h('button', { 'data-role': role, onclick: act, text, ...more });

/** Tabs and play, and below them the stack's buttons: { node, draw(view) }. */
export function receptiveBar(act) {
  const group = `receptive-${(receptiveBar.made = (receptiveBar.made ?? 0) + 1)}`; // radios of two viewers stay apart
  const tabs = Object.entries(RECEPTIVE_COMPARED).map(([name, text]) => {
    const radio = h('input', { type: 'radio', name: group, value: name, onchange: () => act.show(name) });
    return { name, radio, label: h('label', { class: 'tab' }, radio, text) };
  });
  const role = { role: 'radiogroup', 'aria-label': 'What to look at' };
  const choice = h('div', { class: 'tabs', ...role }, ...tabs.map((tab) => tab.label));
  const sign = h('span', { style: 'display:inline-flex' });
  const word = h('span');
  const play = h('button', { class: 'main', 'data-role': 'play', onclick: act.play }, sign, word);
  const remove = receptiveButton('remove', '−', () => act.remove(), { 'aria-label': 'Remove the top layer' });
  const add = receptiveButton('add', '+', () => act.add(), { 'aria-label': 'Add a layer on top' });
  const count = h('b', { class: 'count', 'data-role': 'count' });
  const kernels = RECEPTIVE_KERNELS.map((k) => receptiveButton(`kernel-${k}`, `${k}`, () => act.kernel(k)));
  kernels.forEach((button) => set(button, { 'aria-label': `Kernel of ${button.textContent} taps` }));
  const doubling = receptiveButton('doubling', '1 2 4 8 …', () => act.doubling(), {
    title: 'Each layer twice the dilation of the one below',
  });
  const given = receptiveButton('given', 'Reset', () => act.given());
  const set1 = h('span', { class: 'set' }, h('span', { class: 'dim', text: 'layers' }), remove, count, add);
  const set2 = h('span', { class: 'set' }, h('span', { class: 'dim', text: 'kernel' }), ...kernels);
  const set3 = h('span', { class: 'set' }, h('span', { class: 'dim', text: 'dilations' }), doubling);
  const goals = [['', 'Explore'], ...Object.entries(RECEPTIVE_GOALS).map(([name, { name: text }]) => [name, text])];
  const aims = goals.map(([name, text]) => ({
    name,
    button: receptiveButton(`goal-${name || 'none'}`, text, () => act.aim(name)),
  }));
  const set4 = h(
    'span',
    { class: 'set' },
    h('span', { class: 'dim', text: 'goal' }),
    ...aims.map(({ button }) => button),
  );
  const node = h(
    'div',
    {},
    h('div', { class: 'row bar' }, choice, h('div', { class: 'row' }, play)),
    h('div', { class: 'row controls' }, set1, set2, set3, given, set4),
  );

  function draw({ compare, playing, layers, kernel, changed, goal, goals, best }) {
    set4.hidden = !goals && !goal;
    for (const { name, radio, label } of tabs) {
      radio.checked = name === compare;
      label.classList.toggle('on', name === compare);
    }
    const wanted = playing ? 'Pause' : 'Grow the cone';
    if (word.textContent !== wanted) sign.replaceChildren(icon(playing ? 'pause' : 'play'));
    set(word, { text: wanted });
    set(count, { text: layers.length });
    remove.disabled = layers.length === 1;
    add.disabled = layers.length >= MOST_RECEPTIVE_LAYERS;
    kernels.forEach((button, i) => set(button, { 'aria-pressed': String(RECEPTIVE_KERNELS[i] === kernel) }));
    given.disabled = !changed;

    for (const { name, button } of aims) {
      set(button, { 'aria-pressed': String(name === goal) });
      const won = name && best[name] !== undefined;
      set(button, {
        text: won ? `${RECEPTIVE_GOALS[name].name}: ${best[name]}` : (RECEPTIVE_GOALS[name]?.name ?? 'Explore'),
      });
    }
  }
  return { node, draw };
}

/** What each way to see as much costs: { node, draw(view) }. */
export function receptiveCosts() {
  const table = h('table', { class: 'sums costs' });
  const note = h('p', {
    class: 'small dim',
    text: 'Multiplications: for a pair of channels and a step. Stored: for a channel, while stepping. In a row: layers or states that wait for one another, over all steps so far (autograd counts more: relu, padding, a norm of the weights).',
  });
  const node = h('div', {}, h('h4', { text: 'What it costs to see' }), table, note);

  function draw({ own, flat, compare, step }) {
    const sees = ({ seen, field }) => (seen === field ? field : `${seen} of ${field}`);
    const plain = own.plain;
    const stacks = [
      ['dilated', 'this stack', own],
      ['plain', 'without dilation', flat],
    ].map(([key, name, it]) => [key, name, sees(it), it.weights, it.stored, it.layers.length]);
    const reach =
      plain === null ? [] : [['', 'the same reach without dilation', own.field, plain * own.kernel, own.stored, plain]];
    const rows = [...stacks, ...reach, ['recurrent', 'a recurrent layer', 'all', 2, 1, step + 1]];
    const head = ['', 'sees', 'multiplications', 'stored', 'in a row'].map((text) => h('th', { scope: 'col', text }));
    const number = (value) => (typeof value === 'number' ? value.toLocaleString('en') : value);
    const lines = rows.map(([key, ...cells]) => {
      const tds = cells.map((cell) => h('td', { text: number(cell) }));
      return h('tr', { class: key === compare ? 'won' : null, 'data-cost': key || 'reach' }, ...tds);
    });
    table.replaceChildren(h('tr', {}, ...head), ...lines);
  }
  return { node, draw };
}

/** The goal, or the chosen input: { node, draw(view) }. */
export function receptiveCard() {
  const title = h('h4');
  const asked = h('p', { class: 'told' });
  const said = h('p', { class: 'told', 'data-role': 'card', 'aria-live': 'polite' });
  const node = h('div', {}, title, asked, said);

  function draw(view) {
    const { goal } = view;
    said.classList.toggle('strong', Boolean(goal) || view.traced !== null);
    set(title, { text: goal ? `Goal: ${RECEPTIVE_GOALS[goal].name.toLowerCase()}` : 'One input' });
    asked.hidden = !goal;
    if (goal) set(asked, { text: `${RECEPTIVE_GOALS[goal].ask} You build from one layer; “Explore” brings the stack back.` });
    if (goal && view.compare !== 'dilated')
      return set(said, { 'data-done': null, text: 'Go back to “The stack” to build.' });
    const { done, text } = goal ? goalWords(view) : { done: null, text: tracedWords(view) };
    return set(said, { 'data-done': done === null ? null : String(done), text: text + (goal ? '' : wayWords(view)) });
  }
  return { node, draw };
}
