"""BERT from folders that the reference implementation wrote, and by itself."""

import pytest
import torch
from torch import nn

from seqmodels.bert import BERT
from seqmodels.probes import intervene, record
from seqmodels.runtime import count_parameters
from unit.published_reference import random_tokens, reference, rewritten, same, written

V, D, H, T = 23, 12, 3, 15
LENGTHS = torch.tensor([15, 4, 9])
REAL = torch.arange(T) < LENGTHS[:, None]
KINDS = {
    "as published": {},
    "three kinds of sentence, relu": {"type_vocab_size": 3, "hidden_act": "relu", "layer_norm_eps": 1e-3},
    "own head": {"tie_word_embeddings": False, "hidden_act": "gelu_new"},
}


def config(**settings):
    (Config,) = reference("bert", "BertConfig")
    sizes = {"vocab_size": V, "hidden_size": D, "num_attention_heads": H, "num_hidden_layers": 2}
    return Config(**sizes, intermediate_size=20, max_position_embeddings=24, **settings)


@pytest.fixture(params=KINDS)
def pair(request, tmp_path):
    """(ours, theirs, folder)."""
    (Model,) = reference("bert", "BertForMaskedLM")
    theirs = written(Model(config(**KINDS[request.param])), tmp_path)
    return BERT.from_pretrained(tmp_path), theirs, tmp_path


@torch.no_grad()
def test_logits_padded_and_with_segments(pair):
    ours, theirs, _ = pair
    tokens, segments = random_tokens(V, 3, T), random_tokens(ours.segments, 3, T, seed=2)
    same(ours(tokens), theirs(tokens).logits, "whole")
    same(ours(tokens, segments=segments), theirs(tokens, token_type_ids=segments).logits, "with segments")
    expected = theirs(tokens, token_type_ids=segments, attention_mask=REAL.long()).logits
    found = ours(tokens, LENGTHS, segments)
    same(found[REAL], expected[REAL], "padded")
    assert (found[~REAL] == 0).all()
    theirs.set_attn_implementation("eager")
    with record(ours) as trace:
        same(ours(tokens), theirs(tokens).logits, "watched")
    weights = theirs(tokens, output_attentions=True).attentions
    for layer in (0, 1):
        same(trace[f"blocks.{layer}.attention.weights"], weights[layer], f"weights of layer {layer}")
    same(trace["encoded"], theirs.bert(tokens).last_hidden_state, "what the last block says")


def test_it_is_ready_and_whole(pair):
    ours, theirs, _ = pair
    tied = theirs.config.tie_word_embeddings
    assert not ours.training and (ours.head.weight is ours.embedding.weight) == tied
    unused = 0 if tied else V  # beside a head of its own the reference keeps a bias that it does not use
    assert count_parameters(ours) == sum(p.numel() for p in theirs.parameters()) - unused


@torch.no_grad()
def test_the_layout_of_2018_reads_the_same(tmp_path):
    """Norms with gamma and beta, the pooler and the head for the next sentence, buffers, the head written out."""
    (Model,) = reference("bert", "BertForPreTraining")
    theirs = written(Model(config()), tmp_path)
    tokens = random_tokens(V, 3, T)
    same(BERT.from_pretrained(tmp_path)(tokens), theirs(tokens).prediction_logits, "trained on two tasks")

    def older(tensors):
        new = {"LayerNorm.weight": "LayerNorm.gamma", "LayerNorm.bias": "LayerNorm.beta"}
        tensors = {name.replace(end, new[end]) if (end := ".".join(name.split(".")[-2:])) in new else name: value
                   for name, value in tensors.items()}  # fmt: skip
        assert "cls.predictions.transform.LayerNorm.gamma" in tensors
        tensors["cls.predictions.decoder.weight"] = tensors["bert.embeddings.word_embeddings.weight"].clone()
        tensors["cls.predictions.decoder.bias"] = tensors["cls.predictions.bias"].clone()
        return tensors | {"bert.embeddings.position_ids": torch.arange(24)[None]}

    rewritten(tmp_path, older, position_embedding_type="absolute", tie_word_embeddings=None)
    same(BERT.from_pretrained(tmp_path)(tokens), theirs(tokens).prediction_logits, "older names")


