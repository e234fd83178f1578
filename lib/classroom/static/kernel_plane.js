// The plane of eigenvalues: across how fast they die (a squeezed scale), up how fast they turn.
import { clamp, h, set, textWidth } from './common.js';
import { KERNEL_TURN, decayAt, decayPlace, kernelBounded, kernelDigits } from './kernel_words.js';

const [PLANE_LEFT, PLANE_RIGHT, PLANE_TOP, PLANE_LOW] = [40, 50, 34, 42];
const PLANE_NEAR = 24; // pixels: so near an eigenvalue is meant
const [PLANE_DECAYS, PLANE_TURNS] = [
  [0, 0.1, 0.5, 1, 2, 4, 8, 16],
  [-20, -10, 0, 10, 20],
];

/** Where a value lies: { x(real), y(imaginary), from(x, y) }. */
export function kernelPlace(width, high) {
  const [wide, tall] = [width - PLANE_LEFT - PLANE_RIGHT - 8, high - PLANE_TOP - PLANE_LOW];
  const middle = PLANE_TOP + tall / 2;
  const unit = tall / 2 / (KERNEL_TURN + 1);
  const right = PLANE_LEFT + wide;
  return {
    ...{ right, middle, wide, tall },
    x: (real) => right - decayPlace(real) * wide,
    y: (imaginary) => middle - imaginary * unit,
    from: (x, y) => [decayAt(clamp((right - x) / wide, 0, 1)), (middle - y) / unit],
  };
}

