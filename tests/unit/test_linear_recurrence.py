"""Linear recurrences: every form equal to the rule written out; strong decay; 10,000 steps; what each write does."""

import math

import pytest
import torch
from torch.nn import functional as F

from seqmodels.linear_recurrence import GLA, MLSTM, RGLRU, RWKV6, DeltaNet, RetNet
from seqmodels.linear_recurrence.recurrence import spans
from seqmodels.probes import intervene, record
from seqmodels.tasks.parity import parity

B, T, D, H, K, V = 2, 41, 6, 2, 3, 4
SIZES = {"key_size": K, "value_size": V}
MATRICES = {
    "retnet": lambda **s: RetNet(D, H, **SIZES, **s),
    "gla": lambda **s: GLA(D, H, rank=3, **SIZES, **s),
    "rwkv6": lambda **s: RWKV6(D, H, rank=3, **SIZES, **s),
    "deltanet": lambda **s: DeltaNet(D, H, **SIZES, **s),
    "deltanet, negative": lambda **s: DeltaNet(D, H, negative_eigenvalues=True, **SIZES, **s),
    "gated deltanet": lambda **s: DeltaNet(D, H, gate=True, **SIZES, **s),
    "mlstm": lambda **s: MLSTM(D, H, **SIZES, **s),
}
ALL = MATRICES | {"rglru": lambda **s: RGLRU(D, **s)}
TOLERANCE = {torch.float64: 1e-10, torch.float32: 1e-5}


def build(make, dtype=torch.float64, **settings):
    torch.manual_seed(0)
    layer = make(**settings).double()
    for parameter in layer.parameters():
        torch.nn.init.normal_(parameter, std=0.4)
    return layer.to(dtype)


def noise(*shape, seed=1, dtype=torch.float64):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64).to(dtype)


def raw(layer):
    """The layer, whose output is what its heads read: not normed, not mixed."""
    layer.finish = lambda read: read.movedim(1, 2).flatten(-2)
    return layer


def close(found, expected, tolerance):
    assert found.isfinite().all() and expected.isfinite().all()
    distance = (found.double() - expected.double()).abs().max().item()
    assert distance <= tolerance * max(1.0, expected.abs().max().item()), f"differ by {distance:.3g}"


def with_gates(layer, *gates):
    """The layer with these gates, whatever it reads."""
    layer.gates = lambda x: gates
    return layer


# ---------------------------------------------------------------- the rules, written out a second time


def retnet_by_matrix(layer, query, key, value):
    out = torch.zeros(B, H, T, V, dtype=torch.float64)
    for h in range(H):
        gamma = 1 - 2 ** (-5 - h)
        mask = [[gamma ** (t - i) if i <= t else 0.0 for i in range(T)] for t in range(T)]
        out[:, h] = (query[:, h] @ key[:, h].mT * torch.tensor(mask, dtype=torch.float64)) @ value[:, h]
    return out


def gla_by_sums(layer, query, key, value, log_decay):
    out = torch.zeros(B, H, T, V, dtype=torch.float64)
    for t in range(T):
        for i in range(t + 1):
            left = log_decay.exp()[:, :, i + 1 : t + 1].prod(2)  # (B, H, K)
            out[:, :, t] += (query[:, :, t] * left * key[:, :, i]).sum(-1, keepdim=True) * value[:, :, i]
    return out


def rwkv6_by_sums(layer, query, key, value, log_decay):
    out = torch.zeros(B, H, T, V, dtype=torch.float64)
    for t in range(T):
        for i in range(t + 1):
            left = log_decay.exp()[:, :, i + 1 : t].prod(2) if i < t else layer.bonus
            out[:, :, t] += (query[:, :, t] * left * key[:, :, i]).sum(-1, keepdim=True) * value[:, :, i]
    return out


def delta_by_matrices(layer, query, key, value, log_decay, strength):
    S, out = torch.zeros(B, H, K, V, dtype=torch.float64), []
    for t in range(T):
        k, b = key[:, :, t, :, None], strength[:, :, t, :, None]
        turn = torch.eye(K, dtype=torch.float64) - b * k @ k.mT  # I - β k kᵀ
        S = log_decay[:, :, t, :, None].exp() * turn @ S + b * k @ value[:, :, t, None, :]
        out.append((query[:, :, t, None, :] @ S).squeeze(-2))
    return torch.stack(out, 2)


