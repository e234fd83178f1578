"""Measure what a rule makes of a memory of fixed size, for lesson 08_2, into data/effects/08_2.json.

    python -m tools.effects.linear_recurrences               all parts, five seeds (about an hour on one core)
    python -m tools.effects.linear_recurrences --seeds 2     two seeds. What stands in the file is not done again
    python -m tools.effects.linear_recurrences parity        only one part; or: longer, threes, recall, second, ...

Every network is an embedding, one block with one layer of the rule, and a head: only the rule differs. Each has the
best of the same three rates, chosen by its loss on a seed that is not reported.
`recall`: names and values, then every name is asked once, by size of the state. A window of two lets a value see its
name, so that one layer is enough. The rates are chosen at 8 rows, with half the steps. `short`: with a third of the
steps, and rates chosen with half of those; one seed. Many networks answer one of the values that they saw then, and
not yet the one asked for. `second`: every network that still guesses after
`recall`, once more at its rule's second best rate. `patient`: where none of a rule and a size has learnt it then, five
times the steps at the middle rate; one seed.
`parity`: the remainder by 2 of a sum of digits, learnt at lengths of 4 to 16 and asked at up to 256. The layer has no
window; a feed-forward part follows it, since some rules mix no features. `longer`: those that failed, with five times
the steps. `threes`: remainders by 3, with as many steps as `longer` and rates chosen with half.
"""

import statistics
import sys

import torch
from torch import nn

from seqmodels.attention import MultiHeadAttention
from seqmodels.language_model import LanguageModel
from seqmodels.layer import Stacked
from seqmodels.linear_recurrence import GLA, MLSTM, RGLRU, RWKV6, DeltaNet, RecurrenceBlock, RetNet
from seqmodels.lstm import LSTM
from seqmodels.mamba2 import Mamba2Block
from seqmodels.nested import leaves
from seqmodels.recurrent import ElmanRNN
from seqmodels.runtime import count_parameters, evaluating, progress
from seqmodels.tasks import mqar
from seqmodels.tasks.parity import modular_sum
from seqmodels.training import train, warmup_cosine
from tools.effects import measure_parts, so_far
from tools.effects.induction import surprise

TUNED_ON, RATES = 100, (0.003, 0.01, 0.03)
SEEDS = range(5)


def network(layer, vocab_size, **block):
    """An embedding, one block around this layer, a norm and a head."""
    width = layer.input_size
    backbone = Stacked([RecurrenceBlock(layer, **block)])
    return LanguageModel(vocab_size, width, backbone, norm=nn.RMSNorm(width, eps=1e-5))


def learn(build, draw, seed, rate, steps):
    """Train build() on batches of draw(generator) -> the model, and a row of what it took."""
    torch.manual_seed(seed)
    model, generator = build(), torch.Generator().manual_seed(seed)
    batches = (draw(generator) for _ in range(steps))
    history = train(model, batches, steps=steps, loss=surprise, learning_rate=rate, schedule=warmup_cosine(steps, 20))
    if history.stopped:
        raise RuntimeError(f"seed {seed}, rate {rate}: {history.stopped}")
    return model, {"seed": seed, "rate": rate, "steps": steps, "loss": statistics.fmean(history.loss[-20:])}


def best_rate(build, draw, steps):
    losses = {rate: learn(build, draw, TUNED_ON, rate, steps)[1]["loss"] for rate in RATES}
    return {"losses": losses, "best": min(losses, key=losses.get)}


def share_right(model, batch, last=None):
    """The share of scored answers that are right; last: only in so many last places."""
    tokens, answers, scored = batch
    with evaluating(model):
        hits = model(tokens)[0].argmax(-1) == answers
    return hits[:, -last:].float().mean().item() if last else hits[scored].float().mean().item()


def kept(model):
    """How many numbers the layer itself stores for one sequence after 64 tokens."""
    with torch.no_grad():
        ((_, state),) = model(torch.zeros(1, 64, dtype=torch.int64))[1]
    return sum(leaf.numel() for leaf in leaves(state) if leaf.is_floating_point())


# ---------------------------------------------------------------- recall against the size of the state

