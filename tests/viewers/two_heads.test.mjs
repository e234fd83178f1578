// Find the two heads: numbers of 16 bits, presses and what they leave behind, goals, keys, the road of a copy, the words
// and the text to send. The network here is a stub; the true one is compared with Python.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  headOfKey,
  KEEP,
  placeOfKey,
  SILENCE,
  toTwoRound,
  twoBehind,
  twoBit,
  twoCouple,
  twoDistance,
  twoExample,
  twoFewest,
  twoHeadsView,
  twoMask,
  twoPairs,
  twoRoad,
  twoTokens,
  typedString,
  withPress,
} from '../../lib/classroom/static/two_heads_game.js';
import { twoHeadsMemory, twoTallies } from '../../lib/classroom/static/two_heads_memory.js';
import { twoHeadsPlan } from '../../lib/classroom/static/two_heads_map.js';
import { halfNumber, twoHeadsNetwork, twoHeadsWeights } from '../../lib/classroom/static/two_heads_model.js';
import {
  twoBet,
  twoBlocks,
  twoHints,
  twoLead,
  twoLook,
  twoOther,
  twoPath,
  twoShare,
  twoStatus,
  twoVerdict,
  twoWhy,
} from '../../lib/classroom/static/two_heads_words.js';

const LETTERS = 'ABCDEFGH',
  LENGTH = 12;
/** Silent without 1.3 and 1.4 (bits 2 and 3) or without layer 2; copying with 1.4 and 2.2 (bits 3 and 5) on. */
const right = Array.from({ length: 256 }, (_, mask) => {
  const on = (bit) => !((mask >> bit) & 1);
  if (mask === 0) return 0.99;
  if (!on(2) && !on(3)) return 0.09;
  if (mask >> 4 === 15) return 0.03;
  if (on(3) && on(5)) return 0.81;
  return on(3) ? 0.5 : 0.35;
});
const back = (distance) =>
  Float64Array.from({ length: LENGTH ** 2 }, (_, k) => {
    const [t, s] = [Math.floor(k / LENGTH), k % LENGTH];
    return s === Math.max(0, t - distance) ? 1 : 0;
  });
const STRING = 'ABCD';
/** 1.4 looks one back, 1.3 two back, layer 2 three back: behind the earlier letter of a string of four. */
const MAPS = [0, 0, 2, 1, 3, 3, 3, 0].map(back);
const stub = (tokens, mask) => ({
  attention: MAPS,
  says: tokens.map((_, t) => (right[mask] > 0.2 ? (t + 1) % 4 : 7)),
});
const STATE = {
  ...{ letters: LETTERS, length: LENGTH, heads: 4, goals: { silent: 0.15, copying: 0.73 }, right, longest: 24 },
  ...{ cut: [], round: SILENCE, text: STRING, head: [1, 1], place: 6, path: [], hints: 0, results: [] },
  strings: [STRING],
};
const view = (state) => twoHeadsView({ ...STATE, ...state }, stub);
const pressed = (state, ...bits) => bits.reduce((now, bit) => ({ ...now, ...withPress(now, bit) }), state);

test('numbers of 16 bits are read as NumPy writes them', () => {
  const known = { 0x3c00: 1, 0xc000: -2, 0x3555: 0.333251953125, 0x0001: 2 ** -24, 0x0000: 0, 0x7bff: 65504 };
  for (const [bits, value] of Object.entries(known)) assert.equal(halfNumber(Number(bits)), value);
  const weights = twoHeadsWeights(
    [
      ['a', [2, 1]],
      ['b', [1]],
    ],
    Uint8Array.of(0x00, 0x3c, 0x00, 0xc0, 0x00, 0x00),
  );
  assert.deepEqual([...weights.a, ...weights.b], [1, -2, 0]);
});

