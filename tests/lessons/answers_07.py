"""Answers to the exercises of chapter 07 as readers might write them: right in another way, or wrong as is common."""

import cmath
import math

import numpy as np
import torch
from torch.nn import functional as F

from seqmodels.hippo import discretize, hippo_legs

# ---------------------------------------------------------------- 1


def by_logarithm(half, period, step):
    """The mirror image, as an array's number: λ = log Ā / Δ."""
    return np.log(0.5 ** (1 / half) * np.exp(-2j * np.pi / period)) / step


def aliased(half, period, step):
    """A whole turn more in each step shows nothing."""
    return complex(-math.log(2) / half, 2 * math.pi / period + 2 * math.pi) / step


def ordered(*, left=2, turn=2 * math.pi, sign=-1, clock=True):
    def eigenvalue(half, period, step):
        return complex(sign * math.log(left) / half, turn / period) / (step if clock else 1)

    return eigenvalue


def the_step_itself(half, period, step):
    return cmath.exp(complex(-math.log(2) / half, 2 * math.pi / period))


# ---------------------------------------------------------------- 2


def sums(*, c_too=0, left="new", drive=True, in_place=False, euler=False):
    """One list, one running sum on each side; or with one of the mistakes."""

    def light(c, k, sample):
        after, old, new = [], 0.0, 0.0
        for n, value in enumerate(c.tolist()):
            root, diagonal = math.sqrt(2 * n + 1), 2 * n + 1 if c_too == 2 else n + 1
            change = -root * old - (2 * n + 1 if c_too else n + 1) * value
            drift = root * sample
            old += root * value
            if euler:
                after.append(value + (change + drift) / k)
                continue
            below = {"new": new, "old": old - root * value, "none": 0.0}[left]
            right = value + change / (2 * k) + (drift / k if drive else drift)
            after.append((right - root * below / (2 * k)) / (1 + diagonal / (2 * k)))
            new += root * after[-1]
        if in_place:
            c[:] = after
        return np.array(after)

    return light


def by_the_matrix(c, k, sample):
    A_bar, B_bar = discretize(*hippo_legs(len(c)), 1 / k)
    return A_bar @ c + B_bar * sample


def midpoint(c, k, sample):
    """The two halves of a bilinear step: Euler forwards for half a step, backwards for the other."""
    n = np.arange(len(c))
    root = np.sqrt(2 * n + 1.0)
    before = np.concatenate([[0.0], np.cumsum(root * c)[:-1]])
    middle = c - (root * before + (n + 1) * c) / (2 * k) + root * sample / k
    total, found = 0.0, []
    for r, m, value in zip(root, n, middle, strict=True):
        found.append((2 * k * value - r * total) / (2 * k + m + 1))
        total += r * found[-1]
    return torch.tensor(found, dtype=torch.float64)


# ---------------------------------------------------------------- 3


def probed(*, sample=0.0, memories=np.eye, only=np.linalg.eigvals):
    def factors(step, n, k):
        return only(np.array([step(memory, k, sample) for memory in memories(n)]).T)

    return factors


def by_differences(step, n, k):
    """Any memory, and a little more of one number."""
    base = np.arange(1.0, n + 1)
    start = step(base, k, 2.0)
    return list(np.linalg.eigvals(np.stack([step(base + row, k, 2.0) - start for row in np.eye(n)], 1)))


def theirs(c, k, sample):
    root = np.sqrt(2 * np.arange(len(c)) + 1.0)
    A = np.tril(np.outer(root, root), -1) + np.diag(np.arange(len(c)) + 1.0)
    eye = np.eye(len(c))
    return np.linalg.solve(eye - A / (2 * k), (eye + A / (2 * k)) @ c + root * sample / k)


def shifted(c, k, sample):
    """Never singular, and it grows."""
    return theirs(c, k + 100, sample)


# ---------------------------------------------------------------- 4


def by_gradient(layer):
    x = torch.randn(7, 3, dtype=torch.float64)
    share = torch.autograd.functional.jacobian(lambda u: layer(u[None])[0], x).abs().sum((1, 3))  # (t, s)
    return share.triu(1).max() > 1e-9


def changed(*, length=24, at=None, tolerance=1e-7, only_before=True, first=0):
    """One input changed, or all from some place on; and what is compared."""

    def sees_ahead(layer):
        x = torch.randn(1, length, 3)
        for t in range(1, length) if at is None else at(length):
            other = x.clone()
            other[:, t] += 3.0
            y, z = layer(x), layer(other)
            part = slice(first, t if only_before else None)
            if not torch.allclose(y[:, part], z[:, part], atol=tolerance, rtol=0):
                return True
        return False

    return sees_ahead


def to_the_last_digit(layer):
    x = torch.randn(1, 24, 3, dtype=torch.float64)
    other = torch.cat([x[:, :-1], -x[:, -1:]], 1)
    return not torch.equal(layer(x)[:, :-1], layer(other)[:, :-1])


def in_a_ring(ring, turned=False):
    def convolved(u, kernel):
        size = ring(u.shape[-1], kernel.shape[-1])
        kernel = kernel.flip(-1) if turned else kernel
        product = torch.fft.rfft(u, size) * torch.fft.rfft(kernel, size)
        return torch.fft.irfft(product, size)[..., : u.shape[-1]]

    return convolved


