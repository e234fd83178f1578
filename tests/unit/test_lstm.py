"""The LSTM against torch.nn.LSTM; it and its kin against a loop in NumPy, and against each other."""

import numpy as np
import pytest
import torch
from torch import nn

from seqmodels.lstm import LSTM, LSTM1997, CoupledLSTM, PeepholeLSTM
from seqmodels.probes import at_step, intervene, record
from seqmodels.runtime import count_parameters
from unit.against_torch import B, D, H, T, equal, hold_to_torch, pair, randomised

KINDS = [LSTM, LSTM1997, PeepholeLSTM, CoupledLSTM]
GATES = {
    LSTM: {"input_gate", "forget_gate", "output_gate"},
    LSTM1997: {"input_gate", "output_gate"},
    PeepholeLSTM: {"input_gate", "forget_gate", "output_gate"},
    CoupledLSTM: {"forget_gate", "output_gate"},
}


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def explicit(layer, x, h, c):
    """Written out from the papers, one step and one block after the other: every quantity (B, T, H)."""
    parameters = {name: parameter.detach().numpy() for name, parameter in layer.named_parameters()}
    stacked = [np.split(parameters[name], layer.blocks) for name in ("weight_input", "weight_hidden", "bias")]
    block = dict(zip(layer.parts, zip(*stacked, strict=True), strict=True))
    peephole = {name: parameters.get(f"peephole_{name}", 0) for name in ("input", "forget", "output")}
    steps = {}

    def before(name, x_t, h):
        W, U, b = block[name]
        return x_t @ W.T + h @ U.T + b

    for x_t in x.numpy().swapaxes(0, 1):
        now = {"candidate": np.tanh(before("candidate", x_t, h))}
        if "forget_gate" in block:
            now["forget_gate"] = sigmoid(before("forget_gate", x_t, h) + peephole["forget"] * c)
        if "input_gate" in block:
            now["input_gate"] = sigmoid(before("input_gate", x_t, h) + peephole["input"] * c)
        f = now.get("forget_gate", 1)
        c = f * c + now.get("input_gate", 1 - f) * now["candidate"]
        now["output_gate"] = sigmoid(before("output_gate", x_t, h) + peephole["output"] * c)
        h = now["output_gate"] * np.tanh(c)
        for name, value in (now | {"cell_state": c, "hidden": h}).items():
            steps.setdefault(name, []).append(torch.from_numpy(value))
    return {name: torch.stack(values, 1) for name, values in steps.items()}


def layer_and_input(kind):
    torch.manual_seed(0)
    layer = randomised(kind(D, H)).double()
    return layer, torch.randn(B, T, D).double(), (torch.randn(B, H).double(), torch.randn(B, H).double())


def shared(kind):
    """An LSTM and a layer of this kind with the same blocks, as far as they have them."""
    lstm, x, state = layer_and_input(LSTM)
    other = kind(D, H).double()
    with torch.no_grad():
        for name in ("weight_input", "weight_hidden", "bias"):
            for part in other.parts:
                other.part(getattr(other, name), part).copy_(lstm.part(getattr(lstm, name), part))
    return lstm, other, x, state


# ---------------------------------------------------------------- against references


@pytest.mark.parametrize("lengths", [None, torch.tensor([T, 4, 1])])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_equal_to_torch_with_every_gradient(dtype, lengths):
    hold_to_torch(*pair(LSTM, nn.LSTM, dtype), lengths)


@pytest.mark.parametrize("kind", KINDS)
def test_outputs_and_recordings_are_those_of_the_explicit_loop(kind):
    layer, x, state = layer_and_input(kind)
    expected = explicit(layer, x, *(part.numpy() for part in state))
    with record(layer) as trace:
        y, (h, c) = layer(x, state)
    equal(y, expected["hidden"], "outputs")
    equal(h, expected["hidden"][:, -1], "last h")
    equal(c, expected["cell_state"][:, -1], "last c")
    assert set(trace) == set(expected) == GATES[kind] | {"candidate", "cell_state", "hidden"}
    for name, value in expected.items():
        equal(trace[name], value, name)


@pytest.mark.parametrize("kind", KINDS)
def test_gradients_are_those_of_small_differences(kind):
    layer = randomised(kind(2, 2)).double()
    leaves = [torch.randn(*shape).double().requires_grad_() for shape in [(2, 3, 2), (2, 2), (2, 2)]]
    names, parameters = zip(*layer.named_parameters(), strict=True)

    def outputs(x, h, c, *parameters):
        weights = dict(zip(names, parameters, strict=True))
        y, (_, c) = torch.func.functional_call(layer, weights, (x, (h, c)))
        return y, c

    assert torch.autograd.gradcheck(outputs, [*leaves, *parameters])


