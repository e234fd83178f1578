"""PositionViewer: what a network sees of two places, and whether that holds further out than it ever read."""

import numpy as np
import traitlets

from .position_numbers import alibi_slopes, curve, hand_counts
from .viewer import Viewer, quantise

CODES = ("rotary", "sinusoidal", "alibi", "learned", "none")


def _whole(value, name, low, high):
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or not low <= value <= high:
        raise ValueError(f"{name} must be a whole number from {low} to {high}, got {value!r}")
    return int(value)


def _values(table):
    """A tensor that is being trained, without its history; anything else as it is."""
    return table.detach() if hasattr(table, "detach") else table


def _checked_table(table):
    """(N, D) in float64 as the browser decodes it, with what is sent; None where there is none."""
    if table is None:
        return None, (b"", 0.0, 0.0)
    try:
        rows = np.asarray(_values(table), dtype=np.float64)
    except (TypeError, ValueError):
        rows = np.zeros(0)
    most = PositionViewer
    if rows.ndim != 2 or not rows.size or rows.shape[0] > most.MOST_PLACES or rows.shape[1] > most.MOST_SIZE:
        raise ValueError(f"table must be (positions, d_model), at most ({most.MOST_PLACES}, {most.MOST_SIZE}), a row "
                         f"for each position, got shape {rows.shape}")  # fmt: skip
    if not np.isfinite(rows).all():
        raise ValueError(f"table must be finite, got {(~np.isfinite(rows)).sum()} NaN or infinite entries")
    codes, low, high = quantise(rows)
    decoded = low + np.frombuffer(codes, "<u2") * ((high - low) / 65535)
    return decoded.astype(np.float32).astype(np.float64).reshape(rows.shape), (codes, low, high)


