"""The numbers of a StateViewer: how closely units follow a pattern, and the order in which they are drawn.

The same as in static/state_model.js, on the same 16-bit values; held to it by tests/viewers/test_state.py.
"""

import numpy as np

MOST_COMPARED = 250  # steps that decide which units are alike


def decoded(codes, low, high, units):
    """Values (T, H) in float32, as ``decode16`` in common.js makes them of the codes of ``quantise``."""
    numbers = low + np.frombuffer(codes, dtype="<u2") * ((high - low) / 65535)
    return numbers.astype(np.float32).reshape(-1, units)


def deviations(values):
    """Each unit's distance from its own mean, as a share of its largest distance: (T, H), from -1 to 1."""
    centred = values - values.mean(0, dtype=np.float64)
    return centred / (np.abs(centred).max(0) + (np.ptp(values, axis=0) == 0))


def correlations(values, pattern):
    """Pearson's r of each unit with a pattern: values (T, H), pattern (T,) -> (H,); 0 where either stands still."""
    values, pattern = np.asarray(values, dtype=np.float64), np.asarray(pattern, dtype=np.float64)
    v, p = values - values.mean(0), pattern - pattern.mean()
    moves = (np.ptp(values, axis=0) > 0) & (np.ptp(pattern) > 0)
    size = np.sqrt((v**2).sum(0) * (p**2).sum())
    return np.where(moves, (v * p[:, None]).sum(0) / np.where(moves, size, 1), 0.0)


def ranked(r):
    """Unit numbers, the largest |r| first; where two are equal, the smaller number first."""
    return np.lexsort((np.arange(len(r)), -np.abs(r)))


def ordered(values, sort, r=None):
    """Unit numbers from top to bottom. sort: "as they are", "pattern" (needs r), "peak" or "likeness"."""
    if sort == "pattern":
        return ranked(r)
    if sort == "peak":
        return np.argsort(np.argmax(values, axis=0), kind="stable")
    return _alike(values) if sort == "likeness" else np.arange(values.shape[1])


def _alike(values):
    """From the unit that moves most, always on to the one among the rest that moves most like it."""
    some = np.asarray(values[:: -(-len(values) // MOST_COMPARED)], dtype=np.float64)
    centred = some - some.mean(0)
    size = np.sqrt((centred**2).sum(0))
    moves = np.ptp(some, axis=0) > 0
    unit = np.where(moves, centred / np.where(moves, size, 1), 0.0)
    alike = unit.T @ unit
    here = int(size.argmax())
    chain, left = [here], np.ones(len(size), dtype=bool)
    left[here] = False
    while left.any():
        here = int(np.where(left, alike[here], -np.inf).argmax())
        chain.append(here)
        left[here] = False
    return np.array(chain)
