"""What a memory of N numbers holds of a signal, as static/memory_model.js computes it in the browser.

Held by tests/viewers/test_memory.py to seqmodels.hippo, and to the browser's own numbers.
"""

import numpy as np

REACH = 8  # widths, beyond which a bump is nothing
EXPLODED = 100  # coefficients so many times larger than the signal is anywhere


def bump(length, place, width):
    """A bump of height 1 at `place`, so many samples wide (its standard deviation): (T,)."""
    far = (np.arange(length) - place) / width
    return np.where(np.abs(far) > REACH, 0.0, np.exp(-0.5 * far**2))


def _matrix(order, measure, window):
    """A (N, N) and B (N,) of c' = A c + B f: over t for LegS, as it stands for LegT. See seqmodels.hippo."""
    n = np.arange(order)
    root = np.sqrt(2 * n + 1.0)
    if measure == "legs":
        return -np.tril(np.outer(root, root), -1) - np.diag(n + 1.0), root
    sign = np.where(n <= n[:, None], 1.0, (-1.0) ** (n[:, None] - n))
    return -np.outer(root, root) * sign / window, root / window


def matrix_exponential(matrix):
    """e^M of a matrix (N, N): a series of e^(M / 2^s), squared s times."""
    doublings = max(0, int(np.ceil(np.log2(max(np.abs(matrix).sum(1).max(), 1e-9)))) + 1)
    small, term = matrix / 2**doublings, np.eye(len(matrix))
    total = term.copy()
    for n in range(1, 16):
        term = term @ small / n
        total += term
    for _ in range(doublings):
        total = total @ total
    return total


def exact_step(A, B):
    """Ā (N, N) and B̄ (N,) for a step of 1 in which the input stands still: e^[[A, B], [0, 0]] = [[Ā, B̄], [0, 1]]."""
    both = matrix_exponential(np.block([[A, B[:, None]], [np.zeros((1, len(A) + 1))]]))
    return both[:-1, :-1], both[:-1, -1]


def shares_of_samples(order, t):
    """(t + 1, N): ∫ √(2n+1) P_n(2x - 1) dx over the part of the past that each sample fills: what a sample of 1 adds.

    The step of LegS that is exact for a staircase keeps these integrals: row n of A asks for no number above n, so
    that N of them are those of the whole series. ∫ P_n = (P_{n+1} - P_{n-1}) / (2n + 1).
    """
    values = np.polynomial.legendre.legvander(2 * np.arange(t + 2) / (t + 1) - 1, order)
    before = np.concatenate([np.zeros((t + 2, 1)), values[:, :-2]], 1)
    return np.diff(values[:, 1:] - before, axis=0) / (2 * np.sqrt(2 * np.arange(order) + 1.0))


def memory_at(signal, spec, t):
    """(t + 1, N): the memory after each sample up to t. spec: order, measure, method, window.

    Exact LegS needs none of those before: there it is (1, N), the last alone.
    """
    order, signal = spec["order"], np.asarray(signal, dtype=np.float64)[: t + 1]
    if spec["measure"] == "legs" and spec["method"] == "zoh":
        return signal[None] @ shares_of_samples(order, t)
    if spec["measure"] == "last":
        padded = np.concatenate([np.zeros(order), signal])
        return np.stack([padded[order - n : len(padded) - n] for n in range(order)], 1)
    A, B = _matrix(order, spec["measure"], spec["window"])
    identity, now = np.eye(order), np.zeros(order)
    if spec["measure"] == "legt" and spec["method"] == "zoh":  # the same step for all samples
        A, B = exact_step(A, B)
        A = A - identity
    elif spec["measure"] == "legt" and spec["method"] == "bilinear":
        half = np.linalg.inv(identity - A / 2)
        A, B = half @ (identity + A / 2) - identity, half @ B
    kept = np.empty((t + 1, order))
    with np.errstate(over="ignore", invalid="ignore"):
        for k, value in enumerate(signal):
            step = 1 / (k + 1) if spec["measure"] == "legs" else 1.0
            if spec["method"] == "euler" or spec["measure"] == "legt":
                now = now + step * (A @ now + B * value)
            else:
                now = np.linalg.solve(identity - step / 2 * A, now + step / 2 * (A @ now) + step * B * value)
            kept[k] = now
    return kept


def points_at(spec, t):
    """(t + 1,): where each past sample stands in what is remembered, 0 its beginning, 1 now; negative: before it."""
    ago = t - np.arange(t + 1) + 0.5
    return 1 - ago / {"legs": t + 1, "legt": spec["window"], "last": spec["order"]}[spec["measure"]]


def rebuilt(memory, spec, t):
    """(t + 1,): the past as a memory (N,) at time t has it; 0 where it has nothing."""
    points = points_at(spec, t)
    if spec["measure"] == "last":
        past = np.zeros(t + 1)
        known = min(t + 1, spec["order"])
        past[t + 1 - known :] = memory[:known][::-1]
        return past
    root = np.sqrt(2 * np.arange(spec["order"]) + 1.0)
    with np.errstate(over="ignore", invalid="ignore"):
        past = np.polynomial.legendre.legvander(2 * points - 1, spec["order"] - 1) @ (memory * root)
    return np.where(points > 0, past, 0.0)


def relative_error(signal, past):
    """The size of what is missing, as a share of the size of the signal; infinite where the memory exploded."""
    if not np.isfinite(past).all():
        return np.inf
    size = np.sqrt((signal[: len(past)] ** 2).sum())
    missing = np.sqrt(((signal[: len(past)] - past) ** 2).sum())
    return float(missing / size) if size else (0.0 if missing == 0 else np.inf)


def explosion(memory, signal):
    """(Step from 1 at which the memory exploded, its largest size), or None."""
    size = np.abs(memory).max(1)
    size[~np.isfinite(size)] = np.inf
    over = np.flatnonzero(size > EXPLODED * max(np.abs(signal).max(), 1e-12))
    return (int(over[0]) + 1, float(size.max())) if len(over) else None


def share_of_bump(length, place, width, spec, t):
    """How much of a bump comes through: its picture in the memory, measured by the bump itself; NaN before it came."""
    lone = bump(length, place, width)[: t + 1]
    if (energy := (lone**2).sum()) < 1e-6:
        return np.nan
    return float(rebuilt(memory_at(lone, spec, t)[-1], spec, t) @ lone / energy)
