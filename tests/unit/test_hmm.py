"""HMM against an enumeration of every path, its clear forms, hmmlearn, and what must hold for any model."""

import itertools
import warnings

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from conftest import need
from seqmodels.decoding import generate
from seqmodels.hmm import HMM, Categorical, Gaussian, batch, blocked, forward_scan, inference, recursions
from seqmodels.metrics import evaluate

CASINO = HMM([0.5, 0.5], [[0.95, 0.05], [0.10, 0.90]], Categorical([[1 / 6] * 6, [0.1] * 5 + [0.5]]))


def random_model(n_states, n_symbols, seed, zeros=False):
    """With `zeros` about a third of the transitions and shown symbols cannot happen."""
    rng = np.random.default_rng(seed)
    model = HMM.random(n_states, n_symbols, rng)
    if not zeros:
        return model
    rows = [model.initial[None], model.transition, model.emission.probs]
    for p in rows:
        p[(rng.random(p.shape) < 0.35) & (p < p.max(1, keepdims=True))] = 0
        p /= p.sum(1, keepdims=True)
    return HMM(rows[0][0], rows[1], Categorical(rows[2]))


def bells(seed=0, dimensions=None):
    rng = np.random.default_rng(seed)
    shape = (3,) if dimensions is None else (3, dimensions)
    return HMM(rng.dirichlet(np.ones(3)), rng.dirichlet(np.ones(3), 3),
               Gaussian(3 * rng.standard_normal(shape), 0.3 + rng.random(shape)))  # fmt: skip


def copy(model):
    return HMM(model.initial, model.transition, model.emission)


def clear(model, x):
    return model.initial, model.transition, np.exp(model.emission.log_likelihood(x[:, None])[..., 0])


def assert_same_path(model, x, path, other):
    """The same, or as good: the same steps in another order are as probable, and then rounding decides."""
    if not np.array_equal(path, other):
        ours, theirs = (recursions.log_joint(*clear(model, x), p) for p in (path, other))
        assert ours == pytest.approx(theirs, rel=1e-13)
        assert isinstance(model.emission, Categorical), "between real numbers there are no ties"


# ---------------------------------------------------------------- every path


class EveryPath:
    """All K^T paths, one after the other: nothing here is shared with the library."""

    def __init__(self, model, x):
        n_states = len(model.initial)
        self.paths = list(itertools.product(range(n_states), repeat=len(x)))
        self.p = np.array([self.joint(model, x, path) for path in self.paths])
        self.total, self.posterior = self.p.sum(), np.zeros((len(x), n_states))
        self.moves, self.shown = np.zeros((n_states, n_states)), np.zeros_like(model.emission.probs)
        for path, p in zip(self.paths, self.p / self.total, strict=True):
            for t, (state, symbol) in enumerate(zip(path, x, strict=True)):
                self.posterior[t, state] += p
                self.shown[state, symbol] += p
            for a, b in itertools.pairwise(path):
                self.moves[a, b] += p

    @staticmethod
    def joint(model, x, path):
        p = model.initial[path[0]] * model.emission.probs[path[0], x[0]]
        for t in range(1, len(x)):
            p *= model.transition[path[t - 1], path[t]] * model.emission.probs[path[t], x[t]]
        return p


@pytest.mark.parametrize("zeros", [False, True])
@pytest.mark.parametrize("n_states, length, seed", [(1, 4, 0), (2, 1, 1), (2, 7, 2), (3, 6, 3), (4, 5, 4)])
def test_everything_equals_the_enumeration_of_every_path(n_states, length, seed, zeros):
    model = random_model(n_states, 3, seed, zeros)
    x = model.sample(length, np.random.default_rng(seed))[1]
    every = EveryPath(model, x)
    assert model.log_likelihood(x) == pytest.approx(np.log(every.total), rel=1e-12)
    assert model.posterior(x) == pytest.approx(every.posterior, abs=1e-12)
    path, log_prob = model.viterbi(x)
    best = [p for p, joint in zip(every.paths, every.p, strict=True) if joint > (1 - 1e-12) * every.p.max()]
    assert tuple(path) in best and (zeros or len(best) == 1)
    assert log_prob == pytest.approx(np.log(every.p.max()), rel=1e-12)
    for p, joint in zip(every.paths, every.p, strict=True):
        assert np.exp(recursions.log_joint(*clear(model, x), np.array(p))) == pytest.approx(joint, rel=1e-12)
    filtered, log_scale = model.forward(x)
    for t in range(length):
        so_far = EveryPath(model, x[: t + 1])
        assert filtered[t] == pytest.approx(so_far.posterior[t], abs=1e-12)
        assert log_scale[: t + 1].sum() == pytest.approx(np.log(so_far.total), rel=1e-12)
    assert filtered * model.backward(x) == pytest.approx(every.posterior, abs=1e-12)


