// Around the two plots of a chain: title, answer, buttons, the chosen row, the walk in words, the help line.
import { h, icon, set } from './common.js';
import { inkOn, readable } from './palette.js';
import { FEW } from './graph.js';
import { decimal, KEYS, moment, shown } from './chain_words.js';

/** Everything around the panels: title, answer, buttons, the chosen row, the written-out walk, the help line. */
export function furniture(model, act, graph, bars, far) {
  const title = h('h3'),
    short = h('b'),
    long = h('span'),
    status = h('p', {
      class: 'dim small',
      role: 'status',
      'aria-live': 'polite',
      style: 'margin-top:8px;min-height:1.45em',
    });
  const playing = h('span'),
    playIcon = h('span', { style: 'display:inline-flex' });
  const play = h('button', { class: 'main', 'data-role': 'play', onclick: act.play }, playIcon, playing);
  const speed = h('input', {
    type: 'range',
    min: -1,
    max: 5,
    step: 0.25,
    style: 'width:90px',
    'aria-label': 'Speed',
    oninput: (e) => {
      model.set('speed', 2 ** +e.target.value);
      model.save_changes();
    },
  });
  const undo = h('button', { 'data-role': 'undo', onclick: act.undo, text: 'Undo changes' });
  const button = (role, name, text) => h('button', { 'data-role': role, onclick: act[role] }, icon(name), text);
  const controls = h(
    'div',
    { class: 'row' },
    h(
      'label',
      {},
      'Start in',
      h('select', { 'data-role': 'start', onchange: (e) => act.start(+e.target.value) }),
    ),
    play,
    button('step', 'step', 'Step'),
    button('more', 'more', '100 more'),
    button('restart', 'restart', 'Restart'),
    h('label', {}, 'slow', speed, 'fast'),
  );
  const row = rowPanel(act),
    words = h('div', { class: 'words', 'aria-hidden': 'true' });
  const panels = h(
    'div',
    { class: 'panels' },
    h(
      'div',
      {},
      graph.node,
      h('p', {
        class: 'dim small',
        text: 'Click a state to start there. Drag an arrow up or down to change its probability: the other arrows from that state make room.',
      }),
      h('div', { class: 'row', style: 'justify-content:space-between;margin-top:8px' }, row.head, undo),
      row.node,
    ),
    h('div', { style: 'display:grid;gap:16px;align-content:start' }, bars.node, far.node),
  );
  const help = h(
    'div',
    { class: 'keys' },
    ...KEYS.map(([keys, what]) =>
      h('span', {}, ...keys.split(' ').map((k) => h('kbd', { text: k })), ' ' + what),
    ),
  );
  const parts = [
    title,
    h(
      'p',
      { class: 'answer' },
      h('span', { class: 'dim', text: 'Does it matter where it begins? ' }),
      short,
      ' ',
      long,
    ),
    controls,
    panels,
    h('h4', { text: 'The walk', style: 'margin-top:12px' }),
    words,
    status,
    help,
  ];
  const choice = controls.querySelector('select');

  function draw(view, palette) {
    set(title, { text: model.get('title') || 'A Markov chain' });
    set(short, { text: view.verdict.short });
    set(long, { text: view.verdict.long });
    set(playing, { text: view.playing ? 'Pause' : 'Play' });
    if (playIcon.dataset.shows !== String(view.playing)) {
      playIcon.replaceChildren(icon(view.playing ? 'pause' : 'play'));
      playIcon.dataset.shows = view.playing;
    }
    if (choice.options.length !== view.count)
      choice.replaceChildren(...view.labels.map((l, i) => h('option', { value: i, text: shown(l) })));
    choice.value = view.start;
    speed.value = Math.log2(model.get('speed'));
    undo.disabled = !view.changed;
    row.draw(view, palette);
    write(words, view, palette);
    if (!view.playing) set(status, { text: moment(view) });
  }
  return { parts, panels, draw };
}

