"""Kernels of linear recurrences: fast forms against sums and powers as written, and what they hold in memory."""

import numpy as np
import pytest
import torch

from seqmodels.costs import growth_exponent, peak_bytes
from seqmodels.hippo import discretize, dplr, hippo_legs
from seqmodels.s4 import DiagonalPowers, MatrixPowers, cauchy_kernel, convolve, direct_kernel, powers
from seqmodels.s4.kernels import side
from tools import bench, bench_state_space

TOLERANCE = {torch.float64: 1e-12, torch.float32: 1e-6}
LENGTHS = [1, 2, 3, 7, 16, 17, 100]


def same(found, expected, tolerance):
    scale = max(1.0, expected.abs().max().item())
    torch.testing.assert_close(found / scale, expected / scale, rtol=0, atol=tolerance)


def diagonal(channels=3, modes=4, seed=0, is_complex=True):
    """decay, drive and read (D, N), the decay with absolute values below 1."""
    generator = torch.Generator().manual_seed(seed)
    kind = torch.complex128 if is_complex else torch.float64
    size = 0.5 + 0.5 * torch.rand(channels, modes, generator=generator, dtype=torch.float64)
    turn = torch.rand(channels, modes, generator=generator, dtype=torch.float64) * torch.pi
    decay = torch.polar(size, turn) if is_complex else size
    return decay, *(torch.randn(channels, modes, generator=generator, dtype=kind) for _ in range(2))


def matrices(channels=3, modes=4, seed=0):
    """The same with matrices (D, N, N) whose norm is below 1."""
    generator = torch.Generator().manual_seed(seed)
    square = torch.randn(channels, modes, modes, generator=generator, dtype=torch.float64)
    decay = 0.97 * square / torch.linalg.matrix_norm(square, 2)[:, None, None]
    return decay, *(torch.randn(channels, modes, generator=generator, dtype=torch.float64) for _ in range(2))


FORMS = {
    "complex": (DiagonalPowers, diagonal),
    "real": (DiagonalPowers, lambda seed=0: diagonal(is_complex=False, seed=seed)),
    "matrices": (MatrixPowers, matrices),
}
EACH = pytest.mark.parametrize("name", FORMS)


def one_by_one(decay, drive, read, length):
    """K_0, K_1, … (D, L): each power from the one before."""
    written, kernel = drive, []
    for _ in range(length):
        value = (read * written).sum(-1)
        kernel.append(2 * value.real if value.is_complex() else value)
        written = decay * written if decay.dim() == 2 else (decay @ written[..., None])[..., 0]
    return torch.stack(kernel, -1)


def states(decay, drive, u, h=None):
    """The states (B, D, N) after every input of u (B, D, L), by the recurrence as it is written."""
    h = torch.zeros(len(u), *drive.shape, dtype=drive.dtype) if h is None else h
    found = []
    for u_t in u.unbind(-1):
        h = (decay * h if decay.dim() == 2 else torch.einsum("dnm,bdm->bdn", decay, h)) + drive * u_t[..., None]
        found.append(h)
    return found


# ---------------------------------------------------------------- two tables


@EACH
@pytest.mark.parametrize("length", LENGTHS)
def test_the_kernel_is_made_of_powers_computed_directly(name, length):
    form, make = FORMS[name]
    decay, drive, read = make()
    same(form(decay, length).kernel(read, drive), one_by_one(decay, drive, read, length), 1e-13)


