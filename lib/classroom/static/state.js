// StateViewer: which unit knows what, and when?
import { clamp, frame, h, scoped, set } from './common.js';
import { HEAT_STYLE, heatKey, heatPanel, keepInside, timeAxis, timePlace } from './heat.js';
import { patternSpans, stateChart, stateOverview } from './state_chart.js';
import { correlationsOf, deviationsOf, lineOf, meanScale, orderOf, quantitiesOf } from './state_model.js';
import { rankedBy, remembering, stateLook, unitScale } from './state_model.js';
import { stateColours, stateControls, stateDrive, stateGroups, stateRanks } from './state_page.js';
import { STATE_STYLE } from './state_style.js';
import { stateText } from './state_text.js';
import { orderWords, stateAnswer, stateKey, stateKeys, stateStatus, stepNoun } from './state_words.js';

const STATE_ASKED = 'Which unit knows what, and when?';
const SENT = 700; // while playing, Python hears of the position at most every so many milliseconds
const LEFT = 48; // room for the names of the rows
const COLUMN = 8.2; // the least width of a step in the heat map, so that characters can be read

/** How tall all rows of the heat map are together: rows of a few units can be told apart, many are at least a pixel. */
export const heatHeight = (units) => (units <= 16 ? 16 * units : Math.max(units, clamp(3.5 * units, 200, 256)));

/** Steps through the text: { at, playing, play, stop, to, heard }. */
function stepper(model, { put, redraw, last, alive }) {
  const self = { at: clamp(model.get('position'), 0, last), playing: false };
  let [mine, sent, due] = [model.get('position'), 0, 0];

  function send() {
    sent = performance.now();
    mine = self.at;
    put({ position: self.at });
  }
  function tick(now) {
    if (!self.playing || !alive()) return;
    due = Math.max(due, now - 1000); // a page that slept does not race
    while (due <= now && self.at < last) {
      self.at += 1;
      due += 1000 / model.get('speed');
    }
    if (self.at >= last) return self.stop();
    if (performance.now() - sent > SENT) send();
    else redraw();
    requestAnimationFrame(tick);
  }
  self.stop = () => {
    if (!self.playing) return;
    self.playing = false;
    send();
  };
  self.to = (at) => {
    self.playing = false;
    self.at = clamp(at, 0, last);
    send();
  };
  self.play = () => {
    if (self.playing) return self.stop();
    if (self.at >= last) self.at = 0;
    self.playing = true;
    due = performance.now() + 1000 / model.get('speed');
    send();
    requestAnimationFrame(tick);
  };
  /** A cell has set the position. */
  self.heard = () => {
    if (model.get('position') === mine) return;
    mine = self.at = clamp(model.get('position'), 0, last);
    redraw();
  };
  return self;
}

/** What never changes while the viewer is shown. */
function stateData(model) {
  const tokens = model.get('_tokens');
  const groups = model.get('_groups');
  return {
    ...{ tokens, groups, patterns: model.get('_patterns'), groupNames: [...new Set(groups)] },
    quantities: quantitiesOf(model.get('_quantities'), model.get('_codes'), tokens.length),
  };
}

function onStateKey(event, view, act) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { target, key } = event;
  if (target.tagName === 'SELECT' || target.type === 'number') return;
  if (target.tagName === 'BUTTON' && (key === ' ' || key === 'Enter')) return;
  if (target.type === 'range' && /^(Arrow|Home|End|Page)/.test(key)) return;
  const patch = stateKey(view(), key);
  if (!patch) return;
  event.preventDefault();
  if (patch.act) act[patch.act]();
  else act.put(patch);
}

/** The picture: text, ranks, chart, heat map, axis, overview: { node, draw(view, palette, width) }. */
function statePicture(data, act) {
  const heading = () => h('h4');
  const [reads, line, all] = [heading(), heading(), heading()];
  const [ownKey, colours] = [heatKey(), stateColours(act)];
  const to = (at) => act.put({ at });
  const [text, ranks, chart] = [stateText(data.tokens, to), stateRanks(act), stateChart(to)];
  const heat = heatPanel({ role: 'heat', pick: (at, unit) => act.put({ at, unit }) });
  const drive = stateDrive(act);
  const [axis, overview, groups] = [timeAxis({ pick: to }), stateOverview(to), stateGroups()];
  const over = (title, legend) => h('div', { class: 'over' }, title, legend);
  const left = h('div', {}, over(reads, ownKey.node), text.node);
  const upper = h('div', { class: 'upper' }, left, ranks.node);
  const lower = h('div', { class: 'units' }, over(all, colours.node), heat.node, axis.node, overview.node, groups.node);
  const node = h(
    'div',
    { class: 'stage', tabindex: 0, role: 'group' },
    upper,
    over(line, drive.node),
    chart.node,
    lower,
  );
  const spans = remembering(patternSpans);
  let first = 0;

  function draw(view, palette, width) {
    const columns = Math.min(view.length, Math.max(20, Math.floor((width - LEFT) / COLUMN)));
    first = keepInside(first, columns, view.at, view.length);
    const place = timePlace({ left: LEFT, width, first, columns });
    const { quantity, unit, at, order, tokens, pattern } = view;
    view.spans = spans(pattern);
    set(reads, { text: `The text, coloured by unit ${unit}${pattern?.binary ? `; underlined: ${pattern.name}` : ''}` });
    set(line, { text: `Unit ${unit} over time${pattern ? `, and below it “${pattern.name}”` : ''}` });
    set(all, { text: `All ${quantity.units} units of ${quantity.name}: ${orderWords(view)}` });
    upper.classList.toggle('alone', !view.ranks);
    ownKey.draw(view.own, palette, view.fromMean ? ['below its mean', 'above'] : null);
    colours.draw(view, palette);
    text.draw(view, palette);
    ranks.draw(view, palette);
    drive.draw(view);
    chart.draw(view, palette, place);
    const label = `${quantity.units} units of ${quantity.name} over ${view.length} steps, ${orderWords(view)}`;
    const cells = { values: view.cells.values, units: quantity.units, scale: view.cells.scale, order };
    const spec = { ...cells, place, height: heatHeight(quantity.units), at, unit, name: String, label };
    heat.draw(spec, palette);
    const fills = view.groups.map((name) => palette.states[view.groupNames.indexOf(name)]);
    axis.draw(
      {
        place,
        tokens,
        at,
        colours: fills.length ? fills : null,
        said: (t) => `${stepNoun(tokens)} ${t + 1}: ${view.groups[t]}`,
      },
      palette,
    );
    overview.draw(view, palette, place);
    groups.draw(view, palette);
    set(node, { 'aria-label': `${label}; unit ${unit} at step ${at + 1}` });
  }
  return { node, draw };
}

