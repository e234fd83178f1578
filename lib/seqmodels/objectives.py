"""What a text is asked for while a model learns from it alone: letters hidden, or stretches cut out.

tokens (B, T) what stands there      share: which part of them is asked for      generator: draws which
"""

from typing import NamedTuple

import torch

from seqmodels.checks import check_tokens, check_vocabulary

SHOWN_AS_MASK, SHOWN_AS_RANDOM = 0.8, 0.1  # the rest is shown as it is


class Hidden(NamedTuple):
    """read (B, T): what the model is shown; target (B, T): what stood there; chosen (B, T) bool: what is scored."""

    read: torch.Tensor
    target: torch.Tensor
    chosen: torch.Tensor


def hide(tokens, mask: int, share: float = 0.15, *, generator=None) -> Hidden:
    """Fill the blanks, as BERT learns: each token is chosen with probability `share`, and only the chosen are scored.

    Of the chosen, eight in ten are shown as `mask`, one in ten as a random token, one in ten as they are.
    mask: an id that is no token's: the tokens are 0 … mask - 1. Source: Devlin and others (2019).
    Held by tests/unit/test_objectives.py.
    """
    _check(tokens, share)
    check_vocabulary(tokens, mask, "tokens")
    chosen = torch.rand(tokens.shape, generator=generator) < share
    how = torch.rand(tokens.shape, generator=generator)
    other = torch.randint(mask, tokens.shape, generator=generator)
    read = torch.where(chosen & (how < SHOWN_AS_MASK), mask, tokens)
    read = torch.where(chosen & (how >= SHOWN_AS_MASK) & (how < SHOWN_AS_MASK + SHOWN_AS_RANDOM), other, read)
    return Hidden(read, tokens, chosen)


class Cut(NamedTuple):
    """source (B, S): the text with a sentinel in each gap; target (B, U): each sentinel and what was cut out there."""

    source: torch.Tensor
    target: torch.Tensor


def cut_spans(tokens, sentinel: int, share: float = 0.15, mean: float = 3.0, *, generator=None) -> Cut:
    """Mend the gaps, as T5 learns: stretches of `mean` tokens on average are cut out, a sentinel stands for each.

        the quick brown fox jumps  →  source  the X fox Y      target  X quick brown Y jumps Z

    sentinel: the id of the first sentinel X; Y, Z, … are the ids after it, and one more than there are gaps ends the
    target. round(share · T) tokens are cut out of each row, 1 at least, in as many stretches as come nearest to `mean`,
    never two side by side; all ways to do so are equally likely. So all sources are as long as each other, and all
    targets. Source: Raffel and others (2020). Held by tests/unit/test_objectives.py.
    """
    _check(tokens, share)
    check_vocabulary(tokens, sentinel, "tokens")
    if not mean >= 1:
        raise ValueError(f"mean: expected 1 or more tokens in a stretch, got {mean}")
    rows, length = tokens.shape
    gone = max(1, round(share * length))
    spans = max(1, round(gone / mean))
    if length - gone < spans - 1:
        raise ValueError(f"share, mean: {spans} stretches of {gone} tokens do not fit apart in {length}")
    sizes = _composition(gone, spans, rows, generator)  # (B, N)
    kept = _composition(length - gone + 2, spans + 1, rows, generator)  # (B, N + 1), one too many at both ends
    kept[:, 0] -= 1
    begins = (kept[:, :-1].cumsum(1) + sizes.cumsum(1) - sizes)[:, :, None]  # (B, N, 1)
    place = torch.arange(length)
    inside = ((place >= begins) & (place < begins + sizes[:, :, None])).any(1)  # (B, T)
    first = (place == begins).any(1)
    marks = sentinel + first.long().cumsum(1) - 1
    source = torch.where(first, marks, tokens)[first | ~inside].view(rows, -1)
    both = torch.stack([marks, tokens], -1)[torch.stack([first, inside], -1)].view(rows, -1)
    return Cut(source, torch.cat([both, torch.full((rows, 1), sentinel + spans)], 1))


def _composition(total, parts, rows, generator):
    """`total` as a sum of `parts` numbers of 1 or more, every way equally likely: (rows, parts)."""
    cuts = torch.rand(rows, total - 1, generator=generator).argsort(1)[:, : parts - 1].sort(1).values + 1
    edges = torch.cat([torch.zeros(rows, 1, dtype=torch.int64), cuts, torch.full((rows, 1), total)], 1)
    return edges.diff(dim=1)


def _check(tokens, share):
    check_tokens(tokens, ("B", "T"), "tokens", tokens.device if isinstance(tokens, torch.Tensor) else None)
    if not 0 < share < 1:
        raise ValueError(f"share: expected above 0 and below 1, got {share}")
