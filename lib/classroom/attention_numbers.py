"""What AttentionViewer counts: links made of weights, the alignment error, and whether map and damage agree."""

import numpy as np

END = "<end>"


def links_of(weights, target, threshold=None):
    """{(i, j)}: source word i with target word j, for the largest weight of each row, or for every weight of at least
    `threshold`. The row of a last "<end>" and rows of nothing but 0 make no link."""
    rows = len(target) - (target[-1] == END)
    if threshold is not None:
        return {(int(i), int(j)) for j, i in np.argwhere(weights[:rows] >= threshold)}
    return {(int(row.argmax()), j) for j, row in enumerate(weights[:rows]) if row.max() > 0}


def alignment_error(links, sure, possible):
    """1 - (|A and S| + |A and P|) / (|A| + |S|), Och and Ney 2003; None where there is no link at all."""
    size = len(links) + len(sure)
    return None if size == 0 else 1 - (len(links & sure) + len(links & (possible | sure))) / size


def agreement(weights, damage):
    """(rows in which the largest weight stands where the damage is largest, rows). Rows that nothing damages, and rows
    of nothing but 0, are left out."""
    compared = [(a.argmax(), d.argmax()) for a, d in zip(weights, damage, strict=True) if a.max() > 0 and d.max() > 0]
    return sum(bool(a == d) for a, d in compared), len(compared)
