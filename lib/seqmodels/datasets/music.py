"""Bach's chorales in four voices, as numbers. Made by tools/data/chorales.py; see data/music/NOTICE.txt."""

import json
from dataclasses import dataclass
from functools import cache

import torch

from seqmodels.datasets import frozen

HOLD, REST = "~", "_"  # in the frozen file: a note goes on, nobody sings; every other letter is the pitch that begins
PER_QUARTER = 4
LOWEST_KEY, KEYS = 21, 88  # a piano's


@dataclass(frozen=True)
class Chorale:
    """A chorale: bwv, its number in the catalogue of Bach's works, as a string ("269", "10.7").

    voices (T, 4): soprano, alto, tenor and bass at each step, MIDI numbers (60 is middle C), 0 for a rest; int64.
    begins (T, 4): True where the note that sounds began since the step before, False where it was heard there already.
    """

    bwv: str
    voices: torch.Tensor
    begins: torch.Tensor

    @property
    def roll(self):
        """The piano roll (T, 88): 1 where a key sounds, 0 elsewhere; two voices on one key are one 1."""
        roll = torch.zeros(len(self.voices), LOWEST_KEY + KEYS)
        return roll.scatter(1, self.voices, 1.0)[:, LOWEST_KEY:]


@dataclass(frozen=True)
class Chorales:
    """Chorales of the three splits. Those on one melody are in one split; per_quarter: steps in a quarter note."""

    train: tuple[Chorale, ...]
    valid: tuple[Chorale, ...]
    test: tuple[Chorale, ...]
    per_quarter: int


@cache
def chorales(per_quarter: int = 2) -> Chorales:
    """Bach's four-part chorales at so many steps in a quarter note: 4, 2 (eighths) or 1 (as in the usual benchmark).

    A step holds what sounds as it begins; shorter notes between two steps are passed over. Not the split of that
    benchmark, whose likelihoods cannot be compared. Held by tests/unit/test_datasets_music.py.
    """
    if per_quarter not in (1, 2, 4):
        raise ValueError(f"per_quarter: expected 1, 2 or 4 steps in a quarter note, got {per_quarter!r}")
    content = json.loads(frozen("music/chorales.json"))
    splits = (content[split] for split in ("train", "valid", "test"))
    stride = PER_QUARTER // per_quarter
    return Chorales(*(tuple(_chorale(row, stride) for row in rows) for rows in splits), per_quarter)


def _chorale(row, stride):
    """Every so many steps of the frozen voices."""
    pitches, begins = zip(*(_voice(letters) for letters in row["voices"]), strict=True)
    voices, begins = torch.tensor(pitches).T, torch.tensor(begins).T  # (T, 4)
    voices = voices[::stride].contiguous()
    since = torch.cat([begins.new_zeros(stride - 1, 4), begins]).unfold(0, stride, stride).any(-1)
    return Chorale(row["bwv"], voices, since[: len(voices)] & (voices > 0))


def _voice(letters):
    pitches, sounding = [], 0
    for letter in letters:
        sounding = 0 if letter == REST else sounding if letter == HOLD else ord(letter)
        pitches.append(sounding)
    return pitches, [letter not in HOLD + REST for letter in letters]
