"""Temporal convolution: the same small window at every step, and depth instead of a state that runs through time.

    x_t  (C,) input channels       y_t  (C',) output channels      W_j  (C', C) the weight of tap j, b (C',) bias
    k    kernel_size: taps         d    dilation: steps between two taps
    n    (k-1)·d: how far one layer reaches back      R  receptive field: how many inputs an output can see

Inside, channels come before time, as torch's convolutions want it: (B, C, T); one step is (B, C). What a layer keeps of
the past is its last n inputs, (B, C, n). A state is a value: who keeps an old one may go on from it again, as beam
search does. So `step` copies the last n - 1 inputs and the new one into a new tensor. A `Ring` does not copy; it serves
one generation that never turns back.
"""

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils import parametrizations

from seqmodels.layer import SequenceLayer
from seqmodels.padding import last_inputs, zero_beyond
from seqmodels.probes import Probe
from seqmodels.recurrent import _check_sizes, _weight

# ---------------------------------------------------------------- what an output can see


def receptive_field(layers) -> int:
    """How many inputs, the newest among them, can one output see? `layers`: (kernel_size, dilation) of each.

    Exact for convolutions one above the other; a residual or skip connection adds nothing, for the newest tap is there
    in any case. Held by tests/unit/test_tcn.py to what a change of one input does.
    """
    return 1 + sum((kernel_size - 1) * dilation for kernel_size, dilation in _checked(layers))  # (5.1.2)


def feeding(layers, step: int) -> list[list[int]]:
    """Which steps feed the output at `step`, level by level? The steps of the inputs come first, [step] last.

    `layers`: (kernel_size, dilation) of each, the lowest first; so there is one level more than layers. Each level is
    in ascending order; the unit at time t reads those at t - j·dilation one level below, j = 0 … kernel_size - 1.
    Steps before 0, where zeros stand, are left out. Held by tests/unit/test_tcn.py to gradients.
    """
    if not isinstance(step, int) or step < 0:
        raise ValueError(f"step: expected a whole number, 0 or more, got {step!r}")
    levels = [[step]]
    for kernel_size, dilation in reversed(_checked(layers)):
        below = {t - j * dilation for t in levels[0] for j in range(kernel_size)}
        levels.insert(0, sorted(t for t in below if t >= 0))
    return levels


def _checked(layers):
    layers = [tuple(layer) for layer in layers]
    for i, layer in enumerate(layers):
        if len(layer) != 2 or not all(isinstance(value, int) and value >= 1 for value in layer):
            raise ValueError(f"layers: expected pairs (kernel_size, dilation) of whole numbers, 1 or more, "
                             f"got {layer!r} for layer {i}")  # fmt: skip
    return layers


# ---------------------------------------------------------------- one convolution


