// What the beam tree viewer computes and says, by itself.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uniform } from '../../lib/classroom/static/common.js';
import { beamLook } from '../../lib/classroom/static/beam_tree.js';
import * as model from '../../lib/classroom/static/beam_tree_model.js';
import { beamTableRows } from '../../lib/classroom/static/beam_tree_page.js';
import * as place from '../../lib/classroom/static/beam_tree_place.js';
import * as words from '../../lib/classroom/static/beam_tree_words.js';

const END = 0;
const WORDS = ['<end>', 'a', 'b', 'c'];

/** Log-probabilities of the four words after some tokens: sharp or flat, as the seed makes them. */
function chances(tokens, seed) {
  const raw = WORDS.map((_, k) => Math.exp(3 * uniform(seed, 7 * tokens.reduce((sum, t) => 5 * sum + t + 1, 0) + k)));
  const sum = raw.reduce((a, b) => a + b);
  return raw.map((x) => Math.log(x / sum));
}

/** A beam search through these chances that records its tree, written for itself alone. */
function searched(width, seed, most = 5) {
  const tree = { parent: [-1], token: [1], logProb: [0], kept: [1], width, end: END };
  let beam = [{ tokens: [], log: 0, node: 0, ended: false }];
  for (let t = 0; t < most && !beam.every(({ ended }) => ended); t++) {
    const next = beam.flatMap((one) =>
      one.ended
        ? [{ ...one, fresh: false }]
        : chances(one.tokens, seed).map((log, k) => {
            return { tokens: [...one.tokens, k], log: one.log + log, parent: one.node, ended: k === END, fresh: true };
          }),
    );
    next.sort((a, b) => b.log - a.log);
    next.slice(0, 2 * width).forEach((one, rank) => {
      if (!one.fresh) return;
      one.node = tree.parent.length;
      [tree.parent, tree.token, tree.logProb, tree.kept].forEach((list, i) =>
        list.push([one.parent, one.tokens.at(-1), one.log, +(rank < width)][i]),
      );
    });
    beam = next.slice(0, width);
  }
  return { tree: model.beamTree(tree), beam };
}

/** Every finished sentence of at most so many words. */
function* everySentence(seed, most, tokens = [], log = 0) {
  if (tokens.at(-1) === END) return yield { tokens, logProb: log, finished: true };
  if (tokens.length === most) return;
  const each = chances(tokens, seed);
  for (const k of WORDS.keys()) yield* everySentence(seed, most, [...tokens, k], log + each[k]);
}

function group(widths, seed, reference = null) {
  const trees = new Map(widths.map((width) => [width, searched(width, seed).tree]));
  const of = (seen) => widths.filter((width) => seen.includes(width)).map((width) => trees.get(width));
  const known = (seen) => model.knownSentences(of(seen), reference);
  const logs = (tokens) => {
    const tree = [...trees.values()].reduce((a, b) =>
      model.followed(b, tokens).length > model.followed(a, tokens).length ? b : a,
    );
    return model.followed(tree, tokens).map((node) => tree.logProb[node]);
  };
  return new Map([['', { trees, widths, reference, known, logs }]]);
}
const look = (state, sentences) =>
  beamLook({ sentence: '', depth: 1, node: null, alpha: 0, words: WORDS, ...state }, sentences);

test('the beam of every step and its last sentences are those of the search', () => {
  for (const width of [1, 2, 3, 5])
    for (const seed of [1, 2, 3, 4]) {
      const { tree, beam } = searched(width, seed);
      assert.deepEqual(
        tree.finals.map(({ tokens }) => tokens),
        beam.map(({ tokens }) => tokens),
      );
      for (let d = 1; d <= tree.last; d++)
        for (const [node, rank] of tree.ranks[d])
          if (tree.depth[node] === d) assert.equal(rank < width, Boolean(tree.kept[node]));
    }
});

test('greedy rows are the beam of one, in a tree of any width that holds them', () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const narrow = searched(1, seed).tree;
    const wide = searched(4, seed).tree;
    const alone = narrow.finals[0].tokens;
    const rows = model.greedyRows(wide).map((node) => wide.token[node]);
    assert.deepEqual(rows, alone.slice(0, rows.length));
    assert.deepEqual(model.greedyRows(narrow).map((node) => narrow.token[node]), alone);
  }
});

