"""Attention against loops in NumPy and torch.nn: values, gradients, masks, padding, the cache, heads, bad input."""

import numpy as np
import pytest
import torch
from torch import nn

from property import contract
from seqmodels.attention import (
    Cache,
    CrossAttention,
    MultiHeadAttention,
    causal_mask,
    scaled_dot_product_attention,
    sliding_window_mask,
)
from seqmodels.layer import map_state
from seqmodels.probes import intervene, record
from tools import bench, bench_attention
from unit.against_torch import equal

B, T, S, D, H = 3, 7, 5, 8, 4
LENGTHS = torch.tensor([7, 3, 1])
DTYPES = pytest.mark.parametrize("dtype", [torch.float32, torch.float64])


def drawn(*shape, dtype=torch.float64, seed=0):
    return torch.randn(*shape, dtype=dtype, generator=torch.Generator().manual_seed(seed))


def build(make, dtype=torch.float64):
    """A layer with all its numbers drawn, biases too: narrow enough for float32 to keep six digits of a gradient."""
    torch.manual_seed(0)
    layer = make()
    for parameter in layer.parameters():
        nn.init.normal_(parameter, std=0.25)
    return layer.to(dtype)


def gradients(y, leaves):
    return torch.autograd.grad((y * drawn(*y.shape, dtype=y.dtype, seed=9)).sum(), leaves)


# ---------------------------------------------------------------- the formula


def in_loops(query, key, value, mask, bias, scale):
    """Every query of every head, one after the other."""
    output, weights = np.zeros((*query.shape[:3], value.shape[-1])), np.zeros((*query.shape[:3], key.shape[2]))
    for b, h, t in np.ndindex(*query.shape[:3]):
        scores = [query[b, h, t] @ key[b, h, s] * scale + bias[b, h, t, s] for s in range(key.shape[2])]
        powers = np.array([np.exp(e) if mask[b, h, t, s] else 0.0 for s, e in enumerate(scores)])
        weights[b, h, t] = powers / powers.sum() if powers.sum() else 0.0
        output[b, h, t] = sum(weights[b, h, t, s] * value[b, h, s] for s in range(key.shape[2]))
    return output, weights


def test_the_formula_is_its_loops():
    query, key, value = drawn(2, 3, 4, 5), drawn(2, 3, 6, 5, seed=1), drawn(2, 3, 6, 2, seed=2)
    mask, bias = drawn(2, 3, 4, 6, seed=3) > 0, drawn(2, 3, 4, 6, seed=4)
    mask[1, 2, 3] = False
    for m, b, scale in ((mask, bias, None), (mask, None, 1.0), (None, bias, 0.3), (None, None, None)):
        found = scaled_dot_product_attention(query, key, value, m, b, scale=scale)
        expected = in_loops(*(x.numpy() for x in (query, key, value)),
                            np.ones(mask.shape) if m is None else m.numpy(),
                            np.zeros(mask.shape) if b is None else b.numpy(), scale or 5**-0.5)  # fmt: skip
        for one, other in zip(found, expected, strict=True):
            equal(one, torch.from_numpy(other), "attention")
    broadcast = scaled_dot_product_attention(query, key, value, mask[:1, :1])
    equal(broadcast[0], scaled_dot_product_attention(query, key, value, mask[:1, :1].expand_as(mask))[0], "broadcast")


def test_a_query_that_may_see_nothing_gets_zeros_and_harmless_gradients():
    leaves = [drawn(1, 1, 2, 3).requires_grad_(), drawn(1, 1, 4, 3).requires_grad_(), drawn(1, 1, 4, 3)]
    mask = torch.tensor([[True, False, True, True], [False] * 4])
    output, weights = scaled_dot_product_attention(*leaves, mask)
    assert (output[0, 0, 1] == 0).all() and (weights[0, 0, 1] == 0).all() and output.isfinite().all()
    from_query, from_key = torch.autograd.grad(output.sum(), leaves[:2])
    assert (from_query[0, 0, 1] == 0).all() and (from_query[0, 0, 0] != 0).any() and from_key.isfinite().all()
    huge = scaled_dot_product_attention(1e200 * leaves[0], leaves[1], leaves[2], mask)[0]
    assert huge.isfinite().all()