test('a head that is cut brings nothing, and weights of a row sum to one', () => {
  const D = 8,
    one = (size, of) => Float64Array.from({ length: size }, (_, k) => of(k)),
    weights = { 'embedding.weight': one(LETTERS.length * D, (k) => Math.sin(k)) };
  for (const name of ['norm', 'backbone.blocks.0.attention_norm', 'backbone.blocks.1.attention_norm'])
    Object.assign(weights, { [`${name}.weight`]: one(D, () => 1), [`${name}.bias`]: one(D, () => 0) });
  for (const layer of [0, 1])
    for (const [i, part] of ['to_query', 'to_key', 'to_value', 'to_output'].entries())
      Object.assign(weights, {
        [`backbone.blocks.${layer}.attention.${part}.weight`]: one(D * D, (k) => Math.cos(k * (i + 2 + layer))),
        [`backbone.blocks.${layer}.attention.${part}.bias`]: one(D, () => 0.1),
      });
  weights['head.weight'] = one(LETTERS.length * D, (k) => Math.cos(3 * k));
  const network = twoHeadsNetwork(weights, 4),
    tokens = [0, 1, 2, 3, 0, 1],
    [whole, cut] = [network(tokens, 0), network(tokens, 0b1)];
  for (let t = 0; t < 6; t++) {
    const row = whole.attention[5].subarray(6 * t, 6 * t + 6);
    assert.ok(Math.abs(row.reduce((a, b) => a + b) - 1) < 1e-12);
    assert.ok(row.every((weight, s) => s <= t || weight === 0));
  }
  assert.deepEqual(whole.attention[0], cut.attention[0], 'what stands below is as it was');
  assert.notDeepEqual(whole.attention[4], cut.attention[4], 'what stands above is not');
});

test('heads, bits and masks', () => {
  assert.equal(twoBit([2, 3], 4), 6);
  assert.equal(twoMask([[1, 1], [2, 4]], 4), 0b10000001); // prettier-ignore
  assert.deepEqual(twoPairs(0b10000001, 4), [[1, 1], [2, 4]]); // prettier-ignore
});

test('a press is a try, cuts or puts back, and the run that was won last is kept', () => {
  const state = pressed(STATE, 0, 0, 2, 3);
  assert.deepEqual(state.path, [1, 0, 4, 12]);
  assert.deepEqual(state.cut, [[1, 3], [1, 4]]); // prettier-ignore
  assert.deepEqual(state.head, [1, 4]);
  assert.deepEqual(state.results, [
    {
      ...{ round: 1, heads: 2, tries: 4, hints: 0, right: 0.09, path: [1, 0, 4, 12] },
      ...{ attempt: 1, allTries: 4, allHints: 0 },
    },
  ]);
  const more = pressed(STATE, 4, 5, 6, 7);
  assert.ok(view(more).reached && !view(more).solved && !more.results.length, 'silent, but with four');
  assert.deepEqual(pressed(state, 2, 2).results, state.results, 'who plays on does not make it worse');
  const tallies = twoTallies();
  tallies.end({ ...state, hints: 3 });
  tallies.end({ ...STATE, round: KEEP, path: [] });
  assert.deepEqual(tallies.earlier(SILENCE), { attempts: 1, tries: 4, hints: 3 });
  assert.deepEqual(tallies.earlier(KEEP), { attempts: 0, tries: 0, hints: 0 }, 'nothing was tried');
  const begun = { ...state, ...toTwoRound(state, SILENCE), earlier: tallies.earlier(SILENCE) },
    again = pressed({ ...begun, hints: 1 }, 3, 2),
    worse = pressed(begun, 0, 0, 3, 0, 0, 2);
  assert.equal(again.results.length, 1);
  assert.match(
    twoVerdict(view(again)),
    /found in two tries, with one hint, at the second attempt \(six tries and four hints in all\)\.$/,
  );
  assert.match(twoVerdict(view(worse)), /found in six tries, at the second attempt \(10 tries and three hints in all\)/);
  assert.match(twoShare(again), /in two tries, with one hint, at the second attempt \(six tries and four hints in all\)/);
});

test('the second round begins with all heads cut and counts those that are on', () => {
  const begun = { ...STATE, ...toTwoRound(STATE, KEEP) };
  assert.equal(begun.cut.length, 8);
  const done = pressed(begun, 3, 5);
  assert.ok(view(done).solved);
  assert.deepEqual([done.results[0].round, done.results[0].heads, done.results[0].tries], [KEEP, 2, 2]);
  assert.equal(twoFewest(SILENCE, STATE), 2);
  assert.equal(twoFewest(KEEP, STATE), 2);
});

