"""n-grams against dictionaries filled straight from the definitions, and what every smoothing promises."""

import itertools
import math
from collections import Counter

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from seqmodels.datasets import saltmere
from seqmodels.decoding import beam_search, generate
from seqmodels.markov import NGram
from seqmodels.metrics import evaluate
from seqmodels.ngram import SMOOTHINGS

V, PAD = 3, 3
TEXTS = [[0, 1, 0, 1, 2, 0, 1, 1, 0, 1], [2, 2, 0, 1, 0], [1], [0, 1, 2, 0, 1, 2, 0, 0, 1, 2, 2]]


def arrays(texts):
    return [np.array(text, dtype=np.int64) for text in texts]


def all_contexts(order):
    """(4 ** (order - 1), order - 1): every context of symbols and padding, also those that cannot be."""
    contexts = list(itertools.product(range(V + 1), repeat=order - 1))
    return np.array(contexts, dtype=np.int64).reshape(len(contexts), order - 1)


class Dictionary:
    """The textbook, slowly: tuples, counters, sets and one recursion."""

    def __init__(self, order, smoothing, texts, start=None, k=1.0, discount=None, places=None):
        self.smoothing, self.k, self.order, self.given = smoothing, k, order, discount
        self.places = smoothing == "kneser-ney" if places is None else places
        self.seen = {m: Counter() for m in range(order + 1)}  # m: length of the context
        for text in texts:
            padded = [PAD] * order + ([] if start is None else [start]) + text
            for t in range(len(padded) - len(text), len(padded)):
                for m in range(order + 1):
                    self.seen[m][tuple(padded[t - m : t + 1])] += 1

    def count(self, h, w):
        if self.places and len(h) < self.order - 1:
            return sum((v, *h, w) in self.seen[len(h) + 1] for v in range(V + 1))
        return self.seen[len(h)][(*h, w)]

    def discount(self, length):
        if self.given is not None:
            return self.given
        counts = [self.count(gram[:-1], gram[-1]) for gram in self.seen[length]]
        n1, n2 = counts.count(1), counts.count(2)
        return n1 / (n1 + 2 * n2) if n1 else 0.5

    def p(self, w, h):
        counts = [self.count(h, x) for x in range(V)]
        total, kinds, c = sum(counts), sum(x > 0 for x in counts), counts[w]
        if self.smoothing == "none":
            return c / total if total else 1 / V
        if self.smoothing == "add-k":
            return (c + self.k) / (total + V * self.k)
        shorter = self.p(w, h[1:]) if h else 1 / V
        if total == 0:
            return shorter
        if self.smoothing == "witten-bell":
            weight = total / (total + kinds)
            return weight * c / total + (1 - weight) * shorter
        d = self.discount(len(h))
        return max(c - d, 0) / total + d * kinds / total * shorter


