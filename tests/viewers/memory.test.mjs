// What the memory viewer computes and says, by itself.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as axis from '../../lib/classroom/static/memory_axis.js';
import * as exact from '../../lib/classroom/static/memory_exact.js';
import { memoryLook, memoryPlaces } from '../../lib/classroom/static/memory_look.js';
import * as it from '../../lib/classroom/static/memory_model.js';
import { memoryRange } from '../../lib/classroom/static/memory_stage.js';
import * as words from '../../lib/classroom/static/memory_words.js';

const LENGTH = 300;
const waves = Float64Array.from({ length: LENGTH }, (_, j) => Math.sin(j / 20) + 0.3 * Math.sin(j / 6));
const close = (a, b, by = 1e-9) => assert.ok(Math.abs(a - b) <= by, `${a} is not ${b}`);
const state = (more = {}) => ({
  ...{
    signal: 'waves',
    order: 16,
    measure: 'legs',
    method: 'zoh',
    window: 75,
    at: 299,
    bump: null,
    width: 6,
    number: null,
  },
  ...more,
});
const look = memoryLook({ waves, flat: new Float64Array(LENGTH).fill(1) });
const view = (more) => {
  const values = state(more);
  return look({ get: (name) => values[name] });
};

test('a constant is kept by the first number', () => {
  const { memory, past, error } = view({ signal: 'flat', method: 'bilinear' });
  close(memory[0], 1 - 1 / 601, 1e-12); // it begins at 0, and each step takes (2k − 1) / (2k + 1) of what is missing
  for (const value of memory.slice(1)) close(value, 0, 0.01);
  for (const value of past.slice(20)) close(value, 1, 0.05);
  assert.ok(error < 0.03);
  const whole = view({ signal: 'flat' });
  whole.memory.forEach((value, n) => close(value, n ? 0 : 1, 1e-13)); // the exact one keeps it, from the first sample on
  close(view({ signal: 'flat', at: 0 }).error, 0, 1e-13);
  const legt = view({ signal: 'flat', measure: 'legt' });
  close(legt.memory[0], 1, 1e-3);
  assert.equal(legt.begin, LENGTH - 75);
});

test('the quick step of LegS solves the equation of the bilinear rule', () => {
  const order = 9;
  const roots = exact.memoryRoots(order);
  const A = (n, k) => (n > k ? -roots[n] * roots[k] : n === k ? -(n + 1) : 0);
  const before = Float64Array.from({ length: order }, (_, n) => Math.cos(n));
  for (const k of [1, 2, 7]) {
    const after = before.slice();
    it.legsStep(after, 0.7, k, roots, false);
    for (let n = 0; n < order; n++) {
      let [left, right] = [after[n], before[n] + (roots[n] * 0.7) / k];
      for (let j = 0; j < order; j++) {
        left -= (A(n, j) * after[j]) / (2 * k);
        right += (A(n, j) * before[j]) / (2 * k);
      }
      close(left, right, 1e-12);
    }
    const euler = before.slice();
    it.legsStep(euler, 0.7, k, roots, true);
    for (let n = 0; n < order; n++) {
      let wanted = before[n] + (roots[n] * 0.7) / k;
      for (let j = 0; j < order; j++) wanted += (A(n, j) * before[j]) / k;
      close(euler[n], wanted, 1e-12);
    }
  }
});

test('the exact memory of a staircase is its integrals, and does not ask how finely it is cut', () => {
  const fine = Float64Array.from({ length: 40 }, (_, j) => Math.sin(Math.floor(j / 4)));
  const coarse = fine.filter((_, j) => j % 4 === 0);
  const [a, b] = [fine, coarse].map((row) => it.memoryReader(row, state({ order: 20 })).at(row.length - 1));
  a.forEach((value, n) => close(value, b[n], 1e-13));
  const roots = exact.memoryRoots(20);
  const row = new Float64Array(20);
  const sums = new Float64Array(20);
  for (let j = 0; j < 4000; j++) {
    it.memoryBasis(row, roots, (j + 0.5) / 4000);
    row.forEach((value, n) => (sums[n] += (fine[Math.floor(j / 100)] * value) / 4000));
  }
  sums.forEach((value, n) => close(value, a[n], 1e-4));
});

test('e to a matrix', () => {
  const turn = exact.memoryExponential(Float64Array.from([0, -3, 3, 0]), 2);
  [Math.cos(3), -Math.sin(3), Math.sin(3), Math.cos(3)].forEach((value, at) => close(turn[at], value, 1e-13));
  const { matrix, input } = exact.memoryExactStep(Float64Array.from([-2]), Float64Array.from([3]));
  close(matrix[0], Math.exp(-2), 1e-14);
  close(input[0], 1.5 * (1 - Math.exp(-2)), 1e-14);
});

