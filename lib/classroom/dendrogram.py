"""Which of these vectors are alike? A tree that joins the closest two, again and again.

N  vectors      merges (N - 1, 3): [i, j, distance]; 0 … N-1 are the vectors, N + m is what merge m made
"""

import numpy as np
from matplotlib.figure import Figure

from .chain_picture import DIM, INK, LINE, STATES

WIDE, ROW = 7.6, 0.17  # inches


def average_linkage(distances):
    """Join the two groups whose members are closest on average, until one is left: merges (N - 1, 3).

    distances: (N, N), symmetric, N ≥ 2. Of equal distances the first in reading order is taken.
    Held by tests/unit/test_dendrogram.py to the mean over all pairs.
    """
    between = _checked(distances)
    count = len(between)
    np.fill_diagonal(between, np.inf)
    number, size, merges = np.arange(count), np.ones(count), []
    for merge in range(count - 1):
        i, j = np.unravel_index(between.argmin(), between.shape)  # i < j
        merges.append([*sorted((number[i], number[j])), between[i, j]])
        # the mean over all pairs between the new group and another is the mean of two means, weighted by size
        joined = (size[i] * between[i] + size[j] * between[j]) / (size[i] + size[j])
        between[i], between[:, i], between[i, i] = joined, joined, np.inf
        between[j], between[:, j] = np.inf, np.inf
        number[i], size[i] = count + merge, size[i] + size[j]
    return np.array(merges)


def groups(merges, count):
    """Cut the tree where `count` groups are left: (N,) the group of each vector, 0 for that of vector 0, and so on."""
    n = len(merges) + 1
    if not 1 <= count <= n:
        raise ValueError(f"count: expected 1 to {n}, the number of vectors, got {count!r}")
    members = {i: [i] for i in range(n)}
    for m, (i, j, _) in enumerate(merges[: n - count]):
        members[n + m] = members.pop(int(i)) + members.pop(int(j))
    found = np.empty(n, int)
    for group, inside in enumerate(sorted(members.values(), key=min)):
        found[inside] = group
    return found


def dendrogram(vectors, labels, kinds=None, title=""):
    """The tree of the vectors (N, D) by Euclidean distance and average linkage: a Figure 7.6 inches wide.

    labels: N words, written at the tips. kinds: N names (a class of each word), or None; a kind's name stands behind
    the word, and where there are eight kinds or fewer each has a coloured mark. Held by tests/unit/test_dendrogram.py.
    """
    vectors = np.asarray(vectors, float)
    if vectors.ndim != 2 or len(vectors) < 2 or not np.isfinite(vectors).all():
        raise ValueError(f"vectors: expected finite numbers (N, D), N 2 or more, got shape {vectors.shape}")
    for name, words in (("labels", labels), ("kinds", kinds)):
        if words is not None and len(words) != len(vectors):
            raise ValueError(f"{name}: expected {len(vectors)}, one for each vector, got {len(words)}")
    merges = average_linkage(np.linalg.norm(vectors[:, None] - vectors[None], axis=-1))
    place = {int(tip): row for row, tip in enumerate(order(merges))}
    tall = ROW * len(vectors) + (0.75 if title else 0.5)
    figure = Figure(figsize=(WIDE, tall), facecolor="white")
    if title:
        figure.text(0.02, 1 - 0.1 / tall, title, fontsize=10.5, fontweight="bold", color=INK, va="top")
    axes = figure.add_axes((0.03, 0.42 / tall, 0.69, ROW * len(vectors) / tall))
    _branches(axes, merges, place.copy())
    names = [] if kinds is None else list(dict.fromkeys(kinds))
    for tip, row in place.items():
        words = str(labels[tip]) if kinds is None else f"{labels[tip]}  ({kinds[tip]})"
        axes.annotate(words, (0, row), (9, 0), textcoords="offset points", va="center", fontsize=8, color=INK)
        if 0 < len(names) <= len(STATES):  # more kinds than colours: the names alone
            colour = STATES[names.index(kinds[tip])]
            axes.plot(0, row, "s", color=colour, markersize=5, clip_on=False, zorder=3)
    return figure


def order(merges):
    """The vectors from top to bottom, so that no branches cross: (N,)."""
    n = len(merges) + 1
    inside = {i: [i] for i in range(n)}
    for m, (i, j, _) in enumerate(merges):
        inside[n + m] = inside.pop(int(i)) + inside.pop(int(j))
    return np.array(inside[2 * n - 2])


def _branches(axes, merges, place):
    """One bracket a merge, at its distance; the tips stand at 0 on the right."""
    n, height = len(merges) + 1, {}
    for m, (i, j, distance) in enumerate(merges):
        ends = [int(i), int(j)]
        rows, starts = [place[end] for end in ends], [height.get(end, 0) for end in ends]
        axes.plot([starts[0], distance, distance, starts[1]], np.repeat(rows, 2), color=DIM, linewidth=1.1)
        place[n + m], height[n + m] = sum(rows) / 2, distance
    axes.set(xlim=(1.04 * merges[-1, 2] or 1, 0), ylim=(n - 0.5, -0.5), yticks=[])
    axes.tick_params(labelsize=7.5, colors=DIM, length=3)
    axes.set_xlabel("mean distance at which two groups join", fontsize=8, color=DIM, labelpad=2)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(LINE)


def _checked(distances):
    distances = np.array(distances, float)
    if distances.ndim != 2 or distances.shape[0] != distances.shape[1] or len(distances) < 2:
        raise ValueError(f"distances: expected shape (N, N), N 2 or more, got {distances.shape}")
    if not np.isfinite(distances).all() or not np.allclose(distances, distances.T):
        raise ValueError("distances: expected finite numbers, the same from i to j as from j to i")
    return distances
