// What the receptive field viewer computes and says, by itself.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uniform } from '../../lib/classroom/static/common.js';
import * as it from '../../lib/classroom/static/receptive_model.js';
import * as words from '../../lib/classroom/static/receptive_words.js';

const stack = (k, ...dilations) => dilations.map((d) => [k, d]);
const view = (layers, more = {}) => {
  const now = it.solveReceptive(layers);
  const base = { now, own: now, layers, kernel: layers[0][0], step: 99, length: 100, traced: null, shares: [] };
  return { ...base, compare: 'dilated', tokens: null, importance: null, goal: '', best: {}, chosen: 0, ...more };
};

test('roads: down from the output, up from an input, and one by one', () => {
  for (let seed = 0; seed < 20; seed++) {
    const layers = Array.from({ length: 1 + (seed % 4) }, (_, l) => [
      1 + Math.floor(4 * uniform(seed, 2 * l)),
      1 + Math.floor(5 * uniform(seed, 2 * l + 1)),
    ]);
    const ends = new Map();
    const walk = (l, b) => {
      if (l < 0) return ends.set(b, (ends.get(b) ?? 0) + 1);
      const [k, d] = layers[l];
      for (let j = 0; j < k; j++) walk(l - 1, b + j * d);
      return null;
    };
    walk(layers.length - 1, 0);
    const [inputs] = it.roadsToOutput(layers);
    assert.equal(inputs.length, it.receptiveField(layers));
    inputs.forEach((roads, b) => {
      assert.equal(roads, ends.get(b) ?? 0);
      assert.equal(it.roadsFromInput(layers, b).at(-1)[0], roads);
    });
  }
});

test('the costs of a stack', () => {
  const { field, stored, weights, plain, holes } = it.solveReceptive(stack(3, 1, 2, 4, 8, 16));
  assert.deepEqual([field, stored, weights, plain, holes], [63, 62, 15, 31, []]);
  const gaps = it.solveReceptive(stack(2, 1, 4));
  assert.deepEqual([gaps.field, gaps.seen, gaps.holes], [6, 4, [2, 3]]);
  assert.equal(it.solveReceptive(stack(1, 4)).plain, null);
  assert.equal(
    words.stackLine(it.solveReceptive(stack(3, 1, 2, 4, 8, 16))),
    '5 layers, kernel 3, dilations 1 2 4 8 16: sees 63 steps, stores 62 × channels numbers while stepping, ' +
      '15 multiplications per channel pair; the same reach without dilation needs 31 layers.',
  );
  assert.match(words.stackLine(gaps), /sees 4 of 6 steps, stores 5 ×/);
  assert.doesNotMatch(words.stackLine(it.solveReceptive(stack(3, 1, 1))), /without/);
});

test('no stack meets a goal with fewer weights than it says', () => {
  const doubled = Array.from({ length: 9 }, (_, i) => 2 ** i);
  assert.equal(doubled.at(-1), it.MOST_DOUBLED);
  const fewest = { reach: Infinity, cover: Infinity, exact: Infinity };
  // as a set of bits: the order of the layers does not matter
  const search = (k, reached, from, weights) => {
    const bits = { now: { field: 0, holes: [], roads: [] } };
    const text = reached.toString(2);
    bits.now.field = text.length;
    bits.now.roads = [[...text].reverse().map(Number)];
    bits.now.holes = bits.now.roads[0].flatMap((bit, b) => (bit ? [] : [b]));
    if (text.length >= 100)
      for (const [name, { met }] of Object.entries(it.RECEPTIVE_GOALS))
        if (weights && met(bits.now)) fewest[name] = Math.min(fewest[name], weights);
    if (weights + k > 16) return;
    for (let i = from; i < doubled.length; i++) {
      let next = 0n;
      for (let j = 0; j < k; j++) next |= reached << BigInt(j * doubled[i]);
      search(k, next, i, weights + k);
    }
  };
  for (const k of it.RECEPTIVE_KERNELS) search(k, 1n, 0, 0);
  for (const [name, { fewest: said }] of Object.entries(it.RECEPTIVE_GOALS)) assert.equal(fewest[name], said, name);
});

test('the goals and what they say', () => {
  const say = (goal, layers, best = {}) => words.goalWords(view(layers, { goal, best }));
  const trap = say('reach', stack(2, 128, 64, 8));
  assert.equal(trap.done, true);
  assert.match(trap.text, /6 weights.*8 … nobody needs fewer\. But of the 201 inputs it sees 8/);
  assert.equal(say('reach', stack(2, 128, 64, 4)).done, false);
  assert.equal(say('cover', stack(2, 128, 64, 8)).done, false);
  assert.match(say('cover', stack(5, 1, 4, 16, 64)).text, /20 weights per channel pair; 16 are enough/);
  assert.match(say('cover', stack(5, 1, 4, 16, 64), { cover: 16 }).text, /Your best: 16\./);
  assert.match(say('exact', stack(3, 1, 2)).text, /impossible: 2 does not divide 99/);
  assert.doesNotMatch(say('exact', stack(2, 1, 2)).text, /impossible/);
  assert.equal(say('exact', stack(2, 1, 2, 4, 4, 8, 16, 32, 32)).done, true);
  assert.match(say('exact', stack(2, 1, 2, 4, 8, 16, 32, 36)).text, /14 weights.*nobody needs fewer than 16; yours/);
  assert.equal(say('exact', stack(2, 1, 2, 32, 64)).done, false, 'it reaches 100, with holes');
});

