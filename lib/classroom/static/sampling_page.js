// Around the picture of the sampling viewer: the four dials, the dice, the legend, the numbers.
import { h, icon, set } from './common.js';
import { share2 } from './generation_words.js';
import { kLadder } from './sampling_model.js';
import { bitsWords, choicesWords, settingsWords, textWords, tokenWords } from './sampling_words.js';

/** Temperature, top-k, top-p, penalty: { node, draw(view) }. */
export function samplingDials(act, size) {
  const ladder = kLadder(size);
  const at = (k) => ladder.findIndex((step) => step === null || (k !== null && step >= k));
  const dials = [
    [
      'repetition_penalty',
      'Repetition penalty',
      { min: 1, max: 2, step: 0.05 },
      Number,
      (s) => s.penalty,
      (s) => s.penalty.toFixed(2),
    ],
    [
      'top_k',
      'Top-k',
      { min: 0, max: ladder.length - 1, step: 1 },
      (i) => ladder[i],
      (s) => at(s.topK),
      (s) => s.topK ?? 'all',
    ],
    [
      'temperature',
      'Temperature',
      { min: 0, max: 2, step: 0.05 },
      Number,
      (s) => s.temperature,
      (s) => (s.temperature === 0 ? '0: the first' : s.temperature.toFixed(2)),
    ],
    [
      'top_p',
      'Top-p',
      { min: 0.05, max: 1, step: 0.01 },
      Number,
      (s) => s.topP,
      (s) => (s.topP === 1 ? '1: all' : s.topP.toFixed(2)),
    ],
  ].map(([name, label, range, value, place, words]) => {
    const input = h('input', { type: 'range', 'data-role': name, 'aria-label': label, ...range });
    input.addEventListener('input', () => act.put({ [name]: value(+input.value) }));
    const shown = h('b');
    return { input, shown, place, words, node: h('label', {}, label, shown, input) };
  });
  const node = h('div', { class: 'dials' }, ...dials.map((dial) => dial.node));
  function draw({ settings }) {
    for (const { input, shown, place, words } of dials) {
      const text = String(words(settings));
      input.value = place(settings);
      set(input, { 'aria-valuetext': text });
      set(shown, { text });
    }
  }
  return { node, draw };
}

/** Throw, place or write, play, back to plain: { node, draw(view) }. */
export function samplingDrive(act, live) {
  const button = (role, text, more = {}) => h('button', { 'data-role': role, onclick: act[role], text, ...more });
  const [sign, word] = [h('span', { style: 'display:inline-flex' }), h('span')];
  const play = h('button', { class: 'main', 'data-role': 'play', onclick: act.play }, sign, word);
  const toss = button('toss', 'Throw again');
  const back = button('back', live ? 'Back' : '←', live ? {} : { 'aria-label': 'One place back' });
  const write = button('write', live ? 'Write it' : '→', live ? {} : { 'aria-label': 'One place on' });
  const restart = live ? button('restart', 'From the prompt') : null;
  const count = h('span', { class: 'dim', 'data-role': 'count' });
  const plain = button('plain', 'As the model says', { class: 'end' });
  const node = h('div', { class: 'row drive' }, play, toss, back, write, restart, count, plain);
  function draw({ place, length, playing, settings, python }) {
    const wanted = playing ? 'Pause' : live ? 'Write on' : 'Play';
    if (word.textContent !== wanted) sign.replaceChildren(icon(playing ? 'pause' : 'play'));
    set(word, { text: wanted });
    back.disabled = place === 0 || (live && python.state !== 'here');
    write.disabled = live ? python.state !== 'here' : place === length - 1;
    play.disabled = live && (python.state === 'away' || python.state === 'failed');
    if (restart) restart.disabled = back.disabled;
    plain.disabled = settingsWords(settings) === 'as the model says';
    set(count, { text: live ? `${place} written` : `place ${place + 1} of ${length}` });
  }
  return { node, draw };
}

/** What outline, filling and hatching mean: { node, draw(palette) }. */
export function samplingLegend(live, group) {
  const box = (look) =>
    h(
      'svg:svg',
      { width: 16, height: 12, 'aria-hidden': 'true' },
      h('svg:rect', { x: 1, y: 1, width: 14, height: 10, ...look }),
    );
  const node = h('p', { class: 'legend small dim' });
  function draw(palette) {
    const entry = (look, text) => h('span', {}, box(look), text);
    const marks = [
      entry({ fill: palette.states[0] }, 'can be drawn'),
      entry({ fill: palette.accent }, 'drawn'),
      entry({ fill: `url(#${group}-cut)`, stroke: palette.line }, 'cut away'),
      entry({ fill: 'none', stroke: palette.ink, 'stroke-dasharray': '3 2' }, 'as the model says'),
    ];
    if (!live)
      marks.push(
        h('span', { text: 'text: below each token what the dice draw there, · the same; wavy: forbidden by the cut' }),
      );
    node.replaceChildren(...marks);
  }
  return { node, draw };
}

/** The numbers before and after the cut, and the text as a whole: { node, draw(view) }. */
export function samplingNumbers(live) {
  const table = h('table', { class: 'sums', 'data-role': 'numbers' });
  const title = h('h4', { text: live ? 'In this order' : 'The text as a whole' });
  const told = h('p', { class: 'told', 'data-role': 'whole' });
  const order = h('p', {
    class: 'small dim',
    text: 'Order: penalty, top-k, temperature, top-p; then the rest is divided by its sum.',
  });
  const first = h('div', {}, h('h4', { text: 'This place' }), table);
  const node = h('div', { class: 'panels' }, first, h('div', {}, title, told, order));
  const explained =
    'The penalty makes tokens that stand there already less probable; top-k keeps the k best; temperature sharpens or flattens; top-p keeps the fewest that together reach p.';

  function draw({ cut, came, token, names, whole, settings }) {
    const { order: ids, kept, plainBits, bits, cutMass } = cut;
    const rows = [
      ['tokens that can come', ids.length.toLocaleString('en'), kept.toLocaleString('en')],
      ['mass', '1', cutMass > 0 ? `${(1 - cutMass).toFixed(3)}, made 1` : '1'],
      ['entropy, bits', bitsWords(plainBits), bitsWords(bits)],
      ['perplexity: as if so many were equal', choicesWords(plainBits), choicesWords(bits)],
    ];
    if (came) {
      rows.push([
        `“${tokenWords(names(token))}”, which came: probability`,
        share2(came.plain),
        came.cut ? '0' : share2(came.share),
      ]);
      rows.push(['its surprise, bits', bitsWords(-Math.log2(came.plain)), bitsWords(-Math.log2(came.share))]);
    }
    const head = ['', 'as the model says', 'as drawn from'].map((text) => h('th', { scope: 'col', text }));
    const line = (cells) => h('tr', {}, ...cells.map((text) => h('td', { text })));
    table.replaceChildren(h('tr', {}, ...head), ...rows.map(line));
    set(told, { text: live ? explained : textWords(whole, settingsWords(settings)) });
  }
  return { node, draw };
}
