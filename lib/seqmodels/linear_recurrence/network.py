"""Networks of linear recurrences: the same block around each of them, so that only the rule differs."""

from torch import nn
from torch.nn import functional as F

from seqmodels.efficient_attention.checks import check_whole
from seqmodels.language_model import LanguageModel
from seqmodels.layer import SequenceLayer, Stacked
from seqmodels.linear_recurrence.additive import GLA, RWKV6, RetNet
from seqmodels.linear_recurrence.delta import DeltaNet
from seqmodels.linear_recurrence.mlstm import MLSTM
from seqmodels.linear_recurrence.rglru import RGLRU
from seqmodels.mamba.convolution import ShortConvolution
from seqmodels.padding import zero_beyond

RULES = {"retnet": RetNet, "gla": GLA, "rwkv6": RWKV6, "deltanet": DeltaNet, "mlstm": MLSTM, "rglru": RGLRU}


class RecurrenceBlock(SequenceLayer):
    """x + layer(window(norm(x))), and to that feed_forward(norm(…)) of itself: x (B, T, D) -> y (B, T, D).

    layer: any SequenceLayer from D to D features. window: the layer reads silu of a convolution of each feature over so
    many steps; 1 for none. d_ff: width of the feed-forward part, 0 for none. state = (the window's past (B, window - 1,
    D), the layer's state). dropout: on what each of the two parts adds.
    Held by tests/property/test_contract.py and tests/unit/test_linear_recurrence_network.py.
    """

    def __init__(self, layer, *, window: int = 4, d_ff: int = 0, dropout: float = 0.0):
        D = layer.input_size
        if layer.output_size != D:
            raise ValueError(f"layer: reads {D} features and writes {layer.output_size}, which cannot be added")
        check_whole(window=window)
        check_whole(0, d_ff=d_ff)
        super().__init__(D, D)
        self.layer, self.causal = layer, layer.causal
        self.norm, self.window = nn.RMSNorm(D, eps=1e-5), ShortConvolution(D, window)
        self.feed_forward, self.dropout = None, nn.Dropout(dropout)
        if d_ff:
            self.feed_forward = nn.Sequential(
                nn.RMSNorm(D, eps=1e-5), nn.Linear(D, d_ff), nn.GELU(), nn.Linear(d_ff, D)
            )

    def forward(self, x, state=None, *, lengths=None):
        x, (past, state) = self.checked(x, state, lengths)
        seen, past = self._seen(x, past, lengths)
        y, state = self.layer(seen, state, lengths=lengths)
        return zero_beyond(self._add(x, y), lengths), (past, state)

    def step(self, x_t, state):
        x_t, (past, state) = self.checked_step(x_t, state)
        seen, past = self._seen(x_t, past)
        y_t, state = self.layer.step(seen, state)
        return self._add(x_t, y_t), (past, state)

    def initial_state(self, batch_size):
        return self.zeros(batch_size, self.window.reach, self.input_size), self.layer.initial_state(batch_size)

    def _seen(self, x, past, lengths=None):
        x = self.norm(x)
        if not self.window.reach:
            return x, past
        seen, past = self.window(x, past, lengths)
        return F.silu(seen), past

    def _add(self, x, y):
        x = x + self.dropout(y)
        return x if self.feed_forward is None else x + self.dropout(self.feed_forward(x))


def recurrence_model(vocab_size: int, d_model: int, n_layers: int, *, rule: str = "deltanet", window: int = 4,
                     d_ff: int = 0, dropout: float = 0.0, **settings):  # fmt: skip
    """A language model: an embedding, `n_layers` blocks of one rule, a norm and a head: tokens -> logits.

    rule: "retnet", "gla", "rwkv6", "deltanet", "mlstm" or "rglru"; the last has no heads, and mixes its features only
    where d_ff says so; settings: that layer's own, such as n_heads, key_size or gate; window, d_ff and dropout: of
    each `RecurrenceBlock`.
    Held by tests/unit/test_linear_recurrence_network.py.
    """
    if rule not in RULES:
        raise ValueError(f"rule: expected one of {', '.join(RULES)}, got {rule!r}")
    check_whole(vocab_size=vocab_size, n_layers=n_layers)
    around = {"window": window, "d_ff": d_ff, "dropout": dropout}
    blocks = [RecurrenceBlock(RULES[rule](d_model, **settings), **around) for _ in range(n_layers)]
    return LanguageModel(vocab_size, d_model, Stacked(blocks), norm=nn.RMSNorm(d_model, eps=1e-5))
