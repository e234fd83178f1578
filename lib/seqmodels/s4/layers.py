"""S4 and S4D: a linear recurrence that is trained as a convolution.

    u_t  (D,) input     h_t  (D, N) state, N numbers for every channel        y_t  (D,) output
    A    what a channel's state does by itself, in continuous time: h' = A h + B u,  y = C h + D u
    Δ    (D,) the time between two inputs: from A and Δ come Ā and B̄ of the recurrence (seqmodels.hippo.discretize)
    K    (D, L) the kernel, K_l = C Ā^l B̄: the same layer as a convolution, of any length

The papers write D for the last weight, the way past the state; here it is called skip, and D counts channels.
"""

import math

import torch
from torch import nn

from seqmodels.hippo import discretize, dplr
from seqmodels.layer import SequenceLayer
from seqmodels.padding import reverse, run_steps, zero_beyond
from seqmodels.probes import Probe, watched
from seqmodels.s4.kernels import DiagonalPowers, MatrixPowers, convolve, wide

INITS = ("lin", "inv", "real", "legs")
STEPS = (0.001, 0.1)


class StateSpace(SequenceLayer):
    """Every channel a recurrence of its own, of N numbers; nothing in it depends on what is read.

    forward convolves with the kernel, step goes from state to state; who watches the state makes forward step as well.
    A subclass gives `discrete()` -> Ā, B̄, C, the `powers` of Ā, and what one step does.
    Probes: state (B, T, D, N), of complex modes one for each pair, and output, before anything that is behind the
    layer. State of the recurrence: (h (B, D, N),).
    """

    powers = None

    def __init__(self, d_model: int, state_size: int, steps: tuple):
        _check_sizes(d_model, state_size, steps)
        super().__init__(d_model, d_model)
        self.state_size = state_size
        low, high = (math.log(step) for step in steps)
        self.log_step = nn.Parameter(torch.empty(d_model).uniform_(low, high))
        self.skip = nn.Parameter(torch.randn(d_model))
        self.state, self.output = Probe("B T D N"), Probe("B T D")

    def discrete(self):
        """Ā, B̄ and C, in the precision of the layer; Δ and A make them in double precision."""
        raise NotImplementedError(f"{type(self).__name__} has no discrete")

    def kernel(self, length: int):
        """K (D, L): what the layer answers to a single 1, at that step and after (skip, which acts at once, apart)."""
        if isinstance(length, bool) or not isinstance(length, int) or length < 1:
            raise ValueError(f"length: expected a whole number, 1 or more, got {length!r}")
        decay, drive, read = self.discrete()
        return self.powers(decay, length).kernel(read, drive)

    def forward(self, x, state=None, *, lengths=None):
        begins = state is None
        x, (h,) = self.checked(x, state, lengths)
        if watched(self.state):
            return run_steps(self, x, (h,), lengths)
        length = x.shape[1]
        decay, drive, read = self.discrete()
        powers, u = self.powers(decay, length), x.transpose(1, 2)  # (B, D, T)
        y = convolve(u, powers.kernel(read, drive)) + self.skip[:, None] * u  # (7.2.3)
        after = powers.absorb(reverse(x, lengths).transpose(1, 2), drive)
        if not begins:
            y = y + powers.kernel(read, powers.step(decay, h))  # what the state before still has to say
            after = after + powers.later(h, length if lengths is None else lengths)
        y = zero_beyond(self.output(y.transpose(1, 2)), lengths)
        return y, (after,)

    def step(self, x_t, state):
        x_t, (h,) = self.checked_step(x_t, state)
        decay, drive, read = self.discrete()
        h = self.state(self.powers.step(decay, h) + drive * x_t[..., None])  # (7.2.1) (B, D, N)
        return self.output(_read(read, h) + self.skip * x_t), (h,)  # (7.2.2)


class S4D(StateSpace):
    """The diagonal state space layer: every mode of a channel decays and turns by itself. x (B, T, D) -> y (B, T, D).

    d_model D; state_size N: real numbers of state for each channel, so N/2 complex modes, each with its conjugate.
    init, of A, for n = 0, 1, …:
        "lin"   -1/2 + iπn            frequencies at even distances, as a Fourier series has them
        "inv"   -1/2 + i(N/π)(N/(2n+1) - 1)
        "legs"  the diagonal part of HiPPO's matrix (seqmodels.hippo.dplr)
        "real"  -(n+1)                N real modes: they fade and cannot swing
    method: "zoh" or "bilinear". steps: Δ is drawn between these, evenly on a logarithmic scale, for each channel.
    B is 1, its part is played by C. Re A = -exp(log_decay) is below 0 whatever is learnt.
    state = (h (B, D, N/2) complex,), for "real" (h (B, D, N),).
    Source: Gu, Gupta, Goel and Ré (2022). Held by tests/unit/test_s4.py and tests/property/test_contract.py.
    """

    powers = DiagonalPowers

    def __init__(self, d_model: int, state_size: int = 64, init: str = "lin", *, method: str = "zoh",
                 steps: tuple = STEPS):  # fmt: skip
        if init not in INITS:
            raise ValueError(f"init: expected one of {', '.join(INITS)}, got {init!r}")
        _check_method(method)
        super().__init__(d_model, state_size, steps)
        self.init, self.method = init, method
        A = _start(init, state_size).expand(d_model, -1)
        self.log_decay = nn.Parameter((-A.real).log().float())
        self.frequency = nn.Parameter(A.imag.float().clone()) if A.is_complex() else None
        self.C = nn.Parameter(_random(d_model, A.shape[1], A.is_complex()))

    @property
    def A(self):
        """(D, N/2) complex, one of each pair; for "real" (D, N)."""
        decay = -wide(self.log_decay).exp()
        return decay if self.frequency is None else torch.complex(decay, wide(self.frequency))

    def discrete(self):
        A = self.A
        decay, drive = discretize(A, torch.ones_like(A), wide(self.log_step).exp(), self.method)  # (7.2.4)
        read = self.C if self.frequency is None else torch.view_as_complex(self.C)
        return decay.to(read.dtype), drive.to(read.dtype), read

    def initial_state(self, batch_size):
        zeros = self.zeros(batch_size, *self.C.shape)
        return (zeros if self.frequency is None else torch.view_as_complex(zeros),)


