"""The static picture of a state over time: the followed unit, the pattern and the heat map around the cursor."""

import numpy as np
from matplotlib.colors import ListedColormap, to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from .state_numbers import correlations, deviations, ordered

INK, DIM, LINE, ACCENT, VEIL = "#1c2127", "#5a6470", "#d5dbe1", "#b03a00", "#ebedef"
SEQUENTIAL = ["#ffffff", "#d3e5f4", "#7fb6de", "#2b76b9", "#08306b"]  # as in palette.js
DIVERGING = ["#0b4a8f", "#6aaee0", "#fafafa", "#f2ab5c", "#9a4a00"]
STEPS = 7  # colours of a scale: few, so that the file stays small
COLUMNS, ROWS = 84, 48  # at most, around the cursor and from the top
WIDE = 7.6  # inches


def state_figure(viewer):
    """A Figure 7.6 inches wide of what a StateViewer shows."""
    values = viewer._values[viewer.quantity]
    steps, units = values.shape
    columns = min(steps, COLUMNS)
    first = int(np.clip(viewer.position - columns // 2, 0, steps - columns))
    window = slice(first, first + columns)
    pattern = None if viewer.pattern is None else viewer._numbers(viewer.pattern)
    r = None if pattern is None else correlations(values, pattern)
    order = ordered(values, viewer.sort, r)[:ROWS]
    heat = max(0.5, min(0.16 * len(order), 2.0))  # inches
    tall = 2.05 + heat
    figure = Figure(figsize=(WIDE, tall), facecolor="white")
    figure.text(0.02, 1 - 0.1 / tall, viewer.title or "A state over time", fontsize=10.5, weight="bold", color=INK,
                va="top", parse_math=False)  # fmt: skip
    head = _heading(viewer, r)
    figure.text(0.02, 1 - 0.36 / tall, head, fontsize=8, color=DIM, va="top", parse_math=False)

    def place(above, height):  # inches below the top
        return figure.add_axes((0.075, 1 - (above + height) / tall, 0.905, height / tall), xlim=(0, columns))

    _line(place(0.62, 0.62), values[:, viewer.unit], window, pattern)
    if pattern is not None:
        _band(place(1.29, 0.13), pattern, window)
    axes = place(1.54, heat)
    cells = deviations(values) if viewer.from_mean else values
    _heat(axes, cells, order, window, viewer.unit)
    cursor = viewer.position - first
    axes.add_patch(Rectangle((cursor, 0), 1, len(order), fill=False, edgecolor=ACCENT, linewidth=1))
    _tokens(place(1.56 + heat, 0.24), viewer.tokens[window], cursor)
    shown = f"{len(order)} of {units} units" if len(order) < units else f"{units} units"
    colours = "from each mean" if viewer.from_mean else "scale"
    foot = f"Steps {first + 1} to {first + columns} of {steps}, {shown}; {colours}: {_range(cells)}"
    figure.text(0.02, 0.09 / tall, foot, fontsize=7, color=DIM)
    return figure


def _heading(viewer, r):
    said = f"Unit {viewer.unit} of {viewer.quantity}"
    return said if r is None else f"{said}; below it “{viewer.pattern}”, r = {r[viewer.unit]:+.2f}".replace("-", "−")


def _scale(values):
    """(low, high, stops), as `scaleOf` in heat.js."""
    least, most = min(0.0, values.min()), max(0.0, values.max())
    signed, far = least < -1e-6, max(-least, most)
    if far <= 1.000001:
        high = min(1.0, far) if signed else 1.0
    else:
        sizes = np.sort(np.abs(values), axis=None)
        high = float(sizes[int(np.ceil(0.995 * (sizes.size - 1)))]) or far
    return (-high, high, DIVERGING) if signed else (0.0, high, SEQUENTIAL)


def _range(values):
    low, high, stops = _scale(values)
    ends = ("blue", "orange") if stops is DIVERGING else ("white", "dark blue")
    return f"{ends[0]} {_number(low)}, {ends[1]} {_number(high)}"


def _number(x):
    return f"{x:.2f}".replace("-", "−") if x else "0"


def _colours(stops):
    points = np.linspace(0, len(stops) - 1, STEPS)
    channels = np.array([to_rgb(stop) for stop in stops]).T
    return ListedColormap(np.stack([np.interp(points, range(len(stops)), channel) for channel in channels], axis=1))


def _line(axes, line, window, pattern):
    shown = line[window]
    low, high = line.min(), line.max()
    if low >= 0 and high <= 1:
        low, high = 0.0, 1.0
    if pattern is not None and np.isin(pattern, (0, 1)).all():
        for t in np.flatnonzero(pattern[window]):
            axes.axvspan(t, t + 1, color=VEIL, linewidth=0)
    zero = [0.0] if low <= 0 <= high else []
    for y in zero:
        axes.axhline(y, color=LINE, linewidth=0.8)
    axes.plot(np.arange(len(shown)) + 0.5, shown, color=INK, linewidth=1.1)
    room = 0.08 * ((high - low) or 1)
    axes.set(ylim=(low - room, high + room), xticks=[])
    marks = zero + [mark for mark in (low, high) if not zero or abs(mark) > 2 * room]
    axes.set_yticks(
        marks, [f"{mark:.2f}".replace("-", "−") if mark else "0" for mark in marks], fontsize=6.5, color=DIM
    )
    axes.tick_params(length=0, pad=3)
    axes.spines[:].set_visible(False)


def _band(axes, pattern, window):
    low, high = pattern.min(), pattern.max()
    shown = np.append(pattern[window], pattern[window][-1])
    axes.fill_between(np.arange(len(shown)), low, shown, step="post", color=INK, linewidth=0)
    axes.set(ylim=(low, high if high > low else low + 1), xticks=[], yticks=[])
    axes.spines[:].set_color(LINE)


def _heat(axes, values, order, window, unit):
    low, high, stops = _scale(values)
    cells = values[window][:, order].T
    extent = (0, cells.shape[1], len(order), 0)
    axes.imshow(cells, cmap=_colours(stops), vmin=low, vmax=high, aspect="auto", interpolation="nearest", extent=extent)
    apart = max(1, round(len(order) / 14))
    row = int(np.flatnonzero(order == unit)[0]) if unit in order else None
    rows = [k for k in range(0, len(order), apart) if row is None or abs(k - row) >= apart]
    rows += [] if row is None else [row]
    axes.set_yticks([k + 0.5 for k in rows], [order[k] for k in rows], fontsize=6.5, color=DIM)
    if row is not None:
        axes.get_yticklabels()[-1].set(color=ACCENT, weight="bold")
        axes.add_patch(Rectangle((0, row), cells.shape[1], 1, fill=False, edgecolor=ACCENT, linewidth=1))
    axes.set(xticks=[])
    axes.tick_params(length=0, pad=3)
    axes.spines[:].set_visible(False)


def _tokens(axes, tokens, cursor):
    axes.axis("off")
    axes.set_ylim(1, 0)
    room = max(1, int(0.905 * WIDE * 72 / len(tokens) / 4.2))  # letters that fit a column
    for t, token in enumerate(tokens):
        text = {"\n": "⏎", " ": "␣" if t == cursor else ""}.get(token, token)
        text = text if len(text) <= room else f"{text[: max(1, room - 1)]}…"
        style = {"color": ACCENT, "weight": "bold"} if t == cursor else {"color": INK}
        axes.text(t + 0.5, 0.4, text, ha="center", va="center", fontsize=6.8, family="DejaVu Sans Mono",
                  parse_math=False, **style)  # fmt: skip
