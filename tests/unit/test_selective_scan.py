"""The selective scan: both forms equal a loop in float64, values and gradients, under every decay."""

import math

import pytest
import torch
from torch.nn import functional as F

from seqmodels.costs import peak_bytes
from seqmodels.mamba import scan
from seqmodels.mamba.scan import selective_scan, selective_scan_loop, selective_scan_with_state
from seqmodels.scan import affine, affine_scan, associative_scan
from tools import bench_selective_scan

NAMES = ("u", "delta", "A", "B", "C", "D", "initial")


def inputs(length, *, batch=2, channels=5, size=4, harsh=False, dtype=torch.float64):
    """u, Δ, A, B, C, D and an initial state. harsh: A to -16 and Δ = softplus(3 · normal), so that e^(ΔA) is 0."""
    generator = torch.Generator().manual_seed(length)

    def normal(*shape):
        return torch.randn(*shape, generator=generator, dtype=torch.float64)

    rates = torch.linspace(1, 16 if harsh else 2, size).repeat(channels, 1) * (1 + 0.1 * normal(channels, size).abs())
    delta = F.softplus(3 * normal(batch, length, channels) if harsh else normal(batch, length, channels) - 1)
    values = (normal(batch, length, channels), delta, -rates, normal(batch, length, size), normal(batch, length, size),
              normal(channels), normal(batch, channels, size))  # fmt: skip
    return [value.to(dtype).requires_grad_() for value in values]


def by_hand(u, delta, A, B, C, D, initial):
    """One number at a time, as the formula stands there."""
    h, outputs = initial, []
    for t in range(u.shape[1]):
        h = torch.exp(delta[:, t, :, None] * A) * h + delta[:, t, :, None] * B[:, t, None, :] * u[:, t, :, None]
        outputs.append((h * C[:, t, None, :]).sum(-1) + D * u[:, t])
    return torch.stack(outputs, 1), h


def gradients(form, values):
    y, last = form(*values)
    weights = torch.linspace(-1, 1, y.numel(), dtype=y.dtype).view(y.shape)
    return torch.autograd.grad((y * weights).sum() + (last * last.detach().cos()).sum(), values)


FORMS = [selective_scan_with_state, selective_scan_loop]


@pytest.mark.parametrize("harsh", [False, True])
@pytest.mark.parametrize("length", [1, 2, 63, 64, 65, 130])
@pytest.mark.parametrize("form", FORMS)
def test_values_and_gradients_equal_the_formula(form, length, harsh):
    values = inputs(length, harsh=harsh)
    for found, expected in zip(form(*values), by_hand(*values), strict=True):
        torch.testing.assert_close(found, expected, rtol=1e-12, atol=1e-12)
    for name, found, expected in zip(NAMES, gradients(form, values), gradients(by_hand, values), strict=True):
        assert expected.abs().max() > 0 or (name == "initial" and harsh), name
        torch.testing.assert_close(found, expected, rtol=1e-11, atol=1e-11, msg=lambda m, n=name: f"{n}: {m}")


def test_gradcheck():
    values = inputs(9, batch=1, channels=2, size=3)
    assert torch.autograd.gradcheck(selective_scan_with_state, values)


@pytest.mark.parametrize("chunk", [1, 3, 8, 1000])
def test_the_chunks_change_nothing(chunk, monkeypatch):
    monkeypatch.setattr(scan, "CHUNK", (chunk, chunk))
    values = inputs(50)
    for found, expected in zip(gradients(selective_scan_with_state, values), gradients(by_hand, values), strict=True):
        torch.testing.assert_close(found, expected, rtol=1e-11, atol=1e-11)


def test_float32_under_strong_decay_is_near_float64_and_never_nan():
    """A to -16 or so, Δ to 10 and above: e^(ΔA) is 0 in float32. Errors are relative to the largest value."""
    wide, narrow = inputs(600, harsh=True), inputs(600, harsh=True, dtype=torch.float32)
    assert torch.exp(narrow[1][..., None] * narrow[2]).eq(0).any(), "some decays should round to 0"
    y, last = selective_scan_with_state(*narrow)
    expected, _ = selective_scan_loop(*wide)
    assert y.isfinite().all() and (y - expected).abs().max() < 1e-6 * expected.abs().max()
    both = zip(gradients(selective_scan_with_state, narrow), gradients(selective_scan_loop, wide), strict=True)
    for name, (found, exact) in zip(NAMES, both, strict=True):
        assert found.isfinite().all(), name
        assert (found - exact).abs().max() <= 2e-6 * max(exact.abs().max(), 1e-6), name


