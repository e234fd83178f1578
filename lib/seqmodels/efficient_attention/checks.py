"""What every function of this package asks of its arguments."""

import torch


def check_heads(query, key, value, same_length=True):
    """query (B, H, T, d), key (B, H, S, d), value (B, H, S, d_v), floating, of one kind; S = T if same_length."""
    for name, x in (("query", query), ("key", key), ("value", value)):
        if not isinstance(x, torch.Tensor) or not x.is_floating_point():
            came = x.dtype if isinstance(x, torch.Tensor) else type(x).__name__
            raise ValueError(f"{name}: expected a tensor of floating-point numbers, got {came}")
        if x.dim() != 4 or 0 in x.shape:
            raise ValueError(f"{name}: expected shape (batch, heads, time, size), every size 1 or more, "
                             f"got {tuple(x.shape)}")  # fmt: skip
        if x.dtype != query.dtype or x.device != query.device:
            raise ValueError(f"{name}: expected {query.dtype} on {query.device} like query, "
                             f"got {x.dtype} on {x.device}")  # fmt: skip
    batch, heads, length, size = query.shape
    keys = length if same_length else key.shape[2]
    for name, x, shape in (("key", key, (batch, heads, keys, size)), ("value", value, (batch, heads, key.shape[2]))):
        if x.shape[: len(shape)] != shape:
            told = ", ".join(map(str, shape)) + ("" if len(shape) == 4 else ", any")
            raise ValueError(f"{name}: expected shape ({told}) to go with query {tuple(query.shape)}, "
                             f"got {tuple(x.shape)}")  # fmt: skip


def check_whole(least=1, **values):
    """Whole numbers, `least` or more."""
    for name, value in values.items():
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise ValueError(f"{name}: expected a whole number, {least} or more, got {value!r}")
