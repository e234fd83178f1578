"""The rules of looking inside, one test for each."""

import pytest
import torch
from torch import nn

from seqmodels.layer import SequenceLayer, Stacked
from seqmodels.padding import run_steps
from seqmodels.probes import Probe, at_step, intervene, record, watched


class Counter(SequenceLayer):
    """h_t = h_{t-1} + w · x_t, small enough to foresee everything. Knows whether it looped."""

    def __init__(self):
        super().__init__(1, 1)
        self.weight = nn.Parameter(torch.ones(1))
        self.total = Probe("B T H")
        self.looped = None

    def forward(self, x, state=None, *, lengths=None):
        x, state = self.checked(x, state, lengths)
        self.looped = watched(self)
        if self.looped:
            return run_steps(self, x, state, lengths)
        h = state[0][:, None] + (x * self.weight).cumsum(1)
        return h, (h[:, -1],)

    def step(self, x_t, state):
        h = self.total(state[0] + x_t * self.weight)
        return h, (h,)

    def initial_state(self, batch_size):
        return (self.zeros(batch_size, 1),)


class Attention(nn.Module):
    """Only the probes of attention: weights (B, H, Q, K), a whole map at once or one query at a time."""

    def __init__(self):
        super().__init__()
        self.weights = Probe("B H Q K")

    def forward(self, weights):
        return self.weights(weights)


def ones(batch=2, length=5):
    return torch.ones(batch, length, 1)


# ---------------------------------------------------------------- Probe


def test_a_probe_does_nothing_outside_of_a_context():
    probe, value = Probe("B T H"), torch.ones(2)
    assert probe(value) is value and not probe.active and not probe.edited


@pytest.mark.parametrize("axes", ["", "B T B"])
def test_probe_refuses_axes(axes):
    with pytest.raises(ValueError, match="^axes: "):
        Probe(axes)


def test_a_value_that_does_not_fit_the_axes_is_refused():
    model = nn.Sequential(Probe("B T H"))
    with record(model), pytest.raises(ValueError, match="axes B T H do not fit a value of shape"):
        model(torch.ones(2, 3, 4, 5))
    model = nn.Sequential(Probe("B D"))
    with record(model), pytest.raises(ValueError, match="axes B D do not fit"):
        model(torch.ones(2))


# ---------------------------------------------------------------- record


def test_watching_takes_the_explicit_loop_and_only_watching_does():
    layer = Counter()
    y, _ = layer(ones())
    assert not layer.looped
    with record(layer) as trace:
        y_watched, _ = layer(ones())
        assert layer.looped
    assert torch.equal(y, y_watched) and torch.equal(trace["total"], y.detach())
    layer(ones())
    assert not layer.looped and not layer.total.active


def test_a_trace_is_a_mapping_of_detached_cpu_copies():
    layer = Counter()
    with record(layer) as trace:
        assert len(trace) == 0 and list(trace) == [] and "total" not in trace
        layer(ones())
    assert list(trace) == ["total"] and len(trace) == 1 and "total" in trace and "nonsense" not in trace
    assert dict(trace)["total"].shape == (2, 5, 1)
    assert trace.axes("total") == ("B", "T", "H")
    assert not trace["total"].requires_grad and trace["total"].device.type == "cpu"
    assert repr(trace) == "Trace\n  total  B T H = (2, 5, 1)"


def test_a_recorded_value_does_not_change_with_the_model():
    model = nn.Sequential(Probe("B T"))
    value = torch.ones(1, 3)
    with record(model) as trace:
        model(value)
    value += 1
    assert trace["0"].tolist() == [[1, 1, 1]]


def test_calling_the_module_begins_anew_and_step_goes_on():
    layer = Counter()
    with record(layer) as trace:
        layer(ones(length=7))
        _, state = layer(ones(length=2))
        assert trace["total"].flatten(1).tolist() == [[1, 2]] * 2
        _, state = layer.step(ones()[:, 0], state)
        layer.step(ones()[:, 0], state)
    assert trace["total"].flatten(1).tolist() == [[1, 2, 3, 4]] * 2


