"""The parts of tools/effects/learning_through_time.py that train: cuts, truncation, clipping, the adding problem.

Nothing is tuned for one side alone: with and without clipping the same learning rates are tried and all are written.
Seconds are of the processor. Where the error on new sequences is not finite it is written as null.
"""

import math
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from seqmodels.layer import map_state
from seqmodels.reader import Carried, Reader, pieces
from seqmodels.recurrent import ElmanRNN
from seqmodels.runtime import progress
from seqmodels.tasks import temporal_xor
from seqmodels.training import train

SEEDS = range(5)

# ---------------------------------------------------------------- where the cut falls

CUTS = [(2, 0), (3, 1), (3, 0), (3, 2), (5, 0), (6, 1), (6, 0), (6, 2)]  # steps of a piece, first step read


def third_bits(length, first, seed):
    """The reader of lesson 02_2's opening, its pieces begun at step `first`: its squared error at new third bits."""
    torch.manual_seed(seed)
    coins = torch.Generator().manual_seed(1 + seed)
    bits, new = (temporal_xor(1_000, coins).float()[:, None] for _ in range(2))
    rows, model = bits.view(20, 150, 1), Reader(ElmanRNN(1, 8), 1)
    cut = pieces(rows[:, first:-1], rows[:, first + 1 :], length)
    train(model, cut, steps=2_000, learning_rate=0.01, loss=Carried(squared_error))
    with torch.no_grad():
        error = (model(new[None, :-1])[0][0].sigmoid() - new[1:]) ** 2
    return error[31::3].mean().item()


def squared_error(y, then):
    return ((y.sigmoid() - then) ** 2).mean()


def cuts():
    """The error at third bits for pieces of several lengths. place: at which step of three it is answered."""
    rows = []
    for length, first in progress(CUTS, label="cuts"):
        place = {"place": (1 - first) % 3 + 1} if length % 3 == 0 else {}
        found = [third_bits(length, first, seed) for seed in SEEDS]
        rows.append({"piece": length} | place | {"at third bits": found})
    yield {"steps": 2_000, "Adam": 0.01, "clip": 1.0, "seeds": list(SEEDS), "rows": rows}


# ---------------------------------------------------------------- truncation

WINDOWS, LAG, STREAM, STREAMS = [1, 2, 5, 10, 11, 12, 15, 20], 10, 6000, 32


def recall_stream(batch_size, length, lags, rng):
    """Endless trials: a cue of ±1 in input 0, silence, a question in input 1; its answer is the cue, `lags` steps old.

    x (B, T, 2), targets (B, T) with NaN where nothing is asked. The next cue comes 1 to 5 steps after a question.
    """
    x, targets = np.zeros((batch_size, length, 2), np.float32), np.full((batch_size, length), np.nan, np.float32)
    cue_at, ask_at, bit = rng.integers(0, 10, batch_size), np.full(batch_size, -1), np.zeros(batch_size)
    for t in range(length):
        (asked,) = np.nonzero(ask_at == t)
        x[asked, t, 1], targets[asked, t] = 1, bit[asked]
        cue_at[asked] = t + rng.integers(1, 6, len(asked))
        (cued,) = np.nonzero(cue_at == t)
        bit[cued] = rng.choice([-1, 1], len(cued))
        x[cued, t, 0], ask_at[cued] = bit[cued], t + rng.choice(lags, len(cued))
    return torch.from_numpy(x), torch.from_numpy(targets)


class AnswerLoss:
    """Squared error where something is asked. carry: the values of the state flow on to the next piece."""

    def __init__(self, carry):
        self.carry, self.state = carry, None

    def __call__(self, model, piece):
        x, targets = piece
        y, state = model(x, self.state)
        self.state = map_state(torch.Tensor.detach, state) if self.carry else None
        asked = ~targets.isnan()
        return ((y[..., 0] - targets)[asked] ** 2).sum() / max(1, int(asked.sum()))


def answers_right(model, lag, seed, window=None):
    """Share of right signs on new streams of one lag; window: with the state thrown away after every so many steps."""
    x, targets = recall_stream(64, 240, [lag], np.random.default_rng([1, seed]))
    with torch.no_grad():
        y = torch.cat([model(piece)[0] for piece in x.split(window or 240, 1)], 1)[..., 0]
    asked = ~targets.isnan()
    return ((y > 0) == (targets > 0))[asked].float().mean().item()


