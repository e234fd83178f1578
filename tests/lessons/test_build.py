"""The build on a tiny lesson: the same bytes twice, ids that last, timings kept, complaints that help."""

import base64
import textwrap

import nbformat
import pytest

from lessons.small import SOLUTIONS, small_course
from tools import build as builder
from tools.exercises import exercises_of, stubbed
from tools.notebook import CourseError, as_text, assign_ids, difference, find_sources, read_notebook, unexecuted, write
from tools.outputs import clean, keep_timings

TINY = """\
# Tiny

*Read: about 1 minutes.*

## The question

```python
import os
print(os.environ["COURSE_BUILD"], os.environ.get("COURSE_STRICT"), hash("the same every time"))
print(object(), flush=True)
object()
```

```python tags=["timing"]
import time
time.time_ns()
```

```python
import ipywidgets
ipywidgets.IntSlider(3)
```

<!-- #region tags=["instructor"] -->
Only for the teacher.
<!-- #endregion -->
"""


@pytest.fixture
def tiny(tmp_path):
    small_course(tmp_path)
    source = tmp_path / "chapters" / "01_small" / "01_2_tiny.md"
    source.write_text(TINY, encoding="utf-8")
    return source


def silently(source, **settings):
    return builder.build(source, report=lambda line: None, **settings)[0]


@pytest.mark.slow
def test_two_builds_are_the_same_bytes_and_timings_stay(tiny, capsys):
    assert builder.main([str(tiny), "--twice"]) == 0
    assert "twice the same" in capsys.readouterr().out
    text = tiny.with_suffix(".ipynb").read_text(encoding="utf-8")
    shown = str([cell.get("outputs") for cell in nbformat.reads(text, 4).cells])
    assert "1 None" in shown and "at 0x…" in shown and "IntSlider(value=3)" in shown
    assert "widget-view" not in text and '"widgets"' not in text and "teacher" not in text
    assert text.endswith("}\n") and '\n "cells"' in text
    assert builder.main([str(tiny), "--check"]) == 0


@pytest.mark.slow
def test_edit_changes_one_id_and_measures_again_only_what_follows(tiny):
    target = tiny.with_suffix(".ipynb")
    write(silently(tiny), target)
    before = nbformat.read(target, 4).cells
    tiny.write_text(TINY.replace("IntSlider(3)", "IntSlider(4)"), encoding="utf-8")
    assert "another source" in difference(unexecuted(tiny, target), read_notebook(target))
    after = nbformat.reads(silently(tiny), 4).cells
    changed = [(a.source, a.id) for a, b in zip(after, before, strict=True) if a.id != b.id]
    assert [source for source, _ in changed] == ["import ipywidgets\nipywidgets.IntSlider(4)"]
    timed = [[c.outputs for c in cells if c.metadata.get("tags") == ["timing"]] for cells in (before, after)]
    assert timed[0] == timed[1]
    tiny.write_text(TINY.replace("the same every time", "another"), encoding="utf-8")
    again = nbformat.reads(silently(tiny), 4).cells
    assert [c.outputs for c in again if c.metadata.get("tags") == ["timing"]] != timed[0]


@pytest.mark.slow
def test_instructor_notebook_has_the_notes_and_strict_is_for_solutions(tiny):
    assert builder.main([str(tiny), "--instructor"]) == 0
    assert "Only for the teacher." in tiny.with_name("01_2_tiny_instructor.ipynb").read_text(encoding="utf-8")
    assert not tiny.with_suffix(".ipynb").exists()
    assert "COURSE_STRICT" not in builder.kernel_environment(tiny, "")
    assert builder.kernel_environment(tiny.with_name("01_solutions.md"), "")["COURSE_STRICT"] == "1"


BAD_CELLS = [
    ("1 / 0", "ZeroDivisionError: division by zero"),
    ("import sys\nprint('oh no', file=sys.stderr)", "it writes to stderr: oh no"),
    ("import warnings\nwarnings.warn('careful')", "it writes to stderr"),
    ("print('FutureWarning: soon gone')", "it prints a warning"),
    ("from IPython.display import Image\nImage(data=bytes(99), format='png')", "without alt text"),
    ("from IPython.display import Image\nImage(data=bytes(40_000), format='png', alt='black')", "the budget is 30,000"),
    ("import os\nos._exit(1)", "the kernel died"),
]


@pytest.mark.slow
@pytest.mark.parametrize("code, words", BAD_CELLS)
def test_complaint_names_the_cell_and_shows_it(tiny, capsys, code, words):
    tiny.write_text(TINY + f"\n```python\n{code}\n```\n", encoding="utf-8")
    assert builder.main([str(tiny)]) == 1
    error = capsys.readouterr().err
    assert words in error and "01_2_tiny.md, cell 8" in error
    assert textwrap.indent(code, "    | ") in error and "of the source" in error
    assert not tiny.with_suffix(".ipynb").exists()


def test_unequal_builds_are_told_apart_by_cell(tiny):
    notebook = unexecuted(tiny, tiny.with_suffix(".ipynb"))
    one = as_text(notebook)
    assert builder.first_difference(one, one) is None
    notebook.cells[4].outputs = [nbformat.v4.new_output("stream", text="3.2 s")]
    found = builder.first_difference(one, as_text(notebook))
    assert "cell 5" in found and "outputs" in found and "COURSE_BUILD" in found


