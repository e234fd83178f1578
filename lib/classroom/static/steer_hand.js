// Hand and keys on the map.
import { clamp } from './common.js';
import { draggedShare } from './steer_map.js';

/** Mouse, pen, finger: a press takes a row's weight to the word under it, across it follows, down leaves some of it
 *  where it was; how far down is measured on the screen, from where it was pressed. A finger that scrolls undoes what
 *  it did. */
export function steerHand(map, ui, { look, pull, settle, put, undo }) {
  const { node, plan } = map;
  let held = null;
  const across = (event) => event.clientX - node.getBoundingClientRect().left;
  node.addEventListener('pointerdown', (event) => {
    if (event.button > 0) return;
    const x = across(event),
      view = look(),
      row = plan().row(event.clientY - node.getBoundingClientRect().top);
    if (row < 0 || row >= view.rows.length) return;
    node.focus({ preventScroll: true });
    if (!plan().inside(x)) return void put({ row });
    node.setPointerCapture(event.pointerId);
    const { pull: before } = view.rows[row],
      pulls = view.rows.flatMap((one) => (one.pull ? [one.pull] : []));
    held = { row, from: event.clientY, pulls, share: before && before[1] === plan().word(x) ? before[2] : 1 };
    follow(event);
  });
  function follow(event) {
    const x = across(event);
    ui.hand = { row: held.row, x };
    pull(held.row, plan().word(x), draggedShare(held.share, event.clientY - held.from), false);
  }
  node.addEventListener('pointermove', (event) => {
    if (held) follow(event);
  });
  node.addEventListener('pointerup', () => {
    if (held) settle();
    held = null;
  });
  node.addEventListener('pointercancel', () => {
    ui.hand = null;
    if (held) undo(held.pulls);
    held = null;
  });
}

/** What a key does: { row } chooses one, { row, word, share } pulls it; null for another key. */
export function moveOfKey({ key, shiftKey }, { rows, row, english }) {
  const { pull, own } = rows[row],
    looks = own.reduce((best, a, s) => (a > own[best] ? s : best), 0),
    word = pull ? pull[1] : looks,
    share = pull ? pull[2] : 1,
    last = english.length - 1;
  const rowKeys = { ArrowUp: row - 1, ArrowDown: row + 1, PageUp: 0, PageDown: rows.length - 1 };
  if (key in rowKeys && !shiftKey) return { row: clamp(rowKeys[key], 0, rows.length - 1) };
  const words = { ArrowLeft: shiftKey ? 0 : word - 1, ArrowRight: shiftKey ? last : word + 1, Home: 0, End: last };
  if (key in words) {
    const to = clamp(words[key], 0, last);
    return to === looks && pull && own[looks] > 0.99 ? { row, word: to, share: 0 } : { row, word: to, share };
  }
  if (key === 'Delete' || key === 'Backspace' || key === 'Escape') return pull ? { row, word, share: 0 } : null;
  const more = { '+': 0.05, '=': 0.05, '-': -0.05, '−': -0.05 };
  if (key in more || (shiftKey && (key === 'ArrowUp' || key === 'ArrowDown'))) {
    const by = more[key] ?? (key === 'ArrowUp' ? 0.01 : -0.01);
    return pull ? { row, word, share: clamp(share + by, 0.01, 1) } : { row, word, share: 1 };
  }
  return null;
}
