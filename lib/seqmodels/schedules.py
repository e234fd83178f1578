"""What to practise, and when: the order of the examples, and how often a model reads its own words.

Indices rather than examples: each of `length_buckets` and `curriculum` says which rows make a batch, whatever they are.
`crops` cuts a text.
"""

import math

import torch

# ---------------------------------------------------------------- scheduled sampling


def scheduled_sampling(decay: str = "linear", *, k: float, c: float | None = None, floor: float = 0.0):
    """How often the true last word is fed while training, by step i = 0, 1, 2, …: step -> ε in [0, 1].

        linear           ε = max(floor, k - c i)                    k ≤ 1, c > 0
        exponential      ε = k^i                                    0 < k < 1
        inverse sigmoid  ε = k / (k + exp(i / k))                   k ≥ 1, one half at i = k log k

    decay: "linear", "exponential" or "inverse sigmoid". For `TranslationLoss(teacher_forcing=…)` of seqmodels.seq2seq.
    Source: Bengio, Vinyals, Jaitly and Shazeer (2015). Held by tests/unit/test_schedules.py.
    """
    if decay not in ("linear", "exponential", "inverse sigmoid"):
        raise ValueError(f"decay: expected linear, exponential or inverse sigmoid, got {decay!r}")
    if decay == "linear":
        if not 0 < k <= 1 or c is None or not c > 0 or not 0 <= floor <= k:
            raise ValueError(f"k, c, floor: a linear decay needs 0 < k ≤ 1, c > 0 and 0 ≤ floor ≤ k, "
                             f"got k {k}, c {c}, floor {floor}")  # fmt: skip
        return lambda step: max(floor, k - c * step)
    if c is not None or floor != 0:
        raise ValueError(f"c, floor: only a linear decay has them, got c {c}, floor {floor} with {decay}")
    if decay == "exponential":
        if not 0 < k < 1:
            raise ValueError(f"k: an exponential decay needs 0 < k < 1, got {k}")
        return lambda step: k**step
    if not k >= 1:
        raise ValueError(f"k: an inverse sigmoid decay needs k ≥ 1, got {k}")
    return lambda step: 1 / (1 + math.exp(min(step / k - math.log(k), 700.0)))  # as written overflows where i is large


# ---------------------------------------------------------------- which examples, in which order


def length_buckets(lengths, batch_size: int, *, generator=None) -> list:
    """Batches of examples of about the same length, so that little of a batch is padding: index tensors.

    lengths (N,) int64. Every example is in exactly one batch; the last of the batches by length may be smaller. Which
    of equally long examples meet, and the order of the batches, are drawn from `generator`.
    """
    _check_lengths(lengths, batch_size)
    shuffled = torch.randperm(len(lengths), generator=generator)
    by_length = shuffled[lengths[shuffled].sort(stable=True).indices]
    batches = by_length.split(batch_size)
    return [batches[i] for i in torch.randperm(len(batches), generator=generator)]


def crops(tokens, batch_size: int, length: int, *, generator=None):
    """Pieces of a long text (N,), each from a place drawn anew: batches (B, length + 1) without end.

    For models that begin each piece afresh; those that carry a state read on, see `truncated_bptt_batches`. Every place
    at which a whole piece fits is equally likely. ValueError where none does. Held by tests/unit/test_schedules.py.
    """
    for name, value in (("batch_size", batch_size), ("length", length)):
        if not isinstance(value, int) or value < 1:
            raise ValueError(f"{name}: expected a whole number, 1 or more, got {value!r}")
    if tokens.dim() != 1 or len(tokens) < length + 1:
        raise ValueError(f"tokens: expected one text (N,) of at least length + 1 = {length + 1} tokens, "
                         f"got shape {tuple(tokens.shape)}")  # fmt: skip
    return _crops(tokens, batch_size, length, generator)


def _crops(tokens, batch_size, length, generator):
    steps = torch.arange(length + 1)
    while True:
        begin = torch.randint(len(tokens) - length, (batch_size, 1), generator=generator)
        yield tokens[begin + steps]


def curriculum(lengths, batch_size: int, steps: int, *, begin: int | None = None, grown: float = 0.5, generator=None):
    """Short examples first: `steps` batches (index tensors) drawn from those no longer than a limit that grows.

    lengths (N,) int64. The limit rises in a straight line from `begin` (the shortest length, unless you say) to the
    longest, which it reaches after the share `grown` of the steps; from there on everything is drawn. Each example is
    drawn with equal chance among those allowed, with replacement.
    """
    _check_lengths(lengths, batch_size)
    shortest, longest = int(lengths.min()), int(lengths.max())
    begin = shortest if begin is None else begin
    if not shortest <= begin <= longest:
        raise ValueError(f"begin: expected {shortest} to {longest}, the lengths there are, got {begin}")
    if not isinstance(steps, int) or steps < 1:
        raise ValueError(f"steps: expected a whole number, 1 or more, got {steps!r}")
    if not 0 < grown <= 1:
        raise ValueError(f"grown: expected more than 0 and at most 1, a share of the steps, got {grown}")
    return _Curriculum(lengths, batch_size, steps, begin, grown, generator)


class _Curriculum:
    """The batches of `curriculum`; a second walk through them begins with the short examples again."""

    def __init__(self, lengths, batch_size, steps, begin, grown, generator):
        ordered, self.order = lengths.sort(stable=True)
        self.lengths, self.batch_size, self.steps = ordered, batch_size, steps
        self.begin, self.grown, self.generator = begin, grown, generator

    def __len__(self):
        return self.steps

    def limit(self, step: int) -> float:
        """The longest length that is drawn at this step."""
        longest = int(self.lengths[-1])
        return min(float(longest), self.begin + (longest - self.begin) * step / (self.grown * self.steps))

    def __iter__(self):
        for step in range(self.steps):
            allowed = int((self.lengths <= self.limit(step)).sum())
            yield self.order[torch.randint(allowed, (self.batch_size,), generator=self.generator)]


def _check_lengths(lengths, batch_size):
    if not isinstance(lengths, torch.Tensor) or lengths.dtype != torch.int64 or lengths.dim() != 1 or not len(lengths):
        came = (tuple(lengths.shape), lengths.dtype) if isinstance(lengths, torch.Tensor) else type(lengths).__name__
        raise ValueError(f"lengths: expected an int64 tensor (N,), one length for each example, got {came}")
    if not isinstance(batch_size, int) or batch_size < 1:
        raise ValueError(f"batch_size: expected a whole number, 1 or more, got {batch_size!r}")
