"""The Transformer against torch.nn: blocks and whole stacks, values and gradients; sizes, writing, training recipe."""

import itertools
import math
from functools import partial

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from property import contract
from seqmodels.attention import causal_mask
from seqmodels.layer import map_state
from seqmodels.probes import intervene, record
from seqmodels.runtime import count_parameters
from seqmodels.seq2seq import BEGIN, END, PADDING, Seq2Seq, TranslationLoss, pair_batch, search
from seqmodels.training import train
from seqmodels.transformer import (
    FeedForward,
    SmoothedLoss,
    Transformer,
    TransformerBlock,
    TransformerStack,
    label_smoothing,
    noam_schedule,
)
from tools.bench_attention import take_attention, torch_layer
from unit.against_torch import equal

B, T, S, D, H, FF = 3, 7, 5, 8, 4, 12
LENGTHS, SOURCE_LENGTHS = torch.tensor([7, 3, 1]), torch.tensor([5, 1, 4])
REAL, SOURCE_REAL = torch.arange(T) < LENGTHS[:, None], torch.arange(S) < SOURCE_LENGTHS[:, None]
DTYPES = pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
NORMS = pytest.mark.parametrize("norm", ["pre", "post"])
PAIRS = [([3, 4, 5, 6, 8], [3, 4, 5]), ([7], [6]), ([8, 3, 8], [7, 7, 3, 4, 5, 6])]


def drawn(*shape, dtype=torch.float64, seed=0):
    return torch.randn(*shape, dtype=dtype, generator=torch.Generator().manual_seed(seed))


def build(make, dtype=torch.float64):
    """All numbers drawn, biases and norms too: zeros and ones would hide mistakes."""
    torch.manual_seed(0)
    module = make()
    for name, parameter in module.named_parameters():
        nn.init.normal_(parameter, mean=1.0 if name.endswith("norm.weight") else 0.0, std=0.25)
    return module.to(dtype)


def gradients(y, leaves):
    return torch.autograd.grad((y * drawn(*y.shape, dtype=y.dtype, seed=9)).sum(), leaves)


# ---------------------------------------------------------------- the network


def test_feed_forward_is_its_formula():
    x = drawn(B, T, D)
    for name, f in {
        "relu": F.relu,
        "gelu": F.gelu,
        "gelu_tanh": partial(F.gelu, approximate="tanh"),
        "silu": F.silu,
    }.items():
        plain, gated = (
            build(lambda n=name: FeedForward(D, FF, n)),
            build(lambda n=name: FeedForward(D, FF, f"gated_{n}")),
        )
        by_hand = f(x @ plain.widen.weight.T + plain.widen.bias) @ plain.narrow.weight.T + plain.narrow.bias
        equal(plain(x), by_hand, name)
        hidden = f(x @ gated.gate.weight.T + gated.gate.bias) * (x @ gated.widen.weight.T + gated.widen.bias)
        equal(gated(x), hidden @ gated.narrow.weight.T + gated.narrow.bias, f"gated {name}")
    assert not any("bias" in name for name, _ in FeedForward(D, FF, "gated_gelu", bias=False).named_parameters())


# ---------------------------------------------------------------- blocks against torch.nn


def torch_decoder_layer(block, activation="relu"):
    """nn.TransformerDecoderLayer with the numbers of a block that looks at a memory."""
    layer = nn.TransformerDecoderLayer(D, H, FF, dropout=0.0, batch_first=True, norm_first=block.norm_first,
                                       activation=activation).to(block.attention.to_query.weight)  # fmt: skip
    take_attention(layer.self_attn, block.attention)
    take_attention(layer.multihead_attn, block.cross_attention)
    pairs = {"linear1": block.feed_forward.widen, "linear2": block.feed_forward.narrow, "norm1": block.attention_norm,
             "norm2": block.cross_norm, "norm3": block.feed_forward_norm}  # fmt: skip
    for name, ours in pairs.items():
        getattr(layer, name).load_state_dict(ours.state_dict())
    return layer


def by_torch_name(block):
    """torch.nn's names of the block's parameters -> the parameters, those of one table in a list."""
    network = block.feed_forward
    names = {"linear1": network.widen, "linear2": network.narrow, "norm1": block.attention_norm}
    attentions = {"self_attn": block.attention}
    if block.cross:
        attentions["multihead_attn"] = block.cross_attention
        names |= {"norm2": block.cross_norm, "norm3": block.feed_forward_norm}
    else:
        names |= {"norm2": block.feed_forward_norm}
    found = {f"{name}.{kind}": [getattr(layer, kind)] for name, layer in names.items() for kind in ("weight", "bias")}
    for name, ours in attentions.items():
        parts = (ours.to_query, ours.to_key, ours.to_value)
        for kind in ("weight", "bias"):
            found[f"{name}.in_proj_{kind}"] = [getattr(part, kind) for part in parts]
            found[f"{name}.out_proj.{kind}"] = [getattr(ours.to_output, kind)]
    return found


