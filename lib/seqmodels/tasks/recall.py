"""What followed it last time? Tasks that are solved by finding an earlier place and reading what stood beside it.

B  sequences      T  steps      V  vocab_size      generator  a torch.Generator
"""

import math

import torch
from torch.nn import functional as F

from seqmodels.tasks.asking import check_count

PERIODS = (8, 15)

# ---------------------------------------------------------------- induction


def induction(batch_size: int, length: int, generator, *, vocab_size: int = 32, periods=PERIODS):
    """Random strings, each repeated without end: x and y (B, T) token ids, int64, y what comes next; scored (B, T).

        x        7 2 9 9 4 1 5 3 7 2 9 9 4 …     a string of p random tokens, over and over; here p is 8
        y        2 9 9 4 1 5 3 7 2 9 9 4 1 …
        scored   . . . . . . . . x x x x x …     True from the second period on: y has stood p places before

    p is drawn for each sequence from periods[0] … periods[1], all equally likely, and every string is new. So nothing
    can be known of which token follows which: one must look where the last token stood before, and what followed it.
    periods=(16, 16) is a trap: with one period for all it is enough to count sixteen places back.
    A token may stand in a string twice, so that looking for the last token alone can find the wrong place: who takes
    the nearest place where it stood is right in 0.73 of the scored cases, who looks for the last two tokens in 0.96
    (the settings above, T = 48). `induction_likelihood` says what can be known at best: there, practically everything.
    Source: Olsson and others (2022). Held by tests/unit/test_recall.py.
    """
    check_count("batch_size", batch_size)
    check_count("vocab_size", vocab_size, least=2)
    shortest, longest = _checked_periods(periods)
    check_count("length", length, least=longest + 1)
    period = torch.randint(shortest, longest + 1, (batch_size, 1), generator=generator)
    strings = torch.randint(0, vocab_size, (batch_size, longest), generator=generator)
    t = torch.arange(length + 1)
    tokens = strings.gather(1, t % period)  # (B, T + 1)
    return tokens[:, :-1], tokens[:, 1:], t[:-1] >= period


def induction_likelihood(x, vocab_size: int = 32, periods=PERIODS):
    """The exact P(next token | x_0 … x_t) where the period is not told: (B, T, V), float64. x as `induction` draws it.

    Before anything is read all periods are alike. One is still possible if x has repeated itself with it so far, and
    of the possible ones the shorter are the more probable: they have had to draw fewer tokens. Nobody can be right more
    often than who always says the most probable token. Held by tests/unit/test_recall.py to enumeration.
    """
    shortest, longest = _checked_periods(periods)
    t = torch.arange(x.shape[1])
    weights, expected = [], []
    for p in range(shortest, longest + 1):
        earlier = x[:, (t - p).clamp(min=0)]
        possible = ((x == earlier) | (t < p)).cumprod(1)  # (B, T)
        weights.append(possible * torch.exp(-math.log(vocab_size) * (t + 1).clamp(max=p).double()))
        after = F.one_hot(x[:, (t + 1 - p).clamp(min=0)], vocab_size).double()
        expected.append(torch.where((t + 1 < p)[:, None], torch.full_like(after, 1 / vocab_size), after))
    posterior = torch.stack(weights)  # (P, B, T), P periods
    return torch.einsum("pbt,pbtv->btv", posterior / posterior.sum(0), torch.stack(expected))


def _checked_periods(periods):
    low, high = periods if isinstance(periods, list | tuple) and len(periods) == 2 else (None, None)
    if any(isinstance(p, bool) or not isinstance(p, int) for p in (low, high)) or not 1 <= low <= high:
        raise ValueError(
            f"periods: expected the shortest and the longest, whole numbers such as (8, 15), got {periods!r}"
        )
    return low, high


# ---------------------------------------------------------------- many questions at once


def mqar(batch_size: int, length: int, pairs: int, generator, *, vocab_size: int = 8192, power: float = 0.01,
         filler: str = "random"):  # fmt: skip
    """Multi-query associative recall: x and y (B, T) token ids, int64; scored (B, T), True at the questions.

        x        k₁ v₁ k₂ v₂ … k₂ … k₁ …       first `pairs` keys with their values, later every key once more
        y                      v₂   v₁         its value (0 elsewhere)

    Keys are drawn from 1 … V/2 - 1, values from V/2 … V - 1, none twice in a sequence. Each key is asked again once,
    behind all pairs and an even number of steps after them; gap g = 1, 2, … has a probability that falls like
    g^(power - 1), so that most questions come early. filler: what stands between them, "random" tokens or "zeros".
    A vocabulary of 1,000 and more is what tells models apart. By chance one is right in 2/V.
    Source: Arora and others (2023), Zoology, with the settings of their code. Held by tests/unit/test_recall.py.
    """
    for name, value in (("batch_size", batch_size), ("pairs", pairs)):
        check_count(name, value)
    check_count("vocab_size", vocab_size, least=2 * pairs + 2)
    check_count("length", length, least=4 * pairs)
    if not 0 < power < math.inf:
        raise ValueError(f"power: expected a number above 0, got {power!r}")
    if filler not in ("random", "zeros"):
        raise ValueError(f"filler: expected random or zeros, got {filler!r}")
    half = vocab_size // 2
    keys = 1 + _different(batch_size, half - 1, pairs, generator)  # (B, K)
    values = half + _different(batch_size, vocab_size - half, pairs, generator)
    gaps = torch.arange(1, (length - 2 * pairs) // 2 + 1).double() ** (power - 1)
    asked = 2 * pairs + 2 * torch.multinomial(gaps.expand(batch_size, -1), pairs, generator=generator)  # (B, K)
    x = torch.zeros(batch_size, length, dtype=torch.int64)
    if filler == "random":
        x = torch.randint(0, vocab_size, x.shape, generator=generator)
    x[:, : 2 * pairs] = torch.stack([keys, values], -1).flatten(1)
    y = torch.zeros_like(x).scatter(1, asked, values)
    return x.scatter(1, asked, keys), y, torch.zeros_like(x, dtype=torch.bool).scatter(1, asked, True)


def _different(rows, choices, count, generator):
    """In each row `count` different numbers below `choices`, all equally likely: (rows, count)."""
    return torch.rand(rows, choices, generator=generator).argsort(1)[:, :count]
