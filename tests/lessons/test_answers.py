"""The checks of the exercises: other right answers pass, common wrong ones are told what is wrong."""

from functools import cache

import jupytext
import numpy as np
import pytest

from tools.notebook import ROOT, tags


@cache
def solved(chapter):
    """Everything that the solutions of a chapter define, without their viewers."""
    [source] = (ROOT / "chapters").glob(f"*/{chapter}_solutions.md")
    space = {}
    for cell in jupytext.read(source).cells:
        if cell.cell_type == "code" and "instructor" not in tags(cell) and "ChainViewer(" not in cell.source:
            exec(compile(cell.source, source.name, "exec"), space)
    return space


def stationary_by_power(p1, p0):
    return np.linalg.matrix_power(np.array([[p1, 1 - p1], [p0, 1 - p0]]), 1000)[0, 0]


def joint(text):
    pairs = list(zip(text, text[1:], strict=False))
    return {a: {b: pairs.count((a, b)) / len(pairs) for x, b in set(pairs) if x == a} for a, _ in pairs}


def by_occurrence(text):
    pairs = list(zip(text, text[1:], strict=False))
    return {a: {b: pairs.count((a, b)) / text.count(a) for x, b in set(pairs) if x == a} for a, _ in pairs}


def steadiness(factor=2, transpose=False):
    def answer(transition, pi, values, lags=200):
        matrix = transition.T if transpose else transition
        g = values - pi @ values
        powers = [np.linalg.matrix_power(matrix, lag) @ g for lag in range(1, lags)]
        return 1 + factor * sum(pi @ (g * p) for p in powers) / (pi @ g**2)

    return answer


def cumulative_walk(transition, length, rng):
    path = [0]
    while len(path) < length:
        path.append(int(np.searchsorted(np.cumsum(transition[path[-1]]), rng.random())))
    return path


def column_walk(transition, length, rng):
    return cumulative_walk(transition.T / transition.T.sum(1, keepdims=True), length, rng)


def gap_to_the_next(text, context):
    places = [t for t in range(len(text)) if (text + text).startswith(context, t)]
    ends = [*places[1:], places[0] + len(text)]
    result = {}
    for place, after in zip(places, ends, strict=True):
        letter = (text + text)[place + len(context)]
        result[letter] = result.get(letter, 0) + (after - place) / len(text)
    return result


RIGHT = [
    ("01", "test_share", lambda p1, p0: np.float64(1) / (1 + (1 - p1) / p0)),
    ("01", "test_steadiness", steadiness()),
    ("01", "test_walk", cumulative_walk),
]
WRONG = [
    ("01", "test_share", lambda p1, p0: None, "expected one number"),
    ("01", "test_share", lambda p1, p0: (p1, p0), "expected one number"),
    ("01", "test_share", lambda p1, p0: 0.5, "p1=0.128"),
    ("01", "test_share", stationary_by_power, "the clock"),
    ("01", "test_fit", joint, "you divided by all pairs"),
    ("01", "test_fit", by_occurrence, "its last one is followed by nothing"),
    ("01", "test_steadiness", steadiness(factor=1), "each covariance counts twice"),
    ("01", "test_steadiness", steadiness(transpose=True), "the right way round"),
    ("01", "test_walk", column_walk, "which the table gives probability 0"),
    ("01", "test_walk", lambda *a: cumulative_walk(*a)[1:], "5999"),
    ("01", "test_shannon", gap_to_the_next, "reading begins before"),
]


@pytest.mark.parametrize("chapter, test, answer", RIGHT)
def test_another_right_answer_passes(chapter, test, answer):
    solved(chapter)[test](answer)


@pytest.mark.parametrize("chapter, test, answer, told", WRONG)
def test_a_wrong_answer_is_told_what_is_wrong(chapter, test, answer, told):
    with pytest.raises(AssertionError, match=told):
        solved(chapter)[test](answer)
