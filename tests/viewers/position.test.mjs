// What the position viewer computes and says, by itself.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as it from '../../lib/classroom/static/position_model.js';
import * as words from '../../lib/classroom/static/position_words.js';
import { courseRange, roundTicks } from '../../lib/classroom/static/position_course.js';
import { placeTicks, tickStep } from '../../lib/classroom/static/position_line.js';

const view = (more = {}) => {
  const spec = { code: 'rotary', size: 64, base: 10000, projected: false, head: 0, heads: 8, ...more };
  const rates = it.handRates(spec.size, spec.base);
  const slopes = it.alibiSlopes(spec.heads);
  const all = { rates, slopes, table: null, query: 96, key: 64, length: 256, trained: 128, ...spec };
  const scores = it.positionScores(all);
  const codes = ['rotary', 'sinusoidal', 'alibi', 'none'];
  return { scores, codes, pair: scores.score(all.query, all.key), others: it.askingPlaces(all.length), ...all };
};
const table = (count, size) => it.positionTable(it.normalNumbers(3, count * size), count, size);

test('a code that sees the distance alone draws one line, others draw many', () => {
  const spread = (more) => {
    const { scores, query, others } = view(more);
    return it.curveSpread(scores.curve, [query, ...others]);
  };
  for (const projected of [false, true]) assert.ok(spread({ code: 'rotary', projected }) < 1e-9);
  assert.ok(spread({ code: 'alibi' }) < 1e-12);
  assert.equal(spread({ code: 'none' }), 0);
  assert.ok(spread({ code: 'sinusoidal', projected: false }) < 1e-9, 'the product of two rows knows no place');
  assert.ok(spread({ code: 'sinusoidal', projected: true }) > 0.1, 'through matrices it does');
  assert.ok(spread({ code: 'learned', table: table(256, 16) }) > 0.1);
  assert.ok(
    spread({ code: 'learned', table: table(64, 16), query: 200 }) > 0.1,
    'rows that are missing count for nothing',
  );
});

test('hands: what they showed in training, and new angles beyond', () => {
  const quick = it.handAt(1, 200, 128);
  assert.deepEqual([quick.whole, quick.fresh], [true, false]);
  const slow = it.handAt(0.01, 200, 128);
  assert.deepEqual([slow.whole, slow.fresh], [false, true]);
  assert.equal(it.handAt(0.01, 127, 128).fresh, false, 'the farthest of training is not new');
  const round = it.handAt(0.04, 160, 128); // 6.4: once round and back among those of training
  assert.deepEqual([round.whole, round.fresh], [false, false]);
  assert.deepEqual(it.handCounts(view()), { all: 32, slow: 21, fresh: 0 });
  assert.equal(it.handCounts(view({ query: 240, key: 40 })).fresh, 19);
  assert.ok(it.handCounts(view({ base: 100 })).slow < it.handCounts(view()).slow);
  assert.equal(it.handCounts(view({ code: 'sinusoidal', query: 240, key: 230 })).fresh > 0, true);
  assert.equal(it.handCounts(view({ query: 240, key: 230 })).fresh, 0, 'rotary: the distance alone');
});

test('normal numbers have mean 0 and variance 1', () => {
  const drawn = it.normalNumbers(6, 20001);
  const mean = drawn.reduce((a, b) => a + b, 0) / drawn.length;
  const square = drawn.reduce((a, b) => a + b * b, 0) / drawn.length;
  assert.equal(drawn.length, 20001);
  assert.ok(Math.abs(mean) < 0.03 && Math.abs(square - 1) < 0.04);
});

test('moving both keeps the distance, moving one pushes the other', () => {
  assert.deepEqual(it.movedBoth({ query: 96, key: 64, length: 256 }, 16), { query: 112, key: 80 });
  assert.deepEqual(it.movedBoth({ query: 96, key: 64, length: 256 }, -99), { query: 32, key: 0 });
  assert.deepEqual(it.movedBoth({ query: 96, key: 64, length: 100 }, 16), { query: 99, key: 67 });
  assert.deepEqual(words.pushed({ query: 9, key: 5 }, 'query', 3), { query: 3, key: 3 });
  assert.deepEqual(words.pushed({ query: 9, key: 5 }, 'key', 12), { query: 12, key: 12 });
  assert.deepEqual(it.askingPlaces(256), [31, 63, 95, 127, 159, 191, 223, 255]);
  assert.deepEqual(it.askingPlaces(2), [0, 1]);
  assert.deepEqual(it.shownHands(32), [0, 4, 9, 13, 18, 22, 27, 31]);
  assert.deepEqual(it.shownHands(1), [0]);
});

