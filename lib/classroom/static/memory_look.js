// What the memory viewer shows, from its state; what is dear is kept until what it depends on changes.
import { MEMORY_REACH, memoryBegin, memoryBump, memoryError, memoryExplosion } from './memory_model.js';
import { memoryPart, memoryPast, memoryRun, memoryShare } from './memory_model.js';

const MEMORY_PLACES = 41; // at so many places one asks whether a bump would come through
const MEMORY_TRAITS = ['signal', 'order', 'measure', 'method', 'window', 'at', 'bump', 'width', 'number'];

/** The last value of `make` for a key. */
function keeper() {
  let [key, value] = [null, null];
  return (wanted, make) => {
    if (key !== wanted) [key, value] = [wanted, make()];
    return value;
  };
}

const reachOf = (place, width, length) => [
  Math.max(0, Math.floor(place - MEMORY_REACH * width)),
  Math.min(length - 1, Math.ceil(place + MEMORY_REACH * width)),
];

/** How much of a bump would come through at each of some places, as a function of t. */
function memoryCurve(spec, width, length) {
  const places = Array.from({ length: Math.min(MEMORY_PLACES, length) }, (_, k, all) =>
    Math.round((k * (length - 1)) / (Math.min(MEMORY_PLACES, length) - 1)),
  );
  const by = Math.max(1, Math.floor(width / 4));
  const asked = (place) => ({ place, lone: memoryBump(length, place, width), reach: reachOf(place, width, length) });
  if (spec.measure === 'legs') {
    const runs = places.map((place) => {
      const bump = asked(place);
      return { ...bump, kept: memoryRun(bump.lone, spec) };
    });
    return (t) =>
      runs
        .filter(({ place }) => place <= t)
        .map(({ place, lone, reach, kept }) => [
          place,
          memoryShare(kept.subarray(t * spec.order, (t + 1) * spec.order), lone, spec, t, reach, by),
        ]);
  }
  // the others see how long ago it was and nothing else: one run serves all places
  const lead = Math.ceil(MEMORY_REACH * width);
  const whole = length + lead;
  const bump = memoryBump(whole, lead, width);
  const kept = memoryRun(bump, spec);
  return (t) =>
    places
      .filter((place) => place <= t)
      .map((place) => {
        const now = lead + t - place;
        const c = kept.subarray(now * spec.order, (now + 1) * spec.order);
        return [place, memoryShare(c, bump, spec, now, [lead - Math.min(place, lead), 2 * lead], by)];
      });
}

/** look(model) gives the view: everything that is drawn and said comes from it. signals: name -> (T,). */
export function memoryLook(signals) {
  const [runs, lone, curves, heards] = [keeper(), keeper(), keeper(), keeper()];
  const smalls = Object.fromEntries(
    Object.entries(signals).map(([name, signal]) => [name, signal.reduce((m, x) => Math.max(m, Math.abs(x)), 0)]),
  );
  return (model, playing = false) => {
    const state = Object.fromEntries(MEMORY_TRAITS.map((name) => [name, model.get(name)]));
    const { signal, order, measure, method, window, at, bump, width } = state;
    const [clean, spec] = [signals[signal], { order, measure, method, window }];
    const length = clean.length;
    const which = [order, measure, method, window].join();
    const plain = runs(`${signal},${which}`, () => memoryRun(clean, spec));
    const own =
      bump &&
      lone(`${bump[0]},${width},${which}`, () => {
        const shape = memoryBump(length, bump[0], width);
        return { shape, kept: memoryRun(shape, spec) };
      });
    const heard = heards(`${signal},${bump},${width}`, () =>
      bump ? clean.map((value, j) => value + bump[1] * own.shape[j]) : clean,
    );
    const part = (kept) => kept.subarray(at * order, (at + 1) * order);
    const before = part(plain);
    const moved = own ? part(own.kept).map((value) => bump[1] * value) : null;
    const memory = moved ? before.map((value, n) => value + moved[n]) : before; // the memory is linear
    const past = memoryPast(memory, spec, at);
    const begin = memoryBegin(spec, at);
    const curve = curves(`${width},${which}`, () => memoryCurve(spec, width, length));
    const unit = Math.max(smalls[signal], 1e-12, bump ? Math.abs(bump[1]) : 0);
    return {
      ...{
        ...state,
        length,
        names: Object.keys(signals),
        heard,
        clean,
        memory,
        before,
        moved,
        past,
        begin,
        playing,
        unit,
      },
      error: memoryError(heard, past),
      inside: begin ? memoryError(heard, past, begin) : null,
      explosion: measure === 'last' ? null : memoryExplosion(plain, order, at, unit),
      through: own ? memoryShare(part(own.kept), own.shape, spec, at, reachOf(bump[0], width, length)) : NaN,
      curve: curve(at),
      part: state.number !== null && state.number < order ? memoryPart(memory, state.number, spec, at) : null,
    };
  };
}
