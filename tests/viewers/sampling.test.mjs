// What the sampling viewer computes and says, by itself.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { columnTop } from '../../lib/classroom/static/sampling_columns.js';
import * as it from '../../lib/classroom/static/sampling_model.js';
import { stripSegments } from '../../lib/classroom/static/sampling_strips.js';
import { scrolledTo } from '../../lib/classroom/static/sampling_text.js';
import * as words from '../../lib/classroom/static/sampling_words.js';

const PLAIN = { temperature: 1, topK: null, topP: 1, penalty: 1 };
const logits = [0.5, 0.25, 0.15, 0.1].map(Math.log);
const cut = (settings = {}, seen = [], from = logits) =>
  it.cutDistribution(from, new Set(seen), { ...PLAIN, ...settings });
const near = (a, b) => a.forEach((x, i) => assert.ok(Math.abs(x - b[i]) < 1e-12, `${Array.from(a)} and ${b}`));

test('cuts by hand', () => {
  near(cut().share, [0.5, 0.25, 0.15, 0.1]);
  near(cut({ topK: 2 }).share, [2 / 3, 1 / 3, 0, 0]);
  near(cut({ topP: 0.5 }).share, [1, 0, 0, 0]);
  near(cut({ topP: 0.51 }).share, [2 / 3, 1 / 3, 0, 0]);
  near(cut({ topP: 0.7, topK: 2 }).share, [2 / 3, 1 / 3, 0, 0]);
  near(cut({ topP: 0.6, topK: 2 }).share, [1, 0, 0, 0]); // 2/3 stand before the second already
  near(cut({ temperature: 0 }).share, [1, 0, 0, 0]);
  near(
    cut({ temperature: 0.5 }).share,
    [0.25, 0.0625, 0.0225, 0.01].map((p) => p / 0.345),
  );
  const { kept, cutMass, bits, plainBits } = cut({ topK: 2 });
  assert.equal(kept, 2);
  assert.ok(Math.abs(cutMass - 0.25) < 1e-12 && bits < plainBits);
  assert.deepEqual(Array.from(it.bestFirst([1, 3, 3, 2])), [1, 2, 3, 0], 'of equal logits the lower id');
});

test('the penalty makes what stands there less probable, below zero too', () => {
  assert.deepEqual(Array.from(it.penalised([2, -2, 1], new Set([0, 1]), 2)), [1, -4, 1]);
  const { order, plain } = cut({ penalty: 2 }, [0], [2, 1.5, -1]);
  assert.deepEqual(Array.from(order), [1, 0, 2]);
  assert.ok(plain[1] > plain[0], 'as the model says it is still the first');
});

test('the die falls on its piece', () => {
  const all = cut();
  assert.deepEqual(
    [0, 0.4999, 0.5, 0.7499, 0.75, 0.95].map((die) => it.drawnAt(all, die)),
    [0, 0, 1, 1, 2, 3],
  );
  assert.equal(it.drawnAt(cut({ topK: 2 }), 0.99999999), 1);
  assert.deepEqual(it.cameAs(cut({ topK: 2 }), 2), { rank: 2, plain: cut().plain[2], share: 0, cut: true });
  const segments = stripSegments([0.5, 0.3, 0.2], 3, 10, 100);
  assert.deepEqual(
    segments.map(({ from, to }) => [from, Math.round(to)]),
    [
      [10, 60],
      [60, 90],
      [90, 110],
    ],
  );
  const many = stripSegments(Array(400).fill(1 / 400), 400, 0, 400);
  assert.equal(many.length, 121);
  assert.ok(Math.abs(many.at(-1).to - 400) < 1e-9 && many.at(-1).rank === null);
});

test('a whole text', () => {
  const whole = it.wholeText(
    [0, 2],
    () => cut({ topK: 2 }),
    (i) => [0.1, 0.9][i],
  );
  assert.deepEqual(
    whole.places.map(({ drawn, cut: gone }) => [drawn, gone]),
    [
      [0, false],
      [1, true],
    ],
  );
  assert.deepEqual([whole.forbidden, whole.same, whole.bits], [1, 1, Infinity]);
  assert.match(words.textWords(whole, 'top-k 2'), /forbids what really came at 1 of 2 places/);
  const open = it.wholeText(
    [0, 2],
    () => cut(),
    () => 0,
  );
  assert.match(words.textWords(open, 'as the model says'), /^Nothing that really came.*Surprise 1\.87 bits a token\./);
});

