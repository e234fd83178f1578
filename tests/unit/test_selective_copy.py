"""The task of lesson 08_1: what is asked is what was said, wherever it stood."""

import pytest
import torch

from seqmodels.tasks.selection import selective_copy


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def test_the_answer_is_what_was_marked_in_its_order():
    x, y, scored = selective_copy(50, 20, generator(), count=3, symbols=5)
    assert x.shape == y.shape == scored.shape == (50, 23) and x.dtype == y.dtype == torch.int64
    assert (x[:, 20:] == 6).all() and (x[:, :20] <= 5).all()
    for row, answer in zip(x, y, strict=True):
        assert row[:20][row[:20] > 0].tolist() == answer[20:].tolist() and answer[:20].eq(0).all()
    assert scored.nonzero()[:, 1].unique().tolist() == [20, 21, 22]
    assert torch.equal(x, selective_copy(50, 20, generator(), count=3, symbols=5)[0])


def test_every_place_and_every_symbol_comes_up_alike():
    x, _, _ = selective_copy(4000, 10, generator(), count=2, symbols=4)
    marked = x[:, :10]
    share = (marked > 0).float().mean(0)
    assert (share - 0.2).abs().max() < 0.03
    assert (torch.bincount(marked[marked > 0], minlength=5)[1:] / 8000 - 0.25).abs().max() < 0.03


def test_fixed_places_are_kept():
    x, _, _ = selective_copy(30, 12, generator(), count=3, symbols=4, places=(0, 5, 11))
    assert ((x[:, :12] > 0).nonzero()[:, 1].view(30, 3) == torch.tensor([0, 5, 11])).all()


@pytest.mark.parametrize(("settings", "says"), [
    ({"count": 0}, "count"), ({"symbols": 1}, "symbols"), ({"length": 2}, "length"), ({"batch_size": 0}, "batch_size"),
    ({"places": (1, 2)}, "places"), ({"places": (2, 1, 3)}, "places"), ({"places": (1, 2, 9)}, "places"),
    ({"places": (1.0, 2.0, 3.0)}, "places"), ({"places": (1, 1, 3)}, "places"),
])  # fmt: skip
def test_bad_settings_are_refused(settings, says):
    with pytest.raises(ValueError, match=f"^{says}: expected"):
        selective_copy(**{"batch_size": 2, "length": 9, "generator": generator(), "count": 3} | settings)
