"""The protocol of the tales: what a score says, against the same worked out another way."""

import json
import math

import numpy as np
import pytest
import torch

from property.layers import LoopLSTM
from seqmodels.datasets import saltmere
from seqmodels.language_model import LanguageModel
from seqmodels.layer import Bidirectional
from seqmodels.markov import NGram
from seqmodels.tales import START, VOCABULARY, _fill_all, _places, encoded, fill, guesses, one_text, score
from seqmodels.window import Window

TALES = saltmere()
BIGRAM = NGram(2, 64).fit(encoded(TALES.train), START)


def language_model(backbone):
    torch.manual_seed(0)
    model = LanguageModel(64, 8, backbone)
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.5)
    return model


def test_a_tale_is_read_after_a_newline():
    assert VOCABULARY.characters[START] == "\n"
    (tale,) = encoded(TALES.held_out[:1])
    assert tale.dtype == torch.int64 and VOCABULARY.decode(tale) == TALES.held_out[0]
    with pytest.raises(ValueError, match="'é'"):
        encoded(["café"])


def test_one_text_is_the_tales_each_after_its_start():
    tales = encoded(["ab", "c"])
    assert VOCABULARY.decode(one_text(tales)) == "\nab\nc"
    assert one_text([torch.tensor([5])], start=9).tolist() == [9, 5]


def test_bits_and_where_in_the_tale_they_are_spent():
    found = score(BIGRAM, recall=False)
    assert found["bits"] == pytest.approx(BIGRAM.bits_per_symbol(encoded(TALES.held_out), START), rel=1e-12)
    edges = found["bits_by_position"]["edges"]
    assert edges[:4] == [0, 8, 16, 32] and edges[-1] == max(map(len, TALES.held_out))
    log_probs = [BIGRAM.log_prob(tale, START) for tale in encoded(TALES.held_out)]
    expected = [
        -np.concatenate([p[a:b] for p in log_probs]).mean() / math.log(2)
        for a, b in zip(edges, edges[1:], strict=False)
    ]
    assert found["bits_by_position"]["bits"] == pytest.approx(expected, rel=1e-12)
    assert set(found) == {"bits", "bits_by_position"} and json.loads(json.dumps(found)) == found


class ByHeart:
    """Knows the tales that were held out: by its first twelve characters it knows which tale it is in."""

    def __init__(self, tales):
        self.tales = tales

    def initial_state(self, batch_size):
        return torch.full((batch_size, 12), -1), torch.zeros(batch_size, dtype=torch.int64)

    def step(self, token, state):
        first, read = state  # (B, 12), (B,): START counts as read
        first = torch.where(torch.arange(1, 13) == read[:, None], token[:, None], first)
        logits = torch.zeros(len(token), 64)
        for row, (begin, t) in enumerate(zip(first, read.tolist(), strict=True)):
            known = [tale for tale in self.tales if torch.equal(tale[:12], begin) and t < len(tale)]
            if known:
                logits[row, known[0][t]] = 100
        return logits, (first, read + 1)


def test_who_knows_the_tales_by_heart_fills_every_place():
    """Six bits for each of the first twelve characters, none later, and all 35 words; a bigram fills none."""
    found = score(ByHeart(encoded(TALES.held_out)))
    count = sum(map(len, TALES.held_out))
    assert found["bits"] == pytest.approx(7 * 12 * 6 / count, rel=1e-6)
    assert found["bits_by_position"]["bits"] == pytest.approx([6, 3] + [0] * 9, abs=1e-6)
    assert (found["recall"], found["recall_places"]) == (1, 35)
    words = _fill_all(BIGRAM, _places())
    assert len(words) == 35 and sum(word == place.word for word, place in zip(words, _places(), strict=True)) == 0


def test_a_module_is_scored_by_forward_as_by_step():
    model = language_model(Window(8, 16, 3))

    class Bare:
        initial_state, step = model.initial_state, model.step

    whole, stepped = score(model), score(Bare())
    assert whole["bits"] == pytest.approx(stepped["bits"], rel=1e-6)
    assert whole["recall"] == stepped["recall"]


@pytest.mark.parametrize("backbone", [lambda: LoopLSTM(8, 12), lambda: Window(8, 16, 4)])
def test_reading_once_is_reading_up_to_each_place(backbone):
    model, places = language_model(backbone()), _places()[:12]
    alone = [fill(model, TALES.tales[place.tale].text[: place.offset]) for place in places]
    assert _fill_all(model, places) == alone and len(set(alone)) > 1
    assert _fill_all(model, places[::-1]) == alone[::-1]


@pytest.mark.parametrize("model", [BIGRAM, language_model(LoopLSTM(8, 8))], ids=["table", "module"])
def test_guesses_are_the_ranks_of_what_came(model):
    text, begin = TALES.held_out[0], 40
    found = guesses(model, text, begin, 60)
    tokens, state, expected = [START, *VOCABULARY.encode(text[: begin + 60]).tolist()], model.initial_state(1), []
    for t in range(begin + 60):
        with torch.no_grad():
            logits, state = model.step(torch.tensor([tokens[t]]), state)
        p = torch.softmax(logits[0].double(), -1)
        by_hand = sorted(range(64), key=lambda i: (-p[i], i)).index(tokens[t + 1]) + 1
        expected.append((by_hand, -math.log2(p[tokens[t + 1]])))
    ranks, bits = zip(*expected[begin:], strict=True)
    assert found["ranks"] == list(ranks) and found["bits"] == pytest.approx(bits, rel=1e-5)


def test_guesses_go_to_the_end_and_refuse_what_is_not_there():
    whole = guesses(BIGRAM, TALES.held_out[0])
    assert len(whole["bits"]) == len(TALES.held_out[0])
    assert np.mean(whole["bits"]) == pytest.approx(BIGRAM.bits_per_symbol(encoded(TALES.held_out[:1]), START))
    with pytest.raises(ValueError, match="got 9 to 12"):
        guesses(BIGRAM, "ten letters"[:10], 9, 3)


def test_a_word_ends_where_its_letters_end():
    model = NGram(6, 64, "none").fit(encoded(["My cat sat. My cat sat. My dog ran."]), START)
    assert fill(model, "My ") == "cat"
    assert fill(model, "My cat ") == "sat"
    assert fill(model, "My cat") == ""
    assert fill(NGram(2, 64).fit(encoded(["a" * 50]), START), "") == "a" * 20


@pytest.mark.parametrize(("model", "message"), [
    (NGram(2, 3).fit([torch.tensor([0, 1, 2])]), "model: expected one that predicts the 64 characters"),
    (language_model(Bidirectional(LoopLSTM(8, 4), LoopLSTM(8, 4))), "model: one that looks ahead"),
])  # fmt: skip
def test_models_that_cannot_be_scored_are_refused(model, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        score(model)
