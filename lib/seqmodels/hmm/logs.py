"""Forward and backward in logarithms, for one sequence: slow, and right where scaling is not enough.

Scaling keeps the sum of alpha at one, but a single state may fall 300 powers of ten behind and still come back later
(a chain that cannot go everywhere may need just that state). Logarithms keep it. All arrays hold logarithms; log 0 is
-inf. Held to `recursions` by tests/unit/test_hmm.py.
"""

import numpy as np


def forward(initial, transition, b):
    """(1.2.2), (1.2.3): log filtered (T, K), log scale (T,); from an impossible observation on, -inf and then zeros."""
    filtered, scale = np.full(b.shape, -np.inf), np.zeros(len(b))
    predicted = initial
    for t in range(len(b)):
        alpha = predicted + b[t]
        scale[t] = np.logaddexp.reduce(alpha)
        if scale[t] == -np.inf:
            break
        filtered[t] = alpha - scale[t]
        predicted = np.logaddexp.reduce(filtered[t, :, None] + transition, axis=0)
    return filtered, scale


def backward(transition, b, scale):
    """(1.2.4): log beta (T, K), scaled like `forward`."""
    beta = np.zeros(b.shape)
    for t in range(len(b) - 2, -1, -1):
        beta[t] = np.logaddexp.reduce(transition + (b[t + 1] + beta[t + 1]), axis=1) - scale[t + 1]
    return beta


def expected_transitions(transition, b, filtered, beta, scale):
    """(1.2.7): sum_t xi_t (K, K), no logarithms any more."""
    explained = b + beta - scale[:, None]  # (T, K)
    counts = np.zeros(transition.shape)
    for i in range(len(transition)):  # (T-1, K) at a time instead of (T-1, K, K)
        counts[i] = np.exp(filtered[:-1, i, None] + transition[i] + explained[1:]).sum(0)
    return counts
