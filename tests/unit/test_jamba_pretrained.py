"""Jamba from folders that the reference implementation wrote: logits whole, padded and step by step, and writing."""

import math

import pytest
import torch

from seqmodels.jamba import Jamba
from seqmodels.probes import record
from unit.published_reference import (
    our_steps,
    random_tokens,
    ready_and_whole,
    reference,
    rewritten,
    same,
    their_steps,
    writes_the_same,
    written,
)

V = 23
SIZES = {"vocab_size": V, "hidden_size": 16, "intermediate_size": 20, "num_hidden_layers": 4, "num_attention_heads": 4,
         "num_key_value_heads": 2, "attn_layer_period": 4, "attn_layer_offset": 2, "expert_layer_period": 2,
         "expert_layer_offset": 1, "num_experts": 4, "num_experts_per_tok": 2, "mamba_d_state": 8, "mamba_dt_rank": 4,
         "pad_token_id": 0, "bos_token_id": 0, "eos_token_id": None}  # fmt: skip
KINDS = {
    "as published": {},
    "tied, every bias": {"tie_word_embeddings": True, "mamba_proj_bias": True, "num_key_value_heads": 4,
                         "rms_norm_eps": 1e-3},
    "other places, no experts": {"attn_layer_period": 2, "attn_layer_offset": 0, "num_experts": 1,
                                 "mamba_conv_bias": False, "mamba_expand": 3, "mamba_dt_rank": "auto"},
    "three of five experts": {"num_experts": 5, "num_experts_per_tok": 3, "expert_layer_period": 1,
                              "expert_layer_offset": 0, "mamba_d_conv": 2},
}  # fmt: skip


def theirs_in(folder, **settings):
    """Their model, its table four times as wide as the rest: what the first norm has to widen, it widens with noise."""
    Config, Model = reference("jamba", "JambaConfig", "JambaForCausalLM")
    model = written(Model(Config(**SIZES | settings)), folder)
    with torch.no_grad():
        model.model.embed_tokens.weight *= 4
    model.save_pretrained(folder)
    return model


@pytest.fixture(params=KINDS)
def pair(request, tmp_path):
    """(ours, theirs, folder)."""
    theirs = theirs_in(tmp_path, **KINDS[request.param])
    return Jamba.from_pretrained(tmp_path), theirs, tmp_path


@torch.no_grad()
def test_logits_whole_padded_and_step_by_step(pair):
    ours, theirs, _ = pair
    tokens, lengths = random_tokens(V, 3, 17), torch.tensor([17, 4, 9])
    expected = theirs(tokens).logits
    same(ours(tokens)[0], expected, "whole")
    with record(ours):
        same(ours(tokens)[0], expected, "whole, watched")
    real = torch.arange(17) < lengths[:, None]
    padded = theirs(tokens, attention_mask=real.long()).logits
    same(ours(tokens, lengths=lengths)[0][real], padded[real], "padded")
    steps = our_steps(ours, tokens)
    same(steps, expected, "ours, step by step")
    same(steps, their_steps(theirs, tokens), "our steps and theirs")


@torch.no_grad()
def test_the_same_experts_are_chosen(pair):
    ours, theirs, _ = pair
    tokens = random_tokens(V, 3, 17)
    if not ours.experts_at:
        return
    with record(ours) as trace:
        ours(tokens)
    expected = theirs(tokens, output_router_logits=True).router_logits
    assert len(expected) == len(ours.experts_at)
    for i, logits in zip(ours.experts_at, expected, strict=True):
        p = trace[f"layers.{i}.network.router"].flatten(0, 1)
        same(p, logits.softmax(-1), f"router of layer {i}")


def test_it_writes_the_same(pair):
    ours, theirs, _ = pair
    writes_the_same(ours, theirs, V, new=12)


def test_it_is_ready_and_whole(pair):
    ours, theirs, folder = pair
    assert type(ours) is Jamba
    ready_and_whole(ours, theirs, folder, V)


def test_weights_that_sum_up_to_one_would_be_another_model(pair):
    ours, theirs, _ = pair
    if not ours.experts_at:
        return
    tokens = random_tokens(V, 3, 17)
    for i in ours.experts_at:
        ours.backbone.layers[i].network.renormalise = True
    with torch.no_grad():
        assert (ours(tokens)[0] - theirs(tokens).logits).abs().max() > 0.1


@pytest.fixture(scope="module")
def one(tmp_path_factory):
    folder = tmp_path_factory.mktemp("jamba")
    theirs_in(folder)
    return folder


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"model_type": "mamba"}, "model_type 'mamba', expected 'jamba'"),
        ({"num_attention_heads": None}, "does not say num_attention_heads"),
        ({"num_attention_heads": 3}, "num_attention_heads: expected a divisor of hidden_size 16, got 3"),
        ({"num_key_value_heads": 4}, r"self_attn\.k_proj\.weight: expected shape \(16, 16\), got \(8, 16\)"),
        ({"hidden_act": "gelu"}, "hidden_act is 'gelu'; this class knows only 'silu'"),
        ({"attn_layer_offset": 4}, "attn_layer_offset: expected a whole number below attn_layer_period 4, got 4"),
        ({"attn_layer_offset": 1}, r"lacks the tensor layers\.1\.self_attn"),
        ({"num_experts": 2, "num_experts_per_tok": 3}, "num_experts_per_tok: expected at most num_experts 2, got 3"),
        ({"num_experts": 3}, r"router\.weight: expected shape \(3, 16\), got \(4, 16\)"),
        ({"num_experts": 1}, r"lacks the tensor layers\.1\.feed_forward\.gate_proj\.weight \(20, 16\)"),
        ({"num_hidden_layers": 3}, r"holds layers\.3\..* more, for which this class has no place"),
    ],
)
def test_settings_that_do_not_fit_are_named(one, tmp_path, settings, message):
    folder = copied(one, tmp_path)
    rewritten(folder, **settings)
    with pytest.raises(ValueError, match=message):
        Jamba.from_pretrained(folder)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.pop("model.layers.0.mamba.dt_layernorm.weight") is None,
         r"lacks the tensor layers\.0\.mamba\.dt_layernorm\.weight \(4,\)"),
        (lambda t: t.pop("model.layers.3.feed_forward.experts.2.up_proj.weight") is None,
         r"lacks the tensor layers\.3\.feed_forward\.experts\.2\.up_proj\.weight \(20, 16\)"),
        (lambda t: t.update({"score.weight": torch.ones(2)}), r"holds score\.weight, for which this class"),
        (lambda t: t["model.final_layernorm.weight"].fill_(math.nan), r"final_layernorm\.weight: contains NaN"),
    ],
)  # fmt: skip
def test_tensors_that_do_not_fit_are_named(one, tmp_path, change, message):
    folder = copied(one, tmp_path)

    def changed(tensors):
        change(tensors)
        return tensors

    rewritten(folder, changed)
    with pytest.raises(ValueError, match=message):
        Jamba.from_pretrained(folder)


def copied(folder, to):
    for path in folder.iterdir():
        (to / path.name).write_bytes(path.read_bytes())
    return to
