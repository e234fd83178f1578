"""GateViewer: what a cell with gates writes, keeps and shows, and what breaks if a gate is held."""

import base64

import numpy as np
import traitlets

from . import gate_numbers as numbers
from .gate_runs import GATES, MOST_STEPS, checked_answer, checked_held, checked_hold, checked_values, coded, spoken
from .viewer import Viewer


class GateViewer(Viewer):
    """What does this cell write, keep and show, and what breaks if I hold a gate?

    Above, the story of one unit, a column for each step: its gates as bars from 0 to 1; its cell as what was kept, what
    was written and what was forgotten; what it shows; and the surprise at each step. Below, all units, to pick one.

    values: a mapping (such as a Trace) from name to array (T, H) or (1, T, H). Of an LSTM input_gate, forget_gate,
    output_gate, candidate, cell_state, hidden; of a GRU reset_gate, update_gate, candidate, hidden; any of them will
    do, a dotted name counts by its last part, other names are left out. Also "bits", T numbers (surprise at each
    token, None where unknown), and "text", how the model goes on.
    tokens: a text, or a list of T texts. patterns: name -> T booleans, such as "inside quotes".
    compute: a function of a hold, {"gate": "forget_gate", "unit": 17 or None for all, "value": 0.0, "begin": 12,
    "end": 40} (steps 12 to 39), which runs the model so and returns {"values": …, "bits": …, "text": …}, the last two
    if wanted. What it raises is shown in words. held: such answers prepared, each with its "name" and "hold": they
    work on a page without Python.

    From a cell, read or set ``viewer.unit``, ``viewer.position`` (the step), ``viewer.quantity`` (of the overview),
    ``viewer.sort`` ("number", "most open", "changes most" or "pattern"), ``viewer.pattern`` (a name or None) and
    ``viewer.hold`` (or None: nothing is held; another one is computed). Raises ValueError, naming what is wrong.
    Held by tests/viewers/test_gates.py and gates.test.mjs.
    """

    _javascript = "gate"
    KEPT = 4  # answers of Python that stay in the choice, beside those prepared

    tokens = traitlets.List(traitlets.Unicode(), read_only=True).tag(sync=True)
    patterns = traitlets.Dict(read_only=True).tag(sync=True)
    can_compute = traitlets.Bool(False, read_only=True).tag(sync=True)
    unit = traitlets.Int(0).tag(sync=True)
    position = traitlets.Int(0).tag(sync=True)
    quantity = traitlets.Unicode("").tag(sync=True)
    sort = traitlets.Unicode("number").tag(sync=True)
    pattern = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    hold = traitlets.Dict(None, allow_none=True).tag(sync=True)
    _units = traitlets.Int(1).tag(sync=True)
    _runs = traitlets.List(traitlets.Dict()).tag(sync=True)
    _codes = traitlets.Bytes(b"").tag(sync=True, to_json=lambda codes, _: base64.b64encode(codes).decode("ascii"))

    def __init__(self, values, tokens, title="", compute=None, held=None, patterns=None, **traits):
        if compute is not None and not callable(compute):
            raise ValueError(f"compute must be a function of a hold, got {compute!r}")
        tokens = _tokens(tokens)
        found, bits, text = checked_values(values, "values", len(tokens))
        first = {"name": "as it is", "hold": None, "values": found, "bits": bits, "text": text}
        self._first, self._compute, self._asked = first, compute, []
        self._gates = [gate for gate in GATES if gate in found]
        self._given = checked_held(held, self._gates, first)
        super().__init__(title=title)
        for name, value in (
            ("tokens", tokens),
            ("patterns", _patterns(patterns, len(tokens))),
            ("can_compute", compute is not None),
        ):
            self.set_trait(name, value)
        self._units = next(iter(found.values())).shape[1]
        self._send_runs()
        self._quiet = False
        marks, usual = next(iter(self.patterns), None), numbers.memory_of(found) or "hidden"
        self.quantity = usual if usual in found else next(iter(found))
        self.pattern, self.sort = marks, "pattern" if marks else "changes most"
        for name in ("quantity", "pattern", "sort"):
            setattr(self, name, traits.pop(name, getattr(self, name)))
        self.unit = int(self.order[0])
        for name, value in traits.items():
            setattr(self, name, value)
        self.on_msg(self._heard)

    # ------------------------------------------------------------ what there is

    @property
    def values(self):
        """The arrays (T, H) that are shown: those of the run with the gate held, if one is."""
        return self._shown()["values"]

    @property
    def order(self):
        """The units in the order of the overview, (H,)."""
        marks = self.patterns.get(self.pattern)
        found = numbers.scores(self._first["values"], self.sort, self.quantity, marks)
        return np.argsort(-found, kind="stable")

    def _shown(self):
        runs = [self._first, *self._given, *self._asked]
        return next((run for run in runs if run["hold"] == self.hold), self._first)

    def _send_runs(self):
        with self.hold_sync():
            self._runs, self._codes = coded([self._first, *self._given, *self._asked])

    # ------------------------------------------------------------ what may be set

    @traitlets.validate("unit", "position")
    def _check_place(self, proposal):
        most = {"unit": self._units, "position": len(self.tokens)}[proposal.trait.name] - 1
        if not self._quiet and not 0 <= proposal.value <= most:
            raise ValueError(f"{proposal.trait.name} must lie from 0 to {most}, got {proposal.value}")
        return proposal.value

    @traitlets.validate("quantity", "sort", "pattern")
    def _check_choice(self, proposal):
        name, value = proposal.trait.name, proposal.value
        offered = {
            "quantity": list(self._first["values"]),
            "pattern": [None, *self.patterns],
            "sort": [
                sort
                for sort in numbers.SORTS
                if (sort != "most open" or numbers.keeper_of(self._first["values"]))
                and (sort != "pattern" or self.pattern)
            ],
        }[name]
        if not self._quiet and value not in offered:
            raise ValueError(f"{name} must be one of {offered}, got {value!r}")
        return value

    @traitlets.observe("pattern")
    def _pattern_gone(self, change):
        if change.new is None and self.sort == "pattern" and not self._quiet:
            self.sort = "changes most"

    @traitlets.validate("hold")
    def _check_hold(self, proposal):
        if proposal.value is None:
            return None
        hold = checked_hold(proposal.value, self._gates, len(self.tokens), self._units)
        known = [run["hold"] for run in [*self._given, *self._asked]]
        if hold not in known and not self._quiet:
            if self._compute is None:
                raise ValueError(f"hold is none of those prepared, and there is no compute=...; prepared: {known}")
            self._answer(hold)
        return hold

    def _answer(self, hold):
        """Run the model with a gate held; the last few answers stay in the choice."""
        run = checked_answer(self._compute(dict(hold)), "what compute returns", hold, self._first)
        self._asked = [*(old for old in self._asked if old["hold"] != hold), run][-self.KEPT :]
        self._send_runs()

    def _heard(self, _, content, __):
        """A message of the page: "hello" asks whether Python is there, "ask" brings a hold."""
        if content.get("kind") == "hello":
            self.send({"kind": "here"})
        elif content.get("kind") == "ask":
            try:
                self.hold = content["hold"]
            except Exception as error:  # whatever the reader's function raises is told on the page
                self.send({"kind": "failed", "text": str(error) or type(error).__name__})
            else:
                self.send({"kind": "done"})

    # ------------------------------------------------------------ words and a picture

    def describe(self):
        """The sentence for alt and text: how long the gate of the unit stays open, its pattern, what is held."""
        if self.alt:
            return self.alt
        said = [f"{self.title or 'A cell with gates'}: {len(self.tokens)} steps, {self._units} units", *self._of_unit()]
        if self.hold:
            run = self._shown()
            means = numbers.means_from(self._first["bits"], run["bits"], self.hold["begin"])
            said.append(run["name"])
            if means:
                said.append(f"the mean surprise from there on goes from {means[0]:.2f} to {means[1]:.2f} bits")
        return "; ".join(said) + "."

    def _of_unit(self):
        values, whose, told = self.values, f"of unit {self.unit}", []
        if keeper := numbers.keeper_of(values):
            gate, name = values[keeper][:, self.unit], f"the {spoken(keeper)} {whose}"
            stretch = numbers.longest_open(gate)
            if stretch:
                begin, end = stretch
                told.append(f"{name} stays at {numbers.OPEN} or above from step {begin + 1} to {end}")
            else:
                told.append(f"{name} never reaches {numbers.OPEN}, its mean is {gate.mean():.2f}")
        if self.pattern:
            r = numbers.correlations(values[self.quantity], self.patterns[self.pattern])[self.unit]
            told.append(f"the {spoken(self.quantity)} {whose} has correlation {r:.2f} with {self.pattern!r}")
        return told

    def figure(self):
        """The story of the unit as a matplotlib Figure; the Viewer makes the PNG of it."""
        from .gate_picture import gate_figure

        title, marks = self.title or "A cell with gates", self.patterns.get(self.pattern)
        place = self.unit, self.position
        return gate_figure(self._shown(), self._first, *place, self.tokens, marks, self.pattern, title)


def _tokens(tokens):
    if not isinstance(tokens, (str, list, tuple)) or not all(isinstance(token, str) for token in tokens):
        raise ValueError(f"tokens must be a text or a list of texts, got {tokens!r:.80}")
    if not 1 <= len(tokens) <= MOST_STEPS:
        raise ValueError(f"tokens has {len(tokens)} entries; GateViewer draws 1 to {MOST_STEPS}")
    return list(tokens)


def _patterns(patterns, steps):
    found = {}
    for name, marks in (patterns or {}).items():
        marks = np.asarray(marks)
        if marks.shape != (steps,) or marks.dtype.kind not in "b":
            raise ValueError(f"patterns[{name!r}] must hold {steps} booleans, got {marks.dtype} of shape {marks.shape}")
        found[str(name)] = marks.tolist()
    return found
