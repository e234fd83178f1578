"""A lesson's own test of the reader's answer, taken out of the lesson."""

import ast

import jupytext

from tools.notebook import ROOT


def judge_of(lesson, stub, test, **names):
    """The function `test` from the code cell of chapters/<lesson> that holds `stub`; its `check` does nothing.

    names: what that cell finds when it runs.
    """
    path = ROOT / "chapters" / lesson
    cells = [cell.source for cell in jupytext.read(path).cells if cell.cell_type == "code"]
    [source] = [source for source in cells if stub in source]
    names["check"] = lambda *given: None
    exec(compile(ast.parse(source), str(path), "exec"), names)
    return names[test]
