// What the chain viewer says, and which key does what.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  decimal,
  horizonFor,
  KEYS,
  moment,
  pace,
  percent,
  press,
  shown,
  steadiness,
  verdict,
} from '../../lib/classroom/static/chain_words.js';
import { analyse, distances, walkOf } from '../../lib/classroom/static/markov.js';

const say = (P, labels, start = 0) => {
  const analysis = analyse(P),
    far = distances(P, analysis.longRun);
  return { ...verdict(analysis, far, labels, start), horizon: horizonFor(far) };
};
const WEATHER = [
  [0.8, 0.15, 0.05],
  [0.3, 0.4, 0.3],
  [0.2, 0.3, 0.5],
];

test('the answer names what happens', () => {
  const weather = say(WEATHER, ['sunny', 'cloudy', 'rainy']);
  assert.match(weather.short, /Not in the long run/);
  assert.match(weather.long, /56\u00a0% of its time in sunny\. After 8 steps every start is within 0\.01/);
  const ring = say(
    [
      [0, 1],
      [1, 0],
    ],
    ['a', 'b'],
  );
  assert.match(ring.short, /periodic \(period 2\)/);
  assert.match(ring.long, /after n steps does not settle.*equal time in every state/);
  const traps = say(
    [
      [0.2, 0.2, 0.6],
      [0, 1, 0],
      [0, 0, 1],
    ],
    ['a', 'b', 'c'],
  );
  assert.match(traps.short, /^Yes/);
  assert.match(
    traps.long,
    /Not every state can be reached.*2 closed groups, \{b\} and \{c\}.*own stationary distribution/,
  );
  assert.match(traps.long, /From a the chain ends in \{b\} with probability 0\.25 and \{c\} with 0\.75/);
  assert.match(
    say(
      [
        [0.2, 0.2, 0.6],
        [0, 1, 0],
        [0, 0, 1],
      ],
      ['a', 'b', 'c'],
      1,
    ).long,
    /From b the chain ends in \{b\} for certain/,
  );
  assert.match(
    say(
      [
        [0.5, 0.5],
        [0, 1],
      ],
      ['away', 'home'],
    ).long,
    /away will never be seen again once left/,
  );
  assert.match(
    say(
      [
        [0.9999, 0.0001],
        [0.0001, 0.9999],
      ],
      ['a', 'b'],
    ).long,
    /forgets slowly: after 200 steps/,
  );
});

test('the plot reaches as far as the chain needs', () => {
  assert.equal(say(WEATHER, ['a', 'b', 'c']).horizon, 20);
  assert.equal(
    say(
      [
        [0.5, 0.5],
        [0.5, 0.5],
      ],
      ['a', 'b'],
    ).horizon,
    10,
  );
  assert.equal(
    say(
      [
        [0, 1],
        [1, 0],
      ],
      ['a', 'b'],
    ).horizon,
    20,
  );
  assert.equal(
    say(
      [
        [0.98, 0.02],
        [0.02, 0.98],
      ],
      ['a', 'b'],
    ).horizon,
    200,
  );
});

test('numbers and labels are honest and readable', () => {
  assert.deepEqual([0, 0.001, 0.0049, 0.005, 0.5, 0.996, 1].map(decimal), [
    '0.00',
    '<.01',
    '<.01',
    '0.01',
    '0.50',
    '>.99',
    '1.00',
  ]);
  assert.equal(percent(0.001), 'under 1\u00a0%');
  assert.deepEqual([shown(' '), shown('\n'), shown('abcdefghijklmnop', 6)], ['␣', '⏎', 'abcde…']);
});

test('the sentence about the moment', () => {
  const view = {
    labels: ['a', 'b'],
    start: 0,
    n: 2,
    exact: [0.3, 0.7],
    longRun: [0.5, 0.5],
    path: [0, 1, 1],
    distance: 0.2,
  };
  assert.equal(
    moment(view),
    '2 steps after a: b 0.70, distance 0.20 from the long run. ' +
      'The walk has made 2 steps and is in b (visited 0.67 of the time, long run 0.50).',
  );
  assert.match(
    moment({ ...view, n: 0, path: [0] }),
    /^Before the first step from a: .* made 0 steps and is in a\.$/,
  );
});

