"""Make the committed rows of the ledger, data/ledger/reference.json: every model on every share of the tales.
Models that lessons load instead of training them are kept too, in data/checkpoints.

    python -m tools.ledger                     all of them (about two hours on one core)
    python -m tools.ledger "8 states" trigram  the rows with these words in their names; the others stay

A model learns from the training tales, in an order drawn once, at 1/16, 1/8, 1/4, 1/2 and all of them, and is judged on
the held-out tales by seqmodels.tales.score. A row holds what the first seed gave; `spread` is over all seeds. Seconds
are those of the processor, on one thread. No setting was chosen on the held-out tales.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

from classroom.ledger_rows import stored_row
from seqmodels.checkpoints import KINDS, save_checkpoint
from seqmodels.datasets import DATA, saltmere
from seqmodels.gpt import GPT
from seqmodels.hmm import HMM
from seqmodels.in_pieces import InPieces
from seqmodels.language_model import LanguageModel
from seqmodels.metrics import evaluate
from seqmodels.ngram import NGram
from seqmodels.runtime import count_parameters, prepare
from seqmodels.tales import START, encoded, one_text, score
from seqmodels.training import CarriedState, crops, train, truncated_bptt_batches, warmup_cosine
from seqmodels.transformer import TransformerBlock
from tools.effects.predicting_text import LIVE, window_model
from tools.frozen import enter, freeze, rounded

NAME = "ledger/reference.json"
SHARES = (1 / 16, 1 / 8, 1 / 4, 1 / 2, 1)
VOCABULARY = len(saltmere().vocabulary)


@dataclass(frozen=True)
class Entry:
    """One model of the ledger. learn: (tales as id tensors, seed) -> model; stored: what it keeps at step t;
    checkpoint: name, kind and sizes under which the first seed's model is kept for lessons."""

    name: str
    lesson: str
    stored: int | str
    learn: Callable
    size: Callable = count_parameters
    seeds: tuple = (0,)
    shares: tuple = SHARES
    checkpoint: tuple = ()


# ---------------------------------------------------------------- how each of them learns


class Uniform:
    """All characters alike: log2 64 = 6 bits, the zero line of the course."""

    def initial_state(self, batch_size):
        return torch.zeros(batch_size, 0)

    def step(self, token, state):
        return torch.zeros(len(token), VOCABULARY), state  # (B, V)


def ngram(order, smoothing, **settings):
    return lambda tales, seed: NGram(order, VOCABULARY, smoothing, **settings).fit(tales, START)


def hmm(n_states, iterations=60):
    """Baum-Welch from a random start, `iterations` times; a small pseudo-count, so that nothing is impossible."""

    def learn(tales, seed):
        model = HMM.random(n_states, VOCABULARY, np.random.default_rng(seed))
        read = [torch.cat([torch.tensor([START]), tale]).numpy() for tale in tales]
        model.fit(read, iterations=iterations, tolerance=0, pseudocount=0.1)
        return model

    return learn


def hmm_size(model):
    """The numbers in its three tables."""
    states = model.n_states
    return states + states**2 + states * VOCABULARY


def window(tales, seed):
    """The model of 2003 as lesson 01_3 trains it; on a share of the tales, that share of the steps."""
    share = sum(map(len, tales)) / sum(map(len, saltmere().train))
    model, _ = window_model(LIVE | {"steps": round(share * LIVE["steps"])}, seed, tales)
    return model


def reader(steps, learning_rate, /, *, kind="recurrent", strips=32, piece=32, spread=0.5, **sizes):
    """A network that carries a state, on all tales as one text; on a share of them, that share of the steps.

    kind: of seqmodels.checkpoints.KINDS; spread: of the embedding at the start, None where the model sees to it.
    """

    def learn(tales, seed):
        torch.manual_seed(seed)
        share = sum(map(len, tales)) / sum(map(len, saltmere().train))
        model = KINDS[kind](VOCABULARY, **sizes)
        if spread is not None:
            torch.nn.init.normal_(model.embedding.weight, std=spread)
        text = one_text(tales)
        train(model, truncated_bptt_batches(text, strips, piece), steps=round(share * steps), loss=CarriedState(),
              learning_rate=learning_rate, schedule=warmup_cosine(round(share * steps), 20))  # fmt: skip
        return model

    return learn


