"""Measure attention without recurrence, for lesson 06_1, into data/effects/06_1.json.

    python -m tools.effects.self_attention             (about twenty minutes on one core)
    python -m tools.effects.self_attention heads       only one part; or: network, patient, order, wall, letters, …

`holding` and `carrying`: one layer of attention, an LSTM and a GRU of torch.nn with equally many numbers to learn,
within five in a hundred, each with the best of the same three learning rates, chosen on a seed that is not reported.
(`larger` tells what a larger one would have done on that seed.) `remembering`: the LSTM again, begun with a forget gate
that stands open, and the first one too, each with its own best of the three rates for the silence itself.
"""

import json
import math

import torch
from torch import nn
from torch.nn import functional as F

from seqmodels.attention import MultiHeadAttention
from seqmodels.datasets import DATA, saltmere
from seqmodels.language_model import LanguageModel
from seqmodels.ngram import NGram
from seqmodels.probes import intervene
from seqmodels.runtime import count_parameters, evaluating, progress
from seqmodels.tales import START, encoded, one_text, score
from seqmodels.training import train, truncated_bptt_batches, warmup_cosine
from seqmodels.transformer import TransformerBlock, TransformerStack
from tools.effects import measure_parts

SEEDS, TUNED_ON, RATES = range(5), 100, (0.003, 0.01, 0.03)
NAMES, VALUES, WIDTH = 32, 8, 64


# ---------------------------------------------------------------- looking up


def look_up(batch, pairs, questions, generator, *, asks=1, silence=0, columns=None):
    """Pairs of a name and a value, silence, then questions that name one or two of them.

    x (B, pairs + silence + questions, 8 + 32 · blocks), y and asked (B, questions, asks): values, and whose they are.
    columns: in which block of 32 the first name asked stands, and the second: 0 and 1 unless you say. Pairs are told
    in block 0, so that there is one block more than the largest of them.
    """
    columns = tuple(range(asks)) if columns is None else columns
    names = torch.rand(batch, NAMES, generator=generator).argsort(1)[:, :pairs]
    values = torch.randint(VALUES, (batch, pairs), generator=generator)
    asked = torch.randint(pairs, (batch, questions, asks), generator=generator)
    told = torch.cat([F.one_hot(values, VALUES), F.one_hot(names, NAMES)], -1).float()
    told = F.pad(told, (0, NAMES * max(columns), 0, silence))
    rows = torch.arange(batch)[:, None, None]
    question = torch.zeros(batch, questions, 1 + max(columns), NAMES)
    question[:, :, list(columns)] = F.one_hot(names[rows, asked], NAMES).float()
    question = question.flatten(2)
    return torch.cat([told, F.pad(question, (VALUES, 0))], 1), values[rows, asked], asked


class Answering(nn.Module):
    """A layer between two linear maps; it answers at the last steps: (B, questions, asks, 8).

    hidden: units of a small network in the place of the second map. columns: see `look_up`.
    """

    def __init__(self, layer, size, asks=1, hidden=None, columns=None):
        super().__init__()
        blocks = asks if columns is None else 1 + max(columns)
        self.into, self.layer = nn.Linear(VALUES + NAMES * blocks, WIDTH), layer
        self.answer = nn.Linear(size, VALUES * asks)
        if hidden is not None:
            self.answer = nn.Sequential(nn.Linear(size, hidden), nn.ReLU(), nn.Linear(hidden, VALUES * asks))

    def forward(self, x, questions):
        return self.answer(self.layer(self.into(x))[0][:, -questions:]).unflatten(-1, (-1, VALUES))


def remembers(bias):
    """torch's LSTM, its forget gates begun with so large a bias (torch's own begins near 0)."""
    layer = nn.LSTM(WIDTH, 40, batch_first=True)
    with torch.no_grad():
        layer.bias_ih_l0[40:80] = bias
    return layer, 40


