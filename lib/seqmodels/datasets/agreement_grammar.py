"""A small world of English sentences and their French: gender, number, and adjectives that change sides.

French adjectives and articles take the gender and number of their noun, some adjectives stand before it and some after
it, and a verb says whether one or many do it. "the small black cat sees a white house" is "le petit chat noir voit une
maison blanche". Nothing is frozen: the grammar below draws the sentences.
"""

from random import Random
from typing import NamedTuple

import torch

from seqmodels.datasets.parallel import Pair, Parallel

# a noun: English one and many, French one and many, f or m; every French word here begins with a consonant
NOUNS = [row.split() for row in (
    "cat cats chat chats m", "dog dogs chien chiens m", "horse horses cheval chevaux m", "king kings roi rois m",
    "book books livre livres m", "boat boats bateau bateaux m", "bridge bridges pont ponts m",
    "garden gardens jardin jardins m", "hat hats chapeau chapeaux m", "coat coats manteau manteaux m",
    "house houses maison maisons f", "mouse mice souris souris f", "cow cows vache vaches f",
    "queen queens reine reines f", "flower flowers fleur fleurs f", "table tables table tables f",
    "car cars voiture voitures f", "chair chairs chaise chaises f", "door doors porte portes f",
    "dress dresses robe robes f",
)]  # fmt: skip
# an adjective: English, then French one m, one f, many m, many f
BEFORE = [row.split() for row in (
    "small petit petite petits petites", "big grand grande grands grandes", "old vieux vieille vieux vieilles",
    "beautiful beau belle beaux belles", "new nouveau nouvelle nouveaux nouvelles", "good bon bonne bons bonnes",
    "pretty joli jolie jolis jolies", "young jeune jeune jeunes jeunes",
)]  # fmt: skip
AFTER = [row.split() for row in (
    "black noir noire noirs noires", "white blanc blanche blancs blanches", "green vert verte verts vertes",
    "blue bleu bleue bleus bleues", "grey gris grise gris grises", "red rouge rouge rouges rouges",
    "brown brun brune bruns brunes", "heavy lourd lourde lourds lourdes",
)]  # fmt: skip
# an article: English one and many, French one m, one f, many ("a" and "some" are handled where they are said)
ARTICLES = [row.split() for row in (
    "the the le la les", "a some un une des", "this these ce cette ces", "my my mon ma mes", "your your ton ta tes",
)]  # fmt: skip
# a verb: English one and many, French one and many
ALONE = [
    row.split() for row in ("sleeps sleep dort dorment", "falls fall tombe tombent", "shines shine brille brillent")
]
WITH_OBJECT = [row.split() for row in (
    "sees see voit voient", "follows follow suit suivent", "finds find trouve trouvent", "hides hide cache cachent",
)]  # fmt: skip
BE = ["is", "are", "est", "sont"]


class Said(NamedTuple):
    """Part of a sentence: English words, French words, and the links between them, (source place, target place)."""

    english: list
    french: list
    links: list


def agreement(train: int = 6000, held_out: int = 600, generator=None) -> Parallel:
    """Sentences English to French: Parallel, with gold alignments; drawn, every sentence once.

    Four forms: an adjective or two with a noun ("my small black cat"); a sentence with a verb; with an object too; with
    "is" or "are" and an adjective, which agrees with a noun some words back. A pair of adjective and noun belongs to
    train or to held_out, a fifth of all pairs to the latter: a sentence of held_out has at least one such pair, and no
    sentence of train has any. All words are in train.
    train, held_out: how many sentences, 1 to 20,000. generator: a torch.Generator; None for seed 0.
    Held by tests/unit/test_datasets_translation.py.
    """
    for name, count in (("train", train), ("held_out", held_out)):
        if not isinstance(count, int) or not 1 <= count <= 20_000:
            raise ValueError(f"{name}: expected a whole number of sentences from 1 to 20,000, got {count!r}")
    generator = torch.Generator().manual_seed(0) if generator is None else generator
    draw = Random(
        int(torch.randint(2**62, (1,), generator=generator))
    )  # many small draws: ten times quicker than torch's
    wanted, found, seen = {False: train, True: held_out}, {False: [], True: []}, set()
    while any(len(found[new]) < wanted[new] for new in wanted):
        said, new = _sentence(draw)
        key = tuple(said.english)
        if key not in seen and len(found[new]) < wanted[new]:
            seen.add(key)
            links = frozenset(said.links)
            found[new].append(Pair(key, tuple(said.french), links, links))
    return Parallel(tuple(found[False]), tuple(found[True]))


def is_held_out(adjective: str, noun: str) -> bool:
    """Is this pair of an English adjective and an English noun (one, not many) kept from train?"""
    names = [row[0] for row in (*BEFORE, *AFTER)]
    nouns = [row[0] for row in NOUNS]
    for name, word, known in (("adjective", adjective, names), ("noun", noun, nouns)):
        if word not in known:
            raise ValueError(f"{name}: expected one of {', '.join(known)}, got {word!r}")
    return (names.index(adjective) + 2 * nouns.index(noun)) % 5 == 0


def _sentence(draw):
    """A sentence, and whether it holds a pair of adjective and noun that is held out."""
    form = draw.randrange(4)
    subject, noun, many, new = _noun_phrase(draw, colour=form != 3)
    if form == 0:
        return subject, new
    if form == 1:
        return _together(subject, _verb(draw.choice(ALONE), many)), new
    if form == 2:
        thing, _, _, also = _noun_phrase(draw)
        return _together(subject, _verb(draw.choice(WITH_OBJECT), many), thing), new or also
    said_of_it = draw.choice([row for row in (*BEFORE, *AFTER) if row[0] not in subject.english])
    sentence = _together(subject, _verb(BE, many), Said([said_of_it[0]], [_form(said_of_it, noun, many)], [(0, 0)]))
    return sentence, new or is_held_out(said_of_it[0], noun[0])


def _noun_phrase(draw, colour=True):
    """Article, adjectives and noun: (Said, the noun's row, many?, is a pair held out?). colour: may AFTER be used?"""
    noun, article, many = draw.choice(NOUNS), draw.choice(ARTICLES), draw.random() < 0.5
    before = [draw.choice(BEFORE)] if draw.random() < 0.5 else []
    after = [draw.choice(AFTER)] if colour and draw.random() < 0.5 else []
    french = article[4] if many else article[3 if noun[4] == "f" else 2]
    if many and before and french == "des":
        french = "de"  # de petits chats
    english = "an" if before and before[0][0] == "old" and article[many] == "a" else article[many]
    words = [english, *(row[0] for row in (*before, *after)), noun[many]]
    adjectives = [[_form(row, noun, many) for row in rows] for rows in (before, after)]
    said = [french, *adjectives[0], noun[2 + many], *adjectives[1]]
    place, last = 1 + len(before), len(words) - 1  # where the French noun and the English noun stand
    links = [*((i, i) for i in range(place)), (last, place), *((place + k, place + 1 + k) for k in range(len(after)))]
    return Said(words, said, links), noun, many, any(is_held_out(row[0], noun[0]) for row in (*before, *after))


def _verb(row, many):
    return Said([row[many]], [row[2 + many]], [(0, 0)])


def _form(adjective, noun, many):
    return adjective[1 + 2 * many + (noun[4] == "f")]


def _together(*said):
    english, french, links = [], [], []
    for part in said:
        links += [(len(english) + i, len(french) + j) for i, j in part.links]
        english, french = english + part.english, french + part.french
    return Said(english, french, links)
