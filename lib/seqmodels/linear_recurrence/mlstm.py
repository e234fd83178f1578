"""The matrix LSTM: gates like an LSTM's, of which the input gate is an exponential, so that a normaliser is needed."""

import torch
from torch import nn
from torch.nn import functional as F

from seqmodels.linear_recurrence.recurrence import MatrixMemory, ask, outer, spans


class MLSTM(MatrixMemory):
    """S_t = f_t S_{t-1} + i_t k_t v_tᵀ,  n_t = f_t n_{t-1} + i_t k_t,  read: S_tᵀ q_t / max(|n_t·q_t|, 1).

    f_t = σ(…), i_t = exp(…), one of each for a head. Since i_t can be of any size, all is kept in units of e^m:
    m_t = max(log f_t + m_{t-1}, log i_t), and what is stored is S_t e^(-m_t) and n_t e^(-m_t), which never overflow.
    state = (memory (B, H, K, V + 1), m (B, H, 1)): the memory's last column is n, which is what S would be for a value
    that is always 1. So have write and state, as probes; decay is f_t (B, H, 1).
    The norm that follows takes the size of a reading away, and with it what the normaliser did, unless the reading is
    near 0: the two do one job.
    Left out: the convolution before q and k, and the gate on the output.
    Source: Beck and others (2024). Held by tests/unit/test_linear_recurrence.py, stable over 10,000 steps, and by
    tests/unit/test_linear_recurrence_published.py to the reference library's own recurrence.
    """

    nothing = (0.0, 0.0, 0.0, 0.0, -torch.inf)

    def __init__(self, d_model: int, n_heads: int, **settings):
        super().__init__(d_model, n_heads, **settings)
        self.to_forget, self.to_input = nn.Linear(d_model, n_heads), nn.Linear(d_model, n_heads)
        self.to_forget.bias.data = torch.linspace(3.0, 6.0, n_heads)  # begins by keeping: f from 0.95 to 0.998

    def gates(self, x):
        return self.heads(F.logsigmoid(self.to_forget(x))), self.heads(self.to_input(x))

    def cell(self, state, query, key, value, log_decay, log_input):
        memory, m = state
        if self.decay.active:
            log_decay = self.decay(log_decay.exp()).log()
        after = torch.maximum(log_decay + m, log_input).detach()  # (8.2.4) m_t; nothing read depends on it
        kept = (log_decay + m - after).exp()[..., None] * memory
        write = (log_input - after).exp()[..., None] * outer(key, _and_one(value))
        memory = self.state(kept + self.write(write))
        return _normalised(ask(query, memory), after), (memory, after)

    def piece(self, state, query, key, value, log_decay, log_input):
        memory, m = state
        value = _and_one(value)
        left = spans(log_decay).squeeze(-1) + log_input.mT  # log of the weight of i at t          (B, H, C, C)
        since = log_decay.cumsum(-2) + m[..., None, :]  # (B, H, C, 1)
        after = torch.maximum(since, left.amax(-1, keepdim=True)).detach()
        left, since = (left - after).exp(), (since - after).exp()
        read = (query @ key.mT * left) @ value + since * (query @ memory)  # (B, H, C, V + 1)
        memory = since[..., -1:, :] * memory + (left[..., -1, :, None] * key).mT @ value
        return _normalised(read, after), (memory, after[..., -1, :])

    def initial_state(self, batch_size):
        H = self.n_heads
        return self.zeros(batch_size, H, self.key_size, self.value_size + 1), self.zeros(batch_size, H, 1)


def _and_one(value):
    return F.pad(value, (0, 1), value=1.0)


def _normalised(read, m):
    """Sᵀq / max(|n·q|, 1), both in units of e^m; above and below times what keeps e^±m from overflowing."""
    scale, one = m.clamp(max=0).exp(), (-m.clamp(min=0)).exp().clamp(min=torch.finfo(m.dtype).tiny)
    mixed, normaliser = read[..., :-1], read[..., -1:]
    return mixed * scale / torch.maximum(normaliser.abs() * scale, one)
