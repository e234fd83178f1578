"""Mamba, the language model: blocks one above the other, and nothing between them but norms. Gu and Dao (2023)."""

import torch
from torch import nn

from seqmodels.language_model import LanguageModel
from seqmodels.layer import Stacked
from seqmodels.mamba.block import MambaBlock
from seqmodels.mamba.prenorm import PreNorm
from seqmodels.mamba.time_invariant import TimeInvariantBlock
from seqmodels.pretrained.folder import filled
from seqmodels.pretrained.mamba_layout import mamba
from seqmodels.recurrent import _check_sizes


class Mamba(LanguageModel):
    """Embedding, `n_layers` Mamba blocks, a norm and a head: tokens (B, T) -> logits (B, T, V).

    No attention, no positions, no feed-forward networks: the blocks are all there is.

    vocab_size V; d_model D; n_layers; state_size, expand, kernel_size and further settings such as rank, bias and
    selective: see `MambaBlock`; dropout: on what each block writes; tied: the head is the table of the embedding.
    time_invariant: blocks that do not choose, `TimeInvariantBlock`, with the settings of these.
    state: of each layer (the last inputs of its convolution, h (B, E, N)), of one size however long the text.
    Probes: `backbone.layers.0.mixer.delta` and the others of `MambaBlock`, `backbone.layers.0.residual`.
    What writes into the stream starts narrower by √n_layers, as published.
    Held by tests/unit/test_mamba.py, test_mamba_pretrained.py and tests/property/test_contract.py.
    """

    def __init__(self, vocab_size: int, d_model: int, n_layers: int, state_size: int = 16, expand: int = 2,
                 kernel_size: int = 4, *, dropout: float = 0.0, norm_epsilon: float = 1e-5, tied=True,
                 time_invariant=False, **block):  # fmt: skip
        _check_sizes(vocab_size=vocab_size, n_layers=n_layers)
        kind = TimeInvariantBlock if time_invariant else MambaBlock
        mixers = [kind(d_model, state_size, expand, kernel_size, **block) for _ in range(n_layers)]
        layers = [PreNorm(mixer, norm_epsilon, dropout) for mixer in mixers]
        super().__init__(vocab_size, d_model, Stacked(layers), norm=nn.RMSNorm(d_model, eps=norm_epsilon),
                         tie_weights=tied, bias=False)  # fmt: skip
        with torch.no_grad():
            for mixer in mixers:
                mixer.narrow.weight /= n_layers**0.5

    @classmethod
    def from_pretrained(cls, folder, *, dropout=0.0):
        """A published Mamba such as mamba-130m-hf from a folder with config.json and model.safetensors.

        In float32 and eval mode. ValueError names what is missing, of another kind or shape, or more than this class
        has a place for. Nothing is executed or fetched.
        Held by tests/unit/test_mamba_pretrained.py to the reference implementation.
        """
        settings, tensors = mamba(folder)
        return filled(lambda: cls(**settings, dropout=dropout), tensors)
