// Who answers for which token: choices, load, words, keys.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as it from '../../lib/classroom/static/expert_model.js';
import * as words from '../../lib/classroom/static/expert_words.js';

const near = (a, b) => assert.ok(Math.abs(a - b) < 1e-9, `${a} is not ${b}`);
const P = Float32Array.from([0.5, 0.3, 0.2, 0.1, 0.1, 0.8, 0.25, 0.5, 0.25]);
const STATE = {
  tokens: ['a', 'b', '\n'],
  classes: ['vowel', 'consonant', 'space'],
  top_k: 2,
  position: 2,
  expert: null,
  experts: 3,
};
const view = (more) => it.expertView(P, { ...STATE, ...more });

test('the most probable experts answer, of equals the first', () => {
  assert.deepEqual(view().picks, [[0, 1], [2, 0], [1, 0]]); // prettier-ignore
  assert.deepEqual(view().load, [3 / 3, 2 / 3, 1 / 3]);
  near(it.expertBalance([0.5, 0.5, 0]), 2);
  near(it.expertBalance([1, 1, 0]), 2);
  near(it.expertBalance([1, 0]), 1);
  assert.deepEqual(view().table[1], { name: 'consonant', count: 1, shares: [1, 0, 1] });
  assert.deepEqual([...it.rowOf(view())], [0.25, 0.5, 0.25]);
});

test('what is said', () => {
  assert.equal(
    words.expertMoment(view()),
    'Step 3 “⏎”, space: expert 1 with 50\u00a0% and expert 0 with 25\u00a0%, 75\u00a0% together.',
  );
  assert.match(
    words.expertMoment(view({ top_k: 1, position: 1 })),
    /^Step 2 “b”, consonant: expert 2 with 80\u00a0%\.$/,
  );
  const all = words.expertAnswer(view());
  assert.equal(all.short, 'No expert stands out for a class of 30 tokens or more.', 'what one token does is no habit');
  assert.match(all.long, /as evenly as over 2\.7 of 3 experts; the busiest, expert 0, answers for 100\u00a0% of the tokens\.$/); // prettier-ignore
  const one = words.expertAnswer(view({ expert: 2 }));
  assert.equal(one.short, 'Expert 2 answers for 33\u00a0% of the tokens: 1 of 1 “consonant”.');
  const idle = words.expertAnswer({ ...view({ expert: 1 }), table: [{ name: 'x', count: 1, shares: [1, 0, 1] }] });
  assert.match(idle.short, /nobody asks it\.$/);
});

test('a class is clear if it is large, and its expert far above its share of all', () => {
  const row = (name, count, ...shares) => ({ name, count, shares });
  const load = [0.4, 0.3, 0.3];
  const found = (...table) => it.clearestClass(table, load);
  assert.equal(found(row('13 capitals', 13, 0, 1, 0)), null);
  assert.equal(found(row('29', 29, 0, 1, 0)), null);
  assert.equal(found(row('as all', 99, 0.6, 0.2, 0.2)), null, 'the busiest expert is no sign');
  const large = row('signs', 30, 0.1, 0.6, 0.3);
  assert.deepEqual(found(row('capitals', 13, 0, 1, 0), large), { row: large, who: 1 });
  const said = words.expertAnswer({ ...view(), table: [large], load });
  assert.equal(said.short, 'Expert 1 answers for 18 of 30 “signs”, and for 30\u00a0% of all tokens.');
});

test('keys', () => {
  const state = { position: 5, expert: null, classes: [...'abababaccc'], experts: 3 };
  const press = (key, more) => words.expertKey({ ...state, ...more }, key);
  assert.deepEqual([press('ArrowLeft'), press('PageDown'), press('End')], [{ position: 4 }, { position: 9 }, { position: 9 }]); // prettier-ignore
  assert.deepEqual([press('ArrowDown'), press('ArrowUp'), press('ArrowDown', { expert: 2 })], [{ expert: 0 }, { expert: 2 }, { expert: 2 }]); // prettier-ignore
  assert.deepEqual([press('Escape'), press('Escape', { expert: 1 })], [null, { expert: null }]);
  assert.deepEqual([press('n'), press('N')], [{ position: 1 }, { position: 3 }], 'of the same class, round the end');
  assert.deepEqual(press('n', { classes: [...'abcdefg'] }), { position: 5 }, 'the only one of its class');
  assert.equal(press('x'), null);
});
