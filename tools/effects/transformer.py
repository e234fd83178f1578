"""Measure the Transformer and its parts, for lesson 06_3, into data/effects/06_3.json.

    python -m tools.effects.transformer              (about sixteen minutes on one core)
    python -m tools.effects.transformer warmup       only one part; or: contest, places, …

contest     English numbers in German: the Transformer and 04_3's translator with equally many numbers to learn, within
            five in a hundred, each with the best of the same three rates: as many batches, and as many seconds. Five
            seeds. And, for the one that is behind, five times the batches.
places      the Transformer again, but while it learns the counting of places begins anywhere. Two seeds, and one.
rotary      and with rotary positions: the rate and the batches of contest. Five seeds.
parts       the same, with one part left out or changed at a time, each with the best of two rates. Three seeds.
built_up    from the other end: attention alone, and what the title leaves out put back in. Rates and seeds as in parts.
patience    kinds of both at their rates, with as many batches as in contest. One seed.
smoothing   label smoothing: what it does to likelihood and to accuracy. Five seeds.
warmup      six layers in each half, norm after or before, with a warm-up and without. Five seeds; a second rate: two.
stuck       those that did not get going, four times as long. One seed.
translator  trains data/checkpoints/transformer.safetensors.

Rates are chosen on a seed that is not reported and on 400 training pairs set aside. The held-out pairs, and those
longer than any in training, are only reported.
"""

import time
from functools import partial

import numpy as np
import torch
from torch import nn

from seqmodels.checkpoints import save_checkpoint
from seqmodels.datasets import number_words
from seqmodels.runtime import count_parameters, evaluating, progress
from seqmodels.schedules import length_buckets
from seqmodels.seq2seq import PADDING, Seq2Seq, pair_batch
from seqmodels.training import train, warmup_cosine
from seqmodels.transformer import SmoothedLoss, Transformer
from tools.effects import measure_parts
from tools.frozen import enter

SEEDS, TUNED_ON, RATES = range(5), 9, (0.005, 0.01, 0.02)
STEPS, TUNING_STEPS, BATCH, WARMUP, LONGEST = 350, 150, 64, 50, 30
SIZES = {"d_model": 32, "n_heads": 4, "n_layers": 2, "d_ff": 128}
DATA = number_words("de")
WORDS = len(DATA.source_vocabulary), len(DATA.target_vocabulary)
ORDER = np.random.default_rng(0).permutation(len(DATA.train))
ASIDE, REST = ([DATA.train[i] for i in rows] for rows in (ORDER[:400], ORDER[400:]))


def transformer(**settings):
    return Transformer(*WORDS, **{**SIZES, "dropout": 0.0, **settings})


def recurrent():
    """04_3's translator: read from both sides, a GRU, general attention."""
    return Seq2Seq(*WORDS, 32, 74, attention="general", bidirectional=True)


def learn(build, seed, rate, steps=STEPS, *, pairs=DATA.train, smoothing=0.0, warmup=WARMUP, batch=BATCH):
    """-> the model, the history of its training, and the processor's seconds."""
    torch.manual_seed(seed)
    model, pairs = build(), DATA.ids(pairs)
    lengths = torch.tensor([len(target) for _, target in pairs])
    rows = length_buckets(lengths, batch, generator=torch.Generator().manual_seed(seed))
    batches, began = [pair_batch(pairs, row) for row in rows], time.process_time()
    history = train(model, batches, steps=steps, loss=SmoothedLoss(smoothing), learning_rate=rate,
                    schedule=warmup_cosine(steps, warmup))  # fmt: skip
    return model.eval(), history, time.process_time() - began


def surprise(model, pairs):
    """Mean -log p of a word, in nats."""
    with evaluating(model):
        return SmoothedLoss(0.0)(model, pair_batch(DATA.ids(pairs))).item()


def right(model, pairs):
    """For each pair: is it translated word for word? And by how many words is what it writes too long?"""
    batch = pair_batch(DATA.ids(pairs))
    found = model.translate(batch.source, batch.source_lengths, max_length=LONGEST)
    due = [target.tolist() for _, target in DATA.ids(pairs)]
    same = [wrote == words for wrote, words in zip(found, due, strict=True)]
    return np.array(same), np.array([len(wrote) - len(words) for wrote, words in zip(found, due, strict=True)])


def reported(model):
    row = {"parameters": count_parameters(model), "surprise": surprise(model, DATA.held_out)}
    for name, pairs in (("held out", DATA.held_out), ("longer", DATA.longer[::4])):
        (same, over), lengths = right(model, pairs), np.array([len(pair.source) for pair in pairs])
        row[name] = float(same.mean())
        row[f"{name} by length"] = {str(n): float(same[lengths == n].mean()) for n in np.unique(lengths)}
        row[f"{name}, too short"] = float((over < 0).mean())
    return row


