"""The static picture of a lattice: the strip, where the paths are, the most probable one, the outputs."""

import numpy as np
from matplotlib.collections import LineCollection, PatchCollection
from matplotlib.colors import ListedColormap, to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Ellipse, Rectangle

from .chain_picture import DIM, INK, LINE, STATES
from .lattice_numbers import alone, blank_sign, frames_needed

PANEL, GREY = "#f4f6f8", "#939aa3"
WIDE, LEFT, RIGHT = 7.6, 0.5, 7.5  # inches
MOST_ROWS = 8  # of the outputs


def lattice_figure(viewer):
    """A Figure 7.6 inches wide of what a LatticeViewer shows."""
    numbers, outputs = viewer._solved(), viewer.outputs
    frames, places = numbers["emit"].shape
    pitch, row = (0.2, 0.24) if places <= 11 else (0.13, 0.2)  # inches
    rows = _rows(viewer)
    parts = [0.55 if viewer._image is not None else 0, places * pitch, 0.78, len(rows) * row]
    tall = 0.62 + sum(parts) + 0.5
    figure = Figure(figsize=(WIDE, tall), facecolor="white")
    figure.text(0.02, 1 - 0.1 / tall, viewer.title or "All the ways to spell a word", fontsize=10.5, weight="bold",
                color=INK, va="top", parse_math=False)  # fmt: skip
    figure.text(0.02, 1 - 0.35 / tall, _heading(viewer, numbers), fontsize=8, color=DIM, va="top", parse_math=False)

    def place(above, height):  # inches below the top
        box = (LEFT / WIDE, 1 - (above + height) / tall, (RIGHT - LEFT) / WIDE, height / tall)
        axes = figure.add_axes(box, xlim=(0, frames))
        axes.axis("off")
        return axes

    above = 0.62
    if viewer._image is not None:
        paper = ListedColormap(np.linspace(to_rgb(PANEL), to_rgb(INK), 6))
        place(above, 0.47).imshow(viewer._image, cmap=paper, aspect="auto", extent=(0, frames, 0, 1))
        above += parts[0]
    colours = [_colour(viewer, k) for k in numbers["extended"]]
    _lattice(place(above, parts[1]), numbers, colours, viewer, pitch * frames / (RIGHT - LEFT))
    above += parts[1]
    best = "best" if numbers["alike"] < 2 else "a best"
    name, path = ("path", viewer.path) if viewer.path else (best, numbers["best"])
    if path is not None:
        _stretches(place(above + 0.03, 0.36), numbers["extended"][path], name, "reads", viewer)
    same = alone(outputs, viewer.blank) == viewer.target
    _stretches(place(above + 0.39, 0.36), outputs.argmax(1), "alone", "= word" if same else "≠ word", viewer)
    _outputs(place(above + parts[2], parts[3]), outputs, numbers, rows, viewer)
    foot = "Discs: where the paths are. Bars: the outputs. Lines: what the word wants of them."
    figure.text(0.02, 0.07 / tall, f"{foot} Column {viewer.position + 1} is marked.", fontsize=7, color=DIM)
    return figure


def _heading(viewer, numbers):
    if numbers["best"] is None:
        return f"{viewer.word()} needs {frames_needed(viewer.target)} frames: impossible"
    mass = numbers["log_likelihood"]
    return f"P({viewer.word()}) = {np.exp(mass):.3g} over all paths, a loss of {-mass:.2f} nats"


def _rows(viewer):
    """The blank, the symbols of the word, and the likeliest others."""
    rows = [viewer.blank, *dict.fromkeys(viewer.target)]
    most = viewer._given.max(0)
    others = [k for k in np.argsort(-most, kind="stable") if k not in rows and most[k] > np.log(0.1)]
    return [*rows, *map(int, others[:3])][:MOST_ROWS]


def _colour(viewer, k):
    word = list(dict.fromkeys(viewer.target))
    return STATES[word.index(k) % len(STATES)] if k in word else GREY


def _sign(viewer, k):
    return blank_sign(viewer.symbols, viewer.blank) if k == viewer.blank else viewer.symbols[k][:6]


