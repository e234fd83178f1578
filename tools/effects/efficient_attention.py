"""Measure what cheaper attention remembers and what it forgets, for lesson 06_6, into data/effects/06_6.json.

    python -m tools.effects.efficient_attention             (about nine minutes on one core)
    python -m tools.effects.efficient_attention recall      only one part; or: longer, told_twice, windows

`recall`, `longer`, `told_twice`: one layer between an embedding with a window of two tokens and a norm; every kind and
size has the best of the same three learning rates, chosen with half the batches on a seed that is not reported. A run
that stops early is refused. `windows` reads the tales with the GPT of tools/ledger.py, whose window is made smaller or
larger after training.
"""

import torch
from torch import nn
from torch.nn import functional as F

from seqmodels.attention import MultiHeadAttention
from seqmodels.checkpoints import load_checkpoint
from seqmodels.efficient_attention import LinearAttention, positive
from seqmodels.positions import added
from seqmodels.runtime import count_parameters, evaluating, progress
from seqmodels.tales import score
from seqmodels.tasks import mqar
from seqmodels.tcn import CausalConv1d
from seqmodels.training import train, warmup_cosine
from tools.effects import measure_parts

SEEDS, TUNED_ON, RATES = range(5), 100, (0.003, 0.01, 0.03)
VOCABULARY, WIDTH, WINDOW = 64, 32, 16
COUNTS = (2, 4, 8, 16)


class Recalling(nn.Module):
    """Tokens (B, T) -> logits (B, T, V): an embedding, a window of two tokens, a layer and the way around it."""

    def __init__(self, layer, positions=None):
        super().__init__()
        self.embedding, self.near = nn.Embedding(VOCABULARY, WIDTH), CausalConv1d(WIDTH, WIDTH, kernel_size=2)
        self.place = added(positions, WIDTH) if positions else None
        self.layer, self.norm, self.head = layer, nn.LayerNorm(WIDTH), nn.Linear(WIDTH, VOCABULARY)

    def forward(self, tokens):
        x = self.near(self.embedding(tokens))[0]
        x = x if self.place is None else self.place(x)[0]
        return self.head(self.norm(x + self.layer(x)[0]))


def one_head(features):
    """Linear attention whose state is one table, (features, 32)."""
    return LinearAttention(WIDTH, 1, feature_map=lambda x: positive(x[..., :features]))


