// Around the picture of the beam tree viewer: the controls, the legend, two tables and the chosen beginning.
import { h, icon, set } from './common.js';
import { beamRows, beamScore, inBeam, sameTokens } from './beam_tree_model.js';
import { beamLines } from './beam_tree_stage.js';
import { beamProbability, beamStatus, beamStory, beamText, signed } from './beam_tree_words.js';

const TABLE_ROWS = 9;
const TABLE_HEAD = 2;
const RANKING_ROWS = 6;

const beamRange = (role, label, oninput, more = {}) =>
  h('input', { type: 'range', 'data-role': role, 'aria-label': label, oninput, ...more });

/** Sentence, width, word, length penalty, play: { node, draw(view) }. */
export function beamBar(act, names, sentences) {
  const options = names.map((name) => h('option', { value: name, text: name }));
  const sentence = h('select', { 'data-role': 'sentence', 'aria-label': 'Sentence' }, ...options);
  sentence.addEventListener('change', () => act.sentence(sentence.value));
  const width = beamRange('width', 'Width of the beam', () => act.width(+width.value), { min: 0, step: 1 });
  const depth = beamRange('depth', 'Word', () => act.go(+depth.value), { min: 1, step: 1 });
  const steps = { min: 0, max: 2, step: 0.05 };
  const alpha = beamRange('alpha', 'Length penalty alpha', () => act.penalise(+alpha.value), steps);
  const [widthText, depthText, alphaText] = ['b', 'b', 'b'].map((tag) => h(tag));
  const [sign, word] = [h('span', { style: 'display:inline-flex' }), h('span')];
  const play = h('button', { class: 'main', 'data-role': 'play', onclick: act.play }, sign, word);
  const label = (text, input, value, more = '') => h('label', { class: `dial ${more}` }, text, input, value);
  const widths = label('Beam', width, widthText);
  const dials = [widths, label('Word', depth, depthText), label('Length penalty α', alpha, alphaText, 'long')];
  const chooser = names.length > 1 ? h('label', {}, 'Sentence', sentence) : null;
  const node = h('div', { class: 'row controls' }, chooser, play, ...dials);

  function draw(view) {
    const { tree, at } = view;
    const all = sentences.get(view.sentence).widths;
    sentence.value = view.sentence;
    set(width, { max: all.length - 1, 'aria-valuetext': `${tree.width}` });
    width.value = all.indexOf(tree.width);
    widths.hidden = all.length < 2;
    set(depth, { max: tree.last });
    depth.value = at;
    alpha.value = view.alpha;
    set(widthText, { text: tree.width });
    set(depthText, { text: `${at} of ${tree.last}` });
    set(alphaText, { text: view.alpha.toFixed(2) });
    const wanted = view.playing ? 'Pause' : 'Play';
    if (word.textContent !== wanted) sign.replaceChildren(icon(wanted.toLowerCase()));
    set(word, { text: wanted });
  }
  return { node, draw };
}

/** What the lines mean: { node, draw(view, palette) }. */
export function beamLegend() {
  const node = h('p', { class: 'legend small dim' });
  function draw(view, palette) {
    const line = ({ colour, dash }, text) => {
      const stroke = { d: 'M1 6H27', stroke: colour, 'stroke-width': 3, 'stroke-dasharray': dash, fill: 'none' };
      return h('span', {}, h('svg:svg', { width: 28, height: 12, 'aria-hidden': 'true' }, h('svg:path', stroke)), text);
    };
    const { best, greedy, right } = beamLines(palette);
    const marks = [line(best, 'best found')];
    if (view.greedyRows.length || view.greedy.length) marks.push(line(greedy, 'greedy'));
    if (view.reference) marks.push(line(right, 'right'));
    const rest = ['thick: a likely word', 'rows: the place in the beam', '■ finished, holds its place'];
    if (view.tree.width > 4) rest.push('● kept, nothing came of it');
    rest.push('below the cut: thrown away', '+n: as many more, choose the word to see them');
    if (view.better.length) rest.push('red: would have won');
    node.replaceChildren(...marks, ...rest.map((text) => h('span', { text })));
  }
  return { node, draw };
}

/** The names of the marked lines, small, in their colours. */
const beamTags = (palette, names) => {
  const tag = ({ colour, name }) => h('span', { class: 'tag', style: `border-color:${colour}`, text: name });
  return names.map((name) => tag(beamLines(palette)[name]));
};

/** Rows of the chosen word for the table, best first: the marked, the head, those on both sides of the cut, and
 *  then from the top what there is room for. */
export function beamTableRows({ tree, at, node, bestRows, rightRows, greedyRows }) {
  const step = tree.steps[at];
  const marked = step.filter((row) => [node, ...bestRows, ...rightRows, ...greedyRows].includes(row));
  const about = step.slice(Math.max(0, tree.width - 2), tree.width + 2);
  const wanted = [...new Set([...marked, ...step.slice(0, TABLE_HEAD), ...about, ...step])];
  const some = new Set(wanted.slice(0, TABLE_ROWS));
  return step.filter((row) => some.has(row));
}

