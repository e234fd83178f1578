"""A mixture of experts against the sum over all of them, who is passed how often, and the loss that evens it out."""

import pytest
import torch
from torch.nn import functional as F

from seqmodels.jamba import BalancedLoss, Experts, Jamba, balance_loss, expert_load
from seqmodels.probes import intervene, record
from seqmodels.training import CarriedState, Piece, next_token, train
from unit.published_reference import reference


def drawn(experts=5, top_k=2, **settings):
    torch.manual_seed(0)
    layer = Experts(6, 4, experts, top_k, **settings).double()
    for parameter in layer.parameters():
        torch.nn.init.normal_(parameter)
    return layer


def inputs(*shape, seed=1):
    return torch.randn(*shape, 6, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("renormalise", [False, True])
@pytest.mark.parametrize("top_k", [1, 2, 5])
def test_the_chosen_alone_are_the_dense_sum(top_k, renormalise):
    layer = drawn(top_k=top_k, renormalise=renormalise)
    x = inputs(3, 7).requires_grad_()
    found = []
    for form in (layer, layer.dense):
        y = form(x)
        total = (y * torch.linspace(-1, 1, y.numel(), dtype=y.dtype).view(y.shape)).sum()
        found.append([y, *torch.autograd.grad(total, [x, *layer.parameters()])])
    for one, other in zip(*found, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-11, atol=1e-12)


def test_the_sum_token_by_token():
    layer, x = drawn(), inputs(1, 4)
    for token, y in zip(x[0], layer(x)[0], strict=True):
        p = (layer.to_router.weight @ token).softmax(-1)
        expected = torch.zeros_like(token)
        for e in p.argsort(descending=True)[:2]:
            hidden = layer.gate[e] @ token
            expected += p[e] * layer.narrow[e] @ (hidden * hidden.sigmoid() * (layer.widen[e] @ token))
        torch.testing.assert_close(y, expected)


def test_only_the_chosen_are_computed():
    layer, x, passed = drawn(), inputs(2, 8), []
    computed = layer.expert
    layer.expert = lambda e, tokens: passed.append((e, len(tokens))) or computed(e, tokens)
    layer(x)
    assert sum(count for _, count in passed) == 2 * 2 * 8 and len(passed) <= 5
    with torch.no_grad():
        layer.to_router.weight.zero_()
        layer.to_router.weight[3, 0] = layer.to_router.weight[1, 0] = 50.0
    passed.clear()
    layer(x.abs())
    assert passed == [(1, 16), (3, 16)], "who is passed by nobody costs nothing"


def test_weights_sum_up_to_one_only_if_asked():
    layer, x = drawn(), inputs(2, 8)
    assert (layer.route(x)[0].sum(-1) < 0.999).any()
    torch.testing.assert_close(drawn(renormalise=True).route(x)[0].sum(-1), torch.ones(2, 8, dtype=torch.float64))
    assert torch.equal(layer.route(x)[1], drawn(renormalise=True).route(x)[1])


def test_the_router_is_seen_and_can_be_overruled():
    layer, x = drawn(), inputs(2, 8)
    with record(layer) as trace:
        layer(x)
    assert trace["router"].shape == (2, 8, 5)
    torch.testing.assert_close(trace["router"].sum(-1), torch.ones(2, 8, dtype=torch.float64))
    only = F.one_hot(torch.tensor(4), 5).double()
    with intervene(layer, {"router": lambda value, t: only.expand_as(value)}):
        torch.testing.assert_close(layer(x), layer.expert(4, x))


def test_the_load_counts_real_tokens():
    router = torch.tensor([[[0.6, 0.3, 0.1], [0.2, 0.5, 0.3], [0.1, 0.2, 0.7]]]).repeat(2, 1, 1)
    torch.testing.assert_close(expert_load(router, 1), torch.tensor([1 / 3, 1 / 3, 1 / 3]))
    torch.testing.assert_close(expert_load(router, 2), torch.tensor([1 / 3, 1, 2 / 3]))
    torch.testing.assert_close(expert_load(router, 1, torch.tensor([1, 1])), torch.tensor([1.0, 0, 0]))
    torch.testing.assert_close(expert_load(router, 1, torch.tensor([3, 1])), torch.tensor([0.5, 0.25, 0.25]))


def test_balance_and_the_lack_of_it():
    even = torch.eye(4)[None]
    assert balance_loss(even, 1) == pytest.approx(1.0)
    assert balance_loss(torch.eye(4)[None, :1].repeat(1, 9, 1), 1) == pytest.approx(4.0)
    together = balance_loss([even, even.flip(1)], 1)
    assert together == pytest.approx(1.0)


@pytest.mark.parametrize("lengths", [None, torch.tensor([7, 2, 5])])
def test_the_balance_is_the_references(lengths):
    (theirs,) = reference("jamba", "load_balancing_loss_func")
    logits = [torch.randn(3, 7, 5, generator=torch.Generator().manual_seed(seed)) for seed in range(2)]
    mask = None if lengths is None else (torch.arange(7) < lengths[:, None]).long()
    expected = theirs(tuple(one.flatten(0, 1) for one in logits), 5, 2, mask)
    torch.testing.assert_close(balance_loss([one.softmax(-1) for one in logits], 2, lengths), expected)


def test_the_loss_evens_out_a_router_that_has_a_favourite():
    def load(coefficient):
        torch.manual_seed(0)
        model = Jamba(8, 8, 2, 2, attention_at=0, experts_at=(1,), n_experts=4, top_k=1, d_ff=8, state_size=4)
        with torch.no_grad():
            model.backbone.layers[1].network.to_router.weight[1:] *= 0.05
            model.backbone.layers[1].network.to_router.weight[0] *= 5
        tokens = torch.randint(8, (16, 20), generator=torch.Generator().manual_seed(1))
        loss = BalancedLoss(coefficient) if coefficient else next_token
        train(model, [tokens], steps=60, loss=loss, learning_rate=1e-2)
        with record(model) as trace:
            model(tokens)
        return expert_load(trace["router"], 1)

    assert load(1.0).max() < load(0).max() - 0.05


def test_the_balanced_loss_is_the_sum():
    torch.manual_seed(0)
    model = Jamba(8, 8, 2, 4, experts_at=(0, 3), n_experts=4, d_ff=8, state_size=4).eval()
    tokens, lengths = torch.randint(8, (3, 9)), torch.tensor([9, 3, 5])
    for batch in (tokens, (tokens, lengths)):
        real = None if batch is tokens else lengths - 1
        with record(model) as trace:
            plain = next_token(model, batch)
        routers = [trace[f"layers.{i}.network.router"] for i in (0, 3)]
        expected = plain + 0.5 * balance_loss(routers, 2, real)
        torch.testing.assert_close(BalancedLoss(0.5)(model, batch), expected)
    plain = CarriedState()(model, Piece(tokens, True))
    torch.testing.assert_close(BalancedLoss(0.0, CarriedState())(model, Piece(tokens, True)), plain)
    BalancedLoss(0.5)(model, tokens).backward()
    assert model.backbone.layers[0].network.to_router.weight.grad.abs().max() > 0


def test_what_does_not_fit_is_named():
    with pytest.raises(ValueError, match="top_k: expected at most n_experts 4, got 5"):
        Experts(6, 4, 4, 5)
    with pytest.raises(ValueError, match="n_experts: expected a whole number, 1 or more, got 0"):
        Experts(6, 4, 0)
    with pytest.raises(ValueError, match=r"router: expected probabilities \(B, T, E\), .* got \(2, 3\)"):
        expert_load(torch.rand(2, 3), 1)
    with pytest.raises(ValueError, match="top_k: expected at most 3, the number of experts, got 4"):
        balance_loss(torch.rand(1, 2, 3), 4)
    with pytest.raises(ValueError, match="lengths: expected 1 to 2"):
        expert_load(torch.rand(1, 2, 3), 1, torch.tensor([3]))
    with pytest.raises(ValueError, match="model: expected one with Experts inside"):
        BalancedLoss()(Jamba(8, 8, 2, 2, experts_at=(), state_size=4), torch.zeros(1, 3, dtype=torch.int64))
