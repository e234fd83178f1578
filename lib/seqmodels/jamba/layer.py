"""One layer of a hybrid: something that looks back, and a network that does not."""

from torch import nn

from seqmodels.mamba import PreNorm
from seqmodels.padding import zero_beyond
from seqmodels.probes import Probe


class HybridLayer(PreNorm):
    """x ← x + mixer(norm(x)), then x ← x + network(norm(x)): x, y (B, T, D).

    mixer: a causal layer, such as attention or a Mamba block, whose state is this layer's; network: a module
    (…, D) -> (…, D), such as `FeedForward` or `Experts`; norms: root mean square; dropout: on what either writes.
    Probes `residual` "B T D": x in between, and `output` "B T D": what the layer hands on.
    """

    def __init__(self, mixer, network, norm_epsilon: float = 1e-6, dropout: float = 0.0):
        super().__init__(mixer, norm_epsilon, dropout)
        self.network, self.network_norm = network, nn.RMSNorm(mixer.input_size, eps=norm_epsilon)
        self.output = Probe("B T D")

    def forward(self, x, state=None, *, lengths=None):
        x, state = super().forward(x, state, lengths=lengths)
        return zero_beyond(self._through_network(x), lengths), state

    def step(self, x_t, state):
        x_t, state = super().step(x_t, state)
        return self._through_network(x_t), state

    def _through_network(self, x):
        return self.output(x + self.dropout(self.network(self.network_norm(x))))
