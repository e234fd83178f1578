"""The Mamba block against its formulas written out, its start, its settings, and the model around it."""

import hashlib

import pytest
import torch
from torch.nn import functional as F

from property import contract
from seqmodels import checkpoints, datasets
from seqmodels.checkpoints import load_checkpoint, save_checkpoint
from seqmodels.decoding import generate
from seqmodels.mamba import Mamba, MambaBlock, PreNorm, TimeInvariantBlock
from seqmodels.mamba.block import FASTEST, SLOWEST
from seqmodels.mamba.convolution import ShortConvolution
from seqmodels.probes import intervene, record
from seqmodels.runtime import count_parameters


def drawn(layer, seed=0):
    """In float64, every number drawn: zeros and ones would hide mistakes."""
    generator = torch.Generator().manual_seed(seed)
    layer = layer.double()
    for parameter in layer.parameters():
        with torch.no_grad():
            parameter.normal_(std=0.4, generator=generator)
    return layer


def random(*shape, seed=1):
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def written_out(block, x):
    """The block on one sequence x (T, D), number by number where it matters."""
    inner, size = block.A_log.shape
    xz = x @ block.widen.weight.T + (0 if block.widen.bias is None else block.widen.bias)
    before, z = xz[:, :inner], xz[:, inner:]
    taps = block.convolution.weight.shape[1]
    u = torch.zeros_like(before)
    for t in range(len(x)):
        for j in range(taps):
            if t - j >= 0:
                u[t] = u[t] + block.convolution.weight[:, taps - 1 - j] * before[t - j]
    u = u if block.convolution.bias is None else u + block.convolution.bias
    u = u * torch.sigmoid(u)
    selected, place = {}, 0
    for name, width in block.parts.items():
        selected[name] = u @ block.select.weight[place : place + width].T
        place += width
        if name in block.norms:
            scale = (selected[name].square().mean(-1, keepdim=True) + block.norms[name].eps).sqrt()
            selected[name] = selected[name] / scale * block.norms[name].weight
    low = selected["delta"] @ block.delta_weight.T if "delta" in selected else 0
    delta = torch.log(1 + torch.exp(low + block.delta_bias)).expand_as(u)
    B = selected["B"] if "B" in selected else block.constant_B.expand(len(x), size)
    C = selected["C"] if "C" in selected else block.constant_C.expand(len(x), size)
    A, h, outputs = -torch.exp(block.A_log), torch.zeros(inner, size, dtype=x.dtype), []
    for t in range(len(x)):
        h = torch.exp(delta[t, :, None] * A) * h + delta[t, :, None] * B[t] * u[t, :, None]
        outputs.append((h @ C[t] + block.D * u[t]) * z[t] * torch.sigmoid(z[t]))
    y = torch.stack(outputs) @ block.narrow.weight.T
    return y + (0 if block.narrow.bias is None else block.narrow.bias)


@pytest.mark.parametrize("settings", [
    {}, {"expand": 3, "kernel_size": 2, "rank": 4}, {"bias": True, "conv_bias": False}, {"kernel_size": 1},
    {"inner_norms": True, "norm_epsilon": 0.1}, {"selective": ()}, {"selective": ("delta",)},
    {"selective": ("B", "C"), "inner_norms": True}, {"selective": ("C", "delta")},
])  # fmt: skip
def test_the_block_equals_its_formulas(settings):
    block, x = drawn(MambaBlock(6, 3, **settings)), random(2, 11, 6)
    y, _ = block(x)
    for row, found in zip(x, y, strict=True):
        torch.testing.assert_close(found, written_out(block, row), rtol=0, atol=1e-12)


@pytest.mark.parametrize("taps", [1, 2, 4])
@pytest.mark.parametrize("bias", [True, False])
def test_the_short_convolution_is_a_grouped_one(taps, bias):
    convolution, u = drawn(ShortConvolution(5, taps, bias)), random(2, 9, 5)
    y, past = convolution(u, u.new_zeros(2, taps - 1, 5))
    padded = F.pad(u.transpose(1, 2), (taps - 1, 0))
    expected = F.conv1d(padded, convolution.weight[:, None], convolution.bias, groups=5).transpose(1, 2)
    torch.testing.assert_close(y, expected, rtol=0, atol=1e-13)
    assert torch.equal(past, u[:, 9 - (taps - 1) :])


@pytest.mark.parametrize("selective", [(), ("delta",), ("B",), ("C",), ("delta", "B", "C")])
def test_only_with_nothing_selective_the_scan_is_linear_in_what_it_reads(selective):
    """Two inputs at once give the sum of what each gives alone, where the gate stays open."""
    block = drawn(MambaBlock(6, 3, selective=selective))
    one, other = random(1, 10, 12, seed=2), random(1, 10, 12, seed=3)

    def read(u):
        with intervene(block, {"gate": lambda value, t: torch.ones_like(value), "conv": lambda value, t: u}):
            return block(random(1, 10, 6))[0]

    assert torch.allclose(read(one + other), read(one) + read(other), atol=1e-9) == (selective == ())


