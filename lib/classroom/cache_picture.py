"""The static picture of a cache's bill: multiplications and memory over the length of the text."""

from matplotlib.figure import Figure

from .cache_numbers import answering, cache_costs
from .chain_picture import DIM, INK, LINE, STATES

CHOSEN, WIDE, TALL = "#b03a00", 7.6, 3.1  # inches
LENGTHS = [2**k for k in range(18)]


def cache_figure(viewer):
    """A Figure 7.6 inches wide of what a CacheViewer shows."""
    figure = Figure(figsize=(WIDE, TALL), facecolor="white")
    figure.text(0.02, 1 - 0.1 / TALL, viewer.title or "The cache and its bill", fontsize=10.5, weight="bold",
                color=INK, va="top", parse_math=False)  # fmt: skip
    window = "no window" if viewer.window is None else f"window {viewer.window}"
    size = "1 byte" if viewer.bytes_per_number == 1 else f"{viewer.bytes_per_number} bytes"
    heading = f"{viewer.model}: {answering(viewer.sizes)}, {window}, batch {viewer.batch}, {size} a number"
    figure.text(0.02, 1 - 0.35 / TALL, heading, fontsize=8, color=DIM, va="top", parse_math=False)
    now = [cache_costs(viewer.sizes, n, viewer.batch, viewer.bytes_per_number) for n in LENGTHS]
    work, memory = (figure.add_axes((left, 0.15, 0.4, 0.62)) for left in (0.08, 0.585))
    _lines(work, viewer, "multiplications, next word", [
        ("without a cache", STATES[1], "-", [costs["anew"] for costs in now]),
        ("with", STATES[0], "-", [costs["step"] for costs in now]),
        *((name, STATES[3], "--", [sizes["multiplications"] * viewer.batch] * len(LENGTHS))
          for name, sizes in viewer.rivals.items() if "multiplications" in sizes)])  # fmt: skip
    _lines(memory, viewer, "bytes that wait", [
        ("cache", STATES[0], "-", [costs["bytes"] for costs in now]),
        ("the model itself", INK, ":", [costs["weights"] for costs in now]),
        *((name, STATES[3], "--", [sizes["numbers"] * viewer.batch * viewer.bytes_per_number] * len(LENGTHS))
          for name, sizes in viewer.rivals.items())])  # fmt: skip
    return figure


def _lines(axes, viewer, label, lines):
    for name, colour, dash, values in lines:
        axes.plot(LENGTHS, values, dash, color=colour, linewidth=1.5, label=name)
    axes.axvline(viewer.length, color=CHOSEN, linewidth=0.8)
    axes.set(xscale="log", yscale="log", xlim=(1, LENGTHS[-1]))
    axes.set_title(label, fontsize=8, color=INK, loc="left", pad=4)
    axes.set_xlabel("words so far", fontsize=7.5, color=DIM, labelpad=0)
    axes.tick_params(which="both", labelsize=7, colors=DIM, length=2)
    axes.minorticks_off()
    axes.legend(fontsize=6.5, frameon=False, loc="upper left", labelcolor=INK)
    for side in axes.spines.values():
        side.set(color=LINE, linewidth=0.6)
