"""The hidden Markov model as a reader uses it."""

import numpy as np
import torch

from seqmodels.checks import check_state, check_tokens, check_vocabulary
from seqmodels.hmm import inference, learning
from seqmodels.hmm.emissions import Categorical
from seqmodels.markov import MarkovChain


class HMM:
    """A Markov chain that we cannot see, and what its states show of themselves.

    initial (K,), transition (K, K): the hidden chain, rows sum to one. emission: Categorical or Gaussian with K states.
    In float64. Every method takes one sequence, (T,) or (T, D), or a list of sequences of any lengths, which are read
    side by side; a list gives a list. Nothing underflows, however long a sequence is. Raises ValueError in words.

    Source: Rabiner 1989. The forms to read are in seqmodels.hmm.recursions; tests/unit/test_hmm.py holds this class to
    them, to an enumeration of every path and to hmmlearn.
    """

    def __init__(self, initial, transition, emission):
        self.set_parameters(initial, transition, emission)

    @classmethod
    def random(cls, n_states, n_symbols, rng=None):
        """A random start for learning from symbols: no two states are the same. rng: np.random.Generator."""
        if n_states < 1 or n_symbols < 1:
            raise ValueError(f"n_states is {n_states} and n_symbols is {n_symbols}; expected 1 or more")
        rng = np.random.default_rng() if rng is None else rng
        rows = rng.dirichlet(np.ones(n_states), n_states + 1)
        probs = rng.dirichlet(np.ones(n_symbols), n_states)
        return cls(rows[-1], rows[:-1], Categorical(probs))

    def set_parameters(self, initial, transition, emission):
        """Take these parameters, all at once, if they fit together."""
        chain = MarkovChain(transition, initial)
        if len(chain.initial) != emission.n_states:
            raise ValueError(f"emission has {emission.n_states} states and transition {len(chain.initial)}; "
                             "expected as many")  # fmt: skip
        self.initial, self.transition, self.emission = chain.initial, chain.transition, emission

    @property
    def n_states(self):
        return len(self.initial)

    # ------------------------------------------------------------ the three problems

    def log_likelihood(self, x):
        """How probable is what we saw, over all paths? log P(x) in nats: a float, or (S,) for a list. (1.2.3)

        -inf where no path can have shown it.
        """
        sequences, single = self._sequences(x)
        found = inference.log_likelihoods(self, sequences)
        return float(found[0]) if single else found

    def forward(self, x):
        """Where are we, given what we have seen so far? (1.2.2)

        Returns filtered (T, K), P(z_t | x_1 .. x_t), and log_scale (T,), log P(x_t | x_1 .. x_{t-1}), whose sum is the
        log-likelihood. ValueError for an impossible sequence, here and below.
        """
        return self._each(x, lambda f, s, n: (f.filtered[:n, :, s].copy(), f.log_scale[:n, s].copy()), True)

    def backward(self, x):
        """How well does each state explain what is still to come? (T, K); filtered * backward = posterior. (1.2.4)

        Divided by P(x_{t+1} .. x_T | x_1 .. x_t). inf where a state that x_1 .. x_t ruled out would explain the rest
        better by more than float64 can say.
        """
        return self._each(x, lambda f, s, n: f.beta[:n, :, s].copy())

    def posterior(self, x):
        """Where were we, given everything? P(z_t | x_1 .. x_T), (T, K); each row sums to one. (1.2.5)"""
        return self._each(x, lambda f, s, n: f.gamma[:n, :, s].copy())

    def viterbi(self, x):
        """Which one path is the most probable? path (T,) and log P(x, path). (1.2.6)"""
        sequences, single = self._sequences(x)
        found = inference.viterbi(self, sequences)
        return found[0] if single else found

    def fit(self, sequences, iterations=100, tolerance=1e-6, pseudocount=0.0):
        """Learn from observations alone (Baum-Welch): expect, count, divide, again and again. (1.2.7)

        Changes this model, until an update brings less than `tolerance` nats in total, or after `iterations` updates.
        Returns the history: the log-likelihood of all sequences together, in nats, before each update and after the
        last. It never falls with pseudocount 0. pseudocount: added to every count of a first state, a transition and
        a symbol (so that nothing stays impossible). Warns in words of a state that nothing uses, which stays as it
        was, and of states that can never part. Ctrl-C keeps what was learned.
        """
        if not pseudocount >= 0 or pseudocount == np.inf:
            raise ValueError(f"pseudocount is {pseudocount}; expected zero or more")
        if isinstance(iterations, bool) or not isinstance(iterations, (int, np.integer)) or iterations < 1:
            raise ValueError(f"iterations is {iterations!r}; expected a whole number, 1 or more")
        if not tolerance >= 0:
            raise ValueError(f"tolerance is {tolerance}; expected zero or more, in nats")
        return learning.fit(self, self._sequences(sequences)[0], iterations, tolerance, pseudocount)

    def sample(self, length, rng=None):
        """Let the chain run for `length` steps: the hidden states (T,), and what they showed."""
        rng = np.random.default_rng() if rng is None else rng
        states = np.array(MarkovChain(self.transition, self.initial).sample(length, rng))
        return states, self.emission.draw(states, rng)

    # ------------------------------------------------------------ as a language model, symbol by symbol

    def initial_state(self, batch_size):
        """What we know before the first symbol: P(z_1), (B, K)."""
        self._check_symbols()
        return torch.from_numpy(self.initial).repeat(batch_size, 1)

    def step(self, token, state):
        """Read one symbol each: token (B,), state (B, K) -> log P(next symbol | all read) (B, M), state (B, K).

        state: P(z_t | x_1 .. x_{t-1}). A symbol that could not come, and has had its -inf, tells nothing more.
        """
        self._check_symbols()
        check_tokens(token, ("B",), "token")
        check_vocabulary(token, self.emission.n_symbols, "token")
        check_state(state, torch.from_numpy(self.initial)[None], len(token))
        transition, probs = torch.from_numpy(self.transition), torch.from_numpy(self.emission.probs)
        alpha = state * probs[:, token].T  # (1.2.2)
        scale = alpha.sum(1, keepdim=True)
        filtered = torch.where(scale > 0, alpha / torch.where(scale > 0, scale, 1), state)
        predicted = filtered @ transition  # (B, K)
        return torch.log(predicted @ probs), predicted

    # ------------------------------------------------------------ helpers

    def _check_symbols(self):
        if not isinstance(self.emission, Categorical):
            raise ValueError("emission: only a model of symbols (Categorical) predicts the next one, "
                             f"this one is {type(self.emission).__name__}")  # fmt: skip

    def _sequences(self, x):
        """A list of checked sequences, and whether x was a single one."""
        single = not isinstance(x, (list, tuple)) or (len(x) > 0 and all(np.ndim(item) == 0 for item in x))
        if single:
            return [self.emission.check(x, "x")], True
        if not x:
            raise ValueError("sequences: expected at least one sequence, got none")
        return [self.emission.check(item, f"sequence {i}") for i, item in enumerate(x)], False

    def _each(self, x, take, forward_only=False):
        """take(pass, column, length) for every sequence."""
        sequences, single = self._sequences(x)
        results = [None] * len(sequences)
        for found in inference.passes(self, sequences, forward_only):
            for s, (i, length) in enumerate(zip(found.members, found.lengths, strict=True)):
                results[i] = take(found, s, length)
        return results[0] if single else results