def test_calling_an_inner_module_goes_on():
    model = Stacked([Counter()])
    with record(model) as trace:
        _, state = model.layers[0](ones(length=2))
        model.layers[0](ones(length=2), state)
    assert trace["total"].flatten(1).tolist() == [[1, 2, 3, 4]] * 2


def test_keys_that_grow_are_padded_with_zeros():
    model = Attention()
    with record(model) as trace:
        model(torch.full((1, 2, 2, 2), 0.5))  # two queries at once
        model.weights(torch.full((1, 2, 3), 1 / 3))  # then one at a time
        model.weights(torch.full((1, 2, 4), 0.25))
    assert trace["weights"].shape == (1, 2, 4, 4)
    expected = torch.tensor([[1 / 2, 1 / 2, 0, 0], [1 / 2, 1 / 2, 0, 0], [1 / 3, 1 / 3, 1 / 3, 0], [1 / 4] * 4])
    torch.testing.assert_close(trace["weights"][0, 1], expected)


def test_keys_before_queries_are_padded_too():
    model = nn.Sequential(Probe("K Q"))
    with record(model) as trace:
        model[0](torch.ones(1))
        model[0](torch.ones(2))
    assert trace["0"].tolist() == [[1, 1], [0, 1]]


def test_a_probe_without_time_keeps_the_last_call():
    model = nn.Sequential(Probe("B D"))
    with record(model, gradients=True) as trace:
        model[0](torch.zeros(2, 3))
        value = torch.ones(2, 3, requires_grad=True)
        model[0](value).sum().backward()
    assert torch.equal(trace["0"], torch.ones(2, 3)) and torch.equal(trace.grad["0"], torch.ones(2, 3))


def test_a_probe_without_time_keeps_the_gradient_of_the_last_call():
    model = nn.Sequential(Probe("B D"))
    with record(model, gradients=True) as trace:
        first, second = (model[0](torch.ones(1, 1, requires_grad=True)) for _ in range(2))
        (2 * first + 3 * second).sum().backward()
    assert trace.grad["0"].tolist() == [[3]]


def test_calls_of_different_batch_sizes_cannot_be_joined():
    layer = Counter()
    with record(layer) as trace:
        layer.step(torch.ones(2, 1), layer.initial_state(2))
        layer.step(torch.ones(3, 1), layer.initial_state(3))
    with pytest.raises(ValueError, match="^total: .*different sizes"):
        trace["total"]


def test_names_may_be_shortened_if_one_probe_remains():
    model = nn.ModuleDict({"left": Stacked([Counter(), Counter()]), "right": Counter()})
    with record(model) as trace:
        model["left"](ones())
        model["right"](ones())
    assert list(trace) == ["left.layers.0.total", "left.layers.1.total", "right.total"]
    assert torch.equal(trace["layers.1.total"], trace["left.layers.1.total"])
    assert torch.equal(trace["right.total"].flatten(1), torch.arange(1.0, 6).repeat(2, 1))
    with pytest.raises(KeyError, match=r"several.*left.layers.0.total, left.layers.1.total, right.total"):
        trace["total"]
    with pytest.raises(KeyError, match=r"layers.0.total.*right"):
        trace["nothing"]
    with pytest.raises(KeyError, match="no probe"):  # only whole parts of the path count
        trace["otal"]
    with pytest.raises(KeyError, match="several"), intervene(model, {"total": lambda value, t: value}):
        pass


def test_an_exact_name_wins_over_longer_ones():
    model = nn.ModuleDict({"h": Probe("T"), "inner": nn.ModuleDict({"h": Probe("T")})})
    with record(model) as trace:
        model["h"](torch.ones(2))
        model["inner"]["h"](torch.zeros(2))
    assert trace["h"].tolist() == [1, 1] and trace["inner.h"].tolist() == [0, 0]


def test_a_probe_that_nothing_passed_says_so():
    model = nn.ModuleDict({"used": Probe("T"), "unused": Probe("T")})
    with record(model) as trace:
        model["used"](torch.ones(2))
    assert list(trace) == ["used"]
    with pytest.raises(KeyError, match="nothing has come through"):
        trace["unused"]


