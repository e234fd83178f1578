// A page of questions: what the quiz and the self-check have in common.
import { frame, h, scoped, set } from './common.js';
import { QUIZ_STYLE, card, quizKeys } from './quiz_card.js';

/** Draws the questions of a model. `rules`: attempt(questions, answers, q, o) -> answers,
 *  closed(questions, answers, q) -> no more tries, tally(questions, answers) -> the line at the top.
 *  `below(put)`: what stands under the questions, { node, buttons, names, draw }; `names` are its traits. */
export function quizPage({ model, el }, label, { attempt, closed, tally }, below = () => null) {
  let cards = [];
  const F = frame({ model, el, label: model.get('title') || label, draw });
  F.root.classList.add('quiz-page');
  const put = (values) => {
    Object.entries(values).forEach(([name, value]) => model.set(name, value));
    model.save_changes();
    F.redraw();
  };
  const title = h('h3'),
    count = h('span', { class: 'dim small', role: 'status', 'aria-live': 'polite', 'data-role': 'score' });
  const again = h('button', {
    'data-role': 'again',
    text: 'Start again',
    onclick: () => put({ answers: model.get('questions').map(() => []) }),
  });
  const list = h('div');
  const more = below(put);
  F.root.classList.add('quiz');
  F.root.append(
    scoped(QUIZ_STYLE, 'quiz-page'),
    h('div', { class: 'head' }, title, count),
    list,
    h('div', { class: 'row', style: 'margin:16px 0 0 20px' }, ...(more?.buttons ?? []), again),
    ...(more ? [more.node] : []),
    quizKeys(),
  );
  const choose = (q, o) => put({ answers: attempt(model.get('questions'), model.get('answers'), q, o) });
  const build = () => {
    cards = model.get('questions').map((question, q) => card(question, q, choose));
    list.replaceChildren(...cards.map((c) => c.node));
    F.redraw();
  };
  F.listen(['questions'], build);
  F.listen(['answers', 'title', ...(more?.names ?? [])], F.redraw);

  function draw() {
    const questions = model.get('questions'),
      answers = model.get('answers');
    set(title, { text: model.get('title') });
    set(count, { text: tally(questions, answers) });
    again.disabled = answers.every((tries) => tries.length === 0);
    cards.forEach((c, q) => c.draw(answers[q], closed(questions, answers, q)));
    more?.draw(questions, answers);
  }
  build();
  return F.dispose;
}
