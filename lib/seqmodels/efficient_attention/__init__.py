"""Attention that costs less: by looking at fewer places, by another score, or by forgetting what it does not need.

    linear    linear_attention, positive: keys summed up before anybody asks; a recurrent network of constant state
    features  performer_features, orthogonal_projection: random features whose product is exp(q·k) on average
    local     local_attention, strided_mask, global_mask: few places instead of all
    online    online_softmax_attention, absorb: the exact softmax, without its table of scores
    layer     LinearAttention: the layer

Everything takes (batch, heads, time, size), only the layer takes (batch, time, features).
"""

from seqmodels.efficient_attention.features import orthogonal_projection, performer_features
from seqmodels.efficient_attention.layer import LinearAttention
from seqmodels.efficient_attention.linear import linear_attention, positive
from seqmodels.efficient_attention.local import global_mask, local_attention, strided_mask
from seqmodels.efficient_attention.online import absorb, online_softmax_attention

__all__ = [
    "LinearAttention",
    "absorb",
    "global_mask",
    "linear_attention",
    "local_attention",
    "online_softmax_attention",
    "orthogonal_projection",
    "performer_features",
    "positive",
    "strided_mask",
]
