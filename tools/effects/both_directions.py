"""Measure the effects that lesson 03_3 shows into data/effects/03_3.json.

    python -m tools.effects.both_directions              (about ten minutes on one core)
    python -m tools.effects.both_directions residual     only eight layers; see PARTS below for the others

Every tagger reads the same pieces of the course's own library. Learning rates are chosen for each network from the same
RATES by the mean loss of the last 30 steps, on a seed that is not reported; the files held out take no part in it. A
network that answers later keeps the rate of the one that answers at once; `slower` gives it lower ones, `patience`
tunes it and trains it for longer. The loop through time is PyTorch's, which is faster than ours and computes the same
from the same start.
"""

import json
import time

import torch
from torch import nn
from torch.nn import functional as F

from seqmodels.datasets import DATA, code
from seqmodels.layer import Bidirectional, SequenceLayer, Stacked
from seqmodels.lstm import LSTM
from seqmodels.runtime import count_parameters, evaluating, progress
from seqmodels.tagging import Tagger, pieces, random_pieces, tag_loss
from seqmodels.training import train, warmup_cosine
from tools.effects import measure_parts

CODE, D = code(), 24
LENGTH, BATCH, STEPS, RATES, TUNED_ON, SEEDS = 100, 32, 300, [2e-2, 4e-2, 8e-2], 100, range(5)
DELAYS, WINDOWS = [1, 2, 4, 8, 16], {1: 41, 2: 34, 4: 25, 8: 16}  # characters ahead: units, for equal numbers
PATIENT, PATIENT_STEPS = 4, 900  # characters later, with more steps than the others
LATEST, SLOWER = 16, [1e-2, 2e-2]  # characters later, with lower rates than the others


class QuickLSTM(SequenceLayer):
    """Our LSTM with torch.nn.LSTM's loop: the same start, and the second bias stays at zero."""

    def __init__(self, input_size, hidden_size):
        super().__init__(input_size, hidden_size)
        ours = LSTM(input_size, hidden_size)
        with torch.random.fork_rng():  # its own start is thrown away
            self.lstm = nn.LSTM(input_size, hidden_size, batch_first=True)
        with torch.no_grad():
            self.lstm.weight_ih_l0.copy_(ours.weight_input)
            self.lstm.weight_hh_l0.copy_(ours.weight_hidden)
            self.lstm.bias_ih_l0.copy_(ours.bias)
            self.lstm.bias_hh_l0.zero_().requires_grad_(False)

    def forward(self, x, state=None, *, lengths=None):
        return self.lstm(x)

    def initial_state(self, batch_size):
        return ()


class LookAhead(SequenceLayer):
    """A layer that is shown x_t, …, x_{t+k} side by side at step t; zeros behind the end."""

    causal = False

    def __init__(self, ahead, units):
        super().__init__(D, units)
        self.ahead, self.layer = ahead, QuickLSTM(D * (ahead + 1), units)

    def forward(self, x, state=None, *, lengths=None):
        x = F.pad(x, (0, 0, 0, self.ahead)).unfold(1, self.ahead + 1, 1)  # (B, T, D, k + 1)
        return self.layer(x.flatten(2))


def both(below, units):
    return Bidirectional(QuickLSTM(below, units), QuickLSTM(below, units))


LAYERS = {
    "one direction": lambda: QuickLSTM(D, 49),
    "both directions": lambda: both(D, 32),
    "both, two layers": lambda: Stacked([both(D, 19), both(38, 18)]),
    "one direction, two layers": lambda: Stacked([QuickLSTM(D, 32), QuickLSTM(32, 31)]),
}


def run(layer, rate, seed, delay=0, length=LENGTH, steps=STEPS):
    """A tagger learns: (the model, its losses, what it got right on the held-out files (N, T), the row to report)."""
    torch.manual_seed(seed)
    model, began = Tagger(len(CODE.vocabulary), len(CODE.tags), layer(), delay), time.process_time()
    batches = random_pieces(CODE.train, CODE, BATCH, length, torch.Generator().manual_seed(seed))
    history = train(model, batches, steps=steps, learning_rate=rate, loss=tag_loss, schedule=warmup_cosine(steps, 20))
    seconds = round(time.process_time() - began, 1)
    tokens, tags = pieces(CODE.held_out, CODE, length)
    with evaluating(model):
        right = model(tokens).argmax(-1) == tags
    row = {"seed": seed, "rate": rate, "right": right.double().mean().item(), "seconds": seconds,
           "parameters": count_parameters(model)}  # fmt: skip
    return history.loss, right, tags, row


def tuning():
    """The mean loss of the last 30 steps of every network at every learning rate."""
    found = {}
    for name, layer in LAYERS.items():
        found[name] = {str(rate): last(run(layer, rate, TUNED_ON)[0]) for rate in RATES}
        yield {"seed": TUNED_ON, "losses": found}