test('the answer: all, the last, with holes, before the beginning, a chain', () => {
  const answer = (...v) => words.receptiveAnswer(view(...v));
  assert.equal(answer(stack(3, 1, 2)).short, 'It sees the last 7 inputs, and nothing before.');
  assert.equal(answer(stack(2, 1, 4)).short, 'It sees 4 of the last 6 inputs. It is blind 2 to 3 steps back.');
  assert.equal(answer(stack(2, 1, 4)).long, 'Each comes through 2 layers, on one road.');
  assert.match(answer(stack(3, 1, 1)).long, /The oldest has 1 road, the one with most 3 roads\./);
  const early = answer(stack(3, 1, 2), { step: 3 });
  assert.equal(early.short, 'It sees all 4 inputs so far.');
  assert.match(early.long, /field is 7 steps; 3 of them lie before the beginning/);
  assert.match(answer(stack(3, 1), { compare: 'recurrent' }).long, /100 steps in a row/);
  const first = answer(stack(2, 4, 1), { step: 0 });
  assert.equal(first.short, 'It sees the only input so far.');
});

test('what it uses: shares, and inputs that it cannot see', () => {
  const importance = [new Float32Array(100)];
  [importance[0][99], importance[0][97]] = [1, 0.25];
  const used = (more) => words.usedWords(view(stack(3, 1, 2), { importance, ...more }));
  assert.equal(used(), 'One of them, the newest, has 80\u00a0% of all importance. Nine tenths: 2 inputs.');
  importance[0][10] = 1;
  assert.match(
    used(),
    /^But 1 input it cannot see has importance: these numbers are of another network\. Half.* in 2;/,
  );
  assert.equal(
    words.usedWords(view(stack(3, 1), { importance: [new Float32Array(9)] })).slice(0, 19),
    'It uses none of the',
  );
  assert.deepEqual(it.sharesOf([0, 3, 1]), [
    { t: 1, share: 0.75 },
    { t: 2, share: 0.25 },
  ]);
  assert.equal(it.enoughFor(it.sharesOf([1, 1, 1, 1]), 0.5), 2);
});

test('one input in words', () => {
  const say = (traced, more) =>
    words.tracedWords(view(stack(2, 1, 4), { traced, tokens: [...'x'.repeat(100)], ...more }));
  assert.equal(say(99), '“x”, the newest: 1 road to the output.');
  assert.match(say(97), /2 steps back: a hole/);
  assert.match(say(90), /9 steps back: out of reach/);
  assert.match(say(95, { step: 90 }), /later than the output/);
  assert.match(say(90, { compare: 'recurrent' }), /through 10 states/);
  assert.equal(words.manyRoads(3 ** 15), 'some 10⁷ roads');
});

test('the way of one input: sideways where there is one road, hidden units where there are more', () => {
  const way = (layers, back, more = {}) =>
    words.wayWords(view(layers, { traced: 99 - back, up: it.roadsFromInput(layers, back), ...more }));
  const four = stack(2, 1, 2, 4, 8, 16);
  assert.equal(way(four, 14), ' 3 layers hand it on sideways: 8 + 4 + 2.');
  assert.equal(way(four, 16), ' 1 layer hands it on sideways: 16.');
  assert.equal(way(four, 0), ' Every layer hands it straight up.');
  for (let back = 0; back < 32; back++) {
    const steps = it.sidewaysTo(it.solveReceptive(four), back);
    assert.equal(steps.reduce((a, b) => a + b, 0), back);
  }
  assert.equal(way(stack(3, 1, 4), 10), ' 2 layers hand it on sideways: 8 + 2.');
  assert.equal(way(stack(2, 1, 1, 1), 1), ' Hidden units on the way, from below: 2, 2 (2 layers).');
  assert.equal(way(four, 32), '');
  assert.equal(way(four, 14, { compare: 'recurrent' }), '');
  assert.equal(words.inputWords({ tokens: null, step: 0 }, 141), '141 steps later');
});

test('keys, and those that are not ours', () => {
  const press = (key, more) => words.receptiveKey({ ...view(stack(2, 1, 4)), ...more }, key);
  assert.deepEqual(press('ArrowLeft'), { act: 'go', with: 98 });
  assert.deepEqual(press('ArrowRight'), { act: 'go', with: 99 });
  assert.deepEqual(press('Home'), { act: 'go', with: 0 });
  assert.deepEqual(press('['), { act: 'trace', with: 99 });
  assert.deepEqual(press('[', { traced: 99 }), { act: 'trace', with: 98 });
  assert.deepEqual(press('ArrowUp'), { act: 'choose', with: 1 });
  assert.deepEqual(press('d'), { act: 'double', with: 0 });
  assert.deepEqual(press('1'), { act: 'flatten', with: 0 });
  assert.deepEqual(press('5'), { act: 'kernel', with: 5 });
  assert.equal(press('-', { layers: stack(2, 1) }), null);
  assert.equal(press('+', { layers: stack(2, ...Array(24).fill(1)) }), null);
  assert.deepEqual(press('c', { compare: 'recurrent' }), { act: 'show', with: 'dilated' });
  for (const key of ['x', 'Tab', '4', 'Shift', 'constructor']) assert.equal(press(key), null);
});