def test_notebook_over_its_budget_is_refused(tiny, monkeypatch):
    monkeypatch.setattr(builder, "execute", lambda *args: None)
    monkeypatch.setattr(builder, "NOTEBOOK_BYTES", 100)
    with pytest.raises(CourseError, match="01_2_tiny.ipynb has .* bytes, the budget is 100"):
        builder.build(tiny)


def test_timings_are_kept_only_behind_unchanged_code():
    def notebook(first, seconds, tag="check"):
        timing = nbformat.v4.new_code_cell("clock()", metadata={"tags": ["timing"]})
        timing.outputs = [nbformat.v4.new_output("stream", text=seconds)]
        before = nbformat.v4.new_code_cell(first, metadata={"tags": [tag]})
        return nbformat.v4.new_notebook(cells=[before, timing])

    for first, tag, expected in (("x = 1", "check", "1 s"), ("x = 2", "check", "2 s"), ("x = 2", "start", "1 s")):
        new = notebook(first, "2 s", tag)
        keep_timings(new, notebook("x = 1", "1 s"))
        assert new.cells[1].outputs[0].text == expected


def test_ids_last_and_are_never_shared():
    def notebook(*sources):
        return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])

    first, second, fresh = notebook("a", "b", "b"), notebook("new", "b", "a", "b"), notebook("a", "b", "b")
    assign_ids(first)
    assign_ids(fresh)
    ids = [cell.id for cell in first.cells]
    assert ids == [cell.id for cell in fresh.cells] and len(set(ids)) == 3
    first.cells[0]["id"] = "kept"
    assign_ids(second, first)
    assert [cell.id for cell in second.cells[1:]] == [ids[1], "kept", ids[2]]


def test_clean_joins_streams_and_keeps_alt_text():
    pixel = base64.b64encode(b"pixel").decode()
    cell = nbformat.v4.new_code_cell("x")
    metadata = {"image/png": {"alt": "A hill", "width": 300}}
    cell.outputs = [
        nbformat.v4.new_output("stream", text="a"),
        nbformat.v4.new_output("stream", text="b"),
        nbformat.v4.new_output("display_data", data={"image/png": pixel + "\n"}, metadata=metadata),
    ]
    clean(nbformat.v4.new_notebook(cells=[cell]))
    assert [output.get("text") for output in cell.outputs] == ["ab", None]
    assert cell.outputs[1].metadata == metadata and cell.outputs[1].data == {"image/png": pixel}


def test_widget_without_a_picture_or_text_is_refused():
    cell = nbformat.v4.new_code_cell("x")
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": "1"}}
    cell.outputs = [nbformat.v4.new_output("display_data", data=view)]
    with pytest.raises(CourseError, match="neither a picture nor a text"):
        clean(nbformat.v4.new_notebook(cells=[cell]))


def test_exercises_keep_everything_but_the_solution(tmp_path):
    _, source = small_course(tmp_path)
    text, target = exercises_of(source)
    assert target.name == "01_exercises.ipynb" and text == exercises_of(source)[0]
    code = "\n".join(cell.source for cell in nbformat.reads(text, 4).cells if cell.cell_type == "code")
    stub = '    """Twice x."""\n    raise NotImplementedError("your code here")'
    assert code.count(stub) == 4 and "2 * x" not in code and "SOLUTION" not in code
    assert text.count("<summary>Hint</summary>") == 4 and SOLUTIONS.count("BEGIN SOLUTION") == 4


@pytest.mark.parametrize(
    "code, words",
    [
        ("def f():\n    # BEGIN SOLUTION\n    return 1", "without its # END"),
        ("def f():\n    return 1\n    # END SOLUTION", "without its # END"),
        ("# BEGIN SOLUTION\nx = 1\n# END SOLUTION", "must stand inside a function"),
        ("class A:\n    # BEGIN SOLUTION\n    x = 1\n    # END SOLUTION", "must stand inside a function"),
    ],
)
def test_solution_that_cannot_be_taken_out_is_refused(code, words):
    with pytest.raises(CourseError, match=words):
        stubbed(code)


def test_sources_are_found_by_id_chapter_and_path(tmp_path):
    lesson, solutions = small_course(tmp_path)
    chapters = tmp_path / "chapters"
    for name in ("01_1", "01_1_small_chains", lesson.with_suffix(".ipynb")):
        assert find_sources([name], chapters) == [lesson]
    assert find_sources(["01"], chapters) == find_sources([], chapters) == [lesson, solutions]
    with pytest.raises(CourseError, match="no lesson is called '07_7'; there are: 01_1, 01_solutions"):
        find_sources(["07_7"], chapters)


def test_what_would_give_an_answer_away_is_closed(tmp_path):
    lesson, _ = small_course(tmp_path)
    text = lesson.read_text(encoding="utf-8").replace("```python\nQuiz(", '```python tags=["quiz"]\nQuiz(')
    lesson.write_text(text, encoding="utf-8")
    folds = {}
    for cell in unexecuted(lesson, lesson.with_suffix(".ipynb")).cells:
        for tag in cell.metadata.get("tags", ["none"]) if cell.cell_type == "code" else ():
            folds.setdefault(tag, []).append(cell.metadata.get("jupyter"))
    assert folds["start"] == folds["quiz"] == [{"source_hidden": True}]
    assert set(map(str, folds["predict"])) == {"{'outputs_hidden': True}"}
    assert set(map(str, folds["check"] + folds["none"])) == {"None"}
