// What the kernel viewer computes and says, by itself.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { delayWeights, leastSquares } from '../../lib/classroom/static/kernel_fit.js';
import { gaugeEnd, gaugeMarks } from '../../lib/classroom/static/kernel_game.js';
import { kernelGoals, kernelPraise } from '../../lib/classroom/static/kernel_goals.js';
import { kernelElsewhere } from '../../lib/classroom/static/kernel.js';
import { kernelLevel, kernelLook } from '../../lib/classroom/static/kernel_look.js';
import * as rhythm from '../../lib/classroom/static/kernel_knock.js';
import * as it from '../../lib/classroom/static/kernel_model.js';
import { kernelSamples } from '../../lib/classroom/static/kernel_sound.js';
import { kernelWanted } from '../../lib/classroom/static/kernel_wave.js';
import * as words from '../../lib/classroom/static/kernel_words.js';

const close = (a, b, by = 1e-12) => assert.ok(Math.abs(a - b) <= by, `${a} is not ${b}`);
const FOUND = {
  '2 pairs': { score: 12.7, through: 0.127 },
  '4 pairs': { score: 30.1, through: 0.301 },
  '4 real': { score: 7, through: 0.07 },
  '8 real': { score: 10.7, through: 0.107 },
};
const state = (more = {}) => ({
  ...{ eigenvalues: it.kernelSprings(2), step: 0.1, task: 'listen', real: false, chosen: 0, input: 'impulse' },
  ...{ word: 'rat a tat', length: 64, muted: false, best: {} },
  ...more,
});
const view = (more) => kernelLook(state(more), { found: FOUND, lin: 8.5, playing: false });

test('one step of a mode: what is left, and what a held input adds', () => {
  const { turned, gain } = it.kernelStep([-2, 0], 0.5);
  close(turned[0], Math.exp(-1));
  close(gain[0], (1 - Math.exp(-1)) / 2);
  assert.deepEqual(it.kernelStep([0, 0], 0.3), { turned: [1, 0], gain: [0.3, 0] });
  const near = it.kernelStep([-1e-9, 1e-9], 0.1); // e^z − 1 keeps its digits
  close(near.gain[0], 0.1, 1e-11);
  close(near.gain[1], 5e-12, 1e-13);
});

test('loop, convolution, powers and the motion at the steps agree', () => {
  for (const input of ['impulse', 'step', 'pluck', 'word'])
    for (const more of [
      {},
      { task: 'delay' },
      {
        eigenvalues: [
          [-0.5, 6],
          [-1.2, 0],
          [0, 0],
        ],
      },
      { length: 256 },
    ]) {
      const seen = view({ input, ...more });
      const size = seen.output.reduce((most, y) => Math.max(most, Math.abs(y)), 0);
      assert.ok(seen.apart < 1e-12 * Math.max(1, size), `${input}: ${seen.apart}`);
      seen.output.forEach((y, t) => close(seen.motion[(t + 1) * seen.fine - 1], y, 1e-11 * Math.max(1, size)));
    }
});

test('the convolution is a convolution', () => {
  assert.deepEqual([...it.kernelConvolution([1, 2, 3], [1, 0, -1, 0])], [1, 2, 2, -2]);
});

test('half of it is gone after a half-life', () => {
  const kernel = it.kernelOf([[-0.5, 0]], 0.1, [[1, 0]], 40);
  const steps = Math.LN2 / 0.05;
  close(kernel[28] / kernel[0], 0.5 ** (28 / steps));
  assert.equal(words.kernelLife([-0.5, 3], 0.1), 'half-life 14 steps');
  assert.equal(words.kernelLife([-0.5, 3], 0.001), 'half-life 1,386 steps');
  assert.equal(words.kernelLife([0, 3], 0.1), 'it never dies');
});

test('least squares: exact where it can be, orthogonal to the rest where not', () => {
  const columns = [
    [1, 1, 1, 1],
    [0, 1, 2, 3],
  ].map((column) => Float64Array.from(column));
  const found = leastSquares(columns, Float64Array.from([1, 3, 5, 7]));
  close(found[0], 1);
  close(found[1], 2);
  const line = leastSquares([Float64Array.from([1, 1, 1])], Float64Array.from([0, 0, 3]));
  close(line[0], 1);
});