@pytest.mark.parametrize("selective", [(), ("delta",), ("B",), ("C",), ("delta", "B", "C")])
def test_what_is_selective_hangs_on_the_input_and_nothing_else_does(selective):
    block = drawn(MambaBlock(6, 3, selective=selective))
    with record(block) as trace:
        block(random(1, 9, 6))
    for name in ("delta", "B", "C"):
        changes = (trace[name][:, 1:] - trace[name][:, :-1]).abs().max() > 1e-6
        assert changes == (name in selective), name


def test_the_start_is_the_published_one():
    torch.manual_seed(0)
    block = MambaBlock(64, 16)
    assert torch.allclose(block.rates, -torch.arange(1.0, 17).expand(128, 16), rtol=1e-6)
    assert (block.D == 1).all() and block.delta_weight.shape == (128, 4)
    delta = F.softplus(block.delta_bias)
    assert SLOWEST * 0.99 < delta.min() and delta.max() < FASTEST * 1.01
    assert abs(delta.log().mean() - (torch.tensor(SLOWEST).log() + torch.tensor(FASTEST).log()) / 2) < 0.5
    assert block.delta_weight.abs().max() <= 4**-0.5
    model, block = Mamba(11, 64, 4), MambaBlock(64)
    ratio = model.backbone.layers[0].mixer.narrow.weight.std() / block.narrow.weight.std()
    assert abs(ratio - 0.5) < 0.02, "what writes into the stream starts narrower by the root of the number of layers"


def test_parameters_are_counted():
    D, E, N, R, k, V = 64, 128, 16, 4, 4, 11
    block = D * 2 * E + E * (k + 1) + E * (R + 2 * N) + E * (R + 1) + E * N + E + E * D
    assert count_parameters(MambaBlock(D)) == block
    assert count_parameters(Mamba(V, D, 3)) == V * D + 3 * (block + D) + D
    assert 6 * D**2 < block < 1.4 * 6 * D**2, "about 6 D² as published, for large D"


def test_the_state_does_not_grow():
    model = drawn(Mamba(11, 8, 2, 3))
    _, state = model(torch.randint(11, (2, 200), generator=torch.Generator().manual_seed(0)))
    shapes = [[tuple(part.shape) for part in layer] for layer in state]
    assert shapes == [[(2, 3, 16), (2, 16, 3)]] * 2
    assert shapes == [[tuple(part.shape) for part in layer] for layer in model.initial_state(2)]


def test_the_state_is_recorded_and_can_be_held():
    block, x = drawn(MambaBlock(6, 3)), random(1, 12, 6)
    with record(block) as trace:
        y, (_, last) = block(x)
    assert trace["state"].shape == (1, 12, 12, 3) and torch.equal(trace["state"][:, -1], last)
    torch.testing.assert_close(y, block(x)[0], rtol=0, atol=1e-12)
    with intervene(block, {"state": lambda value, t: torch.zeros_like(value)}):
        silent, _ = block(x)
    with intervene(block, {"C": lambda value, t: torch.zeros_like(value)}):
        unread, _ = block(x)
    torch.testing.assert_close(silent, unread, rtol=0, atol=1e-12)


def test_generate_writes_on_from_its_state():
    model = drawn(Mamba(11, 8, 2, 3))
    written = generate(model, torch.tensor([[1, 2, 3]]), 20, temperature=0)
    logits, _ = model(written[:, :-1])
    assert torch.equal(logits[:, 2:].argmax(-1), written[:, 3:])


@pytest.mark.parametrize("settings", [{}, {"time_invariant": True}, {"selective": ("B",)}])
def test_it_comes_back_from_a_checkpoint(settings, tmp_path, monkeypatch):
    monkeypatch.setattr(datasets, "DATA", tmp_path)
    monkeypatch.setattr(checkpoints, "DATA", tmp_path)
    sizes = {"vocab_size": 11, "d_model": 8, "n_layers": 2, "state_size": 4, **settings}
    model = checkpoints.KINDS["mamba"](**sizes)
    path = save_checkpoint(model, "small", "mamba", **sizes)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    (tmp_path / "checksums.txt").write_text(f"{digest}  {path.relative_to(tmp_path).as_posix()}\n")
    tokens = torch.tensor([[1, 2, 10, 0, 3]])
    torch.testing.assert_close(load_checkpoint("small")(tokens)[0], model(tokens)[0], rtol=0, atol=0)


@pytest.mark.parametrize("promise", [
    contract.step_equals_forward, contract.carried_state_equals_whole, contract.padding_changes_nothing,
    contract.gradients_agree, contract.edits_agree,
])  # fmt: skip
def test_the_time_invariant_block_keeps_the_contract(promise):
    promise(drawn(TimeInvariantBlock(6, 4)))


def test_dropout_works_while_training_alone():
    layer, x = PreNorm(MambaBlock(6, 3), dropout=0.5), torch.randn(1, 5, 6)
    assert not torch.equal(layer(x)[0], layer(x)[0])
    layer.eval()
    assert torch.equal(layer(x)[0], layer(x)[0])


@pytest.mark.parametrize(("name", "value"), [
    ("d_model", 0), ("state_size", 0), ("expand", 1.5), ("kernel_size", 0), ("rank", -1), ("selective", "delta"),
    ("selective", ("delta", "A")),
])  # fmt: skip
def test_bad_settings_are_refused(name, value):
    with pytest.raises(ValueError, match=f"^{name}: expected"):
        MambaBlock(**{"d_model": 6} | {name: value})