LAYERS = {
    "attention": lambda: (MultiHeadAttention(WIDTH, 1), WIDTH),
    "LSTM": lambda: (nn.LSTM(WIDTH, 40, batch_first=True), 40),
    "GRU": lambda: (nn.GRU(WIDTH, 48, batch_first=True), 48),
}


def answering(build, seed, rate, steps, pairs, questions=4, *, batch=32, hidden=None, **task):
    """Train one to look up. Returns the model, and a row: rate, parameters, loss at the end, share of right answers."""
    torch.manual_seed(seed)
    model = Answering(*build(), task.get("asks", 1), hidden, task.get("columns"))
    generator = torch.Generator().manual_seed(seed)

    def surprise(model, drawn):
        return F.cross_entropy(model(drawn[0], questions).flatten(0, 2), drawn[1].flatten())

    batches = (look_up(batch, pairs, questions, generator, **task) for _ in range(steps))
    history = train(model, batches, steps=steps, loss=surprise, learning_rate=rate, schedule=warmup_cosine(steps, 20))
    row = {"seed": seed, "rate": rate, "parameters": count_parameters(model), "loss": sum(history.loss[-20:]) / 20}
    learnt = next((step for step, loss in enumerate(history.loss) if loss < 0.1), None)
    return model, row | {"below 0.1": learnt, "right": right(model, pairs, questions, **task)}


def right(model, pairs, questions=4, **task):
    """The share of right answers to each thing asked, in 500 new sequences."""
    x, y, _ = look_up(500, pairs, questions, torch.Generator().manual_seed(10_000), **task)
    with evaluating(model):
        return (model(x, questions).argmax(-1) == y).float().mean((0, 1)).tolist()


def best_rate(build, steps, pairs, **task):
    losses = {rate: answering(build, TUNED_ON, rate, steps, pairs, **task)[1]["loss"] for rate in RATES}
    return {"losses": losses, "best": min(losses, key=losses.get)}


STEPS = {"attention": 300, "LSTM": 600, "GRU": 600}


def holding(counts=(1, 4, 16)):
    """How many pairs can be told before the questions?"""
    tuned = {name: best_rate(LAYERS[name], STEPS[name], 4) for name in LAYERS}
    rows = []
    for seed in progress(SEEDS, label="holding"):
        for name, build in LAYERS.items():
            for pairs in counts:
                row = answering(build, seed, tuned[name]["best"], STEPS[name], pairs)[1]
                rows.append({"kind": name, "pairs": pairs} | row)
        yield {"steps": STEPS, "tuned on seed": TUNED_ON, "tuned at pairs": 4, "tuning": tuned, "rows": rows}


def larger(rate=0.1):
    """Where the largest of the three rates is the best: what would a larger one have done?"""
    yield {"rate": rate, "losses": {n: answering(LAYERS[n], TUNED_ON, rate, STEPS[n], 4)[1]["loss"] for n in LAYERS}}


def carrying(silence=30):
    """Two pairs, then silence, then the questions: how far does it carry? Rates are those of holding."""
    tuned = json.loads((DATA / "effects/06_1.json").read_bytes())["holding"]["tuning"]
    rows = []
    for seed in progress(SEEDS, label="carrying"):
        for name, build in LAYERS.items():
            for steps in (0, silence):
                row = answering(build, seed, tuned[name]["best"], STEPS[name], 2, silence=steps)[1]
                rows.append({"kind": name, "silence": steps} | row)
        yield {"steps": STEPS, "rows": rows}


def remembering(silence=30, biases=(1, 3)):
    """The LSTM with a larger forget bias, and as it was; each with its best rate for this very silence."""
    kinds = {"LSTM": LAYERS["LSTM"]} | {f"LSTM, bias {b}": lambda b=b: remembers(b) for b in biases}
    steps, rows = STEPS["LSTM"], []
    tuned = {name: best_rate(build, steps, 2, silence=silence) for name, build in kinds.items()}
    for seed in progress(SEEDS, label="remembering"):
        for name, build in kinds.items():
            trials = [(2, silence)] + ([(2, 0)] if name != "LSTM" else []) + ([(4, 0), (16, 0)] if "3" in name else [])
            for pairs, quiet in trials:
                row = answering(build, seed, tuned[name]["best"], steps, pairs, silence=quiet)[1]
                rows.append({"kind": name, "pairs": pairs, "silence": quiet} | row)
        yield {"steps": steps, "tuned on seed": TUNED_ON, "tuned at silence": silence, "tuning": tuned, "rows": rows}


