"""The static picture of a trellis: all steps above, a window of columns below."""

import numpy as np
from matplotlib.collections import LineCollection, PatchCollection
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyBboxPatch, Rectangle, Wedge
from matplotlib.patheffects import withStroke

from .chain_picture import DIM, INK, LINE, STATES
from .trellis_numbers import forward_backward, viterbi

COLUMNS = 18
HALO = [withStroke(linewidth=2, foreground="white")]
WIDE = 7.6  # inches
PIPS = {
    1: [(0, 0)],
    2: [(-1, -1), (1, 1)],
    3: [(-1, -1), (0, 0), (1, 1)],
    4: [(-1, -1), (1, 1), (-1, 1), (1, -1)],
    5: [(-1, -1), (1, 1), (-1, 1), (1, -1), (0, 0)],
    6: [(-1, -1), (1, 1), (-1, 1), (1, -1), (-1, 0), (1, 0)],
}


def trellis_figure(initial, transition, emission, observations, states, symbols, truth, view, at, title):
    """A Figure 7.6 inches wide: belief, best path and truth over all steps, and the columns around `at`."""
    numbers = forward_backward(initial, transition, emission, observations)
    best = viterbi(initial, transition, emission, observations)
    count, steps = len(states), len(observations)
    pitch = [0, 0.5, 0.62, 0.52, 0.48, 0.45, 0.43, 0.41, 0.4][count]
    dice = 0.22 + pitch * (count - 1) + 0.46  # inches below the top of the trellis
    rows = dice + 0.36
    tall = 0.45 + 1.15 + rows
    figure = Figure(figsize=(WIDE, tall), facecolor="white")
    figure.text(0.02, 1 - 0.12 / tall, title or "A hidden Markov model", size=10.5, weight="bold", color=INK, va="top")
    window = _window(at, steps)
    marked = int(np.ptp(emission, axis=0).argmax())
    belief = numbers["filtered"] if view == "forward" else numbers["posterior"]
    strip = figure.add_axes((0.12, (rows + 0.26) / tall, 0.86, 0.92 / tall))
    _strip(strip, belief, best[0], truth, observations == marked, states, symbols[marked], window, view)
    detail = figure.add_axes((0.12, 0, 0.86, rows / tall))
    inches = WIDE * 0.86 / len(window)  # of a column
    detail.set(xlim=(-0.5, len(window) - 0.5), ylim=(-rows / inches, 0), aspect="equal")
    detail.axis("off")
    place = [-(0.22 + pitch * j) / inches for j in range(count)]
    _detail(detail, numbers, best, window, place, states, view, at)
    _seen(detail, observations, window, symbols, marked, -dice / inches, at)
    return figure


