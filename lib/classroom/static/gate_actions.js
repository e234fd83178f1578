// What the reader can do in the gate viewer, by hand or by key.
import { calm, clamp } from './common.js';
import { gateOrder, sameHold } from './gate_model.js';
import { gateKey } from './gate_words.js';

const GATE_PACE = 260; // milliseconds for a step while playing

/** What the reader can do; every control and every key ends here. */
export function gateActions(model, ui, look, { put, redraw, python }) {
  const wished = (value) => {
    const { gate, all, begin, end } = ui.draft;
    return { gate, unit: all ? null : (ui.draft.unit ?? look().unit), value, begin, end };
  };
  /** A held gate follows what is chosen; a free one waits. */
  const again = () => {
    const { hold } = look();
    if (hold && act.canHold()) act.hold(hold.value);
    else redraw();
  };
  const change = (patch) => {
    Object.assign(ui.draft, patch);
    again();
  };
  const act = {
    wished,
    canHold: () => model.get('can_compute') && ['here', 'failed'].includes(python.state),
    go: (position) => put({ position }),
    /** To the earlier (-1) or later (1) steps, of which only a window is seen. */
    page(by) {
      const { at, length } = look();
      const [edge, was] = [Math.min(8, Math.floor(ui.columns / 4)), ui.first]; // as keepInside has it
      ui.first = clamp(was + by * Math.max(1, ui.columns - 8), 0, Math.max(0, length - ui.columns));
      put({ position: clamp(at + ui.first - was, ui.first + edge, ui.first + ui.columns - 1 - edge) });
    },
    hover(t) {
      if (ui.hover === t) return;
      ui.hover = t;
      redraw();
    },
    span(begin, end, done) {
      Object.assign(ui.draft, { begin, end, from: null });
      if (done) again();
      else redraw();
    },
    over(value) {
      const [begin, end] = value === 'whole' ? [0, look().length] : value.split('-').map(Number);
      change({ begin, end, from: null });
    },
    gate: (index) => change({ gate: look().gates[index] }),
    nextGate() {
      const { gates } = look();
      if (gates.length) act.gate((gates.indexOf(ui.draft.gate) + 1) % gates.length);
    },
    whose: (all = !ui.draft.all) => change({ all, unit: null }),
    hold(value) {
      if (value === null) return put({ hold: null });
      const hold = wished(value);
      const known = look().runs.find((run) => run.hold && sameHold(run.hold, hold));
      if (known) return put({ hold: known.hold });
      if (act.canHold() && ui.draft.gate) python.ask(hold);
    },
    prepared: (index) => put({ hold: look().runs[index].hold }),
    pick: (position, unit) => act.choose(unit, { position }),
    choose(unit, more = {}) {
      if (!look().hold) ui.draft.unit = null; // a hold stays with the unit it was made for
      put({ unit, ...more });
    },
    turn(by) {
      const { order, unit } = look();
      act.choose(order[clamp(order.indexOf(unit) + by, 0, order.length - 1)]);
    },
    mark(index) {
      const pattern = index ? Object.keys(model.get('patterns'))[index - 1] : null;
      put({
        pattern,
        ...(pattern === null && model.get('sort') === 'pattern' ? { sort: 'changes most' } : {}),
      });
    },
    quantity: (quantity) => put({ quantity }),
    sort: (sort) => put({ sort, unit: gateOrder(look().runs[0], sort, look().quantity, look().marks)[0] }),
    play() {
      if (ui.timer !== null) return act.stop();
      if (look().at === look().length - 1) put({ position: 0 });
      ui.timer = setInterval(
        () => {
          const { at, length } = look();
          if (at === length - 1 || !ui.alive()) return act.stop();
          put({ position: at + 1 });
        },
        calm() ? 2 * GATE_PACE : GATE_PACE,
      );
      redraw();
    },
    stop() {
      clearInterval(ui.timer);
      ui.timer = null;
      redraw();
    },
    press(patch) {
      if (patch.act) return act[patch.act](patch.with);
      if (patch.span && act.canHold()) Object.assign(ui.draft, patch.span);
      ui.hover = null;
      if ('row' in patch) return act.choose(look().order[patch.row]);
      put({ position: patch.position });
    },
  };
  return act;
}

export function onGateKey(event, ui, look, act) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.tagName === 'SELECT') return;
  if (event.target.tagName === 'BUTTON' && (event.key === ' ' || event.key === 'Enter')) return;
  const { at, order, unit, length, units, hold } = look();
  if (event.key === 'Escape' && hold === null) return;
  const now = { position: at, row: order.indexOf(unit), length, units, span: ui.draft };
  const patch = gateKey(now, event.key, event.shiftKey);
  if (!patch) return;
  event.preventDefault();
  act.press(patch);
}
