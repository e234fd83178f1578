"""Linear attention as a layer: a Transformer's attention on the outside, a recurrent network on the inside."""

import torch
from torch import nn

from seqmodels.efficient_attention.checks import check_whole
from seqmodels.efficient_attention.linear import ask, chunked, positive, remember
from seqmodels.layer import SequenceLayer
from seqmodels.padding import run_steps, zero_beyond
from seqmodels.probes import Probe, watched


class LinearAttention(SequenceLayer):
    """Causal attention with H heads whose memory does not grow: x (B, T, D) -> y (B, T, D).

    state = (S (B, H, F, d), z (B, H, F)), d = D / H: as much after a million steps as after one, and nothing that is in
    it is ever thrown out. d_model D; n_heads H, a divisor of D; feature_map φ: (…, d) to (…, F), positive; chunk: how
    many steps forward takes at once. It knows no positions; order comes in because nobody looks ahead.
    Probes: query and key are φ(q) and φ(k), value, attended, and memory and normaliser, S and z after every step:
    who watches these two makes forward take the explicit loop.
    Source: Katharopoulos, Vyas, Pappas and Fleuret (2020). Held by tests/unit/test_efficient_attention.py to
    `linear_attention` and by tests/property/test_contract.py to the contract.
    """

    def __init__(self, d_model: int, n_heads: int, *, feature_map=positive, chunk: int = 64):
        check_whole(d_model=d_model, n_heads=n_heads, chunk=chunk)
        if d_model % n_heads:
            raise ValueError(f"n_heads: expected a divisor of d_model {d_model}, got {n_heads}")
        super().__init__(d_model, d_model)
        self.n_heads, self.head_size, self.feature_map, self.chunk = n_heads, d_model // n_heads, feature_map, chunk
        self.n_features = feature_map(torch.zeros(1, self.head_size)).shape[-1]
        self.to_query, self.to_key, self.to_value = (nn.Linear(d_model, d_model) for _ in range(3))
        self.to_output = nn.Linear(d_model, d_model)
        self.query, self.key, self.value = Probe("B T H F"), Probe("B T H F"), Probe("B T H V")
        self.memory, self.normaliser, self.attended = Probe("B T H F V"), Probe("B T H F"), Probe("B T D")

    def forward(self, x, state=None, *, lengths=None):
        x, state = self.checked(x, state, lengths)
        if watched(self.memory, self.normaliser):
            return run_steps(self, x, state, lengths)
        query, key, value = self.featured(x)  # (B, T, H, F) and (B, T, H, d)
        key = zero_beyond(key, lengths)  # a key of zeros leaves the state as it is
        query, key, value = (part.transpose(1, 2) for part in (query, key, value))
        mixed, state = chunked(query, key, value, state, self.chunk)  # (B, H, T, d)
        y = self.attended(self.to_output(mixed.transpose(1, 2).flatten(2)))  # (B, T, D)
        return zero_beyond(y, lengths), state

    def step(self, x_t, state):
        x_t, (S, z) = self.checked_step(x_t, state)
        query, key, value = self.featured(x_t)  # (B, H, F) and (B, H, d)
        S, z = remember(S, z, key, value)
        S, z = self.memory(S), self.normaliser(z)
        return self.attended(self.to_output(ask(query, S, z).flatten(1))), (S, z)

    def initial_state(self, batch_size):
        S = self.zeros(batch_size, self.n_heads, self.n_features, self.head_size)
        return S, self.zeros(batch_size, self.n_heads, self.n_features)

    def featured(self, x):
        """x (B, T, D) or (B, D) -> φ(q), φ(k) and v of every head, (B, T, H, …) or (B, H, …)."""
        query, key, value = (
            project(x).unflatten(-1, (self.n_heads, self.head_size))
            for project in (self.to_query, self.to_key, self.to_value)
        )
        return self.query(self.feature_map(query)), self.key(self.feature_map(key)), self.value(value)
