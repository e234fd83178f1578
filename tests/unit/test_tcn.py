"""Causal convolution and the TCN against torch.nn, values and gradients; what they can see, input by input."""

import pytest
import torch
from torch import nn
from torch.nn.utils.parametrizations import weight_norm

from property import contract
from property.test_contract import build
from seqmodels.language_model import LanguageModel
from seqmodels.layer import Stacked, map_state
from seqmodels.probes import record
from seqmodels.tcn import TCN, CausalConv1d, feeding, receptive_field

TOLERANCE = {torch.float32: 1e-6, torch.float64: 1e-12}


def close(a, b, what="values"):
    assert a.shape == b.shape and a.dtype == b.dtype
    distance, size = (a - b).abs().max().item(), b.abs().max().item()
    assert distance <= TOLERANCE[b.dtype] * max(1.0, size), f"{what}: differ by {distance:.3g}, largest {size:.3g}"


# ---------------------------------------------------------------- the contract

LAYERS = {
    "convolution": lambda: CausalConv1d(6, 6, kernel_size=3, dilation=2),
    "convolution, one tap": lambda: CausalConv1d(6, 4, kernel_size=1, dilation=3),
    "convolution, no dilation": lambda: CausalConv1d(6, 7, kernel_size=4),
    "tcn": lambda: TCN(6, [6, 6], kernel_size=2),
    "tcn that widens": lambda: TCN(6, [5, 7, 7], kernel_size=3),
    "tcn without weight norm": lambda: TCN(6, [4], kernel_size=3, weight_norm=False),
    "four deep: tcn": lambda: Stacked([TCN(6, [6, 6], kernel_size=2) for _ in range(4)], residual=True),
    "language model: tcn": lambda: LanguageModel(11, 6, TCN(6, [8, 8], kernel_size=2)),
    "language model: convolution": lambda: LanguageModel(11, 6, CausalConv1d(6, 6, kernel_size=3, dilation=2)),
}
PROMISES = contract.FOR_ALL + contract.FOR_CAUSAL


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__)
@pytest.mark.parametrize("name", LAYERS)
def test_contract(name, promise):
    promise(build(LAYERS[name]))


@pytest.mark.parametrize("name", [name for name in LAYERS if "language model" not in name])
def test_no_gradient_comes_from_the_future(name):
    contract.gradient_never_comes_from_the_future(build(LAYERS[name]))


# ---------------------------------------------------------------- against torch.nn


class CutConvolution(nn.Module):
    """The usual way to causality: torch.nn pads both sides, and what looks ahead is cut off on the right."""

    def __init__(self, below, above, kernel_size, dilation):
        super().__init__()
        self.cut = (kernel_size - 1) * dilation
        self.inner = nn.Conv1d(below, above, kernel_size, dilation=dilation, padding=self.cut)

    def forward(self, x):
        return self.inner(x)[..., : x.shape[-1]]


class ReferenceBlock(nn.Module):
    def __init__(self, below, above, kernel_size, dilation, normed):
        super().__init__()
        self.one = CutConvolution(below, above, kernel_size, dilation)
        self.two = CutConvolution(above, above, kernel_size, dilation)
        self.around = nn.Conv1d(below, above, 1) if below != above else None
        if normed:
            weight_norm(self.one.inner)
            weight_norm(self.two.inner)

    def forward(self, x):
        h = torch.relu(self.two(torch.relu(self.one(x))))
        return torch.relu(h + (x if self.around is None else self.around(x)))


def reference(tcn, input_size, channels, kernel_size, normed):
    """The same network in torch.nn with the weights of `tcn`."""
    blocks, below = [], input_size
    for i, above in enumerate(channels):
        blocks.append(ReferenceBlock(below, above, kernel_size, 2**i, normed))
        below = above
    for ours, theirs in zip(tcn.blocks, blocks, strict=True):
        theirs.one.inner.load_state_dict(ours.conv1.state_dict())
        theirs.two.inner.load_state_dict(ours.conv2.state_dict())
        if theirs.around is not None:
            theirs.around.weight.data.copy_(ours.around.weight[..., None])
            theirs.around.bias.data.copy_(ours.around.bias)
    return nn.Sequential(*blocks)


