"""What a cell with gates keeps and writes, and which of its units to look at: the numbers of GateViewer.

LSTM   c_t = f_t c_{t-1} + i_t g_t            GRU   h_t = z_t h_{t-1} + (1 - z_t) n_t
The first summand is what was kept, the second what was written.
"""

import numpy as np

KEEPERS = ("forget_gate", "update_gate")
OPEN = 0.9  # from here on a gate is called open
SORTS = ["number", "most open", "changes most", "pattern"]


def memory_of(values):
    """The quantity that is kept: "cell_state", in a GRU "hidden", and None for anything else."""
    return "cell_state" if "cell_state" in values else "hidden" if "update_gate" in values else None


def keeper_of(values):
    """The gate that keeps, or None."""
    return next((gate for gate in KEEPERS if gate in values), None)


def story(values, unit):
    """What one unit does: before, kept, written, after, each (T,); None without a memory.

    The first step's `kept` is what input gate and candidate leave unexplained: 0 where the cell began empty. A cell
    without a gate that keeps, as in 1997, keeps everything.
    """
    memory, keeper = memory_of(values), keeper_of(values)
    if memory is None:
        return None
    after = values[memory][:, unit]
    keep = values[keeper][:, unit] if keeper else np.ones(len(after))
    first = 0.0
    if "candidate" in values and (memory == "hidden" or "input_gate" in values):
        write = 1 - keep[0] if memory == "hidden" else values["input_gate"][0, unit]
        left = after[0] - write * values["candidate"][0, unit]
        first = left / keep[0] if abs(left) > 1e-3 and keep[0] > 1e-3 else 0.0
    before = np.concatenate([[first], after[:-1]])
    kept = keep * before
    return {"before": before, "kept": kept, "written": after - kept, "after": after}


def scores(values, sort, quantity, pattern=None):
    """How well each unit answers to a way of sorting, (H,): the larger, the higher it stands.

    most open: mean of the gate that keeps. changes most: the way that the quantity goes in all. pattern: the size of
    its correlation with the pattern (T booleans), 0 where one of both stays the same.
    """
    if sort == "most open":
        return values[keeper_of(values)].mean(axis=0)
    if sort == "changes most":
        return np.abs(np.diff(values[quantity], axis=0)).sum(axis=0)
    if sort == "pattern":
        return np.abs(correlations(values[quantity], pattern))
    return -np.arange(values[quantity].shape[1], dtype=np.float64)


def correlations(table, pattern):
    """The correlation of every unit with a pattern, (H,)."""
    marks = np.asarray(pattern, dtype=np.float64)
    marks, table = marks - marks.mean(), table - table.mean(axis=0)
    size = np.sqrt((table**2).sum(axis=0) * (marks**2).sum())
    return np.where(size > 1e-9, marks @ table / np.maximum(size, 1e-9), 0.0)


def longest_open(gate):
    """(begin, end) of the longest stretch of steps at which a gate (T,) is open, the first of equals; or None."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], (np.asarray(gate) >= OPEN).astype(int), [0]])))
    stretches = edges.reshape(-1, 2)
    if len(stretches) == 0:
        return None
    begin, end = stretches[(stretches[:, 1] - stretches[:, 0]).argmax()]
    return int(begin), int(end)


def means_from(old, new, begin):
    """Mean surprise from step `begin` on, before and after, over the steps where both are known; or None."""
    pairs = zip(old[begin:], new[begin:], strict=True) if old and new else ()
    both = [pair for pair in pairs if None not in pair]
    return tuple(float(np.mean(side)) for side in zip(*both, strict=True)) if both else None
