"""Tasks of looking back, symbol by symbol; what can be known in them, by trying every string; what simple rules get."""

import itertools
import re

import pytest
import torch

from seqmodels.tasks import induction, induction_likelihood, mqar


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


# ---------------------------------------------------------------- induction


@pytest.mark.parametrize("periods", [(8, 15), (3, 3), (1, 4)])
def test_strings_repeat_and_are_scored_from_the_second_period_on(periods):
    x, y, scored = induction(400, 40, generator(), vocab_size=50, periods=periods)
    assert x.shape == y.shape == scored.shape == (400, 40)
    assert x.dtype == y.dtype == torch.int64 and scored.dtype == torch.bool
    assert torch.equal(x[:, 1:], y[:, :-1])
    found = set()
    for row, answer, counted in zip(x.tolist(), y.tolist(), scored.tolist(), strict=True):
        p = counted.index(True)
        found.add(p)
        assert counted == [t >= p for t in range(40)]
        whole = [*row, answer[-1]]
        assert whole == [whole[t % p] for t in range(41)]
        assert all(answer[t] == row[t + 1 - p] for t in range(p, 40))
    assert found == set(range(periods[0], periods[1] + 1))


def test_periods_and_tokens_are_equally_likely():
    x, _, scored = induction(16_000, 16, generator(), periods=(8, 15))
    periods = (~scored).sum(1).bincount(minlength=16)[8:] / 16_000
    assert (periods - 1 / 8).abs().max() < 0.013
    tokens = x[:, :8].flatten().bincount(minlength=32) / (8 * 16_000)
    assert (tokens - 1 / 32).abs().max() < 0.003


def by_enumeration(seen, vocab_size, periods):
    """P(next token | seen): every period and every string of that length is tried."""
    weights = [0.0] * vocab_size
    for p in range(periods[0], periods[1] + 1):
        for string in itertools.product(range(vocab_size), repeat=p):
            if all(seen[t] == string[t % p] for t in range(len(seen))):
                weights[string[len(seen) % p]] += vocab_size**-p
    return [w / sum(weights) for w in weights]


def test_the_likelihood_is_that_of_trying_every_string():
    x, _, _ = induction(20, 9, generator(), vocab_size=3, periods=(2, 5))
    found = induction_likelihood(x, 3, (2, 5))
    assert found.shape == (20, 9, 3) and found.dtype == torch.float64
    for row, rows in zip(x.tolist(), found, strict=True):
        for t in range(9):
            expected = torch.tensor(by_enumeration(row[: t + 1], 3, (2, 5)), dtype=torch.float64)
            torch.testing.assert_close(rows[t], expected, rtol=0, atol=1e-12)


def test_the_likelihood_is_calibrated():
    x, y, _ = induction(20_000, 30, generator())
    best, token = induction_likelihood(x).max(-1)
    for low, high in ((0.03, 0.2), (0.4, 0.95), (0.95, 1.01)):
        here = (best > low) & (best <= high)
        assert here.sum() > 500
        assert (token == y)[here].double().mean().item() == pytest.approx(best[here].mean().item(), abs=0.02)


def test_what_simple_rules_get():
    """The nearest place of the last token, and of the last two: 0.73 and 0.96 of the scored cases; at best, all."""
    x, y, scored = induction(4000, 48, generator())
    same = (x[:, :, None] == x[:, None]) & torch.ones(48, 48, dtype=torch.bool).tril(-1)  # (B, T, earlier T)
    before = torch.cat([torch.full_like(x[:, :1], -1), x[:, :-1]], 1)
    both = same & (before[:, :, None] == before[:, None])

    def right(matches):
        nearest = (matches * torch.arange(1, 49)).amax(-1) - 1  # (B, T), -1 where there is none
        return ((y.gather(1, nearest.clamp(min=0)) == y) & (nearest >= 0))[scored].double().mean().item()

    assert right(same) == pytest.approx(0.73, abs=0.015)
    assert right(both) == pytest.approx(0.96, abs=0.01)
    assert (induction_likelihood(x).argmax(-1) == y)[scored].double().mean() > 0.999


