// RecurrenceViewer: what does a memory of fixed size keep, and what does each rule do to it?
import { calm, frame, h, scoped, set } from './common.js';
import { askPanel } from './recurrence_ask.js';
import { pairsPanel, rulePanel, stripPanel } from './recurrence_controls.js';
import { curvesPanel } from './recurrence_curve.js';
import { memoryPanel } from './recurrence_memory.js';
import { capacityCurve, inRange, memoryStory, parsedPairs, presetOf, recallNow, withBar } from './recurrence_model.js';
import { RECURRENCE_STYLE } from './recurrence_style.js';
import {
  RECURRENCE_ASKED,
  RECURRENCE_KEYS,
  recurrenceAnswer,
  recurrenceKey,
  recurrenceStatus,
} from './recurrence_words.js';

const RULE = ['decay', 'write', 'normaliser', 'keep', 'strength', 'gain'];
const TRAITS = [...RULE, 'pairs', 'step', 'asked', 'rows', 'right_angles', 'again', 'draw', 'title'];
const BEAT = 900; // milliseconds for a pair

/** Remembers the last values of a function, by its arguments. */
function keptValues(most) {
  const known = new Map();
  return (key, make) => {
    if (!known.has(key)) {
      if (known.size >= most) known.delete(known.keys().next().value);
      known.set(key, make());
    }
    return known.get(key);
  };
}

/** What is shown, from the state: every panel draws from this and from nothing else. */
function recurrenceLook(model, ui) {
  const get = (name) => model.get(name);
  const rule = Object.fromEntries(RULE.map((name) => [name, get(name)]));
  const [text, rows, upright, twice] = [get('pairs'), get('rows'), get('right_angles'), get('again')];
  const { pairs } = parsedPairs(text);
  const world = { pairs, rows, draw: get('draw'), upright };
  const story = ui.stories([text, rows, world.draw, upright, JSON.stringify(rule)].join(), () =>
    memoryStory(world, rule),
  );
  const step = inRange(get('step'), pairs);
  const asked = story.keyWords.includes(get('asked')) ? get('asked') : story.keyWords[0];
  const recalls = recallNow(story, rule, step);
  const recall = recalls.find((one) => one.key === asked) ?? null;
  const presets = get('_presets');
  const name = presetOf(rule, presets);
  const about = [rows, upright, twice];
  const made = (one) =>
    ui.curves([...about, JSON.stringify(one)].join(), () => capacityCurve(one, rows, upright, 2 * rows, twice));
  return {
    ...{
      rule,
      text,
      rows,
      upright,
      twice,
      story,
      step,
      asked,
      recalls,
      recall,
      name,
      presets: Object.keys(presets),
    },
    ...{
      moment: story.moments[step],
      askedKey: story.keys[story.keyWords.indexOf(asked)],
      playing: ui.timer !== null,
    },
    value: recall && story.values[story.valueWords.indexOf(recall.value)],
    curve: made(name ? presets[name] : rule),
    curves: Object.entries(presets).map(([own, one], i) => ({
      name: own,
      values: i < ui.ready ? made(one) : null,
    })),
  };
}

/** What the reader can do; every control and every key ends here. */
function recurrenceActions(model, see, ui, redraw) {
  const send = (values) => {
    Object.entries(values).forEach(([name, value]) => model.set(name, value));
    model.save_changes();
    redraw();
  };
  const act = {
    put: send,
    preset: (name) => send(model.get('_presets')[name]),
    ask: (asked) => send({ asked }),
    redraw: () => send({ draw: model.get('draw') + 1 }),
    write(pairs) {
      act.stop();
      const { pairs: found } = parsedPairs(pairs);
      send({ pairs, step: found.length, asked: found.at(-1).key });
    },
    barHere() {
      const { step } = see();
      if (step) act.bar(step - 1);
    },
    bar(index) {
      const { story, text } = see();
      if (text) send({ pairs: withBar(story.pairs, index) });
    },
    go(step) {
      act.stop();
      act.at(step);
    },
    at(step) {
      const { story } = see();
      const pair = story.pairs[step - 1];
      send({ step, ...(pair && step > model.get('step') && { asked: pair.key }) });
    },
    play() {
      if (ui.timer !== null) return act.stop();
      if (see().step === see().story.pairs.length) send({ step: 0 });
      ui.timer = setInterval(
        () => {
          const { step, story } = see();
          if (!ui.alive() || step === story.pairs.length) return act.stop();
          return act.at(step + 1);
        },
        calm() ? 2 * BEAT : BEAT,
      );
      return redraw();
    },
    stop() {
      clearInterval(ui.timer);
      ui.timer = null;
      redraw();
    },
  };
  return act;
}

