"""Handwriting: the images are whole, strips hold what they say where they say it, pixels keep every image."""

import pytest
import torch

from seqmodels.datasets import digit_strips, handwriting, pixels


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def test_the_images_are_whole_and_split():
    train, held_out = handwriting(), handwriting("held_out")
    assert train.images.shape == (1437, 8, 8) and held_out.images.shape == (360, 8, 8)
    both = torch.cat([train.images, held_out.images])
    assert both.min() == 0 and both.max() == 1 and both.dtype == torch.float32
    assert (both * 16 == (both * 16).round()).all() and float(both.sum() * 16) == 561_718
    digits = torch.cat([train.digits, held_out.digits])
    assert digits.bincount().tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert held_out.digits.bincount().tolist() == [36] * 10


def test_no_image_is_in_both_splits():
    images = [handwriting(split).images for split in ("train", "held_out")]
    train, held_out = ({tuple(image.flatten().tolist()) for image in some} for some in images)
    assert not train & held_out and len(train) + len(held_out) == 1797


def test_the_nearest_image_of_train_mostly_shows_the_same_digit():
    train, held_out = handwriting(), handwriting("held_out")
    nearest = torch.cdist(held_out.images.flatten(1), train.images.flatten(1)).argmin(1)
    right = (train.digits[nearest] == held_out.digits).float().mean()
    assert right == pytest.approx(0.994, abs=0.002)  # 0.956 where the last 360 are held out: other hands


@pytest.mark.parametrize("split", ["train", "held_out"])
def test_every_digit_of_a_strip_is_an_image_of_its_split_and_class(split):
    strips = digit_strips(40, generator(), split)
    images, digits = handwriting(split)
    shapes = {}
    for image, digit in zip(images, digits, strict=True):
        ink = image.any(0).nonzero().flatten()
        shapes.setdefault(tuple(image.T[ink[0] : ink[-1] + 1].flatten().tolist()), set()).add(int(digit))
    for strip, _, row, count, spans in zip(*strips, strict=True):
        for target, (a, b) in zip(row[:count], spans[:count], strict=True):
            assert int(target) - 1 in shapes[tuple(strip[a:b].flatten().tolist())]


def test_everything_outside_the_spans_is_paper_and_beyond_the_lengths_padding():
    strips = digit_strips(200, generator(1))
    for strip, length, row, count, spans in zip(*strips, strict=True):
        paper = torch.ones(len(strip), dtype=torch.bool)
        for a, b in spans[:count].tolist():
            assert strip[a].any() and strip[b - 1].any() and 0 <= a < b <= length
            paper[a:b] = False
        assert not strip[paper].any()
        assert (row[:count] >= 1).all() and (row[:count] <= 10).all()
        assert not row[count:].any() and (spans[count:] == -1).all()
    assert strips.strips.shape[1] == strips.lengths.max() and strips.targets.shape[1] == strips.target_lengths.max()


def test_spaces_and_numbers_of_digits_take_every_value_and_no_other():
    strips = digit_strips(600, generator(2))
    assert strips.target_lengths.unique().tolist() == [5, 6, 7, 8, 9]
    spans, count = strips.spans, strips.target_lengths
    gaps = [spans[k, i + 1, 0] - spans[k, i, 1] for k in range(600) for i in range(count[k] - 1)]
    ends = [strips.lengths[k] - spans[k, count[k] - 1, 1] for k in range(600)]
    for found in (gaps, ends, list(spans[:, 0, 0])):
        assert torch.stack(found).unique().tolist() == list(range(7))
    assert torch.stack(gaps).float().mean() == pytest.approx(3, abs=0.1)
    fixed = digit_strips(9, generator(), digits=(3, 3), spaces=(0, 0))
    assert fixed.target_lengths.tolist() == [3] * 9 and not fixed.spans[:, 0, 0].any()


def test_the_generator_alone_decides():
    first, again, other = digit_strips(3, generator()), digit_strips(3, generator()), digit_strips(3, generator(7))
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
    assert not torch.equal(first.targets, other.targets)


def test_strips_fit_the_loss_they_are_for():
    strips = digit_strips(8, generator(), spaces=(0, 0))
    needed = strips.target_lengths + (strips.targets[:, 1:] == strips.targets[:, :-1]).sum(1)
    assert (strips.lengths >= needed).all() and strips.targets.dtype == strips.lengths.dtype == torch.int64


def test_pixels_keep_every_image_in_one_order_for_all():
    images, digits = handwriting()
    x, y = pixels()
    assert x.shape == (1437, 64, 1) and torch.equal(x.reshape(-1, 8, 8), images) and torch.equal(y, digits)
    permuted, same = pixels(permuted=True)
    order = [int((x[..., 0] == column[:, None]).all(0).nonzero()[0]) for column in permuted[..., 0].T[40:44]]
    assert torch.equal(permuted[:, 40:44], x[:, order]) and torch.equal(same, y)
    assert torch.equal(permuted.sort(1).values, x.sort(1).values) and not torch.equal(permuted, x)
    held, _ = pixels("held_out", permuted=True)
    assert torch.equal(held[:, 40:44], pixels("held_out")[0][:, order])


def test_wrong_arguments_are_named():
    with pytest.raises(ValueError, match="split: expected one of train, held_out, got 'test'"):
        pixels("test")
    with pytest.raises(ValueError, match="count: expected a whole number of strips, 1 or more, got 0"):
        digit_strips(0, generator())
    for name, wrong in (("digits", (0, 3)), ("digits", (4, 3)), ("spaces", (-1, 2)), ("spaces", (0.5, 2))):
        with pytest.raises(ValueError, match=f"{name}: expected"):
            digit_strips(1, generator(), **{name: wrong})
