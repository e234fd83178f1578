// Quiz: a few questions, each answer with its reason.
import { quizPage } from './quiz_page.js';
import { attempt, result, score, solved } from './quiz_rules.js';

const tally = (questions, answers) => result(score(questions, answers));

const render = (given) => quizPage(given, 'Quiz', { attempt, closed: solved, tally });

export default { render };
