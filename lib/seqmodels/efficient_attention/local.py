"""Attention that looks at a few places only: a window, every so many steps, or some places for everybody.

    w  window: how many keys a query sees, its own among them      C  block      N  blocks      T  time
Masks are boolean, (T, T), True where query i (row) may see key j (column).
"""

import math

import torch
from torch.nn import functional as F

from seqmodels.efficient_attention.checks import check_heads, check_whole

LEAST_BLOCK = 32  # many tiny blocks cost more than a few keys looked at in vain


def local_attention(query, key, value, window: int):
    """Each query sees the last `window` keys, its own among them: query, key (B, H, T, d), value -> (B, H, T, d_v).

    The same as attention with the mask i - window < j ≤ i, without the T × T scores: blocks of queries against their
    own block of keys and the one before. Time and memory grow with T · window. Source: Child and others (2019),
    Beltagy, Peters and Cohan (2020). Held by tests/unit/test_efficient_attention.py to masked attention.
    """
    check_heads(query, key, value)
    check_whole(window=window)
    length, size = query.shape[2:]
    block = min(max(window - 1, LEAST_BLOCK), length)
    beyond = -length % block
    query, key, value = (F.pad(x, (0, 0, 0, beyond)).unflatten(2, (-1, block)) for x in (query, key, value))
    key, value = (torch.cat([_block_before(x), x], 3) for x in (key, value))  # (B, H, N, 2C, …)
    scores = query @ key.transpose(-1, -2) / math.sqrt(size)  # (B, H, N, C, 2C)
    i = torch.arange(block, device=query.device)[:, None]
    j = torch.arange(-block, block, device=query.device)  # as counted from the beginning of the block
    allowed = ((i - window < j) & (j <= i)).expand(scores.shape[2], -1, -1)
    before_all = torch.arange(scores.shape[2], device=query.device)[:, None, None] * block + j < 0
    weights = scores.masked_fill(~(allowed & ~before_all), -torch.inf).softmax(-1)
    return (weights @ value).flatten(2, 3)[:, :, :length]


def _block_before(x):
    """x (B, H, N, C, d) one block later, zeros first."""
    return F.pad(x, (0, 0, 0, 0, 1, 0))[:, :, :-1]


def strided_mask(length: int, stride: int):
    """Query i sees the last `stride` keys, and of the earlier ones every stride-th, counted back from i: (T, T).

    Two steps lead from any place to any later one. With a stride near √T a query sees about 2√T keys, and T queries
    T√T of them together. Source: Child and others (2019), both of their patterns in one mask.
    Held by tests/unit/test_efficient_attention.py.
    """
    check_whole(length=length, stride=stride)
    back = torch.arange(length)[:, None] - torch.arange(length)  # i - j
    return (back >= 0) & ((back < stride) | (back % stride == 0))


def global_mask(length: int, places, causal: bool = True):
    """Everybody sees the keys at these places, and the queries there see every key: (T, T); causal: none ahead.

    It is meant to be joined with another: sliding_window_mask(…) | global_mask(…); alone it leaves queries before the
    first place without a key. Source: Beltagy, Peters and Cohan (2020). Held by
    tests/unit/test_efficient_attention.py.
    """
    check_whole(length=length)
    chosen = torch.zeros(length, dtype=torch.bool)
    for place in places:
        if isinstance(place, bool) or not isinstance(place, int) or not 0 <= place < length:
            raise ValueError(f"places: expected whole numbers from 0 to {length - 1}, got {place!r}")
        chosen[place] = True
    mask = chosen[:, None] | chosen
    return mask.tril() if causal else mask