def test_weights_of_the_root_stay_spread():
    """Scores of random vectors have variance E; divided by √E, one. Without, softmax is all but a hard choice."""
    query, key = drawn(1, 1, 200, 256), drawn(1, 1, 50, 256, seed=1)
    spread = {
        scale: scaled_dot_product_attention(query, key, key, scale=scale)[1].amax(-1).mean() for scale in (None, 1.0)
    }
    assert spread[None] < 0.2 and spread[1.0] > 0.8


def test_masks():
    assert causal_mask(3).tolist() == [[1, 0, 0], [1, 1, 0], [1, 1, 1]]
    assert causal_mask(2, past=2).tolist() == [[1, 1, 1, 0], [1, 1, 1, 1]]
    assert sliding_window_mask(4, 2).tolist() == [[1, 0, 0, 0], [1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1]]
    assert sliding_window_mask(2, 2, past=1).tolist() == [[1, 1, 0], [0, 1, 1]]
    assert sliding_window_mask(4, 2, causal=False)[1].tolist() == [1, 1, 1, 0]
    assert causal_mask(3).dtype == torch.bool


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda q: scaled_dot_product_attention(q[0], q, q), r"query: expected shape \(B, H, Q, E\)"),
        (lambda q: scaled_dot_product_attention(q, q[..., :2], q), r"key: expected shape \(1, 2, K, 4\)"),
        (lambda q: scaled_dot_product_attention(q, q, q[:, :, :2]), r"value: expected shape \(1, 2, 3, V\)"),
        (lambda q: scaled_dot_product_attention(q, q * torch.nan, q), "key: contains NaN"),
        (lambda q: scaled_dot_product_attention(q, q, q, torch.zeros(3, 3)), "mask: expected a boolean tensor"),
        (lambda q: scaled_dot_product_attention(q, q, q, causal_mask(4)), r"mask: expected a shape that broadcasts"),
        (lambda q: scaled_dot_product_attention(q, q, q, None, q[..., :2]), "bias: expected a shape that broadcasts"),
        (lambda q: causal_mask(0), "length: expected a whole number"),
        (lambda q: causal_mask(2, -1), "past: expected a whole number, 0 or more"),
        (lambda q: sliding_window_mask(2, 0), "window: expected a whole number"),
    ],
)
def test_bad_input_of_the_formula_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call(drawn(1, 2, 3, 4))


# ---------------------------------------------------------------- torch.nn


def torch_attention(ours):
    theirs = nn.MultiheadAttention(D, H, bias=ours.to_query.bias is not None, batch_first=True)
    bench_attention.take_attention(theirs.to(ours.to_query.weight), ours)
    return theirs


def theirs_in_order(ours, theirs):
    """Gradients in the order of torch.nn's parameters: three projections in one table."""
    names = ("to_query", "to_key", "to_value")
    weights = [[getattr(ours, name).weight for name in names], [ours.to_output.weight]]
    biases = [[getattr(ours, name).bias for name in names], [ours.to_output.bias]]
    mine = [weights[0], biases[0], weights[1], biases[1]]
    other = [theirs.in_proj_weight, theirs.in_proj_bias, theirs.out_proj.weight, theirs.out_proj.bias]
    return mine, other


def hold_to_torch(ours, theirs, mine, other, inputs, real=None):
    """Outputs and the gradients of the inputs and of every weight. real (B, T): the outputs that count."""
    real = torch.ones(mine.shape[:2], dtype=torch.bool) if real is None else real
    equal(mine * real[..., None], other * real[..., None], "outputs")
    ours_weights, torch_weights = theirs_in_order(ours, theirs)
    flat = [w for group in ours_weights for w in group]
    found = list(gradients(mine * real[..., None], [*inputs, *flat]))
    expected = gradients(other * real[..., None], [*inputs, *torch_weights])
    for i in range(len(inputs)):
        equal(found.pop(0), expected[i], f"gradient of input {i}")
    for group, theirs_gradient in zip(ours_weights, expected[len(inputs) :], strict=True):
        equal(torch.cat([found.pop(0) for _ in group]), theirs_gradient, "gradient of a weight")


