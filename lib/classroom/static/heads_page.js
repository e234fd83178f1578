// Around the maps: kinds, marks, the heading of the large map, the words below, the keys.
import { h, set } from './common.js';
import {
  HEADS_ASKED,
  headName,
  headsLabel,
  headsLost,
  headsMarked,
  headsRowWords,
  headsSaidWords,
  kindName,
} from './heads_words.js';
import { seenWord, shareText } from './heads_words.js';

const capitalised = (text) => text[0].toUpperCase() + text.slice(1);

/** { parts, draw(view, palette, width, ui, about) } */
export function headsPage({ grid, map, bars, said, act, kinds, able }) {
  const title = h('h3'),
    asked = h('p', { class: 'dim small', text: HEADS_ASKED }),
    tabs = kinds.map((kind) =>
      h('button', { 'data-kind': kind.name, text: kindName(kind), onclick: () => act.kind(kind.name) }),
    ),
    tabRow = h('div', { class: 'row chosen', role: 'group', 'aria-label': 'Which attention' }, ...tabs);
  const marks = h('div', { class: 'row marks chosen', role: 'group', 'aria-label': 'Mark the heads that look at' });
  const marked = h('p', { class: 'small dim marked', 'data-role': 'marked', 'aria-live': 'polite' });
  let marksOf = null,
    markButtons = [];
  const heading = h('h4', { 'data-role': 'heading' }),
    what = h('p', { class: 'small dim what', 'data-role': 'label' }),
    cutButton = h('button', { 'data-role': 'cut', onclick: act.cut }),
    viewButton = h('button', { 'data-role': 'view', onclick: act.view }),
    wholeButton = h('button', { 'data-role': 'whole-again', text: 'Restore all', onclick: act.whole });
  const told = h('p', { class: 'told', role: 'status', 'aria-live': 'polite', 'data-role': 'told' }),
    whole = h('p', { class: 'whole', 'data-role': 'whole', 'aria-live': 'polite' });
  const swatches = [h('i', { 'aria-hidden': 'true' }), h('i', { 'aria-hidden': 'true' })],
    scale = h(
      'div',
      { class: 'scale small dim row', 'data-role': 'scale' },
      'weight 0',
      swatches[0],
      '0.25',
      swatches[1],
      '1',
    );
  const side = h('div', { class: 'side' }, grid.node, h('div', {}, marks, marked), bars.node),
    large = h(
      'div',
      { class: 'large' },
      h('div', { class: 'row' }, heading, h('div', { class: 'row' }, cutButton, wholeButton)),
      what,
      map.node,
      h('div', { class: 'row foot' }, viewButton, scale),
    ),
    floor = h('div', { class: 'floor' }, side, large);
  const hints = [
    ['↑ ↓ ← →', 'look at a head, or a row'],
    ['Enter', 'choose it'],
    ...(kinds.some((kind) => kind.rules.length) ? [['m', 'mark']] : []),
    ...(able() ? [['x', 'cut'], ['r', 'restore']] : []),
    ['v', 'map or lines'],
    ...(kinds.length > 1 ? [['PgUp PgDn', 'encoder, decoder …']] : []),
  ]; // prettier-ignore
  const keys = h(
    'div',
    { class: 'keys' },
    ...hints.map(([key, does]) => h('span', {}, h('kbd', { text: key }), ' ' + does)),
  );

  function drawMarks({ kind, rule }) {
    if (marksOf !== kind.rules) {
      marksOf = kind.rules;
      markButtons = kind.rules.map(({ name, text }) =>
        h('button', { 'data-mark': name, text, onclick: () => act.mark(name) }),
      );
      marks.replaceChildren(h('span', { class: 'small dim', text: 'Who looks at' }), ...markButtons);
      marks.hidden = marked.hidden = !markButtons.length;
    }
    for (const button of markButtons) set(button, { 'aria-pressed': `${button.dataset.mark === rule?.name}` });
  }

  function draw(view, palette, given, ui, about) {
    const width = Math.max(280, given),
      wide = width >= 760,
      sideWidth = wide ? Math.round(Math.min(480, width * 0.42)) : width;
    set(title, { text: about.title || 'All heads' });
    tabs.forEach((tab, k) => {
      const gone = view.cut.filter(([name]) => name === kinds[k].name).length;
      set(tab, { 'aria-pressed': `${kinds[k].name === view.kind.name}` });
      set(tab, { text: kindName(kinds[k]) + (gone ? `, ${gone} cut` : '') });
    });
    floor.classList.toggle('wide', wide);
    floor.style.setProperty('--side', `${sideWidth}px`);
    grid.draw(view, palette, sideWidth, ui.gridFocus);
    drawMarks(view);
    map.draw(view, palette, wide ? width - sideWidth - 30 : width, ui.mapFocus);
    bars.draw(view, palette, sideWidth, view.kind.columns.length <= 12 ? 12 : wide ? 10 : 8, wide);
    said.draw(view, palette);
    set(what, { text: headsLabel(view.kind, view.shown) });
    set(heading, { text: capitalised(headName(view.shown)) });
    set(viewButton, { text: view.view === 'lines' ? 'As a map' : 'As lines' });
    scale.hidden = view.view === 'lines';
    cutButton.hidden = !about.able;
    wholeButton.hidden = !view.cut.length;
    set(cutButton, { text: view.isCut ? 'Put this head back' : 'Cut this head', 'aria-pressed': `${view.isCut}` });
    const cell =
      view.column === null || view.column === undefined
        ? ''
        : ` Here: “${seenWord(view.kind.columns[view.column])}” ${shareText(view.values[view.column])}.`;
    set(told, { text: `${headsRowWords(view)}${cell}${headsSaidWords(view)}` });
    set(marked, { text: headsMarked(view) });
    set(whole, { text: headsLost(view, about) });
    const stops = palette.sequential;
    set(swatches[0], { style: `background:linear-gradient(to right,${stops.slice(0, 3)})` });
    set(swatches[1], { style: `background:linear-gradient(to right,${stops.slice(2)})` });
  }
  const parts = [
    h('div', { class: 'headline' }, h('div', {}, title, asked), kinds.length > 1 ? tabRow : null),
    ...[floor, told, whole, said.node, keys],
  ];
  return { parts, draw };
}
