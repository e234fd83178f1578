"""The bigram table again, by gradient descent: a part of tools/effects/predicting_text.py."""

import time

import torch

from seqmodels.tales import START


def bigram_by_gradient(tales):
    """How far a table of logits is from the counts after so many steps of three ways down, all logits zero at first.

    Full batch: all pairs of the tales, START read first, so that one number a pair of characters is enough.
    """
    pairs = torch.cat([torch.stack([torch.cat([torch.tensor([START]), tale[:-1]]), tale]) for tale in tales], 1)
    counts = torch.zeros(64, 64, dtype=torch.float64).index_put_(tuple(pairs), torch.tensor(1.0).double(), True)
    for name, way in WAYS.items():
        for steps in (0, 1, 3, 10, 30, 100, 300, 1000, 3000):
            if name == "L-BFGS" and steps > 300:
                break
            logits, began = torch.zeros(64, 64, dtype=torch.float64, requires_grad=True), time.process_time()
            descend(logits, counts, way, steps)
            seconds = time.process_time() - began
            yield {"way": name, "steps": steps, "seconds": seconds} | distance(logits.detach().softmax(-1), counts)


WAYS = {
    "gradient descent": lambda w, steps: torch.optim.SGD(w, lr=30.0),
    "Adam": lambda w, steps: torch.optim.Adam(w, lr=0.1),
    "L-BFGS": lambda w, steps: torch.optim.LBFGS(w, max_iter=steps, max_eval=10 * steps, history_size=20,
                                                 tolerance_grad=0, tolerance_change=0, line_search_fn="strong_wolfe"),
}  # fmt: skip


def descend(logits, counts, way, steps):
    """Change the logits (64, 64) by so many steps; L-BFGS makes them all in one call."""

    def loss():
        optimizer.zero_grad()
        value = -(counts * logits.log_softmax(-1)).sum() / counts.sum()
        value.backward()
        return value

    if steps:
        optimizer = way([logits], steps)
        for _ in range(1 if isinstance(optimizer, torch.optim.LBFGS) else steps):
            optimizer.step(loss)


def distance(p, counts):
    """Bits lost against the counts, and the largest difference of a probability after a context seen 100 times."""
    exact = counts / counts.sum(1, keepdim=True).clamp(min=1)
    lost = (counts * (exact.clamp(min=1e-300) / p).log2()).sum() / counts.sum()
    often = counts.sum(1) >= 100
    return {"bits lost": lost.item(), "largest difference": (p - exact)[often].abs().max().item()}
