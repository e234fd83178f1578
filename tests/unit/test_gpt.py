"""GPT against torch.nn and against itself: the cache, every kind of position, sizes, what it sees, what it learns."""

import math
from functools import partial

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from seqmodels.attention import causal_mask
from seqmodels.decoding import beam_search, generate
from seqmodels.gpt import GPT
from seqmodels.layer import map_state
from seqmodels.nested import leaves
from seqmodels.probes import intervene, record
from seqmodels.runtime import count_parameters
from seqmodels.training import CarriedState, next_token, train, truncated_bptt_batches
from tools.bench_attention import torch_layer
from unit.against_torch import equal

V, D, H = 11, 8, 2
KINDS = {
    "learned": {"max_length": 40},
    "sinusoidal": {"positions": "sinusoidal"},
    "rotary": {"positions": "rotary"},
    "alibi": {"positions": "alibi"},
    "relative": {"positions": "relative"},
    "none": {"positions": "none"},
    "post-norm": {"max_length": 40, "norm": "post"},
    "grouped, window": {"positions": "rotary", "n_kv_heads": 1, "window": 4},
    "attention alone": {"max_length": 40, "d_ff": 0},
    "root mean square, no bias": {"positions": "rotary", "norm_kind": "rms", "bias": False, "activation": "gated_silu"},
}
EACH = pytest.mark.parametrize("kind", KINDS)


def build(kind="learned", dtype=torch.float64, layers=2):
    """All numbers drawn, biases and norms too."""
    torch.manual_seed(0)
    model = GPT(V, D, H, layers, **KINDS[kind])
    for name, parameter in model.named_parameters():
        nn.init.normal_(parameter, mean=1.0 if name.endswith("norm.weight") else 0.0, std=0.3)
    return model.to(dtype).eval()


def some_tokens(batch=3, length=9, seed=0):
    return torch.randint(V, (batch, length), generator=torch.Generator().manual_seed(seed))


# ---------------------------------------------------------------- torch.nn


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_equal_to_torchs_encoder_layers(dtype):
    model, tokens = build(dtype=dtype), some_tokens()
    gelu = partial(F.gelu, approximate="tanh")
    layers = [torch_layer(block, activation=gelu) for block in model.backbone.blocks]
    x = model.embedding(tokens) + model.backbone.positions.table.weight[:9]
    for layer in layers:
        x = layer(x, src_mask=~causal_mask(9))
    logits = model.norm(x) @ model.embedding.weight.T
    equal(model(tokens)[0], logits, "logits")
    if dtype == torch.float64:
        shared = [model.embedding.weight, model.backbone.positions.table.weight, *model.norm.parameters()]
        directions = torch.randn(logits.shape, dtype=dtype, generator=torch.Generator().manual_seed(1))
        both = (torch.autograd.grad((y * directions).sum(), shared) for y in (model(tokens)[0], logits))
        for mine, other in zip(*both, strict=True):
            equal(mine, other, "gradient")


@pytest.mark.parametrize(
    ("layers", "d_model", "heads", "millions"), [(12, 768, 12, 124.4), (24, 1024, 16, 354.8), (48, 1600, 25, 1557.6)]
)
def test_as_many_parameters_as_gpt_2(layers, d_model, heads, millions):
    """The published sizes: 50 257 tokens, 1 024 positions, the head is the table of the tokens and has no bias."""
    with torch.device("meta"):
        model = GPT(50_257, d_model, heads, layers, 1024)
    block = 12 * d_model**2 + 13 * d_model  # four projections, a network four times as wide, two norms
    by_hand = (50_257 + 1024) * d_model + layers * block + 2 * d_model
    assert count_parameters(model) == by_hand and round(by_hand / 1e6, 1) == millions


def test_it_is_built_like_gpt_2():
    model = GPT(V, D, H, 2, 16)
    assert model.head.weight is model.embedding.weight and model.head.bias is None
    assert isinstance(model.norm, nn.LayerNorm) and isinstance(model.backbone.norm, nn.Identity)
    assert model.backbone.blocks[0].feed_forward.widen.out_features == 4 * D
    x = torch.linspace(-3, 3, 50)
    assert torch.equal(model.backbone.blocks[0].feed_forward.activation(x), F.gelu(x, approximate="tanh"))
    assert GPT(V, D, H, 2, 16, norm_epsilon=1e-3).backbone.blocks[1].attention_norm.eps == 1e-3
    loose = GPT(V, D, H, 2, 16, tied=False)
    assert loose.head.weight is not loose.embedding.weight and loose.head.bias is None


def test_a_fresh_model_knows_nothing():
    torch.manual_seed(0)
    model, tokens = GPT(64, 128, 4, 4, 64), torch.randint(64, (8, 65))
    assert next_token(model, tokens).item() == pytest.approx(math.log(64), abs=0.4)
    widths = {name: p.std().item() for name, p in model.named_parameters() if p.dim() == 2}
    narrow = {name for name, width in widths.items() if width < 0.7 * (3 * 128) ** -0.5}
    assert narrow == {n for n in widths if n.endswith(("to_output.weight", "narrow.weight"))}


# ---------------------------------------------------------------- the cache


@EACH
def test_writing_with_the_cache_is_writing_without(kind):
    model, prompt = build(kind), some_tokens(length=5)
    written, tokens = generate(model, prompt, 14, temperature=0), prompt
    with torch.no_grad():
        for _ in range(14):
            tokens = torch.cat([tokens, model(tokens)[0][:, -1:].argmax(-1)], 1)
    assert torch.equal(written, tokens)


