"""What a recording holds: the values that passed the probes of a model, joined along time. See `seqmodels.probes`."""

from collections.abc import Mapping

import torch
from torch import nn


class Trace(Mapping):
    """What a model did: a mapping from probe name to a detached tensor on the CPU. Made by `record`.

    Each call of a probe brings one piece of time; reading joins them. `grad`: the same of the gradients, or None.
    """

    def __init__(self, probes, gradients=False):
        self._probes = probes
        self.grad = Trace(probes) if gradients else None
        self.restart()

    def axes(self, name) -> tuple:
        """The names of the axes of trace[name], such as ("B", "T", "H")."""
        return self._probes[find_probe(self._probes, name)].axes

    def __getitem__(self, name):
        name = find_probe(self._probes, name)
        if name not in self._arrived:
            raise KeyError(f"{name}: nothing has come through this probe; run the model (or backward) first")
        return _join(name, self._probes[name], self._calls[name])

    def __iter__(self):
        return (name for name in self._probes if name in self._arrived)

    def __len__(self):
        return len(self._arrived)

    def __repr__(self):
        rows = (f"  {name}  {' '.join(self.axes(name))} = {tuple(self[name].shape)}" for name in self)
        return "\n".join(["Trace", *rows])

    def restart(self):
        """Forget everything: a new stretch begins. (Hooks of the old stretch keep filling the old lists.)"""
        self._calls = {name: [] for name in self._probes}  # name -> one piece of time for each call
        self._arrived = set()
        if self.grad is not None:
            self.grad.restart()

    def keep(self, name, value):
        """What `record` hangs into each probe: note the value and let it flow on."""
        probe = self._probes[name]
        self._forget_if_timeless(name)
        self._calls[name].append(_piece(probe, value))
        self._arrived.add(name)
        return value if self.grad is None else self.grad._await(name, value)

    def _await(self, name, value):
        """Leave a place for the gradient of `value` (zeros that take no memory) and fill it when it comes."""
        self._forget_if_timeless(name)
        probe, calls, arrived = self._probes[name], self._calls[name], self._arrived
        place = len(calls)
        calls.append(_piece(probe, torch.zeros((), dtype=value.dtype).expand(value.shape), copy=False))
        if not value.requires_grad:
            return value

        def fill(gradient):
            calls[place] = _piece(probe, gradient)
            arrived.add(name)

        value = value.view_as(value)  # a link of its own: only what flows on through the probe is counted
        value.register_hook(fill)
        return value

    def _forget_if_timeless(self, name):
        if self._probes[name].time_axis is None:  # the last call counts; a new list, as old hooks may hold the old one
            self._calls[name] = []


def _piece(probe, value, copy=True):
    """A detached CPU copy, with a time axis of length one if the value is one step."""
    is_step = probe.is_step(value)
    value = value.detach().to("cpu", copy=copy)
    return value.unsqueeze(probe.time_axis) if is_step else value


def _join(name, probe, pieces):
    """Pieces of time, one after the other; shorter key axes are padded with zeros."""
    if "K" in probe.axes:
        k = probe.axes.index("K")
        longest = max(piece.shape[k] for piece in pieces)
        after = [0] * (2 * (len(probe.axes) - 1 - k))  # nn.functional.pad counts from the last axis
        pieces = [nn.functional.pad(piece, [*after, 0, longest - piece.shape[k]]) for piece in pieces]
    if probe.time_axis is None:
        return pieces[-1]
    sizes = {piece.shape[: probe.time_axis] + piece.shape[probe.time_axis + 1 :] for piece in pieces}
    if len(sizes) > 1:
        raise ValueError(f"{name}: calls of different sizes {sorted(sizes)} cannot be joined along time; "
                         "give each its own record()")  # fmt: skip
    return torch.cat(pieces, probe.time_axis)


def find_probe(probes, name):
    """The full name of the one probe called `name`, or whose path ends in it."""
    matches = [name] if name in probes else [full for full in probes if full.endswith(f".{name}")]
    if len(matches) == 1:
        return matches[0]
    trouble = "several probes end in this name" if matches else "no probe has this name"
    raise KeyError(f"{name}: {trouble}; candidates: {', '.join(matches or probes)}")