def test_one_update_is_the_expected_counts_of_every_path():
    model = random_model(3, 4, 5)
    xs = [model.sample(n, np.random.default_rng(n))[1] for n in (6, 4, 5, 1)]
    every = [EveryPath(model, x) for x in xs]
    history = model.fit(xs, iterations=1)
    assert history[0] == pytest.approx(sum(np.log(e.total) for e in every), rel=1e-12)
    assert model.initial == pytest.approx(sum(e.posterior[0] for e in every) / 4, abs=1e-12)
    for learned, counts in ((model.transition, "moves"), (model.emission.probs, "shown")):
        total = sum(getattr(e, counts) for e in every)
        assert learned == pytest.approx(total / total.sum(1, keepdims=True), abs=1e-12)


# ---------------------------------------------------------------- clear forms and fast ones


@pytest.mark.parametrize("model", [CASINO, random_model(4, 5, 1), random_model(5, 4, 2, zeros=True), bells()])
@pytest.mark.parametrize("length", [1, 2, 97, 3001])
def test_the_public_methods_equal_the_clear_forms(model, length):
    x = model.sample(length, np.random.default_rng(length))[1]
    b = clear(model, x)
    filtered, scale = recursions.forward(*b)
    assert model.forward(x)[0] == pytest.approx(filtered, abs=1e-12)
    assert model.forward(x)[1] == pytest.approx(np.log(scale), abs=1e-12)
    assert model.log_likelihood(x) == pytest.approx(np.log(scale).sum(), rel=1e-12, abs=1e-12)
    assert model.backward(x) == pytest.approx(recursions.backward(*b[1:], scale), rel=1e-10)
    assert model.posterior(x) == pytest.approx(recursions.posterior(*b), abs=1e-12)
    path, log_prob = recursions.viterbi(*b)
    assert model.viterbi(x)[1] == pytest.approx(log_prob, rel=1e-12)
    assert_same_path(model, x, model.viterbi(x)[0], path)


def test_an_update_equals_the_clear_form():
    model = random_model(4, 5, 6)
    x = model.sample(5000, np.random.default_rng(0))[1]
    expected = recursions.baum_welch_step(model.initial, model.transition, model.emission.probs, x)
    model.fit(x, iterations=1)
    for found, wanted in zip((model.initial, model.transition, model.emission.probs), expected, strict=True):
        assert found == pytest.approx(wanted, abs=1e-12)


@pytest.mark.parametrize("length, n_pieces", [(2, 1), (10, 9), (100, 7), (101, 10), (500, 22)])
@pytest.mark.parametrize("zeros", [False, True])
def test_the_form_in_pieces_equals_the_clear_one(length, n_pieces, zeros):
    model = random_model(3, 4, 7, zeros)
    x = model.sample(length, np.random.default_rng(1))[1]
    initial, transition, b = clear(model, x)
    filtered, scale = recursions.forward(initial, transition, b)
    found, found_scale, known = blocked.forward(initial, transition, b, n_pieces)
    beta, moves = blocked.backward(transition, known)
    assert found == pytest.approx(filtered, abs=1e-13) and found_scale == pytest.approx(scale, abs=1e-13)
    assert beta == pytest.approx(recursions.backward(transition, b, scale), rel=1e-10)
    assert moves == pytest.approx(recursions.expected_transitions(initial, transition, b), abs=1e-10)
    sizes = blocked.log_likelihood(initial, transition, b, n_pieces)
    assert np.log(sizes).sum() == pytest.approx(np.log(scale).sum(), rel=1e-12)
    path, log_prob = recursions.viterbi(initial, transition, b)
    with np.errstate(divide="ignore"):
        found, found_log_prob = blocked.viterbi(np.log(initial), np.log(transition), np.log(b), n_pieces)
    assert_same_path(model, x, found, path)
    assert found_log_prob == pytest.approx(log_prob, rel=1e-12)


def test_pieces_survive_ties():
    fair = np.full((2, 2), 0.5)  # every path is as good as any other
    with np.errstate(divide="ignore"):
        for transition in (fair, np.eye(2), np.eye(2)[::-1]):
            log = np.log(np.full(2, 0.5)), np.log(transition), np.log(np.full((50, 2), 0.5))
            path, log_prob = blocked.viterbi(*log, 7)
            assert recursions.log_joint(*map(np.exp, log), path) == pytest.approx(log_prob, rel=1e-12)
            assert log_prob == pytest.approx(recursions.viterbi(*map(np.exp, log))[1], rel=1e-12)


