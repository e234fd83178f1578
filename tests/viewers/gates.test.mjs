// What the gate viewer computes and says, by itself.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as it from '../../lib/classroom/static/gate_model.js';
import * as shapes from '../../lib/classroom/static/gate_shapes.js';
import * as words from '../../lib/classroom/static/gate_words.js';
import { overviewTall, sortChoices } from '../../lib/classroom/static/gate_overview.js';
import { timePlace } from '../../lib/classroom/static/heat.js';

const near = (a, b, tolerance = 1e-6) => assert.ok(Math.abs(a - b) <= tolerance, `${a} is not ${b}`);
const columns = (...units) => Float32Array.from(units[0].flatMap((_, t) => units.map((unit) => unit[t])));
const text = (line) => line.map(([part]) => part).join('');

// two units, four steps; unit 0 follows the equations by hand
const f = [0.5, 0.5, 1, 0];
const i = [1, 0.5, 0, 1];
const g = [0.8, -0.4, 0.9, 0.25];
const c = [0.8, 0.2, 0.2, 0.25];
const o = [1, 0, 0.5, 1];
const h = c.map((x, t) => o[t] * Math.tanh(x));
const other = [0.1, 0.2, 0.3, 0.4];
const LSTM = {
  values: {
    forget_gate: columns(f, other),
    input_gate: columns(i, other),
    output_gate: columns(o, other),
    candidate: columns(g, other),
    cell_state: columns(c, [1, 1, -1, -1]),
    hidden: columns(h, other),
  },
  ...{ steps: 4, units: 2, hold: null, name: 'as it is', bits: [null, 1, 2, 3], text: 'abc' },
};

test('what is kept and what is written add up to the cell', () => {
  const story = it.gateStory(LSTM, 0);
  [0, 0.4, 0.2, 0].forEach((x, t) => near(story.kept[t], x));
  [0.8, -0.2, 0, 0.25].forEach((x, t) => near(story.written[t], x));
  [0, 0.8, 0.2, 0.2].forEach((x, t) => near(story.before[t], x));
  const alone = it.gateStory({ ...LSTM, values: { cell_state: LSTM.values.cell_state } }, 0);
  near(alone.kept[1], 0.8); // without a gate all is kept, as in 1997
  near(alone.written[1], -0.6);
  const late = { ...LSTM, values: { ...LSTM.values, cell_state: columns([1.3, 0.45, 0.45, 0.25], other) } };
  near(it.gateStory(late, 0).before[0], 1); // the cell was not empty when the recording began
  assert.equal(it.gateStory({ ...LSTM, values: { hidden: LSTM.values.hidden } }, 0).kept, null);
});

test('the unit of a GRU keeps by its update gate', () => {
  const z = [0, 0.75, 1];
  const n = [0.4, -0.8, 0.9];
  const state = [0.4, 0.1, 0.1];
  const gru = {
    values: { update_gate: columns(z), candidate: columns(n), hidden: columns(state) },
    steps: 3,
    units: 1,
  };
  const story = it.gateStory(gru, 0);
  [0, 0.3, 0.1].forEach((x, t) => near(story.kept[t], x));
  [0.4, -0.2, 0].forEach((x, t) => near(story.written[t], x));
  assert.equal(
    text(words.arithmetic(story, 1)[0]),
    'h = z · h before + (1 − z) · n = 0.75 · 0.40 + 0.25 · (−0.80) = 0.30 + (−0.20) = 0.10',
  );
});

test('the calculation is told with its numbers', () => {
  const story = it.gateStory(LSTM, 0);
  const [cell, hidden] = words.arithmetic(story, 1).map(text);
  assert.equal(cell, 'c = f · c before + i · g = 0.50 · 0.80 + 0.50 · (−0.40) = 0.40 + (−0.20) = 0.20');
  assert.equal(hidden, 'h = o · tanh(c) = 0.00 · 0.20 = 0.00');
  const bare = it.gateStory({ ...LSTM, values: { cell_state: LSTM.values.cell_state } }, 0);
  assert.equal(
    text(words.arithmetic(bare, 1)[0]),
    'c = c before + written = 0.80 + (−0.60) = 0.80 + (−0.60) = 0.20',
  );
  assert.equal(words.twoDigits(-0.001), '0.00');
});

test('a step that the equation does not explain is not explained', () => {
  const odd = { ...LSTM, values: { ...LSTM.values, input_gate: columns([1, 1, 1, 1], other) } };
  assert.match(text(words.arithmetic(it.gateStory(odd, 0), 1)[0]), /^c = f · c before \+ written = /);
});

