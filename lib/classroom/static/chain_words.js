// What the chain viewer says and which key does what. Pure: no drawing.
import { clamp } from './common.js';

/** A probability in two decimals; a tiny one is not called zero, nor a nearly sure one sure. */
export function decimal(p) {
  if (p > 0 && p < 0.005) return '<.01';
  if (p < 1 && p > 0.995) return '>.99';
  return p.toFixed(2);
}

export const percent = (p) => (p > 0 && p < 0.005 ? 'under 1\u00a0%' : `${Math.round(100 * p)}\u00a0%`);

/** A label as the reader can see it: a space is drawn, a long name is cut. */
export function shown(label, most = 14) {
  const text = label === ' ' ? '␣' : label === '\n' ? '⏎' : label;
  return text.length > most ? text.slice(0, most - 1) + '…' : text;
}

const listed = (names) =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
const group = (members, labels) =>
  `{${members
    .slice(0, 6)
    .map((i) => shown(labels[i]))
    .join(', ')}${members.length > 6 ? ', …' : ''}}`;

/** How many steps the plot shows: all of them, but few of a chain that never settles. */
export function horizonFor(distances) {
  const worst = (n) => Math.max(...distances.map((line) => line[n])),
    last = distances[0].length - 1;
  return last === 200 && worst(200) > 0.96 * worst(160) ? 20 : last;
}

/** The answer to "does it matter where it begins?": { short, long }, from analyse(), the distances and the start. */
export function verdict(analysis, distances, labels, start) {
  const { closed, period, longRun, groups } = analysis;
  if (closed.length > 1) {
    return {
      short: 'Yes, for ever.',
      long:
        'Not every state can be reached. The chain ends in one of ' +
        `${closed.length} closed groups, ${listed(closed.map((g) => group(g.members, labels)))}, and never leaves it. ` +
        'Each group has its own stationary distribution. ' +
        `From ${shown(labels[start])} the chain ends in ${ends(analysis, labels, start)}.`,
    };
  }
  const top = longRun[0].indexOf(Math.max(...longRun[0])),
    even = longRun[0][top] - Math.min(...longRun[0]) < 1e-6;
  const most =
    even && labels.length > 1
      ? 'equal time in every state'
      : `${percent(longRun[0][top])} of its time in ${shown(labels[top])}`;
  const passing =
    groups.length > 1
      ? ` Not every state can be reached for ever: ${listed(
          groups
            .filter((g) => !g.closed)
            .flatMap((g) => g.members)
            .slice(0, 6)
            .map((i) => shown(labels[i])),
        )} will never be seen again once left.`
      : '';
  if (period > 1) {
    return {
      short: `Yes and no: this chain is periodic (period ${period}).`,
      long:
        'The distribution after n steps does not settle: ' +
        `it keeps turning, and tells where the chain began. The share of visits does settle: ${most}, from every start.${passing}`,
    };
  }
  const agreed = distances[0].findIndex((_, n) => distances.every((line) => line[n] <= 0.01));
  const when =
    agreed >= 0
      ? `After ${steps(agreed)} every start is within 0.01 of it.`
      : `But it forgets slowly: after ${steps(distances[0].length - 1)} the farthest start is still ` +
        `${decimal(Math.max(...distances.map((line) => line.at(-1))))} away.`;
  return {
    short: 'Not in the long run.',
    long: `From every start it comes to spend ${most}. ${when}${passing}`,
  };
}

/** '{B, C} for certain', or '{B, C} with probability 0.25 and {E} with 0.75'. */
function ends({ closed, hit }, labels, start) {
  const open = closed.map((g, c) => [group(g.members, labels), hit[start][c]]).filter(([, p]) => p > 0);
  return open.length === 1
    ? `${open[0][0]} for certain`
    : listed(open.map(([name, p], k) => `${name} with ${k ? '' : 'probability '}${decimal(p)}`));
}

/** Steps of the longest walk that is kept. */
export const LONGEST = 10000;

const steps = (n) => `${n.toLocaleString('en')} step${n === 1 ? '' : 's'}`;

/** One sentence about the moment: for the status line and for screen readers. */
export function moment({ labels, start, n, exact, longRun, path, distance }) {
  const here = path.at(-1),
    top = exact.indexOf(Math.max(...exact)),
    share = path.filter((s) => s === here).length / path.length;
  const when = `${n === 0 ? 'Before the first step from' : `${steps(n)} after`} ${shown(labels[start])}`;
  const seen = ` (visited ${decimal(share)} of the time, long run ${decimal(longRun[here])})`;
  return (
    `${when}: ${shown(labels[top])} ${decimal(exact[top])}, distance ${decimal(distance)} from the long run. ` +
    `The walk has made ${steps(path.length - 1)} and is in ${shown(labels[here])}${path.length > 1 ? seen : ''}.` +
    (path.length > LONGEST ? ' It is as long as a walk can be here: Restart begins another.' : '')
  );
}

