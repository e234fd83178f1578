"""The road around a layer, with a norm before it."""

from torch import nn

from seqmodels.layer import SequenceLayer
from seqmodels.padding import zero_beyond
from seqmodels.probes import Probe


class PreNorm(SequenceLayer):
    """x + mixer(norm(x)), the road around any layer that writes as many features as it reads: x, y (B, T, D).

    mixer: a SequenceLayer; its state is this layer's. The norm is the root mean square norm; dropout: on what the mixer
    writes. Probe `residual` "B T D": what it hands on.
    """

    def __init__(self, mixer, norm_epsilon: float = 1e-5, dropout: float = 0.0):
        super().__init__(mixer.input_size, mixer.output_size)
        if mixer.input_size != mixer.output_size:
            raise ValueError(f"mixer: reads {mixer.input_size} features and writes {mixer.output_size}, which cannot "
                             "be added")  # fmt: skip
        self.mixer, self.causal = mixer, mixer.causal
        self.norm, self.dropout = nn.RMSNorm(mixer.input_size, eps=norm_epsilon), nn.Dropout(dropout)
        self.residual = Probe("B T D")

    def forward(self, x, state=None, *, lengths=None):
        x, state = self.checked(x, state, lengths)
        y, state = self.mixer(self.norm(x), state, lengths=lengths)
        return self.residual(zero_beyond(x + self.dropout(y), lengths)), state

    def step(self, x_t, state):
        x_t, state = self.checked_step(x_t, state)
        y, state = self.mixer.step(self.norm(x_t), state)
        return self.residual(x_t + self.dropout(y)), state

    def initial_state(self, batch_size):
        return self.mixer.initial_state(batch_size)