test('stretches, correlations, orders', () => {
  assert.deepEqual(it.longestOpen([0.9, 0.95, 0.2, 1, 1, 0.99, 0]), { begin: 3, end: 6 });
  assert.deepEqual(it.longestOpen([0.1, 1]), { begin: 1, end: 2 });
  assert.deepEqual(it.longestOpen([1, 0, 1]), { begin: 0, end: 1 });
  assert.equal(it.longestOpen([0.89]), null);
  assert.deepEqual(it.longestOpen([0.9, 0.9, 0]), { begin: 0, end: 2 });
  const marks = [true, true, false, false];
  const r = it.gateCorrelations(LSTM.values.cell_state, 4, 2, marks);
  near(r[1], 1);
  assert.ok(r[0] > 0 && r[0] < 1);
  assert.deepEqual(it.gateCorrelations(LSTM.values.cell_state, 4, 2, [true, true, true, true]), [0, 0]);
  assert.deepEqual(it.gateOrder(LSTM, 'pattern', 'cell_state', marks), [1, 0]);
  assert.deepEqual(it.gateOrder(LSTM, 'number', 'cell_state', null), [0, 1]);
  assert.deepEqual(it.gateOrder(LSTM, 'most open', 'cell_state', null), [0, 1]);
  assert.deepEqual(it.gateOrder(LSTM, 'changes most', 'cell_state', null), [1, 0]);
});

test('only ways of sorting that there are', () => {
  const names = (values, pattern) => sortChoices(values, pattern).map(([sort]) => sort);
  assert.deepEqual(names(LSTM.values, 'inside quotes'), it.GATE_SORTS);
  assert.deepEqual(names({ hidden: h }, null), ['number', 'changes most']);
  for (const units of [1, 5, 128, 512]) assert.ok(overviewTall(units) >= units);
});

test('the answer says how long the gate stays open, and with what the unit goes', () => {
  const view = {
    story: it.gateStory(LSTM, 1),
    tokens: [...'a" b'],
    unit: 1,
    pattern: 'quoted',
    run: LSTM,
    ghost: null,
  };
  const said = words.gateAnswer({ ...view, quantity: 'cell_state', marks: [true, true, false, false] });
  assert.equal(said.short, 'The forget gate of unit 1 never reaches 0.9: its mean is 0.25.');
  assert.equal(
    said.long,
    'Its cell: mean 1.00 where it is “quoted”, −1.00 elsewhere (correlation 1.00 in this text).',
  );
  const open = { ...LSTM, values: { ...LSTM.values, forget_gate: columns([0, 0.95, 1, 0.1], other) } };
  assert.equal(
    words.gateAnswer({ ...view, story: it.gateStory(open, 0), unit: 0, marks: null }).short,
    'The forget gate of unit 0 stays at 0.9 or above for 2 steps in a row, from step 2 “"” to step 3 “␣”.',
  );
});

const HOLD = { gate: 'forget_gate', unit: 0, value: 0, begin: 1, end: 3 };
const held = {
  ...{ ...LSTM, hold: HOLD, name: 'shut', bits: [null, 1, 5, 3] },
  values: { ...LSTM.values, cell_state: columns([0.8, -0.2, 0, 0.25], [1, 1, -1, -1]) },
};

test('what holding did', () => {
  const change = it.surpriseChange(LSTM.bits, held.bits, 1);
  assert.deepEqual([change.old, change.now, change.most.t], [2, 3, 2]);
  assert.equal(it.surpriseChange(LSTM.bits, held.bits, 3).now, 3);
  assert.equal(it.surpriseChange(null, held.bits, 0), null);
  assert.equal(it.surpriseChange([null], [null], 0), null);
  assert.equal(
    words.holdEffect(LSTM, held, [...'abcd']),
    'The surprise changes most at step 3 “c”: 2.00 → 5.00 bits.',
  );
  const view = { story: it.gateStory(held, 0), ghost: it.gateStory(LSTM, 0), tokens: [...'abcd'], unit: 0 };
  const said = words.gateAnswer({ ...view, run: held, runs: [LSTM, held], quantity: 'hidden' });
  assert.equal(
    said.short,
    'Forget gate of unit 0 held at 0, steps 2 to 3: the mean surprise from there on goes from 2.00 to 3.00 bits.',
  );
  assert.equal(said.long, words.holdEffect(LSTM, held, [...'abcd']));
  assert.equal(words.unitEffect(view), 'The cell of unit 0 changes most at step 2 “b”: 0.20 → −0.20.');
  assert.deepEqual([words.spanWord(1, 3), words.spanWord(24, 25)], ['steps 2 to 3', 'step 25']);
  assert.match(words.holdWords({ ...HOLD, begin: 24, end: 25 }), /, step 25$/);
  const silent = { ...view, run: { ...held, bits: null }, runs: [LSTM, held], quantity: 'hidden' };
  assert.deepEqual(words.gateAnswer(silent), {
    short: 'Forget gate of unit 0 held at 0, steps 2 to 3.',
    long: words.unitEffect(view),
  });
  assert.ok(
    it.sameHold({ ...HOLD }, HOLD) && !it.sameHold({ ...HOLD, unit: null }, HOLD) && !it.sameHold(null, HOLD),
  );
  assert.equal(it.commonStart('a cat', 'a dog'), 2);
});