# ---------------------------------------------------------------- many questions


@pytest.mark.parametrize(("length", "pairs", "vocab_size"), [(64, 4, 8192), (16, 4, 10), (17, 4, 20), (40, 1, 4)])
def test_every_key_is_asked_once_behind_all_pairs(length, pairs, vocab_size):
    x, y, scored = mqar(300, length, pairs, generator(), vocab_size=vocab_size, filler="zeros")
    assert x.shape == y.shape == scored.shape == (300, length)
    assert x.dtype == y.dtype == torch.int64 and scored.dtype == torch.bool
    for row, answer, asked in zip(x.tolist(), y.tolist(), scored.tolist(), strict=True):
        keys, values = row[: 2 * pairs : 2], row[1 : 2 * pairs : 2]
        assert len(set(keys)) == len(set(values)) == pairs
        assert all(1 <= k < vocab_size // 2 <= v < vocab_size for k, v in zip(keys, values, strict=True))
        known = dict(zip(keys, values, strict=True))
        places = [t for t in range(length) if asked[t]]
        assert sorted(row[t] for t in places) == sorted(keys)
        assert all(t >= 2 * pairs and t % 2 == 0 and answer[t] == known[row[t]] for t in places)
        assert all(answer[t] == 0 for t in range(length) if not asked[t])
        assert all(row[t] == 0 for t in range(2 * pairs, length) if not asked[t])


def test_filler_is_random_unless_told():
    x, _, scored = mqar(100, 64, 4, generator())
    between = x[:, 8:][~scored[:, 8:]]
    assert between.unique().numel() > 1000 and between.max() > 4096


def test_most_questions_come_early_and_keys_are_equally_likely():
    x, _, scored = mqar(20_000, 64, 1, generator(), vocab_size=12)
    share = scored.double().mean(0)[2::2]
    gaps = torch.arange(1, 32, dtype=torch.float64) ** -0.99
    torch.testing.assert_close(share, gaps / gaps.sum(), rtol=0, atol=0.012)
    keys, values = x[:, 0].bincount(minlength=12), x[:, 1].bincount(minlength=12)
    assert keys[[0, *range(6, 12)]].sum() == 0 and values[:6].sum() == 0
    assert (keys[1:6] / 20_000 - 1 / 5).abs().max() < 0.015 and (values[6:] / 20_000 - 1 / 6).abs().max() < 0.015


# ---------------------------------------------------------------- both


@pytest.mark.parametrize("draw", [lambda g: induction(3, 20, g), lambda g: mqar(3, 20, 2, g)])
def test_the_generator_decides_everything(draw):
    torch.manual_seed(0)
    one = draw(generator(5))
    torch.manual_seed(1)
    again, other = draw(generator(5)), draw(generator(6))
    assert all(torch.equal(a, b) for a, b in zip(one, again, strict=True)) and not torch.equal(one[0], other[0])


@pytest.mark.parametrize(("name", "call"), [
    ("batch_size", lambda: induction(0, 20, generator())),
    ("length", lambda: induction(2, 15, generator())),
    ("vocab_size", lambda: induction(2, 20, generator(), vocab_size=1)),
    ("periods", lambda: induction(2, 20, generator(), periods=(9, 8))),
    ("periods", lambda: induction(2, 20, generator(), periods=(0, 8))),
    ("periods", lambda: induction(2, 20, generator(), periods=8)),
    ("periods", lambda: induction_likelihood(torch.zeros(1, 3, dtype=torch.int64), periods=(2.0, 3))),
    ("batch_size", lambda: mqar(True, 64, 4, generator())),
    ("pairs", lambda: mqar(2, 64, 0, generator())),
    ("length", lambda: mqar(2, 15, 4, generator())),
    ("vocab_size", lambda: mqar(2, 64, 4, generator(), vocab_size=9)),
    ("power", lambda: mqar(2, 64, 4, generator(), power=0)),
    ("filler", lambda: mqar(2, 64, 4, generator(), filler="ones")),
])  # fmt: skip
def test_nonsense_is_refused(name, call):
    with pytest.raises(ValueError, match=re.compile(f"^{name}: expected")):
        call()
