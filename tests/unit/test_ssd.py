"""State space duality: chunks, loop and matrix give the same numbers and gradients, whatever the decay."""

import pytest
import torch

from seqmodels.costs import growth_exponent, peak_bytes
from seqmodels.mamba2 import ssd, ssd_loop, ssd_matrix
from seqmodels.mamba2.ssd import decays
from tools import bench_ssd
from unit.published_reference import reference

NAMES = "x", "log_decay", "B", "C", "initial"
DECAYS = {
    "mild": lambda n: -0.1 * n.abs(),
    "strong": lambda n: -16 * torch.nn.functional.softplus(3 * n),
    "from nothing to everything": lambda n: torch.where(n > 0.5, -torch.inf, torch.where(n < -0.5, 0.0, -n.abs())),
    "a little growth": lambda n: 0.1 * n,
}


def drawn(length, *, decay="mild", groups=2, heads=4, dtype=torch.float64, batch=2, size=3, states=5, seed=0):
    """x, log_decay, B, C and a state to begin with, all of which want gradients."""
    g = torch.Generator().manual_seed(seed)
    shapes = ((batch, length, heads, size), (batch, length, heads), (batch, length, groups, states),
              (batch, length, groups, states), (batch, heads, size, states))  # fmt: skip
    x, n, B, C, initial = (torch.randn(shape, generator=g, dtype=torch.float64) for shape in shapes)
    return [part.to(dtype).requires_grad_() for part in (x, DECAYS[decay](n), B, C, initial)]


def results(form, inputs, **settings):
    """y, last state, and the gradients of a scalar that hangs on every number of both."""
    *inputs, initial = inputs
    found = form(*inputs, initial=initial, **settings)
    total = sum((part * torch.linspace(-1, 1, part.numel(), dtype=part.dtype).view(part.shape)).sum() for part in found)
    wanted = [part for part in (*inputs, initial) if part is not None]
    return [*found, *torch.autograd.grad(total, wanted)]


def same(found, expected, tolerance):
    for name, one, other in zip(("y", "last", *NAMES), found, expected, strict=False):
        assert one.shape == other.shape and one.isfinite().all(), name
        distance, scale = (one.double() - other.double()).abs().max(), other.abs().max().clamp(min=1.0)
        assert distance <= tolerance * scale, f"{name}: differ by {distance:.3g}"


@pytest.mark.parametrize("decay", DECAYS)
@pytest.mark.parametrize(("length", "chunk"), [(12, 4), (13, 4), (7, 64), (1, 1), (9, 1)])
def test_three_forms_are_one(length, chunk, decay):
    inputs = drawn(length, decay=decay)
    loop = results(ssd_loop, inputs)
    same(results(ssd, inputs, chunk=chunk), loop, 1e-12)
    same(results(ssd_matrix, inputs), loop, 1e-12)


