"""Error rates against jiwer, BLEU against sacreBLEU, edit distance against its definition, and all of them by hand."""

import importlib
import math
from functools import lru_cache

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from conftest import need
from seqmodels import metrics
from seqmodels.metrics import (
    alignment_error_rate,
    bleu,
    bleu_parts,
    character_error_rate,
    edit_distance,
    edits,
    label_error_rate,
    word_error_rate,
)

SENTENCES = st.lists(st.sampled_from("the cat sat on a mat The mat.".split()), max_size=9).map(" ".join)
CORPORA = st.lists(st.tuples(SENTENCES.filter(bool), SENTENCES), min_size=1, max_size=5)


def reference_library(name):
    """jiwer or sacrebleu."""
    try:
        return importlib.import_module(name)
    except ImportError:
        need(False, f"{name} is not installed: it is in requirements-test.txt")


# ---------------------------------------------------------------- edit distance


def by_definition(a, b):
    @lru_cache(None)
    def distance(i, j):
        if i == 0 or j == 0:
            return i + j
        ways = distance(i - 1, j) + 1, distance(i, j - 1) + 1, distance(i - 1, j - 1) + (a[i - 1] != b[j - 1])
        return min(ways)

    return distance(len(a), len(b))


@pytest.mark.parametrize(("a", "b", "distance"), [
    ("kitten", "sitting", 3), ("", "", 0), ("", "abc", 3), ("abc", "", 3), ("abc", "abc", 0), ("ab", "ba", 2),
    ("flaw", "lawn", 2), (["new", "york"], ["york"], 1), ([1, 2, 3], (1, 3), 1),
    (torch.tensor([4, 4, 2]), np.array([4, 2]), 1), (torch.tensor([4, 2]), [4, 2], 0),
])  # fmt: skip
def test_edit_distances_by_hand(a, b, distance):
    assert edit_distance(a, b) == edits(a, b).distance == distance
    assert isinstance(edit_distance(a, b), int)


@given(st.text("abc", max_size=9), st.text("abcd", max_size=9))
def test_edit_distance_is_its_definition_and_the_edits_do_what_they_say(a, b):
    assert edit_distance(a, b) == by_definition(a, b)
    found = edits(a, b)
    assert found.distance == found.substitutions + found.deletions + found.insertions == by_definition(a, b)
    made, read = [], []
    for operation, i, j in found.steps:
        if operation != "insertion":
            read.append(a[i])
        if operation != "deletion":
            made.append(b[j])
        if operation in ("match", "substitution"):
            assert (a[i] == b[j]) == (operation == "match")
    assert ("".join(read), "".join(made)) == (a, b)


def test_edits_by_hand():
    found = edits("the cat sat".split(), "cat sat down".split())
    expected = (("deletion", 0, 0), ("match", 1, 0), ("match", 2, 1), ("insertion", 3, 2))
    assert found.steps == expected
    assert (found.matches, found.substitutions, found.deletions, found.insertions) == (2, 0, 1, 1)
    assert edits("ab", "ba").steps == (("substitution", 0, 0), ("substitution", 1, 1))


# ---------------------------------------------------------------- error rates


def test_error_rates_by_hand():
    """One word of three is missing, one of two is another: 2/5; the mean of the two rates would be 5/12."""
    assert word_error_rate(["a b c", "d e"], ["a c", "d f"]) == 2 / 5
    assert word_error_rate("a", "b c d") == 3  # may exceed 1
    assert word_error_rate([["a", "b"]], [["a"]]) == 1 / 2
    assert word_error_rate("A b.", "a b") == 1  # case and punctuation count
    assert character_error_rate("abc d", "abd") == 2 / 5  # the space is a character
    assert label_error_rate([torch.tensor([1, 2, 3]), [4]], [[1, 2], [5, 5]]) == 3 / 4


@given(CORPORA)
def test_word_error_rate_is_jiwers(corpus):
    jiwer = reference_library("jiwer")
    references, hypotheses = (list(side) for side in zip(*corpus, strict=True))
    assert word_error_rate(references, hypotheses) == pytest.approx(jiwer.wer(references, hypotheses), abs=1e-12)
    theirs = jiwer.process_words(references, hypotheses)
    ours = [edits(a.split(), b.split()) for a, b in corpus]
    assert sum(x.distance for x in ours) == theirs.substitutions + theirs.deletions + theirs.insertions


