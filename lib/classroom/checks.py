"""Exercises that answer at once."""

import os
import traceback


def check(name, answer, test):
    """Try a reader's own answer and say how it went; never raise, unless COURSE_STRICT=1.

    name: what the line begins with. answer: the reader's function, class or value.
    test: takes the answer and asserts; the words after an assert are the reader's help.
    Returns True where it passed. Held by tests/unit/test_classroom.py.
    """
    try:
        test(answer)
    except NotImplementedError:
        verdict = "not done yet"
    except AssertionError as error:
        verdict = f"not right yet: {_first_lines(error) or 'a check failed'}"
    except Exception as error:  # whatever the reader's code does, say it in one line
        verdict = f"stopped with {type(error).__name__} in line {_line(error)}: {_first_lines(error)}"
    else:
        print(f"{name}: correct")
        return True
    if os.environ.get("COURSE_STRICT") == "1":
        raise AssertionError(f"{name}: {verdict}")
    print(f"{name}: {verdict}")
    return False


def _first_lines(error, most=3):
    lines = [line.strip() for line in str(error).strip().split("\n") if line.strip()]
    return " / ".join(lines[:most])


def _line(error):
    """'7 of stationary': where the reader's own code stopped."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{last.lineno} of {last.name}"
