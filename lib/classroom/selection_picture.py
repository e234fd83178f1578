"""The static picture of a SelectionViewer: door, states, what is remembered, around the cursor."""

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from .chain_picture import DIM, INK, LINE, STATES

COLUMNS, WIDE, LEFT = 64, 7.6, 0.13
ACCENT, TOPS = "#b03a00", (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75)  # as in selection_model.js
STOPS = ["#0b4a8f", "#6aaee0", "#fafafa", "#f2ab5c", "#9a4a00"]
SIGNED = LinearSegmentedColormap.from_list("signed", STOPS, N=9)  # few, as the picture has few colours


def selection_figure(viewer):
    """A Figure 7.6 inches wide: the door of the channel and the mean of all, its states, what is left at the cursor."""
    steps, t = len(viewer.tokens), viewer.position
    first = max(0, min(t - COLUMNS // 2, steps - COLUMNS))
    window = slice(first, min(steps, first + COLUMNS))
    marks = np.array(viewer.marked or [False] * steps)
    figure = Figure(figsize=(WIDE, 4.2), facecolor="white")
    title = viewer.title or "A selective memory"
    figure.text(0.02, 0.98, f"{title}: channel {viewer.channel}", fontsize=10.5, fontweight="bold", color=INK, va="top",
                parse_math=False)  # fmt: skip
    rows = [("door", 0.66, 0.22), ("states", 0.37, 0.24), ("still there", 0.11, 0.2)]
    axes = {}
    for name, low, tall in rows:
        axes[name] = figure.add_axes((LEFT, low, 0.98 - LEFT, tall))
        axes[name].set(xlim=(window.start, window.stop), xticks=[])
        axes[name].tick_params(labelsize=7, colors=DIM, length=0)
        axes[name].spines[:].set_visible(False)
        axes[name].set_ylabel(name, fontsize=8, color=INK, rotation=0, ha="right", va="center", labelpad=18)
    at = np.arange(steps) + 0.5
    share = viewer.door
    colours = np.where(marks, STATES[3], DIM)
    axes["door"].bar(at, share[:, viewer.channel], width=0.86, color=colours)
    axes["door"].step(np.arange(steps + 1), np.append(share.mean(1), share[-1].mean()), where="post", color=INK, lw=0.9)
    top = next((end for end in TOPS if share.max() <= end), 1)
    axes["door"].set(ylim=(0, 1.04 * top), yticks=[0, top], yticklabels=["shut", "open" if top == 1 else f"{top:g}"])
    states = viewer.states()
    most = np.abs(states).max() or 1.0
    axes["states"].imshow(states.T, aspect="auto", cmap=SIGNED, vmin=-most, vmax=most, interpolation="nearest",
                          extent=(0, steps, states.shape[1], 0))  # fmt: skip
    axes["states"].set(yticks=[], xlim=(window.start, window.stop))
    parts = viewer.remembered()
    axes["still there"].bar(at[: t + 1], parts, width=0.86, color=colours[: t + 1])
    axes["still there"].axhline(0, color=LINE, linewidth=0.8)
    axes["still there"].set(yticks=[0])
    for each in axes.values():
        each.axvspan(t, t + 1, facecolor="none", edgecolor=ACCENT, linewidth=1)
    shown = {" ": "␣", "\n": "⏎", "\t": "⇥"}
    wide = max(len(token) for token in viewer.tokens[window])
    apart = max(1, -(-wide * (window.stop - window.start) // 100))
    places = range(window.start, window.stop, apart)
    labels = [shown.get(viewer.tokens[s], viewer.tokens[s][:12]) for s in places]
    axes["still there"].set_xticks([s + 0.5 for s in places], labels, fontsize=7, color=INK)
    for label in axes["still there"].get_xticklabels():
        label.set(parse_math=False, fontfamily="DejaVu Sans Mono")
    key = "bars: this channel (coloured: marked steps), line: mean of all" if viewer.marked else "line: mean of all"
    figure.text(LEFT, 0.02, f"{key}; framed: step {t + 1}", fontsize=7, color=DIM)
    return figure
