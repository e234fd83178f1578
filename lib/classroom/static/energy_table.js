// The pictures: which are stored, how alike the state is to each, whether each still stays when it is shown.
import { h, set } from './common.js';
import { drawSmall } from './energy_grid.js';
import { signed } from './energy_words.js';

/** A row for each picture: { node, draw(view, palette, narrow) }. */
export function tablePanel(act) {
  const slider = h('input', { type: 'range', min: 0, step: 1, 'aria-label': 'How many pictures are stored' });
  slider.addEventListener('input', () => act.storeFirst(+slider.value));
  const told = h('output', { 'data-role': 'number' });
  const head = h('div', { class: 'row apart' }, h('h4', { text: 'The pictures' }), h('label', {}, slider, told));
  const heading = (text, more) => h('span', { class: 'dim small', text, ...more });
  const titles = [
    heading('stored', { style: 'grid-column: 1 / span 3' }),
    heading('overlap now'),
    heading('when shown'),
    heading('vote', { class: 'dim small votes', title: 'Its sign at the chosen unit, times its overlap' }),
  ];
  const rows = h('div', { class: 'pictures' });
  const node = h('div', {}, head, rows);
  let known = null,
    parts = [];

  /** Made once for each set of pictures: a checkbox that is pressed must stay. */
  function build({ labels }) {
    parts = labels.map((label, m) => {
      const box = h('input', { type: 'checkbox', 'aria-label': `Store the ${label}`, 'data-store': m });
      box.addEventListener('change', () => act.store(m, box.checked));
      const small = h('canvas');
      const show = h('button', { 'aria-label': `Show the ${label}`, 'data-show': m, title: `Show it (key ${m + 1})` }, small);
      show.addEventListener('click', () => act.show(m));
      const [name, track, value] = [h('span', { class: 'name', text: label }), h('i'), h('output')];
      const bar = h('span', { class: 'overlap' }, h('span', { class: 'track' }, track), value);
      const [stays, votes] = [h('span', { 'data-stays': m }), h('span', { class: 'small votes', 'data-votes': m })];
      return { cells: [box, show, name, bar, stays, votes], box, small, track, value, stays, votes, show, name };
    });
    rows.replaceChildren(...titles, ...parts.flatMap((part) => part.cells));
    slider.max = labels.length;
  }

  function draw(view, palette, narrow) {
    const { labels, patterns, stored, overlaps, stays, columns, unit } = view;
    if (known !== labels) build(view);
    known = labels;
    const number = stored.filter(Boolean).length;
    slider.value = number;
    set(told, { text: `${number} of ${labels.length} stored` });
    const size = Math.max(1, Math.floor(Math.min(30 / (patterns[0].length / columns), 34 / columns) * 2) / 2);
    parts.forEach((part, m) => {
      const on = stored[m],
        overlap = overlaps[m];
      part.box.checked = on;
      drawSmall(part.small, patterns[m], columns, size, palette);
      for (const cell of [part.show, part.name]) cell.classList.toggle('off', !on);
      const left = overlap < 0 ? 50 + 50 * overlap : 50;
      const colour = on ? palette.states[overlap < 0 ? 3 : 0] : palette.dim;
      set(part.track, { style: `left:${left}%;width:${50 * Math.abs(overlap)}%;background:${colour}` });
      set(part.value, { text: signed(overlap), 'data-overlap': m });
      const end = stays[m];
      set(part.stays, {
        text: end === null ? 'not stored' : end === 1 ? '✓ stays' : `✗ ${narrow ? '' : 'slips to '}${signed(end)}`,
        title: end === null || end === 1 ? '' : `Shown as it is, it slips to an overlap of ${signed(end)}`,
        class: end === null ? 'small dim' : end === 1 ? 'small good' : 'small bad',
      });
      const vote = patterns[m][unit] * overlap;
      set(part.votes, { text: on ? signed(vote) : '' });
    });
  }
  return { node, draw };
}
