"""From the outputs of a network that was trained with CTC to labels: the quick way, and the search over prefixes.

The most probable path is quick to find, but it need not say the most probable labels: those may have many paths, each
less probable. Prefix search adds up all paths that say the same.
"""

from typing import NamedTuple

import numpy as np
import torch

from seqmodels.ctc.arguments import checked_log_probs
from seqmodels.ctc.recursions import collapse
from seqmodels.nested import map_state
from seqmodels.runtime import evaluating


class Hypothesis(NamedTuple):
    """labels: a list of classes; log_prob: log p(labels | x), of the paths that the search kept; score: what it is
    ranked by, log_prob + weight * log p(labels) of the language model + bonus * number of labels."""

    labels: list
    log_prob: float
    score: float


def greedy_decode(log_probs, input_lengths=None, blank=0):
    """What does the most probable path say? A list of labels for each sequence.

    log_probs (B, T, C), float32 or float64; input_lengths (B,), None: all T. At equal probabilities the lower class.
    """
    log_probs, input_lengths = checked_log_probs(log_probs, input_lengths, blank)
    paths = log_probs.argmax(2).tolist()
    return [collapse(path[:length], blank) for path, length in zip(paths, input_lengths.tolist(), strict=True)]


def beam_search_decode(log_probs, input_lengths=None, beam_size=10, blank=0, *,
                       language_model=None, weight=1.0, bonus=0.0, start=None):  # fmt: skip
    """Which labels are the most probable? For each sequence at most `beam_size` hypotheses, best first.

    log_probs (B, T, C), float32 or float64; input_lengths (B,), None: all T. A beam that loses nothing is exact; a
    beam of 1 need not be greedy's answer, since it adds up paths. Of equal scores the one found first.
    language_model: anything with `initial_state(batch_size)` and `step(token, state)`, such as NGram, over at least C
    ids, which are the classes; it reads `start` (None: the blank) before the first label, and the end of the labels
    is no event to it. Ranking is by log p(labels | x) + weight * log p(labels) + bonus * number of labels: without the
    bonus a language model favours few labels.
    Source: the prefix search of Graves and others 2006, here with a beam and in step with the frames. Held by
    tests/unit/test_ctc_search.py to an enumeration of all labels.
    """
    log_probs, input_lengths = checked_log_probs(log_probs, input_lengths, blank)
    _check_search(beam_size, weight, bonus, language_model)
    frames = log_probs.cpu().numpy()
    prior = _Prior(language_model, weight, bonus, blank if start is None else start, frames.shape[2])
    with evaluating(language_model):
        return [_search(frames[b, :length], beam_size, blank, prior) for b, length in enumerate(input_lengths.tolist())]


def _search(log_probs, beam_size, blank, prior):
    """One sequence, log_probs (T, C). K prefixes are kept, the paths that say each of them in two heaps:

    ends_blank (K,): b_t(l), all that end in a blank; ends_label (K,): n_t(l), all that end in the last label.
    """
    prefixes, ends_blank, ends_label = [()], np.zeros(1), np.full(1, -np.inf)
    known = prior.begin()
    labels = np.array([k for k in range(log_probs.shape[1]) if k != blank], np.int64)
    for frame in log_probs:
        last = np.array([prefix[-1] if prefix else blank for prefix in prefixes])
        total = np.logaddexp(ends_blank, ends_label)
        # (4.1.8)  b_t(l) = [b_{t-1}(l) + n_{t-1}(l)] y_t(blank)
        stay_blank = total + frame[blank]
        # (4.1.9)  n_t(l) = n_{t-1}(l) y_t(k), where k is the last label of l,
        #                   + [b_{t-1}(m) + n_{t-1}(m) unless m ends in k too] y_t(k), where m is l without it
        stay_label = np.where(last == blank, -np.inf, ends_label + frame[last])
        before = np.where(labels == last[:, None], ends_blank[:, None], total[:, None])
        longer = before + frame[labels]  # (K, C - 1)
        _merge(prefixes, labels, longer, stay_label)
        scores = np.concatenate([
            np.logaddexp(stay_blank, stay_label) + known.scores,
            (longer + known.scores[:, None] + known.ahead[:, labels]).ravel(),
        ])  # fmt: skip
        best = np.argsort(-scores, kind="stable")[:beam_size]
        best = best[scores[best] > -np.inf]
        if not len(best):
            raise ValueError("language_model: gives probability 0 to everything that the frames can say")
        kept, grown = best[best < len(prefixes)], best[best >= len(prefixes)] - len(prefixes)
        parents, added = grown // len(labels), labels[grown % len(labels)]
        prefixes = [prefixes[k] for k in kept] + [(*prefixes[k], int(c)) for k, c in zip(parents, added, strict=True)]
        ends_blank = np.concatenate([stay_blank[kept], np.full(len(grown), -np.inf)])
        ends_label = np.concatenate([stay_label[kept], longer.ravel()[grown]])
        known = prior.after(known, kept, parents, added)
    log_prob = np.logaddexp(ends_blank, ends_label)
    scores = log_prob + known.scores
    return [Hypothesis(list(prefixes[k]), float(log_prob[k]), float(scores[k]))
            for k in np.argsort(-scores, kind="stable")]  # fmt: skip


