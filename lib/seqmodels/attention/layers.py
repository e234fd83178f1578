"""Self-attention with a cache, and cross-attention. Shapes and symbols: see seqmodels.attention."""

import torch

from seqmodels.attention.formula import checked_mask, may_see
from seqmodels.attention.heads import Cache, CrossMemory, Heads, through
from seqmodels.checks import check_like, check_numbers, check_shape
from seqmodels.padding import is_real, zero_beyond
from seqmodels.positions import inside
from seqmodels.recurrent import _check_sizes


class MultiHeadAttention(Heads):
    """Self-attention: x (B, T, D) -> y (B, T, D); state = the `Cache` of keys and values.

    d_model D; n_heads H; n_kv_heads G: fewer heads that answer, 1 is multi-query, between is grouped-query attention;
    head_size E; causal: see the past alone (otherwise everything, and `step` raises); bias: of the four projections;
    positions: None, "rotary", "alibi", "relative" or an object of seqmodels.positions; window: see only the last so
    many elements (the cache keeps all); scale: of the scores, 1/√E unless you say, 1 in T5.
    forward(x, mask=…) takes away more: boolean, broadcasts to (B, H, T, K), where K counts what is in the cache too.
    Source: Vaswani and others (2017), 3.2.2.
    Held to torch.nn.MultiheadAttention, values and gradients, by tests/unit/test_attention.py.
    """

    def __init__(self, d_model: int, n_heads: int, *, n_kv_heads: int | None = None, head_size: int | None = None,
                 causal=True, bias=True, positions=None, window: int | None = None,
                 scale: float | None = None):  # fmt: skip
        super().__init__(d_model, d_model, n_heads, n_kv_heads, head_size, bias, scale, "B G T E")
        if window is not None:
            _check_sizes(window=window)
        self.causal, self.window = causal, window
        self.positions = inside(positions, n_heads, causal)

    def forward(self, x, state=None, *, lengths=None, mask=None):
        x, state = self.checked(x, state, lengths)
        return self.attend(x, state, lengths, mask)

    def step(self, x_t, state):
        if not self.causal:
            raise ValueError("step: attention that is not causal must see the end of the sequence before its "
                             "beginning; call forward on the whole sequence")  # fmt: skip
        x_t, state = self.checked_step(x_t, state)
        y, state = self.attend(x_t[:, None], state, stepping=True)
        return y[:, 0], state

    def initial_state(self, batch_size):
        nothing = self.zeros(batch_size, self.n_kv_heads, 0, self.head_size)
        return Cache(nothing, nothing, self.zeros(batch_size, 0).long())

    def attend(self, x, state, lengths=None, mask=None, *, stepping=False):
        """`forward`, and with T = 1 `step`, without their checks."""
        cache, steps = Cache(*state), torch.arange(x.shape[1], device=x.device)
        fresh = cache.positions.shape[1] == 0
        now = steps[None] if fresh else cache.count[:, None] + steps  # (B, T), or (1, T) if the same for all
        query, key, value = self.split(self.to_query(x)), self.split(self.to_key(x)), self.split(self.to_value(x))
        if self.positions is not None:
            query, key = self.positions.turn(query, key, now)
        query, key, value = (through(*pair, stepping) for pair in
                             ((self.query, query), (self.key, key), (self.value, value)))  # fmt: skip
        standing = now.expand(x.shape[:2]) if lengths is None else torch.where(is_real(lengths, len(steps)), now, -1)
        cache = cache.grown(key, value, standing)
        bias = None if self.positions is None else self.positions.bias(now, now if fresh else cache.positions)
        bias = None if bias is None else bias.to(x.dtype)
        seen = self._seen(now, cache, lengths, mask, fresh, stepping)
        y = self.look(query, cache.keys, cache.values, seen, bias, stepping=stepping,
                      sure=lengths is None and mask is None)  # fmt: skip
        return zero_beyond(y, lengths), cache

    def _seen(self, now, cache, lengths, mask, fresh, stepping):
        """Who may see whom: (B, 1, T, K); None where that is the triangle, or everything."""
        watched = self.scores.active or self.weights.active
        if fresh and mask is None and self.window is None and (lengths is None or (self.causal and not watched)):
            return None
        seen = (cache.positions >= 0)[:, None]  # (B, 1, K)
        if not stepping or self.window is not None:  # otherwise all that is there is the past
            seen = seen & may_see(now, cache.positions, self.window, self.causal)
        if lengths is not None:
            seen = seen & is_real(lengths, now.shape[1])[..., None]
        seen = seen[:, None]
        return seen if mask is None else seen & checked_mask(mask, (len(seen), self.n_heads, *seen.shape[2:]))


class CrossAttention(Heads):
    """Attention from one sequence to another: x (B, T, D) asks, the memory (B, S, M) answers -> (B, T, D).

    memory = layer.remember(encoded, lengths) once; then layer(x, memory) for whole sequences, layer.step(x_t, memory)
    for one element. It keeps no state of its own. Settings as in `MultiHeadAttention`; memory_size M is d_model unless
    you say. Held to torch.nn.MultiheadAttention by tests/unit/test_attention.py.
    """

    causal = False

    def __init__(self, d_model: int, n_heads: int, *, memory_size: int | None = None, n_kv_heads: int | None = None,
                 head_size: int | None = None, bias=True, scale: float | None = None):  # fmt: skip
        memory_size = d_model if memory_size is None else memory_size
        super().__init__(d_model, memory_size, n_heads, n_kv_heads, head_size, bias, scale, "B G S E")
        self.memory_size = memory_size

    def remember(self, memory, lengths=None) -> CrossMemory:
        """Keys and values of the memory (B, S, M), of whose elements `lengths` (B,) are real."""
        check_like(self, memory, "memory")
        check_shape(memory, ("B", "S", self.memory_size), "memory")
        steps = memory.shape[1]
        lengths = torch.full(memory.shape[:1], steps, device=memory.device) if lengths is None else lengths
        memory = zero_beyond(memory, lengths)
        key, value = self.key(self.split(self.to_key(memory))), self.value(self.split(self.to_value(memory)))
        return CrossMemory(key, value, is_real(lengths, steps))

    def forward(self, x, memory: CrossMemory):
        check_like(self, x, "x")
        check_shape(x, ("B", "T", self.input_size), "x")
        check_numbers(x, "x")
        check_memory(memory, len(x))
        return self.attend(x, memory)

    def step(self, x_t, memory: CrossMemory):
        check_like(self, x_t, "x_t")
        check_shape(x_t, ("B", self.input_size), "x_t")
        check_memory(memory, len(x_t))
        return self.attend(x_t[:, None], memory, stepping=True)[:, 0]

    def attend(self, x, memory, *, stepping=False):
        """`forward`, and with T = 1 `step`, without their checks."""
        query = through(self.query, self.split(self.to_query(x)), stepping)
        return self.look(query, memory.keys, memory.values, memory.real[:, None, None], None, stepping=stepping,
                         sure=False)  # fmt: skip


def check_memory(memory, batch_size):
    if not isinstance(memory, CrossMemory):
        raise ValueError(f"memory: expected the CrossMemory that remember returned, got {type(memory).__name__}")
    if len(memory.real) != batch_size:
        raise ValueError(f"memory: expected {batch_size} sequences like x, got {len(memory.real)}")