@EACH
@pytest.mark.parametrize("length", LENGTHS)
def test_the_state_that_inputs_leave_is_that_of_the_recurrence(name, length):
    form, make = FORMS[name]
    decay, drive, _ = make()
    u = torch.randn(2, 3, length, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    same(form(decay, length).absorb(u.flip(-1), drive), states(decay, drive, u)[-1], 1e-13)


@EACH
def test_later_is_the_state_after_steps_without_input(name):
    form, make = FORMS[name]
    decay, drive, _ = make()
    h = torch.randn(2, *drive.shape, dtype=drive.dtype, generator=torch.Generator().manual_seed(1))
    silent = [h, *states(decay, 0 * drive, torch.zeros(2, 3, 40, dtype=torch.float64), h)]
    tables = form(decay, 40)
    for steps in (0, 1, 2, 7, 31, 32, 40):
        same(tables.later(h, steps), silent[steps], 1e-13)
    each = tables.later(h, torch.tensor([40, 3]))
    same(each, torch.stack([silent[40][0], silent[3][1]]), 1e-13)
    same(tables.step(decay, h), silent[1], 1e-14)


@EACH
def test_gradients_are_those_of_the_powers_one_by_one(name):
    form, make = FORMS[name]
    inputs = [part.requires_grad_() for part in make()]
    weights = torch.linspace(-1, 1, 3 * 50, dtype=torch.float64).view(3, 50)
    fast = torch.autograd.grad((form(inputs[0], 50).kernel(inputs[2], inputs[1]) * weights).sum(), inputs)
    slow = torch.autograd.grad((one_by_one(*inputs, 50) * weights).sum(), inputs)
    for found, expected in zip(fast, slow, strict=True):
        torch.testing.assert_close(found, expected, rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
def test_the_direct_form_is_the_same_kernel(dtype):
    _, drive, read = diagonal()
    kind = torch.complex64 if dtype == torch.float32 else torch.complex128
    exponent = torch.complex(torch.full((3, 4), -0.01), torch.linspace(0, 3, 12).view(3, 4)).to(kind)
    weights = (drive * read).to(kind)
    found = direct_kernel(weights, exponent, 300)
    one = torch.ones_like(weights)
    same(found, DiagonalPowers(exponent.exp(), 300).kernel(weights, one), 3 * TOLERANCE[dtype] * 10)
    same(direct_kernel(one.real, exponent.real, 300), (exponent.real[..., None] * torch.arange(300)).exp().sum(1), 1e-6)


def test_powers_of_zero_and_of_one():
    assert powers(torch.tensor([0.0, 1.0, -2.0]), 5).tolist() == [[1, 0, 0, 0, 0], [1] * 5, [1, -2, 4, -8, 16]]
    assert powers(torch.tensor(3.0), 1).tolist() == [1]


@pytest.mark.parametrize("length", [1, 2, 5, 64, 1000, 4096, 16384])
def test_the_two_tables_are_about_as_long_as_each_other(length):
    near = side(length)
    far = -(-length // near)
    assert near * far >= length and far <= 2 * near <= 8 * far


def test_sixteen_thousand_steps_without_an_array_of_all_modes_and_steps():
    channels, modes, length = 4, 32, 16384
    decay, drive, read = (part.to(torch.complex64) for part in diagonal(channels, modes))
    whole = channels * modes * length * 8  # bytes of (D, N, L)
    made = peak_bytes(lambda: DiagonalPowers(decay, length).kernel(read, drive))
    direct = peak_bytes(lambda: direct_kernel(read * drive, decay.log(), length))
    assert direct > whole and made < whole / 8, f"{made:,} bytes, the array would be {whole:,}"

    def learning():
        leaf = decay.clone().requires_grad_()
        DiagonalPowers(leaf, length).kernel(read, drive).sum().backward()

    assert peak_bytes(learning) < whole / 4
    assert growth_exponent((1024, 4096, 16384), [_tables(decay, n) for n in (1024, 4096, 16384)]) < 0.6


def _tables(decay, length):
    tables = DiagonalPowers(decay, length)
    return tables.near.numel() + tables.far.numel()


# ---------------------------------------------------------------- convolution


@pytest.mark.parametrize("length", [1, 2, 9, 64])
@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
def test_convolution_is_the_sum_as_it_is_written(length, dtype):
    generator = torch.Generator().manual_seed(length)
    u, kernel = (torch.randn(*shape, length, generator=generator, dtype=dtype) for shape in ((2, 3), (3,)))
    written = [sum(kernel[:, j] * u[..., t - j] for j in range(t + 1)) for t in range(length)]
    same(convolve(u, kernel), torch.stack(written, -1), TOLERANCE[dtype])


# ---------------------------------------------------------------- the kernel of S4, as its paper has it


@pytest.mark.parametrize("length", [1, 2, 5, 8, 33, 64])  # even ones meet ω = -1, where the fractions have no middle
@pytest.mark.parametrize("step", [0.003, 0.1, 1.0])
def test_cauchy_kernel_is_that_of_hippo_by_powers_one_by_one(length, step):
    size = 8
    Lambda, P, B, V = (torch.from_numpy(part) for part in dplr(size))
    C = torch.randn(size, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    A, b = hippo_legs(size)
    decay, drive = (torch.from_numpy(part)[None] for part in discretize(A, b, step, "bilinear"))
    expected = one_by_one(decay, drive, C[None], length)[0]
    same(cauchy_kernel(Lambda, P, B, C.to(V.dtype) @ V, step, length), expected, 1e-12)


def test_cauchy_kernel_against_dense_powers_at_64():
    Lambda, P, B, V = (torch.from_numpy(part) for part in dplr(64))
    A = V @ (torch.diag(Lambda) - P[:, None] * P.conj()) @ V.conj().T
    assert np.abs(A.numpy() - hippo_legs(64)[0]).max() < 1e-9, "it is HiPPO's matrix"
    C = torch.randn(64, dtype=torch.complex128, generator=torch.Generator().manual_seed(0))
    decay, drive = discretize(torch.diag(Lambda) - P[:, None] * P.conj(), B, 0.01, "bilinear")
    written, expected = drive, []
    for _ in range(1024):
        expected.append((C @ written).real)
        written = decay @ written
    same(cauchy_kernel(Lambda, P, B, C, 0.01, 1024), torch.stack(expected), 1e-11)


# ---------------------------------------------------------------- speed


def test_bench_has_the_forms_that_it_compares():
    candidates = bench_state_space.s4_kernel(256)
    first, second, *_ = (run() for run in candidates.values())
    same(first, second, 1e-4)
    assert set(bench.BENCHMARKS) >= {"s4_kernel", "s4_layer"} or not hasattr(bench, "bench_state_space")
    for run in bench_state_space.s4_layer(64).values():
        run()
