"""The static picture of AttentionViewer: the map with its gold links, and the damage beside it."""

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from .chain_picture import DIM, INK, LINE

GOOD = "#11694a"  # as in palette.js
SEQUENTIAL = LinearSegmentedColormap.from_list("sequential", ["#ffffff", "#d3e5f4", "#7fb6de", "#2b76b9", "#08306b"])
DIVERGING = LinearSegmentedColormap.from_list("diverging", ["#0b4a8f", "#6aaee0", "#fafafa", "#f2ab5c", "#9a4a00"])


def attention_figure(title, shown, links, show_gold):
    """A Figure 7.6 inches wide. shown: as AttentionViewer.shown; links: {(i, j)} that the weights make."""
    rows, columns = shown["weights"].shape
    tall = min(9, 1.2 + 0.27 * rows)
    figure = Figure(figsize=(7.6, tall), facecolor="white")
    figure.text(0.02, 1 - 0.1 / tall, title or "Attention", fontsize=10.5, fontweight="bold", color=INK, va="top")
    room = (tall - 1.1) / tall
    layers = [("attention", shown["weights"], SEQUENTIAL, (0, 1))]
    if shown["damage"] is not None:
        most = np.abs(shown["damage"]).max() or 1
        layers.append(("damage", shown["damage"], DIVERGING, (-most, most)))
    for k, (name, values, colours, (low, high)) in enumerate(layers):
        axes = figure.add_axes((0.13 + 0.44 * k, 0.1 / tall, 0.4 if len(layers) > 1 else 0.8, room))
        axes.imshow(values, cmap=colours, vmin=low, vmax=high, aspect="auto", interpolation="nearest")
        axes.tick_params(length=0, labelsize=7.5, labelcolor=INK)
        axes.xaxis.tick_top()
        axes.set_xticks(range(columns), shown["source"], rotation=40, ha="left")
        axes.set_yticks(range(rows), shown["target"] if k == 0 else [""] * rows)
        axes.set_title(name, fontsize=8, color=DIM, pad=4, y=-0.02, va="top") if len(layers) > 1 else None
        for spine in axes.spines.values():
            spine.set_color(LINE)
        if show_gold and shown["gold"] is not None:
            _gold(axes, shown)
        if k == 0:
            for i, j in links:
                axes.plot(i, j, "o", color="white", markeredgecolor=INK, markersize=3, markeredgewidth=0.6)
    return figure


def _gold(axes, shown):
    sure = {tuple(link) for link in shown["gold"]}
    for i, j in sure | {tuple(link) for link in shown["possible"] or ()}:
        axes.add_patch(Rectangle((i - 0.44, j - 0.44), 0.88, 0.88, fill=False, edgecolor=GOOD, linewidth=1.5,
                                 linestyle="-" if (i, j) in sure else (0, (2, 1.5))))  # fmt: skip
