// What the gradient viewer computes and says.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  decode64,
  network,
  normsByLag,
  openness,
  solveGradient,
  summary,
  tanhAndSlope,
  walk,
} from '../../lib/classroom/static/gradient_model.js';
import { draggedRadius } from '../../lib/classroom/static/gradient_plane.js';
import { along, clearest, placesBeside, ticksFor } from '../../lib/classroom/static/gradient_plot.js';
import { stateRange } from '../../lib/classroom/static/gradient_strips.js';
import {
  amount,
  answer,
  besideOne,
  certainty,
  gradientKey,
  nextRadius,
  pace,
  roundRadius,
  settingsLine,
  statusLine,
  tenTo,
  withPin,
} from '../../lib/classroom/static/gradient_words.js';

const coded = (numbers, shape) => ({
  shape,
  data: Buffer.from(new Float64Array(numbers).buffer).toString('base64'),
});
/** A network of two units and its spectrum. */
function pair(weight, drive, radius, singular) {
  const net = network(coded(weight, [2, 2]), coded(drive, [drive.length / 2, 2]));
  return [net, { radius, singular, eigenvalues: [] }];
}
const close = (a, b, by = 1e-12) => assert.ok(Math.abs(a - b) <= by * Math.max(1, Math.abs(b)), `${a} is not ${b}`);
const settings = (more) => ({ radius: 1, nonlinearity: 'linear', drive_scale: 1, error_step: 100, ...more });
const nothing = (steps) => new Array(2 * steps).fill(0);

test('numbers arrive bit by bit', () => {
  const numbers = [0.1, -1 / 3, 1e-300, 5e300];
  assert.deepEqual([...decode64(coded(numbers, [4]).data)], numbers);
});

test('tanh and its slope, also where the unit is saturated', () => {
  for (const a of [0, 1e-9, 0.3, -1, 2.5, -7, 15, 25]) {
    const [value, slope] = tanhAndSlope(a);
    close(value / (a ? Math.tanh(a) : 1), a ? 1 : 0, 4e-15);
    close(slope * Math.cosh(a) ** 2, 1, 1e-13);
  }
  assert.deepEqual(
    [...tanhAndSlope(1e9)].map((x) => x > 0.999),
    [true, false],
  );
});

test('h_t = f(W h_{t-1} + g drive_t), from zero', () => {
  const net = { units: 2, steps: 2, drive: new Float64Array([1, -1, 0.5, 0]) };
  const weight = new Float64Array([0, 1, 1, 0]);
  assert.deepEqual([...walk(net, weight, 'linear', 2).states], [2, -2, -1, 2]);
  assert.deepEqual([...walk(net, weight, 'relu', 2).states], [2, 0, 1, 2]);
  assert.deepEqual([...walk(net, weight, 'relu', 2).slopes], [1, 0, 1, 1]);
  close(walk(net, weight, 'tanh', 1).states[2], Math.tanh(Math.tanh(-1) + 0.5));
});

test('a rotation keeps the error, a scaled one multiplies it at every step, and nothing overflows', () => {
  const [net, spectrum] = pair([0, -3, 3, 0], nothing(200), 3, 3);
  for (const radius of [0.5, 1, 2]) {
    const { logs, bound, free } = solveGradient(net, spectrum, settings({ radius, error_step: 200 }));
    close(logs[199], 199 * Math.log10(radius), 1e-12);
    close(bound, radius);
    close(free, logs[199], 1e-12);
  }
  const steep = normsByLag(new Float64Array([1e6, 0, 0, 1e6]), new Float64Array(400).fill(1), 2, 200);
  close(steep[199], 6 * 199);
});

test('the norm is that of the product of Jacobians, slopes first', () => {
  const weight = new Float64Array([1, 2, 3, 4]);
  const slopes = new Float64Array([9, 9, 0.5, 1, 1, 0.25]);
  const logs = normsByLag(weight, slopes, 2, 3);
  assert.equal(logs[0], 0);
  close(10 ** logs[1], Math.sqrt((1 + 4 + (9 + 16) / 16) / 2)); // diag(1, .25) W
  close(10 ** logs[2], Math.sqrt((6.5 ** 2 + 9 ** 2 + 3.375 ** 2 + 4.75 ** 2) / 2)); // ... diag(.5, 1) W
  close(openness(slopes, 2, 3), (0.5 + 1 + 1 + 0.25) / 4);
});

