"""The static picture of a beam search: every step's beam by rank, the best sentence, greedy and the right one."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from .chain_picture import DIM, INK, LINE, STATES

PANEL, BAD = "#f4f6f8", "#a8321f"
BEST, GREEDY, RIGHT = STATES[:3]
MOST_KEPT, MOST_DROPPED, MOST_WORDS = 6, 2, 10


def beam_tree_figure(viewer):
    """A Figure 7.6 inches wide of what a BeamTreeViewer shows: 10 words around the chosen one, at most 6 kept rows."""
    tree, at = viewer.tree, viewer.depth
    last = len(tree.steps) - 1
    first = int(np.clip(at - 5, 1, max(1, last - MOST_WORDS + 1)))
    shown = range(first, min(last, first + MOST_WORDS - 1) + 1)
    kept = min(tree.width, MOST_KEPT)
    gone = min(MOST_DROPPED, max(1, *(len(tree.dropped(depth)) for depth in range(last + 1))))
    tall = 0.95 + 0.28 * (kept + gone + 0.6)
    figure = Figure(figsize=(7.6, tall), facecolor="white")
    title = viewer.title or "A beam search"
    figure.text(0.02, 1 - 0.1 / tall, title, fontsize=10.5, weight="bold", color=INK, va="top", parse_math=False)
    head = f"A beam of {tree.width}. Best found: {' '.join(viewer.best)} ({tree.best(viewer.alpha).log_prob:.2f})"
    figure.text(0.02, 1 - 0.35 / tall, head, fontsize=8, color=DIM, va="top", parse_math=False)
    axes = figure.add_axes((0.03, 0.24 / tall, 0.95, 1 - 0.85 / tall), xlim=(first - 0.75, shown[-1] + 0.5))
    axes.set_ylim(kept + gone + 0.4, -0.55)
    axes.axis("off")
    axes.add_patch(Rectangle((at - 0.5, -0.55), 1, kept + gone + 1, facecolor=PANEL, edgecolor="none", zorder=0))
    axes.axhline(kept - 0.25, color=BAD, linewidth=0.8, linestyle=(0, (6, 4)))
    marked, places = _marked(viewer), _places(viewer, shown, kept, gone)
    for (depth, node), y in places.items():
        _line(axes, viewer, marked, places, (depth, node, y), first)
        _word(axes, viewer, marked, (depth, node, y))
    foot = "Blue: best found; orange: greedy; green: right; below the cut: thrown away."
    figure.text(0.02, 0.06 / tall, foot, fontsize=7, color=DIM)
    return figure


def _marked(viewer):
    """Rows of the right, the greedy and the best sentence, with their colours; the last one wins."""
    tree, right = viewer.tree, viewer._right[viewer.sentence]
    marked = dict.fromkeys(tree.follow(right[0]) if right else (), RIGHT)
    marked |= dict.fromkeys(tree.follow(viewer._greedy()), GREEDY)
    return marked | dict.fromkeys(tree.follow(tree.best(viewer.alpha).tokens), BEST)


def _places(viewer, shown, kept, gone):
    """{(depth, row of the tree): height} of what is drawn."""
    tree, marked, places = viewer.tree, _marked(viewer), {}
    for depth in shown:
        places |= {(depth, node): rank for rank, node in enumerate(tree.beam(depth)[:kept])}
        dropped = [node for node in tree.dropped(depth) if depth == viewer.depth or node in marked]
        places |= {(depth, node): kept + 0.2 + i for i, node in enumerate(dropped[:gone])}
    return places


def _line(axes, viewer, marked, places, thing, first):
    (depth, node, y), tree = thing, viewer.tree
    carried, kept = tree.depth[node] < depth, node in tree.beam(depth)
    begin = places.get((depth - 1, node if carried else tree.parent[node]), 0 if depth == first else None)
    if begin is not None:
        alive = kept and node in tree.survivors
        look = {"color": marked.get(node, DIM if alive else LINE), "linewidth": 2 if node in marked else 0.8}
        style = ":" if carried else "-" if kept else "--"
        axes.plot([max(depth - 1, first - 0.7), depth], [begin, y], linestyle=style, zorder=1, **look)


def _word(axes, viewer, marked, thing):
    (depth, node, y), tree = thing, viewer.tree
    if tree.depth[node] < depth:
        axes.plot(depth, y, "s", color=marked.get(node, DIM), markersize=3.5, zorder=3)
        return
    kept, here = node in tree.beam(depth), depth == viewer.depth
    if kept and not here and node not in marked and node not in tree.survivors:
        axes.plot(depth, y, "o", color=DIM, markersize=2.5, zorder=3)
        return
    number = f" {np.exp(tree.log_prob[node]):.2g}" if here else ""
    ground = {"facecolor": PANEL if here else "white", "edgecolor": "none", "pad": 1}
    look = {"color": marked.get(node, INK if kept else DIM), "weight": "bold" if node in marked else "normal"}
    axes.text(depth, y, viewer.words[tree.token[node]][:9] + number, ha="center", va="center", bbox=ground, zorder=2,
              fontsize=6.5 if here else 7.5, parse_math=False, **look)  # fmt: skip
