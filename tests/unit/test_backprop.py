"""Backpropagation through time by hand against autograd, whole and truncated; Jacobians against their product."""

import numpy as np
import pytest
import torch

from seqmodels.backprop import bptt, gradient_norms_by_lag
from seqmodels.gru import GRU
from seqmodels.lstm import LSTM
from seqmodels.probes import record
from seqmodels.recurrent import ElmanRNN
from seqmodels.window import Window

EXACT = dict(rtol=1e-10, atol=1e-12)


def problem(seed=0, T=9, D=3, H=5, outputs=2):
    """Parameters of moderate size, random biases, a sequence, targets and a state to begin with."""
    rng = np.random.default_rng(seed)
    shapes = {"W": (H, D), "U": (H, H), "b": (H,), "V": (outputs, H), "c": (outputs,)}
    parameters = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    return parameters, rng.normal(size=(T, D)), rng.normal(size=(T, outputs)), rng.normal(size=H)


def by_autograd(parameters, x, targets, initial, truncate=None):
    """Loss, gradients and errors: every step's loss computed from a state `truncate` steps back, which is detached."""
    leaf = {name: torch.tensor(value, requires_grad=True) for name, value in parameters.items()}
    x, targets, before = torch.tensor(x), torch.tensor(targets), torch.tensor(initial)
    T = len(x)

    def read(h, begin, end):
        states = []
        for t in range(begin, end):
            h = torch.tanh(leaf["W"] @ x[t] + leaf["U"] @ h + leaf["b"])
            states.append(h)
        return states

    values = [before, *(h.detach() for h in read(before, 0, T))]  # values[t]: the state before step t
    loss, errors = 0.0, np.zeros((T, len(initial)))
    for t in range(T):
        begin = 0 if truncate is None else max(0, t + 1 - truncate)
        states = read(values[begin], begin, t + 1)
        miss = (leaf["V"] @ states[-1] + leaf["c"] - targets[t])[~targets[t].isnan()]
        step_loss = 0.5 * (miss**2).sum()
        for s, error in enumerate(torch.autograd.grad(step_loss, states, retain_graph=True), start=begin):
            errors[s] += error.numpy()
        loss = loss + step_loss
    loss.backward()
    return loss.item(), {name: value.grad.numpy() for name, value in leaf.items()}, errors


def assert_same(found, expected):
    loss, gradients, errors = expected
    np.testing.assert_allclose(found.loss, loss, **EXACT)
    assert list(found.gradients) == list(gradients)
    for name in gradients:
        np.testing.assert_allclose(found.gradients[name], gradients[name], err_msg=name, **EXACT)
    np.testing.assert_allclose(found.errors, errors, **EXACT)


# ---------------------------------------------------------------- bptt


@pytest.mark.parametrize("seed", range(3))
def test_equal_to_autograd(seed):
    parameters, x, targets, initial = problem(seed)
    assert_same(bptt(parameters, x, targets, initial), by_autograd(parameters, x, targets, initial))
    assert_same(bptt(parameters, x, targets), by_autograd(parameters, x, targets, 0 * initial))


@pytest.mark.parametrize("truncate", [1, 2, 4, 8, 9, 20])
def test_truncated_equal_to_autograd_with_detached_states(truncate):
    problem_ = problem(4)
    found = bptt(*problem_, truncate=truncate)
    assert_same(found, by_autograd(*problem_, truncate=truncate))
    whole = bptt(*problem_)
    assert found.loss == whole.loss
    assert np.allclose(found.gradients["U"], whole.gradients["U"], rtol=1e-9) == (truncate >= 9)


def test_targets_may_be_missing():
    parameters, x, targets, initial = problem(1)
    targets[:-1], targets[-1, 0] = np.nan, np.nan
    found = bptt(parameters, x, targets, initial)
    assert_same(found, by_autograd(parameters, x, targets, initial))
    y = parameters["V"] @ found.hidden[-1] + parameters["c"]
    np.testing.assert_allclose(found.loss, 0.5 * (y[1] - targets[-1, 1]) ** 2, rtol=1e-14)
    assert found.gradients["c"][0] == 0 and (found.errors != 0).all()
    truncated = bptt(parameters, x, targets, initial, truncate=3)
    assert (truncated.errors != 0).all(1).tolist() == [False] * 6 + [True] * 3  # no credit beyond the cut
    assert (bptt(parameters, x, np.full_like(targets, np.nan)).errors == 0).all()