test('what is seen: right from the second turn of the string on', () => {
  const seen = view({});
  assert.equal(seen.share, 1);
  assert.equal(view({ cut: [[1, 3], [1, 4]] }).share, 0); // prettier-ignore
  assert.deepEqual(
    seen.heard,
    Array.from({ length: LENGTH }, (_, t) => t >= 4),
  );
  assert.equal(seen.letter(5), 'B');
  assert.deepEqual(twoTokens('AB', LETTERS, 4), [0, 1, 0, 1, 0]);
  let asked = 0;
  const memory = twoHeadsMemory(() => ++asked);
  memory([1], 0);
  memory([1], 0);
  memory([1], 1);
  assert.equal(asked, 2, 'nothing is computed twice');
});

test('strings of the reader', () => {
  assert.deepEqual(typedString('bad cab', LETTERS, 24), { text: 'BADCAB', error: null });
  assert.match(typedString('aé', LETTERS, 24).error, /not É/);
  assert.match(typedString('', LETTERS, 24).error, /letters/);
  assert.match(typedString('ABCD', LETTERS, 3).error, /At most 3/);
});

test('keys', () => {
  const at = { place: 6, length: LENGTH, period: 4 };
  const to = { ArrowLeft: 5, ArrowRight: 7, ArrowUp: 2, PageDown: 10, Home: 0, End: 11, x: null };
  for (const [key, place] of Object.entries(to)) assert.equal(placeOfKey(key, at), place, key);
  assert.equal(placeOfKey('ArrowUp', { ...at, place: 2 }), 0);
  assert.deepEqual(headOfKey('ArrowDown', [1, 3], 4), [2, 3]);
  assert.deepEqual(headOfKey('ArrowDown', [2, 3], 4), [2, 3]);
  assert.deepEqual(headOfKey('ArrowLeft', [2, 1], 4), [2, 1]);
  assert.equal(headOfKey('x', [1, 1], 4), null);
});

test('where heads look, and the road of a copy', () => {
  assert.deepEqual(twoDistance(back(2), LENGTH), { distance: 2, weight: 1 });
  const tokens = twoTokens(STRING, LETTERS, LENGTH);
  assert.equal(twoBehind(back(3), tokens, LENGTH), 1);
  assert.equal(twoBehind(back(2), tokens, LENGTH), 0);
  assert.deepEqual(twoRoad({ tokens, place: 6, length: LENGTH }, back(3)), { asks: 6, before: 2, found: 3, weight: 1 });
  assert.equal(
    twoRoad({ tokens, place: 10, length: LENGTH }, back(7)).before,
    2,
    'where the map looks, not the nearest',
  );
  assert.equal(twoRoad({ tokens, place: 2, length: LENGTH }, back(3)), null);
  const kept = view({ round: KEEP, cut: twoPairs(255 ^ 0b101000, 4) });
  assert.deepEqual(twoCouple(kept), { writer: 3, reader: 5 });
});

test('words say what is seen', () => {
  assert.match(twoLead(view({})), /99 % right\. \*Cut as few heads as you can, .* less than 15 %\.\*/);
  assert.match(twoLead(view({ round: KEEP })), /more than 73 %/);
  assert.equal(twoStatus(view({})), 'No head cut: right in 99 %.');
  assert.match(twoStatus(view({ cut: [[1, 1]], path: [1] })), /One head cut: right in 81 %\. Not yet\./);
  assert.match(twoStatus(view({ cut: twoPairs(0b11, 4), path: [1, 3] })), /^Two heads cut: right in 81 %\. Not yet\.$/);
  assert.match(twoStatus(view({ cut: twoPairs(0b11110000, 4), path: [1] })), /reached, but fewer than four will do\.$/);
  assert.equal(
    twoLook(view({ head: [1, 4] })),
    'From C at place 7 head 1.4 looks most at B, one place back: 1.00 of its weight.',
  );
  assert.match(twoLook(view({ head: [1, 4], cut: [[1, 4]] })), /It is cut/);
  for (const round of [SILENCE, KEEP]) {
    const hints = twoHints({ round, fewest: 2 });
    assert.equal(hints.length, 3);
    assert.ok(hints.every((hint) => hint.includes('?')), 'hints ask'); // prettier-ignore
    assert.ok(!/\d\.\d/.test(hints.join()), 'and name no head');
    assert.match(hints[2], /^Two will do\./);
    assert.ok(!/two /i.test(hints[0] + hints[1]), 'how few are enough is told last');
  }
});

