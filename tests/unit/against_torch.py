"""Our recurrent layers beside those of torch.nn: the same weights, outputs, states and every gradient."""

import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

B, T, D, H = 3, 9, 5, 7
TOLERANCE = {torch.float32: 1e-6, torch.float64: 1e-12}


def randomised(module):
    """All parameters drawn anew, biases too: those that are zero, or equal, would hide mistakes."""
    for parameter in module.parameters():
        torch.nn.init.normal_(parameter, std=0.4)
    return module


def pair(ours, theirs, dtype, **settings):
    """A randomised layer of torch.nn, and ours with its weights: (ours, theirs)."""
    torch.manual_seed(0)
    module = randomised(theirs(D, H, batch_first=True, **settings)).to(dtype)
    return ours.from_torch(module), module


def equal(found, expected, what):
    """To within the tolerance of the largest value (of 1, if all are smaller)."""
    assert found.shape == expected.shape and found.dtype == expected.dtype, what
    distance, size = (found - expected).abs().max().item(), max(1.0, expected.abs().max().item())
    assert distance <= TOLERANCE[found.dtype] * size, f"{what}: differ by {distance:.3g} at size {size:.3g}"


def hold_to_torch(ours, theirs, lengths=None):
    """AssertionError unless outputs, last states and the gradients of a scalar that hangs on all of them are equal.

    The gradients: for x, for the initial state and for every weight of theirs.
    """
    dtype, torch_state = theirs.weight_ih_l0.dtype, isinstance(theirs, torch.nn.LSTM)
    generator = torch.Generator().manual_seed(1)
    x, *state = (torch.randn(*shape, dtype=dtype, generator=generator, requires_grad=True)
                 for shape in [(B, T, D)] + [(B, H)] * (1 + torch_state))  # fmt: skip

    y, last = ours(x, tuple(state), lengths=lengths)
    first = tuple(part[None] for part in state)
    packed = x if lengths is None else pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    y_torch, last_torch = theirs(packed, first if torch_state else first[0])
    if lengths is not None:
        y_torch, _ = pad_packed_sequence(y_torch, batch_first=True, total_length=T)
    last_torch = [part[0] for part in (last_torch if torch_state else [last_torch])]

    equal(y, y_torch, "outputs")
    for i, (part, part_torch) in enumerate(zip(last, last_torch, strict=True)):
        equal(part, part_torch, f"last state {i}")

    def gradients(outputs, leaves):
        directions = torch.Generator().manual_seed(2)
        total = sum((out * torch.randn(out.shape, dtype=dtype, generator=directions)).sum() for out in outputs)
        return torch.autograd.grad(total, leaves)

    found = gradients((y, *last), [x, *state, *_ours(ours)])
    expected = gradients((y_torch, *last_torch), [x, *state, *theirs.parameters()])
    names = ["x", *(f"initial state {i}" for i in range(len(state))), *_ours_names(ours)]
    expected = [*expected[:-2], *_biases(ours, *expected[-2:])]
    for name, one, other in zip(names, found, expected, strict=True):
        equal(one, other, f"gradient of {name}")


def _ours_names(ours):
    return ["weight_input", "weight_hidden", "bias"] + ["bias_hidden"] * hasattr(ours, "bias_hidden")


def _ours(ours):
    return [getattr(ours, name) for name in _ours_names(ours)]


def _biases(ours, input_bias, hidden_bias):
    """torch.nn keeps two biases. Added, they have the same gradient; the GRU's differ in the candidate."""
    if not hasattr(ours, "bias_hidden"):
        equal(hidden_bias, input_bias, "gradients of torch's two biases")
        return [input_bias]
    equal(hidden_bias[: 2 * H], input_bias[: 2 * H], "gradients of torch's two biases")
    return [input_bias, hidden_bias[2 * H :]]