# ---------------------------------------------------------------- against each other


def test_the_cell_of_1997_is_an_lstm_whose_forget_gate_is_held_open():
    lstm, first, x, state = shared(LSTM1997)
    with intervene(lstm, {"forget_gate": lambda value, t: torch.ones_like(value)}):
        equal(first(x, state)[0], lstm(x, state)[0], "outputs")


def test_peepholes_of_weight_zero_show_nothing():
    lstm, peephole, x, state = shared(PeepholeLSTM)
    equal(peephole(x, state)[0], lstm(x, state)[0], "outputs")


def test_a_coupled_gate_is_an_input_gate_with_the_weights_of_the_forget_gate_turned_round():
    lstm, coupled, x, state = shared(CoupledLSTM)
    with torch.no_grad():
        for stacked in (lstm.weight_input, lstm.weight_hidden, lstm.bias):
            lstm.part(stacked, "input_gate").copy_(-lstm.part(stacked, "forget_gate"))
    equal(coupled(x, state)[0], lstm(x, state)[0], "outputs")


# ---------------------------------------------------------------- gates


@pytest.mark.parametrize("kind", [LSTM, PeepholeLSTM, CoupledLSTM])
def test_forgetting_at_one_step_leaves_only_what_is_written_there(kind):
    layer, x, state = layer_and_input(kind)
    y, _ = layer(x, state)
    edit = at_step(4, lambda value, t: torch.zeros_like(value))
    with record(layer) as trace, intervene(layer, {"forget_gate": edit}):
        y_forgot, _ = layer(x, state)
    assert torch.equal(y_forgot[:, :4], y[:, :4]) and not torch.equal(y_forgot[:, 4], y[:, 4])
    written = trace["input_gate"][:, 4] if kind is not CoupledLSTM else 1
    equal(trace["cell_state"][:, 4], written * trace["candidate"][:, 4], "the cell after forgetting all")


def test_a_cell_that_keeps_all_and_writes_nothing_stays_the_same_number():
    layer, x, state = layer_and_input(LSTM)
    hold = {"forget_gate": lambda value, t: torch.ones_like(value), "input_gate": lambda value, t: 0 * value}
    with intervene(layer, hold):
        assert torch.equal(layer(x, state)[1][1], state[1])


@pytest.mark.parametrize("kind", KINDS)
def test_forget_bias_starts_the_forget_gates_and_nothing_else(kind):
    if kind is LSTM1997:
        with pytest.raises(TypeError, match="forget_bias"):
            kind(3, 50, forget_bias=5.0)
        return
    layer = kind(3, 50, forget_bias=5.0)
    assert (layer.part(layer.bias, "forget_gate") == 5).all()
    for name in set(layer.parts) - {"forget_gate"}:
        assert layer.part(layer.bias, name).abs().max() <= 50**-0.5
    assert (kind(3, 50).part(layer.bias, "forget_gate") == 5).all() and (layer.bias == 5).sum() == 50


def test_part_names_the_blocks_it_has():
    layer = LSTM(2, 3)
    layer.part(layer.bias, "output_gate").detach().fill_(9)
    assert layer.bias[9:].tolist() == [9] * 3
    with pytest.raises(
        ValueError, match="^name: expected one of input_gate, candidate, output_gate, got 'forget_gate'"
    ):
        LSTM1997(2, 3).part(layer.bias, "forget_gate")


@pytest.mark.parametrize("kind", KINDS)
def test_how_many_numbers(kind):
    blocks, more = len(GATES[kind]) + 1, 3 * H if kind is PeepholeLSTM else 0
    assert count_parameters(kind(D, H)) == blocks * (H * D + H * H + H) + more


# ---------------------------------------------------------------- from_torch


@pytest.mark.parametrize("module", [
    nn.GRU(3, 4),
    nn.LSTM(3, 4, num_layers=2),
    nn.LSTM(3, 4, bidirectional=True),
    nn.LSTM(3, 4, proj_size=2),
    nn.LSTMCell(3, 4),
])  # fmt: skip
def test_other_modules_are_refused(module):
    with pytest.raises(ValueError, match="^module: expected "):
        LSTM.from_torch(module)


def test_a_module_without_biases_has_zero_biases():
    theirs = nn.LSTM(D, H, bias=False, batch_first=True)
    x = torch.randn(B, T, D)
    equal(LSTM.from_torch(theirs)(x)[0], theirs(x)[0], "outputs")
