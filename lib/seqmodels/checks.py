"""The checks that every layer and model shares: a ValueError names the argument, what came and what was expected."""

import torch


class NotANumber(ValueError):
    """A ValueError for values that are NaN: bad data, or a training run that has blown up."""


def check_like(layer, x, name):
    """A floating tensor of the dtype and device of the layer's parameters."""
    if not isinstance(x, torch.Tensor):
        raise ValueError(f"{name}: expected a tensor, got {type(x).__name__}")
    like = kind(layer)
    if like is None:
        if not x.is_floating_point():
            raise ValueError(f"{name}: expected floating-point numbers, got {x.dtype}")
    elif x.dtype != like.dtype or x.device != like.device:
        raise ValueError(f"{name}: expected {like.dtype} on {like.device} like the layer's parameters, "
                         f"got {x.dtype} on {x.device}; convert it with .to(…)")  # fmt: skip


def kind(layer):
    """A real parameter of the layer, whose dtype and device its input must share; None if it has none."""
    return next((p for p in layer.parameters() if p.is_floating_point()), None)


def check_shape(x, shape, name):
    """The shape, such as ("B", "T", 8), where letters stand for any size of 1 or more."""
    fits = x.dim() == len(shape) and all(
        size > 0 if isinstance(want, str) else size == want for size, want in zip(x.shape, shape, strict=True)
    )
    if not fits:
        raise ValueError(f"{name}: expected shape ({', '.join(map(str, shape))}), every size 1 or more, "
                         f"got {tuple(x.shape)}")  # fmt: skip


def check_numbers(x, name):
    """Nowhere NaN."""
    if x.sum().isnan() and x.isnan().any():  # the sum alone is quick, but inf - inf is NaN too
        raise NotANumber(f"{name}: contains NaN; expected numbers")


def check_lengths(lengths, x, name):
    """One int64 length for each sequence of x (B, T, …), whose shape is already checked; from 1 to T."""
    if lengths is None:
        return
    if not isinstance(lengths, torch.Tensor) or lengths.dtype != torch.int64:
        came = lengths.dtype if isinstance(lengths, torch.Tensor) else type(lengths).__name__
        raise ValueError(f"lengths: expected an int64 tensor, got {came}")
    if lengths.shape != x.shape[:1]:
        raise ValueError(f"lengths: expected one for each sequence of {name} {tuple(x.shape)}, "
                         f"got shape {tuple(lengths.shape)}")  # fmt: skip
    if lengths.device != x.device:
        raise ValueError(f"lengths: expected on {x.device} like {name}, got {lengths.device}")
    if lengths.min() < 1 or lengths.max() > x.shape[1]:
        raise ValueError(f"lengths: expected 1 to {x.shape[1]}, the length of {name}, got {lengths.tolist()}")


def check_state(state, start, batch_size: int):
    """Nested like `start` (a fresh state of any batch size), tensors of its shape, and `batch_size` rows in each."""
    if isinstance(start, tuple):
        if not isinstance(state, tuple) or len(state) != len(start):
            came = f"{len(state)} parts" if isinstance(state, tuple) else type(state).__name__
            raise ValueError(f"state: expected a tuple of {len(start)} parts, got {came}; "
                             "pass on what forward, step or initial_state returned")  # fmt: skip
        for part, start_part in zip(state, start, strict=True):
            check_state(part, start_part, batch_size)
    elif not isinstance(state, torch.Tensor) or not _fits(state.shape, start.shape, batch_size):
        came = tuple(state.shape) if isinstance(state, torch.Tensor) else type(state).__name__
        want = ", ".join([str(batch_size), *(str(size) if size else "any" for size in start.shape[1:])])
        raise ValueError(f"state: expected a tensor of shape ({want}), a row for each sequence, got {came}; "
                         "pass on what forward, step or initial_state returned")  # fmt: skip


def _fits(shape, start, batch_size):
    """As many rows as sequences, and otherwise as the fresh state; an axis that is empty there may have grown."""
    sizes = zip(shape[1:], start[1:], strict=True)
    return len(shape) == len(start) and shape[0] == batch_size and all(fresh in (0, size) for size, fresh in sizes)


def check_tokens(tokens, shape, name, device=None):
    """Token ids: an int64 tensor of the shape ("B", "T") or ("B",), not empty, on the device."""
    if not isinstance(tokens, torch.Tensor) or tokens.dtype != torch.int64:
        came = tokens.dtype if isinstance(tokens, torch.Tensor) else type(tokens).__name__
        raise ValueError(f"{name}: expected token ids as an int64 tensor ({', '.join(shape)}), got {came}")
    if device is not None and tokens.device != device:
        raise ValueError(f"{name}: expected on {device} like the model, got {tokens.device}; move with .to(device)")
    check_shape(tokens, shape, name)


def check_vocabulary(tokens, vocab_size, name):
    """Ids from 0 to vocab_size - 1."""
    low, high = int(tokens.min()), int(tokens.max())
    if low < 0 or high >= vocab_size:
        raise ValueError(f"{name}: expected ids from 0 to {vocab_size - 1}, got ids from {low} to {high}")
