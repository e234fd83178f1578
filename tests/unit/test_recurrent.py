"""Elman's network against torch.nn.RNN and a plain loop, Jordan's against a loop in NumPy: values and gradients."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from seqmodels.lstm import LSTM1997
from seqmodels.probes import at_step, intervene, record
from seqmodels.recurrent import ElmanRNN, JordanRNN, Recurrence

TOLERANCE = {torch.float32: 1e-6, torch.float64: 1e-12}
DTYPES = pytest.mark.parametrize("dtype", TOLERANCE, ids=["float32", "float64"])


def equal(found, expected, dtype=torch.float64):
    torch.testing.assert_close(found, expected, rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype])


def pair(nonlinearity, dtype, seed=0):
    """torch's network with biases that are no longer zero, and ours with its weights."""
    torch.manual_seed(seed)
    theirs = nn.RNN(5, 7, nonlinearity=nonlinearity, batch_first=True).to(dtype)
    with torch.no_grad():
        theirs.bias_ih_l0.normal_()
        theirs.bias_hh_l0.normal_()
    return ElmanRNN.from_torch(theirs), theirs


def gradients(y, h, leaves, seed=3):
    """Of a scalar that hangs on every output and on the last state."""
    generator = torch.Generator().manual_seed(seed)
    weights = [torch.randn(v.shape, generator=generator, dtype=torch.float64).to(v) for v in (y, h)]
    return torch.autograd.grad((y * weights[0]).sum() + (h * weights[1]).sum(), leaves)


def inputs(dtype, batch=3, length=9):
    torch.manual_seed(1)
    x, h = torch.randn(batch, length, 5), torch.randn(batch, 7)
    return x.to(dtype).requires_grad_(), h.to(dtype).requires_grad_()


# ---------------------------------------------------------------- Elman against torch


@DTYPES
@pytest.mark.parametrize("nonlinearity", ["tanh", "relu"])
def test_elman_equals_torch_forward_and_every_gradient(nonlinearity, dtype):
    ours, theirs = pair(nonlinearity, dtype)
    x, h = inputs(dtype)
    y, (last,) = ours(x, (h,))
    y_torch, last_torch = theirs(x, h[None])
    equal(y, y_torch, dtype)
    equal(last, last_torch[0], dtype)
    found = gradients(y, last, [x, h, ours.weight_input, ours.weight_hidden, ours.bias])
    expected = gradients(y_torch, last_torch[0], [x, h, theirs.weight_ih_l0, theirs.weight_hh_l0, theirs.bias_ih_l0])
    for name, one, other in zip(("x", "state", "W", "U", "b"), found, expected, strict=True):
        size = max(1.0, float(other.abs().max()))  # sums of 27 terms: equal to within the size of the largest
        assert (one - other).abs().max() <= TOLERANCE[dtype] * size, name
        assert (other != 0).any(), name


@DTYPES
def test_elman_with_lengths_equals_packed_sequences(dtype):
    ours, theirs = pair("tanh", dtype)
    x, h = inputs(dtype)
    lengths = torch.tensor([4, 9, 1])
    y, (last,) = ours(x, (h,), lengths=lengths)
    packed, last_torch = theirs(pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False), h[None])
    y_torch, _ = pad_packed_sequence(packed, batch_first=True)
    equal(y, y_torch, dtype)
    equal(last, last_torch[0], dtype)
    found = gradients(y, last, [x, h, ours.weight_hidden])
    expected = gradients(y_torch, last_torch[0], [x, h, theirs.weight_hh_l0])
    for one, other in zip(found, expected, strict=True):
        assert (one - other).abs().max() <= TOLERANCE[dtype] * max(1.0, float(other.abs().max()))
    assert (found[0][0, 4:] == 0).all() and (found[0][2, 1:] == 0).all()


def test_without_bias_torch_is_met_too():
    theirs = nn.RNN(5, 7, bias=False, batch_first=True).double()
    x, h = inputs(torch.float64)
    ours = ElmanRNN.from_torch(theirs)
    equal(ours(x, (h,))[0], theirs(x, h[None])[0])
    assert (ours.bias == 0).all() and ours.bias.dtype == torch.float64