test('a held run is the first run up to its begin', () => {
  const codes = Uint8Array.from([0, 0, 255, 255, 0, 0, 255, 255, 255, 255, 0, 0]); // 4 steps, then 2 of them
  const common = { name: '', text: '', bits: null };
  const runs = it.gateRuns(
    codes,
    [
      { ...common, hold: null, begin: 0, parts: { hidden: [0, 1, 0] } },
      { ...common, hold: HOLD, begin: 2, parts: { hidden: [-1, 1, 4] } },
    ],
    4,
    1,
  );
  assert.deepEqual([...runs[0].values.hidden], [0, 1, 0, 1]);
  assert.deepEqual([...runs[1].values.hidden], [0, 1, 1, -1]);
});

test('boxes, lines and spans lie in the window', () => {
  const place = timePlace({ left: 100, width: 140, first: 1, columns: 2 });
  const y = (x) => 50 - 10 * x;
  assert.equal(
    shapes.boxPath(place, [0, 0, 0, 0], [9, 1, 2, 9], y),
    'M100.50 50.00h19.00V40.00h-19.00zM120.50 50.00h19.00V30.00h-19.00z',
  );
  assert.equal(shapes.boxPath(place, [0, 0, 0], [0, 0, 0], y), '');
  assert.equal(shapes.stepPath(place, [9, null, 2], y), 'M120.00 30.00H140.00');
  assert.deepEqual(shapes.markedSpans([true, true, false, true], { first: 0, columns: 4 }), [[0, 2], [3, 4]]); // prettier-ignore
  assert.deepEqual(shapes.rowEnds([0.2, -3], undefined, [null, 2]), [-3, 2]);
  assert.deepEqual(shapes.rowEnds([0, 0]), [0, 1]);
  const { rows } = shapes.laneRows(it.gateStory(LSTM, 0), LSTM.bits);
  assert.deepEqual(rows.map((row) => row.name), ['forget_gate', 'input_gate', 'candidate', 'cell_state', 'output_gate', 'hidden', 'bits']); // prettier-ignore
  rows.slice(1).forEach((row, k) => assert.ok(row.top >= rows[k].top + rows[k].tall));
});

test('keys', () => {
  const now = { position: 5, row: 1, length: 10, units: 3, span: { begin: 0, end: 10, from: null } };
  const press = (key, shift = false, more = {}) => words.gateKey({ ...now, ...more }, key, shift);
  assert.deepEqual(press('ArrowRight'), { position: 6 });
  assert.deepEqual(press('ArrowLeft', false, { position: 0 }), { position: 0 });
  assert.deepEqual(press('PageDown'), { position: 9 });
  assert.deepEqual(press('ArrowUp'), { row: 0 });
  assert.deepEqual(press('ArrowDown', false, { row: 2 }), { row: 2 });
  const once = press('ArrowRight', true);
  assert.deepEqual(once, { position: 6, span: { from: 5, begin: 5, end: 7 } });
  const back = press('ArrowLeft', true, { position: 5, span: { ...once.span } });
  assert.deepEqual(back, { position: 4, span: { from: 5, begin: 4, end: 6 } });
  assert.deepEqual(press('0'), { act: 'hold', with: 0 });
  assert.deepEqual(press('Escape'), { act: 'hold', with: null });
  assert.deepEqual(press(' '), { act: 'play' });
  for (const key of ['x', 'Tab', '2', 'Enter']) assert.equal(press(key), null);
});
