"""Each rule of the anatomy passes a good small lesson, and fails on one that breaks just it."""

import base64

import pytest
from nbformat.v4 import new_output

from lessons.exceptions import complaints_about, hold, read_exceptions
from lessons.exercise_rules import SOLUTIONS_RULES
from lessons.lesson import Lesson
from lessons.notebook_rules import NOTEBOOK_RULES
from lessons.rules import LESSON_RULES
from lessons.small import pretend_to_build, pretend_to_make_exercises, small_course

RULES = {rule.__name__: rule for rule in (*LESSON_RULES, *SOLUTIONS_RULES, *NOTEBOOK_RULES)}

# (rule, what to replace in the lesson, by what, words of the complaint)
BAD_LESSONS = [
    ("headings", "## Where it fails", "## Where it ends", "exactly one '## Where it fails'"),
    ("headings", "## Goals", "## Quiz", "there are 2"),
    ("headings", "## The question\n", "## Sources\n\n## The question\n", "there are 2"),
    ("title", "*Read: about 7 minutes.", "*Read: quickly.", "the title cell must be"),
    ("read_time", "*Read: about 7 minutes.", "*Read: about 20 minutes.", "the title says 20"),
    ("length", "Does it forget? One plain", "Yes. " * 2000 + "One plain", "a lesson has 1,200 to 2,500"),
    ("code_cells", "after(0.9, 0.9)\n```", "after(0.9, 0.9)\n" * 26 + "```", "a code cell has 26 lines"),
    ("code_cells", "## Where it fails", "```python\n0\n```\n\n" * 30 + "## Where it fails", "at most 30"),
    ("code_cells", "## Where it fails", ("```python\n" + "0\n" * 6 + "```\n\n") * 15 + "## Where it fails", "median"),
    ("code_cells", "after(0.9, 0.9)\n```", "after(0.9, 0.9)  # " + "x" * 100 + "\n```", "at most 100"),
    ("checks", 'tags=["check"]\nassert after(0.5', "\nassert after(0.5", "2 check cells"),
    ("checks", 'assert after(0.5, 0.9) == 0.5, "a half stays a half"', "after(0.5, 0.9)", "asserts nothing"),
    ("checks", "assert after(0.5, 0.9) == 0.5", "assert 1 == 1", "cannot fail"),
    ("checks", ', "a half stays a half"', "", "without its reason"),
    ("predictions", 'tags=["predict"]\nafter(0.1', "\nafter(0.1", "1 predict cells"),
    ("predictions", "**Predict.** Larger", "**Look.** Larger", "no 'Predict' in the text before"),
    ("viewer", "SmallViewer()", "after(1, 1)", "no viewer is shown"),
    ("viewer", "Find the state that it visits most.", "Here it is.", "what to find"),
    ("quiz", "Quiz([\n", "print([\n", "one Quiz, there are 0"),
    ("quiz", '{"ask": "Two?"', '{"asked": "Two?"', "must be a plain list"),
    ("quiz", '("no", False, "it is not so")]},\n])', '("no", False, "no")]},\n])', "at least three words"),
    ("quiz", '"One?", "options": [("yes", True', '"One?", "options": [("yes", False', "a right option"),
    ("quiz", '    {"ask": "Three?"', '    #', "2 questions"),
    ("goals", "- say it\n", "", "2 goals"),
    ("goals", "- said it\n", "", "3 goals, but 2 list items in the recap"),
    ("equations", "\\tag{1.1.1}", "\\tag{1.2.1}", "should be 1.1.number"),
    ("equations", "Equation (1.1.1)", "$$ x \\tag{1.1.1} $$ Equation (1.1.1)", "repeat"),
    ("equations", "Equation (1.1.1)", "Equation (1.1.7)", "(1.1.7) is cited"),
    ("equations", "  # (1.1.1)", "", "no code says that it is equation (1.1.1)"),
    ("sources", "- `shannon1948`", "- `shannon1984`", "`shannon1984` is not in"),
    ("sources", "- `shannon1948`", "- `markov1913`", "twice"),
    ("sources", "- `shannon1948`", "- Shannon", "1 keys in 2 list items"),
    ("shown_is_used", "show_source(after)", "show_source(before)", "no cell uses it"),
    ("shown_is_used", "show_source(after)", "show_source(Chain.forward)", "no cell uses it"),
    ("ledger", "ledger = ", "book = ", "no cell writes to the ledger"),
    ("what_is_kept", "What do you keep?", "What remains?", "is missing"),
    ("python", "after(0.9, 0.9)\n```", "!pip install x\n```", "not plain Python"),
    ("known_tags", 'tags=["check"]\nassert after(0.5', 'tags=["chek", "check"]\nassert after(0.5', "chek"),
    ("details", "It looks back", "<details>\n\nIt looks back", "in one cell"),
    ("pictures", "It looks back", "![](x.png) It looks back", "no alt text"),
    ("pictures", "It looks back", "![a sea](https://example.org/x.png) It looks", "not in the repository"),
    ("pictures", "It looks back", '<img src="x.png"> It looks', "no alt text"),
    ("pictures", "It looks back", '<img alt="a sea" src="https://example.org/x.png"> It', "not in the repository"),
    ("links", "It looks back", "[next](01_9_nothing.ipynb) It looks back", "leads nowhere"),
]

