// A trained LSTM of one cell, run by its own eighteen numbers. Pure: no drawing.
const sigmoid = (z) => 1 / (1 + Math.exp(-z));

/** What a network of one cell does on a sequence: { start, input, forget, candidate, answer }, a list
 *  entry for each step.
 *  network: weight_input (4, 2), weight_hidden (4, 1), bias (4), blocks in the order input, forget, candidate, output;
 *  readout [w, b]. answer = w c + b: its cell, rescaled; start: what it would answer before the first number. */
export function trainedCell({ weight_input: W, weight_hidden: U, bias, readout: [w, b] }, { numbers, marks }) {
  let h = 0,
    c = 0;
  const seen = { start: b, input: [], forget: [], candidate: [], answer: [] };
  numbers.forEach((x, t) => {
    const [i, f, g, o] = bias.map((z, k) => z + W[k][0] * x + W[k][1] * marks[t] + U[k][0] * h);
    seen.input.push(sigmoid(i));
    seen.forget.push(sigmoid(f));
    seen.candidate.push(Math.tanh(g));
    c = sigmoid(f) * c + sigmoid(i) * Math.tanh(g);
    h = sigmoid(o) * Math.tanh(c);
    seen.answer.push(w * c + b);
  });
  return seen;
}

const average = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** What a network does by habit, over sequences: mean gates and the candidate's mean size, { input: { marked, other },
 *  forget: ..., candidate: ... }; how its answer
 *  changes at an unmarked number (drift, mean) and at a marked one (slope x + level, least squares). */
export function trainedHabit(network, sequences) {
  const all = sequences.flatMap((sequence) => {
    const { input, forget, candidate, answer, start } = trainedCell(network, sequence);
    return sequence.numbers.map((x, t) => ({
      ...{ x, mark: sequence.marks[t], input: input[t], forget: forget[t] },
      candidate: Math.abs(candidate[t]),
      change: answer[t] - (t ? answer[t - 1] : start),
    }));
  });
  const [marked, other] = [1, 0].map((mark) => all.filter((step) => step.mark === mark));
  const of = (steps, name) => average(steps.map((step) => step[name]));
  const [x, y] = [of(marked, 'x'), of(marked, 'change')];
  const slope =
    average(marked.map((step) => (step.x - x) * (step.change - y))) / average(marked.map((step) => (step.x - x) ** 2));
  const both = (name) => ({ marked: of(marked, name), other: of(other, name) });
  return {
    input: both('input'),
    forget: both('forget'),
    candidate: both('candidate'),
    slope,
    level: y - slope * x,
    drift: of(other, 'change'),
  };
}
