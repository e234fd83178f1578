// What the game says. Pure.
import { isSteered, steerStars } from './steer_game.js';
import { germanWords, grouped } from './steer_numbers.js';

/** A share in whole percent, without the sign. */
export const percentOf = (x) => (x < 0.005 ? '0' : x > 0.995 ? '100' : String(Math.round(100 * x)));
const two = (x) => x.toFixed(2);
const rowsOf = (count) => `${count} row${count === 1 ? '' : 's'}`;
const place = (word) => (word === 'end' ? 'the end' : word);
export const compoundText = (words) =>
  words
    .map((word) => (/^Million/.test(word) ? ` ${word} ` : word))
    .join('')
    .trim();

/** Above the map: what there is to do; *what stands between stars* is bold. */
export function steerLead({ round, count, target, number, needsPart }) {
  if (target === null)
    return (
      'This network reads an English number and writes it in German, word by word; each row shows where it looks. ' +
      'Drag a row’s frame to another word: what follows changes under your hand. ' +
      'Can one row make it say another number?'
    );
  const task = `It reads ${grouped(number)}. Make it write *${grouped(target)}*, ${compoundText(germanWords(target))}.`;
  const hint = needsPart ? ' All of a row’s weight is too much here: move a part of it.' : '';
  return `${round ? `Round ${round} of ${count}. ` : ''}${task}${hint}`;
}

/** What the German says, beside it. */
export function saysWords({ value, ended, words }) {
  if (value !== null) return grouped(value);
  if (!ended) return 'it does not stop';
  return words.length ? 'no number' : 'nothing';
}

const chanceList = (best) =>
  best
    .filter(([, p], k) => k === 0 || p >= 0.005)
    .map(([word, p]) => `${place(word)} ${percentOf(p)}\u00a0%`)
    .join(', ');

/** The chosen row: { own, now }, what it would write left alone, and what it writes as it is steered. */
export function rowChances({ rows, row, english }) {
  const { ownBest, best, pull } = rows[row];
  if (!pull) return { own: chanceList(ownBest), now: null };
  return {
    own: chanceList(ownBest),
    now: chanceList(best),
    pulled: `${percentOf(pull[2])}\u00a0% to ${english[pull[1]]}`,
  };
}

/** One sentence on the chosen row, for those who hear it too. */
export function rowSentence({ rows, row, english }) {
  const at = rows[row],
    { pull, german, ownGerman, own, gold } = at;
  const looks = own.reduce((best, a, s) => (a > own[best] ? s : best), 0),
    start = `Row ${row + 1} of ${rows.length}, ${place(german)}: `;
  if (!pull || !isSteered(at)) {
    const right = gold?.length
      ? gold.includes(looks)
        ? ', as it should'
        : `, though it belongs to ${gold.map((s) => english[s]).join(' and ')}`
      : '';
    return `${start}it looks at ${english[looks]} (${percentOf(own[looks])}\u00a0%)${right}.`;
  }
  const moved = `${two(at.moved)} of its weight moved to ${english[pull[1]]}`;
  if (german === ownGerman) return `${start}${moved}, and it writes ${place(german)} all the same.`;
  return `${start}${moved}; left alone it would write ${place(ownGerman)}.`;
}

/** The sentence on the whole. */
export function steerStatus(view) {
  const { number, value, words, ended, steered, weight, target, solved, edits, way, baseValue } = view;
  const effort = `${rowsOf(steered)} steered, weight ${two(weight)}, ${edits} word${edits === 1 ? '' : 's'} changed`;
  if (target !== null && way === null)
    return `It cannot be made to write ${grouped(target)}: at some word it would not, whichever word it looked at.`;
  if (solved) return `It writes ${grouped(target)}. ${effort}.`;
  if (steered === 0)
    return target === null && baseValue !== number
      ? `Left alone it is wrong here: it reads ${grouped(number)} and writes ${compoundText(words) || 'nothing'}.`
      : 'Nothing is steered: it writes as it was trained.';
  if (value === number) return `${effort}: it still writes ${grouped(number)}.`;
  if (value !== null) return `It reads ${grouped(number)} and says ${grouped(value)}. ${effort}.`;
  if (!ended) return `It goes on and on. ${effort}.`;
  return words.length ? `“${compoundText(words)}” is no number. ${effort}.` : `It writes nothing at all. ${effort}.`;
}

/** After a round that is done, from its result; `now`: is what stands on the map that result? */
export function steerVerdict(result, now = true) {
  const { rows, weight, shown } = result,
    stars = steerStars(result);
  if (!now && !shown) return `Best so far: ${starText(stars)} ${rowsOf(rows)}, weight ${two(weight)}.`;
  if (shown) return `This was the lightest way: ${rowsOf(rows)}, weight ${two(weight)}.`;
  const done = `${starText(stars)} Done with ${rowsOf(rows)}`;
  if (stars === 0) return `${done}. It can be done with fewer.`;
  if (stars === 3) return `${done}, weight ${two(weight)}. No way is lighter.`;
  if (stars === 2) return `${done}, weight ${two(weight)}. It can be a little lighter.`;
  return `${done}, and no way has fewer. It can be lighter.`;
}

const starText = (stars) => '★'.repeat(stars) + '☆'.repeat(3 - stars);

/** What a reader may ask to see once a round is done: the best there is, and what the stars mean. */
export const steerBound = ({ fewest, lightest }) =>
  `${rowsOf(fewest)}, weight ${two(lightest)}. ` +
  '★ no way has fewer rows, ★★ half of what can be saved of their weight, ★★★ no way is lighter.';

const strip = (marks) => marks.map((mark) => (mark ? '■' : '□')).join('');

/** The text to copy: the best round in words, the oddest number met, a line a round, then the sum. */
export function steerShare(done, seed, count, met = []) {
  const lines = done.map((result) => {
    const { source, target, rows, weight, strip: marks, shown } = result,
      how = shown ? 'shown to me' : `${starText(steerStars(result))} ${rowsOf(rows)}, weight ${two(weight)}`;
    return `${grouped(source)} → ${grouped(target)}  ${strip(marks)}  ${how}`;
  });
  const head = [bestRound(done), oddestMet(met), `Steer the translator, game ${seed}: ${done.length} of ${count}`];
  return [...head.filter(Boolean), ...lines, steerTotal(done)].join('\n');
}

/** The round to tell of: of those done without help the one that needs most rows, then the one with most stars. */
function bestRound(done) {
  const [best] = done
    .filter(({ shown }) => !shown)
    .sort((a, b) => b.fewest - a.fewest || steerStars(b) - steerStars(a) || b.round - a.round);
  if (!best) return '';
  const pulls = best.rows === 1 ? 'one pull' : `${best.rows} pulls`,
    says = compoundText(germanWords(best.target));
  return `I made a translator read ${grouped(best.source)} and say ${says} with ${pulls}.`;
}

const oddestMet = ([read, said]) =>
  read === undefined ? '' : `The oddest on the way: it read ${grouped(read)} and said ${grouped(said)}.`;

/** The sum of the rounds that the reader did. */
export function steerTotal(done) {
  const own = done.filter(({ shown }) => !shown),
    sum = (of) => own.reduce((all, one) => all + of(one), 0);
  if (!own.length) return 'No round done without help.';
  const [rows, weight] = [sum((one) => one.rows), sum((one) => one.weight)];
  return `${rowsOf(rows)}, weight ${two(weight)}, ${sum(steerStars)} of ${3 * own.length} stars`;
}