test('a network whose units are all shut passes exactly nothing', () => {
  const drive = [...new Array(40).fill(1), -50, -50, ...new Array(20).fill(1)];
  const [net, spectrum] = pair([0.5, 0, 0, 0.5], drive, 0.5, 0.5);
  const now = solveGradient(net, spectrum, settings({ nonlinearity: 'relu', error_step: 31 }));
  assert.equal(now.told.dead, 11); // step 21 is shut: from step 20 back nothing is left
  assert.equal(now.logs[11], -Infinity);
  assert.equal(now.told.rate, null);
  assert.match(answer({ ...now, bound: 2 }).short, /^From step 20 back the error is exactly zero: at step 21 /);
  assert.match(statusLine({ now, position: 15, units: 2 }), /^15 steps back, step 16: nothing of the error is left\./);
});

test('how far it reaches', () => {
  const logs = Float64Array.from({ length: 101 }, (_, k) => k * Math.log10(0.9));
  const told = summary(logs);
  assert.deepEqual([told.half, told.thousandth, told.double, told.dead, told.peakAt], [7, 66, null, null, 0]);
  close(told.rate, Math.log2(0.9));
  assert.equal(pace(told), 'later it halves every 6.6 steps');
  assert.equal(pace({ rate: 0.25 }), 'later it doubles every 4.0 steps');
  assert.equal(pace({ rate: -2 }), 'later every step multiplies it by 0.25');
  assert.equal(pace({ rate: 1.001 }), 'later every step multiplies it by 2');
  assert.equal(pace({ rate: 1e-5 }), 'later it keeps its size');
  assert.equal(pace({ rate: null }), '');
});

const said = (of, more) => {
  const logs = Float64Array.from({ length: 101 }, (_, k) => of(k));
  const now = { logs, told: summary(logs), errorStep: 101, radius: 1.2, bound: 1.5, open: 0.5, free: 3, ...more };
  return answer({ nonlinearity: 'tanh', ...now });
};

test('the answer in words', () => {
  const falls = said((k) => -0.1 * k);
  assert.equal(
    falls.short,
    'Half of the error is gone after 4 steps, 99.9 % after 31; later it halves every 3.0 steps.',
  );
  assert.equal(
    falls.long,
    'With every slope at 1, it would be 1.0 · 10³ times as large after 100 steps; ' +
      'saturated units bring the slopes to 0.50 on average.',
  );
  assert.match(
    said((k) => -0.1 * k, { free: -1, open: 0.9 }).long,
    /0\.1 of it would be left .* the slopes are 0\.90 on/,
  );
  assert.equal(
    said((k) => 0.1 * k).short,
    'The error grows: it is doubled after 4 steps; later it doubles every 3.0 steps.',
  );
  assert.equal(said(() => 0).short, 'The error keeps its size: 100 steps back all of it is left.');
  assert.match(said(() => -0.1).short, /100 steps back 0\.794 of it is left\.$/);
  const swings = 'Now smaller, now larger: over 100 steps between 0.1 and 10 times its size.';
  assert.equal(said((k) => -Math.sin((k * Math.PI) / 40)).short.slice(0, 24), swings.slice(0, 24));
  assert.equal(said((k) => -Math.sin(((k * Math.PI) / 200) * 3)).short, swings);
  assert.match(said(() => 0, { free: 0 }).long, /^With every slope at 1, all of it would be left after 100 steps/);
  const hump = said((k) => 2 * Math.sin(k / 25));
  assert.match(
    hump.short,
    /^It first grows to 100 times its size \(39 steps back\); half is gone after 83 steps; later/,
  );
  assert.match(
    said((k) => (k < 20 ? k : 20 - 0.01 * k)).short,
    /^It first grows to 6\.3 · 10¹⁹ .* later it halves every 30 /,
  );
  assert.match(said((k) => -k, { bound: 0.9 }).long, /^It must vanish, whatever comes in: .* 0\.90, below 1/);
  assert.match(said((k) => -k, { nonlinearity: 'relu', open: 0.47 }).long, /on average 47 % of the units are open\.$/);
  assert.match(
    said((k) => -k, { nonlinearity: 'linear', radius: 0.9 }).long,
    /allows growth; .* 0\.90, wins in the end\.$/,
  );
  assert.match(said((k) => k, { nonlinearity: 'linear' }).long, /decides: its spectral radius is 1\.20\.$/);
});

test('one is one, and what is nearly one is not called so', () => {
  assert.deepEqual([1, 1 - 1e-12, 0.9, 0.998, 1.0004].map(besideOne), ['1.00', '1.00', '0.90', '0.998', '1.0004']);
  assert.match(certainty({ bound: 1 - 1e-13, radius: 1 }), /1\.00, exactly 1: it cannot grow\.$/);
  assert.match(certainty({ bound: 0.998, radius: 0.9 }), /0\.998, below 1: the error must vanish\.$/);
  assert.match(certainty({ bound: 1.4, radius: 0.9 }), /1\.40, above 1: it may grow, but need not\.$/);
});