class CausalConv1d(SequenceLayer):
    """y_t = b + Σ_j W_j x_{t - (k-1-j)·d}: a window of k taps that never looks ahead; zeros stand before the beginning.

    x (B, T, C) -> y (B, T, C'); state = (the last n inputs (B, C, n),). weight (C', C, k), the newest tap last, as in
    torch.nn.Conv1d.
    The time-delay network (Waibel and others, 1989) is made of such layers with d = 1 and a squashing function after
    each: the same weights at every time, inputs delayed by 0, 1, … k-1 steps side by side. Where its windows reach r
    steps to the right as well, it is the same layer read r steps later: what a window around t gives is y_{t+r}.
    Held by tests/unit/test_tcn.py to torch.nn.Conv1d, values and gradients.
    """

    def __init__(self, in_channels: int, out_channels: int, kernel_size: int, dilation: int = 1):
        _check_sizes(in_channels=in_channels, out_channels=out_channels, kernel_size=kernel_size, dilation=dilation)
        super().__init__(in_channels, out_channels)
        self.kernel_size, self.dilation, self.reach = kernel_size, dilation, (kernel_size - 1) * dilation
        self.weight = _weight(out_channels, in_channels, kernel_size, scale=in_channels * kernel_size)
        self.bias = _weight(out_channels, scale=in_channels * kernel_size)
        self.output = Probe("B T C")

    @property
    def receptive_field(self) -> int:
        return receptive_field([(self.kernel_size, self.dilation)])

    def forward(self, x, state=None, *, lengths=None):
        x, (past,) = self.checked(x, state, lengths)
        y, past = self.slide(x.transpose(1, 2), past, lengths)
        return zero_beyond(y.transpose(1, 2), lengths), (past,)

    def step(self, x_t, state):
        x_t, (past,) = self.checked_step(x_t, state)
        y_t, past = self.slide(x_t, past)
        return y_t, (past,)

    def initial_state(self, batch_size):
        return (self.silence(batch_size),)

    def silence(self, batch_size):
        """The inputs before the beginning, all zero: (B, C, n)."""
        return self.zeros(batch_size, self.input_size, self.reach)

    def slide(self, x, past, lengths=None):
        """x (B, C, T) or one step (B, C), after the inputs past (B, C, n) -> y in the same form, and the new past.

        For a step the past may be a `Ring`.
        """
        if x.dim() == 2:
            taps, past = past.turn(x) if isinstance(past, Ring) else self._shift(x, past)
            return through(self.output, F.linear(taps.flatten(1), self.weight.flatten(1), self.bias)), past
        window = torch.cat([past, x], -1)  # (B, C, n + T): the zeros of `silence` are the padding on the left
        y = F.conv1d(window, self.weight, self.bias, dilation=self.dilation)  # (5.1.1) (B, C', T)
        with_past = None if lengths is None else lengths + self.reach
        return through(self.output, y), last_inputs(window.transpose(1, 2), self.reach, with_past).transpose(1, 2)

    def _shift(self, x, past):
        """The inputs under the k taps at x (B, C), (B, C, k), and the past one step later."""
        window = torch.cat([past, x[..., None]], -1)  # (B, C, n + 1)
        return window[..., :: self.dilation], window[..., 1:]

    def ring(self, past):
        """The past (B, C, n) in a `Ring`, from which to go on."""
        return Ring(past, self.kernel_size, self.dilation)


class Ring:
    """The last n inputs of one convolution, kept in place: the newest overwrites the oldest, and nothing else moves.

    Nothing is copied, but there is only the present: who has gone on cannot go back. Held by tests/unit/test_tcn.py.
    """

    def __init__(self, past, kernel_size, dilation):
        self.inputs = list(past.unbind(-1))  # n times (B, C), each to be replaced, none changed
        self.taps, self.dilation, self.oldest = kernel_size - 1, dilation, 0

    def turn(self, x):
        """The inputs under the k taps at x (B, C), (B, C, k), and this ring, one step later."""
        n = len(self.inputs)
        delayed = [self.inputs[(self.oldest + j * self.dilation) % n] for j in range(self.taps)]
        if n:
            self.inputs[self.oldest] = x
            self.oldest = (self.oldest + 1) % n
        return torch.stack([*delayed, x], -1), self


class Pointwise(nn.Linear):
    """The same linear map at every step, a convolution with one tap: x (B, C, T) or (B, C)."""

    def forward(self, x):
        if x.dim() == 2:
            return F.linear(x, self.weight, self.bias)
        return F.conv1d(x, self.weight[..., None], self.bias)


def through(probe, x):
    """What the probe "B T C" makes of x (B, C, T) or of one step (B, C)."""
    if not probe.active:
        return x
    return probe(x) if x.dim() == 2 else probe(x.transpose(1, 2)).transpose(1, 2)


# ---------------------------------------------------------------- many of them


