"""The static picture of *Be the gate*: numbers, dials and the cell's path."""

import numpy as np
from matplotlib.figure import Figure

from .chain_picture import DIM, INK, LINE, STATES

ACCENT, KEEP, WRITE, TRAINED = "#b03a00", STATES[0], STATES[1], STATES[3]


def board_figure(title, numbers, marks, input, forget, trained, blind):
    """A Figure 7.6 inches wide: the numbers, input gates, the cell with what was kept and written, forget gates.

    numbers, marks, input, forget: (T,). trained: None or gates and answer of a trained cell. blind: hide the numbers.
    """
    figure = Figure(figsize=(7.6, 4.1), facecolor="white")
    figure.text(0.02, 0.97, title, fontsize=10.5, fontweight="bold", color=INK, va="top")
    figure.text(0.02, 0.915, r"$c_t = f_t\,c_{t-1} + i_t\,x_t$", fontsize=9, color=DIM, va="top")
    steps = np.arange(len(numbers))
    axes = {
        name: figure.add_axes((0.13, low, 0.74, tall))
        for name, low, tall in (
            ("number", 0.79, 0.09),
            ("input", 0.62, 0.13),
            ("cell", 0.25, 0.33),
            ("forget", 0.04, 0.13),
        )
    }
    for each in axes.values():
        each.set(xlim=(-0.5, len(steps) - 0.5), xticks=[])
        each.tick_params(labelsize=7, colors=DIM, length=0)
        for spine in each.spines.values():
            spine.set_visible(False)
    _numbers(axes["number"], numbers, marks, blind)
    for name, values, colour in (("input", input, WRITE), ("forget", forget, KEEP)):
        _gates(axes[name], f"{name} gate", values, colour, None if trained is None else trained[name])
    _cell(axes["cell"], numbers, marks, input, forget, trained, blind)
    return figure


def _numbers(axes, numbers, marks, blind):
    axes.set(ylim=(0, 1), yticks=[0.45], yticklabels=["number"])
    for t, (x, mark) in enumerate(zip(numbers, marks, strict=True)):
        box = {"facecolor": ACCENT, "edgecolor": "none", "boxstyle": "round,pad=0.35"} if mark else None
        colour, weight = ("white", "bold") if mark else (DIM, "normal")
        axes.text(t, 0.45, "?" if blind else f"{x:.2f}", ha="center", va="center", fontsize=8, color=colour,
                  weight=weight, bbox=box)  # fmt: skip


def _gates(axes, name, values, colour, trained):
    axes.set(ylim=(-0.12, 1.3), yticks=[0, 0.5, 1], yticklabels=["0", name, "1"])
    steps = np.arange(len(values))
    axes.vlines(steps, 0, 1, color=LINE, linewidth=3)
    axes.vlines(steps, 0, values, color=colour, linewidth=3)
    axes.plot(steps, values, "o", color=colour, markersize=6)
    if trained is not None:
        axes.plot(steps + 0.22, trained, "D", markerfacecolor="white", markeredgecolor=TRAINED, markersize=4)


def _cell(axes, numbers, marks, input, forget, trained, blind):
    """Bars of what was kept and written, a dashed line at the sum wanted, the trained cell's path."""
    if blind:
        axes.set(ylim=(0, 1), yticks=[])
        axes.text(
            len(numbers) / 2 - 0.5,
            0.5,
            "blind: the numbers and the cell are hidden",
            ha="center",
            color=DIM,
            fontsize=9,
        )
        return
    kept, written, cell = [], [], 0.0
    for f, i, x in zip(forget, input, numbers, strict=True):
        kept.append(f * cell)
        written.append(i * x)
        cell = kept[-1] + written[-1]
    steps, goal = np.arange(len(numbers)), float(np.dot(numbers, marks))
    axes.bar(steps, kept, width=0.55, color=KEEP)
    axes.bar(steps, written, width=0.55, bottom=kept, color=WRITE)
    axes.axhline(0, color=DIM, linewidth=0.8)
    axes.axhline(goal, color=INK, linewidth=1, linestyle=(0, (5, 3)))
    highest, lowest = max(goal, *np.add(kept, written)), 0
    if trained is not None:
        axes.plot(steps, trained["answer"], ":D", color=TRAINED, markerfacecolor="white", markersize=4, linewidth=1.2)
        highest, lowest = max(highest, *trained["answer"]), min(lowest, *trained["answer"])
    axes.set(ylim=(lowest * 1.15, highest * 1.15), yticks=[0, 1], yticklabels=["0", "1"])
    axes.set_ylabel("cell", fontsize=7, color=DIM, rotation=0, labelpad=14, va="center")
    right = len(numbers) - 0.35
    near = abs(cell - goal) < 0.14 * highest
    axes.text(right, goal + (0.07 * highest if near else 0), f"wanted {goal:.2f}", fontsize=8, va="center", color=INK)
    axes.text(right, cell - (0.07 * highest if near else 0), f"cell {cell:.2f}", fontsize=8, va="center", color=KEEP)
