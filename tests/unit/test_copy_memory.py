"""The copying task: its form symbol by symbol, its answers, its baseline."""

import math

import pytest
import torch
from torch.nn import functional as F

from seqmodels.tasks import copy_memory


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("delay, count, symbols", [(1, 10, 8), (2, 10, 8), (30, 10, 8), (5, 3, 2), (7, 1, 4)])
def test_form_and_answers(delay, count, symbols):
    x, y = copy_memory(200, delay, generator(), count=count, symbols=symbols)
    assert x.shape == y.shape == (200, delay + 2 * count) and x.dtype == y.dtype == torch.int64
    said, silence, markers = x.split([count, delay - 1, count + 1], 1)
    assert set(said.unique().tolist()) == set(range(1, symbols + 1))
    assert (silence == 0).all() and (markers == symbols + 1).all()
    assert (y[:, : delay + count] == 0).all() and torch.equal(y[:, delay + count :], said)


def test_each_answer_comes_delay_plus_count_after_its_symbol():
    x, y = copy_memory(50, 21, generator())
    assert torch.equal(y[:, 31:], x[:, :10]) and y.shape[1] == 21 + 20


def test_every_symbol_is_as_likely_as_any_other_in_every_place():
    x, _ = copy_memory(40_000, 1, generator())
    shares = F.one_hot(x[:, :10], 10).double().mean(0)[:, 1:9]  # (10, 8)
    assert (shares - 1 / 8).abs().max() < 0.008  # about five standard deviations


def test_baseline_of_a_model_without_memory():
    _, y = copy_memory(64, 100, generator())
    logits = torch.full((64, 120, 10), -torch.inf, dtype=torch.float64)
    logits[:, :110, 0] = 0
    logits[:, 110:, 1:9] = 0
    loss = F.cross_entropy(logits.flatten(0, 1), y.flatten())
    assert float(loss) == pytest.approx(10 * math.log(8) / 120, rel=1e-12)
    assert 10 * math.log(8) / 1020 == pytest.approx(0.0204, abs=5e-5)


def test_draws_can_be_repeated():
    one, same, other = (copy_memory(4, 9, generator(seed))[0] for seed in (0, 0, 1))
    assert torch.equal(one, same) and not torch.equal(one, other)


@pytest.mark.parametrize("name", ["batch_size", "delay", "count", "symbols"])
@pytest.mark.parametrize("wrong", [0, -1, 2.0, True])
def test_bad_sizes_are_refused(name, wrong):
    settings = {"batch_size": 4, "delay": 5, "count": 3, "symbols": 2} | {name: wrong}
    with pytest.raises(ValueError, match=f"^{name}: expected a whole number"):
        copy_memory(generator=generator(), **settings)