def test_pieces_that_carry_the_state_lose_what_crosses_the_cut():
    """The values are those of the whole, the errors of the first piece lack what the second had to say."""
    parameters, x, targets, initial = problem(2, T=8)
    whole, first = bptt(parameters, x, targets, initial), bptt(parameters, x[:5], targets[:5], initial)
    second = bptt(parameters, x[5:], targets[5:], first.hidden[-1])
    np.testing.assert_allclose(np.concatenate([first.hidden, second.hidden]), whole.hidden, **EXACT)
    np.testing.assert_allclose(first.loss + second.loss, whole.loss, **EXACT)
    np.testing.assert_allclose(second.errors, whole.errors[5:], **EXACT)
    assert not np.isclose(first.errors, whole.errors[:5]).all(1).any()


def test_one_step_and_torch_tensors():
    parameters, x, targets, initial = problem(3, T=1)
    assert_same(bptt(parameters, x, targets, initial, truncate=1), by_autograd(parameters, x, targets, initial))
    weights = {name: torch.tensor(value, requires_grad=True) for name, value in parameters.items()}
    assert bptt(weights, torch.tensor(x), torch.tensor(targets)).loss == bptt(parameters, x, targets).loss


def test_what_was_given_stays_as_it_was():
    given = problem(5)
    copies = [dict(given[0]), *map(np.copy, given[1:])]
    before = {name: value.copy() for name, value in given[0].items()}
    bptt(*given, truncate=2)
    assert all((given[0][name] == before[name]).all() for name in before)
    assert all((a == b).all() for a, b in zip(given[1:], copies[1:], strict=True))


@pytest.mark.parametrize(
    "change, message",
    [
        ({"x": np.zeros((9, 4))}, r"x: expected shape \(T, 3\), T 1 or more, got \(9, 4\)"),
        ({"x": np.zeros((0, 3))}, r"x: expected shape \(T, 3\), T 1 or more, got \(0, 3\)"),
        ({"x": np.zeros(9)}, r"x: expected shape \(T, 3\)"),
        ({"x": np.full((9, 3), np.nan)}, "x: expected finite numbers, got"),
        ({"targets": np.zeros((8, 2))}, r"targets: expected shape \(9, 2\), got \(8, 2\)"),
        ({"targets": np.zeros(9)}, r"targets: expected shape \(9, 2\), got \(9,\)"),
        ({"targets": np.full((9, 2), np.inf)}, "targets: expected finite numbers or NaN, got"),
        ({"initial": np.zeros(4)}, r"initial: expected shape \(5,\), got \(4,\)"),
        ({"initial": np.full(5, np.nan)}, "initial: expected finite numbers, got"),
        ({"truncate": 0}, "truncate: expected None or a whole number of steps, 1 or more, got 0"),
        ({"truncate": 2.0}, "truncate: expected None or a whole number of steps, 1 or more, got 2.0"),
        ({"truncate": True}, "truncate: expected None or a whole number"),
        ({"U": np.zeros((5, 4))}, r"U: expected shape \(H, H\) with H = 5, D = 3, got \(5, 4\)"),
        ({"U": np.zeros((4, 4))}, r"U: expected shape \(H, H\)"),
        ({"b": np.zeros((5, 1))}, r"b: expected shape \(H\)"),
        ({"V": np.zeros((2, 4))}, r"V: expected shape \(O, H\)"),
        ({"c": np.zeros(3)}, r"c: expected shape \(O\) with H = 5, D = 3, O = 2, got \(3,\)"),
        ({"b": np.full(5, np.inf)}, "b: expected finite numbers, got"),
    ],
)
def test_bad_input_is_refused(change, message):
    parameters, x, targets, initial = problem()
    given = {"parameters": parameters, "x": x, "targets": targets, "initial": initial}
    for name, value in change.items():
        (parameters if name in parameters else given)[name] = value
    with pytest.raises(ValueError, match=f"^{message}"):
        bptt(**given)


def test_a_missing_parameter_is_named():
    parameters, *rest = problem()
    del parameters["V"]
    with pytest.raises(ValueError, match="^parameters: expected W, U, b, V, c, V not among"):
        bptt(parameters, *rest)


# ---------------------------------------------------------------- gradient norms


def layer_and_x(kind, T=12, size=6, **settings):
    torch.manual_seed(1)
    layer = kind(3, size, **settings).double()
    with torch.no_grad():
        layer.weight_hidden.mul_(2)
    return layer, torch.randn(1, T, 3, dtype=torch.float64)


def test_norms_are_those_of_the_product_of_jacobians():
    layer, x = layer_and_x(ElmanRNN)
    h = layer(x)[0][0].detach()  # (T, H)
    product, expected = torch.eye(6, dtype=torch.float64), []
    for k in range(12):
        expected.append(product.norm().item() / np.sqrt(6))
        product = product @ (torch.diag(1 - h[11 - k] ** 2) @ layer.weight_hidden.detach())
    found = gradient_norms_by_lag(layer, x)
    assert found.shape == (12,) and found[0] == 1
    np.testing.assert_allclose(found, expected, rtol=1e-10)


