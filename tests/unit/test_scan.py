"""The scan equals the plain loop, forward and backward, under every monoid and every decay."""

import pytest
import torch

from seqmodels.scan import (
    affine,
    affine_scan,
    associative_scan,
    log_matrix_product,
    matrix_product,
    max_plus_product,
)

LENGTHS = [1, 2, 3, 4, 5, 7, 8, 13, 16, 33]


def random(*shape, seed=0, dtype=torch.float64):
    return torch.randn(*shape, dtype=dtype, generator=torch.Generator().manual_seed(seed))


def loop(decay, drive, initial=None):
    h = torch.zeros_like(drive[:, 0]) if initial is None else initial
    out = []
    for a, b in zip(decay.unbind(1), drive.unbind(1), strict=True):
        h = a * h + b
        out.append(h)
    return torch.stack(out, 1)


def prefixes(combine, elements):
    """All prefixes, one after the other, for a single tensor."""
    out = [elements[:, :1]]
    for t in range(1, elements.shape[1]):
        out.append(combine(out[-1], elements[:, t : t + 1]))
    return torch.cat(out, 1)


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("dtype", [torch.float64, torch.complex128])
def test_affine_scan_equals_the_loop(length, dtype):
    decay, drive, initial = (random(2, length, 3, dtype=dtype), random(2, length, 3, seed=1, dtype=dtype),
                             random(2, 3, seed=2, dtype=dtype))  # fmt: skip
    decay = decay / decay.abs().clamp(min=1)
    for start in (None, initial):
        torch.testing.assert_close(affine_scan(decay, drive, start), loop(decay, drive, start), rtol=0, atol=1e-12)


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("dtype", [torch.float64, torch.complex128])
def test_affine_scan_gradients_equal_the_loops(length, dtype):
    def gradients(scan):
        inputs = [random(2, length, 3, dtype=dtype) / 2, random(2, length, 3, seed=1, dtype=dtype),
                  random(2, 3, seed=2, dtype=dtype)]  # fmt: skip
        inputs = [value.requires_grad_() for value in inputs]
        h = scan(*inputs)
        weights = random(*h.shape, seed=3, dtype=dtype)
        return torch.autograd.grad((h * weights).abs().square().sum(), inputs)

    for ours, theirs in zip(gradients(affine_scan), gradients(loop), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("dtype", [torch.float64, torch.complex128])
@pytest.mark.parametrize("with_initial", [False, True])
@pytest.mark.parametrize("length", [1, 2, 5])
def test_affine_scan_gradcheck(dtype, with_initial, length):
    inputs = [random(2, length, 2, seed=s, dtype=dtype).requires_grad_() for s in (0, 1)]
    if with_initial:
        inputs.append(random(2, 2, seed=2, dtype=dtype).requires_grad_())
    assert torch.autograd.gradcheck(affine_scan, inputs)


@pytest.mark.parametrize("needs", [(True, False, False), (False, True, False), (False, False, True)])
def test_affine_scan_differentiates_only_what_asks(needs):
    inputs = [random(2, 4, 3), random(2, 4, 3, seed=1), random(2, 3, seed=2)]
    for value, wanted in zip(inputs, needs, strict=True):
        value.requires_grad_(wanted)
    affine_scan(*inputs).square().sum().backward()
    ours = [value.grad for value in inputs]
    assert [grad is not None for grad in ours] == list(needs)
    wanted = needs.index(True)
    (theirs,) = torch.autograd.grad(loop(*inputs).square().sum(), inputs[wanted])
    torch.testing.assert_close(ours[wanted], theirs, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("decay", [0.0, 1e-300, 1e-30, 1.0, -1.0])
def test_strong_decay_is_exact(decay):
    """Forms that divide by a product of decays give NaN here."""
    decay = torch.full((1, 400, 2), decay, dtype=torch.float64, requires_grad=True)
    drive = random(1, 400, 2).requires_grad_()
    h = affine_scan(decay, drive)
    assert h.isfinite().all()
    torch.testing.assert_close(h, loop(decay, drive), rtol=1e-12, atol=0)
    ours = torch.autograd.grad(h.square().sum(), (decay, drive))
    theirs = torch.autograd.grad(loop(decay, drive).square().sum(), (decay, drive))
    for one, other in zip(ours, theirs, strict=True):
        assert one.isfinite().all()
        torch.testing.assert_close(one, other, rtol=1e-11, atol=1e-300)


def test_strong_decay_in_float32():
    decay = torch.full((1, 200, 1), 1e-30, requires_grad=True)
    h = affine_scan(decay, torch.ones(1, 200, 1))
    h.sum().backward()
    assert (h == 1).all() and (decay.grad[:, 1:] == 1).all() and (decay.grad[:, 0] == 0).all()


@pytest.mark.parametrize("with_initial", [False, True])
def test_affine_scan_saves_only_decay_and_output(with_initial):
    inputs = {"decay": random(2, 6, 3), "drive": random(2, 6, 3, seed=1)}
    if with_initial:
        inputs["initial"] = random(2, 3, seed=2)
    inputs = {name: value.requires_grad_() for name, value in inputs.items()}
    saved = []
    with torch.autograd.graph.saved_tensors_hooks(lambda value: saved.append(value) or value, lambda value: value):
        h = affine_scan(**inputs)
    known = {value.data_ptr(): name for name, value in (inputs | {"h": h}).items()}
    names = [known[value.data_ptr()] for value in saved]
    assert names == ["decay", "h"] + ["initial"] * with_initial


def test_affine_scan_takes_strided_and_expanded_tensors():
    decay, drive = random(3, 1, 5).expand(3, 7, 5), random(7, 5, 3, seed=1).permute(2, 0, 1)
    torch.testing.assert_close(affine_scan(decay, drive), loop(decay, drive), rtol=0, atol=1e-11)
    narrow = random(3, 1, 5).sigmoid().requires_grad_()
    affine_scan(narrow.expand(3, 7, 5), drive).sum().backward()
    (expected,) = torch.autograd.grad(loop(narrow.expand(3, 7, 5), drive).sum(), narrow)
    torch.testing.assert_close(narrow.grad, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("decay", (torch.ones(2, 4, 1), torch.ones(2, 4, 3))),
        ("decay", (torch.ones(1, 4, 3), torch.ones(2, 4, 3))),
        ("decay", (torch.ones(2, 4), torch.ones(2, 4, 3))),
        ("decay", (torch.ones(2, 4, 3).double(), torch.ones(2, 4, 3))),
        ("decay", (torch.ones(2, 4, 3), torch.ones(2, 4, 3, dtype=torch.complex64))),
        ("drive", (torch.ones(2, 0, 3), torch.ones(2, 0, 3))),
        ("drive", (torch.ones(4), torch.ones(4))),
        ("initial", (torch.ones(2, 4, 3), torch.ones(2, 4, 3), torch.ones(3))),
        ("initial", (torch.ones(2, 4, 3), torch.ones(2, 4, 3), torch.ones(1, 3))),
        ("initial", (torch.ones(2, 4, 3), torch.ones(2, 4, 3), torch.ones(2, 3).double())),
    ],
)
def test_affine_scan_refuses(name, arguments):
    with pytest.raises(ValueError, match=f"^{name}: expected .* got "):
        affine_scan(*arguments)


# ---------------------------------------------------------------- associative_scan


@pytest.mark.parametrize("length", LENGTHS)
def test_associative_scan_of_affine_maps_is_affine_scan(length):
    decay, drive = random(2, length, 3).sigmoid(), random(2, length, 3, seed=1)
    product, h = associative_scan(affine, (decay, drive))
    torch.testing.assert_close(h, affine_scan(decay, drive), rtol=0, atol=1e-12)
    torch.testing.assert_close(product, decay.cumprod(1), rtol=0, atol=1e-12)


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("combine", [matrix_product, log_matrix_product, max_plus_product])
def test_associative_scan_of_matrices_equals_one_after_the_other(length, combine):
    elements = random(2, length, 3, 3)
    torch.testing.assert_close(associative_scan(combine, elements), prefixes(combine, elements), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("combine", [matrix_product, log_matrix_product, max_plus_product])
def test_monoids_are_associative(combine):
    a, b, c = (random(2, 1, 3, 3, seed=seed) for seed in range(3))
    torch.testing.assert_close(combine(combine(a, b), c), combine(a, combine(b, c)), rtol=1e-12, atol=1e-12)


def test_order_is_reading_order():
    """Letters do not commute: the prefixes of "abcdefg" must come out spelled right."""

    def join(earlier, later):  # numbers in base 10, with their number of digits
        (n1, d1), (n2, d2) = earlier, later
        return n1 * 10**d2 + n2, d1 + d2

    digits = torch.arange(1, 8)[None]
    numbers, _ = associative_scan(join, (digits, torch.ones_like(digits)))
    assert numbers.tolist() == [[1, 12, 123, 1234, 12345, 123456, 1234567]]


def test_rounds_grow_with_the_logarithm():
    calls = []
    associative_scan(lambda a, b: calls.append(a.shape[1]) or a + b, torch.ones(1, 1024))
    assert len(calls) == 2 * 10 - 1
    assert sum(calls) < 2 * 1024


def test_log_matrix_product_is_the_matrix_product_of_probabilities():
    p, q = random(2, 5, 3, 4).softmax(-1), random(2, 5, 4, 3, seed=1).softmax(-1)
    torch.testing.assert_close(log_matrix_product(p.log(), q.log()).exp(), p @ q, rtol=1e-12, atol=0)


def test_log_matrix_product_with_impossible_ways():
    """Zeros in a transition matrix are -inf: no NaN, neither in the value nor in the gradient."""
    left = torch.tensor([[0.0, -torch.inf], [-torch.inf, -torch.inf]], dtype=torch.float64, requires_grad=True)
    right = torch.tensor([[-1.0, -torch.inf], [-2.0, -3.0]], dtype=torch.float64, requires_grad=True)
    product = log_matrix_product(left, right)
    assert product.tolist() == [[-1.0, -torch.inf], [-torch.inf, -torch.inf]]
    product[0, 0].backward()
    assert left.grad.tolist() == [[1, 0], [0, 0]] and right.grad.tolist() == [[1, 0], [0, 0]]


def test_associative_scan_gradcheck():
    elements = (random(1, 5, 2).requires_grad_(), random(1, 5, 2, seed=1).requires_grad_())
    assert torch.autograd.gradcheck(lambda a, b: associative_scan(affine, (a, b)), elements)
    assert torch.autograd.gradcheck(
        lambda m: associative_scan(log_matrix_product, m), random(1, 4, 2, 2).requires_grad_()
    )


def test_nested_tuples_keep_their_structure():
    elements = (random(1, 5), (random(1, 5, 2), random(1, 5, 3)))
    first, (second, third) = associative_scan(
        lambda a, b: (a[0] + b[0], (a[1][0] + b[1][0], a[1][1] + b[1][1])), elements
    )
    torch.testing.assert_close(first, elements[0].cumsum(1))
    torch.testing.assert_close(second, elements[1][0].cumsum(1))
    torch.testing.assert_close(third, elements[1][1].cumsum(1))


@pytest.mark.parametrize("elements", [torch.ones(3), torch.ones(2, 0), (torch.ones(2, 3), torch.ones(2, 4)), [1, 2]])
def test_associative_scan_refuses(elements):
    with pytest.raises(ValueError, match="^elements: "):
        associative_scan(affine, elements)
