"""What the recurrence viewer computes in the browser, for its picture, its sentence and what a cell reads.

A memory S (rows, VALUES + 1): each row belongs to one dimension of the keys; the last column is what S would hold for a
value that is always 1. It is kept in units of e^m, m = 0 unless writes are exponential.
"""

import math
import re

import numpy as np

from .energy_numbers import uniform

VALUES = 8
MOST_PAIRS = 24
DRAWS = 10
TIE = 1e-9
DECAYS, WRITES, NORMALISERS = (
    ("none", "fixed", "step", "channel"),
    ("add", "delta", "exponential"),
    ("none", "sum", "max"),
)
PLAIN = {"decay": "none", "write": "add", "normaliser": "none", "keep": 0.9, "strength": 1.0, "gain": 0.0}
PRESETS = {
    "Linear attention": PLAIN | {"normaliser": "sum"},
    "RetNet": PLAIN | {"decay": "fixed", "keep": 0.97},
    "GLA": PLAIN | {"decay": "channel", "keep": 0.8},
    "DeltaNet": PLAIN | {"write": "delta"},
    "Gated DeltaNet": PLAIN | {"decay": "step", "write": "delta", "keep": 0.1},
    "mLSTM": PLAIN | {"decay": "step", "write": "exponential", "normaliser": "max", "keep": 0.1},
}
_PAIR = re.compile(r"([^\s=|]{1,8})=([^\s=|]{1,8})")


def parsed(text):
    """[(key, value, does a bar stand before it?)] of "cat=red | dog=blue"; ValueError that names what does not fit."""
    pairs, marked = [], False
    for token in text.split():
        if token == "|":
            marked = True
            continue
        found = _PAIR.fullmatch(token)
        if not found:
            raise ValueError(f"pairs: expected key=value, words of at most 8 letters, or a bar |, got {token!r}")
        pairs.append((*found.groups(), marked))
        marked = False
    if not 1 <= len(pairs) <= MOST_PAIRS:
        raise ValueError(f"pairs: expected 1 to {MOST_PAIRS} of key=value, got {len(pairs)}")
    return pairs


def direction(name, size, draw):
    """(size,) a unit vector that belongs to a name, the same for ever: normal numbers, made from its letters."""
    seed = (2166136261 ^ draw) & 0xFFFFFFFF
    for letter in name:
        seed = ((seed ^ ord(letter)) * 16777619) & 0xFFFFFFFF
    u = uniform(seed, np.arange(2 * size))
    normal = np.sqrt(-2 * np.log(1 - u[::2])) * np.cos(2 * math.pi * u[1::2])
    return normal / np.linalg.norm(normal)


def directions(names, size, draw, right_angles):
    """(names, size) of different names; with right_angles each stands upright on those before while there is room."""
    found = []
    for n, name in enumerate(names):
        vector = direction(name, size, draw)
        if right_angles and n < size:
            for before in found:
                vector = vector - before * (before @ vector)
            vector = vector / np.linalg.norm(vector)
        found.append(vector)
    return np.array(found)


def decays(rule, rows, marked):
    """(rows,) how much of each row is kept at a step."""
    if rule["decay"] == "channel":
        return rule["keep"] + (1 - rule["keep"]) * np.arange(rows) / (rows - 1)
    kept = rule["decay"] == "fixed" or (rule["decay"] == "step" and marked)
    return np.full(rows, rule["keep"] if kept else 1.0)


def featured(rule, key):
    """The key as it is used: for the sum as normaliser elu(√rows · k) + 1, otherwise as it is."""
    if rule["normaliser"] != "sum":
        return key
    wide = key * math.sqrt(key.shape[-1])
    return np.where(wide > 0, wide + 1, np.exp(np.minimum(wide, 0)))


def nothing(rows):
    """The memory before anything is written, and its unit m."""
    return np.zeros((rows, VALUES + 1)), 0.0


def advance(state, rule, key, value, marked):
    """One step: (what is kept, what is written), their sum the memory after it, and the new m."""
    memory, m = state
    key, decay = featured(rule, key), decays(rule, len(memory), marked)[:, None]
    value = np.append(value, 1.0)
    if rule["write"] == "exponential":
        with np.errstate(divide="ignore"):
            after = max(float(np.log(decay.max())) + m, rule["gain"])
        kept = decay * math.exp(m - after) * memory
        return kept, math.exp(rule["gain"] - after) * np.outer(key, value), after
    kept = decay * memory
    if rule["write"] == "delta":
        return kept, rule["strength"] * np.outer(key, value - kept.T @ key), m
    return kept, np.outer(key, value), m


def answered(state, rule, key):
    """(…, VALUES) what the memory answers to keys (…, rows)."""
    memory, m = state
    read = featured(rule, key) @ memory
    mixed, normaliser = read[..., :-1], read[..., -1:]
    if rule["normaliser"] == "none":
        return mixed * math.exp(m)
    if rule["normaliser"] == "sum":
        return mixed / np.where(normaliser == 0, 1.0, normaliser)
    scale, one = math.exp(min(m, 0)), math.exp(-max(m, 0))
    return mixed * scale / np.maximum(np.abs(normaliser) * scale, one)


def best(read, values):
    """(…,) for readings (…, VALUES) the index of the value whose vector is most alike; -1 where two are equally so."""
    alike = read @ values.T
    ordered = np.sort(alike, -1)
    clear = True if len(values) == 1 else ordered[..., -1] - ordered[..., -2] > TIE
    return np.where(clear, alike.argmax(-1), -1)


def rightly(rule, rows, right_angles, most, again=False):
    """(most + 1,) how many of n different keys are answered rightly once each is written, on average over draws.

    again: all are written first with another value, and then with the one that is asked for.
    """
    total = np.zeros(most + 1)
    for draw in range(1000, 1000 + DRAWS):
        keys = directions([f"key {n}" for n in range(most)], rows, draw, right_angles)
        values, old = (
            np.array([direction(f"{kind} {n}", VALUES, draw) for n in range(most)]) for kind in ("value", "old")
        )
        early = state = nothing(rows)
        for n in range(1, most + 1):
            if again:
                early = state = _after(early, rule, keys[n - 1], old[n - 1])
                for i in range(n):
                    state = _after(state, rule, keys[i], values[i])
            else:
                state = _after(state, rule, keys[n - 1], values[n - 1])
            known = np.concatenate([values[:n], old[:n]]) if again else values[:n]
            total[n] += (best(answered(state, rule, keys[:n]), known) == np.arange(n)).sum()
    return total / DRAWS


def _after(state, rule, key, value):
    kept, written, m = advance(state, rule, key, value, False)
    return kept + written, m
