// Steer the translator, from its traits: what is to be seen, and what each move leaves behind. Pure: no drawing.
import { clamp, uniform } from './common.js';
import { englishWords, germanValue, germanWords, goldLinks } from './steer_numbers.js';
import { STEER_END } from './steer_model.js';

export const STEER_LARGEST = 9999;
const LEAST_MOVED = 0.005; // a row that is pulled to where it looks already is not steered

/** A pull on the grid of hundredths. */
export const onHundredths = (share) => Math.round(clamp(share, 0, 1) * 100) / 100;

/** The translator with the words of both sides; what it computes of a number is kept until the number changes. */
export function steerMemory(translator, english, german) {
  const ids = (words, known) => words.map((word) => known.indexOf(word));
  let last = {};
  return (number, target) => {
    if (last.number !== number) {
      const source = ids(englishWords(number), english),
        read = translator.encode(source);
      last = { number, source, read, base: translator.translate(source, [], read), target: undefined };
    }
    if (last.target !== target) {
      const way = target === null ? null : translator.way(last.source, ids(germanWords(target), german), last.read);
      const rows = way && translator.translate(last.source, way, last.read),
        needsPart = way !== null && !translator.wholly(last.source, ids(germanWords(target), german), last.read);
      Object.assign(last, { target, way, lightest: rows && weightOf(rows), needsPart });
    }
    return { ...last, translate: (pulls) => translator.translate(last.source, pulls, last.read) };
  };
}

const weightOf = (rows) => rows.reduce((sum, { moved }) => sum + moved, 0);
export const isSteered = ({ moved }) => moved >= LEAST_MOVED;

/** The German words of rows, without the end; `ended`: it was written. */
function writtenBy(rows, german) {
  const ended = rows.at(-1).word === STEER_END,
    words = (ended ? rows.slice(0, -1) : rows).map(({ word }) => german[word]);
  return { words, ended, value: ended ? germanValue(words) : null };
}

/** All that is drawn and said. state: the traits of SteerTheTranslator that are no bytes; memory: of steerMemory. */
export function steerView(state, memory) {
  const { number, target, round, seed, pulls, german, results } = state,
    known = memory(number, target),
    rows = known.translate(pulls),
    base = writtenBy(known.base, german),
    now = writtenBy(rows, german),
    links = goldLinks(number),
    right = germanWords(number);
  const seen = rows.map((row, t) => {
    const word = german[row.word];
    return {
      ...row,
      german: row.word === STEER_END ? 'end' : word,
      ownGerman: row.ownWord === STEER_END ? 'end' : german[row.ownWord],
      pull: pulls.find(([at]) => at === t) ?? null,
      gold: right[t] === word ? links[t] : null,
      changed: row.word !== row.ownWord,
      best: bestOf(row.chances, german),
      ownBest: bestOf(row.ownChances, german),
    };
  });
  const steered = rows.filter(isSteered).length,
    row = clamp(state.row, 0, rows.length - 1);
  return {
    ...{ number, target, round, seed, rows: seen, steered, weight: weightOf(rows) },
    ...{ english: englishWords(number), row, showGold: state.show_gold },
    would: state.show_words && round === 0 ? wouldWrite(state, row, known, englishWords(number).length) : null,
    ...{ words: now.words, ended: now.ended, value: now.value, baseValue: base.value },
    ...{ edits: wordEdits(base.words, now.words) },
    ...{ solved: target !== null && now.value === target, goal: target === null ? null : germanWords(target) },
    ...{
      way: known.way,
      fewest: known.way ? known.way.length : null,
      lightest: known.lightest,
      needsPart: known.needsPart,
    },
    best: results.find((one) => one.seed === seed && one.round === round) ?? null,
    done: results.filter((one) => one.seed === seed).sort((a, b) => a.round - b.round),
    count: state.rounds.length,
    met: state.met,
  };
}

/** How many words have to be put in, left out or replaced to make one text the other. */
export function wordEdits(before, after) {
  let row = after.map((_, j) => j + 1);
  row.unshift(0);
  for (const [i, word] of before.entries()) {
    const next = [i + 1];
    after.forEach((other, j) => next.push(Math.min(next[j] + 1, row[j + 1] + 1, row[j] + (other === word ? 0 : 1))));
    row = next;
  }
  return row.at(-1);
}

