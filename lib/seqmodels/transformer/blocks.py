"""What every Transformer is made of. Symbols: see seqmodels.transformer, and seqmodels.attention for the heads."""

from functools import partial

from torch import nn
from torch.nn import functional as F

from seqmodels.attention import CrossAttention, MultiHeadAttention
from seqmodels.attention.heads import through
from seqmodels.attention.layers import check_memory
from seqmodels.layer import SequenceLayer
from seqmodels.padding import zero_beyond
from seqmodels.probes import Probe
from seqmodels.recurrent import _check_sizes

ACTIVATIONS = {"relu": F.relu, "gelu": F.gelu, "gelu_tanh": partial(F.gelu, approximate="tanh"), "silu": F.silu}
NORMS = {"layer": nn.LayerNorm, "rms": nn.RMSNorm}
TO_BOTH_SIDES = "step: a block that is not causal must see the end of the sequence first; call forward on the whole"


class FeedForward(nn.Module):
    """A network of one hidden layer, the same at every place: x (B, T, D) -> W₂ f(W₁ x + b₁) + b₂ (B, T, D).

    d_ff F: hidden units; activation f: "relu" as in 2017, "gelu", "gelu_tanh" (its approximation, in GPT-2) or "silu";
    with "gated_" before the name, as in "gated_gelu_tanh" (T5 1.1), the hidden layer is f(V x) ⊙ W₁ x.
    Probes `hidden` "B T F", `written` "B T D". Sources: Vaswani and others (2017), equation 2; Shazeer (2020).
    """

    def __init__(self, d_model: int, d_ff: int, activation: str = "relu", *, bias=True):
        super().__init__()
        _check_sizes(d_model=d_model, d_ff=d_ff)
        name = activation.removeprefix("gated_")
        if name not in ACTIVATIONS:
            raise ValueError(f"activation: expected one of {', '.join(ACTIVATIONS)}, or one of them after gated_, "
                             f"got {activation!r}")  # fmt: skip
        self.activation = ACTIVATIONS[name]
        self.gate = nn.Linear(d_model, d_ff, bias=bias) if name != activation else None  # V
        self.widen = nn.Linear(d_model, d_ff, bias=bias)  # W₁
        self.narrow = nn.Linear(d_ff, d_model, bias=bias)  # W₂
        self.hidden, self.written = Probe("B T F"), Probe("B T D")

    def forward(self, x, *, stepping=False):
        hidden = self.widen(x)
        hidden = self.activation(hidden) if self.gate is None else self.activation(self.gate(x)) * hidden
        return through(self.written, self.narrow(through(self.hidden, hidden, stepping)), stepping)  # (6.3.1)


class TransformerBlock(SequenceLayer):
    """Attention, then a feed-forward network, each with a road around it. x (B, T, D) -> (B, T, D); state = a `Cache`.

        norm="post", as in 2017    x ← norm(x + f(x))               norm="pre", as in GPT-2    x ← x + f(norm(x))

    where f is the attention, then the look at the memory if `cross`, then the network (left out if d_ff is 0).
    dropout: on what each f writes, as in the paper. activation: see `FeedForward`. bias: of every matrix and norm.
    norm_kind: "layer" or "rms". Further settings go to `MultiHeadAttention`: n_kv_heads, head_size, positions, window,
    scale; the look at the memory shares the first two and the last.
    With `cross`, forward and step also want memory=block.remember(encoded, lengths). Probe `residual` "B T D": what the
    block hands on. Held to torch.nn.TransformerEncoderLayer and TransformerDecoderLayer, values and gradients, by
    tests/unit/test_transformer.py.
    """

    def __init__(self, d_model: int, n_heads: int, d_ff: int, *, norm: str = "pre", causal=True, cross=False,
                 dropout: float = 0.0, activation: str = "relu", bias=True, norm_kind: str = "layer",
                 norm_epsilon: float = 1e-5, **attention):  # fmt: skip
        _check_kinds(norm, norm_kind)
        super().__init__(d_model, d_model)
        self.norm_first, self.causal = norm == "pre", causal
        extra = {} if norm_kind == "rms" else {"bias": bias}
        new_norm = partial(NORMS[norm_kind], d_model, eps=norm_epsilon, **extra)
        self.attention = MultiHeadAttention(d_model, n_heads, causal=causal, bias=bias, **attention)
        self.attention_norm = new_norm()
        if cross:
            shared = {name: attention[name] for name in ("n_kv_heads", "head_size", "scale") if name in attention}
            self.cross_attention, self.cross_norm = CrossAttention(d_model, n_heads, bias=bias, **shared), new_norm()
        if d_ff:
            self.feed_forward, self.feed_forward_norm = FeedForward(d_model, d_ff, activation, bias=bias), new_norm()
        self.has_network, self.cross = bool(d_ff), cross
        self.dropout = nn.Dropout(dropout)
        self.residual = Probe("B T D")

    def forward(self, x, state=None, *, lengths=None, memory=None):
        x, state = self.checked(x, state, lengths)
        self.check_memory(memory, len(x))
        y, state = self.run(x, state, lengths, memory)
        return zero_beyond(y, lengths), state

    def step(self, x_t, state, *, memory=None):
        if not self.causal:
            raise ValueError(TO_BOTH_SIDES)
        x_t, state = self.checked_step(x_t, state)
        self.check_memory(memory, len(x_t))
        y, state = self.run(x_t[:, None], state, None, memory, stepping=True)
        return y[:, 0], state

    def initial_state(self, batch_size):
        return self.attention.initial_state(batch_size)

    def remember(self, memory, lengths=None):
        """What the block looks at when it looks at the memory (B, S, D): a `CrossMemory`."""
        return self.cross_attention.remember(memory, lengths)

    def run(self, x, state, lengths=None, memory=None, *, stepping=False):
        """`forward`, and with T = 1 `step`, without their checks."""
        y, state = self.attention.attend(self._before(self.attention_norm, x), state, lengths, stepping=stepping)
        x = self._after(self.attention_norm, x, y)
        if self.cross:
            y = self.cross_attention.attend(self._before(self.cross_norm, x), memory, stepping=stepping)
            x = self._after(self.cross_norm, x, y)
        if self.has_network:
            y = self.feed_forward(self._before(self.feed_forward_norm, x), stepping=stepping)
            x = self._after(self.feed_forward_norm, x, y)
        return through(self.residual, x, stepping), state

    def _before(self, norm, x):
        return norm(x) if self.norm_first else x

    def _after(self, norm, x, y):
        x = x + (self.dropout(y) if self.training else y)  # (6.3.3)
        return x if self.norm_first else norm(x)  # (6.3.2)

    def check_memory(self, memory, batch_size):
        if self.cross:
            check_memory(memory, batch_size)
        elif memory is not None:
            raise ValueError("memory: this block has no cross-attention to look at it; build it with cross=True")


