// What the recurrence viewer computes and says, by itself.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { spreadLabels } from '../../lib/classroom/static/recurrence_curve.js';
import { EXAMPLES } from '../../lib/classroom/static/recurrence_controls.js';
import * as it from '../../lib/classroom/static/recurrence_model.js';
import * as words from '../../lib/classroom/static/recurrence_words.js';

const PLAIN = { decay: 'none', write: 'add', normaliser: 'none', keep: 0.9, strength: 1, gain: 0 };
const near = (a, b, what) => a.forEach((x, i) => assert.ok(Math.abs(x - b[i]) < 1e-12, `${what}: ${x} is not ${b[i]}`));

const view = (text, rule, more = {}) => {
  const { pairs } = it.parsedPairs(text);
  const story = it.memoryStory({ pairs, rows: 8, draw: 0, upright: true }, rule);
  const step = more.step ?? pairs.length;
  const asked = more.asked ?? pairs.at(-1).key;
  const presets = ['Linear attention', 'RetNet'];
  return { story, step, asked, rule, rows: 8, recalls: it.recallNow(story, rule, step), presets, name: null };
};

test('pairs are read, and what does not fit is named', () => {
  assert.deepEqual(it.parsedPairs(' a=b |  c=d ').pairs, [
    { key: 'a', value: 'b', marked: false },
    { key: 'c', value: 'd', marked: true },
  ]);
  for (const [text, said] of [
    ['a=b c', /“c” is not/],
    ['', /at least one/],
    ['a=b '.repeat(25), /at most 24 pairs, not 25/],
    ['elephants=b', /at most 8 letters/],
  ])
    assert.match(it.parsedPairs(text).wrong, said);
  for (const text of Object.values(EXAMPLES)) assert.equal(it.parsedPairs(text).wrong, null);
});

test('vectors have length one, and stand upright while there is room', () => {
  const found = it.wordDirections(['a', 'b', 'c', 'd', 'e'], 4, 0, true);
  const product = (a, b) => a.reduce((sum, x, i) => sum + x * b[i], 0);
  found.forEach((one) => near([product(one, one)], [1], 'length'));
  for (let i = 0; i < 4; i++) for (let j = 0; j < i; j++) near([product(found[i], found[j])], [0], 'angle');
  near(found[4], it.wordDirection('e', 4, 0), 'no room for the fifth');
  assert.notDeepEqual(it.wordDirection('a', 4, 0), it.wordDirection('a', 4, 1));
});

test('delta overwrites, adding smears', () => {
  const text = 'cat=red dog=blue cat=green';
  const [added, delta] = ['add', 'delta'].map((write) => view(text, { ...PLAIN, write }));
  near(delta.recalls[0].read, delta.story.values[2], 'the last value');
  near(
    added.recalls[0].read,
    added.story.values[0].map((x, i) => x + added.story.values[2][i]),
    'their sum',
  );
  assert.deepEqual([added.recalls[0].said, delta.recalls[0].said], [null, 'green']);
});

test('a step is what is kept and what is written; a bar fades', () => {
  const rule = { ...PLAIN, decay: 'step', keep: 0.25 };
  const { story } = view('a=x | b=y', rule);
  const [first, second] = [story.moments[1], story.moments[2]];
  near(
    second.kept,
    first.memory.map((x) => x / 4),
    'kept',
  );
  near(
    second.memory,
    second.kept.map((x, i) => x + second.written[i]),
    'sum',
  );
  assert.equal(it.keptOfRow({ decay: 'channel', keep: 0.5 }, 7, 8, false), 1);
  assert.equal(it.keptOfRow({ decay: 'channel', keep: 0.5 }, 0, 8, false), 0.5);
});

test('in units of e^m nothing overflows, and the unit changes no answer', () => {
  const rule = { ...PLAIN, write: 'exponential', normaliser: 'max' };
  const [loud, louder] = [900, 905].map((gain) => view('a=x b=y c=z', { ...rule, gain }));
  assert.ok([...loud.story.moments[3].memory].every(Number.isFinite));
  near(loud.recalls[1].read, louder.recalls[1].read, 'beyond 1 the normaliser takes the size away');
  near(loud.recalls[1].read, loud.story.values[1], 'one key at right angles to the others');
});

test('as many keys as rows', () => {
  const curve = it.capacityCurve({ ...PLAIN, write: 'delta' }, 6, true, 12, false);
  assert.equal(it.heldRightly(curve), 6);
  assert.ok(curve[12] < 8);
  assert.equal(it.heldRightly(it.capacityCurve(PLAIN, 6, true, 8, true)), 0);
});

test('a preset is found again, numbers that it does not use apart', () => {
  const presets = { Plain: PLAIN, Fixed: { ...PLAIN, decay: 'fixed' } };
  assert.equal(it.presetOf({ ...PLAIN, keep: 0.1, gain: 3 }, presets), 'Plain');
  assert.equal(it.presetOf({ ...PLAIN, decay: 'fixed', keep: 0.1 }, presets), null);
  assert.equal(it.withBar(it.parsedPairs('a=b c=d').pairs, 1), 'a=b | c=d');
  assert.equal(it.withBar(it.parsedPairs('a=b | c=d').pairs, 1), 'a=b c=d');
});

