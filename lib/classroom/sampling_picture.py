"""The static picture of a drawing: the distribution as columns, and the line on which the die falls."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from .chain_picture import DIM, INK, LINE, STATES
from .sampling_numbers import drawn_at

CHOSEN, TINTS, GONE = "#b03a00", ("#2b7fcc", "#6ea8dd"), "#d5dbe1"
WIDE, TALL, COLUMNS = 7.6, 3.6, 18  # inches; columns at most
SIGNS = {" ": "␣", "\n": "⏎", "\t": "⇥"}


def sampling_figure(viewer):
    """A Figure 7.6 inches wide of what a SamplingViewer shows."""
    order, plain, shaped, share = viewer.cut
    kept, drawn = np.count_nonzero(share), drawn_at(share, viewer.thrown)
    names = ["".join(SIGNS.get(sign, sign) for sign in viewer.vocabulary[token]) for token in order[:200]]
    figure = Figure(figsize=(WIDE, TALL), facecolor="white")
    figure.text(0.02, 1 - 0.1 / TALL, viewer.title or "What comes next", fontsize=10.5, weight="bold", color=INK,
                va="top", parse_math=False)  # fmt: skip
    k = "all" if viewer.top_k is None else viewer.top_k
    heading = (f"temperature {viewer.temperature:g}, top-k {k}, top-p {viewer.top_p:g}, repetition penalty "
               f"{viewer.repetition_penalty:g}: {kept} of {len(order)} tokens are left")  # fmt: skip
    figure.text(0.02, 1 - 0.35 / TALL, heading, fontsize=8, color=DIM, va="top")
    columns = figure.add_axes((0.07, 1 - 2.35 / TALL, 0.91, 1.65 / TALL))
    count = min(COLUMNS, len(order))
    places = np.arange(count)
    columns.bar(places, share[:count], 0.7, color=[CHOSEN if i == drawn else STATES[0] for i in places])
    columns.bar(places[kept:], shaped[kept:count], 0.7, color=GONE)
    columns.bar(places, plain[:count], 0.7, facecolor="none", edgecolor=INK, linewidth=0.7)
    columns.set_xlim(-0.6, count - 0.4)
    columns.set_xticks(places)
    for place, label in enumerate(columns.set_xticklabels([name[:6] for name in names[:count]], fontsize=8)):
        label.set(parse_math=False, color=INK if place < kept else DIM)
    columns.tick_params(axis="y", labelsize=7, colors=DIM, length=2)
    columns.tick_params(axis="x", length=0)
    for side in columns.spines.values():
        side.set(color=LINE, linewidth=0.6)
    _line(figure.add_axes((0.07, 0.02, 0.91, 0.95 / TALL)), share, kept, drawn, names, viewer.thrown)
    return figure


def _line(axes, share, kept, drawn, names, die):
    axes.set(xlim=(0, 1), ylim=(0, 0.95))
    axes.axis("off")
    below = 0.0
    for i in range(min(kept, len(names))):
        colour = CHOSEN if i == drawn else TINTS[i % 2]
        axes.add_patch(Rectangle((below, 0.4), share[i], 0.3, facecolor=colour, edgecolor="white", linewidth=0.5))
        if share[i] > 0.012 * (1 + len(names[i][:8])):
            ink = "white" if i == drawn or i % 2 == 0 else INK
            axes.text(below + share[i] / 2, 0.54, names[i][:8], fontsize=8, color=ink, ha="center", va="center",
                      parse_math=False)  # fmt: skip
        below += share[i]
    axes.add_patch(Rectangle((min(below, 1), 0.4), max(0, 1 - below), 0.3, facecolor=DIM, edgecolor="none"))
    axes.plot([die, die], [0.3, 0.78], color=INK, linewidth=1.6, clip_on=False)
    axes.text(die, 0.24, f"die {die:.4f}", fontsize=7.5, color=INK, ha="center", va="top", clip_on=False)
    for tick in (0, 1):
        if abs(die - tick) > 0.08:
            axes.text(tick, 0.24, str(tick), fontsize=7.5, color=DIM, ha="center", va="top", clip_on=False)