def mlstm_without_stabiliser(layer, query, key, value, log_decay, log_input):
    S, n, out = torch.zeros(B, H, K, V, dtype=torch.float64), torch.zeros(B, H, K, dtype=torch.float64), []
    for t in range(T):
        f, i, k, q = log_decay[:, :, t].exp(), log_input[:, :, t].exp(), key[:, :, t], query[:, :, t]
        S = f[..., None] * S + i[..., None] * k[..., None] * value[:, :, t, None, :]
        n = f * n + i * k
        out.append((q[..., None] * S).sum(-2) / (n * q).sum(-1, keepdim=True).abs().clamp(min=1))
    return torch.stack(out, 2)


WRITTEN_OUT = {
    "retnet": lambda layer, q, k, v, _: retnet_by_matrix(layer, q, k, v),
    "gla": gla_by_sums,
    "rwkv6": rwkv6_by_sums,
    "deltanet": delta_by_matrices,
    "deltanet, negative": delta_by_matrices,
    "gated deltanet": delta_by_matrices,
    "mlstm": mlstm_without_stabiliser,
}


@pytest.mark.parametrize("form", ["loop", "chunks", "parallel"])
@pytest.mark.parametrize("name", MATRICES)
def test_what_is_read_is_the_rule_written_out(name, form):
    layer = build(MATRICES[name], form=form, chunk=8)
    raw(layer)
    x = noise(B, T, D)
    read = layer(x)[0].unflatten(-1, (H, V)).movedim(2, 1)
    with torch.no_grad():
        close(read.detach(), WRITTEN_OUT[name](layer, *layer.parts(x)), 1e-12)


def test_rglru_is_its_rule_written_out():
    layer, x = build(ALL["rglru"]), noise(B, T, D)
    with torch.no_grad():
        r = torch.sigmoid(x @ layer.to_recurrence.weight.t() + layer.to_recurrence.bias)
        i = torch.sigmoid(x @ layer.to_input.weight.t() + layer.to_input.bias)
        a = torch.sigmoid(layer.rate) ** (8 * r)
        h, expected = torch.zeros(B, D, dtype=torch.float64), []
        for t in range(T):
            h = a[:, t] * h + (1 - a[:, t] ** 2) ** 0.5 * i[:, t] * x[:, t]
            expected.append(h)
        close(layer(x)[0], torch.stack(expected, 1), 1e-12)


# ---------------------------------------------------------------- three forms, one result


@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
@pytest.mark.parametrize("name", ALL)
def test_forms_agree_forward_and_backward(name, dtype):
    results = []
    for form, chunk in (("loop", 8), ("chunks", 8), ("chunks", 5), ("parallel", 8)):
        layer = build(ALL[name], dtype, form=form, chunk=chunk)
        x = noise(B, T, D, dtype=dtype).requires_grad_()
        _, before = layer(noise(B, 7, D, seed=2, dtype=dtype))  # so that they do not begin with an empty memory
        y, state = layer(x, before)
        leaves = [x, *layer.parameters()]
        scalar = (y * noise(*y.shape, seed=3, dtype=dtype)).sum()
        results.append([y.detach(), *(leaf.detach() for leaf in state), *torch.autograd.grad(scalar, leaves)])
    for other in results[1:]:
        for one, same in zip(results[0], other, strict=True):
            close(same, one, TOLERANCE[dtype])


@pytest.mark.parametrize("name", ["gla", "rwkv6", "gated deltanet", "retnet"])
def test_strong_decay_loses_nothing(name):
    """Some steps forget all but e⁻³⁰⁰, some nothing at all: float32 in chunks equals the loop in float64."""
    size = K if name in ("gla", "rwkv6") else 1
    strong = noise(B, H, 120, size, seed=5) > 0
    log_decay = torch.where(strong, -300.0, -1e-3 * noise(B, H, 120, size, seed=6).abs())
    found = []
    for dtype, form in ((torch.float64, "loop"), (torch.float32, "chunks")):
        layer = build(MATRICES[name], dtype, form=form, chunk=16)
        decay = log_decay.to(dtype).requires_grad_()
        rest = [noise(B, H, 120, 1, seed=7, dtype=dtype).sigmoid()] if "delta" in name else []
        x = noise(B, 120, D, dtype=dtype).requires_grad_()
        y, (S,) = raw(with_gates(layer, decay, *rest))(x)
        found.append([y.detach(), S.detach(), *torch.autograd.grad(y.square().sum(), [x, decay])])
    for expected, same in zip(*found, strict=True):
        close(same, expected, 1e-5)


