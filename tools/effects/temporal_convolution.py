"""Measure convolution against recurrence, for lesson 05_1, into data/effects/05_1.json.

    python -m tools.effects.temporal_convolution          (about half an hour on one core)
    python -m tools.effects.temporal_convolution copy     only one part; the others: PARTS, at the end

In each part TCN, LSTM and GRU have the same number of parameters, within five in a hundred, and the best of the same
learning rates, chosen for each of them alike on a seed that is not reported: five, and larger ones for as long as the
largest is the best. (Adding has the three rates of 03_1.) LSTM and GRU learn in the form of torch.nn, to which
tests/unit/test_lstm.py and test_gru.py hold ours.
"""

import argparse
import json
import time

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pad_sequence

from seqmodels.datasets import DATA, pixels
from seqmodels.datasets import chorales as bach
from seqmodels.gru import GRU
from seqmodels.lstm import LSTM
from seqmodels.probes import intervene
from seqmodels.runtime import count_parameters, evaluating, progress
from seqmodels.tasks import adding as numbers
from seqmodels.tasks import copy_memory
from seqmodels.tcn import TCN
from seqmodels.training import train, warmup_cosine
from tools.effects.gate_variants import InTorch
from tools.effects.gates import keep

SEEDS, TUNED_ON = range(5), 100
RATES, LARGER, RATES_OF_03_1 = (1e-3, 3e-3, 1e-2, 2e-2, 3e-2), (5e-2, 1e-1), (1e-3, 3e-3, 1e-2)


class Answering(nn.Module):
    """A layer that reads x (B, T, D), and a linear answer from what it shows at the last `last` steps: (B, last, O)."""

    def __init__(self, layer, outputs, last=1, dropout=0.0):
        super().__init__()
        self.layer, self.answer, self.last = layer, nn.Linear(layer.output_size, outputs), last
        self.dropout = nn.Dropout(dropout)  # last 0: at all steps, as a slice from -0 is everything

    def forward(self, x):
        return self.answer(self.dropout(self.layer(x)[0][:, -self.last :]))


def layers(inputs, outputs, parameters, kernel_size, blocks):
    """How to build each of the three with about so many parameters, its answer included: name -> () -> layer."""
    forms = {
        "LSTM": lambda size: InTorch(LSTM(inputs, size)),
        "GRU": lambda size: InTorch(GRU(inputs, size)),
        "TCN": lambda size: TCN(inputs, [size] * blocks, kernel_size),
    }

    def fitting(form):
        sizes = range(4, 200)
        off = [abs(learnt(Answering(form(size), outputs)) - parameters) for size in sizes]
        size = sizes[off.index(min(off))]
        return lambda: form(size)

    return {name: fitting(form) for name, form in forms.items()}


def learnt(model):
    """The numbers that training changes; of the form of torch.nn, those that ours has."""
    spare = [module for module in model.modules() if isinstance(module, InTorch)]
    return count_parameters(model) - sum(_unused(module) for module in spare)


def _unused(module):
    return len(module.module.bias_hh_l0) - (module.output_size if module.kind is GRU else 0)


def seeded(seed, build):
    torch.manual_seed(seed)
    return build()


def fit(model, batches, steps, rate, loss, **more):
    """Train it; -> what every row says."""
    began = time.process_time()
    history = train(
        model, batches, steps=steps, learning_rate=rate, loss=loss, schedule=warmup_cosine(steps, 20), **more
    )
    row = {"rate": rate, "parameters": learnt(model), "loss": sum(history.loss[-20:]) / 20}
    field = getattr(model.layer, "receptive_field", None)
    return row | ({"receptive field": field} if field else {}) | {"seconds": time.process_time() - began}


def best_rates(names, score, rates=RATES, larger=LARGER):
    """For each name the rate with the lowest score(name, rate), and all scores; equal to four digits, the smallest."""
    found = {}
    for name in progress(names, label="tuning"):
        scores = {rate: score(name, rate) for rate in rates}
        for rate in larger:
            if _lowest(scores) == max(scores):  # the best is the largest so far
                scores[rate] = score(name, rate)
        found[name] = {"scores": scores, "best": _lowest(scores)}
    return found


def _lowest(scores):
    return min(sorted(scores), key=lambda rate: round(scores[rate], 4))


# ---------------------------------------------------------------- copying

