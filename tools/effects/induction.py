"""Measure heads that copy, for lesson 06_2, into data/effects/06_2_induction.json, and make the network of the game.

    python -m tools.effects.induction                  (about twelve minutes on one core)
    python -m tools.effects.induction game             only one part; or: two_layers, one_layer, fixed, rules
    python -m tools.effects.induction neighbour        one layer, helped: into data/effects/06_2_neighbour.json

Attention alone (no feed-forward networks), 32 wide, four heads a layer, rotary positions, on
`seqmodels.tasks.induction` with random periods; only scored places count in the loss. What was tried before these
settings, and on which seeds, stands in the part `rules`.

`game` takes one seed of `two_layers`, by the rule in `chosen`, writes data/checkpoints/two-heads.safetensors and
data/effects/06_2_two_heads.json: the same weights in 16 bits, the share of right answers under each of the 256 ways to
cut heads, and three strings. All weights are rounded to 16 bits after training, before anything is measured, so that
page, file and checkpoint hold the very same numbers.
"""

import base64
import json

import torch
from torch import nn
from torch.nn import functional as F

from seqmodels.checkpoints import KINDS, save_checkpoint
from seqmodels.datasets import DATA
from seqmodels.probes import intervene, record
from seqmodels.runtime import count_parameters, evaluating, progress
from seqmodels.tasks import induction
from seqmodels.training import train, warmup_cosine
from tools.effects import measure_parts, save
from tools.frozen import enter

SEEDS, VOCABULARY, LENGTH, HEADS = range(5), 32, 48, 4
STEPS, BATCH, RATE = 800, 32, 0.01
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
UNSEEN = {"accuracy": 10_000, "cuts": 20_000, "strings": 30_000}  # seeds of strings that no training draws
SILENT, COPYING = 0.15, 0.73  # what the game asks for; see `rules`
SIZES = {"vocab_size": VOCABULARY, "d_model": 32, "n_heads": HEADS, "d_ff": 0, "positions": "rotary", "tied": False}

# ---------------------------------------------------------------- learning to copy


def surprise(model, batch):
    """Mean −log p at the scored places."""
    x, y, scored = batch
    return F.cross_entropy(model(x)[0][scored], y[scored])


def learnt(seed, *, steps=STEPS, periods=(8, 15), points=40, watch=None, rate=RATE, change=None, **sizes):
    """Train one: the model with weights of 16 bits, and a row, its loss in so many points.

    watch(model) is called every 20 steps, if given, and change(model) before the first.
    """
    torch.manual_seed(seed)
    model, generator = KINDS["gpt"](**SIZES | sizes), torch.Generator().manual_seed(seed)
    if change:
        change(model)
    seen = []

    def look(step, history):
        if watch and step % 20 == 0:
            seen.append([step, *watch(model)])

    batches = (induction(BATCH, LENGTH, generator, periods=periods) for _ in range(steps))
    history = train(model, batches, steps=steps, loss=surprise, learning_rate=rate, schedule=warmup_cosine(steps, 50),
                    after_step=look)  # fmt: skip
    thin = steps // points
    curve = torch.tensor(history.loss).view(-1, thin).mean(1).tolist()
    model.load_state_dict({name: value.half().float() for name, value in model.state_dict().items()})
    row = {"seed": seed, "steps": steps, "parameters": count_parameters(model), "right": right(model, periods=periods)}
    row |= {"loss at the end": sum(history.loss[-20:]) / 20, "steps a point": thin, "loss": curve}
    return model, row | ({"watched": seen} if watch else {})


def right(model, count=500, seed=UNSEEN["accuracy"], periods=(8, 15)):
    """The share of right answers at the scored places of strings never seen."""
    x, y, scored = induction(count, LENGTH, torch.Generator().manual_seed(seed), periods=periods)
    with evaluating(model):
        return (model(x)[0].argmax(-1) == y)[scored].float().mean().item()