# ---------------------------------------------------------------- two places at once


def heads():
    """Questions that name two things at once, with 1, 2 and 4 heads in one width; and with each head cut."""
    rows = []
    for seed in progress(SEEDS, label="heads"):
        for count in (1, 2, 4):
            model, row = answering(
                lambda count=count: (MultiHeadAttention(WIDTH, count), WIDTH), seed, 0.01, 400, 8, batch=64, asks=2
            )
            row |= {"heads": count, "cut": [_without(model, head) for head in range(count)]}
            rows.append(row)
        yield {"steps": 400, "pairs": 8, "rows": rows}


def network(hidden=128):
    """The same questions, and behind the heads a small network instead of one matrix; one seed with more batches."""
    rows = []
    for seed in progress(SEEDS, label="network"):
        for count, steps in ((1, 400), (2, 400)) + (((1, 2_000),) if seed == 0 else ()):
            row = answering(
                lambda count=count: (MultiHeadAttention(WIDTH, count), WIDTH), seed, 0.01, steps, 8, batch=64, asks=2,
                hidden=hidden,
            )[1]  # fmt: skip
            rows.append({"heads": count, "steps": steps} | row)
        yield {"hidden": hidden, "pairs": 8, "rows": rows}


def patient():
    """One head, and the same questions, with five times the batches."""
    rows = []
    for seed in progress(SEEDS, label="one head"):
        rows.append(answering(LAYERS["attention"], seed, 0.01, 2_000, 8, batch=64, asks=2)[1])
        yield {"steps": 2_000, "pairs": 8, "rows": rows}


def which():
    """One head gives the second name up. Why that one? The names asked in other columns than those of the pairs."""
    rows = []
    for seed in progress(SEEDS, label="which"):
        for name, columns in {"swapped": (1, 0), "columns of their own": (1, 2)}.items():
            row = answering(LAYERS["attention"], seed, 0.01, 400, 8, batch=64, asks=2, columns=columns)[1]
            rows.append({"columns": name} | row)
        yield {"steps": 400, "pairs": 8, "rows": rows}


def _without(model, head):
    def silent(value, t):
        return value * (torch.arange(value.shape[1]) != head)[:, None, None]

    with intervene(model, {"heads": silent}):
        return right(model, 8, asks=2)


# ---------------------------------------------------------------- why divide by the root of d


STARTS = {"divided": (None, False), "not": (1.0, False), "divided, louder": (None, True)}


def scale(sizes=(64, 512), steps=200):
    """Does it learn without the division? Batches until a loss below 0.1, None if there is none within `steps`.

    "divided, louder": divided, and the maps to query and key begun E^(1/4) times as large, so that the scores of a
    fresh layer are those of the undivided one. Every kind with the two larger rates; `smaller`: the smallest, one seed.
    """
    kinds, rows = [f"{size}, {name}" for size in sizes for name in STARTS], []
    smaller = [_scaled(kind, TUNED_ON, RATES[0], steps) for kind in kinds]
    for seed in progress(SEEDS, label="scale"):
        rows += [_scaled(kind, seed, rate, steps) for kind in kinds for rate in RATES[1:]]
        yield {"steps": steps, "pairs": 8, "smaller": smaller, "rows": rows}


def _scaled(kind, seed, rate, steps):
    size, _, name = kind.partition(", ")
    row = answering(lambda: (_looks(int(size), *STARTS[name]), WIDTH), seed, rate, steps, 8)[1]
    return {"kind": kind} | {name: row[name] for name in ("seed", "rate", "loss", "below 0.1")}


