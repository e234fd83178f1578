"""Lesson 06_4: the exercise takes a right answer however it is written, and says what is wrong with common others."""

import jupytext
import pytest
import torch

from tools.notebook import ROOT

LESSON = ROOT / "chapters/06_transformer/06_4_bert_gpt_t5.md"
MASK = 64


@pytest.fixture
def as_published():
    cells = jupytext.read(LESSON).cells
    [cell] = [cell for cell in cells if cell.cell_type == "code" and "def spoil(" in cell.source]
    torch.manual_seed(0)
    names = {"torch": torch, "MASK": MASK, "check": lambda *_: None}
    exec(compile(cell.source, str(LESSON), "exec"), names)
    return names["as_published"]


def by_where(tokens, chosen):
    how = torch.rand(tokens.shape)
    read = torch.where(chosen & (how < 0.8), MASK, tokens)
    return torch.where(chosen & (how > 0.9), torch.randint(64, tokens.shape), read)


def by_index(tokens, chosen):
    read = tokens.clone()
    for row, place in chosen.nonzero().tolist():
        dice = torch.randint(10, ()).item()
        read[row, place] = [tokens[row, place], torch.randint(64, ()), MASK][min(dice, 2)]
    return read


def from_the_top(tokens, chosen):
    how = torch.rand(tokens.shape)
    read = tokens.masked_fill(chosen & (how >= 0.2), MASK)
    read[chosen & (how < 0.1)] = torch.randint(64, read[chosen & (how < 0.1)].shape)
    return read, chosen


@pytest.mark.parametrize("answer", [by_where, by_index, from_the_top])
def test_a_right_answer_is_taken(as_published, answer):
    as_published(answer)


def in_place(tokens, chosen):
    tokens[chosen] = MASK
    return tokens


def one_letter(tokens, chosen):
    how = torch.rand(tokens.shape)
    read = torch.where(chosen & (how < 0.8), MASK, tokens)
    return torch.where(chosen & (how > 0.9), torch.randint(64, ()), read)


def all_places(tokens, chosen):
    return by_where(tokens, torch.ones_like(chosen))


def other_shares(tokens, chosen):
    how = torch.rand(tokens.shape)
    read = torch.where(chosen & (how < 0.6), MASK, tokens)
    return torch.where(chosen & (how > 0.8), torch.randint(64, tokens.shape), read)


@pytest.mark.parametrize(
    ("answer", "help_"),
    [
        (lambda t, c: None, "returns nothing"),
        (in_place, "into the text itself"),
        (lambda t, c: by_where(t, c).T, "expected .600, 64."),
        (all_places, "not chosen reads otherwise"),
        (lambda t, c: t.masked_fill(c, MASK), "one in ten is random"),
        (lambda t, c: t.masked_fill(c, 65), "the mask is 64"),
        (lambda t, c: t, "nearly none is masked"),
        (lambda t, c: t.masked_fill(c & (torch.rand(t.shape) < 0.8), MASK), "none is drawn at random"),
        (one_letter, "draw anew for each place"),
        (other_shares, "masked 60%|masked 59%|masked 61%"),
    ],
)
def test_common_mistakes_are_named(as_published, answer, help_):
    with pytest.raises(AssertionError, match=help_):
        as_published(answer)
