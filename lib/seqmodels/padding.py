"""Sequences of different lengths in one batch, and the loop that respects them.

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
