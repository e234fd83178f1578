// Where things lie along the time, round numbers on an axis, and how they are written.
import { clamp } from './common.js';

export const [MEMORY_LEFT, MEMORY_RIGHT] = [46, 16];

export const memoryPlace = (length, width) => {
  const step = Math.max(1e-6, (width - MEMORY_LEFT - MEMORY_RIGHT) / Math.max(1, length - 1));
  return {
    ...{ step, x: (t) => MEMORY_LEFT + t * step, right: width - MEMORY_RIGHT },
    at: (x) => clamp(Math.round((x - MEMORY_LEFT) / step), 0, length - 1),
  };
};

export const memoryPath = (points) =>
  points.map(([x, y], k) => `${k ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');

/** Round numbers between two ends, about `wanted` of them. */
export function memoryTicks(low, high, wanted) {
  const rough = (high - low) / wanted;
  const ten = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * ten).find((one) => one >= rough * 0.999);
  const first = Math.ceil(low / step - 1e-9);
  return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, k) => (first + k) * step);
}

export const memoryNumber = (x) => Number(x.toPrecision(6)).toString().replace('-', '−');

const RAISED = { '-': '⁻', 0: '⁰', 1: '¹', 2: '²', 3: '³', 4: '⁴', 5: '⁵', 6: '⁶', 7: '⁷', 8: '⁸', 9: '⁹' };

/** 10⁹, 10⁻¹⁶ */
export const memoryTen = (power) => `10${[...String(power)].map((sign) => RAISED[sign]).join('')}`;
