"""T5 and T5 1.1 from folders that the reference implementation wrote: logits, cache, writing; and T5 by itself."""

import itertools

import pytest
import torch
from torch import nn

from seqmodels.probes import record
from seqmodels.runtime import count_parameters
from seqmodels.t5 import BEGIN, END, PADDING, T5
from unit.published_reference import random_tokens, reference, rewritten, same, written

V, D, H = 19, 12, 2
SIZES = {"vocab_size": V, "d_model": D, "d_kv": 5, "d_ff": 20, "num_heads": H, "num_layers": 2,
         "decoder_start_token_id": 0}  # fmt: skip
KINDS = {
    "T5": {},
    "T5 1.1": {"feed_forward_proj": "gated-gelu", "tie_word_embeddings": False},
    "halves of other depth, few drawers": {"num_decoder_layers": 3, "relative_attention_num_buckets": 8,
                                           "relative_attention_max_distance": 20, "layer_norm_epsilon": 1e-3},
    "gated silu": {"feed_forward_proj": "gated-silu"},
}  # fmt: skip
SOURCE_LENGTHS, TARGET_LENGTHS = torch.tensor([9, 3, 6]), torch.tensor([7, 5, 2])


def written_t5(folder, settings):
    """A model of the reference, in its folder. T5 1.1 as it was published: a head of its own, said in the old way."""
    Config, Model = reference("t5", "T5Config", "T5ForConditionalGeneration")
    theirs = Model(Config(**SIZES, **settings))
    if settings.get("tie_word_embeddings") is False:
        theirs.lm_head.weight = nn.Parameter(torch.empty(V, D))
    written(theirs, folder)
    if settings.get("tie_word_embeddings") is False:
        rewritten(folder, tie_word_embeddings=False, scale_decoder_outputs=None)
    return theirs


@pytest.fixture(params=KINDS)
def pair(request, tmp_path):
    """(ours, theirs, folder)."""
    theirs = written_t5(tmp_path, KINDS[request.param])
    return T5.from_pretrained(tmp_path), theirs, tmp_path


def texts():
    """A source and a target with padding, and their real places."""
    source, target = random_tokens(V, 3, 9, low=2), random_tokens(V, 3, 7, low=2, seed=2)
    target[torch.arange(3), TARGET_LENGTHS - 1] = END
    beyond = torch.arange(7) >= TARGET_LENGTHS[:, None]
    return source, target.masked_fill(beyond, PADDING), torch.arange(9) < SOURCE_LENGTHS[:, None], ~beyond


@torch.no_grad()
def test_logits_whole_and_padded(pair):
    ours, theirs, _ = pair
    source, target, source_real, target_real = texts()
    labels = target.masked_fill(~target_real, -100)
    expected = theirs(input_ids=source, labels=labels).logits
    same(ours(source, None, target)[target_real], expected[target_real], "whole source")
    expected = theirs(input_ids=source, attention_mask=source_real.long(), labels=labels).logits
    found = ours(source, SOURCE_LENGTHS, target)
    same(found[target_real], expected[target_real], "padded source")
    assert (found[~target_real] == 0).all()
    theirs.set_attn_implementation("eager")
    result = theirs(input_ids=source, labels=labels, output_attentions=True)
    with record(ours) as trace:
        same(ours(source, None, target)[target_real], result.logits[target_real], "watched")
    same(trace["encoder.blocks.1.attention.weights"], result.encoder_attentions[1], "weights of the encoder")
    weights = trace["decoder.blocks.1.cross_attention.weights"].movedim(1, 2)[target_real]
    same(weights, result.cross_attentions[1].movedim(1, 2)[target_real], "weights at the source")


@torch.no_grad()
def test_step_by_step_with_the_cache(pair):
    ours, theirs, _ = pair
    source, _, real, _ = texts()
    words = torch.cat([torch.full((3, 1), BEGIN), random_tokens(V, 3, 12, low=2, seed=3)], 1)
    memory, state = ours.encode(source, SOURCE_LENGTHS)
    steps = []
    for token in words.unbind(1):
        logits, state = ours.decoder_step(state, token, memory)
        steps.append(logits)
    expected = theirs(input_ids=source, attention_mask=real.long(), decoder_input_ids=words).logits
    same(torch.stack(steps, 1), expected, "step by step")


