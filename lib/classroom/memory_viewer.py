"""MemoryViewer: what do N numbers still know of the past?"""

import math

import numpy as np
import traitlets

from .memory_numbers import bump, explosion, memory_at, rebuilt, relative_error, share_of_bump
from .viewer import Viewer, quantise

MEASURES = ("legs", "legt", "last")
METHODS = ("zoh", "bilinear", "euler")


def _whole(value, name, low, high):
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or not low <= value <= high:
        raise ValueError(f"{name} must be a whole number from {low} to {high}, got {value!r}")
    return int(value)


def _number(value, name, low, high):
    if isinstance(value, bool) or not isinstance(value, int | float | np.number) or not low <= value <= high:
        raise ValueError(f"{name} must be a number from {low:g} to {high:g}, got {value!r}")
    return float(value)


def _checked_signals(signals):
    """The signals as the browser decodes them, their codes in one text, and their ranges."""
    if not hasattr(signals, "items") or not 1 <= len(signals) <= MemoryViewer.MOST_SIGNALS:
        raise ValueError(f"signals must be a mapping with 1 to {MemoryViewer.MOST_SIGNALS} names, got {signals!r:.60}")
    decoded, packed, spans, length = {}, [], [], None
    for name, signal in signals.items():
        row = np.asarray(signal, dtype=np.float64)
        if row.ndim != 1 or not 8 <= len(row) <= MemoryViewer.MOST_SAMPLES:
            raise ValueError(f"signals[{name!r}] must be (T,), 8 to {MemoryViewer.MOST_SAMPLES} samples, got shape "
                             f"{row.shape}")  # fmt: skip
        if not np.isfinite(row).all():
            raise ValueError(f"signals[{name!r}] must be finite, got {(~np.isfinite(row)).sum()} NaN or infinite")
        if length not in (None, len(row)):
            raise ValueError(f"signals must have one length; signals[{name!r}] has {len(row)} samples, others {length}")
        length = len(row)
        codes, low, high = quantise(row)
        seen = low + np.frombuffer(codes, "<u2") * ((high - low) / 65535)
        decoded[str(name)] = seen.astype(np.float32).astype(np.float64)
        packed.append(codes)
        spans.append([low, high])
    return decoded, b"".join(packed), spans


