"""The Kalman filter against one least-squares problem over the whole path, and against an HMM on a fine grid."""

import numpy as np
import pytest

from seqmodels.hmm import HMM, Gaussian
from seqmodels.kalman import KalmanFilter


def positive(size, rng):
    root = rng.normal(size=(size, size))
    return root @ root.T + 0.3 * np.eye(size)


def drawn(size, seen, seed=0):
    """A filter of random matrices, and what it might see."""
    rng = np.random.default_rng(seed)
    transition = rng.normal(size=(size, size)) / size
    model = KalmanFilter(transition, positive(size, rng), rng.normal(size=(seen, size)), positive(seen, rng),
                         rng.normal(size=size), positive(size, rng))  # fmt: skip
    return model, model.sample(12, rng)[1]


def least_squares(model, x):
    """All states at once: every equation divided by the root of its noise, then one call of lstsq. (T, D), (TD, TD)"""
    size, rows, wanted = len(model.mean), [], []

    def at(t):
        return np.eye(len(x) * size)[t * size : (t + 1) * size]

    def equations(unknown, value, covariance):
        weigh = np.linalg.inv(np.linalg.cholesky(covariance))
        rows.append(weigh @ unknown)
        wanted.append(weigh @ value)

    equations(at(0), model.mean, model.covariance)
    for t in range(1, len(x)):
        equations(at(t) - model.transition @ at(t - 1), np.zeros(size), model.transition_noise)
    for t, seen in enumerate(x):
        equations(model.observation @ at(t), seen, model.observation_noise)
    rows = np.vstack(rows)
    states = np.linalg.lstsq(rows, np.hstack(wanted), rcond=None)[0]
    return states.reshape(len(x), size), np.linalg.inv(rows.T @ rows)


@pytest.mark.parametrize("size, seen", [(1, 1), (2, 1), (3, 2), (2, 3)])
def test_the_last_state_is_that_of_one_least_squares_problem(size, seen):
    model, x = drawn(size, seen, seed=size)
    means, covariances, _ = model.filter(x)
    for t in (1, 2, 7, 12):
        states, covariance = least_squares(model, x[:t])
        assert np.abs(means[t - 1] - states[-1]).max() < 1e-9
        assert np.abs(covariances[t - 1] - covariance[-size:, -size:]).max() < 1e-9


@pytest.mark.parametrize("size, seen", [(1, 1), (2, 1), (3, 2)])
def test_the_smoother_is_the_whole_of_that_problem(size, seen):
    model, x = drawn(size, seen, seed=10 + size)
    means, covariances = model.smooth(x)
    states, covariance = least_squares(model, x)
    assert np.abs(means - states).max() < 1e-9
    blocks = [covariance[t : t + size, t : t + size] for t in range(0, len(covariance), size)]
    assert np.abs(covariances - blocks).max() < 1e-9


@pytest.mark.parametrize("size, seen", [(1, 1), (2, 2)])
def test_the_likelihood_is_that_of_one_large_bell_curve(size, seen):
    model, x = drawn(size, seen, seed=20 + size)
    x = x[:6]
    # x is normal: mean and covariance by writing out every state as a sum of noises
    mean, covariance = [model.mean], [[None] * 6 for _ in range(6)]
    for t in range(6):
        if t:
            mean.append(model.transition @ mean[-1])
        last = covariance[t - 1][t - 1] if t else None
        covariance[t][t] = (model.transition @ last @ model.transition.T + model.transition_noise if t
                            else model.covariance)  # fmt: skip
        for s in range(t + 1, 6):
            before = covariance[t][s - 1]
            covariance[t][s] = before @ model.transition.T
    for t in range(6):
        for s in range(t):
            covariance[t][s] = covariance[s][t].T
    H = np.kron(np.eye(6), model.observation)
    whole = H @ np.block(covariance) @ H.T + np.kron(np.eye(6), model.observation_noise)
    away = x.ravel() - H @ np.hstack(mean)
    wanted = -0.5 * (away @ np.linalg.solve(whole, away) + np.linalg.slogdet(2 * np.pi * whole)[1])
    assert model.log_likelihood(x) == pytest.approx(wanted, rel=1e-10)


