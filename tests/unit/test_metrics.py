"""The one protocol of evaluation, against numbers worked out by hand."""

import math

import pytest
import torch

from property.layers import CachedAttention, LoopLSTM, SelectiveRecurrence
from seqmodels.language_model import LanguageModel
from seqmodels.layer import Bidirectional
from seqmodels.metrics import bits_per_symbol, evaluate, perplexity


class Table:
    """After token i, token j with probability P[i, j]; no nn.Module."""

    def __init__(self, probabilities):
        self.logits = torch.tensor(probabilities).log()

    def initial_state(self, batch_size):
        return (torch.zeros(batch_size, 1),)

    def step(self, token, state):
        return self.logits[token], state


START = 2
COIN = Table([[0.5, 0.25, 0.25], [0.125, 0.75, 0.125], [0.25, 0.5, 0.25]])


def sequences(*lengths, vocab_size=5):
    generator = torch.Generator().manual_seed(0)
    return [torch.randint(vocab_size, (n,), generator=generator) for n in lengths]


def language_model(backbone):
    torch.manual_seed(0)
    model = LanguageModel(5, 4, backbone).double()
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.5)
    return model


BACKBONES = {"lstm": lambda: LoopLSTM(4, 4), "attention": lambda: CachedAttention(4, 2),
             "selective": lambda: SelectiveRecurrence(4, 2)}  # fmt: skip


def test_every_symbol_is_scored_the_first_one_too():
    """After the start token: 1 has p = 1/2; then 0 has p = 1/8; then 0 has p = 1/2: 1 + 3 + 1 bits."""
    result = evaluate(COIN, [torch.tensor([1, 0, 0])], start=START)
    assert result.count == 3
    assert result.bits_per_symbol == pytest.approx(5 / 3, abs=1e-6)
    assert result.nats == pytest.approx(5 * math.log(2), abs=1e-6)
    assert result.perplexity == pytest.approx(2 ** (5 / 3), abs=1e-6)
    torch.testing.assert_close(result.bits_by_position, torch.tensor([1, 3, 1], dtype=torch.float64))
    assert str(result) == "1.667 bits per symbol, perplexity 3.17, 3 symbols"


def test_all_symbols_count_alike_and_each_sequence_begins_afresh():
    """1 0 0 has 1 + 3 + 1 bits, 0 has 2: 7 bits for 4 symbols, not the mean of the two means."""
    result = evaluate(COIN, [torch.tensor([0]), torch.tensor([1, 0, 0])], start=START)
    assert result.count == 4 and result.bits_per_symbol == pytest.approx(7 / 4, abs=1e-6)
    torch.testing.assert_close(result.bits_by_position, torch.tensor([1.5, 3, 1], dtype=torch.float64))
    assert result.count_by_position.tolist() == [2, 1, 1]
    torch.testing.assert_close(result.bits_by_sequence, torch.tensor([2, 5 / 3], dtype=torch.float64))


def test_an_impossible_symbol_costs_infinitely_much():
    certain = Table([[1.0, 0.0], [0.0, 1.0]])
    assert evaluate(certain, [torch.tensor([0, 0])], start=0).bits_per_symbol == 0
    assert evaluate(certain, [torch.tensor([0, 1, 1])], start=0).bits_per_symbol == math.inf


@pytest.mark.parametrize("backbone", BACKBONES)
@pytest.mark.parametrize(("batch_size", "chunk"), [(1, 5), (3, 4), (2, 1), (7, 256)])
def test_side_by_side_in_pieces_is_the_same_as_one_by_one(backbone, batch_size, chunk):
    model, texts = language_model(BACKBONES[backbone]()), sequences(4, 13, 1, 9, 9, 12, 5)
    together = evaluate(model, texts, start=0, batch_size=batch_size, chunk=chunk)
    alone = [evaluate(model, [text], start=0) for text in texts]
    assert together.count == sum(one.count for one in alone) == 53
    assert together.nats == pytest.approx(sum(one.nats for one in alone), rel=1e-12)
    expected = torch.tensor([one.bits_per_symbol for one in alone], dtype=torch.float64)
    torch.testing.assert_close(together.bits_by_sequence, expected, rtol=1e-12, atol=0)


def test_forward_and_step_are_scored_alike():
    """The same model, once as a module and once as a bare table of steps."""
    model, texts = language_model(LoopLSTM(4, 4)), sequences(4, 13, 1)

    class Bare:
        initial_state, step = model.initial_state, model.step

    whole, stepped = (evaluate(m, texts, start=1, chunk=5) for m in (model, Bare()))
    torch.testing.assert_close(stepped.bits_by_sequence, whole.bits_by_sequence, rtol=1e-12, atol=0)


def test_the_log_probabilities_are_the_models():
    model, (text,) = language_model(LoopLSTM(4, 4)), sequences(6)
    logits, _ = model(torch.cat([torch.tensor([3]), text[:-1]])[None])
    log_probs = logits[0].log_softmax(-1)[torch.arange(6), text]
    result = evaluate(model, [text], start=3)
    assert result.bits_per_symbol == pytest.approx(bits_per_symbol(log_probs), rel=1e-12)
    assert result.perplexity == pytest.approx(perplexity(log_probs), rel=1e-12)


def test_evaluating_teaches_nothing():
    model = LanguageModel(5, 4, LoopLSTM(4, 4), norm=torch.nn.Dropout(0.5)).train()
    first, second = (evaluate(model, sequences(9), start=0).nats for _ in range(2))
    assert first == second and model.training and all(p.grad is None for p in model.parameters())


def test_a_model_that_looks_ahead_is_refused():
    with pytest.raises(ValueError, match="^model: "):
        evaluate(language_model(Bidirectional(LoopLSTM(4, 2), LoopLSTM(4, 2))), sequences(4), start=0)


@pytest.mark.parametrize(("message", "texts", "options"), [
    ("sequences: expected at least one", [], {}),
    ("sequences: number 1 is empty", [torch.tensor([1]), torch.tensor([], dtype=torch.int64)], {}),
    ("sequences: number 0 should be an int64", [torch.tensor([1.0])], {}),
    ("sequences: number 0 should be an int64", [torch.tensor([[1]])], {}),
    ("sequences: number 0 should be an int64", [[1, 2]], {}),
    ("batch_size: expected", [torch.tensor([1])], {"batch_size": 0}),
    ("chunk: expected", [torch.tensor([1])], {"chunk": 0}),
])  # fmt: skip
def test_evaluate_refuses(message, texts, options):
    with pytest.raises(ValueError, match=f"^{message}"):
        evaluate(COIN, texts, start=START, **options)


def test_bits_and_perplexity():
    log_probs = torch.tensor([0.5, 0.25]).log()
    assert bits_per_symbol(log_probs) == pytest.approx(1.5) and perplexity(log_probs) == pytest.approx(2**1.5)
    assert bits_per_symbol([0.0, 0.0]) == 0 and perplexity([math.log(1 / 6)] * 3) == pytest.approx(6)
    for bad in ([], [math.nan], [0.1]):
        with pytest.raises(ValueError, match="^log_probs: "):
            perplexity(bad)
