"""Reading the library from inside a lesson."""

import ast
import inspect
import textwrap
from pathlib import Path

from IPython.display import display


def show_source(thing, docstring=False):
    """Show the code of a class, method or function of the course, as it stands in lib/.

    docstring=True keeps the docstrings. Held by tests/unit/test_classroom.py.
    """
    try:
        code = textwrap.dedent(inspect.getsource(thing)).rstrip()
        path = Path(inspect.getsourcefile(thing))
    except TypeError:
        raise ValueError(f"thing is {thing!r}; expected a class, a method or a function") from None
    if not docstring:
        code = _without_docstrings(code)
    course = Path(__file__).parents[2]
    place = path.relative_to(course).as_posix() if course in path.parents else path.name
    display({"text/markdown": f"*{place}*\n```python\n{code}\n```", "text/plain": f"# {place}\n{code}"}, raw=True)


def _without_docstrings(code):
    lines = code.split("\n")
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            text = node.body[0]
            lines[text.lineno - 1 : text.end_lineno] = [None] * (text.end_lineno - text.lineno + 1)
    kept = [line for line in lines if line is not None]
    # a class begins with a blank line once its docstring is gone
    return "\n".join(line for i, line in enumerate(kept) if line.strip() or not kept[i - 1].rstrip().endswith(":"))
