"""Baum-Welch: learning a hidden Markov model from observations alone, by expecting, counting and dividing."""

import itertools
import warnings

import numpy as np

from seqmodels.hmm import inference
from seqmodels.runtime import progress

USED = 1e-100  # expected visits below which a state counts as not used
ROUNDING = 1e-12  # falls of the likelihood that are this small, relative to it, are rounding


def fit(hmm, sequences, iterations, tolerance, pseudocount):
    """See `HMM.fit`."""
    history, before, warned = [], None, set()
    bar = progress(range(iterations), label="Baum-Welch")
    try:
        for i in bar:
            counts = ExpectedCounts(hmm, sequences)
            history.append(counts.log_likelihood)
            if _finished(hmm, history, before, tolerance, pseudocount):
                bar.total = i  # the end has come before the last of the iterations
                return history
            before = hmm.initial, hmm.transition, hmm.emission
            hmm.set_parameters(*learned(hmm, counts, pseudocount, warned))
            if len(history) == 1:
                _warn_if_the_same(before, hmm, counts.visits)
            bar.set_postfix_str(f"log-likelihood {counts.log_likelihood:.4f}", refresh=False)
        history.append(float(inference.log_likelihoods(hmm, sequences).sum()))
        _finished(hmm, history, before, tolerance, pseudocount)
    except KeyboardInterrupt:
        print(f"Interrupted after {len(history)} of {iterations} updates; what was learned is kept.")
    finally:
        bar.close()
    return history


class ExpectedCounts:
    """The E step: what we expect to have happened, summed over all sequences.

    first (K,): beginnings in each state; moves (K, K): transitions; visits (K,): time spent in each state; shown: what
    the emission counts; log_likelihood: of the present parameters, in nats.
    """

    def __init__(self, hmm, sequences):
        self.log_likelihood, self.first, self.moves, self.visits, self.shown = 0.0, 0, 0, 0, 0
        for found in inference.passes(hmm, sequences):
            self.log_likelihood += float(found.log_scale.sum())
            self.first = self.first + found.gamma[0].sum(1)
            self.moves = self.moves + found.moves
            self.visits = self.visits + found.gamma.sum((0, 2))
            self.shown = self.shown + hmm.emission.statistics(found.x, found.gamma)


def learned(hmm, counts, pseudocount, warned):
    """The M step, (1.2.7): counts divided by their sums. A row without counts stays as it was, with a warning."""
    first, moves = counts.first + pseudocount, counts.moves + pseudocount
    used, left = counts.visits > USED, moves.sum(1) > USED
    for j in np.flatnonzero(~(used & left)):
        if j not in warned:
            warned.add(j)
            _warn(f"nothing uses state {j}: no observation is explained by it, so there is nothing to learn from, and "
                  "its rows stay as they were; use fewer states, another start, or a pseudocount" if not used[j] else
                  f"nothing ever leaves state {j}: it is used only where sequences end, so its row of the transition "
                  "matrix stays as it was")  # fmt: skip
    rows = moves / np.where(left, moves.sum(1), 1)[:, None]
    transition = np.where(left[:, None], rows, hmm.transition)
    return first / first.sum(), transition, hmm.emission.learned(counts.shown, used, pseudocount)


def _finished(hmm, history, before, tolerance, pseudocount):
    """Has the last update brought less than `tolerance`? Where it fell by rounding, it is taken back."""
    if len(history) < 2:
        return False
    gain = history[-1] - history[-2]
    if pseudocount == 0 and -ROUNDING * max(1, abs(history[-1])) <= gain < 0:
        hmm.set_parameters(*before)
        history.pop()
        return True
    return gain < tolerance


def _warn_if_the_same(before, hmm, visits):
    """States that began with the same emission and have it still after an update will never part."""
    for i, j in itertools.combinations(range(hmm.n_states), 2):
        if min(visits[i], visits[j]) > USED and before[2].same(i, j) and hmm.emission.same(i, j):
            _warn(f"states {i} and {j} began the same, and after an update they show the same still: nothing in the "
                  "data can tell them apart, so they will never part; start from different rows, "
                  "such as HMM.random")  # fmt: skip


def _warn(message):
    warnings.warn(message, UserWarning, stacklevel=5)
