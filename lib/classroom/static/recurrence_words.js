// What the recurrence viewer says in words, its formula, and what its keys do.
import { clamp } from './common.js';

export const RECURRENCE_ASKED = 'What does a memory of fixed size keep, and what does each rule do to it?';

export const RECURRENCE_KEYS = [
  ['← →', 'one pair back or on'],
  ['Home End', 'nothing, everything written'],
  ['↑ ↓', 'ask another key'],
  ['Space', 'play'],
  ['1 – 6', 'the six rules'],
  ['b', 'a bar before this pair'],
];

/** A number with a true minus. */
export const figureOf = (x, digits = 2) => (x < 0 ? '−' : '') + Math.abs(x).toFixed(digits);

/** The rule as a formula: [what the memory becomes, what is read]. */
export function ruleFormula(rule) {
  const keep = figureOf(rule.keep);
  const decay = { none: 'S', fixed: `${keep} S`, step: 'α S', channel: 'diag(α) S' }[rule.decay];
  const key = rule.normaliser === 'sum' ? 'φ(k)' : 'k';
  const before = rule.decay === 'none' ? 'S' : `(${decay})`;
  const write = {
    add: `${key} vᵀ`,
    delta: `${figureOf(rule.strength, 1)} · ${key} (v − ${before}ᵀ${key})ᵀ`,
    exponential: `i ${key} vᵀ, i = e^${figureOf(rule.gain, 1)}`,
  }[rule.write];
  const read = { none: 'Sᵀq', sum: 'Sᵀφ(q) ⁄ z·φ(q)', max: 'Sᵀq ⁄ max(|n·q|, 1)' }[rule.normaliser];
  return [`S ← ${decay} + ${write}`, read];
}

/** What the delta rule does to what the key answered before, by its strength. */
function erases(strength) {
  if (!strength) return 'Nothing is written.';
  if (strength === 1) return 'What the key answered before is taken away first.';
  if (strength < 1) return `Only ${figureOf(strength, 1)} of what is new is written, and as much of the old answer taken away.`;
  return 'More is taken away than the key answered before: the sign of what it answered turns.';
}

/** What the rule means, in a sentence or two; barred: does a bar stand before one of the pairs? */
export function ruleMeans(rule, barred = false) {
  const keep = figureOf(rule.keep);
  const fades = {
    none: 'Nothing fades.',
    fixed: `Every pair leaves ${keep} of all that was there.`,
    step: `At a bar ${keep} of everything is left, at other pairs all of it: the input decides.`,
    channel: `The first row keeps ${keep} at each pair, the last one all, those between in between.`,
  }[rule.decay];
  const writes = {
    add: 'A pair is added to whatever its key answered before.',
    delta: erases(rule.strength),
    exponential: 'A pair is added with a weight that can be of any size, so all is kept in units of e^m.',
  }[rule.write];
  const norms = {
    none: '',
    sum: ' Keys pass through φ, which is blunt; the answer is divided by the sum of its weights.',
    max: ' The answer is divided where its weights add up to more than 1.',
  }[rule.normaliser];
  const heedless = barred && rule.decay !== 'step' ? ' It does not heed the bar.' : '';
  return `${fades} ${writes}${norms}${heedless}`;
}

const many = (n, one) => `${n} ${one}${n === 1 ? '' : 's'}`;

/** How it stands with the key that is asked: { short, long, right }. */
export function recurrenceAnswer(view) {
  const { recalls, asked, step, story } = view;
  const good = recalls.filter((one) => one.right).length;
  const [pairs, keys] = [many(story.pairs.length, 'pair'), many(recalls.length, 'key')];
  const count = `After ${step} of ${pairs} it answers ${good} of ${keys} rightly.`;
  const one = recalls.find((recall) => recall.key === asked);
  if (!step) return { short: 'Nothing is written yet.', long: 'Write the first pair: press → or play.', right: null };
  if (!one) return { short: `${asked} is not written yet.`, long: count, right: null };
  if (one.right)
    return {
      short: `Asked for ${asked} it answers ${one.said}: right${onlyJust(view, one)}.`,
      long: count,
      right: true,
    };
  const says = one.said === null ? 'cannot tell' : `answers ${one.said}, where ${one.value} was written last`;
  return {
    short: `Asked for ${asked} it ${says}: wrong.`,
    long: `${count} ${whyWrong(view, one)}`,
    right: false,
  };
}