function render({ model, el }) {
  const data = stateData(model);
  const F = frame({ model, el, label: model.get('title') || STATE_ASKED, draw });
  F.root.classList.add('state-viewer');
  const send = (values) => {
    Object.entries(values).forEach(([name, value]) => model.set(name, value));
    model.save_changes();
    F.redraw();
  };
  const last = data.tokens.length - 1;
  const walk = stepper(model, { put: send, redraw: F.redraw, last, alive: () => F.root.isConnected });
  const ask = {
    ...{ correlations: remembering(correlationsOf), ranks: remembering(rankedBy), order: remembering(orderOf) },
    ...{ line: remembering(lineOf), scale: remembering(unitScale) },
    ...{ meanScale: remembering(meanScale), deviations: remembering(deviationsOf) },
  };
  const traits = () =>
    Object.fromEntries(['quantity', 'pattern', 'unit', 'sort', 'speed'].map((name) => [name, model.get(name)]));
  const seen = () =>
    stateLook(data, ask, { ...traits(), fromMean: model.get('from_mean'), at: walk.at, playing: walk.playing });
  const act = {
    ...{ play: walk.play, stop: walk.stop },
    unitBy: (by) => act.put(stateKey(seen(), by < 0 ? 'ArrowUp' : 'ArrowDown')),
    unitTo: (unit) => act.put({ unit: clamp(unit || 0, 0, seen().quantity.units - 1) }),
    /** A patch of the state; what no longer fits another choice goes with it. */
    put({ at, ...patch }) {
      if (patch.quantity !== undefined) {
        const { units } = data.quantities.find(({ name }) => name === patch.quantity);
        patch.unit = Math.min(model.get('unit'), units - 1);
      }
      if (patch.pattern === null && model.get('sort') === 'pattern') patch.sort = 'as they are';
      if (Object.keys(patch).length) send(patch);
      if (at !== undefined) walk.to(at);
    },
  };
  const title = h('h3');
  const asked = h('p', { class: 'dim asked', text: STATE_ASKED });
  const [short, long] = [h('b'), h('span')];
  const answer = h('p', { class: 'answer', 'data-role': 'answer' }, short, ' ', long);
  const controls = stateControls(act);
  const picture = statePicture(data, act);
  const status = h('p', { class: 'dim small status', role: 'status', 'aria-live': 'polite' });
  const caps = ([keys, what]) => h('span', {}, ...keys.split(' ').map((k) => h('kbd', { text: k })), ` ${what}`);
  const help = h('div', { class: 'keys' }, ...stateKeys(data.tokens, data.patterns, data.quantities).map(caps));
  F.root.append(scoped(HEAT_STYLE + STATE_STYLE, 'state-viewer'), title, asked, answer, controls.node);
  F.root.append(picture.node, status, help);
  F.root.addEventListener('keydown', (event) => onStateKey(event, seen, act));
  F.listen(['position'], walk.heard);
  F.listen(['quantity', 'pattern', 'unit', 'sort', 'from_mean', 'speed', 'title'], F.redraw);

  function draw(palette, width) {
    const view = seen();
    F.root.classList.toggle('narrow', width < 760);
    F.root.classList.toggle('broad', width >= 1050);
    const words = stateAnswer(view);
    set(title, { text: model.get('title') || STATE_ASKED });
    asked.hidden = !model.get('title');
    set(short, { text: words.short });
    set(long, { text: words.long });
    controls.draw(view);
    picture.draw(view, palette, width);
    if (!view.playing) set(status, { text: stateStatus(view) });
  }

  F.redraw();
  return () => {
    walk.stop();
    F.dispose();
  };
}

export default { render };
