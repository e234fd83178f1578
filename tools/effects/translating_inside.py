"""What becomes of each digit of a number inside a translator, for translating_numbers.py: words and context."""

import numpy as np
import torch

from seqmodels.datasets import in_words, parts
from seqmodels.metrics import edits
from seqmodels.runtime import evaluating
from seqmodels.seq2seq import BEGIN, pair_batch

PLACES = tuple(f"{digit} of {section}" for section in ("millions", "thousands", "rest") for digit in
               ("hundreds", "tens", "ones"))  # fmt: skip
DIGITS = tuple(in_words(n, "de")[0] for n in range(2, 10))
TENS = tuple(in_words(n, "de")[0] for n in range(20, 100, 10))
ENDS = {"Million": "millions", "Millionen": "millions", "tausend": "thousands"}
MOST, ANY = 30, 3  # words that are written; a word that stands where none is wanted


def translations(model, data, pairs):
    """What it writes, greedily: a tuple of words for each pair."""
    return translated(model, data, [pair.source for pair in pairs])


def translated(model, data, sources):
    batch = pair_batch([(data.source_vocabulary.encode(words), [ANY]) for words in sources])
    found = model.translate(batch.source, batch.source_lengths, max_length=MOST)
    return [tuple(data.target_vocabulary.decode(ids)) for ids in found]


def in_pieces(model, data, pairs):
    """The exact share where millions, thousands and the rest are read and written one after the other."""
    cut = [pieces(pair.source) for pair in pairs]
    said = iter(translated(model, data, [piece for sentence in cut for piece in sentence]))
    whole = [tuple(word for _ in sentence for word in next(said)) for sentence in cut]
    return float(np.mean([words == pair.target for words, pair in zip(whole, pairs, strict=True)]))


def pieces(words):
    """English words, cut after million and thousand; an "and" that joins two pieces is in neither."""
    found = [[]]
    for word in words:
        if word != "and" or found[-1]:
            found[-1].append(word)
        if word in ("million", "thousand"):
            found.append([])
    return [piece for piece in found if piece]


# ---------------------------------------------------------------- digits among the words


def places(words):
    """Which digit each German word says, one of PLACES; None for scales, und, and the teens."""
    found, section = [None] * len(words), "rest"
    for j in reversed(range(len(words))):
        section = ENDS.get(words[j], section)
        if words[j] in TENS:
            found[j] = f"tens of {section}"
        elif words[j] in (*DIGITS, "ein", "eins", "eine"):
            counted = words[j + 1 : j + 2] == ("hundert",)
            found[j] = f"{'hundreds' if counted else 'ones'} of {section}"
    return found


def words_wrong(model, data, pairs):
    """For each of PLACES the share of its words that are missing in what is written, by the fewest edits."""
    wrong = {place: [] for place in PLACES}
    for said, pair in zip(translations(model, data, pairs), pairs, strict=True):
        kept = {i for step, i, _ in edits(pair.target, said).steps if step == "match"}
        for i, place in enumerate(places(pair.target)):
            if place is not None:
                wrong[place].append(i not in kept)
    return [float(np.mean(missing)) if missing else None for missing in wrong.values()]


def still_numbers(model, data, pairs):
    """Of the wrong translations, the share that are numbers, said as Germans say them."""
    said = translations(model, data, pairs)
    return float(np.mean([is_number(words) for words, pair in zip(said, pairs, strict=True) if words != pair.target]))


def is_number(words):
    try:
        found = max((part.end for part in parts(words, "de") if part is not None), default=-1)
        return in_words(found, "de") == tuple(words)
    except ValueError:  # no words, or more than there are numbers
        return False


# ---------------------------------------------------------------- digits in the context


def contexts(model, data, pairs):
    """The vectors between the halves, (N, H)."""
    batch = pair_batch(data.ids(pairs))
    with evaluating(model):
        return model.encode(batch.source, batch.source_lengths)[1].cell[0].double().numpy()


def digits(pairs):
    """(N, 9), millions first."""
    return np.array([[int(digit) for digit in f"{pair.number:09}"] for pair in pairs])


def digits_changed(model, data, pairs, most=100):
    """Add to a context what distinguishes two digits of a place, on average: does it write the changed number?

    For each place the share of translations that are exactly those of the changed number, of up to `most` pairs. Digits
    from 2 to 9 alone, none after a ten of 1, so that the numbers differ in one word.
    """
    return [row["difference"] for row in _moved(model, data, pairs, most)]


def directions(model, data, pairs, most=100):
    """Beside digits_changed, what else the same step may do, each a list of nine shares.

    "difference": exactly the changed number, as in digits_changed; "another pair": the difference of two other digits
    of this place was added, and it writes exactly the changed number; "random", and "kept": a direction drawn at
    random, as long as the difference, and it writes exactly the changed number, or the old one; "alone": nothing was
    added, and it writes the old one.
    """
    rows = list(_moved(model, data, pairs, most, baselines=True))
    return {name: [row[name] for row in rows] for name in rows[0]}


def _moved(model, data, pairs, most, baselines=False):
    rng, known, learnt, old = (
        np.random.default_rng(0),
        digits(data.train),
        contexts(model, data, data.train),
        digits(pairs),
    )
    other = np.random.default_rng(1)
    for place in range(9):
        mean = {d: learnt[known[:, place] == d].mean(0) for d in range(2, 10)}
        fits = (old[:, place] > 1) & ((place % 3 < 2) | (old[:, place - 1] != 1))
        chosen = [pairs[i] for i in np.flatnonzero(fits)[:most]]
        was = digits(chosen)[:, place]
        new = np.array([rng.choice([d for d in range(2, 10) if d != digit]) for digit in was])
        wanted = [in_words(pair.number + int(b - a) * 10 ** (8 - place), "de")
                  for pair, a, b in zip(chosen, was, new, strict=True)]  # fmt: skip
        begin, step = (
            contexts(model, data, chosen),
            np.array([mean[b] - mean[a] for a, b in zip(was, new, strict=True)]),
        )

        def share(vectors, words):
            said = written_from(model, data, vectors)
            return float(np.mean([a == b for a, b in zip(said, words, strict=True)]))

        row = {"difference": share(begin + step, wanted)}
        if baselines:
            stray = other.standard_normal(step.shape)
            stray *= np.linalg.norm(step, axis=1, keepdims=True) / np.linalg.norm(stray, axis=1, keepdims=True)
            two = [other.choice([d for d in range(2, 10) if d not in (a, b)], 2, replace=False)
                   for a, b in zip(was, new, strict=True)]  # fmt: skip
            row["another pair"] = share(begin + [mean[b] - mean[a] for a, b in two], wanted)
            row["random"] = share(begin + stray, wanted)
            row["kept"] = share(begin + stray, [pair.target for pair in chosen])
            row["alone"] = share(begin, [pair.target for pair in chosen])
        yield row


def written_from(model, data, vectors):
    """What the decoder writes, greedily, if it begins in vectors (N, H)."""
    h = torch.as_tensor(vectors, dtype=torch.float32)
    with evaluating(model):
        memory, _ = model.encode(torch.full((len(h), 1), BEGIN))  # a decoder without attention never looks at it
        state, word, said = model.decoder.begin((h,)), torch.full((len(h),), BEGIN), []
        for _ in range(MOST):
            logits, state = model.decoder_step(state, word, memory)
            word = logits.argmax(-1)
            said.append(word)
    rows = (data.target_vocabulary.decode(row) for row in torch.stack(said, 1))
    return [tuple(row[: row.index("<end>")] if "<end>" in row else row) for row in rows]
