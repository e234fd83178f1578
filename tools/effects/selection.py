"""Measure what selection is for, for lesson 08_1, into data/effects/08_1.json.

    python -m tools.effects.selection             (about half an hour on one core)
    python -m tools.effects.selection copying     only one part; or: longer, ablation, far, writing, dials

`copying`, `ablation`: two layers of width 16 learn to say four marked tokens among 48. The time-invariant rival is the
same network with S4D-Lin, whose kernel is complex, in the place of the selective scan, and has as many parameters.
Each has its own best of the same rates, chosen with 300 batches on a seed that is not reported, by their loss.
`longer`: the rival once more, with five times the batches.
`far`: the token behind a mark, learnt in sequences of 64 to 256 and asked in ones of up to 4,096, by Mamba, by two
layers of attention and by the time-invariant rival. In a trial on the seed apart, attention had learnt nothing in 700
of these batches (rate 0.02); so both rivals begin with easier ones.
`writing`: the time of one token more, Mamba beside a GPT with its cache. `dials`: one memory with Δ for its only door,
learnt on boards of *Be Δ*.
"""

import statistics

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from seqmodels.checkpoints import save_checkpoint
from seqmodels.gpt import GPT
from seqmodels.mamba import Mamba
from seqmodels.runtime import count_parameters, evaluating, progress
from seqmodels.tasks.selection import selective_copy
from seqmodels.training import train, warmup_cosine
from tools.bench import measure
from tools.bench_selective_scan import writing_mamba
from tools.effects import measure_parts, so_far
from tools.effects.induction import surprise
from tools.frozen import enter

SEEDS, TUNED_ON, RATES = range(5), 100, (0.005, 0.01, 0.02)
LENGTH, COUNT, SYMBOLS, WIDTH, LAYERS = 48, 4, 8, 16, 2
PLACES, MOVED = (3, 14, 26, 41), range(-8, 9)
VOCABULARY = SYMBOLS + 2
SIZES = {
    "mamba": {"state_size": 16},
    "time-invariant": {"state_size": 26, "time_invariant": True},  # 7,056 parameters, Mamba has 6,928
}


def sizes(kind, vocabulary=VOCABULARY):
    return {"vocab_size": vocabulary, "d_model": WIDTH, "n_layers": LAYERS, **SIZES[kind]}


