"""The short convolution before a state space: each channel by itself, over its last few inputs."""

import torch
from torch import nn

from seqmodels.padding import last_inputs
from seqmodels.recurrent import _weight


class ShortConvolution(nn.Module):
    """y_t = b + Σ_j w_j ⊙ u_{t - (k-1-j)}: every channel has k weights of its own and sees no other.

    channels E; kernel_size k; weight (E, k), the newest tap last; bias (E,), or none, starts at 0, or with random_bias
    as wide as the weights. What it keeps are the last k - 1 inputs (B, k - 1, E). Written as k products of shifted
    sequences, which on a processor is as fast as a grouped torch.nn.functional.conv1d. Held to it by
    tests/unit/test_mamba.py.
    """

    def __init__(self, channels: int, kernel_size: int, bias=True, random_bias=False):
        super().__init__()
        self.reach = kernel_size - 1
        self.weight = _weight(channels, kernel_size, scale=kernel_size)
        self.bias = None
        if bias:
            self.bias = _weight(channels, scale=kernel_size) if random_bias else nn.Parameter(torch.zeros(channels))

    def forward(self, u, past, lengths=None):
        """u (B, T, E) or one step (B, E), after the inputs `past` -> y in the same form, and the new past."""
        if u.dim() == 2:
            window = torch.cat([past, u[:, None]], 1)  # (B, k, E)
            return self._sum(window.unbind(1)), window[:, 1:]
        window = torch.cat([past, u], 1)  # (B, k - 1 + T, E)
        y = self._sum([window[:, j : j + u.shape[1]] for j in range(self.reach + 1)])
        return y, last_inputs(window, self.reach, None if lengths is None else lengths + self.reach)

    def _sum(self, shifted):
        weights = self.weight.unbind(-1)
        y = shifted[0] * weights[0] if self.bias is None else torch.addcmul(self.bias, shifted[0], weights[0])
        for u, w in zip(shifted[1:], weights[1:], strict=True):
            y = torch.addcmul(y, u, w)
        return y
