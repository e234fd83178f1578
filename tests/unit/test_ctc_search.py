"""Decoding against an enumeration of all labels: what the beam finds, and what its numbers mean."""

import itertools
import math
from collections import defaultdict

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from property.layers import LoopLSTM
from seqmodels.ctc import beam_search_decode, ctc_loss, greedy_decode
from seqmodels.language_model import LanguageModel
from seqmodels.ngram import NGram

T, C = 5, 3


def drawn(*shape, seed=0, scale=1.0):
    generator = torch.Generator().manual_seed(seed)
    return (scale * torch.randn(*shape, generator=generator, dtype=torch.float64)).log_softmax(-1)


def all_labels(log_probs, blank=0):
    """{labels: log p(labels | x)} from every one of the C^T paths."""
    length, classes = log_probs.shape
    found = defaultdict(float)
    for path in itertools.product(range(classes), repeat=length):
        labels = tuple(k for k, _ in itertools.groupby(path) if k != blank)
        found[labels] += math.exp(sum(log_probs[t, k].item() for t, k in enumerate(path)))
    return {labels: math.log(p) for labels, p in found.items()}


def bigrams(smoothing="kneser-ney", classes=C):
    """Counted on sequences in which 1 likes to follow 2; the blank, 0, is read before the first label."""
    model = NGram(2, classes, smoothing)
    return model.fit([torch.tensor(x) for x in ([2, 1, 2, 1], [2, 1], [1, 2, 1, 1], [2, 2, 1])], start=0)


def language_score(model, labels, start=0):
    """log p(labels) of a language model, symbol by symbol."""
    state, token, total = model.initial_state(1), start, 0.0
    for label in labels:
        with torch.no_grad():
            logits, state = model.step(torch.tensor([token]), state)
        total, token = total + logits.log_softmax(1)[0, label].item(), label
    return total


def assert_ranking(found, expected):
    """All labels of `expected`, {labels: score}, best first, with these scores."""
    assert {tuple(h.labels) for h in found} == set(expected) and len(found) == len(expected)
    for hypothesis in found:
        assert hypothesis.score == pytest.approx(expected[tuple(hypothesis.labels)], abs=1e-12)
    scores = [hypothesis.score for hypothesis in found]
    assert scores == sorted(scores, reverse=True)


# ---------------------------------------------------------------- greedy


def test_greedy_says_what_the_best_path_says():
    paths = [[0, 1, 1, 0, 1], [2, 2, 2, 1, 1], [0, 0, 0, 0, 0]]
    log_probs = torch.nn.functional.one_hot(torch.tensor(paths), C).double().log_softmax(-1)
    assert greedy_decode(log_probs) == [[1, 1], [2, 1], []]
    assert greedy_decode(log_probs, torch.tensor([3, 5, 1])) == [[1], [2, 1], []]
    assert greedy_decode(log_probs.float(), blank=2) == [[0, 1, 0, 1], [1], [0]]


def test_the_best_path_need_not_say_the_best_labels():
    """Twice 0.6 for the blank: the best path says nothing, 0.36; but "1" has three paths, 0.64 together."""
    log_probs = torch.tensor([[[0.6, 0.4], [0.6, 0.4]]], dtype=torch.float64).log()
    assert greedy_decode(log_probs) == [[]]
    best, second = beam_search_decode(log_probs)[0]
    assert (best.labels, second.labels) == ([1], [])
    assert math.exp(best.log_prob) == pytest.approx(0.64, abs=1e-12)
    assert math.exp(second.log_prob) == pytest.approx(0.36, abs=1e-12)


# ---------------------------------------------------------------- the beam


@pytest.mark.parametrize("blank", [0, 1, 2])
@pytest.mark.parametrize("seed", range(3))
def test_a_wide_beam_finds_all_labels_with_their_probabilities(seed, blank):
    log_probs = drawn(2, T, C, seed=seed)
    found = beam_search_decode(log_probs, beam_size=1000, blank=blank)
    for row, hypotheses in zip(log_probs, found, strict=True):
        assert_ranking(hypotheses, all_labels(row, blank))
        assert all(h.score == h.log_prob for h in hypotheses)


@pytest.mark.parametrize(("weight", "bonus"), [(1.0, 0.0), (0.7, 0.5), (0.0, -0.3), (2.0, 1.5)])
def test_with_a_language_model_it_finds_the_sum_of_both(weight, bonus):
    (log_probs,), model = drawn(1, T, C, seed=4), bigrams()
    ours = all_labels(log_probs)
    expected = {x: p + weight * language_score(model, x) + bonus * len(x) for x, p in ours.items()}
    options = {"language_model": model, "weight": weight, "bonus": bonus}
    (found,) = beam_search_decode(log_probs[None], beam_size=1000, **options)
    assert_ranking(found, expected)
    for hypothesis in found:
        assert hypothesis.log_prob == pytest.approx(ours[tuple(hypothesis.labels)], abs=1e-12)
    assert tuple(found[0].labels) == max(expected, key=expected.get)


def test_the_language_model_changes_what_is_best():
    """The frames say 1 2 or 2 1, the first more clearly, but 2 1 is common; one label is cheaper than two, without a
    bonus for each."""
    log_probs = torch.tensor([[[0.0, 0.6, 0.4], [0.0, 0.4, 0.6]]], dtype=torch.float64).log()
    best = {bonus: beam_search_decode(log_probs, language_model=bigrams(), bonus=bonus)[0][0] for bonus in (0, 1)}
    assert beam_search_decode(log_probs)[0][0].labels == [1, 2]
    assert best[0].labels == [2] and best[1].labels == [2, 1]


