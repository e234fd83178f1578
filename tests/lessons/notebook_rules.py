"""What every lesson and every chapter's solutions must fulfil, source and committed notebook, as rules like those
of rules.py."""

import ast
import re

from tools.notebook import as_text, difference, tags
from tools.outputs import NOTEBOOK_BYTES, WIDGET_VIEW, complaints
from tools.start_cell import START_CELL

TAGS = {"start", "buttons", "quiz", "check", "predict", "surprise", "timing", "exercise", "solution", "instructor"}
PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)[^)]*\)")
PICTURE_HTML = re.compile(r"<img\b[^>]*>", re.I)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)[^)]*\)")
CODE = re.compile(r"```.*?```|~~~.*?~~~|`[^`\n]+`", re.S)


def python(lesson):
    """Every code cell is plain Python: no magics, no shell, which would not run everywhere."""
    for cell in lesson.code:
        try:
            ast.parse(cell.source)
        except SyntaxError as error:
            yield f"a code cell is not plain Python ({error.msg}): {(error.text or '').strip()}"


def known_tags(lesson):
    """Only tags that mean something: a misspelt one would silently do nothing."""
    for cell in lesson.cells:
        if unknown := set(tags(cell)) - TAGS:
            yield f"unknown tag {sorted(unknown)}; there are {sorted(TAGS)}"


def details(lesson):
    """A <details> opens and closes in the same cell: a cell between the two would not fold away."""
    for cell in lesson.cells:
        if cell.source.count("<details") != cell.source.count("</details>"):
            yield f"<details> without </details> in one cell: {cell.source.strip().splitlines()[0]}"


def pictures(lesson):
    """Pictures in the text have alt text and lie in the repository: a lesson asks nothing of other servers."""
    text = CODE.sub("", lesson.markdown)
    for alt, address in PICTURE.findall(text):
        if not alt.strip():
            yield f"the picture {address} has no alt text"
        if re.match(r"[a-z]+:|//", address):
            yield f"the picture {address} is not in the repository"
    for picture in PICTURE_HTML.findall(text):
        if not re.search(r"""\balt=(["'])\s*[^"'\s]""", picture):
            yield f"a picture has no alt text: {picture}"
        if re.search(r"""\bsrc=(["'])([a-z]+:|//)""", picture):
            yield f"a picture is not in the repository: {picture}"


def links(lesson):
    """Links to files of the course lead somewhere."""
    for address in LINK.findall(CODE.sub("", lesson.markdown)):
        file = address.partition("#")[0]
        if file and not re.match(r"[a-z]+:", file) and not (lesson.path.parent / file).exists():
            yield f"the link {address} leads nowhere"


def built(lesson):
    """The notebook is what the source says: cells, ids, tags."""
    if reason := difference(lesson.expected, lesson.notebook):
        yield f"the notebook is not what {lesson.path.name} says: {reason}; run course.py build {lesson.name}"


def start_cell(lesson):
    """The buttons and then the start cell, the same in every notebook, right behind the title."""
    cells = lesson.notebook.cells if lesson.notebook else []
    if len(cells) < 3 or "buttons" not in tags(cells[1]) or cells[2].source != START_CELL.strip("\n"):
        yield "the cells after the title must be the buttons and the one start cell: run course.py build"
    if sum("start" in tags(cell) for cell in cells) > 1:
        yield "there is more than one start cell"


def executed(lesson):
    """Every code cell was run, in order, and something was printed or shown."""
    code = [cell for cell in lesson.notebook.cells if cell.cell_type == "code"] if lesson.notebook else []
    counts = [cell.execution_count for cell in code]
    if not code or counts != list(range(1, len(code) + 1)) or not any(cell.outputs for cell in code):
        yield f"the notebook was not run from top to bottom (execution counts {counts}): run course.py build"


def outputs(lesson):
    """No stored error, warning or widget state; every picture has alt text; the budgets are kept."""
    if lesson.notebook is None:
        return
    if "widgets" in lesson.notebook.metadata:
        yield "the notebook stores widget state: run course.py build"
    size = len(as_text(lesson.notebook).encode())
    if size > NOTEBOOK_BYTES:
        yield f"the notebook has {size:,} bytes, the budget is {NOTEBOOK_BYTES:,}"
    for cell in lesson.notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                yield f"a stored error, {output.ename}: {cell.source.splitlines()[0]}"
            if WIDGET_VIEW in output.get("data", {}):
                yield f"a stored widget view: {cell.source.splitlines()[0]}"
        if cell.cell_type == "code":
            yield from (f"{complaint}: {cell.source.splitlines()[0]}" for complaint in complaints(cell))


NOTEBOOK_RULES = [python, known_tags, details, pictures, links, built, start_cell, executed, outputs]