def test_a_decay_of_zero_forgets_and_is_no_nan():
    log_decay = torch.zeros(B, H, T, K, dtype=torch.float64)
    log_decay[:, :, T // 2] = -torch.inf
    layer, x = with_gates(build(MATRICES["gla"], chunk=8), log_decay), noise(B, T, D)
    whole, rest = layer(x)[0], with_gates(layer, log_decay[:, :, T // 2 :])(x[:, T // 2 :])[0]
    close(whole[:, T // 2 :], rest, 1e-12)


def test_spans_are_sums_between():
    log_decay = -noise(7, 2).abs()
    found = spans(log_decay)
    for t in range(7):
        for i in range(7):
            expected = log_decay[i + 1 : t + 1].sum(0) if i <= t else torch.full((2,), -torch.inf)
            torch.testing.assert_close(found[t, i], expected.double(), rtol=0, atol=1e-14)


# ---------------------------------------------------------------- 10,000 steps with gates that mean ill


LONG = 10_000


def hostile(seed, *, low, high):
    """Gates that stay for a while at one end, then at the other: (1, H, LONG, 1)."""
    g = torch.Generator().manual_seed(seed)
    stay = torch.rand(1, H, LONG // 50, 1, generator=g).repeat_interleave(50, 2) < 0.5
    wobble = torch.rand(1, H, LONG, 1, generator=g, dtype=torch.float64)
    return torch.where(stay, low * wobble, high * wobble)


def test_mlstm_stays_finite_and_right_for_10_000_steps():
    log_input, forget = hostile(0, low=-100.0, high=100.0), hostile(1, low=-60.0, high=60.0)
    assert log_input.float().exp().isinf().any()  # without units of e^m the first write of this size is the end
    found = []
    for dtype in (torch.float64, torch.float32):
        layer = build(MATRICES["mlstm"], dtype)
        layer.featured = torch.abs  # so that n·q is a sum without cancellation, and float32 can be right at all
        gates = [F.logsigmoid(forget).to(dtype).requires_grad_(), log_input.to(dtype).requires_grad_()]
        x = noise(1, LONG, D, dtype=dtype).requires_grad_()
        y, (memory, m) = with_gates(layer, *gates)(x)
        gradients = torch.autograd.grad(y.square().mean(), [x, *gates])
        assert all(value.isfinite().all() for value in (y, memory, m, *gradients))
        found.append((y.detach(), memory.detach(), *gradients))
    for expected, same in zip(*found, strict=True):
        close(same, expected, 1e-4)


def test_mlstm_with_any_keys_stays_finite():
    gates = F.logsigmoid(hostile(1, low=-60.0, high=60.0)).float(), hostile(0, low=-100.0, high=100.0).float()
    layer = with_gates(build(MATRICES["mlstm"], torch.float32), *(gate.requires_grad_() for gate in gates))
    x = noise(1, LONG, D, dtype=torch.float32).requires_grad_()
    y, _ = layer(x)
    assert y.isfinite().all() and all(g.isfinite().all() for g in torch.autograd.grad(y.sum(), [x, *gates]))


def test_rglru_stays_finite_and_right_for_10_000_steps():
    """Gates shut (a = 1 exactly in float32) or wide open (a = 0) for fifty steps at a time; large inputs."""
    found = []
    for dtype in (torch.float64, torch.float32):
        layer = build(ALL["rglru"], dtype)
        layer.to_recurrence.weight.data = 40 * torch.eye(D, dtype=dtype)
        layer.rate.data = torch.linspace(-30, 30, D, dtype=dtype)
        x = (hostile(2, low=-10.0, high=10.0).movedim(1, 3).reshape(1, LONG, H).repeat(1, 1, D // H)).to(dtype)
        y, (h,) = layer(x.requires_grad_())
        gradients = torch.autograd.grad(y.square().mean(), [x, *layer.parameters()])
        assert all(value.isfinite().all() for value in (y, h, *gradients))
        assert y.abs().max() < 1000
        found.append((y.detach(), h.detach()))
    for expected, same in zip(*found, strict=True):
        close(same, expected, 1e-5)


def test_rglru_keeps_the_size_of_what_comes_in():
    torch.manual_seed(0)
    layer = RGLRU(64)
    torch.nn.init.constant_(layer.to_input.bias, 30.0)  # i = 1
    torch.nn.init.zeros_(layer.to_input.weight)
    y, _ = layer(noise(8, LONG // 2, 64, dtype=torch.float32))
    assert 0.9 < y[:, LONG // 4 :].std() < 1.1


# ---------------------------------------------------------------- what the writes do


def one_head(kind, key, value, **settings):
    """The memory after pairs (N, K), (N, V) are written with strength 1 and nothing fades."""
    layer = build(lambda **s: kind(D, 1, key_size=key.shape[-1], value_size=value.shape[-1], **s), **settings)
    nothing = torch.zeros(1, 1, 1, dtype=torch.float64)
    state = layer.initial_state(1)
    for k, v in zip(key, value, strict=True):
        strength = [torch.ones_like(nothing[0])[None]] if kind is DeltaNet else []
        _, state = layer.cell(state, k[None, None], k[None, None], v[None, None], nothing[0][None], *strength)
    return state[0][0, 0]


def test_delta_overwrites_where_adding_smears():
    key, value = F.normalize(noise(1, 5), dim=-1).expand(2, 5), noise(2, 3, seed=2)
    torch.testing.assert_close(key[1] @ one_head(DeltaNet, key, value), value[1], rtol=0, atol=1e-12)
    torch.testing.assert_close(key[1] @ one_head(RetNet, key, value), value.sum(0), rtol=0, atol=1e-12)


def test_the_last_pairs_written_by_delta_are_kept_for_any_keys_and_the_oldest_pay():
    key, value = F.normalize(noise(12, 8), dim=-1), noise(12, 3, seed=2)
    errors = (key @ one_head(DeltaNet, key, value) - value).norm(dim=-1)
    assert errors[-1] < 1e-12 and errors[-4:].mean() < errors[:4].mean()


@pytest.mark.parametrize(("name", "below"), [("deltanet", 0), ("deltanet, negative", -1)])
def test_eigenvalues_of_a_write_lie_where_beta_says(name, below):
    _, key, _, _, strength = build(MATRICES[name]).parts(100 * noise(1, 300, D))
    transition = torch.eye(K, dtype=torch.float64) - strength[..., None] * key[..., None] * key[..., None, :]
    lowest = torch.linalg.eigvalsh(transition.detach())[..., 0].min()
    assert below - 1e-12 <= lowest < below + 0.1


def test_with_negative_eigenvalues_one_head_knows_parity():
    """Weights by hand: β = 2 at a one and 0 at a zero, so that the memory's sign counts the ones. And β ≤ 1 forgets."""
    bits, odd = parity(3, 500, torch.Generator().manual_seed(0))
    beta = 2.0 * bits[:, None, :, None].double()
    for strongest, knows in ((1.0, True), (0.5, False)):
        layer = build(lambda **s: DeltaNet(D, 1, key_size=1, value_size=1, **s))
        layer.parts = lambda x, s=strongest: (
            *(torch.ones(3, 1, 500, 1, dtype=torch.float64),) * 2, torch.zeros(3, 1, 500, 1, dtype=torch.float64),
            torch.zeros(3, 1, 500, 1, dtype=torch.float64), s * beta)  # fmt: skip
        layer.finish = lambda read: read.squeeze(1)
        y, _ = layer(noise(3, 500, D), (torch.ones(3, 1, 1, 1, dtype=torch.float64),))
        assert torch.equal(y.squeeze(-1) < 0, odd == 1) == knows


def test_retnet_forgets_at_its_published_rates():
    layer = RetNet(8, 4).double()
    (log_decay,) = layer.gates(torch.zeros(1, 3, 8, dtype=torch.float64))
    expected = torch.tensor([31 / 32, 63 / 64, 127 / 128, 255 / 256], dtype=torch.float64)
    torch.testing.assert_close(log_decay.exp()[0, :, 1, 0], expected, rtol=0, atol=1e-15)


# ---------------------------------------------------------------- looking inside


@pytest.mark.parametrize("name", [name for name in ALL if name != "mlstm"])  # whose units change from step to step
def test_state_is_what_was_kept_and_what_was_written(name):
    layer, x = build(ALL[name]), noise(B, T, D)
    with record(layer) as trace:
        layer(x)
    S, write, decay = trace["state"], trace["write"], trace["decay"]
    before = torch.cat([torch.zeros_like(S[:, :1]), S[:, :-1]], 1)
    torch.testing.assert_close(S, (decay if name == "rglru" else decay[..., None]) * before + write)


def test_the_norm_of_a_reading_takes_the_normaliser_away():
    layer, x = build(MATRICES["mlstm"]), noise(B, T, D)
    layer.to_output = torch.nn.Identity()
    with torch.no_grad():
        read, _ = layer.piece(layer.initial_state(B), *layer.parts(x))
        read = torch.where(read.square().mean(-1, keepdim=True) > 0.05**2, read, 0.0)
        assert (read != 0).any(-1).double().mean() > 0.5
        close(layer.finish(7 * read), layer.finish(read), 5e-4)


@pytest.mark.parametrize("name", MATRICES)
def test_no_write_leaves_no_memory(name):
    layer, x = build(MATRICES[name]), noise(B, T, D)
    with intervene(layer, {"write": lambda value, t: torch.zeros_like(value)}):
        y, state = layer(x)
    assert (state[0] == 0).all() and (y == 0).all()


def test_gla_held_open_is_a_plain_sum():
    layer, x = build(MATRICES["gla"]), noise(B, T, D)
    with intervene(layer, {"decay": lambda value, t: torch.ones_like(value)}):
        _, (S,) = layer(x)
    _, key, value, _ = layer.parts(x)
    torch.testing.assert_close(S, key.mT @ value)


def test_the_decay_of_an_mlstm_can_be_held():
    layer, x = build(MATRICES["mlstm"]), noise(B, T, D)
    with intervene(layer, {"decay": lambda value, t: torch.zeros_like(value)}):
        y, (memory, _) = layer(x)
    assert y.isfinite().all()
    alone, (only, _) = layer(x[:, -1:])  # with nothing kept, only the last pair is there
    close(y[:, -1:], alone, 1e-12)


# ---------------------------------------------------------------- errors


@pytest.mark.parametrize(("make", "name"), [
    (lambda: RetNet(6, 4), "n_heads"), (lambda: GLA(6, 0), "n_heads"), (lambda: DeltaNet(6, 2, key_size=0), "key_size"),
    (lambda: GLA(6, 2, rank=0), "rank"), (lambda: MLSTM(6, 2, form="fast"), "form"), (lambda: RetNet(0, 1), "d_model"),
    (lambda: RWKV6(6, 2, value_size=1.5), "value_size"), (lambda: RGLRU(6, chunk=0), "chunk"),
])  # fmt: skip
def test_bad_settings_are_refused(make, name):
    with pytest.raises(ValueError, match=f"^{name}: expected"):
        make()


def test_defaults_begin_where_they_say():
    torch.manual_seed(0)
    x = noise(2, 5, 8, dtype=torch.float32)
    with torch.no_grad():
        fades = -DeltaNet(8, 4, gate=True).gates(x)[0]
        assert 0.0009 < fades.min() and fades.max() < 0.101
        kept = torch.sigmoid(RGLRU(200).rate) ** 8
        assert 0.9 <= kept.min() < 0.92 and 0.98 < kept.max() <= 0.9991
        forget = MLSTM(8, 2).to_forget.bias
        assert forget.tolist() == [3.0, 6.0] and math.isclose(forget[0].sigmoid(), 0.953, abs_tol=1e-3)
