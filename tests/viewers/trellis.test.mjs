// What the trellis viewer computes and says, by itself.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uniform } from '../../lib/classroom/static/common.js';
import { sample } from '../../lib/classroom/static/hmm.js';
import * as it from '../../lib/classroom/static/trellis_model.js';
import * as words from '../../lib/classroom/static/trellis_words.js';
import { sumTable } from '../../lib/classroom/static/trellis_sum.js';

const near = (a, b, tolerance = 1e-12) => assert.ok(Math.abs(a - b) <= tolerance, `${a} is not ${b}`);
const CASINO = {
  initial: [0.5, 0.5],
  transition: [
    [0.95, 0.05],
    [0.1, 0.9],
  ],
  emission: [
    [1 / 6, 1 / 6, 1 / 6, 1 / 6, 1 / 6, 1 / 6],
    [0.1, 0.1, 0.1, 0.1, 0.1, 0.5],
  ],
};
const { initial, transition, emission } = CASINO;
const ROLLS = sample(initial, transition, emission, 300, (k) => uniform(5, k)).observations;
const solved = (observations, more = {}) => it.solveTrellis({ ...CASINO, observations, ...more });
const DICE = ['1', '2', '3', '4', '5', '6'];
const shown = (now, more = {}) => ({
  ...{ now, before: null, states: ['fair', 'loaded'], symbols: DICE, dice: true, observations: now.observations },
  ...{ at: 40, state: 1, length: now.observations.length, show: 'forward', truth: null, count: 2, ...more },
});

test('what flows into a node adds up to its probability, in both views', () => {
  const now = solved(ROLLS);
  for (const t of [1, 57, 299])
    for (const j of [0, 1])
      for (const [view, rows] of [
        ['forward', now.filtered],
        ['posterior', now.posterior],
      ]) {
        near(it.share(view, now, t, 0, j) + it.share(view, now, t, 1, j), rows[t][j]);
        assert.equal(it.weight(view, now, t, j), rows[t][j]);
      }
  // what leaves a node adds up too, knowing everything
  near(it.share('posterior', now, 58, 1, 0) + it.share('posterior', now, 58, 1, 1), now.posterior[57][1]);
});

test('the rivals of a survivor: the winner is the one that Viterbi kept', () => {
  const now = solved(ROLLS);
  for (const t of [1, 40, 200]) {
    const logs = it.rivals(now, t, 1);
    assert.equal(logs.indexOf(Math.max(...logs)), now.from[t][1]);
    near(Math.max(...logs) + Math.log(emission[1][ROLLS[t]]), now.delta[t][1], 1e-9);
    assert.equal(Math.max(it.weight('best path', now, t, 0), it.weight('best path', now, t, 1)), 1);
  }
});

test('stretches, the telling symbol, agreement', () => {
  assert.deepEqual(it.stretches([0, 0, 1, 0]), [
    { state: 0, begin: 0, end: 1 },
    { state: 1, begin: 2, end: 2 },
    { state: 0, begin: 3, end: 3 },
  ]);
  assert.deepEqual(it.stretches([]), []);
  assert.equal(it.telling(emission), 5);
  assert.equal(it.agreement([0, 1, 1], [0, 1, 0]), 2);
  assert.deepEqual(it.mostProbable([[0.3, 0.7], [0.9, 0.1]]), [1, 0]); // prettier-ignore
});

test('a change is compared with what was before: where the path and the posterior moved', () => {
  const before = solved(ROLLS);
  for (const t of [20, 120, 250]) {
    const rolls = ROLLS.map((x, s) => (s === t ? (x === 5 ? 0 : 5) : x));
    const now = solved(rolls);
    const did = it.compare(before, now);
    assert.deepEqual(did.observations, [t]);
    assert.deepEqual(did.rows, []);
    assert.deepEqual(
      did.path,
      now.path.flatMap((s, k) => (s === before.path[k] ? [] : [k])),
    );
    const moves = now.posterior.map((row, k) => Math.abs(row[1] - before.posterior[k][1]));
    near(did.most.by, Math.max(...moves));
    assert.equal(did.most.t, moves.indexOf(Math.max(...moves)));
    assert.ok(did.moved.some((k) => k < t) && did.moved.some((k) => k > t), 'it reaches both ways');
    now.filtered.slice(0, t).forEach((row, k) => assert.deepEqual(row, before.filtered[k])); // but forward does not
  }
  const oftener = solved(ROLLS, { transition: [[0.8, 0.2], transition[1]] });
  assert.deepEqual(it.compare(before, oftener).rows, [0]);
});