const known = new WeakMap();

/** The walk in words: the newest stands last, older ones leave at the top. */
function write(words, view, palette) {
  const stands = [view.path.length, view.path.at(-1), view.start, palette.bg, view.labels].join();
  if (words.dataset.stands === stands && known.get(words) === view.P) return;
  words.dataset.stands = stands;
  known.set(words, view.P);
  const tight = view.labels.every((l) => l.length === 1),
    keep = tight ? 320 : 100,
    length = view.path.length;
  const recent = view.path.slice(Math.max(0, Math.ceil((length - keep) / 60) * 60)); // in jumps: lines stay where they are
  words.classList.toggle('tight', tight);
  words.replaceChildren(
    recent.length < length ? '… ' : '',
    ...recent.flatMap((s, k) => [
      h(k === recent.length - 1 ? 'b' : 'span', {
        text: shown(view.labels[s]),
        style: view.count <= FEW ? `color:${readable(palette.states[s], palette)}` : null,
      }),
      tight ? '' : ' ',
    ]),
  );
  words.scrollTop = words.scrollHeight;
}

/** The chosen row as a ribbon that adds up to one; drag a piece sideways, or press its buttons. */
function rowPanel(act) {
  const name = h('span'),
    value = h('b', { 'data-role': 'value' }),
    ribbon = h('div', { class: 'ribbon', 'data-role': 'row' });
  let view = null,
    drag = null,
    drawn = {};
  const nudge = (by) => {
    const { from, to } = view.chosen;
    act.change(from, to, view.P[from][to] + by);
  };
  const small = (text, by, label) =>
    h('button', {
      'aria-label': label,
      text,
      style: 'min-height:24px;padding:0 8px',
      onclick: () => nudge(by),
    });
  const head = h(
    'div',
    { class: 'row small', style: 'gap:6px' },
    name,
    small('−', -0.01, 'Less probable'),
    value,
    small('+', 0.01, 'More probable'),
  );
  ribbon.addEventListener('pointerdown', (event) => {
    const part = event.target.closest('[data-to]');
    if (!part) return;
    const from = view.chosen.from,
      to = +part.dataset.to;
    ribbon.setPointerCapture(event.pointerId);
    drag = { from, to, x: event.clientX, row: view.P[from].slice() };
    act.choose(from, to);
  });
  ribbon.addEventListener('pointermove', (event) => {
    if (drag && event.clientX !== drag.x)
      act.change(
        drag.from,
        drag.to,
        drag.row[drag.to] + (event.clientX - drag.x) / ribbon.clientWidth,
        drag.row,
      );
  });
  for (const end of ['pointerup', 'pointercancel'])
    ribbon.addEventListener(end, () => {
      drag = null;
    });
  function draw(now, palette) {
    view = now;
    const { from, to } = view.chosen,
      key = [from, to, palette.bg, ribbon.clientWidth > 0].join();
    if (drawn.P === view.P && drawn.key === key) return;
    drawn = { P: view.P, key };
    set(name, { text: `${shown(view.labels[from])} → ${shown(view.labels[to])}` });
    set(value, { text: decimal(view.P[from][to]) });
    ribbon.replaceChildren(
      ...view.P[from]
        .map((p, j) => {
          if (p === 0) return null;
          const fill = view.count <= FEW ? palette.states[j] : palette.panel;
          return h('span', {
            'data-to': j,
            class: j === to ? 'picked' : null,
            style: `width:${100 * p}%;background:${fill};color:${inkOn(fill)}`,
            title: `${shown(view.labels[from])} → ${shown(view.labels[j])}: ${decimal(p)}`,
            text: p > 0.025 * Math.min(8, view.labels[j].length + 1) ? shown(view.labels[j], 12) : '',
          });
        })
        .filter(Boolean),
    );
  }
  return { node: ribbon, head, draw };
}
