"""How English words are said: a part of the CMU Pronouncing Dictionary. Made by tools/data/pronunciations.py.

The dictionary is copyright Carnegie Mellon University; its licence stands in data/pronunciations/LICENSE.
"""

import json
from functools import cache

from seqmodels.datasets import frozen
from seqmodels.datasets.parallel import Pair, Parallel

NO_LINKS = frozenset()


@cache
def pronunciations() -> Parallel:
    """Spellings and sounds: Parallel, whose source words are letters and whose target words are phones (knock: N AA K).

    39 phones without stress; words of 3 to 12 letters with one pronunciation. Nobody has aligned them: the links are
    empty. Split by family: no word of held_out is a regular form of a word of train, nor one with a common prefix
    (compounds such as railroad are not kept apart). Held by tests/unit/test_datasets_pronunciations.py.
    """
    content = json.loads(frozen("pronunciations/words.json"))
    return Parallel(*(tuple(_words(content[split])) for split in ("train", "held_out")))


def _words(families):
    for family in families:
        for entry in family.split(", "):
            spelling, *phones = entry.split()
            yield Pair(tuple(spelling), tuple(phones), NO_LINKS, NO_LINKS)