def _merge(prefixes, labels, longer, stay_label):
    """Where one prefix of the beam is another and a label, the second line of (4.1.9) joins the first. In place."""
    row = {prefix: k for k, prefix in enumerate(prefixes)}
    for k, prefix in enumerate(prefixes):
        parent = row.get(prefix[:-1]) if prefix else None
        if parent is not None:
            column = np.searchsorted(labels, prefix[-1])
            stay_label[k] = np.logaddexp(stay_label[k], longer[parent, column])
            longer[parent, column] = -np.inf


class _Known(NamedTuple):
    """What the prefixes of a beam are worth before any frame is seen."""

    scores: np.ndarray  # (K,)
    ahead: np.ndarray  # (K, C): what each class would add to it
    state: tuple  # of the language model


class _Prior:
    """weight * log p(labels) + bonus * number of labels, for all prefixes of a beam at once."""

    def __init__(self, model, weight, bonus, start, classes):
        self.model, self.weight, self.bonus = (model if weight else None), weight, bonus
        self.start, self.classes = start, classes
        parameters = model.parameters() if isinstance(model, torch.nn.Module) else ()
        self.device = next((p.device for p in parameters), None)

    def begin(self):
        """Of the prefix without labels."""
        state = () if self.model is None else self.model.initial_state(1)
        return _Known(np.zeros(1), *self._read(np.array([self.start]), state))

    def after(self, known, kept, parents, added):
        """Of the prefixes `kept`, and then of the `parents` with a label added to each."""
        ahead, state = known.ahead[kept], _rows(known.state, kept)
        if len(added):
            grown, state_grown = self._read(added, _rows(known.state, parents))
            ahead = np.concatenate([ahead, grown])
            state = map_state(lambda old, new: torch.cat([old, new]), state, state_grown)
        grown_scores = known.scores[parents] + known.ahead[parents, added]
        return _Known(np.concatenate([known.scores[kept], grown_scores]), ahead, state)

    def _read(self, tokens, state):
        """After these tokens (K,), what does each next class add to the score? (K, C), and the state."""
        if self.model is None:
            return np.full((len(tokens), self.classes), float(self.bonus)), ()
        logits, state = self.model.step(torch.from_numpy(tokens).to(self.device), state)
        if logits.shape[1] < self.classes:
            raise ValueError(f"language_model: expected at least {self.classes} ids, one for each class of log_probs, "
                             f"got {logits.shape[1]}")  # fmt: skip
        log_probs = logits.double().log_softmax(1)[:, : self.classes].cpu().numpy()
        return self.weight * log_probs + self.bonus, state


def _rows(state, rows):
    return map_state(lambda leaf: leaf[torch.from_numpy(rows)], state)


def _check_search(beam_size, weight, bonus, model):
    if isinstance(beam_size, bool) or not isinstance(beam_size, int) or beam_size < 1:
        raise ValueError(f"beam_size: expected a whole number, 1 or more, got {beam_size!r}")
    if not 0 <= weight < np.inf:
        raise ValueError(f"weight: expected a finite number, 0 or more, got {weight}")
    if not -np.inf < bonus < np.inf:
        raise ValueError(f"bonus: expected a finite number, got {bonus}")
    if model is not None and not (hasattr(model, "initial_state") and hasattr(model, "step")):
        raise ValueError(f"language_model: expected initial_state and step, got {type(model).__name__}")
