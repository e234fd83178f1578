"""The three decays by their formulas; buckets and curricula that keep their promises."""

import math

import pytest
import torch

from seqmodels import training
from seqmodels.schedules import crops, curriculum, length_buckets, scheduled_sampling

LENGTHS = torch.tensor([3, 9, 4, 4, 7, 3, 5, 9, 8, 6, 3, 5])


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize(("decay", "constants", "formula"), [
    ("linear", {"k": 1.0, "c": 0.01}, lambda i: max(0.0, 1.0 - 0.01 * i)),
    ("linear", {"k": 0.9, "c": 0.001, "floor": 0.25}, lambda i: max(0.25, 0.9 - 0.001 * i)),
    ("exponential", {"k": 0.99}, lambda i: 0.99**i),
    ("inverse sigmoid", {"k": 30.0}, lambda i: 30 / (30 + math.exp(i / 30))),
    ("inverse sigmoid", {"k": 1.0}, lambda i: 1 / (1 + math.exp(i))),
])  # fmt: skip
def test_the_decays_are_their_formulas(decay, constants, formula):
    chance = scheduled_sampling(decay, **constants)
    for step in (0, 1, 7, 100, 650):
        assert chance(step) == pytest.approx(formula(step), rel=1e-12, abs=1e-300)
    values = [chance(step) for step in range(0, 2000, 10)]
    assert all(0 <= b <= a <= 1 for a, b in zip(values, values[1:], strict=False))


def test_an_inverse_sigmoid_of_many_steps_is_zero_and_no_overflow():
    chance = scheduled_sampling("inverse sigmoid", k=10.0)
    assert 0 <= chance(10**9) < 1e-300
    assert scheduled_sampling("inverse sigmoid", k=200.0)(200 * math.log(200)) == pytest.approx(0.5)


@pytest.mark.parametrize("settings", [
    {"decay": "cosine", "k": 1.0},
    {"decay": "linear", "k": 1.0},
    {"decay": "linear", "k": 1.5, "c": 0.1},
    {"decay": "linear", "k": 0.5, "c": -0.1},
    {"decay": "linear", "k": 0.5, "c": 0.1, "floor": 0.6},
    {"decay": "exponential", "k": 1.0},
    {"decay": "exponential", "k": 0.5, "c": 0.1},
    {"decay": "inverse sigmoid", "k": 0.9},
    {"decay": "inverse sigmoid", "k": 9.0, "floor": 0.1},
])  # fmt: skip
def test_constants_out_of_range_are_refused(settings):
    with pytest.raises(ValueError, match="^(decay|k|k, c, floor|c, floor): "):
        scheduled_sampling(**settings)


# ---------------------------------------------------------------- buckets


@pytest.mark.parametrize("batch_size", [1, 5, 12, 50])
def test_buckets_hold_everything_once_and_lengths_do_not_interleave(batch_size):
    batches = length_buckets(LENGTHS, batch_size, generator=seeded())
    assert sorted(torch.cat(batches).tolist()) == list(range(12))
    assert sorted(map(len, batches), reverse=True)[:-1] == [batch_size] * (len(batches) - 1)
    ranges = sorted((LENGTHS[b].min().item(), LENGTHS[b].max().item()) for b in batches)
    assert all(before[1] <= after[0] for before, after in zip(ranges, ranges[1:], strict=False))


def test_buckets_are_repeatable_and_shuffled():
    drawn = [[b.tolist() for b in length_buckets(LENGTHS, 3, generator=seeded(seed))] for seed in (0, 0, 1, 2, 3)]
    assert drawn[0] == drawn[1] and any(other != drawn[0] for other in drawn[2:])
    assert any(sorted(map(sorted, other)) != sorted(map(sorted, drawn[0])) for other in drawn[2:]), "ties are shuffled"
    firsts = {LENGTHS[length_buckets(LENGTHS, 3, generator=seeded(s))[0]].min().item() for s in range(20)}
    assert len(firsts) > 1, "the short ones do not always come first"


# ---------------------------------------------------------------- curriculum


def test_a_curriculum_begins_short_and_ends_with_everything():
    batches = list(curriculum(LENGTHS, 16, 100, generator=seeded()))
    longest = [LENGTHS[b].max().item() for b in batches]
    assert len(batches) == 100 and all(len(b) == 16 for b in batches)
    assert longest[0] == 3 and set(longest[:8]) == {3} and 9 in longest[50:]
    for step, most in enumerate(longest):
        assert most <= min(9, 3 + 6 * step / 50)
    drawn = torch.cat(batches[50:]).bincount(minlength=12)
    assert (drawn > 30).all(), "then every example is drawn about 67 times"


def test_begin_and_grown():
    plan = curriculum(LENGTHS, 4, 10, begin=5, grown=1.0, generator=seeded())
    assert [plan.limit(step) for step in (0, 5, 10, 20)] == [5, 7, 9, 9]
    assert LENGTHS[next(iter(plan))].max() <= 5
    assert len(plan) == 10


def test_all_lengths_equal():
    batches = list(curriculum(torch.full((5,), 4), 3, 6, generator=seeded()))
    assert len(batches) == 6 and all(b.max() < 5 for b in batches)


def test_crops_are_pieces_of_the_text_from_every_place():
    text, begins = torch.arange(10), set()
    pieces = crops(text, 4, 6, generator=seeded())
    for batch, _ in zip(pieces, range(30), strict=False):
        assert batch.shape == (4, 7) and torch.equal(batch - batch[:, :1], torch.arange(7).expand(4, 7))
        begins |= set(batch[:, 0].tolist())
    assert begins == {0, 1, 2, 3}
    assert torch.equal(next(crops(text, 2, 9)), text.expand(2, 10))


@pytest.mark.parametrize(("act", "message"), [
    (lambda: length_buckets([3, 4], 2), "lengths: expected an int64 tensor .* got list"),
    (lambda: length_buckets(LENGTHS.float(), 2), "lengths: "),
    (lambda: length_buckets(LENGTHS[:0], 2), "lengths: "),
    (lambda: length_buckets(LENGTHS, 0), "batch_size: expected a whole number, 1 or more, got 0"),
    (lambda: curriculum(LENGTHS, 2, 0), "steps: "),
    (lambda: curriculum(LENGTHS, 2, 5, begin=2), "begin: expected 3 to 9"),
    (lambda: curriculum(LENGTHS, 2, 5, grown=0), "grown: "),
    (lambda: crops(LENGTHS, 2, 12), "tokens: expected one text .* at least length . 1 = 13 tokens"),
    (lambda: crops(LENGTHS[None], 2, 3), "tokens: "),
    (lambda: crops(LENGTHS, 0, 3), "batch_size: "),
    (lambda: crops(LENGTHS, 2, 0), "length: expected a whole number, 1 or more, got 0"),
])  # fmt: skip
def test_bad_settings_are_refused(act, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        act()


def test_training_offers_them_too():
    assert training.scheduled_sampling is scheduled_sampling
    assert training.crops is crops and training.curriculum is curriculum and training.length_buckets is length_buckets
