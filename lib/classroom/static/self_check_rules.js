// What a self-check knows: nobody fails, each subject is counted, and the page says where to begin. Pure: no drawing.
import { attempt, solved } from './quiz_rules.js';

const chosen = (question, tries) => tries.map((o) => question.options[o]);

/** No more tries: a right option was found, or the reader has said "I do not know" and read the answer. */
export const settled = (questions, answers, q) =>
  solved(questions, answers, q) || chosen(questions[q], answers[q]).some((option) => option.unknown);

/** The answers after trying an option; nothing changes once the question is settled. */
export const tryOption = (questions, answers, q, o) =>
  settled(questions, answers, q) ? answers : attempt(questions, answers, q, o);

/** For each subject of the routes, in their order: { subject, known at first try, answered, asked }. */
export function bySubject(questions, answers, routes) {
  return Object.keys(routes).map((subject) => {
    const mine = questions
      .map((question, q) => ({ question, tries: answers[q] }))
      .filter(({ question }) => question.about === subject);
    return {
      subject,
      known: mine.filter(({ question, tries }) => tries.length && question.options[tries[0]].right).length,
      answered: mine.filter(({ tries }) => tries.length).length,
      asked: mine.length,
    };
  });
}

/** Was every question answered? */
export const complete = (answers) => answers.every((tries) => tries.length > 0);

/** The line at the top. */
export function progress(questions, answers) {
  const done = answers.filter((tries) => tries.length > 0).length;
  const all = questions.length;
  return done < all ? `${done} of ${all} answered` : 'All answered: see below where to begin';
}

/** What the page says of each subject: { subject, name, known, asked, enough, text }. */
export const routesOf = (questions, answers, routes) =>
  bySubject(questions, answers, routes).map(({ subject, known, asked }) => {
    const { name, enough, if_short: short, if_enough: plenty } = routes[subject];
    return { subject, name, known, asked, enough: known >= enough, text: known >= enough ? plenty : short };
  });

/** The last line: where to begin. begin: [] or [subject that decides, sentence if it is short, sentence if not]. */
export function whereToBegin(questions, answers, routes, [about, ifShort, ifEnough] = []) {
  const short = routesOf(questions, answers, routes).filter((route) => !route.enough);
  const lacking = short.some((route) => route.subject === about);
  const line = about ? (lacking ? ifShort : ifEnough) : 'Begin with the first lesson.';
  const names = short.filter((route) => route.subject !== about).map((route) => route.name);
  return names.length ? `${line} On the way, keep at hand what is said above of: ${names.join(', ')}.` : line;
}

/** A sentence as pieces: { text } or { text, address } for [text](address). */
export function linked(sentence) {
  const pieces = [];
  let end = 0;
  for (const found of sentence.matchAll(/\[([^\]]+)\]\(([^()\s]+)\)/g)) {
    if (found.index > end) pieces.push({ text: sentence.slice(end, found.index) });
    pieces.push({ text: found[1], address: found[2] });
    end = found.index + found[0].length;
  }
  return end < sentence.length ? [...pieces, { text: sentence.slice(end) }] : pieces;
}