const number = (x) => Math.round(x).toLocaleString('en');
const times = (x) => (x < 9.95 ? x.toFixed(1) : number(x));
const three = (x) => (x < 0.001 ? 'under 0.001' : x > 0.999 ? 'over 0.999' : `about ${x.toFixed(x > 0.95 ? 3 : 2)}`);

/** How fast the distance shrinks, under the distance plot; `rate` as in markov.js, null where there is none. */
export function pace({ several, period, rate, log }) {
  if (several) return 'Several closed groups: each start has a long run of its own, and the plot shows the distance from that.';
  if (rate === null) return `Period ${period}: the distance does not shrink to 0, however many steps.`;
  if (rate === 0) return 'After a few steps nothing of the distance is left.';
  return `In the end each step leaves ${three(rate)} of the distance${log ? ': one slope for every start.' : '.'}`;
}

/** How steady the average is, under the average plot: D against an urn; words alone where there is no D. */
export function steadiness({ labels, averaged, longRun, several, ends, spread, path }) {
  const name = shown(labels[averaged]);
  if (several) {
    const settles = listed(ends.map((end) => `${decimal(end.share)} (probability ${decimal(end.chance)})`));
    return ends.length === 1
      ? `Several closed groups, so no band. From this start the share of ${name} settles on ${decimal(ends[0].share)}.`
      : `Several closed groups: where the walk ends decides what it settles on, ${settles}. So there is no band.`;
  }
  if (spread === null)
    return longRun[averaged] < 0.5
      ? `In the long run ${name} is not visited: its share goes to 0, and there is no band.`
      : `In the long run there is nothing but ${name}: its share goes to 1, and there is no band.`;
  if (spread === 0) return 'D = 0: nothing is left to chance. The walk goes round, and the share closes in like 1 / n.';
  const said = `D = ${spread < 0.005 ? spread.toExponential(0) : spread.toFixed(2)}:`;
  const worth = `${number(path.length)} visits tell as much as ${number(path.length / spread)} draws from an urn.`;
  if (Math.abs(spread - 1) < 0.005) return `${said} as steady as an urn. ${worth}`;
  return spread < 1
    ? `${said} as steady as an urn with ${times(1 / spread)} times as many draws. ${worth}`
    : `${said} no steadier than an urn with ${times(spread)} times fewer draws. ${worth}`;
}

/** What a key does: a patch { from, to, n, change } of the state, or { act }, or null for a key that is not ours. */
export function press({ from, to, n, count, horizon }, key) {
  const turn = (i, by) => (i + by + count) % count;
  switch (key) {
    case 'ArrowRight':
      return { from: turn(from, 1) };
    case 'ArrowLeft':
      return { from: turn(from, -1) };
    case 'ArrowDown':
      return { to: turn(to, 1) };
    case 'ArrowUp':
      return { to: turn(to, -1) };
    case '+':
    case '=':
      return { change: 0.01 };
    case '-':
    case '_':
      return { change: -0.01 };
    case 'PageUp':
      return { change: 0.1 };
    case 'PageDown':
      return { change: -0.1 };
    case '.':
    case '>':
      return { n: clamp(n + 1, 0, horizon) };
    case ',':
    case '<':
      return { n: clamp(n - 1, 0, horizon) };
    case 'Home':
      return { n: 0 };
    case 'End':
      return { n: horizon };
    default: {
      const act = {
        ' ': 'play',
        n: 'step',
        m: 'more',
        M: 'more',
        r: 'restart',
        s: 'start',
        Enter: 'start',
        a: 'plot',
        l: 'log',
        u: 'undo',
        Escape: 'stop',
      }[key];
      return act ? { act } : null;
    }
  }
}

/** The help line: [keys, what they do]. */
export const KEYS = [
  ['Space', 'play'],
  ['n', 'step'],
  ['m', '100 more, with Shift 1,000'],
  ['r', 'restart'],
  ['← →', 'choose a state'],
  ['s', 'start there'],
  ['↑ ↓', 'choose its arrow'],
  ['+ −', 'change it by 0.01'],
  ['PgUp PgDn', 'by 0.1'],
  ['u', 'undo changes'],
  [', .', 'fewer or more steps n'],
  ['l', 'log scale'],
  ['a', 'distance or average'],
];
