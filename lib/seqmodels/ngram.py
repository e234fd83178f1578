"""n-grams: predict a symbol from the n-1 symbols before it, by counting; and what to do where nothing was counted.

    n        order: an n-gram is a context of n-1 symbols and the symbol w after it
    g, g'    a context, and the same context without its oldest symbol
    c(gw)    how often w followed g; c(g) = sum_w c(gw)
    N(g)     kinds: how many different symbols followed g
    V        size of the vocabulary
    key      symbols as one whole number, digits in base V + 1, the oldest first; the digit V is the padding
"""

import math
from dataclasses import dataclass

import numpy as np
import torch

from seqmodels.checks import check_state, check_tokens, check_vocabulary

MIXING = ("witten-bell", "kneser-ney")  # the rules that ask shorter contexts
SMOOTHINGS = ("none", "add-k", *MIXING)


class NGram:
    """A table of counts that predicts: it keeps the last n-1 symbols and forgets the rest.

    order: n, 1 or more. vocab_size V. smoothing, the rule for p(w | g):
      "none"         maximum likelihood: what never followed g has probability 0; all alike after a g never seen
      "add-k"        every count is `k` larger
      "witten-bell"  mixed with shorter contexts, the more so the more different symbols followed g
      "kneser-ney"   interpolated: every count gives up `discount` to shorter contexts, which are asked not how often a
                     symbol came but in how many places; discount None: estimated, n1 / (n1 + 2 n2), for each length
    places: whether shorter contexts count places, (1.3.6), or occurrences. None: as the rule has it; with False
    "kneser-ney" is absolute discounting, and True gives Witten-Bell the same idea.
    Each rule sums to one in every context, seen or not. Contexts may hold the padding symbol V, which stands for
    everything before the beginning. Numbers are float64 NumPy, likelihoods natural logarithms; only `step` is torch.
    Sources: Witten and Bell 1991 (method C); Ney, Essen and Kneser 1994 (discount); Kneser and Ney 1995; Chen and
    Goodman 1999 for the interpolated forms. Held by tests/unit/test_ngram.py to a slow dictionary of the definitions.
    """

    def __init__(self, order, vocab_size, smoothing="kneser-ney", k=1.0, discount=None, places=None):
        _check_settings(order, vocab_size, smoothing, k, discount, places)
        self.order, self.vocab_size, self.smoothing = order, vocab_size, smoothing
        self.k, self.discount = k, discount
        self.places = smoothing == "kneser-ney" if places is None else places
        self._base, self._levels = vocab_size + 1, None

    def fit(self, sequences, start=None):
        """Count; what was counted before is forgotten. Returns the model.

        sequences: a list of int64 tensors or arrays (T,). start: a symbol read before each, which is not itself
        predicted (None: nothing); before that stands padding. No n-gram reaches across a border.
        """
        sequences = list(sequences)
        if not sequences:
            raise ValueError("sequences: expected at least one sequence, got none")
        windows = [self._windows(sequence, start, f"sequences[{i}]") for i, sequence in enumerate(sequences)]
        self._levels = self._count(self._keys(np.concatenate(windows)))
        return self

    def _count(self, grams):
        """Tables for contexts of 0, 1, … n-1 symbols; grams: all n-grams, as keys."""
        mixes = self.smoothing in MIXING
        levels = []
        for length in range(self.order - 1, -1 if mixes else self.order - 2, -1):
            found, counts = np.unique(grams % self._base ** (length + 1), return_counts=True)
            levels.append(_Level.of(length, found, counts, self._base, self.discount))
            if self.places:
                grams = found  # (1.3.6): from here on c(gw) = |{v : c(vgw) > 0}|
        return levels[::-1]

    def _probability(self, contexts, symbols):
        """p(w | g) for keys of g and ids of w, arrays that broadcast."""
        p = 1 / self.vocab_size  # before any count all symbols are alike
        for level in self._levels:  # from the shortest context to the longest
            count, total, kinds = level.look_up(contexts, symbols)
            estimate = self._estimate(count, total, kinds, p, level.discount)
            p = np.where(total > 0, estimate, p)  # a g never seen says nothing
        return p

    def _estimate(self, count, total, kinds, shorter, d):
        """p(w | g) from c(gw), c(g), N(g) and the estimate p(w | g')."""
        total = np.maximum(total, 1)  # what is made of c(g) = 0 is not used
        if self.smoothing == "none":
            return count / total  # (1.3.2)
        if self.smoothing == "add-k":
            return (count + self.k) / (total + self.k * self.vocab_size)  # (1.3.3)
        if self.smoothing == "witten-bell":
            return (count + kinds * shorter) / (total + kinds)  # (1.3.4)
        return (np.maximum(count - d, 0) + d * kinds * shorter) / total  # (1.3.5)

    def probabilities(self, contexts):
        """p(w | g) of every symbol after each context: contexts (B, n-1), ids below V or the padding V -> (B, V)."""
        self._check_fitted()
        contexts = _ids(contexts, "contexts", 2, self.vocab_size)
        if contexts.shape[1] != self.order - 1:
            raise ValueError(f"contexts: expected shape (B, {self.order - 1}) for order {self.order}, "
                             f"got {contexts.shape}")  # fmt: skip
        return self._probability(self._keys(contexts)[:, None], np.arange(self.vocab_size))

    def log_prob(self, sequence, start=None):
        """log p of each symbol of a sequence (T,), given those before it: (T,) nats; -inf for an impossible one."""
        self._check_fitted()
        grams = self._keys(self._windows(sequence, start, "sequence"))
        with np.errstate(divide="ignore"):
            return np.log(self._probability(grams // self._base, grams % self._base))

    def knows(self, sequence, start=None):
        """Was the whole context of each symbol seen when counting? (T,) booleans, beside `log_prob`."""
        self._check_fitted()
        contexts = self._keys(self._windows(sequence, start, "sequence")[:, :-1])
        return np.isin(contexts, self._levels[-1].contexts)

    def bits_per_symbol(self, sequences, start=None):
        """Mean surprise of a symbol over all sequences, each read afresh: the protocol of `metrics.evaluate`."""
        log_probs = [self.log_prob(sequence, start) for sequence in sequences]
        if not log_probs:
            raise ValueError("sequences: expected at least one sequence, got none")
        # (1.3.1): log p(x_1 … x_T) = sum_t log p(x_t | x_1 … x_{t-1}), and one bit is log 2
        return float(-np.concatenate(log_probs).mean() / math.log(2))

    @property
    def size(self):
        """How many counts are stored, over contexts of every length."""
        self._check_fitted()
        return sum(len(level.grams) for level in self._levels)

    def initial_state(self, batch_size):
        """Nothing read: contexts (B, n-1) of padding."""
        return torch.full((batch_size, self.order - 1), self.vocab_size)

    def step(self, token, state):
        """Read token (B,); log-probabilities (B, V) of the next one, float64, and the context (B, n-1) kept."""
        check_tokens(token, ("B",), "token")
        check_vocabulary(token, self.vocab_size, "token")
        check_state(state, self.initial_state(1), len(token))
        state = torch.cat([state, token[:, None]], 1)[:, 1:]  # (B, n-1)
        with np.errstate(divide="ignore"):
            return torch.from_numpy(np.log(self.probabilities(state))), state

    def _windows(self, sequence, start, name):
        """Each symbol of a sequence behind its context: (T, n)."""
        before = np.full(self.order - 1, self.vocab_size)
        if start is not None:
            if not isinstance(start, int) or not 0 <= start < self.vocab_size:
                raise ValueError(f"start: expected an id from 0 to {self.vocab_size - 1} or None, got {start!r}")
            before = np.append(before, start)[1:]
        symbols = _ids(sequence, name, 1, self.vocab_size - 1)
        return np.lib.stride_tricks.sliding_window_view(np.concatenate([before, symbols]), self.order)

    def _keys(self, symbols):
        """(B, m) symbols -> (B,) keys."""
        return symbols @ self._base ** np.arange(symbols.shape[1])[::-1]

    def _check_fitted(self):
        if self._levels is None:
            raise ValueError("the model has counted nothing yet; call fit(sequences) first")


@dataclass(frozen=True)
class _Level:
    """What was counted after contexts of one length. Keys are sorted, so that looking one up is a binary search."""

    length: int
    base: int
    grams: np.ndarray  # (G,) keys of gw
    counts: np.ndarray  # (G,) c(gw)
    contexts: np.ndarray  # (H,) keys of g
    totals: np.ndarray  # (H,) c(g)
    kinds: np.ndarray  # (H,) N(g)
    discount: float

    @classmethod
    def of(cls, length, grams, counts, base, discount):
        contexts, first = np.unique(grams // base, return_index=True)
        totals, kinds = np.add.reduceat(counts, first), np.diff(first, append=len(grams))
        if discount is None:
            once, twice = np.sum(counts == 1), np.sum(counts == 2)
            # the part of a count that new text does not repeat; 1/2 where nothing was counted once to tell by
            discount = float(once / (once + 2 * twice)) if once else 0.5
        return cls(length, base, grams, counts, contexts, totals, kinds, discount)

    def look_up(self, contexts, symbols):
        """c(gw), c(g) and N(g), 0 where never seen; of the contexts only the last `length` symbols matter."""
        h = contexts % self.base**self.length
        (count,) = _find(self.grams, h * self.base + symbols, self.counts)
        return count, *_find(self.contexts, h, self.totals, self.kinds)


def _find(keys, wanted, *columns):
    """The entries of each column at the wanted keys, 0 where there is none."""
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    found = keys[at] == wanted
    return [np.where(found, column[at], 0) for column in columns]


def _ids(values, name, dimensions, highest):
    """Symbols as a NumPy array; ValueError unless int64, of so many dimensions, not empty, from 0 to `highest`."""
    values = np.asarray(values)
    if values.dtype != np.int64 or values.ndim != dimensions or len(values) == 0:
        raise ValueError(f"{name}: expected int64 ids with {dimensions} dimension(s), at least one, "
                         f"got {values.dtype} {values.shape}")  # fmt: skip
    if values.size and not 0 <= values.min() <= values.max() <= highest:
        raise ValueError(f"{name}: expected ids from 0 to {highest}, got ids from {values.min()} to {values.max()}")
    return values


def _check_settings(order, vocab_size, smoothing, k, discount, places):
    for name, value in (("order", order), ("vocab_size", vocab_size)):
        if not isinstance(value, int) or value < 1:
            raise ValueError(f"{name}: expected a whole number, 1 or more, got {value!r}")
    if (vocab_size + 1) ** order > 2**63 - 1:
        raise ValueError(f"order: {order} symbols of {vocab_size} kinds do not fit a 64-bit key; expected order "
                         f"{int(63 / math.log2(vocab_size + 1))} or less")  # fmt: skip
    if smoothing not in SMOOTHINGS:
        raise ValueError(f"smoothing: expected one of {', '.join(SMOOTHINGS)}, got {smoothing!r}")
    if places and smoothing not in MIXING:
        raise ValueError(f"places: {smoothing!r} asks no shorter contexts; expected None or False, got {places!r}")
    if not 0 < k < math.inf:
        raise ValueError(f"k: expected a number above 0, got {k}; to add nothing, take smoothing='none'")
    if discount is not None and not 0 < discount <= 1:
        raise ValueError(f"discount: expected more than 0 and at most 1, or None to estimate it, got {discount}")
