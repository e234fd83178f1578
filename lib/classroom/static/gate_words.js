// What the gate viewer says, and which key does what. Pure: no drawing.
import { clamp } from './common.js';
import { heatNumber, seenToken } from './heat.js';
import { GATE_OPEN, gateCorrelations, longestOpen, surpriseChange } from './gate_model.js';

/** A quantity in words. */
export const gateWord = (name) =>
  ({ cell_state: 'cell', hidden: 'hidden state' })[name] ?? name.replaceAll('_', ' ');

/** A number of the cell with two digits, a true minus, and 0.00 without a sign. */
export const twoDigits = (x) => {
  const text = x.toFixed(2);
  return text === '-0.00' ? '0.00' : text.replace('-', '−');
};

/** The same as a factor: negative ones in brackets. */
const factor = (x) => (twoDigits(x).startsWith('−') ? `(${twoDigits(x)})` : twoDigits(x));

/** A step as the reader counts it: step 13 “e”. */
export const stepWord = (tokens, t) => `step ${t + 1} “${seenToken(tokens[t])}”`;

/** The steps from begin to end - 1 in words, counted from 1. */
export const spanWord = (begin, end) =>
  end === begin + 1 ? `step ${end}` : `steps ${begin + 1} to ${end}`;

/** A hold in words, as Python says it. */
export function holdWords({ gate, unit, value, begin, end }) {
  const whose = unit === null ? 'all units' : `unit ${unit}`;
  return `${gateWord(gate)} of ${whose} held at ${value}, ${spanWord(begin, end)}`;
}

/** What stands between the marks: one calculation as [[text, colour role], …] for each line. */
export function arithmetic(story, t) {
  const { rows, memory, before, kept, written, after } = story;
  const n = (name) => rows[name]?.[t];
  const lines = [];
  if (memory === 'cell_state') {
    const parts = [
      ['c', 'ink'],
      [' = ', null],
    ];
    const numbers = [];
    if (rows.forget_gate) {
      parts.push(['f', 'keep'], [' · ', null], ['c before', 'keep']);
      numbers.push([n('forget_gate'), before[t], 'keep']);
    } else {
      parts.push(['c before', 'keep']);
      numbers.push([null, before[t], 'keep']);
    }
    const known = rows.input_gate && rows.candidate;
    const right = known && Math.abs(n('input_gate') * n('candidate') - written[t]) < 0.005;
    parts.push([' + ', null], ...(right ? [['i · g', 'write']] : [['written', 'write']]));
    numbers.push(right ? [n('input_gate'), n('candidate'), 'write'] : [null, written[t], 'write']);
    lines.push(sum(parts, numbers, [kept[t], written[t], after[t]]));
    if (rows.output_gate && rows.hidden)
      lines.push([
        ['h', 'show'],
        [' = ', null],
        ['o', 'show'],
        [' · tanh(c) = ', null],
        [twoDigits(n('output_gate')), 'show'],
        [` · ${factor(Math.tanh(after[t]))} = `, null],
        [twoDigits(n('hidden')), 'show'],
      ]);
  } else if (memory === 'hidden') {
    const z = n('update_gate');
    const parts = [
      ['h', 'ink'],
      [' = ', null],
      ['z · h before', 'keep'],
      [' + ', null],
    ];
    const right = rows.candidate && Math.abs((1 - z) * n('candidate') - written[t]) < 0.005;
    parts.push([right ? '(1 − z) · n' : 'written', 'write']);
    const numbers = [
      [z, before[t], 'keep'],
      right ? [1 - z, n('candidate'), 'write'] : [null, written[t], 'write'],
    ];
    lines.push(sum(parts, numbers, [kept[t], written[t], after[t]]));
  } else {
    const shown = Object.keys(rows).flatMap((name) => [
      [`${gateWord(name)} `, null],
      [`${twoDigits(n(name))}   `, 'ink'],
    ]);
    lines.push(shown);
  }
  return lines;
}

/** Symbols = numbers = the two summands = the sum. */
function sum(parts, numbers, [kept, written, after]) {
  const [first, second] = numbers.map(([a, b, role], k) => [
    a === null ? (k ? factor(b) : twoDigits(b)) : `${twoDigits(a)} · ${factor(b)}`,
    role,
  ]);
  const line = [...parts, [' = ', null], first, [' + ', null], second, [' = ', null]];
  line.push([twoDigits(kept), 'keep'], [' + ', null], [factor(written), 'write'], [' = ', null]);
  return [...line, [twoDigits(after), 'ink']];
}

/** The answer while a gate is held: { short, long }. */
function heldAnswer(view) {
  const { run, runs, tokens } = view;
  const change = surpriseChange(runs[0].bits, run.bits, run.hold.begin);
  const held = upper(holdWords(run.hold));
  if (!change) return { short: `${held}.`, long: unitEffect(view) };
  const means = `from ${change.old.toFixed(2)} to ${change.now.toFixed(2)} bits`;
  return {
    short: `${held}: the mean surprise from there on goes ${means}.`,
    long: holdEffect(runs[0], run, tokens),
  };
}

