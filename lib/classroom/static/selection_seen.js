// The view of the selection viewer: what is computed from the traits, each part again only where its sources changed.
import {
  channelOrder,
  channelStory,
  doorShares,
  doorTop,
  heldDelta,
  logDeltas,
  logEnds,
  perToken,
  selectionData,
  slowestRates,
  stepQuantiles,
  stillThere,
  withStep,
} from './selection_model.js';
import { rowsOf } from './selection_words.js';
import { scaleOf } from './heat.js';

/** Remembers the last result of a function for the same arguments. */
function once(make) {
  let [known, result] = [null, null];
  return (...given) => {
    if (!known || given.some((part, k) => part !== known[k])) [known, result] = [given, make(...given)];
    return result;
  };
}

/** () => view, from the traits as they are now. */
export function selectionSeen(model) {
  const data = once((codes, layout, steps) => selectionData(codes, layout, steps));
  const rates = once(slowestRates);
  const delta = once((it, key) => heldDelta(it, JSON.parse(key)));
  const maps = { door: once(doorShares), delta: once((values) => logDeltas(values)) };
  /** A map with one step as it is by hand: only that step is computed again. */
  const patched = once((map, now, rates, channels, t, make) =>
    withStep(map, channels, t, make(now.subarray(t * channels, (t + 1) * channels), rates)),
  );
  const ends = once((it) => logEnds(it.delta));
  const story = once(channelStory);
  const order = once(channelOrder);
  const spread = once(stepQuantiles);
  const respread = once((base, map, channels, t) => {
    const step = stepQuantiles(map.subarray(t * channels, (t + 1) * channels), channels);
    return Object.fromEntries(Object.entries(base).map(([name, row]) => [name, withStep(row, 1, t, step[name])]));
  });
  const top = once(doorTop);
  const onTop = once((rows, most) =>
    Object.fromEntries(Object.entries(rows).map(([name, row]) => [name, row.map((x) => x / most)])),
  );
  const onLog = once(({ mean, low, high }, [from, to]) => {
    const at = (row) => row.map((x) => (x - from) / (to - from));
    return { mean: at(mean), low: at(low), high: at(high) };
  });
  const scales = once((states) => scaleOf(states));
  const floats = once((values) => Float32Array.from(values));
  const rows = once(rowsOf);
  return () => {
    const tokens = model.get('tokens');
    const it = data(model.get('_codes'), model.get('_layout'), tokens.length);
    const { channels, states: N } = it;
    const [d, t] = [Math.min(model.get('channel'), channels - 1), Math.min(model.get('position'), it.steps - 1)];
    const hold = model.get('hold');
    const a = rates(it);
    const now = delta(it, JSON.stringify(hold));
    const quantity = model.get('quantity');
    const make = quantity === 'door' ? doorShares : logDeltas;
    const [base, at] = [maps[quantity](it.delta, a), hold?.position];
    const map = hold ? patched(base, now, a, channels, at, make) : base;
    const told = story(it, now, d);
    const span = ends(it);
    const usual = spread(base, channels);
    const share = hold ? respread(usual, map, channels, at) : usual;
    const most = quantity === 'door' ? top(map) : 1; // of the axis of doors
    const quantiles = quantity === 'door' ? onTop(share, most) : onLog(share, span);
    const marks = model.get('marked');
    const [kept, first] = [stillThere(told, N, t), told.written.subarray(0, (t + 1) * N)];
    const small = kept.subarray(t * N, (t + 1) * N);
    const heat = floats(told.states);
    const byHand = hold && (hold.channel === null || hold.channel === d); // in this channel
    return {
      ...{ data: it, tokens, marks, channel: d, t, hold, quantity, map, ends: span, rate: a[d], spread: quantiles },
      ...{ states: N, channels, steps: it.steps, keep: told.keep, heat, heatScale: scales(heat), hasC: Boolean(it.C) },
      ...rows(now, a, channels, d),
      delta: now[t * channels + d],
      was: byHand ? it.delta[hold.position * channels + d] : null,
      values: perToken(kept, N, it.C, t),
      written: perToken(first, N, it.C, t),
      size: Math.hypot(...small),
      out: it.C ? perToken(heat.subarray(t * N, (t + 1) * N), N, it.C.subarray(t * N), 0)[0] : null,
      top: most,
      order: order(it, a, model.get('sort'), marks),
      sort: model.get('sort'),
    };
  };
}
