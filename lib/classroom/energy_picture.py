"""The static picture of a memory: the state, where it rolls to, the pictures with their overlaps, the energy."""

import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure

from .chain_picture import DIM, INK, LINE, STATES
from .energy_numbers import energy_of, state_at

WIDE, TALL = 7.6, 3.3  # inches
INKED = ListedColormap(["#f4f6f8", INK])


def energy_figure(patterns, labels, shape, stored, start, flips, steps, title):
    """A Figure 7.6 inches wide."""
    figure = Figure(figsize=(WIDE, TALL), facecolor="white")
    figure.text(0.02, 0.965, title or "A memory of pictures", size=10.5, weight="bold", color=INK, va="top")
    kept, state = patterns[np.array(stored)], state_at(start, flips, steps)
    length = flips[-1][0] if flips else 0
    now = f"after {steps} units" if steps else "at the start"
    _picture(figure.add_axes((0.02, 0.44, 0.16, 0.38)), state, shape, now)
    rest = f"at rest, after {length}" if length else "at rest"
    _picture(figure.add_axes((0.2, 0.44, 0.16, 0.38)), state_at(start, flips, length), shape, rest)
    _curve(figure.add_axes((0.075, 0.12, 0.285, 0.22)), kept, start, flips, steps)
    _overlaps(figure, patterns, labels, shape, stored, state)
    return figure


def _picture(axes, state, shape, name):
    axes.imshow(np.reshape(state, shape), cmap=INKED, vmin=-1, vmax=1, interpolation="nearest")
    axes.set_title(name, fontsize=8, color=INK, pad=3)
    axes.set(xticks=[], yticks=[])
    for side in axes.spines.values():
        side.set_color(LINE)


def _curve(axes, kept, start, flips, steps):
    first, last = energy_of(kept, np.asarray(start)), max(len(start), steps)
    times = [0, *(at for at, _, _ in flips), max(last, flips[-1][0] if flips else 0)]
    energies = [first, *(energy for _, _, energy in flips)]
    axes.step(times, [*energies, energies[-1]], where="post", color=STATES[0], linewidth=1.5)
    done = sum(at <= steps for at, _, _ in flips)
    axes.plot(min(steps, times[-1]), energies[done], "o", color=INK, markersize=4)
    axes.set_xlim(-1, times[-1] * 1.02)
    axes.set_xlabel("units asked", fontsize=7.5, color=DIM, labelpad=1)
    axes.set_ylabel("energy", fontsize=7.5, color=DIM, labelpad=1)
    axes.tick_params(labelsize=7, colors=DIM, length=2, pad=1)
    axes.locator_params(nbins=4)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(LINE)


def _overlaps(figure, patterns, labels, shape, stored, state):
    count, units = patterns.shape
    overlaps = patterns @ state / units
    axes = figure.add_axes((0.56, 0.12, 0.4, 0.7))
    colours = [STATES[0] if m >= 0 else STATES[3] for m in overlaps]
    axes.barh(
        range(count), overlaps, height=0.5, color=[c if s else LINE for c, s in zip(colours, stored, strict=True)]
    )
    axes.axvline(0, color=DIM, linewidth=0.8)
    for m, overlap in enumerate(overlaps):
        side = 0.04 if overlap >= 0 else -0.04
        value = f"{overlap:+.2f}".replace("-", "−")
        axes.text(overlap + side, m, value, va="center", ha="left" if side > 0 else "right", fontsize=7, color=DIM)
    axes.set(xlim=(-1.3, 1.3), ylim=(count - 0.5, -0.5), xticks=[-1, 0, 1])
    names = [label[:10] + ("" if kept else " (not stored)") for label, kept in zip(labels, stored, strict=True)]
    axes.set_yticks(range(count), names)
    axes.tick_params(labelsize=7.5, colors=INK, length=0, pad=30)
    axes.tick_params(axis="x", labelsize=7, colors=DIM, pad=2)
    axes.set_title("overlap with the state", fontsize=8, color=INK, pad=3)
    axes.spines[:].set_visible(False)
    row = 0.7 / count
    side = min(row * 0.86, 0.085)
    for m, pattern in enumerate(patterns):
        small = figure.add_axes((0.51, 0.82 - (m + 0.5) * row - side / 2, 0.045, side))
        small.imshow(np.reshape(pattern, shape), cmap=INKED, vmin=-1, vmax=1, interpolation="nearest")
        small.axis("off")
