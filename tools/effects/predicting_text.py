"""Measure the effects that lesson 01_3 shows into data/effects/01_3.json.

    python -m tools.effects.predicting_text        (about five minutes)

Whatever is chosen (the k of add-k, the weights of a mixture) is chosen on seven tales of the training set, never on
those held out. Infinite bits are written as null.
"""

import math
import time

import numpy as np
import torch
from torch.nn import functional as F

from seqmodels.datasets import saltmere
from seqmodels.language_model import LanguageModel
from seqmodels.metrics import bits_per_symbol, evaluate
from seqmodels.ngram import SMOOTHINGS, NGram
from seqmodels.runtime import count_parameters, evaluating, progress
from seqmodels.tales import START, VOCABULARY, encoded, one_text
from seqmodels.training import CarriedState, train, truncated_bptt_batches, warmup_cosine
from seqmodels.window import Window
from tools.effects import save
from tools.effects.bigram_by_gradient import bigram_by_gradient

ORDERS = range(1, 9)
KS = [1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005, 0.0002]
SIZES, SIZE_ORDERS, SHUFFLES = [1, 2, 4, 9, 18, 35], [2, 3, 4, 5, 6], 5  # tales; 70 of them are all
LIVE = dict(d_model=32, spread=0.5, hidden_size=256, length=6, dropout=0.0,
            learning_rate=6e-3, strips=32, piece=16, steps=3000)  # fmt: skip
LONG = LIVE | dict(d_model=64, hidden_size=384, dropout=0.2, steps=5000)
SEEDS = range(5)

TRAIN, HELD_OUT = encoded(saltmere().train), encoded(saltmere().held_out)
FIT, DEVELOP = TRAIN[:63], TRAIN[63:]


def bits(model, texts):
    found = model.bits_per_symbol(texts, START)
    return found if math.isfinite(found) else None


def best_k(order, fit):
    """The k of add-k that does best on the development tales."""
    tried = {k: NGram(order, 64, "add-k", k).fit(fit, START).bits_per_symbol(DEVELOP, START) for k in KS}
    return min(tried, key=tried.get)


# ---------------------------------------------------------------- order, smoothing, data


def orders_and_smoothings():
    """Bits of every order and smoothing on all data, and how often what comes was never counted."""
    for order in progress(ORDERS, label="orders"):
        for smoothing in SMOOTHINGS:
            k = best_k(order, FIT) if smoothing == "add-k" else 1.0
            model = NGram(order, 64, smoothing, k).fit(TRAIN, START)
            row = {"order": order, "smoothing": smoothing, "counts": model.size}
            row |= {"train": bits(model, TRAIN), "held out": bits(model, HELD_OUT)}
            yield row | ({"k": k} if smoothing == "add-k" else {})


def sparsity():
    """Shares of held-out characters whose context was never seen, and that never came after a context that was."""
    for order in ORDERS:
        model = NGram(order, 64, "none").fit(TRAIN, START)
        log_probs = np.concatenate([model.log_prob(tale, START) for tale in HELD_OUT])
        knows = np.concatenate([model.knows(tale, START) for tale in HELD_OUT])
        row = {"order": order, "context never seen": (~knows).mean(), "impossible": np.isinf(log_probs).mean()}
        once = sum((level.counts == 1).mean() for level in model._levels)
        yield row | {"counts": model.size, "counted once": once, "possible": 64**order}


def sizes():
    """Bits against the number of tales read, over five choices of tales."""
    for number in progress(SIZES, label="sizes"):
        for seed in range(SHUFFLES):
            chosen = [FIT[i] for i in np.random.default_rng(seed).permutation(len(FIT))[:number]]
            row = {"tales": number, "seed": seed, "characters": sum(map(len, chosen))}
            for order in SIZE_ORDERS:
                for smoothing in SMOOTHINGS[1:]:
                    k = best_k(order, chosen) if smoothing == "add-k" else 1.0
                    model = NGram(order, 64, smoothing, k).fit(chosen, START)
                    yield row | {"order": order, "smoothing": smoothing, "held out": bits(model, HELD_OUT)}


# ---------------------------------------------------------------- the model of 2003


def window_model(settings, seed, tales):
    """A trained model and the seconds that took. spread: of the embeddings at first; PyTorch's own is 1, and where they
    begin that far apart fewer of them find their neighbours."""
    torch.manual_seed(seed)
    d, hidden = settings["d_model"], settings["hidden_size"]
    dropout = torch.nn.Dropout(settings["dropout"])
    model = LanguageModel(64, d, Window(d, hidden, settings["length"]), norm=dropout)
    torch.nn.init.normal_(model.embedding.weight, std=settings["spread"])
    text = one_text(tales)
    pieces = truncated_bptt_batches(text, settings["strips"], settings["piece"])
    steps, began = settings["steps"], time.process_time()
    train(model, pieces, steps=steps, learning_rate=settings["learning_rate"], loss=CarriedState(),
          schedule=warmup_cosine(steps, 20))  # fmt: skip
    return model, time.process_time() - began


