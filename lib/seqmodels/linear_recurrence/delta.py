"""The delta rule: before a value is written, what the memory already answers to its key is taken away."""

import torch
from torch import nn
from torch.nn import functional as F

from seqmodels.linear_recurrence.recurrence import MatrixMemory, outer, spans


class DeltaNet(MatrixMemory):
    """Writes the difference to what it would answer: S_t = S_{t-1} + β_t k_t (v_t - S_{t-1}ᵀ k_t)ᵀ.

    That is (I - β_t k_t k_tᵀ) S_{t-1} + β_t k_t v_tᵀ, a step of gradient descent on ½ |v_t - Sᵀk_t|². With β = 1 the
    key answers v_t afterwards, whatever it answered before. Queries and keys are silu(…) of length 1, β_t = σ(…).
    gate: forgets as well (the gated delta rule): α_t S_{t-1} stands where S_{t-1} does, with α_t = exp(-r softplus(…)).
    negative_eigenvalues: β_t = 2 σ(…), so that a write can turn the sign of what lies along its key (eigenvalue 1 - β
    from 1 to -1), which makes parity possible.
    Left out: the convolution before q, k and v, and the gate on the output.
    Source: Schlag, Irie and Schmidhuber (2021); Yang and others (2024) for the form in chunks; Yang, Kautz and
    Hatamizadeh (2024) for the gate; Grazzi and others (2024) for the eigenvalues.
    Held by tests/unit/test_linear_recurrence.py and, to the reference library's gated delta rule,
    tests/unit/test_linear_recurrence_published.py.
    """

    nothing = (0.0, 0.0, 0.0, 0.0, 0.0)

    def __init__(self, d_model: int, n_heads: int, *, gate: bool = False, negative_eigenvalues: bool = False,
                 **settings):  # fmt: skip
        super().__init__(d_model, n_heads, **settings)
        self.strongest = 2.0 if negative_eigenvalues else 1.0
        self.to_strength = nn.Linear(d_model, n_heads)
        self.to_rate = nn.Linear(d_model, n_heads) if gate else None
        if gate:
            fades = torch.empty(n_heads).uniform_(-6.9, -2.3).exp()  # from 0.001 to 0.1 a step
            nn.init.zeros_(self.to_rate.weight)
            self.to_rate.bias.data = fades.expm1().log()  # softplus of it is fades
            self.log_rate = nn.Parameter(torch.zeros(n_heads))

    def gates(self, x):
        strength = self.strongest * self.to_strength(x).sigmoid()  # β
        log_decay = -self.log_rate.exp() * F.softplus(self.to_rate(x)) if self.to_rate else torch.zeros_like(strength)
        return self.heads(log_decay), self.heads(strength)

    def featured(self, x):
        return F.normalize(F.silu(x), dim=-1)

    def written(self, kept, key, value, strength):
        answer = torch.einsum("bhk,bhkv->bhv", key, kept)
        return outer(strength * key, value - answer)  # (8.2.3) β_t k_t (v_t - (α_t S_{t-1})ᵀ k_t)ᵀ

    def piece(self, state, query, key, value, log_decay, strength):
        """Every write hangs on those before it in the piece: a triangular system, solved for all at once.

        u_t = β_t (v_t - what S and the writes before answer to k_t); then S_t = Σ_i (what is left) k_i u_iᵀ, as ever.
        """
        (S,) = state
        L = spans(log_decay).exp().squeeze(-1)  # (B, H, C, C)
        since = log_decay.cumsum(-2).exp()  # (B, H, C, 1)
        among = strength * (L * (key @ key.mT)).tril(-1)  # how much of write i the key of t meets
        fresh = strength * (value - since * (key @ S))
        u = torch.linalg.solve_triangular(among, fresh, upper=False, unitriangular=True)  # (I + among) u = fresh
        read = (query @ key.mT * L) @ u + since * (query @ S)
        return read, (since[..., -1:, :] * S + (L[..., -1, :, None] * key).mT @ u,)
