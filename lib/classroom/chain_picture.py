"""The static picture of a chain: graph on the left, shares per state on the right."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyArrowPatch

INK, DIM, LINE, BLUE = "#1c2127", "#5a6470", "#d5dbe1", "#2b76b9"
STATES = [
    "#096cc5",
    "#e56700",
    "#16a3a4",
    "#9c3370",
    "#49339d",
    "#7a4a10",
    "#299bdf",
    "#c8414f",
]  # as in palette.js
FEW = len(STATES)


def chain_figure(transition, labels, start, n, path, long_run, title):
    """A Figure 7.6 inches wide: arrows (where there are many states, the start's alone) and columns of bars."""
    count = len(labels)
    tall = 3.9 if count > FEW else 2.5 if count <= 2 else 3.2
    figure = Figure(figsize=(7.6, tall), facecolor="white")
    figure.text(
        0.02,
        1 - 0.12 / tall,
        title or "A Markov chain",
        fontsize=10.5,
        fontweight="bold",
        color=INK,
        va="top",
    )
    room = (tall - 0.4) / tall
    _graph(figure.add_axes((0.0, 0.0, 0.46, room)), transition, labels, start)
    columns = [(f"after n = {n}", np.linalg.matrix_power(transition, n)[start]), ("long run", long_run)]
    if len(path) > 1:
        columns.insert(0, (f"{len(path)} visits", np.bincount(path, minlength=count) / len(path)))
    _bars(figure, columns, labels, long_run, tall)
    return figure


def _colour(state, count):
    return STATES[state] if count <= FEW else BLUE


def _short(label, most=11):
    text = label.replace(" ", "␣")
    return text if len(text) <= most else text[: most - 1] + "…"


def _graph(axes, transition, labels, start):
    count = len(labels)
    turn = {2: np.pi, 4: 0.75 * np.pi}.get(count, 0.5 * np.pi)
    angles = turn - 2 * np.pi * np.arange(count) / count
    places = np.column_stack([np.cos(angles), np.sin(angles)]) * (1 if count > 1 else 0)
    outside = count > FEW and max(map(len, labels)) > 2
    radius = 0.34 if count <= 3 else 0.28 if count <= 5 else 0.22 if count <= FEW else 0.06 if outside else 0.1
    middle, half = (
        (places.min(axis=0) + places.max(axis=0)) / 2,
        np.ptp(places, axis=0) / 2 + ([1.0, 0.85] if count <= FEW else [0.7, 0.3] if outside else 0.3),
    )
    axes.set(
        xlim=middle[0] + half[0] * np.array([-1, 1]),
        ylim=middle[1] + half[1] * np.array([-1, 1]),
        aspect="equal",
    )
    axes.axis("off")
    for i, j in np.argwhere(transition > 0):
        if count <= FEW or (i == start and transition[i, j] >= 0.01):
            _arrow(axes, places, i, j, transition[i, j], radius, _colour(i, count), count <= 5)
    for i, (x, y) in enumerate(places):
        axes.add_patch(
            Circle((x, y), radius, facecolor=_colour(i, count), edgecolor="white", linewidth=1, zorder=3)
        )
        if i == start:
            axes.add_patch(
                Circle((x, y), radius + 0.06, fill=False, edgecolor=INK, linestyle=":", linewidth=1, zorder=3)
            )
        _name(axes, _short(labels[i]), (x, y), radius, count, outside)


def _name(axes, name, place, radius, count, outside):
    """The label of a state: in its disc, or beside it where the disc is too small."""
    place, size, colour, side = np.array(place), 6.5, "white", "center"
    if outside:
        place, colour = place * (1 + (radius + 0.13) / np.linalg.norm(place)), INK
        side = "center" if abs(place[0]) < 0.25 else "left" if place[0] > 0 else "right"
    elif count <= FEW:
        size = min(8.5, 145 * radius / max(5, len(name)))
    axes.text(*place, name, ha=side, va="center_baseline", fontsize=size, fontweight="bold", color=colour, zorder=4)


def _arrow(axes, places, i, j, p, radius, colour, labelled):
    tail, tip, bend, spot = _self_loop(places, i, radius) if i == j else _curve(places, i, j, radius)
    width = 0.7 + 2.8 * p
    head = f"-|>,head_length={2.4 + 1.1 * width},head_width={1.3 + 0.7 * width}"
    axes.add_patch(
        FancyArrowPatch(
            tail,
            tip,
            connectionstyle=f"arc3,rad={bend}",
            arrowstyle=head,
            linewidth=width,
            color=colour,
            alpha=0.5 + 0.5 * p,
            shrinkA=0,
            shrinkB=0,
            mutation_scale=1,
            joinstyle="miter",
            zorder=2,
        )
    )
    if labelled:
        box = {"boxstyle": "round,pad=0.12", "facecolor": "white", "edgecolor": "none", "alpha": 0.9}
        axes.text(*spot, f"{p:.2f}", ha="center", va="center", fontsize=7.5, color=colour, bbox=box, zorder=5)


def _self_loop(places, i, radius):
    """Tail, tip, bend and the place of the label of an arrow back to its own state, on the outer side."""
    out = places[i] / np.linalg.norm(places[i]) if len(places) > 1 else np.array([0.0, 1.0])
    side = np.array([out[1], -out[0]])
    tail, tip = (places[i] + (radius + 0.03) * (0.86 * out + s * 0.5 * side) for s in (-1, 1))
    return tail, tip, -1.9, places[i] + out * (radius + 0.4)


def _curve(places, i, j, radius):
    """The same for an arrow to another state: it leaves to the left, so that there and back part."""
    away = (places[j] - places[i]) / np.linalg.norm(places[j] - places[i])
    bend = 0.3 if len(places) == 2 else 0.17
    lean = np.array([[np.cos(2 * bend), -np.sin(2 * bend)], [np.sin(2 * bend), np.cos(2 * bend)]])
    tail, tip = places[i] + (radius + 0.03) * lean @ away, places[j] - (radius + 0.06) * lean.T @ away
    normal = np.array([-away[1], away[0]])
    return tail, tip, -bend, tail + 0.46 * (tip - tail) + normal * bend * np.linalg.norm(tip - tail) * 0.5


def _bars(figure, columns, labels, long_run, tall):
    count, most = len(labels), max(0.05, max(shares.max() for _, shares in columns))
    few, rows, wide = count <= FEW, np.arange(count), 0.405 / len(columns)
    foot, high = 0.2 / tall, min(0.34 * count + 0.1, tall - 0.95) if count <= FEW else tall - 0.85
    for c, (heading, shares) in enumerate(columns):
        last = heading == "long run"
        axes = figure.add_axes(
            (
                0.575 + c * (wide + 0.01),
                foot + max(0, (tall - 0.95 - high) / 2) / tall,
                wide - 0.01,
                high / tall,
            )
        )
        axes.barh(rows, shares, height=0.56 if few else 0.7, color=[_colour(i, count) for i in rows])
        for i, share in enumerate(shares):
            if few or share >= 0.08:  # many states: only the large shares get their number
                tick = long_run[i] if not last and long_run[i] < share + 0.4 * most else 0
                axes.text(
                    max(share, tick) + 0.05 * most,
                    i,
                    f"{share:.2f}",
                    va="center_baseline",
                    fontsize=7.5 if few else 6.5,
                    color=DIM,
                )
        if not last:
            axes.vlines(long_run, rows - 0.42, rows + 0.42, color=INK, linewidth=1.4 if few else 1)
        axes.set_title(heading, fontsize=8.5, loc="left", color=INK, fontweight="bold")
        axes.set(xlim=(0, most * 1.45), ylim=(count - 0.4, -0.6), xticks=[])
        axes.set_yticks(
            rows,
            [_short(label) for label in labels] if c == 0 else [""] * count,
            fontsize=8 if few else 6,
            color=INK,
        )
        axes.tick_params(length=0)
        axes.spines[["top", "right", "bottom"]].set_visible(False)
        axes.spines["left"].set_color(LINE)