@pytest.mark.parametrize("zeros", [False, True])
def test_logarithms_equal_the_clear_form(zeros):
    model = random_model(4, 5, 8, zeros)
    x = model.sample(200, np.random.default_rng(2))[1]
    initial, transition, b = clear(model, x)
    found = inference._logarithmic(model, 0, x)
    filtered, scale = recursions.forward(initial, transition, b)
    assert found.filtered[..., 0] == pytest.approx(filtered, abs=1e-12)
    assert found.log_scale[:, 0] == pytest.approx(np.log(scale), abs=1e-11)
    assert found.gamma[..., 0] == pytest.approx(recursions.posterior(initial, transition, b), abs=1e-12)
    assert found.moves == pytest.approx(recursions.expected_transitions(initial, transition, b), abs=1e-10)


@pytest.mark.parametrize("model", [random_model(3, 4, 9), random_model(3, 4, 9, zeros=True), bells(1), bells(2, 2)])
def test_sequences_of_different_lengths_are_read_as_one_by_one(model):
    rng = np.random.default_rng(3)
    xs = [model.sample(n, rng)[1] for n in (5, 1, 160, 133, 133, 2500, 2, 7, 141)]
    assert model.log_likelihood(xs) == pytest.approx([model.log_likelihood(x) for x in xs], rel=1e-13)
    for i, x in enumerate(xs):
        assert model.posterior(xs)[i] == pytest.approx(model.posterior(x), abs=1e-13)
        assert model.backward(xs)[i] == pytest.approx(model.backward(x), rel=1e-11)
        for found, alone in zip(model.forward(xs)[i], model.forward(x), strict=True):
            assert found == pytest.approx(alone, abs=1e-13)
        (path, log_prob), (path_alone, log_prob_alone) = model.viterbi(xs)[i], model.viterbi(x)
        assert np.array_equal(path, path_alone) and log_prob == pytest.approx(log_prob_alone, rel=1e-13)
    order = rng.permutation(len(xs))
    one, other = copy(model), copy(model)
    assert one.fit(xs, 3) == pytest.approx(other.fit([xs[i] for i in order], 3), rel=1e-12)
    assert one.transition == pytest.approx(other.transition, abs=1e-11)


def test_what_lies_beyond_an_end_is_never_read():
    rng = np.random.default_rng(4)
    transition, b, alive = rng.dirichlet(np.ones(3), 3), rng.random((6, 3, 4)), [4, 4, 3, 2, 2, 1]
    spoilt = b.copy()
    for t, n in enumerate(alive):
        spoilt[t, :, n:] = np.nan
    entering, after = np.full((3, 4), 1 / 3), np.ones((3, 4))
    results = []
    for these in (b, spoilt):
        filtered, scale = batch.forward(transition, these, alive, entering)
        delta = batch.best_scores(np.log(transition), np.log(these), alive, np.log(entering))
        results.append([filtered, scale, *batch.backward(transition, these, alive, filtered, scale, after),
                        batch.log_likelihood(transition, these, alive, entering),
                        batch.trace_back(np.log(transition), delta, alive)])  # fmt: skip
    for clean, dirty in zip(*results, strict=True):
        assert np.array_equal(clean, dirty)


def test_the_scan_equals_the_loop():
    for model, length in [(CASINO, 1), (CASINO, 300), (random_model(4, 5, 3, zeros=True), 1000), (bells(3, 2), 257)]:
        x = model.sample(length, np.random.default_rng(5))[1]
        filtered, log_likelihood = forward_scan(model, x)
        assert filtered == pytest.approx(model.forward(x)[0], abs=1e-10)
        assert log_likelihood == pytest.approx(model.log_likelihood(x), rel=1e-10)


# ---------------------------------------------------------------- hmmlearn


def theirs(model, implementation="scaling", n_iter=0):
    try:
        from hmmlearn import hmm
    except ImportError:
        need(False, "hmmlearn is not installed: it is in requirements-test.txt")
    settings = dict(implementation=implementation, n_iter=n_iter, tol=0, init_params="")
    if isinstance(model.emission, Categorical):
        other = hmm.CategoricalHMM(model.n_states, n_features=model.emission.n_symbols, **settings)
        other.emissionprob_ = model.emission.probs
    else:
        settings |= dict(covars_prior=0, covars_weight=0, means_weight=0, min_covar=0, covariance_type="diag")
        other = hmm.GaussianHMM(model.n_states, **settings)
        other.n_features = model.emission.means.reshape(model.n_states, -1).shape[1]
        other.means_ = model.emission.means.reshape(model.n_states, -1)
        other.covars_ = model.emission.variances.reshape(model.n_states, -1)
    other.startprob_, other.transmat_ = model.initial, model.transition
    return other