@pytest.mark.parametrize("nonlinearity", ["tanh", "relu", "sigmoid"])
def test_elman_equals_a_loop_over_units(nonlinearity):
    torch.manual_seed(2)
    layer = ElmanRNN(2, 3, nonlinearity).double()
    x = torch.randn(1, 5, 2, dtype=torch.float64)
    functions = {"tanh": np.tanh, "relu": lambda v: max(v, 0.0), "sigmoid": lambda v: 1 / (1 + np.exp(-v))}
    W, U, b = (p.detach().numpy() for p in (layer.weight_input, layer.weight_hidden, layer.bias))
    before, expected = [0.0] * 3, []
    for x_t in x[0].numpy():
        now = []
        for i in range(3):
            total = b[i] + sum(W[i, d] * x_t[d] for d in range(2)) + sum(U[i, j] * before[j] for j in range(3))
            now.append(functions[nonlinearity](total))
        before = now
        expected.append(now)
    equal(layer(x)[0][0], torch.tensor(np.array(expected)))


@pytest.mark.parametrize("nonlinearity", ["tanh", "relu", "sigmoid"])
def test_elman_step_equals_forward(nonlinearity):
    torch.manual_seed(2)
    layer = ElmanRNN(5, 7, nonlinearity).double()
    x, h = (v.detach() for v in inputs(torch.float64))
    y, (last,) = layer(x, (h,))
    state = (h,)
    for t in range(x.shape[1]):
        y_t, state = layer.step(x[:, t], state)
        equal(y_t, y[:, t])
        assert torch.equal(y_t, state[0])
    equal(state[0], last)
    assert torch.equal(layer.initial_state(4)[0], torch.zeros(4, 7, dtype=torch.float64))


def test_elman_gradient_by_finite_differences():
    torch.manual_seed(2)
    layer = ElmanRNN(2, 3, "sigmoid").double()
    x, h = torch.randn(2, 4, 2).double().requires_grad_(), torch.randn(2, 3).double().requires_grad_()
    assert torch.autograd.gradcheck(lambda x, h: layer(x, (h,), lengths=torch.tensor([4, 2]))[0], (x, h))


def test_elman_is_causal():
    layer = ElmanRNN(5, 7).double()
    x, _ = inputs(torch.float64)
    (gradient,) = torch.autograd.grad(layer(x)[0][:, 4].sum(), x)
    assert (gradient[:, 5:] == 0).all() and (gradient[:, :5] != 0).any(-1).all()


def test_elman_begins_as_torch_does():
    torch.manual_seed(0)
    layer = ElmanRNN(50, 400)
    for parameter in layer.parameters():
        assert 0.95 / 20 < parameter.abs().max() <= 1 / 20
    assert sum(p.numel() for p in layer.parameters()) == 400 * (50 + 400 + 1)


def test_what_is_recorded_is_what_comes_out_and_edits_flow_on():
    layer = ElmanRNN(5, 7).double()
    x, _ = inputs(torch.float64)
    with record(layer, gradients=True) as trace:
        y, _ = layer(x)
    assert torch.equal(trace["hidden"], y.detach())
    y[:, 6].sum().backward()
    assert (trace.grad["hidden"][:, 7:] == 0).all() and (trace.grad["hidden"][:, 6] == 1).all()
    assert (trace.grad["hidden"][:, 0] != 0).all()
    with intervene(layer, {"hidden": at_step(3, lambda value, t: torch.zeros_like(value))}):
        edited, _ = layer(x)
    assert (edited[:, 3] == 0).all() and torch.equal(edited[:, :3], y[:, :3])
    equal(edited[:, 4:], layer(x[:, 4:])[0])  # a state of zeros is how a fresh sequence begins


# ---------------------------------------------------------------- Jordan


def jordan(memory=0.5, seed=0):
    torch.manual_seed(seed)
    network = JordanRNN(2, 5, 3, memory=memory).double()
    for parameter in network.parameters():
        nn.init.normal_(parameter)
    return network


def sigmoid(v):
    return 1 / (1 + np.exp(-v))


