// The string, letter by letter, and below each what the network said before it came: filled where it was right.
import { clamp, h, set } from './common.js';
import { inkOn, mix, readable } from './palette.js';
import { KEEP, placeOfKey, twoCouple, twoPair, twoRoad } from './two_heads_game.js';
import { twoName } from './two_heads_words.js';

const SKY = 58, // where arcs are drawn
  NAMES = 86;

/** { node, draw(view, palette, width, focused) }; act: move(place, keep). */
export function twoHeadsLine(act) {
  const svg = h('svg:svg', { 'aria-hidden': 'true' }),
    node = h('div', { class: 'line', tabindex: 0, role: 'application', 'data-role': 'line' }, svg);
  let plan = { cell: 1, left: 0 },
    seen = null;
  const at = (event) => {
    const x = event.clientX - node.getBoundingClientRect().left - plan.left;
    return clamp(Math.floor(x / plan.cell), 0, seen.length - 1);
  };
  node.addEventListener('pointermove', (event) => seen && event.pointerType !== 'touch' && act.move(at(event)));
  node.addEventListener('click', (event) => seen && act.move(at(event), true));
  node.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !seen) return;
    const to = placeOfKey(event.key, seen);
    if (to === null) return;
    event.preventDefault();
    act.move(to, true);
  });

  function draw(view, palette, width, focused) {
    seen = view;
    const { length, place, letter, says, saidWhole, rights, heard, letters, period, solved, round } = view,
      left = width < 760 ? 0 : NAMES,
      cell = (width - left) / (length + 1),
      x = (t) => left + cell * (t + 0.5),
      size = clamp(cell * 0.78, 9, 15),
      [top, whole, now] = [SKY, SKY + 27, SKY + 44],
      tall = 24;
    // in a narrow column the names stand where nothing can be said yet
    const clear = !left && period * cell > 66,
      parts = [];
    plan = { cell, left };
    for (let t = 0; t <= length; t += period)
      parts.push(
        h('svg:rect', {
          ...{ x: left + cell * t + 1, y: top, width: cell * Math.min(period, length + 1 - t) - 2, height: 22, rx: 5 },
          fill: palette.panel,
        }),
      );
    parts.push(
      h('svg:rect', {
        ...{
          x: x(place) - cell / 2,
          y: top - 1,
          width: cell,
          height: 24,
          rx: 4,
          fill: 'none',
          'stroke-width': focused ? 3 : 2,
        },
        ...{ stroke: palette.accent, 'data-role': 'here', 'data-place': place },
      }),
    );
    for (let t = 0; t <= length; t++) {
      parts.push(
        h('svg:text', {
          ...{ x: x(t), y: top + 16, 'text-anchor': 'middle', 'font-size': size, 'font-weight': 700, text: letter(t) },
          class: t < period ? 'dim' : null,
        }),
      );
      if (!t) continue;
      const told = {
        good: rights.now[t - 1],
        was: rights.whole[t - 1],
        said: letters[says[t - 1]],
        counts: heard[t - 1],
        bare: clear,
      };
      parts.push(...verdictParts(told, { x: x(t), cell, whole, now, tall, size, t }, palette));
    }
    parts.push(
      ...(solved && round === KEEP && isRepeated(view) ? roadArcs(view, x, palette) : lookArcs(view, x, palette)),
    );
    if (left || clear)
      for (const [text, y] of [
        ...(left ? [['the string', top + 15]] : []),
        ['all eight', whole + 9],
        ['says now', now + 16],
      ])
        parts.push(h('svg:text', { x: 0, y, 'font-size': 12, class: 'dim', text }));
    svg.replaceChildren(...parts);
    set(svg, { width, height: now + tall + 2 });
    const said = letters[says[place]],
      word = rights.now[place] ? 'right' : `wrong, with all eight it says ${letters[saidWhole[place]]}`;
    set(node, {
      'aria-label':
        `The string. Place ${place + 1} of ${length}: after ${letter(place)} it says ${said}, ` +
        `${heard[place] ? word : 'which it cannot know yet'}. Left and right move.`,
    });
  }
  return { node, draw };
}

