"""Hybrids: mostly Mamba, here and there attention, and where there are experts, a few of many networks."""

from functools import partial

import torch
from torch import nn

from seqmodels.attention import MultiHeadAttention
from seqmodels.efficient_attention.checks import check_whole
from seqmodels.jamba.experts import Experts
from seqmodels.jamba.layer import HybridLayer
from seqmodels.language_model import LanguageModel
from seqmodels.layer import Stacked
from seqmodels.mamba import MambaBlock, PreNorm
from seqmodels.mamba2 import Mamba2Block
from seqmodels.pretrained.folder import filled
from seqmodels.pretrained.jamba_layout import jamba
from seqmodels.transformer import FeedForward


class Jamba(LanguageModel):
    """Embedding, layers of which some are attention and the others Mamba, a norm, a head: tokens (B, T) -> (B, T, V).

    vocab_size V; d_model D; n_heads of the attention layers; n_layers; n_kv_heads: fewer heads that answer; window: how
    many elements attention sees, all unless you say.
    attention_at: which layers are attention, such as (3, 7), or how many, spread evenly: 0 is Mamba alone, n_layers a
    Transformer; one in eight unless you say, at least one. Attention knows no positions: what comes before what, the
    recurrence tells it.
    experts_at: which layers have `Experts` for their network, or how many; every second unless you say. n_experts,
    top_k, renormalise: theirs. d_ff: hidden units of every network, 4 D unless you say, 0 for no networks at all.
    mixer: "mamba" as published, with its inner norms, or "mamba2"; further settings are that block's, such as
    state_size; tied: the head is the table of the embedding; dropout: on what each part of a layer writes.

    state: of each attention layer its `Cache`, which grows, of each other layer the state of its block, which does not.
    Probes: `backbone.layers.3.mixer.weights` of attention, `…mixer.delta` of Mamba, `…network.router` of experts,
    `…residual` and `…output`. What writes into the stream starts narrower by √n_layers.
    Source: Lieber and others (2024). Held by tests/unit/test_jamba.py, test_jamba_pretrained.py and
    tests/property/test_contract.py.
    """

    def __init__(self, vocab_size: int, d_model: int, n_heads: int, n_layers: int, *, attention_at=None,
                 experts_at=None, d_ff: int | None = None, n_kv_heads: int | None = None,
                 window: int | None = None, n_experts: int = 16, top_k: int = 2, renormalise=False,
                 mixer: str = "mamba", tied=True, dropout: float = 0.0, norm_epsilon: float = 1e-6,
                 **block):  # fmt: skip
        check_whole(vocab_size=vocab_size, d_model=d_model, n_layers=n_layers)
        d_ff = 4 * d_model if d_ff is None else d_ff
        attention_at = max(1, n_layers // 8) if attention_at is None else attention_at
        experts_at = (n_layers // 2 if d_ff else 0) if experts_at is None else experts_at
        self_attention = places(attention_at, n_layers, "attention_at")
        with_experts = places(experts_at, n_layers, "experts_at")
        if with_experts and not d_ff:
            raise ValueError(f"experts_at: got {experts_at}, but d_ff 0 means that there are no networks")
        attention = partial(MultiHeadAttention, d_model, n_heads, n_kv_heads=n_kv_heads, bias=False,
                            window=window)  # fmt: skip
        recurrence = partial(_block(mixer), d_model, norm_epsilon=norm_epsilon, **block)
        experts = partial(Experts, d_model, d_ff, n_experts, top_k, renormalise=renormalise)
        network = partial(FeedForward, d_model, d_ff, "gated_silu", bias=False)
        layers = []
        for i in range(n_layers):
            mixing = attention() if i in self_attention else recurrence()
            layers.append(HybridLayer(mixing, experts() if i in with_experts else network(), norm_epsilon, dropout)
                          if d_ff else PreNorm(mixing, norm_epsilon, dropout))  # fmt: skip
        super().__init__(vocab_size, d_model, Stacked(layers), norm=nn.RMSNorm(d_model, eps=norm_epsilon),
                         tie_weights=tied, bias=False)  # fmt: skip
        self.attention_at, self.experts_at = self_attention, with_experts
        self._begin()

    @classmethod
    def from_pretrained(cls, folder, *, dropout=0.0):
        """A published Jamba from a folder with config.json and model.safetensors, in float32 and eval mode.

        The first one has 52 billion numbers; small ones of its layout are read alike. ValueError names what is missing,
        of another kind or shape, or more than this class has a place for.
        Held by tests/unit/test_jamba_pretrained.py to the reference implementation.
        """
        settings, tensors = jamba(folder)
        return filled(lambda: cls(**settings, dropout=dropout), tensors)

    @torch.no_grad()
    def _begin(self):
        for layer in self.backbone.layers:
            mixer = layer.mixer
            writers = [mixer.to_output.weight if isinstance(mixer, MultiHeadAttention) else mixer.narrow.weight]
            if isinstance(layer, HybridLayer):
                network = layer.network
                writers.append(network.narrow if isinstance(network, Experts) else network.narrow.weight)
            for writer in writers:
                writer /= len(self.backbone.layers) ** 0.5


def places(which, n_layers: int, name: str = "which") -> tuple:
    """Which of n_layers? Their numbers in order, from 0: as they are told, or so many of them, spread evenly.

    One of eight is number 4, as published; two are 2 and 6, four are 1, 3, 5 and 7.
    """
    if isinstance(which, int) and not isinstance(which, bool):
        if not 0 <= which <= n_layers:
            raise ValueError(f"{name}: expected 0 to {n_layers} layers, got {which}")
        return tuple((2 * j + 1) * n_layers // (2 * which) for j in range(which))
    chosen = tuple(which) if isinstance(which, list | tuple | range) else (which,)
    if not all(isinstance(i, int) and 0 <= i < n_layers for i in chosen) or len(set(chosen)) < len(chosen):
        raise ValueError(f"{name}: expected how many layers, or different numbers from 0 to {n_layers - 1}, "
                         f"got {which!r}")  # fmt: skip
    return tuple(sorted(chosen))


def _block(mixer):
    kinds = {"mamba": partial(MambaBlock, inner_norms=True), "mamba2": Mamba2Block}
    if mixer not in kinds:
        raise ValueError(f"mixer: expected one of {', '.join(kinds)}, got {mixer!r}")
    return kinds[mixer]