def fresh_pieces(build, steps, learning_rate, strips, piece):
    """A network that begins each piece of the text afresh, from a place drawn anew, see seqmodels.training.crops.

    build: () -> the model that learns. On a share of the tales it has that share of the steps.
    """

    def learn(tales, seed):
        torch.manual_seed(seed)
        share = sum(map(len, tales)) / sum(map(len, saltmere().train))
        model = build()
        text = one_text(tales)
        drawn = crops(text, strips, piece, generator=torch.Generator().manual_seed(seed))
        train(model, drawn, steps=round(share * steps), learning_rate=learning_rate,
              schedule=warmup_cosine(round(share * steps), 20))  # fmt: skip
        return model

    return learn


def attention_alone():
    """One layer that looks back, without positions and without a network behind it, as lesson 06_1 trains it."""
    layer, norm = TransformerBlock(64, 4, 0), torch.nn.LayerNorm(64)
    return LanguageModel(VOCABULARY, 64, layer, norm=norm, tie_weights=True)


def learned_positions(tales, seed):
    """A GPT with a table of 128 positions; what is longer it reads in pieces."""
    build = lambda: GPT(VOCABULARY, 64, 4, 2, 128, d_ff=192)  # noqa: E731
    return InPieces(fresh_pieces(build, 1_700, 1e-2, 16, 128)(tales, seed), 128)


def transformer_entry(name, lesson, stored, kind, checkpoint, minute, longer, **sizes):
    """As `network_entry`, for networks that begin each piece afresh. stored, minute, longer: of both rows, each.

    minute, longer: (steps, learning rate, strips, piece, further sizes). The rates of the first were chosen among three
    on the last seven training tales, with half as many steps; the second has 0.6 of that rate and the dropout of the
    recurrent networks.
    """
    sizes = {"vocab_size": VOCABULARY, "d_model": 64, "n_heads": 4, "n_layers": 2, **sizes}
    settings = {"seeds": (0, 1, 2)}, {"shares": (1,)}
    for told, kept, (*how, more), setting in zip(
        ("a minute", "longer"), stored, (minute, longer), settings, strict=True
    ):
        built = sizes | more
        if told == "longer":
            setting["checkpoint"] = (checkpoint, kind, built)
        learn = fresh_pieces(lambda built=built: KINDS[kind](**built), *how)
        yield Entry(f"{name}, {told}", lesson, kept, learn, **setting)


WINDOW_SIZES = {"vocab_size": VOCABULARY, "embedding_size": LIVE["d_model"], "hidden_size": LIVE["hidden_size"],
                "length": LIVE["length"]}  # fmt: skip


def network_entry(name, lesson, stored, checkpoint, minute, longer, kind="recurrent", spread=0.5, **sizes):
    """Two rows of one network: a minute, over shares and seeds; and some minutes, of which the model is kept.

    minute, longer: steps, learning rate, dropout, and how the text is cut, into strips side by side and pieces of so
    many characters. Errors go back through a piece: 128 characters are whole quotations, of which an Elman network
    makes nothing, so it has more and shorter ones. All these, and the forget gates' bias, were chosen among a few on
    the last seven training tales.
    """
    sizes = sizes if "d_model" in sizes else {"embedding_size": 32, **sizes}
    kept = (checkpoint, kind, {"vocab_size": VOCABULARY, **sizes})
    for told, (steps, rate, dropout, strips, piece), settings in (
        (f"{name}, a minute", minute, {"seeds": (0, 1, 2)}),
        (f"{name}, longer", longer, {"shares": (1,), "checkpoint": kept}),
    ):
        learn = reader(steps, rate, kind=kind, strips=strips, piece=piece, spread=spread, dropout=dropout, **sizes)
        yield Entry(told, lesson, stored, learn, **settings)