test('no weights near the best ones are better', () => {
  for (const eigenvalues of [
    it.kernelSprings(4),
    it.kernelReal(6),
    [
      [-0.5, 3],
      [-0.5, 3.01],
      [-1, 0],
    ],
  ]) {
    const weights = delayWeights(eigenvalues, 0.1);
    const score = (w) => it.kernelScore(it.kernelOf(eigenvalues, 0.1, w, 64)).score;
    const best = score(weights);
    weights.forEach((_, m) => {
      for (const [c, d] of [
        [1, 0],
        [-1, 0],
        [0, 1],
        [0, -1],
      ]) {
        const by = 0.05 * Math.hypot(...weights[m]) + 1e-3;
        assert.ok(score(weights.map((w, k) => (k === m ? [w[0] + by * c, w[1] + by * d] : w))) <= best + 1e-9);
      }
    });
  }
});

test('two eigenvalues at one place do not drive the weights out of bounds', () => {
  const weights = delayWeights(
    [
      [-0.5, 3],
      [-0.5, 3],
      [-1, 0],
      [-1, 0],
    ],
    0.1,
  );
  assert.ok(weights.flat().every((part) => Number.isFinite(part) && Math.abs(part) < 1e6));
});

test('the score: a perfect delay has 100, silence has 0', () => {
  const perfect = new Float64Array(64);
  perfect[20] = 1;
  assert.deepEqual(it.kernelScore(perfect), { score: 100, through: 1, smear: 0, peak: 20 });
  assert.equal(it.kernelScore(new Float64Array(64)).score, 0);
  const pairs = view({ task: 'delay', eigenvalues: it.kernelSprings(8) }).score;
  const real = view({ task: 'delay', eigenvalues: it.kernelReal(16), real: true }).score;
  assert.ok(pairs > 3 * real, `${pairs} with pairs, ${real} with as many real numbers`);
});

test('a rhythm goes in, and a good delay says it again', () => {
  const input = it.kernelInput('word', 'az b', 64);
  assert.deepEqual([...input.slice(0, 12)], [1, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0]);
  const late = new Float64Array(64);
  input.forEach((value, t) => t + 20 < 64 && (late[t + 20] = 0.4 * value));
  assert.equal(it.kernelHeard(late, 'az b', 0.4), 'az b');
  assert.equal(it.kernelHeard(late, 'azzb', 0.4), 'az·b');
  assert.equal(it.kernelHeard(late, 'a  b', 0.4), 'ax b');
  assert.equal(it.kernelHeard(late, 'az b', 0.01), '·· ·');
  const even = [1.25, 3.75, 6.25, 8.75].map((turn) => [-0.6, turn]);
  const heard = (more) => view({ task: 'delay', ...more }).heard;
  assert.equal(heard({ eigenvalues: even }), 'rat a tat', 'a simple idea');
  assert.notEqual(heard({ eigenvalues: it.kernelSprings(4) }), 'rat a tat', 'where one begins');
  assert.notEqual(heard({ eigenvalues: it.kernelReal(16), real: true }), 'rat a tat', 'real ones');
  const seen = view({ task: 'delay', input: 'word', word: 'hi' });
  assert.equal(seen.heard.length, 2);
  assert.deepEqual(
    kernelWanted(seen).map(([t]) => t),
    [20, 23],
  );
  assert.match(words.kernelStatus(seen), /Knock “hi” on it: 20 steps later it knocks “..”/);
});

test('the sound is the kernel, as loud as 1 and no louder, and ends', () => {
  const seen = view();
  const samples = kernelSamples(seen);
  const loudest = seen.kernel.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  for (let l = 0; l < 64; l++) close(samples[l], seen.kernel[l] / loudest, 1e-6);
  assert.ok(samples.every((x) => Math.abs(x) <= 1) && samples.at(-1) === 0);
  const endless = kernelSamples(view({ eigenvalues: [[0, 5]] }));
  assert.ok(endless.length <= 8040 && Math.abs(endless[7999]) < 0.01, 'it fades before it is cut');
  assert.ok(kernelSamples(view({ eigenvalues: [[-16, 0]], step: 1 })).length < 60);
});