def tuned(build, rates=RATES, steps=TUNING_STEPS):
    """Surprise at the pairs set aside, by rate."""
    learned = {rate: learn(build, TUNED_ON, rate, steps, pairs=REST)[0] for rate in rates}
    losses = {rate: surprise(model, ASIDE) for rate, model in learned.items()}
    return {"losses": losses, "best": min(losses, key=losses.get)}


# ---------------------------------------------------------------- against the recurrent translator


def contest():
    builds = {"Transformer": transformer, "recurrent": recurrent}
    tuning = {name: tuned(build) for name, build in builds.items()}
    rows = []

    def one(name, seed, steps, compared):
        model, history, seconds = learn(builds[name], seed, tuning[name]["best"], steps)
        rows.append({"kind": name, "seed": seed, "steps": steps, "compared by": compared, "seconds": seconds,
                     "loss": float(np.mean(history.loss[-20:])), **reported(model)})  # fmt: skip

    settings = SIZES | {"steps": STEPS, "batch": BATCH, "warm-up": WARMUP, "tuning steps": TUNING_STEPS}
    found = {"settings": settings, "tuning": tuning, "rows": rows}
    for seed in progress(SEEDS, label="contest"):
        for name in builds:
            one(name, seed, STEPS, "batches")
        seconds = [row["seconds"] for row in rows[-2:]]
        one("Transformer", seed, round(STEPS * seconds[1] / seconds[0]), "seconds")
        yield found
    one("Transformer", 0, 5 * STEPS, "five times the batches")
    yield found


def places(steps=1200, rate=0.01):
    """Counting begins anywhere, anew for each sentence while learning: in one half. The half that writes: one seed."""
    rows = []
    for half, seed in progress([("encoder", 0), ("decoder", 0), ("encoder", 1)], label="places"):
        model = learn(lambda half=half: from_anywhere(half), seed, rate, steps)[0]
        rows.append({"anywhere in": half, "seed": seed, **reported(model)})
        yield {"steps": steps, "rate": rate, "rows": rows}


def rotary(rate=0.01):
    """Distances in the attention in place of numbered places; all else as in contest."""
    rows = []
    for seed in progress(SEEDS, label="rotary"):
        model = learn(lambda: transformer(positions="rotary"), seed, rate)[0]
        rows.append({"seed": seed, **reported(model)})
        yield {"steps": STEPS, "rate": rate, "rows": rows}


def from_anywhere(half, most=20):
    model = transformer()
    positions = getattr(model, half).positions
    positions.rows = partial(_from_anywhere, positions, positions.rows, most)
    return model


def _from_anywhere(positions, rows, most, places):
    return rows(places + torch.randint(most, (len(places), 1)) if positions.training else places)


# ---------------------------------------------------------------- one part at a time


def blocks(model):
    return [*model.encoder.blocks, *model.decoder.blocks]


def without_road():
    """Each part's output replaces what it read: no residual."""
    model = transformer()
    for block in blocks(model):
        block._after = lambda norm, x, y: norm(y)
    return model


def without_norm():
    model = transformer()
    for block in blocks(model):
        for name in ("attention_norm", "cross_norm", "feed_forward_norm"):
            if hasattr(block, name):
                setattr(block, name, nn.Identity())
    return model


def deaf_to_each_other():
    """The encoder without attention: each word of the source is read by itself."""
    model = transformer()
    for block in model.encoder.blocks:
        for weights in block.attention.parameters():
            weights.requires_grad_(False)
        for weights in block.attention.to_output.parameters():
            nn.init.zeros_(weights)
    return model


PARTS = {
    "whole": transformer,
    "English words do not look": deaf_to_each_other,
    "no positions": lambda: transformer(positions="none"),
    "no network, as many weights": lambda: transformer(d_ff=0, d_model=48),
    "no road": without_road,
    "no norm": without_norm,
    "norm before": lambda: transformer(norm="pre"),
    "1 head": lambda: transformer(n_heads=1),
    "2 heads": lambda: transformer(n_heads=2),
}


