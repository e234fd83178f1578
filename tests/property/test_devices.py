"""Whatever a layer makes, it makes where it lives: found without a graphics card, on tensors that have no values.

Layers are moved to PyTorch's device "meta", on which shapes, kinds and devices are computed and nothing else. A tensor
that a layer makes without saying where is on the processor, meets others there, and is caught, as it would be on a
graphics card. Questions to values, such as whether there is a NaN, are answered as for good data.
"""

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from property.cases import ALONE, LAYERS
from property.contract import random_input
from seqmodels.layer import SequenceLayer, map_state

aten = torch.ops.aten
SORTED_BY_VALUE = {"hybrid with experts", "jamba"}  # which token goes to whom, only values can say


class Together(TorchDispatchMode):
    """Every operation must find its tensors in one place; single numbers may come from the processor."""

    all_true = ()

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        if func is aten._local_scalar_dense.default:  # bool(x), x.item()
            value = args[0]
            return value in self.all_true if value.dtype == torch.bool else 1 if not value.is_floating_point() else 0.5
        tensors = [x for x in tree_leaves((args, kwargs)) if isinstance(x, torch.Tensor) and x.dim()]
        places = sorted({x.device.type for x in tensors})
        if len(places) > 1 and func is not aten.copy_.default:
            raise AssertionError(f"{func} is given tensors on {' and '.join(places)}")
        made = func(*args, **(kwargs or {}))
        if func in (aten.all.default, aten.all.dim):
            self.all_true = Same([*self.all_true, made])
        return made


class Same(list):
    """A list that knows its own elements, and asks none of them whether it equals another."""

    def __contains__(self, x):
        return any(x is own for own in self)


def there(x):
    assert x.device.type == "meta", f"on {x.device}"
    return x


def runs(layer):
    x = random_input(layer).to("meta")
    layer, lengths = layer.to("meta"), torch.tensor([9, 5, 1], device="meta")
    with Together():
        y, state = layer(x)
        if y.requires_grad:
            there(y).sum().backward()
        map_state(there, state)
        for found, state in (layer(x, lengths=lengths), layer(x, layer.initial_state(len(x)))):
            there(found), map_state(there, state)
        if layer.causal:
            found, state = layer.step(x[:, 0], layer.initial_state(len(x)))
            there(found), map_state(there, state)


@pytest.mark.parametrize("name", [name for name in LAYERS | ALONE if name not in SORTED_BY_VALUE])
def test_nothing_is_made_elsewhere(name):
    torch.manual_seed(0)
    runs((LAYERS | ALONE)[name]())


class Forgetful(SequenceLayer):
    """Adds places, or begins from zeros, without saying where they are."""

    def __init__(self, of):
        super().__init__(6, 6)
        self.scale, self.of = torch.nn.Parameter(torch.ones(6)), of

    def forward(self, x, state=None, *, lengths=None):
        x, (seen,) = self.checked(x, state, lengths)
        where = "cpu" if self.of == "places" else x.device
        return x * self.scale + torch.arange(x.shape[1], device=where)[:, None], (seen,)

    def initial_state(self, batch_size):
        return (torch.zeros(batch_size, 1) if self.of == "state" else self.zeros(batch_size, 1),)


@pytest.mark.parametrize(("of", "message"), [("places", "tensors on cpu and meta"), ("state", "on cpu")])
def test_a_layer_that_forgets_where_it_lives_is_caught(of, message):
    with pytest.raises((AssertionError, ValueError), match=message):
        runs(Forgetful(of))
