// Why one unit is as it is: what it hears from every other, and what that comes to.
import { h, set } from './common.js';
import { drawHeard } from './energy_grid.js';
import { heardBy } from './energy_model.js';
import { because, place, signed } from './energy_words.js';

/** The panel of the chosen unit: { node, draw(view, palette, width) }. */
export function whyPanel() {
  const canvas = h('canvas', { 'data-role': 'heard', role: 'img' });
  const title = h('h4');
  const words = h('p', { 'data-role': 'because', class: 'said' });
  const [votes, other] = [h('span'), h('span', { class: 'votes' })];
  const came = h('p', { class: 'dim small' }, votes, other);
  const scale = h('i', { 'aria-hidden': 'true' });
  const legend = h('p', { class: 'dim small legend' }, 'says empty ', scale, ' says filled');
  const node = h('div', {}, title, h('div', { class: 'why' }, canvas, h('div', {}, words, came, legend)));

  function draw(view, palette) {
    const { unit, columns, kept, state, count } = view;
    const size = Math.max(3, Math.floor(Math.min(130 / columns, 156 / (count / columns))));
    const heard = heardBy(kept, state, unit);
    drawHeard(canvas, heard, unit, columns, size, kept.length / count, palette);
    set(title, { text: `What the unit in ${place(view, unit)} hears` });
    set(words, { text: because(view) });
    const [up, down] = [1, -1].map((sign) => heard.filter((x) => x * sign > 0).reduce((sum, x) => sum + x, 0));
    const sums = `${signed(up)} for filled, ${signed(down)} for empty, from ${count - 1} other units. `;
    set(votes, { text: kept.length ? sums : '' });
    set(other, { text: kept.length ? 'Or picture by picture: the votes above, less its own part.' : '' });
    set(canvas, { 'aria-label': words.textContent });
    set(scale, { style: `background:linear-gradient(to right,${palette.diverging})` });
  }
  return { node, draw };
}
