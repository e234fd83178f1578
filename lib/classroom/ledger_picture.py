"""The ledger as two pictures: bits against what a model has read, and against the place in the tale."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

from classroom.start import COLOURS, INK

DASHES = ["-", "--", ":"]
GAP = 0.055  # between two labels, as a share of the height of the axes


def draw_data(rows):
    """Bits per character against characters read in training, a curve a model; a person is a band."""
    figure, axes = _axes("characters read in training", subs=(1, 2, 5))
    for row, look in _looks(rows):
        if points := _points(row):
            axes.plot(*zip(*points, strict=True), **look)
    for row in rows:
        if "guessed" in row:
            axes.axhspan(row["lower"], row["upper"], color="#8b8f94", alpha=0.25, lw=0)
            _note(axes, row["name"], (row["lower"] + row["upper"]) / 2)
    _label(axes)
    return figure


def draw_position(rows):
    """Bits per character against the place in the tale, of every model that learned something."""
    figure, axes = _axes("characters of the tale read before", subs=(1,))
    for row, look in _looks(rows):
        if "bits_by_position" in row:
            edges = np.array(row["bits_by_position"]["edges"], float)
            middle = np.sqrt(np.maximum(edges[:-1], 0.5) * edges[1:])  # of a stretch, on a logarithmic axis
            axes.plot(middle, row["bits_by_position"]["bits"], **look)
    _label(axes)
    return figure


def _points(row):
    """[[characters, bits], ...] of a row; a model without a curve is one point, one that read nothing is none."""
    if "curve" in row:
        return row["curve"]
    return [[row["characters"], row["bits"]]] if row.get("characters") else []


def _looks(rows):
    """Each model that learned something, with its line: the same in both pictures, and told apart without colour too.

    The reader's own are drawn in ink, and thicker.
    """
    models = [row for row in rows if "bits" in row and row.get("parameters") != 0]
    for yours, colours in ((False, COLOURS), (True, [INK])):
        size = {"lw": 3.2, "ms": 8} if yours else {"lw": 2.4, "ms": 6}
        for number, row in enumerate(row for row in models if row["yours"] is yours):
            look = {"color": colours[number % len(colours)], "linestyle": DASHES[number // len(colours) % len(DASHES)]}
            yield row, look | size | {"label": row["name"] + (" (yours)" if yours else ""), "marker": "o"}


def _axes(xlabel, subs):
    figure = Figure(figsize=(7.2, 3.9))
    axes = figure.add_subplot()
    axes.set(xscale="log", xlabel=xlabel, ylabel="bits per character, held-out tales")
    axes.xaxis.set_major_locator(LogLocator(subs=subs))
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    return figure, axes


def _label(axes):
    """Each curve's name at its right end, tied to it; names that would touch are moved apart."""
    if not axes.lines:
        axes.text(0.5, 0.5, "no rows with such a curve yet", transform=axes.transAxes, ha="center")
        return
    axes.margins(y=0.08)
    low, high = axes.get_ylim()
    ends = sorted((line.get_ydata()[-1], number) for number, line in enumerate(axes.lines))
    heights = _apart([(y - low) / (high - low) for y, _ in ends])
    right = max(line.get_xdata()[-1] for line in axes.lines)
    for height, (y, number) in zip(heights, ends, strict=True):
        line = axes.lines[number]
        axes.annotate(
            line.get_label(), xy=(line.get_xdata()[-1], y), xytext=(1.06, height), textcoords="axes fraction",
            color=INK, va="center", fontsize=9, annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": line.get_color(), "lw": 2, "shrinkB": 4},
        )  # fmt: skip
    axes.set_xlim(right=right * 1.12)
    axes.set_ylim(low, high)


def _note(axes, text, y):
    axes.text(0.01, y, text, transform=axes.get_yaxis_transform(), va="center", fontsize=9)


def _apart(heights):
    """Rising heights, moved as little as needed so that neighbours are GAP apart."""
    heights = np.array(heights, float)
    for _ in range(200):
        for i in range(len(heights) - 1):
            short = GAP - (heights[i + 1] - heights[i])
            if short > 1e-9:
                heights[i] -= short / 2
                heights[i + 1] += short / 2
    return heights
