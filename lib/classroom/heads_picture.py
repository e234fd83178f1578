"""The static picture of HeadsViewer and its sentence: all heads small, the chosen one large, what is cut."""

import numpy as np
from matplotlib.figure import Figure

from .attention_picture import SEQUENTIAL
from .chain_picture import DIM, INK, LINE

ACCENT, BAD = "#b03a00", "#a8321f"  # as in palette.js
WIDE, SIDE, LARGE = 7.6, 3.2, 3.5  # inches
NAMES = {"self": "heads", "encoder": "heads of the encoder", "decoder": "heads of the decoder",
         "cross": "heads that look from decoder to source"}  # fmt: skip

LOOK = {"cmap": SEQUENTIAL, "vmin": 0, "vmax": 1, "aspect": "auto", "interpolation": "nearest"}


def heads_words(viewer):
    """How many heads, which follow a rule most, what is cut, and how often the model is right then."""
    shown, (layers, heads) = viewer.shown, viewer.weights.shape[:2]
    each = f"{layers} {'layer' if layers == 1 else 'layers'} of {heads} {NAMES[shown['name']]}"
    said = [f"{viewer.title or 'Attention'}: {each} over {len(shown['rows'])} {shown['noun']}s"]
    for rule in shown["rules"]:
        share = np.where(np.array(shown["does"]) == rule["name"], rule["share"], 0)
        if share.any():
            place = np.unravel_index(share.argmax(), share.shape)
            said.append(f"{head_name(*place)} looks at {rule['long']} ({share.max():.2f})")
    if viewer.cut:
        said.append("cut: " + " and ".join(head_name(layer, head) for _, layer, head in viewer.cut))
    if viewer.right:
        said.append("right at {} of {} places".format(*viewer.right))
    return "; ".join(said) + "."


def head_name(layer, head):
    return f"layer {layer + 1}, head {head + 1}"


def heads_figure(viewer):
    """A Figure 7.6 inches wide."""
    layers, heads, rows, columns = viewer.weights.shape
    shape = min(1.4, max(0.5, rows / columns))
    pitch = min(0.8, (SIDE - 0.5) / heads)
    tall = max(0.75 + layers * pitch * shape + 0.2, 0.75 + LARGE * min(1.2, shape) + 0.3)
    figure = Figure(figsize=(WIDE, tall), facecolor="white")
    text = {"va": "top", "parse_math": False}
    figure.text(0.02, 1 - 0.1 / tall, viewer.title or "Attention", fontsize=10.5, fontweight="bold", color=INK, **text)
    what = f"{head_name(viewer.layer, viewer.head)}: {viewer.shown['labels'][viewer.layer][viewer.head]}"
    figure.text((SIDE + 0.35) / WIDE, 1 - 0.14 / tall, what, fontsize=8, color=INK, **text)
    _small(figure, viewer, pitch, pitch * shape, tall)
    _large(figure, viewer, tall, LARGE * min(1.2, shape))
    return figure


def _steps(table, count):
    """The roots of the weights, so that light ones are seen, in few steps, so that the file is small."""
    return np.round(np.sqrt(table) * count) / count


def _pooled(table, most):
    """No more than `most` rows and columns, each the largest of those that it stands for."""
    for axis, size in enumerate(table.shape):
        table = np.maximum.reduceat(table, np.unique(np.arange(min(most, size)) * size // min(most, size)), axis)
    return table


def _small(figure, viewer, pitch, step, tall):
    layers, heads = viewer.weights.shape[:2]
    rules = {"fontsize": 6.5, "color": DIM, "ha": "center", "va": "center"}
    gone = {(layer, head) for kind, layer, head in viewer.cut if kind == viewer.kind}
    for layer in range(layers):
        y = 1 - (0.75 + (layer + 1) * step) / tall
        figure.text(0.28 / WIDE, y + step / 2 / tall, f"layer {layer + 1}", **rules)
        for head in range(heads):
            x = 0.52 + head * pitch
            axes = figure.add_axes((x / WIDE, y, 0.9 * pitch / WIDE, 0.9 * step / tall), xticks=[], yticks=[])
            axes.imshow(_steps(_pooled(viewer.weights[layer, head], 32 if heads * layers < 40 else 18), 6), **LOOK)
            chosen = (layer, head) == (viewer.layer, viewer.head)
            for spine in axes.spines.values():
                spine.set(color=ACCENT if chosen else LINE, linewidth=1.6 if chosen else 0.6)
            if (layer, head) in gone:
                for ends in ((0, 1), (1, 0)):
                    axes.plot((0, 1), ends, color=BAD, linewidth=1.6, transform=axes.transAxes)
            if layer == 0:
                figure.text((x + 0.45 * pitch) / WIDE, 1 - 0.66 / tall, f"head {head + 1}" if pitch > 0.4 else head + 1,
                            **rules)  # fmt: skip


def _large(figure, viewer, tall, high):
    shown, table = viewer.shown, viewer.weights[viewer.layer, viewer.head]
    left = SIDE + 0.85
    place = left / WIDE, 1 - (0.75 + high) / tall, (WIDE - left - 0.35) / WIDE, high / tall
    axes = figure.add_axes(place)
    axes.imshow(_steps(table, 12), **LOOK)
    axes.tick_params(length=0, labelsize=6.5, labelcolor=INK, pad=1.5)
    axes.xaxis.tick_top()
    for axis, words in ((axes.xaxis, shown["columns"]), (axes.yaxis, shown["rows"])):
        apart = -(-len(words) // 32)
        seen = [word.replace(" ", "␣").replace("\n", "⏎").replace("$", r"\$") for word in words[::apart]]
        axis.set_ticks(range(0, len(words), apart), seen)
    if any(len(word) > 1 for word in shown["columns"]):
        for tick in axes.get_xticklabels():
            tick.set(rotation=40, ha="left")
    for spine in axes.spines.values():
        spine.set_color(LINE)
    if viewer.pinned is not None:
        axes.axhspan(viewer.pinned - 0.5, viewer.pinned + 0.5, fill=False, edgecolor=ACCENT, linewidth=1.4)
