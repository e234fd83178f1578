"""Something early decides what is asked at the end: tasks that need a memory of a known length.

B  sequences      T  steps      generator  a torch.Generator
"""

import torch
from torch.nn import functional as F

from seqmodels.tasks.asking import check_count

SYMBOLS = "ABcdef"  # of temporal_order


def adding(batch_size: int, length: int, generator):
    """Add two marked numbers: x (B, T, 2) holds (value, mark), y (B,) the sum of the two marked values.

    The adding problem as it is known today: values uniform in [0, 1), one mark 1 in each half, all others 0.
    Who always says 1 has a mean squared error of 1/6 (twice the variance 1/12 of one value): that is the baseline.
    Source: Le, Jaitly and Hinton (2015); a different task from `adding_1997`. Held by tests/unit/test_tasks.py.
    """
    check_count("batch_size", batch_size)
    check_count("length", length, least=2)
    values = torch.rand(batch_size, length, generator=generator)
    half = length // 2
    first = torch.randint(0, half, (batch_size,), generator=generator)
    second = torch.randint(half, length, (batch_size,), generator=generator)
    marks = F.one_hot(first, length) + F.one_hot(second, length)  # (B, T)
    return torch.stack([values, marks.to(values)], -1), (values * marks).sum(1)


def adding_1997(batch_size: int, length: int, generator):
    """The adding problem that the LSTM was published with: x (B, T, 2), y (B,), lengths (B,), T the longest.

    Each sequence has `length` to 1.1 `length` pairs (value in [-1, 1), marker). One of the first ten pairs is marked 1,
    then another of the first `length`/2 - 1; the first and the last marker are -1, all others 0. The first pair, whose
    marker is -1 in any case, is never one of the two. y = 0.5 + (X₁ + X₂) / 4; a sequence counts as right if the answer
    is off by less than 0.04. Beyond its length a sequence is padded with zeros.
    Source: Hochreiter and Schmidhuber (1997), experiment 4. Held by tests/unit/test_tasks.py.
    """
    check_count("batch_size", batch_size)
    check_count("length", length, least=20)
    lengths = torch.randint(length, length * 11 // 10 + 1, (batch_size,), generator=generator)
    longest = int(lengths.max())
    real = torch.arange(longest) < lengths[:, None]  # (B, T)
    values = (2 * torch.rand(batch_size, longest, generator=generator) - 1) * real
    early = min(10, length // 2 - 1)
    first = torch.randint(1, early, (batch_size,), generator=generator)
    second = torch.randint(1, length // 2 - 2, (batch_size,), generator=generator)
    second = second + (second >= first)  # one of those that are still unmarked
    marks = F.one_hot(first, longest) + F.one_hot(second, longest)  # (B, T)
    ends = F.one_hot(torch.zeros_like(lengths), longest) + F.one_hot(lengths - 1, longest)
    return torch.stack([values, (marks - ends).to(values)], -1), 0.5 + (values * marks).sum(1) / 4, lengths


def temporal_order(batch_size: int, length: int, generator):
    """Which came first? x (B, T, 6) one-hot over "ABcdef", y (B,) one of four classes, int64.

    An A or B stands at a place in [0.1 T, 0.2 T), another in [0.5 T, 0.6 T), c, d, e or f everywhere else.
    The class: 0 for A … A, 1 for A … B, 2 for B … A, 3 for B … B. Guessing is right once in four.
    Source: Pascanu, Mikolov and Bengio (2013), after Hochreiter and Schmidhuber (1997). Held by
    tests/unit/test_tasks.py.
    """
    check_count("batch_size", batch_size)
    check_count("length", length, least=10)
    tokens = torch.randint(2, len(SYMBOLS), (batch_size, length), generator=generator)
    first, second = torch.randint(0, 2, (2, batch_size), generator=generator)
    early = torch.randint(length // 10, length // 5, (batch_size, 1), generator=generator)
    late = torch.randint(length // 2, length * 3 // 5, (batch_size, 1), generator=generator)
    tokens = tokens.scatter(1, early, first[:, None]).scatter(1, late, second[:, None])
    return F.one_hot(tokens, len(SYMBOLS)).to(torch.get_default_dtype()), 2 * first + second


def copy_memory(batch_size: int, delay: int, generator, *, count: int = 10, symbols: int = 8):
    """Say after a delay what was said at the beginning: x and y (B, delay + 2 count), token ids, int64.

        x   5 2 8 …  0 0 0 0 … 0  9 9 9 9 …         count of 1 … symbols, delay - 1 zeros, count + 1 times symbols + 1
        y   0 0 0 …  0 0 0 0 … 0  0 5 2 8 …         zeros, then the same count symbols in the same order

    The first of the markers, symbols + 1, says that the delay is over; the answer begins one step later, each symbol
    `delay + count` steps after it was said. Who remembers nothing can still say all zeros and guess the rest: a
    cross-entropy of count · ln(symbols) / (delay + 2 count) nats a step, which is small where the delay is long. So
    judge by how many of the last `count` are right (by chance one in `symbols`), not by the mean.
    Source: Arjovsky, Shah and Bengio (2016), with the data of Bai, Kolter and Koltun (2018): count 10, symbols 8.
    Held by tests/unit/test_copy_memory.py.
    """
    for name, value in (("batch_size", batch_size), ("delay", delay), ("count", count)):
        check_count(name, value)
    check_count("symbols", symbols, least=2)
    said = torch.randint(1, symbols + 1, (batch_size, count), generator=generator)
    silence = said.new_zeros(batch_size, delay - 1)
    markers = said.new_full((batch_size, count + 1), symbols + 1)
    return torch.cat([said, silence, markers], 1), torch.cat([said.new_zeros(batch_size, delay + count), said], 1)
