// One row of the matrix: from the chosen state to everywhere.
import { h, set } from './common.js';
import { inkOn } from './palette.js';
import { FEW } from './graph.js';
import { decimal, shown } from './chain_words.js';

/** The chosen row as a ribbon that adds up to one; drag a piece sideways, or press its buttons. */
export function rowPanel(act) {
  const name = h('span'),
    value = h('b', { 'data-role': 'value' }),
    ribbon = h('div', { class: 'ribbon', 'data-role': 'row' });
  let view = null,
    drag = null,
    drawn = {};
  const small = (text, by, label) =>
    h('button', {
      'aria-label': label,
      text,
      style: 'min-height:24px;padding:0 8px',
      title: 'with Shift by 0.10',
      onclick: (event) => act.nudge(event.shiftKey ? 10 * by : by),
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
