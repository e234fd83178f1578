"""Measure tokens and ways to write, for lesson 06_5, into data/effects/06_5.json.

    python -m tools.effects.tokens              (about nine minutes on one core)
    python -m tools.effects.tokens tables       only one part; or: networks, patient, controls, writing

`tables`: counts of Kneser and Ney on characters and on byte pairs. `networks`: one small GPT for each vocabulary, all
with about the same processor seconds (`STEPS` was set so; what they took stands in the rows), each with the best of
three learning rates. Rates, orders and merges are chosen on the last seven training tales. `patient`: the first seed of
the two ends again, with five times the steps. `controls`: why pieces gain, on the first seed: each end with the reach
of the other in letters, and letters with twice the steps. `writing`: what the GPT of data/checkpoints writes after
pieces of the tales held out, in several ways, with five seeds of dice, judged by `writing_measures`.
"""

import json
import time

import torch

from seqmodels.checkpoints import load_checkpoint
from seqmodels.datasets import DATA, saltmere
from seqmodels.decoding import beam_search, generate
from seqmodels.gpt import GPT
from seqmodels.metrics import evaluate
from seqmodels.ngram import NGram
from seqmodels.runtime import count_parameters, progress
from seqmodels.tales import START, VOCABULARY, encoded, one_text
from seqmodels.tokens import BytePairEncoder
from seqmodels.training import crops, train, warmup_cosine
from tools.effects import measure_parts
from tools.effects.writing_measures import measures

SEEDS, TUNED_ON, RATES = range(5), 100, (0.003, 0.01, 0.02)
TALES, HELD_OUT = saltmere().train, saltmere().held_out
MERGES = (0, 64, 128, 256, 512, 768, 1024, 2048, 4096)
STEPS = {0: 250, 128: 240, 256: 225, 512: 190}  # merges -> batches of 2,048 tokens, 32 times 64
SIZES = dict(d_model=64, n_heads=4, n_layers=2, d_ff=208, positions="rotary", window=64)


class Vocabulary:
    """The 64 characters of the tales, and a token for each merge learnt from these texts."""

    def __init__(self, merges, texts):
        self.encoder = BytePairEncoder.fit("\n".join(texts), merges)
        known = [ord(c) for c in VOCABULARY.characters] + list(range(256, len(self.encoder)))
        self.place, self.size = torch.full((len(self.encoder),), -1), len(known)
        self.place[torch.tensor(known)] = torch.arange(len(known))
        self.start = int(self.place[ord("\n")])

    def encode(self, texts):
        """Token ids for each text, and how many characters there are in all of them for one token."""
        tokens = [self.place[self.encoder.encode(text)] for text in texts]
        return tokens, sum(map(len, texts)) / sum(map(len, tokens))


# ---------------------------------------------------------------- tables of counts


def table(merges, read, new):
    """Bits a character of the best order from 3 on, on new texts."""
    words = Vocabulary(merges, read)
    old, (unseen, length) = words.encode(read)[0], words.encode(new)
    found = {}
    for order in (3, 4, 5, 6, 7):
        if (words.size + 1) ** order >= 2**63:
            break
        model = NGram(order, words.size).fit(old, words.start)
        found[order] = (model.bits_per_symbol(unseen, words.start) / length, model.size)
    order = min(found, key=found.get)
    return {"order": order, "bits": found[order][0], "counts": found[order][1], "characters a token": length}


def tables():
    rows = []
    for merges in progress(MERGES, label="tables"):
        tuned = table(merges, TALES[:-7], TALES[-7:])
        words = Vocabulary(merges, TALES)
        new, length = words.encode(HELD_OUT)
        model = NGram(tuned["order"], words.size).fit(words.encode(TALES)[0], words.start)
        bits = model.bits_per_symbol(new, words.start)
        row = {"merges": merges, "tuning": tuned, "characters a token": length, "counts": model.size}
        rows.append(row | {"bits": bits / length, "perplexity a token": 2**bits})
    yield {"rows": rows}


# ---------------------------------------------------------------- networks