BAD_SOLUTIONS = [
    ("exercises", "## Exercise 2", "### Exercise 2", "3 exercises"),
    ("exercises", "    # BEGIN SOLUTION\n    return 2 * x\n    # END SOLUTION", "    return 2 * x", "no # BEGIN"),
    ("exercises", 'check("double1"', 'print("double1"', "no check cell"),
    ("exercises", "<details><summary>Hint</summary>\n\nAdd it to itself.\n\n</details>", "", "no hint"),
    ("real_bug", "find the bug in", "look at", "no exercise plants a real bug"),
    ("generated", "Double it.", "Triple it.", "is not what"),
]


def first_code(notebook):
    return next(cell for cell in notebook.cells if cell.cell_type == "code")


def add(cell, **output):
    cell.outputs.append(new_output(**output))


def picture(kilobytes, alt):
    data = {"image/png": base64.b64encode(bytes(kilobytes * 1000)).decode()}
    return {"output_type": "display_data", "data": data, "metadata": {"image/png": {"alt": alt}}}


BAD_NOTEBOOKS = [
    ("built", lambda nb: nb.cells.pop(), "cells in the source"),
    ("built", lambda nb: nb.cells[-2].metadata.update(tags=["timing"]), "other tags"),
    ("built", lambda nb: nb.cells[-1].update(source="x"), "another source"),
    ("start_cell", lambda nb: nb.cells[2].update(source="start()"), "the one start cell"),
    ("start_cell", lambda nb: nb.cells[-1].metadata.update(tags=["start"]), "more than one"),
    ("executed", lambda nb: first_code(nb).update(execution_count=None), "was not run"),
    ("executed", lambda nb: [c.update(outputs=[]) for c in nb.cells if c.cell_type == "code"], "was not run"),
    ("outputs", lambda nb: nb.metadata.update(widgets={}), "stores widget state"),
    ("outputs", lambda nb: first_code(nb).update(source="#" * 400_001), "the budget is 400,000"),
    (
        "outputs",
        lambda nb: add(first_code(nb), output_type="error", ename="ValueError", evalue="", traceback=[]),
        "a stored error",
    ),
    (
        "outputs",
        lambda nb: add(
            first_code(nb), output_type="display_data", data={"application/vnd.jupyter.widget-view+json": {}}
        ),
        "a stored widget view",
    ),
    (
        "outputs",
        lambda nb: add(first_code(nb), output_type="stream", name="stderr", text="oh"),
        "writes to stderr",
    ),
    ("outputs", lambda nb: add(first_code(nb), **picture(1, "")), "without alt text"),
    ("outputs", lambda nb: add(first_code(nb), **picture(31, "A black square")), "the budget is 30,000"),
]


@pytest.fixture
def course(tmp_path):
    lesson, solutions = small_course(tmp_path)
    pretend_to_build(lesson)
    pretend_to_build(solutions)
    pretend_to_make_exercises(solutions)
    return lesson, solutions


def break_it(source, old, new):
    text = source.read_text(encoding="utf-8")
    assert old in text, f"the small lesson no longer says {old!r}"
    source.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_good_lesson_passes(course, rule):
    lesson, solutions = map(Lesson, course)
    wanted = [lesson] if rule in LESSON_RULES else [solutions] if rule in SOLUTIONS_RULES else [lesson, solutions]
    assert [complaint for one in wanted for complaint in rule(one)] == []


@pytest.mark.parametrize("rule, old, new, words", BAD_LESSONS)
def test_bad_lesson_fails(course, rule, old, new, words):
    break_it(course[0], old, new)
    assert words in "\n".join(RULES[rule](Lesson(course[0])))


@pytest.mark.parametrize("rule, old, new, words", BAD_SOLUTIONS)
def test_bad_solutions_fail(course, rule, old, new, words):
    break_it(course[1], old, new)
    assert words in "\n".join(RULES[rule](Lesson(course[1])))


@pytest.mark.parametrize("rule, spoil, words", BAD_NOTEBOOKS)
def test_bad_notebook_fails(course, rule, spoil, words):
    pretend_to_build(course[0], spoil)
    assert words in "\n".join(RULES[rule](Lesson(course[0])))


def test_missing_notebook_fails(course):
    course[0].with_suffix(".ipynb").unlink()
    lesson = Lesson(course[0])
    assert "there is no notebook yet" in "\n".join(RULES["built"](lesson))
    assert "was not run" in "\n".join(RULES["executed"](lesson))


def test_every_rule_is_seen_to_fail():
    broken = {entry[0] for entry in (*BAD_LESSONS, *BAD_SOLUTIONS, *BAD_NOTEBOOKS)}
    assert broken == set(RULES)


def test_exceptions(course, tmp_path):
    break_it(course[0], "ledger = ", "book = ")
    lesson, rule = Lesson(course[0]), RULES["ledger"]
    entry = '[[exception]]\nlesson = "{}"\npoint = "{}"\nreason = "{}"\n'
    reason = "this small model predicts no text"
    (tmp_path / "chapters" / "exceptions.toml").write_text(
        entry.format("01_1", "ledger", reason)
        + entry.format("01_1", "goals", reason)
        + entry.format("09_9", "leger", "because")
    )
    exceptions = read_exceptions(tmp_path)
    assert hold(lesson, rule, {}) == ["no cell writes to the ledger"]
    assert hold(lesson, rule, exceptions) == []
    assert "it is fulfilled: remove it" in hold(lesson, RULES["goals"], exceptions)[0]
    found = "\n".join(complaints_about(exceptions, [lesson], RULES.values()))
    assert "no lesson 09_9" in found and "no point leger" in found and "fewer than five words" in found