def test_a_network_can_be_the_language_model_and_is_left_as_it_was():
    torch.manual_seed(0)
    model = LanguageModel(C, 4, LoopLSTM(4, 4), norm=torch.nn.Dropout(0.5)).double().train()
    (log_probs,) = drawn(1, 4, C, seed=5)
    (found,) = beam_search_decode(log_probs[None], beam_size=500, language_model=model, start=2)
    assert model.training
    model.eval()
    expected = {x: p + language_score(model, x, start=2) for x, p in all_labels(log_probs).items()}
    for hypothesis in found:
        assert hypothesis.score == pytest.approx(expected[tuple(hypothesis.labels)], abs=1e-9)
    assert len(found) == len(expected)


@given(st.integers(0, 10_000), st.integers(1, 6), st.sampled_from([0.5, 2.0, 5.0]))
def test_a_narrow_beam_counts_paths_that_there_are_and_none_twice(seed, beam_size, scale):
    """Its log-probability is at most the true one, and there are no two hypotheses with the same labels."""
    log_probs = drawn(1, 12, 4, seed=seed, scale=scale)
    (found,) = beam_search_decode(log_probs, beam_size=beam_size)
    assert 1 <= len(found) <= beam_size
    assert len({tuple(h.labels) for h in found}) == len(found)
    for labels, log_prob, _ in found:
        lengths = torch.tensor([12]), torch.tensor([len(labels)])
        true = -ctc_loss(log_probs, torch.tensor([labels], dtype=torch.int64), *lengths).item()
        assert log_prob <= true + 1e-9


def test_a_beam_that_loses_nothing_agrees_with_the_loss():
    log_probs = drawn(1, 10, 4, seed=1)
    (found,) = beam_search_decode(log_probs, beam_size=50_000)
    assert sum(math.exp(h.log_prob) for h in found) == pytest.approx(1, abs=1e-9)
    for labels, log_prob, _ in found[:20]:
        lengths = torch.tensor([10]), torch.tensor([len(labels)])
        loss = ctc_loss(log_probs, torch.tensor([labels], dtype=torch.int64), *lengths)
        assert log_prob == pytest.approx(-loss.item(), abs=1e-9)
    narrow = beam_search_decode(log_probs, beam_size=3)[0]
    assert narrow[0].log_prob <= found[0].log_prob + 1e-12


def test_a_batch_is_its_sequences_and_what_lies_beyond_changes_nothing():
    log_probs, lengths = drawn(3, 9, 4, seed=2), torch.tensor([9, 4, 1])
    spoilt = log_probs.clone()
    for row, length in enumerate(lengths):
        spoilt[row, length:] = math.nan
    together = beam_search_decode(spoilt, lengths, beam_size=4)
    assert together == [beam_search_decode(log_probs[b : b + 1, :n], beam_size=4)[0] for b, n in enumerate(lengths)]
    assert greedy_decode(spoilt, lengths) == [greedy_decode(log_probs[b : b + 1, :n])[0] for b, n in enumerate(lengths)]


def test_labels_that_cannot_be_are_not_found():
    probabilities = torch.tensor([[[0.5, 0.5, 0.0], [0.5, 0.5, 0.0]]], dtype=torch.float64)
    (found,) = beam_search_decode(probabilities.log(), beam_size=100)
    assert [h.labels for h in found] == [[1], []]
    assert [math.exp(h.log_prob) for h in found] == pytest.approx([0.75, 0.25], abs=1e-12)


def test_a_language_model_may_rule_everything_out():
    never_seen = NGram(1, C, "none").fit([torch.tensor([1])])
    log_probs = torch.tensor([[[0.0, 0.0, 1.0]]], dtype=torch.float64).log()
    with pytest.raises(ValueError, match="^language_model: gives probability 0 to everything"):
        beam_search_decode(log_probs, language_model=never_seen)
    assert beam_search_decode(log_probs, language_model=never_seen, weight=0.0)[0][0].labels == [2]


# ---------------------------------------------------------------- bad input


@pytest.mark.parametrize(("options", "message"), [
    ({"beam_size": 0}, "beam_size: expected"),
    ({"beam_size": 2.0}, "beam_size: expected"),
    ({"weight": -1.0}, "weight: expected"),
    ({"weight": math.nan}, "weight: expected"),
    ({"weight": math.inf}, "weight: expected"),
    ({"bonus": math.nan}, "bonus: expected"),
    ({"blank": 3}, "blank: expected"),
    ({"input_lengths": torch.tensor([6])}, "input_lengths: expected 1 to 5"),
    ({"log_probs": np.zeros((1, T, C))}, "log_probs: expected a tensor"),
    ({"log_probs": torch.zeros(1, T, C)}, "log_probs: expected logarithms"),
    ({"log_probs": torch.full((1, T, C), math.nan)}, "log_probs: contains NaN"),
    ({"language_model": "bigrams"}, "language_model: expected initial_state and step"),
    ({"language_model": bigrams(classes=3), "log_probs": drawn(1, T, 4)}, "language_model: expected at least 4 ids"),
    ({"language_model": bigrams(), "start": 3}, "token: expected ids from 0 to 2"),
])  # fmt: skip
def test_refused(options, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        beam_search_decode(**{"log_probs": drawn(1, T, C)} | options)


def test_greedy_refuses():
    for log_probs in (torch.zeros(1, T, C), drawn(T, C)):
        with pytest.raises(ValueError, match="^log_probs: expected"):
            greedy_decode(log_probs)
