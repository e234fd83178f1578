"""The real-gated linear recurrent unit: no matrix, every feature remembers one number."""

import torch
from torch import nn
from torch.nn import functional as F

from seqmodels.linear_recurrence.recurrence import LinearRecurrence
from seqmodels.padding import state_after
from seqmodels.probes import Probe
from seqmodels.scan import affine_scan


class RGLRU(LinearRecurrence):
    """h_t = a_t h_{t-1} + √(1 - a_t²) i_t x_t, element by element; y_t = h_t; state = (h (B, D),).

    a_t = σ(Λ)^(c r_t) with c = 8, r_t = σ(W_r x_t + b_r), i_t = σ(W_i x_t + b_i). The root keeps the size: if what
    comes in is independent and has variance 1, so has h_t, for any a. So nothing grows, however long the sequence.
    Λ begins so that σ(Λ)^c lies between 0.9 and 0.999. Probes: decay a_t, write and state (B, D) at each step.
    Left out: gates by blocks of features (here each reads all), and what stands around it in a block of Griffin.
    Source: De and others (2024). Held by tests/unit/test_linear_recurrence.py, stable over 10,000 steps, and by
    tests/unit/test_linear_recurrence_published.py to the reference library.
    """

    C = 8.0
    nothing = (0.0, 0.0)

    def __init__(self, d_model: int, *, form: str = "parallel", chunk: int = 64):
        super().__init__(d_model, form=form, chunk=chunk)
        self.to_recurrence, self.to_input = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)
        kept = torch.empty(d_model).uniform_(0.9, 0.999) ** (1 / self.C)
        self.rate = nn.Parameter(torch.logit(kept))  # Λ
        self.decay, self.write, self.state = Probe("B T H"), Probe("B T H"), Probe("B T H")

    def parts(self, x):
        log_decay = -self.C * self.to_recurrence(x).sigmoid() * F.softplus(-self.rate)  # log a_t
        room = -torch.expm1(2 * log_decay)  # 1 - a², also where a is next to 1
        room = room.clamp(min=torch.finfo(x.dtype).tiny).sqrt()  # the root of 0 has no slope
        return log_decay, room * self.to_input(x).sigmoid() * x

    def cell(self, state, log_decay, drive):
        (h,) = state
        h = self.state(self.decay(log_decay.exp()) * h + self.write(drive))  # (8.2.5)
        return h, (h,)

    def piece(self, state, log_decay, drive):
        h = affine_scan(log_decay.exp(), drive, state[0])
        return h, state_after((h,), None)

    def finish(self, read):
        return read

    def initial_state(self, batch_size):
        return (self.zeros(batch_size, self.output_size),)
