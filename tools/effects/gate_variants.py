"""Measure the effects that lesson 03_2 shows into data/effects/03_2.json.

python -m tools.effects.gate_variants                (about ten minutes on one core)
python -m tools.effects.gate_variants counting       who can count; or: variants
"""

import argparse
import time
from functools import partial

import torch
from torch import nn

from seqmodels.gru import GRU
from seqmodels.language_model import LanguageModel
from seqmodels.lstm import LSTM, LSTM1997, CoupledLSTM, PeepholeLSTM
from seqmodels.probes import record
from seqmodels.runtime import evaluating, progress
from seqmodels.tasks import counting as strings
from seqmodels.training import next_token, train, warmup_cosine
from tools.effects.gates import LIVE, adding_run, keep

SEEDS, TUNED_ON = range(5), 100

# ---------------------------------------------------------------- counting

COUNTERS = {"LSTM": LSTM, "GRU": GRU}
CHOICES = [(rate, start) for start in (1.0, 5.0) for rate in (1e-2, 3e-2)]  # start: bias of the gate that keeps
LEARNING = {"n": 20, "units": 10, "batch": 32, "steps": 1500}
LONGEST, SHOWN = 300, 60  # n asked for; n of the string whose count is shown


def counting():
    """The largest n up to which every aⁿbⁿ is right, after learning n from 1 to 20.

    Chosen for both networks alike, on a seed that is not reported: the learning rate, and what the bias of the gate
    that keeps (the forget gate of the LSTM, the update gate of the GRU) starts at.
    """
    tuned = {}
    for name, kind in progress(COUNTERS.items(), label="tuning"):
        rows = [counter(kind, rate, start, TUNED_ON)[1] for rate, start in CHOICES]
        best = max(rows, key=lambda row: (row["largest n"], -row["loss"]))
        tuned[name] = {"tried": rows, "best": [best["rate"], best["start"]]}
    rows = {name: [] for name in COUNTERS}
    for seed in progress(SEEDS, label="counting"):
        for name, kind in COUNTERS.items():
            model, row = counter(kind, *tuned[name]["best"], seed)
            rows[name].append(row | counting_unit(model, detail=seed == 0))
        yield LEARNING | {"asked up to": LONGEST, "tuned on seed": TUNED_ON, "tuning": tuned, "networks": rows}


def counter(kind, rate, start, seed):
    """A network that learned to predict the next symbol of aⁿbⁿ, and how far it counts."""
    torch.manual_seed(seed)
    model, generator = LanguageModel(3, 3, kind(3, LEARNING["units"])), torch.Generator().manual_seed(seed)
    keeps = slice(LEARNING["units"], 2 * LEARNING["units"])  # the second block of the LSTM, and of the GRU
    nn.init.constant_(model.backbone.bias[keeps], start)
    steps, began = LEARNING["steps"], time.process_time()
    batches = (strings(LEARNING["batch"], LEARNING["n"], generator)[:2] for _ in range(steps))
    history = train(model, batches, steps=steps, learning_rate=rate, loss=next_token, schedule=warmup_cosine(steps, 20))
    right = [n for n, fine in enumerate(decided(model), 1) if fine]
    row = {"seed": seed, "rate": rate, "start": start, "loss": sum(history.loss[-100:]) / 100, "n right": len(right)}
    row["largest n"] = next((n for n in range(LONGEST) if n + 1 not in right), LONGEST)
    return model, row | {"seconds": time.process_time() - began}


def decided(model):
    """For n = 1, 2, …: is what must come the most probable symbol after every b, the border at the end?"""
    n = torch.arange(1, LONGEST + 1)[:, None]
    t = torch.arange(2 * LONGEST + 2)
    ids = torch.where(t == 0, 0, torch.where(t <= n, 1, torch.where(t <= 2 * n, 2, 0)))  # (N, T)
    with evaluating(model):
        logits, _ = model(ids[:, :-1])
    asked = (t[:-1] > n) & (t[:-1] <= 2 * n)
    return ((logits.argmax(-1) == ids[:, 1:]) | ~asked).all(1).tolist()


def counting_unit(model, detail):
    """The unit that goes most with the count, on one string longer than any it learned from."""
    n = SHOWN
    ids, count = torch.tensor([[0] + n * [1] + n * [2]]), torch.tensor([0, *range(1, n + 1), *reversed(range(n))])
    with evaluating(model), record(model) as trace:
        model(ids)
    states = trace["cell_state" if isinstance(model.backbone, LSTM) else "backbone.hidden"][0]  # (T, H)
    together = torch.corrcoef(torch.cat([count[:, None].to(states), states], 1).T)[0, 1:].nan_to_num()
    unit = together.abs().argmax().item()
    row = {"unit": unit, "correlation with the count": together[unit].item()}
    return row | ({"n shown": n, "values": states[:, unit].tolist()} if detail else {})


# ---------------------------------------------------------------- variants on adding

VARIANTS = {  # as many numbers in each, near 4,500
    "LSTM": partial(LSTM, 2, 32),
    "1997": partial(LSTM1997, 2, 37),
    "peephole": partial(PeepholeLSTM, 2, 32),
    "coupled": partial(CoupledLSTM, 2, 37),
    "GRU, reset after": partial(GRU, 2, 37),
    "GRU, reset before": partial(GRU, 2, 37, reset_after=False),
}


def variants():
    """Adding with equally many numbers, the same learning rate and the same sequences; nothing is tuned."""
    rows = {name: [] for name in VARIANTS}
    for seed in progress(SEEDS, label="variants"):
        for name, build in VARIANTS.items():
            rows[name].append(adding_run(build, 1e-2, seed, **LIVE))
        yield LIVE | {"networks": rows}


PARTS = {part.__name__: part for part in (counting, variants)}


def main():
    parser = argparse.ArgumentParser(prog="python -m tools.effects.gate_variants", description=__doc__.split("\n")[0])
    parser.add_argument("parts", nargs="*", help=f"which parts (all): {', '.join(PARTS)}")
    for name in parser.parse_args().parts or PARTS:
        began = time.process_time()
        for found in PARTS[name]():  # what is ready is saved at once
            keep("03_2", "gate_variants", name, found | {"seconds": round(time.process_time() - began)})


if __name__ == "__main__":
    main()
