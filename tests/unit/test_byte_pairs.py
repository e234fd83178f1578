"""Byte pairs against a plain account of the algorithm, and against the library that everybody uses."""

import importlib.util
import json
import random
import re
import time

import pytest
import torch

from conftest import need
from seqmodels.byte_pairs import CHUNKS
from seqmodels.datasets import saltmere
from seqmodels.tokens import BytePairEncoder

TALE = saltmere().train[0]
TEXTS = {
    "a tale": TALE,
    "overlaps": "aaaa aaa aaaaa aa a banana bananas nananana",
    "ties": "ab cd ab cd ba dc ba dc xyz zyx",
    "other scripts": "Über Öl, naïve façade; Москва Москва, 東京東京東京 🙂🙂 \t\n\n  Über",
    "spaces": "a  b   c \n\n\n d \r\n  e   ",
    "empty": "",
}


def learned(text, merges, least=2):
    """Merges as triples (left bytes, right bytes, count), by counting everything anew each time."""
    words = [[bytes([b]) for b in chunk.encode()] for chunk in re.findall(r" ?\w+| ?[^\w\s]+|\s+(?!\S)|\s+", text)]
    ids, found = {bytes([b]): b for b in range(256)}, []
    order = list(ids)  # of pieces, by id; two merges may make the same bytes, so pairs are kept by place
    words = [[order.index(b) for b in word] for word in words]
    while len(found) < merges:
        counts = {}
        for word in words:
            for i in range(len(word) - 1):
                counts[word[i], word[i + 1]] = counts.get((word[i], word[i + 1]), 0) + 1
        often = [pair for pair, count in counts.items() if count == max(counts.values())]
        if not often or counts[often[0]] < least:
            return found, words, order
        left, right = min(often)
        order.append(order[left] + order[right])
        found.append((left, right, counts[left, right]))
        words = [_merged(word, left, right, len(order) - 1) for word in words]
    return found, words, order


def _merged(word, left, right, new):
    word = list(word)
    for i in range(len(word) - 1):  # from the left; a place that is used up holds None
        if word[i] == left and word[i + 1] == right:
            word[i], word[i + 1] = None, new
    return [token for token in word if token is not None]


@pytest.mark.parametrize("name", TEXTS)
def test_merges_vocabulary_and_tokens_are_those_of_the_plain_account(name):
    merges, words, order = learned(TEXTS[name], 60)
    encoder = BytePairEncoder.fit(TEXTS[name], 60)
    assert [tuple(merge) for merge in encoder.merges] == merges
    assert encoder.vocabulary == order and len(encoder) == 256 + len(merges)
    assert encoder.encode(TEXTS[name]).tolist() == [token for word in words for token in word]


def test_the_first_merges_by_hand():
    """hug hugs hug: h u stands side by side three times, u g as often; the smaller left id, h, comes first."""
    encoder = BytePairEncoder.fit("hug hugs hug", 3)
    assert encoder.merges == [(ord("h"), ord("u"), 3), (256, ord("g"), 3), (ord(" "), 257, 2)]
    assert encoder.vocabulary[256:] == [b"hu", b"hug", b" hug"]
    assert encoder.encode("hug hugs").tolist() == [257, 258, ord("s")]
    assert encoder.pieces("thug hugs") == [b"t", b"hug", b" hug", b"s"]


def test_learning_ends_when_nothing_stands_there_often_enough():
    assert len(BytePairEncoder.fit("abc", 10).merges) == 0
    assert len(BytePairEncoder.fit("abc", 10, least=1).merges) == 2
    assert BytePairEncoder.fit("", 10).encode("new").tolist() == list(b"new")
    assert len(BytePairEncoder.fit("the the the", 2).merges) == 2


def test_no_merge_reaches_beyond_a_chunk():
    encoder = BytePairEncoder.fit(TALE, 300)
    for piece in encoder.vocabulary[256:]:
        assert len(CHUNKS.findall(piece.decode())) == 1


@pytest.mark.parametrize("name", TEXTS)
def test_chunks_hold_the_whole_text(name):
    assert "".join(CHUNKS.findall(TEXTS[name])) == TEXTS[name]


