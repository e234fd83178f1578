"""An LSTM whose states are pictures: every product with a matrix is a convolution (Shi and others, 2015).

x_t  (C, Y, X) a picture with C channels      h_t, c_t  (H, Y, X)      k  size of the kernel, odd
[i; f; g; o] = W * x_t + U * h_{t-1} + b: the blocks lie in this order in W (4H, C, k, k), U (4H, H, k, k) and b (4H,)
"""

import torch
from torch import nn

from seqmodels.checks import check_lengths, check_like, check_numbers, check_shape, check_state
from seqmodels.padding import state_after, zero_beyond
from seqmodels.probes import Probe


class ConvLSTM(nn.Module):
    """The LSTM of (3.1.1) to (3.1.5) at every place of a picture, each place seeing its neighbourhood k × k.

    x (B, T, C, Y, X) -> h (B, T, H, Y, X); state = (h (B, H, Y, X), c (B, H, Y, X)). The border is padded with zeros.
    The course's one exception to the contract of `seqmodels.layer`: its elements are pictures, not vectors, and a fresh
    state is made for a size, initial_state(batch_size, height, width). Everything else is the same: forward and step
    agree, `lengths` blank the padding, the probes have the names of the LSTM.
    Not as in the paper: there the gates also see the cell, through one weight for every place.
    Source: Shi and others (2015). Held by tests/unit/test_conv_lstm.py; on a picture of one place it is the LSTM.
    """

    causal = True

    def __init__(self, input_size: int, hidden_size: int, kernel_size: int = 3, forget_bias: float = 1.0):
        sizes = {"input_size": input_size, "hidden_size": hidden_size, "kernel_size": kernel_size}
        for name, value in sizes.items():
            if not isinstance(value, int) or value < 1:
                raise ValueError(f"{name}: expected a whole number, 1 or more, got {value!r}")
        if kernel_size % 2 == 0:
            raise ValueError(f"kernel_size: expected an odd number, so that a place has a middle, got {kernel_size}")
        super().__init__()
        self.input_size, self.output_size, self.hidden_size = input_size, hidden_size, hidden_size
        same = {"kernel_size": kernel_size, "padding": kernel_size // 2}
        self.from_input = nn.Conv2d(input_size, 4 * hidden_size, **same)
        self.from_hidden = nn.Conv2d(hidden_size, 4 * hidden_size, bias=False, **same)
        nn.init.constant_(self.from_input.bias[hidden_size : 2 * hidden_size], forget_bias)
        for name in ("input_gate", "forget_gate", "output_gate", "candidate", "cell_state", "hidden"):
            self.add_module(name, Probe("B T H Y X"))

    def cell(self, from_input, state):
        h, c = state
        i, f, g, o = (from_input + self.from_hidden(h)).chunk(4, 1)  # (3.2.8) each (B, H, Y, X)
        i, f, o = self.input_gate(i.sigmoid()), self.forget_gate(f.sigmoid()), self.output_gate(o.sigmoid())
        c = self.cell_state(f * c + i * self.candidate(g.tanh()))
        return self.hidden(o * c.tanh()), c

    def forward(self, x, state=None, *, lengths=None):
        check_like(self, x, "x")
        check_shape(x, ("B", "T", self.input_size, "Y", "X"), "x")
        check_lengths(lengths, x, "x")
        x = zero_beyond(x, lengths)
        check_numbers(x, "x")
        state = self._fresh(x[:, 0]) if state is None else self._checked(state, x[:, 0])
        states = []
        all_at_once = self.from_input(x.flatten(0, 1)).unflatten(0, x.shape[:2])  # (B, T, 4H, Y, X)
        for from_input in all_at_once.unbind(1):
            state = self.cell(from_input, state)
            states.append(state)
        every = tuple(torch.stack(parts, 1) for parts in zip(*states, strict=True))  # each (B, T, H, Y, X)
        return zero_beyond(every[0], lengths), state_after(every, lengths)

    def step(self, x_t, state):
        check_like(self, x_t, "x_t")
        check_shape(x_t, ("B", self.input_size, "Y", "X"), "x_t")
        check_numbers(x_t, "x_t")
        state = self.cell(self.from_input(x_t), self._checked(state, x_t))
        return state[0], state

    def initial_state(self, batch_size: int, height: int, width: int):
        zeros = torch.zeros(batch_size, self.hidden_size, height, width).to(self.from_input.bias)
        return zeros, zeros.clone()

    def _fresh(self, x_t):
        return self.initial_state(x_t.shape[0], *x_t.shape[-2:])

    def _checked(self, state, x_t):
        """The state, as it came; ValueError unless it fits the pictures x_t (B, C, Y, X)."""
        fresh = self._fresh(x_t)
        check_state(state, fresh, x_t.shape[0])
        for part, zeros in zip(state, fresh, strict=True):
            check_shape(part, tuple(zeros.shape), "state")
        return state
