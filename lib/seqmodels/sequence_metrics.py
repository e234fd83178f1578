"""How far is one sequence from another? Edit distance and the error rates made of it, BLEU, alignment error rate.

Everywhere the reference comes first, then what a model said. A corpus counts as one long text: errors and lengths are
summed over its sentences, then divided. Nothing is normalised (case, punctuation, accents) unless it says so here.
"""

import math
from collections import Counter
from dataclasses import dataclass

import numpy as np

# ---------------------------------------------------------------- edit distance


@dataclass(frozen=True)
class Edits:
    """The fewest edits that turn a reference into a hypothesis. steps: (operation, i, j) in reading order, where
    operation is "match", "substitution", "deletion" or "insertion", i the place in the reference, j in the hypothesis;
    of a deletion and an insertion, the place where the other sequence stands."""

    steps: tuple

    def count(self, operation) -> int:
        return sum(name == operation for name, _, _ in self.steps)

    @property
    def matches(self) -> int:
        return self.count("match")

    @property
    def substitutions(self) -> int:
        return self.count("substitution")

    @property
    def deletions(self) -> int:
        return self.count("deletion")

    @property
    def insertions(self) -> int:
        return self.count("insertion")

    @property
    def distance(self) -> int:
        return len(self.steps) - self.matches


def edit_distance(reference, hypothesis) -> int:
    """The fewest insertions, deletions and substitutions of one element that turn one sequence into the other.

    Any two sequences of things that can be compared: strings, lists of words, rows of token ids. Either may be empty.
    Held by tests/unit/test_sequence_metrics.py to the definition by recursion and, with `edits`, to jiwer.
    """
    return int(_distances(*_ids(reference, hypothesis))[-1, -1])


def edits(reference, hypothesis) -> Edits:
    """Which edits are these? `Edits`; arguments as for `edit_distance`.

    Of equally few edits those are taken that, read from the end, have a match or substitution before a deletion, and
    a deletion before an insertion.
    """
    a, b = _ids(reference, hypothesis)
    distance, i, j, steps = _distances(a, b), len(a), len(b), []
    while i or j:
        if i and j and distance[i, j] == distance[i - 1, j - 1] + (a[i - 1] != b[j - 1]):
            i, j = i - 1, j - 1
            steps.append(("match" if a[i] == b[j] else "substitution", i, j))
        elif i and distance[i, j] == distance[i - 1, j] + 1:
            i -= 1
            steps.append(("deletion", i, j))
        else:
            j -= 1
            steps.append(("insertion", i, j))
    return Edits(tuple(reversed(steps)))


def _distances(a, b):
    """distance[i, j]: from the first i elements of a to the first j of b. (N + 1, M + 1)"""
    column = np.arange(len(b) + 1)
    distance = np.empty((len(a) + 1, len(b) + 1), np.int64)
    distance[0] = column
    for i, element in enumerate(a, start=1):
        above = distance[i - 1]
        # D[i, j] = min of D[i-1, j] + 1, D[i-1, j-1] + (1 unless a_i = b_j), D[i, j-1] + 1
        best = np.minimum(above + 1, np.concatenate([[i], above[:-1] + (b != element)]))  # the first two
        # the third, again and again: D[i, j] = min over k <= j of best[k] + (j - k)
        distance[i] = np.minimum.accumulate(best - column) + column
    return distance


def _ids(reference, hypothesis):
    """Both sequences as arrays of numbers that are equal where their elements are."""
    known, rows = {}, []
    for name, sequence in (("reference", reference), ("hypothesis", hypothesis)):
        elements = sequence.tolist() if hasattr(sequence, "tolist") else sequence
        if isinstance(elements, dict | set | frozenset) or not hasattr(elements, "__len__"):
            raise ValueError(f"{name}: expected a sequence, got {type(elements).__name__}")
        try:
            rows.append(np.array([known.setdefault(element, len(known)) for element in elements], np.int64))
        except TypeError:
            raise ValueError(f"{name}: expected one sequence of words, characters or numbers, "
                             f"got {sequence!r}") from None  # fmt: skip
    return rows