@EACH
def test_beams_move_the_cache(kind):
    model, prompt = build(kind), some_tokens(batch=2, length=3)
    tokens, log_probs = beam_search(model, prompt, 6, beam_size=4)
    with torch.no_grad():
        logits, _ = model(tokens[:, :, :-1].flatten(0, 1))
    scores = logits.log_softmax(-1).gather(-1, tokens[:, :, 1:].flatten(0, 1)[..., None])[:, 2:, 0].sum(-1)
    equal(scores.view(2, 4), log_probs, "log-probabilities of the beams")


def test_the_bill_of_the_cache():
    """Keys and values of each layer, for each token: 2 · D numbers, or 2 · E · G where fewer heads answer."""
    for kind, each in (("learned", 2 * D), ("grouped, window", 2 * D // H)):
        _, state = build(kind)(some_tokens(batch=3, length=9))
        assert sum(leaf.numel() for leaf in leaves(state) if leaf.is_floating_point()) == 2 * 3 * 9 * each


def test_learned_positions_end_and_others_do_not():
    model, tokens = build("learned"), some_tokens(length=41)
    with pytest.raises(ValueError, match="x: goes on to position 40, but there are only 40 learned positions"):
        model(tokens)
    _, state = model(tokens[:, :40])
    with pytest.raises(ValueError, match="x: goes on to position 40"):
        model.step(tokens[:, 0], state)
    assert all(build(kind)(tokens)[0].shape == (3, 41, V) for kind in KINDS if "max_length" not in KINDS[kind])


@EACH
def test_a_state_of_padded_sequences_goes_on_where_each_ended(kind):
    model, tokens, lengths = build(kind), some_tokens(), torch.tensor([9, 2, 5])
    _, state = model(tokens, lengths=lengths)
    written = generate(model, tokens[:, :1], 4, temperature=0, state=state)
    for row, length in enumerate(lengths):
        _, alone = model(tokens[row : row + 1, :length])
        assert torch.equal(written[row], generate(model, tokens[row : row + 1, :1], 4, temperature=0, state=alone)[0])


# ---------------------------------------------------------------- order, and what can be seen


def test_one_layer_without_positions_cannot_tell_the_order_of_the_past_but_two_can():
    order = torch.tensor([2, 0, 3, 1, 4])  # the last token stays the last
    for layers, can_tell in ((1, False), (2, True)):
        model, tokens = build("none", layers=layers), torch.tensor([[3, 1, 4, 9, 5]])
        distance = (model(tokens[:, order])[0] - model(tokens)[0])[0, -1].abs().max()
        assert (distance > 1e-6) == can_tell


def test_a_window_of_each_layer_adds_up():
    model, tokens = build("grouped, window", layers=3), some_tokens(batch=1, length=20)
    other = tokens.clone()
    other[0, 5] = (tokens[0, 5] + 1) % V
    changed = ((model(other)[0] - model(tokens)[0]).abs() > 1e-12).any(-1)[0]
    assert changed.nonzero().flatten().tolist() == list(range(5, 5 + 3 * 3 + 1))  # three steps back in each of 3 layers


# ---------------------------------------------------------------- looking inside


def test_a_head_that_is_cut_is_cut_while_writing_too():
    model, prompt = build(), some_tokens(length=4)
    with record(model) as trace:
        whole, _ = model(prompt)
    assert trace["blocks.1.attention.weights"].shape == (3, H, 4, 4)
    assert trace["blocks.0.attention.heads"].shape == (3, H, 4, D // H)

    def cut(value, t):
        return torch.cat([torch.zeros_like(value[:, :1]), value[:, 1:]], 1)

    with intervene(model, {"blocks.0.attention.heads": cut}):
        logits, _ = model(prompt)
        state, steps = model.initial_state(3), []
        for token in prompt.unbind(1):
            step_logits, state = model.step(token, state)
            steps.append(step_logits)
    equal(torch.stack(steps, 1), logits, "cut, step by step")
    assert (logits - whole).abs().max() > 1e-3


# ---------------------------------------------------------------- learning


def test_it_learns_a_text_in_pieces_and_whole():
    torch.manual_seed(0)
    text = torch.tensor([1, 4, 2, 8, 5, 7] * 40)
    model = GPT(V, 16, 2, 1, positions="rotary")
    pieces = truncated_bptt_batches(text, batch_size=2, length=20)
    history = train(model, pieces, steps=60, loss=CarriedState(), learning_rate=1e-2)
    assert history.loss[-1] < 0.1 < 1.5 < history.loss[0]
    assert generate(model, text[None, :3], 9, temperature=0)[0].tolist() == text[:12].tolist()


def test_gradients_of_a_carried_cache_stop_where_they_are_cut():
    model, tokens = build(), some_tokens()
    _, state = model(tokens)
    assert all(leaf.requires_grad for leaf in leaves(state) if leaf.is_floating_point())
    state = map_state(torch.Tensor.detach, state)
    logits, _ = model(tokens[:, :2], state)
    table = model.backbone.positions.table.weight
    (gradient,) = torch.autograd.grad(logits.sum(), table)
    assert gradient[:9].eq(0).all() and gradient[9:11].ne(0).all()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "max_length: learned positions need to know how many there are"),
        ({"positions": "where"}, "positions: expected"),
        ({"max_length": 4, "norm": "none"}, "norm: expected pre"),
        ({"max_length": 4, "activation": "tanh"}, "activation: expected one of relu"),
        ({"max_length": 4, "norm_kind": "batch"}, "norm_kind: expected one of layer, rms"),
        ({"max_length": 4, "n_kv_heads": 3}, "n_kv_heads: expected a number that divides n_heads 2"),
        ({"max_length": 4, "n_layers": 0}, "n_layers: expected a whole number"),
    ],
)
def test_bad_settings_are_named(settings, message):
    with pytest.raises(ValueError, match=message):
        GPT(**{"vocab_size": V, "d_model": D, "n_heads": H, "n_layers": 2} | settings)
