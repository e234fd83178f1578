// SamplingViewer: what will it say next, and who drew the die?
import { calm, clamp, decode16, frame, h, scoped, set, uniform } from './common.js';
import { samplingColumns } from './sampling_columns.js';
import { cameAs, cutDistribution, drawnAt, wholeText } from './sampling_model.js';
import { samplingDials, samplingDrive, samplingLegend, samplingNumbers } from './sampling_page.js';
import { samplingStrips } from './sampling_strips.js';
import { SAMPLING_STYLE } from './sampling_style.js';
import { recordedText, writtenText } from './sampling_text.js';
import { PLAIN_SAMPLING, SAMPLING_KEYS, samplingAnswer, samplingKey, samplingStatus } from './sampling_words.js';

const SAMPLING_ASKED = 'What will it say next, and who drew the die?';
const SAMPLING_PACE = 420; // milliseconds between two tokens

/** Python's part: is it there, was it asked, what did it answer: { state, text, ask(written), dispose }. */
function samplingPython(model, redraw, answered) {
  const self = { state: 'away', text: '' };
  self.ask = (written) => {
    if (self.state !== 'here' && self.state !== 'failed') return;
    Object.assign(self, { state: 'asked', text: '' });
    model.send({ kind: 'ask', written });
    redraw();
  };
  const heard = (message) => {
    if (message.kind === 'here' && self.state !== 'away') return;
    Object.assign(self, { state: message.kind === 'failed' ? 'failed' : 'here', text: message.text ?? '' });
    answered(message.kind);
    redraw();
  };
  model.on('msg:custom', heard);
  self.dispose = () => model.off('msg:custom', heard);
  return self;
}

/** The distributions of a text, each computed once for the settings: at(place). */
function samplingSolver(model, ui) {
  const { prompt, tokens, live } = ui;
  const size = model.get('vocabulary').length;
  let [from, logits, key, known] = [null, null, '', new Map()];
  return (settings) => {
    const [codes, span, written] = [model.get('_logits'), model.get('_span'), model.get('written')];
    const wish = JSON.stringify([settings, live ? written : 0]);
    if (from !== codes || ui.span !== span) logits = decode16(codes, ...span);
    if (from !== codes || ui.span !== span || key !== wish) known = new Map();
    [from, ui.span, key] = [codes, span, wish];
    return (place) => {
      if (!known.has(place)) {
        const row = live ? logits : logits.subarray(place * size, (place + 1) * size);
        const before = new Set(live ? [...prompt, ...written] : [...prompt, ...tokens.slice(0, place)]);
        known.set(place, cutDistribution(row, before, settings));
      }
      return known.get(place);
    };
  };
}

/** What is shown, from the state: every panel draws from this and from nothing else. */
function samplingLook(model, ui) {
  const read = (name) => model.get(name);
  const { live, tokens, names } = ui;
  const settings = {
    temperature: read('temperature'),
    topK: read('top_k'),
    topP: read('top_p'),
    penalty: read('repetition_penalty'),
  };
  const written = read('written');
  const length = live ? written.length + 1 : tokens.length;
  const place = live ? written.length : clamp(read('place'), 0, length - 1);
  const die = read('die') ?? uniform(read('seed'), place);
  const at = ui.solve(settings);
  const cut = at(place);
  const wish = JSON.stringify([settings, read('seed')]);
  if (!live && ui.wish !== wish)
    Object.assign(ui, { wish, whole: wholeText(tokens, at, (i) => uniform(read('seed'), i)) });
  const token = live ? null : tokens[place];
  return {
    ...{ live, settings, written, length, place, die, cut, token, names, size: cut.order.length, whole: ui.whole },
    ...{
      drawn: drawnAt(cut, die),
      came: live ? null : cameAs(cut, token),
      playing: ui.timer !== null,
      python: ui.python,
    },
  };
}