test('one asks densely where the answer changes fast', () => {
  const places = memoryPlaces([40, 299], 2, 300, 299);
  assert.ok(places.every((place, k) => !k || place > places[k - 1]) && places[0] === 0 && places.at(-1) === 299);
  for (const near of [39, 40, 41, 297, 298]) assert.ok(places.includes(near), String(near));
  assert.ok(places.length < 90 && !places.includes(100));
  assert.equal(memoryPlaces([0, 20], 2, 300, 20).at(-1), 20);
});

test('an inverse is an inverse, also where a pivot is zero', () => {
  const matrix = Float64Array.from([0, 2, 1, 1, 1, 0, 3, 0, 1]);
  const inverse = exact.memoryInverse(matrix, 3);
  for (let n = 0; n < 3; n++)
    for (let k = 0; k < 3; k++) {
      let sum = 0;
      for (let j = 0; j < 3; j++) sum += matrix[n * 3 + j] * inverse[j * 3 + k];
      close(sum, n === k ? 1 : 0, 1e-12);
    }
});

test('more numbers leave a smaller error, and the window ends', () => {
  const errors = [4, 8, 16, 32].map((order) => view({ order }).error);
  assert.ok(
    errors.every((error, k) => !k || error < errors[k - 1]),
    String(errors),
  );
  const legt = view({ measure: 'legt', order: 24 });
  assert.ok(legt.inside < 0.05 && legt.error > 0.6);
  assert.ok(legt.past.slice(0, legt.begin).every((value) => value === 0));
  const last = view({ measure: 'last' });
  assert.deepEqual([last.begin, last.inside], [LENGTH - 16, 0]);
});

test('the memory is linear: with a bump it is the memory of the signal that has the bump', () => {
  for (const measure of ['legs', 'legt', 'last']) {
    const { memory, heard, at } = view({ measure, bump: [200, 1.5], at: 260 });
    const kept = it.memoryReader(heard, state({ measure })).at(at);
    memory.forEach((value, n) => close(value, kept[n], 1e-9));
  }
});

test('how much of a bump comes through, by when it came', () => {
  const share = (more, place) => {
    const near = view(more).curve.reduce((a, b) => (Math.abs(b[0] - place) < Math.abs(a[0] - place) ? b : a));
    return near[1];
  };
  const [old, fresh] = [60, 240].map((place) => share({}, place));
  assert.ok(Math.abs(old - fresh) < 0.15 && old > 0.5 && old < 1, 'LegS: evenly');
  assert.ok(share({ width: 1.5 }, 150) < 0.6 * share({}, 150), 'finer is lost sooner, wherever it lies');
  assert.ok(share({ measure: 'legt' }, 60) < 0.01 && share({ measure: 'legt' }, 262) > 0.9, 'LegT: the window');
  assert.ok(share({ measure: 'last' }, 240) < 0.01 && share({ measure: 'last' }, 299) > 0.9);
  for (const measure of ['legs', 'legt', 'last'])
    for (const place of [30, 150, 270]) {
      const own = view({
        measure,
        bump: [
          view({ measure })
            .curve.map(([t]) => t)
            .find((t) => t >= place),
          2,
        ],
        at: 299,
      });
      const listed = own.curve.find(([t]) => t === own.bump[0])[1];
      close(own.through, listed, 1e-6); // the one run of a time-invariant memory serves every place
    }
  assert.ok(Number.isNaN(view({ bump: [280, 1], at: 150 }).through), 'it has not come in yet');
});

test('the numbers one by one add up to the past', () => {
  const { memory, past, at } = view({ order: 5 });
  const sum = new Float64Array(past.length);
  for (let n = 0; n < 5; n++)
    it.memoryPart(memory, n, state({ order: 5 }), at).forEach((value, j) => (sum[j] += value));
  sum.forEach((value, j) => close(value, past[j], 1e-12));
});

test('Euler explodes, and it is said', () => {
  const euler = view({ method: 'euler', order: 40 });
  assert.ok(euler.explosion.step < 10 && euler.explosion.size > 1e20);
  const { short, long } = words.memoryAnswer(euler);
  assert.match(short, /^The memory exploded at step \d: 10[⁰¹²³⁴⁵⁶⁷⁸⁹]+\.$/);
  assert.match(
    long,
    /It came down again.*bilinear rule takes the same steps and stays calm, and so does the exact one/,
  );
  const early = view({ method: 'euler', order: 40, at: 12 });
  assert.match(words.memoryAnswer(early).long, /nothing left/);
  assert.match(
    words.memoryStatus({ ...early, bump: [3, 1], through: 2e9, moved: early.memory }),
    /nothing can be seen/,
  );
  assert.equal(view({ order: 40 }).explosion, null);
  const window = view({ method: 'euler', measure: 'legt', order: 60, window: 30 });
  assert.equal(window.error, Infinity);
  assert.match(words.memoryAnswer(window).short, /exploded/);
  assert.equal(words.memoryPower(Infinity), 'more than a computer can write');
  assert.equal(words.memoryPower(3e9), '10⁹');
  assert.equal(axis.memoryTen(-16), '10⁻¹⁶');
});

