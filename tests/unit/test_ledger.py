"""The ledger: what a row may hold, whose rows are shown, where they are kept, and what a reader sees of them."""

import hashlib
import json
import os
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from classroom import ledger_files
from classroom.ledger import Ledger
from classroom.ledger_picture import GAP, _apart
from classroom.ledger_rows import human_row, model_row, stored_row
from seqmodels.datasets import saltmere
from seqmodels.ngram import NGram
from seqmodels.tales import START, encoded, score
from tools import ledger as tool

POSITIONS = {"edges": [0, 10, 100, 1000], "bits": [4.0, 3.0, 2.5]}
SCORE = {"bits": 2.25, "bits_by_position": POSITIONS, "recall": 0.1, "recall_places": 30}
REFERENCE = [
    {"name": "urn", "lesson": "01_1", "parameters": 64, "characters": 300_000, "seconds": 0.01, "bits": 4.4},
    {"name": "trigram", "lesson": "01_3", "parameters": 9000, "characters": 300_000, "seconds": 1.26, "stored": 2}
    | SCORE | {"curve": [[20_000, 2.9], [300_000, 2.25]], "spread": [2.2, 2.3]},
    {"name": "Mamba", "lesson": "08_1", "bits": 1.5, "stored": "4,096, always"},
]  # fmt: skip
PLAYED = {
    "characters": 50, "lower": 1.1, "upper": 2.0, "lower_interval": (0.7, 1.5), "upper_interval": (1.6, 2.6),
}  # fmt: skip


@pytest.fixture
def data(tmp_path, monkeypatch):
    """A data folder with three committed rows."""
    monkeypatch.delenv("COURSE_BUILD", raising=False)
    monkeypatch.setattr(ledger_files, "_in_memory", {})
    content = json.dumps({"rows": REFERENCE}).encode()
    (tmp_path / "ledger").mkdir()
    (tmp_path / "ledger" / "reference.json").write_bytes(content)
    listed = f"{hashlib.sha256(content).hexdigest()}  ledger/reference.json\n"
    (tmp_path / "checksums.txt").write_text(listed)
    return tmp_path


def names(ledger):
    return [row["name"] for row in ledger.rows]


def mine(data):
    return data / "ledger" / "mine.json"


# --- Whose rows


def test_rows_stand_in_the_order_of_their_bits_up_to_the_lesson(data):
    assert names(Ledger(data=data)) == ["Mamba", "trigram", "urn"]
    assert names(Ledger("01_3", data=data)) == ["trigram", "urn"]
    assert names(Ledger("01_1", data=data)) == ["urn"]
    with pytest.raises(ValueError, match="lesson is 'trigram'"):
        Ledger("trigram", data=data)


def test_a_row_of_the_reader_lasts_is_replaced_and_forgotten(data):
    ledger = Ledger(data=data)
    ledger.add("mine", lesson="01_3", parameters=np.int64(5), characters=10, seconds=1, stored=2, **SCORE)
    other = Ledger(data=data)  # another notebook, open at the same time
    other.add("urn", lesson="01_1", bits=np.float64(4.3))
    assert names(ledger) == ["Mamba", "mine", "trigram", "urn", "urn"]
    assert [row["yours"] for row in ledger.rows] == [False, True, False, True, False]
    ledger.add("mine", lesson="01_3", bits=5.0)
    assert names(Ledger(data=data))[-1] == "mine"
    ledger.forget("mine")
    assert names(Ledger(data=data)) == ["Mamba", "trigram", "urn", "urn"]
    with pytest.raises(ValueError, match="no row called 'mine'; yours are: urn"):
        ledger.forget("mine")
    assert sorted(os.listdir(data / "ledger")) == ["mine.json", "reference.json"], "nothing is left behind"