def hold_to_torch(blocks, theirs, y, other, inputs):
    equal(y, other, "outputs")
    mine = [by_torch_name(block) for block in blocks]
    pairs = [
        (mine[i][name], parameter) for i, layer in enumerate(theirs) for name, parameter in layer.named_parameters()
    ]
    assert sum(len(group) for group, _ in pairs) == sum(len(list(block.parameters())) for block in blocks)
    found = list(gradients(y, [*inputs, *(p for group, _ in pairs for p in group)]))
    expected = gradients(other, [*inputs, *(parameter for _, parameter in pairs)])
    for i in range(len(inputs)):
        equal(found.pop(0), expected[i], f"gradient of input {i}")
    for (group, _), gradient in zip(pairs, expected[len(inputs) :], strict=True):
        equal(torch.cat([found.pop(0) for _ in group]), gradient, "gradient of a parameter")


def zeroed(y, real):
    return y.masked_fill(~real[..., None], 0)


@DTYPES
@NORMS
@pytest.mark.parametrize("causal", [True, False])
@pytest.mark.parametrize("activation", ["relu", "gelu"])
@pytest.mark.parametrize("padded", [True, False])
def test_a_block_equals_torchs_encoder_layer(dtype, norm, causal, activation, padded):
    block = build(lambda: TransformerBlock(D, H, FF, norm=norm, causal=causal, activation=activation), dtype)
    theirs, x = torch_layer(block, activation=activation), drawn(B, T, D, dtype=dtype).requires_grad_()
    y, _ = block(x, lengths=LENGTHS if padded else None)
    other = theirs(x, src_mask=~causal_mask(T) if causal else None, src_key_padding_mask=~REAL if padded else None)
    hold_to_torch([block], [theirs], y, zeroed(other, REAL) if padded else other, [x])


@DTYPES
@NORMS
@pytest.mark.parametrize("padded", [True, False])
@pytest.mark.parametrize("watched", [True, False])
def test_a_block_with_a_memory_equals_torchs_decoder_layer(dtype, norm, padded, watched):
    block = build(lambda: TransformerBlock(D, H, FF, norm=norm, cross=True), dtype)
    theirs = torch_decoder_layer(block)
    x, memory = drawn(B, T, D, dtype=dtype).requires_grad_(), drawn(B, S, D, dtype=dtype, seed=1).requires_grad_()

    def run():
        remembered = block.remember(memory, SOURCE_LENGTHS if padded else None)
        return block(x, lengths=LENGTHS if padded else None, memory=remembered)[0]

    if watched:
        with record(block, gradients=True):
            y = run()
    else:
        y = run()
    other = theirs(x, memory, tgt_mask=~causal_mask(T), tgt_key_padding_mask=~REAL if padded else None,
                   memory_key_padding_mask=~SOURCE_REAL if padded else None)  # fmt: skip
    hold_to_torch([block], [theirs], y, zeroed(other, REAL) if padded else other, [x, memory])


def test_norms_without_bias_and_of_the_root_mean_square():
    block = build(lambda: TransformerBlock(D, H, FF, norm_kind="rms", norm_epsilon=1e-3, bias=False))
    assert not any("bias" in name for name, _ in block.named_parameters())
    x = drawn(B, T, D)
    root = (x.square().mean(-1, keepdim=True) + 1e-3).sqrt()
    equal(block.attention_norm(x), x / root * block.attention_norm.weight, "rms norm")
    plain = build(lambda: TransformerBlock(D, H, FF, bias=False, norm_epsilon=1e-3))
    assert not any("bias" in name for name, _ in plain.named_parameters()) and plain.attention_norm.eps == 1e-3


def test_a_block_of_attention_alone():
    block, x = build(lambda: TransformerBlock(D, H, 0)), drawn(B, T, D)
    equal(block(x)[0], x + block.attention(block.attention_norm(x))[0], "attention alone")


# ---------------------------------------------------------------- blocks with a memory, step by step


