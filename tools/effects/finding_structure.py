"""Measure the effects that lesson 02_1 shows, over several seeds, into data/effects/02_1.json.

    python -m tools.effects.finding_structure            (a few minutes)
    python -m tools.effects.finding_structure bits       only these; or: late, letters, sentences, words, corners

Learning rates and numbers of steps were chosen beforehand, on other streams. Every seed has a stream and a start of its
own and is judged on a fresh stream (of the tales, on the held-out tales).
"""

import argparse
import json
import re
import time

import numpy as np
import torch
from torch.nn import functional as F

from seqmodels.datasets import DATA, saltmere
from seqmodels.ngram import NGram
from seqmodels.recurrent import JordanRNN
from seqmodels.runtime import progress
from seqmodels.tasks import elman_letters, temporal_xor
from seqmodels.tasks.elman import FEATURES
from seqmodels.training import train
from tools.effects import save
from tools.effects.alike import sentences
from tools.effects.reading import SEEDS, SETTLED, generator, learn, read, surprise

ELMAN, LONGER = {"piece": 1, "rate": 0.01}, {"piece": 12, "rate": 0.02, "steps": 1000}


# ---------------------------------------------------------------- bits


def bits():
    """The squared error at the first, second and third bit of the triples, from networks and from tables."""
    settings = [(h, name, way) for h in (2, 4, 8) for name, way in (("one step", ELMAN | {"steps": 4000}),
                                                                    ("12 steps", LONGER))]  # fmt: skip
    settings.append((2, "one step, logistic", ELMAN | {"steps": 4000, "nonlinearity": "sigmoid"}))
    rows = []
    for seed in progress(SEEDS, label="bits"):
        old, new = (temporal_xor(1000, generator(0, seed, part)) for part in (0, 1))
        for hidden_size, name, way in settings:
            reader, seconds = learn(old.float()[:, None], hidden_size, seed, **way)
            error = (read(reader, new.float()[:, None])[0][:-1, 0].sigmoid() - new[1:]) ** 2
            found = torch.cat([error.new_zeros(1), error])[SETTLED:].view(-1, 3).mean(0).tolist()
            rows.append({"seed": seed, "hidden": hidden_size, "gradient": name, "error": found, "seconds": seconds})
        for order in (2, 3, 5, 8, 11):
            p = np.exp(NGram(order, 2, "witten-bell").fit([old]).log_prob(new))
            found = ((1 - p) ** 2)[SETTLED:].reshape(-1, 3).mean(0).tolist()
            rows.append({"seed": seed, "table keeps": order - 1, "error": found})
    return {"best for one who sees two bits": [5 / 18, 5 / 18, 1 / 9], "best of all": [1 / 4, 1 / 4, 0], "rows": rows}


def late():
    """Eight units that learn over twelve steps at the rate of one step; read from a bit that begins no triple, too.

    error: at the first, second and third bits, for streams that are read from their first, second and third bit on.
    """
    rows = []
    for seed in progress(SEEDS, label="late"):
        old, new = (temporal_xor(1000, generator(0, seed, part)).float()[:, None] for part in (0, 1))
        reader, _ = learn(old, 8, seed, **LONGER | {"rate": ELMAN["rate"]})
        found = []
        for first in range(3):
            error = (read(reader, new[first:])[0][:-1].sigmoid() - new[first + 1 :]).square()[:, 0]
            found.append(torch.cat([error.new_zeros(first + 1), error])[SETTLED:].view(-1, 3).mean(0).tolist())
        rows.append({"seed": seed, "error": found})
    return {"rate": ELMAN["rate"], "rows": rows}


# ---------------------------------------------------------------- letters


def letters():
    """Length of the error vector (root of the summed squares, then of their mean) by place, and by feature."""
    rows = []
    for seed in progress(SEEDS, label="letters"):
        _, old = elman_letters(1000, generator(1, seed, 0))
        letters, new = elman_letters(1000, generator(1, seed, 1))
        for name, way in (("one step", ELMAN | {"steps": 3000}), ("12 steps", LONGER)):
            reader, seconds = learn(old, 20, seed, **way)
            error = (read(reader, new)[0][:-1].sigmoid() - new[1:]) ** 2
            at = np.array([0 if c in "bdg" else 1 for c in letters[1:]])
            place = _place("".join(letters), "bdg")[1:]
            rows.append({
                "seed": seed,
                "gradient": name,
                "seconds": seconds,
                "squared error at consonants, at vowels": [error[at == i].sum(1).mean().item() for i in (0, 1)],
                "length at place in syllable": [error[place == i].sum(1).mean().sqrt().item() for i in range(4)],
                "at consonants": dict(zip(FEATURES, error[at == 0].mean(0).sqrt().tolist(), strict=True)),
                "at vowels": dict(zip(FEATURES, error[at == 1].mean(0).sqrt().tolist(), strict=True)),
                "largest at vowels, smallest at consonants": [error[at == 1].sum(1)[SETTLED:].max().item(),
                                                              error[at == 0].sum(1)[SETTLED:].min().item()],
            })  # fmt: skip
    return {"rows": rows}


def _place(text, begins):
    """0 where something begins, then 1, 2, …"""
    found = np.zeros(len(text), int)
    for t in range(1, len(text)):
        found[t] = 0 if text[t] in begins else found[t - 1] + 1
    return found


# ---------------------------------------------------------------- words


