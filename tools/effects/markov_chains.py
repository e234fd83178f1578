"""Measure the effects that lesson 01_1 shows, over ten seeds, into data/effects/01_1.json.

    python -m tools.effects.markov_chains        (about two minutes)
"""

import re
import time

import numpy as np

from seqmodels.datasets import saltmere
from seqmodels.markov import dispersion, followers, imitate
from seqmodels.runtime import progress
from tools.effects import save

SEEDS = range(10)
ORDERS = [1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30]
LENGTH = 40_000  # characters a sample
WINDOWS = [25, 50, 100, 200, 400, 800, 1600, 3200, 6400]  # letters
STRETCH = 40  # characters


def vowels(words):
    return np.array([c in "aeiou" for c in "".join(words)])


def dispersions(marks):
    return [dispersion(marks, window) for window in WINDOWS]


def shuffled(tales, rng):
    """Markov's coefficient for every window, once words have changed places: all of them, or within each tale."""
    words = [word for tale in tales for word in tale]
    return {
        "all words": dispersions(vowels(rng.permutation(words))),
        "words within a tale": dispersions(vowels([word for tale in tales for word in rng.permutation(tale)])),
    }


def closed(text):
    """(share of opened brackets that are closed, share of paragraphs with an even number of quotation marks)."""
    paragraphs = [line for line in text.split("\n") if line]
    opened = sum(line.count("(") for line in paragraphs)
    shut = sum(min(line.count("("), line.count(")")) for line in paragraphs)
    return shut / max(opened, 1), float(np.mean([line.count('"') % 2 == 0 for line in paragraphs if '"' in line]))


def copied(text, book):
    """Share of stretches that stand in the book word for word."""
    stretches = [text[t : t + STRETCH] for t in range(0, len(text) - STRETCH + 1, STRETCH)]
    return float(np.mean([stretch in book for stretch in stretches]))


def samples(book):
    """What chains of every order write, and how much of it closes what it opens or is copied."""
    for order in progress(ORDERS, label="orders"):
        table = followers(book, order)
        for seed in SEEDS:
            text = imitate(table, LENGTH, np.random.default_rng(seed))
            brackets, quotes = closed(text)
            row = {"order": order, "seed": seed, "brackets closed": brackets, "quotes paired": quotes}
            yield row | {"copied": copied(text, book)}


def main():
    tales, began = saltmere(), time.time()
    book = "\n\n".join(tale.split("\n\n", 1)[1] for tale in tales.train)  # without their titles
    words = [re.findall("[a-z]+", tale.text.lower()) for tale in tales.tales]
    result = {
        "made by": "tools/effects/markov_chains.py",
        "characters a sample": LENGTH,
        "characters a stretch": STRETCH,
        "windows": WINDOWS,
        "tales": dispersions(vowels([word for tale in words for word in tale])),
        "shuffled": [{"seed": seed} | shuffled(words, np.random.default_rng(seed)) for seed in SEEDS],
        "samples": list(samples(book)),
    }
    save("01_1", result | {"seconds": round(time.time() - began), "machine": "2 CPU cores, one thread"})


if __name__ == "__main__":
    main()