COPY = {"count": 5, "batch": 32, "parameters": 6_450}
STEPS = {"TCN": 400, "LSTM": 2_000, "GRU": 2_000}  # what is slower to learn has five times as many
DISTANCES = {"TCN": (20, 40, 48, 52, 54, 56, 60, 61), "LSTM": (20,), "GRU": (20,)}
TUNED_AT, LATER = 20, (20, 21, 40)


def copy():
    """How many of five symbols are right, said again so many steps later. Four blocks of kernel 3 see 61 steps."""
    builds = layers(10, 10, COPY["parameters"], 3, 4)
    tuned = best_rates(builds, lambda name, rate: copying(builds[name], name, TUNED_AT, rate, TUNED_ON)["loss"])
    rows = {name: [] for name in builds}
    about = COPY | {"steps": STEPS, "tuned on seed": TUNED_ON, "tuned at": TUNED_AT, "tuning": tuned}
    for seed in progress(SEEDS, label="copying"):
        for name, build in builds.items():
            for distance in DISTANCES[name]:
                rows[name].append(copying(build, name, distance, tuned[name]["best"], seed))
        yield about | {"networks": rows}


def copying(build, name, distance, rate, seed, count=COPY["count"], steps=None):
    """Train one to copy; distance: a number, or a range of which each batch draws one."""
    generator, steps = torch.Generator().manual_seed(seed), steps or STEPS[name]
    model = seeded(seed, lambda: Answering(build(), 10, last=count))

    def surprise(model, batch):
        said, answer = batch
        return F.cross_entropy(model(F.one_hot(said, 10).float()).flatten(0, 1), answer[:, -count:].flatten())

    def draw():
        if isinstance(distance, int):
            return distance
        return distance[torch.randint(len(distance), (1,), generator=generator).item()]

    batches = (copy_memory(COPY["batch"], draw() - count, generator, count=count) for _ in range(steps))
    row = {"seed": seed} | fit(model, batches, steps, rate, surprise)
    if not isinstance(distance, int):
        return row | {"right": {at: right(model, at) for at in ASKED_OF_ALL}}
    row |= {"distance": distance, "right": right(model, distance)}
    if distance == TUNED_AT and count == COPY["count"]:
        row["asked later"] = {at: right(model, at) for at in LATER}
        if name == "TCN":
            row["silent"] = {2**i: right_without(model, i, distance) for i in range(len(model.layer.blocks))}
    return row


def right(model, distance):
    """The share of right symbols in 500 new sequences, asked so many steps later, whatever it has learnt."""
    count = model.last
    said, answer = copy_memory(500, distance - count, torch.Generator().manual_seed(10_000), count=count)
    with evaluating(model):
        return (model(F.one_hot(said, 10).float()).argmax(-1) == answer[:, -count:]).float().mean().item()


def right_without(model, block, distance):
    """The same while the convolutions of one block say nothing; the way around them stays open."""
    with intervene(model, {f"layer.blocks.{block}.conv2.output": lambda value, t: 0 * value}):
        return right(model, distance)


PATIENCE, DISTANCES_AT_ONCE, ASKED_OF_ALL = 2_000, range(15, 41), (15, 20, 30, 40)


def doubts():
    """Is it the five symbols, the number of batches, the uppermost block, the one distance? Rates are those of copy."""
    builds, rates = layers(10, 10, COPY["parameters"], 3, 4), rates_of("copy")

    def tcn(*more, **settings):
        return copying(builds["TCN"], "TCN", *more, **settings)

    trials = {
        "LSTM, one symbol": lambda seed: copying(builds["LSTM"], "LSTM", TUNED_AT, rates["LSTM"], seed, count=1),
        "TCN, three blocks": lambda seed: copying(lambda: TCN(10, [16] * 3, 3), "TCN", TUNED_AT, rates["TCN"], seed),
        "TCN, distances 15 to 40": lambda seed: tcn(DISTANCES_AT_ONCE, rates["TCN"], seed, steps=PATIENCE),
        "TCN, 60, patient": lambda seed: tcn(60, rates["TCN"], seed, steps=PATIENCE),
    }
    rows = {}
    for name, trial in trials.items():
        rows[name] = []
        for seed in progress(SEEDS, label=name):
            rows[name].append(trial(seed))
            yield {"patient": PATIENCE, "rows": rows}


def rates_of(part):
    """The rates that a part has chosen, from what is saved."""
    tuning = json.loads((DATA / "effects/05_1.json").read_bytes())[part]["tuning"]
    return {name: it["best"] for name, it in tuning.items()}


RIM, OTHER_RATES, FEWER = 60, (3e-3, 2e-2, 3e-2), range(3)


