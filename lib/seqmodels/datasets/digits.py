"""Handwritten digits, 8 by 8 pixels: as images, as strips to be read, as sequences of pixels.

Frozen by tools/data/handwriting.py from the 1,797 images that scikit-learn ships. Split by image, a fifth held out: no
image of train stands in a strip of held_out. But the same hands wrote both, and the source does not say who wrote
what; new hands would be harder to read.
"""

import json
from functools import cache
from typing import NamedTuple

import torch

from seqmodels.datasets import frozen

SHADES = "0123456789abcdefg"  # a pixel's 17 shades, from paper to ink
SIZE = 8
SPLITS = ("train", "held_out")


class Handwriting(NamedTuple):
    """images (N, 8, 8), rows by columns, from 0 (paper) to 1 (ink); digits (N,), int64."""

    images: torch.Tensor
    digits: torch.Tensor


class DigitStrips(NamedTuple):
    """Strips of handwriting with what they say; B strips, T columns, U digits at most.

    strips (B, T, 8): column by column, 0 (paper) to 1 (ink), padded with paper. lengths (B,).
    targets (B, U): class d + 1 for the digit d, since class 0 is the blank; padded with 0. target_lengths (B,).
    spans (B, U, 2): the first column with ink of each digit and the one after the last; padded with -1.
    """

    strips: torch.Tensor
    lengths: torch.Tensor
    targets: torch.Tensor
    target_lengths: torch.Tensor
    spans: torch.Tensor


@cache
def _content():
    return json.loads(frozen("handwriting/digits.json"))


@cache
def handwriting(split: str = "train") -> Handwriting:
    """The images of a split, "train" (1,437) or "held_out" (360, 36 of each digit).

    Held by tests/unit/test_datasets_handwriting.py.
    """
    if split not in SPLITS:
        raise ValueError(f"split: expected one of {', '.join(SPLITS)}, got {split!r}")
    rows = [row.split() for row in _content()[split]]
    shades = torch.tensor([[SHADES.index(letter) for letter in pixels] for _, pixels in rows])
    images = (shades / (len(SHADES) - 1)).reshape(-1, SIZE, SIZE)
    return Handwriting(images, torch.tensor([int(digit) for digit, _ in rows]))


def digit_strips(
    count: int, generator, split: str = "train", digits: tuple = (5, 9), spaces: tuple = (0, 6)
) -> DigitStrips:
    """Digits written side by side, and nothing that says where one ends: DigitStrips.

    Each image is cut to the columns with ink, so that spaces of 0 let digits touch. Before the first digit, between two
    and after the last stand `spaces` empty columns.
    count: how many strips B. digits, spaces: the least and the most (both may occur). split: which images, "train" or
    "held_out". The same images may be drawn again. Held by tests/unit/test_datasets_handwriting.py.
    """
    _check(count, digits, spaces)
    images, labels = handwriting(split)
    sizes = _whole(digits, (count,), generator)
    drawn = [torch.randint(len(images), (int(size),), generator=generator) for size in sizes]
    gaps = [_whole(spaces, (int(size) + 1,), generator).tolist() for size in sizes]
    pieces = [_strip(images[chosen], gap) for chosen, gap in zip(drawn, gaps, strict=True)]
    pad = torch.nn.utils.rnn.pad_sequence
    return DigitStrips(
        pad([strip for strip, _ in pieces], batch_first=True),
        torch.tensor([len(strip) for strip, _ in pieces]),
        pad([labels[chosen] + 1 for chosen in drawn], batch_first=True),
        sizes,
        pad([spans for _, spans in pieces], batch_first=True, padding_value=-1),
    )


def _strip(images, gaps):
    """One strip (T, 8), column by column, and the spans (U, 2) of its digits."""
    parts, spans, at = [torch.zeros(gaps[0], SIZE)], [], gaps[0]
    for image, gap in zip(images, gaps[1:], strict=True):
        ink = image.any(0).nonzero()  # columns
        first, last = int(ink[0]), int(ink[-1]) + 1
        parts += [image.T[first:last], torch.zeros(gap, SIZE)]
        spans.append([at, at + last - first])
        at += last - first + gap
    return torch.cat(parts), torch.tensor(spans)


def _whole(bounds, shape, generator):
    return torch.randint(bounds[0], bounds[1] + 1, shape, generator=generator)


def _check(count, digits, spaces):
    if not isinstance(count, int) or count < 1:
        raise ValueError(f"count: expected a whole number of strips, 1 or more, got {count!r}")
    for name, bounds, least in (("digits", digits, 1), ("spaces", spaces, 0)):
        if len(bounds) != 2 or not all(isinstance(b, int) for b in bounds) or not least <= bounds[0] <= bounds[1]:
            raise ValueError(f"{name}: expected (least, most), whole numbers, {least} or more, got {bounds!r}")


def pixels(split: str = "train", permuted: bool = False) -> tuple[torch.Tensor, torch.Tensor]:
    """Digits as sequences of 64 pixels: x (N, 64, 1), one pixel a step, from 0 to 1; y (N,), the digit, int64.

    Row by row; permuted: in an order drawn once for all and frozen, the same for every image, which takes away that
    neighbours in the image are neighbours in time. Held by tests/unit/test_datasets_handwriting.py.
    """
    images, digits = handwriting(split)
    x = images.reshape(len(images), SIZE * SIZE, 1)
    return (x[:, _content()["order"]] if permuted else x), digits