test('the slider of leaving: the ways out keep their proportions, and its stops hold every usual value', () => {
  const row = it.leaving([0.5, 0.1, 0.4], 0, 0.2, [0.5, 0.1, 0.4]);
  [0.8, 0.04, 0.16].forEach((p, j) => near(row[j], p));
  const back = it.leaving(it.leaving([0.5, 0.1, 0.4], 0, 0, [0.5, 0.1, 0.4]), 0, 0.5, [0.5, 0.1, 0.4]);
  [0.5, 0.1, 0.4].forEach((p, j) => near(back[j], p));
  for (const p of [0, 0.005, 0.05, 0.1, 0.2, 0.5, 1]) assert.equal(it.STOPS[it.stopNear(p)], p);
  it.STOPS.forEach((p, k) => assert.ok(k === 0 || p > it.STOPS[k - 1]));
  near(it.nextStop(0.05, 1), 0.06);
  near(it.nextStop(0.05, -1), 0.04);
  near(it.nextStop(0.0333, 1), 0.04);
  assert.equal(it.nextStop(1, 1), 1);
  assert.equal(it.nextStop(0, -1), 0);
});

test('the answer says what changed, and how much of it lies earlier', () => {
  const rolls = [0, 1, 2, 3, 5, 5, 2, 5, 5, 5, 0, 1, 2, 0, 1];
  const before = solved(rolls);
  const now = solved(rolls.map((x, t) => (t === 12 ? 5 : x)));
  assert.equal(before.path.join(''), '111111111100000');
  assert.equal(now.path.join(''), '111111111111111'); // two of the five that move lie before roll 13
  const said = words.answer(shown(now, { before, at: 12 }));
  assert.equal(
    said.short,
    'Roll 13 is now a 6 (it was a 3): the best path changes at 5 rolls, 2 of them earlier.',
  );
  assert.match(said.long, /^Knowing all, P\(loaded\) moves most at roll \d+, from 0\.\d\d to 0\.\d\d/);
  assert.match(said.long, /What the forward pass said before roll 13 cannot change\.$/);
  assert.doesNotMatch(words.answer(shown(now, { before, show: 'posterior' })).long, /forward pass/);
  const stays = words.answer(shown(solved([1, ...rolls.slice(1)]), { before }));
  assert.match(stays.short, /^Roll 1 is now a 2 \(it was a 1\): the best path stays as it was\.$/);
  assert.match(stays.long, /No probability moves by 0\.01\./);
  const left = solved(now.observations, { transition: [[0.8, 0.2], [0.1, 0.9]] }); // prettier-ignore
  assert.match(
    words.answer(shown(left, { before: now })).short,
    /^fair is now left with probability 0\.20 \(it was 0\.05\): the best path/, // no roll changed: nothing is earlier
  );
  assert.match(words.answer(shown(before)).short, /^The best path has 2 stretches\.$/);
});

test('an observation that cannot happen is called so', () => {
  const never = solved([0, 1, 0], { emission: [[1, 0], [1, 0]] }); // prettier-ignore
  const said = words.answer(shown(never, { symbols: ['a', 'b'], at: 0 }));
  assert.equal(said.short, 'Impossible: this model cannot show “b” at step 2.');
  assert.match(words.statusLine(shown(never, { symbols: ['a', 'b'], at: 0 })), /Log-likelihood −∞ nats/);
  for (const show of it.VIEWS)
    for (const at of [0, 1, 2]) {
      const view = shown(never, { symbols: ['a', 'b'], dice: false, show, at });
      assert.doesNotMatch(words.nodeSentence(view) + JSON.stringify(sumTable(view)), /NaN|undefined/);
    }
});