test('the answer says right, wrong, only just, and why', () => {
  const short = (...about) => words.recurrenceAnswer(view(...about)).short;
  const long = (...about) => words.recurrenceAnswer(view(...about)).long;
  const delta = { ...PLAIN, write: 'delta' };
  assert.equal(short('cat=red', delta), 'Asked for cat it answers red: right.');
  assert.equal(short('cat=red', delta, { step: 0 }), 'Nothing is written yet.');
  assert.equal(short('cat=red dog=blue', delta, { step: 1 }), 'dog is not written yet.');
  assert.equal(short('cat=red cat=blue', PLAIN), 'Asked for cat it cannot tell: wrong.');
  assert.match(long('cat=red cat=blue', PLAIN), /0 of 1 key rightly\. red was written for this key too/);
  assert.match(short('cat=red cat=blue', { ...PLAIN, decay: 'fixed' }), /blue: right, but only just: red/);
  const gone = { ...PLAIN, decay: 'step', keep: 0 };
  assert.match(long('cat=red | dog=blue', gone, { asked: 'cat' }), /forgotten at the bar/);
});

test('a wrong answer has the cause that it has', () => {
  const blunt = { ...PLAIN, normaliser: 'sum' };
  const pairs = 'ferry=three market=eight coach=noon mail=two ferry=five';
  for (const asked of ['ferry', 'mail'])
    assert.match(words.recurrenceAnswer(view(pairs, blunt, { asked })).long, /features are blunt/);
  const seen = view('cat=red cat=blue dog=gold', PLAIN, { asked: 'cat' });
  seen.recalls[0].said = 'gold';
  assert.match(words.recurrenceAnswer({ ...seen, upright: true }).long, /their sum is more like gold than either/);
  assert.match(words.recurrenceAnswer(seen).long, /Other keys point partly/);
});

test('the delta rule says what its strength does, and a rule whether it heeds a bar', () => {
  const means = (strength, ...barred) => words.ruleMeans({ ...PLAIN, write: 'delta', strength }, ...barred);
  assert.match(means(1), /What the key answered before is taken away first\.$/);
  assert.match(means(0.5), /^Nothing fades\. Only 0\.5 of what is new/);
  assert.match(means(2), /the sign of what it answered turns/);
  assert.match(means(1, true), /does not heed the bar/);
  assert.doesNotMatch(words.ruleMeans({ ...PLAIN, decay: 'step' }, true), /heed/);
});

test('every rule has a formula', () => {
  const formula = (more) => words.ruleFormula({ ...PLAIN, ...more });
  assert.deepEqual(formula({}), ['S ← S + k vᵀ', 'Sᵀq']);
  assert.deepEqual(formula({ decay: 'fixed', write: 'delta' }), ['S ← 0.90 S + 1.0 · k (v − (0.90 S)ᵀk)ᵀ', 'Sᵀq']);
  assert.deepEqual(formula({ normaliser: 'sum' }), ['S ← S + φ(k) vᵀ', 'Sᵀφ(q) ⁄ z·φ(q)']);
  assert.match(formula({ write: 'exponential', gain: -2, normaliser: 'max' }).join(), /i = e\^−2\.0.*max/);
  for (const decay of ['none', 'fixed', 'step', 'channel']) assert.ok(words.ruleMeans({ ...PLAIN, decay }).length > 20);
});

test('the status says what was written and what the curves hold', () => {
  const curve = [0, 1, 2, 3, 4, 5, 6, 7, 8, 7, 6, 5, 4, 3, 2, 1, 0.5];
  const curves = [
    { name: 'RetNet', values: curve },
    { name: 'GLA', values: curve.map((x) => x + 1) },
    { name: 'mLSTM', values: null },
  ];
  const gated = { ...PLAIN, decay: 'step' };
  const said = words.recurrenceStatus({ ...view('a=b | c=d', gated), curve, curves, twice: true });
  assert.equal(
    said,
    'At the bar the memory faded. Just written: c with d. On average over ten draws of vectors this rule answers ' +
      '8.0 of 8 keys rightly when each is written twice, and 0.5 of 16. Of the six rules GLA does best there, with 1.5. ' +
      'No bars stand here: so mLSTM only adds, and Gated DeltaNet is DeltaNet.',
  );
  const better = { curve: curve.map((x) => x + 2), curves: [curves[1], { ...curves[1], name: 'RetNet' }], twice: false };
  assert.match(
    words.recurrenceStatus({ ...view('a=b', gated), ...better }),
    /GLA and RetNet do best there, with 1\.5, and your rule does better\./,
  );
  const begun = words.recurrenceStatus({ ...view('a=b', PLAIN, { step: 0 }), curve, curves: [], twice: false });
  assert.match(begun, /^On average/);
});

test('keys stay within the text', () => {
  const at = view('a=b c=d e=f', PLAIN, { step: 3, asked: 'e' });
  assert.deepEqual(words.recurrenceKey(at, 'ArrowRight'), { act: 'go', with: 3 });
  assert.deepEqual(words.recurrenceKey(at, 'PageUp'), { act: 'go', with: 0 });
  assert.deepEqual(words.recurrenceKey(at, 'ArrowDown'), { act: 'ask', with: 'a' });
  assert.deepEqual(words.recurrenceKey(at, '2'), { act: 'preset', with: 'RetNet' });
  assert.equal(words.recurrenceKey(at, '9'), null);
  assert.equal(words.recurrenceKey({ ...at, step: 0 }, 'b'), null);
});

test('names keep their distance and their order', () => {
  const placed = spreadLabels([50, 52, 51, 170], 0, 170);
  const order = [0, 2, 1, 3].map((i) => placed[i]);
  order.slice(1).forEach((y, i) => assert.ok(y - order[i] >= 15));
  assert.ok(Math.max(...placed) <= 170);
});
