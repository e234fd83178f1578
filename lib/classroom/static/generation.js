// GenerationViewer: what does each model know about what comes next?
import { calm, clamp, frame, h, scoped, set } from './common.js';
import { lanePanel } from './generation_lane.js';
import { generationPage } from './generation_page.js';
import { GENERATION_STYLE } from './generation_style.js';
import { keyDown, lanesOf, moment, offered, settle } from './generation_words.js';

const MANY = 5; // from so many lanes on, each is kept low
const CROWD = 7; // from so many on there are fewer guesses, in two columns where there is room
const OFTEN = 700; // while playing, Python hears of the position at most every so many milliseconds

/** Writes character after character: { n, playing, play, stop, to, begin, heard }.
 *  The position is sent now and then. */
function writer(model, { put, redraw, length, alive }) {
  const self = { n: model.get('position'), playing: false };
  let sent = 0;
  let mine = self.n;
  let due = 0;

  function send() {
    sent = performance.now();
    mine = self.n;
    put({ position: self.n });
  }
  function tick(now) {
    if (!self.playing || !alive()) return;
    due = Math.max(due, now - 1000); // a page that slept does not race
    while (due <= now && self.n < length()) {
      self.n += 1;
      due += 1000 / model.get('speed');
    }
    if (self.n >= length()) return self.stop();
    if (performance.now() - sent > OFTEN) send();
    else redraw();
    requestAnimationFrame(tick);
  }
  self.to = (n) => {
    self.n = clamp(n, 0, length());
    send();
  };
  self.stop = () => {
    if (self.playing) {
      self.playing = false;
      send();
    }
  };
  self.play = () => {
    if (self.playing) return self.stop();
    if (self.n >= length()) self.n = 0;
    self.playing = true;
    due = performance.now() + 1000 / model.get('speed');
    send();
    requestAnimationFrame(tick);
  };
  /** Other lanes: stand where the model says. */
  self.begin = () => {
    self.playing = false;
    mine = self.n = model.get('position');
  };
  /** A cell has set the position. */
  self.heard = () => {
    if (model.get('position') === mine) return;
    mine = self.n = model.get('position');
    redraw();
  };
  return self;
}

/** Python's part: is it there, was it asked, what did it answer. { state, text, hello, ask, heard, dispose }. */
function pythonSide(model, redraw, answered) {
  const self = { state: 'away', text: '' };
  self.hello = () => model.send({ kind: 'hello' });
  self.ask = (prompt, temperature, seed) => {
    Object.assign(self, { state: 'asked', text: '' });
    model.send({ kind: 'ask', prompt, temperature, seed });
    redraw();
  };
  const heard = (message) => {
    if (message.kind === 'here' && self.state !== 'away') return;
    Object.assign(self, { state: message.kind === 'failed' ? 'failed' : 'here', text: message.text ?? '' });
    if (message.kind === 'done') answered();
    redraw();
  };
  model.on('msg:custom', heard);
  self.dispose = () => model.off('msg:custom', heard);
  return self;
}

function onKey(event, view, act) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { target, key } = event;
  if (target.tagName === 'SELECT' || /^(text|number)$/.test(target.type)) return;
  if (target.tagName === 'BUTTON' && (key === ' ' || key === 'Enter')) return;
  if (target.type === 'range' && /^(Arrow|Home|End|Page)/.test(key)) return;
  const patch = keyDown(view(), key, event.shiftKey);
  if (!patch) return;
  event.preventDefault();
  act.press(patch);
}

