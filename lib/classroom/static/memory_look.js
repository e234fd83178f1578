// What the memory viewer shows, from its state; what is dear is kept until what it depends on changes.
import { MEMORY_REACH, memoryBegin, memoryBump, memoryError, memoryExplosion } from './memory_model.js';
import { memoryExact, memoryPart, memoryPast, memoryReader, memoryShare, memorySpan } from './memory_model.js';

const MEMORY_PLACES = 41; // evenly spread, at which one asks whether a bump would come through
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

/** Where one asks, up to t: everywhere, and densely where the memory begins, at its other end and around the edges. */
export function memoryPlaces(edges, width, length, t) {
  const apart = Math.max(1, (length - 1) / (MEMORY_PLACES - 1));
  const asked = Array.from({ length: MEMORY_PLACES }, (_, k) => k * apart);
  for (const edge of edges) {
    asked.push(edge);
    for (let far = Math.max(0.5, width / 4); far < 1.5 * apart + 4 * width; far *= 1.5)
      asked.push(edge - far, edge + far);
  }
  const whole = asked.map(Math.round).filter((place) => place >= 0 && place <= t);
  return [...new Set(whole)].sort((a, b) => a - b);
}

/** How much of a bump would come through at each of some places, as a function of t. */
function memoryCurve(spec, width, length) {
  const by = Math.max(1, Math.floor(width / 4));
  const asked = (place) => ({ place, lone: memoryBump(length, place, width), reach: reachOf(place, width, length) });
  const share = ({ place, lone, reach, reader }, t) => [place, memoryShare(reader.at(t), lone, spec, t, reach, by)];
  const ready = (place) => {
    const bump = asked(place);
    return { ...bump, reader: memoryReader(bump.lone, spec, bump.reach) };
  };
  if (memoryExact(spec)) return (t) => memoryPlaces([0, t], width, length, t).map((place) => share(ready(place), t));
  if (spec.measure === 'legs') {
    const runs = memoryPlaces([0, length - 1], width, length, length - 1).map(ready);
    return (t) => runs.filter(({ place }) => place <= t).map((run) => share(run, t));
  }
  // the others see how long ago it was and nothing else: one run serves all places
  const lead = Math.ceil(MEMORY_REACH * width);
  const bump = memoryBump(length + lead, lead, width);
  const reader = memoryReader(bump, spec);
  return (t) =>
    memoryPlaces([t - memorySpan(spec, t), t], width, length, t).map((place) => {
      const now = lead + t - place;
      return [place, memoryShare(reader.at(now), bump, spec, now, [lead - Math.min(place, lead), 2 * lead], by)];
    });
}

/** look(model) gives the view: everything that is drawn and said comes from it. signals: name -> (T,). */
export function memoryLook(signals) {
  const [runs, lone, curves, shown, heards] = [keeper(), keeper(), keeper(), keeper(), keeper()];
  const smalls = Object.fromEntries(
    Object.entries(signals).map(([name, signal]) => [name, signal.reduce((m, x) => Math.max(m, Math.abs(x)), 0)]),
  );
  return (model, playing = false) => {
    const state = Object.fromEntries(MEMORY_TRAITS.map((name) => [name, model.get(name)]));
    const { signal, order, measure, method, window, at, bump, width } = state;
    const [clean, spec] = [signals[signal], { order, measure, method, window }];
    const length = clean.length;
    const which = [order, measure, method, window].join();
    const plain = runs(`${signal},${which}`, () => memoryReader(clean, spec));
    const own =
      bump &&
      lone(`${bump[0]},${width},${which}`, () => {
        const shape = memoryBump(length, bump[0], width);
        return { shape, reader: memoryReader(shape, spec, reachOf(bump[0], width, length)) };
      });
    const heard = heards(`${signal},${bump},${width}`, () =>
      bump ? clean.map((value, j) => value + bump[1] * own.shape[j]) : clean,
    );
    const before = plain.at(at);
    const alone = own ? own.reader.at(at) : null;
    const moved = own ? alone.map((value) => bump[1] * value) : null;
    const memory = moved ? before.map((value, n) => value + moved[n]) : before; // the memory is linear
    const past = memoryPast(memory, spec, at);
    const without = own && at >= bump[0] - 2 * width ? memoryPast(before, spec, at) : null;
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
        without,
        begin,
        playing,
        unit,
      },
      error: memoryError(heard, past),
      inside: begin ? memoryError(heard, past, begin) : null,
      explosion: measure === 'last' || method === 'zoh' ? null : memoryExplosion(plain.kept, order, at, unit),
      through: own ? memoryShare(alone, own.shape, spec, at, reachOf(bump[0], width, length)) : NaN,
      curve: shown(`${at},${width},${which},${length}`, () => curve(at)),
      part: state.number !== null && state.number < order ? memoryPart(memory, state.number, spec, at) : null,
    };
  };
}
