"""Measure the effects that lesson 02_2 shows into data/effects/02_2.json.

    python -m tools.effects.learning_through_time           (about eight minutes)
    python -m tools.effects.learning_through_time lags      only one part; or: cost, cuts, …

What trains stands in learning_through_time_training.py. Seconds are of the processor.
"""

import argparse
import json
import math
import time
import tracemalloc

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from seqmodels.backprop import bptt, gradient_norms_by_lag
from seqmodels.datasets import DATA
from seqmodels.recurrent import ElmanRNN
from tools.effects import save
from tools.effects.learning_through_time_training import (
    SEEDS,
    adding,
    adding_problem,
    always_one,
    clipping,
    cuts,
    short_lags,
    started,
    truncation,
)

# ---------------------------------------------------------------- the gradient against the lag

RADII, DRIVES, LAGS, HIDDEN, INPUTS = [0.8, 0.95, 1.0, 1.1, 1.3, 1.6], [0.0, 0.1, 0.3, 1.0], 100, 64, 8
FROM = 20  # slopes are fitted from this lag on


def random_network(radius, drive, seed):
    """Gaussian U of exactly that spectral radius, no bias, W x_t of standard deviation `drive`; and a sequence."""
    torch.manual_seed(seed)
    layer, U = ElmanRNN(INPUTS, HIDDEN).double(), torch.randn(HIDDEN, HIDDEN, dtype=torch.float64)
    with torch.no_grad():
        layer.weight_hidden.copy_(U * radius / torch.linalg.eigvals(U).abs().max())
        layer.weight_input.normal_().mul_(drive / math.sqrt(INPUTS))
        layer.bias.zero_()
    return layer, torch.randn(1, LAGS + 1, INPUTS, dtype=torch.float64)


def identity_network(seed, kind):
    """ReLU that starts as the identity (Le, Jaitly and Hinton, 2015), on noise or on the adding problem.

    How large W is plays no part: without a bias all h grow with it, and no unit goes on or off.
    """
    torch.manual_seed(seed)
    layer = started(ElmanRNN(2, HIDDEN, "relu"), nn.init.eye_, 0.001).double()
    noise = torch.randn(1, LAGS + 1, 2)
    x = noise if kind == "noise" else adding(1, LAGS + 1, torch.Generator().manual_seed(seed))[0]
    return layer, x.double()


def decay(networks):
    """Over the seeds: log10 of the norm, its slope in the lag, and the middle one of the curves."""
    logs = np.log10([np.maximum(gradient_norms_by_lag(*network), 1e-300) for network in networks])  # (seeds, lags)
    slopes = [np.polyfit(np.arange(FROM, LAGS + 1), row[FROM:], 1)[0] for row in logs]
    return {"log10 a step": slopes, "log10 at the last lag": logs[:, -1].round(2).tolist(),
            "median of log10, every tenth lag": np.median(logs, 0)[::10].round(2).tolist()}  # fmt: skip


def lags():
    settings = {"hidden": HIDDEN, "inputs": INPUTS, "seeds": list(SEEDS), "last lag": LAGS, "slopes from lag": FROM}
    tanh = [{"radius": radius, "drive": drive} | decay(random_network(radius, drive, seed) for seed in SEEDS)
            for drive in DRIVES for radius in RADII]  # fmt: skip
    relu = {kind: [gradient_norms_by_lag(*identity_network(seed, kind))[::10].round(3).tolist() for seed in SEEDS]
            for kind in ("noise", "adding")}  # fmt: skip
    yield settings | {"tanh": tanh, "relu identity, norm at every tenth lag": relu}


# ---------------------------------------------------------------- what it costs

LENGTHS, BATCH, SIZE, REPEATS = [64, 128, 256, 512, 1024], 32, 64, 5


def unbound(layer, x):
    return layer(x)[0]


