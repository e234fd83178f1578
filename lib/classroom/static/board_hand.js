// Hand and keys on the dials. Pure but for the listeners.
import { clamp } from './common.js';

/** Mouse, pen, finger on a row of dials: the dial under the hand follows its height, and those that it passes take it.
 *  set(name, from, to, value, last): last is true when the hand lets go. */
export function dialHand(name, row, { plan, scale, focus, set }) {
  let from = null;
  const placed = (event) => {
    const box = row.getBoundingClientRect(),
      { gutter, rows, room, step, value } = plan();
    const y = event.clientY - box.top + rows[name].top - room;
    return [step(event.clientX - box.left + gutter), scale.value(value(name, y))];
  };
  row.addEventListener('pointerdown', (event) => {
    if (event.button > 0) return;
    event.preventDefault();
    row.setPointerCapture(event.pointerId);
    const [t, value] = placed(event);
    from = t;
    focus(name, row);
    set(name, t, t, value, false);
  });
  row.addEventListener('pointermove', (event) => {
    if (from === null) return;
    const [t, value] = placed(event);
    set(name, from + Math.sign(t - from), t, value, false); // the dial that the hand has left stays as it is
    from = t;
  });
  for (const end of ['pointerup', 'pointercancel'])
    row.addEventListener(end, () => {
      if (from !== null) set(name, from, from, null, true);
      from = null;
    });
}

/** Where a key moves the hand, or what it sets the dial to: { at } or { value }; null for another key. */
export function dialKey(key, at, value, length, scale) {
  const moves = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: length - 1 };
  if (key in moves) return { at: clamp(moves[key], 0, length - 1) };
  const by = { ArrowUp: 1, ArrowDown: -1 }[key];
  if (by) return { value: scale.turn(value, by) };
  const ends = { PageUp: scale.most, PageDown: 0, 1: scale.most, 0: 0 };
  return key in ends ? { value: ends[key] } : null;
}

/** Hand, keys and focus on all rows of a board. ui: { at, focus }; view() -> { dials, numbers } as they are now;
 *  turned(name, from, to, value) -> what changes; put(changes, save) takes it over. */
export function boardHand(board, { ui, scale, view, turned, put, redraw }) {
  const focusOn = (name) => board.rows[name].focus({ preventScroll: true });
  for (const [name, row] of Object.entries(board.rows)) {
    const turn = (_, from, to, value, last) => {
      ui.at = to;
      put(last ? {} : turned(name, from, to, value), last);
    };
    dialHand(name, row, { plan: board.plan, scale, focus: focusOn, set: turn });
    row.addEventListener('keydown', (event) => onDialKey(event, name));
    for (const [kind, focus] of [
      ['focus', name],
      ['blur', null],
    ])
      row.addEventListener(kind, () => {
        ui.focus = focus;
        redraw();
      });
  }

  function onDialKey(event, name) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { dials, numbers } = view(),
      done = dialKey(event.key, ui.at, dials[name][ui.at], numbers.length, scale);
    if (!done) return;
    event.preventDefault();
    if ('at' in done) {
      ui.at = done.at;
      redraw();
    } else put(turned(name, ui.at, ui.at, done.value));
  }
  return focusOn;
}