# ---------------------------------------------------------------- error rates


def label_error_rate(references, hypotheses) -> float:
    """(substitutions + deletions + insertions) / length of the references, over all pairs of two lists of sequences.

    May exceed 1. ValueError if the references are all empty.
    """
    references, hypotheses = _pairs_of(references, hypotheses)
    for name, side in (("references", references), ("hypotheses", hypotheses)):
        wrong = [x for x in side if not hasattr(x, "__len__")]
        if wrong:
            raise ValueError(f"{name}: expected a list of sequences, got one of {type(wrong[0]).__name__}s")
    total = sum(len(reference) for reference in references)
    if total == 0:
        raise ValueError("references: are all empty; expected at least one element to divide by")
    return sum(edit_distance(*pair) for pair in zip(references, hypotheses, strict=True)) / total


def word_error_rate(references, hypotheses) -> float:
    """The label error rate of words: strings are split at white space, lists hold words already.

    Two strings, or two lists with a sentence each, so that a list of strings is a list of sentences. Case and
    punctuation count. Equal to jiwer.wer (tests/unit/test_sequence_metrics.py).
    """
    return label_error_rate(*([_words(x) for x in side] for side in _sentences(references, hypotheses)))


def character_error_rate(references, hypotheses) -> float:
    """The label error rate of characters, spaces too, after white space at both ends is taken away.

    Two strings, or two lists of strings. Equal to jiwer.cer (tests/unit/test_sequence_metrics.py).
    """
    sides = _sentences(references, hypotheses)
    for name, side in zip(("references", "hypotheses"), sides, strict=True):
        wrong = [x for x in side if not isinstance(x, str)]
        if wrong:
            raise ValueError(f"{name}: expected strings, got {type(wrong[0]).__name__}")
    return label_error_rate(*([x.strip() for x in side] for side in sides))


def _words(sentence):
    return sentence.split() if isinstance(sentence, str) else sentence


def _sentences(references, hypotheses):
    """Two lists of sentences; two single strings are one sentence each."""
    if isinstance(references, str) and isinstance(hypotheses, str):
        return [references], [hypotheses]
    return _pairs_of(references, hypotheses)


def _pairs_of(references, hypotheses):
    for name, value in (("references", references), ("hypotheses", hypotheses)):
        if isinstance(value, str) or not hasattr(value, "__len__"):
            raise ValueError(f"{name}: expected a list of sequences, got {type(value).__name__}")
    if len(references) != len(hypotheses) or len(references) == 0:
        raise ValueError(f"hypotheses: expected one for each reference, 1 or more, "
                         f"got {len(hypotheses)} for {len(references)}")  # fmt: skip
    return list(references), list(hypotheses)


# ---------------------------------------------------------------- BLEU

ORDERS = (1, 2, 3, 4)


@dataclass(frozen=True)
class BLEU:
    """score: 0 to 100; precisions: of n-grams, n = 1 to 4, 0 to 100, smoothed ones as they count; brevity_penalty;
    hypothesis_length and reference_length: words of the corpus."""

    score: float
    precisions: tuple
    brevity_penalty: float
    hypothesis_length: int
    reference_length: int


def bleu(references, hypotheses, smoothing="exp") -> float:
    """How many of the n-grams that were said are in the reference? BLEU of a corpus, 0 to 100.

    Two lists with a sentence each, one reference for each hypothesis (or two strings). The tokenisation is the
    caller's: strings are split at white space, lists hold words already; case counts. smoothing, for an n of which no
    n-gram is right: "exp", the k-th such n counts as 1 / 2^k of one n-gram; "none", the score is 0. If no word is
    right, or no sentence has four, it is 0 in any case. Not a measure of single sentences.
    Source: Papineni and others 2002; equal to sacreBLEU (Post 2018) with the signature nrefs:1|case:mixed|eff:no|
    tok:none|smooth:exp (tests/unit/test_sequence_metrics.py). Numbers of other tokenisations cannot be compared.
    """
    return bleu_parts(references, hypotheses, smoothing).score