function onRecurrenceKey(event, see, act) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { target, key } = event;
  if (target.type === 'text' || target.tagName === 'SELECT') return;
  if (target.tagName === 'BUTTON' && (key === ' ' || key === 'Enter')) return;
  if (target.type === 'checkbox' && key === ' ') return;
  if (target.type === 'range' && /^(Arrow|Home|End|Page)/.test(key)) return;
  const patch = recurrenceKey(see(), key);
  if (!patch) return;
  event.preventDefault();
  act[patch.act](patch.with);
}

function render({ model, el }) {
  const ui = { timer: null, ready: 0, stories: keptValues(8), curves: keptValues(60) };
  const F = frame({ model, el, label: model.get('title') || RECURRENCE_ASKED, draw });
  F.root.classList.add('recurrence-viewer');
  ui.alive = () => F.root.isConnected;
  const see = () => recurrenceLook(model, ui);
  const act = recurrenceActions(model, see, ui, F.redraw);
  const [rule, pairs, strip] = [rulePanel(act, Object.keys(model.get('_presets'))), pairsPanel(act), stripPanel(act)];
  const [memory, ask, curves] = [memoryPanel(), askPanel(), curvesPanel(act)];
  const [title, short, long] = [h('h3'), h('b'), h('span')];
  const said = h('p', { class: 'answer', 'data-role': 'answer' }, short, ' ', long);
  const role = { role: 'application', 'aria-roledescription': 'a memory and what is written to it' };
  const stage = h('div', { class: 'stage', tabindex: 0, ...role }, memory.node);
  const upper = h('div', { class: 'upper' }, stage, ask.node);
  const status = h('p', { class: 'status', role: 'status', 'aria-live': 'polite' });
  const lower = h('div', { class: 'lower' }, curves.node, status);
  const caps = ([keys, what]) => h('span', {}, ...keys.split(' ').map((key) => h('kbd', { text: key })), ` ${what}`);
  F.root.append(
    scoped(RECURRENCE_STYLE, 'recurrence-viewer'),
    title,
    h('p', { class: 'dim question', text: RECURRENCE_ASKED }),
    said,
    ...[rule.node, pairs.node, strip.node, upper, lower],
    h('div', { class: 'keys' }, ...RECURRENCE_KEYS.map(caps)),
  );
  F.root.addEventListener('keydown', (event) => onRecurrenceKey(event, see, act));
  F.listen(TRAITS, F.redraw);
  const told = ['rows', 'right_angles', 'again'];
  F.listen(told, () => (ui.ready = 0)); // the curves of all rules are made anew, one in each frame

  function draw(palette, width) {
    const view = see();
    const words = recurrenceAnswer(view);
    set(title, { text: model.get('title') || 'A memory of fixed size' });
    set(short, { text: words.short, class: words.right === null ? '' : words.right ? 'right' : 'wrong' });
    set(long, { text: words.long });
    rule.draw(view);
    pairs.draw(view);
    strip.draw(view);
    const wide = width >= 740;
    F.root.classList.toggle('slim', width < 960);
    const used = memory.draw(view, palette, wide ? width - 236 : width);
    for (const part of [upper, lower]) part.classList.toggle('wide', wide);
    ask.draw(view, palette, wide ? width - used - 30 : width, wide);
    curves.draw(view, palette, wide ? width * 0.62 : width);
    set(stage, { 'aria-label': words.short });
    if (!view.playing) set(status, { text: recurrenceStatus(view) });
    if (ui.ready < view.presets.length) {
      ui.ready += 1;
      F.redraw();
    }
  }

  F.redraw();
  return () => {
    clearInterval(ui.timer);
    F.dispose();
  };
}

export default { render };
