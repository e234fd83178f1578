"""What a hidden state shows: the distribution of an observation in each state.

K states, M symbols, D numbers in an observation. For `inference` and `learning` each of them knows how to check a
sequence, how probable it is in every state, and what to do with expected counts.
"""

import numpy as np

from seqmodels.markov import check_distributions


class Categorical:
    """Each state shows one of M symbols: probs[j, m] = b_j(m), rows sum to one.

    probs (K, M), float64. A sequence is a row (T,) of whole numbers from 0 to M - 1. Raises ValueError that names the
    row or the place at fault.
    """

    def __init__(self, probs):
        self.probs = np.array(probs, float)
        if self.probs.ndim != 2 or self.probs.size == 0:
            raise ValueError(f"probs has shape {self.probs.shape}; expected (K, M): a row a state, a column a symbol")
        check_distributions("probs", self.probs, range(len(self.probs)))
        self.n_states, self.n_symbols = self.probs.shape

    def check(self, x, name):
        x = np.asarray(x)
        if x.ndim != 1 or len(x) == 0 or x.dtype.kind not in "iu":
            raise ValueError(f"{name}: expected a row (T,) of whole numbers, got shape {x.shape}, dtype {x.dtype}")
        x = np.ascontiguousarray(x, np.int64)
        if x.view(np.uint64).max() >= self.n_symbols:  # what is negative reads as very large
            t = int(np.flatnonzero((x < 0) | (x >= self.n_symbols))[0])
            raise ValueError(f"{name}: expected symbols from 0 to {self.n_symbols - 1}, got {x[t]} at place {t}")
        return x

    def likelihood(self, x):
        """x (T, S) -> b (T, K, S), and the logarithm of what it was divided by: nothing."""
        return np.take(self.probs, x, axis=1).transpose(1, 0, 2), 0.0

    def log_likelihood(self, x):
        """x (T, S) -> log b (T, K, S)."""
        with np.errstate(divide="ignore"):
            return np.take(np.log(self.probs), x, axis=1).transpose(1, 0, 2)

    def statistics(self, x, gamma):
        """How often each state is expected to have shown each symbol: (K, M), which add up over sequences."""
        x = x.ravel()
        return np.stack([np.bincount(x, weights=g.ravel(), minlength=self.n_symbols)
                         for g in gamma.transpose(1, 0, 2)])  # fmt: skip

    def learned(self, shown, used, pseudocount):
        """(1.2.7): b_j(m) = expected times that state j showed m / times it was there. Not `used`: as it was."""
        shown = shown + pseudocount
        total = shown.sum(1, keepdims=True)
        keep = ~used[:, None] & (pseudocount == 0)
        return Categorical(np.where(keep, self.probs, shown / np.where(keep, 1, total)))

    def same(self, i, j):
        return np.allclose(self.probs[i], self.probs[j], rtol=1e-12, atol=0)

    def draw(self, states, rng):
        """One observation for each state (T,)."""
        heights = self.probs.cumsum(1)
        u = rng.random(len(states)) * heights[states, -1]
        return (u[:, None] >= heights[states]).sum(1)


