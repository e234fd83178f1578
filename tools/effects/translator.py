"""Train the translator of the game *Steer the translator* and find its rounds, into data/effects/04_3_translator.json.

    python -m tools.effects.translator          (about five minutes)
    python -m tools.effects.translator rounds   (the rounds anew, from the translator that is kept)

Five seeds learn English numbers in German words from `number_words("de")`, with general attention and nothing else. The
first is kept as data/checkpoints/translator.safetensors. For each seed: how many of 0 … 9999 it translates rightly, and
what it writes where a row of attention is moved, whole, to another word of the source. The rounds are pairs of numbers:
the source, and what the reader shall make it write, in five levels. Nothing was
tuned on the held-out pairs; the number of steps was raised until the numbers from 0 to 9 were right as well.
"""

import json
import sys
import time

import numpy as np
import torch

from classroom.steer_grammar import german_value
from classroom.steer_numbers import BEGIN, GRID, Translator, checked_weights
from seqmodels.checkpoints import load_checkpoint, save_checkpoint
from seqmodels.datasets import frozen, gold_alignment, in_words, number_words
from seqmodels.runtime import count_parameters
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
POOL, TRIES, PLAY = 24, 12, 10  # pairs of a level; pulls tried with a number; hundredths in which a part does it
SAYS = {word: n for n in (*range(20), *range(20, 100, 10)) for word in (*in_words(n, "en"), *in_words(n, "de"))}
SAYS |= {"ein": 1, "eine": 1, "hundred": 100, "hundert": 100, "thousand": 1000, "tausend": 1000}
DIGITS = {word: n if n < 10 else n // 10 if n > 19 else n - 10 for word, n in SAYS.items() if 0 < n < 100 and n != 10}

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
    """Five levels of [source, target, fewest rows, least weight], of numbers that can be found by thinking.

    One row that takes the word of another, in a short number; one that ends early, in a longer, in every second number
    not by a look at "and"; one that takes a part of another word, a ten and a seven making seventy; two rows, then
    three, that take another's word or end early.
    """
    rng, levels, used = np.random.default_rng(1), [[] for _ in range(5)], set()
    tries = ((copies, 3, 4), (ends, 5, 9), (blends, 3, 9), (two, 5, 9), (three, 6, 9))
    for pool, (find, least, most) in zip(levels, tries, strict=True):
        while len(pool) < POOL:
            number = int(rng.integers(20, LARGEST + 1))
            source = in_words(number, "en")
            if number in used or not least <= len(source) <= most:
                continue
            ids = ENGLISH.encode(source).tolist()
            find_now = ends_elsewhere if find is ends and len(pool) % 2 else find
            found = [value for value in find_now(translator, rng, ids) if value not in (None, number) and value > 9]
            if found:
                value, used = int(rng.choice(found)), used | {number}
                way = translator.way(ids, GERMAN.encode(in_words(value, "de")).tolist())
                pool.append([number, value, len(way), translator.weight_of(ids, way)])
    return levels


def said(translator, ids, pulls):
    """The number that is written, or None."""
    rows = translator.translate(ids, pulls)
    return german_value(GERMAN.decode([row.word for row in rows[:-1]])) if rows[-1].word == END else None


def takes(ids, s):
    """The German of a source word, as ids: what a row that is pulled there should write."""
    return {k for k, word in enumerate(GERMAN.words) if SAYS.get(word) == SAYS.get(ENGLISH.words[ids[s]], "nothing")}


def grids(translator, ids, words=None):
    """For each row: the id it writes by itself, and those (grid, S) it writes with a part of it pulled to a word.

    words: ids, END the last, that are written instead of the model's own.
    """
    memory, keys, state = translator.encode(ids)
    token, every = BEGIN, words or [row.word for row in translator.translate(ids)]
    for word in every:
        state, own = translator.look(token, state, keys)
        rows = (1 - GRID[:, None, None]) * own + GRID[:, None, None] * np.eye(len(ids))
        written = translator.chances(state, rows, memory).argmax(-1)
        token = word
        yield int(written[0, 0]), written


def sensible(translator, ids, copied=True, ended=True):
    """Pulls of all weight that do what one expects: [(row, source word, 1.0)], another's word taken or the end."""
    return [
        (row, s, 1.0)
        for row, (own, written) in enumerate([*grids(translator, ids)][:-1])
        for s, word in enumerate(written[-1].tolist())
        if word != own and ((copied and word in takes(ids, s)) or (ended and word == END))
    ]


def copies(translator, rng, ids):
    rows = len(translator.translate(ids))
    values = [
        said(translator, ids, [pull])
        for pull in sensible(translator, ids, ended=False)
        if len(translator.translate(ids, [pull])) == rows
    ]
    return [value for value in values if value and fewest(translator, ids, value) == 1]


def ends(translator, rng, ids):
    values = [said(translator, ids, [pull]) for pull in sensible(translator, ids, copied=False)]
    return [value for value in values if value and fewest(translator, ids, value) == 1]


def ends_elsewhere(translator, rng, ids):
    by_and = [pull for pull in sensible(translator, ids, copied=False) if ENGLISH.words[ids[pull[1]]] == "and"]
    values = {said(translator, ids, [pull]) for pull in by_and}
    return [value for value in ends(translator, rng, ids) if value not in values]


def blends(translator, rng, ids):
    """No word's whole weight writes it, but PLAY hundredths and more of a word that says the same digit."""
    found = []
    for row, (own, written) in enumerate([*grids(translator, ids)][:-1]):
        for s, digit in enumerate(DIGITS.get(ENGLISH.words[k], "none") for k in ids):
            for word in set(written[:, s].tolist()) - set(written[-1].tolist()) - {own, END}:
                good = np.flatnonzero(written[:, s] == word)
                if DIGITS.get(GERMAN.words[word]) == digit and len(good) >= PLAY:
                    found.append(said(translator, ids, [(row, s, GRID[good[len(good) // 2]])]))
    return [v for v in found if v and not wholly(translator, ids, v) and fewest(translator, ids, v) == 1]


def two(translator, rng, ids, rows=2):
    pulls = sensible(translator, ids)
    values = set()
    for _ in range(TRIES):
        chosen = [pulls[k] for k in rng.choice(len(pulls), min(rows, len(pulls)), replace=False)]
        if len({row for row, _, _ in chosen}) == rows:
            values.add(said(translator, ids, sorted(chosen)))
    values = sorted(value for value in values if value)
    return [value for value in values if fewest(translator, ids, value) == rows and thinkable(translator, ids, value)]


def three(translator, rng, ids):
    return two(translator, rng, ids, rows=3)


def fewest(translator, ids, value):
    way = translator.way(ids, GERMAN.encode(in_words(value, "de")).tolist())
    return None if way is None else len(way)


def wholly(translator, ids, value):
    return translator.wholly(ids, GERMAN.encode(in_words(value, "de")).tolist())


def thinkable(translator, ids, value):
    """Does each row write its word by itself, or by a sensible pull?"""
    words = [*GERMAN.encode(in_words(value, "de")).tolist(), END]
    return all(
        word == own
        or any(word == full and (word == END or word in takes(ids, s)) for s, full in enumerate(written[-1].tolist()))
        for word, (own, written) in zip(words, grids(translator, ids, words), strict=True)
    )


def main():
    if sys.argv[1:] == ["rounds"]:
        result = json.loads(frozen("effects/04_3_translator.json"))
        weights = checked_weights(load_checkpoint("translator").state_dict(), len(ENGLISH), len(GERMAN))
        result["game"]["rounds"] = rounds(Translator(weights))
        return save("04_3_translator", result)
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
