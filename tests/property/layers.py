"""Four small layers, one of each kind that the course knows, and layers that break the contract on purpose.

They are here to prove that the contract of `seqmodels.layer` can be kept, and that its tests notice when it is not.
"""

import torch
from torch import nn
from torch.nn import functional as F

from seqmodels.layer import SequenceLayer
from seqmodels.padding import is_real, last_inputs, run_steps, state_after, zero_beyond
from seqmodels.probes import Probe, watched
from seqmodels.scan import affine_scan


class LoopLSTM(SequenceLayer):
    """A recurrence that must loop: state (h, c). Fast form: input projection hoisted out of the loop, gates fused."""

    def __init__(self, input_size, hidden_size):
        super().__init__(input_size, hidden_size)
        self.from_input = nn.Linear(input_size, 4 * hidden_size)
        self.from_hidden = nn.Linear(hidden_size, 4 * hidden_size, bias=False)
        self.input_gate, self.forget_gate, self.output_gate = Probe("B T H"), Probe("B T H"), Probe("B T H")
        self.cell, self.hidden = Probe("B T H"), Probe("B T H")

    def forward(self, x, state=None, *, lengths=None):
        x, state = self.checked(x, state, lengths)
        if watched(self):
            return run_steps(self, x, state, lengths)
        h, c = state
        hs, cs = [], []
        for from_x in self.from_input(x).unbind(1):  # (B, 4H)
            i, f, o, g = (from_x + self.from_hidden(h)).chunk(4, -1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            h = torch.sigmoid(o) * torch.tanh(c)
            hs.append(h)
            cs.append(c)
        hs, cs = torch.stack(hs, 1), torch.stack(cs, 1)  # (B, T, H)
        return zero_beyond(hs, lengths), state_after((hs, cs), lengths)

    def step(self, x_t, state):
        x_t, (h, c) = self.checked_step(x_t, state)
        i, f, o, g = (self.from_input(x_t) + self.from_hidden(h)).chunk(4, -1)
        i, f, o = self.input_gate(i.sigmoid()), self.forget_gate(f.sigmoid()), self.output_gate(o.sigmoid())
        c = self.cell(f * c + i * g.tanh())
        h = self.hidden(o * c.tanh())
        return h, (h, c)

    def initial_state(self, batch_size):
        return self.zeros(batch_size, self.output_size), self.zeros(batch_size, self.output_size)


class CachedAttention(SequenceLayer):
    """Attention that sees the past, with learned positions. No loop: the whole sequence at once, or one query.

    state = (keys (B, H, S, d), values (B, H, S, d), positions of the keys (B, S) with -1 for padding, offset (B,)).
    """

    def __init__(self, d_model, n_heads, max_positions=64):
        super().__init__(d_model, d_model)
        self.n_heads = n_heads
        self.to_qkv, self.to_output = nn.Linear(d_model, 3 * d_model), nn.Linear(d_model, d_model)
        self.position = nn.Embedding(max_positions, d_model)
        self.weights, self.attended = Probe("B H Q K"), Probe("B T D")

    def forward(self, x, state=None, *, lengths=None):
        x, (keys, values, positions, offset) = self.checked(x, state, lengths)
        now = offset[:, None] + torch.arange(x.shape[1], device=x.device)  # (B, T)
        q, k, v = (self._heads(part) for part in self.to_qkv(x + self.position(now)).chunk(3, -1))  # (B, H, T, d)
        real = torch.ones_like(now, dtype=torch.bool) if lengths is None else is_real(lengths, x.shape[1])
        keys, values = torch.cat([keys, k], 2), torch.cat([values, v], 2)
        positions = torch.cat([positions, torch.where(real, now, -1)], 1)  # (B, S)
        allowed = (positions[:, None] >= 0) & (positions[:, None] <= now[..., None])  # (B, T, S)
        if watched(self):
            scores = q @ keys.transpose(-1, -2) / q.shape[-1] ** 0.5  # (B, H, T, S)
            weights = scores.masked_fill(~allowed[:, None], -torch.inf).softmax(-1)
            mixed = self.weights(weights) @ values
        else:
            mixed = F.scaled_dot_product_attention(q, keys, values, attn_mask=allowed[:, None])
        y = self.attended(self.to_output(mixed.transpose(1, 2).flatten(2)))  # (B, T, D)
        offset = offset + (x.shape[1] if lengths is None else lengths)
        return zero_beyond(y, lengths), (keys, values, positions, offset)

    def step(self, x_t, state):
        x_t, (keys, values, positions, offset) = self.checked_step(x_t, state)
        q, k, v = (self._heads(part) for part in self.to_qkv(x_t + self.position(offset)).chunk(3, -1))  # (B, H, d)
        keys, values = torch.cat([keys, k[:, :, None]], 2), torch.cat([values, v[:, :, None]], 2)
        positions = torch.cat([positions, offset[:, None]], 1)
        scores = torch.einsum("bhd,bhsd->bhs", q, keys) / q.shape[-1] ** 0.5
        weights = self.weights(scores.masked_fill((positions < 0)[:, None], -torch.inf).softmax(-1))  # (B, H, S)
        y_t = self.to_output(torch.einsum("bhs,bhsd->bhd", weights, values).flatten(1))
        return self.attended(y_t), (keys, values, positions, offset + 1)

    def initial_state(self, batch_size):
        nothing = self.zeros(batch_size, self.n_heads, 0, self.input_size // self.n_heads)
        none, start = self.zeros(batch_size, 0).long(), self.zeros(batch_size).long()
        return nothing, nothing, none, start

    def _heads(self, x):  # (B, T, D) -> (B, H, T, d) and (B, D) -> (B, H, d)
        return x.unflatten(-1, (self.n_heads, -1)).movedim(-2, 1)


class DilatedConvolution(SequenceLayer):
    """y_t from x_t, x_{t-d}, x_{t-2d}, …; state = (the last (k-1)·d inputs (B, n, D),)."""

    def __init__(self, input_size, output_size, kernel_size=3, dilation=2):
        super().__init__(input_size, output_size)
        self.reach = (kernel_size - 1) * dilation
        self.convolution = nn.Conv1d(input_size, output_size, kernel_size, dilation=dilation)
        self.output = Probe("B T D")

    def forward(self, x, state=None, *, lengths=None):
        x, (past,) = self.checked(x, state, lengths)
        x = torch.cat([past, x], 1)  # (B, n + T, D)
        y = self.output(self.convolution(x.transpose(1, 2)).transpose(1, 2).tanh())  # (B, T, D')
        lengths_with_past = None if lengths is None else lengths + self.reach
        return zero_beyond(y, lengths), (last_inputs(x, self.reach, lengths_with_past),)

    def step(self, x_t, state):
        x_t, (past,) = self.checked_step(x_t, state)
        window = torch.cat([past, x_t[:, None]], 1)  # (B, n + 1, D)
        y_t = self.convolution(window.transpose(1, 2)).squeeze(-1).tanh()
        return self.output(y_t), (window[:, 1:],)

    def initial_state(self, batch_size):
        return (self.zeros(batch_size, self.reach, self.input_size),)


class SelectiveRecurrence(SequenceLayer):
    """h_t = exp(-Δ_t a) h_{t-1} + Δ_t B_t x_t, y_t = C_t·h_t; Δ, B, C are read from x_t. state = (h (B, D, N),).

    The fast form is the scan, which also knows every h_t: only an *edit* of h needs the explicit loop.
    """

    def __init__(self, d_model, state_size):
        super().__init__(d_model, d_model)
        self.log_rate = nn.Parameter(torch.linspace(-2.0, 0.5, state_size).repeat(d_model, 1))  # (D, N)
        self.to_delta = nn.Linear(d_model, d_model)
        self.to_bc = nn.Linear(d_model, 2 * state_size)
        self.delta, self.memory = Probe("B T D"), Probe("B T D N")

    def forward(self, x, state=None, *, lengths=None):
        x, state = self.checked(x, state, lengths)
        if self.memory.edited:
            return run_steps(self, x, state, lengths)
        decay, drive, read = self._selected(x)
        h = self.memory(affine_scan(decay, drive, state[0]))  # (B, T, D, N)
        return zero_beyond(torch.einsum("btdn,btn->btd", h, read), lengths), state_after((h,), lengths)

    def step(self, x_t, state):
        x_t, (h,) = self.checked_step(x_t, state)
        decay, drive, read = self._selected(x_t)
        h = self.memory(decay * h + drive)
        return torch.einsum("bdn,bn->bd", h, read), (h,)

    def _selected(self, x):  # x (…, D) -> decay (…, D, N), drive (…, D, N), read (…, N)
        x = F.rms_norm(x, x.shape[-1:])  # without it a stack cubes its values at every level
        delta = self.delta(F.softplus(self.to_delta(x)))
        write, read = self.to_bc(x).chunk(2, -1)
        return torch.exp(-delta[..., None] * self.log_rate.exp()), (delta * x)[..., None] * write[..., None, :], read

    def initial_state(self, batch_size):
        return (self.zeros(batch_size, *self.log_rate.shape),)


# ---------------------------------------------------------------- broken on purpose


class LeaksTheFuture(LoopLSTM):
    """Normalises over time, as one might do to "clean up" the outputs: every y_t then knows the whole sequence."""

    def forward(self, x, state=None, *, lengths=None):
        y, state = super().forward(x, state, lengths=lengths)
        return y - y.mean(1, keepdim=True), state


class ForgetsItsState(DilatedConvolution):
    """Always begins with silence instead of with the inputs that came before."""

    def forward(self, x, state=None, *, lengths=None):
        return super().forward(x, None, lengths=lengths)


class StepsDifferently(LoopLSTM):
    """Its step leaves the output gate away."""

    def step(self, x_t, state):
        _, (h, c) = super().step(x_t, state)
        return c.tanh(), (h, c)


class ReadsPadding(LoopLSTM):
    """Returns the state after the padding, and outputs there."""

    def forward(self, x, state=None, *, lengths=None):
        return super().forward(x, state)


class MixesSequences(SelectiveRecurrence):
    """Centres each batch: what one sequence gives depends on its neighbours."""

    def forward(self, x, state=None, *, lengths=None):
        y, state = super().forward(x, state, lengths=lengths)
        return y - y.mean(0, keepdim=True), state


class IgnoresEdits(LoopLSTM):
    """Shows what passes its probes, but goes on with the values it had before."""

    def step(self, x_t, state):
        y_t, after = super().step(x_t, state)
        i, f, o, g = (self.from_input(x_t) + self.from_hidden(state[0])).chunk(4, -1)
        c = f.sigmoid() * state[1] + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
        return h, (h, c)


class WrongGradient(LoopLSTM):
    """The right outputs, but its fast form cuts the gradient through time."""

    def forward(self, x, state=None, *, lengths=None):
        if watched(self):
            return super().forward(x, state, lengths=lengths)
        x, state = self.checked(x, state, lengths)
        outputs = []
        for x_t in x.unbind(1):
            y_t, state = self.step(x_t, tuple(leaf.detach() for leaf in state))
            outputs.append(y_t)
        return torch.stack(outputs, 1), state


class AcceptsAnything(LoopLSTM):
    """Checks nothing."""

    def checked(self, x, state, lengths):
        return x, self.initial_state(x.shape[0]) if state is None else state

    def checked_step(self, x_t, state):
        return x_t, state