@given(CORPORA)
def test_character_error_rate_is_jiwers(corpus):
    jiwer = reference_library("jiwer")
    references, hypotheses = (list(side) for side in zip(*corpus, strict=True))
    assert character_error_rate(references, hypotheses) == pytest.approx(jiwer.cer(references, hypotheses), abs=1e-12)


def test_white_space_is_treated_as_in_jiwer():
    jiwer = reference_library("jiwer")
    for pair in (("  the   cat ", "the cat"), ("the cat", " the  cut"), ("a b", "")):
        assert word_error_rate(*pair) == jiwer.wer(*pair)
        assert character_error_rate(*pair) == jiwer.cer(*pair)


# ---------------------------------------------------------------- BLEU


def test_bleu_by_hand():
    """The hypothesis says 5 words: all right, 3 of 4 pairs, 1 of 3 triples, no four; the reference has 6 words."""
    reference, hypothesis = "the cat sat on the mat", "the cat on the mat"
    parts = bleu_parts([reference], [hypothesis])
    assert parts.precisions == pytest.approx((100, 75, 100 / 3, 100 / 4))  # (1/2) / 2 of the fours
    assert (parts.hypothesis_length, parts.reference_length) == (5, 6)
    assert parts.brevity_penalty == pytest.approx(math.exp(-1 / 5))
    assert parts.score == pytest.approx(100 * math.exp(-1 / 5) * (0.75 / 3 / 4) ** (1 / 4))
    assert bleu(reference, hypothesis) == parts.score
    assert bleu(reference, hypothesis, smoothing="none") == 0
    assert bleu([reference.split()], [reference.split()]) == pytest.approx(100)


def test_no_ngram_counts_more_often_than_the_reference_has_it():
    assert bleu_parts("the cat", "the the the the").precisions[0] == 25


@pytest.mark.parametrize("smoothing", ["exp", "none"])
@given(corpus=CORPORA)
def test_bleu_is_sacrebleus(corpus, smoothing):
    sacrebleu = reference_library("sacrebleu")
    references, hypotheses = (list(side) for side in zip(*corpus, strict=True))
    ours = bleu_parts(references, hypotheses, smoothing)
    scorer = sacrebleu.BLEU(tokenize="none", smooth_method=smoothing)
    theirs = scorer.corpus_score(hypotheses, [references])
    assert ours.score == pytest.approx(theirs.score, abs=1e-9)
    assert ours.brevity_penalty == pytest.approx(theirs.bp, abs=1e-12)
    assert (ours.hypothesis_length, ours.reference_length) == (theirs.sys_len, theirs.ref_len)
    if theirs.score:  # where it is 0 sacreBLEU leaves some of them out
        assert ours.precisions == pytest.approx(theirs.precisions, abs=1e-9)
    signature = str(scorer.get_signature())
    assert signature.startswith(f"nrefs:1|case:mixed|eff:no|tok:none|smooth:{smoothing}|")


def test_bleu_of_a_corpus_like_a_models():
    """Long sentences with a few mistakes, where nothing is smoothed: the score lies well between 0 and 100."""
    sacrebleu, rng = reference_library("sacrebleu"), np.random.default_rng(0)
    words = [f"w{i}" for i in range(30)]
    references = [list(rng.choice(words, rng.integers(8, 20))) for _ in range(40)]
    hypotheses = [[w if rng.random() < 0.85 else str(rng.choice(words)) for w in x if rng.random() < 0.95]
                  for x in references]  # fmt: skip
    lines = [[" ".join(x) for x in side] for side in (hypotheses, references)]
    expected = sacrebleu.corpus_bleu(lines[0], [lines[1]], tokenize="none").score
    assert 20 < expected < 80
    assert bleu(references, hypotheses) == pytest.approx(expected, abs=1e-9)
    assert bleu(lines[1], lines[0]) == bleu(references, hypotheses)


# ---------------------------------------------------------------- alignments


def test_alignment_error_rate_by_hand():
    """A has 3 links, S 2. A and S share 1; A and P (with S) share 2: 1 - 3/5."""
    predicted, sure, possible = {(0, 0), (1, 2), (2, 1)}, {(0, 0), (1, 1)}, {(1, 2)}
    assert alignment_error_rate(predicted, sure, possible) == pytest.approx(2 / 5)
    assert alignment_error_rate(predicted, sure, possible | sure) == pytest.approx(2 / 5)
    assert alignment_error_rate(predicted, sure) == pytest.approx(1 - 2 / 5)


