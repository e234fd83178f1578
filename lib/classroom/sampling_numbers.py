"""From logits to the token that is drawn, as seqmodels.decoding does it: the numbers of the text and the picture."""

import numpy as np


def cut_distribution(logits, seen, temperature, top_k, top_p, penalty):
    """(order, plain, shaped, share), each (V,) with the best token first: see static/sampling_model.js.

    order: token ids; plain: probabilities as the model gives them; shaped: after penalty and temperature; share: after
    the cuts, 0 for what is cut. seen: the tokens that stand there already.
    """
    after = logits.astype(np.float64)
    marked = np.zeros(len(after), bool)
    marked[list(seen)] = penalty != 1
    after = np.where(marked, np.where(after > 0, after / penalty, after * penalty), after)
    order = np.argsort(-after, kind="stable")
    scaled = (after[order] - after[order[0]]) / (temperature or 1.0)
    most = 1 if temperature == 0 else len(order) if top_k is None else top_k
    share = _softmax(np.where(np.arange(len(order)) < most, scaled, -np.inf))
    if top_p < 1:
        share = np.where(np.cumsum(share) - share >= top_p, 0, share)
    return order, _softmax(logits.astype(np.float64))[order], _softmax(scaled), share / share.sum()


def _softmax(values):
    powers = np.exp(values - values.max())
    return powers / powers.sum()


def drawn_at(share, die):
    """Which place of the order the die falls on; die: 0 to 1."""
    return int(min(np.searchsorted(np.cumsum(share), die, side="right"), np.flatnonzero(share)[-1]))


def bits_in(probabilities):
    """The entropy in bits."""
    some = probabilities[probabilities > 0]
    return abs(float((some * np.log2(some)).sum()))
