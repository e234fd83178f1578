"""The course's own data: small frozen files under data/, checked on load, never from the network."""

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import torch

from seqmodels.tokens import CharacterVocabulary

DATA = Path(__file__).resolve().parents[3] / "data"


def frozen(name, folder=None):
    """The bytes of a file under data/, if they are the ones the course was written with.

    Raises ValueError where the sha256 differs from data/checksums.txt, or the file is not listed there.
    Held by tests/unit/test_datasets.py.
    """
    folder = DATA if folder is None else Path(folder)
    lines = (folder / "checksums.txt").read_text(encoding="utf-8").split("\n")
    wanted = {line[66:]: line[:64] for line in lines if line}
    if name not in wanted:
        raise ValueError(f"{name!r} is not listed in data/checksums.txt; it holds {sorted(wanted)}")
    content = (folder / name).read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != wanted[name]:
        raise ValueError(
            f"data/{name} was changed: its sha256 begins {found[:12]}, expected {wanted[name][:12]}; "
            "get the file again from the repository"
        )
    return content


@dataclass(frozen=True)
class Tale:
    """One tale: its title, its text (title line included) and its split, "train" or "heldout"."""

    title: str
    text: str
    split: str


@dataclass(frozen=True)
class RecallPlace:
    """A word that is fixed by something said `distance` characters earlier in the same tale.

    tale: index into Saltmere.tales. offset: where the word begins in that tale's text.
    """

    tale: int
    offset: int
    word: str
    distance: int


@dataclass(frozen=True)
class Saltmere:
    """The tales of Saltmere, which every language model of the course reads.

    text: all tales as printed. train, held_out: lists of tales, split by tale (the last seven are held out).
    recall: the places that measure what a model keeps. vocabulary: their 64 characters.
    """

    text: str
    tales: tuple[Tale, ...]
    recall: tuple[RecallPlace, ...]

    @property
    def train(self):
        return [tale.text for tale in self.tales if tale.split == "train"]

    @property
    def held_out(self):
        return [tale.text for tale in self.tales if tale.split == "heldout"]

    @property
    def vocabulary(self):
        return CharacterVocabulary(self.text)


@cache
def saltmere():
    """The tales of Saltmere, checked and cut up. About 358 kB of plain ASCII, 77 tales."""
    text = frozen("saltmere/saltmere.txt").decode("ascii")
    index = json.loads(frozen("saltmere/recall.json"))
    spans = [(row["start"], row["start"] + row["length"]) for row in index["tales"]]
    tales = tuple(
        Tale(row["title"], text[a:b].rstrip("\n"), row["split"])
        for row, (a, b) in zip(index["tales"], spans, strict=True)
    )
    recall = tuple(
        RecallPlace(row["tale"], row["start"] - spans[row["tale"]][0], row["word"], row["distance"])
        for row in index["recall"]
    )
    return Saltmere(text, tales, recall)


CODE_TAGS = {
    " ": "space", "c": "comment", "t": "text", "s": "string", "k": "keyword", "f": "call", "n": "name",
    "1": "number", "o": "operator",
}  # fmt: skip


@dataclass(frozen=True)
class SourceFile:
    """A file of source code and its tags: a letter of CODE_TAGS for each character. split: "train" or "heldout"."""

    name: str
    text: str
    tags: str
    split: str


@dataclass(frozen=True)
class Code:
    """The library of this course as it once was, every character tagged: text is what stands in triple quotes.

    train, held_out: files, split by file. vocabulary: all their characters. tags: the names of the tags in the order of
    their ids; tag_ids turns a file's letters into ids, int64 (T,).
    """

    files: tuple[SourceFile, ...]

    @property
    def train(self):
        return [file for file in self.files if file.split == "train"]

    @property
    def held_out(self):
        return [file for file in self.files if file.split == "heldout"]

    @property
    def vocabulary(self):
        return CharacterVocabulary("".join(file.text for file in self.files))

    @property
    def tags(self):
        return list(CODE_TAGS.values())

    def tag_ids(self, letters):
        return torch.tensor([list(CODE_TAGS).index(letter) for letter in letters], dtype=torch.int64)


@cache
def code():
    """The course's own library, frozen, with the tags that Python's `tokenize` gives it. Made by tools/code_tags.py."""
    rows = json.loads(frozen("code/library.json"))["files"]
    return Code(tuple(SourceFile(row["name"], row["text"], row["tags"], row["split"]) for row in rows))


# The loaders below read their files through `frozen`, so they come after it.
from seqmodels.datasets.agreement_grammar import agreement, is_held_out  # noqa: E402
from seqmodels.datasets.dictionary import pronunciations  # noqa: E402
from seqmodels.datasets.digits import DigitStrips, Handwriting, digit_strips, handwriting, pixels  # noqa: E402
from seqmodels.datasets.instruments import INSTRUMENTS, Notes, note, notes  # noqa: E402
from seqmodels.datasets.music import Chorale, Chorales, chorales  # noqa: E402
from seqmodels.datasets.number_grammar import gold_alignment, in_words, parts  # noqa: E402
from seqmodels.datasets.numbers import number_words  # noqa: E402
from seqmodels.datasets.parallel import Pair, Parallel, WordVocabulary  # noqa: E402

__all__ = [
    "CODE_TAGS", "DATA", "INSTRUMENTS", "Chorale", "Chorales", "Code", "DigitStrips", "Handwriting", "Notes", "Pair",
    "Parallel", "RecallPlace", "Saltmere", "SourceFile", "Tale", "WordVocabulary", "agreement", "chorales", "code",
    "digit_strips", "frozen", "gold_alignment", "handwriting", "in_words", "is_held_out", "note", "notes",
    "number_words", "parts", "pixels", "pronunciations", "saltmere",
]  # fmt: skip
