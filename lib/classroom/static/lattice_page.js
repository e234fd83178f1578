// Around the picture: layers, word and play; what a column adds up to; one path.
import { h, icon, set } from './common.js';
import { decimal, percent } from './chain_words.js';
import { classColour } from './lattice_mass.js';
import {
  LATTICE_LAYERS,
  LAYER_NAMES,
  columnSentence,
  fromLog,
  nats,
  ordinal,
  pathLines,
  symbolOf,
} from './lattice_words.js';

const MOST_ROWS = 7;

const latticeButton = (role, text, act) => h('button', { 'data-role': role, onclick: act, text });

/** Layers as tabs, play, the word, learning, undo: { node, draw(view) }. */
export function latticeBar(act) {
  const group = `lattice-${(latticeBar.made = (latticeBar.made ?? 0) + 1)}`; // radios of two viewers stay apart
  const tabs = LATTICE_LAYERS.map((name) => {
    const radio = h('input', { type: 'radio', name: group, value: name, onchange: () => act.show(name) });
    return { name, radio, label: h('label', { class: 'tab' }, radio, LAYER_NAMES[name]) };
  });
  const role = { role: 'radiogroup', 'aria-label': 'Which layer' };
  const choice = h('div', { class: 'tabs', ...role }, ...tabs.map((tab) => tab.label));
  const sign = h('span', { style: 'display:inline-flex' });
  const word = h('span');
  const play = h('button', { class: 'main', 'data-role': 'play', onclick: act.play }, sign, word);
  const plain = { spellcheck: 'false', autocomplete: 'off', autocapitalize: 'none' };
  const typed = h('input', { type: 'text', class: 'word', 'data-role': 'word', ...plain });
  typed.addEventListener('input', () => act.spell(typed.value));
  const wrong = h('span', { class: 'wrong', 'data-role': 'wrong', role: 'alert' });
  const [learn, undo] = [latticeButton('learn', 'Learn: one step', act.learn), latticeButton('undo', 'Undo', act.undo)];
  const reset = latticeButton('reset', 'Reset', act.reset);
  reset.title = 'The outputs as they were given, and no path';
  const best = latticeButton('best', 'Most probable', act.best);
  const random = latticeButton('random', 'Random', act.random);
  const clear = latticeButton('clear', 'None', act.clear);
  random.title = 'Drawn as often as it weighs among the paths of the word';
  learn.title = 'Every output moves against the gradient of the loss, once';
  const left = h('div', { class: 'row' }, h('label', {}, 'Word (type another)', typed), wrong);
  const buttons = h('div', { class: 'row' }, play, learn, undo, reset);
  const paths = h('div', { class: 'row' }, h('span', { class: 'dim', text: 'One path' }), best, random, clear);
  const above = h('div', { class: 'row apart' }, left, buttons);
  const node = h('div', {}, above, h('div', { class: 'row bar' }, choice, paths));

  function draw(view, spelling) {
    for (const { name, radio, label } of tabs) {
      radio.checked = name === view.layer;
      label.classList.toggle('on', name === view.layer);
    }
    const wanted = view.playing ? 'Pause' : 'Play';
    if (word.textContent !== wanted) sign.replaceChildren(icon(wanted.toLowerCase()));
    set(word, { text: wanted });
    if (document.activeElement !== typed) typed.value = spelling;
    set(wrong, { text: view.wrong ?? '' });
    set(typed, { 'aria-invalid': String(Boolean(view.wrong)) });
    learn.disabled = !view.now.possible || view.full;
    undo.disabled = !view.changed;
    reset.disabled = !view.changed && view.path.length === 0;
    best.disabled = random.disabled = !view.now.possible;
    clear.disabled = view.path.length === 0;
  }
  return { node, draw };
}

