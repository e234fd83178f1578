// The rules of the quiz.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attempt, pick, result, score, solved } from '../../lib/classroom/static/quiz_rules.js';

const QUESTIONS = [
  { options: [{ right: false }, { right: true }, { right: true }] },
  { options: [{ right: true }, { right: false }] },
];

test('tries are kept in order, a try after the right one changes nothing', () => {
  let answers = attempt(QUESTIONS, [[], []], 0, 0);
  assert.deepEqual(answers, [[0], []]);
  assert.equal(attempt(QUESTIONS, answers, 0, 0), answers);
  assert.equal(solved(QUESTIONS, answers, 0), false);
  answers = attempt(QUESTIONS, answers, 0, 2);
  assert.deepEqual(answers, [[0, 2], []]);
  assert.equal(solved(QUESTIONS, answers, 0), true);
  assert.equal(attempt(QUESTIONS, answers, 0, 1), answers);
});

test('the score counts first tries', () => {
  assert.deepEqual(score(QUESTIONS, [[0, 1], [0]]), { solved: 2, first: 1, total: 2 });
  assert.deepEqual(score(QUESTIONS, [[], [1]]), { solved: 0, first: 0, total: 2 });
  assert.equal(result({ solved: 1, first: 1, total: 2 }), '1 of 2 answered');
  assert.equal(result({ solved: 2, first: 1, total: 2 }), 'All answered, 1 of 2 right at the first try.');
  assert.equal(result({ solved: 2, first: 2, total: 2 }), 'All 2 right at the first try.');
});

test('keys move the focus, digits and letters choose', () => {
  assert.deepEqual(
    [pick(0, 3, 'ArrowUp'), pick(2, 3, 'ArrowDown'), pick(1, 3, 'End')],
    [{ focus: 2 }, { focus: 0 }, { focus: 2 }],
  );
  assert.deepEqual([pick(0, 3, '2'), pick(0, 3, 'c')], [{ choose: 1 }, { choose: 2 }]);
  assert.deepEqual(
    ['4', 'd', 'Tab', 'Enter'].map((key) => pick(0, 3, key)),
    [null, null, null, null],
  );
});