def truncated(window, lags, seed, tests, carry=True):
    torch.manual_seed(seed)
    model = Reader(ElmanRNN(2, 32), 1)
    x, targets = recall_stream(STREAMS, STREAM, lags, np.random.default_rng(seed))
    cut = list(zip(x.split(window, 1), targets.split(window, 1), strict=True))
    began = time.process_time()
    train(model, cut, steps=len(cut), learning_rate=3e-3, loss=AnswerLoss(carry))
    row = {"window": window, "seed": seed, "seconds": time.process_time() - began}
    row["right"] = {lag: answers_right(model, lag, seed) for lag in tests}
    return row if carry else row | {"right, state thrown away": answers_right(model, tests[0], seed, window)}


def truncation():
    found = {"streams": STREAMS, "steps read": STREAM, "hidden": 32, "Adam": 3e-3, "clip": 1.0, "lag": LAG}
    longer = [1, 2, 4, 5, 6, 8, 10, 12, 16, 20, 30]
    for name, settings in {
        "carried": [(window, [LAG], (LAG,), True) for window in WINDOWS],
        "thrown away": [(window, [LAG], (LAG,), False) for window in (11, 15, 20)],
        "lags 1 to 12": [(window, range(1, 13), longer, True) for window in (1, 2, 5)],
        "lags 1 to 4": [(5, range(1, 5), longer, True)],
    }.items():
        found[name] = [truncated(window, list(lags), seed, tests, carry)
                       for window, lags, tests, carry in progress(settings, label=name) for seed in SEEDS]  # fmt: skip
        yield found


def short_lags():
    """Trained on delays of 1 and 2 only, in pieces of two: which longer ones does it know?"""
    rows = [truncated(2, [1, 2], seed, [1, 2, 3, 5, 12]) for seed in progress(SEEDS, label="short lags")]
    yield {"rows": [{"seed": row["seed"], "right": row["right"]} for row in rows]}


# ---------------------------------------------------------------- clipping

ORDER = dict(length=30, hidden=32, batch=20, steps=800)
RATES = [0.003, 0.01, 0.03, 0.1, 0.3]  # of plain gradient descent


def temporal_order(batch_size, length, generator):
    """Which came first (Hochreiter and Schmidhuber, 1997, as in Pascanu, Mikolov and Bengio, 2013).

    Two marks, each A or B, one in the second tenth of the sequence, one in the sixth; c to f elsewhere.
    x (B, T, 6), and the class AA, AB, BA or BB (B,).
    """
    symbols = torch.randint(2, 6, (batch_size, length), generator=generator)
    marks, rows = torch.randint(0, 2, (batch_size, 2), generator=generator), torch.arange(batch_size)
    for i, tenth in enumerate((1, 5)):
        begin, end = tenth * length // 10, (tenth + 1) * length // 10
        symbols[rows, torch.randint(begin, end, (batch_size,), generator=generator)] = marks[:, i]
    return F.one_hot(symbols, 6).float(), 2 * marks[:, 0] + marks[:, 1]


def last_class(model, batch):
    x, target = batch
    return F.cross_entropy(model(x)[0][:, -1], target)


def endless(task, batch_size, length, seed):
    generator = torch.Generator().manual_seed(seed)
    while True:
        yield task(batch_size, length, generator)