class PositionViewer(Viewer):
    """Two words, so many places apart: what does the network see of that, and further out than it ever read?

    A line of places on which one word asks (t) and one that stands before it is asked (s). Below it, what the chosen
    code shows of the two: the hands of clocks, one hand for the angle between where the code is rotary, and in grey
    where the hands stood in training; or what each head leaves of a weight (ALiBi); or two rows of a table (learned).
    At the bottom the score at every distance, asked from t and from eight other places: a code that sees the distance
    alone draws one line. Move both words by the same amount, and see what changes. Everything is computed in the
    browser.

    code: "rotary", "sinusoidal", "alibi", "learned" or "none". length: places on the line, 2 to 1024. trained: so many
    of them were read in training; half the line where nothing is given, or the rows of the table. query, key: t and s,
    key at most query. table: the learned rows, (N, D), such as `model.backbone.positions.table.weight`; without it
    there is no "learned". size: features of a head (rotary) or of the model (sinusoidal), even, at most 256.
    heads: of ALiBi, at most 16. codes: which are offered.

    From a cell, read or set ``viewer.code``, ``viewer.query``, ``viewer.key`` (the other gives way), ``viewer.base``
    (rotary, 10 to 1,000,000), ``viewer.projected`` (scores through random matrices, as a layer has its own),
    ``viewer.head`` (ALiBi); read ``viewer.scores``, from distance 0 on. Raises ValueError, naming the argument.
    Held by tests/viewers/test_position.py to seqmodels.positions, and position.test.mjs.
    """

    _javascript = "position"
    MOST_PLACES, MOST_SIZE, MOST_HEADS = 1024, 256, 16

    code = traitlets.Any("rotary").tag(sync=True)
    query = traitlets.Any(0).tag(sync=True)
    key = traitlets.Any(0).tag(sync=True)
    base = traitlets.Any(10000.0).tag(sync=True)
    projected = traitlets.Any(False).tag(sync=True)
    head = traitlets.Any(0).tag(sync=True)
    length = traitlets.Int(256, read_only=True).tag(sync=True)
    trained = traitlets.Int(128, read_only=True).tag(sync=True)
    size = traitlets.Int(64, read_only=True).tag(sync=True)
    heads = traitlets.Int(8, read_only=True).tag(sync=True)
    _codes = traitlets.List(traitlets.Unicode()).tag(sync=True)
    _table = traitlets.Bytes().tag(sync=True)
    _table_range = traitlets.List(traitlets.Float()).tag(sync=True)
    _table_shape = traitlets.List(traitlets.Int()).tag(sync=True)

    def __init__(self, code=None, length=256, trained=None, query=None, key=None, table=None, size=64, heads=8,
                 codes=None, title="", **traits):  # fmt: skip
        self.table, (packed, *span) = _checked_table(table)
        offered = [name for name in CODES if name != "learned" or table is not None] if codes is None else list(codes)
        known = [name for name in CODES if name != "learned" or table is not None]
        if not offered or any(name not in known for name in offered):
            need = "" if table is not None else "; for 'learned' give a table"
            raise ValueError(f"codes must be some of {known}, got {offered}{need}")
        length = _whole(length, "length", 2, self.MOST_PLACES)
        rows = length // 2 if table is None else min(length, len(self.table))
        trained = _whole(rows if trained is None else trained, "trained", 1, length)
        size = _whole(size, "size", 2, self.MOST_SIZE)
        if size % 2:
            raise ValueError(f"size must be even, as features are turned in pairs, got {size}")
        heads = _whole(heads, "heads", 1, self.MOST_HEADS)
        super().__init__(title=title, _codes=offered, _table=packed, _table_range=span if packed else [0, 0],
                         _table_shape=[0, 0] if table is None else list(self.table.shape))  # fmt: skip
        for name, value in {"length": length, "trained": trained, "size": size, "heads": heads}.items():
            self.set_trait(name, value)
        query = min(length - 1, 3 * trained // 4) if query is None else self._place(query, "query")
        key = max(0, query - max(1, trained // 4)) if key is None else self._place(key, "key")
        if key > query:
            raise ValueError(f"key must be at most query, as what is asked stands before, got {key} and {query}")
        self.query, self.key, self.code = query, key, offered[0] if code is None else code
        self._quiet = False
        for name, value in traits.items():
            setattr(self, name, value)

    def _place(self, value, name):
        return _whole(value, name, 0, self.length - 1)

    @traitlets.validate("query", "key")
    def _check_place(self, proposal):
        return self._place(proposal.value, proposal.trait.name)

    @traitlets.observe("query", "key")
    def _push(self, change):
        """The other of the two gives way."""
        if not self._quiet and self.key > self.query:
            setattr(self, "key" if change.name == "query" else "query", change.new)

    @traitlets.validate("code")
    def _check_code(self, proposal):
        if proposal.value not in self._codes:
            raise ValueError(f"code must be one of {self._codes}, got {proposal.value!r}")
        return proposal.value

    @traitlets.validate("base")
    def _check_base(self, proposal):
        value = proposal.value
        if isinstance(value, bool) or not isinstance(value, int | float | np.number) or not 10 <= value <= 1e6:
            raise ValueError(f"base must be a number from 10 to 1000000, got {value!r}")
        return float(value)

    @traitlets.validate("projected")
    def _check_projected(self, proposal):
        if not isinstance(proposal.value, bool):
            raise ValueError(f"projected must be True or False, got {proposal.value!r}")
        return proposal.value

    @traitlets.validate("head")
    def _check_head(self, proposal):
        return _whole(proposal.value, "head", 0, self.heads - 1)

    @property
    def scores(self):
        """(t + 1,): the score asked from t at distance 0, 1, … t, as drawn; NaN where the table has no row."""
        return curve(self, self.query)

    def describe(self):
        """The sentence for alt and text: the code, the two places, the score, what is new beyond the training."""
        if self.alt:
            return self.alt
        apart = self.query - self.key
        head = f"{self.title or 'Where am I?'}: {self.code if self.code != 'none' else 'no'} positions"
        said = f"{head}, t = {self.query} asks s = {self.key}, {apart} apart; trained on {self.trained} places; "
        if self.code == "none":
            return said + "the score is the same everywhere."
        if self.code == "alibi":
            slopes = alibi_slopes(self.heads)
            return said + (f"the steepest of {self.heads} heads adds {-slopes.max() * apart:.2f} to the score, the "
                           f"flattest {-slopes.min() * apart:.2f}.")  # fmt: skip
        score = self.scores[apart]
        said += "there is no such row" if np.isnan(score) else f"score {score:.3f}"
        if self.code == "learned":
            return f"{said}, of a table of {len(self.table)} rows."
        count, slow, fresh = hand_counts(self)
        return f"{said}; {slow} of {count} hands never go round in training, {fresh} show a new angle here."

    def figure(self):
        """The line, the faces and the curves as a matplotlib Figure; the Viewer makes the PNG of it."""
        from .position_picture import position_figure

        return position_figure(self)