def rim():
    """What moves the rim of the field, 60 steps: a fifth block, or another rate? As many batches as in copy."""
    more, four = lambda: TCN(10, [16] * 5, 3), layers(10, 10, COPY["parameters"], 3, 4)["TCN"]
    trials = [("five blocks", more, rates_of("copy")["TCN"], seed) for seed in SEEDS]
    trials += [("four blocks", four, rate, seed) for rate in OTHER_RATES for seed in FEWER]
    rows = {"five blocks": [], "four blocks": []}
    for name, build, rate, seed in progress(trials, label="rim"):
        rows[name].append(copying(build, "TCN", RIM, rate, seed))
        yield {"distance": RIM, "rows": rows}


def anywhere():
    """LSTM and GRU, taught what the TCN of doubts was: all distances from 15 to 40. Rates are those of copy."""
    builds, rates = layers(10, 10, COPY["parameters"], 3, 4), rates_of("copy")
    rows = {"LSTM": [], "GRU": []}
    for seed in progress(SEEDS, label="anywhere"):
        for name, done in rows.items():
            done.append(copying(builds[name], name, DISTANCES_AT_ONCE, rates[name], seed, steps=PATIENCE))
        yield {"steps": PATIENCE, "rows": rows}


# ---------------------------------------------------------------- adding

ADDING = {"length": 100, "steps": 2_000, "batch": 64}
SHORTER = {"length": 50, "steps": 1_520}  # to tune on, as tools/effects/gates.py does


def adding():
    """TCN only: LSTM and GRU stand in data/effects/03_1.json, 32 units each, with the same batches and rates.

    The mean loss over the last tenth of the shorter runs decides between these, as it did for them.
    """
    build = layers(2, 1, 4_513, 5, 4)["TCN"]

    def score(name, rate):
        return adds(build, rate, TUNED_ON, **SHORTER)["last tenth"]

    tuned = best_rates(["TCN"], score, RATES_OF_03_1, ())
    rows = []
    for seed in progress(SEEDS, label="adding"):
        rows.append(adds(build, tuned["TCN"]["best"], seed, ADDING["length"], ADDING["steps"]))
        yield ADDING | {"tuned on seed": TUNED_ON, "tuning": tuned, "networks": {"TCN": rows}}


def adds(build, rate, seed, length, steps):
    model, generator = seeded(seed, lambda: Answering(build(), 1)), torch.Generator().manual_seed(seed)
    losses = []

    def error(model, batch):
        return (model(batch[0])[:, 0, 0] - batch[1]).square().mean()

    batches = (numbers(ADDING["batch"], length, generator) for _ in range(steps))
    row = fit(model, batches, steps, rate, error, after_step=lambda step, history: losses.append(history.loss[-1]))
    with evaluating(model):
        new = error(model, numbers(2_000, length, torch.Generator().manual_seed(10_000))).item()
    tenth = len(losses) // 10
    return {"seed": seed} | row | {"last tenth": sum(losses[-tenth:]) / tenth, "error": new}


# ---------------------------------------------------------------- digits, a pixel at a time

DIGITS = {"steps": 300, "batch": 32, "parameters": 7_700, "kept for tuning": 237}


def digits():
    """The share of held-out digits that is named right after 64 pixels, row by row and in a fixed other order."""
    builds = layers(1, 10, DIGITS["parameters"], 3, 5)
    tuned = best_rates(builds, lambda name, rate: -reads(builds[name], False, rate, TUNED_ON, tuning=True)["right"])
    rows = {name: [] for name in builds}
    for seed in progress(SEEDS, label="digits"):
        for name, build in builds.items():
            for permuted in (False, True):
                rows[name].append(reads(build, permuted, tuned[name]["best"], seed))
        yield DIGITS | {"tuned on seed": TUNED_ON, "tuning": tuned, "networks": rows}


def reads(build, permuted, rate, seed, tuning=False):
    x, y = pixels("train", permuted)
    new_x, new_y = pixels("held_out", permuted)
    if tuning:
        new_x, new_y, x, y = x[-237:], y[-237:], x[:-237], y[:-237]
    model, generator = seeded(seed, lambda: Answering(build(), 10)), torch.Generator().manual_seed(seed)

    def surprise(model, batch):
        return F.cross_entropy(model(batch[0])[:, 0], batch[1])

    chosen = (torch.randint(len(x), (DIGITS["batch"],), generator=generator) for _ in range(DIGITS["steps"]))
    row = fit(model, ((x[i], y[i]) for i in chosen), DIGITS["steps"], rate, surprise)
    with evaluating(model):
        right = (model(new_x)[:, 0].argmax(-1) == new_y).float().mean().item()
    return {"seed": seed, "permuted": permuted} | row | {"right": right}