class MemoryViewer(Viewer):
    """What do N numbers still know of the past?

    A signal comes in sample by sample, and a memory of N numbers changes with each: HiPPO's, which keeps the past as
    coefficients of Legendre polynomials, or the plainest of all, the last N samples. The picture shows the past as the
    memory has it, over the past as it was; below, how much of a bump would come through, by when it came, and the N
    numbers themselves. Drag the time, change the number of numbers, and press into the signal: a bump is put there,
    and one sees which of the numbers it moves, and whether it comes through.

    signals: a mapping of names to arrays (T,), all of one length, 8 to 2,000 samples, at most 6. order: N, 1 to 64.
    measure: "legs" (all of the past, evenly), "legt" (the last `window` samples) or "last" (the last N samples as they
    are). method: "zoh" (exact for a signal that stands still from sample to sample), "bilinear" or "euler". at: the
    time to begin with, 0 to T - 1 (the end, unless given). window: of LegT, in samples (a quarter, unless given).

    From a cell, read or set ``viewer.signal`` (a name), ``viewer.order``, ``viewer.measure``, ``viewer.method``,
    ``viewer.window``, ``viewer.at``, ``viewer.bump`` ([place, height], or None), ``viewer.width`` (of the bump, its
    standard deviation in samples), ``viewer.number`` (one that is shown alone, or None). Read ``viewer.heard`` (T,),
    the signal with the bump, ``viewer.memory`` (N,), ``viewer.past`` (at + 1,), ``viewer.error`` (a share of the size
    of the past; 0 is taken where the memory has nothing), ``viewer.through`` (the share of the bump that comes
    through; None without a bump, or before it came).
    Everything is computed in the browser. Raises ValueError, naming the argument and what came.
    Held by tests/viewers/test_memory.py to seqmodels.hippo, and memory.test.mjs.
    """

    _javascript = "memory"
    MOST_SAMPLES, MOST_SIGNALS, MOST_NUMBERS = 2000, 6, 64

    _codes = traitlets.Bytes().tag(sync=True)
    _spans = traitlets.List().tag(sync=True)
    _length = traitlets.Int().tag(sync=True)
    names = traitlets.List(traitlets.Unicode(), read_only=True).tag(sync=True)
    signal = traitlets.Any("").tag(sync=True)
    order = traitlets.Any(16).tag(sync=True)
    measure = traitlets.Any("legs").tag(sync=True)
    method = traitlets.Any("zoh").tag(sync=True)
    window = traitlets.Any(0).tag(sync=True)
    at = traitlets.Any(0).tag(sync=True)
    bump = traitlets.Any(None).tag(sync=True)
    width = traitlets.Any(1.0).tag(sync=True)
    number = traitlets.Any(None).tag(sync=True)

    def __init__(self, signals, order=16, measure="legs", method="zoh", at=None, title="", window=None, **traits):
        self._signals, codes, spans = _checked_signals(signals)
        self._kept = None, None
        length = len(next(iter(self._signals.values())))
        super().__init__(title=title, _codes=codes, _spans=spans, _length=length)
        self.set_trait("names", list(self._signals))
        self.signal = self.names[0]
        self.order, self.measure, self.method = order, measure, method
        self.window = max(2, length // 4) if window is None else window
        self.at = length - 1 if at is None else at
        self.width = max(1.0, round(length / 60))
        self._quiet = False
        for name, value in traits.items():
            setattr(self, name, value)

    @traitlets.validate("signal", "measure", "method")
    def _check_choice(self, proposal):
        name = proposal.trait.name
        known = {"signal": self.names, "measure": list(MEASURES), "method": list(METHODS)}[name]
        if proposal.value not in known:
            raise ValueError(f"{name} must be one of {known}, got {proposal.value!r}")
        return proposal.value

    @traitlets.validate("order", "window", "at")
    def _check_whole(self, proposal):
        low, high = {"order": (1, self.MOST_NUMBERS), "window": (2, self._length), "at": (0, self._length - 1)}[
            proposal.trait.name
        ]
        return _whole(proposal.value, proposal.trait.name, low, high)

    @traitlets.validate("number")
    def _check_number(self, proposal):
        return None if proposal.value is None else _whole(proposal.value, "number", 0, self.MOST_NUMBERS - 1)

    @traitlets.validate("width")
    def _check_width(self, proposal):
        return _number(proposal.value, "width", 0.5, self._length / 4)

    @traitlets.validate("bump")
    def _check_bump(self, proposal):
        if proposal.value is None:
            return None
        if not isinstance(proposal.value, list | tuple) or len(proposal.value) != 2:
            raise ValueError(f"bump must be [place, height] or None, got {proposal.value!r}")
        place, height = proposal.value
        return [_whole(place, "bump[0]", 0, self._length - 1), _number(height, "bump[1]", -1e6, 1e6)]

    def _spec(self):
        return {"order": self.order, "measure": self.measure, "method": self.method, "window": self.window}

    @property
    def heard(self):
        """(T,) the signal that comes in: the chosen one, with the bump where there is one."""
        signal = self._signals[self.signal]
        return signal if self.bump is None else signal + self.bump[1] * bump(self._length, self.bump[0], self.width)

    def _memories(self):
        key = (self.signal, self.bump, self.width, self._spec(), self.at)
        if self._kept[0] != key:
            self._kept = key, memory_at(self.heard, self._spec(), self.at)
        return self._kept[1]

    @property
    def memory(self):
        """(N,) the numbers at time `at`: coefficients, or samples, the newest first."""
        return self._memories()[-1]

    @property
    def past(self):
        """(at + 1,) the past as the memory has it at time `at`."""
        return rebuilt(self.memory, self._spec(), self.at)

    @property
    def error(self):
        """What is missing of the past, as a share of its size (root of the sums of squares)."""
        return relative_error(self.heard, self.past)

    @property
    def through(self):
        """The share of the bump that comes through; None without a bump or before it came."""
        if self.bump is None:
            return None
        share = share_of_bump(self._length, self.bump[0], self.width, self._spec(), self.at)
        return None if math.isnan(share) else share

    def describe(self):
        """The sentence for alt and text: the signal, the time, the numbers, the error, what became of the bump."""
        if self.alt:
            return self.alt
        kinds = {"legs": "all of the past evenly (LegS)", "legt": f"the last {self.window} samples (LegT)",
                 "last": f"the last {self.order} samples as they are"}  # fmt: skip
        numbers = "1 number" if self.order == 1 else f"{self.order} numbers"
        said = f"{self.title or 'A memory'}: {numbers} for {kinds[self.measure]}"
        said += f" of {self.signal!r} at time {self.at} of {self._length}"
        if self.measure != "last" and self.method != "zoh":
            said += ", stepped by Euler" if self.method == "euler" else ", stepped by the bilinear rule"
        memories, heard = self._memories(), self.heard
        if burst := explosion(memories, heard):
            power = f"to 10^{math.log10(burst[1]):.0f}" if math.isfinite(burst[1]) else "beyond all numbers"
            said += f"; the memory exploded at step {burst[0]}, {power}"
        error = relative_error(heard, rebuilt(memories[-1], self._spec(), self.at))
        said += f"; error {error:.1%} of the past" if error < 10 else "; nothing of the past is left"
        if self.through is not None and error < 10:
            said += f"; of a bump at {self.bump[0]}, {self.width:g} samples wide, {self.through:.0%} comes through"
        return said + "."

    def figure(self):
        """The past and what the memory has of it, and the numbers, as a matplotlib Figure."""
        from .memory_picture import memory_figure

        return memory_figure(self)
