"""EnergyViewer: a memory of small pictures that rolls downhill."""

import numpy as np
import traitlets

from .energy_numbers import energy_of, recall_run, state_at, sums_of_inputs
from .viewer import Viewer


def _pictures(value, name, ndim):
    """An int array of +1 and -1 with so many axes, checked."""
    found = np.asarray(value)
    if found.ndim != ndim or found.size == 0:
        wanted = "a row of +1 and -1 for each picture" if ndim == 2 else "one row of +1 and -1"
        raise ValueError(f"{name} must hold {wanted}, got shape {found.shape}")
    signs = found.astype(np.float64)
    if not (np.abs(signs) == 1).all():
        raise ValueError(f"{name} must hold +1 and -1 only, got {signs[np.abs(signs) != 1][0]:g}")
    return signs.astype(np.int64)


_SIGNS = {
    "sync": True,
    "to_json": lambda a, _: None if a is None else np.asarray(a).tolist(),
    "from_json": lambda a, _: None if a is None else np.array(a, dtype=np.int64),
}


class EnergyViewer(Viewer):
    """Where does this memory roll to, and when does it stop being a memory?

    A Hopfield network that stores small pictures. Paint on the state, damage it, erase its lower half, and let go:
    one unit after the other follows the sum of its inputs, and the energy falls until nothing moves. A row for each
    picture says whether it is stored, how alike the state is to it, whether it still stays when it is shown as it is,
    and what it votes for at the chosen unit. Store more pictures until they no longer stay.

    patterns: (P, N) of +1 (filled) and -1 (empty), P <= 12, N <= 900. shape: (rows, columns) with rows * columns = N.
    labels: P different names. stored: P booleans (all, unless given). start: N signs to begin with (the first pattern).
    steps: how many units have been asked since then. seed: of the order in which they are asked.

    From a cell, read or set ``viewer.state`` (N signs; setting it begins anew), ``viewer.stored``, ``viewer.steps``,
    ``viewer.seed``, ``viewer.unit`` (the chosen one) and ``viewer.noise`` (per cent). Everything is computed in the
    browser, without Python. Raises ValueError, naming the argument and the numbers, where shapes, signs or names do
    not fit. Held by tests/viewers: the numbers against seqmodels.hopfield, every control in a real browser.
    """

    _javascript = "energy"
    MOST_PATTERNS = 12
    MOST_UNITS = 900

    patterns = traitlets.Any().tag(**_SIGNS)
    labels = traitlets.List(traitlets.Unicode()).tag(sync=True)
    shape = traitlets.List(traitlets.Int()).tag(sync=True)
    stored = traitlets.List(traitlets.Bool()).tag(sync=True)
    start = traitlets.Any().tag(**_SIGNS)
    steps = traitlets.Int(0).tag(sync=True)
    seed = traitlets.Int(0).tag(sync=True)
    unit = traitlets.Int(0).tag(sync=True)
    noise = traitlets.Int(20).tag(sync=True)

    def __init__(self, patterns, shape=None, labels=None, title="", stored=None, start=None, **traits):
        rows = _pictures(patterns, "patterns", 2)
        count, units = rows.shape
        if count > self.MOST_PATTERNS or units > self.MOST_UNITS:
            raise ValueError(
                f"patterns has shape {rows.shape}; EnergyViewer draws at most {self.MOST_PATTERNS} patterns "
                f"of {self.MOST_UNITS} units"
            )
        shape = [1, units] if shape is None else [int(side) for side in shape]
        if len(shape) != 2 or min(shape) < 1 or shape[0] * shape[1] != units:
            raise ValueError(f"shape is {tuple(shape)}, but patterns has {units} units: rows * columns must be {units}")
        names = [str(i + 1) for i in range(count)] if labels is None else [str(label) for label in labels]
        if len(names) != count:
            raise ValueError(f"labels has {len(names)} entries, but there are {count} patterns; give one a pattern")
        if len(set(names)) != count:
            raise ValueError(f"labels must be distinct, got {names}")
        super().__init__(patterns=rows, labels=names, shape=shape, title=title)
        self.stored = [True] * count if stored is None else [bool(kept) for kept in stored]
        self.start = rows[0] if start is None else start
        self.unit = (shape[0] // 2) * shape[1] + shape[1] // 2
        for name, value in traits.items():
            setattr(self, name, value)
        self._quiet = False

    @traitlets.validate("patterns")
    def _check_patterns(self, proposal):
        rows = _pictures(proposal.value, "patterns", 2)
        if self.patterns is not None and rows.shape != self.patterns.shape:
            raise ValueError(f"patterns has shape {rows.shape}, expected {self.patterns.shape}; make a new viewer")
        return rows

    @traitlets.validate("start")
    def _check_start(self, proposal):
        state = _pictures(proposal.value, "start", 1)
        if len(state) != self.patterns.shape[1]:
            raise ValueError(f"start has {len(state)} units, but the patterns have {self.patterns.shape[1]}")
        return state

    @traitlets.validate("stored")
    def _check_stored(self, proposal):
        if len(proposal.value) != len(self.patterns):
            raise ValueError(f"stored has {len(proposal.value)} entries, but there are {len(self.patterns)} patterns")
        return proposal.value

    @traitlets.validate("steps", "unit", "noise")
    def _check_number(self, proposal):
        name, value = proposal.trait.name, proposal.value
        most = {"steps": 10**9, "unit": self.patterns.shape[1] - 1, "noise": 100}[name]
        if not 0 <= value <= most:
            raise ValueError(f"{name} must lie from 0 to {most}, got {value}")
        return value

    @traitlets.observe("start", "seed", "stored", "patterns")
    def _begin_again(self, change):
        if not self._quiet:
            self.steps = 0

    @property
    def state(self):
        """(N,) the signs that are shown: the start after so many updates."""
        return state_at(self.start, self._flips(), self.steps)

    @state.setter
    def state(self, value):
        state = _pictures(value, "state", 1)
        if len(state) != self.patterns.shape[1]:
            raise ValueError(f"state has {len(state)} units, but the patterns have {self.patterns.shape[1]}")
        self.start, self.steps = state, 0

    def _kept(self):
        return self.patterns[np.array(self.stored)]

    def _flips(self):
        return recall_run(self._kept(), self.start, self.seed)

    def describe(self):
        """The sentence for alt and text: how many are stored and stay, the state, its energy, what it is like."""
        if self.alt:
            return self.alt
        kept, state, units = self._kept(), self.state, self.patterns.shape[1]
        number = f"{len(kept)} of {len(self.patterns)} pictures of {units} units stored"
        said = [f"{self.title or 'Hopfield network'}: {number}"]
        if len(kept):
            stay = sum(not recall_run(kept, row, self.seed) for row in kept)
            said[0] += f", {stay} of them {'stays' if stay == 1 else 'stay'} when shown"
            overlaps = np.where(self.stored, self.patterns @ state / units, 0)
            near = int(np.abs(overlaps).argmax())
            restless = int((sums_of_inputs(kept, state) * state < 0).sum())
            rest = (
                "at rest" if not restless else f"{restless} {'unit wants' if restless == 1 else 'units want'} to flip"
            )
            said.append(f"the state has energy {energy_of(kept, state):.2f}, {rest}")
            said.append(f"nearest is {self.labels[near]!r} with overlap {overlaps[near]:+.2f}")
        return "; ".join(said) + "."

    def figure(self):
        """Start, state and stored pictures with overlaps, and the energy, as a matplotlib Figure."""
        from .energy_picture import energy_figure

        return energy_figure(
            self.patterns, self.labels, self.shape, self.stored, self.start, self._flips(), self.steps, self.title
        )
