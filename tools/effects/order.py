"""Measure what order is worth, for lesson 00_1, into data/effects/00_1.json.

    python -m tools.effects.order          all of them (about an hour)
    python -m tools.effects.order GPT      the models with these names; the rows of the others stay

Every model learns and is judged three times: on the tales as they are, on tales whose words were shuffled, and on tales
whose characters were shuffled, each tale within itself, the held-out ones too. Five seeds, for the shuffling as for the
starts of the models.

All networks read equally many characters, about five times through the tales. Their settings are those of the ledger's
shorter rows, found on training tales as they are written; none was chosen anew for shuffled ones, or for so few
characters. (Given the minute of its row in the ledger, 2.4 times as many characters, the GPT of the first seed has
1.868 bits as written and 2.157 with the words shuffled: it loses 0.29, as the window does.)
"""

import argparse
import time

import numpy as np
import torch

from seqmodels.checkpoints import KINDS, recurrent_model
from seqmodels.datasets import saltmere
from seqmodels.hmm import HMM
from seqmodels.markov import NGram
from seqmodels.metrics import evaluate
from seqmodels.runtime import progress
from seqmodels.tales import START, encoded, one_text
from seqmodels.training import CarriedState, truncated_bptt_batches, warmup_cosine
from tools import ledger
from tools.effects import save, so_far
from tools.effects.gate_variants import learn as train_quickly
from tools.effects.predicting_text import LIVE, window_model

SEEDS = range(5)
CHARACTERS = LIVE["steps"] * LIVE["strips"] * LIVE["piece"]  # that each network reads
ORDERS = {
    "as written": lambda text, rng: text,
    "words shuffled": lambda text, rng: " ".join(rng.permutation(text.split(" "))),
    "characters shuffled": lambda text, rng: "".join(rng.permutation(list(text))),
}


def hidden_markov_model(tales, seed, states=32, iterations=40, piece=256):
    """Fitted on pieces of the tales, which costs nothing but the first belief of each and is much faster."""
    pieces = [np.append(START, tale.numpy())[a : a + piece] for tale in tales for a in range(0, len(tale) + 1, piece)]
    model = HMM.random(states, 64, np.random.default_rng(seed))
    model.fit(pieces, iterations=iterations, pseudocount=1e-3)
    return model


def recurrent(learning_rate, strips=16, piece=32, **settings):
    """A network of 128 units on all tales as one text, for as many characters as the window reads."""
    steps = CHARACTERS // (strips * piece)

    def learn(tales, seed):
        torch.manual_seed(seed)
        model = recurrent_model(64, LIVE["d_model"], hidden_size=128, **settings)
        torch.nn.init.normal_(model.embedding.weight, std=LIVE["spread"])
        text = one_text(tales)
        train_quickly(model, truncated_bptt_batches(text, strips, piece), steps=steps, learning_rate=learning_rate,
                      loss=CarriedState(), schedule=warmup_cosine(steps, 20))  # fmt: skip
        return model

    return learn


def afresh(kind, learning_rate, strips=32, piece=64, **sizes):
    """A network of 64 wide that begins each piece afresh, for as many characters as the window reads."""
    build = lambda: KINDS[kind](vocab_size=64, d_model=64, **sizes)  # noqa: E731
    return ledger.fresh_pieces(build, CHARACTERS // (strips * piece), learning_rate, strips, piece)


MODELS = {
    "letter counts": lambda tales, seed: NGram(1, 64).fit(tales, START),
    "Markov chain": lambda tales, seed: NGram(2, 64).fit(tales, START),
    "hidden Markov model": hidden_markov_model,
    "counts of 7 letters": lambda tales, seed: NGram(7, 64).fit(tales, START),
    "window and embedding": lambda tales, seed: window_model(LIVE, seed, tales)[0],
    "Elman's network": recurrent(6e-3, cell="elman"),
    "LSTM": recurrent(1e-2, cell="lstm", forget_bias=-1.0),
    "GPT": afresh("gpt", 1e-2, n_heads=4, n_layers=2, positions="rotary", d_ff=208, window=64),
    "Mamba": ledger.reader(
        CHARACTERS // (16 * 64), 1e-2, kind="mamba", strips=16, piece=64, spread=None, d_model=76, n_layers=2
    ),
}


def rows(names):
    """The bits of these models, at every seed and order."""
    for seed in progress(SEEDS, label="seeds"):
        for order, shuffled in ORDERS.items():
            rng = np.random.default_rng(seed)
            train, new = ([shuffled(text, rng) for text in texts] for texts in (saltmere().train, saltmere().held_out))
            for name in names:
                model = MODELS[name](encoded(train), seed)
                found = evaluate(model, encoded(new), start=START).bits_per_symbol
                yield {"model": name, "order": order, "seed": seed, "bits": found}


def place(row):
    """Where a row stands in the file."""
    return row["seed"], list(ORDERS).index(row["order"]), list(MODELS).index(row["model"])


def main():
    parser = argparse.ArgumentParser(prog="python -m tools.effects.order", description=__doc__.split("\n")[0])
    parser.add_argument("models", nargs="*", help=f"which models (all): {', '.join(MODELS)}")
    names = parser.parse_args().models or list(MODELS)
    if unknown := sorted(set(names) - set(MODELS)):
        parser.error(f"no model is called {' or '.join(unknown)}; there are: {', '.join(MODELS)}")
    began, old = time.process_time(), {"rows": [], "seconds": {}} | so_far("00_1")
    kept = [row for row in old["rows"] if row["model"] in MODELS and row["model"] not in names]
    result = {"made by": "tools/effects/order.py", "rows": sorted([*kept, *rows(names)], key=place)}
    seconds = old["seconds"] | {", ".join(names): round(time.process_time() - began)}
    save("00_1", result | {"seconds": seconds, "machine": "one thread of 2 CPU cores"})


if __name__ == "__main__":
    main()
