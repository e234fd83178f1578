// What the lattice viewer computes and says, by itself.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uniform } from '../../lib/classroom/static/common.js';
import * as model from '../../lib/classroom/static/lattice_model.js';
import * as paths from '../../lib/classroom/static/lattice_paths.js';
import * as place from '../../lib/classroom/static/lattice_place.js';
import * as words from '../../lib/classroom/static/lattice_words.js';

const it = { ...model, ...paths };
const near = (a, b, tolerance = 1e-12) => assert.ok(Math.abs(a - b) <= tolerance, `${a} is not ${b}`);

/** Outputs of T frames and C classes, as different from each other as the seed makes them. */
function outputs(frames, classes, seed) {
  const out = new Float64Array(frames * classes);
  for (let t = 0; t < frames; t++) {
    let sum = -Infinity;
    for (let k = 0; k < classes; k++) {
      out[t * classes + k] = 5 * uniform(seed, t * classes + k);
      sum = it.logAdd(sum, out[t * classes + k]);
    }
    for (let k = 0; k < classes; k++) out[t * classes + k] -= sum;
  }
  return out;
}
const solved = (frames, classes, target, seed = 1, blank = 0) =>
  it.solveLattice({ logProbs: outputs(frames, classes, seed), frames, classes, target, blank });

/** Every path of classes, with its probability and what it collapses to. */
function* everyPath({ logProbs, frames, classes, blank }) {
  for (let code = 0; code < classes ** frames; code++) {
    const path = Array.from({ length: frames }, (_, t) => Math.floor(code / classes ** t) % classes);
    const log = path.reduce((sum, k, t) => sum + logProbs[t * classes + k], 0);
    const says = it.runsOf(path).filter(({ k }) => k !== blank);
    yield { path, p: Math.exp(log), says: says.map(({ k }) => k).join() };
  }
}

const CASES = [
  [5, 3, [1, 2]],
  [5, 3, [1, 1]],
  [6, 3, [2, 1, 1]],
  [4, 3, []],
  [3, 2, [1]],
  [3, 3, [1, 2, 1]],
];

test('the mass of a word, its posteriors, best path and number of paths: by going through every path', () => {
  for (const [frames, classes, target] of CASES) {
    const now = solved(frames, classes, target);
    const mine = [...everyPath(now)].filter(({ says }) => says === target.join());
    const mass = mine.reduce((sum, { p }) => sum + p, 0);
    near(Math.exp(now.logLikelihood), mass);
    assert.equal(now.ways, mine.length);
    const best = mine.reduce((a, b) => (b.p > a.p ? b : a));
    assert.deepEqual(
      now.best.map((s) => now.extended[s]),
      best.path,
    );
    near(Math.exp(now.bestLogProb), best.p);
    assert.equal(now.alike, 1);
    for (let t = 0; t < frames; t++) {
      near(Math.exp(now.sums[t]), mass);
      for (let k = 0; k < classes; k++) {
        const through = mine.filter(({ path }) => path[t] === k).reduce((sum, { p }) => sum + p, 0);
        near(now.wanted[t * classes + k], through / mass);
        near(now.gradient[t * classes + k], Math.exp(now.logProbs[t * classes + k]) - through / mass);
      }
    }
  }
});

test('equal outputs make all paths equally probable, others some of them', () => {
  for (const [frames, classes, target] of CASES) {
    const logProbs = new Float64Array(frames * classes).fill(-Math.log(classes));
    const now = it.solveLattice({ logProbs, frames, classes, target, blank: 0 });
    assert.equal(now.alike, now.ways);
    assert.match(words.latticeAnswer(view(now)).long, now.ways > 1 ? /all equally probable/ : /has 100\s%/);
  }
  const mirrored = [
    [0.6, 0.4],
    [0.1, 0.9],
    [0.9, 0.1],
    [0.1, 0.9],
    [0.6, 0.4],
  ];
  const logProbs = Float64Array.from(mirrored.flat(), Math.log);
  const now = it.solveLattice({ logProbs, frames: 5, classes: 2, target: [1], blank: 0 });
  const every = [...everyPath(now)].filter(({ says }) => says === '1').map(({ p }) => p);
  const most = Math.max(...every);
  assert.deepEqual([now.alike, every.filter((p) => p > most - 1e-12).length], [3, 3]);
});

