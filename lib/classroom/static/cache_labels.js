// Where the words beside a mark stand: off the curves, off each other, as near to their mark as they can. Pure.

export const LABEL_SIZE = 12.5;
const [LABEL_HIGH, LABEL_PAD, LABEL_OFF] = [19, 5, 11]; // of a box, beside its words, from the mark

/** How far two boxes { left, top, wide, high } reach into each other, in square pixels. */
export const overlapOf = (a, b) =>
  Math.max(0, Math.min(a.left + a.wide, b.left + b.wide) - Math.max(a.left, b.left)) *
  Math.max(0, Math.min(a.top + a.high, b.top + b.high) - Math.max(a.top, b.top));

/** The points of a broken line that lie in a box grown by `more` pixels. */
const pointsIn = (box, points, more) =>
  points.filter(
    ([x, y]) =>
      x > box.left - more &&
      x < box.left + box.wide + more &&
      y > box.top - more &&
      y < box.top + box.high + more,
  ).length;

/** A broken line, every two pixels along x. */
export function alongLine(points) {
  return points.slice(1).flatMap(([x, y], i) => {
    const [from, high] = points[i];
    const steps = Math.max(1, Math.ceil((x - from) / 2));
    return Array.from({ length: steps }, (_, k) => [from + ((x - from) * k) / steps, high + ((y - high) * k) / steps]);
  });
}

/** A box { left, top, wide, high } for each mark { x, y, wide: of its words }, the first mark's first; their order from
 *  top to bottom is that of the marks, of two at one height the second is the higher.
 *  points: of the curves; within: { left, right, top, bottom }. */
export function placedLabels(marks, points, within) {
  const placed = [];
  for (const mark of marks) {
    const wide = mark.wide + 2 * LABEL_PAD;
    const tops = [];
    for (let top = within.top; top <= within.bottom - LABEL_HIGH; top += 2) tops.push(top);
    let best = null;
    for (const left of [mark.x + LABEL_OFF, mark.x - LABEL_OFF - wide]) {
      if (left < within.left || left + wide > within.right) continue;
      for (const top of tops) {
        const box = { left, top, wide, high: LABEL_HIGH };
        const away = Math.abs(top + LABEL_HIGH / 2 - mark.y);
        const taken = placed.reduce((sum, one) => sum + overlapOf(grown(box), one), 0);
        const turned = placed.some((one, i) => (one.top < top) !== (marks[i].y < mark.y)) ? 60 : 0;
        const cost = away + turned + 3 * pointsIn(box, points, 2) + 100 * taken + (left < mark.x ? 4 : 0);
        if (!best || cost < best.cost) best = { cost, box };
      }
    }
    placed.push(best?.box ?? { left: within.left, top: within.top, wide, high: LABEL_HIGH });
  }
  return placed;
}

const grown = ({ left, top, wide, high }) => ({ left: left - 2, top: top - 2, wide: wide + 4, high: high + 4 });
