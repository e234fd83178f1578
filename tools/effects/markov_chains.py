"""Measure the effects that lesson 01_1 shows, over ten seeds, into data/effects/01_1.json.

    python -m tools.effects.markov_chains        (about two minutes)
"""

import re
import time

import numpy as np
from tqdm import tqdm

from seqmodels.datasets import saltmere
from seqmodels.markov import dispersion, shannon_text
from tools.effects import save

SEEDS = range(10)
ORDERS = range(1, 9)
LENGTH = 40_000  # characters a sample


def vowels(words):
    return np.array([c in "aeiou" for c in "".join(words)])


def shuffled_dispersions(rng):
    """Markov's coefficient of the tales once their letters or their words have changed places."""
    tales = [[re.findall("[a-z]+", line) for line in tale.text.lower().split("\n")] for tale in saltmere().tales]
    words = [word for tale in tales for line in tale for word in line]
    within_tale = [w for tale in tales for w in rng.permutation([w for line in tale for w in line])]
    within_paragraph = [w for tale in tales for line in tale for w in rng.permutation(line)]
    return {
        "letters": dispersion(rng.permutation(vowels(words))),
        "words": dispersion(vowels(rng.permutation(words))),
        "words within a tale": dispersion(vowels(within_tale)),
        "words within a paragraph": dispersion(vowels(within_paragraph)),
        "nothing": dispersion(vowels(words)),
    }


def closed(text):
    """(share of opened brackets that are closed, share of paragraphs with an even number of quotation marks)."""
    paragraphs = [line for line in text.split("\n") if line]
    opened = sum(line.count("(") for line in paragraphs)
    shut = sum(min(line.count("("), line.count(")")) for line in paragraphs)
    return shut / max(opened, 1), float(np.mean([line.count('"') % 2 == 0 for line in paragraphs if '"' in line]))


def main():
    book = "\n\n".join(tale.split("\n\n", 1)[1] for tale in saltmere().train)  # without their titles
    began = time.time()
    shuffles, samples = [], []
    for seed in tqdm(SEEDS, desc="seeds"):
        shuffles.append({"seed": seed, **shuffled_dispersions(np.random.default_rng(seed))})
        for order in ORDERS:
            text = shannon_text(book, LENGTH, order, np.random.default_rng(seed))
            brackets, quotes = closed(text)
            samples.append({"seed": seed, "order": order, "brackets closed": brackets, "quotes even": quotes})
    result = {
        "made by": "tools/effects/markov_chains.py",
        "seconds": round(time.time() - began),
        "machine": "2 CPU cores",
        "characters a sample": LENGTH,
        "tales": dict(zip(("brackets closed", "quotes even"), closed(book), strict=True)),
        "dispersion after shuffling": shuffles,
        "samples": samples,
    }
    save("01_1", result)


if __name__ == "__main__":
    main()