def jordan_in_numpy(network, plans, s, targets=None):
    """outputs (T, O) and the state units after the last, for one sequence of plans (T, P)."""
    W, b = (p.detach().numpy() for p in (network.from_plan.weight, network.from_plan.bias))
    U, V, c = (p.detach().numpy() for p in (network.from_state.weight, network.readout.weight, network.readout.bias))
    outputs = []
    for t, p in enumerate(plans):
        outputs.append(sigmoid(V @ sigmoid(W @ p + U @ s + b) + c))
        s = network.memory * s + (outputs[-1] if targets is None else targets[t])
    return np.array(outputs), s


@pytest.mark.parametrize("memory", [0, 0.5, 0.9])
@pytest.mark.parametrize("forced", [False, True], ids=["running freely", "teacher forcing"])
def test_jordan_equals_a_loop_in_numpy(memory, forced):
    network = jordan(memory)
    x, s = torch.randn(4, 6, 2).double(), torch.randn(4, 3).double()
    targets = torch.rand(4, 6, 3).double() if forced else None
    y, (after,) = network(x, (s,), targets=targets)
    for row in range(4):
        teacher = targets[row].numpy() if forced else None
        expected, state = jordan_in_numpy(network, x[row].numpy(), s[row].numpy(), teacher)
        equal(y[row].detach(), torch.from_numpy(expected))
        equal(after[row].detach(), torch.from_numpy(state))
    assert ((0 < y) & (y < 1)).all()
    if not forced:
        equal(network(x)[0], network(x, network.initial_state(4))[0])


def test_teacher_forcing_with_ones_own_outputs_is_running_freely():
    network, x = jordan(), torch.randn(4, 6, 2).double()
    y, (s,) = network(x)
    again, (s_again,) = network(x, targets=y)
    equal(again, y)
    equal(s_again, s)
    assert not torch.allclose(network(x, targets=1 - y)[0][:, 1:], y[:, 1:])


@pytest.mark.parametrize("forced", [False, True])
def test_jordan_with_lengths(forced):
    network, x, lengths = jordan(), torch.randn(3, 6, 2).double(), torch.tensor([6, 2, 1])
    targets = torch.rand(3, 6, 3).double()
    beyond = torch.arange(6) >= lengths[:, None]
    padded = x.masked_fill(beyond[..., None], torch.nan)
    given = targets.masked_fill(beyond[..., None], torch.nan) if forced else None
    y, (s,) = network(padded, lengths=lengths, targets=given)
    for row, n in enumerate(lengths.tolist()):
        part = targets[row : row + 1, :n] if forced else None
        alone, (s_alone,) = network(x[row : row + 1, :n], targets=part)
        equal(y[row, :n], alone[0])
        equal(s[row], s_alone[0])
        assert (y[row, n:] == 0).all()
    assert all(g.isfinite().all() for g in torch.autograd.grad(y.sum() + s.sum(), list(network.parameters())))


def test_jordan_step_equals_forward_and_a_state_carries_on():
    network, x = jordan(), torch.randn(3, 6, 2).double()
    y, (s,) = network(x)
    state = network.initial_state(3)
    for t in range(6):
        y_t, state = network.step(x[:, t], state)
        equal(y_t, y[:, t])
    equal(state[0], s)
    _, halfway = network(x[:, :2])
    equal(network(x[:, 2:], halfway)[0], y[:, 2:])


@pytest.mark.parametrize("forced", [False, True])
def test_jordan_gradient_by_finite_differences(forced):
    network = jordan()
    x, s = torch.randn(2, 4, 2).double().requires_grad_(), torch.randn(2, 3).double().requires_grad_()
    targets = torch.rand(2, 4, 3).double() if forced else None
    weights = tuple(network.parameters())

    def run(x, s, *weights):
        named = dict(zip(dict(network.named_parameters()), weights, strict=True))
        y, (s,) = torch.func.functional_call(network, named, (x, (s,)), {"targets": targets})
        return y, s

    assert torch.autograd.gradcheck(run, (x, s, *weights))


def test_jordan_is_causal():
    network = jordan()
    x = torch.randn(2, 6, 2).double().requires_grad_()
    (gradient,) = torch.autograd.grad(network(x)[0][:, 3].sum(), x)
    assert (gradient[:, 4:] == 0).all() and (gradient[:, :4] != 0).any(-1).all()