def network(merges, rate, seed, read, new, times=1, length=64):
    words = Vocabulary(merges, read)
    tokens, (unseen, each) = words.encode(read)[0], words.encode(new)
    text = one_text(tokens, words.start)
    torch.manual_seed(seed)
    model, steps = GPT(words.size, **SIZES | {"window": length}), times * STEPS[merges]
    generator, began = torch.Generator().manual_seed(seed), time.process_time()
    batches = crops(text, 2048 // length, length, generator=generator)
    train(model, batches, steps=steps, learning_rate=rate, schedule=warmup_cosine(steps, 20))
    row = {"merges": merges, "seed": seed, "rate": rate, "steps": steps, "seconds": time.process_time() - began}
    bits = evaluate(model, unseen, start=words.start).bits_per_symbol
    row |= {"parameters": count_parameters(model), "characters a token": each}
    return row | {"bits": bits / each, "perplexity a token": 2**bits}


def tuned(merges):
    tried = {rate: network(merges, rate, TUNED_ON, TALES[:-7], TALES[-7:])["bits"] for rate in RATES}
    return {"bits": tried, "best": min(tried, key=tried.get)}


def networks():
    tuning, rows = {merges: tuned(merges) for merges in STEPS}, []
    for seed in progress(SEEDS, label="networks"):
        rows += [network(merges, tuning[merges]["best"], seed, TALES, HELD_OUT) for merges in STEPS]
        yield {"tuned on seed": TUNED_ON, "tuning": tuning, "rows": rows}


def patient():
    """The first seed of characters and of the longest pieces, with five times the steps."""
    tuning, rows = json.loads((DATA / "effects/06_5.json").read_bytes())["networks"]["tuning"], []
    for merges in (min(STEPS), max(STEPS)):
        rows.append(network(merges, tuning[str(merges)]["best"], 0, TALES, HELD_OUT, times=5))
        yield {"rows": rows}


def controls():
    """Is it reach? 24 pieces are 64 letters, 64 pieces are 168. Or more text: letters with as much as pieces had?"""
    tuning, rows = json.loads((DATA / "effects/06_5.json").read_bytes())["networks"]["tuning"], []
    for merges, changed in ((512, dict(length=24)), (0, dict(times=2)), (0, dict(length=168))):
        rows.append(network(merges, tuning[str(merges)]["best"], 0, TALES, HELD_OUT, **changed) | changed)
        yield {"rows": rows}


# ---------------------------------------------------------------- writing

WAYS = {
    "greedy": dict(temperature=0),
    "T 0.5": dict(temperature=0.5),
    "T 0.7": dict(temperature=0.7),
    "T 1": dict(),
    "T 1.3": dict(temperature=1.3),
    "top-k 5": dict(top_k=5),
    "top-p 0.9": dict(top_p=0.9),
    "penalty 1.3": dict(temperature=0, repetition_penalty=1.3),
}
PROMPT, LENGTH, EVERY = 200, 300, 3  # letters that are read, letters that are written, openings a tale


def openings():
    """(B, 1 + PROMPT) START and letters of the tales held out, and how each really went on (B, LENGTH)."""
    pieces = [tale[at : at + PROMPT + LENGTH] for tale in encoded(HELD_OUT)
              for at in torch.linspace(0, len(tale) - PROMPT - LENGTH, EVERY).long()]  # fmt: skip
    whole = torch.stack(pieces)
    return torch.cat([torch.full((len(whole), 1), START), whole[:, :PROMPT]], 1), whole[:, PROMPT:]


def writing():
    model, (prompts, truth) = load_checkpoint("gpt"), openings()
    rows = [{"way": "people"} | measures(model, prompts, truth)]
    beams = beam_search(model, prompts, LENGTH, beam_size=8)[0][:, 0, prompts.shape[1] :]
    rows.append({"way": "beam 8"} | measures(model, prompts, beams))
    for way, how in progress(WAYS.items(), label="writing"):
        for seed in SEEDS if how.get("temperature", 1) else [0]:
            dice = torch.Generator().manual_seed(seed)
            written = generate(model, prompts, LENGTH, generator=dice, **how)[:, prompts.shape[1] :]
            rows.append({"way": way, "seed": seed} | measures(model, prompts, written))
    yield {"openings": len(prompts), "read": PROMPT, "written": LENGTH, "rows": rows}


if __name__ == "__main__":
    measure_parts("06_5", "tokens", (tables, networks, patient, controls, writing), __doc__)
