"""The static picture of a receptive field: the cone of one output, the inputs below, what it uses of them."""

from matplotlib.collections import EllipseCollection, LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import Polygon, Rectangle

from .chain_picture import DIM, INK, LINE, STATES
from .receptive_field_numbers import field_and_holes, roads_to_output

PALE, CHOSEN, MISSED = "#b4bbc4", "#b03a00", "#a8321f"
SHADES, WEDGE = ("#8fbce6", STATES[0]), "#eaf2fa"  # of edges, by importance; of the cone
MOST_EDGES = 1500  # beyond, the cone is a plain surface
WIDE, LEFT, RIGHT = 7.6, 0.95, 7.5  # inches


def receptive_field_figure(viewer):
    """A Figure 7.6 inches wide of what a ReceptiveFieldViewer shows."""
    chain = viewer.compare == "recurrent"
    levels = 3 if chain else len(viewer.layers) + 1
    importance = viewer.shown_importance
    pitch = 0.5 if levels < 7 else max(0.2, 3 / levels)
    parts = [(levels - 1) * pitch + 0.3, 0.22 if viewer.tokens else 0.1, 0.5 if importance is not None else 0]
    tall = 0.62 + sum(parts) + 0.35
    figure = Figure(figsize=(WIDE, tall), facecolor="white")
    figure.text(0.02, 1 - 0.1 / tall, viewer.title or "What an output can see", fontsize=10.5, weight="bold",
                color=INK, va="top", parse_math=False)  # fmt: skip
    figure.text(0.02, 1 - 0.35 / tall, _heading(viewer), fontsize=8, color=DIM, va="top")

    def place(above, height):  # inches below the top
        box = (LEFT / WIDE, 1 - (above + height) / tall, (RIGHT - LEFT) / WIDE, height / tall)
        axes = figure.add_axes(box, xlim=(-0.5, viewer.length - 0.5))
        axes.axis("off")
        return axes

    axes = place(0.62, parts[0])
    axes.set_ylim(-0.15 / pitch, levels - 1 + 0.15 / pitch)
    square = (RIGHT - LEFT) / viewer.length  # inches of a step
    _chain(axes, viewer, square) if chain else _stack(axes, viewer, square, importance)
    _names(axes, viewer, levels, chain)
    if viewer.tokens:
        _tokens(place(0.62 + parts[0], parts[1]), viewer, square, chain)
    if importance is not None:
        _bars(place(0.62 + sum(parts[:2]), parts[2] - 0.06), importance[0])
    foot = "Squares: inputs that arrive. Rings: holes." + (" Bars: importance." if importance is not None else "")
    figure.text(0.02, 0.07 / tall, f"{foot} Diamond: output {viewer.step + 1}.", fontsize=7, color=DIM)
    return figure


def _heading(viewer):
    before = viewer.step + 1
    if viewer.compare == "recurrent":
        return f"A recurrent layer: all {before} inputs so far, through {before} steps in a row"
    field, holes = field_and_holes(viewer.layers)
    spread = " ".join(str(dilation) for _, dilation in viewer.layers)
    sees = f"sees {field - len(holes)} of {field} steps" if holes else f"sees {field} steps"
    return f"{len(viewer.layers)} layers, kernel {viewer.kernel_size}, dilations {spread}: {sees}"


def _units(axes, places, wide, colour, zorder):
    """Discs of a width in inches."""
    axes.add_collection(EllipseCollection(
        wide, wide, 0, units="inches", offsets=places, transOffset=axes.transData, facecolors=colour,
        edgecolors="none", zorder=zorder))  # fmt: skip


def _stack(axes, viewer, square, importance):
    roads, step, disc = roads_to_output(viewer.layers), viewer.step, min(0.085, 0.6 * square)
    everything = [(t, level) for level in range(len(roads)) for t in range(viewer.length)]
    _units(axes, everything, 0.5 * disc, PALE, 1)
    oldest = [(step - max(found), level) for level, found in enumerate(roads)]
    axes.add_patch(Polygon([(step, 0), *oldest], facecolor=WEDGE, edgecolor="none", zorder=0))
    _edges(axes, viewer, roads, importance)
    inside = [(step - back, level) for level, found in enumerate(roads) if level for back in found if back <= step]
    _units(axes, inside, 0.85 * disc, STATES[0], 3)
    seen = [(step - back, 0) for back in roads[0] if back <= step]
    wide = 1.1 * disc
    marker = {"marker": "s", "linestyle": "none", "markersize": 72 * wide, "zorder": 4, "clip_on": False}
    axes.plot(*zip(*seen, strict=True), color=STATES[0], markeredgewidth=0, **marker)
    holes = [step - back for back in field_and_holes(viewer.layers)[1] if back <= step]
    ring = {"marker": "o", "linestyle": "none", "markerfacecolor": "white", "markeredgecolor": MISSED, "zorder": 4}
    axes.plot(holes, [0] * len(holes), markersize=72 * wide, markeredgewidth=min(1.1, 20 * square), **ring)


