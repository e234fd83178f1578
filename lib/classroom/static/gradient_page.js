// Around the pictures of the gradient viewer: settings, what the lines mean, pinned curves, play.
import { h, icon, set } from './common.js';
import { FUNCTIONS, MOST_PINS } from './gradient_model.js';
import { GRADIENT_KEYS, LETTERS, NAMES, roundRadius, settingsLine } from './gradient_words.js';
import { PIN_COLOURS } from './gradient_plot.js';

export const ASKED = 'How far back does the error reach, and what decides it?';

/** Spectral radius, strength of the input, nonlinearity: { node, draw }. */
export function settingsRow(act) {
  const slider = (label, props) => h('input', { type: 'range', 'aria-label': label, ...props });
  const radius = slider('Spectral radius', { min: -1, max: 1, step: 1 / 64, 'data-role': 'radius', class: 'long' });
  radius.addEventListener('input', () => act.radius(2 ** +radius.value));
  const drive = slider('Strength of the input', { min: 0, max: 3, step: 0.05, 'data-role': 'drive' });
  drive.addEventListener('input', () => act.put({ drive_scale: +drive.value }));
  const [size, times] = [h('output', { 'data-role': 'radius-said' }), h('output')];
  const group = `gradient-${(settingsRow.made = (settingsRow.made ?? 0) + 1)}-${Math.random().toString(36).slice(2)}`;
  const choices = FUNCTIONS.map((name) => {
    const change = () => act.put({ nonlinearity: name });
    const radio = h('input', { type: 'radio', name: group, value: name, onchange: change });
    return { name, radio, label: h('label', { class: 'choice' }, radio, NAMES[name]) };
  });
  const role = { role: 'radiogroup', 'aria-label': 'Nonlinearity' };
  const node = h(
    'div',
    { class: 'settings' },
    h('label', { class: 'wide' }, h('span', { text: 'spectral radius ρ' }), radius, size),
    h('label', { class: 'wide' }, h('span', { text: 'input' }), drive, times),
    h('div', { class: 'choices', ...role }, ...choices.map((choice) => choice.label)),
  );

  function draw({ now }) {
    radius.value = Math.log2(now.radius);
    drive.value = now.driveScale;
    set(radius, { 'aria-valuetext': now.radius.toFixed(2) });
    set(drive, { 'aria-valuetext': `times ${now.driveScale.toFixed(2)}` });
    set(size, { text: roundRadius(now.radius).toFixed(2) });
    set(times, { text: `× ${now.driveScale.toFixed(2)}` });
    for (const { name, radio, label } of choices) {
      radio.checked = name === now.nonlinearity;
      label.classList.toggle('on', radio.checked);
    }
  }
  return { node, draw };
}

/** A piece of a line, as it is drawn in the picture. */
const sample = (colour, wide, dashes) =>
  h(
    'svg:svg',
    { width: 26, height: 10, 'aria-hidden': 'true' },
    h('svg:line', { x1: 1, x2: 25, y1: 5, y2: 5, stroke: colour, 'stroke-width': wide, 'stroke-dasharray': dashes }),
  );

/** What the lines mean: { node, draw }. */
export function legendRow() {
  const node = h('div', { class: 'legend small' });
  const entry = (line, ...parts) => h('span', {}, line, h('span', {}, ...parts));
  const power = (base) => [base.toFixed(2), h('sup', { text: 'k' })];
  function draw({ now }, palette) {
    node.replaceChildren(
      entry(sample(palette.states[0], 3), '‖∂h', h('sub', { text: 'E' }), ' / ∂h', h('sub', { text: 'E−k' }), '‖ / √H'),
      entry(sample(palette.accent, 1.6, '6 4'), 'radius alone, ', ...power(now.radius)),
      entry(sample(palette.dim, 1.6, '1.5 3.5'), 'bound, ', ...power(now.bound)),
    );
  }
  return { node, draw };
}

/** The pinned curves, each with a button that lets it go: { node, draw }. */
export function pinsRow(act) {
  const pin = h('button', { 'data-role': 'pin', onclick: act.pin, text: 'Pin this curve' });
  const chips = h('span', { class: 'chips' });
  const hint = h('span', {
    class: 'dim small',
    text: `Pin up to ${MOST_PINS} curves, then change something and compare.`,
  });
  const node = h('div', { class: 'row pins' }, pin, chips, hint);
  let known = null;
  function draw({ pins, settings, pinnedNow }, palette) {
    const key = JSON.stringify([settings, palette.bg]);
    pin.disabled = pinnedNow;
    hint.hidden = pins.length > 0;
    if (key === known) return; // a chip that holds the focus stays
    known = key;
    chips.replaceChildren(
      ...settings.map((each, k) => {
        const label = `Unpin curve ${LETTERS[k]}: ${settingsLine(each)}`;
        const off = h('button', {
          class: 'off',
          'aria-label': label,
          title: label,
          onclick: () => act.unpin(k),
          text: '×',
        });
        const line = sample(palette.states[PIN_COLOURS[k]], 2.4);
        return h(
          'span',
          { class: 'chip small', 'data-chip': k },
          line,
          h('b', { text: LETTERS[k] }),
          settingsLine(each),
          off,
        );
      }),
    );
  }
  return { node, draw };
}

/** Play, and how far the error has walked: { node, draw }. */
export function walkRow(act) {
  const [sign, word] = [h('span', { style: 'display:inline-flex' }), h('span')];
  const play = h('button', { class: 'main', 'data-role': 'play', onclick: act.play }, sign, word);
  const along = h('input', { type: 'range', min: 0, step: 1, 'aria-label': 'Steps back', 'data-role': 'along' });
  along.addEventListener('input', () => act.look(+along.value));
  const status = h('p', { class: 'small status', role: 'status', 'aria-live': 'polite' });
  const node = h('div', { class: 'row walk' }, play, h('label', { class: 'along' }, 'steps back', along), status);
  function draw({ position, now, playing, said }) {
    const wanted = playing ? 'Pause' : 'Walk back';
    if (word.textContent !== wanted) sign.replaceChildren(icon(playing ? 'pause' : 'play'));
    set(word, { text: wanted });
    along.max = now.errorStep - 1;
    along.value = position;
    set(along, { 'aria-valuetext': `${position} steps back, step ${now.errorStep - position}` });
    if (!playing) set(status, { text: said });
  }
  return { node, draw };
}

/** The line with the keys. */
export const keysLine = () =>
  h(
    'div',
    { class: 'keys' },
    ...GRADIENT_KEYS.map(([keys, what]) =>
      h('span', {}, ...keys.split(' ').map((key) => h('kbd', { text: key })), ` ${what}`),
    ),
  );
