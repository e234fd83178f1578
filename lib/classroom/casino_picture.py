"""The static picture of a night at the casino: the rolls; after the confession what was true and who saw it."""

import numpy as np
from matplotlib.figure import Figure

INK, DIM, LINE = "#1c2127", "#5a6470", "#d5dbe1"
BLUE, TEAL = "#096cc5", "#16a3a4"  # the first and the third state of palette.js
ROW = 50  # rolls in a row


def casino_figure(game):
    """A Figure 7.6 inches wide: the reader's marks as a band if there are any; the rest is secret until revealed."""
    rolls, bands = game.rolls, []
    if any(game.marks):
        bands.append(("you", np.array(game.marks), "#b03a00"))
    if game.revealed:
        decoded = game.decoded()
        bands.append(("truth", game.truth, INK))
        bands += [("Viterbi", decoded["viterbi"], BLUE), ("posterior", decoded["posterior"], TEAL)]
    rows = -(-len(rolls) // ROW)
    deep = 1.5 + len(bands)
    tall = 0.62 + 0.145 * deep * rows
    figure = Figure(figsize=(7.6, tall), facecolor="white")
    figure.text(0.02, 1 - 0.1 / tall, game.title, fontsize=10.5, fontweight="bold", color=INK, va="top")
    die = game.states[1]
    words = f"Coloured: the {die} die." if bands else f"Which of these rolls are from the {die} die?"
    figure.text(0.02, 1 - 0.3 / tall, f"Night {game.seed}. {words}", fontsize=8, color=DIM, va="top")
    axes = figure.add_axes((0, 0.06 / tall, 1, (tall - 0.5) / tall))
    axes.set(xlim=(-6.4, ROW + 1), ylim=(rows * deep, 0))
    axes.axis("off")
    for row in range(rows):
        _row(axes, row * deep, slice(row * ROW, (row + 1) * ROW), rolls, bands)
    return figure


def _row(axes, top, part, rolls, bands):
    """One row: digits, then a band for each judge, as high as the probability of the loaded die."""
    axes.text(-0.5, top + 0.5, part.start + 1, fontsize=6, color=DIM, ha="right", va="center")
    for face in range(6):
        at = np.flatnonzero(rolls[part] == face)
        axes.scatter(at + 0.5, np.full(len(at), top + 0.5), s=24, marker=f"${face + 1}$", color=INK, linewidth=0)
    for b, (name, values, colour) in enumerate(bands):
        foot = top + 1.95 + b
        axes.text(-0.5, foot - 0.38, name, fontsize=6, color=DIM, ha="right", va="center")
        axes.plot([0, len(rolls[part])], [foot, foot], color=LINE, linewidth=0.6)
        p = np.append(values[part], 0)
        for shown, alpha in ((p, 0.4), (np.where(p > 0.5, p, 0), 1)):
            edge = foot - 0.8 * shown
            axes.fill_between(range(len(p)), foot, edge, step="post", color=colour, alpha=alpha, linewidth=0)
