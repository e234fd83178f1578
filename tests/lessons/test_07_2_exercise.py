"""Lesson 07_2: the exercise takes right answers however they are written, and tells wrong ones what is wrong."""

import numpy as np
import pytest
import torch

from lessons.judging import judge_of
from seqmodels.s4 import S4D, DiagonalPowers


@pytest.fixture(scope="module")
def judge():
    return judge_of("07_state_space/07_2_s4.md", "def my_kernel(", "as_the_layer_does", torch=torch, S4D=S4D)


def summed(decay, drive, read, length, first=0):
    steps = torch.arange(first, first + length)
    return 2 * (read * drive * decay ** steps[:, None]).sum(1).real


def looped(decay, drive, read, length):
    h, kernel = drive, []
    for _ in range(length):
        kernel.append(2 * (read * h).sum().real.item())
        h = decay * h
    return kernel


def in_numpy(decay, drive, read, length):
    decay, weights = decay.numpy(), (read * drive).numpy()
    return 2 * np.real(np.vander(decay, length, increasing=True).T @ weights)


def by_the_library(decay, drive, read, length):
    return DiagonalPowers(decay[None], length).kernel(read[None], drive[None])[0]


def with_conjugates(decay, drive, read, length):
    decay, drive, read = (torch.cat([part, part.conj()]) for part in (decay, drive, read))
    return (read * drive * decay ** torch.arange(length)[:, None]).sum(1).real


def in_single_precision(decay, drive, read, length):
    return summed(*(part.to(torch.complex64) for part in (decay, drive, read)), length)


@pytest.mark.parametrize("right", [summed, looped, in_numpy, by_the_library, with_conjugates, in_single_precision])
def test_right_answers_are_taken(judge, right):
    judge(right)


ONE = torch.ones(4, dtype=torch.complex128)
WRONG = {
    "half of it": lambda decay, drive, read, length: summed(decay, drive, read, length) / 2,
    "one step too late": lambda decay, drive, read, length: [0, *looped(decay, drive, read, length - 1)],
    "begin with 0, not with 1": lambda decay, drive, read, length: summed(decay, drive, read, length, first=1),
    "B̄ is missing": lambda decay, drive, read, length: summed(decay, ONE, read, length),
    "C is missing": lambda decay, drive, read, length: summed(decay, drive, ONE, length),
    "not the length": lambda decay, drive, read, length: (
        2 * (read * drive * decay ** torch.arange(length)[:, None]).sum(1).abs()
    ),
    "a kernel is real": lambda decay, drive, read, length: (
        2 * (read * drive * decay ** torch.arange(length)[:, None]).sum(1)
    ),
    "one number for each of 40 steps": lambda decay, drive, read, length: summed(decay, drive, read, length + 1),
    "it returned nothing": lambda *given: None,
    "use length": lambda decay, drive, read, length: summed(decay, drive, read, 40),
    "right, with nothing imaginary": lambda *given: with_conjugates(*given) + 0j,
    "the real part of the sum": lambda decay, drive, read, length: -summed(decay, drive, read, length),
}


@pytest.mark.parametrize("says", WRONG)
def test_wrong_answers_are_told_what_is_wrong(judge, says):
    with pytest.raises(AssertionError, match=says):
        judge(WRONG[says])
