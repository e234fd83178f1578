"""State space duality: `ssd` against the published minimal listing, for `python -m tools.bench state_space_duality`,
and by itself (`python -m tools.bench_ssd`) time and memory at five lengths with fitted exponents.

Forward and backward, 4 sequences, 4 heads of 32, one group of B and C with N = 16, every gradient. The first candidate,
the measure of the others, is the algorithm of the listing in Dao and Gu (2024), written anew from its formulas: segment
sums as a table, one einsum for each product, and between the chunks a table once more. Target for ours: 0.75 at 1,024
and 4,096. It wants a length that the chunk divides, so all lengths here are such.
"""


import torch
from torch.nn import functional as F

from seqmodels.mamba2 import ssd, ssd_loop
from tools.bench_efficient_attention import against_length

BATCH, HEADS, SIZE, STATES, GROUPS, CHUNK = 4, 4, 32, 16, 1, 64
LENGTHS = (256, 512, 1024, 2048, 4096)
SLOW = "loop"


def segment_sums(log_decay):
    """(…, Q) -> (…, Q, Q): log a_{j+1} + … + log a_i where j ≤ i, else -∞; each sum by itself, nothing subtracted."""
    length = log_decay.shape[-1]
    ones = torch.ones(length, length, dtype=torch.bool)
    rows = log_decay[..., None].expand(*log_decay.shape, length)  # log a_i in every column j
    return rows.masked_fill(~ones.tril(-1), 0).cumsum(-2).masked_fill(~ones.tril(), -torch.inf)


def listing(x, log_decay, B, C, chunk=CHUNK):
    """The algorithm of the minimal listing: y (B, T, H, P), last state (B, H, P, N). B and C for every head."""
    x, log_decay, B, C = (part.unflatten(1, (-1, chunk)) for part in (x, log_decay, B, C))  # (B, K, Q, …)
    log_decay = log_decay.permute(0, 3, 1, 2)  # (B, H, K, Q)
    s = log_decay.cumsum(-1)
    within = torch.einsum("bkihn,bkjhn,bhkij,bkjhp->bkihp", C, B, segment_sums(log_decay).exp(), x)
    written = torch.einsum("bkjhn,bhkj,bkjhp->bkhpn", B, (s[..., -1:] - s).exp(), x)
    written = torch.cat([torch.zeros_like(written[:, :1]), written], 1)  # nothing stands before the first chunk
    between = segment_sums(F.pad(s[..., -1], (1, 0))).exp()  # (B, H, K + 1, K + 1)
    states = torch.einsum("bhlk,bkhpn->blhpn", between, written)
    from_before = torch.einsum("bkihn,bkhpn,bhki->bkihp", C, states[:, :-1], s.exp())
    return (within + from_before).flatten(1, 2), states[:, -1]


def state_space_duality(length, slow=True):
    """Mamba-2's recurrence over so many steps, forward and backward, B 4, H 4, P 32, N 16"""
    generator = torch.Generator().manual_seed(1)

    def normal(*shape):
        return torch.randn(BATCH, length, *shape, generator=generator)

    inputs = [normal(HEADS, SIZE), -F.softplus(normal(HEADS)), normal(GROUPS, STATES), normal(GROUPS, STATES)]
    inputs = [part.requires_grad_() for part in inputs]

    def for_every_head(x, log_decay, B, C):
        return listing(x, log_decay, *(part.repeat_interleave(HEADS // GROUPS, 2) for part in (B, C)))

    forms = {
        f"minimal listing, chunks of {CHUNK}": for_every_head,
        f"ssd, chunks of {CHUNK}": lambda *parts: ssd(*parts, chunk=CHUNK),
        "ssd, chunks of 32": lambda *parts: ssd(*parts, chunk=32),
        "ssd, chunks of 16": lambda *parts: ssd(*parts, chunk=16),
        SLOW: ssd_loop,
    }

    def forward_backward(form):
        def run():
            y, last = form(*inputs)
            return y.detach(), last.detach(), *torch.autograd.grad(y.square().sum() + last.square().sum(), inputs)

        return run

    return {name: forward_backward(form) for name, form in forms.items() if slow or name != SLOW}


ALL = [state_space_duality]


def main(arguments=None):
    against_length("bench_ssd", state_space_duality, LENGTHS, arguments)


if __name__ == "__main__":
    main()
