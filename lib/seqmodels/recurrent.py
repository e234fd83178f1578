"""Recurrent networks: what was computed a moment ago is read again. Jordan (1986) fed back the output, Elman (1990) the
hidden layer.

    x_t   (D,) input                       h_t   (H,) hidden layer, "state"
    W     weight_input (H, D)              U     weight_hidden (H, H)         b  bias (H,)
    p     (P,) Jordan's plan               s_t   (O,) Jordan's state units    y_t  (O,) output
"""

import math

import torch
from torch import nn
from torch.nn import functional as F

from seqmodels.checks import check_like, check_numbers, check_shape
from seqmodels.layer import SequenceLayer
from seqmodels.padding import hold, state_after, zero_beyond
from seqmodels.probes import Probe

NONLINEARITIES = {"tanh": torch.tanh, "relu": torch.relu, "sigmoid": torch.sigmoid}


class Recurrence(SequenceLayer):
    """A layer whose state at t must wait for its state at t-1: the loop that all of them share.

    A subclass writes `cell(from_input, state) -> state` for one step, with its output as the state's first part, and
    names `blocks`: how many (H,)-sized results it makes of the input. All x_t meet W at once before the loop begins,
    and x is taken apart by `unbind`: `x[:, t]` inside the loop would make the backward pass quadratic in T.
    """

    blocks, torch_kind = 1, None

    def __init__(self, input_size: int, hidden_size: int):
        _check_sizes(input_size=input_size, hidden_size=hidden_size)
        super().__init__(input_size, hidden_size)
        self.hidden_size = hidden_size
        self.weight_input = _weight(self.blocks * hidden_size, input_size, scale=hidden_size)
        self.weight_hidden = _weight(self.blocks * hidden_size, hidden_size, scale=hidden_size)
        self.bias = _weight(self.blocks * hidden_size, scale=hidden_size)
        self.hidden = Probe("B T H")

    def cell(self, from_input, state):
        """One step: W x_t + b (B, blocks·H) and the state before -> the state after."""
        raise NotImplementedError(f"{type(self).__name__} has no cell")

    def forward(self, x, state=None, *, lengths=None):
        x, state = self.checked(x, state, lengths)
        states = []
        for from_input in F.linear(x, self.weight_input, self.bias).unbind(1):  # T times (B, blocks·H)
            state = self.cell(from_input, state)
            states.append(state)
        y = torch.stack([state[0] for state in states], 1)  # (B, T, H)
        if lengths is None:
            return y, state
        every = (y, *(torch.stack(parts, 1) for parts in list(zip(*states, strict=True))[1:]))  # each (B, T, H)
        return zero_beyond(y, lengths), state_after(every, lengths)

    def step(self, x_t, state):
        x_t, state = self.checked_step(x_t, state)
        state = self.cell(F.linear(x_t, self.weight_input, self.bias), state)
        return state[0], state

    def initial_state(self, batch_size):
        return (self.zeros(batch_size, self.hidden_size),)

    @classmethod
    def from_torch(cls, module, **settings):
        """The same layer with the weights of torch.nn.RNN, LSTM or GRU: one layer, one direction."""
        kind = cls.torch_kind
        if kind is None:
            raise ValueError(f"{cls.__name__} has no counterpart in torch.nn")
        if not isinstance(module, kind):
            raise ValueError(f"module: expected a torch.nn.{kind.__name__}, got {type(module).__name__}")
        if module.num_layers != 1 or module.bidirectional or getattr(module, "proj_size", 0):
            raise ValueError(f"module: expected one layer, one direction and no projection, got num_layers "
                             f"{module.num_layers}, bidirectional {module.bidirectional}")  # fmt: skip
        layer = cls(module.input_size, module.hidden_size, **settings).to(module.weight_ih_l0)
        with torch.no_grad():
            layer.weight_input.copy_(module.weight_ih_l0)
            layer.weight_hidden.copy_(module.weight_hh_l0)
            layer._take_biases(module)
        return layer

    def _take_biases(self, module):
        """torch.nn keeps two biases that are only ever added; one is enough."""
        self.bias.copy_(module.bias_ih_l0 + module.bias_hh_l0 if module.bias else torch.zeros_like(self.bias))


def _check_sizes(**sizes):
    for name, value in sizes.items():
        if not isinstance(value, int) or value < 1:
            raise ValueError(f"{name}: expected a whole number, 1 or more, got {value!r}")


