"""WaveNet: sound, one sample after another, each drawn from a network of gated convolutions (van den Oord and others,
2016).

    C  channels      S  skip_channels      d  dilation: 1, 2, 4, … and again from 1      R  receptive field
    W_f, W_g  filter and gate, two causal convolutions      V_f, V_g  what a condition adds to them

Inside, channels come before time, as in `seqmodels.tcn`.
"""

import torch
from torch import nn

from seqmodels.checks import check_lengths, check_like, check_numbers, check_shape, check_tokens, check_vocabulary
from seqmodels.language_model import LanguageModel
from seqmodels.layer import SequenceLayer
from seqmodels.mu_law import mu_law_decode, mu_law_encode
from seqmodels.padding import zero_beyond
from seqmodels.probes import Probe
from seqmodels.recurrent import _check_sizes
from seqmodels.tcn import CausalConv1d, Pointwise, receptive_field, through
from seqmodels.wavenet_generation import generate_naively, synthesise

__all__ = ["GatedStack", "WaveNet", "generate_naively", "mu_law_decode", "mu_law_encode", "synthesise"]


class GatedLayer(nn.Module):
    """z = tanh(W_f * x + V_f h) ⊙ σ(W_g * x + V_g h): the filter says what, the gate says how much of it.

    z goes two ways, each through its own linear map: back to x (residual) and straight to the output (skip). The last
    layer of a stack has no residual, for nobody would read it.
    """

    def __init__(self, channels, skip_channels, kernel_size, dilation, last):
        super().__init__()
        self.convolution = CausalConv1d(channels, 2 * channels, kernel_size, dilation)  # W_f and W_g in one
        self.residual_channels = 0 if last else channels
        self.onward = Pointwise(channels, self.residual_channels + skip_channels)  # both ways in one
        self.filter, self.gate, self.skip = Probe("B T C"), Probe("B T C"), Probe("B T S")

    def forward(self, x, past, condition=None, lengths=None):
        """x (B, C, T) or one step (B, C) -> x for the layer above, skip (B, S, T) or (B, S), and the new past."""
        both, past = self.convolution.slide(x, past, lengths)  # (B, 2C, T)
        if condition is not None:
            both = both + condition
        f, g = both.chunk(2, 1)
        z = through(self.filter, f.tanh()) * through(self.gate, g.sigmoid())  # (5.2.2)
        onward = self.onward(z)  # (5.2.3) (B, C + S, T)
        residual, skip = onward[:, : self.residual_channels], onward[:, self.residual_channels :]
        return x + residual if self.residual_channels else x, through(self.skip, skip), past


class GatedStack(SequenceLayer):
    """Gated layers one above the other, each reaching twice as far back as the one below; the sum of their skips.

    x (B, T, C) -> y (B, T, S). state = (the last inputs of each layer, a tuple of (B, C, n)), and with labels > 0 also
    label (B,), which holds for the whole sequence: ((…), label).
    layers: how many to a stack, of dilation 1, 2, …, 2^(layers-1); stacks: how often that is repeated.
    labels: of how many kinds a sequence can be (0: no such condition); local_size: how many numbers condition each step
    (0: none), given as `local` (B, T, L) to forward and (B, L) to step.
    Held by tests/unit/test_wavenet.py to the same network in torch.nn.
    """

    def __init__(self, channels: int, skip_channels: int, layers: int, stacks: int = 1, kernel_size: int = 2,
                 labels: int = 0, local_size: int = 0):  # fmt: skip
        _check_sizes(channels=channels, skip_channels=skip_channels, layers=layers, stacks=stacks,
                     kernel_size=kernel_size)  # fmt: skip
        for name, value in (("labels", labels), ("local_size", local_size)):
            if not isinstance(value, int) or value < 0:
                raise ValueError(f"{name}: expected a whole number, 0 or more, got {value!r}")
        super().__init__(channels, skip_channels)
        self.labels, self.local_size, count = labels, local_size, layers * stacks
        self.layers = nn.ModuleList(
            GatedLayer(channels, skip_channels, kernel_size, 2 ** (i % layers), last=i == count - 1)
            for i in range(count)
        )
        self.from_label = nn.Embedding(labels + 1, 2 * channels * count) if labels else None  # row 0: no label
        self.from_local = Pointwise(local_size, 2 * channels * count, bias=False) if local_size else None

    @property
    def convolutions(self) -> list[tuple[int, int]]:
        """(kernel_size, dilation) of every layer, the lowest first: what `seqmodels.tcn.feeding` asks for."""
        return [(layer.convolution.kernel_size, layer.convolution.dilation) for layer in self.layers]

    @property
    def receptive_field(self) -> int:
        return receptive_field(self.convolutions)

    def forward(self, x, state=None, *, lengths=None, local=None):
        x, state = self.checked(x, state, lengths)
        local = self._checked_local(local, x, lengths)
        y, state = self.through_layers(x.transpose(1, 2), state, local, lengths)
        return zero_beyond(y.transpose(1, 2), lengths), state

    def step(self, x_t, state, local=None):
        x_t, state = self.checked_step(x_t, state)
        return self.through_layers(x_t, state, self._checked_local(local, x_t))

    def initial_state(self, batch_size, label=None):
        """Silence, and the label of each sequence (B,), int64; None is no label, which the network knows as -1."""
        silence = tuple(layer.convolution.silence(batch_size) for layer in self.layers)
        device = self.layers[0].convolution.bias.device
        if label is None:
            return (silence, torch.full((batch_size,), -1, device=device)) if self.labels else (silence,)
        if not self.labels:
            raise ValueError("label: this network was built without labels")
        check_tokens(label, ("B",), "label", device)
        if len(label) != batch_size:
            raise ValueError(f"label: expected one for each of {batch_size} sequences, got {len(label)}")
        check_vocabulary(label, self.labels, "label")
        return silence, label

    def through_layers(self, x, state, local=None, lengths=None):
        """x (B, C, T) or one step (B, C), unchecked -> the sum of the skips, and the state; see `Ring` for steps."""
        after, total = [], 0
        conditions = self.conditions(state[1:], local, x.dim())
        for layer, past, condition in zip(self.layers, state[0], conditions, strict=True):
            x, skip, past = layer(x, past, condition, lengths)
            after.append(past)
            total = total + skip
        return total, (tuple(after), *state[1:])

    def conditions(self, label, local, dimensions):
        """What is added inside each layer: V h, (B, 2C) or (B, 2C, T or 1); None where there is no condition."""
        total = None if local is None else self.from_local(local)  # (B, layers·2C, T)
        for known in label:
            known = self.from_label(known + 1)  # (B, layers·2C)
            known = known[..., None] if dimensions == 3 else known
            total = known if total is None else total + known
        return [None] * len(self.layers) if total is None else total.chunk(len(self.layers), 1)

    def _checked_local(self, local, x, lengths=None):
        """`local` for x, channels before time; ValueError if it is missing, or not what the network was built for."""
        if local is None and not self.local_size:
            return None
        if local is None or not self.local_size:
            raise ValueError(f"local: this network was built with local_size {self.local_size}, "
                             f"got {'none' if local is None else 'some'}")  # fmt: skip
        check_like(self, local, "local")
        check_shape(local, (*x.shape[:-1], self.local_size), "local")
        local = zero_beyond(local, lengths)
        check_numbers(local, "local")
        return local if x.dim() == 2 else local.transpose(1, 2)


