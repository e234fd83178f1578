"""Measure hybrids of Mamba and attention, and mixtures of experts, for lesson 08_3, into data/effects/08_3.json.

    python -m tools.effects.hybrids               all parts, five seeds (about half an hour on one core)
    python -m tools.effects.hybrids share         only one part; or: experts, where, longer, room, edges
    python -m tools.effects.hybrids --seeds 2     two seeds. What stands in the file is not done again

share    eight layers, 0, 1, 2, 4 or 8 of them attention without positions, the others Mamba-2 with a small state: how
         many of 4 to 16 pairs of names and values does each give back? Four pairs come first, then more. The best of
         three rates for each, chosen in 200 steps of four pairs on a seed that is not reported.
where    one layer of attention of the eight, first or last
longer   no attention, and attention alone, with five times the steps.
edges    rates beyond those three, where the best of them was the largest or the smallest. Only tuned.
room     the same without attention, and with one layer, where the slates have one row instead of eight. One seed.
experts  a small hybrid on the tales, two layers of which have 8 experts, with and without a loss that balances them:
         bits, load, what the choice of an expert says about letter, class, place in the word and tale (also in networks
         that have learnt nothing), and bits with each expert held shut. The first is kept as a checkpoint, "experts".
"""

import statistics
import sys

import torch

from classroom.expert_numbers import class_of
from seqmodels.checkpoints import save_checkpoint
from seqmodels.datasets import saltmere
from seqmodels.jamba import BalancedLoss, Jamba, expert_load, places
from seqmodels.probes import intervene, record
from seqmodels.runtime import count_parameters, evaluating, progress
from seqmodels.tales import START, VOCABULARY, encoded, one_text
from seqmodels.tasks import mqar
from seqmodels.training import crops, next_token, train, warmup_cosine
from tools.effects import measure_parts, so_far
from tools.effects.induction import surprise
from tools.effects.linear_recurrences import share_right
from tools.frozen import enter

SEEDS, TUNED_ON, RATES = range(5), 100, (0.005, 0.01, 0.02)

# ---------------------------------------------------------------- how much recall returns

LAYERS, WORDS, PAIRS, STEPS, TUNING_STEPS = 8, 36, (4, 8, 12, 16), 450, 200
COUNTS = (0, 1, 2, 4, 8)
RECALL = {"vocab_size": WORDS, "d_model": 32, "n_heads": 2, "n_layers": LAYERS, "experts_at": [], "d_ff": 0,
          "mixer": "mamba2", "state_size": 8, "head_size": 16, "chunk": 32, "tied": False}  # fmt: skip
FEW, STAGES = ((1.0, 4),), ((0.5, 4), (0.7, 8), (1.0, 16))
BATCH = {4: 48, 8: 24, 16: 16}


def lessons(seed, steps, stages):
    """Four pairs first; then more, now and then again fewer: batches of mqar."""
    generator = torch.Generator().manual_seed(seed)
    for step in range(steps):
        most = next(pairs for until, pairs in stages if step < until * steps)
        fewer = [pairs for pairs in BATCH if pairs <= most]
        again, which = torch.rand(2, generator=generator).tolist()
        pairs = most if again < 0.6 else fewer[int(which * len(fewer))]
        yield mqar(BATCH[pairs], 4 * pairs, pairs, generator, vocab_size=WORDS, filler="zeros")


def recaller(at, seed, rate, steps=STEPS, stages=STAGES, **other):
    """-> the model that has learnt, and a row of what it took."""
    torch.manual_seed(seed)
    model = Jamba(**RECALL | other, attention_at=at)
    history = train(model, lessons(seed, steps, stages), steps=steps, loss=surprise, learning_rate=rate,
                    schedule=warmup_cosine(steps, 20))  # fmt: skip
    if history.stopped:
        raise RuntimeError(f"attention at {at}, seed {seed}, rate {rate}: {history.stopped}")
    return model.eval(), {"seed": seed, "rate": rate, "steps": steps, "loss": statistics.fmean(history.loss[-20:])}


def given_back(model):
    """The share right for each number of pairs; for the most also with each layer of attention shut, and all slates."""
    draw = lambda pairs: mqar(200, 4 * pairs, pairs, torch.Generator().manual_seed(10_000), vocab_size=WORDS,  # noqa: E731
                              filler="zeros")  # fmt: skip
    closed = lambda value, t: 0 * value  # noqa: E731
    shut, slates = {}, {f"backbone.layers.{n}.mixer.C": closed for n in range(LAYERS) if n not in model.attention_at}
    for layer in model.attention_at:
        with intervene(model, {f"backbone.layers.{layer}.mixer.output": closed}):
            shut[layer] = share_right(model, draw(16))
    with intervene(model, slates):  # nothing is read from any; what remains of Mamba-2 is the convolution
        without = share_right(model, draw(16))
    return {"right": [share_right(model, draw(pairs)) for pairs in PAIRS], "shut": shut, "without slates": without}


