// A die from above. Every face is drawn alike: a six has six pips and no colour of its own.

const SPOTS = { a: [-1, -1], b: [1, 1], c: [1, -1], d: [-1, 1], e: [-1, 0], f: [1, 0], o: [0, 0] };
const FACES = ['o', 'ab', 'abo', 'abcd', 'abcdo', 'abcdef'];

/** Where the pips of a face (1 to 6) lie: [x, y] from -1 to 1. */
export const pips = (face) => [...FACES[face - 1]].map((spot) => SPOTS[spot]);

/** The pips as one SVG path, for a die of this size around (x, y). */
export function pipsPath(face, x, y, size) {
  const r = size * 0.1;
  return pips(face)
    .map(
      ([a, b]) =>
        `M${x + a * size * 0.26 - r} ${y + b * size * 0.26}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`,
    )
    .join('');
}
