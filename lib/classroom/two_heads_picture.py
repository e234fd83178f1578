"""The static picture of *Find the two heads*: eight maps, cut ones crossed, and the string with what is said of it."""

from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from .chain_picture import DIM, INK, LINE, STATES

BLUES = LinearSegmentedColormap.from_list("blues", ["#ffffff", "#d3e5f4", "#7fb6de", "#2b76b9", "#08306b"])
BAD = "#a8321f"


def two_heads_figure(title, sentence, text, tokens, letters, read, mask):
    """A Figure 7.6 inches wide. tokens: T + 1 numbers of letters; read: of two_heads_numbers; mask: the cut heads."""
    layers, heads = read.attention.shape[:2]
    figure = Figure(figsize=(7.6, 5.35), facecolor="white")
    figure.text(0.02, 0.975, title, fontsize=10.5, fontweight="bold", color=INK, va="top")
    figure.text(0.02, 0.93, sentence.removeprefix(f"{title}: "), fontsize=8.5, color=INK, va="top")
    for layer in range(layers):
        for head in range(heads):
            axes = figure.add_axes((0.06 + 0.235 * head, 0.54 - 0.35 * layer, 0.21, 0.3))
            gone = bool(mask >> (heads * layer + head) & 1)
            axes.imshow(
                read.attention[layer, head], cmap=BLUES, vmin=0, vmax=1, alpha=0.4 if gone else 1, aspect="auto"
            )
            axes.set(xticks=[], yticks=[])
            axes.spines[:].set_color(LINE)
            axes.set_title(
                f"{layer + 1}.{head + 1}{', cut' if gone else ''}", fontsize=8, color=BAD if gone else INK, pad=3
            )
            if gone:
                for ends in ([0.72, 0.92], [0.92, 0.72]):  # above the diagonal there is nothing to see
                    axes.plot([0.72, 0.92], ends, transform=axes.transAxes, color=BAD, linewidth=1.8)
    _string(figure.add_axes((0.02, 0.02, 0.96, 0.12)), text, tokens, letters, read.says)
    return figure


def _string(axes, text, tokens, letters, says):
    axes.set(xlim=(-0.7, len(tokens) - 0.3), ylim=(2.1, -0.2))
    axes.axis("off")
    for t, token in enumerate(tokens):
        axes.text(t, 0.45, letters[token], fontsize=7, fontweight="bold", ha="center", va="center",
                  color=DIM if t < len(text) else INK)  # fmt: skip
        if t <= len(text):  # nobody can know the first round
            continue
        right = says[t - 1] == token
        axes.add_patch(Rectangle((t - 0.43, 1.0), 0.86, 0.9, facecolor=STATES[0] if right else "white", edgecolor=LINE))
        axes.text(
            t, 1.47, letters[says[t - 1]], fontsize=6.5, ha="center", va="center", color="white" if right else BAD
        )
