"""What Mamba would be if it could not choose: the same block around a state space that treats all inputs alike."""

from torch import nn
from torch.nn import functional as F

from seqmodels.layer import SequenceLayer
from seqmodels.mamba.convolution import ShortConvolution
from seqmodels.padding import zero_beyond
from seqmodels.probes import Probe
from seqmodels.recurrent import _check_sizes
from seqmodels.s4 import S4D


class TimeInvariantBlock(SequenceLayer):
    """`MambaBlock` with an `S4D` in place of the selective scan: x (B, T, D) -> y (B, T, D).

    Convolution, gate and both maps are the same; what is missing is that Δ, B and C hang on the input. S4D's complex
    modes swing, so that its kernel can be a sharp delay, which the real ones of Mamba's A cannot: the kinder rival.
    state = (the last inputs of the convolution (B, kernel_size - 1, E), state of the S4D). settings: those of `S4D`.
    Probes `conv`, `gate` "B T D", as in `MambaBlock`, and those of the S4D in `space`.
    Held by tests/unit/test_mamba.py and tests/property/test_contract.py.
    """

    def __init__(self, d_model: int, state_size: int = 16, expand: int = 2, kernel_size: int = 4, **settings):
        _check_sizes(d_model=d_model, state_size=state_size, expand=expand, kernel_size=kernel_size)
        super().__init__(d_model, d_model)
        inner = expand * d_model
        self.widen, self.narrow = nn.Linear(d_model, 2 * inner, bias=False), nn.Linear(inner, d_model, bias=False)
        self.convolution, self.space = ShortConvolution(inner, kernel_size), S4D(inner, state_size, **settings)
        self.conv, self.gate = Probe("B T D"), Probe("B T D")

    def forward(self, x, state=None, *, lengths=None):
        x, (past, h) = self.checked(x, state, lengths)
        u, z = self.widen(x).chunk(2, -1)  # (B, T, E) each
        u, past = self.convolution(u, past, lengths)
        y, h = self.space(self.conv(F.silu(u)), h, lengths=lengths)
        return zero_beyond(self.narrow(y * self.gate(F.silu(z))), lengths), (past, h)

    def step(self, x_t, state):
        x_t, (past, h) = self.checked_step(x_t, state)
        u, z = self.widen(x_t).chunk(2, -1)  # (B, E) each
        u, past = self.convolution(u, past)
        y, h = self.space.step(self.conv(F.silu(u)), h)
        return self.narrow(y * self.gate(F.silu(z))), (past, h)

    def initial_state(self, batch_size):
        silence = self.zeros(batch_size, self.convolution.reach, self.space.input_size)
        return silence, self.space.initial_state(batch_size)