def parts(steps=150, rates=RATES[:2], seeds=SEEDS[:3]):
    rows, tuning = [], {}
    for name in progress(PARTS, label="parts"):
        tuning[name] = tuned(PARTS[name], rates, steps // 2)
        for seed in seeds:
            model, history, _ = learn(PARTS[name], seed, tuning[name]["best"], steps)
            rows.append({"kind": name, "seed": seed, "loss": float(np.mean(history.loss[-20:])), **reported(model)})
        yield {"steps": steps, "tuning": tuning, "rows": rows}


def attention_and(*parts):
    """What the title says, of the size of the whole: no network, no norm; a place and a road only where `parts` say."""
    model = transformer(d_model=48, d_ff=0, positions="sinusoidal" if "places" in parts else "none")
    for block in blocks(model):
        block._after = (lambda norm, x, y: x + y) if "road" in parts else (lambda norm, x, y: y)
    return model


BUILT_UP = {
    "attention alone": attention_and,
    "attention + places": partial(attention_and, "places"),
    "attention + road": partial(attention_and, "road"),
    "attention + both": partial(attention_and, "places", "road"),
}


PATIENT = "attention + both", "no norm", "no network, as many weights", "English words do not look", "no positions"


def built_up(steps=150, rates=RATES[:2], seeds=SEEDS[:3]):
    rows, tuning = [], {}
    for name, build in progress(BUILT_UP.items(), label="built up"):
        tuning[name] = tuned(build, rates, steps // 2)
        for seed in seeds:
            rows.append(briefly(name, seed, learn(build, seed, tuning[name]["best"], steps)[0]))
        yield {"steps": steps, "tuning": tuning, "rows": rows}


def patience(seed=0, rate=0.01):
    """The rate is the one that parts and built_up found best for each of these."""
    rows = []
    for name in progress(PATIENT, label="patience"):
        rows.append({"rate": rate, **briefly(name, seed, learn((BUILT_UP | PARTS)[name], seed, rate)[0])})
        yield {"steps": STEPS, "rows": rows}


def briefly(name, seed, model):
    return {"kind": name, "seed": seed, "parameters": count_parameters(model),
            "surprise": surprise(model, DATA.held_out),
            "held out": float(right(model, DATA.held_out)[0].mean())}  # fmt: skip


# ---------------------------------------------------------------- how it is taught


def smoothing(epsilon=0.1, rate=0.01):
    """Without smoothing, the same seeds and the same rate stand in contest."""
    rows = []
    for seed in progress(SEEDS, label="smoothing"):
        model = learn(transformer, seed, rate, smoothing=epsilon)[0]
        rows.append({"smoothing": epsilon, "seed": seed, **reported(model), **certain(model)})
        yield {"steps": STEPS, "rate": rate, "rows": rows}


def certain(model):
    """Of the words held out: the share that is right, and the median of the probability of the best one."""
    batch = pair_batch(DATA.ids(DATA.held_out))
    with evaluating(model):
        best, words = model(*batch).softmax(-1).max(-1)
    real = batch.target != PADDING
    return {"words right": (words == batch.target)[real].float().mean().item(), "sure": best[real].median().item()}


def warmup(steps=70, layers=6, batch=32, seeds=SEEDS):
    """The second rate on the first two seeds alone."""
    rows = []
    for seed in progress(seeds, label="warm-up"):
        for norm in ("post", "pre"):
            for rate in (0.003, 0.01) if seed < 2 else (0.003,):
                for warm in (1, WARMUP):
                    model, history, _ = learn(lambda norm=norm: transformer(norm=norm, n_layers=layers),
                                              seed, rate, steps, warmup=warm, batch=batch)  # fmt: skip
                    rows.append({"norm": norm, "rate": rate, "warm-up": warm, "seed": seed,
                                 "surprise": surprise(model, DATA.held_out), "loss": history.loss[9::10]})  # fmt: skip
        yield {"steps": steps, "layers": layers, "batch": batch, "warm-up": WARMUP, "rows": rows}


def stuck(steps=280, rate=0.003, layers=6, batch=32, seeds=SEEDS[:1]):
    """Norm after the sum, no warm-up."""
    rows = []
    for seed in progress(seeds, label="stuck"):
        model, history, _ = learn(lambda: transformer(n_layers=layers), seed, rate, steps, warmup=1, batch=batch)
        rows.append({"seed": seed, "surprise": surprise(model, DATA.held_out), "loss": history.loss[9::10]})
        yield {"steps": steps, "rate": rate, "layers": layers, "batch": batch, "rows": rows}


# ---------------------------------------------------------------- the one to look into


def translator(steps=2000, rate=0.005):
    model = learn(transformer, 0, rate, steps)[0]
    sizes = dict(zip(("source_vocab", "target_vocab"), WORDS, strict=True)) | SIZES | {"dropout": 0.0}
    enter(save_checkpoint(model, "transformer", "transformer", **sizes))
    yield {"steps": steps, "rate": rate, "seed": 0, **reported(model)}


if __name__ == "__main__":
    torch.set_num_threads(1)
    measured = contest, places, rotary, parts, built_up, patience, smoothing, warmup, stuck, translator
    measure_parts("06_3", "transformer", measured, __doc__)
