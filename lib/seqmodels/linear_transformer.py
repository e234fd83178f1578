"""A language model of linear attention: a Transformer by its form, a recurrent network by what it keeps."""

from torch import nn

from seqmodels.efficient_attention import LinearAttention
from seqmodels.efficient_attention.checks import check_whole
from seqmodels.language_model import LanguageModel
from seqmodels.layer import SequenceLayer, Stacked
from seqmodels.padding import zero_beyond
from seqmodels.positions import added
from seqmodels.tcn import CausalConv1d


class LinearBlock(SequenceLayer):
    """x + attention(norm(x)), and to that feed_forward(norm(…)) of itself: x (B, T, D) -> y (B, T, D).

    state: that of its `LinearAttention`, (S, z). d_ff: the width between the two maps of the feed-forward part.
    """

    def __init__(self, d_model: int, n_heads: int, d_ff: int, dropout: float = 0.0, chunk: int = 64):
        super().__init__(d_model, d_model)
        self.attention_norm, self.feed_forward_norm = nn.LayerNorm(d_model), nn.LayerNorm(d_model)
        self.attention = LinearAttention(d_model, n_heads, chunk=chunk)
        self.feed_forward = nn.Sequential(nn.Linear(d_model, d_ff), nn.GELU(), nn.Linear(d_ff, d_model))
        self.dropout = nn.Dropout(dropout)

    def forward(self, x, state=None, *, lengths=None):
        x, state = self.checked(x, state, lengths)
        mixed, state = self.attention(self.attention_norm(x), state, lengths=lengths)
        return zero_beyond(self._add(x, mixed), lengths), state

    def step(self, x_t, state):
        x_t, state = self.checked_step(x_t, state)
        mixed, state = self.attention.step(self.attention_norm(x_t), state)
        return self._add(x_t, mixed), state

    def initial_state(self, batch_size):
        return self.attention.initial_state(batch_size)

    def _add(self, x, mixed):
        x = x + self.dropout(mixed)
        return x + self.dropout(self.feed_forward(self.feed_forward_norm(x)))


class LinearTransformer(LanguageModel):
    """Embedding, a window, `n_layers` blocks of linear attention, a norm and a tied head: tokens -> logits.

    forward(tokens (B, T)) -> (logits (B, T, V), state), step and initial_state as every `LanguageModel`; the state is
    of one size, however long the text. window: a causal convolution over so many tokens below the blocks, which tells
    the order of the nearest ones, 1 for none; positions: "none" or "sinusoidal"; d_ff: 4 · d_model unless you say;
    dropout: after each part of a block.
    Source: Katharopoulos and others (2020), who add sinusoidal positions, have no window, and norm after instead of
    before. On texts longer than those learned from, sums of keys at positions never met go astray; a window does not.
    Held by tests/property/test_contract.py to the contract, and by tests/unit/test_linear_transformer.py.
    """

    def __init__(self, vocab_size: int, d_model: int, n_heads: int, n_layers: int, *, d_ff: int | None = None,
                 positions: str = "none", window: int = 4, dropout: float = 0.0, chunk: int = 64):  # fmt: skip
        check_whole(vocab_size=vocab_size, d_model=d_model, n_heads=n_heads, n_layers=n_layers)
        if positions not in ("sinusoidal", "none"):
            raise ValueError(f"positions: expected sinusoidal or none, got {positions!r}")
        d_ff = 4 * d_model if d_ff is None else d_ff
        check_whole(d_ff=d_ff, window=window)
        below = [added(positions, d_model)] if positions == "sinusoidal" else []
        if window > 1:
            below.append(CausalConv1d(d_model, d_model, kernel_size=window))
        blocks = [LinearBlock(d_model, n_heads, d_ff, dropout, chunk) for _ in range(n_layers)]
        super().__init__(vocab_size, d_model, Stacked([*below, *blocks]), norm=nn.LayerNorm(d_model), tie_weights=True)
