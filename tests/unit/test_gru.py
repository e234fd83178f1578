"""The GRU against torch.nn.GRU, both of its conventions against a loop in NumPy, and how many numbers it has."""

import numpy as np
import pytest
import torch
from torch import nn

from seqmodels.gru import GRU
from seqmodels.lstm import LSTM
from seqmodels.probes import at_step, intervene, record
from seqmodels.runtime import count_parameters
from unit.against_torch import B, D, H, T, equal, hold_to_torch, pair, randomised


def explicit(layer, x, h):
    """Written out from the papers, one step after the other: every quantity (B, T, H)."""
    weights = (p.detach().numpy() for p in (layer.weight_input, layer.weight_hidden, layer.bias))
    (W_r, W_z, W_n), (U_r, U_z, U_n), (b_r, b_z, b_n) = (np.split(weight, 3) for weight in weights)
    steps = {name: [] for name in ("reset_gate", "update_gate", "candidate", "hidden")}
    for x_t in x.numpy().swapaxes(0, 1):
        r = 1 / (1 + np.exp(-(x_t @ W_r.T + h @ U_r.T + b_r)))
        z = 1 / (1 + np.exp(-(x_t @ W_z.T + h @ U_z.T + b_z)))
        if layer.reset_after:
            n = np.tanh(x_t @ W_n.T + b_n + r * (h @ U_n.T + layer.bias_hidden.detach().numpy()))
        else:
            n = np.tanh(x_t @ W_n.T + b_n + (r * h) @ U_n.T)
        h = z * h + (1 - z) * n
        for name, value in zip(steps, (r, z, n, h), strict=True):
            steps[name].append(torch.from_numpy(value))
    return {name: torch.stack(values, 1) for name, values in steps.items()}


def layer_and_input(reset_after):
    torch.manual_seed(0)
    layer = randomised(GRU(D, H, reset_after)).double()
    return layer, torch.randn(B, T, D).double(), (torch.randn(B, H).double(),)


@pytest.mark.parametrize("lengths", [None, torch.tensor([T, 4, 1])])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_equal_to_torch_with_every_gradient(dtype, lengths):
    hold_to_torch(*pair(GRU, nn.GRU, dtype), lengths)


@pytest.mark.parametrize("reset_after", [True, False])
def test_outputs_and_recordings_are_those_of_the_explicit_loop(reset_after):
    layer, x, state = layer_and_input(reset_after)
    expected = explicit(layer, x, state[0].numpy())
    with record(layer) as trace:
        y, (last,) = layer(x, state)
    equal(y, expected["hidden"], "outputs")
    equal(last, expected["hidden"][:, -1], "last state")
    assert set(trace) == set(expected)
    for name, value in expected.items():
        equal(trace[name], value, name)


def test_the_two_conventions_differ_unless_nothing_is_reset():
    before, x, state = layer_and_input(False)
    after = GRU(D, H).double()
    after.load_state_dict(before.state_dict() | {"bias_hidden": torch.zeros(H)})
    assert (before(x, state)[0] - after(x, state)[0]).abs().max() > 0.01
    for layer in (before, after):
        layer.bias.data[:H] = 1000  # σ is 1: every r is
    equal(before(x, state)[0], after(x, state)[0], "outputs with the reset gates open")


@pytest.mark.parametrize("reset_after", [True, False])
def test_gradients_are_those_of_small_differences(reset_after):
    layer = randomised(GRU(2, 2, reset_after)).double()
    leaves = [torch.randn(2, 3, 2).double().requires_grad_(), torch.randn(2, 2).double().requires_grad_()]
    names, parameters = zip(*layer.named_parameters(), strict=True)

    def outputs(x, h, *parameters):
        return torch.func.functional_call(layer, dict(zip(names, parameters, strict=True)), (x, (h,)))[0]

    assert torch.autograd.gradcheck(outputs, [*leaves, *parameters])


def test_an_open_update_gate_keeps_the_state_and_a_shut_one_writes():
    layer, x, state = layer_and_input(True)
    with intervene(layer, {"update_gate": lambda value, t: torch.ones_like(value)}):
        equal(layer(x, state)[1][0], state[0], "the state kept")
    write = at_step(4, lambda value, t: torch.zeros_like(value))
    with record(layer) as trace, intervene(layer, {"update_gate": write}):
        y, _ = layer(x, state)
    equal(y[:, 4], trace["candidate"][:, 4], "the state written")


@pytest.mark.parametrize(("inputs", "hidden"), [(1, 1), (5, 7), (64, 128)])
def test_exactly_three_quarters_of_an_lstm(inputs, hidden):
    count = count_parameters
    assert 4 * count(GRU(inputs, hidden, reset_after=False)) == 3 * count(LSTM(inputs, hidden))
    assert count(GRU(inputs, hidden)) == count(GRU(inputs, hidden, reset_after=False)) + hidden
    assert 4 * count(nn.GRU(inputs, hidden)) == 3 * count(nn.LSTM(inputs, hidden))


@pytest.mark.parametrize("module", [
    nn.LSTM(3, 4),
    nn.GRU(3, 4, num_layers=2),
    nn.GRU(3, 4, bidirectional=True),
    nn.Linear(3, 4),
])  # fmt: skip
def test_other_modules_are_refused(module):
    with pytest.raises(ValueError, match="^module: expected "):
        GRU.from_torch(module)


def test_a_module_without_biases_has_zero_biases():
    theirs = nn.GRU(D, H, bias=False, batch_first=True)
    x = torch.randn(B, T, D)
    equal(GRU.from_torch(theirs)(x)[0], theirs(x)[0], "outputs")
