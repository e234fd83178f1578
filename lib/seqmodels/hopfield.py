"""Hopfield networks: a memory that is asked by a part of what it holds.

    N     units, each +1 or -1
    P     stored patterns xi^mu, each a row of N signs
    W     (N, N) weights, symmetric, zero on the diagonal
    E     energy of a state, which no update of a single unit can raise

HopfieldNetwork is the memory of 1982, SequenceNetwork adds slow one-way weights that lead from pattern to pattern,
ModernHopfield keeps the patterns themselves and looks them up by a softmax over similarities.
Everything in float64. Held by tests/unit/test_hopfield.py.
"""

import numpy as np


class HopfieldNetwork:
    """A memory of sign patterns, addressed by content.

    patterns: (P, N) of +1 and -1. The weights are written once, all patterns at the same time:
    W_ij = (1/N) sum_mu xi_i^mu xi_j^mu, W_ii = 0.

    State arguments are (N,), or (B, N) for B states at once; entries +1 or -1. A unit whose inputs sum to exactly
    zero keeps its value. Raises ValueError that names the argument.
    Source: Hopfield 1982. Held to enumeration of all states and to the definition by tests/unit/test_hopfield.py.
    """

    def __init__(self, patterns):
        self.patterns = _signs(patterns, "patterns")
        if self.patterns.ndim != 2:
            raise ValueError(f"patterns has shape {self.patterns.shape}; expected (P, N): a row for each pattern")
        self.n_units = self.patterns.shape[1]
        # N times the weights: whole numbers, so that sums of inputs are exact and a tie is a tie
        self._counts = self.patterns.T @ self.patterns
        np.fill_diagonal(self._counts, 0)

    @property
    def weights(self):
        """(N, N) the weights W."""
        return self._counts / self.n_units  # (2.3.1)

    def field(self, state):
        """The sum of its inputs for each unit, h_i = sum_j W_ij s_j; shaped like `state`."""
        return self._state(state) @ self._counts / self.n_units

    def energy(self, state):
        """E = -1/2 s^T W s of each state: a number, or (B,)."""
        state = self._state(state)
        return -(state * (state @ self._counts)).sum(-1) / (2 * self.n_units)  # (2.3.4)

    def overlap(self, state):
        """How alike a state and each pattern are, from -1 to 1: m_mu = (1/N) xi^mu . s; (P,) or (B, P)."""
        return self._state(state) @ self.patterns.T / self.n_units  # (2.3.3)

    def step(self, state, unit=None):
        """A new state in which `unit` has followed its inputs; without `unit` all follow at the same moment."""
        state = self._state(state)
        chosen = slice(None) if unit is None else [unit]
        inputs, after = state @ self._counts[:, chosen], state.copy()
        after[..., chosen] = np.where(inputs == 0, state[..., chosen], np.sign(inputs))  # (2.3.2)
        return after

    def recall(self, state, rng, sweeps=100):
        """Let go: one unit after the other, in a new random order every sweep, until nothing changes.

        rng: np.random.Generator; several states share the order. sweeps: how many at most, N updates each.
        Returns (state, energies, settled): energies (updates + 1,) or (B, updates + 1), the first that of the start;
        settled: whether the last sweep changed nothing (for several states: (B,)).
        """
        start = self._state(state)
        if sweeps < 1:
            raise ValueError(f"sweeps is {sweeps}; expected at least 1")
        states = np.atleast_2d(start).copy()
        inputs = states @ self._counts  # N times the fields, kept up to date
        energies, settled = [np.atleast_1d(self.energy(states))], np.zeros(len(states), bool)
        for _ in range(sweeps):
            began = states.copy()
            for i in rng.permutation(self.n_units):
                falls = self._update(states, inputs, i)
                energies.append(energies[-1] - falls)
            settled = (states == began).all(1)
            if settled.all():
                break
        energies = np.stack(energies, axis=1)
        one = start.ndim == 1
        return (states[0], energies[0], bool(settled[0])) if one else (states, energies, settled)

    def _update(self, states, inputs, i):
        """Unit i of every state follows its inputs, in place; returns by how much each energy falls."""
        field, falls = inputs[:, i], np.zeros(len(states))
        flip = field * states[:, i] < 0
        if flip.any():
            falls[flip] = 2 * np.abs(field[flip]) / self.n_units  # (2.3.5)
            states[flip, i] *= -1
            inputs[flip] += 2 * states[flip, i][:, None] * self._counts[i]
        return falls

    def _state(self, state):
        state = _signs(state, "state")
        if state.shape[-1] != self.n_units:
            raise ValueError(
                f"state has shape {state.shape}; expected ({self.n_units},) or (B, {self.n_units}): "
                f"the patterns have {self.n_units} units"
            )
        return state


