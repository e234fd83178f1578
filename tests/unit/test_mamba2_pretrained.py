"""Mamba-2 from folders that the reference implementation wrote: logits whole, padded and step by step, and writing."""

import math

import pytest
import torch

from seqmodels.mamba2 import Mamba2
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
SIZES = {"vocab_size": V, "hidden_size": 16, "num_heads": 8, "head_dim": 4, "state_size": 6, "num_hidden_layers": 2,
         "chunk_size": 8, "pad_token_id": 0, "bos_token_id": 0, "eos_token_id": None}  # fmt: skip
KINDS = {
    "two groups": {"n_groups": 2},
    "one group, tied": {"n_groups": 1, "tie_word_embeddings": True},
    "every bias": {"n_groups": 8, "use_bias": True, "conv_kernel": 3, "layer_norm_epsilon": 1e-3},
    "no bias, wider": {"n_groups": 4, "use_conv_bias": False, "expand": 3, "num_heads": 12},
}


@pytest.fixture(params=KINDS)
def pair(request, tmp_path):
    """(ours, theirs, folder)."""
    Config, Model = reference("mamba2", "Mamba2Config", "Mamba2ForCausalLM")
    theirs = written(Model(Config(**SIZES | KINDS[request.param])), tmp_path)
    return Mamba2.from_pretrained(tmp_path), theirs, tmp_path


@torch.no_grad()
def test_logits_whole_padded_and_step_by_step(pair):
    ours, theirs, _ = pair
    tokens, lengths = random_tokens(V, 3, 21), torch.tensor([21, 4, 9])
    expected = theirs(tokens).logits
    same(ours(tokens)[0], expected, "whole")
    with record(ours):
        same(ours(tokens)[0], expected, "whole, watched")
    real = torch.arange(21) < lengths[:, None]
    padded = theirs(tokens, attention_mask=real.long()).logits
    same(ours(tokens, lengths=lengths)[0][real], padded[real], "padded")
    steps = our_steps(ours, tokens)
    same(steps, expected, "ours, step by step")
    same(steps, their_steps(theirs, tokens), "our steps and theirs")


def test_it_writes_the_same(pair):
    ours, theirs, _ = pair
    writes_the_same(ours, theirs, V)


def test_it_is_ready_and_whole(pair):
    ours, theirs, folder = pair
    assert type(ours) is Mamba2
    ready_and_whole(ours, theirs, folder, V)
    before = torch.get_rng_state()
    Mamba2.from_pretrained(folder)
    assert torch.equal(torch.get_rng_state(), before), "reading draws no random numbers"


def test_gradients_are_the_references(pair):
    ours, theirs, _ = pair
    tokens = random_tokens(V, 2, 11)
    for model in (ours, theirs):
        logits = model(tokens)[0] if model is ours else model(tokens).logits
        logits.square().mean().backward()
    pairs = [("table", ours.embedding, theirs.backbone.embeddings, "weight", "weight")]
    for i, layer in enumerate(theirs.backbone.layers):
        mixer = ours.backbone.layers[i].mixer
        pairs += [("A", mixer, layer.mixer, "A_log", "A_log"), ("Δ", mixer, layer.mixer, "delta_bias", "dt_bias"),
                  ("W", mixer.widen, layer.mixer.in_proj, "weight", "weight")]  # fmt: skip
    for what, mine, other, name, their_name in pairs:
        gradient, expected = getattr(mine, name).grad, getattr(other, their_name).grad
        same(gradient / expected.abs().max(), expected / expected.abs().max(), f"gradient of {what}")


@pytest.fixture(scope="module")
def one(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mamba2")
    Config, Model = reference("mamba2", "Mamba2Config", "Mamba2ForCausalLM")
    written(Model(Config(**SIZES, n_groups=2)), folder)
    return folder


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"model_type": "mamba"}, "model_type 'mamba', expected 'mamba2'"),
        ({"num_heads": None}, "does not say num_heads"),
        ({"num_heads": 4}, "num_heads · head_dim is 4 · 4, expand · hidden_size 2 · 16"),
        ({"hidden_act": "gelu"}, "hidden_act is 'gelu'; this class knows only 'silu'"),
        ({"time_step_limit": [0.0, 1.0]}, r"time_step_limit is \[0\.0, 1\.0\]; this class knows only \[0\.0, inf\]"),
        ({"n_groups": 4}, r"in_proj\.weight: expected shape \(120, 16\), got \(96, 16\)"),
        ({"use_bias": True}, r"lacks the tensor layers\.0\.mixer\.in_proj\.bias \(96,\)"),
        ({"num_hidden_layers": 1}, r"holds layers\.1\.mixer\.A_log, .* more, for which this class has no place"),
        ({"tie_word_embeddings": True}, r"lm_head\.weight and embeddings\.weight should be one tensor"),
    ],
)
def test_settings_that_do_not_fit_are_named(one, tmp_path, settings, message):
    folder = copied(one, tmp_path)
    rewritten(folder, **settings)
    with pytest.raises(ValueError, match=message):
        Mamba2.from_pretrained(folder)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.pop("backbone.layers.1.mixer.D") is None, r"lacks the tensor layers\.1\.mixer\.D \(8,\)"),
        (lambda t: t.update({"score.weight": torch.ones(2)}), r"holds score\.weight, for which this class"),
        (lambda t: t["backbone.norm_f.weight"].fill_(math.nan), r"norm_f\.weight: contains NaN"),
    ],
)
def test_tensors_that_do_not_fit_are_named(one, tmp_path, change, message):
    folder = copied(one, tmp_path)

    def changed(tensors):
        change(tensors)
        return tensors

    rewritten(folder, changed)
    with pytest.raises(ValueError, match=message):
        Mamba2.from_pretrained(folder)


@pytest.mark.parametrize("endless", [math.inf, {"__float__": "Infinity"}, None])
def test_infinity_may_be_written_as_it_likes(one, tmp_path, endless):
    folder = copied(one, tmp_path)
    rewritten(folder, time_step_limit=[0.0, endless] if endless else None)
    assert Mamba2.from_pretrained(folder).vocab_size == V


def test_a_folder_without_weights_is_named(one, tmp_path):
    folder = copied(one, tmp_path)
    (folder / "model.safetensors").unlink()
    with pytest.raises(ValueError, match="there is no model.safetensors"):
        Mamba2.from_pretrained(folder)


def copied(folder, to):
    for path in folder.iterdir():
        (to / path.name).write_bytes(path.read_bytes())
    return to
