// Around the picture: the choices, play and its speed, the units that follow the pattern.
import { h, icon, set } from './common.js';
import { heatKey } from './heat.js';
import { signedR, sortsFor } from './state_words.js';

const mostRanks = (steps) => (steps < 50 ? 4 : 6);
const SORT_WORDS = {
  'as they are': 'as they are',
  pattern: 'by the pattern',
  peak: 'by when they peak',
  likeness: 'by likeness',
};
const NONE = 'none';
const CAREFUL = 'r on one short text can be chance. Read another text, then hold the unit and see.';

/** A chooser of texts: { node, draw(offered, chosen, words) }. */
function stateChooser(name, label, choose) {
  const select = h('select', { 'data-role': name });
  const node = h('label', {}, label, select);
  let known = '';
  let values = [];
  select.addEventListener('change', () => choose(values[select.selectedIndex]));

  function draw(offered, chosen, words = (value) => value) {
    values = offered;
    const now = JSON.stringify(offered);
    if (known !== now) select.replaceChildren(...offered.map((value) => h('option', { text: words(value) })));
    known = now;
    select.selectedIndex = offered.indexOf(chosen);
    node.hidden = offered.length < 2;
  }
  return { node, draw };
}

/** Quantity, pattern, unit, sort: { node, draw(view) }. */
export function stateControls(act) {
  const quantity = stateChooser('quantity', 'Quantity', (value) => act.put({ quantity: value }));
  const pattern = stateChooser('pattern', 'Pattern', (value) => act.put({ pattern: value }));
  const sort = stateChooser('sort', 'Sort', (value) => act.put({ sort: value }));
  const beside = (role, by, d, label) =>
    h(
      'button',
      { 'data-role': role, 'aria-label': label, title: label, onclick: () => act.unitBy(by) },
      h('svg:svg', { viewBox: '0 0 16 16', width: 13, height: 13, 'aria-hidden': 'true' }, h('svg:path', { d })),
    );
  const number = h('input', { type: 'number', min: 0, step: 1, 'data-role': 'unit-number' });
  number.addEventListener('change', () => act.unitTo(Math.trunc(+number.value)));
  const unit = h(
    'span',
    { class: 'stepper' },
    h('label', {}, 'Unit', number),
    beside('above', -1, 'M3 11l5-6 5 6z', 'The unit above'),
    beside('below', 1, 'M3 5l5 6 5-6z', 'The unit below'),
  );
  const node = h('div', { class: 'row controls' }, quantity.node, pattern.node, unit, sort.node);

  function draw(view) {
    const names = (list) => list.map((each) => each.name);
    const chosen = view.pattern?.name ?? null;
    quantity.draw(names(view.quantities), view.quantity.name);
    pattern.draw([...names(view.patterns), null], chosen, (value) => value ?? NONE);
    sort.draw(sortsFor(view.patterns, chosen), view.sort, (value) => SORT_WORDS[value]);
    if (document.activeElement !== number) number.value = view.unit;
    number.max = view.quantity.units - 1;
  }
  return { node, draw };
}

/** Colours by value, or by the distance from each unit's mean, with their key: { node, draw(view, palette) }. */
export function stateColours(act) {
  const box = h('input', { type: 'checkbox', 'data-role': 'from-mean' });
  box.addEventListener('change', () => act.put({ from_mean: box.checked }));
  const key = heatKey();
  const node = h('div', { class: 'row colours' }, h('label', {}, box, 'colour from each unit’s own mean'), key.node);
  function draw({ cells, fromMean }, palette) {
    box.checked = fromMean;
    key.draw(cells.scale, palette, fromMean ? ['below', 'above'] : null);
  }
  return { node, draw };
}

/** Play and its speed: { node, draw(view) }. */
export function stateDrive(act) {
  const sign = h('span', { style: 'display:inline-flex' });
  const word = h('span');
  const play = h('button', { class: 'main', 'data-role': 'play', onclick: act.play }, sign, word);
  const pace = { type: 'range', class: 'pace', min: 0, max: 6, step: 0.5, 'aria-label': 'Steps a second' };
  const speed = h('input', { ...pace, oninput: (event) => act.put({ speed: 2 ** +event.target.value }) });
  const node = h('div', { class: 'row drive' }, h('label', {}, 'slow', speed, 'fast'), play);

  function draw({ playing, speed: wished }) {
    const wanted = playing ? 'Pause' : 'Play';
    if (word.textContent !== wanted) sign.replaceChildren(icon(wanted.toLowerCase()));
    set(word, { text: wanted });
    speed.value = Math.log2(wished);
  }
  return { node, draw };
}

/** The units that follow the pattern most closely, with r as number and bar: { node, draw(view, palette) }. */
export function stateRanks(act) {
  const heading = h('h4');
  const list = h('div', { class: 'ranks', role: 'group', 'data-role': 'ranks' });
  const careful = h('p', { class: 'dim small', text: CAREFUL });
  const node = h('div', { class: 'who' }, heading, list, careful);

  function row(view, palette, place) {
    const unit = view.ranks[place];
    const r = view.r[unit];
    const on = unit === view.unit;
    const share = Math.abs(r) * 50;
    const fill = r < 0 ? palette.diverging[1] : palette.diverging[3];
    const bar = h('i', { style: `left:${r < 0 ? 50 - share : 50}%; width:${share}%; background:${fill}` });
    return h(
      'button',
      {
        ...{ class: on ? 'on' : null, 'data-unit': unit, 'data-r': r, 'aria-pressed': String(on) },
        'aria-label': `Number ${place + 1}: unit ${unit}, r = ${signedR(r)}`,
        onclick: () => act.put({ unit }),
      },
      h('span', { class: 'dim place', text: place + 1 }),
      h('span', { class: 'name', text: `unit ${unit}` }),
      h('span', { class: 'track', 'aria-hidden': 'true' }, bar),
      h('span', { class: 'r', text: signedR(r) }),
    );
  }

  let drawn = [];

  /** Made anew only where something has changed: a button that is pressed must stay. */
  function draw(view, palette) {
    node.hidden = !view.ranks;
    const now = [view.ranks, view.unit, palette];
    if (node.hidden || now.every((part, k) => part === drawn[k])) return;
    drawn = now;
    set(heading, { text: `Who follows “${view.pattern.name}”?` });
    const places = Array.from({ length: Math.min(mostRanks(view.length), view.ranks.length) }, (_, k) => k);
    if (view.place >= places.length) places.splice(-1, 1, view.place);
    const focused = list.contains(document.activeElement) ? document.activeElement.dataset.unit : null;
    list.replaceChildren(...places.map((place) => row(view, palette, place)));
    if (focused !== null) list.querySelector(`[data-unit='${focused}']`)?.focus({ preventScroll: true });
  }
  return { node, draw };
}

/** The labels of the groups and their colours: { node, draw(view, palette) }. */
export function stateGroups() {
  const node = h('div', { class: 'groups small dim', 'data-role': 'groups' });
  const draw = ({ groupNames }, palette) => {
    node.hidden = groupNames.length === 0;
    const chip = (k) => h('i', { style: `background:${palette.states[k]}`, 'aria-hidden': 'true' });
    node.replaceChildren(...groupNames.map((name, k) => h('span', {}, chip(k), name)));
  };
  return { node, draw };
}
