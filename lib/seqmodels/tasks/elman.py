"""Elman's worlds: streams without borders, in which a network that only predicts what comes next finds structure.

T  steps of a stream      V  words known      generator  a torch.Generator
"""

from typing import NamedTuple

import numpy as np
import torch

from seqmodels.hmm.recursions import forward
from seqmodels.tasks.asking import check_count

# ---------------------------------------------------------------- bits and letters

FEATURES = ("Consonant", "Vowel", "Interrupted", "High", "Back", "Voiced")
LETTERS = {
    "b": (1, 0, 1, 0, 0, 1),
    "d": (1, 0, 1, 1, 0, 1),
    "g": (1, 0, 1, 0, 1, 1),
    "a": (0, 1, 0, 0, 1, 1),
    "i": (0, 1, 0, 1, 0, 1),
    "u": (0, 1, 0, 1, 1, 1),
}
SYLLABLES = ("ba", "dii", "guuu")


def temporal_xor(triples: int, generator):
    """Two random bits, then whether they differ, and so on without a border: bits (3 · triples,), int64.

    Only every third bit can be predicted: from the stream alone nobody can do better than a squared error of 1/4 at
    the two others and 0 at the third. Source: Elman (1990). Held by tests/unit/test_tasks.py.
    """
    check_count("triples", triples)
    pairs = torch.randint(0, 2, (triples, 2), generator=generator)
    return torch.cat([pairs, pairs.sum(1, keepdim=True) % 2], 1).flatten()


def elman_letters(consonants: int, generator):
    """Random consonants, each with its vowels, b a, d i i, g u u u: letters (a list of T), features (T, 6) of 0 and 1.

    The columns of features are FEATURES. Which vowel comes, how often, and that a consonant follows is certain; which
    consonant it will be is one chance in three. Source: Elman (1990). Held by tests/unit/test_tasks.py.
    """
    check_count("consonants", consonants)
    which = torch.randint(0, len(SYLLABLES), (consonants,), generator=generator)
    letters = list("".join(SYLLABLES[i] for i in which.tolist()))
    return letters, torch.tensor([LETTERS[letter] for letter in letters], dtype=torch.get_default_dtype())


# ---------------------------------------------------------------- sentences

CLASSES = {
    "human": ("woman", "man", "child"),
    "animal": ("cat", "dog", "gull"),
    "monster": ("dragon", "troll"),
    "food": ("bread", "cheese", "apple"),
    "fragile": ("cup", "plate"),
    "thing": ("rock", "boat"),
    "eat": ("eat", "taste"),
    "see": ("see", "hear"),
    "chase": ("chase", "follow"),
    "break": ("break", "smash"),
    "move": ("move", "turn"),
    "rest": ("sleep", "wait"),
    "talk": ("sing", "talk"),
}
NOUNS, ANIMATE = ("human", "animal", "monster", "food", "fragile", "thing"), ("human", "animal", "monster")
WORDS = tuple(word for words in CLASSES.values() for word in words)  # 29
CLASS_OF = {word: name for name, words in CLASSES.items() for word in words}
TEMPLATES = tuple(tuple(template.split()) for template in (
    "human eat food", "human see thing", "human see animal", "human break fragile", "human chase animal",
    "human move thing", "human talk", "animal eat food", "animal see human", "animal chase animal", "animal move",
    "animal rest", "thing move", "monster break fragile", "monster eat human", "monster eat animal",
))  # fmt: skip


class Sentences(NamedTuple):
    """A stream of sentences: words (a list of T), ids (T,) into WORDS, classes (a list of T).

    likelihood (T, V), float64: the exact P(next word | all words so far); row t speaks of word t + 1.
    """

    words: list
    ids: torch.Tensor
    classes: list
    likelihood: torch.Tensor


def elman_sentences(count: int, generator) -> Sentences:
    """So many sentences of two or three words, one after the other without a border; all choices are equally likely.

    29 words in 13 classes and 16 templates, a grammar of the kind and size that Elman (1990) used, with words of its
    own. It is a hidden Markov model whose states are the places in the templates, so the forward pass of lesson 01_2
    gives the exact probability of every next word. Held by tests/unit/test_tasks.py.
    """
    check_count("count", count)
    templates = torch.randint(0, len(TEMPLATES), (count,), generator=generator).tolist()
    classes = [name for template in templates for name in TEMPLATES[template]]
    draws = torch.rand(len(classes), generator=generator).tolist()
    words = [CLASSES[name][int(u * len(CLASSES[name]))] for name, u in zip(classes, draws, strict=True)]
    ids = np.array([WORDS.index(word) for word in words])
    initial, transition, emission = sentence_grammar()
    filtered, _ = forward(initial, transition, emission.T[ids])
    return Sentences(words, torch.from_numpy(ids), classes, torch.from_numpy(filtered @ transition @ emission))


def sentence_grammar():
    """The grammar as a hidden Markov model: initial (K,), transition (K, K), emission (K, V); K places in templates."""
    places = [(t, i) for t, template in enumerate(TEMPLATES) for i in range(len(template))]
    initial = np.array([i == 0 for _, i in places]) / len(TEMPLATES)
    transition, emission = np.zeros((len(places), len(places))), np.zeros((len(places), len(WORDS)))
    for k, (t, i) in enumerate(places):
        ends = i + 1 == len(TEMPLATES[t])
        transition[k] = initial if ends else np.eye(len(places))[k + 1]
        words = CLASSES[TEMPLATES[t][i]]
        emission[k, [WORDS.index(word) for word in words]] = 1 / len(words)
    return initial, transition, emission
