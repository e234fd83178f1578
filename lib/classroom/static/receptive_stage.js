// The picture of the receptive field viewer: canvas below, words above, a row of buttons for each layer on the left.
import { clamp, h, set } from './common.js';
import { receptiveBars, receptiveTokens, receptiveWords } from './receptive_marks.js';
import { MOST_DOUBLED } from './receptive_model.js';
import { paintReceptive, receptiveCanvas, receptivePlaces } from './receptive_paint.js';

/** What a hand does: above, it chooses an output; at the inputs and below, it follows one. */
function receptiveHand(node, act, last) {
  const under = (event) => {
    const { p } = last();
    const box = node.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    if (x < p.left) return null;
    const t = clamp(Math.floor((x - p.left) / p.column), 0, p.length - 1);
    return { t, input: y > p.y(0) - 0.45 * p.pitch };
  };
  node.addEventListener('pointermove', (event) => {
    if (!last() || (event.pointerType === 'touch' && !event.buttons)) return;
    act.hover(under(event));
  });
  node.addEventListener('pointerleave', () => act.hover(null));
  node.addEventListener('pointerdown', (event) => {
    const spot = last() && event.button === 0 && under(event);
    if (!spot) return;
    if (spot.input) act.follow(spot.t);
    else act.go(spot.t);
  });
}

/** For each layer its dilation and two buttons: { node, draw(view, p) }. */
function layerRows(act) {
  const node = h('div', { class: 'layers' });
  let rows = [];

  function row(l) {
    const value = h('b');
    const double = h('button', { 'data-double': l, tabindex: -1, text: '×2', onclick: () => act.double(l) });
    const flat = h('button', { 'data-flatten': l, tabindex: -1, text: '1', onclick: () => act.flatten(l) });
    set(double, { 'aria-label': `Layer ${l + 1}: double the dilation` });
    set(flat, { 'aria-label': `Layer ${l + 1}: set the dilation to 1` });
    const whole = h('div', { class: 'layer', 'data-layer': l, onclick: () => act.choose(l) }, value, double, flat);
    return { whole, value, double, flat };
  }

  function draw({ layers, compare, chosen, dilations }, p) {
    const chain = compare === 'recurrent';
    if (rows.length !== layers.length) {
      rows = layers.map((_, l) => row(l));
      node.replaceChildren(...rows.map(({ whole }) => whole));
    }
    node.hidden = chain;
    if (chain) return;
    rows.forEach(({ whole, value, double, flat }, l) => {
      whole.style.top = `${p.y(l + 1) + p.pitch / 2 - 11}px`;
      whole.style.width = `${p.left - 14}px`;
      whole.classList.toggle('on', l === chosen);
      set(value, { text: layers[l][1] });
      double.hidden = flat.hidden = compare === 'plain';
      double.disabled = dilations[l] * 2 > MOST_DOUBLED;
      flat.disabled = dilations[l] === 1;
    });
  }
  return { node, draw };
}

/** The picture: { node, draw(view, palette, width) }. */
export function receptiveStage(act) {
  const canvas = receptiveCanvas(h('canvas', { 'aria-hidden': 'true' }));
  const svg = h('svg:svg', { 'aria-hidden': 'true' });
  const rows = layerRows(act);
  const box = h('div', { class: 'receptive' }, canvas.node, svg, rows.node);
  const role = { role: 'application', 'aria-roledescription': 'receptive field' };
  const node = h('div', { class: 'stage', tabindex: 0, ...role }, box);
  let last = null;
  receptiveHand(box, act, () => last);

  function draw(view, palette, width) {
    const levels = view.compare === 'recurrent' ? 3 : view.layers.length + 1;
    const p = receptivePlaces({ ...view, levels, width });
    last = { view, p };
    paintReceptive(canvas.start(width, p.height), view, palette, p);
    svg.replaceChildren(
      ...receptiveWords(view, palette, p),
      ...receptiveTokens(view, palette, p),
      ...receptiveBars(view, palette, p),
    );
    set(svg, { width, height: p.height, viewBox: `0 0 ${width} ${p.height}` });
    rows.draw(view, p);
    set(node, { 'aria-label': act.describe(view) });
  }
  return { node, draw };
}
