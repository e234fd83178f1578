"""Measure the effects that lesson 01_2 shows, over many draws and seeds, into data/effects/01_2.json.

    python -m tools.effects.casino           (about ten minutes)
    python -m tools.effects.casino rolls     only the casino; or: text, letters
"""

import argparse
import json
import re
import time
import warnings

import numpy as np

from seqmodels.datasets import DATA, saltmere
from seqmodels.hmm import HMM, Categorical
from seqmodels.hmm.learning import ExpectedCounts
from seqmodels.markov import MarkovChain
from seqmodels.runtime import progress
from tools.effects import save

CASINO = HMM([0.5, 0.5], [[0.95, 0.05], [0.10, 0.90]], Categorical([[1 / 6] * 6, [0.1] * 5 + [0.5]]))
ROLLS, FRESH, SIZES = 300, 3000, [300, 1000, 3000, 10_000]
DRAWS, FITS, STARTS = 200, 20, 4  # decoded draws, draws learned from, random starts for each of these
STATES, SEEDS = [1, 2, 4, 8, 16, 32], range(3)
LETTER_SEEDS = range(6)
PSEUDOCOUNT = 0.01  # for texts, so that a character never seen is not impossible


def rng(*numbers):
    return np.random.default_rng(numbers)


# ---------------------------------------------------------------- the casino


def rolls():
    yield {
        "rolls": ROLLS,
        "decoding": [decoding(seed) for seed in range(DRAWS)],
        "starts": [row for seed in progress(range(FITS), label="over-fitting") for row in starts(seed)],
        "fresh rolls": FRESH,
        "recovery": [recovery(size, seed) for size in progress(SIZES, label="recovery") for seed in range(FITS)],
    }


def decoding(seed):
    """How many of 300 rolls are given the right die, and how long each way of decoding says that a die was kept."""
    states, x = CASINO.sample(ROLLS, rng(0, seed))
    found = {"viterbi": CASINO.viterbi(x)[0], "posterior": CASINO.posterior(x).argmax(1), "always fair": 0 * states}
    row = {"seed": seed} | {name: float((path == states).mean()) for name, path in found.items()}
    return row | {"runs": {name: 1 + int((np.diff(path) != 0).sum()) for name, path in
                           (found | {"truth": states}).items() if name != "always fair"}}  # fmt: skip


def starts(seed):
    """Several random starts on 300 rolls: log-likelihood a roll here and on fresh rolls, against the true model."""
    x, fresh = CASINO.sample(ROLLS, rng(1, seed))[1], CASINO.sample(FRESH, rng(2, seed))[1]
    for start in range(STARTS):
        model, history = learned(x, seed, start)
        yield {
            "seed": seed,
            "start": start,
            "true": CASINO.log_likelihood(x) / ROLLS,
            "fitted": history[-1] / ROLLS,
            "true, fresh": CASINO.log_likelihood(fresh) / FRESH,
            "fitted, fresh": finite(model.log_likelihood(fresh) / FRESH),
            "updates": len(history) - 1,
            "loaded is state 0": bool(model.emission.probs[0, 5] > model.emission.probs[1, 5]),
            **parameters(model),
        }


