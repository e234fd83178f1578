"""The gated recurrent unit (Cho and others, 2014): one gate both keeps and writes, and there is no separate cell.

Products of gates and states are element by element.

    x_t  (D,) input      h_t  (H,) state        r_t  reset gate      z_t  update gate      n_t  candidate
    [r; z; n]: the three blocks lie in this order in W (3H, D), U (3H, H) and the bias b (3H,)
"""

import torch
from torch import nn

from seqmodels.probes import Probe
from seqmodels.recurrent import Recurrence, _weight


class GRU(Recurrence):
    """h_t = z_t h_{t-1} + (1 - z_t) n_t: where z is 1 the past stays. (Chung and others, 2014, write z for our 1 - z.)

    reset_after False (the papers):      n_t = tanh(W x_t + b + U (r_t h_{t-1}))
    reset_after True (torch.nn, cuDNN):  n_t = tanh(W x_t + b + r_t (U h_{t-1} + b')), with b' the bias_hidden (H,)
    x (B, T, D) -> h (B, T, H); state = (h (B, H),).
    The papers' form has exactly 3/4 of the numbers of an LSTM of its size, the other b' more. torch.nn keeps a second
    bias for every block of both, so there it is 3/4 again.
    Source: Cho and others (2014). Held to torch.nn.GRU and to an explicit loop by tests/unit/test_gru.py.
    """

    blocks, torch_kind = 3, nn.GRU

    def __init__(self, input_size: int, hidden_size: int, reset_after: bool = True):
        super().__init__(input_size, hidden_size)
        self.reset_after = reset_after
        self.bias_hidden = _weight(hidden_size, scale=hidden_size) if reset_after else None
        self.reset_gate, self.update_gate, self.candidate = Probe("B T H"), Probe("B T H"), Probe("B T H")

    def cell(self, from_input, state):
        (h,) = state
        H = self.hidden_size
        x_gates, x_n = from_input.split([2 * H, H], -1)  # (B, 2H), (B, H)
        if self.reset_after:
            h_gates, h_n = (h @ self.weight_hidden.t()).split([2 * H, H], -1)
        else:
            h_gates, h_n = h @ self.weight_hidden[: 2 * H].t(), None
        r, z = (x_gates + h_gates).sigmoid().chunk(2, -1)  # (3.2.1) each (B, H)
        r, z = self.reset_gate(r), self.update_gate(z)
        if self.reset_after:
            n = x_n + r * (h_n + self.bias_hidden)
        else:
            n = torch.addmm(x_n, r * h, self.weight_hidden[2 * H :].t())
        n = self.candidate(n.tanh())  # (3.2.2)
        return (self.hidden(n + z * (h - n)),)  # (3.2.3)

    @classmethod
    def from_torch(cls, module):
        """The same layer with the weights of a torch.nn.GRU: one layer, one direction. It resets after."""
        return super().from_torch(module)

    def _take_biases(self, module):
        """Of torch.nn's two biases the reset gate reaches one, in the candidate; the others are only ever added."""
        super()._take_biases(module)
        if module.bias:
            self.bias[-self.hidden_size :] = module.bias_ih_l0[-self.hidden_size :]
            self.bias_hidden.copy_(module.bias_hh_l0[-self.hidden_size :])
        else:
            self.bias_hidden.zero_()
