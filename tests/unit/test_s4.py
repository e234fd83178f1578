"""S4 and S4D: one layer, as a convolution and as a recurrence; stable whatever is learnt; and how they are trained."""

import math

import pytest
import torch

from seqmodels.hippo import discretize, dplr, hippo_legs
from seqmodels.layer import Stacked
from seqmodels.probes import intervene, record
from seqmodels.s4 import S4, S4D, S4Block, cauchy_kernel, s4d_model, slow_poles
from seqmodels.s4.block import SLOWLY
from seqmodels.training import next_token, train

FORMS = {
    "lin": lambda d, n: S4D(d, n),
    "inv": lambda d, n: S4D(d, n, "inv"),
    "legs": lambda d, n: S4D(d, n, "legs"),
    "real": lambda d, n: S4D(d, n, "real"),
    "bilinear": lambda d, n: S4D(d, n, method="bilinear"),
    "s4": lambda d, n: S4(d, n),
}
EACH = pytest.mark.parametrize("name", FORMS)


def build(name, d=4, n=6, dtype=torch.float64, seed=0):
    torch.manual_seed(seed)
    return FORMS[name](d, n).to(dtype)


def inputs(*shape, dtype=torch.float64, seed=1):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


def looped(layer, x, state=None):
    """The recurrence as it is written, with Ā, B̄ and C of the layer."""
    decay, drive, read = layer.discrete()
    (h,) = layer.initial_state(len(x)) if state is None else state
    outputs = []
    for x_t in x.unbind(1):
        moved = torch.einsum("dnm,bdm->bdn", decay, h) if decay.dim() == 3 else decay * h
        h = moved + drive * x_t[..., None]
        y_t = (read * h).sum(-1)
        outputs.append((2 * y_t.real if y_t.is_complex() else y_t) + layer.skip * x_t)
    return torch.stack(outputs, 1), h


def apart(found, expected):
    """The largest difference, as a share of the largest value."""
    return ((found - expected).abs().max() / expected.abs().max()).item()


# ---------------------------------------------------------------- two views of one layer


@EACH
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 1e-5), (torch.float64, 1e-12)], ids=str)
def test_step_is_forward_after_four_thousand_steps(name, dtype, tolerance):
    layer, x = build(name, 4, 64, dtype), inputs(1, 4096, 4, dtype=dtype)
    with torch.no_grad():
        y, (h,) = layer(x)
        expected, last = looped(layer, x)
        assert apart(y, expected) < tolerance and apart(h, last) < tolerance
        y_t, after = layer.step(x[:, 0], (h,))
        again, _ = looped(layer, x[:, :1], (h,))
    torch.testing.assert_close(y_t, again[:, 0], rtol=1e-5, atol=1e-5)
    assert after[0].shape == h.shape


@EACH
def test_gradients_are_those_of_the_loop(name):
    layer, x = build(name), inputs(2, 40, 4).requires_grad_()
    h = layer.initial_state(2)[0]
    h = (torch.randn_like(h) if h.is_complex() else inputs(*h.shape, seed=2)).requires_grad_()
    leaves = [x, h, *layer.parameters()]
    y, (after,) = layer(x, (h,))
    weights = inputs(*y.shape, seed=3)
    fast = torch.autograd.grad((y * weights).sum() + after.abs().square().sum(), leaves)
    y, after = looped(layer, x, (h,))
    slow = torch.autograd.grad((y * weights).sum() + after.abs().square().sum(), leaves)
    for found, expected in zip(fast, slow, strict=True):
        assert apart(found, expected) < 1e-11