@DTYPES
@pytest.mark.parametrize("causal", [True, False])
@pytest.mark.parametrize("padded", [True, False])
@pytest.mark.parametrize("form", ["fused", "explicit"])
def test_self_attention_equals_torch(dtype, causal, padded, form):
    layer, x = (
        build(lambda: MultiHeadAttention(D, H, causal=causal), dtype),
        drawn(B, T, D, dtype=dtype).requires_grad_(),
    )
    theirs, lengths = torch_attention(layer), LENGTHS if padded else None
    real = torch.arange(T) < LENGTHS[:, None] if padded else None
    if form == "explicit":
        with record(layer, gradients=True):
            y, _ = layer(x, lengths=lengths)
    else:
        y, _ = layer(x, lengths=lengths)
    other, _ = theirs(x, x, x, key_padding_mask=None if real is None else ~real, need_weights=False,
                      attn_mask=~causal_mask(T) if causal else None)  # fmt: skip
    hold_to_torch(layer, theirs, y, other, [x], real)


@DTYPES
@pytest.mark.parametrize("padded", [True, False])
def test_cross_attention_equals_torch(dtype, padded):
    layer = build(lambda: CrossAttention(D, H), dtype)
    theirs, lengths = torch_attention(layer), torch.tensor([5, 1, 4]) if padded else None
    x, memory = drawn(B, T, D, dtype=dtype).requires_grad_(), drawn(B, S, D, dtype=dtype, seed=1).requires_grad_()
    y = layer(x, layer.remember(memory, lengths))
    hidden = None if lengths is None else torch.arange(S) >= lengths[:, None]
    other, _ = theirs(x, memory, memory, key_padding_mask=hidden, need_weights=False)
    hold_to_torch(layer, theirs, y, other, [x, memory])


def test_weights_equal_torch():
    layer, x = build(lambda: MultiHeadAttention(D, H)), drawn(B, T, D)
    with record(layer) as trace:
        layer(x)
    _, weights = torch_attention(layer)(x, x, x, attn_mask=~causal_mask(T), average_attn_weights=False)
    equal(trace["weights"], weights.detach(), "weights")
    assert trace.axes("weights") == ("B", "H", "Q", "K")
    equal(trace["heads"], trace["weights"] @ trace["value"], "heads")


# ---------------------------------------------------------------- the fast form and the explicit one

SETTINGS = {
    "plain": {},
    "both sides": {"causal": False},
    "grouped": {"n_kv_heads": 2},
    "multi-query": {"n_kv_heads": 1, "positions": "rotary"},
    "rotary": {"positions": "rotary"},
    "alibi": {"positions": "alibi"},
    "alibi, both sides": {"positions": "alibi", "causal": False},
    "relative": {"positions": "relative", "scale": 1.0},
    "window": {"window": 2},
    "window, both sides": {"window": 2, "causal": False},
    "wide heads, window, alibi": {"head_size": 6, "window": 3, "positions": "alibi", "n_kv_heads": 2},
}


@DTYPES
@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize("way", ["whole", "padded", "masked", "after a padded past"])
def test_the_fast_form_equals_the_explicit_one(dtype, name, way):
    layer = build(lambda: MultiHeadAttention(D, H, **SETTINGS[name]), dtype)
    x, more = drawn(B, T, D, dtype=dtype).requires_grad_(), drawn(B, 4, D, dtype=dtype, seed=1)
    mask = drawn(B, 1, T, T, seed=2) > 0
    mask[0, 0, 2] = False

    def run():
        if way == "after a padded past":
            past = layer(x, lengths=LENGTHS)[1]
            return layer(more, past, lengths=torch.tensor([2, 4, 3]))[0]
        return layer(x, **{"padded": {"lengths": LENGTHS}, "masked": {"mask": mask}}.get(way, {}))[0]

    fast = run()
    fast_gradients = gradients(fast, [x, *layer.parameters()])
    with record(layer, gradients=True):
        explicit = run()
    equal(fast, explicit, "outputs")
    for one, other in zip(fast_gradients, gradients(explicit, [x, *layer.parameters()]), strict=True):
        equal(one, other, "gradients")
        assert one.isfinite().all()


def test_only_scores_and_weights_need_the_explicit_form(monkeypatch):
    layer, x = build(lambda: MultiHeadAttention(D, H)), drawn(B, T, D)
    monkeypatch.setattr(layer, "_explicit", lambda *_: pytest.fail("the explicit form"))
    with intervene(layer, {"heads": lambda value, t: 0 * value}):
        layer(x)


