// What Find the two heads says: what is asked, how it stands, hints that ask back, why these two, the text to send.
import { KEEP, SILENCE, twoBehind, twoCouple, twoDistance, twoExample } from './two_heads_game.js';
import { twoPair, twoRoad, twoWeightBack } from './two_heads_game.js';

const NUMBERS = ['none', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight'];
const ORDINALS = [null, 'first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth'];
const inWords = (n) => NUMBERS[n] ?? String(n);
const Capital = (text) => text[0].toUpperCase() + text.slice(1);
const counted = (n, one, many = `${one}s`) => `${inWords(n)} ${n === 1 ? one : many}`;
export const twoPercent = (share) => `${Math.round(100 * share)} %`;
export const twoName = (pair) => pair.join('.');
const nameOf = (bit, heads) => twoName(twoPair(bit, heads));

export const TWO_ROUNDS = { [SILENCE]: 'Silence it', [KEEP]: 'Bring it back' };

/** What a round asks; *stars* stand around what is bold. */
export function twoLead({ round, goals, whole }) {
  if (round === SILENCE)
    return (
      `Eight heads read a string that goes round and round, and say each letter before it comes: ${twoPercent(whole)} right. ` +
      `*Cut as few heads as you can, so that it is right in less than ${twoPercent(goals.silent)}.*`
    );
  return (
    'Now all eight are cut, and it only guesses. ' +
    `*Put back as few heads as you can, so that it is right in more than ${twoPercent(goals.copying)}.*`
  );
}

/** Why the goal lies where it lies. */
export const twoGoalReason = ({ round }) =>
  round === SILENCE
    ? 'Hardly more than who always says the letter that was most frequent so far.'
    : 'As often as this rule: find the last letter where it stood before, and say what followed it there.';

/** How it stands, for the status line. How few are enough is told by the last hint, or by who has found it. */
export function twoStatus(view) {
  const { round, accuracy, cuts, left, reached, used, solved, tries } = view,
    some = (n, how) => (n ? `${counted(n, 'head')} ${how}` : `no head ${how}`),
    what = round === SILENCE ? some(cuts, 'cut') : some(left, 'on'),
    stands = `${Capital(what)}: right in ${twoPercent(accuracy)}.`;
  if (solved) return `${stands} Done, with the fewest.`;
  if (reached) return `${stands} The goal is reached, but fewer than ${inWords(used)} will do.`;
  return tries ? `${stands} Not yet.` : stands;
}

/** What can be bet on before the first cut: how often it is right after it, from low to high. */
export const TWO_BETS = [
  { name: 'hardly any', high: 0.25 },
  { name: 'in between', high: 0.75 },
  { name: 'nearly all', high: Infinity },
];

/** A bet and what came of it; bet: { choice, came }, came is missing until the first cut. */
export function twoBet(bet) {
  if (!bet || bet.came === undefined) return '';
  const { name } = TWO_BETS[bet.choice],
    hit = TWO_BETS.findIndex(({ high }) => bet.came < high) === bet.choice;
  return hit
    ? `Before the first cut you bet on “${name}”, and so it came: ${twoPercent(bet.came)} right.`
    : `Before the first cut you bet on “${name}”; ${twoPercent(bet.came)} right is what came.`;
}

/** Where the head that is shown looks from the chosen place. */
export function twoLook(view) {
  const { maps, bit, heads, place, length, letter, cutHere } = view,
    row = maps[bit].subarray(place * length, (place + 1) * length),
    most = row.reduce((best, weight, s) => (weight > row[best] ? s : best), 0),
    back = place - most,
    far = back === 0 ? 'at itself' : back === 1 ? 'one place back' : `${back} places back`;
  return (
    `From ${letter(place)} at place ${place + 1} head ${nameOf(bit, heads)} looks most at ${letter(most)}, ` +
    `${far}: ${row[most].toFixed(2)} of its weight.${cutHere ? ' It is cut: what it sees goes nowhere.' : ''}`
  );
}

/** Hints ask back; there are three in each round, and the last one says how few are enough. */
export const twoHints = ({ round, fewest }) =>
  round === SILENCE
    ? [
        'Which heads look at the same distance, whatever the letters are? Their maps are one line beside the diagonal.',
        'Cut the four heads of layer 2 one at a time, and put each back. What does that tell you about them?',
        `${Capital(inWords(fewest))} will do. Which head looks at the letter just before, always? And with that one cut: who else still knows something of what came before?`,
      ]
    : [
        'Put back a head of layer 2 alone. It ought to look behind the place where the last letter stood before: does it find it?',
        'All heads of layer 1 see the string and nothing else. Which of them could tell a place what stands before it?',
        `${Capital(inWords(fewest))} will do. Leave that one on, and try the four of layer 2 beside it. Which one finds the place best by itself?`,
      ];

/** The sentence of a round that is done, or of one that was. */
export function twoVerdict({ solved, best, round }) {
  if (!best) return '';
  const what =
    round === SILENCE
      ? `Silent with ${counted(best.heads, 'cut')}, and no way has fewer`
      : `It copies with ${counted(best.heads, 'head')}, and no way has fewer`;
  return solved
    ? `${what}: found in ${howFound(best)}.`
    : `Done before: ${what.toLowerCase()}, found in ${howFound(best)}.`;
}

/** In how many tries, at which attempt, and all tries and hints since the page was opened, where that is more. */
function howFound({ tries, hints, attempt = 1, allTries = tries, allHints = hints }) {
  const asked = (n) => (n ? `, with ${counted(n, 'hint')}` : ''),
    first = `${counted(tries, 'try', 'tries')}${asked(hints)}`;
  if (attempt === 1) return first;
  const so = `${counted(allTries, 'try', 'tries')}${allHints ? ` and ${counted(allHints, 'hint')}` : ''} in all`;
  return `${first}, at the ${ORDINALS[attempt] ?? `${attempt}th`} attempt (${so})`;
}

/** A second look of one who looks further back most: one letter back, too. */
function secondLook(map, length, { distance }) {
  const weight = twoWeightBack(map, length, 1);
  if (distance < 2 || weight < 0.2) return '';
  return ` and one back with ${Math.abs(weight - 1 / 3) < 0.06 ? 'a third' : weight.toFixed(2)}`;
}

const distanceWords = ({ distance }) =>
  distance === 0 ? 'at the letter itself' : distance === 1 ? 'one letter back' : `${inWords(distance)} letters back`;

/** Why these: a list of sentences, once a round is done. */
export function twoWhy(view) {
  const told = view.round === SILENCE ? [...whySilent(view), twoBet(view.bet)] : whyTwo(view);
  return told.filter(Boolean);
}

function whySilent({ heads, maps, length, mask, right }) {
  const gone = maps.map((_, bit) => bit).filter((bit) => (mask >> bit) & 1),
    first = gone.filter((bit) => bit < heads),
    second = maps.map((_, bit) => bit).filter((bit) => bit >= heads);
  const told = first
    .map((bit) => [bit, twoDistance(maps[bit], length)])
    .map(
      ([bit, found]) =>
        `head ${nameOf(bit, heads)} looks ${distanceWords(found)}${found.distance > 1 ? ' most' : ''} (${found.weight.toFixed(2)} of its weight)${secondLook(maps[bit], length, found)}`,
    );
  const least = Math.min(...second.map((bit) => right[1 << bit])),
    all = right[second.reduce((bits, bit) => bits | (1 << bit), 0)];
  return [
    first.length === gone.length ? `All of them stand in layer 1: ${listed(told)}.` : `${Capital(listed(told))}.`,
    `They go by the distance, hardly by the letter, and write into each place what came before it. Without them nobody in layer 2 finds the place to copy from: look at its maps, they are blurred.`,
    `Layer 2 has understudies. Cut any one of its ${inWords(heads)} heads alone: still ${twoPercent(least)} right, or more. With all ${inWords(heads)} gone: ${twoPercent(all)}.`,
  ];
}

/** What comes out at the place, where it is not the letter that was handed on. */
const said = ({ says, rights, place, letters }) =>
  rights.now[place] ? '' : `; yet what comes out is ${letters[says[place]]}: two heads alone get some letters wrong`;

/** Another place to look at, once two heads copy: { place, text }, or null. After a right one a wrong one is offered. */
export function twoOther(view) {
  const { solved, round, rights, place, heard } = view;
  if (!solved || round !== KEEP) return null;
  const here = heard[place] && rights.now[place],
    to = twoExample(view, !here);
  return to === null ? null : { place: to, text: here ? 'And here it fails' : 'Here it is right' };
}

function whyTwo(view) {
  const { heads, maps, length, tokens, letter, right } = view,
    { writer, reader } = twoCouple(view),
    road = twoRoad(view, maps[reader]),
    [a, b] = [nameOf(writer, heads), nameOf(reader, heads)];
  const lone = [writer, reader].map((bit) => right[(2 ** (2 * heads) - 1) ^ (1 << bit)]);
  const example = road
    ? `${view.rights.now[view.place] ? 'An example, drawn above the string.' : 'Here it fails.'} At ${letter(road.found)} (place ${road.found + 1}) head ${a} looks at the letter before and writes: “${letter(road.before)} came before me”. At ${letter(road.asks)} (place ${road.asks + 1}) head ${b} asks: “before whom did ${letter(road.asks)} come?” It finds that ${letter(road.found)}, and hands it on${said(view)}.`
    : 'Choose a place where the string has begun again, and the road of the copy is drawn above it.';
  return [
    example,
    `Over the whole string head ${a} puts ${twoDistance(maps[writer], length).weight.toFixed(2)} of its weight one place back, head ${b} ${twoBehind(maps[reader], tokens, length).toFixed(2)} behind earlier places of the last letter.`,
    `Neither does it alone: only ${a} is right in ${twoPercent(lone[0])}, only ${b} in ${twoPercent(lone[1])}. Somebody must write the neighbour’s name on a place, and somebody else must look for it; here these are two layers.`,
  ];
}

const listed = (parts) => (parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`);

/** The share of right letters after each try, as blocks; the last forty. */
export function twoBlocks(path, right) {
  return path
    .slice(-40)
    .map((mask) => '▁▂▃▄▅▆▇█'[Math.min(7, Math.floor(8 * right[mask]))])
    .join('');
}

/** The same in numbers, the last twelve: 98 → 35 → 9 %. */
export function twoPath(path, right) {
  const last = path.slice(-12).map((mask) => Math.round(100 * right[mask]));
  return `${path.length > 12 ? '… → ' : ''}${last.join(' → ')} %`;
}

/** The text to send: what it is, how it went after each try, why to care. It gives no head away. */
export function twoShare({ results, right }) {
  const of = (round) => results.find((one) => one.round === round);
  const told = [
    [of(SILENCE), 'Silence it', (one) => counted(one.heads, 'cut')],
    [of(KEEP), 'Bring it back', (one) => `${counted(one.heads, 'head')} left on`],
  ].filter(([one]) => one);
  return [
    'Find the two heads: a small network that copies',
    'from the course “Markov to Mamba”',
    ...told.flatMap(([one, name, what]) => [
      `${name} ${twoBlocks(one.path, right)} ${what(one)}, in ${howFound(one)}`,
      `Right after each try: ${twoPath(one.path, right)}`,
    ]),
    'Copying what stood before is one way a language model learns from its own text. Here one can take it apart by hand.',
  ].join('\n');
}
