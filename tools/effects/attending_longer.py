"""Does it hold for networks that learn longer? For lesson 04_3, into data/effects/04_3_longer.json.

    python -m tools.effects.attending_longer          (about eight minutes)

longer   the models none and general of tools.effects.attending, given six times as many batches, five seeds: right by
         length, alignment error, damage, one row moved; and where the first wrong word comes from
"""

import numpy as np

from seqmodels.datasets import number_words
from seqmodels.runtime import count_parameters, progress
from tools.effects import measure_parts
from tools.effects.attending import SEEDS, STEPS, compared, error, learn, maps, model_of, moved, right

TIMES, RATE = 6, 2e-2
SCALES = ("Million", "Millionen", "tausend")


def longer():
    data = number_words("de")
    found = {"settings": {"steps": TIMES * STEPS, "rate": RATE}, "rows": []}
    for seed in progress(SEEDS, label="longer"):
        for kind in ("none", "general"):
            model = learn(model_of(kind, data), data, data.train, seed, RATE, steps=TIMES * STEPS)
            row = {"kind": kind, "seed": seed, "parameters": count_parameters(model)}
            for name, pairs in (("held out", data.held_out), ("longer", data.longer[::2])):
                yes, lengths = right(model, data, pairs), np.array([len(pair.source) for pair in pairs])
                row[name] = float(yes.mean())
                row[f"{name} by length"] = {str(n): float(yes[lengths == n].mean()) for n in np.unique(lengths)}
            row["slips"] = slips(model, data, [pair for pair in data.longer if len(pair.source) == 16])
            row["damage"] = {key: value for key, value in compared(model, data, seed).items() if key != "by word"}
            if kind == "general":
                row |= steered(model, data, seed)
            found["rows"].append(row)
            print(row, flush=True)
            yield found


def steered(model, data, seed):
    """The alignment error on all held-out pairs, and what is written where a row is moved, by the word due."""
    counts = moved(model, data, seed)
    kept = {word: counts[word] for word in ("tausend", "hundert", "und", "vier", "zwanzig") if word in counts}
    total = {key: sum(cell[key] for cell in counts.values()) for key in ("n", "obeys", "stays")}
    return {"alignment error": error(maps(model, data, data.held_out), data.held_out), "moved": kept | {"all": total}}


def groups(words):
    """For each German word the group it stands in: 0 the millions, 1 the thousands, 2 the rest."""
    found, at = [], 2
    for word in reversed(words):
        if word in SCALES:
            at = 1 if word == "tausend" else 0
        found.append(at)
    return found[::-1]


def slips(model, data, pairs):
    """Of the wrong translations: does the first wrong word stand in another group of the number, in its own, in none?

    {"n": pairs, "wrong": of them, "another": …, "own": …, "none": …, "early": it ended before it should}
    """
    counts = {"n": len(pairs), "wrong": 0, "another": 0, "own": 0, "none": 0, "early": 0}
    for pair, yes in zip(pairs, right(model, data, pairs), strict=True):
        if yes:
            continue
        source = data.source_vocabulary.encode(pair.source)[None]
        wrote = data.target_vocabulary.decode(model.translate(source, max_length=30)[0])
        counts["wrong"] += 1
        counts[slip(tuple(wrote), pair.target)] += 1
    return counts


def slip(wrote, target):
    """Where the first wrong word of `wrote` comes from: "another" group, its "own", "none", or it ended "early"."""
    at = next((k for k, (a, b) in enumerate(zip(wrote, target)) if a != b), min(len(wrote), len(target)))  # noqa: B905
    if at >= len(wrote):
        return "early"
    of = groups(target)
    due = of[min(at, len(target) - 1)]
    where = {group for word, group in zip(target, of, strict=True) if word == wrote[at]}
    return "own" if due in where else "another" if where else "none"


if __name__ == "__main__":
    measure_parts("04_3_longer", "attending_longer", [longer], __doc__)
