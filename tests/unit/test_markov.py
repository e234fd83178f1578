"""MarkovChain against brute force over every path, and against numbers that can be worked out on paper."""

import itertools

import numpy as np
import pytest

from seqmodels.markov import MarkovChain, dispersion, followers, imitate

RABINER = [[0.4, 0.3, 0.3], [0.2, 0.6, 0.2], [0.1, 0.1, 0.8]]  # rain, cloudy, sunny (Rabiner 1989)


def random_chain(n_states, seed):
    rng = np.random.default_rng(seed)
    transition = rng.dirichlet(np.ones(n_states), size=n_states)
    return MarkovChain(transition, rng.dirichlet(np.ones(n_states)))


def path_probability(chain, path):
    p = chain.initial[path[0]]
    for a, b in itertools.pairwise(path):
        p *= chain.transition[a, b]
    return p


@pytest.mark.parametrize("seed", range(3))
def test_log_prob_after_and_total_agree_with_every_path(seed):
    chain = random_chain(3, seed)
    paths = list(itertools.product(range(3), repeat=5))
    probabilities = np.array([path_probability(chain, p) for p in paths])
    assert probabilities.sum() == pytest.approx(1, abs=1e-12)
    assert [chain.log_prob(p) for p in paths] == pytest.approx(np.log(probabilities), abs=1e-12)
    last = [probabilities[[p[-1] == k for p in paths]].sum() for k in range(3)]
    assert chain.after(4) == pytest.approx(last, abs=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_stationary_is_left_alone_and_is_the_limit_of_powers(seed):
    chain = random_chain(5, seed)
    pi = chain.stationary()
    assert pi @ chain.transition == pytest.approx(pi, abs=1e-13)
    assert pi.sum() == pytest.approx(1, abs=1e-13)
    for start in range(5):
        assert chain.after(200, start=start) == pytest.approx(pi, abs=1e-12)


def test_entropy_rate_is_the_growth_of_the_entropy_of_paths():
    chain = random_chain(3, 4)  # wherever it begins, the rate is that of the long run
    settled = MarkovChain(chain.transition, chain.stationary())

    def entropy(length):
        p = np.array([path_probability(settled, q) for q in itertools.product(range(3), repeat=length)])
        return -(p * np.log(p)).sum()

    assert entropy(6) - entropy(5) == pytest.approx(chain.entropy_rate(), abs=1e-12)


def test_rabiners_weather():
    chain = MarkovChain(RABINER, initial=[0, 0, 1], labels=["rain", "cloudy", "sunny"])
    week = ["sunny"] * 3 + ["rain"] * 2 + ["sunny", "cloudy", "sunny"]
    assert np.exp(chain.log_prob(week)) == pytest.approx(1.536e-4, rel=1e-12)


def test_fit_counts_and_divides():
    chain = MarkovChain.fit(["abab", "aa"])
    assert chain.labels == ["a", "b"]
    assert chain.transition == pytest.approx(np.array([[1 / 3, 2 / 3], [1, 0]]))
    assert chain.initial == pytest.approx([1, 0])
    smoothed = MarkovChain.fit(["abab", "aa"], pseudocount=1)
    assert smoothed.transition == pytest.approx(np.array([[2 / 5, 3 / 5], [2 / 3, 1 / 3]]))


def test_fit_is_the_maximum_of_the_likelihood():
    text = "abcacbaabcb" * 3
    best = MarkovChain.fit(text)
    rng = np.random.default_rng(0)
    for _ in range(20):
        noise = best.transition * np.exp(0.1 * rng.standard_normal(best.transition.shape))
        other = MarkovChain(noise / noise.sum(1, keepdims=True), best.initial, best.labels)
        assert other.log_prob(text) < best.log_prob(text)


def test_sample_has_the_frequencies_of_the_chain():
    chain = random_chain(3, 1)
    path = np.array(chain.sample(100_000, rng=np.random.default_rng(2)))
    for i in range(3):
        after_i = path[1:][path[:-1] == i]
        shares = np.bincount(after_i, minlength=3) / len(after_i)
        assert shares == pytest.approx(chain.transition[i], abs=5 * 0.5 / np.sqrt(len(after_i)))


def test_sample_never_takes_an_impossible_step_and_obeys_start():
    chain = MarkovChain([[0, 1], [1, 0]], labels="xy")
    assert chain.sample(6, start="y") == list("yxyxyx")
    assert chain.log_prob("xx") == -np.inf
    assert chain.sample(50, rng=np.random.default_rng(3)) == chain.sample(50, rng=np.random.default_rng(3))


def test_a_chain_with_two_ends_has_no_single_stationary_distribution():
    chain = MarkovChain([[0.5, 0.25, 0.25], [0, 1, 0], [0, 0, 1]], labels=["on", "lost", "won"])
    assert chain.closed_classes() == [["lost"], ["won"]]
    with pytest.raises(ValueError, match="2 separate ends.*lost.*won"):
        chain.stationary()
    assert MarkovChain(RABINER).closed_classes() == [[0, 1, 2]]
    transient = MarkovChain([[0.5, 0.5, 0], [0, 0, 1], [0, 1, 0]])
    assert transient.closed_classes() == [[1, 2]]
    assert transient.stationary() == pytest.approx([0, 0.5, 0.5], abs=1e-12)


def test_dispersion_is_the_variance_over_every_path():
    chain = random_chain(3, 5)
    chain = MarkovChain(chain.transition, chain.stationary())
    values = np.array([0.0, 1.0, 4.0])

    def variance(length):
        paths = list(itertools.product(range(3), repeat=length))
        p = np.array([path_probability(chain, q) for q in paths])
        total = np.array([values[list(q)].sum() for q in paths])
        return p @ total**2 - (p @ total) ** 2

    for window in (1, 2, 7):
        want = variance(window) / (window * variance(1))
        assert chain.dispersion(values, window=window) == pytest.approx(want, rel=1e-12)
    assert chain.dispersion(values) == pytest.approx(chain.dispersion(values, window=10**6), rel=1e-5)


def test_dispersion_of_two_states_is_markovs_formula_even_where_the_chain_is_periodic():
    for stay, enter in [(0.128, 0.663), (0.9, 0.1), (0.5, 0.5), (0.0, 1.0)]:
        delta = stay - enter
        chain = MarkovChain([[stay, 1 - stay], [enter, 1 - enter]])
        assert chain.dispersion([1, 0]) == pytest.approx((1 + delta) / (1 - delta), abs=1e-12)


def test_dispersion_of_marks():
    rng = np.random.default_rng(0)
    assert dispersion(rng.random(400_000) < 0.4) == pytest.approx(1, abs=0.1)  # 4,000 windows: 0.022 a sigma
    assert dispersion(np.arange(400) % 2) == pytest.approx(0, abs=1e-12)
    by_hand = np.array([1, 1, 0, 1, 0, 0])  # windows of two hold 2, 1, 0: variance 2/3 over 2 * 1/4
    assert dispersion(by_hand, window=2) == pytest.approx(4 / 3)


def test_imitate_draws_from_the_counts():
    book = "the cat sat on the mat, the hat sat on the mat, the cat "
    for order in (1, 2, 3):
        text = imitate(followers(book, order), 300, np.random.default_rng(1))
        assert len(text) == 300
        pieces = {book[i : i + order + 1] for i in range(len(book) - order)}
        assert all(text[i : i + order + 1] in pieces for i in range(300 - order))
    table = followers("aab" * 50, 1)
    text = imitate(table, 30_000, np.random.default_rng(2))
    assert MarkovChain.fit(text).transition == pytest.approx(MarkovChain.fit("aab" * 50).transition, abs=0.02)


def test_imitate_goes_on_at_the_beginning_where_the_text_ends():
    assert imitate(followers("abX", 1), 5, np.random.default_rng(0)) == "bXbXb"
    assert imitate(followers("abcdX", 2), 8, np.random.default_rng(0)) == "cdXcdXcd"


BAD = [
    (dict(transition=[[0.5, 0.4], [0.5, 0.5]], labels=["sun", "rain"]), "row 'sun' of transition sums to 0.9"),
    (dict(transition=[[1.5, -0.5], [0.5, 0.5]]), "row 0 of transition holds -0.5"),
    (dict(transition=[[0.5, 0.5], [np.nan, 1]], labels="ab"), "row 'b' of transition holds nan"),
    (dict(transition=[[1.0, 0.0]]), r"transition has shape \(1, 2\)"),
    (dict(transition=[]), "transition has shape"),
    (dict(transition=np.eye(2), labels=["a"]), "labels holds 1 different names; expected 2"),
    (dict(transition=np.eye(2), labels=["a", "a"]), "labels holds 1 different"),
    (dict(transition=np.eye(2), initial=[0.5, 0.6]), "initial sums to 1.1"),
    (dict(transition=np.eye(2), initial=[1.0]), r"initial has shape \(1,\)"),
]


@pytest.mark.parametrize("arguments, message", BAD)
def test_bad_chains_are_refused_by_name(arguments, message):
    with pytest.raises(ValueError, match=message):
        MarkovChain(**arguments)


def test_bad_calls_are_refused_by_name():
    chain = MarkovChain(RABINER, labels=["rain", "cloudy", "sunny"])
    with pytest.raises(ValueError, match="'snow', which is no state"):
        chain.log_prob(["rain", "snow"])
    with pytest.raises(ValueError, match="sequence is empty"):
        chain.log_prob([])
    with pytest.raises(ValueError, match="'snow'"):
        chain.sample(3, start="snow")
    with pytest.raises(ValueError, match="length is 0"):
        chain.sample(0)
    with pytest.raises(ValueError, match="steps is -1"):
        chain.after(-1)
    with pytest.raises(ValueError, match="nothing ever follows 'c'"):
        MarkovChain.fit("ababc")
    with pytest.raises(ValueError, match="sequences holds nothing"):
        MarkovChain.fit([])
    with pytest.raises(ValueError, match="pseudocount is -1"):
        MarkovChain.fit("abab", pseudocount=-1)
    with pytest.raises(ValueError, match=r"values has shape \(2,\)"):
        chain.dispersion([0, 1])
    with pytest.raises(ValueError, match="no variance"):
        chain.dispersion([1, 1, 1])
    with pytest.raises(ValueError, match="two windows of 100"):
        dispersion([0, 1, 1])
    with pytest.raises(ValueError, match="order is 0"):
        followers("abc", 0)