def joined(xs):
    return np.concatenate([x.reshape(len(x), -1) for x in xs]), [len(x) for x in xs]


def cut(path, lengths):
    return np.split(path, np.cumsum(lengths)[:-1])


PARITY = [CASINO, random_model(8, 12, 10), random_model(5, 6, 11, zeros=True), bells(4), bells(5, 3)]


@pytest.mark.parametrize("lengths", [(200,), (1, 50, 7, 120, 2), (4000, 10)])
@pytest.mark.parametrize("model", PARITY)
def test_hmmlearn_agrees(model, lengths):
    rng = np.random.default_rng(6)
    xs = [model.sample(n, rng)[1] for n in lengths]
    for implementation in ("scaling", "log"):
        other = theirs(model, implementation)
        assert model.log_likelihood(xs).sum() == pytest.approx(other.score(*joined(xs)), rel=1e-10)
        assert np.concatenate(model.posterior(xs)) == pytest.approx(other.predict_proba(*joined(xs)), abs=1e-9)
        log_prob, path = other.decode(*joined(xs))
        for x, (ours, _), their in zip(xs, model.viterbi(xs), cut(path, lengths), strict=True):
            assert_same_path(model, x, ours, their)
        assert sum(p for _, p in model.viterbi(xs)) == pytest.approx(log_prob, rel=1e-10)


