"""RecurrenceViewer: pairs written into a memory of fixed size, by any rule of the linear recurrences."""

import numpy as np
import traitlets

from .recurrence_numbers import (
    DECAYS,
    NORMALISERS,
    PRESETS,
    VALUES,
    WRITES,
    advance,
    answered,
    best,
    direction,
    directions,
    nothing,
    parsed,
)
from .viewer import Viewer

RULE = ("decay", "write", "normaliser", "keep", "strength", "gain")
ROWS = (4, 6, 8, 12, 16)
RANGES = {"keep": (0, 1), "strength": (0, 2), "gain": (-4, 12)}
CHOICES = {"decay": DECAYS, "write": WRITES, "normaliser": NORMALISERS, "rows": ROWS}
PAIRS = "cat=red dog=blue owl=gold fox=grey cat=green"


class _Checked(traitlets.Any):
    """A trait whose values, None too, go to the validator of its name."""

    allow_none = False


class RecurrenceViewer(Viewer):
    """What does a memory of fixed size keep, and what does each rule do to it?

    Words become vectors, and pairs of a key and a value are written into a small matrix one at a time: what is kept of
    it, and what is written, make the memory. Ask a key, and see what is read beside what was written, in bars and in
    words; below, how many keys each rule answers rightly, over how many were written. Choose the decay (none, fixed,
    per step, per row) and the write (add, delta, exponential gate), with a normaliser or without.

    pairs: "cat=red dog=blue | cat=green", 1 to 24 of them, words of at most 8 letters; a bar stands for an input at
    which a decay per step lets the memory fade. preset: "Linear attention", "RetNet", "GLA", "DeltaNet", "Gated
    DeltaNet" or "mLSTM". A preset has the rule of its name, with numbers chosen here: in GLA the input sets what each
    row keeps, here it stays the same; β and the exponential gate too are for all pairs the same. RG-LRU is not here:
    its memory is a vector, which holds no pairs.

    From a cell, read or set ``viewer.pairs``, ``viewer.step`` (how many are written), ``viewer.asked`` (a key),
    ``viewer.preset``, ``viewer.decay``, ``viewer.write``, ``viewer.normaliser``, ``viewer.keep`` (0 to 1),
    ``viewer.strength`` (β, 0 to 2), ``viewer.gain`` (log of the exponential gate, -4 to 12), ``viewer.rows`` (4, 6, 8,
    12 or 16 dimensions of a key), ``viewer.right_angles`` (keys at right angles while there is room),
    ``viewer.again`` (the curves with each key written twice) and ``viewer.draw`` (other vectors); read
    ``viewer.memory`` and ``viewer.recall``. Raises ValueError, naming the argument.
    Everything is computed in the browser. Held by tests/viewers/test_recurrence.py to the layers of seqmodels, and by
    recurrence.test.mjs.
    """

    _javascript = "recurrence"

    pairs = traitlets.Unicode(PAIRS).tag(sync=True)
    step = _Checked(0).tag(sync=True)
    asked = traitlets.Unicode("").tag(sync=True)
    decay = _Checked("none").tag(sync=True)
    write = _Checked("add").tag(sync=True)
    normaliser = _Checked("none").tag(sync=True)
    keep = _Checked(0.9).tag(sync=True)
    strength = _Checked(1.0).tag(sync=True)
    gain = _Checked(0.0).tag(sync=True)
    rows = _Checked(8).tag(sync=True)
    right_angles = _Checked(True).tag(sync=True)
    again = _Checked(False).tag(sync=True)
    draw = _Checked(0).tag(sync=True)
    _presets = traitlets.Dict(PRESETS).tag(sync=True)

    def __init__(self, pairs=PAIRS, preset="DeltaNet", title="", **traits):
        super().__init__(title=title)
        self._quiet = False
        self.pairs = pairs
        self.preset = preset
        for name, value in traits.items():
            setattr(self, name, value)
        if "step" not in traits:
            self.step = len(self.written)
        if "asked" not in traits:
            self.asked = self.written[-1][0]

    @traitlets.validate("pairs")
    def _check_pairs(self, proposal):
        parsed(proposal.value)
        return proposal.value

    @traitlets.observe("pairs")
    def _pairs_changed(self, _):
        """Other pairs are all written, and their last key is asked."""
        if not self._quiet:
            with self.hold_sync():
                self.step, self.asked = len(self.written), self.written[-1][0]

    @traitlets.validate("asked")
    def _check_asked(self, proposal):
        keys = [key for key, *_ in self.written]
        if not self._quiet and proposal.value not in keys:
            raise ValueError(f"asked must be one of the keys {list(dict.fromkeys(keys))}, got {proposal.value!r}")
        return proposal.value

    @traitlets.validate("step", "draw")
    def _check_whole(self, proposal):
        name, value = proposal.trait.name, proposal.value
        most = len(self.written) if name == "step" and not self._quiet else 10**6
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or not 0 <= value <= most:
            raise ValueError(f"{name} must be a whole number from 0 to {most}, got {value!r}")
        return int(value)

    @traitlets.validate(*CHOICES)
    def _check_choice(self, proposal):
        name, value = proposal.trait.name, proposal.value
        if isinstance(value, bool) or value not in CHOICES[name]:
            raise ValueError(f"{name} must be one of {', '.join(map(str, CHOICES[name]))}, got {value!r}")
        return value

    @traitlets.validate(*RANGES)
    def _check_range(self, proposal):
        name, value = proposal.trait.name, proposal.value
        low, high = RANGES[name]
        if isinstance(value, bool) or not isinstance(value, int | float | np.number) or not low <= value <= high:
            raise ValueError(f"{name} must be a number from {low} to {high}, got {value!r}")
        return float(value)

    @traitlets.validate("right_angles", "again")
    def _check_switch(self, proposal):
        if not isinstance(proposal.value, bool):
            raise ValueError(f"{proposal.trait.name} must be True or False, got {proposal.value!r}")
        return proposal.value

    @property
    def written(self):
        """[(key, value, does a bar stand before it?)] of all pairs."""
        return parsed(self.pairs)

    @property
    def rule(self):
        """The rule as a dict: decay, write, normaliser, keep, strength, gain."""
        return {name: getattr(self, name) for name in RULE}

    @property
    def preset(self):
        """The name of the preset that this rule is, numbers that it does not use apart; None for a rule of your own."""
        used = ["decay", "write", "normaliser"]
        used += ["keep"] * (self.decay != "none") + {"delta": ["strength"], "exponential": ["gain"]}.get(self.write, [])
        same = (name for name, rule in PRESETS.items() if all(rule[part] == getattr(self, part) for part in used))
        return next(same, None)

    @preset.setter
    def preset(self, name):
        if name not in PRESETS:
            raise ValueError(f"preset must be one of {', '.join(PRESETS)}, got {name!r}")
        with self.hold_sync():
            for part, value in PRESETS[name].items():
                setattr(self, part, value)

    @property
    def key_vectors(self):
        """key -> its vector (rows,)."""
        words = list(dict.fromkeys(key for key, *_ in self.written))
        vectors = directions([f"key {word}" for word in words], self.rows, self.draw, self.right_angles)
        return dict(zip(words, vectors, strict=True))

    @property
    def value_vectors(self):
        """value -> its vector (8,)."""
        return {value: direction(f"value {value}", VALUES, self.draw) for _, value, _ in self.written}

    @property
    def moments(self):
        """(what was kept, what was written, m) of each step so far."""
        state, keys, values, found = nothing(self.rows), self.key_vectors, self.value_vectors, []
        for key, value, marked in self.written[: self.step]:
            found.append(advance(state, self.rule, keys[key], values[value], marked))
            state = found[-1][0] + found[-1][1], found[-1][2]
        return found

    @property
    def memory(self):
        """(rows, 9) what is in the memory now, in units of e^m; the last column belongs to the normaliser."""
        return self._state()[0]

    @property
    def recall(self):
        """key -> (the value that was written last, the value that is answered, or None where it cannot tell)."""
        state, keys, values = self._state(), self.key_vectors, self.value_vectors
        table = np.array(list(values.values()))
        found = {}
        for key, value, _ in self.written[: self.step]:
            said = best(answered(state, self.rule, keys[key]), table)
            found[key] = value, None if said < 0 else list(values)[said]
        return found

    def _state(self):
        kept, written, m = self.moments[-1] if self.step else (*(nothing(self.rows)[0],) * 2, 0.0)
        return kept + written, m

    def describe(self):
        """The sentence for alt and text: the rule, how much is written, what is answered."""
        if self.alt:
            return self.alt
        recall, name = self.recall, self.preset or f"a rule of your own ({self.decay}, {self.write}, {self.normaliser})"
        good = sum(wanted == said for wanted, said in recall.values())
        told = f"{self.title or 'A memory of fixed size'}: {name}, {self.rows} rows; after {self.step} of "
        told += f"{len(self.written)} pairs it answers {good} of {len(recall)} keys rightly"
        if self.asked in recall:
            wanted, said = recall[self.asked]
            says = "it cannot tell" if said is None else f"it answers {said}"
            told += f"; asked for {self.asked} {says}, {'right' if wanted == said else f'where {wanted} was written'}"
        return told + "."

    def figure(self):
        """The memory, what is read and how many keys are answered, as a matplotlib Figure."""
        from .recurrence_picture import recurrence_figure

        return recurrence_figure(self)