def test_a_model_without_probes_is_refused():
    for context in (lambda: record(nn.Linear(1, 1)), lambda: intervene(nn.Linear(1, 1), {})):
        with pytest.raises(ValueError, match="^module: .*Linear has none"), context():
            pass


# ---------------------------------------------------------------- gradients


def test_gradients_in_a_loop():
    """Σ_t t·h_t with h_t = h_{t-1} + x_t: the gradient that arrives at h_t is t + (t+1) + … ."""
    layer = Counter()
    with record(layer, gradients=True) as trace:
        y, _ = layer(ones(batch=1, length=4))
    assert "total" not in trace.grad and len(trace.grad) == 0
    with pytest.raises(KeyError, match="backward"):
        trace.grad["total"]
    (y.flatten() * torch.arange(1.0, 5)).sum().backward()  # after the block
    assert trace.grad["total"].flatten().tolist() == [10, 9, 7, 4]
    assert trace["total"].flatten().tolist() == [1, 2, 3, 4]
    assert trace.grad.axes("total") == ("B", "T", "H")


def test_steps_that_do_not_matter_have_gradient_zero():
    layer = Counter()
    with record(layer, gradients=True) as trace:
        y, _ = layer(ones(batch=1, length=4))
        y[:, 1].sum().backward(retain_graph=True)
        assert trace.grad["total"].flatten().tolist() == [1, 1, 0, 0]
        layer.zero_grad()
        y[:, 3].sum().backward()
    assert trace.grad["total"].flatten().tolist() == [1, 1, 1, 1]  # the last backward counts


def test_gradients_of_whole_forms_with_keys():
    model = Attention()
    weights = torch.rand(1, 1, 3, 3, requires_grad=True)
    with record(model, gradients=True) as trace:
        model(weights)[..., 1].sum().backward()
    assert trace.grad["weights"][0, 0].tolist() == [[0, 1, 0]] * 3


def test_only_what_flows_through_the_probe_counts():
    probe = Probe("T")
    model = nn.Sequential(probe)
    value = torch.ones(2, requires_grad=True)
    with record(model, gradients=True) as trace:
        (model(value) + 10 * value).sum().backward()
    assert trace.grad["0"].tolist() == [1, 1] and value.grad.tolist() == [11, 11]


def test_a_late_backward_does_not_reach_a_new_stretch():
    layer = Counter()
    with record(layer, gradients=True) as trace:
        first, _ = layer(ones(length=4))
        layer(ones(length=2))
        first.sum().backward()
    assert len(trace.grad) == 0 and trace["total"].shape == (2, 2, 1)


def test_without_gradients_nothing_keeps_the_graph():
    layer = Counter()
    with record(layer) as trace:
        layer(ones())
    assert trace.grad is None
    assert all(piece.grad_fn is None for pieces in trace._calls.values() for piece in pieces)


# ---------------------------------------------------------------- intervene


def test_an_edit_changes_what_the_model_goes_on_with():
    layer = Counter()
    steps = []

    def reset(value, t):
        steps.append(t)
        return torch.zeros_like(value) if t == 2 else value

    with intervene(layer, {"total": reset}):
        y, _ = layer(ones(length=5))
        assert y[0].flatten().tolist() == [1, 2, 0, 1, 2] and steps == [0, 1, 2, 3, 4]
        steps.clear()
        _, state = layer(ones(length=2))  # a new stretch: t begins at 0 again …
        y_t, _ = layer.step(torch.ones(2, 1), state)  # … and step goes on
        assert y_t.flatten().tolist() == [0, 0] and steps == [0, 1, 2]
    assert layer(ones(length=5))[0][0].flatten().tolist() == [1, 2, 3, 4, 5]


def test_t_is_none_for_whole_sequences():
    model, seen = Attention(), []
    with intervene(model, {"weights": lambda value, t: seen.append(t) or value}):
        model(torch.ones(1, 1, 3, 3))
        model.weights(torch.ones(1, 1, 4))
    assert seen == [None, 3]