class TransformerStack(SequenceLayer):
    """Blocks one above the other, with positions below and a norm above: x (B, T, D) -> (B, T, D).

    positions: a layer that adds them, such as LearnedPositions, or None; norm: a module applied last (pre-norm wants
    one), or None; dropout: on what enters the first block. state = (state of the positions, (one `Cache` a block)).
    If its blocks look at a memory, forward and step want memory=stack.remember(encoded, lengths).
    """

    def __init__(self, blocks, *, positions=None, norm=None, dropout: float = 0.0):
        blocks = list(blocks)
        if not blocks:
            raise ValueError("blocks: expected at least one block, got none")
        super().__init__(blocks[0].input_size, blocks[-1].output_size)
        self.blocks, self.positions, self.dropout = nn.ModuleList(blocks), positions, nn.Dropout(dropout)
        self.norm = nn.Identity() if norm is None else norm
        self.causal = all(block.causal for block in blocks)

    def forward(self, x, state=None, *, lengths=None, memory=None):
        x, (place, caches) = self.checked(x, state, lengths)
        memory = self._memories(memory, len(x))
        if self.positions is not None:
            x, place = self.positions.add(x, place, lengths)
        x, caches = self._climb(x, caches, lengths, memory, stepping=False)
        return zero_beyond(x, lengths), (place, caches)

    def step(self, x_t, state, *, memory=None):
        if not self.causal:
            raise ValueError(TO_BOTH_SIDES)
        x_t, (place, caches) = self.checked_step(x_t, state)
        memory = self._memories(memory, len(x_t))
        if self.positions is not None:
            x_t, place = self.positions.add_step(x_t, place)
        x, caches = self._climb(x_t[:, None], caches, None, memory, stepping=True)
        return x[:, 0], (place, caches)

    def initial_state(self, batch_size):
        place = () if self.positions is None else self.positions.initial_state(batch_size)
        return place, tuple(block.initial_state(batch_size) for block in self.blocks)

    def remember(self, memory, lengths=None) -> tuple:
        """What each block looks at when it looks at the memory (B, S, D)."""
        return tuple(block.remember(memory, lengths) for block in self.blocks)

    def _climb(self, x, caches, lengths, memory, *, stepping):
        x, after = self.dropout(x), []
        for block, cache, of_block in zip(self.blocks, caches, memory, strict=True):
            x, cache = block.run(x, cache, lengths, of_block, stepping=stepping)
            after.append(cache)
        return self.norm(x), tuple(after)

    def _memories(self, memory, batch_size):
        memory = (None,) * len(self.blocks) if memory is None else memory
        if not isinstance(memory, tuple) or len(memory) != len(self.blocks):
            raise ValueError(f"memory: expected what remember returned, one part for each of {len(self.blocks)} blocks")
        for block, of_block in zip(self.blocks, memory, strict=True):
            block.check_memory(of_block, batch_size)
        return memory


def _check_kinds(norm, norm_kind):
    if norm not in ("pre", "post"):
        raise ValueError(f"norm: expected pre (before attention and network) or post (after), got {norm!r}")
    if norm_kind not in NORMS:
        raise ValueError(f"norm_kind: expected one of {', '.join(NORMS)}, got {norm_kind!r}")
