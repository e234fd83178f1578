// What the generation viewer computes and says.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  barRows,
  bitsOf,
  keyDown,
  lanesOf,
  lookedAt,
  meanBits,
  moment,
  offered,
  oneLine,
  placeTitle,
  seen,
  settle,
  share2,
} from '../../lib/classroom/static/generation_words.js';

const LANE = {
  model: 'Markov',
  text: 'a \n',
  probabilities: [0.5, 0.25, 0.125],
  top: [
    ['ab', [0.5, 0.3]],
    ['e ', [0.6, 0.25]],
    ['et', [0.6, 0.2]],
  ],
};
const LETTERS = [...LANE.text];

test('surprise is −log₂ p, and its mean is over what was written', () => {
  assert.deepEqual(
    [1, 0.5, 0.125].map((p) => bitsOf(p)),
    [0, 1, 3],
  );
  assert.equal(meanBits(LANE.probabilities, 0), null);
  assert.equal(meanBits(LANE.probabilities, 2), 1.5);
  assert.equal(meanBits(LANE.probabilities, 99), 2);
});

test('numbers and characters as they are shown', () => {
  assert.deepEqual([0, 0.001, 0.31, 0.999, 1].map(share2), ['.00', '<.01', '.31', '>.99', '1.00']);
  assert.deepEqual([' ', '\n', 'x'].map(seen), ['␣', '⏎', 'x']);
  assert.equal(oneLine('a\nb'), 'a⏎b');
  assert.equal(oneLine('abcdef', 4), 'abc…');
});

test('the drawn character is among the bars, or stands below them; the rest adds up to one', () => {
  const among = barRows(LANE, LETTERS, 1);
  assert.deepEqual(
    among.map((row) => [row.character, Boolean(row.drawn), Boolean(row.rest)]),
    [
      ['e', false, false],
      [' ', true, false],
      ['others', false, true],
    ],
  );
  assert.ok(Math.abs(among.reduce((sum, row) => sum + row.share, 0) - 1) < 1e-12);
  const rows = barRows(LANE, LETTERS, 2);
  const [below, rest] = rows.slice(-2);
  assert.deepEqual([below.character, below.drawn, below.share], ['\n', true, 0.125]);
  assert.ok(rest.rest && Math.abs(rows.reduce((sum, row) => sum + row.share, 0) - 1) < 1e-12);
  assert.equal(barRows(LANE, LETTERS, 0, 1).filter((row) => !row.drawn && !row.rest).length <= 1, true);
});

test('what is looked at: preview before pin before next; what is not written yet cannot be', () => {
  assert.deepEqual(lookedAt(10, 5, 2, 3), { place: 2, why: 'hover' });
  assert.deepEqual(lookedAt(10, 5, null, 3), { place: 3, why: 'pin' });
  assert.deepEqual(lookedAt(10, 5, 7, 5), { place: 5, why: 'next' });
  assert.deepEqual(lookedAt(10, 10, null, null), { place: 9, why: 'last' });
  assert.deepEqual(lookedAt(4, 10, 6, 7), { place: 3, why: 'last' }, 'a lane that has ended');
  assert.equal(placeTitle({ place: 3, why: 'pin' }), 'character 4, pinned');
  assert.equal(placeTitle({ place: 0, why: 'next' }), 'first character');
});

test('the moment in words says what came and what was the best guess', () => {
  assert.equal(
    moment(LANE, LETTERS, { place: 0, why: 'next' }),
    'Markov, first character: a (p = .50, 1.0 bits) comes; that was its best guess.',
  );
  assert.equal(
    moment(LANE, LETTERS, { place: 1, why: 'pin' }),
    'Markov, character 2, pinned: ␣ (p = .25, 2.0 bits) came; its best guess was e (.60).',
  );
});

test('choices: what there is, and the nearest to a wish', () => {
  const runs = [
    { prompt: 'a', temperature: 1, seed: 0 },
    { prompt: 'a', temperature: 0.5, seed: 0 },
    { prompt: 'b', temperature: 0.5, seed: 3 },
  ];
  assert.deepEqual(offered(runs, 'temperature'), [1, 0.5]);
  assert.deepEqual(settle(runs, { prompt: 'b', temperature: 1, seed: 0 }, 'prompt'), runs[2]);
  assert.deepEqual(settle(runs, { prompt: 'b', temperature: 1, seed: 0 }, 'temperature'), runs[0]);
  assert.deepEqual(lanesOf(runs, runs[1]), [runs[1]]);
});

test('keys', () => {
  const view = { position: 5, lane: 0, pinned: null, length: 20, lanes: 3 };
  const press = (key, more = {}, shift = false) => keyDown({ ...view, ...more }, key, shift);
  assert.deepEqual(press(' '), { act: 'play' });
  assert.deepEqual([press('ArrowRight'), press('ArrowLeft')], [{ position: 6 }, { position: 4 }]);
  assert.deepEqual(press('ArrowRight', { position: 20 }), { position: 20 });
  assert.deepEqual([press('Home'), press('End')], [{ position: 0 }, { position: 20 }]);
  assert.deepEqual([press('PageDown'), press('PageUp')], [{ position: 15 }, { position: 0 }]);
  assert.deepEqual([press('ArrowUp'), press('ArrowDown')], [{ lane: 2 }, { lane: 1 }]);
  assert.deepEqual(press(','), { pinned: 4 }, 'the first look back pins the last written');
  assert.deepEqual(press(',', { pinned: 4 }), { pinned: 3 });
  assert.deepEqual(press('ArrowRight', { pinned: 4 }, true), { pinned: 4 }, 'not beyond what is written');
  assert.equal(press(',', { position: 0 }), null);
  assert.deepEqual([press('Escape'), press('Escape', { pinned: 1 })], [{ act: 'stop' }, { pinned: null }]);
  assert.equal(press('x'), null);
});
