"""Where am I? Attention alone sees a set. These are the ways to tell it the order.

    t, s   positions of the element that asks and of the one that is asked, 0, 1, 2, …      D  d_model
    P_t    (D,) what is added to the element at t          R_t  (E, E) rotation of queries and keys at t, E head_size
    b      (H, Q, K) what is added to the scores           H  n_heads

*Added* to the input, once, below all layers: `LearnedPositions`, `SinusoidalPositions`. They are sequence layers whose
state is the offset, how many elements came before.
*Inside* attention, in each layer: `Rotary`, `ALiBi`, `RelativeBias`. These know nothing of a state: attention tells
them the positions of its queries and of the keys in its cache.
"""

import math

import torch
from torch import nn

from seqmodels.layer import SequenceLayer
from seqmodels.padding import zero_beyond
from seqmodels.probes import Probe
from seqmodels.recurrent import _check_sizes

# ---------------------------------------------------------------- added to the input


def sinusoidal(length, d_model: int, offset: int = 0):
    """A row of sines and cosines for each position: (length, D), in float32.

    P_{t, 2i} = sin(t / 10000^{2i/D}),   P_{t, 2i+1} = cos(t / 10000^{2i/D}),   t = offset, offset + 1, …
    Source: Vaswani and others (2017), 3.5. Held by tests/unit/test_positions.py to the formula and to its property,
    that P_{t+k} is a rotation of P_t which does not depend on t.
    """
    _check_sizes(length=length, d_model=d_model)
    return _sines(torch.arange(offset, offset + length), d_model).float()


def _sines(positions, d_model):
    """Positions (…) -> (…, D) in float64 where there is one: sin(t) of a large t needs all its digits."""
    dtype = torch.float32 if positions.device.type == "mps" else torch.float64
    rates = 10000.0 ** (-torch.arange(0, d_model, 2, device=positions.device, dtype=dtype) / d_model)  # (D/2,)
    angles = positions[..., None] * rates  # (…, D/2)
    return torch.stack([angles.sin(), angles.cos()], -1).flatten(-2)[..., :d_model]  # (6.2.1) (…, D)


class AddedPositions(SequenceLayer):
    """x_t + P_t. A subclass writes `rows(positions (B, T)) -> (B, T, D)`; state = (offset (B,) int64,).

    Probe `positioned` "B T D": the sum.
    """

    def __init__(self, d_model: int):
        super().__init__(d_model, d_model)
        self.positioned = Probe("B T D")

    def rows(self, positions):
        raise NotImplementedError(f"{type(self).__name__} has no rows")

    def forward(self, x, state=None, *, lengths=None):
        x, state = self.checked(x, state, lengths)
        y, state = self.add(x, state, lengths)
        return zero_beyond(y, lengths), state

    def step(self, x_t, state):
        return self.add_step(*self.checked_step(x_t, state))

    def initial_state(self, batch_size):
        return (self.zeros(batch_size).long(),)

    def add(self, x, state, lengths=None):
        """`forward` without its checks, and with rows at the padding too."""
        offset = state[0].to(x.device)
        seen = offset + (x.shape[1] if lengths is None else lengths)  # (B,)
        positions = offset[:, None] + torch.arange(x.shape[1], device=x.device)  # (B, T)
        positions = torch.minimum(positions, seen[:, None] - 1)  # padding repeats the last real position
        return self.positioned(x + self.rows(positions).to(x.dtype)), (seen,)  # (6.2.2)

    def add_step(self, x_t, state):
        """`step` without its checks."""
        offset = state[0].to(x_t.device)
        return self.positioned(x_t + self.rows(offset).to(x_t.dtype)), (offset + 1,)


class SinusoidalPositions(AddedPositions):
    """Adds sines and cosines, see `sinusoidal`. Nothing to learn, and a row for every position there is."""

    def rows(self, positions):
        return _sines(positions, self.input_size)


