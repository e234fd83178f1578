"""Folders that are not as they should be, tokenizers, and fetching from a server on this computer."""

import hashlib
import importlib.util
import json
import re
import socket
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import torch
from safetensors.torch import load_file, save_file

from conftest import need
from seqmodels.bert import BERT
from seqmodels.gpt import GPT
from seqmodels.pretrained import PUBLISHED, Published, fetch, fetching
from seqmodels.pretrained.folder import PublishedFolder
from seqmodels.t5 import T5
from seqmodels.tokens import published_tokenizer
from tools.notebook import ROOT

V, D, LENGTH = 11, 8, 6


# ---------------------------------------------------------------- folders


def gpt2_tensors():
    generator = torch.Generator().manual_seed(0)
    shapes = {"wte.weight": (V, D), "wpe.weight": (LENGTH, D), "ln_f.weight": (D,), "ln_f.bias": (D,),
              "h.0.attn.c_attn.weight": (D, 3 * D), "h.0.attn.c_attn.bias": (3 * D,), "h.0.attn.c_proj.weight": (D, D),
              "h.0.attn.c_proj.bias": (D,), "h.0.mlp.c_fc.weight": (D, 4 * D), "h.0.mlp.c_fc.bias": (4 * D,),
              "h.0.mlp.c_proj.weight": (4 * D, D), "h.0.mlp.c_proj.bias": (D,), "h.0.ln_1.weight": (D,),
              "h.0.ln_1.bias": (D,), "h.0.ln_2.weight": (D,), "h.0.ln_2.bias": (D,)}  # fmt: skip
    return {name: torch.randn(shape, generator=generator) for name, shape in shapes.items()}


def config(**changes):
    settings = {"model_type": "gpt2", "vocab_size": V, "n_embd": D, "n_head": 2, "n_layer": 1, "n_positions": LENGTH}
    return {name: value for name, value in (settings | changes).items() if value != "absent"}


@pytest.fixture
def folder(tmp_path):
    save_file(gpt2_tensors(), tmp_path / "model.safetensors")
    (tmp_path / "config.json").write_text(json.dumps(config()))
    return tmp_path


def test_a_folder_by_hand_is_read(folder):
    model, tensors = GPT.from_pretrained(folder), gpt2_tensors()
    attention = model.backbone.blocks[0].attention
    fused = torch.cat([attention.to_query.weight, attention.to_key.weight, attention.to_value.weight])
    assert torch.equal(fused, tensors["h.0.attn.c_attn.weight"].T)
    assert torch.equal(model.backbone.blocks[0].feed_forward.narrow.weight, tensors["h.0.mlp.c_proj.weight"].T)
    before = model(torch.tensor([[1, 2]]))[0]
    with open(folder / "model.safetensors", "r+b") as file:
        file.write(bytes((folder / "model.safetensors").stat().st_size))
    assert torch.equal(model(torch.tensor([[1, 2]]))[0], before), "what was read does not hang on the file"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"model_type": "bert"}, "model_type 'bert', expected 'gpt2'"),
        ({"model_type": "absent"}, "model_type None, expected 'gpt2'"),
        ({"n_head": "absent"}, "does not say n_head"),
        ({"n_embd": 8.0}, "n_embd: expected a whole number, 1 or more, got 8.0"),
        ({"n_layer": True}, "n_layer: expected a whole number"),
        ({"layer_norm_epsilon": "1e-5"}, "layer_norm_epsilon: expected a number"),
        ({"activation_function": "mish"}, "activation_function: expected one of relu, .*, got 'mish'"),
        ({"scale_attn_by_inverse_layer_idx": True}, "scale_attn_by_inverse_layer_idx is True; .* only False"),
        ({"scale_attn_weights": False}, "scale_attn_weights is False; this class knows only True"),
        ({"reorder_and_upcast_attn": True}, "reorder_and_upcast_attn is True"),
        ({"add_cross_attention": True}, "add_cross_attention is True"),
        ({"tie_word_embeddings": "no"}, "tie_word_embeddings: expected true or false, got 'no'"),
        ({"tie_word_embeddings": False}, r"lacks the tensor lm_head\.weight \(11, 8\)"),
        ({"n_layer": 2}, r"lacks the tensor h\.1\.ln_1\.weight \(8,\)"),
        ({"n_positions": 7}, r"wpe\.weight: expected shape \(7, 8\), got \(6, 8\)"),
        ({"n_head": 3}, "n_heads: 3 heads cannot share d_model 8"),
    ],
)
def test_settings_that_do_not_fit_are_named(folder, settings, message):
    (folder / "config.json").write_text(json.dumps(config(**settings)))
    with pytest.raises(ValueError, match=message):
        GPT.from_pretrained(folder)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.pop("h.0.ln_2.bias") is None, r"lacks the tensor h\.0\.ln_2\.bias \(8,\)"),
        (lambda t: t.update({"score.weight": torch.ones(2, D)}), r"holds score\.weight, for which this class"),
        (lambda t: t.update({f"h.{i}": torch.ones(1) for i in "abcde"}), r"holds h\.a, h\.b, h\.c and 2 more, for"),
        (lambda t: t.update({"h.0.mlp.c_fc.weight": torch.ones(4 * D, D)}), r"c_fc\.weight: expected shape \(8, 32\)"),
        (lambda t: t.update({"wte.weight": torch.ones(V, D, dtype=torch.int64)}), r"wte\.weight: expected floating"),
        (lambda t: t["ln_f.bias"].fill_(torch.nan), r"ln_f\.bias: contains NaN"),
        (lambda t: t.update({"transformer.wpe.weight": torch.ones(LENGTH, D)}), r"holds wpe\.weight twice"),
        (lambda t: t.update({"ln_f.beta": torch.ones(D)}), r"holds ln_f\.bias twice"),
        (lambda t: t.update({"lm_head.weight": torch.ones(V, D)}), r"lm_head\.weight and wte\.weight should be one"),
    ],
)
def test_tensors_that_do_not_fit_are_named(folder, change, message):
    tensors = load_file(folder / "model.safetensors")
    change(tensors)
    save_file(tensors, folder / "model.safetensors")
    with pytest.raises(ValueError, match=message) as error:
        GPT.from_pretrained(folder)
    assert str(error.value).startswith(f"folder: {folder}: model.safetensors")


