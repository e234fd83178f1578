"""The static picture of a position code: the two places, what the code shows of them, the score at each distance."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Rectangle, Wedge

from .chain_picture import DIM, INK, LINE, STATES
from .position_numbers import FACES, alibi_slopes, asking_places, curve, hand_rates

CHOSEN, FRESH, PALE, TRAINED = "#b03a00", "#a8321f", "#f4f6f8", "#d5dbe1"
WIDE, TALL = 7.6, 4.1  # inches
NAMES = {"rotary": "Rotary: the angle between the two", "sinusoidal": "Sinusoidal: two hands on every clock",
         "alibi": "ALiBi: what each head leaves of a weight", "learned": "Learned: two rows of a table",
         "none": "No positions: nothing tells the two places apart"}  # fmt: skip


def position_figure(viewer):
    """A Figure 7.6 inches wide of what a PositionViewer shows."""
    figure = Figure(figsize=(WIDE, TALL), facecolor="white")
    figure.text(0.02, 1 - 0.1 / TALL, viewer.title or "Where am I?", fontsize=10.5, weight="bold", color=INK, va="top",
                parse_math=False)  # fmt: skip
    figure.text(0.02, 1 - 0.35 / TALL, NAMES[viewer.code], fontsize=8, color=DIM, va="top")

    def place(above, height, left=0.1):  # inches below the top
        return figure.add_axes((left / WIDE, 1 - (above + height) / TALL, (7.5 - left) / WIDE, height / TALL))

    _line(place(0.62, 0.55), viewer)
    drawn = {"rotary": _clocks, "sinusoidal": _clocks, "alibi": _gauges, "learned": _rows}
    axes = place(1.25, 0.95)
    axes.axis("off")
    if viewer.code in drawn:
        drawn[viewer.code](axes, viewer)
    _course(place(2.32, 1.33, left=0.6), viewer)
    return figure


def _line(axes, viewer):
    axes.set(xlim=(-0.03 * viewer.length, 1.02 * viewer.length), ylim=(-1.5, 1.6))
    axes.axis("off")
    for left, right, fill in ((-0.5, viewer.trained - 0.5, TRAINED), (viewer.trained - 0.5, viewer.length - 0.5, PALE)):
        axes.add_patch(Rectangle((left, -0.2), right - left, 0.4, facecolor=fill, edgecolor=DIM, linewidth=0.5))
    axes.plot([viewer.key, viewer.query], [0, 0], color=CHOSEN, linewidth=2.5, solid_capstyle="butt")
    axes.plot([viewer.query], [0.5], "o", color=STATES[0], markersize=6)
    axes.plot([viewer.key], [-0.5], "s", color=STATES[3], markersize=5.5)
    words = {"fontsize": 7.5, "color": INK, "ha": "center"}
    least, most = 0.04 * viewer.length, 0.95 * viewer.length  # so far from the edge half of the words has room
    axes.text(np.clip(viewer.query, least, most), 0.95, f"t = {viewer.query} asks", va="bottom", **words)
    axes.text(np.clip(viewer.key, least, most), -0.95, f"s = {viewer.key} is asked", va="top", **words)


def _clocks(axes, viewer):
    rates = hand_rates(viewer.size, viewer.base if viewer.code == "rotary" else 10000.0)
    shown = np.unique(np.round(np.linspace(0, len(rates) - 1, min(FACES, len(rates)))).astype(int))
    axes.set(xlim=(0, 7.4), ylim=(-0.36, 0.59), aspect="equal")
    both = [(viewer.query, STATES[0], "-"), (viewer.key, STATES[3], "--")]
    hands = [(viewer.query - viewer.key, CHOSEN, "-")] if viewer.code == "rotary" else both
    for k, rate in enumerate(rates[shown]):
        x, covered = (k + 0.5) * 7.4 / len(shown), (viewer.trained - 1) * rate
        axes.add_patch(Circle((x, 0.2), 0.34, facecolor="white", edgecolor=DIM, linewidth=0.6))
        turned = min(360.0, np.degrees(covered))
        axes.add_patch(Wedge((x, 0.2), 0.34, 90 - turned, 90, facecolor=TRAINED, edgecolor="none"))
        fresh = False
        for place, colour, dash in hands:
            angle = (place * rate) % (2 * np.pi)
            fresh |= covered < 2 * np.pi and angle > covered + 1e-9
            axes.plot(
                [x, x + 0.31 * np.sin(angle)], [0.2, 0.2 + 0.31 * np.cos(angle)], dash, color=colour, linewidth=1.8
            )
        word = "a new angle" if fresh else f"round in {2 * np.pi / rate:,.0f}" if rate < 0.6 else "round in 6.3"
        axes.text(x, -0.2, word, fontsize=7, color=FRESH if fresh else DIM, ha="center", va="top")


def _gauges(axes, viewer):
    axes.set(xlim=(0, viewer.heads), ylim=(-0.35, 1.05))
    for k, slope in enumerate(alibi_slopes(viewer.heads)):
        left = np.exp(-slope * (viewer.query - viewer.key))
        axes.add_patch(Rectangle((k + 0.25, 0), 0.5, 1, facecolor=PALE, edgecolor=LINE, linewidth=0.6))
        axes.add_patch(Rectangle((k + 0.25, 0), 0.5, left, facecolor=STATES[0], edgecolor="none"))
        axes.text(k + 0.5, -0.06, f"× {left:.2f}", fontsize=7, color=DIM, ha="center", va="top")


def _rows(axes, viewer):
    most = np.abs(viewer.table).max() or 1.0
    axes.set(xlim=(-0.11 * viewer.table.shape[1], viewer.table.shape[1]), ylim=(2.1, -0.1))
    for y, (name, place) in enumerate((("t", viewer.query), ("s", viewer.key))):
        axes.text(-0.5, y + 0.5, f"row {name} = {place}", fontsize=7.5, color=INK, ha="right", va="center")
        if place < len(viewer.table):
            extent = (0, viewer.table.shape[1], y + 0.9, y + 0.1)
            row = np.round(viewer.table[place] / most * 4)[None]  # few colours, a small file
            axes.imshow(row, cmap="PuOr_r", vmin=-4, vmax=4, aspect="auto", extent=extent, interpolation="nearest")
        else:
            axes.text(0.5, y + 0.5, "there is no such row", fontsize=7.5, color=FRESH, va="center")
    axes.set(xlim=(-0.11 * viewer.table.shape[1], viewer.table.shape[1]), ylim=(2.1, -0.1))


def _course(axes, viewer):
    axes.axvspan(viewer.trained - 0.5, viewer.length, color=PALE, linewidth=0)
    if viewer.code == "alibi":
        lines = [curve(viewer, viewer.length - 1, head) for head in range(viewer.heads)]
        axes.set_ylim(-8, 0.3)
    else:
        lines = [curve(viewer, t) for t in asking_places(viewer.length)[3::4]]
    for line in lines:
        axes.plot(line, color=DIM, linewidth=0.5, antialiased=False)  # a small file
    own = viewer.scores
    axes.plot(own, color=STATES[0], linewidth=1.6)
    apart = viewer.query - viewer.key
    below = viewer.code == "alibi" and own[apart] < -8  # a mark that points to where it would stand
    axes.plot([apart], [-8 if below else own[apart]], "v" if below else "o", color=CHOSEN, markersize=5, zorder=5,
              clip_on=False)  # fmt: skip
    axes.set_xlim(0, viewer.length - 1)
    axes.set_xlabel("distance t − s", fontsize=7.5, color=DIM, labelpad=1)
    axes.set_ylabel("added" if viewer.code == "alibi" else "score", fontsize=7.5, color=DIM, labelpad=1)
    axes.tick_params(labelsize=7, colors=DIM, length=2)
    for side in axes.spines.values():
        side.set(color=LINE, linewidth=0.6)