def named_gradients(module, y, x, direction):
    names, parameters = zip(*module.named_parameters(), strict=True)
    found = torch.autograd.grad((y * direction).sum(), [x, *parameters])
    return dict(zip(("x", *names), found, strict=True))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("normed", [True, False], ids=["weight norm", "plain"])
@pytest.mark.parametrize(
    "input_size, channels, kernel_size", [(3, [8, 8, 8], 3), (5, [5, 5], 2), (2, [4, 6, 6, 3], 4), (4, [4], 1)]
)
def test_tcn_equals_torch_nn(input_size, channels, kernel_size, normed, dtype):
    torch.manual_seed(0)
    tcn = TCN(input_size, channels, kernel_size, weight_norm=normed)
    for parameter in tcn.parameters():
        parameter.data.mul_(1 + 0.5 * torch.rand_like(parameter))  # no scale may be one by chance
    tcn = tcn.to(dtype)
    theirs = reference(tcn, input_size, channels, kernel_size, normed).to(dtype)
    x = torch.randn(3, 40, input_size, dtype=dtype, requires_grad=True)
    y, expected = tcn(x)[0], theirs(x.transpose(1, 2)).transpose(1, 2)
    close(y, expected)
    direction = torch.randn_like(expected) / expected.numel() ** 0.5
    ours, others = named_gradients(tcn, y, x, direction), named_gradients(theirs, expected, x, direction)
    assert len(ours) == len(others)
    for (name, one), other in zip(ours.items(), others.values(), strict=True):
        close(one, other.view(one.shape), f"gradient of {name}")


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("kernel_size, dilation", [(1, 1), (2, 1), (3, 4), (5, 3)])
def test_convolution_equals_torch_nn(kernel_size, dilation, dtype):
    torch.manual_seed(0)
    ours = CausalConv1d(4, 6, kernel_size, dilation).to(dtype)
    theirs = CutConvolution(4, 6, kernel_size, dilation).to(dtype)
    theirs.inner.load_state_dict(ours.state_dict())
    x = torch.randn(2, 20, 4, dtype=dtype, requires_grad=True)
    y, expected = ours(x)[0], theirs(x.transpose(1, 2)).transpose(1, 2)
    close(y, expected)
    direction = torch.randn_like(expected) / expected.numel() ** 0.5
    ours, others = named_gradients(ours, y, x, direction), named_gradients(theirs, expected, x, direction)
    for (name, one), other in zip(ours.items(), others.values(), strict=True):
        close(one, other, f"gradient of {name}")


def test_convolution_by_hand():
    layer = CausalConv1d(1, 1, kernel_size=3, dilation=2)
    layer.weight.data = torch.tensor([[[100.0, 10.0, 1.0]]])
    layer.bias.data = torch.tensor([0.5])
    y, (past,) = layer(torch.arange(1.0, 8.0).view(1, 7, 1))
    assert y.flatten().tolist() == [1.5, 2.5, 13.5, 24.5, 135.5, 246.5, 357.5]
    assert past.tolist() == [[[4.0, 5.0, 6.0, 7.0]]]


def test_a_time_delay_network_that_looks_both_ways_is_the_causal_one_read_later():
    torch.manual_seed(0)
    layer = CausalConv1d(3, 5, kernel_size=5).double()
    around = nn.Conv1d(3, 5, 5, padding=2).double()
    around.load_state_dict(layer.state_dict())
    x = torch.randn(2, 15, 3, dtype=torch.float64)
    later = layer(torch.cat([x, torch.zeros(2, 2, 3, dtype=torch.float64)], 1))[0][:, 2:]
    close(later, around(x.transpose(1, 2)).transpose(1, 2))


# ---------------------------------------------------------------- what an output can see


def positive(layer):
    """All weights positive: nothing cancels and no relu closes, so whatever can be seen is seen."""
    layer = layer.double()
    for parameter in layer.parameters():
        parameter.data = parameter.data.abs() + 0.1
    return layer


SIZES = [(2, 1, 3), (2, 4, 31), (3, 3, 29), (5, 2, 25), (7, 3, 85), (1, 5, 1)]


