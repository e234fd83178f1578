// Palettes, keys, themes, random numbers and the model of a page without a kernel.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clamp, decode16, keyGuard, staticModel, themeOf, uniform } from '../../lib/classroom/static/common.js';
import {
  contrast,
  inkOn,
  luminance,
  mix,
  PALETTES,
  readable,
  rgb,
  shade,
} from '../../lib/classroom/static/palette.js';

for (const [theme, palette] of Object.entries(PALETTES)) {
  test(`${theme}: text reads on every surface (4.5:1), marks stand out (3:1)`, () => {
    for (const text of ['ink', 'dim', 'accent', 'good', 'bad']) {
      for (const surface of ['bg', 'panel']) {
        const ratio = contrast(palette[text], palette[surface]);
        assert.ok(ratio >= 4.5, `${text} on ${surface}: ${ratio.toFixed(2)}`);
      }
    }
    assert.ok(contrast(palette.bg, palette.ink) >= 12);
    for (const colour of palette.states) {
      assert.ok(contrast(colour, palette.bg) >= 3, `${colour} on ${palette.bg}`);
      assert.ok(contrast(inkOn(colour), colour) >= 4.5, `text on ${colour}`);
      assert.ok(contrast(readable(colour, palette), palette.bg) >= 4.5, `text in ${colour}`);
    }
  });

  test(`${theme}: the states' colours stay apart for every kind of eye`, () => {
    for (const [eye, matrix] of Object.entries(EYES)) {
      const seen = palette.states.map((colour) => oklab(times(matrix, linear(colour))));
      for (let i = 0; i < seen.length; i++) {
        for (let j = 0; j < i; j++) {
          const far = Math.hypot(...seen[i].map((x, k) => x - seen[j][k]));
          assert.ok(
            far >= (i < 4 ? 0.13 : 0.085),
            `${eye}: ${palette.states[i]} and ${palette.states[j]}: ${far.toFixed(3)}`,
          );
        }
      }
    }
  });

  test(`${theme}: the scales are monotone in luminance`, () => {
    const light = (stops) => stops.map(luminance);
    const steps = light(palette.sequential)
      .slice(1)
      .map((l, i) => Math.sign(l - light(palette.sequential)[i]));
    assert.equal(new Set(steps).size, 1);
    const middle = luminance(palette.diverging[2]),
      away = Math.sign(luminance(palette.diverging[0]) - middle);
    for (const side of [palette.diverging.slice(0, 3), palette.diverging.slice(2).reverse()]) {
      light(side)
        .slice(1)
        .forEach((l, i) => assert.equal(Math.sign(light(side)[i] - l), away));
    }
  });
}

// Machado, Oliveira and Fernandes (2009), severity 1; distances in Oklab.
const EYES = {
  typical: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  deuteranope: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  protanope: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
};
const linear = (hex) =>
  rgb(hex).map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
const times = (matrix, v) => matrix.map((row) => row.reduce((sum, x, k) => sum + x * v[k], 0));
function oklab(v) {
  const cone = times(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    v,
  );
  return times(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    cone.map((x) => Math.cbrt(Math.max(0, x))),
  );
}

test('colours: contrast, mixing and scales', () => {
  assert.equal(contrast('#000000', '#ffffff'), 21);
  assert.equal(mix('#000000', '#ff8000', 0.5), '#804000');
  assert.equal(shade(['#000000', '#ffffff'], 2), '#ffffff');
  assert.equal(shade(['#000000', '#808080', '#ffffff'], 0.5), '#808080');
});

test('bare keys stay inside, combinations pass, the second Escape leaves', () => {
  const press = (escapes, key, more = {}) => keyGuard(escapes, { key, ...more });
  for (const key of ['d', 'a', 'x', 'ArrowDown', 'Enter', ' ', '0'])
    assert.deepEqual(press(0, key), { stop: true, leave: false, escapes: 0 });
  for (const held of ['ctrlKey', 'metaKey', 'altKey'])
    assert.equal(press(0, 's', { [held]: true }).stop, false);
  const first = press(0, 'Escape'),
    second = press(first.escapes, 'Escape');
  assert.deepEqual([first.stop, first.leave, second.stop, second.leave], [true, false, false, true]);
  assert.equal(
    press(press(1, 'd').escapes, 'Escape').leave,
    false,
    'a key between two Escapes begins the count again',
  );
});

test('themes: the trait, then JupyterLab, VS Code, Colab, the system', () => {
  const doc = ({ lab, kind, className = '', colab }) => ({
    body: { dataset: { jpThemeLight: lab, vscodeThemeKind: kind }, className },
    documentElement: { getAttribute: () => colab ?? null },
  });
  const win = (dark) => ({ matchMedia: () => ({ matches: dark }) });
  assert.equal(themeOf('dark', doc({ lab: 'true' }), win(false)), 'dark');
  assert.equal(themeOf('auto', doc({ lab: 'true' }), win(true)), 'light');
  assert.equal(themeOf('auto', doc({ lab: 'false' }), win(false)), 'dark');
  assert.equal(themeOf('auto', doc({ kind: 'vscode-high-contrast' }), win(false)), 'dark');
  assert.equal(themeOf('auto', doc({ kind: 'vscode-high-contrast-light' }), win(true)), 'light');
  assert.equal(themeOf('auto', doc({ colab: 'dark' }), win(false)), 'dark');
  assert.equal(themeOf('auto', doc({}), win(true)), 'dark');
  assert.equal(themeOf('auto', doc({}), {}), 'light');
});

test('the static model answers like a widget model', () => {
  const model = staticModel({ n: 1 }),
    heard = [];
  const call = () => heard.push(model.get('n'));
  model.on('change:n', call);
  model.on('change', () => heard.push('any'));
  model.set('n', 2);
  model.set('n', 2);
  model.off('change:n', call);
  model.set('n', 3);
  model.save_changes();
  assert.deepEqual(heard, [2, 'any', 'any']);
});

test('random numbers: uniform, without memory, a different stream for every seed', () => {
  const count = 20000,
    draws = Array.from({ length: count }, (_, t) => uniform(5, t));
  assert.ok(draws.every((u) => u >= 0 && u < 1));
  const mean = draws.reduce((a, b) => a + b) / count;
  assert.ok(Math.abs(mean - 0.5) < 4 * Math.sqrt(1 / 12 / count), `mean ${mean}`);
  const neighbours = draws.slice(1).reduce((sum, u, t) => sum + (u - 0.5) * (draws[t] - 0.5), 0) / count;
  assert.ok(Math.abs(neighbours) < 4 / 12 / Math.sqrt(count), `lag 1: ${neighbours}`);
  const bins = new Array(64).fill(0);
  draws.forEach((u) => {
    bins[Math.floor(64 * u)] += 1;
  });
  const chi = bins.reduce((sum, n) => sum + (n - count / 64) ** 2 / (count / 64), 0);
  assert.ok(chi < 63 + 4 * Math.sqrt(126), `chi squared ${chi}`);
  assert.notEqual(uniform(5, 0), uniform(6, 0));
  assert.equal(uniform(5, 7), draws[7]);
});

test('16-bit codes from a view, a buffer and base64', () => {
  const bytes = new Uint8Array([0, 0, 255, 255]);
  for (const codes of [bytes, bytes.buffer, new DataView(bytes.buffer), 'AAD//w=='])
    assert.deepEqual([...decode16(codes, -1, 3)], [-1, 3]);
  assert.equal(clamp(7, 0, 3), 3);
});
