"""Measure what selection is for, for lesson 08_1, into data/effects/08_1.json.

    python -m tools.effects.selection             (about half an hour on one core)
    python -m tools.effects.selection copying     only one part; or: longer, ablation, far, recall, writing, dials

`copying`, `ablation`: two layers of width 16 learn to say four marked tokens among 48. The time-invariant rival is the
same network with S4D-Lin, whose kernel is complex, in the place of the selective scan, and has as many parameters.
Both have the best of the same three rates, chosen with 300 batches on a seed that is not reported, by their loss.
`longer`: the rival once more, with five times the batches.
`far`: the token behind a mark, learnt in sequences of 64 to 256 and asked in ones of up to 4,096.
`recall`: how many pairs a state holds. `writing`: time and memory of
writing, Mamba beside a GPT with its cache. `dials`: one memory with Δ for its only door, learnt on boards of *Be Δ*.
"""

import statistics

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from seqmodels.checkpoints import save_checkpoint
from seqmodels.gpt import GPT
from seqmodels.mamba import Mamba
from seqmodels.nested import leaves
from seqmodels.runtime import count_parameters, evaluating, progress
from seqmodels.tasks import mqar
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
    """Train build() on batches of draw(generator). Returns the model and a row of what it took."""
    torch.manual_seed(seed)
    model, generator = build(), torch.Generator().manual_seed(seed)
    batches = (draw(generator) for _ in range(steps))
    history = train(model, batches, steps=steps, loss=surprise, learning_rate=rate, schedule=warmup_cosine(steps, 20))
    if history.stopped:
        raise RuntimeError(f"{about}, seed {seed}, rate {rate}: {history.stopped}")
    curve = [statistics.fmean(history.loss[i : i + steps // 10]) for i in range(0, steps, steps // 10)]
    return model, {"seed": seed, "rate": rate, "steps": steps, "parameters": count_parameters(model), "curve": curve}


def best_rate(build, draw, steps, about):
    losses = {rate: learn(build, draw, TUNED_ON, rate, steps // 2, about)[1]["curve"][-1] for rate in RATES}
    return {"losses": losses, "best": min(losses, key=losses.get)}


# ---------------------------------------------------------------- four marked tokens


def copying_batch(places, batch=32):
    return lambda generator: selective_copy(batch, LENGTH, generator, count=COUNT, symbols=SYMBOLS, places=places)


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
STEPS = {"moving": 900, "fixed": 250}


def copying():
    """Mamba and its time-invariant rival, on marks that stand anywhere and on marks that always stand there.

    What stands in the file already is not done again.
    """
    old = so_far("08_1").get("copying", {})
    rows, tuned = old.get("rows", []), old.get("tuning", {})
    for kind in progress([kind for kind in SIZES if kind not in tuned], label="tuning"):
        build = lambda kind=kind: Mamba(**sizes(kind))  # noqa: E731
        tuned[kind] = best_rate(build, copying_batch(None), 600, kind)
    wanted = [(task, seed, kind) for task in TASKS for kind in SIZES for seed in SEEDS]
    done = {(row["task"], row["seed"], row["kind"]) for row in rows}
    for task, seed, kind in progress([one for one in wanted if one not in done], label="copying"):
        rate = tuned[kind]["best"]
        model, row = learn(lambda kind=kind: Mamba(**sizes(kind)), copying_batch(TASKS[task]), seed, rate, STEPS[task],
                           (kind, task))  # fmt: skip
        rows.append(row | {"kind": kind, "task": task, "right": right(model, TASKS[task]), "moved": when_moved(model)})
        if (kind, task) == ("mamba", "moving") or (kind, task, seed) == ("time-invariant", "fixed", 0):
            name = f"copying-{kind}-{task}" + f"-{seed}" * (seed > 0)
            enter(save_checkpoint(model, name, "mamba", **sizes(kind)))
        yield {"places": PLACES, "moved by": [*MOVED], "tuned on seed": TUNED_ON, "tuning": tuned, "rows": rows}


def longer():
    """The time-invariant rival with five times the batches, on marks that stand anywhere; one seed."""
    build = lambda: Mamba(**sizes("time-invariant"))  # noqa: E731
    model, row = learn(build, copying_batch(None), 0, 0.01, 5 * STEPS["moving"], "longer")
    yield {"rows": [row | {"kind": "time-invariant", "task": "moving", "right": right(model)}]}


def ablation(steps=STEPS["moving"], rate=0.01):
    """Which of the three must choose? Marks that stand anywhere; all at one rate, that of Mamba in `copying`."""
    rows = so_far("08_1").get("ablation", {}).get("rows", [])
    done = {(row["seed"], tuple(row["selective"])) for row in rows}
    for seed in progress(SEEDS, label="ablation"):
        for selective in ((), ("delta",), ("B", "C"), ("B",), ("C",)):
            if (seed, selective) in done:
                continue
            build = lambda selective=selective: Mamba(**sizes("mamba"), selective=selective)  # noqa: E731
            model, row = learn(build, copying_batch(None), seed, rate, steps, selective)
            rows.append(row | {"selective": selective, "right": right(model)})
            yield {"rows": rows}


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


def far_right(model, lengths=(64, 256, 1024, 4096)):
    """The share right at each length where the mark stands twice, and how far apart these are on average."""
    found = []
    for length in lengths:
        batch = [behind_the_mark(1, length, 2, torch.Generator().manual_seed(30_000 + i)) for i in range(100)]
        x, y, scored = (torch.cat(part) for part in zip(*batch, strict=True))
        with evaluating(model):
            hits = [(model(piece)[0].argmax(-1) == wanted)[where] for piece, wanted, where
                    in zip(x.split(20), y.split(20), scored.split(20), strict=True)]  # fmt: skip
        found.append({"length": length, "right": torch.cat(hits).float().mean().item()})
    return found


FAR = {
    "mamba": (lambda: Mamba(**sizes("mamba", 16)), 500),
    "time-invariant": (lambda: Mamba(**sizes("time-invariant", 16)), 500),
    "gpt, rotary": (lambda: GPT(16, 24, 2, LAYERS, d_ff=48, positions="rotary"), 1000),
    "gpt, none": (lambda: GPT(16, 24, 2, LAYERS, d_ff=48, positions="none"), 1000),
}


def far(rate=0.01):
    """What stood behind the mark: learnt at 64 to 256, asked at up to 4,096. The rates of the GPTs are tuned."""
    old = so_far("08_1").get("far", {})
    rows, tuned = old.get("rows", []), old.get("tuning", {})
    done = {(row["seed"], row["kind"]) for row in rows}
    for seed in progress(SEEDS, label="far"):
        for kind, (build, steps) in FAR.items():
            if (seed, kind) in done:
                continue
            if "gpt" in kind and kind not in tuned:
                tuned[kind] = best_rate(build, far_batch, steps, kind)
            chosen = tuned[kind]["best"] if kind in tuned else rate
            model, row = learn(build, far_batch, seed, chosen, steps, kind)
            rows.append(row | {"kind": kind, "right": far_right(model)})
            yield {"tuned on seed": TUNED_ON, "tuning": tuned, "rows": rows}


# ---------------------------------------------------------------- how many pairs does a state hold?


PAIRS = (2, 4, 8, 16)


def recall(states=(2, 8, 32), steps=500, rate=0.01):
    """Key and value, key and value: how many are there when they are asked for? Against the size of the state."""

    def draw(generator):
        pairs = PAIRS[int(torch.randint(len(PAIRS), (), generator=generator))]
        return mqar(32, 4 * pairs, pairs, generator, vocab_size=64, filler="zeros")

    rows = []
    for seed in progress(SEEDS, label="recall"):
        for state in states:
            build = lambda state=state: Mamba(64, WIDTH, LAYERS, state_size=state)  # noqa: E731
            model, row = learn(build, draw, seed, rate, steps, state)
            found = []
            for pairs in PAIRS:
                x, y, scored = mqar(200, 4 * pairs, pairs, torch.Generator().manual_seed(40_000), vocab_size=64,
                                    filler="zeros")  # fmt: skip
                with evaluating(model):
                    found.append((model(x)[0].argmax(-1) == y)[scored].float().mean().item())
            rows.append(row | {"state": state, "right": found})
        yield {"pairs": PAIRS, "rows": rows}


# ---------------------------------------------------------------- writing


def writing(contexts=(128, 256, 512, 1024, 2048, 4096), rounds=5):
    """Milliseconds for one token more, and the numbers kept, at batch 1 and 16: Mamba and a GPT with its cache."""
    rows = []
    for batch in (1, 16):
        for context in contexts[: len(contexts) if batch == 1 else -1]:
            runs = writing_mamba(context, batch)
            found = measure(runs, rounds)
            rows.append({"batch": batch, "context": context,
                         "milliseconds": {name: cpu / 8 for name, (cpu, _) in found.items()},
                         "ratio": found["Mamba"][1]})  # fmt: skip
            yield {"rows": rows, "kept": kept(), "note": "least CPU time of the rounds; ratio: median within rounds"}


def kept(context=128):
    """How many numbers the state holds after so many tokens, of one sequence."""
    models = {"GPT with its cache": GPT(64, 128, 4, n_layers=4, positions="rotary"), "Mamba": Mamba(64, 128, 8)}
    with torch.no_grad():
        return {name: sum(leaf.numel() for leaf in leaves(model(torch.zeros(1, context, dtype=torch.int64))[1]))
                for name, model in models.items()}  # fmt: skip


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
    measure_parts("08_1", "selection", (copying, longer, ablation, far, recall, writing, dials), __doc__)
