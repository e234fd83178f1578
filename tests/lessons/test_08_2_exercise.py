"""Lesson 08_2: the exercise takes right answers however they are written, and tells wrong ones what is wrong."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from lessons.judging import judge_of


@pytest.fixture(scope="module")
def judge():
    return judge_of("08_selection/08_2_linear_recurrences.md", "def gated_delta(", "writes", torch=torch, F=F)


def as_written(S, key, value, beta, decay):
    S = decay * S
    return S + beta * torch.outer(key, value - key @ S)


def as_matrix(S, key, value, beta, decay):
    keep = torch.eye(len(key), dtype=key.dtype) - beta * torch.outer(key, key)
    return decay * keep @ S + beta * key[:, None] * value


def in_numpy(S, key, value, beta, decay):
    S, key, value = (part.numpy() for part in (S, key, value))
    return decay * S + beta * np.outer(key, value - decay * (S.T @ key))


def in_place(S, key, value, beta, decay):
    S *= decay
    S += beta * key[:, None] * (value - S.T @ key)
    return S


@pytest.mark.parametrize("answer", [as_written, as_matrix, in_numpy, in_place])
def test_right_answers_are_taken(judge, answer):
    judge(answer)


@pytest.mark.parametrize("wrong, says", [
    (lambda S, k, v, b, a: a * S + b * torch.outer(k, v), "adds"),
    (lambda S, k, v, b, a: S + b * torch.outer(k, v - S.T @ k), "decay"),
    (lambda S, k, v, b, a: a * S + b * torch.outer(k, v - S.T @ k), "first it fades"),
    (lambda S, k, v, b, a: a * (S + b * torch.outer(k, v - S.T @ k)), "not faded yet"),
    (lambda S, k, v, b, a: as_written(S, k, v, b, a).T, "keys down"),
    (lambda S, k, v, b, a: a * S + torch.outer(k, v - a * S.T @ k), "where is beta"),
    (lambda S, k, v, b, a: b * torch.outer(k, v - a * S.T @ k), "all of the slate"),
    (lambda S, k, v, b, a: as_written(S, k, v, b, 1 - a), "fade, ask"),
    (lambda S, k, v, b, a: as_written(S, k, v, b, 0.5), "fade, ask"),
    (lambda S, k, v, b, a: as_written(S, k, v, a, b), "fade, ask"),
    (lambda S, k, v, b, a: None, "return the new S"),
    (lambda S, k, v, b, a: (1 - b) * a * S + b * torch.outer(k, v), "times beta"),
])  # fmt: skip
def test_wrong_answers_are_told_why(judge, wrong, says):
    with pytest.raises(AssertionError, match=says):
        judge(wrong)