def learn(build, draw, seed, rate, steps, about):
    """Train build() on the batches draw(generator, step). Returns the model and a row of what it took."""
    torch.manual_seed(seed)
    model, generator = build(), torch.Generator().manual_seed(seed)
    batches = (draw(generator, step) for step in range(steps))
    history = train(model, batches, steps=steps, loss=surprise, learning_rate=rate, schedule=warmup_cosine(steps, 20))
    if history.stopped:
        raise RuntimeError(f"{about}, seed {seed}, rate {rate}: {history.stopped}")
    curve = [statistics.fmean(history.loss[i : i + steps // 10]) for i in range(0, steps, steps // 10)]
    return model, {"seed": seed, "rate": rate, "steps": steps, "parameters": count_parameters(model), "curve": curve}


def best_rate(build, draw, steps, about, rates=RATES, known=None):
    """The rate with the least loss at the end of so many steps, on a seed apart; `known` ones are not tried again.

    Where the largest is the best, one twice as large is tried too.
    """
    losses = {float(rate): loss for rate, loss in (known or {}).items()}
    best = lambda: min(losses, key=losses.get)  # noqa: E731
    for rate in (*rates, 2 * rates[-1]):
        if rate not in losses and (rate <= rates[-1] or best() == rates[-1]):
            losses[rate] = learn(build, draw, TUNED_ON, rate, steps, about)[1]["curve"][-1]
    return {"losses": losses, "best": best()}


# ---------------------------------------------------------------- four marked tokens


def copying_batch(places, batch=32):
    return lambda generator, step: selective_copy(batch, LENGTH, generator, count=COUNT, symbols=SYMBOLS, places=places)


@torch.no_grad()
def right(model, places=None, moved=None):
    """The share of right answers at each of the four, in 400 new sequences; moved: (which, how far) from its place."""
    if moved is not None:
        places = list(places)
        places[moved[0]] += moved[1]
    x, y, scored = selective_copy(400, LENGTH, torch.Generator().manual_seed(10_000), count=COUNT, symbols=SYMBOLS,
                                  places=places)  # fmt: skip
    with evaluating(model):
        hits = model(x)[0].argmax(-1) == y
    return hits[scored].view(-1, COUNT).float().mean(0).tolist()


def when_moved(model, which=1):
    """The second mark stands aside by `MOVED`: the share right at this one, and at the three that stay."""
    found = {"moved": [], "others": []}
    for by in MOVED:
        hits = right(model, PLACES, (which, by))
        found["moved"].append(hits[which])
        found["others"].append(statistics.fmean(hits[:which] + hits[which + 1 :]))
    return found


TASKS = {"moving": None, "fixed": PLACES}
STEPS = {"moving": {"mamba": 900, "time-invariant": 900}, "fixed": {"mamba": 900, "time-invariant": 250}}
TUNING_STEPS = 300


def copying():
    """Mamba and its time-invariant rival, on marks that stand anywhere and on marks that always stand there.

    What stands in the file already is not done again.
    """
    old = so_far("08_1").get("copying", {})
    rows, tuned = old.get("rows", []), old.get("tuning", {})
    for kind in SIZES:
        build = lambda kind=kind: Mamba(**sizes(kind))  # noqa: E731
        tuned[kind] = best_rate(build, copying_batch(None), TUNING_STEPS, kind, known=tuned.get(kind, {}).get("losses"))
    settings = lambda task, kind: (tuned[kind]["best"], STEPS[task][kind])  # noqa: E731
    rows = [row for row in rows if (row["rate"], row["steps"]) == settings(row["task"], row["kind"])]
    wanted = [(task, seed, kind) for task in TASKS for kind in SIZES for seed in SEEDS]
    done = {(row["task"], row["seed"], row["kind"]) for row in rows}
    yield {"places": PLACES, "moved by": [*MOVED], "tuned on seed": TUNED_ON, "tuning": tuned, "rows": rows}
    for task, seed, kind in progress([one for one in wanted if one not in done], label="copying"):
        build = lambda kind=kind: Mamba(**sizes(kind))  # noqa: E731
        model, row = learn(build, copying_batch(TASKS[task]), seed, *settings(task, kind), (kind, task))
        rows.append(row | {"kind": kind, "task": task, "right": right(model, TASKS[task]), "moved": when_moved(model)})
        if (kind, task) == ("mamba", "moving") or (kind, task, seed) == ("time-invariant", "fixed", 0):
            name = f"copying-{kind}-{task}" + f"-{seed}" * (seed > 0)
            enter(save_checkpoint(model, name, "mamba", **sizes(kind)))
        yield {"places": PLACES, "moved by": [*MOVED], "tuned on seed": TUNED_ON, "tuning": tuned, "rows": rows}


def longer():
    """The time-invariant rival with five times the batches, on marks that stand anywhere; one seed."""
    build = lambda: Mamba(**sizes("time-invariant"))  # noqa: E731
    model, row = learn(build, copying_batch(None), 0, 0.01, 5 * STEPS["moving"]["time-invariant"], "longer")
    yield {"rows": [row | {"kind": "time-invariant", "task": "moving", "right": right(model)}]}


CHOOSERS = {"none": (), "B, C": ("B", "C"), "Δ, C": ("delta", "C"), "Δ, B": ("delta", "B")}


def ablation():
    """Which of the three must choose? Marks that stand anywhere; what does not choose is a learnt constant.

    Each has its own best of the three rates, found as in `copying`, where the Mamba in which all three choose stands.
    """
    old = so_far("08_1").get("ablation", {})
    rows, tuned = old.get("rows", []), old.get("tuning", {})
    done = {(row["seed"], row["choose"], row["rate"]) for row in rows}
    for seed in progress(range(3), label="ablation"):
        for choose, selective in CHOOSERS.items():
            build = lambda selective=selective: Mamba(**sizes("mamba"), selective=selective)  # noqa: E731
            known = tuned.get(choose, {}).get("losses")
            tuned[choose] = best_rate(build, copying_batch(None), TUNING_STEPS, choose, known=known)
            rate = tuned[choose]["best"]
            rows = [row for row in rows if row["choose"] != choose or row["rate"] == rate]
            yield {"tuned on seed": TUNED_ON, "tuning": tuned, "rows": rows}
            if (seed, choose, rate) in done:
                continue
            model, row = learn(build, copying_batch(None), seed, rate, STEPS["moving"]["mamba"], choose)
            rows.append(row | {"choose": choose, "right": right(model)})
            yield {"tuned on seed": TUNED_ON, "tuning": tuned, "rows": rows}


# ---------------------------------------------------------------- what stood behind the mark, long ago


def behind_the_mark(batch, length, times, generator, vocabulary=16):
    """x, y, scored (B, T): among random tokens the mark 0 stands `times` times, always with the same token behind it.

    Whoever meets the mark again should say what stood behind it: scored from the second time on.
    """
    x = torch.randint(1, vocabulary, (batch, length), generator=generator)
    answer = torch.randint(1, vocabulary, (batch, 1), generator=generator)
    at = 2 * torch.rand(batch, length // 2, generator=generator).argsort(1)[:, :times].sort(1).values
    x = x.scatter(1, at, 0).scatter(1, at + 1, answer.expand(-1, times))
    scored = torch.zeros_like(x, dtype=torch.bool).scatter(1, at[:, 1:], True)
    return x, answer.expand_as(x), scored


def far_batch(generator, batch=16):
    length, times = (int(torch.randint(low, high + 1, (), generator=generator)) for low, high in ((64, 256), (2, 8)))
    return behind_the_mark(batch, length, times, generator)


def easy_batch(generator, batch=32):
    """Easier than those of `far_batch`: 64 long, and the mark stands 6 to 16 times."""
    return behind_the_mark(batch, 64, int(torch.randint(6, 17, (), generator=generator)), generator)


def easy_first(easy):
    """So many easy batches, and then those of `far_batch`."""
    return lambda generator, step: (easy_batch if step < easy else far_batch)(generator)


def far_right(model, asked):
    """The share right at each length, where the mark stands twice; asked: how many sequences of each length.

    Each is read up to the second mark, in pieces with the state in between, so that a long one needs little room.
    """
    found = []
    for length, count in asked.items():
        hits = []
        for i in range(count):
            x, y, scored = behind_the_mark(1, length, 2, torch.Generator().manual_seed(30_000 + i))
            at, state = int(scored[0].nonzero()), None
            with evaluating(model):
                for piece in x[:, : at + 1].split(256, 1):
                    logits, state = model(piece, state)
            hits.append(int(logits[0, -1].argmax()) == int(y[0, at]))
        found.append({"length": length, "asked": count, "right": statistics.fmean(hits)})
    return found


ASKED = {64: 100, 256: 100, 512: 100, 1024: 100, 4096: 100}
ATTENTION = {"vocab_size": 16, "d_model": 32, "n_heads": 4, "n_layers": 2, "d_ff": 0, "tied": False}
FAR = {  # how to build it, easy batches, batches in all, seeds
    "mamba": (lambda: Mamba(**sizes("mamba", 16)), 0, 500, SEEDS),
    "rotary": (lambda: GPT(**ATTENTION, positions="rotary"), 400, 600, range(3)),
    "rotary, longer": (lambda: GPT(**ATTENTION, positions="rotary"), 2000, 3000, range(1)),
    "relative": (lambda: GPT(**ATTENTION, positions="relative"), 400, 600, range(3)),
    "time-invariant": (lambda: Mamba(**sizes("time-invariant", 16)), 400, 600, range(1)),
    "time-invariant, longer": (lambda: Mamba(**sizes("time-invariant", 16)), 2000, 3000, range(1)),
}
FAR_RATES = (0.003, 0.01, 0.03)
TUNED_AS = {"relative": "rotary", "rotary, longer": "rotary", "time-invariant, longer": "time-invariant"}


def far():
    """What stood behind the mark: learnt at 64 to 256, asked at up to 4,096.

    Mamba learns from these batches at the rate of `copying`. The others begin with easier ones, at their own
    best of three rates; relative positions at that of rotary ones.
    """
    old = so_far("08_1").get("far", {})
    rows, tuned = old.get("rows", []), old.get("tuning", {})
    done = {(row["seed"], row["kind"], row["rate"]) for row in rows}
    for kind, (build, easy, steps, seeds) in FAR.items():
        if kind != "mamba" and kind not in TUNED_AS:
            known = tuned.get(kind, {}).get("losses")
            tuned[kind] = best_rate(build, easy_first(easy), steps, kind, FAR_RATES, known)
        rate = 0.01 if kind == "mamba" else tuned[TUNED_AS.get(kind, kind)]["best"]
        rows = [row for row in rows if row["kind"] != kind or row["rate"] == rate]
        yield {"tuned on seed": TUNED_ON, "tuning": tuned, "rows": rows}
        for seed in seeds:
            if (seed, kind, rate) in done:
                continue
            model, row = learn(build, easy_first(easy), seed, rate, steps, kind)
            asked = ASKED if kind == "mamba" else ASKED | {4096: 50}
            rows.append(row | {"kind": kind, "easy": easy, "right": far_right(model, asked)})
            yield {"tuned on seed": TUNED_ON, "tuning": tuned, "rows": rows}


# ---------------------------------------------------------------- writing


def writing(contexts=(128, 256, 512, 1024, 2048, 4096), rounds=5):
    """Milliseconds for one token more at batch 1 and 16: Mamba and a GPT with its cache."""
    rows = []
    for batch in (1, 16):
        for context in contexts[: len(contexts) if batch == 1 else -1]:
            runs = writing_mamba(context, batch)
            found = measure(runs, rounds)
            rows.append({"batch": batch, "context": context,
                         "milliseconds": {name: cpu / 8 for name, (cpu, _) in found.items()},
                         "ratio": found["Mamba"][1]})  # fmt: skip
            yield {"rows": rows, "note": "least CPU time of the rounds; ratio: median within rounds"}


# ---------------------------------------------------------------- one dial


class OneDial(nn.Module):
    """One memory that keeps exp(-Δ) of itself and writes the rest, Δ = softplus(a · number + b · mark + c · place + d).

    The marks are those that the board shows: the place is 0 to 1 along the board.
    """

    def __init__(self):
        super().__init__()
        self.weights = nn.Parameter(torch.tensor([0.0, 0.0, 0.0, 0.0]))

    def delta(self, numbers, marks):
        place = torch.linspace(0, 1, numbers.shape[-1]).expand_as(numbers)
        return F.softplus(torch.stack([numbers, marks, place, torch.ones_like(place)], -1) @ self.weights)

    def forward(self, numbers, marks):
        h = torch.zeros_like(numbers[:, 0])
        for x, d in zip(numbers.unbind(1), self.delta(numbers, marks).unbind(1), strict=True):
            h = torch.exp(-d) * h - torch.expm1(-d) * x
        return h


def dials(steps=400):
    """The last marked of twelve numbers, by one rule: what Δ does a trained memory choose? Five seeds."""
    rows = []
    for seed in progress(SEEDS, label="dials"):
        torch.manual_seed(seed)
        model, rng = OneDial(), np.random.default_rng(seed)
        with torch.no_grad():
            model.weights.normal_(std=0.5)
        optimizer = torch.optim.Adam(model.parameters(), 0.1)
        for _ in range(steps):
            numbers, marks = torch.rand(64, 12, generator=torch.Generator().manual_seed(int(rng.integers(2**31)))), None
            marks = torch.zeros(64, 12)
            at = torch.from_numpy(np.sort(rng.random((64, 12)).argsort(1)[:, :2], 1))
            marks.scatter_(1, at, 1.0)
            error = (model(numbers, marks) - numbers.gather(1, at)[:, 1]).square().mean()
            optimizer.zero_grad()
            error.backward()
            optimizer.step()
        a, b, c, d = model.weights.tolist()
        with torch.no_grad():
            delta = model.delta(numbers, marks)
        rows.append({"seed": seed, "weights": {"number": a, "mark": b, "place": c, "bias": d}, "error": error.item(),
                     "marked": delta[marks > 0].mean().item(), "other": delta[marks == 0].mean().item()})  # fmt: skip
        yield {"rows": rows}


if __name__ == "__main__":
    torch.set_num_threads(1)
    measure_parts("08_1", "selection", (copying, longer, ablation, far, writing, dials), __doc__)
