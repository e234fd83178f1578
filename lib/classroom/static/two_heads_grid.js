// The eight heads: a small map each, from left to right, the first layer above. A press cuts a head or puts it back.
import { h, set } from './common.js';
import { mix, rgb, shade } from './palette.js';
import { TWO_LAYERS } from './two_heads_model.js';
import { headOfKey, twoPair } from './two_heads_game.js';
import { twoName } from './two_heads_words.js';

const DWELL = 90; // ms a pointer rests on a head before it is shown large: a hand that only passes changes nothing

/** Paint a causal map (T, T) on a canvas of T × T pixels; what lies ahead has the colour of the panel. */
export function paintTwoMap(canvas, map, T, palette, faded) {
  const stops = palette.sequential.map((stop) => (faded ? mix(stop, palette.bg, 0.4) : stop)),
    colours = Array.from({ length: 256 }, (_, k) => rgb(shade(stops, k / 255))),
    ahead = rgb(palette.panel);
  if (canvas.width !== T) Object.assign(canvas, { width: T, height: T });
  const pen = canvas.getContext('2d'),
    image = pen.createImageData(T, T);
  for (let t = 0; t < T; t++)
    for (let s = 0; s < T; s++) {
      const colour = s > t ? ahead : colours[Math.round(255 * map[t * T + s])];
      image.data.set([...colour, 255], 4 * (t * T + s));
    }
  pen.putImageData(image, 0, 0);
}

/** { node, draw(view, palette), focus() }; act: press(bit), show(pair, keep). */
export function twoHeadsGrid(heads, act) {
  const tiles = Array.from({ length: TWO_LAYERS * heads }, (_, bit) => tile(bit)),
    rows = Array.from({ length: TWO_LAYERS }, (_, layer) =>
      h(
        'div',
        { class: 'layer' },
        h(
          'p',
          { class: 'name dim small' },
          h('b', { text: `Layer ${layer + 1}` }),
          layer ? ' reads what layer 1 wrote' : ' sees the letters',
        ),
        h('div', { class: 'tiles' }, ...tiles.slice(layer * heads, (layer + 1) * heads).map(({ node }) => node)),
      ),
    ),
    node = h('div', { class: 'grid', role: 'group', 'aria-label': 'The eight heads', 'data-role': 'grid' }, ...rows);
  let waiting = null,
    shown = [1, 1];

  function tile(bit) {
    const pair = twoPair(bit, heads),
      canvas = h('canvas', { 'aria-hidden': 'true' }),
      label = h('b', { text: twoName(pair) }),
      state = h('span', { class: 'state' }),
      cross = h(
        'svg:svg',
        { viewBox: '0 0 100 100', class: 'cross', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
        h('svg:path', { d: 'M6 6L94 94M94 6L6 94' }),
      ),
      button = h(
        'button',
        {
          ...{ class: 'tile', 'data-bit': bit },
          onclick: () => press(bit),
          onpointerenter: (event) => rest(event, pair),
          onpointerleave: () => clearTimeout(waiting),
          onfocus: () => finger || act.show(pair),
        },
        h('span', { class: 'plate' }, canvas, cross),
        h('span', { class: 'foot' }, label, state),
      );
    return { node: button, canvas, state, painted: [] };
  }
  /** A finger first shows a head, and cuts it when it taps once more; a mouse has shown it by resting there. */
  let finger = false,
    tapped = null;
  function press(bit) {
    clearTimeout(waiting);
    const first = finger && tapped !== bit;
    tapped = bit;
    if (first) act.show(twoPair(bit, heads), true);
    else act.press(bit);
  }
  function rest(event, pair) {
    finger = event.pointerType === 'touch';
    clearTimeout(waiting);
    if (!finger) waiting = setTimeout(() => act.show(pair), DWELL);
  }
  node.addEventListener('pointerdown', (event) => (finger = event.pointerType === 'touch'));
  node.addEventListener('keydown', (event) => {
    finger = false;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const to = headOfKey(event.key, shown, heads);
    if (!to) return;
    event.preventDefault();
    act.show(to, true);
    tiles[heads * (to[0] - 1) + to[1] - 1].node.focus();
  });

  function draw(view, palette) {
    shown = view.head;
    tiles.forEach(({ node: button, canvas, state, painted }, bit) => {
      const cut = Boolean((view.mask >> bit) & 1),
        parts = [view.maps[bit], cut, palette.bg];
      if (parts.some((part, k) => part !== painted[k])) paintTwoMap(canvas, view.maps[bit], view.length, palette, cut);
      parts.forEach((part, k) => (painted[k] = part));
      set(state, { text: cut ? 'cut' : 'on' });
      set(button, {
        'data-cut': `${cut}`,
        'data-shown': `${bit === view.bit}`,
        'aria-pressed': `${cut}`,
        tabindex: bit === view.bit ? 0 : -1,
        'aria-label': `Cut head ${twoName(twoPair(bit, heads))}`,
      });
    });
  }
  return { node, draw, focus: (bit) => tiles[bit].node.focus({ preventScroll: true }) };
}