/** What the reader can do; every control and every key ends here. */
function samplingActions(model, see, ui, redraw) {
  const put = (values) => {
    Object.entries(values).forEach(([name, value]) => model.set(name, value));
    model.save_changes();
    redraw();
  };
  const halt = () => {
    clearInterval(ui.timer);
    ui.timer = null;
    redraw();
  };
  const go = (place) => put({ place: clamp(place, 0, see().length - 1), die: null });
  const ask = (written) => ui.python.ask(written);
  const write = () => {
    const { live, place, written, cut, drawn } = see();
    if (live) return ask([...written, cut.order[drawn]]);
    return go(place + 1);
  };
  const act = {
    put,
    stop: halt,
    plain: () => put(PLAIN_SAMPLING),
    toss: () => put({ seed: model.get('seed') + 1, die: null }),
    roll: (die) => put({ die }),
    go(place) {
      halt();
      go(place);
    },
    /** The die is laid in the middle of a token's piece. */
    lay(rank) {
      const { share, kept } = see().cut;
      if (rank >= kept) return;
      let below = 0;
      for (let i = 0; i < rank; i++) below += share[i];
      put({ die: Math.min(0.9999, below + share[rank] / 2) });
    },
    write() {
      halt();
      write();
    },
    back() {
      halt();
      const { live, place, written } = see();
      if (!live) go(place - 1);
      else if (written.length) ask(written.slice(0, -1));
    },
    restart() {
      halt();
      ask([]);
    },
    play() {
      if (ui.timer !== null) return halt();
      const view = see();
      if (!view.live && view.place === view.length - 1) go(0);
      ui.timer = setInterval(
        () => {
          const { live, place, length, python } = see();
          if (!ui.alive() || (!live && place === length - 1) || python.state === 'failed') return halt();
          if (!live || python.state === 'here') write();
        },
        SAMPLING_PACE * (calm() ? 3 : 1),
      );
      return redraw();
    },
  };
  return act;
}

function onSamplingKey(event, see, act) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { target, key } = event;
  if (target.tagName === 'BUTTON' && (key === ' ' || key === 'Enter')) return;
  if (target.type === 'range' && /^(Arrow|Home|End|Page)/.test(key)) return;
  const patch = samplingKey(see(), key);
  if (!patch) return;
  event.preventDefault();
  if (patch.act) act[patch.act]();
  else act.put(patch);
}

function render({ model, el }) {
  const [vocabulary, live] = [model.get('vocabulary'), model.get('live')];
  const ui = { timer: null, wish: null, whole: null, live, tokens: model.get('tokens'), prompt: model.get('prompt') };
  ui.names = (token) => vocabulary[token];
  ui.solve = samplingSolver(model, ui);
  const F = frame({ model, el, label: model.get('title') || SAMPLING_ASKED, draw });
  F.root.classList.add('sampling-viewer');
  ui.alive = () => F.root.isConnected;
  ui.python = samplingPython(model, F.redraw, (kind) => kind === 'failed' && act.stop());
  const see = () => samplingLook(model, ui);
  const act = samplingActions(model, see, ui, F.redraw);
  const group = `sampling-${(render.made = (render.made ?? 0) + 1)}`; // patterns of two viewers stay apart
  const text = live ? writtenText(ui) : recordedText(act, ui);
  const [dials, drive, legend] = [
    samplingDials(act, vocabulary.length),
    samplingDrive(act, live),
    samplingLegend(live, group),
  ];
  const [columns, strips, numbers] = [samplingColumns(act, group), samplingStrips(act, group), samplingNumbers(live)];
  const title = h('h3');
  const asked = h('p', { class: 'dim asked', text: SAMPLING_ASKED });
  const [short, long] = [h('b'), h('span')];
  const said = h('p', { class: 'answer', 'data-role': 'answer' }, short, ' ', long);
  const status = h('p', { class: 'status dim', role: 'status', 'aria-live': 'polite' });
  const role = { role: 'application', 'aria-roledescription': 'a distribution and a die' };
  const stage = h('div', { class: 'stage', tabindex: 0, ...role }, columns.node, strips.node);
  const caps = ([keys, what]) => h('span', {}, ...keys.split(' ').map((key) => h('kbd', { text: key })), ` ${what}`);
  const help = h('div', { class: 'keys' }, ...SAMPLING_KEYS.map(caps));
  F.root.append(scoped(SAMPLING_STYLE, 'sampling-viewer'), title, asked, said, text.node, drive.node, dials.node);
  F.root.append(legend.node, stage, status, numbers.node, help);
  F.root.addEventListener('keydown', (event) => onSamplingKey(event, see, act));
  const traits = [
    'place',
    'temperature',
    'top_k',
    'top_p',
    'repetition_penalty',
    'die',
    'seed',
    'written',
    '_logits',
    '_span',
    'title',
  ];
  F.listen(traits, () => F.redraw());

  function draw(palette, width) {
    const view = see();
    const words = samplingAnswer(view);
    F.root.classList.toggle('narrow', width < 760);
    set(title, { text: model.get('title') || 'What comes next' });
    set(short, { text: words.short });
    set(long, { text: words.long });
    for (const panel of [text, dials, drive, numbers]) panel.draw(view);
    legend.draw(palette);
    for (const panel of [columns, strips]) panel.draw(view, palette, width);
    numbers.node.classList.toggle('wide', width >= 760);
    const told = samplingStatus(view);
    if (!view.playing) set(status, { text: told });
    set(stage, { 'aria-label': `${words.short} ${told}` });
  }

  F.redraw();
  if (live) model.send({ kind: 'hello' });
  return () => {
    clearInterval(ui.timer);
    ui.python.dispose();
    F.dispose();
  };
}

export default { render };
