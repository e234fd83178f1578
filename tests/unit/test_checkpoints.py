"""Checkpoints: what was saved comes back, and nothing else is read."""

import hashlib
import json

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from seqmodels import checkpoints, datasets
from seqmodels.checkpoints import load_checkpoint, save_checkpoint, window_model
from seqmodels.gpt import GPT
from seqmodels.hmm import HMM
from seqmodels.t5 import T5
from seqmodels.transformer import Transformer


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty data folder, in which `listed` enters a file into the checksums."""
    monkeypatch.setattr(datasets, "DATA", tmp_path)
    monkeypatch.setattr(checkpoints, "DATA", tmp_path)
    return tmp_path


def listed(path, folder):
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    (folder / "checksums.txt").write_text(f"{digest}  {path.relative_to(folder).as_posix()}\n")


def test_a_window_model_comes_back_as_it_was(folder):
    sizes = {"vocab_size": 7, "embedding_size": 3, "hidden_size": 5, "length": 4}
    model = window_model(**sizes)
    listed(save_checkpoint(model, "small", "window", **sizes), folder)
    loaded, tokens = load_checkpoint("small"), torch.tensor([[1, 2, 6, 0, 3]])
    assert not loaded.training
    torch.testing.assert_close(loaded(tokens)[0], model(tokens)[0], rtol=0, atol=0)


@pytest.mark.parametrize("positions", ["learned", "relative"])
def test_a_table_in_two_places_is_written_once_and_comes_back_in_both(folder, positions):
    sizes = {"vocab_size": 50, "d_model": 8, "n_heads": 2, "n_layers": 2, "max_length": 6, "positions": positions}
    model = GPT(**sizes)
    path = save_checkpoint(model, "small", "gpt", **sizes)
    with safe_open(path, "pt") as file:
        assert "embedding.weight" in file.keys() and "head.weight" not in file.keys()
    listed(path, folder)
    loaded, tokens = load_checkpoint("small"), torch.tensor([[1, 2, 49, 0, 3]])
    assert loaded.head.weight is loaded.embedding.weight
    torch.testing.assert_close(loaded(tokens)[0], model.eval()(tokens)[0], rtol=0, atol=0)


def test_a_transformer_comes_back_with_its_tied_table(folder):
    sizes = {"source_vocab": 6, "target_vocab": 7, "d_model": 8, "n_heads": 2, "n_layers": 1, "d_ff": 16}
    model = Transformer(**sizes)
    listed(save_checkpoint(model, "small", "transformer", **sizes), folder)
    loaded, source, target = load_checkpoint("small"), torch.tensor([[3, 5, 4]]), torch.tensor([[6, 3, 2]])
    assert loaded.readout.weight is loaded.target_embedding.weight
    torch.testing.assert_close(loaded(source, None, target), model.eval()(source, None, target), rtol=0, atol=0)


def test_a_t5_comes_back_with_one_table_for_both_texts_and_the_head(folder):
    sizes = {"vocab_size": 9, "d_model": 8, "n_heads": 2, "n_layers": 1, "d_ff": 16}
    model = T5(**sizes)
    listed(save_checkpoint(model, "small", "t5", **sizes), folder)
    loaded, source, target = load_checkpoint("small"), torch.tensor([[3, 5, 4]]), torch.tensor([[6, 3, 1]])
    assert loaded.head.weight is loaded.embedding.weight
    torch.testing.assert_close(loaded(source, None, target), model.eval()(source, None, target), rtol=0, atol=0)


def test_a_gpt_without_its_mask_comes_back_without_it(folder):
    sizes = {"vocab_size": 9, "d_model": 8, "n_heads": 2, "n_layers": 2, "positions": "rotary", "causal": False}
    model, tokens = GPT(**sizes), torch.tensor([[3, 5, 4]])
    listed(save_checkpoint(model, "small", "gpt", **sizes), folder)
    loaded = load_checkpoint("small")
    assert not loaded.causal
    torch.testing.assert_close(loaded(tokens)[0], model.eval()(tokens)[0], rtol=0, atol=0)


def test_a_hidden_markov_model_comes_back_to_the_last_bit(folder):
    model = HMM.random(3, 7, np.random.default_rng(0))
    listed(save_checkpoint(model, "hidden", "hmm"), folder)
    loaded = load_checkpoint("hidden")
    assert loaded.log_likelihood([1, 2, 6, 0]) == model.log_likelihood([1, 2, 6, 0])


def test_a_changed_file_is_refused(folder):
    model = HMM.random(3, 7, np.random.default_rng(0))
    path = save_checkpoint(model, "hidden", "hmm")
    listed(path, folder)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(ValueError, match="was changed"):
        load_checkpoint("hidden")


def test_an_unknown_kind_is_named(folder):
    path = folder / "checkpoints" / "odd.safetensors"
    path.parent.mkdir()
    save_file({"a": torch.zeros(1)}, path, {"kind": "oracle", "sizes": json.dumps({})})
    listed(path, folder)
    with pytest.raises(ValueError, match="kind 'oracle'; expected one of hmm, window"):
        load_checkpoint("odd")


@pytest.mark.parametrize("path", sorted((datasets.DATA / "checkpoints").glob("*")), ids=lambda path: path.stem)
def test_every_checkpoint_of_the_course_loads_and_is_small(path):
    assert path.stat().st_size <= 600_000
    load_checkpoint(path.stem)