LAYERS = {
    "softmax": lambda size: MultiHeadAttention(WIDTH, WIDTH // size),
    "softmax, ALiBi": lambda size: MultiHeadAttention(WIDTH, WIDTH // size, positions="alibi"),
    "local": lambda size: MultiHeadAttention(WIDTH, WIDTH // size, window=WINDOW),
    "linear": lambda size: LinearAttention(WIDTH, WIDTH // size),
    "one head": one_head,
}
KINDS = [("softmax", 4), ("local", 4), ("linear", 4), *(("one head", size) for size in (2, 4, 8, 32))]


def surprise(model, batch):
    tokens, answers, scored = batch
    return F.cross_entropy(model(tokens)[scored], answers[scored])


def learn(kind, size, seed, rate, steps, draw, positions=None, batch=32):
    """Train one on batches of draw(batch, generator). Returns the model, and a row of what it took."""
    torch.manual_seed(seed)
    model = Recalling(LAYERS[kind](size), positions)
    generator = torch.Generator().manual_seed(seed)
    batches = (draw(batch, generator) for _ in range(steps))
    history = train(model, batches, steps=steps, loss=surprise, learning_rate=rate, schedule=warmup_cosine(steps, 20))
    if history.stopped:
        raise RuntimeError(f"{kind} {size}, seed {seed}, rate {rate}: {history.stopped}")
    row = {"kind": kind, "size": size, "seed": seed, "rate": rate, "steps": steps}
    return model, row | {"parameters": count_parameters(model), "loss": sum(history.loss[-40:]) / 40}


def best_rate(kind, size, steps, draw, positions=None):
    losses = {rate: learn(kind, size, TUNED_ON, rate, steps // 2, draw, positions)[1]["loss"] for rate in RATES}
    return {"losses": losses, "best": min(losses, key=losses.get)}


# ---------------------------------------------------------------- how many pairs does it hold?


def pairs_of(count, batch, generator):
    return mqar(batch, 4 * count, count, generator, vocab_size=VOCABULARY, filler="zeros")


def mixed(batch, generator):
    """Sequences of 2, 4, 8 or 16 pairs, as many in one batch."""
    return pairs_of(COUNTS[int(torch.randint(len(COUNTS), (), generator=generator))], batch, generator)


def right(model):
    """The share of right answers at each number of pairs, in 300 new sequences."""
    shares = []
    for count in COUNTS:
        tokens, answers, scored = pairs_of(count, 300, torch.Generator().manual_seed(10_000))
        with evaluating(model):
            shares.append((model(tokens).argmax(-1) == answers)[scored].float().mean().item())
    return shares


def recall(steps=600):
    """Right answers against the number of pairs: softmax, a window, linear attention with states of several sizes."""
    rows, tuned = [], {}
    for kind, size in progress(KINDS, label="tuning"):
        tuned[f"{kind} {size}"] = best_rate(kind, size, steps, mixed)
    for seed in progress(SEEDS, label="recall"):
        for kind, size in KINDS:
            model, row = learn(kind, size, seed, tuned[f"{kind} {size}"]["best"], steps, mixed)
            rows.append(row | {"right": right(model)})
        yield {"steps": steps, "counts": COUNTS, "tuned on seed": TUNED_ON, "tuning": tuned, "rows": rows}


def longer(features=4, rate=0.03, steps=3000):
    """One head with five times the batches of `recall`, at its rate there: does it answer more than it has features?"""
    rows = []
    for seed in progress(SEEDS, label="longer"):
        model, row = learn("one head", features, seed, rate, steps, mixed)
        rows.append(row | {"right": right(model)})
        yield {"counts": COUNTS, "rows": rows}


# ---------------------------------------------------------------- told twice


def tellings(batch, generator, keys=4, again=2):
    """Four keys with a value each, two of them once more with another, in any order; then each is asked.

    x, y, scored (B, 20) as of `mqar`: right is what was told last. Also what was told first (B, 20), and whether twice.
    """
    half, rows = VOCABULARY // 2, torch.arange(batch)[:, None]
    names = 1 + torch.rand(batch, half - 1, generator=generator).argsort(1)[:, :keys]
    which = torch.cat([torch.arange(keys), torch.arange(again)]).expand(batch, -1)  # (B, 6)
    order = torch.rand(which.shape, generator=generator).argsort(1)
    which = which.gather(1, order)
    values = half + torch.randint(half, which.shape, generator=generator)
    last, first = torch.zeros(2, batch, keys, dtype=torch.int64)
    for at in range(which.shape[1]):
        last[rows[:, 0], which[:, at]] = values[:, at]
        first[rows[:, 0], which[:, -1 - at]] = values[:, -1 - at]
    told = torch.stack([names.gather(1, which), values], -1).flatten(1)  # (B, 12)
    asked = torch.rand(batch, keys, generator=generator).argsort(1)

    def spread(x):
        return F.pad(torch.stack([x, torch.zeros_like(x)], -1).flatten(1), (told.shape[1], 0))

    tokens = spread(names.gather(1, asked))
    scored = tokens > 0
    tokens[:, : told.shape[1]] = told
    twice = spread((asked < again).long()).bool()
    return tokens, spread(last.gather(1, asked)), scored, spread(first.gather(1, asked)), twice


def telling(batch, generator):
    return tellings(batch, generator)[:3]


def newer_or_older(model):
    """Of names told once: the share right; of those told two values: how often it says the newer and the older."""
    tokens, last, scored, first, twice = tellings(500, torch.Generator().manual_seed(10_000))
    with evaluating(model):
        says = model(tokens).argmax(-1)
    changed = twice & (first != last)
    new, old = ((says == which)[changed].float().mean().item() for which in (last, first))
    return {"once": (says == last)[scored & ~twice].float().mean().item(), "new": new, "old": old}


TOLD_TWICE = [  # kind, positions, how many times the batches, the highest rate
    ("softmax", None, 1, 0.03),
    ("softmax, ALiBi", None, 1, 0.03),
    ("linear", None, 5, 0.01),  # at 0.03, the best for 150 batches, it stops after 567 and 798 of 1,500
    ("linear", "sinusoidal", 5, 0.01),
]


def told_twice(steps=300, size=8, kinds=TOLD_TWICE):
    """A key told a second value: who answers with the newer one? The linear ones may learn five times as long."""
    rows, tuned = [], {}
    for kind, positions, *_ in progress(kinds, label="tuning"):
        tuned[f"{kind}, {positions}"] = best_rate(kind, size, steps, telling, positions)
    for seed in progress(SEEDS, label="told twice"):
        for kind, positions, times, highest in kinds:
            rate = min(tuned[f"{kind}, {positions}"]["best"], highest)
            model, row = learn(kind, size, seed, rate, times * steps, telling, positions)
            rows.append(row | {"positions": positions} | newer_or_older(model))
        yield {"steps": steps, "tuned on seed": TUNED_ON, "tuning": tuned, "rows": rows}


# ---------------------------------------------------------------- the tales


def windows(sizes=(4, 8, 16, 32, 64, 128, 256)):
    """The GPT of the ledger, which learnt with a window of 128 characters, reads with others."""
    model, rows = load_checkpoint("gpt"), []
    for size in progress(sizes, label="windows"):
        for block in model.backbone.blocks:
            block.attention.window = size
        rows.append({"window": size} | score(model, recall=False))
        yield {"rows": rows}


if __name__ == "__main__":
    torch.set_num_threads(1)
    measure_parts("06_6", "efficient_attention", (recall, longer, told_twice, windows), __doc__)
