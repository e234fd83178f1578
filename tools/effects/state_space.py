"""Measure S4D against its rivals and against itself, for lesson 07_2, into data/effects/07_2.json.

    python -m tools.effects.state_space          (about twenty-five minutes on one core)
    python -m tools.effects.state_space delay    only one part; the others: PARTS, at the end

Networks of one part have the same number of parameters, within five in a hundred, where nothing else is said. Each has
the best of the same learning rates, chosen for it by its loss on a seed that is not reported: three, and larger ones
for as long as the largest is the best. (Where a rate is named, that one.) LSTM and GRU learn in the form of torch.nn,
to which tests/unit/test_lstm.py and test_gru.py hold ours. S4D has two blocks, and one rate for all of its parameters.
What stands in the file is not done again, nor counted again in its "cpu seconds".
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
from tools.effects import measure_parts, so_far
from tools.effects.temporal_convolution import best_rates, layers, learnt, seeded

SEEDS, TUNED_ON = range(5), 100
RATES, LARGER = (3e-3, 1e-2, 3e-2), (5e-2, 1e-1, 2e-1, 3e-1)


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


def compared(part, builds, run, about, seeds=SEEDS, rates=RATES, larger=LARGER):
    """Choose a rate for each of the networks, then all seeds. run(build, rate, seed) -> a row with its loss."""
    old, tuned = so_far("07_2").get(part, {}), {}
    known, rows = old.get("tuning", {}), old.get("networks", {})

    def score(name, rate):
        scores = known.get(name, {}).get("scores", {})
        return scores[str(rate)] if str(rate) in scores else run(builds[name], rate, TUNED_ON)["loss"]

    for name in builds:
        one = {name: {"scores": {}, "best": rates[0]}}  # a rate that is named is not chosen
        tuned |= best_rates([name], score, rates, larger) if len(rates) > 1 else one
        yield about | {"tuned on seed": TUNED_ON, "tuning": known | tuned, "networks": rows}
    best = {name: tuned[name]["best"] for name in builds}
    rows = {name: _done(rows.get(name, []), rate) for name, rate in best.items()}
    for seed in progress(seeds, label=part):
        for name, rate in best.items():
            if seed not in {row["seed"] for row in rows[name]}:
                rows[name].append({"seed": seed} | run(builds[name], rate, seed))
        yield about | {"tuned on seed": TUNED_ON, "tuning": tuned, "networks": rows}


def _done(rows, rate):
    return [row for row in rows if row["rate"] == rate]


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
    yield from compared("columns", builds, scans, COLUMNS)


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


def without_the_upper_half(x):
    """Every second sample of waves x (B, T, 1) that have lost the upper half of their frequencies: (B, T/2, 1)."""
    half = x.shape[1] // 2
    return torch.fft.irfft(torch.fft.rfft(x, dim=1)[:, : half // 2 + 1], half, dim=1) / 2


def notes():
    """Which pitch? Then the same notes from a recorder of twice the rate: as they are, and with two cures at the input.

    Every second sample, plain: partials between 2,000 and 4,000 Hz, which the first recorder never had, fold down.
    And every second sample after those are gone. S4D also with half of Δ.
    """
    yield from compared("notes", note_builds(), note_run(NOTES["steps"]), NOTES)


def notes_patient():
    """The LSTM with five times the batches, its rate chosen anew of two; three seeds, for their time."""
    steps = 5 * NOTES["steps"]
    builds = {"LSTM": note_builds()["LSTM"]}
    yield from compared("notes_patient", builds, note_run(steps), NOTES | {"steps": steps}, range(3), RATES[1:], ())


def note_builds():
    builds = layers(1, NOTES["pitches"], 7_700, 3, 7)
    builds.pop("GRU")
    return builds | {"S4D": lambda: state_space(1, 28, 32, steps=(0.005, 0.5))}


def note_run(steps):
    taught, new, (fine, y) = sound(NOTES["notes"], 1), sound(400, 2), sound(400, 2, 2 * NOTES["rate"])
    high = y >= 6  # six whole tones are an octave
    asked = {"right": new, "untold": (fine, y), "an octave low": (fine[high], y[high] - 6)}
    asked["no octave below"] = fine[~high], y[~high]
    asked |= {"every second sample": (fine[:, ::2], y), "filtered": (without_the_upper_half(fine), y)}

    def run(build, rate, seed):
        model = seeded(seed, lambda: Reading(build(), NOTES["pitches"]))
        row = fit(model, drawn(*taught, steps, seed), steps, rate)
        row |= {name: right(model, *heard) for name, heard in asked.items()}
        if any(isinstance(part, S4Block) for part in model.modules()):
            stretch(model, 0.5)
            row["told"] = right(model, fine, y)
        return row

    return run


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
    yield from compared("digits", {"S4D": lambda: state_space(1, 28, 32, steps=(0.005, 0.5))}, run, DIGITS)


def pixel_run(build, rate, seed, taught, new, steps=DIGITS["steps"]):
    model = seeded(seed, lambda: Reading(build(), 10, last=1))
    y, new_y = taught[1][:, None], new[1][:, None]
    row = fit(model, drawn(taught[0], y, steps, seed), steps, rate)
    return row | {"right": right(model, new[0], new_y)}


SIDE = 14


def long_builds():
    builds = layers(1, 10, DIGITS["parameters"], 3, 7)
    builds.pop("GRU")  # slow, and slower to learn than a TCN on 64
    return builds | {"S4D": lambda: state_space(1, 28, 32, steps=(0.002, 0.2))}


def long_run(steps):
    taught, new = long_pixels("train", SIDE), long_pixels("held_out", SIDE)
    return lambda build, rate, seed: pixel_run(build, rate, seed, taught, new, steps)


def long_digits():
    """Three times as long: 196 pixels."""
    yield from compared("long_digits", long_builds(), long_run(DIGITS["steps"]), DIGITS | {"length": SIDE**2})


def long_patient():
    """The LSTM with five times the batches, its rate chosen anew; three seeds, for their time."""
    steps = 5 * DIGITS["steps"]
    builds = {"LSTM": long_builds()["LSTM"]}
    about = DIGITS | {"length": SIDE**2, "steps": steps}
    yield from compared("long_patient", builds, long_run(steps), about, range(3), (1e-2, 3e-2, 5e-2), ())


# ---------------------------------------------------------------- where it starts

STARTS, EARLY = ("lin", "inv", "legs", "real", "fading", "random", "s4"), 100


def started(inputs, d_model, state_size, init, steps):
    """S4D with one of its starts, or "random", with decays from 0.05 to 5 and frequencies up to Lin's largest, both
    drawn; "fading": real modes with such decays; "s4": S4.
    """
    if init == "s4":
        return state_space(inputs, d_model, state_size, kind="s4", steps=steps)
    known = {"random": "lin", "fading": "real"}.get(init, init)
    net = state_space(inputs, d_model, state_size, init=known, steps=steps)
    for part in net.modules():
        if isinstance(part, S4Block) and init in ("random", "fading"):
            nn.init.uniform_(part.layer.log_decay, math.log(0.05), math.log(5))
        if isinstance(part, S4Block) and init == "random":
            nn.init.uniform_(part.layer.frequency, 0, math.pi * state_size / 2)
    return net


def starts():
    """Seven starts on 64 pixels after a hundred batches, early, where a start should show.

    "s4" is S4, which learns the rank-one term of HiPPO and B too: half as many numbers more. So has "lin, wider".
    """
    builds = {init: lambda init=init: started(1, 28, 32, init, (0.005, 0.5)) for init in STARTS}
    builds["lin, wider"] = lambda: started(1, 37, 32, "lin", (0.005, 0.5))  # as many numbers to learn as S4
    run = lambda *args: pixel_run(*args, pixels("train"), pixels("held_out"), EARLY)  # noqa: E731
    yield from compared("starts", builds, run, {"batches": EARLY})


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


COPY = {"count": 5, "distance": 20, "batch": 32, "steps": 300, "parameters": 6_450}


def copying():
    """The copy task of 05_1, twenty steps later: complex modes and real ones, 32 numbers a channel in both."""
    yield from compared("copying", copy_builds(), copies, COPY)


def copying_patient():
    """Real modes with five times the batches, at the rate that was best without; three seeds, for their time."""
    best, steps = so_far("07_2")["copying"]["tuning"]["real"]["best"], 5 * COPY["steps"]
    run = lambda *args: copies(*args, steps)  # noqa: E731
    builds = {"real": copy_builds()["real"]}
    yield from compared("copying_patient", builds, run, COPY | {"steps": steps}, range(3), (best,), ())


def copy_builds():
    return {init: lambda init=init: started(10, 26, 32, init, (0.01, 0.3)) for init in ("lin", "real")}


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
    taught = {"the same places": PLACES, "anywhere": None}
    yield from compared("moved", taught, naming, MOVED, rates=(1e-2,), larger=())


def moved_patient():
    """Taught anywhere with five times the batches; two seeds, for their time."""
    steps = 5 * MOVED["steps"]
    run = lambda *args: naming(*args, steps)  # noqa: E731
    yield from compared("moved_patient", {"anywhere": None}, run, MOVED | {"steps": steps}, range(2), (1e-2,), ())


def naming(taught, rate, seed, steps=MOVED["steps"]):
    """Train S4D on symbols in these places, or anywhere; -> its row, with what is right in three kinds of places."""
    model = seeded(seed, lambda: Reading(state_space(6, 24, 32, steps=(0.01, 0.3)), MOVED["symbols"], MOVED["tokens"]))
    generator = torch.Generator().manual_seed(seed)
    row = fit(model, (selective(MOVED["batch"], generator, taught) for _ in range(steps)), steps, rate)
    shifted = tuple(place + (i == 1) for i, place in enumerate(PLACES))
    asked = {"where taught": PLACES, "one moved": shifted, "anywhere": None}
    draw = lambda: torch.Generator().manual_seed(10_000)  # noqa: E731
    return row | {"right": {name: right(model, *selective(500, draw(), places)) for name, places in asked.items()}}


PARTS = (
    starts,
    notes,
    notes_patient,
    columns,
    long_digits,
    long_patient,
    digits,
    copying,
    copying_patient,
    moved,
    moved_patient,
    delay,
)

if __name__ == "__main__":
    torch.set_num_threads(1)
    measure_parts("07_2", "state_space", PARTS, __doc__)