def _lattice(axes, numbers, colours, viewer, square):
    """Rows of places, the first at the top; a disc's area grows with the posterior. square: a row in columns."""
    frames, places = numbers["emit"].shape
    axes.set_ylim(places, 0)
    for s in range(1, places, 2):
        axes.add_patch(Rectangle((0, s), frames, 1, facecolor=PANEL, edgecolor="none"))
    shares = np.exp(numbers["posterior"])
    size = min(0.9, 0.8 * square)  # a disc's width in columns
    discs, fills = [], []
    for t, s in zip(*np.nonzero(shares > 0.01), strict=True):
        wide = size * np.sqrt(shares[t, s])
        discs.append(Ellipse((t + 0.5, s + 0.5), wide, wide / square))
        fills.append(colours[s])
    axes.add_collection(PatchCollection(discs, facecolors=fills, edgecolors="none", zorder=2))
    only = numbers["best"] if numbers["alike"] == 1 else None  # of many that are alike none is drawn
    path = np.array(viewer.path) if viewer.path else only
    if path is not None:
        points = np.stack([np.arange(frames) + 0.5, path + 0.5], 1)
        axes.add_collection(LineCollection([points], colors=INK, linewidths=1.1, zorder=3))
    _cursor(axes, viewer.position, places)
    for s, k in enumerate(numbers["extended"]):
        look = {"color": DIM, "fontsize": 8.5} if k == viewer.blank else {"color": colours[s], "fontsize": 8.5}
        axes.text(-0.012 * frames, s + 0.5, _sign(viewer, k), ha="right", va="center", parse_math=False, **look)


def _cursor(axes, at, tall):
    axes.add_patch(Rectangle((at, 0), 1, tall, fill=False, edgecolor=INK, linewidth=0.8, zorder=4))


def _stretches(axes, classes, name, below, viewer):
    """A class for each frame, as stretches; below them the symbols, the blanks away."""
    axes.set_ylim(2, 0)
    edges = np.flatnonzero(np.diff(classes, prepend=-9, append=-9))
    for begin, end in zip(edges[:-1], edges[1:], strict=True):
        k = classes[begin]
        blank = k == viewer.blank
        look = {"facecolor": PANEL if blank else _colour(viewer, k), "edgecolor": LINE if blank else "none"}
        axes.add_patch(Rectangle((begin + 0.06, 0.1), end - begin - 0.12, 0.7, linewidth=0.5, **look))
        if not blank:
            style = {"fontsize": 8.5, "weight": "bold", "color": INK, "parse_math": False}
            axes.text((begin + end) / 2, 1.45, _sign(viewer, k), ha="center", va="center", **style)
    for y, text in ((0.45, name), (1.45, below)):
        axes.text(-0.012 * len(classes), y, text, ha="right", va="center", fontsize=7, color=DIM)


def _outputs(axes, outputs, numbers, rows, viewer):
    """A bar for each output, a line for what the word wants of it; one row a class."""
    frames = len(outputs)
    axes.set_ylim(len(rows), 0)
    for i, k in enumerate(rows):
        base = i + 0.95
        axes.stairs(base - 0.85 * np.exp(outputs[:, k]), np.arange(frames + 1), baseline=base, fill=True,
                    color=_colour(viewer, k), linewidth=0)  # fmt: skip
        axes.hlines(base, 0, frames, color=LINE, linewidth=0.6)
        if numbers["best"] is not None and k in numbers["extended"]:
            line = base - 0.85 * numbers["wanted"][:, k]
            axes.stairs(line, np.arange(frames + 1), baseline=None, color=INK, linewidth=0.7)
        text = {"ha": "right", "va": "center", "fontsize": 8, "color": INK, "parse_math": False}
        axes.text(-0.012 * frames, i + 0.55, _sign(viewer, k), **text)
    _cursor(axes, viewer.position, len(rows))
    every = next(by for by in (1, 2, 5, 10, 20, 50) if frames / by <= 20)
    for t in range(every - 1, frames, every):
        axes.text(t + 0.5, len(rows) + 0.1, t + 1, ha="center", va="top", fontsize=6.5, color=DIM)
