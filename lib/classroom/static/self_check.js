// SelfCheck: a few questions that say where to begin, and fail nobody.
import { h, marked, scoped, set } from './common.js';
import { quizPage } from './quiz_page.js';
import { complete, linked, progress, routesOf, settled, tryOption, whereToBegin } from './self_check_rules.js';

const SELF_CHECK_STYLE = `
.mtm .option[data-state=unknown] { border-color: var(--dim) }
.mtm .option[data-state=unknown] .mark { border-color: var(--dim); background: var(--dim); color: var(--bg) }
.mtm .routes { margin-top: 20px; padding-top: 16px; border-top: 1px solid var(--line) }
.mtm [hidden] { display: none !important }
.mtm .routes h4 { font-size: 15px; margin-bottom: 8px }
.mtm .route { display: grid; grid-template-columns: 132px 92px minmax(0, 1fr); gap: 2px 16px; padding: 8px 0;
  border-top: 1px solid var(--line); align-items: baseline }
.mtm .route:first-of-type { border-top: 0 }
.mtm .route b { font-weight: 600 }
.mtm .route .dots { display: inline-flex; gap: 4px; vertical-align: -1px }
.mtm .route .dots i { width: 10px; height: 10px; border-radius: 50%; border: 1.5px solid var(--dim) }
.mtm .route .dots i.known { background: var(--good); border-color: var(--good) }
.mtm .routes a { color: var(--accent) }
.mtm .begin { margin-top: 10px; padding: 10px 14px; border-radius: 8px; background: var(--panel); font-weight: 600 }`;

const SAFE = /^(https?:\/\/|[\w#./-]+$)/; // a page, or a file of the course

/** A sentence with its links and its `code`. */
const written = (sentence) =>
  linked(sentence).flatMap(({ text, address }) =>
    address && SAFE.test(address)
      ? [h('a', { href: address, target: '_blank', rel: 'noopener', text })]
      : marked(text),
  );

/** The advice under the questions: { node, buttons, names, draw }. */
function advice(model, put) {
  const rows = h('div');
  const left = h('p', { class: 'dim small' });
  const begin = h('p', { class: 'begin', 'data-role': 'begin' });
  const node = h(
    'section',
    { class: 'routes', 'data-role': 'routes', 'aria-live': 'polite' },
    scoped(SELF_CHECK_STYLE, 'quiz-page'),
    h('h4', { text: 'Where to begin' }),
    left,
    rows,
    begin,
  );
  const show = h('button', {
    class: 'main',
    'data-role': 'show',
    text: 'Show me where to begin',
    onclick: () => put({ routed: true }),
  });

  function draw(questions, answers) {
    const done = complete(answers);
    const routes = model.get('routes');
    const open = answers.filter((tries) => !tries.length).length;
    node.hidden = !(done || model.get('routed'));
    show.hidden = !node.hidden;
    if (node.hidden) return;
    const questionsLeft = open === 1 ? 'One question is' : `${open} questions are`;
    const note = `${questionsLeft} still open and counted as not known yet. The advice follows your answers.`;
    set(left, { text: open ? note : '' });
    rows.replaceChildren(...routesOf(questions, answers, routes).map(routeRow));
    begin.replaceChildren(...written(whereToBegin(questions, answers, routes, model.get('begin'))));
  }
  return { node, buttons: [show], names: ['routed', 'routes', 'begin'], draw };
}

function routeRow({ subject, name, known, asked, text }) {
  const count = ` ${known} of ${asked}`;
  const dots = Array.from({ length: asked }, (_, k) => h('i', { class: k < known ? 'known' : null }));
  return h(
    'div',
    { class: 'route', 'data-subject': subject },
    h('b', { text: name }),
    h('span', { class: 'dim small' }, h('span', { class: 'dots', 'aria-hidden': 'true' }, ...dots), count),
    h('span', {}, ...written(text)),
  );
}

const rules = { attempt: tryOption, closed: settled, tally: progress };

const render = (given) => quizPage(given, 'Self-check', rules, (put) => advice(given.model, put));

export default { render };
