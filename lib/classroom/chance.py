"""The random numbers of the viewers, the same in Python as in the browser."""

import numpy as np

_WORD = 0xFFFFFFFF


def uniform(seed, t):
    """The t-th uniform number in [0, 1) of a seed: ``uniform`` of static/common.js, bit for bit.

    seed: an integer, of which 32 bits count. t: an integer or an integer array, from 0; returns float64 of t's shape.
    Held equal to the JavaScript by tests/viewers/test_games.py.
    """
    t = np.asarray(t, dtype=np.uint64)
    key = ((int(seed) ^ 0x9E3779B9) & _WORD) * 0x85EBCA6B & _WORD
    x = np.uint64(key) ^ _times(t + np.uint64(1) & np.uint64(_WORD), 0xC2B2AE35)
    for shift, factor in ((16, 0x21F0AAAD), (15, 0x735A2D97)):
        x = _times(x ^ (x >> np.uint64(shift)), factor)
    return (x ^ (x >> np.uint64(15))) / 4294967296


def _times(x, factor):
    """The low 32 bits of a product of 32-bit numbers (which fits 64 bits)."""
    return x * np.uint64(factor) & np.uint64(_WORD)
