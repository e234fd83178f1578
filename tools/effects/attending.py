"""Measure what attention is worth, for lesson 04_3, into data/effects/04_3.json.

    python -m tools.effects.attending                  (about ten minutes)
    python -m tools.effects.attending french sounds    (these parts anew)

numbers    English numbers in German, models of one budget of parameters: none, and six ways to look. Five seeds: the
           share translated word for word by length, also beyond the lengths of training, and the alignment error.
           Learning rates by a seed and by training pairs set aside, for every model from the same four.
general    of its five seeds, further: alignment error while training; the damage of leaving one word out, against the
           map; one row of the map moved to another word
slower     general attention again, at the lowest of the rates
french     noun phrases and sentences, adjectives that change sides; pairs of adjective and noun never seen together
sounds     letters and phones
"""

import json
import sys
import time

import numpy as np
import torch

from seqmodels.datasets import DATA, agreement, frozen, number_words, pronunciations
from seqmodels.probes import intervene, record
from seqmodels.runtime import count_parameters, evaluating, progress
from seqmodels.schedules import length_buckets
from seqmodels.seq2seq import Seq2Seq, TranslationLoss, pair_batch
from seqmodels.sequence_metrics import alignment_error_rate, label_error_rate
from seqmodels.training import train, warmup_cosine
from seqmodels.word_alignment import IBMModel1
from tools.effects import save

SEEDS, TUNING_SEED, RATES = range(5), 9, (5e-3, 1e-2, 2e-2, 4e-2)
STEPS, BATCH, EMBEDDING, BUDGET = 350, 64, 32, 50_000
KINDS = {
    "general": {"attention": "general"},
    "none": {},
    "dot": {"attention": "dot"},
    "additive": {"attention": "additive"},
    "concat": {"attention": "concat"},
    "local": {"attention": "local"},
    "general, fed": {"attention": "general", "input_feeding": True},
}
MARKS = (50, 75, 100, 150, 200, 350)


def model_of(kind, data, budget=BUDGET):
    """The model whose even hidden size comes closest to the budget of parameters; GRU, read from both sides."""
    words = len(data.source_vocabulary), len(data.target_vocabulary)

    def build(size):
        return Seq2Seq(*words, EMBEDDING, size, bidirectional=True, **KINDS[kind])

    sizes = {size: abs(count_parameters(build(size)) - budget) for size in range(40, 140, 2)}
    return lambda: build(min(sizes, key=sizes.get))


def learn(build, data, pairs, seed, rate, steps=STEPS, after_step=None):
    torch.manual_seed(seed)
    model, pairs = build(), data.ids(pairs)
    lengths = torch.tensor([len(target) for _, target in pairs])
    rows = length_buckets(lengths, BATCH, generator=torch.Generator().manual_seed(seed))
    after = None if after_step is None else lambda step, _: after_step(model, step + 1)
    train(model, [pair_batch(pairs, row) for row in rows], steps=steps, loss=TranslationLoss(), learning_rate=rate,
          schedule=warmup_cosine(steps, 20), after_step=after)  # fmt: skip
    return model.eval()


def right(model, data, pairs):
    """For each pair: is it translated word for word?"""
    batch = pair_batch(data.ids(pairs))
    found = model.translate(batch.source, batch.source_lengths, max_length=30)
    return np.array([words == target.tolist() for words, (_, target) in zip(found, data.ids(pairs), strict=True)])


def maps(model, data, pairs):
    """The weights (T, S) of every pair while it is given the right words, without the row that writes the end."""
    batch = pair_batch(data.ids(pairs))
    with evaluating(model), record(model) as trace:
        model(*batch)
    found = trace["weights"].numpy()
    return [found[k, : len(pair.target), : len(pair.source)] for k, pair in enumerate(pairs)]


def links(table):
    return {(int(i), j) for j, i in enumerate(table.argmax(1))}


def error(tables, pairs):
    return alignment_error_rate([links(t) for t in tables], [p.sure for p in pairs], [p.possible for p in pairs])


