"""The static picture of a memory: the past as it was and as the memory has it, and the numbers themselves."""

import numpy as np
from matplotlib.figure import Figure

from .chain_picture import DIM, INK, LINE, STATES
from .memory_numbers import explosion, points_at, rebuilt, relative_error

CHOSEN, PALE = "#b03a00", "#f4f6f8"
WIDE, TALL = 7.6, 3.9  # inches
MOST_POINTS, PIECES = 1000, 110


def memory_figure(viewer):
    """A Figure 7.6 inches wide of what a MemoryViewer shows."""
    spec, t = viewer._spec(), viewer.at
    memories, heard = viewer._memories(), viewer.heard
    past = rebuilt(memories[-1], spec, t)
    figure = Figure(figsize=(WIDE, TALL), facecolor="white")
    figure.text(0.02, 0.975, viewer.title or "What do N numbers still know?", size=10.5, weight="bold", color=INK,
                va="top", parse_math=False)  # fmt: skip
    error = relative_error(heard, past)
    said = f"error {error:.1%}" if error < 10 else "nothing is left"
    burst = explosion(memories, heard)
    if burst:
        said += f"; the memory exploded at step {burst[0]}"
    names = {"legs": "LegS, all of the past", "legt": f"LegT, the last {viewer.window}", "last": "the last samples"}
    figure.text(0.02, 0.91, f"{viewer.order} numbers, {names[viewer.measure]}: {said}", size=8.5, color=DIM, va="top")
    _past(figure.add_axes((0.075, 0.39, 0.905, 0.45)), heard, past, points_at(spec, t) > 0, t)
    _numbers(figure.add_axes((0.075, 0.1, 0.905, 0.17)), memories[-1], viewer.measure)
    return figure


def _past(axes, heard, past, known, t):
    steps = np.arange(len(heard))
    for part, dash in ((slice(0, t + 1), "-"), (slice(t, None), ":")):
        if len(heard) <= MOST_POINTS:
            axes.plot(steps[part], heard[part], dash, color=DIM, linewidth=0.8, antialiased=len(heard) < 60)
        else:  # a small file: how far it reaches in each of some pieces
            begins = np.unique(np.linspace(0, len(heard[part]) - 1, PIECES).astype(int))
            reach = [ends.reduceat(heard[part], begins) for ends in (np.minimum, np.maximum)]
            look = {"color": DIM if dash == "-" else LINE, "linewidth": 0, "antialiased": False}
            axes.fill_between(steps[part][begins], *reach, **look)
    low, high = heard.min(), heard.max()
    room = 0.12 * ((high - low) or 1)
    if np.isfinite(past).all():
        reach = 0.3 * ((high - low) or 1)  # it may ring beyond the signal: shown up to about 1.3 times
        low, high = max(min(low, past.min()), low - reach), min(max(high, past.max()), high + reach)
        seen = np.clip(past, low - room, high + room)
        axes.plot(steps[: t + 1][known], seen[known], color=STATES[0], linewidth=1.7)
    if not known.all():
        axes.axvspan(-0.5, steps[: t + 1][~known][-1] + 0.5, color=PALE, linewidth=0)
    axes.axvline(t, color=CHOSEN, linewidth=1.2)
    axes.set(xlim=(0, len(heard) - 1), ylim=(low - room, high + room))
    axes.set_xlabel("time (grey: what came in, blue: what the numbers say)", fontsize=7.5, color=DIM, labelpad=1)
    _plain(axes)


def _numbers(axes, memory, measure):
    shown = np.where(np.isfinite(memory), memory, 0)
    axes.bar(range(len(memory)), shown, width=0.7, color=STATES[0])
    axes.axhline(0, color=DIM, linewidth=0.6)
    axes.set_xlim(-0.6, len(memory) - 0.4)
    axes.set_title("the samples, the newest first" if measure == "last" else "the coefficients, from coarse to fine",
                   fontsize=7.5, color=DIM, loc="left", pad=2)  # fmt: skip
    axes.locator_params(axis="y", nbins=3)
    axes.xaxis.get_major_locator().set_params(integer=True)
    _plain(axes)


def _plain(axes):
    axes.tick_params(labelsize=7, colors=DIM, length=2, pad=1)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(LINE)