test('the text is scrolled by whole lines, and only where the place is out of sight', () => {
  assert.equal(scrolledTo(80, 120, 0, 200, 40), 0, 'it is seen');
  assert.equal(scrolledTo(160, 200, 0, 200, 40), 0, 'the last line that is seen');
  assert.equal(scrolledTo(200, 240, 0, 200, 40), 120, 'two lines before it, two after');
  assert.equal(scrolledTo(0, 40, 400, 200, 40), 0);
  for (let top = 0; top < 2000; top += 40) {
    const to = scrolledTo(top, top + 40, 1000, 200, 40);
    assert.ok(to % 40 === 0 && to <= top && top + 40 <= to + 200);
  }
});

test('columns: the first ones, and those that must be seen', () => {
  assert.deepEqual(it.shownRanks(10, 4, [7]), [0, 1, 2, 7]);
  assert.deepEqual(it.shownRanks(3, 8, [1, 1]), [0, 1, 2]);
  assert.deepEqual(it.kLadder(9), [1, 2, 3, 4, 5, 6, 8, null]);
  assert.deepEqual([0.005, 0.03, 0.1, 0.22, 1].map(columnTop), [0.01, 0.05, 0.1, 0.3, 1]);
});

const view = (more = {}) => {
  const names = (token) => ['a', ' ', '\n', 'the'][token];
  const settings = { ...PLAIN, ...more.settings };
  const now = cut(settings);
  const die = more.die ?? 0.6;
  const base = { live: false, place: 3, length: 9, size: 4, token: 2, python: { state: 'away', text: '' } };
  return { ...base, names, cut: now, drawn: it.drawnAt(now, die), came: it.cameAs(now, 2), ...more, die, settings };
};

test('what is said', () => {
  const all = words.samplingAnswer(view());
  assert.equal(all.short, 'The die shows .6000 and draws “␣”, probability .25.');
  assert.equal(all.long, 'All 4 tokens can be drawn. “⏎” really came: rank 3, probability .15.');
  const few = words.samplingAnswer(view({ settings: { topK: 2 } }));
  assert.match(few.long, /2 of 4 tokens can be drawn; \.25 of the mass is cut away.*by \.75\..*now forbidden\./);
  assert.equal(words.samplingStatus(view()), 'Place 4 of 9, as the model says: “␣” is drawn.');
  assert.match(words.samplingStatus(view({ live: true, came: null })), /the model is needed: open the notebook/);
  const asked = view({ live: true, came: null, python: { state: 'asked', text: '' } });
  assert.match(words.samplingStatus(asked), /Asking the model …$/);
  const every = { temperature: 0.7, topK: 5, topP: 0.9, penalty: 1.2 };
  assert.equal(words.settingsWords(every), 'penalty 1.20, top-k 5, temperature 0.70, top-p 0.90');
  assert.equal(words.settingsWords({ ...PLAIN, temperature: 0 }), 'temperature 0: always the first');
});

test('keys', () => {
  const key = (name, more) => words.samplingKey(view(more), name);
  assert.deepEqual(key('ArrowRight'), { place: 4, die: null });
  assert.deepEqual(key('ArrowRight', { live: true }), { act: 'write' });
  assert.deepEqual(
    [key('Home'), key('PageDown')],
    [
      { place: 0, die: null },
      { place: 8, die: null },
    ],
  );
  assert.deepEqual([key('['), key(']')], [{ temperature: 0.9 }, { temperature: 1.1 }]);
  assert.deepEqual([key('k'), key('j')], [{ top_k: 3 }, { top_k: null }]);
  assert.deepEqual(key('j', { settings: { topK: 2 } }), { top_k: 3 });
  assert.deepEqual(
    [key('p'), key('r'), key('e')],
    [{ top_p: 0.95 }, { repetition_penalty: 1.1 }, { repetition_penalty: 1 }],
  );
  assert.deepEqual([key(','), key('t'), key('0')], [{ die: 0.59 }, { act: 'toss' }, words.PLAIN_SAMPLING]);
  assert.equal(key('x'), null);
});
