"""Reading in pieces: what each token is predicted from, and that nothing else is looked at."""

import pytest
import torch

from property import contract
from property.cases import VOCABULARY
from property.test_contract import build
from seqmodels.bert import BERT
from seqmodels.gpt import GPT
from seqmodels.in_pieces import InPieces


@pytest.fixture
def model():
    torch.manual_seed(0)
    return GPT(11, 8, 2, n_layers=2, max_length=6).eval()


def test_each_piece_is_the_models_own(model):
    tokens = torch.randint(11, (3, 17))
    found, _ = InPieces(model, 6)(tokens)
    for begin, new in ((0, 6), (3, 3), (6, 3), (9, 3)):
        alone, _ = model(tokens[:, begin : begin + 6])
        here = slice(begin + 6 - new, begin + 6)
        assert torch.allclose(found[:, here], alone[:, 6 - new :], atol=1e-6)
    alone, _ = model(tokens[:, 12:17])
    assert torch.allclose(found[:, 15:], alone[:, 3:], atol=1e-6)


def test_an_odd_length_forgets_the_smaller_half(model):
    tokens = torch.randint(11, (1, 9))
    found, _ = InPieces(model, 5)(tokens)
    assert torch.allclose(found[:, 5:7], model(tokens[:, 2:7])[0][:, 3:], atol=1e-6)
    assert torch.allclose(found[:, 7:9], model(tokens[:, 4:9])[0][:, 3:], atol=1e-6)


def test_rows_that_stand_at_different_places(model):
    """After lengths the rows have read differently much: each goes on as it would alone."""
    reader, tokens, lengths = InPieces(model, 6), torch.randint(11, (3, 9)), torch.tensor([9, 2, 6])
    _, state = reader(tokens, lengths=lengths)
    more = torch.randint(11, (3, 8))
    found, _ = reader(more, state)
    for row, length in enumerate(lengths.tolist()):
        alone, _ = reader(torch.cat([tokens[row, :length], more[row]])[None])
        assert torch.allclose(found[row], alone[0, length:], atol=1e-6)


def test_what_it_takes(model):
    with pytest.raises(ValueError, match="length: expected a whole number of tokens, 2 or more, got 1"):
        InPieces(model, 1)
    with pytest.raises(ValueError, match="looks back only"):
        InPieces(BERT(11, 8, 2, n_layers=1, max_length=6), 6)


PROMISES = [contract.step_equals_forward, contract.carried_state_equals_whole, contract.future_never_changes_past,
            contract.padding_changes_nothing, contract.batch_rows_are_independent, contract.states_are_batch_first,
            contract.bad_input_is_refused, contract.float32_too]  # fmt: skip


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__)
def test_contract(promise):
    promise(build(lambda: InPieces(GPT(VOCABULARY, 6, 2, n_layers=2, max_length=5), 5)))