def test_files_that_are_missing_or_broken_are_named(folder, tmp_path):
    with pytest.raises(ValueError, match=r"^folder: expected a folder with config\.json and model\.safetensors"):
        GPT.from_pretrained(tmp_path / "nowhere")
    whole = (folder / "model.safetensors").read_bytes()
    for content in (whole[:-5], whole[:40], b"", b"\xff" * 64):
        (folder / "model.safetensors").write_bytes(content)
        with pytest.raises(ValueError, match="model.safetensors is damaged or no safetensors file"):
            GPT.from_pretrained(folder)
    (folder / "model.safetensors").unlink()
    with pytest.raises(ValueError, match="there is no model.safetensors$"):
        GPT.from_pretrained(folder)
    (folder / "pytorch_model.bin").write_bytes(b"\x80\x02never read")
    with pytest.raises(ValueError, match="only a pickle such as pytorch_model.bin, which can run any program"):
        GPT.from_pretrained(folder)
    (folder / "model.safetensors.index.json").write_text("{}")
    with pytest.raises(ValueError, match="split over several files"):
        GPT.from_pretrained(folder)
    for content, message in (("[]", "expected an object with settings, got list"), ("{", "config.json cannot be read")):
        (folder / "model.safetensors").write_bytes(whole)
        (folder / "config.json").write_text(content)
        with pytest.raises(ValueError, match=message):
            GPT.from_pretrained(folder)
    (folder / "config.json").unlink()
    with pytest.raises(ValueError, match="there is no config.json"):
        GPT.from_pretrained(folder)


def test_each_class_refuses_the_others_folders(folder):
    for kind in (BERT, T5):
        with pytest.raises(ValueError, match="is that of model_type 'gpt2', expected"):
            kind.from_pretrained(folder)
    with pytest.raises(ValueError, match="twice|lacks the tensor wte.weight"):
        source = PublishedFolder(folder, "gpt2")
        source.take("wte.weight", V, D)
        source.take("wte.weight", V, D)


# ---------------------------------------------------------------- tokenizers


def library():
    need(importlib.util.find_spec("tokenizers"), "tokenizers is not installed: it is in requirements-pretrained.txt")
    return importlib.import_module("tokenizers")


TEXT = "the old man and the sea, the old sea and the man"


def test_a_tokenizer_in_one_file(tmp_path):
    tokenizers = library()
    theirs = tokenizers.ByteLevelBPETokenizer()
    theirs.train_from_iterator([TEXT], vocab_size=280, min_frequency=2, special_tokens=["<end>"], show_progress=False)
    theirs.save(str(tmp_path / "tokenizer.json"))
    ours = published_tokenizer(tmp_path)
    ids = ours.encode(TEXT + " é")
    assert ids.dtype == torch.int64 and ids.tolist() == theirs.encode(TEXT + " é").ids and len(ids) < len(TEXT)
    assert ours.decode(ids) == TEXT + " é" and len(ours) == theirs.get_vocab_size()
    assert len(ours.pieces(TEXT)) == len(ours.encode(TEXT))
    assert ours.decode([*ids, ours.id("<end>")]) == TEXT + " é"
    assert ours.decode([*ids, ours.id("<end>")], marks=True) == TEXT + " é<end>"
    again = tmp_path / "older"
    again.mkdir()
    theirs.save_model(str(again))
    assert {path.name for path in again.iterdir()} == {"vocab.json", "merges.txt"}
    assert published_tokenizer(again).encode(TEXT).tolist() == ours.encode(TEXT).tolist()
    for call, message in ((lambda: ours.decode([len(ours)]), "^ids: expected numbers"), (lambda: ours.id("?!"), "^tok"),
                          (lambda: ours.encode(None), "^text: expected a string")):  # fmt: skip
        with pytest.raises(ValueError, match=message):
            call()


