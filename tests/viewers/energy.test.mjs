// What the energy viewer computes and says, by itself.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uniform } from '../../lib/classroom/static/common.js';
import { energyTicks } from '../../lib/classroom/static/energy_curve.js';
import * as it from '../../lib/classroom/static/energy_model.js';
import * as words from '../../lib/classroom/static/energy_words.js';

const near = (a, b, tolerance = 1e-12) => assert.ok(Math.abs(a - b) <= tolerance, `${a} is not ${b}`);
const signs = (count, units, seed) =>
  Array.from({ length: count }, (_, m) =>
    Array.from({ length: units }, (_, i) => (uniform(seed, m * units + i) < 0.5 ? -1 : 1)),
  );
const shown = (patterns, stored, start, steps, more = {}) => {
  const kept = patterns.filter((_, m) => stored[m]);
  const run = it.recallRun(kept, start, 3);
  const now = it.moment(patterns, stored, run, Math.min(steps, run.length));
  const labels = patterns.map((_, m) => 'abcdefgh'[m]);
  const view = { patterns, stored, labels, run, steps: Math.min(steps, run.length), rows: 4, columns: 10, unit: 0, ...now };
  return { ...view, stays: it.whatStays(patterns, stored, 3), last: run.flips[now.done - 1] ?? null, ...more };
};

test('an order asks every unit once, and another sweep or seed asks in another order', () => {
  const order = it.sweepOrder(5, 40, 0);
  assert.deepEqual(
    order.slice().sort((a, b) => a - b),
    Array.from({ length: 40 }, (_, i) => i),
  );
  assert.deepEqual(order, it.sweepOrder(5, 40, 0));
  assert.notDeepEqual(order, it.sweepOrder(5, 40, 1));
  assert.notDeepEqual(order, it.sweepOrder(6, 40, 0));
});

test('inputs and energy are the sums over all weights', () => {
  const patterns = signs(3, 8, 1),
    [state] = signs(1, 8, 2);
  const weight = (i, j) => (i === j ? 0 : patterns.reduce((sum, p) => sum + p[i] * p[j], 0) / 8);
  const dots = it.products(patterns, state);
  let energy = 0;
  for (let i = 0; i < 8; i++) {
    const heard = it.heardBy(patterns, state, i);
    heard.forEach((x, j) => near(x, weight(i, j) * state[j]));
    near(
      heard.reduce((a, b) => a + b, 0),
      it.inputSum(patterns, dots, state, i) / 8,
    );
    for (let j = 0; j < 8; j++) energy -= (weight(i, j) * state[i] * state[j]) / 2;
  }
  near(it.energyOf(patterns, dots, 8), energy);
});

test('the energy falls at every flip, by twice the field, and at the end every unit agrees', () => {
  const patterns = signs(8, 60, 4),
    [start] = signs(1, 60, 5);
  const run = it.recallRun(patterns, start, 0);
  assert.ok(run.flips.length > 5);
  let before = run.first;
  for (const flip of run.flips) {
    near(flip.energy, before - 2 * Math.abs(flip.field), 1e-9);
    assert.ok(flip.energy < before);
    before = flip.energy;
    const state = it.stateAt(run, flip.at);
    near(it.energyOf(patterns, it.products(patterns, state), 60), flip.energy, 1e-9);
  }
  assert.deepEqual(it.stateAt(run, run.length), run.end);
  assert.deepEqual(it.stateAt(run, 0), start);
  assert.equal(it.flipsUpTo(run, run.length), run.flips.length);
  const stored = patterns.map(() => true);
  assert.ok(!it.moment(patterns, stored, run, run.length).unhappy.includes(true));
  assert.ok(it.moment(patterns, stored, run, run.length - 1).unhappy.includes(true));
});

test('nothing stored: no weights, nothing moves', () => {
  const [start] = signs(1, 40, 6);
  const run = it.recallRun([], start, 0);
  assert.deepEqual([run.length, run.flips, run.end], [0, [], start]);
  assert.equal(words.verdict(shown(signs(2, 40, 7), [false, false], start, 0)).short, 'Nothing is stored.');
  assert.match(words.because(shown(signs(2, 40, 7), [false, false], start, 0)), /hears nothing/);
});

test('damage turns round exactly so many units; erasing empties the lower rows', () => {
  const [state] = signs(1, 40, 8);
  const damaged = it.withNoise(state, 0.25, 9);
  assert.equal(damaged.filter((s, i) => s !== state[i]).length, 10);
  assert.notDeepEqual(damaged, it.withNoise(state, 0.25, 10));
  const erased = it.withoutLowerHalf(state, 4, 10);
  assert.deepEqual(erased.slice(0, 20), state.slice(0, 20));
  assert.ok(erased.slice(20).every((s) => s === -1));
});