def recovery(size, seed):
    """The best of two random starts on so many rolls: its parameters, and how well it decodes them."""
    states, x = CASINO.sample(size, rng(3, seed))
    model, history = max((learned(x, seed, start) for start in range(STARTS // 2)), key=lambda found: found[1][-1])
    order = model.emission.probs[:, 5].argsort()
    right = float((order.argsort()[model.posterior(x).argmax(1)] == states).mean())
    row = {"rolls": size, "seed": seed, "updates": len(history) - 1, "posterior": right}
    return row | {"true model's posterior": float((CASINO.posterior(x).argmax(1) == states).mean())} | parameters(model)


def learned(x, seed, start):
    model = HMM.random(2, 6, rng(4, seed, start))
    return model, model.fit(x, iterations=400, tolerance=1e-2)


def parameters(model):
    """With the states sorted by P(six): fair first, then loaded."""
    order = model.emission.probs[:, 5].argsort()
    return {
        "transition": model.transition[np.ix_(order, order)].tolist(),
        "emission": model.emission.probs[order].tolist(),
    }


def finite(number):
    return float(number) if np.isfinite(number) else None


# ---------------------------------------------------------------- the tales


def text():
    """Bits per character of the held-out tales, each read after a newline, for every number of hidden states."""
    tales = saltmere()
    train, held_out = ([tales.vocabulary.encode("\n" + tale).numpy() for tale in part]
                       for part in (tales.train, tales.held_out))  # fmt: skip
    enough = 1e-4 * sum(map(len, train))  # nats
    pairs = {"parameters": 64 * 63, "held out": bits_of_pairs(tales)}
    found = {"pseudocount": PSEUDOCOUNT, "table of pairs": pairs, "models": []}
    for seed in SEEDS:
        for n_states in progress(STATES, label=f"seed {seed}"):
            began, model = time.time(), HMM.random(n_states, len(tales.vocabulary), rng(5, seed))
            history = model.fit(train, iterations=100, tolerance=enough, pseudocount=PSEUDOCOUNT)
            found["models"].append({
                "states": n_states,
                "seed": seed,
                "parameters": free_parameters(model),
                "updates": len(history) - 1,
                "train": bits(model, train),
                "held out": bits(model, held_out),
                "seconds": round(time.time() - began),
            })  # fmt: skip
        yield found


def bits(model, sequences):
    """Per character, the newline before each tale given."""
    nats = model.log_likelihood([x[:1] for x in sequences]) - model.log_likelihood(sequences)
    return float(nats.sum() / sum(len(x) - 1 for x in sequences) / np.log(2))


def bits_of_pairs(tales):
    """The same for a chain of characters that we can see."""
    chain = MarkovChain.fit(["\n" + tale for tale in tales.train], tales.vocabulary.characters, PSEUDOCOUNT)
    nats = sum(chain.log_prob("\n") - chain.log_prob("\n" + tale) for tale in tales.held_out)
    return float(nats / sum(map(len, tales.held_out)) / np.log(2))


def free_parameters(model):
    """Numbers that can be chosen: every row sums to one."""
    k, m = model.emission.probs.shape
    return (k - 1) + k * (k - 1) + k * (m - 1)


# ---------------------------------------------------------------- the letters


def letters():
    alphabet = "abcdefghijklmnopqrstuvwxyz"
    found = {}
    for name, symbols in (("letters", alphabet), ("with space", alphabet + " ")):
        found[name] = two_states(symbols)
        yield found


def two_states(alphabet):
    """Two states on letters alone, a paragraph a sequence: what does each state stand for?"""
    rows = []
    index = {symbol: i for i, symbol in enumerate(alphabet)}
    paragraphs = [re.sub("[^a-z]+", " " if " " in alphabet else "", line.lower()).strip()
                  for tale in saltmere().train for line in tale.split("\n")]  # fmt: skip
    xs = [np.array([index[c] for c in line]) for line in paragraphs if line]
    for seed in progress(LETTER_SEEDS, label=f"{len(alphabet)} letters"):
        model = HMM.random(2, len(alphabet), rng(6, seed))
        history = model.fit(xs, iterations=400, tolerance=1.0)
        shown = ExpectedCounts(model, xs).shown  # (2, M)
        share = shown / shown.sum(0)  # P(state | letter)
        order = [share[:, index["e"]].argmax(), share[:, index["e"]].argmin()]  # the state of "e" first
        share, transition = share[order], model.transition[np.ix_(order, order)]
        with_e = share[0] > 0.5
        vowel = np.array([c in "aeiou" for c in alphabet])
        rows.append({
            "seed": seed,
            "updates": len(history) - 1,
            "bits": -history[-1] / sum(map(len, xs)) / float(np.log(2)),
            "with e": "".join(c for c, yes in zip(alphabet, with_e, strict=True) if yes),
            "the others": "".join(c for c, yes in zip(alphabet, with_e, strict=True) if not yes),
            "symbols as aeiou": float((with_e == vowel).mean()),
            "occurrences as aeiou": float(((with_e == vowel) * shown.sum(0)).sum() / shown.sum()),
            "P(state of e | symbol)": dict(zip(alphabet, share[0].tolist(), strict=True)),
            "transition": transition.tolist(),
        })  # fmt: skip
    return rows


def main():
    parts = {part.__name__: part for part in (rolls, text, letters)}
    parser = argparse.ArgumentParser(prog="python -m tools.effects.casino", description=__doc__.split("\n")[0])
    parser.add_argument("parts", nargs="*", help=f"which parts (all): {', '.join(parts)}")
    names = parser.parse_args().parts or list(parts)
    warnings.simplefilter("ignore", UserWarning)  # a random start may leave a state unused; the numbers show it
    for name in names:
        began = time.time()
        for found in parts[name]():  # what is ready is saved at once
            keep(name, found | {"seconds": round(time.time() - began)})


def keep(name, found):
    path = DATA / "effects" / "01_2.json"
    old = json.loads(path.read_bytes()) if path.exists() else {}
    save("01_2", {"made by": "tools/effects/casino.py", "machine": "2 CPU cores, one thread"} | old | {name: found})


if __name__ == "__main__":
    main()
