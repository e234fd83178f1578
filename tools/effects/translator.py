"""Train the translator of the game *Steer the translator* and find its rounds, into data/effects/04_3_translator.json.

    python -m tools.effects.translator          (about five minutes)

Five seeds learn English numbers in German words from `number_words("de")`, with general attention and nothing else. The
first is kept as data/checkpoints/translator.safetensors. For each seed: how many of 0 … 9999 it translates rightly, and
what it writes where a row of attention is moved, whole, to another word of the source. The rounds are pairs of numbers:
the source, and what the reader shall make it write, in levels by the fewest rows that have to be moved. Nothing was
tuned on the held-out pairs; the number of steps was raised until the numbers from 0 to 9 were right as well.
"""

import time

import numpy as np
import torch

from classroom.steer_grammar import german_value
from classroom.steer_numbers import Translator, checked_weights
from seqmodels.checkpoints import save_checkpoint
from seqmodels.datasets import gold_alignment, in_words, number_words
from seqmodels.runtime import count_parameters, progress
from seqmodels.seq2seq import END, Seq2Seq, TranslationLoss, pair_batch
from seqmodels.sequence_metrics import alignment_error_rate
from seqmodels.training import train, warmup_cosine
from tools.effects import save
from tools.frozen import enter

SETTINGS = {"embedding_size": 24, "hidden_size": 64, "steps": 2000, "batch": 64, "learning rate": 5e-3, "warm-up": 20}
SEEDS = range(5)
LARGEST = 9999
PULLED = 150  # numbers whose rows are moved, one at a time, to every word
KINDS = {
    **{w: "digit" for n in range(1, 10) for w in (*in_words(n, "en"), *in_words(n, "de"), "ein")},
    **{w: "ten" for n in range(20, 100, 10) for w in (*in_words(n, "en"), *in_words(n, "de"))},
    **{w: "teen" for n in range(10, 20) for w in (*in_words(n, "en"), *in_words(n, "de"))},
    **{"hundred": "scale", "thousand": "scale", "hundert": "scale", "tausend": "scale"},
    **{"and": "and", "und": "und"},
}
POOL, TRIES = 24, 4000  # rounds of a level; random pulls that are tried to find them

DATA = number_words("de")
ENGLISH, GERMAN = DATA.source_vocabulary, DATA.target_vocabulary


def sizes():
    return {
        "source_vocab": len(ENGLISH),
        "target_vocab": len(GERMAN),
        **{name: SETTINGS[name] for name in ("embedding_size", "hidden_size")},
        **{"attention": "general", "bidirectional": True},
    }


def learned(seed):
    torch.manual_seed(seed)
    generator, pairs = torch.Generator().manual_seed(seed), DATA.ids(DATA.train)
    steps, size = SETTINGS["steps"], SETTINGS["batch"]
    model = Seq2Seq(**sizes())
    batches = (pair_batch(pairs, torch.randint(len(pairs), (size,), generator=generator)) for _ in range(steps))
    train(model, batches, steps=steps, loss=TranslationLoss(), learning_rate=SETTINGS["learning rate"],
          schedule=warmup_cosine(steps, SETTINGS["warm-up"]))  # fmt: skip
    return model.eval()


def exact(model, pairs):
    """The share translated word for word, and the sources that are not."""
    batch = pair_batch(DATA.ids(pairs) if not isinstance(pairs, list) else pairs)
    found = model.translate(batch.source, batch.source_lengths, max_length=30)
    right = [[*words, END] == [w for w in row.tolist() if w] for words, row in zip(found, batch.target, strict=True)]
    return float(np.mean(right)), [k for k, yes in enumerate(right) if not yes]


def small_numbers():
    return [(ENGLISH.encode(in_words(n, "en")), GERMAN.encode(in_words(n, "de"))) for n in range(LARGEST + 1)]


