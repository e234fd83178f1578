"""A network of state space layers: between them what a recurrence that is linear cannot do, channel by channel."""

import torch
from torch import nn
from torch.nn import functional as F

from seqmodels.language_model import LanguageModel
from seqmodels.layer import SequenceLayer, Stacked
from seqmodels.padding import zero_beyond
from seqmodels.s4.layers import S4, S4D

SLOWLY = ("log_step", "log_decay", "frequency", "P")


class S4Block(SequenceLayer):
    """x + gated mixing of GELU of a state space layer of norm(x): x (B, T, D) -> y (B, T, D).

    The layer keeps the channels apart and is linear; the mixing, W z ⊙ σ(V z) (a gated linear unit), does the rest.
    state: that of the layer. d_model D; state_size N; kind: "s4d" or "s4"; dropout: before the mixing and behind it;
    settings: the layer's own, such as init.
    Source: Gu, Goel and Ré (2021). Held by tests/property/test_contract.py.
    """

    def __init__(self, d_model: int, state_size: int = 64, *, kind: str = "s4d", dropout: float = 0.0, **settings):
        if kind not in KINDS:
            raise ValueError(f"kind: expected one of {', '.join(KINDS)}, got {kind!r}")
        super().__init__(d_model, d_model)
        self.layer = KINDS[kind](d_model, state_size, **settings)
        self.norm, self.mixing = nn.LayerNorm(d_model), nn.Linear(d_model, 2 * d_model)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x, state=None, *, lengths=None):
        x, state = self.checked(x, state, lengths)
        y, state = self.layer(self.norm(x), state, lengths=lengths)
        return zero_beyond(self._add(x, y), lengths), state

    def step(self, x_t, state):
        x_t, state = self.checked_step(x_t, state)
        y_t, state = self.layer.step(self.norm(x_t), state)
        return self._add(x_t, y_t), state

    def initial_state(self, batch_size):
        return self.layer.initial_state(batch_size)

    def _add(self, x, y):
        y = self.dropout(F.gelu(y))
        return x + self.dropout(F.glu(self.mixing(y), -1))  # (7.2.6)


KINDS = {"s4d": S4D, "s4": S4}


def s4d_model(vocab_size: int, d_model: int, n_layers: int, state_size: int = 64, dropout: float = 0.0, **settings):
    """A language model: an embedding, `n_layers` blocks of S4D (or kind="s4"), a norm, dropout and a head."""
    blocks = [S4Block(d_model, state_size, dropout=dropout, **settings) for _ in range(n_layers)]
    norm = nn.Sequential(nn.LayerNorm(d_model), nn.Dropout(dropout))
    return LanguageModel(vocab_size, d_model, Stacked(blocks), norm=norm)


def slow_poles(model, learning_rate: float, slow_rate: float = 1e-3, weight_decay: float = 0.0):
    """An optimizer for `seqmodels.training.train`: Adam, with a smaller rate for A and Δ and no weight decay on them.

    slow_rate: for these, and never more than learning_rate. A kernel depends on them through exponentials: a step that
    is right for a weight is wild for a pole. Source: Gu, Gupta, Goel and Ré (2022). Held by tests/unit/test_s4.py.
    """
    slow, others = [], []
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            (slow if name.split(".")[-1] in SLOWLY else others).append(parameter)
    if not slow:
        raise ValueError(f"model: expected state space layers with {', '.join(SLOWLY)}, found none of these")
    groups = [{"params": others, "weight_decay": weight_decay}] * bool(others)
    groups.append({"params": slow, "lr": min(slow_rate, learning_rate), "weight_decay": 0.0})
    return torch.optim.AdamW(groups, lr=learning_rate)
