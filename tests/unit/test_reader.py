"""Learning along a stream: where it is cut, what flows on and what does not."""

import pytest
import torch

from seqmodels.reader import Carried, Reader, pieces
from seqmodels.recurrent import ElmanRNN


@pytest.fixture
def reader():
    torch.manual_seed(0)
    return Reader(ElmanRNN(2, 5), 3).double()


def stream(steps=7):
    generator = torch.Generator().manual_seed(1)
    return (torch.randn(4, steps, size, generator=generator, dtype=torch.float64) for size in (2, 3))


def test_pieces_are_the_stream_in_order():
    x, targets = stream()
    cut = pieces(x, targets, 3)
    assert [piece.x.shape[1] for piece in cut] == [3, 3, 1]
    assert [piece.fresh for piece in cut] == [True, False, False]
    torch.testing.assert_close(torch.cat([piece.x for piece in cut], 1), x, rtol=0, atol=0)
    torch.testing.assert_close(torch.cat([piece.targets for piece in cut], 1), targets, rtol=0, atol=0)


@pytest.mark.parametrize("length", [0, -1, 2.0, None])
def test_a_length_that_is_none_is_refused(length):
    with pytest.raises(ValueError, match="length: expected a whole number, 1 or more"):
        pieces(*stream(), length)


def test_streams_of_two_lengths_are_refused():
    x, targets = stream()
    with pytest.raises(ValueError, match=r"targets: expected one for each of \(4, 7\)"):
        pieces(x, targets[:, 1:], 2)


def test_values_flow_on_from_piece_to_piece(reader):
    x, targets = stream()
    whole, _ = reader(x)
    answers = []

    def keep(y, _):
        answers.append(y.detach())
        return y.sum()

    loss = Carried(keep)
    for piece in pieces(x, targets, 3):
        loss(reader, piece)
    torch.testing.assert_close(torch.cat(answers, 1), whole.detach(), rtol=0, atol=1e-14)


def test_a_fresh_piece_forgets(reader):
    x, targets = stream()
    loss, first = Carried(lambda y, _: y.sum()), pieces(x, targets, 3)[0]
    assert loss(reader, first) == loss(reader, first)


def test_gradients_stop_at_the_cut(reader):
    x, targets = stream(2)
    x.requires_grad_()
    early, late = pieces(x, targets, 1)
    loss = Carried(lambda y, _: y.square().sum())
    loss(reader, early)
    loss(reader, late).backward()
    assert x.grad[:, 1].abs().sum() > 0 and x.grad[:, 0].abs().sum() == 0
