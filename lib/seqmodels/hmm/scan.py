"""The forward pass of a hidden Markov model as the scan of the course."""

import numpy as np
import torch

from seqmodels.scan import associative_scan


def forward_scan(hmm, x):
    """The forward pass as prefixes of a product of matrices, in log2 T rounds.

    x: one sequence. Returns filtered (T, K) and the log-likelihood, equal to
    `hmm.forward` and `hmm.log_likelihood` (1e-10, tests/unit/test_hmm.py).
    ValueError where the sequence is impossible.
    """
    x = hmm.emission.check(x, "x")
    b, log_factor = hmm.emission.likelihood(x[:, None])  # (T, K, 1)
    # (1.2.8)  alpha_t = pi diag(b_1)  A diag(b_2)  ...  A diag(b_t)
    matrices = hmm.transition * b[:, None, :, 0]  # (T, K, K)
    matrices[0] = hmm.initial * b[0, :, 0]  # from nowhere: the same in each row
    log_sizes = torch.zeros(1, len(x), dtype=torch.float64)
    elements = torch.from_numpy(matrices)[None], log_sizes
    products, log_sizes = associative_scan(scaled_product, elements)
    alpha = products[0, :, 0].numpy()  # (T, K), all rows are the same
    if not alpha[-1].any():
        hmm.forward(x)  # says where it is impossible
    log_likelihood = np.log(alpha[-1].sum()) + log_sizes[0, -1].item()
    filtered = alpha / alpha.sum(1, keepdims=True)
    return filtered, float(log_likelihood + np.sum(log_factor))


def scaled_product(earlier, later):
    """Matrices, each with the logarithm of what it was divided by.

    (M, s) then (N, u) is (M N / size, s + u + log size): still associative,
    and no product of thousands of probabilities gets too small.
    """
    (m, s), (n, u) = earlier, later
    product = m @ n
    size = product.amax((-2, -1))
    size = torch.where(size > 0, size, 1.0)  # impossible: zero, and so it stays
    return product / size[..., None, None], s + u + size.log()
