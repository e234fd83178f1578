"""Learning along a long stream: a layer with a linear readout, pieces of the stream, and a state that is carried on.

x (B, T, D) what is read      y (B, T, O) what is answered      targets (B, T, O) what should have been
"""

from typing import NamedTuple

import torch
from torch import nn

from seqmodels.layer import map_state


class Reader(nn.Module):
    """A sequence layer and a linear readout of what it shows: y_t = V h_t + c. (x, state) -> (y, state)."""

    def __init__(self, layer, output_size: int):
        super().__init__()
        self.layer, self.readout = layer, nn.Linear(layer.output_size, output_size)

    def forward(self, x, state=None):
        h, state = self.layer(x, state)
        return self.readout(h), state

    def initial_state(self, batch_size):
        return self.layer.initial_state(batch_size)


class StreamPiece(NamedTuple):
    """A piece of a stream; fresh: the stream begins here."""

    x: torch.Tensor
    targets: torch.Tensor
    fresh: bool


def pieces(x, targets, length: int) -> list:
    """Cut a stream x (B, T, …) and its targets (B, T, …) into pieces of `length` steps, in order.

    The last may be shorter. Train on them with loss=Carried(…). ValueError where the two are not of the same length.
    """
    if x.shape[:2] != targets.shape[:2]:
        raise ValueError(f"targets: expected one for each of {tuple(x.shape[:2])} steps of x, "
                         f"got {tuple(targets.shape[:2])}")  # fmt: skip
    if not isinstance(length, int) or length < 1:
        raise ValueError(f"length: expected a whole number, 1 or more, got {length!r}")
    cut = zip(x.split(length, 1), targets.split(length, 1), strict=True)
    return [StreamPiece(*both, fresh=i == 0) for i, both in enumerate(cut)]


class Carried:
    """loss(y, targets) -> scalar along the pieces of a stream: values flow on from piece to piece, gradients stop.

    Held by tests/unit/test_reader.py.
    """

    def __init__(self, loss):
        self.loss, self.state = loss, None

    def __call__(self, model, piece):
        y, state = model(piece.x, None if piece.fresh else self.state)
        self.state = map_state(torch.Tensor.detach, state)
        return self.loss(y, piece.targets)