/** Where another value is nearly as like: which. */
function onlyJust({ story }, one) {
  const [first, second] = story.valueWords.map((word, i) => ({ word, x: one.alike[i] })).sort((a, b) => b.x - a.x);
  return second && second.x > 0.75 * first.x ? `, but only just: ${second.word} is nearly as like` : '';
}

function whyWrong({ story, step, rule, rows, recalls, upright }, one) {
  const written = story.pairs.slice(0, step);
  const before = written.filter((pair) => pair.key === one.key && pair.value !== one.value);
  const last = written.map((pair) => pair.key).lastIndexOf(one.key);
  if (rule.decay === 'step' && written.slice(last + 1).some((pair) => pair.marked))
    return 'It was forgotten at the bar.';
  if (rule.normaliser === 'sum') return 'The features are blunt, so all keys look alike: every value shines through.';
  const older = before.map((pair) => pair.value);
  const smears = older.length && rule.write !== 'delta';
  const under = `${older.at(-1)} was written for this key too, and lies under ${one.value}`;
  if (smears && (one.said === null || older.includes(one.said))) return `${under}: adding smears.`;
  if (smears && upright && recalls.length <= rows) return `${under}: their sum is more like ${one.said} than either.`;
  if (recalls.length > rows) return `${recalls.length} keys share ${rows} rows: the others shine through.`;
  return 'Other keys point partly the same way, and what was written for them shines through.';
}

/** What is said of a pair in the strip: [kind, words]. */
export function pairVerdict(view, index) {
  const { story, step, recalls } = view;
  if (index >= step) return ['later', ''];
  const { key } = story.pairs[index];
  const replaced = story.pairs.slice(index + 1, step).some((pair) => pair.key === key);
  if (replaced) return ['old', 'replaced'];
  const one = recalls.find((recall) => recall.key === key);
  if (one.right) return ['right', '✓ right'];
  return ['wrong', one.said === null ? '✗ cannot tell' : `✗ ${one.said}`];
}

/** What is seen, for those who cannot see it, and what the curves say. */
export function recurrenceStatus(view) {
  const { story, step, curve, curves, rows, name, twice, rule } = view;
  const most = curve.length - 1;
  const pair = story.pairs[step - 1];
  const bar = pair?.marked && rule.decay === 'step' ? 'At the bar the memory faded. ' : '';
  const wrote = pair ? `${bar}Just written: ${pair.key} with ${pair.value}. ` : '';
  const when = twice ? ' when each is written twice' : '';
  const held = `${figureOf(curve[rows], 1)} of ${rows} keys rightly${when}, and ${figureOf(curve[most], 1)} of ${most}.`;
  const own = `On average over ten draws of vectors ${name ?? 'this rule'} answers ${held}`;
  return `${wrote}${own}${firstOf(view, most)}`;
}

/** Which of the rules answers most where most keys are written, and what must be known of that. */
function firstOf({ curve, curves, name }, most) {
  const known = curves.filter((one) => one.values);
  if (!known.length) return '';
  const high = Math.max(...known.map((one) => one.values[most]));
  const first = known.filter((one) => one.values[most] === high).map((one) => one.name);
  const does = `${first.join(' and ')} ${first.length > 1 ? 'do' : 'does'} best there, with ${figureOf(high, 1)}`;
  const better = !name && curve[most] > high ? ', and your rule does better' : '';
  return ` Of the six rules ${does}${better}. No bars stand here: so mLSTM only adds, and Gated DeltaNet is DeltaNet.`;
}

/** What a key does: a patch { act, with } or null. */
export function recurrenceKey(view, key) {
  const { step, story, asked, presets } = view;
  const count = story.pairs.length;
  const words = story.keyWords;
  const go = (to) => ({ act: 'go', with: clamp(to, 0, count) });
  const ask = (by) => ({
    act: 'ask',
    with: words[(words.indexOf(asked) + by + words.length) % words.length],
  });
  const moves = {
    ArrowLeft: () => go(step - 1),
    ArrowRight: () => go(step + 1),
    Home: () => go(0),
    End: () => go(count),
  };
  const others = {
    PageUp: () => go(step - 4),
    PageDown: () => go(step + 4),
    ArrowUp: () => ask(-1),
    ArrowDown: () => ask(1),
    ' ': () => ({ act: 'play' }),
    b: () => (step ? { act: 'bar', with: step - 1 } : null),
  };
  if (/^[1-9]$/.test(key)) return presets[+key - 1] ? { act: 'preset', with: presets[+key - 1] } : null;
  return (moves[key] ?? others[key])?.() ?? null;
}
