"""What the solved exercises of a chapter (NN_solutions.md) must fulfil, as rules like those of rules.py."""

import ast
import re

from lessons.lesson import called
from tools.exercises import exercises_of
from tools.notebook import SOLUTION_MARK, CourseError, tags


def exercises(lesson):
    """Four to six exercises, each with a place to work, hints and a check of the student's own answer."""
    sections = [s for s in lesson.sections if any("exercise" in tags(cell) for cell in s.cells)]
    if not 4 <= len(sections) <= 6:
        yield f"{len(sections)} exercises (level-2 sections with a cell tagged `exercise`); 4 to 6"
    for section in sections:
        work = [cell for cell in section.cells if "exercise" in tags(cell)]
        if not any("# BEGIN SOLUTION" in cell for cell in written(lesson, work)):
            yield f"'{section.title}': no # BEGIN SOLUTION … # END SOLUTION"
        checking = [ast.parse(cell.source) for cell in section.cells if "check" in tags(cell)]
        calls = [node for tree in checking for node in ast.walk(tree) if isinstance(node, ast.Call)]
        if not any(called(call) == "check" for call in calls):
            yield f"'{section.title}': no check cell that calls check(…)"
        if "<details" not in section.markdown:
            yield f"'{section.title}': no hint (<details>)"


def written(lesson, cells):
    """The sources of these cells as the author wrote them, solution markers included."""
    text = lesson.path.read_text(encoding="utf-8")
    blocks = re.findall(r"^```python.*?\n(.*?)^```", text, re.S | re.M)
    sources = {cell.source for cell in cells}
    return [block for block in blocks if SOLUTION_MARK.sub("", block).rstrip("\n") in sources]


def real_bug(lesson):
    """At least one exercise plants a real bug, to be diagnosed."""
    if not re.search(r"\bbug\b", lesson.markdown, re.I):
        yield "no exercise plants a real bug (its text must say so)"


def generated(lesson):
    """NN_exercises.ipynb is there and is what this source makes."""
    try:
        text, target = exercises_of(lesson.path)
    except CourseError as error:
        yield str(error)
        return
    if not target.is_file() or target.read_text(encoding="utf-8") != text:
        yield f"{target.name} is not what {lesson.path.name} makes: run course.py exercises"


SOLUTIONS_RULES = [exercises, real_bug, generated]
