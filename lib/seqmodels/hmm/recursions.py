"""The algorithms of a hidden Markov model in their clear forms: one sequence, one line an equation.

    initial (K,)     pi            transition (K, K)   A
    b (T, K)         b[t, j] = b_j(x_t), how well state j explains what was seen at time t
    filtered (T, K)  P(z_t | x_1 .. x_t), the scaled alpha of the books
    scale (T,)       c_t = P(x_t | x_1 .. x_{t-1})

Source: Rabiner, "A tutorial on hidden Markov models" (1989). Held by tests/unit/test_hmm.py to an enumeration of
every path. `HMM` itself runs on forms that are equal and faster.
"""

import numpy as np


def log_joint(initial, transition, b, path):
    """How probable is this path z together with what was seen? log P(x, z)."""
    steps = transition[path[:-1], path[1:]]  # (T-1,)
    seen = b[np.arange(len(path)), path]  # (T,)
    with np.errstate(divide="ignore"):  # log 0 = -inf
        begin, steps, seen = np.log(initial[path[0]]), np.log(steps), np.log(seen)
    # (1.2.1)  P(x, z) = pi_z1 b_z1(x_1) prod_t A_z(t-1)z(t) b_zt(x_t)
    return begin + steps.sum() + seen.sum()


def forward(initial, transition, b):
    """Where are we, given what we have seen so far?

    filtered (T, K), scale (T,); the logarithms of scale sum to log P(x).
    """
    filtered, scale = np.empty_like(b), np.empty(len(b))
    for t in range(len(b)):
        predicted = filtered[t - 1] @ transition if t > 0 else initial
        # (1.2.2)  alpha_t(j) = b_j(x_t) sum_i alpha_{t-1}(i) A_ij
        alpha = b[t] * predicted
        # (1.2.3)  c_t = sum_j alpha_t(j),  log P(x) = sum_t log c_t
        scale[t] = alpha.sum()
        filtered[t] = alpha / scale[t]
    return filtered, scale


def backward(transition, b, scale):
    """How well does each state explain what is still to come? (T, K)."""
    beta = np.ones_like(b)  # after the end nothing is left to explain
    for t in range(len(b) - 2, -1, -1):
        explained = b[t + 1] * beta[t + 1]
        # (1.2.4)  beta_t(i) = sum_j A_ij b_j(x_{t+1}) beta_{t+1}(j) / c_{t+1}
        beta[t] = transition @ explained / scale[t + 1]
    return beta


def posterior(initial, transition, b):
    """Where were we, given everything that we have seen by now? (T, K)."""
    filtered, scale = forward(initial, transition, b)
    # (1.2.5)  gamma_t(i) = alpha_t(i) beta_t(i)
    return filtered * backward(transition, b, scale)


def viterbi(initial, transition, b):
    """Which one path is the most probable? path (T,), log P(x, path)."""
    with np.errstate(divide="ignore"):  # log 0 = -inf: never the best
        initial, transition, b = np.log(initial), np.log(transition), np.log(b)
    best, came_from = initial + b[0], np.zeros(b.shape, int)
    for t in range(1, len(b)):
        ways = best[:, None] + transition  # (K, K) from i to j
        came_from[t] = ways.argmax(0)
        # (1.2.6)  delta_t(j) = max_i delta_{t-1}(i) A_ij  b_j(x_t), in logs
        best = ways.max(0) + b[t]
    path = [best.argmax()]
    for t in range(len(b) - 1, 0, -1):  # and back along the arrows
        path.append(came_from[t, path[-1]])
    return np.array(path[::-1]), best.max()


def expected_transitions(initial, transition, b):
    """How often do we expect each transition to have happened? (K, K)."""
    filtered, scale = forward(initial, transition, b)
    explained = b * backward(transition, b, scale) / scale[:, None]
    # (1.2.7)  xi_t(i, j) = alpha_{t-1}(i) A_ij b_j(x_t) beta_t(j) / c_t
    return transition * (filtered[:-1].T @ explained[1:])  # sum over t


def baum_welch_step(initial, transition, probs, x):
    """One step of learning from symbols x (T,): expect, count, divide.

    probs (K, M): b_j(m). Returns the new initial, transition, probs.
    """
    b = probs[:, x].T  # (T, K)
    gamma = posterior(initial, transition, b)  # (T, K)
    moves = expected_transitions(initial, transition, b)  # (K, K)
    shown = np.zeros_like(probs)  # (K, M)
    np.add.at(shown.T, x, gamma)  # gamma_t(j) is added where x_t = m
    # (1.2.7)  pi = gamma_1,  A_ij = moves_ij / sum_j moves_ij,
    #          b_j(m) = shown_jm / sum_m shown_jm
    return gamma[0], moves / moves.sum(1)[:, None], shown / shown.sum(1)[:, None]