test('where it rests is said: picture, negative, nearly, nobody stored', () => {
  const patterns = signs(3, 40, 11),
    all = [true, true, true];
  const says = (start, stored = all) => words.verdict(shown(patterns, stored, start, Infinity)).short;
  const only = [true, false, false];
  assert.equal(says(patterns[0], only), 'At rest: this is the a, to the last unit.');
  assert.equal(
    says(
      patterns[0].map((s) => -s),
      only,
    ),
    'At rest in the negative of the a: every unit reversed.',
  );
  const nearly = patterns[0].map((s, i) => (i < 2 ? -s : s));
  const view = shown(patterns, only, patterns[0], 0);
  const overlaps = it.products(patterns, nearly).map((dot) => dot / 40);
  assert.equal(words.verdict({ ...view, state: nearly, overlaps }).short, 'At rest near the a: 2 units of 40 wrong.');
  const mixed = patterns[0].map((_, i) => Math.sign(patterns[0][i] + patterns[1][i] - patterns[2][i]));
  const dots = it.products(patterns, mixed).map((dot) => dot / 40);
  const three = words.verdict({ ...shown(patterns, all, patterns[0], 0), state: mixed, overlaps: dots, unhappy: [] });
  assert.equal(three.short, 'At rest in a place that nobody stored: the majority of a, b and reversed c.');
  const noPart = words.verdict({ ...view, overlaps: [0.5, 0, 0], state: nearly, unhappy: [] });
  assert.match(noPart.short, /nobody stored: nearest to the a, overlap \+0.50/);
});

test('what stays is found for the stored ones alone', () => {
  const alike = signs(1, 40, 12)[0];
  const patterns = [0, 1, 2].map((k) => alike.map((s, i) => (i % 8 === k ? -s : s)));
  const stays = it.whatStays(patterns, [true, true, false], 0);
  assert.equal(stays[2], null);
  assert.ok(stays[0] <= 1);
  const together = it.whatStays(patterns, [true, true, true], 0);
  assert.ok(Math.min(...together) < 1, 'three that are alike run together');
  const view = shown(patterns, [true, true, true], alike, 0);
  assert.match(words.verdict({ ...view, stays: [1, 0.75, 0.75] }).long, /1 of 3 stored pictures stays\./);
});

test('why a unit is as it is', () => {
  const patterns = signs(2, 40, 13);
  const start = patterns[0].map((s, i) => (i === 7 ? -s : s));
  const before = shown(patterns, [true, false], start, 0, { unit: 7 });
  assert.match(words.because(before), /flips as soon as it is asked/);
  assert.match(words.verdict(before).short, /^Not at rest: 1 of 40 units wants to flip\.$/);
  const after = shown(patterns, [true, false], start, Infinity, { unit: 7 });
  assert.match(words.because(after), /just flipped; the energy fell by 1\.950\./); // 2 * 39 / 40
  assert.match(words.because({ ...after, unit: 8 }), /It is, and stays/);
  assert.match(words.because({ ...after, fields: after.fields.map(() => 0) }), /a tie/);
  assert.equal(words.place({ columns: 10 }, 13), 'row 2, column 4');
  assert.match(words.statusSaid(after), /1 flip\. Energy −/);
  assert.equal(words.signed(-0.126), '−0.13');
});

test('keys', () => {
  const at = { unit: 11, rows: 4, columns: 10, count: 40, pictures: 3 };
  const key = (name) => words.energyKey(at, name);
  assert.deepEqual(key('ArrowUp'), { act: 'choose', with: 1 });
  assert.deepEqual(key('ArrowLeft'), { act: 'choose', with: 10 });
  assert.deepEqual(words.energyKey({ ...at, unit: 10 }, 'ArrowLeft'), { act: 'choose', with: 10 });
  assert.deepEqual(key('PageDown'), { act: 'choose', with: 31 });
  assert.deepEqual(key('3'), { act: 'show', with: 2 });
  assert.equal(key('4'), null);
  assert.equal(key('Tab'), null);
  assert.deepEqual(key(' '), { act: 'play' });
  assert.deepEqual(key('-'), { act: 'storeMore', with: -1 });
  assert.deepEqual(key('Enter'), { act: 'flip', with: 11 });
});

test('ticks of the energy are few and round', () => {
  for (const [low, high] of [
    [-62.3, -18.1],
    [-3.5, -1],
    [-480, -20],
  ]) {
    const ticks = energyTicks(low, high);
    assert.ok(ticks.length >= 2 && ticks.length <= 6, `${ticks}`);
    assert.ok(ticks.every((tick) => tick >= low && tick <= high));
  }
});