class Block(nn.Module):
    """Two convolutions of one dilation, and the way around them: relu(x + relu(conv₂ relu(conv₁ x))).

    Dropout comes after each of the inner two relu. Where the number of channels changes, x passes a `Pointwise`.
    """

    def __init__(self, in_channels, out_channels, kernel_size, dilation, dropout, weight_norm):
        super().__init__()
        normed = parametrizations.weight_norm if weight_norm else lambda convolution: convolution
        self.conv1 = normed(CausalConv1d(in_channels, out_channels, kernel_size, dilation))
        self.conv2 = normed(CausalConv1d(out_channels, out_channels, kernel_size, dilation))
        self.around = nn.Identity() if in_channels == out_channels else Pointwise(in_channels, out_channels)
        self.dropout = nn.Dropout(dropout)
        self.output = Probe("B T C")

    def forward(self, x, past, lengths=None):
        """x (B, C, T) or (B, C), past of both convolutions -> y (B, C', T) or (B, C'), the new pasts."""
        h, past1 = self.conv1.slide(x, past[0], lengths)
        h, past2 = self.conv2.slide(self.dropout(h.relu()), past[1], lengths)
        y = (self.around(x) + self.dropout(h.relu())).relu()  # (5.1.3)
        return through(self.output, y), (past1, past2)

    def silence(self, batch_size):
        return self.conv1.silence(batch_size), self.conv2.silence(batch_size)


class TCN(SequenceLayer):
    """The temporal convolutional network of Bai, Kolter and Koltun (2018): blocks of dilation 1, 2, 4, …

    x (B, T, D) -> y (B, T, channels[-1]); R = 1 + 2 (k-1) (2^blocks - 1). state: for each block, the last inputs of its
    two convolutions, ((B, C, n), (B, C', n)).
    input_size D; channels: those of each block, such as [32] * 5; kernel_size k; dropout: 0 to below 1; weight_norm:
    each kernel is stored as a length and a direction, as in the paper.
    Probes, for each block i: blocks.i.conv1.output and blocks.i.conv2.output (before their relu), blocks.i.output.
    Before the beginning every layer sees zeros, not only the first one: what a layer above would make of silence does
    not stand there.
    Held by tests/unit/test_tcn.py to the same network in torch.nn, values and gradients.
    """

    def __init__(self, input_size: int, channels, kernel_size: int, dropout: float = 0.0, weight_norm: bool = True):
        if not isinstance(channels, list | tuple) or not channels:
            raise ValueError(f"channels: expected those of each block, such as [32] * 5, got {channels!r}")
        _check_sizes(input_size=input_size, kernel_size=kernel_size)
        for number in channels:
            _check_sizes(channels=number)
        if not 0 <= dropout < 1:
            raise ValueError(f"dropout: expected 0 to below 1, got {dropout!r}")
        super().__init__(input_size, channels[-1])
        sizes = zip([input_size, *channels], channels, strict=False)
        self.blocks = nn.ModuleList(
            Block(below, above, kernel_size, 2**i, dropout, weight_norm) for i, (below, above) in enumerate(sizes)
        )

    @property
    def convolutions(self) -> list[tuple[int, int]]:
        """(kernel_size, dilation) of every convolution, the lowest first: what `feeding` and a viewer ask for."""
        both = [convolution for block in self.blocks for convolution in (block.conv1, block.conv2)]
        return [(convolution.kernel_size, convolution.dilation) for convolution in both]

    @property
    def receptive_field(self) -> int:
        return receptive_field(self.convolutions)

    def forward(self, x, state=None, *, lengths=None):
        x, state = self.checked(x, state, lengths)
        y, state = self._through_blocks(x.transpose(1, 2), state, lengths)
        return zero_beyond(y.transpose(1, 2), lengths), state

    def step(self, x_t, state):
        return self._through_blocks(*self.checked_step(x_t, state))

    def initial_state(self, batch_size):
        return tuple(block.silence(batch_size) for block in self.blocks)

    def _through_blocks(self, x, state, lengths=None):
        after = []
        for block, past in zip(self.blocks, state, strict=True):
            x, past = block(x, past, lengths)
            after.append(past)
        return x, tuple(after)
