// The task: how good the delay is, beside S4D-Lin's and the best that a search found; and something to send.
import { clamp, h, set } from './common.js';
import { kernelGoalRow, kernelGoals, kernelPraise } from './kernel_goals.js';
import { kernelEcho, kernelHint, kernelShare, kernelVerdict, kernelWhy } from './kernel_words.js';

/** A round number at which the bar of a level ends. */
export const gaugeEnd = (top) => [5, 10, 20, 40, 80, 100].find((end) => end >= 1.1 * top) ?? 100;

/** The marks of the bar: those that exist, [name, what comes through in per cent]. */
export function gaugeMarks({ found, level, lin, real, mine, eigenvalues, best, shown }) {
  const marks = real ? [] : [['S4D-Lin', lin]];
  if (found[level]) marks.push(['best found', 100 * found[level].through]);
  const rival = real
    ? `${eigenvalues.length / 2} pair${eigenvalues.length > 2 ? 's' : ''}`
    : `${2 * eigenvalues.length} real`;
  const seen = shown === 'found' || best[rival]; // what real ones can do is for the player to find out
  if (!real && found[rival] && seen) marks.push(['real only', 100 * found[rival].through]);
  if (mine !== null) marks.push(['yours', 100 * mine]);
  return marks;
}

const [GAUGE_TOP, GAUGE_HIGH] = [20, 16];

function kernelGauge() {
  const node = h('svg:svg', { class: 'gauge', 'aria-hidden': 'true', 'data-role': 'gauge' });
  function draw(view, palette, width) {
    const end = gaugeEnd(100 * (view.found[view.level]?.through ?? 1));
    const x = (score) => 4 + (clamp(score, 0, end) / end) * (width - 8);
    const made = [
      h('svg:rect', {
        x: x(0),
        width: x(end) - x(0),
        y: GAUGE_TOP,
        height: GAUGE_HIGH,
        rx: 4,
        fill: palette.panel,
        stroke: palette.line,
      }),
      h('svg:rect', {
        x: x(0),
        width: Math.max(0, x(100 * view.through) - x(0)),
        y: GAUGE_TOP,
        height: GAUGE_HIGH,
        rx: 4,
        fill: palette.states[0],
        'data-role': 'level',
      }),
    ];
    for (const [anchor, at, value] of [
      ['start', 0, 0],
      ['end', end, end],
    ])
      made.push(
        h('svg:text', {
          x: x(at),
          y: GAUGE_TOP + GAUGE_HIGH + 16,
          'text-anchor': anchor,
          'font-size': 11.5,
          class: 'dim',
          text: `${value}%`,
        }),
      );
    const ends = [-Infinity, 26]; // of the words above and below, where the ends of the scale stand
    const marks = gaugeMarks(view).sort((a, b) => a[1] - b[1]);
    marks.forEach(([name, score]) => {
      const [at, mine] = [x(score), name === 'yours'];
      const text = `${name} ${score.toFixed(1)}%`;
      const half = 3.1 * text.length + 4;
      const row = mine ? 1 : 0;
      const middle = clamp(at, half, width - half);
      made.push(
        h('svg:line', {
          x1: at,
          x2: at,
          y1: GAUGE_TOP - 3,
          y2: GAUGE_TOP + GAUGE_HIGH + 3,
          stroke: mine ? palette.accent : palette.ink,
          'stroke-width': 2,
        }),
      );
      const low = row || middle - half < ends[0];
      const side = low ? 1 : 0;
      const shifted = Math.max(middle, ends[side] + half + 2);
      if (shifted > width - half + 1 - 40 * side) return;
      ends[side] = shifted + half;
      made.push(
        h('svg:text', {
          x: shifted,
          y: low ? GAUGE_TOP + GAUGE_HIGH + 16 : GAUGE_TOP - 7,
          'text-anchor': 'middle',
          'font-size': 11.5,
          ...(mine ? { 'font-weight': 650, style: `fill:${palette.accent}` } : { class: 'dim' }),
          text,
        }),
      );
    });
    node.replaceChildren(...made);
    const tall = GAUGE_TOP + GAUGE_HIGH + 22;
    set(node, { width, height: tall, viewBox: `0 0 ${width} ${tall}` });
  }
  return { node, draw };
}

