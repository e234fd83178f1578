"""Sentences, and whose hidden states are alike: a part of tools/effects/finding_structure.py."""

import numpy as np
import torch
from torch.nn import functional as F

from classroom.dendrogram import average_linkage, groups
from seqmodels.runtime import progress
from seqmodels.tasks import elman_sentences
from seqmodels.tasks.elman import ANIMATE, CLASS_OF, CLASSES, NOUNS, WORDS
from tools.effects.reading import SEEDS, SETTLED, Reader, generator, learn, read, squared, surprise


def sentences():
    """How near is the guess to the exact distribution of the next word, and whose hidden states are alike?"""
    rows = []
    one_step = {"piece": 1, "steps": 4000, "rate": 0.005}
    ways = {"squared error, one step": {"error": squared} | one_step,
            "cross-entropy, one step": {"error": surprise} | one_step,
            "cross-entropy, 10 steps": {"error": surprise, "piece": 10, "steps": 1000, "rate": 0.01}}  # fmt: skip
    for seed in progress(SEEDS, label="sentences"):
        old, new = (elman_sentences(10_000, generator(2, seed, part)) for part in (0, 1))
        switches, fresh = F.one_hot(old.ids, 29).float(), F.one_hot(new.ids, 29).float()
        after, before = (_follow(fresh, new.ids, step) for step in (1, -1))
        rows += [{"seed": seed, "vectors": "counts of what follows"} | _distances(after[new.ids], new),
                 {"seed": seed, "vectors": "counts of both sides"}]  # fmt: skip
        rows[-2] |= alike(after)
        rows[-1] |= alike(np.concatenate([after, before], 1))
        rows.append({"seed": seed, "vectors": "untrained"} | alike(_means(fresh, new.ids, _fresh_reader(seed))))
        for name, way in ways.items():
            reader, seconds = learn(switches, 60, seed, **way)
            logits, _ = read(reader, fresh)
            guess = logits.sigmoid() if way["error"] is squared else logits.softmax(-1)
            row = {"seed": seed, "vectors": name, "seconds": seconds} | _distances(guess.double().numpy(), new)
            rows.append(row | alike(_means(fresh, new.ids, reader)))
    exact = {"words": len(new.ids)} | _distances(new.likelihood.numpy(), new)
    return {"exact distribution, last seed": exact, "rows": rows}


def _fresh_reader(seed):
    torch.manual_seed(seed)
    return Reader(29, 60, "tanh")


def _follow(switches, ids, step):
    """(V, V): how often each word came next to each, `step` places on, as shares."""
    near, own = (switches[1:], ids[:-1]) if step == 1 else (switches[:-1], ids[1:])
    return np.stack([near[own == word].mean(0).numpy() for word in range(29)])


def _means(switches, ids, reader):
    hidden = read(reader, switches)[1]
    return np.stack([hidden[ids == word].mean(0).numpy() for word in range(29)])


def _distances(guess, said):
    """Root mean squared length of the distance from the word that came, and from the exact distribution; cosine."""
    guess, exact = guess[SETTLED:-1], said.likelihood.numpy()[SETTLED:-1]
    came = np.eye(29)[said.ids[SETTLED + 1 :]]
    cosine = (guess * exact).sum(1) / np.linalg.norm(guess, axis=1) / np.linalg.norm(exact, axis=1)
    away = {"from word": guess - came, "from exact": guess - exact}
    return {name: float(np.sqrt((d**2).sum(1).mean())) for name, d in away.items()} | {"cosine": float(cosine.mean())}


NOUN, ANIMATED = (np.array([CLASS_OF[word] in names for word in WORDS]) for names in (NOUNS, ANIMATE))
CLASS = np.array([list(CLASSES).index(CLASS_OF[word]) for word in WORDS])


def alike(vectors):
    """How well the tree of 29 vectors fits what the grammar knows; each number is a share of words.

    own class: the nearest other word is of the same class. like a stranger: the nearest word of another class is a
    noun, or a verb, as the word itself. noun or verb, animate: right sides of the tree's first cut, of all words and of
    the nouns' own tree. thirteen: words in their group's largest class when the tree is cut into 13 groups.
    """
    apart = np.linalg.norm(vectors[:, None] - vectors[None], axis=-1)
    others, strangers = apart + 1e9 * np.eye(29), apart + 1e9 * (CLASS[:, None] == CLASS)
    merges = average_linkage(apart)
    cut, thirteen = groups(merges, 2), groups(merges, 13)
    pure = sum(np.bincount(CLASS[thirteen == group]).max() for group in range(13)) / 29
    return {
        "own class": float((CLASS[others.argmin(1)] == CLASS).mean()),
        "like a stranger": float((NOUN[strangers.argmin(1)] == NOUN).mean()),
        "noun or verb": _right(cut, NOUN),
        "animate": _right(groups(average_linkage(apart[np.ix_(NOUN, NOUN)]), 2), ANIMATED[NOUN]),
        "thirteen": float(pure),
        "first cut": " ".join(word for word, side in zip(WORDS, cut == np.bincount(cut).argmin(), strict=True) if side),
    }


def _right(side, truth):
    right = float((side == truth).mean())
    return max(right, 1 - right)
