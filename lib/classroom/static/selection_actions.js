// What the reader can do in the selection viewer, by hand or by key.
import { calm, clamp } from './common.js';
import { selectionKey } from './selection_words.js';

const SELECTION_PACE = 240; // milliseconds for a step while playing

/** What the reader can do; every control and every key ends here. */
export function selectionActions(model, ui, look, { put, redraw, python, alive }) {
  const act = {
    go: (position) => put({ position }),
    choose: (channel) => put({ channel }),
    turnChannel(by) {
      const { order, channel } = look();
      act.choose(order[clamp(order.indexOf(channel) + by, 0, order.length - 1)]);
    },
    hover(t) {
      if (ui.hover !== t) {
        ui.hover = t;
        redraw();
      }
    },
    set(value, save = true) {
      const { t, channel } = look();
      const delta = clamp(Number(value.toPrecision(3)), 1e-5, 30);
      put({ hold: { position: t, channel: ui.all ? null : channel, delta }, held_text: '' }, save);
    },
    settle() {
      model.save_changes();
      const hold = model.get('hold');
      if (hold) python.ask(hold);
    },
    turn(by) {
      act.set(look().delta * 1.25 ** by);
      act.settle();
    },
    stopClock() {
      act.set(0);
      act.settle();
    },
    letGo: () => put({ hold: null, held_text: '' }),
    whose(all = !ui.all) {
      ui.all = all;
      const hold = model.get('hold');
      if (!hold) return redraw();
      put({ hold: { ...hold, channel: all ? null : look().channel }, held_text: '' });
      act.settle();
    },
    play() {
      if (ui.timer !== null) return act.stop();
      if (look().t === look().steps - 1) put({ position: 0 });
      ui.timer = setInterval(
        () => {
          const { t, steps } = look();
          if (t === steps - 1 || !alive()) return act.stop();
          put({ position: t + 1 });
        },
        calm() ? 2 * SELECTION_PACE : SELECTION_PACE,
      );
      redraw();
    },
    stop() {
      clearInterval(ui.timer);
      ui.timer = null;
      redraw();
    },
  };
  return act;
}

export function onSelectionKey(event, ui, look, act) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.tagName === 'SELECT') return;
  if (event.target.tagName === 'BUTTON' && (event.key === ' ' || event.key === 'Enter')) return;
  const view = look();
  if (event.key === 'Escape' && !view.hold) return;
  const now = {
    position: view.t,
    row: view.order.indexOf(view.channel),
    length: view.steps,
    channels: view.channels,
  };
  const patch = selectionKey(now, event.key);
  if (!patch) return;
  event.preventDefault();
  if (patch.act) return act[patch.act](patch.with);
  ui.hover = null;
  if ('row' in patch) act.choose(view.order[patch.row]);
  else act.go(patch.position);
}