class SequenceNetwork(HopfieldNetwork):
    """A memory that rests in a pattern for a while and then moves on to the next, round and round.

    patterns: (P, N), in their order; the first follows the last. Beside the symmetric weights stand one-way weights
    from each pattern to its successor, W'_ij = (strength/N) sum_mu xi_i^(mu+1) xi_j^mu. They are slow: they
    carry the state of `delay` sweeps ago. strength: above 1 they win in the end, well below 1 nothing moves.
    delay: sweeps, 1 or more.

    These weights are not symmetric: `energy` and `recall` are those of the symmetric part alone, and the proof that a
    recall comes to rest does not hold for `run`.
    Source: after Kleinfeld 1986, and Sompolinsky and Kanter 1986. Held by tests/unit/test_hopfield.py.
    """

    def __init__(self, patterns, strength, delay=3):
        super().__init__(patterns)
        if not strength >= 0:
            raise ValueError(f"strength is {strength}; expected zero or more")
        if delay < 1:
            raise ValueError(f"delay is {delay}; expected at least 1 sweep")
        self.strength, self.delay = float(strength), int(delay)

    @property
    def onward(self):
        """(N, N) the one-way weights W'; row i is what unit i hears."""
        followers = np.roll(self.patterns, -1, axis=0)
        return self.strength * (followers.T @ self.patterns) / self.n_units  # (2.3.7)

    def run(self, state, rng, sweeps):
        """(sweeps + 1, N) the state after each sweep, the start first; it has been there for ever. state: (N,)."""
        state = self._state(state)
        if state.ndim != 1:
            raise ValueError(f"state has shape {state.shape}; expected ({self.n_units},): one state")
        visited, weights, onward = [state], self.weights, self.onward
        for t in range(sweeps):
            now = visited[-1].copy()
            delayed = onward @ visited[max(0, t - self.delay)]
            for i in rng.permutation(self.n_units):
                field = weights[i] @ now + delayed[i]
                now[i] = np.sign(field) or now[i]
            visited.append(now)
        return np.array(visited)


class ModernHopfield:
    """A memory that keeps its patterns as they are and mixes them by a softmax over similarities.

    patterns: (P, N), any numbers. beta: how sharply it chooses; above zero. State arguments are (N,) or (B, N).
    One `step` is one step of attention with the state as query, the patterns as keys and values, beta as scale.
    Source: Ramsauer et al. 2020. Held to torch.nn.functional.scaled_dot_product_attention by
    tests/unit/test_hopfield.py.
    """

    def __init__(self, patterns, beta):
        self.patterns = np.array(patterns, dtype=np.float64)
        if self.patterns.ndim != 2 or self.patterns.size == 0:
            raise ValueError(f"patterns has shape {self.patterns.shape}; expected (P, N): a row for each pattern")
        _finite(self.patterns, "patterns")
        if not 0 < beta < np.inf:
            raise ValueError(f"beta is {beta}; expected a number above zero")
        self.beta = float(beta)

    def shares(self, state):
        """softmax(beta X s): how much of each pattern goes into the answer; (P,) or (B, P), sums to one."""
        scores = self.beta * self._state(state) @ self.patterns.T
        weights = np.exp(scores - scores.max(-1, keepdims=True))
        return weights / weights.sum(-1, keepdims=True)

    def step(self, state):
        """The patterns, mixed: X^T softmax(beta X s); shaped like `state`."""
        return self.shares(state) @ self.patterns  # (2.3.8)

    def recall(self, state, steps=100, tolerance=1e-12):
        """Step until no number moves by more than `tolerance`: (state, energies of every step, settled).

        energies: (steps + 1,) or (steps + 1, B).
        """
        state = self._state(state)
        energies, settled = [self.energy(state)], False
        for _ in range(steps):
            before, state = state, self.step(state)
            energies.append(self.energy(state))
            settled = bool(np.abs(state - before).max() <= tolerance)
            if settled:
                break
        return state, np.array(energies), settled

    def energy(self, state):
        """E = 1/2 s.s - (1/beta) log mean_mu exp(beta xi^mu.s), the constant left out; no step raises it."""
        state = self._state(state)
        scores = self.beta * state @ self.patterns.T
        top = scores.max(-1)
        log_mean = top + np.log(np.exp(scores - top[..., None]).mean(-1))
        return (state**2).sum(-1) / 2 - log_mean / self.beta

    def _state(self, state):
        state = np.array(state, dtype=np.float64)
        n_units = self.patterns.shape[1]
        if state.ndim not in (1, 2) or state.shape[-1] != n_units or state.size == 0:
            raise ValueError(f"state has shape {state.shape}; expected ({n_units},) or (B, {n_units})")
        _finite(state, "state")
        return state


def _signs(value, name):
    array = np.array(value, dtype=np.float64)
    if array.ndim not in (1, 2) or array.size == 0:
        raise ValueError(f"{name} has shape {array.shape}; expected one or several rows of +1 and -1")
    if not (np.abs(array) == 1).all():
        wrong = array[np.abs(array) != 1][0]
        raise ValueError(f"{name} holds {wrong:g}; expected +1 and -1 only")
    return array


def _finite(array, name):
    if not np.isfinite(array).all():
        raise ValueError(f"{name} holds {array[~np.isfinite(array)][0]}; expected finite numbers")
