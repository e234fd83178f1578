"""What the energy viewer computes in the browser, for its picture, its sentence and its `state` in Python."""

import numpy as np


def uniform(seed, t):
    """The t-th uniform number of a seed, as in common.js; t: an array of whole numbers."""
    mask = np.uint64(0xFFFFFFFF)
    one = np.uint64((int(seed) ^ 0x9E3779B9) & 0xFFFFFFFF) * np.uint64(0x85EBCA6B)
    x = (one ^ (np.asarray(t, np.uint64) + np.uint64(1)) * np.uint64(0xC2B2AE35)) & mask
    for shift, factor in ((16, 0x21F0AAAD), (15, 0x735A2D97)):
        x = ((x ^ (x >> np.uint64(shift))) * np.uint64(factor)) & mask
    return (x ^ (x >> np.uint64(15))).astype(np.float64) / 4294967296


def sweep_order(seed, count, sweep):
    """The units 0..count-1 in the order in which they are asked in a sweep."""
    units = list(range(count))
    drawn = uniform(seed, sweep * count + np.arange(count))
    for i in range(count - 1, 0, -1):
        j = int(drawn[i] * (i + 1))
        units[i], units[j] = units[j], units[i]
    return units


def energy_of(kept, state):
    """E = -1/2 s^T W s of the network that stores the patterns `kept` (P, N)."""
    dots = kept @ state
    return float(-((dots**2).sum() - kept.size) / (2 * state.size))


def sums_of_inputs(kept, state):
    """N times the field of every unit: whole numbers."""
    return (kept @ state) @ kept - len(kept) * state


def recall_run(kept, start, seed):
    """[(update from 1, unit, energy after it)] for every flip until the network is at rest."""
    state, count, flips = np.array(start, np.int64), len(start), []
    kept = np.asarray(kept, np.int64).reshape(-1, count)
    sweep = 0
    while (sums_of_inputs(kept, state) * state < 0).any():
        for k, unit in enumerate(sweep_order(seed, count, sweep)):
            field = kept[:, unit] @ (kept @ state) - len(kept) * state[unit]
            if field * state[unit] < 0:
                state[unit] *= -1
                flips.append((sweep * count + k + 1, unit, energy_of(kept, state)))
        sweep += 1
    return flips


def state_at(start, flips, steps):
    """The state after so many updates."""
    state = np.array(start, np.int64)
    for at, unit, _ in flips:
        if at > steps:
            break
        state[unit] *= -1
    return state
