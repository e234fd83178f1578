"""Numbers in words, English to German and French, frozen as num2words says them. Made by tools/data/numbers.py."""

import json
from functools import cache
from string import ascii_letters

from seqmodels.datasets import frozen
from seqmodels.datasets.number_grammar import check_language, gold_alignment
from seqmodels.datasets.parallel import Pair, Parallel

SPLITS = ("train", "held_out", "longer")


@cache
def number_words(language: str) -> Parallel:
    """English numbers and the same in German ("de") or French ("fr"): Parallel, with gold alignments.

    Numbers are below 1,000,000,000. train and held_out say a number in at most 10 English words, longer in 11 to 17; no
    number is in two of them, every word is in train. German compounds are cut into their parts (vier und zwanzig),
    hyphens and commas left out. The alignment follows from what each word stands for (`gold_alignment`).
    Held by tests/unit/test_datasets_numbers.py.
    """
    check_language(language, ("de", "fr"))
    content = json.loads(frozen("numbers/numbers.json"))
    column = 1 + list(content["words"]).index(language)
    english, other = content["words"]["en"].split(), content["words"][language].split()

    def pair(row):
        fields = row.split()
        source, target = _unfold(fields[1], english), _unfold(fields[column], other)
        return Pair(source, target, *gold_alignment(source, target, language), int(fields[0]))

    return Parallel(*(tuple(pair(row) for row in content[split]) for split in SPLITS))


def fold(words, known):
    """Words as letters, one a word, by their place in the list of known words."""
    return "".join(ascii_letters[known.index(word)] for word in words)


def _unfold(letters, known):
    return tuple(known[ascii_letters.index(letter)] for letter in letters)