def recalled(wanted, part, **other):
    """The rows of a part for (seed, where attention is, steps), what stands in the file already first."""
    rows = so_far("08_3").get(part, {}).get("rows", [])
    tuned = so_far("08_3").get("share", {}).get("tuning", {})
    done = {(row["seed"], tuple(row["at"]), row["steps"]) for row in rows}
    for seed, at, steps in progress([one for one in wanted if one not in done], label=part):
        name = str(len(at))
        for rate in [rate for rate in RATES if str(rate) not in tuned.setdefault(name, {})]:
            tuned[name][str(rate)] = recaller(places(len(at), LAYERS), TUNED_ON, rate, TUNING_STEPS, FEW)[1]["loss"]
        model, row = recaller(at, seed, float(min(tuned[name], key=tuned[name].get)), steps, **other)
        rows.append({"at": at, "parameters": count_parameters(model)} | row | given_back(model))
        if part == "share" and seed == 0 and len(at) in (0, 1):
            name = f"recall-hybrid-{len(at)}"
            enter(save_checkpoint(model, name, "jamba", **RECALL, attention_at=at))
        yield {"pairs": PAIRS, "tuned on seed": TUNED_ON, "tuning": tuned, "rows": rows}


def share():
    """0, 1, 2, 4, 8 of eight layers."""
    yield from recalled([(seed, places(count, LAYERS), STEPS) for seed in SEEDS for count in COUNTS], "share")


def where():
    """First and last; in the middle is a row of `share`."""
    yield from recalled([(seed, (at,), STEPS) for seed in SEEDS for at in (0, LAYERS - 1)], "where")


def longer():
    """Those that are not mixed, five times as long."""
    yield from recalled([(0, places(count, LAYERS), 5 * STEPS) for count in (8, 0)], "longer")


def edges():
    """The loss of the tuning at one rate beyond the rim."""
    rows = []
    for count, rate in ((0, 0.04), (1, 0.0025), (2, 0.0025), (8, 0.0025)):
        _, row = recaller(places(count, LAYERS), TUNED_ON, rate, TUNING_STEPS, FEW)
        rows.append({"layers": count} | row)
        yield {"rows": rows}


def room():
    """Slates of one row; without attention five times as long."""
    yield from recalled([(0, (), 5 * STEPS), (0, places(1, LAYERS), STEPS)], "room", state_size=1)


# ---------------------------------------------------------------- who is sent where

MIXTURE = {"vocab_size": 64, "d_model": 32, "n_heads": 2, "n_layers": 4, "attention_at": [2], "experts_at": [1, 3],
           "n_experts": 8, "top_k": 2, "d_ff": 32, "mixer": "mamba2", "state_size": 8, "head_size": 16, "chunk": 32,
           "window": 128}  # fmt: skip
MIXTURE_STEPS, BALANCE = 500, 0.01
ROUTERS = {layer: f"backbone.layers.{layer}.network.router" for layer in MIXTURE["experts_at"]}


def mixture(kind, seed, rate, steps=MIXTURE_STEPS):
    """-> the model, read a part of the tales."""
    torch.manual_seed(seed)
    model = Jamba(**MIXTURE)
    pieces = crops(one_text(encoded(saltmere().train)), 16, 64, generator=torch.Generator().manual_seed(seed))
    loss = BalancedLoss(BALANCE) if kind == "balanced" else next_token
    train(model, pieces, steps=steps, loss=loss, learning_rate=rate, schedule=warmup_cosine(steps, 20))
    return model.eval()