def by_counting(data, pairs, iterations=10):
    """Alignment error of IBM Model 1, which learned from the training pairs."""
    model = IBMModel1(len(data.source_vocabulary), len(data.target_vocabulary))
    model.fit([(s.tolist(), t.tolist()) for s, t in data.ids(data.train)], iterations)
    found = [model.links(s.tolist(), t.tolist()) for s, t in data.ids(pairs)]
    return alignment_error_rate(found, [p.sure for p in pairs], [p.possible for p in pairs])


# ---------------------------------------------------------------- numbers


def tuned(kind, data):
    """Losses on 400 training pairs set aside, of another seed: after 100 batches for each rate, by its text.

    Where the highest rate is the best of them it and the next are compared once more, after all batches: "all batches".
    """
    order = np.random.default_rng(0).permutation(len(data.train))
    rest, aside = [data.train[i] for i in order[400:]], [data.train[i] for i in order[:400]]

    def loss(rate, steps):
        model = learn(model_of(kind, data), data, rest, TUNING_SEED, rate, steps=steps)
        with evaluating(model):
            return TranslationLoss()(model, pair_batch(data.ids(aside))).item()

    losses = {str(rate): loss(rate, 100) for rate in RATES}
    if min(losses, key=losses.get) == str(max(RATES)):
        losses["all batches"] = {str(rate): loss(rate, STEPS) for rate in sorted(RATES)[-2:]}
    return losses


def best_rate(losses):
    losses = losses.get("all batches", losses)
    return float(min(losses, key=losses.get))


def numbers(result):
    data = number_words("de")
    result["numbers"] = {"settings": {"steps": STEPS, "batch": BATCH, "embedding": EMBEDDING, "budget": BUDGET},
                         "counting": by_counting(data, data.held_out), "tuning": {}, "rows": []}  # fmt: skip
    result["general"] = {"training": [], "damage": [], "moved": []}
    for kind in KINDS:
        losses = result["numbers"]["tuning"][kind] = tuned(kind, data)
        rate = best_rate(losses)
        for seed in progress(SEEDS, label=kind):
            errors = Errors(data) if kind == "general" else None
            model = learn(model_of(kind, data), data, data.train, seed, rate, after_step=errors)
            row = {"kind": kind, "seed": seed, "rate": rate, "size": model.decoder.cell.hidden_size,
                   "parameters": count_parameters(model)}  # fmt: skip
            for name, pairs in (("held out", data.held_out), ("longer", data.longer[::2])):
                yes, lengths = right(model, data, pairs), np.array([len(pair.source) for pair in pairs])
                row[name] = float(yes.mean())
                row[f"{name} by length"] = {str(n): float(yes[lengths == n].mean()) for n in np.unique(lengths)}
                if kind != "none":
                    row[f"alignment error, {name}"] = error(maps(model, data, pairs), pairs)
            if kind in ("none", "general"):
                result["general"]["damage"].append({"kind": kind, "seed": seed, **compared(model, data, seed)})
            if kind == "general":
                result["general"]["training"].append({"seed": seed, "errors": errors.found})
                result["general"]["moved"].append({"seed": seed, "counts": moved(model, data, seed)})
            result["numbers"]["rows"].append(row)
            print({name: value for name, value in row.items() if "by" not in name}, flush=True)
        keep(result)


class Errors:
    """While training: the alignment error at each of MARKS."""

    def __init__(self, data):
        self.data, self.found = data, []

    def __call__(self, model, step):
        if step in MARKS:
            self.found.append([step, error(maps(model, self.data, self.data.held_out), self.data.held_out)])


# ---------------------------------------------------------------- is the map the explanation?


def log_probs(model, sources, target):
    """log p (B, T) of the target's words after each of the sources, the end left out."""
    batch = pair_batch([(source, target) for source in sources])
    with evaluating(model):
        scores = model(*batch).log_softmax(-1)
    return scores.gather(2, batch.target[..., None])[:, :-1, 0].numpy()


