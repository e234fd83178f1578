"""How the Transformer of 2017 was trained: a learning rate that warms up, and targets that are not quite certain."""

import torch
from torch.nn import functional as F

from seqmodels.seq2seq import PADDING


def noam_schedule(d_model: int, warmup: int = 4000):
    """The learning rate of the paper: up in a straight line for `warmup` steps, then down like one over a root.

        rate(step) = D^{-1/2} · min(step^{-1/2}, step · warmup^{-3/2}),   step = 1, 2, 3, …

    For `train(…, learning_rate=1.0, schedule=noam_schedule(512))`: a function of the step, counted from 0 as `train`
    does. The highest rate, D^{-1/2} · warmup^{-1/2}, comes at the warmup-th step.
    Source: Vaswani and others (2017), equation 3. Held by tests/unit/test_transformer.py.
    """
    for name, value in (("d_model", d_model), ("warmup", warmup)):
        if not isinstance(value, int) or value < 1:
            raise ValueError(f"{name}: expected a whole number, 1 or more, got {value!r}")

    def rate(step):
        return d_model**-0.5 * min((step + 1) ** -0.5, (step + 1) * warmup**-1.5)  # (6.3.4)

    return rate


def label_smoothing(logits, target, smoothing: float = 0.1, *, ignore: int = PADDING):
    """Mean of (1 - ε) · (-log p of the right word) + ε · (mean of -log p over all words), in nats: a scalar.

    logits (…, V), target (…) int64; words equal to `ignore` are not counted. ε = smoothing: the model is to be sure
    to 1 - ε and to leave the rest to all words alike.
    Equal to F.cross_entropy(…, label_smoothing=ε): held by tests/unit/test_transformer.py.
    """
    if not 0 <= smoothing < 1:
        raise ValueError(f"smoothing: expected 0 to below 1, got {smoothing}")
    if logits.shape[:-1] != target.shape:
        raise ValueError(f"target: expected shape {tuple(logits.shape[:-1])}, a word for each row of logits, "
                         f"got {tuple(target.shape)}")  # fmt: skip
    counted = target != ignore
    log_p = F.log_softmax(logits[counted], -1)  # (N, V)
    surprise = -log_p.gather(-1, target[counted][:, None]).squeeze(-1)  # (N,)
    return torch.mean((1 - smoothing) * surprise - smoothing * log_p.mean(-1))  # (6.3.5)


class SmoothedLoss:
    """`label_smoothing` of a translation, for `training.train`: loss(model, batch) -> scalar.

    batch: a PairBatch of seqmodels.seq2seq; model: a Transformer or a Seq2Seq. smoothing 0 is the plain mean of -log p.
    """

    def __init__(self, smoothing: float = 0.1):
        self.smoothing = smoothing

    def __call__(self, model, batch):
        logits = model(batch.source, batch.source_lengths, batch.target)
        return label_smoothing(logits, batch.target, self.smoothing)
