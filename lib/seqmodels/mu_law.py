"""Sound in 256 levels that lie close together where it is quiet: the μ-law.

    f(x) = sign(x) · ln(1 + μ|x|) / ln(1 + μ),   μ = levels - 1 = 255

Of the levels, 128 to 255 are for x ≥ 0, and none of them means exactly 0. After encoding and decoding, x is off by at
most (|x| + 1/μ) · ((1 + μ)^(1/μ) - 1): 2.2 % of |x| + 1/255, so at most 0.022 where it is loudest and 0.000086 at 0.
"""

import math

import torch

from seqmodels.checks import check_numbers


def mu_law_encode(signal, levels: int = 256):
    """A signal in [-1, 1], any shape -> the nearest level of the μ-law at every place, int64 from 0 to levels - 1.

    Levels are evenly spaced in f; level 0 is -1, the last is 1. A signal that reaches beyond is refused, not clipped:
    divide it by its largest value first. Held by tests/unit/test_wavenet.py.
    """
    _check_levels(levels)
    if not isinstance(signal, torch.Tensor) or not signal.is_floating_point():
        came = signal.dtype if isinstance(signal, torch.Tensor) else type(signal).__name__
        raise ValueError(f"signal: expected a tensor of floating-point numbers in [-1, 1], got {came}")
    check_numbers(signal, "signal")
    if signal.numel() and signal.abs().max() > 1:
        raise ValueError(f"signal: expected numbers in [-1, 1], got {signal.min():.4g} to {signal.max():.4g}")
    mu = levels - 1
    f = signal.sign() * torch.log1p(mu * signal.abs()) / math.log1p(mu)  # (5.2.1)
    return torch.floor((f + 1) / 2 * mu + 0.5).long()


def mu_law_decode(levels_of_signal, levels: int = 256):
    """The signal in [-1, 1] that the levels stand for: any shape, int64 -> floats of torch's default kind.

    Encoding what comes out gives the same levels back. Held by tests/unit/test_wavenet.py.
    """
    _check_levels(levels)
    tokens = levels_of_signal
    if not isinstance(tokens, torch.Tensor) or tokens.dtype != torch.int64:
        came = tokens.dtype if isinstance(tokens, torch.Tensor) else type(tokens).__name__
        raise ValueError(f"levels_of_signal: expected an int64 tensor, got {came}")
    if tokens.numel() and (tokens.min() < 0 or tokens.max() >= levels):
        raise ValueError(f"levels_of_signal: expected levels from 0 to {levels - 1}, "
                         f"got {tokens.min()} to {tokens.max()}")  # fmt: skip
    mu = levels - 1
    f = 2 * tokens.to(torch.get_default_dtype()) / mu - 1
    return f.sign() * (torch.expm1(f.abs() * math.log1p(mu)) / mu).clamp(max=1)  # rounding can reach beyond 1


def _check_levels(levels):
    if not isinstance(levels, int) or levels < 2:
        raise ValueError(f"levels: expected a whole number, 2 or more, got {levels!r}")