def _edges(axes, viewer, roads, importance):
    """The edges of the cone; where importance is known, only those of some, the strongest dark."""
    relative = None if importance is None else importance / importance.max(axis=1, keepdims=True).clip(1e-300)
    by_weight, step = {}, viewer.step
    for level, (kernel_size, dilation) in enumerate(viewer.layers):
        for back in (back for back in roads[level + 1] if back <= step):
            for below in range(back, min(step + 1, back + kernel_size * dilation), dilation):
                weight = _weight(relative, level, step - below) * _weight(relative, level + 1, step - back)
                line = [(step - back, level + 1), (step - below, level)]
                by_weight.setdefault(round(2 * weight**0.5), []).append(line)
    if relative is not None:
        by_weight.pop(0, None)
    elif len(by_weight[2]) > MOST_EDGES:
        return
    for weight, lines in by_weight.items():
        colour = SHADES[0] if relative is None else SHADES[weight - 1]
        axes.add_collection(
            LineCollection(lines, colors=colour, linewidths=0.4 + 0.4 * weight, zorder=2 + 0.1 * weight)
        )


def _weight(relative, level, t):
    return 1.0 if relative is None or level >= len(relative) else float(relative[level, t])


def _chain(axes, viewer, square):
    step, disc = viewer.step, min(0.085, 0.6 * square)
    for level in range(3):
        _units(axes, [(t, level) for t in range(viewer.length)], 0.5 * disc, PALE, 1)
    seen = range(step + 1)
    lines = [[(0, 1), (step, 1)], [(step, 1), (step, 2)], *[[(t, 0), (t, 1)] for t in seen]]
    axes.add_collection(LineCollection(lines, colors=STATES[0], linewidths=0.8, zorder=2))
    _units(axes, [(t, 1) for t in seen], disc, STATES[0], 3)
    axes.plot(seen, [0] * len(seen), marker="s", linestyle="none", markersize=79 * disc, color=STATES[0], zorder=4)


def _names(axes, viewer, levels, chain):
    axes.plot([viewer.step], [levels - 1], marker="D", markersize=6, color=CHOSEN, zorder=5, clip_on=False)
    side = {"ha": "right", "va": "center", "fontsize": 7, "color": DIM, "clip_on": False}
    at = -0.5 - 0.015 * viewer.length
    axes.text(at, levels - 1, "outputs", **side)
    axes.text(at, 0, "inputs", **side)
    if chain:
        axes.text(at, 1, "states", **side)
        return
    for level, (_, dilation) in enumerate(viewer.layers):
        axes.text(at, level + 0.5, f"dilation {dilation}", **{**side, "color": INK})


def _tokens(axes, viewer, square, chain):
    axes.set_ylim(0, 1)
    seen = None if chain else roads_to_output(viewer.layers)[0]
    longest = max(len(token) for token in viewer.tokens)
    every = max(1, -int(-min(longest, 6) * 0.085 // square))
    for t in range(viewer.step % every, viewer.length, every):
        mine = t <= viewer.step and (chain or viewer.step - t in seen)
        look = {"weight": "bold", "color": INK} if mine else {"color": DIM}
        sign = "␣" if viewer.tokens[t] == " " else viewer.tokens[t][:6]
        axes.text(t, 0.45, sign, ha="center", va="center", fontsize=7.5, parse_math=False, clip_on=False, **look)


def _bars(axes, values):
    most = values.max() or 1.0
    axes.set_ylim(0, 1)
    for t, value in enumerate(values):
        axes.add_patch(Rectangle((t - 0.38, 0), 0.76, value / most, facecolor=STATES[3], edgecolor="none"))
    axes.axhline(0, color=LINE, linewidth=0.8)
    share = values.max() / values.sum() if values.sum() else 0
    axes.text(-0.5 - 0.015 * len(values), 0.4, f"importance\nup to {share:.0%}", ha="right", va="center", fontsize=6.5,
              color=DIM, clip_on=False)  # fmt: skip