test('sentences', () => {
  assert.equal(words.kernelNumber([-0.5, Math.PI]), '−0.50 + 3.14i');
  assert.equal(words.kernelNumber([0, 0]), '0');
  assert.match(words.kernelTurns([-1, 0], 0.1), /can fade, and cannot ring/);
  assert.match(words.kernelTurns([0, 0], 0.1), /keeps what came for ever/);
  assert.match(words.kernelTurns([-1, 2 * Math.PI], 0.1), /^0\.1 cycles a step, once round in 10 steps; 400 Hz/);
  assert.match(words.kernelTurns([-1, 20], 0.25), /which the steps cannot follow: they show 0\.204/);
  assert.match(words.kernelChosen(view()).turns, /318 Hz as a sound$/);
  assert.match(words.kernelChosen(view({ task: 'delay' })).turns, /once round in 12\.6 steps$/);
  assert.match(words.kernelAnswer(view()).long, /All 2 ring; the longest-lived has a half-life of 46 steps/);
  const real = view({ eigenvalues: it.kernelReal(8), real: true, task: 'delay' });
  assert.match(
    words.kernelWhy(real),
    /a sum of 8 decaying exponentials crosses zero at most 7 times.*4 pairs bring 30\.1% through/,
  );
  assert.equal(words.kernelWhy(view()), '');
  assert.match(words.kernelAnswer(real).short, /^\d+\.\d%$/);
  assert.match(words.kernelAnswer(real).long, /^of the impulse comes through at step 20.*\. Best found: 10\.7%\.$/);
  const two = view({ task: 'delay' });
  assert.match(words.kernelAnswer(two).long, /S4D-Lin: 8\.5%, best found: 12\.7%\.$/);
  close(two.score, 100 * two.through, 1e-5); // with the weights of least squares
  assert.match(words.kernelHint(two), /Spread them evenly/);
  assert.equal(words.kernelHint({ ...two, score: 9 }), '', 'above S4D-Lin');
  assert.equal(words.kernelHint(real), '');
  assert.match(words.kernelVerdict({ ...two, shown: 'lin', score: 9 }), /^S4D-Lin’s\. It counts as yours once half/);
  const tried = { ...two, best: { '2 pairs': [9, [], 0.1] } };
  assert.equal(words.kernelVerdict({ ...tried, score: 9 }), 'Better than S4D-Lin.');
  assert.equal(words.kernelVerdict({ ...two, score: 9 }), 'How near can you come?', 'no praise before a move');
  assert.match(words.kernelVerdict({ ...two, shown: 'found', moved: false }), /^The best that a search found/);
  assert.match(words.kernelVerdict({ ...two, shown: 'found', moved: true }), /^From the best found: it does not count/);
  assert.doesNotMatch(words.kernelStatus(two), /Loop and convolution/);
  assert.match(words.kernelStatus(view()), /^Loop and convolution agree at all 64 steps/);
  assert.match(words.kernelStatus({ ...view(), apart: 0.3 }), /^Loop and convolution differ/);
  const own = [-0.6, -0.5].map((real, k) => [real, [1.2, 3.4][k]]);
  const done = view({ task: 'delay', best: { '2 pairs': [9.1, own, 0.1] } });
  const through = words.kernelPercent(view({ task: 'delay', eigenvalues: own }).through);
  assert.ok(
    words
      .kernelShare(done)
      .includes(`2 pairs of springs (4 numbers): ${through} comes through. S4D-Lin: 8.5%, best found: 12.7%.`),
  );
  const said = view({ task: 'delay', eigenvalues: own }).heard;
  assert.ok(
    words.kernelShare(done).includes(`I knocked “rat_a_tat”, it knocked “${words.kernelBeats(said)}”.\n`),
    'the rhythm is that of the best, not of what is on the page',
  );
  assert.ok(words.kernelShare(done).endsWith('\nHearTheKernel([-0.6+1.2j, -0.5+3.4j], step=0.1, task="delay")'));
  assert.equal(words.kernelShare(view({ task: 'delay' })), '');
  assert.match(words.kernelEcho({ heard: 'hi', word: 'hi' }), /to the letter/);
});