def test_alignments_perfect_and_wholly_wrong():
    sure, possible = {(0, 0), (1, 1)}, {(1, 2), (0, 0)}
    assert alignment_error_rate(sure, sure, possible) == 0
    assert alignment_error_rate(sure | possible, sure, possible) == 0  # possible links cost nothing
    assert alignment_error_rate({(5, 5)}, sure, possible) == 1
    assert alignment_error_rate(set(), sure) == 1
    assert alignment_error_rate({(5, 5)}, set()) == 1


def test_a_corpus_of_alignments_is_counted_as_one():
    """1 of 1 right and 0 of 1 + 3: 1 - 2/6, not the mean of 0 and 1."""
    predicted, sure = [{(0, 0)}, {(1, 1)}], [{(0, 0)}, {(0, 0), (1, 2), (2, 2)}]
    assert alignment_error_rate(predicted, sure) == pytest.approx(1 - 2 / 6)
    assert alignment_error_rate(predicted, sure, [set(), {(1, 1)}]) == pytest.approx(1 - 3 / 6)
    assert alignment_error_rate([{(0, 0)}, set()], [{(0, 0)}, {(0, 0)}]) == pytest.approx(1 - 2 / 3)


def test_links_may_be_lists_or_rows_of_numbers():
    expected = alignment_error_rate({(0, 1), (1, 0)}, {(0, 1)})
    for predicted in ([(0, 1), (1, 0)], [[0, 1], [1, 0]], np.array([[0, 1], [1, 0]]), torch.tensor([[0, 1], [1, 0]])):
        assert alignment_error_rate(predicted, [(0, 1)]) == expected
    assert alignment_error_rate([[[0, 1], [1, 0]], []], [[[0, 1]], []]) == expected


# ---------------------------------------------------------------- bad input


@pytest.mark.parametrize(("call", "message"), [
    (lambda: edit_distance(3, "a"), "reference: expected a sequence, got int"),
    (lambda: edit_distance(torch.tensor(3), "a"), "reference: expected a sequence, got int"),
    (lambda: edit_distance("a", {1, 2}), "hypothesis: expected a sequence, got set"),
    (lambda: edit_distance("a", [[1], [2]]), "hypothesis: expected one sequence of"),
    (lambda: edits(torch.zeros(2, 2), [1]), "reference: expected one sequence of"),
    (lambda: label_error_rate([[]], [[1]]), "references: are all empty"),
    (lambda: label_error_rate([[1]], [[1], [2]]), "hypotheses: expected one for each reference"),
    (lambda: label_error_rate([], []), "hypotheses: expected one for each reference, 1 or more"),
    (lambda: label_error_rate([1, 2], [1, 2]), "references: expected a list of sequences, got one of ints"),
    (lambda: label_error_rate("ab", "ab"), "references: expected a list of sequences, got str"),
    (lambda: word_error_rate("", "a"), "references: are all empty"),
    (lambda: word_error_rate("a", ["a"]), "references: expected a list of sequences, got str"),
    (lambda: character_error_rate([["a"]], ["a"]), "references: expected strings, got list"),
    (lambda: bleu(["a"], []), "hypotheses: expected one for each reference"),
    (lambda: bleu("a", "a", smoothing="floor"), "smoothing: expected"),
    (lambda: alignment_error_rate(set(), set()), "predicted: and sure hold no link"),
    (lambda: alignment_error_rate({(0, 1, 2)}, {(0, 0)}), "predicted: expected links"),
    (lambda: alignment_error_rate({(0, -1)}, {(0, 0)}), "predicted: expected links"),
    (lambda: alignment_error_rate([(0, 1), "01"], {(0, 0)}), "predicted: expected links"),
    (lambda: alignment_error_rate({(0, 0)}, "0-0"), "sure: expected links"),
    (lambda: alignment_error_rate({(0, 0)}, {(0, 0.5)}), "sure: expected links"),
    (lambda: alignment_error_rate([{(0, 0)}], [{(0, 0)}, {(0, 0)}]), "sure: expected 1 sets"),
    (lambda: alignment_error_rate([{(0, 0)}] * 2, [{(0, 0)}] * 2, {(0, 0)}), "possible: expected 2 sets"),
])  # fmt: skip
def test_refused(call, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        call()


def test_metrics_offers_them_all():
    assert all(hasattr(metrics, name) for name in metrics.__all__)
