// What a quiz knows: what was tried, what counts, which key chooses. Pure: no drawing.

/** The answers after trying an option: each question keeps its tries in order; a try after the right one changes nothing. */
export function attempt(questions, answers, question, option) {
  const tries = answers[question];
  if (solved(questions, answers, question) || tries.includes(option)) return answers;
  return answers.map((old, q) => (q === question ? [...old, option] : old));
}

/** Was a right option found? */
export const solved = (questions, answers, question) =>
  answers[question].some((o) => questions[question].options[o].right);

/** { solved, first, total }: answered, right at the first try, all. */
export function score(questions, answers) {
  const found = questions.map((_, q) => solved(questions, answers, q));
  const first = questions.filter((q, i) => answers[i].length > 0 && q.options[answers[i][0]].right);
  return { solved: found.filter(Boolean).length, first: first.length, total: questions.length };
}

/** Which option has the focus after a key, or { choose } for a digit or a letter; null for a key that is not ours. */
export function pick(option, count, key) {
  if (key === 'ArrowDown' || key === 'ArrowRight') return { focus: (option + 1) % count };
  if (key === 'ArrowUp' || key === 'ArrowLeft') return { focus: (option - 1 + count) % count };
  if (key === 'Home') return { focus: 0 };
  if (key === 'End') return { focus: count - 1 };
  const index = /^[1-9]$/.test(key)
    ? +key - 1
    : /^[a-i]$/i.test(key)
      ? key.toLowerCase().charCodeAt(0) - 97
      : -1;
  return index >= 0 && index < count ? { choose: index } : null;
}

/** The sentence at the end. */
export function result({ solved: done, first, total }) {
  if (done < total) return `${done} of ${total} answered`;
  return first === total
    ? `All ${total} right at the first try.`
    : `All answered, ${first} of ${total} right at the first try.`;
}
