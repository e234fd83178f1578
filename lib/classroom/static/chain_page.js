// Around the plots of a chain: title, answer, buttons, the walk in words, the help line.
import { h, icon, set } from './common.js';
import { readable } from './palette.js';
import { FEW } from './graph.js';
import { rowPanel } from './chain_row.js';
import { KEYS, moment, shown } from './chain_words.js';

const HOW =
  'Click a state to start there. Drag an arrow up or down to change its probability: ' +
  'the other arrows from that state make room.';

/** Start, play, step, 100 more, restart, speed: { node, draw }. */
function controlsRow(model, act) {
  const start = h('select', { 'data-role': 'start', onchange: (event) => act.start(+event.target.value) });
  const sign = h('span', { style: 'display:inline-flex' });
  const word = h('span');
  const speed = h('input', {
    type: 'range',
    min: -1,
    max: 5,
    step: 0.25,
    style: 'width:90px',
    'aria-label': 'Speed',
  });
  speed.addEventListener('input', () => act.speed(2 ** +speed.value));
  const button = (role, name, text) => h('button', { 'data-role': role, onclick: act[role] }, icon(name), text);
  const play = h('button', { class: 'main', 'data-role': 'play', onclick: act.play }, sign, word);
  const rest = [
    button('step', 'step', 'Step'),
    button('more', 'more', '100 more'),
    button('restart', 'restart', 'Restart'),
  ];
  const pace = h('label', {}, 'slow', speed, 'fast');
  const node = h('div', { class: 'row' }, h('label', {}, 'Start in', start), play, ...rest, pace);
  let named = null;

  function draw({ labels, start: from, playing }) {
    if (named !== labels)
      start.replaceChildren(...labels.map((l, i) => h('option', { value: i, text: shown(l) })));
    named = labels;
    start.value = from;
    speed.value = Math.log2(model.get('speed'));
    if (word.textContent !== (playing ? 'Pause' : 'Play'))
      sign.replaceChildren(icon(playing ? 'pause' : 'play'));
    set(word, { text: playing ? 'Pause' : 'Play' });
  }
  return { node, draw };
}

/** The help line: which key does what. */
function helpLine() {
  const entry = ([keys, what]) =>
    h('span', {}, ...keys.split(' ').map((key) => h('kbd', { text: key })), ` ${what}`);
  return h('div', { class: 'keys' }, ...KEYS.map(entry));
}

/** Everything around the panels, and the panels in their places: { parts, panels, draw }. */
export function furniture(model, act, graph, bars, far) {
  const title = h('h3');
  const short = h('b');
  const long = h('span');
  const asked = h('span', { class: 'dim', text: 'Does it matter where it begins? ' });
  const controls = controlsRow(model, act);
  const row = rowPanel(act);
  const undo = h('button', { 'data-role': 'undo', onclick: act.undo, text: 'Undo changes' });
  const shading = h('span', { class: 'shading', 'aria-hidden': 'true' });
  const shade = h('p', { class: 'dim small' }, 'State: less ', shading, ' more likely after n steps.');
  const how = h('p', { class: 'dim small how', text: HOW });
  const left = h('div', {}, graph.node, how, shade, h('div', { class: 'row apart' }, row.head, undo), row.node);
  const panels = h('div', { class: 'panels' }, left, h('div', { class: 'stack' }, bars.node, far.node));
  const words = h('div', { class: 'words', 'aria-hidden': 'true' });
  const status = h('p', { class: 'dim small status', role: 'status', 'aria-live': 'polite' });
  const walk = h('h4', { text: 'The walk', class: 'below' });
  const answer = h('p', { class: 'answer' }, asked, short, ' ', long);
  const parts = [title, answer, controls.node, panels, walk, words, status, helpLine()];

  function draw(view, palette) {
    set(title, { text: model.get('title') || 'A Markov chain' });
    set(short, { text: view.verdict.short });
    set(long, { text: view.verdict.long });
    set(shade, { hidden: view.count <= FEW ? '' : null });
    set(shading, { style: `background:linear-gradient(to right,${palette.sequential})` });
    undo.disabled = !view.changed;
    controls.draw(view);
    row.draw(view, palette);
    write(words, view, palette);
    if (!view.playing) set(status, { text: moment(view) });
  }
  return { parts, panels, draw };
}

const written = new WeakMap();

/** The walk in words: the newest stands last, older ones leave at the top. */
function write(words, view, palette) {
  const { path, labels } = view;
  const old = written.get(words);
  if (old?.path === path && old.length === path.length && old.bg === palette.bg && old.labels === labels)
    return;
  written.set(words, { path, length: path.length, bg: palette.bg, labels });
  const tight = labels.every((label) => label.length === 1);
  const keep = tight ? 320 : 100;
  const first = Math.max(0, Math.ceil((path.length - keep) / 60) * 60); // in jumps: lines stay where they are
  const gap = tight ? '' : ' ';
  const style = (state) => (labels.length <= FEW ? `color:${readable(palette.states[state], palette)}` : null);
  const word = (tag, state) => h(tag, { text: shown(labels[state]), style: style(state) });
  const past = path.slice(first, -1);
  const coloured = () => past.flatMap((state) => [word('span', state), gap]);
  const plain = () => [past.map((state) => shown(labels[state]) + gap).join('')];
  words.classList.toggle('tight', tight);
  words.replaceChildren(
    first > 0 ? '… ' : '',
    ...(labels.length <= FEW ? coloured() : plain()),
    word('b', path.at(-1)),
  );
  words.scrollTop = words.scrollHeight;
}
