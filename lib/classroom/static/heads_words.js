// What HeadsViewer says. Pure.
import { headsMost } from './heads_model.js';

export const HEADS_ASKED = 'Which of all these heads looks where, and what is lost without it?';
const KIND_NAMES = { self: 'Heads', encoder: 'Encoder', decoder: 'Decoder', cross: 'Decoder to source' };
export const kindName = ({ name }) => KIND_NAMES[name];
export const shareText = (x) => (x < 0.005 ? '0' : x.toFixed(2));
const shortShare = (x) => x.toFixed(2).replace(/^0/, '');
export const headName = ({ layer, head }) => `layer ${layer + 1}, head ${head + 1}`;
const capital = (text) => text[0].toUpperCase() + text.slice(1);

/** Spaces and line ends by a sign. */
export const seenWord = (word) =>
  word
    .replaceAll(' ', word.trim() ? ' ' : '␣')
    .replaceAll('\n', '⏎')
    .replaceAll('\t', '⇥');
const quotedWord = (word) => `“${seenWord(word)}”`;

/** Which of several equal words: "“e” (12)" where it stands more than once. */
const placed = (words, k) =>
  words.indexOf(words[k]) === words.lastIndexOf(words[k]) ? quotedWord(words[k]) : `${quotedWord(words[k])} (${k + 1})`;

/** The chosen row in a sentence, in words that fit its kind. */
export function headsRowWords({ kind, row, values }) {
  const { rows, columns, name, causal } = kind,
    most = headsMost(values),
    who = placed(rows, row);
  if (values[most] < 1e-4) return `${who} looks nowhere.`;
  const where = `${placed(columns, most)} most: ${shareText(values[most])}`;
  if (name === 'cross') return `After ${who} the decoder looks at ${where}, in the source.`;
  if (most === row && kind.square) return `${who} looks at itself most: ${shareText(values[most])}.`;
  return causal ? `At ${who} it looks back at ${where}.` : `${who} looks at ${where}.`;
}

/** What the model says at the chosen row; empty where it says nothing there. */
export function headsSaidWords({ kind, row, answer, stale }) {
  const { said, first, wanted } = answer;
  if (!said || kind.whose !== answer.whose) return '';
  const seen = said[row].filter(([, p], k) => k === 0 || (k < 3 && p >= 0.005)),
    best = seen.map(([word, p]) => `${quotedWord(word)} ${shareText(p)}`),
    what = kind.causal || kind.name === 'cross' ? 'next' : 'here',
    [now, before, right] = [said[row][0][0], first?.[row][0][0], wanted[row]],
    was = stale || before === undefined || before === now ? '' : `; the whole model: ${quotedWord(before)}`;
  let judged = '';
  if (right !== null) judged = now === right ? ' That is right.' : ` Wanted is ${quotedWord(right)}.`;
  return ` It says ${what}: ${best.join(', ')}${was}.${judged}`;
}

/** A head in words, for the heading and for hover. */
export const headsLabel = ({ labels }, { layer, head }) => labels[layer][head];

/** Which heads follow the marked rule: those with half of their weight there, and twice what looking at all gives. */
export function headsMarked({ kind, rule }) {
  if (!rule) return 'Choose one: the heads that do it stay, the others fade.';
  const all = rule.share.flatMap((row, layer) => row.map((share, head) => ({ layer, head, share })));
  all.sort((a, b) => b.share - a.share);
  const alike = `A head that looks at all ${kind.noun}s alike has ${shareText(rule.chance)}.`;
  if (all[0].share < Math.max(0.5, 2 * rule.chance))
    return `No head does this: at most ${shareText(all[0].share)} of a head's weight is on ${rule.long}. ${alike}`;
  const best = all
    .filter(({ share }, k) => k === 0 || (k < 3 && share >= 2 * rule.chance))
    .map((each) => `${headName(each)} (${shareText(each.share)})`);
  return `Most weight on ${rule.long}: ${best.join(', ')}. ${alike}`;
}

const listed = (words) =>
  words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
const namedCut = ([kind, layer, head], many) => headName({ layer, head }) + (many ? ` (${kind})` : '');

/** What is lost without the heads that are cut; python: "here", "away", "asked", "failed". */
export function headsLost({ kinds, cut, answer, changes, stale }, { state, text, able }) {
  if (!cut.length)
    return changes?.counted ? `The whole model is right at ${changes.right[1]} of ${changes.counted} places.` : '';
  const names = cut.slice(0, 4).map((head) => namedCut(head, kinds.length > 1)),
    more = cut.length > 4 ? [...names, `${cut.length - 4} more`] : names,
    without = `Without ${listed(more)}`;
  if (!able)
    return `${capital(listed(more))} marked as cut. This viewer was made without compute, so nothing else changes.`;
  if (state === 'failed') return `${without}: ${text}`;
  if (stale)
    return state === 'away'
      ? `${without}: what is lost only Python can tell, and Python is away. Open the notebook and run its cells.`
      : `${without}: asking the model …`;
  if (!changes) return `${without}, the maps are those of the model that is left.`;
  const places = answer.said.length,
    other = changes.changed.length,
    says = other ? `something else at ${other} of ${places} places` : `the same at all ${places} places`,
    [before, now] = changes.right,
    right = ` It is right at ${now} of ${changes.counted} places, the whole model at ${before}.`;
  return `${without} the model says ${says}.${changes.counted && other ? right : ''}`;
}
export const shareMark = (x) => (x >= 0.995 ? '1' : shortShare(x));
