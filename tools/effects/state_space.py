"""Measure S4D against its rivals and against itself, for lesson 07_2, into data/effects/07_2.json.

    python -m tools.effects.state_space          (about twenty minutes on one core)
    python -m tools.effects.state_space delay    only one part; the others: PARTS, at the end

Networks of one part have the same number of parameters, within five in a hundred, and the best of the same three
learning rates, chosen for each by its loss on a seed that is not reported, where no rate is named. LSTM and GRU learn
in the form of torch.nn, to which tests/unit/test_lstm.py and test_gru.py hold ours. S4D has two blocks, and one rate
for all of its parameters.
"""

import math

import torch
from torch import nn
from torch.nn import functional as F

from seqmodels.datasets import INSTRUMENTS, handwriting, note, pixels
from seqmodels.layer import Stacked
from seqmodels.runtime import evaluating, progress
from seqmodels.s4 import S4Block
from seqmodels.tasks import copy_memory
from seqmodels.tcn import CausalConv1d
from seqmodels.training import train, warmup_cosine
from tools.effects import measure_parts
from tools.effects.temporal_convolution import best_rates, layers, learnt, seeded

SEEDS, TUNED_ON, RATES = range(5), 100, (3e-3, 1e-2, 3e-2)


def state_space(inputs, d_model, state_size, blocks=2, **settings):
    """A linear map of the inputs and blocks of S4D."""
    return Stacked(
        [CausalConv1d(inputs, d_model, 1), *(S4Block(d_model, state_size, **settings) for _ in range(blocks))]
    )


class Reading(nn.Module):
    """A layer that reads x (B, T, D), and a linear answer from the mean of what it shows, or from its last steps."""

    def __init__(self, layer, outputs, last=None):
        super().__init__()
        self.layer, self.answer, self.last = layer, nn.Linear(layer.output_size, outputs), last

    def forward(self, x):
        y = self.layer(x)[0]
        return self.answer(y.mean(1) if self.last is None else y[:, -self.last :])


def surprise(model, batch):
    x, y = batch
    return F.cross_entropy(model(x).flatten(0, -2), y.flatten())


def fit(model, batches, steps, rate):
    """Train it; -> what every row says."""
    history = train(model, batches, steps=steps, loss=surprise, learning_rate=rate, schedule=warmup_cosine(steps, 20))
    return {"rate": rate, "parameters": learnt(model), "loss": sum(history.loss[-20:]) / 20}


def drawn(x, y, steps, seed, batch=32):
    generator = torch.Generator().manual_seed(seed)
    for _ in range(steps):
        chosen = torch.randint(len(x), (batch,), generator=generator)
        yield x[chosen], y[chosen]


def right(model, x, y):
    with evaluating(model):
        return (model(x).argmax(-1) == y).float().mean().item()


def compared(builds, run, about):
    """Choose a rate for each of the networks, then five seeds. run(build, rate, seed) -> a row with its loss."""
    tuned = best_rates(builds, lambda name, rate: run(builds[name], rate, TUNED_ON)["loss"], RATES, ())
    rows = {name: [] for name in builds}
    for seed in progress(SEEDS, label="seeds"):
        for name, build in builds.items():
            rows[name].append({"seed": seed} | run(build, tuned[name]["best"], seed))
        yield about | {"tuned on seed": TUNED_ON, "tuning": tuned, "networks": rows}


# ---------------------------------------------------------------- another sampling rate

COLUMNS = {"columns": 32, "steps": 300, "parameters": 7_700, "smooth": "linear between the columns of 8 by 8 pixels"}


def scanned(split, columns):
    """Digits read from left to right, so many columns of 8 pixels, drawn between the eight that there are."""
    images, digits = handwriting(split)
    return F.interpolate(images, columns, mode="linear", align_corners=False).transpose(1, 2), digits


def columns():
    """Taught to read digits at 32 columns; then a scanner with twice and with half as many. Nothing is learnt anew."""
    builds = layers(8, 10, COLUMNS["parameters"], 3, 5)
    builds = {name: builds[name] for name in ("LSTM", "TCN")} | {
        "S4D": lambda: state_space(8, 28, 32, steps=(0.01, 0.3))
    }
    yield from compared(builds, scans, COLUMNS)