/** { node, draw(view, palette, width, high) }. act: choose(m), move(m, [real, imaginary], done), settle(). */
export function kernelPlane(act) {
  const node = h('svg:svg', { class: 'plane', 'aria-hidden': 'true', 'data-role': 'plane' });
  let last = null;
  let held = null;
  const spot = (event) => {
    const box = node.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };

  /** The eigenvalue that is meant by a press: { m, mirrored }, or null. */
  function meant([x, y]) {
    const { view, place } = last;
    const near = view.eigenvalues.flatMap((each, m) =>
      [1, -1].map((side) => {
        const far = Math.hypot(place.x(each[0]) - x, place.y(side * each[1]) - y);
        return { m, mirrored: side < 0 && each[1] > 0, far: far - (m === view.chosen ? 3 : 0) };
      }),
    );
    const best = near.reduce((a, b) => (b.far < a.far ? b : a));
    return best.far < PLANE_NEAR ? best : null;
  }
  node.addEventListener('pointerdown', (event) => {
    if (event.button > 0 || !last) return;
    const at = spot(event);
    held = meant(at);
    if (!held) return;
    const each = last.view.eigenvalues[held.m];
    const side = held.mirrored ? -1 : 1;
    held.off = [at[0] - last.place.x(each[0]), at[1] - last.place.y(side * each[1])];
    node.setPointerCapture(event.pointerId);
    act.choose(held.m);
  });
  node.addEventListener('pointermove', (event) => {
    if (!held || !(event.buttons & 1)) return;
    const at = spot(event);
    const [real, imaginary] = last.place.from(at[0] - held.off[0], at[1] - held.off[1]);
    const up = Math.max(0, held.mirrored ? -imaginary : imaginary);
    act.move(held.m, kernelBounded([real, up < 0.35 ? 0 : up], last.view.real));
  });
  for (const end of ['pointerup', 'pointercancel'])
    node.addEventListener(end, () => {
      if (held) act.settle();
      held = null;
    });

  const word = (x, y, text, more = {}) =>
    h('svg:text', { x, y, class: 'dim', 'font-size': 11, 'text-anchor': 'middle', text, ...more });

  function ground({ step }, palette, place, high) {
    const [top, bottom, left] = [PLANE_TOP, high - PLANE_LOW, PLANE_LEFT];
    const made = [
      h('svg:rect', { x: left, y: top, width: place.wide, height: place.tall, fill: palette.panel, rx: 3 }),
    ];
    const limit = Math.PI / step; // half a cycle a step
    if (limit < KERNEL_TURN + 1)
      for (const side of [1, -1]) {
        const [from, to] = side > 0 ? [top, place.y(limit)] : [place.y(-limit), bottom];
        made.push(
          h('svg:rect', {
            x: left,
            y: from,
            width: place.wide,
            height: to - from,
            fill: palette.bad,
            'fill-opacity': 0.1,
          }),
        );
        made.push(
          h('svg:line', {
            x1: left,
            x2: place.right,
            y1: place.y(side * limit),
            y2: place.y(side * limit),
            stroke: palette.bad,
            'stroke-dasharray': '4 3',
          }),
        );
        if (side > 0 && to - from > 18)
          made.push(
            word(left + 6, to - 5, 'too fast for the step', {
              'text-anchor': 'start',
              class: '',
              style: `fill:${palette.bad}`,
              'data-role': 'limit',
            }),
          );
      }
    let free = [Infinity, Infinity];
    for (const decay of PLANE_DECAYS) {
      const x = place.x(-decay);
      made.push(
        h('svg:line', {
          x1: x,
          x2: x,
          y1: top,
          y2: bottom,
          stroke: decay ? palette.line : palette.dim,
          'stroke-width': decay ? 0.7 : 1.4,
        }),
      );
      const life = decay ? Math.LN2 / (decay * step) : Infinity;
      const texts = [
        decay ? `−${decay}` : '0',
        decay ? (life < 10 ? kernelDigits(life, 2) : Math.round(life).toLocaleString('en')) : '∞',
      ];
      texts.forEach((text, k) => {
        const half = textWidth(text, 11) / 2 + 3;
        if (x + half > free[k]) return;
        free[k] = x - half;
        made.push(word(x, k ? top - 6 : bottom + 14, text));
      });
    }
    for (const turn of PLANE_TURNS) {
      const y = place.y(turn);
      made.push(
        h('svg:line', {
          x1: left,
          x2: place.right,
          y1: y,
          y2: y,
          stroke: turn ? palette.line : palette.dim,
          'stroke-width': turn ? 0.7 : 1.4,
        }),
      );
      made.push(
        word(left - 10, y + 4, turn ? `${turn < 0 ? '−' : ''}${Math.abs(turn)}i` : '0', { 'text-anchor': 'end' }),
      );
      if (turn >= 0)
        made.push(
          word(place.right + 7, y + 4, kernelDigits((turn * step) / (2 * Math.PI), 2), { 'text-anchor': 'start' }),
        );
    }
    const centre = left + place.wide / 2;
    made.push(word(centre, 12, 'half-life, in steps', { 'font-size': 11.5 }));
    made.push(word(centre, high - 8, 'real part: how fast it dies', { 'font-size': 11.5 }));
    const side = { transform: `translate(${place.right + 46} ${place.middle}) rotate(90)` };
    made.push(word(0, 0, 'cycles a step', { 'font-size': 11.5, ...side }));
    return made;
  }

  function marks({ eigenvalues, chosen, delay, mine, shown }, palette, place) {
    const made = [];
    if (delay && mine === null && !shown) {
      const [real, imaginary] = eigenvalues[chosen];
      const at = [place.x(real) - 17, place.y(imaginary) + (imaginary ? 4 : -15)];
      const look = { 'text-anchor': 'end', 'font-weight': 650, 'font-size': 12.5, class: 'halo', 'data-role': 'drag' };
      made.push(word(...at, 'drag me', { ...look, style: `fill:${palette.accent}` }));
    }
    const order = eigenvalues.map((_, m) => m).sort((a, b) => (a === chosen) - (b === chosen));
    for (const m of order) {
      const [x, y] = [place.x(eigenvalues[m][0]), place.y(eigenvalues[m][1])];
      const look = { fill: palette.states[0], stroke: palette.bg, 'stroke-width': 2, class: 'pole', 'data-pole': m };
      const ring = { fill: 'none', stroke: palette.accent, 'stroke-width': 2.2 };
      if (eigenvalues[m][1]) {
        made.push(
          h('svg:circle', {
            cx: x,
            cy: place.y(-eigenvalues[m][1]),
            r: 5,
            fill: palette.panel,
            stroke: palette.states[0],
            'stroke-width': 1.6,
            class: 'pole',
            'data-mirror': m,
          }),
        );
        if (m === chosen) made.push(h('svg:circle', { cx: x, cy: y, r: 11, ...ring }));
        made.push(h('svg:circle', { cx: x, cy: y, r: 7, ...look }));
      } else {
        if (m === chosen) made.push(h('svg:rect', { x: x - 11, y: y - 11, width: 22, height: 22, rx: 4, ...ring }));
        const half = eigenvalues.length > 8 ? 4 : 6; // many stand side by side
        made.push(
          h('svg:rect', {
            x: x - half,
            y: y - 7,
            width: 2 * half,
            height: 14,
            rx: 2,
            ...look,
            'stroke-width': half > 4 ? 2 : 1,
          }),
        );
      }
    }
    return made;
  }

  function draw(view, palette, width, high) {
    const place = kernelPlace(width, high);
    last = { view, place };
    node.replaceChildren(...ground(view, palette, place, high), ...marks(view, palette, place));
    set(node, { width, height: high, viewBox: `0 0 ${width} ${high}` });
  }
  return { node, draw };
}
