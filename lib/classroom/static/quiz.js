// Quiz: a few questions, each answer with its reason.
import { frame, h, marked, set } from './common.js';
import { attempt, pick, result, score, solved } from './quiz_rules.js';

const CSS = `
.mtm.quiz { max-width: 780px }
.mtm .head { display: flex; justify-content: space-between; align-items: baseline; gap: 16px }
.mtm fieldset { border: 0; margin: 18px 0 0; padding: 0; min-width: 0 }
.mtm legend { padding: 0; margin-bottom: 8px; font-weight: 600; font-size: 14px; line-height: 1.45;
  display: flex; gap: 9px }
.mtm legend .number { color: var(--dim); font-weight: 500 }
.mtm .options { display: grid; gap: 6px; margin-left: 20px }
.mtm .option { display: grid; grid-template-columns: 20px minmax(0, 1fr); gap: 2px 10px; width: 100%;
  padding: 8px 12px; text-align: left; font-size: 13.5px;
  font-weight: 400; line-height: 1.45; background: var(--bg); align-items: start }
.mtm .option .mark { width: 20px; height: 20px; margin-top: 0; border: 1.5px solid var(--line);
  border-radius: 50%; font-size: 11.5px; font-weight: 600; line-height: 17px;
  text-align: center; color: var(--dim) }
.mtm .option:hover .mark { border-color: var(--dim) }
.mtm .option[data-state=right] { border-color: var(--good) }
.mtm .option[data-state=wrong] { border-color: var(--bad) }
.mtm .option[data-state=right] .mark { background: var(--good); border-color: var(--good); color: var(--bg) }
.mtm .option[data-state=wrong] .mark { background: var(--bad); border-color: var(--bad); color: var(--bg) }
.mtm .option[data-state=shut] { opacity: .6; cursor: default }
.mtm .reason { grid-column: 2; color: var(--ink) }
.mtm [data-state=right] .reason b { color: var(--good) }
.mtm [data-state=wrong] .reason b { color: var(--bad) }`;

function render({ model, el }) {
  let cards = [];
  const F = frame({ model, el, label: model.get('title') || 'Quiz', draw });
  const title = h('h3'),
    tally = h('span', { class: 'dim small', role: 'status', 'aria-live': 'polite', 'data-role': 'score' });
  const again = h('button', {
    'data-role': 'again',
    text: 'Start again',
    onclick: () => put(model.get('questions').map(() => [])),
  });
  const list = h('div');
  F.root.classList.add('quiz');
  F.root.append(
    h('style', { text: CSS }),
    h('div', { class: 'head' }, title, tally),
    list,
    h('div', { class: 'row', style: 'margin:16px 0 0 20px' }, again),
    h(
      'div',
      { class: 'keys' },
      ...[
        ['Tab', 'next question'],
        ['↑ ↓', 'move'],
        ['Enter', 'choose'],
        ['1 2 3', 'choose at once'],
      ].map(([keys, what]) => h('span', {}, ...keys.split(' ').map((k) => h('kbd', { text: k })), ' ' + what)),
    ),
  );
  const put = (answers) => {
    model.set('answers', answers);
    model.save_changes();
    F.redraw();
  };
  const choose = (q, o) => put(attempt(model.get('questions'), model.get('answers'), q, o));
  const build = () => {
    cards = model.get('questions').map((question, q) => card(question, q, choose));
    list.replaceChildren(...cards.map((c) => c.node));
    F.redraw();
  };
  F.listen(['questions'], build);
  F.listen(['answers', 'title'], F.redraw);

  function draw() {
    const questions = model.get('questions'),
      answers = model.get('answers');
    set(title, { text: model.get('title') });
    set(tally, { text: result(score(questions, answers)) });
    again.disabled = answers.every((tries) => tries.length === 0);
    cards.forEach((c, q) => c.draw(answers[q], solved(questions, answers, q)));
  }
  build();
  return F.dispose;
}

/** One question: a group of options of which one at a time takes the focus. */
function card(question, q, choose) {
  const options = question.options.map((option, o) =>
    h(
      'button',
      { class: 'option', 'data-option': o, onclick: () => choose(q, o) },
      h('span', { class: 'mark', 'aria-hidden': 'true' }),
      h('span', {}, ...marked(option.text)),
      h('span', { class: 'reason', hidden: '' }),
    ),
  );
  const group = h('div', { class: 'options', onkeydown: move }, ...options);
  const node = h(
    'fieldset',
    { 'data-question': q },
    h('legend', {}, h('span', { class: 'number', text: `${q + 1}` }), h('span', {}, ...marked(question.ask))),
    group,
  );
  let current = 0;
  function focus(o) {
    current = o;
    options.forEach((b, i) => {
      b.tabIndex = i === o ? 0 : -1;
    });
  }
  function move(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const answer = pick(current, options.length, event.key);
    if (!answer) return;
    event.preventDefault();
    const o = answer.focus ?? answer.choose;
    focus(o);
    options[o].focus();
    if (answer.choose !== undefined) choose(q, o);
  }
  options.forEach((button, o) => button.addEventListener('focus', () => focus(o)));
  focus(0);

  function draw(tries, done) {
    options.forEach((button, o) => {
      const { right, reason } = question.options[o],
        tried = tries.includes(o),
        state = tried ? (right ? 'right' : 'wrong') : done ? 'shut' : 'open';
      if (button.dataset.state === state) return;
      const [mark, , why] = button.children;
      set(button, {
        'data-state': state,
        'aria-disabled': done || tried ? 'true' : null,
        'aria-pressed': tried ? 'true' : 'false',
      });
      set(mark, { text: { right: '✓', wrong: '✗' }[state] ?? o + 1 });
      why.hidden = !tried;
      why.replaceChildren(
        ...(tried ? [h('b', { text: right ? 'Right. ' : 'Not quite. ' }), ...marked(reason).flat()] : []),
      );
    });
  }
  return { node, draw };
}

export default { render };
