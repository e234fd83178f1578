"""TrellisViewer: a hidden Markov model reads observations, and changes its mind."""

import numpy as np
import traitlets

from .trellis_numbers import forward_backward, viterbi
from .viewer import Viewer


def _probabilities(value, name, ndim):
    """A float64 array, checked: that many axes, entries from 0 to 1, rows that sum to one."""
    table = np.array(value, dtype=np.float64)
    if table.ndim != ndim or table.size == 0:
        wanted = "one probability for each state" if ndim == 1 else "a row of probabilities for each state"
        raise ValueError(f"{name} must hold {wanted}, got shape {table.shape}")
    for i, row in enumerate(np.atleast_2d(table)):
        where = f"{name}: row {i}" if ndim == 2 else name
        if not np.isfinite(row).all() or (row < 0).any():
            raise ValueError(f"{where} must hold probabilities from 0 to 1, got {row.tolist()}")
        if abs(row.sum() - 1) > 1e-6:
            raise ValueError(f"{where} sums to {row.sum():.6g}, expected 1; divide it by its sum")
    return table


def _indices(value, name, count, of):
    """An int array of one axis, not empty, with entries from 0 to count - 1."""
    found = np.asarray(value)
    if found.ndim != 1 or found.size == 0:
        raise ValueError(f"{name} must be one sequence of whole numbers, not empty, got shape {found.shape}")
    if found.size > TrellisViewer.MOST_STEPS:
        raise ValueError(f"{name} has {found.size} steps; TrellisViewer draws at most {TrellisViewer.MOST_STEPS}")
    if found.dtype.kind not in "iu":
        raise ValueError(f"{name} must hold whole numbers from 0 to {count - 1} ({of}), got {found.dtype} entries")
    if found.min() < 0 or found.max() >= count:
        wrong = found[(found < 0) | (found >= count)][0]
        raise ValueError(f"{name} must lie from 0 to {count - 1} ({of}), got {wrong}")
    return found.astype(np.int64)


def _names(value, name, count, of):
    names = [str(i) for i in range(count)] if value is None else [str(x) for x in value]
    if len(names) != count:
        raise ValueError(f"{name} has {len(names)} entries, but {of}; give {count} names")
    if len(set(names)) != len(names):
        raise ValueError(f"{name} must be distinct, got {names}")
    return names


def _synced(dtype):
    return {
        "sync": True,
        "to_json": lambda a, _: None if a is None else a.tolist(),
        "from_json": lambda a, _: None if a is None else np.array(a, dtype=dtype),
    }


