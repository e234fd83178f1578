"""Memory is counted as sizes known beforehand say; exponents are those the numbers were made with."""

import pytest
import torch

from seqmodels.costs import growth_exponent, peak_bytes

MEGABYTE = 10**6


def numbers(count=MEGABYTE // 8):
    return torch.zeros(count, dtype=torch.float64)


def test_what_lives_at_the_same_time_counts():
    def both():
        first = numbers()
        second = first + 1
        return first, second

    def one_after_the_other():
        for _ in range(5):
            numbers()

    assert peak_bytes(both) == 2 * MEGABYTE
    assert peak_bytes(one_after_the_other) == MEGABYTE


def test_views_changes_in_place_and_what_was_there_before_cost_nothing():
    x = numbers()
    assert peak_bytes(lambda: x.view(-1, 5)[::2].t()) == 0
    assert peak_bytes(lambda: x.mul_(2)) == 0
    assert peak_bytes(lambda: x.double() is x) == 0
    assert peak_bytes(lambda: x * 2) == MEGABYTE


def test_what_is_kept_for_the_backward_pass_counts():
    x = numbers().requires_grad_()

    def chain(steps):
        y = x
        for _ in range(steps):
            y = y.exp()  # keeps its result
        return torch.autograd.grad(y.sum(), x)

    with torch.no_grad():
        assert peak_bytes(lambda: [x.exp() for _ in range(3)][0]) == 3 * MEGABYTE
    assert 9 * MEGABYTE <= peak_bytes(lambda: chain(9)) <= 13 * MEGABYTE
    assert peak_bytes(lambda: chain(18)) - peak_bytes(lambda: chain(9)) == 9 * MEGABYTE


def test_counting_twice_gives_the_same():
    x = numbers().requires_grad_()
    counts = {peak_bytes(lambda: torch.autograd.grad((x.exp() * x.sin()).sum(), x)) for _ in range(3)}
    assert len(counts) == 1


@pytest.mark.parametrize("exponent", [0.0, 1.0, 1.5, 2.0])
def test_exponents(exponent):
    sizes = [256, 512, 4096]
    assert growth_exponent(sizes, [3 * size**exponent for size in sizes]) == pytest.approx(exponent, abs=1e-9)


def test_the_exponent_is_that_of_all_points_not_of_the_ends():
    assert growth_exponent([1, 2, 4], [1, 8, 4]) == pytest.approx(1)
    assert growth_exponent([1, 2, 4, 8], [1, 8, 8, 8]) == pytest.approx(0.9)


@pytest.mark.parametrize(("name", "sizes", "costs"), [
    ("costs", [1, 2], [1]), ("costs", [2, 2], [1, 2]), ("costs", [1], [1]), ("costs", [1, 2], [0, 1]),
    ("costs", [1, 2], [1, float("nan")]), ("sizes", [-1, 2], [1, 2]),
])  # fmt: skip
def test_nonsense_is_refused(name, sizes, costs):
    with pytest.raises(ValueError, match=f"^{name}: expected"):
        growth_exponent(sizes, costs)