@torch.no_grad()
def test_distances_beyond_the_last_drawer(pair):
    ours, theirs, _ = pair
    source, target = random_tokens(V, 1, 300, low=2), random_tokens(V, 1, 160, low=2, seed=4)
    same(ours(source, None, target), theirs(input_ids=source, labels=target).logits, "long texts")


def test_it_writes_the_same(pair):
    ours, theirs, _ = pair
    source, _, real, _ = texts()
    equally_deep = len(ours.encoder.blocks) == len(ours.decoder.blocks)  # otherwise their cache has too few layers
    expected = theirs.generate(source, attention_mask=real.long(), max_new_tokens=14, do_sample=False, num_beams=1,
                               suppress_tokens=[PADDING], use_cache=equally_deep)  # fmt: skip
    for found, row in zip(ours.translate(source, SOURCE_LENGTHS, max_length=14), expected.tolist(), strict=True):
        row = row[1:]
        assert found == (row[: row.index(END)] if END in row else row)


def test_it_is_ready_and_whole(pair):
    ours, theirs, _ = pair
    assert not ours.training and count_parameters(ours) == sum(p.numel() for p in theirs.parameters())
    tied = theirs.lm_head.weight is theirs.shared.weight
    assert (ours.head.weight is ours.embedding.weight) == tied == ours.scaled
    biases = {block.attention.positions for block in ours.decoder.blocks}
    assert len(biases) == 1 and not biases.pop().bidirectional


@torch.no_grad()
def test_older_and_newer_ways_to_say_the_same(tmp_path):
    source, target, _, real = texts()
    theirs = written_t5(tmp_path, KINDS["T5 1.1"])
    expected = T5.from_pretrained(tmp_path)(source, None, target)
    theirs.save_pretrained(tmp_path)  # the reference of today: a tied head, it says, and yet another in the file
    same(T5.from_pretrained(tmp_path)(source, None, target), expected, "own head, newer words")
    Config, Model = reference("t5", "T5Config", "T5ForConditionalGeneration")
    theirs = written(Model(Config(**SIZES, tie_word_embeddings=False)), tmp_path / "newer")
    ours, labels = T5.from_pretrained(tmp_path / "newer"), target.masked_fill(~real, -100)
    assert ours.head.weight is ours.embedding.weight and not ours.scaled
    same(ours(source, None, target)[real], theirs(input_ids=source, labels=labels).logits[real], "tied, not scaled")
    theirs = written_t5(tmp_path / "plain", {})

    def older(tensors):
        names = ["encoder.embed_tokens.weight", "decoder.embed_tokens.weight", "lm_head.weight"]
        bias = "decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight"  # nobody ever used it
        return tensors | {name: tensors["shared.weight"].clone() for name in names} | {bias: torch.ones(32, H)}

    rewritten(tmp_path / "plain", older, feed_forward_proj=None, scale_decoder_outputs=None, tie_word_embeddings=None)
    found = T5.from_pretrained(tmp_path / "plain")(source, None, target)
    same(found[real], theirs(input_ids=source, labels=labels).logits[real], "tables written out")


def test_heads_that_contradict_the_settings_are_refused(tmp_path):
    written_t5(tmp_path, {})
    rewritten(tmp_path, scale_decoder_outputs=None, tie_word_embeddings=False)
    with pytest.raises(ValueError, match=r"lacks the tensor lm_head\.weight \(19, 12\)"):
        T5.from_pretrained(tmp_path)
    rewritten(tmp_path, lambda tensors: tensors | {"lm_head.weight": torch.ones(V, D)}, tie_word_embeddings=True)
    with pytest.raises(ValueError, match=r"lm_head\.weight and shared\.weight should be one tensor"):
        T5.from_pretrained(tmp_path)
    for name, value in {"feed_forward_proj": "gated-tanh", "pad_token_id": 3, "model_type": "mt5"}.items():
        written_t5(tmp_path, {})
        rewritten(tmp_path, **{name: value})
        with pytest.raises(ValueError, match=f"{name}"):
            T5.from_pretrained(tmp_path)


# ---------------------------------------------------------------- without the reference


