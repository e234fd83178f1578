"""The static picture of *Steer the translator*: the map, each cell as full as its weight."""

from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Rectangle

from .chain_picture import DIM, INK, LINE, STATES

YOURS = "#b03a00"  # the accent of palette.js


def steer_figure(title, number, source, names, rows, says):
    """A Figure 7.6 inches wide. source: S words; names: T written words; rows: T of steer_numbers.Row; says: a text."""
    tall = 1.15 + 0.36 * len(rows)
    figure = Figure(figsize=(7.6, tall), facecolor="white")
    figure.text(0.02, 1 - 0.1 / tall, title, fontsize=10.5, fontweight="bold", color=INK, va="top")
    figure.text(0.02, 1 - 0.36 / tall, f"{number:,} → {says}", fontsize=9.5, color=INK, va="top")
    axes = figure.add_axes((0, 0, 1, (tall - 0.6) / tall))
    axes.set(xlim=(-1.6, max(len(source), 5) + 0.2), ylim=(len(rows) + 0.15, -0.75))
    axes.axis("off")
    for s, word in enumerate(source):
        axes.text(s + 0.5, -0.3, word, fontsize=8, fontweight="bold", color=INK, ha="center", va="center")
    for t, (name, row) in enumerate(zip(names, rows, strict=True)):
        steered = row.moved >= 0.005
        colour = YOURS if steered else STATES[0]
        axes.text(-0.1, t + 0.5, name, fontsize=8.5, ha="right", va="center",
                  color=YOURS if steered else DIM if name == "end" else INK)  # fmt: skip
        for s, weight in enumerate(row.weights):
            _glass(axes, s, t, float(weight), colour, float(row.own[s]) if steered else 0)
    return figure


def _glass(axes, s, t, weight, colour, own):
    left, foot, wide, high = s + 0.07, t + 0.88, 0.86, 0.76
    shape = "round,pad=0,rounding_size=0.08"
    axes.add_patch(FancyBboxPatch((left, foot - high), wide, high, boxstyle=shape, facecolor="white", edgecolor=LINE))
    if own >= 0.05:
        axes.add_patch(Rectangle((left, foot - high * own), wide, high * own, fill=False, edgecolor=STATES[0],
                                 linestyle=(0, (3, 2)), linewidth=0.9))  # fmt: skip
    if weight >= 0.005:
        axes.add_patch(Rectangle((left, foot - high * weight), wide, high * weight, facecolor=colour, alpha=0.3))
        axes.plot([left, left + wide], [foot - high * weight] * 2, color=colour, linewidth=1.4)
        axes.text(s + 0.5, t + 0.5, f"{100 * weight:.0f}", fontsize=7.5, color=INK, ha="center", va="center")
