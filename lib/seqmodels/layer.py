"""What every sequence model of this course is: a layer that turns a sequence of vectors into another.

Two ways of computing, which must agree:

    y, state = layer(x, state=None, lengths=None)    # whole sequences   x (B, T, D) -> y (B, T, D')
    y_t, state = layer.step(x_t, state)              # one element       x_t (B, D)  -> y_t (B, D')

A *state* is all that the layer keeps of the past: a nested tuple of tensors, batch first. With `lengths` (B,) the
padding behind each sequence changes nothing: outputs there are zero, and the state is that after the last real element.

Held by tests/property/test_contract.py, for every layer listed there. Shapes: B batch, T time, D features.
"""

import torch
from torch import nn

from seqmodels.checks import check_lengths, check_like, check_numbers, check_shape, check_state, kind
from seqmodels.nested import map_state
from seqmodels.padding import reverse, zero_beyond

__all__ = ["SequenceLayer", "Stacked", "Bidirectional", "map_state"]


class SequenceLayer(nn.Module):
    """The contract. A layer gives its two sizes and writes `forward`, `step` and `initial_state`.

    `forward` begins with `self.checked(…)`, `step` with `self.checked_step(…)`: bad input is refused with a
    ValueError that names the argument, and padding is blanked before anything is computed from it.
    `causal`: does y_t depend on x_0 … x_t alone? A layer that looks ahead sets it to False, and its `step` raises.
    """

    causal = True

    def __init__(self, input_size: int, output_size: int):
        super().__init__()
        self.input_size, self.output_size = input_size, output_size
        self._form = None

    def forward(self, x, state=None, *, lengths=None):
        raise NotImplementedError(f"{type(self).__name__} has no forward")

    def step(self, x_t, state):
        raise NotImplementedError(f"{type(self).__name__} has no step")

    def initial_state(self, batch_size: int):
        """What the layer knows before the first element."""
        raise NotImplementedError(f"{type(self).__name__} has no initial_state")

    def checked(self, x, state, lengths):
        """x (B, T, D) with its padding blanked, and the state to start from; ValueError if anything is wrong."""
        check_like(self, x, "x")
        check_shape(x, ("B", "T", self.input_size), "x")
        check_lengths(lengths, x, "x")
        x = zero_beyond(x, lengths)
        check_numbers(x, "x")
        if state is None:
            return x, self.initial_state(x.shape[0])
        check_state(state, self._fresh_state(), x.shape[0])
        return x, state

    def checked_step(self, x_t, state):
        """x_t (B, D) and its state, as they came; ValueError if anything is wrong."""
        check_like(self, x_t, "x_t")
        check_shape(x_t, ("B", self.input_size), "x_t")
        check_numbers(x_t, "x_t")
        check_state(state, self._fresh_state(), x_t.shape[0])
        return x_t, state

    def _fresh_state(self):
        """The form that a state must have, made once."""
        if self._form is None:
            self._form = map_state(torch.Tensor.detach, self.initial_state(1))
        return self._form

    def zeros(self, *shape):
        """Zeros of the kind this layer computes with (dtype and device of its parameters)."""
        like = kind(self)
        like = torch.empty(0) if like is None else like
        return torch.zeros(shape, dtype=like.dtype, device=like.device)


class Stacked(SequenceLayer):
    """Layers one above the other, each reading what the one below wrote; with `residual`, x + layer(x).

    Its state is the tuple of its layers' states. Probes inside are called layers.0.…, layers.1.…
    """

    def __init__(self, layers, residual=False):
        layers = list(layers)
        if not layers:
            raise ValueError("layers: expected at least one layer, got none")
        super().__init__(layers[0].input_size, layers[-1].output_size)
        for i, (below, above) in enumerate(zip(layers, layers[1:], strict=False)):
            if below.output_size != above.input_size:
                raise ValueError(f"layers: layer {i} writes {below.output_size} features, "
                                 f"layer {i + 1} reads {above.input_size}")  # fmt: skip
        for i, layer in enumerate(layers):
            if residual and layer.input_size != layer.output_size:
                raise ValueError(f"residual: layer {i} turns {layer.input_size} features into {layer.output_size}, "
                                 "so its input cannot be added to its output")  # fmt: skip
        self.layers, self.residual = nn.ModuleList(layers), residual
        self.causal = all(layer.causal for layer in layers)

    def forward(self, x, state=None, *, lengths=None):
        x, states = self.checked(x, state, lengths)
        after = []
        for layer, before in zip(self.layers, states, strict=True):
            y, new = layer(x, before, lengths=lengths)
            x = x + y if self.residual else y
            after.append(new)
        return x, tuple(after)

    def step(self, x_t, state):
        x_t, states = self.checked_step(x_t, state)
        after = []
        for layer, before in zip(self.layers, states, strict=True):
            y_t, new = layer.step(x_t, before)
            x_t = x_t + y_t if self.residual else y_t
            after.append(new)
        return x_t, tuple(after)

    def initial_state(self, batch_size):
        return tuple(layer.initial_state(batch_size) for layer in self.layers)


class Bidirectional(SequenceLayer):
    """One layer reads the sequence from the left, another from the right; their outputs stand side by side.

    With `lengths` the right-hand reader begins at each sequence's last real element. Its probes are recorded in its own
    reading order, last element first. state = (forward state, backward state), each after its last element.
    """

    causal = False

    def __init__(self, forward_layer, backward_layer):
        if forward_layer.input_size != backward_layer.input_size:
            raise ValueError(f"backward_layer: reads {backward_layer.input_size} features, "
                             f"forward_layer {forward_layer.input_size}; both read the same x")  # fmt: skip
        super().__init__(forward_layer.input_size, forward_layer.output_size + backward_layer.output_size)
        self.forward_layer, self.backward_layer = forward_layer, backward_layer

    def forward(self, x, state=None, *, lengths=None):
        x, (from_left, from_right) = self.checked(x, state, lengths)
        y_left, from_left = self.forward_layer(x, from_left, lengths=lengths)
        y_right, from_right = self.backward_layer(reverse(x, lengths), from_right, lengths=lengths)
        return torch.cat([y_left, reverse(y_right, lengths)], -1), (from_left, from_right)

    def step(self, x_t, state):
        raise ValueError("step: a bidirectional layer must see the end of the sequence before its beginning; "
                         "call forward on the whole sequence")  # fmt: skip

    def initial_state(self, batch_size):
        return self.forward_layer.initial_state(batch_size), self.backward_layer.initial_state(batch_size)