test('the ranking at every penalty is the sentences sorted by log p over length to the alpha', () => {
  const { tree } = searched(4, 2);
  const known = [...everySentence(2, 4)];
  for (const alpha of [0, 0.3, 1, 2]) {
    const all = model.ranking(tree, known, alpha);
    const scores = all.map(({ tokens, logProb }) => logProb / tokens.length ** alpha);
    assert.deepEqual(scores, [...scores].sort((a, b) => b - a));
    assert.ok(all.length >= known.length);
    for (const one of all) assert.equal(one.found, tree.finals.some(({ tokens }) => `${tokens}` === `${one.tokens}`));
  }
});

test('what is said never to win does not win, by going through every sentence', () => {
  for (const width of [1, 2, 3])
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const { tree } = searched(width, seed);
      const every = [...everySentence(seed, 6)];
      const blind = model.ranking(tree, [], 0);
      const seeing = model.ranking(tree, every, 0);
      const best = blind.find(({ found }) => found);
      for (const { node } of model.droppedOf(tree)) {
        const head = model.sentenceOf(tree, node).tokens;
        const wins = every.some(({ tokens, logProb }) => head.every((k, i) => tokens[i] === k) && logProb > best.logProb);
        const { fate } = model.fateOf(tree, node, { all: blind, best, alpha: 0 });
        if (fate === 'no') assert.ok(!wins);
        assert.equal(model.fateOf(tree, node, { all: seeing, best, alpha: 0 }).fate === 'won', wins);
      }
    }
});

test('a sentence is lost where it left the beam', () => {
  for (const seed of [1, 2, 3]) {
    const { tree } = searched(2, seed);
    for (const { tokens, node } of tree.finals) assert.equal(model.lostAt(tree, tokens), null, `${node}`);
    for (const { tokens } of everySentence(seed, 4)) {
      const lost = model.lostAt(tree, tokens);
      if (!lost) continue;
      for (let d = 1; d < lost.depth; d++) {
        const rows = model.followed(tree, tokens);
        assert.ok(model.inBeam(tree, rows[Math.min(d, tokens.length) - 1], d));
      }
      if (lost.node !== null && lost.rank !== null) assert.ok(lost.rank >= 2);
    }
  }
});

test('a race: parted, ahead, and behind for good', () => {
  const logs = { '1,2,0': [-1, -1.2, -3], '2,0': [-1.5, -1.9] };
  const it = model.race([1, 2, 0], [2, 0], (tokens) => logs[tokens]);
  assert.deepEqual([it.parts, it.behind], [0, 3]);
  assert.ok(Math.abs(it.lead - 0.5) < 1e-12);
  assert.equal(model.race([2, 0], [1, 2, 0], (tokens) => logs[tokens]).behind, null);
});

test('the verdict: greedy, what was thrown away, who is to blame', () => {
  const right = { tokens: [3, 3, 0], logs: [-9, -9.5, -10] };
  const seed = [...Array(60).keys()].find((s) => {
    const [one, four] = [1, 4].map((width) => searched(width, s).tree);
    const best = model.beamRanked(four.finals, 0)[0];
    return best.finished && best.logProb > one.finals[0].logProb + 0.01;
  });
  const sentences = group([1, 4], seed, [right.tokens, right.logs]);
  const wide = look({ width: 4 }, sentences);
  const answer = words.beamAnswer(wide);
  assert.match(answer.short, /^Greedy’s (first|second|third) word, .+, is not in the best sentence; there stands /);
  assert.match(answer.long, /It threw away \d+ runners-up/);
  assert.match(answer.long, /the model is to blame\.$/);
  const narrow = words.beamAnswer(look({ width: 1 }, sentences));
  assert.match(narrow.short, /^Greedy: one/);
  assert.match(narrow.long, /would have won: lost at word \d/);
  const found = [wide.best.tokens, wide.logs(wide.best.tokens)];
  assert.match(words.beamAnswer(look({ width: 4 }, group([1, 4], seed, found))).long, /What it found is right\./);
  assert.match(words.beamAnswer(look({ width: 1 }, group([1, 4], seed, found))).long, /the search is to blame\.$/);
});

test('every chosen beginning has its sentence, its numbers and its reason', () => {
  const sentences = group([1, 3], 3);
  for (const width of [1, 3]) {
    const { tree } = look({ width }, sentences);
    for (let d = 1; d <= tree.last; d++)
      for (const node of tree.steps[d]) {
        const view = look({ width, depth: d, node }, sentences);
        const story = words.beamStory(view);
        assert.match(story.numbers, /log-probability −\d+\.\d\d \(p = .+\), −.* per word/);
        assert.match(story.why, model.inBeam(tree, node, d) ? /^Kept: place/ : /^(Dropped|Pushed out)/);
      }
  }
});

