"""Which form for which sequences? Sequences of any lengths in, results in their order out.

Sequences of similar length are read side by side (`batch`), few long ones in pieces (`blocked`), and where a number
became too small to be trusted, one by one in logarithms (`logs`). No choice changes a result by more than rounding,
and neither does the company in which a sequence is read.
"""

from typing import NamedTuple

import numpy as np

from seqmodels.hmm import batch, blocked, logs

LONG, MOST_STATES = 100, 32  # S longer sequences, so few that 4 S < sqrt(T), are read in pieces, one at a time
LONG_VITERBI, MOST_STATES_VITERBI = 5_000, 8  # every longer one: no company may change which of two ties is found
GROUP = 12_000_000  # numbers (T K S) at once
TINY, LOST = 1e-200, 1e-290  # smaller sums and states are not trusted
FRAGILE = 1e-100  # with a transition below it, a state that fell behind may be missed later


class Group(NamedTuple):
    """Sequences side by side: their numbers, x (T, S, ...) padded at the end, how many run at each time."""

    members: list
    x: np.ndarray
    alive: list


class Pass(NamedTuple):
    """What the forward and backward passes found out about some sequences side by side."""

    members: list
    lengths: list
    x: np.ndarray  # (T, S, ...)
    filtered: np.ndarray  # (T, K, S)
    log_scale: np.ndarray  # (T, S)
    beta: np.ndarray | None  # (T, K, S)
    gamma: np.ndarray | None  # (T, K, S), zero beyond the ends
    moves: np.ndarray | None  # (K, K) expected transitions


