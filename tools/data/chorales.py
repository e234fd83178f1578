"""Freeze the notes of Bach's four-part chorales for chapter 05 into data/music/chorales.json.

    python -m tools.data.chorales        needs the package music21 (10.5.1), for the files of its corpus alone

Only what Bach wrote is taken, pitch and time of each voice; nothing of the encoding's form, layout or text. Of the
corpus, only files are read that say in themselves that they are used by permission. Kept are chorales of exactly four
voices with one note at a time, in sixteenths, each once; repeats are as the files write them. Chorales on one melody,
whatever its key, stay in one split: two that share 14 intervals in a row.
"""

import json
import re
import zipfile
from fractions import Fraction
from importlib.util import find_spec
from pathlib import Path
from xml.etree import ElementTree

from seqmodels.datasets import DATA
from seqmodels.datasets.music import HOLD, REST
from tools.frozen import enter

PERMISSION = "used by permission"
STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
RANGE = range(36, 85)  # MIDI numbers that a choir sings
LINE = 14  # melodies that share so many intervals in a row are one melody


class Odd(Exception):
    """A chorale that is not four voices of single notes in sixteenths."""


def read(path):
    """The four voices of a chorale, soprano first: strings with one letter for each sixteenth."""
    with zipfile.ZipFile(path) as archive:
        name = max(archive.namelist(), key=lambda name: archive.getinfo(name).file_size)
        text = archive.read(name)
    if PERMISSION not in text.decode("utf-8", "replace"):
        raise Odd("no permission")
    voices = [voice(part) for part in ElementTree.fromstring(text).findall("part")]
    if len(voices) != 4:
        raise Odd("not four voices")
    if len({len(one) for one in voices}) != 1:
        raise Odd("voices of different lengths")
    means = [sum(map(ord, notes)) / len(notes) for notes in (re.sub(f"[{HOLD}{REST}]", "", one) for one in voices)]
    if means != sorted(means, reverse=True):
        raise Odd("voices not from high to low")
    return voices


def voice(part):
    """One voice. A tied note goes on; what stands in a second voice of the same staff makes the chorale odd."""
    steps, divisions = [], 1
    for measure in part.findall("measure"):
        for item in measure:
            if item.tag == "attributes" and item.find("divisions") is not None:
                divisions = int(item.findtext("divisions"))
            if item.tag in ("backup", "forward") or (item.tag == "note" and item.find("chord") is not None):
                raise Odd("several notes at a time")
            if item.tag != "note" or item.find("grace") is not None:
                continue
            length = Fraction(int(item.findtext("duration")), divisions) * 4
            if length.denominator != 1:
                raise Odd("shorter than a sixteenth")
            tied = any(tie.get("type") == "stop" for tie in item.findall("tie"))
            steps += (
                [HOLD if tied else letter(item)] + [HOLD] * (int(length) - 1)
                if item.find("rest") is None
                else [REST] * int(length)
            )
    return "".join(steps)


def letter(note):
    pitch = note.find("pitch")
    number = 12 * (int(pitch.findtext("octave")) + 1) + STEPS[pitch.findtext("step")]
    number += int(float(pitch.findtext("alter", "0")))
    if number not in RANGE:
        raise Odd("out of a choir's range")
    return chr(number)


def stretches(soprano):
    """Every stretch of LINE intervals of a melody, in semitones, repeated notes left out."""
    pitches = [ord(step) for step in soprano if step not in HOLD + REST]
    moves = [b - a for a, b in zip(pitches, pitches[1:], strict=False) if a != b]
    return {tuple(moves[k : k + LINE]) for k in range(len(moves) - LINE + 1)} or {tuple(moves)}


def melodies(found):
    """Chorales {bwv: voices} in groups, whose melodies share a stretch with another of the group."""
    groups = []  # (stretches, names)
    for name, voices in found.items():
        new = (stretches(voices[0]), [name])
        alike = [group for group in groups if group[0] & new[0]]
        groups = [group for group in groups if not group[0] & new[0]]
        groups.append(
            (new[0].union(*(group[0] for group in alike)), [name for *_, names in (*alike, new) for name in names])
        )
    return sorted(sorted(names) for _, names in groups)


def main():
    folder = Path(find_spec("music21").origin).parent / "corpus" / "bach"
    found, odd = {}, {}
    for path in sorted(folder.glob("bwv*.mxl")):
        try:
            voices = read(path)
            if voices in found.values():
                raise Odd("the same notes again")
            found[path.stem.removeprefix("bwv")] = voices
        except Odd as reason:
            odd[str(reason)] = odd.get(str(reason), 0) + 1
    groups, splits = melodies(found), {"train": [], "valid": [], "test": []}
    for place, names in enumerate(groups):
        split = {0: "valid", 3: "test"}.get(place % 6, "train")
        splits[split] += [{"bwv": name, "voices": found[name]} for name in names]
    content = {
        "made by": "tools/data/chorales.py",
        "source": "J. S. Bach's chorales, in Margaret Greentree's encoding (music21 10.5.1); see NOTICE.txt",
        **splits,
    }
    path = DATA / "music" / "chorales.json"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes((json.dumps(content).replace("}, {", "},\n{").replace('": [{', '": [\n{') + "\n").encode())
    for file in (path, path.parent / "NOTICE.txt"):
        enter(file)
    print({split: len(rows) for split, rows in splits.items()}, len(groups), "melodies", odd, path.stat().st_size)


if __name__ == "__main__":
    main()
