"""The two halves together: `Transformer`."""

import math

from torch import nn

from seqmodels.positions import added, inside
from seqmodels.probes import Probe
from seqmodels.seq2seq import BEGIN, PADDING, search
from seqmodels.seq2seq.model import _check_target
from seqmodels.transformer.blocks import TransformerBlock, TransformerStack
from seqmodels.transformer.encoder_decoder import EncoderDecoder

TIED = ("all", "target", None)


class Transformer(EncoderDecoder):
    """Translates, with attention alone: reads a source of any length, then writes a target of any other.

        forward(source (B, S), source_lengths (B,), target (B, T)) -> logits (B, T, V)
        translate(source, source_lengths, beam_size) -> a list of ids for each sentence

    source_vocab, target_vocab: how many ids, PADDING 0, BEGIN 1 and END 2 among them, as in `Seq2Seq`; d_model D;
    n_heads; n_layers of encoder and of decoder; d_ff; norm: "post" as in the paper, or "pre" with one more norm above
    each half; dropout: on what each part writes and on what enters. tied: "target": the table that reads the target's
    words also scores them; "all": it reads the source's too (one vocabulary, as in the paper); None: three tables.
    positions: "sinusoidal", "learned" (up to max_length), "none", or inside attention "rotary", "alibi", "relative".
    Probes: `encoder_hidden` "B S D", `logits` "B T V", and `encoder.blocks.0.attention.weights`,
    `decoder.blocks.0.cross_attention.weights` and so on.
    Padding changes nothing. Source: Vaswani and others (2017). Held by tests/unit/test_transformer.py to stacks of
    torch.nn's layers, and at the published sizes to 63.1 and 214.2 million parameters.
    """

    begin = BEGIN

    def __init__(self, source_vocab: int, target_vocab: int, d_model: int = 512, n_heads: int = 8, n_layers: int = 6,
                 d_ff: int = 2048, norm: str = "post", dropout: float = 0.1, *, tied: str | None = "target",
                 activation: str = "relu", positions: str = "sinusoidal", max_length: int | None = None):  # fmt: skip
        super().__init__()
        _check(source_vocab, target_vocab, n_layers, tied)
        self.source_vocab, self.target_vocab, self.d_model = source_vocab, target_vocab, d_model
        self.source_embedding = nn.Embedding(source_vocab, d_model)
        self.target_embedding = self.source_embedding if tied == "all" else nn.Embedding(target_vocab, d_model)

        def half(causal, cross):
            place = inside(positions, n_heads, causal)  # one for all layers
            blocks = [TransformerBlock(d_model, n_heads, d_ff, norm=norm, causal=causal, cross=cross, dropout=dropout,
                                       activation=activation, positions=place) for _ in range(n_layers)]  # fmt: skip
            last = nn.LayerNorm(d_model) if norm == "pre" else None
            return TransformerStack(blocks, positions=added(positions, d_model, max_length), norm=last, dropout=dropout)

        self.encoder, self.decoder = half(causal=False, cross=False), half(causal=True, cross=True)
        self.readout = nn.Linear(d_model, target_vocab, bias=False)
        self.encoder_hidden, self.logits = Probe("B S D"), Probe("B T V")
        self._begin()
        if tied is not None:
            self.readout.weight = self.target_embedding.weight

    def translate(self, source, source_lengths=None, beam_size: int = 1, max_length: int = 100,
                  length_penalty: float = 0.0) -> list:  # fmt: skip
        """The best translation that beam search finds for each sentence: lists of ids, without END.

        As in `Seq2Seq`, and by the same search: `seqmodels.seq2seq.search` also says what was tried on the way.
        """
        found = search(self, source, source_lengths, beam_size, max_length, length_penalty)
        return [sentence.best.tokens for sentence in found]

    @property
    def tables(self):
        return self.source_embedding, self.target_embedding

    def embedded(self, table, words):
        """Vectors of words; times √D, for the table starts with rows of length one and positions are longer."""
        return table(words) * math.sqrt(self.d_model)

    def scores(self, y):
        return self.readout(y)

    def target_lengths(self, target, batch_size):
        _check_target(target, self.target_embedding.weight, self.target_vocab, batch_size)
        return (target != PADDING).sum(1)

    def _begin(self):
        """Matrices start uniform, as wide as keeps the size of values and gradients; words with length one."""
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.xavier_uniform_(module.weight)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
        for table in (self.source_embedding, self.target_embedding):
            nn.init.normal_(table.weight, std=self.d_model**-0.5)


def _check(source_vocab, target_vocab, n_layers, tied):
    for name, value in (("source_vocab", source_vocab), ("target_vocab", target_vocab)):
        if not isinstance(value, int) or value < 4:
            raise ValueError(f"{name}: expected 4 or more (PADDING, BEGIN, END and a word), got {value!r}")
    if not isinstance(n_layers, int) or n_layers < 1:
        raise ValueError(f"n_layers: expected a whole number, 1 or more, got {n_layers!r}")
    if tied not in TIED:
        raise ValueError(f"tied: expected all, target or None, got {tied!r}")
    if tied == "all" and source_vocab != target_vocab:
        raise ValueError(f"tied: one table for all words needs one vocabulary, got {source_vocab} and {target_vocab}")
