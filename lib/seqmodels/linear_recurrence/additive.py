"""Memories to which every pair is added, and that fade: RetNet, GLA and RWKV-6 differ in what fades, and how fast."""

import torch
from torch import nn
from torch.nn import functional as F

from seqmodels.efficient_attention.checks import check_whole
from seqmodels.linear_recurrence.recurrence import MatrixMemory, ask, outer, spans


class RetNet(MatrixMemory):
    """Retention: every head forgets at a rate of its own, which nothing can change. S_t = γ_h S_{t-1} + k_t v_tᵀ.

    γ_h = 1 - 2^(-5-h) for head h = 0, 1, …: memories of about 32, 64, 128, … steps.
    Its parallel form is attention without softmax under a mask that fades: ((q kᵀ) ∘ L) v with L_ti = γ^(t-i), i ≤ t.
    Left out: the rotation of queries and keys by their position, and the gate on the output.
    Source: Sun and others (2023). Held by tests/unit/test_linear_recurrence.py to the masked matrix and the loop.
    """

    def gates(self, x):
        h = torch.arange(self.n_heads, dtype=x.dtype, device=x.device)
        return (self.heads(torch.log1p(-(2.0 ** -(5 + h))).expand(*x.shape[:-1], -1)),)

    def piece(self, state, query, key, value, log_decay):
        (S,) = state
        L = spans(log_decay).exp().squeeze(-1)  # (B, H, C, C)
        since = log_decay.cumsum(-2).exp()  # what is left of S                                (B, H, C, 1)
        read = (query @ key.mT * L) @ value + since * (query @ S)  # (B, H, C, V)
        return read, (since[..., -1:, :] * S + (L[..., -1, :, None] * key).mT @ value,)


class GLA(MatrixMemory):
    """Gated linear attention: every row of the memory fades as the input says. S_t = diag(α_t) S_{t-1} + k_t v_tᵀ.

    α_t = σ(W₂ W₁ x_t + b)^(1/τ) (K,), with τ = 16 so that forgetting begins slow, and W₂ W₁ of rank `rank`.
    In a piece every pair of steps has a fading of its own for every row: C² K numbers, so chunks are small.
    Left out: the gate on the output.
    Source: Yang and others (2023). Held by tests/unit/test_linear_recurrence.py, also where α is next to 0.
    """

    TAU = 16.0

    def __init__(self, d_model: int, n_heads: int, *, rank: int = 16, chunk: int = 16, **settings):
        super().__init__(d_model, n_heads, chunk=chunk, **settings)
        check_whole(rank=rank)
        keys = n_heads * self.key_size
        self.to_decay = nn.Sequential(nn.Linear(d_model, rank, bias=False), nn.Linear(rank, keys))

    def gates(self, x):
        return (F.logsigmoid(self.heads(self.to_decay(x))) / self.TAU,)

    def piece(self, state, query, key, value, log_decay):
        (S,) = state
        left = spans(log_decay).exp()  # (B, H, C, C, K)
        since = log_decay.cumsum(-2).exp()  # (B, H, C, K)
        read = _weights(query, key, left) @ value + (since * query) @ S
        return read, (since[..., -1, :, None] * S + (left[..., -1, :, :] * key).mT @ value,)


class RWKV6(MatrixMemory):
    """The recurrence of RWKV-6 ("Finch"): fading as in GLA, but the newest pair is read before it is in the memory.

    S_t = diag(w_t) S_{t-1} + k_t v_tᵀ, and what is read is (S_{t-1} + diag(u) k_t v_tᵀ)ᵀ r_t: the newest pair counts
    by a learned u (K,) instead of by 1. w_t = exp(-exp(w₀ + W₂ tanh(W₁ x_t))); r_t is our query, divided by √K here.
    Left out: the shift that mixes each input with the one before, the gate on the output, and channel mixing. Other
    versions have other recurrences: RWKV-4 a vector with a normaliser, RWKV-7 a kind of delta rule.
    Source: Peng and others (2024). Held by tests/unit/test_linear_recurrence.py, also where w is next to 0.
    """

    def __init__(self, d_model: int, n_heads: int, *, rank: int = 16, chunk: int = 16, **settings):
        super().__init__(d_model, n_heads, chunk=chunk, **settings)
        check_whole(rank=rank)
        keys = n_heads * self.key_size
        down, up = nn.Linear(d_model, rank, bias=False), nn.Linear(rank, keys)
        nn.init.uniform_(up.bias, -6.0, -1.0)  # memories of about 3 to 400 steps
        self.to_rate = nn.Sequential(down, nn.Tanh(), up)
        self.bonus = nn.Parameter(torch.rand(n_heads, self.key_size))

    def gates(self, x):
        return (-self.heads(self.to_rate(x)).exp(),)

    def cell(self, state, query, key, value, log_decay):
        (S,) = state
        write = self.write(outer(key, value))
        read = ask(query, S + self.bonus[..., None] * write)
        return read, (self.state(self.decay(log_decay.exp())[..., None] * S + write),)

    def piece(self, state, query, key, value, log_decay):
        (S,) = state
        left = spans(log_decay).exp()
        since = log_decay.cumsum(-2).exp()
        before = F.pad(left, (0, 0, 0, 0, 1, 0))[..., :-1, :, :]  # as it was one step earlier, nothing at first
        since_before = F.pad(since, (0, 0, 1, 0), value=1.0)[..., :-1, :]
        now = (query * self.bonus[..., None, :] * key).sum(-1, keepdim=True) * value
        read = _weights(query, key, before) @ value + (since_before * query) @ S + now
        return read, (since[..., -1, :, None] * S + (left[..., -1, :, :] * key).mT @ value,)


def _weights(query, key, left):
    """Σ_k q_tk k_ik left_tik: (B, H, C, C)."""
    return (left * key[..., None, :, :] @ query[..., None]).squeeze(-1)
