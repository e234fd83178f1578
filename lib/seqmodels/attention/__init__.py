"""Attention: every element asks, and every element that it may see answers.

formula   softmax(Q Kᵀ / √E) V, and the masks that say who may see whom
heads     many heads that look at once, and the cache of what they saw: the same for self- and cross-attention
layers    `MultiHeadAttention`, whose state is the cache, and `CrossAttention`, which asks another sequence

x      (B, T, D) what comes in                        D  d_model
q_t    query, k_s key, v_s value: (E,) in each head   E  head_size: D / H, unless you say
H      n_heads: heads that ask                        G  n_kv_heads: heads that answer; each serves H / G of those
Q      steps that ask                                 K  steps that are asked: those in the cache, then the new ones
e_ts   score (B, H, Q, K)                             a_ts  weight: how much of v_s goes into the answer to q_t
mask   True where attention is allowed                b_ts  bias, added to the scores, see seqmodels.positions
"""

from seqmodels.attention.formula import causal_mask, scaled_dot_product_attention, sliding_window_mask
from seqmodels.attention.heads import Cache, CrossMemory
from seqmodels.attention.layers import CrossAttention, MultiHeadAttention

__all__ = ["scaled_dot_product_attention", "causal_mask", "sliding_window_mask", "MultiHeadAttention", "CrossAttention",
           "Cache", "CrossMemory"]  # fmt: skip
