"""Memories of N numbers that hold a whole past: HiPPO, high-order polynomial projection operators.

    f(t)   a signal                     f_k  its k-th sample, k = 1, 2, …, which fills the time from k - 1 to k
    c(t)   (N,) the memory at time t: coefficients of the past in Legendre polynomials
    A, B   (N, N) and (N,): how the memory changes, of itself and by what comes in
    LegS   every moment since the beginning weighs the same:    c'(t) = (A c(t) + B f(t)) / t
    LegT   the last θ (the window) weighs, nothing before it:    c'(t) = A c(t) + B f(t)

The signs are those of the S4 papers: A itself is stable. The paper of 2020 writes c' = -A c / t + …, with -A for our A.
All in float64; a ValueError names the argument, what came and what was expected.
Source: Gu, Dao, Ermon, Rudra and Ré (2020); LegT is also the memory of Voelker, Kajić and Eliasmith (2019); `dplr` is
of Gu, Goel and Ré (2022). Held by tests/unit/test_hippo.py to integrals of the signal against the polynomials.
"""

import math

import numpy as np
import torch

METHODS = ("euler", "bilinear", "zoh")
MEASURES = ("legs", "legt")


def hippo_legs(n: int):
    """The memory of everything, evenly: A (N, N), lower triangular with eigenvalues -1, -2, …, -N, and B (N,)."""
    _check_size(n)
    root = np.sqrt(2 * np.arange(n) + 1.0)
    # (7.1.8) A_nk = -√(2n+1)√(2k+1) below the diagonal, -(n+1) on it, 0 above;   B_n = √(2n+1)
    A = -np.tril(np.outer(root, root), -1) - np.diag(np.arange(n) + 1.0)
    return A, root


def hippo_legt(n: int, window: float = 1.0):
    """The memory of the last θ = `window`, in the unit of time of the signal: A (N, N) and B (N,).

    Written by integration by parts; what leaves the window, f(t - θ), is read from the memory itself.
    """
    _check_size(n)
    _check_positive(window, "window")
    root, order = np.sqrt(2 * np.arange(n) + 1.0), np.arange(n)
    # (7.1.9) A_nk = -√(2n+1)√(2k+1) / θ · {1 where k <= n, (-1)^(n-k) where k > n};   B_n = √(2n+1) / θ
    sign = np.where(order <= order[:, None], 1.0, (-1.0) ** (order[:, None] - order))
    return -np.outer(root, root) * sign / window, root / window


def discretize(A, B, step, method="bilinear"):
    """From c' = A c + B f to c_k = Ā c_{k-1} + B̄ f_k, over a time `step` Δ: returns Ā, B̄.

    B (…, N). A (…, N, N), or (…, N) like B: the diagonal of a diagonal matrix. step: a number, or one for each of the
    leading indices (…), which it may also add: A (N,), B (N,) and step (D,) give (D, N). method: "euler" takes the
    slope at the start, "bilinear" the mean of the slopes at both ends, "zoh" is exact for an f that stands still
    during the step: Ā = e^(ΔA), B̄ = A⁻¹ (Ā - I) B. NumPy gives NumPy (float64 or complex128); with a tensor among the
    arguments the answer is a tensor, of A's kind, and gradients flow.
    """
    if method not in METHODS:
        raise ValueError(f"method: expected one of {', '.join(METHODS)}, got {method!r}")
    tensors = any(isinstance(value, torch.Tensor) for value in (A, B, step))
    A, B, step = (_tensor(value, name) for value, name in ((A, "A"), (B, "B"), (step, "step")))
    dense = A.dim() == B.dim() + 1
    if B.dim() == 0 or A.shape[-1] != B.shape[-1] or not (dense and A.shape[-2] == B.shape[-1] or A.dim() == B.dim()):
        raise ValueError(f"A: expected shape (…, N, N), or (…, N) for a diagonal, to go with B {tuple(B.shape)}, "
                         f"got {tuple(A.shape)}")  # fmt: skip
    if not bool((step > 0).all()):
        raise ValueError(f"step: expected a time above 0, got {step.min().item():g}")
    discrete = (_dense if dense else _diagonal)(A, B, step[..., None], method)
    return discrete if tensors else tuple(part.numpy() for part in discrete)


def _diagonal(A, B, step, method):
    z = step * A
    if method == "euler":
        return 1 + z, step * B
    if method == "bilinear":
        return (1 + z / 2) / (1 - z / 2), step * B / (1 - z / 2)
    nonzero = torch.where(A == 0, torch.ones_like(A), A)
    return z.exp(), torch.where(A == 0, step.to(A.dtype), torch.expm1(z) / nonzero) * B


def _dense(A, B, step, method):
    identity, z, drive = torch.eye(A.shape[-1], dtype=A.dtype, device=A.device), step[..., None] * A, step * B
    if method == "euler":
        return identity + z, drive.expand(z.shape[:-1])
    if method == "bilinear":
        half = torch.linalg.inv(identity - z / 2)
        return half @ (identity + z / 2), (half @ drive[..., None])[..., 0]
    # one exponential for both: exp of [[ΔA, ΔB], [0, 0]] is [[Ā, B̄], [0, 1]], also where A has no inverse
    both = torch.nn.functional.pad(torch.cat([z, drive.expand(z.shape[:-1])[..., None]], -1), (0, 0, 0, 1))
    both = torch.linalg.matrix_exp(both)
    return both[..., :-1, :-1], both[..., :-1, -1]


