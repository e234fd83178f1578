"""Attention and the Transformer against torch.nn, and what the cache saves, for `python -m tools.bench`.

Forward and backward of a block, 8 sequences of so many elements, 128 features, 4 heads, 512 hidden units, with the
gradient of every parameter. The first candidate, the measure of the others, is torch.nn's layer with the same numbers.
Target: 1.2 for ours, causal or not; what `record` costs is shown. Writing: 16 tokens after a context of so many, four
layers of 128, with the key-value cache and without. Target: at a context of 512 the cache is 10 times faster.
"""

import torch
from torch import nn

from seqmodels.attention import MultiHeadAttention
from seqmodels.decoding import draw, generate
from seqmodels.gpt import GPT
from seqmodels.probes import record
from seqmodels.transformer import TransformerBlock

BATCH, FEATURES, HEADS, HIDDEN, WRITTEN = 8, 128, 4, 512, 16


def transformer_causal(length):
    """A causal block, so many elements, 128 features"""
    return _block(length, causal=True)


def transformer_both_sides(length):
    """A block that sees both sides, so many elements, 128 features"""
    return _block(length, causal=False)


def grouped_attention(length):
    """Attention alone, 8 heads that ask, so many elements: how many answer?"""
    x = torch.randn(BATCH, length, FEATURES, requires_grad=True)
    layers = {n: MultiHeadAttention(FEATURES, 8, n_kv_heads=n) for n in (8, 2, 1)}
    return {f"{n} heads answer": _forward_backward(layer, lambda layer=layer: layer(x)[0])
            for n, layer in layers.items()}  # fmt: skip


def writing(context):
    """16 tokens after a context of so many, GPT of 4 layers, 128 features"""
    torch.manual_seed(0)
    model = GPT(64, FEATURES, HEADS, n_layers=4, max_length=context + 2 * WRITTEN).eval()
    prompt = torch.randint(64, (1, context))
    with torch.no_grad():
        logits, state = model(prompt)  # read once; what is measured is the writing
        first = torch.cat([prompt, draw(logits[:, -1], temperature=0)[:, None]], 1)

    def without_cache():
        tokens = first
        with torch.no_grad():
            for _ in range(WRITTEN):
                logits, _ = model(tokens)
                tokens = torch.cat([tokens, draw(logits[:, -1], temperature=0)[:, None]], 1)
        return tokens

    def with_cache():
        written = generate(model, first[:, -1:], WRITTEN, temperature=0, state=state)
        return torch.cat([prompt, written], 1)

    return {"with the cache": with_cache, "without": without_cache}


BLOCKS = [transformer_causal, transformer_both_sides, grouped_attention]
WRITING = [writing]


def torch_layer(block, **settings):
    """nn.TransformerEncoderLayer with the numbers of a TransformerBlock (relu and layer norms)."""
    attention, network = block.attention, block.feed_forward
    layer = nn.TransformerEncoderLayer(block.input_size, attention.n_heads, network.widen.out_features, dropout=0.0,
                                       batch_first=True, norm_first=block.norm_first, **settings)  # fmt: skip
    layer = layer.to(attention.to_query.weight)
    with torch.no_grad():
        take_attention(layer.self_attn, attention)
        pairs = ((layer.linear1, network.widen), (layer.linear2, network.narrow),
                 (layer.norm1, block.attention_norm), (layer.norm2, block.feed_forward_norm))  # fmt: skip
        for theirs, ours in pairs:
            theirs.load_state_dict(ours.state_dict())
    return layer


def take_attention(theirs, ours):
    """nn.MultiheadAttention takes the numbers of ours; its three input projections are one table."""
    with torch.no_grad():
        parts = (ours.to_query, ours.to_key, ours.to_value)
        theirs.in_proj_weight.copy_(torch.cat([part.weight for part in parts]))
        theirs.out_proj.load_state_dict(ours.to_output.state_dict())
        if theirs.in_proj_bias is not None:
            theirs.in_proj_bias.copy_(torch.cat([part.bias for part in parts]))


def _block(length, causal):
    torch.manual_seed(0)
    block = TransformerBlock(FEATURES, HEADS, HIDDEN, norm="post", causal=causal)
    theirs = torch_layer(block)
    x = torch.randn(BATCH, length, FEATURES, requires_grad=True)
    mask = nn.Transformer.generate_square_subsequent_mask(length) if causal else None

    def watched():
        with record(block):
            return block(x)[0]

    return {
        "torch.nn.TransformerEncoderLayer": _forward_backward(
            theirs, lambda: theirs(x, src_mask=mask, is_causal=causal)
        ),
        "seqmodels.TransformerBlock": _forward_backward(block, lambda: block(x)[0]),
        "the same, recorded": _forward_backward(block, watched),
    }


def _forward_backward(module, run):
    """Every gradient is computed; that of the first norm or projection, which the candidates share, is returned."""
    names, parameters = zip(*module.named_parameters(), strict=True)
    shown = next(i for i, name in enumerate(names) if name in SHOWN)
    return lambda: torch.autograd.grad(run().square().mean(), parameters)[shown]


SHOWN = ("linear2.weight", "feed_forward.narrow.weight", "to_output.weight")
