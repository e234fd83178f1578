"""Measure what a translator without attention can keep, for lesson 04_2, into data/effects/04_2.json.

    python -m tools.effects.translating_numbers                 (about ten minutes)
    python -m tools.effects.translating_numbers length slips    (these parts anew, the others as they were)

English numbers in German words, GRU, five seeds. Each network has the best of four learning rates, chosen on one other
seed, with fewer steps, on training pairs set aside; what differs in its practice alone (order, words fed) has the rate
of its network. Nothing was chosen by held-out or longer numbers. What is measured inside: translating_inside.py;
slips of the tongue: translating_slips.py; searches: translating_search.py.
"""

import json
import sys
from functools import cache

import numpy as np
import torch

from seqmodels.datasets import DATA as FOLDER
from seqmodels.datasets import number_words
from seqmodels.metrics import bleu, word_error_rate
from seqmodels.runtime import progress
from seqmodels.seq2seq import Seq2Seq, TranslationLoss, pair_batch
from seqmodels.training import curriculum, length_buckets, scheduled_sampling, train, warmup_cosine
from tools.effects import save
from tools.effects.translating_inside import (
    digits_changed,
    directions,
    in_pieces,
    still_numbers,
    translations,
    words_wrong,
)
from tools.effects.translating_search import searched
from tools.effects.translating_slips import slip, struck_off

SEEDS, TUNING_SEED, TUNING_STEPS = range(5), 100, 300
STEPS, SHORT, HALF = 800, 300, 200
BATCH, WARM_UP, EMBEDDING, LOOK = 64, 20, 32, 100
RATES = (5e-3, 1e-2, 2e-2, 4e-2)
LIVE = "64"
NETWORKS = {
    "64": {"hidden_size": 64},
    "64, reversed": {"hidden_size": 64, "reverse_source": True},
    "128": {"hidden_size": 128},
}
FORCING = {  # how often the true last word is fed, in so many steps
    "always": lambda steps: 1.0,
    "linear": lambda steps: scheduled_sampling("linear", k=1.0, c=1 / steps),
    "inverse sigmoid": lambda steps: scheduled_sampling("inverse sigmoid", k=steps / 8),
    "never": lambda steps: 0.0,
}
NUMBERS = number_words("de")
NEW = {n: [p for p in (*NUMBERS.held_out, *NUMBERS.longer) if len(p.source) == n] for n in range(4, 18)}

# ---------------------------------------------------------------- learning


def batches(pairs, order, steps, generator):
    """Batches of pairs of like length, without end; or `steps` of them drawn at random: mixed, or short ones first."""
    ids = NUMBERS.ids(pairs)
    lengths = torch.tensor([len(target) for _, target in ids])
    while order == "alike":
        yield from (pair_batch(ids, rows) for rows in length_buckets(lengths, BATCH, generator=generator))
    begin = int(lengths.max() if order == "mixed" else lengths.min())
    yield from (pair_batch(ids, rows) for rows in curriculum(lengths, BATCH, steps, begin=begin, generator=generator))


def learn(network, seed, rate, steps, *, pairs=NUMBERS.train, order="alike", forcing="always", look=None):
    """A trained network; look(model) is called after every LOOK steps."""
    torch.manual_seed(seed)
    model = Seq2Seq(len(NUMBERS.source_vocabulary), len(NUMBERS.target_vocabulary), EMBEDDING, **NETWORKS[network])
    generator = torch.Generator().manual_seed(seed)

    def after_step(step, history):
        if look is not None and (step + 1) % LOOK == 0:
            look(model)

    train(model, batches(pairs, order, steps, generator), steps=steps, learning_rate=rate,
          loss=TranslationLoss(FORCING[forcing](steps), generator=generator),
          schedule=warmup_cosine(steps, WARM_UP), after_step=after_step)  # fmt: skip
    return model


def exact(model, pairs):
    said = translations(model, NUMBERS, pairs)
    return float(np.mean([words == pair.target for words, pair in zip(said, pairs, strict=True)]))


@cache
def tuning():
    """For each network and rate the exact share of training pairs set aside, and the best rate."""
    aside, rest = NUMBERS.train[::15], [pair for i, pair in enumerate(NUMBERS.train) if i % 15]
    found = {network: {} for network in NETWORKS}
    for network, shares in found.items():
        for rate in RATES:
            shares[str(rate)] = exact(learn(network, TUNING_SEED, rate, TUNING_STEPS, pairs=rest), aside)
    best = {network: float(max(shares, key=shares.get)) for network, shares in found.items()}
    return {"seed": TUNING_SEED, "steps": TUNING_STEPS, "exact": found, "rate": best}


@cache
def translator(network, seed, steps=STEPS):
    """A trained network and how the exact share of every third held-out pair rose."""
    curve = []
    model = learn(network, seed, tuning()["rate"][network], steps,
                  look=lambda model: curve.append(exact(model, NUMBERS.held_out[::3])))  # fmt: skip
    return model, curve