@NORMS
def test_a_stack_with_a_memory_steps_as_it_goes(norm):
    stack = build(lambda: TransformerStack([TransformerBlock(D, H, FF, norm=norm, cross=True) for _ in range(2)]))
    x, memory = drawn(B, T, D), stack.remember(drawn(B, S, D, seed=1), SOURCE_LENGTHS)
    with record(stack) as whole:
        stack.remember(drawn(B, S, D, seed=1), SOURCE_LENGTHS)
        y, state = stack(x, memory=memory)
    stepped, after = [], stack.initial_state(B)
    with record(stack) as trace:
        stack.remember(drawn(B, S, D, seed=1), SOURCE_LENGTHS)
        for x_t in x.unbind(1):
            y_t, after = stack.step(x_t, after, memory=memory)
            stepped.append(y_t)
    equal(torch.stack(stepped, 1), y, "step and forward")
    contract.equal_states(after, state, "states")
    for name in whole:
        equal(trace[name], whole[name], name)
    first, halfway = stack(x[:, :3], memory=memory)
    equal(torch.cat([first, stack(x[:, 3:], halfway, memory=memory)[0]], 1), y, "in two pieces")
    order = torch.tensor([2, 0, 1])
    picked = map_state(lambda leaf: leaf[order], memory)
    equal(stack(x[order], memory=picked)[0], y[order], "sentences in another order")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: TransformerBlock(D, H, FF, norm="before"), "norm: expected pre .* or post"),
        (lambda: TransformerBlock(D, H, FF, norm_kind="batch"), "norm_kind: expected one of layer, rms"),
        (lambda: TransformerBlock(D, H, FF, activation="tanh"), "activation: expected one of relu, gelu"),
        (lambda: TransformerBlock(D, H, -1), "d_ff: expected a whole number"),
        (lambda: TransformerBlock(D, H, FF, causal=False).step(drawn(1, D), ()), "step: a block that is not causal"),
        (lambda: TransformerBlock(D, H, FF, cross=True)(drawn(1, 2, D).float()), "memory: expected the CrossMemory"),
        (lambda: TransformerBlock(D, H, FF)(drawn(1, 2, D).float(), memory=1), "memory: this block has no cross"),
        (lambda: TransformerStack([]), "blocks: expected at least one"),
        (
            lambda: TransformerStack([TransformerBlock(D, H, FF)])(drawn(1, 2, D).float(), memory=()),
            "memory: expected what",
        ),
        (lambda: Transformer(3, 9), "source_vocab: expected 4 or more"),
        (lambda: Transformer(9, 9, D, H, 0), "n_layers: expected a whole number"),
        (lambda: Transformer(9, 8, D, H, 1, FF, tied="all"), "tied: one table for all words needs one vocabulary"),
        (lambda: Transformer(9, 9, D, H, 1, FF, tied="both"), "tied: expected all, target or None"),
        (lambda: Transformer(9, 9, D, H, 1, FF, positions="where"), "positions: expected"),
        (lambda: noam_schedule(512, 0), "warmup: expected a whole number"),
        (lambda: label_smoothing(drawn(2, 5), torch.tensor([1, 2]), 1.0), "smoothing: expected 0 to below 1"),
        (lambda: label_smoothing(drawn(2, 5), torch.tensor([1])), r"target: expected shape \(2,\)"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# ---------------------------------------------------------------- the whole model


def translator(norm="post", dtype=torch.float64, **settings):
    return build(lambda: Transformer(9, 9, D, H, 2, FF, norm, 0.0, **settings), dtype).eval()


@DTYPES
@NORMS
def test_the_transformer_equals_torchs_stacks(dtype, norm):
    model, batch = translator(norm, dtype), pair_batch(PAIRS)
    encoders = [torch_layer(block) for block in model.encoder.blocks]
    decoders = [torch_decoder_layer(block) for block in model.decoder.blocks]
    real, target_real = batch.source != PADDING, batch.target != PADDING

    def place(table, words):
        angles = torch.arange(words.shape[1])[:, None] * 10000.0 ** (-torch.arange(0, D, 2, dtype=torch.float64) / D)
        rows = torch.stack([angles.sin(), angles.cos()], -1).flatten(1)
        return table(words) * math.sqrt(D) + rows.to(dtype)

    x = place(model.source_embedding, batch.source)
    for layer in encoders:
        x = layer(x, src_key_padding_mask=~real)
    x = model.encoder.norm(x)
    y = place(model.target_embedding, F.pad(batch.target[:, :-1], (1, 0), value=BEGIN))
    for layer in decoders:
        y = layer(y, x, tgt_mask=~causal_mask(y.shape[1]), memory_key_padding_mask=~real)
    logits = zeroed(model.readout(model.decoder.norm(y)), target_real)
    tables = [model.source_embedding.weight, model.target_embedding.weight]
    blocks = [*model.encoder.blocks, *model.decoder.blocks]
    equal(model(*batch), logits, "logits")
    if dtype == torch.float64:  # four layers deep, float32 itself is not sure of a gradient's sixth digit
        hold_to_torch(blocks, [*encoders, *decoders], model(*batch), logits, tables)


@pytest.mark.parametrize(("sizes", "millions"), [((512, 8, 6, 2048), 63.1), ((1024, 16, 6, 4096), 214.2)])
def test_as_many_parameters_as_published(sizes, millions):
    """All that is trained: matrices, biases and norms of twelve layers, and one table of 37 000 words for everything.

    The paper's table 3 says 65 and 213 million. Sines cost nothing, and the last linear layer is the table again.
    """
    with torch.device("meta"):
        model = Transformer(37_000, 37_000, *sizes, tied="all")
    d, layers, d_ff = sizes[0], sizes[2], sizes[3]
    attention, network, norm = 4 * d * d + 4 * d, 2 * d * d_ff + d_ff + d, 2 * d
    by_hand = layers * (attention + network + 2 * norm) + layers * (2 * attention + network + 3 * norm) + 37_000 * d
    assert count_parameters(model) == by_hand and round(by_hand / 1e6, 1) == millions
    with torch.device("meta"):
        separate = Transformer(37_000, 37_000, *sizes, tied=None)
    assert count_parameters(separate) == by_hand + 2 * 37_000 * d


MODELS = {
    "post": {},
    "pre": {"norm": "pre"},
    "one table": {"tied": "all"},
    "three tables": {"tied": None, "activation": "gelu"},
    **{name: {"positions": name} for name in ("none", "rotary", "alibi", "relative")},
    "learned": {"positions": "learned", "max_length": 12},
}


@pytest.mark.parametrize("name", MODELS)
def test_padding_changes_nothing_and_writing_is_reading_word_by_word(name):
    model, batch = translator(**MODELS[name]), pair_batch(PAIRS)
    logits = model(*batch)
    assert (logits[batch.target == PADDING] == 0).all()
    for row, (source, target) in enumerate(PAIRS):
        alone = model(torch.tensor([source]), None, torch.tensor([[*target, END]]))
        equal(logits[row : row + 1, : len(target) + 1], alone, "alone and in a batch")
    memory, state = model.encode(batch.source, batch.source_lengths)
    token = torch.full((3,), BEGIN)
    for t, word in enumerate(batch.target.unbind(1)):
        found, state = model.decoder_step(state, token, memory)
        real = batch.target[:, t] != PADDING
        equal(found[real], logits[real, t], f"word {t}")
        token = torch.where(real, word, END)


def test_junk_in_the_padding_of_the_source_changes_nothing():
    model, batch = translator(), pair_batch(PAIRS)
    beyond = torch.arange(5) >= batch.source_lengths[:, None]
    equal(model(batch.source.masked_fill(beyond, 77), *batch[1:]), model(*batch), "junk")


def test_a_later_word_changes_nothing_before_it():
    model, batch = translator(), pair_batch(PAIRS)
    target = batch.target.clone()
    target[2, 4] = 8
    changed = (model(batch.source, batch.source_lengths, target) - model(*batch)).abs()
    assert changed[2, :5].max() == 0 and changed[2, 5:].min() > 0 and changed[:2].max() == 0


def test_translate_is_greedy_and_a_wide_beam_is_exact():
    model, batch = translator(), pair_batch(PAIRS)
    greedy = model.translate(batch.source, batch.source_lengths, max_length=6)
    for row, length in enumerate(batch.source_lengths):
        source, words = batch.source[row : row + 1, :length], []
        for _ in range(6):
            target = torch.tensor([[*words, END]])
            word = int(model(source, None, target)[0, -1, 2:].argmax()) + 2  # PADDING and BEGIN are never written
            if word == END:
                break
            words.append(word)
        assert greedy[row] == words
    source = batch.source[2:, :3]
    best = search(model, source, beam_size=400, max_length=3)[0].best

    def log_prob(words):
        scores = model(source, None, torch.tensor([words]))[0, :, 2:].log_softmax(-1)
        return scores.gather(1, torch.tensor(words)[:, None] - 2).sum().item()

    every = [list(w) for n in range(3) for w in itertools.product(range(3, 9), repeat=n)]
    finished = [([*w, END], len(w) + 1) for w in every]
    cut = [(list(w), 3) for w in itertools.product(range(3, 9), repeat=3)]
    assert best.log_prob == pytest.approx(max(log_prob(words) for words, _ in finished + cut), abs=1e-9)


def test_dropout_only_while_learning():
    torch.manual_seed(0)
    model, batch = Transformer(9, 9, D, H, 2, FF), pair_batch(PAIRS)
    assert not torch.equal(model(*batch), model(*batch))
    model.eval()
    assert torch.equal(model(*batch), model(*batch))


def test_looking_inside_and_cutting_a_head():
    model, batch = translator(), pair_batch(PAIRS)
    with record(model) as trace:
        logits = model(*batch)
    name = "decoder.blocks.1.cross_attention.weights"
    assert trace[name].shape == (3, H, 7, 5) and trace.axes(name) == ("B", "H", "Q", "K")
    assert (trace[name][1, :, :, 1:] == 0).all()
    equal(trace[name].sum(-1)[0, :, :4], torch.ones(H, 4, dtype=torch.float64), "weights add up to one")
    equal(trace["logits"], logits, "logits")
    assert trace["encoder_hidden"].shape == (3, 5, D)
    with intervene(model, {"decoder.blocks.1.cross_attention.heads": lambda value, t: 0 * value}):
        assert (model(*batch) - logits).abs().max() > 1e-3


def test_layers_share_the_relative_bias_of_their_half():
    model = translator(positions="relative")
    first, second = (block.attention.positions for block in model.encoder.blocks)
    assert first is second and first.bidirectional and not model.decoder.blocks[0].attention.positions.bidirectional


# ---------------------------------------------------------------- how it is trained


def test_noam_schedule_rises_to_its_peak_and_falls():
    rate = noam_schedule(512, 4000)
    rates = [rate(step) for step in range(20_000)]
    assert max(rates) == rates[3999] == pytest.approx(512**-0.5 * 4000**-0.5) == pytest.approx(7.0e-4, rel=2e-3)
    assert rates[0] == pytest.approx(512**-0.5 * 4000**-1.5)
    assert rates[1999] == pytest.approx(rates[3999] / 2) and rates[15_999] == pytest.approx(rates[3999] / 2)
    model = nn.Linear(2, 1)
    history = train(model, [torch.ones(1, 2)], steps=3, loss=lambda m, x: m(x).sum(), learning_rate=1.0,
                    schedule=noam_schedule(64, 2))  # fmt: skip
    assert history.learning_rate == pytest.approx([64**-0.5 * 2**-1.5, 64**-0.5 * 2**-0.5, 64**-0.5 * 3**-0.5])


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.6])
def test_label_smoothing_equals_torch(smoothing):
    logits, target = drawn(3, 4, 9).requires_grad_(), torch.tensor([[3, 4, 2, 0], [2, 0, 0, 0], [8, 7, 3, 2]])
    found = label_smoothing(logits, target, smoothing)
    expected = F.cross_entropy(logits.flatten(0, 1), target.flatten(), ignore_index=0, label_smoothing=smoothing)
    equal(found, expected, "loss")
    equal(*(torch.autograd.grad(loss, logits)[0] for loss in (found, expected)), "gradient")


