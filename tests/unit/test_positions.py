"""Positions against their formulas, the properties that each was made for, offsets, and bad input."""

import math

import numpy as np
import pytest
import torch

from property import contract
from seqmodels.positions import (
    ALiBi,
    LearnedPositions,
    RelativeBias,
    Rotary,
    SinusoidalPositions,
    added,
    alibi,
    alibi_slopes,
    inside,
    relative_buckets,
    rotary,
    sinusoidal,
)
from unit.against_torch import equal

T, D = 9, 6


def drawn(*shape, seed=0):
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


# ---------------------------------------------------------------- added


@pytest.mark.parametrize("d_model", [6, 7])
def test_sinusoidal_is_its_formula(d_model):
    found = sinusoidal(5, d_model, offset=3)
    for t in range(5):
        for i in range(d_model):
            angle = (t + 3) / 10000 ** (2 * (i // 2) / d_model)
            assert found[t, i] == pytest.approx(math.cos(angle) if i % 2 else math.sin(angle), abs=1e-6)
    assert torch.equal(found, sinusoidal(8, d_model)[3:]) and found.dtype == torch.float32


def test_going_on_is_a_rotation_that_does_not_depend_on_where():
    rows, rates = sinusoidal(40, 8), 10000.0 ** (-torch.arange(0, 8, 2) / 8)
    sin, cos = rows[:33, ::2], rows[:33, 1::2]
    on = torch.stack([sin * (7 * rates).cos() + cos * (7 * rates).sin(),
                      cos * (7 * rates).cos() - sin * (7 * rates).sin()], -1).flatten(1)  # fmt: skip
    equal(on, rows[7:], "seven steps on, everywhere by the same angles")
    rows = rows.double()
    products = rows @ rows.T
    equal(products[3:, 3:].float(), products[:-3, :-3].float(), "products know the distance alone")


def test_late_positions_keep_their_digits():
    late = sinusoidal(1, 4, offset=1_000_000)[0]
    assert late[0] == pytest.approx(math.sin(1_000_000), abs=1e-6)


@pytest.mark.parametrize("make", [lambda: SinusoidalPositions(D), lambda: LearnedPositions(20, D).double()])
def test_added_positions_step_and_carry_an_offset(make):
    layer, x = make(), drawn(3, T, D)
    y, state = layer(x)
    equal(contract.stepped(layer, x)[0], y, "step and forward")
    first, halfway = layer(x[:, :4])
    rest, last = layer(x[:, 4:], halfway)
    equal(torch.cat([first, rest], 1), y, "in two pieces")
    assert state[0].tolist() == last[0].tolist() == [T] * 3
    lengths = torch.tensor([9, 2, 5])
    y, state = layer(x, lengths=lengths)
    assert state[0].tolist() == lengths.tolist() and (y[1, 2:] == 0).all()
    after, _ = layer(x, state)
    equal(after[1], layer(x[1:2], (torch.tensor([2]),))[0][0], "going on after a padded sequence")
    equal(after[1] - x[1], layer(torch.zeros(1, 11, D).double())[0][0, 2:], "position 2 and on")


def test_a_whole_sequence_gets_the_rows_of_sinusoidal():
    x = torch.zeros(2, T, D)
    equal(SinusoidalPositions(D)(x)[0], sinusoidal(T, D).expand(2, T, D), "rows")


def test_learned_positions_end():
    layer = LearnedPositions(5, D)
    layer(torch.zeros(2, 5, D))
    layer(torch.zeros(2, 9, D), lengths=torch.tensor([5, 1]))  # what is longer is padding
    with pytest.raises(ValueError, match=r"x: goes on to position 5, but there are only 5 learned positions, 0 to 4"):
        layer(torch.zeros(2, 6, D))
    with pytest.raises(ValueError, match="x: goes on to position 5"):
        layer.step(torch.zeros(1, D), (torch.tensor([5]),))


# ---------------------------------------------------------------- rotary


@pytest.mark.parametrize("interleaved", [False, True])
def test_rotary_is_a_turn_of_complex_numbers(interleaved):
    x, positions = drawn(2, 3, T, D), torch.arange(4, 4 + T)
    first, second = (x[..., ::2], x[..., 1::2]) if interleaved else (x[..., : D // 2], x[..., D // 2 :])
    rates = 100.0 ** (-np.arange(0, D, 2) / D)
    turned = (first.numpy() + 1j * second.numpy()) * np.exp(1j * positions.numpy()[:, None] * rates)
    found = rotary(x, positions, base=100.0, interleaved=interleaved)
    one, other = (found[..., ::2], found[..., 1::2]) if interleaved else found.chunk(2, -1)
    equal(one, torch.from_numpy(turned.real.copy()), "real parts")
    equal(other, torch.from_numpy(turned.imag.copy()), "imaginary parts")


def test_the_two_conventions_are_one_with_features_reordered():
    x, positions = drawn(T, D), torch.arange(T)
    halves = torch.tensor([0, 2, 4, 1, 3, 5])  # the first of each pair, then the second
    equal(rotary(x[:, halves], positions), rotary(x, positions, interleaved=True)[:, halves], "reordered")
    assert (rotary(x, positions) - rotary(x, positions, interleaved=True)).abs().max() > 0.1


def test_rotary_products_know_the_distance_alone():
    query, key = drawn(D), drawn(D, seed=1)

    def product(t, s):
        return rotary(query[None], torch.tensor([t])) @ rotary(key[None], torch.tensor([s])).T

    equal(product(12, 9), product(3, 0), "three apart")
    assert (product(12, 9) - product(12, 8)).abs() > 1e-3
    equal(product(5, 5), (query @ key).view(1, 1), "at the same place")
    equal(rotary(query[None], torch.tensor([7])).norm(), query.norm(), "length")
    query, key = Rotary().turn(drawn(2, 4, T, D), drawn(2, 1, T, D, seed=1), torch.arange(T)[None])
    equal(key, rotary(drawn(2, 1, T, D, seed=1), torch.arange(T)), "keys of fewer heads")
    equal(query, rotary(drawn(2, 4, T, D), torch.arange(T)), "queries")


# ---------------------------------------------------------------- biases


def test_alibi():
    assert alibi_slopes(8).tolist() == [2.0**-h for h in range(1, 9)]
    assert alibi_slopes(6).tolist() == [2.0**-2, 2.0**-4, 2.0**-6, 2.0**-8, 2.0**-1, 2.0**-3]
    t = torch.arange(4)[None]
    bias = alibi(t, t, torch.tensor([1.0, 0.5]))
    assert bias.shape == (1, 2, 4, 4)
    assert bias[0, 0, 3].tolist() == [-3, -2, -1, 0] and bias[0, 1, 1].tolist() == [-0.5, 0, -0.5, -1]
    assert torch.equal(ALiBi(2).bias(t[:, 3:], t), alibi(t, t, alibi_slopes(2))[:, :, 3:])


def drawer(distance, buckets, max_distance, bidirectional):
    """T5's drawer of one distance s - t, in words turned into Python."""
    right = 0
    if bidirectional:
        buckets //= 2
        right, distance = (buckets if distance > 0 else 0), abs(distance)
    else:
        distance = max(0, -distance)
    single = buckets // 2
    if distance < single:
        return right + distance
    share = math.log(distance / single) / math.log(max_distance / single)
    return right + min(buckets - 1, single + int(share * (buckets - single) + 1e-6))


@pytest.mark.parametrize("bidirectional", [True, False])
@pytest.mark.parametrize(("buckets", "max_distance"), [(32, 128), (8, 16), (16, 50)])
def test_drawers_of_t5(bidirectional, buckets, max_distance):
    distances = torch.arange(-200, 201)
    found = relative_buckets(distances, buckets, max_distance, bidirectional=bidirectional)
    assert found.tolist() == [drawer(d, buckets, max_distance, bidirectional) for d in range(-200, 201)]
    assert found.unique().tolist() == ([i for i in range(buckets) if i != buckets // 2] if bidirectional
                                       else list(range(buckets)))  # fmt: skip


def test_drawers_of_t5_as_they_are_known():
    back = relative_buckets(-torch.tensor([0, 1, 15, 16, 17, 18, 19, 21, 24, 31, 127, 128, 999]), bidirectional=False)
    assert back.tolist() == [0, 1, 15, 16, 16, 16, 17, 18, 19, 21, 31, 31, 31]
    both = relative_buckets(torch.tensor([-128, -8, -7, 0, 1, 7, 8, 128]))
    assert both.tolist() == [15, 8, 7, 0, 17, 23, 24, 31]


def test_the_relative_bias_is_looked_up():
    layer = RelativeBias(3, buckets=8, max_distance=16, bidirectional=False).double()
    torch.nn.init.normal_(layer.table.weight)
    queries, keys = torch.tensor([[4, 5], [0, 1]]), torch.arange(6).expand(2, 6)
    bias = layer.bias(queries, keys)
    assert bias.shape == (2, 3, 2, 6)
    for b, h, q, k in np.ndindex(2, 3, 2, 6):
        expected = layer.table.weight[drawer(int(keys[b, k] - queries[b, q]), 8, 16, False), h]
        assert bias[b, h, q, k] == expected
    assert RelativeBias(3, bidirectional=True).table.weight.eq(0).all()


# ---------------------------------------------------------------- by name


def test_names():
    assert isinstance(added("learned", D, 7), LearnedPositions) and isinstance(
        added("sinusoidal", D), SinusoidalPositions
    )
    assert all(added(name, D) is None for name in ("rotary", "alibi", "relative", "none"))
    assert all(inside(name, 2, True) is None for name in (None, "none", "learned", "sinusoidal"))
    assert isinstance(inside("rotary", 2, True), Rotary) and isinstance(inside("alibi", 2, True), ALiBi)
    assert inside("relative", 2, causal=False).bidirectional and not inside("relative", 2, causal=True).bidirectional
    shared = Rotary(base=500.0)
    assert inside(shared, 2, True) is shared and added(shared, D) is None


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: sinusoidal(0, 4), "length: expected a whole number"),
        (lambda: added("where", D), "positions: expected one of sinusoidal, learned, rotary, alibi, relative, none"),
        (lambda: added("learned", D), "max_length: learned positions need to know how many"),
        (lambda: inside("where", 2, True), "positions: expected None, one of rotary, alibi, relative"),
        (lambda: rotary(drawn(2, 5), torch.arange(2)), "x: rotary positions turn pairs of features"),
        (lambda: RelativeBias(2, buckets=6, bidirectional=True), "buckets, max_distance: expected a multiple of 4"),
        (lambda: RelativeBias(2, 32, 8, bidirectional=True), "buckets, max_distance"),
        (lambda: LearnedPositions(0, 4), "max_length: expected a whole number"),
        (lambda: alibi_slopes(0), "n_heads: expected a whole number"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
