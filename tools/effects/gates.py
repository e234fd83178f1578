"""Measure the effects that lesson 03_1 shows into data/effects/03_1.json.

    python -m tools.effects.gates                (about half an hour on one core)
    python -m tools.effects.gates roads          only the roads of a gradient; or: tuning, long, live, stream

Learning rates are chosen for each network from the same RATES, on a seed that is not reported. To add, LSTMs learn in
the form of torch.nn, to which tests/unit/test_lstm.py holds ours; their seconds are those of torch.nn.
"""

import argparse
import json
import time
from functools import partial
from math import log10

import torch
from torch import nn

from seqmodels.datasets import DATA
from seqmodels.gru import GRU
from seqmodels.lstm import LSTM
from seqmodels.probes import record
from seqmodels.recurrent import ElmanRNN
from seqmodels.runtime import count_parameters, evaluating, progress
from seqmodels.tasks import adding
from seqmodels.training import train, warmup_cosine
from tools.effects import save
from tools.effects.continual_reber import stream

NETWORKS = {"LSTM": LSTM, "tanh": ElmanRNN, "GRU": GRU}
UNITS, BATCH, RATES, TUNED_ON, SEEDS = 32, 64, [1e-3, 3e-3, 1e-2], 100, range(5)
LIVE = {"length": 50, "steps": 1520}
LONG = {"length": 100, "steps": 2000}
SAME = {"weight_ih_l0": "weight_input", "weight_hh_l0": "weight_hidden", "bias_ih_l0": "bias"}  # theirs, ours
POINTS, TEST = 40, 2000  # of a curve; sequences
ROADS = [1, 2, 5, 10, 20, 50, 100]


# ---------------------------------------------------------------- adding


class Adder(nn.Module):
    """A recurrent layer that answers after the last step: x (B, T, 2) -> (B,)."""

    def __init__(self, layer):
        super().__init__()
        self.layer, self.answer = faster(layer), nn.Linear(layer.output_size, 1)

    def forward(self, x):
        return self.answer(self.layer(x)[0][:, -1])[:, 0]


def faster(layer):
    """An LSTM in the form of torch.nn, which learns the same in a third of the time; its second bias stays 0."""
    if type(layer) is not LSTM:
        return layer
    module = nn.LSTM(layer.input_size, layer.hidden_size, batch_first=True)
    with torch.no_grad():
        for name in ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0"):
            getattr(module, name).copy_(getattr(layer, SAME[name]))
    module.bias_hh_l0 = nn.Parameter(torch.zeros(4 * layer.hidden_size), requires_grad=False)
    return module


def squared_error(model, batch):
    x, y = batch
    return (model(x) - y).square().mean()


def adding_run(layer, rate, seed, length, steps):
    """One network learns to add, with the layer that `layer()` builds: its test error, its losses, the seconds."""
    torch.manual_seed(seed)
    model, generator, began = Adder(layer()), torch.Generator().manual_seed(seed), time.process_time()
    batches = (adding(BATCH, length, generator) for _ in range(steps))
    history = train(model, batches, steps=steps, learning_rate=rate, loss=squared_error,
                    schedule=warmup_cosine(steps, 20))  # fmt: skip
    with evaluating(model):
        error = squared_error(model, adding(TEST, length, torch.Generator().manual_seed(10_000))).item()
    curve = torch.tensor(history.loss).view(POINTS, -1).mean(1).tolist()
    row = {"seed": seed, "rate": rate, "error": error, "curve": curve, "parameters": count_parameters(model)}
    return row | {"seconds": time.process_time() - began}


def tuning():
    """The mean loss over the last tenth of LIVE's steps, of every network at every learning rate."""
    rows = {}
    for name, kind in progress(NETWORKS.items(), label="tuning"):
        curves = {rate: adding_run(partial(kind, 2, UNITS), rate, TUNED_ON, **LIVE)["curve"] for rate in RATES}
        losses = {rate: sum(curve[-4:]) / 4 for rate, curve in curves.items()}
        rows[name] = {"losses": losses, "best": min(losses, key=losses.get)}
    yield {"seed": TUNED_ON, **LIVE, "networks": rows}


def long():
    """Each network at its best learning rate over all seeds; who always says 1 has an error of 1/6."""
    return over_seeds(LONG)


def live():
    """A setting short enough for a lesson."""
    return over_seeds(LIVE)


def over_seeds(settings):
    best, rows = json.loads(PATH.read_bytes())["tuning"]["networks"], {name: [] for name in NETWORKS}
    for name, kind in progress(NETWORKS.items(), label="adding"):
        for seed in SEEDS:
            rows[name].append(adding_run(partial(kind, 2, UNITS), best[name]["best"], seed, **settings))
            yield settings | {"networks": rows}


# ---------------------------------------------------------------- the roads of a gradient


def roads():
    """How much of the cell c_0 is left in c_t, by the straight road and by all, in fresh networks of 32 units."""
    rows = [road(bias, seed) for bias in (0.0, 1.0, 5.0) for seed in SEEDS]
    yield {"steps": ROADS, "values": "log10 of the Frobenius norm / sqrt(H)", "networks": rows}


def road(bias, seed):
    """∂c_t/∂c_0, all of it and the product of the forget gates alone, after each of the ROADS."""
    torch.manual_seed(seed)
    layer, H = LSTM(1, UNITS, forget_bias=bias).double(), UNITS
    x = torch.randn(1, max(ROADS), 1).double().expand(H, -1, -1)
    row = {"bias": bias, "seed": seed, "straight": [], "all": []}
    for steps in ROADS:
        c_0 = torch.zeros(H, H).double().requires_grad_()  # the same cell H times: row j asks about unit j of c_t
        with record(layer) as trace:
            _, (_, c_t) = layer(x[:, :steps], (torch.zeros(H, H).double(), c_0))
        (jacobian,) = torch.autograd.grad(c_t.trace(), c_0)
        gates = trace["forget_gate"][0].prod(0)  # (3.1.7)
        row["straight"].append(log10(gates.norm() / H**0.5))
        row["all"].append(log10(jacobian.norm() / H**0.5))
    return row


PATH = DATA / "effects" / "03_1.json"
PARTS = {part.__name__: part for part in (tuning, long, live, stream, roads)}


def main():
    parser = argparse.ArgumentParser(prog="python -m tools.effects.gates", description=__doc__.split("\n")[0])
    parser.add_argument("parts", nargs="*", help=f"which parts (all): {', '.join(PARTS)}")
    for name in parser.parse_args().parts or PARTS:
        began = time.process_time()
        for found in PARTS[name]():  # what is ready is saved at once
            keep("03_1", "gates", name, found | {"seconds": round(time.process_time() - began)})


def keep(lesson, script, part, found):
    """One part anew, the others as they were."""
    path = DATA / "effects" / f"{lesson}.json"
    old = json.loads(path.read_bytes()) if path.exists() else {}
    about = {"made by": f"tools/effects/{script}.py", "machine": "2 CPU cores, one thread"}
    save(lesson, about | old | {part: found}, digits=5)


if __name__ == "__main__":
    main()
