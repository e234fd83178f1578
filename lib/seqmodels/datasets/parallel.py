"""Sentences in two languages, word by word, with the words that belong together known: gold alignments.

A link (i, j) says that source word i and target word j belong together. `sure` links leave no doubt; `possible` ones
hold them and more, where two words share only a part of what they say or one of them joins two others. An alignment
error rate counts a missing sure link and a link that is not even possible.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import torch

SPECIAL = ("<padding>", "<begin>", "<end>")  # ids 0, 1 and 2, as in seqmodels.seq2seq


class WordVocabulary:
    """One id a word, in the order of the alphabet; ids 0, 1 and 2 are padding, begin and end.

    words: any words, repeated or not. encode(words) -> int64 (T,); decode(ids) -> list of words, as they stand, special
    ones included. ValueError names a word or an id it does not know. Held by tests/unit/test_datasets_translation.py.
    """

    def __init__(self, words: Iterable[str]):
        self.words = [*SPECIAL, *sorted(set(words) - set(SPECIAL))]
        if len(self.words) == len(SPECIAL):
            raise ValueError("words is empty; expected at least one word")
        self._index = {word: i for i, word in enumerate(self.words)}

    def __len__(self):
        return len(self.words)

    def encode(self, words):
        unknown = next((word for word in words if word not in self._index), None)
        if unknown is not None:
            raise ValueError(f"words: holds {unknown!r}, which is not one of the {len(self)} words known")
        return torch.tensor([self._index[word] for word in words], dtype=torch.int64)

    def decode(self, ids):
        ids = [int(i) for i in ids]
        wrong = next((i for i in ids if not 0 <= i < len(self)), None)
        if wrong is not None:
            raise ValueError(f"ids: holds {wrong}; expected numbers from 0 to {len(self) - 1}")
        return [self.words[i] for i in ids]


@dataclass(frozen=True)
class Pair:
    """A sentence and its translation: words, and the links (source place, target place), counted from 0.

    number: what both say, where they say a number.
    """

    source: tuple[str, ...]
    target: tuple[str, ...]
    sure: frozenset[tuple[int, int]]
    possible: frozenset[tuple[int, int]]
    number: int | None = None


@dataclass(frozen=True)
class Parallel:
    """Pairs to learn from (train), pairs of the same kind never seen (held_out), and longer ones than any in train.

    source_vocabulary, target_vocabulary: the words of all pairs. ids(pairs) -> [(source ids, target ids), …], int64
    (S,) and (T,), without begin and end: what seqmodels.seq2seq.pair_batch and word_alignment.IBMModel1 take.
    """

    train: tuple[Pair, ...]
    held_out: tuple[Pair, ...]
    longer: tuple[Pair, ...] = ()

    @cached_property
    def source_vocabulary(self):
        return WordVocabulary(word for pair in self._all for word in pair.source)

    @cached_property
    def target_vocabulary(self):
        return WordVocabulary(word for pair in self._all for word in pair.target)

    @property
    def _all(self):
        return (*self.train, *self.held_out, *self.longer)

    def ids(self, pairs):
        source, target = self.source_vocabulary, self.target_vocabulary
        return [(source.encode(pair.source), target.encode(pair.target)) for pair in pairs]
