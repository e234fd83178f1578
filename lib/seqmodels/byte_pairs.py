"""Byte pairs: tokens learned from a text, by putting together whatever stands side by side most often.

    byte    a number from 0 to 255; text in UTF-8 is bytes, so 256 tokens are enough for any text
    merge   (left, right): two tokens that become one, the first merge token 256, the next 257, …
    chunk   a word with the space before it, a run of signs or of white space: a merge never reaches beyond one

Source: Sennrich, Haddow and Birch (2016), and Radford and others (2019) for bytes and chunks.
"""

import re
from collections import Counter, defaultdict
from typing import NamedTuple

import torch

# A space goes with what follows it; of several spaces the last does.
CHUNKS = re.compile(r" ?\w+| ?[^\w\s]+|\s+(?!\S)|\s+")


class Merge(NamedTuple):
    """Two tokens that become one, and how often they stood side by side when that was decided (0: not told)."""

    left: int
    right: int
    count: int = 0


class BytePairEncoder:
    """Text to token ids and back: 256 bytes, and a token for every merge.

    merges: pairs (left, right) or `Merge`, in the order in which they were learned; see `fit`. len() is the number of
    tokens; vocabulary: the bytes that each stands for; encode(text) -> int64 (T,); pieces(text): the same as a list of
    bytes; decode(ids) -> str. decode(encode(text)) == text for every text. ValueError names what cannot be.
    Held by tests/unit/test_byte_pairs.py to a plain account of the algorithm, which counts anew for every merge.
    """

    def __init__(self, merges):
        self.merges, self.vocabulary = [], [bytes([value]) for value in range(256)]
        for pair in merges:
            merge = Merge(*pair)
            if not all(isinstance(part, int) and 0 <= part < len(self) for part in merge[:2]):
                raise ValueError(
                    f"merges: expected ids from 0 to {len(self) - 1} for merge {len(self.merges)}, got {pair}"
                )
            self.merges.append(merge)
            self.vocabulary.append(self.vocabulary[merge.left] + self.vocabulary[merge.right])
        self._ids = {(merge.left, merge.right): 256 + i for i, merge in enumerate(self.merges)}
        if len(self._ids) < len(self.merges):
            raise ValueError("merges: expected every pair once, got one of them twice")
        self._known = {}  # chunk -> its ids

    def __len__(self):
        return len(self.vocabulary)

    @classmethod
    def fit(cls, text: str, merges: int, least: int = 2):
        """Learn so many merges: each time the pair that stands side by side most often in the text becomes a token.

        Of equally frequent pairs the one with the smaller left id is taken, then the one with the smaller right id. It
        ends early when no pair is left that stands there `least` times.
        """
        for name, value, low in (("merges", merges, 0), ("least", least, 1)):
            if isinstance(value, bool) or not isinstance(value, int) or value < low:
                raise ValueError(f"{name}: expected a whole number, {low} or more, got {value!r}")
        counting, learned = _Pairs(_chunks(text)), []
        while len(learned) < merges:
            best = counting.most_frequent()
            if best is None or best.count < least:
                break
            counting.put_together(best, 256 + len(learned))
            learned.append(best)
        return cls(learned)

    def encode(self, text: str):
        return torch.tensor([token for chunk in _chunks(text) for token in self._encoded(chunk)], dtype=torch.int64)

    def pieces(self, text: str) -> list[bytes]:
        return [self.vocabulary[token] for token in self.encode(text).tolist()]

    def decode(self, ids) -> str:
        """The text. What a model wrote need not be UTF-8: what is no character becomes U+FFFD, the replacement sign."""
        ids = [int(i) for i in ids]
        wrong = next((i for i in ids if not 0 <= i < len(self)), None)
        if wrong is not None:
            raise ValueError(f"ids: expected numbers from 0 to {len(self) - 1}, got {wrong}")
        return b"".join(self.vocabulary[i] for i in ids).decode("utf-8", errors="replace")

    def _encoded(self, chunk):
        """The merges that fit, the earliest learned first, until none fits."""
        if chunk not in self._known:
            tokens = list(chunk)
            while True:
                merged = min((self._ids.get(pair, len(self)) for pair in zip(tokens, tokens[1:], strict=False)),
                             default=len(self))  # fmt: skip
                if merged == len(self):
                    break
                tokens = _put_together(tokens, self.merges[merged - 256], merged)
            self._known[chunk] = tokens
        return self._known[chunk]


class _Pairs:
    """How often every pair stands side by side, kept up to date: a merge touches only the chunks that hold its pair."""

    def __init__(self, chunks):
        frequencies = Counter(chunks)
        self.chunks, self.frequencies = [list(chunk) for chunk in frequencies], list(frequencies.values())
        self.counts, self.where = Counter(), defaultdict(set)
        for i in range(len(self.chunks)):
            self._count(i, 1)

    def most_frequent(self):
        """The pair that `BytePairEncoder.fit` takes next; None if there is no pair left."""
        pair = max(self.counts, key=lambda pair: (self.counts[pair], -pair[0], -pair[1]), default=None)
        return None if pair is None else Merge(*pair, self.counts[pair])

    def put_together(self, merge, token):
        for i in self.where[merge[:2]].copy():
            self._count(i, -1)
            self.chunks[i] = _put_together(self.chunks[i], merge, token)
            self._count(i, 1)

    def _count(self, i, sign):
        """Add (1) or take away (-1) what chunk i has to say."""
        for pair in zip(self.chunks[i], self.chunks[i][1:], strict=False):
            self.counts[pair] += sign * self.frequencies[i]
            if sign > 0:
                self.where[pair].add(i)
            else:
                self.where[pair].discard(i)
                if self.counts[pair] == 0:
                    del self.counts[pair], self.where[pair]


def _put_together(tokens, merge, token):
    """The tokens with every (left, right) replaced, from left to right."""
    merged, i = [], 0
    while i < len(tokens):
        here = tokens[i] == merge.left and i + 1 < len(tokens) and tokens[i + 1] == merge.right
        merged.append(token if here else tokens[i])
        i += 2 if here else 1
    return merged


def _chunks(text) -> list[bytes]:
    if not isinstance(text, str):
        raise ValueError(f"text: expected a str, got {type(text).__name__}")
    try:
        return [chunk.encode("utf-8") for chunk in CHUNKS.findall(text)]
    except UnicodeEncodeError as error:
        raise ValueError(
            f"text: holds {error.object[error.start]!r}, half of a character, which has no UTF-8"
        ) from None
