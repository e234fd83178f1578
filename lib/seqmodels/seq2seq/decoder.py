"""The half that writes: a cell that reads the word before, and looks at the source before or after it steps.

Bahdanau's order, `attention="additive"`: look with the state before, then step.

    c_t = attend(h_{t-1}),     h_t = cell([y_{t-1}; c_t], h_{t-1}),     o_t = tanh(W [c_t; h_t])

Luong's order, all others: step, then look with the new state. With input feeding the cell also reads o_{t-1}.

    h_t = cell([y_{t-1}; o_{t-1}], h_{t-1}),     c_t = attend(h_t),     o_t = tanh(W [c_t; h_t])

    y_{t-1}  embedding (B, E) of the word before      o_t  "attentional" state (B, H)      logits V o_t + b

Only Luong's order without input feeding lets all steps look at once: there no h_t waits for a context. Without
attention o_t is h_t, and the source is known only through h_0, where the encoder ended.
"""

from typing import NamedTuple

import torch
from torch import nn
from torch.nn import functional as F

from seqmodels.probes import Probe, watched
from seqmodels.seq2seq.attention import Attention
from seqmodels.seq2seq.encoder import BEGIN, CELLS, PADDING, Memory


class DecoderState(NamedTuple):
    """All that the decoder keeps of what it wrote: the cell's own state, o_t (B, H), and how many words (B,)."""

    cell: tuple
    attentional: torch.Tensor
    position: torch.Tensor


class Decoder(nn.Module):
    """Previous words (B, T) -> logits (B, T, V), from a state and a memory.

    Not as in Bahdanau: his output layer also reads y_{t-1} and takes the larger of two units; ours is Luong's o_t.
    Probes: `decoder_hidden` "B T H", `logits` "B T V", those of `Attention` and those of the cell.
    """

    def __init__(self, vocab_size, embedding_size, hidden_size, cell, attention=None, input_feeding=False,
                 window=3, monotonic=False):  # fmt: skip
        super().__init__()
        self.looks_first, self.input_feeding = attention == "additive", input_feeding
        if input_feeding and (attention is None or self.looks_first):
            raise ValueError(f"input_feeding: is for dot, general, concat and local, got attention {attention!r}"
                             + ("; additive reads its context already" if self.looks_first else ""))  # fmt: skip
        if monotonic and attention != "local":
            raise ValueError(f"monotonic: is for local attention, got attention {attention!r}")
        fed = hidden_size if self.looks_first or input_feeding else 0
        self.embedding = nn.Embedding(vocab_size, embedding_size)
        self.cell = CELLS[cell](embedding_size + fed, hidden_size)
        self.attention = None
        if attention is not None:
            self.attention = Attention(attention, hidden_size, window=window, monotonic=monotonic)
        self.readout = nn.Linear(hidden_size, vocab_size)
        self.decoder_hidden, self.logits = Probe("B T H"), Probe("B T V")

    def remember(self, hidden, real):
        """The memory of encoder states (B, S, H): what the score needs of them is computed here, once."""
        return Memory(hidden, hidden if self.attention is None else self.attention.score.keys(hidden), real)

    def begin(self, cell_state):
        """The state before the first word."""
        h = cell_state[0]
        return DecoderState(cell_state, torch.zeros_like(h), torch.zeros(len(h), dtype=torch.int64, device=h.device))

    def step(self, from_word, state, memory):
        """One word: W y_{t-1} + b (B, blocks·H), the state and the memory -> logits (B, V) and the state after."""
        cell_state, o, position = state
        if self.looks_first:
            c = self.attention.look(cell_state[0], memory, position)
            h, *rest = self.cell.cell(from_word + self._from_fed(c), cell_state)
            h = self.decoder_hidden(h)
            o = self.attention.join(h, c)
        else:
            h, *rest = self.cell.cell(from_word + self._from_fed(o) if self.input_feeding else from_word, cell_state)
            h = self.decoder_hidden(h)
            o = self._look_and_join(h, memory, position)
        return self.logits(self.readout(o)), DecoderState((h, *rest), o, position + 1)

    def forward(self, previous, state, memory, own_word=None):
        """Step after step. own_word (B, T): where True, a step reads the word that the model found best itself."""
        if own_word is None and not (self.looks_first or self.input_feeding or watched(self)):
            return self._all_at_once(previous, state, memory)
        logits = []
        for t, from_word in enumerate(self.from_word(previous).unbind(1)):
            if own_word is not None and t > 0:
                own = self.from_word(allowed(logits[-1].detach()).argmax(-1))
                from_word = torch.where(own_word[:, t, None], own, from_word)
            step_logits, state = self.step(from_word, state, memory)
            logits.append(step_logits)
        return torch.stack(logits, 1)

    def _all_at_once(self, previous, state, memory):
        """The same where no step waits for a look: first all h_t, then all looks."""
        cell_state, hidden = state.cell, []
        for from_word in self.from_word(previous).unbind(1):
            cell_state = self.cell.cell(from_word, cell_state)  # (4.2.2)
            hidden.append(cell_state[0])
        return self.readout(self._look_and_join(torch.stack(hidden, 1), memory, state.position))  # (4.2.3)

    def from_word(self, words):
        """What words (B,) or (B, T) bring to the cell: their share of W x + b, all blocks."""
        return F.linear(
            self.embedding(words), self.cell.weight_input[:, : self.embedding.embedding_dim], self.cell.bias
        )

    def _from_fed(self, vector):
        return F.linear(vector, self.cell.weight_input[:, self.embedding.embedding_dim :])

    def _look_and_join(self, h, memory, position):
        if self.attention is None:
            return h
        return self.attention.join(h, self.attention.look(h, memory, position))


def allowed(logits):
    """Logits (…, V) with -inf for PADDING and BEGIN, which no decoder ever writes."""
    never = torch.zeros(logits.shape[-1], dtype=torch.bool, device=logits.device)
    never[[PADDING, BEGIN]] = True
    return logits.masked_fill(never, -torch.inf)
