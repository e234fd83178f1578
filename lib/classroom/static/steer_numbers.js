// Numbers in English and German words, as the translator reads and writes them, and which words say the same.

const STEER_ENGLISH = (
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen ' +
  'seventeen eighteen nineteen'
).split(' ');
const STEER_ENGLISH_TENS = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
const STEER_GERMAN = (
  'null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn ' +
  'siebzehn achtzehn neunzehn'
).split(' ');
const STEER_GERMAN_TENS = 'zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig'.split(' ');
const STEER_LIMIT = 1e9;
const STEER_VALUES = new Map([
  ...STEER_GERMAN.map((word, value) => [word, value]),
  ...STEER_GERMAN_TENS.map((word, k) => [word, 10 * (k + 2)]),
  ['eins', 1],
  ['eine', 1],
]);

const split = (number, by) => [Math.floor(number / by), number % by];

/** A number below 10,000 in English: [[word, what it says], ...]; two words of the two languages that say the same are
 *  linked. "and" says nothing. */
export function englishParts(number) {
  const [thousands, below] = split(number, 1000),
    [hundreds, rest] = split(below, 100),
    parts = [];
  if (thousands) parts.push([STEER_ENGLISH[thousands], 'thousands'], ['thousand', 'thousand']);
  if (hundreds) parts.push([STEER_ENGLISH[hundreds], 'hundreds'], ['hundred', 'hundred']);
  if (parts.length && !rest) return parts;
  if (parts.length) parts.push(['and', null]);
  if (rest < 20) return [...parts, [STEER_ENGLISH[rest], 'ones']];
  const [tens, ones] = split(rest, 10);
  return [...parts, [STEER_ENGLISH_TENS[tens - 2], 'tens'], ...(ones ? [[STEER_ENGLISH[ones], 'ones']] : [])];
}

function germanHundreds(number, one, scale) {
  const [hundreds, rest] = split(number, 100),
    parts = hundreds
      ? [
          [STEER_GERMAN[hundreds], `${scale}hundreds`],
          ['hundert', `${scale}hundred`],
        ]
      : [];
  if (rest < 20) {
    if (!rest && parts.length) return parts;
    return [...parts, [rest === 1 ? one : STEER_GERMAN[rest], `${scale}ones`]];
  }
  const [tens, ones] = split(rest, 10),
    said = ones
      ? [
          [STEER_GERMAN[ones], `${scale}ones`],
          ['und', null],
        ]
      : [];
  return [...parts, ...said, [STEER_GERMAN_TENS[tens - 2], `${scale}tens`]]; // the ones come first
}

/** A number below 1,000,000,000 in German, in the same form. "und" joins. */
export function germanParts(number) {
  const [millions, below] = split(number, 1e6),
    [thousands, rest] = split(below, 1000),
    parts = [];
  if (millions)
    parts.push(...germanHundreds(millions, 'eine', 'm-'), [millions > 1 ? 'Millionen' : 'Million', 'million']);
  if (thousands)
    parts.push(
      ...(thousands < 10 ? [[STEER_GERMAN[thousands], 'thousands']] : germanHundreds(thousands, 'ein', 't-')),
      ['tausend', 'thousand'],
    );
  return rest || !parts.length ? [...parts, ...germanHundreds(rest, 'eins', '')] : parts;
}

export const englishWords = (number) => englishParts(number).map(([word]) => word);
export const germanWords = (number) => germanParts(number).map(([word]) => word);

/** The number that German words say, or null: exactly the words that germanWords gives it. */
export function germanValue(words) {
  let total = 0,
    part = 0;
  for (const word of words) {
    if (/^Million|^tausend$/.test(word)) {
      total += part * (word === 'tausend' ? 1000 : 1e6);
      part = 0;
    } else if (word === 'hundert') part *= 100;
    else if (word !== 'und') part += STEER_VALUES.get(word) ?? STEER_LIMIT;
  }
  total += part;
  return total < STEER_LIMIT && germanWords(total).join(' ') === words.join(' ') ? total : null;
}

/** Which words belong together: for each German word of the right translation, the places of the English words; "und"
 *  belongs to what its neighbours belong to. */
export function goldLinks(number) {
  const english = englishParts(number),
    german = germanParts(number),
    of = (says) => english.flatMap(([, other], s) => (says !== null && other === says ? [s] : []));
  return german.map(([, says], t) =>
    says !== null ? of(says) : [...of(german[t - 1][1]), ...of(german[t + 1][1])].sort((a, b) => a - b),
  );
}

/** 4372 -> "4,372" */
export const grouped = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ',');

/** As Germans write it: one word, but for the millions. Pieces: [[text, t], ...], t the place of the word. */
export function compoundPieces(words) {
  return words.flatMap((word, t) => (/^Million/.test(word) ? [[` ${word} `, t]] : [[word, t]]));
}
