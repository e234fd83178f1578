// What the trellis viewer says, and which key does what. Pure: no drawing.
import { clamp } from './common.js';
import { decimal, percent, shown } from './chain_words.js';
import { agreement, compare, mostProbable, rivals, share, stretches } from './trellis_model.js';

const DICE = ['1', '2', '3', '4', '5', '6'];

/** Are the symbols the faces of a die? Then a step is a roll. */
export const isDice = (symbols) => symbols.length === 6 && symbols.every((s, i) => s === DICE[i]);
export const noun = (symbols) => (isDice(symbols) ? 'roll' : 'step');

const capital = (text) => text[0].toUpperCase() + text.slice(1);
const several = (count, word) => `${count.toLocaleString('en')} ${word}${count === 1 ? '' : 's'}`;
const face = (symbols, m) => (isDice(symbols) ? `a ${symbols[m]}` : `“${shown(symbols[m])}”`);

/** A logarithm with a true minus sign. */
export const log2digits = (x) => (x === -Infinity ? '−∞' : x.toFixed(2).replace('-', '−'));

/** A product of probabilities: three digits, or four decimals. */
export const digits3 = (x) => {
  if (x === 0) return '0';
  return x < 0.00005 ? '<.0001' : x.toFixed(x < 0.1 ? 4 : 3);
};

/** A probability of leaving: as many decimals as it needs. */
export const leave = (p) => (p > 0 && p < 0.01 ? p.toFixed(3) : p.toFixed(2));

const fold = (ratio) => {
  if (ratio > 1e6) return 'over a million times';
  return `${ratio < 9.95 ? ratio.toFixed(1) : Math.round(ratio).toLocaleString('en')} times`;
};

/** The answer at the top: { short, long }. `before` is null while nothing is changed. */
export function answer(view) {
  const { now, before, symbols, states, observations } = view;
  const word = noun(symbols);
  if (now.logLikelihood === -Infinity) {
    const t = now.scale.findIndex((p) => !(p > 0));
    return {
      short: `Impossible: this model cannot show ${face(symbols, observations[t])} at ${word} ${t + 1}.`,
      long: `What was read before it has probability above zero; with it, no path is left.`,
    };
  }
  if (!before) {
    const runs = stretches(now.path);
    const top = states.map((_, j) => now.path.filter((s) => s === j).length);
    const told = states.map((name, j) => `${shown(name)} for ${top[j].toLocaleString('en')}`).join(', ');
    return {
      short: `The best path has ${several(runs.length, 'stretch').replace('stretchs', 'stretches')}.`,
      long:
        `Of ${several(now.path.length, word)}, ${told}. ` +
        (isDice(symbols)
          ? 'Now change one: click its die, or press 1 to 6, and see what moves before it.'
          : 'Now change one: click it, or press Enter, and see what moves before it.'),
    };
  }
  return changed(view, compare(before, now));
}

/** What the last change did, in words. */
function changed({ now, before, symbols, states, show }, it) {
  const word = noun(symbols);
  const [t] = it.observations;
  const what = [];
  if (it.observations.length === 1)
    what.push(
      `${capital(word)} ${t + 1} is now ${face(symbols, now.observations[t])} ` +
        `(it was ${face(symbols, before.observations[t])})`,
    );
  else if (it.observations.length) what.push(`${several(it.observations.length, word)} changed`);
  it.rows.forEach((i) =>
    what.push(
      `${shown(states[i])} is now left with probability ${leave(1 - now.transition[i][i])} ` +
        `(it was ${leave(1 - before.transition[i][i])})`,
    ),
  );
  if (!what.length) return { short: 'As before.', long: '' };
  const said = what.length > 2 ? [`${it.rows.length} rows of the transition table changed`] : what;
  const place = it.observations.length === 1 ? t : null;
  const path = it.path.length
    ? `the best path changes at ${several(it.path.length, word)}${earlier(it.path, place)}`
    : 'the best path stays as it was';
  if (before.logLikelihood === -Infinity)
    return { short: `${said.join(', and ')}.`, long: 'It is possible again.' };
  const { most } = it;
  const moved =
    most.by < 0.005
      ? 'No probability moves by 0.01.'
      : `Knowing all, P(${shown(states[most.state])}) moves most at ${word} ${most.t + 1}, from ` +
        `${decimal(before.posterior[most.t][most.state])} to ${decimal(now.posterior[most.t][most.state])}` +
        (it.moved.length
          ? `; by more than 0.05 at ${several(it.moved.length, word)}${earlier(it.moved, place)}.`
          : '.');
  const fixed =
    show === 'forward' && place > 0 ? ` What the forward pass said before ${word} ${t + 1} cannot change.` : '';
  return { short: `${said.join(', and ')}: ${path}.`, long: moved + fixed };
}

/** ', 7 of them earlier': how many of the steps lie before the change. */
function earlier(places, t) {
  const count = t === null ? 0 : places.filter((s) => s < t).length;
  if (!count) return '';
  if (places.length === 1) return ', an earlier one';
  return count === places.length ? ', all earlier' : `, ${count} of them earlier`;
}