def test_a_list_of_words_and_its_marks(tmp_path):
    library()
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "old", "sea", "##s", "Sea"]
    (tmp_path / "vocab.txt").write_text("\n".join(words))
    lower = published_tokenizer(tmp_path)
    assert lower.encode("The old SEAS [MASK]").tolist() == [2, 5, 6, 7, 8, 4, 3]
    assert lower.pieces("the sea", marks=False) == ["the", "sea"]
    assert lower.decode(lower.encode("the old seas")) == "the old seas"
    (tmp_path / "tokenizer_config.json").write_text('{"do_lower_case": false}')
    assert published_tokenizer(tmp_path).encode("the Sea", marks=False).tolist() == [5, 9]


def test_what_stands_in_the_way_of_a_tokenizer_is_named(tmp_path, monkeypatch):
    library()
    (tmp_path / "spiece.model").write_bytes(b"")
    with pytest.raises(ValueError, match=r"^folder: expected tokenizer\.json, .* got spiece\.model"):
        published_tokenizer(tmp_path)
    with pytest.raises(ValueError, match="got no files"):
        published_tokenizer(tmp_path / "nowhere")
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(ValueError, match="cannot be read"):
        published_tokenizer(tmp_path)
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    with pytest.raises(ImportError, match=r"requirements-pretrained\.txt"):
        published_tokenizer(tmp_path)


# ---------------------------------------------------------------- fetching

CONTENT = {"config.json": b'{"small": true}', "model.safetensors": bytes(range(256)) * 12_000}
SHA256 = {name: hashlib.sha256(content).hexdigest() for name, content in CONTENT.items()}


class Server(ThreadingHTTPServer):
    """Serves CONTENT on this computer. breaks: how many bytes each answer brings, in turn, before the connection ends.

    ranges: begins where it is asked to; otherwise always at the start, and with `claims` says that it does not.
    """

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.breaks, self.asked, self.content, self.ranges, self.claims = [], [], dict(CONTENT), True, False
        self.address = f"http://127.0.0.1:{self.server_port}/models"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        server, name = self.server, self.path.rpartition("/")[2]
        server.asked.append((name, self.headers.get("Range")))
        content = server.content.get(name)
        start = int(re.match(r"bytes=(\d+)-", self.headers.get("Range") or "bytes=0-")[1]) if server.ranges else 0
        if content is None or start > len(content):
            return self.send_error(404 if content is None else 416)
        self.send_response(206 if self.headers.get("Range") and (server.ranges or server.claims) else 200)
        if start or server.claims:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        stop = server.breaks.pop(0) if server.breaks and name == "model.safetensors" else None
        self.wfile.write(content[start:] if stop is None else content[start : start + stop])

    def log_message(self, *_):
        pass


