"""Lesson 06_3: the exercise takes a right answer however it is written, and says what is wrong with common others."""

import ast

import jupytext
import pytest
import torch
from torch import nn

from seqmodels.transformer import TransformerBlock
from tools.notebook import ROOT

LESSON = ROOT / "chapters/06_transformer/06_3_the_transformer.md"


@pytest.fixture
def as_the_library():
    cells = jupytext.read(LESSON).cells
    [cell] = [cell for cell in cells if cell.cell_type == "code" and "def pre_norm_block" in cell.source]
    torch.manual_seed(0)
    names = {"torch": torch, "nn": nn, "TransformerBlock": TransformerBlock, "check": lambda *_: None}
    exec(compile(ast.parse(cell.source), str(LESSON), "exec"), names)
    return names["as_the_library"]


def in_two_lines(x, attention, network, norm_1, norm_2):
    x = x + attention(norm_1(x))
    return x + network(norm_2(x))


def in_one(x, attention, network, norm_1, norm_2):
    return (y := attention(norm_1(x)) + x) + network(norm_2(y))


def in_place(x, attention, network, norm_1, norm_2):
    x += attention(norm_1(x))
    x += network(norm_2(x))
    return x


@pytest.mark.parametrize("answer", [in_two_lines, in_one, in_place])
def test_a_right_answer_is_taken(as_the_library, answer):
    as_the_library(answer)


@pytest.mark.parametrize(
    ("answer", "help_"),
    [
        (lambda x, a, f, m, n: n(m(x + a(x)) + f(m(x + a(x)))), "norm after the sum"),
        (lambda x, a, f, m, n: f(n(a(m(x)))), "where is the road"),
        (lambda x, a, f, m, n: x + a(m(x)) + f(n(x)), "reads what attention wrote"),
        (lambda x, a, f, m, n: (in_two_lines(x, a, f, m, n), None), "not a tuple"),
        (lambda x, a, f, m, n: in_two_lines(x, a, f, m, n)[0], "expected .2, 5, 16."),
        (lambda x, a, f, m, n: (y := m(x) + a(m(x))) + f(n(y)), "stays as it is"),
        (lambda x, a, f, m, n: in_two_lines(x, f, a, m, n), "first attention, then network"),
        (lambda x, a, f, m, n: in_two_lines(x, a, f, n, m), "norms swapped"),
        (lambda x, a, f, m, n: (y := x + m(a(x))) + n(f(y)), "not around what it wrote"),
        (lambda x, a, f, m, n: (y := x + a(m(x))) + f(y), "wants its norm too"),
        (lambda x, a, f, m, n: (y := x + a(m(x))) + f(m(y)), "norm_2 is the network's"),
        (lambda x, a, f, m, n: x + f(n(x + a(m(x)))), "not to the input"),
        (lambda x, a, f, m, n: f(n(x + a(m(x)))), "road around the network"),
        (lambda x, a, f, m, n: x, "still x"),
        (lambda x, a, f, m, n: x + a(m(x)), "once for each part"),
        (lambda x, a, f, m, n: None, "return x"),
    ],
)
def test_common_mistakes_are_named(as_the_library, answer, help_):
    with pytest.raises(AssertionError, match=help_):
        as_the_library(answer)
