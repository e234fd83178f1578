"""Measure what positions do in texts longer than any in training, for lesson 06_2, into data/effects/06_2.json.

    python -m tools.effects.positions             (about fifteen minutes on one core)
    python -m tools.effects.positions clock       only one part; or: lengths, hands

Small GPTs that differ in their positions alone learn on pieces of 64 characters, cut anywhere from the tales; the same
pieces for all. Then the same stretches of 32 characters of the held-out tales are judged again and again, with more and
more of the tale before them. Who reads well can only gain.

Each kind has the best of the same three learning rates, by its bits at 64 characters, after half of the batches,
of tales that none here has learnt from (56 to 69 of those for training), on a seed that is not reported.
"""

import math

import torch
from torch.nn import functional as F

from seqmodels.datasets import saltmere
from seqmodels.gpt import GPT
from seqmodels.positions import Rotary, SinusoidalPositions
from seqmodels.probes import record
from seqmodels.runtime import count_parameters, evaluating, progress
from seqmodels.tales import VOCABULARY, encoded, one_text
from seqmodels.training import crops, train, warmup_cosine
from tools.effects import measure_parts

SEEDS, TUNED_ON, RATES = range(5), 100, (0.003, 0.01, 0.03)
KINDS = ("none", "sinusoidal", "learned", "rotary", "relative", "alibi")
PIECE, JUDGED, STEPS, BATCH = 64, 32, 400, 16
LENGTHS = (64, 96, 128, 256, 512, 1024)
SETTINGS = {"piece": PIECE, "judged": JUDGED, "batch": BATCH, "steps": STEPS, "sizes": "2 layers, 4 heads, width 64"}


# ---------------------------------------------------------------- learning


def reading():
    """The tales to learn from in a row, START before each: (N,)."""
    return one_text(encoded(saltmere().train[:56]))


class Quiet(SinusoidalPositions):
    """Sines and cosines √D times smaller: as loud beside our letters as the published ones are beside their words.

    (There the words' vectors are multiplied by √D.)
    """

    def rows(self, positions):
        return super().rows(positions) / self.input_size**0.5


class Anywhere(Quiet):
    """The same, but while it learns each piece begins at a random number of the street, so that all are trained."""

    def __init__(self, d_model, seed):
        super().__init__(d_model)
        self.generator = torch.Generator().manual_seed(seed)

    def rows(self, positions):
        if self.training:
            last = max(LENGTHS) - PIECE
            positions = positions + torch.randint(last + 1, (len(positions), 1), generator=self.generator)
        return super().rows(positions)


def taught(positions, seed, rate, steps=STEPS):
    """A GPT that has read pieces cut anywhere; which pieces hangs on the seed alone.

    "sinusoidal", "anywhere": quiet sines, see above; "loud": sines as in (6.2.1).
    """
    text, generator = reading(), torch.Generator().manual_seed(seed)
    torch.manual_seed(seed)
    named = "sinusoidal" if positions in ("loud", "anywhere") else positions
    model = GPT(len(VOCABULARY), 64, 4, 2, PIECE, positions=named)
    if positions == "sinusoidal":
        model.backbone.positions = Quiet(64)
    if positions == "anywhere":
        model.backbone.positions = Anywhere(64, seed)
    pieces = crops(text, BATCH, PIECE, generator=generator)
    train(model, pieces, steps=steps, learning_rate=rate, schedule=warmup_cosine(steps, 20))
    return model.eval()