test('a word that needs more frames than there are', () => {
  const now = solved(3, 3, [1, 1, 2]);
  assert.deepEqual([now.possible, now.needed, now.ways], [false, 4, 0]);
  assert.ok(now.gradient.every((g) => g === 0) && now.best.length === 0 && now.logLikelihood === -Infinity);
  assert.equal(solved(4, 3, [1, 1, 2]).ways, 1);
});

test('what the outputs say alone: the best class of each frame, of equal ones the first', () => {
  const logProbs = Float64Array.from([0.2, 0.5, 0.3, 0.4, 0.4, 0.2, 0.1, 0.2, 0.7, 0.1, 0.2, 0.7], Math.log);
  const now = it.solveLattice({ logProbs, frames: 4, classes: 3, target: [1, 2], blank: 0 });
  assert.deepEqual(now.greedy, [1, 0, 2, 2]);
  const symbols = ['', 'a', 'b'];
  assert.deepEqual(words.latticeAlone({ now, symbols }), { text: 'ab', same: true });
  assert.deepEqual(words.latticeAlone({ now: { ...now, target: [2] }, symbols }), { text: 'ab', same: false });
  const silent = { ...now, greedy: [0, 0, 0, 0] };
  assert.deepEqual(words.latticeAlone({ now: silent, symbols }), { text: 'nothing', same: false });
  assert.deepEqual(words.latticeAlone({ now: { ...silent, target: [] }, symbols }), { text: 'nothing', same: true });
  assert.equal(words.pathName({ now: { ...now, alike: 1 }, symbols, path: [] }), 'Best path of ab');
  assert.equal(words.pathName({ now, symbols, path: [1] }), 'Your path, which says ab');
  const few = words.pathName({ now: { ...now, alike: 3 }, symbols, path: [] });
  assert.equal(few, 'One of 3 equally probable paths of ab');
  assert.match(words.pathName({ now: { ...now, alike: 1e9 }, symbols, path: [] }), /^One of many equally probable/);
});

test('the blank is called by its name where that is one character and no symbol', () => {
  const now = { blank: 0 };
  for (const [symbols, sign] of [
    [['·', 'a'], '·'],
    [['', 'a'], '–'],
    [[' ', 'a'], '–'],
    [['blank', 'a'], '–'],
    [['a', 'a'], '–'],
  ])
    assert.equal(words.symbolOf({ symbols, now }, 0), sign);
  assert.equal(words.symbolOf({ symbols: ['·', 'a'], now }, 1), 'a');
});

test('what flows into a place adds up to its share, in every layer', () => {
  const now = solved(9, 4, [1, 2, 2]);
  const norms = it.columnNorms(now);
  const { places, jump } = now;
  for (const t of [1, 4, 8])
    for (let s = 0; s < places; s++) {
      const origins = [s, s - 1, s - 2].filter((a) => a >= 0 && (a > s - 2 || jump[s]));
      for (const layer of ['alpha', 'posterior']) {
        const sum = origins.reduce((all, a) => all + it.flowShare(now, layer, norms, t, a, s), 0);
        near(sum, it.placeShare(now, layer, norms, t, s));
      }
      const onward = [s, s + 1, s + 2].filter((b) => b < places && (b < s + 2 || jump[b]));
      const out = onward.reduce((all, b) => all + it.flowShare(now, 'beta', norms, t, s, b), 0);
      near(out, it.placeShare(now, 'beta', norms, t - 1, s));
    }
});

