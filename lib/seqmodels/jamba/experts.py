"""A mixture of experts: many networks, of which each token passes only a few.

    x  (…, D) tokens        E  experts        k  how many of them a token passes        p  (…, E) what the router says

    p = softmax(R x)        y = Σ_{e among the k greatest p} p_e f_e(x)        f_e(x) = W'_e (silu(V_e x) ⊙ W_e x)

What is computed grows with k, what is learned with E.
"""

import torch
from torch import nn
from torch.nn import functional as F

from seqmodels.checks import check_lengths
from seqmodels.efficient_attention.checks import check_whole
from seqmodels.padding import is_real
from seqmodels.probes import Probe, intervene
from seqmodels.training import next_token


class Experts(nn.Module):
    """Instead of one feed-forward network: x (…, D) -> y (…, D), each token through its k experts and no other.

    d_model D; d_ff: hidden units of each expert; n_experts E; top_k k; renormalise: divide the k weights by their sum.
    In Jamba they are not, so that a token about which the router is unsure is changed little.
    Probe `router` "B T E": p; which experts a token passes is read from what the probe hands on, so that an edit sends
    tokens elsewhere. `dense` computes the same with every expert for every token.
    Source: Lieber and others (2024) use it with E = 16 and k = 2. Held by tests/unit/test_experts.py to the dense sum,
    values and gradients, and by tests/unit/test_jamba_pretrained.py to the reference implementation.
    """

    def __init__(self, d_model: int, d_ff: int, n_experts: int = 16, top_k: int = 2, *, renormalise=False):
        super().__init__()
        check_whole(d_model=d_model, d_ff=d_ff, n_experts=n_experts, top_k=top_k)
        if top_k > n_experts:
            raise ValueError(f"top_k: expected at most n_experts {n_experts}, got {top_k}")
        self.top_k, self.renormalise = top_k, renormalise
        self.to_router = nn.Linear(d_model, n_experts, bias=False)  # R
        self.gate = _matrices(n_experts, d_ff, d_model)  # V
        self.widen = _matrices(n_experts, d_ff, d_model)  # W
        self.narrow = _matrices(n_experts, d_model, d_ff)  # W'
        self.router = Probe("B T E")

    def forward(self, x):
        weights, chosen = self.route(x)
        tokens, chosen = x.flatten(0, -2), chosen.flatten()  # (M, D), (M k,)
        order = chosen.argsort(stable=True)  # all choices of expert 0, then those of expert 1, …
        counts = chosen.bincount(minlength=len(self.gate)).tolist()
        rows = (order // self.top_k).split(counts)  # the tokens of each expert
        shares = weights.flatten()[order].split(counts)
        y = torch.zeros_like(tokens)
        for expert, (where, share) in enumerate(zip(rows, shares, strict=True)):
            if len(where):
                y.index_add_(0, where, share[:, None] * self.expert(expert, tokens[where]))
        return y.view_as(x)

    def dense(self, x):
        """The same as a sum over all experts, those a token does not pass with a weight of 0."""
        weights, chosen = self.route(x)
        everybody = weights.new_zeros(*x.shape[:-1], len(self.gate)).scatter(-1, chosen, weights)  # (…, E)
        return sum(everybody[..., e, None] * self.expert(e, x) for e in range(len(self.gate)))

    def route(self, x):
        """The weights and numbers of each token's experts, (…, k) both, the greatest weight first."""
        p = self.router(self.to_router(x).softmax(-1))
        weights, chosen = p.topk(self.top_k, -1)
        return (weights / weights.sum(-1, keepdim=True) if self.renormalise else weights), chosen

    def expert(self, e, x):
        """f_e(x)."""
        return F.linear(F.silu(F.linear(x, self.gate[e])) * F.linear(x, self.widen[e]), self.narrow[e])


def expert_load(router, top_k: int, lengths=None):
    """The share of tokens that pass each expert: (E,), summing up to k. router: p (B, T, E), as its probe records it.

    lengths (B,): count the real tokens alone. A share of k / E for all is perfect balance.
    """
    router = _real(router, top_k, lengths)
    chosen = router.topk(top_k, -1).indices
    return chosen.flatten().bincount(minlength=router.shape[-1]) / len(router)


def balance_loss(router, top_k: int, lengths=None):
    """E Σ_e (share of tokens that pass e) · (mean p of e): k if all is balanced, up to E if one expert takes all.

    The shares have no gradient, the means have: experts that are passed more often than others lose probability.
    router: p (B, T, E), or several with the same E, over all tokens of which the means are taken.
    Held by tests/unit/test_experts.py to the reference implementation.
    """
    routers = router if isinstance(router, list | tuple) else [router]
    together = torch.cat([_real(one, top_k, lengths) for one in routers])  # (M, E)
    return together.shape[-1] * (expert_load(together[None], top_k).to(together.dtype) * together.mean(0)).sum()


class BalancedLoss:
    """For `train(…, loss=BalancedLoss(0.01))`: the loss, and `coefficient` times `balance_loss` of all `Experts`.

    loss: (model, batch) -> scalar, whose batches are as those of `next_token` or of `CarriedState`.
    """

    def __init__(self, coefficient: float = 0.01, loss=next_token):
        self.coefficient, self.loss = coefficient, loss

    def __call__(self, model, batch):
        mixtures = {f"{name}.router": part for name, part in model.named_modules() if isinstance(part, Experts)}
        if not mixtures:
            raise ValueError("model: expected one with Experts inside, got none; train it with the loss alone")
        seen = []

        def keep(value, t):
            seen.append(value)
            return value

        with intervene(model, dict.fromkeys(mixtures, keep)):
            loss = self.loss(model, batch)
        padded = isinstance(batch, tuple) and isinstance(batch[1], torch.Tensor)  # otherwise a `Piece`, or plain tokens
        lengths = batch[1] - 1 if padded else None
        return loss + self.coefficient * balance_loss(seen, next(iter(mixtures.values())).top_k, lengths)


def _matrices(count, outputs, inputs):
    """As torch.nn.Linear begins, `count` times: (count, outputs, inputs)."""
    return nn.Parameter(torch.empty(count, outputs, inputs).uniform_(-(inputs**-0.5), inputs**-0.5))


def _real(router, top_k, lengths):
    """The rows (M, E) of real tokens."""
    if not isinstance(router, torch.Tensor) or router.dim() != 3 or 0 in router.shape:
        came = tuple(router.shape) if isinstance(router, torch.Tensor) else type(router).__name__
        raise ValueError(f"router: expected probabilities (B, T, E), every size 1 or more, got {came}")
    check_whole(top_k=top_k)
    if top_k > router.shape[-1]:
        raise ValueError(f"top_k: expected at most {router.shape[-1]}, the number of experts, got {top_k}")
    check_lengths(lengths, router, "router")
    return router.flatten(0, 1) if lengths is None else router[is_real(lengths, router.shape[1])]