ORDER = 7  # the smallest within 0.005 bits of the best on the last seven training tales
TABLE = {"size": lambda model: model.size}
ENTRIES = [
    Entry("uniform", "00_1", 0, lambda tales, seed: Uniform(), lambda model: 0, shares=()),
    Entry("urn of characters", "01_1", 0, ngram(1, "add-k", k=0.1), **TABLE),
    Entry("Markov chain (bigram)", "01_1", 1, ngram(2, "add-k", k=0.1), **TABLE),
    Entry("hidden Markov, 8 states", "01_2", "one of 8 states", hmm(8), hmm_size, seeds=(0, 1, 2)),
    Entry("hidden Markov, 32 states", "01_2", "one of 32 states", hmm(32), hmm_size, seeds=(0, 1, 2),
          checkpoint=("hmm-32", "hmm", {})),
    Entry("trigram, Kneser-Ney", "01_3", 2, ngram(3, "kneser-ney"), **TABLE),
    Entry(f"{ORDER}-gram, add 0.01", "01_3", ORDER - 1, ngram(ORDER, "add-k", k=0.01), **TABLE),
    Entry(f"{ORDER}-gram, Kneser-Ney", "01_3", ORDER - 1, ngram(ORDER, "kneser-ney"), **TABLE),
    Entry("window and embedding (2003)", "01_3", LIVE["length"], window, seeds=(0, 1, 2),
          checkpoint=("window", "window", WINDOW_SIZES)),
    *network_entry("Elman, 128 units", "02_1", 128, "elman", (10_000, 6e-3, 0, 16, 32), (40_000, 4e-3, 0.1, 16, 32),
                   cell="elman", hidden_size=128),
    *network_entry("LSTM, 128 units", "03_1", 256, "lstm", (4_000, 1e-2, 0, 16, 32), (3_500, 6e-3, 0.1, 32, 128),
                   cell="lstm", hidden_size=128, forget_bias=-1.0),
    *network_entry("GRU, 128 units", "03_2", 128, "gru", (4_000, 6e-3, 0, 16, 32), (3_500, 6e-3, 0.1, 32, 128),
                   cell="gru", hidden_size=128),
    *network_entry("LSTM, two layers of 96", "03_3", 384, "lstm-2", (3_000, 1e-2, 0, 16, 32),
                   (3_500, 6e-3, 0.1, 32, 128),
                   cell="lstm", hidden_size=96, layers=2, forget_bias=-1.0),
    *network_entry("TCN, 5 blocks of 54", "05_1", 6652, "tcn", (3_300, 1e-2, 0, 16, 64), (3_500, 6e-3, 0.1, 32, 128),
                   kind="tcn", channels=[54] * 5, kernel_size=3),
    Entry("attention alone, no order", "06_1", "2 · T · 64", fresh_pieces(attention_alone, 400, 1e-2, 16, 64),
          seeds=(0, 1, 2)),
    Entry("GPT, learned positions, a minute", "06_2", 2 * 2 * 128 * 64, learned_positions, seeds=(0, 1, 2)),
    *transformer_entry("GPT, rotary", "06_2", (2 * 2 * 64 * 64, 2 * 2 * 128 * 64), "gpt", "gpt",
                       (1_800, 1e-2, 32, 64, {"window": 64}), (3_500, 6e-3, 32, 128, {"window": 128, "dropout": 0.1}),
                       positions="rotary", d_ff=208),
    *transformer_entry("linear attention", "06_6", (2 * (4 * 16 * 16 + 64) + 3 * 64,) * 2, "linear_attention",
                       "linear-attention", (1_400, 1e-2, 32, 64, {}), (3_000, 6e-3, 32, 128, {"dropout": 0.1}),
                       d_ff=144),
    *network_entry("S4D", "07_2", 3 * 96 * 32, "s4d", (900, 2e-2, 0, 16, 64), (1_500, 1.2e-2, 0.1, 32, 128),
                   kind="s4d", d_model=96, n_layers=3, state_size=32, steps=[0.005, 0.5]),
    *network_entry("Mamba", "08_1", 2 * (152 * 16 + 3 * 152), "mamba", (900, 1e-2, 0, 16, 64),
                   (1_200, 6e-3, 0.1, 32, 128), kind="mamba", spread=None, d_model=76, n_layers=2),
    *network_entry("Mamba-2", "08_2", 3 * (8 * 16 * 16 + 3 * 160), "mamba2", (1_300, 1e-2, 0, 16, 64),
                   (1_500, 6e-3, 0.1, 32, 128), kind="mamba2", spread=None, d_model=64, n_layers=3, state_size=16,
                   head_size=16, chunk=32),
    *network_entry("gated delta rule", "08_2", 3 * (4 * 16 * 16 + 3 * 64), "gated-delta", (1_200, 2e-2, 0, 16, 64),
                   (1_500, 1.2e-2, 0.1, 32, 128), kind="linear_recurrence", spread=None, d_model=64, n_layers=3,
                   rule="deltanet", gate=True, n_heads=4, key_size=16, d_ff=64),
    *transformer_entry("hybrid", "08_3",
                       (2 * (8 * 16 * 32 + 3 * 192) + 2 * 128 * 64,) * 2, "jamba", "hybrid",
                       (700, 2e-2, 16, 128, {}), (1_300, 1.2e-2, 32, 128, {"dropout": 0.1}),
                       n_layers=3, attention_at=[1], d_ff=0, mixer="mamba2", state_size=32, head_size=16, chunk=32,
                       window=128),
]  # fmt: skip


