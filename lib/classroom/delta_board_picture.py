"""The static picture of *Be Δ*: numbers, one dial a step, the memory's path."""

import numpy as np
from matplotlib.figure import Figure

from .chain_picture import DIM, INK
from .delta_board_numbers import MOST, factors, run_delta
from .gate_board_picture import WRITE, draw_dials, draw_memory, draw_numbers

EQUATIONS = {
    False: r"$h_t = e^{-\Delta_t}\,h_{t-1} + (1 - e^{-\Delta_t})\,x_t$",
    True: r"$h_t = e^{-\Delta_t}\,h_{t-1} + \Delta_t\,x_t$",
}


def delta_figure(title, row, dials, simplified, other):
    """A Figure 7.6 inches wide: the numbers, the dials, the memory with what was kept and written, a second memory.

    row: a sequence of `board_levels`. dials, other: Δ of each memory, (memories, T); other: the dials laid over, or
    None. A knob stands at the root of Δ, as on the page.
    """
    figure = Figure(figsize=(7.6, 4.1 if len(dials) == 2 else 3.4), facecolor="white")
    tall = figure.get_figheight()
    figure.text(0.02, 1 - 0.12 / tall, title, fontsize=10.5, fontweight="bold", color=INK, va="top")
    figure.text(0.02, 1 - 0.35 / tall, EQUATIONS[simplified], fontsize=9, color=DIM, va="top")
    places = [("number", 0.86, 0.37), ("delta", 1.6, 0.62), ("memory", 3.2, 1.4), ("second", 3.95, 0.53)]
    axes = {}
    for name, foot, high in places[: 2 + len(dials)]:
        axes[name] = figure.add_axes((0.13, 1 - foot / tall, 0.74, high / tall))
        axes[name].set(xlim=(-0.5, len(row["numbers"]) - 0.5), xticks=[])
        axes[name].tick_params(labelsize=7, colors=DIM, length=0)
        axes[name].spines[:].set_visible(False)
    draw_numbers(axes["number"], row["numbers"], row["marks"])
    for k, name in enumerate(("delta", "second")[: len(dials)]):
        over = None if other is None or len(other) <= k else np.sqrt(np.array(other[k]) / MOST).clip(0, 1)
        draw_dials(axes[name], "Δ", np.sqrt(np.array(dials[k]) / MOST), WRITE, over, f"{MOST:g}")
    path = None
    if other is not None:
        path = np.sum([run_delta(each, row["numbers"], simplified) for each in other], axis=0)
    both = [factors(each, simplified) for each in dials]
    draw_memory(axes["memory"], row["numbers"], float(np.dot(row["numbers"], row["wanted"])), both, path, "memory")
    return figure
