// What an output of stacked causal convolutions can see. Pure: `layers` are [kernel size, dilation], the lowest first.

/** How many inputs, the newest among them, lie between the oldest that can be seen and the output's own. */
export const receptiveField = (layers) => 1 + layers.reduce((sum, [k, d]) => sum + (k - 1) * d, 0);

/** Roads from the units of each level to the output: levels[l][b] for the unit b steps back; level 0 are the inputs. */
export function roadsToOutput(layers) {
  const levels = [Float64Array.of(1)];
  for (const [k, d] of [...layers].reverse()) {
    const above = levels[0];
    const below = new Float64Array(above.length + (k - 1) * d);
    above.forEach((roads, b) => {
      for (let j = 0; roads && j < k; j++) below[b + j * d] += roads;
    });
    levels.unshift(below);
  }
  return levels;
}

/** Which units feed the output at `step`, level by level, as seqmodels.tcn.feeding says it. */
export function feedingLevels(layers, step) {
  const times = (roads) => [...roads.keys()].filter((b) => roads[b] > 0 && b <= step).map((b) => step - b);
  return roadsToOutput(layers).map((roads) => times(roads).reverse());
}

/** Roads from the input `back` steps back to the units of each level, as in roadsToOutput. */
export function roadsFromInput(layers, back) {
  const levels = [new Float64Array(back + 1)];
  levels[0][back] = 1;
  for (const [k, d] of layers) {
    const above = new Float64Array(back + 1);
    for (let b = 0; b <= back; b++) for (let j = 0; j < k && b - j * d >= 0; j++) above[b - j * d] += levels.at(-1)[b];
    levels.push(above);
  }
  return levels;
}

/** Everything that is said and drawn of a stack, whatever the step. Costs are for a pair of channels and a step. */
export function solveReceptive(layers) {
  const roads = roadsToOutput(layers);
  const field = roads[0].length;
  const holes = [...roads[0].keys()].filter((b) => roads[0][b] === 0);
  const kernel = layers[0][0];
  return {
    ...{ layers, roads, field, holes, kernel, seen: field - holes.length, stored: field - 1 },
    weights: layers.reduce((sum, [k]) => sum + k, 0),
    plain: kernel > 1 ? Math.ceil((field - 1) / (kernel - 1)) : null, // layers without dilation that reach as far
  };
}

/** How far the input `back` steps back is handed on sideways, layer by layer from below, where it goes at all. */
export function sidewaysTo({ layers, roads }, back) {
  const steps = [];
  let left = back;
  layers.forEach(([k, d], l) => {
    let j = 0;
    while (j < k && !(roads[l + 1][left - j * d] > 0)) j++;
    if (j) steps.push(j * d);
    left -= j * d;
  });
  return steps;
}

/** Shares of the whole, the largest first: [{ t, share }], only those above zero. */
export function sharesOf(values) {
  const whole = values.reduce((sum, value) => sum + value, 0);
  const found = Array.from(values, (value, t) => ({ t, share: whole ? value / whole : 0 }));
  return found.filter(({ share }) => share > 0).sort((a, b) => b.share - a.share || b.t - a.t);
}

/** How many of the largest shares make up this part of the whole. */
export function enoughFor(shares, part) {
  let [sum, count] = [0, 0];
  while (count < shares.length && sum < part - 1e-9) sum += shares[count++].share;
  return count;
}

/** Goals for the reader; `fewest` weights is what going through all stacks finds (receptive.test.mjs). */
export const RECEPTIVE_GOALS = {
  reach: {
    name: 'Reach 200',
    back: 200,
    mark: '200 steps back',
    ask: 'The input 200 steps back has to arrive. Take as few weights as you can.',
    met: ({ roads }) => roads[0][200] > 0,
    fewest: 6,
  },
  cover: {
    name: 'No hole',
    back: 200,
    mark: '200 steps back',
    ask: 'The newest input and each of the 200 before it have to arrive. As few weights as you can.',
    met: ({ field, holes }) => field > 200 && !(holes[0] <= 200),
    fewest: 16,
  },
  exact: {
    name: 'Exactly 100',
    back: 99,
    mark: 'the 100th input',
    ask: 'Exactly 100 inputs have to arrive, the newest among them, without a hole. As few weights as you can.',
    met: ({ field, holes }) => field === 100 && !holes.length,
    fewest: 16,
  },
};
export const GOAL_STEPS = 208;
export const MOST_RECEPTIVE_LAYERS = 24;
export const MOST_DOUBLED = 256;
export const RECEPTIVE_KERNELS = [2, 3, 5];
