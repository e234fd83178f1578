// Around the lanes: what is asked, the choices, the reader's own prompt, play and its slider, the legend.
import { h, icon, set } from './common.js';
import { GENERATION_KEYS, MOST_BITS, offered, oneLine } from './generation_words.js';

const QUESTION = 'What does each model know about what comes next?';
const CAREFUL =
  'Own surprise: the mean of −log₂ p over the characters that the model drew itself. ' +
  'It tells what the model believed of its own text and is no score: ' +
  'a model that repeats itself is seldom surprised.';
const NO_KERNEL =
  'Your own prompt needs Python: open the notebook and run its cells. Here are the prepared prompts.';

const ASK =
  'Type any beginning of the 64 characters of the tales (no digits) and press Enter: every model continues it.';
const WRITING = 'The models are writing. Pause to look closer.';

/** Choosers for whatever varies in the runs: { node, draw }. */
function choosers(act) {
  const names = { prompt: 'Prompt', temperature: 'Temperature', seed: 'Seed' };
  const made = Object.entries(names).map(([name, label]) => {
    const select = h('select', { 'data-role': name });
    select.addEventListener('change', () => act.choose(name, select.selectedIndex));
    return { name, select, node: h('label', {}, label, select) };
  });
  const node = h('div', { class: 'row choices' }, ...made.map((chooser) => chooser.node));
  let known = null;

  function draw({ runs, choice }) {
    for (const { name, select, node: label } of made) {
      const values = offered(runs, name);
      if (known !== runs)
        select.replaceChildren(...values.map((value) => h('option', { text: oneLine(String(value)) })));
      select.selectedIndex = values.indexOf(choice[name]);
      label.hidden = values.length < 2;
    }
    known = runs;
    node.hidden = made.every(({ node: label }) => label.hidden);
  }
  return { node, draw };
}

/** The reader's own prompt: { node, draw }. */
function askForm(act) {
  const field = (props) => h('input', { autocomplete: 'off', ...props });
  const prompt = field({ type: 'text', 'data-role': 'own', maxlength: 200, spellcheck: 'false' });
  const temperature = field({ type: 'number', 'data-role': 'own-temperature', min: 0, max: 5, step: 0.1 });
  const seed = field({ type: 'number', 'data-role': 'own-seed', min: 0, step: 1 });
  const send = h('button', { type: 'submit', 'data-role': 'ask', text: 'Continue' });
  const told = h('span', { class: 'small dim told', role: 'status', 'aria-live': 'polite', 'data-role': 'told' });
  const node = h(
    'form',
    { class: 'row ask' },
    h('label', { class: 'long' }, 'Your own prompt', prompt),
    h('label', { class: 'short' }, 'temperature', temperature),
    h('label', { class: 'short' }, 'seed', seed),
    send,
    told,
  );
  node.addEventListener('submit', (event) => {
    event.preventDefault();
    act.ask(prompt.value, +temperature.value, Math.trunc(+seed.value));
  });
  let shown = null;

  function draw({ canCompute, choice, python }) {
    node.hidden = !canCompute;
    const off = python.state === 'away' || python.state === 'asked';
    for (const control of [prompt, temperature, seed, send]) {
      control.disabled = off;
      set(control, { title: python.state === 'away' ? NO_KERNEL : null });
    }
    if (shown !== choice) {
      temperature.value = choice.temperature;
      seed.value = choice.seed;
    }
    shown = choice;
    const words = { away: NO_KERNEL, here: ASK, asked: 'Asking Python …', failed: python.text };
    set(told, { text: words[python.state], 'data-bad': String(python.state === 'failed') });
  }
  return { node, draw };
}

/** Play, step, back, to the end, the slider, the speed: { node, draw }. */
function drive(act) {
  const sign = h('span', { style: 'display:inline-flex' });
  const word = h('span');
  const play = h('button', { class: 'main', 'data-role': 'play', onclick: act.play }, sign, word);
  const button = (role, text, picture) =>
    h('button', { 'data-role': role, onclick: act[role] }, picture && icon(picture), text);
  const back = button('back', 'Back');
  const step = button('step', 'Step', 'step');
  const end = button('end', 'All', 'more');
  const along = h('input', { type: 'range', min: 0, step: 1, 'aria-label': 'Characters written' });
  along.addEventListener('input', () => act.to(+along.value));
  const count = h('span', { class: 'count', 'data-role': 'count' });
  const pace = { type: 'range', class: 'pace', min: 0, max: 6, step: 0.5, 'aria-label': 'Speed' };
  const speed = h('input', pace);
  speed.addEventListener('input', () => act.speed(2 ** +speed.value));
  const node = h(
    'div',
    { class: 'row drive' },
    ...[play, back, step, end, h('label', { class: 'along' }, along), count],
    h('label', {}, 'slow', speed, 'fast'),
  );

  function draw({ n, length, playing, speed: wished }) {
    const wanted = playing ? 'Pause' : 'Play';
    if (word.textContent !== wanted) sign.replaceChildren(icon(wanted.toLowerCase()));
    set(word, { text: wanted });
    back.disabled = n === 0;
    step.disabled = end.disabled = n === length;
    along.max = length;
    along.value = n;
    speed.value = Math.log2(wished);
    set(count, { text: `${n} of ${length}` });
  }
  return { node, draw };
}

/** The tints, and what the marks mean: { node, draw }. */
function legend() {
  const scale = h('i', { 'aria-hidden': 'true' });
  const entry = (...parts) => h('span', {}, ...parts);
  const sign = h('span', { class: 'guess drawn' }, h('span', { class: 'sign' }));
  const node = h(
    'div',
    { class: 'legend small dim' },
    entry('Surprise: expected, 0 bits', scale, `${MOST_BITS} bits or more: p = 1/256 or less`),
    entry(sign, 'the character that was drawn'),
  );
  const draw = (palette) => set(scale, { style: `background:linear-gradient(to right,${palette.sequential})` });
  return { node, draw };
}

/** Everything around the lanes: { parts, draw }. */
export function generationPage(act, stage) {
  const title = h('h3');
  const question = h('p', { class: 'dim question', text: QUESTION });
  const [choices, form, controls, key] = [choosers(act), askForm(act), drive(act), legend()];
  const status = h('p', { class: 'small status', role: 'status', 'aria-live': 'polite', 'data-role': 'moment' });
  const help = h(
    'div',
    { class: 'keys' },
    ...GENERATION_KEYS.map(([keys, what]) =>
      h('span', {}, ...keys.split(' ').map((k) => h('kbd', { text: k })), ` ${what}`),
    ),
  );
  const careful = h('p', { class: 'small dim', style: 'margin-top:8px', text: CAREFUL });
  const parts = [title, question, choices.node, form.node, controls.node, key.node, stage, status, careful, help];

  function draw(view, palette) {
    set(title, { text: view.title || QUESTION });
    question.hidden = !view.title;
    choices.draw(view);
    form.draw(view);
    controls.draw(view);
    key.draw(palette);
    set(status, { text: view.playing ? WRITING : view.moment });
  }
  return { parts, draw };
}