def unread(pieces=60, length=128):
    """Pieces of the tales held out, (pieces, 1 + length), each after START, and the number of its tale."""
    tales = [(n, some) for n, tale in enumerate(encoded(saltmere().held_out)) for some in tale.split(length)]
    whole = [(n, some) for n, some in tales if len(some) == length]
    chosen = [whole[i * len(whole) // pieces] for i in range(pieces)]
    tokens = torch.stack([some for _, some in chosen])
    return torch.nn.functional.pad(tokens, (1, 0), value=START), torch.tensor([n for n, _ in chosen])


def bits(model, tokens, edits=None):
    """Bits a letter on those pieces; edits: what is changed on the way, as `intervene` takes it."""
    with evaluating(model), intervene(model, edits or {}):
        return next_token(model, tokens).item() / torch.log(torch.tensor(2.0)).item()


def information(one, other):
    """Mutual information in bits of two lists of whole numbers (N,), from their counts."""
    table = torch.zeros(int(one.max()) + 1, int(other.max()) + 1, dtype=torch.float64)
    table.index_put_((one, other), torch.ones(len(one), dtype=torch.float64), accumulate=True)
    p = table / table.sum()
    entropy = lambda p: -torch.special.xlogy(p, p).sum().item() / torch.log(torch.tensor(2.0)).item()  # noqa: E731
    return entropy(p.sum(0)) + entropy(p.sum(1)) - entropy(p)


def described(tokens, tale):
    """What may decide: four numbers for each letter read, (B, T) each."""
    read = tokens[:, :-1]
    text = [VOCABULARY.decode(row) for row in read]
    kinds = sorted({class_of(letter) for letter in "".join(text)})
    place = torch.zeros_like(read)
    for row, letters in enumerate(text):
        for t, letter in enumerate(letters):
            place[row, t] = min(int(place[row, t - 1]) + 1, 8) if letter.isalpha() and t else int(letter.isalpha())
    return {
        "letter": read,
        "letter before": torch.nn.functional.pad(read[:, :-1], (1, 0)),
        "class": torch.tensor([[kinds.index(class_of(letter)) for letter in letters] for letters in text]),
        "place in the word": place,
        "tale": tale[:, None].expand_as(read),
    }


def routed(model, tokens, tale):
    """For each layer with experts: their load, and the bits that the first expert shares with what may decide."""
    with evaluating(model), record(model) as trace:
        model(tokens[:, :-1])
    found, shuffle = {}, torch.Generator().manual_seed(0)
    for layer in MIXTURE["experts_at"]:
        router = trace[f"layers.{layer}.network.router"]
        first = router.argmax(-1).flatten()
        about = {name: given.flatten() for name, given in described(tokens, tale).items()}
        mixed = torch.randperm(len(first), generator=shuffle)
        found[layer] = {
            "load": (expert_load(router, 2) / 2).tolist(),
            "entropy": information(first, first),
            "shared": {name: information(first, given) for name, given in about.items()},
            "by chance": {name: information(first[mixed], given) for name, given in about.items()},
        }
    return found


def without(expert):
    """An edit that keeps every token from this expert."""

    def edit(router, t):
        return router.index_fill(-1, torch.tensor([expert]), 0.0)

    return edit


def shut(model, tokens):
    """Bits with nothing shut, with the layer of attention, and for each layer of experts with each of them."""
    closed = {"backbone.layers.2.mixer.output": lambda y, t: 0 * y}
    found = {"nothing": bits(model, tokens), "attention": bits(model, tokens, closed)}
    for layer, router in ROUTERS.items():
        experts = range(MIXTURE["n_experts"])
        found[f"experts of {layer}"] = [bits(model, tokens, {router: without(expert)}) for expert in experts]
    return found


def untaught(tokens, tale):
    """The same of five networks that have learnt nothing, by seed."""
    found = {}
    for seed in range(5):
        torch.manual_seed(seed)
        found[seed] = routed(Jamba(**MIXTURE).eval(), tokens, tale)
    return found


def experts():
    """With and without a loss that balances."""
    old = so_far("08_3").get("experts", {})
    rows, tuned = old.get("rows", []), old.get("tuning", {})
    tokens, tale = unread()
    about = {
        "steps": MIXTURE_STEPS,
        "tuned on seed": TUNED_ON,
        "untaught": old.get("untaught") or untaught(tokens, tale),
    }
    yield about | {"tuning": tuned, "rows": rows}
    done = {(row["seed"], row["kind"]) for row in rows}
    wanted = [(seed, kind) for seed in SEEDS for kind in ("balanced", "free") if (seed, kind) not in done]
    for seed, kind in progress(wanted, label="experts"):
        for rate in [rate for rate in RATES if str(rate) not in tuned]:
            tuned[str(rate)] = bits(mixture("balanced", TUNED_ON, rate, MIXTURE_STEPS // 3), tokens)
        rate = float(min(tuned, key=tuned.get))
        model = mixture(kind, seed, rate)
        if (seed, kind) == (0, "balanced"):
            enter(save_checkpoint(model, "experts", "jamba", **MIXTURE))
        row = {"seed": seed, "kind": kind, "rate": rate, "parameters": count_parameters(model)}
        rows.append(row | {"routed": routed(model, tokens, tale), "bits": shut(model, tokens)})
        yield about | {"tuning": tuned, "rows": rows}


if __name__ == "__main__":
    torch.set_num_threads(1)
    if "--seeds" in sys.argv:
        at = sys.argv.index("--seeds")
        SEEDS = range(int(sys.argv[at + 1]))
        del sys.argv[at : at + 2]
    measure_parts("08_3", "hybrids", (share, experts, longer, where, room, edges), __doc__)
