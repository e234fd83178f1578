"""The tree of what is alike, against means worked out over all pairs."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from classroom.dendrogram import average_linkage, dendrogram, groups, order


def distances(n, seed=0, dimensions=3):
    points = np.random.default_rng(seed).normal(size=(n, dimensions))
    return np.linalg.norm(points[:, None] - points[None], axis=-1)


def plainly(between):
    """Average linkage as it is defined: at every merge, the mean over all pairs of every two groups."""
    n = len(between)
    members, merges = {i: [i] for i in range(n)}, []
    for m in range(n - 1):
        pairs = [(between[np.ix_(members[i], members[j])].mean(), i, j) for i in members for j in members if i < j]
        distance, i, j = min(pairs)
        merges.append([i, j, distance])
        members[n + m] = members.pop(i) + members.pop(j)
    return np.array(merges)


@pytest.mark.parametrize("n", [2, 3, 7, 30])
def test_average_linkage_is_the_mean_over_all_pairs(n):
    between = distances(n, seed=n)
    before = between.copy()
    np.testing.assert_allclose(average_linkage(between), plainly(between), rtol=0, atol=1e-12)
    assert (between == before).all()  # what was given is left alone


def test_two_heaps_are_found_and_cut():
    rng = np.random.default_rng(0)
    truth = np.array([0, 1, 0, 0, 1, 1, 1, 0])
    points = rng.normal(size=(8, 2)) + 20 * truth[:, None]
    merges = average_linkage(np.linalg.norm(points[:, None] - points[None], axis=-1))
    assert groups(merges, 2).tolist() == truth.tolist()
    assert groups(merges, 1).tolist() == [0] * 8 and groups(merges, 8).tolist() == list(range(8))
    assert (np.diff(merges[:, 2]) >= 0).all()  # groups join at ever larger distances
    for count in (0, 9):
        with pytest.raises(ValueError, match="^count: expected 1 to 8"):
            groups(merges, count)


def test_the_order_keeps_every_group_together():
    merges = average_linkage(distances(20))
    rows = order(merges)
    assert sorted(rows) == list(range(20))
    for count in range(1, 21):
        found = groups(merges, count)[rows]
        assert (np.diff(found) != 0).sum() == count - 1


def test_the_figure_shows_every_word_and_every_merge():
    vectors = np.random.default_rng(0).normal(size=(6, 4))
    words, kinds = "cat dog cup eat see rock".split(), ["animal", "animal", "thing", "verb", "verb", "thing"]
    figure = dendrogram(vectors, words, kinds, title="Who is like whom?")
    assert isinstance(figure, Figure)
    (axes,) = figure.axes
    tips = {text.get_text(): text for text in axes.texts}
    assert set(tips) == {f"{word}  ({kind})" for word, kind in zip(words, kinds, strict=True)}
    marks, branches = ([line for line in axes.lines if (line.get_marker() == "s") == yes] for yes in (True, False))
    colour = {int(mark.get_ydata()[0]): mark.get_color() for mark in marks}
    rows = {kind: {colour[int(text.xy[1])] for word, text in tips.items() if kind in word} for kind in kinds}
    assert all(len(own) == 1 for own in rows.values()) and len(set.union(*rows.values())) == 3
    merges = average_linkage(np.linalg.norm(vectors[:, None] - vectors[None], axis=-1))
    np.testing.assert_allclose(sorted(max(line.get_xdata()) for line in branches), merges[:, 2])
    shown = sorted(axes.texts, key=lambda text: text.xy[1])
    assert [text.get_text().split()[0] for text in shown] == [words[i] for i in order(merges)]
    many = dendrogram(np.arange(18.0).reshape(9, 2), "abcdefghi", "123456789").axes[0]
    assert {text.get_text()[:6] for text in many.texts} >= {"a  (1)"} and len(many.lines) == 8  # branches, no marks
    plain = dendrogram(vectors, words)
    assert {text.get_text() for text in plain.axes[0].texts} == set(words) and not plain.texts


def test_bad_input_is_refused():
    vectors = np.zeros((3, 2))
    for wrong in (vectors[0], vectors[:1], vectors + np.nan):
        with pytest.raises(ValueError, match="^vectors: expected finite numbers"):
            dendrogram(wrong, ["a", "b", "c"])
    with pytest.raises(ValueError, match="^labels: expected 3, one for each vector, got 2"):
        dendrogram(vectors, ["a", "b"])
    with pytest.raises(ValueError, match="^kinds: expected 3"):
        dendrogram(vectors, ["a", "b", "c"], ["x"])
    for wrong in (np.zeros((2, 3)), np.zeros((1, 1)), np.array([[0, 1], [2, 0]]), np.full((2, 2), np.nan)):
        with pytest.raises(ValueError, match="^distances: "):
            average_linkage(wrong)


def test_equal_vectors_make_a_tree_too():
    assert isinstance(dendrogram(np.ones((4, 2)), "abcd"), Figure)
