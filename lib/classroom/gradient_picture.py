"""The static picture of a gradient: its size against the lag, with the two straight lines that frame it."""

import numpy as np
from matplotlib.figure import Figure

from .chain_picture import DIM, INK, LINE, STATES

LOWEST, HIGHEST = -12, 6  # decades
SAID = {"tanh": "tanh", "relu": "ReLU", "linear": "linear"}
LETTERS = "ABCD"
PINS = (1, 2, 3, 4)  # colours of the pinned curves


def gradient_figure(settings, logs, bound, pins, title):
    """A Figure 7.6 inches wide. logs: log10 norms by lag; pins: (settings, logs) of the curves to compare."""
    figure = Figure(figsize=(7.6, 3.7), facecolor="white")
    heading = title or "How far back does the error reach?"
    figure.text(0.02, 0.965, heading, fontsize=10.5, weight="bold", color=INK, va="top")
    figure.text(0.02, 0.895, settings_in_words(settings), fontsize=8, color=DIM, va="top")
    axes = figure.add_axes((0.085, 0.13, 0.63, 0.69))
    longest = max(len(logs), *(len(other) for _, other in pins)) if pins else len(logs)
    axes.set(xlim=(0, max(1, longest - 1)), ylim=(LOWEST, HIGHEST))
    lags = np.arange(longest)
    ceiling = np.clip(lags * np.log10(bound), LOWEST, HIGHEST)
    axes.fill_between(lags, ceiling, HIGHEST, color="#eef1f4", linewidth=0)
    axes.plot(lags, lags * np.log10(bound), color=DIM, linewidth=1.2, linestyle=":", antialiased=False)
    axes.plot(
        lags, lags * np.log10(settings["radius"]), color="#b03a00", linewidth=1.2, linestyle="--", antialiased=False
    )
    names = [
        (f"bound, {bound:.2f}ᵏ (singular value)", DIM, ":", 1.2),
        (f"radius alone, {settings['radius']:.2f}ᵏ", "#b03a00", "--", 1.2),
    ]
    for k, (pin, other) in enumerate(pins):
        _curve(axes, other, STATES[PINS[k]], 1.3)
        _letter(axes, LETTERS[k], other)
        names.append((f"{LETTERS[k]}  {settings_in_words(pin, short=True)}", STATES[PINS[k]], "-", 1.3))
    _curve(axes, logs, STATES[0], 2.4)
    _legend(figure, [("the error", STATES[0], "-", 2.4), *names])
    ticks = range(LOWEST, HIGHEST + 1, 3)
    axes.set_yticks(ticks, ["1" if t == 0 else f"$10^{{{t}}}$" for t in ticks], fontsize=7.5, color=DIM)
    axes.tick_params(labelsize=7.5, labelcolor=DIM, length=0)
    axes.grid(color=LINE, linewidth=0.35, antialiased=False)
    axes.axhline(0, color=INK, linewidth=0.6, antialiased=False, zorder=1.5)
    axes.set_axisbelow(True)
    axes.set_xlabel("lag k: steps back from where the error arises", fontsize=8, color=DIM)
    axes.spines[:].set_visible(False)
    return figure


def settings_in_words(settings, short=False):
    """One line with the four settings."""
    radius, scale, step = settings["radius"], settings["drive_scale"], settings["error_step"]
    function = SAID[settings["nonlinearity"]]
    if short:
        return f"{radius:.2f}, {function}, × {scale:.2f}, step {step}"
    return f"spectral radius {radius:.2f}, {function}, input × {scale:.2f}, error at step {step}"


def _curve(axes, logs, colour, width):
    """The curve; where it becomes exactly zero it falls out of the picture, with a cross at the floor."""
    alive = np.isfinite(logs)
    end = len(logs) if alive.all() else int(np.argmin(alive))
    drawn = np.append(logs[:end], [] if alive.all() else [LOWEST])
    axes.plot(np.arange(len(drawn)), drawn, color=colour, linewidth=width, antialiased=width > 2)
    if not alive.all():
        axes.plot([end], [LOWEST + 0.35], marker="x", color=colour, markersize=7, markeredgewidth=2)
        side = "right" if end > 0.75 * len(logs) else "left"
        gap = 6 if side == "left" else -6
        axes.annotate("exactly zero", (end, LOWEST + 0.35), (gap, 3), textcoords="offset points", fontsize=7.5,
                      color=INK, ha=side)  # fmt: skip


def _letter(axes, letter, logs):
    """The curve's letter above the last point that lies well inside."""
    inside = (logs > LOWEST + 1) & (logs < HIGHEST - 1)
    last = len(logs) - 1 if inside.all() else max(0, int(np.argmin(inside)) - 1)
    axes.annotate(letter, (last, logs[last]), (-2, 3), textcoords="offset points", ha="right", fontsize=8,
                  weight="bold", color=INK)  # fmt: skip


def _legend(figure, names):
    axes = figure.add_axes((0.735, 0.13, 0.26, 0.69), xlim=(0, 1), ylim=(10, 0))
    axes.axis("off")
    for row, (name, colour, style, width) in enumerate(names):
        axes.plot([0, 0.12], [row * 1.1 + 0.4] * 2, color=colour, linestyle=style, linewidth=width, antialiased=False)
        axes.text(0.16, row * 1.1 + 0.4, name, fontsize=7.5, color=INK, va="center")