test('the answer says what each code shows', () => {
  const answer = (more) => words.positionAnswer(view(more));
  assert.equal(answer().short, 'The distance and nothing else: 32 places.');
  assert.match(answer().long, /21 of the 32 hands never go once round within the 128 places.*every hand stands where/);
  assert.match(answer({ query: 240, key: 40 }).long, /19 of them stand where they never stood before/);
  assert.match(answer({ code: 'sinusoidal', query: 200 }).long, /show an angle never seen in training/);
  assert.match(answer({ code: 'alibi' }).long, /steepest of 8 heads adds −16\.0 to the score, the flattest −0\.125/);
  assert.match(
    answer({ code: 'alibi', heads: 12 }).long,
    /steepest of 12 heads adds −22\.6 to the score, the flattest −0\.125/,
  );
  const learned = { code: 'learned', table: table(128, 16) };
  assert.match(answer(learned).long, /after row 127 there is nothing/);
  assert.equal(answer({ ...learned, query: 128 }).short, 'Nothing: there is no row for place 128.');
  assert.equal(answer({ ...learned, query: 200, key: 150 }).short, 'Nothing: there is no row for place 150.');
  assert.equal(answer({ code: 'none' }).short, 'Nothing at all.');
});

test('the status says what a move of both has changed', () => {
  const said = (more) => {
    const [from, to] = [view(more), view({ ...more, query: 112, key: 80 })];
    return words.positionStatus(to, { query: from.query, key: from.key, pair: from.pair });
  };
  assert.match(said({}), /Both moved by 16: nothing has changed, the score is still 0\.611/);
  assert.match(said({ code: 'alibi' }), /nothing has changed, the score is still −16\.0/);
  assert.match(said({ code: 'sinusoidal' }), /every hand has turned, but the product is still 0\.611/);
  assert.match(said({ code: 'sinusoidal', projected: true }), /the score went from \S+ to \S+\.$/);
  assert.match(said({ code: 'learned', table: table(128, 16) }), /two other rows/);
  assert.match(words.positionStatus(view({ query: 200, key: 10 }), null), /farther than ever .* what changes\?$/);
  const whole = words.positionStatus(view({ query: 255, key: 0 }), null);
  assert.match(whole, /as far apart as the line is long\. Bring them nearer, and both can move\.$/);
});

test('keys', () => {
  const key = (name, more) => words.positionKey(view(more), name);
  assert.deepEqual(key('ArrowRight'), { query: 97, key: 65 });
  assert.deepEqual(key('PageDown', { key: 5 }), { query: 91, key: 0 });
  assert.deepEqual(key('ArrowUp'), { key: 63 });
  assert.deepEqual(key('ArrowUp', { key: 0 }), { query: 97 });
  assert.deepEqual(key('ArrowDown', { key: 96 }), { key: 96 });
  assert.deepEqual([key('Home'), key('End')], [{ key: 96 }, { key: 0, query: 255 }]);
  assert.deepEqual([key('c'), key('l')], [{ code: 'sinusoidal' }, { projected: true }]);
  assert.deepEqual(key(']'), { base: 17783 });
  assert.deepEqual(key('[', { code: 'alibi' }), { head: 0 });
  assert.equal(key(']', { code: 'none' }), null);
  for (const [code, last] of [
    ['rotary', ['c', 'l', '[ ]', 'Space']],
    ['sinusoidal', ['c', 'l', 'Space']],
    ['alibi', ['c', '[ ]', 'Space']],
    ['none', ['c', 'Space']],
  ]) {
    const listed = words.positionKeys(view({ code })).map(([caps]) => caps);
    assert.deepEqual(listed.slice(4), last, code);
    for (const one of ['c', 'l', ']']) {
      const works = key(one, { code }) !== null;
      assert.equal(works, listed.includes(one === ']' ? '[ ]' : one), `${one} with ${code}`);
    }
  }
  assert.ok(!words.positionKeys({ code: 'none', codes: ['none'] }).some(([caps]) => caps === 'c'));
  assert.equal(key('x'), null);
});

test('axes have round numbers', () => {
  assert.deepEqual(
    roundTicks(-0.31, 0.42).map((tick) => tick.toFixed(1)),
    ['-0.2', '0.0', '0.2', '0.4'],
  );
  assert.deepEqual(courseRange('alibi', [[0, -100]]), [-8, 0]);
  const [low, high] = courseRange('rotary', [[1, 0.2, NaN]]);
  assert.ok(low < 0 && high > 1);
  assert.equal(tickStep(256, 16), 16);
  assert.deepEqual(placeTicks(1024, 8, 40), [0, 128, 256, 384, 512, 640, 768, 896, 1023]);
  assert.deepEqual(placeTicks(20, 5, 4), [0, 4, 8, 12, 19], 'a number too near to the last gives way');
  assert.deepEqual(placeTicks(2, 16, 0.1), [0, 1]);
  assert.equal(words.scoreWords(-1e-9), '0.000');
  assert.equal(words.scoreWords(NaN), 'none');
  assert.equal(words.baseAt(words.baseStep(10000)), 10000);
});
