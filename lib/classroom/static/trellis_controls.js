// What if? The probability of leaving each state, what each state shows, undo and reset.
import { h, set } from './common.js';
import { mix, readable } from './palette.js';
import { shown } from './chain_words.js';
import { STOPS, stopNear } from './trellis_model.js';
import { leave } from './trellis_words.js';

const MOST_BARS = 12;

/** What a state shows, as small bars; the symbol at the chosen step stands out. */
function shows(view, palette, j, tall) {
  const probabilities = view.emission[j];
  const name = shown(view.states[j]);
  if (probabilities.length > MOST_BARS) return h('span');
  const wide = probabilities.length > 6 ? 7 : 10;
  const now = view.observations[view.at];
  const most = Math.max(...view.emission.flat());
  const bars = probabilities.map((p, m) => {
    const high = Math.max(1, (p / most) * tall);
    const fill = m === now ? palette.states[j] : mix(palette.states[j], palette.bg, 0.6);
    const box = { x: m * wide, y: tall - high, width: wide - 2, height: high, rx: 1, fill };
    return h('svg:rect', box, h('svg:title', { text: `${name} shows ${view.symbols[m]}: ${p.toFixed(3)}` }));
  });
  const label = `${name} shows ${probabilities.map((p, m) => `${view.symbols[m]} ${p.toFixed(2)}`).join(', ')}`;
  const box = { width: probabilities.length * wide, height: tall, role: 'img', 'aria-label': label };
  return h('svg:svg', box, ...bars);
}

/** The panel: { node, draw(view, palette) }. */
export function controlsPanel(act) {
  const undo = h('button', { 'data-role': 'undo', onclick: act.undo, text: 'Undo' });
  const reset = h('button', { 'data-role': 'reset', onclick: act.reset, text: 'Reset all' });
  const grid = h('div', { class: 'leave', 'data-role': 'leave' });
  const heading = h('h4', { text: 'What if a state were left more often?' });
  const buttons = h('div', { class: 'row' }, undo, reset);
  const node = h('div', {}, h('div', { class: 'row apart', style: 'margin-top:0' }, heading, buttons), grid);
  let sliders = [];
  let named = null;

  /** Names and sliders are made once: a slider that is dragged must stay. */
  function build(view) {
    named = view.states;
    sliders = view.states.map((name, i) =>
      h('input', {
        ...{ type: 'range', min: 0, max: STOPS.length - 1, step: 1, 'data-leave': i },
        'aria-label': `Probability of leaving ${shown(name)}`,
        oninput: (event) => act.leave(i, STOPS[+event.target.value]),
      }),
    );
    const label = (text, more) => h('span', { text, ...more });
    const cells = view.states.flatMap((name, i) => [label(shown(name, 12)), sliders[i], h('output'), h('span')]);
    const heads = ['', 'leaves with probability', '', 'shows'].map((text) => label(text, { class: 'dim small' }));
    grid.replaceChildren(...heads, ...cells);
    grid.classList.toggle('many', view.count > 4);
  }

  function draw(view, palette) {
    if (named !== view.states) build(view);
    undo.disabled = reset.disabled = !view.changed;
    view.states.forEach((_, i) => {
      const [name, slider, output, bars] = [...grid.children].slice(4 * (i + 1), 4 * (i + 2));
      const p = 1 - view.transition[i][i];
      set(name, { style: `color:${readable(palette.states[i], palette)}`, class: i === view.state ? 'picked' : null });
      slider.value = stopNear(p);
      slider.disabled = view.count === 1 || view.kept[i][i] === 1; // as given it has no way out to rescale
      set(slider, { 'aria-valuetext': leave(p), style: `--accent:${palette.states[i]}` });
      set(output, { text: leave(p) });
      bars.replaceChildren(shows(view, palette, i, view.count > 4 ? 15 : 24));
    });
  }
  return { node, draw };
}
