"""BeTheGate: can you run a memory cell by hand, and would you open the gates where the trained network opens them?"""

import numpy as np
import traitlets

from .chance import uniform
from .gate_board_numbers import LENGTH, checked_networks, checked_rows, run_cell, run_trained
from .viewer import Viewer

TESTS = 20
STARTS = ({"input": 0.5, "forget": 0.5}, {"input": 0.0, "forget": 0.0}, {"input": 0.5, "forget": 0.5})  # of the rounds


class BeTheGate(Viewer):
    """Can you run a memory cell by hand, and would you open the gates where the trained network opens them?

    Twelve numbers arrive, two of them marked; the cell, c_t = f_t c_{t-1} + i_t x_t, shall end as the sum of these two.
    In round 1 every dial begins at 0.5, in round 2 at 0, and fewer moved dials are better; a test puts twenty other
    sets of numbers in the same places. Round 3 is blind: one value of each gate for marked steps and one for all
    others, then twenty unseen sequences. After a try the trained cell can be laid over the reader's gates; the page
    runs it itself.

    sequences: (S, 12) numbers from 0 to 1; marks: (S, 12) zeros and two ones a row. unseen: the pair (numbers, marks)
    of round 3, (U, 12) each; without it there are two rounds. trained: LSTMs of one cell, each a mapping as
    `run_trained` takes it, with a "name".

    From a cell, read or set ``game.round``, ``game.sequence``, ``game.forget`` and ``game.input`` (12 values from 0 to
    1; rounds 1 and 2), ``game.rule`` ({"input": {"marked": 1.0, "other": 0.0}, "forget": ...}; round 3),
    ``game.tested``, ``game.overlay``, ``game.network``, ``game.scores`` (one mapping for each test). ``game.moves``
    counts the dials that do not stand where they began; ``game.score()`` is the score as it stands.
    Raises ValueError that names the argument.
    Held by tests/viewers/test_be_the_gate.py and board.test.mjs.
    """

    _javascript = "board"

    sequences = traitlets.List().tag(sync=True)
    marks = traitlets.List().tag(sync=True)
    unseen = traitlets.List(None, allow_none=True).tag(sync=True)
    trained = traitlets.List().tag(sync=True)
    round = traitlets.Int(1).tag(sync=True)
    sequence = traitlets.Int(0).tag(sync=True)
    input = traitlets.List().tag(sync=True)
    forget = traitlets.List().tag(sync=True)
    rule = traitlets.Dict().tag(sync=True)
    tested = traitlets.Bool(False).tag(sync=True)
    overlay = traitlets.Bool(False).tag(sync=True)
    network = traitlets.Int(0).tag(sync=True)
    scores = traitlets.List(traitlets.Dict()).tag(sync=True)
    _starts = traitlets.List(list(STARTS)).tag(sync=True)

    def __init__(self, sequences, marks, trained=None, unseen=None, title="Be the gate", **traits):
        numbers, marked = checked_rows(sequences, marks, "sequences")
        if unseen is not None:
            if len(unseen) != 2:
                raise ValueError(f"unseen must be the pair (numbers, marks), got {len(unseen)} entries")
            unseen = list(checked_rows(*unseen, "unseen"))
        given = {"sequences": numbers, "marks": marked, "unseen": unseen, "trained": checked_networks(trained)}
        super().__init__(**given, title=title)
        self._begin()
        self._quiet = False
        for name in ("round", "sequence", "input", "forget", *traits):  # what is begun anew before what it ends
            if name in traits:
                setattr(self, name, traits.pop(name))

    def _begin(self):
        """Every dial where the round begins, and nothing tried yet."""
        start = STARTS[self.round - 1]
        with self._quietly(), self.hold_sync():
            self.input, self.forget = [start["input"]] * LENGTH, [start["forget"]] * LENGTH
            self.rule = {name: {"marked": value, "other": value} for name, value in start.items()}
            self.tested = self.overlay = False

    @traitlets.validate("round", "sequence", "network")
    def _check_choice(self, proposal):
        name, value = proposal.trait.name, proposal.value
        if self._quiet:
            return value
        first, last = {
            "round": (1, 3 if self.unseen else 2),
            "sequence": (0, len(self._numbers) - 1),
            "network": (0, max(0, len(self.trained) - 1)),
        }[name]
        if not first <= value <= last:
            raise ValueError(f"{name} must lie in {first}..{last}, got {value}")
        return value

    @traitlets.validate("input", "forget")
    def _check_dials(self, proposal):
        name, values = proposal.trait.name, np.asarray(proposal.value, dtype=np.float64)
        if values.shape != (LENGTH,) or not ((values >= 0) & (values <= 1)).all():
            raise ValueError(f"{name} must hold {LENGTH} values from 0 to 1, got {values.tolist()}")
        return values.tolist()

    @traitlets.validate("rule")
    def _check_rule(self, proposal):
        wanted = {name: {"marked", "other"} for name in ("input", "forget")}
        rule = proposal.value
        if {name: set(kinds) for name, kinds in rule.items()} != wanted:
            raise ValueError(f"rule must have input and forget, each with marked and other, got {rule}")
        values = {name: {kind: float(value) for kind, value in kinds.items()} for name, kinds in rule.items()}
        if not all(0 <= value <= 1 for kinds in values.values() for value in kinds.values()):
            raise ValueError(f"rule must hold values from 0 to 1, got {rule}")
        return values

    @traitlets.observe("round")
    def _round_changed(self, _):
        if not self._quiet:
            with self._quietly():
                self.sequence = min(1, len(self.sequences) - 1) if self.round == 2 else 0
            self._begin()

    @traitlets.observe("sequence")
    def _sequence_changed(self, _):
        if not self._quiet and self.round != 3:
            self._begin()

    @traitlets.observe("input", "forget")
    def _dials_changed(self, _):
        if not self._quiet:
            self.tested = False

    @property
    def _numbers(self):
        return self.unseen[0] if self.round == 3 else self.sequences

    @property
    def _marked(self):
        return self.unseen[1] if self.round == 3 else self.marks

    def _dials(self, marks):
        """(input, forget) for a sequence with these marks."""
        if self.round != 3:
            return self.input, self.forget
        return tuple([self.rule[name]["marked" if m else "other"] for m in marks] for name in ("input", "forget"))

    def _ends(self, numbers, marks):
        """(cell after the last step, sum of the marked numbers) of a sequence."""
        dials = self._dials(marks)
        return run_cell(dials[1], dials[0], numbers)[-1], float(np.dot(numbers, marks))

    @property
    def moves(self):
        """How many dials do not stand where they began."""
        start, dials = STARTS[self.round - 1], self._dials(self._marked[self.sequence])
        return sum(value != start[name] for name, row in zip(start, dials, strict=True) for value in row)

    def score(self):
        """The score as it stands: round, sequence, error here, others (mean error of the twenty tests), moves, trained
        (the error of the network chosen, None without one; in round 3 its mean over the twenty)."""
        marks, numbers = self._marked[self.sequence], self._numbers[self.sequence]
        if self.round == 3:
            tests = list(zip(*self.unseen, strict=True))
        else:
            drawn = uniform(self.sequence, np.arange(TESTS * LENGTH)).reshape(TESTS, LENGTH)
            tests = [(row, marks) for row in drawn]
        others = float(np.mean([abs(np.subtract(*self._ends(*test))) for test in tests]))
        here = others if self.round == 3 else float(abs(np.subtract(*self._ends(numbers, marks))))
        found = {"round": self.round, "sequence": self.sequence, "error": here, "others": others, "moves": self.moves}
        return found | {"trained": self._trained_error(tests if self.round == 3 else [(numbers, marks)])}

    def _trained_error(self, rows):
        if not self.trained:
            return None
        network = self.trained[self.network]
        return float(np.mean([abs(run_trained(network, *row)["answer"][-1] - np.dot(*row)) for row in rows]))

    def describe(self):
        """The task, where the cell ends, and how often a dial was moved."""
        if self.alt:
            return self.alt
        if self.round == 3 and not self.tested:
            return f"{self.title}, round 3: two gates, one rule for marked numbers and one for all others, not yet run."
        if self.round == 3:
            score = self.score()
            return f"{self.title}, round 3: mean error {score['others']:.3f} over {len(self.unseen[0])} sequences."
        marks, numbers = self.marks[self.sequence], self.sequences[self.sequence]
        end, goal = self._ends(numbers, marks)
        said = " and ".join(f"{numbers[t]:.2f} at step {t + 1}" for t in np.flatnonzero(marks))
        return (
            f"{self.title}, round {self.round}: twelve numbers arrive, marked are {said}; the cell ends at {end:.2f}, "
            f"wanted is {goal:.2f}; {self.moves} dials moved."
        )

    def figure(self):
        """The board as it stands as a matplotlib Figure; the Viewer makes the PNG of it."""
        from .gate_board_picture import board_figure

        numbers, marks = self._numbers[self.sequence], self._marked[self.sequence]
        trained = run_trained(self.trained[self.network], numbers, marks) if self.overlay and self.trained else None
        blind = self.round == 3 and not self.tested
        return board_figure(self.title, numbers, marks, *self._dials(marks), None if blind else trained, blind)
