"""Every lesson found under chapters/ keeps the anatomy; every chapter's exercises are complete. No kernel here."""

import pytest

from lessons.exceptions import complaints_about, hold, read_exceptions
from lessons.exercise_rules import SOLUTIONS_RULES
from lessons.lesson import Lesson
from lessons.notebook_rules import NOTEBOOK_RULES
from lessons.rules import KEY, LESSON_RULES
from tools.notebook import ROOT, find_sources, is_solutions

SOURCES = find_sources()
EXCEPTIONS = read_exceptions(ROOT)


def cases(sources, rules):
    """One test a lesson and rule, named 01_1_markov_chains-headings."""
    lessons = [Lesson(path) for path in sources]
    return [
        pytest.param(lesson, rule, id=f"{lesson.path.stem}-{rule.__name__}") for lesson in lessons for rule in rules
    ]


def assert_holds(lesson, rule):
    found = hold(lesson, rule, EXCEPTIONS)
    if found:
        pytest.fail("\n".join([*found, f"the rule '{rule.__name__}': {rule.__doc__}"]), pytrace=False)


@pytest.mark.parametrize("lesson, rule", cases([s for s in SOURCES if not is_solutions(s)], LESSON_RULES))
def test_lesson(lesson, rule):
    assert_holds(lesson, rule)


@pytest.mark.parametrize("lesson, rule", cases([s for s in SOURCES if is_solutions(s)], SOLUTIONS_RULES))
def test_exercises(lesson, rule):
    assert_holds(lesson, rule)


@pytest.mark.parametrize("lesson, rule", cases(SOURCES, NOTEBOOK_RULES))
def test_notebook(lesson, rule):
    assert_holds(lesson, rule)


def test_there_are_lessons_and_each_chapter_has_exercises():
    chapters = {path.parent for path in SOURCES}
    assert chapters, "there is no lesson under chapters/"
    needed = [folder for folder in chapters if (f"{folder.name[:2]}_1", "exercises") not in EXCEPTIONS]
    without = [folder.name for folder in needed if not any(is_solutions(p) for p in folder.glob("*_solutions.md"))]
    assert not without, f"chapters without NN_solutions.md: {without}"


def test_every_notebook_has_its_source():
    known = {source.with_suffix(".ipynb") for source in SOURCES}
    known |= {p.with_name(p.name.replace("_solutions", "_exercises")) for p in known}
    found = {p for p in (ROOT / "chapters").glob("*/*.ipynb") if not p.stem.endswith("_instructor")}
    assert found <= known, f"notebooks without a source: {sorted(path.name for path in found - known)}"


def test_exceptions_are_few_words_of_reason_about_real_points():
    rules = [*LESSON_RULES, *SOLUTIONS_RULES, *NOTEBOOK_RULES]
    found = list(complaints_about(EXCEPTIONS, [Lesson(path) for path in SOURCES], rules))
    assert not found, "\n".join(found)


def test_references_name_each_key_once():
    path = ROOT / "chapters" / "references.md"
    keys = KEY.findall(path.read_text(encoding="utf-8"))
    twice = sorted({key for key in keys if keys.count(key) > 1})
    assert keys, "chapters/references.md lists no keys"
    assert not twice, f"chapters/references.md repeats {twice}"
