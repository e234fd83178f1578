"""The convolutional LSTM: on one place it is the LSTM, inside a picture it does the same everywhere; its contract."""

import pytest
import torch

from seqmodels.conv_lstm import ConvLSTM
from seqmodels.lstm import LSTM
from seqmodels.probes import at_step, intervene, record
from unit.against_torch import equal, randomised

B, T, C, Y, X, H = 3, 5, 2, 6, 7, 4


def layer_and_input(height=Y, width=X, kernel_size=3):
    torch.manual_seed(0)
    layer = randomised(ConvLSTM(C, H, kernel_size)).double()
    state = tuple(torch.randn(B, H, height, width).double() for _ in range(2))
    return layer, torch.randn(B, T, C, height, width).double(), state


def test_on_one_place_it_is_the_lstm():
    layer, x, state = layer_and_input(1, 1, kernel_size=1)
    lstm = LSTM(C, H).double()
    with torch.no_grad():
        lstm.weight_input.copy_(layer.from_input.weight[..., 0, 0])
        lstm.weight_hidden.copy_(layer.from_hidden.weight[..., 0, 0])
        lstm.bias.copy_(layer.from_input.bias)
    with record(layer) as trace, record(lstm) as expected:
        y, last = layer(x, state)
        y_lstm, last_lstm = lstm(x[..., 0, 0], tuple(part[..., 0, 0] for part in state))
    equal(y[..., 0, 0], y_lstm, "outputs")
    for part, part_lstm in zip(last, last_lstm, strict=True):
        equal(part[..., 0, 0], part_lstm, "last state")
    assert set(trace) == set(expected)
    for name in expected:
        equal(trace[name][..., 0, 0], expected[name], name)


def test_a_kernel_of_one_does_the_same_at_every_place():
    layer, x, state = layer_and_input(kernel_size=1)
    y, _ = layer(x, state)
    y_there, _ = layer(x[..., 2:3, 4:5], tuple(part[..., 2:3, 4:5] for part in state))
    equal(y[..., 2:3, 4:5], y_there, "outputs at one place of a picture and alone")


def test_what_moves_in_the_picture_moves_in_the_state():
    layer, x, _ = layer_and_input(16, 16)
    moved = x.roll((1, 2), (-2, -1))
    y, (y_moved, _) = layer(x)[0], layer(moved)
    inside = slice(T + 2, 16 - T - 2)  # the border is felt one place further in with every step
    equal(y_moved.roll((-1, -2), (-2, -1))[..., inside, inside], y[..., inside, inside], "outputs inside")
    assert (y_moved.roll((-1, -2), (-2, -1)) - y).abs()[..., :2, :].max() > 1e-3


def test_a_place_sees_one_more_ring_with_every_step():
    layer, x, _ = layer_and_input(15, 15)
    (gradient,) = torch.autograd.grad(layer(x.requires_grad_())[0][:, 3, :, 7, 7].sum(), x)
    seen = gradient.abs().sum((0, 2))  # (T, Y, X)
    for t in range(4):
        rows = seen[t].sum(1).nonzero()[:, 0].tolist()
        assert rows == list(range(7 - (4 - t), 7 + (4 - t) + 1))
    assert (seen[4] == 0).all()


def test_forward_and_step_agree():
    layer, x, state = layer_and_input()
    y, last = layer(x, state)
    for t in range(T):
        y_t, state = layer.step(x[:, t], state)
        equal(y_t, y[:, t], f"outputs at step {t}")
    for part, other in zip(state, last, strict=True):
        equal(part, other, "last state")


def test_padding_changes_nothing():
    layer, x, state = layer_and_input()
    lengths = torch.tensor([T, 3, 1])
    x[1, 3:] = torch.nan
    y, last = layer(x, state, lengths=lengths)
    for b, n in enumerate(lengths):
        y_alone, last_alone = layer(x[b : b + 1, :n], tuple(part[b : b + 1] for part in state))
        equal(y[b : b + 1, :n], y_alone, "outputs")
        assert (y[b, n:] == 0).all()
        for part, alone in zip(last, last_alone, strict=True):
            equal(part[b : b + 1], alone, "last state")


def test_gradients_are_those_of_small_differences():
    layer = randomised(ConvLSTM(1, 2)).double()
    leaves = [torch.randn(*shape).double().requires_grad_() for shape in [(1, 2, 1, 2, 3), (1, 2, 2, 3), (1, 2, 2, 3)]]
    assert torch.autograd.gradcheck(lambda x, h, c: layer(x, (h, c))[0], leaves)


def test_forgetting_at_one_step_leaves_only_what_is_written_there():
    layer, x, state = layer_and_input()
    edit = at_step(2, lambda value, t: torch.zeros_like(value))
    with record(layer) as trace, intervene(layer, {"forget_gate": edit}):
        layer(x, state)
    equal(trace["cell_state"][:, 2], (trace["input_gate"] * trace["candidate"])[:, 2], "the cell after forgetting all")


def test_forget_bias_starts_the_forget_gates():
    bias = ConvLSTM(C, H, forget_bias=5.0).from_input.bias
    assert (bias[H : 2 * H] == 5).all() and (bias == 5).sum() == H


@pytest.mark.parametrize(("argument", "call"), [
    ("input_size", lambda: ConvLSTM(0, 3)),
    ("hidden_size", lambda: ConvLSTM(2, 3.0)),
    ("kernel_size", lambda: ConvLSTM(2, 3, 4)),
])  # fmt: skip
def test_bad_sizes_are_refused(argument, call):
    with pytest.raises(ValueError, match=f"^{argument}: expected "):
        call()


BAD = {
    "vectors instead of pictures": ("x", lambda x, state: (x[..., 0, 0], state)),
    "another number of channels": ("x", lambda x, state: (x[:, :, :1], state)),
    "no steps": ("x", lambda x, state: (x[:, :0], state)),
    "float32": ("x", lambda x, state: (x.float(), state)),
    "NaN": ("x", lambda x, state: (x * torch.nan, state)),
    "a state of another size": ("state", lambda x, state: (x, tuple(part[..., :-1] for part in state))),
    "a state of another batch": ("state", lambda x, state: (x, tuple(part[:-1] for part in state))),
    "a state with a part missing": ("state", lambda x, state: (x, state[:1])),
}


@pytest.mark.parametrize("what", BAD)
def test_bad_input_is_refused(what):
    layer, x, state = layer_and_input()
    argument, spoil = BAD[what]
    x, state = spoil(x, state)
    with pytest.raises(ValueError, match=f"^{argument}: "):
        layer(x, state)
    if x.dim() == 5 and x.shape[1]:
        with pytest.raises(ValueError, match=f"^{argument}(_t)?: "):
            layer.step(x[:, 0], state)


def test_step_asks_for_a_state_and_lengths_are_checked():
    layer, x, _ = layer_and_input()
    with pytest.raises(ValueError, match="^state: "):
        layer.step(x[:, 0], None)
    with pytest.raises(ValueError, match="^lengths: expected 1 to 5"):
        layer(x, lengths=torch.tensor([T + 1, 2, 3]))