def groups(sequences, n_states, alone):
    """Longest first; no sequence is padded to more than twice its length. alone(T, S): not side by side?"""
    order = sorted(range(len(sequences)), key=lambda i: -len(sequences[i]))
    while order:
        longest = len(sequences[order[0]])
        most = max(1, GROUP // (longest * n_states))
        members = [i for i in order[:most] if 2 * len(sequences[i]) >= longest]
        order = order[len(members) :]
        if alone(longest, len(members)):
            yield from (Group([i], sequences[i][:, None], [1] * len(sequences[i])) for i in members)
        else:
            x = np.zeros((longest, len(members), *sequences[members[0]].shape[1:]), sequences[members[0]].dtype)
            for s, i in enumerate(members):
                x[: len(sequences[i]), s] = sequences[i]
            lengths = np.array([len(sequences[i]) for i in members])
            yield Group(members, x, (np.arange(longest)[:, None] < lengths).sum(1).tolist())


def in_pieces(hmm):
    """For which groups does the form in pieces pay, and can be trusted? f(T, S)."""
    possible = hmm.n_states <= MOST_STATES and not fragile(hmm)
    return lambda length, size: possible and length > LONG and 4 * size < np.sqrt(length)


def in_pieces_viterbi(hmm):
    return lambda length, size: length > LONG_VITERBI and hmm.n_states <= MOST_STATES_VITERBI


def pieces(group):
    """How many?"""
    return int(1.2 * np.sqrt(len(group.x)))


def log_likelihoods(hmm, sequences):
    """(S,) log P(x); -inf for what cannot be."""
    result = np.empty(len(sequences))
    if fragile(hmm):
        for found in passes(hmm, sequences, forward_only=True, impossible_ok=True):
            result[found.members] = found.log_scale.sum(0)
        return result
    alone = in_pieces(hmm)
    for group in groups(sequences, hmm.n_states, alone):
        b, log_factor = hmm.emission.likelihood(group.x)
        with np.errstate(divide="ignore", invalid="ignore"):
            if alone(*group.x.shape[:2]):
                scale = blocked.log_likelihood(hmm.initial, hmm.transition, b[..., 0], pieces(group))[:, None]
            else:
                scale = batch.log_likelihood(hmm.transition, b, group.alive, _entering(hmm, group))
            found = np.log(scale).sum(0) + np.where(_real(group), log_factor, 0).sum(0)
        for s in np.flatnonzero(~(scale >= TINY).all(0)):
            initial, transition, log_b = _in_logs(hmm, sequences[group.members[s]])
            found[s] = logs.forward(initial, transition, log_b)[1].sum()
        result[group.members] = found
    return result


def passes(hmm, sequences, forward_only=False, impossible_ok=False):
    """Forward and backward through all sequences: `Pass` after `Pass`. ValueError for a sequence that cannot be."""
    for group in groups(sequences, hmm.n_states, in_pieces(hmm)):
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            found, wrong = _scaled(hmm, group, forward_only)
        if not wrong.any():
            yield found
            continue
        for i in (group.members[s] for s in np.flatnonzero(wrong)):
            yield _logarithmic(hmm, i, sequences[i], impossible_ok)
        right = [group.members[s] for s in np.flatnonzero(~wrong)]
        for again in passes(hmm, [sequences[i] for i in right], forward_only):
            yield again._replace(members=[right[s] for s in again.members])


def viterbi(hmm, sequences):
    """The most probable path of each sequence and its log-probability, a list of pairs."""
    result = [None] * len(sequences)
    with np.errstate(divide="ignore"):
        initial, transition = np.log(hmm.initial), np.log(hmm.transition)
    alone = in_pieces_viterbi(hmm)
    for group in groups(sequences, hmm.n_states, alone):
        log_b = hmm.emission.log_likelihood(group.x)
        if alone(*group.x.shape[:2]):
            found = [blocked.viterbi(initial, transition, log_b[..., 0], pieces(group))]
        else:
            delta = batch.best_scores(transition, log_b, group.alive, initial[:, None])
            paths = np.ascontiguousarray(batch.trace_back(transition, delta, group.alive).T)  # (S, T)
            lengths = _real(group).sum(0)
            best = delta[lengths - 1, :, np.arange(len(lengths))].max(1)  # (S,)
            found = [(paths[s, :n].copy(), best[s]) for s, n in enumerate(lengths)]
        for i, (path, best) in zip(group.members, found, strict=True):
            if best == -np.inf:
                _logarithmic(hmm, i, sequences[i])  # says where
            result[i] = path, float(best)
    return result


# ---------------------------------------------------------------- one group of sequences


def fragile(hmm):
    return hmm.transition.min() < FRAGILE


def _scaled(hmm, group, forward_only):
    """The `Pass` of a group by scaling; and for each sequence whether a number in it cannot be trusted (S,)."""
    b, log_factor = hmm.emission.likelihood(group.x)
    beta = moves = gamma = None
    if in_pieces(hmm)(*group.x.shape[:2]):
        filtered, scale, known = blocked.forward(hmm.initial, hmm.transition, b[..., 0], pieces(group))
        filtered, scale = filtered[..., None], scale[:, None]  # (T, K, 1), (T, 1)
        if not forward_only:
            beta, moves = blocked.backward(hmm.transition, known)
            beta = beta[..., None]
    else:
        filtered, scale = batch.forward(hmm.transition, b, group.alive, _entering(hmm, group))
        lost = _lost(hmm, group, filtered) if fragile(hmm) else None
        if not forward_only or (lost is not None and lost.any()):
            after = np.ones(b.shape[1:])
            beta, moves = batch.backward(hmm.transition, b, group.alive, filtered, scale, after)
    real = _real(group)
    wrong = ~(scale >= TINY).all(0)
    if beta is not None:
        gamma = filtered * beta
        wrong |= ~(abs(gamma.sum(1) - real) < 1e-6).all(0)
    if fragile(hmm) and lost.any():
        wrong |= (lost & ~(beta < 1 / TINY)).any((0, 1))  # what came later needs just that state
    log_scale = np.where(real, np.log(scale) + log_factor, 0)
    return Pass(group.members, real.sum(0), group.x, filtered, log_scale, beta, gamma, moves), wrong


def _lost(hmm, group, filtered):
    """States (T, K, S) that are possible and yet too small for their number."""
    ways = (hmm.transition.T > 0).astype(float)
    came = np.concatenate([np.broadcast_to(hmm.initial[:, None] > 0, filtered[:1].shape),
                           ways @ (filtered[:-1] > 0) > 0])  # fmt: skip
    possible = came & (hmm.emission.log_likelihood(group.x) > -np.inf) & _real(group)[:, None]
    return possible & ~(filtered >= LOST)


def _logarithmic(hmm, number, x, impossible_ok=False):
    """The `Pass` of one sequence in logarithms. ValueError that says where it is impossible."""
    initial, transition, log_b = _in_logs(hmm, x)
    filtered, scale = logs.forward(initial, transition, log_b)
    if scale.min() == -np.inf:
        t = int(scale.argmin())
        if not impossible_ok:
            raise ValueError(f"sequence {number} is impossible: at place {t} no state can show {x[t]} after what came "
                             "before, so its probability is 0; expected one that the model can make")  # fmt: skip
        return Pass([number], [len(x)], x[:, None], None, scale[:, None], None, None, None)
    beta = logs.backward(transition, log_b, scale)
    moves = logs.expected_transitions(transition, log_b, filtered, beta, scale)
    gamma = np.exp(filtered + beta)
    gamma /= gamma.sum(1, keepdims=True)
    with np.errstate(over="ignore"):
        filtered, beta = np.exp(filtered), np.exp(beta)
    return Pass([number], [len(x)], x[:, None], filtered[..., None], scale[:, None], beta[..., None],
                gamma[..., None], moves)  # fmt: skip


def _in_logs(hmm, x):
    with np.errstate(divide="ignore"):
        return np.log(hmm.initial), np.log(hmm.transition), hmm.emission.log_likelihood(x[:, None])[..., 0]


def _entering(hmm, group):
    return np.repeat(hmm.initial[:, None], group.x.shape[1], axis=1)  # (K, S)


def _real(group):
    """(T, S): is there a sequence still? The longer ones stand first."""
    return np.arange(group.x.shape[1]) < np.array(group.alive)[:, None]