test('what is told once a round is done', () => {
  const silent = view(pressed(STATE, 2, 3));
  assert.equal(twoVerdict(silent), 'Silent with two cuts, and no way has fewer: found in two tries.');
  const [first, , third] = twoWhy(silent);
  assert.match(first, /in layer 1: head 1\.3 looks two letters back most \(1\.00 of its weight\) and head 1\.4 looks one letter back/);
  assert.match(third, /any one of its four heads alone: still 50 % right, or more\. With all four gone: 3 %/);
  const kept = view(pressed({ ...STATE, ...toTwoRound(STATE, KEEP) }, 3, 5)),
    [example, , alone] = twoWhy(kept);
  assert.match(example, /At D \(place 4\) head 1\.4 .*“C came before me”\. At C \(place 7\) head 2\.2 asks/);
  assert.match(example, /hands it on\.$/);
  assert.equal(twoOther(kept), null, 'all of it is right');
  const slip = { ...kept, rights: { now: kept.rights.now.map((_, t) => t > 8) } };
  assert.match(twoWhy(slip)[0], /^Here it fails\. .*yet what comes out is D: two heads alone/);
  assert.equal(twoExample(slip, true), 9, 'the nearest that is right');
  assert.deepEqual(twoOther(slip), { place: 9, text: 'Here it is right' });
  assert.deepEqual(twoOther({ ...slip, place: 10 }), { place: 8, text: 'And here it fails' });
  assert.equal(twoOther(silent), null);
  assert.match(twoStatus(kept), /Two heads on: right in 81 %\. Done, with the fewest\./);
  assert.match(alone, /only 1\.4 is right in 3 %, only 2\.2 in 9 %\. Somebody must write .* here these are two layers\.$/);
  const loosened = view(pressed(STATE, 2, 3, 3));
  assert.match(twoVerdict(loosened), /^Done before: silent with two cuts/);
});

test('a bet is told with what came of it', () => {
  assert.equal(twoBet(null), '');
  assert.equal(twoBet({ choice: 1 }), '', 'not before the cut');
  assert.match(twoBet({ choice: 2, came: 0.92 }), /bet on “nearly all”, and so it came: 92 % right\.$/);
  assert.match(twoBet({ choice: 0, came: 0.25 }), /bet on “hardly any”; 25 % right is what came\.$/);
  assert.ok(view({}).betting && !view({ path: [1] }).betting && !view({ round: KEEP }).betting);
  assert.ok(!view({ earlier: { attempts: 1, tries: 1, hints: 0 } }).betting, 'once on a page');
  const silent = view({ ...pressed(STATE, 2, 3), bet: { choice: 1, came: 0.81 } });
  assert.match(twoWhy(silent).at(-1), /you bet on “in between”; 81 %/);
});

test('the text to send shows the way and gives no head away', () => {
  const state = pressed(STATE, 0, 3, 0, 2),
    both = pressed({ ...state, ...toTwoRound(state, KEEP), hints: 1 }, 3, 5);
  assert.equal(twoBlocks([0, 12, 255], right), '█▁▁');
  assert.equal(twoPath([0, 12, 240], right), '99 → 9 → 3 %');
  assert.match(twoPath(Array(13).fill(0), right), /^… → (99 → ){11}99 %$/);
  assert.match(twoShare(state), /^Find the two heads: a small network that copies\nfrom the course “Markov to Mamba”\n/);
  const text = twoShare(both);
  assert.match(text, /\nSilence it ▇▃▃▁ two cuts, in four tries\nRight after each try: .* → 9 %\n/);
  assert.match(text, /\nBring it back ▁▇ two heads left on, in two tries, with one hint\nRight after each try: 3 → 81 %\n/);
  assert.match(text, /\nCopying what stood before is .*\.$/);
  assert.ok(!/http|www/.test(text), 'no address that may not exist');
  assert.ok(!/[12]\.[1-4]/.test(text));
});

test('the large map fills its width with whole half pixels', () => {
  const plan = twoHeadsPlan(480, 48);
  assert.equal(plan.cell, 9.5);
  assert.ok(plan.whole <= 480);
});
