"""What a selective state space keeps, writes and still remembers: the numbers of SelectionViewer.

h_t = exp(Δ_t A) h_{t-1} + written_t; unrolled, token s has in the state after step t what it wrote times all decays
since: exp(A (Δ_{s+1} + ... + Δ_t)) written_s. With C_t in front and the sum over the states, this is one row of the
lower triangular matrix that a Mamba layer applies to its inputs.
"""

import numpy as np

SORTS = ("marked", "half-life", "number")
FORMS = {"exact": lambda delta, A: np.expm1(delta * A) / A, "code": lambda delta, A: delta}


def decays(delta, A):
    """exp(Δ A), the share of each state that a step keeps, (T, D, N); delta (T, D), A (D, N)."""
    return np.exp(delta[:, :, None] * A)


def door(delta, A):
    """The share of the slowest state that a step replaces, 1 - exp(-Δ min|A|), (T, D): 0 is shut, 1 is wide open."""
    return -np.expm1(-delta * np.abs(A).min(1))


def recurrence(delta, A, B, x, form):
    """(written, state), each (T, D, N): written = Δ B x ("code") or (exp(ΔA) - 1) / A B x ("exact"), from h = 0."""
    written = FORMS[form](delta[:, :, None], A) * B[:, None] * x[:, :, None]
    state = np.empty_like(written)
    before = np.zeros_like(A)
    for t, keep in enumerate(decays(delta, A)):
        state[t] = before = keep * before + written[t]
    return written, state


def form_of(delta, A, B, x, state):
    """Which form the states follow, "code" or "exact"; None where neither fits to a thousandth of the largest."""
    most = np.abs(state).max() or 1.0
    for form in ("code", "exact"):
        if np.abs(recurrence(delta, A, B, x, form)[1] - state).max() < 1e-3 * most:
            return form
    return None


def written_of(state, delta, A):
    """What each step wrote, (T, D, N): the state less what was kept of the one before."""
    before = np.concatenate([np.zeros_like(state[:1]), state[:-1]])
    return state - decays(delta, A) * before


def still_there(written, delta, A, t, channel):
    """What of each token up to t is in the states of a channel after step t, (t + 1, N); its sum is the state."""
    until = np.cumsum(delta[: t + 1, channel])
    since = until[-1] - until  # Δ_{s+1} + ... + Δ_t
    return np.exp(since[:, None] * A[channel]) * written[: t + 1, channel]


def remembered(written, delta, A, t, channel, C=None):
    """One number a token, (t + 1,): with C its part of the channel's output at t, sum_n C_tn (...); else its size."""
    parts = still_there(written, delta, A, t, channel)
    return parts @ C[t] if C is not None else np.linalg.norm(parts, axis=1)


def half_lives(delta, A):
    """Steps after which half of the slowest state is gone at the median Δ, (D,): ln 2 / (Δ min|A|)."""
    return np.log(2) / np.maximum(np.median(delta, axis=0) * np.abs(A).min(1), 1e-12)


def tells_apart(delta, A, marked):
    """How far the door tells marked tokens from the others, (D,): the difference of its means, -1 to 1."""
    marked, share = np.asarray(marked, dtype=bool), door(delta, A)
    return share[marked].mean(0) - share[~marked].mean(0)


def channel_order(delta, A, sort, marked=None):
    """The channels from top to bottom: those that open most at marked tokens, or keep longest, or as they are."""
    if sort == "marked":
        return np.argsort(-tells_apart(delta, A, marked), kind="stable")
    if sort == "half-life":
        return np.argsort(-half_lives(delta, A), kind="stable")
    return np.arange(delta.shape[1])
