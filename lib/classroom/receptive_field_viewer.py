"""ReceptiveFieldViewer: what an output of stacked convolutions can have seen."""

import numpy as np
import traitlets

from .receptive_field_numbers import field_and_holes, inputs_for
from .viewer import Viewer, quantise


def _whole(value, name, low, high):
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or not low <= value <= high:
        raise ValueError(f"{name} must be a whole number from {low} to {high}, got {value!r}")
    return int(value)


def _checked_layers(layers):
    """(kernel size, dilations), from pairs of one kernel size."""
    pairs = [tuple(layer) if isinstance(layer, list | tuple) else (layer,) for layer in layers]
    if not pairs or any(len(pair) != 2 for pair in pairs):
        raise ValueError(f"layers must hold pairs (kernel_size, dilation), at least one, got {layers!r}")
    most = ReceptiveFieldViewer
    kernels = sorted({_whole(kernel, "kernel_size", 1, most.MOST_KERNEL) for kernel, _ in pairs})
    if len(kernels) > 1:
        raise ValueError(f"layers must have one kernel_size, got {kernels}")
    return kernels[0], [_whole(dilation, "dilations", 1, most.MOST_DILATION) for _, dilation in pairs]


def _rows(value, name):
    """(levels, T) in float64 from one (T,) or one for each level."""
    try:
        rows = np.atleast_2d(np.array(value, dtype=np.float64))
    except (TypeError, ValueError):
        rows = np.zeros(0)
    if rows.ndim != 2 or rows.size == 0:
        raise ValueError(
            f"{name} must be (T,) or a list of (T,), one for each level from the inputs, got {value!r:.80}"
        )
    if not np.isfinite(rows).all() or (rows < 0).any():
        wrong = int((~np.isfinite(rows) | (rows < 0)).sum())
        raise ValueError(f"{name} must be finite and not negative, as |gradient| is; {wrong} entries are not")
    return rows


def _checked_importance(importance, step):
    """{step: (levels, T)}; what is no dict belongs to `step`."""
    if importance is None:
        return {}
    by_step = importance if isinstance(importance, dict) else {step: importance}
    found = {
        at: _rows(rows, "importance" if at is None else f"importance of step {at}") for at, rows in by_step.items()
    }
    shapes = sorted({rows.shape for rows in found.values()})
    if len(shapes) != 1:
        raise ValueError(f"importance must have one shape (levels, T) for all steps, not empty, got {shapes}")
    return found


