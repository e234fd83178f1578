"""What the functions of CTC refuse, each in a sentence that names the argument, what came and what was expected."""

import torch

from seqmodels.checks import check_numbers, check_shape
from seqmodels.padding import is_real, zero_beyond

CLOSE = 1e-3  # how far the probabilities of a frame may be from summing to one


def checked_log_probs(log_probs, input_lengths, blank):
    """log_probs (B, T, C) in float64 with zeros beyond the ends, and input_lengths (B,): all real if None."""
    if not isinstance(log_probs, torch.Tensor) or log_probs.dtype not in (torch.float32, torch.float64):
        came = log_probs.dtype if isinstance(log_probs, torch.Tensor) else type(log_probs).__name__
        raise ValueError(f"log_probs: expected a tensor of float32 or float64, got {came}")
    check_shape(log_probs, ("B", "T", "C"), "log_probs")
    check_blank(blank, log_probs.shape[2])
    if input_lengths is None:
        input_lengths = torch.full(log_probs.shape[:1], log_probs.shape[1], device=log_probs.device)
    _check_lengths(input_lengths, log_probs, "input_lengths", "log_probs", least=1)
    log_probs = zero_beyond(log_probs.detach().double(), input_lengths)
    check_numbers(log_probs, "log_probs")
    _check_distributions(log_probs, input_lengths)
    return log_probs, input_lengths


def checked_targets(targets, target_lengths, log_probs, blank):
    """targets (B, U) with the blank beyond their ends; target_lengths (B,), 0 to U. log_probs (B, T, C): checked."""
    batch, _, classes = log_probs.shape
    if not isinstance(targets, torch.Tensor) or targets.dtype != torch.int64:
        came = targets.dtype if isinstance(targets, torch.Tensor) else type(targets).__name__
        raise ValueError(f"targets: expected labels as an int64 tensor (B, U), got {came}")
    if targets.dim() != 2 or len(targets) != batch:
        raise ValueError(f"targets: expected shape ({batch}, U), a row for each sequence, got {tuple(targets.shape)}")
    if targets.device != log_probs.device:
        raise ValueError(f"targets: expected on {log_probs.device} like log_probs, got {targets.device}")
    _check_lengths(target_lengths, targets, "target_lengths", "targets", least=0)
    real = is_real(target_lengths, targets.shape[1])
    wrong = real & ((targets < 0) | (targets >= classes) | (targets == blank))
    if wrong.any():
        row, place = wrong.nonzero()[0].tolist()
        raise ValueError(f"targets: expected labels from 0 to {classes - 1} other than the blank {blank}, "
                         f"got {int(targets[row, place])} in row {row} at place {place}")  # fmt: skip
    return targets.masked_fill(~real, blank)


def check_blank(blank, classes):
    if isinstance(blank, bool) or not isinstance(blank, int) or not 0 <= blank < classes:
        raise ValueError(f"blank: expected a class from 0 to {classes - 1}, got {blank!r}")


def _check_lengths(lengths, x, name, of, least):
    """An int64 length for each sequence of x (B, T, ...), which is called `of`: from `least` to T."""
    if not isinstance(lengths, torch.Tensor) or lengths.dtype != torch.int64 or lengths.shape != x.shape[:1]:
        came = type(lengths).__name__
        if isinstance(lengths, torch.Tensor):
            came = f"{lengths.dtype} {tuple(lengths.shape)}"
        raise ValueError(f"{name}: expected an int64 tensor ({len(x)},), a length for each row of {of}, got {came}")
    if lengths.device != x.device:
        raise ValueError(f"{name}: expected on {x.device} like {of}, got {lengths.device}")
    if lengths.min() < least or lengths.max() > x.shape[1]:
        raise ValueError(f"{name}: expected {least} to {x.shape[1]}, the length of {of}, got {lengths.tolist()}")


def _check_distributions(log_probs, input_lengths):
    wrong = (log_probs.exp().sum(2) - 1).abs() > CLOSE
    wrong &= is_real(input_lengths, log_probs.shape[1])
    if wrong.any():
        row, frame = wrong.nonzero()[0].tolist()
        total = log_probs[row, frame].exp().sum().item()
        raise ValueError(f"log_probs: expected logarithms of probabilities that sum to one, as log_softmax gives; "
                         f"those of row {row} at frame {frame} sum to {total:.4g}")  # fmt: skip
