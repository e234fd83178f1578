"""Every cheaper attention against the dear one: equal forms, equal to sums written out, and linear in memory."""

import math

import pytest
import torch
from torch.nn import functional as F

from seqmodels import efficient_attention
from seqmodels.costs import growth_exponent, peak_bytes
from seqmodels.efficient_attention import (
    LinearAttention,
    absorb,
    global_mask,
    linear_attention,
    local_attention,
    online_softmax_attention,
    orthogonal_projection,
    performer_features,
    positive,
    strided_mask,
)
from seqmodels.probes import record
from tools import bench, bench_efficient_attention

TOLERANCE = {torch.float64: 1e-12, torch.float32: 1e-5}
BOTH = pytest.mark.parametrize("dtype", TOLERANCE, ids=str)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def heads(length, *, dtype=torch.float64, size=4, value_size=5, batch=2, n_heads=3, keys=None, seed=0, scale=1.0):
    """query, key, value that want gradients."""
    shapes = (length, size), (keys or length, size), (keys or length, value_size)
    g = generator(seed)
    return [
        (scale * torch.randn(batch, n_heads, *shape, generator=g, dtype=torch.float64)).to(dtype).requires_grad_()
        for shape in shapes
    ]


def explicit(query, key, value, mask=None, causal=False):
    """Softmax attention, every score there."""
    scores = query @ key.transpose(-1, -2) / math.sqrt(query.shape[-1])
    if causal:
        mask = torch.ones(scores.shape[-2:], dtype=torch.bool).tril()
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    return scores.softmax(-1) @ value


def same(found, expected, tolerance):
    torch.testing.assert_close(found, expected, rtol=tolerance, atol=tolerance)


def same_with_gradients(one, other, inputs, tolerance):
    """The tensors that two functions return, and the gradients of a scalar that hangs on all of their numbers."""
    results = [[*function(*inputs)] for function in (one, other)]
    gradients = []
    for tensors in results:
        total = sum((x * torch.linspace(-1, 1, x.numel(), dtype=x.dtype).view(x.shape)).sum() for x in tensors)
        gradients.append(torch.autograd.grad(total, inputs))
    for found, expected in zip(results[0] + [*gradients[0]], results[1] + [*gradients[1]], strict=True):
        scale = max(1.0, expected.abs().max().item())
        same(found / scale, expected / scale, tolerance)


def memory(function, sizes):
    """The peak of a forward and a backward pass of one head at each length."""
    peaks = []
    for n in sizes:
        inputs = heads(n, dtype=torch.float32, batch=1, n_heads=1, size=16, value_size=16)
        peaks.append(peak_bytes(lambda qkv=inputs: torch.autograd.grad(function(*qkv).sum(), qkv)))
    return peaks


# ---------------------------------------------------------------- linear attention


def summed(query, key, value, causal):
    """y_i = Σ_j φ(q_i)·φ(k_j) v_j / Σ_j φ(q_i)·φ(k_j), as it is written."""
    query, key = positive(query), positive(key)
    length, outputs = query.shape[2], []
    for i in range(length):
        seen = i + 1 if causal else length
        weights = torch.stack([(query[:, :, i] * key[:, :, j]).sum(-1) for j in range(seen)], -1)
        outputs.append((weights[..., None] * value[:, :, :seen]).sum(2) / weights.sum(-1, keepdim=True))
    return torch.stack(outputs, 2)


@pytest.mark.parametrize("causal", [True, False])
@pytest.mark.parametrize("form", ["chunked", "recurrent", "quadratic"])
def test_linear_attention_is_the_quotient_of_two_sums(form, causal):
    inputs = heads(11)
    same_with_gradients(
        lambda *qkv: linear_attention(*qkv, form=form, causal=causal, chunk=4)[:1],
        lambda *qkv: [summed(*qkv, causal)],
        inputs,
        1e-12,
    )


@BOTH
@pytest.mark.parametrize("causal", [True, False])
@pytest.mark.parametrize(("length", "chunk"), [(1, 64), (7, 64), (8, 4), (130, 64), (33, 1)])
def test_all_forms_are_equal_in_output_state_and_gradient(dtype, causal, length, chunk):
    inputs = heads(length, dtype=dtype)

    def form(name):
        def run(*qkv):
            y, (S, z) = linear_attention(*qkv, form=name, causal=causal, chunk=chunk)
            return y, S, z

        return run

    for name in ("chunked", "quadratic"):
        same_with_gradients(form(name), form("recurrent"), inputs, TOLERANCE[dtype])