def _looks(size, factor, louder):
    """One head of so many numbers, its scores multiplied by factor (None: divided by the root of the size)."""
    layer = MultiHeadAttention(WIDTH, 1, head_size=size, scale=factor)
    if louder:
        with torch.no_grad():
            for weights in (*layer.to_query.parameters(), *layer.to_key.parameters()):
                weights.mul_(size**0.25)
    return layer


# ---------------------------------------------------------------- where am I?

PLACES, LETTERS = 16, 8


class Where(nn.Module):
    """Which place is this? No positions; one block. tokens (B, T) -> logits (B, T, T)."""

    def __init__(self, causal, places=PLACES):
        super().__init__()
        self.embedding, self.block = nn.Embedding(LETTERS + 1, 32), TransformerBlock(32, 4, 64, causal=causal)
        self.place = nn.Linear(32, places)

    def forward(self, tokens):
        return self.place(self.block(self.embedding(tokens))[0])


def letters_of(batch, begin, generator, places=PLACES):
    tokens = torch.randint(LETTERS, (batch, places), generator=generator)
    if begin:
        tokens[:, 0] = LETTERS
    return tokens


def guide(seed, causal, begin, steps, rate, places=PLACES):
    """Train one to say where it stands: a row; `says the last`: the share of letters at each place put at the end."""
    torch.manual_seed(seed)
    model, generator, here = Where(causal, places), torch.Generator().manual_seed(seed), torch.arange(places)

    def surprise(model, tokens):
        return F.cross_entropy(model(tokens).flatten(0, 1), here.repeat(len(tokens)))

    batches = (letters_of(64, begin, generator, places) for _ in range(steps))
    train(model, batches, steps=steps, loss=surprise, learning_rate=rate, schedule=warmup_cosine(steps, 20))
    with evaluating(model):
        said = model(letters_of(1_000, begin, torch.Generator().manual_seed(10_000), places)).argmax(-1)
    off, last = (said - here).abs().float(), said == places - 1
    return {"seed": seed, "right": (off == 0).float().mean().item(), "by place": (off == 0).float().mean(0).tolist(),
            "off": off.mean().item(), "says the last": last.float().mean(0).tolist()}  # fmt: skip


GUIDES = {"mask and first sign": (True, True), "mask alone": (True, False), "first sign, no mask": (False, True)}


def order(steps=400, rate=0.01):
    """Random letters: at which place does each stand? With the causal mask or without, with a first sign or without."""
    rows = []
    for seed in progress(SEEDS, label="where am I"):
        rows += [{"kind": name} | guide(seed, *kind, steps, rate) for name, kind in GUIDES.items()]
        yield {"steps": steps, "rate": rate, "rows": rows}


def wall(places=24, steps=400, rate=0.01):
    """The mask alone, and a text half as long again: where does the jump at the last place go?"""
    rows = []
    for seed in progress(SEEDS, label="the wall"):
        rows.append(guide(seed, *GUIDES["mask alone"], steps, rate, places))
        yield {"places": places, "steps": steps, "rate": rate, "rows": rows}


# ---------------------------------------------------------------- the tales


PIECE, LONG = 64, 512  # letters: as many as were learnt on; eight times as many
EDGES = (0, 8, 16, 32, 64, 128, 256, 512)
READERS = {"one layer": (1, 0), "two layers": (2, 0), "two layers and networks": (2, 256),
           "three layers and networks": (3, 256)}  # fmt: skip
# whatever these learn, the order of all letters but the last is nothing to them; the second has as many weights as two
# layers and networks
BAGS = {"one layer and a network": (1, 256), "one layer and a wide network": (1, 640)}


def running(tales):
    """All tales in one, each after START."""
    return one_text(encoded(tales))


def bits_of(model, pieces):
    """Bits of each letter that comes: pieces (N, L + 1) -> (N, L)."""
    with evaluating(model):
        logits = torch.cat([model(some[:, :-1])[0] for some in pieces.split(16)])
    return F.cross_entropy(logits.transpose(1, 2), pieces[:, 1:], reduction="none") / math.log(2)


