// What the gate viewer shows now, computed from its state; what was decoded or sorted once is kept.
import { clamp } from './common.js';
import { GATE_NAMES, gateOrder, gateRuns, gateStory, sameHold } from './gate_model.js';

/** Keeps what was made of the same parts. */
function once(make) {
  let [parts, made] = [[], null];
  return (...now) => {
    if (!parts.length || now.some((part, k) => part !== parts[k])) [parts, made] = [now, make(...now)];
    return made;
  };
}

/** What is shown, computed from the state: every panel draws from this and from nothing else. */
export function gateSeen(model) {
  const decode = once((codes, layout, steps, units) => gateRuns(codes, layout, steps, units));
  const order = once(gateOrder);
  const [story, ghost] = [once(gateStory), once(gateStory)];
  return () => {
    const tokens = model.get('tokens');
    const units = model.get('_units');
    const runs = decode(model.get('_codes'), model.get('_runs'), tokens.length, units);
    const hold = model.get('hold');
    const run = (hold && runs.find((each) => sameHold(each.hold, hold))) || runs[0];
    const pattern = model.get('pattern');
    const marks = pattern === null ? null : (model.get('patterns')[pattern] ?? null);
    const quantity =
      model.get('quantity') in runs[0].values ? model.get('quantity') : Object.keys(runs[0].values)[0];
    const unit = clamp(model.get('unit'), 0, units - 1);
    return {
      ...{ tokens, runs, run, hold: run.hold, pattern, marks, quantity, unit, units, length: tokens.length },
      ...{ at: clamp(model.get('position'), 0, tokens.length - 1), sort: model.get('sort'), bits: run.bits },
      ...{ order: order(runs[0], model.get('sort'), quantity, marks), story: story(run, unit) },
      ...{ ghost: run.hold ? ghost(runs[0], unit) : null, ghostBits: run.hold ? runs[0].bits : null },
      gates: GATE_NAMES.filter((gate) => runs[0].values[gate]),
    };
  };
}
