"""Mamba-2's layer against itself written out head by head, its groups, what it keeps, and that it learns."""

import pytest
import torch
from torch.nn import functional as F

from seqmodels.decoding import generate
from seqmodels.layer import map_state
from seqmodels.mamba2 import Mamba2, Mamba2Block
from seqmodels.mamba2.block import QUICKEST, SLOWEST
from seqmodels.nested import leaves
from seqmodels.probes import at_step, intervene, record
from seqmodels.training import train

D, N, P, G, K = 6, 5, 3, 2, 4  # four heads


def drawn(**settings):
    torch.manual_seed(0)
    block = Mamba2Block(D, N, head_size=P, n_groups=G, kernel_size=K, bias=True, **settings).double()
    for parameter in block.parameters():
        torch.nn.init.normal_(parameter, std=0.4)
    return block


def sequence(length=9, batch=2, seed=1):
    return torch.randn(batch, length, D, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def written_out(block, x):
    """One sequence (T, D) -> (T, D), every head and step by itself."""
    inner, heads = 2 * D, 2 * D // P
    z, seen, raw = block.widen(x).split([inner, inner + 2 * G * N, heads], -1)
    past = torch.cat([torch.zeros(K - 1, seen.shape[1], dtype=x.dtype), seen])
    outputs, states = [], [torch.zeros(P, N, dtype=x.dtype)] * heads
    for t in range(len(x)):
        now = block.convolution.bias + sum(block.convolution.weight[:, j] * past[t + j] for j in range(K))
        now = now * torch.sigmoid(now)
        y = []
        for h in range(heads):
            g = h * G // heads
            u = now[h * P : (h + 1) * P]
            B = now[inner + g * N : inner + (g + 1) * N]
            C = now[inner + (G + g) * N : inner + (G + g + 1) * N]
            delta = torch.log1p(torch.exp(raw[t, h] + block.delta_bias[h]))
            states[h] = torch.exp(-delta * block.A_log[h].exp()) * states[h] + delta * torch.outer(u, B)
            y.append(states[h] @ C + block.D[h] * u)
        gated = torch.cat(y) * z[t] * torch.sigmoid(z[t])
        parts = [part / (part.square().mean() + 1e-5).sqrt() for part in gated.chunk(G)]  # each group by itself
        outputs.append(block.narrow(torch.cat(parts) * block.norm.weight))
    return torch.stack(outputs)


def test_it_is_what_it_says():
    block, x = drawn(chunk=4), sequence()
    y, (past, S) = block(x)
    for one, other in zip(x, y, strict=True):
        torch.testing.assert_close(written_out(block, one), other, rtol=1e-11, atol=1e-12)
    assert past.shape == (2, K - 1, 2 * D + 2 * G * N) and S.shape == (2, 4, P, N)


def test_the_norm_takes_each_group_by_itself():
    norm = drawn().norm
    x = sequence(length=1)[:, 0].repeat(1, 2)
    louder = torch.cat([x[:, :D], 100 * x[:, D:]], -1)
    torch.testing.assert_close(norm(x)[:, :D], norm(louder)[:, :D])
    assert not torch.allclose(F.rms_norm(x, (2 * D,))[:, :D], F.rms_norm(louder, (2 * D,))[:, :D])


def test_delta_of_zero_keeps_the_state_and_a_large_one_forgets_it():
    block, x = drawn(chunk=4), sequence()
    _, (_, before) = block(x[:, :5])
    with intervene(block, {"delta": at_step(5, lambda value, t: torch.zeros_like(value))}):
        _, (_, kept) = block(x[:, :6])
    torch.testing.assert_close(kept, before)
    with intervene(block, {"delta": at_step(5, lambda value, t: torch.full_like(value, 1e3))}), record(block) as trace:
        block(x[:, :6])
    u = trace["state"][:, 5] / 1e3  # all that is left is what was written now
    torch.testing.assert_close(torch.linalg.matrix_rank(u, atol=1e-9), torch.ones(2, 4, dtype=torch.int64))


def test_watching_the_state_takes_the_loop_and_changes_nothing():
    block, x = drawn(chunk=4), sequence()
    y, state = block(x)
    with record(block) as trace:
        y_loop, state_loop = block(x)
    torch.testing.assert_close(y_loop, y, rtol=1e-12, atol=1e-12)
    map_state(lambda one, other: torch.testing.assert_close(one, other), state, state_loop)
    torch.testing.assert_close(trace["state"][:, -1], state[1])
    shapes = {"delta": (2, 9, 4), "B": (2, 9, G, N), "C": (2, 9, G, N), "gate": (2, 9, 2 * D), "state": (2, 9, 4, P, N)}
    assert {name: tuple(trace[name].shape) for name in trace} == shapes
    assert (trace["delta"] > 0).all()


def test_no_time_passes_in_padding():
    block, x = drawn(chunk=4), sequence(batch=2)
    _, after = block(x, lengths=torch.tensor([9, 5]))
    _, alone = block(x[1:, :5])
    for padded, short in zip(after, alone, strict=True):
        torch.testing.assert_close(padded[1:], short, rtol=1e-12, atol=1e-12)


def test_what_it_keeps_does_not_grow():
    model = Mamba2(11, 8, 2, state_size=4, head_size=4).eval()
    with torch.no_grad():
        _, short = model(torch.zeros(1, 3, dtype=torch.int64))
        _, long = model(torch.zeros(1, 300, dtype=torch.int64))
    assert [leaf.shape for leaf in leaves(short)] == [leaf.shape for leaf in leaves(long)]


def test_its_steps_begin_between_a_thousandth_and_a_tenth():
    block = Mamba2Block(128, head_size=4)
    steps = F.softplus(block.delta_bias)
    assert (steps >= 0.99 * SLOWEST).all() and (steps <= 1.01 * QUICKEST).all() and steps.max() > 20 * steps.min()
    assert (block.rate <= -1).all() and (block.rate >= -16).all()


@pytest.mark.parametrize("decay", [1e-4, 1e4])
def test_it_stays_finite_whatever_the_decay(decay):
    block = drawn().float()
    torch.nn.init.constant_(block.A_log, torch.tensor(decay).log().item())
    x = 10 * torch.randn(1, 2000, D, generator=torch.Generator().manual_seed(0))
    y, state = block(x)
    gradients = torch.autograd.grad(y.sum(), list(block.parameters()))
    assert all(part.isfinite().all() for part in (y, *state, *gradients))


def test_a_small_one_learns_to_repeat():
    """The second half of each text is the first half again: nothing but memory tells it."""
    torch.manual_seed(0)
    model = Mamba2(8, 32, 2, state_size=16, head_size=16)
    generator = torch.Generator().manual_seed(1)

    def batches():
        while True:
            half = torch.randint(8, (32, 6), generator=generator)
            yield torch.cat([half, half], 1)

    def loss(model, tokens):
        return F.cross_entropy(model(tokens[:, :-1])[0][:, 5:].flatten(0, 1), tokens[:, 6:].flatten())

    train(model, batches(), steps=100, loss=loss, learning_rate=1e-2)
    tokens = next(batches())
    with torch.no_grad():
        written = generate(model.eval(), tokens[:, :6], 6, temperature=0)
    assert (written == tokens).float()[:, 6:].mean() > 0.9  # 0.125 is chance


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"head_size": 5}, "head_size: expected a divisor of the inner width 2 · 6, got 5"),
        ({"head_size": 3, "n_groups": 3}, "n_groups: expected a divisor of the 4 heads, got 3"),
        ({"kernel_size": 0}, "kernel_size: expected a whole number, 1 or more, got 0"),
        ({"state_size": 2.0}, "state_size: expected a whole number"),
    ],
)
def test_bad_settings_are_named(settings, message):
    with pytest.raises(ValueError, match=message):
        Mamba2Block(D, **settings)
