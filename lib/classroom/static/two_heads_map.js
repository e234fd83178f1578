// One head, large: the string on both sides, a row for each place, the chosen one framed.
import { clamp, h, set } from './common.js';
import { paintTwoMap } from './two_heads_grid.js';
import { twoPair } from './two_heads_game.js';
import { twoLook, twoName } from './two_heads_words.js';

/** The side of a cell, and of the whole, in a width. */
export function twoHeadsPlan(width, length) {
  const left = 17,
    cell = Math.floor((2 * (width - left - 2)) / length) / 2;
  return { left, cell, side: cell * length, whole: left + cell * length + 2 };
}

/** { node, draw(view, palette, width) }; act: press(bit), move(place, keep). */
export function twoHeadsMap(act) {
  const canvas = h('canvas', { 'aria-hidden': 'true' }),
    svg = h('svg:svg', { 'aria-hidden': 'true' }),
    plate = h('div', { class: 'large', 'data-role': 'large' }, canvas, svg),
    name = h('h4', { 'data-role': 'name' }),
    toggle = h('button', { 'data-role': 'toggle', onclick: () => act.press(bit) }),
    look = h('p', { 'data-role': 'look' }),
    key = h('p', {
      class: 'key',
      text: 'A row for each letter that looks, a column for each it may look at; the stronger the colour, the more weight.',
    }),
    // above the diagonal there is nothing to see: nobody looks ahead
    free = h('div', { class: 'free' }, name, toggle, look, key),
    node = h('div', { class: 'preview' }, plate, free);
  let plan = { left: 0, cell: 1, length: 1 },
    bit = 0,
    painted = [];
  const at = (event) => {
    const y = event.clientY - plate.getBoundingClientRect().top - plan.left;
    return clamp(Math.floor(y / plan.cell), 0, plan.length - 1);
  };
  plate.addEventListener('pointermove', (event) => event.pointerType !== 'touch' && act.move(at(event)));
  plate.addEventListener('click', (event) => act.move(at(event), true));

  function draw(view, palette, width) {
    const { maps, length, place, period, letter, cutHere, heads, mask } = view,
      { left, cell, side, whole } = twoHeadsPlan(width, length);
    bit = view.bit;
    plan = { left, cell, length };
    const parts = [maps[bit], cutHere, palette.bg];
    if (parts.some((part, k) => part !== painted[k])) paintTwoMap(canvas, maps[bit], length, palette, cutHere);
    painted = parts;
    canvas.style.cssText = `left:${left}px; top:${left}px; width:${side}px; height:${side}px`;
    plate.style.cssText = node.style.cssText = `width:${whole}px; height:${whole}px`;
    free.style.cssText = `top:${left + 16}px; width:${Math.round(side * 0.5)}px`;
    const row = maps[bit].subarray(place * length, (place + 1) * length),
      most = row.reduce((best, weight, s) => (weight > row[best] ? s : best), 0),
      middle = (t) => left + cell * (t + 0.5),
      size = Math.min(11, cell - 0.3),
      marks = [];
    for (let t = period; t < length; t += period) {
      const edge = left + cell * t;
      marks.push(h('svg:path', { d: `M${left} ${edge}H${edge}V${left + side}`, stroke: palette.line, fill: 'none' }));
    }
    for (let t = 0; t < length; t++) {
      const [asks, seen] = [t === place, t === most];
      marks.push(
        axisLetter(letter(t), { x: left - 8, y: middle(t) + size * 0.36 }, size, asks, palette),
        axisLetter(letter(t), { x: middle(t), y: left - 5 }, size, seen, palette),
      );
    }
    marks.push(
      h('svg:rect', {
        ...{ x: left - 0.5, y: left + cell * place - 0.5, width: cell * (place + 1) + 1, height: cell + 1, rx: 2 },
        ...{ fill: 'none', stroke: palette.accent, 'stroke-width': 1.5, 'data-role': 'row', 'data-place': place },
      }),
    );
    svg.replaceChildren(...marks);
    set(svg, { width: whole, height: whole });
    const cut = Boolean((mask >> bit) & 1);
    set(name, { text: `Head ${twoName(twoPair(bit, heads))}${cut ? ', cut' : ''}` });
    set(toggle, { text: cut ? 'Put it back' : 'Cut it' });
    set(look, { text: twoLook(view) });
  }
  return { node, draw };
}

function axisLetter(text, place, size, chosen, { accent }) {
  return h('svg:text', {
    ...{ ...place, text, 'text-anchor': 'middle', 'font-size': size, class: chosen ? null : 'dim' },
    ...{ 'font-weight': chosen ? 800 : 500, style: chosen ? `fill:${accent}` : null },
  });
}
