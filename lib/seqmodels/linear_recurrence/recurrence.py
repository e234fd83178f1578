"""What all linear recurrences share: project, keep and write step after step, read out; or many steps at once.

    q_t, k_t  (K,) query and key      v_t  (V,) value      S_t  (K, V) the memory: S_tᵀ k is what it answers to a key
    B  batch      H  heads      T  time      C  chunk

In here time is always the last axis but one, so that heads stand before it: (B, H, T, K).
"""

import math

import torch
from torch import nn
from torch.nn import functional as F

from seqmodels.efficient_attention.checks import check_whole
from seqmodels.layer import SequenceLayer
from seqmodels.padding import hold, is_real, zero_beyond
from seqmodels.probes import Probe, watched

FORMS = ("chunks", "loop", "parallel")


class LinearRecurrence(SequenceLayer):
    """A memory that is kept in part and written to, at every step: x (B, T, D) -> y (B, T, D).

    A subclass says
        parts(x)              what its rule needs of the input: a tuple of (B, …, T, n); of one input, without T
        cell(state, *parts)   one step: what is read, and the state after it
        piece(state, *parts)  the same numbers for a piece of C steps, without a loop
        finish(read)          from what is read to y
        nothing               for each part the value that changes no memory: what padding is made of
    form: "chunks" goes from piece to piece of `chunk` steps, "parallel" takes all steps as one piece, "loop" goes step
    after step. All three give the same numbers; who watches a probe gets the loop.
    Probes of each: decay, write and state, of which the state after a step is decay · (the state before) + write.
    """

    nothing: tuple

    def __init__(self, d_model: int, *, form: str = "chunks", chunk: int = 64):
        check_whole(d_model=d_model, chunk=chunk)
        if form not in FORMS:
            raise ValueError(f"form: expected one of {', '.join(FORMS)}, got {form!r}")
        super().__init__(d_model, d_model)
        self.form, self.chunk = form, chunk

    def forward(self, x, state=None, *, lengths=None):
        x, state = self.checked(x, state, lengths)
        advance = self._loop if self.form == "loop" or watched(self) else self._pieces
        read, state = advance(state, self.parts(x), lengths)
        return zero_beyond(self.finish(read), lengths), state

    def step(self, x_t, state):
        x_t, state = self.checked_step(x_t, state)
        read, state = self.cell(state, *self.parts(x_t))
        return self.finish(read), state

    def _loop(self, state, parts, lengths):
        reads = []
        for t, now in enumerate(zip(*(part.unbind(-2) for part in parts), strict=True)):
            read, new = self.cell(state, *now)
            state = new if lengths is None else hold(new, state, t, lengths)
            reads.append(read)
        return torch.stack(reads, -2), state

    def _pieces(self, state, parts, lengths):
        length = parts[0].shape[-2]
        size = self.chunk if self.form == "chunks" else length
        if lengths is not None:
            real = is_real(lengths, length)[..., None]  # (B, T, 1)
            parts = [_where(real, part, value) for part, value in zip(parts, self.nothing, strict=True)]
        reads = []
        for now in zip(*(part.split(size, -2) for part in parts), strict=True):
            read, state = self.piece(state, *now)
            reads.append(read)
        return torch.cat(reads, -2), state