test('what was shown counts once half of it stands elsewhere', () => {
  const shown = it.kernelLin(4);
  const moved = (count, by) => shown.map(([a, b], m) => (m < count ? [a, b + by] : [a, b]));
  assert.ok(!kernelElsewhere(shown, moved(1, 3)) && !kernelElsewhere(shown, moved(4, 0.1)));
  assert.ok(kernelElsewhere(shown, moved(2, 0.5)));
});

test('the bar', () => {
  assert.deepEqual([gaugeEnd(5), gaugeEnd(12.7), gaugeEnd(68.4)], [10, 20, 80]);
  const names = (more) => gaugeMarks(view({ task: 'delay', ...more })).map(([name]) => name);
  assert.deepEqual(names(), ['S4D-Lin', 'best found'], 'what real ones can do is not told');
  assert.deepEqual(names({ best: { '4 real': [3, [], 0.1] } }), ['S4D-Lin', 'best found', 'real only']);
  assert.deepEqual(names({ best: { '2 pairs': [3, [], 0.1] } }), ['S4D-Lin', 'best found', 'yours']);
  assert.deepEqual(names({ real: true, eigenvalues: it.kernelReal(4) }), ['best found']);
  assert.deepEqual(
    [kernelLevel(1, false), kernelLevel(4, false), kernelLevel(8, true)],
    ['1 pair', '4 pairs', '8 real'],
  );
});

test('keys', () => {
  const key = (name, more) => words.kernelKey(view(more), name);
  const first = (patch) => patch.eigenvalues[0];
  assert.ok(first(key('ArrowLeft'))[0] < -0.15 && first(key('ArrowRight'))[0] > -0.15);
  assert.deepEqual([first(key('ArrowUp'))[1], first(key('ArrowDown'))[1]], [5.1, 4.9]);
  const far = words.kernelKey(view(), 'ArrowUp', true);
  assert.equal(first(far)[1], 6, 'with Shift ten times as far');
  assert.equal(key('ArrowUp', { real: true, eigenvalues: it.kernelReal(2) }), null);
  assert.deepEqual([first(key('Home'))[0], first(key('End'))[0]], [0, -16]);
  assert.deepEqual([key('PageDown'), key('PageUp')], [{ chosen: 1 }, { chosen: 1 }]);
  assert.ok(key(']').step > 0.1 && key('[').step < 0.1 && key('[', { step: 0.001 }).step === 0.001);
  assert.deepEqual([key(' '), key('m'), key('i')], [{ act: 'play' }, { act: 'mute' }, { input: 'step' }]);
  assert.deepEqual([key('k'), key('k', { task: 'delay' })], [null, { act: 'knock' }]);
  assert.deepEqual([key('t'), key('r'), key('r', { task: 'delay' })], [{ task: 'delay' }, null, { act: 'real' }]);
  assert.equal(key('x'), null);
  assert.deepEqual(words.kernelBounded([-99, 99], false), [-16, 26]);
  assert.deepEqual(words.kernelBounded([1, 3], true), [0, 0]);
  for (const real of [0, -0.02, -0.5, -16]) close(words.decayAt(words.decayPlace(real)), real, 1e-9);
  for (const place of [0, 40, 120]) assert.equal(words.kernelStepPlace(words.kernelStepAt(place)), place);
});

