"""The long short-term memory and its kin: a cell that is kept, and gates that say when to write, keep and show it.

    x_t  (D,) input         h_t  (H,) what the layer shows          c_t  (H,) the cell
    i_t  input gate         f_t  forget gate (1 keeps, 0 forgets)   o_t  output gate      g_t  candidate
    [i; f; g; o] = W x_t + U h_{t-1} + b: the four blocks lie in this order in W (4H, D), U (4H, H) and b (4H,)
"""

import torch
from torch import nn

from seqmodels.probes import Probe
from seqmodels.recurrent import Recurrence


class LSTM(Recurrence):
    """The cell of 2000, the one that is meant today: three gates, c_t = f_t c_{t-1} + i_t g_t, h_t = o_t tanh(c_t).

    x (B, T, D) -> h (B, T, H); state = (h (B, H), c (B, H)).
    forget_bias: what the forget gates' bias starts at; 1 lets the cell keep σ(1) = 73 % of itself at every step.
    Source: Hochreiter and Schmidhuber (1997), Gers, Schmidhuber and Cummins (2000).
    Held to torch.nn.LSTM by tests/unit/test_lstm.py.
    """

    blocks, torch_kind = 4, nn.LSTM

    def __init__(self, input_size: int, hidden_size: int, forget_bias: float = 1.0):
        super().__init__(input_size, hidden_size)
        with torch.no_grad():
            self._forget_part(self.bias).fill_(forget_bias)
        self.input_gate, self.forget_gate, self.output_gate = Probe("B T H"), Probe("B T H"), Probe("B T H")
        self.candidate, self.cell_state = Probe("B T H"), Probe("B T H")

    def cell(self, from_input, state):
        h, c = state
        i, f, g, o = torch.addmm(from_input, h, self.weight_hidden.t()).chunk(4, -1)  # (3.1.1) each (B, H)
        i, f, o = self.input_gate(i.sigmoid()), self.forget_gate(f.sigmoid()), self.output_gate(o.sigmoid())  # (3.1.2)
        g = self.candidate(g.tanh())  # (3.1.3)
        c = self.cell_state(f * c + i * g)  # (3.1.4)
        return self.hidden(o * c.tanh()), c  # (3.1.5)

    def initial_state(self, batch_size):
        return self.zeros(batch_size, self.hidden_size), self.zeros(batch_size, self.hidden_size)

    def _forget_part(self, stacked):
        """The rows of the forget gate in W, U or b."""
        return stacked[self.hidden_size : 2 * self.hidden_size]