# ---------------------------------------------------------------- masks, windows, groups


def test_a_mask_takes_away_and_a_window_is_one():
    x = drawn(B, T, D)
    windowed, plain = (build(lambda w=w: MultiHeadAttention(D, H, window=w)) for w in (3, None))
    equal(plain(x, mask=sliding_window_mask(T, 3))[0], windowed(x)[0], "a window and its mask")
    both = build(lambda: MultiHeadAttention(D, H, causal=False))
    equal(both(x, mask=causal_mask(T))[0], plain(x)[0], "causal by mask")
    blind = torch.ones(B, 1, T, T, dtype=torch.bool)
    blind[:, :, 4] = False
    leaf = x.clone().requires_grad_()
    y = both(leaf, mask=blind)[0]
    equal(y[:, 4], both.to_output.bias.expand(B, D), "a query that sees nothing")
    assert torch.autograd.grad(y.sum(), leaf)[0].isfinite().all()
    state = plain(x[:, :4])[1]
    equal(
        plain(x[:, 4:], state, mask=sliding_window_mask(3, 3, past=4))[0],
        windowed(x)[0][:, 4:],
        "a mask over the cache",
    )
    with pytest.raises(
        ValueError, match=r"mask: expected a shape that broadcasts to \(B, H, T, K\)|mask: expected a shape"
    ):
        plain(x, mask=causal_mask(T + 1))


