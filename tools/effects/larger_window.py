"""Give the model of 2003 as many numbers as the table of 7 letters stores, and time: data/effects/01_3_larger.json.

    python -m tools.effects.larger_window        (about an hour on one core)

Size, dropout and learning rate are chosen on seven tales of the training set, and so are the discount of the table and
the weight of every mixture; then three seeds learn from all training tales.
"""

import time

import numpy as np

from seqmodels.metrics import bits_per_symbol
from seqmodels.ngram import NGram
from seqmodels.runtime import count_parameters, progress
from seqmodels.tales import START
from tools.effects import save
from tools.effects.predicting_text import DEVELOP, FIT, HELD_OUT, LIVE, TRAIN, log_probs, mixed, split, window_model

LARGE = LIVE | dict(d_model=48, hidden_size=768, strips=48, steps=6_000, dropout=0.2, learning_rate=3e-3)
CHOICES = {
    "live": LIVE,
    "large": LARGE,
    "large, dropout 0.3": LARGE | dict(dropout=0.3),
    "large, faster": LARGE | dict(learning_rate=6e-3),
}
SEEDS, DISCOUNTS, WEIGHTS = range(3), [0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95], np.arange(0.05, 0.96, 0.05)


def on_development(name):
    """Bits on the development tales after learning from the others, with one of CHOICES."""
    model, seconds = window_model(CHOICES[name], 0, FIT)
    return {"choice": name, "development": bits_per_symbol(log_probs(model, DEVELOP)), "seconds": seconds}


def best_weight(first, second, tales):
    """The weight of `first` in a mixture that does best on these tales."""
    p, q = (log_probs(model, tales) for model in (first, second))
    return min(WEIGHTS, key=lambda weight: -mixed(p, q, weight).mean())


def mixture(name, learn_first, learn_second, knows):
    """Bits of two models mixed; learn: tales -> model."""
    weight = best_weight(learn_first(FIT), learn_second(FIT), DEVELOP)
    p, q = (log_probs(learn(TRAIN), HELD_OUT) for learn in (learn_first, learn_second))
    return {"mixture": name, "weight": weight} | split(mixed(p, q, weight), knows)


def table(order=7, discount=None):
    return lambda tales: NGram(order, 64, discount=discount).fit(tales, START)


def known():
    """Where the last six characters were seen together in training."""
    return np.concatenate([table()(TRAIN).knows(tale, START) for tale in HELD_OUT])


def main():
    began = time.process_time()
    choices = [on_development(name) for name in progress(CHOICES, label="choices")]
    settings = CHOICES[min(choices, key=lambda row: row["development"])["choice"]]
    networks, knows = [], known()
    for seed in progress(SEEDS, label="seeds"):
        model, seconds = window_model(settings, seed, TRAIN)
        row = {"seed": seed, "parameters": count_parameters(model), "seconds": seconds}
        networks.append(row | split(log_probs(model, HELD_OUT), knows))
    discounts = {d: bits_per_symbol(log_probs(table(7, d)(FIT), DEVELOP)) for d in DISCOUNTS}
    discount = min(discounts, key=discounts.get)
    tuned = {"discount": discount} | split(log_probs(table(7, discount)(TRAIN), HELD_OUT), knows)
    live = {len(tales): window_model(LIVE, 0, tales)[0] for tales in (FIT, TRAIN)}

    def network(tales):
        return live[len(tales)]

    mixtures = [
        mixture("network and table of 7", network, table(), knows),
        mixture("table of 4 and table of 7", table(4), table(), knows),
        mixture("table of 5 and table of 7", table(5), table(), knows),
        mixture("network and tuned table", network, table(7, discount), knows),
        mixture("table of 4 and tuned table", table(4), table(7, discount), knows),
    ]
    result = {"made by": "tools/effects/larger_window.py", "settings": settings, "choices": choices}
    result |= {"networks": networks, "discounts on development": discounts, "tuned table": tuned, "mixtures": mixtures}
    save("01_3_larger", result | {"seconds": round(time.process_time() - began), "machine": "one thread of 2 cores"})


if __name__ == "__main__":
    main()