def without_transform(u, kernel):
    channels, length = kernel.shape
    return F.conv1d(F.pad(u, (length - 1, 0)), kernel.flip(-1)[:, None], groups=channels)


# ---------------------------------------------------------------- 5


def even(friction, half_gap, step=0.1, count=8):
    return lambda: ((-friction + 1j * half_gap * (2 * np.arange(count) + 1)).tolist(), step)


RIGHT = [
    ("07", "test_eigenvalue", by_logarithm),
    ("07", "test_eigenvalue", aliased),
    ("07", "test_eigenvalue", ordered()),
    ("07", "test_light", sums()),
    ("07", "test_light", midpoint),
    ("07", "test_factors", by_differences),
    ("07", "test_factors", probed()),
    ("07", "test_mended", by_the_matrix),
    ("07", "test_mended", sums()),
    ("07", "test_mended", lambda c, k, sample: -theirs(-c, -k, sample)),
    ("07", "test_sees_ahead", by_gradient),
    ("07", "test_sees_ahead", changed()),
    ("07", "test_convolved", without_transform),
    ("07", "test_convolved", in_a_ring(lambda T, L: T + L - 1)),
    ("07", "test_poles", even(0.7, 1.45)),
]
WRONG = [
    ("07", "test_eigenvalue", lambda half, period, step: None, "one complex number"),
    ("07", "test_eigenvalue", the_step_itself, "this is Ā"),
    ("07", "test_eigenvalue", ordered(sign=1), "does not fade"),
    ("07", "test_eigenvalue", ordered(clock=False), "right for a step of 1"),
    ("07", "test_eigenvalue", ordered(left=math.e), "One over e"),
    ("07", "test_eigenvalue", ordered(turn=1), "Once around is 2π"),
    ("07", "test_eigenvalue", ordered(turn=math.pi), "it turns 0.5 times"),
    ("07", "test_light", lambda c, k, sample: sample, "expected 1 numbers"),
    ("07", "test_light", sums(euler=True), "that is Euler"),
    ("07", "test_light", sums(c_too=2), "on both sides"),
    ("07", "test_light", sums(c_too=1), "on the right side"),
    ("07", "test_light", sums(left="old"), "yours is of the old"),
    ("07", "test_light", sums(left="none"), "its diagonal only"),
    ("07", "test_light", sums(drive=False), "a k-th of the past"),
    ("07", "test_light", sums(in_place=True), "changes the memory"),
    ("07", "test_light", lambda c, k, sample: c, "wrong from number 0 on"),
    ("07", "test_light", by_the_matrix, "No N × N array"),
    ("07", "test_factors", lambda step, n, k: None, "expected 1 numbers"),
    ("07", "test_factors", probed(sample=1.0), "the new sample has come in"),
    ("07", "test_factors", probed(only=np.diag), "of a triangular matrix only"),
    ("07", "test_factors", probed(only=lambda A: np.abs(np.linalg.eigvals(A))), "a sign, or an angle"),
    ("07", "test_factors", probed(memories=lambda n: np.full((n, n), 2.0)), "expected .* got"),
    ("07", "test_mended", lambda c, k, sample: None, "expected 1 numbers"),
    ("07", "test_mended", theirs, "should be below 1|singular"),
    ("07", "test_mended", shifted, "should be below 1"),
    ("07", "test_mended", lambda c, k, sample: theirs(c, -k, sample), "upside down"),
    ("07", "test_sees_ahead", lambda layer: None, "True or False"),
    ("07", "test_sees_ahead", lambda layer: True, "honest, and you say"),
    ("07", "test_sees_ahead", to_the_last_digit, "a tolerance"),
    ("07", "test_sees_ahead", changed(only_before=False), "from the changed place on may"),
    ("07", "test_sees_ahead", changed(at=lambda T: [1]), "Only the far end comes back"),
    ("07", "test_sees_ahead", changed(first=1), "the very last input"),
    ("07", "test_sees_ahead", lambda layer: False, "it sees ahead, you say no"),
    ("07", "test_convolved", lambda u, kernel: None, "expected shape"),
    ("07", "test_convolved", in_a_ring(lambda T, L: max(T, L)), "the end comes back at the beginning"),
    ("07", "test_convolved", in_a_ring(lambda T, L: T + L, turned=True), "the kernel is reversed"),
    ("07", "test_convolved", lambda u, kernel: without_transform(u, kernel).roll(1, -1), "wrong from number 0 on"),
    ("07", "test_poles", lambda: None, "eigenvalues and Δ"),
    ("07", "test_poles", lambda: ([0.5 + 1j], 0.1), "real parts from -16 to 0"),
    ("07", "test_poles", even(0.7, 1, count=9), "at most 16 numbers"),
    ("07", "test_poles", lambda: (-np.arange(1.0, 17) / 1.1, 0.1), "Let them swing"),
    ("07", "test_poles", even(0.7, 1.45, count=4), "S4D-Lin has"),
    ("07", "test_poles", even(0.9, 1.2), "above 60 it counts"),
]
