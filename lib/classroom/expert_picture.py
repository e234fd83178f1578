"""The static picture of an ExpertViewer: the text by experts, and who does which class."""

import numpy as np
from matplotlib.figure import Figure

from .chain_picture import DIM, INK, STATES
from .expert_numbers import balance

LETTERS, WIDE = 68, 7.6


def expert_figure(viewer):
    """A Figure 7.6 inches wide: up to three lines of text with the first expert of each token, classes x experts."""
    names, table = viewer.table()
    shares, experts = viewer.load, table.shape[1]
    rows, lines = len(names) + 1, min(2 if experts > 8 else 3, -(-len(viewer.tokens) // LETTERS))
    tall = 0.75 + 0.34 * lines + 0.27 * rows + 0.2
    figure = Figure(figsize=(WIDE, tall), facecolor="white")
    figure.text(0.02, 1 - 0.1 / tall, viewer.title or "Experts", fontsize=10.5, fontweight="bold", color=INK, va="top",
                parse_math=False)  # fmt: skip
    mono = {"fontfamily": "DejaVu Sans Mono", "ha": "center", "va": "center", "parse_math": False}
    for t, token in enumerate(viewer.tokens[: lines * LETTERS]):
        x, y = 0.03 + 0.94 * (t % LETTERS) / LETTERS, 1 - (0.5 + 0.34 * (t // LETTERS)) / tall
        first = int(viewer.chosen[t, 0])
        shown = {" ": "·", "\n": "⏎"}.get(token, token)[:1]
        figure.text(x, y, shown, fontsize=8.5, color=INK, **mono)
        figure.text(x, y - 0.13 / tall, str(first), fontsize=5.5, color=STATES[first % len(STATES)], weight="bold",
                    **mono)  # fmt: skip
    axes = figure.add_axes((0.16, 0.3 / tall, 0.8, 0.27 * rows / tall))
    both = np.vstack([shares, table])
    axes.imshow(both, aspect="auto", cmap="Blues", vmin=0, vmax=1, interpolation="nearest")
    for (row, e), share in np.ndenumerate(both):
        axes.text(
            e,
            row,
            f"{100 * share:.0f}",
            ha="center",
            va="center",
            fontsize=7,
            color="white" if share > 0.55 else INK,
        )
    axes.set_yticks(range(rows), ["all", *names], fontsize=7.5, color=INK)
    axes.set_xticks(range(experts), [f"{e}" for e in range(experts)], fontsize=7.5, color=DIM)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.axhline(0.5, color="white", linewidth=2)
    even = (f"% of the tokens of each class for which the expert answers, {viewer.top_k} each; "
            f"as even as {balance(shares):.1f} of {experts} experts")  # fmt: skip
    figure.text(0.02, 0.04 / tall, even, fontsize=7, color=DIM)
    return figure
