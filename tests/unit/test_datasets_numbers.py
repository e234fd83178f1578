"""Numbers in words: what is written is read back, and gold alignments follow from what the words are worth."""

import hashlib
import json

import pytest

from seqmodels.datasets import frozen, gold_alignment, in_words, number_words, parts

LANGUAGES = ["de", "fr"]


def pairs(language):
    numbers = number_words(language)
    return [*numbers.train, *numbers.held_out, *numbers.longer]


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_the_grammar_says_every_number_below_10000_as_num2words_does(language):
    said = "\n".join(" ".join(in_words(number, language)) for number in range(10_000))
    assert (
        hashlib.sha256(said.encode()).hexdigest() == json.loads(frozen("numbers/numbers.json"))["below 10000"][language]
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_grammar_says_every_frozen_number_as_the_file_does(language):
    for pair in pairs(language):
        assert pair.source == in_words(pair.number, "en") and pair.target == in_words(pair.number, language)


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_words_read_back_are_the_number_and_cut_it_without_gap_or_overlap(language):
    for number in [*range(1200), *range(1200, 10**9, 1_234_567), 10**9 - 1, 80_000_080, 71_091, 2_000_000]:
        found = [part for part in parts(in_words(number, language), language) if part]
        whole = [part for part in found if not part.role or (len(part.role) == 1 and part.role[0][1] == "scale")]
        cuts = sorted((part.start, part.end) for part in whole)
        assert cuts[0][0] == 0 and cuts[-1][1] == number
        assert all(a[1] == b[0] for a, b in zip(cuts, cuts[1:], strict=False)), (number, cuts)


@pytest.mark.parametrize(
    "number, language, sure, possible",
    [
        (24, "de", {(0, 2), (1, 0)}, {(0, 1), (1, 1)}),
        (71, "fr", {(0, 0), (1, 2)}, {(0, 2), (0, 1), (1, 1)}),
        (77, "fr", {(0, 0), (0, 1), (1, 2)}, set()),
        (99, "fr", {(0, 0), (0, 1), (0, 2), (1, 3)}, set()),
        (17, "fr", {(0, 0), (0, 1)}, set()),
        (105, "fr", {(0, 0), (1, 0), (3, 1)}, set()),
        (205, "de", {(0, 0), (1, 1), (3, 2)}, set()),
        (80_000, "fr", {(0, 0), (0, 1), (1, 2)}, set()),
        (21_000, "de", {(0, 2), (1, 0), (2, 3)}, {(0, 1), (1, 1)}),
        (0, "fr", {(0, 0)}, set()),
    ],
)
def test_alignments_worked_out_by_hand(number, language, sure, possible):
    found = gold_alignment(in_words(number, "en"), in_words(number, language), language)
    assert found == (sure, sure | possible)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_but_and_is_linked_and_linked_words_share_a_part_of_the_number(language):
    for pair in pairs(language):
        assert pair.sure <= pair.possible
        assert {i for i, _ in pair.sure} == {i for i, word in enumerate(pair.source) if word != "and"}, pair
        assert {j for _, j in pair.possible} == set(range(len(pair.target))), pair
        said, heard = parts(pair.source, "en"), parts(pair.target, language)
        for i, j in pair.sure:
            both = min(said[i].end, heard[j].end) - max(said[i].start, heard[j].start)
            assert both > 0 or pair.number == 0, (pair, i, j)


@pytest.mark.parametrize("language", LANGUAGES)
def test_linked_words_change_with_the_same_digit(language):
    """A second account of the alignment: raise one digit by one, and the words that change are linked."""
    for number, digit in [(342, 1), (342, 10), (342, 100), (5_342, 1000), (45_342, 1000), (45_342, 10_000)]:
        before, after = ((in_words(n, "en"), in_words(n, language)) for n in (number, number + digit))
        changed = [
            {k for k, (a, b) in enumerate(zip(*side, strict=True)) if a != b}
            for side in zip(before, after, strict=True)
        ]
        sure, _ = gold_alignment(*before, language)
        assert changed[0] and changed[1] and set(sure) >= {(i, j) for i in changed[0] for j in changed[1]}, number


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_splits_share_no_number_and_longer_is_longer(language):
    numbers = number_words(language)
    splits = [{pair.number for pair in split} for split in (numbers.train, numbers.held_out, numbers.longer)]
    assert [len(split) for split in splits] == [7272, 710, 1400]
    assert not splits[0] & splits[1] and not splits[0] & splits[2] and not splits[1] & splits[2]
    assert max(len(pair.source) for pair in (*numbers.train, *numbers.held_out)) == 10
    assert {len(pair.source) for pair in numbers.longer} == set(range(11, 18))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_is_in_train(language):
    numbers = number_words(language)
    learned = {word for pair in numbers.train for word in (*pair.source, *pair.target)}
    assert {word for pair in pairs(language) for word in (*pair.source, *pair.target)} == learned


def test_german_says_the_ones_first_and_french_counts_in_twenties():
    assert in_words(24, "de") == ("vier", "und", "zwanzig") and in_words(92, "fr") == ("quatre", "vingt", "douze")
    assert in_words(101_000, "de") == ("ein", "hundert", "ein", "tausend")  # num2words says eins here
    assert in_words(280, "fr")[-1] == "vingts" and "vingts" not in in_words(280_000, "fr")


def test_wrong_arguments_are_named():
    with pytest.raises(ValueError, match="language: expected one of de, fr, got 'en'"):
        number_words("en")
    for wrong in (-1, 10**9, 2.0, True):
        with pytest.raises(ValueError, match="number: expected a whole number from 0 to 999,999,999"):
            in_words(wrong, "en")
    with pytest.raises(ValueError, match="language: expected one of en, de, fr, got 'la'"):
        in_words(1, "la")
    with pytest.raises(ValueError, match="got 'dozen'"):
        parts(("two", "dozen"), "en")
    with pytest.raises(ValueError, match="target: expected 4 like the source, got 5"):
        gold_alignment(("four",), ("cinq",), "fr")
