"""Lesson 06_5: the exercise takes right answers however they are written, and tells wrong ones what is wrong."""

import pytest
import torch

from lessons.judging import judge_of
from seqmodels.decoding import sampling_probabilities


@pytest.fixture(scope="module")
def judge():
    return judge_of(
        "06_transformer/06_5_tokens_cache_sampling.md",
        "def nucleus(",
        "as_the_library",
        torch=torch,
        sampling_probabilities=sampling_probabilities,
    )


def by_sorting(p, top_p):
    ordered, order = p.sort(descending=True)
    ordered[ordered.cumsum(0) - ordered >= top_p] = 0
    return torch.zeros_like(p).scatter(0, order, ordered / ordered.sum())


def by_a_loop(p, top_p):
    kept, total = [0.0] * len(p), 0.0
    for token in p.argsort(descending=True).tolist():
        if total >= top_p:
            break
        kept[token], total = p[token].item(), total + p[token].item()
    return [share / total for share in kept]


@pytest.mark.parametrize("right", [by_sorting, by_a_loop, lambda p, top_p: by_sorting(p, top_p).double().numpy()])
def test_right_answers_are_taken(judge, right):
    judge(right)


def cut_before(p, top_p):
    ordered, order = p.sort(descending=True)
    ordered[ordered.cumsum(0) >= top_p] = 0
    ordered[0] = ordered[0] if ordered[0] > 0 else p.max()
    return torch.zeros_like(p).scatter(0, order, ordered / ordered.sum())


def one_more(p, top_p):
    ordered, order = p.sort(descending=True)
    before = ordered.cumsum(0) - ordered
    ordered[1:][before[:-1] >= top_p] = 0
    return torch.zeros_like(p).scatter(0, order, ordered / ordered.sum())


def not_divided(p, top_p):
    return torch.where(by_sorting(p, top_p) > 0, p, 0)


def left_sorted(p, top_p):
    return by_sorting(p, top_p).sort(descending=True).values


def by_a_threshold(p, top_p):
    return torch.where(p >= 1 - top_p, p, 0) / p[p >= 1 - top_p].sum()


def made_even(p, top_p):
    kept = (by_sorting(p, top_p) > 0).double()
    return kept / kept.sum()


WRONG = {
    "belongs in": cut_before,
    "are enough": one_more,
    "divide by the sum": not_divided,
    "its own place": left_sorted,
    "proportions": made_even,
    "the probabilities alone": lambda p, top_p: p.sort(),
    "returned nothing": lambda p, top_p: None,
    "a threshold for each": by_a_threshold,
    "expected 5 numbers": lambda p, top_p: by_sorting(p, top_p)[None],
}


@pytest.mark.parametrize("says", WRONG)
def test_wrong_answers_are_told_what_is_wrong(judge, says):
    with pytest.raises(AssertionError, match=says):
        judge(WRONG[says])