test('a bent path passes where it was led, is whole, and stays what it was elsewhere', () => {
  const now = solved(14, 4, [1, 2, 2, 3]);
  assert.ok(it.isPath(now, now.best));
  let bends = 0;
  for (let t = 0; t < now.frames; t++)
    for (let s = 0; s < now.places; s++) {
      const bent = it.bentPath(now, now.best, t, s);
      if (!it.passable(now, t, s)) {
        assert.equal(bent, null);
        continue;
      }
      bends++;
      assert.ok(it.isPath(now, bent) && bent[t] === s);
      if (now.best[t] === s) assert.deepEqual(bent, now.best);
      // the most probable path through a place, without an older one, weighs at least as much
      assert.ok(it.pathLogProb(now, it.bentPath(now, [], t, s)) >= it.pathLogProb(now, bent) - 1e-12);
    }
  assert.ok(bends > 60);
  const last = now.frames - 1;
  const bent = it.bentPath(now, now.best, 0, 1 - now.best[0]);
  assert.equal(bent[last], now.best[last], 'a bend at the beginning leaves the end alone');
});

test('paths that are none', () => {
  const now = solved(5, 3, [1, 1]);
  assert.ok(it.isPath(now, [1, 1, 2, 3, 4]));
  for (const wrong of [
    [],
    [1, 1, 2, 3],
    [2, 2, 2, 3, 4],
    [1, 1, 1, 3, 4],
    [1, 2, 1, 2, 3],
    [0, 1, 1, 2, 2],
    [1, 2, 3, 5, 5],
  ])
    assert.ok(!it.isPath(now, wrong), String(wrong));
  assert.equal(it.fewestSteps(now.jump, 1, 3), 2);
  assert.equal(it.fewestSteps(solved(5, 3, [1, 2]).jump, 1, 3), 1);
  assert.equal(it.fewestSteps(now.jump, 3, 1), Infinity);
});

test('random paths come as often as they weigh', () => {
  const now = solved(5, 3, [1, 2]);
  const seen = new Float64Array(now.frames * now.places);
  const count = 4000;
  for (let seed = 0; seed < count; seed++) {
    const path = it.sampledPath(now, (k) => uniform(seed, k));
    assert.ok(it.isPath(now, path));
    path.forEach((s, t) => (seen[t * now.places + s] += 1 / count));
  }
  seen.forEach((share, i) => near(share, Math.exp(now.posterior[i]), 0.03)); // four standard deviations
});

test('edits keep the others in proportion; steps along the gradient make the loss fall; nothing is computed twice', () => {
  const given = { logProbs: outputs(8, 4, 3), classes: 4 };
  let count = 0;
  const solve = (logProbs, target) => {
    count++;
    return it.solveLattice({ logProbs, frames: 8, classes: 4, target, blank: 0 });
  };
  const after = it.outputsAfter(given, solve);
  assert.equal(after([1, 2], []), given.logProbs);
  const once = after([1, 2], [[3, 2, 0.9]]);
  near(Math.exp(once[3 * 4 + 2]), 0.9);
  near(once[12] - once[13], given.logProbs[12] - given.logProbs[13]);
  near(
    [0, 1, 2, 3].reduce((sum, k) => sum + Math.exp(once[12 + k]), 0),
    1,
  );
  assert.ok(once.every((log, i) => (i >= 12 && i < 16) || log === given.logProbs[i]));
  const steps = [[3, 2, 0.9], 'step', 'step'];
  const learned = after([1, 2], steps);
  assert.equal(count, 2);
  assert.equal(after([1, 2], steps), learned);
  after([1, 2], [...steps, 'step']);
  assert.equal(count, 3, 'only the new step');
  assert.equal(after([1, 2], [[3, 2, 0.9]]), once, 'going back costs nothing');
  after([2, 1], steps);
  assert.equal(count, 5, 'another word is another way');
  let losses = [0, 1, 5, 25, 100].map((n) => {
    return -solve(after([1, 2], new Array(n).fill('step')), [1, 2]).logLikelihood;
  });
  assert.ok(losses.every((loss, i) => i === 0 || loss < losses[i - 1]) && losses[4] < 0.1 * losses[0], String(losses));
});

