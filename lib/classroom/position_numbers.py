"""What the codes of two positions show, and the score that comes of it: the numbers of the text and the picture."""

import numpy as np

from .chance import uniform

SEED = 6  # of the random matrices, as in static/position_model.js
LINES, FACES = 8, 8


def hand_rates(size, base):
    """How far hand i turns from one place to the next, in radians: base^(-2i / size), (size / 2,)."""
    return base ** (-np.arange(0, size, 2) / size)


def sinusoidal_rows(places, rates):
    """P_t for each of the places: (T, size)."""
    angles = np.asarray(places)[:, None] * rates
    return np.stack([np.sin(angles), np.cos(angles)], -1).reshape(len(angles), -1)


def rotary_rows(x, places, rates):
    """x (size,) turned as at each of the places: (T, size)."""
    angles = np.asarray(places)[:, None] * rates
    first, second = np.split(x, 2)
    cos, sin = np.cos(angles), np.sin(angles)
    return np.concatenate([first * cos - second * sin, first * sin + second * cos], 1)


def alibi_slopes(heads):
    """How fast each head forgets what is far, (heads,)."""
    below = 2 ** int(np.log2(heads))
    steps = [8 * (h + 1) / below for h in range(below)] + [4 * (2 * h + 1) / below for h in range(heads - below)]
    return 2.0 ** -np.array(steps)


def normal_numbers(seed, count):
    """Standard normal numbers of a seed, the same as in the browser."""
    u = uniform(seed, np.arange(count + count % 2)).reshape(-1, 2)
    far = np.sqrt(-2 * np.log(1 - u[:, 0]))
    return np.stack([far * np.cos(2 * np.pi * u[:, 1]), far * np.sin(2 * np.pi * u[:, 1])], 1).ravel()[:count]


def curve(viewer, t, head=None):
    """The scores asked from t at distance 0, 1, … t: (t + 1,), NaN where there is no row. See positionScores."""
    keys = t - np.arange(t + 1)
    rates = hand_rates(viewer.size, viewer.base)
    if viewer.code == "none":
        return np.zeros(t + 1)
    if viewer.code == "alibi":
        return -alibi_slopes(viewer.heads)[viewer.head if head is None else head] * (t - keys)
    if viewer.code == "rotary":
        if not viewer.projected:
            return np.cos((t - keys)[:, None] * rates).mean(1)
        q, k = np.split(normal_numbers(SEED, 2 * viewer.size), 2)
        unit = np.sqrt((q @ q) * (k @ k))
        return rotary_rows(k, keys, rates) @ rotary_rows(q, [t], rates)[0] / unit
    rows, unit = _added(viewer, rates)
    asks = np.full(rows.shape[1], np.nan) if t >= len(rows) else rows[t]
    if viewer.projected:
        asks = asks @ (normal_numbers(SEED, asks.size**2) / np.sqrt(asks.size)).reshape(asks.size, -1)
    known = np.where((keys < len(rows))[:, None], rows[np.minimum(keys, len(rows) - 1)], np.nan)
    return known @ asks / unit


def _added(viewer, rates):
    """(Rows, their mean square length) of what is added to the input."""
    if viewer.code == "learned":
        return viewer.table, (viewer.table**2).sum() / len(viewer.table) or 1.0
    return sinusoidal_rows(np.arange(viewer.length), rates), viewer.size / 2


def hand_counts(viewer):
    """(Hands, those that never went round in training, those at an angle that they never showed)."""
    rates = hand_rates(viewer.size, viewer.base)
    covered = (viewer.trained - 1) * rates
    slow = covered < 2 * np.pi
    places = [viewer.query - viewer.key] if viewer.code == "rotary" else [viewer.query, viewer.key]
    fresh = np.zeros(len(rates), bool)
    for x in places:
        fresh |= slow & ((x * rates) % (2 * np.pi) > covered + 1e-9)
    return len(rates), int(slow.sum()), int(fresh.sum())


def asking_places(length):
    """Further places from which a curve is drawn, evenly spaced, the last included."""
    return sorted({int(np.floor((k + 1) / LINES * length + 0.5)) - 1 for k in range(LINES)} - {-1})
