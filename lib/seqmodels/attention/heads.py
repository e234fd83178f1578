"""Many heads that look at once, and what is kept of the past. Shapes and symbols: see seqmodels.attention.

Nothing here loops. A step is a sequence of length one that has a past, so `step` and `forward` are the same lines.
While nobody looks at scores or weights, `F.scaled_dot_product_attention` computes the same without keeping them.
"""

from typing import NamedTuple

import torch
from torch import nn
from torch.nn import functional as F

from seqmodels.attention.formula import dot_products, may_see
from seqmodels.attention_scores import masked_softmax
from seqmodels.layer import SequenceLayer
from seqmodels.probes import Probe
from seqmodels.recurrent import _check_sizes


class Cache(NamedTuple):
    """The past of one attention layer: keys and values (B, G, S, E), and where they stood: positions (B, S).

    Padding has position -1 and is never looked at. Who keeps an old cache may go on from it again.
    """

    keys: torch.Tensor
    values: torch.Tensor
    positions: torch.Tensor

    @property
    def count(self):
        """How many real elements each sequence has behind it, (B,)."""
        return (self.positions >= 0).sum(1)

    def grown(self, keys, values, positions):
        if self.keys.shape[2] == 0:
            return Cache(keys, values, positions)
        pairs = zip(self, (keys, values, positions), strict=True)
        return Cache(*(torch.cat(pair, -2 if pair[0].dim() == 4 else -1) for pair in pairs))


class CrossMemory(NamedTuple):
    """What the source says to one cross-attention: keys and values (B, G, S, E), real (B, S), True at words."""

    keys: torch.Tensor
    values: torch.Tensor
    real: torch.Tensor


class Heads(SequenceLayer):
    """What self- and cross-attention share: projections, heads that look at once, and the projection that joins them.

    Probes `query`, `key`, `value` as they meet (turned by rotary positions), `scores` (with bias; 0 where nothing may
    be seen) and `weights` "B H Q K", `heads` "B H T E": what each head brings, to cut one, and `output` "B T D".
    """

    def __init__(self, d_model, memory_size, n_heads, n_kv_heads, head_size, bias, scale, key_axes):
        n_kv_heads = n_heads if n_kv_heads is None else n_kv_heads
        _check_sizes(d_model=d_model, n_heads=n_heads, n_kv_heads=n_kv_heads)
        if head_size is None and d_model % n_heads:
            raise ValueError(f"n_heads: {n_heads} heads cannot share d_model {d_model} evenly; give a head_size")
        if n_heads % n_kv_heads:
            raise ValueError(f"n_kv_heads: expected a number that divides n_heads {n_heads}, got {n_kv_heads}")
        super().__init__(d_model, d_model)
        self.n_heads, self.n_kv_heads, self.scale = n_heads, n_kv_heads, scale
        self.head_size = d_model // n_heads if head_size is None else head_size
        self.to_query = nn.Linear(d_model, n_heads * self.head_size, bias=bias)
        self.to_key = nn.Linear(memory_size, n_kv_heads * self.head_size, bias=bias)
        self.to_value = nn.Linear(memory_size, n_kv_heads * self.head_size, bias=bias)
        self.to_output = nn.Linear(n_heads * self.head_size, d_model, bias=bias)
        self.query, self.key, self.value = Probe("B H T E"), Probe(key_axes), Probe(key_axes)
        self.scores, self.weights = Probe("B H Q K"), Probe("B H Q K")
        self.heads, self.output = Probe("B H T E"), Probe("B T D")

    def split(self, x):
        """(B, T, H·E) -> (B, H, T, E)."""
        return x.unflatten(-1, (-1, self.head_size)).transpose(1, 2)  # (6.1.4)

    def look(self, query, keys, values, seen, bias, *, stepping, sure):
        """Query (B, H, Q, E), keys and values (B, G, K, E) -> (B, Q, D).

        seen: boolean, broadcasts to (B, H, Q, K); None for the causal triangle, or for everything if not causal.
        sure: every query may see something.
        """
        if self.scores.active or self.weights.active:
            heads = self._explicit(query, keys, values, seen, bias, stepping)
        else:
            heads = self._fused(query, keys, values, seen, bias, sure)
        heads = through(self.heads, heads, stepping)
        return through(self.output, self.to_output(heads.transpose(1, 2).flatten(2)), stepping)  # (6.1.5)

    def _explicit(self, query, keys, values, seen, bias, stepping):
        if seen is None:
            steps = torch.arange(query.shape[2], device=query.device)
            seen = may_see(steps, steps, causal=self.causal)
        keys, values = (part.repeat_interleave(self.n_heads // self.n_kv_heads, 1) for part in (keys, values))
        scores = dot_products(query, keys, bias, self.scale)
        scores = through(self.scores, scores.masked_fill(~seen, 0), stepping)
        weights = through(self.weights, masked_softmax(scores, seen), stepping)
        return weights @ values

    def _fused(self, query, keys, values, seen, bias, sure):
        """The same in one call, which neither keeps scores nor weights."""
        fused, several = F.scaled_dot_product_attention, self.n_kv_heads < self.n_heads
        if seen is None and bias is None:
            return fused(query, keys, values, is_causal=self.causal, scale=self.scale, enable_gqa=several)
        if seen is None:
            steps = torch.arange(query.shape[2], device=query.device)
            seen = may_see(steps, steps, causal=self.causal)
        nothing = None if sure else ~seen.any(-1, keepdim=True)
        seen = seen if sure else seen | nothing  # where nothing may be seen it would divide 0 by 0
        mask = seen if bias is None else bias.masked_fill(~seen, -torch.inf)
        found = fused(query, keys, values, attn_mask=mask, scale=self.scale, enable_gqa=several)
        return found if sure else found.masked_fill(nothing, 0)


def through(probe, value, stepping: bool):
    """The value of whole sequences, or of one step that came as a sequence of length one, through its probe."""
    if not probe.active:
        return value
    if not stepping:
        return probe(value)
    return probe(value.squeeze(probe.time_axis)).unsqueeze(probe.time_axis)
