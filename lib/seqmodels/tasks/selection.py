"""What matters stands somewhere, and only what stands there says so: a memory that has to choose what to keep.

B  sequences      T  steps      generator  a torch.Generator
"""

import torch

from seqmodels.tasks.asking import check_count


def selective_copy(batch_size: int, length: int, generator, *, count: int = 4, symbols: int = 8, places=None):
    """Say the marked tokens in their order, however far apart they stood: x, y (B, length + count) ids, scored (B, T).

        x        0 0 5 0 2 0 0 0 8 … 0 1 0   9 9 9 9       `length` steps, of which `count` are marked, then the asking
        y        0 0 0 0 0 0 0 0 0 … 0 0 0   5 2 8 1
        scored   . . . . . . . . . … . . .   x x x x

    Marked tokens are 1 … symbols, all equally likely; 0 is what does not matter, symbols + 1 asks. They stand at places
    drawn for each sequence anew, or, with `places` (as many as count, in ascending order), always there: then each is
    asked after a delay that never changes, and a convolution can do it. By chance one is right in 1 / symbols.
    Source: Gu and Dao (2023), smaller. Held by tests/unit/test_selective_copy.py.
    """
    for name, value in (("batch_size", batch_size), ("count", count)):
        check_count(name, value)
    check_count("symbols", symbols, least=2)
    check_count("length", length, least=count)
    said = torch.randint(1, symbols + 1, (batch_size, count), generator=generator)
    if places is None:
        where = torch.rand(batch_size, length, generator=generator).argsort(1)[:, :count].sort(1).values
    else:
        where = _checked_places(places, count, length).expand(batch_size, count)
    x = torch.zeros(batch_size, length + count, dtype=torch.int64).scatter(1, where, said)
    x[:, length:] = symbols + 1
    y = torch.zeros_like(x)
    y[:, length:] = said
    return x, y, torch.arange(length + count).expand_as(x) >= length


def _checked_places(places, count, length):
    places = torch.as_tensor(places)
    fits = places.dtype == torch.int64 and places.shape == (count,)
    if not fits or places[0] < 0 or places[-1] >= length or (places.diff() <= 0).any():
        raise ValueError(f"places: expected {count} different whole numbers from 0 to {length - 1} in ascending order, "
                         f"got {places.tolist()}")  # fmt: skip
    return places
