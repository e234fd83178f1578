// The hidden Markov model against every path there is, and against answers known by hand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uniform } from '../../lib/classroom/static/common.js';
import { backward, forward, logLikelihood, posterior, sample, viterbi } from '../../lib/classroom/static/hmm.js';

const near = (a, b, tolerance = 1e-13) =>
  a.flat().forEach((x, i) => assert.ok(Math.abs(x - b.flat()[i]) <= tolerance, `${a} is not ${b}`));
const CASINO = [
  [0.5, 0.5],
  [
    [0.95, 0.05],
    [0.1, 0.9],
  ],
  [
    [1 / 6, 1 / 6, 1 / 6, 1 / 6, 1 / 6, 1 / 6],
    [0.1, 0.1, 0.1, 0.1, 0.1, 0.5],
  ],
];
// Three states, with zeros: not every path is possible.
const THREE = [
  [0.6, 0.4, 0],
  [
    [0.5, 0.5, 0],
    [0, 0.7, 0.3],
    [0.25, 0.25, 0.5],
  ],
  [
    [0.9, 0.1, 0, 0],
    [0.2, 0.3, 0.4, 0.1],
    [0, 0, 0.5, 0.5],
  ],
];
const READ = [0, 2, 1, 3, 2, 3];

/** Every path of K states over T steps. */
function paths(count, length) {
  let all = [[]];
  for (let t = 0; t < length; t++) all = all.flatMap((p) => Array.from({ length: count }, (_, j) => [...p, j]));
  return all;
}

/** P(path and observations), by the definition. */
function joint([initial, transition, emission], path, x) {
  return path.reduce(
    (p, j, t) => p * (t === 0 ? initial[j] : transition[path[t - 1]][j]) * emission[j][x[t]],
    1,
  );
}

/** By enumeration: P(observations), and P(state_t = j | observations) for every t and j. */
function enumerated(model, x) {
  const count = model[0].length;
  const shares = x.map(() => new Array(count).fill(0));
  let total = 0;
  for (const path of paths(count, x.length)) {
    const p = joint(model, path, x);
    total += p;
    path.forEach((j, t) => (shares[t][j] += p));
  }
  return { total, shares: shares.map((row) => row.map((p) => p / total)) };
}

const RUNS = [
  ['casino', CASINO, [5, 5, 0, 5, 3, 1, 2, 5]],
  ['three states', THREE, READ],
];

test('forward, backward and posterior equal the sum over all paths', () => {
  for (const [name, model, x] of RUNS) {
    const { filtered, scale, logLikelihood: total } = forward(...model, x);
    assert.ok(Math.abs(total - Math.log(enumerated(model, x).total)) < 1e-13, name);
    assert.equal(logLikelihood(...model, x), total);
    x.forEach((_, t) => {
      const before = enumerated(model, x.slice(0, t + 1));
      near(filtered[t], before.shares[t]);
      near([scale[t]], [before.total / (t ? enumerated(model, x.slice(0, t)).total : 1)]);
    });
    const { shares } = enumerated(model, x);
    near(posterior(...model, x), shares);
    const future = backward(model[1], model[2], x, scale);
    near(
      filtered.map((row, t) => row.map((p, j) => p * future[t][j])),
      shares,
    );
    near(future.at(-1), new Array(model[0].length).fill(1), 0);
  }
});

test('viterbi finds the best of all paths, and delta the best that ends in each state', () => {
  for (const [name, model, x] of RUNS) {
    const { path, logProb, delta, from } = viterbi(...model, x);
    const all = paths(model[0].length, x.length).map((p) => [joint(model, p, x), p]);
    const best = all.reduce((a, b) => (b[0] > a[0] ? b : a));
    assert.deepEqual(path, best[1], name);
    assert.ok(Math.abs(logProb - Math.log(best[0])) < 1e-12);
    const x4 = x.slice(0, 4);
    model[0].forEach((_, j) => {
      const ending = paths(model[0].length, 4).filter((p) => p[3] === j);
      const top = ending.reduce((a, b) => (joint(model, b, x4) > joint(model, a, x4) ? b : a));
      const log = Math.log(joint(model, top, x4));
      assert.ok(delta[3][j] === log || Math.abs(delta[3][j] - log) < 1e-12, `${name} ${j}`);
      if (log > -Infinity) assert.equal(from[3][j], top[2]);
    });
    assert.ok(from[0].every((i) => i === -1));
  }
});

test('the most probable states can be an impossible path', () => {
  const flat = [
    [0.4, 0.3, 0.3],
    [
      [1, 0, 0],
      [0, 0, 1],
      [0, 0, 1],
    ],
    [[1], [1], [1]],
  ];
  near(posterior(...flat, [0, 0]), [
    [0.4, 0.3, 0.3],
    [0.4, 0, 0.6],
  ]);
  assert.deepEqual(viterbi(...flat, [0, 0]).path, [0, 0]);
});

test('an observation that cannot happen: the likelihood is zero, and nothing becomes NaN', () => {
  const never = [
    [1, 0],
    [
      [1, 0],
      [0, 1],
    ],
    [
      [1, 0],
      [0, 1],
    ],
  ];
  const { filtered, scale, logLikelihood: total } = forward(...never, [0, 1, 0]);
  assert.equal(total, -Infinity);
  assert.deepEqual(scale, [1, 0, 0]);
  assert.deepEqual(filtered, [
    [1, 0],
    [0, 0],
    [0, 0],
  ]);
  assert.deepEqual(posterior(...never, [0, 1, 0]).flat(), [0, 0, 0, 0, 0, 0]);
  const best = viterbi(...never, [0, 1, 0]);
  assert.equal(best.logProb, -Infinity);
  assert.ok(best.path.every((j) => j === 0 || j === 1));
});

test('nothing underflows in 20,000 steps', () => {
  const { observations } = sample(...CASINO, 20000, (k) => uniform(3, k));
  const total = logLikelihood(...CASINO, observations);
  assert.ok(total < -30000 && total > -40000);
  posterior(...CASINO, observations).forEach((row) => near([row[0] + row[1]], [1], 1e-9));
  assert.ok(viterbi(...CASINO, observations).logProb <= total);
});

test('sample: the same numbers give the same walk, and the shares are those of the model', () => {
  const draw = (k) => uniform(7, k);
  const one = sample(...CASINO, 20000, draw);
  assert.deepEqual(sample(...CASINO, 300, draw).observations, one.observations.slice(0, 300));
  const loaded = one.states.filter((s) => s === 1).length / 20000;
  assert.ok(Math.abs(loaded - 1 / 3) < 0.03, `${loaded}`); // stationary: .05 / (.05 + .10)
  const sixes = one.observations.filter((x, t) => x === 5 && one.states[t] === 1).length;
  assert.ok(Math.abs(sixes / 20000 / loaded - 0.5) < 0.02);
  assert.deepEqual(
    sample([0, 1, 0], THREE[1], THREE[2], 1, () => 0.999999),
    { states: [1], observations: [3] },
  );
});

test('no observations: the empty answer', () => {
  assert.equal(logLikelihood(...CASINO, []), 0);
  assert.deepEqual(posterior(...CASINO, []), []);
  assert.deepEqual(viterbi(...CASINO, []).path, []);
});
