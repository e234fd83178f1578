"""Hybrids: which layers are what, what they keep, and that attention finds what a small state has lost."""

import pytest
import torch

from seqmodels.attention import MultiHeadAttention
from seqmodels.attention.heads import Cache
from seqmodels.decoding import generate
from seqmodels.jamba import Experts, Jamba, places
from seqmodels.mamba import MambaBlock
from seqmodels.mamba2 import Mamba2Block
from seqmodels.nested import leaves
from seqmodels.probes import record
from seqmodels.transformer import FeedForward

SMALL = {"state_size": 4, "n_experts": 4, "d_ff": 12}


def kinds(model):
    letters = {MultiHeadAttention: "a", MambaBlock: "m", Mamba2Block: "2"}
    return "".join(letters[type(layer.mixer)] for layer in model.backbone.layers)


def networks(model):
    return "".join({Experts: "e", FeedForward: "f"}[type(layer.network)] for layer in model.backbone.layers)


def test_as_published_one_layer_in_eight_is_attention_and_every_second_has_experts():
    model = Jamba(11, 8, 2, 8, **SMALL)
    assert kinds(model) == "mmmmammm" and networks(model) == "fefefefe"
    assert (model.attention_at, model.experts_at) == ((4,), (1, 3, 5, 7))
    recurrent = [layer.mixer for layer in model.backbone.layers if type(layer.mixer) is MambaBlock]
    assert len(recurrent) == 7 and all(mixer.norms.keys() == {"delta", "B", "C"} for mixer in recurrent)


@pytest.mark.parametrize(
    ("count", "expected"),
    [(0, "mmmmmmmm"), (1, "mmmmammm"), (2, "mmammmam"), (4, "mamamama"), (8, "aaaaaaaa"), ((3,), "mmmammmm"),
     ([6, 0], "ammmmmam"), (range(5, 8), "mmmmmaaa"), ((), "mmmmmmmm")],
)  # fmt: skip
def test_how_much_attention_is_one_argument(count, expected):
    assert kinds(Jamba(11, 8, 2, 8, attention_at=count, experts_at=0, d_ff=4, state_size=4)) == expected


def test_thirty_two_layers_are_those_of_the_paper():
    assert places(4, 32) == (4, 12, 20, 28) and places(16, 32) == tuple(range(1, 32, 2))


@pytest.mark.parametrize("mixer", ["mamba", "mamba2"])
def test_layers_may_have_no_network_and_either_mamba(mixer):
    settings = {"head_size": 4} if mixer == "mamba2" else {"rank": 2}
    model = Jamba(11, 8, 2, 4, attention_at=(1,), d_ff=0, mixer=mixer, state_size=4, **settings)
    assert kinds(model) == ("2a22" if mixer == "mamba2" else "mamm")
    assert not any(hasattr(layer, "network") for layer in model.backbone.layers)
    assert model(torch.zeros(1, 5, dtype=torch.int64))[0].shape == (1, 5, 11)


def test_only_attention_keeps_more_and_more():
    model = Jamba(11, 8, 2, 4, attention_at=(2,), n_kv_heads=1, **SMALL).eval()
    with torch.no_grad():
        states = [model(torch.zeros(1, length, dtype=torch.int64))[1] for length in (3, 50)]
    sizes = [[sum(leaf.numel() for leaf in leaves(part)) for part in state] for state in states]
    assert sizes[0][:2] == sizes[1][:2] and sizes[0][3] == sizes[1][3]
    assert isinstance(states[1][2], Cache) and states[1][2].keys.shape == (1, 1, 50, 4)


def test_every_part_is_seen():
    model = Jamba(11, 8, 2, 2, attention_at=(1,), experts_at=(0,), **SMALL)
    with record(model) as trace:
        model(torch.zeros(1, 5, dtype=torch.int64))
    assert trace["layers.0.network.router"].shape == (1, 5, 4)
    assert trace["layers.1.mixer.weights"].shape == (1, 2, 5, 5)
    assert trace["layers.0.mixer.state"].shape == (1, 5, 16, 4)


def test_attention_has_no_positions_and_the_recurrence_brings_order():
    """Attention alone gives the same answer after any order of what came before; with one Mamba layer below it not."""
    torch.manual_seed(0)
    tokens = torch.tensor([[1, 2, 3, 4, 5], [4, 1, 3, 2, 5]])
    answers = {}
    for name, attention_at in (("attention", (0,)), ("mamba", ())):
        model = Jamba(11, 8, 2, 1, attention_at=attention_at, d_ff=0, state_size=4).double().eval()
        logits = model(tokens)[0][:, -1]
        answers[name] = (logits[0] - logits[1]).abs().max().item()
    assert answers["attention"] < 1e-12 and answers["mamba"] > 1e-3


def test_attention_may_look_back_a_little_only():
    model = Jamba(11, 8, 2, 1, attention_at=1, window=3, d_ff=0, state_size=4).double().eval()
    tokens = torch.tensor([[1, 2, 3, 4, 5], [6, 7, 3, 4, 5]])
    logits = model(tokens)[0]
    torch.testing.assert_close(logits[0, -1], logits[1, -1])
    assert (logits[0, -2] - logits[1, -2]).abs().max() > 1e-6


def test_it_writes_with_its_state():
    torch.manual_seed(0)
    model = Jamba(11, 8, 2, 3, attention_at=(1,), **SMALL).eval()
    prompt = torch.randint(11, (2, 4))
    written = generate(model, prompt, 6, temperature=0)
    with torch.no_grad():
        for n in range(4, 10):
            assert torch.equal(model(written[:, :n])[0][:, -1].argmax(-1), written[:, n])


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"attention_at": 9}, "attention_at: expected 0 to 8 layers, got 9"),
        ({"attention_at": (8,)}, "attention_at: expected how many layers, or different numbers from 0 to 7, got"),
        ({"attention_at": (1, 1)}, "attention_at: expected how many layers, or different numbers"),
        ({"attention_at": "mam"}, "attention_at: expected how many layers, or different numbers"),
        ({"experts_at": -1}, "experts_at: expected 0 to 8 layers, got -1"),
        ({"experts_at": 2, "d_ff": 0}, "experts_at: got 2, but d_ff 0 means that there are no networks"),
        ({"mixer": "lstm"}, "mixer: expected one of mamba, mamba2, got 'lstm'"),
        ({"n_kv_heads": 3}, "n_kv_heads: expected a number that divides n_heads 2, got 3"),
    ],
)
def test_bad_settings_are_named(settings, message):
    with pytest.raises(ValueError, match=message):
        Jamba(11, 8, 2, 8, **{"state_size": 4, "n_experts": 4} | settings)