def drop(row, high=2.5, low=1.0):
    """How sudden: the first steps (of the thinned curve) at which the loss lies below `high` and below `low`."""
    first = [next((k for k, loss in enumerate(row["loss"]) if loss < level), None) for level in (high, low)]
    return [None if k is None else k * row["steps a point"] for k in first]


# ---------------------------------------------------------------- looking at heads, and cutting them


def looks(model, count=100):
    """Where heads look, at the scored places: (before, followed), a list of layers of heads each.

    before: mean weight on the place just before. followed: mean weight on all places right behind an earlier
    occurrence of the last token.
    """
    x, _, scored = induction(count, LENGTH, torch.Generator().manual_seed(UNSEEN["cuts"]))
    with evaluating(model), record(model) as trace:
        model(x)
    same = (x[:, :, None] == x[:, None, :]).tril(-1)  # (B, Q, K)
    behind = F.pad(same, (1, 0))[..., :-1]
    before, followed = [], []
    for layer in range(len(model.backbone.blocks)):
        weights = trace[f"backbone.blocks.{layer}.attention.weights"].movedim(1, -1)  # (B, Q, K, H)
        last = weights[:, 1:].diagonal(0, 1, 2).movedim(-1, 1)  # (B, Q - 1, H)
        before.append(last[scored[:, 1:]].mean(0).tolist())
        followed.append((weights * behind[..., None]).sum(2)[scored].mean(0).tolist())
    return before, followed


def watched(model):
    """The largest `before` of a head in layer 1, and the largest `followed` of a head in layer 2."""
    before, followed = looks(model, 30)
    return max(before[0]), max(followed[1])


def cut(mask, means=None):
    """Edits for `intervene`: bit 4·layer + head of the mask says that this head brings nothing, or only its mean."""
    edits = {}
    for layer in range(2):
        gone = torch.tensor([bool(mask >> (HEADS * layer + head) & 1) for head in range(HEADS)])[:, None, None]
        instead = 0.0 if means is None else means[layer]
        edits[f"backbone.blocks.{layer}.attention.heads"] = lambda value, t, gone=gone, instead=instead: torch.where(
            gone, instead, value
        )
    return edits


def cuts(model, count=200, averaged=False):
    """The share of right answers under each of the 256 cuts; averaged: a head that is cut still brings its mean."""
    x, y, scored = induction(count, LENGTH, torch.Generator().manual_seed(UNSEEN["cuts"]))
    means, table = None, []
    with evaluating(model):
        if averaged:
            with record(model) as trace:
                model(x)
            means = [
                trace[f"backbone.blocks.{layer}.attention.heads"].mean((0, 2), keepdim=True)[0] for layer in (0, 1)
            ]
        for mask in range(256):
            with intervene(model, cut(mask, means)):
                table.append((model(x)[0].argmax(-1) == y)[scored].float().mean().item())
    return table


