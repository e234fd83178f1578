"""Lesson 08_1: the exercise takes right answers however they are written, and tells wrong ones what is wrong."""

import math

import numpy as np
import pytest
import torch

from lessons.judging import judge_of


@pytest.fixture(scope="module")
def judge():
    return judge_of("08_selection/08_1_mamba.md", "def delta_for(", "opens_so_far", math=math)


def by_the_gate(g, rate):
    """Through z = logit(g) and softplus, then slower by the rate."""
    z = torch.logit(torch.tensor(g, dtype=torch.float64))
    return torch.nn.functional.softplus(z) / rate


def by_trying(g, rate):
    low, high = 0.0, 50.0
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if 1 - math.exp(-rate * middle) < g else (low, middle)
    return low


@pytest.mark.parametrize("right", [by_the_gate, by_trying, lambda g, rate: -np.log(1 - g) / rate])
def test_right_answers_are_taken(judge, right):
    judge(right)


WRONG = [
    (lambda g, rate: math.log(1 - g) / rate, "time runs forward"),
    (lambda g, rate: -math.log(g) / rate, "that one keeps g"),
    (lambda g, rate: -math.log(1 - g), "fades 4 times as fast"),
    (lambda g, rate: -math.log(1 - g) * rate, "it keeps exp"),
    (lambda g, rate: g / rate, "the code's form"),
    (lambda g, rate: math.log(g / (1 - g)), "Δ is its softplus"),
    (lambda g, rate: rate, "it keeps exp"),
]


@pytest.mark.parametrize(("wrong", "says"), WRONG)
def test_wrong_answers_are_told_what_is_wrong(judge, wrong, says):
    with pytest.raises(AssertionError, match=says):
        judge(wrong)