# ---------------------------------------------------------------- chorales

CHORALES = {"per quarter": 1, "steps": 500, "batch": 16, "piece": 48, "parameters": 45_000, "dropout": 0.3, "keys": 88}


def chorales():
    """Nats for the keys that sound next, a quarter note a step; the best of ten moments by the validation chorales."""
    builds = layers(88, 88, CHORALES["parameters"], 3, 2)
    tuned = best_rates(builds, lambda name, rate: plays(builds[name], rate, TUNED_ON)["valid"])
    rows = {name: [] for name in builds}
    for seed in progress(SEEDS, label="chorales"):
        for name, build in builds.items():
            rows[name].append(plays(build, tuned[name]["best"], seed))
        yield CHORALES | {"tuned on seed": TUNED_ON, "tuning": tuned, "before any": unigram(), "networks": rows}


def longer():
    """The LSTM again, with five times the batches: how far from its best was it? The rate is that of chorales."""
    build, rate = layers(88, 88, CHORALES["parameters"], 3, 2)["LSTM"], rates_of("chorales")["LSTM"]
    steps, rows = 5 * CHORALES["steps"], []
    for seed in progress(FEWER, label="longer"):
        row = plays(build, rate, seed, steps)
        rows.append({key: row[key] for key in ("seed", "moment", "test")})
        yield {"steps": steps, "networks": {"LSTM": rows}}


def plays(build, rate, seed, steps=CHORALES["steps"]):
    data, size, generator = bach(CHORALES["per quarter"]), CHORALES["batch"], torch.Generator().manual_seed(seed)
    rolls = {split: [chorale.roll for chorale in getattr(data, split)] for split in ("train", "valid", "test")}
    model = seeded(seed, lambda: Answering(build(), 88, last=0, dropout=CHORALES["dropout"]))
    checked = []

    def nats(model, pieces):
        """Of a step, summed over the keys; what stands before the first step is silence."""
        then, lengths = pad_sequence(pieces, batch_first=True), torch.tensor([len(piece) for piece in pieces])
        real = torch.arange(then.shape[1]) < lengths[:, None]
        logits = model(F.pad(then[:, :-1], (0, 0, 1, 0)))
        return F.binary_cross_entropy_with_logits(logits[real], then[real], reduction="none").sum(-1).mean()

    def batch():
        """Pieces of 48 steps, each from anywhere in a chorale; the shorter chorales whole."""
        chosen = [rolls["train"][i] for i in torch.randint(len(rolls["train"]), (size,), generator=generator)]
        begins = torch.rand(size, generator=generator).tolist()
        cut = [int(u * max(1, len(roll) - CHORALES["piece"] + 1)) for u, roll in zip(begins, chosen, strict=True)]
        return [roll[begin : begin + CHORALES["piece"]] for begin, roll in zip(cut, chosen, strict=True)]

    def check(step, history):
        if (step + 1) % (steps // 10) == 0:
            with evaluating(model):
                checked.append([nats(model, rolls[split]).item() for split in ("valid", "test")])

    row = fit(model, (batch() for _ in range(steps)), steps, rate, nats, after_step=check)
    valid, test = min(checked)
    return {"seed": seed} | row | {"moment": checked.index([valid, test]) + 1, "valid": valid, "test": test}


def unigram():
    """Nats a step for who knows only how often each key sounds."""
    data = bach(CHORALES["per quarter"])
    share, test = (torch.cat([chorale.roll for chorale in split]) for split in (data.train, data.test))
    share = share.mean(0).clamp(1e-4, 1 - 1e-4)
    return F.binary_cross_entropy(share.expand_as(test), test, reduction="none").sum(-1).mean().item()


PARTS = {part.__name__: part for part in (copy, doubts, rim, anywhere, adding, digits, chorales, longer)}


def main():
    parser = argparse.ArgumentParser(
        prog="python -m tools.effects.temporal_convolution", description=__doc__.split("\n")[0]
    )
    parser.add_argument("parts", nargs="*", help=f"which parts (all): {', '.join(PARTS)}")
    torch.set_num_threads(1)
    for name in parser.parse_args().parts or PARTS:
        began = time.process_time()
        for found in PARTS[name]():  # what is ready is saved at once
            keep("05_1", "temporal_convolution", name, found | {"seconds": round(time.process_time() - began)})


if __name__ == "__main__":
    main()
