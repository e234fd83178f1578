// SelectionViewer: when does the model open the door, and what is then in the room?
import { clamp, frame, h, icon, scoped, set } from './common.js';
import { onSelectionKey, selectionActions } from './selection_actions.js';
import { HEAT_STYLE, heatKey, heatPanel, keepInside, timeAxis, timePlace } from './heat.js';
import { mix, readable } from './palette.js';
import { SELECTION_LEFT, doorLane, roomLane, selectionColours } from './selection_lanes.js';
import { doorAxis } from './selection_model.js';
import { handPanel, selectionPython } from './selection_hand.js';
import { selectionSeen } from './selection_seen.js';
import { SELECTION_STYLE } from './selection_style.js';
import { SELECTION_KEYS, around, selectionAnswer, selectionMoment, stepSum, tokenWord } from './selection_words.js';

const SELECTION_QUESTION = 'When does the model open the door, and what is then in the room?';
const SORT_WORDS = {
  marked: 'opens most at marked steps',
  'half-life': 'keeps longest',
  number: 'number',
};

function render({ model, el }) {
  const look = selectionSeen(model);
  const ui = { hover: null, timer: null, first: model.get('position') - 4, all: model.get('hold')?.channel === null };
  const F = frame({ model, el, label: model.get('title') || 'A selective memory', draw });
  F.root.classList.add('selection-viewer');
  const put = (values, save = true) => {
    Object.entries(values).forEach(([name, value]) => model.set(name, value));
    if (save) model.save_changes();
    F.redraw();
  };
  const python = selectionPython(model, F.redraw);
  const act = selectionActions(model, ui, look, { put, redraw: F.redraw, python, alive: () => F.root.isConnected });
  const title = h('h3'),
    question = h('p', { class: 'dim question', text: SELECTION_QUESTION }),
    [short, long] = [h('b'), h('span')],
    answer = h('p', { class: 'answer', 'data-role': 'answer' }, short, ' ', long),
    legend = h('div', { class: 'legend small dim' });
  const name = h('b', { 'data-role': 'channel-name' });
  const turn = (by, text, label) => h('button', { text, 'aria-label': label, onclick: () => act.turnChannel(by) });
  const pick = h('span', { class: 'pick' }, turn(-1, '‹', 'The channel above in the map'), name, turn(1, '›', 'The channel below in the map')); // prettier-ignore
  const [sign, word] = [h('span', { style: 'display:inline-flex' }), h('span')];
  const play = h('button', { class: 'main', 'data-role': 'play', onclick: act.play }, sign, word);
  const layer = h('span', { class: 'dim small' });
  const [door, room] = [doorLane(act), roomLane(act)];
  const heat = heatPanel({ role: 'states', pick: (t) => act.go(t) });
  const map = heatPanel({ role: 'map', pick: (position, channel) => put({ position, channel }) });
  const [axis, below] = [timeAxis({ pick: act.go }), timeAxis({ pick: act.go })];
  const roomName = h('div', { class: 'room-name' });
  const stage = h(
    'div',
    { class: 'stage', tabindex: 0, role: 'group', 'aria-label': 'Door, states and what is still there' },
    ...[door.node, h('div', { style: 'position:relative;margin:4px 0' }, roomName, heat.node), room.node, axis.node],
  );
  const where = h('h4');
  const lines = [h('p'), h('p')];
  const nearby = h('p', { class: 'around', 'data-role': 'around' });
  const sum = h('div', { class: 'sum', 'data-role': 'sum' }, where, ...lines, nearby);
  const hand = handPanel(act);
  const sort = h('select', { 'data-role': 'sort', onchange: () => put({ sort: sort.value }) });
  const quantity = h(
    'select',
    { 'data-role': 'quantity', onchange: () => put({ quantity: quantity.value }) },
    h('option', { value: 'door', text: 'share replaced' }),
    h('option', { value: 'delta', text: 'Δ, log scale' }),
  );
  const key = heatKey();
  const overview = h(
    'div',
    { class: 'overview' },
    h('div', { class: 'row' }, h('h4', { text: 'All channels' }), h('label', {}, 'sorted by', sort), h('label', {}, 'shown', quantity), key.node), // prettier-ignore
    ...[map.node, below.node],
  );
  const status = h('p', { class: 'dim small status', role: 'status', 'aria-live': 'polite', 'data-role': 'moment' });
  const help = SELECTION_KEYS.map(([k, what]) =>
    h('span', {}, ...k.split(' ').map((text) => h('kbd', { text })), ` ${what}`),
  );
  F.root.append(
    scoped(HEAT_STYLE + SELECTION_STYLE, 'selection-viewer'),
    ...[
      title,
      question,
      h('div', { class: 'row bar' }, h('span', { class: 'row' }, pick, layer), play),
      answer,
      legend,
    ],
    ...[stage, sum, hand.node, overview, status, h('div', { class: 'keys' }, ...help)],
  );
  F.root.addEventListener('keydown', (event) => onSelectionKey(event, ui, look, act));

  function words(view, palette) {
    const said = selectionAnswer(view);
    set(title, { text: model.get('title') || SELECTION_QUESTION });
    question.hidden = !model.get('title');
    set(short, { text: said.short });
    set(long, { text: said.long });
    const { marked, other } = selectionColours(palette);
    const entry = (text, style, kind) => h('span', {}, h('i', { style, class: kind }), text);
    legend.replaceChildren(
      ...(view.marks.length
        ? [entry('marked step', `--swatch:${marked}`), entry('other step', `--swatch:${other}`)]
        : []),
      entry('mean of all channels', '', 'line'),
      entry('eight of ten channels', `--swatch:${mix(palette.panel, palette.dim, 0.32)}`),
      entry('as it was written', `--swatch:${mix(palette.panel, other, 0.28)}`, 'pale'),
    );
    set(name, { text: `Channel ${view.channel}` });
    set(layer, { text: model.get('_layout').layer ? `of ${model.get('_layout').layer}` : '' });
    const going = ui.timer === null ? 'Play' : 'Pause';
    if (word.textContent !== going) sign.replaceChildren(icon(going.toLowerCase()));
    set(word, { text: going });
    set(where, { text: tokenWord(view.tokens, view.t) });
    const colours = { keep: palette.states[0], write: palette.states[1] };
    stepSum(view).forEach((line, k) =>
      lines[k].replaceChildren(
        ...line.map(([text, role]) => {
          const style = role && role !== 'ink' ? `color:${readable(colours[role], palette)};font-weight:650` : role ? 'font-weight:650' : 'color:var(--dim)'; // prettier-ignore
          return h('span', { text, style });
        }),
      ),
    );
    nearby.hidden = view.cell >= 6.5;
    const [before, mine, after] = around(view.tokens, view.t);
    nearby.replaceChildren(before, h('b', { text: mine }), after);
    const sorts = Object.keys(SORT_WORDS).filter((each) => each !== 'marked' || view.marks.length);
    if (sort.childElementCount !== sorts.length)
      sort.replaceChildren(...sorts.map((value) => h('option', { value, text: SORT_WORDS[value] })));
    sort.value = view.sort;
    quantity.value = view.quantity;
    if (ui.timer === null) set(status, { text: selectionMoment({ ...view, hover: ui.hover }) });
  }

  function draw(palette, width) {
    F.root.classList.toggle('narrow', width < 800);
    const view = look();
    view.axis = doorAxis(view.quantity, view.rate, view.ends, view.top);
    const space = Math.max(160, width - SELECTION_LEFT - 4);
    const letters = Math.min(6, Math.max(...view.tokens.map((token) => [...token].length)));
    const least = letters <= 1 ? 3.4 : 8 * letters + 4;
    const columns = Math.max(1, Math.min(view.steps, Math.floor(space / least)));
    ui.first = keepInside(ui.first, columns, view.t, view.steps);
    const right = SELECTION_LEFT + Math.min(space, columns * 44);
    const place = timePlace({ left: SELECTION_LEFT, width: right, first: ui.first, columns });
    view.cell = place.cell;
    words(view, palette);
    door.draw(view, palette, place);
    const tall = clamp(Math.round(112 / view.states), 7, 16) * view.states;
    const rate = (n) => `${Number(view.data.A[view.channel * view.states + n].toPrecision(2))}`.replace('-', '−');
    roomName.replaceChildren(h('b', { text: 'The room' }), `${view.states} states,`, h('br'), 'A beside each');
    heat.draw(
      {
        ...{
          place,
          values: view.heat,
          units: view.states,
          order: [...Array(view.states).keys()],
          scale: view.heatScale,
        },
        ...{
          height: tall,
          at: view.t,
          unit: null,
          name: rate,
          label: `${view.states} states of channel ${view.channel}`,
        },
      },
      palette,
    );
    room.draw(view, palette, place);
    const strip = view.marks.length
      ? view.marks.map((mark) => (mark ? selectionColours(palette).marked : mix(palette.line, palette.bg, 0.5)))
      : null;
    const times = { place, tokens: view.tokens, at: view.t, colours: strip, said: (t) => tokenWord(view.tokens, t) };
    axis.draw(times, palette);
    hand.draw({ ...view, all: ui.all, python, canCompute: model.get('can_compute'), text: model.get('text'), heldText: model.get('held_text') }); // prettier-ignore
    const logs = view.quantity === 'delta';
    const [low, high] = logs ? view.ends : [0, view.top];
    if (ui.scale?.low !== low || ui.scale?.high !== high) ui.scale = { low, high, signed: false, cut: false };
    map.draw(
      {
        ...{ place, values: view.map, units: view.channels, order: view.order, scale: ui.scale },
        ...{ height: clamp(view.channels * 6, 48, 150), at: view.t, unit: view.channel, name: (d) => `${d}` },
        label: `Δ of ${view.channels} channels at every token; ${selectionAnswer(view).short}`,
      },
      palette,
    );
    key.draw(
      ui.scale,
      palette,
      logs
        ? [`Δ ${10 ** view.ends[0]}`, `${10 ** view.ends[1]}`]
        : ['0 shut', view.top === 1 ? '1 open' : `${view.top}`],
    );
    below.draw(times, palette);
  }

  F.listen(['hold'], () => {
    const hold = model.get('hold'); // one that came from elsewhere is what the choice shows
    if (hold) ui.all = hold.channel === null;
  });
  F.listen(
    ['_codes', '_layout', 'channel', 'position', 'sort', 'quantity', 'hold', 'title', 'text', 'held_text'],
    F.redraw,
  );
  python.hello();
  F.redraw();
  return () => {
    act.stop();
    python.dispose();
    F.dispose();
  };
}

export default { render };
