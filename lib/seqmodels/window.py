"""A window that learns: the hidden layer of the neural language model of Bengio, Ducharme, Vincent and Jauvin (2003).

    x_t   (D,) input, such as the embedding of a character       h_t   (H,) hidden layer
    k     length: how many inputs the window holds, x_t among them
"""

import torch
from torch import nn

from seqmodels.layer import SequenceLayer
from seqmodels.padding import last_inputs, zero_beyond
from seqmodels.probes import Probe


class Window(SequenceLayer):
    """Sees the last k inputs side by side and nothing else; zeros stand before the beginning.

    h_t = tanh(W [x_{t-k+1}; …; x_t] + b): x (B, T, D) -> h (B, T, H). state = (the last k-1 inputs (B, k-1, D),).
    input_size D; hidden_size H; length k, 1 or more.
    LanguageModel(V, D, Window(D, H, k)) is the model of 2003 without its optional connections from the inputs straight
    to the output (their equation 1). It shares one embedding among all k places, so that what is learned about a
    symbol in one place helps in all.
    Held by tests/unit/test_window.py to torch.nn.Conv1d and by tests/property/test_contract.py to the contract.
    """

    def __init__(self, input_size: int, hidden_size: int, length: int):
        for name, value in (("input_size", input_size), ("hidden_size", hidden_size), ("length", length)):
            if not isinstance(value, int) or value < 1:
                raise ValueError(f"{name}: expected a whole number, 1 or more, got {value!r}")
        super().__init__(input_size, hidden_size)
        self.length = length
        self.linear = nn.Linear(length * input_size, hidden_size)
        self.hidden = Probe("B T H")

    def forward(self, x, state=None, *, lengths=None):
        x, (past,) = self.checked(x, state, lengths)
        x = torch.cat([past, x], 1)  # (B, k-1 + T, D)
        windows = x.unfold(1, self.length, 1).transpose(2, 3)  # (B, T, k, D)
        h = self.hidden(torch.tanh(self.linear(windows.flatten(2))))  # (1.3.7) (B, T, H)
        with_past = None if lengths is None else lengths + self.length - 1
        return zero_beyond(h, lengths), (last_inputs(x, self.length - 1, with_past),)

    def step(self, x_t, state):
        x_t, (past,) = self.checked_step(x_t, state)
        window = torch.cat([past, x_t[:, None]], 1)  # (B, k, D)
        return self.hidden(torch.tanh(self.linear(window.flatten(1)))), (window[:, 1:],)

    def initial_state(self, batch_size):
        return (self.zeros(batch_size, self.length - 1, self.input_size),)
