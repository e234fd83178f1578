"""Strings of a known grammar, with the symbols that may come next at every step.

T  symbols of a string      generator  a torch.Generator
"""

import torch
from torch.nn import functional as F

from seqmodels.tasks.asking import check_count

REBER = "BTPSXVE"  # the seven symbols, in the order of their ids
REBER_GRAMMAR = (  # state -> what may be written there, and the state that follows
    {"B": 1},
    {"T": 2, "P": 3},
    {"S": 2, "X": 4},
    {"T": 3, "V": 5},
    {"X": 3, "S": 6},
    {"P": 4, "V": 6},
    {"E": 7},
)


def reber(generator):
    """A string of the Reber grammar, "B…E", and for each of its symbols the set of those that may come after it.

    Where the grammar leaves a choice, there are two ways, equally likely; after the last symbol nothing may come.
    The grammar as Hochreiter and Schmidhuber (1997) use it. Held by tests/unit/test_tasks.py.
    """
    text, legal, state = "", [], 0
    while state < len(REBER_GRAMMAR):
        symbol = _choose(REBER_GRAMMAR[state], generator)
        state = REBER_GRAMMAR[state][symbol]
        text += symbol
        legal.append(set(REBER_GRAMMAR[state]) if state < len(REBER_GRAMMAR) else set())
    return text, legal


def embedded_reber(generator):
    """A Reber string between two equal symbols, "BT…TE" or "BP…PE": the last but one repeats the second.

    Returns the text and the sets as `reber` does. Only the second symbol says whether T or P is right at the end,
    six steps later or more. Source: Hochreiter and Schmidhuber (1997), experiment 1. Held by
    tests/unit/test_tasks.py.
    """
    outer = _choose("TP", generator)
    inside, legal = reber(generator)
    return f"B{outer}{inside}{outer}E", [{"T", "P"}, {"B"}, *legal[:-1], {outer}, {"E"}, set()]


def continual_reber(length: int, generator):
    """Embedded Reber strings one after the other without a pause: ids (T,) into REBER, legal (T, 7), True or False.

    legal[t] says which symbols may come after symbols 0 … t; after an E that ends a string, only B. The stream ends
    after `length` symbols, wherever that is. Source: Gers, Schmidhuber and Cummins (2000). Held by
    tests/unit/test_tasks.py.
    """
    check_count("length", length)
    text, legal = "", []
    while len(text) < length:
        string, sets = embedded_reber(generator)
        text += string
        legal += [*sets[:-1], {"B"}]
    ids = torch.tensor([REBER.index(symbol) for symbol in text[:length]])
    return ids, torch.tensor([[symbol in allowed for symbol in REBER] for allowed in legal[:length]])


def counting(batch_size: int, n: int, generator, letters: int = 2):
    """Strings aᵐbᵐ (with letters=3 aᵐbᵐcᵐ), m from 1 to n: ids (B, T), lengths (B,), legal (B, T, 1 + letters).

    Symbol 0 is the border before and after each string, 1 is a, 2 is b, 3 is c; T = 2 + letters · (largest m).
    legal[b, t]: which symbols may come after ids[b, : t + 1], whatever m may be. With the first b all that follows is
    certain, to one who has counted. Beyond its length a row holds borders, and nothing is legal.
    Held by tests/unit/test_tasks.py.
    """
    check_count("batch_size", batch_size)
    check_count("n", n)
    check_count("letters", letters, least=2)
    counts = torch.randint(1, n + 1, (batch_size, 1), generator=generator)
    t = torch.arange(2 + letters * int(counts.max()))
    ids = (t + counts - 1) // counts  # 0 at the border before, then every letter m times
    ids = ids.where(ids <= letters, 0)
    lengths = 2 + letters * counts[:, 0]
    legal = F.one_hot(ids.roll(-1, 1), 1 + letters).bool()
    legal[..., 1:3] |= (ids == 1)[..., None]  # after an a another a or the first b
    return ids, lengths, legal & (t < lengths[:, None] - 1)[..., None]


def _choose(symbols, generator):
    """One of them, all equally likely."""
    return list(symbols)[int(torch.randint(0, len(symbols), (), generator=generator))]
