"""Measure what trained cells do on the board of *Be the gate*, for lesson 03_1, into data/effects/03_1_gate.json.

    python -m tools.effects.be_the_gate        (about five minutes)

The adding problem: twelve numbers, uniform from 0 to 1, two of them marked, at any two steps; the target is the sum of
the two; squared error. An LSTM of 1, 2 or 4 cells reads (number, mark). Its answer is read from the cell,
y_t = w c_t + b, so that "the cell rescaled" and "the answer, if it had to answer now" are the same number.
Five seeds for each size, for the start as for the data. Steps and learning rate were chosen on the first three seeds of
one cell; nothing was chosen on the sequences of the game. Written down: every network's error and what its
best-carrying unit does (the one whose cell follows the sum of the marked numbers so far most closely), and the 18
numbers of each network of one cell, which the game runs itself. These are also judged at lengths they never saw.
"""

import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from seqmodels.lstm import LSTM
from seqmodels.probes import record
from seqmodels.runtime import count_parameters, progress
from seqmodels.training import train, warmup_cosine
from tools.effects import save
from tools.frozen import rounded

LENGTH, SEEDS = 12, range(5)
STEPS = {1: 6000, 2: 2000, 4: 2000}  # of each number of cells: a larger network needs fewer
SETTINGS = {"steps": STEPS, "batch": 64, "learning rate": 0.02, "warm-up": 200, "forget bias": 1.0}
MARKS = [(9, 11), (3, 8), (5, 6), (1, 10)]  # steps from 0, in the order of the game: the first is the warm-up
OTHER_LENGTHS = (6, 24, 48)  # judged, never trained
UNSEEN, DRAWN = 20, 113  # sequences of the blind round; seed of the numbers, for marked ones that are easy to see


class Adder(nn.Module):
    """An LSTM whose answer at every step is read from its cell: x (B, T, 2) -> (B, T)."""

    def __init__(self, cells):
        super().__init__()
        self.lstm = LSTM(2, cells, forget_bias=SETTINGS["forget bias"])
        self.readout = nn.Linear(cells, 1)

    def forward(self, x):
        """The answer after the last step, (B,)."""
        _, (_, c) = self.lstm(x)
        return self.readout(c)[:, 0]


def adding(count, generator, length=LENGTH):
    """x (count, T, 2): number and mark; target (count,)."""
    numbers = torch.rand(count, length, generator=generator)
    two = torch.rand(count, length, generator=generator).argsort(1)[:, :2]
    marks = torch.zeros(count, length).scatter_(1, two, 1.0)
    return torch.stack([numbers, marks], -1), (numbers * marks).sum(1)


def trained(cells, seed):
    torch.manual_seed(seed)
    generator, steps = torch.Generator().manual_seed(1000 + seed), STEPS[cells]
    batches = (adding(SETTINGS["batch"], generator) for _ in range(steps))
    model = Adder(cells)
    train(model, batches, steps=steps, learning_rate=SETTINGS["learning rate"],
          loss=lambda model, batch: F.mse_loss(model(batch[0]), batch[1]),
          schedule=warmup_cosine(steps, SETTINGS["warm-up"]))  # fmt: skip
    return model


def seen(model, x):
    """What flowed through the model: gates, candidate and cell, each (B, T, H), and the answer (B, T)."""
    with torch.no_grad(), record(model) as trace:
        model(x)
    parts = {name: trace[name].double().numpy() for name in ("input_gate", "forget_gate", "candidate", "cell_state")}
    weight, bias = (p.detach().double().numpy() for p in (model.readout.weight[0], model.readout.bias))
    return parts | {"answer": parts["cell_state"] @ weight + bias}


# ---------------------------------------------------------------- what a network does


def phases(marks):
    """Boolean (B, T) each: marked steps, and the others before the first mark, between the two, after the second."""
    marked = marks > 0.5
    so_far = marked.cumsum(1)
    others = {name: ~marked & (so_far == n) for n, name in enumerate(("before", "between", "after"))}
    return {"marked": marked, "not marked": ~marked} | others


