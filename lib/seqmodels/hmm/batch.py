"""The recursions for many sequences side by side, equal to those of `recursions`.

Arrays are (T, K, S): the axis of the S sequences stands last, where NumPy is fastest. Sequences stand from long to
short, and `alive[t]` says how many of them still run at time t, so that what lies beyond an end is never read.
Where a number is too small, 0 or NaN comes out: `inference` looks for it.
"""

import numpy as np

EVERY = 4  # steps between two scalings where only the likelihood is wanted


def forward(transition, b, alive, entering):
    """(1.2.2), (1.2.3): filtered (T, K, S), scale (T, S). entering (K, S): P(z) before the first observation."""
    filtered, scale, into = np.zeros(b.shape), np.ones((len(b), b.shape[2])), np.ascontiguousarray(transition.T)
    predicted = entering
    for t, n in enumerate(alive):
        if t > 0:
            predicted = into @ filtered[t - 1, :, :n]
        np.multiply(predicted, b[t, :, :n], out=filtered[t, :, :n])
        np.add.reduce(filtered[t, :, :n], axis=0, out=scale[t, :n])
        filtered[t, :, :n] /= scale[t, :n]
    return filtered, scale


def log_likelihood(transition, b, alive, entering):
    """Only the scale: (T, S) whose logarithms sum to the log-likelihood, with ones where nothing was scaled."""
    scale, into = np.ones((len(b), b.shape[2])), np.ascontiguousarray(transition.T)
    alpha = entering
    for t, n in enumerate(alive):
        if t > 0:
            alpha = into @ alpha[:, :n]
        alpha = alpha * b[t, :, :n]
        if t % EVERY == EVERY - 1 or t == len(b) - 1 or alive[t + 1] < n:
            np.add.reduce(alpha, axis=0, out=scale[t, :n])
            alpha /= scale[t, :n]
    return scale


def backward(transition, b, alive, filtered, scale, leaving):
    """(1.2.4), (1.2.7): beta (T, K, S) and sum_t xi_t (K, K). leaving (K, S): beta after each sequence's end."""
    beta, moves = np.zeros(b.shape), np.zeros(transition.shape)
    for t in range(len(b) - 1, -1, -1):
        n, on = alive[t], alive[t + 1] if t + 1 < len(b) else 0  # `on` of the n sequences go on
        beta[t, :, on:n] = leaving[:, on:n]
        if on:
            explained = b[t + 1, :, :on] * beta[t + 1, :, :on]  # (K, on)
            explained /= scale[t + 1, :on]
            np.matmul(transition, explained, out=beta[t, :, :on])
            moves += filtered[t, :, :on] @ explained.T
    return beta, transition * moves


def best_scores(log_transition, log_b, alive, entering):
    """(1.2.6): delta (T, K, S), the log-probability of the best way into each state; no arrows are kept.

    It is written over log_b: fresh memory for another array of that size would take longer than the sums.
    """
    delta, ways = log_b, np.empty((*log_transition.shape, log_b.shape[2]))
    best = np.empty(log_b.shape[1:])
    steps = log_transition[:, :, None]  # (from, to, 1)
    delta[0] += entering
    for t, n in enumerate(alive[1:], start=1):
        here = ways[:, :, :n]
        np.add(delta[t - 1, :, None, :n], steps, out=here)
        delta[t, :, :n] += np.maximum.reduce(here, axis=0, out=best[:, :n])
    return delta


def trace_back(log_transition, delta, alive, last=None):
    """The paths (T, S) behind delta: the arrows are found again along the best path only.

    last (S,): the state in which each sequence ends; None: the best one.
    """
    paths, into = np.zeros((len(delta), delta.shape[2]), int), np.ascontiguousarray(log_transition.T)
    for t in range(len(delta) - 1, -1, -1):
        n, on = alive[t], alive[t + 1] if t + 1 < len(delta) else 0
        if on < n:
            paths[t, on:n] = delta[t, :, on:n].argmax(0) if last is None else last[on:n]
        if on:
            paths[t, :on] = (delta[t, :, :on].T + into.take(paths[t + 1, :on], 0)).argmax(1)  # (on, K)
    return paths
