// What the selection viewer says, and which key does what. Pure: no drawing.
import { clamp } from './common.js';
import { seenToken } from './heat.js';
import { channelOf, doorShares, halfLife, marksApart, roomShares } from './selection_model.js';

const plain = (x, digits = 2) => {
  const text = x.toFixed(digits);
  return (Number(text) === 0 ? text.replace('-', '') : text).replace('-', '−');
};
const percent = (share) => `${share > 0 && share < 0.005 ? 'under 1' : Math.round(100 * share)}\u00a0%`;

const counted = (n, what) => (n === 1 ? `one ${what}` : `${n} ${what}s`);

/** A Δ with two digits that count. */
export const deltaWord = (delta) =>
  delta >= 10 ? plain(delta, 0) : delta >= 0.1 ? plain(delta) : `${Number(delta.toPrecision(2))}`;

/** A number with two digits that count, a true minus, and a plain 0. */
export const numberWord = (x) => {
  const size = Math.abs(x);
  if (size < 5e-5) return '0';
  return plain(x, size >= 0.095 ? 2 : size >= 0.0095 ? 3 : 4);
};

/** A step as the reader counts it: step 13 “e”. */
export const tokenWord = (tokens, t) => `step ${t + 1} “${seenToken(tokens[t])}”`;

const stepsWord = (steps) =>
  steps >= 1000 ? 'over 1000 steps' : steps >= 9.5 ? `${Math.round(steps)} steps` : `${plain(steps, 1)} steps`;

/** The answer to the question of the viewer: { short, long }: when the door opens, what is in the room. */
export function selectionAnswer(view) {
  const { tokens, marks, channel, t, doorRow, values, hold } = view;
  const room = roomShares(values, marks);
  const who = `Channel ${channel}`;
  let short;
  if (marks.length) {
    const [marked, other] = marksApart(doorRow, marks).map((x) => plain(x));
    short = `${who}: its door is open by ${marked} at marked steps, by ${other} elsewhere.`;
  } else {
    const widest = doorRow.reduce((best, x, k) => (x > doorRow[best] ? k : best), 0);
    short = `${who}: its door is widest, ${plain(doorRow[widest])}, at ${tokenWord(tokens, widest)}.`;
  }
  const seen = marks.slice(0, t + 1).filter(Boolean).length;
  const from = marks.length
    ? `${percent(room.marked)} is from the ${counted(seen, 'marked step')} so far, ${percent(room.other)} from the ${counted(t + 1 - seen, 'other')}`
    : `${percent(room.share)} is from ${tokenWord(tokens, room.most)}`;
  const place = hold ? 'With Δ set by hand, in the room' : 'In the room';
  const long =
    room.share === 0 ? `After step ${t + 1} the room is empty.` : `${place} after ${tokenWord(tokens, t)}: ${from}.`;
  return { short, long };
}

/** The Δ that is set by hand, in words. */
export function holdWords({ hold, tokens, was }) {
  const whose = hold.channel === null ? 'all channels' : `channel ${hold.channel}`;
  const before = was === null ? '' : ` instead of ${deltaWord(was)}`;
  return `By hand: Δ ${deltaWord(hold.delta)}${before} at ${tokenWord(tokens, hold.position)}, ${whose}.`;
}

/** What the step at the cursor does, in two lines of [text, colour role]. */
export function stepSum({ delta, keep, t, states, size, out, deltaRow, rate }) {
  const kept = Array.from(keep.subarray(t * states, (t + 1) * states));
  const [most, least] = [Math.max(...kept), Math.min(...kept)];
  const slow = states === 1 ? percent(most) : `${percent(most)} of the slowest state, ${percent(least)} of the fastest`;
  const first = [
    [`Δ = ${deltaWord(delta)}`, 'ink'],
    [': keeps exp(ΔA) = ', null],
    [slow, 'keep'],
    [', writes a vector of size ', null],
    [numberWord(size), 'write'],
  ];
  if (out !== null) first.push([`, reads out C h = ${numberWord(out)}`, null]);
  const second = [
    [
      `At its median Δ, half of the slowest state of this channel is gone after ${stepsWord(halfLife(deltaRow, rate))}.`,
      null,
    ],
  ];
  return [first, second];
}

