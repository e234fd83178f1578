"""BERT: a stack of Transformer blocks that reads to both sides and fills gaps. Devlin and others (2019)."""

import torch
from torch import nn

from seqmodels.checks import check_lengths, check_tokens, check_vocabulary
from seqmodels.padding import zero_beyond
from seqmodels.positions import LearnedPositions
from seqmodels.pretrained import layouts
from seqmodels.pretrained.folder import filled
from seqmodels.probes import Probe
from seqmodels.recurrent import _check_sizes
from seqmodels.transformer import TransformerBlock, TransformerStack
from seqmodels.transformer.blocks import ACTIVATIONS


class BERT(nn.Module):
    """Which token stands here? Logits (B, T, V) for every place, from all that stands to its left and to its right.

        forward(tokens (B, T), lengths (B,), segments (B, T)) -> logits (B, T, V), 0 at the padding
        encode(…) -> hidden (B, T, D), what the last block says of each token

    vocab_size V; d_model D; n_heads; n_layers; max_length: how many positions there are; d_ff: 4 D unless you say;
    segments: how many kinds of sentence a token may belong to (in `forward` which one, 0 unless you say); activation:
    the exact "gelu" as published; tied: the head's matrix is the table of the tokens; dropout: on what enters the first
    block and on what each part writes.

    What the embedding adds up, tokens + positions + segments, is normalised; blocks are post-norm; before the head come
    one more layer, the activation and a norm. Left out is what was trained beside it to tell whether one sentence
    follows another (the pooler and its head). Weights start normal with variance 1 / 3D, as in `GPT`.
    Probes: `embedded` "B T D", `encoder.blocks.0.attention.weights` "B H Q K" and so on, `encoded` "B T D", `logits`.
    Held by tests/unit/test_bert.py to the reference implementation.
    """

    causal = False

    def __init__(self, vocab_size: int, d_model: int, n_heads: int, n_layers: int, max_length: int, *,
                 d_ff: int | None = None, segments: int = 2, activation: str = "gelu", tied=True, dropout=0.0,
                 norm_epsilon=1e-12):  # fmt: skip
        super().__init__()
        _check_sizes(vocab_size=vocab_size, d_model=d_model, n_layers=n_layers, segments=segments)
        if activation not in ACTIVATIONS:
            raise ValueError(f"activation: expected one of {', '.join(ACTIVATIONS)}, got {activation!r}")
        self.vocab_size, self.max_length, self.segments = vocab_size, max_length, segments
        self.embedding = nn.Embedding(vocab_size, d_model)
        self.segment_embedding = nn.Embedding(segments, d_model)
        self.positions = LearnedPositions(max_length, d_model)
        self.embedding_norm = nn.LayerNorm(d_model, eps=norm_epsilon)
        blocks = [TransformerBlock(d_model, n_heads, 4 * d_model if d_ff is None else d_ff, norm="post", causal=False,
                                   dropout=dropout, activation=activation, norm_epsilon=norm_epsilon)
                  for _ in range(n_layers)]  # fmt: skip
        self.encoder = TransformerStack(blocks, dropout=dropout)
        self.transform, self.activation = nn.Linear(d_model, d_model), ACTIVATIONS[activation]
        self.transform_norm = nn.LayerNorm(d_model, eps=norm_epsilon)
        self.head = nn.Linear(d_model, vocab_size)
        self.embedded, self.encoded, self.logits = Probe("B T D"), Probe("B T D"), Probe("B T V")
        self._begin()
        if tied:
            self.head.weight = self.embedding.weight

    @classmethod
    def from_pretrained(cls, folder, *, dropout=0.0):
        """The model in a folder with config.json and model.safetensors, in float32 and eval mode.

        dropout: for training on; the published rates are not read. ValueError names what is missing, of another kind or
        shape, or more than this class has a place for. Reads nothing but these two files, and executes nothing.
        """
        settings, tensors = layouts.bert(folder)
        return filled(lambda: cls(**settings, dropout=dropout), tensors)

    def forward(self, tokens, lengths=None, segments=None):
        hidden = self.encode(tokens, lengths, segments)
        y = self.transform_norm(self.activation(self.transform(hidden)))
        return self.logits(zero_beyond(self.head(y), lengths))

    def encode(self, tokens, lengths=None, segments=None):
        """What the last block says of each token, (B, T, D); 0 at the padding."""
        device = self.embedding.weight.device
        check_tokens(tokens, ("B", "T"), "tokens", device)
        check_lengths(lengths, tokens, "tokens")
        tokens = zero_beyond(tokens, lengths)
        check_vocabulary(tokens, self.vocab_size, "tokens")
        segments = torch.zeros_like(tokens) if segments is None else segments
        check_tokens(segments, ("B", "T"), "segments", device)
        if segments.shape != tokens.shape:
            raise ValueError(f"segments: expected shape {tuple(tokens.shape)} like tokens, got {tuple(segments.shape)}")
        segments = zero_beyond(segments, lengths)
        check_vocabulary(segments, self.segments, "segments")
        x = self.embedding(tokens) + self.segment_embedding(segments)
        x, _ = self.positions.add(x, self.positions.initial_state(len(x)), lengths)
        x = self.embedded(zero_beyond(self.embedding_norm(x), lengths))  # (B, T, D)
        hidden, _ = self.encoder(x, lengths=lengths)
        return self.encoded(hidden)

    def step(self, token, state):
        raise ValueError("step: BERT must see the end of the text before its beginning; call forward on the whole")

    def _begin(self):
        width = (3 * self.embedding.embedding_dim) ** -0.5
        for module in self.modules():
            if isinstance(module, nn.Linear | nn.Embedding):
                nn.init.normal_(module.weight, std=width)
            if isinstance(module, nn.Linear):
                nn.init.zeros_(module.bias)