@pytest.mark.parametrize("groups", [1, 2, 4])
def test_heads_share_what_their_group_writes_and_reads(groups):
    inputs = drawn(11, groups=groups)
    same(results(ssd, inputs, chunk=4), results(ssd_loop, inputs), 1e-12)
    x, log_decay, B, C, initial = inputs
    for h in range(4):
        mine = slice(h * groups // 4, h * groups // 4 + 1)
        alone = ssd(x[:, :, h : h + 1], log_decay[:, :, h : h + 1], B[:, :, mine], C[:, :, mine],
                    initial=initial[:, h : h + 1])  # fmt: skip
        torch.testing.assert_close(alone[0][:, :, 0], ssd(*inputs[:4], initial=initial)[0][:, :, h])


def test_without_a_state_it_begins_with_nothing():
    inputs = drawn(10)
    nothing = [*inputs[:4], torch.zeros_like(inputs[4])]
    for form in (ssd, ssd_loop, ssd_matrix):
        for one, other in zip(form(*inputs[:4]), form(*nothing[:4], initial=nothing[4]), strict=True):
            assert torch.equal(one, other)


def test_it_can_be_cut_anywhere():
    x, log_decay, B, C, _ = drawn(23, decay="strong")
    whole, last = ssd(x, log_decay, B, C, chunk=8)
    state, parts = None, []
    for begin, end in ((0, 5), (5, 6), (6, 22), (22, 23)):
        y, state = ssd(*(part[:, begin:end] for part in (x, log_decay, B, C)), chunk=8, initial=state)
        parts.append(y)
    same((torch.cat(parts, 1), state), (whole, last), 1e-12)


def test_the_sum_written_out():
    """y_i = Σ_j (a_{j+1} ⋯ a_i) (C_i·B_j) x_j, number by number."""
    x, log_decay, B, C, _ = drawn(6, groups=1, heads=1, batch=1)
    y, last = ssd(x, log_decay, B, C, chunk=4)
    expected = torch.zeros_like(y[0, :, 0])
    for i in range(6):
        for j in range(i + 1):
            expected[i] += log_decay[0, j + 1 : i + 1, 0].sum().exp() * (C[0, i, 0] @ B[0, j, 0]) * x[0, j, 0]
    torch.testing.assert_close(y[0, :, 0], expected)
    assert last.shape == (1, 1, 3, 5)


@pytest.mark.parametrize("decay", ["mild", "strong", "from nothing to everything"])
def test_float32_is_as_near_as_float32_can_be(decay):
    inputs = drawn(300, decay=decay, heads=2, size=8, states=8)
    short = [part.detach().float().requires_grad_() for part in inputs]
    exact = results(ssd_loop, [part.detach().double().requires_grad_() for part in short])
    for chunk in (16, 64):
        found = results(ssd, short, chunk=chunk)
        assert all(part.dtype == torch.float32 for part in found)
        same(found, exact, 5e-6)


def test_a_product_of_decays_has_no_other_terms():
    a = torch.tensor([0.5, 0.2, 0.0, 0.9], dtype=torch.float64)
    L = decays(a.log())
    torch.testing.assert_close(L, torch.tensor([[1, 0, 0, 0], [0.2, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0.9, 1]]).double())


def test_gradients_are_those_of_finite_differences():
    assert torch.autograd.gradcheck(lambda *p: ssd(*p[:4], chunk=3, initial=p[4]), drawn(5, heads=2, size=2, states=2))


@pytest.mark.parametrize("length", [24, 21])
def test_the_reference_computes_the_same(length):
    (scan,) = reference("mamba2", "mamba2_chunk_scan")
    x, log_decay, B, C, initial = (part.detach() for part in drawn(length, dtype=torch.float32, heads=4, size=8))
    A = -torch.linspace(0.5, 2, 4)
    delta = log_decay / A  # the reference multiplies both by the step
    expected, state = scan(x / delta[..., None], delta, A, B, C, 8, initial_states=initial, return_final_states=True)
    same(ssd(x, log_decay, B, C, chunk=8, initial=initial), (expected, state), 1e-5)


def test_the_rival_of_the_benchmark_computes_the_same():
    rival, *ours = (run() for run in bench_ssd.state_space_duality(128).values())
    for found in ours:
        for one, other in zip(found, rival, strict=True):
            torch.testing.assert_close(one, other, rtol=0, atol=2e-6 * other.abs().max().item())


def test_memory_grows_like_the_length():
    def forward_backward(length):
        inputs = drawn(length, groups=1, dtype=torch.float32, batch=1, size=16, states=16)[:4]
        return lambda: torch.autograd.grad(ssd(*inputs)[0].sum(), inputs)

    lengths = [256, 512, 1024]
    assert growth_exponent(lengths, [peak_bytes(forward_backward(n)) for n in lengths]) < 1.1


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("x", lambda x: x[0], r"x: expected floating-point numbers \(batch, time, heads, size\)"),
        ("x", lambda x: x.long(), "x: expected floating-point numbers .*int64"),
        ("x", lambda x: x[:, :0], "x: expected floating-point numbers"),
        ("log_decay", lambda a: a[..., None], r"log_decay: expected shape \(2, 6, 4\)"),
        ("B", lambda B: B[:, :5], r"B: expected shape \(2, 6, groups, state size\)"),
        ("B", lambda B: torch.cat([B, B[:, :, :1]], 2), "B: expected a number of groups that divides the 4 heads"),
        ("C", lambda C: C[..., 1:], r"C: expected shape \(2, 6, 2, 5\)"),
        ("C", lambda C: C.float(), "C: expected torch.float64 on cpu like x, got torch.float32"),
        ("initial", lambda S: S[:1], r"initial: expected shape \(2, 4, 3, 5\)"),
    ],
)
def test_bad_input_is_named(name, change, message):
    given = dict(zip(NAMES, (part.detach() for part in drawn(6)), strict=True))
    given[name] = change(given[name])
    for form in (ssd, ssd_loop, ssd_matrix):
        with pytest.raises(ValueError, match=message):
            form(**given)


def test_a_chunk_is_a_whole_number():
    with pytest.raises(ValueError, match="chunk: expected a whole number, 1 or more, got 0"):
        ssd(*drawn(4)[:4], chunk=0)
