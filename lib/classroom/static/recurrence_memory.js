// The memory in one line: what is kept, what is written, and their sum, with the key that asks and what it answers.
import { h, set } from './common.js';
import { shade } from './palette.js';
import { VALUES } from './recurrence_model.js';
import { figureOf } from './recurrence_words.js';

const LABEL = 20; // above each matrix
const FOOT = 22; // below each matrix

/** Three matrices with signs between them. `draw(view, palette, width)`. */
export function memoryPanel() {
  const node = h('svg:svg', { role: 'img', 'data-role': 'memory' });

  function draw(view, palette, width) {
    const { rows, rule, story, step, asked, recall, moment } = view;
    const extra = rule.normaliser === 'none' ? 0 : 1;
    const columns = VALUES + 1.4 * extra;
    const cell = Math.min(22, Math.floor((width - 4) / (3 * columns + 6.6)));
    const top = LABEL + 1.6 * cell;
    const most = Math.max(0.05, ...[moment.kept, moment.written, moment.memory].map((a) => largest(a, extra)));
    const parts = [];
    const text = (x, y, words, more) => parts.push(h('svg:text', { x, y, 'font-size': 12, text: words, ...more }));
    const fill = (value, high) => shade(palette.diverging, 0.5 + value / high / 2);
    function square(x, y, value, high, said) {
      const box = { x: x + 0.5, y: y + 0.5, width: cell - 1, height: cell - 1, rx: 1.5 };
      const line = { stroke: palette.line, 'stroke-width': 0.6 };
      parts.push(
        h(
          'svg:rect',
          { ...box, ...line, fill: fill(value, high) },
          h('svg:title', { text: `${said}${figureOf(value, 3)}` }),
        ),
      );
    }
    const xOf = (left, c) => left + (c < VALUES ? c : c + 0.4) * cell;
    function matrix(left, values, name, role) {
      for (let j = 0; j < rows; j++) {
        for (let c = 0; c < VALUES + extra; c++) {
          const said = c < VALUES ? `row ${j + 1}, column ${c + 1}: ` : `normaliser, row ${j + 1}: `;
          square(xOf(left, c), top + j * cell, values[j * (VALUES + 1) + c], most, said);
        }
      }
      text(left + (VALUES * cell) / 2, top + rows * cell + 16, name, {
        'text-anchor': 'middle',
        'font-weight': 600,
        'data-name': role,
      });
    }
    const upright = (x, vector, said) =>
      vector.forEach((v, j) => square(x, top + j * cell, v, largestOf(vector), `${said} ${j + 1}: `));
    const flat = (left, y, vector, said) =>
      vector.forEach((v, c) => square(xOf(left, c), y, v, largestOf(vector), `${said} ${c + 1}: `));
    const sign = (x, words) =>
      text(x, top + (rows * cell) / 2 + 7, words, { 'text-anchor': 'middle', 'font-size': 20, class: 'dim' });

    matrix(0, moment.kept, keptSaid(view), 'kept');
    const first = columns * cell;
    sign(first + 0.8 * cell, '+');
    const second = first + 3.2 * cell;
    matrix(second, moment.written, 'written', 'written');
    const pair = story.pairs[step - 1];
    if (pair) {
      upright(second - 1.5 * cell, moment.used, `key ${pair.key}`);
      flat(
        second,
        LABEL,
        moment.note.slice(0, VALUES + extra),
        rule.write === 'delta' ? 'what is new' : `value ${pair.value}`,
      );
      const said = rule.write === 'delta' ? `${pair.value}, less what ${pair.key} answered` : pair.value;
      text(second, 12, said, { 'data-role': 'note', 'font-weight': 600 });
      text(second - 0.5 * cell, LABEL + cell - 5, pair.key, { 'text-anchor': 'end', 'font-weight': 600 });
    }
    const equals = second + columns * cell;
    sign(equals + 0.8 * cell, '=');
    const third = equals + 3.2 * cell;
    const unit = rule.write === 'exponential' ? `, in units of e^${figureOf(moment.m, 1)}` : '';
    matrix(third, moment.memory, `memory S${unit}`, 'memory');
    const used = view.askedKey;
    upright(third - 1.5 * cell, used, `asked ${asked}`);
    text(third - 0.5 * cell, LABEL + cell - 5, asked, {
      'text-anchor': 'end',
      style: `fill:${palette.accent}`,
      'font-weight': 600,
    });
    const foot = top + rows * cell + FOOT + 4;
    if (recall) {
      flat(third, foot, recall.read, 'read');
      text(third - 0.5 * cell, foot + cell - 5, 'read', { 'text-anchor': 'end', class: 'dim' });
    }
    if (extra) {
      const name = rule.normaliser === 'sum' ? 'z' : 'n';
      text(xOf(third, VALUES) + cell / 2, top - 6, name, { 'text-anchor': 'middle', class: 'dim' });
    }
    const box = {
      x: third - 1.5 * cell - 1.5,
      y: top - 1.5,
      width: cell + 3,
      height: rows * cell + 3,
      rx: 3,
    };
    parts.push(h('svg:rect', { ...box, fill: 'none', stroke: palette.accent, 'stroke-width': 1.6 }));
    set(node, { width: third + columns * cell + 2, height: foot + cell + 4 });
    set(node, {
      'aria-label': `${rows} by ${VALUES} numbers: what is kept of the memory, what is written, and their sum`,
    });
    node.replaceChildren(...parts);
    return third + columns * cell + 2;
  }
  return { node, draw };
}

/** What is kept of the memory at this step. */
function keptSaid({ rule, story, step }) {
  if (!step) return 'empty';
  const keep = figureOf(rule.keep);
  if (rule.decay === 'channel') return `kept: ${keep} to 1 by row`;
  const fades = rule.decay === 'fixed' || (rule.decay === 'step' && story.pairs[step - 1].marked);
  return `kept: ${fades ? `${keep} of it` : 'all of it'}`;
}

const largestOf = (vector) => Math.max(0.05, ...vector.map(Math.abs));

function largest(values, extra) {
  let most = 0;
  values.forEach((v, at) => {
    if (extra || at % (VALUES + 1) < VALUES) most = Math.max(most, Math.abs(v));
  });
  return most;
}
