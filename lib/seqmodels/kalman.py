"""The Kalman filter: a hidden Markov model whose state is a vector of real numbers and whose beliefs are bell curves.

    z_t = F z_{t-1} + noise of covariance Q     the state, D numbers, hidden
    x_t = H z_t + noise of covariance R         what is seen of it, M numbers
    m_t, P_t                                    what we believe of z_t after x_1 … x_t: a mean and a covariance
    m⁻, P⁻                                      the same before x_t

In float64. Source: Kalman (1960); the smoother is of Rauch, Tung and Striebel (1965). Held by
tests/unit/test_kalman.py to one least-squares problem over all states, and to `seqmodels.hmm` on a fine grid.
"""

import math

import numpy as np


class KalmanFilter:
    """Where is it, given what we have seen so far? Exact when everything is linear and every noise is a bell curve.

    transition F (D, D), transition_noise Q (D, D); observation H (M, D), observation_noise R (M, M), positive
    definite; mean (D,) and covariance (D, D): what is believed of z_1 before anything is seen. For D = M = 1 plain
    numbers do. Observations are (T, M), or (T,) when M = 1. Raises ValueError that names the argument.
    """

    def __init__(self, transition, transition_noise, observation, observation_noise, mean, covariance):
        self.transition = _matrix(transition, "transition")
        size = len(self.transition)
        self.observation = _matrix(observation, "observation", (None, size))
        self.transition_noise = _covariance(transition_noise, "transition_noise", size)
        self.observation_noise = _covariance(observation_noise, "observation_noise", len(self.observation), 1e-300)
        self.mean = np.atleast_1d(np.asarray(mean, dtype=np.float64))
        if self.mean.shape != (size,) or not np.isfinite(self.mean).all():
            raise ValueError(f"mean: expected {size} finite numbers, as many as transition has rows, got {mean!r}")
        self.covariance = _covariance(covariance, "covariance", size)

    def predict(self, mean, covariance):
        """One step of time: m⁻ = F m, P⁻ = F P Fᵀ + Q. What is believed moves on, and grows less certain."""
        F = self.transition
        return F @ mean, F @ covariance @ F.T + self.transition_noise  # (7.1.5)

    def update(self, mean, covariance, x):
        """One observation x (M,), by Bayes' rule: m, P, and log p(x | all before) in nats."""
        H = self.observation
        surprise = x - H @ mean  # (M,)
        expected = H @ covariance @ H.T + self.observation_noise  # its covariance (M, M)
        gain = np.linalg.solve(expected, H @ covariance).T  # (7.1.6) G = P⁻ Hᵀ (H P⁻ Hᵀ + R)⁻¹, (D, M)
        left = np.eye(len(mean)) - gain @ H
        # P = (I - G H) P⁻, in the form that stays symmetric and positive
        after = left @ covariance @ left.T + gain @ self.observation_noise @ gain.T
        distance = surprise @ np.linalg.solve(expected, surprise)
        log_scale = -0.5 * (distance + np.linalg.slogdet(2 * math.pi * expected)[1])
        return mean + gain @ surprise, after, log_scale

    def filter(self, x):
        """Means (T, D) and covariances (T, D, D) after each observation, and log_scale (T,), as `HMM.forward` has it.

        log_scale sums to log p(x).
        """
        x, belief, after = self._observations(x), (self.mean, self.covariance), []
        for t, seen in enumerate(x):
            *belief, log_scale = self.update(*(self.predict(*belief) if t else belief), seen)
            after.append((*belief, log_scale))
        return tuple(np.array(part) for part in zip(*after, strict=True))

    def smooth(self, x):
        """Where was it, given everything? Means (T, D) and covariances (T, D, D), backwards from the last."""
        means, covariances, _ = self.filter(x)
        for t in range(len(means) - 2, -1, -1):
            before, spread = self.predict(means[t], covariances[t])
            # how much of a correction of z_{t+1} is one of z_t: P_t Fᵀ (P⁻_{t+1})⁻¹; the pseudo-inverse, for a P⁻ with
            # a direction that is certain
            back = covariances[t] @ self.transition.T @ np.linalg.pinv(spread, hermitian=True)
            means[t] += back @ (means[t + 1] - before)
            covariances[t] += back @ (covariances[t + 1] - spread) @ back.T
        return means, covariances

    def log_likelihood(self, x):
        """log p(x) in nats: how probable is what we saw, over all paths?"""
        return float(self.filter(x)[2].sum())

    def sample(self, length, rng):
        """Let it run: states (T, D), and what they show (T, M). rng: np.random.Generator."""

        def draw(covariance):
            return rng.multivariate_normal(np.zeros(len(covariance)), covariance, method="svd")

        states = [self.mean + draw(self.covariance)]
        for _ in range(length - 1):
            states.append(self.transition @ states[-1] + draw(self.transition_noise))
        states = np.array(states)
        return states, states @ self.observation.T + np.array([draw(self.observation_noise) for _ in states])

    def _observations(self, x):
        x, size = np.asarray(x, dtype=np.float64), len(self.observation)
        rows = x[:, None] if x.ndim == 1 and size == 1 else x
        if rows.ndim != 2 or rows.size == 0 or rows.shape[1] != size:
            told = f"(T, {size})" + " or (T,)" * (size == 1)
            raise ValueError(f"x: expected shape {told}, not empty, got {x.shape}")
        if not np.isfinite(rows).all():
            t = int(np.argwhere(~np.isfinite(rows))[0][0])
            raise ValueError(f"x: expected finite numbers, got {rows[t]} at place {t}")
        return rows


def _matrix(value, name, shape=None):
    """A float64 matrix of the shape, in which None stands for any size; without a shape: square."""
    matrix = np.asarray(value, dtype=np.float64)
    matrix = matrix.reshape(1, 1) if matrix.ndim == 0 else matrix
    wanted = matrix.shape[:1] * 2 if shape is None else shape
    fits = matrix.ndim == 2 and all(w in (None, s) for w, s in zip(wanted, matrix.shape, strict=True))
    if not fits or matrix.size == 0:
        told = "(D, D)" if shape is None else f"({', '.join(str(w or 'M') for w in wanted)})"
        raise ValueError(f"{name}: expected shape {told}, got {matrix.shape}")
    if not np.isfinite(matrix).all():
        raise ValueError(f"{name}: expected finite numbers, got {matrix[~np.isfinite(matrix)][0]}")
    return matrix


def _covariance(value, name, size, least=None):
    matrix = _matrix(value, name, (size, size))
    lowest = np.linalg.eigvalsh(matrix).min()
    if not np.allclose(matrix, matrix.T, rtol=1e-10, atol=0) or lowest < -1e-10 * np.abs(matrix).max():
        raise ValueError(f"{name}: expected a symmetric matrix without negative eigenvalues, got {matrix.tolist()}")
    if least is not None and lowest < least:
        raise ValueError(f"{name}: expected every eigenvalue above 0, got {lowest:g}")
    return matrix