def _window(at, steps):
    first = max(0, min(at - COLUMNS // 2, steps - COLUMNS))
    return range(first, min(steps, first + COLUMNS))


def _strip(axes, belief, path, truth, marks, states, mark, window, view):
    """Piled probabilities, the last state at the bottom; below them the best path and the truth as bands."""
    steps, count = belief.shape
    edges, under = np.arange(steps + 1), np.zeros(steps)
    for j in range(count - 1, -1, -1):
        over = under + belief[:, j]
        pale = count == 2 and j == 0
        colour = _pale(STATES[j], 0.16 if pale else 0.88)
        axes.stairs(over, edges, baseline=under, fill=True, color=colour, linewidth=0)
        under = over
    bands = [("best path", path)] + ([("truth", truth)] if truth is not None else [])
    for k, (_, band) in enumerate(bands):
        boxes = [Rectangle((t, -0.3 - 0.27 * k), 1, 0.19) for t in range(steps)]
        colours = [STATES[state] for state in band]
        axes.add_collection(PatchCollection(boxes, facecolors=colours, edgecolors="none", antialiased=False))
    axes.vlines(np.flatnonzero(marks) + 0.5, 1.05, 1.16, color=INK, linewidth=min(1.2, 250 / steps))
    foot = -0.14 - 0.27 * len(bands)
    axes.add_patch(
        Rectangle((window.start, foot), len(window), 1.2 - foot, fill=False, edgecolor=INK, linewidth=1, zorder=4)
    )
    name = f"P({states[-1]})" if count == 2 else "P(state)"
    spots = [1.11, 0.5, *(-0.21 - 0.27 * k for k in range(len(bands)))]
    axes.set_yticks(spots, [f"shows {mark}", name, *(label for label, _ in bands)], fontsize=7, color=DIM)
    if view == "forward":
        axes.text(steps, 1.24, "knowing what was seen so far", fontsize=7, color=DIM, ha="right")
    axes.set(xlim=(0, steps), ylim=(foot, 1.2))
    ticks = [t for t in axes.get_xticks() if 1 <= t <= steps and t == int(t)]
    axes.set_xticks([t - 0.5 for t in ticks], [f"{t:.0f}" for t in ticks], fontsize=7, color=DIM)
    axes.tick_params(length=0, pad=3)
    axes.spines[:].set_visible(False)


def _detail(axes, numbers, best, window, place, states, view, at):
    path, _, delta, came_from = best
    radius = 0.38 if len(states) <= 4 else 0.34
    flow = numbers["flow_all" if view == "posterior" else "flow"]
    lines, colours, widths = [], [], []
    for t in window[1:]:
        for j in range(len(states)):
            ways = range(len(states)) if view != "best path" else [came_from[t, j]]
            for i in ways:
                bold = path[t] == j and path[t - 1] == i
                wide = 0.5 + 9 * flow[t, i, j] if view != "best path" else 5 if bold else 0.9
                if view == "best path" or flow[t, i, j] >= 0.004:
                    lines.append([(t - 1 - window.start, place[i]), (t - window.start, place[j])])
                    colours.append(_pale(STATES[i]))
                    widths.append(wide)
    axes.add_collection(LineCollection(lines, colors=colours, linewidths=widths, zorder=1))
    for t in window:
        x = t - window.start
        for j, y in enumerate(place):
            ring = "#b03a00" if (t, j) == (at, path[at]) else LINE
            axes.add_patch(Circle((x, y), radius, facecolor="white", edgecolor=ring, linewidth=1.2, zorder=2))
            _disc(axes, numbers, delta, (t, j), (x, y), radius, view)
    for j, y in enumerate(place):
        axes.text(-0.75, y, states[j], ha="right", va="center", fontsize=8.5, weight="bold", color=STATES[j])


def _pale(colour, share=0.6):
    """The colour mixed with white: no transparency, so that the file stays small."""
    return share * np.array(to_rgb(colour)) + (1 - share)


def _disc(axes, numbers, delta, node, centre, radius, view):
    t, j = node
    style = {"facecolor": STATES[j], "edgecolor": "none", "zorder": 3}
    if view == "posterior":  # left half: the forward pass alone; right half: knowing everything
        left, right = (radius * np.sqrt(numbers[name][node]) for name in ("filtered", "posterior"))
        axes.add_patch(Wedge(centre, left, 90, 270, **{**style, "facecolor": _pale(STATES[j], 0.5)}))
        axes.add_patch(Wedge(centre, right, 270, 90, **style))
        shown = numbers["posterior"][node]
    elif view == "forward":
        shown = numbers["filtered"][node]
        axes.add_patch(Circle(centre, radius * np.sqrt(shown), **style))
    else:
        top = delta[t].max()
        shown = np.exp(delta[node] - top) if np.isfinite(top) else 0.0
        axes.add_patch(Circle(centre, radius * np.sqrt(shown), **style))
    x, y = centre
    style = {"fontsize": 5.8, "color": DIM, "zorder": 4, "path_effects": HALO}
    axes.text(x, y - radius - 0.24, f"{shown:.2f}", ha="center", va="center", **style)


def _seen(axes, observations, window, symbols, marked, y, at):
    """A die with pips, or the symbol, below each column."""
    dice = symbols == [str(m) for m in range(1, 7)]
    for t in window:
        x, symbol = t - window.start, int(observations[t])
        fill, ink = (INK, "white") if symbol == marked else ("white", INK)
        box = FancyBboxPatch((x - 0.24, y - 0.24), 0.48, 0.48, boxstyle="round,pad=0.05,rounding_size=0.12")
        box.set(facecolor=fill, edgecolor=DIM, linewidth=0.8)
        axes.add_patch(box)
        if dice:
            spots = np.array(PIPS[symbol + 1]) * 0.15 + (x, y)
            axes.scatter(*spots.T, s=3.2, color=ink, linewidths=0, zorder=5)
        else:
            axes.text(x, y, symbols[symbol][:4], ha="center", va="center", fontsize=6.5, color=ink, weight="bold")
        style = {"color": INK, "weight": "bold"} if t == at else {"color": DIM}
        axes.text(x, y - 0.62, t + 1, ha="center", va="center", fontsize=6, **style)
