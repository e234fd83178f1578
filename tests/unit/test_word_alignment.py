"""IBM Model 1 against fractions worked out by hand, and against an enumeration of every alignment."""

import itertools
from fractions import Fraction

import numpy as np
import pytest

from seqmodels.word_alignment import IBMModel1

# das Haus, the house; das Buch, the book; ein Buch, a book: foreign words become English ones or the other way round
THE, HOUSE, BOOK, A = range(4)
DAS, HAUS, BUCH, EIN = range(4)
HOUSE_PAIRS = [([THE, HOUSE], [DAS, HAUS]), ([THE, BOOK], [DAS, BUCH]), ([A, BOOK], [EIN, BUCH])]


def random_pairs(count=12, source_vocab=4, target_vocab=5, seed=0):
    rng = np.random.default_rng(seed)
    return [(rng.integers(source_vocab, size=rng.integers(1, 4)).tolist(),
             rng.integers(target_vocab, size=rng.integers(1, 4)).tolist()) for _ in range(count)]  # fmt: skip


def every_alignment(model, source, target):
    """(alignment, p(target, alignment | source)) for each of the (l + 1)^m; l counts as NULL."""
    words = [*source, model.source_vocab] if model.null_word else list(source)
    for alignment in itertools.product(range(len(words)), repeat=len(target)):
        factors = [model.table[words[i], f] / len(words) for i, f in zip(alignment, target, strict=True)]
        yield alignment, words, np.prod(factors)


def one_round_by_enumeration(model, pairs):
    """The table after one iteration, and the log-likelihood before it."""
    counts, log_likelihood = np.zeros_like(model.table), 0.0
    for source, target in pairs:
        rows = list(every_alignment(model, source, target))
        total = sum(p for *_, p in rows)
        log_likelihood += np.log(total)
        for alignment, words, p in rows:
            for i, f in zip(alignment, target, strict=True):
                counts[words[i], f] += p / total
    seen = counts.sum(1) > 0
    table = model.table.copy()
    table[seen] = counts[seen] / counts[seen].sum(1, keepdims=True)
    return table, log_likelihood


def test_the_house_by_hand():
    """Without NULL. First round: every word of a pair is as likely as the other to have made each target word."""
    model = IBMModel1(4, 4, null_word=False)
    model.fit(HOUSE_PAIRS, iterations=1)
    assert model.table[THE].tolist() == [0.5, 0.25, 0.25, 0]
    assert model.table[HOUSE].tolist() == [0.5, 0.5, 0, 0]
    assert model.table[BOOK].tolist() == [0.25, 0, 0.5, 0.25]
    assert model.table[A].tolist() == [0, 0, 0.5, 0.5]
    # Second round: the counts of "the" are das 1/2 (beside house) + 2/3 (beside book), Haus 1/3, Buch 1/3
    model.fit(HOUSE_PAIRS, iterations=1)
    das, haus, buch = Fraction(1, 2) + Fraction(2, 3), Fraction(1, 3), Fraction(1, 3)
    total = das + haus + buch
    np.testing.assert_allclose(model.table[THE], [float(f / total) for f in (das, haus, buch, Fraction(0))], rtol=1e-15)
    assert (das / total, haus / total) == (Fraction(7, 11), Fraction(2, 11))


def test_the_house_is_understood():
    model = IBMModel1(4, 4, null_word=False)
    history = model.fit(HOUSE_PAIRS, iterations=200)
    assert model.table.argmax(1).tolist()[:4] == [DAS, HAUS, BUCH, EIN]
    assert model.table[THE, DAS] > 0.99 and model.table[BOOK, BUCH] > 0.99
    assert [model.align(*pair).tolist() for pair in HOUSE_PAIRS] == [[0, 1]] * 3
    assert model.align([BOOK, THE], [DAS, BUCH]).tolist() == [1, 0]
    assert history[0] == pytest.approx(6 * np.log(1 / 4))