def test_a_person_stands_apart_with_an_interval(data, capsys):
    ledger = Ledger(data=data)
    ledger.add_human(None)
    assert "guess in the game above" in capsys.readouterr().out and len(ledger.rows) == 3
    ledger.add_human(PLAYED)
    shown = [line.split("  ")[0] for line in repr(ledger).splitlines()[1:5]]
    assert shown == ["Mamba", "trigram", "urn", "you, guessing (yours)"], "no true bits: outside their order"
    assert "1.10 to 2.00 (chance: 0.70 to 2.60)" in repr(ledger) and "anything from 0.70 to 2.60 bits" in repr(ledger)
    assert stored_row(human_row(PLAYED)) == human_row(PLAYED)
    early = PLAYED | {"characters": 3, "lower_interval": None, "upper_interval": None}  # too few for an interval
    assert stored_row(human_row(early)) == human_row(early)
    with pytest.raises(ValueError, match="GuessingGame.result"):
        ledger.add_human({"lower": 1})
    with pytest.raises(ValueError, match="lower is 3.000 and upper 2.000"):
        ledger.add_human(PLAYED | {"lower": 3})


def test_while_building_only_committed_rows_are_shown_and_nothing_is_written(data, monkeypatch):
    Ledger(data=data).add("mine", lesson="01_3", bits=2.0)
    before, shown = mine(data).read_bytes(), []
    monkeypatch.setenv("COURSE_BUILD", "1")
    ledger = Ledger(data=data)
    shown.append(ledger._repr_html_())
    ledger.add("more", lesson="01_3", bits=1.0)
    ledger.add_human(PLAYED)
    shown.append(ledger._repr_html_())
    assert mine(data).read_bytes() == before and shown[0] == shown[1] and "mine" not in shown[0]
    with pytest.raises(ValueError, match="bits is -1"):
        ledger.add("more", lesson="01_3", bits=-1)


# --- Files


def test_a_changed_reference_is_refused(data):
    file = data / "ledger" / "reference.json"
    file.write_text(file.read_text().replace("4.4", "1.4"))
    with pytest.raises(ValueError, match="reference.json was changed"):
        Ledger(data=data)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"version": 0, "rows": []}', '{"version": 1, "rows": [{"name": "x"}]}',
             '{"version": 1}', '{"version": 1, "rows": [{"name": "x", "lesson": "01_1", "bits": 1, "soul": 2}]}',
             '{"version": 1, "rows": 3}', "\x00\xff", "[" * 100_000],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_set_aside_with_a_word(data, text):
    mine(data).write_bytes(text.encode("latin-1"))
    ledger = Ledger(data=data)
    ledger.add("mine", lesson="01_3", bits=2.0)
    assert "could not be read; the file is now mine-unreadable.json" in repr(ledger)
    assert (data / "ledger" / "mine-unreadable.json").read_bytes() == text.encode("latin-1")
    mine(data).write_text("worse")
    assert "is now mine-unreadable-2.json" in repr(Ledger(data=data))


def test_where_nothing_can_be_written_rows_last_as_long_as_the_kernel(data, monkeypatch):
    def refuse(*_):
        raise PermissionError("read-only")

    ledger = Ledger(data=data)
    with monkeypatch.context() as patch:
        patch.setattr(ledger_files.os, "replace", refuse)
        ledger.add("mine", lesson="01_3", bits=2.0)
    assert "mine" in names(Ledger(data=data)) and os.listdir(data / "ledger") == ["reference.json"]
    for form in (repr(ledger), ledger._repr_html_(), ledger._repr_markdown_()):
        assert "cannot be written: your rows last" in form
    ledger.add("more", lesson="01_3", bits=2.1)
    assert {"mine", "more"} <= set(names(Ledger(data=data))) and "cannot be written" not in repr(ledger)