test('the sentence and the table of the chosen node give the numbers of the model', () => {
  const now = solved(ROLLS);
  const forward = shown(now);
  const sentence = (view) => words.nodeSentence(view);
  const parts = [0, 1].map((i) => it.share('forward', now, 40, i, 1) / now.filtered[40][1]);
  const most = parts[1] > parts[0] ? 'loaded' : 'fair';
  const [p, percent] = [now.filtered[40][1].toFixed(2), Math.round(100 * Math.max(...parts))];
  assert.equal(
    sentence(forward),
    `After 41 rolls: loaded with probability ${p}. ${percent}\u00a0% of that comes from ${most}.`,
  );
  const table = sumTable(forward);
  const sum = now.filtered[39].reduce((s, p, i) => s + p * transition[i][1] * emission[1][ROLLS[40]], 0);
  assert.equal(table.total[0], `sum ${words.digits3(sum)} ÷ ${words.digits3(now.scale[40])} for all states`);
  near(sum / now.scale[40], now.filtered[40][1]);
  assert.deepEqual(table.rows.map((row) => row.state), [0, 1]); // prettier-ignore
  const best = shown(now, { show: 'best path' });
  assert.match(sentence(best), /^The best way to be in loaded at roll 41 comes from (loaded|fair): [\d.,]+ times as/);
  const won = sumTable(best).rows.filter((row) => row.won);
  assert.deepEqual(won.map((row) => row.state), [now.from[40][1]]); // prettier-ignore
  const both = shown(now, { show: 'posterior' });
  const wanted = `Roll 41: the forward pass alone gives loaded ${p}; knowing all 300 rolls it is`;
  assert.ok(sentence(both).startsWith(wanted));
  sumTable(both).rows.forEach(({ state, bars }) => {
    assert.equal(bars[0][1], now.filtered[40][state]);
    assert.equal(bars[1][1], now.posterior[40][state]);
  });
  assert.match(sentence(shown(now, { show: 'posterior', at: 299 })), /Nothing follows, so both are the same\./);
  assert.match(sentence(shown(now, { at: 0 })), /^After the first roll: loaded/);
  near(it.weight('forward', now, 0, 1), (0.5 * emission[1][ROLLS[0]]) / now.scale[0]);
});

test('the status line counts agreement with the truth', () => {
  const now = solved([5, 5, 5, 5]);
  const line = words.statusLine(shown(now, { at: 1, truth: [1, 1, 0, 1] }));
  assert.match(line, /best path 3 of 4 \(75\s%\), most probable states 3 \(75\s%\)\.$/);
  assert.doesNotMatch(words.statusLine(shown(now, { at: 1 })), /truth/);
});

test('keys: dice, other symbols, and what is not ours', () => {
  const base = { at: 5, state: 0, count: 2, length: 10, symbols: DICE, page: 4 };
  const press = (key, more = {}, shift = false) => words.keyPress({ ...base, ...more }, key, shift);
  assert.deepEqual(press('ArrowRight'), { act: 'go', with: 6 });
  assert.deepEqual(press('ArrowLeft', { at: 0 }), { act: 'go', with: 0 });
  assert.deepEqual(press('PageDown'), { act: 'go', with: 9 });
  assert.deepEqual(press('ArrowUp'), { act: 'choose', with: 1 });
  assert.deepEqual(press('6'), { act: 'observe', with: 5 });
  assert.equal(press('7'), null);
  assert.deepEqual(press('2', { symbols: ['2', '3', '1'] }), { act: 'observe', with: 0 });
  assert.deepEqual(press('2', { symbols: ['a', 'b'] }), { act: 'observe', with: 1 });
  assert.deepEqual(press('Enter', {}, true), { act: 'turn', with: -1 });
  assert.deepEqual(press('b'), { act: 'show', with: 'best path' });
  assert.deepEqual(press('+'), { act: 'nudge', with: 1 });
  assert.deepEqual(press(' '), { act: 'play' });
  for (const key of ['x', 'Tab', '0', 'Shift', 'd']) assert.equal(press(key), null);
});