def words():
    """The tales as letters without spaces: bits by place in the word, held out; how well a jump marks a beginning."""
    train_text, held_out = (" ".join(re.sub("[^a-z]+", " ", tale.lower()).strip() for tale in part)
                            for part in (saltmere().train, saltmere().held_out))  # fmt: skip
    old, new = (torch.tensor([ord(c) - 97 for c in text if c != " "]) for text in (train_text, held_out))
    place = np.concatenate([np.arange(len(word)) for word in held_out.split()])
    rows = []
    for order in (1, 2, 5):
        log_p = NGram(order, 26).fit([old]).log_prob(new)
        rows.append({"table keeps": order - 1} | _beginnings(-log_p / np.log(2), place))
    ways = {"one step": {"piece": 1, "steps": 4000}, "16 steps": {"piece": 16, "steps": 1000}}
    for seed in progress(SEEDS, label="words"):
        for name, way in ways.items():
            reader, seconds = learn(F.one_hot(old, 26).float(), 64, seed, strips=64, rate=0.005, error=surprise, **way)
            log_p = read(reader, F.one_hot(new, 26).float())[0][:-1].log_softmax(-1).gather(1, new[1:, None])[:, 0]
            found = np.append(0, -log_p.double().numpy() / np.log(2))
            rows.append({"seed": seed, "gradient": name, "seconds": seconds} | _beginnings(found, place))
    return {
        "letters": {"train": len(old), "held out": len(new)},
        "words held out": int((place == 0).sum()),
        "rows": rows,
    }


def _beginnings(bits, place):
    """above: how often a letter that begins a word costs more bits than one that does not (0.5: no better than chance).

    peaks: share of letters dearer than both their neighbours among those that begin words, and among the others.
    """
    bits, place = bits[SETTLED:], place[SETTLED:]
    inside = np.sort(bits[place > 0])
    peak = np.append(False, np.append((bits[1:-1] > bits[:-2]) & (bits[1:-1] > bits[2:]), False))
    return {
        "bits": float(bits.mean()),
        "by place": [float(bits[place == i].mean()) for i in range(5)] + [float(bits[place > 4].mean())],
        "above": float(np.searchsorted(inside, bits[place == 0]).mean() / len(inside)),
        "peaks": [float(peak[place == 0].mean()), float(peak[place > 0].mean())],
    }


# ---------------------------------------------------------------- corners

SQUARE = torch.tensor([[0.25, 0.25], [0.75, 0.25], [0.75, 0.75], [0.25, 0.75]])
AFTER, STARTS = (1, 2, 4, 8, 16, 32, 128), 200
LESSONS = [(0.0, 800, 0.02), (0.5, 800, 0.02), (0.8, 800, 0.02), (0.5, 2000, 0.03)]  # memory, steps, learning rate


def corners():
    """Two plans, two ways round the square: from anywhere, how far from its round is the net after n steps?

    A start is a point u of the unit square, at which the state units rest if the output stays u: s = u / (1 - μ).
    """
    rows = []
    rounds = torch.stack([SQUARE, SQUARE.flip(0)]).repeat(1, 6, 1)  # (2, 24, 2)
    plans = torch.eye(2)[:, None].expand(2, 24, 2)

    def missed(net, rounds):
        return ((net(plans, targets=rounds)[0] - rounds) ** 2).mean()

    for seed in progress(SEEDS, label="corners"):
        for memory, steps, rate in LESSONS:
            torch.manual_seed(seed)
            net, began = JordanRNN(2, 10, 2, memory), time.process_time()
            history = train(net, [rounds], steps=steps, learning_rate=rate, loss=missed)
            seconds = time.process_time() - began
            begin = torch.rand(STARTS, 2, generator=generator(4, seed))
            inside = ((begin - 0.5).abs() < 0.25).all(1)
            for plan in range(2):
                far = _from_round(net, plans[plan, 0], begin / (1 - memory), rounds[plan, :4])
                rows.append({
                    "seed": seed,
                    "memory": memory,
                    "steps": steps,
                    "rate": rate,
                    "plan": plan,
                    "root mean squared error, forced": history.loss[-1] ** 0.5,
                    "mean distance": far.mean(0).tolist(),
                    "largest distance": far.max(0).values.tolist(),
                    "within 0.1 at the end, inside and outside": [(far[here, -1] < 0.1).double().mean().item()
                                                                  for here in (inside, ~inside)],
                    "seconds": round(seconds, 1),
                })  # fmt: skip
    return {"distance after steps": AFTER, "rows": rows}


def _from_round(net, plan, state, round_):
    """(N, len(AFTER)): the largest distance of four outputs from the round, at the phase that fits them best."""
    with torch.no_grad():
        path, _ = net(plan.expand(len(state), AFTER[-1] + 4, -1), (state,))
    phases = torch.stack([round_.roll(shift, 0) for shift in range(4)])  # (4, 4, 2)
    four = torch.stack([path[:, n - 1 : n + 3] for n in AFTER], 1)  # (N, A, 4, 2)
    return (four[:, :, None] - phases).norm(dim=-1).max(-1).values.min(-1).values


def main():
    parts = {part.__name__: part for part in (bits, late, letters, sentences, words, corners)}
    parser = argparse.ArgumentParser(prog="python -m tools.effects.finding_structure", description="Effects of 02_1.")
    parser.add_argument("parts", nargs="*", help=f"which parts (all): {', '.join(parts)}")
    path = DATA / "effects" / "02_1.json"
    torch.set_num_threads(1)
    for name in parser.parse_args().parts or list(parts):
        began = time.process_time()
        found = parts[name]() | {"seconds": round(time.process_time() - began)}
        old = json.loads(path.read_bytes()) if path.exists() else {"made by": "tools/effects/finding_structure.py"}
        save("02_1", old | {name: found})


if __name__ == "__main__":
    main()
