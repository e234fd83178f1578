// The chain's mathematics on chains whose answers are known by hand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  analyse,
  classes,
  dispersion,
  distances,
  distributionAfter,
  rate,
  runningShare,
  sampleStep,
  setProbability,
  stationary,
  totalVariation,
} from '../../lib/classroom/static/markov.js';

const near = (a, b, tolerance = 1e-14) =>
  a.forEach((x, i) => assert.ok(Math.abs(x - b[i]) <= tolerance, `${a} is not ${b}`));
const WEATHER = [
  [0.8, 0.15, 0.05],
  [0.3, 0.4, 0.3],
  [0.2, 0.3, 0.5],
];
const RING = [
  [0, 1, 0],
  [0, 0, 1],
  [1, 0, 0],
];
const TRAPS = [
  [0.5, 0.3, 0.2, 0, 0],
  [0, 0.7, 0.3, 0, 0],
  [0, 0.4, 0.6, 0, 0],
  [0.1, 0, 0, 0.6, 0.3],
  [0, 0, 0, 0, 1],
];

test('stationary: two states by hand, and one step changes nothing', () => {
  near(
    stationary([
      [0.7, 0.3],
      [0.6, 0.4],
    ]),
    [2 / 3, 1 / 3],
  );
  const pi = stationary(WEATHER);
  near(distributionAfterFrom(pi, WEATHER), pi);
  near(stationary([[1]]), [1]);
  near(
    stationary([
      [1 - 1e-12, 1e-12],
      [2e-12, 1 - 2e-12],
    ]),
    [2 / 3, 1 / 3],
  ); // no cancellation
});
const distributionAfterFrom = (d, P) => P[0].map((_, j) => d.reduce((sum, p, i) => sum + p * P[i][j], 0));

test('distribution after n steps', () => {
  near(distributionAfter(WEATHER, 1, 0), [0, 1, 0]);
  near(distributionAfter(WEATHER, 1, 1), [0.3, 0.4, 0.3]);
  near(distributionAfter(WEATHER, 1, 2), [0.42, 0.295, 0.285]);
});

test('classes, closed classes and periods', () => {
  assert.deepEqual(classes(WEATHER), [{ members: [0, 1, 2], closed: true, period: 1 }]);
  assert.deepEqual(classes(RING), [{ members: [0, 1, 2], closed: true, period: 3 }]);
  assert.deepEqual(
    classes(TRAPS).map((g) => [g.members, g.closed, g.period]),
    [
      [[0], false, 1],
      [[1, 2], true, 1],
      [[3], false, 1],
      [[4], true, 1],
    ],
  );
  const sixAndFour = Array.from({ length: 8 }, () => new Array(8).fill(0)); // round trips of 6 and 4: period 2
  [
    [0, 1],
    [1, 2],
    [2, 3],
    [3, 4],
    [4, 5],
    [5, 0],
  ].forEach(([i, j]) => {
    sixAndFour[i][j] = 1;
  });
  sixAndFour[3] = [0, 0, 0, 0, 0.5, 0, 0.5, 0];
  sixAndFour[6] = [1, 0, 0, 0, 0, 0, 0, 0];
  sixAndFour[7][0] = 1;
  assert.equal(classes(sixAndFour)[0].period, 1, 'round trips of 6 and 5');
  sixAndFour[6] = [0, 1, 0, 0, 0, 0, 0, 0];
  assert.equal(classes(sixAndFour)[0].period, 2, 'round trips of 6 and 4');
  assert.equal(
    classes([
      [0, 1],
      [0, 1],
    ])[0].period,
    0,
    'no way back: no round trip',
  );
});

test('several closed groups: the long run depends on the start', () => {
  const { closed, longRun, hit, period } = analyse(TRAPS);
  assert.equal(closed.length, 2);
  assert.equal(period, 1);
  near(hit[3], [0.25, 0.75]); // 0.1 : 0.3
  near(longRun[3], [0, (0.25 * 4) / 7, (0.25 * 3) / 7, 0, 0.75]);
  near(longRun[0], [0, 4 / 7, 3 / 7, 0, 0]);
});