def last(curve):
    return sum(curve[-30:]) / 30


def lowest(losses):
    return float(min(losses, key=losses.get))


def network(name, delay=0):
    """(how its layer is built, the rate that was best for it, its delay)"""
    measured = json.loads((DATA / "effects" / "03_3.json").read_bytes())
    return LAYERS[name], lowest(measured["tuning"]["losses"][name]), delay


def directions():
    """One direction, both, and one that answers later: right by tag, and by place in the piece (mean over seeds)."""
    yield from tagged({name: network(name) for name in ("one direction", "both directions")}
                      | {f"{d} later": network("one direction", d) for d in DELAYS})  # fmt: skip


def windows():
    """One direction that sees the next k characters at once: nothing to be kept in mind until the answer."""
    losses, networks = {}, {f"{k} ahead": (lambda k=k, H=H: LookAhead(k, H)) for k, H in WINDOWS.items()}
    for name, layer in networks.items():
        losses[name] = {str(rate): last(run(layer, rate, TUNED_ON)[0]) for rate in RATES}
    yield from tagged({name: (layer, lowest(losses[name]), 0) for name, layer in networks.items()}, losses)


def patience():
    """A network that waits, its rate tuned for it, given three times as many steps: does waiting pay then?"""
    layer, name = LAYERS["one direction"], f"{PATIENT} later"
    losses = {str(rate): last(run(layer, rate, TUNED_ON, PATIENT)[0]) for rate in RATES}
    networks = {"one direction": network("one direction"), name: (layer, lowest(losses), PATIENT)}
    yield from tagged(networks, {name: losses}, PATIENT_STEPS)


def slower():
    """The network that waits longest, at lower rates: was its own rate to blame? Only what it got right."""
    rows = {str(rate): [] for rate in SLOWER}
    for seed in progress(SEEDS, label="slower"):
        for rate in SLOWER:
            row = run(LAYERS["one direction"], rate, seed, LATEST)[3]
            rows[str(rate)].append({name: row[name] for name in ("seed", "right")})
            print(rate, row, flush=True)
        yield {"characters later": LATEST, "steps": STEPS, "rates": rows}


def layers():
    """Two layers with as many numbers as one."""
    yield from tagged({name: network(name) for name in list(LAYERS)[2:]})


def tagged(networks, losses=None, steps=STEPS):
    rows, places = {name: [] for name in networks}, {name: 0 for name in networks}
    for seed in progress(SEEDS, label="seeds"):
        for name, (layer, rate, delay) in networks.items():
            _, right, tags, row = run(layer, rate, seed, delay, steps=steps)
            by_tag = {tag: right[tags == k].double().mean().item() for k, tag in enumerate(CODE.tags)}
            rows[name].append(row | {"by tag": by_tag})
            places[name] = places[name] + right.double().mean(0) / len(SEEDS)
            print(name, row, flush=True)
        done = {name: place.tolist() for name, place in places.items() if seed == SEEDS[-1]}
        tuned = {} if losses is None else {"seed": TUNED_ON, "losses": losses}
        yield tuned | {"length": LENGTH, "steps": steps, "networks": rows, "by place": done}


# ---------------------------------------------------------------- eight layers, with and without a way round them

DEEP, SHORT, WIDTH, DEEP_STEPS, DEEP_RATES = 8, 32, 24, 300, [1e-2, 3e-2, 6e-2]


def deep(residual):
    return lambda: Stacked([QuickLSTM(WIDTH, WIDTH) for _ in range(DEEP)], residual=residual)


def residual():
    """Losses of eight layers with and without residual connections, mean of ten steps each; rates tuned for each."""
    networks = {"plain": deep(False), "residual": deep(True), "one layer": lambda: QuickLSTM(WIDTH, WIDTH)}
    settings, rows, losses = {"length": SHORT, "steps": DEEP_STEPS}, {name: [] for name in networks}, {}
    for name, layer in networks.items():
        losses[name] = {str(rate): last(run(layer, rate, TUNED_ON, **settings)[0]) for rate in DEEP_RATES}
        print(name, losses[name], flush=True)
    for seed in progress(SEEDS, label="deep"):
        for name, layer in networks.items():
            curve, _, _, row = run(layer, lowest(losses[name]), seed, **settings)
            rows[name].append(row | {"curve": torch.tensor(curve).view(-1, 10).mean(1).tolist()})
            print(name, row, flush=True)
        yield settings | {"layers": DEEP, "units": WIDTH, "seed": TUNED_ON, "losses": losses, "networks": rows}


if __name__ == "__main__":
    torch.set_num_threads(1)
    measure_parts("03_3", "both_directions", (tuning, directions, windows, slower, patience, layers, residual), __doc__)