test('bytes of Python are read as they are', () => {
  const numbers = Float64Array.from([-0.25, Math.PI, -1e-300]);
  const text = Buffer.from(numbers.buffer).toString('base64');
  assert.deepEqual(it.decode64(text), numbers);
  assert.deepEqual(it.decode64(new DataView(numbers.buffer)), numbers);
  assert.deepEqual(it.decode64(new DataView(numbers.buffer, 8, 8)), numbers.slice(1, 2));
});

test('places in the picture: what is drawn at a point is found at it', () => {
  const now = solved(10, 4, [1, 2]);
  const strip = { shape: [8, 10] };
  const p = place.latticePlaces({ now, rows: [0, 1, 2], strip, width: 700, names: 52 });
  for (const [t, s] of [
    [0, 0],
    [4, 3],
    [9, 4],
  ])
    assert.deepEqual(place.latticeUnder(p, p.x(t), p.y(s)), { t, s });
  assert.deepEqual(place.latticeUnder(p, p.x(2), p.base(1) - 5), { t: 2, row: 1 });
  assert.deepEqual(place.latticeUnder(p, -50, 4), { t: 0 });
  const tight = place.latticePlaces({ now, rows: [0, 1, 2], strip, width: 140, names: 52 });
  assert.deepEqual([p.beneath, tight.beneath], [0, 17], 'symbols go below stretches too narrow for them');
  near(place.probabilityAt(p, 1, p.base(1) - 0.4 * p.reach), 0.4);
  assert.equal(place.probabilityAt(p, 1, -999), 0.999);
});

test('rows of the outputs: blank, the word, then others that are likely somewhere', () => {
  const probabilities = [
    [0.5, 0.1, 0.2, 0.2],
    [0.9, 0.05, 0.02, 0.03],
    [0.3, 0.05, 0.05, 0.6],
  ];
  const logProbs = Float64Array.from(probabilities.flat(), Math.log);
  const given = { blank: 0, target: [1, 1], logProbs, frames: 3, classes: 4 };
  assert.deepEqual(place.outputRows(given), { rows: [0, 1, 3, 2], hidden: 0 });
  assert.deepEqual(place.outputRows(given, 1), { rows: [0, 1, 3], hidden: 1 });
});

test('numbers in words', () => {
  assert.equal(words.fromLog(-Infinity), '0');
  assert.equal(words.fromLog(Math.log(0.0342)), '0.0342');
  assert.equal(words.fromLog(Math.log(1)), '1.000');
  assert.equal(words.fromLog(Math.log(3.4e-5), 2), '3.4×10⁻⁵');
  assert.equal(words.fromLog(Math.log(9.999e-5), 2), '1.0×10⁻⁴');
  assert.equal(words.fromLog(-2000, 2), '2.6×10⁻⁸⁶⁹', 'also what no float holds');
  assert.equal(words.nats(Infinity), '∞');
  assert.equal(words.manyPaths(1), 'one path spells it');
  assert.equal(words.manyPaths(1234), '1,234 paths spell it');
  assert.equal(words.manyPaths(2.5e6), '2.5 million paths spell it');
  assert.equal(words.manyPaths(3e21), 'some 10²¹ paths spell it');
  assert.equal(words.ordinal(1) + words.ordinal(2) + words.ordinal(3) + words.ordinal(11), '1st2nd3rd11th');
});

test('a typed word is read symbol by symbol', () => {
  const symbols = ['blank', 'a', 'b', 'ab'];
  const read = (text, most = 5) => words.readWord(text, symbols, 0, most);
  assert.deepEqual(read('b ab a'), { target: [2, 3, 1] });
  assert.deepEqual(read(''), { target: [] });
  assert.match(read('bx').wrong, /“x” is none of the symbols/);
  assert.match(read('blank').wrong, /“l”/, 'the blank is not a symbol');
  assert.match(read('bbb', 2).wrong, /At most 2/);
});