def log_probs(model, tales):
    """log p of every character of the tales, joined: (N,)."""
    if isinstance(model, NGram):
        return np.concatenate([model.log_prob(tale, START) for tale in tales])
    found = []
    with evaluating(model):
        for tale in tales:
            logits, _ = model(torch.cat([torch.tensor([START]), tale[:-1]])[None])
            found.append(logits[0].double().log_softmax(-1).gather(-1, tale[:, None])[:, 0])
    return torch.cat(found).numpy()


def split(log_p, knows):
    parts = {"all": log_p, "seen": log_p[knows], "unseen": log_p[~knows]}
    return {name: bits_per_symbol(part) for name, part in parts.items()}


def mixed(model_log_p, table_log_p, weight):
    return np.logaddexp(math.log(weight) + model_log_p, math.log(1 - weight) + table_log_p)


def tables(length, tales, knows):
    """Bits of tables on contexts of `length` characters that were seen, and that were not.

    Of each smoothing the table that keeps as many characters, and that of the order best on the development tales.
    """
    for smoothing in SMOOTHINGS[1:]:
        for order in sorted({length + 1, best_order(smoothing)}):
            k = best_k(order, FIT) if smoothing == "add-k" else 1.0
            model = NGram(order, 64, smoothing, k).fit(TRAIN, START)
            yield {"smoothing": smoothing, "order": order} | split(log_probs(model, tales), knows)


def best_order(smoothing):
    def develop(order):
        k = best_k(order, FIT) if smoothing == "add-k" else 1.0
        return NGram(order, 64, smoothing, k).fit(FIT, START).bits_per_symbol(DEVELOP, START)

    return min(ORDERS, key=develop)


def against_tables(settings, seeds, weight):
    """The model of 2003 beside the tables, on contexts of its own length that were seen and that were not.

    weight: its share in the mixture with the table of Kneser and Ney that keeps as many characters.
    """
    length = settings["length"]
    exact = NGram(length + 1, 64).fit(TRAIN, START)
    knows = np.concatenate([exact.knows(tale, START) for tale in HELD_OUT])
    runs = []
    for seed in progress(seeds, label="window"):
        model, seconds = window_model(settings, seed, TRAIN)
        ours = log_probs(model, HELD_OUT)
        run = {"seed": seed, "seconds": seconds, "train": evaluate(model, TRAIN, start=START).bits_per_symbol}
        run |= split(ours, knows) | {"mixed": split(mixed(ours, log_probs(exact, HELD_OUT), weight), knows)}
        runs.append(run | {"neighbours": neighbours(model), "twins": twins(model)})
    result = {"settings": settings, "parameters": count_parameters(model), "share unseen": (~knows).mean()}
    return result | {"tables": list(tables(length, HELD_OUT, knows)), "mixture": weight, "runs": runs}


def best_weight(settings):
    """The share of the network in a mixture with Kneser-Ney that does best on the development tales."""
    model, _ = window_model(settings, 0, FIT)
    ours, table = log_probs(model, DEVELOP), log_probs(NGram(settings["length"] + 1, 64).fit(FIT, START), DEVELOP)
    return min((w / 10 for w in range(1, 10)), key=lambda w: -mixed(ours, table, w).mean())


def nearest(model):
    """(V, V - 1) of every character the others, by the cosine of their embeddings, the nearest first."""
    unit = F.normalize(model.embedding.weight.detach(), dim=1)
    return (unit @ unit.T - 2 * torch.eye(64)).sort(descending=True).indices[:, :-1]


def neighbours(model, characters='aeiouthsAT.,!"'):
    found = nearest(model)
    return {c: VOCABULARY.decode(found[VOCABULARY.encode(c)[0], :4]) for c in characters}


def twins(model):
    """For how many letters that have both cases is the nearest character, or one of the nearest four, their twin?

    By chance: one in 63, four in 63. Never told to the model, which sees 64 numbers.
    """
    found, known = nearest(model), VOCABULARY.characters
    pairs = [(i, known.index(c.swapcase())) for i, c in enumerate(known) if c.isalpha() and c.swapcase() in known]
    hits = torch.stack([found[i, :4] == twin for i, twin in pairs])  # (pairs, 4)
    return {"letters": len(pairs), "nearest": hits[:, 0].sum().item(), "of four": hits.any(1).sum().item()}


def main():
    began, weight = time.time(), best_weight(LIVE)
    result = {
        "made by": "tools/effects/predicting_text.py",
        "characters": {"train": sum(map(len, TRAIN)), "held out": sum(map(len, HELD_OUT))},
        "orders": list(orders_and_smoothings()),
        "sparsity": list(sparsity()),
        "sizes": list(sizes()),
        "gradient": list(bigram_by_gradient(TRAIN)),
        "window": against_tables(LIVE, SEEDS, weight),
        "long window": against_tables(LONG, [0], weight),
    }
    save("01_3", result | {"seconds": round(time.time() - began), "machine": "2 CPU cores, one thread"}, digits=6)


if __name__ == "__main__":
    main()