# ---------------------------------------------------------------- measuring


def shuffled_tales():
    """The training tales as ids, in an order drawn once, so that a share of them is a fair sample."""
    tales = encoded(saltmere().train)
    return [tales[i] for i in np.random.default_rng(0).permutation(len(tales))]


def row(entry, tales, report=print):
    """The row of one entry, as a dict that classroom.Ledger takes."""
    curve = []
    for share in entry.shares[:-1]:
        part = tales[: max(1, round(share * len(tales)))]
        model = entry.learn(part, entry.seeds[0])
        curve.append([sum(map(len, part)), bits(model)])
        report(f"  {curve[-1][0]:,} characters: {curve[-1][1]:.3f} bits")
    began = time.process_time()
    model = entry.learn(tales, entry.seeds[0])
    seconds = time.process_time() - began
    result = {"name": entry.name, "lesson": entry.lesson, "stored": entry.stored, "parameters": entry.size(model)}
    if entry.shares:
        result |= {"characters": sum(map(len, tales)), "seconds": float(f"{seconds:.2g}")}
    result |= score(model)
    if curve:
        result["curve"] = [*curve, [result["characters"], result["bits"]]]
    if entry.checkpoint:
        name, kind, sizes = entry.checkpoint
        enter(save_checkpoint(model, name, kind, **sizes))
    if others := [bits(entry.learn(tales, seed)) for seed in entry.seeds[1:]]:
        result["spread"] = [min(result["bits"], *others), max(result["bits"], *others)]
    report(f"  {result['bits']:.3f} bits, {result['parameters']:,} numbers, {seconds:.1f} s")
    return rounded(result)


def bits(model):
    """Bits per character on the held-out tales."""
    return evaluate(model, encoded(saltmere().held_out), start=START).bits_per_symbol


def write(rows, data=DATA):
    """Put rows into the file, in the order of lessons; rows of the same name are replaced, the others stay."""
    path = data / NAME
    old = json.loads(path.read_text(encoding="utf-8"))["rows"] if path.exists() else []
    kept = {row["name"]: row for row in old} | {row["name"]: row for row in rows}
    ordered = sorted(kept.values(), key=lambda row: (row["lesson"], -row["bits"], row["name"]))
    freeze(NAME, {"made by": "tools/ledger.py", "machine": "one core, one thread", "rows": ordered}, data)


def main(argv=None, entries=ENTRIES, data=DATA):
    """Exit status 0 if every entry asked for was measured and written; ValueError if one cannot stand in a ledger."""
    parser = argparse.ArgumentParser(prog="tools.ledger", description="Make the committed rows of the ledger.")
    parser.add_argument("names", nargs="*", help="words from the names of rows; default: all")
    names = parser.parse_args(argv).names
    chosen = [entry for entry in entries if not names or any(name in entry.name for name in names)]
    if not chosen:
        known = ", ".join(entry.name for entry in entries)
        print(f"no row is called {' or '.join(names)}; there are: {known}", file=sys.stderr)
        return 1
    for entry in chosen:  # before an hour is spent on a row that no lesson could show
        stored_row({"name": entry.name, "lesson": entry.lesson, "stored": entry.stored, "bits": 6.0})
    prepare()
    tales = shuffled_tales()
    for entry in chosen:
        print(entry.name, flush=True)
        write([row(entry, tales, lambda line: print(line, flush=True))], data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
