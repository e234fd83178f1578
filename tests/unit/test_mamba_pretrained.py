"""Mamba from folders that the reference implementation wrote: logits whole and step by step, writing, bad folders."""

import pytest
import torch

from seqmodels.mamba import Mamba
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

V, D = 23, 12
KINDS = {
    "as published": {},
    "every size another": {"state_size": 5, "expand": 3, "conv_kernel": 2, "time_step_rank": 4},
    "biases and a head of its own": {"use_bias": True, "use_conv_bias": False, "tie_word_embeddings": False,
                                     "layer_norm_epsilon": 1e-3},
}  # fmt: skip


@pytest.fixture(params=KINDS)
def pair(request, tmp_path):
    """(ours, theirs, folder)."""
    Config, Model = reference("mamba", "MambaConfig", "MambaForCausalLM")
    config = Config(vocab_size=V, hidden_size=D, num_hidden_layers=3, eos_token_id=None, **KINDS[request.param])
    theirs = written(Model(config), tmp_path)
    return Mamba.from_pretrained(tmp_path), theirs, tmp_path


@torch.no_grad()
def test_logits_whole_padded_and_step_by_step(pair):
    ours, theirs, _ = pair
    tokens, lengths = random_tokens(V, 3, 40), torch.tensor([40, 4, 19])
    expected = theirs(tokens).logits
    same(ours(tokens)[0], expected, "whole")
    with record(ours):
        same(ours(tokens)[0], expected, "whole, watched")
    padded, _ = ours(tokens, lengths=lengths)
    for b, n in enumerate(lengths):
        same(padded[b, :n], theirs(tokens[b : b + 1, :n]).logits[0], f"padded, {n} real")
    steps = our_steps(ours, tokens)
    same(steps, expected, "our steps")
    same(steps, their_steps(theirs, tokens), "our steps and theirs")


def test_it_writes_the_same(pair):
    ours, theirs, _ = pair
    writes_the_same(ours, theirs, V)


def test_it_is_ready_and_whole(pair):
    ours, theirs, folder = pair
    assert type(ours) is Mamba
    ready_and_whole(ours, theirs, folder, V)


def test_weights_can_be_trained_on_and_have_the_references_gradient(pair):
    ours, theirs, _ = pair
    tokens = random_tokens(V, 2, 9)

    def loss(logits):
        return torch.nn.functional.cross_entropy(logits[:, :-1].flatten(0, 1), tokens[:, 1:].flatten())

    loss(ours(tokens)[0]).backward()
    loss(theirs(tokens).logits).backward()
    mixer, reference_mixer = ours.backbone.layers[0].mixer, theirs.backbone.layers[0].mixer
    for found, expected in ((mixer.A_log, reference_mixer.A_log), (mixer.delta_weight, reference_mixer.dt_proj.weight),
                            (mixer.convolution.weight, reference_mixer.conv1d.weight)):  # fmt: skip
        expected = expected.grad.reshape(found.shape)
        assert expected.abs().max() > 1e-3
        assert (found.grad - expected).abs().max() < 1e-5 * max(1.0, expected.abs().max())


def folder(tmp_path):
    Config, Model = reference("mamba", "MambaConfig", "MambaForCausalLM")
    written(Model(Config(vocab_size=V, hidden_size=D, num_hidden_layers=1)), tmp_path)
    return tmp_path


def test_the_older_layout_reads_the_same(tmp_path):
    """The table under its name in the authors' own files, the head written out, float16."""
    ours = Mamba.from_pretrained(folder(tmp_path))

    def older(tensors):
        table = tensors.pop("backbone.embeddings.weight")
        return tensors | {"backbone.embedding.weight": table, "lm_head.weight": table.clone()}

    rewritten(tmp_path, older)
    tokens = random_tokens(V, 2, 8)
    same(Mamba.from_pretrained(tmp_path)(tokens)[0], ours(tokens)[0], "older layout")
    rewritten(tmp_path, lambda tensors: {name: value.half() for name, value in tensors.items()}, time_step_rank="auto")
    assert (Mamba.from_pretrained(tmp_path)(tokens)[0] - ours(tokens)[0]).abs().max() < 0.05


@pytest.mark.parametrize(("change", "settings", "says"), [
    (lambda t: {n: v for n, v in t.items() if not n.endswith("A_log")}, {}, "lacks the tensor layers.0.mixer.A_log"),
    (lambda t: t | {"backbone.layers.1.norm.weight": torch.ones(D)}, {}, "holds layers.1.norm.weight, for which"),
    (lambda t: t | {"backbone.layers.0.mixer.D": torch.ones(5)}, {}, r"mixer.D: expected shape \(24,\), got \(5,\)"),
    (lambda t: t | {"lm_head.weight": torch.ones(V, D)}, {}, "should be one tensor, and differ"),
    (None, {"model_type": "mamba2"}, "model_type 'mamba2', expected 'mamba'"),
    (None, {"hidden_act": "relu"}, "hidden_act is 'relu'; this class knows only 'silu'"),
    (None, {"intermediate_size": 7}, "intermediate_size is 7; this class knows only 24"),
    (None, {"time_step_rank": "many"}, "time_step_rank: expected a whole number"),
    (None, {"num_hidden_layers": 2}, "lacks the tensor layers.1.norm.weight"),
])  # fmt: skip
def test_what_is_not_as_it_should_be_is_named(tmp_path, change, settings, says):
    rewritten(folder(tmp_path), change, **settings)
    with pytest.raises(ValueError, match=f"^folder: .*{says}"):
        Mamba.from_pretrained(tmp_path)


def test_a_missing_file_is_named(tmp_path):
    (folder(tmp_path) / "model.safetensors").unlink()
    with pytest.raises(ValueError, match=r"there is no model\.safetensors"):
        Mamba.from_pretrained(tmp_path)
