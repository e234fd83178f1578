"""The checks of the exercises: other right answers pass, common wrong ones are told what is wrong."""

import ast
from functools import cache

import jupytext
import numpy as np
import pytest

from lessons import answers_02, answers_03, answers_04, answers_05, answers_06, answers_07, answers_08
from tools.notebook import ROOT, tags


@cache
def solved(chapter):
    """Everything that the solutions of a chapter define; viewers, checks and prints are left out."""
    [source] = (ROOT / "chapters").glob(f"*/{chapter}_solutions.md")
    space = {}
    for cell in jupytext.read(source).cells:
        if cell.cell_type == "code" and "instructor" not in tags(cell):
            tree = ast.parse(cell.source)
            tree.body = [node for node in tree.body if not isinstance(node, ast.Expr)]
            exec(compile(tree, source.name, "exec"), space)
    return space


def stationary_by_power(p1, p0):
    return np.linalg.matrix_power(np.array([[p1, 1 - p1], [p0, 1 - p0]]), 1000)[0, 0]


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


def forward(order="chain, look", transpose=False, scaled=True):
    def answer(initial, transition, emission, rolls):
        alpha, total = initial * emission[:, rolls[0]], 0.0
        for x in rolls[1:]:
            if scaled:
                total, alpha = total + np.log(alpha.sum()), alpha / alpha.sum()
            chain = transition.T if transpose else transition
            alpha = (alpha * emission[:, x]) @ chain if order == "look, chain" else (alpha @ chain) * emission[:, x]
        with np.errstate(divide="ignore"):
            return total + np.log(alpha.sum())

    return answer


def counted_fallback(text, h, w, d=0.75):
    pairs = list(zip(text, text[1:], strict=False))
    row = [b for a, b in pairs if a == h]
    p1 = sum(b == w for _, b in pairs) / len(pairs)
    return (max(row.count(w) - d, 0) + d * len(set(row)) * p1) / len(row) if row else p1


def kneser_ney(text, h, w, d=0.75):
    return solved("01")["kneser_ney"](text, h, w, d)


def no_fallback(text, h, w, d=0.75):
    return kneser_ney(text, h, w, d) / min(1, text[:-1].count(h))


class SingleLetters:
    def __init__(self):
        self.counts = np.ones(64)

    def predict(self):
        return self.counts / self.counts.sum()

    def read(self, symbol):
        self.counts[symbol] += 1


class LongestMatch:
    """Another way: after the longest end of the tale that stood in it before, what followed there."""

    def __init__(self):
        self.text = ""

    def predict(self):
        row = np.full(64, 1 / 64)
        for length in range(1, min(8, len(self.text)) + 1):
            place = self.text.rfind(self.text[-length:], 0, len(self.text) - 1)
            if place < 0:
                break
            row *= 0.5
            row[ord(self.text[place + length])] += 0.5
        return row

    def read(self, symbol):
        self.text += chr(symbol)


class NotNormalised(SingleLetters):
    def predict(self):
        return self.counts


RIGHT = [
    ("01", "test_share", lambda p1, p0: np.float64(1) / (1 + (1 - p1) / p0)),
    ("01", "test_walk", cumulative_walk),
    ("01", "test_forward", forward()),
    ("01", "test_this_tale", LongestMatch),
    *answers_02.RIGHT,
    *answers_03.RIGHT,
    *answers_04.RIGHT,
    *answers_05.RIGHT,
    *answers_06.RIGHT,
    *answers_07.RIGHT,
    *answers_08.RIGHT,
]
WRONG = [
    ("01", "test_share", lambda p1, p0: None, "expected one number"),
    ("01", "test_share", lambda p1, p0: (p1, p0), "expected one number"),
    ("01", "test_share", lambda p1, p0: 0.5, "p1=0.128"),
    ("01", "test_share", stationary_by_power, "the clock"),
    ("01", "test_walk", column_walk, "which the table gives probability 0"),
    ("01", "test_walk", lambda *a: cumulative_walk(*a)[1:], "5999"),
    ("01", "test_shannon", gap_to_the_next, "reading begins before"),
    ("01", "test_forward", lambda *a: None, "returns nothing"),
    ("01", "test_forward", forward(transpose=True), "read backwards"),
    ("01", "test_forward", forward(order="look, chain"), "the chain moves before the look"),
    ("01", "test_forward", forward(scaled=False), "divide at every step"),
    ("01", "test_forward", lambda *a: forward()(*a) / np.log(2), "these are bits|has probability"),
    ("01", "test_kneser_ney", counted_fallback, "not how often"),
    ("01", "test_kneser_ney", lambda text, h, w, d=0.75: text.count(h + w) / text.count(h), "nothing follows"),
    ("01", "test_kneser_ney", lambda text, h, w, d=0.75: kneser_ney(text, h, w), "does yours use d"),
    ("01", "test_kneser_ney", no_fallback, "c.h. is zero"),
    ("01", "test_this_tale", SingleLetters, "single letters are not enough"),
    ("01", "test_this_tale", NotNormalised, "sum to"),
    *answers_02.WRONG,
    *answers_03.WRONG,
    *answers_04.WRONG,
    *answers_05.WRONG,
    *answers_06.WRONG,
    *answers_07.WRONG,
    *answers_08.WRONG,
]


@pytest.mark.parametrize("chapter, test, answer", RIGHT)
def test_another_right_answer_passes(chapter, test, answer):
    solved(chapter)[test](answer)


@pytest.mark.parametrize("chapter, test, answer, told", WRONG)
def test_a_wrong_answer_is_told_what_is_wrong(chapter, test, answer, told):
    with pytest.raises(AssertionError, match=told):
        solved(chapter)[test](answer)
