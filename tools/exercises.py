"""Make a chapter's exercises from its solutions: NN_solutions.md -> NN_exercises.ipynb.

    python -m tools.exercises             every chapter
    python -m tools.exercises 01          this one
    python -m tools.exercises --check     only compare what is committed with its source

In a code cell, the lines from `# BEGIN SOLUTION` to `# END SOLUTION` become one line that raises
NotImplementedError; signature, docstring and everything else stay. Cells tagged `solution` or `instructor` are
left out. Hints are ordinary Markdown (<details>) and stay. Nothing is executed: outputs are the student's own.
"""

import argparse
import ast
import re
import sys

from tools.notebook import (
    SOLUTION_MARK,
    CourseError,
    as_text,
    assign_ids,
    find_sources,
    inject,
    is_solutions,
    read_source,
    without,
    write,
)

SOLUTION = re.compile(r"^([ \t]*)# BEGIN SOLUTION[ \t]*\n.*?^[ \t]*# END SOLUTION[ \t]*$", re.S | re.M)
STUB = r'\1raise NotImplementedError("your code here")'


def stubbed(code):
    """The code of a cell as a student gets it.

    CourseError if a marker has no partner, or if the stub would run when the cell runs: a solution stands in
    a function, so that an exercise not yet done stops nothing but its own check.
    """
    stub = SOLUTION.sub(STUB, code)
    if SOLUTION_MARK.search(stub):
        raise CourseError("a # BEGIN SOLUTION without its # END SOLUTION, or the other way round")
    if stub != code:
        tree = ast.parse(stub)
        functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        inside = {id(node) for function in functions for node in ast.walk(function)}
        if any(isinstance(node, ast.Raise) and id(node) not in inside for node in ast.walk(tree)):
            raise CourseError("a solution must stand inside a function: its stub raises")
    return stub


def exercises_of(source):
    """The text of the exercises notebook that belongs to `source`, and the file it goes to."""
    target = source.with_name(source.name.replace("_solutions.md", "_exercises.ipynb"))
    notebook = read_source(source)
    without(notebook, "instructor", "solution")
    for number, cell in enumerate(notebook.cells, 1):
        if cell.cell_type != "code":
            continue
        try:
            cell.source = stubbed(cell.source)
        except (CourseError, SyntaxError) as error:
            raise CourseError(f"{source.name}, cell {number}: {error}\n{cell.source}") from None
    inject(notebook, target)
    assign_ids(notebook)
    return as_text(notebook), target


def stale(sources):
    """A sentence for each exercises notebook that is missing or not what its source makes."""
    found = []
    for source in sources:
        text, target = exercises_of(source)
        if not target.is_file() or target.read_text(encoding="utf-8") != text:
            found.append(f"{target.name} is not what {source.name} makes. Run: course.py exercises")
    return found


def main(argv=None):
    """Exit status 0 if every notebook was written (or, with --check, is up to date)."""
    parser = argparse.ArgumentParser(prog="course.py exercises", description="Make the exercises notebooks.")
    parser.add_argument("chapters", nargs="*", help="chapters (01) or ids (01_solutions); default: all")
    parser.add_argument("--check", action="store_true", help="only compare with what is there")
    options = parser.parse_args(argv)
    try:
        sources = [path for path in find_sources(options.chapters) if is_solutions(path)]
        if options.check:
            found = stale(sources)
            print("\n".join(found) or f"{len(sources)} exercises notebooks are up to date")
            return 1 if found else 0
        for source in sources:
            text, target = exercises_of(source)
            write(text, target)
            print(f"{target.name}: from {source.name}")
    except CourseError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
