"""The lattice of one sequence in its clear forms: one line an equation, in logarithms.

    labels (U,)        l, without blanks        extended (S,)   l', S = 2U + 1
    log_probs (T, C)   log y_t(k)               emit (T, S)     log y_t(l'_s)

Probabilities are natural logarithms, so that a product of thousands of them is still a number; -inf is impossible.
Source: Graves and others 2006. Held by tests/unit/test_ctc.py to an enumeration of every path.
"""

import numpy as np


def collapse(path, blank=0):
    """What does a path say? Repeats once, then the blanks away: 0 1 1 0 1 2 -> 1 1 2. A list."""
    path = [int(k) for k in path]
    return [k for k, before in zip(path, [None, *path], strict=False) if k != before and k != blank]


def frames_needed(labels) -> int:
    """The fewest frames that can say the labels: one each, and a blank between two that are the same."""
    labels = [int(k) for k in labels]
    return len(labels) + sum(a == b for a, b in zip(labels, labels[1:], strict=False))


def extend(labels, blank=0):
    """(4.1.1)  l' = blank l_1 blank l_2 ... l_U blank"""
    extended = np.full(2 * len(labels) + 1, blank)
    extended[1::2] = labels
    return extended


def may_jump(extended, blank=0):
    """May a path leave out the blank before place s? Only to a label, and not to the same one. (S,) booleans"""
    jump = extended != blank
    jump[:2] = False
    jump[2:] &= extended[2:] != extended[:-2]
    return jump


def forward(emit, jump):
    """In how probable ways does a path get to place s by frame t, that frame too? log alpha (T, S).

    The probability of the labels is alpha_T(S) + alpha_T(S - 1): a path ends in the last blank or the last label.
    """
    alpha = np.full(emit.shape, -np.inf)
    alpha[0, :2] = emit[0, :2]  # it begins in the first blank or the first label
    for t in range(1, len(emit)):
        stay, move, leap = (moved(alpha[t - 1], by) for by in (0, 1, 2))
        # (4.1.2)  alpha_t(s) = [alpha_{t-1}(s) + alpha_{t-1}(s-1)
        #                       + alpha_{t-1}(s-2) where s may be jumped to] y_t(l'_s)
        alpha[t] = log_sum(stay, move, np.where(jump, leap, -np.inf)) + emit[t]
    return alpha


def backward(emit, jump):
    """In how probable ways does a path go on from place s after frame t? log beta (T, S)."""
    beta = np.full(emit.shape, -np.inf)
    beta[-1, -2:] = 0
    for t in range(len(emit) - 2, -1, -1):
        onward = beta[t + 1] + emit[t + 1]
        stay, move, leap = onward, moved(onward, -1), moved(np.where(jump, onward, -np.inf), -2)
        # (4.1.3)  beta_t(s) = sum of beta_{t+1}(s') y_{t+1}(l'_s') over s' = s, s+1, and s+2 where that is allowed
        beta[t] = log_sum(stay, move, leap)
    return beta


def log_likelihood(alpha):
    """(4.1.4)  p(l | x) = alpha_T(S) + alpha_T(S-1), as a logarithm."""
    return log_sum(*alpha[-1, -2:])


def posterior(alpha, beta):
    """Where was the path at frame t, given all frames and the labels? log gamma (T, S); NaN if there is no path."""
    # (4.1.5)  gamma_t(s) = alpha_t(s) beta_t(s) / p(l | x)
    return alpha + beta - log_likelihood(alpha)


def gradient(log_probs, extended, log_gamma):
    """How does the loss -log p(l | x) change with the network's outputs before the softmax? (T, C)."""
    expected = np.zeros_like(log_probs)
    np.add.at(expected.T, extended, np.exp(log_gamma).T)
    # (4.1.6)  y_t(k) - sum of gamma_t(s) over the places s where l'_s = k
    return np.exp(log_probs) - expected


def viterbi(emit, jump):
    """Which one path is the most probable? Its places (T,), 0 to S - 1, and log p(path | x)."""
    best, came_from = np.full(emit.shape[1], -np.inf), np.zeros(emit.shape, int)
    best[:2] = emit[0, :2]
    for t in range(1, len(emit)):
        ways = np.stack([best, moved(best, 1), np.where(jump, moved(best, 2), -np.inf)])
        came_from[t] = np.arange(len(best)) - ways.argmax(0)
        # (4.1.7)  delta_t(s) = max of delta_{t-1}(s), (s-1), (s-2) where allowed, times y_t(l'_s)
        best = ways.max(0) + emit[t]
    end = len(best) - 1 - int(best[::-1][:2].argmax())
    path = [end]
    for t in range(len(emit) - 1, 0, -1):
        path.append(came_from[t, path[-1]])
    return np.array(path[::-1]), best[end]


def moved(row, by):
    """The row (S,), each value `by` places further on; -inf comes in."""
    out = np.full_like(row, -np.inf)
    if by == 0:
        out[:] = row
    elif by > 0:
        out[by:] = row[:-by]
    else:
        out[:by] = row[-by:]
    return out


def log_sum(*logs):
    """log(e^a + e^b + ...)"""
    return np.logaddexp.reduce(logs)
