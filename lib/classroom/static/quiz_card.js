// One question of a quiz on the page, and what all quizzes look like.
import { h, marked, set } from './common.js';
import { pick } from './quiz_rules.js';

export const QUIZ_STYLE = `
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

/** What became of an option that was tried: its state, its mark, and the words before the reason. */
const VERDICTS = {
  right: { mark: '✓', words: 'Right. ' },
  wrong: { mark: '✗', words: 'Not quite. ' },
  unknown: { mark: '•', words: '' },
};
const verdict = ({ right, unknown }) => (right ? 'right' : unknown ? 'unknown' : 'wrong');

/** One question: a group of options of which one at a time takes the focus. */
export function card(question, q, choose) {
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
      const option = question.options[o],
        tried = tries.includes(o),
        state = tried ? verdict(option) : done ? 'shut' : 'open';
      if (button.dataset.state === state) return;
      const [mark, , why] = button.children;
      set(button, {
        'data-state': state,
        'aria-disabled': done || tried ? 'true' : null,
        'aria-pressed': tried ? 'true' : 'false',
      });
      set(mark, { text: VERDICTS[state]?.mark ?? o + 1 });
      why.hidden = !tried;
      why.replaceChildren(
        ...(tried ? [h('b', { text: VERDICTS[state].words }), ...marked(option.reason)] : []),
      );
    });
  }
  return { node, draw };
}

/** The help line. */
export const quizKeys = () =>
  h(
    'div',
    { class: 'keys' },
    ...[
      ['Tab', 'next question'],
      ['↑ ↓', 'move'],
      ['Enter', 'choose'],
      ['1 2 3', 'choose at once'],
    ].map(([keys, what]) => h('span', {}, ...keys.split(' ').map((k) => h('kbd', { text: k })), ' ' + what)),
  );
