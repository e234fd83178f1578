"""The numbers of a trellis for static pictures, sentences and scores: small loops over time."""

import numpy as np


def forward_backward(initial, transition, emission, observations):
    """Both passes, scaled: filtered, posterior (T, K), flow (T, K, K) in two forms, log_likelihood.

    ``flow[t, i, j]`` = P(state i at t - 1 and j at t | read up to t); ``flow_all`` knows everything. ``flow[0]`` is 0.
    From an observation that cannot happen, all is 0 and the log-likelihood is minus infinity.
    """
    shown = emission[:, observations].T  # (T, K)
    filtered, future = np.zeros_like(shown), np.ones_like(shown)
    scale = np.zeros(len(shown))
    for t in range(len(shown)):
        joint = (initial if t == 0 else filtered[t - 1] @ transition) * shown[t]
        scale[t] = joint.sum()
        filtered[t] = joint / scale[t] if scale[t] > 0 else 0
    for t in range(len(shown) - 2, -1, -1):
        what_follows = transition @ (shown[t + 1] * future[t + 1])
        future[t] = what_follows / scale[t + 1] if scale[t + 1] > 0 else 0
    flow = np.zeros((len(shown), *transition.shape))
    possible = np.where(scale > 0, scale, 1)[1:, None, None]
    flow[1:] = filtered[:-1, :, None] * transition * shown[1:, None, :] / possible
    with np.errstate(divide="ignore"):
        log_likelihood = float(np.log(scale).sum())
    return {
        "filtered": filtered,
        "posterior": filtered * future,
        "flow": flow,
        "flow_all": flow * future[:, None, :],
        "log_likelihood": log_likelihood,
    }


def viterbi(initial, transition, emission, observations):
    """The most probable path in logarithms: (path (T,), log_prob, delta (T, K), came_from (T, K))."""
    with np.errstate(divide="ignore"):
        start, move, shown = np.log(initial), np.log(transition), np.log(emission[:, observations].T)
    delta, came_from = np.empty_like(shown), np.full(shown.shape, -1)
    delta[0] = start + shown[0]
    for t in range(1, len(shown)):
        ways = delta[t - 1][:, None] + move
        came_from[t] = ways.argmax(axis=0)
        delta[t] = ways.max(axis=0) + shown[t]
    path = np.zeros(len(shown), dtype=np.int64)
    path[-1] = delta[-1].argmax()
    for t in range(len(shown) - 1, 0, -1):
        path[t - 1] = came_from[t, path[t]]
    return path, float(delta[-1].max()), delta, came_from
