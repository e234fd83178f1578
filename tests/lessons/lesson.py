"""A lesson as the structure tests see it: its cells, sections and prose, parsed once and without a kernel."""

import ast
import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import nbformat

from tools.notebook import course_root, is_solutions, read_notebook, tags, unexecuted

NOT_PROSE = re.compile(r"```.*?```|~~~.*?~~~|\$\$.*?\$\$|\$[^$\n]+\$|<!--.*?-->|<[^>]+>|(?<=\])\([^)]*\)", re.S)
INJECTED = {"start", "buttons"}


@dataclass
class Section:
    """A level-2 heading and the cells under it (a cell that holds several headings is cut at each)."""

    title: str
    cells: list = field(default_factory=list)

    @property
    def markdown(self):
        return "\n\n".join(cell.source for cell in self.cells if cell.cell_type == "markdown")

    @property
    def items(self):
        """The list items of the section, top level, as their first lines."""
        return re.findall(r"^(?:[-*]|\d+\.) +(.*)$", self.markdown, re.M)


@dataclass
class Lesson:
    """One source under chapters/ with the notebook that is committed beside it."""

    path: Path

    @cached_property
    def expected(self):
        """The notebook that the source says, injected cells included, not executed."""
        return unexecuted(self.path, self.path.with_suffix(".ipynb"))

    @cached_property
    def notebook(self):
        """The notebook as committed, or None."""
        return read_notebook(self.path.with_suffix(".ipynb"))

    @property
    def name(self):
        """01_1 or 01_solutions."""
        return "_".join(self.path.stem.split("_")[:2])

    @property
    def is_solutions(self):
        return is_solutions(self.path)

    @property
    def root(self):
        return course_root(self.path)

    @cached_property
    def cells(self):
        """The author's cells: everything but the injected ones."""
        return [cell for cell in self.expected.cells if not INJECTED & set(tags(cell))]

    @property
    def code(self):
        return [cell for cell in self.cells if cell.cell_type == "code"]

    @property
    def markdown(self):
        return "\n\n".join(cell.source for cell in self.cells if cell.cell_type == "markdown")

    def tagged(self, tag):
        return [cell for cell in self.code if tag in tags(cell)]

    def markdown_before(self, cell):
        """The Markdown right before a cell, empty if another code cell stands there."""
        index = next(i for i, other in enumerate(self.cells) if other is cell)
        before = self.cells[index - 1] if index else None
        return before.source if before is not None and before.cell_type == "markdown" else ""

    def markdown_after(self, cell):
        """The Markdown right after a cell, empty if there is none."""
        index = next(i for i, other in enumerate(self.cells) if other is cell)
        after = self.cells[index + 1] if index + 1 < len(self.cells) else None
        return after.source if after is not None and after.cell_type == "markdown" else ""

    @cached_property
    def words(self):
        """The number of words of prose: no code, no formulas, no addresses."""
        return sum(any(map(str.isalnum, word)) for word in NOT_PROSE.sub(" ", self.markdown).split())

    @cached_property
    def sections(self):
        """The level-2 sections in their order; what stands before the first is in a section without a title."""
        found = [Section("")]
        for cell in self.cells:
            if cell.cell_type == "code":
                found[-1].cells.append(cell)
                continue
            for piece in re.split(r"^(?=## )", cell.source, flags=re.M):
                if piece.startswith("## "):
                    found.append(Section(piece.splitlines()[0][3:].strip()))
                if piece.strip():
                    found[-1].cells.append(nbformat.v4.new_markdown_cell(piece, metadata=cell.metadata))
        return found

    def section(self, title):
        """The section of this title, empty if there is none."""
        return next((section for section in self.sections if section.title == title), Section(title))

    @cached_property
    def trees(self):
        """The syntax tree of each code cell; a cell that is not Python has an empty one (a rule says so)."""
        trees = []
        for cell in self.code:
            try:
                trees.append(ast.parse(cell.source))
            except SyntaxError:
                trees.append(ast.Module(body=[], type_ignores=[]))
        return trees

    def calls(self, name):
        """Every call of a function or class called `name` (or any name that ends so, with '*name')."""
        nodes = [node for tree in self.trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
        ending = name.lstrip("*")
        matches = str.endswith if name.startswith("*") else str.__eq__
        return [node for node in nodes if matches(called(node), ending)]


def called(call):
    """The last name of what a call calls: `show` for a.b.show(…)."""
    return getattr(call.func, "attr", getattr(call.func, "id", ""))