const view = (now, more = {}) => {
  const norms = it.columnNorms(now);
  const layer = more.layer ?? 'posterior';
  const shares = (t, s) => it.placeShare(now, layer, norms, t, s);
  const symbols = ['blank', '3', '7', '5'];
  const path = more.path ?? [];
  return {
    ...{ now, given: now, changed: false, symbols, at: 2, layer, row: 1, shares, path, refused: null },
    ...{ frames: now.frames, rows: [0, 1, 2], pathLog: it.pathLogProb(now, path) },
    ...more,
  };
};

test('the answer, the column and the path in words', () => {
  const now = solved(6, 4, [1, 1, 2]);
  const { short, long } = words.latticeAnswer(view(now));
  assert.ok(short.startsWith('P(3 3 7) = ') && short.includes(words.nats(-now.logLikelihood)), short);
  assert.ok(long.includes(`${now.ways} paths`), long);
  const given = solved(6, 4, [1, 1, 2], 2);
  const changed = words.latticeAnswer(view(now, { changed: true, given })).short;
  assert.ok(changed.includes(`(${words.nats(-given.logLikelihood)} as given)`), changed);
  const stepped = words.latticeAnswer(view(now, { changed: true, given, steps: 50 })).short;
  assert.ok(stepped.includes(' nats after 50 steps ('), stepped);
  const path = [0, 1, 2, 3, 5, 5];
  assert.deepEqual(words.pathLines(view(now, { path })), ['–3–377', '–3–37', '337']);
  assert.match(words.latticeStatus(view(now, { path })), /The path says 337, /);
  assert.equal(words.latticeStatus(view(now, { refused: 'No.' })), 'No.');
  assert.equal(words.placeWords(view(now), 3), '“3” (2nd of 3)');
  assert.equal(words.placeWords(view(now), 2), 'the blank between “3” and “3”');
  assert.equal(words.placeWords(view(now), 6), 'the blank after “7”');
  const push = words.columnSentence(view(now, { layer: 'gradient', row: 3 }));
  assert.match(push, /^Column 3, “5”: the network says .*, the word wants 0\.00: pushed down ▼\.$/);
  for (const layer of ['alpha', 'beta', 'posterior'])
    assert.match(words.columnSentence(view(now, { layer })), /^Column 3: /);
  const never = words.latticeAnswer(view(solved(3, 4, [1, 1, 2])));
  assert.equal(never.short, 'Impossible: 3 3 7 needs 4 columns; there are 3.');
  assert.match(words.latticeAnswer(view(solved(3, 4, []))).short, /^P\(no symbol at all\)/);
});

test('keys: what is ours and what is not', () => {
  const press = (key, more = {}) => words.latticeKey({ at: 2, frames: 6, rows: [0, 1, 2], row: 1, ...more }, key);
  assert.deepEqual(press('ArrowRight'), { act: 'go', with: 3 });
  assert.deepEqual(press('ArrowLeft', { at: 0 }), { act: 'go', with: 0 });
  assert.deepEqual(press('End'), { act: 'go', with: 5 });
  assert.deepEqual(press('ArrowDown'), { act: 'choose', with: 2 });
  assert.deepEqual(press('ArrowDown', { row: 2 }), { act: 'choose', with: 2 });
  assert.deepEqual(press('j'), { act: 'walk', with: 2 });
  assert.deepEqual(press('g'), { act: 'show', with: 'gradient' });
  for (const key of ['x', 'd', 'Tab', '7', 'Shift', 'Enter', 'constructor']) assert.equal(press(key), null);
  near(words.nudged(0.5, 1), 1 / (1 + Math.exp(-0.5)));
  assert.equal(words.nudged(0.999, 1), 0.999);
});