def best_rate(positions):
    ends = places(encoded(saltmere().train[56:]))
    bits = {rate: judged(taught(positions, TUNED_ON, rate, STEPS // 2), PIECE, ends) for rate in RATES}
    return {"bits": bits, "best": min(bits, key=bits.get)}


# ---------------------------------------------------------------- judging


def places(texts, between=530):
    """Where the stretches end: (text, end)."""
    return [(text, end) for text in texts for end in range(max(LENGTHS) + 8, len(text) - 1, between)]


def held_out():
    return places(encoded(saltmere().held_out))


def judged(model, length, ends, elsewhere=None):
    """Bits of the last 32 characters of windows of so many. elsewhere: what stands in for all but the last 96."""
    windows = torch.stack([text[end - length : end + 1] for text, end in ends])
    if elsewhere is not None:
        windows[:, : length - 96] = elsewhere[: len(ends), : length - 96]
    total = 0.0
    with evaluating(model):
        for rows in windows.split(max(1, 4096 // length)):
            logits = model(rows[:, :-1])[0][:, -JUDGED:]
            total += F.cross_entropy(logits.flatten(0, 1), rows[:, -JUDGED:].flatten(), reduction="sum").item()
    return total / (len(ends) * JUDGED) / math.log(2)


def other_text(ends):
    """As many pieces of tales that were learnt from."""
    text = reading()
    begins = torch.randint(len(text) - 1024, (len(ends), 1), generator=torch.Generator().manual_seed(10_000))
    return text[begins + torch.arange(1024)]


def look_back(model, window):
    """Let every layer see the last so many elements; None for all."""
    for block in model.backbone.blocks:
        block.attention.window = window


def far(model, ends, length=1024):
    """The share of the weight beyond the distance of training, by layer and head; mean over the stretches."""
    shares = []
    back = torch.arange(length)[-JUDGED:, None] - torch.arange(length)
    for text, end in ends[::6]:
        with evaluating(model), record(model) as trace:
            model(text[None, end - length : end])
        weights = [trace[f"backbone.blocks.{layer}.attention.weights"][0, :, -JUDGED:] for layer in range(2)]
        shares.append(torch.stack([(w * (back >= PIECE)).sum(-1).mean(-1) for w in weights]))
    return torch.stack(shares).mean(0).tolist()


def by_length(model, ends, lengths=LENGTHS):
    """Bits at each length: plain, with a window as long as the pieces were, and with other text before."""
    row = {"parameters": count_parameters(model), "bits": {n: judged(model, n, ends) for n in lengths}}
    if len(lengths) == 1:
        return row
    row["other text"] = {1024: judged(model, 1024, ends, other_text(ends))}
    row["far"] = far(model, ends)
    look_back(model, PIECE)
    row["window"] = {n: judged(model, n, ends) for n in lengths}
    look_back(model, None)
    return row


# ---------------------------------------------------------------- six ways to say where


def lengths():
    """Bits against the letters that may be read, for six ways, five seeds."""
    tuned = {kind: best_rate(kind) for kind in (*KINDS, "loud")}
    rows, ends = [], held_out()
    for seed in progress(SEEDS, label="lengths"):
        for kind in KINDS:
            model = taught(kind, seed, tuned[kind]["best"])
            row = by_length(model, ends, LENGTHS[:1] if kind == "learned" else LENGTHS)
            rows.append({"kind": kind, "seed": seed, "rate": tuned[kind]["best"]} | row)
        yield SETTINGS | {"stretches": len(ends), "tuned on seed": TUNED_ON, "tuning": tuned, "rows": rows}


def hands(base=10.0):
    """Rotary positions all of whose hands go round within a piece, so that beyond it no angle of any hand is new."""
    rows, ends = [], held_out()
    for seed in progress(SEEDS, label="quick hands"):
        model = taught(Rotary(base=base), seed, 0.01)
        row = {"seed": seed, "bits": {n: judged(model, n, ends) for n in (64, 128, 256, 1024)}}
        look_back(model, PIECE)
        rows.append(row | {"window": {n: judged(model, n, ends) for n in (64, 128, 1024)}})
        yield {"base": base, "rate": 0.01, "rows": rows}


def clock():
    """Sines whose numbers are all trained: each piece of 64 begins at a random place of a street of 1,024.

    With the batches of `lengths` and with four times as many; beside them the same patience without random places.
    """
    rows, ends = [], held_out()
    runs = [("anywhere", 4 * STEPS, 0), ("anywhere", STEPS, 0), ("sinusoidal", 4 * STEPS, 0),
            ("anywhere", 4 * STEPS, 1), ("anywhere", STEPS, 1), ("anywhere", 4 * STEPS, 2),
            ("anywhere", 4 * STEPS, 3)]  # fmt: skip
    for kind, steps, seed in progress(runs, label="clock"):
        model = taught(kind, seed, 0.01, steps)
        row = {"kind": kind, "steps": steps, "seed": seed, "bits": {n: judged(model, n, ends) for n in (64, 1024)}}
        look_back(model, PIECE)
        rows.append(row | {"window": {1024: judged(model, 1024, ends)}})
        yield {"rate": 0.01, "rows": rows}


if __name__ == "__main__":
    torch.set_num_threads(1)
    measure_parts("06_2", "positions", (lengths, hands, clock), __doc__)