def damage(model, source, target, others=None):
    """(T, S): by how much log p of each target word falls if a source word is left out, or replaced by others (n,)."""
    whole = log_probs(model, [source], target)
    if others is None:
        changed = [[*source[:s], *source[s + 1 :]] for s in range(len(source))]
        return (whole - log_probs(model, changed, target)).T
    changed = [[*source[:s], other, *source[s + 1 :]] for s in range(len(source)) for other in others]
    return (whole - log_probs(model, changed, target)).reshape(len(source), len(others), -1).mean(1).T


def compared(model, data, seed, count=60):
    """Map and damage on held-out numbers: alignment errors, and how often both choose the same word."""
    rng = np.random.default_rng(seed)
    pairs = [
        data.held_out[i]
        for i in rng.choice(len(data.held_out), count, replace=False)
        if len(data.held_out[i].source) > 1
    ]
    others = rng.choice(np.arange(3, len(data.source_vocabulary)), 4, replace=False).tolist()
    ids = [(s.tolist(), t.tolist()) for s, t in data.ids(pairs)]
    left_out = [damage(model, s, t) for s, t in ids]
    replaced = [damage(model, s, t, others) for s, t in ids]
    found = {"left out": error(left_out, pairs), "replaced": error(replaced, pairs)}
    if model.decoder.attention is None:
        return found
    weights, by_word = maps(model, data, pairs), {}
    found["map"] = error(weights, pairs)
    for pair, a, d, r in zip(pairs, weights, left_out, replaced, strict=True):
        for t, word in enumerate(pair.target):
            cell = by_word.setdefault(word, {"n": 0, "left out": 0, "replaced": 0})
            cell["n"] += 1
            cell["left out"] += int(a[t].argmax() == d[t].argmax())
            cell["replaced"] += int(a[t].argmax() == r[t].argmax())
    total = sum(cell["n"] for cell in by_word.values())
    agree = {name: sum(cell[name] for cell in by_word.values()) / total for name in ("left out", "replaced")}
    return found | {"agree": agree, "by word": by_word}


def moved(model, data, seed, count=60):
    """One row of the map moved, whole, to another word: what is written there? By the word due."""
    rng = np.random.default_rng(seed)
    pairs = [data.held_out[i] for i in rng.choice(len(data.held_out), count, replace=False)]
    cases = [(k, t, s) for k, pair in enumerate(pairs) for t in range(len(pair.target)) for s in range(len(pair.source))
             if (s, t) not in pair.possible]  # fmt: skip
    batch = pair_batch(data.ids(pairs), [k for k, _, _ in cases])
    step, word = (torch.tensor(column) for column in list(zip(*cases, strict=True))[1:])

    def edit(value, t):
        chosen = torch.zeros_like(value).scatter_(1, word[:, None], 1.0)
        return torch.where((step == t)[:, None], chosen, value)

    with evaluating(model), intervene(model, {"weights": edit}):
        wrote = model(*batch).argmax(-1)[torch.arange(len(cases)), step].tolist()
    counts = {}
    for (k, t, s), written in zip(cases, wrote, strict=True):
        due, new = pairs[k].target[t], data.target_vocabulary.words[written]
        there = {pairs[k].target[j] for i, j in pairs[k].sure if i == s}
        cell = counts.setdefault(due, {"n": 0, "obeys": 0, "stays": 0})
        cell["n"] += 1
        cell["obeys"] += int(new in there and new != due)
        cell["stays"] += int(new == due)
    return counts


def slower(result):
    data = number_words("de")
    result["slower"] = {"settings": {"steps": STEPS, "rate": min(RATES)}, "rows": []}
    for seed in progress(SEEDS, label="slower"):
        errors = Errors(data)
        model = learn(model_of("general", data), data, data.train, seed, min(RATES), after_step=errors)
        row = {"seed": seed, "errors": errors.found, "alignment error": errors.found[-1][1]}
        row |= {name: float(right(model, data, pairs).mean())
                for name, pairs in (("held out", data.held_out), ("longer", data.longer[::2]))}  # fmt: skip
        result["slower"]["rows"].append(row)
        print(row, flush=True)


