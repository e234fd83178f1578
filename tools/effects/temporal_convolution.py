"""Measure convolution against recurrence, for lesson 05_1, into data/effects/05_1.json.

    python -m tools.effects.temporal_convolution             (about a quarter of an hour on one core)
    python -m tools.effects.temporal_convolution copy        only one part; or: adding, digits, chorales

In each part TCN, LSTM and GRU have the same number of parameters, within five in a hundred, and the best of the same
three learning rates, chosen for each of them alike on a seed that is not reported. LSTM and GRU learn in the form of
torch.nn, to which tests/unit/test_lstm.py and test_gru.py hold ours.
"""

import argparse
import time

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pad_sequence

from seqmodels.datasets import chorales as bach
from seqmodels.datasets import pixels
from seqmodels.gru import GRU
from seqmodels.lstm import LSTM
from seqmodels.runtime import count_parameters, evaluating, progress
from seqmodels.tasks import adding as numbers
from seqmodels.tasks import copy_memory
from seqmodels.tcn import TCN
from seqmodels.training import train, warmup_cosine
from tools.effects.gate_variants import InTorch
from tools.effects.gates import keep

SEEDS, TUNED_ON, RATES = range(5), 100, (1e-3, 3e-3, 1e-2)


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


def best_rates(names, score):
    """For each name the rate with the lowest score(name, rate), and all scores."""
    found = {}
    for name in progress(names, label="tuning"):
        scores = {rate: score(name, rate) for rate in RATES}
        found[name] = {"scores": scores, "best": min(scores, key=scores.get)}
    return found


# ---------------------------------------------------------------- copying

COPY = {"count": 5, "batch": 32, "parameters": 6_450}
STEPS = {"TCN": 400, "LSTM": 2_000, "GRU": 2_000}  # what is slower to learn has five times as many
DISTANCES = {"TCN": (20, 40, 48, 52, 54, 56, 60, 61), "LSTM": (20,), "GRU": (20,)}
TUNED_AT = 20


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


def copying(build, name, distance, rate, seed):
    count, generator = COPY["count"], torch.Generator().manual_seed(seed)
    model = seeded(seed, lambda: Answering(build(), 10, last=count))

    def surprise(model, batch):
        said, answer = batch
        return F.cross_entropy(model(F.one_hot(said, 10).float()).flatten(0, 1), answer[:, -count:].flatten())

    batches = (copy_memory(COPY["batch"], distance - count, generator, count=count) for _ in range(STEPS[name]))
    row = {"seed": seed, "distance": distance} | fit(model, batches, STEPS[name], rate, surprise)
    said, answer = copy_memory(500, distance - count, torch.Generator().manual_seed(10_000), count=count)
    with evaluating(model):
        right = model(F.one_hot(said, 10).float()).argmax(-1) == answer[:, -count:]
    return row | {"right": right.float().mean().item()}


# ---------------------------------------------------------------- adding

ADDING = {"length": 100, "steps": 2_000, "batch": 64}
SHORTER = {"length": 50, "steps": 1_520}  # to tune on, as tools/effects/gates.py does


def adding():
    """TCN only: LSTM and GRU stand in data/effects/03_1.json, 32 units each, with the same batches and rates.

    The mean loss over the last tenth of the shorter runs decides between these, as it did for them.
    """
    build = layers(2, 1, 4_513, 5, 4)["TCN"]
    tuned = best_rates(["TCN"], lambda name, rate: adds(build, rate, TUNED_ON, **SHORTER)["last tenth"])
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


def plays(build, rate, seed):
    data, size, generator = bach(CHORALES["per quarter"]), CHORALES["batch"], torch.Generator().manual_seed(seed)
    rolls = {split: [chorale.roll for chorale in getattr(data, split)] for split in ("train", "valid", "test")}
    model = seeded(seed, lambda: Answering(build(), 88, last=0, dropout=CHORALES["dropout"]))
    steps, checked = CHORALES["steps"], []

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


PARTS = {part.__name__: part for part in (copy, adding, digits, chorales)}


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
