"""The Mamba block, around the selective scan: a short convolution before it, a gate behind it. Gu and Dao (2023).

    x_t  (D,) what the block reads          u_t  (E,) the same, wider, after the convolution     E  = expand · D
    z_t  (E,) the gate                      Δ_t  (E,)     B_t, C_t  (N,)     h_t  (E, N)         R  rank of Δ's map

Published names of the same things: d_inner for E, d_state for N, dt for Δ, dt_rank for R.
"""

import math

import torch
from torch import nn
from torch.nn import functional as F

from seqmodels.layer import SequenceLayer
from seqmodels.mamba.convolution import ShortConvolution
from seqmodels.mamba.scan import selective_scan_with_state
from seqmodels.padding import run_steps, zero_beyond
from seqmodels.probes import Probe
from seqmodels.recurrent import _check_sizes, _weight

SELECTIVE = ("delta", "B", "C")
SLOWEST, FASTEST, FLOOR = 1e-3, 0.1, 1e-4  # where Δ starts, log-uniform


class MambaBlock(SequenceLayer):
    """One selective state space with all that stands around it: x (B, T, D) -> y (B, T, D).

        u, z = W x;   u = silu(convolution(u));   Δ, B, C from u;   y = W' (selective_scan(u, Δ, A, B, C, D) ⊙ silu(z))

    state = (the last inputs of the convolution (B, kernel_size - 1, E), h (B, E, N)).
    state_size N; expand: E / D; kernel_size: taps of the convolution; rank R: Δ comes from u by way of so many numbers,
    ⌈D / 16⌉ unless you say; bias: of the two large maps W and W'; conv_bias; inner_norms: root mean square norms on
    what Δ, B and C are made of, as in Jamba, with norm_epsilon.
    selective: which of "delta", "B" and "C" hang on the input. What does not is a learned constant: one Δ a channel,
    one B or C (N,) for all channels, as the selective ones are. With () the block is time-invariant.
    Probes, each of them whole sequences: `conv` u, `delta` Δ, `gate` silu(z) "B T D"; `B`, `C` "B T N"; `state` h
    "B T D N", for which the block takes its explicit loop.
    A starts at -1, -2, … -N in every channel, D at 1, the bias of Δ so that Δ is log-uniform from 0.001 to 0.1.
    Held by tests/unit/test_mamba.py to the formulas written out, and by test_mamba_pretrained.py to the reference.
    """

    def __init__(self, d_model: int, state_size: int = 16, expand: int = 2, kernel_size: int = 4, *,
                 rank: int | None = None, bias=False, conv_bias=True, inner_norms=False, norm_epsilon: float = 1e-6,
                 selective=SELECTIVE):  # fmt: skip
        rank = math.ceil(d_model / 16) if rank is None else rank
        _check_sizes(d_model=d_model, state_size=state_size, expand=expand, kernel_size=kernel_size, rank=rank)
        self._check_selective(selective)
        super().__init__(d_model, d_model)
        inner, self.selective = expand * d_model, tuple(selective)
        self.widen, self.narrow = nn.Linear(d_model, 2 * inner, bias=bias), nn.Linear(inner, d_model, bias=bias)
        self.convolution = ShortConvolution(inner, kernel_size, conv_bias)
        sizes = {"delta": rank, "B": state_size, "C": state_size}
        self.parts = {name: size for name, size in sizes.items() if name in self.selective}
        self.select = nn.Linear(inner, sum(self.parts.values()), bias=False) if self.parts else None
        self.norms = nn.ModuleDict({name: nn.RMSNorm(size, eps=norm_epsilon) for name, size in self.parts.items()
                                    if inner_norms})  # fmt: skip
        self.delta_weight = _weight(inner, rank, scale=rank) if "delta" in self.parts else None
        self.delta_bias = nn.Parameter(_first_delta_bias(inner))
        self.constant_B = None if "B" in self.parts else nn.Parameter(torch.ones(state_size))
        self.constant_C = None if "C" in self.parts else nn.Parameter(torch.randn(state_size))
        self.A_log = nn.Parameter(torch.arange(1.0, state_size + 1).log().repeat(inner, 1))
        self.D = nn.Parameter(torch.ones(inner))
        self.conv, self.delta, self.gate = Probe("B T D"), Probe("B T D"), Probe("B T D")
        self.B, self.C, self.state = Probe("B T N"), Probe("B T N"), Probe("B T D N")

    def forward(self, x, state=None, *, lengths=None):
        x, state = self.checked(x, state, lengths)
        return run_steps(self, x, state, lengths) if self.state.active else self.run(x, state, lengths)

    def step(self, x_t, state):
        return self.run_step(*self.checked_step(x_t, state))

    def initial_state(self, batch_size):
        inner, state_size = self.A_log.shape
        return self.zeros(batch_size, self.convolution.reach, inner), self.zeros(batch_size, inner, state_size)

    def run(self, x, state, lengths=None):
        """`forward` without its checks, in the fast form."""
        past, h = state
        u, z = self.widen(x).chunk(2, -1)  # (B, T, E) each
        u, past = self.convolution(u, past, lengths)
        u = self.conv(F.silu(u))
        delta, B, C = self._selected(u)
        delta = zero_beyond(delta, lengths)  # where Δ is 0 no time passes: the state stays as it was
        y, h = selective_scan_with_state(u, delta, self.rates, B, C, self.D, h)
        return zero_beyond(self.narrow(y * self.gate(F.silu(z))), lengths), (past, h)  # (8.1.7)

    def run_step(self, x_t, state):
        """`step` without its checks."""
        past, h = state
        u, z = self.widen(x_t).chunk(2, -1)  # (B, E) each
        u, past = self.convolution(u, past)
        u = self.conv(F.silu(u))
        delta, B, C = self._selected(u)
        drive = (delta * u)[..., None] * B[:, None]
        h = self.state(torch.addcmul(drive, torch.exp(delta[..., None] * self.rates), h))  # (8.1.2) (B, E, N)
        y = torch.addcmul((h @ C[..., None])[..., 0], u, self.D)  # (8.1.3)
        return self.narrow(y * self.gate(F.silu(z))), (past, h)

    @property
    def rates(self):
        """A (E, N), negative whatever was learned."""
        return -torch.exp(self.A_log)

    def _selected(self, u):
        """Δ (…, E), B (…, N) and C (…, N) of u (…, E)."""
        shares = self.select(u).split(list(self.parts.values()), -1) if self.parts else ()
        found = dict(zip(self.parts, shares, strict=True))
        found |= {name: norm(found[name]) for name, norm in self.norms.items()}
        before = F.linear(found["delta"], self.delta_weight, self.delta_bias) if "delta" in found else self.delta_bias
        delta = self.delta(F.softplus(before).expand(u.shape))  # (8.1.4)
        B, C = (found[name] if name in found else constant.expand(*u.shape[:-1], -1)
                for name, constant in (("B", self.constant_B), ("C", self.constant_C)))  # fmt: skip
        return delta, self.B(B), self.C(C)

    @staticmethod
    def _check_selective(selective):
        if isinstance(selective, str) or not set(selective) <= set(SELECTIVE):
            raise ValueError(f"selective: expected some of {', '.join(SELECTIVE)} in a tuple, got {selective!r}")


def _first_delta_bias(inner):
    """softplus⁻¹ of numbers that are log-uniform from SLOWEST to FASTEST, as published."""
    low, high = math.log(SLOWEST), math.log(FASTEST)
    delta = torch.exp(low + (high - low) * torch.rand(inner)).clamp(min=FLOOR)
    return delta + torch.log(-torch.expm1(-delta))