@EACH
def test_the_kernel_is_what_a_single_one_leaves(name):
    layer = build(name)
    one = torch.zeros(1, 50, 4, dtype=torch.float64)
    one[:, 0] = 1
    y, _ = layer(one)
    y[:, 0] -= layer.skip
    torch.testing.assert_close(layer.kernel(50), y[0].T, rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(layer.kernel(7), layer.kernel(50)[:, :7], rtol=1e-12, atol=1e-13)


@EACH
def test_the_future_leaves_no_more_than_rounding(name):
    """A Fourier transform rounds: what comes later moves an output by the last digits, never by more."""
    layer, x = build(name), inputs(1, 64, 4)
    changed = x.clone()
    changed[:, 32:] += 1
    assert apart(layer(changed)[0][:, :32], layer(x)[0][:, :32]) < 1e-13
    x.requires_grad_()
    (gradient,) = torch.autograd.grad(layer(x)[0][:, 31].sum(), x)
    assert gradient[:, 32:].abs().max() < 1e-14 * gradient.abs().max() < gradient[:, 31].abs().min()


def test_channels_do_not_mix():
    layer, x = build("lin"), inputs(1, 20, 4)
    other = x.clone()
    other[..., 2] += 1
    moved = (layer(other)[0] - layer(x)[0]).abs().amax((0, 1))
    assert moved[2] > 0.1 and moved[[0, 1, 3]].max() < 1e-13


# ---------------------------------------------------------------- where it starts


def test_the_starts_are_those_of_the_paper():
    n = torch.arange(4, dtype=torch.float64)
    half = torch.full((4,), -0.5, dtype=torch.float64)
    expected = {
        "lin": torch.complex(half, math.pi * n),
        "inv": torch.complex(half, 8 / math.pi * (8 / (2 * n + 1) - 1)),
        "legs": torch.from_numpy(dplr(8)[0])[4:],
    }
    for init, A in expected.items():
        torch.testing.assert_close(S4D(3, 8, init).A, A.expand(3, 4), rtol=1e-6, atol=1e-6)
    torch.testing.assert_close(S4D(3, 4, "real").A, -(n + 1).expand(3, 4), rtol=1e-6, atol=1e-6)
    steps = S4D(2000, 2).log_step.exp()
    assert steps.min() > 0.001 and steps.max() < 0.1 and 0.008 < steps.log().mean().exp() < 0.0125


def test_s4_starts_as_hippo():
    """The same kernel as the dense matrix, whatever coordinates the layer keeps its state in."""
    layer, V = S4(2, 8).double(), torch.from_numpy(dplr(8)[3])
    A, b = (torch.from_numpy(part) for part in hippo_legs(8))
    C = torch.view_as_complex(layer.C.detach())
    for channel in range(2):
        decay, drive = discretize(A, b, layer.log_step[channel].detach().exp(), "bilinear")
        read, written, expected = 2 * (C[channel] @ V[:, 4:].conj().T).real, drive, []
        for _ in range(40):
            expected.append(read @ written)
            written = decay @ written
        assert apart(layer.kernel(40)[channel], torch.stack(expected)) < 1e-6, "float32 at the start"


def test_s4_is_the_kernel_of_cauchy_after_learning_too():
    layer = S4(2, 6).double()
    for parameter in layer.parameters():
        torch.nn.init.normal_(parameter, std=0.4)
    P, B, C = (torch.view_as_complex(part.detach()) for part in (layer.P, layer.B, layer.C))
    Lambda = torch.complex(-layer.log_decay.detach().exp(), layer.frequency.detach())
    for channel in range(2):
        whole = [torch.cat([part[channel], part[channel].conj()]) for part in (Lambda, P, B, C)]
        found = cauchy_kernel(*whole, layer.log_step[channel].detach().exp(), 32)
        assert apart(found, layer.kernel(32)[channel]) < 1e-11


# ---------------------------------------------------------------- it stays a number


@EACH
@pytest.mark.parametrize("log_step", [-30.0, -6.9, 0.0, 5.0, 80.0])
def test_no_step_and_no_decay_makes_it_anything_but_a_number(name, log_step):
    layer, x = build(name, dtype=torch.float32), inputs(2, 300, 4, dtype=torch.float32)
    for log_decay in (-20.0, 0.0, 20.0):
        torch.nn.init.constant_(layer.log_step, log_step)
        torch.nn.init.constant_(layer.log_decay, log_decay)
        y, (h,) = layer(x)
        y.square().mean().backward()
        assert y.isfinite().all() and h.isfinite().all()
        assert all(p.grad.isfinite().all() for p in layer.parameters())
        layer.zero_grad()


@EACH
def test_a_state_fades_whatever_is_learnt(name):
    layer = build(name, 6, 8)
    for parameter in layer.parameters():
        torch.nn.init.normal_(parameter)
    h = layer.initial_state(1)[0] + 1
    silence = torch.zeros(1, 2000, 6, dtype=torch.float64)
    sizes = [h.abs().square().sum()]
    for length in (1, 10, 100, 2000):
        sizes.append(layer(silence[:, :length], (h,))[1][0].abs().square().sum())
    assert all(later <= before for before, later in zip(sizes, sizes[1:], strict=False)) and sizes[-1] < sizes[0]


def test_the_half_life_is_that_of_the_slowest_mode():
    """ln 2 / (Δ/2): 14 steps at Δ = 0.1, 1,386 at 0.001."""
    for step, half_life in ((0.1, 14), (0.001, 1386)):
        layer = S4D(1, 2, steps=(step, step)).double()
        decay, _, _ = layer.discrete()
        assert round(math.log(0.5) / math.log(decay.abs().item())) == half_life


# ---------------------------------------------------------------- the sampling rate


def test_twice_the_step_reads_every_second_sample():
    """The continuous system is one: with Δ doubled it answers a smooth signal at half its rate nearly alike."""
    layer = S4D(4, 16, steps=(0.01, 0.02)).double()
    signal = torch.sin(torch.arange(800, dtype=torch.float64) / 40)[None, :, None].expand(1, 800, 4)
    whole = layer(signal)[0]
    with torch.no_grad():
        unchanged = apart(layer(signal[:, ::2])[0], whole[:, ::2])
        layer.log_step += math.log(2)
        told = apart(layer(signal[:, ::2])[0], whole[:, ::2])
    assert told < 0.05 < 0.3 < unchanged


# ---------------------------------------------------------------- looking inside


@pytest.mark.parametrize("name", ["lin", "real", "s4"])
def test_the_state_can_be_seen_and_cut(name):
    layer, x = build(name), inputs(2, 12, 4)
    with record(layer) as trace:
        y, (h,) = layer(x)
    expected, last = looped(layer, x)
    torch.testing.assert_close(trace["state"][:, -1], last.detach(), rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(trace["output"], y.detach())
    with intervene(layer, {"state": lambda value, t: 0 * value}):
        torch.testing.assert_close(layer(x)[0], layer.skip * x)


# ---------------------------------------------------------------- networks of it


def test_a_block_mixes_channels_and_adds_to_what_came():
    torch.manual_seed(0)
    block, x = S4Block(6, 8).double(), inputs(2, 9, 6)
    y, _ = block(x)
    inner = torch.nn.functional.gelu(block.layer(block.norm(x))[0])
    torch.testing.assert_close(y, x + torch.nn.functional.glu(block.mixing(inner), -1))
    assert isinstance(S4Block(6, 8, kind="s4").layer, S4)


def test_a_language_model_learns_a_period_with_its_poles_slower_than_the_rest():
    torch.manual_seed(0)
    model = s4d_model(11, 16, 2, 8, init="legs")
    assert isinstance(model.backbone, Stacked) and model.backbone.layers[1].layer.init == "legs"
    optimizer = slow_poles(model, 1e-2, 1e-3, weight_decay=0.1)
    fast, slow = optimizer.param_groups
    names = {id(p): name.split(".")[-1] for name, p in model.named_parameters()}
    assert {names[id(p)] for p in slow["params"]} == {"log_step", "log_decay", "frequency"} <= set(SLOWLY)
    assert (slow["lr"], slow["weight_decay"], fast["lr"], fast["weight_decay"]) == (1e-3, 0, 1e-2, 0.1)
    assert len(fast["params"]) + len(slow["params"]) == len(list(model.parameters()))
    start = model.backbone.layers[0].layer.log_step.detach().clone()
    tokens = (torch.arange(33) % 7).expand(8, 33)
    history = train(model, [tokens], steps=60, loss=next_token, optimizer=optimizer)
    assert history.loss[-1] < 0.1 < 1 < history.loss[0]
    moved = (model.backbone.layers[0].layer.log_step - start).abs().max()
    assert 0 < moved <= 61 * 1e-3


def test_no_poles_no_slow_poles():
    with pytest.raises(ValueError, match=r"^model: expected state space layers"):
        slow_poles(torch.nn.Linear(2, 2), 1e-3)


# ---------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("make", "argument"),
    [
        (lambda: S4D(0, 4), "d_model"),
        (lambda: S4D(4, 0), "state_size"),
        (lambda: S4D(4, 2.0), "state_size"),
        (lambda: S4D(4, 5), "state_size"),
        (lambda: S4(4, 5), "state_size"),
        (lambda: S4D(4, 4, "random"), "init"),
        (lambda: S4D(4, 4, method="euler"), "method"),
        (lambda: S4D(4, 4, steps=(0.0, 0.1)), "steps"),
        (lambda: S4D(4, 4, steps=(0.2, 0.1)), "steps"),
        (lambda: S4Block(4, 4, kind="mamba"), "kind"),
        (lambda: S4D(4, 4).kernel(0), "length"),
        (lambda: S4D(4, 4).kernel(2.5), "length"),
    ],
)
def test_bad_settings_are_refused(make, argument):
    with pytest.raises(ValueError, match=f"^{argument}: "):
        make()


def test_real_modes_may_be_odd_in_number():
    assert S4D(4, 5, "real").kernel(3).shape == (4, 3)