def pulled(translator):
    """One row at a time, whole, to every other word: does the next word translate the word pointed at?

    By kind of the word due and of the word pointed at: how often it writes the German of the word pointed at
    ("copied"), what was due all the same ("kept"), ends ("ended"), or something else.
    """
    counts = {}
    for number in np.random.default_rng(0).choice(np.arange(100, LARGEST + 1), PULLED, replace=False).tolist():
        source, target = in_words(number, "en"), in_words(number, "de")
        sure, _ = gold_alignment(source, target, "de")
        ids = ENGLISH.encode(source).tolist()
        for t, due in enumerate(target):
            for s, word in enumerate(source):
                if (s, t) in sure:
                    continue
                row = translator.translate(ids, [(t, s, 1.0)], most=t + 1)[-1]
                wrote = GERMAN.words[row.word]
                copies = {target[k] for i, k in sure if i == s}
                kind = "copied" if wrote in copies or (wrote == "ein" and word == "one") else (
                    "kept" if wrote == due else "ended" if row.word == END else "other")  # fmt: skip
                cell = counts.setdefault(
                    f"{KINDS[due]} <- {KINDS[word]}", dict.fromkeys(("n", "copied", "kept", "ended", "other"), 0)
                )
                cell["n"] += 1
                cell[kind] += 1
    return counts


def alignment_error(translator):
    """Of the largest weight of every row, END's left out, on held-out numbers up to LARGEST."""
    links, sure, possible = [], [], []
    for pair in DATA.held_out:
        if pair.number <= LARGEST:
            rows = translator.translate(ENGLISH.encode(pair.source).tolist())[:-1]
            links.append({(int(row.own.argmax()), t) for t, row in enumerate(rows)})
            sure.append(set(pair.sure))
            possible.append(set(pair.possible))
    return alignment_error_rate(links, sure, possible)


# ---------------------------------------------------------------- the rounds


def rounds(translator):
    """Five levels of [source, target, fewest rows, least weight]: a short number, a longer one, one row that changes
    the length by two words or more, two rows, three rows."""
    rng, seen = np.random.default_rng(1), {}
    for _ in progress(range(TRIES), label="rounds"):
        number = int(rng.integers(20, LARGEST + 1))
        ids = ENGLISH.encode(in_words(number, "en")).tolist()
        rows = len(translator.translate(ids))
        chosen = rng.choice(rows, min(rows, int(rng.integers(1, 5))), replace=False)
        pulls = [(int(t), int(rng.integers(len(ids))), 1.0) for t in chosen]
        words = [row.word for row in translator.translate(ids, pulls)]
        value = german_value(GERMAN.decode(words[:-1])) if words[-1] == END else None
        if value is None or value == number or value in range(10) or (number, value) in seen:
            continue
        way = translator.way(ids, words[:-1])
        seen[number, value] = {"rows": len(way), "weight": translator.weight_of(ids, way),
                               "words": len(words) - len(in_words(number, "de")) - 1, "length": len(ids)}  # fmt: skip
    levels = (
        lambda found: found["rows"] == 1 and found["words"] == 0 and 3 <= found["length"] <= 4,
        lambda found: found["rows"] == 1 and found["words"] == 0 and found["length"] >= 5,
        lambda found: found["rows"] == 1 and abs(found["words"]) >= 2,
        lambda found: found["rows"] == 2 and found["length"] >= 5,
        lambda found: found["rows"] == 3 and found["length"] >= 5,
    )
    result, used = [], set()
    for fits in levels:
        pool = []
        for (number, value), found in seen.items():
            if fits(found) and number not in used and len(pool) < POOL:
                used.add(number)
                pool.append([number, value, found["rows"], found["weight"]])
        result.append(pool)
    return result


def main():
    began, measured, game = time.process_time(), [], None
    numbers = small_numbers()
    for seed in SEEDS:
        model = learned(seed)
        weights = checked_weights(model.state_dict(), len(ENGLISH), len(GERMAN))
        translator = Translator(weights)
        right, wrong = exact(model, numbers)
        row = {"seed": seed, "parameters": count_parameters(model), "0 to 9999": right, "wrong": wrong[:20],
               "held out": exact(model, DATA.held_out)[0], "longer": exact(model, DATA.longer)[0],
               "alignment error": alignment_error(translator), "pulled": pulled(translator)}  # fmt: skip
        measured.append(row)
        print(seed, right, wrong[:20], flush=True)
        if seed == SEEDS[0]:
            enter(save_checkpoint(model, "translator", "seq2seq", **sizes()))
            game = {"english": ENGLISH.words, "german": GERMAN.words, "rounds": rounds(translator)}
    result = {"made by": "tools/effects/translator.py", "settings": SETTINGS, "rows": measured, "game": game}
    result |= {"seconds": round(time.process_time() - began), "machine": "one thread of 2 CPU cores"}
    save("04_3_translator", result)


if __name__ == "__main__":
    main()
