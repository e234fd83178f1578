// What the selection viewer computes, draws as paths and says, by itself.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as it from '../../lib/classroom/static/selection_model.js';
import * as lanes from '../../lib/classroom/static/selection_lanes.js';
import * as words from '../../lib/classroom/static/selection_words.js';
import { timePlace } from '../../lib/classroom/static/heat.js';

const near = (a, b, tolerance = 1e-9) => assert.ok(Math.abs(a - b) <= tolerance, `${a} is not ${b}`);
// one channel, one state, three steps
const DATA = {
  ...{ steps: 3, channels: 1, states: 1, form: 'code', A: Float64Array.from([-1]), C: null, state: null },
  ...{ delta: Float64Array.from([Math.LN2, 1, Math.LN2]), B: [1, 2, 1], x: [4, 0.5, -1] },
};

test('what is still there is what was written, times all decays since', () => {
  const story = it.channelStory(DATA, DATA.delta, 0);
  [4 * Math.LN2, 1, -Math.LN2].forEach((x, t) => near(story.written[t], x));
  const parts = it.stillThere(story, 1, 2);
  [(4 * Math.LN2 * Math.exp(-1)) / 2, 0.5, -Math.LN2].forEach((x, s) => near(parts[s], x));
  near(parts[0] + parts[1] + parts[2], story.states[2]);
  const sizes = it.perToken(parts, 1, null, 2);
  near(sizes[2], Math.LN2);
  near(it.perToken(parts, 1, [9, 9, 2], 2)[1], 1);
  assert.deepEqual([...it.perToken(Float64Array.from([3, 4]), 2, null, 0)], [5]);
});

test('the exact form, and states whose inputs are not known', () => {
  const exact = it.channelStory({ ...DATA, form: 'exact' }, DATA.delta, 0);
  near(exact.written[0], 2); // (1 - 1/2) · 1 · 4
  const states = Float64Array.from(exact.states);
  const bare = it.channelStory({ ...DATA, form: null, B: null, x: null, state: states }, DATA.delta, 0);
  exact.written.forEach((x, t) => near(bare.written[t], x, 1e-12));
});

test('a Δ by hand changes one step, of one channel or of all', () => {
  const data = { delta: Float64Array.from([1, 2, 3, 4, 5, 6]), channels: 2 };
  assert.deepEqual([...it.heldDelta(data, { position: 1, channel: 1, delta: 9 })], [1, 2, 3, 9, 5, 6]);
  assert.deepEqual([...it.heldDelta(data, { position: 2, channel: null, delta: 0.5 })], [1, 2, 3, 4, 0.5, 0.5]);
  assert.equal(it.heldDelta(data, null), data.delta);
  const [old, copy] = [Float64Array.from([1, 2, 3, 4]), Float64Array.from([1, 2, 7, 8])];
  assert.deepEqual(it.withStep(old, 2, 1, [7, 8]), copy);
  assert.equal(old[2], 3);
});

test('doors, half-lives, orders, quantiles', () => {
  const doors = it.doorShares([Math.LN2, Math.LN2], [1, 2]);
  near(doors[0], 0.5, 1e-6);
  near(doors[1], 0.75, 1e-6);
  assert.deepEqual([...it.slowestRates({ A: Float64Array.from([-3, -1, -5, -2]), channels: 2, states: 2 })], [1, 2]);
  near(it.halfLife([Math.LN2 / 5, 9, 0.001], 1), 5);
  near(it.medianOf([4, 1, 3, 2]), 2.5);
  const data = { delta: Float64Array.from([1, 1, 3, 0.1, 1, 1]), channels: 2 };
  const marks = [false, true, false];
  assert.deepEqual(it.channelOrder(data, [1, 1], 'marked', marks), [0, 1]);
  assert.deepEqual(it.channelOrder(data, [3, 1], 'half-life', marks), [1, 0]);
  assert.deepEqual(it.channelOrder(data, [1, 1], 'number', []), [0, 1]);
  const { mean, low, high } = it.stepQuantiles(Float32Array.from([0, 10, 5, 2.5, 7.5]), 5);
  [mean[0], low[0], high[0]].forEach((x, k) => near(x, [5, 1, 9][k], 1e-6));
  assert.deepEqual(it.logEnds([0.002, 3]), [-3, 1]);
  assert.deepEqual(it.logEnds([1e-9, 1]), [-5, 0]);
  assert.deepEqual([[0.03, 0.01], [0.7], [0.9], [0.001]].map(it.doorTop), [0.05, 0.75, 1, 0.01]); // prettier-ignore
  for (const [quantity, rate] of [['door', 2], ['delta', 1]]) {
    const axis = it.doorAxis(quantity, rate, [-3, 1]);
    for (const delta of [0.004, 0.3, 2]) near(axis.back(axis.at(delta)), delta, 1e-9);
    near(it.doorAxis('door', 2, [0, 1], 0.1).at(0.01), -Math.expm1(-0.02) / 0.1);
  } // prettier-ignore
});

test('what is in the room, in shares', () => {
  assert.deepEqual(it.roomShares([1, -3, 0], [false, true, false]), {
    marked: 0.75,
    other: 0.25,
    most: 1,
    share: 0.75,
  });
  assert.equal(it.roomShares([0, 0], []).share, 0);
  assert.deepEqual(it.marksApart([1, 2, 6], [true, false, false]), [1, 4]);
});