def test_powers_of_a_matrix_without_input():
    """Where h stays 0 the derivative is a power of U."""
    layer, x = layer_and_x(ElmanRNN)
    with torch.no_grad():
        layer.bias.zero_()
    U = layer.weight_hidden.detach().numpy()
    expected = [np.linalg.norm(np.linalg.matrix_power(U, k)) / np.sqrt(6) for k in range(12)]
    np.testing.assert_allclose(gradient_norms_by_lag(layer, 0 * x), expected, rtol=1e-10)


@pytest.mark.parametrize("kind, probe, part", [(LSTM, "cell_state", 1), (LSTM, "hidden", 0), (GRU, "hidden", 0)])
def test_norms_of_gated_layers(kind, probe, part):
    """Against torch.autograd.functional.jacobian of the rest of the sequence, started at a given state."""
    layer, x = layer_and_x(kind, T=5, size=4)
    found = gradient_norms_by_lag(layer, x, probe)
    assert found[0] == 1
    for k in range(1, 5):
        _, state = layer(x[:, : 5 - k])
        if kind is LSTM and probe == "cell_state":  # c reaches the next step twice: as c, and through h = o tanh(c)
            expected = _jacobian_of_cell(layer, x, k)
        else:

            def rest(value, state=state, k=k):
                given = tuple(value[None] if i == part else other for i, other in enumerate(state))
                return layer(x[:, 5 - k :], given)[1][part][0]

            expected = torch.autograd.functional.jacobian(rest, state[part][0].detach())
        np.testing.assert_allclose(found[k], expected.norm() / 2, rtol=1e-10)


def _jacobian_of_cell(layer, x, k):
    """∂c_T/∂c_{T-k} of an LSTM, both roads."""
    with record(layer) as trace:
        _, (_, c) = layer(x[:, : 5 - k])
    output_gate = trace["output_gate"][0, -1]

    def rest(c):
        return layer(x[:, 5 - k :], ((output_gate * c.tanh())[None], c[None]))[1][1][0]

    return torch.autograd.functional.jacobian(rest, c[0].detach())


def test_an_identity_and_relu_keep_all():
    layer = ElmanRNN(1, 4, nonlinearity="relu")
    with torch.no_grad():
        layer.weight_hidden.copy_(torch.eye(4)), layer.weight_input.fill_(1.0), layer.bias.zero_()
    assert gradient_norms_by_lag(layer, torch.ones(1, 50, 1)).tolist() == [1.0] * 50
    assert gradient_norms_by_lag(layer, -torch.ones(1, 50, 1)).tolist() == [1.0] + [0.0] * 49


def test_nothing_is_left_behind_and_no_tape_is_needed():
    layer, x = layer_and_x(ElmanRNN)
    expected = gradient_norms_by_lag(layer, x)
    for parameter in layer.parameters():
        parameter.requires_grad_(False)
    with torch.no_grad():
        assert (gradient_norms_by_lag(layer, x) == expected).all()
    assert not layer.hidden.active and all(parameter.grad is None for parameter in layer.parameters())
    assert len(gradient_norms_by_lag(layer, x[:, :1])) == 1


@pytest.mark.parametrize(
    "x, message",
    [
        (torch.zeros(2, 5, 3), r"x: expected a tensor \(1, T, 3\), one sequence, got \(2, 5, 3\)"),
        (torch.zeros(5, 3), r"x: expected a tensor \(1, T, 3\), one sequence, got \(5, 3\)"),
        (np.zeros((1, 5, 3)), r"x: expected a tensor \(1, T, 3\), one sequence, got ndarray"),
        (torch.zeros(1, 0, 3), "x: expected shape"),
        (torch.zeros(1, 5, 4), "x: expected shape"),
    ],
)
def test_bad_x_is_refused(x, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        gradient_norms_by_lag(ElmanRNN(3, 4), x)


def test_bad_probes_are_refused():
    layer = ElmanRNN(3, 4)
    with pytest.raises((KeyError, ValueError), match="cell_state"):
        gradient_norms_by_lag(layer, torch.zeros(1, 5, 3), "cell_state")
    with pytest.raises(ValueError, match=r"^probe: hidden passes \(1, 1, 4\) at once; expected \(B, H\) at every step"):
        gradient_norms_by_lag(Window(3, 4, 2), torch.zeros(1, 5, 3))
