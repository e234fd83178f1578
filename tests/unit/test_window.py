"""The window against torch's convolution, forward and gradient; what it can and cannot see."""

import pytest
import torch
from torch import nn

from seqmodels.language_model import LanguageModel
from seqmodels.window import Window


def pair(length=4, seed=0):
    """A window, and torch's convolution with the same weights."""
    torch.manual_seed(seed)
    window = Window(5, 7, length).double()
    convolution = nn.Conv1d(5, 7, length).double()
    weight = window.linear.weight.detach().view(7, length, 5)  # (H, k, D)
    convolution.weight.data.copy_(weight.transpose(1, 2))  # (H, D, k)
    convolution.bias.data.copy_(window.linear.bias.detach())
    return window, convolution


@pytest.mark.parametrize("length", [1, 2, 4, 9])
def test_equal_to_torch_convolution_forward_and_gradient(length):
    window, convolution = pair(length)
    x = torch.randn(3, 6, 5, dtype=torch.float64, requires_grad=True)
    padded = nn.functional.pad(x.transpose(1, 2), (length - 1, 0))
    expected = convolution(padded).tanh().transpose(1, 2)
    found, (last,) = window(x)
    torch.testing.assert_close(found, expected, rtol=1e-13, atol=1e-14)
    assert last.shape == (3, length - 1, 5)
    direction = torch.randn_like(found)
    ours = torch.autograd.grad((found * direction).sum(), [x, window.linear.weight, window.linear.bias])
    theirs = torch.autograd.grad((expected * direction).sum(), [x, convolution.weight, convolution.bias])
    torch.testing.assert_close(ours[0], theirs[0], rtol=1e-12, atol=1e-13)
    torch.testing.assert_close(ours[1].view(7, length, 5).transpose(1, 2), theirs[1], rtol=1e-12, atol=1e-13)
    torch.testing.assert_close(ours[2], theirs[2], rtol=1e-12, atol=1e-13)


def test_sees_exactly_the_last_inputs():
    window, _ = pair(length=3)
    x = torch.randn(1, 8, 5, dtype=torch.float64, requires_grad=True)
    (gradient,) = torch.autograd.grad(window(x)[0][0, 5].sum(), x)
    assert gradient[0].abs().sum(-1).bool().tolist() == [False, False, False, True, True, True, False, False]


def test_the_model_of_2003_is_a_language_model():
    model = LanguageModel(11, 5, Window(5, 7, 3))
    assert sum(p.numel() for p in model.parameters()) == 11 * 5 + (3 * 5 * 7 + 7) + (7 * 11 + 11)
    logits, _ = model(torch.arange(8)[None])
    same_window, _ = model(torch.tensor([[9, 9, 3, 4, 5]]))
    torch.testing.assert_close(same_window[0, -1], logits[0, 5])


@pytest.mark.parametrize("name", ["input_size", "hidden_size", "length"])
@pytest.mark.parametrize("value", [0, -1, 2.0])
def test_bad_sizes_are_refused(name, value):
    sizes = {"input_size": 5, "hidden_size": 7, "length": 3} | {name: value}
    with pytest.raises(ValueError, match=f"^{name}: expected a whole number"):
        Window(**sizes)