def test_grouped_heads_are_heads_whose_keys_and_values_agree():
    grouped, full = build(lambda: MultiHeadAttention(D, H, n_kv_heads=2)), build(lambda: MultiHeadAttention(D, H))
    with torch.no_grad():
        full.to_query.load_state_dict(grouped.to_query.state_dict())
        full.to_output.load_state_dict(grouped.to_output.state_dict())
        for name in ("to_key", "to_value"):
            for kind in ("weight", "bias"):
                part = getattr(getattr(grouped, name), kind).unflatten(0, (2, D // H))
                getattr(getattr(full, name), kind).copy_(part.repeat_interleave(H // 2, 0).flatten(0, 1))
    x = drawn(B, T, D)
    equal(grouped(x)[0], full(x)[0], "grouped and full")
    assert grouped(x)[1].keys.shape == (B, 2, T, D // H) and full(x)[1].keys.shape == (B, H, T, D // H)


# ---------------------------------------------------------------- order


def test_without_positions_and_mask_attention_sees_a_set():
    order, x = torch.tensor([3, 0, 6, 1, 5, 2, 4]), drawn(B, T, D)
    both = build(lambda: MultiHeadAttention(D, H, causal=False))
    equal(both(x[:, order])[0], both(x)[0][:, order], "permuted")
    causal = build(lambda: MultiHeadAttention(D, H))
    assert (causal(x[:, order])[0] - causal(x)[0][:, order]).abs().max() > 0.02  # order leaks in through the mask
    with_positions = build(lambda: MultiHeadAttention(D, H, causal=False, positions="rotary"))
    assert (with_positions(x[:, order])[0] - with_positions(x)[0][:, order]).abs().max() > 0.02


@pytest.mark.parametrize("positions", ["rotary", "alibi", "relative"])
def test_scores_know_the_distance_alone(positions):
    layer = build(lambda: MultiHeadAttention(D, 2, positions=positions))
    with record(layer) as trace:
        layer(drawn(1, 1, D).expand(1, 9, D))
    for back in range(4):
        along = trace["scores"].diagonal(-back, 2, 3)  # the same two vectors, so far apart
        equal(along, along[..., :1].expand_as(along), f"scores {back} steps back")
    assert (trace["scores"][0, :, 8, 8] - trace["scores"][0, :, 8, 3]).abs().min() > 1e-3


# ---------------------------------------------------------------- the cache


def test_an_old_cache_is_still_what_it_was():
    layer, x = build(lambda: MultiHeadAttention(D, H)), drawn(B, T, D)
    _, state = layer(x)
    before = map_state(torch.clone, state)
    one, _ = layer.step(x[:, 0], state)
    other, _ = layer.step(x[:, 1], state)
    contract.equal_states(state, before, "the cache after two steps went on from it")
    again, _ = layer.step(x[:, 0], state)
    assert torch.equal(again, one) and not torch.equal(one, other)


def test_the_cache_counts_each_sequence():
    layer, x = build(lambda: MultiHeadAttention(D, H, positions="rotary")), drawn(B, T, D)
    _, state = layer(x, lengths=LENGTHS)
    assert isinstance(state, Cache) and state.count.tolist() == LENGTHS.tolist()
    assert state.positions[1].tolist() == [0, 1, 2, -1, -1, -1, -1]
    _, state = layer.step(x[:, 0], state)
    assert state.count.tolist() == [8, 4, 2] and state.positions[:, -1].tolist() == [7, 3, 1]
    assert map_state(lambda leaf: leaf[:2], state).count.tolist() == [8, 4]


# ---------------------------------------------------------------- heads


def test_cutting_a_head_is_taking_away_what_it_brings():
    layer, x = build(lambda: MultiHeadAttention(D, H)), drawn(B, T, D)

    def cut(value, t):
        return torch.cat([value[:, :1], torch.zeros_like(value[:, 1:2]), value[:, 2:]], 1)

    with record(layer) as trace:
        whole, _ = layer(x)
    part = trace["heads"][:, 1] @ layer.to_output.weight[:, 2:4].T
    with intervene(layer, {"heads": cut}):
        equal(layer(x)[0], whole - part, "without the second head, whole")
        y, _ = contract.stepped(layer, x)
    equal(y, whole - part, "without the second head, step by step")


def test_cross_attention_steps_as_it_goes_and_keeps_padding_out():
    layer = build(lambda: CrossAttention(D, H, memory_size=6, n_kv_heads=2))
    x, memory, lengths = drawn(B, T, D), drawn(B, S, 6, seed=1), torch.tensor([5, 1, 4])
    remembered = layer.remember(memory, lengths)
    with record(layer) as whole:
        y = layer(x, remembered)
    with record(layer) as stepped:
        layer.remember(memory, lengths)
        ys = torch.stack([layer.step(x_t, remembered) for x_t in x.unbind(1)], 1)
    equal(ys, y, "cross-attention, step and forward")
    for name in whole:
        equal(stepped[name], whole[name], name)
    assert whole["weights"].shape == (B, H, T, S) and (whole["weights"][1, ..., 1:] == 0).all()
    memory[1, 1:] = torch.nan
    equal(layer(x, layer.remember(memory, lengths)), y, "junk in the padding")


# ---------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: MultiHeadAttention(10, 4), "n_heads: 4 heads cannot share d_model 10"),
        (lambda: MultiHeadAttention(12, 4, n_kv_heads=3), "n_kv_heads: expected a number that divides n_heads 4"),
        (lambda: MultiHeadAttention(12, 0), "n_heads: expected a whole number"),
        (lambda: MultiHeadAttention(12, 4, window=0), "window: expected a whole number"),
        (lambda: MultiHeadAttention(12, 4, positions="absolute"), "positions: expected None, one of rotary"),
        (
            lambda: MultiHeadAttention(9, 3, positions="rotary")(drawn(1, 2, 9).float()),
            "x: rotary positions",
        ),
        (lambda: MultiHeadAttention(12, 4, causal=False).step(drawn(1, 12).float(), ()), "step: attention that is not"),
        (lambda: CrossAttention(12, 4).remember(drawn(1, 2, 11).float()), r"memory: expected shape \(B, S, 12\)"),
        (lambda: CrossAttention(12, 4)(drawn(1, 2, 12).float(), drawn(1, 2, 12)), "memory: expected the CrossMemory"),
        (lambda: _wrong_batch(), "memory: expected 2 sequences like x, got 3"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def _wrong_batch():
    layer = CrossAttention(12, 4)
    return layer(drawn(2, 2, 12).float(), layer.remember(drawn(3, 2, 12).float()))


# ---------------------------------------------------------------- the benchmark


@pytest.mark.parametrize("make", bench_attention.BLOCKS[:2] + bench_attention.WRITING)
def test_the_candidates_of_the_benchmark_do_the_same(make):
    results = [run() for run in make(5).values()]
    assert make.__name__ in bench.BENCHMARKS
    for result in results[1:]:
        torch.testing.assert_close(result, results[0], rtol=1e-4, atol=1e-6)