@pytest.fixture
def server(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TQDM_DISABLE", "1")
    files = {name: (len(content), SHA256[name]) for name, content in CONTENT.items()}
    monkeypatch.setitem(PUBLISHED, "small", Published("https://models.invalid/small", "MIT", files))
    server = Server()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def whole(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()} == CONTENT


def test_a_model_is_fetched_once(server, tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_MODELS", str(tmp_path / "models"))
    folder = fetch("small", address=server.address)
    assert folder == tmp_path / "models" / "small" and whole(folder)
    assert server.asked == [("config.json", None), ("model.safetensors", None)]
    assert fetch("small", address=server.address) == folder and len(server.asked) == 2
    monkeypatch.delenv("COURSE_MODELS")
    assert ROOT not in fetching.default_folder().parents


def test_a_connection_that_breaks_is_taken_up_where_it_broke(server, tmp_path):
    server.breaks = [1_500_000, *[200_000] * 4]
    assert whole(fetch("small", tmp_path, address=server.address))
    places = [None, *(f"bytes={start}-" for start in range(1_500_000, 2_400_000, 200_000))]
    assert server.asked[1:] == [("model.safetensors", place) for place in places]


def test_a_fetch_that_failed_goes_on_when_it_is_called_again(server, tmp_path):
    server.breaks = [1_500_000, 0, 0, 0, 0]
    with pytest.raises(ConnectionError, match=r"the connection broke .*\(1\.5 MB\) is kept: call it again") as error:
        fetch("small", tmp_path, address=server.address)
    assert "127.0.0.1" in str(error.value) and not (tmp_path / "model.safetensors").exists()
    assert len(server.asked) == 1 + 1 + fetching.ATTEMPTS - 1
    server.breaks, server.asked = [], []
    assert whole(fetch("small", tmp_path, address=server.address))
    assert server.asked == [("model.safetensors", "bytes=1500000-")]


@pytest.mark.parametrize("claims", [False, True])
def test_a_server_that_cannot_go_on_begins_anew(server, tmp_path, claims):
    server.ranges, server.claims, server.breaks = False, claims, [1_500_000]
    assert whole(fetch("small", tmp_path, address=server.address))
    (tmp_path / "model.safetensors").rename(tmp_path / "model.safetensors.part")
    assert whole(fetch("small", tmp_path, address=server.address)), "a part that is whole is only checked"
    (tmp_path / "model.safetensors").unlink()
    (tmp_path / "model.safetensors.part").write_bytes(CONTENT["model.safetensors"] + b"too much")
    assert whole(fetch("small", tmp_path, address=server.address))


def test_a_wrong_checksum_leaves_nothing(server, tmp_path):
    content = bytearray(CONTENT["model.safetensors"])
    content[77] ^= 1
    server.content["model.safetensors"] = bytes(content)
    with pytest.raises(ValueError, match=f"^sha256: .* expected {SHA256['model.safetensors']}; it was thrown away"):
        fetch("small", tmp_path, address=server.address)
    assert [path.name for path in tmp_path.iterdir()] == ["config.json"]
    server.content["model.safetensors"] = bytes(content[:-1])
    with pytest.raises(ValueError, match="offers 3071999 bytes, expected 3072000"):
        fetch("small", tmp_path, address=server.address)
    server.content = dict(CONTENT)
    (tmp_path / "model.safetensors.part").write_bytes(b"of another file")
    with pytest.raises(ValueError, match="thrown away"):
        fetch("small", tmp_path, address=server.address)
    assert whole(fetch("small", tmp_path, address=server.address))
    (tmp_path / "config.json").write_text("mine")
    with pytest.raises(ValueError, match="config.json is there already and is another file"):
        fetch("small", tmp_path, address=server.address)
    assert (tmp_path / "config.json").read_text() == "mine"


def test_no_network_is_said_in_words(server, tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(ConnectionError, match="cannot be reached.*Is there a network.*No lesson needs this"):
        fetch("small", tmp_path, address=closed)
    with pytest.raises(ConnectionError, match="answers 404 .* is that address still right"):
        del server.content["config.json"]
        fetch("small", tmp_path, address=server.address)
    assert not any(tmp_path.iterdir())


def test_nothing_is_fetched_without_a_checksum(server, tmp_path, monkeypatch):
    with pytest.raises(ValueError, match="^sha256: the checksums of tokenizer.json, model.safetensors of t5-small are"):
        fetch("t5-small", tmp_path, address=server.address)
    files = {"config.json": (15, SHA256["config.json"]), "model.safetensors": (None, None)}
    monkeypatch.setitem(PUBLISHED, "unsure", Published(server.address, "MIT", files))
    assert not server.asked
    server.breaks = [1_000_000]
    given = {"model.safetensors": SHA256["model.safetensors"]}
    assert whole(fetch("unsure", tmp_path, sha256=given)) and len(server.asked) == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"name": "gpt5"}, "^name: expected one of gpt2, bert-base-uncased, t5-small"),
        ({"name": "gpt2", "address": "http://models.invalid"}, "^address: expected one that begins with https://"),
        ({"name": "gpt2", "address": "file:///etc"}, "^address: expected one that begins with https://"),
        ({"name": "gpt2", "sha256": {"weights": "0" * 64}}, "^sha256: weights is no file of gpt2"),
        ({"name": "gpt2", "sha256": {"config.json": "0" * 64}}, "^sha256: that of config.json is known"),
        ({"name": "t5-small", "sha256": dict.fromkeys(PUBLISHED["t5-small"].files, "?")}, "^sha256: expected 64"),
    ],
)
def test_wrong_arguments_are_named_before_anything_is_asked(arguments, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        fetch(folder=tmp_path / "new", **arguments)
    assert not (tmp_path / "new").exists()


def test_the_table_is_sound():
    for name, published in list(PUBLISHED.items()):
        assert re.fullmatch(r"https://[^/]+/[\w-]+/[\w-]+/resolve/[0-9a-f]{40}", published.address), name
        assert set(published.files) == {"config.json", "tokenizer.json", "model.safetensors"}
        for size, checksum in published.files.values():
            assert checksum is None or (re.fullmatch("[0-9a-f]{64}", checksum) and size > 0)
    assert all(checksum for name in ("gpt2", "bert-base-uncased") for _, checksum in PUBLISHED[name].files.values())
