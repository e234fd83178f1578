"""Mamba-2's layer. Symbols of the recurrence: see seqmodels.mamba2.ssd."""

import math

import torch
from torch import nn
from torch.nn import functional as F

from seqmodels.efficient_attention.checks import check_whole
from seqmodels.layer import SequenceLayer
from seqmodels.mamba.convolution import ShortConvolution
from seqmodels.mamba2.ssd import ask, remember, ssd
from seqmodels.padding import run_steps, zero_beyond
from seqmodels.probes import Probe, watched

SLOWEST, QUICKEST = 0.001, 0.1  # the steps that heads begin with lie between these


class Mamba2Block(SequenceLayer):
    """Selection by one number a head and step: x (B, T, D) -> y (B, T, D).

        [z; x'; Δ'] = W x_t      [x; B; C] = silu(convolution of x' over the last steps)      Δ = softplus(Δ' + b)
        S_t = exp(Δ_t A) S_{t-1} + Δ_t x_t B_tᵀ      y_t = S_t C_t + D x_t      out: W' norm(y_t ⊙ silu(z_t))

    d_model; state_size N; expand: the inner width is so many times d_model; head_size P, which must divide that width
    into H heads; n_groups G, a divisor of H: how many pairs of B and C there are, and how many parts the norm takes by
    themselves; kernel_size k of the convolution, 1 for none; chunk: see `ssd`; bias: of W and W'; conv_bias.
    A = -exp(A_log) is a number for each head and never hangs on the input; Δ, B and C always do.
    state = (the last k - 1 inputs of the convolution (B, k - 1, C'), S (B, H, P, N)): always of one size.
    Probes `delta` "B T H", `B` and `C` "B T G N", `gate` "B T E", silu(z), and `state` "B T H P N": who watches this
    one makes forward take the explicit loop.
    Source: Dao and Gu (2024). Held by tests/unit/test_mamba2.py to the loop written out, and by
    test_mamba2_pretrained.py to the reference implementation.
    """

    def __init__(self, d_model: int, state_size: int = 64, *, expand: int = 2, head_size: int = 64, n_groups: int = 1,
                 kernel_size: int = 4, chunk: int = 64, bias=False, conv_bias=True, norm_epsilon=1e-5):  # fmt: skip
        check_whole(d_model=d_model, state_size=state_size, expand=expand, head_size=head_size, n_groups=n_groups,
                    kernel_size=kernel_size, chunk=chunk)  # fmt: skip
        super().__init__(d_model, d_model)
        inner, heads = expand * d_model, expand * d_model // head_size
        if inner % head_size:
            raise ValueError(f"head_size: expected a divisor of the inner width {expand} · {d_model}, got {head_size}")
        if heads % n_groups:
            raise ValueError(f"n_groups: expected a divisor of the {heads} heads, got {n_groups}")
        self.n_heads, self.head_size, self.n_groups, self.state_size = heads, head_size, n_groups, state_size
        self.chunk = chunk
        self.selected = (inner, n_groups * state_size, n_groups * state_size)  # widths of x, B and C
        self.widths = (inner, sum(self.selected), heads)  # of z, [x; B; C] and Δ'
        self.widen = nn.Linear(d_model, sum(self.widths), bias=bias)  # W
        self.convolution = ShortConvolution(sum(self.selected), kernel_size, conv_bias, random_bias=True)
        self.A_log = nn.Parameter(torch.empty(heads).uniform_(1, 16).log())
        steps = torch.empty(heads).uniform_(math.log(SLOWEST), math.log(QUICKEST)).exp()
        self.delta_bias = nn.Parameter(steps + torch.log(-torch.expm1(-steps)))  # b, softplus of which is the step
        self.D = nn.Parameter(torch.ones(heads))
        self.norm = GroupNorm(inner, n_groups, norm_epsilon)
        self.narrow = nn.Linear(inner, d_model, bias=bias)  # W'
        self.delta, self.B, self.C = Probe("B T H"), Probe("B T G N"), Probe("B T G N")
        self.gate, self.state = Probe("B T E"), Probe("B T H P N")

    def forward(self, x, state=None, *, lengths=None):
        x, state = self.checked(x, state, lengths)
        if watched(self.state):
            return run_steps(self, x, state, lengths)
        z, seen, delta = self.widen(x).split(self.widths, -1)
        past, S = state
        seen, past = self.convolution(seen, past, lengths)
        x, delta, B, C = self.select(seen, delta)
        delta = zero_beyond(delta, lengths)  # where no time passes, the state stays as it is
        y, S = ssd(delta[..., None] * x, delta * self.rate, B, C, self.chunk, S)
        return zero_beyond(self.combine(y, x, z), lengths), (past, S)

    def step(self, x_t, state):
        x_t, (past, S) = self.checked_step(x_t, state)
        z, seen, delta = self.widen(x_t).split(self.widths, -1)
        seen, past = self.convolution(seen, past)
        x, delta, B, C = self.select(seen, delta)
        S = self.state(remember(S, delta[..., None] * x, delta * self.rate, B))
        return self.combine(ask(S, C), x, z), (past, S)

    def initial_state(self, batch_size):
        past = self.zeros(batch_size, self.convolution.reach, sum(self.selected))
        return past, self.zeros(batch_size, self.n_heads, self.head_size, self.state_size)

    @property
    def rate(self):
        """A (H,), below 0."""
        return -self.A_log.exp()

    def select(self, seen, delta):
        """What came out of the convolution, and Δ' -> x (…, H, P), Δ (…, H), B and C (…, G, N)."""
        x, B, C = F.silu(seen).split(self.selected, -1)
        B, C = (part.unflatten(-1, (self.n_groups, -1)) for part in (B, C))
        delta = self.delta(F.softplus(delta + self.delta_bias))
        return x.unflatten(-1, (self.n_heads, -1)), delta, self.B(B), self.C(C)

    def combine(self, y, x, z):
        """y and x (…, H, P), z (…, E) -> (…, D)."""
        y = (y + self.D[:, None] * x).flatten(-2)
        return self.narrow(self.norm(y * self.gate(F.silu(z))))


class GroupNorm(nn.Module):
    """Root mean square norm of G parts, each by itself: x (…, E) -> (…, E). weight (E,)."""

    def __init__(self, features, n_groups, epsilon):
        super().__init__()
        self.weight, self.n_groups, self.epsilon = nn.Parameter(torch.ones(features)), n_groups, epsilon

    def forward(self, x):
        parts = x.unflatten(-1, (self.n_groups, -1))
        return self.weight * F.rms_norm(parts, parts.shape[-1:], eps=self.epsilon).flatten(-2)
