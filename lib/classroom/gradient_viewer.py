"""GradientViewer: the error of a recurrent network on its way back through time."""

import base64

import numpy as np
import traitlets

from .gradient_numbers import NONLINEARITIES, decimal_logs, norms_by_lag, scientific, summary, walk
from .viewer import Viewer

SETTINGS = ("radius", "nonlinearity", "drive_scale", "error_step")


def _table(value, name, wanted):
    """A float64 array of two axes, not empty, finite."""
    table = np.asarray(value, dtype=np.float64).copy()
    if table.ndim != 2 or table.size == 0:
        raise ValueError(f"{name} must have shape {wanted}, got {table.shape}")
    if not np.isfinite(table).all():
        raise ValueError(f"{name} must be finite, got {(~np.isfinite(table)).sum()} NaN or infinite entries")
    return table


def _in_range(name, value, low, high):
    if not low <= value <= high:
        raise ValueError(f"{name} must lie in {low}..{high}, got {value}")
    return value


_NUMBERS = {
    "sync": True,
    "to_json": lambda a, _: (
        a if a is None else {"shape": a.shape, "data": base64.b64encode(a.astype("<f8").tobytes()).decode("ascii")}
    ),
}


class GradientViewer(Viewer):
    """How far back does the error reach, and what decides it?

    A small recurrent network, h_t = f(U h_{t-1} + g drive_t) with h_0 = 0, and the size of the error that arises at
    one step, at every step before it: ||dh_E / dh_{E-k}||_F / sqrt(H) against the lag k. The reader changes the
    spectral radius of U, the nonlinearity f, the strength g of what comes in and the step E, and sees beside it the
    eigenvalues of U, the states and how open each unit's slope f'(a) is. The line radius^k and the bound
    (largest singular value)^k stand in the picture; no curve can pass the bound (Pascanu, Mikolov and Bengio, 2013).

    weight: (H, H), at most 32 units; it is rescaled to the spectral radius `radius`, 0.5 to 2 (None: as it is).
    drive: (T, H), what comes in at each step (W x_t + b), 2 to 200 steps. nonlinearity: "tanh", "relu" or "linear".

    From a cell, read or set ``viewer.radius``, ``viewer.nonlinearity``, ``viewer.drive_scale`` (0 to 3),
    ``viewer.error_step`` (2 to T), ``viewer.position`` (the lag that is looked at), ``viewer.pinned`` (at most 4 dicts
    of the first four: curves to compare), ``viewer.weight`` and ``viewer.drive``; read ``viewer.norms`` and
    ``viewer.log10_norms``. Raises ValueError, naming the argument and the numbers.
    Held by tests/viewers/test_gradient.py (autograd, JavaScript and Python agree) and gradient.test.mjs.
    """

    _javascript = "gradient"
    MOST_UNITS, MOST_STEPS, MOST_PINS = 32, 200, 4
    RADII = (0.5, 2.0)
    MOST_GROWTH = 1000.0  # largest singular value of a weight, in spectral radii

    weight = traitlets.Any(None).tag(**_NUMBERS)
    drive = traitlets.Any(None).tag(**_NUMBERS)
    _spectrum = traitlets.Dict().tag(sync=True)
    radius = traitlets.Float(1.0).tag(sync=True)
    nonlinearity = traitlets.Any("tanh").tag(sync=True)
    drive_scale = traitlets.Float(1.0).tag(sync=True)
    error_step = traitlets.Int(2).tag(sync=True)
    position = traitlets.Int(0).tag(sync=True)
    pinned = traitlets.List(traitlets.Dict()).tag(sync=True)

    def __init__(self, weight, drive, title="", radius=1.0, nonlinearity="tanh", **traits):
        late = {
            name: traits.pop(name) for name in ("drive_scale", "error_step", "position", "pinned") if name in traits
        }
        super().__init__(title=title, **traits)
        self.weight = weight
        self.drive = drive
        self.radius = self._spectrum["radius"] if radius is None else radius
        self.nonlinearity = nonlinearity
        self._quiet = False
        for name, value in late.items():
            setattr(self, name, value)

    @traitlets.validate("weight")
    def _check_weight(self, proposal):
        table = _table(proposal.value, "weight", "(H, H)")
        units = len(table)
        if table.shape != (units, units) or units > self.MOST_UNITS:
            raise ValueError(
                f"weight must have shape (H, H) with H at most {self.MOST_UNITS}, got {table.shape}: "
                "the recurrent matrix, from h to h"
            )
        if self.drive is not None and self.drive.shape[1] != units:
            raise ValueError(f"weight is for {units} units, but drive has {self.drive.shape[1]}; make a new viewer")
        largest, most = np.abs(np.linalg.eigvals(table)).max(), np.linalg.norm(table, 2)
        if largest == 0 or most > self.MOST_GROWTH * largest:
            raise ValueError(
                f"weight has spectral radius {largest:.3g} and largest singular value {most:.3g}; the ratio must be at "
                f"most {self.MOST_GROWTH:.0f}, or no scaling gives it another radius"
            )
        return table

    @traitlets.validate("drive")
    def _check_drive(self, proposal):
        table = _table(proposal.value, "drive", "(T, H)")
        if table.shape[1] != len(self.weight) or not 2 <= len(table) <= self.MOST_STEPS:
            raise ValueError(
                f"drive has shape {table.shape}, expected (T, {len(self.weight)}) with 2 to {self.MOST_STEPS} steps: "
                f"weight has {len(self.weight)} units"
            )
        return table

    @traitlets.observe("weight")
    def _find_spectrum(self, change):
        found = np.linalg.eigvals(self.weight)
        self._spectrum = {
            "radius": float(np.abs(found).max()),
            "singular": float(np.linalg.norm(self.weight, 2)),
            "eigenvalues": [[float(z.real), float(z.imag)] for z in found],
        }

    @traitlets.observe("drive")
    def _begin_at_the_end(self, change):
        steps = len(self.drive)
        if change.old is None or len(change.old) != steps:
            with self._quietly(), self.hold_sync():
                self.error_step, self.position = steps, min(10, steps - 1)
                self.pinned = [{**pin, "error_step": min(pin["error_step"], steps)} for pin in self.pinned]

    @traitlets.observe("error_step")
    def _stay_inside(self, change):
        if not self._quiet:
            self.position = min(self.position, self.error_step - 1)

    @traitlets.validate(*SETTINGS)
    def _check_setting(self, proposal):
        return self._checked(proposal.trait.name, proposal.value)

    def _checked(self, name, value):
        if name == "radius":
            return float(_in_range(name, value, *self.RADII))
        if name == "drive_scale":
            return float(_in_range(name, value, 0.0, 3.0))
        if name == "error_step":
            return int(_in_range(name, value, 2, len(self.drive)))
        if value not in NONLINEARITIES:
            raise ValueError(f"nonlinearity must be one of {NONLINEARITIES}, got {value!r}")
        return value

    @traitlets.validate("position")
    def _check_position(self, proposal):
        if self._quiet:
            return proposal.value
        return _in_range("position", proposal.value, 0, self.error_step - 1)

    @traitlets.validate("pinned")
    def _check_pinned(self, proposal):
        if len(proposal.value) > self.MOST_PINS:
            raise ValueError(f"pinned has {len(proposal.value)} curves, at most {self.MOST_PINS} can be compared")
        for pin in proposal.value:
            if not set(pin) <= set(SETTINGS):
                raise ValueError(f"pinned: {sorted(set(pin) - set(SETTINGS))} unknown, expected some of {SETTINGS}")
        whole = [{**self._settings(), **pin} for pin in proposal.value]  # what is not named is as it is now
        return [{name: self._checked(name, pin[name]) for name in SETTINGS} for pin in whole]

    def _settings(self):
        return {name: getattr(self, name) for name in SETTINGS}

    def _walked(self, radius, nonlinearity, drive_scale, error_step):
        """(mantissas, powers of two, slopes) for one choice of settings."""
        weight = radius / self._spectrum["radius"] * self.weight
        _, slopes = walk(weight, drive_scale * self.drive, nonlinearity)
        return *norms_by_lag(weight, slopes, error_step), slopes

    @property
    def norms(self):
        """||dh_E / dh_{E-k}||_F / sqrt(H) for k = 0 … E - 1, shape (E,): 1 at k = 0, 0 where no error passes."""
        mantissas, powers, _ = self._walked(**self._settings())
        with np.errstate(over="ignore"):
            return np.ldexp(mantissas, powers)

    @property
    def log10_norms(self):
        """The same as decimal logarithms, which cannot overflow; minus infinity where the norm is exactly zero."""
        return decimal_logs(*self._walked(**self._settings())[:2])

    @property
    def bound(self):
        """The largest singular value of the rescaled weight: no norm at lag k can be above bound^k."""
        return self.radius * self._spectrum["singular"] / self._spectrum["radius"]

    def describe(self):
        """The sentence for alt and text: the network, and how far back its error reaches."""
        if self.alt:
            return self.alt
        told = summary(self.log10_norms)
        parts = [
            f"{self.title or 'The error of a recurrent network'}: {len(self.weight)} units, {len(self.drive)} steps, "
            f"{self.nonlinearity}, spectral radius {self.radius:.2f}, largest singular value {self.bound:.2f}, "
            f"input × {self.drive_scale:.2f}; of the error at step {self.error_step}, "
            f"{scientific(told['end'])} is left {self.error_step - 1} steps earlier"
        ]
        for name, words in (
            ("double", "it is doubled after"),
            ("half", "half is gone after"),
            ("thousandth", "99.9 % after"),
            ("dead", "it is exactly zero after"),
        ):
            if told[name] is not None:
                parts.append(f"{words} {told[name]} step{'' if told[name] == 1 else 's'}")
        return "; ".join(parts) + "."

    def figure(self):
        """The norms against the lag, with the pinned curves, as a matplotlib Figure; the Viewer makes the PNG of it."""
        from .gradient_picture import gradient_figure

        pins = [(pin, decimal_logs(*self._walked(**pin)[:2])) for pin in self.pinned]
        return gradient_figure(self._settings(), self.log10_norms, self.bound, pins, self.title)