# ---------------------------------------------------------------- the parts


def length(*networks):
    """Exact shares for every number of English words, how they rose, and what becomes of each digit."""
    for network in progress(networks, label="networks"):
        for seed in SEEDS:
            model, curve = translator(network, seed)
            row = {"network": network, "seed": seed, "curve": curve}
            row["exact"] = {n: exact(model, NEW[n]) for n in NEW}
            row["in pieces"] = {n: in_pieces(model, NUMBERS, NEW[n]) for n in (10, 12, 15, 17)}
            row["numbers"] = {n: still_numbers(model, NUMBERS, NEW[n]) for n in (10, 12, 15)}
            row["wrong"] = {n: words_wrong(model, NUMBERS, NEW[n]) for n in (10, 12, 15)}
            yield row | {"changed": digits_changed(model, NUMBERS, [*NEW[8], *NEW[9], *NEW[10]])}


def slips():
    for seed in SEEDS:
        yield {"seed": seed, **slip(translator(LIVE, seed)[0], NUMBERS, NUMBERS.held_out)}


def inside():
    """Of the same networks: is a word struck off that was fed by mistake; what a step in the vector does."""
    for seed in SEEDS:
        model = translator(LIVE, seed)[0]
        row = {"seed": seed, "struck off": struck_off(model, NUMBERS, NUMBERS.held_out)}
        yield row | {"directions": directions(model, NUMBERS, [*NEW[8], *NEW[9], *NEW[10]])}


def practised():
    """The network of the lesson, given three quarters of the longer numbers to practise, and twice as many batches:
    exact shares of new numbers of every length (of the longer ones, the other quarter) and of a tenth of those three
    quarters ("known")."""
    aside, more = NUMBERS.longer[::4], [pair for i, pair in enumerate(NUMBERS.longer) if i % 4]
    new = {n: NEW[n] if n <= 10 else [pair for pair in aside if len(pair.source) == n] for n in NEW}
    for given, steps in ((more, STEPS), (more, 2 * STEPS), ([], 2 * STEPS)):
        for seed in SEEDS:
            model = learn(LIVE, seed, tuning()["rate"][LIVE], steps, pairs=[*NUMBERS.train, *given])
            row = {"seed": seed, "steps": steps, "longer": len(given), "known": exact(model, more[::10])}
            yield row | {"exact": {n: exact(model, some) for n, some in new.items()}}


def practice():
    """Fewer steps: which pairs when, and how often the network is fed its own words."""
    kinds = [("alike", forcing) for forcing in FORCING] + [("mixed", "always"), ("short first", "always")]
    for order, forcing in progress(kinds, label="practice"):
        for seed in SEEDS:
            curve = []
            model = learn(LIVE, seed, tuning()["rate"][LIVE], SHORT, order=order, forcing=forcing,
                          look=lambda model, to=curve: to.append(exact(model, NUMBERS.held_out[::3])))  # fmt: skip
            said = translations(model, NUMBERS, NUMBERS.held_out)
            wanted = [pair.target for pair in NUMBERS.held_out]
            row = {"order": order, "forcing": forcing, "seed": seed, "curve": curve}
            row |= {"exact": exact(model, NUMBERS.held_out), "exact, 11 and 12 words": exact(model, NEW[11] + NEW[12])}
            row |= {"word error rate": word_error_rate(wanted, said), "bleu": bleu(wanted, said)}
            yield row | {"free": slip(model, NUMBERS, NUMBERS.held_out)["free"]}


def half_learnt():
    """Beams of a network that was stopped early."""
    for seed in SEEDS:
        model = learn(LIVE, seed, tuning()["rate"][LIVE], HALF)
        yield {"seed": seed, "rows": searched(model, NUMBERS, NUMBERS.held_out[::2])}


def longer_searched():
    """Beams of trained networks where numbers are longer than any they practised."""
    for seed in SEEDS:
        yield {"seed": seed, "rows": searched(translator(LIVE, seed)[0], NUMBERS, NEW[12][::2] + NEW[13][::2])}


PARTS = {
    "tuning": tuning,
    "length": lambda: list(length("64", "64, reversed")),
    "slips": lambda: list(slips()),
    "inside": lambda: list(inside()),
    "practised": lambda: list(practised()),
    "longer searched": lambda: list(longer_searched()),
    "half learnt": lambda: list(half_learnt()),
    "practice": lambda: list(practice()),
    "larger": lambda: list(length("128")),
}


def main(*parts):
    path = FOLDER / "effects" / "04_2.json"
    old = json.loads(path.read_text(encoding="utf-8")) if parts else {}
    settings = {"steps": STEPS, "practice": SHORT, "half learnt": HALF, "look": LOOK}
    result = old | {"made by": "tools/effects/translating_numbers.py", "steps": settings}
    for name in parts or PARTS:
        result[name] = PARTS[name]()
        save("04_2", result)


if __name__ == "__main__":
    main(*sys.argv[1:])