def project(signal, n, measure="legs", method="bilinear", window=None):
    """Read a signal, and what N numbers hold of its past after every sample: (T,) -> (T, N), or (B, T) -> (B, T, N).

    measure: "legs" (all of the past), or "legt" with window, in samples (a silence is thought before the first).
    method: see `discretize`; "zoh" is exact for the staircase of the samples, with LegS too, where time counts in
    logarithms: d c / d log t = A c + B f. Held by tests/unit/test_hippo.py to the integrals themselves.
    """
    signal = np.asarray(signal, dtype=np.float64)
    if signal.ndim not in (1, 2) or signal.size == 0:
        raise ValueError(f"signal: expected shape (T,) or (B, T), not empty, got {signal.shape}")
    if not np.isfinite(signal).all():
        raise ValueError("signal: expected finite numbers, got NaN or infinity")
    if measure not in MEASURES:
        raise ValueError(f"measure: expected one of {', '.join(MEASURES)}, got {measure!r}")
    if (measure == "legt") != (window is not None):
        raise ValueError(f"window: expected a number of samples with measure legt and None with legs, got {window!r}")
    A, B = hippo_legs(n) if measure == "legs" else hippo_legt(n, window)
    rows = np.atleast_2d(signal)
    memory, coefficients = np.zeros((len(rows), n)), np.empty((*rows.shape, n))
    for k, (A_bar, B_bar) in enumerate(_steps(A, B, measure, method, rows.shape[1])):
        memory = memory @ A_bar.T + rows[:, k, None] * B_bar  # (7.1.10) c_k = Ā_k c_{k-1} + B̄_k f_k
        coefficients[:, k] = memory
    return coefficients.reshape(*signal.shape, n)


def _steps(A, B, measure, method, length, block=128):
    """Ā_k and B̄_k for k = 1, 2, …, length, worked out a block at a time."""
    if measure == "legt":
        yield from [discretize(A, B, 1.0, method)] * length
        return
    for begin in range(0, length, block):
        k = np.arange(begin, min(begin + block, length)) + 1.0
        if method == "zoh":
            # from k - 1 to k, log t grows by log(k / (k - 1)); the first sample, from 0 on, fills the memory for ever
            step = np.log(k / np.maximum(k - 1, math.exp(-100)))
        else:
            step = 1 / k
        yield from zip(*discretize(A, B, step, method), strict=True)


def legendre(n: int, points):
    """The functions that the coefficients count: √(2m+1) P_m(2x - 1), m = 0 … n - 1; points x (P,) -> (P, n).

    x runs from 0, the beginning of what is remembered, to 1, now. They are orthonormal there.
    """
    _check_size(n)
    points = np.asarray(points, dtype=np.float64)
    if points.ndim != 1 or points.size == 0 or not ((points >= 0) & (points <= 1)).all():
        raise ValueError(f"points: expected one row of numbers from 0 (the beginning) to 1 (now), got {points!r}")
    return np.polynomial.legendre.legvander(2 * points - 1, n - 1) * np.sqrt(2 * np.arange(n) + 1.0)


def reconstruct(coefficients, points):
    """The past as the memory has it: coefficients (…, N) -> (…, P), f(x) ≈ Σ_n c_n √(2n+1) P_n(2x - 1).

    points: (P,) numbers from 0, the beginning of what is remembered (LegS: of time; LegT: of the window), to 1, now; or
    a whole number P: the middles of P equal parts, which is where P samples stand.
    """
    coefficients = np.asarray(coefficients, dtype=np.float64)
    if coefficients.ndim == 0 or coefficients.size == 0:
        raise ValueError(f"coefficients: expected shape (…, N), not empty, got {coefficients.shape}")
    if np.ndim(points) == 0:
        if isinstance(points, bool) or not isinstance(points, (int, np.integer)) or points < 1:
            raise ValueError(f"points: expected a whole number, 1 or more, or a row of numbers, got {points!r}")
        points = (np.arange(points) + 0.5) / points
    return coefficients @ legendre(coefficients.shape[-1], points).T  # (7.1.7)


def dplr(n: int):
    """LegS as a diagonal plus a matrix of rank one, turned into the eigenvectors: Lambda, P, B (N,), V (N, N), complex.

    A = V (diag(Lambda) - P P*) V*, where V is unitary, so that A_legs = V Λ V* - p pᵀ with p = V P, p_n = √(n + 1/2),
    and B_legs = V B. All real parts are -1/2; the imaginary parts rise, and for even N the upper half of them is
    positive, the lower half their mirror. Source: Gu, Goel and Ré (2022). Held by tests/unit/test_hippo.py.
    """
    A, B = hippo_legs(n)
    P = np.sqrt(np.arange(n) + 0.5)
    skew = A + np.outer(P, P) + 0.5 * np.eye(n)  # A + p pᵀ = -1/2 + a skew-symmetric matrix, which is normal
    frequencies, V = np.linalg.eigh(-1j * skew)
    return -0.5 + 1j * frequencies, V.conj().T @ P, V.conj().T @ B, V


def _tensor(value, name):
    if not isinstance(value, torch.Tensor):
        value = np.asarray(value)
        value = torch.from_numpy(value.astype(np.complex128 if np.iscomplexobj(value) else np.float64))
    if value.isnan().any():
        raise ValueError(f"{name}: expected numbers, got NaN")
    return value


def _check_size(n):
    if isinstance(n, bool) or not isinstance(n, (int, np.integer)) or n < 1:
        raise ValueError(f"n: expected a whole number, 1 or more, got {n!r}")


def _check_positive(value, name):
    if isinstance(value, bool) or not isinstance(value, (int, float, np.number)) or not 0 < value < math.inf:
        raise ValueError(f"{name}: expected a number above 0, got {value!r}")