@pytest.mark.parametrize("form", ["chunked", "recurrent", "quadratic"])
def test_a_state_stands_for_all_that_came_before(form):
    query, key, value = heads(20)
    whole, (S, z) = linear_attention(query, key, value, form=form, chunk=4)
    _, state = linear_attention(query[:, :, :7], key[:, :, :7], value[:, :, :7], form=form, chunk=4)
    assert state[0].shape == (2, 3, 4, 5) and state[1].shape == (2, 3, 4)
    rest, after = linear_attention(*(x[:, :, 7:] for x in (query, key, value)), form=form, chunk=4, state=state)
    same(rest, whole[:, :, 7:], 1e-12)
    same(after[0], S, 1e-12)
    same(after[1], z, 1e-12)


def test_the_state_is_the_sum_of_all_keys_with_their_values():
    query, key, value = heads(9)
    _, (S, z) = linear_attention(query, key, value)
    same(S, sum(positive(key[:, :, j])[..., :, None] * value[:, :, j, None, :] for j in range(9)), 1e-12)
    same(z, positive(key).sum(2), 1e-12)


def test_chunked_attention_needs_memory_that_grows_with_length_alone():
    sizes = 256, 1024, 4096
    assert growth_exponent(sizes, memory(lambda *qkv: linear_attention(*qkv)[0], sizes)) == pytest.approx(1, abs=0.02)
    square = memory(lambda *qkv: linear_attention(*qkv, form="quadratic")[0], sizes[:2])
    assert growth_exponent(sizes[:2], square) > 1.8


def test_features_are_positive():
    x = torch.linspace(-30, 30, 601, dtype=torch.float64)
    same(positive(x), torch.where(x > 0, x + 1, x.exp()), 1e-12)
    assert (positive(x) > 0).all()


# ---------------------------------------------------------------- random features


def estimates(features, q, k, projections):
    """φ(q)·φ(k) for each projection."""
    return torch.vmap(lambda w: (features(q, w) * features(k, w)).sum())(projections)


def many_projections(seed, count=20_000, n_features=8):
    """So many independent projections of n_features directions of size 4, in one draw."""
    return orthogonal_projection(count * n_features, 4, generator(seed), torch.float64).view(count, n_features, 4)


def too_large(x, projection):
    """What the features would be without -|x|²/2."""
    return (x @ projection.T).exp() / math.sqrt(len(projection))


Q, K = torch.tensor([0.4, -0.3, 0.1, 0.2]).double(), torch.tensor([0.5, -0.1, -0.3, 0.3]).double()


def test_the_mean_over_projections_is_the_exponential_of_the_product():
    """20,000 projections of 8 features: the truth lies within four standard errors, each less than 1 % of it."""
    projections = many_projections(seed=0)
    found, truth = estimates(performer_features, Q, K, projections), (Q @ K).exp()
    error = found.std() / math.sqrt(len(found))
    assert error < 0.01 * truth
    assert abs(found.mean() - truth) < 4 * error
    wrong = estimates(too_large, Q, K, projections)
    assert abs(wrong.mean() - truth) > 4 * wrong.std() / math.sqrt(len(wrong))


def test_scale_is_that_of_the_product():
    projections = many_projections(seed=1)
    found, truth = estimates(lambda x, w: performer_features(x, w, 0.5), Q, K, projections), (Q @ K / 2).exp()
    error = found.std() / math.sqrt(len(found))
    assert error < 0.01 * truth and abs(found.mean() - truth) < 4 * error
    assert abs(found.mean() - (Q @ K).exp()) > 10 * error


def test_directions_at_right_angles_err_less_than_independent_ones():
    """For independent directions the variance is known: (e^(2|q+k|²) - e^(|q+k|²)) e^(-|q|²-|k|²) / m."""
    q = torch.full((4,), 0.2).double()
    known = (math.exp(1.28) - math.exp(0.64)) * math.exp(-0.32) / 4
    alone = torch.randn(40_000, 4, 4, generator=generator(3), dtype=torch.float64)
    at_angles = many_projections(seed=2, count=40_000, n_features=4)
    assert estimates(performer_features, q, q, alone).var().item() == pytest.approx(known, rel=0.05)
    assert estimates(performer_features, q, q, at_angles).var().item() < 0.94 * known