def test_what_jordan_records():
    network, x = jordan(memory=0.25), torch.randn(2, 6, 2).double()
    with record(network) as trace:
        y, (s,) = network(x)
    assert torch.equal(trace["output"], y.detach())
    units = trace["state_units"]
    assert (units[:, 0] == 0).all()
    equal(torch.cat([units[:, 1:], s.detach()[:, None]], 1), 0.25 * units + y.detach())
    equal(torch.sigmoid(network.readout(trace["hidden"])).detach(), y.detach())


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize("module, words", [
    (nn.RNN(5, 7, num_layers=2), "num_layers 2"),
    (nn.RNN(5, 7, bidirectional=True), "bidirectional True"),
    (nn.LSTM(5, 7), "expected a torch.nn.RNN, got LSTM"),
    (nn.Linear(5, 7), "expected a torch.nn.RNN, got Linear"),
])  # fmt: skip
def test_other_networks_of_torch_are_refused(module, words):
    with pytest.raises(ValueError, match=f"^module: .*{words}"):
        ElmanRNN.from_torch(module)


@pytest.mark.parametrize("value", [0, -1, 2.0, "3"])
def test_bad_sizes_are_refused(value):
    sizes = {"input_size": 5, "hidden_size": 7, "output_size": 3}
    for name in sizes:
        with pytest.raises(ValueError, match=f"^{name}: expected a whole number"):
            JordanRNN(**(sizes | {name: value}))
    for name in ("input_size", "hidden_size"):
        with pytest.raises(ValueError, match=f"^{name}: expected a whole number"):
            ElmanRNN(**({"input_size": 5, "hidden_size": 7} | {name: value}))


@pytest.mark.parametrize("memory", [-0.1, 1, 1.5, float("nan")])
def test_a_memory_that_never_fades_is_refused(memory):
    with pytest.raises(ValueError, match="^memory: expected 0 to below 1"):
        JordanRNN(2, 5, 3, memory=memory)


def test_unknown_nonlinearity_is_refused():
    with pytest.raises(ValueError, match="^nonlinearity: expected one of tanh, relu, sigmoid, got 'cosine'"):
        ElmanRNN(5, 7, nonlinearity="cosine")


def test_bad_input_is_refused():
    elman, network = ElmanRNN(5, 7), JordanRNN(2, 5, 3)
    for layer, size in ((elman, 5), (network, 2)):
        x = torch.zeros(2, 4, size)
        for wrong in (x[0], x.double(), x[..., 1:], x[:, :0], x.numpy(), x + torch.nan):
            with pytest.raises(ValueError, match="^x: "):
                layer(wrong)
        with pytest.raises(ValueError, match="^x_t: "):
            layer.step(x, layer.initial_state(2))
        with pytest.raises(ValueError, match="^state: "):
            layer(x, layer.initial_state(3))
        with pytest.raises(ValueError, match="^state: "):
            layer.step(x[:, 0], torch.zeros(2, 7))
        with pytest.raises(ValueError, match="^lengths: "):
            layer(x, lengths=torch.tensor([4, 5]))
    good = torch.zeros(2, 4, 3)
    for wrong in (good[:, :3], good[..., :2], good.double(), good + torch.nan, [0.5]):
        with pytest.raises(ValueError, match="^targets: "):
            network(torch.zeros(2, 4, 2), targets=wrong)


def test_the_loop_alone_has_no_cell():
    with pytest.raises(NotImplementedError, match="Recurrence has no cell"):
        Recurrence(5, 7).cell(None, None)


def test_a_state_of_another_width_is_refused():
    layer = ElmanRNN(3, 5)
    with pytest.raises(ValueError, match=r"state: expected a tensor of shape \(2, 5\).*got \(2, 4\)"):
        layer(torch.zeros(2, 6, 3), (torch.zeros(2, 4),))


def test_a_layer_without_a_counterpart_says_so():
    with pytest.raises(ValueError, match="LSTM1997 has no counterpart in torch.nn"):
        LSTM1997.from_torch(torch.nn.LSTM(3, 5))