/** Below a letter: a small mark for all eight heads, and what is said now: filled if right, else what it says, framed. */
function verdictParts({ good, was, said, counts, bare }, { x, cell, whole, now, tall, size, t }, palette) {
  const wide = Math.max(5, cell - 3),
    ink = palette.states[0];
  if (!counts)
    return [
      h('svg:circle', {
        cx: x,
        cy: now + tall / 2,
        r: bare ? 0 : 1.6,
        fill: palette.dim,
        'data-told': t,
        'data-good': 'unheard',
      }),
    ];
  const mark = h('svg:rect', {
    ...{ x: x - wide / 2, y: whole + (was ? 3 : 5), width: wide, height: was ? 6 : 2, rx: was ? 2 : 1 },
    fill: was ? mix(palette.bg, ink, 0.55) : palette.bad,
  });
  const box = { x: x - wide / 2, y: now, width: wide, height: tall, rx: Math.min(4, wide / 3), 'data-told': t };
  if (good)
    return [
      mark,
      h('svg:rect', { ...box, fill: ink, 'data-good': 'true' }),
      h('svg:text', {
        ...{ x, y: now + 16.5, 'text-anchor': 'middle', 'font-size': size, 'font-weight': 650, text: said },
        style: `fill:${inkOn(ink)}`,
      }),
    ];
  return [
    mark,
    h('svg:rect', { ...box, fill: 'none', stroke: palette.line, 'data-good': 'false' }),
    h('svg:text', {
      ...{
        x,
        y: now + 16.5,
        'text-anchor': 'middle',
        'font-size': size,
        text: said,
      },
      style: `fill:${palette.bad}`,
    }),
  ];
}

const arc = (from, to, high) => `M${from} ${SKY - 3}C${from} ${SKY - high} ${to} ${SKY - high} ${to} ${SKY - 3}`;
const height = (from, to) => clamp(Math.abs(from - to) * 0.3, 16, SKY + 8);

/** From the chosen place to where the shown head looks, as thick as the weight. */
function lookArcs({ maps, bit, place, length, cutHere }, x, palette) {
  const row = maps[bit].subarray(place * length, (place + 1) * length),
    parts = [];
  row.forEach((weight, s) => {
    if (weight < 0.04 || s > place) return;
    const [from, to] = [x(place), x(s)],
      d =
        s === place
          ? `M${from - 3} ${SKY - 3}C${from - 14} ${SKY - 24} ${from + 14} ${SKY - 24} ${from + 3} ${SKY - 3}`
          : arc(from, to, height(from, to));
    parts.push(
      h('svg:path', {
        ...{ d, fill: 'none', stroke: cutHere ? palette.dim : palette.accent, 'stroke-width': 1 + 4 * weight },
        ...{ 'stroke-opacity': 0.35 + 0.65 * weight, 'stroke-dasharray': cutHere ? '3 3' : null, 'data-arc': s },
      }),
    );
  });
  return parts;
}

/** Did the letter at the place stand before? */
const isRepeated = ({ tokens, place }) => tokens.indexOf(tokens[place]) < place;

/** The road of a copy: one head wrote what stood before, the other finds it. */
function roadArcs(view, x, palette) {
  const { writer, reader } = twoCouple(view),
    road = twoRoad(view, view.maps[reader]),
    [a, b] = [palette.states[1], palette.accent].map((colour) => readable(colour, palette)),
    name = (bit) => twoName(twoPair(bit, view.heads));
  const arcs = [
    [x(road.found), x(road.before), a, writer, 'writer'],
    [x(road.asks), x(road.found), b, reader, 'reader'],
  ];
  return arcs.flatMap(([from, to, colour, bit, role]) => {
    const high = role === 'writer' ? 26 : Math.max(44, height(from, to));
    return [
      h('svg:path', {
        ...{ d: arc(from, to, high), fill: 'none', stroke: colour, 'stroke-width': 3, 'data-road': role },
      }),
      h('svg:path', {
        d: `M${to - 5} ${SKY - 9}L${to} ${SKY - 2}L${to + 5} ${SKY - 9}`,
        fill: 'none',
        stroke: colour,
        'stroke-width': 2.4,
      }),
      h('svg:text', {
        ...{
          x: (from + to) / 2,
          y: SKY - high * 0.75 - 6,
          'text-anchor': 'middle',
          'font-size': 12,
          'font-weight': 700,
        },
        ...{ text: name(bit), style: `fill:${colour}; paint-order:stroke; stroke:${palette.bg}; stroke-width:4px` },
      }),
    ];
  });
}
