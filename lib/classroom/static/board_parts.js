// Parts that the games on the board share: legend, a figure of the score, twenty tests, the line to copy.
import { h, set } from './common.js';
import { boardColours, diamond } from './board_river.js';
import { isExact } from './board_rules.js';

/** What the colours of the picture mean. */
export const boardLegend = () =>
  h(
    'span',
    {},
    ...[
      ['kept', '--swatch: var(--keep-fill)', null],
      ['written', '--swatch: var(--write-fill)', null],
      ['forgotten', '', 'lost'],
    ].map(([word, style, kind]) => h('span', { class: 'key' }, h('i', { style, class: kind }), word)),
  );

/** A number of the score with its name: { node, value }. */
export function boardFigure(name, role, kind = null) {
  const value = h('b', { 'data-role': role, class: kind });
  return { node: h('span', {}, name, value), value };
}

/** The line to copy, with its button: { node, draw(text) }. */
export function sharePart() {
  const line = h('textarea', { readonly: '', rows: 2, 'aria-label': 'Your result, to copy', 'data-role': 'share' }),
    copied = h('button', { text: 'Copy', 'data-role': 'copy', onclick: copy });
  function copy() {
    line.select();
    const done = () => set(copied, { text: 'Copied' });
    if (navigator.clipboard) navigator.clipboard.writeText(line.value).then(done, () => line.focus());
    else if (document.execCommand('copy')) done();
  }
  function draw(text) {
    if (line.value === text) return;
    line.value = text;
    set(copied, { text: 'Copy' });
  }
  return { node: h('div', { class: 'share' }, line, copied), draw };
}

/** Twenty tests, drawn again only where they changed: { node, draw(spec, palette, width), clear }.
 *  spec: trials ({ cell, goal, error } each), answers (of a trained cell, or null), picks (may one be chosen?),
 *  sequence (the chosen one), called ({ goal, cell, answer } in words). pick(k) is called for a chosen one. */
export function trialsPart(pick) {
  const node = h('div', { class: 'trials', 'data-role': 'trials' });
  let drawn = null;

  function draw(spec, palette, width) {
    node.classList.toggle('picks', spec.picks);
    const ends = spec.trials.map((t) => [t.cell, t.goal]);
    const key = JSON.stringify([ends, spec.answers, spec.sequence, width, palette.bg]);
    node.classList.toggle('fresh', drawn === null || (drawn === key && node.classList.contains('fresh')));
    if (key !== drawn) node.replaceChildren(trialChart(spec, palette, width, pick));
    drawn = key;
  }
  return { node, draw, clear: () => (drawn = null) };
}

/** Twenty tests side by side: where each cell ended (dot) and where it should have (bar). */
function trialChart({ trials, answers, picks, sequence, called }, palette, width, pick) {
  const tall = 92,
    { keep, trained } = boardColours(palette),
    column = (width - 30) / trials.length,
    most = Math.max(2, ...trials.flatMap((trial) => [trial.cell, trial.goal])) * 1.05,
    y = (value) => 6 + (tall - 12) * (1 - Math.max(0, value) / most);
  const marks = trials.flatMap(({ cell, goal, error }, k) => {
    const x = 30 + column * (k + 0.5),
      half = Math.min(10, column * 0.36),
      colour = isExact(error) ? palette.good : palette.bad;
    return [
      picks
        ? h('svg:rect', {
            ...{ x: x - column / 2, y: 0, width: column, height: tall, rx: 4, 'data-trial': k },
            ...{ fill: k === sequence ? palette.line : 'transparent', onclick: () => pick(k) },
          })
        : h('svg:g'),
      h('svg:line', { x1: x, x2: x, y1: y(goal), y2: y(cell), stroke: colour, 'stroke-width': 2 }),
      h('svg:line', { x1: x - half, x2: x + half, y1: y(goal), y2: y(goal), stroke: palette.ink, 'stroke-width': 2 }),
      h('svg:circle', {
        ...{ cx: x, cy: y(cell), r: 4, fill: isExact(error) ? palette.good : keep, 'data-error': error.toFixed(4) },
        style: `animation-delay:${30 * k}ms;pointer-events:none`,
      }),
      answers
        ? diamond(x + half * 0.7, y(answers[k]), 4, { fill: palette.bg, stroke: trained, 'stroke-width': 1.8 })
        : h('svg:g'),
    ];
  });
  const axis = (most > 4 ? [0, 5] : [0, 1, 2]).map((value) =>
    h('svg:text', { x: 20, y: y(value) + 4, 'text-anchor': 'end', 'font-size': 10.5, class: 'dim', text: value }),
  );
  const said = `Twenty tests. Bar: ${called.goal}; dot: ${called.cell}${answers ? `; diamond: ${called.answer}` : ''}.`;
  return h(
    'div',
    {},
    h('svg:svg', { width, height: tall, role: 'img', 'aria-label': said }, ...axis, ...marks),
    h('p', { class: 'dim small', text: said + (picks ? ' Click one to see it on the board.' : '') }),
  );
}
