// The goals of the delay: what is reached, seen at a glance, and said once when it is reached.
import { h } from './common.js';
import { kernelBeats, kernelPercent } from './kernel_words.js';

const [NEARLY, RHYTHM] = [0.97, 3]; // of the best found; knocks at least

/** [{ key, name, done }]: of the player's best with so many springs. What no search reached is no goal. */
export function kernelGoals({ real, level, found, foundHeard, lin, mine, bestHeard, word }) {
  const top = found[level]?.through;
  if (!top) return [];
  const most = mine ?? 0;
  const bar = real ? top / 2 : lin / 100;
  const rhythm = foundHeard === word && word.replaceAll(' ', '').length >= RHYTHM;
  const said = `“${kernelBeats(word)}” comes back`;
  return [
    { key: 'bar', name: `${real ? 'half of the best' : 'past S4D-Lin'}, ${kernelPercent(bar)}`, done: most > bar },
    ...(rhythm ? [{ key: 'word', name: said, done: bestHeard === word }] : []),
    { key: 'near', name: `near the best, ${kernelPercent(NEARLY * top)}`, done: most >= NEARLY * top },
  ];
}

/** When every goal of a level is reached: what is next. */
export function kernelPraise({ real, level, found, eigenvalues }) {
  const count = eigenvalues.length;
  if (real) return `Nothing more is in ${level}. Now as many numbers in pairs.`;
  const [next, rival] = [`${2 * count} pairs`, `${2 * count} real`];
  if (found[next]) return `You built it. Now with ${next}: ${kernelPercent(found[next].through)} is possible.`;
  const better = found[rival]
    ? ` With ${rival}, ${kernelPercent(found[rival].through)} is all that a search found.`
    : '';
  return `You built it.${better}`;
}

/** The goals in a row: { node, draw(view, palette) -> what was reached since the last time, in words }. */
export function kernelGoalRow() {
  const node = h('div', { class: 'goals', role: 'list', 'aria-label': 'What is reached', 'data-role': 'goals' });
  let before = null;
  function draw(view) {
    const goals = kernelGoals(view);
    const now = { level: view.level, done: goals.filter(({ done }) => done).map(({ key }) => key) };
    const fresh = before?.level === now.level ? now.done.filter((key) => !before.done.includes(key)) : [];
    before = now;
    const shown = JSON.stringify(goals);
    if (node.dataset.shown !== shown) {
      node.dataset.shown = shown;
      const still = globalThis.matchMedia?.('(prefers-reduced-motion: reduce)').matches;
      node.replaceChildren(
        ...goals.map(({ key, name, done }) => {
          const mark = h('svg:svg', { viewBox: '0 0 16 16', width: 15, height: 15, 'aria-hidden': 'true' });
          const [paint, look] = ['currentColor', { fill: 'none', 'stroke-width': 1.6 }];
          mark.append(h('svg:circle', { cx: 8, cy: 8, r: 7, stroke: paint, ...look }));
          if (done) mark.append(h('svg:path', { d: 'M4.4 8.4l2.5 2.6 4.8-5.6', stroke: paint, ...look }));
          const words = h('span', { class: 'unseen', text: done ? 'reached: ' : 'not yet: ' });
          const chip = h('span', { class: done ? 'goal-mark done' : 'goal-mark', role: 'listitem' }, mark, words, name);
          if (fresh.includes(key) && !still)
            requestAnimationFrame(() =>
              chip.animate?.([{ transform: 'scale(1.25)' }, { transform: 'none' }], {
                duration: 700,
                easing: 'ease-out',
              }),
            );
          return chip;
        }),
      );
    }
    return goals.filter(({ key }) => fresh.includes(key)).map(({ name }) => name);
  }
  return { node, draw };
}