/** The beam at the chosen word: { node, draw(view, palette) }. */
export function beamTable(act) {
  const title = h('h4');
  const table = h('table', { class: 'sums', 'data-role': 'beam' });
  const node = h('div', {}, title, table);
  const cell = (text, more = {}) => h('td', { text, ...more });

  function rowOf(view, palette, row, above) {
    const { tree, at } = view;
    const rank = tree.ranks[at].get(row);
    const carried = tree.depth[row] < at;
    const before = at === 1 ? '' : tree.ranks[at - 1].get(carried ? row : tree.parent[row]) + 1;
    const tokens = beamRows(tree, row).map((each) => tree.token[each]);
    const short = (tokens.length > 3 ? '… ' : '') + tokens.slice(-3).map((token) => view.words[token]).join(' ');
    const own = carried ? 'ended' : beamProbability(tree.logProb[row] - tree.logProb[tree.parent[row]]);
    const kept = inBeam(tree, row, at);
    const look = [kept ? 'kept' : 'gone', row === view.node ? 'chosen' : '', view.bestRows.includes(row) ? 'won' : ''];
    const over = above === undefined ? -1 : tree.ranks[at].get(above);
    look.push(!kept && over < tree.width ? 'cut' : rank > over + 1 ? 'skip' : '');
    const marks = { best: view.bestRows, greedy: view.greedyRows, right: view.rightRows };
    const tags = beamTags(palette, Object.keys(marks).filter((name) => marks[name].includes(row)));
    const text = h('td', { class: 'text' }, short, ...tags);
    const cells = [cell(rank + 1), cell(before), text, cell(own)];
    cells.push(cell(beamProbability(tree.logProb[row])), cell(signed(tree.logProb[row])));
    const hand = { 'data-row': row, class: look.join(' '), onclick: () => act.choose(row, at) };
    return h('tr', hand, ...cells);
  }

  function draw(view, palette) {
    const { tree, at } = view;
    const step = tree.steps[at];
    set(title, { text: `Word ${at}: who stays, who goes` });
    const rows = beamTableRows(view);
    const names = ['place', 'before', 'ends in', 'p(word)', 'p(all)', 'log p'];
    const head = names.map((text, i) => h('th', { scope: 'col', text, class: i === 2 ? 'text' : null }));
    const filled = rows.map((row, i) => rowOf(view, palette, row, rows[i - 1]));
    const left = step.length - rows.length;
    const most = Math.min(TABLE_ROWS, Math.max(...tree.steps.map((each) => each.length)));
    const empty = Array.from({ length: Math.max(0, most - rows.length) }, () => h('tr', {}, cell('\u00a0')));
    const note = h('tr', {}, cell(left ? `and ${left} more` : '\u00a0', { colspan: 6, class: 'dim' }));
    table.replaceChildren(h('tr', {}, ...head), ...filled, ...empty, note);
  }
  return { node, draw };
}

/** Whole sentences by score, found or thrown away: { node, draw(view, palette) }. */
export function beamRankingTable(act) {
  const title = h('h4', { text: 'Whole sentences: who wins?' });
  const table = h('table', { class: 'sums', 'data-role': 'ranking' });
  const node = h('div', {}, title, table);

  function rowOf(view, palette, one) {
    const { all, alpha, tree, best, greedy, reference } = view;
    const place = all.indexOf(one) + 1;
    const top = one.found && one.node === best.node;
    const is = { best: top, greedy: sameTokens(one.tokens, greedy) };
    is.right = reference !== null && sameTokens(one.tokens, reference[0]);
    const tags = beamTags(palette, Object.keys(is).filter((name) => is[name]));
    const text = beamText(view, one.tokens) || '(nothing)';
    const wins = view.better.includes(one);
    const gone = `lost at word ${one.lost?.depth}${wins ? ', would have won' : ''}`;
    const why = one.lost ? gone : one.finished ? '' : 'not finished';
    const kind = `${one.found ? 'kept' : 'gone'} ${top ? 'won' : ''} ${wins ? 'missed' : ''}`;
    const row = h('tr', { class: kind, 'data-place': place }, h('td', { text: place }));
    const because = why ? h('span', { class: 'small', text: ` (${why})` }) : null;
    row.append(h('td', { class: 'text whole' }, text, ...tags, because));
    const numbers = [one.tokens.length, signed(one.logProb), signed(beamScore(one, alpha), alpha ? 3 : 2)];
    row.append(...numbers.map((value) => h('td', { text: value })));
    const [there, d] = one.lost ? [one.lost.node, one.lost.depth] : [one.node, tree.depth[one.node]];
    if (there !== null) row.addEventListener('click', () => act.choose(there, d));
    return row;
  }

  function draw(view, palette) {
    const { all, best, greedy, reference } = view;
    const marked = (one) => one === best || [greedy, reference?.[0] ?? []].some((each) => sameTokens(one.tokens, each));
    const shown = all.filter((one, i) => i < RANKING_ROWS || marked(one));
    const names = ['', 'sentence', 'length', 'log p', 'score'];
    const head = names.map((text, i) => h('th', { scope: 'col', text, class: i === 1 ? 'text' : null }));
    const left = all.length - shown.length;
    const how = 'The score is log p divided by length to the α; the length counts the end.';
    const more = left ? `and ${left} more. ` : '';
    const note = h('tr', {}, h('td'), h('td', { text: more + how, class: 'dim text whole', colspan: 4 }));
    table.replaceChildren(h('tr', {}, ...head), ...shown.map((one) => rowOf(view, palette, one)), note);
  }
  return { node, draw };
}

/** The chosen beginning, or the chosen word: { node, draw(view) }. */
export function beamCard() {
  const sentence = h('b', { 'data-role': 'chosen' });
  const numbers = h('span', { class: 'dim' });
  const why = h('span', { 'data-role': 'why' });
  const live = { role: 'status', 'aria-live': 'polite' };
  const node = h('p', { class: 'story', ...live }, sentence, ' ', numbers, ' ', why);
  function draw(view) {
    if (view.playing) return;
    const story = beamStory(view);
    set(sentence, { text: story ? `${story.sentence}:` : `Word ${view.at} of ${view.tree.last}.` });
    set(numbers, { text: story ? story.numbers : beamStatus(view) });
    set(why, { text: story ? story.why : 'Click a word, or press ↓, to see why it stayed or went.' });
  }
  return { node, draw };
}