def test_a_folder_without_the_head_is_refused(tmp_path):
    (Model,) = reference("bert", "BertModel")
    written(Model(config()), tmp_path)
    with pytest.raises(ValueError, match=r"lacks the tensor cls\.predictions\.bias"):
        BERT.from_pretrained(tmp_path)


# ---------------------------------------------------------------- without the reference


def build(dtype=torch.float64):
    torch.manual_seed(0)
    model = BERT(V, D, H, 2, 24)
    for name, parameter in model.named_parameters():
        nn.init.normal_(parameter, mean=1.0 if name.endswith("norm.weight") else 0.0, std=0.3)
    return model.to(dtype).eval()


def test_as_many_parameters_as_published():
    """Base and large, with the head for masked tokens and without the pooler: 110 and 335 million."""
    for width, heads, layers, millions in ((768, 12, 12, 109.5), (1024, 16, 24, 335.2)):
        with torch.device("meta"):
            model = BERT(30_522, width, heads, layers, 512)
        block = 12 * width**2 + 13 * width
        by_hand = (30_522 + 512 + 2) * width + 2 * width + layers * block + width**2 + 3 * width + 30_522
        assert count_parameters(model) == by_hand and round(by_hand / 1e6, 1) == millions


def test_every_token_hangs_on_every_other_and_padding_on_none():
    model, tokens = build(), random_tokens(V, 3, T)
    logits = model(tokens, LENGTHS)
    other = tokens.clone()
    other[0, 14], other[1, 4:], other[2, 9:] = (tokens[0, 14] + 1) % V, 5, 7
    changed = ((model(other, LENGTHS) - logits).abs() > 1e-9).any(-1)
    assert changed[0].all() and not changed[1:].any()
    for row, length in enumerate(LENGTHS):
        alone = model(tokens[row : row + 1, :length])[0]
        assert (alone - logits[row, :length]).abs().max() < 1e-12


def test_a_head_can_be_cut_and_the_fast_form_is_the_watched_one():
    model, tokens = build(), random_tokens(V, 3, T)
    with record(model) as trace:
        watched = model(tokens, LENGTHS)
    assert (watched - model(tokens, LENGTHS)).abs().max() < 1e-12
    assert trace["embedded"].shape == (3, T, D) and trace["logits"].shape == (3, T, V)
    with intervene(model, {"blocks.0.attention.heads": lambda value, t: torch.zeros_like(value)}):
        assert (model(tokens, LENGTHS) - watched).abs().max() > 1e-3


def test_a_fresh_model_knows_nothing_and_learns_to_fill_a_gap():
    torch.manual_seed(0)
    model, text = BERT(8, 16, 2, 1, 12), torch.tensor([[1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6]])
    assert model(text).log_softmax(-1).gather(-1, text[..., None]).mean().item() == pytest.approx(-2.1, abs=0.6)
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)
    for step in range(80):
        gap = step % 12
        loss = -model(text.index_fill(1, torch.tensor([gap]), 7))[0, gap].log_softmax(-1)[text[0, gap]]
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert model.eval()(text.index_fill(1, torch.tensor([4]), 7))[0, 4].argmax() == 5


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda model, x: model(x.float()), "^tokens: expected token ids as an int64 tensor"),
        (lambda model, x: model(x + V), "^tokens: expected ids from 0 to 22"),
        (lambda model, x: model(x, torch.tensor([0, 1])), "^lengths: expected 1 to"),
        (lambda model, x: model(x, segments=x[:, :3]), "^segments: expected shape"),
        (lambda model, x: model(x, segments=torch.full_like(x, 2)), "^segments: expected ids from 0 to 1"),
        (lambda model, x: model(x.repeat(1, 9)), "learned positions"),
        (lambda model, x: model.step(x[:, 0], ()), "^step: BERT must see the end"),
        (lambda model, x: BERT(V, D, H, 1, 4, activation="gated_gelu"), "^activation: expected one of"),
        (lambda model, x: BERT(V, D, H, 1, 4, segments=0), "^segments: expected a whole number"),
    ],
)
def test_what_is_wrong_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call(build(torch.float32), random_tokens(V, 2, 5))