/** Above the picture the bar, the goals and the verdict; below it the knock, why real ones cannot, and what is kept:
 *  { top, node, draw(view, palette, width) -> the goals just reached, in words }. act: lin(), found(), mine(), again(),
 *  hint(), knock(), save(). */
export function kernelGame(act) {
  const [gauge, goals] = [kernelGauge(), kernelGoalRow()];
  const verdict = h('b', { 'data-role': 'verdict' });
  const hint = h('button', { class: 'hint', text: 'A hint', 'data-role': 'hint', onclick: act.hint });
  const lin = h('button', { text: 'S4D-Lin’s', 'data-role': 'lin', onclick: act.lin });
  const found = h('button', { text: 'Show the best found', 'data-role': 'found', onclick: act.found });
  const mine = h('button', { text: 'Back to your best', 'data-role': 'mine', onclick: act.mine });
  const save = h('button', { text: 'Save the sound', 'data-role': 'save', onclick: act.save });
  const knock = h('button', {
    class: 'main',
    text: 'Knock',
    'data-role': 'knock',
    title: 'Knock a rhythm; when you stop, it answers.',
  });
  knock.addEventListener('pointerdown', (event) => event.button > 0 || act.knock());
  knock.addEventListener('click', (event) => event.detail || act.knock()); // by Enter or Space
  const again = h('button', { text: 'Start over', 'data-role': 'again', onclick: act.again });
  const copy = h('button', { text: 'Copy result', 'data-role': 'copy' });
  const text = h('textarea', {
    readonly: '',
    rows: 3,
    'aria-label': 'Your result, to copy',
    'data-role': 'text',
    spellcheck: 'false',
  });
  copy.addEventListener('click', () => {
    text.hidden = false;
    text.select();
    text.style.height = `${text.scrollHeight + 2}px`;
    const done = () => set(copy, { text: 'Copied' });
    navigator.clipboard?.writeText(text.value).then(done, () => text.focus());
  });
  const why = h('p', { class: 'why', 'data-role': 'why' });
  const echo = h('p', { 'data-role': 'echo' });
  const how = h('p', { class: 'dim small', text: 'Tap a rhythm of your own (or the key k), stop, and listen.' });
  const echoes = h('div', { class: 'echo' }, knock, h('div', {}, echo, how));
  const said = h('p', { class: 'said' }, verdict, ' ', hint);
  const presets = h('div', { class: 'row' }, mine, again, lin, found, save, copy);
  const top = h('div', { class: 'game', 'data-role': 'game' }, gauge.node, goals.node, said);
  const node = h('div', { class: 'game' }, echoes, why, presets, text);
  text.hidden = true;
  function draw(view, palette, width) {
    const words = kernelWhy(view);
    set(why, { text: words });
    why.hidden = !words;
    set(lin, { text: view.real ? 'Show S4D-Real’s springs' : 'Show S4D-Lin’s springs' });
    for (const part of [gauge.node, goals.node, said, echoes, found, mine, save, copy])
      set(part, { hidden: view.delay ? null : '' });
    if (!view.delay) {
      text.hidden = true;
      return [];
    }
    gauge.draw(view, palette, width);
    const fresh = goals.draw(view);
    const listed = kernelGoals(view);
    const whole = listed.length > 0 && listed.every(({ done }) => done) && !view.shown;
    set(verdict, { text: whole ? kernelPraise(view) : kernelVerdict(view) });
    mine.hidden = view.mine === null || !(view.best[view.level][0] > view.score + 0.05);
    const help = view.shown ? '' : kernelHint(view);
    set(hint, { text: (view.hinted && help) || 'A hint', disabled: view.hinted ? '' : null });
    hint.hidden = !help;
    set(echo, { text: kernelEcho(view) });
    found.disabled = !view.found[view.level];
    const share = kernelShare(view);
    copy.hidden = !share;
    if (text.value !== share) {
      text.value = share;
      text.hidden = true;
      set(copy, { text: 'Copy result' });
    }
    return fresh;
  }
  return { top, node, draw };
}