def stretches(bits):
    """Mean bits of the letters that stand 0 to 7, 8 to 15, 16 to 31, … letters after where reading began."""
    return [bits[:, a:b].mean().item() for a, b in zip(EDGES, EDGES[1:], strict=False)]


def reader(kind, seed, steps, rate, length=PIECE):
    """Attention without positions reads the tales, 1,024 letters a step: a row, judged within its length and beyond."""
    layers, d_ff = (READERS | BAGS)[kind]
    torch.manual_seed(seed)
    blocks = [TransformerBlock(64, 4, d_ff) for _ in range(layers)]
    backbone = blocks[0] if layers == 1 else TransformerStack(blocks)
    model = LanguageModel(64, 64, backbone, norm=nn.LayerNorm(64), tie_weights=True)
    pieces = [piece.tokens for piece in truncated_bptt_batches(running(saltmere().train), 1_024 // length, length)][:-1]
    train(model, pieces, steps=steps, learning_rate=rate, schedule=warmup_cosine(steps, 20))
    short, long = held_out()
    whole = score(model, recall=(kind, seed) == ("one layer", 0))
    whole.pop("bits_by_position")
    row = {"kind": kind, "seed": seed, "steps": steps, "parameters": count_parameters(model)}
    return row | {"on pieces": bits_of(model, short).mean().item(), "by place": stretches(bits_of(model, long))} | whole


def held_out():
    """Pieces of 64 letters, and of 512 that begin at every 256th: (N, 65) and (M, 513)."""
    text = running(saltmere().held_out)
    return text.unfold(0, PIECE + 1, PIECE), text.unfold(0, LONG + 1, LONG // 2)


def letters(steps=400, rate=0.01):
    """Attention on the tales, without positions, and the chain of 1906 on the same letters."""
    chain = NGram(2, 64, "add-k", k=0.1).fit(encoded(saltmere().train), start=START)
    table = torch.stack([chain.step(torch.tensor([token]), chain.initial_state(1))[0][0] for token in range(64)])
    short, long = (F.cross_entropy(table[p[:, :-1]].transpose(1, 2), p[:, 1:], reduction="none") / math.log(2)
                   for p in held_out())  # fmt: skip
    known = {"on pieces": short.mean().item(), "by place": stretches(long), "bits": score(chain, recall=False)["bits"]}
    rows = []
    for seed in progress(SEEDS, label="tales"):
        rows += [reader(kind, seed, steps, rate) for kind in READERS]
        yield {"rate": rate, "edges": EDGES, "chain": known, "rows": rows}


def bag(steps=400, rate=0.01):
    """The same for one layer and a network, which reads a bag: how much of what two gain needs order?"""
    rows = []
    for seed in progress(SEEDS, label="a bag"):
        rows.append(reader(list(BAGS)[0], seed, steps, rate))
        yield {"rate": rate, "rows": rows}


def patience(steps=1_600, rate=0.01):
    """Four times the batches, one seed each."""
    rows = []
    for kind in progress([*list(READERS)[:3], list(BAGS)[0]], label="patience"):
        rows.append(reader(kind, 0, steps, rate))
        yield {"rate": rate, "rows": rows}


def wide(steps=1_600, rate=0.01):
    """Is it order that two layers have, or only more weights? One layer with as many, one seed."""
    yield {"rate": rate, "rows": [reader(list(BAGS)[1], 0, steps, rate)]}


def drying(steps=400, rate=0.01, kind="two layers and networks"):
    """Does what leaks in end with the length that was learnt on? On one seed, taught on pieces four times as long."""
    yield {"length": 4 * PIECE, "rows": [reader(kind, 0, steps, rate, 4 * PIECE)]}


PARTS = (heads, which, network, patient, order, wall, letters, bag, patience, wide, drying, holding, larger, carrying,
         remembering, scale)  # fmt: skip

if __name__ == "__main__":
    torch.set_num_threads(1)
    measure_parts("06_1", "self_attention", PARTS, __doc__)
