"""Exact attention that never holds more scores than one block of keys has: softmax, computed on the way.

    s_ij  scores q_i·k_j / √d        m_i  the highest score so far      l_i  Σ_j exp(s_ij - m_i) so far
    a_i  (d_v,) Σ_j exp(s_ij - m_i) v_j so far; y_i = a_i / l_i at the end

B batch, H heads, T queries, S keys, C keys in a block, N blocks of them.
"""

import math

import torch
from torch.autograd.function import once_differentiable

from seqmodels.efficient_attention.checks import check_heads, check_whole


def online_softmax_attention(query, key, value, causal: bool = True, block: int = 64):
    """Softmax attention, exact, with memory that grows with T, also for the backward pass: (B, H, T, d_v).

    query (B, H, T, d), key (B, H, S, d), value (B, H, S, d_v); causal: query i sees keys 0 … i, and S = T. The keys
    come block after block, and each block is `absorb`ed into what is known: nothing is approximated. Only m + log l is
    kept, one number for each query; from it the backward pass computes every block of weights once more.
    Source: Milakov and Gimelshein (2018), Rabe and Staats (2021), Dao and others (2022). Time remains quadratic.
    Held by tests/unit/test_efficient_attention.py to softmax written out, value and gradient, and to its memory.
    """
    check_heads(query, key, value, same_length=causal)
    check_whole(block=block)
    return _OnlineSoftmax.apply(query, key, value, causal, block)


def absorb(highest, total, mixed, scores, value):
    """What is known of each query, and one block of keys more.

    highest m (…, T), total l (…, T), mixed a (…, T, d_v): at the beginning -inf, 0 and 0. scores (…, T, C), value
    (…, C, d_v). When a higher score comes than all before, what was summed up so far is measured anew by it.
    """
    new = torch.maximum(highest, scores.amax(-1))  # (6.6.7) m' = max(m, max_j s_j)
    shrink = (highest - new).exp()  # exp(m - m'): 1 where the maximum stays
    weights = (scores - new[..., None]).exp()  # (…, T, C)
    total = shrink * total + weights.sum(-1)  # (6.6.8) l' = exp(m - m') l + Σ_j exp(s_j - m')
    mixed = shrink[..., None] * mixed + weights @ value  # (6.6.9) a' = exp(m - m') a + Σ_j exp(s_j - m') v_j
    return new, total, mixed


class _OnlineSoftmax(torch.autograd.Function):
    """Blocks of keys, forward and backward; no more than one block of scores (T, C) exists at a time.

    With P_ij = exp(s_ij - m_i - log l_i) and g = ∂L/∂y:   ∂L/∂v_j = Σ_i P_ij g_i
    ∂L/∂s_ij = P_ij (g_i·v_j - g_i·y_i)                    the second product is Σ_j P_ij g_i·v_j, known beforehand
    """

    @staticmethod
    def forward(ctx, query, key, value, causal, block):
        highest = query.new_full(query.shape[:-1], -torch.inf)
        total, mixed = torch.zeros_like(highest), query.new_zeros(*query.shape[:-1], value.shape[-1])
        for begin in range(0, key.shape[2], block):
            asking, keys = _those(begin, block, causal)
            scores = _scores(query[:, :, asking], key[:, :, keys], causal)
            known = highest[:, :, asking], total[:, :, asking], mixed[:, :, asking]
            for old, new in zip(known, absorb(*known, scores, value[:, :, keys]), strict=True):
                old.copy_(new)
        output = mixed / total[..., None]
        ctx.save_for_backward(query, key, value, output, highest + total.log())
        ctx.causal, ctx.block = causal, block
        return output

    @staticmethod
    @once_differentiable
    def backward(ctx, grad):
        query, key, value, output, log_total = ctx.saved_tensors
        grad_query, grad_key, grad_value = torch.zeros_like(query), torch.empty_like(key), torch.empty_like(value)
        known = (grad * output).sum(-1, keepdim=True)  # g_i·y_i                        (B, H, T, 1)
        for begin in range(0, key.shape[2], ctx.block):
            asking, keys = _those(begin, ctx.block, ctx.causal)
            q, k, g = query[:, :, asking], key[:, :, keys], grad[:, :, asking]
            weights = (_scores(q, k, ctx.causal) - log_total[:, :, asking, None]).exp()  # P
            grad_value[:, :, keys] = weights.transpose(-1, -2) @ g
            grad_scores = weights * (g @ value[:, :, keys].transpose(-1, -2) - known[:, :, asking])
            grad_scores = grad_scores / math.sqrt(query.shape[-1])
            grad_query[:, :, asking] += grad_scores @ k
            grad_key[:, :, keys] = grad_scores.transpose(-1, -2) @ q
        return grad_query, grad_key, grad_value, None, None


def _those(begin, block, causal):
    """The queries that see a block of keys, and the block: queries before it see none of it."""
    return slice(begin if causal else 0, None), slice(begin, begin + block)


def _scores(query, key, causal):
    """(B, H, T', C); if causal, the first query is the first key's own, and -inf stands where it looks ahead."""
    scores = query @ key.transpose(-1, -2) / math.sqrt(query.shape[-1])
    if not causal:
        return scores
    ahead = torch.ones(scores.shape[-2:], dtype=torch.bool, device=scores.device).triu(1)
    return scores.masked_fill(ahead, -torch.inf)