def test_it_is_the_one_scan_of_the_course():
    u, delta, A, B, C, _, _ = inputs(40)
    decay, drive = torch.exp(delta[..., None] * A), (delta * u)[..., None] * B[:, :, None]
    for h in (affine_scan(decay, drive), associative_scan(affine, (decay, drive))[1]):
        y = torch.einsum("btdn,btn->btd", h, C)
        torch.testing.assert_close(selective_scan(u, delta, A, B, C), y, rtol=0, atol=1e-12)


def test_a_carried_state_equals_the_whole():
    values = inputs(100)
    u, delta, A, B, C, D, initial = values
    y, last = selective_scan_with_state(*values)
    first, state = selective_scan_with_state(u[:, :37], delta[:, :37], A, B[:, :37], C[:, :37], D, initial)
    rest, state = selective_scan_with_state(u[:, 37:], delta[:, 37:], A, B[:, 37:], C[:, 37:], D, state)
    torch.testing.assert_close(torch.cat([first, rest], 1), y, rtol=0, atol=1e-12)
    torch.testing.assert_close(state, last, rtol=0, atol=1e-12)


def test_where_delta_is_zero_no_time_passes():
    u, delta, A, B, C, D, initial = inputs(30)
    _, last = selective_scan_with_state(u, torch.cat([delta[:, :20], 0 * delta[:, 20:]], 1), A, B, C, D, initial)
    _, expected = selective_scan_with_state(u[:, :20], delta[:, :20], A, B[:, :20], C[:, :20], D, initial)
    assert torch.equal(last, expected)


def test_memory_does_not_hold_all_states():
    """Forward and backward take less than the states of 1,024 steps alone; the clear form five times that."""
    values = inputs(1024, batch=2, channels=64, size=16, dtype=torch.float32)[:5]
    state = 2 * 64 * 16 * 4

    def run(form):
        return peak_bytes(lambda: torch.autograd.grad(form(*values)[0].sum(), values)) / state

    assert run(selective_scan_with_state) < 1000 < 3 * 1024 < run(selective_scan_loop)


def test_the_gate_theorem_holds_under_zero_order_hold_and_not_in_the_simplified_form():
    """N = 1, A = -1, B = 1: with Δ = softplus(z), e^(-Δ) is exactly 1 - σ(z). Theorem 1 of the paper."""
    z = torch.linspace(-6, 6, 200, dtype=torch.float64)
    delta, gate = F.softplus(z), torch.sigmoid(z)
    keeps = torch.exp(-delta)
    torch.testing.assert_close(keeps, 1 - gate, rtol=0, atol=1e-15)
    torch.testing.assert_close((keeps - 1) / -1.0, gate, rtol=0, atol=1e-15)  # ZOH: B̄ = (e^(ΔA) - 1) / A · B
    assert (delta > gate).all()  # the simplified form always writes more than it takes away
    at_two = F.softplus(torch.tensor(2.0, dtype=torch.float64)).item()
    assert (round(at_two, 2), round(1 / (1 + math.exp(-2)), 2)) == (2.13, 0.88)
    one = torch.ones(1, 1, 1, dtype=torch.float64)
    y = selective_scan(3 * one, at_two * one, -one[0], one, one)
    torch.testing.assert_close(y, 3 * at_two * one, rtol=0, atol=1e-12)


BAD = {
    "u": lambda v: {"u": v["u"][0]},
    "u ": lambda v: {"u": v["u"].long()},
    "u  ": lambda v: {"u": v["u"][:, :0]},
    "delta": lambda v: {"delta": v["delta"][:, :-1]},
    "A": lambda v: {"A": v["A"][:-1]},
    "A ": lambda v: {"A": v["A"][0]},
    "B": lambda v: {"B": v["B"].transpose(1, 2)},
    "C": lambda v: {"C": v["C"].float()},
    "D": lambda v: {"D": v["D"][:-1]},
    "initial": lambda v: {"initial": v["initial"][:1]},
    "delta ": lambda v: {"delta": v["delta"].tolist()},
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_refused(name):
    values = dict(zip(NAMES, inputs(6), strict=True))
    with pytest.raises(ValueError, match=f"^{name.strip()}: expected"):
        selective_scan_with_state(**values | BAD[name](values))


def test_all_forms_that_the_benchmark_compares_do_the_same():
    ours, *others = (run() for run in bench_selective_scan.scanning(20).values())
    for other in others:
        for found, expected in zip(other, ours, strict=True):
            torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)
    for run in bench_selective_scan.writing_mamba(4, batch=2).values():
        assert run().shape == (2, 64)
