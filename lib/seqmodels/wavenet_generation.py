"""Sound from a `WaveNet`, sample after sample: the slow way, which needs no memory, and the quick one.

Between them stands `decoding.generate`, which steps: all three draw the same levels from the same random numbers.
B sequences, P levels of the prompt, R receptive field, C channels, S skip_channels, L numbers of a local condition.
"""

import torch
from torch.nn import functional as F

from seqmodels.checks import check_like, check_numbers, check_shape, check_tokens
from seqmodels.decoding import draw
from seqmodels.probes import watched
from seqmodels.recurrent import _check_sizes
from seqmodels.runtime import evaluating


def generate_naively(model, prompt, length, temperature=1.0, top_k=None, top_p=None, *, generator=None, state=None):
    """What `decoding.generate` does, without a memory: the last R samples are read anew for every single one.

    It is here to be compared with. prompt (B, P) -> (B, P + length). model: one with a `receptive_field`; state: a
    fresh one, which carries the label. Held by tests/unit/test_wavenet.py to `generate` and `synthesise`.
    """
    _check_sizes(length=length)
    check_tokens(prompt, ("B", "P"), "prompt")
    tokens = prompt
    with evaluating(model):
        for _ in range(length):
            logits, _ = model(tokens[:, -model.receptive_field :], state)  # (B, R, levels)
            token = draw(logits[:, -1], temperature, top_k, top_p, generator)  # (B,)
            tokens = torch.cat([tokens, token[:, None]], 1)
    return tokens


def synthesise(model, length, *, prompt=None, label=None, local=None, temperature=1.0, top_k=None, top_p=None,
               generator=None):  # fmt: skip
    """`length` levels, each drawn and fed back: (B, length), without the prompt.

    Every layer has its last inputs in a `Ring`, and nothing is checked from step to step.
    prompt (B, P): levels to go on from; None is one level of silence (the middle one) for each label, or for one
    sequence. label (B,), int64: see `GatedStack`. local (B, P + length, L): what conditions the prompt, and then every
    drawn sample where it is read. While a probe is watched, the layers themselves are called, which takes longer.
    Held by tests/unit/test_wavenet.py to `generate_naively`.
    """
    _check_sizes(length=length)
    if prompt is None:
        prompt = torch.full((1 if label is None else len(label), 1), model.vocab_size // 2)
        prompt = prompt.to(model.embedding.weight.device)
    check_tokens(prompt, ("B", "P"), "prompt")
    known = prompt.shape[1]
    if local is not None:
        check_like(model, local, "local")
        check_shape(local, (prompt.shape[0], known + length, model.backbone.local_size), "local")
        check_numbers(local, "local")
    with evaluating(model):
        before = None if local is None else local[:, :known]
        logits, state = model(prompt, model.initial_state(prompt.shape[0], label), local=before)
        logits, step, drawn = logits[:, -1], _stepper(model, state), []
        for t in range(known, known + length):
            drawn.append(draw(logits, temperature, top_k, top_p, generator))  # (B,)
            if len(drawn) < length:
                logits = step(drawn[-1], None if local is None else local[:, t])  # (B, levels)
        return torch.stack(drawn, 1)


def _stepper(model, state):
    """A function (token (B,), local (B, L) or None) -> logits (B, levels), which remembers what it was given."""
    backbone, (pasts, *label) = model.backbone, state
    rings = tuple(layer.convolution.ring(past) for layer, past in zip(backbone.layers, pasts, strict=True))

    def watched_step(token, local):
        x = model.embedded(model.embedding(token))
        y, _ = backbone.through_layers(x, (rings, *label), local)
        return model.logits(model.head(model.norm(y)))

    layers = backbone.layers
    conditions = backbone.conditions(label, None, 2)  # what the label adds is the same at every step: a part of b
    biases = [layer.convolution.bias if condition is None else layer.convolution.bias + condition
              for layer, condition in zip(layers, conditions, strict=True)]  # fmt: skip
    kernels = [layer.convolution.weight.flatten(1).t() for layer in layers]  # (C·k, 2C)
    residuals = [(layer.onward.weight[: layer.residual_channels], layer.onward.bias[: layer.residual_channels])
                 for layer in layers]  # fmt: skip
    to_skip = torch.cat([layer.onward.weight[layer.residual_channels :] for layer in layers], 1)  # (S, layers·C)
    skip_bias = sum(layer.onward.bias[layer.residual_channels :] for layer in layers)

    def quick_step(token, local):
        x, written = model.embedding(token), []
        extra = [0] * len(layers) if local is None else backbone.conditions([], local, 2)
        for ring, kernel, bias, residual, more in zip(rings, kernels, biases, residuals, extra, strict=True):
            taps = ring.turn(x)[0].flatten(1)  # (B, C·k)
            f, g = torch.addmm(bias if local is None else bias + more, taps, kernel).chunk(2, 1)
            z = f.tanh() * g.sigmoid()  # (5.2.2)
            written.append(z)
            x = x + F.linear(z, *residual) if len(residual[1]) else x  # (5.2.3)
        y = F.linear(torch.cat(written, 1), to_skip, skip_bias)  # the skips of all layers, added up
        return model.head(model.norm(y))

    return watched_step if watched(model) else quick_step
