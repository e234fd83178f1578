"""An Elman network that reads a stream and says what comes next: a part of tools/effects/finding_structure.py."""

import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from seqmodels.recurrent import ElmanRNN
from seqmodels.training import train

SEEDS, SETTLED = range(5), 30  # symbols of a fresh stream that are not judged


def generator(*numbers):
    return torch.Generator().manual_seed(int(np.random.SeedSequence(numbers).generate_state(1)[0]))


class Reader(nn.Module):
    """An Elman network and its guess: a logit for every number of what comes next."""

    def __init__(self, size, hidden_size, nonlinearity):
        super().__init__()
        self.layer, self.guess = ElmanRNN(size, hidden_size, nonlinearity), nn.Linear(hidden_size, size)

    def forward(self, x, state=None):
        h, state = self.layer(x, state)
        return self.guess(h), state


def squared(logits, then):
    return ((logits.sigmoid() - then) ** 2).mean()


def surprise(logits, then):
    return F.cross_entropy(logits.flatten(0, 1), then.argmax(-1).flatten())


def learn(stream, hidden_size, seed, piece, steps, rate, strips=20, nonlinearity="tanh", error=squared):
    """Read the stream (T, D) in `strips` at once, `piece` steps before each change of the weights: reader, seconds.

    The state is carried from piece to piece, its gradient is not: with piece=1 as Elman trained, one step back.
    """
    torch.manual_seed(seed)
    reader, began = Reader(stream.shape[1], hidden_size, nonlinearity), time.process_time()
    length = len(stream) // strips
    rows = torch.cat([stream, stream[:1]])
    now, then = rows[: length * strips].view(strips, length, -1), rows[1 : 1 + length * strips].view(strips, length, -1)
    kept = {}

    def loss(reader, begin):
        logits, (h,) = reader(now[:, begin : begin + piece], kept.get("state") if begin else None)
        kept["state"] = (h.detach(),)
        return error(logits, then[:, begin : begin + piece])

    train(reader, list(range(0, length - piece + 1, piece)), steps=steps, learning_rate=rate, loss=loss)
    return reader, round(time.process_time() - began, 1)


def read(reader, stream):
    """Logits for what comes after each step of the stream, and hidden states, both (T, …)."""
    with torch.no_grad():
        h, _ = reader.layer(stream[None])
        return reader.guess(h)[0], h[0]
