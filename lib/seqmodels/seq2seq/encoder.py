"""The half that reads: from source ids to a memory of every word, and to the state in which the decoder begins."""

from typing import NamedTuple

import torch
from torch import nn

from seqmodels.gru import GRU
from seqmodels.layer import Bidirectional, map_state
from seqmodels.lstm import LSTM
from seqmodels.padding import reverse
from seqmodels.probes import Probe

PADDING, BEGIN, END = 0, 1, 2
CELLS = {"gru": GRU, "lstm": LSTM}


class Memory(NamedTuple):
    """What the decoder may look at while it writes: hidden (B, S, H), keys (B, S, K), real (B, S), True at words.

    A nested tuple of tensors like any state, so that `map_state` picks sentences from it.
    """

    hidden: torch.Tensor
    keys: torch.Tensor
    real: torch.Tensor


class Encoder(nn.Module):
    """Source ids (B, S) -> hidden (B, S, H), in the order of the source, and the last state of the cell.

    With `bidirectional` two cells of H/2 units read from both sides: hidden, and the state, are theirs side by side.
    With `reverse_source` the words are read from the last to the first, so that the first are the freshest.
    Probe `encoder_hidden` "B S H".
    """

    def __init__(self, vocab_size, embedding_size, hidden_size, cell, bidirectional=False, reverse_source=False):
        super().__init__()
        if bidirectional and hidden_size % 2:
            raise ValueError(f"hidden_size: a bidirectional encoder has half of it on each side, got {hidden_size}")
        if bidirectional and reverse_source:
            raise ValueError("reverse_source: a bidirectional encoder reads from both sides already")
        self.embedding = nn.Embedding(vocab_size, embedding_size)
        if bidirectional:
            self.layer = Bidirectional(*(CELLS[cell](embedding_size, hidden_size // 2) for _ in range(2)))
        else:
            self.layer = CELLS[cell](embedding_size, hidden_size)
        self.bidirectional, self.reverse_source = bidirectional, reverse_source
        self.encoder_hidden = Probe("B S H")

    def forward(self, source, lengths=None):
        x = self.embedding(source)  # (B, S, E)
        if self.reverse_source:
            x = reverse(x, lengths)
        hidden, state = self.layer(x, lengths=lengths)  # (4.2.1)
        if self.reverse_source:
            hidden = reverse(hidden, lengths)
        if self.bidirectional:
            state = map_state(lambda left, right: torch.cat([left, right], -1), *state)
        return self.encoder_hidden(hidden), state