def scans(build, rate, seed):
    taught, steps = COLUMNS["columns"], COLUMNS["steps"]
    model = seeded(seed, lambda: Reading(build(), 10))
    row = fit(model, drawn(*scanned("train", taught), steps, seed), steps, rate)
    new = {factor: scanned("held_out", int(taught * factor)) for factor in (0.5, 1, 2)}
    row["right"] = {factor: right(model, *found) for factor, found in new.items()}
    x, y = new[2]
    row["every second column"] = right(model, x[:, ::2], y)
    x, y = new[0.5]
    filled = F.interpolate(x.transpose(1, 2), taught, mode="linear").transpose(1, 2)
    row["filled in"] = right(model, filled, y)
    if any(isinstance(part, S4Block) for part in model.modules()):
        row["told"] = {}
        for factor in (0.5, 2):
            stretch(model, 1 / factor)
            row["told"][factor] = right(model, *new[factor])
            stretch(model, factor)
    return row


@torch.no_grad()
def stretch(model, factor):
    """Make every Δ of the network so many times as long."""
    for part in model.modules():
        if isinstance(part, S4Block):
            part.layer.log_step += math.log(factor)


NOTES = {"rate": 4_000, "samples": 200, "lowest": 57, "pitches": 13, "steps": 150, "notes": 2_000}
NOTES_RATE = 1e-2


def sound(count, seed, rate=NOTES["rate"]):
    """Notes a whole tone apart over two octaves, 50 ms each, and which of the thirteen they are."""
    generator, seconds = torch.Generator().manual_seed(seed), NOTES["samples"] / NOTES["rate"]
    pitches = torch.randint(NOTES["pitches"], (count,), generator=generator)
    instruments = torch.randint(len(INSTRUMENTS), (count,), generator=generator)
    waves = [
        note(NOTES["lowest"] + 2 * int(p), INSTRUMENTS[int(i)], generator, seconds=seconds, rate=rate)
        for p, i in zip(pitches, instruments, strict=True)
    ]
    return torch.stack(waves)[..., None], pitches


def notes():
    """Which pitch? Then the same notes from a recorder of twice the rate, with the old Δ and with half of it."""
    taught, (x, y), (fine, _) = sound(NOTES["notes"], 1), sound(400, 2), sound(400, 2, 2 * NOTES["rate"])
    rows, high = [], y >= 6  # six whole tones are an octave
    for seed in SEEDS:
        model = seeded(seed, lambda: Reading(state_space(1, 28, 32, steps=(0.005, 0.5)), NOTES["pitches"]))
        row = {"seed": seed} | fit(model, drawn(*taught, NOTES["steps"], seed), NOTES["steps"], NOTES_RATE)
        row |= {"right": right(model, x, y), "twice": right(model, fine, y)}
        row["an octave low"] = right(model, fine[high], y[high] - 6)
        stretch(model, 0.5)
        rows.append(row | {"told": right(model, fine, y)})
        yield NOTES | {"learning rate": NOTES_RATE, "rows": rows}


# ---------------------------------------------------------------- digits, a pixel at a time

DIGITS = {"batch": 32, "steps": 300, "parameters": 7_700}


def long_pixels(split, side):
    """Digits of side x side pixels, drawn larger than the 8 by 8 that there are, row by row: (N, side², 1)."""
    images, digits = handwriting(split)
    larger = F.interpolate(images[:, None], (side, side), mode="bilinear", align_corners=False)
    return larger.flatten(1)[..., None], digits


def digits():
    """The task of 05_1, 64 pixels row by row, for S4D; LSTM, GRU and TCN stand in data/effects/05_1.json."""

    run = lambda *args: pixel_run(*args, pixels("train"), pixels("held_out"))  # noqa: E731
    yield from compared({"S4D": lambda: state_space(1, 28, 32, steps=(0.005, 0.5))}, run, DIGITS)


