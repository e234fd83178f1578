// AttentionViewer: the maps in the bytes, links, the error, agreement, rows, plan, words.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  attentionAgreement,
  attentionError,
  attentionLinks,
  attentionRow,
  attentionSentences,
  attentionView,
  layerScale,
  linkVerdict,
} from '../../lib/classroom/static/attention_model.js';
import { attentionRowWords, attentionWords, weightText } from '../../lib/classroom/static/attention_words.js';

const close = (a, b, within = 1e-4) => assert.ok(Math.abs(a - b) <= within, `${a} is not ${b}`);
const WORDS = { source: ['the', 'black', 'cat'], target: ['le', 'chat', 'noir', '<end>'] };
const WEIGHTS = Float32Array.of(0.9, 0.1, 0, 0, 0.3, 0.7, 0, 0.2, 0.8, 0.4, 0.3, 0.3);
const DAMAGE = Float32Array.of(0.5, 0, 0.1, 0, 0.1, 0.6, 0, 0.7, 0, 0, 0, 0);
const GOLD = { gold: [[0, 0], [2, 1], [1, 2]], possible: [[0, 1]] }; // prettier-ignore
const SENTENCE = { ...WORDS, ...GOLD, weights: WEIGHTS, damage: DAMAGE };
const STATE = { sentence: 0, pinned: null, layer: 'attention', show_gold: true, threshold: null };

const codes = (values) => {
  const bytes = new DataView(new ArrayBuffer(2 * values.length));
  values.forEach((x, k) => bytes.setUint16(2 * k, Math.round(x * 65535), true));
  return bytes;
};

test('every sentence finds its own part of the bytes', () => {
  const words = [
    { source: ['a', 'b'], target: ['x'] },
    { source: ['c'], target: ['y', 'z'] },
  ];
  const both = attentionSentences(words, codes([0.25, 0.75, 1, 0.5]), codes([0, 1, 0.5, 0]), {
    _weights: [0, 1],
    _damage: [-1, 1],
  });
  [0.25, 0.75].forEach((x, k) => close(both[0].weights[k], x));
  [1, 0.5].forEach((x, k) => close(both[1].weights[k], x));
  [-1, 1].forEach((x, k) => close(both[0].damage[k], x));
  assert.equal(
    attentionSentences(words, codes([0, 0, 0, 1]), new DataView(new ArrayBuffer(0)), { _weights: [0, 1] })[1].damage,
    null,
  );
});

test('links of the largest weight, or of all from a threshold on; the end makes none', () => {
  assert.deepEqual(attentionLinks(SENTENCE), [[0, 0], [2, 1], [2, 2]]); // prettier-ignore
  assert.deepEqual(attentionLinks(SENTENCE, 0.3), [[0, 0], [1, 1], [2, 1], [2, 2]]); // prettier-ignore
  assert.equal(attentionLinks({ ...SENTENCE, target: ['le', 'chat', 'noir', '.'] }).length, 4);
  assert.deepEqual(attentionLinks({ source: ['a'], target: ['x'], weights: Float32Array.of(0) }), []);
});

test('the alignment error by hand', () => {
  close(attentionError([[0, 0], [2, 1], [2, 2]], GOLD), 1 - (2 + 2) / 6); // prettier-ignore
  close(attentionError([[0, 0], [0, 1]], GOLD), 1 - (1 + 2) / 5); // prettier-ignore
  assert.equal(attentionError(GOLD.gold, GOLD), 0);
  assert.equal(attentionError([], GOLD), 1);
  assert.equal(attentionError([[0, 0]], { gold: null }), null);
  assert.equal(attentionError([], { gold: [] }), null);
});

test('links are right, possible or wrong', () => {
  assert.deepEqual([[2, 1], [0, 1], [1, 1]].map((link) => linkVerdict(link, GOLD)), ['sure', 'possible', 'wrong']); // prettier-ignore
  assert.equal(linkVerdict([0, 0], { gold: null }), null);
});

test('map and damage agree in two of three rows; a row without damage is not compared', () => {
  assert.deepEqual(attentionAgreement(SENTENCE), { same: 2, compared: 3, apart: [2] });
  assert.equal(attentionAgreement({ ...SENTENCE, damage: null }), null);
});

test('scales: weights from 0 to 1, damage from 0, or around 0 where some are below', () => {
  assert.deepEqual(layerScale([SENTENCE], 'attention'), { low: 0, high: 1, signed: false });
  const { high, signed } = layerScale([SENTENCE], 'damage');
  assert.ok(!signed);
  close(high, 0.7);
  const below = { damage: Float32Array.of(0.2, -0.4) };
  assert.ok(layerScale([SENTENCE, below], 'damage').signed);
});

test('hover goes before the pin, the pin before the cursor', () => {
  assert.equal(attentionView(STATE, [SENTENCE], null, 2).row, 2);
  assert.equal(attentionView({ ...STATE, pinned: 1 }, [SENTENCE], null, 2).row, 1);
  assert.equal(attentionView({ ...STATE, pinned: 1 }, [SENTENCE], 3, 2).row, 3);
  assert.equal(attentionView({ ...STATE, pinned: 9 }, [SENTENCE], null, 0).pinned, null);
  assert.equal(
    attentionView({ ...STATE, layer: 'damage' }, [{ ...SENTENCE, damage: null }], null, 0).layer,
    'attention',
  );
  assert.equal(attentionRow('ArrowDown', 3, 4), 3);
  assert.equal(attentionRow('Home', 3, 4), 0);
  assert.equal(attentionRow('a', 3, 4), null);
});

test('words', () => {
  const at = (row, more = {}) => attentionView({ ...STATE, ...more }, [SENTENCE], row, 0);
  assert.match(attentionRowWords(at(0)), /wrote “le” it looked at “the” most: 0.90. That is right/);
  assert.match(attentionRowWords(at(2)), /“cat” is not right: it belongs to “black”. .*leaving out “black”: 0.70/);
  assert.match(attentionRowWords(at(3)), /looked at “the” most: 0.40. Leaving out any one word does it no harm/);
  assert.match(attentionWords(at(0)), /^Alignment error 0.33, if the largest weight of each row is a link \(3; 3 must/);
  assert.match(attentionWords(at(0)), /in 2 of 3 rows; not in “noir”\.$/);
  assert.match(attentionWords(at(0, { threshold: 0.3 })), /every weight of 0.30 or more is a link \(4;/);
  const harm = { ...SENTENCE, damage: Float32Array.of(0.5, 0, 0.1, 0, 0.1, 0.6, 0, 0, 0.2, 0, 0, 0) },
    said = (one) => attentionWords(attentionView({ ...STATE, layer: 'damage' }, [one], 0, 0));
  assert.match(said(SENTENCE), /^Alignment error of the damage 0.00, if the largest of each row .*; of the map 0.33, if/);
  assert.match(said(harm), /^Alignment error of the damage 0.33, /);
  assert.equal(attentionWords({ ...at(0), gold: null, error: null, agreement: null }), '');
  assert.equal(weightText(-0.25), '−0.25');
  assert.equal(weightText(0.004), '0');
});
