"""The static picture of a kernel: the eigenvalues in their plane, and the answer to an impulse."""

import numpy as np
from matplotlib.figure import Figure

from .chain_picture import DIM, INK, LINE, STATES
from .kernel_numbers import DELAY, doubled, modes

CHOSEN, PALE = "#b03a00", "#f4f6f8"
WIDE, TALL = 7.6, 3.1  # inches
FINE = 8  # points of the line in a step


def kernel_figure(viewer):
    """A Figure 7.6 inches wide of what a HearTheKernel shows."""
    figure = Figure(figsize=(WIDE, TALL), facecolor="white")
    figure.text(0.02, 0.97, viewer.title or "Hear the kernel", size=10.5, weight="bold", color=INK, va="top",
                parse_math=False)  # fmt: skip
    what, task = (viewer.describe() if not viewer.alt else "").partition(": ")[2].rstrip(".").partition("; as a ")[::2]
    for k, said in enumerate((what, f"A {task}" if task else "")):
        figure.text(0.02, 0.89 - 0.055 * k, said[:1].upper() + said[1:], size=7.5, color=DIM, va="top")
    _plane(figure.add_axes((0.065, 0.14, 0.29, 0.6)), viewer)
    _kernel(figure.add_axes((0.435, 0.14, 0.545, 0.6)), viewer)
    return figure


def _plane(axes, viewer):
    shown = viewer.eigenvalues
    across = _across(shown.real)
    axes.axhline(0, color=LINE, linewidth=0.8)
    axes.axvline(0, color=DIM, linewidth=0.8)
    pairs = shown.imag > 0
    axes.plot(across, shown.imag, "o", color=STATES[0], markersize=5.5)
    axes.plot(across[pairs], -shown.imag[pairs], "o", markerfacecolor="white", color=STATES[0], markersize=4.5)
    far = max(6, 1.1 * shown.imag.max())
    axes.set(ylim=(-far, far), xlim=(-1.04, 0.05))
    ticks = np.array([0, -0.5, -1, -2, -4, -8, -16])
    axes.set_xticks(_across(ticks), [f"{tick:g}".replace("-", "−") for tick in ticks])
    axes.set_xlabel("real part: how fast it dies", fontsize=7.5, color=DIM, labelpad=1)
    axes.set_ylabel("imaginary part: how fast it turns", fontsize=7.5, color=DIM, labelpad=1)
    _plain(axes)


def _across(real):
    """A squeezed scale, as in the browser: the slow ones have most of the room."""
    return -np.log1p(-real / 0.2) / np.log1p(16 / 0.2)


def _kernel(axes, viewer):
    length = 64
    kernel = viewer.kernel(length)
    axes.axhline(0, color=LINE, linewidth=0.8)
    if viewer.task == "delay":
        axes.axvspan(DELAY - 0.5, DELAY + 0.5, color=PALE, linewidth=0)
        axes.axhline(1, color=CHOSEN, linewidth=0.8, linestyle=":")
        axes.plot([DELAY], [1], "_", color=CHOSEN, markersize=9)
    axes.plot(*_motion(viewer, length), color=STATES[0], linewidth=1.1)
    axes.plot(kernel, "o", color=STATES[1], markersize=2.8)
    axes.set_xlim(-1.5, length - 0.5)
    axes.set_xlabel("step (line: the motion; dots: the recurrence)", fontsize=7.5, color=DIM, labelpad=1)
    _plain(axes)


def _motion(viewer, length):
    """Times in steps and the motion after a held impulse: it rises during the first step and then swings freely."""
    eigenvalues, weights = viewer.eigenvalues, viewer.weights * doubled(viewer.eigenvalues)
    held = [modes(eigenvalues, viewer.step * k / FINE, 1)[0] for k in range(1, FINE)]
    later = np.exp(np.outer(np.arange((length - 1) * FINE + 1) / FINE, viewer.step * eigenvalues))
    rise = (np.array(held) * weights).real.sum(1)
    fine = (modes(eigenvalues, viewer.step, 1) * later * weights).real.sum(1)
    times = np.concatenate([np.arange(FINE) / FINE - 1, np.arange(len(fine)) / FINE])
    return times, np.concatenate([[0], rise, fine])


def _plain(axes):
    axes.tick_params(labelsize=7, colors=DIM, length=2, pad=1)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(LINE)
