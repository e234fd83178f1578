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
    draw_numbers(axes["number"], numbers, marks, blind)
    for name, values, colour in (("input", input, WRITE), ("forget", forget, KEEP)):
        draw_dials(axes[name], f"{name} gate", values, colour, None if trained is None else trained[name])
    if blind:
        _hidden(axes["cell"], len(numbers))
    else:
        keep, write = forget, input
        draw_memory(
            axes["cell"], numbers, float(np.dot(numbers, marks)), [(keep, write)], trained and trained["answer"]
        )
    return figure


def draw_numbers(axes, numbers, marks, blind=False):
    """The numbers, those that are marked on a flag."""
    axes.set(ylim=(0, 1), yticks=[0.45], yticklabels=["number"])
    for t, (x, mark) in enumerate(zip(numbers, marks, strict=True)):
        box = {"facecolor": ACCENT, "edgecolor": "none", "boxstyle": "round,pad=0.35"} if mark else None
        colour, weight = ("white", "bold") if mark else (DIM, "normal")
        axes.text(t, 0.45, "?" if blind else f"{x:.2f}", ha="center", va="center", fontsize=8, color=colour,
                  weight=weight, bbox=box)  # fmt: skip


def draw_dials(axes, name, values, colour, trained, most="1"):
    """A row of dials, values from 0 to 1 (the place of the knob), and those of a trained model as diamonds."""
    axes.set(ylim=(-0.12, 1.3), yticks=[0, 0.5, 1], yticklabels=["0", name, most])
    steps = np.arange(len(values))
    axes.vlines(steps, 0, 1, color=LINE, linewidth=3)
    axes.vlines(steps, 0, values, color=colour, linewidth=3)
    axes.plot(steps, values, "o", color=colour, markersize=6)
    if trained is not None:
        axes.plot(steps + 0.22, trained, "D", markerfacecolor="white", markeredgecolor=TRAINED, markersize=4)


def _hidden(axes, steps):
    axes.set(ylim=(0, 1), yticks=[])
    words = "blind: the numbers and the cell are hidden"
    axes.text(steps / 2 - 0.5, 0.5, words, ha="center", color=DIM, fontsize=9)


def draw_memory(axes, numbers, goal, factors, answer=None, name="cell"):
    """Bars of what was kept and written, a dashed line at what is wanted, a trained memory's path.

    factors: (keep, write) of each memory, each (T,); several memories are added. answer: None or the path (T,).
    """
    kept, written = np.zeros(len(numbers)), np.zeros(len(numbers))
    for keep, write in factors:
        memory = 0.0
        for t, (k, w, x) in enumerate(zip(keep, write, numbers, strict=True)):
            kept[t] += k * memory
            written[t] += w * x
            memory = k * memory + w * x
    steps, end = np.arange(len(numbers)), kept[-1] + written[-1]
    axes.bar(steps, kept, width=0.55, color=KEEP)
    axes.bar(steps, written, width=0.55, bottom=kept, color=WRITE)
    axes.axhline(0, color=DIM, linewidth=0.8)
    axes.axhline(goal, color=INK, linewidth=1, linestyle=(0, (5, 3)))
    highest, lowest = max(goal, *(kept + written)), 0
    if answer is not None:
        axes.plot(steps, answer, ":D", color=TRAINED, markerfacecolor="white", markersize=4, linewidth=1.2)
        highest, lowest = max(highest, *answer), min(lowest, *answer)
    axes.set(ylim=(lowest * 1.15, highest * 1.15), yticks=[0, 1], yticklabels=["0", "1"])
    axes.set_ylabel(name, fontsize=7, color=DIM, rotation=0, labelpad=14, va="center")
    right = len(numbers) - 0.35
    near = abs(end - goal) < 0.14 * highest
    axes.text(right, goal + (0.07 * highest if near else 0), f"wanted {goal:.2f}", fontsize=8, va="center", color=INK)
    axes.text(right, end - (0.07 * highest if near else 0), f"{name} {end:.2f}", fontsize=8, va="center", color=KEEP)
