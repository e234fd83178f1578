"""Random features: attention's own score exp(q·k), as a product of features, on average.

    w_i  (d,) random directions, standard normal each      m  how many      φ(x)  (m,) features of x

The more directions, the less chance; the average is right with any number of them.
"""

import math

import torch

from seqmodels.efficient_attention.checks import check_whole


def orthogonal_projection(n_features: int, size: int, generator=None, dtype=None):
    """Random directions w (m, d), each standard normal, and at right angles to each other within every d of them.

    generator: a torch.Generator. Directions at right angles never tell the same twice, so that the same number of them
    errs less; each alone is as random as before, so that the average stays what it was. Source: Choromanski and others
    (2021). Held by tests/unit/test_efficient_attention.py.
    """
    check_whole(n_features=n_features, size=size)
    shape = math.ceil(n_features / size), size, size
    directions, upper = torch.linalg.qr(torch.randn(shape, generator=generator, dtype=dtype))
    directions = directions * upper.diagonal(dim1=1, dim2=2).sign()[:, None]  # without it QR prefers some directions
    lengths = torch.randn(shape, generator=generator, dtype=dtype).norm(dim=2)  # as long as a normal vector is
    return (lengths[..., None] * directions.transpose(1, 2)).flatten(0, 1)[:n_features]


def performer_features(x, projection, scale: float = 1.0):
    """Positive features whose product is, on average over projections, exp(scale · q·k): x (…, d) -> (…, m).

    projection w (m, d), see `orthogonal_projection`; scale: 1/√d for the scores of attention. φ(q)·φ(k) has the right
    mean for every q and k, and a spread that grows with |q + k|. As a feature map of `linear_attention`:
    lambda x: performer_features(x, projection, scale). Source: Choromanski and others (2021), the Performer.
    Held by tests/unit/test_efficient_attention.py to exp(scale · q·k), within an interval.
    """
    if projection.dim() != 2 or x.shape[-1] != projection.shape[1]:
        raise ValueError(f"projection: expected shape (m, {x.shape[-1]}) to go with x {tuple(x.shape)}, "
                         f"got {tuple(projection.shape)}")  # fmt: skip
    if not 0 < scale < math.inf:
        raise ValueError(f"scale: expected a number above 0, got {scale!r}")
    x = x * math.sqrt(scale)
    # (6.6.6) φ(x) = m^(-1/2) exp(w_i·x - |x|²/2)
    return (x @ projection.T - x.square().sum(-1, keepdim=True) / 2).exp() / math.sqrt(len(projection))