@pytest.mark.parametrize("model", [random_model(8, 12, 10), bells(4), bells(5, 3)])
def test_one_update_of_hmmlearn_is_ours(model):
    rng = np.random.default_rng(7)
    xs, start = [model.sample(n, rng)[1] for n in (300, 40, 2500, 77)], copy(model)
    start.fit(xs, iterations=1)
    other = theirs(model, n_iter=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        other.fit(*joined(xs))
    assert start.initial == pytest.approx(other.startprob_, abs=1e-9)
    assert start.transition == pytest.approx(other.transmat_, abs=1e-9)
    if isinstance(model.emission, Categorical):
        assert start.emission.probs == pytest.approx(other.emissionprob_, abs=1e-9)
    else:
        variances = np.diagonal(other.covars_, axis1=1, axis2=2)
        assert start.emission.means.reshape(3, -1) == pytest.approx(other.means_, abs=1e-9)
        assert start.emission.variances.reshape(3, -1) == pytest.approx(variances, abs=1e-9)


# ---------------------------------------------------------------- very long, very improbable, impossible


def test_nothing_underflows_in_a_hundred_thousand_steps():
    bell, model = bells(12), random_model(4, 6, 12)
    x = bell.sample(100_000, np.random.default_rng(8))[1]
    assert np.array_equal(bell.viterbi(x)[0], theirs(bell).decode(x[:, None])[1])
    assert bell.log_likelihood(x) == pytest.approx(theirs(bell).score(x[:, None]), rel=1e-10)
    x = model.sample(100_000, np.random.default_rng(8))[1]
    other = theirs(model)
    assert_same_path(model, x, model.viterbi(x)[0], other.decode(x[:, None])[1])
    assert model.log_likelihood(x) == pytest.approx(other.score(x[:, None]), rel=1e-10)
    assert model.log_likelihood(x) == pytest.approx(model.forward(x)[1].sum(), rel=1e-12)
    posterior = model.posterior(x)
    assert abs(posterior.sum(1) - 1).max() < 1e-10
    assert abs(posterior - other.predict_proba(x[:, None])).max() < 1e-9
    history = model.fit(x, iterations=3)
    assert np.isfinite(history).all() and np.diff(history).min() > 0


def test_a_state_three_hundred_powers_of_ten_behind_can_come_back():
    never = HMM([0.5, 0.5], np.eye(2), Categorical([[0.9, 0.1], [0.1, 0.9]]))  # no way from one die to the other
    x = np.repeat([0, 1], [1000, 3000])
    wanted = np.log(0.5) + np.array([[1000, 3000], [3000, 1000]]) @ np.log([0.9, 0.1])
    assert never.log_likelihood(x) == pytest.approx(np.logaddexp(*wanted), rel=1e-12)
    assert never.posterior(x)[[0, 500, -1]] == pytest.approx(np.array([[0, 1]] * 3), abs=1e-12)
    assert never.forward(x)[0][[1000, 1999, -1]] == pytest.approx(np.array([[1, 0], [0.5, 0.5], [0, 1]]), abs=1e-9)
    far = HMM([1, 0], [[0.5, 0.5], [0, 1]], Gaussian([0.0, 100.0], [1.0, 1.0]))  # and one that cannot be there yet
    density = -5000 - 0.5 * np.log(2 * np.pi)
    assert far.log_likelihood([100.0]) == pytest.approx(density, rel=1e-12)
    assert far.forward([100.0])[1] == pytest.approx([density], rel=1e-12)
    rare = HMM([1.0], [[1.0]], Categorical([[1e-250, 1 - 1e-250]]))
    assert rare.log_likelihood(np.zeros(9, int)) == pytest.approx(9 * -250 * np.log(10), rel=1e-12)


def test_an_unreachable_state_that_would_explain_everything_does_no_harm():
    model = HMM([1, 0], np.eye(2), Categorical([[0.01, 0.99], [1, 0]]))
    x = np.zeros(2000, int)
    assert model.posterior(x) == pytest.approx(np.array([[1, 0]] * 2000), abs=1e-12)
    assert model.log_likelihood(x) == pytest.approx(2000 * np.log(0.01), rel=1e-12)
    assert model.backward(x)[0].tolist() == [pytest.approx(1, rel=1e-12), np.inf]
    with pytest.warns(UserWarning, match="nothing uses state 1"):
        model.fit(x, iterations=1)
    assert np.array_equal(model.transition, np.eye(2))


LEFT_TO_RIGHT = HMM([1, 0], [[0.5, 0.5], [0, 1]], Categorical([[1, 0], [0, 1]]))  # first 0s, then 1s


def test_what_cannot_be_has_likelihood_zero_and_nothing_else():
    possible, impossible = np.array([0, 0, 1, 1]), np.array([0, 1, 0])
    assert LEFT_TO_RIGHT.log_likelihood(impossible) == -np.inf
    found = LEFT_TO_RIGHT.log_likelihood([possible, impossible, possible])
    assert found == pytest.approx([3 * 0 + 2 * np.log(0.5), -np.inf, 2 * np.log(0.5)])
    calls = [LEFT_TO_RIGHT.forward, LEFT_TO_RIGHT.backward, LEFT_TO_RIGHT.posterior, LEFT_TO_RIGHT.viterbi,
             copy(LEFT_TO_RIGHT).fit]  # fmt: skip
    for call in calls:
        with pytest.raises(ValueError, match="sequence 1 is impossible: at place 2 no state can show 0"):
            call([possible, impossible])
    with pytest.raises(ValueError, match="sequence 0 is impossible: at place 0 no state can show 1"):
        forward_scan(LEFT_TO_RIGHT, [1, 0])
    three = HMM([0.5, 0.5], [[0.5, 0.5], [0.4, 0.6]], Categorical([[0.5, 0.5, 0], [0.1, 0.9, 0]]))
    x = np.append(np.tile([0, 1], 2000), 2)
    assert three.log_likelihood(x) == -np.inf
    with pytest.raises(ValueError, match="at place 4000 no state can show 2"):
        three.viterbi(x)


# ---------------------------------------------------------------- learning


@pytest.mark.parametrize("zeros", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_learning_never_makes_the_likelihood_fall(seed, zeros):
    truth, rng = random_model(3, 5, 20 + seed), np.random.default_rng(seed)
    xs = [truth.sample(n, rng)[1] for n in (80, 7, 200)]
    model = random_model(4, 5, 30 + seed)
    if zeros:
        model.transition[0, 1:3] = 0
        model.transition[0] /= model.transition[0].sum()
    zero = model.transition == 0
    history = model.fit(xs, iterations=60, tolerance=0)
    assert len(history) > 20 and np.diff(history).min() >= 0
    assert history[-1] == pytest.approx(model.log_likelihood(xs).sum(), rel=1e-12)
    assert (model.transition[zero] == 0).all()
    bell = bells(seed)
    xs = [bell.sample(n, rng)[1] for n in (80, 7, 200)]
    bell.emission.means[:] += 0.5
    assert np.diff(bell.fit(xs, iterations=30, tolerance=0)).min() >= 0


def test_learning_stops_when_nothing_is_gained():
    x = CASINO.sample(300, np.random.default_rng(0))[1]
    model = HMM.random(2, 6, np.random.default_rng(1))
    history = model.fit(x, iterations=5000, tolerance=1e-3)
    gains = np.diff(history)
    assert len(history) < 5000 and gains[-1] < 1e-3 and gains[:-1].min() >= 1e-3
    assert len(HMM.random(2, 6, np.random.default_rng(1)).fit(x, iterations=3)) == 4


def test_pseudocounts_are_added_to_every_count():
    model = random_model(2, 3, 13)
    x = model.sample(6, np.random.default_rng(1))[1]
    every, start = EveryPath(model, x), copy(model)
    start.fit(x, iterations=1, pseudocount=0.5)
    assert start.initial == pytest.approx((every.posterior[0] + 0.5) / 2, abs=1e-12)
    for found, counts in ((start.transition, every.moves), (start.emission.probs, every.shown)):
        wanted = (counts + 0.5) / (counts + 0.5).sum(1, keepdims=True)
        assert found == pytest.approx(wanted, abs=1e-12)


def test_a_state_that_nothing_uses_stays_as_it_was_with_a_warning():
    unused = HMM([0.5, 0.5, 0], [[0.8, 0.2, 0], [0.3, 0.7, 0], [0.2, 0.3, 0.5]], Categorical([[0.9, 0.1], [0.2, 0.8],
                 [0.6, 0.4]]))  # fmt: skip
    with pytest.warns(UserWarning, match="nothing uses state 2") as caught:
        unused.fit([0, 1, 1, 0, 0, 1, 0], iterations=5)
    assert len(caught) == 1 and caught[0].filename == __file__
    assert unused.transition[2] == pytest.approx([0.2, 0.3, 0.5])
    assert unused.emission.probs[2] == pytest.approx([0.6, 0.4])
    assert np.isfinite(unused.transition).all()
    with pytest.warns(UserWarning, match="nothing ever leaves state 1: .* only where sequences end"):
        copy(LEFT_TO_RIGHT).fit([[0, 0, 1], [0, 1]], iterations=1)
    bell = HMM([1, 0], np.eye(2), Gaussian([0.0, 9.0], [1.0, 2.0]))
    with pytest.warns(UserWarning, match="nothing uses state 1"):
        bell.fit([0.3, -0.2, 0.5], iterations=3)
    assert bell.emission.means[1] == 9 and bell.emission.variances[1] == 2
    assert bell.emission.means[0] == pytest.approx(0.2)


SAME = Categorical([[0.5, 0.5], [0.5, 0.5]])


@pytest.mark.parametrize("model", [
    HMM([0.5, 0.5], np.full((2, 2), 0.5), SAME),
    HMM([0.5, 0.5], [[0.9, 0.1], [0.1, 0.9]], SAME),
    HMM([0.2, 0.8], [[0.2, 0.8], [0.2, 0.8]], SAME),
    HMM([0.5, 0.5], np.full((2, 2), 0.5), Gaussian([0.0, 0.0], [1.0, 1.0])),
])  # fmt: skip
def test_states_that_can_never_part_are_told(model):
    with pytest.warns(UserWarning, match="states 0 and 1 began the same.*never part"):
        model.fit([0, 1, 1, 1, 0, 0, 1, 0, 0], iterations=50)
    assert model.emission.same(0, 1)


def test_a_start_that_is_not_symmetric_gives_no_warning():
    x = CASINO.sample(500, np.random.default_rng(0))[1]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        HMM.random(2, 6, np.random.default_rng(0)).fit(x, iterations=5)
        HMM([0.6, 0.4], [[0.9, 0.1], [0.3, 0.7]], Categorical(np.full((2, 6), 1 / 6))).fit(x, iterations=5)


def test_a_variance_is_never_limited_in_secret():
    x = np.array([0.0, 0.1, -0.1, 0.2, 5.0, 0.0, -0.2, 0.1])
    start = HMM([0.5, 0.5], np.full((2, 2), 0.5), Gaussian([0.0, 5.0], [1.0, 0.5]))
    with pytest.raises(ValueError, match=r"state 1 has shrunk onto a single value \(5\)"):
        copy(start).fit(x)
    limited = HMM([0.5, 0.5], np.full((2, 2), 0.5), Gaussian([0.0, 5.0], [1.0, 0.5], smallest_variance=0.01))
    history = limited.fit(x)
    assert limited.emission.variances[1] == 0.01 and limited.emission.variances[0] > 0.01
    assert np.diff(history).min() >= 0


def test_ctrl_c_keeps_what_was_learned(monkeypatch, capsys):
    x = CASINO.sample(300, np.random.default_rng(0))[1]
    one, other = (HMM.random(2, 6, np.random.default_rng(1)) for _ in range(2))
    other.fit(x, iterations=3, tolerance=0)
    original, calls = inference.passes, []

    def third_time(*arguments, **named):
        calls.append(1)
        if len(calls) > 3:
            raise KeyboardInterrupt
        return original(*arguments, **named)

    monkeypatch.setattr(inference, "passes", third_time)
    history = one.fit(x, iterations=9, tolerance=0)
    assert "Interrupted after 3 of 9 updates" in capsys.readouterr().out
    assert len(history) == 3 and np.array_equal(one.transition, other.transition)


def test_the_casino_is_recovered_from_enough_rolls():
    x = CASINO.sample(20_000, np.random.default_rng(3))[1]
    model = HMM.random(2, 6, np.random.default_rng(2))
    model.fit(x, iterations=300, tolerance=1e-2)
    order = model.emission.probs[:, 5].argsort()
    assert model.transition[np.ix_(order, order)] == pytest.approx(CASINO.transition, abs=0.03)
    assert model.emission.probs[order] == pytest.approx(CASINO.emission.probs, abs=0.03)


# ---------------------------------------------------------------- for any model

models = st.builds(random_model, st.integers(1, 4), st.integers(1, 5), st.integers(0, 10**6), st.booleans())
lengths = st.lists(st.integers(1, 40), min_size=1, max_size=6)


@given(models, lengths, st.integers(0, 10**6))
def test_laws(model, lengths, seed):
    rng = np.random.default_rng(seed)
    xs = [model.sample(n, rng)[1] for n in lengths]
    log_likelihood = model.log_likelihood(xs)
    order = rng.permutation(model.n_states)
    renamed = HMM(model.initial[order], model.transition[np.ix_(order, order)],
                  Categorical(model.emission.probs[order]))  # fmt: skip
    assert renamed.log_likelihood(xs) == pytest.approx(log_likelihood, abs=1e-10)
    for i, x in enumerate(xs):
        assert model.log_likelihood(x) == pytest.approx(log_likelihood[i], abs=1e-10)
        posterior, (path, log_prob) = model.posterior(x), model.viterbi(x)
        assert posterior.sum(1) == pytest.approx(np.ones(len(x)), abs=1e-10)
        assert renamed.posterior(x) == pytest.approx(posterior[:, order], abs=1e-10)
        assert log_prob <= log_likelihood[i] + 1e-10
        assert recursions.log_joint(*clear(model, x), path) == pytest.approx(log_prob, abs=1e-10)
        half = (len(x) + 1) // 2
        for whole, past in zip(model.forward(x), model.forward(x[:half]), strict=True):
            assert whole[:half] == pytest.approx(past, abs=1e-13)
        assert (model.posterior(x)[-1] == pytest.approx(model.forward(x)[0][-1], abs=1e-12))


@given(models, st.integers(1, 30), st.integers(0, 10**6))
def test_step_by_step_is_the_growth_of_the_likelihood(model, length, seed):
    x = model.sample(length, np.random.default_rng(seed))[1]
    tokens, state = torch.from_numpy(x), model.initial_state(2)
    for t in range(1, length):
        logits, state = model.step(tokens[t - 1].repeat(2), state)
        assert logits.exp().sum(1).numpy() == pytest.approx([1, 1], abs=1e-12)
        grown = model.log_likelihood(x[: t + 1]) - model.log_likelihood(x[:t])
        assert logits[:, x[t]].numpy() == pytest.approx([grown, grown], abs=1e-10)


# ---------------------------------------------------------------- as a language model


def test_generate_and_evaluate_run_on_it():
    model = random_model(3, 5, 14)
    tokens = generate(model, torch.zeros(2, 1, dtype=torch.int64), 30, generator=torch.Generator().manual_seed(0))
    assert tokens.shape == (2, 31) and tokens.max() < 5
    found = evaluate(model, [tokens[0, 1:], tokens[1, 1:9]], start=0)
    wanted = sum(model.log_likelihood(x) - model.log_likelihood(x[:1]) for x in (tokens[0], tokens[1, :9]))
    assert found.nats == pytest.approx(-wanted, rel=1e-10)


def test_an_impossible_symbol_costs_everything_once_and_says_nothing():
    logits, state = LEFT_TO_RIGHT.step(torch.tensor([1]), LEFT_TO_RIGHT.initial_state(1))
    assert state.tolist() == [[0.5, 0.5]] and logits.exp().tolist() == [[0.5, 0.5]]
    assert evaluate(LEFT_TO_RIGHT, [torch.tensor([1, 0, 1])], start=0).nats == np.inf


def test_sample_has_the_frequencies_of_the_model():
    states, x = CASINO.sample(50_000, np.random.default_rng(9))
    assert np.bincount(states) / 50_000 == pytest.approx([2 / 3, 1 / 3], abs=0.03)  # 4 sigma, as below
    for j in range(2):
        assert np.bincount(x[states == j]) / (states == j).sum() == pytest.approx(CASINO.emission.probs[j], abs=0.016)
    bell = bells(6, 2)
    states, x = bell.sample(20_000, np.random.default_rng(10))
    for j in range(3):
        assert x[states == j].mean(0) == pytest.approx(bell.emission.means[j], abs=0.1)
        assert x[states == j].var(0) == pytest.approx(bell.emission.variances[j], rel=0.1)


# ---------------------------------------------------------------- bad input

MODELS = [
    (lambda: HMM([0.5, 0.6], np.eye(2), SAME), "initial sums to 1.1"),
    (lambda: HMM([0.5, 0.5], [[0.5, 0.4], [0, 1]], SAME), "row 0 of transition sums to 0.9"),
    (lambda: HMM([1.0], [[1.0]], SAME), "emission has 2 states and transition 1"),
    (lambda: HMM.random(0, 3), "n_states is 0"),
    (lambda: Categorical([[0.5, 0.6]]), "row 0 of probs sums to 1.1"),
    (lambda: Categorical([[0.5, 0.5], [1.5, -0.5]]), "row 1 of probs holds -0.5"),
    (lambda: Categorical([[0.5, np.nan]]), "row 0 of probs holds nan"),
    (lambda: Categorical([0.5, 0.5]), r"probs has shape \(2,\)"),
    (lambda: Gaussian([0.0, 1.0], [1.0]), r"means has shape \(2,\) and variances \(1,\)"),
    (lambda: Gaussian([0.0, 1.0], [1.0, 0.0]), "variances holds 0.0"),
    (lambda: Gaussian([0.0, np.nan], [1.0, 1.0]), "means holds a number that is not finite"),
    (lambda: Gaussian([0.0], [0.1], smallest_variance=0.5), "at least smallest_variance = 0.5"),
    (lambda: Gaussian([0.0], [0.1], smallest_variance=0), "smallest_variance is 0"),
]

SEQUENCES = [
    (CASINO, [0, 6], "x: expected symbols from 0 to 5, got 6 at place 1"),
    (CASINO, [np.array([0]), np.array([2, -1])], "sequence 1: expected symbols from 0 to 5, got -1 at place 1"),
    (CASINO, np.array([0.0, 1.0]), "x: expected a row .* of whole numbers, got shape .*float64"),
    (CASINO, np.zeros((2, 3), int), r"x: expected a row .* got shape \(2, 3\)"),
    (CASINO, [], "sequences: expected at least one"),
    (CASINO, [np.array([1]), np.array([], int)], "sequence 1: expected a row"),
    (bells(), np.zeros((4, 2)), r"x: expected numbers \(T,\), got shape \(4, 2\)"),
    (bells(0, 2), np.zeros(4), r"x: expected numbers \(T, 2\), got shape \(4,\)"),
    (bells(), np.array([0.0, np.inf]), "x: expected finite numbers, got inf at place 1"),
]


@pytest.mark.parametrize("make, message", MODELS)
def test_bad_models_are_refused_by_name(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("model, x, message", SEQUENCES)
def test_bad_sequences_are_refused_by_name(model, x, message):
    for call in (model.log_likelihood, model.forward, model.backward, model.posterior, model.viterbi, model.fit):
        with pytest.raises(ValueError, match=message):
            call(x)


def test_bad_calls_are_refused_by_name():
    for named, message in [
        (dict(iterations=0), "iterations is 0"),
        (dict(iterations=2.5), "iterations is 2.5"),
        (dict(tolerance=-1), "tolerance is -1"),
        (dict(pseudocount=-1), "pseudocount is -1"),
        (dict(pseudocount=np.nan), "pseudocount is nan"),
    ]:
        with pytest.raises(ValueError, match=message):
            copy(CASINO).fit([0, 1], **named)
    with pytest.raises(ValueError, match="length is 0"):
        CASINO.sample(0)
    with pytest.raises(ValueError, match="only a model of symbols"):
        bells().initial_state(1)
    with pytest.raises(ValueError, match="ids from 0 to 5"):
        CASINO.step(torch.tensor([6]), CASINO.initial_state(1))
    with pytest.raises(ValueError, match="int64"):
        CASINO.step(torch.tensor([0.5]), CASINO.initial_state(1))
    with pytest.raises(ValueError, match="state"):
        CASINO.step(torch.tensor([0]), torch.zeros(2, 2))


def test_torch_tensors_and_plain_lists_are_sequences_too():
    assert CASINO.log_likelihood([5, 5, 1]) == CASINO.log_likelihood(torch.tensor([5, 5, 1]))
    assert CASINO.log_likelihood([torch.tensor([5, 1]), [0, 0, 1]]).shape == (2,)