/** One sentence about the chosen node, for the view that is shown. */
export function nodeSentence(view) {
  const { now, at, state, states, symbols, show, length } = view;
  const word = noun(symbols);
  const name = shown(states[state]);
  if (show === 'forward') {
    const here = decimal(now.filtered[at][state]);
    const read = at === 0 ? `After the first ${word}` : `After ${several(at + 1, word)}`;
    if (at === 0) return `${read}: ${name} with probability ${here}.`;
    const parts = states.map((_, i) => share('forward', now, at, i, state));
    const most = parts.indexOf(Math.max(...parts));
    const of = parts[most] / now.filtered[at][state];
    const whence = of > 0 ? ` ${capital(percent(of))} of that comes from ${shown(states[most])}.` : '';
    return `${read}: ${name} with probability ${here}.${whence}`;
  }
  if (show === 'posterior') {
    const [alone, all] = [now.filtered[at][state], now.posterior[at][state]];
    const last = at === length - 1 ? ' Nothing follows, so both are the same.' : '';
    return (
      `${capital(word)} ${at + 1}: the forward pass alone gives ${name} ${decimal(alone)}; ` +
      `knowing all ${several(length, word)} it is ${decimal(all)}.${last}`
    );
  }
  return bestSentence(view, word, name);
}

function bestSentence({ now, at, state, states }, word, name) {
  const on = now.path[at] === state;
  const where = on ? 'The best path passes here.' : `The best path is in ${shown(states[now.path[at]])} here.`;
  if (now.delta[at][state] === -Infinity) return `No path can be in ${name} at ${word} ${at + 1}. ${where}`;
  if (at === 0) return `Here the paths begin. ${where}`;
  const logs = rivals(now, at, state);
  const won = now.from[at][state];
  const second = logs.map((log, i) => (i === won ? -Infinity : log));
  const beaten = second.indexOf(Math.max(...second));
  const ratio = Math.exp(logs[won] - second[beaten]);
  const against =
    second[beaten] === -Infinity || logs.length === 1
      ? 'there is no other way in'
      : ratio < 1.05
        ? `as likely as from ${shown(states[beaten])}`
        : `${fold(ratio)} as likely as from ${shown(states[beaten])}`;
  return `The best way to be in ${name} at ${word} ${at + 1} comes from ${shown(states[won])}: ${against}. ${where}`;
}

/** The status line: likelihood, chosen node, agreement with the truth. */
export function statusLine(view) {
  const { now, at, state, states, symbols, truth, length } = view;
  const word = noun(symbols);
  const parts = [
    `Log-likelihood ${log2digits(now.logLikelihood)} nats`,
    `best path ${log2digits(now.logProb)}`,
    `${word} ${at + 1} shows ${symbols[now.observations[at]]}, chosen ${shown(states[state])}: ` +
      `forward ${decimal(now.filtered[at][state])}, posterior ${decimal(now.posterior[at][state])}`,
  ];
  if (truth) {
    const [path, each] = [agreement(truth, now.path), agreement(truth, mostProbable(now.posterior))];
    parts.push(
      `right about the truth: best path ${path} of ${length} (${percent(path / length)}), ` +
        `most probable states ${each} (${percent(each / length)})`,
    );
  }
  return `${parts.join('; ')}.`;
}

/** What the picture shows, under the tabs. */
export function reading({ show, symbols, before }) {
  const word = noun(symbols);
  const said = {
    forward:
      `Disc: probability of the state, knowing the ${word}s up to it. ` +
      'Line: how much of it came from there. Pale: not read yet.',
    'best path':
      'Thin: the best way into each state. Bold: the best path. ' +
      'Disc: how good the best way to end there is, against the best of its step.',
    posterior:
      'Left half: what the forward pass alone says. ' +
      `Right half: what it says knowing every ${word}, also the later ones.`,
  };
  return said[show] + (before ? ' Dashed: before the change.' : '');
}

/** What a key does: { act, with } or null for a key that is not ours. */
export function keyPress({ at, state, count, length, symbols, page }, key, shift) {
  const go = (t) => ({ act: 'go', with: clamp(t, 0, length - 1) });
  switch (key) {
    case 'ArrowLeft':
      return go(at - 1);
    case 'ArrowRight':
      return go(at + 1);
    case 'PageUp':
      return go(at - page);
    case 'PageDown':
      return go(at + page);
    case 'Home':
      return go(0);
    case 'End':
      return go(length - 1);
    case 'ArrowUp':
      return { act: 'choose', with: (state + count - 1) % count };
    case 'ArrowDown':
      return { act: 'choose', with: (state + 1) % count };
    case 'Enter':
      return { act: 'turn', with: shift ? -1 : 1 };
    case '+':
    case '=':
      return { act: 'nudge', with: 1 };
    case '-':
    case '_':
      return { act: 'nudge', with: -1 };
    case 'f':
      return { act: 'show', with: 'forward' };
    case 'b':
      return { act: 'show', with: 'best path' };
    case 'p':
      return { act: 'show', with: 'posterior' };
    default: {
      if (/^[1-9]$/.test(key)) {
        const m = symbols.includes(key) ? symbols.indexOf(key) : +key - 1;
        return m < symbols.length ? { act: 'observe', with: m } : null;
      }
      const act = { ' ': 'play', n: 'step', r: 'restart', u: 'undo', U: 'reset', Escape: 'stop' }[key];
      return act ? { act } : null;
    }
  }
}

/** The help line: [keys, what they do]. */
export const helpFor = (symbols) => [
  ['← →', `choose a ${noun(symbols)}`],
  ['↑ ↓', 'a state'],
  isDice(symbols) ? ['1 … 6', 'change the roll'] : ['Enter', 'change what is seen'],
  ['f b p', 'forward, best path, posterior'],
  ['Space', 'play'],
  ['n', 'step'],
  ['r', 'from the start'],
  ['+ −', 'leave the state more or less'],
  ['u', 'undo'],
  ['U', 'reset'],
];