/** What arrives times what is to come, for the places of a column: { node, draw(view, palette) }. */
export function latticeColumn() {
  const title = h('h4');
  const said = h('p', { class: 'said', 'data-role': 'column' });
  const table = h('table', { class: 'sums' });
  const same = h('p', { class: 'small dim same', 'data-role': 'same' });
  const node = h('div', {}, title, said, table, same);

  function rowOf(view, palette, s) {
    const { now, at } = view;
    const i = at * now.places + s;
    const colour = classColour(view, palette, now.extended[s]);
    const bar = h('i', { style: `width:${(100 * Math.exp(now.posterior[i])).toFixed(1)}%;background:${colour}` });
    const chip = h('span', { class: 'chip', style: `background:${colour}` });
    const which = s % 2 ? ` ${ordinal((s + 1) / 2)}` : '';
    const symbol = symbolOf(view, now.extended[s]);
    const name = h('td', {}, chip, symbol, h('span', { class: 'dim small', text: which }));
    const numbers = [fromLog(now.alpha[i], 2), fromLog(now.beta[i], 2), fromLog(now.alpha[i] + now.beta[i], 2)];
    const cells = [...numbers, decimal(Math.exp(now.posterior[i]))].map((text) => h('td', { text }));
    return h('tr', { 'data-place': s }, name, ...cells, h('td', { class: 'gauge' }, bar));
  }

  function draw(view, palette) {
    const { now, at } = view;
    set(title, { text: 'What arrives × what is still to come' });
    set(said, { text: columnSentence(view) });
    const places = Array.from({ length: now.places }, (_, s) => s);
    const mass = (s) => now.posterior[at * now.places + s];
    const kept = new Set([...places].sort((a, b) => mass(b) - mass(a)).slice(0, MOST_ROWS));
    const head = ['place', 'α', 'β', 'α × β', 'share'].map((text) => h('th', { scope: 'col', text }));
    const rows = now.possible ? places.filter((s) => kept.has(s)).map((s) => rowOf(view, palette, s)) : [];
    const cell = (text, more) => h('td', { text, ...more });
    const label = now.places > MOST_ROWS ? `sum of all ${now.places} places` : 'sum';
    const total = h('tr', { class: 'total' }, cell(label, { colspan: 3 }));
    total.append(cell(fromLog(now.sums[at], 4), { 'data-role': 'total' }), cell(now.possible ? '1.00' : '0'), cell(''));
    table.replaceChildren(h('tr', {}, ...head, h('td')), ...rows, total);
    const spread = [0, Math.floor((now.frames - 1) / 2), now.frames - 1];
    const others = spread.filter((t, i) => t !== at && spread.indexOf(t) === i);
    const told = others.map((t) => `column ${t + 1}: ${fromLog(now.sums[t], 4)}`).join(', ');
    set(same, {
      text: now.possible
        ? `The sum is P(word), in every column: each path crosses each column once. ${told && `Also in ${told}.`}`
        : '',
    });
  }
  return { node, draw };
}

/** The chosen path, what it says and what it weighs: { node, draw(view) }. */
export function latticePathCard() {
  const title = h('h4', { text: 'One path' });
  const lines = ['path', 'repeats once', 'blanks away'].map((name, i) => ({
    name: h('span', { class: 'dim', text: name }),
    text: h('span', { class: `line${i === 2 ? ' last' : ''}`, 'data-role': `line-${i}` }),
  }));
  const three = h('div', { class: 'steps3' }, ...lines.flatMap(({ name, text }) => [name, text]));
  const weighs = h('p', { class: 'weighs', 'data-role': 'weighs' });
  const refused = h('p', { class: 'wrong', 'data-role': 'refused' });
  const aside = 'To choose a column and leave the path as it is, click in the outputs below the lattice.';
  const hint = h('p', { class: 'small dim', 'data-role': 'hint', text: aside });
  const node = h('div', {}, title, three, weighs, refused, hint);

  function draw(view) {
    const { now, path } = view;
    set(refused, { text: view.refused ?? '' });
    three.hidden = path.length === 0;
    if (!path.length) {
      const how = 'Click or drag in the lattice to lead a path; or walk one with s (stay), n (next), j (jump).';
      return set(weighs, { text: now.possible ? how : 'There is no path: too few columns.' });
    }
    pathLines(view).forEach((text, i) => set(lines[i].text, { text: text || '(nothing)' }));
    const share = Math.exp(view.pathLog - now.logLikelihood);
    const part = share < 0.001 ? `${fromLog(view.pathLog - now.logLikelihood, 2)} of` : `${percent(share)} of`;
    const alone = `Its outputs multiply to ${fromLog(view.pathLog)}: ${part} what all paths of the word have together.`;
    const loss = `Alone it would cost ${nats(-view.pathLog)} nats.`;
    return set(weighs, { text: `${alone} ${loss}` });
  }
  return { node, draw };
}