def _weight(*shape, scale):
    """Uniform between ±1/√scale, as torch.nn starts its recurrent layers."""
    return nn.Parameter(torch.empty(*shape).uniform_(-1 / math.sqrt(scale), 1 / math.sqrt(scale)))


class ElmanRNN(Recurrence):
    """The simple recurrent network: the hidden layer reads the input and a copy of itself, one step old.

    h_t = f(W x_t + U h_{t-1} + b): x (B, T, D) -> h (B, T, H); state = (h (B, H),).
    nonlinearity f: "tanh" (as today), "sigmoid" (Elman's own) or "relu".
    Source: Elman (1990). Held to torch.nn.RNN by tests/unit/test_recurrent.py.
    """

    torch_kind = nn.RNN

    def __init__(self, input_size: int, hidden_size: int, nonlinearity: str = "tanh"):
        if nonlinearity not in NONLINEARITIES:
            raise ValueError(f"nonlinearity: expected one of {', '.join(NONLINEARITIES)}, got {nonlinearity!r}")
        super().__init__(input_size, hidden_size)
        self.nonlinearity = nonlinearity

    def cell(self, from_input, state):
        (h,) = state
        f = NONLINEARITIES[self.nonlinearity]
        return (self.hidden(f(torch.addmm(from_input, h, self.weight_hidden.t()))),)  # (2.1.3)

    @classmethod
    def from_torch(cls, module):
        """The same layer with the weights of a torch.nn.RNN: one layer, one direction."""
        return super().from_torch(module, nonlinearity=getattr(module, "nonlinearity", "tanh"))


class JordanRNN(SequenceLayer):
    """Jordan's network: a plan says which sequence to produce, and the state units remember what was produced.

        h_t = σ(W p + U s_t + b),   y_t = σ(V h_t + c),   s_{t+1} = μ s_t + y_t

    x: the plan at every step (B, T, P), usually constant -> y (B, T, O) in (0, 1); state = (s (B, O),).
    input_size P; hidden_size H; output_size O; memory μ: how much of the state units stays, 0 to below 1.
    forward(x, targets=…) feeds back what should have been produced (teacher forcing), targets (B, T, O).
    Source: Jordan (1986). Held by tests/unit/test_recurrent.py.
    """

    def __init__(self, input_size: int, hidden_size: int, output_size: int, memory: float = 0.5):
        _check_sizes(input_size=input_size, hidden_size=hidden_size, output_size=output_size)
        if not 0 <= memory < 1:
            raise ValueError(f"memory: expected 0 to below 1, got {memory!r}")
        super().__init__(input_size, output_size)
        self.memory = memory
        self.from_plan = nn.Linear(input_size, hidden_size)
        self.from_state = nn.Linear(output_size, hidden_size, bias=False)
        self.readout = nn.Linear(hidden_size, output_size)
        self.state_units, self.hidden, self.output = Probe("B T O"), Probe("B T H"), Probe("B T O")

    def cell(self, from_plan, s):
        """One step: W p + b (B, H), state units (B, O) -> output (B, O)."""
        h = self.hidden(torch.sigmoid(from_plan + self.from_state(self.state_units(s))))
        return self.output(torch.sigmoid(self.readout(h)))  # (2.1.2)

    def forward(self, x, state=None, *, lengths=None, targets=None):
        x, (s,) = self.checked(x, state, lengths)
        if targets is not None:
            check_like(self, targets, "targets")
            check_shape(targets, (x.shape[0], x.shape[1], self.output_size), "targets")
            targets = zero_beyond(targets, lengths)
            check_numbers(targets, "targets")
        outputs = []
        for t, from_plan in enumerate(self.from_plan(x).unbind(1)):
            y = self.cell(from_plan, s)
            new = self.memory * s + (y if targets is None else targets[:, t])  # (2.1.1)
            s = new if lengths is None else hold(new, s, t, lengths)
            outputs.append(y)
        return zero_beyond(torch.stack(outputs, 1), lengths), (s,)

    def step(self, x_t, state):
        x_t, (s,) = self.checked_step(x_t, state)
        y = self.cell(self.from_plan(x_t), s)
        return y, (self.memory * s + y,)

    def initial_state(self, batch_size):
        return (self.zeros(batch_size, self.output_size),)
