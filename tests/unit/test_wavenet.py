"""WaveNet against torch.nn, its conditions, and generation with and without memory; the μ-law."""

import math

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from property import contract
from property.test_contract import build
from seqmodels.decoding import generate
from seqmodels.language_model import LanguageModel
from seqmodels.probes import intervene, record
from seqmodels.wavenet import GatedStack, WaveNet, generate_naively, mu_law_decode, mu_law_encode, synthesise

# ---------------------------------------------------------------- the contract

LAYERS = {
    "gated stack": lambda: GatedStack(6, 5, layers=3),
    "gated stack, repeated, wide": lambda: GatedStack(6, 6, layers=2, stacks=2, kernel_size=3),
    "gated stack with labels": lambda: GatedStack(6, 5, layers=2, labels=3),
    "one gated layer": lambda: GatedStack(6, 4, layers=1),
    "wavenet": lambda: WaveNet(6, 8, layers=3, levels=11),
    "wavenet with labels": lambda: WaveNet(6, 8, layers=2, stacks=2, levels=11, labels=2),
}


@pytest.mark.parametrize("promise", contract.FOR_ALL + contract.FOR_CAUSAL, ids=lambda promise: promise.__name__)
@pytest.mark.parametrize("name", LAYERS)
def test_contract(name, promise):
    promise(build(LAYERS[name]))


@pytest.mark.parametrize("name", [name for name in LAYERS if "wavenet" not in name])
def test_no_gradient_comes_from_the_future(name):
    contract.gradient_never_comes_from_the_future(build(LAYERS[name]))


# ---------------------------------------------------------------- against torch.nn


class Reference(nn.Module):
    """WaveNet without any sharing of work: filter and gate apart, residual and skip apart, padding at every layer."""

    def __init__(self, wavenet, kernel_size):
        super().__init__()
        stack = wavenet.backbone
        self.channels = stack.input_size
        self.embedding, self.out = wavenet.embedding.weight, [wavenet.norm[1], wavenet.head]
        self.layers = []
        for layer, (_, dilation) in zip(stack.layers, stack.convolutions, strict=True):
            parts = nn.ModuleDict()
            C, S = self.channels, stack.output_size
            for i, name in enumerate(["filter", "gate"]):
                parts[name] = nn.Conv1d(C, C, kernel_size, dilation=dilation, padding=(kernel_size - 1) * dilation)
                parts[name].weight.data = layer.convolution.weight.data[i * C : (i + 1) * C]
                parts[name].bias.data = layer.convolution.bias.data[i * C : (i + 1) * C]
            for name, size, rows in (("residual", C, slice(None, -S)), ("skip", S, slice(-S, None))):
                if len(layer.onward.bias[rows]):
                    parts[name] = nn.Conv1d(C, size, 1)
                    parts[name].weight.data = layer.onward.weight.data[rows, :, None]
                    parts[name].bias.data = layer.onward.bias.data[rows]
            self.layers.append(parts)

    def forward(self, tokens, conditions=None):
        x, total = self.embedding[tokens].transpose(1, 2), 0
        for i, parts in enumerate(self.layers):
            f, g = (parts[name](x)[..., : x.shape[-1]] for name in ("filter", "gate"))
            if conditions is not None:
                own = conditions.chunk(len(self.layers), 1)[i]
                f, g = f + own[:, : self.channels], g + own[:, self.channels :]
            z = torch.tanh(f) * torch.sigmoid(g)
            total = total + parts["skip"](z)
            x = x + parts["residual"](z) if "residual" in parts else x
        first, second = self.out
        return second(torch.relu(first(torch.relu(total.transpose(1, 2)))))


def wavenet(seed=0, dtype=torch.float64, **sizes):
    torch.manual_seed(seed)
    return WaveNet(**{"channels": 8, "skip_channels": 12, "layers": 4, "levels": 16} | sizes).to(dtype)


