"""The formula of attention, and who may see whom. Shapes and symbols: see seqmodels.attention."""

import torch

from seqmodels.attention_scores import masked_softmax
from seqmodels.checks import check_numbers, check_shape
from seqmodels.recurrent import _check_sizes


def scaled_dot_product_attention(query, key, value, mask=None, bias=None, *, scale=None):
    """softmax(Q Kᵀ / √E + b) V -> output (B, H, Q, V) and weights (B, H, Q, K).

    query (B, H, Q, E), key (B, H, K, E), value (B, H, K, V); mask: boolean, True where attention is allowed, of a shape
    that broadcasts to (B, H, Q, K), as the bias does. A query that may see nothing gets zeros, never NaN. scale: what
    to multiply the dot products with, 1/√E unless you say.
    Source: Vaswani and others (2017), equation 1. Held by tests/unit/test_attention.py to loops in NumPy.
    """
    _check_attention(query, key, value, mask, bias)
    scores = dot_products(query, key, bias, scale)
    weights = scores.softmax(-1) if mask is None else masked_softmax(scores, mask)  # (6.1.2)
    return weights @ value, weights  # (6.1.3)


def dot_products(query, key, bias=None, scale=None):
    """e = q · k / √E + b: (B, H, Q, K)."""
    scale = query.shape[-1] ** -0.5 if scale is None else scale
    scores = (query * scale) @ key.transpose(-1, -2)  # (6.1.1)
    return scores if bias is None else scores + bias


def causal_mask(length: int, past: int = 0, *, device=None):
    """Who may look back? (length, past + length): True at s ≤ t. `past` elements stand before the first that asks."""
    return sliding_window_mask(length, past + length, past, device=device)  # (6.1.6)


def sliding_window_mask(length: int, window: int, past: int = 0, *, causal: bool = True, device=None):
    """Who may look back a little? (length, past + length): the last `window` elements, the one that asks among them.

    causal=False: as many to the right.
    """
    _check_sizes(length=length, window=window)
    if not isinstance(past, int) or past < 0:
        raise ValueError(f"past: expected a whole number, 0 or more, got {past!r}")
    asked = torch.arange(past + length, device=device)
    return may_see(asked[past:], asked, window, causal)


def may_see(asking, asked, window=None, causal=True):
    """Positions (…, Q) and (…, K) -> (…, Q, K), True where the one may see the other."""
    back = asking[..., :, None] - asked[..., None, :]
    seen = back >= 0 if causal else torch.ones_like(back, dtype=torch.bool)
    return seen if window is None else seen & (back.abs() < window)


# ---------------------------------------------------------------- checks


def _check_attention(query, key, value, mask, bias):
    check_shape(query, ("B", "H", "Q", "E"), "query")
    batch, heads, _, size = query.shape
    check_shape(key, (batch, heads, "K", size), "key")
    check_shape(value, (batch, heads, key.shape[2], "V"), "value")
    for name, x in (("query", query), ("key", key), ("value", value)):
        check_numbers(x, name)
    shape = (batch, heads, query.shape[2], key.shape[2])
    if mask is not None:
        checked_mask(mask, shape)
    if bias is not None:
        _broadcasting(bias, shape, "bias")


def checked_mask(mask, shape):
    """The mask, if it is boolean and broadcasts to the shape (B, H, Q, K)."""
    if not isinstance(mask, torch.Tensor) or mask.dtype != torch.bool:
        came = mask.dtype if isinstance(mask, torch.Tensor) else type(mask).__name__
        raise ValueError(f"mask: expected a boolean tensor, True where attention is allowed, got {came}")
    return _broadcasting(mask, shape, "mask")


def _broadcasting(x, shape, name):
    try:
        fits = torch.broadcast_shapes(x.shape, shape) == shape
    except RuntimeError:
        fits = False
    if not fits:
        raise ValueError(f"{name}: expected a shape that broadcasts to (B, H, Q, K) = {shape}, got {tuple(x.shape)}")
    return x
