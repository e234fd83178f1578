"""The ledger of the course: every language model leaves one row, and the reader's own rows stand beside them."""

import os

from classroom.ledger_files import DATA, Mine, reference_rows
from classroom.ledger_picture import draw_data, draw_position
from classroom.ledger_rows import human_row, lesson_id, model_row, order
from classroom.ledger_table import as_html, as_markdown, as_text


class Ledger:
    """All models of the course in one table: what they cost, what they keep, how well they predict the tales.

    until: show the rows of lessons up to this one ("01_3"); default: all. Your own rows are kept in
    data/ledger/mine.json, which git ignores. Where that folder cannot be written they last as long as the kernel.
    While the notebooks of the course are built, only the committed rows are shown and nothing is written.
    Held by tests/unit/test_ledger.py.
    """

    def __init__(self, until=None, *, data=DATA):
        self.until = None if until is None else lesson_id(until)
        self._reference = reference_rows(data)
        self._mine = Mine(data / "ledger" / "mine.json")

    @property
    def rows(self):
        """The rows from the fewest bits to the most, as dicts; `yours` says whose they are."""
        rows = [row | {"yours": False} for row in self._reference]
        rows += [row | {"yours": True} for row in self._own().values()]
        return sorted((row for row in rows if self.until is None or row["lesson"] <= self.until), key=order)

    def add(self, name, *, lesson, bits, **fields):
        """Enter a model of your own; the same name again replaces your earlier row.

            ledger.add("my trigram", lesson="01_3", parameters=model.size, characters=313_000,
                       seconds=2.1, stored=2, **score(model))

        What each field means, and what is refused with a ValueError: classroom.ledger_rows.model_row.
        """
        self._keep(model_row(name, lesson=lesson, bits=bits, **fields))

    def add_human(self, result):
        """Enter what you reached in the guessing game: the game's result()."""
        if result is None:
            print("No row of yours yet: guess in the game above, the more the better, then run this cell again.")
        else:
            self._keep(human_row(result))

    def forget(self, name):
        """Strike out your row of this name. Raises ValueError where you have none."""
        rows = self._own()
        if name not in rows:
            raise ValueError(f"you have no row called {name!r}; yours are: {', '.join(rows) or 'none yet'}")
        del rows[name]
        self._mine.write(rows)

    def figure(self, kind="data"):
        """A matplotlib Figure for show_figure: bits against the characters read in training ("data"),
        or against the place in the tale ("position")."""
        draw = {"data": draw_data, "position": draw_position}.get(kind)
        if draw is None:
            raise ValueError(f"kind is {kind!r}; expected 'data' or 'position'")
        return draw(self.rows)

    def _own(self):
        return {} if _building() else self._mine.read()

    def _keep(self, row):
        if not _building():
            self._mine.write(self._mine.read() | {row["name"]: row})

    def _repr_html_(self):
        return as_html(self.rows, self._mine.word)

    def _repr_markdown_(self):
        return as_markdown(self.rows, self._mine.word)

    def __repr__(self):
        return as_text(self.rows, self._mine.word)


def _building():
    return os.environ.get("COURSE_BUILD") == "1"
