"""Measure what lesson 02_3 shows of Hopfield networks into data/effects/02_3.json.

    python -m tools.effects.hopfield        (about five minutes)

Nothing is tuned: the networks have no setting but their size, and the softmax form's betas are given: attention's
1 / sqrt(units), ten times that, and one between.
"""

import argparse
import json
import time

import numpy as np

from seqmodels.datasets import DATA
from seqmodels.hopfield import HopfieldNetwork, ModernHopfield
from seqmodels.runtime import progress
from tools.effects import save

RECALLS = 20  # of each network
SWEEPS = 100  # at most
LOADS = [0.05, 0.07, 0.08, 0.09, 0.1, 0.11, 0.12, 0.13, 0.138, 0.145, 0.15, 0.16, 0.17, 0.18, 0.2, 0.25]
LARGEST_LOADS = [0.1, 0.12, 0.13, 0.138, 0.145, 0.15, 0.16, 0.18]
SEEDS = {100: 40, 500: 10, 1000: 8, 3000: 5}  # networks of every size
FLIPPED = [0.1, 0.2, 0.3, 0.4]
COMPLETION = {"units": 500, "loads": [0.02, 0.05, 0.08, 0.1, 0.12], "seeds": 6}
MODERN = {"units": 100, "patterns": [5, 14, 50, 200, 1000, 5000, 20_000], "betas": [0.1, 0.3, 1.0], "seeds": 6}
MODERN_FLIPPED = [0.2, 0.3, 0.35]


def signs(shape, *numbers):
    return np.random.default_rng(numbers).choice([-1.0, 1.0], shape)


def damaged(states, share, rng):
    """The same number of units flipped in every state, chosen at random."""
    count = round(share * states.shape[1])
    flips = rng.random(states.shape).argsort(1) < count
    return np.where(flips, -states, states)


def gathered(rows, *keys):
    """Rows that agree in `keys` as one, with a list over the seeds 0, 1, ... of everything else."""
    together = {}
    for row in rows:
        group = together.setdefault(tuple(row[key] for key in keys), {key: row[key] for key in keys})
        for name, value in row.items():
            if name not in keys and name != "seed":
                group.setdefault(name, []).append(value)
    return list(together.values())


def from_the_pattern(units, load, seed):
    """Where recalls end that begin in a stored pattern."""
    patterns = signs((round(load * units), units), 0, units, seed)
    some = patterns[:RECALLS]
    found, _, _ = HopfieldNetwork(patterns).recall(some, np.random.default_rng([1, units, seed]), sweeps=SWEEPS)
    overlaps = (found * some).mean(1)
    return {"units": units, "load": load, "overlap": overlaps.mean(), "above 0.95": (overlaps > 0.95).mean()}


def from_noise():
    """How near recalls from random states come to the stored pattern they are nearest to, far over the limit."""
    units, load, starts = 500, 0.25, 20
    row = {"units": units, "load": load, "best overlap": []}
    for seed in range(6):
        network = HopfieldNetwork(signs((round(load * units), units), 0, units, seed))
        found, _, _ = network.recall(signs((starts, units), 7, seed), np.random.default_rng([8, seed]), sweeps=SWEEPS)
        row["best overlap"].append(network.overlap(found).max(1).mean())
    yield row


def capacity():
    for units, seeds in SEEDS.items():
        for load in progress(LARGEST_LOADS if units > 1000 else LOADS, label=f"{units} units"):
            yield from gathered((from_the_pattern(units, load, seed) for seed in range(seeds)), "units", "load")


def exact_patterns():
    """The share of patterns right to the last unit, at N / (2 ln N) patterns and at multiples of that number."""
    for units in (100, 500, 1000, 3000):
        for factor in (0.5, 1.0, 1.5, 2.0):
            row = {"units": units, "factor": factor, "patterns": round(factor * units / (2 * np.log(units)))}
            networks = [signs((row["patterns"], units), 2, units, seed) for seed in range(5)]
            yield row | {"exact": [(HopfieldNetwork(p).step(p) == p).all(1).mean() for p in networks]}


def completion():
    rows = (recalled(load, seed) for load in COMPLETION["loads"] for seed in range(COMPLETION["seeds"]))
    yield from gathered((row for four in rows for row in four), "load", "flipped")


def recalled(load, seed):
    """One network, asked with damaged patterns."""
    units = COMPLETION["units"]
    patterns = signs((round(load * units), units), 3, units, seed)
    network, rng = HopfieldNetwork(patterns), np.random.default_rng([4, seed])
    some = patterns[np.arange(RECALLS) % len(patterns)]
    for share in FLIPPED:
        found, _, _ = network.recall(damaged(some, share, rng), rng, sweeps=SWEEPS)
        overlaps = (found * some).mean(1)
        yield {"load": load, "flipped": share, "overlap": overlaps.mean(), "above 0.95": (overlaps > 0.95).mean()}


def softmax():
    """Both memories with the same patterns and the same damage: what share of recalls is right to the last unit?

    Of the softmax form the signs after one step, for every beta.
    """
    rows = (both(n, seed) for n in progress(MODERN["patterns"], label="softmax") for seed in range(MODERN["seeds"]))
    yield from gathered((row for three in rows for row in three), "patterns", "flipped")


def both(count, seed):
    patterns, rng = signs((count, MODERN["units"]), 5, count, seed), np.random.default_rng([6, count, seed])
    some = patterns[np.arange(RECALLS) % count]
    for share in MODERN_FLIPPED:
        asked = damaged(some, share, rng)
        found, _, _ = HopfieldNetwork(patterns).recall(asked, rng, sweeps=SWEEPS)
        row = {"patterns": count, "flipped": share, "1982": (found == some).all(1).mean()}
        answers = {beta: np.sign(ModernHopfield(patterns, beta).step(asked)) for beta in MODERN["betas"]}
        yield row | {f"beta {beta:g}": (answer == some).all(1).mean() for beta, answer in answers.items()}


def main():
    parts = {part.__name__: part for part in (exact_patterns, completion, softmax, from_noise, capacity)}
    parser = argparse.ArgumentParser(prog="python -m tools.effects.hopfield", description=__doc__.split("\n")[0])
    parser.add_argument("parts", nargs="*", help=f"which parts (all): {', '.join(parts)}")
    for name in parser.parse_args().parts or list(parts):
        began, path = time.time(), DATA / "effects" / "02_3.json"
        old = json.loads(path.read_bytes()) if path.exists() else {}
        found = {name: list(parts[name]()), f"{name}, seconds": round(time.time() - began)}
        about = {"made by": "tools/effects/hopfield.py", "machine": "2 CPU cores, one thread"}
        settings = {"recalls": RECALLS, "sweeps at most": SWEEPS, "completion, units": COMPLETION["units"]}
        save("02_3", old | about | settings | {"softmax, settings": MODERN} | found)


if __name__ == "__main__":
    main()
