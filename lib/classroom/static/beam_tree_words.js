// What the beam tree viewer says, and which key does what. Pure: no drawing.
import { clamp } from './common.js';
import { beamScore, droppedOf, fateOf, inBeam, race, sameTokens, sentenceOf } from './beam_tree_model.js';

export const BEAM_ASKED = 'What did the search throw away, and would it have won?';
const plural = (n, one, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;
const BEAM_ORDINALS = 'first second third fourth fifth sixth seventh eighth ninth tenth'.split(' ');
export const beamOrdinal = (n) =>
  BEAM_ORDINALS[n - 1] ?? `${n}${['th', 'st', 'nd', 'rd'][n % 100 > 10 && n % 100 < 14 ? 0 : n % 10] ?? 'th'}`;

/** A log-probability with a true minus. */
export const signed = (x, digits = 2) => (x < 0 ? '−' : '') + Math.abs(x).toFixed(digits);

/** A probability: two figures, never nought. */
export function beamProbability(log) {
  const p = Math.exp(log);
  if (p >= 0.995) return log > -5e-4 ? '1.00' : '>.99';
  if (p >= 0.095) return p.toFixed(2).replace(/^0/, '');
  if (p >= 0.0001) return p.toPrecision(2).replace(/^0/, '');
  return '<.0001';
}

/** The same in words: p = .40, or p < .0001. */
export function beamChance(log) {
  const p = beamProbability(log);
  return /^[<>]/.test(p) ? `p ${p[0]} ${p.slice(1)}` : `p = ${p}`;
}

/** Words of tokens, without END. */
export const beamText = ({ words, tree }, tokens) =>
  tokens
    .filter((token) => token !== tree.end)
    .map((token) => words[token])
    .join(' ');
const quoted = (view, tokens) => `“${beamText(view, tokens) || 'nothing'}”`;
const wordAt = ({ words, tree }, token) =>
  token === undefined || token === tree.end ? 'the end' : `“${words[token]}”`;

/** Greedy against the best sentence. */
function greedySentence(view) {
  const { greedy, best, alpha, tree } = view;
  if (tree.width === 1) return { short: 'Greedy: one beginning is kept at each step.', long: '' };
  if (!greedy.length) return { short: '', long: '' };
  if (sameTokens(greedy, best.tokens))
    return { short: `A beam of ${tree.width} finds what greedy search finds.`, long: '' };
  const { parts, lead, behind } = race(greedy, best.tokens, view.logs);
  const [mine, its] = [wordAt(view, best.tokens[parts]), wordAt(view, greedy[parts])];
  if (!view.greedyWhole && parts < 0) return { short: 'Greedy search begins like the best sentence.', long: '' };
  const short = `Greedy’s ${beamOrdinal(parts + 1)} word, ${its}, is not in the best sentence; there stands ${mine}.`;
  const after = `after ${plural(parts + 1, 'word')}`;
  const ahead = `It was ${lead >= 0 ? 'ahead' : 'behind'} by ${Math.abs(lead).toFixed(2)} nats ${after}`;
  if (behind !== null) return { short, long: lead >= 0 ? `${ahead}, and behind from word ${behind} on.` : `${ahead}.` };
  if (alpha > 0) return { short, long: `${ahead}; the whole is more probable too, but by score per length it loses.` };
  return { short, long: `${ahead}.` };
}

/** What was thrown away, and would it have won. */
function thrownSentence(view) {
  const { tree, better, alpha } = view;
  const dropped = droppedOf(tree);
  const fates = dropped.map(({ node }) => fateOf(tree, node, view).fate);
  const count = `It threw away ${plural(dropped.length, 'runner-up', 'runners-up')}.`;
  if (better.length) {
    const { tokens, lost } = better[0];
    const more = better.length > 1 ? ` (${better.length - 1} more would too)` : '';
    return `${count} ${quoted(view, tokens)} would have won: lost at word ${lost.depth}${more}.`;
  }
  if (!dropped.length) return '';
  const open = fates.filter((fate) => fate !== 'no').length;
  if (!open) return `${count} None could have won: each was already less probable than the best sentence.`;
  const some = alpha ? '' : `; ${open === 1 ? 'one was' : `${open} were`} still more probable than it when dropped`;
  return `${count} None is known that would have won${some}.`;
}

/** What became of the right sentence, and who is to blame. */
function rightSentence(view) {
  const { reference, tree, best, alpha } = view;
  if (!reference) return '';
  const [tokens, logs] = reference;
  if (sameTokens(tokens, best.tokens)) return 'What it found is right.';
  const { lost } = view.right;
  const where = lost
    ? `The right one was lost at word ${lost.depth}${lost.rank === null ? '' : `, in place ${lost.rank + 1}`}`
    : 'The right one was kept to the end and came second or later';
  const known = logs ? { tokens, logProb: logs.at(-1) } : view.all.find((one) => sameTokens(one.tokens, tokens));
  if (!known) return `${where}.`;
  const [its, won] = [beamScore(known, alpha), beamScore(best, alpha)];
  const name = alpha ? 'score' : 'log-probability';
  const numbers = `${name} ${signed(its)} against ${signed(won)}`;
  if (its > won) return `${where}, though it is better (${numbers}): the search is to blame.`;
  return `${where}; it is worse in the model’s eyes (${numbers}): the model is to blame.`;
}

/** The verdict at the top: { short, long }. */
export function beamAnswer(view) {
  const greedy = greedySentence(view);
  const long = [greedy.long, thrownSentence(view), rightSentence(view)].filter(Boolean).join(' ');
  return { short: greedy.short, long };
}

const FATES = {
  won: (view, next) => `It would have won: ${quoted(view, next.tokens)} beats what was found.`,
  no: () => 'It could not have won: it is already less probable than the best sentence, and more words only cost.',
  tried: (view, next) => `As far as is known it would not have won: its best end is ${quoted(view, next.tokens)}.`,
  open: () => 'Whether it would have won is not known: nobody went on from it.',
};

/** The chosen beginning: { sentence, numbers, why }. */
export function beamStory(view) {
  const { tree, node, at, alpha } = view;
  if (node === null) return null;
  const { tokens, logProb, finished } = sentenceOf(tree, node);
  const kind = finished ? '' : ' …';
  const per = `${signed(logProb / tokens.length)} per word`;
  const powered = alpha > 0 ? `, score ${signed(logProb / tokens.length ** alpha)} at α = ${alpha.toFixed(2)}` : '';
  const numbers = `log-probability ${signed(logProb)} (${beamChance(logProb)}), ${per}${powered}.`;
  const rank = tree.ranks[at].get(node);
  const place = `place ${rank + 1} of ${tree.steps[at].length} at word ${at}`;
  const sentence = `${beamText(view, tokens) || '(nothing)'}${kind}`;
  if (!inBeam(tree, node, at)) {
    const { fate, known } = fateOf(tree, node, view);
    const pushed = tree.depth[node] < at ? 'Pushed out after it was finished' : 'Dropped';
    return { sentence, numbers, why: `${pushed}: ${place}, and ${tree.width} are kept. ${FATES[fate](view, known)}` };
  }
  if (tree.finals.some((one) => one.node === node)) {
    const top = view.best.node === node ? 'It is the best sentence found.' : 'It was kept to the end.';
    return { sentence, numbers, why: `Kept: ${place}. ${top}` };
  }
  const onward = view.alive.has(node) ? 'The last beam goes on from it.' : 'Nothing came of it.';
  const end = finished ? 'It was pushed out later.' : onward;
  return { sentence, numbers, why: `Kept: ${place}. ${end}` };
}

/** The chosen word's beam in a sentence. */
export function beamStatus(view) {
  const { tree, at } = view;
  const first = tree.steps[at][0];
  const kept = Math.min(tree.width, tree.steps[at].length);
  const gone = tree.steps[at].length - kept;
  const best = view.best.node === first || view.bestRows.includes(first);
  const head = quoted(view, sentenceOf(tree, first).tokens);
  const leads = `${head} leads with ${beamChance(tree.logProb[first])}`;
  const fate = best ? '; it is in the best sentence' : '; it is not in the best sentence';
  return `${kept} kept, ${gone} dropped. ${leads}${fate}.`;
}

/** What a key does: { act, with } or null for a key that is not ours. */
export function beamKeyAct(view, key) {
  const { at, tree, alpha } = view;
  const go = (d) => ({ act: 'go', with: clamp(d, 1, tree.last) });
  const table = {
    ...{ ArrowLeft: { act: 'walk', with: -1 }, ArrowRight: { act: 'walk', with: 1 } },
    ...{ Home: go(1), End: go(tree.last) },
    ...{ ArrowUp: { act: 'pick', with: -1 }, ArrowDown: { act: 'pick', with: 1 } },
    ...{ PageUp: { act: 'widen', with: 1 }, PageDown: { act: 'widen', with: -1 } },
    ...{ '+': { act: 'penalise', with: alpha + 0.05 }, '=': { act: 'penalise', with: alpha + 0.05 } },
    ...{ '-': { act: 'penalise', with: alpha - 0.05 }, _: { act: 'penalise', with: alpha - 0.05 } },
    ...{ n: { act: 'turn', with: 1 }, p: { act: 'turn', with: -1 } },
    ...{ ' ': { act: 'play' }, Escape: { act: 'leave' } },
  };
  return Object.hasOwn(table, key) ? { ...table[key], from: at } : null;
}

export const BEAM_KEYS = [
  ['← →', 'word'],
  ['Space', 'play'],
  ['↑ ↓', 'choose a beginning'],
  ['PgUp PgDn', 'width'],
  ['+ −', 'length penalty'],
  ['n p', 'sentence'],
  ['Esc', 'let go'],
];
