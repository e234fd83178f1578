"""Beams of several widths, for translating_numbers.py."""

import numpy as np

from seqmodels.metrics import bleu_parts, word_error_rate
from seqmodels.runtime import evaluating
from seqmodels.seq2seq import PADDING, pair_batch, search

WIDTHS, PENALTIES, MOST = (1, 2, 4, 16, 64), (0.0, 1.0), 25


def searched(model, data, pairs):
    """A row for each width and length penalty: exact, bleu (of words), word error rate, words written for each wanted,
    and in how many pairs the found translation is less, and in how many more probable than the wanted one."""
    batch, rows = pair_batch(data.ids(pairs)), []
    wanted, truth = [pair.target for pair in pairs], log_probs(model, batch)
    for width in WIDTHS:
        found = search(model, batch.source, batch.source_lengths, width, MOST)
        for penalty in PENALTIES:
            best = [max(one.hypotheses, key=lambda h: ranked(h, penalty)) for one in found]
            said = [tuple(data.target_vocabulary.decode(one.tokens)) for one in best]
            quality, score = bleu_parts(wanted, said), np.array([one.log_prob for one in best])
            right = [words == pair.target for words, pair in zip(said, pairs, strict=True)]
            rows.append(
                {"width": width, "penalty": penalty, "exact": np.mean(right),
                 "bleu": quality.score, "word error rate": word_error_rate(wanted, said),
                 "length": quality.hypothesis_length / quality.reference_length,
                 "less probable": np.mean(score < truth - 1e-4), "more probable": np.mean(score > truth + 1e-4)}
            )  # fmt: skip
    return [{name: float(value) for name, value in row.items()} for row in rows]


def ranked(hypothesis, penalty):
    return hypothesis.log_prob / (len(hypothesis.tokens) + hypothesis.finished) ** penalty


def log_probs(model, batch):
    """Of the wanted translations, END included, in nats (N,)."""
    with evaluating(model):
        scores = model(*batch).log_softmax(-1)
    taken = scores.gather(-1, batch.target[..., None])[..., 0]
    return taken.masked_fill(batch.target == PADDING, 0).sum(1).numpy()