@pytest.mark.parametrize("step", [0, 2, 4])
def test_at_step_is_the_same_in_all_forms(step):
    model, seen = nn.Sequential(Probe("B T H")), []

    def edit(value, t):
        seen.append((t, tuple(value.shape)))
        return value * 0

    x = torch.ones(2, 5, 3)
    expected = x.clone()
    expected[:, step] = 0
    with intervene(model, {"0": at_step(step, edit)}):
        assert torch.equal(model(x), expected)
    with intervene(model, {"0": at_step(step, edit)}):
        assert torch.equal(torch.stack([model[0](x_t) for x_t in x.unbind(1)], 1), expected)
    with intervene(model, {"0": at_step(step, edit)}):
        assert torch.equal(torch.cat([model[0](piece) for piece in x.split(2, 1)], 1), expected)
    assert seen == [(step, (2, 3))] * 3


def test_at_step_lets_gradients_through():
    model, x = nn.Sequential(Probe("B T")), torch.ones(1, 3, requires_grad=True)
    with intervene(model, {"0": at_step(1, lambda value, t: 5 * value)}):
        model(x).sum().backward()
    assert x.grad.tolist() == [[1, 5, 1]]


def test_at_step_needs_time():
    model = nn.Sequential(Probe("B D"))
    with pytest.raises(ValueError, match="^0: at_step needs a time axis"):
        with intervene(model, {"0": at_step(1, lambda value, t: value)}):
            pass


@pytest.mark.parametrize("edit", [
    lambda value, t: value[:, :0], lambda value, t: value.double(), lambda value, t: value.to("meta"),
    lambda value, t: None, lambda value, t: 1.0,
])  # fmt: skip
@pytest.mark.parametrize("wrap", [lambda edit: edit, lambda edit: at_step(0, edit)])
def test_an_edit_must_keep_shape_dtype_and_device(edit, wrap):
    model = Stacked([Counter()])
    with pytest.raises(ValueError, match="^layers.0.total: the edit must return"):
        with intervene(model, {"total": wrap(edit)}):
            model(ones())


@pytest.mark.parametrize("wrap", [lambda edit: edit, lambda edit: at_step(0, edit)])
def test_an_edit_in_place_is_refused(wrap):
    model = nn.Sequential(Probe("B T"))
    with pytest.raises(ValueError, match="^0: the edit changed the value in place"):
        with intervene(model, {"0": wrap(lambda value, t: value.zero_())}):
            model(torch.ones(1, 2))


def test_a_probe_named_twice_in_the_edits_is_refused():
    model = nn.ModuleDict({"inner": nn.ModuleDict({"h": Probe("T")})})
    edits = {"h": lambda value, t: value + 1, "inner.h": lambda value, t: value + 10}
    with pytest.raises(ValueError, match="^inner.h: "), intervene(model, edits):
        pass


# ---------------------------------------------------------------- together


def test_contexts_nest_and_a_trace_shows_what_flows_on():
    layer = Counter()
    with record(layer) as outer, intervene(layer, {"total": lambda value, t: value + 1}):
        with intervene(layer, {"total": lambda value, t: value * 10}), record(layer) as inner:
            layer(ones(batch=1, length=2))
        assert inner["total"].flatten().tolist() == [20, 220]  # ((0 + 1) + 1) · 10, then ((20 + 1) + 1) · 10
        assert torch.equal(outer["total"], inner["total"])
        layer(ones(batch=1, length=2))
        assert outer["total"].flatten().tolist() == [2, 4] and inner["total"].flatten().tolist() == [20, 220]
    assert not layer.total.active


def test_a_part_and_the_whole_can_be_recorded_at_once():
    model = Stacked([Counter(), Counter()])
    with record(model) as whole, record(model.layers[1]) as part:
        model(ones())
        model(ones())
    assert torch.equal(part["total"], whole["layers.1.total"])


def test_contexts_clean_up_after_exceptions():
    layer = Counter()
    with pytest.raises(ZeroDivisionError), record(layer), intervene(layer, {"total": lambda value, t: 1 / 0}):
        layer(ones())
    assert not layer.total.active and not layer._forward_pre_hooks
    with pytest.raises(KeyError), intervene(layer, {"nonsense": lambda value, t: value}):
        pass
    assert not layer.total.active and not layer._forward_pre_hooks


def test_probes_leave_no_mark_on_what_is_saved():
    layer = Counter()
    with record(layer):
        assert list(layer.state_dict()) == ["weight"]
