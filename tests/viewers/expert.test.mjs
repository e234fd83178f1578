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
  assert.deepEqual(view().load, [3 / 6, 2 / 6, 1 / 6]);
  near(it.expertBalance([0.5, 0.5, 0]), 2);
  near(it.expertBalance([1, 0]), 1);
  assert.deepEqual(view().table[1], { name: 'consonant', count: 1, shares: [0.5, 0, 0.5] });
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
  assert.match(all.short, /^Expert 0 fills 50\u00a0% of the places for “vowel” \(at most 50\u00a0%\)\.$/);
  assert.match(all.long, /as evenly as over 2\.7 of 3 experts; expert 0 does 50\u00a0% of it\.$/);
  const one = words.expertAnswer(view({ expert: 2 }));
  assert.equal(one.short, 'Expert 2 does 17\u00a0% of the work: 50\u00a0% of the places for “consonant”.');
  const idle = words.expertAnswer({ ...view({ expert: 1 }), table: [{ name: 'x', count: 1, shares: [1, 0, 0] }] });
  assert.match(idle.short, /nobody asks it\.$/);
  const often = { ...view(), table: [{ name: 'rare', count: 1, shares: [1, 0, 0] }, { name: 'often', count: 9, shares: [0, 0.4, 0.6] }] }; // prettier-ignore
  assert.match(words.expertAnswer(often).short, /“often”/, 'what one token does is no habit');
});

test('keys', () => {
  const press = (key, more) => words.expertKey({ position: 5, expert: null, length: 10, experts: 3, ...more }, key);
  assert.deepEqual([press('ArrowLeft'), press('PageDown'), press('End')], [{ position: 4 }, { position: 9 }, { position: 9 }]); // prettier-ignore
  assert.deepEqual([press('ArrowDown'), press('ArrowUp'), press('ArrowDown', { expert: 2 })], [{ expert: 0 }, { expert: 2 }, { expert: 2 }]); // prettier-ignore
  assert.deepEqual([press('Escape'), press('Escape', { expert: 1 })], [null, { expert: null }]);
  assert.equal(press('x'), null);
});