def pixel_run(build, rate, seed, taught, new, steps=DIGITS["steps"]):
    model = seeded(seed, lambda: Reading(build(), 10, last=1))
    y, new_y = taught[1][:, None], new[1][:, None]
    row = fit(model, drawn(taught[0], y, steps, seed), steps, rate)
    return row | {"right": right(model, new[0], new_y)}


SIDE = 14


def long_digits():
    """Three times as long: 196 pixels."""
    taught, new = long_pixels("train", SIDE), long_pixels("held_out", SIDE)
    builds = layers(1, 10, DIGITS["parameters"], 3, 7)
    builds.pop("GRU")  # slow, and slower to learn than a TCN on 64
    builds["S4D"] = lambda: state_space(1, 28, 32, steps=(0.002, 0.2))
    run = lambda build, rate, seed: pixel_run(build, rate, seed, taught, new)  # noqa: E731
    for found in compared(builds, run, DIGITS | {"length": SIDE**2}):
        yield found
    rate = found["tuning"]["LSTM"]["best"]
    patient = {"LSTM": [pixel_run(builds["LSTM"], rate, 0, taught, new, 5 * DIGITS["steps"])]}
    yield found | {"five times as long": patient}


# ---------------------------------------------------------------- where it starts

STARTS, EARLY = ("lin", "legs", "real", "random"), 100


def started(inputs, d_model, state_size, init, steps):
    """S4D with one of its starts; "random": real parts and frequencies drawn between those that the others have."""
    net = state_space(inputs, d_model, state_size, init="lin" if init == "random" else init, steps=steps)
    if init == "random":
        for part in net.modules():
            if isinstance(part, S4Block):
                nn.init.uniform_(part.layer.log_decay, math.log(0.05), math.log(5))
                nn.init.uniform_(part.layer.frequency, 0, math.pi * state_size / 2)
    return net


def starts():
    """Four starts on 64 pixels after a hundred batches, early, where a start should show. All with the rate 0.03."""
    rows = {init: [] for init in STARTS}
    for seed in progress(SEEDS, label="starts"):
        for init, done in rows.items():
            build = lambda init=init: started(1, 28, 32, init, (0.005, 0.5))  # noqa: E731
            done.append({"seed": seed} | pixel_run(build, 3e-2, seed, pixels("train"), pixels("held_out"), EARLY))
        yield {"batches": EARLY, "networks": rows}


# ---------------------------------------------------------------- a delay

DELAY = {"delay": 20, "length": 64, "updates": 1_000, "batch": 5}


def delay():
    """A kernel that is 1 at lag 20 and 0 elsewhere, from n modes: poles by gradient descent, weights by least squares.

    The error is the part of the kernel's length that is missing, the best of five starts.
    """
    rows = []
    for modes in progress((1, 2, 4, 8, 16, 32), label="delay"):
        for kind in ("real", "complex"):
            errors = [fitted(modes, kind == "complex", seed) for seed in SEEDS]
            rows.append({"modes": modes, "kind": kind, "errors": errors})
        yield DELAY | {"rows": rows}


def fitted(modes, is_complex, seed):
    generator = torch.Generator().manual_seed(seed)
    lags = torch.arange(DELAY["length"], dtype=torch.float64)
    wanted = (lags == DELAY["delay"]).double()
    decay = torch.empty(modes, dtype=torch.float64).uniform_(-5, 0, generator=generator)
    turn = torch.linspace(0, math.pi, modes + 1, dtype=torch.float64)[:-1]
    turn = (turn + 0.1 * torch.randn(modes, dtype=torch.float64, generator=generator)).requires_grad_()
    decay.requires_grad_()
    optimizer = torch.optim.Adam([decay, turn] if is_complex else [decay], 2e-2)
    best = 1.0
    for _ in range(DELAY["updates"]):
        fades = (-decay.exp() * lags[:, None]).exp()  # (L, n)
        table = torch.cat([fades * (turn * lags[:, None]).cos(), fades * (turn * lags[:, None]).sin()], 1)
        table = table if is_complex else fades
        gram = table.T @ table + 1e-9 * torch.eye(table.shape[1], dtype=torch.float64)
        missing = wanted - table @ torch.linalg.solve(gram, table.T @ wanted)
        error = missing.norm()
        best = min(best, error.item())
        optimizer.zero_grad()
        error.backward()
        optimizer.step()
    return best