/** The text around a step, where the axis has no room for it: [before, the token, after]. */
export function around(tokens, t, reach = 24) {
  const text = (from, to) =>
    tokens
      .slice(Math.max(0, from), to)
      .map(seenToken)
      .join(tokens.some((x) => x.length > 1) ? ' ' : '');
  const begin = t > reach ? '… ' : '';
  return [
    begin + text(t - reach, t),
    seenToken(tokens[t]),
    text(t + 1, t + 1 + reach) + (t + 1 + reach < tokens.length ? ' …' : ''),
  ];
}

/** The sentence for screen readers and for the line below the picture. */
export function selectionMoment({ channel, tokens, t, delta, doorRow, values, marks, hover }) {
  const mark = marks.length ? (marks[t] ? ', marked' : ', not marked') : '';
  const at = hover ?? t;
  const left = at <= t ? `; of ${tokenWord(tokens, at)} ${numberWord(values[at])} is still there` : '';
  return `Channel ${channel}, ${tokenWord(tokens, t)}${mark}: Δ ${deltaWord(delta)}, door ${plain(doorRow[t])}${left}.`;
}

/** What a key does: a patch of { position, row } or { act, with }; null for a key that is not ours. */
export function selectionKey({ position, row, length, channels }, key) {
  const last = length - 1;
  const acts = {
    ' ': ['play'],
    Escape: ['letGo'],
    '+': ['turn', 1],
    '=': ['turn', 1],
    '-': ['turn', -1],
    0: ['stopClock'],
    a: ['whose'],
  };
  if (key in acts) return { act: acts[key][0], with: acts[key][1] };
  if (key === 'ArrowUp' || key === 'ArrowDown')
    return { row: clamp(row + (key === 'ArrowDown' ? 1 : -1), 0, channels - 1) };
  if (key === 'PageUp' || key === 'PageDown')
    return { position: clamp(position + (key === 'PageDown' ? 10 : -10), 0, last) };
  const moves = { ArrowLeft: position - 1, ArrowRight: position + 1, Home: 0, End: last };
  return key in moves ? { position: clamp(moves[key], 0, last) } : null;
}

export const SELECTION_KEYS = [
  ['← →', 'step'],
  ['PgUp PgDn', 'ten steps'],
  ['Home End', 'first, last'],
  ['↑ ↓', 'channel'],
  ['+ −', 'Δ by hand'],
  ['0', 'stop the clock'],
  ['a', 'one channel, all'],
  ['Esc', 'as it is'],
  ['Space', 'play'],
];

/** A text beside another, in pieces { text, differs }: word by word where both have as many, else from where they part. */
export function apart(before, after) {
  const [was, now] = [before, after].map((text) => text.split(/(?<=\s)/));
  if (was.length === now.length) return now.map((text, k) => ({ text, differs: text.trim() !== was[k].trim() }));
  let k = 0;
  while (k < Math.min(before.length, after.length) && before[k] === after[k]) k++;
  return [
    { text: after.slice(0, k), differs: false },
    { text: after.slice(k), differs: true },
  ];
}

/** Where the answer of the model stands, in words. */
export function pythonWords(state, { hold, canCompute, text }) {
  if (!canCompute)
    return hold
      ? 'The states follow in the page. What the model says then, this viewer was not given a way to ask.'
      : '';
  if (state === 'away')
    return (
      'The states follow in the page. To hear what the model says with another Δ, Python must run: open the notebook ' +
      'and run its cells.'
    );
  if (state === 'asked') return 'Python runs the model …';
  if (state === 'failed') return text;
  return hold ? '' : 'Drag the knob of the door: the states follow, and Python tells what the model says then.';
}

/** A channel's Δ and its door, for words. */
export function rowsOf(delta, rates, channels, d) {
  const deltaRow = channelOf(delta, channels, d);
  return { deltaRow, doorRow: Float64Array.from(doorShares(deltaRow, [rates[d]])) };
}
