"""The language model of linear attention: its size, its state, order, and coming back from a checkpoint."""

import hashlib

import pytest
import torch

from seqmodels import checkpoints, datasets
from seqmodels.checkpoints import KINDS, load_checkpoint, save_checkpoint
from seqmodels.decoding import generate
from seqmodels.linear_transformer import LinearTransformer
from seqmodels.runtime import count_parameters

SIZES = {"vocab_size": 11, "d_model": 8, "n_heads": 2, "n_layers": 2}


def model(**settings):
    torch.manual_seed(0)
    return LinearTransformer(**SIZES, **settings).double().eval()


def test_its_parameters_are_counted():
    block = 4 * (8 * 8 + 8) + (8 * 32 + 32) + (32 * 8 + 8) + 2 * 2 * 8
    convolution = 8 * 8 * 4 + 8
    assert count_parameters(model()) == 11 * 8 + convolution + 2 * block + 2 * 8
    assert count_parameters(model(window=1)) == count_parameters(model()) - convolution
    assert count_parameters(model(d_ff=16)) == count_parameters(model()) - 2 * 16 * (8 + 1 + 8)


def test_the_state_does_not_grow():
    network, tokens = (
        model(positions="sinusoidal"),
        torch.randint(11, (1, 300), generator=torch.Generator().manual_seed(0)),
    )
    _, state = network(tokens)
    first = network.initial_state(1)
    shapes = [[tuple(part.shape) for part in layer] for layer in state]
    assert shapes == [[tuple(part.shape) for part in layer] for layer in first]
    assert shapes == [[(1,)], [(1, 8, 3)], [(1, 2, 4, 4), (1, 2, 4)], [(1, 2, 4, 4), (1, 2, 4)]]


@pytest.mark.parametrize(("settings", "sees_order"), [
    ({"n_layers": 1, "window": 1}, False),  # one block sees a set: what it says last hangs on no order of the rest
    ({"window": 1}, True),  # through causality alone: the first block's outputs knew different pasts
    ({"n_layers": 1}, True),
    ({"n_layers": 1, "window": 1, "positions": "sinusoidal"}, True),
])  # fmt: skip
def test_where_order_comes_in(settings, sees_order):
    torch.manual_seed(0)
    network = LinearTransformer(**SIZES | settings).double().eval()
    one, other = (network(torch.tensor([tokens]))[0][:, -1] for tokens in ([1, 2, 3, 4, 5], [3, 1, 4, 2, 5]))
    difference = (one - other).abs().max().item()
    assert difference > 1e-6 if sees_order else difference < 1e-12


def test_generate_writes_on_from_its_state():
    network = model()
    written = generate(network, torch.tensor([[1, 2, 3]]), 20, temperature=0)
    logits, _ = network(written[:, :-1])
    assert torch.equal(logits[:, 2:].argmax(-1), written[:, 3:])


def test_it_comes_back_from_a_checkpoint(tmp_path, monkeypatch):
    monkeypatch.setattr(datasets, "DATA", tmp_path)
    monkeypatch.setattr(checkpoints, "DATA", tmp_path)
    sizes = SIZES | {"positions": "sinusoidal", "d_ff": 12}
    network = KINDS["linear_attention"](**sizes)
    path = save_checkpoint(network, "small", "linear_attention", **sizes)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    (tmp_path / "checksums.txt").write_text(f"{digest}  {path.relative_to(tmp_path).as_posix()}\n")
    tokens = torch.tensor([[1, 2, 10, 0, 3]])
    torch.testing.assert_close(load_checkpoint("small")(tokens)[0], network(tokens)[0], rtol=0, atol=0)


@pytest.mark.parametrize(("name", "value"), [
    ("n_layers", 0), ("n_heads", 3), ("d_ff", 0), ("positions", "rotary"), ("window", 0), ("d_model", 8.0),
    ("vocab_size", 0),
])  # fmt: skip
def test_bad_settings_are_refused(name, value):
    with pytest.raises(ValueError, match=f"^{name}: expected"):
        LinearTransformer(**SIZES | {name: value})
