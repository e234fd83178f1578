"""Lesson 08_3: the exercise takes right answers however they are written, and tells wrong ones what is wrong."""

import numpy as np
import pytest
import torch

from lessons.judging import judge_of


@pytest.fixture(scope="module")
def judge():
    return judge_of("08_selection/08_3_hybrids.md", "def mix(", "mixes", torch=torch)


def gathered(p, answers, k):
    weights, chosen = p.topk(k)
    picked = answers.gather(1, chosen[..., None].expand(-1, -1, answers.shape[-1]))
    return (weights[..., None] * picked).sum(1)


def masked(p, answers, k):
    least = p.sort(1, descending=True).values[:, k - 1 : k]
    return torch.einsum("te,ted->td", p * (p >= least), answers)


def one_by_one(p, answers, k):
    best = p.argsort(1, descending=True)[:, :k]
    return torch.stack([sum(p[t, e] * answers[t, e] for e in best[t]) for t in range(len(p))])


def in_numpy(p, answers, k):
    p, answers = p.numpy(), answers.numpy()
    asked = np.argsort(-p, axis=1)[:, :k]
    return np.stack([p[t, e] @ answers[t, e] for t, e in enumerate(asked)])


def in_a_list(p, answers, k):
    return list(gathered(p, answers, k))


@pytest.mark.parametrize("answer", [gathered, masked, one_by_one, in_numpy, in_a_list])
def test_right_answers_are_taken(judge, answer):
    judge(answer)


def weighted(change):
    """y from weights (T, k) that `change` makes of the k greatest p."""

    def answer(p, answers, k):
        weights, chosen = p.topk(k)
        return (change(weights)[..., None] * answers[torch.arange(len(p))[:, None], chosen]).sum(1)

    return answer


@pytest.mark.parametrize("wrong, says", [
    (lambda p, answers, k: (p[..., None] * answers).sum(1), "all four"),
    (weighted(torch.ones_like), "as much as the router says"),
    (weighted(lambda w: torch.full_like(w, 0.5)), "as much as the router says"),
    (weighted(lambda w: w / w.sum(1, keepdim=True)), "divide by the sum"),
    (weighted(lambda w: w.softmax(1)), "p are probabilities already"),
    (lambda p, answers, k: -gathered(-p, answers, k), "thinks least"),
    (lambda p, answers, k: (p.topk(k).values[..., None] * answers[:, :k]).sum(1), "the first k"),
    (lambda p, answers, k: gathered(p, answers, 1), "k of them"),
    (lambda p, answers, k: gathered(p, answers, 2), "k of them"),
    (lambda p, answers, k: gathered(p, answers, k).sum(0), "for each token"),
    (lambda p, answers, k: None, "return y"),
])  # fmt: skip
def test_wrong_answers_are_told_why(judge, wrong, says):
    with pytest.raises(AssertionError, match=says):
        judge(wrong)
