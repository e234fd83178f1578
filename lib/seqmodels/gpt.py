"""GPT: a stack of causal Transformer blocks that writes. Radford and others (2018, 2019), Brown and others (2020)."""

from torch import nn

from seqmodels.language_model import LanguageModel
from seqmodels.positions import added, inside
from seqmodels.pretrained import layouts
from seqmodels.pretrained.folder import filled
from seqmodels.recurrent import _check_sizes
from seqmodels.transformer import TransformerBlock, TransformerStack
from seqmodels.transformer.blocks import NORMS


class GPT(LanguageModel):
    """Embedding, positions, blocks that look back, a norm, a head: tokens (B, T) -> logits (B, T, V).

    vocab_size V; d_model D; n_heads; n_layers; max_length: how many learned positions there are (others need none);
    d_ff: units of the feed-forward networks, 4 D unless you say, 0 for attention alone; positions: "learned" as
    published, "sinusoidal", "rotary", "alibi", "relative", "none" or an object such as Rotary(base=500.0); norm: "pre",
    or "post" without a norm at the end; tied: the head is the table of the embedding; bias, dropout, activation,
    norm_kind, norm_epsilon, and further settings such as n_kv_heads and window: see `TransformerBlock`. With the
    settings as they are it is GPT-2.

    state: (offset of the positions, (keys, values and their positions of each layer)): the key-value cache, with which
    `step` asks only for what is new. Weights start normal with variance 1 / 3D (0.0208 wide at D = 768, where GPT-2
    has 0.02), those that write into the stream narrower by √(2 · n_layers), as published.
    Probes: `backbone.blocks.0.attention.weights` "B H Q K", `…heads` "B H T E", `…residual` "B T D" and others.
    Held by tests/unit/test_gpt.py and tests/property/test_contract.py.
    """

    def __init__(self, vocab_size: int, d_model: int, n_heads: int, n_layers: int, max_length: int | None = None, *,
                 d_ff: int | None = None, positions="learned", norm: str = "pre", tied=True, dropout=0.0,
                 bias=True, activation="gelu_tanh", norm_kind="layer", norm_epsilon=1e-5, **attention):  # fmt: skip
        _check_sizes(vocab_size=vocab_size, d_model=d_model, n_layers=n_layers)
        place = inside(positions, n_heads, causal=True)  # one for all layers
        blocks = [TransformerBlock(d_model, n_heads, 4 * d_model if d_ff is None else d_ff, norm=norm, dropout=dropout,
                                   activation=activation, bias=bias, norm_kind=norm_kind, norm_epsilon=norm_epsilon,
                                   positions=place, **attention) for _ in range(n_layers)]  # fmt: skip
        stack = TransformerStack(blocks, positions=added(positions, d_model, max_length), dropout=dropout)
        extra = {} if norm_kind == "rms" else {"bias": bias}
        last = NORMS[norm_kind](d_model, eps=norm_epsilon, **extra) if norm == "pre" else None
        super().__init__(vocab_size, d_model, stack, norm=last, tie_weights=tied, bias=False)
        self.max_length = max_length if positions == "learned" else None
        self._begin()

    @classmethod
    def from_pretrained(cls, folder, *, dropout=0.0):
        """A published GPT-2, or one of its layout, from a folder with config.json and model.safetensors.

        In float32 and eval mode. dropout: for training on; the published rates are not read. ValueError names what is
        missing, of another kind or shape, or more than this class has a place for. Nothing is executed or fetched.
        Held by tests/unit/test_gpt_pretrained.py to the reference implementation.
        """
        settings, tensors = layouts.gpt2(folder)
        return filled(lambda: cls(**settings, dropout=dropout), tensors)

    def _begin(self):
        width = (3 * self.embedding.embedding_dim) ** -0.5
        for module in self.modules():
            if isinstance(module, nn.Linear | nn.Embedding):
                nn.init.normal_(module.weight, std=width)
            if isinstance(module, nn.Linear) and module.bias is not None:
                nn.init.zeros_(module.bias)
        for block in self.backbone.blocks:
            writers = [block.attention.to_output, *([block.feed_forward.narrow] if block.has_network else [])]
            for writer in writers:
                nn.init.normal_(writer.weight, std=width / (2 * len(self.backbone.blocks)) ** 0.5)