test('paths lie in the window; the room is for what is left', () => {
  const place = timePlace({ left: 100, width: 140, first: 1, columns: 2 });
  const y = (x) => 50 - 10 * x;
  assert.equal(
    lanes.barsPath(place, [9, 1, 2, 9], y, (t) => t === 1),
    'M100.60 50.00h18.80V40.00h-18.80z',
  );
  assert.equal(
    lanes.barsPath(place, [9, 1, 2, 9], y, () => true, 1),
    'M100.60 50.00h18.80V40.00h-18.80z',
  );
  assert.equal(lanes.stepsPath(place, [0, 1, 2], y), 'M100.00 40.00H120.00L120.00 30.00H140.00');
  assert.match(lanes.bandPath(place, [0, 0, 0], [0, 1, 1], y), /^M100\.00 40\.00.*z$/);
  assert.deepEqual(lanes.roomEnds([0.5, -0.2], [9, -0.3]), [-0.3, 1]);
  assert.deepEqual(lanes.roomEnds([0, 0], [0, 3]), [0, 3]);
  assert.deepEqual(lanes.roomEnds([0], [0]), [0, 1]);
});

const VIEW = {
  ...{ tokens: [...'aBc'], marks: [false, true, false], channel: 2, t: 2, doorRow: [0.1, 0.9, 0.3] },
  ...{ values: [0, 3, 1], hold: null, was: null, delta: 0.5 },
};

test('the answer says when the door opens and what is then in the room', () => {
  const { short, long } = words.selectionAnswer(VIEW);
  assert.equal(short, 'Channel 2: its door is open by 0.90 at marked steps, by 0.20 elsewhere.');
  assert.equal(
    long,
    'In the room after step 3 “c”: 75\u00a0% is from the one marked step so far, 25\u00a0% from the 2 others.',
  );
  const free = words.selectionAnswer({ ...VIEW, marks: [] });
  assert.equal(free.short, 'Channel 2: its door is widest, 0.90, at step 2 “B”.');
  assert.match(free.long, /75\u00a0% is from step 2 “B”\.$/);
  const held = { ...VIEW, hold: { position: 0, channel: null, delta: 2 }, was: 0.034 };
  assert.equal(words.holdWords(held), 'By hand: Δ 2.00 instead of 0.034 at step 1 “a”, all channels.');
  assert.match(words.selectionAnswer(held).long, /^With Δ set by hand, in the room after step 3/);
  assert.equal(words.selectionMoment(VIEW), 'Channel 2, step 3 “c”, not marked: Δ 0.50, door 0.30; of step 3 “c” 1.00 is still there.'); // prettier-ignore
  assert.match(words.selectionMoment({ ...VIEW, hover: 1 }), /of step 2 “B” 3\.00 is still there\.$/);
  assert.equal(words.selectionAnswer({ ...VIEW, values: [0, 0, 0] }).long, 'After step 3 the room is empty.');
});

test('numbers in words', () => {
  assert.deepEqual([12, 0.5, 0.0123, 0.00071].map(words.deltaWord), ['12', '0.50', '0.012', '0.00071']);
  assert.deepEqual([0, 1e-6, -0.004, 0.05, -1.5].map(words.numberWord), ['0', '0', '−0.0040', '0.050', '−1.50']);
  const step = { ...{ delta: 0.5, t: 0, states: 2, size: 1.2, out: null, deltaRow: [0.1], rate: 1 }, keep: Float64Array.from([0.9, 0.001]) }; // prettier-ignore
  const [first, second] = words.stepSum(step).map((line) => line.map(([text]) => text).join(''));
  assert.equal(first, 'Δ = 0.50: keeps exp(ΔA) = 90\u00a0% of the slowest state, under 1\u00a0% of the fastest, writes a vector of size 1.20'); // prettier-ignore
  assert.match(second, /gone after 6\.9 steps\.$/);
  assert.deepEqual(words.around([...'abcdef'], 3, 2), ['… bc', 'd', 'ef']);
  assert.deepEqual(words.around([...'abcdefg'], 3, 2), ['… bc', 'd', 'ef …']);
});

test('of two answers of as many words, only those that differ are pointed out', () => {
  const pointed = (before, after) => words.apart(before, after).filter(({ differs }) => differs).map(({ text }) => text); // prettier-ignore
  assert.deepEqual(pointed('3 1 2 4', '3 3 2 4'), ['3 ']);
  assert.deepEqual(pointed('a cat\nis', 'a dog\nis'), ['dog\n']);
  assert.deepEqual(pointed('a cat', 'a dog that'), ['dog that']);
  const whole = words.apart('1 2', '1 3').map(({ text }) => text);
  assert.equal(whole.join(''), '1 3');
});

test('without Python the viewer says so', () => {
  const said = (state, more) => words.pythonWords(state, { hold: null, canCompute: true, text: 'too much', ...more });
  assert.match(said('away'), /Python must run/);
  assert.equal(said('failed'), 'too much');
  assert.match(said('here'), /^Drag the knob/);
  assert.equal(said('away', { canCompute: false }), '');
  assert.match(said('away', { canCompute: false, hold: {} }), /not given a way to ask/);
});

test('keys', () => {
  const now = { position: 5, row: 1, length: 10, channels: 3 };
  const press = (key) => words.selectionKey(now, key);
  assert.deepEqual([press('ArrowRight'), press('PageDown'), press('Home')], [{ position: 6 }, { position: 9 }, { position: 0 }]); // prettier-ignore
  assert.deepEqual([press('ArrowUp'), press('ArrowDown')], [{ row: 0 }, { row: 2 }]);
  assert.deepEqual([press('+'), press('-'), press('a').act, press('0').act], [{ act: 'turn', with: 1 }, { act: 'turn', with: -1 }, 'whose', 'stopClock']); // prettier-ignore
  for (const key of ['x', 'Tab', 'Enter']) assert.equal(press(key), null);
});