/** Where holding changed what the unit keeps most, in words. */
export function unitEffect({ story, ghost, tokens, unit, quantity }) {
  const name = story.memory ?? quantity;
  const [was, now] = [ghost.rows[name], story.rows[name]];
  const t = now.reduce(
    (best, x, k) => (Math.abs(x - was[k]) > Math.abs(now[best] - was[best]) ? k : best),
    0,
  );
  const whose = `The ${gateWord(name)} of unit ${unit}`;
  if (Math.abs(now[t] - was[t]) < 0.005) return `${whose} stays as it was.`;
  return `${whose} changes most at ${stepWord(tokens, t)}: ${twoDigits(was[t])} → ${twoDigits(now[t])}.`;
}
const upper = (text) => text[0].toUpperCase() + text.slice(1);

/** The answer above the picture: { short, long }. */
export function gateAnswer(view) {
  if (view.ghost) return heldAnswer(view);
  const { story, tokens, unit, pattern, marks, quantity, run } = view;
  const said = { short: '', long: '' };
  const name = gateWord(story.keeper ?? '');
  const gate = story.keeper && story.rows[story.keeper];
  const stretch = gate && longestOpen(gate);
  if (stretch) {
    const long = stretch.end - stretch.begin;
    said.short =
      long === 1
        ? `The ${name} of unit ${unit} reaches ${GATE_OPEN} only for one step at a time.`
        : `The ${name} of unit ${unit} stays at ${GATE_OPEN} or above for ${long} steps in a row, ` +
          `from ${stepWord(tokens, stretch.begin)} to ${stepWord(tokens, stretch.end - 1)}.`;
  } else if (gate) {
    const mean = gate.reduce((total, x) => total + x, 0) / gate.length;
    said.short = `The ${name} of unit ${unit} never reaches ${GATE_OPEN}: its mean is ${twoDigits(mean)}.`;
  } else said.short = `Unit ${unit} at ${tokens.length} steps.`;
  if (marks) {
    const row = story.rows[quantity];
    const mean = (wanted) => {
      const some = row.filter((_, t) => marks[t] === wanted);
      return some.length ? twoDigits(some.reduce((total, x) => total + x, 0) / some.length) : 'nowhere';
    };
    const r = gateCorrelations(run.values[quantity], run.steps, run.units, marks)[unit];
    said.long =
      `Its ${gateWord(quantity)}: mean ${mean(true)} where it is “${pattern}”, ${mean(false)} elsewhere ` +
      `(correlation ${twoDigits(r)} in this text).`;
  }
  return said;
}

/** Where holding changed the surprise most, in words; '' where there are no bits. */
export function holdEffect(first, run, tokens) {
  const change = surpriseChange(first.bits, run.bits, run.hold.begin);
  if (!change) return '';
  const { most } = change;
  const moved = `${most.old.toFixed(2)} → ${most.now.toFixed(2)} bits`;
  return Math.abs(most.now - most.old) < 0.05
    ? 'The surprise changes nowhere by as much as 0.05 bits.'
    : `The surprise changes most at ${stepWord(tokens, most.t)}: ${moved}.`;
}

/** The sentence for screen readers and for the line below the picture. */
export function gateMoment({ story, tokens, unit, bits, run }, t) {
  const parts = Object.entries(story.rows).map(([name, row]) => `${gateWord(name)} ${heatNumber(row[t])}`);
  if (bits?.[t] != null) parts.push(`surprise ${bits[t].toFixed(1)} bits`);
  const held = run.hold ? ` Held: ${run.name}.` : '';
  return `Unit ${unit}, ${stepWord(tokens, t)}: ${parts.join(', ')}.${held}`;
}

/** What a key does: a patch of { position, row } or { act, with }; null for a key that is not ours.
 *  row: place of the unit in the order of the overview. */
export function gateKey({ position, row, length, units, span }, key, shift) {
  const last = length - 1;
  if (key === ' ') return { act: 'play' };
  if (key === 'Escape') return { act: 'hold', with: null };
  if (key === '0' || key === '1') return { act: 'hold', with: Number(key) };
  if (key === 'g') return { act: 'nextGate' };
  if (key === 'a') return { act: 'whose' };
  if (key === 'ArrowUp' || key === 'ArrowDown')
    return { row: clamp(row + (key === 'ArrowDown' ? 1 : -1), 0, units - 1) };
  if (key === 'PageUp' || key === 'PageDown')
    return { position: clamp(position + (key === 'PageDown' ? 10 : -10), 0, last) };
  const by = { ArrowLeft: -1, ArrowRight: 1 }[key];
  if (by && shift) {
    const whole = span.begin === 0 && span.end === length;
    const from = whole ? position : (span.from ?? span.begin);
    const to = clamp(position + by, 0, last);
    return { position: to, span: { from, begin: Math.min(from, to), end: Math.max(from, to) + 1 } };
  }
  if (by) return { position: clamp(position + by, 0, last) };
  if (key === 'Home') return { position: 0 };
  if (key === 'End') return { position: last };
  return null;
}

export const GATE_KEYS = [
  ['← →', 'step'],
  ['PgUp PgDn', 'ten steps'],
  ['Home End', 'first, last'],
  ['↑ ↓', 'unit'],
  ['Space', 'play'],
];
export const HOLD_KEYS = [
  ['g', 'which gate'],
  ['a', 'one unit, all'],
  ['Shift ← →', 'span'],
  ['0 1', 'hold shut, open'],
  ['Esc', 'let go'],
];