test('distances fall for a chain that settles and stay for one that turns', () => {
  const { longRun } = analyse(WEATHER),
    lines = distances(WEATHER, longRun, 1e-8);
  assert.equal(lines[0].length, 51, 'it stops at the round number where all are near');
  assert.equal(distances(WEATHER, longRun)[0].length, 21);
  lines.forEach((line) => line.slice(1).forEach((d, n) => assert.ok(d <= line[n] + 1e-12)));
  assert.ok(lines.every((line) => line[50] < 1e-8));
  distances(RING, analyse(RING).longRun)
    .flat()
    .forEach((d) => assert.ok(Math.abs(d - 2 / 3) < 1e-12));
  assert.equal(totalVariation([1, 0], [0, 1]), 1);
});

test('a step falls where the cumulated row says', () => {
  assert.deepEqual(
    [0, 0.79, 0.8, 0.949, 0.951, 0.9999].map((u) => sampleStep(WEATHER[0], u)),
    [0, 0, 1, 1, 2, 2],
  );
  assert.equal(
    sampleStep([0, 0.5, 0.4999999999, 0], 0.99999999999),
    2,
    'rounding never leads to an impossible state',
  );
});

test('a changed probability: the rest keeps its proportions and the row sums to one', () => {
  near(setProbability([0.8, 0.15, 0.05], 0, 0.4), [0.4, 0.45, 0.15]);
  near(setProbability([0.8, 0.15, 0.05], 2, 2), [0, 0, 1]);
  near(setProbability([0, 0, 1], 2, 0.5, [0.8, 0.15, 0.05]), [(0.5 * 16) / 19, (0.5 * 3) / 19, 0.5]);
  near(setProbability([0, 0, 1], 2, 0.5), [0.25, 0.25, 0.5]);
  near(setProbability([1], 0, 0.3), [1]);
});

test('dispersion: an urn 1, a two-cycle 0, sticky above 1, nothing to vary null', () => {
  const two = (a, b) => [
    [1 - a, a],
    [b, 1 - b],
  ];
  const of = (P) => dispersion(P, stationary(P), 0);
  assert.ok(Math.abs(of(two(0.7, 0.3)) - 1) < 1e-12);
  assert.equal(of(two(1, 1)), 0);
  assert.ok(Math.abs(of(two(0.1, 0.1)) - 9) < 1e-9); // (1 + lambda) / (1 - lambda), lambda = 0.8
  assert.equal(dispersion([[1]], [1], 0), null);
  assert.equal(dispersion(two(0.5, 0), [0, 1], 0), null);
  near(RING.map((_, i) => dispersion(RING, [1 / 3, 1 / 3, 1 / 3], i)), [0, 0, 0]);
});

test('what a step leaves of the distance: by hand, and 0 where nothing is left', () => {
  const of = (P) => rate(P, stationary(P));
  assert.ok(Math.abs(of([[0.9, 0.1], [0.3, 0.7]]) - 0.6) < 1e-5);
  assert.ok(Math.abs(of([[0.1, 0.9], [0.8, 0.2]]) - 0.7) < 1e-5, 'a negative eigenvalue counts by its size');
  assert.equal(of([[0.25, 0.75], [0.25, 0.75]]), 0);
  const pairs = [[0.5, 0.5, 0, 0], [0, 0, 0.5, 0.5], [0.5, 0.5, 0, 0], [0, 0, 0.5, 0.5]];
  assert.equal(of(pairs), 0, 'two letters of an urn: gone after two steps');
});

test('the running share ends with the whole walk and skips only far out', () => {
  const path = Array.from({ length: 10001 }, (_, t) => (t % 4 ? 1 : 0));
  const points = runningShare(path, 0);
  assert.deepEqual(points.slice(0, 4), [[1, 1], [2, 0.5], [3, 1 / 3], [4, 0.25]]);
  assert.deepEqual(points.at(-1), [10001, 2501 / 10001]);
  assert.ok(points.length < 400);
});