def bleu_parts(references, hypotheses, smoothing="exp") -> BLEU:
    """The same, with what it is made of."""
    if smoothing not in ("exp", "none"):
        raise ValueError(f'smoothing: expected "exp" or "none", got {smoothing!r}')
    pairs = list(zip(*([_words(x) for x in side] for side in _sentences(references, hypotheses)), strict=True))
    right, said = Counter(), Counter()
    for reference, hypothesis in pairs:
        for n in ORDERS:
            grams, there = _ngrams(hypothesis, n), _ngrams(reference, n)
            right[n] += (grams & there).total()  # no n-gram counts more often than the reference has it
            said[n] += grams.total()
    length, wanted = (sum(len(pair[side]) for pair in pairs) for side in (1, 0))
    precisions = _precisions(right, said, smoothing)
    brevity_penalty = 1.0 if length >= wanted else math.exp(1 - wanted / length) if length else 0.0
    score = 0.0
    if min(precisions) > 0:
        # BLEU = brevity penalty * (p_1 p_2 p_3 p_4)^(1/4)
        score = brevity_penalty * math.exp(sum(map(math.log, precisions)) / len(ORDERS))
    return BLEU(score, precisions, brevity_penalty, length, wanted)


def _precisions(right, said, smoothing):
    """(p_1, …, p_4) in percent."""
    found, part = [], 1.0
    for n in ORDERS:
        counted = right[n]
        if counted == 0 and right[1] > 0 and smoothing == "exp":
            part /= 2
            counted = part
        found.append(100 * counted / said[n] if said[n] else 0.0)
    return tuple(found)


def _ngrams(words, n):
    return Counter(tuple(words[i : i + n]) for i in range(len(words) - n + 1))


# ---------------------------------------------------------------- alignments


def alignment_error_rate(predicted, sure, possible=None) -> float:
    """How far is a word alignment from one made by people? 0 perfect, 1 nothing right.

    Each argument: a collection of links (i, j) for one sentence, or a list with such a set for each sentence, which
    count as one corpus. sure: links that must be there; possible (None: no others): links that may be there; what is
    sure is possible too. ValueError if there is no link at all, neither predicted nor sure.
    Source: Och and Ney 2003. Held by tests/unit/test_sequence_metrics.py to numbers by hand.
    """
    predicted, sure = _link_sets(predicted, "predicted"), _link_sets(sure, "sure")
    possible = [set() for _ in sure] if possible is None else _link_sets(possible, "possible")
    for name, sets in (("sure", sure), ("possible", possible)):
        if len(sets) != len(predicted):
            raise ValueError(f"{name}: expected {len(predicted)} sets of links like predicted, got {len(sets)}")
    found, allowed, size = 0, 0, 0
    for a, s, p in zip(predicted, sure, possible, strict=True):
        found, allowed, size = found + len(a & s), allowed + len(a & (p | s)), size + len(a) + len(s)
    if size == 0:
        raise ValueError("predicted: and sure hold no link at all; there is nothing to compare")
    # AER = 1 - (|A and S| + |A and P|) / (|A| + |S|)
    return 1 - (found + allowed) / size


def _link_sets(links, name):
    """A list of sets of links, from one collection of links or from several."""
    if isinstance(links, str | dict) or not hasattr(links, "__len__"):
        raise ValueError(f"{name}: expected links (i, j), got {type(links).__name__}")
    links = list(links)
    one_sentence = not links or any(_is_link(x) for x in links)
    for sentence in [links] if one_sentence else links:
        wrong = [x for x in sentence if not _is_link(x)] if hasattr(sentence, "__len__") else [sentence]
        if wrong:
            raise ValueError(f"{name}: expected links (i, j) of two places, whole numbers from 0, got {wrong[0]!r}")
    return [{(int(i), int(j)) for i, j in sentence} for sentence in ([links] if one_sentence else links)]


def _is_link(x):
    """Two whole numbers from 0, in order."""
    if isinstance(x, str | set | frozenset) or not hasattr(x, "__len__") or len(x) != 2:
        return False
    return all(np.ndim(place) == 0 and not isinstance(place, str) and int(place) == place >= 0 for place in x)