class WaveNet(LanguageModel):
    """A language model whose tokens are the 256 levels of the μ-law: which sample comes next?

    forward(tokens (B, T)) -> (logits (B, T, levels), state), step, initial_state: everything that works with a language
    model works with it. Embedding, `GatedStack`, then relu, linear, relu, linear on the sum of the skips.
    With labels: model(tokens, model.initial_state(B, label)), and the same for generate(…, state=…).
    With local_size: model(tokens, local=…), model.step(token, state, local_t), and `synthesise` with local, for
    `generate` knows only tokens.
    Probes: backbone.layers.i.filter, .gate, .skip; backbone.layers.i.convolution.output, before both; logits.
    Source: van den Oord and others (2016). Not as there: the tokens meet an embedding instead of a first convolution of
    two taps, so that R of ten layers is 1,024 and not 1,025.
    Held by tests/unit/test_wavenet.py to the same network in torch.nn and to generation without memory.
    """

    def __init__(self, channels: int = 32, skip_channels: int = 64, layers: int = 10, stacks: int = 1,
                 kernel_size: int = 2, levels: int = 256, labels: int = 0, local_size: int = 0):  # fmt: skip
        backbone = GatedStack(channels, skip_channels, layers, stacks, kernel_size, labels, local_size)
        out = nn.Sequential(nn.ReLU(), nn.Linear(skip_channels, skip_channels), nn.ReLU())
        super().__init__(levels, channels, backbone, norm=out)

    @property
    def receptive_field(self) -> int:
        return self.backbone.receptive_field

    def initial_state(self, batch_size, label=None):
        """Silence before the beginning, and the label (B,) of each sequence if the network was built with labels."""
        return self.backbone.initial_state(batch_size, label)

    def forward(self, tokens, state=None, *, lengths=None, local=None):
        check_tokens(tokens, ("B", "T"), "tokens", self.embedding.weight.device)
        check_lengths(lengths, tokens, "tokens")
        tokens = zero_beyond(tokens, lengths)
        check_vocabulary(tokens, self.vocab_size, "tokens")
        x = self.embedded(self.embedding(tokens))  # (B, T, C)
        y, state = self.backbone(x, state, lengths=lengths, local=local)  # (B, T, S)
        return self.logits(zero_beyond(self.head(self.norm(y)), lengths)), state

    def step(self, token, state, local=None):
        check_tokens(token, ("B",), "token", self.embedding.weight.device)
        check_vocabulary(token, self.vocab_size, "token")
        y, state = self.backbone.step(self.embedded(self.embedding(token)), state, local)  # (B, S)
        return self.logits(self.head(self.norm(y))), state  # (B, levels)