def error_at(model, length):
    """Mean error on 2000 sequences of another length: a cell that counts steps is found out."""
    x, target = adding(2000, torch.Generator().manual_seed(length), length)
    with torch.no_grad():
        return (model(x) - target).abs().mean().item()


def correlation(a, b):
    return float(np.corrcoef(a.ravel(), b.ravel())[0, 1])


def row(cells, seed, model, x, target):
    """One network on 2000 sequences: its error, its best-carrying unit, and that unit's gates by phase."""
    parts, (numbers, marks) = seen(model, x), (x[..., 0].double().numpy(), x[..., 1].double().numpy())
    error = parts["answer"][:, -1] - target.double().numpy()
    sums, deviations = (numbers * marks).cumsum(1), ((numbers - 0.5) * marks).cumsum(1)
    carried = [abs(correlation(parts["cell_state"][..., unit], sums)) for unit in range(cells)]
    unit = int(np.argmax(carried))
    i, f, g, c = (parts[n][..., unit] for n in ("input_gate", "forget_gate", "candidate", "cell_state"))
    found = {"cells": cells, "seed": seed, "mse": float((error**2).mean()), "mean error": float(abs(error).mean())}
    found |= {"unit": unit, "follows the sum": carried[unit], "follows x - 1/2": abs(correlation(c, deviations))}
    before = np.pad(parts["answer"], ((0, 0), (1, 0)), constant_values=model.readout.bias.item())
    change = np.diff(before, axis=1)  # of the answer in each step
    found["begins at"] = model.readout.bias.item()
    for name, where in phases(marks).items():
        found[name] = {"input": i[where].mean(), "forget": f[where].mean(), "candidate": g[where].mean()}
        found[name] |= {"input to": np.quantile(i[where], [0.05, 0.95]).tolist()}
        found[name] |= {"forget to": np.quantile(f[where], [0.05, 0.95]).tolist()}
        found[name] |= {"change": change[where].mean(), "size of change": abs(change[where]).mean()}
    marked = marks > 0.5
    found["change at marks against x"] = np.polyfit(numbers[marked], change[marked], 1).tolist()  # slope, value at 0
    return found


# ---------------------------------------------------------------- the game's sequences


def game_sequences():
    """Those of the game, then those of the blind round: numbers in hundredths and marks, (N, T) each."""
    generator = torch.Generator().manual_seed(DRAWN)
    x, _ = adding(len(MARKS) + UNSEEN, generator)
    numbers, marks = (x[..., 0] * 100).round() / 100, x[..., 1].clone()
    for k, two in enumerate(MARKS):
        marks[k] = 0
        marks[k, list(two)] = 1
    return torch.stack([numbers, marks], -1)


def numbers_of(model, name):
    """The 18 numbers of a network of one cell, as `BeTheGate` takes them."""
    weights = {part: getattr(model.lstm, part).tolist() for part in ("weight_input", "weight_hidden", "bias")}
    return {"name": name} | weights | {"readout": [model.readout.weight.item(), model.readout.bias.item()]}


def main():
    began = time.process_time()
    x, target = adding(2000, torch.Generator().manual_seed(7))
    board, rows, networks = game_sequences(), [], []
    for cells in STEPS:
        for seed in progress(SEEDS, label=f"{cells} cells"):
            model = trained(cells, seed)
            rows.append(row(cells, seed, model, x, target) | {"parameters": count_parameters(model)})
            if cells == 1:
                networks.append(numbers_of(model, f"seed {seed}"))
                rows[-1]["mean error at length"] = {n: error_at(model, n) for n in OTHER_LENGTHS}
    numbers, marks = board[..., 0].double().round(decimals=2).tolist(), board[..., 1].int().tolist()
    count = len(MARKS)
    game = {"sequences": numbers[:count], "marks": marks[:count], "trained": networks}
    game["unseen"] = [numbers[count:], marks[count:]]
    result = {"made by": "tools/effects/be_the_gate.py", "settings": SETTINGS, "rows": rounded(rows), "game": game}
    result |= {"seconds": round(time.process_time() - began), "machine": "one thread of 2 CPU cores"}
    save("03_1_gate", result, digits=6)


if __name__ == "__main__":
    main()
