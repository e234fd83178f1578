// The night, the judges, the brush and the words of the casino game; the dice.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  brushed,
  casinoNight,
  casinoVerdict,
  cursorAfter,
  houseRules,
  meanShare,
  nightScore,
  rollWords,
  spellsOf,
  swapsOf,
  withNight,
} from '../../lib/classroom/static/casino_rules.js';
import { casinoLayout } from '../../lib/classroom/static/casino_rows.js';
import { pips, pipsPath } from '../../lib/classroom/static/dice.js';

const HOUSE = {
  initial: [0.5, 0.5],
  transition: [
    [0.95, 0.05],
    [0.1, 0.9],
  ],
  emission: [new Array(6).fill(1 / 6), [0.1, 0.1, 0.1, 0.1, 0.1, 0.5]],
  states: ['fair', 'loaded'],
  length: 300,
  seed: 1,
};

test('a night is its seed, and the judges judge it', () => {
  const night = casinoNight(HOUSE);
  assert.deepEqual(casinoNight(HOUSE), night);
  assert.notDeepEqual(casinoNight({ ...HOUSE, seed: 2 }).rolls, night.rolls);
  assert.deepEqual(
    night.paths.posterior,
    night.likely.map((p) => +(p > 0.5)),
  );
  const score = nightScore(night, night.truth);
  assert.equal(score.you, 1);
  assert.equal(score.swaps.you, score.swaps.truth);
  assert.equal(score.always, night.truth.filter((s) => s === 0).length / 300);
  assert.ok(score.posterior < 1 && score.viterbi < 1 && score.swaps.viterbi < score.swaps.truth);
});

test('over many nights the posterior judges more rolls rightly than the best path, and both beat trust', () => {
  const scores = Array.from({ length: 40 }, (_, seed) =>
    nightScore(casinoNight({ ...HOUSE, seed }), new Array(300).fill(0)),
  );
  const [viterbi, posterior, always] = ['viterbi', 'posterior', 'always'].map((judge) =>
    meanShare(scores, judge),
  );
  assert.ok(posterior > viterbi + 0.01 && viterbi > always + 0.05, `${posterior} ${viterbi} ${always}`);
  assert.ok(scores.every((s) => s.you === s.always));
});

test('the first judgement of a night counts', () => {
  const nights = withNight([], { seed: 1, you: 0.5 });
  assert.deepEqual(withNight(nights, { seed: 1, you: 1 }), nights);
  assert.equal(meanShare(withNight(nights, { seed: 2, you: 1 }), 'you'), 0.75);
});

test('a stroke marks or erases everything from its first roll on, and can shrink again', () => {
  const before = [0, 1, 0, 0, 1];
  assert.deepEqual(brushed(before, 2, 4), [0, 1, 1, 1, 1]);
  assert.deepEqual(brushed(before, 2, 0), [1, 1, 1, 0, 1]);
  assert.deepEqual(brushed(before, 4, 1), [0, 0, 0, 0, 0]);
  assert.deepEqual(brushed(before, 2, 2), [0, 1, 1, 0, 1]);
  assert.deepEqual([spellsOf(before), swapsOf(before), spellsOf([1, 1]), swapsOf([])], [2, 3, 1, 0]);
});

test('keys move the cursor and stay on the table', () => {
  const to = (cursor, key) => cursorAfter(cursor, key, 10, 25);
  assert.deepEqual(
    [
      to(0, 'ArrowLeft'),
      to(9, 'ArrowRight'),
      to(24, 'ArrowRight'),
      to(3, 'ArrowUp'),
      to(12, 'ArrowUp'),
      to(16, 'ArrowDown'),
    ],
    [0, 10, 24, 3, 2, 16],
  );
  assert.deepEqual([to(14, 'Home'), to(14, 'End'), to(22, 'End'), to(3, 'x')], [10, 19, 24, null]);
});

test('a roll is found under the pointer at every width', () => {
  for (const width of [634, 820, 934, 1138]) {
    for (const revealed of [false, true]) {
      const plan = casinoLayout(299, width, revealed);
      for (const t of [0, 24, 25, 29, 30, 150, 298]) {
        const [x, y] = plan.at(t);
        assert.equal(plan.hit(x + plan.cell / 2, y + plan.cell / 2), t);
        assert.ok(plan.inside(x + 1) && x + plan.cell <= width);
      }
      assert.equal(plan.hit(1e4, 1e4), 298);
      assert.equal(plan.hit(-5, -5), 0);
    }
  }
});

test('words: the house, the verdict, a roll', () => {
  assert.match(houseRules(HOUSE), /loaded die shows six with probability 0\.50, the fair die with 0\.17/);
  assert.match(houseRules(HOUSE), /fair die stays for 20 rolls and the loaded one for 10\./);
  const verdict = (you, viterbi, posterior, always, swaps = 2) =>
    casinoVerdict({ you, viterbi, posterior, always, swaps: { you: swaps } }, HOUSE.states);
  assert.match(verdict(0.9, 0.8, 0.85, 0.6), /90 % .* beat both decoders/);
  assert.match(verdict(0.82, 0.8, 0.85, 0.6), /beat the most probable path/);
  assert.match(verdict(0.82, 0.85, 0.8, 0.6), /beat the posterior/);
  assert.match(verdict(0.7, 0.8, 0.85, 0.6), /Better than trusting everybody/);
  assert.match(verdict(0.5, 0.8, 0.85, 0.6), /every roll fair was no worse tonight: 60 %/);
  assert.match(verdict(0.6, 0.8, 0.85, 0.6, 0), /You trusted every roll/);
  const night = { rolls: [5, 0], truth: [1, 0] };
  assert.equal(rollWords(0, night, [1, 0], HOUSE.states, false), 'Roll 1: 6, marked loaded.');
  assert.equal(rollWords(1, night, [1, 0], HOUSE.states, true), 'Roll 2: 1, not marked; it was fair.');
});

test('a face has as many pips as its number, inside the die and symmetric', () => {
  for (let face = 1; face <= 6; face++) {
    const spots = pips(face);
    assert.equal(new Set(spots.map(String)).size, face);
    assert.ok(spots.every(([x, y]) => spots.some(([a, b]) => a === -x && b === -y)));
    assert.equal(pipsPath(face, 0, 0, 20).match(/M/g).length, face);
  }
});