test('answers and status', () => {
  const answer = (more) => words.memoryAnswer(view(more));
  assert.equal(answer({ order: 8 }).short, 'All of it, but coarsely.');
  assert.match(
    answer({ order: 8 }).long,
    /^8 numbers stand for 300 samples; waves shorter than about 118 samples are lost in the middle, than about 71 a tenth of/,
  );
  assert.match(answer({ order: 1 }).long, /^1 number, the mean, stands for 300 samples: error/);
  assert.match(
    answer({ measure: 'legt' }).long,
    /^In the window waves shorter than about 15 samples are lost in its middle/,
  );
  const early = answer({ order: 33, at: 0, method: 'bilinear', signal: 'flat' });
  assert.equal(early.short, 'Not quite what came in.');
  assert.match(
    early.long,
    /error 50% of the past. Fewer samples than numbers: what is missing is the bilinear rule’s error/,
  );
  assert.equal(answer({ order: 33, at: 0, signal: 'flat' }).short, 'Nearly everything.');
  assert.match(answer({ order: 33, at: 0, method: 'euler', signal: 'flat' }).long, /what is missing is Euler’s error/);
  assert.equal(answer({ order: 64 }).short, 'Nearly everything.');
  assert.equal(answer({ measure: 'legt' }).short, 'The last 75 samples, and nothing before.');
  assert.match(answer({ measure: 'legt' }).long, /of the 225 samples before it, nothing/);
  assert.match(answer({ measure: 'last', order: 1 }).short, /^The last 1 sample, to the letter/);
  assert.match(words.memoryStatus(view()), /^After 300 samples of 300\. Press into the signal/);
  const told = words.memoryStatus(view({ bump: [100, 1] }));
  assert.match(told, /A bump 6 samples wide at 100, 199 samples ago: \d+% of it comes through\.$/);
  assert.match(words.memoryStatus(view({ measure: 'last', bump: [100, 1] })), /nothing of it comes through\.$/);
  assert.match(words.memoryStatus(view({ bump: [290, 1], at: 100 })), /has not come in yet/);
  assert.match(
    words.memoryStatus(view({ number: 0 })),
    /Number 0 is \S+: how much of the mean there is in the whole past/,
  );
  assert.match(words.memoryStatus(view({ number: 3, measure: 'last' })), /Number 3 is the sample 3 steps back: /);
});

test('keys', () => {
  const key = (name, more) => words.memoryKey(view(more), name);
  assert.deepEqual([key('ArrowLeft'), key('ArrowRight')], [{ at: 298 }, { at: 299 }]);
  assert.deepEqual([key('PageDown'), key('Home'), key('End', { at: 3 })], [{ at: 284 }, { at: 0 }, { at: 299 }]);
  assert.deepEqual([key('ArrowUp'), key('ArrowDown', { order: 1 })], [{ order: 17 }, { order: 1 }]);
  assert.deepEqual(
    [key('m'), key('e'), key('e', { measure: 'last' })],
    [{ measure: 'legt' }, { method: 'bilinear' }, null],
  );
  assert.deepEqual(key('b', { bump: [3, 1] }), { bump: null });
  assert.equal(key('b').bump[0], 150);
  assert.deepEqual(key('.', { bump: [100, 2] }), { bump: [103, 2] });
  assert.equal(key(','), null);
  assert.ok(key(']').width > 6 && key('[').width < 6);
  assert.deepEqual(key('s'), { signal: 'flat' });
  assert.deepEqual([key('n'), key('n', { number: 15 }), key('p')], [{ number: 0 }, { number: null }, { number: 15 }]);
  assert.deepEqual(key(' '), { act: 'play' });
  assert.equal(key('x'), null);
  for (let step = 0; step <= words.MEMORY_WIDTHS; step++) {
    const width = words.memoryWidthAt(step, 600);
    assert.ok(width >= 0.5 && width <= 150);
    assert.ok(Math.abs(words.memoryWidthStep(width, 600) - step) <= 4);
  }
});

test('axes', () => {
  assert.deepEqual(axis.memoryTicks(0, 299, 8), [0, 50, 100, 150, 200, 250]);
  assert.deepEqual(axis.memoryTicks(-1.2, 1.2, 4), [-1, 0, 1]);
  const [low, high] = memoryRange(Float64Array.from([0.5, 2]), Float64Array.from([1, 1]));
  assert.ok(low < 0 && high > 2);
  const [under, over] = memoryRange([0, 2], [0, 2], [-0.5, 9]);
  assert.ok(under < -0.5 && over > 2.5 && over < 2.9, 'what rings is seen, what explodes is cut');
  assert.equal(axis.memoryNumber(-0.5), '−0.5');
});