def test_projections_are_orthogonal_and_each_direction_is_normal():
    w = orthogonal_projection(10, 4, generator(), torch.float64)
    assert w.shape == (10, 4) and w.dtype == torch.float64
    for block in w.split(4):
        products = block @ block.T
        same(products - products.diagonal().diag(), torch.zeros_like(products), 1e-12)
    many = orthogonal_projection(12_000, 4, generator(), torch.float64)
    same(many.mean(0), torch.zeros(4, dtype=torch.float64), 0.05)
    same(many.T @ many / len(many), torch.eye(4, dtype=torch.float64), 0.06)
    assert many.pow(4).mean().item() == pytest.approx(3, abs=0.25)  # of a normal variable; of a fixed length it is 2
    assert torch.equal(orthogonal_projection(5, 3, generator(7)), orthogonal_projection(5, 3, generator(7)))


def test_with_many_random_features_linear_attention_comes_near_the_softmax():
    query, key, value = (x.detach() for x in heads(30, scale=0.4))
    truth, scale = explicit(query, key, value, causal=True), 1 / math.sqrt(4)
    errors = []
    for m in (16, 256, 4096):
        each = []
        for seed in range(5):
            w = orthogonal_projection(m, 4, generator(seed), torch.float64)
            found, _ = linear_attention(query, key, value, feature_map=lambda x, w=w: performer_features(x, w, scale))
            each.append((found - truth).square().mean().sqrt().item())
        errors.append(sum(each) / 5)
    assert errors[2] < 0.02 * truth.std().item()
    assert -0.65 < growth_exponent([16, 256, 4096], errors) < -0.35  # an error of chance falls with √m


# ---------------------------------------------------------------- few places


def window_mask(length, window):
    return torch.tensor([[i - window < j <= i for j in range(length)] for i in range(length)])


@BOTH
@pytest.mark.parametrize(("length", "window"), [(1, 1), (9, 1), (9, 3), (50, 8), (130, 40), (70, 70), (70, 500),
                                                (96, 33), (97, 34)])  # fmt: skip
def test_local_attention_is_masked_attention(dtype, length, window):
    same_with_gradients(
        lambda *qkv: [local_attention(*qkv, window)],
        lambda *qkv: [explicit(*qkv, mask=window_mask(length, window))],
        heads(length, dtype=dtype),
        TOLERANCE[dtype],
    )


def test_local_attention_needs_memory_that_grows_with_length_alone():
    sizes = 512, 1024, 4096
    assert growth_exponent(sizes, memory(lambda *qkv: local_attention(*qkv, 65), sizes)) == pytest.approx(1, abs=0.03)


def test_a_strided_mask_by_hand():
    found = strided_mask(7, 3)
    assert found.dtype == torch.bool
    assert ["".join(".x"[seen] for seen in row) for row in found.tolist()] == [
        "x......", "xx.....", "xxx....", "xxxx...", ".xxxx..", "..xxxx.", "x..xxxx"]  # fmt: skip
    assert torch.equal(strided_mask(5, 1), torch.ones(5, 5, dtype=torch.bool).tril())


@pytest.mark.parametrize("length", [16, 100, 400])
def test_strided_attention_sees_few_keys_and_reaches_all_in_two_steps(length):
    mask = strided_mask(length, math.isqrt(length))
    assert mask.sum(1).max() <= 2 * math.isqrt(length)
    paths = mask.double() @ mask.double() > 0
    assert torch.equal(paths, torch.ones_like(mask).tril())


def test_a_global_mask_by_hand():
    found = global_mask(4, [0, 2])
    assert found.dtype == torch.bool
    assert found.int().tolist() == [[1, 0, 0, 0], [1, 0, 0, 0], [1, 1, 1, 0], [1, 0, 1, 0]]
    assert global_mask(4, [1], causal=False).int().tolist() == [[0, 1, 0, 0], [1, 1, 1, 1], [0, 1, 0, 0], [0, 1, 0, 0]]
    assert not global_mask(4, []).any()


# ---------------------------------------------------------------- online softmax


@BOTH
@pytest.mark.parametrize("causal", [True, False])
@pytest.mark.parametrize(("length", "block"), [(1, 64), (7, 64), (8, 4), (50, 16), (33, 1)])
def test_online_softmax_is_exact(dtype, causal, length, block):
    same_with_gradients(
        lambda *qkv: [online_softmax_attention(*qkv, causal=causal, block=block)],
        lambda *qkv: [explicit(*qkv, causal=causal)],
        heads(length, dtype=dtype),
        TOLERANCE[dtype],
    )


def test_online_softmax_crosses_to_keys_of_another_length():
    same_with_gradients(
        lambda *qkv: [online_softmax_attention(*qkv, causal=False, block=4)],
        lambda *qkv: [explicit(*qkv)],
        heads(6, keys=13),
        1e-12,
    )


