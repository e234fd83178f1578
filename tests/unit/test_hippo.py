"""HiPPO against what it claims to be: integrals of the past against Legendre polynomials."""

import numpy as np
import pytest
import torch

from seqmodels.hippo import METHODS, discretize, dplr, hippo_legs, hippo_legt, legendre, project, reconstruct

ORDERS = [1, 2, 5, 16]


def staircase_integrals(signal, n):
    """(1/t) ∫ f √(2m+1) P_m over 0..t, exactly, for the f that stands still during each sample: the definition."""
    edges = np.linspace(0, 1, len(signal) + 1)
    nodes, weights = np.polynomial.legendre.leggauss(n)  # exact up to degree 2n - 1
    width = 1 / len(signal)
    points = (edges[:-1, None] + width * (nodes + 1) / 2).ravel()
    return (np.repeat(signal, n) * np.tile(weights * width / 2, len(signal))) @ legendre(n, points)


def noise(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


# --- the matrices -----------------------------------------------------------------------------------


def test_the_matrix_of_legs_by_hand():
    A, B = hippo_legs(3)
    root = np.sqrt([1, 3, 5])
    assert pytest.approx(A, abs=1e-15) == [[-1, 0, 0], [-root[1], -2, 0], [-root[2], -root[1] * root[2], -3]]
    assert pytest.approx(B) == root
    assert np.sort(np.linalg.eigvals(hippo_legs(9)[0]).real) == pytest.approx(-np.arange(9, 0, -1.0), abs=1e-6)


def test_the_matrix_of_legt_by_hand():
    A, B = hippo_legt(3, window=2.0)
    root = np.sqrt([1, 3, 5])
    signs = np.array([[1, -1, 1], [1, 1, -1], [1, 1, 1]])
    assert pytest.approx(-np.outer(root, root) * signs / 2) == A
    assert pytest.approx(root / 2) == B
    assert (np.linalg.eigvals(hippo_legt(12)[0]).real < 0).all(), "stable"


@pytest.mark.parametrize("n", [1, 2, 7, 16, 64])
def test_legs_is_a_normal_matrix_minus_one_of_rank_one(n):
    A, B = hippo_legs(n)
    Lambda, P, rotated, V = dplr(n)
    p = V @ P
    assert np.abs(p - np.sqrt(np.arange(n) + 0.5)).max() < 1e-12
    normal = A + np.outer(p, p)
    assert np.abs(normal @ normal.conj().T - normal.conj().T @ normal).max() < 1e-9 * n**2
    assert np.abs(V.conj().T @ V - np.eye(n)).max() < 1e-12, "unitary"
    assert (Lambda.real == -0.5).all()
    assert np.abs((V * Lambda) @ V.conj().T - np.outer(p, p.conj()) - A).max() < 1e-10
    assert np.abs(V @ (np.diag(Lambda) - np.outer(P, P.conj())) @ V.conj().T - A).max() < 1e-10
    assert np.abs(V @ rotated - B).max() < 1e-10
    assert np.abs(Lambda + Lambda[::-1] + 1).max() < 1e-9, "in pairs, each with its mirror"
    if n % 2 == 0:
        assert (Lambda[n // 2 :].imag > 0).all()


# --- discretize -------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS)
def test_dense_and_diagonal_agree_in_numpy_and_in_torch(method):
    diagonal = noise(4, seed=1) - 1 + 1j * noise(4, seed=2)
    B = noise(4, seed=3) + 1j * noise(4, seed=4)
    A_bar, B_bar = discretize(diagonal, B, 0.3, method)
    dense_A, dense_B = discretize(np.diag(diagonal), B, 0.3, method)
    assert np.abs(np.diag(A_bar) - dense_A).max() < 1e-12 and np.abs(B_bar - dense_B).max() < 1e-12
    tensors = discretize(torch.from_numpy(diagonal), torch.from_numpy(B), 0.3, method)
    assert all(isinstance(part, torch.Tensor) for part in tensors)
    assert (tensors[0].numpy() == A_bar).all() and (tensors[1].numpy() == B_bar).all()


@pytest.mark.parametrize("method", METHODS)
def test_many_steps_and_many_systems_at_once(method):
    A, B = noise(3, 4, seed=1) - 2, noise(3, 4, seed=2)
    steps = np.array([0.1, 0.2, 0.5])
    A_bar, B_bar = discretize(A, B, steps, method)
    each = [discretize(a, b, step, method) for a, b, step in zip(A, B, steps, strict=True)]
    assert np.abs(A_bar - [a for a, _ in each]).max() < 1e-15 and np.abs(B_bar - [b for _, b in each]).max() < 1e-15
    dense, drive = discretize(*hippo_legs(4), steps, method)
    assert dense.shape == (3, 4, 4) and drive.shape == (3, 4)
    one = discretize(*hippo_legs(4), 0.2, method)
    assert np.abs(dense[1] - one[0]).max() < 1e-12 and np.abs(drive[1] - one[1]).max() < 1e-12
    spread = discretize(A[0], B[0], steps, method)
    assert spread[0].shape == spread[1].shape == (3, 4)


def test_the_three_methods_by_hand_and_their_orders():
    A, B = np.array([-2.0]), np.array([3.0])
    assert np.hstack(discretize(A, B, 0.1, "euler")) == pytest.approx([0.8, 0.3])
    assert np.hstack(discretize(A, B, 0.1, "bilinear")) == pytest.approx([0.9 / 1.1, 0.3 / 1.1])
    assert np.hstack(discretize(A, B, 0.1, "zoh")) == pytest.approx([np.exp(-0.2), 1.5 * (1 - np.exp(-0.2))])
    dense = noise(5, 5, seed=5) - 3 * np.eye(5)
    for method, order in (("euler", 2), ("bilinear", 3)):
        miss = [np.abs(discretize(dense, np.ones(5), step, method)[0]
                       - discretize(dense, np.ones(5), step, "zoh")[0]).max() for step in (0.02, 0.01)]  # fmt: skip
        assert miss[0] / miss[1] == pytest.approx(2**order, rel=0.15), "halve the step"


def test_zero_order_hold_is_many_tiny_steps_and_knows_a_matrix_without_inverse():
    A, B = hippo_legs(4)
    A_bar, B_bar = discretize(A, B, 0.4, "zoh")
    tiny_A, tiny_B = discretize(A, B, 0.4 / 4000, "bilinear")
    c = np.array([1.0, -1, 2, 0.5])
    slow = c
    for _ in range(4000):
        slow = tiny_A @ slow + tiny_B * 0.7
    assert np.abs(A_bar @ c + B_bar * 0.7 - slow).max() < 1e-6
    still = discretize(np.zeros((2, 2)), np.array([1.0, 2.0]), 0.5, "zoh")
    assert np.abs(still[0] - np.eye(2)).max() < 1e-15 and still[1] == pytest.approx([0.5, 1.0])
    assert np.hstack(discretize(np.zeros(1), np.ones(1), 0.5, "zoh")) == pytest.approx([1, 0.5])


@pytest.mark.parametrize("method", METHODS)
def test_gradients_flow(method):
    A = (torch.tensor([-0.5 + 2j, -0.5 - 1j, -1 + 0j])).requires_grad_()
    B = torch.tensor([1 + 1j, 2 - 1j, 1 + 0j]).requires_grad_()
    step = torch.tensor([0.1, 0.3], requires_grad=True)
    double = [value.detach().to(torch.complex128 if value.is_complex() else torch.float64).requires_grad_()
              for value in (A, B, step)]  # fmt: skip
    assert torch.autograd.gradcheck(lambda *args: discretize(*args, method), double)
    A_bar, B_bar = discretize(A, B, step, method)
    assert A_bar.shape == B_bar.shape == (2, 3) and A_bar.dtype == torch.complex64


def test_legs_without_its_one_over_t_answers_to_a_stroke_with_legendre_of_e_to_the_minus_t():
    A, B = hippo_legs(6)
    ages = np.array([0.1, 0.5, 2.0])
    response = np.array([discretize(A, B, age, "zoh")[0] @ B for age in ages])  # e^(tA) B
    assert np.abs(response - np.exp(-ages)[:, None] * legendre(6, np.exp(-ages))).max() < 1e-10


# --- the memory -------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", ORDERS)
def test_legs_with_zero_order_hold_is_the_integral_of_the_whole_past(n):
    signal = noise(40)
    coefficients = project(signal, n, method="zoh")
    for t in (1, 2, 3, 17, 40):
        assert np.abs(coefficients[t - 1] - staircase_integrals(signal[:t], n)).max() < 1e-10


def test_legs_comes_nearer_to_the_integral_with_more_samples():
    misses = {}
    for method in ("euler", "bilinear"):
        for length in (500, 1000):
            x = (np.arange(length) + 0.5) / length
            signal = np.sin(7 * x) + x**2
            miss = project(signal, 6, method=method)[-1] - staircase_integrals(signal, 6)
            misses[method, length] = np.abs(miss).max()
    for method in ("euler", "bilinear"):
        assert misses[method, 1000] < 0.6 * misses[method, 500]
    assert misses["bilinear", 1000] < misses["euler", 1000] / 2


def test_a_memory_holds_a_polynomial_of_its_order():
    x = (np.arange(400) + 0.5) / 400
    cubic = 1 - x + 3 * x**2 - 2 * x**3
    held = reconstruct(project(cubic, 4, method="zoh")[-1], 400)
    assert np.abs(held - cubic).max() < 1e-4
    short = reconstruct(project(cubic, 2, method="zoh")[-1], 400)
    assert np.abs(short - cubic).max() > 0.05, "and not with fewer numbers"
    constant = np.full(30, 2.5)
    assert np.abs(project(constant, 8, method="zoh") - 2.5 * np.eye(8)[0]).max() < 1e-10
    # bilinear takes the empty memory before the first sample for half a sample of silence
    assert project(constant, 8)[:, 0] == pytest.approx([2.5 * 2 * k / (2 * k + 1) for k in range(1, 31)])


def test_legt_holds_its_window_and_forgets_what_lies_before():
    t = np.arange(3000)
    wave = np.sin(2 * np.pi * t / 200)
    window = 400
    memory = project(wave, 16, "legt", window=window)[-1]
    assert np.abs(reconstruct(memory, window) - wave[-window:]).max() < 0.05
    other = wave + 5 * (t < 1500)
    assert np.abs(project(other, 16, "legt", window=window)[-1] - memory).max() < 1e-3
    # wrong by sign or by scale would show: the definition itself, over the window
    wanted = staircase_integrals(wave[-window:], 16)
    assert np.abs(memory - wanted).max() < 0.02


def test_many_signals_at_once_are_each_alone():
    signals = noise(3, 30)
    for arguments in ({}, {"method": "euler"}, {"method": "zoh"}, {"measure": "legt", "window": 10}):
        together = project(signals, 5, **arguments)
        assert together.shape == (3, 30, 5)
        assert np.abs(together - [project(one, 5, **arguments) for one in signals]).max() < 1e-12


def test_the_past_of_a_long_signal_is_worked_out_in_blocks():
    signal = noise(300)
    A, B = hippo_legs(4)
    memory = np.zeros(4)
    for k, sample in enumerate(signal, start=1):  # the bilinear step as it stands in the lesson
        memory = np.linalg.solve(np.eye(4) - A / (2 * k), (np.eye(4) + A / (2 * k)) @ memory + B * sample / k)
    assert np.abs(project(signal, 4)[-1] - memory).max() < 1e-12


def test_functions_are_orthonormal_and_points_may_be_counted():
    nodes, weights = np.polynomial.legendre.leggauss(20)
    functions = legendre(12, (nodes + 1) / 2)
    assert np.abs(functions.T @ (functions * weights[:, None] / 2) - np.eye(12)).max() < 1e-12
    coefficients = noise(7, 5)
    assert np.abs(reconstruct(coefficients, 4) - reconstruct(coefficients, [0.125, 0.375, 0.625, 0.875])).max() == 0
    assert reconstruct(coefficients, 9).shape == (7, 9)


# --- words ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong, words",
    [
        (lambda: hippo_legs(0), "n: expected a whole number, 1 or more, got 0"),
        (lambda: hippo_legs(2.0), "n: expected a whole number"),
        (lambda: hippo_legt(4, 0.0), "window: expected a number above 0, got 0.0"),
        (lambda: dplr(True), "n: expected a whole number"),
        (lambda: discretize(*hippo_legs(2), 0.1, "forward"), "method: expected one of euler, bilinear, zoh"),
        (lambda: discretize(*hippo_legs(2), 0.0), "step: expected a time above 0, got 0"),
        (lambda: discretize(np.eye(3), np.ones(2), 0.1), r"A: expected shape .* B \(2,\), got \(3, 3\)"),
        (lambda: discretize(np.ones((2, 3)), np.ones(3), 0.1), r"got \(2, 3\)"),
        (lambda: discretize([np.nan], [1.0], 0.1), "A: expected numbers, got NaN"),
        (lambda: project([], 4), r"signal: expected shape \(T,\) or \(B, T\), not empty, got \(0,\)"),
        (lambda: project([1.0, np.inf], 4), "signal: expected finite numbers"),
        (lambda: project([1.0], 4, "lagt"), "measure: expected one of legs, legt, got 'lagt'"),
        (lambda: project([1.0], 4, "legt"), "window: expected a number of samples with measure legt"),
        (lambda: project([1.0], 4, window=3), "and None with legs, got 3"),
        (lambda: project([1.0], 4, method="rk4"), "method: expected one of"),
        (lambda: reconstruct(np.ones(3), 0), "points: expected a whole number, 1 or more"),
        (lambda: reconstruct(np.ones(3), [0.5, 1.5]), "points: expected one row of numbers from 0"),
        (lambda: reconstruct(np.ones((0, 3)), 5), "coefficients: expected shape"),
    ],
)
def test_errors_are_told_in_words(wrong, words):
    with pytest.raises(ValueError, match=words):
        wrong()