class LearnedPositions(AddedPositions):
    """Adds one learned row for each of `max_length` positions; ValueError where a sequence is longer.

    Source: Gehring and others (2017); used by GPT-2 and BERT.
    """

    def __init__(self, max_length: int, d_model: int):
        _check_sizes(max_length=max_length, d_model=d_model)
        super().__init__(d_model)
        self.max_length = max_length
        self.table = nn.Embedding(max_length, d_model)

    def rows(self, positions):
        last = int(positions.max())
        if last >= self.max_length:
            raise ValueError(f"x: goes on to position {last}, but there are only {self.max_length} learned positions, "
                             f"0 to {self.max_length - 1} (max_length)")  # fmt: skip
        return self.table(positions)


# ---------------------------------------------------------------- inside attention


class InsidePositions(nn.Module):
    """What attention asks: `turn` for queries and keys, `bias` for scores. By default neither does anything."""

    def turn(self, query, key, positions):
        """Query (B, H, T, E) and key (B, G, T, E) at positions (B, T), or (1, T) if the same for all sequences."""
        return query, key

    def bias(self, query_positions, key_positions):
        """What to add to the scores, (B, H, Q, K), at positions (B, Q) and (B, K); None for nothing."""
        return None


def rotary(x, positions, base: float = 10000.0, *, interleaved: bool = False):
    """Turn each pair of features of x (…, T, E) by an angle that grows with its position (…, T): R_t x_t.

    R_t turns pair i by t · base^{-2i/E}. Then R_t q · R_s k hangs on t - s alone.
    Which features make a pair is a convention that the weights must share: by default i and i + E/2 (the two halves,
    as in GPT-NeoX and Llama), with `interleaved` 2i and 2i + 1 (as in the paper and GPT-J).
    Source: Su and others (2021). Held by tests/unit/test_positions.py.
    """
    if x.shape[-1] % 2:
        raise ValueError(f"x: rotary positions turn pairs of features, expected an even number, got {x.shape[-1]}")
    rates = base ** (-torch.arange(0, x.shape[-1], 2, device=x.device, dtype=_exact(x)) / x.shape[-1])  # (E/2,)
    angles = positions[..., None] * rates  # (…, T, E/2)
    cos, sin = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
    first, second = x.unflatten(-1, (-1, 2)).unbind(-1) if interleaved else x.chunk(2, -1)  # (…, T, E/2)
    turned = first * cos - second * sin, first * sin + second * cos  # (6.2.3)
    return torch.stack(turned, -1).flatten(-2) if interleaved else torch.cat(turned, -1)


def _exact(x):
    return torch.float64 if x.dtype == torch.float64 else torch.float32


class Rotary(InsidePositions):
    """Rotary positions, see `rotary`. Keys are turned before they enter the cache."""

    def __init__(self, base: float = 10000.0, *, interleaved: bool = False):
        super().__init__()
        self.base, self.interleaved = base, interleaved

    def turn(self, query, key, positions):
        both = torch.cat([query, key], 1)  # (B, H + G, T, E): one turn for the two
        turned = rotary(both, positions[:, None], self.base, interleaved=self.interleaved)
        return turned.split([query.shape[1], key.shape[1]], 1)


def alibi_slopes(n_heads: int):
    """How fast each head forgets what is far: (H,), 2^{-8/H}, 2^{-16/H}, … 2^{-8} if H is a power of two.

    Otherwise those of the power of two below, and then every second one of twice that power, as the authors do.
    """
    _check_sizes(n_heads=n_heads)
    below = 2 ** int(math.log2(n_heads))
    steps = [8 * (h + 1) / below for h in range(below)] + [4 * (2 * h + 1) / below for h in range(n_heads - below)]
    return torch.tensor([2.0**-step for step in steps])


def alibi(query_positions, key_positions, slopes):
    """b_{h,t,s} = -slope_h · |t - s|: (B, H, Q, K), from positions (B, Q), (B, K) and slopes (H,).

    A penalty that grows with the distance, to both sides alike, and nothing to learn.
    Source: Press, Smith and Lewis (2022).
    """
    distance = (query_positions[:, None, :, None] - key_positions[:, None, None, :]).abs()
    return -slopes[:, None, None] * distance  # (6.2.4)


