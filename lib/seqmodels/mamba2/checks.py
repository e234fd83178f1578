"""What every form of `ssd` asks of its arguments."""

import torch

from seqmodels.efficient_attention.checks import check_whole


def check_ssd(x, log_decay, B, C, chunk, initial):
    """The state to begin with, zeros if it is None; ValueError if anything is not as `ssd` says."""
    check_whole(chunk=chunk)
    if not isinstance(x, torch.Tensor) or not x.is_floating_point() or x.dim() != 4 or 0 in x.shape:
        raise ValueError("x: expected floating-point numbers (batch, time, heads, size), every size 1 or more, "
                         f"got {_came(x)}")  # fmt: skip
    batch, length, heads, size = x.shape
    groups = _groups(B, batch, length, heads)
    expected = {"log_decay": (log_decay, (batch, length, heads)), "C": (C, tuple(B.shape))}
    if initial is not None:
        expected["initial"] = (initial, (batch, heads, size, B.shape[3]))
    for name, (part, shape) in expected.items():
        if not isinstance(part, torch.Tensor) or part.shape != shape:
            raise ValueError(f"{name}: expected shape {shape} to go with x {tuple(x.shape)} and {groups} groups in B, "
                             f"got {_came(part)}")  # fmt: skip
    for name, part in {"B": B, **{name: part for name, (part, _) in expected.items()}}.items():
        if part.dtype != x.dtype or part.device != x.device:
            raise ValueError(f"{name}: expected {x.dtype} on {x.device} like x, got {part.dtype} on {part.device}")
    return x.new_zeros(batch, heads, size, B.shape[3]) if initial is None else initial


def _groups(B, batch, length, heads):
    if not isinstance(B, torch.Tensor) or B.dim() != 4 or B.shape[:2] != (batch, length) or 0 in B.shape:
        raise ValueError(f"B: expected shape ({batch}, {length}, groups, state size), got {_came(B)}")
    if heads % B.shape[2]:
        raise ValueError(f"B: expected a number of groups that divides the {heads} heads of x, got {B.shape[2]}")
    return B.shape[2]


def _came(part):
    return f"{part.dtype} {tuple(part.shape)}" if isinstance(part, torch.Tensor) else type(part).__name__
