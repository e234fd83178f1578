"""Everything that CTC knows about one sequence and its labels, as plain arrays: to be looked at, or drawn."""

from dataclasses import dataclass

import numpy as np
import torch

from seqmodels.ctc import recursions
from seqmodels.ctc.arguments import checked_log_probs, checked_targets


@dataclass(frozen=True)
class Lattice:
    """What `lattice` found out; float64 NumPy, natural logarithms, -inf for what is impossible. T frames, S places.

    extended (S,): the labels with a blank before, between and after them; may_jump (S,): whether a path may come to a
    place past the blank before it; emission (T, S): log y_t(l'_s); alpha (T, S): all ways to a place, its frame seen;
    beta (T, S): all ways on from it; posterior (T, S): log gamma, whose exp sums to one at each frame;
    gradient (T, C): of the loss with the outputs before log_softmax; log_likelihood: log p(l | x), the loss is its
    negative; best_path (T,): the places of the most probable path; best_log_prob: its log-probability.
    """

    extended: np.ndarray
    may_jump: np.ndarray
    emission: np.ndarray
    alpha: np.ndarray
    beta: np.ndarray
    posterior: np.ndarray
    gradient: np.ndarray
    log_likelihood: float
    best_path: np.ndarray
    best_log_prob: float

    @property
    def best_classes(self):
        """The most probable path as classes (T,), which collapse to the labels."""
        return self.extended[self.best_path]


def lattice(log_probs, target, blank=0) -> Lattice:
    """How can these frames say these labels? One sequence, by the clear forms.

    log_probs (T, C): a float32 or float64 tensor; target (U,): labels, an int64 tensor, which may be empty. ValueError
    as for `ctc_loss`, and where the labels need more frames than there are: then there is no path to show.
    Held by tests/unit/test_ctc.py to an enumeration of every path.
    """
    for name, value, axes in (("log_probs", log_probs, "(T, C)"), ("target", target, "(U,)")):
        if not isinstance(value, torch.Tensor) or value.dim() != axes.count(",") + (name == "log_probs"):
            came = f"shape {tuple(value.shape)}" if isinstance(value, torch.Tensor) else type(value).__name__
            raise ValueError(f"{name}: expected a tensor of shape {axes}, one sequence, got {came}")
    log_y, _ = checked_log_probs(log_probs[None], None, blank)
    length = torch.tensor([len(target)], device=target.device)
    labels = checked_targets(target[None], length, log_y, blank)[0].tolist()
    log_y, needed = log_y[0].cpu().numpy(), recursions.frames_needed(labels)
    if needed > len(log_y):
        raise ValueError(f"target: {len(labels)} labels, {needed - len(labels)} of them like the one before, need "
                         f"{needed} frames; log_probs has {len(log_y)}")  # fmt: skip
    extended = recursions.extend(labels, blank)
    emit, jump = log_y[:, extended], recursions.may_jump(extended, blank)
    alpha, beta = recursions.forward(emit, jump), recursions.backward(emit, jump)
    log_likelihood = recursions.log_likelihood(alpha)
    if not np.isfinite(log_likelihood):
        raise ValueError("log_probs: gives probability 0 to every path that says target")
    posterior = recursions.posterior(alpha, beta)
    best_path, best_log_prob = recursions.viterbi(emit, jump)
    return Lattice(extended, jump, emit, alpha, beta, posterior, recursions.gradient(log_y, extended, posterior),
                   float(log_likelihood), best_path, float(best_log_prob))  # fmt: skip