class ALiBi(InsidePositions):
    """Attention with linear biases, see `alibi`."""

    def __init__(self, n_heads: int):
        super().__init__()
        self.register_buffer("slopes", alibi_slopes(n_heads), persistent=False)

    def bias(self, query_positions, key_positions):
        return alibi(query_positions, key_positions, self.slopes)


def relative_buckets(distance, buckets: int = 32, max_distance: int = 128, *, bidirectional: bool = True):
    """T5's drawers: distances s - t, int64 of any shape -> numbers from 0 to buckets - 1.

    The nearest half of the drawers hold one distance each; the others grow like a logarithm up to max_distance, and all
    that is farther shares the last. bidirectional: half of all drawers for what stands to the right; otherwise all are
    for the left, and the right is treated like distance 0.
    Source: Raffel and others (2020); the limits are those of their code.
    """
    right = 0
    if bidirectional:
        buckets //= 2
        right = (distance > 0) * buckets
        distance = distance.abs()
    else:
        distance = (-distance).clamp(min=0)
    single = buckets // 2
    share = torch.log(distance.clamp(min=1).float() / single) / math.log(max_distance / single)
    shared = (single + (share * (buckets - single)).long()).clamp(max=buckets - 1)
    return right + torch.where(distance < single, distance, shared)  # (6.2.5)


class RelativeBias(InsidePositions):
    """T5's positions: a learned number for each head and each drawer of distances, added to the score.

    bidirectional: for an encoder; a decoder has False. One object may be given to many layers, which then share it.
    """

    def __init__(self, n_heads: int, buckets: int = 32, max_distance: int = 128, *, bidirectional: bool):
        _check_sizes(n_heads=n_heads, buckets=buckets, max_distance=max_distance)
        least = 4 if bidirectional else 2
        if buckets < least or buckets % least or max_distance <= buckets // least:
            raise ValueError(f"buckets, max_distance: expected a multiple of {least} buckets and a max_distance beyond "
                             f"those that hold one distance each, got {buckets} and {max_distance}")  # fmt: skip
        super().__init__()
        self.buckets, self.max_distance, self.bidirectional = buckets, max_distance, bidirectional
        self.table = nn.Embedding(buckets, n_heads)
        nn.init.zeros_(self.table.weight)  # at first no distance is better than another

    def bias(self, query_positions, key_positions):
        distance = key_positions[:, None, :] - query_positions[..., None]  # (B, Q, K)
        drawer = relative_buckets(distance, self.buckets, self.max_distance, bidirectional=self.bidirectional)
        return self.table(drawer).movedim(-1, 1)  # (B, H, Q, K)


# ---------------------------------------------------------------- by name

ADDED, INSIDE = ("sinusoidal", "learned"), ("rotary", "alibi", "relative")


def added(name, d_model: int, max_length: int | None = None):
    """The layer below all others for positions by name; None for those that live inside attention, and for "none"."""
    if isinstance(name, InsidePositions):
        return None
    if name not in (*ADDED, *INSIDE, "none"):
        raise ValueError(f"positions: expected one of {', '.join([*ADDED, *INSIDE, 'none'])}, got {name!r}")
    if name == "learned" and max_length is None:
        raise ValueError("max_length: learned positions need to know how many there are, got None")
    if name == "learned":
        return LearnedPositions(max_length, d_model)
    return SinusoidalPositions(d_model) if name == "sinusoidal" else None


def inside(positions, n_heads: int, causal: bool):
    """What attention asks, by name or as an `InsidePositions` of its own; None for "none" and for those that are added.

    "rotary", "alibi", or "relative", which is T5's with 32 drawers up to a distance of 128.
    """
    if positions is None or isinstance(positions, InsidePositions):
        return positions
    if positions not in (*ADDED, *INSIDE, "none"):
        raise ValueError(f"positions: expected None, one of {', '.join(INSIDE)} or an InsidePositions, "
                         f"got {positions!r}")  # fmt: skip
    made = {"rotary": Rotary, "alibi": lambda: ALiBi(n_heads),
            "relative": lambda: RelativeBias(n_heads, bidirectional=not causal)}  # fmt: skip
    return made[positions]() if positions in made else None