def learned(model, task, batch_size, length, seed, steps, loss, clip, optimizer):
    """Train; then what the loss did, and the norm of the gradient before clipping. steps: fewer where it blew up."""
    began = time.process_time()
    batches = endless(task, batch_size, length, seed)
    history = train(model, batches, steps=steps, loss=loss, optimizer=optimizer, clip=clip)
    norm = np.array(history.gradient_norm)
    names, shares = ("50 %", "99 %", "largest"), (0.5, 0.99, 1)
    return {
        "loss, last fifth": np.mean(history.loss[-(len(norm) // 5) :]),
        "largest loss": max(history.loss),
        "gradient norm": dict(zip(names, np.quantile(norm, shares), strict=True)),
        "above 10": int((norm > 10).sum()),
        "steps": len(norm),
        "seconds": time.process_time() - began,
    }  # fmt: skip


def clipped(rate, clip, seed):
    torch.manual_seed(seed)
    model = Reader(ElmanRNN(6, ORDER["hidden"]), 4)
    with torch.no_grad():
        U = model.layer.weight_hidden
        U.mul_(1 / torch.linalg.eigvals(U).abs().max())  # spectral radius 1
    row = learned(model, temporal_order, ORDER["batch"], ORDER["length"], seed, ORDER["steps"], last_class, clip,
                  torch.optim.SGD(model.parameters(), lr=rate))  # fmt: skip
    x, target = temporal_order(2000, ORDER["length"], torch.Generator().manual_seed(10_000 + seed))
    with torch.no_grad():
        y = model(x)[0][:, -1]
    right = (y.argmax(-1) == target).float().mean().item() if y.isfinite().all() else None
    return {"rate": rate, "clip": clip, "seed": seed, "right": right} | row


def clipping():
    found = {"settings": ORDER | {"optimizer": "SGD", "spectral radius": 1.0}, "chance": math.log(4), "rows": []}
    for rate in progress(RATES, label="clipping"):
        for clip in (None, 1.0):
            found["rows"] += [clipped(rate, clip, seed) for seed in SEEDS]
        yield found


# ---------------------------------------------------------------- the adding problem

ADDING = dict(length=100, hidden=32, batch=32, steps=600)
NETWORKS = {  # name -> nonlinearity, start of U, standard deviation of W, rate of Adam, with which clip
    "tanh": ("tanh", None, None, 3e-3, (None, 1.0)),
    "relu, identity": ("relu", nn.init.eye_, 0.03, 1e-3, (None, 1.0)),
    "relu, identity, slower": ("relu", nn.init.eye_, 0.03, 3e-4, (None, 1.0)),
    "relu, identity, smaller W": ("relu", nn.init.eye_, 0.001, 1e-3, (1.0,)),
    "tanh, identity": ("tanh", nn.init.eye_, 0.03, 1e-3, (1.0,)),
}  # spread of W and rates: from a few runs with seeds 100 and 101


def adding(batch_size, length, generator):
    """The adding problem as today: values in [0, 1), one mark in each half; x (B, T, 2) and the sum of the two (B,)."""
    values, marks = torch.rand(batch_size, length, generator=generator), torch.zeros(batch_size, length)
    for begin, end in ((0, length // 2), (length // 2, length)):
        marks[torch.arange(batch_size), torch.randint(begin, end, (batch_size,), generator=generator)] = 1
    return torch.stack([values, marks], -1), (values * marks).sum(1)


def started(layer, start, std):
    """U as `start` makes it, no bias, W small; start None: as the layer came."""
    with torch.no_grad():
        if start is not None:
            start(layer.weight_hidden), layer.bias.zero_(), layer.weight_input.normal_(0, std)
    return layer


def last_error(model, batch):
    x, target = batch
    return ((model(x)[0][:, -1, 0] - target) ** 2).mean()


def new_sums(length, seed):
    return adding(2000, length, torch.Generator().manual_seed(10_000 + seed))


def always_one():
    """What saying 1 costs on the same new sequences, for each seed."""
    totals = [new_sums(ADDING["length"], seed)[1] for seed in SEEDS]
    yield {"new": [((total - 1) ** 2).mean().item() for total in totals]}


def adds(name, clip, seed, settings):
    nonlinearity, start, std, rate, _ = NETWORKS[name]
    torch.manual_seed(seed)
    model = Reader(started(ElmanRNN(2, settings["hidden"], nonlinearity), start, std), 1)
    row = learned(model, adding, settings["batch"], settings["length"], seed, settings["steps"], last_error, clip,
                  torch.optim.Adam(model.parameters(), lr=rate))  # fmt: skip
    with torch.no_grad():
        new = last_error(model, new_sums(settings["length"], seed)).item()
    return {"network": name, "clip": clip, "seed": seed, "new": new if math.isfinite(new) else None} | row


def adding_problem():
    networks = {name: {"std of W": std, "rate": rate} for name, (_, _, std, rate, _) in NETWORKS.items()}
    found = {"settings": ADDING | {"optimizer": "Adam"}, "networks": networks, "always 1": 1 / 6, "rows": []}
    for name, (*_, clips) in progress(NETWORKS.items(), label="adding"):
        for clip in clips:
            found["rows"] += [adds(name, clip, seed, ADDING) for seed in SEEDS]
            yield found