class Gaussian:
    """Each state shows a number, or D independent ones, from a bell curve of its own.

    means, variances: (K,) for observations (T,), or (K, D) for observations (T, D). smallest_variance: no variance is
    learned below it. Without it `HMM.fit` refuses to go on when a state shrinks onto a single value, where the
    likelihood has no limit. Raises ValueError in words.
    """

    def __init__(self, means, variances, smallest_variance=None):
        self.means, self.variances = np.array(means, float), np.array(variances, float)
        if self.means.ndim not in (1, 2) or self.means.size == 0 or self.means.shape != self.variances.shape:
            raise ValueError(f"means has shape {self.means.shape} and variances {self.variances.shape}; "
                             "expected both (K,) or both (K, D)")  # fmt: skip
        if not np.isfinite(self.means).all():
            raise ValueError("means holds a number that is not finite")
        floor = 0 if smallest_variance is None else smallest_variance
        if not (np.isfinite(self.variances).all() and (self.variances > 0).all() and self.variances.min() >= floor):
            raise ValueError(f"variances holds {self.variances.min()}; expected finite numbers above 0"
                             + (f", at least smallest_variance = {floor}" if floor else ""))  # fmt: skip
        if smallest_variance is not None and not smallest_variance > 0:
            raise ValueError(f"smallest_variance is {smallest_variance}; expected more than 0, or None")
        self.smallest_variance, self.n_states = smallest_variance, len(self.means)

    def check(self, x, name):
        x, shape = np.asarray(x), self.means.shape[1:]
        if x.ndim != self.means.ndim or len(x) == 0 or x.shape[1:] != shape or x.dtype.kind not in "iuf":
            wanted = "(T,)" if not shape else f"(T, {shape[0]})"
            raise ValueError(f"{name}: expected numbers {wanted}, got shape {x.shape}, dtype {x.dtype}")
        if not np.isfinite(x).all():
            t = int(np.argwhere(~np.isfinite(x))[0][0])
            raise ValueError(f"{name}: expected finite numbers, got {x[t]} at place {t}")
        return x.astype(float, copy=False)

    def likelihood(self, x):
        """x (T, S) or (T, S, D) -> b (T, K, S), divided by the largest of the K; and the logarithm of that (T, S)."""
        log_b = self.log_likelihood(x)
        largest = log_b.max(1)
        largest[largest == -np.inf] = 0.0
        log_b -= largest[:, None]
        return np.exp(log_b, out=log_b), largest

    def log_likelihood(self, x):
        """x (T, S) or (T, S, D) -> log b (T, K, S): log of N(x; mean, variance)."""
        x = x.reshape(*x.shape[:2], -1)  # (T, S, D)
        means, variances = (a.reshape(self.n_states, -1, 1) for a in (self.means, self.variances))  # (K, D, 1)
        log_b = np.zeros((len(x), self.n_states, x.shape[1]))
        with np.errstate(over="ignore"):  # far beyond all states: log b = -inf
            for d in range(x.shape[2]):
                log_b -= (x[:, None, :, d] - means[:, d]) ** 2 / (2 * variances[:, d])
        return log_b - 0.5 * np.log(2 * np.pi * variances).sum(1)

    def statistics(self, x, gamma):
        """(3, ...): sums of gamma, gamma d and gamma d^2, where d = x - the old mean, so that no digit is lost."""
        x = x.reshape(*x.shape[:2], -1)  # (T, S, D)
        means = self.means.reshape(self.n_states, -1)  # (K, D)
        sums = np.empty((3, *means.shape))
        for j, d in np.ndindex(means.shape):
            away = x[..., d] - means[j, d]  # (T, S)
            sums[:, j, d] = gamma[:, j].sum(), (gamma[:, j] * away).sum(), (gamma[:, j] * away**2).sum()
        return sums.reshape(3, *self.means.shape)

    def learned(self, sums, used, pseudocount):
        """(1.2.7) for bell curves: the mean and variance of all observations, weighted with gamma."""
        used = used.reshape(-1, *(1,) * (self.means.ndim - 1))
        weight = np.where(used, sums[0], 1)
        means = self.means + np.where(used, sums[1] / weight, 0)
        variances = np.where(used, sums[2] / weight - (means - self.means) ** 2, self.variances)
        if self.smallest_variance is not None:
            variances = np.maximum(variances, self.smallest_variance)
        elif (collapsed := ~(variances > 1e-12 * self._spread(sums))).any():
            j = int(np.argwhere(collapsed)[0][0])
            raise ValueError(
                f"state {j} has shrunk onto a single value ({np.ravel(means[j])[0]:.6g}), and with variance 0 the "
                "likelihood has no limit. What was learned before is kept. Start elsewhere, use fewer states, or set "
                "a limit: Gaussian(means, variances, smallest_variance=...)"
            )
        return Gaussian(means, variances, self.smallest_variance)

    def _spread(self, sums):
        """The variance of all observations together, whatever their state."""
        weight = sums[0].sum(0)
        away = self.means - (sums[0] * self.means + sums[1]).sum(0) / weight
        return (sums[2] + 2 * away * sums[1] + away**2 * sums[0]).sum(0) / weight

    def same(self, i, j):
        pairs = ((a[i], a[j]) for a in (self.means, self.variances))
        return all(np.allclose(a, b, rtol=1e-12, atol=1e-12) for a, b in pairs)

    def draw(self, states, rng):
        """One observation for each state (T,)."""
        return self.means[states] + np.sqrt(self.variances[states]) * rng.standard_normal(self.means[states].shape)
