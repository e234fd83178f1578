// Colours of every viewer. tests/viewers/common.test.mjs holds their contrast and their distance for colour-blind eyes.

/** bg, panel: surfaces. ink, dim: text. line: hairlines. accent: what the reader chose. states: categories. */
export const PALETTES = {
  light: {
    bg: '#ffffff',
    panel: '#f4f6f8',
    ink: '#1c2127',
    dim: '#5a6470',
    line: '#d5dbe1',
    accent: '#b03a00',
    good: '#11694a',
    bad: '#a8321f',
    states: ['#096cc5', '#e56700', '#16a3a4', '#9c3370', '#49339d', '#7a4a10', '#299bdf', '#c8414f'],
    sequential: ['#ffffff', '#d3e5f4', '#7fb6de', '#2b76b9', '#08306b'],
    diverging: ['#0b4a8f', '#6aaee0', '#fafafa', '#f2ab5c', '#9a4a00'],
  },
  dark: {
    bg: '#14181d',
    panel: '#1e242b',
    ink: '#e8edf2',
    dim: '#9ba6b2',
    line: '#3a444f',
    accent: '#ffb27a',
    good: '#63cfa3',
    bad: '#ff9d8c',
    states: ['#4aa1ed', '#f79911', '#21d6bd', '#d25f90', '#7d6cf9', '#d9d072', '#b1dff9', '#f08479'],
    sequential: ['#14181d', '#143a5e', '#2474b5', '#86c5f2', '#f4fbff'],
    diverging: ['#8fd0ff', '#2f77b8', '#1b1e23', '#bd6a1f', '#ffc98a'],
  },
};

/** '#rrggbb' -> [r, g, b], each 0..255. */
export const rgb = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));

/** Relative luminance of a colour, 0..1 (WCAG 2). */
export function luminance(hex) {
  const [r, g, b] = rgb(hex).map((v) => {
    const x = v / 255;
    return x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Contrast ratio of two colours, 1..21 (WCAG 2). */
export function contrast(a, b) {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

/** The readable text colour on a filled shape. */
export const inkOn = (fill) => (contrast(fill, '#ffffff') >= contrast(fill, '#11161b') ? '#ffffff' : '#11161b');

/** Mix of two colours: share 0 gives a, share 1 gives b. */
export function mix(a, b, share) {
  const [p, q] = [rgb(a), rgb(b)];
  return (
    '#' +
    p
      .map((v, i) =>
        Math.round(v + (q[i] - v) * share)
          .toString(16)
          .padStart(2, '0'),
      )
      .join('')
  );
}

/** The colour at x (0..1) on a scale of evenly spaced stops. */
export function shade(stops, x) {
  const at = Math.max(0, Math.min(1, x)) * (stops.length - 1),
    i = Math.min(stops.length - 2, Math.floor(at));
  return mix(stops[i], stops[i + 1], at - i);
}

/** A colour moved towards the ink until text in it reads on the background (4.5:1). */
export function readable(colour, { bg, ink }) {
  let share = 0;
  while (share < 1 && contrast(mix(colour, ink, share), bg) < 4.6) share += 0.05;
  return mix(colour, ink, Math.min(1, share));
}