def indexed(layer, x):
    """The trap: `[:, t]` inside the loop. Its backward fills an array of the whole sequence at every step."""
    from_input, h, states = F.linear(x, layer.weight_input, layer.bias), layer.zeros(len(x), layer.hidden_size), []
    for t in range(x.shape[1]):
        (h,) = layer.cell(from_input[:, t], (h,))
        states.append(h)
    return torch.stack(states, 1)


def kept_bytes(run):
    """Bytes of different storages that the tape keeps for the way back."""
    kept = []
    with torch.autograd.graph.saved_tensors_hooks(lambda value: (kept.append(value), value)[1], lambda value: value):
        result = run()
    del result
    return sum({v.untyped_storage().data_ptr(): v.untyped_storage().nbytes() for v in kept}.values())


def best_seconds(run):
    """The quickest of several (forward, backward) measurements, each on its own."""
    measured = []
    for _ in range(REPEATS):
        began = time.process_time()
        back = run()
        between = time.process_time()
        back()
        measured.append((between - began, time.process_time() - between))
    return np.min(measured, 0)


def exponents(values):
    """Of T: fitted over all lengths, and for each doubling."""
    logs = np.log2(values)
    return {"all": np.polyfit(np.log2(LENGTHS), logs, 1)[0], "doublings": np.diff(logs).tolist()}


def cost():
    torch.manual_seed(0)
    layer, rng, found = ElmanRNN(SIZE, SIZE), np.random.default_rng(0), {}
    for name, form in (("unbind", unbound), ("index", indexed)):
        forward, backward, memory = [], [], []
        for T in LENGTHS:
            x = torch.randn(BATCH, T, SIZE)
            seconds = best_seconds(lambda form=form, x=x: form(layer, x).sum().backward)
            forward.append(seconds[0]), backward.append(seconds[1])
            memory.append(kept_bytes(lambda form=form, x=x: form(layer, x).sum()))
        found[name] = {"forward": forward, "backward": backward, "bytes": memory} | {
            f"exponent of {key}": exponents(values)
            for key, values in (("forward", forward), ("backward", backward), ("bytes", memory))
        }
    by_hand, memory = [], []
    shapes = {"W": (SIZE, SIZE), "U": (SIZE, SIZE), "b": (SIZE,), "V": (1, SIZE), "c": (1,)}
    parameters = {name: rng.normal(size=shape) / math.sqrt(SIZE) for name, shape in shapes.items()}
    for T in LENGTHS:
        x, targets = rng.normal(size=(T, SIZE)), rng.normal(size=(T, 1))
        by_hand.append(best_seconds(lambda x=x, y=targets: bptt(parameters, x, y) and (lambda: None))[0])
        tracemalloc.start()
        bptt(parameters, x, targets)
        memory.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    found["by hand"] = {"both ways": by_hand, "peak bytes": memory, "exponent of both ways": exponents(by_hand),
                        "exponent of peak bytes": exponents(memory)}  # fmt: skip
    yield {"lengths": LENGTHS, "batch": BATCH, "hidden": SIZE, "repeats": REPEATS} | found


def main():
    parts = {"lags": lags, "cost": cost, "cuts": cuts, "truncation": truncation, "short lags": short_lags}
    parts |= {"clipping": clipping, "adding": adding_problem, "always 1": always_one}
    parser = argparse.ArgumentParser(
        "python -m tools.effects.learning_through_time", description=__doc__.split("\n")[0]
    )
    parser.add_argument("parts", nargs="*", help=f"which parts (all): {', '.join(parts)}")
    for name in parser.parse_args().parts or list(parts):
        began = time.process_time()
        for found in parts[name]():  # what is ready is saved at once
            keep(name, found | {"seconds": round(time.process_time() - began)})


def keep(name, found):
    path = DATA / "effects" / "02_2.json"
    old = json.loads(path.read_bytes()) if path.exists() else {}
    head = {"made by": "tools/effects/learning_through_time.py", "machine": "one thread of 2 busy CPU cores"}
    save("02_2", head | old | {name: found})


if __name__ == "__main__":
    main()