def some_tokens(batch=2, length=30, levels=16):
    return torch.randint(levels, (batch, length), generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("dtype, tolerance", [(torch.float32, 1e-6), (torch.float64, 1e-12)])
@pytest.mark.parametrize("kernel_size, layers, stacks", [(2, 4, 1), (3, 3, 2), (2, 1, 1)])
def test_equals_torch_nn(kernel_size, layers, stacks, dtype, tolerance):
    model = wavenet(dtype=dtype, kernel_size=kernel_size, layers=layers, stacks=stacks)
    y, expected = model(some_tokens())[0], Reference(model, kernel_size)(some_tokens())
    assert (y - expected).abs().max() <= tolerance * max(1, expected.abs().max())
    direction = torch.randn_like(y) / y.numel() ** 0.5
    (ours,) = torch.autograd.grad((y * direction).sum(), model.embedding.weight)
    (theirs,) = torch.autograd.grad((expected * direction).sum(), model.embedding.weight)
    assert theirs.abs().max() > 1e-3 and (ours - theirs).abs().max() <= tolerance * max(1, theirs.abs().max())


def test_it_is_a_language_model_of_256_levels():
    model = WaveNet()
    assert isinstance(model, LanguageModel) and model.vocab_size == 256 and model.receptive_field == 1024
    assert model(torch.randint(256, (2, 5)))[0].shape == (2, 5, 256)


@pytest.mark.parametrize("sizes", [{"layers": 4}, {"layers": 2, "stacks": 3}, {"layers": 3, "kernel_size": 3}])
def test_receptive_field_by_perturbation(sizes):
    model = wavenet(**sizes)
    for parameter in model.parameters():
        parameter.data = 0.2 * parameter.data.abs() + 0.01  # no relu closes, no gate is at its end
    R, tokens = model.receptive_field, some_tokens(1, 40)
    y = model(tokens)[0][0, -1]
    for distance in (0, 1, R - 1, R, R + 3):
        changed = tokens.clone()
        changed[0, -1 - distance] = (changed[0, -1 - distance] + 5) % 16
        assert torch.equal(model(changed)[0][0, -1], y) == (distance >= R), f"{distance} steps back, R {R}"


def test_probes_show_filter_gate_and_skip():
    model = wavenet()
    with record(model) as trace:
        model(some_tokens())
    for i in range(4):
        f, g, s = (trace[f"backbone.layers.{i}.{name}"] for name in ("filter", "gate", "skip"))
        assert f.shape == g.shape == (2, 30, 8) and s.shape == (2, 30, 12)
        assert f.min() < 0 and 0 < g.min() and g.max() < 1
        onward = model.backbone.layers[i].onward
        expected = (f * g) @ onward.weight[-12:].t() + onward.bias[-12:]
        torch.testing.assert_close(s, expected.detach(), rtol=1e-12, atol=1e-12)


def test_a_closed_gate_silences_its_layer():
    model = wavenet()
    shut = {f"backbone.layers.{i}.gate": lambda value, t: torch.zeros_like(value) for i in range(4)}
    with intervene(model, shut):
        y, _ = model(some_tokens())
    assert (y - y[:1, :1]).abs().max() < 1e-12, "with every gate closed nothing of the input comes through"


# ---------------------------------------------------------------- conditions


def test_labels_and_local_conditions_equal_torch_nn():
    model = wavenet(labels=3, local_size=5)
    label, local = torch.tensor([2, 0]), torch.randn(2, 30, 5, dtype=torch.float64)
    y, (_, kept) = model(some_tokens(), model.initial_state(2, label), local=local)
    assert torch.equal(kept, label)
    stack = model.backbone
    conditions = stack.from_label.weight[label + 1][..., None] + (local @ stack.from_local.weight.t()).transpose(1, 2)
    expected = Reference(model, 2)(some_tokens(), conditions)
    torch.testing.assert_close(y, expected, rtol=1e-12, atol=1e-12)


def test_every_label_matters_and_none_is_one_more():
    model, tokens = wavenet(labels=2), some_tokens(1)
    outputs = [
        model(tokens, model.initial_state(1, label))[0] for label in (torch.tensor([0]), torch.tensor([1]), None)
    ]
    assert all(not torch.allclose(outputs[i], outputs[i - 1]) for i in range(3))
    assert torch.equal(model(tokens)[0], outputs[2])


def test_local_conditions_step_and_padding_and_causality():
    model, tokens = wavenet(local_size=5, labels=2), some_tokens()
    local, label = torch.randn(2, 30, 5, dtype=torch.float64), torch.tensor([1, 0])
    y, after = model(tokens, model.initial_state(2, label), local=local)
    state, outputs = model.initial_state(2, label), []
    for token, local_t in zip(tokens.unbind(1), local.unbind(1), strict=True):
        y_t, state = model.step(token, state, local_t)
        outputs.append(y_t)
    contract.equal(torch.stack(outputs, 1), y, "step and forward")
    contract.equal_states(state, after, "states of step and forward")
    lengths = torch.tensor([30, 11])
    junk = local.clone()
    junk[1, 11:] = torch.nan
    padded, _ = model(tokens, model.initial_state(2, label), lengths=lengths, local=junk)
    contract.equal(padded[1, :11], y[1, :11], "padded and alone")
    assert (padded[1, 11:] == 0).all()
    later = local.clone()
    later[:, 20:] += 1
    changed, _ = model(tokens, model.initial_state(2, label), local=later)
    contract.equal(changed[:, :20], y[:, :20], "what comes later")
    assert (changed[:, 20] - y[:, 20]).abs().max() > 1e-6


# ---------------------------------------------------------------- generation


def generator():
    return torch.Generator().manual_seed(7)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_cached_generation_equals_naive(dtype):
    model, prompt = wavenet(dtype=dtype, stacks=2), some_tokens(3, 5)
    naive = generate_naively(model, prompt, 60, generator=generator())
    assert model.receptive_field == 31 and naive.shape == (3, 65), "beyond the receptive field"
    assert torch.equal(naive, generate(model, prompt, 60, generator=generator()))
    assert torch.equal(naive[:, 5:], synthesise(model, 60, prompt=prompt, generator=generator()))
    assert len(naive[:, 5:].unique()) > 4
    greedy = generate_naively(model, prompt, 20, temperature=0)
    assert torch.equal(greedy[:, 5:], synthesise(model, 20, prompt=prompt, temperature=0))


def test_cached_generation_equals_naive_with_labels():
    model, prompt, label = wavenet(labels=3), some_tokens(3, 1), torch.tensor([0, 2, 1])
    state = model.initial_state(3, label)
    naive = generate_naively(model, prompt, 40, generator=generator(), state=state)
    assert torch.equal(naive, generate(model, prompt, 40, generator=generator(), state=state))
    assert torch.equal(naive[:, 1:], synthesise(model, 40, prompt=prompt, label=label, generator=generator()))
    assert not torch.equal(naive, generate_naively(model, prompt, 40, generator=generator()))


def test_synthesis_with_local_conditions_draws_what_forward_predicts():
    model, local = wavenet(local_size=2), torch.randn(2, 26, 2, dtype=torch.float64)
    prompt = some_tokens(2, 6)
    drawn = synthesise(model, 20, prompt=prompt, local=local, temperature=0)
    logits, _ = model(torch.cat([prompt, drawn], 1), local=local)
    assert torch.equal(logits.argmax(-1)[:, 5:-1], drawn) and len(drawn.unique()) > 1


def test_one_can_hold_a_gate_while_the_model_synthesises():
    model, prompt = wavenet(), some_tokens(2, 1)
    edits = {"backbone.layers.2.gate": lambda value, t: torch.ones_like(value)}
    with intervene(model, edits), record(model) as trace:
        open_gate = synthesise(model, 30, prompt=prompt, generator=generator())
    with intervene(model, edits):
        expected = generate(model, prompt, 30, generator=generator())
    assert torch.equal(open_gate, expected[:, 1:])
    assert not torch.equal(open_gate, synthesise(model, 30, prompt=prompt, generator=generator()))
    assert trace["backbone.layers.2.gate"].shape == (2, 30, 8) and (trace["backbone.layers.2.gate"] == 1).all()


def test_synthesis_begins_with_silence():
    model = wavenet(labels=2)
    silence, label = torch.full((2, 1), 8), torch.tensor([1, 0])
    expected = synthesise(model, 9, prompt=silence, label=label, generator=generator())
    assert torch.equal(synthesise(model, 9, label=label, generator=generator()), expected)
    assert synthesise(model, 3).shape == (1, 3)


def test_generation_leaves_the_state_it_began_with():
    model = wavenet()
    _, state = model(some_tokens(2, 20))
    first = generate(model, some_tokens(2, 1), 15, state=state, generator=generator())
    assert torch.equal(first, generate(model, some_tokens(2, 1), 15, state=state, generator=generator()))


def work(run):
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        run()
    return counter.get_total_flops()


def test_a_thousand_samples_cost_less_than_a_twentieth_of_the_naive_work():
    model = wavenet(dtype=torch.float32, channels=32, skip_channels=64, layers=10, levels=256)
    token, state = torch.tensor([128]), model.initial_state(1)
    lengths = (1, 10, 100, 1000)
    naive = [work(lambda length=length: model(token.expand(1, length))) for length in lengths]
    assert naive == [naive[0] * length for length in lengths], "a forward pass is linear in its length"
    cached = work(lambda: model.step(token, state))
    all_naive = sum(naive[0] * min(length, model.receptive_field) for length in range(1, 1001))
    assert all_naive >= 20 * 1000 * cached and cached <= 1.01 * naive[0]
    drawn = work(lambda: synthesise(model, 100))
    assert drawn <= 100 * naive[0], "synthesise does no more than as many steps do"


# ---------------------------------------------------------------- the μ-law


def test_levels_of_the_mu_law_by_hand():
    signal = torch.tensor([-1.0, 0.0, 1.0, 0.5, -0.5, 0.01])
    f = [math.copysign(math.log(1 + 255 * abs(x)) / math.log(256), x) for x in signal.tolist()]
    expected = [math.floor((value + 1) / 2 * 255 + 0.5) for value in f]
    assert mu_law_encode(signal).tolist() == expected and expected[:3] == [0, 128, 255]
    assert mu_law_encode(signal).dtype == torch.int64


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("levels", [2, 16, 256])
def test_every_level_comes_back(levels, dtype):
    default = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        every = torch.arange(levels)
        signal = mu_law_decode(every, levels)
    finally:
        torch.set_default_dtype(default)
    assert signal.dtype == dtype and torch.equal(mu_law_encode(signal, levels), every)
    assert (signal.diff() > 0).all() and signal.abs().max() <= 1
    assert signal[[0, -1]].tolist() == pytest.approx([-1, 1], abs=1e-12 if dtype == torch.float64 else 1e-6)
    torch.testing.assert_close(signal, -signal.flip(0))


def test_the_error_of_the_mu_law_is_as_small_as_promised():
    x = torch.linspace(-1, 1, 200_001)
    error = (mu_law_decode(mu_law_encode(x)) - x).abs()
    bound = (x.abs() + 1 / 255) * (256 ** (1 / 255) - 1)
    assert (error <= bound + 1e-6).all()
    assert (error / bound).max() > 0.99, "the bound is reached"
    assert error[100_000] == pytest.approx(0.0000862, abs=1e-7), "no level means exactly 0"
    even = torch.floor((x + 1) / 2 * 255 + 0.5) / 255 * 2 - 1
    quiet = x.abs() < 0.05
    assert error[quiet].mean() < 0.2 * (even - x).abs()[quiet].mean(), "where it is quiet, finer than even steps"


def test_keeps_the_shape_and_the_sign():
    x = torch.linspace(-0.9, 0.9, 24).view(2, 3, 4)
    decoded = mu_law_decode(mu_law_encode(x))
    assert decoded.shape == x.shape and torch.equal(decoded.sign(), x.sign())


# ---------------------------------------------------------------- bad arguments


@pytest.mark.parametrize(
    "wrong", [torch.tensor([1.01]), torch.tensor([-2.0]), torch.tensor([torch.nan]), torch.tensor([1]), [0.5]]
)
def test_bad_signals_are_refused(wrong):
    with pytest.raises(ValueError, match="^signal: "):
        mu_law_encode(wrong)


@pytest.mark.parametrize("wrong", [torch.tensor([256]), torch.tensor([-1]), torch.tensor([1.0]), [3]])
def test_bad_levels_are_refused(wrong):
    with pytest.raises(ValueError, match="^levels_of_signal: "):
        mu_law_decode(wrong)


@pytest.mark.parametrize("wrong", [1, 0, 2.0])
def test_a_bad_number_of_levels_is_refused(wrong):
    with pytest.raises(ValueError, match="^levels: expected a whole number, 2 or more"):
        mu_law_encode(torch.zeros(2), wrong)
    with pytest.raises(ValueError, match="^levels: expected a whole number, 2 or more"):
        mu_law_decode(torch.zeros(2).long(), wrong)


@pytest.mark.parametrize(
    "name", ["channels", "skip_channels", "layers", "stacks", "kernel_size", "labels", "local_size"]
)
@pytest.mark.parametrize("wrong", [-1, 2.0])
def test_bad_sizes_are_refused(name, wrong):
    with pytest.raises(ValueError, match=f"^{name}: expected a whole number"):
        WaveNet(**{name: wrong})


def test_bad_conditions_are_refused():
    tokens, plain, labelled, local = some_tokens(), wavenet(), wavenet(labels=2), wavenet(local_size=3)
    with pytest.raises(ValueError, match="^label: this network was built without labels"):
        plain.initial_state(2, torch.tensor([0, 1]))
    for wrong in (torch.tensor([0, 2]), torch.tensor([-1, 0]), torch.tensor([0]), torch.tensor([0.0, 1.0]), [0, 1]):
        with pytest.raises(ValueError, match="^label: expected"):
            labelled.initial_state(2, wrong)
    right = torch.zeros(2, 30, 3, dtype=torch.float64)
    with pytest.raises(ValueError, match="^local: this network was built with local_size 0, got some"):
        plain(tokens, local=right)
    with pytest.raises(ValueError, match="^local: this network was built with local_size 3, got none"):
        local(tokens)
    for wrong in (right[:, 1:], right[..., 1:], right.float(), right * torch.nan, right.tolist()):
        with pytest.raises(ValueError, match="^local: "):
            local(tokens, local=wrong)
    with pytest.raises(ValueError, match="^local: expected shape"):
        local.step(tokens[:, 0], local.initial_state(2), right)
    with pytest.raises(ValueError, match="^local: expected shape"):
        synthesise(local, 5, prompt=tokens, local=right)


@pytest.mark.parametrize("wrong", [0, -3, 2.0])
def test_a_bad_length_is_refused(wrong):
    with pytest.raises(ValueError, match="^length: expected a whole number"):
        synthesise(wavenet(), wrong)
    with pytest.raises(ValueError, match="^length: expected a whole number"):
        generate_naively(wavenet(), some_tokens(), wrong)
