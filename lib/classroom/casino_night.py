"""A night at the casino: the rolls that static/hmm.js draws, for two states and six faces."""

import numpy as np

from .chance import uniform


def night(initial, transition, emission, length, seed):
    """(truth, rolls), each (length,) integers: the states 0 and 1, and the faces 0 to 5, as the browser draws them."""
    chances = uniform(seed, np.arange(2 * length)).tolist()
    truth, rolls = [], []
    for t in range(length):
        truth.append(_pick(transition[truth[-1]] if t else initial, chances[2 * t]))
        rolls.append(_pick(emission[truth[-1]], chances[2 * t + 1]))
    return np.array(truth), np.array(rolls)


def _pick(row, u):
    """The first entry at which the running sum passes u; the last possible one where rounding leaves none."""
    total = 0.0
    for j, p in enumerate(row):
        total += p
        if u < total:
            return j
    return max(j for j, p in enumerate(row) if p > 0)


def swaps(path):
    """How often neighbours differ."""
    return int(np.count_nonzero(np.diff(path)))
