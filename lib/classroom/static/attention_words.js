// What AttentionViewer says. Pure.
import { linkVerdict } from './attention_model.js';

const two = (x) => x.toFixed(2).replace('-', '−');
export const weightText = (x) => (Math.abs(x) < 0.005 ? '0' : two(x));
const listed = (words) =>
  words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
const quoted = (words) => listed(words.map((word) => `“${word}”`));

/** The chosen row in a sentence: where it looks, and whether it should. */
export function attentionRowWords(view) {
  const { source, target, weights, damage, row, links, gold, possible, reading } = view,
    columns = source.length,
    own = weights.subarray(row * columns, (row + 1) * columns),
    most = own.reduce((best, x, s) => (x > own[best] ? s : best), 0);
  // heads that read write nothing
  const [nowhere, looked] = reading
    ? [`“${target[row]}” looks nowhere.`, `“${target[row]}” looks at`]
    : [`“${target[row]}” looked nowhere.`, `When it wrote “${target[row]}” it looked at`];
  const start = own[most] <= 1e-5 ? nowhere : `${looked} “${source[most]}” most: ${weightText(own[most])}.`;
  const mine = links.filter(([, j]) => j === row),
    wanted = (list) => (list ?? []).filter(([, j]) => j === row).map(([i]) => source[i]);
  let judged = '';
  if (gold && mine.length) {
    const wrong = mine.filter((link) => linkVerdict(link, view) === 'wrong').map(([i]) => source[i]),
      sure = wanted(gold),
      right = sure.length ? sure : wanted(possible);
    if (!wrong.length) judged = ' That is right.';
    else if (!right.length) judged = ' It belongs to no word.';
    else judged = ` ${quoted(wrong)} is not right: it belongs to ${quoted(right)}.`;
  }
  if (!damage) return start + judged;
  const harm = damage.subarray(row * columns, (row + 1) * columns),
    worst = harm.reduce((best, x, s) => (x > harm[best] ? s : best), 0);
  const harmed =
    harm[worst] <= 0
      ? ' Leaving out any one word does it no harm.'
      : ` Most damage comes from leaving out “${source[worst]}”: ${weightText(harm[worst])}.`;
  return start + judged + harmed;
}

/** The sentence as a whole. */
export function attentionWords({ layer, error, harmError, threshold, gold, links, agreement, target }) {
  const said = [];
  if (gold && error !== null) {
    const rule = threshold === null ? 'the largest weight of each row' : `every weight of ${two(threshold)} or more`;
    const map = `${two(error)}, if ${rule} is a link (${links.length}; ${gold.length} must be there).`;
    if (layer !== 'damage' || harmError === null) said.push(`Alignment error ${map}`);
    else {
      const harm = `${two(harmError)}, if the largest of each row is a link`;
      said.push(`Alignment error of the damage ${harm}; of the map ${map}`);
    }
  } else if (gold) said.push('No weight makes a link, and gold has none.');
  if (agreement?.compared) {
    const { same, compared, apart } = agreement,
      few = apart.slice(0, apart.length > 6 ? 5 : 6).map((t) => `“${target[t]}”`),
      but = apart.length ? `; not in ${listed(apart.length > 6 ? [...few, 'others'] : few)}` : '';
    said.push(`Most weight and most damage are at one word in ${same} of ${compared} rows${but}.`);
  }
  return said.join(' ');
}