PAIRS, WORDS, WIDTH, SIZES, RECALL_STEPS = (2, 4, 8, 16), 64, 32, (4, 16, 8), 1500
HEAD = {"value_size": WIDTH}  # one head
RECALL = {
    "RetNet": lambda n: RetNet(WIDTH, 1, key_size=n, **HEAD),
    "GLA": lambda n: GLA(WIDTH, 1, key_size=n, **HEAD),
    "DeltaNet": lambda n: DeltaNet(WIDTH, 1, key_size=n, **HEAD),
    "Gated DeltaNet": lambda n: DeltaNet(WIDTH, 1, gate=True, key_size=n, **HEAD),
    "mLSTM": lambda n: MLSTM(WIDTH, 1, key_size=n, **HEAD),
    "Mamba-2": lambda n: Mamba2Block(WIDTH, n, expand=1, head_size=WIDTH // 4, kernel_size=1),  # heads share k and q
    "attention": lambda n: MultiHeadAttention(WIDTH, 1),
}


def recall_batch(generator, batch=32, pairs=None):
    pairs = pairs or PAIRS[int(torch.randint(len(PAIRS), (), generator=generator))]
    return mqar(batch, 4 * pairs, pairs, generator, vocab_size=WORDS, filler="zeros")


def holding(wanted, part, tuned_with, tuning=None):
    """The rows of a part for (seed, kind, rows of the slate, steps), what stands in the file already first."""
    old = so_far("08_2").get(part, {})
    rows, tuned = old.get("rows", []), tuning or old.get("tuning", {})
    done = {(row["seed"], row["kind"], row["size"], row["steps"]) for row in rows}
    for seed, kind, n, steps in progress([one for one in wanted if one not in done], label=part):
        if kind not in tuned:
            build = lambda kind=kind: network(RECALL[kind](8), WORDS, window=2)  # noqa: E731
            tuned[kind] = best_rate(build, recall_batch, tuned_with)
        build = lambda kind=kind, n=n: network(RECALL[kind](n), WORDS, window=2)  # noqa: E731
        model, row = learn(build, recall_batch, seed, tuned[kind]["best"], steps)
        draw = lambda: torch.Generator().manual_seed(10_000)  # noqa: E731
        found = [share_right(model, recall_batch(draw(), 200, pairs)) for pairs in PAIRS]
        about = {"kind": kind, "size": n, "state": kept(model), "parameters": count_parameters(model)}
        rows.append(about | row | {"right": found})
        found = {"pairs": PAIRS, "rows": rows}
        yield found if tuning else found | {"tuned on seed": TUNED_ON, "tuning": tuned}


def recall_sizes(*without):
    return [(kind, n) for n in SIZES for kind in RECALL if kind not in ("attention", *without)] + [("attention", 0)]


def recall():
    """How many of 2 to 16 pairs are there when they are asked for? By rule and size of the state."""
    wanted = [(seed, *one, RECALL_STEPS) for seed in SEEDS for one in recall_sizes()]
    yield from holding(wanted, "recall", RECALL_STEPS // 2)


def short():
    """The same with a third of the steps."""
    wanted = [(0, *one, RECALL_STEPS // 3) for one in recall_sizes("Mamba-2")]
    yield from holding(wanted, "short", RECALL_STEPS // 6)


def second():
    """A second try for every network that still guessed, at the second best rate of its rule."""
    old = so_far("08_2")["recall"]
    after = lambda losses: float(sorted(losses, key=losses.get)[1])  # noqa: E731
    rates = {kind: {"best": after(found["losses"])} for kind, found in old["tuning"].items()}
    wanted = [(row["seed"], row["kind"], row["size"], RECALL_STEPS) for row in old["rows"] if guesses(row)]
    yield from holding(wanted, "second", 0, rates)


def patient():
    """Where no network of a rule and a size has learnt it: five times the steps, at the middle rate; one seed."""
    old = so_far("08_2")
    rows = old["recall"]["rows"] + old["second"]["rows"]
    learnt = {(row["kind"], row["size"]) for row in rows if not guesses(row)}
    wanted = [(0, *one, 5 * RECALL_STEPS) for one in recall_sizes() if one not in learnt]
    yield from holding(wanted, "patient", 0, {kind: {"best": RATES[1]} for kind in RECALL})


def guesses(row):
    """Does it give back fewer than two of 16 pairs?"""
    return row["right"][-1] < 1 / 8


# ---------------------------------------------------------------- sums that never lose their place

NARROW, LENGTHS, PARITY_STEPS = 16, (16, 64, 256), 300
COUNTERS = {
    "DeltaNet, β to 2": lambda: DeltaNet(NARROW, 2, negative_eigenvalues=True),
    "DeltaNet": lambda: DeltaNet(NARROW, 2),
    "Mamba-2": lambda: Mamba2Block(NARROW, 8, expand=1, head_size=8, kernel_size=1),
    "GLA": lambda: GLA(NARROW, 2),
    "mLSTM": lambda: MLSTM(NARROW, 2),
    "RWKV-6": lambda: RWKV6(NARROW, 2),
    "RG-LRU": lambda: RGLRU(NARROW),
    "LSTM": lambda: LSTM(NARROW, NARROW),
    "Elman": lambda: ElmanRNN(NARROW, NARROW),
}


def sums(modulus, length=None, batch=64):
    def draw(generator):
        steps = length or int(torch.randint(4, 17, (), generator=generator))
        x, y = modular_sum(batch, steps, generator, modulus=modulus)
        return x, y, torch.ones_like(x, dtype=torch.bool)

    return draw


def counted(modulus, model):
    """The share right in the last quarter of sequences of each length."""
    draw = lambda: torch.Generator().manual_seed(20_000)  # noqa: E731
    return [share_right(model, sums(modulus, length, 200)(draw()), last=length // 4) for length in LENGTHS]


def counting(wanted, part, tuned_with, tuning=None):
    """The rows of a part for (seed, modulus, kind, steps), what stands in the file already first."""
    old = so_far("08_2").get(part, {})
    rows, tuned = old.get("rows", []), tuning or old.get("tuning", {})
    done = {(row["seed"], row["modulus"], row["kind"], row["steps"]) for row in rows}
    for seed, modulus, kind, steps in progress([one for one in wanted if one not in done], label=part):
        draw = sums(modulus)
        build = lambda kind=kind, m=modulus: network(COUNTERS[kind](), m, window=1, d_ff=2 * NARROW)  # noqa: E731
        if kind not in tuned:
            tuned[kind] = best_rate(build, draw, tuned_with)
        model, row = learn(build, draw, seed, tuned[kind]["best"], steps)
        about = {"kind": kind, "modulus": modulus, "state": kept(model), "parameters": count_parameters(model)}
        rows.append(about | row | {"right": counted(modulus, model)})
        found = {"lengths": LENGTHS, "rows": rows}
        yield found if tuning else found | {"tuned on seed": TUNED_ON, "tuning": tuned}


def parity():
    """Odd or even, by rule."""
    yield from counting([(seed, 2, kind, PARITY_STEPS) for seed in SEEDS for kind in COUNTERS], "parity", PARITY_STEPS)


def longer():
    """Those that were wrong even at the lengths they had learnt, once more with five times the steps."""
    old = so_far("08_2")["parity"]
    failed = [kind for kind in COUNTERS if all(row["right"][0] < 0.95 for row in old["rows"] if row["kind"] == kind)]
    wanted = [(seed, 2, kind, 5 * PARITY_STEPS) for seed in SEEDS for kind in failed]
    yield from counting(wanted, "longer", 0, old["tuning"])


def threes():
    """Remainders by three, with five times the steps."""
    wanted = [
        (seed, 3, kind, 5 * PARITY_STEPS) for seed in SEEDS for kind in ("DeltaNet, β to 2", "Mamba-2", "LSTM", "Elman")
    ]
    yield from counting(wanted, "threes", 5 * PARITY_STEPS // 2)


if __name__ == "__main__":
    torch.set_num_threads(1)
    if "--seeds" in sys.argv:
        at = sys.argv.index("--seeds")
        SEEDS = range(int(sys.argv[at + 1]))
        del sys.argv[at : at + 2]
    measure_parts("08_2", "linear_recurrences", (parity, longer, threes, recall, second, short, patient), __doc__)