test('nothing that is drawn lies on another, at every word and width, and marked lines are drawn', () => {
  for (const seed of [1, 2, 3])
    for (const width of [1, 4, 12])
      for (const pixels of [300, 660, 1100]) {
        const sentences = group([1, width].filter((w, i, all) => all.indexOf(w) === i), seed, [[3, 3, 0], null]);
        const { last } = look({ width }, sentences).tree;
        for (let depth = 1; depth <= last; depth++) {
          const view = look({ width, depth }, sentences);
          const p = place.beamPlaces(view, pixels);
          assert.ok(p.first <= depth && depth < p.first + p.count && p.right <= Math.max(pixels, 106) + 1e-9);
          for (const { entries, d, more } of p.columns) {
            assert.equal(new Set(entries.map(({ row }) => row)).size, entries.length);
            assert.ok(entries.every(({ row }) => p.y(row) < p.height - 18));
            assert.ok(more >= 0);
            if (d <= view.best.tokens.length && width < 9) {
              assert.ok(entries.some(({ node }) => node === view.bestRows[d - 1]));
            }
          }
        }
      }
});

test('a sentence that only another width has found is known when that width was seen', () => {
  let more = 0;
  for (const seed of [1, 2, 3, 4, 5, 6]) {
    const sentences = group([1, 2, 5], seed);
    const [blind, told] = [[], [1, 2, 5]].map((seen) => look({ width: 1, seen }, sentences));
    assert.ok(blind.all.length <= told.all.length && blind.best.node === told.best.node);
    assert.deepEqual([...blind.seen, ...told.seen].sort(), [1, 1, 2, 5], 'the width that is shown is seen');
    more += told.better.length - blind.better.length;
  }
  assert.ok(more > 0);
});

test('the table of a word has both sides of the cut, and the keys reach every row', () => {
  for (const width of [1, 2, 5, 8, 12])
    for (let depth = 1; depth <= look({ width }, group([width], 3)).tree.last; depth++) {
      const view = look({ width, depth }, group([width], 3));
      const [step, rows] = [view.tree.steps[depth], beamTableRows(view)];
      assert.equal(rows.length, Math.min(9, step.length));
      assert.deepEqual(rows, step.filter((row) => rows.includes(row)), 'best first'); // prettier-ignore
      for (const rank of [0, 1, width - 1, width])
        if (rank < step.length) assert.ok(rows.includes(step[rank]), `${width}: place ${rank + 1} at word ${depth}`);
      assert.deepEqual(place.beamStops(view), step);
      const chosen = look({ width, depth, node: step.at(-1) }, group([width], 3));
      const drawn = place.beamPlaces(chosen, 700).columns.find(({ d }) => d === depth).entries;
      assert.ok(drawn.some(({ node }) => node === step.at(-1)), 'the chosen one is drawn');
      assert.ok(beamTableRows(chosen).includes(step.at(-1)));
    }
});

test('keys', () => {
  const view = look({ width: 3, depth: 1, alpha: 0.5 }, group([1, 3], 2));
  assert.equal(words.beamKeyAct(view, 'x'), null);
  assert.equal(words.beamKeyAct(view, 'toString'), null);
  assert.deepEqual(words.beamKeyAct(view, 'End').with, view.tree.last);
  assert.ok(Math.abs(words.beamKeyAct(view, '+').with - 0.55) < 1e-12);
  const onward = place.beamWalk({ ...view, node: view.tree.steps[1][0] }, 1);
  assert.equal(onward.depth, 2);
  assert.ok(onward.node === null || view.tree.parent[onward.node] === view.tree.steps[1][0]);
});

test('numbers as they are shown', () => {
  assert.equal(words.beamProbability(Math.log(0.434)), '.43');
  assert.equal(words.beamProbability(Math.log(0.0123)), '.012');
  assert.equal(words.beamProbability(-20), '<.0001');
  assert.equal(words.beamProbability(0), '1.00');
  assert.equal(words.beamChance(-20), 'p < .0001');
  assert.equal(words.beamChance(Math.log(0.434)), 'p = .43');
  assert.equal(words.signed(-1.005), '−1.00');
  assert.equal(words.beamOrdinal(3), 'third');
  assert.equal(words.beamOrdinal(22), '22nd');
});
