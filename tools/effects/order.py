"""Measure what order is worth, for lesson 00_1, into data/effects/00_1.json.

    python -m tools.effects.order        (about twenty minutes)

Every model learns and is judged three times: on the tales as they are, on tales whose words were shuffled, and on tales
whose characters were shuffled, each tale within itself, the held-out ones too. Five seeds, for the shuffling as for the
starts of the models.

The three networks read equally many characters, about five times through the tales, in half a minute or less. Their
settings are those of the ledger's shorter rows, found on training tales as they are written; none was chosen anew for
shuffled ones.
"""

import time

import numpy as np
import torch

from seqmodels.checkpoints import recurrent_model
from seqmodels.datasets import saltmere
from seqmodels.hmm import HMM
from seqmodels.markov import NGram
from seqmodels.metrics import evaluate
from seqmodels.runtime import progress
from seqmodels.tales import START, encoded, one_text
from seqmodels.training import CarriedState, truncated_bptt_batches, warmup_cosine
from tools.effects import save
from tools.effects.gate_variants import learn as train_quickly
from tools.effects.predicting_text import LIVE, window_model

SEEDS = range(5)
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
    steps = LIVE["steps"] * LIVE["strips"] * LIVE["piece"] // (strips * piece)

    def learn(tales, seed):
        torch.manual_seed(seed)
        model = recurrent_model(64, LIVE["d_model"], hidden_size=128, **settings)
        torch.nn.init.normal_(model.embedding.weight, std=LIVE["spread"])
        text = one_text(tales)
        train_quickly(model, truncated_bptt_batches(text, strips, piece), steps=steps, learning_rate=learning_rate,
                      loss=CarriedState(), schedule=warmup_cosine(steps, 20))  # fmt: skip
        return model

    return learn


MODELS = {
    "letter counts": lambda tales, seed: NGram(1, 64).fit(tales, START),
    "Markov chain": lambda tales, seed: NGram(2, 64).fit(tales, START),
    "hidden Markov model": hidden_markov_model,
    "counts of 7 letters": lambda tales, seed: NGram(7, 64).fit(tales, START),
    "window and embedding": lambda tales, seed: window_model(LIVE, seed, tales)[0],
    "Elman's network": recurrent(6e-3, cell="elman"),
    "LSTM": recurrent(1e-2, cell="lstm", forget_bias=-1.0),
}


def rows():
    for seed in progress(SEEDS, label="seeds"):
        for order, shuffled in ORDERS.items():
            rng = np.random.default_rng(seed)
            train, new = ([shuffled(text, rng) for text in texts] for texts in (saltmere().train, saltmere().held_out))
            for name, learn in MODELS.items():
                model = learn(encoded(train), seed)
                found = evaluate(model, encoded(new), start=START).bits_per_symbol
                yield {"model": name, "order": order, "seed": seed, "bits": found}


def main():
    began = time.process_time()
    result = {"made by": "tools/effects/order.py", "rows": list(rows())}
    save("00_1", result | {"seconds": round(time.process_time() - began), "machine": "one thread of 2 CPU cores"})


if __name__ == "__main__":
    main()
