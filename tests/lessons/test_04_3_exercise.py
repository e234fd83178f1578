"""Lesson 04_3: the exercise takes a right answer after all cells of the lesson that touch its matrices have run."""

import ast

import jupytext
import pytest
import torch

from seqmodels.attention_scores import Additive, Concat, Dot, General
from tools.notebook import ROOT

LESSON = ROOT / "chapters/04_alignment/04_3_attention.md"


def cell_with(text):
    [cell] = [cell for cell in jupytext.read(LESSON).cells if cell.cell_type == "code" and text in cell.source]
    tree = ast.parse(cell.source)
    tree.body = [node for node in tree.body if "show_source(" not in ast.unparse(node)]
    return compile(tree, str(LESSON), "exec")


@pytest.fixture
def space():
    """What the notebook knows once these cells have run in their order, `check` only looking up the exercise."""
    torch.manual_seed(0)
    names = {"torch": torch, "Additive": Additive, "Concat": Concat, "Dot": Dot, "General": General}
    names["check"] = lambda name, answer, *tests: None
    for text in ("general, dot = General", "def weights(h, m, W)", "general with the identity is dot"):
        exec(cell_with(text), names)
    return names


def test_a_right_answer_is_taken_after_all_cells_have_run(space):
    space["as_ours"](lambda h, m, W: torch.softmax(m @ (W.T @ h), 0))
    space["as_ours"](lambda h, m, W: torch.softmax(h @ W @ m.T, -1))


def test_wrong_answers_are_refused(space):
    for wrong in (
        lambda h, m, W: torch.softmax(m @ (W @ h), 0),
        lambda h, m, W: m @ (W.T @ h),
        lambda h, m, W: torch.softmax(m @ h, 0),
    ):
        with pytest.raises(AssertionError, match="not those of"):
            space["as_ours"](wrong)