class MatrixMemory(LinearRecurrence):
    """H heads, each with a matrix for a memory: state = (S (B, H, K, V),).

    (8.2.1)  S_t = decay_t S_{t-1} + write_t      (8.2.2)  what is read: S_tᵀ q_t / √K

    A subclass says its decay in gates(x), as a logarithm, and its write in written(…), unless that is k_t v_tᵀ. Each
    head's reading is brought to root mean square 1 (with a learned scale), then all are mixed.
    key_size K and value_size V, of each head: d_model / n_heads unless you say; bias: of the maps to q, k, v and y.
    Probes: decay (B, H, 1 or K) at each step, write and state (B, H, K, V).
    """

    nothing = (0.0, 0.0, 0.0, 0.0)

    def __init__(self, d_model: int, n_heads: int, *, key_size: int | None = None, value_size: int | None = None,
                 bias: bool = False, form: str = "chunks", chunk: int = 64):  # fmt: skip
        super().__init__(d_model, form=form, chunk=chunk)
        check_whole(n_heads=n_heads)
        if None in (key_size, value_size) and d_model % n_heads:
            raise ValueError(f"n_heads: expected a divisor of d_model {d_model}, or key_size and value_size, "
                             f"got {n_heads}")  # fmt: skip
        self.n_heads = n_heads
        self.key_size = d_model // n_heads if key_size is None else key_size
        self.value_size = d_model // n_heads if value_size is None else value_size
        check_whole(key_size=self.key_size, value_size=self.value_size)
        self.to_query, self.to_key = (nn.Linear(d_model, n_heads * self.key_size, bias=bias) for _ in range(2))
        self.to_value = nn.Linear(d_model, n_heads * self.value_size, bias=bias)
        self.to_output = nn.Linear(n_heads * self.value_size, d_model, bias=bias)
        self.read_scale = nn.Parameter(torch.ones(n_heads, self.value_size))
        self.decay, self.write, self.state = Probe("B T H K"), Probe("B T H K V"), Probe("B T H K V")

    def gates(self, x):
        """x (B, T, D) or (B, D) -> log decay (B, H, T, 1 or K), and what else the rule reads from the input."""
        raise NotImplementedError(f"{type(self).__name__} has no gates")

    def written(self, kept, key, value):
        """What is added to what was kept of the memory: (B, H, K, V)."""
        return outer(key, value)

    def featured(self, x):
        """A query or key as it is used."""
        return x

    def parts(self, x):
        query, key, value = (self.heads(project(x)) for project in (self.to_query, self.to_key, self.to_value))
        return self.featured(query) / math.sqrt(self.key_size), self.featured(key), value, *self.gates(x)

    def cell(self, state, query, key, value, log_decay, *strength):
        (S,) = state
        kept = self.decay(log_decay.exp())[..., None] * S  # decay_t S_{t-1}
        S = self.state(kept + self.write(self.written(kept, key, value, *strength)))  # (8.2.1)
        return ask(query, S), (S,)  # (8.2.2)

    def finish(self, read):
        read = F.rms_norm(read.movedim(1, -2), (self.value_size,), eps=1e-6) * self.read_scale  # (B, T, H, V)
        return self.to_output(read.flatten(-2))

    def initial_state(self, batch_size):
        return (self.zeros(batch_size, self.n_heads, self.key_size, self.value_size),)

    def heads(self, x):
        """(B, T, H·n) -> (B, H, T, n), and (B, H·n) -> (B, H, n)."""
        return x.unflatten(-1, (self.n_heads, -1)).movedim(-2, 1)


def ask(query, S):
    """What a memory answers: Sᵀq, (B, H, V)."""
    return torch.einsum("bhk,bhkv->bhv", query, S)


def outer(key, value):
    """k vᵀ: the pair as a matrix, (B, H, K, V)."""
    return key[..., :, None] * value[..., None, :]


def spans(log_decay):
    """How much is left at step t of what was written at step i, as a logarithm: (…, C, n) -> (…, C, C, n).

    The sum of log_decay over the steps after i up to t, -inf where i comes after t. Summed up for each i on its own,
    not as a difference of two sums from the start: that loses all digits, or is inf - inf, where a decay is strong.
    """
    ones = torch.ones(log_decay.shape[-2], log_decay.shape[-2], dtype=torch.bool, device=log_decay.device)
    after = ones.tril(-1)[..., None]  # (C, C, 1): row j comes after column i
    sums = torch.where(after, log_decay[..., :, None, :], 0.0).cumsum(-3)
    return sums.masked_fill(ones.triu(1)[..., None], -torch.inf)


def _where(real, part, value):
    """part (B, …, T, n), with this value in place of padding; real (B, T, 1)."""
    real = real.reshape(real.shape[0], *(1,) * (part.dim() - 3), *real.shape[1:])
    return torch.where(real, part, value)
