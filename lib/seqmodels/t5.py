"""T5: every task is to read one text and to write another. Raffel and others (2020)."""

import torch
from torch import nn

from seqmodels.checks import check_tokens, check_vocabulary
from seqmodels.positions import RelativeBias
from seqmodels.pretrained import layouts
from seqmodels.pretrained.folder import filled
from seqmodels.probes import Probe
from seqmodels.recurrent import _check_sizes
from seqmodels.runtime import evaluating
from seqmodels.seq2seq import Hypothesis, SearchResult, SearchTree, search
from seqmodels.transformer import TransformerBlock, TransformerStack
from seqmodels.transformer.encoder_decoder import EncoderDecoder

PADDING = BEGIN = 0  # one id for both: T5 begins to write after padding
END = 1


class T5(EncoderDecoder):
    """Reads a source, then writes a target, with positions that are distances. As `Transformer`, with the same methods.

        forward(source (B, S), source_lengths (B,), target (B, T)) -> logits (B, T, V)
        translate(source, source_lengths, beam_size) -> a list of ids for each source, without END

    vocab_size V: ids of both texts, PADDING (which is also BEGIN) 0 and END 1 among them; d_model D; n_heads; n_layers
    of the encoder, and of the decoder unless decoder_layers says otherwise; d_ff: 4 D unless you say; head_size: D / H
    unless you say; activation: "relu" as in T5, "gated_gelu_tanh" in T5 1.1; buckets, max_distance: of `RelativeBias`,
    one for all layers of each half; tied: the head is the table of the tokens; scaled: what the head reads is divided
    by √D, as where it is tied unless you say; dropout: on what each part writes and on what enters.

    Blocks are pre-norm with root mean square norms, there is no bias anywhere but in positions, and scores are not
    divided by √E: the matrix of the queries starts so narrow that they need not be.
    Probes: `encoder_hidden` "B S D", `logits` "B T V", `decoder.blocks.0.cross_attention.weights` and so on.
    Held by tests/unit/test_t5.py to the reference implementation.
    """

    begin = BEGIN

    def __init__(self, vocab_size: int, d_model: int, n_heads: int, n_layers: int, d_ff: int | None = None, *,
                 decoder_layers: int | None = None, head_size: int | None = None, activation: str = "relu",
                 buckets: int = 32, max_distance: int = 128, tied=True, scaled: bool | None = None, dropout=0.0,
                 norm_epsilon=1e-6):  # fmt: skip
        super().__init__()
        decoder_layers = n_layers if decoder_layers is None else decoder_layers
        _check_sizes(vocab_size=vocab_size, d_model=d_model, n_layers=n_layers, decoder_layers=decoder_layers)
        self.vocab_size, self.d_model = vocab_size, d_model
        self.scaled = tied if scaled is None else scaled
        self.embedding = nn.Embedding(vocab_size, d_model)

        def half(layers, causal):
            positions = RelativeBias(n_heads, buckets, max_distance, bidirectional=not causal)  # one for all layers
            blocks = [TransformerBlock(d_model, n_heads, 4 * d_model if d_ff is None else d_ff, causal=causal,
                                       cross=causal, dropout=dropout, activation=activation, bias=False,
                                       norm_kind="rms", norm_epsilon=norm_epsilon, head_size=head_size,
                                       positions=positions, scale=1.0) for _ in range(layers)]  # fmt: skip
            return TransformerStack(blocks, norm=nn.RMSNorm(d_model, eps=norm_epsilon), dropout=dropout)

        self.encoder, self.decoder = half(n_layers, causal=False), half(decoder_layers, causal=True)
        self.head = nn.Linear(d_model, vocab_size, bias=False)
        self.encoder_hidden, self.logits = Probe("B S D"), Probe("B T V")
        self._begin()
        if tied:
            self.head.weight = self.embedding.weight

    @classmethod
    def from_pretrained(cls, folder, *, dropout=0.0):
        """The model in a folder with config.json and model.safetensors, in float32 and eval mode; see `BERT`'s."""
        settings, tensors = layouts.t5(folder)
        return filled(lambda: cls(**settings, dropout=dropout), tensors)

    def translate(self, source, source_lengths=None, beam_size: int = 1, max_length: int = 100,
                  length_penalty: float = 0.0) -> list:  # fmt: skip
        """The best target that beam search finds for each source: lists of ids, without END. See `search`."""
        found = self.search(source, source_lengths, beam_size, max_length, length_penalty)
        return [one.best.tokens for one in found]

    def search(self, source, source_lengths=None, beam_size: int = 4, max_length: int = 100,
               length_penalty: float = 0.0, *, record_tree: bool = False) -> list:  # fmt: skip
        """`seqmodels.seq2seq.search` in T5's ids: a `SearchResult` for each source. PADDING is never written."""
        with evaluating(self):
            found = search(_NextIds(self), source, source_lengths, beam_size, max_length, length_penalty,
                           record_tree=record_tree)  # fmt: skip
        return [_in_own_ids(one) for one in found]

    @property
    def tables(self):
        return self.embedding, self.embedding

    def embedded(self, table, tokens):
        return table(tokens)

    def scores(self, y):
        return self.head(y * self.d_model**-0.5 if self.scaled else y)

    def target_lengths(self, target, batch_size):
        check_tokens(target, ("B", "T"), "target", self.embedding.weight.device)
        check_vocabulary(target, self.vocab_size, "target")
        if len(target) != batch_size:
            raise ValueError(f"target: expected {batch_size} texts like the source, got {len(target)}")
        padding = target == PADDING
        if padding[:, 0].any() or (padding[:, :-1] & ~padding[:, 1:]).any():
            raise ValueError(f"target: expected tokens, then PADDING ({PADDING}) only after the last of a text")
        return (~padding).sum(1)

    def _begin(self):
        """As the authors do: normal, each matrix as wide as keeps values near one without any scaling of scores."""
        for name, table in self.named_parameters():
            if table.dim() == 2:
                width = table.shape[-1] ** -0.5  # by the features it reads
                if name.endswith("to_query.weight"):
                    width *= (table.shape[0] / self.encoder.blocks[0].attention.n_heads) ** -0.5
                if name.endswith("positions.table.weight"):
                    width = self.d_model**-0.5
                nn.init.normal_(table, std=1.0 if name == "embedding.weight" else width)


class _NextIds:
    """A T5 as `search` knows its models: ids one higher, so that BEGIN is 1 and END 2, and 0 is never written."""

    def __init__(self, model):
        self.model = model

    def encode(self, source, source_lengths):
        return self.model.encode(source, source_lengths)

    def decoder_step(self, state, token, memory):
        token = (token - 1).clamp(min=0)  # a beam that is empty yet may stand at 0
        logits, state = self.model.decoder_step(state, token, memory)
        return torch.cat([torch.full_like(logits[:, :1], -torch.inf), logits], 1), state


def _in_own_ids(found):
    hypotheses = [Hypothesis([token - 1 for token in one.tokens], one.log_prob, one.score, one.finished)
                  for one in found.hypotheses]  # fmt: skip
    tree = found.tree
    if tree is not None:
        tree = SearchTree(tree.parent, tree.token - 1, tree.log_prob, tree.depth, tree.kept)
    return SearchResult(hypotheses, tree)
