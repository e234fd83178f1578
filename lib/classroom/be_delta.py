"""BeDelta: what does one knob per step, Δ, let a memory do, and what does it give up?"""

import numpy as np
import traitlets

from .chance import uniform
from .delta_board_numbers import LENGTH, LEVELS, MOST, board_levels, checked_board, checked_trained, run_delta
from .viewer import Viewer

TESTS = 20


class BeDelta(Viewer):
    """What does one knob per step, Δ, let a memory do, and what does it give up?

    The board of *Be the gate* again. Twelve numbers arrive; the memory is h_t = exp(-Δ_t) h_{t-1} +
    (1 - exp(-Δ_t)) x_t, the state of Mamba with A = -1 and B = 1 under zero-order hold: what Δ writes it takes away
    from the past. Five levels: keep one marked number; keep the last marked, by one rule for twenty sequences; the mean
    of all; the mean since a reset; the sum of two, which one memory cannot hold and two can. After a try the best
    possible Δ, computed, or those of a trained model can be laid over the reader's. ``simplified`` is the code's form,
    which writes Δ_t x_t: more than there is where Δ > 1.

    sequences: (S, 12) numbers from 0 to 1; marks: (S, 12), two ones a row; unseen: the pair (numbers, marks), (U, 12)
    each, for level 2: as BeTheGate takes them. Without them the board draws its own, the same for everybody.
    trained: mapping from a level (1 to 5 or its name in LEVELS) to the Δ that a model chose, (S, 12) for the sequences
    of that level, those of level 2 being the unseen; level 5 may have (S, 2, 12). It is laid over the exact form only.

    From a cell, read or set ``game.level`` (1 to 5), ``game.sequence``, ``game.delta`` (12 values from 0 to 6; level 5
    also ``game.second``, of the second memory), ``game.rule`` ({"marked": Δ, "other": Δ}; level 2), ``game.memories``
    (1 or 2; level 5), ``game.simplified``, ``game.tested``, ``game.overlay``, ``game.scores``. Read ``game.answer``,
    ``game.goal``, ``game.score()``. Raises ValueError that names the argument.
    Held by tests/viewers/test_be_delta.py and delta.test.mjs.
    """

    _javascript = "delta"

    level = traitlets.Int(1).tag(sync=True)
    sequence = traitlets.Int(0).tag(sync=True)
    delta = traitlets.List().tag(sync=True)
    second = traitlets.List().tag(sync=True)
    rule = traitlets.Dict().tag(sync=True)
    memories = traitlets.Int(1).tag(sync=True)
    simplified = traitlets.Bool(False).tag(sync=True)
    tested = traitlets.Bool(False).tag(sync=True)
    overlay = traitlets.Bool(False).tag(sync=True)
    scores = traitlets.List(traitlets.Dict()).tag(sync=True)
    _levels = traitlets.List(traitlets.Dict()).tag(sync=True)

    def __init__(self, sequences=None, marks=None, unseen=None, trained=None, title="Be Δ", **traits):
        numbers, marked, unseen = checked_board(sequences, marks, unseen)
        counts = {name: len(unseen[0]) if name == "last" else len(numbers) for name in LEVELS}
        super().__init__(_levels=board_levels(numbers, marked, unseen, checked_trained(trained, counts)), title=title)
        self._begin()
        self._quiet = False
        for name in ("level", "sequence", "memories", "simplified", *traits):  # what is begun anew before what it ends
            if name in traits:
                setattr(self, name, traits.pop(name))

    def _begin(self):
        """Every dial where the level begins, and nothing tried yet."""
        start = self._now["start"]
        with self._quietly(), self.hold_sync():
            self.delta, self.second = [start] * LENGTH, [start] * LENGTH
            self.rule = {"marked": start, "other": start}
            self.tested = self.overlay = False

    # ------------------------------------------------------------ what may be set

    @traitlets.validate("level", "sequence", "memories")
    def _check_choice(self, proposal):
        name, value = proposal.trait.name, proposal.value
        if self._quiet:
            return value
        first, last = {
            "level": (1, len(LEVELS)),
            "sequence": (0, len(self._now["sequences"]) - 1),
            "memories": (1, 2 if self.level == len(LEVELS) else 1),
        }[name]
        if not first <= value <= last:
            raise ValueError(f"{name} must lie in {first}..{last} in level {self.level}, got {value}")
        return value

    @traitlets.validate("delta", "second")
    def _check_dials(self, proposal):
        name, values = proposal.trait.name, np.asarray(proposal.value, dtype=np.float64)
        if values.shape != (LENGTH,) or not ((values >= 0) & (values <= MOST)).all():
            raise ValueError(f"{name} must hold {LENGTH} values from 0 to {MOST:g}, got {values.tolist()}")
        start, shut = self._now["start"], self._row["locked"]
        if not self._quiet and (values[:shut] != start).any():
            raise ValueError(f"{name}: steps 1 to {shut} stay at {start} in level {self.level}, got {values.tolist()}")
        return values.tolist()

    @traitlets.validate("rule")
    def _check_rule(self, proposal):
        rule = proposal.value
        if set(rule) != {"marked", "other"} or not all(0 <= float(value) <= MOST for value in rule.values()):
            raise ValueError(f"rule must have marked and other, each a Δ from 0 to {MOST:g}, got {rule}")
        return {kind: float(value) for kind, value in rule.items()}

    @traitlets.observe("level")
    def _level_changed(self, _):
        if not self._quiet:
            with self._quietly():
                self.sequence, self.memories = 0, 1
            self._begin()

    @traitlets.observe("sequence")
    def _sequence_changed(self, _):
        if not self._quiet and not self._now["rule"]:
            self._begin()

    @traitlets.observe("delta", "second", "memories", "simplified")
    def _dials_changed(self, _):
        if not self._quiet:
            self.tested = False

    # ------------------------------------------------------------ what comes out

    @property
    def _now(self):
        return self._levels[self.level - 1]

    @property
    def _row(self):
        return self._now["sequences"][min(self.sequence, len(self._now["sequences"]) - 1)]

    def _dials(self, row):
        """The dials of every memory for a sequence, a list of lists."""
        if self._now["rule"]:
            return [[self.rule["marked" if mark else "other"] for mark in row["marks"]]]
        return [self.delta, self.second][: self.memories]

    def _ends(self, row):
        """(what is read out after the last step, what is wanted) of a sequence: the memories are added."""
        end = sum(run_delta(dials, row["numbers"], self.simplified)[-1] for dials in self._dials(row))
        return float(end), float(np.dot(row["numbers"], row["wanted"]))

    @property
    def answer(self):
        """What is read out after the last step of the sequence on the board."""
        return self._ends(self._row)[0]

    @property
    def goal(self):
        """What should be read out."""
        return self._ends(self._row)[1]

    def _tests(self):
        if self._now["rule"]:
            return self._now["sequences"]
        drawn = uniform(self.sequence, np.arange(TESTS * LENGTH)).reshape(TESTS, LENGTH)
        return [{**self._row, "numbers": row.tolist()} for row in drawn]

    def score(self):
        """The score as it stands: level, sequence, memories, simplified, error here, others (the mean error of the
        twenty tests), best (that of the best possible dials)."""
        tests = self._tests()
        others = float(np.mean([abs(np.subtract(*self._ends(row))) for row in tests]))
        here = abs(self.answer - self.goal)
        form = {"memories": self.memories, "simplified": self.simplified}
        best = {"best": float(np.mean([self._best_error(row) for row in tests]))}
        return {"level": self.level, "sequence": self.sequence, **form, "error": here, "others": others, **best}

    def _best(self, row):
        """The best dials of every memory for a sequence."""
        form = "code" if self.simplified else "exact"
        if self._now["rule"]:
            best = self._now["best"][form]
            return [[best["marked" if mark else "other"] for mark in row["marks"]]]
        return row["best"][form][self.memories - 1]

    def _best_error(self, row):
        ends = [run_delta(dials, row["numbers"], self.simplified)[-1] for dials in self._best(row)]
        return abs(sum(ends) - np.dot(row["numbers"], row["wanted"]))

    def describe(self):
        """The task, where the memory ends, and how far other numbers miss."""
        if self.alt:
            return self.alt
        form = ", written as the code does" if self.simplified else ""
        kept = "the two memories end" if self.memories == 2 else "the memory ends"
        return (
            f"{self.title}, level {self.level} ({LEVELS[self.level - 1]}){form}: twelve numbers arrive, one Δ a step; "
            f"{kept} at {self.answer:.2f}, wanted is {self.goal:.2f}; "
            f"with other numbers it misses by {self.score()['others']:.2f} on average."
        )

    def figure(self):
        """The board as it stands as a matplotlib Figure; the Viewer makes the PNG of it."""
        from .delta_board_picture import delta_figure

        learned = None if self.simplified else self._row["trained"]  # it learned in the exact form
        other = (learned or self._best(self._row)) if self.overlay else None
        return delta_figure(self.title, self._row, self._dials(self._row), self.simplified, other)