def named(mask):
    """The heads of a mask as [layer, head], counted from 1."""
    return [[1 + bit // HEADS, 1 + bit % HEADS] for bit in range(8) if mask >> bit & 1]


def fewest(table):
    """The fewest cuts that silence the copying, the fewest heads that go on with it: how many, and all such ways."""
    found = {}
    for goal, counted, reached in (("silenced by", lambda m: m, lambda a: a < SILENT),
                                   ("kept up by", lambda m: 255 - m, lambda a: a > COPYING)):  # fmt: skip
        ways = [(counted(mask).bit_count(), mask) for mask in range(256) if reached(table[mask])]
        least = min(ways)[0]
        heads = {mask: counted(mask) for count, mask in ways if count == least}
        found[goal] = {"heads": least, "ways": [{"heads": named(heads[m]), "right": table[m]} for m in heads]}
    return found


def two_layers():
    rows = []
    for seed in progress(SEEDS, label="two layers"):
        model, row = learnt(seed, n_layers=2, points=80, watch=watched)
        table, (before, followed) = cuts(model), looks(model)
        row |= {"drop": drop(row), "before": before, "followed": followed, "single": [table[1 << b] for b in range(8)]}
        milder = cuts(model, 100, averaged=True)
        row |= {"means kept": {"single": [milder[1 << b] for b in range(8)]} | fewest(milder)}
        rows.append(row | fewest(table) | {"cuts": table})
        yield {"rate": RATE, "batch": BATCH, "silent below": SILENT, "copying above": COPYING, "rows": rows}


# ---------------------------------------------------------------- controls


def one_layer():
    """One layer, with as many heads and with twice as many (as many weights as two layers), and with patience."""
    rows = []
    for name, sizes, seeds, steps in (
        ("4 heads", {}, SEEDS, STEPS),
        ("8 heads", {"n_heads": 8, "head_size": 8}, SEEDS, STEPS),
        ("8 heads, five times the batches", {"n_heads": 8, "head_size": 8}, SEEDS[:1], 5 * STEPS),
    ):
        for seed in progress(seeds, label=name):
            rows.append({"kind": name} | learnt(seed, n_layers=1, steps=steps, **sizes)[1])
            yield {"rate": RATE, "batch": BATCH, "rows": rows}


class WithNeighbour(nn.Module):
    """What makes the keys reads x_t + M x_{t-1}: each place carries the name of its neighbour to the left."""

    def __init__(self, to_key):
        super().__init__()
        self.to_key, self.neighbour = to_key, nn.Linear(to_key.in_features, to_key.in_features, bias=False)  # M

    def forward(self, x):
        return self.to_key(x + self.neighbour(F.pad(x, (0, 0, 1, -1))))


def neighbour():
    """One layer whose keys know their neighbours; beside it one plain layer, tuned more kindly than in `one_layer`."""

    def change(model):
        attention = model.backbone.blocks[0].attention
        attention.to_key = WithNeighbour(attention.to_key)

    runs = [("with neighbour", seed, {"change": change}) for seed in SEEDS]
    runs += [(f"plain, rate {rate}", 0, {"rate": rate}) for rate in (0.003, 0.03)]
    runs += [("plain, 128 wide", 0, {"d_model": 128})]
    rows = []
    for kind, seed, settings in progress(runs, label="neighbour"):
        row = learnt(seed, n_layers=1, **settings)[1]
        rows.append({"kind": kind} | {name: row[name] for name in ("seed", "steps", "parameters", "right")})
        save("06_2_neighbour", {"made by": "tools/effects/induction.py neighbour", "rows": rows})
    yield from ()  # nothing for 06_2_induction.json


def fixed():
    """The trap: one period for all, (16, 16), is counted back by one layer, if it knows its places."""
    rows = []
    for positions, seeds in (("learned", SEEDS), ("rotary", SEEDS[:2])):
        for seed in progress(seeds, label=positions):
            sizes = {"n_layers": 1, "positions": positions, "max_length": LENGTH, "periods": (16, 16)}
            row = learnt(seed, **sizes)[1]
            rows.append({"positions": positions} | row)
            yield {"period": 16, "rows": rows}


def rules(count=2_000):
    """What simple rules reach on the strings by which heads are judged; no network."""
    x, y, scored = induction(count, LENGTH, torch.Generator().manual_seed(UNSEEN["cuts"]))
    hits = {"any letter": [], "the most frequent letter so far": [], "the nearest place of the last letter": [],
            "the nearest place of the last two letters": []}  # fmt: skip
    for tokens, wanted, places in zip(x.tolist(), y.tolist(), scored.tolist(), strict=True):
        for t in range(LENGTH):
            if places[t]:
                past = tokens[: t + 1]
                guesses = (0, max(set(past), key=past.count), _followed(past, 1), _followed(past, 2))
                for found, guess in zip(hits.values(), guesses, strict=True):
                    found.append(guess == wanted[t])
    yield {"right": {name: sum(found) / len(found) for name, found in hits.items()}, "tried before": TRIED}


def _followed(past, many):
    """What followed the last `many` letters when they last stood there; None if they never did."""
    for place in range(len(past) - 2, many - 2, -1):
        if past[place - many + 1 : place + 1] == past[len(past) - many :]:
            return past[place + 1]
    return None


TRIED = {
    "settings": "800 steps, batch 32, rate 0.01, seed 0, embedding as GPT starts it; share of right answers at the end",
    "rotary": 0.992, "relative": 0.992, "alibi": 0.971, "learned": 0.932,
    "embedding starts 0.5 wide": {"rotary": 0.991, "relative": 0.991, "alibi": 0.953, "learned": 0.924},
    "heads 32 wide instead of 8, rotary, 600 steps": 0.56,
    "a price on the size of what each head writes, seed 0, 600 steps": {
        "price 0.01": {"best two heads left": 0.758, "worst two cut": 0.183},
        "price 0.03": {"best two heads left": 0.592, "worst one cut": 0.114},
    },
}  # fmt: skip

# ---------------------------------------------------------------- the game


def chosen(rows):
    """The seed of the game, and for the others why not.

    Both goals must need exactly two heads; among such seeds the one with the fewest such ways, so that a lucky press
    seldom wins; then the one that copies best.
    """
    ways = {row["seed"]: [row[goal] for goal in ("silenced by", "kept up by")] for row in rows}
    of_two = [row for row in rows if all(goal["heads"] == 2 for goal in ways[row["seed"]])]
    order = sorted(of_two or rows, key=lambda row: (sum(len(g["ways"]) for g in ways[row["seed"]]), -row["right"]))
    seed = order[0]["seed"]
    return seed, [{"seed": other, "why not": _why_not(*ways[other])} for other in ways if other != seed]


def _why_not(silent, kept):
    for told, goal in (("cuts are needed to silence it", silent), ("heads are needed to keep it up", kept)):
        if goal["heads"] != 2:
            return f"{goal['heads']} {told}"
    return f"two heads will do, but {len(silent['ways']) + len(kept['ways'])} pairs win: more than in the chosen one"


def strings():
    """Three strings never seen: periods 9, 12 and 15; no letter twice in the first two, one twice in the last."""
    generator, found = torch.Generator().manual_seed(UNSEEN["strings"]), []
    for period, different in ((9, 9), (12, 12), (15, 14)):
        while True:
            string = torch.randint(VOCABULARY, (period,), generator=generator).tolist()
            if len(set(string)) == different:
                break
        found.append(string)
    return found


def game():
    rows = json.loads((DATA / "effects/06_2_induction.json").read_bytes())["two_layers"]["rows"]
    seed, others = chosen(rows)
    model, row = learnt(seed, n_layers=2)
    enter(save_checkpoint(model, "two-heads", "gpt", **SIZES, n_layers=2))
    table, (before, followed) = cuts(model, 500), looks(model)
    state = model.state_dict()
    weights = b"".join(value.numpy().astype("<f2").tobytes() for value in state.values())
    about = {"seed": seed, "right": row["right"], "not chosen": others, "before": before, "followed": followed}
    found = {
        "made by": "tools/effects/induction.py", "about": about, "letters": LETTERS, "length": LENGTH,
        "heads": HEADS, "goals": {"silent": SILENT, "copying": COPYING}, **fewest(table),
        "mask": "bit 4·layer + head, both from 0, is set where a head is cut; right[mask]: the share of right answers",
        "right": table, "strings": strings(), "layout": [[name, list(value.shape)] for name, value in state.items()],
        "weights": base64.b64encode(weights).decode(),
    }  # fmt: skip
    save("06_2_two_heads", found)
    yield about


if __name__ == "__main__":
    torch.set_num_threads(1)
    measure_parts("06_2_induction", "induction", (rules, two_layers, game, one_layer, fixed, neighbour), __doc__)
