"""Measure who can count, for lesson 03_2, into data/effects/03_2.json.

python -m tools.effects.gate_variants                (about five minutes on one core)

LSTM and GRU learn in the form of torch.nn, which is quicker, and are judged in ours; that the two forms agree is held
by tests/unit/test_lstm.py and test_gru.py.
"""

import argparse
import time

import torch
from torch import nn

from seqmodels.gru import GRU
from seqmodels.language_model import LanguageModel
from seqmodels.layer import SequenceLayer
from seqmodels.lstm import LSTM
from seqmodels.probes import record
from seqmodels.runtime import evaluating, progress
from seqmodels.tasks import counting as strings
from seqmodels.training import next_token, train, warmup_cosine
from tools.effects.gates import keep

SEEDS, TUNED_ON = range(5), 100


class InTorch(SequenceLayer):
    """A fresh LSTM or GRU of ours in the form of torch.nn, with one bias as ours has it: the second stays 0."""

    def __init__(self, layer):
        super().__init__(layer.input_size, layer.hidden_size)
        self.kind, H = type(layer), layer.hidden_size
        self.module = layer.torch_kind(layer.input_size, H, batch_first=True)
        theirs = self.module
        with torch.no_grad():
            theirs.weight_ih_l0.copy_(layer.weight_input)
            theirs.weight_hh_l0.copy_(layer.weight_hidden)
            theirs.bias_ih_l0.copy_(layer.bias)
            theirs.bias_hh_l0.zero_()
            if self.kind is GRU:
                theirs.bias_hh_l0[-H:] = layer.bias_hidden
        learns = torch.arange(len(theirs.bias_hh_l0)) >= (2 * H if self.kind is GRU else 4 * H)
        theirs.bias_hh_l0.register_hook(lambda gradient: gradient * learns)

    def forward(self, x, state=None, *, lengths=None):
        """As our layer, but what it shows beyond a row's length is not blank: next_token does not look there."""
        given = None if state is None else tuple(part[None] for part in state)
        y, state = self.module(x, given if given is None or self.kind is LSTM else given[0])
        return y, tuple(part[0] for part in (state if self.kind is LSTM else (state,)))

    def initial_state(self, batch_size):
        return tuple(self.zeros(batch_size, self.output_size) for _ in range(1 + (self.kind is LSTM)))


def learn(model, batches, **settings):
    """Train the model with its layer in the form of torch.nn; afterwards it has ours again. -> History."""
    model.backbone = InTorch(model.backbone)
    history = train(model, batches, **settings)
    model.backbone = model.backbone.kind.from_torch(model.backbone.module)
    return history


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
    history = learn(model, batches, steps=steps, learning_rate=rate, loss=next_token, schedule=warmup_cosine(steps, 20))
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


def main():
    argparse.ArgumentParser(
        prog="python -m tools.effects.gate_variants", description=__doc__.split("\n")[0]
    ).parse_args()
    began = time.process_time()
    for found in counting():  # what is ready is saved at once
        keep("03_2", "gate_variants", "counting", found | {"seconds": round(time.process_time() - began)})


if __name__ == "__main__":
    main()
