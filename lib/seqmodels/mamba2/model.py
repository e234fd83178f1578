"""Mamba-2 as a language model. Dao and Gu (2024)."""

import torch
from torch import nn

from seqmodels.efficient_attention.checks import check_whole
from seqmodels.language_model import LanguageModel
from seqmodels.layer import Stacked
from seqmodels.mamba import PreNorm
from seqmodels.mamba2.block import Mamba2Block
from seqmodels.pretrained import mamba2_layout
from seqmodels.pretrained.folder import filled


class Mamba2(LanguageModel):
    """Embedding, `n_layers` blocks x ← x + mamba2(norm(x)), a norm and a head: tokens (B, T) -> logits (B, T, V).

    vocab_size V; d_model D; n_layers; tied: the head is the table of the embedding; dropout: on what each block writes;
    norm_epsilon of all norms; further settings, such as state_size, head_size and n_groups: see `Mamba2Block`.
    state: for each block (the last inputs of its convolution, S), as much after a million tokens as after one.
    Probes: `backbone.layers.0.mixer.delta` and the others of `Mamba2Block`, `backbone.layers.0.residual`.
    What writes into the stream starts narrower by √n_layers, as in `Mamba`.
    Held by tests/unit/test_mamba2.py and tests/property/test_contract.py.
    """

    def __init__(self, vocab_size: int, d_model: int, n_layers: int, *, tied=True, dropout=0.0, norm_epsilon=1e-5,
                 **block):  # fmt: skip
        check_whole(vocab_size=vocab_size, d_model=d_model, n_layers=n_layers)
        mixers = [Mamba2Block(d_model, norm_epsilon=norm_epsilon, **block) for _ in range(n_layers)]
        layers = [PreNorm(mixer, norm_epsilon, dropout) for mixer in mixers]
        super().__init__(vocab_size, d_model, Stacked(layers), norm=nn.RMSNorm(d_model, eps=norm_epsilon),
                         tie_weights=tied, bias=False)  # fmt: skip
        with torch.no_grad():
            for mixer in mixers:
                mixer.narrow.weight /= n_layers**0.5

    @classmethod
    def from_pretrained(cls, folder, *, dropout=0.0):
        """A published Mamba-2 in the layout of the reference library: config.json and model.safetensors.

        In float32 and eval mode. ValueError names what is missing, of another kind or shape, or more than this class
        has a place for. Nothing is executed or fetched.
        Held by tests/unit/test_mamba2_pretrained.py to the reference implementation.
        """
        settings, tensors = mamba2_layout.mamba2(folder)
        return filled(lambda: cls(**settings, dropout=dropout), tensors)
