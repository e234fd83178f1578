"""ChainViewer: a Markov chain to play with."""

import numpy as np
import traitlets

from .viewer import Viewer


def _transition_matrix(value, labels=None):
    """A float64 array, checked: square, entries from 0 to 1, rows that sum to one."""
    matrix = np.array(value, dtype=np.float64)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or matrix.size == 0:
        raise ValueError(
            f"transition must be a square matrix (a row and a column for each state), got shape {matrix.shape}"
        )
    if len(matrix) > ChainViewer.MOST_STATES:
        raise ValueError(
            f"transition has {len(matrix)} states; ChainViewer draws at most {ChainViewer.MOST_STATES}"
        )
    name = [repr(label) for label in labels] if labels and len(labels) == len(matrix) else range(len(matrix))
    for state, row in zip(name, matrix, strict=True):
        if not np.isfinite(row).all() or (row < 0).any():
            raise ValueError(
                f"transition: row {state} must hold probabilities from 0 to 1, got {row.tolist()}"
            )
        if abs(row.sum() - 1) > 1e-6:
            raise ValueError(
                f"transition: row {state} sums to {row.sum():.6g}, expected 1; divide the row by its sum"
            )
    return matrix / matrix.sum(axis=1, keepdims=True)


_ARRAY = {
    "sync": True,
    "to_json": lambda a, _: None if a is None else a.tolist(),
    "from_json": lambda a, _: None if a is None else np.array(a, dtype=np.float64),
}


class ChainViewer(Viewer):
    """Where does a Markov chain spend its time, and does it matter where it begins?

    Draws the states as a graph, walks along it, and lays three shares side by side for every state: visits so far,
    the exact distribution after n steps from the chosen start, and the long run. Drag an arrow's label to change a
    probability: the rest of its row rescales. A chain that is periodic or falls apart is called so in words.
    Two plots take turns (key ``a``). "distance": how far the exact distribution after n steps still is from the long
    run, and the share of that distance that each step leaves, |lambda_2|. "average": whether the share of visits to the
    chosen state settles as the walk goes on, between the band of an urn, ± 2 sqrt(p (1 - p) / n), and the band of
    this chain, ± 2 sqrt(D p (1 - p) / n), D its coefficient of dispersion.

    transition: (K, K) array, ``transition[i, j]`` = P(next = j | now = i), rows sum to one; 1 <= K <= 40.
    labels: K names (default "0", "1", ...); distinct. start: index or label. seed: of the walk.

    From a cell, read or set ``viewer.transition`` (array), ``viewer.start`` (index), ``viewer.path`` (list of visited
    states), ``viewer.n`` (steps of the exact distribution), ``viewer.speed`` (steps a second), ``viewer.log``,
    ``viewer.plot`` ("distance" or "average"). The browser walks at most 10,000 steps.
    Raises ValueError, naming the argument and the numbers, where shapes, labels or rows do not fit.
    Held by tests/viewers: the numbers against NumPy, the picture and every control in a real browser.
    """

    _javascript = "chain"
    MOST_STATES = 40
    PLOTS = ("distance", "average")

    transition = traitlets.Any().tag(**_ARRAY)
    labels = traitlets.List(traitlets.Unicode()).tag(sync=True)
    start = traitlets.Int(0).tag(sync=True)
    path = traitlets.List(traitlets.Int()).tag(sync=True)
    n = traitlets.Int(1).tag(sync=True)
    speed = traitlets.Float(2.0).tag(sync=True)
    log = traitlets.Bool(False).tag(sync=True)
    plot = traitlets.Any("distance").tag(sync=True)
    seed = traitlets.Int(0).tag(sync=True)
    _given = traitlets.Any().tag(**_ARRAY)

    def __init__(self, transition, labels=None, start=0, title="", alt="", seed=0, **traits):
        names = None if labels is None else [str(label) for label in labels]
        matrix = _transition_matrix(transition, names)
        names = names if names is not None else [str(i) for i in range(len(matrix))]
        if len(names) != len(matrix):
            raise ValueError(
                f"labels has {len(names)} entries, but transition has {len(matrix)} states; give one label a state"
            )
        if len(set(names)) != len(names):
            raise ValueError(f"labels must be distinct, got {names}")
        if isinstance(start, str):
            if start not in names:
                raise ValueError(f"start is {start!r}, expected one of the labels {names}")
            start = names.index(start)
        path = traits.pop("path", [int(start)])
        super().__init__(
            labels=names,
            transition=matrix,
            _given=matrix,
            start=path[0] if path else 0,
            path=path,
            title=title,
            alt=alt,
            seed=seed,
            **traits,
        )
        self._quiet = False

    @traitlets.validate("transition", "_given")
    def _check_transition(self, proposal):
        matrix = _transition_matrix(proposal.value, self.labels)
        if len(matrix) != len(self.labels):
            raise ValueError(
                f"transition has {len(matrix)} states, but there are {len(self.labels)} labels {self.labels}"
            )
        return matrix

    @traitlets.validate("start", "path")
    def _check_state(self, proposal):
        count = len(self.labels)
        states = [proposal.value] if proposal.trait.name == "start" else proposal.value
        wrong = [state for state in states if not 0 <= state < count]
        if wrong or not states:
            raise ValueError(
                f"{proposal.trait.name} must name states from 0 to {count - 1}, got {wrong[0] if wrong else 'none'}"
            )
        return proposal.value

    @traitlets.validate("n", "speed")
    def _check_positive(self, proposal):
        if proposal.value < 0 or (proposal.trait.name == "speed" and proposal.value == 0):
            raise ValueError(f"{proposal.trait.name} must be positive, got {proposal.value}")
        return proposal.value

    @traitlets.validate("plot")
    def _check_plot(self, proposal):
        if proposal.value not in self.PLOTS:
            raise ValueError(f"plot must be one of {self.PLOTS}, got {proposal.value!r}")
        return proposal.value

    @traitlets.observe("transition", "start")
    def _begin_again(self, change):
        if not self._quiet:
            self.path = [self.start]

    @traitlets.observe("path")
    def _follow_path(self, change):
        if not self._quiet:
            with self._quietly():
                self.start = change.new[0]

    def _long_run(self):
        """(K, K): the long-run shares from every start: the limit of the lazy chain ((I + P) / 2)^m."""
        lazy = (np.eye(len(self.labels)) + self.transition) / 2
        for _ in range(60):
            lazy = lazy @ lazy
            lazy /= lazy.sum(axis=1, keepdims=True)
        return lazy

    def describe(self):
        """The sentence for alt and text: the states and the long run from the start."""
        if self.alt:
            return self.alt
        long_run = self._long_run()
        shares, begin = long_run[self.start], self.labels[self.start]
        top = sorted(range(len(shares)), key=lambda i: -shares[i])[:3]
        spends = ", ".join(f"{100 * shares[i]:.0f} % in {self.labels[i]!r}" for i in top)
        where = (
            "from every start"
            if np.abs(long_run - shares).max() < 1e-6
            else f"if it starts in {begin!r}; the start matters"
        )
        return f"{self.title or 'Markov chain'} with {len(shares)} states: in the long run {spends}, {where}."

    def figure(self):
        """Graph and bars as a matplotlib Figure; the Viewer makes the PNG of it."""
        from .chain_picture import chain_figure

        return chain_figure(
            self.transition,
            self.labels,
            self.start,
            self.n,
            self.path,
            self._long_run()[self.start],
            self.title,
        )
