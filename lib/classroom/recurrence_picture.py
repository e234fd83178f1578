"""The static picture of a memory: what is kept, what is written, what is read, and how much each rule can hold."""

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from .chain_picture import DIM, INK, LINE, STATES
from .recurrence_numbers import PRESETS, VALUES, answered, rightly

WIDE, TALL = 7.6, 4.3  # inches
CHOSEN = "#b03a00"
LONGEST = 150  # letters of the line below the title
BESIDE = ("Linear attention", "RetNet", "DeltaNet")
SIGNED = LinearSegmentedColormap.from_list("signed", ["#0b4a8f", "#6aaee0", "#fafafa", "#f2ab5c", "#9a4a00"])


def recurrence_figure(viewer):
    """A Figure 7.6 inches wide of what a RecurrenceViewer shows."""
    figure = Figure(figsize=(WIDE, TALL), facecolor="white")
    title = viewer.title or "A memory of fixed size"
    figure.text(0.02, 0.975, title, fontsize=10.5, weight="bold", color=INK, va="top", parse_math=False)
    said = viewer.describe()
    said = said[len(title) + 2 :] if said.startswith(title) else said
    said = said if len(said) <= LONGEST else said[: LONGEST - 1] + "…"
    figure.text(0.02, 0.915, said, fontsize=7.5, color=DIM, va="top", parse_math=False)
    kept, written, _ = viewer.moments[-1] if viewer.step else (np.zeros((viewer.rows, VALUES + 1)),) * 2 + (0.0,)
    columns = VALUES + (viewer.normaliser != "none")
    shown = [part[:, :columns] for part in (kept, written, kept + written)]
    most = max(0.05, *(np.abs(part).max() for part in shown))
    key, value, _ = viewer.written[viewer.step - 1] if viewer.step else ("", "", False)
    names = ("kept", f"written: {key} → {value}" if key else "written", "memory")
    for i, (part, name) in enumerate(zip(shown, names, strict=True)):
        axes = figure.add_axes((0.02 + 0.335 * i, 0.5, 0.29, 0.33))
        axes.imshow(part, cmap=SIGNED, vmin=-most, vmax=most, aspect="auto", interpolation="nearest")
        axes.set_title(name, fontsize=8, color=INK, pad=3)
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_color(LINE)
        if i:
            figure.text(0.335 * i - 0.002, 0.655, "+="[i - 1], fontsize=13, color=DIM, ha="center")
    _curves(figure.add_axes((0.07, 0.1, 0.36, 0.31)), viewer)
    _read(figure.add_axes((0.66, 0.1, 0.32, 0.31)), viewer)
    return figure


def _curves(axes, viewer):
    """The rule that is chosen, in colour, beside three that every other is kin to."""
    most, chosen = 2 * viewer.rows, viewer.preset or "your rule"
    lines = {name: PRESETS[name] for name in BESIDE} | {chosen: viewer.rule}
    ends = {}
    for name, rule in lines.items():
        curve = rightly(rule, viewer.rows, viewer.right_angles, most, viewer.again)
        colour, width = (STATES[0], 2.4) if name == chosen else (DIM, 0.9)
        axes.plot(curve, color=colour, linewidth=width, zorder=2 + (name == chosen))
        ends[name] = curve[-1]
    axes.axvline(viewer.rows, color=CHOSEN, linewidth=0.8, linestyle="--")
    high = max(axes.get_ylim()[1], viewer.rows)
    at = -high
    for name, end in sorted(ends.items(), key=lambda item: item[1]):
        at = max(end, at + high / 9)
        axes.text(1.03 * most, at, name, fontsize=7, color=STATES[0] if name == chosen else DIM, va="center")
    axes.set(xlim=(0, most), ylim=(0, high))
    axes.set_xlabel("different keys written", fontsize=7.5, color=DIM, labelpad=1)
    axes.set_ylabel("answered rightly", fontsize=7.5, color=DIM, labelpad=1)
    axes.tick_params(labelsize=7, colors=DIM, length=2, pad=1)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(LINE)


def _read(axes, viewer):
    axes.axhline(0, color=LINE, linewidth=0.8)
    if viewer.asked in viewer.recall:
        read = answered(viewer._state(), viewer.rule, viewer.key_vectors[viewer.asked])
        axes.bar(np.arange(VALUES), read, width=0.45, color=STATES[0])
        wanted = viewer.recall[viewer.asked][0]
        axes.bar(np.arange(VALUES), viewer.value_vectors[wanted], width=0.7, fill=False, edgecolor=INK, linewidth=1)
        axes.set_title(f"{viewer.asked}: read (filled), {wanted} (outline)", fontsize=8, color=INK, pad=3)
    axes.set(xticks=[])
    axes.tick_params(labelsize=7, colors=DIM, length=2, pad=1)
    axes.spines[["top", "right", "bottom"]].set_visible(False)
    axes.spines["left"].set_color(LINE)