test('numbers as they are printed', () => {
  assert.deepEqual([0, 3, -12].map(tenTo), ['1', '10³', '10⁻¹²']);
  const logs = [-Infinity, -12.6, -2.00001, -1.5, 0, 0.301, 2, 3, 60.3];
  const wanted = ['0', '2.5 · 10⁻¹³', '1.0 · 10⁻²', '0.032', '1', '2', '100', '1.0 · 10³', '2.0 · 10⁶⁰'];
  assert.deepEqual(logs.map(amount), wanted);
  assert.equal(
    settingsLine({ radius: 1.5, nonlinearity: 'relu', drive_scale: 0.25, error_step: 60 }),
    'radius 1.50, ReLU, input × 0.25, step 60',
  );
});

test('what is under the pointer stays under it', () => {
  assert.equal(draggedRadius(1.5, 0.5, 0.6), 1.5 * 1.2);
  assert.equal(draggedRadius(1.5, 0.01, 0.8), 0.8);
});

test('axis and colours', () => {
  assert.deepEqual(ticksFor(10), [0, 2, 4, 6, 8, 10]);
  assert.deepEqual(ticksFor(199), [0, 25, 50, 75, 100, 125, 150, 175]);
  assert.deepEqual(ticksFor(1), [0, 1]);
  assert.equal(stateRange([0.1, -0.2], 'tanh'), 1);
  assert.equal(stateRange([0.1, -3], 'linear'), 3);
  assert.equal(stateRange([0, 0], 'relu'), 1);
});

test('pins: four at most, the oldest gives way, the same is not pinned twice', () => {
  let pins = [];
  for (const radius of [0.5, 0.6, 0.7, 0.8, 0.9, 0.9]) pins = withPin(pins, settings({ radius }));
  assert.deepEqual(
    pins.map((pin) => pin.radius),
    [0.6, 0.7, 0.8, 0.9],
  );
  assert.equal(withPin(pins, settings({ radius: 0.7 })), pins);
});

test('every press of an arrow moves the radius, up to its ends', () => {
  let radius = 0.5;
  for (let i = 0; i < 64; i++) {
    const next = nextRadius(radius, 1);
    assert.ok(next > radius, `${radius} stands still`);
    close(nextRadius(next, -1), radius, 1e-3);
    radius = next;
  }
  assert.equal(radius, 2);
  assert.equal(nextRadius(2, 1), 2);
  assert.equal(roundRadius(1.23456), 1.235);
  assert.equal(nextRadius(0.961, 1), 0.979);
});

test('keys', () => {
  const at = { radius: 1, nonlinearity: 'tanh', driveScale: 1, errorStep: 50, position: 10, length: 100 };
  const does = (key, shift) => gradientKey(at, key, shift);
  assert.deepEqual(does('ArrowRight'), { position: 11 });
  assert.deepEqual(does('PageDown'), { position: 20 });
  assert.deepEqual(does('PageUp'), { position: 0 });
  assert.deepEqual(does('End'), { position: 49 });
  assert.deepEqual(does('ArrowDown'), { radius: 0.979 });
  assert.deepEqual(does('+'), { drive_scale: 1.1 });
  assert.deepEqual(does('-'), { drive_scale: 0.9 });
  assert.deepEqual(gradientKey({ ...at, driveScale: 3 }, '+'), { drive_scale: 3 });
  assert.deepEqual(does(']'), { error_step: 51 });
  assert.deepEqual(gradientKey({ ...at, errorStep: 2 }, '['), { error_step: 2 });
  assert.deepEqual([does('f'), does('F', true)], [{ nonlinearity: 'relu' }, { nonlinearity: 'linear' }]);
  assert.deepEqual(
    [' ', 'p', 'u', 'Escape', 'x'].map((key) => does(key)?.act),
    ['play', 'pin', 'unpin', 'stop', undefined],
  );
});

test('the number at the lag stands where the fewest lines run', () => {
  const box = { left: 0, top: 0, wide: 400, high: 300 };
  const places = placesBeside(100, 150, 60, box);
  assert.equal(places.length, 12);
  assert.ok(places.every(({ left, top, wide, high }) => left > 0 && left + wide < 400 && top > 0 && top + high < 300));
  assert.deepEqual(clearest(places, []), places[0]);
  const below = Array.from({ length: 200 }, (_, i) => [i, 165]); // a line through both boxes right below
  const chosen = clearest(places, below);
  assert.ok(chosen.top + chosen.high < 165 - 3 || chosen.top > 165 + 3, JSON.stringify(chosen));
  assert.ok(placesBeside(395, 150, 60, box).every(({ left }) => left < 395), 'at the right edge: to the left');
});

test('the points of a curve lie close together and end where it is exactly zero', () => {
  const points = along([0, -1, -Infinity, -Infinity], (lag) => 10 * lag, (log) => -10 * log);
  assert.equal(points.length, 6);
  assert.deepEqual(points[3], [5, 5]);
});
