"""The gated recurrent unit (Cho and others, 2014): one gate both keeps and writes, and there is no separate cell.

    x_t  (D,) input      h_t  (H,) state        r_t  reset gate      z_t  update gate      n_t  candidate
    [r; z; n]: the three blocks lie in this order in W (3H, D), U (3H, H) and the biases (3H,)
"""

import torch
from torch import nn

from seqmodels.probes import Probe
from seqmodels.recurrent import Recurrence, _weight


class GRU(Recurrence):
    """h_t = z_t h_{t-1} + (1 - z_t) n_t: where z is 1 the past stays. (Chung and others, 2014, write z for our 1 - z.)

    reset_after True (torch.nn, cuDNN):  n_t = tanh(W x_t + b + r_t (U h_{t-1} + b'))
    reset_after False (the papers):      n_t = tanh(W x_t + b + U (r_t h_{t-1}) + b')
    x (B, T, D) -> h (B, T, H); state = (h (B, H),).
    Source: Cho and others (2014). Held to torch.nn.GRU by tests/unit/test_gru.py.
    """

    blocks, torch_kind = 3, nn.GRU

    def __init__(self, input_size: int, hidden_size: int, reset_after: bool = True):
        super().__init__(input_size, hidden_size)
        self.reset_after = reset_after
        self.bias_hidden = _weight(3 * hidden_size, scale=hidden_size)  # b': the reset gate reaches it, so it is kept apart
        self.reset_gate, self.update_gate, self.candidate = Probe("B T H"), Probe("B T H"), Probe("B T H")

    def cell(self, from_input, state):
        (h,) = state
        x_r, x_z, x_n = from_input.chunk(3, -1)  # each (B, H)
        if self.reset_after:
            h_r, h_z, h_n = torch.addmm(self.bias_hidden, h, self.weight_hidden.t()).chunk(3, -1)
            r, z = self.reset_gate((x_r + h_r).sigmoid()), self.update_gate((x_z + h_z).sigmoid())
            n = x_n + r * h_n
        else:
            H = self.hidden_size
            gates = torch.addmm(self.bias_hidden[: 2 * H], h, self.weight_hidden[: 2 * H].t())
            h_r, h_z = gates.chunk(2, -1)
            r, z = self.reset_gate((x_r + h_r).sigmoid()), self.update_gate((x_z + h_z).sigmoid())
            n = x_n + torch.addmm(self.bias_hidden[2 * H :], r * h, self.weight_hidden[2 * H :].t())
        n = self.candidate(n.tanh())
        return (self.hidden(n + z * (h - n)),)  # (3.2.3)

    def _take_biases(self, module):
        for ours, name in ((self.bias, "bias_ih_l0"), (self.bias_hidden, "bias_hh_l0")):
            ours.copy_(getattr(module, name) if module.bias else torch.zeros_like(ours))
