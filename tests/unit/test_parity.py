"""Remainders of sums against counting them one by one; and that nothing less than all places tells them."""

import pytest
import torch

from seqmodels.tasks.parity import modular_sum, parity


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("modulus", [2, 3, 5, 10])
def test_the_answer_is_the_remainder_of_the_sum_so_far(modulus):
    x, y = modular_sum(50, 30, generator(), modulus=modulus)
    assert x.shape == y.shape == (50, 30) and x.dtype == y.dtype == torch.int64
    assert set(x.unique().tolist()) == set(range(modulus))
    for digits, answers in zip(x.tolist(), y.tolist(), strict=True):
        rest = 0
        for digit, answer in zip(digits, answers, strict=True):
            rest = rest + digit if rest + digit < modulus else rest + digit - modulus
            assert answer == rest


def test_parity_says_whether_the_ones_are_odd():
    x, y = parity(200, 17, generator())
    for bits, answers in zip(x.tolist(), y.tolist(), strict=True):
        assert answers == [bits[: t + 1].count(1) % 2 for t in range(17)]


def test_without_one_digit_every_remainder_is_equally_likely():
    x, y = modular_sum(60_000, 6, generator(), modulus=3)
    for hidden in range(6):
        known = (x.sum(1) - x[:, hidden]) % 3
        for rest in range(3):
            shares = y[known == rest, -1].bincount(minlength=3) / (known == rest).sum()
            assert (shares - 1 / 3).abs().max() < 0.02


def test_the_generator_decides():
    assert torch.equal(parity(4, 9, generator(3))[0], parity(4, 9, generator(3))[0])
    assert not torch.equal(parity(4, 9, generator(3))[0], parity(4, 9, generator(4))[0])


@pytest.mark.parametrize(("name", "value"), [
    ("batch_size", 0), ("length", 0), ("length", 2.0), ("modulus", 1), ("modulus", True),
])  # fmt: skip
def test_bad_settings_are_refused(name, value):
    settings = {"batch_size": 3, "length": 4, "modulus": 5} | {name: value}
    with pytest.raises(ValueError, match=f"^{name}: expected a whole number"):
        modular_sum(settings["batch_size"], settings["length"], generator(), modulus=settings["modulus"])