@pytest.mark.parametrize("kernel_size, blocks, expected", SIZES)
def test_receptive_field_of_a_tcn_by_perturbation(kernel_size, blocks, expected):
    tcn = positive(TCN(2, [3] * blocks, kernel_size))
    R = tcn.receptive_field
    assert isinstance(R, int) and R == expected == 1 + 2 * (kernel_size - 1) * (2**blocks - 1)
    x, last = torch.rand(1, R + 5, 2, dtype=torch.float64), R + 4
    y = tcn(x)[0][0, last]
    for distance in (0, R // 2, R - 1, R, R + 1):
        changed = x.clone()
        changed[0, last - distance] += 1.0
        same = torch.equal(tcn(changed)[0][0, last], y)
        assert same == (distance >= R), f"input {distance} steps back, receptive field {R}"


@pytest.mark.parametrize("kernel_size, dilation", [(1, 4), (2, 1), (3, 5)])
def test_receptive_field_of_a_convolution_by_perturbation(kernel_size, dilation):
    layer = CausalConv1d(2, 3, kernel_size, dilation).double()
    R = layer.receptive_field
    x, last = torch.randn(1, R + 3, 2, dtype=torch.float64), R + 2
    seen = []
    for t in range(last + 1):
        changed = x.clone()
        changed[0, t] += 1.0
        if not torch.equal(layer(changed)[0][0, last], layer(x)[0][0, last]):
            seen.append(t)
    assert seen == [last - j * dilation for j in reversed(range(kernel_size))] and last - seen[0] == R - 1


def test_receptive_field_of_stacked_numbers():
    assert receptive_field([]) == 1
    assert receptive_field([(2, 2**i) for i in range(10)]) == 1024
    assert receptive_field([(8, 2**i) for i in range(8) for _ in range(2)]) == 1 + 2 * 7 * 255


@pytest.mark.parametrize("step", [0, 3, 11, 29])
def test_feeding_is_where_gradients_come_from(step):
    torch.manual_seed(0)
    tcn = positive(TCN(1, [2, 2], kernel_size=3))
    x = torch.rand(1, 30, 1, dtype=torch.float64, requires_grad=True)
    with record(tcn, gradients=True) as trace:
        y, _ = tcn(x)
        y[0, step].sum().backward()
    names = ["blocks.0.conv1.output", "blocks.0.conv2.output", "blocks.1.conv1.output", "blocks.1.conv2.output"]
    levels = [x.grad, *(trace.grad[name] for name in names)]
    found = [level[0].abs().sum(-1).nonzero().flatten().tolist() for level in levels]
    assert feeding(tcn.convolutions, step) == found


def test_feeding_by_hand():
    assert feeding([(2, 1), (2, 2)], 10) == [[7, 8, 9, 10], [8, 10], [10]]
    assert feeding([(2, 1), (2, 2)], 1) == [[0, 1], [1], [1]]
    assert feeding([(2, 3)], 10) == [[7, 10], [10]], "a hole where no tap falls"
    assert feeding([], 4) == [[4]]
    wavenet = [(2, 2**i) for i in range(10)]
    assert [len(level) for level in feeding(wavenet, 2000)] == [2**i for i in reversed(range(11))]


def test_the_first_outputs_see_zeros_before_the_beginning():
    torch.manual_seed(0)
    tcn = TCN(2, [4, 4], kernel_size=3).double()
    tail, silence = torch.randn(1, 5, 2, dtype=torch.float64), torch.zeros(1, 40, 2, dtype=torch.float64)
    one, other = tcn(tail)[0], tcn(torch.cat([silence, tail], 1))[0][:, 40:]
    assert not torch.allclose(one, other), "biases make something of silence in the layers above"
    for name, parameter in tcn.named_parameters():
        parameter.data.mul_(not name.endswith("bias"))
    close(tcn(torch.cat([silence, tail], 1))[0][:, 40:], tcn(tail)[0])


# ---------------------------------------------------------------- states, rings, work


def test_a_state_is_a_value_that_can_be_gone_on_from_twice():
    torch.manual_seed(0)
    tcn = TCN(2, [4, 4], kernel_size=3).double()
    x = torch.randn(2, 12, 2, dtype=torch.float64)
    _, state = tcn(x[:, :8])
    kept = map_state(lambda leaf: leaf.detach().clone(), state)
    tcn.step(x[:, 8], state)
    contract.equal_states(state, kept, "the state after a step from it")
    contract.equal(tcn.step(x[:, 9], state)[0], tcn.step(x[:, 9], kept)[0], "the second way on")


@pytest.mark.parametrize("kernel_size, dilation", [(1, 2), (2, 1), (2, 4), (3, 3), (5, 2)])
def test_a_ring_is_the_state_without_copies(kernel_size, dilation):
    torch.manual_seed(0)
    layer = CausalConv1d(3, 4, kernel_size, dilation).double()
    x = torch.randn(2, 30, 3, dtype=torch.float64)
    _, (past,) = layer(x[:, :7])
    before, ring = past.clone(), layer.ring(past)
    for t in range(7, 30):
        y, ring = layer.slide(x[:, t], ring)
        contract.equal(y, layer(x)[0][:, t], f"step {t}")
        assert len(ring.inputs) == layer.reach
    assert torch.equal(past, before), "the state it began with is untouched"


def test_the_graph_of_the_backward_pass_does_not_grow_with_time():
    def nodes(length):
        y = TCN(2, [4, 4], kernel_size=3)(torch.randn(1, length, 2))[0].sum()
        found, waiting = set(), [y.grad_fn]
        while waiting:
            node = waiting.pop()
            if node is not None and node not in found:
                found.add(node)
                waiting += [below for below, _ in node.next_functions]
        return len(found)

    assert nodes(10) == nodes(1000)


def test_dropout_only_while_training():
    torch.manual_seed(0)
    tcn, x = TCN(2, [16, 16], kernel_size=3, dropout=0.5), torch.randn(1, 20, 2)
    assert not torch.equal(tcn(x)[0], tcn(x)[0])
    tcn.eval()
    assert torch.equal(tcn(x)[0], tcn(x)[0])


@pytest.mark.parametrize("normed, extra", [(True, 6 * 8), (False, 0)])
def test_how_many_numbers_a_tcn_has(normed, extra):
    tcn = TCN(2, [8, 8, 8], kernel_size=3, weight_norm=normed)
    kernels = (2 * 8 * 3 + 8) + 5 * (8 * 8 * 3 + 8)
    assert sum(p.numel() for p in tcn.parameters()) == kernels + (2 * 8 + 8) + extra


# ---------------------------------------------------------------- bad arguments


@pytest.mark.parametrize("name", ["in_channels", "out_channels", "kernel_size", "dilation"])
@pytest.mark.parametrize("wrong", [0, -1, 2.0])
def test_bad_sizes_of_a_convolution_are_refused(name, wrong):
    sizes = {"in_channels": 3, "out_channels": 4, "kernel_size": 2, "dilation": 1} | {name: wrong}
    with pytest.raises(ValueError, match=f"^{name}: expected a whole number"):
        CausalConv1d(**sizes)


@pytest.mark.parametrize(
    "name, wrong",
    [("input_size", 0), ("kernel_size", 0), ("channels", []), ("channels", [4, 0]), ("channels", 4),
     ("dropout", 1.0), ("dropout", -0.1)],
)  # fmt: skip
def test_bad_sizes_of_a_tcn_are_refused(name, wrong):
    with pytest.raises(ValueError, match=f"^{name}: expected"):
        TCN(**{"input_size": 3, "channels": [4, 4], "kernel_size": 2} | {name: wrong})


@pytest.mark.parametrize("wrong", [[(2,)], [(2, 0)], [(0, 1)], [(2, 1.0)], [(2, 1, 1)]])
def test_bad_layers_are_refused(wrong):
    with pytest.raises(ValueError, match="^layers: expected pairs"):
        receptive_field(wrong)
    with pytest.raises(ValueError, match="^layers: expected pairs"):
        feeding(wrong, 3)


@pytest.mark.parametrize("wrong", [-1, 2.0, "3"])
def test_a_bad_step_is_refused(wrong):
    with pytest.raises(ValueError, match="^step: expected a whole number"):
        feeding([(2, 1)], wrong)