def test_it_is_the_forward_pass_of_a_hidden_markov_model_with_a_fine_grid_of_states():
    model = KalmanFilter(0.95, 0.3, 1.0, 2.0, 0.5, 4.0)
    x = model.sample(40, np.random.default_rng(3))[1][:, 0]
    grid = np.linspace(-12, 12, 481)

    def bell(away, variance):
        return np.exp(-(away**2) / (2 * variance))

    rows = bell(grid - 0.95 * grid[:, None], 0.3)
    first = bell(grid - 0.5, 4.0)
    hmm = HMM(first / first.sum(), rows / rows.sum(1, keepdims=True), Gaussian(grid, np.full(481, 2.0)))
    filtered, log_scale = hmm.forward(x)
    means, covariances, scale = model.filter(x)
    mean = filtered @ grid
    assert np.abs(mean - means[:, 0]).max() < 1e-4
    assert np.abs(filtered @ grid**2 - mean**2 - covariances[:, 0, 0]).max() < 1e-4
    assert np.abs(log_scale - scale).max() < 1e-4


def test_by_hand():
    model = KalmanFilter(1, 2, 1, 2, 0, 2)  # believed: 0 with variance 2; seen: 4, with a noise of 2
    mean, covariance, log_scale = model.update(model.mean, model.covariance, np.array([4.0]))
    assert mean == pytest.approx([2]) and covariance == pytest.approx(np.eye(1)), "half way, and half as uncertain"
    assert log_scale == pytest.approx(-0.5 * (16 / 4 + np.log(2 * np.pi * 4)))
    assert model.predict(mean, covariance)[1] == pytest.approx(3 * np.eye(1))
    means, covariances, _ = model.filter([4, 4])
    assert means[:, 0] == pytest.approx([2, 2 + 0.6 * 2]) and covariances[:, 0, 0] == pytest.approx([1, 1.2])


def test_ten_thousand_steps_stay_symmetric_and_certain_numbers_stay_certain():
    constant_speed = KalmanFilter([[1, 1], [0, 1]], np.zeros((2, 2)), [[1, 0]], 1e-6, [0, 0], 1e6 * np.eye(2))
    means, covariances, _ = constant_speed.filter(0.5 * np.arange(10_000))
    assert np.abs(means[-1] - [0.5 * 9_999, 0.5]).max() < 1e-6
    assert np.abs(covariances - covariances.transpose(0, 2, 1)).max() <= 1e-9 * np.abs(covariances).max()
    assert (np.linalg.eigvalsh(covariances[-1]) > -1e-12).all()
    known = KalmanFilter(1, 0, 1, 1, 3, 0)
    assert known.smooth([7, 8])[0] == pytest.approx(np.array([[3], [3]])), "who is certain does not listen"


@pytest.mark.parametrize(
    "change, words",
    [
        ({"transition": [[1, 2]]}, r"transition: expected shape \(D, D\), got \(1, 2\)"),
        ({"observation": [[1, 0, 0]]}, r"observation: expected shape \(M, 2\), got \(1, 3\)"),
        ({"transition_noise": 1.0}, r"transition_noise: expected shape \(2, 2\), got \(1, 1\)"),
        ({"transition_noise": [[1, 0], [0.5, 1]]}, "transition_noise: expected a symmetric matrix"),
        ({"covariance": [[1, 0], [0, -1]]}, "covariance: expected a symmetric matrix without negative eigenvalues"),
        ({"observation_noise": 0.0}, "observation_noise: expected every eigenvalue above 0, got 0"),
        ({"mean": [0.0]}, "mean: expected 2 finite numbers"),
        ({"transition": [[np.nan, 0], [0, 1]]}, "transition: expected finite numbers, got nan"),
    ],
)
def test_errors_are_told_in_words(change, words):
    right = {"transition": np.eye(2), "transition_noise": np.eye(2), "observation": [[1, 0]], "observation_noise": 1.0,
             "mean": [0, 0], "covariance": np.eye(2)}  # fmt: skip
    model = KalmanFilter(**right)
    with pytest.raises(ValueError, match=words):
        KalmanFilter(**right | change)
    with pytest.raises(ValueError, match=r"x: expected shape \(T, 1\) or \(T,\), not empty, got \(3, 2\)"):
        model.filter(np.ones((3, 2)))
    with pytest.raises(ValueError, match="x: expected finite numbers, got .* at place 1"):
        model.filter([1.0, np.nan])
