"""StateViewer: the hidden state of a network, seen while it reads."""

import numpy as np
import traitlets

from .state_data import checked_groups, checked_patterns, checked_quantities, checked_tokens
from .state_numbers import correlations, decoded, ranked
from .viewer import Viewer, quantise


class StateViewer(Viewer):
    """Which unit knows what, and when?

    The text, coloured by one unit's value at each token; that unit's line over time, above the pattern that it is
    compared with; all units as a heat map, time across. The reader moves the cursor, follows a unit and sorts the
    units by how closely they follow a pattern: |r|, Pearson's correlation over the tokens.

    values: a mapping from a quantity's name to an array (T, H) or (1, T, H), such as the `Trace` of ``record(model)``;
    entries of other shapes, or with more than 512 units, are left out; at most 8 remain. A dotted name is shown by
    its end. T is at most 2000. The page holds 16-bit values: keep T x H x quantities below a million.
    tokens: a str, one character a step, or a list of T strings.
    patterns: a mapping from a name, such as "inside quotes", to T numbers or booleans.
    groups: T labels, at most 8 different ones, that colour the time axis.

    From a cell, read or set ``viewer.quantity``, ``viewer.position`` (a step from 0), ``viewer.unit`` (from 0, as in
    the array), ``viewer.pattern`` (a name or None), ``viewer.sort`` (one of SORTS), ``viewer.from_mean`` (colours show
    the distance from each unit's own mean), ``viewer.speed`` (steps a second). ``viewer.ranking()`` lists the units
    and their r. Raises ValueError, naming the argument and the numbers.
    Held by tests/viewers/test_state.py and state.test.mjs.
    """

    _javascript = "state"
    SORTS = ("as they are", "pattern", "peak", "likeness")

    _codes = traitlets.Bytes().tag(sync=True)
    _quantities = traitlets.List(traitlets.Dict()).tag(sync=True)
    _tokens = traitlets.List(traitlets.Unicode()).tag(sync=True)
    _patterns = traitlets.List(traitlets.Dict()).tag(sync=True)
    _groups = traitlets.List(traitlets.Unicode()).tag(sync=True)
    quantity = traitlets.Unicode("").tag(sync=True)
    position = traitlets.Int(0).tag(sync=True)
    unit = traitlets.Int(0).tag(sync=True)
    pattern = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    sort = traitlets.Unicode("as they are").tag(sync=True)
    from_mean = traitlets.Bool(False).tag(sync=True)
    speed = traitlets.Float(8.0).tag(sync=True)

    def __init__(self, values, tokens, title="", patterns=None, groups=None, **traits):
        tokens = checked_tokens(tokens)
        arrays = checked_quantities(values, len(tokens))
        patterns = checked_patterns(patterns, len(tokens))
        quantised = {name: quantise(array) for name, array in arrays.items()}
        super().__init__(
            title=title,
            _codes=b"".join(codes for codes, _, _ in quantised.values()),
            _quantities=[
                {"name": name, "units": arrays[name].shape[1], "low": low, "high": high}
                for name, (_, low, high) in quantised.items()
            ],
            _tokens=tokens,
            _patterns=patterns,
            _groups=checked_groups(groups, len(tokens)),
        )
        self._values = {
            name: decoded(codes, low, high, arrays[name].shape[1]) for name, (codes, low, high) in quantised.items()
        }
        self._quiet = False
        self.quantity = traits.pop("quantity", self.quantities[0])
        self.pattern = traits.pop("pattern", self.patterns[0] if patterns else None)
        self.sort = traits.pop("sort", "pattern" if self.pattern is not None else "as they are")
        self.unit = traits.pop("unit", 0 if self.pattern is None else self.ranking()[0][0])
        for name, value in traits.items():
            setattr(self, name, value)

    @property
    def quantities(self):
        """The names of what can be shown."""
        return [quantity["name"] for quantity in self._quantities]

    @property
    def patterns(self):
        """The names of the patterns."""
        return [pattern["name"] for pattern in self._patterns]

    @property
    def tokens(self):
        """One text for each step."""
        return list(self._tokens)

    def ranking(self, pattern=None, quantity=None):
        """[(unit, r)], the largest |r| first, for a pattern and a quantity: those that are shown, unless named."""
        r = self._correlations(pattern, quantity)
        return [(int(unit), float(r[unit])) for unit in ranked(r)]

    def _correlations(self, pattern=None, quantity=None):
        name = self.pattern if pattern is None else pattern
        quantity = self.quantity if quantity is None else quantity
        if name not in self.patterns:
            raise ValueError(f"pattern must be one of {self.patterns}, got {name!r}")
        if quantity not in self.quantities:
            raise ValueError(f"quantity must be one of {self.quantities}, got {quantity!r}")
        return correlations(self._values[quantity], self._numbers(name))

    def _numbers(self, pattern):
        """The T numbers of a pattern."""
        return np.array(self._patterns[self.patterns.index(pattern)]["values"])

    @traitlets.validate("quantity", "pattern", "sort")
    def _check_choice(self, proposal):
        name, value = proposal.trait.name, proposal.value
        offered = {"quantity": self.quantities, "pattern": [None, *self.patterns], "sort": list(self.SORTS)}[name]
        if value not in offered and not (self._quiet and value == ""):
            raise ValueError(f"{name} must be one of {offered}, got {value!r}")
        if name == "sort" and value == "pattern" and self.pattern is None and not self._quiet:
            raise ValueError("sort is 'pattern', but no pattern is chosen; set pattern first")
        return value

    @traitlets.validate("position", "unit")
    def _check_place(self, proposal):
        name, value = proposal.trait.name, proposal.value
        if self._quiet:
            return value
        most = len(self._tokens) - 1 if name == "position" else self._values[self.quantity].shape[1] - 1
        if not 0 <= value <= most:
            raise ValueError(f"{name} must lie in 0..{most}, got {value}")
        return value

    @traitlets.validate("speed")
    def _check_speed(self, proposal):
        if not 0.1 <= proposal.value <= 1000:
            raise ValueError(f"speed must be 0.1 to 1000 steps a second, got {proposal.value}")
        return proposal.value

    @traitlets.observe("quantity", "pattern")
    def _stay_inside(self, change):
        if self._quiet:
            return
        self.unit = min(self.unit, self._values[self.quantity].shape[1] - 1)
        if self.pattern is None and self.sort == "pattern":
            self.sort = "as they are"

    def describe(self):
        """The sentence for alt and text: what there is, how the unit follows the pattern, its value at the cursor."""
        if self.alt:
            return self.alt
        values = self._values[self.quantity]
        steps, units = values.shape
        said = [f"{self.title or 'A state over time'}: {steps} steps and {units} units of {self.quantity}"]
        if self.pattern is None:
            mine = values[:, self.unit]
            said.append(f"unit {self.unit} lies between {mine.min():.2f} and {mine.max():.2f}")
        else:
            order, r = zip(*self.ranking(), strict=True)
            place = order.index(self.unit)
            rank = "most closely" if place == 0 else f"as number {place + 1} of {units}"
            said.append(f"unit {self.unit} follows {self.pattern!r} {rank} (r = {r[place]:+.2f})")
        at = values[self.position, self.unit]
        said.append(f"at step {self.position + 1}, {self._tokens[self.position]!r}, it is {at:.2f}")
        return "; ".join(said) + "."

    def figure(self):
        """Tokens, the unit's line, the pattern and the heat map around the cursor as a matplotlib Figure."""
        from .state_picture import state_figure

        return state_figure(self)
