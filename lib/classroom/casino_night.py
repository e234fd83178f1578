"""A night at the casino: the rolls that static/hmm.js draws, and its two decoders, for two states and six faces."""

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


def posterior(initial, transition, emission, rolls):
    """(T,): P(state_t = 1 | all rolls), by forward and backward, each step scaled to sum to one."""
    transition, likelihood = np.asarray(transition), np.asarray(emission)[:, rolls].T  # (2, 2), (T, 2)
    forward, backward = np.empty_like(likelihood), np.ones_like(likelihood)
    for t, seen in enumerate(likelihood):
        now = (forward[t - 1] @ transition if t else np.asarray(initial)) * seen
        forward[t] = now / now.sum()
    for t in range(len(rolls) - 2, -1, -1):
        future = transition @ (likelihood[t + 1] * backward[t + 1])
        backward[t] = future / future.sum()
    both = forward * backward
    return both[:, 1] / both.sum(axis=1)


def viterbi(initial, transition, emission, rolls):
    """(T,): the most probable path, in logarithms; a tie goes to state 0."""
    with np.errstate(divide="ignore"):
        start, move, emit = (np.log(np.asarray(table)) for table in (initial, transition, emission))
    best, came_from = start + emit[:, rolls[0]], []
    for x in rolls[1:]:
        scores = best[:, None] + move  # (from, to)
        came_from.append(scores.argmax(axis=0))
        best = scores.max(axis=0) + emit[:, x]
    path = [int(best.argmax())]
    for arrow in reversed(came_from):
        path.append(int(arrow[path[-1]]))
    return np.array(path[::-1])


def swaps(path):
    """How often neighbours differ."""
    return int(np.count_nonzero(np.diff(path)))
