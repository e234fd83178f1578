"""Looking inside a model while it computes.

A model passes every quantity worth showing through a named `Probe`. Most of the time a Probe does nothing at all.

    with record(model) as trace:            # see it
        y, state = model(x)
    trace["forget_gate"]                    # (B, T, H), from the pass that computed y

    with intervene(model, {"forget_gate": lambda value, t: torch.ones_like(value)}):    # change it
        y, state = model(x)

The rules
- *Time.* The axis called T is time, or Q (the queries of attention) where there is no T. A value with one dimension
  less than its probe declares is one time step. Steps are joined along time, (B, H) → (B, T, H).
- *A stretch* of time begins when `with` is entered and again whenever the watched module itself is called, `model(x)`.
  Calls of `step` and of inner modules continue it. So forward, then step, step, step is one trace.
- *t* is the index of the step within the stretch, 0, 1, 2, …; it is None when the value holds the whole sequence,
  time axis included. `at_step(5, edit)` changes step 5 and nothing else, in both cases.
- *Keys.* While attention steps, its key axis K grows; a trace pads the shorter ones with zeros. A whole sequence has
  all keys at once, later ones with weight 0: an edit that adds to them lets the model look ahead, one that scales not.
- *No time axis.* Such a probe keeps the value of its last call.
- *Names* are the dotted paths of `named_modules()`. An end of the path is enough if only one probe has it.
- *Order.* All edits come first (the outer `with` before the inner one), then all recordings: a trace shows what
  flows on.
"""

from collections.abc import Mapping
from contextlib import contextmanager
from functools import partial

import torch
from torch import nn

from seqmodels.trace import Trace, find_probe

__all__ = ["Probe", "Trace", "at_step", "intervene", "record", "watched"]


class Probe(nn.Module):
    """An identity with a name and named axes, through which one quantity flows: `Probe("B T H")`.

    A layer calls it once for every time step or once for the whole sequence. `active`: somebody records or edits;
    `edited`: somebody edits. With these a layer decides between its fast form and its explicit loop.
    """

    def __init__(self, axes: str):
        super().__init__()
        self.axes = tuple(axes.split())
        if not self.axes or len(set(self.axes)) < len(self.axes):
            raise ValueError(f'axes: expected different names such as "B T H", got {axes!r}')
        self.time_axis = next((self.axes.index(name) for name in ("T", "Q") if name in self.axes), None)
        self._editors, self._recorders = [], []

    def forward(self, value):
        for watcher in (*self._editors, *self._recorders) if self.active else ():
            value = watcher(value)
        return value

    @property
    def active(self) -> bool:
        return bool(self._editors or self._recorders)

    @property
    def edited(self) -> bool:
        return bool(self._editors)

    def is_step(self, value) -> bool:
        """Is this the value of one time step (True) or of the whole sequence (False)?"""
        missing = len(self.axes) - value.dim()
        if missing == 0 or (missing == 1 and self.time_axis is not None):
            return missing == 1
        raise ValueError(
            f"probe: axes {' '.join(self.axes)} do not fit a value of shape {tuple(value.shape)}; "
            "expected one dimension for each axis, or all but the time axis"
        )

    def extra_repr(self):
        return " ".join(self.axes)


def watched(*modules) -> bool:
    """Is any probe inside these modules recorded or edited? Then a recurrent layer takes its explicit loop."""
    return any(probe.active for module in modules for probe in _probes(module).values())


# ---------------------------------------------------------------- recording


@contextmanager
def record(module: nn.Module, *, gradients=False):
    """Keep what flows through every probe of `module` while the block runs, as a `Trace`.

    With gradients=True, `trace.grad` holds the derivatives that the last backward() brought, one tensor for each
    probe (zero at steps that did not matter), also when backward() comes after the block.
    """
    probes = _some_probes(module)
    trace = Trace(probes, gradients)
    recorders = [(probe._recorders, partial(trace.keep, name)) for name, probe in probes.items()]
    with _attached(module, trace.restart, recorders):
        yield trace


# ---------------------------------------------------------------- intervening


@contextmanager
def intervene(module: nn.Module, edits: Mapping):
    """Change what flows through named probes of `module` while the block runs.

    edits: probe name -> edit(value, t), which returns a tensor of the same shape, dtype and device (ValueError
    otherwise) for the model to go on with; it must leave `value` itself as it is.
    """
    probes = _some_probes(module)
    editors = {}
    for name, edit in edits.items():
        name = find_probe(probes, name)
        if name in editors:
            raise ValueError(f"{name}: named twice in the edits; nest two intervene() to do one after the other")
        editors[name] = _Editor(name, probes[name], edit)

    def restart():
        for editor in editors.values():
            editor.position = 0

    with _attached(module, restart, [(editor.probe._editors, editor) for editor in editors.values()]):
        yield


def at_step(step: int, edit):
    """An edit of time step `step` of the stretch alone: edit(value, step) gets the value without its time axis.

    It does the same whether the model steps, loops or computes the whole sequence at once.
    """
    return _AtStep(step, edit)


class _AtStep:
    def __init__(self, step, edit):
        self.step, self.edit = step, edit


class _Editor:
    """One edit at one probe; knows how much time of the stretch has passed."""

    def __init__(self, name, probe, edit):
        self.name, self.probe, self.edit, self.position = name, probe, edit, 0
        if isinstance(edit, _AtStep) and probe.time_axis is None:
            raise ValueError(f"{name}: at_step needs a time axis T or Q, this probe has {' '.join(probe.axes)}")

    def __call__(self, value):
        is_step, axis, begin = self.probe.is_step(value), self.probe.time_axis, self.position
        self.position += 1 if is_step or axis is None else value.shape[axis]
        if not isinstance(self.edit, _AtStep):
            return self._apply(self.edit, value, begin if is_step else None)
        t = self.edit.step
        if not begin <= t < self.position:
            return value
        if is_step:
            return self._apply(self.edit.edit, value, t)
        now = self._apply(self.edit.edit, value.select(axis, t - begin), t)
        return torch.select_scatter(value, now, axis, t - begin)

    def _apply(self, edit, value, t):
        version = value._version
        new = edit(value, t)
        if _describe(new) != _describe(value):
            raise ValueError(f"{self.name}: the edit must return {_describe(value)} like the value, "
                             f"got {_describe(new)}")  # fmt: skip
        if value._version != version:
            raise ValueError(f"{self.name}: the edit changed the value in place; return a new tensor, "
                             "such as torch.where(…) or value.clone() changed")  # fmt: skip
        return new


def _describe(value):
    if isinstance(value, torch.Tensor):
        return f"{tuple(value.shape)} {value.dtype} on {value.device}"
    return type(value).__name__


# ---------------------------------------------------------------- finding probes, and leaving no trace


@contextmanager
def _attached(module, restart, watchers):
    """Hang each (list, watcher) in its probe; start a new stretch whenever `module` itself is called."""
    hook = module.register_forward_pre_hook(lambda *_: restart())
    for where, watcher in watchers:
        where.append(watcher)
    try:
        yield
    finally:
        hook.remove()
        for where, watcher in watchers:
            where.remove(watcher)


def _probes(module):
    return {name: child for name, child in module.named_modules() if isinstance(child, Probe)}


def _some_probes(module):
    probes = _probes(module)
    if not probes:
        raise ValueError(f"module: expected a model with at least one Probe inside, {type(module).__name__} has none")
    return probes
