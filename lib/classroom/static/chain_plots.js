// Two plots in one place, one at a time: the distance of the distribution, the average along the walk.
import { h, set } from './common.js';
import { averagePanel } from './chain_average.js';
import { distancePanel } from './chain_distance.js';

const PLOTS = { distance: 'How far from the long run?', average: 'Does the average settle?' };

/** The tabs and the chosen plot: { node, draw(view, palette, width, tall) }. */
export function plotsPanel(act) {
  const group = `plot-${(plotsPanel.made = (plotsPanel.made ?? 0) + 1)}`; // radios of two viewers stay apart
  const panels = { distance: distancePanel(act), average: averagePanel() };
  const tabs = Object.entries(PLOTS).map(([name, said]) => {
    const radio = h('input', { type: 'radio', name: group, value: name, onchange: () => act.showPlot(name) });
    return { name, radio, label: h('label', { class: 'tab' }, radio, said) };
  });
  const choice = h(
    'div',
    { class: 'tabs', role: 'radiogroup', 'aria-label': 'Which plot' },
    ...tabs.map((tab) => tab.label),
  );
  const node = h('div', {}, choice, ...Object.values(panels).map((panel) => panel.node));

  function draw(view, palette, width, tall) {
    for (const { name, radio, label } of tabs) {
      const on = name === view.plot;
      radio.checked = on;
      label.classList.toggle('on', on);
      set(panels[name].node, { hidden: on ? null : '' });
    }
    panels[view.plot].draw(view, palette, width, tall);
  }
  return { node, draw };
}
