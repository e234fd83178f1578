"""Letters hidden and stretches cut out: what is asked for, how often, and that nothing is lost."""

import itertools
from collections import Counter

import pytest
import torch

from seqmodels.objectives import cut_spans, hide


def coins(seed=0):
    return torch.Generator().manual_seed(seed)


def letters(rows, length, count=50):
    return torch.randint(count, (rows, length), generator=coins(1))


def test_only_the_chosen_are_shown_otherwise():
    tokens = letters(400, 64)
    read, target, chosen = hide(tokens, 50, generator=coins())
    assert torch.equal(target, tokens)
    assert torch.equal(read[~chosen], tokens[~chosen])
    assert chosen.float().mean() == pytest.approx(0.15, abs=0.01)


def test_eight_in_ten_are_masked_one_is_random_one_stays():
    tokens = letters(1_000, 64)
    read, _, chosen = hide(tokens, 50, generator=coins())
    shown, there = read[chosen], tokens[chosen]
    assert (shown == 50).float().mean() == pytest.approx(0.8, abs=0.02)
    assert ((shown != 50) & (shown != there)).float().mean() == pytest.approx(0.1 * 49 / 50, abs=0.012)
    assert (shown == there).float().mean() == pytest.approx(0.1 + 0.1 / 50, abs=0.012)
    random = shown[(shown != 50) & (shown != there)]
    assert len(random.unique()) == 50, "every token can come"


def test_the_same_coins_hide_the_same():
    tokens = letters(4, 20)
    assert all(map(torch.equal, hide(tokens, 50, generator=coins(3)), hide(tokens, 50, generator=coins(3))))


def mended(source, target, sentinel):
    """The text that a source and its target come from."""
    parts, text = {}, []
    for token in target.tolist():
        if token >= sentinel:
            parts[token] = part = []
        else:
            part.append(token)
    for token in source.tolist():
        text += parts.pop(token) if token >= sentinel else [token]
    assert list(parts.values()) == [[]], "one sentinel more than there are gaps ends the target"
    return text


@pytest.mark.parametrize("share, mean", [(0.15, 3.0), (0.5, 3.0), (0.15, 1.0), (0.01, 3.0), (0.4, 10.0)])
def test_source_and_target_are_the_text(share, mean):
    tokens = letters(200, 64)
    source, target = cut_spans(tokens, 50, share, mean, generator=coins())
    gone = max(1, round(share * 64))
    spans = max(1, round(gone / mean))
    assert source.shape == (200, 64 - gone + spans) and target.shape == (200, gone + spans + 1)
    for row, text in enumerate(tokens.tolist()):
        assert mended(source[row], target[row], 50) == text
    marks = source[source >= 50].view(200, spans)
    assert torch.equal(marks, torch.arange(50, 50 + spans).expand(200, -1)), "in order"
    assert not ((source[:, 1:] >= 50) & (source[:, :-1] >= 50)).any(), "never two side by side"


def test_all_ways_to_cut_are_equally_likely():
    tokens = torch.arange(6).repeat(20_000, 1)
    source, _ = cut_spans(tokens, 6, share=0.5, mean=1.5, generator=coins())  # three of six, in two stretches
    seen = Counter(map(tuple, source.tolist()))
    ways = [gone for gone in itertools.combinations(range(6), 3)
            if sum(k - 1 not in gone for k in gone) == 2]  # fmt: skip
    assert len(seen) == len(ways) == 12
    assert all(count == pytest.approx(20_000 / 12, rel=0.1) for count in seen.values())


@pytest.mark.parametrize("wrong, words", [
    (lambda t: hide(t, 49), "tokens"),
    (lambda t: hide(t, 50, share=0), "share: expected above 0"),
    (lambda t: hide(t[0], 50), "tokens"),
    (lambda t: cut_spans(t, 10), "tokens"),
    (lambda t: cut_spans(t, 50, share=1.0), "share"),
    (lambda t: cut_spans(t, 50, mean=0.5), "mean: expected 1 or more"),
    (lambda t: cut_spans(t, 50, share=0.9, mean=1), "do not fit apart"),
])  # fmt: skip
def test_what_is_wrong_is_named(wrong, words):
    tokens = letters(2, 64)
    tokens[0, 0] = 49
    with pytest.raises(ValueError, match=words):
        wrong(tokens)