test('keys: arrows choose, plus and minus change, letters act, others are left alone', () => {
  const at = { from: 0, to: 2, n: 3, count: 3, horizon: 20 };
  assert.deepEqual(press(at, 'ArrowLeft'), { from: 2 });
  assert.deepEqual(press(at, 'ArrowDown'), { to: 0 });
  assert.deepEqual([press(at, '+'), press(at, '-')], [{ change: 0.01 }, { change: -0.01 }]);
  assert.deepEqual(
    [press(at, '.'), press(at, ','), press(at, 'End'), press(at, 'Home')],
    [{ n: 4 }, { n: 2 }, { n: 20 }, { n: 0 }],
  );
  assert.deepEqual(press({ ...at, n: 20 }, '.'), { n: 20 });
  assert.deepEqual(
    [' ', 'n', 'm', 'r', 's', 'u', 'l', 'a', 'Escape'].map((key) => press(at, key).act),
    ['play', 'step', 'more', 'restart', 'start', 'undo', 'log', 'plot', 'stop'],
  );
  assert.deepEqual(
    ['d', 'Tab', 'x', 'Insert'].map((key) => press(at, key)),
    [null, null, null, null],
  );
  const names = { Space: ' ', '←': 'ArrowLeft', '→': 'ArrowRight', '↑': 'ArrowUp', '↓': 'ArrowDown', '−': '-', PgUp: 'PageUp', PgDn: 'PageDown' };
  for (const key of KEYS.flatMap(([keys]) => keys.split(' ')))
    assert.ok(press(at, names[key] ?? key), `the help line promises ${key}`);
});

test('a walk: the same seed gives the same walk, changed rows keep the random numbers', () => {
  const walk = walkOf(WEATHER, 1, 3, 500);
  assert.deepEqual(walk, walkOf(WEATHER, 1, 3, 500));
  assert.equal(walk.length, 500);
  assert.equal(walk[0], 1);
  assert.notDeepEqual(walk, walkOf(WEATHER, 1, 4, 500));
  const share = walkOf(WEATHER, 0, 0, 20000).filter((s) => s === 0).length / 20000;
  assert.ok(Math.abs(share - 0.56) < 0.02, `share ${share}`);
});

test('the page keys change by ten times as much', () => {
  const at = { from: 0, to: 1, n: 0, count: 2, horizon: 10 };
  const change = (key) => press(at, key).change;
  assert.deepEqual(['+', '=', '-', '_', 'PageUp', 'PageDown'].map(change), [0.01, 0.01, -0.01, -0.01, 0.1, -0.1]);
  assert.equal(press(at, 'M').act, 'more');
});

test('how steady the average is', () => {
  const view = { labels: ['a', 'b'], averaged: 0, longRun: [0.4, 0.6], several: false, path: Array(300).fill(0) };
  const of = (spread, more) => steadiness({ ...view, spread, ...more });
  assert.match(of(0.3), /^D = 0\.30: as steady as an urn with 3\.3 times as many draws\. 300 visits .* 1,000 draws/);
  assert.match(of(3), /^D = 3\.00: no steadier than an urn with 3\.0 times fewer draws\. 300 visits .* 100 draws/);
  assert.match(of(1), /as steady as an urn\. /);
  assert.match(of(0), /^D = 0: nothing is left to chance/);
  assert.match(of(null, { longRun: [0, 1] }), /share goes to 0/);
  assert.match(of(null, { longRun: [1, 0] }), /share goes to 1/);
  const ends = [{ share: 0.5, chance: 0.25 }, { share: 0, chance: 0.75 }];
  assert.match(of(null, { several: true, ends }), /0\.50 \(probability 0\.25\) and 0\.00 \(probability 0\.75\)\. So there is no band/);
});

test('how fast the distance shrinks', () => {
  assert.match(pace({ rate: 0.54, period: 1 }), /each step leaves about 0\.54 of the distance\.$/);
  assert.match(pace({ rate: 0.9996, period: 1, log: true }), /over 0\.999 of the distance: one slope/);
  assert.match(pace({ rate: 0, period: 1 }), /nothing of the distance is left/);
  assert.match(pace({ rate: null, period: 2 }), /^Period 2/);
  assert.match(pace({ rate: null, several: true }), /^Several closed groups/);
});
