"""Where the rows of the ledger lie: the committed ones, checked; the reader's own, written whole or not at all."""

import contextlib
import hashlib
import json
import os
from pathlib import Path

from classroom.ledger_rows import stored_row

DATA = Path(__file__).resolve().parents[2] / "data"
VERSION = 1
_in_memory = {}  # path -> rows by name, where the folder cannot be written; outlives one Ledger of a notebook


def reference_rows(data=DATA):
    """The committed rows. Raises ValueError where the file is not the one in data/checksums.txt."""
    name = "ledger/reference.json"
    listed = (data / "checksums.txt").read_text(encoding="utf-8").splitlines()
    content = (data / name).read_bytes()
    if f"{hashlib.sha256(content).hexdigest()}  {name}" not in listed:
        raise ValueError(f"data/{name} was changed: get the file again from the repository")
    return [stored_row(row) for row in json.loads(content)["rows"]]


class Mine:
    """The reader's rows, by name: in a file that git ignores, or in memory where it cannot be written.

    `word` is a sentence for the reader about what is out of the ordinary, '' if nothing is.
    The file is read anew each time, so that two open notebooks see each other's rows.
    """

    def __init__(self, path):
        self.path, self._aside = Path(path), ""

    @property
    def word(self):
        in_memory = "This folder cannot be written: your rows last until this notebook's kernel stops."
        return in_memory if self.path in _in_memory else self._aside

    def read(self):
        if self.path in _in_memory:
            return dict(_in_memory[self.path])
        try:
            file = json.loads(self.path.read_text(encoding="utf-8"))
            if not isinstance(file, dict) or file.get("version") != VERSION:
                raise ValueError("of another version of the course")
            return {row["name"]: row for row in map(stored_row, file["rows"])}
        except OSError:
            return {}  # none yet
        except (ValueError, KeyError, TypeError, RecursionError):
            self._set_aside()
            return {}

    def write(self, rows):
        text = json.dumps({"version": VERSION, "rows": list(rows.values())}, indent=1, allow_nan=False) + "\n"
        part = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            part.write_text(text, encoding="utf-8", newline="\n")
            os.replace(part, self.path)
            _in_memory.pop(self.path, None)
        except OSError:
            _in_memory[self.path] = dict(rows)
            with contextlib.suppress(OSError):
                part.unlink()

    def _set_aside(self):
        """Give a file that cannot be read another name, so that nothing of it is lost."""
        number, aside = 1, self.path.with_name("mine-unreadable.json")
        while aside.exists():
            number += 1
            aside = self.path.with_name(f"mine-unreadable-{number}.json")
        try:
            os.replace(self.path, aside)
            place = f"is now {aside.name}"
        except OSError:
            place = "stays where it is"
        self._aside = f"Your earlier rows could not be read; the file {place}, and you begin with none."
