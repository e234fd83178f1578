"""A small course in a temporary folder: one good lesson, its solved exercises, and what they stand on.

The tests of the rules break it in one place at a time; the tests of the build build it.
"""

from pathlib import Path

from nbformat.v4 import new_output

from tools.exercises import exercises_of
from tools.notebook import as_text, unexecuted, write

CLASSROOM = '''
def start(): pass
def show_source(thing): pass
def check(name, answer, test): test(answer)
class Quiz:
    def __init__(self, questions): pass
class SmallViewer: pass
'''

FILLER = "One plain sentence after another makes a page that takes its time to be read. " * 88

LESSON = f'''# Small chains

*Read: about 7 minutes. Run: about 2 seconds. Do: about ten minutes.*

## The question

Does it forget? {FILLER}

## Goals

- see it
- say it
- test it

## The idea

$$ p' = pP \\tag{{1.1.1}} $$

Equation (1.1.1) in code:

```python
from classroom import Quiz, SmallViewer, check, show_source

def after(p, q):
    return p * q + (1 - p) * (1 - q)  # (1.1.1)
```

```python
show_source(after)
ledger = {{"small": after(0.5, 0.9)}}
```

**Predict.** Larger or smaller than a half?

```python tags=["predict"]
after(0.9, 0.9)
```

**Predict** again.

```python tags=["predict"]
after(0.1, 0.9)
```

Find the state that it visits most.

```python
SmallViewer()
```

*What do you keep?* One number.

```python tags=["check"]
assert after(0.5, 0.9) == 0.5, "a half stays a half"
```

```python tags=["check"]
assert after(0.9, 0.9) > 0.5, "it remembers a little"
```

## Where it fails

It looks back one step only.

```python tags=["check"]
assert after(1.0, 0.9) < 1, "and forgets"
```

<!-- #region tags=["instructor"] -->
Five minutes here.
<!-- #endregion -->

## Quiz

```python
Quiz([
    {{"ask": "One?", "options": [("yes", True, "it is so"), ("no", False, "it is not so")]}},
    {{"ask": "Two?", "options": [("yes", True, "it is so"), ("no", False, "it is not so")]}},
    {{"ask": "Three?", "options": [("yes", True, "it is so"), ("no", False, "it is not so")]}},
])
```

## Recap

- saw it
- said it
- tested it

## Sources

- `markov1913` counted letters.
- `shannon1948` sampled them.
'''

EXERCISE = '''
## Exercise {number}

Double it{bug}.

<details><summary>Hint</summary>

Add it to itself.

</details>

```python tags=["exercise"]
def double{number}(x):
    """Twice x."""
    # BEGIN SOLUTION
    return 2 * x
    # END SOLUTION
```

```python tags=["check"]
def right(f):
    assert f(3) == 6, "twice three is six"

check("double{number}", double{number}, right)
```
'''

SOLUTIONS = "# Exercises: small chains\n\n```python\nfrom classroom import check\n```\n" + "".join(
    EXERCISE.format(number=n, bug=", and find the bug in the old one" if n == 4 else "") for n in range(1, 5)
)


def small_course(folder):
    """Write the course into `folder`; return the paths of the lesson and of the solutions."""
    chapter = Path(folder) / "chapters" / "01_small"
    files = {
        "course.py": "",
        "lib/classroom/__init__.py": CLASSROOM,
        "chapters/references.md": "# References\n\n- `markov1913` Markov.\n- `shannon1948` Shannon.\n",
        "chapters/01_small/01_1_small_chains.md": LESSON,
        "chapters/01_small/01_solutions.md": SOLUTIONS,
    }
    for name, text in files.items():
        (Path(folder) / name).parent.mkdir(parents=True, exist_ok=True)
        (Path(folder) / name).write_text(text, encoding="utf-8")
    return chapter / "01_1_small_chains.md", chapter / "01_solutions.md"


def pretend_to_build(source, change=lambda notebook: None):
    """Write the notebook of `source` as if it had been run, without a kernel; `change` may spoil it."""
    notebook = unexecuted(source, source.with_suffix(".ipynb"))
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for number, cell in enumerate(code, 1):
        cell.execution_count = number
        cell.outputs = [new_output("stream", text="shown\n")]
    change(notebook)
    write(as_text(notebook), source.with_suffix(".ipynb"))


def pretend_to_make_exercises(solutions):
    """Write the exercises notebook of `solutions`."""
    write(*exercises_of(solutions))
