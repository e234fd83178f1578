"""Markov chains: the next state depends on the present one alone.

    P[i, j]   probability to go from state i to state j; every row sums to one     (Markov 1906)
    pi        stationary distribution, pi = pi P
    K         number of states
"""

import numpy as np

from seqmodels.ngram import NGram as NGram


class MarkovChain:
    """A finite Markov chain: it remembers one symbol and forgets the rest.

    transition: (K, K), rows sum to one. initial: (K,), the distribution of the first state
    (default: every state equally likely). labels: K different names; without them states are 0..K-1.
    All in float64. Raises ValueError that names the row at fault.
    Source: Markov 1906, 1913. Held to brute force by tests/unit/test_markov.py.
    """

    def __init__(self, transition, initial=None, labels=None):
        self.transition = _rows(transition)
        n_states = len(self.transition)
        self.labels = _labels(labels, n_states)
        check_distributions("transition", self.transition, self.labels)
        initial = np.full(n_states, 1 / n_states) if initial is None else np.array(initial, float)
        if initial.shape != (n_states,):
            raise ValueError(f"initial has shape {initial.shape}; expected ({n_states},), one number a state")
        check_distributions("initial", initial[None], ["initial"])
        self.initial = initial
        self._index = {label: i for i, label in enumerate(self.labels)}

    @classmethod
    def fit(cls, sequences, labels=None, pseudocount=0.0):
        """Count who follows whom and divide: the maximum-likelihood chain.

        sequences: one string, or a list of sequences of labels (no transition is counted across a border).
        labels: the states in the order you want; default: all labels seen, sorted.
        pseudocount: added to every count of a transition (and of a first state); with 0 a state that nothing
        follows is refused, for its row would be empty.
        """
        sequences = [sequences] if isinstance(sequences, str) else [list(s) for s in sequences]
        if not sequences or any(len(s) == 0 for s in sequences):
            raise ValueError("sequences holds nothing to count: expected at least one sequence, none of them empty")
        if pseudocount < 0:
            raise ValueError(f"pseudocount is {pseudocount}; expected zero or more")
        labels = sorted({x for s in sequences for x in s}) if labels is None else list(labels)
        index = {label: i for i, label in enumerate(labels)}
        counts = np.full((len(labels), len(labels)), float(pseudocount))
        first = np.full(len(labels), float(pseudocount))
        for sequence in sequences:
            states = _encode(sequence, index)
            first[states[0]] += 1
            np.add.at(counts, (states[:-1], states[1:]), 1)
        empty = np.flatnonzero(counts.sum(1) == 0)
        if len(empty):
            raise ValueError(f"nothing ever follows {labels[empty[0]]!r}: its row is empty; give a pseudocount")
        return cls(counts / counts.sum(1, keepdims=True), first / first.sum(), labels)

    def sample(self, length, rng=None, start=None):
        """A walk of `length` states, as a list of labels; `start` fixes the first one. rng: np.random.Generator."""
        if length < 1:
            raise ValueError(f"length is {length}; expected at least 1")
        rng = np.random.default_rng() if rng is None else rng
        cumulative = np.cumsum(self.transition, axis=1)
        state = rng.choice(len(self.labels), p=self.initial) if start is None else self._state(start)
        path = [state]
        for u in rng.random(length - 1):
            # u * total: rounding may leave the last cumulative sum a hair below one
            state = int(np.searchsorted(cumulative[state], u * cumulative[state, -1], side="right"))
            path.append(state)
        return [self.labels[state] for state in path]

    def log_prob(self, sequence):
        """Natural logarithm of the probability of a sequence of labels; -inf if the chain cannot make it.

        log p(x_1..x_T) = log initial[x_1] + sum_t log P[x_t, x_{t+1}]
        """
        states = _encode(list(sequence), self._index)
        if len(states) == 0:
            raise ValueError("sequence is empty: expected at least one label")
        with np.errstate(divide="ignore"):
            steps = np.log(self.transition[states[:-1], states[1:]])
            return float(np.log(self.initial[states[0]]) + steps.sum())

    def after(self, steps, start=None):
        """(K,) distribution after so many steps from `initial`, or from the state `start`: initial P^steps."""
        if steps < 0:
            raise ValueError(f"steps is {steps}; expected zero or more")
        first = self.initial if start is None else np.eye(len(self.labels))[self._state(start)]
        return first @ np.linalg.matrix_power(self.transition, steps)  # (1.1.4)

    def stationary(self):
        """(K,) the distribution that a step leaves alone, pi = pi P; ValueError where there are several."""
        self._check_one_end()
        n_states = len(self.labels)
        equations = np.vstack([self.transition.T - np.eye(n_states), np.ones(n_states)])
        known = np.append(np.zeros(n_states), 1.0)  # (1.1.4): pi P - pi = 0, and pi sums to one
        pi = np.linalg.lstsq(equations, known, rcond=None)[0]
        pi = np.maximum(pi, 0)
        return pi / pi.sum()

    def entropy_rate(self):
        """Mean surprise of the next state, in nats: H = -sum_i pi_i sum_j P_ij log P_ij (Shannon 1948)."""
        p = self.transition
        surprise = -np.log(p, out=np.zeros_like(p), where=p > 0)
        return float(self.stationary() @ (p * surprise).sum(1))

    def dispersion(self, values, window=None):
        """How much a sum of values[state] along the chain varies, against independent draws of the same values.

        One for independent states, below one where they make way for each other, above where like follows like.
        values: (K,) a number for each state. window: over how many steps; None: in the limit of very many, where
        one linear solve adds up all covariances, so that it is right for periodic chains too.
        Source: Markov 1913 for two states and for pairs.
        """
        pi, g = self._away_from_mean(values)  # (K,), (K,)
        if window is None:
            # g + P g + P^2 g + ..., all at once
            later = np.linalg.solve(np.eye(len(pi)) - self.transition + pi, g)
        else:
            later, ahead = g.copy(), g
            for lag in range(1, window):
                ahead = self.transition @ ahead  # P^lag g: where the mean is heading
                later += (1 - lag / window) * ahead
        return float(pi @ (g * (2 * later - g)) / (pi @ g**2))  # (1.1.5)

    def closed_classes(self):
        """Sets of states that reach each other and are never left, as lists of labels."""
        n_states = len(self.labels)
        reach = (self.transition > 0) | np.eye(n_states, dtype=bool)
        for _ in range(max(1, int(np.ceil(np.log2(n_states))))):  # paths of length 1, 2, 4, ...
            reach = reach.astype(float) @ reach > 0
        classes = {tuple(np.flatnonzero(reach[i])) for i in range(n_states) if np.all(reach[reach[i], i])}
        return [[self.labels[j] for j in states] for states in sorted(classes)]

    def _away_from_mean(self, values):
        values, pi = np.array(values, float), self.stationary()
        if values.shape != pi.shape:
            raise ValueError(f"values has shape {values.shape}; expected {pi.shape}, a number a state")
        g = values - pi @ values
        if np.allclose(g[pi > 0], 0):
            raise ValueError("values are the same in every state the chain stays in: there is no variance to compare")
        return pi, g

    def _check_one_end(self):
        closed = self.closed_classes()
        if len(closed) > 1:
            raise ValueError(
                f"the chain has {len(closed)} separate ends {closed}: which one it settles in depends "
                "on where it begins, so there is no single stationary distribution"
            )

    def _state(self, label):
        return int(_encode([label], self._index)[0])