test('a rhythm is what was knocked, whatever the tempo', () => {
  const knocks = (places, beat, off = 0) => places.map((place, k) => 5000 + beat * place + (k % 2 ? off : 0));
  for (const beat of [120, 250, 400])
    assert.equal(rhythm.knockedWord(knocks([0, 1, 2, 4, 6, 7, 8], beat)), 'rat a tat');
  assert.equal(rhythm.knockedWord(knocks([0, 1, 2, 4, 6, 7, 8], 200, 25)), 'rat a tat', 'a hand is no clock');
  assert.equal(rhythm.knockedWord(knocks([0, 1, 2, 3], 300, 20)), 'rata', 'even knocks are neighbours');
  assert.equal(rhythm.knockedWord(knocks([0, 2, 3], 150)), 'r at');
  assert.equal(rhythm.knockedWord([7]), 'r');
  assert.equal(rhythm.knockedWord([7, 400]), 'ra');
  assert.equal(rhythm.knockedWord(knocks([...Array(12).keys()], 100)), 'ratatatat', 'nine beats at most');
  assert.match(rhythm.knockedWord([0, 1, 2, 3000]), /^[rat ]{1,9}$/, 'too near for any grid');
});

test('what is heard is what comes out: a step sounds as loud as it is', () => {
  const step = rhythm.KNOCK_RATE / rhythm.KNOCK_STEPS;
  const at = (samples, t) =>
    samples.slice(t * step, (t + 1) * step).reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const output = new Float64Array(64);
  [output[20], output[40]] = [0.3, -0.15];
  const alone = rhythm.knockSamples({ output, given: null });
  close(at(alone, 20), 1, 1e-6);
  close(at(alone, 40), 0.5, 1e-2);
  for (const t of [0, 10, 19, 35]) assert.ok(at(alone, t) < 0.03, `silent at step ${t}`);
  const both = rhythm.knockSamples({ output, given: it.kernelInput('impulse', '', 64) });
  assert.ok(at(both, 0) > 0.3 && at(both, 10) < 0.03, 'the wood is heard where it is knocked');
  assert.ok(rhythm.knockSamples({ output: new Float64Array(64), given: null }).every((x) => x === 0));
  const even = [1.25, 3.75, 6.25, 8.75].map((turn) => [-0.6, turn]);
  const echo = (eigenvalues) => {
    const samples = rhythm.knockSamples({ ...view({ task: 'delay', eigenvalues }), given: null });
    return at(samples, 20) / Math.max(...Array.from({ length: 18 }, (_, t) => at(samples, t)));
  };
  assert.ok(echo(even) > 2 * echo(it.kernelSprings(4)), 'a good delay is quiet before the echo');
});

test('the goals: what the best reached, and nothing that no search reached', () => {
  const even = [1.25, 3.75, 6.25, 8.75].map((turn) => [-0.6, turn]);
  const found = { '4 pairs': { score: 30.1, through: 0.301, at: even }, '8 real': { score: 10.7, through: 0.107 } };
  const goals = (more) =>
    kernelGoals(kernelLook(state({ task: 'delay', eigenvalues: even, ...more }), { found, lin: 23.8 }));
  const done = (list) => list.map(({ key, done }) => `${key} ${done}`);
  assert.deepEqual(done(goals()), ['bar false', 'word false', 'near false'], 'nothing was done yet');
  const best = (eigenvalues) => ({ best: { '4 pairs': [25, eigenvalues, 0.1] } });
  assert.deepEqual(done(goals(best(even))), ['bar true', 'word true', 'near false']);
  assert.deepEqual(done(goals(best(it.kernelSprings(4)))), ['bar false', 'word false', 'near false']);
  assert.deepEqual(
    done(goals({ ...best(even), word: 'r' })),
    ['bar true', 'near false'],
    'a single knock is no rhythm',
  );
  assert.match(goals()[0].name, /past S4D-Lin, 23\.8%/);
  const real = goals({ real: true, eigenvalues: it.kernelReal(8) });
  assert.deepEqual(done(real), ['bar false', 'near false']);
  assert.match(real[0].name, /half of the best, 5\.3%|half of the best, 5\.4%/);
  const whole = view({ task: 'delay', eigenvalues: even });
  assert.match(kernelPraise({ ...whole, found: FOUND }), /^You built it\. With 8 real, 10\.7%/);
});