# ---------------------------------------------------------------- other languages


def french(result):
    data = agreement()
    result["french"] = {
        "counting": by_counting(data, data.held_out),
        "settings": {"steps": 300, "rate": 6e-3},
        "rows": [],
    }
    for kind in ("general",):
        for seed in progress(SEEDS, label=f"French, {kind}"):
            model = learn(model_of(kind, data, 65_000), data, data.train, seed, 6e-3, steps=300)
            row = {"kind": kind, "seed": seed, "parameters": count_parameters(model),
                   "held out": float(right(model, data, data.held_out).mean())}  # fmt: skip
            if kind != "none":
                row["alignment error"] = error(maps(model, data, data.held_out), data.held_out)
            result["french"]["rows"].append(row)
            print(row, flush=True)
    keep(result)


def sounds(result):
    data = pronunciations()
    result["sounds"] = {"settings": {"steps": 500, "rate": 6e-3, "held out": len(data.held_out)}, "rows": []}
    for seed in progress(SEEDS, label="sounds"):
        model = learn(model_of("general", data, 65_000), data, data.train, seed, 6e-3, steps=500)
        batch = pair_batch(data.ids(data.held_out))
        found = model.translate(batch.source, batch.source_lengths, max_length=30)
        row = {"seed": seed, "parameters": count_parameters(model),
               "phone error": label_error_rate([t.tolist() for _, t in data.ids(data.held_out)], found),
               "word right": float(right(model, data, data.held_out).mean()),
               "looks": looks(model, data, data.held_out)}  # fmt: skip
        result["sounds"]["rows"].append(row)
        print(row, flush=True)
        keep(result)


def looks(model, data, pairs):
    """How much weight, of all phones together, falls on a letter: {name: [letters, mean weight]}.

    Silent: k of kn and w of wr at the beginning, g and h of ght, b of mb at the end, a last e. For comparison the last
    letters that are not such an e ("last, other"), the e inside words, and all letters that stand in no other group.
    """
    found = {name: [] for name in ("k of kn", "w of wr", "g of ght", "h of ght", "b of mb", "last e", "last, other",
                                   "e inside", "all others")}  # fmt: skip
    for pair, table in zip(pairs, maps(model, data, pairs), strict=True):
        word, on = "".join(pair.source), table.sum(0)
        names = silent_letters(word)
        if word[-1] == "e" and pair.target[-1] not in ("IY", "EY"):
            names[len(word) - 1] = "last e"
        names.setdefault(len(word) - 1, "last, other")
        for s, letter in enumerate(word):
            found[names.get(s, "e inside" if letter == "e" else "all others")].append(float(on[s]))
    return {name: [len(values), float(np.mean(values))] for name, values in found.items() if values}


def silent_letters(word):
    """{place: name} of the letters of a word that are not heard in these groups."""
    names = {}
    if word[:2] in ("kn", "wr"):
        names[0] = f"{word[0]} of {word[:2]}"
    if "ght" in word:
        names |= {word.find("ght"): "g of ght", word.find("ght") + 1: "h of ght"}
    if word.endswith("mb"):
        names[len(word) - 1] = "b of mb"
    return names


# ---------------------------------------------------------------- all of it


PARTS = {"numbers": numbers, "slower": slower, "french": french, "sounds": sounds}


def keep(result):
    """Save what is there so far."""
    result["seconds"] = {part: round(seconds) for part, seconds in result["seconds"].items()}
    save("04_3", result)


def main(chosen):
    result = {"made by": "tools/effects/attending.py", "machine": "one thread of 2 CPU cores", "seconds": {}}
    if chosen and (DATA / "effects/04_3.json").exists():
        result |= json.loads(frozen("effects/04_3.json"))
    for part in chosen or PARTS:
        began = time.process_time()
        PARTS[part](result)
        result["seconds"][part] = time.process_time() - began
        keep(result)


if __name__ == "__main__":
    main(sys.argv[1:])