def dispersion(marks, window=100):
    """Variance of the number of marks in each window, against independent marks: Markov's coefficient.

    marks: (T,) booleans or 0/1. One where every mark is drawn on its own; Markov (1913) found 0.208 in *Onegin*.
    """
    marks = np.asarray(marks, float)
    if marks.ndim != 1 or len(marks) < 2 * window:
        raise ValueError(f"marks has shape {marks.shape}; expected one row of at least two windows of {window}")
    sums = marks[: len(marks) // window * window].reshape(-1, window).sum(1)
    p = marks.mean()
    return float(sums.var() / (window * p * (1 - p)))


def followers(text, order):
    """The table of a chain whose state is the last `order` characters.

    context -> every character that follows it in the text, as often as it does. order: 1 or more.
    """
    if not 0 < order < len(text):
        raise ValueError(f"order is {order}; expected 1 or more, less than the text's {len(text)} characters")
    table = {}
    for t in range(len(text) - order):
        table.setdefault(text[t : t + order], []).append(text[t + order])
    return table


def imitate(table, length, rng):
    """Write `length` characters with a table of `followers`, from the text's beginning on.

    The text's last context may be followed by nothing: then go on at its beginning. rng: np.random.Generator.
    """
    start = context = next(iter(table))
    written = []
    while len(written) < length:
        if context not in table:
            context = start
        choices = table[context]
        written.append(choices[rng.integers(len(choices))])
        context = (context + written[-1])[-len(start) :]
    return "".join(written)


def _rows(transition):
    transition = np.array(transition, float)
    if transition.ndim != 2 or transition.shape[0] != transition.shape[1] or len(transition) == 0:
        raise ValueError(f"transition has shape {transition.shape}; expected (K, K): a row and a column a state")
    return transition


def _labels(labels, n_states):
    labels = list(range(n_states)) if labels is None else list(labels)
    if len(labels) != n_states or len(set(labels)) != n_states:
        raise ValueError(f"labels holds {len(set(labels))} different names; expected {n_states}, one a state")
    return labels


def check_distributions(name, rows, labels):
    """Each row: finite, nowhere negative, sum one (to 1e-9)."""
    for label, row in zip(labels, rows, strict=True):
        where = name if name == label else f"row {label!r} of {name}"
        if not np.all(np.isfinite(row)):
            raise ValueError(f"{where} holds {row[~np.isfinite(row)][0]}; expected finite numbers")
        if row.min() < 0:
            raise ValueError(f"{where} holds {row.min():g}; a probability is never negative")
        if abs(row.sum() - 1) > 1e-9:
            raise ValueError(f"{where} sums to {row.sum():.10g}; expected 1: divide it by its sum")


def _encode(sequence, index):
    unknown = next((x for x in sequence if x not in index), None)
    if unknown is not None:
        raise ValueError(f"sequence holds {unknown!r}, which is no state; the states are {list(index)}")
    return np.array([index[x] for x in sequence], dtype=np.int64)
