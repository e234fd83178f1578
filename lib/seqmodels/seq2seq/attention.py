"""The look from the decoder back to the source: score, weights, context, and what is made of it."""

import torch
from torch import nn

from seqmodels.attention_scores import context, make_score
from seqmodels.probes import Probe


class Attention(nn.Module):
    """Asks the memory with h and joins what it finds to h. One step, (B, H), or all of them at once, (B, T, H).

    look: h -> c_t = Σ_s a_ts m_s                     join: h, c -> o_t = tanh(W [c_t; h_t])
    score: by its name, see seqmodels.attention_scores. Probes: `weights` "B T S", `context` "B T H", `attentional`
    "B T H".
    """

    def __init__(self, attention: str, hidden_size: int, *, window: int = 3, monotonic: bool = False):
        super().__init__()
        self.score = make_score(attention, hidden_size, hidden_size, window=window, monotonic=monotonic)
        self.combine = nn.Linear(2 * hidden_size, hidden_size, bias=False)
        self.weights, self.context, self.attentional = Probe("B T S"), Probe("B T H"), Probe("B T H")

    def look(self, h, memory, position):
        weights = self.weights(self.score.weights(h, memory.keys, memory.real, position))  # (B, S) or (B, T, S)
        return self.context(context(weights, memory.hidden))  # (B, H) or (B, T, H)

    def join(self, h, c):
        return self.attentional(torch.tanh(self.combine(torch.cat([c, h], -1))))  # (4.3.7)