@pytest.mark.parametrize("options", [{}, {"k": 0.03, "discount": 0.4}, {"discount": 1.0}], ids=str)
@pytest.mark.parametrize("start", [None, 1])
@pytest.mark.parametrize("smoothing", SMOOTHINGS)
@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_equal_to_the_textbook_in_every_context(order, smoothing, start, options):
    model = NGram(order, V, smoothing, **options).fit(arrays(TEXTS), start=start)
    slow = Dictionary(order, smoothing, TEXTS, start, **options)
    contexts = all_contexts(order)
    expected = [[slow.p(w, tuple(h)) for w in range(V)] for h in contexts.tolist()]
    np.testing.assert_allclose(model.probabilities(contexts), expected, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("smoothing, places", [("witten-bell", True), ("kneser-ney", False)])
@pytest.mark.parametrize("order", [1, 2, 4])
def test_either_mixing_rule_counts_places_or_occurrences(order, smoothing, places):
    model = NGram(order, V, smoothing, places=places).fit(arrays(TEXTS))
    slow, contexts = Dictionary(order, smoothing, TEXTS, places=places), all_contexts(order)
    expected = [[slow.p(w, tuple(h)) for w in range(V)] for h in contexts.tolist()]
    np.testing.assert_allclose(model.probabilities(contexts), expected, rtol=1e-13, atol=1e-15)
    if order > 1:
        assert not np.allclose(expected, NGram(order, V, smoothing).fit(arrays(TEXTS)).probabilities(contexts))


@given(
    texts=st.lists(st.lists(st.integers(0, V - 1), min_size=1, max_size=30), min_size=1, max_size=4),
    order=st.integers(1, 4),
    smoothing=st.sampled_from(SMOOTHINGS),
    start=st.sampled_from([None, 0, 2]),
)
def test_sums_to_one_in_every_context_seen_or_not(texts, order, smoothing, start):
    p = NGram(order, V, smoothing).fit(arrays(texts), start=start).probabilities(all_contexts(order))
    np.testing.assert_allclose(p.sum(1), 1, rtol=1e-12)
    assert (p >= 0).all() and (smoothing == "none" or (p > 0).all())


def test_kneser_ney_asks_after_how_many_symbols():
    """2 comes four times but only after 1; 0 comes three times, after 0, 2 and padding. After 0, what next?"""
    (text,) = arrays([[0, 0, 1, 2, 1, 2, 1, 2, 1, 2, 0]])
    model = NGram(2, V, "kneser-ney", discount=0.5).fit([text])
    # different left neighbours: 0 has 3 (padding, 0, 2), 1 has 2 (0, 2), 2 has 1 (1): 6 in all, each loses 1/2
    lower = [2.5 / 6 + 0.5 * 3 / 6 / 3, 1.5 / 6 + 0.5 * 3 / 6 / 3, 0.5 / 6 + 0.5 * 3 / 6 / 3]
    # 0 is followed by 0 once and by 1 once
    expected = [0.5 / 2 + 0.5 * lower[0], 0.5 / 2 + 0.5 * lower[1], 0.5 * lower[2]]
    assert model.probabilities(np.array([[0]]))[0] == pytest.approx(expected, rel=1e-14)
    assert NGram(1, V).fit([text]).probabilities(np.zeros((1, 0), np.int64))[0].argmax() != 0


def test_maximum_likelihood_says_where_it_knows_nothing():
    model = NGram(2, V, "none").fit(arrays([[0, 1, 0, 1, 0]]))
    assert model.probabilities(np.array([[0], [2]])).tolist() == [[0, 1, 0], [1 / 3, 1 / 3, 1 / 3]]
    assert model.log_prob(np.array([0, 1, 1])).tolist() == [0, 0, -math.inf]
    assert model.bits_per_symbol(arrays([[0, 1, 1]])) == math.inf


def test_discounts_are_estimated_for_each_length():
    """Bigrams of 0 0 1 with padding: all three once; symbols: 0 after two, 1 after one: D = 1 / (1 + 2)."""
    levels = NGram(2, V).fit(arrays([[0, 0, 1]]))._levels
    assert [level.discount for level in levels] == pytest.approx([1 / 3, 1])


@pytest.mark.parametrize("smoothing", SMOOTHINGS)
@pytest.mark.parametrize("order", [1, 3])
def test_step_after_step_is_log_prob_and_evaluate_is_bits(order, smoothing):
    model, texts = NGram(order, V, smoothing).fit(arrays(TEXTS), start=2), [torch.tensor(text) for text in TEXTS]
    for text in texts:
        state, log_probs, token = model.initial_state(1), [], torch.tensor([2])
        for symbol in text:
            logits, state = model.step(token, state)
            log_probs.append(logits[0, symbol])
            token = symbol[None]
        np.testing.assert_allclose(model.log_prob(text, start=2), torch.stack(log_probs), rtol=1e-14)
    found = evaluate(model, texts, start=2).bits_per_symbol
    assert found == pytest.approx(model.bits_per_symbol(texts, start=2), rel=1e-12)


def test_the_start_is_read_and_not_predicted():
    with_start = NGram(2, V, "none").fit(arrays([[0, 1]]), start=2)
    assert with_start.probabilities(np.array([[2], [PAD]])).tolist() == [[1, 0, 0], [1 / 3, 1 / 3, 1 / 3]]
    without = NGram(2, V, "none").fit(arrays([[0, 1]]))
    assert without.probabilities(np.array([[PAD], [2]])).tolist() == [[1, 0, 0], [1 / 3, 1 / 3, 1 / 3]]


@pytest.mark.parametrize("smoothing", SMOOTHINGS)
def test_knows_which_contexts_it_has_seen(smoothing):
    model = NGram(3, V, smoothing).fit(arrays([[0, 1, 0, 2]]), start=2)  # -2, 20, 01, 10
    assert model.knows(np.array([0, 1, 0, 1, 1, 0]), start=2).tolist() == [True, True, True, True, True, False]
    assert model.knows(np.array([0, 1])).tolist() == [False, False]  # --, -0
    assert NGram(1, V, smoothing).fit(arrays([[0]])).knows(np.array([2, 2])).tolist() == [True, True]


def test_no_ngram_reaches_across_a_border():
    apart, joined = NGram(2, V, "none").fit(arrays([[0, 0], [1, 1]])), NGram(2, V, "none").fit(arrays([[0, 0, 1, 1]]))
    assert apart.probabilities(np.array([[0]])).tolist() == [[1, 0, 0]]
    assert joined.probabilities(np.array([[0]])).tolist() == [[0.5, 0.5, 0]]


def test_size_counts_the_counts():
    texts = arrays([[0, 1, 0, 1, 2]])
    assert NGram(2, V, "none").fit(texts).size == 4  # -0 01 10 12
    assert NGram(2, V, "kneser-ney").fit(texts).size == 4 + 3


def test_fitting_again_starts_afresh():
    model = NGram(3, V).fit(arrays(TEXTS))
    again = NGram(3, V).fit(arrays([[2, 2, 2]])).fit(arrays(TEXTS))
    np.testing.assert_array_equal(again.probabilities(all_contexts(3)), model.probabilities(all_contexts(3)))


def test_generate_and_beam_search_run_from_it():
    model = NGram(2, V, "none").fit(arrays([[0, 1] * 5]))
    start = torch.zeros(2, 1, dtype=torch.int64)
    assert generate(model, start, 4, generator=torch.manual_seed(0)).tolist() == [[0, 1, 0, 1, 0]] * 2
    tokens, scores = beam_search(NGram(3, V).fit(arrays(TEXTS)), start, 3, beam_size=27)
    assert scores.exp().sum(1).tolist() == pytest.approx([1, 1])
    drawn = generate(NGram(2, V).fit(arrays(TEXTS)), start[:1].expand(4000, 1), 1, generator=torch.manual_seed(0))
    share = np.bincount(drawn[:, 1].numpy(), minlength=V) / 4000
    assert share == pytest.approx(NGram(2, V).fit(arrays(TEXTS)).probabilities(np.array([[0]]))[0], abs=0.03)


def test_on_the_tales_smoothing_decides():
    """Five characters of context: Kneser-Ney below Witten-Bell below add-k; without smoothing, infinity."""
    tales = saltmere()
    encode, start = tales.vocabulary.encode, int(tales.vocabulary.encode("\n"))
    train, held_out = ([encode(text) for text in texts] for texts in (tales.train, tales.held_out))
    bits = {s: NGram(6, 64, s, k=0.01).fit(train, start).bits_per_symbol(held_out, start) for s in SMOOTHINGS}
    assert bits["none"] == math.inf
    assert 1.8 < bits["kneser-ney"] < bits["witten-bell"] - 0.1 < bits["add-k"] - 0.5
    by_heart = NGram(6, 64, "none").fit(train, start).bits_per_symbol(train, start)
    assert by_heart < bits["kneser-ney"] - 0.5


@pytest.mark.parametrize(("message", "settings"), [
    ("order: expected", (0, V)),
    ("order: expected", (2.0, V)),
    ("order: 11 symbols of 64 kinds .* order 10 or less", (11, 64)),
    ("vocab_size: expected", (2, 0)),
    ("smoothing: expected one of none, .* got 'laplace'", (2, V, "laplace")),
    ("k: expected", (2, V, "add-k", 0)),
    ("k: expected", (2, V, "add-k", math.nan)),
    ("discount: expected", (2, V, "kneser-ney", 1.0, 0.0)),
    ("discount: expected", (2, V, "kneser-ney", 1.0, 1.5)),
    ("places: 'add-k' asks no shorter contexts", (2, V, "add-k", 1.0, None, True)),
])  # fmt: skip
def test_bad_settings_are_refused(message, settings):
    with pytest.raises(ValueError, match=f"^{message}"):
        NGram(*settings)


GOOD = NGram(3, V).fit(arrays(TEXTS))
LONG = np.array([0, 1, 3])  # 3 is no symbol


@pytest.mark.parametrize(("message", "call"), [
    ("sequences: expected at least one", lambda: NGram(2, V).fit([])),
    (r"sequences\[1\]: expected int64", lambda: NGram(2, V).fit(arrays([[0], []]))),
    (r"sequences\[0\]: expected int64", lambda: NGram(2, V).fit([np.array([0.0])])),
    (r"sequences\[0\]: expected int64", lambda: NGram(2, V).fit([np.array([[0]])])),
    (r"sequences\[0\]: expected int64", lambda: NGram(2, V).fit(torch.tensor([0, 1]))),
    (r"sequences\[0\]: expected ids from 0 to 2, got ids from 0 to 3", lambda: NGram(2, V).fit([LONG])),
    ("start: expected an id from 0 to 2", lambda: NGram(2, V).fit(arrays(TEXTS), start=3)),
    ("start: expected an id", lambda: GOOD.log_prob(np.array([0]), start=0.5)),
    ("sequence: expected ids", lambda: GOOD.log_prob(np.array([-1]))),
    ("sequence: expected int64", lambda: GOOD.log_prob(np.array([], dtype=np.int64))),
    ("sequences: expected at least one", lambda: GOOD.bits_per_symbol([])),
    (r"contexts: expected shape \(B, 2\)", lambda: GOOD.probabilities(np.array([[0]]))),
    ("contexts: expected int64", lambda: GOOD.probabilities(np.array([0, 1]))),
    ("contexts: expected ids from 0 to 3", lambda: GOOD.probabilities(np.array([[0, 4]]))),
    ("token: expected ids", lambda: GOOD.step(torch.tensor([3]), GOOD.initial_state(1))),
    ("token: expected token ids", lambda: GOOD.step(torch.tensor([1.0]), GOOD.initial_state(1))),
    ("state: expected", lambda: GOOD.step(torch.tensor([1]), GOOD.initial_state(2))),
    ("the model has counted nothing yet", lambda: NGram(2, V).probabilities(np.array([[0]]))),
    ("the model has counted nothing yet", lambda: NGram(2, V).log_prob(np.array([0]))),
])  # fmt: skip
def test_bad_calls_are_refused(message, call):
    with pytest.raises(ValueError, match=f"^{message}"):
        call()