def test_online_softmax_gradients_by_differences():
    inputs = heads(5, batch=1, n_heads=1, size=2, value_size=2)
    assert torch.autograd.gradcheck(lambda *qkv: online_softmax_attention(*qkv, block=2), inputs)


def test_scores_that_would_overflow_do_not():
    query, key, value = heads(40)
    found = online_softmax_attention(30 * query, 30 * key, value, block=8)
    assert (30 * query @ (30 * key).transpose(-1, -2) / 2).exp().isinf().any()
    same(found, explicit(30 * query, 30 * key, value, causal=True), 1e-12)


def test_the_running_maximum_and_its_renormalisation():
    """Two blocks of one query's scores, the second with the higher maximum: by hand."""

    def numbers(*values):
        return torch.tensor(values, dtype=torch.float64)

    start = numbers(-math.inf), numbers(0), numbers([0])
    first = absorb(*start, numbers([1, 0]), numbers([10], [20]))
    same(first[0], numbers(1), 1e-12)
    same(first[1], numbers(1 + math.exp(-1)), 1e-12)
    second = absorb(*first, numbers([3]), numbers([30]))
    same(second[0], numbers(3), 1e-12)
    same(second[1], numbers(1 + math.exp(-2) + math.exp(-3)), 1e-12)
    same(second[2], numbers([30 + 10 * math.exp(-2) + 20 * math.exp(-3)]), 1e-12)


@pytest.mark.parametrize("causal", [True, False])
def test_online_softmax_needs_memory_that_grows_with_length_alone(causal):
    """Forward and backward; the explicit form, by the same count, with its square."""
    sizes = 256, 512, 1024
    online = memory(lambda *qkv: online_softmax_attention(*qkv, causal=causal), sizes)
    dear = memory(lambda *qkv: explicit(*qkv, causal=causal), sizes)
    assert growth_exponent(sizes, online) == pytest.approx(1, abs=0.1)
    assert growth_exponent(sizes, dear) > 1.8 and dear[-1] > 8 * online[-1]


# ---------------------------------------------------------------- the layer


def layer(**settings):
    torch.manual_seed(0)
    return LinearAttention(6, 2, chunk=4, **settings).double()


def test_the_layer_is_linear_attention_between_projections():
    model = layer()
    x = torch.randn(2, 9, 6, dtype=torch.float64, generator=generator())
    query, key, value = (
        project(x).view(2, 9, 2, 3).transpose(1, 2) for project in (model.to_query, model.to_key, model.to_value)
    )
    mixed, (S, z) = linear_attention(query, key, value, form="quadratic")
    y, state = model(x)
    same(y, model.to_output(mixed.transpose(1, 2).flatten(2)), 1e-12)
    same(state[0], S, 1e-12)
    same(state[1], z, 1e-12)


def test_the_state_is_as_large_after_many_steps_as_at_the_beginning():
    model = layer()
    _, state = model(torch.randn(1, 500, 6, dtype=torch.float64))
    assert [part.shape for part in state] == [part.shape for part in model.initial_state(1)]


def test_memory_and_normaliser_show_every_step_of_the_state():
    model = layer()
    x = torch.randn(2, 7, 6, dtype=torch.float64, generator=generator())
    with record(model) as trace:
        model(x)
    key, value = trace["key"], trace["value"]
    same(trace["memory"], (key[..., :, None] * value[..., None, :]).cumsum(1), 1e-12)
    same(trace["normaliser"], key.cumsum(1), 1e-12)


def test_the_layer_takes_random_features():
    w = orthogonal_projection(8, 3, generator(), torch.float32)
    model = LinearAttention(6, 2, feature_map=lambda x: performer_features(x, w.to(x), 3**-0.5))
    assert [tuple(part.shape) for part in model.initial_state(4)] == [(4, 2, 8, 3), (4, 2, 8)]
    y, state = model(torch.randn(4, 5, 6))
    stepped = model.initial_state(4)
    assert y.shape == (4, 5, 6) and state[0].shape == stepped[0].shape


# ---------------------------------------------------------------- the benchmark


def test_candidates_of_the_benchmark_do_the_same_where_they_should():
    found = {name: run() for name, run in bench_efficient_attention.efficient_attention(70).items()}
    assert "efficient_attention" in bench.BENCHMARKS and len(found) == 8
    exact = ["explicit", "F.scaled_dot_product_attention", "online softmax", "local, window 128"]  # 70 < 128
    for group in (exact, ["linear, chunked", "linear, quadratic", "linear, recurrent"]):
        for name in group[1:]:
            for mine, other in zip(found[name], found[group[0]], strict=True):
                torch.testing.assert_close(mine, other, rtol=1e-4, atol=1e-4)
    assert found["linear, 64 random features"][0].shape == found["explicit"][0].shape


