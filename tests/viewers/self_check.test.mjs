// The rules of the self-check.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  bySubject,
  complete,
  linked,
  progress,
  routesOf,
  settled,
  tryOption,
  whereToBegin,
} from '../../lib/classroom/static/self_check_rules.js';

const options = [{ right: true }, { right: false }, { right: false, unknown: true }];
const QUESTIONS = ['p', 'p', 'q'].map((about) => ({ about, options }));
const ROUTES = {
  p: { name: 'Probability', enough: 2, if_short: 'read', if_enough: 'fine' },
  q: { name: 'Python', enough: 1, if_short: 'do', if_enough: 'good' },
};

test('"I do not know" settles a question, a wrong try does not', () => {
  let answers = tryOption(QUESTIONS, [[], [], []], 0, 1);
  assert.equal(settled(QUESTIONS, answers, 0), false);
  answers = tryOption(QUESTIONS, answers, 0, 2);
  assert.equal(settled(QUESTIONS, answers, 0), true);
  assert.equal(tryOption(QUESTIONS, answers, 0, 0), answers);
});

test('only the first try counts as known', () => {
  const answers = [[1, 0], [0], []];
  assert.deepEqual(bySubject(QUESTIONS, answers, ROUTES), [
    { subject: 'p', known: 1, answered: 2, asked: 2 },
    { subject: 'q', known: 0, answered: 0, asked: 1 },
  ]);
  assert.equal(complete(answers), false);
  assert.equal(progress(QUESTIONS, answers), '2 of 3 answered');
  assert.match(progress(QUESTIONS, [[0], [2], [1]]), /All answered/);
});

test('each subject gets its advice, and the last line says where to begin', () => {
  const told = (answers) => routesOf(QUESTIONS, answers, ROUTES).map((route) => route.text);
  assert.deepEqual(told([[0], [0], [2]]), ['fine', 'do']);
  const begin = ['p', 'Begin at A.', 'Begin at B.'];
  const line = (answers, given) => whereToBegin(QUESTIONS, answers, ROUTES, given);
  assert.equal(line([[0], [0], [0]], begin), 'Begin at B.');
  assert.equal(line([[0], [1], [0]], begin), 'Begin at A.');
  assert.match(line([[0], [1], [2]], begin), /^Begin at A\. On the way, .* of: Python\.$/);
  assert.match(line([[0], [1], [2]]), /^Begin with the first lesson\. .* of: Probability, Python\.$/);
});

test('links in a sentence', () => {
  assert.deepEqual(linked('see [this](a/b.ipynb), or [that](https://x.org/?q=1).'), [
    { text: 'see ' },
    { text: 'this', address: 'a/b.ipynb' },
    { text: ', or ' },
    { text: 'that', address: 'https://x.org/?q=1' },
    { text: '.' },
  ]);
  assert.deepEqual(linked('f(x) [no link]'), [{ text: 'f(x) [no link]' }]);
});