@pytest.mark.parametrize("null_word", [True, False])
def test_every_round_is_that_of_the_enumeration(null_word):
    model, pairs = IBMModel1(4, 5, null_word), random_pairs()
    for _ in range(4):
        expected, log_likelihood = one_round_by_enumeration(model, pairs)
        assert model.log_likelihood(pairs) == pytest.approx(log_likelihood, rel=1e-12)
        before, after = model.fit(pairs, iterations=1)
        assert before == pytest.approx(log_likelihood, rel=1e-12) and after == model.log_likelihood(pairs)
        np.testing.assert_allclose(model.table, expected, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("null_word", [True, False])
def test_posteriors_and_alignments_are_those_of_the_enumeration(null_word):
    model, pairs = IBMModel1(4, 5, null_word), random_pairs()
    model.fit(pairs, iterations=3)
    for source, target in pairs:
        rows = list(every_alignment(model, source, target))
        expected = np.zeros((len(target), len(source) + 1))
        for alignment, _, p in rows:
            expected[np.arange(len(target)), alignment] += p
        expected /= sum(p for *_, p in rows)
        found = model.posteriors(source, target)
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-15)
        best = max(rows, key=lambda row: row[2])
        words = [*source, model.source_vocab]
        given = [words[i] for i in model.align(source, target)]  # -1 is NULL, the last
        assert np.prod([model.table[e, f] for e, f in zip(given, target, strict=True)]) == pytest.approx(
            best[2] * (len(source) + null_word) ** len(target), rel=1e-12)  # fmt: skip


@pytest.mark.parametrize("null_word", [True, False])
def test_the_likelihood_never_falls_and_rows_sum_to_one(null_word):
    model = IBMModel1(30, 40, null_word)
    pairs = random_pairs(200, 25, 40, seed=1)
    history = model.fit(pairs, iterations=25)
    assert len(history) == 26 and history[-1] > history[0] + 100
    assert (np.diff(history) >= -1e-9 * abs(history[0])).all()
    np.testing.assert_allclose(model.table.sum(1), 1, rtol=1e-12)
    assert (model.table[25:30] == 1 / 40).all(), "words that no pair holds stay as they are"


def test_null_takes_what_no_word_explains():
    """The target has a word 9 in every pair, the source nothing that is always there."""
    pairs = [([i], [i, 9]) for i in range(8)] + [([i, j], [j, i, 9]) for i in range(8) for j in range(i)]
    model = IBMModel1(8, 10)
    model.fit(pairs, iterations=30)
    assert model.table[8, 9] > 0.9 and model.align([3, 5], [5, 9, 3]).tolist() == [1, -1, 0]
    assert model.links([3, 5], [5, 9, 3]) == {(1, 0), (0, 2)}


def test_words_that_nothing_can_have_made_are_spread_evenly():
    model = IBMModel1(4, 6)
    model.fit(HOUSE_PAIRS, iterations=2)
    assert model.posteriors([THE, HOUSE], [5]).tolist() == [[1 / 3] * 3]
    assert model.log_likelihood([([THE, HOUSE], [5])]) == -np.inf
    without = IBMModel1(4, 6, null_word=False)
    without.fit(HOUSE_PAIRS, iterations=2)
    assert without.posteriors([THE, HOUSE], [5]).tolist() == [[0.5, 0.5, 0]]


def test_tensors_and_arrays_are_sentences_too():
    import torch

    one, other = IBMModel1(4, 4), IBMModel1(4, 4)
    one.fit(HOUSE_PAIRS, 3)
    other.fit([(torch.tensor(e), np.array(f)) for e, f in HOUSE_PAIRS], 3)
    assert (one.table == other.table).all()


@pytest.mark.parametrize(("act", "message"), [
    (lambda m: IBMModel1(0, 4), "source_vocab: expected a whole number, 1 or more, got 0"),
    (lambda m: IBMModel1(4, 2.0), "target_vocab: expected a whole number, 1 or more, got 2.0"),
    (lambda m: m.fit([]), "pairs: expected at least one pair"),
    (lambda m: m.fit(HOUSE_PAIRS, 0), "iterations: expected a whole number, 1 or more, got 0"),
    (lambda m: m.fit([([4], [0])]), "source: expected one word or more, ids from 0 to 3, got ids from 4 to 4"),
    (lambda m: m.align([0], [-1]), "target: expected one word or more, ids from 0 to 3, got ids from -1 to -1"),
    (lambda m: m.posteriors([], [1]), "source: .* got no word"),
    (lambda m: m.align([0.5], [1]), "source: expected a list of whole numbers"),
])  # fmt: skip
def test_bad_input_is_refused(act, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        act(IBMModel1(4, 4))