function render({ model, el }) {
  const ui = { hover: null, lanes: [], runs: null, choice: null };
  const F = frame({ model, el, label: model.get('title') || 'What comes next', draw });
  F.root.classList.add('generation-viewer');
  const put = (values) => {
    Object.entries(values).forEach(([name, value]) => model.set(name, value));
    model.save_changes();
    F.redraw();
  };
  const length = () => Math.max(...ui.lanes.map((lane) => lane.letters.length));
  const pen = writer(model, { put, redraw: F.redraw, length, alive: () => F.root.isConnected });
  const python = pythonSide(model, F.redraw, () => {
    build();
    if (!calm()) pen.play();
  });
  const act = {
    play: pen.play,
    stop: pen.stop,
    back: () => act.press({ position: pen.n - 1 }),
    step: () => act.press({ position: pen.n + 1 }),
    end: () => act.press({ position: length() }),
    to: (position) => act.press({ position }),
    speed: (speed) => put({ speed }),
    ask: python.ask,
    choose(name, index) {
      const runs = model.get('_runs');
      const now = { ...ui.choice, [name]: offered(runs, name)[index] };
      pen.stop();
      put({ ...settle(runs, now, name), pinned: null, lane: 0 });
      build();
      pen.to(pen.n); // as far as before: what was written can be compared
    },
    press(patch) {
      if (patch.act) return act[patch.act]();
      if (!('position' in patch)) return put(patch);
      pen.stop();
      pen.to(patch.position);
    },
  };
  const stage = h('div', { class: 'lanes stage', tabindex: 0, role: 'group' });
  const page = generationPage(act, stage);
  F.root.append(scoped(GENERATION_STYLE, 'generation-viewer'), ...page.parts);
  const seenNow = () => ({
    ...{ position: pen.n, length: length(), lanes: ui.lanes.length },
    ...{ lane: model.get('lane'), pinned: model.get('pinned') },
  });
  F.root.addEventListener('keydown', (event) => onKey(event, seenNow, act));
  pointAt(stage, ui, model, put, F.redraw);

  /** The lanes of the choice, made anew where it or the runs have changed. */
  function build() {
    const choice = Object.fromEntries(['prompt', 'temperature', 'seed'].map((name) => [name, model.get(name)]));
    const runs = model.get('_runs');
    const same = ui.choice && Object.keys(choice).every((name) => choice[name] === ui.choice[name]);
    const found = lanesOf(runs, choice);
    if ((ui.runs === runs && same) || found.length === 0) return; // nothing: half of a change has arrived
    const [many, crowd] = [found.length >= MANY, found.length >= CROWD];
    const lanes = found.map((lane, k) => lanePanel(lane, k, many, crowd ? 4 : 5));
    Object.assign(ui, { runs, choice, hover: null, lanes, found });
    stage.replaceChildren(...ui.lanes.map((lane) => lane.node));
    F.root.classList.toggle('tight', many);
    F.root.classList.toggle('crowd', crowd);
    if (!same) pen.begin();
    F.redraw();
  }

  function draw(palette, width) {
    F.root.classList.toggle('narrow', width < 760);
    const { playing } = pen;
    const n = clamp(pen.n, 0, length());
    const active = clamp(model.get('lane'), 0, ui.lanes.length - 1);
    const looks = ui.lanes.map((lane, k) =>
      lane.draw(
        {
          ...{ n, playing, active: k === active && ui.lanes.length > 1 },
          hover: ui.hover?.lane === k ? ui.hover.place : null,
          pin: k === active ? model.get('pinned') : null,
        },
        palette,
      ),
    );
    const k = ui.hover?.lane ?? active;
    const view = { ...{ runs: ui.runs, choice: ui.choice, python, n, playing, length: length() } };
    view.moment = moment(ui.found[k], ui.lanes[k].letters, looks[k]);
    Object.assign(view, { title: model.get('title'), speed: model.get('speed') });
    page.draw({ ...view, canCompute: model.get('can_compute') }, palette);
    set(stage, { 'aria-label': `${ui.lanes.length} models, ${n} of ${length()} characters written` });
  }

  F.listen(['_runs', 'prompt', 'temperature', 'seed'], build);
  F.listen(['position'], pen.heard);
  F.listen(['lane', 'pinned', 'speed', 'title', 'can_compute'], F.redraw);
  build();
  python.hello();
  return () => {
    pen.stop();
    python.dispose();
    F.dispose();
  };
}

/** Hover previews a written character, a click or a tap pins it, another lets it go. */
function pointAt(stage, ui, model, put, redraw) {
  const under = (event) => {
    const span = event.target.closest('[data-i]:not(.later)');
    return span && { lane: +span.closest('[data-lane]').dataset.lane, place: +span.dataset.i };
  };
  const hover = (spot) => {
    if (ui.hover?.lane === spot?.lane && ui.hover?.place === spot?.place) return;
    ui.hover = spot;
    redraw();
  };
  stage.addEventListener('pointerover', (event) => event.pointerType !== 'touch' && hover(under(event)));
  stage.addEventListener('pointerleave', () => hover(null));
  stage.addEventListener('click', (event) => {
    const spot = under(event);
    if (!spot) return;
    const again = model.get('lane') === spot.lane && model.get('pinned') === spot.place;
    put({ lane: spot.lane, pinned: again ? null : spot.place });
  });
}

export default { render };
