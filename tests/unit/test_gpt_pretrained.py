"""GPT-2 from folders that the reference implementation wrote: logits, cache, writing, the older layout."""

import pytest
import torch

from seqmodels.gpt import GPT
from seqmodels.probes import record
from unit.published_reference import (
    our_steps,
    random_tokens,
    ready_and_whole,
    reference,
    rewritten,
    same,
    writes_the_same,
    written,
)

V, D, H = 23, 12, 3
KINDS = {
    "as published": {},
    "a network of its own size": {"n_inner": 20, "activation_function": "relu", "layer_norm_epsilon": 1e-3},
    "exact gelu, own head": {"activation_function": "gelu", "tie_word_embeddings": False},
}


@pytest.fixture(params=KINDS)
def pair(request, tmp_path):
    """(ours, theirs, folder)."""
    Config, Model = reference("gpt2", "GPT2Config", "GPT2LMHeadModel")
    config = Config(vocab_size=V, n_embd=D, n_head=H, n_layer=2, n_positions=24, bos_token_id=0, eos_token_id=None,
                    **KINDS[request.param])  # fmt: skip
    theirs = written(Model(config), tmp_path)
    return GPT.from_pretrained(tmp_path), theirs, tmp_path


@torch.no_grad()
def test_logits_whole_padded_and_cached(pair):
    ours, theirs, _ = pair
    tokens, lengths = random_tokens(V, 3, 15), torch.tensor([15, 4, 9])
    real = torch.arange(15) < lengths[:, None]
    expected = theirs(tokens).logits
    same(ours(tokens)[0], expected, "whole")
    with record(ours) as trace:
        same(ours(tokens)[0], expected, "whole, watched")
    weights = theirs.set_attn_implementation("eager") or theirs(tokens, output_attentions=True).attentions
    same(trace["blocks.1.attention.weights"], weights[1], "weights of the second layer")
    padded = theirs(tokens, attention_mask=real.long()).logits
    same(ours(tokens, lengths=lengths)[0][real], padded[real], "padded")
    steps = our_steps(ours, tokens)
    same(steps, expected, "with our cache")
    first = theirs(tokens[:, :6], use_cache=True)
    rest = theirs(tokens[:, 6:], cache=first.cache).logits
    same(steps[:, 6:], rest, "our cache and theirs")


def test_it_writes_the_same(pair):
    ours, theirs, _ = pair
    writes_the_same(ours, theirs, V)


def test_it_is_ready_and_whole(pair):
    ours, theirs, folder = pair
    assert type(ours) is GPT
    ready_and_whole(ours, theirs, folder, V)
    before = torch.get_rng_state()
    GPT.from_pretrained(folder)
    assert torch.equal(torch.get_rng_state(), before), "reading draws no random numbers"


def test_the_older_layout_reads_the_same(pair):
    """Names without a prefix, the causal triangle among the weights, the head written out, float16."""
    ours, theirs, folder = pair

    def older(tensors):
        tensors = {name.removeprefix("transformer."): value for name, value in tensors.items()}
        tensors["lm_head.weight"] = tensors.get("lm_head.weight", tensors["wte.weight"]).clone()
        for i in range(2):
            tensors[f"h.{i}.attn.bias"] = torch.ones(24, 24).tril().bool()[None, None]
            tensors[f"h.{i}.attn.masked_bias"] = torch.tensor(-1e4)
        return tensors

    rewritten(folder, older)
    tokens = random_tokens(V, 2, 8)
    same(GPT.from_pretrained(folder)(tokens)[0], ours(tokens)[0], "older layout")
    rewritten(folder, lambda tensors: {name: value.half() for name, value in tensors.items()})
    halved = GPT.from_pretrained(folder)
    assert halved.embedding.weight.dtype == torch.float32
    assert (halved(tokens)[0] - ours(tokens)[0]).abs().max() < 0.05


def test_weights_can_be_trained_on(pair):
    ours, _, _ = pair
    tokens = random_tokens(V, 2, 8)
    optimizer = torch.optim.Adam(ours.parameters(), 1e-2)

    def loss():
        return torch.nn.functional.cross_entropy(ours(tokens)[0][:, :-1].flatten(0, 1), tokens[:, 1:].flatten())

    before = loss().item()
    for _ in range(5):
        optimizer.zero_grad()
        loss().backward()
        optimizer.step()
    assert loss().item() < before - 0.5