def test_the_benchmark_prints_times_and_memory(capsys):
    bench_efficient_attention.main(["--rounds", "1", "--longest", "256"])
    lines = capsys.readouterr().out.splitlines()
    assert sum(line.startswith("| form |") for line in lines) == 2
    assert sum(line.startswith("| online softmax |") for line in lines) == 2


# ---------------------------------------------------------------- what is refused


Q_, K_, V_ = (x.detach() for x in heads(6))
REFUSED = {
    "query": [lambda f: f(Q_.tolist(), K_, V_), lambda f: f(Q_[0], K_, V_), lambda f: f(Q_[:, :, :0], K_, V_),
              lambda f: f(Q_.long(), K_, V_)],
    "key": [lambda f: f(Q_, K_.float(), V_), lambda f: f(Q_, K_[..., 1:], V_), lambda f: f(Q_, K_[:, :, 1:], V_),
            lambda f: f(Q_, K_[:1], V_)],
    "value": [lambda f: f(Q_, K_, V_[:, :, 1:]), lambda f: f(Q_, K_, V_[:, 1:])],
}  # fmt: skip


@pytest.mark.parametrize("function", [linear_attention, online_softmax_attention,
                                      lambda *qkv: local_attention(*qkv, 3)])  # fmt: skip
@pytest.mark.parametrize("name", REFUSED)
def test_bad_tensors_are_refused(function, name):
    function(Q_, K_, V_)
    for call in REFUSED[name]:
        with pytest.raises(ValueError, match=f"^{name}: expected"):
            call(function)


@pytest.mark.parametrize(("name", "call"), [
    ("form", lambda: linear_attention(Q_, K_, V_, form="fast")),
    ("chunk", lambda: linear_attention(Q_, K_, V_, chunk=0)),
    ("state", lambda: linear_attention(Q_, K_, V_, state=(torch.zeros(2, 3, 4, 4), torch.zeros(2, 3, 4)))),
    ("state", lambda: linear_attention(Q_, K_, V_, state=[1])),
    ("window", lambda: local_attention(Q_, K_, V_, 0)),
    ("window", lambda: local_attention(Q_, K_, V_, 2.0)),
    ("block", lambda: online_softmax_attention(Q_, K_, V_, block=0)),
    ("length", lambda: strided_mask(0, 2)),
    ("stride", lambda: strided_mask(4, 0)),
    ("places", lambda: global_mask(4, [4])),
    ("places", lambda: global_mask(4, [-1])),
    ("n_features", lambda: orthogonal_projection(0, 4)),
    ("projection", lambda: performer_features(Q_, torch.zeros(5, 3))),
    ("scale", lambda: performer_features(Q_, torch.zeros(5, 4).double(), 0)),
    ("n_heads", lambda: LinearAttention(6, 4)),
    ("n_heads", lambda: LinearAttention(6, 0)),
    ("d_model", lambda: LinearAttention(6.0, 2)),
])  # fmt: skip
def test_bad_settings_are_refused(name, call):
    with pytest.raises(ValueError, match=f"^{name}: expected"):
        call()


def test_the_public_names():
    names = efficient_attention.__all__
    assert sorted(names) == names and all(hasattr(efficient_attention, name) for name in names)


def test_the_features_are_positive_where_elu_plus_one_rounds_to_nothing():
    x = torch.linspace(-29, 30, 591, dtype=torch.float64, requires_grad=True)
    features = positive(x)
    same(F.elu(x) + 1, features, 1e-12)
    same(*(torch.autograd.grad(y.sum(), x)[0] for y in (F.elu(x) + 1, features)), 1e-12)
    for where in (-20.0, -46.0, -200.0):
        low = [torch.full((1, 1, 3, 4), where, requires_grad=True) for _ in range(2)]
        value = torch.randn(1, 1, 3, 2, generator=torch.Generator().manual_seed(0))
        assert (F.elu(low[0]) + 1 == 0).all() and (positive(low[0]) > 0).all()
        for form in ("chunked", "recurrent", "quadratic"):
            found = linear_attention(*low, value, form)[0]
            same(value.cumsum(2) / torch.tensor([1, 2, 3.0])[:, None], found, 1e-6)  # all alike: the mean
            assert all(gradient.isfinite().all() for gradient in torch.autograd.grad(found.sum(), low))