def test_git_does_not_see_the_rows_of_the_reader():
    ignored = (ledger_files.DATA.parent / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert "data/ledger/mine*" in ignored


# --- What a row may hold


@pytest.mark.parametrize(
    "change, message",
    [
        ({"name": ""}, "name is ''"),
        ({"name": "x" * 41}, "1 to 40 characters"),
        ({"lesson": 3}, "lesson is 3; expected the number of a lesson"),
        ({"bits": float("nan")}, "bits is nan"),
        ({"bits": np.float64("inf")}, "bits is infinite: the model gave probability 0"),
        ({"bits": "two"}, "bits is 'two'"),
        ({"parameters": 2.5}, "parameters is 2.5; expected a whole number"),
        ({"seconds": -1}, "seconds is -1"),
        ({"stored": [1]}, r"stored is \[1\]"),
        ({"recall": 1.1, "recall_places": 30}, "recall is 1.1; expected a share"),
        ({"recall_places": None}, "belong together"),
        ({"bits_by_position": {"edges": [0, 1], "bits": [1, 2]}}, "2 edges and 2 bits"),
        ({"bits_by_position": {"edges": [1, 1], "bits": [1]}}, "expected rising edges"),
        ({"bits_by_position": [1]}, "'edges' and 'bits'"),
        ({"curve": []}, "expected pairs"),
        ({"curve": [1, 2]}, "expected pairs"),
        ({"curve": [[0, 2.0]]}, "begins at 0 characters"),
        ({"spread": [2, 1]}, r"expected a pair \[low, high\]"),
    ],
)
def test_a_wrong_field_is_named(change, message):
    row = {"name": "x", "lesson": "01_3", **SCORE}
    assert stored_row(model_row(**row)) == model_row(**row)
    with pytest.raises(ValueError, match=message):
        model_row(**(row | change))


# --- What is shown


class Cells(HTMLParser):
    """The tags of a page, and the text of every cell of its table."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.cells, self.inside = set(), [], False
        self.feed(page)

    def handle_starttag(self, tag, _):
        self.tags.add(tag)
        self.inside = tag in ("td", "th") or self.inside and tag == "strong"
        if tag in ("td", "th"):
            self.cells.append("")

    def handle_endtag(self, tag):
        self.inside = self.inside and tag == "strong"

    def handle_data(self, text):
        if self.inside:
            self.cells[-1] += text.replace("\xa0", " ")  # a number keeps its words on its line


def test_the_three_forms_say_the_same(data):
    ledger = Ledger(data=data)
    ledger.add("a <b> model", lesson="01_3", parameters=1234, bits=1.25, seconds=0.02, stored="all it has read")
    ledger.add_human(PLAYED)
    page = Cells(ledger._repr_html_())
    assert page.tags == {"div", "table", "thead", "tbody", "tr", "th", "td", "strong", "p"}, "what GitHub lets through"
    rows = [page.cells[i : i + 8] for i in range(0, len(page.cells), 8)]
    assert rows[1] == ["a <b> model (yours)", "1.250 best", "all it has read", "–", "1,234", "–", "under 0.1", "01_3"]
    person = ["you, guessing (yours)", "1.10 to 2.00 (chance: 0.70 to 2.60)", "–", "–", "–", "50 guessed"]
    assert rows[5][:6] == person
    assert rows[3] == ["trigram", "2.250 (2.200 to 2.300)", "2", "10% of 30", "9,000", "300,000", "1.3", "01_3"]
    table = [line for line in ledger._repr_markdown_().splitlines() if line.startswith("|")]
    assert [re.sub(r"[*|\s]", "", line) for line in table[2:]] == ["".join("".join(r).split()) for r in rows[1:]]
    assert all(cell in line for line, cells in zip(repr(ledger).splitlines(), rows, strict=False) for cell in cells)


def test_a_person_is_never_the_best(data):
    ledger = Ledger("00_1", data=data)
    ledger.add_human(PLAYED)
    assert len(ledger.rows) == 1 and "best" not in repr(ledger)


def test_an_empty_ledger_says_so(data):
    assert "No rows yet." in repr(Ledger("00_1", data=data))
    assert not Ledger("00_1", data=data).figure("data").axes[0].lines


def test_the_figures_draw_and_name_every_curve(data):
    ledger = Ledger(data=data)
    ledger.add("mine", lesson="01_3", characters=10_000, bits=2.2)
    ledger.add_human(PLAYED)
    by_size, by_place = (ledger.figure(kind).axes[0] for kind in ("data", "position"))
    drawn = {line.get_label(): line.get_xydata().tolist() for line in by_size.lines}
    assert drawn == {
        "trigram": [[20_000, 2.9], [300_000, 2.25]], "mine (yours)": [[10_000, 2.2]], "urn": [[300_000, 4.4]],
    }  # fmt: skip
    assert {text.get_text() for text in by_size.texts} == {*drawn, "you, guessing"}
    (line,) = by_place.lines
    np.testing.assert_allclose(line.get_xdata(), np.sqrt([0.5 * 10, 10 * 100, 100 * 1000]))
    assert line.get_ydata().tolist() == POSITIONS["bits"]
    looks = {line.get_label(): (line.get_color(), line.get_linestyle()) for line in by_size.lines}
    assert len(set(looks.values())) == 3 and looks["trigram"][0] == line.get_color(), "the same in both pictures"
    assert by_size.get_xscale() == "log"
    with pytest.raises(ValueError, match="kind is 'size'"):
        ledger.figure("size")


def test_labels_are_moved_apart_and_keep_their_order():
    heights = _apart([0.1, 0.1, 0.11, 0.9])
    assert (np.diff(heights) > GAP - 1e-3).all() and heights[-1] == 0.9


# --- The committed rows


def test_the_tool_measures_writes_and_keeps_the_other_rows(data, capsys, monkeypatch):
    monkeypatch.setattr(tool, "score", lambda model: score(model, recall=False))  # filling words takes its time
    urn = tool.Entry("a new urn", "01_1", 0, tool.ngram(1, "add-k"), lambda model: model.size, (0, 1), (1 / 16, 1))
    assert tool.main(["new"], [urn], data) == 0
    rows = {row["name"]: row for row in Ledger(data=data).rows}
    assert set(rows) == {"urn", "trigram", "Mamba", "a new urn"}
    row, (few, many) = rows["a new urn"], rows["a new urn"]["curve"]
    assert many == [row["characters"], row["bits"]] == [sum(map(len, saltmere().train)), row["spread"][0]]
    assert 0 < few[0] < many[0] / 10 and few[1] > many[1]
    assert tool.main(["nothing"], [urn], data) == 1 and "there are: a new urn" in capsys.readouterr().err
    with pytest.raises(ValueError, match="one line of 1 to 40 characters"):
        tool.main([], [replace(urn, name="urn " * 11, learn=None)], data)


def test_the_committed_rows_are_those_of_the_tool():
    rows = {row["name"]: row for row in Ledger().rows if not row["yours"]}
    assert set(rows) == {entry.name for entry in tool.ENTRIES}
    for entry in tool.ENTRIES:
        row = rows[entry.name]
        assert (row["lesson"], row["stored"], row["recall_places"]) == (entry.lesson, entry.stored, 35)
        assert len(row.get("curve", [])) == (len(entry.shares) if len(entry.shares) > 1 else 0)
        if "curve" in row:
            assert row["curve"][-1] == [row["characters"], row["bits"]]
        if len(entry.seeds) > 1:
            assert row["spread"][0] <= row["bits"] <= row["spread"][1]
    assert rows["uniform"]["bits"] == 6


def test_the_rows_of_the_tables_come_out_again():
    rows = {row["name"]: row for row in Ledger().rows if not row["yours"]}
    tales, held_out = tool.shuffled_tales(), encoded(saltmere().held_out)
    again = {entry.name: entry.learn(tales, 0) for entry in tool.ENTRIES if "gram" in entry.name or "urn" in entry.name}
    assert len(again) == 5
    for name, model in again.items():
        assert isinstance(model, NGram) and model.size == rows[name]["parameters"]
        assert model.bits_per_symbol(held_out, START) == pytest.approx(rows[name]["bits"], abs=5.1e-5)
