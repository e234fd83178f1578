"""CasinoGame: when was the loaded die on the table? The inspector against two decoders."""

import numpy as np
import traitlets

from .casino_night import night, swaps
from .trellis_numbers import forward_backward, viterbi
from .viewer import Viewer

SHAPES = {"initial": (2,), "transition": (2, 2), "emission": (2, 6)}


def _checked(name, value):
    """A distribution in each row, as nested lists, or a ValueError that names the argument."""
    table = np.asarray(value, dtype=np.float64)
    if table.shape != SHAPES[name]:
        raise ValueError(f"{name} must have shape {SHAPES[name]} (two dice, six faces), got shape {table.shape}")
    if not np.isfinite(table).all() or (table < 0).any() or np.abs(table.sum(axis=-1) - 1).max() > 1e-6:
        raise ValueError(f"{name} must hold probabilities, each row summing to 1, got {table.tolist()}")
    return table.tolist()


class CasinoGame(Viewer):
    """When was the loaded die on the table? Brush the rolls that you suspect, then make the croupier confess.

    initial (2,), transition (2, 2), emission (2, 6): the casino, state 0 the honest die, state 1 the loaded one;
    transition positive. length: rolls in a night, 30 to 600. seed: of the night, from 0; "Another night" adds one.
    states: two names. After "Confess!" the truth, the most probable path and the posterior lie under the rolls, with a
    score for each; the browser computes them, and so can Python:

    ``game.rolls`` (faces 0 to 5, as a model takes them), ``game.truth`` (0 or 1), ``game.marks`` (the reader's 0 or 1),
    ``game.score()`` (of the marks as they are), ``game.nights`` (scores of the nights confessed, one a seed: the first
    counts). Setting ``game.seed`` begins that night. Raises ValueError that names the argument.
    Held by tests/viewers: the same night, decoders and scores in Python and JavaScript, every way to play.
    """

    _javascript = "casino"

    initial = traitlets.List().tag(sync=True)
    transition = traitlets.List().tag(sync=True)
    emission = traitlets.List().tag(sync=True)
    length = traitlets.Int(300).tag(sync=True)
    seed = traitlets.Int(1).tag(sync=True)
    states = traitlets.List(traitlets.Unicode()).tag(sync=True)
    marks = traitlets.List(traitlets.Int()).tag(sync=True)
    revealed = traitlets.Bool(False).tag(sync=True)
    nights = traitlets.List(traitlets.Dict()).tag(sync=True)

    def __init__(
        self, initial, transition, emission, length=300, seed=1, states=("fair", "loaded"), title="", **traits
    ):
        names = [str(state) for state in states]
        if len(names) != 2 or names[0] == names[1]:
            raise ValueError(f"states must be two different names, the honest die first, got {names}")
        if not 30 <= length <= 600:
            raise ValueError(f"length must be from 30 to 600 rolls, got {length}")
        tables = {"initial": initial, "transition": transition, "emission": emission}
        tables = {name: _checked(name, table) for name, table in tables.items()}
        if np.min(tables["transition"]) == 0:
            raise ValueError(f"transition must be positive, so that the dice are swapped, got {tables['transition']}")
        traits = {"marks": [0] * length, **traits}
        super().__init__(
            **tables,
            length=length,
            seed=seed,
            states=names,
            title=title or f"When was the {names[1]} die on the table?",
            **traits,
        )
        self._quiet = False

    @traitlets.validate("marks")
    def _check_marks(self, proposal):
        marks = [int(mark) for mark in proposal.value]
        if len(marks) != self.length or set(marks) - {0, 1}:
            raise ValueError(f"marks must be {self.length} zeros and ones, one a roll, got {proposal.value}")
        return marks

    @traitlets.validate("seed")
    def _check_seed(self, proposal):
        if not 0 <= proposal.value < 2**31:
            raise ValueError(f"seed must be from 0 to 2147483647, got {proposal.value}")
        return proposal.value

    @traitlets.observe("seed")
    def _another_night(self, change):
        if not self._quiet:
            self.marks, self.revealed = [0] * self.length, False

    @property
    def _model(self):
        return self.initial, self.transition, self.emission

    @property
    def rolls(self):
        """(length,) integers: the faces of the night, 0 to 5."""
        return night(*self._model, self.length, self.seed)[1]

    @property
    def truth(self):
        """(length,) integers: which die it was, 0 or 1."""
        return night(*self._model, self.length, self.seed)[0]

    def decoded(self):
        """{"viterbi": (T,) path, "posterior": (T,) P(state 1 | all rolls)} of the night."""
        model = *map(np.array, self._model), self.rolls
        return {"viterbi": viterbi(*model)[0], "posterior": forward_backward(*model)["posterior"][:, 1]}

    def score(self):
        """The night's score: seed, the share of rolls judged rightly by each, and the swaps that each saw."""
        truth, decoded = self.truth, self.decoded()
        paths = {
            **{"you": np.array(self.marks), "viterbi": decoded["viterbi"]},
            **{"posterior": (decoded["posterior"] > 0.5).astype(int), "always": np.zeros_like(truth)},
        }
        shares = {name: float(np.mean(path == truth)) for name, path in paths.items()}
        seen = {name: swaps(path) for name, path in {"truth": truth, **paths}.items()}
        return {"seed": self.seed, **shares, "swaps": seen}

    def describe(self):
        """What there is to judge; after the confession, who judged how well."""
        if self.alt:
            return self.alt
        honest, loaded = self.states
        start = f"{self.title} Night {self.seed}: {self.length} rolls of a {honest} and a {loaded} die."
        if not self.revealed:
            return f"{start} {sum(self.marks)} rolls are marked as {loaded}."
        score = self.score()
        return (
            f"{start} Rolls judged rightly: you {score['you']:.0%}, the most probable path {score['viterbi']:.0%}, "
            f"the posterior {score['posterior']:.0%}, always {honest} {score['always']:.0%}."
        )

    def figure(self):
        """The rolls of the night; once revealed, with the truth and the two decoders below each row."""
        from .casino_picture import casino_figure

        return casino_figure(self)
