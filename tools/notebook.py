"""From a lesson's source (jupytext Markdown) to a notebook, without running anything.

build.py and exercises.py stand on this module: which files are sources, the two injected cells, the ids of
the cells, and the one way a notebook is written to disk, so that equal content gives equal bytes.
"""

import hashlib
import re
from pathlib import Path

import jupytext
import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell

from tools.address import binder_url, colab_url
from tools.start_cell import START_CELL

ROOT = Path(__file__).resolve().parent.parent
SOURCE_NAME = re.compile(r"(?P<chapter>\d\d)_(?P<part>\d+|solutions)(_\w+)?\.md")
SOLUTION_MARK = re.compile(r"^[ \t]*# (BEGIN|END) SOLUTION[ \t]*\n?", re.M)

SOURCE_FOLDED = {"start", "quiz"}  # run by a reader, who need not read it
OUTPUT_FOLDED = {"predict", "surprise"}  # JupyterLab opens it when the cell is run


class CourseError(Exception):
    """Something in a source that its author must change. The message says where and what to do."""


def tags(cell):
    """The tags of a cell, as a list."""
    return list(cell.metadata.get("tags", []))


def is_solutions(source):
    """Whether this source holds the solved exercises of a chapter."""
    return source.stem.endswith("_solutions")


def find_sources(names=(), chapters=ROOT / "chapters"):
    """The sources meant by `names`: ids (01_1, 01_solutions), chapters (01), paths; everything without names.

    CourseError if a name means nothing.
    """
    everything = sorted(path for path in chapters.glob("*/*.md") if SOURCE_NAME.fullmatch(path.name))
    if not names:
        return everything
    found = []
    for name in map(str, names):
        if Path(name).suffix in (".md", ".ipynb") and Path(name).with_suffix(".md").is_file():
            found.append(Path(name).with_suffix(".md").resolve())
            continue
        stem = Path(name).stem
        matches = [path for path in everything if path.stem == stem or path.stem.startswith(stem + "_")]
        matches = matches or [path for path in everything if path.parent.name == stem]
        if not matches:
            known = ", ".join("_".join(path.stem.split("_")[:2]) for path in everything) or "none yet"
            raise CourseError(f"no lesson is called {name!r}; there are: {known}")
        found += matches
    return list(dict.fromkeys(found))


def course_root(path):
    """The folder with course.py above `path`, else the folder of `path` itself."""
    return next((up for up in path.resolve().parents if (up / "course.py").is_file()), path.resolve().parent)


def read_source(source):
    """The notebook that the text of `source` says: no ids that last, no outputs, no injected cells."""
    notebook = jupytext.reads(source.read_text(encoding="utf-8"), fmt="md")
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    if not notebook.cells or not notebook.cells[0].source.startswith("# "):
        raise CourseError(f"{source}: the first line must be the title, '# …'")
    return notebook


def inject(notebook, path):
    """Put the buttons and the start cell behind the title. `path` is where the notebook will stand."""
    title, *rest = re.split(r"\n+(?=## )", notebook.cells[0].source, maxsplit=1)
    address = path.resolve().relative_to(course_root(path)).as_posix()
    text = f"[Open in Colab]({colab_url(address)}) · [Open in Binder]({binder_url(address)})"
    buttons = new_markdown_cell(text, metadata={"tags": ["buttons"]})
    start = new_code_cell(START_CELL.strip("\n"), metadata={"tags": ["start"]})
    notebook.cells[:1] = [new_markdown_cell(title), buttons, start, *map(new_markdown_cell, rest)]
    fold(notebook)


def fold(notebook):
    """Close the start cell, the answers of a quiz, and whatever would give a prediction away."""
    for cell in notebook.cells:
        if set(tags(cell)) & SOURCE_FOLDED:
            cell.metadata["jupyter"] = {"source_hidden": True}
            cell.metadata["cellView"] = "form"  # Colab's word for it
        elif set(tags(cell)) & OUTPUT_FOLDED:
            cell.metadata["jupyter"] = {"outputs_hidden": True}


def without(notebook, *unwanted):
    """Leave out every cell that carries one of these tags."""
    notebook.cells = [cell for cell in notebook.cells if not set(tags(cell)) & set(unwanted)]


def assign_ids(notebook, old=None):
    """Give each cell an id: that of the cell with the same source in `old`, else the hash of its source."""
    known, used = {}, set()
    for cell in old.cells if old else ():
        known.setdefault((cell.cell_type, cell.source), []).append(cell.get("id"))
    for cell in notebook.cells:
        earlier = known.get((cell.cell_type, cell.source))
        digest = hashlib.sha256(f"{cell.cell_type}\0{cell.source}".encode()).hexdigest()[:8]
        name = base = (earlier.pop(0) if earlier else None) or digest
        number = 1
        while name in used:
            number += 1
            name = f"{base}-{number}"
        used.add(name)
        cell["id"] = name


def unexecuted(source, target, instructor=False):
    """The notebook of `source` as it will stand at `target`, with ids and injected cells but not yet run."""
    notebook = read_source(source)
    if not instructor:
        without(notebook, "instructor")
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.source = SOLUTION_MARK.sub("", cell.source).rstrip("\n")
    inject(notebook, target)
    assign_ids(notebook, read_notebook(target))
    return notebook


def read_notebook(path):
    """The notebook stored at `path`, or None where there is none."""
    return nbformat.read(path, as_version=4) if path.is_file() else None


def as_text(notebook):
    """The notebook as the bytes that are committed: valid, keys sorted, indent 1, one newline at the end."""
    nbformat.validate(notebook)
    return nbformat.writes(notebook, indent=1, sort_keys=True, ensure_ascii=False).rstrip("\n") + "\n"


def write(text, path):
    """Write through a neighbour file, so that an interrupted build never leaves half a notebook."""
    beside = path.with_name(path.name + ".part")
    beside.write_text(text, encoding="utf-8", newline="\n")
    beside.replace(path)


def difference(expected, found):
    """The first way in which the cells of two notebooks differ, in words; None if they agree."""
    if found is None:
        return "there is no notebook yet"
    for number, (want, have) in enumerate(zip(expected.cells, found.cells, strict=False), 1):
        for what in ("cell_type", "source", "id"):
            if want[what] != have.get(what):
                return f"cell {number} has another {what.replace('_', ' ')}: {want.source.splitlines()[:1]}"
        if tags(want) != tags(have):
            return f"cell {number} has other tags: {tags(want)} in the source, {tags(have)} in the notebook"
    if len(expected.cells) != len(found.cells):
        return f"{len(expected.cells)} cells in the source, {len(found.cells)} in the notebook"
    return None
