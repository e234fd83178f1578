"""The block around a linear recurrence and the language model of such blocks: what they add up, and that they learn."""

import pytest
import torch
from torch.nn import functional as F

from seqmodels.gru import GRU
from seqmodels.linear_recurrence import DeltaNet, RecurrenceBlock, recurrence_model
from seqmodels.linear_recurrence.network import RULES
from seqmodels.runtime import count_parameters
from seqmodels.tasks.parity import parity


def test_a_block_is_what_it_says():
    torch.manual_seed(0)
    block = RecurrenceBlock(DeltaNet(8, 2), window=3, d_ff=5).double()
    x = torch.randn(2, 9, 8, dtype=torch.float64)
    norm = F.rms_norm(x, (8,), eps=1e-5)
    weight = block.window.weight[:, None]  # (D, 1, 3), a convolution of each feature
    seen = F.conv1d(F.pad(norm.mT, (2, 0)), weight, block.window.bias, groups=8).mT
    mixed = x + block.layer(F.silu(seen))[0]
    torch.testing.assert_close(block(x)[0], mixed + block.feed_forward(mixed), rtol=0, atol=1e-12)


def test_a_window_of_one_is_none():
    torch.manual_seed(0)
    layer = DeltaNet(8, 2)
    x = torch.randn(2, 9, 8)
    block = RecurrenceBlock(layer, window=1)
    torch.testing.assert_close(block(x)[0], x + layer(F.rms_norm(x, (8,), eps=1e-5))[0])


@pytest.mark.parametrize("rule", RULES)
def test_a_model_of_each_rule_writes_on_from_its_state(rule):
    torch.manual_seed(0)
    heads = {} if rule == "rglru" else {"n_heads": 2}
    model = recurrence_model(11, 8, 2, rule=rule, **heads).double()
    tokens = torch.randint(11, (2, 20))
    whole, _ = model(tokens)
    _, state = model(tokens[:, :12])
    rest, after = model(tokens[:, 12:], state)
    torch.testing.assert_close(rest, whole[:, 12:], rtol=0, atol=1e-11)
    sizes = [part.shape for layer in after for part in layer[1]]
    assert sizes == [part.shape for layer in model.initial_state(2) for part in layer[1]]


def test_dropout_is_on_what_both_parts_add_while_learning():
    torch.manual_seed(0)
    block = RecurrenceBlock(DeltaNet(8, 2), d_ff=5, dropout=1 - 1e-9)
    x = torch.randn(2, 9, 8)
    assert torch.equal(block(x)[0], x)
    assert not torch.allclose(block.eval()(x)[0], x)


def test_its_parameters_are_counted():
    model = recurrence_model(11, 8, 2, rule="deltanet", n_heads=2, d_ff=16)
    layer = 4 * 8 * 8 + 8 + (8 * 2 + 2)  # q, k, v, y; the scale of readings; β
    block = layer + 8 + (8 * 4 + 8) + 8 + (8 * 16 + 16) + (16 * 8 + 8)
    assert count_parameters(model) == 11 * 8 + 2 * block + 8 + (8 * 11 + 11)


def test_a_gradient_step_lowers_the_loss():
    torch.manual_seed(0)
    model = recurrence_model(2, 8, 1, n_heads=2, negative_eigenvalues=True)
    x, y = parity(32, 12, torch.Generator().manual_seed(0))
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)
    losses = []
    for _ in range(30):
        loss = F.cross_entropy(model(x)[0].flatten(0, 1), y.flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.95 * losses[0]


@pytest.mark.parametrize(("make", "name"), [
    (lambda: RecurrenceBlock(GRU(8, 6)), "layer"), (lambda: RecurrenceBlock(DeltaNet(8, 2), window=0), "window"),
    (lambda: RecurrenceBlock(DeltaNet(8, 2), d_ff=-1), "d_ff"), (lambda: recurrence_model(11, 8, 0), "n_layers"),
    (lambda: recurrence_model(11, 8, 1, rule="lstm"), "rule"),
])  # fmt: skip
def test_bad_settings_are_refused(make, name):
    with pytest.raises(ValueError, match=f"^{name}:"):
        make()
