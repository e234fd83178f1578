// What the cache viewer computes and says, by itself.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as it from '../../lib/classroom/static/cache_model.js';
import * as words from '../../lib/classroom/static/cache_words.js';
import { cacheLines } from '../../lib/classroom/static/cache_plots.js';
import { alongLine, overlapOf, placedLabels } from '../../lib/classroom/static/cache_labels.js';
import { PALETTES } from '../../lib/classroom/static/palette.js';

const GPT2 = {
  layers: 12,
  heads: 12,
  kv_heads: 12,
  head_size: 64,
  d_model: 768,
  d_ff: 3072,
  vocabulary: 50257,
  window: null,
  parameters: 124439808,
};
const SMALL = {
  layers: 2,
  heads: 4,
  kv_heads: 2,
  head_size: 3,
  d_model: 12,
  d_ff: 5,
  vocabulary: 7,
  window: 4,
  parameters: 900,
};
const view = (more = {}) => {
  const base = {
    name: 'GPT-2 small',
    names: ['GPT-2 small', 'Small'],
    model: GPT2,
    own: GPT2,
    length: 1024,
    batch: 1,
    bytes: 4,
  };
  const all = { ...base, rivals: [{ name: 'LSTM', numbers: 4096 }], ...more };
  return {
    ...all,
    whole: { ...all.model, kv_heads: all.model.heads, window: null },
    costs: it.cacheCosts(all.model, all.length, all.batch, all.bytes),
  };
};

test('pairs and sums, counted one by one', () => {
  for (const window of [null, 1, 3, 7, 50]) {
    let [all, anew] = [0, 0];
    for (let n = 1; n <= 20; n++) {
      all += Math.min(n, window ?? n);
      anew += all;
      assert.equal(it.pairsUpTo(n, window), all);
      assert.equal(it.pairsAnew(n, window), anew);
    }
  }
});

test('the text is the sum of its words', () => {
  for (const model of [GPT2, SMALL]) {
    let [all, allAnew] = [0, 0];
    for (let n = 1; n <= 15; n++) {
      const costs = it.cacheCosts(model, n, 3, 2);
      all += costs.step;
      allAnew += costs.anew;
      assert.deepEqual([costs.all, costs.allAnew], [all, allAnew]);
    }
  }
  const last = it.cacheCosts(SMALL, 15, 3, 2);
  assert.deepEqual([it.reachOf(SMALL), last.again], [7, 7], 'two layers that look three words back');
  assert.equal(last.anew, it.cacheCosts(SMALL, 7, 3, 2).anew, 'further back nothing can reach the next word');
  assert.deepEqual([it.reachOf(GPT2), it.cacheCosts(GPT2, 15, 1, 4).again], [null, 15]);
  const first = it.cacheCosts(GPT2, 1, 1, 4);
  assert.equal(first.step, first.anew, 'the first word costs the same');
});

test('bytes, and where they outgrow the model', () => {
  const costs = it.cacheCosts(GPT2, 1024, 1, 4);
  assert.deepEqual([costs.perToken, costs.bytes], [18432, 75497472]);
  assert.equal(it.cacheCosts({ ...GPT2, kv_heads: 3 }, 1024, 1, 4).bytes, 75497472 / 4);
  assert.equal(it.cacheCosts({ ...GPT2, window: 256 }, 1024, 8, 2).bytes, 75497472);
  const from = it.outgrown(GPT2, 1);
  const bytes = (n) => it.cacheCosts(GPT2, n, 1, 4).bytes;
  assert.ok(bytes(from) > costs.weights && bytes(from - 1) <= costs.weights);
  assert.equal(from, 6752);
  assert.equal(it.outgrown({ ...GPT2, window: 1024 }, 1), null);
  assert.equal(it.outgrown({ ...GPT2, window: 1024 }, 16), 422);
});

test('cells of the triangles', () => {
  const row = (cached, back) => [0, 1, 2, 3, 4].map((s) => it.cacheCell(3, s, back, cached));
  assert.deepEqual(row(false, null), ['made', 'made', 'made', 'made', 'none']);
  assert.deepEqual(row(true, null), ['read', 'read', 'read', 'made', 'none']);
  assert.deepEqual(row(true, 2), ['gone', 'gone', 'read', 'made', 'none']);
  assert.deepEqual(row(false, 3), ['gone', 'made', 'made', 'made', 'none']);
  assert.deepEqual(it.divisorsOf(12), [12, 6, 4, 3, 2, 1]);
  assert.deepEqual(it.CACHE_LENGTHS.slice(0, 8), [1, 2, 3, 4, 6, 8, 12, 16]);
  assert.equal(it.CACHE_LENGTHS.at(-1), 131072);
});