def test_every_text_comes_back():
    encoder, rng = BytePairEncoder.fit(TALE, 200), random.Random(0)
    ranges = [(0, 128), (128, 0x800), (0x800, 0xD800), (0xE000, 0x110000), (32, 33), (10, 14)]
    for _ in range(300):
        text = "".join(chr(rng.randrange(*rng.choice(ranges))) for _ in range(30))
        assert encoder.decode(encoder.encode(text)) == text
        assert b"".join(encoder.pieces(text)) == text.encode()


def test_tokens_are_int64_and_fewer_than_characters():
    encoder = BytePairEncoder.fit(TALE, 300)
    ids = encoder.encode(TALE)
    assert ids.dtype == torch.int64 and ids.dim() == 1 and len(ids) < 0.55 * len(TALE)
    assert encoder.encode("").shape == (0,)


def test_an_encoder_can_be_built_from_its_merges():
    encoder = BytePairEncoder.fit(TALE, 50)
    again = BytePairEncoder(json.loads(json.dumps([merge[:2] for merge in encoder.merges])))
    assert again.vocabulary == encoder.vocabulary and torch.equal(again.encode(TALE), encoder.encode(TALE))


def test_half_a_character_is_shown_as_such():
    encoder = BytePairEncoder([])
    ids = encoder.encode("aé")
    assert encoder.decode(ids[:2]) == "a\ufffd" and encoder.decode(ids) == "aé"


def test_the_tales_take_less_than_five_seconds():
    text = "\n".join(saltmere().train)
    began = time.process_time()
    encoder = BytePairEncoder.fit(text, 512)
    assert time.process_time() - began < 5 and len(encoder) == 768


@pytest.mark.parametrize(("name", "call"), [
    ("merges", lambda: BytePairEncoder.fit("abab", -1)),
    ("merges", lambda: BytePairEncoder.fit("abab", 2.0)),
    ("least", lambda: BytePairEncoder.fit("abab", 2, least=0)),
    ("text", lambda: BytePairEncoder.fit(b"abab", 2)),
    ("text", lambda: BytePairEncoder([]).encode(None)),
    ("text", lambda: BytePairEncoder([]).encode("\ud800")),
    ("merges", lambda: BytePairEncoder([(97, 256)])),
    ("merges", lambda: BytePairEncoder([(97, 98), (97, 98)])),
    ("ids", lambda: BytePairEncoder([]).decode([256])),
    ("ids", lambda: BytePairEncoder([]).decode([-1])),
])  # fmt: skip
def test_what_cannot_be_is_named(name, call):
    with pytest.raises(ValueError, match=f"^{name}: "):
        call()


@pytest.mark.parametrize("name", [name for name in TEXTS if name != "empty"])
def test_the_tokenizers_library_learns_and_encodes_the_same(name):
    """Its alphabet given as 256 characters, one for each byte, so that ties are broken alike."""
    need(importlib.util.find_spec("tokenizers"), "tokenizers is not installed: it is in requirements-pretrained.txt")
    tokenizers = importlib.import_module("tokenizers")
    chunks = [chunk.encode().decode("latin-1") for chunk in CHUNKS.findall(TEXTS[name])]
    theirs = tokenizers.Tokenizer(tokenizers.models.BPE())
    theirs.train_from_iterator(chunks, tokenizers.trainers.BpeTrainer(
        vocab_size=256 + 200, min_frequency=2, initial_alphabet=[chr(b) for b in range(256)], show_progress=False,
    ))  # fmt: skip
    ours = BytePairEncoder.fit(TEXTS[name], 200)
    pieces = [piece.decode("latin-1") for piece in ours.vocabulary]
    assert [tuple(pair) for pair in json.loads(theirs.to_str())["model"]["merges"]] == [
        (pieces[merge.left], pieces[merge.right]) for merge in ours.merges
    ]
    new = [chunk.encode().decode("latin-1") for chunk in CHUNKS.findall(saltmere().held_out[0])]
    found = [token for chunk in new for token in theirs.encode(chunk).tokens]
    assert found == [pieces[token] for token in ours.encode(saltmere().held_out[0]).tolist()]
