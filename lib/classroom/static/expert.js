// ExpertViewer: who answers for which letter?
import { decode16, frame, h, scoped, set } from './common.js';
import { expertColour, expertGrid } from './expert_grid.js';
import { expertView, nextOfClass } from './expert_model.js';
import { EXPERT_KEYS, expertAnswer, expertKey, expertMoment } from './expert_words.js';
import { seenToken } from './heat.js';
import { mix, readable } from './palette.js';

const TEXT_LINE = 39; // px: a token and the gap below; ten lines are seen, none cut through
const EXPERT_QUESTION = 'Who answers for which letter?';
const EXPERT_STYLE = `
.mtm [hidden] { display: none !important }
.mtm .question { margin-top: 3px } .mtm .answer { margin-top: 10px; max-width: 108ch }
.mtm .answer b { font-weight: 650 }
.mtm .stage { margin-top: 10px; outline-offset: 3px; padding: 3px 2px; display: flex; flex-wrap: wrap; gap: 3px 0; align-content: flex-start; overflow-y: auto; max-height: 393px }
.mtm .stage::-webkit-scrollbar { width: 10px } .mtm .stage::-webkit-scrollbar-thumb { background: var(--dim); border-radius: 5px; border: 2px solid var(--bg) }
.mtm .stage span { position: relative; height: 36px; padding: 0 1.5px; text-align: center; cursor: pointer; border-radius: 3px;
  font: 14px/1.35 ui-monospace, "SF Mono", "DejaVu Sans Mono", monospace; border: 1px solid transparent; white-space: pre }
.mtm .stage span small { display: block; font-size: 9px; line-height: 1.1; font-weight: 700 }
.mtm .stage span.not { opacity: .3 } .mtm .stage span.second { border-style: dotted; border-color: var(--dim) }
.mtm .stage span.at { border: 1px solid var(--accent); box-shadow: 0 0 0 1px var(--accent) }
.mtm .status { margin: 8px 0 10px }
.mtm .bar { justify-content: flex-end; margin-top: 6px; min-height: 30px }
.mtm .experts svg text { pointer-events: none }`;

function render({ model, el }) {
  const F = frame({ model, el, label: model.get('title') || 'Experts', draw });
  F.root.classList.add('expert-viewer');
  const put = (values) => {
    Object.entries(values).forEach(([name, value]) => model.set(name, value));
    model.save_changes();
    F.redraw();
  };
  const act = {
    go: (position) => put({ position }),
    next: (name) => put({ position: nextOfClass(model.get('classes'), model.get('position'), name) }),
    follow: (expert) => put({ expert: model.get('expert') === expert ? null : expert }),
  };
  let known = [null, null];
  const view = () => {
    const codes = model.get('_codes');
    if (known[0] !== codes) known = [codes, decode16(codes, ...model.get('_range'))];
    const traits = ['tokens', 'classes', 'top_k', 'position', 'expert'];
    const state = Object.fromEntries(traits.map((name) => [name, model.get(name)]));
    return expertView(known[1], { ...state, experts: model.get('_experts') });
  };
  const title = h('h3'),
    question = h('p', { class: 'dim question', text: EXPERT_QUESTION }),
    [short, long] = [h('b'), h('span')],
    answer = h('p', { class: 'answer', 'data-role': 'answer' }, short, ' ', long);
  const stage = h('div', {
    class: 'stage',
    tabindex: 0,
    role: 'group',
    'aria-label': 'The text; below each token its first expert',
  });
  const all = h('button', { 'data-role': 'all', text: 'All experts', onclick: () => put({ expert: null }) });
  const status = h('p', { class: 'status', role: 'status', 'aria-live': 'polite', 'data-role': 'moment' });
  const grid = expertGrid(act);
  const help = EXPERT_KEYS.map(([k, what]) =>
    h('span', {}, ...k.split(' ').map((text) => h('kbd', { text })), ` ${what}`),
  );
  F.root.append(
    scoped(EXPERT_STYLE, 'expert-viewer'),
    ...[
      title,
      question,
      answer,
      stage,
      status,
      grid.node,
      h('div', { class: 'row bar' }, all),
      h('div', { class: 'keys' }, ...help),
    ],
  );
  stage.addEventListener('click', (event) => {
    const token = event.target.closest('[data-token]');
    if (token) act.go(Number(token.dataset.token));
  });
  F.root.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { t, expert, classes, experts } = view();
    const patch = expertKey({ position: t, expert, classes, experts }, event.key);
    if (!patch) return;
    event.preventDefault();
    put(patch);
  });
  let written = '';

  /** The text, written once for a theme and a choice of experts; the cursor moves on it. */
  function text(now, palette) {
    const key = JSON.stringify([palette.bg, now.expert, now.picks.length]);
    if (key !== written)
      stage.replaceChildren(
        ...now.tokens.map((token, t) => {
          const place = now.expert === null ? 0 : now.picks[t].indexOf(now.expert);
          const first = now.picks[t][0];
          const colour = expertColour(place > 0 ? now.expert : first, palette);
          return h(
            'span',
            {
              ...{ 'data-token': t, class: place < 0 ? 'not' : place > 0 ? 'second' : null },
              style: `background:${mix(palette.bg, colour, place === 0 ? 0.24 : 0.08)}`,
            },
            seenToken(token),
            h('small', { text: first, style: `color:${readable(expertColour(first, palette), palette)}` }),
          );
        }),
      );
    written = key;
    stage.querySelector('.at')?.classList.remove('at');
    const mine = stage.children[now.t];
    mine.classList.add('at');
    const [top, low] = [mine.offsetTop - stage.offsetTop, stage.clientHeight];
    if (top < stage.scrollTop || top + mine.offsetHeight > stage.scrollTop + low)
      stage.scrollTop = TEXT_LINE * Math.floor((top - low / 2) / TEXT_LINE);
  }

  function draw(palette, width) {
    const now = view();
    const said = expertAnswer(now);
    set(title, { text: model.get('title') || EXPERT_QUESTION });
    question.hidden = !model.get('title');
    // room for the longest sentence at this width: the page below must not jump
    const room = (pixels) => `min-height: ${1.5 * Math.ceil(pixels / width)}em`;
    set(answer, { style: room(1560) });
    set(status, { style: room(300 + 130 * now.topK) });
    set(short, { text: said.short });
    set(long, { text: said.long });
    text(now, palette);
    set(status, { text: expertMoment(now) });
    grid.draw(now, palette, width);
    all.hidden = now.expert === null;
  }
  F.listen(['_codes', 'position', 'expert', 'title'], F.redraw);
  F.redraw();
  return F.dispose;
}

export default { render };
