"""Stacks, two directions, states, and the helpers for sequences of different lengths."""

from typing import NamedTuple

import pytest
import torch

from property.layers import CachedAttention, DilatedConvolution, LoopLSTM
from seqmodels.language_model import LanguageModel
from seqmodels.layer import Bidirectional, SequenceLayer, Stacked, map_state
from seqmodels.padding import hold, last_inputs, reverse, state_after, zero_beyond


class State(NamedTuple):
    h: torch.Tensor
    c: tuple


def test_map_state_keeps_the_structure():
    state = State(torch.zeros(2), (torch.zeros(3), (torch.zeros(1),)))
    ones = map_state(lambda leaf: leaf + 1, state)
    assert isinstance(ones, State) and ones.h.tolist() == [1, 1] and ones.c[1][0].tolist() == [1]
    assert map_state(len, ()) == () and map_state(torch.add, state, ones).h.tolist() == [1, 1]
    with pytest.raises(ValueError, match="^state: "):
        map_state(len, [torch.zeros(1)])


def test_reverse_stays_within_each_length():
    x = torch.tensor([[1, 2, 3, 0], [4, 0, 0, 0], [5, 6, 7, 8]])
    assert reverse(x, torch.tensor([3, 1, 4])).tolist() == [[3, 2, 1, 0], [4, 0, 0, 0], [8, 7, 6, 5]]
    assert reverse(x).tolist() == [[0, 3, 2, 1], [0, 0, 0, 4], [8, 7, 6, 5]]


def test_zero_beyond_blanks_even_nan():
    x = torch.tensor([[[1.0], [torch.nan]], [[2.0], [3.0]]])
    assert zero_beyond(x, torch.tensor([1, 2])).tolist() == [[[1], [0]], [[2], [3]]]
    assert zero_beyond(x, None) is x


def test_state_after_hold_and_last_inputs():
    states, lengths = torch.tensor([[1, 2, 3], [4, 5, 6]]), torch.tensor([1, 3])
    assert state_after((states, (states,)), lengths)[1][0].tolist() == [1, 6]
    assert state_after(states, None).tolist() == [3, 6]
    new, old = torch.tensor([[1.0, 1.0], [1.0, 1.0]]), torch.zeros(2, 2)
    assert hold((new,), (old,), 1, lengths)[0].tolist() == [[0, 0], [1, 1]]
    assert last_inputs(torch.arange(8).view(2, 4), 2).tolist() == [[2, 3], [6, 7]]
    assert last_inputs(torch.arange(8).view(2, 4), 2, torch.tensor([2, 3])).tolist() == [[0, 1], [5, 6]]


def test_stacked_is_its_layers_one_after_the_other():
    first, second = LoopLSTM(3, 4), DilatedConvolution(4, 4)
    x = torch.randn(2, 5, 3)
    y, states = Stacked([first, second])(x)
    assert torch.equal(y, second(first(x)[0])[0])
    assert len(states) == 2 and len(states[0]) == 2


def test_residual_adds_the_input():
    layer, x = LoopLSTM(3, 3), torch.randn(2, 5, 3)
    assert torch.equal(Stacked([layer], residual=True)(x)[0], x + layer(x)[0])


@pytest.mark.parametrize(("message", "make"), [
    ("layers: expected at least one", lambda: Stacked([])),
    ("layers: layer 0 writes 4 features, layer 1 reads 5", lambda: Stacked([LoopLSTM(3, 4), LoopLSTM(5, 4)])),
    ("residual: layer 1 turns 3 features into 4", lambda: Stacked([LoopLSTM(3, 3), LoopLSTM(3, 4)], residual=True)),
    ("backward_layer: reads 2 features", lambda: Bidirectional(LoopLSTM(3, 4), LoopLSTM(2, 4))),
    ("d_model: the backbone reads 3 features", lambda: LanguageModel(5, 4, LoopLSTM(3, 4))),
    ("tie_weights: the backbone writes 5 features", lambda: LanguageModel(5, 4, LoopLSTM(4, 5), tie_weights=True)),
])  # fmt: skip
def test_sizes_that_do_not_fit_are_refused(message, make):
    with pytest.raises(ValueError, match=f"^{message}"):
        make()


def test_a_stack_is_causal_if_all_its_layers_are():
    both = Bidirectional(LoopLSTM(3, 2), LoopLSTM(3, 1))
    assert Stacked([LoopLSTM(3, 3), CachedAttention(3, 1)]).causal
    assert not Stacked([LoopLSTM(3, 3), both]).causal and not LanguageModel(5, 3, both).causal
    assert SequenceLayer.causal and not Bidirectional.causal


def test_bidirectional_reads_both_ways():
    left, right = LoopLSTM(3, 2), LoopLSTM(3, 2)
    x = torch.randn(1, 5, 3)
    y, (from_left, from_right) = Bidirectional(left, right)(x)
    assert torch.equal(y[..., :2], left(x)[0])
    assert torch.equal(y[..., 2:], right(x.flip(1))[0].flip(1))
    assert torch.equal(from_left[0], y[:, -1, :2]) and torch.equal(from_right[0], y[:, 0, 2:])


def test_the_contract_names_what_a_layer_leaves_out():
    class Empty(SequenceLayer):
        pass

    layer = Empty(1, 1)
    for call in (lambda: layer(torch.ones(1, 1, 1)), lambda: layer.step(torch.ones(1, 1), ()),
                 lambda: layer.initial_state(1)):  # fmt: skip
        with pytest.raises(NotImplementedError, match="^Empty has no"):
            call()


def test_layers_without_parameters_take_any_float_but_no_integer():
    class Double(SequenceLayer):
        def forward(self, x, state=None, *, lengths=None):
            x, state = self.checked(x, state, lengths)
            return 2 * x, state

        def initial_state(self, batch_size):
            return ()

    assert Double(1, 1)(torch.ones(1, 2, 1, dtype=torch.float64))[0].dtype == torch.float64
    with pytest.raises(ValueError, match="^x: expected floating-point"):
        Double(1, 1)(torch.ones(1, 2, 1, dtype=torch.int64))


def test_tied_weights_are_one_table():
    model = LanguageModel(7, 4, LoopLSTM(4, 4), tie_weights=True, norm=torch.nn.LayerNorm(4))
    assert model.head.weight is model.embedding.weight and model.head.bias is None
    logits, _ = model(torch.tensor([[1, 2, 3]]))
    hidden, _ = model.backbone(model.embedding(torch.tensor([[1, 2, 3]])))
    torch.testing.assert_close(logits, model.norm(hidden) @ model.embedding.weight.T)