class S4(StateSpace):
    """The layer of 2021: A is diagonal plus rank one, A = Λ - P P*, as HiPPO's matrix is. x (B, T, D) -> y (B, T, D).

    d_model D; state_size N, even: N/2 complex numbers with their conjugates, kept here as N real ones, in which
    A = S - 2 p pᵀ, with S of blocks (-a, -ω; ω, -a) and p = (Re P, Im P). It starts as LegS. The bilinear rule.
    The kernel comes from the powers of Ā in two tables, exact at every length; the papers' own way, which pays for
    large N, is `seqmodels.s4.cauchy_kernel`.
    state = (h (B, D, N),): real parts of the modes, then imaginary parts.
    Source: Gu, Goel and Ré (2021), with P for their Q as well, which keeps every such A stable.
    Held by tests/unit/test_s4.py to the dense recurrence and to `cauchy_kernel`; by tests/property/test_contract.py.
    """

    powers = MatrixPowers

    def __init__(self, d_model: int, state_size: int = 64, *, steps: tuple = STEPS):
        super().__init__(d_model, state_size, steps)
        _check_even(state_size)
        Lambda, P, B = (_upper(part, state_size).expand(d_model, -1) for part in dplr(state_size)[:3])
        self.log_decay = nn.Parameter((-Lambda.real).log().float())
        self.frequency = nn.Parameter(Lambda.imag.float().clone())
        self.P, self.B = (nn.Parameter(torch.view_as_real(part.resolve_conj().clone()).float()) for part in (P, B))
        self.C = nn.Parameter(_random(d_model, state_size // 2, True))

    @property
    def A(self):
        """(D, N, N) of real numbers."""
        decay, frequency, p = -wide(self.log_decay).exp(), wide(self.frequency), _stacked(wide(self.P))
        diagonal = torch.diag_embed(torch.cat([decay, decay], -1))
        turning = torch.diag_embed(frequency, offset=-frequency.shape[-1])  # what real parts do to imaginary ones
        return diagonal + turning - turning.mT - 2 * p[..., None] * p[..., None, :]  # (7.2.7)

    def discrete(self):
        B, C = _stacked(self.B), 2 * _stacked(self.C * self.C.new_tensor([1, -1]))  # C h = 2 Re Σ C_n h_n
        decay, drive = discretize(self.A, wide(B), wide(self.log_step).exp(), "bilinear")
        return decay.to(C.dtype), drive.to(C.dtype), C

    def initial_state(self, batch_size):
        return (self.zeros(batch_size, self.input_size, self.state_size),)


def _read(read, h):
    """C h, (B, D); of complex modes twice the real part, for themselves and their conjugates."""
    y = (read * h).sum(-1)
    return 2 * y.real if y.is_complex() else y


def _stacked(pairs):
    """Complex numbers (D, N/2, 2): their real parts, then their imaginary parts, (D, N)."""
    return pairs.transpose(-1, -2).flatten(-2)


def _start(init, n):
    """A of one channel."""
    if init == "real":
        return -(torch.arange(n) + 1.0).double()
    _check_even(n)
    k = torch.arange(n // 2).double()
    if init == "legs":
        return _upper(dplr(n)[0], n)
    frequency = math.pi * k if init == "lin" else n / math.pi * (n / (2 * k + 1) - 1)
    return torch.complex(torch.full_like(frequency, -0.5), frequency)


def _upper(part, n):
    """Of numbers that come with their conjugates, those with positive frequencies."""
    return torch.from_numpy(part)[n // 2 :]


def _random(d_model, modes, is_complex):
    """C at the start: normal, of variance 1 (complex numbers: of both parts together)."""
    return torch.randn(d_model, modes, 2) / math.sqrt(2) if is_complex else torch.randn(d_model, modes)


def _check_sizes(d_model, state_size, steps):
    for name, value in (("d_model", d_model), ("state_size", state_size)):
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise ValueError(f"{name}: expected a whole number, 1 or more, got {value!r}")
    if len(steps) != 2 or not 0 < steps[0] <= steps[1] < math.inf:
        raise ValueError(f"steps: expected (least, largest) of the times between two inputs, above 0, got {steps!r}")


def _check_even(state_size):
    if state_size % 2:
        raise ValueError(f"state_size: complex modes come in pairs, expected an even number, got {state_size}")


def _check_method(method):
    if method not in ("zoh", "bilinear"):
        raise ValueError(f"method: expected zoh or bilinear, got {method!r}")