def build(vocab_size=V, **settings):
    torch.manual_seed(0)
    model = T5(vocab_size, D, H, 2, 20, **settings)
    for name, parameter in model.named_parameters():
        nn.init.normal_(parameter, mean=1.0 if name.endswith("norm.weight") else 0.0, std=0.25)
    return model.double().eval()


def test_as_many_parameters_as_published():
    """Small and base: 60 and 220 million."""
    for width, heads, layers, millions in ((512, 8, 6, 60.5), (768, 12, 12, 222.9)):
        with torch.device("meta"):
            model = T5(32_128, width, heads, layers)
        encoder = 12 * width**2 + 2 * width  # four projections, a network four times as wide, two norms
        by_hand = 32_128 * width + layers * (2 * encoder + 4 * width**2 + width) + 2 * (32 * heads + width)
        assert count_parameters(model) == by_hand and round(by_hand / 1e6, 1) == millions


def test_no_token_of_the_target_sees_itself_or_padding():
    model, (source, target, _, _) = build(), texts()
    logits = model(source, SOURCE_LENGTHS, target)
    other = target.clone()
    other[0, 4] = 2 + (target[0, 4] - 1) % (V - 2)
    changed = ((model(source, SOURCE_LENGTHS, other) - logits).abs() > 1e-9).any(-1)
    assert not changed[0, :5].any() and changed[0, 5:].all() and not changed[1:].any()
    junk = source.clone()
    junk[1, 3:] = 7
    assert (model(junk, SOURCE_LENGTHS, target) - logits).abs().max() == 0


def test_a_beam_that_holds_everything_is_exact_and_the_tree_is_in_our_ids():
    model, source = build(5, tied=False, scaled=False), torch.tensor([[2, 4, 3]])
    (found,) = model.search(source, beam_size=40, max_length=3, record_tree=True)
    best = {}
    with torch.no_grad():
        for length in range(3):
            for words in itertools.product((2, 3, 4), repeat=length):
                target = torch.tensor([[*words, END]])
                scores = model(source, None, target)[0, :, END:].log_softmax(-1)  # never PADDING
                best[words] = scores.gather(1, target[0, :, None] - END).sum().item()
    for one in found.hypotheses:
        if one.finished:
            assert one.log_prob == pytest.approx(best.pop(tuple(one.tokens)), abs=1e-9)
    assert not best and found.tree.token[0] == BEGIN and set(found.tree.token[1:]) == {1, 2, 3, 4}
    assert model.translate(source, beam_size=40, max_length=3) == [found.best.tokens]
    assert not model.train().search(source, max_length=2)[0].tree and model.training


def test_it_learns_to_copy():
    torch.manual_seed(0)
    model, source = T5(8, 16, 2, 1), torch.tensor([[2, 3, 4], [5, 2, 7], [7, 7, 3], [4, 6, 2]])
    target = torch.cat([source, torch.full((4, 1), END)], 1)
    assert model(source, None, target).std() < 3, "logits start near one"
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)
    for _ in range(60):
        loss = nn.functional.cross_entropy(model(source, None, target).flatten(0, 1), target.flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert model.translate(source) == source.tolist() == model.translate(source, beam_size=3)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda model, x: model(x.double(), None, x), "^source: expected token ids"),
        (lambda model, x: model(x, None, x + V), "^target: expected ids from 0 to 18"),
        (lambda model, x: model(x, None, x[:1]), "^target: expected 2 texts like the source, got 1"),
        (lambda model, x: model(x, None, torch.tensor([[2, 0, 1], [2, 2, 1]])), "^target: expected tokens, then PAD"),
        (lambda model, x: model(x, torch.tensor([9, 1]), x), "^lengths: expected 1 to 3"),
        (lambda model, x: model.decoder_step(model.encode(x)[1], x[:, 0], None), "^memory: expected the memory that"),
        (lambda model, x: model.decoder_step((), x[:, 0], model.encode(x)[0]), "^state: expected a tuple of 2 parts"),
        (lambda model, x: model.translate(x, beam_size=0), "^beam_size: expected a whole number"),
        (lambda model, x: T5(V, D, H, 1, decoder_layers=0), "^decoder_layers: expected a whole number"),
        (lambda model, x: T5(V, D, H, 1, activation="gated_tanh"), "^activation: expected one of"),
    ],
)
def test_what_is_wrong_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call(build(), torch.tensor([[2, 3, 4], [5, 6, 7]]))