class TrellisViewer(Viewer):
    """Which state was it in, and how can a later observation change what we believe about an earlier one?

    Above, all steps: the probability of the last state, the best path and the truth. Below, a window of the trellis
    in three views: "forward" (what the observations so far say, one column after the other), "best path" (Viterbi,
    with what each survivor beat) and "posterior" (the forward pass alone beside what it says knowing everything).
    Click a die to change it, or move a slider: what was believed before stays as a ghost, and the viewer says in words
    what changed and how much of it lies before the change.

    initial: (K,); transition: (K, K), ``transition[i, j]`` = P(next = j | now = i); emission: (K, M),
    ``emission[i, m]`` = P(symbol m | state i); rows sum to one; K <= 8. observations: T whole numbers from 0 to M - 1.
    states: K names; symbols: M names ("1" to "6" are drawn as dice); truth: T states, where they are known.
    at: the chosen step, from 0.

    From a cell, read or set ``viewer.observations``, ``viewer.transition``, ``viewer.at``, ``viewer.view``,
    ``viewer.truth``. Raises ValueError, naming the argument and the numbers, where shapes, rows or names do not fit.
    Held by tests/viewers: the numbers against enumeration, the picture and every control in a real browser.
    """

    _javascript = "trellis"
    MOST_STATES = 8
    MOST_STEPS = 2000
    VIEWS = ("forward", "best path", "posterior")

    initial = traitlets.Any().tag(**_synced(np.float64))
    transition = traitlets.Any().tag(**_synced(np.float64))
    emission = traitlets.Any().tag(**_synced(np.float64))
    observations = traitlets.Any().tag(**_synced(np.int64))
    truth = traitlets.Any(None, allow_none=True).tag(**_synced(np.int64))
    states = traitlets.List(traitlets.Unicode()).tag(sync=True)
    symbols = traitlets.List(traitlets.Unicode()).tag(sync=True)
    view = traitlets.Any("forward").tag(sync=True)
    at = traitlets.Int(0).tag(sync=True)
    _given_transition = traitlets.Any().tag(**_synced(np.float64))
    _given_observations = traitlets.Any().tag(**_synced(np.int64))

    def __init__(
        self,
        initial,
        transition,
        emission,
        observations,
        states=None,
        symbols=None,
        truth=None,
        title="",
        view="forward",
        at=0,
        **traits,
    ):
        begin = _probabilities(initial, "initial", 1)
        count = len(begin)
        if count > self.MOST_STATES:
            raise ValueError(f"initial has {count} states; TrellisViewer draws at most {self.MOST_STATES}")
        shows = _probabilities(emission, "emission", 2)
        if len(shows) != count:
            raise ValueError(f"emission has {len(shows)} rows, but initial has {count} states; give one row a state")
        letters = shows.shape[1]
        names = _names(states, "states", count, f"initial has {count} states")
        signs = _names(symbols, "symbols", letters, f"emission has {letters} columns")
        super().__init__(states=names, symbols=signs, initial=begin, emission=shows, title=title, **traits)
        self.transition = self._given_transition = transition
        self.observations = self._given_observations = observations
        self.truth, self.view, self.at = truth, view, at

    @traitlets.validate("initial", "transition", "emission", "_given_transition")
    def _check_table(self, proposal):
        name = proposal.trait.name.removeprefix("_given_")
        table = _probabilities(proposal.value, name, 1 if name == "initial" else 2)
        count = len(self.states)
        shape = {"initial": (count,), "transition": (count, count), "emission": (count, len(self.symbols))}[name]
        if table.shape != shape:
            raise ValueError(
                f"{name} has shape {table.shape}, expected {shape}: "
                f"there are {count} states and {len(self.symbols)} symbols"
            )
        return table

    @traitlets.validate("observations", "_given_observations")
    def _check_observations(self, proposal):
        found = _indices(proposal.value, "observations", len(self.symbols), "columns of emission")
        if self.truth is not None and len(self.truth) != len(found):
            raise ValueError(
                f"observations has {len(found)} steps, but truth has {len(self.truth)}; set truth to None first"
            )
        return found

    @traitlets.validate("truth")
    def _check_truth(self, proposal):
        if proposal.value is None:
            return None
        found = _indices(proposal.value, "truth", len(self.states), "states")
        if len(found) != len(self.observations):
            raise ValueError(f"truth has {len(found)} steps, but observations has {len(self.observations)}")
        return found

    @traitlets.validate("view")
    def _check_view(self, proposal):
        if proposal.value not in self.VIEWS:
            raise ValueError(f"view must be one of {self.VIEWS}, got {proposal.value!r}")
        return proposal.value

    @traitlets.validate("at")
    def _check_at(self, proposal):
        steps = len(self.observations) if self.observations is not None else 1
        if not 0 <= proposal.value < steps:
            raise ValueError(f"at must be a step from 0 to {steps - 1}, got {proposal.value}")
        return proposal.value

    @traitlets.observe("observations")
    def _stay_inside(self, change):
        self.at = min(self.at, len(self.observations) - 1)

    def _model(self):
        return self.initial, self.transition, self.emission, self.observations

    def describe(self):
        """The sentence for alt and text: likelihood, best path, agreement with the truth, the chosen step."""
        if self.alt:
            return self.alt
        numbers, (path, _, _, _) = forward_backward(*self._model()), viterbi(*self._model())
        steps, last = len(path), self.states[-1]
        runs = 1 + int((np.diff(path) != 0).sum())
        said = [
            f"{self.title or 'Hidden Markov model'}: {steps} observations and {len(self.states)} states, "
            f"log-likelihood {numbers['log_likelihood']:.2f} nats",
            f"the best path has {runs} stretch{'' if runs == 1 else 'es'}",
        ]
        if self.truth is not None:
            right = int((path == self.truth).sum())
            said[-1] += f" and is right about the truth at {right} of {steps} ({100 * right / steps:.0f} %)"
        alone, known = numbers["filtered"][self.at, -1], numbers["posterior"][self.at, -1]
        said.append(
            f"at step {self.at + 1} {last!r} has probability {alone:.2f} by the forward pass alone "
            f"and {known:.2f} knowing everything"
        )
        return "; ".join(said) + "."

    def figure(self):
        """Overview and a window of the trellis as a matplotlib Figure; the Viewer makes the PNG of it."""
        from .trellis_picture import trellis_figure

        return trellis_figure(*self._model(), self.states, self.symbols, self.truth, self.view, self.at, self.title)
