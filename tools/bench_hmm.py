"""The hidden Markov model against hmmlearn's compiled one (implementation="scaling"), for `python -m tools.bench`.

The first candidate, the measure of the other, is hmmlearn where it is installed (requirements-test.txt).
"""

import numpy as np

from seqmodels.hmm import HMM

SYMBOLS, STEPS, UPDATES = 16, 200, 5


def many_likelihood(count):
    """HMM, log-likelihood of so many sequences of 200 symbols, 8 states"""
    return _likelihood(*_many(count))


def many_viterbi(count):
    """HMM, Viterbi paths of so many sequences of 200 symbols, 8 states"""
    return _viterbi(*_many(count))


def many_learning(count):
    """HMM, five updates of Baum-Welch on so many sequences of 200 symbols, 8 states"""
    return _learning(*_many(count))


def long_likelihood(length):
    """HMM, log-likelihood of one sequence of so many symbols, 4 states"""
    return _likelihood(*_long(length))


def long_viterbi(length):
    """HMM, Viterbi path of one sequence of so many symbols, 4 states"""
    return _viterbi(*_long(length))


def long_learning(length):
    """HMM, five updates of Baum-Welch on one sequence of so many symbols, 4 states"""
    return _learning(*_long(length))


MANY = [many_likelihood, many_viterbi, many_learning]
LONG = [long_likelihood, long_viterbi, long_learning]


def _many(count):
    model, rng = HMM.random(8, SYMBOLS, np.random.default_rng(0)), np.random.default_rng(1)
    return model, [model.sample(STEPS, rng)[1] for _ in range(count)]


def _long(length):
    model = HMM.random(4, SYMBOLS, np.random.default_rng(0))
    return model, [model.sample(length, np.random.default_rng(1))[1]]


def _likelihood(model, sequences):
    other, joined = _hmmlearn(model), _joined(sequences)
    return _candidates(other, lambda: other.score(*joined), lambda: model.log_likelihood(sequences).sum())


def _viterbi(model, sequences):
    other, joined = _hmmlearn(model), _joined(sequences)
    return _candidates(other, lambda: other.decode(*joined)[0], lambda: sum(p for _, p in model.viterbi(sequences)))


def _learning(model, sequences):
    joined, start = _joined(sequences), HMM.random(model.n_states, SYMBOLS, np.random.default_rng(2))

    def theirs():
        return _hmmlearn(start).fit(*joined).transmat_

    def ours():
        learner = HMM(start.initial, start.transition, start.emission)
        learner.fit(sequences, iterations=UPDATES, tolerance=0)
        return learner.transition

    return _candidates(_hmmlearn(start), theirs, ours)


def _candidates(other, theirs, ours):
    return ({} if other is None else {"hmmlearn": theirs}) | {"seqmodels.HMM": ours}


def _joined(sequences):
    return np.concatenate(sequences)[:, None], [len(x) for x in sequences]


def _hmmlearn(model):
    """The same model in hmmlearn; None where it is not installed."""
    try:
        from hmmlearn.hmm import CategoricalHMM
    except ImportError:
        return None
    other = CategoricalHMM(model.n_states, n_features=SYMBOLS, implementation="scaling", init_params="",
                           n_iter=UPDATES, tol=-np.inf)  # fmt: skip
    other.startprob_, other.transmat_, other.emissionprob_ = model.initial, model.transition, model.emission.probs
    return other
