"""Sequences of different lengths in one batch, and the checks that every layer shares.

Shorter sequences are padded at the end; `lengths` (B,) counts the real elements. The helpers here keep the promise
that padding never changes a result: what lies beyond is blanked on the way in and on the way out, and a layer's state
is taken after the last real element. lengths=None means that everything is real.
"""

import torch

from seqmodels.nested import map_state


def is_real(lengths, length: int):
    """Which elements are real? (B, T), True before each sequence's end."""
    return torch.arange(length, device=lengths.device) < lengths[:, None]


def zero_beyond(x, lengths):
    """x (B, T, …) with zeros (whatever stood there, even NaN) beyond each sequence's end."""
    if lengths is None:
        return x
    beyond = ~is_real(lengths, x.shape[1])
    return x.masked_fill(beyond.reshape(beyond.shape + (1,) * (x.dim() - 2)), 0)


def reverse(x, lengths=None):
    """x (B, T, …) read from each sequence's last real element to its first; padding stays where it is."""
    if lengths is None:
        return x.flip(1)
    t = torch.arange(x.shape[1], device=x.device)
    mirror = torch.where(t < lengths[:, None], lengths[:, None] - 1 - t, t)  # (B, T)
    return x[torch.arange(x.shape[0], device=x.device)[:, None], mirror]


def state_after(states, lengths):
    """Of the states after every step, (B, T, …) in nested tuples, the one after the last real element, (B, …)."""
    if lengths is None:
        return map_state(lambda leaf: leaf[:, -1], states)
    rows = torch.arange(len(lengths), device=lengths.device)
    return map_state(lambda leaf: leaf[rows, lengths - 1], states)


def last_inputs(x, count: int, lengths=None):
    """The last `count` real elements of x (B, T, …), T ≥ count: (B, count, …). The memory of a convolution."""
    ends = torch.full((x.shape[0],), x.shape[1], device=x.device) if lengths is None else lengths
    where = ends[:, None] - count + torch.arange(count, device=x.device)  # (B, count)
    return x[torch.arange(x.shape[0], device=x.device)[:, None], where]


def hold(new, old, t: int, lengths):
    """The state after step t: the new one where the sequence still runs, the old one where it has ended."""
    runs = t < lengths  # (B,)
    return map_state(lambda n, o: torch.where(runs.reshape(-1, *(1,) * (n.dim() - 1)), n, o), new, old)


def run_steps(layer, x, state, lengths=None):
    """The explicit loop: forward as `step` after `step`. Recurrent layers take it when a probe is watched.

    x (B, T, D), already checked; needs a state whose leaves keep their shape from step to step.
    """
    outputs = []
    for t, x_t in enumerate(x.unbind(1)):
        y_t, new = layer.step(x_t, state)
        state = new if lengths is None else hold(new, state, t, lengths)
        outputs.append(y_t)
    return zero_beyond(torch.stack(outputs, 1), lengths), state


# ---------------------------------------------------------------- checks: ValueError names argument, fault and remedy


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
    """Nested like `start` (a fresh state of any batch size), as many axes in each tensor, and `batch_size` rows."""
    if isinstance(start, tuple):
        if not isinstance(state, tuple) or len(state) != len(start):
            came = f"{len(state)} parts" if isinstance(state, tuple) else type(state).__name__
            raise ValueError(f"state: expected a tuple of {len(start)} parts, got {came}; "
                             "pass on what forward, step or initial_state returned")  # fmt: skip
        for part, start_part in zip(state, start, strict=True):
            check_state(part, start_part, batch_size)
    elif not isinstance(state, torch.Tensor) or state.dim() != start.dim() or state.shape[0] != batch_size:
        came = tuple(state.shape) if isinstance(state, torch.Tensor) else type(state).__name__
        raise ValueError(f"state: expected a tensor with {start.dim()} axes and {batch_size} rows, one for each "
                         f"sequence, got {came}")  # fmt: skip