COPY = {"count": 5, "distance": 20, "batch": 32, "steps": 300, "patient batches": 1_500, "parameters": 6_450}


def copying():
    """The copy task of 05_1, twenty steps later: complex modes and real ones, 32 numbers a channel in both."""
    builds = {init: lambda init=init: started(10, 26, 32, init, (0.01, 0.3)) for init in ("lin", "real")}
    for found in compared(builds, copies, COPY):
        yield found
    rate = found["tuning"]["real"]["best"]
    yield found | {"patient": {"real": [{"seed": 0} | copies(builds["real"], rate, 0, COPY["patient batches"])]}}


def copies(build, rate, seed, steps=COPY["steps"]):
    count, silence = COPY["count"], COPY["distance"] - COPY["count"]
    model = seeded(seed, lambda: Reading(build(), 10, last=count))

    def asked(size, generator):
        said, answer = copy_memory(size, silence, generator, count=count)
        return F.one_hot(said, 10).float(), answer[:, -count:]

    generator = torch.Generator().manual_seed(seed)
    row = fit(model, (asked(COPY["batch"], generator) for _ in range(steps)), steps, rate)
    return row | {"right": right(model, *asked(500, torch.Generator().manual_seed(10_000)))}


# ---------------------------------------------------------------- one token moved

MOVED = {"length": 24, "tokens": 4, "symbols": 4, "steps": 400, "batch": 32}
PLACES = (2, 5, 11, 16)


def selective(size, generator, places=None):
    """Four symbols of four among blanks, then four steps that ask for them in order: x (B, T, 6) one-hot, y (B, 4).

    places: where they stand, the same for all; None: anywhere, drawn anew for every sequence.
    """
    length, count, kinds = MOVED["length"], MOVED["tokens"], MOVED["symbols"]
    if places is None:
        where = torch.rand(size, length, generator=generator).argsort(1)[:, :count].sort(1).values
    else:
        where = torch.tensor(places).expand(size, -1)
    y = torch.randint(kinds, (size, count), generator=generator)
    tokens = torch.full((size, length + count), kinds).scatter(1, where, y)
    tokens[:, length:] = kinds + 1
    return F.one_hot(tokens, kinds + 2).float(), y


def moved():
    """Taught with four tokens always in the same places; then the second stands one step later. And taught anywhere."""
    build, rows = lambda: state_space(6, 24, 32, steps=(0.01, 0.3)), {"the same places": [], "anywhere": []}
    rows["anywhere, five times as long"] = []
    shifted = tuple(place + (i == 1) for i, place in enumerate(PLACES))
    asked = {"where taught": PLACES, "one moved": shifted, "anywhere": None}
    for seed in progress(SEEDS, label="moved"):
        for name, taught in rows.items():
            if "five" in name and seed:
                continue
            steps = MOVED["steps"] * (5 if "five" in name else 1)
            model = seeded(seed, lambda: Reading(build(), MOVED["symbols"], last=MOVED["tokens"]))
            generator, places = torch.Generator().manual_seed(seed), PLACES if name == "the same places" else None
            row = fit(model, (selective(MOVED["batch"], generator, places) for _ in range(steps)), steps, 1e-2)
            found = {
                name: right(model, *selective(500, torch.Generator().manual_seed(10_000), places))
                for name, places in asked.items()
            }
            taught.append({"seed": seed, "steps": steps} | row | {"right": found})
        yield MOVED | {"networks": rows}


PARTS = (delay, moved, columns, notes, digits, copying, long_digits, starts)

if __name__ == "__main__":
    torch.set_num_threads(1)
    measure_parts("07_2", "state_space", PARTS, __doc__)