test('what is said', () => {
  const { short, long } = words.cacheAnswer(view());
  assert.equal(
    short,
    'With the cache this word costs 142 million multiplications, without 96.7 billion: 679 times as much.',
  );
  assert.match(long, /75\.5 MB for one text of 1,024 words; the model itself has 498 MB, and from word 6,752 on/);
  assert.match(long, /LSTM would keep 16\.4 kB, however long the text\.$/);
  assert.match(
    words.cacheAnswer(view({ length: 1 })).short,
    /^The first word costs 124 million multiplications either way/,
  );
  assert.match(
    words.cacheAnswer(view({ length: 8192 })).long,
    /more than the 498 MB of the model itself since word 6,752/,
  );
  assert.match(words.cacheAnswer(view({ model: { ...GPT2, window: 64 } })).long, /beyond the window it grows no more/);
  assert.match(words.cacheSums(view())[0], /^2 \(key, value\) × 12 layers × 12 heads .* 4 bytes = 75,497,472 bytes$/);
  assert.match(
    words.cacheStatus(view({ batch: 4 })),
    /12 of 12 heads answer, no window, 32 bits: word 1,024 of 4 texts/,
  );
  const one = { ...SMALL, layers: 1, heads: 1, kv_heads: 1, head_size: 1, window: null };
  const alone = view({ model: one, length: 1, bytes: 1 });
  assert.match(
    words.cacheSums(alone)[0],
    /× 1 layer × 1 head that answers × 1 number × 1 word × one text × 1 byte = 2 bytes$/,
  );
  assert.match(words.cacheStatus(alone), /1 of 1 head answers, no window/);
  assert.match(words.cacheStatus(view({ model: { ...GPT2, kv_heads: 1 } })), /1 of 12 heads answers/);
  assert.deepEqual([1, 1.2, 25.6].map(words.cellWords), ['1 word', '1.2 words', '26 words']);
  assert.match(words.cacheSums(view())[2], /asks all words before it again$/);
  const narrow = view({ model: SMALL });
  assert.match(words.cacheSums(narrow)[2], /at most 2 layers × \(4 − 1\) \+ 1 = 7 words again/);
  assert.equal(words.againWords(7, 1024), 'at every word those of the last 7 are made again');
  assert.match(words.againWords(7, 7), /all keys and values/);
  assert.equal(words.bytesWords(1), '1 byte');
  assert.equal(words.countWords(999.6e6), '1.00 billion');
});

test('keys', () => {
  const key = (name, more) => words.cacheKey(view(more), name);
  assert.deepEqual([key('ArrowRight'), key('ArrowLeft')], [{ length: 1536 }, { length: 768 }]);
  assert.deepEqual([key('ArrowRight', { length: 5 }), key('ArrowLeft', { length: 5 })], [{ length: 6 }, { length: 4 }]);
  assert.deepEqual([key('Home'), key('End')], [{ length: 1 }, { length: 131072 }]);
  assert.deepEqual([key('ArrowUp'), key('ArrowDown')], [{ batch: 2 }, { batch: 1 }]);
  assert.deepEqual([key('g'), key('w'), key('b')], [{ kv_heads: 6 }, { window: 64 }, { bytes_per_number: 2 }]);
  assert.deepEqual([key('m'), key(' '), key('x')], [{ model: 'Small' }, { act: 'play' }, null]);
  assert.deepEqual(words.windowChoices(128), [null, 64, 128, 256, 1024, 4096]);
});

test('a line for each, flat where nothing grows', () => {
  const { work, memory } = cacheLines(view({ model: { ...GPT2, window: 64 } }), PALETTES.light);
  assert.deepEqual(
    work.map((line) => line.name),
    ['without a cache', 'with'],
  );
  assert.deepEqual(
    memory.map((line) => line.name),
    ['cache', 'all heads answer, no window', 'the model itself', 'LSTM'],
  );
  assert.equal(new Set(memory[3].values).size, 1);
  assert.equal(memory[0].values.at(-1), memory[0].values.at(-2), 'the window holds');
  assert.equal(cacheLines(view(), PALETTES.dark).memory.length, 3);
});

test('words beside marks: off the curves, off each other, in the order of their marks', () => {
  const within = { left: 60, right: 400, top: 0, bottom: 160 };
  const curve = (high) => alongLine([60, 160, 260, 360].map((x, i) => [x, 130 - high * i]));
  assert.deepEqual(curve(30)[0], [60, 130]);
  assert.ok(curve(30).length > 140);
  for (const [high, x] of [
    [30, 60],
    [30, 75],
    [10, 380],
    [0, 200],
  ]) {
    const points = [...curve(high), ...curve(0)];
    const above = 130 - (high * (x - 60)) / 100;
    const boxes = placedLabels([{ x, y: 130, wide: 70 }, { x, y: above, wide: 80 }], points, within); // prettier-ignore
    const hit = (box) => points.filter(([a, b]) => overlapOf(box, { left: a, top: b, wide: 0.1, high: 0.1 }) > 0);
    assert.equal(overlapOf(...boxes), 0);
    assert.deepEqual(boxes.map((box) => hit(box).length), [0, 0]); // prettier-ignore
    assert.ok(boxes[1].top < boxes[0].top, 'what costs more stands higher');
    for (const { left, top, wide, high: tall } of boxes)
      assert.ok(left >= 60 && left + wide <= 400 && top >= 0 && top + tall <= 160);
  }
});