def test_smoothed_loss_reads_both_kinds_of_translator():
    batch = pair_batch(PAIRS)
    for model in (translator(), Seq2Seq(9, 9, 5, 6, attention="dot").double()):
        equal(SmoothedLoss(0.0)(model, batch), F.cross_entropy(
            model(*batch).flatten(0, 1), batch.target.flatten(), ignore_index=PADDING), "no smoothing")  # fmt: skip
        assert SmoothedLoss(0.1)(model, batch) != SmoothedLoss(0.0)(model, batch)
    seq2seq = Seq2Seq(9, 9, 5, 6).double()
    equal(SmoothedLoss(0.0)(seq2seq, batch), TranslationLoss()(seq2seq, batch), "and as seq2seq's own")


def test_it_learns_to_turn_words_around():
    torch.manual_seed(0)
    pairs = [(list(words), list(words[::-1])) for words in itertools.product(range(3, 9), repeat=3)]
    model, batch = Transformer(9, 9, 32, 4, 1, 64, dropout=0.0, tied="all"), pair_batch(pairs)
    history = train(model, [batch], steps=120, loss=SmoothedLoss(0.0), learning_rate=1.0,
                    schedule=noam_schedule(32, 100))  # fmt: skip
    assert history.loss[-1] < 0.1 < 1.5 < history.loss[0]
    found = model.translate(batch.source, batch.source_lengths, max_length=6)
    assert sum(words == target for words, (_, target) in zip(found, pairs, strict=True)) > 210