/** What each source word would make a row write, if it had all of its weight. */
function wouldWrite({ pulls, german }, row, known, words) {
  const others = pulls.filter(([at]) => at < row);
  return Array.from({ length: words }, (_, s) => {
    const { word } = known.translate([...others, [row, s, 1]])[row];
    return word === STEER_END ? 'end' : german[word];
  });
}

function bestOf(chances, german) {
  return Array.from(chances, (p, k) => [k === STEER_END ? 'end' : german[k], p])
    .sort((a, b) => b[1] - a[1])
    .slice(0, 3);
}

/** The round of a game: { number, target }. Game `seed` draws one pair from each level. */
export function steerRound(rounds, seed, round) {
  const pool = rounds[round - 1],
    [number, target] = pool[Math.floor(uniform(seed, round) * pool.length)];
  return { number, target };
}

const fresh = { pulls: [], row: 0 };

/** What changes when the reader goes to a round; 0 is free play, which keeps the number. */
export const toSteerRound = (state, round) =>
  round === 0 ? { round, target: null, ...fresh } : { round, ...steerRound(state.rounds, state.seed, round), ...fresh };

/** What changes at another number or another target of the reader's own. */
export const withNumber = (number) => ({ number, target: null, round: 0, ...fresh });
export const withTarget = (target) => ({ target, round: 0, pulls: [] });

/** What changes when a row is pulled to a word. Rows below are written anew; what was pulled there stays pulled, if the
 *  row is still there once the hand lets go (`settledPulls`). */
export function withPull(state, row, word, share) {
  const others = state.pulls.filter(([at]) => at !== row);
  const pulls = share > 0 ? [...others, [row, word, onHundredths(share)]] : others;
  return { pulls: pulls.sort((a, b) => a[0] - b[0]), row };
}

/** The pulls of rows that are written. */
export const settledPulls = (view) => view.rows.flatMap(({ pull }) => (pull ? [pull] : []));

/** The results with what the view shows, if it is solved and better than before: fewer rows, then less weight. */
export function withResult(results, view) {
  if (!view.solved || view.round === 0) return results;
  const one = {
    ...{ seed: view.seed, round: view.round, source: view.number, target: view.target },
    ...{ rows: view.steered, weight: view.weight, fewest: view.fewest, lightest: view.lightest },
    strip: view.rows.map((row) => (isSteered(row) ? 1 : 0)),
  };
  const before = results.find(({ seed, round }) => seed === one.seed && round === one.round);
  const better = !before || one.rows < before.rows || (one.rows === before.rows && one.weight < before.weight - 1e-9);
  if (!better) return results;
  return [...results.filter((other) => other !== before), one];
}

/** Does the map show what the result of its round tells of? */
export const isResult = ({ solved, steered, weight }, result) =>
  solved && steered === result.rows && Math.abs(weight - result.weight) < 0.005;

/** Is the way as light as can be? Shown to two digits. */
export const isLightest = ({ rows, weight, fewest, lightest }) => rows <= fewest && weight <= lightest + 0.00501;

/** 1 for the fewest rows, 2 for half of what can be saved of their weight, 3 for the lightest way; else 0. */
export function steerStars(result) {
  const { rows, weight, fewest, lightest } = result;
  if (rows > fewest) return 0;
  return isLightest(result) ? 3 : weight <= (fewest + lightest) / 2 ? 2 : 1;
}

/** The oddest that was met, [read, said]: the two that lie furthest apart. What was asked for is not met. */
export function oddest(met, { number, value, target, steered }) {
  const apart = ([read, said]) => Math.abs(Math.log((said + 1) / (read + 1)));
  if (value === null || value === number || value === target || !steered) return met;
  return met.length && apart(met) >= apart([number, value]) ? met : [number, value];
}

/** What a typed text asks for: { number } or { error } in words. */
export function typedNumber(text, most = STEER_LARGEST) {
  const digits = text.replace(/[\s,.']/g, '');
  if (!digits) return { error: 'Type a number' };
  if (!/^\d+$/.test(digits)) return { error: 'Digits only' };
  if (Number(digits) > most) return { error: `At most ${most.toLocaleString('en')}` };
  return { number: Number(digits) };
}
