"""What a continuation tells is what the model thought and `generate` would write."""

import json
import math

import pytest
import torch

from property.layers import LoopLSTM
from seqmodels.continuation import continuation
from seqmodels.datasets import saltmere
from seqmodels.decoding import generate
from seqmodels.language_model import LanguageModel
from seqmodels.markov import NGram
from seqmodels.tales import START, VOCABULARY, after_start, encoded

TRIGRAM = NGram(3, 64).fit(encoded(saltmere().train[:8]), START)


def lstm():
    torch.manual_seed(0)
    return LanguageModel(64, 8, LoopLSTM(8, 8))


@pytest.mark.parametrize("model", [TRIGRAM, lstm()], ids=["table", "module"])
@pytest.mark.parametrize("temperature", [0, 0.7, 1.0])
def test_writes_what_generate_writes(model, temperature):
    run = continuation(model, "The ferry", 30, temperature=temperature, seed=3)
    generator = torch.Generator().manual_seed(3)
    written = generate(model, after_start("The ferry", model), 30, temperature, generator=generator)
    assert run["text"] == VOCABULARY.decode(written[0, -30:]) and len(run["text"]) == 30
    assert run == continuation(model, "The ferry", 30, temperature=temperature, seed=3)
    assert (run["prompt"], run["temperature"], run["seed"]) == ("The ferry", temperature, 3)


@pytest.mark.parametrize("temperature", [0, 0.5, 1.0])
def test_the_probabilities_are_the_models_own(temperature):
    run = continuation(TRIGRAM, "Orla", 40, temperature=temperature, top=4)
    (tokens,) = encoded(["Orla" + run["text"]])
    logs = TRIGRAM.log_prob(tokens, START)[-40:]
    assert [math.log(p) for p in run["probabilities"]] == pytest.approx(list(logs), rel=1e-9)
    for character, p, likeliest in zip(run["text"], run["probabilities"], run["top"], strict=True):
        shares = [share for _, share in likeliest]
        assert len(likeliest) == 4 and shares == sorted(shares, reverse=True) and p <= shares[0]
        assert dict(likeliest).get(character, p) == p
        assert temperature > 0 or character == likeliest[0][0]
    assert json.loads(json.dumps(run)) == run


def test_impossible_characters_are_not_offered():
    model = NGram(2, 64, "none").fit(encoded(["abab"]), START)
    assert continuation(model, "a", 2)["top"] == [[["b", 1.0]], [["a", 1.0]]]
    assert continuation(model, "", 2)["text"] == "ab"


@pytest.mark.parametrize(("message", "call"), [
    ("length: expected", lambda: continuation(TRIGRAM, "a", 0)),
    ("length: expected", lambda: continuation(TRIGRAM, "a", 2.0)),
    ("top: expected", lambda: continuation(TRIGRAM, "a", 1, top=0)),
    ("top: expected", lambda: continuation(TRIGRAM, "a", 1, top=65)),
    ("temperature: expected", lambda: continuation(TRIGRAM, "a", 1, temperature=-1)),
    ("text holds 'ü'", lambda: continuation(TRIGRAM, "für", 1)),
    ("model: expected one that predicts the 64", lambda: continuation(NGram(1, 2).fit([torch.tensor([0])]), "a", 1)),
])  # fmt: skip
def test_bad_calls_are_refused(message, call):
    with pytest.raises(ValueError, match=f"^{message}"):
        call()
