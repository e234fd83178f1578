// A recurrent layer beside the stack: every input goes into a chain of states, the chain goes to the output.
import { mix } from './palette.js';

/** Discs at [x, y, radius], in one fill. */
export function receptiveDiscs(pen, places, fill) {
  pen.beginPath();
  for (const [x, y, r] of places) {
    pen.moveTo(x + r, y);
    pen.arc(x, y, r, 0, 2 * Math.PI);
  }
  pen.fillStyle = fill;
  pen.fill();
}

/** Inputs, states and outputs, those before the chosen output strong. */
export function paintChain(pen, { step, traced, grown }, palette, p) {
  const full = (grown / (p.levels - 1)) * (step + 2); // edges from the output back
  const line = (from, to, colour, wide) => {
    pen.beginPath();
    pen.moveTo(...from);
    pen.lineTo(...to);
    [pen.strokeStyle, pen.lineWidth] = [colour, wide];
    pen.stroke();
  };
  const pale = mix(palette.bg, palette.dim, 0.4);
  for (let t = 0; t < p.length; t++) {
    const mine = t <= step && full > step - t + 1;
    const reached = mine ? palette.states[0] : pale;
    const road = traced !== null && mine && t >= traced;
    const first = road && t === traced;
    if (t) {
      const on = road && !first;
      line([p.x(t - 1), p.y(1)], [p.x(t), p.y(1)], on ? palette.accent : reached, on ? 2.2 : mine ? 1.4 : 0.7);
    }
    const input = first ? palette.accent : reached;
    if (p.column > 3) line([p.x(t), p.y(0)], [p.x(t), p.y(1)], input, first ? 2.2 : mine ? 1 : 0.6);
    receptiveDiscs(pen, [[p.x(t), p.y(1), p.r * (mine ? 1 : 0.6)]], road ? palette.accent : reached);
    if (t === step && full > 0) line([p.x(t), p.y(1)], [p.x(t), p.y(2)], palette.states[0], 1.6);
    else receptiveDiscs(pen, [[p.x(t), p.y(2), 0.5 * p.r]], pale);
    const box = p.r * (mine ? 1.35 : 0.5);
    const tall = p.column < 7 && mine ? 7 : box;
    pen.fillStyle = input;
    pen.fillRect(p.x(t) - box, p.y(0) - tall, 2 * box, 2 * tall);
  }
}
