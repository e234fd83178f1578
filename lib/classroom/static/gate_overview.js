// All units of one quantity, sorted: here a unit is picked.
import { h, set } from './common.js';
import { heatKey, heatPanel, scaleOf } from './heat.js';
import { GATE_SORTS, keeperOf } from './gate_model.js';
import { gateWord } from './gate_words.js';

const OVERVIEW_LEAST = 96; // pixels
const OVERVIEW_MOST = 256;

/** How tall the rows of so many units are together. */
export const overviewTall = (units) =>
  Math.max(Math.min(14 * units, OVERVIEW_MOST), Math.min(OVERVIEW_LEAST, 24 * units), units);

/** The ways of sorting that there are here, with their words: [[sort, words], …]. */
export function sortChoices(values, pattern) {
  const gate = keeperOf(values);
  const words = {
    number: 'their number',
    'most open': gate && `whose ${gateWord(gate)} stays most open`,
    'changes most': 'what changes most',
    pattern: pattern && `what goes most with “${pattern}”`,
  };
  return GATE_SORTS.filter((sort) => words[sort]).map((sort) => [sort, words[sort]]);
}

/** { node, draw(view, palette, place) }. act: quantity, sort, pick. */
export function overviewPanel(act) {
  const title = h('h4');
  const quantity = h('select', { 'data-role': 'quantity', onchange: () => act.quantity(quantity.value) });
  const sort = h('select', { 'data-role': 'sort', onchange: () => act.sort(sort.value) });
  const key = heatKey();
  const heat = heatPanel({ role: 'heat', pick: act.pick });
  const choose = h(
    'span',
    { class: 'row', style: 'margin:0' },
    title,
    h('label', {}, 'show', quantity),
    h('label', {}, 'sorted by', sort),
  );
  const node = h('div', { class: 'overview' }, h('div', { class: 'row' }, choose, key.node), heat.node);
  let [known, scales] = ['', new WeakMap()];

  function draw(view, palette, place) {
    const { run, order, quantity: name, unit, t } = view;
    const values = run.values[name];
    const names = Object.keys(run.values);
    const sorts = sortChoices(run.values, view.pattern);
    const made = JSON.stringify([names, sorts]);
    if (made !== known) {
      known = made;
      quantity.replaceChildren(...names.map((each) => h('option', { value: each, text: gateWord(each) })));
      sort.replaceChildren(...sorts.map(([value, text]) => h('option', { value, text })));
    }
    [quantity.value, sort.value] = [name, view.sort];
    set(title, { text: run.units === 1 ? 'Its one unit' : `All ${run.units} units` });
    if (!scales.has(values)) scales.set(values, scaleOf(values));
    const scale = scales.get(values);
    key.draw(scale, palette);
    const row = order.indexOf(unit) + 1;
    const label = `${gateWord(name)} of ${run.units} units at ${run.steps} steps; unit ${unit} is chosen, in row ${row}`;
    const spec = { place, values, units: run.units, order, scale, height: overviewTall(run.units) };
    heat.draw({ ...spec, at: t, unit, name: (each) => `unit ${each}`, label }, palette);
  }
  return { node, draw };
}
