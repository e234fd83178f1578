"""The long short-term memory and its kin: a cell that is kept, and gates that say when to write, keep and show it.

Products of gates and cells are element by element: every unit has gates of its own.

    x_t  (D,) input         h_t  (H,) what the layer shows          c_t  (H,) the cell
    i_t  input gate         f_t  forget gate (1 keeps, 0 forgets)   o_t  output gate      g_t  candidate
    [i; f; g; o] = W x_t + U h_{t-1} + b: the blocks that a cell has lie in this order in W (4H, D), U (4H, H), b (4H,)
"""

import torch
from torch import nn

from seqmodels.probes import Probe
from seqmodels.recurrent import Recurrence


class GatedCell(Recurrence):
    """What the four have in common: state = (h (B, H), c (B, H)), blocks by name, and a probe for each of them.

    x (B, T, D) -> h (B, T, H). `parts`: the blocks in the order in which they lie in W, U and b; `part(W, "candidate")`
    gives the rows of one. forget_bias: what the forget gates' bias starts at, where there is such a gate.
    """

    parts = ()

    def __init__(self, input_size: int, hidden_size: int, forget_bias: float = 1.0):
        super().__init__(input_size, hidden_size)
        if "forget_gate" in self.parts:
            with torch.no_grad():
                self.part(self.bias, "forget_gate").fill_(forget_bias)
        for name in (*self.parts, "cell_state"):
            self.add_module(name, Probe("B T H"))

    @property
    def blocks(self):
        return len(self.parts)

    def part(self, stacked, name: str):
        """The rows (H, …) of one block in W, U or b."""
        if name not in self.parts:
            raise ValueError(f"name: expected one of {', '.join(self.parts)}, got {name!r}")
        return stacked.chunk(self.blocks)[self.parts.index(name)]

    def before_gates(self, from_input, h):
        """W x_t + U h_{t-1} + b, taken apart into the blocks, each (B, H)."""
        return torch.addmm(from_input, h, self.weight_hidden.t()).chunk(self.blocks, -1)  # (3.1.1)

    def initial_state(self, batch_size):
        return self.zeros(batch_size, self.hidden_size), self.zeros(batch_size, self.hidden_size)


class LSTM(GatedCell):
    """The cell of 2000, the one that is meant today: three gates, c_t = f_t c_{t-1} + i_t g_t, h_t = o_t tanh(c_t).

    x (B, T, D) -> h (B, T, H); state = (h (B, H), c (B, H)).
    forget_bias: what the forget gates' bias starts at; 1 lets the cell keep σ(1) = 73 % of itself at every step.
    Source: Hochreiter and Schmidhuber (1997), Gers, Schmidhuber and Cummins (2000).
    Held to torch.nn.LSTM by tests/unit/test_lstm.py.
    """

    parts, torch_kind = ("input_gate", "forget_gate", "candidate", "output_gate"), nn.LSTM

    def cell(self, from_input, state):
        h, c = state
        i, f, g, o = self.before_gates(from_input, h)
        i, f, o = self.input_gate(i.sigmoid()), self.forget_gate(f.sigmoid()), self.output_gate(o.sigmoid())  # (3.1.2)
        g = self.candidate(g.tanh())  # (3.1.3)
        c = self.cell_state(f * c + i * g)  # (3.1.4)
        return self.hidden(o * c.tanh()), c  # (3.1.5)


class LSTM1997(GatedCell):
    """The first cell: an input and an output gate, and nothing that forgets. c_t = c_{t-1} + i_t g_t.

    The cell's weight to itself is fixed at 1, the "constant error carousel": along it a gradient neither fades nor
    grows, and what was once written stays. x (B, T, D) -> h (B, T, H); state = (h (B, H), c (B, H)).
    Not as in the paper: there the candidate is squashed by a logistic function into (-2, 2) and the cell by another
    into (-1, 1), gates may be shared by a block of cells, and the gradient is cut off where it leaves the cell through
    a gate. Here both are tanh, every cell has its gates, and the gradient is the full one.
    Source: Hochreiter and Schmidhuber (1997). Held to an explicit loop by tests/unit/test_lstm.py.
    """

    parts = ("input_gate", "candidate", "output_gate")

    def __init__(self, input_size: int, hidden_size: int):
        super().__init__(input_size, hidden_size)

    def cell(self, from_input, state):
        h, c = state
        i, g, o = self.before_gates(from_input, h)
        i, g, o = self.input_gate(i.sigmoid()), self.candidate(g.tanh()), self.output_gate(o.sigmoid())
        c = self.cell_state(c + i * g)  # (3.1.6)
        return self.hidden(o * c.tanh()), c


class PeepholeLSTM(GatedCell):
    """An LSTM whose gates look at the cell itself, which a shut output gate hides from them otherwise.

    Each gate sees its own cell and no other, through the weights p (H,): the input and the forget gate see c_{t-1}, the
    output gate c_t. These weights begin at 0, as the LSTM without them.
    x (B, T, D) -> h (B, T, H); state = (h (B, H), c (B, H)).
    Source: Gers and Schmidhuber (2000). Held to an explicit loop by tests/unit/test_lstm.py.
    """

    parts = LSTM.parts

    def __init__(self, input_size: int, hidden_size: int, forget_bias: float = 1.0):
        super().__init__(input_size, hidden_size, forget_bias)
        self.peephole_input = nn.Parameter(torch.zeros(hidden_size))
        self.peephole_forget = nn.Parameter(torch.zeros(hidden_size))
        self.peephole_output = nn.Parameter(torch.zeros(hidden_size))

    def cell(self, from_input, state):
        h, c = state
        i, f, g, o = self.before_gates(from_input, h)
        i = self.input_gate((i + self.peephole_input * c).sigmoid())  # (3.2.4)
        f = self.forget_gate((f + self.peephole_forget * c).sigmoid())  # (3.2.5)
        c = self.cell_state(f * c + i * self.candidate(g.tanh()))
        o = self.output_gate((o + self.peephole_output * c).sigmoid())  # (3.2.6)
        return self.hidden(o * c.tanh()), c


class CoupledLSTM(GatedCell):
    """One gate decides both what to forget and what to write: c_t = f_t c_{t-1} + (1 - f_t) g_t.

    The cell is a moving average of candidates and stays between -1 and 1: it cannot count.
    x (B, T, D) -> h (B, T, H); state = (h (B, H), c (B, H)).
    Source: among the variants that Greff and others (2017) compared. Held to a loop by tests/unit/test_lstm.py.
    """

    parts = ("forget_gate", "candidate", "output_gate")

    def cell(self, from_input, state):
        h, c = state
        f, g, o = self.before_gates(from_input, h)
        f, g, o = self.forget_gate(f.sigmoid()), self.candidate(g.tanh()), self.output_gate(o.sigmoid())
        c = self.cell_state(f * c + (1 - f) * g)  # (3.2.7)
        return self.hidden(o * c.tanh()), c
