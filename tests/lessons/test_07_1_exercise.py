"""Lesson 07_1: the exercise takes right answers however they are written, and tells wrong ones what is wrong."""

import numpy as np
import pytest
import torch

from lessons.judging import judge_of
from seqmodels.hippo import discretize, hippo_legs, project


@pytest.fixture(scope="module")
def judge():
    return judge_of(
        "07_state_space/07_1_memory_as_a_spring.md",
        "def remember(",
        "keeps_the_past",
        np=np,
        hippo_legs=hippo_legs,
        project=project,
    )


def solved(c, k, sample, slope=1, drive=None):
    A, B = hippo_legs(len(c))
    eye, half = np.eye(len(c)), slope * A / (2 * k)
    return np.linalg.solve(eye - half, (eye + half) @ c + (B * sample / k if drive is None else drive(B, k) * sample))


def by_the_library(c, k, sample):
    A_bar, B_bar = discretize(*hippo_legs(len(c)), 1 / k)
    return A_bar @ c + B_bar * sample


def exact(c, k, sample):
    """Time in logarithms; before the first sample there was nothing."""
    if k == 1:
        return [sample] + [0.0] * (len(c) - 1)
    A_bar, B_bar = discretize(*hippo_legs(len(c)), np.log(k / (k - 1)), "zoh")
    return A_bar @ c + B_bar * sample


def in_torch(c, k, sample):
    return torch.from_numpy(solved(c, k, sample))


@pytest.mark.parametrize("right", [solved, by_the_library, exact, in_torch])
def test_right_answers_are_taken(judge, right):
    judge(right)


def euler(c, k, sample):
    A, B = hippo_legs(len(c))
    return c + (A @ c + B * sample) / k


def backward(c, k, sample):
    A, B = hippo_legs(len(c))
    return np.linalg.solve(np.eye(len(c)) - A / k, c + B * sample / k)


def new_sample_untouched(c, k, sample):
    return solved(c, k, 0.0) + hippo_legs(len(c))[1] * sample / k


def step_counted_from_nothing(c, k, sample):
    return solved(c, k + 1, sample)


def step_of_the_old_past(c, k, sample):
    return solved(c, max(k - 1, 1), sample)


def slopes_at_their_own_times(drive):
    """(A c + B f) / (k - 1) at the start and / k at the end: honest, but not what is asked."""

    def step(c, k, sample):
        A, B = hippo_legs(len(c))
        before = max(k - 1, 1)
        start = c + A @ c / (2 * before) + B * sample * drive(1 / before, 1 / k)
        return np.linalg.solve(np.eye(len(c)) - A / (2 * k), start)

    return step


def always_the_whole(c, k, sample):
    return solved(c, 1, sample)


WRONG = {
    "that is Euler": euler,
    "the end only": backward,
    "the sign": lambda c, k, sample: solved(c, k, sample, slope=-1),
    "belongs to B, too": new_sample_untouched,
    "a k-th of the past": lambda c, k, sample: solved(c, k, sample, drive=lambda B, k: B),
    "is it 1 / k": step_counted_from_nothing,
    "the past is k long, not k - 1": step_of_the_old_past,
    "off after sample 3": always_the_whole,
    "eight numbers are wanted": lambda c, k, sample: c[:7],
}


@pytest.mark.parametrize("drive", [lambda a, b: (a + b) / 2, lambda a, b: a, lambda a, b: b])
def test_slopes_at_their_own_times_get_a_message_of_their_own(judge, drive):
    with pytest.raises(AssertionError, match="here k stands still during the step"):
        judge(slopes_at_their_own_times(drive))


@pytest.mark.parametrize("says", WRONG)
def test_wrong_answers_are_told_what_is_wrong(judge, says):
    with pytest.raises(AssertionError, match=says):
        judge(WRONG[says])