class ReceptiveFieldViewer(Viewer):
    """Which inputs can this output have seen, through which hidden units, and which of them does it use?

    Time runs from left to right, the layers stand above each other: inputs below, the output on top. From the chosen
    output its cone is drawn down to the inputs; those that arrive are filled, those between them that never arrive are
    hollow (holes). Point at an input to see the roads that it takes. Add and remove layers, change the kernel,
    double the dilation of a layer or set it to 1; compare with the same stack without dilation and with a recurrent
    layer; or take one of three goals: reach 200 steps back, leave no hole, cover exactly 100, with few weights.
    Everything is computed in the browser.

    layers: pairs (kernel_size, dilation), the lowest first, such as ``TCN.convolutions``: at most 24, one kernel_size
    (1 to 16), dilations from 1 to 512. Ways around (residuals) add nothing to what is seen. length: steps drawn, at
    most 512. step: the output, from 0; the last where none is given. tokens: a text for each step.
    importance: what the output at `step` depends on, as |gradient| or |gradient × change|: (T,) for the inputs, or a
    list with one (T,) for each level from the inputs upwards, with or without the output; or a dict step -> such
    arrays. Only shares within a level are shown, and only for the stack as it was given. (A gradient alone says what
    the output would notice; that may be an input at which nothing happened.)

    From a cell, read or set ``viewer.step``, ``viewer.kernel_size``, ``viewer.dilations``, ``viewer.compare``
    ("dilated", "plain": as many layers without dilation, "recurrent": a chain), ``viewer.traced`` (the input that is
    followed, or None), ``viewer.goal`` ("", "reach", "cover", "exact"), ``viewer.goals`` (whether they are
    offered); read ``viewer.best`` (goal -> weights) and ``viewer.layers``. Raises ValueError, naming the argument
    and what came.
    Held by tests/viewers/test_receptive_field.py to seqmodels.tcn, and receptive.test.mjs.
    """

    _javascript = "receptive"
    COMPARED = ("dilated", "plain", "recurrent")
    GOALS = ("", "reach", "cover", "exact")
    MOST_LAYERS, MOST_KERNEL, MOST_DILATION, MOST_STEPS, MOST_NUMBERS = 24, 16, 512, 512, 400_000

    step = traitlets.Any(0).tag(sync=True)
    length = traitlets.Int(1).tag(sync=True)
    kernel_size = traitlets.Any(2).tag(sync=True)
    dilations = traitlets.Any().tag(sync=True)
    compare = traitlets.Any("dilated").tag(sync=True)
    traced = traitlets.Any(None, allow_none=True).tag(sync=True)
    goal = traitlets.Any("").tag(sync=True)
    goals = traitlets.Any(True).tag(sync=True)
    best = traitlets.Dict().tag(sync=True)
    tokens = traitlets.List(traitlets.Unicode(), None, allow_none=True).tag(sync=True)
    _given = traitlets.List().tag(sync=True)
    _importance = traitlets.Bytes().tag(sync=True)
    _importance_shape = traitlets.List(traitlets.Int()).tag(sync=True)
    _importance_steps = traitlets.List(traitlets.Int()).tag(sync=True)

    def __init__(self, layers, step=None, length=None, tokens=None, importance=None, title="", **traits):
        kernel_size, dilations = _checked_layers(layers)
        found = _checked_importance(importance, step)
        names = None if tokens is None else [str(token) for token in tokens]
        length = self._steps(length, names, found, 1 + (kernel_size - 1) * sum(dilations))
        super().__init__(title=title, length=length, tokens=names)
        self.kernel_size, self.dilations = kernel_size, dilations
        self._given = [self.kernel_size, list(self.dilations)]
        steps = [self._inside(at, "a step of importance") for at in found if at is not None]
        self.step = step if step is not None else steps[0] if steps else length - 1
        self._measured = {self.step if at is None else int(at): rows for at, rows in found.items()}
        self._send_importance()
        for name, value in traits.items():
            setattr(self, name, value)

    def _steps(self, length, names, found, field):
        """How many steps are drawn: the given number, or as many as there are tokens, or importance for."""
        lengths = {"tokens": None if names is None else len(names)}
        lengths["importance"] = next((rows.shape[1] for rows in found.values()), None)
        known = {name: count for name, count in lengths.items() if count is not None}
        if length is None:
            length = next(iter(known.values()), min(max(24, field + field // 8), 256))
        length = _whole(length, "length", 1, self.MOST_STEPS)
        for name, count in known.items():
            if count != length:
                raise ValueError(f"{name} has {count} steps, expected {length}, as length, tokens and importance agree")
        return length

    def _send_importance(self):
        if not self._measured:
            return
        tables = np.stack(list(self._measured.values()))  # (S, levels, T)
        levels = tables.shape[1]
        if levels not in (1, len(self.dilations), len(self.dilations) + 1):
            raise ValueError(
                f"importance has {levels} levels, but there are {len(self.dilations)} layers; give the inputs alone, "
                f"or {len(self.dilations) + 1} levels from the inputs to the output"
            )
        if tables.size > self.MOST_NUMBERS:
            raise ValueError(f"importance has {tables.size} numbers; at most {self.MOST_NUMBERS}")
        most = tables.max(axis=2, keepdims=True)
        shown = np.divide(tables, most, out=np.zeros_like(tables), where=most > 0)
        self._importance = quantise(np.append(shown.ravel(), [0, 1]))[0]  # 0 and 1 fix the range
        self._importance_shape, self._importance_steps = list(tables.shape), list(self._measured)

    def _inside(self, value, name):
        return _whole(value, name, 0, self.length - 1)

    @traitlets.validate("step")
    def _check_step(self, proposal):
        return self._inside(proposal.value, "step")

    @traitlets.validate("traced")
    def _check_traced(self, proposal):
        if proposal.value is None:
            return None
        return _whole(proposal.value, "traced", 0, max(self.length, 208) - 1)  # a goal has 208 steps

    @traitlets.validate("kernel_size")
    def _check_kernel(self, proposal):
        return _whole(proposal.value, "kernel_size", 1, self.MOST_KERNEL)

    @traitlets.validate("dilations")
    def _check_dilations(self, proposal):
        values = list(proposal.value)
        if not 1 <= len(values) <= self.MOST_LAYERS:
            raise ValueError(
                f"dilations must hold 1 to {self.MOST_LAYERS} numbers, one for each layer, got {len(values)}"
            )
        return [_whole(value, "dilations", 1, self.MOST_DILATION) for value in values]

    @traitlets.validate("compare", "goal")
    def _check_choice(self, proposal):
        name = proposal.trait.name
        known = self.COMPARED if name == "compare" else self.GOALS
        if proposal.value not in known:
            raise ValueError(f"{name} must be one of {known}, got {proposal.value!r}")
        return proposal.value

    @traitlets.validate("goals")
    def _check_goals(self, proposal):
        if not isinstance(proposal.value, bool):
            raise ValueError(f"goals must be True or False, got {proposal.value!r}")
        return proposal.value

    @property
    def layers(self):
        """(kernel_size, dilation) of each layer as they are shown, the lowest first; of the stack, not the chain."""
        return [(self.kernel_size, 1 if self.compare == "plain" else dilation) for dilation in self.dilations]

    @property
    def shown_importance(self):
        """(levels, T) of the chosen step, or None where nothing was measured for what is shown."""
        as_given = [self.kernel_size, list(self.dilations)] == self._given and self.compare == "dilated"
        return self._measured.get(self.step) if as_given else None

    def describe(self):
        """The sentence for alt and text: the stack, what it sees, its costs, what it uses."""
        if self.alt:
            return self.alt
        head, before = self.title or "What an output can see", self.step + 1
        if self.compare == "recurrent":
            return f"{head}: a recurrent layer sees all {before} inputs so far, the oldest through {before} steps."
        field, holes = field_and_holes(self.layers)
        spread = " ".join(str(dilation) for _, dilation in self.layers)
        seen = f"sees {field} steps" if not holes else f"sees {field - len(holes)} of {field} steps, with holes"
        here = min(field, before) - sum(back < before for back in holes)
        said = (
            f"{head}: {len(self.layers)} layers, kernel {self.kernel_size}, dilations {spread}: {seen}, stores "
            f"{field - 1} numbers for each channel, {len(self.layers) * self.kernel_size} multiplications per channel "
            f"pair; output {before} of {self.length} sees {here} inputs"
        )
        importance = self.shown_importance
        if importance is not None and importance[0].sum() > 0:
            shares = importance[0] / importance[0].sum()
            said += f", and nine tenths of what it depends on lie in {inputs_for(shares, 0.9)} of them"
        return said + "."

    def figure(self):
        """Cone, inputs and importance as a matplotlib Figure; the Viewer makes the PNG of it."""
        from .receptive_field_picture import receptive_field_figure

        return receptive_field_figure(self)
